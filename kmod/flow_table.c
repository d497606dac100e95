// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: the table of flows as a whole: its limits, its start, size and end
 *
 * Locks are chosen by the low bits of the hash, which are those of the bucket
 * in an array of any size. So the lock of a flow remains its lock while the
 * table is resized.
 */
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/random.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>

#include "flow_int.h"

/*
 * Have a flow in the next array, too. Buckets that are one there may be too
 * small for all, though the table is not.
 */
static void sdwan_flow_adopt(struct sdwan_flow_table *table,
			     struct sdwan_flow_array *next,
			     struct sdwan_flow *flow, u32 now)
{
	const struct sdwan_flow_bucket *bucket;
	struct sdwan_flow *victim;

	bucket = sdwan_flow_bucket(next, flow->hash);
	/* it came while the table is resized */
	if (sdwan_flow_slot_of(bucket, flow) < SDWAN_FLOW_SLOTS)
		return;
	if (sdwan_flow_array_add(next, flow))
		return;
	victim = sdwan_flow_two_way(flow) ?
		 sdwan_flow_victim(table, bucket, now, 0) : NULL;
	sdwan_flow_unlink(table, victim ?: flow);
	sdwan_flow_count_event(table, SDWAN_FLOW_EVICTED);
	if (victim)
		sdwan_flow_array_add(next, flow);
}

/* Have all flows in the next array, too. */
static void sdwan_flows_adopt(struct sdwan_flow_table *table,
			      const struct sdwan_flow_array *array,
			      struct sdwan_flow_array *next)
{
	struct sdwan_flow *flow;
	u32 i, now = jiffies;
	int slot;

	for (i = 0; i <= array->mask; i++) {
		spinlock_t *lock = sdwan_flow_lock(table, i);

		rcu_read_lock();
		spin_lock_bh(lock);
		for (slot = 0; slot < SDWAN_FLOW_SLOTS; slot++) {
			flow = rcu_dereference(array->buckets[i].flows[slot]);
			if (flow)
				sdwan_flow_adopt(table, next, flow, now);
		}
		spin_unlock_bh(lock);
		rcu_read_unlock();
		cond_resched();
	}
}

/*
 * Take another array. All that happens meanwhile happens to both, until no
 * writer is left who may have seen the old one as the current one: no flow is
 * without a place at any time.
 */
static void sdwan_flows_replace(struct sdwan_flow_table *table,
				struct sdwan_flow_array *array,
				struct sdwan_flow_array *next)
{
	rcu_assign_pointer(table->next, next);
	sdwan_flows_adopt(table, array, next);
	rcu_assign_pointer(table->array, next);
	synchronize_net();
	RCU_INIT_POINTER(table->next, NULL);
	sdwan_flow_array_free(array);
}

/* Free an array that nobody can see any more, and what is in it. */
static void sdwan_flows_free(struct sdwan_flow_table *table,
			     struct sdwan_flow_array *array)
{
	struct sdwan_flow *flow;
	int slot;
	u32 i;

	for (i = 0; i <= array->mask; i++) {
		for (slot = 0; slot < SDWAN_FLOW_SLOTS; slot++) {
			flow = rcu_dereference_protected(array->buckets[i].flows[slot],
							 true);
			if (!flow)
				continue;
			sdwan_flow_uncharge(table, sdwan_flow_vni(flow));
			sdwan_flow_free(flow);
		}
		cond_resched();
	}
	sdwan_flow_array_free(array);
}

static void sdwan_flows_start(struct sdwan_flow_table *table,
			      struct sdwan_flow_array *array)
{
	rcu_assign_pointer(table->array, array);
	sdwan_flows_schedule(table);
}

static void sdwan_flows_stop(struct sdwan_flow_table *table,
			     struct sdwan_flow_array *array)
{
	RCU_INIT_POINTER(table->array, NULL);
	synchronize_net();
	sdwan_flows_free(table, array);
}

/**
 * sdwan_flows_enable() - remember flows from now on
 * @sn: fabric; its lock is held
 *
 * May be called again. Nothing happens while the most flows are 0.
 *
 * Context: Process context.
 *
 * Return: 0 or -ENOMEM.
 */
int sdwan_flows_enable(struct sdwan_net *sn)
{
	struct sdwan_flow_table *table = sn->flows;
	struct sdwan_flow_array *array;

	lockdep_assert_held(&sn->lock);
	if (table->max && !rcu_access_pointer(table->array)) {
		array = sdwan_flow_array_alloc(table->max);
		if (!array)
			return -ENOMEM;
		sdwan_flows_start(table, array);
	}
	table->enabled = true;
	return 0;
}

