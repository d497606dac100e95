// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: tests of what the ends of a path tell each other
 */
#include <kunit/test.h>
#include <linux/time64.h>

#include "compat/compat.h"
#include "metric.h"
#include "probe.h"

#define NOW	(1000ULL * NSEC_PER_SEC)
#define ROOM	30

/* A path that is probed, and what is written behind its probes. */
struct fixture {
	struct sdwan_net sn;
	struct sdwan_metrics metrics;
	struct sdwan_path path;
	struct sdwan_path_cfg path_cfg;
	struct sdwan_underlay underlay;
	struct sdwan_underlay_cfg underlay_cfg;
	struct sdwan_probe probe;
	union {
		struct sdwan_tlv_statistics s;
		u8 bytes[sizeof(struct sdwan_tlv_statistics) + 4 * ROOM];
	};
};

static int report_init(struct kunit *test)
{
	struct fixture *f = kunit_kzalloc(test, sizeof(*f), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, f);
	spin_lock_init(&f->metrics.told);
	spin_lock_init(&f->probe.lock);
	f->sn.metrics = &f->metrics;
	f->path.obj.sn = &f->sn;
	f->path.obj.id = 16;
	f->path.probe = &f->probe;
	f->path.underlay = &f->underlay;
	f->path.mtu = 1464;
	f->path_cfg.preference = 70;
	RCU_INIT_POINTER(f->path.obj.cfg, &f->path_cfg.hdr);
	f->underlay.obj.sn = &f->sn;
	f->underlay_cfg.cost = 9;
	RCU_INIT_POINTER(f->underlay.obj.cfg, &f->underlay_cfg.hdr);
	f->probe.path = &f->path;
	f->probe.verdict = SDWAN_PROBE_GOOD;
	test->priv = f;
	return 0;
}

static void room(struct fixture *f, unsigned int fields)
{
	f->s = (struct sdwan_tlv_statistics){
		.head.type = SDWAN_TLV_STATISTICS,
		.head.len = cpu_to_be16(sizeof(f->s) - sizeof(f->s.head) +
					4 * fields),
		.magic = cpu_to_be32(SDWAN_TLV_MAGIC),
		.version = SDWAN_TLV_VERSION,
	};
}

static void write(struct fixture *f, unsigned int fields, u8 wants)
{
	room(f, fields);
	memset(f->s.field, 0x55, 4 * ROOM);
	local_bh_disable();
	rcu_read_lock();
	sdwan_report_write(&f->path, &f->s, wants);
	rcu_read_unlock();
	local_bh_enable();
}

static u32 told(const struct fixture *f, unsigned int field)
{
	__be32 value;

	memcpy(&value, f->bytes + sizeof(f->s) + 4 * field, sizeof(value));
	return be32_to_cpu(value);
}

