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

/**
 * struct sizes - a packet and its path
 * @len: packet
 * @ipv6: its family
 * @df: it must not be fragmented
 * @routed: the IP stack has routed it, and so can fragment it
 * @mtu: the largest that fits the path
 * @limit: the largest that all paths carry
 * @outer: the path fragments outer packets
 */
struct sizes {
	unsigned int len;
	bool ipv6;
	bool df;
	bool routed;
	unsigned int mtu;
	unsigned int limit;
	bool outer;
};

static struct sk_buff *packet(struct kunit *test, const struct sizes *s)
{
	struct sk_buff *skb = alloc_skb(s->len, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, skb);
	skb_put_zero(skb, s->len);
	skb_reset_network_header(skb);
	skb->protocol = s->ipv6 ? htons(ETH_P_IPV6) : htons(ETH_P_IP);
	if (s->df)
		ip_hdr(skb)->frag_off = htons(IP_DF);
	return skb;
}

/* Who has no route has no device either: nobody is told anything. */
static void expect_fit(struct kunit *test, enum sdwan_fit expected,
		       struct sizes s)
{
	static struct dst_ops ops = { .family = AF_INET };
	struct dst_entry dst = { .ops = &ops };
	struct sk_buff *skb = packet(test, &s);
	enum sdwan_fit fit;

	rcu_read_lock();
	if (s.routed)
		skb_dst_set_noref(skb, &dst);
	fit = sdwan_pmtu_check(skb, s.mtu, s.limit ?: s.mtu, s.outer, OVER4);
	skb_dst_drop(skb);
	rcu_read_unlock();
	KUNIT_EXPECT_EQ_MSG(test, fit, expected,
			    "%u bytes, path %u, limit %u", s.len, s.mtu,
			    s.limit);
	kfree_skb(skb);
}

#define EXPECT_FIT(expected, ...) \
	expect_fit(test, expected, (struct sizes){ __VA_ARGS__ })

static void pmtu_check(struct kunit *test)
{
	EXPECT_FIT(SDWAN_FIT_WHOLE, .len = 1464, .mtu = 1464, .df = true);
	EXPECT_FIT(SDWAN_FIT_WHOLE, .len = 1464, .mtu = 1464, .ipv6 = true);
	EXPECT_FIT(SDWAN_FIT_WHOLE, .len = 1464, .mtu = 1464, .routed = true);

	EXPECT_FIT(SDWAN_FIT_REFUSED, .len = 1465, .mtu = 1464, .df = true);
	EXPECT_FIT(SDWAN_FIT_FRAGMENT, .len = 1465, .mtu = 1464,
		   .routed = true);
	/* nobody is there who could cut what came by no route */
	EXPECT_FIT(SDWAN_FIT_FRAGMENT_OUTER, .len = 1465, .mtu = 1464);
}

/* Another path of the flow carries less, or more, than this one. */
static void pmtu_check_limit(struct kunit *test)
{
	EXPECT_FIT(SDWAN_FIT_WHOLE, .len = 1300, .mtu = 1464, .limit = 1300,
		   .df = true);
	EXPECT_FIT(SDWAN_FIT_REFUSED, .len = 1301, .mtu = 1464, .limit = 1300,
		   .df = true);
	EXPECT_FIT(SDWAN_FIT_WHOLE, .len = 1301, .mtu = 1464, .limit = 1300,
		   .routed = true);

	/* outer packets may be fragmented: nobody is told of the path's MTU */
	EXPECT_FIT(SDWAN_FIT_FRAGMENT_OUTER, .len = 1464, .mtu = 1400,
		   .limit = 1464, .df = true, .outer = true);
	EXPECT_FIT(SDWAN_FIT_FRAGMENT_OUTER, .len = 1464, .mtu = 1400,
		   .limit = 1464, .ipv6 = true, .outer = true);
	EXPECT_FIT(SDWAN_FIT_REFUSED, .len = 1465, .mtu = 1400, .limit = 1464,
		   .df = true, .outer = true);
	EXPECT_FIT(SDWAN_FIT_FRAGMENT_OUTER, .len = 1465, .mtu = 1400,
		   .limit = 1464, .routed = true, .outer = true);
}

static void pmtu_check_minimum(struct kunit *test)
{
	/* IPv4 below what anybody may be told, or may be cut to */
	EXPECT_FIT(SDWAN_FIT_FRAGMENT_OUTER, .len = 68, .mtu = 60, .df = true);
	EXPECT_FIT(SDWAN_FIT_REFUSED, .len = 69, .mtu = 60, .df = true);
	EXPECT_FIT(SDWAN_FIT_FRAGMENT_OUTER, .len = 69, .mtu = 67,
		   .routed = true);
	EXPECT_FIT(SDWAN_FIT_FRAGMENT, .len = 69, .mtu = 68, .routed = true);

	/* IPv6 never hears less than 1280, so 1280 has to go through */
	EXPECT_FIT(SDWAN_FIT_FRAGMENT_OUTER, .len = 1280, .mtu = 1244,
		   .ipv6 = true);
}

static void pmtu_check_maximum(struct kunit *test)
{
	/* the outer length has 16 bits */
	EXPECT_FIT(SDWAN_FIT_FRAGMENT_OUTER, .len = 65535 - OVER4,
		   .mtu = 1464);
	EXPECT_FIT(SDWAN_FIT_REFUSED, .len = 65535 - OVER4 + 1, .mtu = 1464);
	EXPECT_FIT(SDWAN_FIT_REFUSED, .len = 65535 - OVER4 + 1, .mtu = 1464,
		   .routed = true, .outer = true);
	/* of the pieces there is none that long */
	EXPECT_FIT(SDWAN_FIT_FRAGMENT, .len = 65535, .mtu = 1464,
		   .routed = true);
}

static struct kunit_case pmtu_cases[] = {
	KUNIT_CASE(pmtu_inner),
	KUNIT_CASE(pmtu_announce),
	KUNIT_CASE(pmtu_fragments),
	KUNIT_CASE(pmtu_outer),
	KUNIT_CASE(pmtu_outer_fragmented),
	KUNIT_CASE(pmtu_check),
	KUNIT_CASE(pmtu_check_limit),
	KUNIT_CASE(pmtu_check_minimum),
	KUNIT_CASE(pmtu_check_maximum),
	{ }
};

static struct kunit_suite pmtu_suite = {
	.name = "sdwan_pmtu",
	.test_cases = pmtu_cases,
};

kunit_test_suites(&pmtu_suite);
