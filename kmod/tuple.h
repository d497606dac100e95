/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: rules that compare the same bits of a packet
 */
#ifndef _SDWAN_TUPLE_H
#define _SDWAN_TUPLE_H

#include <linux/rcupdate.h>

#include "classifier_hash.h"

struct sdwan_classifier;
struct sdwan_classifier_node;
struct sdwan_match;
struct sdwan_tuple;

/**
 * struct sdwan_tuple_entry - what look-ups know of a tuple
 * @shape: what its rules have in common
 * @best: no rule in it has a lower preference
 * @salt: as of the tuple
 */
struct sdwan_tuple_entry {
	struct sdwan_shape shape;
	u32 best;
	u32 salt;
};

/**
 * struct sdwan_pair_entry - what look-ups know of a pair
 * @best: no rule in it has a lower preference
 * @first: its first tuple in sdwan_tuple_array.tuple
 * @n: how many there are, by ascending best preference
 * @plens: the lengths
 */
struct sdwan_pair_entry {
	u32 best;
	u32 first;
	u32 n;
	struct sdwan_plens plens;
};

/* A look-up has a bit for each pair of a block, in one word. */
#define SDWAN_BLOCK	64

/**
 * struct sdwan_pair_block - pairs, as bits of a word
 * @any: by enum sdwan_end, those that take any address there
 * @plen: those of a length, by enum sdwan_end, family (IPv6 second) and slot
 * @entry: the pairs by ascending best preference
 */
struct sdwan_pair_block {
	u64 any[SDWAN_ENDS];
	u64 plen[SDWAN_ENDS][2][SDWAN_SLOTS];
	struct sdwan_pair_entry entry[SDWAN_BLOCK];
};

/**
 * struct sdwan_tuple_array - all tuples, for look-ups
 * @rcu: frees it
 * @max_tuples: room for tuples
 * @max_blocks: room for blocks
 * @n: blocks in use
 * @plens: slots in use, by enum sdwan_end and family
 * @tuple: tuples, behind the blocks
 * @block: by ascending best preference
 */
struct sdwan_tuple_array {
	struct rcu_head rcu;
	unsigned int max_tuples;
	unsigned int max_blocks;
	unsigned int n;
	u64 plens[SDWAN_ENDS][2];
	struct sdwan_tuple_entry *tuple;
	struct sdwan_pair_block block[];
};

struct sdwan_tuple *sdwan_tuple_get(struct sdwan_classifier *classifier,
				    const struct sdwan_match *match);
void sdwan_tuple_put(struct sdwan_classifier *classifier,
		     struct sdwan_tuple *tuple);
int sdwan_tuple_reserve(struct sdwan_classifier *classifier,
			const struct sdwan_tuple *tuple, u32 pref);
void sdwan_tuple_insert(struct sdwan_classifier *classifier,
			struct sdwan_tuple *tuple,
			struct sdwan_classifier_node *node);
void sdwan_tuple_remove(struct sdwan_classifier *classifier,
			struct sdwan_classifier_node *node);
void sdwan_tuple_publish(struct sdwan_classifier *classifier);

#endif /* _SDWAN_TUPLE_H */
