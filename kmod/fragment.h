/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: fragmentation of inner packets
 */
#ifndef _SDWAN_FRAGMENT_H
#define _SDWAN_FRAGMENT_H

#include <linux/skbuff.h>

struct sdwan_steering;

int sdwan_fragment(struct sk_buff *skb, unsigned int mtu,
		   const struct sdwan_steering *whole);
const struct sdwan_steering *sdwan_fragment_whole(void);

#endif /* _SDWAN_FRAGMENT_H */
