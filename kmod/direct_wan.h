/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: from a WAN past the outer IP stack
 */
#ifndef _SDWAN_DIRECT_WAN_H
#define _SDWAN_DIRECT_WAN_H

#include "types.h"

void sdwan_direct_wan_add(struct sdwan_sock *ss);
void sdwan_direct_wan_del(struct sdwan_sock *ss);

#endif /* _SDWAN_DIRECT_WAN_H */
