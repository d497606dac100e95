/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: what the data path asks of the configuration
 *
 * All of it is called under rcu_read_lock(), takes no lock and allocates
 * nothing.  Addresses are 16 bytes, IPv4 as v4-mapped.
 */
#ifndef _SDWAN_LOOKUP_H
#define _SDWAN_LOOKUP_H

#include "types.h"

/* prefix.c: longest match that has not expired, or NULL */
const struct sdwan_prefix_cfg *
sdwan_prefix_lookup(const struct sdwan_net *sn, const struct sdwan_vni *vni,
		    const struct in6_addr *addr);
/* peer.c: whose overlay address this is in a segment, or NULL */
struct sdwan_peer *sdwan_overlay_lookup(struct sdwan_net *sn, u32 vni,
					const struct in6_addr *addr);
/* path.c: the path a packet has come by, or NULL */
const struct sdwan_path_cfg *sdwan_path_lookup_rx(struct sdwan_net *sn,
						  const struct sdwan_rx_key *key);
/* path.c: administratively up, with a device that runs and has its carrier */
bool sdwan_path_usable(const struct sdwan_path_cfg *cfg);
/* lan.c: the LAN that a device is, or NULL */
const struct sdwan_lan_cfg *sdwan_lan_of(const struct sdwan_net *sn,
					 int ifindex);
/* vni.c: the segment with a number, or NULL */
struct sdwan_vni *sdwan_vni_lookup(struct sdwan_net *sn, u32 vni);

static inline struct sdwan_peer_cfg *
sdwan_peer_cfg_rcu(const struct sdwan_peer *peer)
{
	struct sdwan_cfg *cfg = rcu_dereference(peer->obj.cfg);

	return cfg ? sdwan_peer_cfg(cfg) : NULL;
}

/* Whether others are to go before it; up it is all the same. */
static inline bool sdwan_path_degraded(const struct sdwan_path_cfg *cfg)
{
	return READ_ONCE(cfg->path->degraded) != SDWAN_STATE_REASON_NONE;
}

/**
 * sdwan_path_limit() - the largest inner packet that a path carries
 * @cfg: configuration of the path
 *
 * That is more than fits where outer packets may be fragmented.
 *
 * Return: bytes, as of a second ago at most; SDWAN_MTU_NONE where the path sets
 * no limit, or carries nothing.
 */
static inline unsigned int sdwan_path_limit(const struct sdwan_path_cfg *cfg)
{
	return cfg->df == SDWAN_DF_CLEAR ? SDWAN_MTU_NONE :
					   READ_ONCE(cfg->path->mtu);
}

#endif /* _SDWAN_LOOKUP_H */
