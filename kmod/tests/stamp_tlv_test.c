// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: tests of what follows the packets of STAMP
 *
 * The vectors are written out by hand from the figures of RFC 8972 and of the wire
 * format; HMACs by Python's hmac, as said there.
 */
#include <kunit/test.h>
#include <linux/string.h>

#include "auth_test.h"
#include "stamp_tlv.h"

/*
 * Probe 258, data packet 0x01020304, path 5 of gateway 2 of site 1, to gateway 4 of
 * site 3. By Python, with the key 00 01 ... 1f:
 *
 *	tlvs = struct.pack('!BBHIII', 0x80, 5, 12, 0x01020304, 0, 0)
 *	tlvs += struct.pack('!BBHIBBHIIIIIIQQ', 0x80, 254, 48, 0x5344574e, 1, 0, 0,
 *			    1, 2, 3, 4, 5, 6, 0x1112131415161718,
 *			    0x2122232425262728)
 *	text = struct.pack('!I', 258) + tlvs
 *	hmac.new(bytes(range(32)), text, hashlib.sha256).digest()[:16].hex()
 */
static const u8 tlv_bytes[] = {
	0x80, 5, 0, 12,
	1, 2, 3, 4,  0, 0, 0, 0,  0, 0, 0, 0,
	0x80, 254, 0, 48,
	'S', 'D', 'W', 'N',  1, 0, 0, 0,
	0, 0, 0, 1,  0, 0, 0, 2,  0, 0, 0, 3,  0, 0, 0, 4,
	0, 0, 0, 5,  0, 0, 0, 6,
	0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18,
	0x21, 0x22, 0x23, 0x24, 0x25, 0x26, 0x27, 0x28,
	0x80, 8, 0, 16,
	0xfe, 0xaf, 0x97, 0xc6, 0x6a, 0xf0, 0xb6, 0x51,
	0xa9, 0x84, 0x0b, 0x03, 0x4a, 0xc7, 0xf1, 0xb6,
};

static void tlv_layout(struct kunit *test)
{
	struct sdwan_tlvs tlvs;

	KUNIT_EXPECT_EQ(test, sizeof(struct sdwan_tlv_direct), 16);
	KUNIT_EXPECT_EQ(test, sizeof(struct sdwan_tlv_identity), 52);
	KUNIT_EXPECT_EQ(test, sizeof(struct sdwan_tlv_hmac), 20);
	KUNIT_ASSERT_TRUE(test, sdwan_tlvs_find(&tlvs, tlv_bytes,
						sizeof(tlv_bytes)));
	KUNIT_EXPECT_PTR_EQ(test, (void *)tlvs.direct, (void *)tlv_bytes);
	KUNIT_EXPECT_PTR_EQ(test, (void *)tlvs.identity, (void *)tlv_bytes + 16);
	KUNIT_EXPECT_PTR_EQ(test, (void *)tlvs.hmac, (void *)tlv_bytes + 68);
	KUNIT_EXPECT_EQ(test, be32_to_cpu(tlvs.direct->sender_tx), 0x01020304);
	KUNIT_EXPECT_EQ(test, be32_to_cpu(tlvs.identity->magic),
			SDWAN_TLV_MAGIC);
	KUNIT_EXPECT_EQ(test, tlvs.identity->version, 1);
	KUNIT_EXPECT_EQ(test, be32_to_cpu(tlvs.identity->site), 1);
	KUNIT_EXPECT_EQ(test, be32_to_cpu(tlvs.identity->gateway), 2);
	KUNIT_EXPECT_EQ(test, be32_to_cpu(tlvs.identity->to_site), 3);
	KUNIT_EXPECT_EQ(test, be32_to_cpu(tlvs.identity->to_gateway), 4);
	KUNIT_EXPECT_EQ(test, be32_to_cpu(tlvs.identity->path), 5);
	KUNIT_EXPECT_EQ(test, be32_to_cpu(tlvs.identity->mark), 6);
	KUNIT_EXPECT_EQ(test, be64_to_cpu(tlvs.identity->nonce),
			0x1112131415161718);
	KUNIT_EXPECT_EQ(test, be64_to_cpu(tlvs.identity->echo),
			0x2122232425262728);
}

