// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: tests of the VXLAN-GPE header
 */
#include <kunit/test.h>
#include <linux/prandom.h>
#include <linux/slab.h>

#include "encap.h"
#include "vxlan.h"

#define VNI	0xabcdef

static const u8 plain[SDWAN_VXLAN_HLEN] = {
	0x0c, 0x00, 0x00, 0x02, 0xab, 0xcd, 0xef, 0x00,
};

static void expect_ok(struct kunit *test, const u8 *hdr, __be16 proto,
		      bool control)
{
	enum sdwan_drop cause = SDWAN_DROP_COUNT;
	struct sdwan_rx rx = { };

	KUNIT_EXPECT_TRUE(test, sdwan_vxlan_parse(hdr, SDWAN_VXLAN_HLEN, &rx,
						  &cause));
	KUNIT_EXPECT_EQ(test, cause, SDWAN_DROP_COUNT);
	KUNIT_EXPECT_EQ(test, rx.vni, VNI);
	KUNIT_EXPECT_EQ(test, rx.proto, proto);
	KUNIT_EXPECT_EQ(test, rx.hlen, SDWAN_VXLAN_HLEN);
	KUNIT_EXPECT_EQ(test, rx.control, control);
}

static void expect_drop(struct kunit *test, const u8 *hdr, unsigned int len,
			enum sdwan_drop expected)
{
	enum sdwan_drop cause = SDWAN_DROP_COUNT;
	struct sdwan_rx rx;

	KUNIT_EXPECT_FALSE(test, sdwan_vxlan_parse(hdr, len, &rx, &cause));
	KUNIT_EXPECT_EQ(test, cause, expected);
}

static void vxlan_read_what_was_written(struct kunit *test)
{
	u8 hdr[SDWAN_ENCAP_HLEN];

	sdwan_encap_write(&sdwan_encap_vxlan_gpe, hdr, VNI, false);
	expect_ok(test, hdr, htons(ETH_P_IP), false);
	sdwan_encap_write(&sdwan_encap_vxlan_gpe, hdr, VNI, true);
	expect_ok(test, hdr, htons(ETH_P_IPV6), false);
}

static void vxlan_truncated_at_each_byte(struct kunit *test)
{
	unsigned int len;
	u8 *copy;

	/* in a block of just this size, so that KASAN sees what reads on */
	for (len = 0; len < sizeof(plain); len++) {
		copy = kmemdup(plain, len ?: 1, GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, copy);
		expect_drop(test, copy, len, SDWAN_DROP_RX_TRUNCATED);
		kfree(copy);
	}
	expect_ok(test, plain, htons(ETH_P_IPV6), false);
}

static void vxlan_version(struct kunit *test)
{
	u8 hdr[sizeof(plain)];
	unsigned int version;

	for (version = 1; version < 4; version++) {
		memcpy(hdr, plain, sizeof(hdr));
		hdr[0] |= version << 4;
		expect_drop(test, hdr, sizeof(hdr), SDWAN_DROP_RX_VERSION);
	}
}

/* Each of the 256 first bytes, with the protocol that only P makes one. */
static void vxlan_flags(struct kunit *test)
{
	u8 hdr[sizeof(plain)];
	unsigned int flags;

	for (flags = 0; flags < 256; flags++) {
		memcpy(hdr, plain, sizeof(hdr));
		hdr[0] = flags;
		if (flags & 0x30)
			expect_drop(test, hdr, sizeof(hdr),
				    SDWAN_DROP_RX_VERSION);
		else if (!(flags & 0x08))
			expect_drop(test, hdr, sizeof(hdr),
				    SDWAN_DROP_RX_FLAGS);
		else
			expect_ok(test, hdr, flags & 0x04 ?
				  htons(ETH_P_IPV6) : htons(ETH_P_TEB),
				  flags & 0x01);
	}
}

static void vxlan_next_protocol(struct kunit *test)
{
	u8 hdr[sizeof(plain)];
	unsigned int next;
	__be16 proto;

	memcpy(hdr, plain, sizeof(hdr));
	for (next = 0; next < 256; next++) {
		hdr[3] = next;
		proto = next == 1 ? htons(ETH_P_IP) :
			next == 2 ? htons(ETH_P_IPV6) : 0;
		hdr[0] = 0x0c;
		KUNIT_EXPECT_EQ(test, sdwan_vxlan_proto(hdr), proto);
		expect_ok(test, hdr, proto, false);

		/* of RFC 7348, where that byte is reserved */
		hdr[0] = 0x08;
		KUNIT_EXPECT_EQ(test, sdwan_vxlan_proto(hdr), htons(ETH_P_TEB));
		expect_ok(test, hdr, htons(ETH_P_TEB), false);
	}
}

static void vxlan_reserved(struct kunit *test)
{
	static const u8 reserved[sizeof(plain)] = {
		0xc2, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff,
	};
	u8 hdr[sizeof(plain)];
	int i;

	for (i = 0; i < sizeof(hdr); i++)
		hdr[i] = plain[i] | reserved[i];
	expect_ok(test, hdr, htons(ETH_P_IPV6), false);
}

static void vxlan_fuzz(struct kunit *test)
{
	unsigned int round, len, accepted = 0;
	enum sdwan_drop cause;
	struct rnd_state rnd;
	struct sdwan_rx rx;
	u8 *hdr;

	prandom_seed_state(&rnd, 20260102);
	for (round = 0; round < 20000; round++) {
		len = 1 + prandom_u32_state(&rnd) % 16;
		hdr = kmalloc(len, GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, hdr);
		prandom_bytes_state(&rnd, hdr, len);
		if (sdwan_vxlan_parse(hdr, len, &rx, &cause)) {
			accepted++;
			KUNIT_EXPECT_GE(test, len, SDWAN_VXLAN_HLEN);
			KUNIT_EXPECT_EQ(test, hdr[0] & 0x38, 0x08);
			KUNIT_EXPECT_LE(test, rx.vni, SDWAN_VNI_MAX);
			KUNIT_EXPECT_EQ(test, rx.hlen, SDWAN_VXLAN_HLEN);
		} else {
			KUNIT_EXPECT_GE(test, cause, SDWAN_DROP_RX_FIRST);
			KUNIT_EXPECT_LT(test, cause, SDWAN_DROP_COUNT);
		}
		kfree(hdr);
	}
	/* of those that are long enough, one in eight */
	KUNIT_EXPECT_GT(test, accepted, 1000);
	KUNIT_EXPECT_LT(test, accepted, 2000);
}

static struct kunit_case vxlan_cases[] = {
	KUNIT_CASE(vxlan_read_what_was_written),
	KUNIT_CASE(vxlan_truncated_at_each_byte),
	KUNIT_CASE(vxlan_version),
	KUNIT_CASE(vxlan_flags),
	KUNIT_CASE(vxlan_next_protocol),
	KUNIT_CASE(vxlan_reserved),
	KUNIT_CASE(vxlan_fuzz),
	{ }
};

static struct kunit_suite vxlan_suite = {
	.name = "sdwan_vxlan",
	.test_cases = vxlan_cases,
};

kunit_test_suites(&vxlan_suite);
