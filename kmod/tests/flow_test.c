// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: tests of the flow table
 */
#include <kunit/test.h>
#include <linux/kthread.h>
#include <linux/workqueue.h>

#include "flow.h"

#define BOTH	(SDWAN_FLOW_TX | SDWAN_FLOW_RX)

/* Number @n of a segment; different in different words. */
static struct sdwan_flow_key key_of(u32 vni, u32 n)
{
	struct sdwan_flow_key key = {
		.lport = htons(n),
		.rport = htons(443),
		.vni_proto = vni << 8 | IPPROTO_UDP,
	};

	ipv6_addr_set_v4mapped(htonl(0x0a010000 | n >> 16), &key.local);
	ipv6_addr_set_v4mapped(htonl(0x0a020001), &key.remote);
	return key;
}

static u32 hash_of(struct sdwan_net *sn, u32 vni, u32 n)
{
	struct sdwan_flow_key key = key_of(vni, n);

	return sdwan_flow_hash(sn, &key);
}

/* Only to be looked at while nothing is forgotten. */
static struct sdwan_flow *find(struct sdwan_net *sn, u32 vni, u32 n)
{
	struct sdwan_flow_key key = key_of(vni, n);
	struct sdwan_flow *flow;

	rcu_read_lock();
	flow = sdwan_flow_find(sn, &key, sdwan_flow_hash(sn, &key));
	rcu_read_unlock();
	return flow;
}

/* Likewise. */
static struct sdwan_flow *create(struct sdwan_net *sn, u32 vni, u32 n,
				 u32 flags)
{
	struct sdwan_flow_key key = key_of(vni, n);
	struct sdwan_flow *flow;

	rcu_read_lock();
	flow = sdwan_flow_create(sn, &key, sdwan_flow_hash(sn, &key), flags);
	rcu_read_unlock();
	return flow;
}

/* A flow that has been idle for so many seconds. */
static struct sdwan_flow *create_idle(struct sdwan_net *sn, u32 vni, u32 n,
				      u32 flags, u32 seconds)
{
	struct sdwan_flow *flow = create(sn, vni, n, flags);

	if (flow)
		flow->last = (u32)jiffies - seconds * HZ;
	return flow;
}

static u64 events(struct sdwan_net *sn, enum sdwan_flow_event event)
{
	u64 sum[SDWAN_FLOW_EVENTS];

	sdwan_flow_events_sum(sn, sum);
	return sum[event];
}

static int resize(struct sdwan_net *sn, u32 max)
{
	int err;

	mutex_lock(&sn->lock);
	err = sdwan_flows_resize(sn, max);
	mutex_unlock(&sn->lock);
	return err;
}

static u32 flush(struct sdwan_net *sn, sdwan_flow_filter filter,
		 const void *arg)
{
	u32 n;

	mutex_lock(&sn->lock);
	n = sdwan_flow_flush(sn, filter, arg);
	mutex_unlock(&sn->lock);
	return n;
}

/* A table that is in use. */
static struct sdwan_net *enable(struct kunit *test, u32 max)
{
	struct sdwan_net *sn = test->priv;
	int err;

	KUNIT_ASSERT_EQ(test, resize(sn, max), 0);
	mutex_lock(&sn->lock);
	err = sdwan_flows_enable(sn);
	mutex_unlock(&sn->lock);
	KUNIT_ASSERT_EQ(test, err, 0);
	return sn;
}

/* The flow after number @n whose bucket is the first one of a small table. */
static u32 same_bucket(struct sdwan_net *sn, u32 vni, u32 n)
{
	do {
		n++;
	} while (hash_of(sn, vni, n) % SDWAN_FLOW_BUCKETS_MIN);
	return n;
}

static int flow_init(struct kunit *test)
{
	struct sdwan_net *sn = kunit_kzalloc(test, sizeof(*sn), GFP_KERNEL);

	if (!sn)
		return -ENOMEM;
	mutex_init(&sn->lock);
	test->priv = sn;
	return sdwan_flows_init(sn, true);
}

static void flow_exit(struct kunit *test)
{
	sdwan_flows_exit(test->priv);
}

