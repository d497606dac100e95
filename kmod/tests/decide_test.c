// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: tests of the law of decisions
 *
 * Random numbers are the same in every run.
 */
#include <kunit/test.h>
#include <linux/prandom.h>
#include <linux/time64.h>

#include "../decide.h"
#include "../sla.h"

#define TEST_SEED	20261122
#define TEST_TRIALS	100000
#define TEST_PATHS	8
#define TEST_CASES	20000
#define MS		((u64)NSEC_PER_MSEC)

static struct sdwan_candidate test_path(u32 id, u32 cost, u32 fluctuation)
{
	return (struct sdwan_candidate) {
		.id = id, .cost = cost, .fluctuation = fluctuation,
		.up = true, .compliant = true,
	};
}

/* In which round a path is left that costs @cost, @most + 1 for later. */
static unsigned int test_rounds(u32 best, u32 fluctuation, u32 cost,
				unsigned int most, struct rnd_state *rnd)
{
	const struct sdwan_law law = { .alpha = SDWAN_PPM / 10, .floor = 1 };
	struct sdwan_candidate c[] = {
		test_path(1, best, fluctuation), test_path(2, cost, 0),
	};
	unsigned int round;

	for (round = 1; round <= most; round++)
		if (sdwan_decide(c, 2, &law, 2, rnd).id == 1)
			break;
	return round;
}

static void test_law(struct kunit *test, u32 best, u32 fluctuation, u32 cost,
		     unsigned int most, u32 permille)
{
	u32 moved = 0, first = 0, i, round;
	struct rnd_state rnd;

	prandom_seed_state(&rnd, TEST_SEED);
	for (i = 0; i < TEST_TRIALS; i++) {
		round = test_rounds(best, fluctuation, cost, most, &rnd);
		first += round == 1;
		moved += round <= most;
	}
	kunit_info(test, "%u of %u moved by round %u, %u in the first", moved,
		   TEST_TRIALS, most, first);
	/* 0.9990 to 0.9993, give or take 0.0004 */
	KUNIT_EXPECT_GE(test, moved, 99860);
	KUNIT_EXPECT_LE(test, moved, 99970);
	/* five standard deviations */
	KUNIT_EXPECT_GE(test, first, permille * 100 - 800);
	KUNIT_EXPECT_LE(test, first, permille * 100 + 800);
}

static void decide_moves_by_the_law(struct kunit *test)
{
	/* 1 - 1050 / 1100 is less than alpha */
	test_law(test, 1000, 50, 1100, 66, 100);
	/* 1 - 300 / 1000 */
	test_law(test, 285, 15, 1000, 6, 700);
}

static void decide_probability_is_that_of_the_formula(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, 100000, sdwan_decide_probability(99, 100, 100000));
	KUNIT_EXPECT_EQ(test, 100000, sdwan_decide_probability(90, 100, 100000));
	KUNIT_EXPECT_EQ(test, 110000, sdwan_decide_probability(89, 100, 100000));
	KUNIT_EXPECT_EQ(test, 750000, sdwan_decide_probability(25, 100, 1));
	KUNIT_EXPECT_EQ(test, 1000000, sdwan_decide_probability(25, 100,
								1000000));
	/* of the largest costs there are */
	KUNIT_EXPECT_EQ(test, 500001,
			sdwan_decide_probability(0x7fffffff, 0xfffffffe + 0U,
						 1) + 1);
}

/* The formulas, written down as they are in the paper. */
static bool test_in_class(const struct sdwan_candidate *c, unsigned int n,
			  unsigned int i, u64 floor)
{
	u64 best = U64_MAX, f = 0;
	unsigned int k;

	for (k = 0; k < n; k++)
		if (c[k].cost < best)
			best = c[k].cost;
	/* of equal ones the first by preference, here by id */
	for (k = 0; k < n; k++)
		if (c[k].cost == best) {
			f = c[k].fluctuation;
			break;
		}
	if (!floor)
		floor = best / 16;
	return c[i].cost <= best + (f > floor ? f : floor);
}

