// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: requests about a fabric as a whole
 */
#include <linux/capability.h>
#include <net/genetlink.h>

#include "epoch.h"
#include "flow.h"
#include "hook.h"
#include "decision.h"
#include "metric.h"
#include "netlink.h"
#include "netlink_gen.h"
#include "txn.h"
#include "version.h"

static int sdwan_nl_put_counter(struct sk_buff *skb, const char *name, u64 value)
{
	struct nlattr *nest = nla_nest_start(skb, SDWAN_A_FABRIC_COUNTER);

	if (!nest)
		return -EMSGSIZE;
	if (nla_put_string(skb, SDWAN_A_COUNTER_NAME, name) ||
	    nla_put_u64_64bit(skb, SDWAN_A_COUNTER_VALUE, value,
			      SDWAN_A_COUNTER_PAD)) {
		nla_nest_cancel(skb, nest);
		return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	return 0;
}

static int sdwan_nl_put_counters(struct sk_buff *skb, struct sdwan_net *sn)
{
	u64 events[SDWAN_FLOW_EVENTS], drops[SDWAN_DROP_COUNT];
	int i;

	sdwan_drops_sum(sn->drops, drops);
	for (i = 0; i < SDWAN_DROP_COUNT; i++)
		if (sdwan_nl_put_counter(skb, sdwan_drop_names[i], drops[i]))
			return -EMSGSIZE;

	sdwan_flow_events_sum(sn, events);
	for (i = 0; i < SDWAN_FLOW_EVENTS; i++)
		if (sdwan_nl_put_counter(skb, sdwan_flow_event_names[i],
					 events[i]))
			return -EMSGSIZE;
	return 0;
}

static u32 sdwan_nl_paths_up(struct sdwan_net *sn)
{
	struct sdwan_object *obj;
	unsigned long id;
	u32 n = 0;

	xa_for_each(&sn->table[SDWAN_KIND_PATH].ids, id, obj) {
		struct sdwan_path *path = container_of(obj, struct sdwan_path,
						       obj);

		if (rcu_access_pointer(obj->cfg) &&
		    (path->state == SDWAN_PATH_STATE_UP ||
		     path->state == SDWAN_PATH_STATE_DEGRADED))
			n++;
	}
	return n;
}

/* Which attributes tell the number and the limit of a kind. */
static const struct {
	enum sdwan_kind kind;
	u16 count;
	u16 max;
} sdwan_nl_kinds[] = {
	{ SDWAN_KIND_UNDERLAY, SDWAN_A_FABRIC_UNDERLAYS,
	  SDWAN_A_FABRIC_MAX_UNDERLAYS },
	{ SDWAN_KIND_PEER, SDWAN_A_FABRIC_PEERS, SDWAN_A_FABRIC_MAX_PEERS },
	{ SDWAN_KIND_PATH, SDWAN_A_FABRIC_PATHS, SDWAN_A_FABRIC_MAX_PATHS },
	{ SDWAN_KIND_PREFIX, SDWAN_A_FABRIC_PREFIXES,
	  SDWAN_A_FABRIC_MAX_PREFIXES },
	{ SDWAN_KIND_CLASS, SDWAN_A_FABRIC_CLASSES, SDWAN_A_FABRIC_MAX_CLASSES },
	{ SDWAN_KIND_RULE, SDWAN_A_FABRIC_RULES, SDWAN_A_FABRIC_MAX_RULES },
	{ SDWAN_KIND_LAN, SDWAN_A_FABRIC_LANS, SDWAN_A_FABRIC_MAX_LANS },
	{ SDWAN_KIND_METRIC, SDWAN_A_FABRIC_METRICS,
	  SDWAN_A_FABRIC_MAX_METRICS },
};

static int sdwan_nl_put_flows(struct sk_buff *skb, const struct sdwan_net *sn)
{
	return nla_put_u32(skb, SDWAN_A_FABRIC_MAX_FLOWS, sdwan_flows_max(sn)) ?:
	       nla_put_u32(skb, SDWAN_A_FABRIC_FLOWS, sdwan_flow_count(sn)) ?:
	       nla_put_u32(skb, SDWAN_A_FABRIC_FLOW_TIMEOUT,
			   sdwan_flows_timeout(sn));
}

static int sdwan_nl_put_metrics(struct sk_buff *skb,
				const struct sdwan_metrics *m)
{
	return nla_put_u64_64bit(skb, SDWAN_A_FABRIC_METRIC_RUNS, m->runs,
				 SDWAN_A_FABRIC_PAD) ?:
	       nla_put_u64_64bit(skb, SDWAN_A_FABRIC_METRIC_TIME, m->time,
				 SDWAN_A_FABRIC_PAD);
}

static int sdwan_nl_put_decisions(struct sk_buff *skb,
				  const struct sdwan_decisions *d)
{
	return nla_put_u64_64bit(skb, SDWAN_A_FABRIC_DECISIONS, d->runs,
				 SDWAN_A_FABRIC_PAD) ?:
	       nla_put_u64_64bit(skb, SDWAN_A_FABRIC_DECISION_TIME, d->time,
				 SDWAN_A_FABRIC_PAD);
}

static int sdwan_nl_put_fabric(struct sk_buff *skb, struct sdwan_net *sn)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(sdwan_nl_kinds); i++) {
		const struct sdwan_table *table;

		table = &sn->table[sdwan_nl_kinds[i].kind];
		if (nla_put_u32(skb, sdwan_nl_kinds[i].count, table->committed) ||
		    nla_put_u32(skb, sdwan_nl_kinds[i].max, table->max))
			return -EMSGSIZE;
	}
	if (nla_put_u32(skb, SDWAN_A_FABRIC_GENERATION, sn->generation) ||
	    (sn->txn && nla_put_u32(skb, SDWAN_A_FABRIC_TXN, sn->txn->id)) ||
	    nla_put_u32(skb, SDWAN_A_FABRIC_SEGMENTS, sn->segments) ||
	    nla_put_u32(skb, SDWAN_A_FABRIC_MAX_SEGMENTS, sn->max_segments) ||
	    nla_put_u32(skb, SDWAN_A_FABRIC_PATHS_UP, sdwan_nl_paths_up(sn)) ||
	    nla_put_string(skb, SDWAN_A_FABRIC_VERSION, SDWAN_VERSION) ||
	    nla_put_u32(skb, SDWAN_A_FABRIC_MARK_MASK, sn->mark_mask) ||
	    sdwan_nl_put_flows(skb, sn) ||
	    sdwan_nl_put_metrics(skb, sn->metrics) ||
	    sdwan_nl_put_decisions(skb, sn->decisions))
		return -EMSGSIZE;
	return sdwan_nl_put_counters(skb, sn);
}

