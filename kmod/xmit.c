// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: transmit
 *
 * Routing has brought the packet to the netdevice of its segment.  Here it
 * gets a site, a path and a route, outer headers, and goes out by the IP stack
 * of the fabric's namespace.  GSO packets are handled whole.
 */
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/udp.h>
#include <net/dst_metadata.h>
#include <net/icmp.h>
#include <net/inet_ecn.h>
#include <net/ip6_route.h>
#include <net/ip_tunnels.h>
#include <net/route.h>
#include <net/udp.h>
#include <net/udp_tunnel.h>

#include "encap.h"
#include "lookup.h"
#include "pmtu.h"
#include "resolve.h"
#include "route.h"
#include "xmit.h"

/* Overlays carried in overlays; the stack has room for no more. */
#define SDWAN_RECURSION_MAX	5

/* A packet on its way out. */
struct sdwan_tx {
	const struct sdwan_path_cfg *cfg;
	struct sock *sk;
	struct sdwan_route route;
	struct sdwan_outer outer;
	__be16 sport;
	u8 tos;
	bool xnet;
	bool fragment;
};

static bool sdwan_xmit_valid4(struct sk_buff *skb)
{
	const struct iphdr *iph;

	if (!pskb_may_pull(skb, sizeof(*iph)))
		return false;
	iph = ip_hdr(skb);
	return iph->version == 4 && iph->ihl >= 5 &&
	       iph->ihl * 4 <= skb->len &&
	       (ntohs(iph->tot_len) <= skb->len || skb_is_gso(skb));
}

static bool sdwan_xmit_valid6(struct sk_buff *skb)
{
	const struct ipv6hdr *ip6h;

	if (!pskb_may_pull(skb, sizeof(*ip6h)))
		return false;
	ip6h = ipv6_hdr(skb);
	return ip6h->version == 6 &&
	       (sizeof(*ip6h) + ntohs(ip6h->payload_len) <= skb->len ||
		skb_is_gso(skb));
}

/* What the IP stack makes is well-formed; packet sockets send anything. */
static bool sdwan_xmit_valid(struct sk_buff *skb, enum sdwan_drop *cause)
{
	bool valid;

	skb_reset_network_header(skb);
	switch (skb->protocol) {
	case htons(ETH_P_IP):
		valid = sdwan_xmit_valid4(skb);
		break;
	case htons(ETH_P_IPV6):
		valid = sdwan_xmit_valid6(skb);
		break;
	default:
		*cause = SDWAN_DROP_TX_NOT_IP;
		return false;
	}
	if (unlikely(!valid)) {
		*cause = SDWAN_DROP_TX_MALFORMED;
		return false;
	}

	/* the core cuts what exceeds the device's gso_max_size */
	if (unlikely(skb_is_gso(skb) && skb->len > GSO_LEGACY_MAX_SIZE)) {
		*cause = SDWAN_DROP_TX_GSO;
		return false;
	}
	if (unlikely(dev_recursion_level() > SDWAN_RECURSION_MAX)) {
		*cause = SDWAN_DROP_TX_LOOP;
		return false;
	}
	return true;
}

/* Tell the sender that there is no way, as a router would. */
static void sdwan_xmit_unreachable(struct sk_buff *skb, enum sdwan_drop cause)
{
	bool net = cause == SDWAN_DROP_TX_NO_SITE;

	if (skb->protocol == htons(ETH_P_IPV6))
		icmpv6_ndo_send(skb, ICMPV6_DEST_UNREACH,
				net ? ICMPV6_NOROUTE : ICMPV6_ADDR_UNREACH, 0);
	else if (skb_valid_dst(skb))
		icmp_ndo_send(skb, ICMP_DEST_UNREACH,
			      net ? ICMP_NET_UNREACH : ICMP_HOST_UNREACH, 0);
}

static struct sock *sdwan_xmit_sock(const struct sdwan_path_cfg *cfg)
{
	const struct sdwan_underlay *underlay = cfg->path->underlay;
	const struct sdwan_sock *ss;

