// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: what transmit has found out already
 *
 * Most packets go where packets went before.  Each CPU remembers some
 * destinations, so that these need not be looked up among overlay addresses and
 * prefixes of all lengths.  What an answer is worth, and how long the objects in
 * it live, is told in rx_cache.c.
 */
#include <linux/hash.h>
#include <linux/percpu.h>

#include "tx_cache.h"

#define SDWAN_TX_CACHE_BITS	6

/* A cache line each. */
struct sdwan_tx_slot {
	struct sdwan_tx_entry entry;
} ____cacheline_aligned;

struct sdwan_tx_cache {
	struct sdwan_tx_slot slots[1 << SDWAN_TX_CACHE_BITS];
};

static struct sdwan_tx_cache __percpu *sdwan_tx_cache;

static struct sdwan_tx_entry *sdwan_tx_cache_slot(u32 vni,
						  const struct in6_addr *addr)
{
	u32 hash = (__force u32)(addr->s6_addr32[3] ^ addr->s6_addr32[1]) ^ vni;

	hash = hash_32(hash, SDWAN_TX_CACHE_BITS);
	return &this_cpu_ptr(sdwan_tx_cache)->slots[hash].entry;
}

/**
 * sdwan_tx_cache_find() - recall where packets to an address go
 * @epoch: of the fabric, not 0
 * @vni: segment
 * @addr: inner destination address, v4-mapped for IPv4
 *
 * Context: Under rcu_read_lock(), bottom halves off.
 *
 * Return: the answer, valid until the next call of sdwan_tx_cache_store() on this
 * CPU and what it leads to within the RCU section, or NULL.
 */
const struct sdwan_tx_entry *sdwan_tx_cache_find(u64 epoch, u32 vni,
						 const struct in6_addr *addr)
{
	const struct sdwan_tx_entry *entry = sdwan_tx_cache_slot(vni, addr);

	if (entry->epoch == epoch && entry->vni == vni &&
	    ipv6_addr_equal(&entry->addr, addr))
		return entry;
	return NULL;
}

/**
 * sdwan_tx_cache_store() - remember where packets to an address go
 * @entry: the answer; one that holds whatever the time is
 *
 * Context: Under rcu_read_lock(), bottom halves off.
 */
void sdwan_tx_cache_store(const struct sdwan_tx_entry *entry)
{
	*sdwan_tx_cache_slot(entry->vni, &entry->addr) = *entry;
}

/**
 * sdwan_tx_cache_init() - make the caches
 *
 * Return: 0 or -ENOMEM.
 */
int sdwan_tx_cache_init(void)
{
	sdwan_tx_cache = alloc_percpu(struct sdwan_tx_cache);
	return sdwan_tx_cache ? 0 : -ENOMEM;
}

/**
 * sdwan_tx_cache_exit() - free the caches; nothing is sent any more
 */
void sdwan_tx_cache_exit(void)
{
	free_percpu(sdwan_tx_cache);
}
