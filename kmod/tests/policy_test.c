// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: tests of where decisions are kept
 */
#include <kunit/test.h>
#include <linux/time64.h>

#include "policy.h"

#define NOW	(1000ULL * NSEC_PER_SEC)
#define ROUND	USEC_PER_SEC

struct fixture {
	struct sdwan_net sn;
	struct sdwan_site site;
	struct sdwan_path path;
};

static int policy_init(struct kunit *test)
{
	struct fixture *f = kunit_kzalloc(test, sizeof(*f), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, f);
	mutex_init(&f->sn.lock);
	f->path.obj.sn = &f->sn;
	test->priv = f;
	return 0;
}

static void policy_exit(struct kunit *test)
{
	struct fixture *f = test->priv;

	sdwan_policies_free(&f->site);
	kfree(rcu_dereference_protected(f->path.orders, true));
}

/* What was there stays where it is when there is room for more. */
static void policy_orders(struct kunit *test)
{
	struct fixture *f = test->priv;
	u32 classes;

	mutex_lock(&f->sn.lock);
	KUNIT_EXPECT_FALSE(test, sdwan_path_classes(&f->path, &classes));
	KUNIT_EXPECT_EQ(test, sdwan_path_order(&f->path, 7), 0);
	KUNIT_EXPECT_TRUE(test, sdwan_path_set_order(&f->path, 7, 1));
	KUNIT_EXPECT_FALSE(test, sdwan_path_set_order(&f->path, 7, 1));
	KUNIT_EXPECT_TRUE(test, sdwan_path_set_order(&f->path, 1000, 2));
	KUNIT_EXPECT_TRUE(test, sdwan_path_set_order(&f->path, 8, 1 |
						     SDWAN_ORDER_BREACH));
	KUNIT_EXPECT_EQ(test, sdwan_path_order(&f->path, 7), 1);
	KUNIT_EXPECT_EQ(test, sdwan_path_order(&f->path, 1000), 2);
	KUNIT_EXPECT_EQ(test, sdwan_path_order(&f->path, 999), 0);
	KUNIT_EXPECT_EQ(test, sdwan_path_order(&f->path, 100000), 0);
	KUNIT_EXPECT_TRUE(test, sdwan_path_classes(&f->path, &classes));
	KUNIT_EXPECT_EQ(test, classes, 2);
	mutex_unlock(&f->sn.lock);
}

/* Three ticks each, whenever they began; the rest stays. */
static void policy_ticks(struct kunit *test)
{
	struct fixture *f = test->priv;
	const u8 breach = SDWAN_ORDER_BREACH | 2;
	bool more;

	mutex_lock(&f->sn.lock);
	KUNIT_EXPECT_FALSE(test, sdwan_path_tick(&f->path, &more));
	KUNIT_EXPECT_FALSE(test, more);
	sdwan_path_set_order(&f->path, 3, breach | SDWAN_ORDER_GRACE);
	sdwan_path_set_order(&f->path, 4, 1);
	KUNIT_EXPECT_FALSE(test, sdwan_path_tick(&f->path, &more));
	KUNIT_EXPECT_TRUE(test, more);
	sdwan_path_set_order(&f->path, 5, breach | SDWAN_ORDER_GRACE);
	KUNIT_EXPECT_FALSE(test, sdwan_path_tick(&f->path, &more));
	KUNIT_EXPECT_TRUE(test, more);
	KUNIT_EXPECT_TRUE(test, sdwan_path_tick(&f->path, &more));
	KUNIT_EXPECT_TRUE(test, more);
	KUNIT_EXPECT_EQ(test, sdwan_path_order(&f->path, 3), breach);
	KUNIT_EXPECT_TRUE(test, sdwan_path_tick(&f->path, &more));
	KUNIT_EXPECT_FALSE(test, more);
	KUNIT_EXPECT_EQ(test, sdwan_path_order(&f->path, 5), breach);
	KUNIT_EXPECT_EQ(test, sdwan_path_order(&f->path, 4), 1);
	KUNIT_EXPECT_FALSE(test, sdwan_path_tick(&f->path, &more));
	mutex_unlock(&f->sn.lock);
}

/* Found where they were put, and gone when the site is without paths. */
static void policy_pages(struct kunit *test)
{
	static const u32 classes[] = { 1, 101, 102, 700, 1024 };
	struct fixture *f = test->priv;
	struct sdwan_policy *policy;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(classes); i++) {
		KUNIT_EXPECT_TRUE(test, !sdwan_policy_find(&f->site,
							   classes[i]) ||
				  !sdwan_policy_find(&f->site,
						     classes[i])->path);
		policy = sdwan_policy_get(&f->site, classes[i]);
		KUNIT_ASSERT_NOT_NULL(test, policy);
		policy->path = classes[i];
	}
	for (i = 0; i < ARRAY_SIZE(classes); i++)
		KUNIT_EXPECT_EQ(test, classes[i],
				sdwan_policy_find(&f->site, classes[i])->path);
	KUNIT_EXPECT_NULL(test, sdwan_policy_find(&f->site, 60000));
	sdwan_policies_free(&f->site);
	KUNIT_EXPECT_NULL(test, sdwan_policy_find(&f->site, 1));
}

/* From the last move on; who has never flapped is not held. */
static void policy_hold(struct kunit *test)
{
	struct sdwan_policy policy = { .moves = 1 };
	u64 tick = BIT(SDWAN_POLICY_TICK);

	policy.before[0].at = sdwan_policy_tick(NOW);
	KUNIT_EXPECT_EQ(test, 0, sdwan_policy_hold(&policy, ROUND, NOW));
	policy.flaps = 3;
	KUNIT_EXPECT_EQ(test, 8ULL * NSEC_PER_SEC,
			sdwan_policy_hold(&policy, ROUND, NOW));
	KUNIT_EXPECT_EQ(test, 8ULL * NSEC_PER_SEC - 10 * tick,
			sdwan_policy_hold(&policy, ROUND, NOW + 10 * tick));
	KUNIT_EXPECT_EQ(test, 0,
			sdwan_policy_hold(&policy, ROUND, NOW + 9ULL *
					  NSEC_PER_SEC));
	KUNIT_EXPECT_EQ(test, 10 * tick,
			sdwan_policy_age(policy.before[0].at, NOW + 10 * tick));
}

static struct kunit_case policy_cases[] = {
	KUNIT_CASE(policy_orders),
	KUNIT_CASE(policy_ticks),
	KUNIT_CASE(policy_pages),
	KUNIT_CASE(policy_hold),
	{}
};

static struct kunit_suite policy_suite = {
	.name = "sdwan_policy",
	.init = policy_init,
	.exit = policy_exit,
	.test_cases = policy_cases,
};

kunit_test_suites(&policy_suite);
