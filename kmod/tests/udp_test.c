// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: tests of checksums of outer packets that the IP stack has not seen
 */
#include <kunit/test.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/udp.h>
#include <net/checksum.h>
#include <net/ip.h>
#include <net/ip6_checksum.h>

#include "encap_udp.h"

#define UDP_TEST_LEN	67	/* odd */

/* A datagram with the right checksum, at its UDP header. */
static struct sk_buff *udp_skb(struct kunit *test, unsigned short family)
{
	unsigned int hlen = family == AF_INET ? sizeof(struct iphdr) :
						sizeof(struct ipv6hdr);
	struct sk_buff *skb = alloc_skb(256, GFP_KERNEL);
	struct udphdr *uh;
	__wsum csum;
	int i;

	KUNIT_ASSERT_NOT_NULL(test, skb);
	skb_reserve(skb, 64);
	skb_reset_network_header(skb);
	skb_put_zero(skb, hlen);
	uh = skb_put_zero(skb, UDP_TEST_LEN);
	for (i = sizeof(*uh); i < UDP_TEST_LEN; i++)
		((u8 *)uh)[i] = i * 37;
	uh->source = htons(50000);
	uh->dest = htons(6081);
	uh->len = htons(UDP_TEST_LEN);
	csum = csum_partial(uh, UDP_TEST_LEN, 0);
	if (family == AF_INET) {
		struct iphdr *iph = ip_hdr(skb);

		iph->version = 4;
		iph->ihl = 5;
		iph->tot_len = htons(skb->len);
		iph->protocol = IPPROTO_UDP;
		iph->saddr = htonl(0xc0a81401);
		iph->daddr = htonl(0xc0a80a01);
		ip_send_check(iph);
		uh->check = csum_tcpudp_magic(iph->saddr, iph->daddr,
					      UDP_TEST_LEN, IPPROTO_UDP, csum);
	} else {
		struct ipv6hdr *ip6h = ipv6_hdr(skb);

		ip6h->version = 6;
		ip6h->payload_len = htons(UDP_TEST_LEN);
		ip6h->nexthdr = IPPROTO_UDP;
		ip6h->saddr.s6_addr32[0] = htonl(0xfd100000);
		ip6h->saddr.s6_addr32[3] = htonl(1);
		ip6h->daddr.s6_addr32[0] = htonl(0xfd100000);
		ip6h->daddr.s6_addr32[3] = htonl(2);
		uh->check = csum_ipv6_magic(&ip6h->saddr, &ip6h->daddr,
					    UDP_TEST_LEN, IPPROTO_UDP, csum);
	}
	__skb_pull(skb, hlen);
	return skb;
}

/* What a card says that has summed up all behind the link-layer header. */
static void udp_sum_all(struct sk_buff *skb)
{
	skb->ip_summed = CHECKSUM_COMPLETE;
	skb->csum = csum_partial(skb_network_header(skb),
				 skb->len - skb_network_offset(skb), 0);
}

static void udp_family(struct kunit *test, unsigned short family)
{
	struct sk_buff *skb = udp_skb(test, family);
	struct udphdr *uh = (struct udphdr *)skb->data;
	__sum16 check = uh->check;

	KUNIT_EXPECT_TRUE(test, sdwan_udp_checksum_ok(skb, family));
	/* it has changed nothing */
	KUNIT_EXPECT_TRUE(test, skb->ip_summed == CHECKSUM_NONE);
	udp_sum_all(skb);
	KUNIT_EXPECT_TRUE(test, sdwan_udp_checksum_ok(skb, family));
	KUNIT_EXPECT_TRUE(test, skb->ip_summed == CHECKSUM_COMPLETE);

	/* one bit wrong */
	skb->data[20] ^= 0x10;
	udp_sum_all(skb);
	KUNIT_EXPECT_FALSE(test, sdwan_udp_checksum_ok(skb, family));
	skb->ip_summed = CHECKSUM_NONE;
	KUNIT_EXPECT_FALSE(test, sdwan_udp_checksum_ok(skb, family));
	/* what others found out before counts for another header */
	skb->csum_valid = 1;
	KUNIT_EXPECT_FALSE(test, sdwan_udp_checksum_ok(skb, family));
	/* none, or looked at by the card */
	uh->check = 0;
	KUNIT_EXPECT_TRUE(test, sdwan_udp_checksum_ok(skb, family));
	uh->check = check;
	skb->ip_summed = CHECKSUM_UNNECESSARY;
	KUNIT_EXPECT_TRUE(test, sdwan_udp_checksum_ok(skb, family));
	/* not filled in yet: this one or the inner one; but not one before it */
	skb->ip_summed = CHECKSUM_PARTIAL;
	skb->csum_start = skb_headroom(skb);
	KUNIT_EXPECT_TRUE(test, sdwan_udp_checksum_ok(skb, family));
	skb->csum_start = skb_headroom(skb) - 1;
	KUNIT_EXPECT_FALSE(test, sdwan_udp_checksum_ok(skb, family));
	kfree_skb(skb);

	/* addresses count */
	skb = udp_skb(test, family);
	if (family == AF_INET)
		ip_hdr(skb)->daddr ^= htonl(1);
	else
		ipv6_hdr(skb)->daddr.s6_addr32[3] ^= htonl(1);
	KUNIT_EXPECT_FALSE(test, sdwan_udp_checksum_ok(skb, family));
	kfree_skb(skb);
}

static void udp_checksum4(struct kunit *test)
{
	udp_family(test, AF_INET);
}

static void udp_checksum6(struct kunit *test)
{
	udp_family(test, AF_INET6);
}

static struct kunit_case udp_cases[] = {
	KUNIT_CASE(udp_checksum4),
	KUNIT_CASE(udp_checksum6),
	{ }
};

static struct kunit_suite udp_suite = {
	.name = "sdwan_udp",
	.test_cases = udp_cases,
};

kunit_test_suites(&udp_suite);
