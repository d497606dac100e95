// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: what gateways agree on
 *
 * Of the leader, what is on a path is what was decided: the places of the path in the
 * ordered lists say so, and nothing else is kept but a bit for what is to be told.  Of
 * the follower, a bit says what it was told.  Ids of policies are computed when they are
 * needed; both compare sums of them, and where these differ, all is told anew, range by
 * range.
 */
#include <linux/bitmap.h>
#include <linux/ktime.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/siphash.h>
#include <linux/slab.h>

#include "agree.h"
#include "decision.h"
#include "leader.h"
#include "metric.h"
#include "node.h"
#include "object.h"
#include "probe.h"
#include "probe_msg.h"
#include "prog.h"
#include "rank.h"

/* Bits are allocated for so many classes more. */
#define SDWAN_AGREE_BITS	64

/* Of a class that is decided; of others there are no policies. */
static const struct sdwan_class_cfg *sdwan_agree_class(struct sdwan_net *sn,
						       u32 class)
{
	struct sdwan_object *obj = xa_load(&sn->table[SDWAN_KIND_CLASS].ids,
					   class);
	struct sdwan_cfg *cfg = obj ? sdwan_object_cfg(obj) : NULL;

	return cfg && sdwan_class_cfg(cfg)->decided ? sdwan_class_cfg(cfg) :
						      NULL;
}

static u64 sdwan_agree_id(const struct sdwan_path *path,
			  const struct sdwan_class_cfg *class)
{
	const struct sdwan_node_cfg *node;
	u32 site;

	rcu_read_lock();
	node = sdwan_node_rcu(path->obj.sn);
	site = node ? node->site : 0;
	rcu_read_unlock();
	return sdwan_policy_id(class->policy, site, path->peer->site->id);
}

/**
 * sdwan_agree_goals() - what tells the goals of a class from others
 * @class: configuration of the class
 *
 * How often is decided, and when to leave for cost alone, is the leader's business.
 *
 * Context: Under sdwan_net.lock.
 *
 * Return: seven bits, as SDWAN_TLV_GOALS.
 */
u8 sdwan_agree_goals(const struct sdwan_class_cfg *class)
{
	static const siphash_key_t key;
	const u32 words[] = {
		class->mode, class->strict, class->sla.latency,
		class->sla.jitter, class->sla.loss, class->sla.margin,
	};
	u64 digest = 0;
	unsigned int i;

	if (class->metric)
		digest = sdwan_metric_cfg(sdwan_object_cfg(&class->metric->obj))->prog->digest;
	for (i = 0; i < ARRAY_SIZE(words); i++)
		digest = siphash_2u64(digest, words[i], &key);
	return digest & SDWAN_TLV_GOALS;
}

/**
 * sdwan_agree_keyed() - whether there is a key, without which nothing is told
 * @path: path
 *
 * Return: true where its peer has one.
 */
bool sdwan_agree_keyed(const struct sdwan_path *path)
{
	bool keyed;

	rcu_read_lock();
	keyed = sdwan_probe_auth(path);
	rcu_read_unlock();
	return keyed;
}

/**
 * sdwan_agree_bit() - whether a bit is set
 * @a: agreement on a path
 * @class: number of the class
 *
 * Return: true where it is.
 */
bool sdwan_agree_bit(const struct sdwan_agree *a, u32 class)
{
	return class < a->n_bits && test_bit(class, a->bits);
}

/* Where there is no memory, digests will differ, and all is told anew. */
static void sdwan_agree_bit_set(struct sdwan_agree *a, u32 class)
{
	u32 n = round_up(class + 1, SDWAN_AGREE_BITS);
	unsigned long *bits;

	if (class >= a->n_bits) {
		bits = bitmap_zalloc(n, GFP_KERNEL_ACCOUNT);
		if (!bits)
			return;
		if (a->n_bits)
			bitmap_copy(bits, a->bits, a->n_bits);
		bitmap_free(a->bits);
		a->bits = bits;
		a->n_bits = n;
	}
	set_bit(class, a->bits);
}

