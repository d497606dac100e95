// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: tests of sets of policies
 */
#include <kunit/test.h>
#include <linux/prandom.h>

#include "agree_set.h"

/* SipHash-2-4 of eight bytes, little-endian, by a key of zeroes. */
static void set_digest(struct kunit *test)
{
	struct sdwan_digest a = {}, b = {};

	sdwan_digest_add(&a, 1);
	KUNIT_EXPECT_EQ(test, a.count, 1);
	KUNIT_EXPECT_EQ(test, a.sum, 0x8004c5a694105f5eULL);
	KUNIT_EXPECT_FALSE(test, sdwan_digest_same(&a, &b));
	sdwan_digest_add(&a, 2);
	KUNIT_EXPECT_EQ(test, a.sum, 0x8004c5a694105f5eULL +
				     0xbdefecffcce24a01ULL);
	sdwan_digest_add(&b, 2);
	sdwan_digest_add(&b, 1);
	KUNIT_EXPECT_TRUE(test, sdwan_digest_same(&a, &b));
	/* the sum of the ids is that of 1 and 4, and of 2 and 3 */
	b = (struct sdwan_digest) {};
	sdwan_digest_add(&b, 0);
	sdwan_digest_add(&b, 3);
	KUNIT_EXPECT_FALSE(test, sdwan_digest_same(&a, &b));
}

static void set_strangers(struct kunit *test)
{
	struct sdwan_strangers *s;
	unsigned int i;

	s = kunit_kzalloc(test, sizeof(*s), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, s);
	KUNIT_EXPECT_TRUE(test, sdwan_strangers_add(s, 9));
	KUNIT_EXPECT_TRUE(test, sdwan_strangers_add(s, 3));
	KUNIT_EXPECT_FALSE(test, sdwan_strangers_add(s, 9));
	KUNIT_EXPECT_EQ(test, s->n, 2);
	KUNIT_EXPECT_EQ(test, s->id[0], 3);
	KUNIT_EXPECT_EQ(test, s->id[1], 9);
	KUNIT_EXPECT_FALSE(test, sdwan_strangers_del(s, 4));
	KUNIT_EXPECT_TRUE(test, sdwan_strangers_del(s, 3));
	KUNIT_EXPECT_EQ(test, s->n, 1);
	for (i = 0; i < SDWAN_STRANGERS - 1; i++)
		KUNIT_EXPECT_TRUE(test, sdwan_strangers_add(s, 100 + i));
	KUNIT_EXPECT_FALSE(test, s->more);
	KUNIT_EXPECT_FALSE(test, sdwan_strangers_add(s, 50));
	KUNIT_EXPECT_TRUE(test, s->more);
	KUNIT_EXPECT_EQ(test, s->n, SDWAN_STRANGERS);
	/* the bounds belong to a range; the first one begins anew */
	KUNIT_EXPECT_TRUE(test, sdwan_strangers_clear(s, 100, 102));
	KUNIT_EXPECT_EQ(test, s->n, SDWAN_STRANGERS - 3);
	KUNIT_EXPECT_TRUE(test, s->more);
	KUNIT_EXPECT_TRUE(test, sdwan_strangers_clear(s, 0, 103));
	KUNIT_EXPECT_FALSE(test, s->more);
	KUNIT_EXPECT_EQ(test, s->id[0], 104);
}

/* All ids come once, in order, whatever the room. */
static void set_lowest(struct kunit *test)
{
	struct sdwan_told told[5], next = {};
	unsigned int i, n, seen = 0;
	struct rnd_state rnd;
	u64 ids[64], low = 0;

	prandom_seed_state(&rnd, 11);
	for (i = 0; i < ARRAY_SIZE(ids); i++)
		ids[i] = (u64)prandom_u32_state(&rnd) << 32 | i;
	do {
		n = 0;
		for (i = 0; i < ARRAY_SIZE(ids); i++) {
			next.id = ids[i];
			next.class = i;
			n = sdwan_told_lowest(told, n, ARRAY_SIZE(told), &next,
					      low);
		}
		for (i = 0; i < n; i++) {
			KUNIT_EXPECT_GE(test, told[i].id, low);
			KUNIT_EXPECT_EQ(test, told[i].id, ids[told[i].class]);
			low = told[i].id + 1;
		}
		seen += n;
	} while (n == ARRAY_SIZE(told));
	KUNIT_EXPECT_EQ(test, seen, ARRAY_SIZE(ids));
}

static struct kunit_case agree_set_cases[] = {
	KUNIT_CASE(set_digest),
	KUNIT_CASE(set_strangers),
	KUNIT_CASE(set_lowest),
	{}
};

static struct kunit_suite agree_set_suite = {
	.name = "sdwan_agree_set",
	.test_cases = agree_set_cases,
};

kunit_test_suite(agree_set_suite);
