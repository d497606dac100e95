// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: tests of which rule matches a packet first, with many at random
 */
#include <linux/kthread.h>

#include "classifier_random.h"

#define HEADERS		(SLOW ? 10000 : 1000000)
#define LINEAR		(SLOW ? 200 : 20000)
#define CHURN_RULES	400
#define CHURN_STEPS	(SLOW ? 1000 : 20000)
#define SET_RULES	300
#define SET_HEADERS	256
#define SET_SWITCHES	(SLOW ? 15 : 200)
#define TIMED_ROUNDS	(SLOW ? 3 : 51)

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

static struct kunit_case classifier_random_cases[] = {
	KUNIT_CASE(classifier_churn),
	KUNIT_CASE(classifier_equals_reference),
	KUNIT_CASE(classifier_replace_set),
	KUNIT_CASE(classifier_times),
	{ }
};

static struct kunit_suite classifier_random_suite = {
	.name = "sdwan_classifier_random",
	.init = classifier_init,
	.exit = classifier_exit,
	.test_cases = classifier_random_cases,
};

kunit_test_suites(&classifier_random_suite);
