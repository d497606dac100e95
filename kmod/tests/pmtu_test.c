// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: tests of the sizes of packets inside and outside
 */
#include <kunit/test.h>
#include <linux/if_ether.h>

#include "pmtu.h"

/* GENEVE over IPv4 and over IPv6 */
#define OVER4	36
#define OVER6	56

static void pmtu_inner(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, sdwan_pmtu_inner(1500, OVER4), 1464);
	KUNIT_EXPECT_EQ(test, sdwan_pmtu_inner(1500, OVER6), 1444);
	KUNIT_EXPECT_EQ(test, sdwan_pmtu_inner(OVER4 + 1, OVER4), 1);
	KUNIT_EXPECT_EQ(test, sdwan_pmtu_inner(OVER4, OVER4), 0);
	KUNIT_EXPECT_EQ(test, sdwan_pmtu_inner(0, OVER4), 0);
	/* lo, and whatever claims more than an IP packet can have */
	KUNIT_EXPECT_EQ(test, sdwan_pmtu_inner(65536, OVER4), 65535 - OVER4);
	KUNIT_EXPECT_EQ(test, sdwan_pmtu_inner(U32_MAX, OVER6), 65535 - OVER6);
}

static void pmtu_announce(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, sdwan_pmtu_announce(1464, false), 1464);
	KUNIT_EXPECT_EQ(test, sdwan_pmtu_announce(1464, true), 1464);
	KUNIT_EXPECT_EQ(test, sdwan_pmtu_announce(1279, false), 1279);
	KUNIT_EXPECT_EQ(test, sdwan_pmtu_announce(1279, true), 1280);
	KUNIT_EXPECT_EQ(test, sdwan_pmtu_announce(0, true), 1280);
	KUNIT_EXPECT_EQ(test, sdwan_pmtu_announce(0, false), 68);
}

static void pmtu_fragments(struct kunit *test)
{
	/* 1480 is a multiple of 8 */
	KUNIT_EXPECT_EQ(test, sdwan_pmtu_fragments(1480, 1500, 20), 1);
	KUNIT_EXPECT_EQ(test, sdwan_pmtu_fragments(1481, 1500, 20), 2);
	KUNIT_EXPECT_EQ(test, sdwan_pmtu_fragments(2960, 1500, 20), 2);
	KUNIT_EXPECT_EQ(test, sdwan_pmtu_fragments(2961, 1500, 20), 3);
	/* 1452 is none: 1448 in each */
	KUNIT_EXPECT_EQ(test, sdwan_pmtu_fragments(1449, 1500, 48), 2);
	/* routes that can carry nothing must not divide by zero */
	KUNIT_EXPECT_EQ(test, sdwan_pmtu_fragments(1480, 20, 20), 1);
	KUNIT_EXPECT_EQ(test, sdwan_pmtu_fragments(1480, 27, 20), 1);
	KUNIT_EXPECT_EQ(test, sdwan_pmtu_fragments(1480, 0, 48), 1);
}

static void pmtu_outer(struct kunit *test)
{
	struct sdwan_outer outer;

	outer = sdwan_pmtu_outer(84, 1, 0, OVER4);
	KUNIT_EXPECT_EQ(test, outer.packets, 1);
	KUNIT_EXPECT_EQ(test, outer.bytes, 84 + OVER4);

	/* 40 * 1412 bytes of TCP with timestamps in one packet of IPv4 */
	outer = sdwan_pmtu_outer(52 + 40 * 1412, 40, 52, OVER4);
	KUNIT_EXPECT_EQ(test, outer.packets, 40);
	KUNIT_EXPECT_EQ(test, outer.bytes, 40 * 1500);
}

