// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: how much longer packets take by one path than by another
 *
 * A probe says when it left, by our clock, and when it came there, by the other
 * one.  How far those two are apart nobody knows, but for all paths to one peer
 * it is the same: so the difference of two paths is known to the microsecond.
 *
 * A clock that is set is another one.  It is told from a path that has become
 * longer by the round-trip time, in which the other clock does not occur: what a
 * probe seems to take longer its answer seems to take less then.  That is a
 * matter of the peer: whatever was sampled before is worth nothing, on any of
 * its paths, until that has been sampled again.  That clocks go at different
 * rates is what the margin has a part for.
 */
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/math.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/seqlock.h>

#include "measure.h"
#include "probe.h"
#include "stamp.h"
#include "transit.h"
#include "types.h"

/* The variation is taken for so many mean deviations, as TCP does. */
#define SDWAN_TRANSIT_DEVS	4

/* Less is not taken for a clock that was set; the variation covers it. */
#define SDWAN_TRANSIT_STEP	(2 * NSEC_PER_MSEC)

/* Nor is what differs from the mean by less than so many mean deviations. */
#define SDWAN_TRANSIT_STEP_DEVS	8

static u32 sdwan_transit_usec(u64 ns)
{
	return min_t(u64, div_u64(ns, NSEC_PER_USEC), S32_MAX);
}

static void sdwan_transit_begin(struct sdwan_transit *t,
				const struct sdwan_transit_sample *sample,
				u64 clock)
{
	t->clock = clock;
	t->mean = sample->tx;
	t->rtt = sample->rtt;
}

/* Has the other clock been set, and nothing else happened? */
static bool sdwan_transit_is_set(const struct sdwan_transit *t,
				 const struct sdwan_transit_sample *sample)
{
	/* as long as it is not known how much it varies, by all that it is */
	u64 dev = t->count < SDWAN_TRANSIT_SAMPLES ? t->rtt : t->dev;
	u64 jump = abs(sample->tx - t->mean);
	u64 longer = abs((s64)(sample->rtt - t->rtt));

	return t->count &&
	       jump > SDWAN_TRANSIT_STEP + SDWAN_TRANSIT_STEP_DEVS * dev &&
	       longer < jump / 2;
}

/* Soon more, late less: what is rare is what overtakes. */
static void sdwan_transit_vary(struct sdwan_transit *t, u64 off)
{
	if (off > t->dev)
		t->dev += (off - t->dev) / 4;
	else
		t->dev -= (t->dev - off) / 16;
}

/**
 * sdwan_transit_take() - an answer tells how long its probe took
 * @t: what is known of the path
 * @sample: what it tells
 * @clock: ktime at which the clock there was last found to have been set
 *
 * How much it varies does not depend on the clock, and is not forgotten with it.
 *
 * Return: true where the clock there is found to have been set.
 */
bool sdwan_transit_take(struct sdwan_transit *t,
			const struct sdwan_transit_sample *sample, u64 clock)
{
	s64 off;

	if (t->clock != clock) {
		/* what was on its way then may be of the clock before */
		if ((s64)(sample->sent - clock) > 0)
			sdwan_transit_begin(t, sample, clock);
		return false;
	}
	if (sdwan_transit_is_set(t, sample)) {
		sdwan_transit_begin(t, sample, sample->came);
		return true;
	}

	off = sample->tx - t->mean;
	if (!t->count) {
		sdwan_transit_begin(t, sample, clock);
	} else if (t->count == 1) {
		t->dev = abs(off);
		t->mean += off / 2;
	} else {
		sdwan_transit_vary(t, abs(off));
		t->mean += off / 8;
	}
	t->rtt += (s64)(sample->rtt - t->rtt) / 8;
	if (t->count < SDWAN_TRANSIT_SAMPLES)
		t->count++;
	return false;
}

/**
 * sdwan_transit_look() - what the data path is to know of it
 * @t: what is known of the path
 * @rtt: smoothed round-trip time, ns
 * @rtt_var: its mean deviation, ns
 * @now: jiffies of the last sample
 * @view: result
 */