static void decide_class_is_that_of_the_formula(struct kunit *test)
{
	struct sdwan_candidate c[TEST_PATHS];
	const struct sdwan_candidate *best;
	unsigned int i, k, n, members = 0;
	struct sdwan_law law = {};
	struct rnd_state rnd;

	prandom_seed_state(&rnd, TEST_SEED);
	for (i = 0; i < TEST_CASES; i++) {
		u32 shift = prandom_u32_state(&rnd) % 30;

		n = 1 + prandom_u32_state(&rnd) % TEST_PATHS;
		law.floor = i % 2 ? prandom_u32_state(&rnd) >> shift : 0;
		for (k = 0; k < n; k++)
			c[k] = test_path(k + 1, 1 + (prandom_u32_state(&rnd) >>
						     (shift + 2)),
					 prandom_u32_state(&rnd) >>
					 (shift + 2));
		best = sdwan_decide_class(c, n, &law);
		for (k = 0; k < n; k++) {
			KUNIT_ASSERT_LE(test, best->cost, c[k].cost);
			KUNIT_ASSERT_EQ_MSG(test, c[k].best,
					    test_in_class(c, n, k, law.floor),
					    "case %u, path %u", i, k);
			members += c[k].best;
		}
	}
	/* the cases are neither all of one kind nor of the other */
	KUNIT_EXPECT_GT(test, members, TEST_CASES * 3 / 2);
	KUNIT_EXPECT_LT(test, members, TEST_CASES * 4);
}

static void decide_trend_is_that_of_the_formula(struct kunit *test)
{
	s64 mean = 100000, off = 0;
	struct sdwan_trend t = {};
	struct rnd_state rnd;
	int i;

	prandom_seed_state(&rnd, TEST_SEED);
	sdwan_trend_add(&t, 100000);
	KUNIT_EXPECT_EQ(test, t.mean, 100000);
	KUNIT_EXPECT_EQ(test, t.fluctuation, 0);
	for (i = 0; i < TEST_CASES; i++) {
		u32 cost = 50000 + prandom_u32_state(&rnd) % 100000;

		/* in millionths, without rounding that matters */
		off += (abs(cost * 1000000LL - mean * 1000000LL) / 1000000 -
			off) / 4;
		mean += (cost - mean) / 4;
		sdwan_trend_add(&t, cost);
		KUNIT_ASSERT_LE(test, abs((s64)t.mean - mean), 4);
		KUNIT_ASSERT_LE(test, abs((s64)t.fluctuation - off), 8);
		mean = t.mean;
		off = t.fluctuation;
	}
	/* a small difference arrives */
	t = (struct sdwan_trend) { .mean = 10 };
	sdwan_trend_add(&t, 11);
	KUNIT_EXPECT_EQ(test, t.mean, 11);
	/* 99 % of a step within 16 */
	t = (struct sdwan_trend) { .mean = 10000 };
	for (i = 0; i < 16; i++)
		sdwan_trend_add(&t, 20000);
	KUNIT_EXPECT_GE(test, t.mean, 19900);
	/* what is no cost is none of an average */
	sdwan_trend_add(&t, SDWAN_METRIC_NEVER);
	KUNIT_EXPECT_EQ(test, t.mean, SDWAN_METRIC_NEVER);
	KUNIT_EXPECT_EQ(test, t.fluctuation, 0);
	sdwan_trend_add(&t, 70);
	KUNIT_EXPECT_EQ(test, t.mean, 70);
	KUNIT_EXPECT_EQ(test, t.fluctuation, 0);
}

struct test_verdict {
	const char *what;
	u32 current_id;
	bool down[3];
	bool breach[3];
	bool never[3];
	bool degraded[3];
	bool strict;
	u32 id;
	enum sdwan_decision_reason reason;
};

