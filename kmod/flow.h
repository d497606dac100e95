/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: flows, and what is known of them
 *
 * The table of a fabric is bounded and made when the first rule is; before
 * that nothing is remembered. Look-ups run under rcu_read_lock(), take no lock
 * and write nothing; they touch the cache line of a bucket and the first one of
 * the flow.
 */
#ifndef _SDWAN_FLOW_H
#define _SDWAN_FLOW_H

#include "types.h"

struct sdwan_classifier_node;
struct sdwan_direct;
struct sdwan_flow_table;

/* Flows that fit into a bucket. */
#define SDWAN_FLOW_SLOTS	7

/* Fewest buckets of a table: each has a lock of its own then. */
#define SDWAN_FLOW_BUCKETS_MIN	256

/* Limits of a table: initial user namespace, others. */
#define SDWAN_FLOWS_INIT	262144
#define SDWAN_FLOWS_USER	4096

/* Seconds without a packet: seen both ways, seen one way. */
#define SDWAN_FLOW_TIMEOUT	120
#define SDWAN_FLOW_TIMEOUT_ONE_WAY	5

/**
 * struct sdwan_flow_key - a flow in one segment, the same in both directions
 * @local: inner address at this end, v4-mapped for IPv4
 * @remote: inner address at the other end
 * @lport: port at this end, or the identifier of ICMP echoes; 0 where there is
 *	none, and for fragments
 * @rport: port at the other end, or as @lport
 * @vni_proto: segment, shifted left by 8, and IP protocol
 *
 * Ports are in network byte order. There are no holes: the hash is of all of
 * it.
 */
struct sdwan_flow_key {
	struct in6_addr local;
	struct in6_addr remote;
	__be16 lport;
	__be16 rport;
	u32 vni_proto;
};

/* What has been seen of a flow, and who owns it. */
#define SDWAN_FLOW_TX		BIT(0)	/* packets of this end */
#define SDWAN_FLOW_RX		BIT(1)	/* packets of the other end */
#define SDWAN_FLOW_REMOTE	BIT(2)	/* the other end owns it */
#define SDWAN_FLOW_CONFIRMED	BIT(3)	/* the other end has answered on our path */

/**
 * struct sdwan_flow - a flow
 * @key: (c) key
 * @last: (R) jiffies of the last packet, written when it differs
 * @flags: (R) SDWAN_FLOW_*
 * @moves: (R) changes of the path
 * @epoch: (R) of the fabric when what follows was found out; 0 while it changes
 * @path: (R) its path; valid while @epoch is that of the fabric, NULL for none
 * @class: (R) its class, likewise; NULL for none
 * @rule: (R) the rule that decided, likewise; NULL for none
 * @path_id: (R) id of its path, 0 for none
 * @arrival_id: (R) id of the path of the last arrival, 0 for none
 * @hash: (c) hash of the key
 * @created: (c) jiffies of the first packet
 * @seen: (R) sdwan_net.path_changes when it was last found to be on the right
 *	path
 * @sent: (R) jiffies of the last packet of this end, written when it differs
 * @direct: (R) what it needs to go past routing and firewall, or that of flows
 *	that do not; it knows the table that the flow is in, or was
 * @rcu: frees it
 *
 * Here (R) is read under RCU and written between
 * sdwan_flow_write_begin() and sdwan_flow_write_end(), but for @last and @sent.
 * What a look-up reads of a flow that stays where it is comes first, in one
 * cache line.
 */
struct sdwan_flow {
	struct sdwan_flow_key key;
	u32 last;
	u16 flags;
	u16 moves;
	u64 epoch;
	const struct sdwan_path_cfg *path;
	/* second cache line */
	const struct sdwan_class_cfg *class;
	struct sdwan_classifier_node *rule;
	u32 path_id;
	u32 arrival_id;
	u32 hash;
	u32 created;
	u32 seen;
	u32 sent;
	struct sdwan_direct __rcu *direct;
	struct rcu_head rcu;
} ____cacheline_aligned;

