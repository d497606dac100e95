// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: tests of the hash of look-ups, and of the first bits of addresses
 */
#include <kunit/test.h>
#include <linux/prandom.h>

#include "addr.h"
#include "key.h"

#define BUCKETS		256
#define EACH		64
#define KEYS		(BUCKETS * EACH)
#define ROUNDS		256

static void flip(struct in6_addr *addr, u64 *more, u32 *seed, unsigned int bit)
{
	if (bit < 128)
		addr->s6_addr[bit / 8] ^= 1 << bit % 8;
	else if (bit < 192)
		*more ^= 1ULL << (bit - 128);
	else
		*seed ^= 1U << (bit - 192);
}

/* Tables look at the low bits: each bit of the key has to show there. */
static void key_bits_reach_low_bits(struct kunit *test)
{
	unsigned int bit, round, low, all;
	struct in6_addr addr;
	struct rnd_state rnd;
	u32 seed, before, after;
	u64 more;

	prandom_seed_state(&rnd, 20260104);
	for (bit = 0; bit < 128 + 64 + 32; bit++) {
		low = 0;
		all = 0;
		for (round = 0; round < ROUNDS; round++) {
			prandom_bytes_state(&rnd, &addr, sizeof(addr));
			prandom_bytes_state(&rnd, &more, sizeof(more));
			seed = prandom_u32_state(&rnd);
			before = sdwan_key_hash(&addr, more, seed);
			flip(&addr, &more, &seed, bit);
			after = sdwan_key_hash(&addr, more, seed);
			low += (before & 0xff) != (after & 0xff);
			all += before != after;
		}
		/* by chance, one in 256 does not */
		KUNIT_EXPECT_GT_MSG(test, low, ROUNDS * 9 / 10, "bit %u", bit);
		KUNIT_EXPECT_GT_MSG(test, all, ROUNDS - 4, "bit %u", bit);
	}
}

/* As prefixes are hashed: segment number and length. */
static u64 prefix_more(u32 vni, u8 plen)
{
	return (u64)vni << 8 | plen;
}

static void keys_ipv4_24(unsigned int i, struct in6_addr *addr, u64 *more)
{
	ipv6_addr_set_v4mapped(htonl(0x0a000000 + (i << 8)), addr);
	*more = prefix_more(100, 120);
}

static void keys_ipv4_16(unsigned int i, struct in6_addr *addr, u64 *more)
{
	ipv6_addr_set_v4mapped(htonl(i << 16), addr);
	*more = prefix_more(100, 112);
}

static void keys_ipv4_32(unsigned int i, struct in6_addr *addr, u64 *more)
{
	ipv6_addr_set_v4mapped(htonl(0x0a000000 + i), addr);
	*more = prefix_more(100, 128);
}

static void keys_ipv6_64(unsigned int i, struct in6_addr *addr, u64 *more)
{
	ipv6_addr_set(addr, htonl(0x20010db8), htonl(i), 0, 0);
	*more = prefix_more(100, 64);
}

static void keys_ipv6_48(unsigned int i, struct in6_addr *addr, u64 *more)
{
	ipv6_addr_set(addr, htonl(0x20010db8), htonl(i << 16), 0, 0);
	*more = prefix_more(100, 48);
}

static void keys_ipv6_128(unsigned int i, struct in6_addr *addr, u64 *more)
{
	ipv6_addr_set(addr, htonl(0x20010db8), 0, 0, htonl(i));
	*more = prefix_more(100, 128);
}

/* The same prefixes in many segments. */
static void keys_octet_and_vni(unsigned int i, struct in6_addr *addr, u64 *more)
{
	ipv6_addr_set_v4mapped(htonl(0xc0a80000 + i % 256), addr);
	*more = prefix_more(1 + i / 256, 128);
}

static void keys_vni(unsigned int i, struct in6_addr *addr, u64 *more)
{
	ipv6_addr_set_v4mapped(htonl(0x0a000000), addr);
	*more = prefix_more(1 + i, 104);
}

