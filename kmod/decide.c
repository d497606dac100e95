// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: the law of decisions
 *
 * That of [C], "Distributed SD-WAN control plane": paths that cost no more than
 * the cheapest one does now and then are as good as it, and form the class of best
 * connections. Who is in it stays. Who is not leaves by chance, the likelier the
 * dearer his path, so that not all leave at once for the same one; who has moved
 * often waits longer and longer before cost moves him again.
 *
 * A class of a group has company in the place of chance: of the paths that are as good
 * as the best one it takes that to whose gateway most of its group go, and of those that
 * on which most of them are. Nothing else changes for it.
 */
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/sort.h>

#include "decide.h"

/* Weight of a new cost, as a divisor: 99 % of a change are seen after 16. */
#define SDWAN_TREND_WEIGHT	4

/* The floor where none is said, as a part of the lowest cost. */
#define SDWAN_DECIDE_FLOOR	16

/* Who moves again within so many rounds flaps. */
#define SDWAN_DECIDE_WINDOW	16

#define SDWAN_DECIDE_FLAPS	6

/* What candidates are to be told apart by before their cost. */
enum sdwan_tier {
	SDWAN_TIER_GOOD,
	SDWAN_TIER_DEGRADED,	/* compliant, but others go before it */
	SDWAN_TIER_BREACH,	/* not compliant */
	SDWAN_TIER_NEVER,	/* its metric says so */
	SDWAN_TIER_DOWN,
};

/* Up to the next whole number, so that small differences are not lost. */
static u32 sdwan_trend_step(u32 from, u32 to)
{
	if (from < to)
		return from + DIV_ROUND_UP(to - from, SDWAN_TREND_WEIGHT);
	return from - DIV_ROUND_UP(from - to, SDWAN_TREND_WEIGHT);
}

/**
 * sdwan_trend_add() - a cost was computed
 * @trend: costs before
 * @cost: the cost
 *
 * What is not known, or never to be used, is no part of an average.
 */
void sdwan_trend_add(struct sdwan_trend *trend, u32 cost)
{
	u32 off;

	if (!trend->mean || trend->mean >= SDWAN_COST_UNKNOWN ||
	    cost >= SDWAN_COST_UNKNOWN) {
		*trend = (struct sdwan_trend) { .mean = cost };
		return;
	}
	off = cost > trend->mean ? cost - trend->mean : trend->mean - cost;
	trend->fluctuation = sdwan_trend_step(trend->fluctuation, off);
	trend->mean = sdwan_trend_step(trend->mean, cost);
}

static enum sdwan_tier sdwan_candidate_tier(const struct sdwan_candidate *c)
{
	if (!c->up)
		return SDWAN_TIER_DOWN;
	if (c->cost == SDWAN_METRIC_NEVER)
		return SDWAN_TIER_NEVER;
	if (!c->compliant)
		return SDWAN_TIER_BREACH;
	return c->degraded ? SDWAN_TIER_DEGRADED : SDWAN_TIER_GOOD;
}

static bool sdwan_candidate_cheaper(const struct sdwan_candidate *a,
				    const struct sdwan_candidate *b)
{
	if (a->cost != b->cost)
		return a->cost < b->cost;
	if (a->preference != b->preference)
		return a->preference < b->preference;
	return a->id < b->id;
}

/*
 * Of those that comply, if any, and are not degraded, if any; fail open else, unless
 * that is forbidden.
 */
static enum sdwan_tier sdwan_decide_tier(const struct sdwan_candidate *c,
					 unsigned int n,
					 const struct sdwan_law *law)
{
	enum sdwan_tier tier = SDWAN_TIER_DOWN;
	unsigned int i;

	for (i = 0; i < n; i++)
		tier = min(tier, sdwan_candidate_tier(&c[i]));
	return law->strict && tier > SDWAN_TIER_DEGRADED ? SDWAN_TIER_DOWN : tier;
}

/**
 * sdwan_decide_limit() - the largest cost in the class of best connections
 * @best: the cheapest candidate
 * @law: what is decided by
 *
 * Return: the cost.
 */
u64 sdwan_decide_limit(const struct sdwan_candidate *best,
		       const struct sdwan_law *law)
{
	u32 floor = law->floor ?: best->cost / SDWAN_DECIDE_FLOOR;

	return (u64)best->cost + max(best->fluctuation, floor);
}

/**
 * sdwan_decide_class() - find the class of best connections
 * @c: candidates; their results are written
 * @n: how many
 * @law: what is decided by
 *
 * Return: the cheapest one that is eligible, or NULL.
 */