static void flow_limits(struct kunit *test)
{
	struct sdwan_net *sn = test->priv;

	KUNIT_EXPECT_EQ(test, sdwan_flows_max(sn), 262144);
	KUNIT_EXPECT_EQ(test, sdwan_flows_timeout(sn), 120);
	sdwan_flows_exit(sn);
	KUNIT_ASSERT_EQ(test, sdwan_flows_init(sn, false), 0);
	KUNIT_EXPECT_EQ(test, sdwan_flows_max(sn), 4096);
}

static void flow_off(struct kunit *test)
{
	struct sdwan_net *sn = test->priv;
	unsigned long pos = 0;

	KUNIT_EXPECT_EQ(test, resize(sn, 1000), 0);
	KUNIT_EXPECT_EQ(test, sdwan_flows_max(sn), 1000);
	KUNIT_EXPECT_NULL(test, create(sn, 1, 1, BOTH));
	KUNIT_EXPECT_NULL(test, find(sn, 1, 1));
	KUNIT_EXPECT_EQ(test, sdwan_flow_count(sn), 0);
	KUNIT_EXPECT_EQ(test, flush(sn, NULL, NULL), 0);
	KUNIT_EXPECT_EQ(test, sdwan_flows_expire(sn, jiffies), 0);
	KUNIT_EXPECT_EQ(test, events(sn, SDWAN_FLOW_FULL), 0);
	rcu_read_lock();
	KUNIT_EXPECT_NULL(test, sdwan_flow_next(sn, &pos));
	rcu_read_unlock();
}

static void flow_find(struct kunit *test)
{
	struct sdwan_net *sn = enable(test, 1000);
	struct sdwan_flow_key key = key_of(5, 7);
	struct sdwan_flow *flow;

	KUNIT_EXPECT_NULL(test, find(sn, 5, 7));
	flow = create(sn, 5, 7, SDWAN_FLOW_RX | SDWAN_FLOW_REMOTE);
	KUNIT_ASSERT_NOT_NULL(test, flow);
	KUNIT_EXPECT_PTR_EQ(test, find(sn, 5, 7), flow);
	KUNIT_EXPECT_EQ(test, memcmp(&flow->key, &key, sizeof(key)), 0);
	KUNIT_EXPECT_EQ(test, flow->flags, SDWAN_FLOW_RX | SDWAN_FLOW_REMOTE);
	KUNIT_EXPECT_EQ(test, flow->hash, hash_of(sn, 5, 7));
	KUNIT_EXPECT_EQ(test, flow->epoch, 0);
	KUNIT_EXPECT_NULL(test, flow->path);
	KUNIT_EXPECT_EQ(test, flow->last, flow->created);
	KUNIT_EXPECT_LT(test, (u32)jiffies - flow->created, HZ);

	/* as it is, for the second one */
	KUNIT_EXPECT_PTR_EQ(test, create(sn, 5, 7, SDWAN_FLOW_TX), flow);
	KUNIT_EXPECT_EQ(test, flow->flags, SDWAN_FLOW_RX | SDWAN_FLOW_REMOTE);
	KUNIT_EXPECT_EQ(test, sdwan_flow_count(sn), 1);
	KUNIT_EXPECT_EQ(test, events(sn, SDWAN_FLOW_CREATED), 1);
}

/* Two keys that differ in one bit are two flows, even with the same hash. */
static void flow_keys(struct kunit *test)
{
	struct sdwan_net *sn = enable(test, 1000);
	const struct sdwan_flow_key base = key_of(5, 7);
	u32 hash = sdwan_flow_hash(sn, &base);
	struct sdwan_flow_key key;
	unsigned int bit;

	KUNIT_ASSERT_NOT_NULL(test, create(sn, 5, 7, BOTH));
	for (bit = 0; bit < 8 * sizeof(key); bit++) {
		key = base;
		((u8 *)&key)[bit / 8] ^= BIT(bit % 8);
		KUNIT_EXPECT_NE(test, sdwan_flow_hash(sn, &key), hash);
		rcu_read_lock();
		KUNIT_EXPECT_NULL(test, sdwan_flow_find(sn, &key, hash));
		rcu_read_unlock();
	}
}

/* Flows in a row, as an attacker or a client has them, use all buckets. */
static void flow_spread(struct kunit *test)
{
	struct sdwan_net *sn = test->priv;
	u32 *counts, n, most = 0;

	counts = kunit_kcalloc(test, 4096, sizeof(*counts), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, counts);
	for (n = 0; n < 8192; n++) {
		u32 hash = hash_of(sn, 1, n);

		KUNIT_EXPECT_NE(test, hash, 0);
		counts[hash % 4096]++;
	}
	for (n = 0; n < 4096; n++)
		most = max(most, counts[n]);
	/* 2 on average */
	KUNIT_EXPECT_LT(test, most, 16);
}

