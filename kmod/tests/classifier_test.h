/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: what tests of the classifier share
 */
#ifndef _SDWAN_CLASSIFIER_TEST_H
#define _SDWAN_CLASSIFIER_TEST_H

#include <kunit/test.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/mm.h>
#include <linux/skbuff.h>
#include <linux/sort.h>

#include "addr.h"
#include "classifier.h"

/* Memory checked and processors emulated: everything takes far longer. */
#define SLOW		IS_ENABLED(CONFIG_KASAN)

#define RULES		(SLOW ? 2000 : 10000)
#define TIMED_HEADERS	4096

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

#define FRAMES		64
#define PROGS		4
#define SKBS		16

/*
 * What packets have but for their headers, few of each, so that rules and packets
 * meet. A program returns one bit of the mark, and packet n has the mark n.
 */
struct pool {
	struct sdwan_frame frame[FRAMES];
	struct bpf_prog *prog[PROGS];
	struct sk_buff *skb[SKBS];
};

static struct pool pool;

struct context {
	struct sdwan_classifier *classifier;
	struct rule *rules;
	struct rule **sorted;
	struct sdwan_headers *headers;
};

static inline struct rule *lookup(struct context *ctx,
				  const struct sdwan_headers *headers)
{
	struct sdwan_classifier_node *node;

	rcu_read_lock();
	node = sdwan_classifier_lookup(ctx->classifier, headers);
	rcu_read_unlock();
	return node ? container_of(node, struct rule, node) : NULL;
}

static inline int compare_prefs(const void *a, const void *b)
{
	const struct rule *const *x = a, *const *y = b;

	return (*x)->node.pref < (*y)->node.pref ? -1 :
	       (*x)->node.pref > (*y)->node.pref;
}

static inline void sort_rules(struct context *ctx, struct rule *rules,
			      unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		ctx->sorted[i] = &rules[i];
	sort(ctx->sorted, n, sizeof(*ctx->sorted), compare_prefs, NULL);
}

static inline bool is_visible(const struct rule *rule)
{
	return rule->state == VISIBLE || rule->state == HIDDEN;
}

/* What sdwan_classifier_lookup() has to return. */
static inline struct rule *linear(struct context *ctx, unsigned int n,
				  const struct sdwan_headers *headers)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		if (is_visible(ctx->sorted[i]) &&
		    sdwan_match(&ctx->sorted[i]->match, headers))
			return ctx->sorted[i];
	return NULL;
}

static inline void insert(struct kunit *test, struct rule *rule)
{
	struct context *ctx = test->priv;

	KUNIT_ASSERT_EQ(test, rule->state, OUT);
	KUNIT_ASSERT_EQ(test, 0,
			sdwan_classifier_insert(ctx->classifier, &rule->node));
	rule->state = STAGED;
}

static inline void show(struct context *ctx, struct rule *rule)
{
	sdwan_classifier_show(ctx->classifier, &rule->node);
	rule->state = SHOWN;
}

static inline void hide(struct context *ctx, struct rule *rule)
{
	sdwan_classifier_hide(ctx->classifier, &rule->node);
	rule->state = HIDDEN;
}

static inline void switch_all(struct context *ctx, struct rule *rules,
			      unsigned int n)
{
	unsigned int i;

	sdwan_classifier_switch(ctx->classifier);
	for (i = 0; i < n; i++)
		if (rules[i].state == SHOWN)
			rules[i].state = VISIBLE;
		else if (rules[i].state == HIDDEN)
			rules[i].state = GONE;
}

static inline void take_out(struct context *ctx, struct rule *rule)
{
	sdwan_classifier_remove(ctx->classifier, &rule->node);
	rule->state = OUT;
}

static inline void insert_all(struct kunit *test, struct rule *rules,
			      unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++) {
		insert(test, &rules[i]);
		show(test->priv, &rules[i]);
		cond_resched();
	}
}

static inline void remove_all(struct context *ctx, struct rule *rules,
			      unsigned int n)
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

/* A rule that matches everything. */
static inline void wildcard_rule(struct rule *rule, u32 pref)
{
	memset(rule, 0, sizeof(*rule));
	rule->match.dscp = SDWAN_DSCP_ANY;
	rule->node.match = &rule->match;
	rule->node.pref = pref;
}

static inline struct rule *wildcard(struct context *ctx, unsigned int i,
				    u32 pref)
{
	wildcard_rule(&ctx->rules[i], pref);
	return &ctx->rules[i];
}

static inline void make_frame(struct sdwan_frame *frame, unsigned int i)
{
	static const u16 types[] = { ETH_P_IP, ETH_P_ARP, ETH_P_MPLS_UC };

	memset(frame, 0, sizeof(*frame));
	frame->has = SDWAN_FRAME_TYPE | SDWAN_FRAME_SMAC | SDWAN_FRAME_DMAC;
	frame->type = types[i % 8 < 3 ? i % 8 : 0];
	frame->smac = 0x020000000000ULL | i % 3;
	frame->dmac = 0x020000000000ULL | i % 2;
	if (i % 4) {
		frame->has |= SDWAN_FRAME_VLAN | SDWAN_FRAME_PCP;
		frame->vlan = i % 5;
		frame->pcp = i / 4 % 3;
	}
	if (frame->type == ETH_P_MPLS_UC) {
		frame->has |= SDWAN_FRAME_MPLS;
		frame->mpls = i / 8 % 2;
	}
}

static inline struct bpf_prog *make_prog(u32 bit)
{
	struct sock_filter insns[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, SKF_AD_OFF + SKF_AD_MARK),
		BPF_STMT(BPF_ALU | BPF_AND | BPF_K, bit),
		BPF_STMT(BPF_RET | BPF_A, 0),
	};
	struct sock_fprog_kern fprog = {
		.len = ARRAY_SIZE(insns),
		.filter = insns,
	};
	struct bpf_prog *prog;

	return bpf_prog_create(&prog, &fprog) ? NULL : prog;
}

static inline void pool_free(void)
{
	unsigned int i;

	for (i = 0; i < PROGS; i++)
		if (pool.prog[i])
			bpf_prog_destroy(pool.prog[i]);
	for (i = 0; i < SKBS; i++)
		kfree_skb(pool.skb[i]);
	memset(&pool, 0, sizeof(pool));
}

static inline bool pool_fill(void)
{
	unsigned int i;
	bool ok = true;

	for (i = 0; i < FRAMES; i++)
		make_frame(&pool.frame[i], i);
	for (i = 0; i < PROGS; i++) {
		pool.prog[i] = make_prog(BIT(i));
		ok = ok && pool.prog[i];
	}
	for (i = 0; i < SKBS; i++) {
		pool.skb[i] = alloc_skb(64, GFP_KERNEL);
		ok = ok && pool.skb[i];
		if (pool.skb[i])
			pool.skb[i]->mark = i;
	}
	return ok;
}

static inline void classifier_exit(struct kunit *test)
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
	pool_free();
}

static inline int classifier_init(struct kunit *test)
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
	if (!pool_fill() || !ctx->classifier || !ctx->rules || !ctx->sorted ||
	    !ctx->headers) {
		classifier_exit(test);
		test->priv = NULL;
		return -ENOMEM;
	}
	return 0;
}

#endif /* _SDWAN_CLASSIFIER_TEST_H */