const struct sdwan_candidate *
sdwan_decide_class(struct sdwan_candidate *c, unsigned int n,
		   const struct sdwan_law *law)
{
	enum sdwan_tier tier = sdwan_decide_tier(c, n, law);
	const struct sdwan_candidate *best = NULL;
	unsigned int i;
	u64 limit;

	for (i = 0; i < n; i++) {
		c[i].eligible = tier != SDWAN_TIER_DOWN &&
				sdwan_candidate_tier(&c[i]) == tier;
		if (c[i].eligible &&
		    (!best || sdwan_candidate_cheaper(&c[i], best)))
			best = &c[i];
	}
	limit = best ? sdwan_decide_limit(best, law) : 0;
	for (i = 0; i < n; i++)
		c[i].best = c[i].eligible && c[i].cost <= limit;
	return best;
}

/**
 * sdwan_decide_probability() - how likely a path is left for its cost
 * @limit: largest cost in the class of best connections
 * @cost: of the path, which is larger
 * @alpha: least probability, in millionths
 *
 * Return: millionths.
 */
u32 sdwan_decide_probability(u64 limit, u32 cost, u32 alpha)
{
	return max_t(u32, alpha,
		     SDWAN_PPM - div_u64(limit * SDWAN_PPM, cost));
}

static bool sdwan_decide_leaves(const struct sdwan_candidate *c, u64 limit,
				const struct sdwan_law *law,
				struct rnd_state *rnd)
{
	u32 p, drawn;

	/* what is not known is no reason */
	if (law->still || c->unknown)
		return false;
	p = sdwan_decide_probability(limit, c->cost, law->alpha);
	drawn = (u64)prandom_u32_state(rnd) * SDWAN_PPM >> 32;
	return drawn < p;
}

static u32 sdwan_decide_any(const struct sdwan_candidate *c, unsigned int n,
			    struct rnd_state *rnd)
{
	unsigned int i, members = 0;
	u32 drawn;

	for (i = 0; i < n; i++)
		members += c[i].best;
	drawn = (u64)prandom_u32_state(rnd) * members >> 32;
	for (i = 0; i < n; i++)
		if (c[i].best && !drawn--)
			return c[i].id;
	return 0;
}

/* Who is there already is part of the company. */
static u32 sdwan_candidate_gathering(const struct sdwan_candidate *c,
				     const struct sdwan_candidate *now)
{
	return c->gateway_company + (now && c->gateway == now->gateway);
}

static bool sdwan_candidate_preferred(const struct sdwan_candidate *a,
				      const struct sdwan_candidate *b,
				      const struct sdwan_candidate *now)
{
	u32 x = sdwan_candidate_gathering(a, now);
	u32 y = sdwan_candidate_gathering(b, now);

	if (a->gateway != b->gateway)
		return x != y ? x > y : a->gateway < b->gateway;
	x = a->company + (a == now);
	y = b->company + (b == now);
	return x != y ? x > y : a->id < b->id;
}

/*
 * The place of the group, for who is at @now, or nowhere (NULL). To go there is to go to
 * at least as many as one is among now, oneself included. With each such move the sum of
 * the squares of how many are at each gateway grows; or it stays, and that of the paths
 * does. So the moves come to an end, wherever each of a group may go.
 */
static const struct sdwan_candidate *
sdwan_decide_place(const struct sdwan_candidate *c, unsigned int n,
		   const struct sdwan_candidate *now)
{
	const struct sdwan_candidate *place = NULL;
	unsigned int i;

	for (i = 0; i < n; i++)
		if (c[i].best &&
		    (!place || sdwan_candidate_preferred(&c[i], place, now)))
			place = &c[i];
	return place;
}

/* Who begins goes to his group, if it is anywhere, and else to the cheapest. */
static u32 sdwan_decide_first(const struct sdwan_candidate *c, unsigned int n,
			      const struct sdwan_law *law,
			      const struct sdwan_candidate *best)
{
	const struct sdwan_candidate *place;

	place = law->group ? sdwan_decide_place(c, n, NULL) : best;
	return place->gateway_company ? place->id : best->id;
}

/* Why a path that is not eligible is left, or has been lost (NULL). */
static enum sdwan_decision_reason
sdwan_decide_reason(const struct sdwan_candidate *c)
{
	if (!c)
		return SDWAN_DECISION_REASON_GONE;
	switch (sdwan_candidate_tier(c)) {
	case SDWAN_TIER_DOWN:
		return SDWAN_DECISION_REASON_DOWN;
	case SDWAN_TIER_DEGRADED:
		return SDWAN_DECISION_REASON_DEGRADED;
	default:
		return SDWAN_DECISION_REASON_BREACH;
	}
}

/**
 * sdwan_decide() - decide for one path
 * @c: candidates; their results are written
 * @n: how many
 * @law: what is decided by
 * @current_id: the path that was decided for, 0 for none
 * @rnd: random numbers
 *
 * Return: the path that is decided for.
 */
struct sdwan_verdict sdwan_decide(struct sdwan_candidate *c, unsigned int n,
				  const struct sdwan_law *law, u32 current_id,
				  struct rnd_state *rnd)
{
	const struct sdwan_candidate *best = sdwan_decide_class(c, n, law);
	const struct sdwan_candidate *now = NULL;
	struct sdwan_verdict verdict = { .id = current_id };
	unsigned int i;

