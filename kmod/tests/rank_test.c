// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: tests of the order of paths in a class
 *
 * Flows are the same in every run. How many of them a path gets still is a matter
 * of chance, as it is of the flows that come in practice; tolerances allow
 * for it.
 */
#include <kunit/test.h>
#include <linux/prandom.h>

#include "../encap.h"
#include "../rank.h"

#define TEST_SEED	20241122
#define TEST_FLOWS	10000
#define TEST_SHARES	8

struct test_share {
	u32 id;
	u32 weight;
};

/* The path that a flow takes, by its place in the array. */
static unsigned int test_winner(const struct test_share *shares, unsigned int n,
				u32 hash)
{
	struct sdwan_rank rank, best_rank = { };
	unsigned int i, best = 0;

	for (i = 0; i < n; i++) {
		rank = (struct sdwan_rank) { .id = shares[i].id };
		sdwan_rank_share(&rank, hash, shares[i].weight);
		if (i && !sdwan_rank_before(&rank, &best_rank))
			continue;
		best = i;
		best_rank = rank;
	}
	return best;
}

static void test_close(struct kunit *test, u32 have, u32 want, u32 permille)
{
	u32 off = have > want ? have - want : want - have;

	KUNIT_EXPECT_LE_MSG(test, off * 1000ULL, (u64)want * permille,
			    "%u is not within %u per mille of %u", have,
			    permille, want);
}

static void test_split(struct kunit *test, const struct test_share *shares,
		       unsigned int n, u32 flows, u32 permille)
{
	u32 count[TEST_SHARES] = { }, sum = 0, i;
	struct rnd_state rnd;

	prandom_seed_state(&rnd, TEST_SEED);
	for (i = 0; i < flows; i++)
		count[test_winner(shares, n, prandom_u32_state(&rnd))]++;

	for (i = 0; i < n; i++)
		sum += shares[i].weight;
	for (i = 0; i < n; i++)
		test_close(test, count[i],
			   div_u64((u64)flows * shares[i].weight, sum),
			   permille);
}

static void rank_split_is_equal(struct kunit *test)
{
	static const struct test_share shares[] = {
		{ 1, 1 }, { 2, 1 }, { 3, 1 }, { 4, 1 },
	};

	test_split(test, shares, 2, TEST_FLOWS, 50);
	test_split(test, shares, 4, TEST_FLOWS, 50);
	test_split(test, shares, 4, 20 * TEST_FLOWS, 15);
}

static void rank_split_follows_weights(struct kunit *test)
{
	static const struct test_share small[] = {
		{ 7, 1 }, { 8, 2 }, { 100, 5 },
	};
	/* as rates in kbit/s are */
	static const struct test_share big[] = {
		{ 7, 500000000 }, { 8, 1000000000 }, { 9, 2500000000U },
	};

	test_split(test, small, 3, TEST_FLOWS, 50);
	test_split(test, big, 3, TEST_FLOWS, 50);
	test_split(test, small, 3, 20 * TEST_FLOWS, 15);
}

/* Only the flows of the path that goes move. */
static void rank_removal_moves_its_own(struct kunit *test)
{
	struct test_share shares[] = {
		{ 11, 3 }, { 12, 1 }, { 13, 2 }, { 14, 4 }, { 15, 2 },
	};
	struct test_share left[ARRAY_SIZE(shares) - 1];
	unsigned int i, gone, before, after;
	struct rnd_state rnd;

	prandom_seed_state(&rnd, TEST_SEED);
	for (i = 0; i < TEST_FLOWS; i++) {
		u32 hash = prandom_u32_state(&rnd);

		gone = i % ARRAY_SIZE(shares);
		memcpy(left, shares, gone * sizeof(*left));
		memcpy(left + gone, shares + gone + 1,
		       (ARRAY_SIZE(left) - gone) * sizeof(*left));
		before = test_winner(shares, ARRAY_SIZE(shares), hash);
		after = test_winner(left, ARRAY_SIZE(left), hash);
		if (before != gone)
			KUNIT_ASSERT_EQ(test, shares[before].id, left[after].id);
	}
}

