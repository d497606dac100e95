// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: which flows are forgotten, and when
 *
 * Whoever sends packets makes flows, so the table defends itself. A flow that
 * was seen in both directions and is in use keeps its place, whatever comes:
 * new flows take the places of idle flows and of those seen in one direction,
 * and where there are none, they are not remembered. Where several segments
 * have flows, none gets more than its share once the table fills up. Flows that
 * wait for the end of a grace period to be freed are bounded as well.
 */
#include <linux/kernel.h>
#include <linux/rcupdate.h>
#include <linux/workqueue.h>

#include "flow_int.h"

/* How often idle flows are looked for, and in what part of the table. */
#define SDWAN_FLOW_INTERVAL	HZ
#define SDWAN_FLOW_PARTS	8

/* Where a place is looked for while the table is full: buckets that follow, and
 * how many of these may be looked into.
 */
#define SDWAN_FLOW_NEAR		32
#define SDWAN_FLOW_NEAR_USED	4

/* Shares */

static atomic_t *sdwan_flow_share(struct sdwan_flow_table *table, u32 vni)
{
	return &table->shares[vni % SDWAN_FLOW_SHARES];
}

/* Room for one more flow of a segment is taken, if there is. */
static bool sdwan_flow_charge(struct sdwan_flow_table *table, u32 vni)
{
	if (atomic_inc_return(&table->count) > READ_ONCE(table->max)) {
		atomic_dec(&table->count);
		return false;
	}
	if (atomic_inc_return(sdwan_flow_share(table, vni)) == 1)
		atomic_inc(&table->segments);
	return true;
}

/**
 * sdwan_flow_uncharge() - give back the room of one flow
 * @table: table
 * @vni: segment of the flow
 */
void sdwan_flow_uncharge(struct sdwan_flow_table *table, u32 vni)
{
	if (atomic_dec_and_test(sdwan_flow_share(table, vni)))
		atomic_dec(&table->segments);
	atomic_dec(&table->count);
}

/*
 * A segment has what is its own, and others may need what is left. One that is
 * alone may have all of the table.
 */
static bool sdwan_flow_over_share(struct sdwan_flow_table *table, u32 vni)
{
	int segments = atomic_read(&table->segments);
	u32 max = READ_ONCE(table->max);

	if (segments < 2 || atomic_read(&table->count) <= max - max / 4)
		return false;
	return atomic_read(sdwan_flow_share(table, vni)) > max / segments;
}

/* Memory of flows that are gone must not pile up in a flood of new ones. */
static bool sdwan_flow_may_evict(const struct sdwan_flow_table *table)
{
	return atomic_read(&table->dying) <= READ_ONCE(table->max) / 8 + 64;
}

/* One flow */

static void sdwan_flow_free_rcu(struct rcu_head *rcu)
{
	struct sdwan_flow *flow = container_of(rcu, struct sdwan_flow, rcu);
	struct sdwan_flow_table *table = sdwan_flow_table(flow);

	sdwan_flow_free(flow);
	/* the last touch: sdwan_flows_exit() may be waiting */
	atomic_dec(&table->dying);
}

/**
 * sdwan_flow_unlink() - forget a flow, unless somebody was faster
 * @table: table
 * @flow: flow
 *
 * Context: Under rcu_read_lock(), the lock of the flow's bucket is held.
 *
 * Return: true when it was there.
 */
bool sdwan_flow_unlink(struct sdwan_flow_table *table, struct sdwan_flow *flow)
{
	struct sdwan_flow_array *array = rcu_dereference(table->array);
	struct sdwan_flow_array *next = rcu_dereference(table->next);

	lockdep_assert_held(sdwan_flow_lock(table, flow->hash));
	/* without an array, who took it away forgets what was in it */
	if (!array || !sdwan_flow_array_del(array, flow))
		return false;
	if (next && next != array)
		sdwan_flow_array_del(next, flow);
	sdwan_flow_uncharge(table, sdwan_flow_vni(flow));
	atomic_inc(&table->dying);
	call_rcu(&flow->rcu, sdwan_flow_free_rcu);
	return true;
}