#define CPU_FLOWS	1000

/**
 * struct cpus_work - makes flows on one CPU
 * @work: of that CPU
 * @sn: fabric
 * @failed: flows that could not be made
 */
struct cpus_work {
	struct work_struct work;
	struct sdwan_net *sn;
	unsigned int failed;
};

static void cpus_create(struct work_struct *work)
{
	struct cpus_work *one = container_of(work, struct cpus_work, work);
	u32 n;

	for (n = 0; n < CPU_FLOWS; n++)
		one->failed += !create(one->sn, 1, n, SDWAN_FLOW_TX);
}

/* All CPUs see the same packets at once. */
static void flow_cpus(struct kunit *test)
{
	struct sdwan_net *sn = enable(test, 65536);
	struct cpus_work *works;
	int cpu;

	works = kunit_kcalloc(test, nr_cpu_ids, sizeof(*works), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, works);
	for_each_online_cpu(cpu) {
		works[cpu].sn = sn;
		INIT_WORK(&works[cpu].work, cpus_create);
		schedule_work_on(cpu, &works[cpu].work);
	}
	for (cpu = 0; cpu < nr_cpu_ids; cpu++)
		if (works[cpu].sn)
			flush_work(&works[cpu].work);
	for (cpu = 0; cpu < nr_cpu_ids; cpu++)
		KUNIT_EXPECT_EQ(test, works[cpu].failed, 0);
	KUNIT_EXPECT_EQ(test, sdwan_flow_count(sn), CPU_FLOWS);
	KUNIT_EXPECT_EQ(test, events(sn, SDWAN_FLOW_CREATED), CPU_FLOWS);
	/* each of them once */
	KUNIT_EXPECT_EQ(test, flush(sn, NULL, NULL), CPU_FLOWS);
	KUNIT_EXPECT_EQ(test, sdwan_flow_count(sn), 0);
}

/* What makes room in a full bucket, in which order. */
static void flow_evict(struct kunit *test)
{
	struct sdwan_net *sn = enable(test, 512);
	static const struct {
		u32 flags;
		u32 idle;
	} slots[SDWAN_FLOW_SLOTS] = {
		{ BOTH, 100 },
		{ SDWAN_FLOW_TX, 2 },
		{ BOTH, 119 },
		{ SDWAN_FLOW_RX, 4 },
		{ BOTH, 1000 },
		{ SDWAN_FLOW_TX, 3 },
		{ BOTH, 0 },
	};
	/* of the slots, as they go */
	static const u32 order[] = { 4, 3, 5, 1 };
	u32 n[SDWAN_FLOW_SLOTS], i, j, next = 0;

	for (i = 0; i < SDWAN_FLOW_SLOTS; i++) {
		next = same_bucket(sn, 1, next);
		n[i] = next;
		KUNIT_ASSERT_NOT_NULL(test, create_idle(sn, 1, n[i],
							slots[i].flags,
							slots[i].idle));
	}
	for (i = 0; i < ARRAY_SIZE(order); i++) {
		for (j = i; j < ARRAY_SIZE(order); j++)
			KUNIT_EXPECT_NOT_NULL(test, find(sn, 1, n[order[j]]));
		next = same_bucket(sn, 1, next);
		KUNIT_EXPECT_NOT_NULL(test, create(sn, 1, next, BOTH));
		KUNIT_EXPECT_NULL(test, find(sn, 1, n[order[i]]));
		KUNIT_EXPECT_EQ(test, sdwan_flow_count(sn), SDWAN_FLOW_SLOTS);
	}
	KUNIT_EXPECT_EQ(test, events(sn, SDWAN_FLOW_EXPIRED), 1);
	KUNIT_EXPECT_EQ(test, events(sn, SDWAN_FLOW_EVICTED), 3);
	KUNIT_EXPECT_EQ(test, events(sn, SDWAN_FLOW_FULL), 0);

	/* all that is left is in use */
	next = same_bucket(sn, 1, next);
	KUNIT_EXPECT_NULL(test, create(sn, 1, next, BOTH));
	KUNIT_EXPECT_EQ(test, events(sn, SDWAN_FLOW_FULL), 1);
	KUNIT_EXPECT_EQ(test, sdwan_flow_count(sn), SDWAN_FLOW_SLOTS);
	for (i = 0; i < SDWAN_FLOW_SLOTS; i += 2)
		KUNIT_EXPECT_EQ(test, !find(sn, 1, n[i]), i == 4);
}

