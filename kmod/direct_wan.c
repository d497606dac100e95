// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: from a WAN past the outer IP stack
 *
 * What arrives for a socket of ours, and goes to a neighbour on the LAN at once,
 * need not be routed to this host and looked up as a datagram before.  A hook of
 * the device checks what the IP stack and the socket check.  It takes only what
 * is right and known: all else is left untouched to those, so that it is dropped,
 * counted and answered where it always is.
 *
 * Each socket has a hook of its own at its device, while any LAN is of mode
 * direct, and is closed no earlier than a grace period after that is gone.
 */
#include <linux/inetdevice.h>
#include <linux/netfilter_netdev.h>
#include <linux/udp.h>
#include <net/addrconf.h>
#include <net/ip.h>
#include <net/ipv6.h>

#include "direct.h"
#include "direct_wan.h"
#include "encap.h"
#include "receive.h"

/*
 * The bytes of an outer header that the IP stack would have nothing to say about,
 * 0 for all others. Whose address it is for is another question.
 */
static unsigned int sdwan_wan_outer4(const struct sdwan_sock *ss,
				     struct sk_buff *skb)
{
	const struct iphdr *iph;

	if (unlikely(!pskb_may_pull(skb, sizeof(*iph) + ss->encap->hlen)))
		return 0;
	iph = ip_hdr(skb);
	if (iph->protocol != ss->encap->proto || iph->version != 4 ||
	    iph->ihl != 5 || ip_is_fragment(iph) ||
	    ntohs(iph->tot_len) != skb->len || ip_fast_csum(iph, 5))
		return 0;
	return sizeof(*iph);
}

static unsigned int sdwan_wan_outer6(const struct sdwan_sock *ss,
				     struct sk_buff *skb)
{
	const struct ipv6hdr *ip6h;

	if (unlikely(!pskb_may_pull(skb, sizeof(*ip6h) + ss->encap->hlen)))
		return 0;
	ip6h = ipv6_hdr(skb);
	if (ip6h->nexthdr != ss->encap->proto || ip6h->version != 6 ||
	    sizeof(*ip6h) + ntohs(ip6h->payload_len) != skb->len)
		return 0;
	return sizeof(*ip6h);
}

static unsigned int sdwan_wan_outer(const struct sdwan_sock *ss,
				    struct sk_buff *skb)
{
	switch (skb->protocol) {
	case htons(ETH_P_IP):
		return ss->family == AF_INET ? sdwan_wan_outer4(ss, skb) : 0;
	case htons(ETH_P_IPV6):
		return ss->family == AF_INET6 ? sdwan_wan_outer6(ss, skb) : 0;
	}
	return 0;
}

static bool sdwan_wan_local4(const struct sdwan_sock *ss, __be32 addr)
{
	__be32 bound = ss->local.s6_addr32[3];
	const struct net_device *dev;

	if (unlikely(bound && bound != addr))
		return false;
	dev = __ip_dev_find(ss->sn->net, addr, false);
	return dev && dev->flags & IFF_UP;
}

#if IS_ENABLED(CONFIG_IPV6)
static bool sdwan_wan_local6(const struct sdwan_sock *ss,
			     const struct in6_addr *addr)
{
	if (unlikely(!ipv6_addr_any(&ss->local) &&
		     !ipv6_addr_equal(&ss->local, addr)))
		return false;
	return ipv6_chk_addr(ss->sn->net, addr, ss->dev, 0);
}
#else
static bool sdwan_wan_local6(const struct sdwan_sock *ss,
			     const struct in6_addr *addr)
{
	return false;
}
#endif

/* For an address of this host, which the socket is bound to. */
static bool sdwan_wan_local(const struct sdwan_sock *ss,
			    const struct sk_buff *skb)
{
	return ss->family == AF_INET ?
	       sdwan_wan_local4(ss, ip_hdr(skb)->daddr) :
	       sdwan_wan_local6(ss, &ipv6_hdr(skb)->daddr);
}

/* Merged packets are one packet of this encapsulation each. */
static bool sdwan_wan_gso_ok(const struct sdwan_sock *ss,
			     const struct sk_buff *skb)
{
	unsigned int types = sdwan_encap_udp(ss->encap) ?
			     SKB_GSO_UDP_TUNNEL | SKB_GSO_UDP_TUNNEL_CSUM :
			     SKB_GSO_GRE | SKB_GSO_GRE_CSUM;

	return skb->encapsulation && skb_shinfo(skb)->gso_type & types;
}

