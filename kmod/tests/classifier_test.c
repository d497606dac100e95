// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: tests of which rule matches a packet first, one kind of match at a time
 */
#include <linux/inet.h>

#include "classifier_random.h"

static void classifier_generations(struct kunit *test)
{
	struct context *ctx = test->priv;
	struct rule *a = wildcard(ctx, 0, 10), *b = wildcard(ctx, 1, 10);
	struct sdwan_headers headers = {};

	/* nothing at all, also after a switch of nothing */
	KUNIT_EXPECT_NULL(test, lookup(ctx, &headers));
	switch_all(ctx, a, 2);
	KUNIT_EXPECT_NULL(test, lookup(ctx, &headers));

	insert(test, a);
	KUNIT_EXPECT_NULL(test, lookup(ctx, &headers));
	switch_all(ctx, a, 2);
	KUNIT_EXPECT_NULL(test, lookup(ctx, &headers));
	show(ctx, a);
	KUNIT_EXPECT_NULL(test, lookup(ctx, &headers));
	switch_all(ctx, a, 2);
	KUNIT_EXPECT_PTR_EQ(test, lookup(ctx, &headers), a);

	/* replaced by one of the same preference */
	insert(test, b);
	KUNIT_EXPECT_PTR_EQ(test, lookup(ctx, &headers), a);
	show(ctx, b);
	KUNIT_EXPECT_PTR_EQ(test, lookup(ctx, &headers), a);
	hide(ctx, a);
	KUNIT_EXPECT_PTR_EQ(test, lookup(ctx, &headers), a);
	switch_all(ctx, a, 2);
	KUNIT_EXPECT_PTR_EQ(test, lookup(ctx, &headers), b);
	take_out(ctx, a);
	KUNIT_EXPECT_PTR_EQ(test, lookup(ctx, &headers), b);
	synchronize_rcu();

	/* staged and given up */
	insert(test, a);
	take_out(ctx, a);
	KUNIT_EXPECT_PTR_EQ(test, lookup(ctx, &headers), b);
	switch_all(ctx, a, 2);
	KUNIT_EXPECT_PTR_EQ(test, lookup(ctx, &headers), b);

	hide(ctx, b);
	switch_all(ctx, a, 2);
	KUNIT_EXPECT_NULL(test, lookup(ctx, &headers));
	take_out(ctx, b);
	KUNIT_EXPECT_NULL(test, lookup(ctx, &headers));
	KUNIT_EXPECT_EQ(test, sdwan_classifier_tuples(ctx->classifier), 0);
}

/* Shown and hidden within one generation: never seen. */
static void classifier_shown_and_hidden(struct kunit *test)
{
	struct context *ctx = test->priv;
	struct rule *a = wildcard(ctx, 0, 10);
	struct sdwan_headers headers = {};

	insert(test, a);
	show(ctx, a);
	hide(ctx, a);
	KUNIT_EXPECT_NULL(test, lookup(ctx, &headers));
	switch_all(ctx, a, 1);
	KUNIT_EXPECT_NULL(test, lookup(ctx, &headers));
	take_out(ctx, a);
	switch_all(ctx, a, 1);
	KUNIT_EXPECT_EQ(test, sdwan_classifier_tuples(ctx->classifier), 0);
}

#define ORDERED		200