#define FLOOD_MAX	4096
#define FLOOD_FLOWS	1000

/* New flows that are never answered take nothing from those that are. */
static void flow_flood(struct kunit *test)
{
	struct sdwan_net *sn = enable(test, FLOOD_MAX);
	u32 n, most = 0, lost = 0;

	for (n = 0; n < FLOOD_FLOWS; n++)
		KUNIT_ASSERT_NOT_NULL(test, create_idle(sn, 1, n, BOTH, 100));
	for (n = 0; n < 5 * FLOOD_MAX; n++) {
		create(sn, 1 + n % 3, FLOOD_FLOWS + n,
		       n % 2 ? SDWAN_FLOW_TX : SDWAN_FLOW_RX);
		most = max(most, sdwan_flow_count(sn));
		/* let some be freed, as time does */
		if (n % 512 == 0)
			synchronize_rcu();
	}
	KUNIT_EXPECT_LE(test, most, FLOOD_MAX);
	KUNIT_EXPECT_GT(test, most, FLOOD_MAX / 4 * 3);
	for (n = 0; n < FLOOD_FLOWS; n++)
		lost += !find(sn, 1, n);
	KUNIT_EXPECT_EQ(test, lost, 0);

	/* nothing has got lost otherwise */
	KUNIT_EXPECT_EQ(test, events(sn, SDWAN_FLOW_CREATED) +
			events(sn, SDWAN_FLOW_FULL),
			FLOOD_FLOWS + 5 * FLOOD_MAX);
	KUNIT_EXPECT_EQ(test, events(sn, SDWAN_FLOW_CREATED) -
			events(sn, SDWAN_FLOW_EVICTED) -
			events(sn, SDWAN_FLOW_EXPIRED), sdwan_flow_count(sn));
	KUNIT_EXPECT_GT(test, events(sn, SDWAN_FLOW_EVICTED), 0);
}

/* Flows that are forgotten are memory until they are freed. */
static void flow_dying(struct kunit *test)
{
	struct sdwan_net *sn = enable(test, 512);
	u32 n, created;

	rcu_read_lock();
	/* no grace period ends in here */
	for (n = 0; n < 10000; n++)
		create(sn, 1, n, SDWAN_FLOW_TX);
	created = events(sn, SDWAN_FLOW_CREATED);
	rcu_read_unlock();
	KUNIT_EXPECT_GT(test, created, 512 / 2);
	KUNIT_EXPECT_LE(test, created, 512 + 512 / 8 + 64 + 1);

	/* nor does it stay so */
	rcu_barrier();
	KUNIT_EXPECT_NOT_NULL(test, create(sn, 2, 1, SDWAN_FLOW_TX));
}

static bool of_vni(const struct sdwan_flow *flow, const void *arg)
{
	return flow->key.vni_proto >> 8 == *(const u32 *)arg;
}

/* A segment that is alone may have all; another one takes what is not in use. */
static void flow_alone(struct kunit *test)
{
	struct sdwan_net *sn = enable(test, 4096);
	struct sdwan_flow *flow;
	u32 n, m, got = 0;

	for (n = 0; n < 8192; n++)
		got += !!create(sn, 1, n, BOTH);
	KUNIT_EXPECT_EQ(test, got, 4096);
	KUNIT_EXPECT_EQ(test, sdwan_flow_count(sn), 4096);

	KUNIT_EXPECT_NULL(test, create(sn, 2, 0, BOTH));
	flow = find(sn, 1, 0);
	KUNIT_ASSERT_NOT_NULL(test, flow);
	flow->flags = SDWAN_FLOW_TX;
	for (n = 0; (hash_of(sn, 2, n) ^ hash_of(sn, 1, 0)) % 2048; n++)
		;
	KUNIT_EXPECT_NOT_NULL(test, create(sn, 2, n, SDWAN_FLOW_TX));
	KUNIT_EXPECT_NULL(test, find(sn, 1, 0));

	/* and does not lose it to the one that has too much now */
	for (m = 8192; (hash_of(sn, 1, m) ^ hash_of(sn, 2, n)) % 2048; m++)
		;
	KUNIT_EXPECT_NULL(test, create(sn, 1, m, BOTH));
	KUNIT_EXPECT_NOT_NULL(test, find(sn, 2, n));
	KUNIT_EXPECT_EQ(test, sdwan_flow_count(sn), 4096);
}

