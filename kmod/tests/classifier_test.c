// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: tests of which rule matches a packet first
 */
#include <kunit/test.h>
#include <linux/inet.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/prandom.h>
#include <linux/sort.h>

#include "addr.h"
#include "classifier.h"

/* Memory checked and processors emulated: everything takes far longer. */
#define SLOW		IS_ENABLED(CONFIG_KASAN)

#define RULES		(SLOW ? 2000 : 10000)
#define HEADERS		(SLOW ? 10000 : 1000000)
#define LINEAR		(SLOW ? 200 : 20000)
#define CHURN_RULES	400
#define CHURN_STEPS	(SLOW ? 1000 : 20000)
#define SET_RULES	300
#define SET_HEADERS	256
#define SET_SWITCHES	(SLOW ? 15 : 200)
#define TIMED_HEADERS	4096
#define TIMED_ROUNDS	(SLOW ? 3 : 51)

enum state {
	OUT,		/* not in the classifier */
	STAGED,		/* inserted */
	SHOWN,		/* visible with the next generation */
	VISIBLE,
	HIDDEN,		/* invisible with the next generation */
	GONE,		/* may be removed */
};

struct rule {
	struct sdwan_classifier_node node;
	struct sdwan_match match;
	enum state state;
};

struct context {
	struct sdwan_classifier *classifier;
	struct rule *rules;
	struct rule **sorted;
	struct sdwan_headers *headers;
};

/* Those below @n. */
static u32 any_of(struct rnd_state *rnd, unsigned int n)
{
	return prandom_u32_state(rnd) % n;
}

static bool one_in(struct rnd_state *rnd, unsigned int n)
{
	return !any_of(rnd, n);
}

/* Addresses are few, so that rules and packets meet. */
static void random_addr(struct rnd_state *rnd, struct in6_addr *addr, bool ipv6)
{
	u32 a = any_of(rnd, 16) << 16, b = any_of(rnd, 64), c = any_of(rnd, 256);

	if (ipv6)
		ipv6_addr_set(addr, htonl(0xfd000000 | a | (b & 3)),
			      htonl(b << 2), 0, htonl(c));
	else
		ipv6_addr_set_v4mapped(htonl(0x0a000000 | a | b << 8 | c),
				       addr);
}

static void random_iif(struct rnd_state *rnd, char *iif)
{
	memset(iif, 0, IFNAMSIZ);
	snprintf(iif, IFNAMSIZ, one_in(rnd, 2) ? "eth%u" : "longdevname%u",
		 any_of(rnd, 3));
}

static u8 random_proto(struct rnd_state *rnd)
{
	static const u8 protos[] = { IPPROTO_TCP, IPPROTO_UDP, IPPROTO_ICMP,
				     IPPROTO_GRE };

	return protos[any_of(rnd, ARRAY_SIZE(protos))];
}

static void random_prefix(struct rnd_state *rnd, struct in6_addr *prefix,
			  u8 *plen, bool ipv6)
{
	static const u8 plens[2][10] = {
		{ 0, 104, 108, 112, 114, 116, 120, 121, 124, 128 },
		{ 7, 8, 16, 30, 32, 48, 61, 63, 64, 128 },
	};
	struct in6_addr addr;

	memset(prefix, 0, sizeof(*prefix));
	*plen = 0;
	if (one_in(rnd, 8))
		return;
	/* long ones are more frequent */
	*plen = plens[ipv6][max(any_of(rnd, 10), any_of(rnd, 10))];
	if (!*plen && one_in(rnd, 2)) {
		*plen = 96;
		ipv6_addr_set_v4mapped(0, prefix);
	} else if (*plen) {
		random_addr(rnd, &addr, ipv6);
		ipv6_addr_prefix(prefix, &addr, *plen);
	}
}

