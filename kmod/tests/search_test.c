// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: tests of the search for the longest packet that passes
 */
#include <kunit/test.h>

#include "probe.h"
#include "search.h"

#define AGAIN	1000

/* A path that drops what is longer; 0 is a far end that answers nothing padded. */
struct search_path {
	u32 passes;
	u32 top;
	u32 floor;
	u32 asked;
	u32 longest;
};

/* Asks once; returns what was asked for. */
static u32 search_step(struct sdwan_search *s, struct search_path *path, u64 now)
{
	u32 size = sdwan_search_ask(s, path->top, path->floor, now);

	path->asked++;
	path->longest = max(path->longest, size);
	if (size <= path->passes)
		sdwan_search_passed(s, now + AGAIN);
	else
		sdwan_search_lost(s, now + AGAIN);
	return size;
}

static void search_run(struct kunit *test, struct sdwan_search *s,
		       struct search_path *path, u64 now)
{
	path->asked = 0;
	path->longest = 0;
	do {
		search_step(s, path, now);
		KUNIT_ASSERT_LT(test, path->asked, 64);
	} while (sdwan_search_busy(s));
	KUNIT_EXPECT_LE(test, path->longest, path->top);
}

/* Most paths: one probe, and the route stays the only limit. */
static void search_plain(struct kunit *test)
{
	struct search_path path = { .passes = 1500, .top = 1500, .floor = 576 };
	struct sdwan_search s;

	sdwan_search_begin(&s);
	search_run(test, &s, &path, 0);
	KUNIT_EXPECT_EQ(test, path.asked, 1);
	KUNIT_EXPECT_EQ(test, s.limit, 0);
	KUNIT_EXPECT_EQ(test, s.phase, SDWAN_SEARCH_DONE);
}

/* It is found to the byte, whatever it is. */
static void search_exact(struct kunit *test)
{
	struct search_path path = { .top = 1500, .floor = 576 };
	struct sdwan_search s;

	for (path.passes = 576; path.passes < 1500; path.passes++) {
		sdwan_search_begin(&s);
		search_run(test, &s, &path, 0);
		KUNIT_EXPECT_EQ(test, s.limit, path.passes);
		KUNIT_EXPECT_EQ(test, s.phase, SDWAN_SEARCH_DONE);
		KUNIT_EXPECT_LE(test, path.asked, 40);
	}
}

/* What has passed is sent while more is asked for, and never more than that. */
static void search_bounds(struct kunit *test)
{
	struct search_path path = { .passes = 1403, .top = 9000, .floor = 1280 };
	struct sdwan_search s;
	int i;

	sdwan_search_begin(&s);
	for (i = 0; i < 3; i++) {
		KUNIT_EXPECT_EQ(test, s.limit, 0);
		KUNIT_EXPECT_EQ(test, search_step(&s, &path, 0), 9000);
	}
	/* nothing is taken back before something is known to pass */
	KUNIT_EXPECT_EQ(test, s.limit, 0);
	KUNIT_EXPECT_EQ(test, search_step(&s, &path, 0), 1280);
	KUNIT_EXPECT_EQ(test, s.limit, 1280);
	while (sdwan_search_busy(&s)) {
		search_step(&s, &path, 0);
		KUNIT_EXPECT_GE(test, s.limit, 1280);
		KUNIT_EXPECT_LE(test, s.limit, 1403);
	}
	KUNIT_EXPECT_EQ(test, s.limit, 1403);
}

/* One or two that are lost are packets that are lost. */
static void search_loss(struct kunit *test)
{
	struct search_path path = { .passes = 1500, .top = 1500, .floor = 576 };
	struct sdwan_search s;

	sdwan_search_begin(&s);
	search_run(test, &s, &path, 0);
	KUNIT_EXPECT_EQ(test, sdwan_search_ask(&s, 1500, 576, 1), 1500);
	sdwan_search_lost(&s, AGAIN);
	KUNIT_EXPECT_TRUE(test, sdwan_search_busy(&s));
	KUNIT_EXPECT_EQ(test, sdwan_search_ask(&s, 1500, 576, 1), 1500);
	sdwan_search_lost(&s, AGAIN);
	KUNIT_EXPECT_EQ(test, s.limit, 0);
	KUNIT_EXPECT_EQ(test, sdwan_search_ask(&s, 1500, 576, 1), 1500);
	sdwan_search_passed(&s, AGAIN);
	KUNIT_EXPECT_FALSE(test, sdwan_search_busy(&s));
	KUNIT_EXPECT_EQ(test, s.limit, 0);
	/* they are counted anew */
	sdwan_search_ask(&s, 1500, 576, 1);
	sdwan_search_lost(&s, AGAIN);
	sdwan_search_ask(&s, 1500, 576, 1);
	sdwan_search_lost(&s, AGAIN);
	KUNIT_EXPECT_EQ(test, sdwan_search_ask(&s, 1500, 576, 1), 1500);
}

/* A black hole opens, and closes again. */
static void search_hole(struct kunit *test)
{
	struct search_path path = { .passes = 1500, .top = 1500, .floor = 576 };
	struct sdwan_search s;

	sdwan_search_begin(&s);
	search_run(test, &s, &path, 0);
	path.passes = 1400;
	search_run(test, &s, &path, 10);
	KUNIT_EXPECT_EQ(test, s.limit, 1400);
	/* smaller still */
	path.passes = 900;
	search_run(test, &s, &path, 20);
	KUNIT_EXPECT_EQ(test, s.limit, 900);
	/* nothing longer is asked for before its time */
	path.passes = 1500;
	search_run(test, &s, &path, 30);
	KUNIT_EXPECT_EQ(test, path.longest, 900);
	KUNIT_EXPECT_EQ(test, s.limit, 900);
	search_run(test, &s, &path, 20 + AGAIN);
	KUNIT_EXPECT_EQ(test, s.limit, 0);
	KUNIT_EXPECT_EQ(test, path.asked, 1);
}

