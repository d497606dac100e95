// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: tests of what probes tell of a path
 */
#include <kunit/test.h>
#include <linux/time64.h>

#include "measure.h"
#include "stamp.h"

#define MS	((u64)NSEC_PER_MSEC)
#define HOUR	(3600ULL * NSEC_PER_SEC)
#define NOON	1767355200000000000ULL

static void measure_rtt(struct kunit *test)
{
	struct sdwan_measure m = {};
	int i;

	/* RFC 6298, 2.2: R and R / 2 */
	sdwan_measure_rtt(&m, 100 * MS);
	KUNIT_EXPECT_EQ(test, m.rtt, 100 * MS);
	KUNIT_EXPECT_EQ(test, m.rtt_var, 50 * MS);
	/* 2.3: 3/4 * 50 + 1/4 * |100 - 180|, 7/8 * 100 + 1/8 * 180 */
	sdwan_measure_rtt(&m, 180 * MS);
	KUNIT_EXPECT_EQ(test, m.rtt_var, 57500000);
	KUNIT_EXPECT_EQ(test, m.rtt, 110 * MS);
	/* 3/4 * 57.5 + 1/4 * |110 - 30|, 7/8 * 110 + 1/8 * 30 */
	sdwan_measure_rtt(&m, 30 * MS);
	KUNIT_EXPECT_EQ(test, m.rtt_var, 63125000);
	KUNIT_EXPECT_EQ(test, m.rtt, 100 * MS);
	KUNIT_EXPECT_EQ(test, m.rtt_min, 30 * MS);
	for (i = 0; i < 500; i++)
		sdwan_measure_rtt(&m, 42 * MS);
	KUNIT_EXPECT_LT(test, m.rtt - 42 * MS, 8);
	KUNIT_EXPECT_LT(test, m.rtt_var, 16);
}

/* The answer to a probe of 10 ms there, 1 ms to think, 20 ms back. */
static struct sdwan_answer answer_at(u64 when, u32 n, u64 clock)
{
	return (struct sdwan_answer){
		.seq = n,
		.rseq = n,
		.sent = sdwan_stamp_ntp(when),
		.reached = sdwan_stamp_ntp(when + clock + 10 * MS),
		.returned = sdwan_stamp_ntp(when + clock + 11 * MS),
		.received = sdwan_stamp_ntp(when + 31 * MS),
	};
}

static void measure_clocks(struct kunit *test)
{
	struct sdwan_measure m = {};
	struct sdwan_answer a;
	u32 n;

	/* the other clock is an hour ahead, drifts by 200 ppm, and is set back
	 * by two
	 */
	for (n = 0; n < 100; n++) {
		u64 clock = (n < 50 ? HOUR : 0 - HOUR) + n * 20000;

		a = answer_at(NOON + n * 100 * MS, n, clock);
		sdwan_measure_answer(&m, &a);
		KUNIT_EXPECT_LE(test, abs((s64)(m.rtt - 30 * MS)), 8);
	}
	KUNIT_EXPECT_EQ(test, m.lost_tx, 0);
	KUNIT_EXPECT_EQ(test, m.lost_rx, 0);
	/* what drift adds to 100 ms */
	KUNIT_EXPECT_LE(test, m.var_tx, 20001);
	KUNIT_EXPECT_LE(test, m.var_rx, 20001);
}

static void measure_variation(struct kunit *test)
{
	struct sdwan_measure m = {};
	struct sdwan_answer a;
	u32 n;

	/* every other probe takes 4 ms more to get there */
	for (n = 0; n < 400; n++) {
		a = answer_at(NOON + n * 100 * MS, n, 0);
		if (n & 1) {
			a.reached = sdwan_stamp_ntp(NOON + n * 100 * MS +
						    14 * MS);
			a.returned = sdwan_stamp_ntp(NOON + n * 100 * MS +
						     15 * MS);
			a.received = sdwan_stamp_ntp(NOON + n * 100 * MS +
						     35 * MS);
		}
		sdwan_measure_answer(&m, &a);
	}
	KUNIT_EXPECT_LE(test, abs((s64)(m.var_tx - 4 * MS)), 100);
	KUNIT_EXPECT_LE(test, m.var_rx, 16);
	KUNIT_EXPECT_LE(test, abs((s64)(m.rtt - 32 * MS)), MS);
}