void sdwan_transit_look(const struct sdwan_transit *t, u64 rtt, u64 rtt_var,
			u32 now, struct sdwan_transit_view *view)
{
	view->clock = t->clock;
	view->at = now;
	view->mean = (u32)div_s64(t->mean, NSEC_PER_USEC);
	view->spread = sdwan_transit_usec(SDWAN_TRANSIT_DEVS * t->dev);
	view->bound = max(sdwan_transit_usec(rtt + SDWAN_TRANSIT_DEVS * rtt_var),
			  1U);
	view->count = t->count;
}

/* Milliseconds since the last sample. */
static u32 sdwan_transit_age(const struct sdwan_transit_view *view, u32 now)
{
	/* another CPU may be ahead */
	return jiffies_to_msecs(max_t(s32, now - view->at, 0));
}

static bool sdwan_transit_bounded(const struct sdwan_transit_view *view,
				  u32 now)
{
	return view->bound &&
	       sdwan_transit_age(view, now) < SDWAN_TRANSIT_KEEP;
}

static bool sdwan_transit_known(const struct sdwan_transit_view *view, u32 now)
{
	return view->count >= SDWAN_TRANSIT_SAMPLES &&
	       sdwan_transit_bounded(view, now);
}

/* How far clocks may have gone apart since both were sampled, microseconds. */
static u32 sdwan_transit_drift(const struct sdwan_transit_view *from,
			       const struct sdwan_transit_view *to, u32 now)
{
	u32 age = max(sdwan_transit_age(from, now),
		      sdwan_transit_age(to, now));

	return age * USEC_PER_MSEC / SDWAN_TRANSIT_DRIFT;
}

/**
 * sdwan_transit_more() - how much longer one path to a peer takes than another
 * @from: the one
 * @to: the other
 * @now: jiffies
 * @more: result, microseconds; less than 0 where it takes less
 *
 * What no delays can be is told by clocks that are not the same.
 *
 * Return: whether that is known.
 */
bool sdwan_transit_more(const struct sdwan_transit_view *from,
			const struct sdwan_transit_view *to, u32 now,
			s32 *more)
{
	*more = from->mean - to->mean;
	return sdwan_transit_known(from, now) &&
	       sdwan_transit_known(to, now) && from->clock == to->clock &&
	       *more <= (s32)from->bound && *more >= -(s32)to->bound;
}

/**
 * sdwan_transit_gap() - in which gap a flow can move without being overtaken by itself
 * @from: the path that is left
 * @to: the path that is taken
 * @same: they lead to the same clock
 * @now: jiffies
 *
 * Where the difference is not known, nothing that was sent by @from can be on its way for
 * longer than the round-trip time, and nothing arrives by @to sooner than at once.
 *
 * Return: microseconds that have to be exceeded; 0 where the next packet can go.
 */
u32 sdwan_transit_gap(const struct sdwan_transit_view *from,
		      const struct sdwan_transit_view *to, bool same, u32 now)
{
	s64 need;
	s32 more;

	if (!sdwan_transit_bounded(from, now))
		return SDWAN_TRANSIT_USUAL;
	need = from->bound;
	if (same && sdwan_transit_more(from, to, now, &more))
		need = min(need, (s64)more + from->spread + to->spread +
				 sdwan_transit_drift(from, to, now));
	need += SDWAN_TRANSIT_FLOOR;
	return clamp_t(s64, need, 0, SDWAN_TRANSIT_MOST);
}

/* The lock of @probe is held. */
static void sdwan_transit_tell(struct sdwan_probe *probe,
			       const struct sdwan_transit_view *view)
{
	write_seqcount_begin(&probe->transit_seq);
	probe->transit_view = *view;
	write_seqcount_end(&probe->transit_seq);
}

/**
 * sdwan_transit_learn() - a probe was answered
 * @probe: probes of its path, locked; its round-trip time has been smoothed
 * @answer: what the answer tells
 * @now: ktime at which it came
 *
 * What is probed outside of the tunnel may be answered by somebody else than the far
 * end, with a clock of his own: then the round-trip time is all that counts.
 *
 * Context: Bottom halves off.
 */
