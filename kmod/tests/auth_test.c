// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: tests of keys
 *
 * RFC 4231, section 4.2 and 4.3, truncated to 128 bits, and of other lengths by
 * Python:
 *
 *	import hmac, hashlib
 *	hmac.new(KEY, TEXT, hashlib.sha256).digest()[:16].hex()
 */
#include <kunit/test.h>
#include <linux/string.h>

#include "auth.h"

static void auth_expect(struct kunit *test, const struct sdwan_auth_key *key,
			const char *a, const char *b, const u8 want[16])
{
	const struct sdwan_auth_text text[2] = {
		{ a, strlen(a) }, { b, strlen(b) },
	};
	u8 mac[SDWAN_AUTH_LEN], bad[SDWAN_AUTH_LEN];
	int i;

	sdwan_auth_sign(key, text, mac);
	KUNIT_EXPECT_EQ(test, memcmp(mac, want, sizeof(mac)), 0);
	KUNIT_EXPECT_TRUE(test, sdwan_auth_ok(key, text, want));
	/* every bit counts */
	for (i = 0; i < 8 * SDWAN_AUTH_LEN; i++) {
		memcpy(bad, want, sizeof(bad));
		bad[i / 8] ^= 1 << i % 8;
		KUNIT_EXPECT_FALSE(test, sdwan_auth_ok(key, text, bad));
	}
}

static void auth_vectors(struct kunit *test)
{
	static const u8 one[] = {
		0xb0, 0x34, 0x4c, 0x61, 0xd8, 0xdb, 0x38, 0x53,
		0x5c, 0xa8, 0xaf, 0xce, 0xaf, 0x0b, 0xf1, 0x2b,
	};
	static const u8 two[] = {
		0x5b, 0xdc, 0xc1, 0x46, 0xbf, 0x60, 0x75, 0x4e,
		0x6a, 0x04, 0x24, 0x26, 0x08, 0x95, 0x75, 0xc7,
	};
	/* KEY = b'\xaa' * 64, as long as a block; TEXT = b'abcd' */
	static const u8 whole[] = {
		0x85, 0xa7, 0x5f, 0x43, 0x90, 0xcb, 0x58, 0xad,
		0xea, 0xb3, 0xa6, 0xf2, 0x56, 0xb6, 0xbb, 0x75,
	};
	struct sdwan_auth_key key;
	u8 data[64];

	memset(data, 0x0b, 20);
	sdwan_auth_prepare(&key, data, 20);
	auth_expect(test, &key, "Hi There", "", one);
	auth_expect(test, &key, "Hi", " There", one);
	sdwan_auth_prepare(&key, (const u8 *)"Jefe", 4);
	auth_expect(test, &key, "what do ya want ", "for nothing?", two);
	memset(data, 0xaa, 64);
	sdwan_auth_prepare(&key, data, 64);
	auth_expect(test, &key, "ab", "cd", whole);
}

static int auth_by(const struct sdwan_auth *auth, u8 fill)
{
	static const struct sdwan_auth_text text[2] = { { "text", 4 } };
	u8 data[16], mac[SDWAN_AUTH_LEN];
	struct sdwan_auth_key key;

	memset(data, fill, sizeof(data));
	sdwan_auth_prepare(&key, data, sizeof(data));
	sdwan_auth_sign(&key, text, mac);
	return sdwan_auth_find(auth, text, mac);
}

static void auth_set(struct sdwan_auth *auth, u8 fill)
{
	u8 data[16];

	memset(data, fill, sizeof(data));
	sdwan_auth_add(auth, data, sizeof(data));
}

/* So many keys, and which one is used */
static void auth_is(struct kunit *test, const struct sdwan_auth *auth, int n,
		    int used)
{
	KUNIT_EXPECT_EQ(test, auth->n, n);
	KUNIT_EXPECT_EQ(test, auth->used, used);
}

static void auth_change(struct kunit *test)
{
	struct sdwan_auth auth = {};

	KUNIT_EXPECT_EQ(test, auth_by(&auth, 1), -1);
	auth_set(&auth, 1);
	auth_is(test, &auth, 1, 0);
	KUNIT_EXPECT_EQ(test, auth_by(&auth, 1), 0);

	/* both are valid, the former is used */
	auth_set(&auth, 2);
	auth_is(test, &auth, 2, 1);
	KUNIT_EXPECT_EQ(test, auth_by(&auth, 2), 0);
	KUNIT_EXPECT_EQ(test, auth_by(&auth, 1), 1);
	/* again: nothing changes */
	auth_set(&auth, 2);
	KUNIT_EXPECT_EQ(test, auth_by(&auth, 1), 1);
	/* a third one before the second was used: that which is used stays */
	auth_set(&auth, 3);
	KUNIT_EXPECT_EQ(test, auth_by(&auth, 3), 0);
	KUNIT_EXPECT_EQ(test, auth_by(&auth, 1), 1);
	KUNIT_EXPECT_EQ(test, auth_by(&auth, 2), -1);

	/* back to the one in use: there is no other one */
	auth_set(&auth, 1);
	auth_is(test, &auth, 1, 0);
	KUNIT_EXPECT_EQ(test, auth_by(&auth, 1), 0);
	auth_set(&auth, 3);

	sdwan_auth_retire(&auth);
	auth_is(test, &auth, 1, 0);
	KUNIT_EXPECT_EQ(test, auth_by(&auth, 3), 0);
	KUNIT_EXPECT_EQ(test, auth_by(&auth, 1), -1);
	KUNIT_EXPECT_TRUE(test, !memchr_inv(&auth.key[1], 0,
					    sizeof(auth.key[1])));
}

static struct kunit_case auth_cases[] = {
	KUNIT_CASE(auth_vectors),
	KUNIT_CASE(auth_change),
	{ }
};

static struct kunit_suite auth_suite = {
	.name = "sdwan_auth",
	.test_cases = auth_cases,
};

kunit_test_suites(&auth_suite);
