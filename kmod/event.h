/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: messages about objects
 */
#ifndef _SDWAN_EVENT_H
#define _SDWAN_EVENT_H

#include <net/genetlink.h>

#include "types.h"

/**
 * struct sdwan_event - a message that is being written to who listens
 * @net: network namespace that it is about
 * @msg: message
 * @hdr: its generic-netlink header, NULL where there was no room for it
 */
struct sdwan_event {
	struct net *net;
	struct sk_buff *msg;
	void *hdr;
};

void sdwan_event_init(const struct genl_family *family);
int sdwan_event_put(struct sk_buff *skb, struct sdwan_object *obj,
		    struct sdwan_cfg *cfg, void *hdr);
bool sdwan_event_begin(struct sdwan_event *event, struct net *net, u8 cmd,
		       size_t size);
void sdwan_event_end(struct sdwan_event *event, int err);
void sdwan_event_changed(struct sdwan_object *obj);
void sdwan_event_deleted(struct sdwan_object *obj);

#endif /* _SDWAN_EVENT_H */
