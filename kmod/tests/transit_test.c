// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: tests of how much longer packets take by one path than by another
 */
#include <kunit/test.h>
#include <linux/jiffies.h>
#include <linux/math64.h>
#include <linux/prandom.h>

#include "transit.h"

#define US	((u64)NSEC_PER_USEC)
#define MS	((u64)NSEC_PER_MSEC)
#define HOUR	(3600LL * NSEC_PER_SEC)

/* A path and what takes time on it; all of one test go to one far end. */
struct transit_side {
	struct sdwan_transit t;
	struct sdwan_transit_view view;
	u64 there;
	u64 back;
};

/*
 * A probe that leaves at @at, ns, with the other clock ahead by @ahead; what it says is
 * told at once. The clock that was set becomes another one.
 */
static bool transit_probe(struct transit_side *side, u64 at, s64 ahead,
			  u64 *clock)
{
	const struct sdwan_transit_sample sample = {
		.tx = side->there + ahead,
		.rtt = side->there + side->back,
		.sent = at,
		.came = at + side->there + side->back,
	};
	bool set = sdwan_transit_take(&side->t, &sample, *clock);

	if (set)
		*clock = sample.came;
	sdwan_transit_look(&side->t, sample.rtt, 0,
			   nsecs_to_jiffies(sample.came), &side->view);
	return set;
}

/* As the data path asks, at @at. */
static u32 transit_gap(const struct transit_side *from,
		       const struct transit_side *to, u64 clock, u64 at)
{
	bool same = from->view.clock == clock && to->view.clock == clock;

	return sdwan_transit_gap(&from->view, &to->view, same,
				 nsecs_to_jiffies(at));
}

static void transit_several(struct transit_side *side, int n, u64 *at,
			    s64 ahead, u64 *clock)
{
	while (n--) {
		*at += 100 * MS;
		transit_probe(side, *at, ahead, clock);
	}
}

static void transit_difference(struct kunit *test)
{
	/* the way back does not count: it makes the slow one look quick */
	struct transit_side slow = { .there = 60 * MS, .back = 1 * MS };
	struct transit_side fast = { .there = 10 * MS, .back = 80 * MS };
	static const s64 offsets[] = { 0, HOUR, -HOUR, 4000 * HOUR };
	u64 clock = 0, at = 1000 * MS;
	int i;

	for (i = 0; i < ARRAY_SIZE(offsets); i++) {
		memset(&slow.t, 0, sizeof(slow.t));
		memset(&fast.t, 0, sizeof(fast.t));
		transit_several(&slow, 8, &at, offsets[i], &clock);
		transit_several(&fast, 8, &at, offsets[i], &clock);
		/* a microsecond for each that was rounded, and drift for 1 s */
		KUNIT_EXPECT_GE(test, transit_gap(&slow, &fast, clock, at),
				51000 - 1);
		KUNIT_EXPECT_LE(test, transit_gap(&slow, &fast, clock, at),
				51000 + 1 + 200);
		KUNIT_EXPECT_EQ(test, transit_gap(&fast, &slow, clock, at), 0);
		KUNIT_EXPECT_LE(test, transit_gap(&fast, &fast, clock, at),
				SDWAN_TRANSIT_FLOOR + 200);
		KUNIT_EXPECT_GE(test, transit_gap(&fast, &fast, clock, at),
				SDWAN_TRANSIT_FLOOR);
	}
	KUNIT_EXPECT_EQ(test, clock, 0);
}

/* Uniformly from @least to @most. */
static u64 transit_between(struct rnd_state *rnd, u64 least, u64 most)
{
	return least + mul_u64_u32_shr(most - least, prandom_u32_state(rnd),
				       32);
}

/* What was sent last by the one is never overtaken by what waited for the gap. */
static void transit_spread(struct kunit *test)
{
	struct transit_side slow = { .back = 20 * MS }, fast = { .back = 20 * MS };
	u64 clock = 0, at = 0, last, next;
	u32 gap, overtaken = 0, most = 0;
	struct rnd_state rnd;
	int i;

	prandom_seed_state(&rnd, 1);
	for (i = 0; i < 20000; i++) {
		at += 100 * MS;
		slow.there = transit_between(&rnd, 45 * MS, 65 * MS);
		transit_probe(&slow, at, HOUR, &clock);
		fast.there = transit_between(&rnd, 8 * MS, 14 * MS);
		transit_probe(&fast, at, HOUR, &clock);
		if (i < SDWAN_TRANSIT_SAMPLES)
			continue;
		gap = transit_gap(&slow, &fast, clock, at);
		most = max(most, gap);
		last = transit_between(&rnd, 45 * MS, 65 * MS);
		next = transit_between(&rnd, 8 * MS, 14 * MS) + gap * US;
		overtaken += next < last;
	}
	KUNIT_EXPECT_EQ(test, clock, 0);
	KUNIT_EXPECT_EQ(test, overtaken, 0);
	/* and is no longer than it takes to be sure */
	KUNIT_EXPECT_LE(test, most, 55000 - 11000 + 6 * 10000 + 6 * 3000);
}

