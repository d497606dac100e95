/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: the way of an outer packet
 */
#ifndef _SDWAN_ROUTE_H
#define _SDWAN_ROUTE_H

#include "encap.h"
#include "types.h"

/**
 * struct sdwan_route - route of an outer packet
 * @dst: referenced; of the family of the path, NULL where it has no outer header
 * @dev: device that the packet leaves by
 * @saddr4: source address where the path is IPv4
 * @saddr6: source address where the path is IPv6
 */
struct sdwan_route {
	struct dst_entry *dst;
	struct net_device *dev;
	union {
		__be32 saddr4;
		struct in6_addr saddr6;
	};
};

/**
 * sdwan_outer_hlen() - length of the outer IP header
 * @family: AF_INET, AF_INET6, or AF_UNSPEC where there is none
 *
 * Return: bytes.
 */
static inline unsigned int sdwan_outer_hlen(unsigned short family)
{
	if (family == AF_INET)
		return sizeof(struct iphdr);
	return family == AF_INET6 ? sizeof(struct ipv6hdr) : 0;
}

/**
 * sdwan_route_overhead() - what a path adds to a packet
 * @cfg: configuration of the path
 *
 * Return: bytes, the outer IP header included.
 */
static inline unsigned int
sdwan_route_overhead(const struct sdwan_path_cfg *cfg)
{
	return sdwan_outer_hlen(cfg->family) + cfg->ops->hlen;
}

/**
 * sdwan_route_clamp() - what a path carries, whatever its route allows
 * @cfg: configuration of the path
 *
 * Context: Under rcu_read_lock().
 *
 * Return: bytes of the longest outer packet, SDWAN_MTU_NONE where there is no limit.
 */
static inline u32 sdwan_route_clamp(const struct sdwan_path_cfg *cfg)
{
	u32 pmtu = READ_ONCE(cfg->path->pmtu);

	return cfg->mtu_clamp ? min(pmtu, cfg->mtu_clamp) : pmtu;
}

/**
 * sdwan_route_put() - let a route go
 * @route: what sdwan_route_lookup() found
 */
static inline void sdwan_route_put(struct sdwan_route *route)
{
	dst_release(route->dst);
}

int sdwan_route_lookup(const struct sdwan_path_cfg *cfg, bool cached,
		       __be16 sport, struct sdwan_route *route);
unsigned int sdwan_route_mtu(const struct sdwan_path_cfg *cfg,
			     const struct sdwan_route *route);
void sdwan_route_told(const struct sdwan_path_cfg *cfg, struct sk_buff *skb,
		      int oif, u32 mtu);
void sdwan_route_flush(struct sdwan_net *sn);

#endif /* _SDWAN_ROUTE_H */
