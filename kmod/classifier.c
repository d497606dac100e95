// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: which rule matches a packet first
 *
 * Rules that compare the same bits of a packet form a tuple: within it, one
 * hash finds those whose bits are a packet's. Ranges of ports are hashed by the
 * block they are in, or by both of two. All tuples share one table of
 * buckets. What is found there is compared with the packet as a whole, so that
 * hashes only have to leave nothing out; sdwan_match() alone says what matches.
 *
 * A look-up avoids asking every tuple. It first finds out which lengths of
 * prefixes can matter for the two addresses: for each length in use, a filter
 * says whether any rule has the prefix of this length that the address is in.
 * Tuples that have both lengths in common form a pair, and for a pair too the
 * filter says whether any rule has these two prefixes. Sixty-four pairs make a
 * block, which knows those of each length as bits of a word. And everything is
 * in the order of the best preference in it, so that a look-up ends where
 * nothing better can follow.
 *
 * Here is the look-up, and what others see of the classifier. Tuples are made
 * in tuple.c, the table is in bucket.c, and what is hashed in classifier_hash.h.
 */
#include <linux/filter.h>
#include <linux/slab.h>
#include <net/ipv6.h>

#include "bucket.h"
#include "classifier.h"
#include "classifier_hash.h"
#include "classifier_int.h"
#include "tuple.h"

static bool sdwan_match_prefix(const struct in6_addr *prefix, u8 plen,
			       const struct in6_addr *addr)
{
	if (!plen)
		return true;
	if (!ipv6_prefix_equal(prefix, addr, plen))
		return false;
	/* a short prefix of IPv6 may cover addresses that are none of IPv6 */
	return plen >= SDWAN_V4_PLEN || !ipv6_addr_v4mapped(addr);
}

static bool sdwan_match_family(const struct sdwan_match *match,
			       const struct in6_addr *addr)
{
	return !match->family ||
	       (match->family == AF_INET) == ipv6_addr_v4mapped(addr);
}

static bool sdwan_match_port(const struct sdwan_ports *ports, u16 port,
			     bool has_ports)
{
	unsigned int i;

	if (!ports->n)
		return true;
	if (!has_ports)
		return false;
	for (i = 0; i < ports->n; i++)
		if (port <= ports->range[i].max)
			return port >= ports->range[i].min;
	return false;
}

static bool sdwan_match_iif(const char *want, const char *have)
{
	const u64 *a = sdwan_iif_words(want), *b = sdwan_iif_words(have);

	BUILD_BUG_ON(IFNAMSIZ != 2 * sizeof(u64));
	return !a[0] || (a[0] == b[0] && a[1] == b[1]);
}

/* What a rule says of IP. */
static bool sdwan_match_ip(const struct sdwan_match *match,
			   const struct sdwan_headers *headers)
{
	return sdwan_match_family(match, &headers->saddr) &&
	       (!match->proto || match->proto == headers->proto) &&
	       (match->dscp == SDWAN_DSCP_ANY ||
		match->dscp == headers->dscp) &&
	       sdwan_match_port(&match->dport, headers->dport,
				headers->has_ports) &&
	       sdwan_match_port(&match->sport, headers->sport,
				headers->has_ports) &&
	       sdwan_match_prefix(&match->to, match->to_plen,
				  &headers->daddr) &&
	       sdwan_match_prefix(&match->from, match->from_plen,
				  &headers->saddr);
}

/* Does a rule say nothing of IP? */
static bool sdwan_match_other(const struct sdwan_match *match)
{
	return !match->family && !match->proto &&
	       match->dscp == SDWAN_DSCP_ANY && !match->from_plen &&
	       !match->to_plen && !match->sport.n && !match->dport.n;
}

static bool sdwan_match_frame(const struct sdwan_frame *want,
			      const struct sdwan_frame *have)
{
	u8 parts = want->has;

	if (likely(!parts))
		return true;
	if (!have || parts & ~have->has)
		return false;
	return (!(parts & SDWAN_FRAME_VLAN) || want->vlan == have->vlan) &&
	       (!(parts & SDWAN_FRAME_PCP) || want->pcp == have->pcp) &&
	       (!(parts & SDWAN_FRAME_TYPE) || want->type == have->type) &&
	       (!(parts & SDWAN_FRAME_SMAC) || want->smac == have->smac) &&
	       (!(parts & SDWAN_FRAME_DMAC) || want->dmac == have->dmac) &&
	       (!(parts & SDWAN_FRAME_MPLS) || want->mpls == have->mpls);
}

