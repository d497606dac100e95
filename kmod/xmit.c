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
#include <net/dst_metadata.h>
#include <net/icmp.h>
#include <net/udp.h>

#include "direct.h"
#include "fragment.h"
#include "geneve.h"
#include "hash.h"
#include "lookup.h"
#include "mss.h"
#include "output.h"
#include "pmtu.h"
#include "resolve.h"
#include "route.h"
#include "steer.h"
#include "stream.h"
#include "xmit.h"

/* Overlays carried in overlays; the stack has room for no more. */
#define SDWAN_RECURSION_MAX	5

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

static const struct sdwan_sock *sdwan_xmit_sock(const struct sdwan_path_cfg *cfg)
{
	const struct sdwan_underlay *underlay = cfg->path->underlay;
	int family = cfg->family == AF_INET6 ? SDWAN_V6 : SDWAN_V4;

	return rcu_dereference(underlay->socks[cfg->key.encap][family]);
}

/* Inline, as each packet asks. */
static __always_inline bool
sdwan_xmit_finds(const struct sdwan_path_cfg *cfg, struct sdwan_tx *tx)
{
	const struct sdwan_sock *ss = sdwan_xmit_sock(cfg);

	if (unlikely(!ss))
		return false;
	if (unlikely(sdwan_route_lookup(cfg, true, tx->sport, &tx->route)))
		return false;
	tx->cfg = cfg;
	tx->sk = ss->sock ? ss->sock->sk : NULL;
	return true;
}

/**
 * sdwan_xmit_takes() - whether a path has a route now
 * @cfg: configuration of the path
 * @tx: with a source port; gets path, socket and route
 *
 * Context: Under rcu_read_lock(), bottom halves off.
 *
 * Return: true where it has, which is to be given back by sdwan_route_put().
 */
bool sdwan_xmit_takes(const struct sdwan_path_cfg *cfg, struct sdwan_tx *tx)
{
	return sdwan_xmit_finds(cfg, tx);
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
	     cfg = sdwan_select_path(target, cfg))
		if (likely(sdwan_xmit_finds(cfg, tx)))
			return true;
	return false;
}

static bool sdwan_xmit_steered_path(struct sdwan_steering *st,
				    const struct sdwan_target *target,
				    struct sdwan_tx *tx)
{
	const struct sdwan_path_cfg *cfg;

	for (cfg = sdwan_steer_path(st, target, NULL); cfg;
	     cfg = sdwan_steer_path(st, target, cfg))
		if (likely(sdwan_xmit_finds(cfg, tx))) {
			sdwan_steer_taken(st, cfg);
			return true;
		}
	return false;
}

/*
 * The first path is chosen. What goes over it gets a number, and goes over another
 * path, too, if one has a route now and does not lead back here.
 */
static noinline void sdwan_xmit_second(const struct sdwan_segment *seg,
				       const struct sdwan_target *target,
				       const struct sdwan_class_cfg *class,
				       struct sdwan_tx *tx,
				       struct sdwan_tx *second)
{
	const struct sdwan_path_cfg *cfg;

	if (!sdwan_path_numbers(tx->cfg)) {
		sdwan_drop_count(seg->drops, SDWAN_DROP_TX_UNNUMBERED);
		return;
	}
	tx->options = SDWAN_GENEVE_SEQUENCE_LEN;
	*second = *tx;
	for (cfg = sdwan_class_second(class, target, tx->cfg, NULL); cfg;
	     cfg = sdwan_class_second(class, target, tx->cfg, cfg)) {
		if (!sdwan_xmit_takes(cfg, second))
			continue;
		if (likely(second->route.dev != seg->dev)) {
			tx->second = second;
			return;
		}
		sdwan_route_put(&second->route);
	}
}

static void sdwan_xmit_put(struct sdwan_tx *tx)
{
	sdwan_route_put(&tx->route);
	if (unlikely(tx->second))
		sdwan_route_put(&tx->second->route);
}

/* By the rules, where there are any: pieces of a packet as that was. */
static bool sdwan_xmit_steer(const struct sdwan_segment *seg,
			     struct sk_buff *skb,
			     const struct sdwan_target *target,
			     struct sdwan_tx *tx, struct sdwan_steering *st,
			     enum sdwan_drop *cause)
{
	const struct sdwan_steering *whole = sdwan_fragment_whole();

	if (unlikely(whole) && whole->sn == seg->sn)
		*st = *whole;
	else if (unlikely(!sdwan_steer(skb, st, cause)))
		return false;
	if (st->class)
		tx->dscp = st->class->dscp;
	if (likely(sdwan_xmit_steered_path(st, target, tx)))
		return true;
	*cause = st->class && st->class->strict ? SDWAN_DROP_TX_STRICT :
						SDWAN_DROP_TX_NO_PATH;
	sdwan_xmit_unreachable(skb, *cause);
	return false;
}

