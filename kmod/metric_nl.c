// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: requests about what paths cost
 */
#include <net/genetlink.h>

#include "fabric.h"
#include "metric.h"
#include "netlink.h"
#include "netlink_gen.h"

/* Both that a request has to name. */
static int sdwan_metric_pair(struct genl_info *info, struct sdwan_net *sn,
			     struct sdwan_object **metric,
			     struct sdwan_object **path)
{
	*metric = sdwan_nl_named(sn, &sdwan_metric_type, info->extack,
				 info->attrs[SDWAN_A_COST_METRIC]);
	if (IS_ERR(*metric))
		return PTR_ERR(*metric);
	if (!*metric)
		return sdwan_nl_lacks(info, SDWAN_A_COST_METRIC,
				      "the name of the metric is missing");
	*path = sdwan_nl_named(sn, &sdwan_path_type, info->extack,
			       info->attrs[SDWAN_A_COST_PATH]);
	return PTR_ERR_OR_ZERO(*path);
}

static struct sdwan_path *to_path(struct sdwan_object *obj)
{
	return obj ? container_of(obj, struct sdwan_path, obj) : NULL;
}

static int sdwan_metric_put_cost(struct sk_buff *msg, void *hdr,
				 struct sdwan_object *metric,
				 const struct sdwan_path *path, u32 cost,
				 u64 at)
{
	u64 age = div_u64(ktime_get_ns() - at, NSEC_PER_MSEC);

	if (!hdr)
		return -EMSGSIZE;
	if (nla_put_string(msg, SDWAN_A_COST_METRIC, to_metric(metric)->name) ||
	    nla_put_string(msg, SDWAN_A_COST_PATH, path->name) ||
	    nla_put_u32(msg, SDWAN_A_COST_COST, cost) ||
	    nla_put_u32(msg, SDWAN_A_COST_AGE, min_t(u64, age, U32_MAX))) {
		genlmsg_cancel(msg, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(msg, hdr);
	return 0;
}

static int sdwan_metric_answer_cost(struct genl_info *info,
				    struct sdwan_net *sn, struct sk_buff *msg)
{
	struct sdwan_object *metric, *path;
	u32 cost;
	int err;
	u64 at;

	err = sdwan_metric_pair(info, sn, &metric, &path);
	if (err)
		return err;
	if (!path)
		return sdwan_nl_lacks(info, SDWAN_A_COST_PATH,
				      "the name of the path is missing");
	if (!sdwan_metric_cost(to_path(path), metric, &cost, &at)) {
		NL_SET_ERR_MSG(info->extack,
			       "the metric was not computed yet for this path");
		return -ENODATA;
	}
	return sdwan_metric_put_cost(msg, sdwan_nl_reply_put(msg, info), metric,
				     to_path(path), cost, at);
}

/* Which statistic is given, and what it is. */
static int sdwan_metric_field(struct genl_info *info, const struct nlattr *attr,
			      struct sdwan_metric_block *block)
{
	struct nlattr *tb[SDWAN_A_METRIC_FIELD_VALUE + 1];
	const struct nlattr *offset;
	u32 at;
	int err;

	err = nla_parse_nested(tb, SDWAN_A_METRIC_FIELD_VALUE, attr,
			       sdwan_metric_field_nl_policy, info->extack);
	if (err)
		return err;
	offset = tb[SDWAN_A_METRIC_FIELD_OFFSET];
	if (!offset || !tb[SDWAN_A_METRIC_FIELD_VALUE]) {
		NL_SET_ERR_MSG_ATTR(info->extack, attr,
				    "a statistic has an offset and a value");
		return -EINVAL;
	}
	at = nla_get_u32(offset);
	if (at % sizeof(__be32) || at >= sizeof(*block) ||
	    at < offsetof(struct sdwan_metric_block, time)) {
		NL_SET_ERR_MSG_ATTR(info->extack, offset,
				    "there is no statistic at this offset");
		return -EINVAL;
	}
	((__be32 *)block)[at / sizeof(__be32)] =
		cpu_to_be32(nla_get_u32(tb[SDWAN_A_METRIC_FIELD_VALUE]));
	return 0;
}

static int sdwan_metric_given(struct genl_info *info,
			      struct sdwan_metric_block *block)
{
	const struct nlattr *attr;
	int rem, err;

	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(attr) != SDWAN_A_COST_FIELD)
			continue;
		err = sdwan_metric_field(info, attr, block);
		if (err)
			return err;
	}
	return 0;
}

static int sdwan_metric_answer_test(struct genl_info *info,
				    struct sdwan_net *sn, struct sk_buff *msg)
{
	const struct sdwan_metrics *m = sn->metrics;
	struct sk_buff *stats = m->skb[0];
	struct sdwan_object *metric, *path;
	u32 cost;
	void *hdr;
	int err;

