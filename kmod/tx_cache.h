/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: what transmit has found out already
 */
#ifndef _SDWAN_TX_CACHE_H
#define _SDWAN_TX_CACHE_H

#include "types.h"

/**
 * struct sdwan_tx_entry - where packets to an address go
 * @epoch: of the fabric when this was found out; never 0, but before the first
 * @vni: segment
 * @addr: inner destination address, v4-mapped for IPv4
 * @peer: whose overlay address that is, or NULL
 * @prefix: which holds it where it is nobody's overlay address, or NULL
 */
struct sdwan_tx_entry {
	u64 epoch;
	u32 vni;
	struct in6_addr addr;
	struct sdwan_peer *peer;
	const struct sdwan_prefix_cfg *prefix;
};

int sdwan_tx_cache_init(void);
void sdwan_tx_cache_exit(void);
const struct sdwan_tx_entry *sdwan_tx_cache_find(u64 epoch, u32 vni,
						 const struct in6_addr *addr);
void sdwan_tx_cache_store(const struct sdwan_tx_entry *entry);

#endif /* _SDWAN_TX_CACHE_H */
