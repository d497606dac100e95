// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: tests of what gateways tell each other of decisions
 */
#include <kunit/test.h>
#include <linux/time64.h>

#include "agree.h"
#include "node.h"
#include "probe.h"

#define NOW	(1000ULL * NSEC_PER_SEC)
#define ROOM	512

/* A path from gateway 1 of site 1 to gateway 1 of another one. */
struct fixture {
	struct sdwan_net sn;
	struct sdwan_agrees agrees;
	struct sdwan_node node;
	struct sdwan_node_cfg node_cfg;
	struct sdwan_site site;
	struct sdwan_peer peer;
	struct sdwan_path path;
	struct sdwan_probe probe;
	struct sdwan_agree_out out;
	struct sdwan_told told[SDWAN_AGREE_ENTRIES];
	union {
		struct sdwan_tlv_decisions d;
		u8 bytes[ROOM];
	};
};

static int agree_init(struct kunit *test)
{
	struct fixture *f = kunit_kzalloc(test, sizeof(*f), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, f);
	f->sn.agrees = &f->agrees;
	f->agrees.sn = &f->sn;
	f->agrees.interval = 10000;
	spin_lock_init(&f->agrees.lock);
	spin_lock_init(&f->probe.lock);
	f->site.id = 2;
	f->peer.site = &f->site;
	f->peer.gateway = 1;
	f->path.obj.sn = &f->sn;
	f->path.peer = &f->peer;
	f->path.probe = &f->probe;
	f->probe.path = &f->path;
	f->probe.fast = true;
	f->probe.params.interval = 100 * NSEC_PER_MSEC;
	f->probe.params.idle_interval = NSEC_PER_SEC;
	f->node_cfg.site = 1;
	f->node_cfg.gateway = 1;
	RCU_INIT_POINTER(f->node.obj.cfg, &f->node_cfg.hdr);
	xa_init_flags(&f->sn.table[SDWAN_KIND_NODE].ids, XA_FLAGS_ALLOC);
	xa_store(&f->sn.table[SDWAN_KIND_NODE].ids, 1, &f->node.obj,
		 GFP_KERNEL);
	test->priv = f;
	return 0;
}

static void agree_exit(struct kunit *test)
{
	struct fixture *f = test->priv;

	xa_destroy(&f->sn.table[SDWAN_KIND_NODE].ids);
}

static void room(struct fixture *f, unsigned int len)
{
	memset(f->bytes, 0x55, sizeof(f->bytes));
	f->d.head = (struct sdwan_tlv) {
		.type = SDWAN_TLV_DECISIONS,
		.len = cpu_to_be16(sizeof(f->d) - sizeof(f->d.head) + len),
	};
}

static void write(struct fixture *f, unsigned int len)
{
	room(f, len);
	local_bh_disable();
	rcu_read_lock();
	sdwan_agree_write(&f->path, &f->d);
	rcu_read_unlock();
	local_bh_enable();
}

static void tell(struct fixture *f, unsigned int n, bool range)
{
	unsigned int i;

	f->out.n = n;
	f->out.high = U64_MAX;
	for (i = 0; i < n; i++) {
		f->told[i].id = 0x0102030405060708ULL + i;
		f->told[i].flag = SDWAN_TLV_ACTIVE | 0x40;
	}
	sdwan_agree_out_seal(&f->out, f->told, range, 5);
	f->path.agree.out = &f->out;
}