/* The lowest preference wins, wherever it is and in whatever order it came. */
static void classifier_order(struct kunit *test)
{
	struct sdwan_headers headers = { .proto = IPPROTO_UDP };
	struct context *ctx = test->priv;
	struct rule *rule;
	unsigned int i;

	random_addr(&(struct rnd_state){ 1, 2, 3, 4 }, &headers.daddr, true);
	for (i = 0; i < ORDERED; i++) {
		rule = wildcard(ctx, i, ORDERED - i);
		/* each other rule in a tuple of its own, even past a block */
		if (i % 2) {
			rule->match.mark_mask = i;
			rule->match.mark = 0;
		}
		insert(test, rule);
		show(ctx, rule);
		switch_all(ctx, rule, 1);
		KUNIT_EXPECT_PTR_EQ(test, lookup(ctx, &headers), rule);
	}
	KUNIT_EXPECT_EQ(test, sdwan_classifier_tuples(ctx->classifier),
			1 + ORDERED / 2);
	for (i = ORDERED; i-- > 1; ) {
		hide(ctx, &ctx->rules[i]);
		switch_all(ctx, &ctx->rules[i], 1);
		take_out(ctx, &ctx->rules[i]);
		KUNIT_EXPECT_PTR_EQ(test, lookup(ctx, &headers),
				    &ctx->rules[i - 1]);
	}
	remove_all(ctx, ctx->rules, 1);
	KUNIT_EXPECT_EQ(test, sdwan_classifier_tuples(ctx->classifier), 0);
}

/* What sdwan_match() says of a rule and what a look-up finds with it alone. */
static bool matches(struct kunit *test, struct rule *rule,
		    const struct sdwan_headers *headers)
{
	bool match = sdwan_match(&rule->match, headers);
	struct context *ctx = test->priv;

	rule->state = OUT;
	insert_all(test, rule, 1);
	switch_all(ctx, rule, 1);
	KUNIT_EXPECT_PTR_EQ(test, lookup(ctx, headers), match ? rule : NULL);
	hide(ctx, rule);
	switch_all(ctx, rule, 1);
	take_out(ctx, rule);
	return match;
}

static void set_ports(struct sdwan_ports *ports, u16 min, u16 max)
{
	ports->n = 1;
	ports->range[0].min = min;
	ports->range[0].max = max;
}

static void classifier_ports(struct kunit *test)
{
	static const u16 bounds[][2] = {
		{ 0, 0 }, { U16_MAX, U16_MAX }, { 0, U16_MAX }, { 1, 65534 },
		{ 80, 80 }, { 80, 95 }, { 79, 96 }, { 0x1ff, 0x200 },
	};
	struct rule *rule = wildcard(test->priv, 0, 1);
	struct sdwan_headers headers = { .has_ports = true };
	unsigned int i, port;
	u16 min, max;

	for (i = 0; i < ARRAY_SIZE(bounds); i++) {
		min = bounds[i][0];
		max = bounds[i][1];
		set_ports(&rule->match.dport, min, max);
		set_ports(&rule->match.sport, max, max);
		headers.sport = max;
		for (port = min ? min - 1 : 0; port <= max + 1 &&
		     port <= U16_MAX; port = port < max - 1 && port > min ?
		     max - 1 : port + 1) {
			headers.dport = port;
			KUNIT_EXPECT_EQ_MSG(test,
					    matches(test, rule, &headers),
					    port >= min && port <= max,
					    "%u in %u-%u", port, min, max);
		}
		/* a fragment has no ports, whatever is there instead */
		headers.has_ports = false;
		headers.dport = min;
		KUNIT_EXPECT_FALSE(test, matches(test, rule, &headers));
		headers.has_ports = true;
		headers.sport = max - 1;
		KUNIT_EXPECT_FALSE(test, matches(test, rule, &headers));
	}

	/* any ports: also none */
	rule->match.sport.n = 0;
	rule->match.dport.n = 0;
	headers.has_ports = false;
	KUNIT_EXPECT_TRUE(test, matches(test, rule, &headers));
}

static void classifier_port_lists(struct kunit *test)
{
	struct rule *rule = wildcard(test->priv, 0, 1);
	struct sdwan_headers headers = { .has_ports = true };
	unsigned int i;

	rule->match.dport.n = SDWAN_PORTS_MAX;
	for (i = 0; i < SDWAN_PORTS_MAX; i++) {
		rule->match.dport.range[i].min = 1000 + 10 * i;
		rule->match.dport.range[i].max = 1000 + 10 * i + i % 5;
	}
	for (i = 990; i < 1170; i++) {
		headers.dport = i;
		KUNIT_EXPECT_EQ_MSG(test, matches(test, rule, &headers),
				    i >= 1000 && i < 1160 &&
				    i % 10 <= (i - 1000) / 10 % 5,
				    "port %u", i);
	}
}

