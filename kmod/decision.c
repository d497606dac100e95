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
#include "site.h"

/* Rounds that are this near, in ns, or a part of their length, are one. */
#define SDWAN_DECISION_GRAIN	(20 * NSEC_PER_MSEC)
#define SDWAN_DECISION_NEAR	16

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

/* What is marked is committed: the mark goes before, or with the object. */
static void sdwan_class_mark(const struct sdwan_class *class, xa_mark_t mark,
			     bool set)
{
	struct xarray *ids = &class->obj.sn->table[SDWAN_KIND_CLASS].ids;

	if (set)
		xa_set_mark(ids, class->obj.id, mark);
	else
		xa_clear_mark(ids, class->obj.id, mark);
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
	sdwan_group_join(&d->groups, class, cfg);
	sdwan_class_mark(class, SDWAN_CLASS_DECIDES, true);
	class->due = 0;
	d->goals++;
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
	class->told = 0;
	list_del_init(&class->grouped);
	/* it is in the table no more where it was deleted */
	sdwan_class_mark(class, SDWAN_CLASS_DECIDES, false);
	sdwan_class_mark(class, SDWAN_CLASS_DUE, false);
	WRITE_ONCE(d->classes, d->classes - 1);
	sdwan_policy_forget(class->obj.sn, class->obj.id);
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

/* The site at work, or the next one, if one of the next paths leads there. */
static struct sdwan_site *sdwan_decision_next(struct sdwan_decisions *d,
					      struct sdwan_pass *pass)
{
	struct xarray *ids = &d->sn->table[SDWAN_KIND_PATH].ids;
	unsigned long at = pass->path;
	struct sdwan_object *obj;
	unsigned int n;

	for (n = 0; n < SDWAN_DECISION_SCAN; n++, pass->path++) {
		obj = xa_find(ids, &pass->path, ULONG_MAX, XA_PRESENT);
		pass->more = obj;
		if (!obj)
			return NULL;
		/* the path by which it was come to may be gone */
		if (pass->path != at)
			pass->class = 0;
		if (!rcu_access_pointer(obj->cfg))
			continue;
		if (pass->class || (pass->urgent ?
				    sdwan_decision_urgent(to_path(obj)) :
				    sdwan_site_first(to_path(obj))))
			return to_path(obj)->peer->site;
	}
	return NULL;
}

/**
 * sdwan_decision_show() - have flows look what is decided for them
 * @d: decisions; sdwan_net.lock is held
 */
void sdwan_decision_show(struct sdwan_decisions *d)
{
	d->changed = false;
	/* flows look again: after they have been told what is decided */
	smp_store_release(&d->sn->path_changes, d->sn->path_changes + 1);
}

/* Returns false behind the last path. */
static bool sdwan_decision_step(struct sdwan_decisions *d,
				struct sdwan_pass *pass)
{
	struct sdwan_site *site;

	mutex_lock(&d->sn->lock);
	site = sdwan_decision_next(d, pass);
	if (site) {
		if (pass->urgent && !pass->class)
			sdwan_decision_calm(site);
		if (sdwan_decision_site(d, site, pass)) {
			pass->class = 0;
			pass->path++;
		}
	}
	if (d->changed && (pass->urgent || !pass->more))
		sdwan_decision_show(d);
	mutex_unlock(&d->sn->lock);
	return pass->more;
}

static void sdwan_decision_hurry(struct sdwan_decisions *d)
{
	struct sdwan_pass pass = { .urgent = true };

	if (!atomic_xchg(&d->hasty, 0))
		return;
	while (!READ_ONCE(d->sn->dying) && sdwan_decision_step(d, &pass))
		cond_resched();
}

static void sdwan_decision_round(struct sdwan_decisions *d)
{
	struct sdwan_pass pass = {};

	while (!READ_ONCE(d->sn->dying) && sdwan_decision_step(d, &pass)) {
		cond_resched();
		sdwan_decision_hurry(d);
	}
}

static void sdwan_decision_leave(struct sdwan_decisions *d,
				 struct sdwan_path *path, u64 now)
{
	bool more = path->grace;

	if (path->grace && path->grace <= now) {
		d->changed |= sdwan_path_tick(path, &more);
		path->grace = more ? now + SDWAN_DECISION_TICK : 0;
	}
	if (more)
		d->grace = min_not_zero(d->grace, path->grace);
}

/* Flows have had some time to leave paths in breach in a gap. */
static void sdwan_decision_part(struct sdwan_decisions *d)
{
	struct xarray *ids = &d->sn->table[SDWAN_KIND_PATH].ids;
	u64 now = ktime_get_ns();
	struct sdwan_object *obj;
	unsigned long id = 0;
	unsigned int n;

	if (!d->grace || d->grace > now)
		return;
	d->grace = 0;
	do {
		mutex_lock(&d->sn->lock);
		for (n = 0; n < SDWAN_DECISION_SCAN; n++, id++) {
			obj = xa_find(ids, &id, ULONG_MAX, XA_PRESENT);
			if (!obj)
				break;
			sdwan_decision_leave(d, to_path(obj), now);
		}
		if (d->changed)
			sdwan_decision_show(d);
		mutex_unlock(&d->sn->lock);
		cond_resched();
	} while (obj && !READ_ONCE(d->sn->dying));
}

/*
 * The interval less up to a quarter, so that ends do not fall into step. That part is
 * the same for all classes of a fabric: these do, which saves time.
 */
static u64 sdwan_decision_interval(u32 usec, u32 random)
{
	u64 round = (u64)usec * NSEC_PER_USEC;

	return round - mul_u64_u32_shr(round / 4, random, 32);
}

static bool sdwan_decision_due(const struct sdwan_class *class, u32 usec,
			       u64 now)
{
	u64 near = (u64)usec * NSEC_PER_USEC / SDWAN_DECISION_NEAR;

	return class->due <= now + max_t(u64, near, SDWAN_DECISION_GRAIN);
}

/* Whose round is it? Returns whether it is any's, and when it is the next one's. */
static bool sdwan_decision_begin(struct sdwan_decisions *d, u64 *next)
{
	struct xarray *ids = &d->sn->table[SDWAN_KIND_CLASS].ids;
	u64 now = ktime_get_ns();
	struct sdwan_object *obj;
	unsigned long id;
	bool any = false;
	u32 random;

	*next = now + NSEC_PER_SEC;
	mutex_lock(&d->sn->lock);
	WRITE_ONCE(d->fresh, false);
	random = prandom_u32_state(&d->rnd);
	xa_for_each_marked(ids, id, obj, SDWAN_CLASS_DECIDES) {
		struct sdwan_class *class = to_class(obj);
		u32 round = sdwan_class_cfg(sdwan_object_cfg(obj))->round;
		bool due = sdwan_decision_due(class, round, now);

		sdwan_class_mark(class, SDWAN_CLASS_DUE, due);
		if (due)
			class->due = now + sdwan_decision_interval(round, random);
		any |= due;
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
	sdwan_decision_part(d);
	sdwan_decision_hurry(d);
	if (any)
		sdwan_decision_round(d);

	if (READ_ONCE(d->sn->dying) || (!READ_ONCE(d->classes) && !d->grace))
		return;
	if (d->grace)
		next = min(next, d->grace);
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
	sdwan_groups_init(&d->groups);
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
	sdwan_groups_exit(&d->groups);
	kvfree(d->prospect);
	kvfree(d->candidate);
	kfree(d);
}
