// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: what a class wants of paths, and how is decided on them
 */
#include "class.h"
#include "group.h"
#include "metric.h"

#define SDWAN_CLASS_MARGIN	(SDWAN_PPM / 10)
#define SDWAN_CLASS_ALPHA	(SDWAN_PPM / 10)
#define SDWAN_CLASS_ROUND	USEC_PER_SEC

/* What only those modes have that decide. */
static const u16 sdwan_class_goal_attrs[] = {
	SDWAN_A_CLASS_SLA_LATENCY, SDWAN_A_CLASS_SLA_JITTER,
	SDWAN_A_CLASS_SLA_LOSS, SDWAN_A_CLASS_METRIC, SDWAN_A_CLASS_SHADOW,
};

/**
 * sdwan_class_goal_init() - set the defaults
 * @cfg: configuration of a class
 */
void sdwan_class_goal_init(struct sdwan_class_cfg *cfg)
{
	cfg->sla.margin = SDWAN_CLASS_MARGIN;
	cfg->alpha = SDWAN_CLASS_ALPHA;
	cfg->round = SDWAN_CLASS_ROUND;
}

static void sdwan_class_goal_u32(const struct sdwan_change *chg, int attr,
				 u32 *value)
{
	if (chg->attrs[attr])
		*value = nla_get_u32(chg->attrs[attr]);
}

static int sdwan_class_goal_metric(struct sdwan_change *chg, int attr,
				   struct sdwan_metric **metric)
{
	if (!chg->attrs[attr])
		return 0;
	*metric = NULL;
	if (!*(const char *)nla_data(chg->attrs[attr]))
		return 0;
	*metric = sdwan_metric_find(chg, attr);
	if (!*metric)
		return sdwan_refuse(chg, attr, -ENOENT,
				    "there is no metric of this name");
	return 0;
}

/* Whoever changes the mode keeps the objective, which may not suit it. */
static int sdwan_class_goal_suits(struct sdwan_change *chg,
				  const struct sdwan_class_cfg *cfg)
{
	bool any = sdwan_sla_any(&cfg->sla) || cfg->metric || cfg->shadow;
	int i;

	if (cfg->mode == SDWAN_CLASS_MODE_BEST || !any)
		return 0;
	if (cfg->mode == SDWAN_CLASS_MODE_BALANCE) {
		if (cfg->decided)
			return 0;
		return sdwan_refuse(chg, chg->attrs[SDWAN_A_CLASS_SHADOW] ?
				    SDWAN_A_CLASS_SHADOW : SDWAN_A_CLASS_MODE,
				    -EINVAL,
				    "mode balance has a shadow metric beside an objective or a metric only");
	}
	for (i = 0; i < ARRAY_SIZE(sdwan_class_goal_attrs); i++)
		if (chg->attrs[sdwan_class_goal_attrs[i]])
			return sdwan_refuse(chg, sdwan_class_goal_attrs[i],
					    -EINVAL,
					    "only modes best and balance have objectives and metrics");
	return sdwan_refuse(chg, SDWAN_A_CLASS_MODE, -EINVAL,
			    "only modes best and balance have objectives and metrics: take them away first");
}

/**
 * sdwan_class_goal_parse() - read what a request says of it
 * @chg: request
 * @cfg: result, its mode known
 *
 * Return: 0 or a negative error.
 */
int sdwan_class_goal_parse(struct sdwan_change *chg,
			   struct sdwan_class_cfg *cfg)
{
	int err;