	for (i = 0; i < n; i++)
		if (c[i].id == current_id)
			now = &c[i];
	if (!best || !current_id) {
		verdict.id = best ? sdwan_decide_first(c, n, law, best) : 0;
		verdict.reason = best ? SDWAN_DECISION_REASON_FIRST :
					SDWAN_DECISION_REASON_NONE;
		return verdict;
	}
	if (now && now->best) {
		if (law->group && !law->still)
			verdict.id = sdwan_decide_place(c, n, now)->id;
		verdict.reason = SDWAN_DECISION_REASON_GROUP;
		return verdict;
	}
	if (now && now->eligible) {
		if (!sdwan_decide_leaves(now, sdwan_decide_limit(best, law),
					 law, rnd))
			return verdict;
		verdict.reason = SDWAN_DECISION_REASON_COST;
	} else {
		verdict.reason = sdwan_decide_reason(now);
	}
	verdict.id = law->group ? sdwan_decide_place(c, n, NULL)->id :
				  sdwan_decide_any(c, n, rnd);
	return verdict;
}

/**
 * sdwan_decide_set() - decide for several paths
 * @c: candidates; their results are written, and whether they are active
 * @n: how many
 * @law: what is decided by
 * @rnd: random numbers
 *
 * Who is in the class of best connections is active. Who is not any more leaves as
 * he would leave a path by sdwan_decide().
 *
 * Return: why one was left, JOINED where none was, or that there is a first one or
 * none.
 */
enum sdwan_decision_reason
sdwan_decide_set(struct sdwan_candidate *c, unsigned int n,
		 const struct sdwan_law *law, struct rnd_state *rnd)
{
	enum sdwan_decision_reason reason = SDWAN_DECISION_REASON_JOINED;
	const struct sdwan_candidate *best = sdwan_decide_class(c, n, law);
	u64 limit = best ? sdwan_decide_limit(best, law) : 0;
	bool before = false;
	unsigned int i;

	for (i = 0; i < n; i++) {
		before |= c[i].active;
		if (!c[i].active || c[i].best) {
			c[i].active = c[i].best;
		} else if (!c[i].eligible) {
			c[i].active = false;
			reason = sdwan_decide_reason(&c[i]);
		} else if (sdwan_decide_leaves(&c[i], limit, law, rnd)) {
			c[i].active = false;
			if (reason == SDWAN_DECISION_REASON_JOINED)
				reason = SDWAN_DECISION_REASON_COST;
		}
	}
	if (!best)
		return SDWAN_DECISION_REASON_NONE;
	return before ? reason : SDWAN_DECISION_REASON_FIRST;
}

/**
 * sdwan_decide_is_move() - whether something is left that was decided for before
 * @reason: of a decision that changes something
 *
 * Return: true for a move; not where there was nothing, or all is kept.
 */
bool sdwan_decide_is_move(enum sdwan_decision_reason reason)
{
	return reason != SDWAN_DECISION_REASON_NONE &&
	       reason != SDWAN_DECISION_REASON_FIRST &&
	       reason != SDWAN_DECISION_REASON_JOINED &&
	       reason != SDWAN_DECISION_REASON_AGREED &&
	       reason != SDWAN_DECISION_REASON_SILENT;
}

static int sdwan_candidate_cmp(const void *a, const void *b)
{
	const struct sdwan_candidate *x = a, *y = b;
	int tier_x = sdwan_candidate_tier(x), tier_y = sdwan_candidate_tier(y);

	if (x->active != y->active)
		return x->active ? -1 : 1;
	if (tier_x != tier_y)
		return tier_x < tier_y ? -1 : 1;
	return sdwan_candidate_cheaper(x, y) ? -1 : 1;
}

/**
 * sdwan_decide_order() - put candidates into the order in which they are used
 * @c: candidates
 * @n: how many
 *
 * What is active comes first, then what complies, each by its cost.
 */
void sdwan_decide_order(struct sdwan_candidate *c, unsigned int n)
{
	if (n > 1)
		sort(c, n, sizeof(*c), sdwan_candidate_cmp, NULL);
}

/**
 * sdwan_decide_flaps() - how often one has moved in short time
 * @flaps: before
 * @elapsed: since the move before
 * @round: from one decision to the next, in the same unit
 *
 * Return: the number, for a move now.
 */
u8 sdwan_decide_flaps(u8 flaps, u64 elapsed, u64 round)
{
	if (elapsed >= round * SDWAN_DECIDE_WINDOW << flaps)
		return 0;
	return min(flaps + 1, SDWAN_DECIDE_FLAPS);
}

/**
 * sdwan_decide_hold() - how long cost is no reason to move again
 * @flaps: how often one has moved in short time
 * @round: from one decision to the next
 *
 * Return: the time, in the unit of @round.
 */
u64 sdwan_decide_hold(u8 flaps, u64 round)
{
	return flaps ? round << flaps : 0;
}
