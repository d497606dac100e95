// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: tests of the window of numbers, and of the streams that have one
 */
#include <kunit/test.h>
#include <linux/prandom.h>
#include <linux/slab.h>

#include "../stream.h"

#define TEST_SEED	20261121

/* Numbers wrap in the middle of what a test does. */
#define TEST_BASE	(U32_MAX - 3 * SDWAN_WINDOW)

static struct sdwan_window *test_window(struct kunit *test, u32 number)
{
	struct sdwan_window *w = kunit_kzalloc(test, sizeof(*w), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, w);
	/* what was there does not matter */
	memset(w, 0xff, sizeof(*w));
	sdwan_window_start(w, number, 0);
	return w;
}

static void window_in_order(struct kunit *test)
{
	struct sdwan_window *w = test_window(test, TEST_BASE);
	u32 i;

	KUNIT_EXPECT_EQ(test, sdwan_window_look(w, TEST_BASE, 0),
			SDWAN_SEEN_AGAIN);
	for (i = 1; i < 10 * SDWAN_WINDOW; i++) {
		KUNIT_ASSERT_EQ(test, sdwan_window_look(w, TEST_BASE + i, 0),
				SDWAN_SEEN_FIRST);
		KUNIT_ASSERT_EQ(test, sdwan_window_look(w, TEST_BASE + i, 0),
				SDWAN_SEEN_AGAIN);
	}
}

/* One path is behind the other by as much as the window reaches. */
static void window_far_behind(struct kunit *test)
{
	struct sdwan_window *w = test_window(test, TEST_BASE);
	u32 i, behind = SDWAN_WINDOW - 1;

	for (i = 1; i < 10 * SDWAN_WINDOW; i++) {
		KUNIT_ASSERT_EQ(test, sdwan_window_look(w, TEST_BASE + i, 0),
				SDWAN_SEEN_FIRST);
		/* half of them were lost on the first path */
		if (i > behind)
			KUNIT_ASSERT_EQ(test, sdwan_window_look(w, TEST_BASE +
								i - behind, 0),
					SDWAN_SEEN_AGAIN);
	}
	KUNIT_EXPECT_EQ(test, sdwan_window_look(w, TEST_BASE + i - 1 -
						SDWAN_WINDOW, 0),
			SDWAN_SEEN_LATE);
}

/* Against a table of all numbers, in any order, with losses. */
static void window_any_order(struct kunit *test)
{
	const u32 range = 40 * SDWAN_WINDOW;
	struct sdwan_window *w = test_window(test, TEST_BASE);
	u32 i, at, top = 0, again = 0;
	struct rnd_state rnd;
	u8 *seen;

	seen = kvzalloc(range + 2 * SDWAN_WINDOW, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, seen);
	seen[0] = 1;
	prandom_seed_state(&rnd, TEST_SEED);
	for (i = 0; top < range; i++) {
		if (prandom_u32_state(&rnd) % 4) {
			at = top - prandom_u32_state(&rnd) %
			     min(top + 1, (u32)SDWAN_WINDOW);
		} else {
			at = prandom_u32_state(&rnd);
			at = top + 1 + at % (at % 64 ? 4 : SDWAN_WINDOW_LEAP);
		}
		if (sdwan_window_look(w, TEST_BASE + at, i) !=
		    (seen[at] ? SDWAN_SEEN_AGAIN : SDWAN_SEEN_FIRST)) {
			KUNIT_FAIL(test, "number %u of top %u", at, top);
			break;
		}
		again += seen[at];
		seen[at] = 1;
		top = max(top, at);
	}
	KUNIT_EXPECT_GT(test, again, 100);
	kvfree(seen);
}

/* One wrong number changes nothing, be it ahead or behind. */
static void window_one_wrong(struct kunit *test)
{
	static const u32 wrong[] = {
		SDWAN_WINDOW_LEAP + 1, SDWAN_WINDOW, 1 << 20, S32_MAX,
		0x80000000, -(1 << 20), -2 * SDWAN_WINDOW,
	};
	struct sdwan_window *w;
	unsigned int i;
	u32 n;

	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		w = test_window(test, 1000);
		for (n = 1001; n < 1100; n += 2)
			sdwan_window_look(w, n, 0);
		sdwan_window_look(w, n + wrong[i], 0);
		/* all the same as before */
		for (n = 1001; n < 1100; n++)
			KUNIT_ASSERT_EQ_MSG(test, sdwan_window_look(w, n, 0),
					    n & 1 ? SDWAN_SEEN_AGAIN :
						    SDWAN_SEEN_FIRST,
					    "%u with %u", n, i);
		for (; n < 1200; n++)
			KUNIT_ASSERT_EQ(test, sdwan_window_look(w, n, 0),
					SDWAN_SEEN_FIRST);
	}
	/* as far as a number is believed at once, nothing falls out */
	w = test_window(test, 1000);
	sdwan_window_look(w, 1000 + SDWAN_WINDOW_LEAP, 0);
	for (n = 1001; n < 1100; n++)
		KUNIT_ASSERT_EQ(test, sdwan_window_look(w, n, 0),
				SDWAN_SEEN_FIRST);
}

