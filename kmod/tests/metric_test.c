// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: tests of what paths cost
 */
#include <kunit/test.h>
#include <linux/filter.h>
#include <linux/skbuff.h>
#include <linux/time64.h>

#include "metric.h"
#include "probe.h"
#include "prog.h"

#define UNKNOWN	SDWAN_METRIC_UNKNOWN
#define NOW	(1000ULL * NSEC_PER_SEC)
#define OFF(member)	offsetof(struct sdwan_metric_block, member)

/* A path and its underlay, as far as they have statistics. */
struct fixture {
	struct sdwan_net sn;
	struct sdwan_path path;
	struct sdwan_path_cfg path_cfg;
	struct sdwan_underlay underlay;
	struct sdwan_underlay_cfg underlay_cfg;
	struct sdwan_probe probe;
	struct sk_buff *skb;
	struct sdwan_metric_block *block;
};

static int metric_init(struct kunit *test)
{
	struct fixture *f = kunit_kzalloc(test, sizeof(*f), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, f);
	mutex_init(&f->sn.lock);
	spin_lock_init(&f->probe.lock);
	f->path.obj.sn = &f->sn;
	f->path.probe = &f->probe;
	f->path.underlay = &f->underlay;
	f->path.mtu = 1464;
	f->path_cfg.preference = 70;
	RCU_INIT_POINTER(f->path.obj.cfg, &f->path_cfg.hdr);
	f->underlay.obj.sn = &f->sn;
	f->underlay_cfg.cost = 9;
	RCU_INIT_POINTER(f->underlay.obj.cfg, &f->underlay_cfg.hdr);
	f->skb = sdwan_metric_skb_alloc(GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, f->skb);
	f->block = sdwan_metric_block(f->skb);
	sdwan_metric_block_init(f->block, 0);
	test->priv = f;
	return 0;
}

static void metric_exit(struct kunit *test)
{
	struct fixture *f = test->priv;

	if (f)
		kfree_skb(f->skb);
}

static u32 field(const struct fixture *f, unsigned int offset)
{
	return be32_to_cpu(((const __be32 *)f->block)[offset / 4]);
}

static void look(struct fixture *f)
{
	sdwan_metric_block_init(f->block, 0);
	mutex_lock(&f->sn.lock);
	sdwan_metric_path(&f->block->path, &f->path, &f->path_cfg, NOW);
	sdwan_metric_underlay(&f->block->underlay, &f->underlay,
			      &f->underlay_cfg, NOW);
	sdwan_report_block(f->block, &f->probe, NOW);
	mutex_unlock(&f->sn.lock);
}

/* What programs were compiled for stays where it is. */
static void metric_layout(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, sizeof(struct sdwan_metric_block), 544);
	KUNIT_EXPECT_EQ(test, OFF(version), 0);
	KUNIT_EXPECT_EQ(test, OFF(time), 8);
	KUNIT_EXPECT_EQ(test, OFF(path.valid), 32);
	KUNIT_EXPECT_EQ(test, OFF(path.rtt_us), 40);
	KUNIT_EXPECT_EQ(test, OFF(path.loss_ppm), 60);
	KUNIT_EXPECT_EQ(test, OFF(path.preference), 92);
	KUNIT_EXPECT_EQ(test, OFF(far_path), 160);
	KUNIT_EXPECT_EQ(test, OFF(underlay), 288);
	KUNIT_EXPECT_EQ(test, OFF(underlay.load_ppm), 312);
	KUNIT_EXPECT_EQ(test, OFF(far_underlay), 352);
	KUNIT_EXPECT_EQ(test, OFF(device), 416);
	KUNIT_EXPECT_EQ(test, OFF(device.paths), 436);
	KUNIT_EXPECT_EQ(test, OFF(far_device), 480);
}

