// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: tests of what may go past routing and firewall
 */
#include <kunit/test.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <net/ip.h>

#include "direct.h"
#include "dissect.h"
#include "flow.h"

static void direct_fresh(struct kunit *test)
{
	u32 end = SDWAN_DIRECT_REFRESH;

	KUNIT_EXPECT_TRUE(test, sdwan_direct_fresh(100, 100, 0));
	KUNIT_EXPECT_TRUE(test, sdwan_direct_fresh(100, 100 + end - 1, 0));
	KUNIT_EXPECT_FALSE(test, sdwan_direct_fresh(100, 100 + end, 0));
	KUNIT_EXPECT_FALSE(test, sdwan_direct_fresh(100, 100 + U32_MAX / 2, 0));
	/* what waits for others */
	KUNIT_EXPECT_FALSE(test, sdwan_direct_fresh(100, 100, 1));
	KUNIT_EXPECT_TRUE(test, sdwan_direct_fresh(100, 101, 1));
	KUNIT_EXPECT_TRUE(test, sdwan_direct_fresh(100, 100 + end, 1));
	KUNIT_EXPECT_FALSE(test, sdwan_direct_fresh(100, 101 + end, 1));
	/* jiffies begin anew */
	KUNIT_EXPECT_TRUE(test, sdwan_direct_fresh(U32_MAX - 1, 3, 0));
	KUNIT_EXPECT_FALSE(test, sdwan_direct_fresh(U32_MAX - 1, end, 0));
}

/* An IPv4 packet of @len bytes, @padding behind it. */
static struct sk_buff *direct_skb4(struct kunit *test, u8 proto,
				   unsigned int len, unsigned int padding)
{
	struct sk_buff *skb = alloc_skb(256, GFP_KERNEL);
	struct iphdr *iph;
	__be16 *ports;

	KUNIT_ASSERT_NOT_NULL(test, skb);
	skb_reserve(skb, 64);
	skb_reset_network_header(skb);
	iph = skb_put_zero(skb, len + padding);
	iph->version = 4;
	iph->ihl = 5;
	iph->ttl = 64;
	iph->protocol = proto;
	iph->tot_len = htons(len);
	iph->saddr = htonl(0x0a010002);
	iph->daddr = htonl(0x0a020002);
	ip_send_check(iph);
	ports = (__be16 *)(iph + 1);
	ports[0] = htons(4000);
	ports[1] = htons(443);
	skb->protocol = htons(ETH_P_IP);
	return skb;
}

static struct sk_buff *direct_skb6(struct kunit *test, u8 proto,
				   unsigned int len)
{
	struct sk_buff *skb = alloc_skb(256, GFP_KERNEL);
	struct ipv6hdr *ip6h;
	__be16 *ports;

	KUNIT_ASSERT_NOT_NULL(test, skb);
	skb_reserve(skb, 64);
	skb_reset_network_header(skb);
	ip6h = skb_put_zero(skb, sizeof(*ip6h) + len);
	ip6h->version = 6;
	ip6h->hop_limit = 64;
	ip6h->nexthdr = proto;
	ip6h->payload_len = htons(len);
	ip6h->saddr.s6_addr32[0] = htonl(0xfd010000);
	ip6h->daddr.s6_addr32[0] = htonl(0xfd020000);
	ports = (__be16 *)(ip6h + 1);
	ports[0] = htons(4000);
	ports[1] = htons(443);
	skb->protocol = htons(ETH_P_IPV6);
	return skb;
}

/* The same flow as everywhere else, by way of another function. */
static void direct_key_of(struct kunit *test, struct sk_buff *skb)
{
	struct sdwan_flow_key key, want;

	KUNIT_ASSERT_EQ(test, sdwan_direct_look(skb), SDWAN_DIRECT_PLAIN);
	sdwan_direct_key(skb, 100, true, &key);
	KUNIT_EXPECT_EQ(test, sdwan_dissect(skb, 100, true, &want),
			SDWAN_DISSECT_PACKET);
	KUNIT_EXPECT_EQ(test, memcmp(&key, &want, sizeof(key)), 0);
	/* from the other end */
	sdwan_direct_key(skb, 100, false, &key);
	sdwan_dissect(skb, 100, false, &want);
	KUNIT_EXPECT_EQ(test, memcmp(&key, &want, sizeof(key)), 0);
	kfree_skb(skb);
}

