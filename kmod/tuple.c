// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: rules that compare the same bits of a packet
 *
 * Which tuple a rule is in, by which numbers look-ups find it there, and in
 * which order they ask tuples. Writers keep tuples in trees, so that one rule
 * more or less costs little; look-ups have an array of them, made anew when it
 * lacks something.
 */
#include <linux/hashtable.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include <net/ipv6.h>

#include "classifier.h"
#include "classifier_int.h"
#include "tuple.h"

/**
 * struct sdwan_pair - tuples with the same lengths of prefixes
 * @by_plens: in sdwan_classifier.pairs
 * @by_best: in sdwan_classifier.order
 * @tuples: &struct sdwan_tuple.by_best
 * @best: the lowest preference in @tuples
 * @plens: the lengths
 *
 * Writers only.
 */
struct sdwan_pair {
	struct hlist_node by_plens;
	struct rb_node by_best;
	struct rb_root_cached tuples;
	u32 best;
	struct sdwan_plens plens;
};

/**
 * struct sdwan_tuple - rules of one shape
 * @by_shape: in sdwan_classifier.shapes
 * @by_best: in its pair
 * @nodes: &struct sdwan_classifier_node.by_pref
 * @best: the lowest preference of @nodes
 * @salt: tells its hashes from those of others
 * @shape: what its rules have in common
 * @pair: tuples with the same lengths of prefixes
 *
 * Writers only.
 */
struct sdwan_tuple {
	struct hlist_node by_shape;
	struct rb_node by_best;
	struct rb_root_cached nodes;
	u32 best;
	u32 salt;
	struct sdwan_shape shape;
	struct sdwan_pair *pair;
};

static u8 sdwan_plen_class(const struct in6_addr *addr, u8 plen)
{
	if (!plen)
		return SDWAN_SLOT_ANY;
	if (plen >= SDWAN_V4_PLEN && ipv6_addr_v4mapped(addr))
		return plen - SDWAN_V4_PLEN;
	return plen / SDWAN_V6_STEP | SDWAN_CLASS_V6;
}

static struct sdwan_port_range sdwan_ports_hull(const struct sdwan_ports *ports)
{
	struct sdwan_port_range hull = { .min = 0, .max = U16_MAX };

	if (ports->n) {
		hull.min = ports->range[0].min;
		hull.max = ports->range[ports->n - 1].max;
	}
	return hull;
}

/*
 * Ports are hashed in blocks no smaller than what @differ ports take. Few
 * sizes, since each makes another tuple.
 */
static u16 sdwan_port_block_mask(u16 differ)
{
	if (!differ)
		return 0xffff;
	if (differ < 0x10)
		return 0xfff0;
	if (differ < 0x100)
		return 0xff00;
	return differ < 0x800 ? 0xf800 : 0;
}

/* All of the source ports are in one block. */
static u16 sdwan_sport_mask(const struct sdwan_match *match)
{
	struct sdwan_port_range hull = sdwan_ports_hull(&match->sport);

	return sdwan_port_block_mask(hull.min ^ hull.max);
}

/* The destination ports are in one block, or in two that are neighbours. */
static u16 sdwan_dport_mask(const struct sdwan_match *match)
{
	struct sdwan_port_range hull = sdwan_ports_hull(&match->dport);

	return sdwan_port_block_mask(hull.max - hull.min);
}

static struct sdwan_shape sdwan_shape_of(const struct sdwan_match *match)
{
	struct sdwan_shape shape = {
		.fields = sdwan_fields(match->proto ? U8_MAX : 0,
				       match->dscp != SDWAN_DSCP_ANY ?
				       U8_MAX : 0,
				       sdwan_sport_mask(match),
				       sdwan_dport_mask(match)),
		.tags = sdwan_tags(match->vni ? U32_MAX : 0, match->mark_mask),
		.iif = match->iif[0] ? U32_MAX : 0,
		.frame = match->frame.has,
	};

	return shape;
}

static struct sdwan_plens sdwan_plens_of(const struct sdwan_match *match)
{
	struct sdwan_plens plens = {
		.class = {
			sdwan_plen_class(&match->from, match->from_plen),
			sdwan_plen_class(&match->to, match->to_plen),
		},
	};

	return plens;
}

