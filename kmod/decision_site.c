// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: what is decided on one site
 *
 * Policies are by class and site. Which of its gateways announce a prefix may narrow
 * the choice further: the data path then takes the first of the ordered list that
 * leads there.
 */
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "agree.h"
#include "decision.h"
#include "metric.h"
#include "object.h"
#include "rank.h"

/* So many paths are compared for classes before others get the lock. */
#define SDWAN_DECISION_BUDGET	16384

static struct sdwan_class *to_class(struct sdwan_object *obj)
{
	return container_of(obj, struct sdwan_class, obj);
}

static bool sdwan_decision_room(struct sdwan_decisions *d, unsigned int n)
{
	struct sdwan_candidate *candidate;
	struct sdwan_prospect *prospect;

	if (n <= d->room)
		return true;
	n = roundup_pow_of_two(n);
	candidate = kvcalloc(n, sizeof(*candidate), GFP_KERNEL_ACCOUNT);
	prospect = kvcalloc(n, sizeof(*prospect), GFP_KERNEL_ACCOUNT);
	if (!candidate || !prospect) {
		kvfree(candidate);
		kvfree(prospect);
		return false;
	}
	kvfree(d->candidate);
	kvfree(d->prospect);
	d->candidate = candidate;
	d->prospect = prospect;
	d->room = n;
	return true;
}

/**
 * sdwan_decision_look() - look at the paths to a site
 * @d: decisions; sdwan_net.lock is held
 * @site: site
 *
 * Return: false where there is no memory for it.
 */
bool sdwan_decision_look(struct sdwan_decisions *d, struct sdwan_site *site)
{
	const struct sdwan_path_cfg *cfg;
	unsigned int n = 0;

	list_for_each_entry(cfg, &site->paths, by_site)
		n++;
	d->n_prospects = 0;
	/* what was counted is of the paths before */
	d->groups.counted = false;
	if (!sdwan_decision_room(d, n))
		return false;
	list_for_each_entry(cfg, &site->paths, by_site) {
		struct sdwan_prospect *p = &d->prospect[d->n_prospects++];

		*p = (struct sdwan_prospect) {
			.path = cfg->path,
			.cfg = cfg,
		};
		sdwan_sla_look(p->path, &p->view);
		sdwan_agree_look(p, ktime_get_ns());
	}
	return true;
}

static bool sdwan_prospect_up(const struct sdwan_prospect *p)
{
	return p->path->state != SDWAN_PATH_STATE_DOWN &&
	       p->path->state != SDWAN_PATH_STATE_PROBING;
}

/* What nobody is told of a path that is down was true when it was up. */
static bool sdwan_prospect_compliant(const struct sdwan_prospect *p,
				     const struct sdwan_class_cfg *class,
				     bool before)
{
	return sdwan_prospect_up(p) ?
	       sdwan_sla_met(&class->sla, &p->view, before) : before;
}

/**
 * sdwan_decision_gather() - find those paths that may carry a class
 * @d: decisions, who have looked at a site; sdwan_net.lock is held
 * @class: configuration of the class
 * @metric: metric that is compared by, or NULL for the default
 *
 * Return: whether the cost of one of them is known.
 */
bool sdwan_decision_gather(struct sdwan_decisions *d,
			   const struct sdwan_class_cfg *class,
			   const struct sdwan_metric *metric)
{
	u32 id = class->class->obj.id;
	bool known = false;
	unsigned int i;

	d->n_candidates = 0;
	d->outsiders = false;
	for (i = 0; i < d->n_prospects; i++) {
		struct sdwan_prospect *p = &d->prospect[i];
		u8 order = sdwan_path_order(p->path, id);
		const struct sdwan_trend *trend;

		if (!sdwan_class_carries(class, p->path)) {
			d->outsiders |= order;
			continue;
		}
		trend = sdwan_metric_trend(p->path, metric);
		known |= !!trend;
		d->candidate[d->n_candidates++] = (struct sdwan_candidate) {
			.id = p->path->obj.id,
			.index = i,
			.cost = trend ? trend->mean : SDWAN_COST_UNKNOWN,
			.fluctuation = trend ? trend->fluctuation : 0,
			.preference = p->cfg->preference,
			.gateway = p->path->peer->gateway,
			.up = sdwan_prospect_up(p),
			.compliant = sdwan_prospect_compliant(p, class,
				!(order & SDWAN_ORDER_BREACH)),
			.degraded = p->path->state ==
				    SDWAN_PATH_STATE_DEGRADED,
			.unknown = !trend,
			.active = sdwan_order_first(order),
		};
	}
	return known;
}