/* What there is room for, in order, and zeroes behind it. */
static void report_write(struct kunit *test)
{
	static const struct {
		u8 wants, room, has;
	} cases[] = {
		{ 0, 15, 0 }, { 0, 16, 1 }, { 0, 30, 1 }, { 7, 16, 1 },
		{ 7, 8, 2 }, { 7, 6, 4 }, { 7, 22, 5 }, { 7, 24, 3 },
		{ 7, 29, 3 }, { 7, 30, 7 }, { 4, 30, 5 }, { 0xf8, 30, 1 },
	};
	struct fixture *f = test->priv;
	unsigned int i, n;

	f->metrics.wants = SDWAN_TLV_DEVICE;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		write(f, cases[i].room, cases[i].wants);
		KUNIT_EXPECT_EQ(test, f->s.has, cases[i].has);
		KUNIT_EXPECT_EQ(test, f->s.wants, SDWAN_TLV_DEVICE);
		for (n = sdwan_tlv_fields(cases[i].has); n < cases[i].room; n++)
			KUNIT_EXPECT_EQ(test, told(f, n), 0);
		for (; n < ROOM; n++)
			KUNIT_EXPECT_EQ(test, told(f, n), 0x55555555);
	}
	write(f, 30, 7);
	KUNIT_EXPECT_EQ(test, told(f, 0), 0);
	KUNIT_EXPECT_EQ(test, told(f, 2), SDWAN_METRIC_UNKNOWN);
	KUNIT_EXPECT_EQ(test, told(f, 14), 1464);
	KUNIT_EXPECT_EQ(test, told(f, 15), 70);
	KUNIT_EXPECT_EQ(test, told(f, 19), 9);
	KUNIT_EXPECT_EQ(test, told(f, 24), 0);
	f->metrics.device_at = 1;
	f->metrics.device.cpus = cpu_to_be32(6);
	f->metrics.device.valid = cpu_to_be32(1);
	f->probe.measure.timed = true;
	f->probe.measure.rtt = 20 * NSEC_PER_MSEC;
	write(f, 30, 7);
	KUNIT_EXPECT_EQ(test, told(f, 0), 1);
	KUNIT_EXPECT_EQ(test, told(f, 2), 20000);
	KUNIT_EXPECT_EQ(test, told(f, 24), 1);
	KUNIT_EXPECT_EQ(test, told(f, 27), 6);
	sdwan_report_erase(&f->s);
	KUNIT_EXPECT_EQ(test, f->s.has | f->s.wants, 0);
	KUNIT_EXPECT_PTR_EQ(test, memchr_inv(f->s.field, 0, 4 * ROOM), NULL);
}

/* What is taken is what metrics see, and it grows old. */
static void report_take(struct kunit *test)
{
	struct sdwan_metric_block block;
	struct fixture *f = test->priv;
	unsigned int i;

	room(f, 30);
	f->s.has = SDWAN_TLV_PATH | SDWAN_TLV_DEVICE;
	f->s.wants = SDWAN_TLV_PATH | 0xf0;
	for (i = 0; i < ROOM; i++)
		put_unaligned_be32(100 + i, &f->s.field[i]);
	sdwan_metric_block_init(&block, 0);
	sdwan_report_block(&block, &f->probe, NOW);
	KUNIT_EXPECT_EQ(test, block.far_path.valid, 0);
	sdwan_report_take(&f->probe, &f->s, NOW);
	KUNIT_EXPECT_EQ(test, f->probe.report.has, 5);
	KUNIT_EXPECT_EQ(test, f->probe.report.wants, 1);
	KUNIT_EXPECT_EQ(test, f->metrics.wanted, 0);
	sdwan_report_block(&block, &f->probe, NOW + 3 * NSEC_PER_SEC);
	KUNIT_EXPECT_EQ(test, be32_to_cpu(block.far_path.age_ms), 3101);
	KUNIT_EXPECT_EQ(test, be32_to_cpu(block.far_path.rtt_us), 102);
	KUNIT_EXPECT_EQ(test, be32_to_cpu(block.far_path.preference), 115);
	KUNIT_EXPECT_EQ(test, block.far_path.reserved[0],
			cpu_to_be32(SDWAN_METRIC_UNKNOWN));
	KUNIT_EXPECT_EQ(test, block.far_underlay.valid, 0);
	KUNIT_EXPECT_EQ(test, be32_to_cpu(block.far_device.valid), 116);
	KUNIT_EXPECT_EQ(test, be32_to_cpu(block.far_device.paths), 121);
	/* its own age is not known, or as large as can be */
	put_unaligned_be32(SDWAN_METRIC_UNKNOWN, &f->s.field[1]);
	put_unaligned_be32(SDWAN_METRIC_UNKNOWN - 2, &f->s.field[17]);
	sdwan_report_take(&f->probe, &f->s, NOW);
	sdwan_report_block(&block, &f->probe, NOW + NSEC_PER_SEC);
	KUNIT_EXPECT_EQ(test, be32_to_cpu(block.far_path.age_ms),
			SDWAN_METRIC_UNKNOWN);
	KUNIT_EXPECT_EQ(test, be32_to_cpu(block.far_device.age_ms),
			SDWAN_METRIC_UNKNOWN - 1);
	/* another CPU has heard it later */
	put_unaligned_be32(7, &f->s.field[1]);
	sdwan_report_take(&f->probe, &f->s, NOW + 5);
	sdwan_report_block(&block, &f->probe, NOW);
	KUNIT_EXPECT_EQ(test, be32_to_cpu(block.far_path.age_ms), 7);
}