/* How many flows move when shares become others: all of them to path @to. */
static unsigned int test_moved(struct kunit *test,
			       const struct test_share *old, unsigned int n_old,
			       const struct test_share *new, unsigned int n_new,
			       unsigned int to)
{
	unsigned int i, after, moved = 0;
	struct rnd_state rnd;

	prandom_seed_state(&rnd, TEST_SEED);
	for (i = 0; i < TEST_FLOWS; i++) {
		u32 hash = prandom_u32_state(&rnd);

		after = test_winner(new, n_new, hash);
		if (test_winner(old, n_old, hash) == after)
			continue;
		KUNIT_ASSERT_EQ(test, after, to);
		moved++;
	}
	return moved;
}

/* Flows move to the path that comes only, and no more than its share. */
static void rank_addition_moves_its_share(struct kunit *test)
{
	static const struct test_share shares[] = {
		{ 21, 1 }, { 22, 1 }, { 23, 1 }, { 24, 1 },
	};
	unsigned int moved = test_moved(test, shares, 3, shares, 4, 3);

	test_close(test, moved, TEST_FLOWS / 4, 50);
}

/* A change of one weight moves flows to or from that path only. */
static void rank_weight_moves_its_own(struct kunit *test)
{
	static const struct test_share light[] = { { 1, 2 }, { 2, 2 }, { 3, 2 } };
	static const struct test_share heavy[] = { { 1, 2 }, { 2, 3 }, { 3, 2 } };

	KUNIT_EXPECT_GT(test, test_moved(test, light, 3, heavy, 3, 1), 0);
}

/* Bit by bit: slow and exact. */
static u32 test_cost(u32 uniform)
{
	u64 u = (u64)uniform << 1 | 1;
	int exponent = fls64(u) - 1, bit;
	u64 m = exponent > 31 ? u >> (exponent - 31) : u << (31 - exponent);
	u32 log = 0;

	for (bit = SDWAN_RANK_FRACTION - 1; bit >= 0; bit--) {
		m = m * m >> 31;
		if (m >> 32) {
			log |= BIT(bit);
			m >>= 1;
		}
	}
	return ((33 - exponent) << SDWAN_RANK_FRACTION) - log;
}

static void test_cost_of(struct kunit *test, u32 uniform)
{
	u32 have = sdwan_rank_cost(uniform), want = test_cost(uniform);
	u32 off = have > want ? have - want : want - have;

	KUNIT_ASSERT_GT(test, have, 0);
	/* 5e-5 */
	KUNIT_ASSERT_LE(test, off, BIT(SDWAN_RANK_FRACTION) / 20000);
	if (uniform < U32_MAX)
		KUNIT_ASSERT_GE(test, have, sdwan_rank_cost(uniform + 1));
	/* close to 1 */
	if (uniform > U32_MAX - U32_MAX / 64)
		KUNIT_ASSERT_LE(test, off, want / 100 + 2);
}

static void rank_log_is_accurate(struct kunit *test)
{
	struct rnd_state rnd;
	int i, bit;

	for (i = 0; i < 200; i++) {
		test_cost_of(test, i);
		test_cost_of(test, U32_MAX - i);
	}
	for (bit = 8; bit < 32; bit++)
		for (i = -2; i < 2; i++)
			test_cost_of(test, BIT(bit) + i);
	/* where one interval of the table ends and the next begins */
	for (bit = 0; bit < 64; bit++)
		for (i = -2; i < 2; i++)
			test_cost_of(test, BIT(31) + (bit << 25) + i);

	prandom_seed_state(&rnd, TEST_SEED);
	for (i = 0; i < 100000; i++) {
		u32 uniform = prandom_u32_state(&rnd);

		test_cost_of(test, uniform);
		test_cost_of(test, uniform >> (uniform & 31));
		test_cost_of(test, U32_MAX - (uniform >> (uniform & 31)));
	}
}

