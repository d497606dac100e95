/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: the netdevice of a segment
 */
#ifndef _SDWAN_DEVICE_H
#define _SDWAN_DEVICE_H

#include <linux/netdevice.h>

struct sdwan_net;

bool sdwan_is_segment(const struct net_device *dev);
void sdwan_device_unregister_fabric(struct sdwan_net *sn,
				    struct list_head *kill);
int sdwan_device_init(void);
void sdwan_device_exit(void);

#endif /* _SDWAN_DEVICE_H */
