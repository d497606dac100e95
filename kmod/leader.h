/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: which of two gateways decides, and how they call what is decided
 *
 * Functions of their arguments.
 */
#ifndef _SDWAN_LEADER_H
#define _SDWAN_LEADER_H

#include <linux/types.h>

/**
 * struct sdwan_gateway_id - a gateway
 * @site: site id
 * @gateway: gateway id within the site
 */
struct sdwan_gateway_id {
	u32 site;
	u32 gateway;
};

bool sdwan_leads(const struct sdwan_gateway_id *self,
		 const struct sdwan_gateway_id *peer);
u64 sdwan_policy_id(const char *policy, u32 site, u32 other);

#endif /* _SDWAN_LEADER_H */
