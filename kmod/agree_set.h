/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: sets of policies, as two gateways compare them
 *
 * Functions of their arguments.
 */
#ifndef _SDWAN_AGREE_SET_H
#define _SDWAN_AGREE_SET_H

#include <linux/types.h>

/**
 * struct sdwan_digest - what tells two sets of ids from each other
 * @count: how many there are
 * @sum: sum of a hash of each, modulo 2^64
 */
struct sdwan_digest {
	u32 count;
	u64 sum;
};

/* Ids that no class is known for, of a path. */
#define SDWAN_STRANGERS	32

/**
 * struct sdwan_strangers - a set of few ids, in ascending order
 * @n: how many there are
 * @more: there were others, for which there was no room
 * @id: these
 */
struct sdwan_strangers {
	u8 n;
	bool more;
	u64 id[SDWAN_STRANGERS];
};

/**
 * struct sdwan_told - a policy that is told of
 * @id: of the policy
 * @class: number of the class
 * @flag: SDWAN_TLV_ACTIVE, and SDWAN_TLV_GOALS
 */
struct sdwan_told {
	u64 id;
	u32 class;
	u8 flag;
};

void sdwan_digest_add(struct sdwan_digest *digest, u64 id);
bool sdwan_digest_same(const struct sdwan_digest *a,
		       const struct sdwan_digest *b);
bool sdwan_strangers_has(const struct sdwan_strangers *set, u64 id);
bool sdwan_strangers_add(struct sdwan_strangers *set, u64 id);
bool sdwan_strangers_del(struct sdwan_strangers *set, u64 id);
bool sdwan_strangers_clear(struct sdwan_strangers *set, u64 low, u64 high);
unsigned int sdwan_told_lowest(struct sdwan_told *told, unsigned int n,
			       unsigned int max, const struct sdwan_told *next,
			       u64 from);

#endif /* _SDWAN_AGREE_SET_H */
