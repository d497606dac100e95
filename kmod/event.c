// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: messages about objects
 */
#include "event.h"
#include "netlink_gen.h"
#include "object.h"

/* (c) set before there is an object */
static const struct genl_family *sdwan_event_family;

/**
 * sdwan_event_init() - tell which family events are sent by
 * @family: family, with its group SDWAN_NLGRP_EVENTS
 */
void sdwan_event_init(const struct genl_family *family)
{
	sdwan_event_family = family;
}

/**
 * sdwan_event_put() - complete a message with what is known of an object
 * @skb: message
 * @obj: object
 * @cfg: the configuration of it that is told
 * @hdr: generic-netlink header of the message
 *
 * Context: Under sdwan_net.lock.
 *
 * Return: 0, or -EMSGSIZE with the message taken back.
 */
int sdwan_event_put(struct sk_buff *skb, struct sdwan_object *obj,
		    struct sdwan_cfg *cfg, void *hdr)
{
	if (!hdr)
		return -EMSGSIZE;
	if (obj->type->fill(skb, obj, cfg)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

/* Built only when somebody listens. */
static void sdwan_event_send(struct sdwan_object *obj, u8 cmd)
{
	const struct genl_family *family = sdwan_event_family;
	struct net *net = obj->sn->net;
	struct sk_buff *skb;
	void *hdr;

	if (!cmd || !genl_has_listeners(family, net, SDWAN_NLGRP_EVENTS))
		return;

	skb = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!skb)
		goto lost;

	hdr = genlmsg_put(skb, 0, 0, family, 0, cmd);
	if (sdwan_event_put(skb, obj, sdwan_object_cfg(obj), hdr)) {
		nlmsg_free(skb);
		goto lost;
	}
	genlmsg_multicast_netns(family, net, skb, 0, SDWAN_NLGRP_EVENTS,
				GFP_KERNEL);
	return;

lost:
	genl_set_err(family, net, 0, SDWAN_NLGRP_EVENTS, -ENOBUFS);
}

/**
 * sdwan_event_changed() - an object was added, or it or its state has changed
 * @obj: object, committed
 *
 * Context: Process context, under sdwan_net.lock.
 */
void sdwan_event_changed(struct sdwan_object *obj)
{
	sdwan_event_send(obj, obj->type->cmd_ntf);
}

/**
 * sdwan_event_deleted() - an object is being deleted
 * @obj: object, still committed
 *
 * Context: Process context, under sdwan_net.lock.
 */
void sdwan_event_deleted(struct sdwan_object *obj)
{
	sdwan_event_send(obj, obj->type->cmd_del_ntf);
}
