/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: the fabric of a network namespace
 */
#ifndef _SDWAN_FABRIC_H
#define _SDWAN_FABRIC_H

#include <linux/netlink.h>
#include "types.h"

struct sdwan_net *sdwan_net(const struct net *net);
int sdwan_fabric_allowed(const struct sdwan_net *sn,
			 struct netlink_ext_ack *extack);
int sdwan_fabric_init(void);
void sdwan_fabric_exit(void);

#endif /* _SDWAN_FABRIC_H */