	err = sdwan_metric_pair(info, sn, &metric, &path);
	if (err)
		return err;
	sdwan_metric_statistics(m, stats, to_path(path), ktime_get_ns());
	err = sdwan_metric_given(info, sdwan_metric_block(stats));
	if (err)
		return err;
	cost = sdwan_metric_run(sdwan_metric_cfg(sdwan_object_cfg(metric))->prog,
				stats);
	hdr = sdwan_nl_reply_put(msg, info);
	if (!hdr || nla_put_u32(msg, SDWAN_A_COST_COST, cost))
		return -EMSGSIZE;
	genlmsg_end(msg, hdr);
	return 0;
}

static int sdwan_metric_request(struct genl_info *info, u16 multi,
				int (*answer)(struct genl_info *info,
					      struct sdwan_net *sn,
					      struct sk_buff *msg))
{
	struct sdwan_net *sn = sdwan_nl_fabric(info, multi);
	struct sk_buff *msg;
	int err;

	if (IS_ERR(sn))
		return PTR_ERR(sn);
	msg = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!msg)
		return -ENOMEM;
	mutex_lock(&sn->lock);
	err = answer(info, sn, msg);
	mutex_unlock(&sn->lock);
	if (err) {
		nlmsg_free(msg);
		return err;
	}
	return genlmsg_reply(msg, info);
}

int sdwan_nl_metric_cost_doit(struct sk_buff *skb, struct genl_info *info)
{
	return sdwan_metric_request(info, 0, sdwan_metric_answer_cost);
}

int sdwan_nl_metric_test_doit(struct sk_buff *skb, struct genl_info *info)
{
	return sdwan_metric_request(info, SDWAN_A_COST_FIELD,
				    sdwan_metric_answer_test);
}

/**
 * struct sdwan_metric_dump - what is told of costs
 * @skb: where
 * @cb: the dump; it goes on after path args[0] - 1 and metric args[1] - 1
 * @metric: the only metric, or NULL
 * @path: the only path, or NULL
 */
struct sdwan_metric_dump {
	struct sk_buff *skb;
	struct netlink_callback *cb;
	struct sdwan_object *metric;
	struct sdwan_object *path;
};

/* Returns whether there was room. */
static bool sdwan_metric_dump_path(struct sdwan_metric_dump *d,
				   struct sdwan_net *sn,
				   const struct sdwan_path *path)
{
	struct sdwan_object *obj;
	unsigned long id;
	u32 cost;
	u64 at;

	xa_for_each_start(&sn->table[SDWAN_KIND_METRIC].ids, id, obj,
			  d->cb->args[1]) {
		if (!rcu_access_pointer(obj->cfg) ||
		    (d->metric && d->metric != obj) ||
		    !sdwan_metric_cost(path, obj, &cost, &at))
			continue;
		if (sdwan_metric_put_cost(d->skb,
					  sdwan_nl_dump_put(d->skb, d->cb),
					  obj, path, cost, at))
			return false;
		d->cb->args[1] = id + 1;
	}
	d->cb->args[1] = 0;
	return true;
}

static int sdwan_metric_dump(struct sdwan_metric_dump *d, struct sdwan_net *sn)
{
	struct nlattr *tb[SDWAN_A_COST_PATH + 1];
	struct netlink_callback *cb = d->cb;
	struct sdwan_object *obj;
	unsigned long id;
	int err;

	err = nlmsg_parse(cb->nlh, GENL_HDRLEN, tb, SDWAN_A_COST_PATH,
			  sdwan_metric_cost_nl_policy, cb->extack);
	if (err)
		return err;
	d->metric = sdwan_nl_named(sn, &sdwan_metric_type, cb->extack,
				   tb[SDWAN_A_COST_METRIC]);
	if (IS_ERR(d->metric))
		return PTR_ERR(d->metric);
	d->path = sdwan_nl_named(sn, &sdwan_path_type, cb->extack,
				 tb[SDWAN_A_COST_PATH]);
	if (IS_ERR(d->path))
		return PTR_ERR(d->path);

	xa_for_each_start(&sn->table[SDWAN_KIND_PATH].ids, id, obj,
			  cb->args[0]) {
		if (!rcu_access_pointer(obj->cfg) ||
		    (d->path && d->path != obj))
			continue;
		/* where the one that was left off at is gone */
		if (id != cb->args[0])
			cb->args[1] = 0;
		cb->args[0] = id;
		if (!sdwan_metric_dump_path(d, sn, to_path(obj)))
			return 0;
		cb->args[0] = id + 1;
	}
	cb->args[0] = LONG_MAX;
	return 0;
}

int sdwan_nl_metric_cost_dumpit(struct sk_buff *skb,
				struct netlink_callback *cb)
{
	struct sdwan_net *sn = sdwan_net(sock_net(skb->sk));
	struct sdwan_metric_dump d = { .skb = skb, .cb = cb };
	int err;

	err = sdwan_nl_dump_allowed(sn, cb);
	if (err)
		return err;
	mutex_lock(&sn->lock);
	err = sdwan_metric_dump(&d, sn);
	mutex_unlock(&sn->lock);
	return err ?: skb->len;
}