static const struct prefix_case {
	const char *prefix;
	u8 plen;
	const char *addr;
	bool match;
} prefix_cases[] = {
	{ "::", 0, "::", true },
	{ "::", 0, "::ffff:10.0.0.1", true },
	{ "::", 0, "2001:db8::1", true },
	{ "::ffff:0.0.0.0", 96, "::ffff:255.255.255.255", true },
	{ "::ffff:0.0.0.0", 96, "::ffff:0.0.0.0", true },
	{ "::ffff:0.0.0.0", 96, "::fffe:10.0.0.1", false },
	{ "::ffff:0.0.0.0", 96, "2001:db8::1", false },
	{ "::ffff:128.0.0.0", 97, "::ffff:127.0.0.1", false },
	{ "::ffff:128.0.0.0", 97, "::ffff:128.0.0.1", true },
	{ "::ffff:10.0.0.0", 104, "::ffff:10.255.255.255", true },
	{ "::ffff:10.0.0.0", 104, "::ffff:11.0.0.0", false },
	{ "::ffff:10.0.0.1", 128, "::ffff:10.0.0.1", true },
	{ "::ffff:10.0.0.1", 128, "::ffff:10.0.0.0", false },
	{ "::ffff:10.0.0.1", 128, "::10.0.0.1", false },
	/* prefixes of IPv6 that cover the v4-mapped addresses */
	{ "::", 1, "::ffff:10.0.0.1", false },
	{ "::", 1, "7fff::1", true },
	{ "::", 8, "::ffff:10.0.0.1", false },
	{ "::", 8, "::1", true },
	{ "::", 80, "::ffff:10.0.0.1", false },
	{ "::", 80, "::fffe:10.0.0.1", true },
	{ "::", 96, "::ffff:10.0.0.1", false },
	{ "::", 96, "::1", true },
	{ "::1", 128, "::1", true },
	{ "::1", 128, "::", false },
	{ "2001:db8::", 32, "2001:db8:ffff::1", true },
	{ "2001:db8::", 32, "2001:db9::", false },
	{ "2001:db8::", 33, "2001:db8:7fff::", true },
	{ "2001:db8::", 33, "2001:db8:8000::", false },
	{ "2001:db8::", 64, "2001:db8::ffff:0:0:1", true },
	{ "2001:db8::", 65, "2001:db8::8000:0:0:1", false },
	{ "2001:db8::2", 127, "2001:db8::3", true },
	{ "2001:db8::2", 127, "2001:db8::4", false },
	{ "8000::", 1, "ffff::1", true },
	{ "8000::", 1, "7fff::1", false },
};

static void classifier_prefixes(struct kunit *test)
{
	struct sdwan_headers headers = {};
	struct in6_addr prefix, addr;
	struct rule *rule;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(prefix_cases); i++) {
		const struct prefix_case *c = &prefix_cases[i];

		KUNIT_ASSERT_EQ(test, 1, in6_pton(c->prefix, -1,
						  prefix.s6_addr, -1, NULL));
		KUNIT_ASSERT_EQ(test, 1, in6_pton(c->addr, -1, addr.s6_addr,
						  -1, NULL));
		headers.saddr = addr;
		headers.daddr = addr;

		rule = wildcard(test->priv, 0, 1);
		rule->match.from = prefix;
		rule->match.from_plen = c->plen;
		KUNIT_EXPECT_EQ_MSG(test, matches(test, rule, &headers),
				    c->match, "from %s/%u, %s", c->prefix,
				    c->plen, c->addr);
		rule = wildcard(test->priv, 0, 1);
		rule->match.to = prefix;
		rule->match.to_plen = c->plen;
		KUNIT_EXPECT_EQ_MSG(test, matches(test, rule, &headers),
				    c->match, "to %s/%u, %s", c->prefix,
				    c->plen, c->addr);
	}
}

