// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: tests of who leads, and of what policies are called
 */
#include <kunit/test.h>
#include <linux/prandom.h>

#include "leader.h"

/* Computed by another program, from what wire-format.rst says. */
static void leader_known(struct kunit *test)
{
	static const struct {
		struct sdwan_gateway_id a, b;
		bool leads;
	} cases[] = {
		{ { 1, 1 }, { 2, 1 }, true },
		{ { 1, 1 }, { 3, 1 }, false },
		{ { 1, 1 }, { 2, 2 }, false },
		{ { 2, 1 }, { 3, 1 }, true },
		{ { 7, 2 }, { 7, 1 }, false },
		{ { 1, 1 }, { 1, 2 }, true },
		{ { 1, 1 }, { 5, 1 }, false },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		KUNIT_EXPECT_EQ(test, cases[i].leads,
				sdwan_leads(&cases[i].a, &cases[i].b));
		KUNIT_EXPECT_EQ(test, !cases[i].leads,
				sdwan_leads(&cases[i].b, &cases[i].a));
	}
}

/* Exactly one of two, and nobody more often than the others. */
static void leader_one(struct kunit *test)
{
	struct rnd_state rnd;
	u32 i, leads = 0;

	prandom_seed_state(&rnd, 7);
	for (i = 0; i < 10000; i++) {
		struct sdwan_gateway_id a = {
			prandom_u32_state(&rnd), prandom_u32_state(&rnd) % 4,
		};
		struct sdwan_gateway_id b = {
			prandom_u32_state(&rnd), prandom_u32_state(&rnd) % 4,
		};

		KUNIT_EXPECT_NE(test, sdwan_leads(&a, &b), sdwan_leads(&b, &a));
		leads += sdwan_leads(&a, &b);
	}
	KUNIT_EXPECT_GT(test, leads, 4800);
	KUNIT_EXPECT_LT(test, leads, 5200);
}

/* By sha256sum; whoever asks. */
static void leader_policy(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, sdwan_policy_id("voice", 1, 2),
			0x9e0df59331d91a1fULL);
	KUNIT_EXPECT_EQ(test, sdwan_policy_id("voice", 2, 1),
			0x9e0df59331d91a1fULL);
	KUNIT_EXPECT_EQ(test, sdwan_policy_id("v", U32_MAX, 7),
			0x01ca8906993a9dd1ULL);
	KUNIT_EXPECT_NE(test, sdwan_policy_id("voice", 1, 3),
			0x9e0df59331d91a1fULL);
}

static struct kunit_case leader_cases[] = {
	KUNIT_CASE(leader_known),
	KUNIT_CASE(leader_one),
	KUNIT_CASE(leader_policy),
	{}
};

static struct kunit_suite leader_suite = {
	.name = "sdwan_leader",
	.test_cases = leader_cases,
};

kunit_test_suite(leader_suite);
