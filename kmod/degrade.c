// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: paths that carry traffic badly
 *
 * A path is degraded from when one of its smoothed figures is above a threshold,
 * and no longer when all were below lower ones for a time: so that a path at the
 * threshold does not come and go with each probe.  It is looked at with each answer;
 * without answers a path is silent, which is worse.  Other paths go before it, be
 * they of less preference.
 */
#include "degrade.h"
#include "probe.h"
#include "sla.h"
#include "state.h"

static void sdwan_degrade_set(struct sdwan_probe *probe,
			      enum sdwan_state_reason reason)
{
	WRITE_ONCE(probe->path->degraded, reason);
	sdwan_state_kick(probe->path->obj.sn);
}

/**
 * sdwan_degrade_look() - an answer has come: is the path good enough?
 * @probe: probes of the path, locked
 * @view: what they tell now
 * @now: ktime
 *
 * Context: Bottom halves off.
 */
void sdwan_degrade_look(struct sdwan_probe *probe,
			const struct sdwan_sla_view *view, u64 now)
{
	const struct sdwan_sla *limits = &probe->params.limits;
	enum sdwan_state_reason reason;

	if (probe->path->degraded == SDWAN_STATE_REASON_NONE) {
		reason = sdwan_sla_exceeded(limits, view, 0);
		if (reason == SDWAN_STATE_REASON_NONE)
			return;
		probe->calm_at = now;
		sdwan_degrade_set(probe, reason);
		return;
	}
	reason = sdwan_sla_exceeded(limits, view, limits->margin);
	if (reason != SDWAN_STATE_REASON_NONE)
		probe->calm_at = now;
	else if (now - probe->calm_at >= probe->params.hold)
		sdwan_degrade_set(probe, SDWAN_STATE_REASON_NONE);
}

/**
 * sdwan_degrade_end() - nothing is known of the path any more
 * @probe: probes of the path, locked
 */
void sdwan_degrade_end(struct sdwan_probe *probe)
{
	if (probe->path->degraded != SDWAN_STATE_REASON_NONE)
		sdwan_degrade_set(probe, SDWAN_STATE_REASON_NONE);
}
