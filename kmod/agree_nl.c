// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: what is told of agreement
 */
#include <linux/bitmap.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/time64.h>
#include <net/genetlink.h>

#include "agree.h"
#include "decision.h"
#include "event.h"
#include "netlink_gen.h"
#include "object.h"
#include "probe.h"

static int sdwan_agree_event_put(struct sk_buff *msg, void *hdr,
				 const struct sdwan_path *path,
				 enum sdwan_agreement_change change,
				 const struct sdwan_class_cfg *class, u64 id)
{
	if (!hdr ||
	    nla_put_string(msg, SDWAN_A_AGREEMENT_EVENT_PATH, path->name) ||
	    nla_put_string(msg, SDWAN_A_AGREEMENT_EVENT_PEER,
			   path->peer->name) ||
	    nla_put_u32(msg, SDWAN_A_AGREEMENT_EVENT_CHANGE, change))
		return -EMSGSIZE;
	if (class && nla_put_string(msg, SDWAN_A_AGREEMENT_EVENT_CLASS,
				    class->class->name))
		return -EMSGSIZE;
	if (id && nla_put_u64_64bit(msg, SDWAN_A_AGREEMENT_EVENT_POLICY_ID, id,
				    SDWAN_A_AGREEMENT_EVENT_PAD))
		return -EMSGSIZE;
	genlmsg_end(msg, hdr);
	return 0;
}

/**
 * sdwan_agree_event() - tell who listens of a change between two gateways
 * @path: path that it was noticed on
 * @change: what has changed
 * @class: configuration of the class that it is about, or NULL
 * @id: of the policy that it is about, or 0
 *
 * Context: Process context, under sdwan_net.lock.
 */
void sdwan_agree_event(const struct sdwan_path *path,
		       enum sdwan_agreement_change change,
		       const struct sdwan_class_cfg *class, u64 id)
{
	struct sdwan_event event;

	if (sdwan_event_begin(&event, path->obj.sn->net,
			      SDWAN_CMD_AGREEMENT_NTF, GENLMSG_DEFAULT_SIZE))
		sdwan_event_end(&event,
				sdwan_agree_event_put(event.msg, event.hdr,
						      path, change, class, id));
}

static bool sdwan_agree_exists(const struct sdwan_path *path)
{
	return sdwan_agree_keyed(path) &&
	       (sdwan_decisions_wanted(path->obj.sn) || path->agree.received);
}

static u32 sdwan_agree_msec(u64 ns)
{
	return min_t(u64, div_u64(ns, NSEC_PER_MSEC), U32_MAX);
}

/* What is under the lock of the probes. */
static int sdwan_agree_fill_said(struct sk_buff *skb, struct sdwan_agree *a,
				 u64 now)
{
	if (nla_put_u32(skb, SDWAN_A_AGREEMENT_INTERVAL,
			sdwan_agree_msec(a->heard_interval)) ||
	    nla_put_u32(skb, SDWAN_A_AGREEMENT_POLICIES, a->said.count) ||
	    nla_put_u64_64bit(skb, SDWAN_A_AGREEMENT_SENT, a->sent,
			      SDWAN_A_AGREEMENT_PAD) ||
	    nla_put_u64_64bit(skb, SDWAN_A_AGREEMENT_RECEIVED, a->received,
			      SDWAN_A_AGREEMENT_PAD) ||
	    nla_put_u64_64bit(skb, SDWAN_A_AGREEMENT_REFUSED, a->refused,
			      SDWAN_A_AGREEMENT_PAD))
		return -EMSGSIZE;
	if (!a->heard_at)
		return 0;
	return nla_put_u32(skb, SDWAN_A_AGREEMENT_AGE,
			   sdwan_agree_msec(max_t(s64, now - a->heard_at, 0)));
}