static void classifier_fields(struct kunit *test)
{
	struct rule *rule = wildcard(test->priv, 0, 1);
	struct sdwan_headers headers = {};

	/* nothing wanted */
	KUNIT_EXPECT_TRUE(test, matches(test, rule, &headers));
	headers = (struct sdwan_headers) { .proto = 255, .dscp = 63,
		.vni = SDWAN_VNI_MAX, .mark = U32_MAX, .iif = "eth0" };
	KUNIT_EXPECT_TRUE(test, matches(test, rule, &headers));

	rule->match.proto = 255;
	KUNIT_EXPECT_TRUE(test, matches(test, rule, &headers));
	headers.proto = 0;
	KUNIT_EXPECT_FALSE(test, matches(test, rule, &headers));
	headers.proto = 255;

	/* 0 is a DSCP */
	rule->match.dscp = 0;
	KUNIT_EXPECT_FALSE(test, matches(test, rule, &headers));
	headers.dscp = 0;
	KUNIT_EXPECT_TRUE(test, matches(test, rule, &headers));

	rule->match.vni = SDWAN_VNI_MAX - 1;
	KUNIT_EXPECT_FALSE(test, matches(test, rule, &headers));
	headers.vni = SDWAN_VNI_MAX - 1;
	KUNIT_EXPECT_TRUE(test, matches(test, rule, &headers));
}

static void classifier_iif(struct kunit *test)
{
	struct rule *rule = wildcard(test->priv, 0, 1);
	struct sdwan_headers headers = {};

	memcpy(rule->match.iif, "eth0", 4);
	KUNIT_EXPECT_FALSE(test, matches(test, rule, &headers));
	memcpy(headers.iif, "eth0", 4);
	KUNIT_EXPECT_TRUE(test, matches(test, rule, &headers));
	memcpy(headers.iif, "eth01", 5);
	KUNIT_EXPECT_FALSE(test, matches(test, rule, &headers));

	/* all but the last character are equal */
	memcpy(rule->match.iif, "fifteen-letters", 15);
	memcpy(headers.iif, "fifteen-lettert", 15);
	KUNIT_EXPECT_FALSE(test, matches(test, rule, &headers));
	memcpy(headers.iif, "fifteen-letters", 15);
	KUNIT_EXPECT_TRUE(test, matches(test, rule, &headers));
}

static void classifier_mark(struct kunit *test)
{
	struct rule *rule = wildcard(test->priv, 0, 1);
	struct sdwan_headers headers = { .mark = 0x12345678 };

	rule->match.mark_mask = 0xff00;
	rule->match.mark = 0x5600;
	KUNIT_EXPECT_TRUE(test, matches(test, rule, &headers));
	headers.mark = 0xffff56ff;
	KUNIT_EXPECT_TRUE(test, matches(test, rule, &headers));
	headers.mark = 0x12345778;
	KUNIT_EXPECT_FALSE(test, matches(test, rule, &headers));

	/* that no bit is set can be wanted too */
	rule->match.mark = 0;
	KUNIT_EXPECT_FALSE(test, matches(test, rule, &headers));
	headers.mark = 0xffff00ff;
	KUNIT_EXPECT_TRUE(test, matches(test, rule, &headers));

	rule->match.mark_mask = U32_MAX;
	rule->match.mark = U32_MAX;
	KUNIT_EXPECT_FALSE(test, matches(test, rule, &headers));
	headers.mark = U32_MAX;
	KUNIT_EXPECT_TRUE(test, matches(test, rule, &headers));
}