/**
 * enum sdwan_flow_event - what befalls flows, counted
 * @SDWAN_FLOW_CREATED: remembered
 * @SDWAN_FLOW_EXPIRED: forgotten, as it was idle
 * @SDWAN_FLOW_EVICTED: forgotten, as another needed its place
 * @SDWAN_FLOW_FULL: not remembered, as there was no place
 * @SDWAN_FLOW_MOVED: has changed its path
 * @SDWAN_FLOW_EVENTS: number of events
 */
enum sdwan_flow_event {
	SDWAN_FLOW_CREATED,
	SDWAN_FLOW_EXPIRED,
	SDWAN_FLOW_EVICTED,
	SDWAN_FLOW_FULL,
	SDWAN_FLOW_MOVED,
	SDWAN_FLOW_EVENTS,
};

extern const char * const sdwan_flow_event_names[SDWAN_FLOW_EVENTS];

/* Decides on one flow; under rcu_read_lock(). */
typedef bool (*sdwan_flow_filter)(const struct sdwan_flow *flow,
				  const void *arg);

int sdwan_flow_cache_init(void);
void sdwan_flow_cache_exit(void);
int sdwan_flows_init(struct sdwan_net *sn, bool initial);
void sdwan_flows_exit(struct sdwan_net *sn);
int sdwan_flows_enable(struct sdwan_net *sn);
int sdwan_flows_resize(struct sdwan_net *sn, u32 max);
u32 sdwan_flows_max(const struct sdwan_net *sn);
void sdwan_flows_set_timeout(struct sdwan_net *sn, u32 seconds);
u32 sdwan_flows_timeout(const struct sdwan_net *sn);
u32 sdwan_flow_buckets(u32 max);
u32 sdwan_flow_hash(const struct sdwan_net *sn,
		    const struct sdwan_flow_key *key);
void sdwan_flow_prefetch_bucket(const struct sdwan_net *sn, u32 hash);
void sdwan_flow_prefetch(const struct sdwan_net *sn, u32 hash);
struct sdwan_flow *sdwan_flow_find(const struct sdwan_net *sn,
				   const struct sdwan_flow_key *key, u32 hash);
struct sdwan_flow *sdwan_flow_create(struct sdwan_net *sn,
				     const struct sdwan_flow_key *key, u32 hash,
				     u32 flags);
void sdwan_flow_write_begin(const struct sdwan_flow *flow);
void sdwan_flow_write_end(const struct sdwan_flow *flow);
struct sdwan_direct *sdwan_flow_no_direct(const struct sdwan_flow *flow);
u32 sdwan_flow_flush(struct sdwan_net *sn, sdwan_flow_filter filter,
		     const void *arg);
u32 sdwan_flows_expire(struct sdwan_net *sn, u32 now);
const struct sdwan_flow *sdwan_flow_next(const struct sdwan_net *sn,
					 unsigned long *pos);
u32 sdwan_flow_count(const struct sdwan_net *sn);
void sdwan_flow_event(struct sdwan_net *sn, enum sdwan_flow_event event);
void sdwan_flow_events_sum(const struct sdwan_net *sn,
			   u64 sum[SDWAN_FLOW_EVENTS]);

/**
 * sdwan_flow_idle() - how long ago the last packet of a flow was
 * @flow: flow
 * @now: jiffies
 *
 * Return: jiffies; 0 when another CPU has seen a packet after @now.
 */
static inline u32 sdwan_flow_idle(const struct sdwan_flow *flow, u32 now)
{
	s32 idle = now - READ_ONCE(flow->last);

	return max(idle, 0);
}

/**
 * sdwan_flow_two_way() - whether a flow was seen in both directions
 * @flow: flow
 *
 * Return: true when it was.
 */
static inline bool sdwan_flow_two_way(const struct sdwan_flow *flow)
{
	return !(~READ_ONCE(flow->flags) & (SDWAN_FLOW_TX | SDWAN_FLOW_RX));
}

/**
 * sdwan_flow_stamp() - a packet of a flow has come by
 * @stamp: &struct sdwan_flow.last or &struct sdwan_flow.sent
 * @now: jiffies
 *
 * Most packets of a busy flow come within the same tick.
 */
static inline void sdwan_flow_stamp(u32 *stamp, u32 now)
{
	if (READ_ONCE(*stamp) != now)
		WRITE_ONCE(*stamp, now);
}

#endif /* _SDWAN_FLOW_H */