/* Programs may use the control block, which is another's here. */
static bool sdwan_match_prog(const struct bpf_prog *prog, struct sk_buff *skb)
{
	return likely(!prog) || (skb && bpf_prog_run_save_cb(prog, skb));
}

/**
 * sdwan_match() - does a rule match a packet?
 * @match: what the rule matches
 * @headers: the packet
 *
 * Its program is asked last. Who drops all packets but some does not want to be
 * without ARP: so rules that name no part of a frame are about IP packets of the
 * device.
 *
 * Context: Any.
 *
 * Return: whether it does.
 */
bool sdwan_match(const struct sdwan_match *match,
		 const struct sdwan_headers *headers)
{
	return (likely(!headers->other) ? sdwan_match_ip(match, headers) :
					  sdwan_match_other(match)) &&
	       (likely(!headers->foreign) || match->frame.has) &&
	       (!match->vni || match->vni == headers->vni) &&
	       (headers->mark & match->mark_mask) == match->mark &&
	       sdwan_match_iif(match->iif, headers->iif) &&
	       sdwan_match_frame(&match->frame, headers->frame) &&
	       sdwan_match_prog(match->prog, headers->skb);
}

static void sdwan_view_end(struct sdwan_view *view, enum sdwan_end end,
			   const struct in6_addr *in6,
			   const struct sdwan_tuple_array *array,
			   const struct sdwan_bucket_table *table)
{
	struct sdwan_halves addr = sdwan_halves(in6);
	unsigned int family, slot;
	u64 bits, hash;

	family = !ipv6_addr_v4mapped(in6);
	view->family[end] = family;
	view->plens[end] = 0;
	view->hash[end][SDWAN_SLOT_ANY] = 0;
	for (bits = array->plens[end][family]; bits; bits &= bits - 1) {
		slot = __ffs64(bits);
		hash = sdwan_prefix_hash(addr, end, family, slot);
		view->hash[end][slot] = hash;
		if (sdwan_filter_test(table, hash >> 32))
			view->plens[end] |= BIT_ULL(slot);
	}
}

static u64 sdwan_block_end(const struct sdwan_pair_block *block,
			   const struct sdwan_view *view, enum sdwan_end end)
{
	const u64 *plen = block->plen[end][view->family[end]];
	u64 bits, pairs = block->any[end];

	for (bits = view->plens[end]; bits; bits &= bits - 1)
		pairs |= plen[__ffs64(bits)];
	return pairs;
}

static bool sdwan_visible(const struct sdwan_classifier_node *node,
			  u64 generation)
{
	return READ_ONCE(node->from) <= generation &&
	       generation < READ_ONCE(node->to);
}

static bool sdwan_link_meets(const struct sdwan_classifier_link *link,
			     const struct sdwan_headers *headers)
{
	return headers->dport >= link->dport.min &&
	       headers->dport <= link->dport.max &&
	       headers->sport >= link->sport.min &&
	       headers->sport <= link->sport.max;
}

/**
 * struct sdwan_search - a look-up at work
 * @headers: the packet
 * @generation: what is seen
 * @array: tuples
 * @table: rules
 * @best: the best match so far, NULL for none
 * @pref: its preference, or U32_MAX
 * @view: the packet
 */
struct sdwan_search {
	const struct sdwan_headers *headers;
	u64 generation;
	const struct sdwan_tuple_array *array;
	const struct sdwan_bucket_table *table;
	struct sdwan_classifier_node *best;
	u32 pref;
	struct sdwan_view view;
};

/* The first rule in a bucket is the best. */
static void sdwan_search_bucket(struct sdwan_search *search, u32 key)
{
	const struct sdwan_bucket_table *table = search->table;
	const struct sdwan_classifier_link *link;

	hlist_for_each_entry_rcu(link, &table->bucket[key >> table->shift],
				 hash[table->link]) {
		if (link->pref >= search->pref)
			return;
		if (link->key == key &&
		    sdwan_link_meets(link, search->headers) &&
		    sdwan_visible(link->node, search->generation) &&
		    sdwan_match(link->node->match, search->headers)) {
			search->best = link->node;
			search->pref = link->pref;
			return;
		}
	}
}

