/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: what the files of the classifier share
 *
 * classifier.c is what the others see of it: it looks up, and has tuple.c and
 * bucket.c enter rules. Those two do not know of each other.
 */
#ifndef _SDWAN_CLASSIFIER_INT_H
#define _SDWAN_CLASSIFIER_INT_H

#include <linux/hashtable.h>
#include <linux/rbtree.h>
#include <linux/rcupdate.h>

#define SDWAN_SHAPE_BITS	8
#define SDWAN_PAIR_BITS		6

struct sdwan_bucket_table;
struct sdwan_tuple_array;

/**
 * struct sdwan_classifier - rules
 * @generation: (R) what readers see
 * @array: (R) tuples, NULL for none
 * @table: (R) rules, NULL for none
 * @spare: (L) allocated for sdwan_classifier_switch(), which must not fail
 * @dirty: (L) @array lacks a tuple, or has one with too high a preference
 * @stale: (L) how often a tuple has lost its best rule since @array was made
 * @n_tuples: (L) how many there are
 * @n_pairs: (L) likewise
 * @links: (L) likewise of rules, some of which count twice
 * @moved: (L) grace period after which the other link of nodes is free
 * @order: (L) pairs by best preference
 * @pairs: (L) pairs by their lengths
 * @shapes: (L) tuples by shape and pair
 */
struct sdwan_classifier {
	u64 generation;
	struct sdwan_tuple_array __rcu *array;
	struct sdwan_bucket_table __rcu *table;
	struct sdwan_tuple_array *spare;
	bool dirty;
	unsigned int stale;
	unsigned int n_tuples;
	unsigned int n_pairs;
	unsigned int links;
	unsigned long moved;
	struct rb_root order;
	DECLARE_HASHTABLE(pairs, SDWAN_PAIR_BITS);
	DECLARE_HASHTABLE(shapes, SDWAN_SHAPE_BITS);
};

/* Writers are serialised by the owner of the classifier. */
#define sdwan_writer_dereference(p)	rcu_dereference_protected(p, true)

#endif /* _SDWAN_CLASSIFIER_INT_H */