/* One of several cannot have all, however many flows it has in use. */
static void flow_share(struct kunit *test)
{
	struct sdwan_net *sn = enable(test, 4096);
	u32 n, own, one = 1, got = 1;
	struct sdwan_flow *flow;

	KUNIT_ASSERT_NOT_NULL(test, create(sn, 2, 8192, BOTH));
	for (n = 0; n < 8192; n++)
		got += !!create(sn, 1, n, BOTH);
	/* a bucket may be full before the table is */
	KUNIT_EXPECT_LE(test, got, 3073);
	KUNIT_EXPECT_GE(test, got, 3051);
	KUNIT_EXPECT_EQ(test, sdwan_flow_count(sn), got);

	for (n = 0; n < 8192; n++)
		got += !!create(sn, 2, n, BOTH);
	KUNIT_EXPECT_EQ(test, sdwan_flow_count(sn), got);
	KUNIT_EXPECT_LE(test, got, 4096);
	KUNIT_EXPECT_GE(test, got, 4090);

	/* but it may go on with what it has */
	KUNIT_ASSERT_NOT_NULL(test, find(sn, 1, 0));
	flow = find(sn, 1, 0);
	flow->flags = SDWAN_FLOW_TX;
	for (n = 8192; (hash_of(sn, 1, n) ^ hash_of(sn, 1, 0)) % 2048; n++)
		;
	KUNIT_EXPECT_NOT_NULL(test, create(sn, 1, n, BOTH));
	KUNIT_EXPECT_NULL(test, find(sn, 1, 0));
	KUNIT_EXPECT_EQ(test, sdwan_flow_count(sn), got);

	/* and is one of one again when there is room */
	own = flush(sn, of_vni, &one);
	KUNIT_EXPECT_GE(test, own, 3050);
	KUNIT_EXPECT_NOT_NULL(test, create(sn, 1, 0, BOTH));
}

/* The clock wraps while flows are there. */
static void flow_timeout(struct kunit *test)
{
	struct sdwan_net *sn = enable(test, 512);
	const u32 last = U32_MAX - 100;
	struct sdwan_flow *two, *tx, *rx;

	two = create(sn, 1, 1, BOTH);
	tx = create(sn, 1, 2, SDWAN_FLOW_TX);
	rx = create(sn, 1, 3, SDWAN_FLOW_RX);
	KUNIT_ASSERT_NOT_NULL(test, two);
	KUNIT_ASSERT_NOT_NULL(test, tx);
	KUNIT_ASSERT_NOT_NULL(test, rx);
	two->last = last;
	tx->last = last;
	rx->last = last + 50;

	/* another CPU is ahead */
	KUNIT_EXPECT_EQ(test, sdwan_flows_expire(sn, last - 1), 0);
	KUNIT_EXPECT_EQ(test, sdwan_flows_expire(sn, last + 5 * HZ), 0);
	KUNIT_EXPECT_EQ(test, sdwan_flows_expire(sn, last + 5 * HZ + 1), 1);
	KUNIT_EXPECT_NULL(test, find(sn, 1, 2));
	KUNIT_EXPECT_EQ(test, sdwan_flows_expire(sn, last + 5 * HZ + 51), 1);
	KUNIT_EXPECT_NULL(test, find(sn, 1, 3));
	KUNIT_EXPECT_EQ(test, sdwan_flows_expire(sn, last + 120 * HZ), 0);
	KUNIT_EXPECT_PTR_EQ(test, find(sn, 1, 1), two);
	KUNIT_EXPECT_EQ(test, sdwan_flows_expire(sn, last + 120 * HZ + 1), 1);
	KUNIT_EXPECT_EQ(test, sdwan_flow_count(sn), 0);
	KUNIT_EXPECT_EQ(test, events(sn, SDWAN_FLOW_EXPIRED), 3);
}