static void sdwan_search_pair(struct sdwan_search *search,
			      const struct sdwan_pair_entry *pair)
{
	const struct sdwan_tuple_entry *tuple, *end;
	u64 hash;
	u32 key;

	hash = sdwan_view_pair(&search->view, &pair->plens);
	if (!sdwan_filter_test(search->table, hash >> 32))
		return;
	tuple = &search->array->tuple[pair->first];
	for (end = tuple + pair->n; tuple < end; tuple++) {
		if (tuple->best >= search->pref)
			return;
		if (unlikely(tuple->shape.frame & ~search->view.parts))
			continue;
		key = sdwan_view_key(&search->view, hash, &tuple->shape,
				     tuple->salt);
		if (sdwan_filter_test(search->table, key))
			sdwan_search_bucket(search, key);
	}
}

static void sdwan_search_block(struct sdwan_search *search,
			       const struct sdwan_pair_block *block)
{
	u64 pairs = sdwan_block_end(block, &search->view, SDWAN_FROM) &
		    sdwan_block_end(block, &search->view, SDWAN_TO);
	const struct sdwan_pair_entry *pair;

	for (; pairs; pairs &= pairs - 1) {
		pair = &block->entry[__ffs64(pairs)];
		if (pair->best >= search->pref)
			return;
		sdwan_search_pair(search, pair);
	}
}

static void sdwan_view_init(struct sdwan_view *view,
			    const struct sdwan_headers *headers,
			    const struct sdwan_tuple_array *array,
			    const struct sdwan_bucket_table *table)
{
	view->fields = sdwan_fields(headers->proto, headers->dscp,
				    headers->sport, headers->dport);
	view->tags = sdwan_tags(headers->vni, headers->mark);
	view->iif = sdwan_iif_hash(headers->iif);
	view->frame = headers->frame;
	view->parts = headers->frame ? headers->frame->has : 0;
	sdwan_view_end(view, SDWAN_FROM, &headers->saddr, array, table);
	sdwan_view_end(view, SDWAN_TO, &headers->daddr, array, table);
}

static struct sdwan_classifier_node *
sdwan_classifier_find(const struct sdwan_classifier *classifier,
		      const struct sdwan_headers *headers, u64 generation)
{
	const struct sdwan_tuple_array *array;
	const struct sdwan_bucket_table *table;
	struct sdwan_search search;
	unsigned int i;

	array = rcu_dereference(classifier->array);
	table = rcu_dereference(classifier->table);
	if (!array || !table)
		return NULL;

	search.headers = headers;
	search.generation = generation;
	search.array = array;
	search.table = table;
	search.best = NULL;
	search.pref = U32_MAX;
	sdwan_view_init(&search.view, headers, array, table);
	for (i = 0; i < array->n; i++) {
		if (array->block[i].entry[0].best >= search.pref)
			break;
		sdwan_search_block(&search, &array->block[i]);
	}
	return search.best;
}

/**
 * sdwan_classifier_lookup() - find the first rule that matches a packet
 * @classifier: classifier
 * @headers: the packet
 *
 * Context: Under rcu_read_lock().
 *
 * Return: of the visible rules that match, the one of the lowest preference;
 * NULL when there is none.
 */
struct sdwan_classifier_node *
sdwan_classifier_lookup(const struct sdwan_classifier *classifier,
			const struct sdwan_headers *headers)
{
	struct sdwan_classifier_node *node;
	u64 generation;

	/*
	 * Rules of the generation may have been taken out meanwhile, but only
	 * after the next one had begun.
	 */
	do {
		generation = READ_ONCE(classifier->generation);
		/* the first in sdwan_classifier_switch() */
		smp_rmb();
		node = sdwan_classifier_find(classifier, headers, generation);
		/* the second one there */
		smp_rmb();
	} while (unlikely(READ_ONCE(classifier->generation) != generation));
	return node;
}

