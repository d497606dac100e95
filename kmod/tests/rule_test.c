// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: tests of rules as they are configured
 */
#include "rule_test.h"

/* A rule that is staged first may come to name a class that is staged later. */
static void abort_is_in_any_order(struct kunit *test)
{
	struct sdwan_txn txn;
	int i;

	test_lock();
	sdwan_txn_init(&txn);
	KUNIT_EXPECT_EQ(test, 0, test_rule(test, &txn, 1, NULL,
					   SDWAN_VERB_NEW));
	test_commit(&txn);

	for (i = 0; i < 2; i++) {
		KUNIT_EXPECT_EQ(test, 0, test_rule(test, &txn, 1, NULL,
						   SDWAN_VERB_SET));
		KUNIT_EXPECT_EQ(test, 0, test_rule(test, &txn, 2, NULL,
						   SDWAN_VERB_NEW));
		KUNIT_EXPECT_EQ(test, 0, test_class(test, &txn, "late",
						    SDWAN_VERB_NEW));
		KUNIT_EXPECT_EQ(test, 0, test_rule(test, &txn, 1, "late",
						   SDWAN_VERB_SET));
		KUNIT_EXPECT_EQ(test, 0, test_rule(test, &txn, 2, "late",
						   SDWAN_VERB_SET));
		if (!i)
			test_abort(&txn);
	}
	test_commit(&txn);
	KUNIT_EXPECT_STREQ(test, test_rule_cfg(1)->class->name, "late");
	KUNIT_EXPECT_STREQ(test, test_rule_cfg(2)->class->name, "late");
	test_clear(&txn);
	KUNIT_EXPECT_EQ(test, 0, test_fabric()->table[SDWAN_KIND_RULE].count);
	test_unlock();
}

static int test_rule_from(struct kunit *test, struct sdwan_txn *txn, u32 pref,
			  const char *addr, u8 plen)
{
	struct test_request req;
	struct in6_addr from;

	in6_pton(addr, -1, from.s6_addr, -1, NULL);
	test_begin(test, &req, txn);
	nla_put_u32(req.skb, SDWAN_A_RULE_PREF, pref);
	nla_put_u32(req.skb, SDWAN_A_RULE_ACTION, SDWAN_RULE_ACTION_PASS);
	nla_put_in6_addr(req.skb, SDWAN_A_RULE_FROM, &from);
	nla_put_u8(req.skb, SDWAN_A_RULE_FROM_PLEN, plen);
	return test_end(test, &req, &sdwan_rule_type, SDWAN_VERB_NEW);
}

/* All addresses of one family are none of the other. */
static void rule_keeps_to_its_family(struct kunit *test)
{
	struct sdwan_txn txn;

	test_lock();
	sdwan_txn_init(&txn);
	KUNIT_EXPECT_EQ(test, 0, test_rule_from(test, &txn, 6, "::", 0));
	KUNIT_EXPECT_EQ(test, test_decides(TEST_V6), 0);
	test_commit(&txn);
	KUNIT_EXPECT_EQ(test, test_decides(TEST_V6), 6);
	KUNIT_EXPECT_EQ(test, test_decides(TEST_V4), 0);

	KUNIT_EXPECT_EQ(test, 0, test_rule_from(test, &txn, 4, "::ffff:0.0.0.0",
						0));
	/* as long as v4-mapped addresses are zero */
	KUNIT_EXPECT_EQ(test, 0, test_rule_from(test, &txn, 3, "::", 80));
	test_commit(&txn);
	KUNIT_EXPECT_EQ(test, test_decides(TEST_V6), 6);
	KUNIT_EXPECT_EQ(test, test_decides(TEST_V4), 4);
	KUNIT_EXPECT_EQ(test, test_decides("::1"), 3);

	KUNIT_EXPECT_EQ(test, 0, test_rule(test, &txn, 7, NULL,
					   SDWAN_VERB_NEW));
	KUNIT_EXPECT_EQ(test, 0, test_rule(test, &txn, 4, NULL, TEST_DELETE));
	KUNIT_EXPECT_EQ(test, test_decides(TEST_V4), 4);
	test_commit(&txn);
	KUNIT_EXPECT_EQ(test, test_decides(TEST_V4), 7);
	test_clear(&txn);
	KUNIT_EXPECT_EQ(test, test_decides(TEST_V4), 0);
	test_unlock();
}