/* To the byte, as in wire-format.rst. */
static void agree_bytes(struct kunit *test)
{
	static const u8 want[] = {
		0x00, 0xfd, 0x00, 0x3e, 0x53, 0x44, 0x57, 0x4e,
		0x01, 0x01, 0x00, 0x02, 0x00, 0x00, 0x00, 0x07,
		0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x27, 0x10,
		0x00, 0x00, 0x00, 0x01, 0x80, 0x04, 0xc5, 0xa6,
		0x94, 0x10, 0x5f, 0x5e, 0x80, 0x04, 0xc5, 0xa6,
		0x94, 0x10, 0x5f, 0x5e, 0x00, 0x00, 0x00, 0x00,
		0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x41,
		0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x09, 0x41,
	};
	struct fixture *f = test->priv;

	f->path.agree.seq = 7;
	sdwan_digest_add(&f->path.agree.said, 1);
	f->path.agree.carried = f->path.agree.said.sum;
	tell(f, 2, false);
	write(f, 18);
	KUNIT_EXPECT_EQ(test, sizeof(want), 48 + 18);
	KUNIT_EXPECT_EQ(test, 0, memcmp(f->bytes, want, sizeof(want)));
	KUNIT_EXPECT_EQ(test, f->bytes[sizeof(want)], 0x55);
	KUNIT_EXPECT_TRUE(test, sdwan_tlv_is_decisions(f->bytes, 66));
}

/* What does not fit is not begun, and not taken for said. */
static void agree_fits(struct kunit *test)
{
	struct fixture *f = test->priv;

	f->path.agree.seq = 7;
	tell(f, 2, false);
	write(f, 17);
	KUNIT_EXPECT_EQ(test, f->d.says, SDWAN_TLV_LEADS | SDWAN_TLV_MORE);
	KUNIT_EXPECT_EQ(test, be16_to_cpu(f->d.n), 0);
	KUNIT_EXPECT_EQ(test, be32_to_cpu(f->d.seq), 6);
	KUNIT_EXPECT_EQ(test, f->d.data[0], 0);
	tell(f, SDWAN_AGREE_ENTRIES, true);
	write(f, SDWAN_AGREE_ENTRIES * 9 + 16);
	KUNIT_EXPECT_EQ(test, f->d.says, SDWAN_TLV_LEADS | SDWAN_TLV_RANGE);
	KUNIT_EXPECT_EQ(test, be16_to_cpu(f->d.n), SDWAN_AGREE_ENTRIES);
}

/* An entry counts, else its absence from a range. */
static void agree_find(struct kunit *test)
{
	struct fixture *f = test->priv;
	u8 flag;

	tell(f, 2, true);
	f->out.high = 0x0102030405060710ULL;
	sdwan_agree_out_seal(&f->out, f->told, true, 5);
	write(f, 34);
	KUNIT_EXPECT_TRUE(test, sdwan_agree_find(&f->d, 0x0102030405060709ULL,
						 &flag));
	KUNIT_EXPECT_EQ(test, flag, 0x41);
	KUNIT_EXPECT_TRUE(test, sdwan_agree_find(&f->d, 5, &flag));
	KUNIT_EXPECT_EQ(test, flag, 0);
	KUNIT_EXPECT_TRUE(test, sdwan_agree_find(&f->d, 0x0102030405060710ULL,
						 &flag));
	KUNIT_EXPECT_FALSE(test, sdwan_agree_find(&f->d, 0x0102030405060711ULL,
						  &flag));
	KUNIT_EXPECT_FALSE(test, sdwan_agree_find(&f->d, 4, &flag));
	tell(f, 2, false);
	write(f, 18);
	KUNIT_EXPECT_FALSE(test, sdwan_agree_find(&f->d, 5, &flag));
}

/* What is not ours is left alone. */
static void agree_shape(struct kunit *test)
{
	struct fixture *f = test->priv;

	tell(f, 2, true);
	write(f, 34);
	KUNIT_EXPECT_TRUE(test, sdwan_tlv_is_decisions(f->bytes, 48 + 34));
	KUNIT_EXPECT_FALSE(test, sdwan_tlv_is_decisions(f->bytes, 48 + 33));
	KUNIT_EXPECT_FALSE(test, sdwan_tlv_is_decisions(f->bytes, 47));
	f->d.n = cpu_to_be16(3);
	KUNIT_EXPECT_FALSE(test, sdwan_tlv_is_decisions(f->bytes, 48 + 34));
	f->d.n = cpu_to_be16(U16_MAX);
	KUNIT_EXPECT_FALSE(test, sdwan_tlv_is_decisions(f->bytes, 48 + 34));
	f->d.n = cpu_to_be16(2);
	f->d.version = 2;
	KUNIT_EXPECT_FALSE(test, sdwan_tlv_is_decisions(f->bytes, 48 + 34));
	f->d.version = SDWAN_TLV_VERSION;
	sdwan_agree_erase(&f->d);
	KUNIT_EXPECT_FALSE(test, sdwan_tlv_is_decisions(f->bytes, 48 + 34));
}

