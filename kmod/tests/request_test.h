/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: what tests of configured objects share
 *
 * They work on the fabric of the initial namespace of the test's kernel and
 * leave no object behind.
 */
#ifndef _SDWAN_REQUEST_TEST_H
#define _SDWAN_REQUEST_TEST_H

#include <kunit/test.h>
#include <linux/rtnetlink.h>

#include "fabric.h"
#include "netlink_gen.h"
#include "object.h"
#include "txn.h"

/**
 * struct test_request - a request as the netlink family would pass it on
 * @skb: holds the message
 * @attrs: its attributes, of a class, a rule or a prefix
 * @extack: what is answered
 * @chg: the change
 */
struct test_request {
	struct sk_buff *skb;
	struct nlattr *attrs[SDWAN_A_RULE_MAX + 1];
	struct netlink_ext_ack extack;
	struct sdwan_change chg;
};

static_assert((int)SDWAN_A_CLASS_MAX <= (int)SDWAN_A_RULE_MAX);
static_assert((int)SDWAN_A_PREFIX_MAX <= (int)SDWAN_A_RULE_MAX);

/* In place of a verb. */
#define TEST_DELETE	-1

static inline struct sdwan_net *test_fabric(void)
{
	return sdwan_net(&init_net);
}

static inline void test_lock(void)
{
	rtnl_lock();
	mutex_lock(&test_fabric()->lock);
}

static inline void test_unlock(void)
{
	mutex_unlock(&test_fabric()->lock);
	rtnl_unlock();
}

static inline void test_commit(struct sdwan_txn *txn)
{
	sdwan_object_commit(test_fabric(), txn);
}

static inline void test_abort(struct sdwan_txn *txn)
{
	sdwan_object_abort(test_fabric(), txn);
}

static inline void test_begin(struct kunit *test, struct test_request *req,
			      struct sdwan_txn *txn)
{
	memset(req, 0, sizeof(*req));
	req->skb = alloc_skb(8192, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, req->skb);
	skb_put_zero(req->skb, NLMSG_HDRLEN + GENL_HDRLEN);
	req->chg.sn = test_fabric();
	req->chg.txn = txn;
	req->chg.attrs = req->attrs;
	req->chg.extack = &req->extack;
}

/* A refusal names what is wrong: @bad is the attribute, 0 for none. */
static inline int test_end_naming(struct kunit *test, struct test_request *req,
				  const struct sdwan_type *type, int verb,
				  int *bad)
{
	struct nlmsghdr *nlh = (struct nlmsghdr *)req->skb->data;
	struct nlattr *attr;
	int rem, err;

	nlh->nlmsg_len = req->skb->len;
	req->chg.nlh = nlh;
	nlmsg_for_each_attr(attr, nlh, GENL_HDRLEN, rem)
		req->attrs[nla_type(attr)] = attr;

	err = verb == TEST_DELETE ? sdwan_object_delete(&req->chg, type) :
				    sdwan_object_change(&req->chg, type, verb);
	*bad = 0;
	if (req->extack.bad_attr)
		*bad = nla_type(req->extack.bad_attr);
	else if (req->extack.miss_type)
		*bad = req->extack.miss_type;
	KUNIT_EXPECT_EQ(test, !!err, !!req->extack._msg);
	kfree_skb(req->skb);
	return err;
}

static inline int test_end(struct kunit *test, struct test_request *req,
			   const struct sdwan_type *type, int verb)
{
	int bad;

	return test_end_naming(test, req, type, verb, &bad);
}

#endif /* _SDWAN_REQUEST_TEST_H */