static void tlv_hmac(struct kunit *test)
{
	static const u8 seq[4] = { 0, 0, 1, 2 };
	const struct sdwan_auth_text text[2] = {
		{ seq, sizeof(seq) }, { tlv_bytes, 68 },
	};
	struct sdwan_auth_key key;

	test_auth_key(&key);
	KUNIT_EXPECT_TRUE(test, sdwan_auth_ok(&key, text, tlv_bytes + 72));
	/* hmac.new(bytes(range(32)), b'sdwan key', hashlib.sha256) */
	KUNIT_EXPECT_EQ(test, key.mark, 0x966e702a);
}

/* What is there, cut at every byte, or put together wrongly. */
static void tlv_malformed(struct kunit *test)
{
	u8 buf[sizeof(tlv_bytes) + 20];
	struct sdwan_tlvs tlvs;
	unsigned int i;

	for (i = 0; i < sizeof(tlv_bytes); i++)
		KUNIT_EXPECT_EQ(test, sdwan_tlvs_find(&tlvs, tlv_bytes, i),
				!i || i == 16 || i == 68);
	memcpy(buf, tlv_bytes, sizeof(tlv_bytes));
	/* padding may follow the HMAC, nothing else */
	memset(buf + sizeof(tlv_bytes), 0, 20);
	KUNIT_EXPECT_TRUE(test, sdwan_tlvs_find(&tlvs, buf, sizeof(buf)));
	for (i = 2; i < 256; i++) {
		buf[sizeof(tlv_bytes) + 1] = i;
		KUNIT_EXPECT_FALSE(test, sdwan_tlvs_find(&tlvs, buf,
							 sizeof(buf)));
	}
	/* an HMAC of another length */
	buf[71] = 15;
	KUNIT_EXPECT_FALSE(test, sdwan_tlvs_find(&tlvs, buf, 87));
	/* two of a kind */
	memcpy(buf + 16, tlv_bytes, 16);
	KUNIT_EXPECT_FALSE(test, sdwan_tlvs_find(&tlvs, buf, 32));
	/* of one that is malformed in itself, the others do not depend */
	buf[3] = 11;
	KUNIT_EXPECT_TRUE(test, sdwan_tlvs_find(&tlvs, buf, 15));
	KUNIT_EXPECT_TRUE(test, tlvs.any && !tlvs.direct);
	/* one that is not known is not ours to judge */
	buf[1] = 2;
	KUNIT_EXPECT_TRUE(test, sdwan_tlvs_find(&tlvs, buf, 15));
	KUNIT_EXPECT_TRUE(test, tlvs.any);
	/* padding is nothing */
	buf[1] = 1;
	KUNIT_EXPECT_TRUE(test, sdwan_tlvs_find(&tlvs, buf, 15));
	KUNIT_EXPECT_FALSE(test, tlvs.any);
}

/* Others use the type of our identity for something else: not known, not ours. */
static void tlv_ours(struct kunit *test)
{
	static const struct {
		u8 at, value;
	} other[] = {
		{ 4, 's' }, { 5, 'd' }, { 6, 'w' }, { 7, 'n' }, { 8, 2 },
		{ 3, 47 },
	};
	u8 id[sizeof(struct sdwan_tlv_identity)];
	struct sdwan_tlvs tlvs;
	unsigned int i, len;

	for (i = 0; i < ARRAY_SIZE(other); i++) {
		memcpy(id, tlv_bytes + 16, sizeof(id));
		id[other[i].at] = other[i].value;
		len = 4 + id[3];
		KUNIT_EXPECT_TRUE(test, sdwan_tlvs_find(&tlvs, id, len));
		KUNIT_EXPECT_TRUE(test, tlvs.any && !tlvs.identity);
		sdwan_tlvs_flag(id, len, true, false);
		KUNIT_EXPECT_EQ(test, id[0], 0x80);
	}
}

