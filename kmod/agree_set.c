// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: sets of policies, as two gateways compare them
 *
 * A digest is a sum, so that the order does not matter, of hashes, so that sets which
 * differ in two ids do not have the same one because of the ids' own sums.
 */
#include <linux/bug.h>
#include <linux/siphash.h>
#include <linux/string.h>

#include "agree_set.h"

/* No secret: the packets are proven, and the ends have to find the same. */
static const siphash_key_t sdwan_digest_key;

/**
 * sdwan_digest_add() - add an id to a set
 * @digest: of the set
 * @id: one that is not in it
 */
void sdwan_digest_add(struct sdwan_digest *digest, u64 id)
{
	digest->count++;
	digest->sum += siphash_1u64(id, &sdwan_digest_key);
}

/**
 * sdwan_digest_same() - whether two sets are the same
 * @a: digest of one
 * @b: that of the other one
 *
 * Return: true where they are.
 */
bool sdwan_digest_same(const struct sdwan_digest *a,
		       const struct sdwan_digest *b)
{
	return a->count == b->count && a->sum == b->sum;
}

/* Where an id is, or would be. */
static unsigned int sdwan_strangers_at(const struct sdwan_strangers *set,
				       u64 id)
{
	unsigned int i;

	for (i = 0; i < set->n && set->id[i] < id; i++)
		;
	return i;
}

/**
 * sdwan_strangers_has() - look for an id in a set
 * @set: the set
 * @id: an id
 *
 * Return: true where it is there.
 */
bool sdwan_strangers_has(const struct sdwan_strangers *set, u64 id)
{
	unsigned int i = sdwan_strangers_at(set, id);

	return i < set->n && set->id[i] == id;
}

/**
 * sdwan_strangers_add() - take an id into a set
 * @set: the set
 * @id: an id
 *
 * Return: true where it is a new one, and there was room.
 */
bool sdwan_strangers_add(struct sdwan_strangers *set, u64 id)
{
	unsigned int i = sdwan_strangers_at(set, id);

	if (sdwan_strangers_has(set, id))
		return false;
	if (set->n == SDWAN_STRANGERS) {
		set->more = true;
		return false;
	}
	memmove(&set->id[i + 1], &set->id[i], (set->n - i) * sizeof(id));
	set->id[i] = id;
	set->n++;
	return true;
}

/**
 * sdwan_strangers_del() - take an id out of a set
 * @set: the set
 * @id: an id
 *
 * Return: true where it was there.
 */
bool sdwan_strangers_del(struct sdwan_strangers *set, u64 id)
{
	return sdwan_strangers_clear(set, id, id);
}

/**
 * sdwan_strangers_clear() - take a range of ids out of a set
 * @set: the set
 * @low: the first one
 * @high: the last one
 *
 * Return: true where one was there.
 */
bool sdwan_strangers_clear(struct sdwan_strangers *set, u64 low, u64 high)
{
	unsigned int i, kept = 0;
	bool any;

	for (i = 0; i < set->n; i++)
		if (set->id[i] < low || set->id[i] > high)
			set->id[kept++] = set->id[i];
	any = kept != set->n;
	set->n = kept;
	/* the first range of all: what there was no room for is told anew */
	if (!low)
		set->more = false;
	return any;
}

/**
 * sdwan_told_lowest() - keep the lowest ids of those that come one by one
 * @told: in ascending order
 * @n: how many there are
 * @max: how many are kept
 * @next: one that is not there
 * @from: lower ids do not count
 *
 * Return: how many there are then.
 */
unsigned int sdwan_told_lowest(struct sdwan_told *told, unsigned int n,
			       unsigned int max, const struct sdwan_told *next,
			       u64 from)
{
	unsigned int i;

	if (next->id < from || (n == max && next->id > told[n - 1].id))
		return n;
	if (n < max)
		n++;
	for (i = n - 1; i && told[i - 1].id > next->id; i--)
		told[i] = told[i - 1];
	told[i] = *next;
	return n;
}