/**
 * sdwan_agree_bit_put() - set or clear a bit
 * @a: agreement on a path
 * @class: number of the class
 * @set: set it
 *
 * Context: Process context, under sdwan_net.lock.
 *
 * Return: true where it was the other way round before.
 */
bool sdwan_agree_bit_put(struct sdwan_agree *a, u32 class, bool set)
{
	if (sdwan_agree_bit(a, class) == set)
		return false;
	if (set)
		sdwan_agree_bit_set(a, class);
	else
		clear_bit(class, a->bits);
	return true;
}

/**
 * sdwan_agree_mark() - something of what is on a path has changed
 * @path: path; sdwan_net.lock is held
 */
void sdwan_agree_mark(struct sdwan_path *path)
{
	struct sdwan_agree *a = &path->agree;

	if (!list_empty(&a->list))
		return;
	list_add_tail(&a->list, &path->obj.sn->agrees->dirty);
	sdwan_agrees_kick(path->obj.sn);
}

/**
 * sdwan_agree_changed() - a class has come to a path, or left it
 * @path: path; sdwan_net.lock is held
 * @class: number of the class
 */
void sdwan_agree_changed(struct sdwan_path *path, u32 class)
{
	struct sdwan_agree *a = &path->agree;

	if (!sdwan_agree_keyed(path))
		return;
	if (sdwan_agree_leads(path)) {
		sdwan_agree_bit_put(a, class, true);
		a->stale = true;
	}
	sdwan_agree_mark(path);
}

/**
 * sdwan_agree_gone() - a class is not decided any more
 * @path: path; sdwan_net.lock is held
 * @class: number of the class
 *
 * How its policy was called is forgotten: sums will differ.
 */
void sdwan_agree_gone(struct sdwan_path *path, u32 class)
{
	if (sdwan_agree_bit_put(&path->agree, class, false) ||
	    sdwan_order_first(sdwan_path_order(path, class)))
		sdwan_agree_mark(path);
}

/**
 * sdwan_agree_named() - a class is new, or called otherwise
 * @path: path; sdwan_net.lock is held
 * @class: configuration of the class
 *
 * Where its policy is one of those that no class belonged to, all of these are
 * forgotten: sums will differ.
 */
void sdwan_agree_named(struct sdwan_path *path,
		       const struct sdwan_class_cfg *class)
{
	struct sdwan_agree *a = &path->agree;

	if (!a->strangers ||
	    (!a->strangers->more &&
	     !sdwan_strangers_has(a->strangers, sdwan_agree_id(path, class))))
		return;
	*a->strangers = (struct sdwan_strangers) {};
	sdwan_agree_mark(path);
}

/**
 * sdwan_agree_drop() - a path is deleted
 * @path: path; sdwan_net.lock is held
 */
void sdwan_agree_drop(struct sdwan_path *path)
{
	list_del_init(&path->agree.list);
}

/**
 * sdwan_agree_recent() - whether the other end was heard not long ago
 * @path: path
 * @now: ktime
 *
 * Return: true where it was heard on this path within the lifetime of its word.
 */
bool sdwan_agree_recent(struct sdwan_path *path, u64 now)
{
	struct sdwan_agree *a = &path->agree;
	bool recent;

	spin_lock_bh(&path->probe->lock);
	recent = a->heard_at && (s64)(now - a->heard_at) <
		 (s64)(a->heard_interval * SDWAN_AGREE_LIFETIME);
	spin_unlock_bh(&path->probe->lock);
	return recent;
}

/**
 * sdwan_agree_look() - look whether the leader has something to say of a path
 * @p: path of a site that is decided on; sdwan_net.lock is held
 * @now: ktime
 */
