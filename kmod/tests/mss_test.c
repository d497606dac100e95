// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: tests of the clamping of the MSS option
 */
#include <kunit/test.h>
#include <linux/if_ether.h>
#include <linux/prandom.h>
#include <linux/tcp.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/tcp.h>

#include "compat/compat.h"
#include "mss.h"

#define OPTIONS		40	/* as much as a header can have */
#define PAYLOAD		3	/* odd, and not to be touched */
#define MTU		1400
#define MSS4		(MTU - 40)
#define MSS6		(MTU - 60)

/**
 * struct syn - what a packet is made of
 * @ipv6: its family
 * @options: of TCP
 * @doff: TCP header length in words
 * @ip_extra: bytes of IPv4 options, or of an IPv6 extension header
 * @nexthdr: type of that extension header
 * @linear: bytes in the linear part, 0 for all
 */
struct syn {
	bool ipv6;
	u8 options[OPTIONS];
	u8 doff;
	u8 ip_extra;
	u8 nexthdr;
	unsigned int linear;
};

static void syn_init(struct syn *syn, bool ipv6)
{
	memset(syn, 0, sizeof(*syn));
	syn->ipv6 = ipv6;
	syn->doff = 15;
}

static void syn_mss(struct syn *syn, unsigned int at, u16 mss)
{
	memset(syn->options, TCPOPT_NOP, at);
	syn->options[at] = TCPOPT_MSS;
	syn->options[at + 1] = TCPOLEN_MSS;
	put_unaligned_be16(mss, syn->options + at + 2);
}

static unsigned int syn_tcp_offset(const struct syn *syn)
{
	return (syn->ipv6 ? sizeof(struct ipv6hdr) : sizeof(struct iphdr)) +
	       syn->ip_extra;
}

static unsigned int syn_len(const struct syn *syn)
{
	return syn_tcp_offset(syn) + sizeof(struct tcphdr) + OPTIONS + PAYLOAD;
}

static void syn_build_ip(const struct syn *syn, u8 *buf)
{
	struct iphdr *iph = (struct iphdr *)buf;

	iph->version = 4;
	iph->ihl = 5 + syn->ip_extra / 4;
	iph->ttl = 64;
	iph->protocol = IPPROTO_TCP;
	iph->tot_len = htons(syn_len(syn));
	iph->saddr = htonl(0x0a010002);
	iph->daddr = htonl(0x0a020002);
	memset(iph + 1, IPOPT_NOOP, syn->ip_extra);
}

static void syn_build_ipv6(const struct syn *syn, u8 *buf)
{
	struct ipv6hdr *ip6h = (struct ipv6hdr *)buf;
	u8 *ext = (u8 *)(ip6h + 1);

	ip6h->version = 6;
	ip6h->hop_limit = 64;
	ip6h->payload_len = htons(syn_len(syn) - sizeof(*ip6h));
	ip6h->nexthdr = IPPROTO_TCP;
	ip6h->saddr.s6_addr[15] = 1;
	ip6h->daddr.s6_addr[15] = 2;
	if (!syn->ip_extra)
		return;
	ip6h->nexthdr = syn->nexthdr;
	ext[0] = IPPROTO_TCP;
	if (syn->nexthdr != NEXTHDR_FRAGMENT)
		ext[1] = syn->ip_extra / 8 - 1;
}

/*
 * The pseudo header is left out of the checksum: it stays as it is, and so
 * does what it adds.
 */
static __sum16 tcp_sum(const u8 *th, unsigned int len)
{
	return csum_fold(csum_partial(th, len, 0));
}

static void syn_build(const struct syn *syn, u8 *buf)
{
	unsigned int off = syn_tcp_offset(syn);
	struct tcphdr *th = (struct tcphdr *)(buf + off);

	memset(buf, 0, syn_len(syn));
	if (syn->ipv6)
		syn_build_ipv6(syn, buf);
	else
		syn_build_ip(syn, buf);
	th->source = htons(40000);
	th->dest = htons(443);
	th->seq = htonl(0x12345678);
	th->doff = syn->doff;
	th->syn = 1;
	th->window = htons(64240);
	memcpy(th + 1, syn->options, OPTIONS);
	memset((u8 *)(th + 1) + OPTIONS, 0xa5, PAYLOAD);
	th->check = tcp_sum((u8 *)th, syn_len(syn) - off);
}

