// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: tests of the hash of a flow
 */
#include <kunit/test.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/udp.h>
#include <net/ip.h>
#include <net/net_namespace.h>

#include "compat/compat.h"
#include "hash.h"

#define FLOWS	1024

/**
 * struct flow - a packet's
 * @ipv6: its family
 * @proto: protocol
 * @saddr: last word of its source address
 * @daddr: last word of its destination address
 * @sport: source port
 * @dport: destination port
 */
struct flow {
	bool ipv6;
	u8 proto;
	u32 saddr;
	u32 daddr;
	u16 sport;
	u16 dport;
};

static const struct flow udp4 = {
	.proto = IPPROTO_UDP, .saddr = 0x0a010002, .daddr = 0x0a020002,
	.sport = 40000, .dport = 53,
};

static const struct flow tcp6 = {
	.ipv6 = true, .proto = IPPROTO_TCP, .saddr = 2, .daddr = 3,
	.sport = 40000, .dport = 443,
};

static void put_ip(struct sk_buff *skb, const struct flow *f, unsigned int len)
{
	struct iphdr *iph = skb_put_zero(skb, sizeof(*iph));

	skb->protocol = htons(ETH_P_IP);
	iph->version = 4;
	iph->ihl = 5;
	iph->ttl = 64;
	iph->protocol = f->proto;
	iph->tot_len = htons(sizeof(*iph) + len);
	iph->saddr = htonl(f->saddr);
	iph->daddr = htonl(f->daddr);
}

static void put_ipv6(struct sk_buff *skb, const struct flow *f,
		     unsigned int len)
{
	struct ipv6hdr *ip6h = skb_put_zero(skb, sizeof(*ip6h));

	skb->protocol = htons(ETH_P_IPV6);
	ip6h->version = 6;
	ip6h->hop_limit = 64;
	ip6h->nexthdr = f->proto;
	ip6h->payload_len = htons(len);
	ipv6_addr_set(&ip6h->saddr, htonl(0xfd010000), 0, 0, htonl(f->saddr));
	ipv6_addr_set(&ip6h->daddr, htonl(0xfd020000), 0, 0, htonl(f->daddr));
}

/* @len bytes behind the IP header, of which the first four are ports. */
static struct sk_buff *packet(struct kunit *test, const struct flow *f,
			      unsigned int len)
{
	struct sk_buff *skb = alloc_skb(128, GFP_KERNEL);
	__be16 *ports;

	KUNIT_ASSERT_NOT_NULL(test, skb);
	/* the dissector wants to know the namespace */
	skb->dev = init_net.loopback_dev;
	skb_reset_network_header(skb);
	if (f->ipv6)
		put_ipv6(skb, f, len);
	else
		put_ip(skb, f, len);
	ports = skb_put_zero(skb, len);
	if (len >= 4) {
		ports[0] = htons(f->sport);
		ports[1] = htons(f->dport);
	}
	/* so that TCP's header is one */
	if (len > 12)
		((u8 *)ports)[12] = 0x50;
	return skb;
}

static u32 hash_of(struct sk_buff *skb)
{
	u32 hash;

	sdwan_hash(skb);
	hash = skb->hash;
	kfree_skb(skb);
	return hash;
}

static u32 flow_hash(struct kunit *test, const struct flow *f)
{
	return hash_of(packet(test, f, 20));
}

static void hash_same_flow(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, flow_hash(test, &udp4), flow_hash(test, &udp4));
	KUNIT_EXPECT_EQ(test, flow_hash(test, &tcp6), flow_hash(test, &tcp6));
	KUNIT_EXPECT_NE(test, flow_hash(test, &udp4), 0);
	KUNIT_EXPECT_NE(test, flow_hash(test, &tcp6), 0);

	/* whatever else is in the packet, and however long it is */
	KUNIT_EXPECT_EQ(test, flow_hash(test, &udp4),
			hash_of(packet(test, &udp4, 4)));
	KUNIT_EXPECT_EQ(test, flow_hash(test, &tcp6),
			hash_of(packet(test, &tcp6, 60)));
}