static void transit_clock(struct kunit *test)
{
	struct transit_side slow = { .there = 60 * MS, .back = 20 * MS };
	struct transit_side fast = { .there = 10 * MS, .back = 20 * MS };
	static const s64 steps[] = { HOUR, -2 * HOUR, 30 * MS, -30LL * MS, 3 * MS };
	u64 clock = 0, at = 1000 * MS, before;
	s64 ahead = HOUR;
	int i;

	transit_several(&slow, 8, &at, ahead, &clock);
	transit_several(&fast, 8, &at, ahead, &clock);
	for (i = 0; i < ARRAY_SIZE(steps); i++) {
		at += 1000 * MS;
		ahead += steps[i];
		/* seen by the first that is probed: of the other nothing is known, so
		 * that the round-trip time has to do
		 */
		before = clock;
		KUNIT_EXPECT_TRUE(test, transit_probe(&fast, at, ahead, &clock));
		KUNIT_EXPECT_NE(test, clock, before);
		KUNIT_EXPECT_EQ(test, transit_gap(&slow, &fast, clock, at),
				81000);
		/* one that was on its way then does not count */
		transit_probe(&slow, at - 1, ahead - steps[i], &clock);
		KUNIT_EXPECT_EQ(test, transit_gap(&slow, &fast, clock, at),
				81000);
		/* the next one does, and sets nothing again */
		before = clock;
		at += 100 * MS;
		KUNIT_EXPECT_FALSE(test, transit_probe(&slow, at, ahead, &clock));
		KUNIT_EXPECT_EQ(test, clock, before);
		KUNIT_EXPECT_GE(test, transit_gap(&slow, &fast, clock, at), 50999);
		KUNIT_EXPECT_LE(test, transit_gap(&slow, &fast, clock, at), 51201);
		KUNIT_EXPECT_EQ(test, transit_gap(&fast, &slow, clock, at), 0);
	}
	/* a path that has become longer, there or on both ways, is no clock */
	before = clock;
	at += 100 * MS;
	fast.there += 30 * MS;
	KUNIT_EXPECT_FALSE(test, transit_probe(&fast, at, ahead, &clock));
	at += 100 * MS;
	slow.there += 30 * MS;
	slow.back += 30 * MS;
	KUNIT_EXPECT_FALSE(test, transit_probe(&slow, at, ahead, &clock));
	KUNIT_EXPECT_EQ(test, clock, before);
}

/* A clock that is set before it is known how much a path varies. */
static void transit_clock_early(struct kunit *test)
{
	u64 clock, at = 1000 * MS;
	int n;

	for (n = 1; n < SDWAN_TRANSIT_SAMPLES; n++) {
		struct transit_side side = { .there = 10 * MS, .back = 10 * MS };

		clock = 0;
		transit_several(&side, n, &at, HOUR, &clock);
		at += 100 * MS;
		KUNIT_EXPECT_TRUE(test, transit_probe(&side, at, 0, &clock));
		transit_several(&side, SDWAN_TRANSIT_SAMPLES - n, &at, 0, &clock);
		KUNIT_EXPECT_LE(test, transit_gap(&side, &side, clock, at),
				SDWAN_TRANSIT_FLOOR + 200);
	}
}

/* 200 ppm for an hour, one path probed ten times as often as the other. */
static void transit_drift(struct kunit *test)
{
	struct transit_side slow = { .there = 60 * MS, .back = 20 * MS };
	struct transit_side fast = { .there = 10 * MS, .back = 20 * MS };
	u32 gap, least = U32_MAX, most = 0;
	u64 clock = 0, at = 0;
	int i;

	for (i = 0; i < 36000; i++) {
		at += 100 * MS;
		transit_probe(i & 0x1000 ? &slow : &fast, at, div_u64(at, 5000),
			      &clock);
		if (!(i % 10))
			transit_probe(i & 0x1000 ? &fast : &slow, at,
				      div_u64(at, 5000), &clock);
		if (i < 100)
			continue;
		gap = transit_gap(&slow, &fast, clock, at + 99 * MS);
		least = min(least, gap);
		most = max(most, gap);
	}
	KUNIT_EXPECT_EQ(test, clock, 0);
	KUNIT_EXPECT_GE(test, least, 51000);
	KUNIT_EXPECT_LE(test, most, 51000 + 10000);
}