/* Paths 1, 2 and 3 cost 100, 200 and 300; cost itself moves nobody. */
static const struct test_verdict test_verdicts[] = {
	{ "first", .id = 1, .reason = SDWAN_DECISION_REASON_FIRST },
	{ "stays", .current_id = 2, .id = 2 },
	{ "down", .current_id = 1, .down = { 1 }, .id = 2,
	  .reason = SDWAN_DECISION_REASON_DOWN },
	{ "another is down", .current_id = 2, .down = { 1 }, .id = 2 },
	{ "breach", .current_id = 1, .breach = { 1 }, .id = 2,
	  .reason = SDWAN_DECISION_REASON_BREACH },
	{ "breach of all", .current_id = 2, .breach = { 1, 1, 1 }, .id = 2 },
	{ "breach of all, down", .current_id = 1, .breach = { 1, 1, 1 },
	  .down = { 1 }, .id = 2, .reason = SDWAN_DECISION_REASON_DOWN },
	{ "breach of all, strict", .current_id = 2, .breach = { 1, 1, 1 },
	  .strict = true },
	{ "breach, strict", .current_id = 2, .breach = { 1, 1, 0 },
	  .strict = true, .id = 3, .reason = SDWAN_DECISION_REASON_BREACH },
	{ "gone", .current_id = 4, .id = 1,
	  .reason = SDWAN_DECISION_REASON_GONE },
	{ "all down", .current_id = 1, .down = { 1, 1, 1 } },
	{ "never", .current_id = 1, .never = { 1 }, .id = 2,
	  .reason = SDWAN_DECISION_REASON_BREACH },
	{ "all never", .current_id = 1, .never = { 1, 1, 1 }, .id = 1 },
	{ "all never, strict", .current_id = 1, .never = { 1, 1, 1 },
	  .strict = true },
	{ "degraded", .current_id = 1, .degraded = { 1 }, .id = 2,
	  .reason = SDWAN_DECISION_REASON_DEGRADED },
	{ "all degraded", .current_id = 2, .degraded = { 1, 1, 1 }, .id = 2 },
	{ "degraded goes before breach", .current_id = 1, .breach = { 1, 1, 0 },
	  .degraded = { 0, 0, 1 }, .id = 3,
	  .reason = SDWAN_DECISION_REASON_BREACH },
	{ "degraded complies", .current_id = 3, .breach = { 1, 1, 0 },
	  .degraded = { 0, 0, 1 }, .strict = true, .id = 3 },
	{ "degraded in breach", .current_id = 1, .breach = { 1, 0, 0 },
	  .degraded = { 1, 0, 0 }, .id = 2,
	  .reason = SDWAN_DECISION_REASON_BREACH },
	{ "never goes after breach", .never = { 1, 1, 0 },
	  .breach = { 0, 0, 1 }, .id = 3,
	  .reason = SDWAN_DECISION_REASON_FIRST },
};

static void decide_failures_are_not_waited_for(struct kunit *test)
{
	struct sdwan_candidate c[3];
	struct sdwan_verdict verdict;
	struct rnd_state rnd;
	int i, k;

	prandom_seed_state(&rnd, TEST_SEED);
	for (i = 0; i < ARRAY_SIZE(test_verdicts); i++) {
		const struct test_verdict *v = &test_verdicts[i];
		const struct sdwan_law law = {
			.alpha = 1, .strict = v->strict, .still = true,
		};

		for (k = 0; k < 3; k++) {
			c[k] = test_path(k + 1, v->never[k] ?
					 SDWAN_METRIC_NEVER : 100 * (k + 1), 0);
			c[k].up = !v->down[k];
			c[k].compliant = !v->breach[k];
			c[k].degraded = v->degraded[k];
		}
		verdict = sdwan_decide(c, 3, &law, v->current_id, &rnd);
		KUNIT_EXPECT_EQ_MSG(test, verdict.id, v->id, "%s", v->what);
		if (verdict.id != v->current_id)
			KUNIT_EXPECT_EQ_MSG(test, verdict.reason, v->reason,
					    "%s", v->what);
	}
}

/* What is not known yet of the path that carries it is no reason to leave it. */
static void decide_unknown_costs_move_nobody(struct kunit *test)
{
	const struct sdwan_law law = { .alpha = SDWAN_PPM };
	struct sdwan_candidate c[] = {
		test_path(1, 100, 0), test_path(2, SDWAN_COST_UNKNOWN, 0),
	};
	struct rnd_state rnd;

	prandom_seed_state(&rnd, TEST_SEED);
	c[1].unknown = true;
	KUNIT_EXPECT_EQ(test, 2, sdwan_decide(c, 2, &law, 2, &rnd).id);
	/* one that was not measured is known to be so */
	c[1].unknown = false;
	KUNIT_EXPECT_EQ(test, 1, sdwan_decide(c, 2, &law, 2, &rnd).id);
	c[1].unknown = true;
	c[1].up = false;
	KUNIT_EXPECT_EQ(test, 1, sdwan_decide(c, 2, &law, 2, &rnd).id);
}