static void expect_all_differ(struct kunit *test, const struct flow *base)
{
	u32 hash = flow_hash(test, base);
	struct flow f;

	f = *base;
	f.sport++;
	KUNIT_EXPECT_NE(test, flow_hash(test, &f), hash);
	f = *base;
	f.dport++;
	KUNIT_EXPECT_NE(test, flow_hash(test, &f), hash);
	f = *base;
	f.saddr++;
	KUNIT_EXPECT_NE(test, flow_hash(test, &f), hash);
	f = *base;
	f.daddr++;
	KUNIT_EXPECT_NE(test, flow_hash(test, &f), hash);
	f = *base;
	f.proto = f.proto == IPPROTO_UDP ? IPPROTO_TCP : IPPROTO_UDP;
	KUNIT_EXPECT_NE(test, flow_hash(test, &f), hash);
}

static void hash_other_flow(struct kunit *test)
{
	expect_all_differ(test, &udp4);
	expect_all_differ(test, &tcp6);
}

/* Source ports of outer packets are made of it: they have to differ widely. */
static void hash_spread(struct kunit *test)
{
	static const struct flow *bases[] = { &udp4, &tcp6 };
	unsigned int i, j, hash, most, counts[64];
	struct flow f;

	for (i = 0; i < ARRAY_SIZE(bases); i++) {
		memset(counts, 0, sizeof(counts));
		f = *bases[i];
		for (j = 0; j < FLOWS; j++, f.sport++) {
			hash = flow_hash(test, &f);
			counts[hash % ARRAY_SIZE(counts)]++;
		}
		most = 0;
		for (j = 0; j < ARRAY_SIZE(counts); j++)
			most = max(most, counts[j]);
		/* 16 on average */
		KUNIT_EXPECT_LT(test, most, 48);
	}
}

/* Only the first fragment has ports, and all have to take one way. */
static void hash_fragments(struct kunit *test)
{
	struct sk_buff *skb;
	u32 first;

	skb = packet(test, &udp4, 32);
	ip_hdr(skb)->frag_off = htons(IP_MF);
	first = hash_of(skb);

	skb = packet(test, &udp4, 32);
	memset(skb->data + sizeof(struct iphdr), 0xff, 32);
	ip_hdr(skb)->frag_off = htons(IP_MF | 4);
	KUNIT_EXPECT_EQ(test, hash_of(skb), first);

	skb = packet(test, &udp4, 8);
	ip_hdr(skb)->frag_off = htons(8);
	KUNIT_EXPECT_EQ(test, hash_of(skb), first);
}

/* What is behind options is found by others, as long as it is a flow's. */
static void hash_options(struct kunit *test)
{
	struct sk_buff *skb;
	unsigned int i;
	u32 hashes[2];

	for (i = 0; i < ARRAY_SIZE(hashes); i++) {
		skb = packet(test, &udp4, 24);
		ip_hdr(skb)->ihl = 6;
		memset(skb->data + sizeof(struct iphdr), IPOPT_NOOP, 4);
		/* the ports are four bytes further on */
		put_unaligned_be32(40000 << 16 | (53 + i), skb->data + 24);
		hashes[i] = hash_of(skb);
	}
	KUNIT_EXPECT_NE(test, hashes[0], hashes[1]);
}

static void hash_short(struct kunit *test)
{
	unsigned int len;

	for (len = 0; len < 4; len++) {
		KUNIT_EXPECT_NE(test, hash_of(packet(test, &udp4, len)), 0);
		KUNIT_EXPECT_NE(test, hash_of(packet(test, &tcp6, len)), 0);
	}
}

/* One that a network card or a socket has found out is as good. */
static void hash_known(struct kunit *test)
{
	struct sk_buff *skb = packet(test, &udp4, 20);

	__skb_set_hash(skb, 0x12345678, false, true);
	KUNIT_EXPECT_EQ(test, hash_of(skb), 0x12345678);
}

static struct kunit_case hash_cases[] = {
	KUNIT_CASE(hash_same_flow),
	KUNIT_CASE(hash_other_flow),
	KUNIT_CASE(hash_spread),
	KUNIT_CASE(hash_fragments),
	KUNIT_CASE(hash_options),
	KUNIT_CASE(hash_short),
	KUNIT_CASE(hash_known),
	{ }
};

static struct kunit_suite hash_suite = {
	.name = "sdwan_hash",
	.test_cases = hash_cases,
};

kunit_test_suites(&hash_suite);
