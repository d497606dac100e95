// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: what receive has found out already
 *
 * Path, segment and the verdict of the source check are the same for all
 * packets of a host at the other site.  Each CPU remembers some of them.
 *
 * An answer counts while nothing has changed since it was found (epoch.c).
 */
#include <linux/hash.h>
#include <linux/percpu.h>

#include "rx_cache.h"

#define SDWAN_RX_CACHE_BITS	6

struct sdwan_rx_cache {
	struct sdwan_rx_entry entries[1 << SDWAN_RX_CACHE_BITS];
};

static struct sdwan_rx_cache __percpu *sdwan_rx_cache;

static struct sdwan_rx_entry *sdwan_rx_cache_slot(const struct sdwan_rx_flow *flow)
{
	u32 hash = (__force u32)(flow->saddr.s6_addr32[3] ^
				 flow->remote.s6_addr32[3]) ^ flow->vni;

	return &this_cpu_ptr(sdwan_rx_cache)->entries[hash_32(hash,
							      SDWAN_RX_CACHE_BITS)];
}

/**
 * sdwan_rx_cache_find() - recall an answer
 * @flow: question, with the current epoch, which is not 0
 *
 * Context: Under rcu_read_lock(), bottom halves off.
 *
 * Return: the answer, valid within the RCU section and until the next call of
 * sdwan_rx_cache_store() on this CPU, or NULL.
 */
const struct sdwan_rx_entry *
sdwan_rx_cache_find(const struct sdwan_rx_flow *flow)
{
	const struct sdwan_rx_entry *entry = sdwan_rx_cache_slot(flow);
	const struct sdwan_rx_flow *known = &entry->flow;

	if (known->epoch == flow->epoch && known->ss == flow->ss &&
	    known->vni == flow->vni && known->proto == flow->proto &&
	    ipv6_addr_equal(&known->saddr, &flow->saddr) &&
	    ipv6_addr_equal(&known->remote, &flow->remote))
		return entry;
	return NULL;
}

/**
 * sdwan_rx_cache_store() - remember an answer
 * @entry: question and answer
 *
 * Context: Under rcu_read_lock(), bottom halves off.
 */
void sdwan_rx_cache_store(const struct sdwan_rx_entry *entry)
{
	*sdwan_rx_cache_slot(&entry->flow) = *entry;
}

/**
 * sdwan_rx_cache_init() - make the caches
 *
 * Return: 0 or -ENOMEM.
 */
int sdwan_rx_cache_init(void)
{
	sdwan_rx_cache = alloc_percpu(struct sdwan_rx_cache);
	return sdwan_rx_cache ? 0 : -ENOMEM;
}

/**
 * sdwan_rx_cache_exit() - free the caches; nothing is received any more
 */
void sdwan_rx_cache_exit(void)
{
	free_percpu(sdwan_rx_cache);
}
