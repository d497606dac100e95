/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: whether paths fulfil the objectives of classes
 */
#ifndef _SDWAN_SLA_H
#define _SDWAN_SLA_H

#include <linux/types.h>

struct sdwan_path;
struct sdwan_probe;

/**
 * struct sdwan_sla - an objective
 * @latency: largest round-trip time, microseconds; 0 for any, as the others
 * @jitter: largest delay variation, microseconds
 * @loss: most lost, millionths
 * @margin: how much less it takes to fulfil it again, millionths
 */
struct sdwan_sla {
	u32 latency;
	u32 jitter;
	u32 loss;
	u32 margin;
};

/**
 * struct sdwan_sla_view - what objectives are compared with
 * @latency: smoothed round-trip time, microseconds
 * @jitter: delay variation, of the worse direction, microseconds
 * @loss: what is lost, of probes or data, of the worse direction, millionths
 * @known: the others are
 */
struct sdwan_sla_view {
	u32 latency;
	u32 jitter;
	u32 loss;
	bool known;
};

static inline bool sdwan_sla_any(const struct sdwan_sla *sla)
{
	return sla->latency || sla->jitter || sla->loss;
}

bool sdwan_sla_met(const struct sdwan_sla *sla,
		   const struct sdwan_sla_view *view, bool before);
void sdwan_sla_tighten(struct sdwan_sla *alarm, const struct sdwan_sla *sla);
void sdwan_sla_look(const struct sdwan_path *path,
		    struct sdwan_sla_view *view);
void sdwan_sla_guard(struct sdwan_path *path, const struct sdwan_sla *alarm);
void sdwan_sla_watch(struct sdwan_probe *probe);

#endif /* _SDWAN_SLA_H */
