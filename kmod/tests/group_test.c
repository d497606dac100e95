// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: tests of the law of decisions, for classes that prefer company
 *
 * Random numbers are the same in every run.
 */
#include <kunit/test.h>
#include <linux/prandom.h>

#include "../decide.h"

#define TEST_SEED	20261122
#define TEST_CASES	20000
#define TEST_STARTS	2000
#define TEST_PATHS	6
#define TEST_GATEWAYS	3
#define TEST_CLASSES	40

/* As good as the best one is what costs no more than this; the others cost more. */
#define TEST_GOOD	100
#define TEST_DEAR	300

static const struct sdwan_law test_law = {
	.alpha = SDWAN_PPM, .floor = 10, .group = true,
};

static u32 test_below(struct rnd_state *rnd, u32 n)
{
	return prandom_u32_state(rnd) % n;
}

/*
 * The preference, written down as it is said: of the gateways to which a path of the
 * class of best connections leads, that with most of the group, then the lowest id; of
 * such paths to it that with most of the group, then the lowest id.
 */
static u32 test_most(const u32 *count, u64 may, unsigned int n)
{
	unsigned int i;
	u32 most = 0;

	for (i = 1; i < n; i++)
		if (may & BIT_ULL(i) &&
		    (!most || count[i] > count[most]))
			most = i;
	return most;
}

static u32 test_place(const struct sdwan_candidate *c, unsigned int n, u32 here)
{
	u32 at_gateway[TEST_GATEWAYS + 1] = {}, at_path[TEST_PATHS + 1] = {};
	u64 gateways = 0, paths = 0;
	unsigned int i;
	u32 gateway;

	for (i = 0; i < n; i++) {
		at_gateway[c[i].gateway] = c[i].gateway_company;
		at_path[c[i].id] = c[i].company;
	}
	for (i = 0; i < n; i++)
		if (c[i].id == here) {
			at_gateway[c[i].gateway]++;
			at_path[c[i].id]++;
		}
	for (i = 0; i < n; i++)
		if (c[i].best)
			gateways |= BIT_ULL(c[i].gateway);
	gateway = test_most(at_gateway, gateways, TEST_GATEWAYS + 1);
	for (i = 0; i < n; i++)
		if (c[i].best && c[i].gateway == gateway)
			paths |= BIT_ULL(c[i].id);
	return test_most(at_path, paths, TEST_PATHS + 1);
}

/* Paths in any order, of any gateway; some good, some dear, some of no use. */
static unsigned int test_paths(struct sdwan_candidate *c, struct rnd_state *rnd)
{
	unsigned int n = 1 + test_below(rnd, TEST_PATHS), i, k;

	for (i = 0; i < n; i++)
		c[i] = (struct sdwan_candidate) {
			.id = i + 1,
			.gateway = 1 + test_below(rnd, TEST_GATEWAYS),
			.cost = test_below(rnd, 3) ? TEST_GOOD : TEST_DEAR,
			.up = test_below(rnd, 5),
			.compliant = test_below(rnd, 5),
			.degraded = !test_below(rnd, 5),
		};
	for (i = n - 1; i; i--) {
		k = test_below(rnd, i + 1);
		swap(c[i], c[k]);
	}
	return n;
}

/* Few, so that as many are at two places often. */
static void test_company(struct sdwan_candidate *c, unsigned int n,
			 struct rnd_state *rnd)
{
	u16 at[TEST_GATEWAYS + 1] = {};
	unsigned int i;

	for (i = 0; i < n; i++) {
		c[i].company = test_below(rnd, 3);
		at[c[i].gateway] += c[i].company;
	}
	for (i = 0; i < n; i++)
		c[i].gateway_company = at[c[i].gateway];
}

static const struct sdwan_candidate *
test_find(const struct sdwan_candidate *c, unsigned int n, u32 id)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		if (c[i].id == id)
			return &c[i];
	return NULL;
}

