// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: which paths of a class a flow may take, and in which order
 *
 * Flows are shared out by weighted rendezvous hashing.  Each flow draws a
 * number u from (0, 1) for each path, by a hash of both; the path of the best
 * score wins, which is its weight divided by -log(u).  A path then has its
 * weight's share of all flows, and since what the others draw does not depend
 * on it, only those flows come and go with it.
 */
#include <linux/bitops.h>
#include <linux/jhash.h>
#include <linux/math64.h>

#include "encap.h"
#include "lookup.h"
#include "policy.h"
#include "rank.h"

/* Fraction bits of u, which make it lie between two numbers of 32 bits. */
#define SDWAN_UNIFORM_BITS	33

/* Unit of rates as weights, bit/s: 32 bits hold 4 Tbit/s. */
#define SDWAN_RANK_RATE		1000

/* Behind all members that tell the far end the numbers of packets. */
#define SDWAN_TIER_UNNUMBERED	SDWAN_MEMBERS_MAX

/* Behind those over another underlay. */
#define SDWAN_TIER_SAME		(2 * SDWAN_MEMBERS_MAX)

/* Behind those that are not degraded, whatever else they are. */
#define SDWAN_TIER_DEGRADED	(4 * SDWAN_MEMBERS_MAX)

/* Behind all members. */
#define SDWAN_TIER_OTHERS	(8 * SDWAN_MEMBERS_MAX)

#define SDWAN_LOG2_BITS		6

/* log2(1 + i / 64), with SDWAN_RANK_FRACTION fraction bits */
static const u32 sdwan_log2[BIT(SDWAN_LOG2_BITS) + 1] = {
	0, 1501079, 2979239, 4435170, 5869532, 7282953,
	8676036, 10049359, 11403474, 12738911, 14056177, 15355762,
	16638134, 17903742, 19153019, 20386381, 21604229, 22806948,
	23994909, 25168470, 26327977, 27473761, 28606143, 29725435,
	30831934, 31925930, 33007703, 34077521, 35135648, 36182335,
	37217828, 38242363, 39256169, 40259469, 41252479, 42235408,
	43208457, 44171825, 45125701, 46070271, 47005714, 47932205,
	48849915, 49759007, 50659643, 51551977, 52436163, 53312346,
	54180672, 55041278, 55894303, 56739877, 57578130, 58409188,
	59233172, 60050204, 60860398, 61663868, 62460725, 63251078,
	64035030, 64812686, 65584145, 66349506, 67108864,
};

/**
 * sdwan_rank_cost() - the negative binary logarithm of a random number
 * @uniform: the number u in (0, 1), as floor(u * 2^32)
 *
 * Interpolated between 65 points: wrong by less than 5e-5, and where it is
 * small by less than 1 % but for rounding.
 *
 * Return: -log2(u), with SDWAN_RANK_FRACTION fraction bits; never 0.
 */
u32 sdwan_rank_cost(u32 uniform)
{
	/* in the middle of its interval, so that neither 0 nor 1 occurs */
	u64 u = (u64)uniform << 1 | 1;
	unsigned int exponent = fls64(u) - 1;
	/* all behind the first bit */
	u32 mantissa = u << (32 - exponent);
	u32 rest = mantissa << SDWAN_LOG2_BITS;
	u32 i = mantissa >> (32 - SDWAN_LOG2_BITS);
	u32 log, cost;

	log = sdwan_log2[i] +
	      ((u64)(sdwan_log2[i + 1] - sdwan_log2[i]) * rest >> 32);
	cost = ((SDWAN_UNIFORM_BITS - exponent) << SDWAN_RANK_FRACTION) - log;
	return cost ?: 1;
}

/**
 * sdwan_rank_share() - the score of a path among those that share out flows
 * @rank: of the path, with its id; its weight and cost are written
 * @hash: of the flow
 * @weight: of the path, not 0
 */
void sdwan_rank_share(struct sdwan_rank *rank, u32 hash, u32 weight)
{
	rank->weight = weight;
	rank->cost = sdwan_rank_cost(jhash_2words(hash, rank->id, 0));
}

