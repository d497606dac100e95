// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: from an inner packet to a site and from a site to a path
 *
 * Routing picks the site: metadata of the route, its next hop, or the prefix
 * table of the segment, in this order.  The source check asks the same
 * question about the source address of what arrives.
 */
#include <net/dst_metadata.h>
#include <net/ip6_fib.h>
#include <net/ip_fib.h>
#include <net/ip_tunnels.h>
#include <net/ipv6_stubs.h>
#include <net/l3mdev.h>
#include <net/nexthop.h>
#include <net/route.h>

#include "addr.h"
#include "compat/compat.h"
#include "epoch.h"
#include "lookup.h"
#include "resolve.h"
#include "tx_cache.h"

static void sdwan_target_peer(struct sdwan_target *target,
			      struct sdwan_peer *peer)
{
	target->site = peer->site;
	target->peer = peer;
	target->prefix = NULL;
}

static struct sdwan_peer *
sdwan_resolve_overlay(const struct sdwan_segment *seg,
		      const struct in6_addr *addr)
{
	return sdwan_overlay_lookup(seg->sn, seg->vni->vni, addr);
}

static struct sdwan_peer *sdwan_resolve_overlay4(const struct sdwan_segment *seg,
						 __be32 addr)
{
	struct in6_addr mapped;

	ipv6_addr_set_v4mapped(addr, &mapped);
	return sdwan_resolve_overlay(seg, &mapped);
}

/*
 * A lightweight-tunnel route, or an action of tc, names the far end.
 *
 * Return: 1 where it does, 0 where it leaves it open, or a negative error.
 */
static int sdwan_resolve_metadata(const struct sdwan_segment *seg,
				  struct sk_buff *skb,
				  struct sdwan_target *target)
{
	const struct ip_tunnel_info *info = skb_tunnel_info(skb);
	struct sdwan_peer *peer;
	u64 id;

	if (likely(!info) || !(info->mode & IP_TUNNEL_INFO_TX))
		return 0;

	/* routes carry an id without saying so */
	id = be64_to_cpu(info->key.tun_id);
	if ((id || sdwan_compat_tunnel_has_key(info)) && id != seg->vni->vni)
		return -EINVAL;

	if (ip_tunnel_info_af(info) == AF_INET6) {
		if (ipv6_addr_any(&info->key.u.ipv6.dst))
			return 0;
		peer = sdwan_resolve_overlay(seg, &info->key.u.ipv6.dst);
	} else {
		if (!info->key.u.ipv4.dst)
			return 0;
		peer = sdwan_resolve_overlay4(seg, info->key.u.ipv4.dst);
	}
	if (!peer)
		return -EHOSTUNREACH;
	sdwan_target_peer(target, peer);
	return 1;
}

static struct sdwan_peer *sdwan_resolve_gateway4(const struct sdwan_segment *seg,
						 const struct rtable *rt)
{
	if (rt->rt_gw_family == AF_INET)
		return sdwan_resolve_overlay4(seg, rt->rt_gw4);
	if (rt->rt_gw_family == AF_INET6)
		return sdwan_resolve_overlay(seg, &rt->rt_gw6);
	return NULL;
}

static struct sdwan_peer *sdwan_resolve_gateway6(const struct sdwan_segment *seg,
						 const struct rt6_info *rt)
{
	if (!(rt->rt6i_flags & RTF_GATEWAY))
		return NULL;
	return sdwan_resolve_overlay(seg, &rt->rt6i_gateway);
}

/* Whom the next hop of the packet's route belongs to. */
static struct sdwan_peer *sdwan_resolve_gateway(const struct sdwan_segment *seg,
						const struct sk_buff *skb)
{
	const struct dst_entry *dst = skb_dst(skb);

	if (!skb_valid_dst(skb))
		return NULL;
	/* redirected packets can come with whatever route they had before */
	if (dst->ops->family == AF_INET)
		return sdwan_resolve_gateway4(seg, container_of(dst, const struct rtable, dst));
	if (dst->ops->family == AF_INET6)
		return sdwan_resolve_gateway6(seg, container_of(dst, const struct rt6_info, dst));
	return NULL;
}

