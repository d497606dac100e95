// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: what is told of decisions
 */
#include <net/genetlink.h>

#include "agree.h"
#include "decision.h"
#include "event.h"
#include "fabric.h"
#include "netlink.h"
#include "netlink_gen.h"
#include "object.h"
#include "site.h"

/* With as many candidates as a class may have members, and their names. */
#define SDWAN_DECISION_MESSAGE	7168

/**
 * struct sdwan_decision_query - which decisions are asked for
 * @class: the only class, or NULL
 * @site: the only site, or NULL
 */
struct sdwan_decision_query {
	const struct sdwan_class *class;
	struct sdwan_site *site;
};

static struct sdwan_path *to_path(struct sdwan_object *obj)
{
	return container_of(obj, struct sdwan_path, obj);
}

static struct sdwan_class *to_class(struct sdwan_object *obj)
{
	return container_of(obj, struct sdwan_class, obj);
}

static int sdwan_decision_put_path(struct sk_buff *msg, int attr,
				   struct sdwan_net *sn, u32 id)
{
	struct sdwan_object *obj;

	obj = id ? xa_load(&sn->table[SDWAN_KIND_PATH].ids, id) : NULL;
	if (!obj || !rcu_access_pointer(obj->cfg))
		return 0;
	return nla_put_string(msg, attr, to_path(obj)->name);
}

static u32 sdwan_view_usec(u64 ns)
{
	return min_t(u64, div_u64(ns, NSEC_PER_USEC), U32_MAX);
}

static int sdwan_view_put(struct sk_buff *msg,
			  const struct sdwan_sla_view *view, int latency,
			  int jitter, int loss)
{
	if (!view->known)
		return 0;
	if (nla_put_u32(msg, latency, sdwan_view_usec(view->latency)) ||
	    nla_put_u32(msg, jitter, sdwan_view_usec(view->jitter)) ||
	    nla_put_u32(msg, loss, view->loss))
		return -EMSGSIZE;
	return 0;
}

static int sdwan_candidate_put(struct sk_buff *msg,
			       const struct sdwan_candidate *c,
			       const struct sdwan_prospect *p, u32 class)
{
	u8 order = sdwan_path_order(p->path, class);

	if (nla_put_string(msg, SDWAN_A_CANDIDATE_PATH, p->path->name) ||
	    nla_put_u32(msg, SDWAN_A_CANDIDATE_STATE, p->path->state) ||
	    nla_put_u32(msg, SDWAN_A_CANDIDATE_POSITION,
			order & SDWAN_ORDER_PLACE) ||
	    nla_put_u8(msg, SDWAN_A_CANDIDATE_BEST, c->best) ||
	    nla_put_u8(msg, SDWAN_A_CANDIDATE_COMPLIANT, c->compliant) ||
	    (c->cost != SDWAN_COST_UNKNOWN &&
	     (nla_put_u32(msg, SDWAN_A_CANDIDATE_COST, c->cost) ||
	      nla_put_u32(msg, SDWAN_A_CANDIDATE_FLUCTUATION,
			  c->fluctuation))))
		return -EMSGSIZE;
	return sdwan_view_put(msg, &p->view, SDWAN_A_CANDIDATE_LATENCY,
			      SDWAN_A_CANDIDATE_JITTER, SDWAN_A_CANDIDATE_LOSS);
}

/*
 * Those that were gathered, in their order. Of a site with more paths than a message
 * has room for, these are the first ones.
 */
static int sdwan_decision_put_candidates(struct sk_buff *msg,
					 const struct sdwan_decisions *d,
					 u32 class, bool alone)
{
	struct nlattr *nest;
	unsigned int i;

	for (i = 0; i < d->n_candidates; i++) {
		const struct sdwan_candidate *c = &d->candidate[i];

		nest = nla_nest_start(msg, SDWAN_A_DECISION_CANDIDATE);
		if (!nest ||
		    sdwan_candidate_put(msg, c, &d->prospect[c->index],
					class)) {
			nla_nest_cancel(msg, nest);
			return alone && i ? 0 : -EMSGSIZE;
		}
		nla_nest_end(msg, nest);
	}
	return 0;
}

static u64 sdwan_decision_age(u32 then, u64 now)
{
	return div_u64(sdwan_policy_age(then, now), NSEC_PER_MSEC);
}

