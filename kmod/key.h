/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: the hash of what the data path looks up
 *
 * Keys are what the administrator has configured, and need no protection
 * against being made to collide; look-ups are per packet, and a hash over bytes
 * costs more than all else about them.
 */
#ifndef _SDWAN_KEY_H
#define _SDWAN_KEY_H

#include <linux/hash.h>
#include <linux/in6.h>

/**
 * sdwan_key_hash() - hash an address and a number
 * @addr: address
 * @more: number
 * @seed: of the table
 *
 * Return: a hash whose low bits are well mixed, as rhashtable wants it.
 */
static inline u32 sdwan_key_hash(const struct in6_addr *addr, u64 more,
				 u32 seed)
{
	u64 high, low, hash;

	high = (__force u64)addr->s6_addr32[0] << 32 |
	       (__force u32)addr->s6_addr32[1];
	low = (__force u64)addr->s6_addr32[2] << 32 |
	      (__force u32)addr->s6_addr32[3];

	/* multiplying mixes upwards, folding brings that down again */
	hash = (low ^ (more + seed)) * GOLDEN_RATIO_64;
	hash = ((hash ^ hash >> 32) + high) * GOLDEN_RATIO_64;
	hash = (hash ^ hash >> 32) * GOLDEN_RATIO_64;
	return hash >> 32;
}

#endif /* _SDWAN_KEY_H */