static void group_place_is_that_of_the_reference(struct kunit *test)
{
	struct sdwan_candidate c[TEST_PATHS];
	u32 left = 0, drawn = 0, stayed = 0, i;
	struct rnd_state rnd;

	prandom_seed_state(&rnd, TEST_SEED);
	for (i = 0; i < TEST_CASES; i++) {
		unsigned int n = test_paths(c, &rnd);
		u32 here = 1 + test_below(&rnd, n + 1);
		const struct sdwan_candidate *now;
		struct sdwan_verdict v;

		test_company(c, n, &rnd);
		v = sdwan_decide(c, n, &test_law, here, &rnd);
		now = test_find(c, n, here);
		if (!test_place(c, n, 0)) {
			KUNIT_ASSERT_EQ(test, v.id, 0);
		} else if (now && now->best) {
			KUNIT_ASSERT_EQ_MSG(test, v.id, test_place(c, n, here),
					    "case %u", i);
			if (v.id != here)
				KUNIT_ASSERT_EQ(test, v.reason,
						SDWAN_DECISION_REASON_GROUP);
			drawn += v.id != here;
			stayed += v.id == here;
		} else {
			KUNIT_ASSERT_EQ_MSG(test, v.id, test_place(c, n, 0),
					    "case %u", i);
			KUNIT_ASSERT_NE(test, v.reason,
					SDWAN_DECISION_REASON_GROUP);
			left++;
		}
	}
	kunit_info(test, "%u left, %u went to their group, %u stayed", left,
		   drawn, stayed);
	KUNIT_EXPECT_GT(test, left, TEST_CASES / 10);
	KUNIT_EXPECT_GT(test, drawn, TEST_CASES / 20);
	KUNIT_EXPECT_GT(test, stayed, TEST_CASES / 10);
}

/* Company is less than all else, and counts for nothing while one is held. */
static void group_overrides_nothing(struct kunit *test)
{
	struct sdwan_law law = test_law;
	struct sdwan_candidate c[] = {
		{ .id = 1, .gateway = 1, .cost = TEST_GOOD, .up = true,
		  .compliant = true },
		{ .id = 2, .gateway = 2, .cost = TEST_GOOD, .up = true,
		  .compliant = true, .company = 9, .gateway_company = 9 },
	};
	struct rnd_state rnd;

	prandom_seed_state(&rnd, TEST_SEED);
	KUNIT_EXPECT_EQ(test, 2, sdwan_decide(c, 2, &law, 1, &rnd).id);
	law.still = true;
	KUNIT_EXPECT_EQ(test, 1, sdwan_decide(c, 2, &law, 1, &rnd).id);
	law = test_law;
	law.group = false;
	KUNIT_EXPECT_EQ(test, 1, sdwan_decide(c, 2, &law, 1, &rnd).id);
	law = test_law;
	c[1].cost = TEST_DEAR;
	KUNIT_EXPECT_EQ(test, 1, sdwan_decide(c, 2, &law, 1, &rnd).id);
	c[1].cost = TEST_GOOD;
	c[1].degraded = true;
	KUNIT_EXPECT_EQ(test, 1, sdwan_decide(c, 2, &law, 1, &rnd).id);
	c[1].degraded = false;
	c[1].compliant = false;
	KUNIT_EXPECT_EQ(test, 1, sdwan_decide(c, 2, &law, 1, &rnd).id);
	c[1].compliant = true;
	c[1].up = false;
	KUNIT_EXPECT_EQ(test, 1, sdwan_decide(c, 2, &law, 1, &rnd).id);
	/* nobody fulfils what a strict class wants */
	c[0].compliant = false;
	law.strict = true;
	KUNIT_EXPECT_EQ(test, 0, sdwan_decide(c, 2, &law, 1, &rnd).id);
}

/* Who begins goes where his group is; if that is nowhere, to the cheapest. */
static void group_begins_together(struct kunit *test)
{
	struct sdwan_candidate c[] = {
		{ .id = 1, .gateway = 1, .cost = TEST_GOOD + 1, .up = true,
		  .compliant = true },
		{ .id = 2, .gateway = 1, .cost = TEST_GOOD, .up = true,
		  .compliant = true },
		{ .id = 3, .gateway = 2, .cost = TEST_GOOD + 1, .up = true,
		  .compliant = true },
	};
	struct sdwan_verdict v;
	struct rnd_state rnd;

	prandom_seed_state(&rnd, TEST_SEED);
	v = sdwan_decide(c, 3, &test_law, 0, &rnd);
	KUNIT_EXPECT_EQ(test, 2, v.id);
	KUNIT_EXPECT_EQ(test, SDWAN_DECISION_REASON_FIRST, v.reason);
	c[2].company = 1;
	c[2].gateway_company = 1;
	v = sdwan_decide(c, 3, &test_law, 0, &rnd);
	KUNIT_EXPECT_EQ(test, 3, v.id);
	KUNIT_EXPECT_EQ(test, SDWAN_DECISION_REASON_FIRST, v.reason);
	c[2].up = false;
	KUNIT_EXPECT_EQ(test, 2, sdwan_decide(c, 3, &test_law, 0, &rnd).id);
	/* two are there as well, by one path each: the gateway counts first */
	c[2].up = true;
	c[2].gateway_company = 3;
	c[0].company = 2;
	c[0].gateway_company = 2;
	c[1].gateway_company = 2;
	KUNIT_EXPECT_EQ(test, 3, sdwan_decide(c, 3, &test_law, 0, &rnd).id);
}