static void flow_timeout_set(struct kunit *test)
{
	struct sdwan_net *sn = enable(test, 512);
	u32 now = jiffies;

	sdwan_flows_set_timeout(sn, 2);
	KUNIT_EXPECT_EQ(test, sdwan_flows_timeout(sn), 2);
	create(sn, 1, 1, BOTH);
	create(sn, 1, 2, SDWAN_FLOW_TX);
	KUNIT_EXPECT_EQ(test, sdwan_flows_expire(sn, now + 2 * HZ), 0);
	KUNIT_EXPECT_EQ(test, sdwan_flows_expire(sn, now + 4 * HZ), 2);

	sdwan_flows_set_timeout(sn, 86400);
	now = jiffies;
	create(sn, 1, 1, BOTH);
	create(sn, 1, 2, SDWAN_FLOW_TX);
	KUNIT_EXPECT_EQ(test, sdwan_flows_expire(sn, now + 7 * HZ), 1);
	KUNIT_EXPECT_EQ(test, sdwan_flows_expire(sn, now + 86390 * HZ), 0);
	KUNIT_EXPECT_EQ(test, sdwan_flows_expire(sn, now + 86402 * HZ), 1);
}

/* A large table is looked through in parts, and all of it in the end. */
static void flow_parts(struct kunit *test)
{
	struct sdwan_net *sn = enable(test, 8192);
	u32 n, gone, later;

	for (n = 0; n < 3000; n++)
		KUNIT_ASSERT_NOT_NULL(test, create(sn, 1, n, SDWAN_FLOW_TX));
	later = (u32)jiffies + 6 * HZ;
	gone = sdwan_flows_expire(sn, later);
	KUNIT_EXPECT_GT(test, gone, 3000 / 8 / 2);
	KUNIT_EXPECT_LT(test, gone, 3000 / 8 * 2);
	for (n = 0; n < 15 && sdwan_flow_count(sn); n++)
		sdwan_flows_expire(sn, later);
	KUNIT_EXPECT_EQ(test, sdwan_flow_count(sn), 0);
	/* few may have been in the way of others: where they are is random */
	KUNIT_EXPECT_EQ(test, events(sn, SDWAN_FLOW_EXPIRED) +
			events(sn, SDWAN_FLOW_EVICTED), 3000);
	KUNIT_EXPECT_LT(test, events(sn, SDWAN_FLOW_EVICTED), 10);
}

#define RESIZE_FLOWS	100

/**
 * struct resize_reader - looks for flows all the time
 * @sn: fabric
 * @rounds: how often it has
 * @missed: flows that were not found
 */
struct resize_reader {
	struct sdwan_net *sn;
	unsigned int rounds;
	unsigned int missed;
};

static int resize_read(void *arg)
{
	struct resize_reader *reader = arg;
	u32 n, other = RESIZE_FLOWS;

	while (!kthread_should_stop()) {
		for (n = 0; n < RESIZE_FLOWS; n++)
			reader->missed += !find(reader->sn, 1, n);
		/* and writes a little */
		create(reader->sn, 1, other++, SDWAN_FLOW_TX);
		reader->rounds++;
		cond_resched();
	}
	return 0;
}

static void flow_resize(struct kunit *test)
{
	static const u32 sizes[] = { 65536, 512, 4096, 100000, 600, 512 };
	struct sdwan_net *sn = enable(test, 512);
	struct resize_reader reader = { .sn = sn };
	struct sdwan_flow *flows[RESIZE_FLOWS];
	struct task_struct *task;
	u32 n, i;

	for (n = 0; n < RESIZE_FLOWS; n++) {
		flows[n] = create(sn, 1, n, BOTH);
		KUNIT_ASSERT_NOT_NULL(test, flows[n]);
	}
	task = kthread_run(resize_read, &reader, "sdwan_flow_test");
	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	for (i = 0; i < 5 * ARRAY_SIZE(sizes); i++) {
		KUNIT_EXPECT_EQ(test, resize(sn, sizes[i % ARRAY_SIZE(sizes)]),
				0);
		schedule_timeout_uninterruptible(1);
	}
	kthread_stop(task);

	KUNIT_EXPECT_GT(test, reader.rounds, 0);
	KUNIT_EXPECT_EQ(test, reader.missed, 0);
	for (n = 0; n < RESIZE_FLOWS; n++)
		KUNIT_EXPECT_PTR_EQ(test, find(sn, 1, n), flows[n]);
	/* they are all there once, and can go */
	n = sdwan_flow_count(sn);
	KUNIT_EXPECT_LE(test, n, 512);
	KUNIT_EXPECT_EQ(test, flush(sn, NULL, NULL), n);
	KUNIT_EXPECT_EQ(test, sdwan_flow_count(sn), 0);
}