/*
 * IPv4 addresses are v4-mapped in here. On the wire, in an IPv6 packet, such an
 * address is nobody's (RFC 4291, section 2.5.5.2), and must not pass for the
 * IPv4 address it looks like.
 */
static bool sdwan_resolve_foreign(const struct sk_buff *skb,
				  const struct in6_addr *addr)
{
	return skb->protocol == htons(ETH_P_IPV6) && ipv6_addr_v4mapped(addr);
}

static void sdwan_resolve_daddr(const struct sk_buff *skb,
				struct in6_addr *addr)
{
	if (skb->protocol == htons(ETH_P_IP))
		ipv6_addr_set_v4mapped(ip_hdr(skb)->daddr, addr);
	else
		*addr = ipv6_hdr(skb)->daddr;
}

static void sdwan_resolve_saddr(const struct sk_buff *skb,
				struct in6_addr *addr)
{
	if (skb->protocol == htons(ETH_P_IP))
		ipv6_addr_set_v4mapped(ip_hdr(skb)->saddr, addr);
	else
		*addr = ipv6_hdr(skb)->saddr;
}

/* What expires is not remembered: no writer is needed for that. */
static noinline struct sdwan_peer *
sdwan_resolve_anew(const struct sdwan_segment *seg, const struct in6_addr *addr,
		   u64 epoch, const struct sdwan_prefix_cfg **prefix)
{
	struct sdwan_tx_entry found = {
		.epoch = epoch,
		.vni = seg->vni->vni,
		.addr = *addr,
		.peer = sdwan_resolve_overlay(seg, addr),
	};

	if (!found.peer)
		found.prefix = sdwan_prefix_lookup(seg->sn, seg->vni, addr);
	if (epoch && (found.peer || (found.prefix && !found.prefix->expires)))
		sdwan_tx_cache_store(&found);
	*prefix = found.prefix;
	return found.peer;
}

/* Whose overlay address a destination is, or else NULL and which prefix it is in. */
static struct sdwan_peer *
sdwan_resolve_configured(const struct sdwan_segment *seg,
			 const struct in6_addr *addr,
			 const struct sdwan_prefix_cfg **prefix)
{
	u64 epoch = sdwan_epoch(seg->sn);
	const struct sdwan_tx_entry *known;

	known = sdwan_tx_cache_find(epoch, seg->vni->vni, addr);
	if (unlikely(!known || !epoch))
		return sdwan_resolve_anew(seg, addr, epoch, prefix);
	*prefix = known->prefix;
	return known->peer;
}

/**
 * sdwan_resolve_site() - find out which site a packet goes to
 * @seg: segment
 * @skb: inner IPv4 or IPv6 packet, its header in the linear part
 * @target: result
 * @cause: why there is none, written on failure only
 *
 * Context: Under rcu_read_lock(), bottom halves off.
 *
 * Return: 0 or a negative error.
 */
int sdwan_resolve_site(const struct sdwan_segment *seg, struct sk_buff *skb,
		       struct sdwan_target *target, enum sdwan_drop *cause)
{
	const struct sdwan_prefix_cfg *prefix = NULL;
	struct sdwan_peer *peer;
	struct in6_addr daddr;
	int found;

	target->vni = seg->vni->vni;
	found = sdwan_resolve_metadata(seg, skb, target);
	if (unlikely(found < 0)) {
		*cause = SDWAN_DROP_TX_METADATA;
		return found;
	}
	if (unlikely(found))
		return 0;

