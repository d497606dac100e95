// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: tests of the packets of STAMP
 *
 * The vectors are written out by hand from the figures of RFC 8762.
 */
#include <kunit/test.h>

#include "auth_test.h"
#include "stamp.h"

/* 2026-01-02 03:04:05.75 UTC: 1767323045 + 2208988800 = 0xed01b425 */
#define MORNING		1767323045750000000ULL
#define MORNING_NTP	0xed01b425c0000000ULL

static void stamp_sizes(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, sizeof(struct sdwan_stamp_request), 44);
	KUNIT_EXPECT_EQ(test, sizeof(struct sdwan_stamp_reply), 44);
	KUNIT_EXPECT_EQ(test, sizeof(struct sdwan_stamp_auth_request), 112);
	KUNIT_EXPECT_EQ(test, sizeof(struct sdwan_stamp_auth_reply), 112);
	KUNIT_EXPECT_EQ(test, offsetof(struct sdwan_stamp_auth_request, hmac),
			96);
	KUNIT_EXPECT_EQ(test, offsetof(struct sdwan_stamp_auth_reply, hmac), 96);
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

/*
 * By the figures of RFC 8762, section 4.2.2 and 4.3.2, with the key 00 01 ... 1f;
 * the HMACs by Python:
 *
 *	import hmac, hashlib, struct
 *	text = struct.pack('!I12xQHH68x', 258, 0xed01b425c0000000, 0x2001, 0xabcd)
 *	hmac.new(bytes(range(32)), text, hashlib.sha256).digest()[:16].hex()
 */
static const u8 auth_request_bytes[112] = {
	[0] = 0x00, 0x00, 0x01, 0x02,
	[16] = 0xed, 0x01, 0xb4, 0x25, 0xc0, 0x00, 0x00, 0x00,
	[24] = 0x20, 0x01, 0xab, 0xcd,
	[96] = 0xb2, 0xfc, 0x21, 0x19, 0x71, 0x7e, 0xbb, 0x26,
	0x4f, 0xc6, 0x5d, 0x86, 0x8b, 0x94, 0x7d, 0x85,
};

/*
 *	text = struct.pack('!I12xQHH4xQ8xI12xQH6xB15x', 7, 0xed01b42600000000,
 *			   0x2001, 0xabcd, 0xed01b42600000000, 258,
 *			   0xed01b425c0000000, 0x2001, 255)
 */
static const u8 auth_reply_bytes[112] = {
	[0] = 0x00, 0x00, 0x00, 0x07,
	[16] = 0xed, 0x01, 0xb4, 0x26, 0x00, 0x00, 0x00, 0x00,
	[24] = 0x20, 0x01, 0xab, 0xcd,
	[32] = 0xed, 0x01, 0xb4, 0x26, 0x00, 0x00, 0x00, 0x00,
	[48] = 0x00, 0x00, 0x01, 0x02,
	[64] = 0xed, 0x01, 0xb4, 0x25, 0xc0, 0x00, 0x00, 0x00,
	[72] = 0x20, 0x01,
	[80] = 0xff,
	[96] = 0xd4, 0x29, 0xeb, 0x28, 0x8f, 0x5d, 0x46, 0xf3,
	0xec, 0x17, 0xa3, 0xcd, 0x88, 0xf1, 0x9c, 0x1e,
};

static void stamp_auth_sign(u8 *data)
{
	const struct sdwan_auth_text text[2] = {
		{ data, SDWAN_STAMP_AUTH_TEXT },
	};
	struct sdwan_auth_key key;

	test_auth_key(&key);
	sdwan_auth_sign(&key, text, data + SDWAN_STAMP_AUTH_TEXT);
}

static void stamp_auth(struct kunit *test)
{
	const struct sdwan_stamp_request *asking = (const void *)request_bytes;
	struct sdwan_stamp_auth_request request;
	struct sdwan_stamp_auth_reply reply;
	struct sdwan_stamp_request asked;
	struct sdwan_stamp_reply answered;

	memset(&request, 0x55, sizeof(request));
	sdwan_stamp_copy_request(&request, asking);
	stamp_auth_sign((u8 *)&request);
	KUNIT_EXPECT_EQ(test, memcmp(&request, auth_request_bytes, 112), 0);
	memset(&asked, 0x55, sizeof(asked));
	sdwan_stamp_copy_request(&asked, &request);
	KUNIT_EXPECT_EQ(test, memcmp(&asked, request_bytes, 44), 0);

	sdwan_stamp_reflect(&answered, &asked, 7, 255,
			    sdwan_stamp_ntp(MORNING + 250000000));
	answered.stamp = answered.received;
	memset(&reply, 0x55, sizeof(reply));
	sdwan_stamp_copy_reply(&reply, &answered);
	stamp_auth_sign((u8 *)&reply);
	KUNIT_EXPECT_EQ(test, memcmp(&reply, auth_reply_bytes, 112), 0);
	memset(&answered, 0x55, sizeof(answered));
	sdwan_stamp_copy_reply(&answered, &reply);
	answered.stamp = 0;
	KUNIT_EXPECT_EQ(test, memcmp(&answered, reply_bytes, 44), 0);
}

static struct kunit_case stamp_cases[] = {
	KUNIT_CASE(stamp_sizes),
	KUNIT_CASE(stamp_ntp),
	KUNIT_CASE(stamp_diff),
	KUNIT_CASE(stamp_read),
	KUNIT_CASE(stamp_layout),
	KUNIT_CASE(stamp_auth),
	{ }
};

static struct kunit_suite stamp_suite = {
	.name = "sdwan_stamp",
	.test_cases = stamp_cases,
};

kunit_test_suites(&stamp_suite);
