// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: what the other gateway of a path has told
 *
 * The follower has what it is told installed at once.  What no class belongs to it keeps
 * as well, so that both count the same: else the leader would tell it again and again.
 */
#include <linux/bitmap.h>
#include <linux/ktime.h>
#include <linux/slab.h>

#include "agree.h"
#include "decision.h"
#include "leader.h"
#include "node.h"
#include "object.h"
#include "probe.h"

/* What goes for all policies of a message. */
struct sdwan_agree_apply {
	struct sdwan_path *path;
	const struct sdwan_tlv_decisions *d;
	u32 own_site;
	unsigned long *changed;		/* by the number of the class */
	unsigned int n_changed;		/* length of that */
	u32 matched;			/* entries, as bits */
	bool any;
};

/**
 * sdwan_agree_judge() - compare what both ends have on a path
 * @path: path; sdwan_net.lock is held
 * @same: they have the same
 * @now: ktime
 *
 * Context: Process context.
 */
void sdwan_agree_judge(struct sdwan_path *path, bool same, u64 now)
{
	struct sdwan_agree *a = &path->agree;

	a->judged = true;
	if (same == !a->apart)
		return;
	if (same) {
		a->apart_time += now - a->apart;
		a->apart = 0;
	} else {
		a->apart = now;
		a->disagreements++;
	}
	sdwan_agree_event(path, same ? SDWAN_AGREEMENT_CHANGE_AGREED :
				       SDWAN_AGREEMENT_CHANGE_DISAGREED,
			  NULL, 0);
}

static void sdwan_agree_acknowledged(struct sdwan_path *path,
				     struct sdwan_agree_out *out)
{
	struct sdwan_agree *a = &path->agree;
	unsigned int i;

	if (out->says & SDWAN_TLV_RANGE) {
		a->resync = out->high != U64_MAX;
		a->low = out->high + 1;
		return;
	}
	/* what has changed since is still to be told */
	if (a->stale)
		return;
	for (i = 0; i < out->n; i++)
		sdwan_agree_bit_put(a, out->class[i], false);
}

static struct sdwan_agree_out *sdwan_agree_take_out(struct sdwan_path *path,
						    u32 ack)
{
	struct sdwan_agree *a = &path->agree;
	struct sdwan_agree_out *out = NULL;

	spin_lock_bh(&path->probe->lock);
	if (a->out && ack == a->seq) {
		out = a->out;
		a->out = NULL;
	}
	spin_unlock_bh(&path->probe->lock);
	return out;
}

/**
 * sdwan_agree_resync() - tell the follower all where it misses something
 * @path: path that this end leads; sdwan_net.lock is held
 * @now: ktime
 *
 * Now and then: what was told may be on its way. Until it misses nothing,
 * sdwan_agrees.missing has somebody look again.
 */
void sdwan_agree_resync(struct sdwan_path *path, u64 now)
{
	struct sdwan_agrees *g = path->obj.sn->agrees;
	struct sdwan_agree *a = &path->agree;

	if (a->far.says & SDWAN_TLV_FULL ||
	    sdwan_digest_same(&a->far.digest, &a->said))
		return;
	g->missing = true;
	if (a->out || a->resync || a->stale || !list_empty(&a->list) ||
	    (a->resyncs &&
	     now - a->resync_at < (u64)g->interval * NSEC_PER_MSEC / 2))
		return;
	a->resync = true;
	a->low = 0;
	a->resync_at = now;
	a->resyncs++;
	sdwan_agree_mark(path);
}

static void sdwan_agree_hear_follower(struct sdwan_path *path,
				      const struct sdwan_agree_msg *msg)
{
	struct sdwan_agree *a = &path->agree;
	struct sdwan_agree_out *out;

	out = sdwan_agree_take_out(path, a->far.ack);
	if (out) {
		sdwan_agree_acknowledged(path, out);
		kfree(out);
		/* the next part */
		if (a->resync || !bitmap_empty(a->bits, a->n_bits))
			sdwan_agree_mark(path);
	}
	sdwan_agree_resync(path, msg->at);
	if (!(a->far.says & SDWAN_TLV_FULL))
		sdwan_agree_judge(path, a->far.carried == a->said.sum, msg->at);
}

