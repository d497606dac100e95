// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: tests of counters
 */
#include <kunit/test.h>
#include <linux/ethtool.h>
#include <linux/percpu.h>

#include "stats.h"

static void stats_names(struct kunit *test)
{
	int i, j;

	for (i = 0; i < SDWAN_DROP_COUNT; i++) {
		const char *name = sdwan_drop_names[i];

		KUNIT_ASSERT_NOT_NULL(test, name);
		KUNIT_EXPECT_LT(test, strlen(name), ETH_GSTRING_LEN);
		KUNIT_EXPECT_TRUE(test, strstarts(name, i < SDWAN_DROP_RX_FIRST ?
						  "tx_" : "rx_"));
		/* what is not dropped has another name */
		KUNIT_EXPECT_TRUE(test, strstarts(name + 3, "drop_") ||
				  strstarts(name + 3, "duplicate_") ||
				  !strcmp(name + 3, "direct") ||
				  i == SDWAN_DROP_RX_OTHER_KEY ||
				  i == SDWAN_DROP_RX_PROBE_STALE ||
				  i == SDWAN_DROP_RX_PROBE_TAKEN ||
				  i == SDWAN_DROP_RX_PROBE_ANONYMOUS ||
				  i == SDWAN_DROP_RX_ICMP);
		for (j = 0; j < i; j++)
			KUNIT_EXPECT_STRNEQ(test, name, sdwan_drop_names[j]);
	}
}

static void stats_drops(struct kunit *test)
{
	struct sdwan_drops __percpu *drops = sdwan_drops_alloc();
	u64 sum[SDWAN_DROP_COUNT];
	int i, n;

	KUNIT_ASSERT_NOT_NULL(test, drops);
	local_bh_disable();
	for (i = 0; i < SDWAN_DROP_COUNT; i++)
		for (n = 0; n <= i; n++)
			sdwan_drop_count(drops, i);
	local_bh_enable();

	memset(sum, 0xff, sizeof(sum));
	sdwan_drops_sum(drops, sum);
	for (i = 0; i < SDWAN_DROP_COUNT; i++)
		KUNIT_EXPECT_EQ(test, sum[i], i + 1);
	free_percpu(drops);
}

static void stats_path(struct kunit *test)
{
	struct sdwan_path_stats __percpu *stats = sdwan_path_stats_alloc();
	struct sdwan_path_sums sum;

	KUNIT_ASSERT_NOT_NULL(test, stats);
	local_bh_disable();
	sdwan_path_stats_tx(stats, 3, 4500);
	sdwan_path_stats_tx(stats, 1, 100);
	sdwan_path_stats_rx(stats, 40, 60000);
	sdwan_path_stats_tx_error(stats);
	sdwan_path_stats_rx_error(stats);
	sdwan_path_stats_rx_error(stats);
	sdwan_path_stats_rx_duplicate(stats);
	local_bh_enable();

	memset(&sum, 0xff, sizeof(sum));
	sdwan_path_stats_sum(stats, &sum);
	KUNIT_EXPECT_EQ(test, sum.tx_packets, 4);
	KUNIT_EXPECT_EQ(test, sum.tx_bytes, 4600);
	KUNIT_EXPECT_EQ(test, sum.rx_packets, 40);
	KUNIT_EXPECT_EQ(test, sum.rx_bytes, 60000);
	KUNIT_EXPECT_EQ(test, sum.tx_errors, 1);
	KUNIT_EXPECT_EQ(test, sum.rx_errors, 2);
	KUNIT_EXPECT_EQ(test, sum.rx_duplicates, 1);
	free_percpu(stats);
}

static void stats_all_cpus(struct kunit *test)
{
	struct sdwan_path_stats __percpu *stats = sdwan_path_stats_alloc();
	struct sdwan_path_sums sum;
	int cpu, n = 0;

	KUNIT_ASSERT_NOT_NULL(test, stats);
	for_each_possible_cpu(cpu) {
		u64_stats_add(&per_cpu_ptr(stats, cpu)->tx_bytes, 7);
		n++;
	}
	sdwan_path_stats_sum(stats, &sum);
	KUNIT_EXPECT_EQ(test, sum.tx_bytes, 7 * n);
	KUNIT_EXPECT_EQ(test, sum.rx_bytes, 0);
	free_percpu(stats);
}

static struct kunit_case stats_cases[] = {
	KUNIT_CASE(stats_names),
	KUNIT_CASE(stats_drops),
	KUNIT_CASE(stats_path),
	KUNIT_CASE(stats_all_cpus),
	{ }
};

static struct kunit_suite stats_suite = {
	.name = "sdwan_stats",
	.test_cases = stats_cases,
};

kunit_test_suites(&stats_suite);