/* Who really jumps ahead loses nothing, and nothing is doubled. */
static void window_jumps_ahead(struct kunit *test)
{
	struct sdwan_window *w = test_window(test, TEST_BASE);
	u32 n = TEST_BASE + SDWAN_WINDOW_LEAP + 1, i;

	for (i = 0; i < 10; i++, n += SDWAN_WINDOW_LEAP + 1 + i * 100000) {
		KUNIT_EXPECT_EQ(test, sdwan_window_look(w, n, 0),
				SDWAN_SEEN_FIRST);
		KUNIT_EXPECT_EQ(test, sdwan_window_look(w, n, 0),
				SDWAN_SEEN_AGAIN);
		/* later or earlier */
		KUNIT_EXPECT_EQ(test, sdwan_window_look(w, i & 1 ? n - 1 :
							n + 1, 0),
				SDWAN_SEEN_MOVED);
		KUNIT_EXPECT_EQ(test, sdwan_window_look(w, i & 1 ? n - 1 :
							n + 1, 0),
				SDWAN_SEEN_AGAIN);
		KUNIT_EXPECT_EQ(test, sdwan_window_look(w, n, 0),
				SDWAN_SEEN_AGAIN);
		KUNIT_EXPECT_EQ(test, sdwan_window_look(w, n + 2, 0),
				SDWAN_SEEN_FIRST);
	}
	/* what the old window knew, the new one does where they overlap */
	w = test_window(test, 0);
	for (i = 1; i < 100; i++)
		sdwan_window_look(w, i * 64, 0);
	n = i * 64 + SDWAN_WINDOW_LEAP;
	sdwan_window_look(w, n, 0);
	KUNIT_EXPECT_EQ(test, sdwan_window_look(w, n + 1, 0), SDWAN_SEEN_MOVED);
	KUNIT_EXPECT_EQ(test, sdwan_window_look(w, 99 * 64, 0),
			SDWAN_SEEN_AGAIN);
	KUNIT_EXPECT_EQ(test, sdwan_window_look(w, 99 * 64 - 1, 0),
			SDWAN_SEEN_FIRST);
}

/* Who is behind is late, until the window is not alive any more. */
static void window_comes_back(struct kunit *test)
{
	struct sdwan_window *w = test_window(test, TEST_BASE);
	u32 n = TEST_BASE - 2 * SDWAN_WINDOW, now = SDWAN_WINDOW_ALIVE;

	KUNIT_EXPECT_EQ(test, sdwan_window_look(w, n, now), SDWAN_SEEN_LATE);
	KUNIT_EXPECT_EQ(test, sdwan_window_look(w, n + 1, now),
			SDWAN_SEEN_LATE);
	/* a number that fits lets it live on */
	KUNIT_EXPECT_EQ(test, sdwan_window_look(w, TEST_BASE + 1, now),
			SDWAN_SEEN_FIRST);
	now += SDWAN_WINDOW_ALIVE;
	KUNIT_EXPECT_EQ(test, sdwan_window_look(w, n, now), SDWAN_SEEN_LATE);
	now++;
	KUNIT_EXPECT_EQ(test, sdwan_window_look(w, n, now), SDWAN_SEEN_FIRST);
	KUNIT_EXPECT_EQ(test, sdwan_window_look(w, n, now), SDWAN_SEEN_AGAIN);
	KUNIT_EXPECT_EQ(test, sdwan_window_look(w, n + 5, now),
			SDWAN_SEEN_MOVED);
	KUNIT_EXPECT_EQ(test, sdwan_window_look(w, n + 5, now),
			SDWAN_SEEN_AGAIN);
	KUNIT_EXPECT_EQ(test, sdwan_window_look(w, n, now), SDWAN_SEEN_AGAIN);
	KUNIT_EXPECT_EQ(test, sdwan_window_look(w, n + 1, now),
			SDWAN_SEEN_FIRST);
	/* and forward again */
	KUNIT_EXPECT_EQ(test, sdwan_window_look(w, TEST_BASE, now),
			SDWAN_SEEN_FIRST);
	KUNIT_EXPECT_EQ(test, sdwan_window_look(w, TEST_BASE + 1, now),
			SDWAN_SEEN_MOVED);
}

static struct kunit_case window_cases[] = {
	KUNIT_CASE(window_in_order),
	KUNIT_CASE(window_far_behind),
	KUNIT_CASE(window_any_order),
	KUNIT_CASE(window_one_wrong),
	KUNIT_CASE(window_jumps_ahead),
	KUNIT_CASE(window_comes_back),
	{ }
};

static struct kunit_suite window_suite = {
	.name = "sdwan_window",
	.test_cases = window_cases,
};

struct test_streams {
	struct sdwan_net sn;
	struct net net;
	struct sdwan_peer peer;
};