/* Says who listens that a policy is differing, unless it was so before. */
static void sdwan_agree_goal(const struct sdwan_agree_apply *apply,
			     const struct sdwan_class_cfg *class, u8 flag)
{
	u8 goals = sdwan_agree_goals(class);
	struct sdwan_policy *policy;
	bool before;

	policy = sdwan_policy_get(apply->path->peer->site, class->class->obj.id);
	if (!policy)
		return;
	before = sdwan_policy_differs(policy, goals);
	policy->goals = (flag & SDWAN_TLV_GOALS) | SDWAN_POLICY_TOLD;
	if (!before && sdwan_policy_differs(policy, goals))
		sdwan_agree_event(apply->path, SDWAN_AGREEMENT_CHANGE_DIFFERING,
				  class, 0);
}

static void sdwan_agree_apply_class(struct sdwan_agree_apply *apply,
				    const struct sdwan_class_cfg *class)
{
	u64 id = sdwan_policy_id(class->policy, apply->own_site,
				 apply->path->peer->site->id);
	const struct sdwan_tlv_policy *entry = sdwan_agree_entries(apply->d);
	u32 number = class->class->obj.id;
	unsigned int i;
	u8 flag;

	if (!sdwan_agree_find(apply->d, id, &flag))
		return;
	for (i = 0; i < be16_to_cpu(apply->d->n); i++)
		if (be64_to_cpu(entry[i].id) == id)
			apply->matched |= BIT(i);
	if (flag & SDWAN_TLV_ACTIVE)
		sdwan_agree_goal(apply, class, flag);
	if (!sdwan_agree_bit_put(&apply->path->agree, number,
				 flag & SDWAN_TLV_ACTIVE))
		return;
	apply->any = true;
	if (number < apply->n_changed)
		set_bit(number, apply->changed);
}

/* What is left of a message: policies that no class belongs to. */
static void sdwan_agree_apply_strangers(struct sdwan_agree_apply *apply)
{
	const struct sdwan_tlv_policy *entry = sdwan_agree_entries(apply->d);
	const struct sdwan_tlv_range *r = (const void *)apply->d->data;
	struct sdwan_agree *a = &apply->path->agree;
	struct sdwan_strangers before = {};
	unsigned int i;

	if (a->strangers)
		before = *a->strangers;
	if (a->strangers && apply->d->says & SDWAN_TLV_RANGE)
		sdwan_strangers_clear(a->strangers, be64_to_cpu(r->low),
				      be64_to_cpu(r->high));
	for (i = 0; i < be16_to_cpu(apply->d->n); i++) {
		u64 id = be64_to_cpu(entry[i].id);

		if (!(entry[i].flag & SDWAN_TLV_ACTIVE)) {
			if (a->strangers)
				sdwan_strangers_del(a->strangers, id);
			continue;
		}
		if (apply->matched & BIT(i))
			continue;
		if (!a->strangers)
			a->strangers = kzalloc(sizeof(*a->strangers),
					       GFP_KERNEL_ACCOUNT);
		if (a->strangers && sdwan_strangers_add(a->strangers, id) &&
		    !sdwan_strangers_has(&before, id))
			sdwan_agree_event(apply->path,
					  SDWAN_AGREEMENT_CHANGE_UNKNOWN, NULL,
					  id);
	}
}