static void metric_unknown(struct kunit *test)
{
	struct fixture *f = test->priv;

	KUNIT_EXPECT_EQ(test, field(f, OFF(version)), SDWAN_METRIC_VERSION);
	KUNIT_EXPECT_EQ(test, field(f, OFF(len)), sizeof(*f->block));
	KUNIT_EXPECT_EQ(test, field(f, OFF(path.valid)), 0);
	KUNIT_EXPECT_EQ(test, field(f, OFF(path.rtt_us)), UNKNOWN);
	KUNIT_EXPECT_EQ(test, field(f, OFF(far_device.reserved[9])), UNKNOWN);
	/* a path that is not probed */
	look(f);
	KUNIT_EXPECT_EQ(test, field(f, OFF(path.valid)), 0);
	KUNIT_EXPECT_EQ(test, field(f, OFF(path.rtt_us)), UNKNOWN);
	KUNIT_EXPECT_EQ(test, field(f, OFF(path.loss_ppm)), UNKNOWN);
	KUNIT_EXPECT_EQ(test, field(f, OFF(path.tx_kbit)), UNKNOWN);
	KUNIT_EXPECT_EQ(test, field(f, OFF(path.mtu)), 1464);
	KUNIT_EXPECT_EQ(test, field(f, OFF(path.preference)), 70);
	KUNIT_EXPECT_EQ(test, field(f, OFF(underlay.cost)), 9);
	KUNIT_EXPECT_EQ(test, field(f, OFF(underlay.valid)), 0);
	KUNIT_EXPECT_EQ(test, field(f, OFF(underlay.rate_kbit)), UNKNOWN);
	KUNIT_EXPECT_EQ(test, field(f, OFF(underlay.load_ppm)), UNKNOWN);
	/* one that is, and was not answered yet */
	f->probe.verdict = SDWAN_PROBE_FRESH;
	f->path.mtu = SDWAN_MTU_NONE;
	look(f);
	KUNIT_EXPECT_EQ(test, field(f, OFF(path.valid)), 0);
	KUNIT_EXPECT_EQ(test, field(f, OFF(path.loss_ppm)), UNKNOWN);
	KUNIT_EXPECT_EQ(test, field(f, OFF(path.mtu)), UNKNOWN);
}

static void metric_path(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct sdwan_measure *m = &f->probe.measure;

	f->probe.verdict = SDWAN_PROBE_GOOD;
	f->probe.heard = NOW - 1500 * NSEC_PER_MSEC;
	m->timed = true;
	m->rtt = 20123456;
	m->rtt_var = 1999;
	m->rtt_min = 18 * NSEC_PER_MSEC;
	m->var_tx = 7000;
	/* it does not fit, and is known */
	m->var_rx = 5000ULL * NSEC_PER_SEC;
	m->loss_tx = 30;
	m->loss_rx = 20;
	f->probe.use.tx_rate = 12345678;
	f->probe.use.rx_rate = 999;
	look(f);
	KUNIT_EXPECT_EQ(test, field(f, OFF(path.valid)), 1);
	KUNIT_EXPECT_EQ(test, field(f, OFF(path.age_ms)), 1500);
	KUNIT_EXPECT_EQ(test, field(f, OFF(path.rtt_us)), 20123);
	KUNIT_EXPECT_EQ(test, field(f, OFF(path.rtt_var_us)), 1);
	KUNIT_EXPECT_EQ(test, field(f, OFF(path.rtt_min_us)), 18000);
	KUNIT_EXPECT_EQ(test, field(f, OFF(path.delay_var_tx_us)), 7);
	KUNIT_EXPECT_EQ(test, field(f, OFF(path.delay_var_rx_us)), UNKNOWN - 1);
	KUNIT_EXPECT_EQ(test, field(f, OFF(path.probe_loss_tx_ppm)), 30);
	KUNIT_EXPECT_EQ(test, field(f, OFF(path.probe_loss_rx_ppm)), 20);
	KUNIT_EXPECT_EQ(test, field(f, OFF(path.data_loss_tx_ppm)), UNKNOWN);
	KUNIT_EXPECT_EQ(test, field(f, OFF(path.loss_ppm)), 30);
	KUNIT_EXPECT_EQ(test, field(f, OFF(path.tx_kbit)), 12345);
	KUNIT_EXPECT_EQ(test, field(f, OFF(path.rx_kbit)), 0);
	/* data are counted, and it has been heard since */
	f->probe.traffic.known = true;
	f->probe.traffic.tx.loss = 10;
	f->probe.traffic.rx.loss = 500;
	f->probe.heard = NOW + 1;
	look(f);
	KUNIT_EXPECT_EQ(test, field(f, OFF(path.data_loss_tx_ppm)), 10);
	KUNIT_EXPECT_EQ(test, field(f, OFF(path.data_loss_rx_ppm)), 500);
	KUNIT_EXPECT_EQ(test, field(f, OFF(path.loss_ppm)), 500);
	KUNIT_EXPECT_EQ(test, field(f, OFF(path.age_ms)), 0);
}