static int sdwan_decision_put_moves(struct sk_buff *msg,
				    struct sdwan_net *sn,
				    const struct sdwan_policy *policy, u64 now)
{
	struct nlattr *nest;
	int i;

	for (i = 0; i < min(policy->moves, SDWAN_POLICY_MOVES); i++) {
		u8 why = policy->why >> (4 * i) & 0xf;

		nest = nla_nest_start(msg, SDWAN_A_DECISION_MOVE);
		if (!nest ||
		    sdwan_decision_put_path(msg, SDWAN_A_DECISION_MOVE_PATH, sn,
					    policy->before[i].path) ||
		    nla_put_u32(msg, SDWAN_A_DECISION_MOVE_REASON, why) ||
		    nla_put_u64_64bit(msg, SDWAN_A_DECISION_MOVE_AGE,
				      sdwan_decision_age(policy->before[i].at,
							 now),
				      SDWAN_A_DECISION_MOVE_PAD))
			return -EMSGSIZE;
		nla_nest_end(msg, nest);
	}
	return 0;
}

static u32 sdwan_decision_hold(const struct sdwan_policy *policy, u32 round,
			       u64 now)
{
	return min_t(u64, div_u64(sdwan_policy_hold(policy, round, now),
				  NSEC_PER_MSEC), U32_MAX);
}

/* The candidates are those that were gathered; all of them, unless it is @alone. */
static int sdwan_decision_fill(struct sk_buff *msg, struct sdwan_decisions *d,
			       const struct sdwan_site *site,
			       const struct sdwan_class_cfg *class,
			       const struct sdwan_policy *policy, bool alone)
{
	struct sdwan_net *sn = d->sn;
	u64 now = ktime_get_ns();

	if (nla_put_string(msg, SDWAN_A_DECISION_CLASS, class->class->name) ||
	    nla_put_u32(msg, SDWAN_A_DECISION_SITE, site->id) ||
	    sdwan_decision_put_path(msg, SDWAN_A_DECISION_PATH, sn,
				    policy->path) ||
	    nla_put_u32(msg, SDWAN_A_DECISION_BY, policy->by) ||
	    nla_put_u32(msg, SDWAN_A_DECISION_REASON, policy->reason) ||
	    nla_put_u64_64bit(msg, SDWAN_A_DECISION_AGE,
			      sdwan_decision_age(policy->since, now),
			      SDWAN_A_DECISION_PAD) ||
	    nla_put_u32(msg, SDWAN_A_DECISION_MOVES, policy->moves) ||
	    nla_put_u32(msg, SDWAN_A_DECISION_HOLD,
			sdwan_decision_hold(policy, class->round, now)))
		return -EMSGSIZE;
	if (class->shadow &&
	    (sdwan_decision_put_path(msg, SDWAN_A_DECISION_SHADOW_PATH, sn,
				     policy->shadow) ||
	     nla_put_u32(msg, SDWAN_A_DECISION_SHADOW_MOVES,
			 policy->shadow_moves)))
		return -EMSGSIZE;
	return sdwan_decision_put_moves(msg, sn, policy, now) ?:
	       sdwan_agree_fill_decision(msg, sn, policy, class) ?:
	       sdwan_decision_put_candidates(msg, d, class->class->obj.id,
					     alone);
}

/* Where something is decided; @site was looked at. */
static const struct sdwan_policy *
sdwan_decision_recall(struct sdwan_decisions *d, const struct sdwan_site *site,
		      const struct sdwan_class_cfg *class)
{
	const struct sdwan_policy *policy;
	struct sdwan_law law;

	policy = sdwan_policy_find(site, class->class->obj.id);
	if (!policy || !policy->since)
		return NULL;
	law = sdwan_decision_law(class, true);
	sdwan_decision_gather(d, class, class->metric);
	sdwan_decide_class(d->candidate, d->n_candidates, &law);
	sdwan_decide_order(d->candidate, d->n_candidates);
	return policy;
}