/* Inline, as each packet is measured. */
static __always_inline void
sdwan_xmit_count(const struct sk_buff *skb, unsigned int mtu,
		 struct sdwan_tx *tx)
{
	unsigned int overhead = sdwan_tx_overhead(tx);
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

/**
 * sdwan_xmit_measure() - find out what a packet becomes on the wire
 * @skb: inner packet
 * @mtu: largest inner packet that fits its path
 * @tx: its way
 */
void sdwan_xmit_measure(const struct sk_buff *skb, unsigned int mtu,
			struct sdwan_tx *tx)
{
	sdwan_xmit_count(skb, mtu, tx);
}

/* The largest inner packet that fits a path, behind its options. */
static unsigned int sdwan_xmit_room(const struct sdwan_tx *tx)
{
	unsigned int mtu = sdwan_route_mtu(tx->cfg, &tx->route);

	return mtu > tx->options ? mtu - tx->options : 0;
}

/* The same for both paths of a packet with a number. */
static noinline unsigned int sdwan_xmit_mtu(const struct sdwan_tx *tx)
{
	unsigned int mtu = sdwan_xmit_room(tx);

	if (unlikely(tx->second))
		mtu = min(mtu, sdwan_xmit_room(tx->second));
	return mtu;
}

static bool sdwan_xmit_clamps(const struct sdwan_tx *tx)
{
	return tx->cfg->mss_clamp ||
	       (unlikely(tx->second) && tx->second->cfg->mss_clamp);
}

/* Outer packets may be fragmented, on whatever path. */
static bool sdwan_xmit_fragments_outer(const struct sdwan_tx *tx)
{
	return tx->cfg->df == SDWAN_DF_CLEAR &&
	       (!tx->second || tx->second->cfg->df == SDWAN_DF_CLEAR);
}

static enum sdwan_fit sdwan_xmit_fit(struct sk_buff *skb,
				     const struct sdwan_target *target,
				     const struct sdwan_tx *tx,
				     unsigned int mtu)
{
	unsigned int limit;
	bool outer;

	/* most packets do not exceed what any path to the site carries */
	if (likely(skb->len <= mtu &&
		   skb->len + tx->options <= READ_ONCE(target->site->mtu)))
		return SDWAN_FIT_WHOLE;

	limit = sdwan_target_limit(target);
	if (limit != SDWAN_MTU_NONE)
		limit -= min_t(unsigned int, limit, tx->options);
	outer = sdwan_xmit_fragments_outer(tx);
	if (!outer)
		limit = min(limit, mtu);
	return sdwan_pmtu_check(skb, mtu, limit, outer, sdwan_tx_overhead(tx));
}

/*
 * The IP stack takes segments for small enough that fit the route, whatever it
 * is told of the longest fragment. Each packet that gets a number needs one of
 * its own.
 */
static bool sdwan_xmit_cut(const struct sk_buff *skb, const struct sdwan_tx *tx,
			   enum sdwan_fit fit)
{
	return fit == SDWAN_FIT_FRAGMENT ||
	       (unlikely(tx->options) && skb_is_gso(skb)) ||
	       (fit == SDWAN_FIT_FRAGMENT_OUTER && skb_is_gso(skb) &&
		sdwan_route_clamp(tx->cfg) != SDWAN_MTU_NONE);
}

/* The pieces come back one by one, and choose their path anew. */
static void sdwan_xmit_fragments(const struct sdwan_segment *seg,
				 struct sk_buff *skb, struct sdwan_tx *tx,
				 const struct sdwan_steering *st,
				 unsigned int mtu)
{
	sdwan_xmit_put(tx);
	if (likely(!sdwan_fragment(skb, mtu, st)))
		return;
	sdwan_path_stats_tx_error(tx->cfg->path->stats);
	sdwan_drop_count(seg->drops, SDWAN_DROP_TX_FRAGMENT);
}

/* One of the copies, with its number; returns as sdwan_output(). */
static int sdwan_xmit_copy(struct sk_buff *skb, struct sdwan_tx *tx, u32 vni,
			   const struct sdwan_sequence *seq)
{
	unsigned int mtu = sdwan_xmit_room(tx);

	tx->fragment = skb->len > mtu;
	sdwan_xmit_measure(skb, mtu, tx);
	if (unlikely(sdwan_output_prepare(skb, tx))) {
		sdwan_path_stats_tx_error(tx->cfg->path->stats);
		sdwan_route_put(&tx->route);
		kfree_skb_reason(skb, SKB_DROP_REASON_NOMEM);
		return 0;
	}
	sdwan_geneve_put_sequence(__skb_push(skb, SDWAN_GENEVE_SEQUENCE_LEN),
				  seq);
	return sdwan_output(skb, tx, vni);
}

/* The segment counts a packet once, however often it leaves. */
static noinline void sdwan_xmit_numbered(const struct sdwan_segment *seg,
					 struct sk_buff *skb,
					 struct sdwan_tx *tx, u32 vni)
{
	struct sk_buff *copy = NULL;
	struct sdwan_sequence seq;
	int len, other = 0;