void sdwan_agree_look(struct sdwan_prospect *p, u64 now)
{
	struct sdwan_path *path = p->path;

	if (!path->peer->led || !sdwan_agree_keyed(path))
		return;
	p->told = &path->agree;
	p->recent = sdwan_agree_recent(path, now);
}

/* Of what the leader has told, what was heard of late counts, if there is some. */
static bool sdwan_agree_better(const struct sdwan_prospect *a,
			       const struct sdwan_prospect *b)
{
	if (a->recent != b->recent)
		return a->recent;
	return a->path->peer->gateway < b->path->peer->gateway;
}

static bool sdwan_agree_alike(const struct sdwan_prospect *a,
			      const struct sdwan_prospect *b)
{
	return a->recent == b->recent && a->path->peer == b->path->peer;
}

/* The one that the leader has moved to, or the current one, or one that is up. */
static int sdwan_agree_rank(const struct sdwan_candidate *c, u32 newest,
			    u32 current_id)
{
	if (c->id == newest)
		return 3;
	return c->up ? 1 + (c->id == current_id) : 0;
}

/**
 * sdwan_agree_told() - what the leader has decided
 * @d: decisions, who have gathered the candidates; sdwan_net.lock is held
 * @class: configuration of the class
 * @current_id: the path that was decided for, 0 for none
 * @verdict: result, with what is active
 *
 * Of several gateways of a site, the one with the lowest number is followed.
 *
 * Return: false where nobody has.
 */
bool sdwan_agree_told(struct sdwan_decisions *d,
		      const struct sdwan_class_cfg *class, u32 current_id,
		      struct sdwan_verdict *verdict)
{
	u32 newest = d->sn->agrees ? d->sn->agrees->newest : 0;
	const struct sdwan_prospect *best = NULL, *p;
	u32 id = class->class->obj.id;
	int rank, highest = -1;
	unsigned int i;

	for (i = 0; i < d->n_candidates; i++) {
		p = &d->prospect[d->candidate[i].index];
		if (p->told && sdwan_agree_bit(p->told, id) &&
		    (!best || sdwan_agree_better(p, best)))
			best = p;
	}
	if (!best)
		return false;
	*verdict = (struct sdwan_verdict) {
		.reason = SDWAN_DECISION_REASON_TOLD,
	};
	for (i = 0; i < d->n_candidates; i++) {
		struct sdwan_candidate *c = &d->candidate[i];

		p = &d->prospect[c->index];
		c->active = p->told && sdwan_agree_bit(p->told, id) &&
			    sdwan_agree_alike(p, best);
		if (!c->active || class->mode == SDWAN_CLASS_MODE_BALANCE)
			continue;
		rank = sdwan_agree_rank(c, newest, current_id);
		if (rank > highest) {
			highest = rank;
			verdict->id = c->id;
		}
	}
	for (i = 0; i < d->n_candidates &&
	     class->mode != SDWAN_CLASS_MODE_BALANCE; i++)
		d->candidate[i].active = d->candidate[i].id == verdict->id;
	return true;
}

/* All that the leader has on a path; of those from @low on, the lowest ones. */
static unsigned int sdwan_agree_collect(struct sdwan_path *path,
					struct sdwan_digest *said,
					struct sdwan_told *told,
					unsigned int max, u64 low)
{
	const struct sdwan_orders *orders;
	unsigned int n = 0;
	u32 class;

	orders = rcu_dereference_protected(path->orders,
					   lockdep_is_held(&path->obj.sn->lock));
	for (class = 0; orders && class < orders->n; class++) {
		const struct sdwan_class_cfg *cfg;
		struct sdwan_told next;

		if (!sdwan_order_first(orders->pos[class]))
			continue;
		cfg = sdwan_agree_class(path->obj.sn, class);
		if (!cfg)
			continue;
		next.id = sdwan_agree_id(path, cfg);
		sdwan_digest_add(said, next.id);
		if (!max)
			continue;
		next.class = class;
		next.flag = SDWAN_TLV_ACTIVE | sdwan_agree_goals(cfg);
		n = sdwan_told_lowest(told, n, max, &next, low);
	}
	return n;
}