	ss = rcu_dereference(underlay->socks[cfg->family == AF_INET ?
					     SDWAN_V4 : SDWAN_V6]);
	return ss ? ss->sock->sk : NULL;
}

/*
 * The first path in order of preference that is up and has a route now: that
 * of a lost device, address or route is passed over by the very next packet.
 */
static bool sdwan_xmit_path(const struct sdwan_target *target,
			    struct sdwan_tx *tx)
{
	const struct sdwan_path_cfg *cfg;

	for (cfg = sdwan_select_path(target, NULL); cfg;
	     cfg = sdwan_select_path(target, cfg)) {
		tx->sk = sdwan_xmit_sock(cfg);
		if (unlikely(!tx->sk))
			continue;
		if (likely(!sdwan_route_lookup(cfg, true, tx->sport,
					       &tx->route))) {
			tx->cfg = cfg;
			return true;
		}
	}
	return false;
}

static void sdwan_xmit_measure(const struct sk_buff *skb, unsigned int mtu,
			       struct sdwan_tx *tx)
{
	unsigned int overhead = sdwan_route_overhead(tx->cfg);
	unsigned int iphlen, hlen = 0;

	if (skb_is_gso(skb))
		hlen = sdwan_gso_hlen(skb);
	tx->outer = sdwan_pmtu_outer(skb->len, sdwan_skb_segs(skb), hlen,
				     overhead);
	if (likely(!tx->fragment))
		return;

	iphlen = sdwan_outer_hlen(tx->cfg->family);
	hlen = iphlen;
	if (tx->cfg->family == AF_INET6)
		hlen += sizeof(struct frag_hdr);
	tx->outer = sdwan_pmtu_outer_fragmented(tx->outer, mtu + overhead,
						iphlen, hlen);
}

/* Make room for what goes in front, and the outer packet safe to offload. */
static int sdwan_xmit_headroom(struct sk_buff *skb, const struct sdwan_tx *tx)
{
	const struct dst_entry *dst = tx->route.dst;
	int err;

	err = skb_cow_head(skb, LL_RESERVED_SPACE(dst->dev) + dst->header_len +
				sdwan_route_overhead(tx->cfg));
	if (unlikely(err))
		return err;

	/* as the stock tunnels do by default: no outer checksum over IPv4,
	 * one over IPv6, which has none of its own
	 */
	return udp_tunnel_handle_offloads(skb, tx->cfg->family == AF_INET6);
}

static void sdwan_xmit4(struct sk_buff *skb, const struct sdwan_tx *tx)
{
	const struct sdwan_path_cfg *cfg = tx->cfg;
	struct dst_entry *dst = tx->route.dst;

	udp_tunnel_xmit_skb(container_of(dst, struct rtable, dst), tx->sk, skb,
			    tx->route.saddr4, cfg->key.remote.s6_addr32[3],
			    tx->tos, ip4_dst_hoplimit(dst),
			    tx->fragment ? 0 : htons(IP_DF), tx->sport,
			    cfg->dstport, tx->xnet, true);
}

static void sdwan_xmit6(struct sk_buff *skb, struct sdwan_tx *tx)
{
	const struct sdwan_path_cfg *cfg = tx->cfg;
	struct in6_addr daddr = cfg->key.remote;

	/* iptunnel_xmit() does this for IPv4: nothing of the inner packet's
	 * way may act on the outer one.  The socket stays its owner, for the
	 * back-pressure it gives to TCP.
	 */
	skb_scrub_packet(skb, tx->xnet);
	skb->ignore_df = tx->fragment;
	udp_tunnel6_xmit_skb(tx->route.dst, tx->sk, skb, skb->dev,
			     &tx->route.saddr6, &daddr, tx->tos,
			     ip6_dst_hoplimit(tx->route.dst), 0, tx->sport,
			     cfg->dstport, false);
}

