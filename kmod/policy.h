/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: what is decided for classes and sites, and told to the data path
 */
#ifndef _SDWAN_POLICY_H
#define _SDWAN_POLICY_H

#include <linux/sdwan.h>
#include "types.h"

/* Moves that are remembered. */
#define SDWAN_POLICY_MOVES	2

/* Nanoseconds in which the times of those are told, as a power of two: 67 ms,
 * of which nine years fit.
 */
#define SDWAN_POLICY_TICK	26

/**
 * struct sdwan_policy - what is decided for a class and a site
 * @since: ktime in ticks at which that became so, 0 before the first decision
 * @path: the path that carries it, 0 for none; 0 with mode balance
 * @shadow: the path that would by the shadow metric
 * @moves: how often it was another one
 * @shadow_moves: likewise of @shadow
 * @reason: enum sdwan_decision_reason
 * @by: enum sdwan_decider
 * @goals: SDWAN_POLICY_TOLD, and what the leader has said of its goals
 * @flaps: moves in short time
 * @why: enum sdwan_decision_reason of @before, four bits each
 * @before: the paths before, the last one first, and the ktime in ticks at which
 *	each was left
 *
 * All of it under sdwan_net.lock. It is zero before the first decision. There are a
 * million of these: keep it small.
 */
struct sdwan_policy {
	u32 since;
	u32 path;
	u32 shadow;
	u32 moves;
	u32 shadow_moves;
	u8 reason : 5;
	u8 by : 3;
	u8 goals;
	u8 flaps;
	u8 why;
	struct {
		u32 path;
		u32 at;
	} before[SDWAN_POLICY_MOVES];
};

static_assert(sizeof(struct sdwan_policy) <= 40);

/* In sdwan_policy.goals, beside SDWAN_TLV_GOALS: the leader has said so. */
#define SDWAN_POLICY_TOLD	BIT(0)

/**
 * sdwan_policy_differs() - whether the leader decides by other goals
 * @policy: decision
 * @goals: those of the class here
 *
 * Return: true where it has said so.
 */
static inline bool sdwan_policy_differs(const struct sdwan_policy *policy,
					u8 goals)
{
	return policy->goals & SDWAN_POLICY_TOLD &&
	       (policy->goals ^ goals) & ~SDWAN_POLICY_TOLD;
}

/**
 * sdwan_policy_tick() - the ticks of a time
 * @now: ktime
 *
 * Return: ticks, modulo 2^32.
 */
static inline u32 sdwan_policy_tick(u64 now)
{
	return now >> SDWAN_POLICY_TICK;
}

/**
 * sdwan_policy_age() - the time from then until now
 * @then: ktime in ticks
 * @now: ktime
 *
 * Return: nanoseconds, a multiple of a tick.
 */
static inline u64 sdwan_policy_age(u32 then, u64 now)
{
	return (u64)(sdwan_policy_tick(now) - then) << SDWAN_POLICY_TICK;
}

/* In sdwan_orders.pos: the path does not fulfil the objective of the class; */
#define SDWAN_ORDER_BREACH	BIT(7)

/* its metric says that it is not to be used; */
#define SDWAN_ORDER_NEVER	BIT(6)

/* that is so new that flows may wait for a gap before they leave: for so many ticks; */
#define SDWAN_ORDER_GRACE	(BIT(5) | BIT(4))
#define SDWAN_ORDER_TICK	BIT(4)

/*
 * its place, from 1 for all that are decided for; 0 while nothing is decided. The last
 * ones of a long list share one.
 */
#define SDWAN_ORDER_PLACE	(SDWAN_ORDER_TICK - 1)

/* Only where there is nothing else, and not for a class that is strict. */
#define SDWAN_ORDER_LAST	(SDWAN_ORDER_BREACH | SDWAN_ORDER_NEVER)

/**
 * struct sdwan_orders - the place of a path in the ordered lists of decisions
 * @rcu: frees it
 * @n: length of @pos
 * @pos: by the number of the class
 *
 * The lists are told in pieces: each path knows where in them it is. Readers may
 * see parts of an old list and of a new one for a moment, and find each path once.
 */
struct sdwan_orders {
	struct rcu_head rcu;
	u32 n;
	u8 pos[];
};

/**
 * sdwan_order_first() - whether the list of a class begins with a path
 * @order: where the path stands in it, SDWAN_ORDER_*
 *
 * Return: true where it does.
 */
static inline bool sdwan_order_first(u8 order)
{
	return (order & SDWAN_ORDER_PLACE) == 1;
}

/**
 * sdwan_path_order() - where a path stands in the list of a class
 * @path: path
 * @class: number of the class
 *
 * Context: Under rcu_read_lock() or sdwan_net.lock.
 *
 * Return: SDWAN_ORDER_*.
 */
static inline u8 sdwan_path_order(const struct sdwan_path *path, u32 class)
{
	const struct sdwan_orders *orders;

	orders = rcu_dereference_check(path->orders,
				       lockdep_is_held(&path->obj.sn->lock));
	return orders && class < orders->n ? READ_ONCE(orders->pos[class]) : 0;
}

struct sdwan_policy *sdwan_policy_find(const struct sdwan_site *site,
				       u32 class);
struct sdwan_policy *sdwan_policy_get(struct sdwan_site *site, u32 class);
u64 sdwan_policy_hold(const struct sdwan_policy *policy, u32 round, u64 now);
void sdwan_policies_free(struct sdwan_site *site);
bool sdwan_path_set_order(struct sdwan_path *path, u32 class, u8 order);
bool sdwan_path_tick(struct sdwan_path *path, bool *more);
bool sdwan_path_classes(const struct sdwan_path *path, u32 *classes);
void sdwan_policy_forget(struct sdwan_net *sn, u32 class);

#endif /* _SDWAN_POLICY_H */