static bool sdwan_shapes_equal(const struct sdwan_shape *a,
			       const struct sdwan_shape *b)
{
	return a->fields == b->fields && a->tags == b->tags &&
	       a->iif == b->iif && a->frame == b->frame;
}

static u32 sdwan_plens_number(const struct sdwan_plens *plens)
{
	return plens->class[SDWAN_FROM] << 8 | plens->class[SDWAN_TO];
}

static u32 sdwan_shape_hash(const struct sdwan_shape *shape,
			    const struct sdwan_plens *plens)
{
	return sdwan_mix(sdwan_mix(shape->fields + (shape->iif & 1) +
				   ((u64)shape->frame << 56)) +
			 shape->tags * SDWAN_RATIO_64 +
			 sdwan_plens_number(plens)) >> 32;
}

static bool sdwan_pair_less(struct rb_node *a, const struct rb_node *b)
{
	return rb_entry(a, struct sdwan_pair, by_best)->best <
	       rb_entry(b, struct sdwan_pair, by_best)->best;
}

static bool sdwan_tuple_less(struct rb_node *a, const struct rb_node *b)
{
	return rb_entry(a, struct sdwan_tuple, by_best)->best <
	       rb_entry(b, struct sdwan_tuple, by_best)->best;
}

static bool sdwan_node_less(struct rb_node *a, const struct rb_node *b)
{
	return rb_entry(a, struct sdwan_classifier_node, by_pref)->pref <
	       rb_entry(b, struct sdwan_classifier_node, by_pref)->pref;
}

/* The pair of two lengths, which need not have a tuple yet. */
static struct sdwan_pair *sdwan_pair_get(struct sdwan_classifier *classifier,
					 const struct sdwan_plens *plens)
{
	u32 number = sdwan_plens_number(plens);
	struct sdwan_pair *pair;

	hash_for_each_possible(classifier->pairs, pair, by_plens, number)
		if (sdwan_plens_number(&pair->plens) == number)
			return pair;

	pair = kzalloc(sizeof(*pair), GFP_KERNEL_ACCOUNT);
	if (!pair)
		return NULL;
	pair->tuples = RB_ROOT_CACHED;
	pair->best = U32_MAX;
	pair->plens = *plens;
	hash_add(classifier->pairs, &pair->by_plens, number);
	rb_add(&pair->by_best, &classifier->order, sdwan_pair_less);
	classifier->n_pairs++;
	return pair;
}

/* Give up a pair that has no tuple. Look-ups do not know it. */
static void sdwan_pair_put(struct sdwan_classifier *classifier,
			   struct sdwan_pair *pair)
{
	if (!RB_EMPTY_ROOT(&pair->tuples.rb_root))
		return;
	hash_del(&pair->by_plens);
	rb_erase(&pair->by_best, &classifier->order);
	classifier->n_pairs--;
	kfree(pair);
}

static void sdwan_pair_update_best(struct sdwan_classifier *classifier,
				   struct sdwan_pair *pair)
{
	struct rb_node *first = rb_first_cached(&pair->tuples);
	u32 best = rb_entry(first, struct sdwan_tuple, by_best)->best;

	if (best == pair->best)
		return;
	pair->best = best;
	rb_erase(&pair->by_best, &classifier->order);
	rb_add(&pair->by_best, &classifier->order, sdwan_pair_less);
}

static struct sdwan_tuple *
sdwan_tuple_find(struct sdwan_classifier *classifier,
		 const struct sdwan_shape *shape,
		 const struct sdwan_plens *plens, u32 hash)
{
	struct sdwan_tuple *tuple;

	hash_for_each_possible(classifier->shapes, tuple, by_shape, hash)
		if (sdwan_shapes_equal(&tuple->shape, shape) &&
		    sdwan_plens_number(&tuple->pair->plens) ==
		    sdwan_plens_number(plens))
			return tuple;
	return NULL;
}

/**
 * sdwan_tuple_get() - find or make the tuple of a rule
 * @classifier: classifier
 * @match: what the rule matches
 *
 * Context: Process context, by the one writer.
 *
 * Return: tuple, or NULL where there is no memory. It need not have a rule
 * yet: then it is for sdwan_tuple_insert() or sdwan_tuple_put().
 */