/* A packet of these bytes, of which the first @linear are not in fragments. */
static struct sk_buff *packet(struct kunit *test, const u8 *buf,
			      unsigned int len, unsigned int linear, bool ipv6)
{
	struct sk_buff *skb = alloc_skb(256, GFP_KERNEL);
	struct page *page;

	KUNIT_ASSERT_NOT_NULL(test, skb);
	skb_reset_network_header(skb);
	skb->protocol = ipv6 ? htons(ETH_P_IPV6) : htons(ETH_P_IP);
	if (!linear || linear > len)
		linear = len;
	skb_put_data(skb, buf, linear);
	if (linear < len) {
		page = alloc_page(GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, page);
		memcpy(page_address(page), buf + linear, len - linear);
		skb_add_rx_frag(skb, 0, page, 0, len - linear, PAGE_SIZE);
	}
	return skb;
}

/* What is expected of the bytes of a packet after clamping. */
static void expect_bytes(struct kunit *test, const u8 *before,
			 const u8 *expected, unsigned int len,
			 unsigned int linear, bool ipv6, unsigned int mtu)
{
	struct sk_buff *skb = packet(test, before, len, linear, ipv6);
	u8 after[256];

	sdwan_mss_clamp(skb, mtu);
	KUNIT_EXPECT_EQ(test, skb->len, len);
	KUNIT_EXPECT_EQ(test, skb_copy_bits(skb, 0, after, len), 0);
	KUNIT_EXPECT_MEMEQ(test, after, expected, len);
	kfree_skb(skb);
}

static void expect_same(struct kunit *test, const struct syn *syn,
			unsigned int mtu)
{
	u8 buf[256];

	syn_build(syn, buf);
	expect_bytes(test, buf, buf, syn_len(syn), syn->linear, syn->ipv6, mtu);
}

/* The option at @at becomes @mss, and nothing else changes but the checksum. */
static void expect_clamped(struct kunit *test, const struct syn *syn,
			   unsigned int at, u16 mss, unsigned int mtu)
{
	struct syn lowered = *syn;
	u8 before[256], after[256];

	put_unaligned_be16(mss, lowered.options + at + 2);
	syn_build(syn, before);
	/* it is made anew here, and updated there */
	syn_build(&lowered, after);
	KUNIT_EXPECT_EQ(test, (__force u16)tcp_sum(after + syn_tcp_offset(syn),
						   syn_len(syn) -
						   syn_tcp_offset(syn)), 0);
	expect_bytes(test, before, after, syn_len(syn), syn->linear, syn->ipv6,
		     mtu);
}

/* At each offset, even and odd, and with values that carry in the checksum. */
static void mss_at_each_offset(struct kunit *test)
{
	static const u16 values[] = { 1461, 1460, 8960, 0x8000, 0xff00, 0xffff };
	unsigned int at, i;
	struct syn syn;

	for (at = 0; at <= OPTIONS - TCPOLEN_MSS; at++) {
		for (i = 0; i < ARRAY_SIZE(values); i++) {
			syn_init(&syn, false);
			syn_mss(&syn, at, values[i]);
			expect_clamped(test, &syn, at, MSS4, MTU);
			syn_init(&syn, true);
			syn_mss(&syn, at, values[i]);
			expect_clamped(test, &syn, at, MSS6, MTU);
		}
	}
}

static void mss_limits(struct kunit *test)
{
	struct syn syn;

	/* one more than fits, and what fits */
	syn_init(&syn, false);
	syn_mss(&syn, 0, MSS4 + 1);
	expect_clamped(test, &syn, 0, MSS4, MTU);
	syn_mss(&syn, 0, MSS4);
	expect_same(test, &syn, MTU);
	syn_mss(&syn, 0, 536);
	expect_same(test, &syn, MTU);
	syn_mss(&syn, 0, 0);
	expect_same(test, &syn, MTU);

	/* no room for a byte: nothing sensible can be said */
	syn_mss(&syn, 0, 1460);
	expect_same(test, &syn, 40);
	expect_same(test, &syn, 0);
	expect_clamped(test, &syn, 0, 1, 41);

	/* more than the option can hold */
	syn_mss(&syn, 0, U16_MAX);
	expect_same(test, &syn, U16_MAX + 40);
	expect_same(test, &syn, U32_MAX);
	expect_clamped(test, &syn, 0, U16_MAX - 1, U16_MAX - 1 + 40);

	syn_init(&syn, true);
	syn_mss(&syn, 0, MSS6);
	expect_same(test, &syn, MTU);
	syn_mss(&syn, 0, MSS6 + 1);
	expect_clamped(test, &syn, 0, MSS6, MTU);
	expect_same(test, &syn, 60);
}

