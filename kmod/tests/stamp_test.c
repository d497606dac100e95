// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: tests of the packets of STAMP
 *
 * The vectors are written out by hand from the figures of RFC 8762.
 */
#include <kunit/test.h>

#include "stamp.h"

/* 2026-01-02 03:04:05.75 UTC: 1767323045 + 2208988800 = 0xed01b425 */
#define MORNING		1767323045750000000ULL
#define MORNING_NTP	0xed01b425c0000000ULL

static void stamp_sizes(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, sizeof(struct sdwan_stamp_request), 44);
	KUNIT_EXPECT_EQ(test, sizeof(struct sdwan_stamp_reply), 44);
}

static void stamp_ntp(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, sdwan_stamp_ntp(0), 2208988800ULL << 32);
	KUNIT_EXPECT_EQ(test, sdwan_stamp_ntp(MORNING), MORNING_NTP);
	KUNIT_EXPECT_EQ(test, sdwan_stamp_ntp(MORNING + 250000000),
			0xed01b42600000000ULL);
	/* 1 ns is 4.29 units */
	KUNIT_EXPECT_EQ(test, sdwan_stamp_ntp(1) & U32_MAX, 4);
	KUNIT_EXPECT_EQ(test, sdwan_stamp_ntp(999999999) & U32_MAX, 4294967291U);
	/* the era of NTP that ends on 2036-02-07 06:28:16 */
	KUNIT_EXPECT_EQ(test, sdwan_stamp_ntp(2085978496ULL * NSEC_PER_SEC), 0);
}

static void stamp_diff(struct kunit *test)
{
	u64 t = sdwan_stamp_ntp(MORNING);

	KUNIT_EXPECT_EQ(test, sdwan_stamp_diff(t, t), 0);
	KUNIT_EXPECT_EQ(test, sdwan_stamp_diff(t + BIT_ULL(32), t),
			NSEC_PER_SEC);
	KUNIT_EXPECT_EQ(test, sdwan_stamp_diff(t, t + BIT_ULL(31)),
			-500000000LL);
	/* an hour, and what it is not to be mistaken for */
	KUNIT_EXPECT_EQ(test, sdwan_stamp_diff(t + (3600ULL << 32), t),
			3600LL * NSEC_PER_SEC);
	KUNIT_EXPECT_EQ(test, sdwan_stamp_diff(t, t + (3600ULL << 32)),
			-3600LL * NSEC_PER_SEC);
	/* over the end of the era */
	KUNIT_EXPECT_EQ(test, sdwan_stamp_diff(BIT_ULL(30),
					       0ULL - BIT_ULL(30)),
			500000000LL);
}

static void stamp_read(struct kunit *test)
{
	/* 1767323045 = 0x695735a5 s, 750000000 = 0x2cb41780 ns */
	const u64 ptp = 0x695735a52cb41780ULL;

	KUNIT_EXPECT_EQ(test, sdwan_stamp_read(cpu_to_be64(MORNING_NTP),
					       cpu_to_be16(0x2001)),
			MORNING_NTP);
	KUNIT_EXPECT_EQ(test, sdwan_stamp_read(cpu_to_be64(ptp),
					       cpu_to_be16(0x4001)),
			MORNING_NTP);
	KUNIT_EXPECT_EQ(test, sdwan_stamp_read(cpu_to_be64(ptp),
					       cpu_to_be16(0xc001)),
			MORNING_NTP);
}

static const u8 request_bytes[44] = {
	0x00, 0x00, 0x01, 0x02,				/* number 258 */
	0xed, 0x01, 0xb4, 0x25, 0xc0, 0x00, 0x00, 0x00,	/* MORNING */
	0x20, 0x01,	/* S 0, Z 0, scale 32, multiplier 1 */
	0xab, 0xcd,	/* session */
};

static const u8 reply_bytes[44] = {
	0x00, 0x00, 0x00, 0x07,				/* number 7 */
	0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,	/* not yet */
	0x20, 0x01,
	0xab, 0xcd,
	0xed, 0x01, 0xb4, 0x26, 0x00, 0x00, 0x00, 0x00,	/* received */
	0x00, 0x00, 0x01, 0x02,				/* sender's */
	0xed, 0x01, 0xb4, 0x25, 0xc0, 0x00, 0x00, 0x00,
	0x20, 0x01,
	0x00, 0x00,
	0xff,
	0x00, 0x00, 0x00,
};

static void stamp_layout(struct kunit *test)
{
	const struct sdwan_stamp_request request = {
		.seq = cpu_to_be32(258),
		.stamp = cpu_to_be64(MORNING_NTP),
		.error = cpu_to_be16(SDWAN_STAMP_ERROR),
		.ssid = cpu_to_be16(0xabcd),
	};
	struct sdwan_stamp_reply reply;

	KUNIT_EXPECT_EQ(test, memcmp(&request, request_bytes, 44), 0);
	memset(&reply, 0x55, sizeof(reply));
	sdwan_stamp_reflect(&reply, (const void *)request_bytes, 7, 255,
			    sdwan_stamp_ntp(MORNING + 250000000));
	KUNIT_EXPECT_EQ(test, memcmp(&reply, reply_bytes, 44), 0);
}

static void stamp_tlvs(struct kunit *test)
{
	/* padding of 2 bytes, location (type 2) of 1, 3 bytes that are no TLV */
	u8 tlv[] = { 0x80, 1, 0, 2, 9, 9,  0x40, 2, 0, 1, 7,  0x80, 1, 0 };
	const u8 want[] = { 0x00, 1, 0, 2, 9, 9,  0x80, 2, 0, 1, 7,
			    0xc0, 1, 0 };
	u8 beyond[] = { 0x80, 1, 0, 3, 9, 9 };
	u8 zeroes[8] = {};

	sdwan_stamp_tlvs(tlv, sizeof(tlv));
	KUNIT_EXPECT_EQ(test, memcmp(tlv, want, sizeof(want)), 0);
	/* longer than what is there */
	sdwan_stamp_tlvs(beyond, sizeof(beyond));
	KUNIT_EXPECT_EQ(test, beyond[0], 0xc0);
	/* as TWAMP pads */
	sdwan_stamp_tlvs(zeroes, sizeof(zeroes));
	KUNIT_EXPECT_TRUE(test, !memchr_inv(zeroes, 0, sizeof(zeroes)));
	sdwan_stamp_tlvs(NULL, 0);
}

static struct kunit_case stamp_cases[] = {
	KUNIT_CASE(stamp_sizes),
	KUNIT_CASE(stamp_ntp),
	KUNIT_CASE(stamp_diff),
	KUNIT_CASE(stamp_read),
	KUNIT_CASE(stamp_layout),
	KUNIT_CASE(stamp_tlvs),
	{ }
};

static struct kunit_suite stamp_suite = {
	.name = "sdwan_stamp",
	.test_cases = stamp_cases,
};

kunit_test_suites(&stamp_suite);