struct sdwan_tuple *sdwan_tuple_get(struct sdwan_classifier *classifier,
				    const struct sdwan_match *match)
{
	struct sdwan_shape shape = sdwan_shape_of(match);
	struct sdwan_plens plens = sdwan_plens_of(match);
	u32 hash = sdwan_shape_hash(&shape, &plens);
	struct sdwan_tuple *tuple;
	struct sdwan_pair *pair;

	tuple = sdwan_tuple_find(classifier, &shape, &plens, hash);
	if (tuple)
		return tuple;
	tuple = kzalloc(sizeof(*tuple), GFP_KERNEL_ACCOUNT);
	if (!tuple)
		return NULL;
	pair = sdwan_pair_get(classifier, &plens);
	if (!pair) {
		kfree(tuple);
		return NULL;
	}
	tuple->nodes = RB_ROOT_CACHED;
	tuple->best = U32_MAX;
	tuple->salt = hash;
	tuple->shape = shape;
	tuple->pair = pair;
	hash_add(classifier->shapes, &tuple->by_shape, hash);
	rb_add_cached(&tuple->by_best, &pair->tuples, sdwan_tuple_less);
	classifier->n_tuples++;
	return tuple;
}

/**
 * sdwan_tuple_put() - give up a tuple that has no rule
 * @classifier: classifier
 * @tuple: tuple; one with rules stays
 *
 * Look-ups do not know it.
 *
 * Context: Process context, by the one writer.
 */
void sdwan_tuple_put(struct sdwan_classifier *classifier,
		     struct sdwan_tuple *tuple)
{
	struct sdwan_pair *pair = tuple->pair;

	if (!RB_EMPTY_ROOT(&tuple->nodes.rb_root))
		return;
	hash_del(&tuple->by_shape);
	rb_erase_cached(&tuple->by_best, &pair->tuples);
	classifier->n_tuples--;
	kfree(tuple);
	if (RB_EMPTY_ROOT(&pair->tuples.rb_root))
		sdwan_pair_put(classifier, pair);
	else
		sdwan_pair_update_best(classifier, pair);
}

static void sdwan_tuple_update_best(struct sdwan_classifier *classifier,
				    struct sdwan_tuple *tuple)
{
	struct rb_node *first = rb_first_cached(&tuple->nodes);
	struct sdwan_pair *pair = tuple->pair;

	rb_erase_cached(&tuple->by_best, &pair->tuples);
	tuple->best = rb_entry(first, struct sdwan_classifier_node,
			       by_pref)->pref;
	rb_add_cached(&tuple->by_best, &pair->tuples, sdwan_tuple_less);
	sdwan_pair_update_best(classifier, pair);
}