static int sdwan_nl_fabric_answer(struct genl_info *info, struct sdwan_net *sn)
{
	struct sk_buff *msg;
	void *hdr;
	int err;

	msg = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!msg)
		return -ENOMEM;

	hdr = genlmsg_put_reply(msg, info, &sdwan_genl_family, 0,
				SDWAN_CMD_FABRIC_GET);
	mutex_lock(&sn->lock);
	err = hdr ? sdwan_nl_put_fabric(msg, sn) : -EMSGSIZE;
	mutex_unlock(&sn->lock);
	if (err) {
		nlmsg_free(msg);
		return err;
	}
	genlmsg_end(msg, hdr);
	return genlmsg_reply(msg, info);
}

int sdwan_nl_fabric_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *attr = info->attrs[SDWAN_A_FABRIC_TXN];
	struct sdwan_net *sn = sdwan_nl_fabric(info, 0);
	int err = 0;

	if (IS_ERR(sn))
		return PTR_ERR(sn);

	mutex_lock(&sn->lock);
	if (attr && (!sn->txn || sn->txn->id != nla_get_u32(attr) ||
		     sn->txn->stale)) {
		NL_SET_ERR_MSG_ATTR(info->extack, attr,
				    "the transaction is not open or is stale");
		err = -ESTALE;
	}
	mutex_unlock(&sn->lock);
	return err ?: sdwan_nl_fabric_answer(info, sn);
}

static int sdwan_nl_check_limit(struct genl_info *info, struct sk_buff *skb,
				u16 type, u32 now)
{
	struct nlattr *attr = info->attrs[type];

	if (!attr || nla_get_u32(attr) <= now ||
	    netlink_capable(skb, CAP_NET_ADMIN))
		return 0;
	NL_SET_ERR_MSG_ATTR(info->extack, attr,
			    "only the initial user namespace raises limits");
	return -EPERM;
}

static int sdwan_nl_check_limits(struct genl_info *info, struct sk_buff *skb,
				 struct sdwan_net *sn)
{
	int i, err;

