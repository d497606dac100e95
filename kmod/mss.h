/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: the MSS option of TCP
 */
#ifndef _SDWAN_MSS_H
#define _SDWAN_MSS_H

#include <linux/skbuff.h>

void sdwan_mss_clamp(struct sk_buff *skb, unsigned int mtu);

#endif /* _SDWAN_MSS_H */
