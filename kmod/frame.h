/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: what is in front of a packet
 */
#ifndef _SDWAN_FRAME_H
#define _SDWAN_FRAME_H

#include <linux/if_vlan.h>
#include <linux/skbuff.h>

struct sdwan_frame;
struct sdwan_net;
struct sdwan_rule_cfg;

/**
 * sdwan_frame_is_ip() - whether a frame carries an IP packet
 * @skb: what a device has received
 *
 * Return: true where that is behind one VLAN tag at most.
 */
static inline bool sdwan_frame_is_ip(const struct sk_buff *skb)
{
	return skb->protocol == htons(ETH_P_IP) ||
	       skb->protocol == htons(ETH_P_IPV6);
}

/**
 * sdwan_frame_is_foreign() - whether a frame is none of the device's own IP packets
 * @skb: what a device has received
 *
 * A tag without a VLAN is for the priority only.
 *
 * Return: true for those of VLAN devices, and for what is no IP packet.
 */
static inline bool sdwan_frame_is_foreign(const struct sk_buff *skb)
{
	return !sdwan_frame_is_ip(skb) ||
	       (skb_vlan_tag_present(skb) && skb_vlan_tag_get_id(skb));
}

void sdwan_frame_read(const struct sk_buff *skb, struct sdwan_frame *frame);
const struct sdwan_rule_cfg *sdwan_frame_rule(const struct sdwan_net *sn,
					      struct sk_buff *skb,
					      const struct net_device *dev,
					      bool foreign);

#endif /* _SDWAN_FRAME_H */
