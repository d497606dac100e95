// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: when gateways agree
 *
 * Soft interrupts leave here what was heard.  It is taken in one by one, so that who
 * else wants the lock of the fabric waits for one.
 */
#include <linux/bitmap.h>
#include <linux/ktime.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "agree.h"
#include "decision.h"
#include "object.h"
#include "probe.h"

/* Messages that may wait; more than that, and they are told again. */
#define SDWAN_AGREE_WAITING	4096

/* Paths that are looked at before others get the lock. */
#define SDWAN_AGREE_SCAN	256

/* How often is looked whether somebody has become silent, or something changed. */
#define SDWAN_AGREE_LOOK	NSEC_PER_SEC

/* Within what time the leader is heard, ms: that of a round. */
#define SDWAN_AGREE_INTERVAL_MIN	MSEC_PER_SEC
#define SDWAN_AGREE_INTERVAL_MAX	(60 * MSEC_PER_SEC)

static struct sdwan_path *to_path(struct sdwan_object *obj)
{
	return container_of(obj, struct sdwan_path, obj);
}

/**
 * sdwan_agrees_kick() - there is something to do
 * @sn: fabric
 *
 * Context: Any.
 */
void sdwan_agrees_kick(struct sdwan_net *sn)
{
	if (!READ_ONCE(sn->dying))
		mod_delayed_work(system_unbound_wq, &sn->agrees->work, 0);
}

/**
 * sdwan_agrees_queue() - leave a message to be taken in
 * @probe: probes of the path that it has come by, locked
 * @d: message
 * @now: ktime
 *
 * Context: Bottom halves off.
 *
 * Return: false where there is no room for it.
 */
bool sdwan_agrees_queue(struct sdwan_probe *probe,
			const struct sdwan_tlv_decisions *d, u64 now)
{
	unsigned int len = sdwan_tlv_decisions_len(d->says, be16_to_cpu(d->n));
	struct sdwan_agrees *g = probe->path->obj.sn->agrees;
	struct sdwan_agree_msg *msg = NULL;
	bool room;

	if (READ_ONCE(g->waiting) < SDWAN_AGREE_WAITING &&
	    !READ_ONCE(g->sn->dying))
		msg = kmalloc(sizeof(*msg) + len, GFP_ATOMIC);
	if (!msg)
		return false;
	msg->path = probe->path->obj.id;
	msg->nonce = probe->peer_nonce;
	msg->at = now;
	memcpy((u8 *)msg + offsetof(struct sdwan_agree_msg, tlv), d,
	       sizeof(*d) + len);
	spin_lock_bh(&g->lock);
	room = g->waiting < SDWAN_AGREE_WAITING;
	if (room) {
		list_add_tail(&msg->list, &g->heard);
		WRITE_ONCE(g->waiting, g->waiting + 1);
	}
	spin_unlock_bh(&g->lock);
	if (!room)
		kfree(msg);
	else
		sdwan_agrees_kick(g->sn);
	return room;
}

static struct sdwan_agree_msg *sdwan_agrees_next(struct sdwan_agrees *g)
{
	struct sdwan_agree_msg *msg;

	spin_lock_bh(&g->lock);
	msg = list_first_entry_or_null(&g->heard, struct sdwan_agree_msg, list);
	if (msg) {
		list_del(&msg->list);
		WRITE_ONCE(g->waiting, g->waiting - 1);
	}
	spin_unlock_bh(&g->lock);
	return msg;
}

/* The path that a message came by, if it is there, and of that session, still. */
static struct sdwan_path *sdwan_agrees_path(struct sdwan_net *sn,
					    const struct sdwan_agree_msg *msg)
{
	struct sdwan_object *obj = xa_load(&sn->table[SDWAN_KIND_PATH].ids,
					   msg->path);
	u64 nonce;

	if (!obj || !rcu_access_pointer(obj->cfg) || sn->dying ||
	    !sdwan_agree_keyed(to_path(obj)))
		return NULL;
	spin_lock_bh(&to_path(obj)->probe->lock);
	nonce = to_path(obj)->probe->peer_nonce;
	spin_unlock_bh(&to_path(obj)->probe->lock);
	return nonce == msg->nonce ? to_path(obj) : NULL;
}

