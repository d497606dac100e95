// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: whether paths fulfil the objectives of classes
 *
 * The same limits, compared in the same way, say when a path is degraded.
 *
 * Classes are asked each round. What is not to wait for that is noticed by the
 * answer to a probe that tells it: each path knows the tightest limits of those
 * classes whose objective it fulfils.
 */
#include <linux/math64.h>
#include <linux/minmax.h>

#include "decision.h"
#include "probe.h"
#include "sla.h"

/*
 * The worst latency of late loses one part in 16 each time, so that half of it is
 * left after 1.3 s.
 */
#define SDWAN_SLA_FADE		(125 * NSEC_PER_MSEC)
#define SDWAN_SLA_FADE_SHIFT	4

/* So many times leave nothing that matters. */
#define SDWAN_SLA_FADED		256

/* Limits are in microseconds or millionths, of which a value has so many units. */
static bool sdwan_sla_above(u64 value, u32 limit, u32 units, u32 margin)
{
	return limit && value > div_u64((u64)limit * units *
					(SDWAN_PPM - margin), SDWAN_PPM);
}

/**
 * sdwan_sla_exceeded() - which limit is exceeded
 * @sla: limits
 * @view: what is known of a path
 * @margin: how much less than they say they are, millionths
 *
 * Return: SDWAN_STATE_REASON_LATENCY, _JITTER or _LOSS, the first of them in this
 * order, or SDWAN_STATE_REASON_NONE.
 */
enum sdwan_state_reason sdwan_sla_exceeded(const struct sdwan_sla *sla,
					   const struct sdwan_sla_view *view,
					   u32 margin)
{
	if (sdwan_sla_above(view->latency, sla->latency, NSEC_PER_USEC, margin))
		return SDWAN_STATE_REASON_LATENCY;
	if (sdwan_sla_above(view->jitter, sla->jitter, NSEC_PER_USEC, margin))
		return SDWAN_STATE_REASON_JITTER;
	if (sdwan_sla_above(view->loss, sla->loss, 1, margin))
		return SDWAN_STATE_REASON_LOSS;
	return SDWAN_STATE_REASON_NONE;
}

/**
 * sdwan_sla_late_add() - there is another round-trip time
 * @late: how bad the path was
 * @latency: smoothed, ns
 * @now: ktime
 */
void sdwan_sla_late_add(struct sdwan_sla_late *late, u64 latency, u64 now)
{
	u64 times = div_u64(now - late->at, SDWAN_SLA_FADE);

	late->at += times * SDWAN_SLA_FADE;
	for (times = min_t(u64, times, SDWAN_SLA_FADED); times; times--)
		late->latency -= late->latency >> SDWAN_SLA_FADE_SHIFT;
	late->latency = max(late->latency, latency);
}

/**
 * sdwan_sla_met() - whether a path fulfils an objective
 * @sla: objective
 * @view: what is known of the path
 * @before: whether it did so before
 *
 * Who did not must have been good for a while, the longer the worse it was: one
 * that comes and goes would be gone again when flows are there.
 *
 * Return: true where it does, or nothing is known.
 */
bool sdwan_sla_met(const struct sdwan_sla *sla,
		   const struct sdwan_sla_view *view, bool before)
{
	struct sdwan_sla_view late = *view;

	if (!view->known)
		return true;
	if (before)
		return sdwan_sla_exceeded(sla, view, 0) ==
		       SDWAN_STATE_REASON_NONE;
	late.latency = max(view->latency, view->late);
	return sdwan_sla_exceeded(sla, &late, sla->margin) ==
	       SDWAN_STATE_REASON_NONE;
}

static u32 sdwan_sla_tighter(u32 limit, u32 other)
{
	return limit && other ? min(limit, other) : limit ?: other;
}

/**
 * sdwan_sla_tighten() - take the tighter limits of two objectives
 * @alarm: an objective; result
 * @sla: another one
 */
void sdwan_sla_tighten(struct sdwan_sla *alarm, const struct sdwan_sla *sla)
{
	alarm->latency = sdwan_sla_tighter(alarm->latency, sla->latency);
	alarm->jitter = sdwan_sla_tighter(alarm->jitter, sla->jitter);
	alarm->loss = sdwan_sla_tighter(alarm->loss, sla->loss);
}

/**
 * sdwan_sla_view() - collect what limits are compared with
 * @probe: probes of a path, locked
 * @view: result
 */
void sdwan_sla_view(const struct sdwan_probe *probe,
		    struct sdwan_sla_view *view)
{
	const struct sdwan_measure *m = &probe->measure;
	const struct sdwan_traffic *t = &probe->traffic;

	*view = (struct sdwan_sla_view) {
		.known = probe->verdict != SDWAN_PROBE_UNASKED && m->timed,
		.latency = m->timed ? m->rtt : 0,
		.late = m->timed ? probe->late.latency : 0,
		.jitter = max(m->var_tx, m->var_rx),
		.loss = max(m->loss_tx, m->loss_rx),
	};
	if (t->known)
		view->loss = max3(view->loss, t->tx.loss, t->rx.loss);
}

/**
 * sdwan_sla_look() - look at what objectives are compared with
 * @path: path
 * @view: result
 */
void sdwan_sla_look(const struct sdwan_path *path, struct sdwan_sla_view *view)
{
	spin_lock_bh(&path->probe->lock);
	sdwan_sla_view(path->probe, view);
	spin_unlock_bh(&path->probe->lock);
}

/**
 * sdwan_sla_guard() - say what is to be noticed at once
 * @path: path
 * @alarm: limits, each 0 for none
 */
void sdwan_sla_guard(struct sdwan_path *path, const struct sdwan_sla *alarm)
{
	spin_lock_bh(&path->probe->lock);
	path->alarm = *alarm;
	spin_unlock_bh(&path->probe->lock);
}

/**
 * sdwan_sla_watch() - statistics have changed
 * @probe: probes of a path, locked
 * @view: what they are now
 *
 * Context: Bottom halves off.
 */
void sdwan_sla_watch(struct sdwan_probe *probe,
		     const struct sdwan_sla_view *view)
{
	struct sdwan_path *path = probe->path;

	if (likely(!sdwan_sla_any(&path->alarm) ||
		   sdwan_sla_met(&path->alarm, view, true)))
		return;
	/* once: who is told sets another one */
	path->alarm = (struct sdwan_sla) {};
	WRITE_ONCE(path->alarmed, true);
	sdwan_decisions_kick(path->obj.sn);
}
