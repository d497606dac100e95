/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: messages about objects
 */
#ifndef _SDWAN_EVENT_H
#define _SDWAN_EVENT_H

#include <net/genetlink.h>

#include "types.h"

void sdwan_event_init(const struct genl_family *family);
int sdwan_event_put(struct sk_buff *skb, struct sdwan_object *obj,
		    struct sdwan_cfg *cfg, void *hdr);
void sdwan_event_changed(struct sdwan_object *obj);
void sdwan_event_deleted(struct sdwan_object *obj);

#endif /* _SDWAN_EVENT_H */