static void sdwan_agrees_hear(struct sdwan_agrees *g)
{
	struct sdwan_agree_msg *msg;
	struct sdwan_path *path;

	while ((msg = sdwan_agrees_next(g))) {
		mutex_lock(&g->sn->lock);
		path = sdwan_agrees_path(g->sn, msg);
		if (path)
			sdwan_agree_hear(path, msg);
		mutex_unlock(&g->sn->lock);
		kfree(msg);
		cond_resched();
	}
}

/* One by one: each costs as much as there are classes on it. */
static void sdwan_agrees_refresh(struct sdwan_agrees *g)
{
	struct sdwan_agree *a;
	struct sdwan_path *path;

	do {
		mutex_lock(&g->sn->lock);
		a = list_first_entry_or_null(&g->dirty, struct sdwan_agree,
					     list);
		if (a) {
			path = container_of(a, struct sdwan_path, agree);
			sdwan_agree_refresh(path, ktime_get_ns());
		}
		mutex_unlock(&g->sn->lock);
		cond_resched();
	} while (a && !READ_ONCE(g->sn->dying));
}

/* What it was called is told no more, or it may be one of those not known. */
static void sdwan_agrees_class(struct sdwan_net *sn,
			       const struct sdwan_class_cfg *cfg, bool known)
{
	u32 class = cfg->class->obj.id;
	struct sdwan_object *obj;
	unsigned long id;

	xa_for_each(&sn->table[SDWAN_KIND_PATH].ids, id, obj) {
		struct sdwan_path *path = to_path(obj);

		if (!rcu_access_pointer(obj->cfg))
			continue;
		sdwan_agree_named(path, cfg);
		if (!known || !sdwan_agree_keyed(path))
			continue;
		sdwan_agree_mark(path);
		if (sdwan_agree_leads(path) &&
		    sdwan_order_first(sdwan_path_order(path, class)))
			sdwan_agree_changed(path, class);
		cond_resched();
	}
}

/* Are classes called otherwise, or have they other goals, or are there new ones? */
static void sdwan_agrees_classes(struct sdwan_agrees *g)
{
	static const siphash_key_t key;
	struct sdwan_net *sn = g->sn;
	struct sdwan_object *obj;
	u32 interval = SDWAN_AGREE_INTERVAL_MAX;
	bool any = false;
	unsigned long id;

	xa_for_each_marked(&sn->table[SDWAN_KIND_CLASS].ids, id, obj,
			   SDWAN_CLASS_DECIDES) {
		struct sdwan_class *class = container_of(obj, struct sdwan_class,
							 obj);
		const struct sdwan_class_cfg *cfg;
		u64 name, before = class->told;

		cfg = sdwan_class_cfg(sdwan_object_cfg(obj));
		interval = min_t(u32, interval, cfg->round / USEC_PER_MSEC);
		any = true;
		name = siphash(cfg->policy, strlen(cfg->policy), &key);
		class->told = (name & ~0xffULL) | sdwan_agree_goals(cfg) | 1;
		if (class->told != before)
			sdwan_agrees_class(sn, cfg, before);
	}
	/* what is announced before the first class is told must not be for long */
	if (!any)
		interval = SDWAN_AGREE_INTERVAL_MIN;
	WRITE_ONCE(g->interval, max_t(u32, interval, SDWAN_AGREE_INTERVAL_MIN));
}

/* Does anybody hear this leader? */
static bool sdwan_agrees_heard(struct sdwan_peer *peer, u64 now)
{
	struct sdwan_path *path;

	list_for_each_entry(path, &peer->members, of_peer)
		if (rcu_access_pointer(path->obj.cfg) &&
		    sdwan_agree_keyed(path) && sdwan_agree_recent(path, now))
			return true;
	return false;
}