	for (i = 0; i < ARRAY_SIZE(sdwan_nl_kinds); i++) {
		err = sdwan_nl_check_limit(info, skb, sdwan_nl_kinds[i].max,
					   sn->table[sdwan_nl_kinds[i].kind].max);
		if (err)
			return err;
	}
	err = sdwan_nl_check_limit(info, skb, SDWAN_A_FABRIC_MAX_SEGMENTS,
				   sn->max_segments);
	if (!err)
		err = sdwan_nl_check_limit(info, skb, SDWAN_A_FABRIC_MAX_FLOWS,
					   sdwan_flows_max(sn));
	return err;
}

static int sdwan_nl_check_mark_mask(struct genl_info *info,
				    struct sdwan_net *sn)
{
	struct nlattr *attr = info->attrs[SDWAN_A_FABRIC_MARK_MASK];
	struct xarray *classes = &sn->table[SDWAN_KIND_CLASS].ids;
	unsigned long id;
	u32 mask;

	if (!attr)
		return 0;
	mask = nla_get_u32(attr);
	if (!sdwan_mark_mask_ok(mask)) {
		NL_SET_ERR_MSG_ATTR(info->extack, attr,
				    "a mask for classes has at least 10 bits, side by side");
		return -EINVAL;
	}
	if (!mask && sn->frame_rules) {
		NL_SET_ERR_MSG_ATTR(info->extack, attr,
				    "a rule that names parts of frames needs a mask");
		return -EBUSY;
	}
	/* there are none beyond INT_MAX in any case */
	id = mask ? min_t(u32, sdwan_mark_max(mask), INT_MAX) + 1UL : ULONG_MAX;
	if (!xa_find(classes, &id, ULONG_MAX, XA_PRESENT))
		return 0;
	NL_SET_ERR_MSG_ATTR(info->extack, attr,
			    "there is a class whose number has no room in the mask");
	return -ENOSPC;
}

/* What flows were given by the old mask does not count any more. */
static void sdwan_nl_set_mark_mask(struct genl_info *info, struct sdwan_net *sn)
{
	struct nlattr *attr = info->attrs[SDWAN_A_FABRIC_MARK_MASK];
	u32 mask;

	if (!attr)
		return;
	mask = nla_get_u32(attr);
	sn->table[SDWAN_KIND_CLASS].max_id =
		mask ? min_t(u32, sdwan_mark_max(mask), INT_MAX) : INT_MAX;
	sdwan_epoch_begin(sn);
	WRITE_ONCE(sn->mark_mask, mask);
	sdwan_epoch_end(sn);
}

/* This one takes memory, and so can fail: it comes before all others. */
static int sdwan_nl_set_flows(struct genl_info *info, struct sdwan_net *sn)
{
	struct nlattr *attr = info->attrs[SDWAN_A_FABRIC_MAX_FLOWS];
	int err;

	if (!attr || nla_get_u32(attr) == sdwan_flows_max(sn))
		return 0;
	err = sdwan_flows_resize(sn, nla_get_u32(attr));
	if (err)
		NL_SET_ERR_MSG_ATTR(info->extack, attr,
				    "there is no memory for so many flows");
	return err;
}

static void sdwan_nl_set_limits(struct genl_info *info, struct sdwan_net *sn)
{
	struct nlattr *attr;
	int i;

	for (i = 0; i < ARRAY_SIZE(sdwan_nl_kinds); i++) {
		attr = info->attrs[sdwan_nl_kinds[i].max];
		if (attr)
			sn->table[sdwan_nl_kinds[i].kind].max = nla_get_u32(attr);
	}
	attr = info->attrs[SDWAN_A_FABRIC_MAX_SEGMENTS];
	if (attr)
		sn->max_segments = nla_get_u32(attr);
	attr = info->attrs[SDWAN_A_FABRIC_FLOW_TIMEOUT];
	if (attr)
		sdwan_flows_set_timeout(sn, nla_get_u32(attr));
}

int sdwan_nl_fabric_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct sdwan_net *sn = sdwan_nl_fabric(info, 0);
	int err;

	if (IS_ERR(sn))
		return PTR_ERR(sn);

	mutex_lock(&sn->lock);
	err = sdwan_nl_check_limits(info, skb, sn);
	if (!err)
		err = sdwan_nl_check_mark_mask(info, sn);
	if (!err)
		err = sdwan_nl_set_flows(info, sn);
	if (!err) {
		sdwan_nl_set_limits(info, sn);
		sdwan_nl_set_mark_mask(info, sn);
	}
	mutex_unlock(&sn->lock);
	return err;
}
