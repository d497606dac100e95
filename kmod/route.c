// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: the way of an outer packet
 *
 * Each path caches its route per CPU.  A cached route is checked on each use
 * and looked up anew when the kernel has invalidated it, so that a lost route
 * or address is noticed by the very next packet.
 */
#include <net/addrconf.h>
#include <net/ip6_route.h>
#include <net/ip_fib.h>
#include <net/ipv6_stubs.h>
#include <net/route.h>

#include "addr.h"
#include "pmtu.h"
#include "route.h"

/*
 * A route has to leave by the device of the underlay.  IPsec may put a bundle
 * of its own on top of the route, whose device need not be the one we asked
 * for; its policy has then decided.
 */
static bool sdwan_route_leaves_by(const struct dst_entry *dst,
				  const struct net_device *dev)
{
	return dst->dev == dev || dst_xfrm(dst);
}

/*
 * With an output device given, ip_route_output_flow() takes a destination for
 * on-link that no route covers.  Ask the table first, so that a path whose
 * route is gone counts as lost instead of sending ARP requests for a host far
 * away.
 */
static int sdwan_route4_exists(struct net *net, const struct flowi4 *fl4)
{
	struct flowi4 key = *fl4;
	struct fib_result res;
	int err;

	rcu_read_lock();
	err = fib_lookup(net, &key, &res, 0);
	if (!err && res.type != RTN_UNICAST)
		err = -EHOSTUNREACH;
	rcu_read_unlock();
	return err;
}

static int sdwan_route4_find(const struct sdwan_path_cfg *cfg, __be16 sport,
			     const struct net_device *dev,
			     struct sdwan_route *route)
{
	const struct sdwan_underlay *underlay = cfg->path->underlay;
	struct net *net = underlay->obj.sn->net;
	struct flowi4 fl4 = {
		.flowi4_oif = dev->ifindex,
		.flowi4_iif = LOOPBACK_IFINDEX,
		.flowi4_proto = cfg->ops->proto,
		.flowi4_mark = cfg->fwmark,
		.daddr = cfg->key.remote.s6_addr32[3],
	};
	struct rtable *rt;
	int err;

	if (cfg->dstport) {
		fl4.fl4_sport = sport;
		fl4.fl4_dport = cfg->dstport;
	}
	if (!ipv6_addr_any(&underlay->local))
		fl4.saddr = underlay->local.s6_addr32[3];

	err = sdwan_route4_exists(net, &fl4);
	if (err)
		return err;

	rt = ip_route_output_flow(net, &fl4, NULL);
	if (IS_ERR(rt))
		return PTR_ERR(rt);

	route->dst = &rt->dst;
	route->saddr4 = fl4.saddr;
	return 0;
}

static int sdwan_route6_find(const struct sdwan_path_cfg *cfg, __be16 sport,
			     struct net_device *dev, struct sdwan_route *route)
{
	const struct sdwan_underlay *underlay = cfg->path->underlay;
	struct net *net = underlay->obj.sn->net;
	struct flowi6 fl6 = {
		.flowi6_oif = dev->ifindex,
		.flowi6_proto = cfg->ops->proto,
		.flowi6_mark = cfg->fwmark,
		.daddr = cfg->key.remote,
		.saddr = underlay->local,
	};
	struct dst_entry *dst;

	if (cfg->dstport) {
		fl6.fl6_sport = sport;
		fl6.fl6_dport = cfg->dstport;
	}
	/* unlike IPv4, IPv6 routes any source address it is told to use */
	if (!ipv6_addr_any(&fl6.saddr) &&
	    !ipv6_chk_addr(net, &fl6.saddr, dev, 0))
		return -EADDRNOTAVAIL;

	dst = ipv6_stub->ipv6_dst_lookup_flow(net, NULL, &fl6, NULL);
	if (IS_ERR(dst))
		return PTR_ERR(dst);

	route->dst = dst;
	route->saddr6 = fl6.saddr;
	return 0;
}

static int sdwan_route_find(const struct sdwan_path_cfg *cfg, __be16 sport,
			    struct sdwan_route *route)
{
	struct net_device *dev = rcu_dereference(cfg->path->underlay->dev);
	int err;

	if (!dev)
		return -ENODEV;
	if (!cfg->ops->proto) {
		route->dst = NULL;
		route->dev = dev;
		return 0;
	}

	if (cfg->family == AF_INET)
		err = sdwan_route4_find(cfg, sport, dev, route);
	else
		err = sdwan_route6_find(cfg, sport, dev, route);
	if (err)
		return err;

	err = route->dst->error;
	if (!err && !sdwan_route_leaves_by(route->dst, dev))
		err = -ENETUNREACH;
	if (err)
		dst_release(route->dst);
	else
		route->dev = route->dst->dev;
	return err;
}

static bool sdwan_route_cached(const struct sdwan_path_cfg *cfg,
			       struct dst_cache *cache,
			       struct sdwan_route *route)
{
	struct rtable *rt;