static int stream_init(struct kunit *test)
{
	struct test_streams *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);

	if (!t)
		return -ENOMEM;
	test->priv = t;
	/* the table of the small size: not of the initial user namespace */
	t->sn.net = &t->net;
	t->peer.obj.id = 1;
	return sdwan_streams_enable(&t->sn) ?: sdwan_stream_open(&t->peer);
}

static void stream_exit(struct kunit *test)
{
	struct test_streams *t = test->priv;

	sdwan_stream_close(&t->peer);
	sdwan_streams_exit(&t->sn);
}

static enum sdwan_seen test_seen(struct test_streams *t, u64 name, u32 number)
{
	struct sdwan_sequence seq = {
		.stream = name,
		.number = number,
		.present = true,
	};
	enum sdwan_seen seen;

	rcu_read_lock();
	local_bh_disable();
	seen = sdwan_stream_seen(&t->sn, &t->peer, &seq);
	local_bh_enable();
	rcu_read_unlock();
	return seen;
}

static void stream_numbers(struct kunit *test)
{
	struct test_streams *t = test->priv;
	struct sdwan_sequence one, two;
	struct sdwan_peer other = {};

	local_bh_disable();
	sdwan_stream_next(&t->peer, &one);
	sdwan_stream_next(&t->peer, &two);
	local_bh_enable();
	KUNIT_EXPECT_TRUE(test, one.present);
	KUNIT_EXPECT_FALSE(test, one.second);
	KUNIT_EXPECT_EQ(test, one.stream, two.stream);
	KUNIT_EXPECT_EQ(test, one.number + 1, two.number);
	KUNIT_EXPECT_EQ(test, one.stream >> SDWAN_STREAM_BITS, 0);

	/* another peer, or the same one anew, is another stream */
	KUNIT_ASSERT_EQ(test, sdwan_stream_open(&other), 0);
	local_bh_disable();
	sdwan_stream_next(&other, &two);
	local_bh_enable();
	KUNIT_EXPECT_NE(test, one.stream, two.stream);
	sdwan_stream_close(&other);
}

static void stream_of_each(struct kunit *test)
{
	struct test_streams *t = test->priv;
	u32 i;

	for (i = 0; i < 3; i++) {
		KUNIT_EXPECT_EQ(test, test_seen(t, i, 7), SDWAN_SEEN_FIRST);
		KUNIT_EXPECT_EQ(test, test_seen(t, i, 7), SDWAN_SEEN_AGAIN);
	}
	/* of the same name, from another peer */
	t->peer.obj.id = 2;
	KUNIT_EXPECT_EQ(test, test_seen(t, 1, 7), SDWAN_SEEN_FIRST);
	KUNIT_EXPECT_EQ(test, test_seen(t, 1, 7), SDWAN_SEEN_AGAIN);
	t->peer.obj.id = 1;
	KUNIT_EXPECT_EQ(test, test_seen(t, 1, 7), SDWAN_SEEN_AGAIN);
}

/* A flood of streams costs bounded memory, and does not touch those in use. */
static void stream_flood(struct kunit *test)
{
	struct test_streams *t = test->priv;
	u32 i, n, again = 0;

	for (n = 0; n < 100; n++)
		for (i = 0; i < 8; i++)
			test_seen(t, i, n);
	for (i = 0; i < 100000; i++)
		KUNIT_ASSERT_EQ(test, test_seen(t, 1000 + i, i),
				SDWAN_SEEN_FIRST);
	for (i = 0; i < 8; i++)
		again += test_seen(t, i, 99) == SDWAN_SEEN_AGAIN;
	KUNIT_EXPECT_EQ(test, again, 8);

	/* those that were invented have thrown out each other */
	for (i = again = 0; i < 100000; i++)
		again += test_seen(t, 1000 + i, i) == SDWAN_SEEN_AGAIN;
	KUNIT_EXPECT_LT(test, again, 32 * SDWAN_STREAM_SLOTS);
}

static void stream_not_enabled(struct kunit *test)
{
	struct test_streams *t = test->priv;

	sdwan_streams_exit(&t->sn);
	RCU_INIT_POINTER(t->sn.streams, NULL);
	KUNIT_EXPECT_EQ(test, test_seen(t, 1, 7), SDWAN_SEEN_FIRST);
	KUNIT_EXPECT_EQ(test, test_seen(t, 1, 7), SDWAN_SEEN_FIRST);
}

static struct kunit_case stream_cases[] = {
	KUNIT_CASE(stream_numbers),
	KUNIT_CASE(stream_of_each),
	KUNIT_CASE(stream_flood),
	KUNIT_CASE(stream_not_enabled),
	{ }
};

static struct kunit_suite stream_suite = {
	.name = "sdwan_stream",
	.init = stream_init,
	.exit = stream_exit,
	.test_cases = stream_cases,
};

kunit_test_suites(&window_suite, &stream_suite);