#define TEST_UNDERLAYS	3
#define TEST_PATHS	6

/**
 * struct test_world - a site with two paths over each of three underlays
 * @dev: device of all underlays
 * @site: the site
 * @peer: its only gateway
 * @other: a gateway without paths
 * @target: the site
 * @underlay: named u0, u1, u2
 * @underlay_cfg: their configurations
 * @path: named p0 to p5; pN is over underlay N % 3, with id 1000 - N
 * @cfg: their configurations, of preference 10 * N
 */
struct test_world {
	struct net_device *dev;
	struct sdwan_site site;
	struct sdwan_peer peer;
	struct sdwan_peer other;
	struct sdwan_target target;
	struct sdwan_underlay underlay[TEST_UNDERLAYS];
	struct sdwan_underlay_cfg underlay_cfg[TEST_UNDERLAYS];
	struct sdwan_path path[TEST_PATHS];
	struct sdwan_path_cfg cfg[TEST_PATHS];
};

static void test_world_path(struct test_world *w, int i)
{
	struct sdwan_path_cfg *cfg = &w->cfg[i];
	struct sdwan_path *path = &w->path[i];

	snprintf(path->name, sizeof(path->name), "p%d", i);
	path->obj.id = 1000 - i;
	path->peer = &w->peer;
	path->underlay = &w->underlay[i % TEST_UNDERLAYS];
	cfg->path = path;
	cfg->admin = true;
	cfg->preference = 10 * i;
	list_add_tail(&cfg->by_site, &w->site.paths);
	list_add_tail(&cfg->by_peer, &w->peer.path_list);
}

static struct test_world *test_world(struct kunit *test)
{
	struct test_world *w = kunit_kzalloc(test, sizeof(*w), GFP_KERNEL);
	int i;

	KUNIT_ASSERT_NOT_NULL(test, w);
	w->dev = kunit_kzalloc(test, sizeof(*w->dev), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, w->dev);
	set_bit(__LINK_STATE_START, &w->dev->state);

	INIT_LIST_HEAD(&w->site.paths);
	INIT_LIST_HEAD(&w->peer.path_list);
	INIT_LIST_HEAD(&w->other.path_list);
	w->peer.site = &w->site;
	w->other.site = &w->site;
	w->target.vni = 1;
	w->target.site = &w->site;
	for (i = 0; i < TEST_UNDERLAYS; i++) {
		snprintf(w->underlay[i].name, sizeof(w->underlay[i].name),
			 "u%d", i);
		RCU_INIT_POINTER(w->underlay[i].dev, w->dev);
		RCU_INIT_POINTER(w->underlay[i].obj.cfg,
				 &w->underlay_cfg[i].hdr);
	}
	for (i = 0; i < TEST_PATHS; i++)
		test_world_path(w, i);
	return w;
}

static struct sdwan_class_cfg *test_class(struct kunit *test,
					  enum sdwan_class_mode mode)
{
	struct sdwan_class_cfg *class;

	class = kunit_kzalloc(test, struct_size(class, members, TEST_PATHS),
			      GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, class);
	class->mode = mode;
	return class;
}

/* uN is an underlay, pN a path. */
static void test_member(struct sdwan_class_cfg *class, const char *name,
			u32 weight)
{
	struct sdwan_class_member *member;

	member = &class->members[class->n_members++];
	member->path = *name == 'p';
	member->weight = weight;
	strscpy(member->name, name, sizeof(member->name));
}

/* Numbers of paths, in the order in which they are chosen. */
static void test_order(const struct test_world *w,
		       const struct sdwan_class_cfg *class, u32 hash,
		       char order[2 * TEST_PATHS + 1])
{
	const struct sdwan_path_cfg *cfg = NULL;
	int i;

	rcu_read_lock();
	/* twice as many as there are, lest it goes in circles */
	for (i = 0; i < 2 * TEST_PATHS; i++) {
		cfg = sdwan_class_select(class, &w->target, hash, cfg);
		if (!cfg)
			break;
		order[i] = '0' + (cfg - w->cfg);
	}
	rcu_read_unlock();
	order[i] = 0;
}

