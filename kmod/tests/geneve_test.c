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
	struct sdwan_rx rx = { };

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
	struct sdwan_rx rx = { };

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

/* base header, the number of a packet */
static const u8 with_sequence[] = {
	0x04, 0x00, 0x86, 0xdd, 0xab, 0xcd, 0xef, 0x00,
	0xff, 0x5d, 0x01, 0x03, 0x80, 0x12, 0x34, 0x56,
	0x78, 0x9a, 0xbc, 0xde, 0xf0, 0xe1, 0xd2, 0xc3,
};

static const struct sdwan_sequence sequence = {
	.stream = 0x123456789abcde,
	.number = 0xf0e1d2c3,
	.present = true,
	.second = true,
};

static void expect_sequence(struct kunit *test, const u8 *hdr, unsigned int len,
			    const struct sdwan_sequence *want)
{
	enum sdwan_drop cause;
	struct sdwan_rx rx = { };

	expect_ok(test, hdr, len, len);
	KUNIT_EXPECT_TRUE(test, sdwan_geneve_parse(hdr, len, &rx, &cause));
	KUNIT_EXPECT_EQ(test, rx.seq.present, want->present);
	KUNIT_EXPECT_EQ(test, rx.seq.second, want->second);
	KUNIT_EXPECT_EQ(test, rx.seq.stream, want->stream);
	KUNIT_EXPECT_EQ(test, rx.seq.number, want->number);
}

static void geneve_sequence(struct kunit *test)
{
	struct sdwan_sequence seq = sequence;
	u8 hdr[sizeof(with_sequence) + 2];

	/* at an odd address, and no further than itself */
	memset(hdr, 0x5a, sizeof(hdr));
	sdwan_encap_write(&sdwan_encap_geneve, hdr + 1, VNI, true);
	sdwan_geneve_announce(hdr + 1, SDWAN_GENEVE_SEQUENCE_LEN);
	sdwan_geneve_put_sequence(hdr + 1 + SDWAN_GENEVE_HLEN, &seq);
	KUNIT_EXPECT_MEMEQ(test, hdr + 1, with_sequence, sizeof(with_sequence));
	KUNIT_EXPECT_EQ(test, hdr[0], 0x5a);
	KUNIT_EXPECT_EQ(test, hdr[sizeof(hdr) - 1], 0x5a);

	expect_sequence(test, with_sequence, sizeof(with_sequence), &seq);
	/* of a name that is too long what has room is written */
	seq.stream |= 0xffULL << SDWAN_STREAM_BITS;
	seq.second = false;
	sdwan_geneve_put_sequence(hdr + 1 + SDWAN_GENEVE_HLEN, &seq);
	seq.stream = sequence.stream;
	expect_sequence(test, hdr + 1, sizeof(with_sequence), &seq);
	/* reserved bits are ignored */
	hdr[1 + 12] |= 0x7f;
	hdr[1 + 11] |= 0xe0;
	expect_sequence(test, hdr + 1, sizeof(with_sequence), &seq);
}

static void geneve_sequence_among_others(struct kunit *test)
{
	static const struct sdwan_sequence none;
	u8 hdr[64];
	unsigned int len, i;

	/* behind others, and before them */
	memcpy(hdr, with_options, sizeof(with_options));
	memcpy(hdr + sizeof(with_options), with_sequence + SDWAN_GENEVE_HLEN,
	       SDWAN_GENEVE_SEQUENCE_LEN);
	len = sizeof(with_options) + SDWAN_GENEVE_SEQUENCE_LEN;
	hdr[0] = (len - SDWAN_GENEVE_HLEN) / 4;
	expect_sequence(test, hdr, len, &sequence);
	memcpy(hdr, with_sequence, sizeof(with_sequence));
	memcpy(hdr + sizeof(with_sequence), with_options + SDWAN_GENEVE_HLEN,
	       sizeof(with_options) - SDWAN_GENEVE_HLEN);
	hdr[0] = (len - SDWAN_GENEVE_HLEN) / 4;
	expect_sequence(test, hdr, len, &sequence);

	/* twice */
	memcpy(hdr + sizeof(with_sequence), with_sequence + SDWAN_GENEVE_HLEN,
	       SDWAN_GENEVE_SEQUENCE_LEN);
	hdr[0] = 2 * SDWAN_GENEVE_SEQUENCE_LEN / 4;
	expect_drop(test, hdr, SDWAN_GENEVE_HLEN +
		    2 * SDWAN_GENEVE_SEQUENCE_LEN, SDWAN_DROP_RX_BAD_OPTION);

	/* of any other length */
	for (i = 0; i < 12; i++) {
		memset(hdr, 0, sizeof(hdr));
		memcpy(hdr, with_sequence, sizeof(with_sequence));
		hdr[0] = i + 1;
		hdr[11] = i;
		if (i != 3)
			expect_drop(test, hdr, SDWAN_GENEVE_HLEN + 4 + 4 * i,
				    SDWAN_DROP_RX_BAD_OPTION);
	}

	/* of another class or type */
	for (i = 8; i < 11; i++) {
		memcpy(hdr, with_sequence, sizeof(with_sequence));
		hdr[i] ^= 0x10;
		expect_sequence(test, hdr, sizeof(with_sequence), &none);
	}
	/* which is critical is another type */
	memcpy(hdr, with_sequence, sizeof(with_sequence));
	hdr[10] |= 0x80;
	expect_drop(test, hdr, sizeof(with_sequence),
		    SDWAN_DROP_RX_CRITICAL_OPTION);
}

static void geneve_fuzz(struct kunit *test)
{
	unsigned int round, len, accepted = 0;
	enum sdwan_drop cause;
	struct rnd_state rnd;
	u8 *hdr;

	prandom_seed_state(&rnd, 20260101);
	for (round = 0; round < 20000; round++) {
		struct sdwan_rx rx = { };

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
	KUNIT_CASE(geneve_sequence),
	KUNIT_CASE(geneve_sequence_among_others),
	KUNIT_CASE(geneve_fuzz),
	{ }
};

static struct kunit_suite geneve_suite = {
	.name = "sdwan_geneve",
	.test_cases = geneve_cases,
};

kunit_test_suites(&geneve_suite);
