/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: LANs whose packets go past routing and firewall
 */
#ifndef _SDWAN_INGRESS_H
#define _SDWAN_INGRESS_H

#include "types.h"

/**
 * sdwan_ingress_possible() - whether this kernel has a hook at devices
 *
 * Return: true where it has.
 */
static inline bool sdwan_ingress_possible(void)
{
	return IS_ENABLED(CONFIG_NETFILTER_INGRESS);
}

void sdwan_ingress_sync(struct sdwan_lan *lan, struct net_device *dev);

#endif /* _SDWAN_INGRESS_H */