static void test_expect_order(struct kunit *test, const struct test_world *w,
			      const struct sdwan_class_cfg *class,
			      const char *want)
{
	char order[2 * TEST_PATHS + 1];

	test_order(w, class, 4711, order);
	KUNIT_EXPECT_STREQ(test, order, want);
}

static void test_down(struct test_world *w, int i)
{
	RCU_INIT_POINTER(w->underlay[i].dev, NULL);
}

static void rank_prefer_is_in_order(struct kunit *test)
{
	struct sdwan_class_cfg *class = test_class(test,
						   SDWAN_CLASS_MODE_PREFER);
	struct test_world *w = test_world(test);

	test_member(class, "p4", 1);
	test_member(class, "u2", 1);
	test_member(class, "nobody", 1);
	/* named twice over: what comes first counts */
	test_member(class, "p5", 1);
	test_expect_order(test, w, class, "425013");
	class->strict = true;
	test_expect_order(test, w, class, "425");
	/* the name of a path is not that of an underlay */
	strscpy(w->path[0].name, "u2", sizeof(w->path[0].name));
	test_expect_order(test, w, class, "425");

	test_down(w, 1);
	test_expect_order(test, w, class, "25");
	test_down(w, 2);
	test_expect_order(test, w, class, "");
	class->strict = false;
	test_expect_order(test, w, class, "03");
}

static void rank_pin_is_one_member(struct kunit *test)
{
	struct sdwan_class_cfg *class = test_class(test, SDWAN_CLASS_MODE_PIN);
	struct test_world *w = test_world(test);

	test_member(class, "u1", 1);
	test_expect_order(test, w, class, "140235");
	class->strict = true;
	test_expect_order(test, w, class, "14");
	w->cfg[1].admin = false;
	test_expect_order(test, w, class, "4");
}

/* Numbers of the paths that a second copy may take, in their order. */
static void test_expect_second(struct kunit *test, const struct test_world *w,
			       const struct sdwan_class_cfg *class, int first,
			       const char *want)
{
	const struct sdwan_path_cfg *cfg = NULL;
	char order[2 * TEST_PATHS + 1];
	int i;

	rcu_read_lock();
	for (i = 0; i < 2 * TEST_PATHS; i++) {
		cfg = sdwan_class_second(class, &w->target, &w->cfg[first],
					 cfg);
		if (!cfg)
			break;
		order[i] = '0' + (cfg - w->cfg);
	}
	rcu_read_unlock();
	order[i] = 0;
	KUNIT_EXPECT_STREQ(test, order, want);
}

static void rank_duplicate_takes_two(struct kunit *test)
{
	struct sdwan_class_cfg *class = test_class(test,
						   SDWAN_CLASS_MODE_DUPLICATE);
	struct test_world *w = test_world(test);
	struct sdwan_peer_cfg *peer;
	int i;

	peer = kunit_kzalloc(test, sizeof(*peer), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, peer);
	RCU_INIT_POINTER(w->peer.obj.cfg, &peer->hdr);
	for (i = 0; i < TEST_PATHS; i++)
		w->cfg[i].ops = &sdwan_encap_geneve;

	/* without members by preference; over another underlay first */
	test_expect_order(test, w, class, "012345");
	test_expect_second(test, w, class, 0, "12453");
	test_expect_second(test, w, class, 4, "02351");

	/* members only */
	test_member(class, "u1", 1);
	test_member(class, "u0", 1);
	test_expect_order(test, w, class, "140325");
	test_expect_second(test, w, class, 1, "034");
	test_expect_second(test, w, class, 0, "143");
	test_expect_second(test, w, class, 2, "1403");

	/* what has no room for a number goes behind, and is no second one */
	w->cfg[1].ops = &sdwan_encap_gre;
	w->cfg[5].ops = &sdwan_encap_dev;
	test_expect_order(test, w, class, "403125");
	test_expect_second(test, w, class, 4, "03");

	/* what is down, and what leads to another gateway */
	w->cfg[0].admin = false;
	test_expect_second(test, w, class, 4, "3");
	w->path[3].peer = &w->other;
	test_expect_second(test, w, class, 4, "");

	/* nothing of it to a stock device */
	w->path[3].peer = &w->peer;
	peer->stock = true;
	test_expect_order(test, w, class, "14325");
	test_expect_second(test, w, class, 4, "");
}

