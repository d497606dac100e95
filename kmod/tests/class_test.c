// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: tests of classes as they are configured, and of rules that name them
 */
#include "rule_test.h"

static void test_put_member(struct test_request *req, const char *name,
			    u32 weight)
{
	struct nlattr *nest = nla_nest_start(req->skb, SDWAN_A_CLASS_MEMBER);

	nla_put_string(req->skb, SDWAN_A_CLASS_MEMBER_UNDERLAY, name);
	if (weight)
		nla_put_u32(req->skb, SDWAN_A_CLASS_MEMBER_WEIGHT, weight);
	nla_nest_end(req->skb, nest);
}

static void class_has_its_defaults(struct kunit *test)
{
	const struct sdwan_class_cfg *cfg;
	struct sdwan_txn txn;

	test_lock();
	sdwan_txn_init(&txn);
	KUNIT_EXPECT_EQ(test, 0, test_class(test, &txn, "video",
					    SDWAN_VERB_NEW));
	KUNIT_EXPECT_NULL(test, test_class_cfg("video"));
	KUNIT_EXPECT_EQ(test, -EEXIST, test_class(test, &txn, "video",
						  SDWAN_VERB_NEW));
	test_commit(&txn);

	cfg = test_class_cfg("video");
	KUNIT_ASSERT_NOT_NULL(test, cfg);
	KUNIT_EXPECT_EQ(test, cfg->mode, SDWAN_CLASS_MODE_BALANCE);
	KUNIT_EXPECT_EQ(test, cfg->weight_by, SDWAN_CLASS_WEIGHT_EQUAL);
	KUNIT_EXPECT_EQ(test, cfg->move, SDWAN_CLASS_MOVE_FLOWLET);
	KUNIT_EXPECT_EQ(test, cfg->failback, SDWAN_CLASS_FAILBACK_SOFT);
	KUNIT_EXPECT_EQ(test, cfg->dscp, SDWAN_DSCP_PATH);
	KUNIT_EXPECT_FALSE(test, cfg->strict);
	KUNIT_EXPECT_EQ(test, cfg->gap, 0);
	KUNIT_EXPECT_STREQ(test, cfg->policy, "video");
	test_clear(&txn);
	test_unlock();
}

/* What is wrong with a class; the name is put before. */
struct test_bad_class {
	u32 mode;
	u32 weight_by;
	unsigned int members;
	u32 weight;
	bool none;
	int err;
	int bad;
};

static const struct test_bad_class test_bad_classes[] = {
	{ .err = -EINVAL, .bad = SDWAN_A_CLASS_MODE },
	{ .mode = SDWAN_CLASS_MODE_DUPLICATE, .members = 1,
	  .weight_by = SDWAN_CLASS_WEIGHT_COST,
	  .err = -EINVAL, .bad = SDWAN_A_CLASS_WEIGHT_BY },
	{ .mode = SDWAN_CLASS_MODE_PREFER,
	  .err = -EINVAL, .bad = SDWAN_A_CLASS_MEMBER },
	{ .mode = SDWAN_CLASS_MODE_PREFER, .none = true,
	  .err = -EINVAL, .bad = SDWAN_A_CLASS_MEMBER_NONE },
	{ .mode = SDWAN_CLASS_MODE_PIN,
	  .err = -EINVAL, .bad = SDWAN_A_CLASS_MEMBER },
	{ .mode = SDWAN_CLASS_MODE_PIN, .members = 2,
	  .err = -EINVAL, .bad = SDWAN_A_CLASS_MEMBER },
	{ .mode = SDWAN_CLASS_MODE_PREFER, .members = 33,
	  .err = -E2BIG, .bad = SDWAN_A_CLASS_MEMBER },
	{ .mode = SDWAN_CLASS_MODE_BALANCE, .members = 1, .none = true,
	  .err = -EINVAL, .bad = SDWAN_A_CLASS_MEMBER_NONE },
	{ .mode = SDWAN_CLASS_MODE_PREFER, .members = 1,
	  .weight_by = SDWAN_CLASS_WEIGHT_RATE,
	  .err = -EINVAL, .bad = SDWAN_A_CLASS_WEIGHT_BY },
	{ .mode = SDWAN_CLASS_MODE_BALANCE, .members = 1, .weight = 3,
	  .err = -EINVAL, .bad = SDWAN_A_CLASS_MEMBER_WEIGHT },
	{ .mode = SDWAN_CLASS_MODE_BALANCE, .members = 1, .weight = 3,
	  .weight_by = SDWAN_CLASS_WEIGHT_COST,
	  .err = -EINVAL, .bad = SDWAN_A_CLASS_MEMBER_WEIGHT },
	/* and what is right about others */
	{ .mode = SDWAN_CLASS_MODE_BALANCE, .members = 32, .weight = 3,
	  .weight_by = SDWAN_CLASS_WEIGHT_EXPLICIT },
	{ .mode = SDWAN_CLASS_MODE_BALANCE, .none = true },
	{ .mode = SDWAN_CLASS_MODE_PIN, .members = 1 },
	{ .mode = SDWAN_CLASS_MODE_DUPLICATE },
	{ .mode = SDWAN_CLASS_MODE_DUPLICATE, .none = true },
	{ .mode = SDWAN_CLASS_MODE_DUPLICATE, .members = 32 },
	{ .mode = SDWAN_CLASS_MODE_BEST },
	{ .mode = SDWAN_CLASS_MODE_BEST, .none = true },
	{ .mode = SDWAN_CLASS_MODE_BEST, .members = 2 },
};