/* Whoever has to leave goes to any of the class, and to nobody else. */
static void decide_members_are_picked_alike(struct kunit *test)
{
	const struct sdwan_law law = { .alpha = 1, .floor = 10, .still = true };
	u32 count[6] = {}, i;
	struct rnd_state rnd;

	prandom_seed_state(&rnd, TEST_SEED);
	for (i = 0; i < 30000; i++) {
		struct sdwan_candidate c[] = {
			test_path(1, 100, 0), test_path(2, 110, 0),
			test_path(3, 111, 0), test_path(4, 105, 0),
			test_path(5, 100, 0),
		};

		c[4].up = false;
		count[sdwan_decide(c, 5, &law, 5, &rnd).id]++;
	}
	KUNIT_EXPECT_EQ(test, count[1] + count[2] + count[4], 30000);
	for (i = 1; i < 5; i++)
		if (i != 3)
			KUNIT_EXPECT_LT(test, abs((int)count[i] - 10000), 500);
}

static void decide_set_is_the_class(struct kunit *test)
{
	struct sdwan_law law = { .alpha = SDWAN_PPM, .floor = 10 };
	struct sdwan_candidate c[] = {
		test_path(1, 100, 0), test_path(2, 110, 0),
		test_path(3, 111, 0),
	};
	struct rnd_state rnd;

	prandom_seed_state(&rnd, TEST_SEED);
	KUNIT_EXPECT_EQ(test, SDWAN_DECISION_REASON_FIRST,
			sdwan_decide_set(c, 3, &law, &rnd));
	KUNIT_EXPECT_TRUE(test, c[0].active && c[1].active && !c[2].active);

	/* cost is no reason to leave now */
	law.still = true;
	c[1].cost = 200;
	sdwan_decide_set(c, 3, &law, &rnd);
	KUNIT_EXPECT_TRUE(test, c[0].active && c[1].active && !c[2].active);
	law.still = false;
	KUNIT_EXPECT_EQ(test, SDWAN_DECISION_REASON_COST,
			sdwan_decide_set(c, 3, &law, &rnd));
	KUNIT_EXPECT_TRUE(test, c[0].active && !c[1].active && !c[2].active);

	/* it is as good again: nobody has left */
	c[1].cost = 110;
	KUNIT_EXPECT_EQ(test, SDWAN_DECISION_REASON_JOINED,
			sdwan_decide_set(c, 3, &law, &rnd));
	KUNIT_EXPECT_TRUE(test, c[0].active && c[1].active && !c[2].active);
	c[1].cost = 200;
	sdwan_decide_set(c, 3, &law, &rnd);

	law.still = true;
	c[0].compliant = false;
	KUNIT_EXPECT_EQ(test, SDWAN_DECISION_REASON_BREACH,
			sdwan_decide_set(c, 3, &law, &rnd));
	KUNIT_EXPECT_TRUE(test, !c[0].active && !c[1].active && c[2].active);
	c[2].up = false;
	KUNIT_EXPECT_EQ(test, SDWAN_DECISION_REASON_DOWN,
			sdwan_decide_set(c, 3, &law, &rnd));
	c[1].up = false;
	c[0].up = false;
	KUNIT_EXPECT_EQ(test, SDWAN_DECISION_REASON_NONE,
			sdwan_decide_set(c, 3, &law, &rnd));
	KUNIT_EXPECT_TRUE(test, !c[0].active && !c[1].active && !c[2].active);
}

static void decide_moves_are_what_is_left(struct kunit *test)
{
	int reason, moves = 0;

	for (reason = SDWAN_DECISION_REASON_NONE;
	     reason <= SDWAN_DECISION_REASON_GROUP; reason++)
		moves += sdwan_decide_is_move(reason);
	KUNIT_EXPECT_EQ(test, 6, moves);
	KUNIT_EXPECT_FALSE(test,
			   sdwan_decide_is_move(SDWAN_DECISION_REASON_NONE));
	KUNIT_EXPECT_FALSE(test,
			   sdwan_decide_is_move(SDWAN_DECISION_REASON_FIRST));
	KUNIT_EXPECT_FALSE(test,
			   sdwan_decide_is_move(SDWAN_DECISION_REASON_JOINED));
}