static int sdwan_decision_put(struct sk_buff *msg, void *hdr,
			      struct sdwan_decisions *d,
			      const struct sdwan_site *site,
			      const struct sdwan_class_cfg *class,
			      const struct sdwan_policy *policy)
{
	bool alone = hdr && genlmsg_nlhdr(hdr) == nlmsg_hdr(msg);

	if (!hdr)
		return -EMSGSIZE;
	if (sdwan_decision_fill(msg, d, site, class, policy, alone)) {
		genlmsg_cancel(msg, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(msg, hdr);
	return 0;
}

/**
 * sdwan_decision_event() - tell who listens of a decision
 * @d: decisions, who have gathered the candidates; sdwan_net.lock is held
 * @site: where to
 * @class: configuration of the class
 * @policy: what was decided
 *
 * Context: Process context.
 */
void sdwan_decision_event(struct sdwan_decisions *d, struct sdwan_site *site,
			  const struct sdwan_class_cfg *class,
			  const struct sdwan_policy *policy)
{
	struct sdwan_event event;

	if (sdwan_event_begin(&event, d->sn->net, SDWAN_CMD_DECISION_NTF,
			      SDWAN_DECISION_MESSAGE))
		sdwan_event_end(&event,
				sdwan_decision_put(event.msg, event.hdr, d,
						   site, class, policy));
}

static int sdwan_objective_put(struct sk_buff *msg, void *hdr,
			       const struct sdwan_class_cfg *class,
			       const struct sdwan_path *path, bool compliant,
			       const struct sdwan_sla_view *view)
{
	if (!hdr ||
	    nla_put_string(msg, SDWAN_A_OBJECTIVE_CLASS, class->class->name) ||
	    nla_put_string(msg, SDWAN_A_OBJECTIVE_PATH, path->name) ||
	    nla_put_u8(msg, SDWAN_A_OBJECTIVE_COMPLIANT, compliant) ||
	    sdwan_view_put(msg, view, SDWAN_A_OBJECTIVE_LATENCY,
			   SDWAN_A_OBJECTIVE_JITTER, SDWAN_A_OBJECTIVE_LOSS))
		return -EMSGSIZE;
	genlmsg_end(msg, hdr);
	return 0;
}

/**
 * sdwan_objective_event() - tell who listens of a breach of an objective, or its end
 * @sn: fabric
 * @class: configuration of the class
 * @path: path
 * @compliant: it fulfils the objective now
 * @view: what was compared with it
 *
 * Context: Process context, under sdwan_net.lock.
 */
void sdwan_objective_event(struct sdwan_net *sn,
			   const struct sdwan_class_cfg *class,
			   const struct sdwan_path *path, bool compliant,
			   const struct sdwan_sla_view *view)
{
	struct sdwan_event event;

	if (sdwan_event_begin(&event, sn->net, SDWAN_CMD_OBJECTIVE_NTF,
			      GENLMSG_DEFAULT_SIZE))
		sdwan_event_end(&event,
				sdwan_objective_put(event.msg, event.hdr, class,
						    path, compliant, view));
}

static int sdwan_decision_query_site(struct sdwan_net *sn,
				     struct netlink_ext_ack *extack,
				     struct nlattr *const *tb,
				     struct sdwan_decision_query *query)
{
	const struct nlattr *attr = tb[SDWAN_A_DECISION_SITE];
	struct sdwan_object *obj;

	obj = sdwan_nl_named(sn, &sdwan_peer_type, extack,
			     tb[SDWAN_A_DECISION_PEER]);
	if (IS_ERR(obj))
		return PTR_ERR(obj);
	if (obj)
		query->site = container_of(obj, struct sdwan_peer, obj)->site;
	if (!attr)
		return 0;
	query->site = sdwan_site_find(sn, nla_get_u32(attr));
	if (!query->site) {
		NL_SET_ERR_MSG_ATTR(extack, attr, "there is no such site");
		return -ENOENT;
	}
	return 0;
}

static int sdwan_decision_query(struct sdwan_net *sn,
				struct netlink_ext_ack *extack,
				struct nlattr *const *tb,
				struct sdwan_decision_query *query)
{
	struct sdwan_object *obj;

	obj = sdwan_nl_named(sn, &sdwan_class_type, extack,
			     tb[SDWAN_A_DECISION_CLASS]);
	if (IS_ERR(obj))
		return PTR_ERR(obj);
	query->class = obj ? to_class(obj) : NULL;
	return sdwan_decision_query_site(sn, extack, tb, query);
}

static int sdwan_decision_answer(struct genl_info *info, struct sdwan_net *sn,
				 struct sk_buff *msg)
{
	struct sdwan_decisions *d = sn->decisions;
	struct sdwan_decision_query query = {};
	const struct sdwan_policy *policy;
	const struct sdwan_class_cfg *cfg;
	int err;

	err = sdwan_decision_query(sn, info->extack, info->attrs, &query);
	if (err)
		return err;
	if (!query.class)
		return sdwan_nl_lacks(info, SDWAN_A_DECISION_CLASS,
				      "the name of the class is missing");
	if (!query.site)
		return sdwan_nl_lacks(info, SDWAN_A_DECISION_SITE,
				      "the site is missing, and so is a peer there");
	if (!sdwan_decision_look(d, query.site))
		return -ENOMEM;
	cfg = sdwan_class_cfg(sdwan_object_cfg(&query.class->obj));
	policy = cfg->decided ? sdwan_decision_recall(d, query.site, cfg) : NULL;
	if (!policy) {
		NL_SET_ERR_MSG(info->extack,
			       "nothing is decided for this class and site");
		return -ENOENT;
	}
	return sdwan_decision_put(msg, sdwan_nl_reply_put(msg, info), d,
				  query.site, cfg, policy);
}

int sdwan_nl_decision_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct sdwan_net *sn = sdwan_nl_fabric(info, 0);
	struct sk_buff *msg;
	int err;

	if (IS_ERR(sn))
		return PTR_ERR(sn);
	msg = genlmsg_new(SDWAN_DECISION_MESSAGE, GFP_KERNEL);
	if (!msg)
		return -ENOMEM;
	mutex_lock(&sn->lock);
	err = sdwan_decision_answer(info, sn, msg);
	mutex_unlock(&sn->lock);
	if (err) {
		nlmsg_free(msg);
		return err;
	}
	return genlmsg_reply(msg, info);
}

/* All on a site that was not told yet; returns whether there was room. */
static bool sdwan_decision_dump_site(struct sk_buff *skb,
				     struct netlink_callback *cb,
				     struct sdwan_decisions *d,
				     const struct sdwan_decision_query *query,
				     struct sdwan_site *site)
{
	struct sdwan_object *obj;
	unsigned long id;

	if (!sdwan_decision_look(d, site))
		return true;
	xa_for_each_start(&d->sn->table[SDWAN_KIND_CLASS].ids, id, obj,
			  cb->args[1]) {
		const struct sdwan_policy *policy;
		const struct sdwan_class_cfg *cfg;

		if (!to_class(obj)->decides ||
		    (query->class && query->class != to_class(obj)))
			continue;
		cfg = sdwan_class_cfg(sdwan_object_cfg(obj));
		policy = sdwan_decision_recall(d, site, cfg);
		if (policy &&
		    sdwan_decision_put(skb, sdwan_nl_dump_put(skb, cb), d, site,
				       cfg, policy))
			return false;
		cb->args[1] = id + 1;
	}
	cb->args[1] = 0;
	return true;
}

static int sdwan_decision_dump(struct sk_buff *skb, struct netlink_callback *cb,
			       struct sdwan_net *sn)
{
	struct nlattr *tb[SDWAN_A_DECISION_PEER + 1];
	struct sdwan_decision_query query = {};
	struct sdwan_object *obj;
	unsigned long id;
	int err;

	err = nlmsg_parse(cb->nlh, GENL_HDRLEN, tb, SDWAN_A_DECISION_PEER,
			  sdwan_decision_get_nl_policy, cb->extack);
	if (!err)
		err = sdwan_decision_query(sn, cb->extack, tb, &query);
	if (err)
		return err;
	xa_for_each_start(&sn->table[SDWAN_KIND_PATH].ids, id, obj,
			  cb->args[0]) {
		struct sdwan_site *site = to_path(obj)->peer->site;

		if (!rcu_access_pointer(obj->cfg) ||
		    !sdwan_site_first(to_path(obj)) ||
		    (query.site && query.site != site))
			continue;
		/* where the one that was left off at is gone */
		if (id != cb->args[0])
			cb->args[1] = 0;
		cb->args[0] = id;
		if (!sdwan_decision_dump_site(skb, cb, sn->decisions, &query,
					      site))
			return 0;
		cb->args[0] = id + 1;
	}
	cb->args[0] = LONG_MAX;
	return 0;
}

int sdwan_nl_decision_get_dumpit(struct sk_buff *skb,
				 struct netlink_callback *cb)
{
	struct sdwan_net *sn = sdwan_net(sock_net(skb->sk));
	int err;

	err = sdwan_nl_dump_allowed(sn, cb);
	if (err)
		return err;
	mutex_lock(&sn->lock);
	err = sdwan_decision_dump(skb, cb, sn);
	mutex_unlock(&sn->lock);
	return err ?: skb->len;
}