	sdwan_resolve_daddr(skb, &daddr);
	if (unlikely(sdwan_resolve_foreign(skb, &daddr))) {
		*cause = SDWAN_DROP_TX_NO_SITE;
		return -ENETUNREACH;
	}
	peer = sdwan_resolve_gateway(seg, skb);
	if (!peer)
		peer = sdwan_resolve_configured(seg, &daddr, &prefix);
	if (peer) {
		sdwan_target_peer(target, peer);
		return 0;
	}
	if (unlikely(!prefix)) {
		*cause = SDWAN_DROP_TX_NO_SITE;
		return -ENETUNREACH;
	}
	if (unlikely(prefix->negative)) {
		*cause = SDWAN_DROP_TX_NEGATIVE;
		return -EHOSTUNREACH;
	}
	target->site = prefix->site;
	target->peer = NULL;
	target->prefix = prefix;
	return 0;
}

static bool sdwan_prefix_has_gateway(const struct sdwan_prefix_cfg *prefix,
				     u32 gateway)
{
	unsigned int i;

	if (!prefix || !prefix->n_gateways)
		return true;
	for (i = 0; i < prefix->n_gateways; i++)
		if (prefix->gateways[i] == gateway)
			return true;
	return false;
}

/* A path without outer headers is for one segment. */
static bool sdwan_select_usable(const struct sdwan_target *target,
				const struct sdwan_path_cfg *cfg)
{
	u32 only = cfg->path->vni;

	return likely(sdwan_path_usable(cfg)) &&
	       likely(!only || only == target->vni);
}

static const struct sdwan_path_cfg *
sdwan_select_of_peer(const struct sdwan_target *target,
		     const struct sdwan_path_cfg *after, bool degraded)
{
	const struct list_head *head = &target->peer->path_list;
	const struct list_head *from = after ? &after->by_peer : head;
	const struct sdwan_path_cfg *cfg;

	cfg = list_entry_rcu(from->next, struct sdwan_path_cfg, by_peer);
	list_for_each_entry_from_rcu(cfg, head, by_peer)
		if (likely(sdwan_select_usable(target, cfg)) &&
		    likely(sdwan_path_degraded(cfg) == degraded))
			return cfg;
	return NULL;
}

static const struct sdwan_path_cfg *
sdwan_select_of_site(const struct sdwan_target *target,
		     const struct sdwan_path_cfg *after, bool degraded)
{
	const struct list_head *head = &target->site->paths;
	const struct list_head *from = after ? &after->by_site : head;
	const struct sdwan_path_cfg *cfg;

	cfg = list_entry_rcu(from->next, struct sdwan_path_cfg, by_site);
	list_for_each_entry_from_rcu(cfg, head, by_site)
		if (likely(sdwan_select_usable(target, cfg)) &&
		    likely(sdwan_path_degraded(cfg) == degraded) &&
		    sdwan_prefix_has_gateway(target->prefix,
					     cfg->path->peer->gateway))
			return cfg;
	return NULL;
}

static const struct sdwan_path_cfg *
sdwan_select_next(const struct sdwan_target *target,
		  const struct sdwan_path_cfg *after, bool degraded)
{
	return target->peer ? sdwan_select_of_peer(target, after, degraded) :
			      sdwan_select_of_site(target, after, degraded);
}

/**
 * sdwan_select_path() - choose a path to a site
 * @target: where the packet goes
 * @after: the choice before, which turned out to be of no use; NULL at first
 *
 * Context: Under rcu_read_lock(), the same that @after was found in.
 *
 * Paths that are degraded follow the others. One that becomes so meanwhile may be
 * passed over: whoever comes next asks again.
 *
 * Return: the first usable path in order of preference, or NULL.
 */
const struct sdwan_path_cfg *
sdwan_select_path(const struct sdwan_target *target,
		  const struct sdwan_path_cfg *after)
{
	const struct sdwan_path_cfg *cfg;

	if (after && sdwan_path_degraded(after))
		return sdwan_select_next(target, after, true);
	cfg = sdwan_select_next(target, after, false);
	return cfg ?: sdwan_select_next(target, NULL, true);
}

