// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: GENEVE (RFC 8926) without inner Ethernet header
 */
#include <linux/etherdevice.h>
#include <net/gro.h>

#include "addr.h"
#include "encap.h"
#include "geneve.h"
#include "lookup.h"
#include "receive.h"

#define SDWAN_GENEVE_UDP_HLEN	(sizeof(struct udphdr) + SDWAN_GENEVE_HLEN)

static void sdwan_geneve_build(struct sk_buff *skb, u32 vni, __be16 proto)
{
	sdwan_geneve_write(__skb_push(skb, SDWAN_GENEVE_HLEN), vni, proto);
}

static int sdwan_geneve_rcv(struct sock *sk, struct sk_buff *skb)
{
	struct sdwan_sock *ss = rcu_dereference_sk_user_data(sk);
	enum sdwan_drop cause;
	unsigned int options;
	struct sdwan_rx rx;

	if (unlikely(!ss)) {
		kfree_skb(skb);
		return 0;
	}

	if (unlikely(!pskb_may_pull(skb, SDWAN_GENEVE_UDP_HLEN)))
		return sdwan_receive_drop(ss, skb, SDWAN_DROP_RX_TRUNCATED);

	options = sdwan_geneve_options_len(skb->data + sizeof(struct udphdr));
	if (unlikely(options) &&
	    !pskb_may_pull(skb, SDWAN_GENEVE_UDP_HLEN + options))
		return sdwan_receive_drop(ss, skb, SDWAN_DROP_RX_BAD_OPTION);

	if (unlikely(!sdwan_geneve_parse(skb->data + sizeof(struct udphdr),
					 SDWAN_GENEVE_HLEN + options, &rx,
					 &cause)))
		return sdwan_receive_drop(ss, skb, cause);

	rx.hlen += sizeof(struct udphdr);
	return sdwan_receive(ss, skb, &rx);
}

/*
 * Somebody on the way of one of our packets complains.  Only the addresses are
 * looked at, as routers need not quote more than the UDP header.
 */
static int sdwan_geneve_err_lookup(struct sock *sk, struct sk_buff *skb)
{
	struct sdwan_sock *ss = rcu_dereference_sk_user_data(sk);

	if (!ss)
		return -ENOENT;
	return sdwan_receive_quoted(ss, skb) ? 0 : -ENOENT;
}

/*
 * Packets are merged whose GENEVE headers are equal, options included.  What
 * the header says is looked at when the merged packet is received.
 */
static struct sk_buff *sdwan_geneve_gro_receive(struct sock *sk,
						struct list_head *head,
						struct sk_buff *skb)
{
	unsigned int off = skb_gro_offset(skb);
	const struct packet_offload *ptype;
	struct sk_buff *pp = NULL;
	unsigned int hlen;
	struct sk_buff *p;
	int flush = 1;
	__be16 proto;
	u8 *hdr;

	hdr = skb_gro_header(skb, off + SDWAN_GENEVE_HLEN, off);
	if (unlikely(!hdr))
		goto out;
	hlen = SDWAN_GENEVE_HLEN + sdwan_geneve_options_len(hdr);
	hdr = skb_gro_header(skb, off + hlen, off);
	if (unlikely(!hdr))
		goto out;

	/* never merged: what is not data, and what cannot be understood */
	if (hdr[0] & SDWAN_GENEVE_VERSION_MASK || hdr[1] & SDWAN_GENEVE_CONTROL)
		goto out;

	proto = get_unaligned((__be16 *)(hdr + 2));
	if (proto != htons(ETH_P_IP) && proto != htons(ETH_P_IPV6))
		goto out;
	ptype = gro_find_receive_by_type(proto);
	if (!ptype)
		goto out;

	list_for_each_entry(p, head, list) {
		/* hlen is part of what is compared: it is in the first byte */
		if (NAPI_GRO_CB(p)->same_flow && memcmp(hdr, p->data + off, hlen))
			NAPI_GRO_CB(p)->same_flow = 0;
	}

	skb_gro_pull(skb, hlen);
	skb_gro_postpull_rcsum(skb, hdr, hlen);
	pp = call_gro_receive(ptype->callbacks.gro_receive, head, skb);
	flush = 0;
out:
	skb_gro_flush_final(skb, pp, flush);
	return pp;
}

static int sdwan_geneve_gro_complete(struct sock *sk, struct sk_buff *skb,
				     int nhoff)
{
	const u8 *hdr = skb->data + nhoff;
	const struct packet_offload *ptype;
	int inner;

	inner = nhoff + SDWAN_GENEVE_HLEN + sdwan_geneve_options_len(hdr);
	/* there is no inner Ethernet header; GSO wants to know where it is */
	skb_set_inner_mac_header(skb, inner);

	ptype = gro_find_complete_by_type(get_unaligned((__be16 *)(hdr + 2)));
	if (!ptype)
		return -ENOENT;
	return ptype->callbacks.gro_complete(skb, inner);
}

static void sdwan_geneve_setup(struct udp_tunnel_sock_cfg *cfg)
{
	cfg->encap_rcv = sdwan_geneve_rcv;
	cfg->encap_err_lookup = sdwan_geneve_err_lookup;
	cfg->gro_receive = sdwan_geneve_gro_receive;
	cfg->gro_complete = sdwan_geneve_gro_complete;
}

const struct sdwan_encap_ops sdwan_encap_geneve = {
	.encap = SDWAN_ENCAP_GENEVE,
	.port = SDWAN_GENEVE_PORT,
	.hlen = SDWAN_GENEVE_UDP_HLEN,
	.nic_type = UDP_TUNNEL_TYPE_GENEVE,
	.build = sdwan_geneve_build,
	.setup = sdwan_geneve_setup,
};