/* SYN-ACK has the option as well; all else has it by mistake. */
static void mss_only_with_syn(struct kunit *test)
{
	u8 before[256], after[256];
	unsigned int ipv6, flags;
	struct syn syn;
	u8 *tcp;

	for (ipv6 = 0; ipv6 < 2; ipv6++) {
		syn_init(&syn, ipv6);
		syn_mss(&syn, 0, 1460);
		for (flags = 0; flags < 256; flags++) {
			syn_build(&syn, before);
			tcp = before + syn_tcp_offset(&syn);
			tcp[13] = flags;
			memset(tcp + 16, 0, 2);
			*(__sum16 *)(tcp + 16) = tcp_sum(tcp, syn_len(&syn) -
							 syn_tcp_offset(&syn));
			memcpy(after, before, sizeof(after));
			tcp = after + syn_tcp_offset(&syn);
			if (flags & 2) {
				put_unaligned_be16(ipv6 ? MSS6 : MSS4, tcp + 22);
				memset(tcp + 16, 0, 2);
				*(__sum16 *)(tcp + 16) =
					tcp_sum(tcp, syn_len(&syn) -
						syn_tcp_offset(&syn));
			}
			expect_bytes(test, before, after, syn_len(&syn), 0,
				     ipv6, MTU);
		}
	}
}

static void mss_among_options(struct kunit *test)
{
	static const u8 before_it[] = {
		TCPOPT_SACK_PERM, TCPOLEN_SACK_PERM, TCPOPT_TIMESTAMP,
		TCPOLEN_TIMESTAMP, 1, 2, 3, 4, 5, 6, 7, 8, TCPOPT_WINDOW,
		TCPOLEN_WINDOW, 7,
	};
	struct syn syn;

	syn_init(&syn, false);
	syn_mss(&syn, sizeof(before_it), 1460);
	memcpy(syn.options, before_it, sizeof(before_it));
	expect_clamped(test, &syn, sizeof(before_it), MSS4, MTU);

	/* behind the end of options */
	syn.options[0] = TCPOPT_EOL;
	expect_same(test, &syn, MTU);

	/* what looks like one within another */
	syn_init(&syn, true);
	syn_mss(&syn, 2, 1460);
	syn.options[0] = TCPOPT_EXP;
	syn.options[1] = 8;
	expect_same(test, &syn, MTU);

	/* the first of two, as those do who read it */
	syn_init(&syn, true);
	syn_mss(&syn, 4, 1460);
	syn_mss(&syn, 0, 1460);
	expect_clamped(test, &syn, 0, MSS6, MTU);
}

static void mss_malformed_options(struct kunit *test)
{
	unsigned int len, doff;
	struct syn syn;

	/* of another length than it has */
	for (len = 0; len < 256; len++) {
		syn_init(&syn, false);
		syn_mss(&syn, 0, 1460);
		syn.options[1] = len;
		if (len != TCPOLEN_MSS)
			expect_same(test, &syn, MTU);
	}
	/* one before it, that leads nowhere or past the end */
	for (len = 0; len < 256; len++) {
		syn_init(&syn, false);
		syn_mss(&syn, 4, 1460);
		syn.options[0] = TCPOPT_EXP;
		syn.options[1] = len;
		if (len == 2 || len == 3 || len == 4)
			expect_clamped(test, &syn, 4, MSS4, MTU);
		else
			expect_same(test, &syn, MTU);
	}
	/* it begins within the header, and ends without */
	for (doff = 0; doff < 16; doff++) {
		syn_init(&syn, false);
		syn_mss(&syn, 14, 1460);
		syn.doff = doff;
		if (doff * 4 >= sizeof(struct tcphdr) + 18)
			expect_clamped(test, &syn, 14, MSS4, MTU);
		else
			expect_same(test, &syn, MTU);
	}
}

