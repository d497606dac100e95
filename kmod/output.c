// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: outer headers, and out
 *
 * The headers are those that the stock tunnels write.  A packet that nobody
 * wants to see on its way (no netfilter hook, IPsec policy, VRF or lightweight
 * tunnel) goes to its neighbour at once, which is where the IP stack would
 * bring it; all others go through the IP stack.
 */
#include <linux/netfilter.h>
#include <linux/udp.h>
#include <net/arp.h>
#include <net/dst_metadata.h>
#include <net/inet_ecn.h>
#include <net/ip6_checksum.h>
#include <net/ip6_route.h>
#include <net/ip_tunnels.h>
#include <net/ipv6_stubs.h>
#include <net/ndisc.h>
#include <net/neighbour.h>
#include <net/route.h>
#include <net/udp.h>

#include "compat/compat.h"
#include "encap.h"
#include "geneve.h"
#include "output.h"

static bool sdwan_output_csum(const struct sdwan_path_cfg *cfg)
{
	if (cfg->udp_csum == SDWAN_UDP_CSUM_AUTO)
		return cfg->family == AF_INET6;
	return cfg->udp_csum == SDWAN_UDP_CSUM_ON;
}

static int sdwan_output_gso_type(const struct sdwan_path_cfg *cfg)
{
	if (!sdwan_encap_udp(cfg->ops))
		return SKB_GSO_GRE;
	return sdwan_output_csum(cfg) ? SKB_GSO_UDP_TUNNEL_CSUM :
					SKB_GSO_UDP_TUNNEL;
}

static __be16 sdwan_output_df(const struct sk_buff *skb,
			      const struct sdwan_tx *tx)
{
	if (tx->fragment || tx->cfg->df == SDWAN_DF_CLEAR ||
	    ip_mtu_locked(tx->route.dst))
		return 0;
	if (tx->cfg->df == SDWAN_DF_COPY && skb->protocol == htons(ETH_P_IP))
		return ip_hdr(skb)->frag_off & htons(IP_DF);
	return htons(IP_DF);
}

/* RFC 6438: without ports, the flow label is what routers spread flows by. */
static __be32 sdwan_output_label(struct sk_buff *skb, const struct sdwan_tx *tx)
{
	if (likely(sdwan_encap_udp(tx->cfg->ops)))
		return 0;
	return ip6_make_flowlabel(dev_net(tx->route.dev), skb, 0, true, NULL);
}

static u8 sdwan_output_tos(const struct sk_buff *skb,
			   const struct sdwan_tx *tx)
{
	u8 inner = ip_tunnel_get_dsfield(ip_hdr(skb), skb);
	u8 dscp = tx->dscp;

	if (likely(dscp == SDWAN_DSCP_PATH))
		dscp = tx->cfg->dscp;
	/* ECN copied, which is the normal mode of RFC 6040 */
	if (likely(dscp == SDWAN_DSCP_COPY))
		return inner;
	return dscp << 2 | (inner & INET_ECN_MASK);
}

/**
 * sdwan_output_prepare() - take from the inner packet what outer headers need,
 *	make room for them, and make it safe to offload within them
 * @skb: inner packet
 * @tx: its way
 *
 * Return: 0 or a negative error.
 */
int sdwan_output_prepare(struct sk_buff *skb, struct sdwan_tx *tx)
{
	const struct dst_entry *dst = tx->route.dst;
	int err;

	if (unlikely(!dst))
		return 0;
	tx->tos = sdwan_output_tos(skb, tx);
	if (tx->cfg->family == AF_INET)
		tx->df = sdwan_output_df(skb, tx);
	else
		tx->label = sdwan_output_label(skb, tx);

	err = skb_cow_head(skb, LL_RESERVED_SPACE(dst->dev) + dst->header_len +
				sdwan_tx_overhead(tx));
	if (unlikely(err))
		return err;
	return iptunnel_handle_offloads(skb, sdwan_output_gso_type(tx->cfg));
}

