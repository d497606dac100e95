/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: what the table of flows is made of, for the files that make it up
 *
 * These are, each using only those before it: flow_mem.c, flow_evict.c, then
 * flow_table.c and flow.c. Nobody else includes this.
 *
 * What protects a field, beside (c), (L), (R) and (P) of types.h:
 *
 *   (B) written under the lock of the bucket, read under RCU as well
 *   (A) atomic
 *
 * What a look-up needs is inline, so that it calls nothing.
 */
#ifndef _SDWAN_FLOW_INT_H
#define _SDWAN_FLOW_INT_H

#include <linux/rcupdate.h>
#include <linux/spinlock.h>
#include <linux/u64_stats_sync.h>
#include <linux/workqueue.h>

#include "direct.h"
#include "flow.h"

/* Hashed by segment; segments that collide have one share. */
#define SDWAN_FLOW_SHARES	1024

/* One in every byte of the tags of a bucket. */
#define SDWAN_FLOW_TAGS_LOW	0x0101010101010101ULL
/* The highest bit in every byte that belongs to a slot. */
#define SDWAN_FLOW_TAGS_HIGH	0x0080808080808080ULL

/* Words of a key. */
#define SDWAN_FLOW_KEY_WORDS	(sizeof(struct sdwan_flow_key) / sizeof(u32))

/**
 * struct sdwan_flow_seed - the secret of a hash
 * @words: (c) one for each word of the key
 * @sum: (c) one more
 */
struct sdwan_flow_seed {
	u64 words[SDWAN_FLOW_KEY_WORDS];
	u64 sum;
};

/**
 * struct sdwan_flow_bucket - flows with some bits of the hash in common
 * @tags: (B) other bits of the hash of each, one byte for each slot, the lowest
 *	one for the first; 0 where there is none. Readers may find it older or
 *	newer than @flows.
 * @flows: (B) the flows
 */
struct sdwan_flow_bucket {
	u64 tags;
	struct sdwan_flow __rcu *flows[SDWAN_FLOW_SLOTS];
} __aligned(64);

/**
 * struct sdwan_flow_array - the buckets
 * @mask: (c) their number, less one
 * @buckets: (c) the buckets
 */
struct sdwan_flow_array {
	u32 mask;
	struct sdwan_flow_bucket *buckets;
};

/**
 * struct sdwan_flow_events - what has befallen flows on one CPU
 * @events: (P) the counts
 * @syncp: (P) lets 32-bit readers see whole values
 */
struct sdwan_flow_events {
	u64_stats_t events[SDWAN_FLOW_EVENTS];
	struct u64_stats_sync syncp;
};

/**
 * struct sdwan_flow_table - the flows of a fabric
 * @array: (R) where flows are, NULL while none are remembered
 * @next: (R) where they will be, while the table is resized; what is written
 *	to @array is written to it, too
 * @seed: (c) secret of the hash
 * @events: (c) counters, themselves (P)
 * @no_direct: (c) what flows have that go the normal way
 * @max: (L) most flows; read without
 * @timeout: (L) seconds; read without
 * @enabled: (L) flows are to be remembered, unless @max is 0
 * @part: where idle flows are looked for next; belongs to @work, which has one
 *	instance
 * @work: looks for idle flows; protects itself
 * @count: (A) flows
 * @dying: (A) flows that were forgotten and are not freed yet
 * @segments: (A) shares that are in use
 * @shares: (A) flows of segments
 * @locks: for writers of buckets; one is taken at a time, a second one is only
 *	tried
 */
struct sdwan_flow_table {
	struct sdwan_flow_array __rcu *array;
	struct sdwan_flow_array __rcu *next;
	struct sdwan_flow_seed seed;
	struct sdwan_flow_events __percpu *events;
	struct sdwan_direct no_direct;
	u32 max;
	u32 timeout;
	bool enabled;
	u32 part;
	struct delayed_work work;
	atomic_t count ____cacheline_aligned_in_smp;
	atomic_t dying;
	atomic_t segments;
	atomic_t shares[SDWAN_FLOW_SHARES];
	spinlock_t locks[SDWAN_FLOW_BUCKETS_MIN];	/* by the hash */
};

/**
 * struct sdwan_flow_pick - picks flows
 * @table: table; all is on the stack of one caller
 * @filter: picks them, NULL for all
 * @arg: for @filter
 * @event: what befalls them, SDWAN_FLOW_EVENTS for what is not counted
 */
struct sdwan_flow_pick {
	struct sdwan_flow_table *table;
	sdwan_flow_filter filter;
	const void *arg;
	enum sdwan_flow_event event;
};

/* flow_mem.c */
struct sdwan_flow *sdwan_flow_alloc(struct sdwan_flow_table *table,
				    const struct sdwan_flow_key *key, u32 hash,
				    u32 flags, u32 now);
void sdwan_flow_free(struct sdwan_flow *flow);
struct sdwan_flow_array *sdwan_flow_array_alloc(u32 max);
void sdwan_flow_array_free(struct sdwan_flow_array *array);

