/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: devices by which traffic of this site comes in
 */
#ifndef _SDWAN_LAN_H
#define _SDWAN_LAN_H

#include "types.h"

struct sdwan_lan *sdwan_lan_find_direct(struct sdwan_net *sn, const char *name);
void sdwan_lan_netdev_event(struct sdwan_net *sn, unsigned long event,
			    const struct net_device *dev);

#endif /* _SDWAN_LAN_H */
