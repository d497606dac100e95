// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: tests of configured objects, transactions and prefix look-up
 */
#include <linux/prandom.h>

#include "addr.h"
#include "lookup.h"
#include "request_test.h"

#define TEST_VNI	77
#define TEST_PREFIXES	400
#define TEST_LOOKUPS	20000

static void test_put_prefix(struct test_request *req,
			    const struct in6_addr *addr, u8 plen, u32 site)
{
	nla_put_in6_addr(req->skb, SDWAN_A_PREFIX_ADDR, addr);
	nla_put_u8(req->skb, SDWAN_A_PREFIX_PLEN, plen);
	nla_put_u32(req->skb, SDWAN_A_PREFIX_VNI, TEST_VNI);
	if (site)
		nla_put_u32(req->skb, SDWAN_A_PREFIX_SITE, site);
}

static int test_prefix_stage(struct kunit *test, struct sdwan_txn *txn,
			     const struct in6_addr *addr, u8 plen, u32 site,
			     int verb)
{
	struct test_request req;

	test_begin(test, &req, txn);
	test_put_prefix(&req, addr, plen, site);
	return test_end(test, &req, &sdwan_prefix_type, verb);
}

static int test_prefix_stage_delete(struct kunit *test, struct sdwan_txn *txn,
				    const struct in6_addr *addr, u8 plen)
{
	return test_prefix_stage(test, txn, addr, plen, 0, TEST_DELETE);
}

/* The site an address leads to; 0 for none. */
static u32 test_lookup(const struct in6_addr *addr)
{
	const struct sdwan_prefix_cfg *cfg = NULL;
	struct sdwan_vni *vni;
	u32 site;

	rcu_read_lock();
	vni = sdwan_vni_lookup(test_fabric(), TEST_VNI);
	if (vni)
		cfg = sdwan_prefix_lookup(test_fabric(), vni, addr);
	site = cfg ? cfg->site->id : 0;
	rcu_read_unlock();
	return site;
}

static void test_delete_all(void)
{
	struct sdwan_txn txn;

	sdwan_txn_init(&txn);
	sdwan_table_delete_all(test_fabric(), &txn, SDWAN_KIND_PREFIX);
	test_commit(&txn);
}

struct test_prefix {
	struct in6_addr addr;
	u8 plen;	/* as of IPv6 */
	u32 site;
};

/* Addresses are taken from few bits, so that prefixes hold each other. */
static void test_random_addr(struct rnd_state *rnd, struct in6_addr *addr)
{
	u32 bits = prandom_u32_state(rnd);

	if (bits & 1) {
		ipv6_addr_set_v4mapped(htonl(0x0a000000 |
					     (bits >> 8 & 0x00030303)), addr);
		return;
	}
	ipv6_addr_set(addr, htonl(0x20010db8), htonl(bits >> 8 & 0x00030003),
		      0, htonl(bits >> 8 & 0x3));
}

static void test_random_prefix(struct rnd_state *rnd, struct test_prefix *p,
			       u32 site)
{
	struct in6_addr addr;

	test_random_addr(rnd, &addr);
	/* at least what all of them begin with: 10.0.0.0/8, 2001:db8::/32 */
	p->plen = ipv6_addr_v4mapped(&addr) ?
		  104 + prandom_u32_state(rnd) % 25 :
		  32 + prandom_u32_state(rnd) % 97;
	ipv6_addr_prefix(&p->addr, &addr, p->plen);
	p->site = site;
}

static u8 test_native_plen(const struct test_prefix *p)
{
	return ipv6_addr_v4mapped(&p->addr) ? p->plen - 96 : p->plen;
}

static u32 test_reference(const struct test_prefix *p, unsigned int n,
			  const struct in6_addr *addr)
{
	int longest = -1;
	u32 site = 0;

	for (; n; n--, p++) {
		struct in6_addr masked;

		ipv6_addr_prefix(&masked, addr, p->plen);
		if (!p->site || p->plen <= longest ||
		    !ipv6_addr_equal(&masked, &p->addr))
			continue;
		longest = p->plen;
		site = p->site;
	}
	return site;
}