/**
 * sdwan_decision_law() - what is decided by
 * @class: configuration of a class
 * @still: cost is no reason to move
 *
 * Return: the law.
 */
struct sdwan_law sdwan_decision_law(const struct sdwan_class_cfg *class,
				    bool still)
{
	return (struct sdwan_law) {
		.alpha = class->alpha,
		.floor = class->floor,
		.strict = class->strict,
		.still = still,
	};
}

/* Returns whether one has come into breach of the objective, or out of it. */
static bool sdwan_decision_objectives(struct sdwan_decisions *d,
				      const struct sdwan_class_cfg *class)
{
	bool changed = false;
	unsigned int i;

	for (i = 0; i < d->n_candidates; i++) {
		const struct sdwan_candidate *c = &d->candidate[i];
		struct sdwan_prospect *p = &d->prospect[c->index];
		u8 order = sdwan_path_order(p->path, class->class->obj.id);

		if (c->compliant != !!(order & SDWAN_ORDER_BREACH))
			continue;
		changed = true;
		sdwan_objective_event(d->sn, class, p->path, c->compliant,
				      &p->view);
	}
	return changed;
}

/* Is there one that complies, so that others are to be left? */
static bool sdwan_decision_served(const struct sdwan_decisions *d)
{
	unsigned int i;

	for (i = 0; i < d->n_candidates; i++)
		if (d->candidate[i].up && d->candidate[i].compliant &&
		    d->candidate[i].cost != SDWAN_METRIC_NEVER)
			return true;
	return false;
}

/*
 * What is new about a path in breach: flows that move in gaps are given some time to
 * find one, so that their packets do not overtake each other.
 */
static u8 sdwan_decision_grace(struct sdwan_decisions *d,
			       struct sdwan_path *path, u8 was, u64 now)
{
	if (was & SDWAN_ORDER_LAST || !was)
		return was & SDWAN_ORDER_GRACE;
	if (!path->grace)
		path->grace = now + SDWAN_DECISION_TICK;
	d->grace = d->grace ? min(d->grace, path->grace) : path->grace;
	return SDWAN_ORDER_GRACE;
}

static u8 sdwan_decision_place(const struct sdwan_candidate *c, unsigned int i,
			       unsigned int active)
{
	/* 1 is of those that are active alone, even where none is */
	return c->active ? 1 : min_t(u32, i - active + 2, SDWAN_ORDER_PLACE);
}

/*
 * What has become first on a path, or is not any more, the other end is told. That a
 * class has come to a path, or left it, counts only where this end follows: whether it
 * answers there (sdwan_agree_sum()).
 */
static void sdwan_decision_agree(struct sdwan_path *path, u32 class, bool first)
{
	if (first)
		sdwan_agree_changed(path, class);
	else if (path->peer->led)
		sdwan_agree_mark(path);
}

/* Paths that are no members any more; returns whether one was among the first. */
static bool sdwan_decision_expel(struct sdwan_decisions *d,
				 const struct sdwan_class_cfg *class)
{
	u32 id = class->class->obj.id;
	bool changed = false;
	unsigned int i;

	for (i = 0; i < d->n_prospects; i++) {
		struct sdwan_path *path = d->prospect[i].path;
		u8 was = sdwan_path_order(path, id);
		bool first = sdwan_order_first(was);

		if (!was || sdwan_class_carries(class, path))
			continue;
		sdwan_path_set_order(path, id, 0);
		sdwan_decision_agree(path, id, first);
		changed |= first;
	}
	return changed;
}