	if (cfg->family == AF_INET) {
		rt = dst_cache_get_ip4(cache, &route->saddr4);
		route->dst = rt ? &rt->dst : NULL;
	} else {
		route->dst = dst_cache_get_ip6(cache, &route->saddr6);
	}
	if (!route->dst)
		return false;
	route->dev = route->dst->dev;
	return true;
}

/**
 * sdwan_route_lookup() - find the way of the outer packets of a path
 * @cfg: configuration of the path
 * @cached: use and fill the cache of this CPU
 * @sport: source port of the packet; IPsec policies may select by it
 * @route: result; the caller's to give back by sdwan_route_put()
 *
 * Context: Under rcu_read_lock(); with bottom halves off where @cached.
 *
 * Return: 0, or why there is no way: -ENODEV, -EADDRNOTAVAIL, -ENETUNREACH, …
 */
int sdwan_route_lookup(const struct sdwan_path_cfg *cfg, bool cached,
		       __be16 sport, struct sdwan_route *route)
{
	/* the one part of a configuration that the data path writes to */
	struct dst_cache *cache = (struct dst_cache *)&cfg->dst_cache;
	int err;

	/* without an outer header there is nothing to look up */
	cached &= !!cfg->ops->proto;
	if (cached && sdwan_route_cached(cfg, cache, route))
		return 0;

	err = sdwan_route_find(cfg, sport, route);
	if (err || !cached)
		return err;

	if (cfg->family == AF_INET)
		dst_cache_set_ip4(cache, route->dst, route->saddr4);
	else
		dst_cache_set_ip6(cache, route->dst, &route->saddr6);
	return 0;
}

/**
 * sdwan_route_mtu() - the largest inner packet that fits a path
 * @cfg: configuration of the path
 * @route: its route
 *
 * Return: bytes, 0 where not even the headers fit.
 */
unsigned int sdwan_route_mtu(const struct sdwan_path_cfg *cfg,
			     const struct sdwan_route *route)
{
	unsigned int mtu;

	mtu = route->dst ? dst_mtu(route->dst) : READ_ONCE(route->dev->mtu);
	mtu = min(mtu, sdwan_route_clamp(cfg));
	return sdwan_pmtu_inner(mtu, sdwan_route_overhead(cfg));
}

/* ipv4_update_pmtu() knows no marks; what it calls takes that of the packet. */
static void sdwan_route4_told(struct net *net, const struct sdwan_path_cfg *cfg,
			      struct sk_buff *skb, int oif, u32 mtu)
{
	struct flowi4 fl4 = {
		.flowi4_oif = oif,
		.flowi4_proto = cfg->ops->proto,
		.flowi4_mark = cfg->fwmark,
		.saddr = ip_hdr(skb)->saddr,
		.daddr = ip_hdr(skb)->daddr,
	};
	u32 mark = skb->mark;
	struct rtable *rt;

	rt = ip_route_output_key(net, &fl4);
	if (IS_ERR(rt))
		return;
	skb->mark = cfg->fwmark;
	rt->dst.ops->update_pmtu(&rt->dst, NULL, skb, mtu, false);
	skb->mark = mark;
	ip_rt_put(rt);
}

/**
 * sdwan_route_told() - a router says what the route of a path carries
 * @cfg: configuration of the path
 * @skb: ICMP error, at the quoted packet, which is its network header
 * @oif: device that the packet left by
 * @mtu: the largest outer packet
 *
 * Context: Under rcu_read_lock(), bottom halves off.
 */
void sdwan_route_told(const struct sdwan_path_cfg *cfg, struct sk_buff *skb,
		      int oif, u32 mtu)
{
	struct net *net = cfg->path->underlay->obj.sn->net;

	if (cfg->family == AF_INET6)
		ip6_update_pmtu(skb, net, htonl(mtu), oif, cfg->fwmark,
				sock_net_uid(net, NULL));
	else if (READ_ONCE(net->ipv4.sysctl_ip_no_pmtu_disc))
		return;
	else if (cfg->fwmark)
		sdwan_route4_told(net, cfg, skb, oif, mtu);
	else
		ipv4_update_pmtu(skb, net, mtu, oif, cfg->ops->proto);
}

/**
 * sdwan_route_flush() - forget the cached routes of all paths
 * @sn: fabric
 *
 * To be called when an IPv6 address comes or goes: unlike IPv4, that leaves
 * cached routes valid, with a source address that may be gone.
 *
 * Context: Any but hard interrupts.
 */
void sdwan_route_flush(struct sdwan_net *sn)
{
	struct sdwan_object *obj;
	struct sdwan_cfg *cfg;
	unsigned long id;

	rcu_read_lock();
	xa_for_each(&sn->table[SDWAN_KIND_PATH].ids, id, obj) {
		cfg = rcu_dereference(obj->cfg);
		if (cfg)
			dst_cache_reset(&sdwan_path_cfg(cfg)->dst_cache);
	}
	rcu_read_unlock();
}