/**
 * sdwan_rank_before() - which of two paths is the better one
 * @a: a path
 * @b: another
 *
 * Return: true when @a goes before @b.
 */
bool sdwan_rank_before(const struct sdwan_rank *a, const struct sdwan_rank *b)
{
	u64 score_a, score_b;

	if (a->tier != b->tier)
		return a->tier < b->tier;

	/* quotients, compared without dividing */
	score_a = (u64)a->weight * b->cost;
	score_b = (u64)b->weight * a->cost;
	if (score_a != score_b)
		return score_a > score_b;

	if (a->preference != b->preference)
		return a->preference < b->preference;
	return a->id < b->id;
}

static const struct sdwan_class_member *
sdwan_class_member(const struct sdwan_class_cfg *class,
		   const struct sdwan_path *path)
{
	const struct sdwan_class_member *member;
	unsigned int i;

	for (i = 0; i < class->n_members; i++) {
		member = &class->members[i];
		if (!strcmp(member->name, member->path ? path->name :
							 path->underlay->name))
			return member;
	}
	return NULL;
}

/**
 * sdwan_class_carries() - whether a path is a member of a class
 * @class: class
 * @path: path
 *
 * Return: true where it is, or the class names no members.
 */
bool sdwan_class_carries(const struct sdwan_class_cfg *class,
			 const struct sdwan_path *path)
{
	return !class->n_members || sdwan_class_member(class, path);
}

/* What the administrator says of its underlay; NULL while that is deleted. */
static const struct sdwan_underlay_cfg *
sdwan_rank_underlay(const struct sdwan_path *path)
{
	struct sdwan_cfg *cfg = rcu_dereference(path->underlay->obj.cfg);

	return cfg ? sdwan_underlay_cfg(cfg) : NULL;
}

/* 0 where it is not known. */
static u64 sdwan_rank_rate(const struct sdwan_path *path)
{
	const struct sdwan_underlay_cfg *underlay = sdwan_rank_underlay(path);

	return underlay ? underlay->rate : 0;
}

/*
 * Of all paths that are configured, be they up or not: the weight of one does
 * not depend on the state of another.
 */
static u64 sdwan_class_lowest_rate(const struct sdwan_class_cfg *class,
				   const struct sdwan_site *site)
{
	const struct sdwan_path_cfg *cfg;
	u64 lowest = 0;

	list_for_each_entry_rcu(cfg, &site->paths, by_site) {
		u64 rate = sdwan_rank_rate(cfg->path);

		if (rate && (!lowest || rate < lowest) &&
		    sdwan_class_carries(class, cfg->path))
			lowest = rate;
	}
	return lowest;
}

static u32 sdwan_class_weight_rate(const struct sdwan_class_cfg *class,
				   const struct sdwan_path *path)
{
	u64 rate = sdwan_rank_rate(path);

	if (!rate)
		rate = sdwan_class_lowest_rate(class, path->peer->site);
	return clamp_t(u64, div_u64(rate, SDWAN_RANK_RATE), 1, U32_MAX);
}

static u32 sdwan_class_weight_cost(const struct sdwan_path *path)
{
	const struct sdwan_underlay_cfg *underlay = sdwan_rank_underlay(path);

	return U32_MAX / (underlay && underlay->cost ? underlay->cost : 1);
}

static u32 sdwan_class_weight(const struct sdwan_class_cfg *class,
			      const struct sdwan_class_member *member,
			      const struct sdwan_path *path)
{
	switch (class->weight_by) {
	case SDWAN_CLASS_WEIGHT_RATE:
		return sdwan_class_weight_rate(class, path);
	case SDWAN_CLASS_WEIGHT_COST:
		return sdwan_class_weight_cost(path);
	case SDWAN_CLASS_WEIGHT_EXPLICIT:
		return member ? member->weight : 1;
	default:
		return 1;
	}
}

