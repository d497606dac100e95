// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: packets are brought into a segment before they are routed
 *
 * The stack does not ask its routing table for a packet that has a route. That of
 * ours leads over the netdevice of the segment, and what the stack does next is
 * forwarding: hop limit, policies, the hook FORWARD, fragments, errors.
 *
 * Modules cannot name the stack's function for it. A route of IPv6 that a look-up
 * finds has it; one of IPv4 is made for packets of this host, and gets the few steps
 * here instead, as do destinations that IPv6 has no route to.
 */
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/inetdevice.h>
#include <linux/netfilter.h>
#include <net/addrconf.h>
#include <net/icmp.h>
#include <net/ip.h>
#include <net/ip6_route.h>
#include <net/route.h>
#include <net/xfrm.h>

#include "forward.h"
#include "lookup.h"

static int sdwan_forward_finish(struct net *net, struct sock *sk,
				struct sk_buff *skb)
{
	skb_clear_tstamp(skb);
	return dst_output(net, sk, skb);
}

static int sdwan_forward_drop(struct sk_buff *skb, enum skb_drop_reason reason)
{
	kfree_skb_reason(skb, reason);
	return NET_RX_DROP;
}

/* As ip_forward(); what is too big is found out by ip_output(). */
static int sdwan_forward4(struct sk_buff *skb)
{
	struct net *net = dev_net(skb->dev);
	struct net_device *out;

	if (!xfrm4_policy_check(NULL, XFRM_POLICY_FWD, skb))
		return sdwan_forward_drop(skb, SKB_DROP_REASON_XFRM_POLICY);
	skb_forward_csum(skb);
	if (ip_hdr(skb)->ttl <= 1) {
		__IP_INC_STATS(net, IPSTATS_MIB_INHDRERRORS);
		icmp_send(skb, ICMP_TIME_EXCEEDED, ICMP_EXC_TTL, 0);
		return sdwan_forward_drop(skb, SKB_DROP_REASON_IP_INHDR);
	}
	if (!xfrm4_route_forward(skb))
		return sdwan_forward_drop(skb, SKB_DROP_REASON_XFRM_POLICY);

	__IP_INC_STATS(net, IPSTATS_MIB_OUTFORWDATAGRAMS);
	IPCB(skb)->flags |= IPSKB_FORWARDED;
	out = skb_dst(skb)->dev;
	if (skb_cow(skb, LL_RESERVED_SPACE(out) + skb_dst(skb)->header_len))
		return sdwan_forward_drop(skb, SKB_DROP_REASON_NOMEM);
	ip_decrease_ttl(ip_hdr(skb));
	return NF_HOOK(NFPROTO_IPV4, NF_INET_FORWARD, net, NULL, skb, skb->dev,
		       out, sdwan_forward_finish);
}

/* Addresses for which a packet is not taken from the hands of the stack. */
static bool sdwan_forward_spares4(const struct sk_buff *skb,
				  const struct net_device *in)
{
	const struct iphdr *iph = ip_hdr(skb);

	/* such sources are for the stack to refuse */
	if (ipv4_is_multicast(iph->saddr) || ipv4_is_lbcast(iph->saddr) ||
	    ipv4_is_loopback(iph->saddr) || ipv4_is_zeronet(iph->saddr))
		return true;
	if (ipv4_is_lbcast(iph->daddr) || ipv4_is_loopback(iph->daddr) ||
	    ipv4_is_zeronet(iph->daddr))
		return true;
	/* what is for this host, and broadcasts of its networks */
	switch (inet_addr_type_dev_table(dev_net(in), in, iph->daddr)) {
	case RTN_LOCAL:
	case RTN_BROADCAST:
	case RTN_MULTICAST:
		return true;
	}
	return false;
}

static int sdwan_forward_route4(struct net *net, struct sk_buff *skb,
				struct net_device *dev)
{
	const struct iphdr *iph = ip_hdr(skb);
	struct flowi4 fl4 = {
		.flowi4_oif = dev->ifindex,
		.flowi4_mark = skb->mark,
		.flowi4_tos = RT_TOS(iph->tos),
		.flowi4_proto = iph->protocol,
		.flowi4_flags = FLOWI_FLAG_ANYSRC,
		.saddr = iph->saddr,
		.daddr = iph->daddr,
	};
	struct rtable *rt, *copy;

	rt = ip_route_output_key(net, &fl4);
	if (IS_ERR(rt))
		return PTR_ERR(rt);
	copy = rt->dst.dev == dev && rt->rt_type == RTN_UNICAST ?
	       rt_dst_clone(dev, rt) : NULL;
	ip_rt_put(rt);
	if (!copy)
		return -ENETUNREACH;

	copy->rt_is_input = 1;
	copy->rt_iif = 0;
	copy->dst.input = sdwan_forward4;
	skb_dst_drop(skb);
	skb_dst_set(skb, &copy->dst);
	/* the next packet to this destination may be for elsewhere */
	IPCB(skb)->flags |= IPSKB_MULTIPATH;
	return 0;
}

static int sdwan_forward_into4(struct net *net, struct sk_buff *skb,
			       const struct net_device *in,
			       struct net_device *dev)
{
	struct in_device *in_dev = __in_dev_get_rcu(in);

	/* a host that is no router answers as such */
	if (!in_dev || !IN_DEV_FORWARD(in_dev) ||
	    sdwan_forward_spares4(skb, in))
		return 0;
	return sdwan_forward_route4(net, skb, dev);
}