static void transit_unknown(struct kunit *test)
{
	struct transit_side slow = { .there = 60 * MS, .back = 20 * MS };
	struct transit_side fast = { .there = 10 * MS, .back = 20 * MS };
	struct transit_side none = {}, far = { .there = 900 * MS };
	u64 clock = 0, at = 1000 * MS;

	/* nothing, of either */
	KUNIT_EXPECT_EQ(test, transit_gap(&none, &none, 0, at), 50000);
	transit_several(&slow, SDWAN_TRANSIT_SAMPLES - 1, &at, HOUR, &clock);
	transit_several(&fast, SDWAN_TRANSIT_SAMPLES, &at, HOUR, &clock);
	KUNIT_EXPECT_EQ(test, transit_gap(&none, &fast, clock, at), 50000);
	/* one of them, or too little: what it may be at most */
	KUNIT_EXPECT_EQ(test, transit_gap(&fast, &none, clock, at), 31000);
	KUNIT_EXPECT_EQ(test, transit_gap(&slow, &fast, clock, at), 81000);
	transit_several(&slow, 1, &at, HOUR, &clock);
	KUNIT_EXPECT_LE(test, transit_gap(&slow, &fast, clock, at), 51201);
	/* another far end, whose clock happens to be like this one */
	KUNIT_EXPECT_EQ(test, sdwan_transit_gap(&slow.view, &fast.view, false,
						nsecs_to_jiffies(at)), 81000);
	/* variation of the round-trip time */
	sdwan_transit_look(&slow.t, 80 * MS, 5 * MS, nsecs_to_jiffies(at),
			   &slow.view);
	KUNIT_EXPECT_EQ(test, transit_gap(&slow, &none, clock, at), 101000);
	/* nobody waits for ever */
	transit_several(&far, SDWAN_TRANSIT_SAMPLES, &at, HOUR, &clock);
	KUNIT_EXPECT_EQ(test, transit_gap(&far, &fast, clock, at), 500000);
	KUNIT_EXPECT_EQ(test, transit_gap(&far, &none, clock, at), 500000);
	/* too long ago, the one that is taken or the one that is left */
	transit_several(&slow, 1, &at, HOUR, &clock);
	at += SDWAN_TRANSIT_KEEP * MS;
	transit_several(&slow, 1, &at, HOUR, &clock);
	KUNIT_EXPECT_EQ(test, transit_gap(&slow, &fast, clock, at), 81000);
	KUNIT_EXPECT_EQ(test, transit_gap(&fast, &slow, clock, at), 50000);
}

/* Differences that no delays can be are of two clocks. */
static void transit_impossible(struct kunit *test)
{
	struct transit_side slow = { .there = 60 * MS, .back = 20 * MS };
	struct transit_side fast = { .there = 10 * MS, .back = 20 * MS };
	static const s64 apart[] = { HOUR, -HOUR, 40LL * MS, -90LL * MS };
	u64 clock = 0, at = 1000 * MS;
	s32 more;
	int i;

	for (i = 0; i < ARRAY_SIZE(apart); i++) {
		memset(&slow.t, 0, sizeof(slow.t));
		memset(&fast.t, 0, sizeof(fast.t));
		transit_several(&slow, 4, &at, apart[i], &clock);
		transit_several(&fast, 4, &at, 0, &clock);
		KUNIT_EXPECT_FALSE(test,
				   sdwan_transit_more(&slow.view, &fast.view,
						      nsecs_to_jiffies(at),
						      &more));
		KUNIT_EXPECT_EQ(test, transit_gap(&slow, &fast, clock, at),
				81000);
	}
}

static struct kunit_case transit_cases[] = {
	KUNIT_CASE(transit_difference),
	KUNIT_CASE(transit_spread),
	KUNIT_CASE(transit_clock),
	KUNIT_CASE(transit_clock_early),
	KUNIT_CASE(transit_drift),
	KUNIT_CASE(transit_unknown),
	KUNIT_CASE(transit_impossible),
	{ }
};

static struct kunit_suite transit_suite = {
	.name = "sdwan_transit",
	.test_cases = transit_cases,
};

kunit_test_suites(&transit_suite);