/* Consumes the packet and the route, other than the rest. */
static void sdwan_xmit_out(const struct sdwan_segment *seg,
			   struct sk_buff *skb, struct sdwan_tx *tx)
{
	const struct sdwan_path_cfg *cfg = tx->cfg;
	__be16 proto = skb->protocol;

	/* what L3 GSO hands to the segmentation of the inner protocol */
	skb_set_inner_protocol(skb, proto);
	cfg->ops->build(skb, seg->vni->vni, proto);
	sdwan_path_stats_tx(cfg->path->stats, tx->outer.packets,
			    tx->outer.bytes);
	if (cfg->family == AF_INET)
		sdwan_xmit4(skb, tx);
	else
		sdwan_xmit6(skb, tx);
}

/* Everything between the choice of the path and the last step. */
static bool sdwan_xmit_prepare(struct sk_buff *skb, struct sdwan_tx *tx,
			       enum sdwan_drop *cause)
{
	unsigned int mtu = sdwan_route_mtu(tx->cfg, &tx->route);
	enum sdwan_fit fit;

	if (unlikely(tx->route.dst->dev == skb->dev)) {
		*cause = SDWAN_DROP_TX_LOOP;
		return false;
	}

	fit = sdwan_pmtu_check(skb, mtu, sdwan_route_overhead(tx->cfg));
	if (unlikely(fit == SDWAN_FIT_REFUSED)) {
		*cause = SDWAN_DROP_TX_TOO_BIG;
		return false;
	}
	tx->fragment = fit == SDWAN_FIT_FRAGMENT;
	sdwan_xmit_measure(skb, mtu, tx);

	/* DSCP copied; ECN too, which is the normal mode of RFC 6040 */
	tx->tos = ip_tunnel_get_dsfield(ip_hdr(skb), skb);

	if (unlikely(sdwan_xmit_headroom(skb, tx))) {
		*cause = SDWAN_DROP_TX_NO_MEMORY;
		return false;
	}
	return true;
}

static bool sdwan_xmit_one(const struct sdwan_segment *seg, struct sk_buff *skb,
			   enum sdwan_drop *cause)
{
	struct net *net = seg->sn->net;
	struct sdwan_target target;
	struct sdwan_tx tx;

	if (!sdwan_xmit_valid(skb, cause))
		return false;
	if (sdwan_resolve_site(seg, skb, &target, cause)) {
		if (*cause != SDWAN_DROP_TX_METADATA)
			sdwan_xmit_unreachable(skb, *cause);
		return false;
	}

	tx.sport = udp_flow_src_port(net, skb, 0, 0, false);
	tx.xnet = !net_eq(net, dev_net(skb->dev));
	if (unlikely(!sdwan_xmit_path(&target, &tx))) {
		*cause = SDWAN_DROP_TX_NO_PATH;
		sdwan_xmit_unreachable(skb, *cause);
		return false;
	}
	if (unlikely(!sdwan_xmit_prepare(skb, &tx, cause))) {
		sdwan_path_stats_tx_error(tx.cfg->path->stats);
		dst_release(tx.route.dst);
		return false;
	}
	sdwan_xmit_out(seg, skb, &tx);
	return true;
}

/**
 * sdwan_xmit() - send a packet of a segment
 * @skb: packet, consumed
 * @dev: netdevice of the segment
 *
 * Context: As ndo_start_xmit: bottom halves off.
 *
 * Return: NETDEV_TX_OK, dropped or not.
 */
netdev_tx_t sdwan_xmit(struct sk_buff *skb, struct net_device *dev)
{
	const struct sdwan_segment *seg = netdev_priv(dev);
	enum sdwan_drop cause;

	rcu_read_lock();
	if (unlikely(!sdwan_xmit_one(seg, skb, &cause)))
		sdwan_drop(seg->drops, skb, cause);
	rcu_read_unlock();
	return NETDEV_TX_OK;
}