/**
 * sdwan_path_numbers() - whether a path tells the far end the numbers of packets
 * @cfg: configuration of the path
 *
 * A stock device would deliver what is sent twice two times.
 *
 * Context: Under rcu_read_lock().
 *
 * Return: true where packets can be sent over this path and another one.
 */
bool sdwan_path_numbers(const struct sdwan_path_cfg *cfg)
{
	const struct sdwan_peer_cfg *peer;

	if (!cfg->ops->options)
		return false;
	peer = sdwan_peer_cfg_rcu(cfg->path->peer);
	return peer && !peer->stock;
}

/*
 * Whether a path is in breach of the objective of a class, or never to be used, and
 * flows have had the time to leave it in a gap.
 */
static bool sdwan_class_breached(const struct sdwan_class_cfg *class,
				 const struct sdwan_path *path)
{
	u8 order;

	if (!class->decided)
		return false;
	order = sdwan_path_order(path, class->class->obj.id);
	return order & SDWAN_ORDER_LAST && !(order & SDWAN_ORDER_GRACE);
}

/* Of a member, as was decided; what is not decided yet is shared out as ever. */
static bool sdwan_class_rank_decided(const struct sdwan_class_cfg *class,
				     const struct sdwan_class_member *member,
				     u32 hash, const struct sdwan_path_cfg *cfg,
				     struct sdwan_rank *rank)
{
	u8 order = sdwan_path_order(cfg->path, class->class->obj.id);
	u8 place = order & SDWAN_ORDER_PLACE;

	if (class->strict && order & SDWAN_ORDER_LAST)
		return false;
	/* that a path is degraded was thought of when its place was decided */
	rank->tier = place ?: rank->tier + SDWAN_ORDER_PLACE;
	rank->preference = cfg->preference;
	if (class->mode == SDWAN_CLASS_MODE_BALANCE && place <= 1)
		sdwan_rank_share(rank, hash,
				 sdwan_class_weight(class, member, cfg->path));
	return true;
}

/* Return: false where the path may not carry the class at all. */
static bool sdwan_class_rank(const struct sdwan_class_cfg *class, u32 hash,
			     const struct sdwan_path_cfg *cfg,
			     struct sdwan_rank *rank)
{
	const struct sdwan_class_member *member;

	member = sdwan_class_member(class, cfg->path);
	*rank = (struct sdwan_rank) { .id = cfg->path->obj.id };
	if (sdwan_path_degraded(cfg))
		rank->tier = SDWAN_TIER_DEGRADED;
	if (class->n_members && !member) {
		rank->tier += SDWAN_TIER_OTHERS;
		rank->preference = cfg->preference;
		return !class->strict;
	}
	if (class->decided)
		return sdwan_class_rank_decided(class, member, hash, cfg, rank);
	if (class->mode == SDWAN_CLASS_MODE_BALANCE) {
		sdwan_rank_share(rank, hash,
				 sdwan_class_weight(class, member, cfg->path));
		return true;
	}
	rank->tier += member ? member - class->members : 0;
	if (class->mode == SDWAN_CLASS_MODE_DUPLICATE &&
	    !sdwan_path_numbers(cfg))
		rank->tier += SDWAN_TIER_UNNUMBERED;
	rank->preference = cfg->preference;
	return true;
}

/*
 * Likewise, where there is a first copy beside a second one. The gateway that
 * receives one copy has to receive the other one. Others than members carry what
 * would not arrive else, but no second copies.
 */
static bool sdwan_class_rank_beside(const struct sdwan_class_cfg *class,
				    u32 hash,
				    const struct sdwan_path_cfg *first,
				    const struct sdwan_path_cfg *cfg,
				    struct sdwan_rank *rank)
{
	if (!first)
		return sdwan_class_rank(class, hash, cfg, rank);
	if (cfg->path == first->path || cfg->path->peer != first->path->peer ||
	    !sdwan_path_numbers(cfg) ||
	    !sdwan_class_carries(class, cfg->path) ||
	    !sdwan_class_rank(class, hash, cfg, rank))
		return false;
	if (cfg->path->underlay == first->path->underlay)
		rank->tier += SDWAN_TIER_SAME;
	return true;
}