/* Statistics of an underlay: their sections fit, or it is none of ours. */
static void tlv_statistics(struct kunit *test)
{
	static const u8 bytes[] = {
		0x80, 252, 0, 40,
		'S', 'D', 'W', 'N',  1, 2, 7, 0,
		0, 0, 0, 1,  0, 0, 0, 2,  0, 0, 0, 3,  0, 0, 0, 4,
		0, 0, 0, 5,  0, 0, 0, 6,  0, 0, 0, 7,  0, 0, 0, 8,
	};
	static const struct {
		u8 at, value;
	} other[] = {
		{ 4, 's' }, { 8, 2 }, { 9, 1 }, { 9, 6 }, { 3, 39 }, { 3, 7 },
		{ 1, 253 },
	};
	struct sdwan_tlvs tlvs;
	u8 tlv[sizeof(bytes)];
	unsigned int i;

	KUNIT_EXPECT_EQ(test, sdwan_tlv_fields(7), 30);
	KUNIT_EXPECT_TRUE(test, sdwan_tlvs_find(&tlvs, bytes, sizeof(bytes)));
	KUNIT_ASSERT_PTR_EQ(test, (void *)tlvs.statistics, (void *)bytes);
	KUNIT_EXPECT_EQ(test, tlvs.statistics->has, SDWAN_TLV_UNDERLAY);
	KUNIT_EXPECT_EQ(test, tlvs.statistics->wants, SDWAN_TLV_SECTIONS);
	KUNIT_EXPECT_EQ(test, sdwan_tlv_room(tlvs.statistics), 8);
	KUNIT_EXPECT_EQ(test, be32_to_cpu(tlvs.statistics->field[7]), 8);
	for (i = 0; i < ARRAY_SIZE(other); i++) {
		memcpy(tlv, bytes, sizeof(tlv));
		tlv[other[i].at] = other[i].value;
		KUNIT_EXPECT_TRUE(test, sdwan_tlvs_find(&tlvs, tlv,
							4 + tlv[3]));
		KUNIT_EXPECT_TRUE(test, tlvs.any && !tlvs.statistics);
		sdwan_tlvs_flag(tlv, 4 + tlv[3], true, false);
		KUNIT_EXPECT_EQ(test, tlv[0], 0x80);
	}
	/* what a later version tells beyond is left alone */
	memcpy(tlv, bytes, sizeof(tlv));
	tlv[9] |= 0xf8;
	KUNIT_EXPECT_TRUE(test, sdwan_tlvs_find(&tlvs, tlv, sizeof(tlv)));
	KUNIT_EXPECT_NOT_NULL(test, tlvs.statistics);
	sdwan_tlvs_flag(tlv, sizeof(tlv), true, false);
	KUNIT_EXPECT_EQ(test, tlv[0], 0);
}