static void test_prefix_compare(struct kunit *test, struct rnd_state *rnd,
				const struct test_prefix *p)
{
	struct in6_addr addr;
	int i, hits = 0;

	for (i = 0; i < TEST_LOOKUPS; i++) {
		u32 want;

		test_random_addr(rnd, &addr);
		/* one in four is in no prefix */
		if (!(prandom_u32_state(rnd) % 4))
			addr.s6_addr32[ipv6_addr_v4mapped(&addr) ? 3 : 0] |=
				ipv6_addr_v4mapped(&addr) ? htonl(1 << 24) :
							    htonl(1);
		want = test_reference(p, TEST_PREFIXES, &addr);
		hits += !!want;
		if (test_lookup(&addr) == want)
			continue;
		KUNIT_FAIL(test, "%pI6c leads to site %u, not %u", &addr,
			   test_lookup(&addr), want);
		return;
	}
	/* the reference must have had something to say */
	KUNIT_EXPECT_GT(test, hits, TEST_LOOKUPS / 10);
	KUNIT_EXPECT_LT(test, hits, TEST_LOOKUPS);
}

static void prefix_lookup_equals_reference(struct kunit *test)
{
	struct test_prefix *p;
	struct sdwan_txn txn;
	struct rnd_state rnd;
	int i;

	p = kunit_kcalloc(test, TEST_PREFIXES, sizeof(*p), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, p);
	prandom_seed_state(&rnd, 20241121);

	test_lock();
	sdwan_txn_init(&txn);
	for (i = 0; i < TEST_PREFIXES; i++) {
		test_random_prefix(&rnd, &p[i], 1000 + i);
		if (test_prefix_stage(test, &txn, &p[i].addr,
				      test_native_plen(&p[i]), p[i].site,
				      SDWAN_VERB_NEW))
			p[i].site = 0;
	}
	test_commit(&txn);
	test_prefix_compare(test, &rnd, p);

	/* half of them go: longest matches fall back to shorter ones */
	for (i = 0; i < TEST_PREFIXES; i += 2) {
		if (!p[i].site)
			continue;
		KUNIT_EXPECT_EQ(test, 0,
				test_prefix_stage_delete(test, &txn, &p[i].addr,
							 test_native_plen(&p[i])));
		p[i].site = 0;
	}
	test_commit(&txn);
	test_prefix_compare(test, &rnd, p);

	test_delete_all();
	test_unlock();
}

/* A default route of one family says nothing about the other. */
static void prefix_default_keeps_to_its_family(struct kunit *test)
{
	struct in6_addr v4, any4, v6 = { { { 0x20, 1 } } };
	struct sdwan_txn txn;

	ipv6_addr_set_v4mapped(htonl(0x0a010203), &v4);
	ipv6_addr_set_v4mapped(0, &any4);
	sdwan_txn_init(&txn);

	test_lock();
	KUNIT_EXPECT_EQ(test, 0, test_prefix_stage(test, &txn, &in6addr_any, 0,
						   6, SDWAN_VERB_NEW));
	test_commit(&txn);
	KUNIT_EXPECT_EQ(test, 0, test_lookup(&v4));
	KUNIT_EXPECT_EQ(test, 6, test_lookup(&v6));

	KUNIT_EXPECT_EQ(test, 0, test_prefix_stage(test, &txn, &any4, 0, 4,
						   SDWAN_VERB_NEW));
	test_commit(&txn);
	KUNIT_EXPECT_EQ(test, 4, test_lookup(&v4));
	KUNIT_EXPECT_EQ(test, 6, test_lookup(&v6));

	test_delete_all();
	test_unlock();
}