static struct sdwan_tuple_array *sdwan_array_alloc(unsigned int tuples,
						   unsigned int blocks)
{
	struct sdwan_tuple_array *array;
	size_t size = struct_size(array, block, blocks);

	array = kvmalloc(size_add(size, array_size(tuples,
						   sizeof(*array->tuple))),
			 GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
	if (!array)
		return NULL;
	array->max_tuples = tuples;
	array->max_blocks = blocks;
	array->tuple = (void *)array + size;
	return array;
}

/* Have an array for all tuples at hand, and for some more to come. */
static int sdwan_array_reserve(struct sdwan_classifier *classifier)
{
	unsigned int blocks = DIV_ROUND_UP(classifier->n_pairs, SDWAN_BLOCK);
	struct sdwan_tuple_array *array = classifier->spare;

	if (array && array->max_blocks >= blocks &&
	    array->max_tuples >= classifier->n_tuples)
		return 0;

	array = sdwan_array_alloc(round_up(classifier->n_tuples, SDWAN_BLOCK),
				  blocks);
	if (!array)
		return -ENOMEM;
	kvfree(classifier->spare);
	classifier->spare = array;
	return 0;
}

static void sdwan_array_add_end(struct sdwan_tuple_array *array,
				struct sdwan_pair_block *block, u64 bit,
				enum sdwan_end end, u8 class)
{
	unsigned int family = !!(class & SDWAN_CLASS_V6);
	unsigned int slot = class & SDWAN_CLASS_SLOT;

	if (slot == SDWAN_SLOT_ANY) {
		block->any[end] |= bit;
		return;
	}
	block->plen[end][family][slot] |= bit;
	array->plens[end][family] |= BIT_ULL(slot);
}

static struct sdwan_pair_entry *
sdwan_array_add_pair(struct sdwan_tuple_array *array, unsigned int i,
		     const struct sdwan_pair *pair)
{
	struct sdwan_pair_block *block = &array->block[i / SDWAN_BLOCK];
	enum sdwan_end end;

	i %= SDWAN_BLOCK;
	if (!i) {
		memset(block->any, 0, sizeof(block->any));
		memset(block->plen, 0, sizeof(block->plen));
		array->n++;
	}
	for (end = 0; end < SDWAN_ENDS; end++)
		sdwan_array_add_end(array, block, BIT_ULL(i), end,
				    pair->plens.class[end]);
	block->entry[i].best = pair->best;
	block->entry[i].plens = pair->plens;
	return &block->entry[i];
}

/* Returns how many there are. */
static unsigned int sdwan_array_add_tuples(struct sdwan_tuple_entry *entry,
					   const struct sdwan_pair *pair)
{
	const struct sdwan_tuple *tuple;
	unsigned int n = 0;
	struct rb_node *rb;

	for (rb = rb_first_cached(&pair->tuples); rb; rb = rb_next(rb)) {
		tuple = rb_entry(rb, struct sdwan_tuple, by_best);
		entry[n].shape = tuple->shape;
		entry[n].best = tuple->best;
		entry[n].salt = tuple->salt;
		n++;
	}
	return n;
}

static struct sdwan_tuple_array *
sdwan_array_fill(struct sdwan_classifier *classifier)
{
	struct sdwan_tuple_array *array = classifier->spare;
	unsigned int pairs = 0, tuples = 0;
	struct sdwan_pair_entry *entry;
	struct sdwan_pair *pair;
	struct rb_node *rb;

	classifier->spare = NULL;
	array->n = 0;
	memset(array->plens, 0, sizeof(array->plens));
	for (rb = rb_first(&classifier->order); rb; rb = rb_next(rb)) {
		pair = rb_entry(rb, struct sdwan_pair, by_best);
		entry = sdwan_array_add_pair(array, pairs++, pair);
		entry->first = tuples;
		entry->n = sdwan_array_add_tuples(&array->tuple[tuples], pair);
		tuples += entry->n;
	}
	return array;
}

/**
 * sdwan_tuple_publish() - show look-ups the tuples as they are
 * @classifier: classifier
 *
 * Cannot fail: sdwan_tuple_reserve() has seen to it that there is a spare array.
 *
 * Context: By the one writer.
 */
void sdwan_tuple_publish(struct sdwan_classifier *classifier)
{
	struct sdwan_tuple_array *old, *array = NULL;

	if (classifier->n_tuples)
		array = sdwan_array_fill(classifier);
	old = sdwan_writer_dereference(classifier->array);
	rcu_assign_pointer(classifier->array, array);
	if (old)
		kvfree_rcu(old, rcu);
	classifier->dirty = false;
	classifier->stale = 0;
}

/*
 * A tuple has lost its best rule. What look-ups know of it is still true, it
 * only costs them time; so this can wait until it is true of half of them, or
 * until there is memory.
 */
static void sdwan_array_stale(struct sdwan_classifier *classifier)
{
	if (2 * ++classifier->stale < classifier->n_tuples)
		return;
	if (!classifier->n_tuples || !sdwan_array_reserve(classifier))
		sdwan_tuple_publish(classifier);
}

/* What look-ups make of a packet that a rule with tuple @tuple matches. */
static void sdwan_view_of_match(struct sdwan_view *view,
				const struct sdwan_match *match,
				const struct sdwan_tuple *tuple)
{
	const struct in6_addr *addr[] = { &match->from, &match->to };
	unsigned int class, slot, family;
	enum sdwan_end end;

	view->fields = sdwan_fields(match->proto, match->dscp,
				    match->sport.range[0].min,
				    match->dport.range[0].min);
	view->tags = sdwan_tags(match->vni, match->mark);
	view->iif = sdwan_iif_hash(match->iif);
	view->frame = &match->frame;
	view->hash[SDWAN_FROM][SDWAN_SLOT_ANY] = 0;
	view->hash[SDWAN_TO][SDWAN_SLOT_ANY] = 0;
	for (end = 0; end < SDWAN_ENDS; end++) {
		class = tuple->pair->plens.class[end];
		slot = class & SDWAN_CLASS_SLOT;
		family = !!(class & SDWAN_CLASS_V6);
		if (slot != SDWAN_SLOT_ANY)
			view->hash[end][slot] =
				sdwan_prefix_hash(sdwan_halves(addr[end]), end,
						  family, slot);
	}
}

static void sdwan_link_init(struct sdwan_classifier_node *node,
			    const struct sdwan_view *view)
{
	struct sdwan_classifier_link *link = &node->link[node->links++];
	const struct sdwan_tuple *tuple = node->tuple;
	const struct sdwan_plens *plens = &tuple->pair->plens;

	link->key = sdwan_view_key(view, sdwan_view_pair(view, plens),
				   &tuple->shape, tuple->salt);
	link->pref = node->pref;
	link->sport = sdwan_ports_hull(&node->match->sport);
	link->dport = sdwan_ports_hull(&node->match->dport);
	link->node = node;
}

/* Find out where a node of tuple @tuple is to be entered. */
static void sdwan_node_init(struct sdwan_classifier_node *node,
			    struct sdwan_tuple *tuple)
{
	const struct sdwan_plens *plens = &tuple->pair->plens;
	u16 mask = sdwan_dport_mask(node->match);
	struct sdwan_port_range dport;
	struct sdwan_view view;
	enum sdwan_end end;

	node->from = U64_MAX;
	node->to = U64_MAX;
	node->tuple = tuple;
	node->links = 0;
	sdwan_view_of_match(&view, node->match, tuple);
	for (end = 0; end < SDWAN_ENDS; end++)
		node->prefix[end] = sdwan_view_prefix(&view, end, plens) >> 32;
	node->pair = sdwan_view_pair(&view, plens) >> 32;

	sdwan_link_init(node, &view);
	dport = sdwan_ports_hull(&node->match->dport);
	if ((dport.min & mask) == (dport.max & mask))
		return;
	view.fields = sdwan_fields(node->match->proto, node->match->dscp,
				   node->match->sport.range[0].min, dport.max);
	sdwan_link_init(node, &view);
}

/**
 * sdwan_tuple_reserve() - have memory for what look-ups know of a tuple
 * @classifier: classifier
 * @tuple: tuple
 * @pref: preference of the rule that is to come in
 *
 * Only a rule that is to be its best changes that.
 *
 * Context: Process context, by the one writer.
 *
 * Return: 0 or -ENOMEM.
 */
int sdwan_tuple_reserve(struct sdwan_classifier *classifier,
			const struct sdwan_tuple *tuple, u32 pref)
{
	return pref < tuple->best ? sdwan_array_reserve(classifier) : 0;
}

/**
 * sdwan_tuple_insert() - enter a rule into its tuple
 * @classifier: classifier
 * @tuple: of sdwan_tuple_get(); sdwan_tuple_reserve() has succeeded
 * @node: rule; where it is to be in the buckets is found out here
 *
 * Context: Process context, by the one writer.
 */
void sdwan_tuple_insert(struct sdwan_classifier *classifier,
			struct sdwan_tuple *tuple,
			struct sdwan_classifier_node *node)
{
	sdwan_node_init(node, tuple);
	rb_add_cached(&node->by_pref, &tuple->nodes, sdwan_node_less);
	if (node->pref < tuple->best) {
		sdwan_tuple_update_best(classifier, tuple);
		classifier->dirty = true;
	}
}

/**
 * sdwan_tuple_remove() - take a rule out of its tuple
 * @classifier: classifier
 * @node: rule
 *
 * The tuple goes with its last rule.
 *
 * Context: Process context, by the one writer.
 */
void sdwan_tuple_remove(struct sdwan_classifier *classifier,
			struct sdwan_classifier_node *node)
{
	struct sdwan_tuple *tuple = node->tuple;
	struct rb_node *first = rb_first_cached(&tuple->nodes);

	rb_erase_cached(&node->by_pref, &tuple->nodes);
	if (first != &node->by_pref)
		return;
	if (RB_EMPTY_ROOT(&tuple->nodes.rb_root))
		sdwan_tuple_put(classifier, tuple);
	else
		sdwan_tuple_update_best(classifier, tuple);
	sdwan_array_stale(classifier);
}