static void sdwan_output_udp(struct sk_buff *skb, const struct sdwan_tx *tx)
{
	const struct sdwan_path_cfg *cfg = tx->cfg;
	bool nocheck = !sdwan_output_csum(cfg);
	struct udphdr *uh;

	uh = __skb_push(skb, sizeof(*uh));
	skb_reset_transport_header(skb);
	uh->source = cfg->srcport ?: tx->sport;
	uh->dest = cfg->dstport;
	uh->len = htons(skb->len);
	if (cfg->family == AF_INET)
		udp_set_csum(nocheck, skb, tx->route.saddr4,
			     cfg->key.remote.s6_addr32[3], skb->len);
	else
		udp6_set_csum(nocheck, skb, &tx->route.saddr6,
			      &cfg->key.remote, skb->len);
}

/* Nothing of the way of the inner packet may act on the outer one. */
static void sdwan_output_scrub(struct sk_buff *skb, const struct sdwan_tx *tx)
{
	skb_scrub_packet(skb, tx->xnet);
	if (tx->cfg->fwmark)
		skb->mark = tx->cfg->fwmark;
	skb_clear_hash_if_not_l4(skb);
}

/*
 * The longest fragment where that is not the route's to say; IPv6 drops what is
 * told to have more than the route.
 */
static u16 sdwan_output_frag_size(const struct sdwan_tx *tx)
{
	u32 clamp = sdwan_route_clamp(tx->cfg);

	return clamp < dst_mtu(tx->route.dst) ? clamp : 0;
}

static void sdwan_output_head4(struct sk_buff *skb, const struct sdwan_tx *tx,
			       struct net *net)
{
	const struct sdwan_path_cfg *cfg = tx->cfg;
	struct iphdr *iph;

	memset(IPCB(skb), 0, sizeof(*IPCB(skb)));
	if (unlikely(tx->fragment))
		IPCB(skb)->frag_max_size = sdwan_output_frag_size(tx);

	iph = __skb_push(skb, sizeof(*iph));
	skb_reset_network_header(skb);
	iph->version = 4;
	iph->ihl = sizeof(*iph) >> 2;
	iph->tos = tx->tos;
	iph->frag_off = tx->df;
	iph->ttl = cfg->ttl ?: ip4_dst_hoplimit(tx->route.dst);
	iph->protocol = cfg->ops->proto;
	iph->saddr = tx->route.saddr4;
	iph->daddr = cfg->key.remote.s6_addr32[3];
	/* RFC 6864: what is never fragmented needs no number, and the counters
	 * that numbers come from are shared by all CPUs
	 */
	if (tx->df)
		iph->id = 0;
	else
		__ip_select_ident(net, iph, sdwan_skb_segs(skb));
}

static void sdwan_output_head6(struct sk_buff *skb, const struct sdwan_tx *tx)
{
	const struct sdwan_path_cfg *cfg = tx->cfg;
	struct ipv6hdr *ip6h;

	memset(IP6CB(skb), 0, sizeof(*IP6CB(skb)));
	if (unlikely(tx->fragment)) {
		skb->ignore_df = 1;
		IP6CB(skb)->frag_max_size = sdwan_output_frag_size(tx);
	}

	ip6h = __skb_push(skb, sizeof(*ip6h));
	skb_reset_network_header(skb);
	ip6_flow_hdr(ip6h, tx->tos, tx->label);
	ip6h->nexthdr = cfg->ops->proto;
	ip6h->hop_limit = cfg->ttl ?: ip6_dst_hoplimit(tx->route.dst);
	ip6h->saddr = tx->route.saddr6;
	ip6h->daddr = cfg->key.remote;
}

static bool sdwan_output_hooked(const struct net *net, u8 family)
{
#ifdef CONFIG_NETFILTER
	return family == NFPROTO_IPV4 ?
	       rcu_access_pointer(net->nf.hooks_ipv4[NF_INET_LOCAL_OUT]) :
	       rcu_access_pointer(net->nf.hooks_ipv6[NF_INET_LOCAL_OUT]);
#else
	return false;
#endif
}

/*
 * Whether the IP stack would do nothing but pass a packet on to POSTROUTING.
 * Who is there is asked: on many hosts that is a security module.
 */
static bool sdwan_output_plain(const struct sdwan_tx *tx, const struct net *net,
			       u8 family)
{
	const struct dst_entry *dst = tx->route.dst;

	return !tx->fragment && !dst_xfrm(dst) && !dst->lwtstate &&
	       !netif_is_l3_slave(dst->dev) && !sdwan_output_hooked(net, family);
}