/* Forget a flow, unless somebody was faster. Context: Under rcu_read_lock(). */
static bool sdwan_flow_forget(struct sdwan_flow_table *table,
			      struct sdwan_flow *flow)
{
	spinlock_t *lock = sdwan_flow_lock(table, flow->hash);
	bool gone;

	spin_lock_bh(lock);
	gone = sdwan_flow_unlink(table, flow);
	spin_unlock_bh(lock);
	return gone;
}

/* Jiffies after which a flow is idle. */
static u32 sdwan_flow_lifetime(const struct sdwan_flow_table *table,
			       const struct sdwan_flow *flow)
{
	u32 timeout = READ_ONCE(table->timeout);

	if (!sdwan_flow_two_way(flow))
		timeout = min_t(u32, timeout, SDWAN_FLOW_TIMEOUT_ONE_WAY);
	return timeout * HZ;
}

static bool sdwan_flow_expired(const struct sdwan_flow_table *table,
			       const struct sdwan_flow *flow, u32 now)
{
	return sdwan_flow_idle(flow, now) > sdwan_flow_lifetime(table, flow);
}

/**
 * sdwan_flow_victim() - the flow whose place another one may take
 * @table: table
 * @bucket: bucket, of @table or of the array that will be in it
 * @now: jiffies
 * @vni: segment that it is to be of, 0 for any
 *
 * One that has expired, else, of those that were seen in one direction, the one
 * that is idle for longest. What answers comes within a round trip, so that in
 * a flood of flows that are never answered those that are have the time to be.
 *
 * Context: Under rcu_read_lock(), the lock of the bucket is held.
 *
 * Return: the flow, NULL when there is none.
 */
struct sdwan_flow *sdwan_flow_victim(const struct sdwan_flow_table *table,
				     const struct sdwan_flow_bucket *bucket,
				     u32 now, u32 vni)
{
	struct sdwan_flow *flow, *victim = NULL;
	unsigned int slot;
	u32 idle, most = 0;

	for (slot = 0; slot < SDWAN_FLOW_SLOTS; slot++) {
		flow = rcu_dereference(bucket->flows[slot]);
		if (!flow || (vni && sdwan_flow_vni(flow) != vni))
			continue;
		if (sdwan_flow_expired(table, flow, now))
			return flow;
		if (sdwan_flow_two_way(flow))
			continue;
		idle = sdwan_flow_idle(flow, now);
		if (!victim || idle > most) {
			victim = flow;
			most = idle;
		}
	}
	return victim;
}

/* Room for one more */

/*
 * Make a place in a bucket, at the cost of one segment or, with @vni 0, of any.
 * Under rcu_read_lock(), the lock of the bucket is held.
 */
static bool sdwan_flow_evict(struct sdwan_flow_table *table,
			     const struct sdwan_flow_bucket *bucket, u32 now,
			     u32 vni)
{
	struct sdwan_flow *victim;
	bool expired;

	if (!sdwan_flow_may_evict(table))
		return false;
	victim = sdwan_flow_victim(table, bucket, now, vni);
	if (!victim)
		return false;
	expired = sdwan_flow_expired(table, victim, now);
	if (!sdwan_flow_unlink(table, victim))
		return false;
	sdwan_flow_count_event(table, expired ? SDWAN_FLOW_EXPIRED :
			       SDWAN_FLOW_EVICTED);
	return true;
}

/* The lock of another bucket is held, so that of this one is only tried. */
static bool sdwan_flow_try_evict(struct sdwan_flow_table *table,
				 const struct sdwan_flow_bucket *bucket,
				 u32 hash, u32 now)
{
	spinlock_t *lock = sdwan_flow_lock(table, hash);
	bool evicted;

	if (!spin_trylock(lock))
		return false;
	evicted = sdwan_flow_evict(table, bucket, now, 0);
	spin_unlock(lock);
	return evicted;
}