/* Each second of a path in use, each 16th probe of another. */
static void report_due(struct kunit *test)
{
	struct sdwan_probe *probe = &((struct fixture *)test->priv)->probe;
	unsigned int seq, n = 0;

	for (seq = 0; seq < 64; seq++) {
		probe->seq = U32_MAX - 20 + seq;
		n += sdwan_report_due(probe, NOW);
	}
	KUNIT_EXPECT_EQ(test, n, 4);
	probe->seq = 1;
	probe->reported = NOW - NSEC_PER_SEC;
	KUNIT_EXPECT_FALSE(test, sdwan_report_due(probe, NOW));
	probe->fast = true;
	KUNIT_EXPECT_TRUE(test, sdwan_report_due(probe, NOW));
	KUNIT_EXPECT_FALSE(test, sdwan_report_due(probe, NOW - 1));
	KUNIT_EXPECT_EQ(test, sdwan_report_fields(probe), 16);
	probe->report.wants = SDWAN_TLV_UNDERLAY;
	KUNIT_EXPECT_EQ(test, sdwan_report_fields(probe), 24);
	((struct fixture *)test->priv)->metrics.wants = 7;
	KUNIT_EXPECT_EQ(test, sdwan_report_fields(probe), 30);
}

/* A probe that is said to have arrived is as good as its answer, and no better. */
static void report_seen(struct kunit *test)
{
	static const u32 begin[] = { 0, 0xffff, 0x10000, U32_MAX };
	struct fixture *f = test->priv;
	struct sdwan_probe *probe = &f->probe;
	const u64 ms = NSEC_PER_MSEC;
	unsigned int i;
	u32 seq;

	probe->measure.timed = true;
	probe->measure.rtt = 20 * ms;
	for (i = 0; i < ARRAY_SIZE(begin); i++) {
		memset(probe->sent, 0, sizeof(probe->sent));
		/* each 10 ms, the last one 5 ms ago */
		for (seq = 0; seq < SDWAN_PROBE_WINDOW; seq++)
			probe->sent[(begin[i] + seq) % SDWAN_PROBE_WINDOW] =
				sdwan_probe_stamp(probe, NOW - 5 * ms - 10 * ms *
						  (SDWAN_PROBE_WINDOW - 1 - seq));
		probe->seq = begin[i] + SDWAN_PROBE_WINDOW;
		seq = probe->seq - 1;
		probe->answered_at = NOW - 3000 * ms;
		sdwan_probe_seen(probe, seq - 100, NOW);
		/* timestamps are of a quarter of a nanosecond */
		KUNIT_EXPECT_LE(test, abs((s64)(probe->answered_at -
						(NOW - 985 * ms))), 2);
		sdwan_probe_seen(probe, seq - 120, NOW);
		KUNIT_EXPECT_LE(test, abs((s64)(probe->answered_at -
						(NOW - 985 * ms))), 2);
		/* older than what is waited for, and not sent yet */
		sdwan_probe_seen(probe, seq - 128, NOW);
		sdwan_probe_seen(probe, seq + 1, NOW);
		/* answered */
		probe->sent[(seq - 2) % SDWAN_PROBE_WINDOW] = 0;
		sdwan_probe_seen(probe, seq - 2, NOW);
		KUNIT_EXPECT_LE(test, abs((s64)(probe->answered_at -
						(NOW - 985 * ms))), 2);
		sdwan_probe_seen(probe, seq, NOW);
		KUNIT_EXPECT_EQ(test, probe->answered_at, NOW);
	}
}

static struct kunit_case report_cases[] = {
	KUNIT_CASE(report_write),
	KUNIT_CASE(report_take),
	KUNIT_CASE(report_due),
	KUNIT_CASE(report_seen),
	{}
};

static struct kunit_suite report_suite = {
	.name = "sdwan_report",
	.init = report_init,
	.test_cases = report_cases,
};

kunit_test_suites(&report_suite);