static void random_ports(struct rnd_state *rnd, struct sdwan_ports *ports)
{
	unsigned int port = any_of(rnd, 200), width;

	switch (any_of(rnd, 6)) {
	case 0:
	case 1:		/* one port */
		ports->n = 1;
		ports->range[0].min = port;
		ports->range[0].max = port;
		break;
	case 2:		/* one range */
		ports->n = 1;
		ports->range[0].min = port;
		ports->range[0].max = one_in(rnd, 4) ? U16_MAX :
				      port + any_of(rnd, 30);
		break;
	case 3:		/* many of either */
		for (; ports->n < 1 + any_of(rnd, SDWAN_PORTS_MAX);
		     ports->n++) {
			width = one_in(rnd, 2) ? 0 : any_of(rnd, 20);
			ports->range[ports->n].min = port;
			ports->range[ports->n].max = port + width;
			port += width + 1 + any_of(rnd, 20);
		}
		break;
	}
}

static void random_match(struct rnd_state *rnd, struct sdwan_match *match)
{
	static const u32 masks[] = { 0xff, 0xff00, 0xf, U32_MAX };
	bool ipv6 = one_in(rnd, 3);

	memset(match, 0, sizeof(*match));
	match->dscp = SDWAN_DSCP_ANY;
	/* rules that match most of everything would hide all others */
	do {
		random_prefix(rnd, &match->from, &match->from_plen, ipv6);
		random_prefix(rnd, &match->to, &match->to_plen, ipv6);
	} while (max(match->from_plen, match->to_plen) < (ipv6 ? 61 : 120));
	if (one_in(rnd, 2))
		match->proto = random_proto(rnd);
	if (one_in(rnd, 4))
		match->vni = 100 + any_of(rnd, 4);
	if (one_in(rnd, 16))
		match->dscp = any_of(rnd, 64);
	if (one_in(rnd, 16)) {
		match->mark_mask = masks[any_of(rnd, ARRAY_SIZE(masks))];
		match->mark = any_of(rnd, 4) * 0x101 & match->mark_mask;
	}
	if (one_in(rnd, 16))
		random_iif(rnd, match->iif);
	random_ports(rnd, &match->dport);
	if (one_in(rnd, 8))
		random_ports(rnd, &match->sport);
}

/* Preferences are all different and in no order. */
static void random_rule(struct rnd_state *rnd, struct rule *rule, unsigned int i)
{
	random_match(rnd, &rule->match);
	rule->node.match = &rule->match;
	rule->node.pref = (i * 48271) % 65536;
	rule->state = OUT;
}

static void random_rules(struct rule *rules, unsigned int n, u64 seed)
{
	struct rnd_state rnd;
	unsigned int i;

	prandom_seed_state(&rnd, seed);
	for (i = 0; i < n; i++)
		random_rule(&rnd, &rules[i], i);
}

static void random_headers(struct rnd_state *rnd, struct sdwan_headers *headers)
{
	memset(headers, 0, sizeof(*headers));
	random_addr(rnd, &headers->saddr, one_in(rnd, 3));
	random_addr(rnd, &headers->daddr,
		    !ipv6_addr_v4mapped(&headers->saddr));
	headers->vni = 100 + any_of(rnd, 5);
	headers->mark = any_of(rnd, 4) * 0x101;
	headers->proto = random_proto(rnd);
	headers->dscp = one_in(rnd, 2) ? 0 : any_of(rnd, 64);
	headers->has_ports = !one_in(rnd, 8);
	if (headers->has_ports) {
		headers->sport = any_of(rnd, 250);
		headers->dport = any_of(rnd, 250);
	}
	if (!one_in(rnd, 4))
		random_iif(rnd, headers->iif);
}

static void meet_prefix(struct in6_addr *addr, const struct in6_addr *prefix,
			u8 plen)
{
	unsigned int i;
	u8 mask;

	for (i = 0; i < plen; i += 8) {
		mask = plen - i < 8 ? 0xff00 >> (plen - i) : 0xff;
		addr->s6_addr[i / 8] = (addr->s6_addr[i / 8] & ~mask) |
				       (prefix->s6_addr[i / 8] & mask);
	}
}

static void meet_ports(struct rnd_state *rnd, u16 *port,
		       const struct sdwan_ports *ports)
{
	const struct sdwan_port_range *range;

	if (!ports->n)
		return;
	range = &ports->range[any_of(rnd, ports->n)];
	*port = range->min + any_of(rnd, range->max - range->min + 1);
}