/* Cut anywhere: clamped where all of the TCP header is there, else the same. */
static void mss_truncated(struct kunit *test)
{
	struct syn syn, lowered;
	u8 before[256], after[256];
	unsigned int ipv6, len, off, whole;

	for (ipv6 = 0; ipv6 < 2; ipv6++) {
		syn_init(&syn, ipv6);
		syn_mss(&syn, 1, 1460);
		lowered = syn;
		put_unaligned_be16(ipv6 ? MSS6 : MSS4, lowered.options + 3);
		syn_build(&syn, before);
		syn_build(&lowered, after);
		off = syn_tcp_offset(&syn);
		whole = off + sizeof(struct tcphdr) + OPTIONS;
		for (len = off; len <= syn_len(&syn); len++)
			expect_bytes(test, before, len < whole ? before : after,
				     len, 0, ipv6, MTU);
	}
}

/* The TCP header, or parts of it, are not in the linear part. */
static void mss_paged(struct kunit *test)
{
	unsigned int ipv6;
	struct syn syn;

	for (ipv6 = 0; ipv6 < 2; ipv6++) {
		syn_init(&syn, ipv6);
		syn_mss(&syn, 3, 1460);
		for (syn.linear = syn_tcp_offset(&syn);
		     syn.linear <= syn_len(&syn); syn.linear++)
			expect_clamped(test, &syn, 3, ipv6 ? MSS6 : MSS4, MTU);
	}
}

/* Somebody else has the packet as well, and sees it as it was. */
static void mss_shared(struct kunit *test)
{
	struct sk_buff *skb, *clone;
	struct syn syn;
	u8 buf[256];

	syn_init(&syn, false);
	syn_mss(&syn, 0, 1460);
	syn_build(&syn, buf);
	skb = packet(test, buf, syn_len(&syn), 0, false);
	clone = skb_clone(skb, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, clone);
	sdwan_mss_clamp(skb, MTU);
	KUNIT_EXPECT_MEMEQ(test, clone->data, buf, syn_len(&syn));
	KUNIT_EXPECT_EQ(test, get_unaligned_be16(skb->data + 42), MSS4);
	kfree_skb(clone);
	kfree_skb(skb);
}

/* Cards have added up what arrives, or are to do that with what leaves. */
static void mss_checksum_offload(struct kunit *test)
{
	struct sk_buff *skb;
	unsigned int at;
	struct syn syn;
	u8 buf[256];

	for (at = 0; at < 2; at++) {
		syn_init(&syn, false);
		syn_mss(&syn, at, 1460);
		syn_build(&syn, buf);

		skb = packet(test, buf, syn_len(&syn), 0, false);
		skb->ip_summed = CHECKSUM_COMPLETE;
		skb->csum = csum_partial(skb->data, skb->len, 0);
		sdwan_mss_clamp(skb, MTU);
		KUNIT_EXPECT_EQ(test, (__force u16)csum_fold(skb->csum),
				(__force u16)tcp_sum(skb->data, skb->len));
		kfree_skb(skb);

		skb = packet(test, buf, syn_len(&syn), 0, false);
		skb->ip_summed = CHECKSUM_PARTIAL;
		skb->csum_start = skb_headroom(skb) + sizeof(struct iphdr);
		skb->csum_offset = offsetof(struct tcphdr, check);
		sdwan_mss_clamp(skb, MTU);
		put_unaligned_be16(MSS4, buf + 42 + at);
		KUNIT_EXPECT_MEMEQ(test, skb->data, buf, syn_len(&syn));
		kfree_skb(skb);
	}
}

static void mss_ip_options(struct kunit *test)
{
	unsigned int extra;
	struct syn syn;
	u8 buf[256];

	/* room for them is left in each segment */
	for (extra = 4; extra <= 40; extra += 4) {
		syn_init(&syn, false);
		syn.ip_extra = extra;
		syn_mss(&syn, 0, 1460);
		expect_clamped(test, &syn, 0, MSS4 - extra, MTU);
	}
	for (extra = 8; extra <= 64; extra += 8) {
		syn_init(&syn, true);
		syn.ip_extra = extra;
		syn.nexthdr = NEXTHDR_DEST;
		syn_mss(&syn, 0, 1460);
		expect_clamped(test, &syn, 0, MSS6 - extra, MTU);
	}

	/* one that is longer than the packet */
	syn_init(&syn, true);
	syn.ip_extra = 8;
	syn.nexthdr = NEXTHDR_DEST;
	syn_mss(&syn, 0, 1460);
	syn_build(&syn, buf);
	buf[sizeof(struct ipv6hdr) + 1] = 255;
	expect_bytes(test, buf, buf, syn_len(&syn), 0, true, MTU);
}