/* What has to go goes in the order of use. */
static void flow_shrink(struct kunit *test)
{
	struct sdwan_net *sn = enable(test, 4096);
	u32 n, left = 0, full = 0;

	for (n = 0; n < 2000; n++)
		KUNIT_ASSERT_NOT_NULL(test, create_idle(sn, 1, n, BOTH,
							n < 200 ? 0 :
							n < 400 ? 10 : 60));
	/* a bucket may be too small, by chance of the seed, and full of those above */
	for (; n < 2500; n++)
		full += !create(sn, 1, n, SDWAN_FLOW_RX);
	KUNIT_EXPECT_LT(test, full, 5);
	KUNIT_EXPECT_EQ(test, resize(sn, 3000), 0);
	KUNIT_EXPECT_LE(test, sdwan_flow_count(sn), 2500 - full);
	KUNIT_EXPECT_GT(test, sdwan_flow_count(sn), 2490 - full);

	KUNIT_EXPECT_EQ(test, resize(sn, 512), 0);
	KUNIT_EXPECT_LE(test, sdwan_flow_count(sn), 512);
	KUNIT_EXPECT_GT(test, sdwan_flow_count(sn), 490);
	for (; n > 2000; n--)
		KUNIT_EXPECT_NULL(test, find(sn, 1, n - 1));
	for (n = 0; n < 400; n++)
		left += !!find(sn, 1, n);
	KUNIT_EXPECT_GT(test, left, 380);

	/* in place, too */
	KUNIT_EXPECT_EQ(test, resize(sn, 210), 0);
	KUNIT_EXPECT_EQ(test, sdwan_flow_count(sn), 210);
	for (n = 0, left = 0; n < 200; n++)
		left += !!find(sn, 1, n);
	KUNIT_EXPECT_GT(test, left, 185);
}

static void flow_disable(struct kunit *test)
{
	struct sdwan_net *sn = enable(test, 0);
	u32 n;

	KUNIT_EXPECT_NULL(test, create(sn, 1, 1, BOTH));
	KUNIT_EXPECT_EQ(test, resize(sn, 512), 0);
	for (n = 0; n < 50; n++)
		KUNIT_EXPECT_NOT_NULL(test, create(sn, 1, n, BOTH));
	KUNIT_EXPECT_EQ(test, resize(sn, 0), 0);
	KUNIT_EXPECT_EQ(test, sdwan_flows_max(sn), 0);
	KUNIT_EXPECT_EQ(test, sdwan_flow_count(sn), 0);
	KUNIT_EXPECT_NULL(test, find(sn, 1, 1));
	KUNIT_EXPECT_NULL(test, create(sn, 1, 1, BOTH));
	KUNIT_EXPECT_EQ(test, resize(sn, 0), 0);

	KUNIT_EXPECT_EQ(test, resize(sn, 512), 0);
	KUNIT_EXPECT_NULL(test, find(sn, 1, 1));
	KUNIT_EXPECT_NOT_NULL(test, create(sn, 1, 1, BOTH));
}

static void flow_flush(struct kunit *test)
{
	struct sdwan_net *sn = enable(test, 4096);
	u32 n, vni = 2;

	for (n = 0; n < 900; n++)
		KUNIT_ASSERT_NOT_NULL(test, create(sn, 1 + n % 3, n, BOTH));
	KUNIT_EXPECT_EQ(test, flush(sn, of_vni, &vni), 300);
	KUNIT_EXPECT_EQ(test, flush(sn, of_vni, &vni), 0);
	KUNIT_EXPECT_EQ(test, sdwan_flow_count(sn), 600);
	for (n = 0; n < 900; n++)
		KUNIT_EXPECT_EQ(test, !find(sn, 1 + n % 3, n), n % 3 == 1);
	KUNIT_EXPECT_EQ(test, flush(sn, NULL, NULL), 600);
	KUNIT_EXPECT_EQ(test, sdwan_flow_count(sn), 0);
	/* that is not what limits do */
	KUNIT_EXPECT_EQ(test, events(sn, SDWAN_FLOW_EVICTED), 0);
	KUNIT_EXPECT_EQ(test, events(sn, SDWAN_FLOW_EXPIRED), 0);
}