/* A packet that a rule matches, or nearly so. */
static void meeting_headers(struct rnd_state *rnd,
			    struct sdwan_headers *headers,
			    const struct sdwan_match *match)
{
	random_headers(rnd, headers);
	if (!one_in(rnd, 16))
		meet_prefix(&headers->saddr, &match->from, match->from_plen);
	if (!one_in(rnd, 16))
		meet_prefix(&headers->daddr, &match->to, match->to_plen);
	if (match->proto && !one_in(rnd, 16))
		headers->proto = match->proto;
	if (match->vni && !one_in(rnd, 16))
		headers->vni = match->vni;
	if (match->dscp != SDWAN_DSCP_ANY && !one_in(rnd, 16))
		headers->dscp = match->dscp;
	if (!one_in(rnd, 16))
		headers->mark = (headers->mark & ~match->mark_mask) |
				match->mark;
	if (match->iif[0] && !one_in(rnd, 16))
		memcpy(headers->iif, match->iif, IFNAMSIZ);
	if (one_in(rnd, 16))
		return;
	headers->has_ports = true;
	meet_ports(rnd, &headers->sport, &match->sport);
	meet_ports(rnd, &headers->dport, &match->dport);
}

static void mixed_headers(struct rnd_state *rnd, struct sdwan_headers *headers,
			  const struct rule *rules, unsigned int n)
{
	if (one_in(rnd, 4))
		random_headers(rnd, headers);
	else
		meeting_headers(rnd, headers, &rules[any_of(rnd, n)].match);
}

static struct rule *lookup(struct context *ctx,
			   const struct sdwan_headers *headers)
{
	struct sdwan_classifier_node *node;

	rcu_read_lock();
	node = sdwan_classifier_lookup(ctx->classifier, headers);
	rcu_read_unlock();
	return node ? container_of(node, struct rule, node) : NULL;
}

static int compare_prefs(const void *a, const void *b)
{
	const struct rule *const *x = a, *const *y = b;

	return (*x)->node.pref < (*y)->node.pref ? -1 :
	       (*x)->node.pref > (*y)->node.pref;
}

static void sort_rules(struct context *ctx, struct rule *rules, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		ctx->sorted[i] = &rules[i];
	sort(ctx->sorted, n, sizeof(*ctx->sorted), compare_prefs, NULL);
}

static bool is_visible(const struct rule *rule)
{
	return rule->state == VISIBLE || rule->state == HIDDEN;
}

/* What sdwan_classifier_lookup() has to return. */
static struct rule *linear(struct context *ctx, unsigned int n,
			   const struct sdwan_headers *headers)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		if (is_visible(ctx->sorted[i]) &&
		    sdwan_match(&ctx->sorted[i]->match, headers))
			return ctx->sorted[i];
	return NULL;
}

static void insert(struct kunit *test, struct rule *rule)
{
	struct context *ctx = test->priv;

	KUNIT_ASSERT_EQ(test, rule->state, OUT);
	KUNIT_ASSERT_EQ(test, 0,
			sdwan_classifier_insert(ctx->classifier, &rule->node));
	rule->state = STAGED;
}

static void show(struct context *ctx, struct rule *rule)
{
	sdwan_classifier_show(ctx->classifier, &rule->node);
	rule->state = SHOWN;
}

static void hide(struct context *ctx, struct rule *rule)
{
	sdwan_classifier_hide(ctx->classifier, &rule->node);
	rule->state = HIDDEN;
}

static void switch_all(struct context *ctx, struct rule *rules, unsigned int n)
{
	unsigned int i;

	sdwan_classifier_switch(ctx->classifier);
	for (i = 0; i < n; i++)
		if (rules[i].state == SHOWN)
			rules[i].state = VISIBLE;
		else if (rules[i].state == HIDDEN)
			rules[i].state = GONE;
}

static void take_out(struct context *ctx, struct rule *rule)
{
	sdwan_classifier_remove(ctx->classifier, &rule->node);
	rule->state = OUT;
}