static void sdwan_agrees_look_path(struct sdwan_path *path, u64 now)
{
	struct sdwan_agree *a = &path->agree;
	bool keyed = sdwan_agree_keyed(path);

	if (keyed && !a->keyed)
		sdwan_agree_mark(path);
	a->keyed = keyed;
	if (keyed && a->judged && sdwan_agree_leads(path) &&
	    sdwan_agree_recent(path, now))
		sdwan_agree_resync(path, now);
	if (!path->peer->led || sdwan_agrees_heard(path->peer, now))
		return;
	path->peer->led = false;
	sdwan_agree_event(path, SDWAN_AGREEMENT_CHANGE_SILENT, NULL, 0);
	sdwan_decisions_hasten(path->obj.sn, path->peer->site);
}

static void sdwan_agrees_look(struct sdwan_agrees *g)
{
	struct xarray *ids = &g->sn->table[SDWAN_KIND_PATH].ids;
	struct sdwan_object *obj;
	unsigned long id = 0;
	unsigned int n;
	u64 now = ktime_get_ns();

	if (now < g->look_at)
		return;
	g->look_at = now + SDWAN_AGREE_LOOK;
	mutex_lock(&g->sn->lock);
	g->missing = false;
	sdwan_agrees_classes(g);
	mutex_unlock(&g->sn->lock);
	do {
		mutex_lock(&g->sn->lock);
		for (n = 0; n < SDWAN_AGREE_SCAN; n++, id++) {
			obj = xa_find(ids, &id, ULONG_MAX, XA_PRESENT);
			if (!obj)
				break;
			if (rcu_access_pointer(obj->cfg))
				sdwan_agrees_look_path(to_path(obj), now);
		}
		mutex_unlock(&g->sn->lock);
		cond_resched();
	} while (obj && !READ_ONCE(g->sn->dying));
}

static void sdwan_agrees_work(struct work_struct *work)
{
	struct sdwan_agrees *g = container_of(to_delayed_work(work),
					      struct sdwan_agrees, work);

	sdwan_agrees_hear(g);
	sdwan_agrees_look(g);
	sdwan_agrees_refresh(g);
	/* who kicks meanwhile has it run at once; a follower may miss that the last class
	 * is gone
	 */
	if (!READ_ONCE(g->sn->dying) &&
	    (sdwan_decisions_wanted(g->sn) || g->missing))
		queue_delayed_work(system_unbound_wq, &g->work, HZ / 2);
}

/**
 * sdwan_agrees_alloc() - make what agrees
 * @sn: fabric
 *
 * Return: it, or NULL.
 */
struct sdwan_agrees *sdwan_agrees_alloc(struct sdwan_net *sn)
{
	struct sdwan_agrees *g = kzalloc(sizeof(*g), GFP_KERNEL_ACCOUNT);

	if (!g)
		return NULL;
	g->sn = sn;
	g->interval = SDWAN_AGREE_INTERVAL_MIN;
	spin_lock_init(&g->lock);
	INIT_LIST_HEAD(&g->heard);
	INIT_LIST_HEAD(&g->dirty);
	INIT_DELAYED_WORK(&g->work, sdwan_agrees_work);
	return g;
}

/**
 * sdwan_agrees_stop() - agree on nothing any more
 * @g: of a fabric that is dying
 *
 * Context: Process context, with no lock held.
 */
void sdwan_agrees_stop(struct sdwan_agrees *g)
{
	cancel_delayed_work_sync(&g->work);
}

/**
 * sdwan_agrees_free() - free what agrees
 * @g: stopped or never used, or NULL
 */
void sdwan_agrees_free(struct sdwan_agrees *g)
{
	struct sdwan_agree_msg *msg;

	if (!g)
		return;
	while ((msg = sdwan_agrees_next(g)))
		kfree(msg);
	kfree(g);
}