/* flow_evict.c */
void sdwan_flow_uncharge(struct sdwan_flow_table *table, u32 vni);
bool sdwan_flow_unlink(struct sdwan_flow_table *table, struct sdwan_flow *flow);
struct sdwan_flow *sdwan_flow_victim(const struct sdwan_flow_table *table,
				     const struct sdwan_flow_bucket *bucket,
				     u32 now, u32 vni);
bool sdwan_flow_make_room(struct sdwan_flow_table *table,
			  const struct sdwan_flow_array *array,
			  const struct sdwan_flow_array *next,
			  const struct sdwan_flow *flow, u32 now);
u32 sdwan_flows_forget(const struct sdwan_flow_pick *pick, u32 first, u32 n);
void sdwan_flows_trim(struct sdwan_flow_table *table);
void sdwan_flows_schedule(struct sdwan_flow_table *table);
void sdwan_flows_work(struct work_struct *work);

static inline void sdwan_flow_count_event(struct sdwan_flow_table *table,
					  enum sdwan_flow_event event)
{
	struct sdwan_flow_events *cpu;

	local_bh_disable();
	cpu = this_cpu_ptr(table->events);
	u64_stats_update_begin(&cpu->syncp);
	u64_stats_inc(&cpu->events[event]);
	u64_stats_update_end(&cpu->syncp);
	local_bh_enable();
}

static inline struct sdwan_flow_bucket *
sdwan_flow_bucket(const struct sdwan_flow_array *array, u32 hash)
{
	return &array->buckets[hash & array->mask];
}

static inline spinlock_t *sdwan_flow_lock(struct sdwan_flow_table *table,
					  u32 hash)
{
	return &table->locks[hash % SDWAN_FLOW_BUCKETS_MIN];
}

/* Bits that do not choose the bucket; never 0, which is an empty slot. */
static inline u8 sdwan_flow_tag(u32 hash)
{
	return hash >> 24 ?: 1;
}

/*
 * The highest bit of each byte that is @tag; the lowest one that is set is
 * always right, others may be wrong.
 */
static inline u64 sdwan_flow_match(u64 tags, u8 tag)
{
	u64 diff = tags ^ (SDWAN_FLOW_TAGS_LOW * tag);

	return (diff - SDWAN_FLOW_TAGS_LOW) & ~diff & SDWAN_FLOW_TAGS_HIGH;
}

static inline unsigned int sdwan_flow_slot(u64 match)
{
	return __ffs64(match) / 8;
}

static inline bool
sdwan_flow_bucket_full(const struct sdwan_flow_bucket *bucket)
{
	return !sdwan_flow_match(bucket->tags, 0);
}

/* The tag comes and goes with the flow, but readers do not count on that. */
static inline void sdwan_flow_slot_set(struct sdwan_flow_bucket *bucket,
				       unsigned int slot,
				       struct sdwan_flow *flow, u8 tag)
{
	u64 tags = bucket->tags & ~(0xffULL << (8 * slot));

	rcu_assign_pointer(bucket->flows[slot], flow);
	WRITE_ONCE(bucket->tags, tags | (u64)tag << (8 * slot));
}

/* The lock of the bucket is held. */
static inline bool sdwan_flow_array_add(struct sdwan_flow_array *array,
					struct sdwan_flow *flow)
{
	struct sdwan_flow_bucket *bucket = sdwan_flow_bucket(array, flow->hash);
	u64 match = sdwan_flow_match(bucket->tags, 0);

	if (!match)
		return false;
	sdwan_flow_slot_set(bucket, sdwan_flow_slot(match), flow,
			    sdwan_flow_tag(flow->hash));
	return true;
}

/* The slot of a flow, or SDWAN_FLOW_SLOTS; the lock of the bucket is held. */
static inline unsigned int
sdwan_flow_slot_of(const struct sdwan_flow_bucket *bucket,
		   const struct sdwan_flow *flow)
{
	unsigned int slot;

	for (slot = 0; slot < SDWAN_FLOW_SLOTS; slot++)
		if (rcu_access_pointer(bucket->flows[slot]) == flow)
			break;
	return slot;
}

/* The lock of the bucket is held. */
static inline bool sdwan_flow_array_del(struct sdwan_flow_array *array,
					const struct sdwan_flow *flow)
{
	struct sdwan_flow_bucket *bucket = sdwan_flow_bucket(array, flow->hash);
	unsigned int slot = sdwan_flow_slot_of(bucket, flow);

	if (slot == SDWAN_FLOW_SLOTS)
		return false;
	sdwan_flow_slot_set(bucket, slot, NULL, 0);
	return true;
}

/* Under rcu_read_lock(), or where nobody else can see the flow any more. */
static inline struct sdwan_flow_table *
sdwan_flow_table(const struct sdwan_flow *flow)
{
	return rcu_dereference_check(flow->direct, true)->table;
}

static inline u32 sdwan_flow_vni(const struct sdwan_flow *flow)
{
	return flow->key.vni_proto >> 8;
}

#endif /* _SDWAN_FLOW_INT_H */
