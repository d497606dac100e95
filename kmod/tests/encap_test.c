// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: tests of the headers that are written from templates
 */
#include <kunit/test.h>
#include <linux/sdwan.h>

#include "encap.h"

/**
 * struct expectation - what is to be written
 * @ops: encapsulation
 * @head4: in front of IPv4, with segment number 0
 * @head6: in front of IPv6, with segment number 0
 * @vni_at: the byte where the number begins
 * @vni_len: how many bytes it has
 * @hlen: bytes between the outer IP header and the inner packet
 */
struct expectation {
	const struct sdwan_encap_ops *ops;
	u8 head4[SDWAN_ENCAP_HLEN];
	u8 head6[SDWAN_ENCAP_HLEN];
	unsigned int vni_at;
	unsigned int vni_len;
	unsigned int hlen;
};

static const struct expectation expectations[] = {
	{
		.ops = &sdwan_encap_geneve,
		.head4 = { 0x00, 0x00, 0x08, 0x00 },
		.head6 = { 0x00, 0x00, 0x86, 0xdd },
		.vni_at = 4,
		.vni_len = 3,
		.hlen = 16,
	}, {
		.ops = &sdwan_encap_vxlan_gpe,
		.head4 = { 0x0c, 0x00, 0x00, 0x01 },
		.head6 = { 0x0c, 0x00, 0x00, 0x02 },
		.vni_at = 4,
		.vni_len = 3,
		.hlen = 16,
	}, {
		.ops = &sdwan_encap_gre,
		.head4 = { 0x20, 0x00, 0x08, 0x00 },
		.head6 = { 0x20, 0x00, 0x86, 0xdd },
		.vni_at = 4,
		.vni_len = 4,
		.hlen = 8,
	},
};

static void expect_head(struct kunit *test, const struct expectation *e,
			u32 vni, bool ipv6)
{
	/* the header must not depend on what was there, nor exceed itself */
	u8 head[SDWAN_ENCAP_HLEN + 2], expected[SDWAN_ENCAP_HLEN + 2];
	unsigned int i;

	memset(head, 0x5a, sizeof(head));
	memset(expected, 0x5a, sizeof(expected));
	memcpy(expected + 1, ipv6 ? e->head6 : e->head4, SDWAN_ENCAP_HLEN);
	for (i = 0; i < e->vni_len; i++)
		expected[1 + e->vni_at + i] = vni >> 8 * (e->vni_len - 1 - i);

	/* at an odd address */
	sdwan_encap_write(e->ops, head + 1, vni, ipv6);
	KUNIT_EXPECT_MEMEQ(test, head, expected, sizeof(head));
}

static void encap_heads(struct kunit *test)
{
	static const u32 vnis[] = {
		0, 1, 0x80, 0xff, 0x100, 0x8000, 0xffff, 0x10000, 0x123456,
		0xabcdef, 0x800000, SDWAN_VNI_MAX,
	};
	unsigned int i, j;

	for (i = 0; i < ARRAY_SIZE(expectations); i++) {
		const struct expectation *e = &expectations[i];

		for (j = 0; j < ARRAY_SIZE(vnis); j++) {
			expect_head(test, e, vnis[j], false);
			expect_head(test, e, vnis[j], true);
		}
		KUNIT_EXPECT_EQ(test, e->ops->hlen, e->hlen);
		/* the template, and UDP where there is UDP */
		KUNIT_EXPECT_EQ(test, e->ops->hlen, SDWAN_ENCAP_HLEN +
				(sdwan_encap_udp(e->ops) ?
				 sizeof(struct udphdr) : 0));
	}
}

static void encap_table(struct kunit *test)
{
	const struct sdwan_encap_ops *ops;
	unsigned int i;

	for (i = 0; i < 1000; i++) {
		ops = sdwan_encap_get(i);
		KUNIT_EXPECT_EQ(test, !!ops, i == SDWAN_ENCAP_GENEVE ||
				i == SDWAN_ENCAP_VXLAN_GPE ||
				i == SDWAN_ENCAP_GRE || i == SDWAN_ENCAP_DEV);
		if (ops)
			KUNIT_EXPECT_EQ(test, ops->encap, i);
		else
			KUNIT_EXPECT_NOT_NULL(test, sdwan_encap_refusal(i));
	}
	KUNIT_EXPECT_NULL(test, sdwan_encap_get(U32_MAX));
	KUNIT_EXPECT_NULL(test, sdwan_encap_get(1U << 31));
}

/* What the rest of the module takes for granted about each of them. */
static void encap_operations(struct kunit *test)
{
	const struct sdwan_encap_ops *ops;
	unsigned int i;

	for (i = 0; i < 100; i++) {
		ops = sdwan_encap_get(i);
		if (!ops)
			continue;
		KUNIT_EXPECT_EQ(test, sdwan_encap_udp(ops), !!ops->port);
		KUNIT_EXPECT_EQ(test, sdwan_encap_udp(ops), !!ops->setup);
		KUNIT_EXPECT_EQ(test, sdwan_encap_udp(ops), !ops->open);
		KUNIT_EXPECT_EQ(test, !ops->open, !ops->close);
		KUNIT_EXPECT_EQ(test, !ops->proto, !ops->hlen);
	}
	KUNIT_EXPECT_EQ(test, sdwan_encap_geneve.port, 6081);
	KUNIT_EXPECT_EQ(test, sdwan_encap_vxlan_gpe.port, 4790);
	KUNIT_EXPECT_EQ(test, sdwan_encap_gre.proto, IPPROTO_GRE);
	KUNIT_EXPECT_EQ(test, sdwan_encap_dev.hlen, 0);
}

static struct kunit_case encap_cases[] = {
	KUNIT_CASE(encap_heads),
	KUNIT_CASE(encap_table),
	KUNIT_CASE(encap_operations),
	{ }
};

static struct kunit_suite encap_suite = {
	.name = "sdwan_encap",
	.test_cases = encap_cases,
};

kunit_test_suites(&encap_suite);