/* Make a place anywhere near. The lock of the flow's own bucket is held. */
static bool sdwan_flow_evict_near(struct sdwan_flow_table *table,
				  const struct sdwan_flow_array *array,
				  u32 hash, u32 now)
{
	const struct sdwan_flow_bucket *bucket;
	unsigned int i, used = 0;

	for (i = 1; i <= SDWAN_FLOW_NEAR && used < SDWAN_FLOW_NEAR_USED; i++) {
		bucket = sdwan_flow_bucket(array, hash + i);
		if (!READ_ONCE(bucket->tags))
			continue;
		if (sdwan_flow_try_evict(table, bucket, hash + i, now))
			return true;
		used++;
	}
	return false;
}

/**
 * sdwan_flow_make_room() - have a place for a flow in its bucket, and charge it
 * @table: table
 * @array: where it will be
 * @next: where it will be as well, NULL unless the table is resized
 * @flow: flow
 * @now: jiffies
 *
 * Context: Under rcu_read_lock(), the lock of the bucket is held.
 *
 * Return: false when there is no place.
 */
bool sdwan_flow_make_room(struct sdwan_flow_table *table,
			  const struct sdwan_flow_array *array,
			  const struct sdwan_flow_array *next,
			  const struct sdwan_flow *flow, u32 now)
{
	struct sdwan_flow_bucket *bucket = sdwan_flow_bucket(array, flow->hash);
	u32 vni = sdwan_flow_vni(flow);
	bool over = sdwan_flow_over_share(table, vni);

	if ((over || sdwan_flow_bucket_full(bucket)) &&
	    !sdwan_flow_evict(table, bucket, now, over ? vni : 0))
		return false;
	if (next) {
		const struct sdwan_flow_bucket *b;

		b = sdwan_flow_bucket(next, flow->hash);
		if (sdwan_flow_bucket_full(b) &&
		    !sdwan_flow_evict(table, b, now, 0))
			return false;
	}
	if (sdwan_flow_charge(table, vni))
		return true;
	return (sdwan_flow_evict(table, bucket, now, 0) ||
		sdwan_flow_evict_near(table, array, flow->hash, now)) &&
	       sdwan_flow_charge(table, vni);
}

/* All flows */

/* Context: Under rcu_read_lock(). */
static bool sdwan_flow_try(const struct sdwan_flow_pick *pick,
			   struct sdwan_flow *flow)
{
	if (pick->filter && !pick->filter(flow, pick->arg))
		return false;
	if (!sdwan_flow_forget(pick->table, flow))
		return false;
	if (pick->event < SDWAN_FLOW_EVENTS)
		sdwan_flow_count_event(pick->table, pick->event);
	return true;
}

/**
 * sdwan_flows_forget() - forget those flows that are picked
 * @pick: picks them
 * @first: bucket to begin with
 * @n: buckets to look into, if there are as many
 *
 * Context: Process context.
 *
 * Return: how many.
 */
u32 sdwan_flows_forget(const struct sdwan_flow_pick *pick, u32 first, u32 n)
{
	const struct sdwan_flow_bucket *bucket;
	const struct sdwan_flow_array *array;
	struct sdwan_flow *flow;
	u32 i, gone = 0;
	int slot;

	rcu_read_lock();
	for (i = 0; i < n; i++) {
		if (i % 64 == 63) {
			rcu_read_unlock();
			cond_resched();
			rcu_read_lock();
		}
		/* it may be another one by now */
		array = rcu_dereference(pick->table->array);
		if (!array || first + i > array->mask)
			break;
		bucket = &array->buckets[first + i];
		if (!READ_ONCE(bucket->tags))
			continue;
		for (slot = 0; slot < SDWAN_FLOW_SLOTS; slot++) {
			flow = rcu_dereference(bucket->flows[slot]);
			if (flow)
				gone += sdwan_flow_try(pick, flow);
		}
	}
	rcu_read_unlock();
	return gone;
}

/**
 * struct sdwan_flow_age - picks idle flows
 * @table: table
 * @now: jiffies
 * @idle: jiffies; used by sdwan_flow_filter_surplus()
 * @max: as many stay; likewise
 */
