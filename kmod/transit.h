/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: how much longer packets take by one path than by another
 *
 * Which gap of a flow is long enough to move in.  The first half are pure functions,
 * so that they can be tested without packets.
 */
#ifndef _SDWAN_TRANSIT_H
#define _SDWAN_TRANSIT_H

#include <linux/time64.h>
#include <linux/types.h>

struct sdwan_answer;
struct sdwan_path;
struct sdwan_probe;

/* The gap where nothing is known of the path that is left, microseconds. */
#define SDWAN_TRANSIT_USUAL	(50 * USEC_PER_MSEC)

/* What no probe tells is no more than that, microseconds. */
#define SDWAN_TRANSIT_FLOOR	(1 * USEC_PER_MSEC)

/* Nobody waits for a longer gap than this, unless the class says so. */
#define SDWAN_TRANSIT_MOST	(500 * USEC_PER_MSEC)

/* What was found out so long ago is not known any more, ms. */
#define SDWAN_TRANSIT_KEEP	(30 * MSEC_PER_SEC)

/* Clocks go no more apart than one part in so many: 200 ppm. */
#define SDWAN_TRANSIT_DRIFT	5000

/* So many samples tell how much it varies. */
#define SDWAN_TRANSIT_SAMPLES	4

/**
 * struct sdwan_transit_view - what is known of the way to the far end by a path
 * @clock: ktime at which the clock there was found to have been set before the
 *	samples were taken, 0 for never
 * @at: jiffies of the last sample
 * @mean: smoothed time on the way, microseconds modulo 2^32, off by the clocks of
 *	both ends; of meaning where @count says so
 * @spread: how far it may be off that, microseconds
 * @bound: longest time that it can take, microseconds; 0 where that is not known
 * @count: samples that @mean is of, up to SDWAN_TRANSIT_SAMPLES
 */
struct sdwan_transit_view {
	u64 clock;
	u32 at;
	u32 mean;
	u32 spread;
	u32 bound;
	u32 count;
};

/**
 * struct sdwan_transit - the way to the far end by a path
 * @clock: as in &struct sdwan_transit_view
 * @mean: smoothed time on the way, ns, off by the clocks of both ends
 * @dev: its mean deviation, ns
 * @rtt: round-trip time, smoothed alike, ns
 * @count: samples, up to SDWAN_TRANSIT_SAMPLES
 *
 * Protected by whatever protects what it is part of.
 */
struct sdwan_transit {
	u64 clock;
	s64 mean;
	u64 dev;
	u64 rtt;
	u32 count;
};

/**
 * struct sdwan_transit_sample - what one answer tells
 * @tx: from when the probe was sent, by our clock, to when it came there, by the
 *	other one, ns
 * @rtt: round-trip time, which no clock but ours says, ns
 * @sent: ktime at which the probe was sent
 * @came: ktime at which the answer came
 */
struct sdwan_transit_sample {
	s64 tx;
	u64 rtt;
	u64 sent;
	u64 came;
};

bool sdwan_transit_take(struct sdwan_transit *t,
			const struct sdwan_transit_sample *sample, u64 clock);
void sdwan_transit_look(const struct sdwan_transit *t, u64 rtt, u64 rtt_var,
			u32 now, struct sdwan_transit_view *view);
bool sdwan_transit_more(const struct sdwan_transit_view *from,
			const struct sdwan_transit_view *to, u32 now,
			s32 *more);
u32 sdwan_transit_gap(const struct sdwan_transit_view *from,
		      const struct sdwan_transit_view *to, bool same, u32 now);

void sdwan_transit_learn(struct sdwan_probe *probe,
			 const struct sdwan_answer *answer, u64 now);
void sdwan_transit_forget(struct sdwan_probe *probe);
void sdwan_transit_reboot(struct sdwan_probe *probe);
u32 sdwan_path_gap(const struct sdwan_path *from, const struct sdwan_path *to);
bool sdwan_path_transit(const struct sdwan_path *path, u32 *more, u32 *spread);

#endif /* _SDWAN_TRANSIT_H */