/* The best after @after, be it of all paths or of those beside @first. */
static const struct sdwan_path_cfg *
sdwan_class_best(const struct sdwan_class_cfg *class,
		 const struct sdwan_target *target, u32 hash,
		 const struct sdwan_path_cfg *first,
		 const struct sdwan_path_cfg *after)
{
	const struct sdwan_path_cfg *cfg, *best = NULL;
	struct sdwan_rank rank, best_rank, after_rank;

	if (after &&
	    !sdwan_class_rank_beside(class, hash, first, after, &after_rank))
		return NULL;

	for (cfg = sdwan_select_path(target, NULL); cfg;
	     cfg = sdwan_select_path(target, cfg)) {
		if (!sdwan_class_rank_beside(class, hash, first, cfg, &rank))
			continue;
		if (after && !sdwan_rank_before(&after_rank, &rank))
			continue;
		if (best && !sdwan_rank_before(&rank, &best_rank))
			continue;
		best = cfg;
		best_rank = rank;
	}
	return best;
}

/**
 * sdwan_class_select() - choose a path for a flow of a class
 * @class: class of the flow
 * @target: where it goes
 * @hash: of the flow
 * @after: the choice before, which turned out to be of no use; NULL at first
 *
 * Members come first: those of a class that is decided as that says, else with mode
 * balance by their score for this flow, with others in their order, and the paths of
 * one underlay in the order of preference. With mode duplicate those go before the
 * others that tell the far end the numbers of packets. Those that are degraded follow
 * the other members, unless something is decided. Unless the class is strict, all
 * other paths follow in the order of preference.
 *
 * Context: Under rcu_read_lock(), the same that @after was found in.
 *
 * Return: the best usable path after @after, or NULL.
 */
const struct sdwan_path_cfg *
sdwan_class_select(const struct sdwan_class_cfg *class,
		   const struct sdwan_target *target, u32 hash,
		   const struct sdwan_path_cfg *after)
{
	return sdwan_class_best(class, target, hash, NULL, after);
}

/**
 * sdwan_class_second() - choose the path of a second copy
 * @class: class of the flow
 * @target: where it goes
 * @first: the path of the first copy
 * @after: the choice before, which turned out to be of no use; NULL at first
 *
 * Paths to the same gateway, those over another underlay first, each in the
 * order of the class.
 *
 * Context: Under rcu_read_lock(), the same that the paths were found in.
 *
 * Return: the best usable path after @after, or NULL.
 */
const struct sdwan_path_cfg *
sdwan_class_second(const struct sdwan_class_cfg *class,
		   const struct sdwan_target *target,
		   const struct sdwan_path_cfg *first,
		   const struct sdwan_path_cfg *after)
{
	return sdwan_class_best(class, target, 0, first, after);
}

/* Whether a member leads there that can be used now. */
static bool sdwan_class_served(const struct sdwan_class_cfg *class,
			       const struct sdwan_target *target)
{
	const struct sdwan_path_cfg *cfg;

	for (cfg = sdwan_select_path(target, NULL); cfg;
	     cfg = sdwan_select_path(target, cfg))
		if (sdwan_class_carries(class, cfg->path) &&
		    !sdwan_class_breached(class, cfg->path))
			return true;
	return false;
}

/**
 * sdwan_class_has() - whether a path may carry a flow of a class
 * @class: class of the flow
 * @target: where it goes
 * @path: committed configuration of the path
 *
 * Members may that fulfil its objective. Others may where the class is not strict, as
 * long as no such member can be used.
 *
 * Context: Under rcu_read_lock(), the same that @path was found in.
 *
 * Return: true when it is up, leads there and may.
 */
bool sdwan_class_has(const struct sdwan_class_cfg *class,
		     const struct sdwan_target *target,
		     const struct sdwan_path_cfg *path)
{
	if (!sdwan_target_has(target, path))
		return false;
	if (sdwan_class_carries(class, path->path) &&
	    !sdwan_class_breached(class, path->path))
		return true;
	return !class->strict && !sdwan_class_served(class, target);
}