static void insert_all(struct kunit *test, struct rule *rules, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++) {
		insert(test, &rules[i]);
		show(test->priv, &rules[i]);
		cond_resched();
	}
}

static void remove_all(struct context *ctx, struct rule *rules, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		if (rules[i].state == VISIBLE)
			hide(ctx, &rules[i]);
	switch_all(ctx, rules, n);
	for (i = 0; i < n; i++) {
		if (rules[i].state != OUT)
			take_out(ctx, &rules[i]);
		cond_resched();
	}
	synchronize_rcu();
}

/*
 * A reference that is faster: for the part of either address that tells most,
 * the rules that are not excluded by it, by preference.
 */
#define PARTS		32
#define LISTS		(PARTS * PARTS)

struct listed {
	u16 rule;
	u8 proto;
	u8 iif;
	u16 min;
	u16 max;
};

struct lists {
	unsigned int start[LISTS + 1];
	struct listed rule[];
};

static unsigned int part_of(const struct in6_addr *addr)
{
	return ipv6_addr_v4mapped(addr) ? addr->s6_addr[13] & 15 :
					  16 | (addr->s6_addr[1] & 15);
}

static bool part_excludes(unsigned int part, const struct in6_addr *prefix,
			  u8 plen)
{
	bool ipv4 = part < 16;

	if (!plen)
		return false;
	if (ipv6_addr_v4mapped(prefix) != ipv4)
		return true;
	if (ipv4)
		plen -= 96;
	return plen >= 16 && part_of(prefix) != part;
}

/* Next to each other in memory, what excludes most rules. */
static void list_rule(struct listed *listed, u16 rule,
		      const struct sdwan_match *match)
{
	const struct sdwan_ports *ports = &match->dport;

	listed->rule = rule;
	listed->proto = match->proto;
	listed->iif = match->iif[0];
	listed->min = ports->n ? ports->range[0].min : 0;
	listed->max = ports->n ? ports->range[ports->n - 1].max : U16_MAX;
}

static unsigned int fill_list(const struct context *ctx, unsigned int list,
			      struct listed *listed)
{
	unsigned int i, n = 0;

	for (i = 0; i < RULES; i++) {
		const struct sdwan_match *match = &ctx->sorted[i]->match;

		if (part_excludes(list / PARTS, &match->from,
				  match->from_plen) ||
		    part_excludes(list % PARTS, &match->to, match->to_plen))
			continue;
		if (listed)
			list_rule(&listed[n], i, match);
		n++;
	}
	return n;
}

static struct lists *make_lists(const struct context *ctx)
{
	unsigned int list, n = 0;
	struct lists *lists;

	for (list = 0; list < LISTS; list++)
		n += fill_list(ctx, list, NULL);
	lists = kvzalloc(struct_size(lists, rule, n), GFP_KERNEL);
	if (!lists)
		return NULL;
	for (list = 0; list < LISTS; list++) {
		n = lists->start[list];
		lists->start[list + 1] = n + fill_list(ctx, list,
						       &lists->rule[n]);
		cond_resched();
	}
	return lists;
}

static struct rule *in_lists(const struct context *ctx,
			     const struct lists *lists,
			     const struct sdwan_headers *headers)
{
	unsigned int list = part_of(&headers->saddr) * PARTS +
			    part_of(&headers->daddr);
	unsigned int i;

	for (i = lists->start[list]; i < lists->start[list + 1]; i++) {
		const struct listed *listed = &lists->rule[i];
		struct rule *rule = ctx->sorted[listed->rule];

		if ((listed->proto && listed->proto != headers->proto) ||
		    (listed->iif && listed->iif != headers->iif[0]) ||
		    listed->min > headers->dport ||
		    listed->max < headers->dport)
			continue;
		if (sdwan_match(&rule->match, headers))
			return rule;
	}
	return NULL;
}