/* Changes, as many as there is room for. Returns whether there are more. */
static bool sdwan_agree_changes(struct sdwan_path *path,
				struct sdwan_agree_out *out,
				struct sdwan_told *all)
{
	struct sdwan_agree *a = &path->agree;
	u32 class;

	out->n = 0;
	for_each_set_bit(class, a->bits, a->n_bits) {
		const struct sdwan_class_cfg *cfg;
		struct sdwan_told *told = &all[out->n];

		cfg = sdwan_agree_class(path->obj.sn, class);
		if (!cfg) {
			clear_bit(class, a->bits);
			continue;
		}
		if (out->n == SDWAN_AGREE_ENTRIES)
			return true;
		told->class = class;
		told->id = sdwan_agree_id(path, cfg);
		told->flag = sdwan_agree_goals(cfg);
		if (sdwan_order_first(sdwan_path_order(path, class)))
			told->flag |= SDWAN_TLV_ACTIVE;
		out->n++;
	}
	return false;
}

/* Changes before all that is told anew: they do not wait. */
static struct sdwan_agree_out *sdwan_agree_compose(struct sdwan_path *path,
						   struct sdwan_digest *said,
						   bool *more)
{
	struct sdwan_told told[SDWAN_AGREE_ENTRIES];
	struct sdwan_agree *a = &path->agree;
	struct sdwan_agree_out *out;
	unsigned int n;

	out = kmalloc(sizeof(*out), GFP_KERNEL_ACCOUNT);
	if (!out) {
		sdwan_agree_collect(path, said, NULL, 0, 0);
		return NULL;
	}
	*more = sdwan_agree_changes(path, out, told);
	if (out->n) {
		*more |= a->resync;
		sdwan_agree_collect(path, said, NULL, 0, 0);
		sdwan_agree_out_seal(out, told, false, 0);
		return out;
	}
	n = sdwan_agree_collect(path, said, told,
				a->resync ? SDWAN_AGREE_ENTRIES : 0, a->low);
	if (!a->resync) {
		kfree(out);
		return NULL;
	}
	out->n = n;
	/* where all places are taken there may be others behind the last one */
	out->high = n < SDWAN_AGREE_ENTRIES ? U64_MAX : told[n - 1].id;
	*more = out->high != U64_MAX;
	sdwan_agree_out_seal(out, told, true, a->low);
	return out;
}

static void sdwan_agree_refresh_leader(struct sdwan_path *path, u64 now)
{
	struct sdwan_probe *probe = path->probe;
	struct sdwan_agree *a = &probe->path->agree;
	struct sdwan_agree_out *out = NULL, *old = NULL;
	struct sdwan_digest said = {};
	bool more = a->more, new;

	new = (a->stale || !a->out) &&
	      (a->resync || !bitmap_empty(a->bits, a->n_bits));
	if (new)
		out = sdwan_agree_compose(path, &said, &more);
	else
		sdwan_agree_collect(path, &said, NULL, 0, 0);
	a->stale = false;
	spin_lock_bh(&probe->lock);
	a->said = said;
	a->carried = said.sum;
	a->unknown = 0;
	if (new) {
		old = a->out;
		a->out = out;
		a->out_at = 0;
		a->more = out && more;
	}
	if (out) {
		if (!++a->seq)
			a->seq = 1;
		sdwan_agree_hasten(probe, now);
	}
	spin_unlock_bh(&probe->lock);
	kfree(old);
}

/* Was it told of, by this leader? Then it has to be where that says. */
static bool sdwan_agree_led(const struct sdwan_path *path, u32 class)
{
	const struct sdwan_path *other;

	list_for_each_entry(other, &path->peer->members, of_peer)
		if (sdwan_agree_bit(&other->agree, class))
			return true;
	return false;
}

