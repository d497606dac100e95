/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: transmit
 */
#ifndef _SDWAN_XMIT_H
#define _SDWAN_XMIT_H

#include <linux/netdevice.h>

netdev_tx_t sdwan_xmit(struct sk_buff *skb, struct net_device *dev);

#endif /* _SDWAN_XMIT_H */