	if (tx->second) {
		copy = skb_clone(skb, GFP_ATOMIC);
		if (unlikely(!copy)) {
			sdwan_path_stats_tx_error(tx->second->cfg->path->stats);
			sdwan_route_put(&tx->second->route);
		}
	}
	sdwan_drop_count(seg->drops, copy ? SDWAN_DROP_TX_TWICE :
					    SDWAN_DROP_TX_ONCE);
	sdwan_stream_next(tx->cfg->path->peer, &seq);
	len = sdwan_xmit_copy(skb, tx, vni, &seq);
	if (copy) {
		seq.second = true;
		other = sdwan_xmit_copy(copy, tx->second, vni, &seq);
	}
	iptunnel_xmit_stats(seg->dev, len ?: other);
}

/* From the choice of the path on; consumes the packet where it succeeds. */
static bool sdwan_xmit_by(struct sdwan_segment *seg, struct sk_buff *skb,
			  const struct sdwan_target *target,
			  struct sdwan_tx *tx, const struct sdwan_steering *st,
			  enum sdwan_drop *cause)
{
	unsigned int mtu = likely(!tx->options) ?
			   sdwan_route_mtu(tx->cfg, &tx->route) :
			   sdwan_xmit_mtu(tx);
	enum sdwan_fit fit;

	if (unlikely(tx->route.dev == skb->dev)) {
		*cause = SDWAN_DROP_TX_LOOP;
		return false;
	}

	if (unlikely(sdwan_xmit_clamps(tx)))
		sdwan_mss_clamp(skb, mtu);
	fit = sdwan_xmit_fit(skb, target, tx, mtu);
	if (unlikely(fit == SDWAN_FIT_REFUSED)) {
		*cause = SDWAN_DROP_TX_TOO_BIG;
		return false;
	}
	if (unlikely(sdwan_xmit_cut(skb, tx, fit))) {
		sdwan_xmit_fragments(seg, skb, tx, st, mtu);
		return true;
	}
	if (unlikely(tx->options)) {
		sdwan_xmit_numbered(seg, skb, tx, target->vni);
		return true;
	}
	tx->fragment = fit == SDWAN_FIT_FRAGMENT_OUTER;
	sdwan_xmit_count(skb, mtu, tx);
	if (unlikely(st) && sdwan_direct_used(seg->sn))
		sdwan_direct_sent(seg, skb, st, tx);

	if (unlikely(sdwan_output_prepare(skb, tx))) {
		*cause = SDWAN_DROP_TX_NO_MEMORY;
		return false;
	}
	iptunnel_xmit_stats(seg->dev, sdwan_output(skb, tx, target->vni));
	return true;
}

static bool sdwan_xmit_one(struct sdwan_segment *seg, struct sk_buff *skb,
			   enum sdwan_drop *cause)
{
	struct net *net = seg->sn->net;
	/* large, and written before they are read: kernels that zero the stack need
	 * not do so for each packet
	 */
	struct sdwan_tx tx __uninitialized, second __uninitialized;
	struct sdwan_steering st __uninitialized;
	struct sdwan_steering *steered = NULL;
	struct sdwan_target target;

	if (!sdwan_xmit_valid(skb, cause))
		return false;
	if (unlikely(sdwan_steers(seg->sn))) {
		steered = &st;
		sdwan_steer_begin(seg, skb, steered);
	}
	if (sdwan_resolve_site(seg, skb, &target, cause)) {
		if (*cause != SDWAN_DROP_TX_METADATA)
			sdwan_xmit_unreachable(skb, *cause);
		return false;
	}

	if (unlikely(steered))
		sdwan_flow_prefetch(steered->sn, steered->hash);
	sdwan_hash(skb);
	tx.sport = udp_flow_src_port(net, skb, 0, 0, false);
	tx.xnet = !net_eq(net, dev_net(skb->dev));
	tx.dscp = SDWAN_DSCP_PATH;
	tx.options = 0;
	tx.second = NULL;
	if (unlikely(steered)) {
		if (!sdwan_xmit_steer(seg, skb, &target, &tx, steered, cause))
			return false;
		if (unlikely(st.class &&
			     st.class->mode == SDWAN_CLASS_MODE_DUPLICATE))
			sdwan_xmit_second(seg, &target, st.class, &tx, &second);
	} else if (unlikely(!sdwan_xmit_path(&target, &tx))) {
		*cause = SDWAN_DROP_TX_NO_PATH;
		sdwan_xmit_unreachable(skb, *cause);
		return false;
	}
	if (unlikely(!sdwan_xmit_by(seg, skb, &target, &tx, steered, cause))) {
		sdwan_path_stats_tx_error(tx.cfg->path->stats);
		sdwan_xmit_put(&tx);
		return false;
	}
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
	struct sdwan_segment *seg = netdev_priv(dev);
	enum sdwan_drop cause;

	rcu_read_lock();
	if (unlikely(!sdwan_xmit_one(seg, skb, &cause)))
		sdwan_drop(seg->drops, skb, cause);
	rcu_read_unlock();
	return NETDEV_TX_OK;
}
