// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: packets that the two ends of a path send each other
 *
 * They are UDP over IPv4 from and to 127.0.0.1, which nobody routes, in segment
 * 0, within the encapsulation of the path: what happens to data on the way
 * happens to them. A path without encapsulation has no segment 0: there they are
 * between addresses of its segment.
 */
#include <linux/jhash.h>
#include <net/ip6_checksum.h>
#include <net/udp.h>

#include "control.h"
#include "xmit.h"

/* RFC 8762, section 4.1: as sent, so that it tells the hops */
#define SDWAN_CONTROL_TTL	255

/* Outer headers, and those of most devices; what lacks is made later. */
#define SDWAN_CONTROL_ROOM	128

static const struct sdwan_control_ends sdwan_control_inside = {
	.from = { .s6_addr32 = { 0, 0, htonl(0xffff), htonl(INADDR_LOOPBACK) } },
	.to = { .s6_addr32 = { 0, 0, htonl(0xffff), htonl(INADDR_LOOPBACK) } },
};

static void sdwan_control_head4(struct sk_buff *skb,
				const struct sdwan_control_ends *ends)
{
	struct iphdr *iph = skb_push(skb, sizeof(*iph));

	*iph = (struct iphdr){
		.version = 4,
		.ihl = sizeof(*iph) >> 2,
		.tot_len = htons(skb->len),
		.frag_off = htons(IP_DF),
		.ttl = SDWAN_CONTROL_TTL,
		.protocol = IPPROTO_UDP,
		.saddr = ends->from.s6_addr32[3],
		.daddr = ends->to.s6_addr32[3],
	};
	ip_send_check(iph);
	skb->protocol = htons(ETH_P_IP);
}

static void sdwan_control_head6(struct sk_buff *skb,
				const struct sdwan_control_ends *ends)
{
	unsigned int len = skb->len;
	struct ipv6hdr *ip6h = skb_push(skb, sizeof(*ip6h));

	*ip6h = (struct ipv6hdr){
		.version = 6,
		.payload_len = htons(len),
		.nexthdr = IPPROTO_UDP,
		.hop_limit = SDWAN_CONTROL_TTL,
		.saddr = ends->from,
		.daddr = ends->to,
	};
	skb->protocol = htons(ETH_P_IPV6);
}

static void sdwan_control_head(struct sk_buff *skb,
			       const struct sdwan_control_ends *ends,
			       u16 sport, u16 dport)
{
	struct udphdr *uh = skb_push(skb, sizeof(*uh));

	*uh = (struct udphdr){
		.source = htons(sport),
		.dest = htons(dport),
		.len = htons(skb->len),
	};
	skb_reset_transport_header(skb);
	if (ipv6_addr_v4mapped(&ends->to))
		sdwan_control_head4(skb, ends);
	else
		sdwan_control_head6(skb, ends);
	skb_reset_network_header(skb);
}

/**
 * sdwan_control_between() - make a packet between two addresses, and find its way
 * @control: result
 * @cfg: path
 * @ends: inner addresses
 * @sport: inner source port
 * @dport: inner destination port
 * @len: bytes of its payload
 *
 * Context: Under rcu_read_lock(), bottom halves off.
 *
 * Return: 0 where sdwan_control_send() has to follow, else a negative error.
 */
int sdwan_control_between(struct sdwan_control *control,
			  const struct sdwan_path_cfg *cfg,
			  const struct sdwan_control_ends *ends, u16 sport,
			  u16 dport, unsigned int len)
{
	struct sdwan_tx *tx = &control->tx;
	struct sk_buff *skb;

	skb = alloc_skb(SDWAN_CONTROL_ROOM + SDWAN_CONTROL_HLEN_MAX + len,
			GFP_ATOMIC);
	if (!skb)
		return -ENOMEM;
	skb_reserve(skb, SDWAN_CONTROL_ROOM + SDWAN_CONTROL_HLEN_MAX);
	control->data = skb_put_zero(skb, len);
	control->len = len;
	control->skb = skb;
	control->outside = false;
	sdwan_control_head(skb, ends, sport, dport);
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
 * sdwan_control_begin() - make a packet in segment 0, and find its way
 * @control: result
 * @cfg: path with an encapsulation
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
	return sdwan_control_between(control, cfg, &sdwan_control_inside, sport,
				     dport, len);
}

static void sdwan_control_checksum(struct sk_buff *skb)
{
	const struct ipv6hdr *ip6h = ipv6_hdr(skb);
	const struct iphdr *iph = ip_hdr(skb);
	struct udphdr *uh = udp_hdr(skb);
	int len = ntohs(uh->len);
	__wsum sum = csum_partial(uh, len, 0);
	__sum16 check;

	if (skb->protocol == htons(ETH_P_IP))
		check = udp_v4_check(len, iph->saddr, iph->daddr, sum);
	else
		check = udp_v6_check(len, &ip6h->saddr, &ip6h->daddr, sum);
	uh->check = check ?: CSUM_MANGLED_0;
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
	int err;

	sdwan_control_checksum(skb);
	err = sdwan_output_prepare(skb, &control->tx);
	if (!err)
		return sdwan_output_control(skb, &control->tx);
	sdwan_route_put(&control->tx.route);
	kfree_skb(skb);
	return err;
}