/**
 * sdwan_flows_resize() - change the most flows that are remembered
 * @sn: fabric; its lock is held
 * @max: most flows, up to 16777216; 0 remembers none
 *
 * Flows stay, and can be found at any time. As many as are too many for @max
 * are forgotten, those in use last. A few more can be lost when @max is reached
 * and many of them come into one bucket.
 *
 * Context: Process context.
 *
 * Return: 0, or -ENOMEM and nothing has changed.
 */
int sdwan_flows_resize(struct sdwan_net *sn, u32 max)
{
	struct sdwan_flow_table *table = sn->flows;
	struct sdwan_flow_array *array, *next = NULL;

	array = rcu_dereference_protected(table->array,
					  lockdep_is_held(&sn->lock));
	if (table->enabled && max &&
	    (!array || array->mask + 1 != sdwan_flow_buckets(max))) {
		next = sdwan_flow_array_alloc(max);
		if (!next)
			return -ENOMEM;
	}

	WRITE_ONCE(table->max, max);
	if (!array) {
		if (next)
			sdwan_flows_start(table, next);
		return 0;
	}
	if (!max) {
		sdwan_flows_stop(table, array);
		return 0;
	}
	sdwan_flows_trim(table);
	if (next)
		sdwan_flows_replace(table, array, next);
	return 0;
}

/**
 * sdwan_flows_max() - the most flows that are remembered
 * @sn: fabric
 *
 * Return: the limit, whether or not there is a table yet.
 */
u32 sdwan_flows_max(const struct sdwan_net *sn)
{
	return READ_ONCE(sn->flows->max);
}

/**
 * sdwan_flows_set_timeout() - change how long idle flows are remembered
 * @sn: fabric
 * @seconds: from 1 to 86400
 */
void sdwan_flows_set_timeout(struct sdwan_net *sn, u32 seconds)
{
	WRITE_ONCE(sn->flows->timeout, seconds);
}

/**
 * sdwan_flows_timeout() - how long idle flows are remembered
 * @sn: fabric
 *
 * Return: seconds.
 */
u32 sdwan_flows_timeout(const struct sdwan_net *sn)
{
	return READ_ONCE(sn->flows->timeout);
}

/**
 * sdwan_flows_init() - prepare the flow table of a fabric
 * @sn: fabric
 * @initial: it is in the initial user namespace
 *
 * No flow is remembered before sdwan_flows_enable().
 *
 * Return: 0 or -ENOMEM.
 */
int sdwan_flows_init(struct sdwan_net *sn, bool initial)
{
	struct sdwan_flow_table *table;
	int i;

	table = kvzalloc(sizeof(*table), GFP_KERNEL_ACCOUNT);
	if (!table)
		return -ENOMEM;
	table->events = __netdev_alloc_pcpu_stats(struct sdwan_flow_events,
						  GFP_KERNEL_ACCOUNT);
	if (!table->events) {
		kvfree(table);
		return -ENOMEM;
	}
	get_random_bytes(&table->seed, sizeof(table->seed));
	table->no_direct.table = table;
	table->no_direct.shared = true;
	table->max = initial ? SDWAN_FLOWS_INIT : SDWAN_FLOWS_USER;
	table->timeout = SDWAN_FLOW_TIMEOUT;
	INIT_DELAYED_WORK(&table->work, sdwan_flows_work);
	for (i = 0; i < SDWAN_FLOW_BUCKETS_MIN; i++)
		spin_lock_init(&table->locks[i]);
	sn->flows = table;
	return 0;
}

/**
 * sdwan_flows_exit() - free the flow table of a fabric
 * @sn: fabric, which no packet and no writer can reach any more
 *
 * Context: Process context, a grace period after the last packet.
 */
void sdwan_flows_exit(struct sdwan_net *sn)
{
	struct sdwan_flow_table *table = sn->flows;
	struct sdwan_flow_array *array;

	if (!table)
		return;
	cancel_delayed_work_sync(&table->work);
	array = rcu_dereference_protected(table->array, true);
	if (array)
		sdwan_flows_free(table, array);
	/* those that expired last */
	if (atomic_read(&table->dying))
		rcu_barrier();
	free_percpu(table->events);
	kvfree(table);
	sn->flows = NULL;
}