static void pmtu_outer_fragmented(struct kunit *test)
{
	struct sdwan_outer outer;

	/* 1464 inside, 1500 outside, through 1400: 1376 + 104 */
	outer = sdwan_pmtu_outer(1464, 1, 0, OVER4);
	outer = sdwan_pmtu_outer_fragmented(outer, 1400, 20, 20);
	KUNIT_EXPECT_EQ(test, outer.packets, 2);
	KUNIT_EXPECT_EQ(test, outer.bytes, 1500 + 20);

	/* over IPv6 each fragment has 48 bytes of headers, the whole had 40 */
	outer = sdwan_pmtu_outer(1280, 1, 0, OVER6);
	outer = sdwan_pmtu_outer_fragmented(outer, 1280, 40, 48);
	KUNIT_EXPECT_EQ(test, outer.packets, 2);
	KUNIT_EXPECT_EQ(test, outer.bytes, 1280 + OVER6 - 40 + 2 * 48);

	/* GSO: each segment by itself */
	outer = sdwan_pmtu_outer(52 + 10 * 1412, 10, 52, OVER4);
	outer = sdwan_pmtu_outer_fragmented(outer, 1400, 20, 20);
	KUNIT_EXPECT_EQ(test, outer.packets, 20);
	KUNIT_EXPECT_EQ(test, outer.bytes, 10 * 1520);

	/* what fits stays whole */
	outer = sdwan_pmtu_outer(1000, 1, 0, OVER4);
	outer = sdwan_pmtu_outer_fragmented(outer, 1400, 20, 20);
	KUNIT_EXPECT_EQ(test, outer.packets, 1);
	KUNIT_EXPECT_EQ(test, outer.bytes, 1036);
}

static struct sk_buff *packet(struct kunit *test, unsigned int len, bool ipv6,
			      bool df)
{
	struct sk_buff *skb = alloc_skb(len, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, skb);
	skb_put_zero(skb, len);
	skb_reset_network_header(skb);
	skb->protocol = ipv6 ? htons(ETH_P_IPV6) : htons(ETH_P_IP);
	if (df)
		ip_hdr(skb)->frag_off = htons(IP_DF);
	return skb;
}

static void expect_fit(struct kunit *test, unsigned int len, bool ipv6,
		       bool df, unsigned int mtu, enum sdwan_fit expected)
{
	struct sk_buff *skb = packet(test, len, ipv6, df);

	KUNIT_EXPECT_EQ(test, sdwan_pmtu_check(skb, mtu, OVER4), expected);
	kfree_skb(skb);
}

/* Without a route and a device there is nobody to be told anything. */
static void pmtu_check(struct kunit *test)
{
	expect_fit(test, 1464, false, true, 1464, SDWAN_FIT_WHOLE);
	expect_fit(test, 1464, true, false, 1464, SDWAN_FIT_WHOLE);

	expect_fit(test, 1465, false, true, 1464, SDWAN_FIT_REFUSED);
	expect_fit(test, 1465, false, false, 1464, SDWAN_FIT_FRAGMENT);

	/* IPv4 below what anybody may be told */
	expect_fit(test, 68, false, true, 60, SDWAN_FIT_FRAGMENT);
	expect_fit(test, 69, false, true, 60, SDWAN_FIT_REFUSED);

	/* IPv6 never hears less than 1280, so 1280 has to go through */
	expect_fit(test, 1280, true, false, 1244, SDWAN_FIT_FRAGMENT);

	/* the outer length has 16 bits */
	expect_fit(test, 65535 - OVER4, false, false, 1464,
		   SDWAN_FIT_FRAGMENT);
	expect_fit(test, 65535 - OVER4 + 1, false, false, 1464,
		   SDWAN_FIT_REFUSED);
}

static struct kunit_case pmtu_cases[] = {
	KUNIT_CASE(pmtu_inner),
	KUNIT_CASE(pmtu_announce),
	KUNIT_CASE(pmtu_fragments),
	KUNIT_CASE(pmtu_outer),
	KUNIT_CASE(pmtu_outer_fragmented),
	KUNIT_CASE(pmtu_check),
	{ }
};

static struct kunit_suite pmtu_suite = {
	.name = "sdwan_pmtu",
	.test_cases = pmtu_cases,
};

kunit_test_suites(&pmtu_suite);
