// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: tests of what tells whose far end was heard
 */
#include <kunit/test.h>

#include "endpoint.h"

static struct sdwan_endpoint at(u32 v4, u16 port)
{
	struct sdwan_endpoint place = { .port = htons(port) };

	ipv6_addr_set_v4mapped(htonl(v4), &place.addr);
	return place;
}

static void endpoint_places(struct kunit *test)
{
	const struct sdwan_endpoint nowhere = {}, port_only = { .port = htons(1) };
	const struct sdwan_endpoint a = at(0xc0000201, 6081);
	const struct sdwan_endpoint same = at(0xc0000201, 6081);
	const struct sdwan_endpoint port = at(0xc0000201, 6082);
	const struct sdwan_endpoint addr = at(0xc0000202, 6081);

	KUNIT_EXPECT_FALSE(test, sdwan_endpoint_known(&nowhere));
	KUNIT_EXPECT_FALSE(test, sdwan_endpoint_known(&port_only));
	KUNIT_EXPECT_TRUE(test, sdwan_endpoint_known(&a));
	KUNIT_EXPECT_TRUE(test, sdwan_endpoint_same(&a, &same));
	KUNIT_EXPECT_FALSE(test, sdwan_endpoint_same(&a, &port));
	KUNIT_EXPECT_FALSE(test, sdwan_endpoint_same(&a, &addr));
	KUNIT_EXPECT_FALSE(test, sdwan_endpoint_same(&a, &nowhere));
	KUNIT_EXPECT_TRUE(test, sdwan_endpoint_same(&nowhere, &nowhere));
}

/* The far end's present session, with its number of the path. */
static const struct sdwan_endpoint_session says = { .nonce = 7, .path = 3 };

static const struct {
	struct sdwan_endpoint_session known;
	bool silent;
	enum sdwan_endpoint_fit fit;
} fits[] = {
	{ { 7, 3 }, false, SDWAN_ENDPOINT_SAME },
	{ { 7, 3 }, true, SDWAN_ENDPOINT_SAME },
	{ { 8, 3 }, false, SDWAN_ENDPOINT_BOOTED },
	{ { 8, 3 }, true, SDWAN_ENDPOINT_BOOTED },
	{ { 0, 0 }, false, SDWAN_ENDPOINT_NEW },
	{ { 0, 3 }, true, SDWAN_ENDPOINT_NEW },
	{ { 7, 4 }, true, SDWAN_ENDPOINT_LEFT },
	{ { 8, 4 }, true, SDWAN_ENDPOINT_LEFT },
	/* one that works, and is another one, is not taken away */
	{ { 7, 4 }, false, SDWAN_ENDPOINT_NOT },
	{ { 8, 4 }, false, SDWAN_ENDPOINT_NOT },
};

static void endpoint_fits(struct kunit *test)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(fits); i++)
		KUNIT_EXPECT_EQ_MSG(test,
				    sdwan_endpoint_fits(&fits[i].known,
							fits[i].silent, &says),
				    fits[i].fit, "session %d", i);
}

static struct kunit_case endpoint_cases[] = {
	KUNIT_CASE(endpoint_places),
	KUNIT_CASE(endpoint_fits),
	{ }
};

static struct kunit_suite endpoint_suite = {
	.name = "sdwan_endpoint",
	.test_cases = endpoint_cases,
};

kunit_test_suites(&endpoint_suite);
