// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: GENEVE (RFC 8926) without inner Ethernet header
 */
#include "encap.h"
#include "encap_udp.h"
#include "geneve.h"
#include "receive.h"

#define SDWAN_GENEVE_UDP_HLEN	(sizeof(struct udphdr) + SDWAN_GENEVE_HLEN)

static int sdwan_geneve_rcv(struct sock *sk, struct sk_buff *skb)
{
	struct sdwan_sock *ss = rcu_dereference_sk_user_data(sk);
	enum sdwan_drop cause;
	struct sdwan_rx rx = { };
	unsigned int options;

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
 * Packets are merged whose GENEVE headers are equal, options included.  What
 * the header says is looked at when the merged packet is received.
 */
static struct sk_buff *sdwan_geneve_gro_receive(struct sock *sk,
						struct list_head *head,
						struct sk_buff *skb)
{
	unsigned int hlen;
	__be16 proto;
	u8 *hdr;

	hdr = sdwan_udp_gro_header(skb, SDWAN_GENEVE_HLEN);
	if (unlikely(!hdr))
		goto flush;
	hlen = SDWAN_GENEVE_HLEN + sdwan_geneve_options_len(hdr);
	hdr = sdwan_udp_gro_header(skb, hlen);
	if (unlikely(!hdr))
		goto flush;

	/* never merged: what is not data, and what cannot be understood */
	if (hdr[0] & SDWAN_GENEVE_VERSION_MASK || hdr[1] & SDWAN_GENEVE_CONTROL)
		goto flush;
	proto = get_unaligned((__be16 *)(hdr + 2));
	if (proto != htons(ETH_P_IP) && proto != htons(ETH_P_IPV6))
		goto flush;
	return sdwan_udp_gro_inner(head, skb, hdr, hlen, proto);

flush:
	NAPI_GRO_CB(skb)->flush |= 1;
	return NULL;
}

static int sdwan_geneve_gro_complete(struct sock *sk, struct sk_buff *skb,
				     int nhoff)
{
	const u8 *hdr = skb->data + nhoff;

	return sdwan_udp_gro_complete(skb, nhoff + SDWAN_GENEVE_HLEN +
				      sdwan_geneve_options_len(hdr),
				      get_unaligned((__be16 *)(hdr + 2)));
}

static void sdwan_geneve_setup(struct udp_tunnel_sock_cfg *cfg)
{
	cfg->encap_rcv = sdwan_geneve_rcv;
	cfg->encap_err_lookup = sdwan_udp_err_lookup;
	cfg->gro_receive = sdwan_geneve_gro_receive;
	cfg->gro_complete = sdwan_geneve_gro_complete;
}

const struct sdwan_encap_ops sdwan_encap_geneve = {
	.encap = SDWAN_ENCAP_GENEVE,
	.proto = IPPROTO_UDP,
	.port = SDWAN_GENEVE_PORT,
	.hlen = SDWAN_GENEVE_UDP_HLEN,
	.nic_type = UDP_TUNNEL_TYPE_GENEVE,
	.head4 = cpu_to_be32(ETH_P_IP),
	.head6 = cpu_to_be32(ETH_P_IPV6),
	.vni_shift = 8,
	.options = true,
	.setup = sdwan_geneve_setup,
};