static void sdwan_agree_install(struct sdwan_agree_apply *apply, u64 now)
{
	struct sdwan_path *path = apply->path, *other;
	struct sdwan_net *sn = path->obj.sn;

	sn->agrees->newest = path->obj.id;
	sdwan_decision_told(sn->decisions, path->peer->site, apply->changed,
			    apply->n_changed, now);
	sn->agrees->newest = 0;
	/* one has come here, another one may have left there */
	list_for_each_entry(other, &path->peer->members, of_peer)
		if (rcu_access_pointer(other->obj.cfg))
			sdwan_agree_mark(other);
}

static void sdwan_agree_apply(struct sdwan_agree_apply *apply, u64 now)
{
	struct sdwan_net *sn = apply->path->obj.sn;
	const struct sdwan_node_cfg *node;
	struct sdwan_object *obj;
	unsigned long id;

	rcu_read_lock();
	node = sdwan_node_rcu(sn);
	apply->own_site = node ? node->site : 0;
	rcu_read_unlock();
	xa_for_each_marked(&sn->table[SDWAN_KIND_CLASS].ids, id, obj,
			   SDWAN_CLASS_DECIDES)
		apply->n_changed = id + 1;
	if (apply->n_changed)
		apply->changed = bitmap_zalloc(apply->n_changed,
					       GFP_KERNEL_ACCOUNT);
	if (!apply->changed)
		apply->n_changed = 0;
	xa_for_each_marked(&sn->table[SDWAN_KIND_CLASS].ids, id, obj,
			   SDWAN_CLASS_DECIDES)
		sdwan_agree_apply_class(apply,
					sdwan_class_cfg(sdwan_object_cfg(obj)));
	sdwan_agree_apply_strangers(apply);
	if (apply->any)
		sdwan_agree_install(apply, now);
	bitmap_free(apply->changed);
}

/* The leader is there: what it has said counts. */
static void sdwan_agree_found(struct sdwan_path *path)
{
	struct sdwan_net *sn = path->obj.sn;

	if (path->peer->led)
		return;
	path->peer->led = true;
	sdwan_agree_event(path, SDWAN_AGREEMENT_CHANGE_HEARD, NULL, 0);
	if (sdwan_decisions_wanted(sn))
		sdwan_decisions_hasten(sn, path->peer->site);
}

static void sdwan_agree_hear_leader(struct sdwan_path *path,
				    const struct sdwan_agree_msg *msg)
{
	struct sdwan_agree *a = &path->agree;
	struct sdwan_agree_apply apply = { .path = path, .d = &msg->tlv };

	sdwan_agree_found(path);
	if ((msg->tlv.n || a->far.says & SDWAN_TLV_RANGE) &&
	    a->far.seq != a->applied &&
	    be16_to_cpu(msg->tlv.n) <= SDWAN_AGREE_ENTRIES) {
		a->applied = a->far.seq;
		sdwan_agree_apply(&apply, msg->at);
	}
	sdwan_agree_refresh(path, msg->at);
}

/* It was sent before what came already, on another way. */
static bool sdwan_agree_late(const struct sdwan_agree *a,
			     const struct sdwan_agree_word *word)
{
	return a->applied && word->says & SDWAN_TLV_LEADS &&
	       (s32)(word->seq - a->applied) < 0;
}

/**
 * sdwan_agree_hear() - take in what the other end has told
 * @path: committed path; sdwan_net.lock is held
 * @msg: message, of a session that is that of the path now
 *
 * Context: Process context.
 */
void sdwan_agree_hear(struct sdwan_path *path,
		      const struct sdwan_agree_msg *msg)
{
	struct sdwan_agree *a = &path->agree;
	struct sdwan_agree_word word;

	if (msg->nonce != a->nonce) {
		a->nonce = msg->nonce;
		a->applied = 0;
	}
	sdwan_agree_word(&word, &msg->tlv);
	if (sdwan_agree_late(a, &word))
		return;
	a->far = word;
	if (sdwan_agree_leads(path))
		sdwan_agree_hear_follower(path, msg);
	else
		sdwan_agree_hear_leader(path, msg);
}