/* Tell the data path; returns whether another path is among the first. */
static bool sdwan_decision_tell(struct sdwan_decisions *d,
				const struct sdwan_class_cfg *class, u64 now)
{
	bool gaps = class->move == SDWAN_CLASS_MOVE_FLOWLET &&
		    sdwan_decision_served(d);
	u32 id = class->class->obj.id;
	bool changed = d->outsiders && sdwan_decision_expel(d, class);
	unsigned int i, active = 0;

	sdwan_decide_order(d->candidate, d->n_candidates);
	for (i = 0; i < d->n_candidates; i++) {
		const struct sdwan_candidate *c = &d->candidate[i];
		struct sdwan_path *path = d->prospect[c->index].path;
		u8 was = sdwan_path_order(path, id), order;
		bool left;

		active += c->active;
		order = sdwan_decision_place(c, i, active);
		left = sdwan_order_first(was) != c->active;
		changed |= left;
		if (!c->compliant)
			order |= SDWAN_ORDER_BREACH;
		if (c->cost == SDWAN_METRIC_NEVER)
			order |= SDWAN_ORDER_NEVER;
		if (order & SDWAN_ORDER_LAST && gaps)
			order |= sdwan_decision_grace(d, path, was, now);
		sdwan_path_set_order(path, id, order);
		if (left || !was)
			sdwan_decision_agree(path, id, left);
	}
	return changed;
}

/* Since the last move, ns; for ever where there was none. */
static u64 sdwan_policy_rest(const struct sdwan_policy *policy, u64 now)
{
	return policy->moves ? sdwan_policy_age(policy->before[0].at, now) :
			       U64_MAX;
}

static void sdwan_policy_note(struct sdwan_policy *policy, u64 now)
{
	int i;

	for (i = SDWAN_POLICY_MOVES - 1; i; i--)
		policy->before[i] = policy->before[i - 1];
	policy->before[0].path = policy->path;
	policy->before[0].at = sdwan_policy_tick(now);
	policy->why = policy->why << 4;
}

/*
 * A decision was made, by whomever. Nothing but this writes down one; whoever
 * decides calls it.
 */
static void sdwan_decision_install(struct sdwan_policy *policy,
				   const struct sdwan_class_cfg *class,
				   struct sdwan_verdict verdict, u8 by, u64 now)
{
	u64 round = (u64)class->round * NSEC_PER_USEC;

	if (policy->since && sdwan_decide_is_move(verdict.reason)) {
		policy->flaps = sdwan_decide_flaps(policy->flaps,
						   sdwan_policy_rest(policy, now),
						   round);
		sdwan_policy_note(policy, now);
		policy->why |= verdict.reason;
		policy->moves++;
	}
	policy->path = verdict.id;
	policy->reason = verdict.reason;
	policy->by = by;
	policy->since = sdwan_policy_tick(now) ?: 1;
}

static void sdwan_decision_shadow(struct sdwan_decisions *d,
				  const struct sdwan_class_cfg *class,
				  struct sdwan_policy *policy, bool still)
{
	struct sdwan_law law = sdwan_decision_law(class, still);
	struct sdwan_verdict verdict;

	if (!sdwan_decision_gather(d, class, class->shadow))
		return;
	law.group = sdwan_group_company(d, class, policy->path);
	verdict = sdwan_decide(d->candidate, d->n_candidates, &law,
			       policy->shadow, &d->rnd);
	if (verdict.id == policy->shadow)
		return;
	if (policy->shadow && verdict.id)
		policy->shadow_moves++;
	policy->shadow = verdict.id;
}

