/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: the hash of a flow
 */
#ifndef _SDWAN_HASH_H
#define _SDWAN_HASH_H

#include <linux/skbuff.h>

void sdwan_hash_set(struct sk_buff *skb);

/**
 * sdwan_hash() - make sure that a packet has the hash of its flow
 * @skb: inner packet at its IP header, which is in the linear part
 *
 * Where nobody has found it out on the way.
 */
static inline void sdwan_hash(struct sk_buff *skb)
{
	if (!skb->l4_hash && !skb->sw_hash)
		sdwan_hash_set(skb);
}

#endif /* _SDWAN_HASH_H */