static void mss_fragments(struct kunit *test)
{
	static const u16 offs[] = { 0x2000, 0x2001, 0x0001, 0x1fff };
	static const u16 offs6[] = { 0x0001, 0x0009, 0x0008, 0xfff8 };
	struct syn syn;
	unsigned int i;
	u8 buf[256];

	syn_init(&syn, false);
	syn_mss(&syn, 0, 1460);
	for (i = 0; i < ARRAY_SIZE(offs); i++) {
		syn_build(&syn, buf);
		put_unaligned_be16(offs[i], buf + 6);
		expect_bytes(test, buf, buf, syn_len(&syn), 0, false, MTU);
	}

	syn_init(&syn, true);
	syn_mss(&syn, 0, 1460);
	syn.ip_extra = 8;
	syn.nexthdr = NEXTHDR_FRAGMENT;
	for (i = 0; i < ARRAY_SIZE(offs6); i++) {
		syn_build(&syn, buf);
		put_unaligned_be16(offs6[i], buf + sizeof(struct ipv6hdr) + 2);
		expect_bytes(test, buf, buf, syn_len(&syn), 0, true, MTU);
	}
	/* an atomic fragment (RFC 6946) is whole */
	expect_clamped(test, &syn, 0, MSS6 - 8, MTU);
}

static void mss_other_protocols(struct kunit *test)
{
	struct syn syn;
	u8 buf[256];

	syn_init(&syn, false);
	syn_mss(&syn, 0, 1460);
	syn_build(&syn, buf);
	buf[9] = IPPROTO_UDP;
	expect_bytes(test, buf, buf, syn_len(&syn), 0, false, MTU);

	syn_init(&syn, true);
	syn_mss(&syn, 0, 1460);
	syn_build(&syn, buf);
	buf[6] = IPPROTO_UDP;
	expect_bytes(test, buf, buf, syn_len(&syn), 0, true, MTU);
	buf[6] = NEXTHDR_NONE;
	expect_bytes(test, buf, buf, syn_len(&syn), 0, true, MTU);
}

/* Random options: nothing outside of them and the checksum ever changes. */
static void mss_fuzz(struct kunit *test)
{
	unsigned int round, off, changed = 0;
	u8 before[256], after[256];
	struct rnd_state rnd;
	struct sk_buff *skb;
	struct syn syn;
	bool ipv6;

	prandom_seed_state(&rnd, 20260106);
	for (round = 0; round < 20000; round++) {
		ipv6 = round & 1;
		syn_init(&syn, ipv6);
		prandom_bytes_state(&rnd, syn.options, OPTIONS);
		/* kinds and lengths that occur */
		if (round & 2)
			for (off = 0; off < OPTIONS; off++)
				if (syn.options[off] < 240)
					syn.options[off] %= 6;
		syn.doff = prandom_u32_state(&rnd) % 16;
		syn_build(&syn, before);
		off = syn_tcp_offset(&syn);
		skb = packet(test, before, syn_len(&syn), 0, ipv6);
		sdwan_mss_clamp(skb, MTU);
		memcpy(after, skb->data, skb->len);
		kfree_skb(skb);
		if (memcmp(before, after, syn_len(&syn)))
			changed++;
		KUNIT_EXPECT_EQ(test, (__force u16)
				tcp_sum(after + off, syn_len(&syn) - off), 0);
		memcpy(after + off + 16, before + off + 16, 2);
		KUNIT_EXPECT_MEMEQ(test, after, before,
				   off + sizeof(struct tcphdr));
		KUNIT_EXPECT_EQ(test, after[syn_len(&syn) - 1], 0xa5);
	}
	KUNIT_EXPECT_GT(test, changed, 0);
}

static struct kunit_case mss_cases[] = {
	KUNIT_CASE(mss_at_each_offset),
	KUNIT_CASE(mss_limits),
	KUNIT_CASE(mss_only_with_syn),
	KUNIT_CASE(mss_among_options),
	KUNIT_CASE(mss_malformed_options),
	KUNIT_CASE(mss_truncated),
	KUNIT_CASE(mss_paged),
	KUNIT_CASE(mss_shared),
	KUNIT_CASE(mss_checksum_offload),
	KUNIT_CASE(mss_ip_options),
	KUNIT_CASE(mss_fragments),
	KUNIT_CASE(mss_other_protocols),
	KUNIT_CASE(mss_fuzz),
	{ }
};

static struct kunit_suite mss_suite = {
	.name = "sdwan_mss",
	.test_cases = mss_cases,
};

kunit_test_suites(&mss_suite);
