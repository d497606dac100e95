/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: rules are asked before routing
 */
#ifndef _SDWAN_HOOK_H
#define _SDWAN_HOOK_H

#include <linux/bitops.h>

#include "stats.h"
#include "types.h"

struct sdwan_headers;
struct sdwan_rule_cfg;

/* The fewest bits of a mark that make a mask: so many classes have a number. */
#define SDWAN_MARK_BITS_MIN	10

/**
 * sdwan_mark_mask_ok() - whether a mask may carry the number of a class
 * @mask: which bits
 *
 * Return: true for enough bits side by side, and for none at all.
 */
static inline bool sdwan_mark_mask_ok(u32 mask)
{
	u32 low;

	if (!mask)
		return true;
	low = mask >> __ffs(mask);
	return !(low & (low + 1)) && hweight32(mask) >= SDWAN_MARK_BITS_MIN;
}

/**
 * sdwan_mark_none() - the number of what is of no class, whatever rules say later
 * @mask: which bits, not 0
 *
 * Rules that are asked again may not see what decided before.
 *
 * Return: the number, all bits of the mask.
 */
static inline u32 sdwan_mark_none(u32 mask)
{
	return mask >> __ffs(mask);
}

/**
 * sdwan_mark_max() - the largest number of a class that fits a mask
 * @mask: which bits, not 0
 *
 * Return: the number; 0 means that no rule has decided.
 */
static inline u32 sdwan_mark_max(u32 mask)
{
	return sdwan_mark_none(mask) - 1;
}

/**
 * sdwan_mark_number() - the number of a class that a mark carries
 * @mark: firewall mark
 * @mask: which bits of it
 *
 * Return: the number, 0 for none.
 */
static inline u32 sdwan_mark_number(u32 mark, u32 mask)
{
	return mask ? (mark & mask) >> __ffs(mask) : 0;
}

/**
 * sdwan_mark_set() - let a mark carry the number of a class
 * @mark: firewall mark
 * @mask: which bits of it, 0 for none
 * @number: that fits
 *
 * Return: the mark, its other bits as they were.
 */
static inline u32 sdwan_mark_set(u32 mark, u32 mask, u32 number)
{
	return mask ? (mark & ~mask) | (number << __ffs(mask) & mask) : mark;
}

void sdwan_hook_packet(const struct sk_buff *skb,
		       struct sdwan_headers *headers);
const struct sdwan_rule_cfg *sdwan_hook_ask(const struct sdwan_net *sn,
					    struct sk_buff *skb,
					    const struct net_device *dev,
					    struct sdwan_headers *headers);
const struct sdwan_rule_cfg *sdwan_hook_rule(const struct sdwan_net *sn,
					     struct sk_buff *skb,
					     const struct net_device *dev);
unsigned int sdwan_hook_drop(struct sdwan_net *sn, struct sk_buff *skb,
			     enum sdwan_drop cause);
unsigned int sdwan_hook_apply(struct sdwan_net *sn, struct sk_buff *skb,
			      const struct sdwan_rule_cfg *rule);
int sdwan_hook_get(struct sdwan_net *sn);
void sdwan_hook_put(struct sdwan_net *sn);

#endif /* _SDWAN_HOOK_H */
