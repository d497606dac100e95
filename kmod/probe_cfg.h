/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: what can be said of probes
 */
#ifndef _SDWAN_PROBE_CFG_H
#define _SDWAN_PROBE_CFG_H

#include "object.h"

/**
 * struct sdwan_probe_attrs - numbers of attributes, which differ by object
 * @mode: enum sdwan_probe_mode
 * @interval: of a path in use
 * @idle_interval: of another path
 * @mult: silent after so many intervals
 * @hold: how long a path that was silent is watched
 * @mtu: enum sdwan_probe_mtu
 * @raise: after how long longer packets are asked for again
 * @latency: above which a path is degraded
 * @jitter: likewise
 * @loss: likewise
 * @margin: degraded until below that, percent less
 */
struct sdwan_probe_attrs {
	u16 mode;
	u16 interval;
	u16 idle_interval;
	u16 mult;
	u16 hold;
	u16 mtu;
	u16 raise;
	u16 latency;
	u16 jitter;
	u16 loss;
	u16 margin;
};

extern const struct sdwan_probe_attrs sdwan_path_probe_attrs;
extern const struct sdwan_probe_attrs sdwan_underlay_probe_attrs;

int sdwan_probe_cfg_parse(struct sdwan_change *chg,
			  const struct sdwan_probe_attrs *ids, bool bare,
			  struct sdwan_probe_cfg *cfg);
int sdwan_probe_cfg_fill(struct sk_buff *skb,
			 const struct sdwan_probe_attrs *ids,
			 const struct sdwan_probe_cfg *cfg);

#endif /* _SDWAN_PROBE_CFG_H */
