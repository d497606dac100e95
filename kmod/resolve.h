/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: from an inner packet to a site and from a site to a path
 */
#ifndef _SDWAN_RESOLVE_H
#define _SDWAN_RESOLVE_H

#include "types.h"

/**
 * struct sdwan_target - where a packet goes
 * @vni: segment of the packet
 * @site: the site
 * @peer: the one gateway of it that was named (by a next hop or metadata), or
 *	NULL for any
 * @prefix: the prefix that led to the site, which may name gateways; or NULL
 *
 * Valid within the RCU section it was filled in.
 */
struct sdwan_target {
	u32 vni;
	struct sdwan_site *site;
	struct sdwan_peer *peer;
	const struct sdwan_prefix_cfg *prefix;
};

/* Whether a packet may come from where it came from. */
enum sdwan_source {
	SDWAN_SOURCE_FOREIGN,	/* no */
	SDWAN_SOURCE_NOW,	/* yes, as the routing table or the time has it */
	SDWAN_SOURCE_OWN,	/* yes, as long as the configuration is this one */
};

int sdwan_resolve_site(const struct sdwan_segment *seg, struct sk_buff *skb,
		       struct sdwan_target *target, enum sdwan_drop *cause);
const struct sdwan_path_cfg *
sdwan_select_path(const struct sdwan_target *target,
		  const struct sdwan_path_cfg *after);
bool sdwan_target_has(const struct sdwan_target *target,
		      const struct sdwan_path_cfg *cfg);
unsigned int sdwan_target_limit(const struct sdwan_target *target);
enum sdwan_source sdwan_source_check(const struct sdwan_segment *seg,
				     const struct sdwan_path *path,
				     struct sk_buff *skb);

#endif /* _SDWAN_RESOLVE_H */