static int test_try_class(struct kunit *test, struct sdwan_txn *txn,
			  const struct test_bad_class *c, int verb, int *bad)
{
	struct test_request req;
	char name[8];
	int i;

	test_begin(test, &req, txn);
	nla_put_string(req.skb, SDWAN_A_CLASS_NAME, "c");
	if (c->mode)
		nla_put_u32(req.skb, SDWAN_A_CLASS_MODE, c->mode);
	for (i = 0; i < c->members; i++) {
		snprintf(name, sizeof(name), "u%d", i);
		test_put_member(&req, name, c->weight);
	}
	if (c->none)
		nla_put_flag(req.skb, SDWAN_A_CLASS_MEMBER_NONE);
	if (c->weight_by)
		nla_put_u32(req.skb, SDWAN_A_CLASS_WEIGHT_BY, c->weight_by);
	return test_end_naming(test, &req, &sdwan_class_type, verb, bad);
}

static void class_refusals_name_what_is_wrong(struct kunit *test)
{
	struct sdwan_txn txn;
	int i, bad;

	test_lock();
	sdwan_txn_init(&txn);
	for (i = 0; i < ARRAY_SIZE(test_bad_classes); i++) {
		const struct test_bad_class *c = &test_bad_classes[i];

		KUNIT_EXPECT_EQ_MSG(test, c->err,
				    test_try_class(test, &txn, c,
						   SDWAN_VERB_NEW, &bad),
				    "case %d", i);
		KUNIT_EXPECT_EQ_MSG(test, c->bad, bad, "case %d", i);
		test_abort(&txn);
	}
	KUNIT_EXPECT_EQ(test, 0, test_fabric()->table[SDWAN_KIND_CLASS].count);
	test_unlock();
}

static void class_members_are_unambiguous(struct kunit *test)
{
	struct test_request req;
	struct sdwan_txn txn;
	struct nlattr *nest;
	int i, bad;

	test_lock();
	sdwan_txn_init(&txn);
	/* twice, neither, both, not a name */
	for (i = 0; i < 4; i++) {
		test_begin(test, &req, &txn);
		nla_put_string(req.skb, SDWAN_A_CLASS_NAME, "c");
		nla_put_u32(req.skb, SDWAN_A_CLASS_MODE,
			    SDWAN_CLASS_MODE_PREFER);
		test_put_member(&req, "lte", 0);
		nest = nla_nest_start(req.skb, SDWAN_A_CLASS_MEMBER);
		if (i != 1)
			nla_put_string(req.skb, SDWAN_A_CLASS_MEMBER_UNDERLAY,
				       i == 3 ? "l t e" : "lte");
		if (i == 2)
			nla_put_string(req.skb, SDWAN_A_CLASS_MEMBER_PATH,
				       "hub:lte");
		nla_nest_end(req.skb, nest);
		KUNIT_EXPECT_EQ(test, -EINVAL,
				test_end_naming(test, &req, &sdwan_class_type,
						SDWAN_VERB_NEW, &bad));
		KUNIT_EXPECT_EQ(test, bad, i == 0 ? SDWAN_A_CLASS_MEMBER :
				i == 2 ? SDWAN_A_CLASS_MEMBER_PATH :
				SDWAN_A_CLASS_MEMBER_UNDERLAY);
	}
	test_unlock();
}