struct sdwan_flow_age {
	const struct sdwan_flow_table *table;
	u32 now;
	u32 idle;
	u32 max;
};

static bool sdwan_flow_filter_expired(const struct sdwan_flow *flow,
				      const void *arg)
{
	const struct sdwan_flow_age *age = arg;

	return sdwan_flow_expired(age->table, flow, age->now);
}

static u32 sdwan_flows_collect(struct sdwan_flow_table *table, u32 now)
{
	const struct sdwan_flow_age age = { .table = table, .now = now };
	const struct sdwan_flow_pick pick = {
		.table = table,
		.filter = sdwan_flow_filter_expired,
		.arg = &age,
		.event = SDWAN_FLOW_EXPIRED,
	};
	u32 n = max_t(u32, sdwan_flow_buckets(READ_ONCE(table->max)) /
		      SDWAN_FLOW_PARTS, SDWAN_FLOW_BUCKETS_MIN);
	u32 first = table->part;

	/* a small table is one part; one that shrinks begins anew */
	table->part = first + n < sdwan_flow_buckets(READ_ONCE(table->max)) ?
		      first + n : 0;
	return sdwan_flows_forget(&pick, first, n);
}

/**
 * sdwan_flows_expire() - forget idle flows in the next part of the table
 * @sn: fabric
 * @now: jiffies
 *
 * What is done every second, for those who do not want to wait.
 *
 * Context: Process context, one caller at a time.
 *
 * Return: how many.
 */
u32 sdwan_flows_expire(struct sdwan_net *sn, u32 now)
{
	return sdwan_flows_collect(sn->flows, now);
}

/**
 * sdwan_flows_schedule() - have idle flows looked for in a while
 * @table: table
 */
void sdwan_flows_schedule(struct sdwan_flow_table *table)
{
	queue_delayed_work(system_unbound_wq, &table->work,
			   SDWAN_FLOW_INTERVAL);
}

/**
 * sdwan_flows_work() - look for idle flows, again and again
 * @work: of a table; stops when that has no array any more
 *
 * Context: Workqueue.
 */
void sdwan_flows_work(struct work_struct *work)
{
	struct sdwan_flow_table *table = container_of(to_delayed_work(work),
						      struct sdwan_flow_table,
						      work);

	if (!rcu_access_pointer(table->array))
		return;
	if (atomic_read(&table->count))
		sdwan_flows_collect(table, jiffies);
	sdwan_flows_schedule(table);
}

/* As much as has to go, what is one-way or has been idle for so long. */
static bool sdwan_flow_filter_surplus(const struct sdwan_flow *flow,
				      const void *arg)
{
	const struct sdwan_flow_age *age = arg;

	return atomic_read(&age->table->count) > age->max &&
	       (!sdwan_flow_two_way(flow) ||
		sdwan_flow_idle(flow, age->now) >= age->idle);
}

/**
 * sdwan_flows_trim() - forget what is too much, from the idle to the busy
 * @table: table, whose limit has become lower
 *
 * Context: Process context.
 */
void sdwan_flows_trim(struct sdwan_flow_table *table)
{
	struct sdwan_flow_age age = {
		.table = table,
		.now = jiffies,
		.idle = READ_ONCE(table->timeout) * HZ,
		.max = READ_ONCE(table->max),
	};
	struct sdwan_flow_pick pick = {
		.table = table,
		.filter = sdwan_flow_filter_expired,
		.arg = &age,
		.event = SDWAN_FLOW_EXPIRED,
	};

	if (atomic_read(&table->count) <= age.max)
		return;
	sdwan_flows_forget(&pick, 0, U32_MAX);
	pick.filter = sdwan_flow_filter_surplus;
	pick.event = SDWAN_FLOW_EVICTED;
	while (atomic_read(&table->count) > age.max) {
		sdwan_flows_forget(&pick, 0, U32_MAX);
		if (!age.idle)
			break;
		age.idle /= 2;
	}
}
