/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: fragmentation of inner packets
 */
#ifndef _SDWAN_FRAGMENT_H
#define _SDWAN_FRAGMENT_H

#include <linux/skbuff.h>

int sdwan_fragment(struct sk_buff *skb, unsigned int mtu);

#endif /* _SDWAN_FRAGMENT_H */