/* The leader has decided: likewise. */
static bool sdwan_decision_follow(struct sdwan_decisions *d,
				  const struct sdwan_class_cfg *class,
				  const struct sdwan_law *law,
				  const struct sdwan_policy *policy,
				  struct sdwan_verdict *verdict)
{
	/* which is told of it */
	sdwan_decide_class(d->candidate, d->n_candidates, law);
	return verdict->id != policy->path;
}

/* This end decides: sets what is active, and says whether that is another path. */
static bool sdwan_decision_local(struct sdwan_decisions *d,
				 const struct sdwan_class_cfg *class,
				 const struct sdwan_law *law,
				 const struct sdwan_policy *policy,
				 struct sdwan_verdict *verdict)
{
	unsigned int i;

	if (class->mode == SDWAN_CLASS_MODE_BALANCE) {
		verdict->id = 0;
		verdict->reason = sdwan_decide_set(d->candidate,
						   d->n_candidates, law,
						   &d->rnd);
		/* from before the class had this mode */
		return policy->path;
	}
	*verdict = sdwan_decide(d->candidate, d->n_candidates, law,
				policy->path, &d->rnd);
	for (i = 0; i < d->n_candidates; i++)
		d->candidate[i].active = d->candidate[i].id == verdict->id;
	return verdict->id != policy->path;
}

/* Returns false where costs are to be waited for. */
static bool sdwan_decision_make(struct sdwan_decisions *d,
				struct sdwan_site *site,
				const struct sdwan_class_cfg *class, bool still,
				u64 now)
{
	struct sdwan_policy *policy;
	struct sdwan_verdict verdict;
	struct sdwan_law law;
	bool moved, known, told;
	u8 by;

	known = sdwan_decision_gather(d, class, class->metric);
	policy = sdwan_policy_get(site, class->class->obj.id);
	if (!policy)
		return true;
	told = sdwan_agree_told(d, class, policy->path, &verdict);
	by = told ? SDWAN_DECIDER_PEER : SDWAN_DECIDER_LOCAL;
	/* who is new waits for the first costs */
	if (!known && !policy->since && !told)
		return !d->n_candidates;
	d->runs++;
	law = sdwan_decision_law(class, still ||
				 sdwan_policy_hold(policy, class->round, now));
	law.group = sdwan_group_company(d, class, policy->path);
	if (told)
		moved = sdwan_decision_follow(d, class, &law, policy, &verdict);
	else
		moved = sdwan_decision_local(d, class, &law, policy, &verdict);
	if (sdwan_decision_objectives(d, class)) {
		d->changed = true;
		site->goals = d->goals - 1;
	}
	if (sdwan_decision_tell(d, class, now) &&
	    class->mode == SDWAN_CLASS_MODE_BALANCE)
		moved = true;
	if (!moved && policy->since && by != policy->by)
		verdict.reason = told ? SDWAN_DECISION_REASON_AGREED :
					SDWAN_DECISION_REASON_SILENT;
	if (moved || !policy->since || by != policy->by) {
		d->changed = true;
		sdwan_group_move(d, class, policy->path, verdict.id);
		sdwan_decision_install(policy, class, verdict, by, now);
		sdwan_decision_event(d, site, class, policy);
	}
	if (class->shadow)
		sdwan_decision_shadow(d, class, policy, still);
	return true;
}

static void sdwan_decision_guard_class(struct sdwan_decisions *d,
				       const struct sdwan_class_cfg *class)
{
	unsigned int i;

	if (!sdwan_sla_any(&class->sla))
		return;
	for (i = 0; i < d->n_prospects; i++) {
		struct sdwan_prospect *p = &d->prospect[i];

		if (sdwan_class_carries(class, p->path) &&
		    !(sdwan_path_order(p->path, class->class->obj.id) &
		      SDWAN_ORDER_BREACH))
			sdwan_sla_tighten(&p->alarm, &class->sla);
	}
}

