// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: which paths carry classes
 *
 * Decided is on each class and site, site by site: who else wants the lock of the
 * fabric waits for one. Every class has its rounds. Beside them, on sites of which
 * something has happened that does not wait, it is decided as well; then cost is no
 * reason to move.
 */
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/random.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "decision.h"
#include "metric.h"
#include "object.h"
#include "rank.h"
#include "site.h"

/* Rounds that are this near, in ns, are one. */
#define SDWAN_DECISION_GRAIN	(20 * NSEC_PER_MSEC)

/* Paths that are looked at before others get the lock. */
#define SDWAN_DECISION_SCAN	1024

static struct sdwan_path *to_path(struct sdwan_object *obj)
{
	return container_of(obj, struct sdwan_path, obj);
}

static struct sdwan_class *to_class(struct sdwan_object *obj)
{
	return container_of(obj, struct sdwan_class, obj);
}

static void sdwan_decisions_arm(struct sdwan_decisions *d, unsigned long delay)
{
	if (READ_ONCE(d->classes) && !READ_ONCE(d->sn->dying))
		mod_delayed_work(system_unbound_wq, &d->work, delay);
}

/**
 * sdwan_decisions_kick() - decide now on what is not to wait
 * @sn: fabric
 *
 * Context: Any.
 */
void sdwan_decisions_kick(struct sdwan_net *sn)
{
	atomic_set(&sn->decisions->hasty, 1);
	sdwan_decisions_arm(sn->decisions, 0);
}

/**
 * sdwan_decisions_hasten() - the state of a path has changed
 * @sn: fabric; its lock is held
 * @site: where the path leads
 */
void sdwan_decisions_hasten(struct sdwan_net *sn, struct sdwan_site *site)
{
	site->urgent = true;
	sdwan_decisions_kick(sn);
}

/**
 * sdwan_decisions_costs() - what paths cost was computed
 * @sn: fabric
 *
 * Classes are waiting for that which are new.
 */
void sdwan_decisions_costs(struct sdwan_net *sn)
{
	struct sdwan_decisions *d = sn->decisions;

	if (READ_ONCE(d->fresh))
		sdwan_decisions_arm(d, 0);
}

/**
 * sdwan_decisions_begin() - a class has another configuration
 * @class: class
 * @cfg: its configuration, committed
 *
 * Context: Process context, under sdwan_net.lock.
 */
void sdwan_decisions_begin(struct sdwan_class *class,
			   const struct sdwan_class_cfg *cfg)
{
	struct sdwan_net *sn = class->obj.sn;
	struct sdwan_decisions *d = sn->decisions;

	if (!cfg->decided) {
		sdwan_decisions_end(class);
		return;
	}
	if (!class->decides)
		WRITE_ONCE(d->classes, d->classes + 1);
	class->decides = true;
	class->due = 0;
	WRITE_ONCE(d->fresh, true);
	sdwan_metrics_kick(sn);
}

/**
 * sdwan_decisions_end() - a class is not decided any more
 * @class: class
 *
 * Context: Process context, under sdwan_net.lock.
 */
