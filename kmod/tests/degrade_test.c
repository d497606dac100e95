// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: tests of when a path is degraded
 */
#include <kunit/test.h>
#include <linux/time64.h>

#include "degrade.h"
#include "probe.h"
#include "sla.h"

#define NOW	(1000ULL * NSEC_PER_SEC)
#define MS	((u64)NSEC_PER_MSEC)

struct fixture {
	struct sdwan_net sn;
	struct sdwan_path path;
	struct sdwan_probe probe;
};

static int degrade_init(struct kunit *test)
{
	struct fixture *f = kunit_kzalloc(test, sizeof(*f), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, f);
	f->path.obj.sn = &f->sn;
	f->path.probe = &f->probe;
	f->probe.path = &f->path;
	f->probe.measure.timed = true;
	f->probe.params.hold = NSEC_PER_SEC;
	f->probe.params.limits.margin = SDWAN_PPM / 5;
	test->priv = f;
	return 0;
}

static enum sdwan_state_reason look(struct fixture *f, u64 now)
{
	struct sdwan_sla_view view;

	sdwan_sla_view(&f->probe, &view);
	sdwan_degrade_look(&f->probe, &view, now);
	return f->path.degraded;
}

/* Each of them alone; at a threshold a path is good. */
static void degrade_thresholds(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct sdwan_sla *limits = &f->probe.params.limits;
	struct sdwan_measure *m = &f->probe.measure;

	m->rtt = 10 * NSEC_PER_SEC;
	m->var_tx = NSEC_PER_SEC;
	m->loss_tx = SDWAN_PPM;
	KUNIT_EXPECT_EQ(test, look(f, NOW), SDWAN_STATE_REASON_NONE);
	limits->latency = 10 * USEC_PER_SEC;
	limits->jitter = USEC_PER_SEC;
	limits->loss = SDWAN_PPM;
	KUNIT_EXPECT_EQ(test, look(f, NOW), SDWAN_STATE_REASON_NONE);
	m->rtt++;
	KUNIT_EXPECT_EQ(test, look(f, NOW), SDWAN_STATE_REASON_LATENCY);
	sdwan_degrade_end(&f->probe);
	KUNIT_EXPECT_EQ(test, f->path.degraded, SDWAN_STATE_REASON_NONE);
	/* not known */
	m->timed = false;
	KUNIT_EXPECT_EQ(test, look(f, NOW), SDWAN_STATE_REASON_NONE);
	m->var_rx = NSEC_PER_SEC + 1;
	KUNIT_EXPECT_EQ(test, look(f, NOW), SDWAN_STATE_REASON_JITTER);
	sdwan_degrade_end(&f->probe);
	m->var_rx = 0;
	limits->loss--;
	KUNIT_EXPECT_EQ(test, look(f, NOW), SDWAN_STATE_REASON_LOSS);
	sdwan_degrade_end(&f->probe);
	m->loss_tx = 0;
	m->loss_rx = SDWAN_PPM;
	KUNIT_EXPECT_EQ(test, look(f, NOW), SDWAN_STATE_REASON_LOSS);
	sdwan_degrade_end(&f->probe);
	m->loss_rx = 0;
	/* of data only where that is known */
	f->probe.traffic.rx.loss = SDWAN_PPM;
	KUNIT_EXPECT_EQ(test, look(f, NOW), SDWAN_STATE_REASON_NONE);
	f->probe.traffic.known = true;
	KUNIT_EXPECT_EQ(test, look(f, NOW), SDWAN_STATE_REASON_LOSS);
}

/* It is left when all have been lower by the margin for a time. */
static void degrade_margin(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct sdwan_measure *m = &f->probe.measure;

	f->probe.params.limits.latency = 100 * USEC_PER_MSEC;
	f->probe.params.limits.loss = 10000;
	m->rtt = 101 * MS;
	KUNIT_EXPECT_EQ(test, look(f, NOW), SDWAN_STATE_REASON_LATENCY);
	m->rtt = 81 * MS;
	KUNIT_EXPECT_EQ(test, look(f, NOW + 5000 * MS),
			SDWAN_STATE_REASON_LATENCY);
	m->rtt = 80 * MS;
	KUNIT_EXPECT_EQ(test, look(f, NOW + 5999 * MS),
			SDWAN_STATE_REASON_LATENCY);
	/* another one meanwhile, and it begins anew */
	m->loss_tx = 8001;
	KUNIT_EXPECT_EQ(test, look(f, NOW + 6000 * MS),
			SDWAN_STATE_REASON_LATENCY);
	m->loss_tx = 8000;
	KUNIT_EXPECT_EQ(test, look(f, NOW + 6999 * MS),
			SDWAN_STATE_REASON_LATENCY);
	KUNIT_EXPECT_EQ(test, look(f, NOW + 7000 * MS),
			SDWAN_STATE_REASON_NONE);
	m->rtt = 100 * MS;
	KUNIT_EXPECT_EQ(test, look(f, NOW + 7001 * MS),
			SDWAN_STATE_REASON_NONE);
}

static struct kunit_case degrade_cases[] = {
	KUNIT_CASE(degrade_thresholds),
	KUNIT_CASE(degrade_margin),
	{}
};

static struct kunit_suite degrade_suite = {
	.name = "sdwan_degrade",
	.init = degrade_init,
	.test_cases = degrade_cases,
};

kunit_test_suites(&degrade_suite);
