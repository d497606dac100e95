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
#include <linux/math64.h>
#include <linux/minmax.h>

#include "degrade.h"
#include "probe.h"
#include "state.h"

static u32 sdwan_degrade_loss(const struct sdwan_probe *probe)
{
	const struct sdwan_traffic *t = &probe->traffic;
	u32 loss = max(probe->measure.loss_tx, probe->measure.loss_rx);

	return t->known ? max3(loss, t->tx.loss, t->rx.loss) : loss;
}

/* Above this part of a threshold, in percent; one of 0 is none. */
static bool sdwan_degrade_above(u64 value, u64 threshold, u32 percent)
{
	return threshold && value * 100 > threshold * percent;
}

static enum sdwan_state_reason
sdwan_degrade_reason(const struct sdwan_probe *probe, u32 percent)
{
	const struct sdwan_probe_params *params = &probe->params;
	const struct sdwan_measure *m = &probe->measure;

	if (m->timed && sdwan_degrade_above(m->rtt, params->latency, percent))
		return SDWAN_STATE_REASON_LATENCY;
	if (sdwan_degrade_above(max(m->var_tx, m->var_rx), params->jitter,
				percent))
		return SDWAN_STATE_REASON_JITTER;
	if (sdwan_degrade_above(sdwan_degrade_loss(probe), params->loss,
				percent))
		return SDWAN_STATE_REASON_LOSS;
	return SDWAN_STATE_REASON_NONE;
}

static void sdwan_degrade_set(struct sdwan_probe *probe,
			      enum sdwan_state_reason reason)
{
	WRITE_ONCE(probe->degraded, reason);
	WRITE_ONCE(probe->path->degraded, reason != SDWAN_STATE_REASON_NONE);
	sdwan_state_kick(probe->path->obj.sn);
}

/**
 * sdwan_degrade_look() - an answer has come: is the path good enough?
 * @probe: probes of the path, locked
 * @now: ktime
 *
 * Context: Bottom halves off.
 */
void sdwan_degrade_look(struct sdwan_probe *probe, u64 now)
{
	enum sdwan_state_reason reason;

	if (probe->degraded == SDWAN_STATE_REASON_NONE) {
		reason = sdwan_degrade_reason(probe, 100);
		if (reason == SDWAN_STATE_REASON_NONE)
			return;
		probe->calm_at = now;
		sdwan_degrade_set(probe, reason);
		return;
	}
	reason = sdwan_degrade_reason(probe, 100 - probe->params.margin);
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
	if (probe->degraded != SDWAN_STATE_REASON_NONE)
		sdwan_degrade_set(probe, SDWAN_STATE_REASON_NONE);
}