/* What a set leaves out stays, and must suit what it says. */
static void class_set_is_checked_as_a_whole(struct kunit *test)
{
	static const struct test_bad_class explicit = {
		.mode = SDWAN_CLASS_MODE_BALANCE, .members = 2, .weight = 3,
		.weight_by = SDWAN_CLASS_WEIGHT_EXPLICIT,
	};
	static const struct test_bad_class rate = {
		.weight_by = SDWAN_CLASS_WEIGHT_RATE,
	};
	static const struct test_bad_class prefer = {
		.mode = SDWAN_CLASS_MODE_PREFER,
	};
	static const struct test_bad_class pin = {
		.mode = SDWAN_CLASS_MODE_PIN,
	};
	static const struct test_bad_class none = { .none = true };
	struct test_request req;
	struct sdwan_txn txn;
	int bad;

	test_lock();
	sdwan_txn_init(&txn);
	KUNIT_EXPECT_EQ(test, 0, test_try_class(test, &txn, &explicit,
						SDWAN_VERB_NEW, &bad));
	test_commit(&txn);

	KUNIT_EXPECT_EQ(test, -EINVAL, test_try_class(test, &txn, &prefer,
						      SDWAN_VERB_SET, &bad));
	KUNIT_EXPECT_EQ(test, bad, SDWAN_A_CLASS_MODE);
	KUNIT_EXPECT_EQ(test, 0, test_try_class(test, &txn, &rate,
						SDWAN_VERB_SET, &bad));
	test_commit(&txn);
	KUNIT_EXPECT_EQ(test, test_class_cfg("c")->n_members, 2);

	/* the default of an attribute that is an enum is its value 0 */
	test_begin(test, &req, &txn);
	nla_put_string(req.skb, SDWAN_A_CLASS_NAME, "c");
	nla_put_u32(req.skb, SDWAN_A_CLASS_WEIGHT_BY, SDWAN_CLASS_WEIGHT_EQUAL);
	KUNIT_EXPECT_EQ(test, 0, test_end(test, &req, &sdwan_class_type,
					  SDWAN_VERB_SET));
	KUNIT_EXPECT_EQ(test, -EINVAL, test_try_class(test, &txn, &pin,
						      SDWAN_VERB_SET, &bad));
	KUNIT_EXPECT_EQ(test, bad, SDWAN_A_CLASS_MODE);
	KUNIT_EXPECT_EQ(test, 0, test_try_class(test, &txn, &prefer,
						SDWAN_VERB_SET, &bad));
	KUNIT_EXPECT_EQ(test, -EINVAL, test_try_class(test, &txn, &none,
						      SDWAN_VERB_SET, &bad));
	KUNIT_EXPECT_EQ(test, bad, SDWAN_A_CLASS_MEMBER_NONE);
	test_commit(&txn);
	KUNIT_EXPECT_EQ(test, test_class_cfg("c")->mode,
			SDWAN_CLASS_MODE_PREFER);
	KUNIT_EXPECT_STREQ(test, test_class_cfg("c")->members[1].name, "u1");
	test_clear(&txn);
	test_unlock();
}

static void class_stays_while_a_rule_names_it(struct kunit *test)
{
	struct sdwan_txn txn;

	test_lock();
	sdwan_txn_init(&txn);
	KUNIT_EXPECT_EQ(test, -ENOENT, test_rule(test, &txn, 10, "a",
						 SDWAN_VERB_NEW));
	KUNIT_EXPECT_EQ(test, 0, test_class(test, &txn, "a", SDWAN_VERB_NEW));
	KUNIT_EXPECT_EQ(test, 0, test_rule(test, &txn, 10, "a",
					   SDWAN_VERB_NEW));
	/* staged is enough */
	KUNIT_EXPECT_EQ(test, -EBUSY, test_class(test, &txn, "a", TEST_DELETE));
	test_commit(&txn);
	KUNIT_EXPECT_EQ(test, -EBUSY, test_class(test, &txn, "a", TEST_DELETE));
	KUNIT_EXPECT_TRUE(test, list_empty(&txn.staged));

	/* not while its rule goes in the same transaction, unless that ends */
	KUNIT_EXPECT_EQ(test, 0, test_rule(test, &txn, 10, NULL, TEST_DELETE));
	KUNIT_EXPECT_EQ(test, 0, test_class(test, &txn, "a", TEST_DELETE));
	KUNIT_EXPECT_EQ(test, -ENOENT, test_rule(test, &txn, 10, "a",
						 SDWAN_VERB_NEW));
	test_abort(&txn);
	KUNIT_EXPECT_NOT_NULL(test, test_class_cfg("a"));
	KUNIT_EXPECT_PTR_EQ(test, &test_class_cfg("a")->class->obj,
			    &test_rule_cfg(10)->class->obj);
	KUNIT_EXPECT_EQ(test, test_decides(TEST_V4), 10);
	KUNIT_EXPECT_EQ(test, -EBUSY, test_class(test, &txn, "a", TEST_DELETE));

	KUNIT_EXPECT_EQ(test, 0, test_rule(test, &txn, 10, NULL, TEST_DELETE));
	KUNIT_EXPECT_EQ(test, 0, test_class(test, &txn, "a", TEST_DELETE));
	test_commit(&txn);
	KUNIT_EXPECT_NULL(test, test_class_cfg("a"));
	KUNIT_EXPECT_EQ(test, test_decides(TEST_V4), 0);
	test_unlock();
}

