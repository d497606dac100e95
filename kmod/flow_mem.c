// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: the memory of flows and of the arrays that they are in
 */
#include <linux/kernel.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>

#include "flow_int.h"

/* Flows to a bucket when the table is full. */
#define SDWAN_FLOW_LOAD		2

static struct kmem_cache *sdwan_flow_cache;

/**
 * sdwan_flow_alloc() - make a flow that is not in the table yet
 * @table: where it will be
 * @key: its key
 * @hash: hash of @key
 * @flags: SDWAN_FLOW_*
 * @now: jiffies
 *
 * Context: Any, does not sleep.
 *
 * Return: the flow or NULL.
 */
struct sdwan_flow *sdwan_flow_alloc(struct sdwan_flow_table *table,
				    const struct sdwan_flow_key *key, u32 hash,
				    u32 flags, u32 now)
{
	struct sdwan_flow *flow;

	flow = kmem_cache_zalloc(sdwan_flow_cache, GFP_ATOMIC | __GFP_NOWARN);
	if (!flow)
		return NULL;
	flow->key = *key;
	flow->last = now;
	flow->created = now;
	flow->flags = flags;
	flow->hash = hash;
	RCU_INIT_POINTER(flow->direct, &table->no_direct);
	return flow;
}

/**
 * sdwan_flow_free() - free a flow that nobody can see any more
 * @flow: flow
 */
void sdwan_flow_free(struct sdwan_flow *flow)
{
	struct sdwan_direct *direct = rcu_dereference_protected(flow->direct,
								true);

	if (!direct->shared)
		kfree(direct);
	kmem_cache_free(sdwan_flow_cache, flow);
}

/**
 * sdwan_flow_buckets() - number of buckets of a table
 * @max: most flows
 *
 * Return: a power of two.
 */
u32 sdwan_flow_buckets(u32 max)
{
	u32 n = DIV_ROUND_UP(max, SDWAN_FLOW_LOAD);

	return roundup_pow_of_two(max_t(u32, n, SDWAN_FLOW_BUCKETS_MIN));
}

/**
 * sdwan_flow_array_alloc() - make an array without flows
 * @max: most flows of the table
 *
 * Context: Process context.
 *
 * Return: the array or NULL.
 */
struct sdwan_flow_array *sdwan_flow_array_alloc(u32 max)
{
	u32 n = sdwan_flow_buckets(max);
	struct sdwan_flow_array *array;

	array = kzalloc(sizeof(*array), GFP_KERNEL_ACCOUNT);
	if (!array)
		return NULL;
	array->mask = n - 1;
	array->buckets = kvcalloc(n, sizeof(*array->buckets),
				  GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
	if (!array->buckets) {
		kfree(array);
		return NULL;
	}
	return array;
}

/**
 * sdwan_flow_array_free() - free an array, not the flows in it
 * @array: array that nobody can see any more
 *
 * Context: Process context.
 */
void sdwan_flow_array_free(struct sdwan_flow_array *array)
{
	kvfree(array->buckets);
	kfree(array);
}

/**
 * sdwan_flow_cache_init() - prepare the memory of flows, before any fabric
 *
 * Return: 0 or -ENOMEM.
 */
int sdwan_flow_cache_init(void)
{
	sdwan_flow_cache = kmem_cache_create("sdwan_flow",
					     sizeof(struct sdwan_flow),
					     __alignof__(struct sdwan_flow),
					     SLAB_HWCACHE_ALIGN | SLAB_ACCOUNT,
					     NULL);
	return sdwan_flow_cache ? 0 : -ENOMEM;
}

/**
 * sdwan_flow_cache_exit() - give back the memory of flows, after all fabrics
 */
void sdwan_flow_cache_exit(void)
{
	/* flows on their way back into it */
	rcu_barrier();
	kmem_cache_destroy(sdwan_flow_cache);
}