static void compare_with_linear(struct kunit *test)
{
	struct context *ctx = test->priv;
	struct sdwan_headers headers;
	unsigned int i, wrong = 0;
	struct rnd_state rnd;

	prandom_seed_state(&rnd, 20260201);
	for (i = 0; i < LINEAR; i++) {
		mixed_headers(&rnd, &headers, ctx->rules, RULES);
		wrong += lookup(ctx, &headers) != linear(ctx, RULES, &headers);
		cond_resched();
	}
	KUNIT_EXPECT_EQ(test, wrong, 0);
}

static void compare_with_lists(struct kunit *test, const struct lists *lists)
{
	unsigned int i, wrong = 0, found = 0;
	struct context *ctx = test->priv;
	struct sdwan_headers headers;
	struct rnd_state rnd;
	struct rule *rule;

	prandom_seed_state(&rnd, 20260202);
	for (i = 0; i < HEADERS; i++) {
		mixed_headers(&rnd, &headers, ctx->rules, RULES);
		rule = lookup(ctx, &headers);
		found += !!rule;
		wrong += rule != in_lists(ctx, lists, &headers);
		cond_resched();
	}
	KUNIT_EXPECT_EQ(test, wrong, 0);
	/* a test in which nothing or everything matches would not say much */
	KUNIT_EXPECT_GT(test, found, HEADERS / 2);
	KUNIT_EXPECT_LT(test, found, HEADERS - HEADERS / 20);
	kunit_info(test, "%u of %u packets match", found, HEADERS);
}

static void classifier_equals_reference(struct kunit *test)
{
	struct context *ctx = test->priv;
	struct lists *lists;

	random_rules(ctx->rules, RULES, 20260203);
	insert_all(test, ctx->rules, RULES);
	switch_all(ctx, ctx->rules, RULES);
	sort_rules(ctx, ctx->rules, RULES);
	kunit_info(test, "%u rules, %u tuples", RULES,
		   sdwan_classifier_tuples(ctx->classifier));

	compare_with_linear(test);
	lists = make_lists(ctx);
	KUNIT_EXPECT_NOT_NULL(test, lists);
	if (lists)
		compare_with_lists(test, lists);
	kvfree(lists);
	remove_all(ctx, ctx->rules, RULES);
	KUNIT_EXPECT_EQ(test, sdwan_classifier_tuples(ctx->classifier), 0);
}

static void churn_rule(struct kunit *test, struct rule *rule,
		       struct rnd_state *rnd)
{
	struct context *ctx = test->priv;

	switch (rule->state) {
	case OUT:
		insert(test, rule);
		break;
	case STAGED:
		if (one_in(rnd, 4))
			take_out(ctx, rule);
		else
			show(ctx, rule);
		break;
	case VISIBLE:
		hide(ctx, rule);
		break;
	case GONE:
		take_out(ctx, rule);
		break;
	case SHOWN:
	case HIDDEN:
		break;
	}
}

/* Rules come and go in any order; there are many at times, and few at others. */
static void classifier_churn(struct kunit *test)
{
	struct context *ctx = test->priv;
	unsigned int step, n, i;
	struct sdwan_headers headers;
	struct rnd_state rnd;

	random_rules(ctx->rules, CHURN_RULES, 20260204);
	sort_rules(ctx, ctx->rules, CHURN_RULES);
	prandom_seed_state(&rnd, 20260205);
	for (step = 0; step < CHURN_STEPS; step++) {
		/* now among all rules, now among the first few */
		n = step / 1000 % 2 ? 10 : CHURN_RULES;
		churn_rule(test, &ctx->rules[any_of(&rnd, n)], &rnd);
		if (one_in(&rnd, 8))
			switch_all(ctx, ctx->rules, CHURN_RULES);
		for (i = 0; i < 4; i++) {
			mixed_headers(&rnd, &headers, ctx->rules, n);
			KUNIT_ASSERT_PTR_EQ(test, lookup(ctx, &headers),
					    linear(ctx, CHURN_RULES, &headers));
		}
		cond_resched();
	}
	remove_all(ctx, ctx->rules, CHURN_RULES);
	KUNIT_EXPECT_EQ(test, sdwan_classifier_tuples(ctx->classifier), 0);
}

/*
 * Two sets of rules take turns. The reader knows which it may meet by a count
 * that is odd while they are being switched.
 */