static void class_goes_when_rules_name_another(struct kunit *test)
{
	struct sdwan_txn txn;

	test_lock();
	sdwan_txn_init(&txn);
	KUNIT_EXPECT_EQ(test, 0, test_class(test, &txn, "a", SDWAN_VERB_NEW));
	KUNIT_EXPECT_EQ(test, 0, test_class(test, &txn, "b", SDWAN_VERB_NEW));
	KUNIT_EXPECT_EQ(test, 0, test_rule(test, &txn, 1, "a", SDWAN_VERB_NEW));
	KUNIT_EXPECT_EQ(test, 0, test_rule(test, &txn, 2, "a", SDWAN_VERB_NEW));
	test_commit(&txn);

	KUNIT_EXPECT_EQ(test, 0, test_rule(test, &txn, 1, "b", SDWAN_VERB_SET));
	KUNIT_EXPECT_EQ(test, -EBUSY, test_class(test, &txn, "a", TEST_DELETE));
	KUNIT_EXPECT_EQ(test, 0, test_rule(test, &txn, 2, NULL,
					   SDWAN_VERB_SET));
	KUNIT_EXPECT_EQ(test, 0, test_class(test, &txn, "a", TEST_DELETE));
	KUNIT_EXPECT_EQ(test, -EBUSY, test_class(test, &txn, "b", TEST_DELETE));
	test_abort(&txn);
	KUNIT_EXPECT_EQ(test, -EBUSY, test_class(test, &txn, "a", TEST_DELETE));
	KUNIT_EXPECT_EQ(test, 0, test_class(test, &txn, "b", TEST_DELETE));
	test_abort(&txn);

	KUNIT_EXPECT_EQ(test, 0, test_rule(test, &txn, 1, "b", SDWAN_VERB_SET));
	KUNIT_EXPECT_EQ(test, 0, test_rule(test, &txn, 2, NULL,
					   SDWAN_VERB_REPLACE));
	KUNIT_EXPECT_EQ(test, 0, test_class(test, &txn, "a", TEST_DELETE));
	/* another one of this name is no successor */
	KUNIT_EXPECT_EQ(test, 0, test_class(test, &txn, "a", SDWAN_VERB_NEW));
	KUNIT_EXPECT_EQ(test, 0, test_class(test, &txn, "a", TEST_DELETE));
	test_commit(&txn);
	KUNIT_EXPECT_NULL(test, test_class_cfg("a"));
	KUNIT_EXPECT_STREQ(test, test_rule_cfg(1)->class->name, "b");
	KUNIT_EXPECT_NULL(test, test_rule_cfg(2)->class);
	test_clear(&txn);
	test_unlock();
}

static struct kunit_case sdwan_class_cases[] = {
	KUNIT_CASE(class_has_its_defaults),
	KUNIT_CASE(class_refusals_name_what_is_wrong),
	KUNIT_CASE(class_members_are_unambiguous),
	KUNIT_CASE(class_set_is_checked_as_a_whole),
	KUNIT_CASE(class_stays_while_a_rule_names_it),
	KUNIT_CASE(class_goes_when_rules_name_another),
	{ }
};

static struct kunit_suite sdwan_class_suite = {
	.name = "sdwan_class",
	.test_cases = sdwan_class_cases,
};

kunit_test_suite(sdwan_class_suite);