#define DUMP_FLOWS	600

/* One that stays is told once, whatever others do. */
static void flow_dump(struct kunit *test)
{
	struct sdwan_net *sn = enable(test, 4096);
	const struct sdwan_flow *flow;
	u32 n, other = 0, two = 2;
	unsigned long pos = 0;
	u8 *seen;

	seen = kunit_kzalloc(test, DUMP_FLOWS, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, seen);
	for (n = 0; n < DUMP_FLOWS; n++) {
		KUNIT_ASSERT_NOT_NULL(test, create(sn, 1, n, BOTH));
		KUNIT_ASSERT_NOT_NULL(test, create(sn, 2, n, BOTH));
	}
	for (;;) {
		rcu_read_lock();
		flow = sdwan_flow_next(sn, &pos);
		if (flow && flow->key.vni_proto >> 8 == 1)
			seen[ntohs(flow->key.lport)]++;
		rcu_read_unlock();
		if (!flow)
			break;
		create(sn, 3, other++, BOTH);
		if (other == DUMP_FLOWS / 2)
			flush(sn, of_vni, &two);
	}
	for (n = 0; n < DUMP_FLOWS; n++)
		KUNIT_EXPECT_EQ(test, seen[n], 1);
	rcu_read_lock();
	KUNIT_EXPECT_NULL(test, sdwan_flow_next(sn, &pos));
	rcu_read_unlock();
}

static void flow_sizes(struct kunit *test)
{
	static const u32 maxes[] = {
		512, 513, 1000, 4095, 4096, 4097, 262144, 300000, 16777216,
	};
	u32 i, n;

	for (i = 0; i < ARRAY_SIZE(maxes); i++) {
		n = sdwan_flow_buckets(maxes[i]);
		KUNIT_EXPECT_TRUE(test, is_power_of_2(n));
		/* room for more than are allowed, and 192 bytes for each */
		KUNIT_EXPECT_GE(test, (u64)n * 2, maxes[i]);
		KUNIT_EXPECT_LE(test, n, maxes[i]);
	}
	KUNIT_EXPECT_EQ(test, sdwan_flow_buckets(0), SDWAN_FLOW_BUCKETS_MIN);
	KUNIT_EXPECT_EQ(test, sdwan_flow_buckets(262144), 131072);
}

static void flow_events(struct kunit *test)
{
	struct sdwan_net *sn = test->priv;
	u64 sum[SDWAN_FLOW_EVENTS];
	int i, n;

	for (i = 0; i < SDWAN_FLOW_EVENTS; i++) {
		KUNIT_ASSERT_NOT_NULL(test, sdwan_flow_event_names[i]);
		KUNIT_EXPECT_TRUE(test, strstarts(sdwan_flow_event_names[i],
						  "flow_"));
		for (n = 0; n <= i; n++)
			sdwan_flow_event(sn, i);
	}
	memset(sum, 0xff, sizeof(sum));
	sdwan_flow_events_sum(sn, sum);
	for (i = 0; i < SDWAN_FLOW_EVENTS; i++)
		KUNIT_EXPECT_EQ(test, sum[i], i + 1);
}

static struct kunit_case flow_cases[] = {
	KUNIT_CASE(flow_limits),
	KUNIT_CASE(flow_off),
	KUNIT_CASE(flow_find),
	KUNIT_CASE(flow_keys),
	KUNIT_CASE(flow_spread),
	KUNIT_CASE(flow_cpus),
	KUNIT_CASE(flow_evict),
	KUNIT_CASE(flow_flood),
	KUNIT_CASE(flow_dying),
	KUNIT_CASE(flow_alone),
	KUNIT_CASE(flow_share),
	KUNIT_CASE(flow_timeout),
	KUNIT_CASE(flow_timeout_set),
	KUNIT_CASE(flow_parts),
	KUNIT_CASE(flow_resize),
	KUNIT_CASE(flow_shrink),
	KUNIT_CASE(flow_disable),
	KUNIT_CASE(flow_flush),
	KUNIT_CASE(flow_dump),
	KUNIT_CASE(flow_sizes),
	KUNIT_CASE(flow_events),
	{ }
};

static struct kunit_suite flow_suite = {
	.name = "sdwan_flow",
	.init = flow_init,
	.exit = flow_exit,
	.test_cases = flow_cases,
};

kunit_test_suites(&flow_suite);
