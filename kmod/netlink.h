/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: the generic-netlink family
 */
#ifndef _SDWAN_NETLINK_H
#define _SDWAN_NETLINK_H

int sdwan_netlink_init(void);
void sdwan_netlink_exit(void);

#endif /* _SDWAN_NETLINK_H */