/**
 * sdwan_target_has() - whether a path is one of those that can be chosen
 * @target: where the packet goes
 * @cfg: committed configuration of the path
 *
 * Context: Under rcu_read_lock(), the same that @cfg was found in.
 *
 * Return: true where sdwan_select_path() would come to it.
 */
bool sdwan_target_has(const struct sdwan_target *target,
		      const struct sdwan_path_cfg *cfg)
{
	const struct sdwan_peer *peer = cfg->path->peer;

	if (!sdwan_select_usable(target, cfg))
		return false;
	if (target->peer)
		return peer == target->peer;
	return peer->site == target->site &&
	       sdwan_prefix_has_gateway(target->prefix, peer->gateway);
}

/**
 * sdwan_target_limit() - the MTU of a flow
 * @target: where it goes
 *
 * The smallest over the paths that it may use, so that it does not change when
 * the flow moves.
 *
 * Context: Under rcu_read_lock().
 *
 * Return: bytes, SDWAN_MTU_NONE where there is no limit.
 */
unsigned int sdwan_target_limit(const struct sdwan_target *target)
{
	const struct sdwan_path_cfg *cfg;
	unsigned int limit = SDWAN_MTU_NONE;

	for (cfg = sdwan_select_path(target, NULL); cfg;
	     cfg = sdwan_select_path(target, cfg))
		limit = min(limit, sdwan_path_limit(cfg));
	return limit;
}

static bool sdwan_source_nexthop(const struct sdwan_segment *seg,
				 const struct sdwan_site *site,
				 const struct fib_nh_common *nhc)
{
	struct sdwan_peer *peer = NULL;

	if (nhc->nhc_dev != seg->dev)
		return false;
	if (nhc->nhc_gw_family == AF_INET)
		peer = sdwan_resolve_overlay4(seg, nhc->nhc_gw.ipv4);
	else if (nhc->nhc_gw_family == AF_INET6)
		peer = sdwan_resolve_overlay(seg, &nhc->nhc_gw.ipv6);
	return peer && peer->site == site;
}

/* Would a packet to this address leave for the site by the routing table? */
static bool sdwan_source_route4(const struct sdwan_segment *seg,
				const struct sdwan_site *site, __be32 addr)
{
	struct flowi4 fl4 = {
		.flowi4_iif = LOOPBACK_IFINDEX,
		.flowi4_l3mdev = l3mdev_master_ifindex_rcu(seg->dev),
		.flowi4_scope = RT_SCOPE_UNIVERSE,
		.daddr = addr,
	};
	struct fib_result res;
	int i;

	if (fib_lookup(dev_net(seg->dev), &fl4, &res, 0) ||
	    res.type != RTN_UNICAST)
		return false;
	for (i = 0; i < fib_info_num_path(res.fi); i++)
		if (sdwan_source_nexthop(seg, site, fib_info_nhc(res.fi, i)))
			return true;
	return false;
}

struct sdwan_source_hops {
	const struct sdwan_segment *seg;
	const struct sdwan_site *site;
};

static int sdwan_source_hop6(struct fib6_nh *nh, void *arg)
{
	const struct sdwan_source_hops *hops = arg;

	return sdwan_source_nexthop(hops->seg, hops->site, &nh->nh_common);
}

static bool sdwan_source_hops6(const struct sdwan_segment *seg,
			       const struct sdwan_site *site,
			       struct fib6_info *f6i)
{
	struct sdwan_source_hops hops = { .seg = seg, .site = site };
	struct fib6_info *sibling;

	if (f6i->nh)
		return nexthop_for_each_fib6_nh(f6i->nh, sdwan_source_hop6,
						&hops);
	if (sdwan_source_nexthop(seg, site, &f6i->fib6_nh->nh_common))
		return true;
	if (!READ_ONCE(f6i->fib6_nsiblings))
		return false;
	list_for_each_entry_rcu(sibling, &f6i->fib6_siblings, fib6_siblings) {
		if (sdwan_source_nexthop(seg, site,
					 &sibling->fib6_nh->nh_common))
			return true;
		/* the list has no end of its own when it is taken apart */
		if (!READ_ONCE(f6i->fib6_nsiblings))
			return false;
	}
	return false;
}