struct replacing {
	struct context *ctx;
	struct rule *expected[2][SET_HEADERS];
	unsigned int phase;
	unsigned int lookups;
	unsigned int wrong;
};

static bool replacing_check(struct replacing *r, unsigned int i)
{
	unsigned int before, after;
	struct rule *rule;

	before = READ_ONCE(r->phase);
	/* the count is read before and after the look-up */
	smp_mb();
	rule = lookup(r->ctx, &r->ctx->headers[i]);
	/* likewise */
	smp_mb();
	after = READ_ONCE(r->phase);

	if (before == after && !(before & 1))
		return rule == r->expected[before / 2 % 2][i];
	return rule == r->expected[0][i] || rule == r->expected[1][i];
}

static int replacing_reader(void *data)
{
	struct replacing *r = data;
	unsigned int i = 0;

	while (!kthread_should_stop()) {
		r->wrong += !replacing_check(r, i);
		WRITE_ONCE(r->lookups, r->lookups + 1);
		i = (i + 1) % SET_HEADERS;
		cond_resched();
	}
	return 0;
}

static void replacing_switch(struct kunit *test, struct replacing *r,
			     struct rule *old, struct rule *new)
{
	struct context *ctx = test->priv;
	unsigned int i;

	insert_all(test, new, SET_RULES);
	for (i = 0; i < SET_RULES; i++) {
		hide(ctx, &old[i]);
		cond_resched();
	}

	WRITE_ONCE(r->phase, r->phase + 1);
	/* the count is odd while the generations change */
	smp_mb();
	sdwan_classifier_switch(ctx->classifier);
	/* likewise */
	smp_mb();
	WRITE_ONCE(r->phase, r->phase + 1);

	for (i = 0; i < SET_RULES; i++) {
		new[i].state = VISIBLE;
		take_out(ctx, &old[i]);
		if (i % 16 == 0)
			cond_resched();
	}
	synchronize_rcu();
}

static unsigned int replacing_expect(struct context *ctx, struct replacing *r)
{
	struct rule *rules = ctx->rules;
	unsigned int set, i, differ = 0;
	struct rnd_state rnd;

	prandom_seed_state(&rnd, 20260208);
	for (i = 0; i < SET_HEADERS; i++)
		mixed_headers(&rnd, &ctx->headers[i], rules, 2 * SET_RULES);
	for (set = 0; set < 2; set++) {
		for (i = 0; i < SET_RULES; i++)
			rules[set * SET_RULES + i].state = VISIBLE;
		sort_rules(ctx, &rules[set * SET_RULES], SET_RULES);
		for (i = 0; i < SET_HEADERS; i++)
			r->expected[set][i] = linear(ctx, SET_RULES,
						     &ctx->headers[i]);
		for (i = 0; i < SET_RULES; i++)
			rules[set * SET_RULES + i].state = OUT;
	}
	for (i = 0; i < SET_HEADERS; i++)
		differ += r->expected[0][i] != r->expected[1][i];
	return differ;
}

static void replacing_run(struct kunit *test, struct replacing *r)
{
	struct context *ctx = test->priv;
	struct rule *sets[2] = { ctx->rules, ctx->rules + SET_RULES };
	struct task_struct *reader;
	unsigned int i;

	reader = kthread_run(replacing_reader, r, "sdwan-classifier");
	if (IS_ERR(reader)) {
		KUNIT_FAIL(test, "no thread: %pe", reader);
		return;
	}
	for (i = 0; i < SET_SWITCHES; i++) {
		replacing_switch(test, r, sets[i % 2], sets[!(i % 2)]);
		schedule_timeout_interruptible(SLOW ? 1 : 0);
	}
	kthread_stop(reader);
}