/* Who answers cannot make a path faster than light, or its time negative. */
static void measure_liar(struct kunit *test)
{
	struct sdwan_answer a = answer_at(NOON, 1, 0);
	struct sdwan_measure m = {};

	a.returned = sdwan_stamp_ntp(NOON + HOUR);
	sdwan_measure_answer(&m, &a);
	KUNIT_EXPECT_LE(test, abs((s64)(m.rtt - 31 * MS)), 2);
	a = answer_at(NOON, 2, 0);
	a.returned = sdwan_stamp_ntp(NOON - HOUR);
	sdwan_measure_answer(&m, &a);
	KUNIT_EXPECT_LE(test, abs((s64)(m.rtt - 31 * MS)), 2);
}

static void expect_loss(struct kunit *test, const struct sdwan_measure *m,
			int tx, int rx)
{
	KUNIT_EXPECT_EQ(test, m->lost_tx, tx);
	KUNIT_EXPECT_EQ(test, m->lost_rx, rx);
}

static void measure_loss(struct kunit *test)
{
	struct sdwan_measure m = {};

	/* the first tells nothing of what was before */
	KUNIT_EXPECT_FALSE(test, sdwan_measure_loss(&m, 9, 4));
	KUNIT_EXPECT_FALSE(test, sdwan_measure_loss(&m, 10, 5));
	expect_loss(test, &m, 0, 0);
	/* 11 did not get there */
	KUNIT_EXPECT_TRUE(test, sdwan_measure_loss(&m, 12, 6));
	expect_loss(test, &m, 1, 0);
	/* answers 7 and 8 to 13 and 14 did not come back */
	KUNIT_EXPECT_TRUE(test, sdwan_measure_loss(&m, 15, 9));
	expect_loss(test, &m, 1, 2);
	/* 16 did not get there, the answer 10 to 17 did not come back */
	KUNIT_EXPECT_TRUE(test, sdwan_measure_loss(&m, 18, 11));
	expect_loss(test, &m, 2, 3);
	KUNIT_EXPECT_FALSE(test, sdwan_measure_loss(&m, 19, 12));
	expect_loss(test, &m, 2, 3);
}

static void measure_reorder(struct kunit *test)
{
	struct sdwan_measure m = {};

	sdwan_measure_loss(&m, 0, 0);
	/* answers that overtake */
	sdwan_measure_loss(&m, 2, 2);
	sdwan_measure_loss(&m, 1, 1);
	expect_loss(test, &m, 0, 0);
	/* probes that overtake */
	sdwan_measure_loss(&m, 4, 3);
	sdwan_measure_loss(&m, 3, 4);
	expect_loss(test, &m, 0, 0);
	/* both */
	sdwan_measure_loss(&m, 5, 6);
	sdwan_measure_loss(&m, 6, 5);
	expect_loss(test, &m, 0, 0);
	sdwan_measure_loss(&m, 7, 7);
	expect_loss(test, &m, 0, 0);
}

static void measure_restart(struct kunit *test)
{
	struct sdwan_measure m = {};

	sdwan_measure_loss(&m, 100, 100);
	/* the far end counts anew, from not far away or far */
	KUNIT_EXPECT_FALSE(test, sdwan_measure_loss(&m, 101, 0));
	KUNIT_EXPECT_FALSE(test, sdwan_measure_loss(&m, 102, 1));
	KUNIT_EXPECT_FALSE(test, sdwan_measure_loss(&m, 103, 5000));
	KUNIT_EXPECT_FALSE(test, sdwan_measure_loss(&m, 104, 5001));
	expect_loss(test, &m, 0, 0);
	/* numbers that wrap do not */
	m = (struct sdwan_measure){};
	sdwan_measure_loss(&m, U32_MAX, U32_MAX - 1);
	sdwan_measure_loss(&m, 0, U32_MAX);
	sdwan_measure_loss(&m, 2, 0);
	expect_loss(test, &m, 1, 0);
}