void sdwan_decisions_end(struct sdwan_class *class)
{
	struct sdwan_decisions *d = class->obj.sn->decisions;

	if (!class->decides)
		return;
	class->decides = false;
	WRITE_ONCE(d->classes, d->classes - 1);
	sdwan_policy_forget(class->obj.sn, class->obj.id);
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
	if (!sdwan_decision_room(d, n))
		return false;
	list_for_each_entry(cfg, &site->paths, by_site) {
		struct sdwan_prospect *p = &d->prospect[d->n_prospects++];

		*p = (struct sdwan_prospect) {
			.path = cfg->path,
			.cfg = cfg,
		};
		sdwan_sla_look(p->path, &p->view);
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
	for (i = 0; i < d->n_prospects; i++) {
		struct sdwan_prospect *p = &d->prospect[i];
		u8 order = sdwan_path_order(p->path, id);
		const struct sdwan_trend *trend;

		if (!sdwan_class_carries(class, p->path))
			continue;
		trend = sdwan_metric_trend(p->path, metric);
		known |= !!trend;
		d->candidate[d->n_candidates++] = (struct sdwan_candidate) {
			.id = p->path->obj.id,
			.index = i,
			.cost = trend ? trend->mean : SDWAN_COST_UNKNOWN,
			.fluctuation = trend ? trend->fluctuation : 0,
			.preference = p->cfg->preference,
			.up = sdwan_prospect_up(p),
			.compliant = sdwan_prospect_compliant(p, class,
				!(order & SDWAN_ORDER_BREACH)),
			.active = (order & SDWAN_ORDER_PLACE) == 1,
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

/* Tell the data path; returns whether another path is among the first. */
static bool sdwan_decision_tell(struct sdwan_decisions *d, u32 class)
{
	bool changed = false;
	unsigned int i;

	sdwan_decide_order(d->candidate, d->n_candidates);
	for (i = 0; i < d->n_candidates; i++) {
		const struct sdwan_candidate *c = &d->candidate[i];
		struct sdwan_path *path = d->prospect[c->index].path;
		u8 was = sdwan_path_order(path, class) & SDWAN_ORDER_PLACE;
		u8 order = c->active ? 1 : min(i + 2, SDWAN_ORDER_PLACE - 1);

		changed |= (was == 1) != c->active;
		if (!c->compliant)
			order |= SDWAN_ORDER_BREACH;
		if (c->cost == SDWAN_METRIC_NEVER)
			order |= SDWAN_ORDER_NEVER;
		sdwan_path_set_order(path, class, order);
	}
	return changed;
}

static u32 sdwan_policy_tick(u64 now)
{
	return now >> SDWAN_POLICY_TICK;
}

static bool sdwan_policy_held(const struct sdwan_policy *policy, u64 now)
{
	return (s32)(policy->hold - sdwan_policy_tick(now)) > 0;
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

	if (verdict.reason > SDWAN_DECISION_REASON_FIRST) {
		sdwan_policy_note(policy, now);
		policy->why |= verdict.reason;
		policy->flaps = sdwan_decide_flaps(policy->flaps,
						   now - policy->since, round);
		policy->hold = sdwan_policy_tick(now +
			sdwan_decide_hold(policy->flaps, round));
		policy->moves++;
	}
	policy->path = verdict.id;
	policy->reason = verdict.reason;
	policy->by = by;
	policy->since = now;
}

static void sdwan_decision_shadow(struct sdwan_decisions *d,
				  const struct sdwan_class_cfg *class,
				  struct sdwan_policy *policy, bool still)
{
	struct sdwan_law law = sdwan_decision_law(class, still);
	struct sdwan_verdict verdict;

	if (!sdwan_decision_gather(d, class, class->shadow))
		return;
	verdict = sdwan_decide(d->candidate, d->n_candidates, &law,
			       policy->shadow, &d->rnd);
	if (verdict.id == policy->shadow)
		return;
	if (policy->shadow && verdict.id)
		policy->shadow_moves++;
	policy->shadow = verdict.id;
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
		return false;
	}
	*verdict = sdwan_decide(d->candidate, d->n_candidates, law,
				policy->path, &d->rnd);
	for (i = 0; i < d->n_candidates; i++)
		d->candidate[i].active = d->candidate[i].id == verdict->id;
	return verdict->id != policy->path;
}

static void sdwan_decision_make(struct sdwan_decisions *d,
				struct sdwan_site *site,
				const struct sdwan_class_cfg *class, bool still,
				u64 now)
{
	struct sdwan_policy *policy;
	struct sdwan_verdict verdict;
	struct sdwan_law law;
	bool moved, known;

	known = sdwan_decision_gather(d, class, class->metric);
	policy = sdwan_policy_get(site, class->class->obj.id);
	/* who is new waits for the first costs */
	if (!policy || (!known && !policy->since))
		return;
	d->runs++;
	law = sdwan_decision_law(class,
				 still || sdwan_policy_held(policy, now));
	moved = sdwan_decision_local(d, class, &law, policy, &verdict);
	d->changed |= sdwan_decision_objectives(d, class);
	if (sdwan_decision_tell(d, class->class->obj.id) &&
	    class->mode == SDWAN_CLASS_MODE_BALANCE)
		moved = true;
	if (moved || !policy->since) {
		d->changed = true;
		sdwan_decision_install(policy, class, verdict,
				       SDWAN_DECIDER_LOCAL, now);
		sdwan_decision_event(d, site, class, policy);
	}
	if (class->shadow)
		sdwan_decision_shadow(d, class, policy, still);
}

/* What is to be noticed at once, whether or not it is the round of the class. */
static void sdwan_decision_guard(struct sdwan_decisions *d,
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

/* All classes on a site at once, or those whose round it is. */
static void sdwan_decision_site(struct sdwan_decisions *d,
				struct sdwan_site *site, bool urgent)
{
	u64 now = ktime_get_ns();
	struct sdwan_object *obj;
	unsigned long id;
	unsigned int i;

	if (!sdwan_decision_look(d, site))
		return;
	xa_for_each(&d->sn->table[SDWAN_KIND_CLASS].ids, id, obj) {
		const struct sdwan_class *class = to_class(obj);
		const struct sdwan_class_cfg *cfg;

		if (!class->decides)
			continue;
		cfg = sdwan_class_cfg(sdwan_object_cfg(obj));
		if (urgent || class->turn)
			sdwan_decision_make(d, site, cfg, urgent, now);
		sdwan_decision_guard(d, cfg);
	}
	for (i = 0; i < d->n_prospects; i++)
		sdwan_sla_guard(d->prospect[i].path, &d->prospect[i].alarm);
	d->time += ktime_get_ns() - now;
}

static bool sdwan_decision_urgent(struct sdwan_path *path)
{
	return path->peer->site->urgent || READ_ONCE(path->alarmed);
}

/* Before it is looked at: what comes later is not to be missed. */
static void sdwan_decision_calm(struct sdwan_site *site)
{
	const struct sdwan_path_cfg *cfg;

	site->urgent = false;
	list_for_each_entry(cfg, &site->paths, by_site)
		WRITE_ONCE(cfg->path->alarmed, false);
}

/* The next site, if one of the next paths leads there that is to be looked at. */
static struct sdwan_site *sdwan_decision_next(struct sdwan_decisions *d,
					      unsigned long *id, bool urgent,
					      bool *more)
{
	struct xarray *ids = &d->sn->table[SDWAN_KIND_PATH].ids;
	struct sdwan_object *obj;
	unsigned int n;

	for (n = 0; n < SDWAN_DECISION_SCAN; n++) {
		obj = xa_find(ids, id, ULONG_MAX, XA_PRESENT);
		*more = obj;
		if (!obj)
			return NULL;
		++*id;
		if (!rcu_access_pointer(obj->cfg))
			continue;
		if (urgent ? sdwan_decision_urgent(to_path(obj)) :
			     sdwan_site_first(to_path(obj)))
			return to_path(obj)->peer->site;
	}
	return NULL;
}

/* Returns false behind the last path. */
static bool sdwan_decision_step(struct sdwan_decisions *d, unsigned long *id,
				bool urgent)
{
	struct sdwan_net *sn = d->sn;
	struct sdwan_site *site;
	bool more;

	mutex_lock(&sn->lock);
	site = sdwan_decision_next(d, id, urgent, &more);
	if (site) {
		if (urgent)
			sdwan_decision_calm(site);
		sdwan_decision_site(d, site, urgent);
	}
	if (d->changed && (urgent || !more)) {
		d->changed = false;
		/* flows look again: after they have been told what is decided */
		smp_store_release(&sn->path_changes, sn->path_changes + 1);
	}
	mutex_unlock(&sn->lock);
	return more;
}

static void sdwan_decision_hurry(struct sdwan_decisions *d)
{
	unsigned long id = 0;

	if (!atomic_xchg(&d->hasty, 0))
		return;
	while (!READ_ONCE(d->sn->dying) && sdwan_decision_step(d, &id, true))
		cond_resched();
}

static void sdwan_decision_round(struct sdwan_decisions *d)
{
	unsigned long id = 0;

	while (!READ_ONCE(d->sn->dying) && sdwan_decision_step(d, &id, false)) {
		cond_resched();
		sdwan_decision_hurry(d);
	}
}

/* The interval less up to a quarter, so that ends do not fall into step. */
static u64 sdwan_decision_interval(struct sdwan_decisions *d, u32 usec)
{
	u64 round = (u64)usec * NSEC_PER_USEC;

	return round - mul_u64_u32_shr(round / 4, prandom_u32_state(&d->rnd),
				       32);
}

/* Whose round is it? Returns whether it is any's, and when it is the next one's. */
static bool sdwan_decision_begin(struct sdwan_decisions *d, u64 *next)
{
	u64 now = ktime_get_ns();
	struct sdwan_object *obj;
	unsigned long id;
	bool any = false;

	*next = now + NSEC_PER_SEC;
	mutex_lock(&d->sn->lock);
	WRITE_ONCE(d->fresh, false);
	xa_for_each(&d->sn->table[SDWAN_KIND_CLASS].ids, id, obj) {
		struct sdwan_class *class = to_class(obj);
		const struct sdwan_class_cfg *cfg;

		if (!class->decides)
			continue;
		cfg = sdwan_class_cfg(sdwan_object_cfg(obj));
		class->turn = class->due <= now + SDWAN_DECISION_GRAIN;
		if (class->turn) {
			any = true;
			class->due = now + sdwan_decision_interval(d, cfg->round);
		}
		*next = min(*next, class->due);
	}
	mutex_unlock(&d->sn->lock);
	return any;
}

static void sdwan_decision_work(struct work_struct *work)
{
	struct sdwan_decisions *d = container_of(to_delayed_work(work),
						 struct sdwan_decisions, work);
	bool any;
	u64 next;
	s64 left;

	any = sdwan_decision_begin(d, &next);
	sdwan_decision_hurry(d);
	if (any)
		sdwan_decision_round(d);

	if (!READ_ONCE(d->classes) || READ_ONCE(d->sn->dying))
		return;
	left = next - ktime_get_ns();
	/* who was hasty meanwhile has it run at once */
	queue_delayed_work(system_unbound_wq, &d->work,
			   nsecs_to_jiffies(max(left, 0LL)) + 1);
}

/**
 * sdwan_decisions_alloc() - make what decides
 * @sn: fabric
 *
 * Return: it, or NULL.
 */
struct sdwan_decisions *sdwan_decisions_alloc(struct sdwan_net *sn)
{
	struct sdwan_decisions *d = kzalloc(sizeof(*d), GFP_KERNEL_ACCOUNT);

	if (!d)
		return NULL;
	d->sn = sn;
	prandom_seed_state(&d->rnd, get_random_u64());
	INIT_DELAYED_WORK(&d->work, sdwan_decision_work);
	return d;
}

/**
 * sdwan_decisions_stop() - decide nothing any more
 * @d: of a fabric that is dying
 *
 * Context: Process context, with no lock held.
 */
void sdwan_decisions_stop(struct sdwan_decisions *d)
{
	cancel_delayed_work_sync(&d->work);
}

/**
 * sdwan_decisions_free() - free what decides
 * @d: stopped or never used, or NULL
 */
void sdwan_decisions_free(struct sdwan_decisions *d)
{
	if (!d)
		return;
	kvfree(d->prospect);
	kvfree(d->candidate);
	kfree(d);
}
