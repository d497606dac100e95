/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: routers that say that packets do not get through
 */
#ifndef _SDWAN_PROBE_ICMP_H
#define _SDWAN_PROBE_ICMP_H

#include <linux/skbuff.h>

#include "types.h"

bool sdwan_icmp_refuses(unsigned short family, const void *icmp);
void sdwan_probe_refused(const struct sdwan_path_cfg *cfg,
			 const struct sk_buff *skb, unsigned int off);

#endif /* _SDWAN_PROBE_ICMP_H */