/* A far end that answers no padding says nothing, one that did does. */
static void search_deaf(struct kunit *test)
{
	struct search_path path = { .top = 1500, .floor = 576 };
	struct sdwan_search s;

	sdwan_search_begin(&s);
	search_run(test, &s, &path, 0);
	KUNIT_EXPECT_EQ(test, s.phase, SDWAN_SEARCH_DEAF);
	KUNIT_EXPECT_EQ(test, s.limit, 0);
	KUNIT_EXPECT_EQ(test, path.asked, 9);
	path.passes = 1400;
	search_run(test, &s, &path, AGAIN);
	KUNIT_EXPECT_EQ(test, s.limit, 1400);
	path.passes = 0;
	search_run(test, &s, &path, AGAIN + 1);
	KUNIT_EXPECT_EQ(test, s.phase, SDWAN_SEARCH_DONE);
	KUNIT_EXPECT_EQ(test, s.limit, 576);
}

/* The route allows less, or more. */
static void search_route(struct kunit *test)
{
	struct search_path path = { .passes = 1400, .top = 1500, .floor = 576 };
	struct sdwan_search s;

	sdwan_search_begin(&s);
	search_run(test, &s, &path, 0);
	KUNIT_EXPECT_EQ(test, s.limit, 1400);
	path.top = 1300;
	search_run(test, &s, &path, 1);
	KUNIT_EXPECT_EQ(test, s.limit, 0);
	KUNIT_EXPECT_EQ(test, path.longest, 1300);
	path.top = 1500;
	search_run(test, &s, &path, 2);
	KUNIT_EXPECT_EQ(test, s.limit, 1400);
	/* and where not even all that it allows passes now */
	path.top = 1300;
	path.passes = 1200;
	search_run(test, &s, &path, 2);
	KUNIT_EXPECT_EQ(test, s.limit, 1200);
	KUNIT_EXPECT_EQ(test, path.longest, 1300);
	path.top = 9000;
	path.passes = 9000;
	search_run(test, &s, &path, 3);
	KUNIT_EXPECT_EQ(test, s.limit, 0);
	KUNIT_EXPECT_EQ(test, path.longest, 9000);
	/* nothing is below what the route allows */
	path.top = 500;
	search_run(test, &s, &path, 4);
	KUNIT_EXPECT_EQ(test, s.limit, 0);
}

/* A path that was away may be another one. */
static void search_resume(struct kunit *test)
{
	struct search_path path = { .passes = 1500, .top = 1500, .floor = 576 };
	struct sdwan_search s;

	sdwan_search_begin(&s);
	search_run(test, &s, &path, 0);
	sdwan_search_ask(&s, 1500, 576, 1);
	sdwan_search_resume(&s);
	KUNIT_EXPECT_EQ(test, s.size, 0);
	KUNIT_EXPECT_TRUE(test, sdwan_search_busy(&s));
	path.passes = 1400;
	search_run(test, &s, &path, 1);
	KUNIT_EXPECT_EQ(test, s.limit, 1400);
	sdwan_search_resume(&s);
	path.passes = 1500;
	search_run(test, &s, &path, 2);
	KUNIT_EXPECT_EQ(test, s.limit, 0);
}

static u32 search_spare(struct sdwan_probe *probe, u32 last, u32 seq)
{
	probe->measure.seq = last;
	sdwan_probe_search_answered(probe, seq, 1);
	return probe->measure.spare;
}

/* Longer probes are no loss of others, whenever the others are answered. */
static void search_spare_probes(struct kunit *test)
{
	struct sdwan_probe *probe;
	u32 seq;

	probe = kunit_kzalloc(test, sizeof(*probe), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, probe);
	for (seq = 0; seq < 8; seq++) {
		probe->sent[seq] = 1;
		sdwan_probe_search_sent(probe, seq, seq & 2 ? 1400 : 0);
	}
	/* the first one, answered after longer ones were sent */
	KUNIT_EXPECT_EQ(test, search_spare(probe, 0, 0), 0);
	KUNIT_EXPECT_EQ(test, search_spare(probe, 0, 1), 0);
	KUNIT_EXPECT_EQ(test, search_spare(probe, 0, 5), 2);
	KUNIT_EXPECT_EQ(test, search_spare(probe, 1, 3), 1);
	KUNIT_EXPECT_EQ(test, search_spare(probe, 4, 3), 0);
	KUNIT_EXPECT_EQ(test, search_spare(probe, 7, 7), 0);
	KUNIT_EXPECT_EQ(test, search_spare(probe, 0, SDWAN_PROBE_WINDOW), 0);
}

static struct kunit_case search_cases[] = {
	KUNIT_CASE(search_plain),
	KUNIT_CASE(search_exact),
	KUNIT_CASE(search_bounds),
	KUNIT_CASE(search_loss),
	KUNIT_CASE(search_hole),
	KUNIT_CASE(search_deaf),
	KUNIT_CASE(search_route),
	KUNIT_CASE(search_resume),
	KUNIT_CASE(search_spare_probes),
	{ }
};

static struct kunit_suite search_suite = {
	.name = "sdwan_search",
	.test_cases = search_cases,
};

kunit_test_suites(&search_suite);