/* Each part of a frame, alone and with the others; and what has none. */
static void classifier_frames(struct kunit *test)
{
	struct sdwan_frame frame = {
		.smac = 0x020000000001ULL, .dmac = 0x020000000002ULL,
		.mpls = 16, .vlan = 20, .type = ETH_P_MPLS_UC, .pcp = 5,
		.has = 0x3f,
	};
	struct sdwan_headers headers = { .foreign = true, .other = true };
	struct rule *rule = wildcard(test->priv, 0, 1);
	unsigned int parts;

	/* only rules that name a part see what is no packet of the device */
	headers.frame = &frame;
	KUNIT_EXPECT_FALSE(test, matches(test, rule, &headers));
	headers.foreign = false;
	headers.other = false;
	KUNIT_EXPECT_TRUE(test, matches(test, rule, &headers));
	headers.foreign = true;
	KUNIT_EXPECT_FALSE(test, matches(test, rule, &headers));

	rule->match.frame = frame;
	for (parts = 1; parts < 0x40; parts++) {
		rule->match.frame.has = parts;
		frame.has = 0x3f;
		KUNIT_EXPECT_TRUE(test, matches(test, rule, &headers));
		headers.other = true;
		KUNIT_EXPECT_TRUE(test, matches(test, rule, &headers));
		headers.other = false;
		/* without one of the parts, or all */
		frame.has = ~(parts & -parts) & 0x3f;
		KUNIT_EXPECT_FALSE(test, matches(test, rule, &headers));
		headers.frame = NULL;
		KUNIT_EXPECT_FALSE(test, matches(test, rule, &headers));
		headers.frame = &frame;
	}
}

/* Another value of one part. */
static struct sdwan_frame spoilt(struct sdwan_frame frame, unsigned int part)
{
	switch (part) {
	case SDWAN_FRAME_VLAN:
		frame.vlan ^= 1;
		break;
	case SDWAN_FRAME_PCP:
		frame.pcp ^= 1;
		break;
	case SDWAN_FRAME_TYPE:
		frame.type ^= 1;
		break;
	case SDWAN_FRAME_SMAC:
		frame.smac ^= 1ULL << 47;
		break;
	case SDWAN_FRAME_DMAC:
		frame.dmac ^= 1ULL << 47;
		break;
	case SDWAN_FRAME_MPLS:
		frame.mpls ^= 1;
		break;
	}
	return frame;
}

static void classifier_frame_values(struct kunit *test)
{
	const struct sdwan_frame want = {
		.smac = 0x020000000001ULL, .dmac = 0x020000000002ULL,
		.mpls = SDWAN_MPLS_MAX, .vlan = SDWAN_VLAN_MAX,
		.type = ETH_P_ARP, .pcp = 7, .has = 0x3f,
	};
	struct rule *rule = wildcard(test->priv, 0, 1);
	struct sdwan_headers headers = {};
	unsigned int named, other;
	struct sdwan_frame have;

	rule->match.frame = want;
	headers.frame = &have;
	for (named = 1; named < 0x40; named <<= 1)
		for (other = 1; other < 0x40; other <<= 1) {
			rule->match.frame.has = named;
			have = spoilt(want, other);
			KUNIT_EXPECT_EQ(test, matches(test, rule, &headers),
					named != other);
		}
}

/* What says something of IP does not match what is none. */
static void classifier_not_ip(struct kunit *test)
{
	const struct sdwan_frame frame = { .has = SDWAN_FRAME_SMAC };
	struct sdwan_headers headers = {
		.frame = &frame, .foreign = true, .other = true,
	};
	struct rule *rule = wildcard(test->priv, 0, 1);

	rule->match.frame = frame;
	KUNIT_EXPECT_TRUE(test, matches(test, rule, &headers));
	rule->match.family = AF_INET6;
	KUNIT_EXPECT_FALSE(test, matches(test, rule, &headers));
	rule->match.family = 0;
	rule->match.to_plen = 3;
	KUNIT_EXPECT_FALSE(test, matches(test, rule, &headers));
	rule->match.to_plen = 0;
	rule->match.from_plen = 128;
	KUNIT_EXPECT_FALSE(test, matches(test, rule, &headers));
	rule->match.from_plen = 0;
	rule->match.dscp = 0;
	KUNIT_EXPECT_FALSE(test, matches(test, rule, &headers));
	rule->match.dscp = SDWAN_DSCP_ANY;
	rule->match.proto = 1;
	headers.proto = 1;
	KUNIT_EXPECT_FALSE(test, matches(test, rule, &headers));
	rule->match.proto = 0;
	set_ports(&rule->match.sport, 0, U16_MAX);
	headers.has_ports = true;
	KUNIT_EXPECT_FALSE(test, matches(test, rule, &headers));
	rule->match.sport.n = 0;
	KUNIT_EXPECT_TRUE(test, matches(test, rule, &headers));
}

