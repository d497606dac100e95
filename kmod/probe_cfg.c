// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: what can be said of probes
 */
#include <linux/user_namespace.h>

#include "probe_cfg.h"

/* Shortest interval, microseconds: of the host, and of others. */
#define SDWAN_PROBE_INTERVAL_MIN	10000
#define SDWAN_PROBE_INTERVAL_USER	100000

/* Shortest time after which longer packets are asked for, microseconds. */
#define SDWAN_PROBE_RAISE_MIN		1000000

const struct sdwan_probe_attrs sdwan_path_probe_attrs = {
	.mode = SDWAN_A_PATH_PROBE,
	.interval = SDWAN_A_PATH_PROBE_INTERVAL,
	.idle_interval = SDWAN_A_PATH_PROBE_IDLE_INTERVAL,
	.mult = SDWAN_A_PATH_PROBE_MULT,
	.hold = SDWAN_A_PATH_PROBE_HOLD,
	.mtu = SDWAN_A_PATH_PROBE_MTU,
	.raise = SDWAN_A_PATH_PROBE_RAISE,
	.latency = SDWAN_A_PATH_DEGRADED_LATENCY,
	.jitter = SDWAN_A_PATH_DEGRADED_JITTER,
	.loss = SDWAN_A_PATH_DEGRADED_LOSS,
	.margin = SDWAN_A_PATH_DEGRADED_MARGIN,
};

const struct sdwan_probe_attrs sdwan_underlay_probe_attrs = {
	.mode = SDWAN_A_UNDERLAY_PROBE,
	.interval = SDWAN_A_UNDERLAY_PROBE_INTERVAL,
	.idle_interval = SDWAN_A_UNDERLAY_PROBE_IDLE_INTERVAL,
	.mult = SDWAN_A_UNDERLAY_PROBE_MULT,
	.hold = SDWAN_A_UNDERLAY_PROBE_HOLD,
	.mtu = SDWAN_A_UNDERLAY_PROBE_MTU,
	.raise = SDWAN_A_UNDERLAY_PROBE_RAISE,
	.latency = SDWAN_A_UNDERLAY_DEGRADED_LATENCY,
	.jitter = SDWAN_A_UNDERLAY_DEGRADED_JITTER,
	.loss = SDWAN_A_UNDERLAY_DEGRADED_LOSS,
	.margin = SDWAN_A_UNDERLAY_DEGRADED_MARGIN,
};

static int sdwan_probe_cfg_mode(struct sdwan_change *chg, u16 attr, bool bare,
				u8 *mode)
{
	if (!chg->attrs[attr])
		return 0;
	*mode = nla_get_u32(chg->attrs[attr]);
	if (bare && *mode == SDWAN_PROBE_MODE_UNDERLAY)
		return sdwan_refuse(chg, attr, -EOPNOTSUPP,
				    "a path of encapsulation dev has no remote address that could be probed");
	return 0;
}

static int sdwan_probe_cfg_interval(struct sdwan_change *chg, u16 attr,
				    u32 *interval)
{
	bool initial = chg->sn->net->user_ns == &init_user_ns;

	if (!chg->attrs[attr])
		return 0;
	*interval = nla_get_u32(chg->attrs[attr]);
	if (*interval && *interval < SDWAN_PROBE_INTERVAL_MIN)
		return sdwan_refuse(chg, attr, -ERANGE,
				    "probes are sent every 10 ms at most");
	if (*interval && *interval < SDWAN_PROBE_INTERVAL_USER && !initial)
		return sdwan_refuse(chg, attr, -ERANGE,
				    "probes are sent every 100 ms at most in a user namespace");
	return 0;
}

static int sdwan_probe_cfg_raise(struct sdwan_change *chg, u16 attr, u32 *raise)
{
	if (!chg->attrs[attr])
		return 0;
	*raise = nla_get_u32(chg->attrs[attr]);
	if (*raise && *raise < SDWAN_PROBE_RAISE_MIN)
		return sdwan_refuse(chg, attr, -ERANGE,
				    "longer packets are asked for once a second at most");
	return 0;
}

static void sdwan_probe_cfg_degraded(struct sdwan_change *chg,
				     const struct sdwan_probe_attrs *ids,
				     struct sdwan_probe_cfg *cfg)
{
	if (chg->attrs[ids->latency])
		cfg->latency = nla_get_u32(chg->attrs[ids->latency]);
	if (chg->attrs[ids->jitter])
		cfg->jitter = nla_get_u32(chg->attrs[ids->jitter]);
	if (chg->attrs[ids->loss])
		cfg->loss = nla_get_u32(chg->attrs[ids->loss]);
	if (chg->attrs[ids->margin])
		cfg->margin = nla_get_u8(chg->attrs[ids->margin]);
}

/**
 * sdwan_probe_cfg_parse() - read what a request says of probes
 * @chg: request
 * @ids: its attributes
 * @bare: there is no outer header
 * @cfg: what was so far; changed
 *
 * Return: 0, or a negative error with @chg told why.
 */
int sdwan_probe_cfg_parse(struct sdwan_change *chg,
			  const struct sdwan_probe_attrs *ids, bool bare,
			  struct sdwan_probe_cfg *cfg)
{
	int err;

	err = sdwan_probe_cfg_mode(chg, ids->mode, bare, &cfg->mode);
	if (!err)
		err = sdwan_probe_cfg_interval(chg, ids->interval,
					       &cfg->interval);
	if (!err)
		err = sdwan_probe_cfg_interval(chg, ids->idle_interval,
					       &cfg->idle_interval);
	if (!err)
		err = sdwan_probe_cfg_raise(chg, ids->raise, &cfg->raise);
	if (err)
		return err;
	if (chg->attrs[ids->mult])
		cfg->mult = nla_get_u8(chg->attrs[ids->mult]);
	if (chg->attrs[ids->mtu])
		cfg->mtu = nla_get_u32(chg->attrs[ids->mtu]);
	if (chg->attrs[ids->hold])
		cfg->hold = nla_get_u32(chg->attrs[ids->hold]);
	sdwan_probe_cfg_degraded(chg, ids, cfg);
	return 0;
}

/**
 * sdwan_probe_cfg_fill() - tell what is configured of probes
 * @skb: message
 * @ids: its attributes
 * @cfg: what is told
 *
 * Return: 0 or -EMSGSIZE.
 */
int sdwan_probe_cfg_fill(struct sk_buff *skb,
			 const struct sdwan_probe_attrs *ids,
			 const struct sdwan_probe_cfg *cfg)
{
	if (nla_put_u32(skb, ids->mode, cfg->mode) ||
	    nla_put_u32(skb, ids->interval, cfg->interval) ||
	    nla_put_u32(skb, ids->idle_interval, cfg->idle_interval) ||
	    nla_put_u8(skb, ids->mult, cfg->mult) ||
	    nla_put_u32(skb, ids->hold, cfg->hold) ||
	    nla_put_u32(skb, ids->mtu, cfg->mtu) ||
	    nla_put_u32(skb, ids->raise, cfg->raise) ||
	    nla_put_u32(skb, ids->latency, cfg->latency) ||
	    nla_put_u32(skb, ids->jitter, cfg->jitter) ||
	    nla_put_u32(skb, ids->loss, cfg->loss) ||
	    nla_put_u8(skb, ids->margin, cfg->margin))
		return -EMSGSIZE;
	return 0;
}
