/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: transmit
 */
#ifndef _SDWAN_XMIT_H
#define _SDWAN_XMIT_H

#include <linux/netdevice.h>

#include "output.h"

bool sdwan_xmit_takes(const struct sdwan_path_cfg *cfg, struct sdwan_tx *tx);
void sdwan_xmit_measure(const struct sk_buff *skb, unsigned int mtu,
			struct sdwan_tx *tx);
netdev_tx_t sdwan_xmit(struct sk_buff *skb, struct net_device *dev);

#endif /* _SDWAN_XMIT_H */