/*
 * Say what is to be noticed at once, by all classes: of a path that is up. Of another
 * one nothing is, until its state changes.
 */
static void sdwan_decision_guard(struct sdwan_decisions *d,
				 struct sdwan_site *site)
{
	struct sdwan_object *obj;
	unsigned long id;
	unsigned int i;

	xa_for_each_marked(&d->sn->table[SDWAN_KIND_CLASS].ids, id, obj,
			   SDWAN_CLASS_DECIDES) {
		sdwan_decision_guard_class(d, sdwan_class_cfg(sdwan_object_cfg(obj)));
		cond_resched();
	}
	for (i = 0; i < d->n_prospects; i++) {
		struct sdwan_prospect *p = &d->prospect[i];

		if (!sdwan_prospect_up(p))
			p->alarm = (struct sdwan_sla) {};
		sdwan_sla_guard(p->path, &p->alarm);
	}
	site->goals = d->goals;
}

static void sdwan_decision_wait(struct sdwan_decisions *d,
				struct sdwan_class *class)
{
	class->due = 0;
	WRITE_ONCE(d->fresh, true);
}

/* Returns false where there are more of them. */
static bool sdwan_decision_classes(struct sdwan_decisions *d,
				   struct sdwan_site *site,
				   struct sdwan_pass *pass, u64 now)
{
	struct xarray *ids = &d->sn->table[SDWAN_KIND_CLASS].ids;
	xa_mark_t mark = pass->urgent ? SDWAN_CLASS_DECIDES : SDWAN_CLASS_DUE;
	unsigned int done = 0;
	struct sdwan_object *obj;

	for (obj = xa_find(ids, &pass->class, ULONG_MAX, mark); obj;
	     obj = xa_find_after(ids, &pass->class, ULONG_MAX, mark)) {
		if (done >= SDWAN_DECISION_BUDGET)
			return false;
		if (!sdwan_decision_make(d, site,
					 sdwan_class_cfg(sdwan_object_cfg(obj)),
					 pass->urgent, now))
			sdwan_decision_wait(d, to_class(obj));
		done += d->n_prospects;
	}
	return true;
}

/**
 * sdwan_decision_site() - decide on a site, for those classes whose turn it is
 * @d: decisions; sdwan_net.lock is held
 * @site: site
 * @pass: what is at work; the class that is next
 *
 * Return: false where it goes on with that class.
 */
bool sdwan_decision_site(struct sdwan_decisions *d, struct sdwan_site *site,
			 struct sdwan_pass *pass)
{
	u64 now = ktime_get_ns();
	bool done = true;

	if (sdwan_decision_look(d, site)) {
		sdwan_group_count(d, site);
		done = sdwan_decision_classes(d, site, pass, now);
		if (done && (pass->urgent || site->goals != d->goals))
			sdwan_decision_guard(d, site);
	}
	d->time += ktime_get_ns() - now;
	return done;
}

/**
 * sdwan_decision_told() - the leader has told something new
 * @d: decisions; sdwan_net.lock is held
 * @site: of the leader
 * @classes: a bit for each class that this is of
 * @n: length of @classes
 * @now: ktime
 *
 * Context: Process context.
 */
void sdwan_decision_told(struct sdwan_decisions *d, struct sdwan_site *site,
			 const unsigned long *classes, unsigned int n, u64 now)
{
	struct xarray *ids = &d->sn->table[SDWAN_KIND_CLASS].ids;
	struct sdwan_object *obj;
	unsigned int id;

	if (!sdwan_decision_look(d, site))
		return;
	sdwan_group_count(d, site);
	for_each_set_bit(id, classes, n) {
		obj = xa_load(ids, id);
		if (obj && rcu_access_pointer(obj->cfg) && to_class(obj)->decides)
			sdwan_decision_make(d, site,
					    sdwan_class_cfg(sdwan_object_cfg(obj)),
					    true, now);
	}
	if (d->changed)
		sdwan_decision_show(d);
}