static u64 asked(struct fixture *f, u64 now)
{
	unsigned int len;

	local_bh_disable();
	spin_lock(&f->probe.lock);
	len = sdwan_agree_room(&f->probe, now);
	spin_unlock(&f->probe.lock);
	local_bh_enable();
	return len;
}

/*
 * 2,000 connections, rounds of 10 s, of 100 policies 5 % change: five of them come to
 * a connection or leave it. Answers are as long as what they answer.
 */
static void agree_traffic(struct kunit *test)
{
	struct fixture *f = test->priv;
	u64 bytes = 0, now, ms;
	unsigned int rounds = 20;

	f->path.agree.said.count = 100;
	f->path.agree.heard_at = NOW;
	for (ms = 0; ms < rounds * 10000; ms += 100) {
		now = NOW + ms * NSEC_PER_MSEC;
		if (!(ms % 10000)) {
			tell(f, 5, false);
			f->path.agree.out_at = 0;
		}
		/* acknowledged by the answer to the second one */
		if (ms % 10000 == 300)
			f->path.agree.out = NULL;
		bytes += asked(f, now);
	}
	bytes = bytes * 8 * 2000 / (rounds * 10);
	kunit_info(test, "%llu bit/s each way", bytes);
	KUNIT_EXPECT_GT(test, bytes, 100000);
	KUNIT_EXPECT_LE(test, bytes, 400000);
	f->path.agree.out = NULL;
}

/* Who follows asks only where he is not asked; who has nothing to say says nothing. */
static void agree_asks(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct sdwan_agree *a = &f->path.agree;

	KUNIT_EXPECT_EQ(test, asked(f, NOW), 0);
	f->node_cfg.site = 3;
	a->probed_at = NOW;
	KUNIT_EXPECT_EQ(test, asked(f, NOW + 9 * NSEC_PER_SEC), 0);
	KUNIT_EXPECT_EQ(test, asked(f, NOW + 10 * NSEC_PER_SEC),
			48 + sizeof_field(struct sdwan_agree_out, data));
	KUNIT_EXPECT_EQ(test, asked(f, NOW + 10 * NSEC_PER_SEC), 0);
	a->ack_due = true;
	KUNIT_EXPECT_EQ(test, asked(f, NOW + 10 * NSEC_PER_SEC), 48);
	KUNIT_EXPECT_EQ(test, asked(f, NOW + 10 * NSEC_PER_SEC), 0);
}

/* A probe that is off is not sent, and not more often than each 20 ms. */
static void agree_hasten(struct kunit *test)
{
	struct fixture *f = test->priv;

	f->probe.next = NOW + NSEC_PER_SEC;
	f->probe.verdict = SDWAN_PROBE_UNASKED;
	sdwan_agree_hasten(&f->probe, NOW);
	KUNIT_EXPECT_EQ(test, f->probe.next, NOW + NSEC_PER_SEC);
	KUNIT_EXPECT_EQ(test, f->path.agree.hastened_at, 0);
}

static struct kunit_case agree_cases[] = {
	KUNIT_CASE(agree_bytes),
	KUNIT_CASE(agree_fits),
	KUNIT_CASE(agree_find),
	KUNIT_CASE(agree_shape),
	KUNIT_CASE(agree_traffic),
	KUNIT_CASE(agree_asks),
	KUNIT_CASE(agree_hasten),
	{}
};

static struct kunit_suite agree_suite = {
	.name = "sdwan_agree",
	.init = agree_init,
	.exit = agree_exit,
	.test_cases = agree_cases,
};

kunit_test_suite(agree_suite);