/* Another gateway of the site is followed: what this one tells goes for its own flows,
 * which are answered where they come from.
 */
static bool sdwan_agree_answers(const struct sdwan_path *path,
				const struct sdwan_class_cfg *cfg,
				const struct sdwan_policy *policy)
{
	const struct sdwan_path *other;
	u32 class = cfg->class->obj.id;

	/* on a path that is none of the class nothing is answered */
	if (!policy || policy->by != SDWAN_DECIDER_PEER ||
	    !sdwan_class_carries(cfg, path))
		return false;
	list_for_each_entry(other, &path->peer->members, of_peer)
		if (sdwan_order_first(sdwan_path_order(other, class)))
			return false;
	return true;
}

/* What the follower was told, what it has there, and what it has other goals for. */
static void sdwan_agree_sum(struct sdwan_path *path, struct sdwan_digest *said,
			    struct sdwan_digest *carried, u32 *differing)
{
	const struct sdwan_agree *a = &path->agree;
	struct sdwan_net *sn = path->obj.sn;
	struct sdwan_object *obj;
	unsigned long class;

	xa_for_each_marked(&sn->table[SDWAN_KIND_CLASS].ids, class, obj,
			   SDWAN_CLASS_DECIDES) {
		const struct sdwan_class_cfg *cfg;
		const struct sdwan_policy *policy;
		bool told, here;
		u64 id;

		told = sdwan_agree_bit(a, class);
		here = sdwan_order_first(sdwan_path_order(path, class)) &&
		       sdwan_agree_led(path, class);
		if (!told && !here)
			continue;
		cfg = sdwan_class_cfg(sdwan_object_cfg(obj));
		policy = sdwan_policy_find(path->peer->site, class);
		id = sdwan_agree_id(path, cfg);
		if (told)
			sdwan_digest_add(said, id);
		if (here || sdwan_agree_answers(path, cfg, policy))
			sdwan_digest_add(carried, id);
		*differing += told && policy &&
			      sdwan_policy_differs(policy, sdwan_agree_goals(cfg));
	}
}

static void sdwan_agree_refresh_follower(struct sdwan_path *path, u64 now)
{
	struct sdwan_digest said = {}, carried = {};
	struct sdwan_probe *probe = path->probe;
	struct sdwan_agree *a = &probe->path->agree;
	u32 i, differing = 0;

	sdwan_agree_sum(path, &said, &carried, &differing);
	for (i = 0; a->strangers && i < a->strangers->n; i++) {
		sdwan_digest_add(&said, a->strangers->id[i]);
		sdwan_digest_add(&carried, a->strangers->id[i]);
	}
	spin_lock_bh(&probe->lock);
	a->said = said;
	a->carried = carried.sum;
	a->unknown = a->strangers ? a->strangers->n : 0;
	a->full = a->strangers && a->strangers->more;
	a->differing = differing;
	if (a->heard_at && a->ack != a->applied) {
		a->ack = a->applied;
		a->ack_due = a->far.says & SDWAN_TLV_MORE;
		if (a->ack_due)
			sdwan_agree_hasten(probe, now);
	}
	spin_unlock_bh(&probe->lock);
	if (path->peer->led && a->far.says & SDWAN_TLV_LEADS && !a->full)
		sdwan_agree_judge(path, a->far.digest.sum == carried.sum, now);
}

/**
 * sdwan_agree_refresh() - find out what is on a path, and what is to be told of it
 * @path: committed path; sdwan_net.lock is held
 * @now: ktime
 *
 * Context: Process context.
 */
void sdwan_agree_refresh(struct sdwan_path *path, u64 now)
{
	list_del_init(&path->agree.list);
	if (sdwan_agree_leads(path))
		sdwan_agree_refresh_leader(path, now);
	else
		sdwan_agree_refresh_follower(path, now);
}