static void txn_is_invisible_until_commit(struct kunit *test)
{
	struct in6_addr a, b;
	struct sdwan_txn txn;
	u32 generation;

	ipv6_addr_set_v4mapped(htonl(0x0a010000), &a);
	ipv6_addr_set_v4mapped(htonl(0x0a020000), &b);

	test_lock();
	sdwan_txn_init(&txn);
	generation = test_fabric()->generation;
	KUNIT_EXPECT_EQ(test, 0, test_prefix_stage(test, &txn, &a, 16, 2,
						   SDWAN_VERB_NEW));
	KUNIT_EXPECT_EQ(test, 0, test_lookup(&a));
	KUNIT_EXPECT_EQ(test, generation, test_fabric()->generation);
	test_commit(&txn);
	KUNIT_EXPECT_EQ(test, 2, test_lookup(&a));
	KUNIT_EXPECT_EQ(test, generation + 1, test_fabric()->generation);

	/* change, delete and add, then think better of it */
	KUNIT_EXPECT_EQ(test, 0, test_prefix_stage(test, &txn, &a, 16, 3,
						   SDWAN_VERB_SET));
	KUNIT_EXPECT_EQ(test, 0, test_prefix_stage_delete(test, &txn, &a, 16));
	KUNIT_EXPECT_EQ(test, -ENOENT,
			test_prefix_stage_delete(test, &txn, &a, 16));
	KUNIT_EXPECT_EQ(test, 0, test_prefix_stage(test, &txn, &a, 16, 4,
						   SDWAN_VERB_NEW));
	KUNIT_EXPECT_EQ(test, 0, test_prefix_stage(test, &txn, &b, 16, 4,
						   SDWAN_VERB_NEW));
	KUNIT_EXPECT_EQ(test, 2, test_lookup(&a));
	test_abort(&txn);
	KUNIT_EXPECT_EQ(test, 2, test_lookup(&a));
	KUNIT_EXPECT_EQ(test, 0, test_lookup(&b));
	KUNIT_EXPECT_EQ(test, generation + 1, test_fabric()->generation);

	/* the same in earnest */
	KUNIT_EXPECT_EQ(test, 0, test_prefix_stage_delete(test, &txn, &a, 16));
	KUNIT_EXPECT_EQ(test, 0, test_prefix_stage(test, &txn, &a, 16, 4,
						   SDWAN_VERB_NEW));
	test_commit(&txn);
	KUNIT_EXPECT_EQ(test, 4, test_lookup(&a));

	test_delete_all();
	KUNIT_EXPECT_EQ(test, 0,
			test_fabric()->table[SDWAN_KIND_PREFIX].count);
	test_unlock();
}

static void refusals_change_nothing(struct kunit *test)
{
	struct in6_addr host, a;
	struct sdwan_txn txn;

	ipv6_addr_set_v4mapped(htonl(0x0a010203), &host);
	ipv6_addr_set_v4mapped(htonl(0x0a010000), &a);

	test_lock();
	sdwan_txn_init(&txn);
	KUNIT_EXPECT_EQ(test, -EINVAL, test_prefix_stage(test, &txn, &host, 16,
							 2, SDWAN_VERB_NEW));
	KUNIT_EXPECT_EQ(test, -EINVAL, test_prefix_stage(test, &txn, &a, 33, 2,
							 SDWAN_VERB_NEW));
	KUNIT_EXPECT_EQ(test, -EINVAL, test_prefix_stage(test, &txn, &a, 16, 0,
							 SDWAN_VERB_NEW));
	KUNIT_EXPECT_EQ(test, -ENOENT, test_prefix_stage(test, &txn, &a, 16, 2,
							 SDWAN_VERB_SET));
	KUNIT_EXPECT_TRUE(test, list_empty(&txn.staged));

	KUNIT_EXPECT_EQ(test, 0, test_prefix_stage(test, &txn, &a, 16, 2,
						   SDWAN_VERB_NEW));
	KUNIT_EXPECT_EQ(test, -EEXIST, test_prefix_stage(test, &txn, &a, 16, 2,
							 SDWAN_VERB_NEW));
	KUNIT_EXPECT_EQ(test, 0, test_prefix_stage(test, &txn, &a, 16, 5,
						   SDWAN_VERB_REPLACE));
	test_commit(&txn);
	KUNIT_EXPECT_EQ(test, 5, test_lookup(&a));

	test_delete_all();
	test_unlock();
}

static void limit_is_kept(struct kunit *test)
{
	struct sdwan_table *table = &test_fabric()->table[SDWAN_KIND_PREFIX];
	u32 max = table->max;
	struct sdwan_txn txn;
	struct in6_addr a;
	int i;

	test_lock();
	sdwan_txn_init(&txn);
	table->max = 3;
	for (i = 0; i < 5; i++) {
		ipv6_addr_set_v4mapped(htonl(0x0a000000 + (i << 16)), &a);
		KUNIT_EXPECT_EQ(test, i < 3 ? 0 : -ENOSPC,
				test_prefix_stage(test, &txn, &a, 16, 2,
						  SDWAN_VERB_NEW));
	}
	test_abort(&txn);
	KUNIT_EXPECT_EQ(test, 0, table->count);
	table->max = max;
	test_unlock();
}

static struct kunit_case sdwan_object_cases[] = {
	KUNIT_CASE(prefix_lookup_equals_reference),
	KUNIT_CASE(prefix_default_keeps_to_its_family),
	KUNIT_CASE(txn_is_invisible_until_commit),
	KUNIT_CASE(refusals_change_nothing),
	KUNIT_CASE(limit_is_kept),
	{}
};

static struct kunit_suite sdwan_object_suite = {
	.name = "sdwan_object",
	.test_cases = sdwan_object_cases,
};

kunit_test_suite(sdwan_object_suite);