	sdwan_class_goal_u32(chg, SDWAN_A_CLASS_SLA_LATENCY, &cfg->sla.latency);
	sdwan_class_goal_u32(chg, SDWAN_A_CLASS_SLA_JITTER, &cfg->sla.jitter);
	sdwan_class_goal_u32(chg, SDWAN_A_CLASS_SLA_LOSS, &cfg->sla.loss);
	sdwan_class_goal_u32(chg, SDWAN_A_CLASS_EXIT_MARGIN, &cfg->sla.margin);
	sdwan_class_goal_u32(chg, SDWAN_A_CLASS_ALPHA, &cfg->alpha);
	sdwan_class_goal_u32(chg, SDWAN_A_CLASS_FLOOR, &cfg->floor);
	sdwan_class_goal_u32(chg, SDWAN_A_CLASS_ROUND, &cfg->round);
	err = sdwan_class_goal_metric(chg, SDWAN_A_CLASS_METRIC, &cfg->metric);
	if (!err)
		err = sdwan_class_goal_metric(chg, SDWAN_A_CLASS_SHADOW,
					      &cfg->shadow);
	if (err)
		return err;
	cfg->decided = cfg->mode == SDWAN_CLASS_MODE_BEST ||
		       (cfg->mode == SDWAN_CLASS_MODE_BALANCE &&
			(sdwan_sla_any(&cfg->sla) || cfg->metric));
	return sdwan_class_goal_suits(chg, cfg);
}

/**
 * sdwan_class_goal_hold() - metrics are named, which keeps them
 * @cfg: configuration of a class, prepared
 */
void sdwan_class_goal_hold(struct sdwan_class_cfg *cfg)
{
	INIT_LIST_HEAD(&cfg->of_metric);
	INIT_LIST_HEAD(&cfg->of_shadow);
	if (cfg->metric)
		list_add_tail(&cfg->of_metric, &cfg->metric->classes);
	if (cfg->shadow)
		list_add_tail(&cfg->of_shadow, &cfg->shadow->shadows);
}

/**
 * sdwan_class_goal_drop() - they are not any more
 * @cfg: configuration of a class that retires
 */
void sdwan_class_goal_drop(struct sdwan_class_cfg *cfg)
{
	list_del(&cfg->of_metric);
	list_del(&cfg->of_shadow);
}

static bool sdwan_class_stays(const struct sdwan_class_cfg *cfg)
{
	const struct sdwan_object *owner = &cfg->class->obj;

	return owner->stage != SDWAN_STAGE_DELETE &&
	       sdwan_object_staged_cfg(owner) == &cfg->hdr;
}

/**
 * sdwan_class_names() - whether a class names a metric
 * @metric: metric
 *
 * Return: true where one does, as a writer sees it.
 */
bool sdwan_class_names(const struct sdwan_metric *metric)
{
	const struct sdwan_class_cfg *cfg;

	list_for_each_entry(cfg, &metric->classes, of_metric)
		if (sdwan_class_stays(cfg))
			return true;
	list_for_each_entry(cfg, &metric->shadows, of_shadow)
		if (sdwan_class_stays(cfg))
			return true;
	return false;
}

/**
 * sdwan_class_goal_fill() - write it to a message
 * @skb: message
 * @cfg: configuration of a class
 *
 * Return: 0 or -EMSGSIZE.
 */
int sdwan_class_goal_fill(struct sk_buff *skb,
			  const struct sdwan_class_cfg *cfg)
{
	if (nla_put_u32(skb, SDWAN_A_CLASS_SLA_LATENCY, cfg->sla.latency) ||
	    nla_put_u32(skb, SDWAN_A_CLASS_SLA_JITTER, cfg->sla.jitter) ||
	    nla_put_u32(skb, SDWAN_A_CLASS_SLA_LOSS, cfg->sla.loss) ||
	    nla_put_u32(skb, SDWAN_A_CLASS_EXIT_MARGIN, cfg->sla.margin) ||
	    nla_put_u32(skb, SDWAN_A_CLASS_ALPHA, cfg->alpha) ||
	    nla_put_u32(skb, SDWAN_A_CLASS_FLOOR, cfg->floor) ||
	    nla_put_u32(skb, SDWAN_A_CLASS_ROUND, cfg->round) ||
	    nla_put_string(skb, SDWAN_A_CLASS_METRIC,
			   cfg->metric ? cfg->metric->name : "") ||
	    nla_put_string(skb, SDWAN_A_CLASS_SHADOW,
			   cfg->shadow ? cfg->shadow->name : "") ||
	    nla_put_string(skb, SDWAN_A_CLASS_GROUP,
			   cfg->group ? cfg->group->name : ""))
		return -EMSGSIZE;
	return 0;
}
