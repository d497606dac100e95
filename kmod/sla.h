/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: whether paths fulfil the objectives of classes
 */
#ifndef _SDWAN_SLA_H
#define _SDWAN_SLA_H

#include <linux/sdwan.h>
#include <linux/types.h>

struct sdwan_path;
struct sdwan_probe;

/**
 * struct sdwan_sla - limits of what is measured: an objective of a class, or those
 *	beyond which a path is degraded
 * @latency: largest round-trip time, microseconds; 0 for any, as the others
 * @jitter: largest delay variation, microseconds
 * @loss: most lost, millionths
 * @margin: how much less it takes to be within them again, millionths
 */
struct sdwan_sla {
	u32 latency;
	u32 jitter;
	u32 loss;
	u32 margin;
};

/**
 * struct sdwan_sla_view - what limits are compared with
 * @latency: smoothed round-trip time, ns; 0 where it is not known
 * @late: what has faded of the largest one, see struct sdwan_sla_late
 * @jitter: delay variation, of the worse direction, ns
 * @loss: what is lost, of probes or data, of the worse direction, millionths
 * @known: the path is probed, and has answered
 */
struct sdwan_sla_view {
	u64 latency;
	u64 late;
	u64 jitter;
	u32 loss;
	bool known;
};

/**
 * struct sdwan_sla_late - how bad a path was of late
 * @latency: the largest of the smoothed round-trip times, ns, each of which fades
 * @at: ktime until which they have faded
 *
 * Protected by whatever protects what it is part of.
 */
struct sdwan_sla_late {
	u64 latency;
	u64 at;
};

static inline bool sdwan_sla_any(const struct sdwan_sla *sla)
{
	return sla->latency || sla->jitter || sla->loss;
}

void sdwan_sla_late_add(struct sdwan_sla_late *late, u64 latency, u64 now);
void sdwan_sla_view(const struct sdwan_probe *probe,
		    struct sdwan_sla_view *view);
enum sdwan_state_reason sdwan_sla_exceeded(const struct sdwan_sla *sla,
					   const struct sdwan_sla_view *view,
					   u32 margin);
bool sdwan_sla_met(const struct sdwan_sla *sla,
		   const struct sdwan_sla_view *view, bool before);
void sdwan_sla_tighten(struct sdwan_sla *alarm, const struct sdwan_sla *sla);
void sdwan_sla_look(const struct sdwan_path *path,
		    struct sdwan_sla_view *view);
void sdwan_sla_guard(struct sdwan_path *path, const struct sdwan_sla *alarm);
void sdwan_sla_watch(struct sdwan_probe *probe,
		     const struct sdwan_sla_view *view);

#endif /* _SDWAN_SLA_H */
