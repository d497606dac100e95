/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: packets are brought into a segment before they are routed
 */
#ifndef _SDWAN_FORWARD_H
#define _SDWAN_FORWARD_H

#include "types.h"

int sdwan_forward_into(struct sdwan_net *sn, struct sk_buff *skb,
		       const struct net_device *in, u32 vni);

#endif /* _SDWAN_FORWARD_H */
