// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: tests of the GENEVE header
 */
#include <kunit/test.h>
#include <linux/prandom.h>
#include <linux/slab.h>

#include "encap.h"
#include "geneve.h"

#define VNI		0xabcdef
#define PROTO		htons(ETH_P_IPV6)

/* header, one option of 8 bytes, one of 4: 3 words of options */
static const u8 with_options[] = {
	0x03, 0x00, 0x86, 0xdd, 0xab, 0xcd, 0xef, 0x00,
	0x01, 0x02, 0x03, 0x01, 0xde, 0xad, 0xbe, 0xef,
	0xff, 0xff, 0x7f, 0xe0,
};

static void expect_ok(struct kunit *test, const u8 *hdr, unsigned int len,
		      unsigned int hlen)
{
	enum sdwan_drop cause = SDWAN_DROP_COUNT;
	struct sdwan_rx rx = { };

	KUNIT_EXPECT_TRUE(test, sdwan_geneve_parse(hdr, len, &rx, &cause));
	KUNIT_EXPECT_EQ(test, cause, SDWAN_DROP_COUNT);
	KUNIT_EXPECT_EQ(test, rx.vni, VNI);
	KUNIT_EXPECT_EQ(test, rx.proto, PROTO);
	KUNIT_EXPECT_EQ(test, rx.hlen, hlen);
}

static void expect_drop(struct kunit *test, const u8 *hdr, unsigned int len,
			enum sdwan_drop expected)
{
	enum sdwan_drop cause = SDWAN_DROP_COUNT;
	struct sdwan_rx rx;

	KUNIT_EXPECT_FALSE(test, sdwan_geneve_parse(hdr, len, &rx, &cause));
	KUNIT_EXPECT_EQ(test, cause, expected);
}

static void geneve_write(struct kunit *test)
{
	static const u8 expected[] = {
		0x00, 0x00, 0x08, 0x00, 0x12, 0x34, 0x56, 0x00
	};
	u8 hdr[SDWAN_GENEVE_HLEN];

	memset(hdr, 0xff, sizeof(hdr));
	sdwan_encap_write(&sdwan_encap_geneve, hdr, 0x123456, false);
	KUNIT_EXPECT_EQ(test, memcmp(hdr, expected, sizeof(hdr)), 0);
}

static void geneve_read_what_was_written(struct kunit *test)
{
	u8 hdr[SDWAN_GENEVE_HLEN];

	sdwan_encap_write(&sdwan_encap_geneve, hdr, VNI, true);
	expect_ok(test, hdr, sizeof(hdr), sizeof(hdr));
}

static void geneve_truncated_at_each_byte(struct kunit *test)
{
	unsigned int len;
	u8 *copy;

	/* in a block of just this size, so that KASAN sees what reads on */
	for (len = 0; len < sizeof(with_options); len++) {
		copy = kmemdup(with_options, len ?: 1, GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, copy);
		expect_drop(test, copy, len, len < SDWAN_GENEVE_HLEN ?
			    SDWAN_DROP_RX_TRUNCATED : SDWAN_DROP_RX_BAD_OPTION);
		kfree(copy);
	}
	expect_ok(test, with_options, sizeof(with_options),
		  sizeof(with_options));
}

static void geneve_version(struct kunit *test)
{
	u8 hdr[sizeof(with_options)];
	unsigned int version;

	for (version = 1; version < 4; version++) {
		memcpy(hdr, with_options, sizeof(hdr));
		hdr[0] |= version << 6;
		expect_drop(test, hdr, sizeof(hdr), SDWAN_DROP_RX_VERSION);
	}
}

static void geneve_critical(struct kunit *test)
{
	u8 hdr[sizeof(with_options)];

	memcpy(hdr, with_options, sizeof(hdr));
	hdr[1] = 0x40;
	expect_drop(test, hdr, sizeof(hdr), SDWAN_DROP_RX_CRITICAL_OPTION);

	/* an option says so itself, the first or the last */
	memcpy(hdr, with_options, sizeof(hdr));
	hdr[10] |= 0x80;
	expect_drop(test, hdr, sizeof(hdr), SDWAN_DROP_RX_CRITICAL_OPTION);
	memcpy(hdr, with_options, sizeof(hdr));
	hdr[18] |= 0x80;
	expect_drop(test, hdr, sizeof(hdr), SDWAN_DROP_RX_CRITICAL_OPTION);

	/* the header says so and there is none at all */
	sdwan_encap_write(&sdwan_encap_geneve, hdr, VNI, true);
	hdr[1] = 0x40;
	expect_drop(test, hdr, SDWAN_GENEVE_HLEN,
		    SDWAN_DROP_RX_CRITICAL_OPTION);
}

