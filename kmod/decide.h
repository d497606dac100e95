/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: the law of decisions
 *
 * Functions of their arguments, and of random numbers that they are given.
 */
#ifndef _SDWAN_DECIDE_H
#define _SDWAN_DECIDE_H

#include <linux/prandom.h>
#include <linux/sdwan.h>
#include <linux/sdwan_metric.h>
#include <linux/types.h>

/* Costs more than all that is known, and is used where nothing else is. */
#define SDWAN_COST_UNKNOWN	(SDWAN_METRIC_NEVER - 1)

/**
 * struct sdwan_trend - a cost over time
 * @mean: smoothed, 0 while there is none
 * @fluctuation: smoothed difference from @mean
 */
struct sdwan_trend {
	u32 mean;
	u32 fluctuation;
};

/**
 * struct sdwan_candidate - a path that may be decided for
 * @id: of the path, not 0; no two are equal
 * @index: for the caller
 * @cost: smoothed
 * @fluctuation: of the cost
 * @preference: of the path, lower first; decides where nothing else does
 * @up: it can be used
 * @compliant: it fulfils the objective of the class
 * @degraded: others that comply go before it
 * @gateway: id of the gateway that it leads to
 * @company: how many others of the group of the class are on it
 * @gateway_company: likewise, on any path to that gateway
 * @unknown: its cost was not computed yet, so that @cost says nothing
 * @active: it is decided for
 * @eligible: nothing but its cost speaks against it; result
 * @best: it is in the class of best connections; result
 */
struct sdwan_candidate {
	u32 id;
	u32 index;
	u32 cost;
	u32 fluctuation;
	u32 preference;
	u32 gateway;
	u16 company;
	u16 gateway_company;
	bool up;
	bool compliant;
	bool degraded;
	bool unknown;
	bool active;
	bool eligible;
	bool best;
};

/**
 * struct sdwan_law - what is decided by
 * @alpha: least probability to leave a path for its cost, in millionths
 * @floor: least difference that matters, 0 for a part of the lowest cost
 * @strict: what is not compliant, or never to be used, is not used
 * @still: cost is no reason to move now, and company is none
 * @group: the class prefers company, that of its group
 */
struct sdwan_law {
	u32 alpha;
	u32 floor;
	bool strict;
	bool still;
	bool group;
};

/**
 * struct sdwan_verdict - what is decided
 * @id: path, 0 for none
 * @reason: why another one than before, of no meaning where it is the same
 */
struct sdwan_verdict {
	u32 id;
	enum sdwan_decision_reason reason;
};

void sdwan_trend_add(struct sdwan_trend *trend, u32 cost);
const struct sdwan_candidate *
sdwan_decide_class(struct sdwan_candidate *c, unsigned int n,
		   const struct sdwan_law *law);
u64 sdwan_decide_limit(const struct sdwan_candidate *best,
		       const struct sdwan_law *law);
u32 sdwan_decide_probability(u64 limit, u32 cost, u32 alpha);
struct sdwan_verdict sdwan_decide(struct sdwan_candidate *c, unsigned int n,
				  const struct sdwan_law *law, u32 current_id,
				  struct rnd_state *rnd);
enum sdwan_decision_reason
sdwan_decide_set(struct sdwan_candidate *c, unsigned int n,
		 const struct sdwan_law *law, struct rnd_state *rnd);
bool sdwan_decide_is_move(enum sdwan_decision_reason reason);
void sdwan_decide_order(struct sdwan_candidate *c, unsigned int n);
u8 sdwan_decide_flaps(u8 flaps, u64 elapsed, u64 round);
u64 sdwan_decide_hold(u8 flaps, u64 round);

#endif /* _SDWAN_DECIDE_H */