/* A look-up finds what is in the one set or what is in the other. */
static void classifier_replace_set(struct kunit *test)
{
	struct context *ctx = test->priv;
	struct replacing *r;

	r = kunit_kzalloc(test, sizeof(*r), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, r);
	r->ctx = ctx;
	random_rules(ctx->rules, SET_RULES, 20260206);
	random_rules(ctx->rules + SET_RULES, SET_RULES, 20260207);
	KUNIT_EXPECT_GT(test, replacing_expect(ctx, r), SET_HEADERS / 2);

	insert_all(test, ctx->rules, SET_RULES);
	switch_all(ctx, ctx->rules, SET_RULES);
	replacing_run(test, r);
	KUNIT_EXPECT_GT(test, r->lookups, SET_SWITCHES);
	KUNIT_EXPECT_EQ(test, r->wrong, 0);
	kunit_info(test, "%u look-ups during %u switches", r->lookups,
		   SET_SWITCHES);
	remove_all(ctx, ctx->rules, 2 * SET_RULES);
	KUNIT_EXPECT_EQ(test, sdwan_classifier_tuples(ctx->classifier), 0);
}

/* A rule that matches everything. */
static void wildcard_rule(struct rule *rule, u32 pref)
{
	memset(rule, 0, sizeof(*rule));
	rule->match.dscp = SDWAN_DSCP_ANY;
	rule->node.match = &rule->match;
	rule->node.pref = pref;
}

static struct rule *wildcard(struct context *ctx, unsigned int i, u32 pref)
{
	wildcard_rule(&ctx->rules[i], pref);
	return &ctx->rules[i];
}

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

/*
 * Rules as people write them: IPv4, of 40 pairs of lengths, most of them for
 * some ports.
 */
static void plain_rule(struct rnd_state *rnd, struct rule *rule, unsigned int i)
{
	static const u8 from[] = { 0, 112, 116, 120, 128 };
	static const u8 to[] = { 0, 104, 108, 112, 116, 120, 124, 128 };
	struct sdwan_match *match = &rule->match;
	struct in6_addr addr;

	wildcard_rule(rule, (i * 48271) % 65536);
	match->from_plen = from[i % ARRAY_SIZE(from)];
	match->to_plen = to[i % ARRAY_SIZE(to)];
	random_addr(rnd, &addr, false);
	if (match->from_plen)
		ipv6_addr_prefix(&match->from, &addr, match->from_plen);
	random_addr(rnd, &addr, false);
	if (match->to_plen)
		ipv6_addr_prefix(&match->to, &addr, match->to_plen);
	match->proto = one_in(rnd, 2) ? IPPROTO_TCP : IPPROTO_UDP;
	match->dport.n = 1;
	match->dport.range[0].min = 1 + any_of(rnd, 50000);
	match->dport.range[0].max = match->dport.range[0].min +
				    (one_in(rnd, 2) ? 0 : any_of(rnd, 1000));
}

static void plain_rules(struct rule *rules, unsigned int n, u64 seed)
{
	struct rnd_state rnd;
	unsigned int i;

	prandom_seed_state(&rnd, seed);
	for (i = 0; i < n; i++)
		plain_rule(&rnd, &rules[i], i);
}