static void direct_keys(struct kunit *test)
{
	static const u8 protos[] = {
		IPPROTO_TCP, IPPROTO_UDP, IPPROTO_UDPLITE, IPPROTO_SCTP,
		IPPROTO_DCCP,
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(protos); i++) {
		direct_key_of(test, direct_skb4(test, protos[i], 60, 0));
		direct_key_of(test, direct_skb6(test, protos[i], 40));
	}
}

/* A packet of IPv4 with a change that is to make it odd, or not. */
static enum sdwan_direct_what direct_what4(struct kunit *test, u8 proto,
					   int at, u8 value, bool sum)
{
	struct sk_buff *skb = direct_skb4(test, proto, 60, 0);
	enum sdwan_direct_what what;

	skb->data[at] = value;
	if (sum)
		ip_send_check(ip_hdr(skb));
	what = sdwan_direct_look(skb);
	kfree_skb(skb);
	return what;
}

#define EXPECT4(want, proto, at, value) \
	KUNIT_EXPECT_EQ(test, direct_what4(test, proto, at, value, true), \
			SDWAN_DIRECT_##want)

static void direct_odd4(struct kunit *test)
{
	EXPECT4(PLAIN, IPPROTO_UDP, 1, 0xb8);
	EXPECT4(ODD, IPPROTO_UDP, 0, 0x46);
	EXPECT4(ODD, IPPROTO_UDP, 0, 0x65);
	/* fragments: more, a later one; but not "don't" */
	EXPECT4(ODD, IPPROTO_UDP, 6, 0x20);
	EXPECT4(ODD, IPPROTO_UDP, 7, 1);
	EXPECT4(PLAIN, IPPROTO_UDP, 6, 0x40);
	EXPECT4(ODD, IPPROTO_UDP, 8, 1);
	EXPECT4(ODD, IPPROTO_UDP, 8, 0);
	EXPECT4(PLAIN, IPPROTO_UDP, 8, 2);
	/* longer than it is, shorter than its headers */
	EXPECT4(ODD, IPPROTO_UDP, 2, 1);
	EXPECT4(ODD, IPPROTO_UDP, 3, 27);
	EXPECT4(ODD, IPPROTO_UDP, 3, 0);
	EXPECT4(ODD, IPPROTO_TCP, 3, 39);
	EXPECT4(PLAIN, IPPROTO_TCP, 3, 40);
	EXPECT4(ODD, IPPROTO_ICMP, 1, 0);
	EXPECT4(ODD, IPPROTO_ESP, 1, 0);
	KUNIT_EXPECT_EQ(test, direct_what4(test, IPPROTO_UDP, 10, 0x55, false),
			SDWAN_DIRECT_ODD);
	/* FIN, SYN, RST; PSH, ACK, URG */
	EXPECT4(ENDS, IPPROTO_TCP, 33, 0x11);
	EXPECT4(ENDS, IPPROTO_TCP, 33, 0x02);
	EXPECT4(ENDS, IPPROTO_TCP, 33, 0x14);
	EXPECT4(PLAIN, IPPROTO_TCP, 33, 0x38);
}

static void direct_odd6(struct kunit *test)
{
	struct sk_buff *skb = direct_skb6(test, IPPROTO_UDP, 40);

	KUNIT_EXPECT_EQ(test, sdwan_direct_look(skb), SDWAN_DIRECT_PLAIN);
	ipv6_hdr(skb)->hop_limit = 1;
	KUNIT_EXPECT_EQ(test, sdwan_direct_look(skb), SDWAN_DIRECT_ODD);
	ipv6_hdr(skb)->hop_limit = 2;
	ipv6_hdr(skb)->nexthdr = NEXTHDR_FRAGMENT;
	KUNIT_EXPECT_EQ(test, sdwan_direct_look(skb), SDWAN_DIRECT_ODD);
	ipv6_hdr(skb)->nexthdr = NEXTHDR_HOP;
	KUNIT_EXPECT_EQ(test, sdwan_direct_look(skb), SDWAN_DIRECT_ODD);
	ipv6_hdr(skb)->nexthdr = IPPROTO_UDP;
	ipv6_hdr(skb)->payload_len = 0;
	KUNIT_EXPECT_EQ(test, sdwan_direct_look(skb), SDWAN_DIRECT_ODD);
	ipv6_hdr(skb)->payload_len = htons(41);
	KUNIT_EXPECT_EQ(test, sdwan_direct_look(skb), SDWAN_DIRECT_ODD);
	kfree_skb(skb);
}

/* Padding is not sent on; what was merged is never cut. */
static void direct_padding(struct kunit *test)
{
	struct sk_buff *skb = direct_skb4(test, IPPROTO_UDP, 29, 17);

	KUNIT_EXPECT_TRUE(test, sdwan_direct_is_padded(skb));
	KUNIT_EXPECT_EQ(test, sdwan_direct_look(skb), SDWAN_DIRECT_PLAIN);
	KUNIT_EXPECT_EQ(test, skb->len, 29);
	KUNIT_EXPECT_FALSE(test, sdwan_direct_is_padded(skb));
	kfree_skb(skb);

	skb = direct_skb6(test, IPPROTO_UDP, 40);
	KUNIT_EXPECT_FALSE(test, sdwan_direct_is_padded(skb));
	skb_put_zero(skb, 1);
	KUNIT_EXPECT_TRUE(test, sdwan_direct_is_padded(skb));
	skb_trim(skb, 79);
	KUNIT_EXPECT_TRUE(test, sdwan_direct_is_padded(skb));
	kfree_skb(skb);

	skb = direct_skb4(test, IPPROTO_TCP, 60, 20);
	skb_shinfo(skb)->gso_size = 20;
	skb_shinfo(skb)->gso_type = SKB_GSO_TCPV4;
	KUNIT_EXPECT_EQ(test, sdwan_direct_look(skb), SDWAN_DIRECT_ODD);
	KUNIT_EXPECT_EQ(test, skb->len, 80);
	skb_trim(skb, 60);
	KUNIT_EXPECT_EQ(test, sdwan_direct_look(skb), SDWAN_DIRECT_PLAIN);
	skb->encapsulation = 1;
	KUNIT_EXPECT_EQ(test, sdwan_direct_look(skb), SDWAN_DIRECT_ODD);
	kfree_skb(skb);
}

/* One hop less, with a checksum that is right again. */
static void direct_ttl(struct kunit *test)
{
	struct sk_buff *skb = direct_skb4(test, IPPROTO_UDP, 60, 0);

	sdwan_direct_lower_ttl(skb);
	KUNIT_EXPECT_EQ(test, ip_hdr(skb)->ttl, 63);
	KUNIT_EXPECT_EQ(test, ip_fast_csum(ip_hdr(skb), 5), 0);
	kfree_skb(skb);

	skb = direct_skb6(test, IPPROTO_UDP, 40);
	sdwan_direct_lower_ttl(skb);
	KUNIT_EXPECT_EQ(test, ipv6_hdr(skb)->hop_limit, 63);
	kfree_skb(skb);
}

static struct kunit_case direct_cases[] = {
	KUNIT_CASE(direct_fresh),
	KUNIT_CASE(direct_keys),
	KUNIT_CASE(direct_odd4),
	KUNIT_CASE(direct_odd6),
	KUNIT_CASE(direct_padding),
	KUNIT_CASE(direct_ttl),
	{ }
};

static struct kunit_suite direct_suite = {
	.name = "sdwan_direct",
	.test_cases = direct_cases,
};

kunit_test_suites(&direct_suite);
