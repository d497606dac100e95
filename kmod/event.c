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

/* Who listens is to know that something is missing. */
static void sdwan_event_lost(struct net *net)
{
	genl_set_err(sdwan_event_family, net, 0, SDWAN_NLGRP_EVENTS, -ENOBUFS);
}

/**
 * sdwan_event_begin() - begin a message to who listens
 * @event: filled in
 * @net: network namespace of the fabric
 * @cmd: command of the message
 * @size: of what is in it
 *
 * Context: Process context.
 *
 * Return: true where somebody listens and there is memory: sdwan_event_end() must
 * follow, after what is to be told was put into @event->msg.
 */
bool sdwan_event_begin(struct sdwan_event *event, struct net *net, u8 cmd,
		       size_t size)
{
	const struct genl_family *family = sdwan_event_family;

	if (!genl_has_listeners(family, net, SDWAN_NLGRP_EVENTS))
		return false;
	event->net = net;
	event->msg = genlmsg_new(size, GFP_KERNEL);
	if (!event->msg) {
		sdwan_event_lost(net);
		return false;
	}
	event->hdr = genlmsg_put(event->msg, 0, 0, family, 0, cmd);
	return true;
}

/**
 * sdwan_event_end() - send a message to who listens
 * @event: message
 * @err: 0, or why it is not complete: then listeners are told that one was lost
 *
 * Context: Process context.
 */
void sdwan_event_end(struct sdwan_event *event, int err)
{
	if (err) {
		nlmsg_free(event->msg);
		sdwan_event_lost(event->net);
		return;
	}
	genlmsg_multicast_netns(sdwan_event_family, event->net, event->msg, 0,
				SDWAN_NLGRP_EVENTS, GFP_KERNEL);
}

static void sdwan_event_send(struct sdwan_object *obj, u8 cmd)
{
	struct sdwan_event event;

	if (cmd && sdwan_event_begin(&event, obj->sn->net, cmd,
				     GENLMSG_DEFAULT_SIZE))
		sdwan_event_end(&event,
				sdwan_event_put(event.msg, obj,
						sdwan_object_cfg(obj),
						event.hdr));
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