static int compare_times(const void *a, const void *b)
{
	const u64 *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static u64 time_lookups(struct context *ctx)
{
	unsigned int i, found = 0;
	u64 start, time;

	start = ktime_get_ns();
	for (i = 0; i < TIMED_HEADERS; i++)
		found += !!lookup(ctx, &ctx->headers[i]);
	time = ktime_get_ns() - start;
	/* so that the compiler cannot leave any out */
	OPTIMIZER_HIDE_VAR(found);
	return time;
}

static void time_inserts(struct kunit *test, unsigned int n, u64 *times)
{
	struct context *ctx = test->priv;
	unsigned int i;

	for (i = 0; i < TIMED_ROUNDS; i++) {
		struct rule *rule = &ctx->rules[(n / 2 + i) % n];

		hide(ctx, rule);
		switch_all(ctx, rule, 1);
		take_out(ctx, rule);

		times[i] = ktime_get_ns();
		insert(test, rule);
		show(ctx, rule);
		switch_all(ctx, rule, 1);
		times[i] = ktime_get_ns() - times[i];
	}
	sort(times, TIMED_ROUNDS, sizeof(*times), compare_times, NULL);
}

static void time_rules(struct kunit *test, const char *kind, unsigned int n,
		       u64 *times)
{
	struct context *ctx = test->priv;
	struct rnd_state rnd;
	unsigned int i;
	u64 start;

	prandom_seed_state(&rnd, 20260209);
	for (i = 0; i < TIMED_HEADERS; i++)
		mixed_headers(&rnd, &ctx->headers[i], ctx->rules, n);

	start = ktime_get_ns();
	insert_all(test, ctx->rules, n);
	switch_all(ctx, ctx->rules, n);
	start = ktime_get_ns() - start;
	for (i = 0; i < TIMED_ROUNDS; i++) {
		times[i] = time_lookups(ctx);
		cond_resched();
	}
	sort(times, TIMED_ROUNDS, sizeof(*times), compare_times, NULL);
	kunit_info(test, "%u %s rules, %u tuples: look-up %llu ns, at best %llu; all entered in %llu us",
		   n, kind, sdwan_classifier_tuples(ctx->classifier),
		   times[TIMED_ROUNDS / 2] / TIMED_HEADERS,
		   times[0] / TIMED_HEADERS, start / NSEC_PER_USEC);

	time_inserts(test, n, times);
	kunit_info(test, "%u %s rules: one more and a switch %llu ns, at worst %llu",
		   n, kind, times[TIMED_ROUNDS / 2], times[TIMED_ROUNDS - 1]);
	remove_all(ctx, ctx->rules, n);
}

/* Times are only told: they depend on the machine. */
static void classifier_times(struct kunit *test)
{
	static const unsigned int counts[] = { 10, 100, 1000, RULES };
	struct context *ctx = test->priv;
	unsigned int i;
	u64 *times;

	times = kunit_kcalloc(test, TIMED_ROUNDS, sizeof(*times), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, times);
	for (i = 0; i < ARRAY_SIZE(counts); i++) {
		plain_rules(ctx->rules, counts[i], 20260210);
		time_rules(test, "plain", counts[i], times);
	}
	for (i = 0; i < ARRAY_SIZE(counts); i++) {
		random_rules(ctx->rules, counts[i], 20260203);
		time_rules(test, "random", counts[i], times);
	}
}

static void classifier_exit(struct kunit *test)
{
	struct context *ctx = test->priv;

	if (!ctx)
		return;
	/* what is left when a case ends early */
	if (ctx->rules && ctx->classifier &&
	    sdwan_classifier_tuples(ctx->classifier))
		remove_all(ctx, ctx->rules, RULES);
	/* leaks of what is freed later are to be seen here, not in others */
	rcu_barrier();
	sdwan_classifier_free(ctx->classifier);
	kvfree(ctx->headers);
	kvfree(ctx->sorted);
	kvfree(ctx->rules);
}

static int classifier_init(struct kunit *test)
{
	struct context *ctx = kunit_kzalloc(test, sizeof(*ctx), GFP_KERNEL);

	if (!ctx)
		return -ENOMEM;
	test->priv = ctx;
	ctx->classifier = sdwan_classifier_alloc();
	ctx->rules = kvcalloc(RULES, sizeof(*ctx->rules), GFP_KERNEL);
	ctx->sorted = kvcalloc(RULES, sizeof(*ctx->sorted), GFP_KERNEL);
	ctx->headers = kvcalloc(TIMED_HEADERS, sizeof(*ctx->headers),
				GFP_KERNEL);
	if (!ctx->classifier || !ctx->rules || !ctx->sorted || !ctx->headers) {
		classifier_exit(test);
		test->priv = NULL;
		return -ENOMEM;
	}
	return 0;
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
	KUNIT_CASE(classifier_one_tuple),
	KUNIT_CASE(classifier_churn),
	KUNIT_CASE(classifier_equals_reference),
	KUNIT_CASE(classifier_replace_set),
	KUNIT_CASE(classifier_times),
	{ }
};

static struct kunit_suite classifier_suite = {
	.name = "sdwan_classifier",
	.init = classifier_init,
	.exit = classifier_exit,
	.test_cases = classifier_cases,
};

kunit_test_suites(&classifier_suite);