static bool sdwan_wan_udp_ok(const struct sdwan_sock *ss,
			     const struct sk_buff *skb, unsigned int outer)
{
	const struct udphdr *uh = (const struct udphdr *)(skb->data + outer);

	return uh->dest == ss->port && ntohs(uh->len) == skb->len - outer;
}

/* Headers as they are written here: no options, flags or optional fields. */
static bool sdwan_wan_parse(const struct sdwan_sock *ss,
			    const struct sk_buff *skb, unsigned int outer,
			    struct sdwan_rx *rx)
{
	const struct sdwan_encap_ops *ops = ss->encap;
	const void *head = skb->data + outer + ops->hlen - SDWAN_ENCAP_HLEN;
	__be32 first = get_unaligned((const __be32 *)head);

	if (first == ops->head4)
		rx->proto = htons(ETH_P_IP);
	else if (first == ops->head6)
		rx->proto = htons(ETH_P_IPV6);
	else
		return false;
	rx->vni = get_unaligned_be32(head + sizeof(first)) >> ops->vni_shift;
	rx->hlen = ops->hlen;
	return true;
}

static bool sdwan_wan_take(struct sdwan_sock *ss, struct sk_buff *skb,
			   unsigned int outer, const struct sdwan_rx *rx)
{
	unsigned int inner = rx->proto == htons(ETH_P_IP) ?
			     sizeof(struct iphdr) : sizeof(struct ipv6hdr);

	if (unlikely(!pskb_may_pull(skb, outer + rx->hlen + inner)))
		return false;
	__skb_pull(skb, outer);
	if (sdwan_receive_direct(ss, skb, rx))
		return true;
	__skb_push(skb, outer);
	return false;
}

static unsigned int sdwan_wan_hook(void *priv, struct sk_buff *skb,
				   const struct nf_hook_state *state)
{
	struct sdwan_sock *ss = priv;
	struct sdwan_rx rx = { };
	unsigned int outer;

	/* a VRF has routes of its own */
	if (unlikely(!sdwan_direct_is_bare(skb, state->in) ||
		     netif_is_l3_slave(state->in)))
		return NF_ACCEPT;
	outer = sdwan_wan_outer(ss, skb);
	if (!outer)
		return NF_ACCEPT;
	if (sdwan_encap_udp(ss->encap) && !sdwan_wan_udp_ok(ss, skb, outer))
		return NF_ACCEPT;
	if (skb_is_gso(skb) && !sdwan_wan_gso_ok(ss, skb))
		return NF_ACCEPT;
	if (unlikely(!sdwan_wan_parse(ss, skb, outer, &rx) ||
		     !sdwan_wan_local(ss, skb)))
		return NF_ACCEPT;
	return sdwan_wan_take(ss, skb, outer, &rx) ? NF_STOLEN : NF_ACCEPT;
}

/* Without ports, a socket that is bound to an address comes before others. */
static bool sdwan_wan_possible(const struct sdwan_sock *ss)
{
	if (ss->family == AF_UNSPEC || ss->encap->encap >= SDWAN_ENCAPS)
		return false;
	return sdwan_encap_udp(ss->encap) ||
	       !(ipv6_addr_any(&ss->local) ||
		 (ss->family == AF_INET && !ss->local.s6_addr32[3]));
}

/**
 * sdwan_direct_wan_add() - let packets of a socket go past the IP stack
 * @ss: socket without a hook
 *
 * Where there is no memory for a hook, they go through it.
 *
 * Context: Process context, under rtnl_mutex and sdwan_net.lock.
 */
void sdwan_direct_wan_add(struct sdwan_sock *ss)
{
	struct nf_hook_ops *ops = &ss->hook;

	if (!sdwan_wan_possible(ss))
		return;
	/* behind all others, who may have their reasons to drop */
	ops->pf = NFPROTO_NETDEV;
	ops->hooknum = NF_NETDEV_INGRESS;
	ops->priority = INT_MAX;
	ops->hook = sdwan_wan_hook;
	ops->priv = ss;
	ops->dev = ss->dev;
	if (nf_register_net_hook(ss->sn->net, ops))
		ops->dev = NULL;
}

/**
 * sdwan_direct_wan_del() - end of sdwan_direct_wan_add()
 * @ss: socket, which may have no hook
 *
 * Packets on their way may still use the socket for a grace period.
 *
 * Context: Process context, under rtnl_mutex and sdwan_net.lock.
 */
void sdwan_direct_wan_del(struct sdwan_sock *ss)
{
	if (!ss->hook.dev)
		return;
	nf_unregister_net_hook(ss->sn->net, &ss->hook);
	ss->hook.dev = NULL;
}
