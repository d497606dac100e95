// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: what is in front of a packet
 */
#include <linux/etherdevice.h>
#include <linux/if_arp.h>
#include <linux/if_vlan.h>
#include <linux/mpls.h>
#include <net/mpls.h>

#include "classifier.h"
#include "frame.h"
#include "hook.h"

/* More tags than anybody has; what is behind so many has no ethertype. */
#define SDWAN_FRAME_TAGS	8

static void sdwan_frame_macs(const struct sk_buff *skb,
			     struct sdwan_frame *frame)
{
	if (skb->dev->type != ARPHRD_ETHER || !skb_mac_header_was_set(skb))
		return;
	frame->smac = ether_addr_to_u64(eth_hdr(skb)->h_source);
	frame->dmac = ether_addr_to_u64(eth_hdr(skb)->h_dest);
	frame->has |= SDWAN_FRAME_SMAC | SDWAN_FRAME_DMAC;
}

/* The outermost tag has been taken out of the frame before any hook. */
static void sdwan_frame_tag(const struct sk_buff *skb,
			    struct sdwan_frame *frame)
{
	if (!skb_vlan_tag_present(skb))
		return;
	frame->vlan = skb_vlan_tag_get_id(skb);
	frame->pcp = skb_vlan_tag_get_prio(skb);
	frame->has |= SDWAN_FRAME_VLAN | SDWAN_FRAME_PCP;
}

/* Behind further tags, if any; 0 where that cannot be found out. */
static __be16 sdwan_frame_type(const struct sk_buff *skb, int *offset)
{
	const struct vlan_hdr *vlan;
	__be16 type = skb->protocol;
	struct vlan_hdr buf;
	int tags;

	for (tags = 0; eth_type_vlan(type); tags++) {
		vlan = skb_header_pointer(skb, *offset, sizeof(buf), &buf);
		if (!vlan || tags == SDWAN_FRAME_TAGS)
			return 0;
		type = vlan->h_vlan_encapsulated_proto;
		*offset += sizeof(buf);
	}
	return type;
}

static void sdwan_frame_label(const struct sk_buff *skb, int offset,
			      struct sdwan_frame *frame)
{
	const struct mpls_label *entry;
	struct mpls_label buf;

	entry = skb_header_pointer(skb, offset, sizeof(buf), &buf);
	if (!entry)
		return;
	frame->mpls = (ntohl(entry->entry) & MPLS_LS_LABEL_MASK) >>
		      MPLS_LS_LABEL_SHIFT;
	frame->has |= SDWAN_FRAME_MPLS;
}

/**
 * sdwan_frame_read() - find out what is in front of a packet
 * @skb: what a device has received, from its network header on
 * @frame: result
 *
 * Context: Any.
 */
void sdwan_frame_read(const struct sk_buff *skb, struct sdwan_frame *frame)
{
	int offset = skb_network_offset(skb);
	__be16 type;

	type = sdwan_frame_type(skb, &offset);
	memset(frame, 0, sizeof(*frame));
	sdwan_frame_macs(skb, frame);
	sdwan_frame_tag(skb, frame);
	/* of other frames it is a length */
	if (eth_proto_is_802_3(type)) {
		frame->type = ntohs(type);
		frame->has |= SDWAN_FRAME_TYPE;
	}
	if (eth_p_mpls(type))
		sdwan_frame_label(skb, offset, frame);
}

/**
 * sdwan_frame_rule() - the rule that decides on a frame
 * @sn: fabric
 * @skb: what a LAN has received, from its network header on; that of IP is at hand
 * @dev: device of the LAN
 * @foreign: sdwan_frame_is_foreign()
 *
 * Context: Under rcu_read_lock().
 *
 * Return: the rule or NULL.
 */
const struct sdwan_rule_cfg *sdwan_frame_rule(const struct sdwan_net *sn,
					      struct sk_buff *skb,
					      const struct net_device *dev,
					      bool foreign)
{
	struct sdwan_frame frame;
	struct sdwan_headers headers = {
		.frame = &frame,
		.foreign = foreign,
		.other = !sdwan_frame_is_ip(skb),
	};

	sdwan_frame_read(skb, &frame);
	if (!headers.other)
		sdwan_hook_packet(skb, &headers);
	return sdwan_hook_ask(sn, skb, dev, &headers);
}