/* A program that says no leaves the packet to the next rule, in the same bucket. */
static void classifier_programs(struct kunit *test)
{
	struct sdwan_headers headers = {};
	struct context *ctx = test->priv;
	struct rule *rule, *expected;
	unsigned int i, mark;

	for (i = 0; i < PROGS; i++) {
		rule = wildcard(ctx, i, i);
		rule->match.prog = pool.prog[i];
	}
	wildcard(ctx, PROGS, PROGS);
	insert_all(test, ctx->rules, PROGS + 1);
	switch_all(ctx, ctx->rules, PROGS + 1);
	KUNIT_EXPECT_EQ(test, sdwan_classifier_tuples(ctx->classifier), 1);
	for (mark = 0; mark < SKBS; mark++) {
		headers.skb = pool.skb[mark];
		expected = &ctx->rules[mark ? __ffs(mark) : PROGS];
		KUNIT_EXPECT_PTR_EQ(test, lookup(ctx, &headers), expected);
	}
	/* there is no packet to show to them */
	headers.skb = NULL;
	KUNIT_EXPECT_PTR_EQ(test, lookup(ctx, &headers), &ctx->rules[PROGS]);
	remove_all(ctx, ctx->rules, PROGS + 1);
}

/* Rules of one tuple, all there is: buckets stay short. */
static void classifier_one_tuple(struct kunit *test)
{
	struct sdwan_headers headers = {};
	struct context *ctx = test->priv;
	unsigned int i, wrong = 0;
	struct rule *rule;

	for (i = 0; i < RULES; i++) {
		rule = wildcard(ctx, i, i);
		ipv6_addr_set_v4mapped(htonl(i << 8), &rule->match.to);
		rule->match.to_plen = 120;
	}
	insert_all(test, ctx->rules, RULES);
	switch_all(ctx, ctx->rules, RULES);
	KUNIT_EXPECT_EQ(test, sdwan_classifier_tuples(ctx->classifier), 1);
	for (i = 0; i < RULES; i++) {
		ipv6_addr_set_v4mapped(htonl(i << 8 | 77), &headers.daddr);
		wrong += lookup(ctx, &headers) != &ctx->rules[i];
	}
	KUNIT_EXPECT_EQ(test, wrong, 0);
	remove_all(ctx, ctx->rules, RULES);
	KUNIT_EXPECT_EQ(test, sdwan_classifier_tuples(ctx->classifier), 0);
}

static struct kunit_case classifier_cases[] = {
	KUNIT_CASE(classifier_generations),
	KUNIT_CASE(classifier_shown_and_hidden),
	KUNIT_CASE(classifier_order),
	KUNIT_CASE(classifier_prefixes),
	KUNIT_CASE(classifier_ports),
	KUNIT_CASE(classifier_port_lists),
	KUNIT_CASE(classifier_fields),
	KUNIT_CASE(classifier_iif),
	KUNIT_CASE(classifier_mark),
	KUNIT_CASE(classifier_frames),
	KUNIT_CASE(classifier_frame_values),
	KUNIT_CASE(classifier_not_ip),
	KUNIT_CASE(classifier_programs),
	KUNIT_CASE(classifier_one_tuple),
	{ }
};

static struct kunit_suite classifier_suite = {
	.name = "sdwan_classifier",
	.init = classifier_init,
	.exit = classifier_exit,
	.test_cases = classifier_cases,
};

kunit_test_suites(&classifier_suite);