static void decide_order_has_the_best_first(struct kunit *test)
{
	struct sdwan_candidate c[] = {
		test_path(1, 100, 0), test_path(2, 90, 0), test_path(3, 80, 0),
		test_path(4, 300, 0), test_path(5, 100, 0),
		test_path(6, SDWAN_METRIC_NEVER, 0), test_path(7, 10, 0),
		test_path(8, 20, 0),
	};
	static const u32 want[] = { 4, 5, 1, 8, 2, 3, 6, 7 };
	int i;

	c[0].preference = 2;	/* behind the other one of this cost */
	c[1].compliant = false;
	c[2].compliant = false;
	c[2].cost = 95;
	c[3].active = true;
	c[4].preference = 1;
	c[6].up = false;
	c[7].degraded = true;
	sdwan_decide_order(c, ARRAY_SIZE(c));
	for (i = 0; i < ARRAY_SIZE(c); i++)
		KUNIT_EXPECT_EQ(test, c[i].id, want[i]);
}

static void decide_flapping_is_slowed_down(struct kunit *test)
{
	u8 flaps = 0;
	u64 hold = 0;
	int i;

	/* the first move after a long time costs nothing */
	flaps = sdwan_decide_flaps(flaps, 1000, 1);
	KUNIT_EXPECT_EQ(test, 0, flaps);
	KUNIT_EXPECT_EQ(test, 0, sdwan_decide_hold(flaps, 1000));
	for (i = 0; i < 20; i++) {
		u64 before = hold;

		flaps = sdwan_decide_flaps(flaps, hold + 1000, 1000);
		hold = sdwan_decide_hold(flaps, 1000);
		KUNIT_EXPECT_GE(test, hold, before);
		KUNIT_EXPECT_EQ(test, hold, 1000ULL << min(i + 1, 6));
	}
	/* calm again */
	KUNIT_EXPECT_EQ(test, 6, sdwan_decide_flaps(flaps, 1023 * 1000, 1000));
	KUNIT_EXPECT_EQ(test, 0, sdwan_decide_flaps(flaps, 1024 * 1000, 1000));
}

/* How long a path that was as bad as that needs to be trusted, ms */
static u64 decide_trusted(u64 worst, u64 now_good, u64 limit)
{
	struct sdwan_sla_late late = { .at = 5 * MS };
	u64 now = 7 * MS;

	sdwan_sla_late_add(&late, worst, now);
	while (late.latency > limit && now < 60 * 1000 * MS) {
		now += 20 * MS;
		sdwan_sla_late_add(&late, now_good, now);
	}
	return div_u64(now - 7 * MS, MS);
}

static void decide_late_fades(struct kunit *test)
{
	struct sdwan_sla_late late = {};
	int i;

	/* half of it after 11 times an eighth of a second */
	KUNIT_EXPECT_EQ(test, 1380, decide_trusted(1000 * MS, 1 * MS, 500 * MS));
	KUNIT_EXPECT_LT(test, decide_trusted(120 * MS, 40 * MS, 90 * MS), 700);
	KUNIT_EXPECT_GT(test, decide_trusted(900 * MS, 40 * MS, 90 * MS), 4000);
	/* not below what is now */
	KUNIT_EXPECT_GE(test, decide_trusted(900 * MS, 91 * MS, 90 * MS), 59000);
	/* however rarely probes come */
	sdwan_sla_late_add(&late, 1000 * MS, 1000 * MS);
	for (i = 1; i <= 10; i++)
		sdwan_sla_late_add(&late, 1 * MS, (1000 + i * 100) * MS);
	KUNIT_EXPECT_EQ(test, 596, div_u64(late.latency, MS));
	late = (struct sdwan_sla_late) {};
	sdwan_sla_late_add(&late, 1000 * MS, 1000 * MS);
	sdwan_sla_late_add(&late, 1 * MS, 2000 * MS);
	KUNIT_EXPECT_EQ(test, 596, div_u64(late.latency, MS));
	sdwan_sla_late_add(&late, 1 * MS, 1000000 * MS);
	KUNIT_EXPECT_EQ(test, 1 * MS, late.latency);
}