static int sdwan_output_neigh(struct neighbour *neigh, struct sk_buff *skb,
			      bool skip_cache)
{
	if (IS_ERR(neigh)) {
		kfree_skb_reason(skb, SKB_DROP_REASON_NEIGH_CREATEFAIL);
		return PTR_ERR(neigh);
	}
	return neigh_output(neigh, skb, skip_cache);
}

/* After POSTROUTING, as the IP stack goes on. */
static int sdwan_output_finish4(struct net *net, struct sock *sk,
				struct sk_buff *skb)
{
	bool is_v6gw = false;

	/* address translation has brought the packet under an IPsec policy */
	if (unlikely(dst_xfrm(skb_dst(skb)))) {
		IPCB(skb)->flags |= IPSKB_REROUTED;
		return dst_output(net, sk, skb);
	}
	return sdwan_output_neigh(ip_neigh_for_gw(skb_rtable(skb), skb,
						  &is_v6gw), skb, is_v6gw);
}

static int sdwan_output_finish6(struct net *net, struct sock *sk,
				struct sk_buff *skb)
{
	const struct dst_entry *dst = skb_dst(skb);
	const struct in6_addr *nexthop;

	if (unlikely(dst_xfrm(dst))) {
		IP6CB(skb)->flags |= IP6SKB_REROUTED;
		return dst_output(net, sk, skb);
	}
	nexthop = rt6_nexthop(container_of(dst, const struct rt6_info, dst),
			      &ipv6_hdr(skb)->daddr);
	return sdwan_output_neigh(ip_neigh_gw6(dst->dev, nexthop), skb, false);
}

static void sdwan_output_own_dst(struct sk_buff *skb, struct sdwan_tx *tx)
{
	skb_dst_set(skb, tx->route.dst);
	tx->route.dst = NULL;
}

static bool sdwan_output_unicast4(const struct dst_entry *dst)
{
	return container_of(dst, const struct rtable, dst)->rt_type ==
	       RTN_UNICAST;
}

static bool sdwan_output_unicast6(const struct dst_entry *dst)
{
	return !(container_of(dst, const struct rt6_info, dst)->rt6i_flags &
		 (RTF_LOCAL | RTF_ANYCAST));
}

static int sdwan_output4(struct sk_buff *skb, struct sdwan_tx *tx)
{
	struct net_device *indev = skb->dev, *dev = tx->route.dev;
	struct net *net = dev_net(dev);

	sdwan_output_head4(skb, tx, net);
	if (unlikely(!sdwan_output_plain(tx, net, NFPROTO_IPV4) ||
		     !sdwan_output_unicast4(tx->route.dst))) {
		sdwan_output_own_dst(skb, tx);
		return ip_local_out(net, tx->sk, skb);
	}

	ip_hdr(skb)->tot_len = htons(skb->len);
	ip_send_check(ip_hdr(skb));
	sdwan_compat_count_out4(net, skb->len);
	skb->protocol = htons(ETH_P_IP);
	skb->dev = dev;
	/* the caller has a reference until after this RCU section */
	skb_dst_set_noref(skb, tx->route.dst);
	return NF_HOOK(NFPROTO_IPV4, NF_INET_POST_ROUTING, net, tx->sk, skb,
		       indev, dev, sdwan_output_finish4);
}

static int sdwan_output6(struct sk_buff *skb, struct sdwan_tx *tx)
{
	struct net_device *indev = skb->dev, *dev = tx->route.dev;
	struct net *net = dev_net(dev);

	sdwan_output_head6(skb, tx);
	if (unlikely(!sdwan_output_plain(tx, net, NFPROTO_IPV6) ||
		     !sdwan_output_unicast6(tx->route.dst))) {
		sdwan_output_own_dst(skb, tx);
		return ip6_local_out(net, tx->sk, skb);
	}

	ipv6_hdr(skb)->payload_len = htons(skb->len - sizeof(struct ipv6hdr));
	IP6CB(skb)->nhoff = offsetof(struct ipv6hdr, nexthdr);
	IP6_UPD_PO_STATS(net, ip6_dst_idev(tx->route.dst), IPSTATS_MIB_OUT,
			 skb->len);
	skb->protocol = htons(ETH_P_IPV6);
	skb->dev = dev;
	skb_dst_set_noref(skb, tx->route.dst);
	return NF_HOOK(NFPROTO_IPV6, NF_INET_POST_ROUTING, net, tx->sk, skb,
		       indev, dev, sdwan_output_finish6);
}

