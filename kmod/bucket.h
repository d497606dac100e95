/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: the table where look-ups come across rules
 */
#ifndef _SDWAN_BUCKET_H
#define _SDWAN_BUCKET_H

#include <linux/compiler.h>
#include <linux/rcupdate.h>
#include <linux/types.h>

struct sdwan_classifier;
struct sdwan_classifier_node;

/* Four bits are set for each rule: its prefixes, one by one and both, and all. */
#define SDWAN_FILTER_PER_BUCKET	32

/**
 * struct sdwan_bucket_table - where all rules are
 * @rcu: frees it
 * @link: which of sdwan_classifier_link.hash it uses
 * @shift: makes an index of a hash
 * @buckets: how many there are, a power of two
 * @entered: links that have left bits in @filter
 * @filter: bits for whatever look-ups may find
 * @bucket: &struct sdwan_classifier_link by ascending preference
 */
struct sdwan_bucket_table {
	struct rcu_head rcu;
	unsigned int link;
	unsigned int shift;
	unsigned int buckets;
	unsigned int entered;
	u64 *filter;
	struct hlist_head bucket[];
};

/**
 * sdwan_filter_bits() - the size of a filter
 * @table: table that it belongs to
 *
 * Return: how many bits it has, a power of two.
 */
static inline u64 sdwan_filter_bits(const struct sdwan_bucket_table *table)
{
	return (u64)table->buckets * SDWAN_FILTER_PER_BUCKET;
}

/**
 * sdwan_filter_test() - may there be a rule with this hash?
 * @table: table
 * @hash: of one prefix, of both, or of all that is compared
 *
 * Return: false where no rule has it; true says little.
 */
static inline bool sdwan_filter_test(const struct sdwan_bucket_table *table,
				     u32 hash)
{
	hash &= sdwan_filter_bits(table) - 1;
	return READ_ONCE(table->filter[hash / 64]) >> hash % 64 & 1;
}

int sdwan_buckets_reserve(struct sdwan_classifier *classifier);
void sdwan_buckets_add(struct sdwan_classifier *classifier,
		       struct sdwan_classifier_node *node);
void sdwan_buckets_remove(struct sdwan_classifier *classifier,
			  struct sdwan_classifier_node *node);

#endif /* _SDWAN_BUCKET_H */