/* What is wrong with a rule; its preference is put before. */
struct test_bad_rule {
	const char *from;
	const char *to;
	int plen;	/* of both, -1 for absent */
	u8 proto;
	u8 n_ports;
	u16 ports[6];
	u16 u32_attr[3];
	u32 u32_value[3];
	const char *class;
	int err;
	int bad;
};

#define TEST_ACTION(action, ...)					\
	.u32_attr = { SDWAN_A_RULE_ACTION, ##__VA_ARGS__ },		\
	.u32_value = { SDWAN_RULE_ACTION_##action, 1, 2 }

static const struct test_bad_rule test_bad_rules[] = {
	{ .err = -EINVAL, .bad = SDWAN_A_RULE_ACTION },
	{ TEST_ACTION(CLASS), .err = -EINVAL, .bad = SDWAN_A_RULE_CLASS },
	{ TEST_ACTION(CLASS), .class = "none", .err = -ENOENT,
	  .bad = SDWAN_A_RULE_CLASS },
	{ TEST_ACTION(PASS), .class = "none", .err = -EINVAL,
	  .bad = SDWAN_A_RULE_CLASS },
	{ TEST_ACTION(PASS), .from = "2001:db8::", .plen = -1, .err = -EINVAL,
	  .bad = SDWAN_A_RULE_FROM_PLEN },
	{ TEST_ACTION(PASS), .plen = 24, .to = "2001:db8::", .err = -EINVAL,
	  .bad = SDWAN_A_RULE_TO },
	{ TEST_ACTION(PASS), .plen = 33, .from = "::ffff:0.0.0.0",
	  .err = -EINVAL, .bad = SDWAN_A_RULE_FROM_PLEN },
	{ TEST_ACTION(PASS), .plen = 8, .from = "::ffff:10.0.0.1",
	  .err = -EINVAL, .bad = SDWAN_A_RULE_FROM },
	{ TEST_ACTION(PASS), .plen = 32, .from = "::ffff:10.0.0.1",
	  .to = "2001:db8::", .err = -EINVAL, .bad = SDWAN_A_RULE_TO },
	{ TEST_ACTION(PASS), .n_ports = 2, .ports = { 1, 2 }, .err = -EINVAL,
	  .bad = SDWAN_A_RULE_DPORT },
	{ TEST_ACTION(PASS), .proto = IPPROTO_ICMP, .n_ports = 2,
	  .ports = { 1, 2 }, .err = -EINVAL, .bad = SDWAN_A_RULE_DPORT },
	{ TEST_ACTION(PASS), .proto = IPPROTO_TCP, .n_ports = 3,
	  .ports = { 1, 2, 3 }, .err = -EINVAL, .bad = SDWAN_A_RULE_DPORT },
	{ TEST_ACTION(PASS), .proto = IPPROTO_TCP, .n_ports = 2,
	  .ports = { 2, 1 }, .err = -EINVAL, .bad = SDWAN_A_RULE_DPORT },
	{ TEST_ACTION(PASS), .proto = IPPROTO_TCP, .n_ports = 4,
	  .ports = { 5, 9, 1, 2 }, .err = -EINVAL, .bad = SDWAN_A_RULE_DPORT },
	{ TEST_ACTION(PASS), .proto = IPPROTO_TCP, .n_ports = 4,
	  .ports = { 5, 9, 9, 12 }, .err = -EINVAL, .bad = SDWAN_A_RULE_DPORT },
	{ TEST_ACTION(PASS, SDWAN_A_RULE_MARK_MASK), .err = -EINVAL,
	  .bad = SDWAN_A_RULE_MARK_MASK },
	{ TEST_ACTION(PASS, SDWAN_A_RULE_MARK_MASK, SDWAN_A_RULE_MARK),
	  .err = -EINVAL, .bad = SDWAN_A_RULE_MARK },
	{ TEST_ACTION(PASS, SDWAN_A_RULE_SET_MARK_MASK), .err = -EINVAL,
	  .bad = SDWAN_A_RULE_SET_MARK_MASK },
	{ TEST_ACTION(DROP, SDWAN_A_RULE_SET_MARK), .err = -EINVAL,
	  .bad = SDWAN_A_RULE_SET_MARK },
	{ TEST_ACTION(DROP, SDWAN_A_RULE_SET_PRIORITY), .err = -EINVAL,
	  .bad = SDWAN_A_RULE_SET_PRIORITY },
	/* and what is right about others */
	{ TEST_ACTION(DROP, SDWAN_A_RULE_MARK), .plen = 0,
	  .from = "::", .to = "::" },
	{ TEST_ACTION(PASS, SDWAN_A_RULE_SET_PRIORITY, SDWAN_A_RULE_SET_MARK),
	  .plen = 32, .from = "::ffff:10.0.0.1", .to = "::ffff:10.0.0.2" },
	{ TEST_ACTION(PASS), .proto = IPPROTO_SCTP, .n_ports = 6,
	  .ports = { 0, 0, 1, 9, 11, 65535 } },
};

static void test_put_prefix(struct test_request *req, int attr, int plen_attr,
			    const char *text, int plen)
{
	struct in6_addr addr;

	if (!text)
		return;
	in6_pton(text, -1, addr.s6_addr, -1, NULL);
	nla_put_in6_addr(req->skb, attr, &addr);
	if (plen >= 0)
		nla_put_u8(req->skb, plen_attr, plen);
}

static int test_try_rule(struct kunit *test, struct sdwan_txn *txn,
			 const struct test_bad_rule *r, int verb, int *bad)
{
	struct test_request req;
	int i;

	test_begin(test, &req, txn);
	nla_put_u32(req.skb, SDWAN_A_RULE_PREF, 5);
	test_put_prefix(&req, SDWAN_A_RULE_FROM, SDWAN_A_RULE_FROM_PLEN,
			r->from, r->plen);
	test_put_prefix(&req, SDWAN_A_RULE_TO, SDWAN_A_RULE_TO_PLEN, r->to,
			r->plen);
	if (r->proto)
		nla_put_u8(req.skb, SDWAN_A_RULE_PROTO, r->proto);
	if (r->n_ports)
		nla_put(req.skb, SDWAN_A_RULE_DPORT, 2 * r->n_ports, r->ports);
	for (i = 0; i < ARRAY_SIZE(r->u32_attr) && r->u32_attr[i]; i++)
		nla_put_u32(req.skb, r->u32_attr[i], r->u32_value[i]);
	if (r->class)
		nla_put_string(req.skb, SDWAN_A_RULE_CLASS, r->class);
	return test_end_naming(test, &req, &sdwan_rule_type, verb, bad);
}

static void rule_refusals_name_what_is_wrong(struct kunit *test)
{
	struct sdwan_txn txn;
	int i, bad;

	test_lock();
	sdwan_txn_init(&txn);
	for (i = 0; i < ARRAY_SIZE(test_bad_rules); i++) {
		const struct test_bad_rule *r = &test_bad_rules[i];

		KUNIT_EXPECT_EQ_MSG(test, r->err,
				    test_try_rule(test, &txn, r,
						  SDWAN_VERB_NEW, &bad),
				    "case %d", i);
		KUNIT_EXPECT_EQ_MSG(test, r->bad, bad, "case %d", i);
		test_abort(&txn);
	}
	KUNIT_EXPECT_EQ(test, 0, test_fabric()->table[SDWAN_KIND_RULE].count);
	test_unlock();
}

/* What a set leaves out stays, and must suit what it says. */
static void rule_set_is_checked_as_a_whole(struct kunit *test)
{
	static const struct test_bad_rule ports = {
		TEST_ACTION(PASS, SDWAN_A_RULE_SET_MARK, SDWAN_A_RULE_MARK),
		.proto = IPPROTO_UDP, .n_ports = 2, .ports = { 5, 7 },
		.plen = 32, .from = "::ffff:10.0.0.1",
	};
	static const struct test_bad_rule icmp = { .proto = IPPROTO_ICMP };
	static const struct test_bad_rule drop = { TEST_ACTION(DROP) };
	static const struct test_bad_rule to = { .plen = 0, .to = "::" };
	static const struct test_bad_rule mask = {
		.u32_attr = { SDWAN_A_RULE_MARK_MASK }, .u32_value = { 3 },
	};
	const struct sdwan_rule_cfg *cfg;
	struct sdwan_txn txn;
	int bad;

	test_lock();
	sdwan_txn_init(&txn);
	KUNIT_EXPECT_EQ(test, 0, test_try_rule(test, &txn, &ports,
					       SDWAN_VERB_NEW, &bad));
	test_commit(&txn);

	KUNIT_EXPECT_EQ(test, -EINVAL, test_try_rule(test, &txn, &icmp,
						     SDWAN_VERB_SET, &bad));
	KUNIT_EXPECT_EQ(test, bad, SDWAN_A_RULE_PROTO);
	KUNIT_EXPECT_EQ(test, -EINVAL, test_try_rule(test, &txn, &drop,
						     SDWAN_VERB_SET, &bad));
	KUNIT_EXPECT_EQ(test, bad, SDWAN_A_RULE_ACTION);
	KUNIT_EXPECT_EQ(test, -EINVAL, test_try_rule(test, &txn, &to,
						     SDWAN_VERB_SET, &bad));
	KUNIT_EXPECT_EQ(test, bad, SDWAN_A_RULE_TO);
	KUNIT_EXPECT_EQ(test, 0, test_try_rule(test, &txn, &mask,
					       SDWAN_VERB_SET, &bad));
	test_commit(&txn);

	cfg = test_rule_cfg(5);
	KUNIT_EXPECT_EQ(test, cfg->match.mark, 2);
	KUNIT_EXPECT_EQ(test, cfg->match.mark_mask, 3);
	KUNIT_EXPECT_EQ(test, cfg->match.from_plen, 128);
	KUNIT_EXPECT_EQ(test, cfg->match.family, AF_INET);
	KUNIT_EXPECT_EQ(test, cfg->match.dport.n, 1);
	KUNIT_EXPECT_EQ(test, cfg->match.dport.range[0].max, 7);
	KUNIT_EXPECT_EQ(test, cfg->set_mark, 1);
	KUNIT_EXPECT_TRUE(test, cfg->sets);

	/* a replacement keeps nothing */
	KUNIT_EXPECT_EQ(test, 0, test_try_rule(test, &txn, &drop,
					       SDWAN_VERB_REPLACE, &bad));
	test_commit(&txn);
	cfg = test_rule_cfg(5);
	KUNIT_EXPECT_EQ(test, cfg->match.mark_mask, 0);
	KUNIT_EXPECT_EQ(test, cfg->match.family, 0);
	KUNIT_EXPECT_FALSE(test, cfg->has_from);
	KUNIT_EXPECT_FALSE(test, cfg->sets);
	test_clear(&txn);
	test_unlock();
}

/* Counters are those of the rule, whatever becomes of its configuration. */
static void rule_counters_go_on(struct kunit *test)
{
	static const int verbs[] = { SDWAN_VERB_NEW, SDWAN_VERB_SET,
				     SDWAN_VERB_REPLACE };
	struct nlattr *attr;
	struct sdwan_object *obj;
	struct sk_buff *skb;
	struct sdwan_txn txn;
	u32 pref = 9;
	int i;

	skb = alloc_skb(4096, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, skb);
	skb_put_zero(skb, NLMSG_HDRLEN + GENL_HDRLEN);

	test_lock();
	sdwan_txn_init(&txn);
	for (i = 0; i < ARRAY_SIZE(verbs); i++) {
		KUNIT_EXPECT_EQ(test, 0, test_rule(test, &txn, pref, NULL,
						   verbs[i]));
		test_commit(&txn);
		local_bh_disable();
		sdwan_rule_count(test_rule_cfg(pref), 3, 4000);
		local_bh_enable();
	}
	obj = test_find(&sdwan_rule_type, &pref, sizeof(pref));
	KUNIT_EXPECT_EQ(test, 0, obj->type->fill(skb, obj,
						 sdwan_object_cfg(obj)));
	((struct nlmsghdr *)skb->data)->nlmsg_len = skb->len;
	attr = nlmsg_find_attr((void *)skb->data, GENL_HDRLEN,
			       SDWAN_A_RULE_PACKETS);
	KUNIT_EXPECT_EQ(test, nla_get_u64(attr), 9);
	attr = nlmsg_find_attr((void *)skb->data, GENL_HDRLEN,
			       SDWAN_A_RULE_BYTES);
	KUNIT_EXPECT_EQ(test, nla_get_u64(attr), 12000);
	attr = nlmsg_find_attr((void *)skb->data, GENL_HDRLEN,
			       SDWAN_A_RULE_LAST_USED);
	KUNIT_EXPECT_NOT_NULL(test, attr);
	test_clear(&txn);
	test_unlock();
	kfree_skb(skb);
}

/* One packet is never decided on by half of a change. */
static void rules_change_in_one_instant(struct kunit *test)
{
	struct sdwan_txn txn;
	u32 i;

	test_lock();
	sdwan_txn_init(&txn);
	for (i = 1; i <= 100; i++)
		KUNIT_EXPECT_EQ(test, 0, test_rule(test, &txn, 2 * i, NULL,
						   SDWAN_VERB_NEW));
	KUNIT_EXPECT_EQ(test, test_decides(TEST_V4), 0);
	test_commit(&txn);
	KUNIT_EXPECT_EQ(test, test_decides(TEST_V4), 2);

	for (i = 1; i <= 100; i++) {
		KUNIT_EXPECT_EQ(test, 0, test_rule(test, &txn, 2 * i, NULL,
						   TEST_DELETE));
		KUNIT_EXPECT_EQ(test, 0, test_rule(test, &txn, 2 * i + 1, NULL,
						   SDWAN_VERB_NEW));
		KUNIT_EXPECT_EQ(test, test_decides(TEST_V4), 2);
	}
	test_commit(&txn);
	KUNIT_EXPECT_EQ(test, test_decides(TEST_V4), 3);
	KUNIT_EXPECT_TRUE(test, list_empty(&test_fabric()->retired_rules));
	test_clear(&txn);
	test_unlock();
}

static struct kunit_case sdwan_rule_cases[] = {
	KUNIT_CASE(abort_is_in_any_order),
	KUNIT_CASE(rule_keeps_to_its_family),
	KUNIT_CASE(rule_refusals_name_what_is_wrong),
	KUNIT_CASE(rule_set_is_checked_as_a_whole),
	KUNIT_CASE(rule_counters_go_on),
	KUNIT_CASE(rules_change_in_one_instant),
	{ }
};

static struct kunit_suite sdwan_rule_suite = {
	.name = "sdwan_rule",
	.test_cases = sdwan_rule_cases,
};

kunit_test_suite(sdwan_rule_suite);