static bool sdwan_source_route6(const struct sdwan_segment *seg,
				const struct sdwan_site *site,
				const struct in6_addr *addr)
{
	struct flowi6 fl6 = {
		.flowi6_iif = LOOPBACK_IFINDEX,
		.flowi6_l3mdev = l3mdev_master_ifindex_rcu(seg->dev),
		.daddr = *addr,
	};
	struct fib6_result res = { };

	if (ipv6_stub->fib6_lookup(dev_net(seg->dev), 0, &fl6, &res, 0) ||
	    res.fib6_type != RTN_UNICAST ||
	    res.fib6_flags & (RTF_REJECT | RTF_LOCAL))
		return false;
	return sdwan_source_hops6(seg, site, res.f6i);
}

/*
 * Addresses that are nobody's, or mean something on one link only: there is no
 * site that they could belong to.
 */
static bool sdwan_source_routable(const struct in6_addr *addr)
{
	if (ipv6_addr_v4mapped(addr))
		return sdwan_addr_unicast(addr) &&
		       !ipv4_is_loopback(addr->s6_addr32[3]);
	return sdwan_addr_unicast(addr) && !ipv6_addr_loopback(addr) &&
	       !(ipv6_addr_type(addr) & IPV6_ADDR_LINKLOCAL);
}

/* By what is configured: overlay addresses and prefixes. */
static enum sdwan_source
sdwan_source_configured(const struct sdwan_segment *seg,
			const struct sdwan_site *site,
			const struct in6_addr *addr)
{
	const struct sdwan_prefix_cfg *prefix;
	const struct sdwan_peer *peer;

	/* the overlay address of another site may be in a prefix of this one */
	peer = sdwan_resolve_overlay(seg, addr);
	if (peer)
		return peer->site == site ? SDWAN_SOURCE_OWN :
					    SDWAN_SOURCE_FOREIGN;

	prefix = sdwan_prefix_lookup(seg->sn, seg->vni, addr);
	if (!prefix || prefix->negative || prefix->site != site)
		return SDWAN_SOURCE_FOREIGN;
	return prefix->expires ? SDWAN_SOURCE_NOW : SDWAN_SOURCE_OWN;
}

/**
 * sdwan_source_check() - whether a packet may come from where it came from
 * @seg: its segment
 * @path: the path it came by
 * @skb: inner packet, its header in the linear part
 *
 * The source address must be one that belongs to the path's site: an overlay
 * address of one of its gateways, within a prefix of the site, or behind one of
 * its gateways by the routing table, which has the last word as it has for
 * destinations.  It is asked last, because it is the slowest.  Which gateway of
 * the site is left open: clusters send by any.
 *
 * Context: Under rcu_read_lock().
 *
 * Return: whether it may, and for how long that is so.
 */
enum sdwan_source sdwan_source_check(const struct sdwan_segment *seg,
				     const struct sdwan_path *path,
				     struct sk_buff *skb)
{
	const struct sdwan_site *site = path->peer->site;
	enum sdwan_source source;
	struct in6_addr addr;
	bool routed;

	sdwan_resolve_saddr(skb, &addr);
	if (sdwan_resolve_foreign(skb, &addr) || !sdwan_source_routable(&addr))
		return SDWAN_SOURCE_FOREIGN;

	source = sdwan_source_configured(seg, site, &addr);
	if (likely(source != SDWAN_SOURCE_FOREIGN))
		return source;
	routed = skb->protocol == htons(ETH_P_IP) ?
		 sdwan_source_route4(seg, site, addr.s6_addr32[3]) :
		 sdwan_source_route6(seg, site, &addr);
	return routed ? SDWAN_SOURCE_NOW : SDWAN_SOURCE_FOREIGN;
}