void sdwan_transit_learn(struct sdwan_probe *probe,
			 const struct sdwan_answer *answer, u64 now)
{
	const struct sdwan_transit_sample sample = {
		.tx = sdwan_stamp_diff(answer->reached, answer->sent),
		.rtt = sdwan_answer_rtt(answer),
		.sent = now - sdwan_stamp_diff(answer->received, answer->sent),
		.came = now,
	};
	atomic64_t *clock = &probe->path->peer->clock;
	struct sdwan_transit_view view;

	if (probe->params.mode == SDWAN_PROBE_MODE_TUNNEL &&
	    sdwan_transit_take(&probe->transit, &sample, atomic64_read(clock)))
		atomic64_set(clock, now);
	sdwan_transit_look(&probe->transit, probe->measure.rtt,
			   probe->measure.rtt_var, jiffies, &view);
	sdwan_transit_tell(probe, &view);
}

/**
 * sdwan_transit_forget() - the path is another one
 * @probe: its probes, locked
 *
 * Context: Bottom halves off.
 */
void sdwan_transit_forget(struct sdwan_probe *probe)
{
	const struct sdwan_transit_view view = {};

	memset(&probe->transit, 0, sizeof(probe->transit));
	sdwan_transit_tell(probe, &view);
}

/**
 * sdwan_transit_reboot() - the far end has booted, its clock is another one
 * @probe: probes of a path to it, locked
 *
 * The first path that notices says so, the others are of before then.
 *
 * Context: Bottom halves off.
 */
void sdwan_transit_reboot(struct sdwan_probe *probe)
{
	atomic64_t *clock = &probe->path->peer->clock;

	if (probe->transit.count &&
	    probe->transit.clock == atomic64_read(clock))
		atomic64_set(clock, ktime_get_ns());
}

static void sdwan_path_view(const struct sdwan_path *path,
			    struct sdwan_transit_view *view)
{
	const struct sdwan_probe *probe = path->probe;
	unsigned int seq;

	do {
		seq = read_seqcount_begin(&probe->transit_seq);
		*view = probe->transit_view;
	} while (read_seqcount_retry(&probe->transit_seq, seq));
}

/* What was sampled before the clock was set, maybe on another path, is of no clock. */
static bool sdwan_path_view_now(const struct sdwan_path *path,
				struct sdwan_transit_view *view)
{
	sdwan_path_view(path, view);
	return view->clock == atomic64_read(&path->peer->clock);
}

/**
 * sdwan_path_gap() - in which gap a flow can move from one path to another
 * @from: the path that is left
 * @to: the path that is taken
 *
 * Context: Under rcu_read_lock(); takes no lock and writes nothing.
 *
 * Return: microseconds that have to be exceeded; 0 where the next packet can go.
 */
u32 sdwan_path_gap(const struct sdwan_path *from, const struct sdwan_path *to)
{
	struct sdwan_transit_view here, there;
	bool same;

	same = sdwan_path_view_now(from, &here);
	same &= sdwan_path_view_now(to, &there);
	return sdwan_transit_gap(&here, &there,
				 same && from->peer == to->peer, jiffies);
}

/**
 * sdwan_path_transit() - how much longer a path takes than the quickest one
 * @path: path
 * @more: result, microseconds more than by that path to the same peer that is known to
 *	take the least time
 * @spread: how much that varies, microseconds
 *
 * Context: Process context, under sdwan_net.lock.
 *
 * Return: whether that is known.
 */
bool sdwan_path_transit(const struct sdwan_path *path, u32 *more, u32 *spread)
{
	struct sdwan_transit_view view, other;
	const struct sdwan_path *p;
	u32 now = jiffies;
	s32 than;

	if (!sdwan_path_view_now(path, &view) ||
	    !sdwan_transit_more(&view, &view, now, &than))
		return false;
	*more = 0;
	*spread = view.spread;
	list_for_each_entry(p, &path->peer->members, of_peer)
		if (sdwan_path_view_now(p, &other) &&
		    sdwan_transit_more(&view, &other, now, &than))
			*more = max_t(s32, *more, than);
	return true;
}