static void geneve_option_lengths(struct kunit *test)
{
	u8 hdr[sizeof(with_options)];
	unsigned int words;

	/* the last option, of no body, has 0 words left */
	for (words = 1; words < 32; words++) {
		memcpy(hdr, with_options, sizeof(hdr));
		hdr[19] = words;
		expect_drop(test, hdr, sizeof(hdr), SDWAN_DROP_RX_BAD_OPTION);
	}
	/* the first may take over the second, not more */
	memcpy(hdr, with_options, sizeof(hdr));
	hdr[11] = 2;
	expect_ok(test, hdr, sizeof(hdr), sizeof(hdr));
	hdr[11] = 3;
	expect_drop(test, hdr, sizeof(hdr), SDWAN_DROP_RX_BAD_OPTION);

	/* more words announced than there are bytes */
	memcpy(hdr, with_options, sizeof(hdr));
	hdr[0] = 0x3f;
	expect_drop(test, hdr, sizeof(hdr), SDWAN_DROP_RX_BAD_OPTION);
}

static void geneve_control_and_reserved(struct kunit *test)
{
	enum sdwan_drop cause;
	u8 hdr[SDWAN_GENEVE_HLEN];
	struct sdwan_rx rx;

	sdwan_encap_write(&sdwan_encap_geneve, hdr, 0, true);
	hdr[1] = 0x80;
	KUNIT_EXPECT_TRUE(test, sdwan_geneve_parse(hdr, sizeof(hdr), &rx,
						   &cause));
	KUNIT_EXPECT_TRUE(test, rx.control);
	KUNIT_EXPECT_EQ(test, rx.vni, 0);

	/* ignored on receipt */
	sdwan_encap_write(&sdwan_encap_geneve, hdr, VNI, true);
	hdr[1] = 0x3f;
	hdr[7] = 0xff;
	expect_ok(test, hdr, sizeof(hdr), sizeof(hdr));
	KUNIT_EXPECT_TRUE(test, sdwan_geneve_parse(hdr, sizeof(hdr), &rx,
						   &cause));
	KUNIT_EXPECT_FALSE(test, rx.control);
}

static void geneve_fuzz(struct kunit *test)
{
	unsigned int round, len, accepted = 0;
	enum sdwan_drop cause;
	struct rnd_state rnd;
	struct sdwan_rx rx;
	u8 *hdr;

	prandom_seed_state(&rnd, 20260101);
	for (round = 0; round < 20000; round++) {
		len = 1 + prandom_u32_state(&rnd) % 64;
		hdr = kmalloc(len, GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, hdr);
		prandom_bytes_state(&rnd, hdr, len);
		/* let half of them get past the first checks */
		if (round & 1) {
			hdr[0] &= 0x0f;
			if (len > 1)
				hdr[1] &= ~0x40;
		}
		if (sdwan_geneve_parse(hdr, len, &rx, &cause)) {
			accepted++;
			KUNIT_EXPECT_LE(test, rx.hlen, len);
			KUNIT_EXPECT_LE(test, rx.vni, SDWAN_VNI_MAX);
			KUNIT_EXPECT_GE(test, rx.hlen, SDWAN_GENEVE_HLEN);
		} else {
			KUNIT_EXPECT_GE(test, cause, SDWAN_DROP_RX_FIRST);
			KUNIT_EXPECT_LT(test, cause, SDWAN_DROP_COUNT);
		}
		kfree(hdr);
	}
	KUNIT_EXPECT_GT(test, accepted, 100);
	KUNIT_EXPECT_LT(test, accepted, 15000);
}

static struct kunit_case geneve_cases[] = {
	KUNIT_CASE(geneve_write),
	KUNIT_CASE(geneve_read_what_was_written),
	KUNIT_CASE(geneve_truncated_at_each_byte),
	KUNIT_CASE(geneve_version),
	KUNIT_CASE(geneve_critical),
	KUNIT_CASE(geneve_option_lengths),
	KUNIT_CASE(geneve_control_and_reserved),
	KUNIT_CASE(geneve_fuzz),
	{ }
};

static struct kunit_suite geneve_suite = {
	.name = "sdwan_geneve",
	.test_cases = geneve_cases,
};

kunit_test_suites(&geneve_suite);