/*
 * A device takes the packet as it is, with nothing of the way it came but the
 * route: where there is none, tunnels drop in silence what is too big for them.
 */
static int sdwan_output_bare(struct sk_buff *skb, const struct sdwan_tx *tx)
{
	struct dst_entry *dst = NULL;

	if (!tx->xnet && skb_valid_dst(skb) && dst_hold_safe(skb_dst(skb)))
		dst = skb_dst(skb);
	sdwan_output_scrub(skb, tx);
	skb_dst_set(skb, dst);
	skb->dev = tx->route.dev;
	return dev_queue_xmit(skb);
}

/* From the header of the encapsulation on; consumes the packet. */
static int sdwan_output_wrapped(struct sk_buff *skb, struct sdwan_tx *tx)
{
	const struct sdwan_path_cfg *cfg = tx->cfg;

	if (likely(sdwan_encap_udp(cfg->ops)))
		sdwan_output_udp(skb, tx);
	else
		skb_reset_transport_header(skb);
	sdwan_output_scrub(skb, tx);
	return cfg->family == AF_INET ? sdwan_output4(skb, tx) :
					sdwan_output6(skb, tx);
}

/**
 * sdwan_output() - send a packet over its path
 * @skb: inner packet, prepared by sdwan_output_prepare(), with its options in front
 *	of it; consumed
 * @tx: its way; its route is consumed
 * @vni: its segment
 *
 * Context: Under rcu_read_lock(), bottom halves off.
 *
 * Return: bytes of the inner packet, 0 where it was dropped on its way out.
 */
int sdwan_output(struct sk_buff *skb, struct sdwan_tx *tx, u32 vni)
{
	const struct sdwan_path_cfg *cfg = tx->cfg;
	int len = skb->len - tx->options;
	bool ipv6;
	u8 *head;
	int err;

	sdwan_path_stats_tx(cfg->path->stats, tx->outer.packets,
			    tx->outer.bytes);
	if (unlikely(!cfg->ops->proto)) {
		err = sdwan_output_bare(skb, tx);
		goto out;
	}

	/* what L3 GSO hands to the segmentation of the inner protocol */
	skb_set_inner_protocol(skb, skb->protocol);
	ipv6 = skb->protocol == htons(ETH_P_IPV6);
	head = __skb_push(skb, SDWAN_ENCAP_HLEN);
	sdwan_encap_write(cfg->ops, head, vni, ipv6);
	if (unlikely(tx->options))
		sdwan_geneve_announce(head, tx->options);
	err = sdwan_output_wrapped(skb, tx);
out:
	sdwan_route_put(&tx->route);
	return unlikely(net_xmit_eval(err)) ? 0 : len;
}

/**
 * sdwan_output_control() - send control traffic over its path
 * @skb: inner packet, prepared by sdwan_output_prepare(); consumed
 * @tx: its way; its route is consumed
 *
 * The counters of the path are those of data, and do not count it.
 *
 * Context: Under rcu_read_lock(), bottom halves off.
 *
 * Return: 0 or a negative error.
 */
int sdwan_output_control(struct sk_buff *skb, struct sdwan_tx *tx)
{
	const struct sdwan_encap_ops *ops = tx->cfg->ops;
	void *head;
	int err;

	if (!ops->proto) {
		err = sdwan_output_bare(skb, tx);
		goto out;
	}
	skb_set_inner_protocol(skb, skb->protocol);
	head = __skb_push(skb, SDWAN_ENCAP_HLEN);
	put_unaligned(ops->head4 | ops->control, (__be32 *)head);
	put_unaligned_be32(0, head + sizeof(__be32));
	err = sdwan_output_wrapped(skb, tx);
out:
	sdwan_route_put(&tx->route);
	return net_xmit_eval(err);
}