static int sdwan_agree_fill_compared(struct sk_buff *skb,
				     const struct sdwan_agree *a, bool leads,
				     u64 now)
{
	u64 apart = a->apart_time + (a->apart ? now - a->apart : 0);

	if (nla_put_u32(skb, SDWAN_A_AGREEMENT_ROLE,
			leads ? SDWAN_AGREEMENT_ROLE_LEADER :
				SDWAN_AGREEMENT_ROLE_FOLLOWER) ||
	    (leads && nla_put_u32(skb, SDWAN_A_AGREEMENT_PENDING,
				  bitmap_weight(a->bits, a->n_bits))) ||
	    (a->judged &&
	     nla_put_u8(skb, SDWAN_A_AGREEMENT_AGREED, !a->apart)) ||
	    nla_put_u32(skb, SDWAN_A_AGREEMENT_DISAGREEMENTS,
			a->disagreements) ||
	    nla_put_u64_64bit(skb, SDWAN_A_AGREEMENT_DISAGREEMENT_TIME,
			      div_u64(apart, NSEC_PER_MSEC),
			      SDWAN_A_AGREEMENT_PAD) ||
	    nla_put_u32(skb, SDWAN_A_AGREEMENT_RESYNCS, a->resyncs) ||
	    nla_put_u32(skb, SDWAN_A_AGREEMENT_UNKNOWN,
			leads ? a->far.unknown : a->unknown) ||
	    nla_put_u32(skb, SDWAN_A_AGREEMENT_DIFFERING,
			leads ? a->far.differing : a->differing))
		return -EMSGSIZE;
	return 0;
}

/**
 * sdwan_agree_fill() - tell what is agreed on for a path
 * @skb: message
 * @path: path; sdwan_net.lock is held
 *
 * Return: 0 or -EMSGSIZE.
 */
int sdwan_agree_fill(struct sk_buff *skb, struct sdwan_path *path)
{
	struct sdwan_agree *a = &path->agree;
	u64 now = ktime_get_ns();
	struct nlattr *nest;
	int err;

	if (!sdwan_agree_exists(path))
		return 0;
	nest = nla_nest_start(skb, SDWAN_A_PATH_AGREEMENT);
	if (!nest)
		return -EMSGSIZE;
	err = sdwan_agree_fill_compared(skb, a, sdwan_agree_leads(path), now);
	spin_lock_bh(&path->probe->lock);
	if (!err)
		err = sdwan_agree_fill_said(skb, a, now);
	spin_unlock_bh(&path->probe->lock);
	if (!err)
		nla_nest_end(skb, nest);
	return err;
}

/* Does the other end have it there? The follower does what it is told. */
static bool sdwan_agree_is_same(const struct sdwan_path *path, bool leads,
				const struct sdwan_policy *policy, u32 class)
{
	const struct sdwan_agree *a = &path->agree;

	if (!leads)
		return policy->by == SDWAN_DECIDER_PEER;
	return a->judged && !a->apart && !sdwan_agree_bit(a, class);
}

/**
 * sdwan_agree_fill_decision() - tell whether the other end has decided the same
 * @skb: message
 * @sn: fabric; its lock is held
 * @policy: decision
 * @class: configuration of the class
 *
 * Return: 0 or -EMSGSIZE.
 */
int sdwan_agree_fill_decision(struct sk_buff *skb, struct sdwan_net *sn,
			      const struct sdwan_policy *policy,
			      const struct sdwan_class_cfg *class)
{
	const struct sdwan_path *path;
	struct sdwan_object *obj;
	bool leads;

	if (policy->goals & SDWAN_POLICY_TOLD &&
	    nla_put_u8(skb, SDWAN_A_DECISION_DIFFERING,
		       sdwan_policy_differs(policy, sdwan_agree_goals(class))))
		return -EMSGSIZE;
	obj = policy->path ? xa_load(&sn->table[SDWAN_KIND_PATH].ids,
				     policy->path) : NULL;
	if (!obj || !rcu_access_pointer(obj->cfg))
		return 0;
	path = container_of(obj, struct sdwan_path, obj);
	if (!sdwan_agree_exists(path))
		return 0;
	leads = sdwan_agree_leads(path);
	if (nla_put_u32(skb, SDWAN_A_DECISION_ROLE,
			leads ? SDWAN_AGREEMENT_ROLE_LEADER :
				SDWAN_AGREEMENT_ROLE_FOLLOWER) ||
	    nla_put_u8(skb, SDWAN_A_DECISION_AGREED,
		       sdwan_agree_is_same(path, leads, policy,
					   class->class->obj.id)))
		return -EMSGSIZE;
	return 0;
}