/* Every path once, those of members first. */
static void test_balance_order(struct kunit *test, const struct test_world *w,
			       const struct sdwan_class_cfg *class, u32 hash,
			       unsigned int members, const char *rest)
{
	char order[2 * TEST_PATHS + 1];
	unsigned int i, seen = 0;

	test_order(w, class, hash, order);
	for (i = 0; order[i]; i++) {
		KUNIT_ASSERT_FALSE(test, seen & BIT(order[i] - '0'));
		seen |= BIT(order[i] - '0');
		if (i + 1 == hweight32(members))
			KUNIT_ASSERT_EQ(test, seen, members);
	}
	KUNIT_ASSERT_EQ(test, i, hweight32(members) + strlen(rest));
	KUNIT_ASSERT_STREQ(test, order + hweight32(members), rest);
}

static void rank_balance_visits_each_once(struct kunit *test)
{
	struct sdwan_class_cfg *some, *all, *strict;
	struct test_world *w = test_world(test);
	struct rnd_state rnd;
	int i;

	all = test_class(test, SDWAN_CLASS_MODE_BALANCE);
	some = test_class(test, SDWAN_CLASS_MODE_BALANCE);
	test_member(some, "u1", 1);
	test_member(some, "p3", 1);
	strict = test_class(test, SDWAN_CLASS_MODE_BALANCE);
	strict->strict = true;
	strict->weight_by = SDWAN_CLASS_WEIGHT_EXPLICIT;
	test_member(strict, "p0", 65535);
	test_member(strict, "p5", 1);

	prandom_seed_state(&rnd, TEST_SEED);
	for (i = 0; i < 1000; i++) {
		u32 hash = prandom_u32_state(&rnd);

		test_balance_order(test, w, all, hash, 0x3f, "");
		test_balance_order(test, w, some, hash, 0x1a, "025");
		test_balance_order(test, w, strict, hash, 0x21, "");
	}
}

static void test_class_split(struct kunit *test, const struct test_world *w,
			     const struct sdwan_class_cfg *class,
			     const u32 *weights)
{
	u32 count[TEST_PATHS] = { }, sum = 0, i;
	const struct sdwan_path_cfg *cfg;
	struct rnd_state rnd;

	prandom_seed_state(&rnd, TEST_SEED);
	for (i = 0; i < 2 * TEST_FLOWS; i++) {
		rcu_read_lock();
		cfg = sdwan_class_select(class, &w->target,
					 prandom_u32_state(&rnd), NULL);
		rcu_read_unlock();
		KUNIT_ASSERT_NOT_NULL(test, cfg);
		count[cfg - w->cfg]++;
	}
	for (i = 0; i < TEST_PATHS; i++)
		sum += weights[i];
	for (i = 0; i < TEST_PATHS; i++)
		test_close(test, count[i], 2 * TEST_FLOWS * weights[i] / sum,
			   50);
}