static void measure_ratio(struct kunit *test)
{
	struct sdwan_measure m = {};
	u32 n, rseq = 0;

	/* one in ten does not get there */
	for (n = 0; n < 2000; n++)
		if (n % 10)
			sdwan_measure_loss(&m, n, rseq++);
	KUNIT_EXPECT_EQ(test, m.lost_tx, 199);
	KUNIT_EXPECT_LT(test, abs((int)m.loss_tx - 100000), 10000);
	KUNIT_EXPECT_EQ(test, m.loss_rx, 0);
	for (; n < 4000; n++)
		sdwan_measure_loss(&m, n, rseq++);
	KUNIT_EXPECT_EQ(test, m.loss_tx, 0);
	/* all of many thousand are a part, and not more than all */
	sdwan_measure_loss(&m, n + 100000, rseq);
	KUNIT_EXPECT_GT(test, m.loss_tx, 900000);
	KUNIT_EXPECT_LE(test, m.loss_tx, SDWAN_PPM);
}

/*
 * 1000 packets each way a second, told 10 times: of those to the far end the n-th of
 * each hundred is lost, of those from there two. Probes are overtaken by 7 packets,
 * or overtake 7.
 */
static void measure_traffic(struct kunit *test)
{
	/* the counters wrap */
	struct sdwan_traffic_counts c = {
		.sent = -5000, .reached = -300, .returned = 17, .came = -1,
	};
	struct sdwan_traffic_counts told;
	struct sdwan_traffic t = {};
	u64 now = NOON;
	int n;

	sdwan_measure_traffic(&t, 0, now, &c);
	for (n = 1; n <= 1000; n++) {
		now += 100 * MS;
		c.sent += 100;
		c.reached += 99;
		c.returned += 100;
		c.came += 98;
		told = c;
		told.reached += n % 3 * 7 - 7;
		told.came += n % 2 * 14 - 7;
		/* one answer in five is lost */
		if (n % 5)
			sdwan_measure_traffic(&t, n, now, &told);
		/* as is what is late */
		sdwan_measure_traffic(&t, n - 1, now, &c);
	}
	KUNIT_EXPECT_LE(test, abs(t.tx.lost - 999), 7);
	KUNIT_EXPECT_LE(test, abs(t.rx.lost - 1998), 7);
	KUNIT_EXPECT_LT(test, abs((int)t.tx.loss - 10000), 4000);
	KUNIT_EXPECT_LT(test, abs((int)t.rx.loss - 20000), 6000);

	/* without loss, of both only what has been stays */
	for (; n <= 2001; n++) {
		now += 100 * MS;
		c.sent += 100;
		c.reached += 100;
		c.returned += 100;
		c.came += 100;
		sdwan_measure_traffic(&t, n, now, &c);
	}
	KUNIT_EXPECT_EQ(test, t.tx.lost, 1000);
	KUNIT_EXPECT_EQ(test, t.rx.lost, 2000);
	KUNIT_EXPECT_EQ(test, t.tx.loss, 0);
	KUNIT_EXPECT_EQ(test, t.rx.loss, 0);

	/* the far end begins anew, and all of a second is lost */
	c.reached = 0;
	c.returned = 0;
	sdwan_measure_traffic(&t, n++, now, &c);
	KUNIT_EXPECT_EQ(test, t.tx.lost, 1000);
	KUNIT_EXPECT_EQ(test, t.rx.lost, 2000);
	c.sent += 1000;
	sdwan_measure_traffic(&t, n++, now + 1000 * MS, &c);
	KUNIT_EXPECT_EQ(test, t.tx.lost, 2000);
	KUNIT_EXPECT_EQ(test, t.tx.loss, 250000);
	KUNIT_EXPECT_EQ(test, t.rx.loss, 0);
}

