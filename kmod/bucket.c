// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: the table where look-ups come across rules
 *
 * All tuples share one, whose size follows the number of rules. Its filter only
 * gains bits, so that none is ever missing; a table whose filter is full of
 * what is gone is replaced.
 */
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/rculist.h>
#include <linux/slab.h>

#include "bucket.h"
#include "classifier.h"
#include "classifier_hash.h"
#include "classifier_int.h"

#define SDWAN_BUCKETS_MIN	64
#define SDWAN_BUCKETS_MAX	BIT(22)

static void sdwan_filter_set(struct sdwan_bucket_table *table, u32 hash)
{
	u64 *word;

	hash &= sdwan_filter_bits(table) - 1;
	word = &table->filter[hash / 64];
	WRITE_ONCE(*word, *word | BIT_ULL(hash % 64));
}

static struct sdwan_bucket_table *sdwan_table_alloc(unsigned int buckets)
{
	struct sdwan_bucket_table *table;
	size_t size, filter;

	size = ALIGN(struct_size(table, bucket, buckets), sizeof(u64));
	filter = buckets * (SDWAN_FILTER_PER_BUCKET / BITS_PER_BYTE);
	table = kvzalloc(size + filter, GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
	if (!table)
		return NULL;
	table->buckets = buckets;
	table->shift = 32 - ilog2(buckets);
	table->filter = (void *)table + size;
	return table;
}

static void sdwan_table_link(struct sdwan_bucket_table *table,
			     struct sdwan_classifier_link *new)
{
	struct hlist_head *head = &table->bucket[new->key >> table->shift];
	struct sdwan_classifier_link *link, *prev = NULL;

	hlist_for_each_entry(link, head, hash[table->link]) {
		if (link->pref > new->pref)
			break;
		prev = link;
	}
	if (prev)
		hlist_add_behind_rcu(&new->hash[table->link],
				     &prev->hash[table->link]);
	else
		hlist_add_head_rcu(&new->hash[table->link], head);
}

static void sdwan_table_add(struct sdwan_bucket_table *table,
			    struct sdwan_classifier_link *link)
{
	/* whoever is to see the rule finds the bits set */
	sdwan_filter_set(table, link->node->prefix[SDWAN_FROM]);
	sdwan_filter_set(table, link->node->prefix[SDWAN_TO]);
	sdwan_filter_set(table, link->node->pair);
	sdwan_filter_set(table, link->key);
	table->entered++;
	sdwan_table_link(table, link);
}

/*
 * Enter all rules into another table. Look-ups that are still in the one before
 * the present one follow the links that this would write to.
 */
static void sdwan_table_replace(struct sdwan_classifier *classifier,
				struct sdwan_bucket_table *old,
				struct sdwan_bucket_table *table)
{
	struct sdwan_classifier_link *link;
	unsigned int i;

	if (old) {
		cond_synchronize_rcu_expedited(classifier->moved);
		table->link = !old->link;
		for (i = 0; i < old->buckets; i++)
			hlist_for_each_entry(link, &old->bucket[i],
					     hash[old->link])
				sdwan_table_add(table, link);
	}
	rcu_assign_pointer(classifier->table, table);
	if (old)
		kvfree_rcu(old, rcu);
	classifier->moved = get_state_synchronize_rcu();
}

/**
 * sdwan_buckets_reserve() - make room for one more rule
 * @classifier: classifier
 *
 * A table is replaced when it is too small, far too large, or when its filter is
 * full of bits of rules that are gone.
 *
 * Context: Process context, by the one writer.
 *
 * Return: 0 or -ENOMEM.
 */
int sdwan_buckets_reserve(struct sdwan_classifier *classifier)
{
	struct sdwan_bucket_table *table, *old;
	unsigned int links = classifier->links + 2;
	unsigned int buckets;

	old = sdwan_writer_dereference(classifier->table);
	buckets = clamp_t(unsigned int, roundup_pow_of_two(2 * links),
			  SDWAN_BUCKETS_MIN, SDWAN_BUCKETS_MAX);
	if (old && old->entered < 2 * old->buckets &&
	    (links <= old->buckets || buckets <= old->buckets) &&
	    buckets >= old->buckets / 16)
		return 0;

	table = sdwan_table_alloc(buckets);
	if (!table)
		return -ENOMEM;
	sdwan_table_replace(classifier, old, table);
	return 0;
}

/**
 * sdwan_buckets_add() - enter a rule
 * @classifier: classifier
 * @node: rule that its tuple has; sdwan_buckets_reserve() has succeeded
 *
 * Context: Process context, by the one writer.
 */
void sdwan_buckets_add(struct sdwan_classifier *classifier,
		       struct sdwan_classifier_node *node)
{
	struct sdwan_bucket_table *table;
	unsigned int i;

	table = sdwan_writer_dereference(classifier->table);
	for (i = 0; i < node->links; i++)
		sdwan_table_add(table, &node->link[i]);
	classifier->links += node->links;
}

/**
 * sdwan_buckets_remove() - take a rule out
 * @classifier: classifier
 * @node: rule
 *
 * The table goes with the last rule.
 *
 * Context: Process context, by the one writer.
 */
void sdwan_buckets_remove(struct sdwan_classifier *classifier,
			  struct sdwan_classifier_node *node)
{
	struct sdwan_bucket_table *table;
	unsigned int i;

	table = sdwan_writer_dereference(classifier->table);
	for (i = 0; i < node->links; i++)
		hlist_del_rcu(&node->link[i].hash[table->link]);
	classifier->links -= node->links;
	if (classifier->links)
		return;
	RCU_INIT_POINTER(classifier->table, NULL);
	kvfree_rcu(table, rcu);
}