#if IS_ENABLED(CONFIG_IPV6)
/* As ip6_forward(), likewise. */
static int sdwan_forward6(struct sk_buff *skb)
{
	struct net *net = dev_net(skb->dev);
	struct net_device *out;

	if (!xfrm6_policy_check(NULL, XFRM_POLICY_FWD, skb))
		return sdwan_forward_drop(skb, SKB_DROP_REASON_XFRM_POLICY);
	skb_forward_csum(skb);
	if (ipv6_hdr(skb)->hop_limit <= 1) {
		icmpv6_send(skb, ICMPV6_TIME_EXCEED, ICMPV6_EXC_HOPLIMIT, 0);
		return sdwan_forward_drop(skb, SKB_DROP_REASON_IP_INHDR);
	}
	if (!xfrm6_route_forward(skb))
		return sdwan_forward_drop(skb, SKB_DROP_REASON_XFRM_POLICY);

	IP6CB(skb)->flags |= IP6SKB_FORWARDED;
	out = skb_dst(skb)->dev;
	if (skb_cow(skb, LL_RESERVED_SPACE(out) + skb_dst(skb)->header_len))
		return sdwan_forward_drop(skb, SKB_DROP_REASON_NOMEM);
	ipv6_hdr(skb)->hop_limit--;
	return NF_HOOK(NFPROTO_IPV6, NF_INET_FORWARD, net, NULL, skb, skb->dev,
		       out, sdwan_forward_finish);
}

static bool sdwan_forward_spares6(struct net *net, const struct sk_buff *skb)
{
	const struct ipv6hdr *ip6h = ipv6_hdr(skb);
	int saddr = ipv6_addr_type(&ip6h->saddr);
	int daddr = ipv6_addr_type(&ip6h->daddr);

	/* the types are bits, but for that of no address */
	if (saddr == IPV6_ADDR_ANY || daddr == IPV6_ADDR_ANY ||
	    (saddr | daddr) & (IPV6_ADDR_MULTICAST | IPV6_ADDR_LOOPBACK |
			       IPV6_ADDR_LINKLOCAL))
		return true;
	return ipv6_chk_addr(net, &ip6h->daddr, NULL, 0);
}

/* A neighbour by itself: where no route over the device is told. */
static struct dst_entry *sdwan_forward_on_link6(struct net *net,
						const struct sk_buff *skb,
						struct net_device *dev)
{
	struct rt6_info *rt;

	if (!(dev->flags & IFF_UP))
		return NULL;
	rt = ip6_dst_alloc(net, dev, 0);
	if (!rt)
		return NULL;
	rt->rt6i_idev = in6_dev_get(dev);
	if (!rt->rt6i_idev) {
		dst_release(&rt->dst);
		return NULL;
	}
	rt->rt6i_flags = RTF_UP | RTF_NONEXTHOP;
	rt->rt6i_dst.addr = ipv6_hdr(skb)->daddr;
	rt->rt6i_dst.plen = 128;
	rt->dst.input = sdwan_forward6;
	rt->dst.output = ip6_output;
	return &rt->dst;
}

static int sdwan_forward_route6(struct net *net, struct sk_buff *skb,
				struct net_device *dev)
{
	const struct ipv6hdr *ip6h = ipv6_hdr(skb);
	struct flowi6 fl6 = {
		.flowi6_oif = dev->ifindex,
		.flowi6_mark = skb->mark,
		.flowi6_proto = ip6h->nexthdr,
		.flowlabel = ip6_flowinfo(ip6h),
		.saddr = ip6h->saddr,
		.daddr = ip6h->daddr,
	};
	struct dst_entry *dst;

	dst = ip6_route_lookup(net, &fl6, skb, RT6_LOOKUP_F_IFACE);
	if (dst->error || dst->dev != dev) {
		dst_release(dst);
		dst = sdwan_forward_on_link6(net, skb, dev);
	}
	if (!dst)
		return -ENETUNREACH;
	skb_dst_drop(skb);
	skb_dst_set(skb, dst);
	IP6CB(skb)->flags |= IP6SKB_MULTIPATH;
	return 0;
}

static int sdwan_forward_into6(struct net *net, struct sk_buff *skb,
			       struct net_device *dev)
{
	if (!READ_ONCE(net->ipv6.devconf_all->forwarding) ||
	    sdwan_forward_spares6(net, skb))
		return 0;
	return sdwan_forward_route6(net, skb, dev);
}
#else
static int sdwan_forward_into6(struct net *net, struct sk_buff *skb,
			       struct net_device *dev)
{
	return 0;
}
#endif

/**
 * sdwan_forward_into() - let a packet be forwarded into a segment
 * @sn: fabric of the namespace that the packet came into
 * @skb: packet, not yet routed
 * @in: device it came in by
 * @vni: segment
 *
 * What is for this host itself, or for nobody in particular, is left to the
 * routing table, as is everything where this host is no router.
 *
 * Context: Under rcu_read_lock(), bottom halves off.
 *
 * Return: 0, or a negative error where the segment has no netdevice here that is
 * up.
 */
int sdwan_forward_into(struct sdwan_net *sn, struct sk_buff *skb,
		       const struct net_device *in, u32 vni)
{
	struct sdwan_vni *sv = sdwan_vni_lookup(sn, vni);
	struct net_device *dev;

	if (skb->pkt_type != PACKET_HOST || skb->sk)
		return 0;
	dev = sv ? rcu_dereference(sv->dev) : NULL;
	if (!dev || !net_eq(dev_net(dev), sn->net))
		return -ENODEV;
	return skb->protocol == htons(ETH_P_IP) ?
	       sdwan_forward_into4(sn->net, skb, in, dev) :
	       sdwan_forward_into6(sn->net, skb, dev);
}
