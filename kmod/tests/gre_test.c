// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: tests of the GRE header
 */
#include <kunit/test.h>
#include <linux/if_ether.h>
#include <linux/prandom.h>
#include <linux/slab.h>

#include "compat/compat.h"
#include "encap.h"
#include "gre.h"

#define KEY	0x89abcdef

/* A header with these of C, K and S, each field with a value of its own. */
static unsigned int gre_build(u8 *hdr, u8 flags)
{
	unsigned int len = 4;

	memset(hdr, 0, SDWAN_GRE_HLEN_MAX);
	hdr[0] = flags;
	put_unaligned_be16(ETH_P_IPV6, hdr + 2);
	if (flags & SDWAN_GRE_CHECKSUM) {
		put_unaligned_be32(0x11112222, hdr + len);
		len += 4;
	}
	if (flags & SDWAN_GRE_KEY) {
		put_unaligned_be32(KEY, hdr + len);
		len += 4;
	}
	if (flags & SDWAN_GRE_SEQUENCE) {
		put_unaligned_be32(0x33334444, hdr + len);
		len += 4;
	}
	return len;
}

static void expect_ok(struct kunit *test, const u8 *hdr, unsigned int len,
		      unsigned int hlen)
{
	struct sdwan_rx rx = { .control = true };

	KUNIT_EXPECT_TRUE(test, sdwan_gre_parse(hdr, len, &rx));
	KUNIT_EXPECT_EQ(test, rx.vni, KEY);
	KUNIT_EXPECT_EQ(test, rx.proto, htons(ETH_P_IPV6));
	KUNIT_EXPECT_EQ(test, rx.hlen, hlen);
	KUNIT_EXPECT_FALSE(test, rx.control);
}

static void expect_left(struct kunit *test, const u8 *hdr, unsigned int len)
{
	struct sdwan_rx rx;

	KUNIT_EXPECT_FALSE(test, sdwan_gre_parse(hdr, len, &rx));
}

static void gre_read_what_was_written(struct kunit *test)
{
	u8 hdr[SDWAN_ENCAP_HLEN];

	sdwan_encap_write(&sdwan_encap_gre, hdr, KEY, true);
	expect_ok(test, hdr, sizeof(hdr), sizeof(hdr));
}

/* All of C, K and S: the length, where the key is, and every truncation. */
static void gre_flags(struct kunit *test)
{
	unsigned int bits, flags, hlen, len;
	u8 hdr[SDWAN_GRE_HLEN_MAX];
	u8 *copy;

	for (bits = 0; bits < 8; bits++) {
		flags = (bits & 1 ? SDWAN_GRE_CHECKSUM : 0) |
			(bits & 2 ? SDWAN_GRE_KEY : 0) |
			(bits & 4 ? SDWAN_GRE_SEQUENCE : 0);
		hlen = gre_build(hdr, flags);
		KUNIT_EXPECT_EQ(test, hlen, 4 + 4 * hweight8(bits));
		KUNIT_EXPECT_EQ(test, sdwan_gre_hlen(hdr), hlen);

		/* in a block of just this size, so that KASAN sees what reads on */
		for (len = 0; len <= hlen; len++) {
			copy = kmemdup(hdr, len ?: 1, GFP_KERNEL);
			KUNIT_ASSERT_NOT_NULL(test, copy);
			if (len == hlen && flags & SDWAN_GRE_KEY)
				expect_ok(test, copy, len, hlen);
			else
				expect_left(test, copy, len);
			kfree(copy);
		}

		/* the packet goes on behind the header */
		if (flags & SDWAN_GRE_KEY)
			expect_ok(test, hdr, sizeof(hdr), hlen);
	}
}

/* With source routing (RFC 1701) the length is another one. */
static void gre_routing(struct kunit *test)
{
	u8 hdr[SDWAN_GRE_HLEN_MAX];
	unsigned int flags;

	for (flags = 0; flags < 256; flags += 16) {
		gre_build(hdr, flags);
		if (flags & SDWAN_GRE_ROUTING)
			expect_left(test, hdr, sizeof(hdr));
	}
}

/* Version 1 is that of PPTP. */
static void gre_version(struct kunit *test)
{
	u8 hdr[SDWAN_GRE_HLEN_MAX];
	unsigned int version;

	gre_build(hdr, SDWAN_GRE_KEY);
	for (version = 0; version < 256; version++) {
		hdr[1] = version;
		if (version & 7)
			expect_left(test, hdr, sizeof(hdr));
		else
			expect_ok(test, hdr, sizeof(hdr), 8);
	}
}

static void gre_reserved(struct kunit *test)
{
	u8 hdr[SDWAN_GRE_HLEN_MAX];

	gre_build(hdr, SDWAN_GRE_KEY);
	hdr[0] |= 0x0f;
	hdr[1] = 0xf8;
	expect_ok(test, hdr, sizeof(hdr), 8);
}

static void gre_fuzz(struct kunit *test)
{
	unsigned int round, len, accepted = 0;
	struct rnd_state rnd;
	struct sdwan_rx rx;
	u8 *hdr;

	prandom_seed_state(&rnd, 20260103);
	for (round = 0; round < 20000; round++) {
		len = 1 + prandom_u32_state(&rnd) % 24;
		hdr = kmalloc(len, GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, hdr);
		prandom_bytes_state(&rnd, hdr, len);
		if (len > 1 && round & 1)
			hdr[1] &= ~SDWAN_GRE_VERSION_MASK;
		if (sdwan_gre_parse(hdr, len, &rx)) {
			accepted++;
			KUNIT_EXPECT_LE(test, rx.hlen, len);
			KUNIT_EXPECT_LE(test, rx.hlen, SDWAN_GRE_HLEN_MAX);
			KUNIT_EXPECT_GE(test, rx.hlen, SDWAN_GRE_HLEN + 4);
			KUNIT_EXPECT_EQ(test, hdr[0] & 0x60, 0x20);
			KUNIT_EXPECT_EQ(test, hdr[1] & 0x07, 0);
		}
		kfree(hdr);
	}
	KUNIT_EXPECT_GT(test, accepted, 500);
	KUNIT_EXPECT_LT(test, accepted, 5000);
}

static struct kunit_case gre_cases[] = {
	KUNIT_CASE(gre_read_what_was_written),
	KUNIT_CASE(gre_flags),
	KUNIT_CASE(gre_routing),
	KUNIT_CASE(gre_version),
	KUNIT_CASE(gre_reserved),
	KUNIT_CASE(gre_fuzz),
	{ }
};

static struct kunit_suite gre_suite = {
	.name = "sdwan_gre",
	.test_cases = gre_cases,
};

kunit_test_suites(&gre_suite);
