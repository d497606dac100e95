/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: what tests of classes and rules share
 */
#ifndef _SDWAN_RULE_TEST_H
#define _SDWAN_RULE_TEST_H

#include <linux/inet.h>

#include "request_test.h"
#include "rule.h"

static inline void test_clear(struct sdwan_txn *txn)
{
	sdwan_table_delete_all(test_fabric(), txn, SDWAN_KIND_RULE);
	sdwan_table_delete_all(test_fabric(), txn, SDWAN_KIND_CLASS);
	test_commit(txn);
}

/* A class of mode balance with default values. */
static inline int test_class(struct kunit *test, struct sdwan_txn *txn,
			     const char *name, int verb)
{
	struct test_request req;

	test_begin(test, &req, txn);
	nla_put_string(req.skb, SDWAN_A_CLASS_NAME, name);
	if (verb != TEST_DELETE)
		nla_put_u32(req.skb, SDWAN_A_CLASS_MODE,
			    SDWAN_CLASS_MODE_BALANCE);
	return test_end(test, &req, &sdwan_class_type, verb);
}

/* A rule that matches all, for a class or none. */
static inline int test_rule(struct kunit *test, struct sdwan_txn *txn, u32 pref,
			    const char *class, int verb)
{
	struct test_request req;

	test_begin(test, &req, txn);
	nla_put_u32(req.skb, SDWAN_A_RULE_PREF, pref);
	if (verb != TEST_DELETE)
		nla_put_u32(req.skb, SDWAN_A_RULE_ACTION, class ?
			    SDWAN_RULE_ACTION_CLASS : SDWAN_RULE_ACTION_PASS);
	if (class)
		nla_put_string(req.skb, SDWAN_A_RULE_CLASS, class);
	return test_end(test, &req, &sdwan_rule_type, verb);
}

static inline struct sdwan_object *test_find(const struct sdwan_type *type,
					     const void *key, size_t len)
{
	u8 buf[SDWAN_KEY_MAX] __aligned(8) = {};

	memcpy(buf, key, len);
	return sdwan_object_find_committed(test_fabric(), type, buf);
}

static inline const struct sdwan_class_cfg *test_class_cfg(const char *name)
{
	struct sdwan_object *obj;

	obj = test_find(&sdwan_class_type, name, strlen(name));
	return obj ? sdwan_class_cfg(sdwan_object_cfg(obj)) : NULL;
}

static inline const struct sdwan_rule_cfg *test_rule_cfg(u32 pref)
{
	struct sdwan_object *obj;

	obj = test_find(&sdwan_rule_type, &pref, sizeof(pref));
	return obj ? sdwan_rule_cfg(sdwan_object_cfg(obj)) : NULL;
}

/* Preference of the rule that decides on a packet; 0 for none. */
static inline u32 test_decides(const char *saddr)
{
	struct sdwan_headers headers = { .vni = 1 };
	struct sdwan_classifier_node *node;
	u32 pref;

	in6_pton(saddr, -1, headers.saddr.s6_addr, -1, NULL);
	headers.daddr = headers.saddr;
	rcu_read_lock();
	node = sdwan_classifier_lookup(test_fabric()->classifier, &headers);
	pref = node ? node->pref : 0;
	rcu_read_unlock();
	return pref;
}

#define TEST_V4	"::ffff:10.1.2.3"
#define TEST_V6	"2001:db8::1"

#endif /* _SDWAN_RULE_TEST_H */
