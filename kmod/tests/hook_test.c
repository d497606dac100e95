// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: tests of the number of a class in a firewall mark
 */
#include <kunit/test.h>

#include "hook.h"

static void hook_mask(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, sdwan_mark_mask_ok(0));
	KUNIT_EXPECT_TRUE(test, sdwan_mark_mask_ok(0x3ff));
	KUNIT_EXPECT_TRUE(test, sdwan_mark_mask_ok(0x3ff0000));
	KUNIT_EXPECT_TRUE(test, sdwan_mark_mask_ok(0xffc00000));
	KUNIT_EXPECT_TRUE(test, sdwan_mark_mask_ok(U32_MAX));
	/* too narrow, by one bit */
	KUNIT_EXPECT_FALSE(test, sdwan_mark_mask_ok(0x1ff));
	KUNIT_EXPECT_FALSE(test, sdwan_mark_mask_ok(0xff800000));
	KUNIT_EXPECT_FALSE(test, sdwan_mark_mask_ok(1));
	/* with a gap */
	KUNIT_EXPECT_FALSE(test, sdwan_mark_mask_ok(0x7fe01));
	KUNIT_EXPECT_FALSE(test, sdwan_mark_mask_ok(0x8003ff));
	KUNIT_EXPECT_FALSE(test, sdwan_mark_mask_ok(0xfffffffb));
}

static void hook_number(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, sdwan_mark_max(0x3ff), 1022);
	KUNIT_EXPECT_EQ(test, sdwan_mark_max(0x3ff0000), 1022);
	KUNIT_EXPECT_EQ(test, sdwan_mark_max(0xffc00000), 1022);
	KUNIT_EXPECT_EQ(test, sdwan_mark_max(U32_MAX), U32_MAX - 1);

	/* that of no class is none of a class */
	KUNIT_EXPECT_EQ(test, sdwan_mark_none(0x3ff), 1023);
	KUNIT_EXPECT_EQ(test, sdwan_mark_none(0xffc00000), 1023);
	KUNIT_EXPECT_EQ(test, sdwan_mark_none(U32_MAX), U32_MAX);

	KUNIT_EXPECT_EQ(test, sdwan_mark_number(U32_MAX, 0), 0);
	KUNIT_EXPECT_EQ(test, sdwan_mark_number(0xfc00ffff, 0x3ff0000), 0);
	KUNIT_EXPECT_EQ(test, sdwan_mark_number(0xfc05ffff, 0x3ff0000), 5);
	KUNIT_EXPECT_EQ(test, sdwan_mark_number(0xffc00001, 0xffc00000), 1023);
	KUNIT_EXPECT_EQ(test, sdwan_mark_number(7, U32_MAX), 7);
}

/* What is set is read again, and the other bits are as they were. */
static void hook_set(struct kunit *test)
{
	static const u32 masks[] = { 0x3ff, 0x3ff0000, 0xffc00000, U32_MAX };
	static const u32 marks[] = { 0, 0x12345678, 0xedcba987, U32_MAX };
	static const u32 numbers[] = { 1, 2, 512, 1023 };
	int i, j, k;

	for (i = 0; i < ARRAY_SIZE(masks); i++)
		for (j = 0; j < ARRAY_SIZE(marks); j++)
			for (k = 0; k < ARRAY_SIZE(numbers); k++) {
				u32 mark = sdwan_mark_set(marks[j], masks[i],
							  numbers[k]);

				KUNIT_EXPECT_EQ(test, numbers[k],
						sdwan_mark_number(mark,
								  masks[i]));
				KUNIT_EXPECT_EQ(test, marks[j] & ~masks[i],
						mark & ~masks[i]);
			}
	KUNIT_EXPECT_EQ(test, sdwan_mark_set(0x1234, 0, 5), 0x1234);
	/* a number that has no room spoils nothing but the number */
	KUNIT_EXPECT_EQ(test, sdwan_mark_set(0, 0x3ff0000, 1024), 0);
}

static struct kunit_case hook_cases[] = {
	KUNIT_CASE(hook_mask),
	KUNIT_CASE(hook_number),
	KUNIT_CASE(hook_set),
	{ }
};

static struct kunit_suite hook_suite = {
	.name = "sdwan_hook",
	.test_cases = hook_cases,
};

kunit_test_suites(&hook_suite);