static void decide_objective_has_two_thresholds(struct kunit *test)
{
	const struct sdwan_sla sla = {
		.latency = 100000, .jitter = 20000, .loss = 10000,
		.margin = 100000,
	};
	struct sdwan_sla_view v = { .known = true };
	struct sdwan_sla alarm = {};

	KUNIT_EXPECT_TRUE(test, sdwan_sla_met(&sla, &v, false));
	v.latency = 100 * MS;
	KUNIT_EXPECT_TRUE(test, sdwan_sla_met(&sla, &v, true));
	KUNIT_EXPECT_FALSE(test, sdwan_sla_met(&sla, &v, false));
	v.latency = 90 * MS;
	KUNIT_EXPECT_TRUE(test, sdwan_sla_met(&sla, &v, false));
	v.latency = 100 * MS + 1;
	KUNIT_EXPECT_FALSE(test, sdwan_sla_met(&sla, &v, true));
	v.known = false;
	KUNIT_EXPECT_TRUE(test, sdwan_sla_met(&sla, &v, false));
	v = (struct sdwan_sla_view) { .known = true, .jitter = 20 * MS + 1 };
	KUNIT_EXPECT_FALSE(test, sdwan_sla_met(&sla, &v, true));
	v = (struct sdwan_sla_view) { .known = true, .loss = 10001 };
	KUNIT_EXPECT_FALSE(test, sdwan_sla_met(&sla, &v, true));
	v.loss = 9001;
	KUNIT_EXPECT_FALSE(test, sdwan_sla_met(&sla, &v, false));
	v.loss = 9000;
	KUNIT_EXPECT_TRUE(test, sdwan_sla_met(&sla, &v, false));

	/* who was worse is not trusted yet, and nobody is left for that */
	v = (struct sdwan_sla_view) {
		.known = true, .latency = 50 * MS, .late = 90 * MS + 1,
	};
	KUNIT_EXPECT_FALSE(test, sdwan_sla_met(&sla, &v, false));
	KUNIT_EXPECT_TRUE(test, sdwan_sla_met(&sla, &v, true));
	v.late = 90 * MS;
	KUNIT_EXPECT_TRUE(test, sdwan_sla_met(&sla, &v, false));

	/* what is alarmed of is the tightest of each */
	sdwan_sla_tighten(&alarm, &sla);
	sdwan_sla_tighten(&alarm, &(struct sdwan_sla) { .latency = 50000 });
	sdwan_sla_tighten(&alarm, &(struct sdwan_sla) { .jitter = 30000 });
	KUNIT_EXPECT_EQ(test, alarm.latency, 50000);
	KUNIT_EXPECT_EQ(test, alarm.jitter, 20000);
	KUNIT_EXPECT_EQ(test, alarm.loss, 10000);
}

static struct kunit_case sdwan_decide_cases[] = {
	KUNIT_CASE(decide_moves_by_the_law),
	KUNIT_CASE(decide_probability_is_that_of_the_formula),
	KUNIT_CASE(decide_class_is_that_of_the_formula),
	KUNIT_CASE(decide_trend_is_that_of_the_formula),
	KUNIT_CASE(decide_failures_are_not_waited_for),
	KUNIT_CASE(decide_unknown_costs_move_nobody),
	KUNIT_CASE(decide_members_are_picked_alike),
	KUNIT_CASE(decide_set_is_the_class),
	KUNIT_CASE(decide_moves_are_what_is_left),
	KUNIT_CASE(decide_order_has_the_best_first),
	KUNIT_CASE(decide_flapping_is_slowed_down),
	KUNIT_CASE(decide_objective_has_two_thresholds),
	KUNIT_CASE(decide_late_fades),
	{ }
};

static struct kunit_suite sdwan_decide_suite = {
	.name = "sdwan_decide",
	.test_cases = sdwan_decide_cases,
};

kunit_test_suite(sdwan_decide_suite);