/* Of a path that carries nothing any more, what it has lost is forgotten in time. */
static void measure_fades(struct kunit *test)
{
	struct sdwan_traffic_counts c = {};
	struct sdwan_traffic t = {}, other;
	u64 now = NOON;
	int n;

	sdwan_measure_traffic(&t, 0, now, &c);
	c.sent = 1000;
	now += 1000 * MS;
	sdwan_measure_traffic(&t, 1, now, &c);
	KUNIT_EXPECT_EQ(test, t.tx.loss, 250000);

	/* told or not, and in one step or in many */
	other = t;
	for (n = 1; n <= 22; n++) {
		sdwan_measure_traffic(&t, 1 + n, now + n * 1000 * MS, &c);
		sdwan_measure_quiet(&t, now + n * 1000 * MS + 999 * MS);
	}
	sdwan_measure_quiet(&other, now + 22 * 1000 * MS);
	KUNIT_EXPECT_EQ(test, t.tx.loss, other.tx.loss);
	KUNIT_EXPECT_GT(test, t.tx.loss, 55000);
	KUNIT_EXPECT_LT(test, t.tx.loss, 65000);
	KUNIT_EXPECT_EQ(test, t.tx.lost, 1000);
	/* another CPU is ahead */
	sdwan_measure_quiet(&other, now);
	KUNIT_EXPECT_EQ(test, t.tx.loss, other.tx.loss);
	sdwan_measure_quiet(&t, now + 3600ULL * NSEC_PER_SEC);
	KUNIT_EXPECT_EQ(test, t.tx.loss, 0);

	/* what is sent then counts as ever */
	now += 3600ULL * NSEC_PER_SEC;
	c.sent += 100;
	c.reached += 50;
	sdwan_measure_traffic(&t, 100, now + 1000 * MS, &c);
	KUNIT_EXPECT_EQ(test, t.tx.lost, 1050);
	KUNIT_EXPECT_EQ(test, t.tx.loss, 125000);

	/* of what was never known there is nothing to forget */
	other = (struct sdwan_traffic) {};
	sdwan_measure_quiet(&other, now);
	KUNIT_EXPECT_EQ(test, other.round, 0);
}

/* What vanished with a path that was dead is no part of its loss when it lives again. */
static void measure_dead(struct kunit *test)
{
	struct sdwan_traffic_counts c = {};
	struct sdwan_traffic t = {};
	u64 now = NOON;

	sdwan_measure_traffic(&t, 0, now, &c);
	t.dead = true;
	c.sent = 1000;
	c.returned = 500;
	now += 1000 * MS;
	sdwan_measure_traffic(&t, 1, now, &c);
	KUNIT_EXPECT_EQ(test, t.tx.lost, 1000);
	KUNIT_EXPECT_EQ(test, t.rx.lost, 500);
	KUNIT_EXPECT_EQ(test, t.tx.loss, 0);
	KUNIT_EXPECT_EQ(test, t.rx.loss, 0);

	/* from then on it counts */
	c.sent += 100;
	c.reached += 50;
	now += 1000 * MS;
	sdwan_measure_traffic(&t, 2, now, &c);
	KUNIT_EXPECT_EQ(test, t.tx.lost, 1050);
	KUNIT_EXPECT_EQ(test, t.tx.loss, 125000);
}

static struct kunit_case measure_cases[] = {
	KUNIT_CASE(measure_rtt),
	KUNIT_CASE(measure_clocks),
	KUNIT_CASE(measure_variation),
	KUNIT_CASE(measure_liar),
	KUNIT_CASE(measure_loss),
	KUNIT_CASE(measure_reorder),
	KUNIT_CASE(measure_restart),
	KUNIT_CASE(measure_ratio),
	KUNIT_CASE(measure_traffic),
	KUNIT_CASE(measure_fades),
	KUNIT_CASE(measure_dead),
	{ }
};

static struct kunit_suite measure_suite = {
	.name = "sdwan_measure",
	.test_cases = measure_cases,
};

kunit_test_suites(&measure_suite);
