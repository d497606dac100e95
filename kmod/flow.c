// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: flows, and what is known of them
 *
 * A bucket is a cache line: up to seven flows, and a byte of the hash of each,
 * so that a look-up touches that line and, nearly always, no flow but the one
 * that it looks for. There is room for seven where two are expected; nothing is
 * chained, and what is scanned to remember a flow is bounded.
 *
 * What flows cost is in flow_mem.c, which of them have to go in flow_evict.c,
 * the size of the table in flow_table.c.
 */
#include <linux/kernel.h>
#include <linux/percpu.h>
#include <linux/prefetch.h>
#include <linux/rcupdate.h>

#include "flow_int.h"

/* A look-up reads a cache line of a flow, and a flow costs 192 bytes at most:
 * there is a bucket to each flow where the table is not of the smallest size.
 */
static_assert(sizeof(struct sdwan_flow_key) == 40);
static_assert(SDWAN_FLOW_KEY_WORDS % 2 == 0);
static_assert(offsetofend(struct sdwan_flow, path) <= 64);
static_assert(sizeof(struct sdwan_flow_bucket) == 64);
static_assert(sizeof(struct sdwan_flow) + sizeof(struct sdwan_flow_bucket) <=
	      192);

const char * const sdwan_flow_event_names[SDWAN_FLOW_EVENTS] = {
	[SDWAN_FLOW_CREATED] = "flow_created",
	[SDWAN_FLOW_EXPIRED] = "flow_expired",
	[SDWAN_FLOW_EVICTED] = "flow_evicted",
	[SDWAN_FLOW_FULL] = "flow_full",
	[SDWAN_FLOW_MOVED] = "flow_moved",
};

static bool sdwan_flow_key_equal(const struct sdwan_flow_key *a,
				 const struct sdwan_flow_key *b)
{
	return a->vni_proto == b->vni_proto && a->lport == b->lport &&
	       a->rport == b->rport && ipv6_addr_equal(&a->remote, &b->remote) &&
	       ipv6_addr_equal(&a->local, &b->local);
}

static struct sdwan_flow *
sdwan_flow_array_find(const struct sdwan_flow_array *array,
		      const struct sdwan_flow_key *key, u32 hash)
{
	const struct sdwan_flow_bucket *bucket = sdwan_flow_bucket(array, hash);
	struct sdwan_flow *flow;
	u64 match;

	match = sdwan_flow_match(READ_ONCE(bucket->tags), sdwan_flow_tag(hash));
	for (; match; match &= match - 1) {
		flow = rcu_dereference(bucket->flows[sdwan_flow_slot(match)]);
		if (flow && likely(sdwan_flow_key_equal(&flow->key, key)))
			return flow;
	}
	return NULL;
}

/*
 * Multilinear-HM (Lemire and Kaser, "Strongly universal string hashing is
 * fast"): with a secret that nobody knows, any two keys have the same hash with
 * a probability of 2^-32, however they were chosen.
 */
static u32 sdwan_flow_sum(const struct sdwan_flow_seed *seed, const u32 *words)
{
	u64 sum = seed->sum;
	unsigned int i;

	for (i = 0; i < SDWAN_FLOW_KEY_WORDS; i += 2)
		sum += (seed->words[i] + words[i]) *
		       (seed->words[i + 1] + words[i + 1]);
	return sum >> 32;
}

/* One to one: keys in a row are spread as others are (MurmurHash3's). */
static u32 sdwan_flow_mix(u32 hash)
{
	hash ^= hash >> 16;
	hash *= 0x85ebca6b;
	hash ^= hash >> 13;
	hash *= 0xc2b2ae35;
	return hash ^ hash >> 16;
}

/**
 * sdwan_flow_hash() - hash of the key of a flow
 * @sn: fabric
 * @key: key
 *
 * Whoever sends packets chooses keys, so the hash has a secret, which is of
 * this table and of which nothing is told outside. Who finds out nevertheless
 * which flows share a bucket can fill that, no more: nothing is chained, and
 * the flows in it that are in use stay. So a universal hash is enough.
 *
 * Return: the hash, never 0.
 */
u32 sdwan_flow_hash(const struct sdwan_net *sn,
		    const struct sdwan_flow_key *key)
{
	return sdwan_flow_mix(sdwan_flow_sum(&sn->flows->seed,
					     (const u32 *)key)) ?: 1;
}