static void tlv_flags(struct kunit *test)
{
	/* padding of 2 bytes, location (type 2) of 1, 3 bytes that are no TLV */
	u8 tlv[] = { 0x80, 1, 0, 2, 9, 9,  0x40, 2, 0, 1, 7,  0x80, 1, 0 };
	const u8 want[] = { 0x00, 1, 0, 2, 9, 9,  0x80, 2, 0, 1, 7,
			    0xc0, 1, 0 };
	u8 beyond[] = { 0x80, 1, 0, 3, 9, 9 };
	u8 wrong[] = { 0x80, 5, 0, 2, 9, 9 };
	u8 ours[sizeof(tlv_bytes)];
	u8 zeroes[8] = {};

	sdwan_tlvs_flag(tlv, sizeof(tlv), false, false);
	KUNIT_EXPECT_EQ(test, memcmp(tlv, want, sizeof(want)), 0);
	/* longer than what is there */
	sdwan_tlvs_flag(beyond, sizeof(beyond), false, false);
	KUNIT_EXPECT_EQ(test, beyond[0], 0xc0);
	/* known, and of another length */
	sdwan_tlvs_flag(wrong, sizeof(wrong), false, false);
	KUNIT_EXPECT_EQ(test, wrong[0], 0x40);
	/* as TWAMP pads */
	sdwan_tlvs_flag(zeroes, sizeof(zeroes), false, false);
	KUNIT_EXPECT_TRUE(test, !memchr_inv(zeroes, 0, sizeof(zeroes)));
	sdwan_tlvs_flag(NULL, 0, false, true);
	/* ours only with a key */
	memcpy(ours, tlv_bytes, sizeof(ours));
	sdwan_tlvs_flag(ours, sizeof(ours), false, false);
	KUNIT_EXPECT_EQ(test, ours[0] << 16 | ours[16] << 8 | ours[68],
			0x008080);
	sdwan_tlvs_flag(ours, sizeof(ours), true, false);
	KUNIT_EXPECT_EQ(test, ours[0] | ours[16] | ours[68], 0);
	/* all of them where the HMAC is wrong, and no others afterwards */
	sdwan_tlvs_flag(ours, sizeof(ours), true, true);
	KUNIT_EXPECT_EQ(test, ours[0] << 16 | ours[16] << 8 | ours[68],
			0x202020);
	sdwan_tlvs_flag(ours, 15, true, true);
	KUNIT_EXPECT_EQ(test, ours[0], 0x60);
	sdwan_tlvs_flag(ours, sizeof(ours), true, false);
	KUNIT_EXPECT_EQ(test, ours[0] | ours[16] | ours[68], 0);
}

static void tlv_window(struct kunit *test)
{
	static const u32 begin[] = { 0, 1000, U32_MAX - 70, S32_MAX - 10 };
	struct sdwan_tlv_window w;
	unsigned int i;
	u32 n, seq;

	for (i = 0; i < ARRAY_SIZE(begin); i++) {
		w = (struct sdwan_tlv_window){};
		for (n = 0; n < 200; n++) {
			seq = begin[i] + n;
			KUNIT_EXPECT_TRUE(test, sdwan_tlv_window_new(&w, seq));
			KUNIT_EXPECT_FALSE(test, sdwan_tlv_window_new(&w, seq));
		}
		/* every second one, and then the others, as far back as 63 */
		for (n = 200; n < 400; n += 2)
			KUNIT_EXPECT_TRUE(test,
					  sdwan_tlv_window_new(&w, begin[i] + n));
		for (n = 201; n < 400; n += 2)
			KUNIT_EXPECT_EQ(test,
					sdwan_tlv_window_new(&w, begin[i] + n),
					n == 399 || 398 - n < 64);
		/* far ahead, and what was before is too old */
		seq = begin[i] + 100000;
		KUNIT_EXPECT_TRUE(test, sdwan_tlv_window_new(&w, seq));
		KUNIT_EXPECT_TRUE(test, sdwan_tlv_window_new(&w, seq - 63));
		KUNIT_EXPECT_FALSE(test, sdwan_tlv_window_new(&w, seq - 64));
		KUNIT_EXPECT_FALSE(test, sdwan_tlv_window_new(&w, begin[i]));
	}
}

static struct kunit_case stamp_tlv_cases[] = {
	KUNIT_CASE(tlv_layout),
	KUNIT_CASE(tlv_hmac),
	KUNIT_CASE(tlv_malformed),
	KUNIT_CASE(tlv_ours),
	KUNIT_CASE(tlv_statistics),
	KUNIT_CASE(tlv_flags),
	KUNIT_CASE(tlv_window),
	{ }
};

static struct kunit_suite stamp_tlv_suite = {
	.name = "sdwan_stamp_tlv",
	.test_cases = stamp_tlv_cases,
};

kunit_test_suites(&stamp_tlv_suite);