/**
 * sdwan_classifier_insert() - enter a rule that nobody sees yet
 * @classifier: classifier
 * @node: rule; its match and its preference are set
 *
 * Context: Process context, by the one writer.
 *
 * Return: 0, or -ENOMEM and nothing has changed.
 */
int sdwan_classifier_insert(struct sdwan_classifier *classifier,
			    struct sdwan_classifier_node *node)
{
	struct sdwan_tuple *tuple;

	tuple = sdwan_tuple_get(classifier, node->match);
	if (!tuple)
		return -ENOMEM;
	if (sdwan_buckets_reserve(classifier) ||
	    sdwan_tuple_reserve(classifier, tuple, node->pref)) {
		sdwan_tuple_put(classifier, tuple);
		return -ENOMEM;
	}
	sdwan_tuple_insert(classifier, tuple, node);
	sdwan_buckets_add(classifier, node);
	return 0;
}

/**
 * sdwan_classifier_remove() - take a rule out
 * @classifier: classifier
 * @node: rule that was never shown, or was hidden and the generation switched;
 *	the caller frees it after a grace period
 *
 * Context: Process context, by the one writer.
 */
void sdwan_classifier_remove(struct sdwan_classifier *classifier,
			     struct sdwan_classifier_node *node)
{
	sdwan_buckets_remove(classifier, node);
	sdwan_tuple_remove(classifier, node);
}

/**
 * sdwan_classifier_show() - have a rule seen from the next generation on
 * @classifier: classifier
 * @node: rule that was not shown before
 *
 * Context: By the one writer.
 */
void sdwan_classifier_show(struct sdwan_classifier *classifier,
			   struct sdwan_classifier_node *node)
{
	WRITE_ONCE(node->to, U64_MAX);
	WRITE_ONCE(node->from, classifier->generation + 1);
}

/**
 * sdwan_classifier_hide() - have a rule not seen from the next generation on
 * @classifier: classifier
 * @node: rule
 *
 * Context: By the one writer.
 */
void sdwan_classifier_hide(struct sdwan_classifier *classifier,
			   struct sdwan_classifier_node *node)
{
	WRITE_ONCE(node->to, classifier->generation + 1);
}

/**
 * sdwan_classifier_switch() - begin the next generation
 * @classifier: classifier
 *
 * All that was shown and hidden takes effect for look-ups that begin now.
 *
 * Context: By the one writer.
 */
void sdwan_classifier_switch(struct sdwan_classifier *classifier)
{
	if (classifier->dirty)
		sdwan_tuple_publish(classifier);
	/* whoever sees the generation sees all that is to be seen in it */
	smp_wmb();
	WRITE_ONCE(classifier->generation, classifier->generation + 1);
	/* and whoever misses what is taken out next sees the generation */
	smp_wmb();
}

/**
 * sdwan_classifier_tuples() - how many tuples there are
 * @classifier: classifier
 *
 * Context: By the one writer.
 *
 * Return: number of different shapes of the rules entered.
 */
unsigned int sdwan_classifier_tuples(const struct sdwan_classifier *classifier)
{
	return classifier->n_tuples;
}

/**
 * sdwan_classifier_alloc() - make a classifier without rules
 *
 * Context: Process context.
 *
 * Return: classifier, or NULL.
 */
struct sdwan_classifier *sdwan_classifier_alloc(void)
{
	struct sdwan_classifier *classifier;

	classifier = kzalloc(sizeof(*classifier), GFP_KERNEL_ACCOUNT);
	if (!classifier)
		return NULL;
	classifier->order = RB_ROOT;
	hash_init(classifier->pairs);
	hash_init(classifier->shapes);
	return classifier;
}

/**
 * sdwan_classifier_free() - free a classifier
 * @classifier: classifier that nobody looks into any more, or NULL. All rules
 *	have been taken out.
 *
 * Context: Process context.
 */
void sdwan_classifier_free(struct sdwan_classifier *classifier)
{
	if (!classifier)
		return;
	WARN_ON_ONCE(classifier->links);
	kvfree(sdwan_writer_dereference(classifier->array));
	kvfree(sdwan_writer_dereference(classifier->table));
	kvfree(classifier->spare);
	kfree(classifier);
}