/**
 * sdwan_flow_prefetch_bucket() - begin to look a flow up
 * @sn: fabric
 * @hash: hash of its key
 *
 * Of a million flows nearly every one is to be fetched from memory, and so is its
 * bucket before it. A caller with something else to do does it between the steps:
 * this one, sdwan_flow_prefetch(), sdwan_flow_find().
 *
 * Context: Under rcu_read_lock().
 */
void sdwan_flow_prefetch_bucket(const struct sdwan_net *sn, u32 hash)
{
	const struct sdwan_flow_array *array;

	array = rcu_dereference(sn->flows->array);
	if (array)
		prefetch(sdwan_flow_bucket(array, hash));
}

/**
 * sdwan_flow_prefetch() - go on to look a flow up
 * @sn: fabric
 * @hash: hash of its key
 *
 * Context: Under rcu_read_lock().
 */
void sdwan_flow_prefetch(const struct sdwan_net *sn, u32 hash)
{
	const struct sdwan_flow_bucket *bucket;
	const struct sdwan_flow_array *array;
	const struct sdwan_flow *flow;
	u64 match;

	array = rcu_dereference(sn->flows->array);
	if (!array)
		return;
	bucket = sdwan_flow_bucket(array, hash);
	match = sdwan_flow_match(READ_ONCE(bucket->tags), sdwan_flow_tag(hash));
	if (!match)
		return;
	flow = rcu_dereference(bucket->flows[sdwan_flow_slot(match)]);
	if (!flow)
		return;
	prefetch(&flow->key);
	prefetch(&flow->class);
}

/**
 * sdwan_flow_find() - look a flow up
 * @sn: fabric
 * @key: its key
 * @hash: hash of @key
 *
 * Context: Under rcu_read_lock().
 *
 * Return: the flow, valid within the RCU section, or NULL.
 */
struct sdwan_flow *sdwan_flow_find(const struct sdwan_net *sn,
				   const struct sdwan_flow_key *key, u32 hash)
{
	const struct sdwan_flow_array *array;

	array = rcu_dereference(sn->flows->array);
	return array ? sdwan_flow_array_find(array, key, hash) : NULL;
}

/* Under rcu_read_lock(), the lock of the bucket is held. */
static struct sdwan_flow *sdwan_flow_insert(struct sdwan_flow_table *table,
					    struct sdwan_flow_array *array,
					    const struct sdwan_flow_key *key,
					    u32 hash, u32 flags)
{
	struct sdwan_flow_array *next = rcu_dereference(table->next);
	struct sdwan_flow *flow;
	u32 now = jiffies;

	if (next == array)
		next = NULL;
	flow = sdwan_flow_alloc(table, key, hash, flags, now);
	if (!flow)
		return NULL;
	if (!sdwan_flow_make_room(table, array, next, flow, now)) {
		sdwan_flow_free(flow);
		return NULL;
	}
	sdwan_flow_array_add(array, flow);
	if (next)
		sdwan_flow_array_add(next, flow);
	return flow;
}

/**
 * sdwan_flow_create() - remember a flow
 * @sn: fabric
 * @key: its key
 * @hash: hash of @key
 * @flags: SDWAN_FLOW_* of a new one
 *
 * A new flow has no path yet, and an epoch of 0. What is remembered already is
 * left as it is.
 *
 * Context: Under rcu_read_lock(), in softirq or process context.
 *
 * Return: the flow, valid within the RCU section, or NULL when there is no
 * place for it or flows are not remembered at all.
 */
struct sdwan_flow *sdwan_flow_create(struct sdwan_net *sn,
				     const struct sdwan_flow_key *key, u32 hash,
				     u32 flags)
{
	struct sdwan_flow_table *table = sn->flows;
	spinlock_t *lock = sdwan_flow_lock(table, hash);
	struct sdwan_flow_array *array;
	struct sdwan_flow *flow = NULL;

	if (!rcu_access_pointer(table->array))
		return NULL;

	spin_lock_bh(lock);
	array = rcu_dereference(table->array);
	if (!array)
		goto unlock;
	flow = sdwan_flow_array_find(array, key, hash);
	if (flow)
		goto unlock;
	flow = sdwan_flow_insert(table, array, key, hash, flags);
	sdwan_flow_count_event(table, flow ? SDWAN_FLOW_CREATED :
			       SDWAN_FLOW_FULL);
unlock:
	spin_unlock_bh(lock);
	return flow;
}

/**
 * sdwan_flow_write_begin() - keep other writers off a flow
 * @flow: flow
 *
 * Context: Under rcu_read_lock(), bottom halves off.
 */