/**
 * struct test_group - a group whose classes may use different paths
 * @path: the paths, by number
 * @n: how many
 * @may: by class, which are as good as the best one
 * @at: by class, the one that carries it
 */
struct test_group {
	struct sdwan_candidate path[TEST_PATHS];
	unsigned int n;
	u64 may[TEST_CLASSES];
	u32 at[TEST_CLASSES];
};

static void test_group_start(struct test_group *g, bool alike,
			     struct rnd_state *rnd)
{
	unsigned int i;

	g->n = 2 + test_below(rnd, TEST_PATHS - 1);
	for (i = 0; i < g->n; i++)
		g->path[i] = (struct sdwan_candidate) {
			.id = i + 1,
			.gateway = 1 + test_below(rnd, TEST_GATEWAYS),
		};
	for (i = 0; i < TEST_CLASSES; i++) {
		g->may[i] = alike ? BIT_ULL(g->n) - 1 :
			    1 + test_below(rnd, BIT(g->n) - 1);
		g->at[i] = 1 + test_below(rnd, g->n);
	}
}

static void test_group_look(const struct test_group *g, unsigned int class,
			    struct sdwan_candidate *c)
{
	unsigned int i, k;

	for (i = 0; i < g->n; i++) {
		c[i] = g->path[i];
		c[i].up = true;
		c[i].compliant = g->may[class] & BIT_ULL(i);
		c[i].cost = TEST_GOOD;
		for (k = 0; k < TEST_CLASSES; k++) {
			if (k == class)
				continue;
			c[i].company += g->at[k] == i + 1;
			c[i].gateway_company +=
				g->path[g->at[k] - 1].gateway == c[i].gateway;
		}
	}
}

/* Returns how many have moved. */
static unsigned int test_group_round(struct test_group *g, struct rnd_state *rnd)
{
	struct sdwan_candidate c[TEST_PATHS];
	unsigned int moved = 0, i;
	u32 to;

	for (i = 0; i < TEST_CLASSES; i++) {
		/* some are held, or have their round at another time */
		if (!test_below(rnd, 4))
			continue;
		test_group_look(g, i, c);
		to = sdwan_decide(c, g->n, &test_law, g->at[i], rnd).id;
		moved += to != g->at[i];
		g->at[i] = to;
	}
	return moved;
}

/* Nobody wants to move any more. */
static bool test_group_rests(struct test_group *g, struct rnd_state *rnd)
{
	struct sdwan_candidate c[TEST_PATHS];
	unsigned int i;

	for (i = 0; i < TEST_CLASSES; i++) {
		test_group_look(g, i, c);
		if (sdwan_decide(c, g->n, &test_law, g->at[i], rnd).id !=
		    g->at[i])
			return false;
	}
	return true;
}

static unsigned int test_group_settles(struct kunit *test, bool alike)
{
	struct test_group *g = kunit_kzalloc(test, sizeof(*g), GFP_KERNEL);
	unsigned int most = 0, i, k, rounds, moves, most_moves = 0;
	struct rnd_state rnd;

	KUNIT_ASSERT_NOT_NULL(test, g);
	prandom_seed_state(&rnd, TEST_SEED);
	for (i = 0; i < TEST_STARTS; i++) {
		test_group_start(g, alike, &rnd);
		moves = 0;
		for (rounds = 0; rounds < 100 && !test_group_rests(g, &rnd);
		     rounds++)
			moves += test_group_round(g, &rnd);
		most = max(most, rounds);
		most_moves = max(most_moves, moves);
		for (k = 1; alike && k < TEST_CLASSES; k++)
			KUNIT_ASSERT_EQ_MSG(test, g->at[k], g->at[0],
					    "start %u", i);
	}
	kunit_info(test, "%u rounds and %u moves of %u classes at most", most,
		   most_moves, TEST_CLASSES);
	return most;
}

/* From anywhere, with a quarter of them held at random: they meet, and rest. */
static void group_meets_in_few_rounds(struct kunit *test)
{
	KUNIT_EXPECT_LE(test, test_group_settles(test, true), 12);
}

/* Likewise where some cannot go where others are. */
static void group_rests_where_it_cannot_meet(struct kunit *test)
{
	KUNIT_EXPECT_LE(test, test_group_settles(test, false), 20);
}

static struct kunit_case sdwan_group_cases[] = {
	KUNIT_CASE(group_place_is_that_of_the_reference),
	KUNIT_CASE(group_overrides_nothing),
	KUNIT_CASE(group_begins_together),
	KUNIT_CASE(group_meets_in_few_rounds),
	KUNIT_CASE(group_rests_where_it_cannot_meet),
	{ }
};

static struct kunit_suite sdwan_group_suite = {
	.name = "sdwan_group",
	.test_cases = sdwan_group_cases,
};

kunit_test_suite(sdwan_group_suite);