/* As paths are hashed: underlay and encapsulation. */
static void keys_remotes(unsigned int i, struct in6_addr *addr, u64 *more)
{
	ipv6_addr_set_v4mapped(htonl(0xc6120000 + i / 4), addr);
	*more = (1 + i % 4) << 8 | 1;
}

/* As overlay addresses are: nothing but the address. */
static void keys_overlay(unsigned int i, struct in6_addr *addr, u64 *more)
{
	ipv6_addr_set_v4mapped(htonl(0x64400000 + i), addr);
	*more = 0;
}

static const struct key_case {
	const char *name;
	void (*fn)(unsigned int i, struct in6_addr *addr, u64 *more);
} key_cases_of[] = {
	{ "IPv4 /24", keys_ipv4_24 },
	{ "IPv4 /16", keys_ipv4_16 },
	{ "IPv4 /32", keys_ipv4_32 },
	{ "IPv6 /64", keys_ipv6_64 },
	{ "IPv6 /48", keys_ipv6_48 },
	{ "IPv6 /128", keys_ipv6_128 },
	{ "last octet and segment", keys_octet_and_vni },
	{ "segment", keys_vni },
	{ "remote address and underlay", keys_remotes },
	{ "overlay address", keys_overlay },
};

static void count_buckets(const struct key_case *c, u32 seed,
			  unsigned int *counts)
{
	struct in6_addr addr;
	unsigned int i;
	u64 more;

	memset(counts, 0, BUCKETS * sizeof(*counts));
	for (i = 0; i < KEYS; i++) {
		c->fn(i, &addr, &more);
		counts[sdwan_key_hash(&addr, more, seed) % BUCKETS]++;
	}
}

/* Keys as administrators number them are spread no worse than random ones. */
static void key_buckets(struct kunit *test)
{
	static const u32 seeds[] = { 0, 1, 0x12345678, U32_MAX };
	unsigned int *counts, i, j, bucket, least, most;

	counts = kunit_kcalloc(test, BUCKETS, sizeof(*counts), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, counts);
	for (i = 0; i < ARRAY_SIZE(key_cases_of) * ARRAY_SIZE(seeds); i++) {
		const struct key_case *c = &key_cases_of[i / ARRAY_SIZE(seeds)];

		j = i % ARRAY_SIZE(seeds);
		count_buckets(c, seeds[j], counts);
		least = KEYS;
		most = 0;
		for (bucket = 0; bucket < BUCKETS; bucket++) {
			least = min(least, counts[bucket]);
			most = max(most, counts[bucket]);
		}
		/* random ones: EACH, give or take 5 standard deviations of 8 */
		KUNIT_EXPECT_GE_MSG(test, least, EACH - 40, "%s, seed %x",
				    c->name, seeds[j]);
		KUNIT_EXPECT_LE_MSG(test, most, EACH + 40, "%s, seed %x",
				    c->name, seeds[j]);
	}
}

static void addr_prefix_equals_reference(struct kunit *test)
{
	struct in6_addr addr, prefix, expected;
	unsigned int round;
	struct rnd_state rnd;
	int plen;

	prandom_seed_state(&rnd, 20260105);
	for (plen = 0; plen <= 128; plen++) {
		for (round = 0; round < 20; round++) {
			prandom_bytes_state(&rnd, &addr, sizeof(addr));
			memset(&prefix, 0x5a, sizeof(prefix));
			sdwan_addr_prefix(&prefix, &addr, plen);
			ipv6_addr_prefix(&expected, &addr, plen);
			KUNIT_EXPECT_MEMEQ(test, &prefix, &expected,
					   sizeof(prefix));
		}
		/* in place */
		sdwan_addr_prefix(&addr, &addr, plen);
		KUNIT_EXPECT_MEMEQ(test, &addr, &expected, sizeof(addr));
	}
}

static struct kunit_case key_cases[] = {
	KUNIT_CASE(key_bits_reach_low_bits),
	KUNIT_CASE(key_buckets),
	KUNIT_CASE(addr_prefix_equals_reference),
	{ }
};

static struct kunit_suite key_suite = {
	.name = "sdwan_key",
	.test_cases = key_cases,
};

kunit_test_suites(&key_suite);