void sdwan_flow_write_begin(const struct sdwan_flow *flow)
	__acquires(flow)
{
	spin_lock(sdwan_flow_lock(sdwan_flow_table(flow), flow->hash));
}

/**
 * sdwan_flow_write_end() - let other writers at a flow
 * @flow: flow
 */
void sdwan_flow_write_end(const struct sdwan_flow *flow)
	__releases(flow)
{
	spin_unlock(sdwan_flow_lock(sdwan_flow_table(flow), flow->hash));
}

/**
 * sdwan_flow_no_direct() - what flows have that go the normal way
 * @flow: any flow of the table
 *
 * Context: Under rcu_read_lock().
 *
 * Return: the state that they share.
 */
struct sdwan_direct *sdwan_flow_no_direct(const struct sdwan_flow *flow)
{
	return &sdwan_flow_table(flow)->no_direct;
}

/**
 * sdwan_flow_flush() - forget flows
 * @sn: fabric
 * @filter: picks them, NULL for all
 * @arg: for @filter
 *
 * Context: Process context; sdwan_net.lock is held, else flows may be missed
 * while the table is resized.
 *
 * Return: how many.
 */
u32 sdwan_flow_flush(struct sdwan_net *sn, sdwan_flow_filter filter,
		     const void *arg)
{
	struct sdwan_flow_pick pick = {
		.table = sn->flows,
		.filter = filter,
		.arg = arg,
		.event = SDWAN_FLOW_EVENTS,
	};

	return sdwan_flows_forget(&pick, 0, U32_MAX);
}

/**
 * sdwan_flow_next() - go through all flows
 * @sn: fabric
 * @pos: where to go on; 0 at first
 *
 * Flows have fixed places: one that is there all the time is told once,
 * whatever comes and goes meanwhile. Only when the table is resized may it be
 * told again, or be missed.
 *
 * Context: Under rcu_read_lock(), which may be left between calls.
 *
 * Return: a flow, valid within the RCU section, or NULL after the last one.
 */
const struct sdwan_flow *sdwan_flow_next(const struct sdwan_net *sn,
					 unsigned long *pos)
{
	const struct sdwan_flow_array *array;
	const struct sdwan_flow_bucket *bucket;
	const struct sdwan_flow *flow;
	unsigned long slot;

	array = rcu_dereference(sn->flows->array);
	if (!array)
		return NULL;
	while (*pos / SDWAN_FLOW_SLOTS <= array->mask) {
		bucket = &array->buckets[*pos / SDWAN_FLOW_SLOTS];
		slot = *pos % SDWAN_FLOW_SLOTS;
		if (!READ_ONCE(bucket->tags)) {
			*pos += SDWAN_FLOW_SLOTS - slot;
			continue;
		}
		++*pos;
		flow = rcu_dereference(bucket->flows[slot]);
		if (flow)
			return flow;
	}
	return NULL;
}

/**
 * sdwan_flow_count() - how many flows are remembered
 * @sn: fabric
 *
 * Return: the number.
 */
u32 sdwan_flow_count(const struct sdwan_net *sn)
{
	return atomic_read(&sn->flows->count);
}

/**
 * sdwan_flow_event() - count what has befallen a flow
 * @sn: fabric
 * @event: what
 *
 * Context: Softirq or process context.
 */
void sdwan_flow_event(struct sdwan_net *sn, enum sdwan_flow_event event)
{
	sdwan_flow_count_event(sn->flows, event);
}

/**
 * sdwan_flow_events_sum() - add up the counters of a fabric over all CPUs
 * @sn: fabric
 * @sum: result, overwritten
 */
void sdwan_flow_events_sum(const struct sdwan_net *sn,
			   u64 sum[SDWAN_FLOW_EVENTS])
{
	u64 events[SDWAN_FLOW_EVENTS];
	unsigned int start;
	int cpu, i;

	memset(sum, 0, SDWAN_FLOW_EVENTS * sizeof(*sum));
	for_each_possible_cpu(cpu) {
		const struct sdwan_flow_events *one;

		one = per_cpu_ptr(sn->flows->events, cpu);
		do {
			start = u64_stats_fetch_begin(&one->syncp);
			for (i = 0; i < SDWAN_FLOW_EVENTS; i++)
				events[i] = u64_stats_read(&one->events[i]);
		} while (u64_stats_fetch_retry(&one->syncp, start));

		for (i = 0; i < SDWAN_FLOW_EVENTS; i++)
			sum[i] += events[i];
	}
}