static void rank_weights_are_what_they_say(struct kunit *test)
{
	static const u32 rates[] = { 4, 2, 2, 0, 0, 0 };
	static const u32 rates_down[] = { 4, 0, 2, 0, 0, 0 };
	static const u32 costs[] = { 1, 2, 4, 0, 0, 0 };
	static const u32 explicit[] = { 3, 0, 1, 0, 0, 4 };
	struct sdwan_class_cfg *class = test_class(test,
						   SDWAN_CLASS_MODE_BALANCE);
	struct test_world *w = test_world(test);

	test_member(class, "p0", 3);
	test_member(class, "p1", 1);
	test_member(class, "p2", 1);
	class->weight_by = SDWAN_CLASS_WEIGHT_RATE;
	/* u2 has none, and weighs as u1 */
	w->underlay_cfg[0].rate = 1000000000;
	w->underlay_cfg[1].rate = 500000000;
	test_class_split(test, w, class, rates);
	/* as it does while that is down */
	w->cfg[1].admin = false;
	test_class_split(test, w, class, rates_down);
	w->cfg[1].admin = true;

	class->weight_by = SDWAN_CLASS_WEIGHT_COST;
	w->underlay_cfg[0].cost = 40;
	w->underlay_cfg[1].cost = 20;
	w->underlay_cfg[2].cost = 10;
	test_class_split(test, w, class, costs);

	class->weight_by = SDWAN_CLASS_WEIGHT_EXPLICIT;
	class->n_members = 1;
	test_member(class, "p2", 1);
	test_member(class, "p5", 4);
	test_class_split(test, w, class, explicit);
}

static bool test_has(const struct test_world *w,
		     const struct sdwan_class_cfg *class, int path)
{
	bool has;

	rcu_read_lock();
	has = sdwan_class_has(class, &w->target, &w->cfg[path]);
	rcu_read_unlock();
	return has;
}

static void rank_has_what_it_would_choose(struct kunit *test)
{
	struct sdwan_class_cfg *class = test_class(test,
						   SDWAN_CLASS_MODE_PREFER);
	struct test_world *w = test_world(test);

	test_member(class, "u1", 1);
	KUNIT_EXPECT_TRUE(test, test_has(w, class, 4));
	KUNIT_EXPECT_FALSE(test, test_has(w, class, 0));

	/* of the site, but not of this gateway; of one segment */
	w->target.peer = &w->other;
	KUNIT_EXPECT_FALSE(test, test_has(w, class, 4));
	w->target.peer = &w->peer;
	KUNIT_EXPECT_TRUE(test, test_has(w, class, 4));
	w->path[4].vni = 2;
	KUNIT_EXPECT_FALSE(test, test_has(w, class, 4));
	KUNIT_EXPECT_TRUE(test, test_has(w, class, 1));

	test_down(w, 1);
	KUNIT_EXPECT_FALSE(test, test_has(w, class, 1));
	KUNIT_EXPECT_TRUE(test, test_has(w, class, 0));
	class->strict = true;
	KUNIT_EXPECT_FALSE(test, test_has(w, class, 0));
	class->mode = SDWAN_CLASS_MODE_BALANCE;
	class->n_members = 0;
	KUNIT_EXPECT_TRUE(test, test_has(w, class, 0));
}

static struct kunit_case sdwan_rank_cases[] = {
	KUNIT_CASE(rank_split_is_equal),
	KUNIT_CASE(rank_split_follows_weights),
	KUNIT_CASE(rank_removal_moves_its_own),
	KUNIT_CASE(rank_addition_moves_its_share),
	KUNIT_CASE(rank_weight_moves_its_own),
	KUNIT_CASE(rank_log_is_accurate),
	KUNIT_CASE(rank_prefer_is_in_order),
	KUNIT_CASE(rank_pin_is_one_member),
	KUNIT_CASE(rank_duplicate_takes_two),
	KUNIT_CASE(rank_balance_visits_each_once),
	KUNIT_CASE(rank_weights_are_what_they_say),
	KUNIT_CASE(rank_has_what_it_would_choose),
	{ }
};

static struct kunit_suite sdwan_rank_suite = {
	.name = "sdwan_rank",
	.test_cases = sdwan_rank_cases,
};

kunit_test_suite(sdwan_rank_suite);
