// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: VXLAN Generic Protocol Extension, without inner Ethernet header
 */
#include "encap.h"
#include "encap_udp.h"
#include "receive.h"
#include "vxlan.h"

#define SDWAN_VXLAN_UDP_HLEN	(sizeof(struct udphdr) + SDWAN_VXLAN_HLEN)
#define SDWAN_VXLAN_HEAD(next)	((SDWAN_VXLAN_VNI | SDWAN_VXLAN_NEXT) << 24 | \
				 (next))

static int sdwan_vxlan_rcv(struct sock *sk, struct sk_buff *skb)
{
	struct sdwan_sock *ss = rcu_dereference_sk_user_data(sk);
	enum sdwan_drop cause;
	struct sdwan_rx rx = { };

	if (unlikely(!ss)) {
		kfree_skb(skb);
		return 0;
	}
	if (unlikely(!pskb_may_pull(skb, SDWAN_VXLAN_UDP_HLEN)))
		return sdwan_receive_drop(ss, skb, SDWAN_DROP_RX_TRUNCATED);
	if (unlikely(!sdwan_vxlan_parse(skb->data + sizeof(struct udphdr),
					SDWAN_VXLAN_HLEN, &rx, &cause)))
		return sdwan_receive_drop(ss, skb, cause);

	rx.hlen += sizeof(struct udphdr);
	return sdwan_receive(ss, skb, &rx);
}

static struct sk_buff *sdwan_vxlan_gro_receive(struct sock *sk,
					       struct list_head *head,
					       struct sk_buff *skb)
{
	u8 *hdr = sdwan_udp_gro_header(skb, SDWAN_VXLAN_HLEN);
	__be16 proto = hdr ? sdwan_vxlan_proto(hdr) : 0;

	/* never merged: what is not data, and what cannot be understood */
	if (unlikely(!proto || proto == htons(ETH_P_TEB) ||
		     hdr[0] & (SDWAN_VXLAN_VERSION_MASK | SDWAN_VXLAN_OAM))) {
		NAPI_GRO_CB(skb)->flush |= 1;
		return NULL;
	}
	return sdwan_udp_gro_inner(head, skb, hdr, SDWAN_VXLAN_HLEN, proto);
}

static int sdwan_vxlan_gro_complete(struct sock *sk, struct sk_buff *skb,
				    int nhoff)
{
	return sdwan_udp_gro_complete(skb, nhoff + SDWAN_VXLAN_HLEN,
				      sdwan_vxlan_proto(skb->data + nhoff));
}

static void sdwan_vxlan_setup(struct udp_tunnel_sock_cfg *cfg)
{
	cfg->encap_rcv = sdwan_vxlan_rcv;
	cfg->encap_err_lookup = sdwan_udp_err_lookup;
	cfg->gro_receive = sdwan_vxlan_gro_receive;
	cfg->gro_complete = sdwan_vxlan_gro_complete;
}

const struct sdwan_encap_ops sdwan_encap_vxlan_gpe = {
	.encap = SDWAN_ENCAP_VXLAN_GPE,
	.proto = IPPROTO_UDP,
	.port = SDWAN_VXLAN_GPE_PORT,
	.hlen = SDWAN_VXLAN_UDP_HLEN,
	.nic_type = UDP_TUNNEL_TYPE_VXLAN_GPE,
	.head4 = cpu_to_be32(SDWAN_VXLAN_HEAD(SDWAN_VXLAN_NEXT_IPV4)),
	.head6 = cpu_to_be32(SDWAN_VXLAN_HEAD(SDWAN_VXLAN_NEXT_IPV6)),
	.control = cpu_to_be32(SDWAN_VXLAN_OAM << 24),
	.vni_shift = 8,
	.setup = sdwan_vxlan_setup,
};
