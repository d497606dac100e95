// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: packets that the two ends of a path send each other
 *
 * They are UDP over IPv4 from and to 127.0.0.1, which nobody routes, in segment
 * 0, within the encapsulation of the path: what happens to data on the way
 * happens to them.
 */
#include <linux/jhash.h>
#include <net/udp.h>

#include "control.h"
#include "xmit.h"

/* RFC 8762, section 4.1: as sent, so that it tells the hops */
#define SDWAN_CONTROL_TTL	255

/* Outer headers, and those of most devices; what lacks is made later. */
#define SDWAN_CONTROL_ROOM	128

static void sdwan_control_head(struct sk_buff *skb, u16 sport, u16 dport)
{
	struct udphdr *uh = skb_push(skb, sizeof(*uh));
	struct iphdr *iph;

	*uh = (struct udphdr){
		.source = htons(sport),
		.dest = htons(dport),
		.len = htons(skb->len),
	};
	skb_reset_transport_header(skb);

	iph = skb_push(skb, sizeof(*iph));
	*iph = (struct iphdr){
		.version = 4,
		.ihl = sizeof(*iph) >> 2,
		.tot_len = htons(skb->len),
		.frag_off = htons(IP_DF),
		.ttl = SDWAN_CONTROL_TTL,
		.protocol = IPPROTO_UDP,
		.saddr = htonl(INADDR_LOOPBACK),
		.daddr = htonl(INADDR_LOOPBACK),
	};
	ip_send_check(iph);
	skb_reset_network_header(skb);
	skb->protocol = htons(ETH_P_IP);
}

/**
 * sdwan_control_begin() - make a packet, and find its way
 * @control: result
 * @cfg: path
 * @sport: inner source port
 * @dport: inner destination port
 * @len: bytes of its payload
 *
 * Context: Under rcu_read_lock(), bottom halves off.
 *
 * Return: 0 where sdwan_control_send() has to follow, else a negative error.
 */
int sdwan_control_begin(struct sdwan_control *control,
			const struct sdwan_path_cfg *cfg, u16 sport, u16 dport,
			unsigned int len)
{
	struct sdwan_tx *tx = &control->tx;
	struct sk_buff *skb;

	skb = alloc_skb(SDWAN_CONTROL_ROOM + SDWAN_CONTROL_HLEN + len,
			GFP_ATOMIC);
	if (!skb)
		return -ENOMEM;
	skb_reserve(skb, SDWAN_CONTROL_ROOM + SDWAN_CONTROL_HLEN);
	control->data = skb_put_zero(skb, len);
	control->len = len;
	control->skb = skb;
	sdwan_control_head(skb, sport, dport);
	/* there is no device yet by which the kernel would find one out */
	skb_set_hash(skb, jhash_2words((u32)sport << 16 | dport,
				       cfg->path->obj.id, 0), PKT_HASH_TYPE_L4);

	*tx = (struct sdwan_tx){ .dscp = SDWAN_DSCP_PATH };
	tx->sport = udp_flow_src_port(cfg->path->obj.sn->net, skb, 0, 0, false);
	if (sdwan_xmit_takes(cfg, tx))
		return 0;
	kfree_skb(skb);
	return -ENETUNREACH;
}

/**
 * sdwan_control_send() - send a packet whose payload is written
 * @control: packet, consumed
 *
 * Context: Under the same rcu_read_lock(), bottom halves off.
 *
 * Return: 0 or a negative error.
 */
int sdwan_control_send(struct sdwan_control *control)
{
	struct sk_buff *skb = control->skb;
	const struct iphdr *iph = ip_hdr(skb);
	struct udphdr *uh = udp_hdr(skb);
	int len = ntohs(uh->len), err;

	uh->check = udp_v4_check(len, iph->saddr, iph->daddr,
				 csum_partial(uh, len, 0)) ?: CSUM_MANGLED_0;
	err = sdwan_output_prepare(skb, &control->tx);
	if (!err)
		return sdwan_output_control(skb, &control->tx);
	sdwan_route_put(&control->tx.route);
	kfree_skb(skb);
	return err;
}
