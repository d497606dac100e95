// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: what encapsulations over UDP have in common
 */
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <net/ip.h>
#include <net/ip6_checksum.h>
#include <net/ip6_route.h>

#include "encap.h"
#include "encap_udp.h"
#include "probe_icmp.h"
#include "receive.h"
#include "route.h"

/* The socket has no mark: the route of a path that has is not the one noted. */
static void sdwan_udp_marked(const struct sdwan_sock *ss,
			     const struct sdwan_path_cfg *cfg,
			     struct sk_buff *skb)
{
	/* both kinds of headers have 8 bytes */
	const void *icmp = skb->data - sizeof(struct icmphdr);
	const struct icmp6hdr *icmp6h = icmp;
	const struct icmphdr *icmph = icmp;

	if (cfg->family == AF_INET) {
		if (icmph->type == ICMP_DEST_UNREACH &&
		    icmph->code == ICMP_FRAG_NEEDED)
			sdwan_route_told(cfg, skb, ss->ifindex,
					 ntohs(icmph->un.frag.mtu));
	} else if (icmp6h->icmp6_type == ICMPV6_PKT_TOOBIG) {
		sdwan_route_told(cfg, skb, ss->ifindex,
				 ntohl(icmp6h->icmp6_mtu));
	}
}

static void sdwan_udp_refused(const struct sdwan_sock *ss,
			      const struct sdwan_path_cfg *cfg,
			      const struct sk_buff *skb)
{
	const void *icmp = skb->data - sizeof(struct icmphdr);
	unsigned int hlen = cfg->family == AF_INET ? ip_hdrlen(skb) :
						     sizeof(struct ipv6hdr);

	if (sdwan_icmp_refuses(cfg->family, icmp))
		sdwan_probe_refused(cfg, skb, hlen + ss->encap->hlen);
}

/**
 * sdwan_udp_err_lookup() - whether an ICMP error is about a packet of ours
 * @sk: socket that it seems to be for
 * @skb: ICMP error
 *
 * Somebody on the way of one of our packets complains.  Only the addresses are
 * looked at, as routers need not quote more than the UDP header: whether it is true is
 * for others to find out.
 *
 * Context: As encap_err_lookup: under rcu_read_lock(), bottom halves off.
 *
 * Return: 0 or -ENOENT.
 */
int sdwan_udp_err_lookup(struct sock *sk, struct sk_buff *skb)
{
	struct sdwan_sock *ss = rcu_dereference_sk_user_data(sk);
	const struct sdwan_path_cfg *cfg;

	cfg = ss ? sdwan_receive_quoted(ss, skb) : NULL;
	if (!cfg)
		return -ENOENT;
	if (cfg->fwmark)
		sdwan_udp_marked(ss, cfg, skb);
	sdwan_udp_refused(ss, cfg, skb);
	return 0;
}

/* The sum of all from the UDP header on, as the card has seen it. */
static __wsum sdwan_udp_summed(const struct sk_buff *skb, unsigned short family)
{
	if (family == AF_INET)
		/* its header adds nothing, or is wrong itself */
		return skb->csum;
	return csum_sub(skb->csum, csum_partial(ipv6_hdr(skb),
						sizeof(struct ipv6hdr), 0));
}

/**
 * sdwan_udp_checksum_ok() - whether a checksum is right
 * @skb: packet at its UDP header, which its length is that of; the IP stack has
 *	not seen it, an IPv4 header has been checked
 * @family: of its outer header, which is right before
 *
 * The packet stays as it is: who finds a wrong checksum later counts it.
 *
 * Context: Softirq.
 *
 * Return: true where it is right, or there is none.
 */
bool sdwan_udp_checksum_ok(struct sk_buff *skb, unsigned short family)
{
	const struct udphdr *uh = (const struct udphdr *)skb->data;
	__wsum csum, pseudo;

	if (!uh->check || skb->ip_summed == CHECKSUM_UNNECESSARY)
		return true;
	/* a sum to come, of this packet or of the inner one */
	if (skb->ip_summed == CHECKSUM_PARTIAL)
		return skb_checksum_start_offset(skb) >= 0;

	csum = skb->ip_summed == CHECKSUM_COMPLETE ?
	       sdwan_udp_summed(skb, family) :
	       skb_checksum(skb, 0, skb->len, 0);
	pseudo = family == AF_INET ? inet_compute_pseudo(skb, IPPROTO_UDP) :
				     ip6_compute_pseudo(skb, IPPROTO_UDP);
	return !csum_fold(csum_add(csum, pseudo));
}

/**
 * sdwan_udp_gro_inner() - merge what has the same header and the same inner flow
 * @head: packets that are held
 * @skb: packet, at the header of the encapsulation
 * @hdr: that header
 * @hlen: its length, which is part of what is compared
 * @proto: ethertype of the inner packet
 *
 * Context: As gro_receive.
 *
 * Return: a packet to be sent up now, NULL for none.
 */
struct sk_buff *sdwan_udp_gro_inner(struct list_head *head,
				    struct sk_buff *skb, const void *hdr,
				    unsigned int hlen, __be16 proto)
{
	const struct packet_offload *ptype = gro_find_receive_by_type(proto);
	unsigned int off = skb_gro_offset(skb);
	struct sk_buff *pp, *p;

	if (!ptype) {
		NAPI_GRO_CB(skb)->flush |= 1;
		return NULL;
	}

	list_for_each_entry(p, head, list) {
		if (NAPI_GRO_CB(p)->same_flow && memcmp(hdr, p->data + off, hlen))
			NAPI_GRO_CB(p)->same_flow = 0;
	}

	skb_gro_pull(skb, hlen);
	skb_gro_postpull_rcsum(skb, hdr, hlen);
	pp = call_gro_receive(ptype->callbacks.gro_receive, head, skb);
	skb_gro_flush_final(skb, pp, 0);
	return pp;
}

/**
 * sdwan_udp_gro_complete() - finish a merged packet
 * @skb: packet
 * @inner: offset of the inner packet
 * @proto: ethertype of the inner packet
 *
 * Context: As gro_complete.
 *
 * Return: 0 or a negative error.
 */
int sdwan_udp_gro_complete(struct sk_buff *skb, int inner, __be16 proto)
{
	const struct packet_offload *ptype = gro_find_complete_by_type(proto);

	/* there is no inner Ethernet header; GSO wants to know where it is */
	skb_set_inner_mac_header(skb, inner);
	return ptype ? ptype->callbacks.gro_complete(skb, inner) : -ENOENT;
}