static void metric_underlay(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct sdwan_underlay_use *use = &f->underlay.use;

	use->known = true;
	use->at = NOW - 20 * NSEC_PER_MSEC;
	use->tx_rate = 40000000;
	use->rx_rate = 60000000;
	use->errors = 4;
	look(f);
	KUNIT_EXPECT_EQ(test, field(f, OFF(underlay.valid)), 1);
	KUNIT_EXPECT_EQ(test, field(f, OFF(underlay.age_ms)), 20);
	KUNIT_EXPECT_EQ(test, field(f, OFF(underlay.tx_kbit)), 40000);
	KUNIT_EXPECT_EQ(test, field(f, OFF(underlay.rx_kbit)), 60000);
	KUNIT_EXPECT_EQ(test, field(f, OFF(underlay.errors)), 4);
	KUNIT_EXPECT_EQ(test, field(f, OFF(underlay.load_ppm)), UNKNOWN);
	f->underlay_cfg.rate = 100000000;
	look(f);
	KUNIT_EXPECT_EQ(test, field(f, OFF(underlay.rate_kbit)), 100000);
	KUNIT_EXPECT_EQ(test, field(f, OFF(underlay.load_ppm)), 600000);
	/* more than is configured, and more than 32 bits of kbit/s */
	f->underlay_cfg.rate = 1;
	use->tx_rate = U64_MAX / 2;
	look(f);
	KUNIT_EXPECT_EQ(test, field(f, OFF(underlay.load_ppm)), UNKNOWN - 1);
	KUNIT_EXPECT_EQ(test, field(f, OFF(underlay.tx_kbit)), UNKNOWN - 1);
}

static void metric_time(struct kunit *test)
{
	static const struct {
		u64 at;
		u32 time;
		u32 weekday;
	} days[] = {
		{ 0, 0, 4 },			/* 1 January 1970, Thursday */
		{ 951782399, 86399, 1 },	/* 28 February 2000, Monday */
		{ 951782400, 0, 2 },
		{ 1767484800 + 3661, 3661, 7 },	/* 4 January 2026, Sunday */
		{ 4102444800, 0, 5 },		/* 1 January 2100, Friday */
	};
	struct fixture *f = test->priv;
	int i;

	for (i = 0; i < ARRAY_SIZE(days); i++) {
		sdwan_metric_block_init(f->block, days[i].at);
		KUNIT_EXPECT_EQ(test, field(f, OFF(time)), days[i].time);
		KUNIT_EXPECT_EQ(test, field(f, OFF(weekday)), days[i].weekday);
	}
}

static u32 run(struct kunit *test, struct sock_filter *insns, u16 n)
{
	struct fixture *f = test->priv;
	struct sock_fprog_kern fprog = { .len = n, .filter = insns };
	struct sdwan_prog prog = {};
	u32 cost;

	KUNIT_ASSERT_EQ(test, bpf_prog_create(&prog.prog, &fprog), 0);
	cost = sdwan_metric_run(&prog, f->skb);
	bpf_prog_destroy(prog.prog);
	return cost;
}

static void metric_run(struct kunit *test)
{
	struct sock_filter load[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, OFF(path.rtt_us)),
		BPF_STMT(BPF_RET | BPF_A, 0),
	};
	struct sock_filter beyond[] = {
		BPF_STMT(BPF_LDX | BPF_IMM, sizeof(struct sdwan_metric_block)),
		BPF_STMT(BPF_LD | BPF_W | BPF_IND, 0),
		BPF_STMT(BPF_RET | BPF_K, 7),
	};
	struct sock_filter length[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_LEN, 0),
		BPF_STMT(BPF_RET | BPF_A, 0),
	};
	struct sock_filter divide[] = {
		BPF_STMT(BPF_LD | BPF_IMM, 5),
		BPF_STMT(BPF_LDX | BPF_IMM, 0),
		BPF_STMT(BPF_ALU | BPF_DIV | BPF_X, 0),
		BPF_STMT(BPF_RET | BPF_K, 7),
	};
	struct sock_filter zero[] = { BPF_STMT(BPF_RET | BPF_K, 0) };
	struct fixture *f = test->priv;

	f->block->path.rtt_us = cpu_to_be32(0x01020304);
	KUNIT_EXPECT_EQ(test, run(test, load, 2), 0x01020304);
	KUNIT_EXPECT_EQ(test, run(test, length, 2), sizeof(*f->block));
	/* what is an error is never used */
	KUNIT_EXPECT_EQ(test, run(test, zero, 1), SDWAN_METRIC_NEVER);
	KUNIT_EXPECT_EQ(test, run(test, beyond, 3), SDWAN_METRIC_NEVER);
	KUNIT_EXPECT_EQ(test, run(test, divide, 4), SDWAN_METRIC_NEVER);
	beyond[0].k -= 4;
	f->block->far_device.reserved[9] = cpu_to_be32(1);
	KUNIT_EXPECT_EQ(test, run(test, beyond, 3), 7);
}

static struct kunit_case metric_cases[] = {
	KUNIT_CASE(metric_layout),
	KUNIT_CASE(metric_unknown),
	KUNIT_CASE(metric_path),
	KUNIT_CASE(metric_underlay),
	KUNIT_CASE(metric_time),
	KUNIT_CASE(metric_run),
	{}
};

static struct kunit_suite metric_suite = {
	.name = "sdwan_metric",
	.init = metric_init,
	.exit = metric_exit,
	.test_cases = metric_cases,
};

kunit_test_suites(&metric_suite);
