// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: devices by which traffic of this site comes in
 *
 * A LAN is there before its device and after it. The data path finds it by the
 * index of the device, so that names are of no concern to packets.
 */
#include <linux/hash.h>
#include <linux/rtnetlink.h>

#include "direct.h"
#include "epoch.h"
#include "event.h"
#include "flow.h"
#include "hook.h"
#include "ingress.h"
#include "lan.h"
#include "lookup.h"
#include "netlink_gen.h"
#include "note.h"
#include "object.h"
#include "rule.h"

static struct sdwan_lan *to_lan(struct sdwan_object *obj)
{
	return container_of(obj, struct sdwan_lan, obj);
}

static unsigned int sdwan_lan_bucket(int ifindex)
{
	return hash_32(ifindex, SDWAN_LAN_BITS);
}

/**
 * sdwan_lan_of() - the LAN of a device
 * @sn: fabric
 * @ifindex: of the device
 *
 * Context: Under rcu_read_lock().
 *
 * Return: its committed configuration, or NULL.
 */
const struct sdwan_lan_cfg *sdwan_lan_of(const struct sdwan_net *sn,
					 int ifindex)
{
	const struct sdwan_lan *lan;
	struct sdwan_cfg *cfg;

	hlist_for_each_entry_rcu(lan, &sn->lans[sdwan_lan_bucket(ifindex)],
				 by_ifindex) {
		if (READ_ONCE(lan->ifindex) != ifindex)
			continue;
		/* one that is deleted and added at once is there twice */
		cfg = rcu_dereference(lan->obj.cfg);
		if (cfg)
			return sdwan_lan_cfg(cfg);
	}
	return NULL;
}

static int sdwan_lan_key(struct sdwan_change *chg, void *key)
{
	const struct nlattr *attr = chg->attrs[SDWAN_A_LAN_NAME];

	if (!attr)
		return sdwan_missing(chg, SDWAN_A_LAN_NAME,
				     "the name of the device is missing");
	nla_strscpy(key, attr, IFNAMSIZ);
	if (!dev_valid_name(key))
		return sdwan_refuse(chg, SDWAN_A_LAN_NAME, -EINVAL,
				    "there can be no device of this name");
	return 0;
}

static void sdwan_lan_attach(struct sdwan_net *sn, struct sdwan_lan *lan,
			     int ifindex)
{
	WRITE_ONCE(lan->ifindex, ifindex);
	hlist_add_head_rcu(&lan->by_ifindex,
			   &sn->lans[sdwan_lan_bucket(ifindex)]);
}

/* Under rtnl_mutex, which keeps the device where it is. */
static void sdwan_lan_sync(struct sdwan_lan *lan)
{
	struct net_device *dev = NULL;

	if (lan->ifindex)
		dev = __dev_get_by_index(lan->obj.sn->net, lan->ifindex);
	sdwan_ingress_sync(lan, dev);
}

static void sdwan_lan_detach(struct sdwan_lan *lan)
{
	if (!lan->ifindex)
		return;
	hlist_del_init_rcu(&lan->by_ifindex);
	WRITE_ONCE(lan->ifindex, 0);
	sdwan_ingress_sync(lan, NULL);
}

static struct sdwan_object *sdwan_lan_create(struct sdwan_change *chg,
					     const void *key)
{
	const struct net_device *dev;
	struct sdwan_lan *lan;
	int err;

	lan = kzalloc(sizeof(*lan), GFP_KERNEL_ACCOUNT);
	if (!lan)
		return ERR_PTR(-ENOMEM);

	err = sdwan_hook_get(chg->sn);
	if (err) {
		kfree(lan);
		return ERR_PTR(err);
	}
	/* zeroed: it is compared whole */
	strscpy(lan->name, key, sizeof(lan->name));
	INIT_HLIST_NODE(&lan->by_ifindex);
	INIT_LIST_HEAD(&lan->rules);
	dev = __dev_get_by_name(chg->sn->net, lan->name);
	if (dev)
		sdwan_lan_attach(chg->sn, lan, dev->ifindex);
	return &lan->obj;
}

/* What is immutable is the key, and that has been found. */
static int sdwan_lan_check(struct sdwan_change *chg, struct sdwan_object *obj)
{
	return 0;
}

/* One that goes or changes in the same transaction does not. */
static bool sdwan_lan_has_rules(const struct sdwan_lan *lan)
{
	const struct sdwan_rule_cfg *rule;

	list_for_each_entry(rule, &lan->rules, of_lan) {
		const struct sdwan_object *owner = &rule->rule->obj;

		if (owner->stage != SDWAN_STAGE_DELETE &&
		    sdwan_object_staged_cfg(owner) == &rule->hdr)
			return true;
	}
	return false;
}

/* Flows are looked up in one segment; and IPsec is not gone past. */
static int sdwan_lan_direct(struct sdwan_change *chg,
			    const struct sdwan_lan_cfg *cfg)
{
	if (!sdwan_ingress_possible())
		return sdwan_refuse(chg, SDWAN_A_LAN_MODE, -EOPNOTSUPP,
				    "this kernel has no hook at devices (CONFIG_NETFILTER_INGRESS)");
	if (!cfg->vni)
		return sdwan_refuse(chg, SDWAN_A_LAN_MODE, -EINVAL,
				    "mode direct needs the segment (vni) that packets go to and come from");
	if (sdwan_direct_ipsec(chg->sn->net))
		return sdwan_refuse(chg, SDWAN_A_LAN_MODE, -EOPNOTSUPP,
				    "there are IPsec policies, which mode direct would go past");
	return sdwan_flows_enable(chg->sn);
}

/* What its rules say to packets, where the IP stack comes after it. */
static int sdwan_lan_direct_note(struct sdwan_lan_cfg *cfg)
{
	if (cfg->mode != SDWAN_LAN_MODE_DIRECT)
		return 0;
	cfg->note = sdwan_note_alloc(cfg->vni);
	return cfg->note ? 0 : -ENOMEM;
}

static int sdwan_lan_parse(struct sdwan_change *chg, struct sdwan_lan_cfg *cfg)
{
	const struct nlattr *mode = chg->attrs[SDWAN_A_LAN_MODE];
	const struct nlattr *vni = chg->attrs[SDWAN_A_LAN_VNI];

	if (mode)
		cfg->mode = nla_get_u32(mode);
	if (vni)
		cfg->vni = nla_get_u32(vni);
	if (cfg->mode == SDWAN_LAN_MODE_DIRECT)
		return sdwan_lan_direct(chg, cfg);
	return 0;
}

static struct sdwan_cfg *sdwan_lan_configure(struct sdwan_change *chg,
					     struct sdwan_object *obj,
					     struct sdwan_cfg *base)
{
	struct sdwan_lan_cfg *cfg;
	int err;

	cfg = kzalloc(sizeof(*cfg), GFP_KERNEL_ACCOUNT);
	if (!cfg)
		return ERR_PTR(-ENOMEM);

	cfg->mode = SDWAN_LAN_MODE_MARK;
	if (base) {
		cfg->mode = sdwan_lan_cfg(base)->mode;
		cfg->vni = sdwan_lan_cfg(base)->vni;
	}
	err = sdwan_lan_parse(chg, cfg);
	if (!err && cfg->mode != SDWAN_LAN_MODE_DIRECT &&
	    sdwan_lan_has_rules(to_lan(obj)))
		err = sdwan_refuse(chg, SDWAN_A_LAN_MODE, -EBUSY,
				   "a rule needs the frames of this LAN");
	if (!err)
		err = sdwan_lan_direct_note(cfg);
	if (err) {
		kfree(cfg);
		return ERR_PTR(err);
	}
	return &cfg->hdr;
}

/* Readers take it from the object. */
static void sdwan_lan_publish(struct sdwan_object *obj, struct sdwan_cfg *cfg)
{
	sdwan_lan_sync(to_lan(obj));
}

static void sdwan_lan_cfg_free_rcu(struct rcu_head *rcu)
{
	struct sdwan_lan_cfg *cfg;

	cfg = container_of(rcu, struct sdwan_lan_cfg, hdr.rcu);
	sdwan_note_put(cfg->note);
	kfree(cfg);
}

static void sdwan_lan_retire(struct sdwan_object *obj, struct sdwan_cfg *cfg)
{
	call_rcu(&cfg->rcu, sdwan_lan_cfg_free_rcu);
}

static int sdwan_lan_deletable(struct sdwan_change *chg,
			       struct sdwan_object *obj)
{
	if (sdwan_lan_has_rules(to_lan(obj)))
		return sdwan_refuse(chg, SDWAN_A_LAN_NAME, -EBUSY,
				    "a rule needs the frames of this LAN");
	return 0;
}

static void sdwan_lan_destroy(struct sdwan_object *obj)
{
	struct sdwan_lan *lan = to_lan(obj);

	WARN_ON(!list_empty(&lan->rules));
	sdwan_lan_detach(lan);
	sdwan_hook_put(obj->sn);
	kfree_rcu(lan, obj.rcu);
}

static int sdwan_lan_fill(struct sk_buff *skb, struct sdwan_object *obj,
			  struct sdwan_cfg *hdr)
{
	const struct sdwan_lan_cfg *cfg = sdwan_lan_cfg(hdr);
	const struct sdwan_lan *lan = to_lan(obj);
	bool hooked = lan->ifindex && rcu_access_pointer(obj->cfg);

	if (cfg->mode == SDWAN_LAN_MODE_DIRECT)
		hooked = lan->hook.dev;

	if (nla_put_string(skb, SDWAN_A_LAN_NAME, lan->name) ||
	    nla_put_u32(skb, SDWAN_A_LAN_MODE, cfg->mode) ||
	    (cfg->vni && nla_put_u32(skb, SDWAN_A_LAN_VNI, cfg->vni)) ||
	    (lan->ifindex &&
	     nla_put_u32(skb, SDWAN_A_LAN_IFINDEX, lan->ifindex)) ||
	    nla_put_u8(skb, SDWAN_A_LAN_HOOKED, hooked))
		return -EMSGSIZE;
	return 0;
}

const struct sdwan_type sdwan_lan_type = {
	.kind = SDWAN_KIND_LAN,
	.params = {
		.head_offset = offsetof(struct sdwan_lan, obj.by_key),
		.key_offset = offsetof(struct sdwan_lan, name),
		.key_len = sizeof_field(struct sdwan_lan, name),
		.automatic_shrinking = true,
	},
	.cmd_ntf = SDWAN_CMD_LAN_NTF,
	.cmd_del_ntf = SDWAN_CMD_LAN_DEL_NTF,
	.key_attr = SDWAN_A_LAN_NAME,
	.full = "the limit of LAN devices in this namespace is reached",
	.exists = "this device is a LAN already",
	.missing = "there is no LAN of this name",
	.key = sdwan_lan_key,
	.create = sdwan_lan_create,
	.check = sdwan_lan_check,
	.configure = sdwan_lan_configure,
	.publish = sdwan_lan_publish,
	.retire = sdwan_lan_retire,
	.deletable = sdwan_lan_deletable,
	.destroy = sdwan_lan_destroy,
	.fill = sdwan_lan_fill,
};

/**
 * sdwan_lan_find_direct() - the LAN of a name, where it sees frames
 * @sn: fabric
 * @name: zero-padded
 *
 * Context: Under sdwan_net.lock.
 *
 * Return: the LAN as a writer sees it, or NULL.
 */
struct sdwan_lan *sdwan_lan_find_direct(struct sdwan_net *sn, const char *name)
{
	struct sdwan_object *obj;

	obj = sdwan_object_find(sn, &sdwan_lan_type, name);
	if (!obj || sdwan_lan_cfg(sdwan_object_staged_cfg(obj))->mode !=
		    SDWAN_LAN_MODE_DIRECT)
		return NULL;
	return to_lan(obj);
}

static void sdwan_lan_tell(struct sdwan_lan *lan)
{
	if (rcu_access_pointer(lan->obj.cfg))
		sdwan_event_changed(&lan->obj);
}

/*
 * The device of a LAN has another name: so has the LAN. Nobody looks for names
 * without the lock. Where there is no memory to enter the new name, the LAN works
 * on but is found in dumps only, until the next renaming.
 */
static void sdwan_lan_rename(struct sdwan_net *sn, struct sdwan_lan *lan,
			     const char *name)
{
	struct rhltable *keys = &sn->table[SDWAN_KIND_LAN].keys;

	if (rcu_access_pointer(lan->obj.cfg))
		sdwan_event_deleted(&lan->obj);
	rhltable_remove(keys, &lan->obj.by_key, sdwan_lan_type.params);
	strscpy_pad(lan->name, name, sizeof(lan->name));
	if (rhltable_insert(keys, &lan->obj.by_key, sdwan_lan_type.params))
		net_warn_ratelimited("sdwan: no memory to rename LAN %s\n",
				     name);
	sdwan_lan_tell(lan);
}

/* Whether another LAN than that of the device has its name. */
static bool sdwan_lan_named(struct sdwan_net *sn, const struct net_device *dev)
{
	struct sdwan_object *obj;
	unsigned long id;

	xa_for_each(&sn->table[SDWAN_KIND_LAN].ids, id, obj)
		if (to_lan(obj)->ifindex != dev->ifindex &&
		    !strcmp(to_lan(obj)->name, dev->name))
			return true;
	return false;
}

/*
 * A device appeared, or has another name now. One that was renamed to the name of
 * another LAN belongs to that one.
 */
static void sdwan_lan_device_here(struct sdwan_net *sn,
				  const struct net_device *dev)
{
	bool named = sdwan_lan_named(sn, dev);
	struct sdwan_object *obj;
	unsigned long id;

	xa_for_each(&sn->table[SDWAN_KIND_LAN].ids, id, obj) {
		struct sdwan_lan *lan = to_lan(obj);

		if (lan->ifindex == dev->ifindex &&
		    strcmp(lan->name, dev->name)) {
			if (!named) {
				sdwan_lan_rename(sn, lan, dev->name);
				continue;
			}
			sdwan_lan_detach(lan);
			sdwan_lan_tell(lan);
		} else if (!lan->ifindex && !strcmp(lan->name, dev->name)) {
			sdwan_lan_attach(sn, lan, dev->ifindex);
			sdwan_lan_sync(lan);
			sdwan_lan_tell(lan);
		}
	}
}

static void sdwan_lan_device_gone(struct sdwan_net *sn,
				  const struct net_device *dev)
{
	struct sdwan_object *obj;
	unsigned long id;

	xa_for_each(&sn->table[SDWAN_KIND_LAN].ids, id, obj)
		if (to_lan(obj)->ifindex == dev->ifindex) {
			sdwan_lan_detach(to_lan(obj));
			sdwan_lan_tell(to_lan(obj));
		}
}

/* Most devices are no LANs, and may come and go all the time. */
static bool sdwan_lan_concerned(struct sdwan_net *sn,
				const struct net_device *dev)
{
	struct sdwan_object *obj;
	unsigned long id;

	xa_for_each(&sn->table[SDWAN_KIND_LAN].ids, id, obj)
		if (to_lan(obj)->ifindex == dev->ifindex ||
		    !strcmp(to_lan(obj)->name, dev->name))
			return true;
	return false;
}

/* Rules match names, and flows know devices: both are asked for again. */
static void sdwan_lan_device_event(struct sdwan_net *sn, unsigned long event,
				   const struct net_device *dev)
{
	sdwan_epoch_begin(sn);
	if (event == NETDEV_UNREGISTER)
		sdwan_lan_device_gone(sn, dev);
	else
		sdwan_lan_device_here(sn, dev);
	sdwan_epoch_end(sn);
}

/**
 * sdwan_lan_netdev_event() - something happens to a device
 * @sn: fabric of its namespace
 * @event: NETDEV_*
 * @dev: device
 *
 * Context: Process context, under rtnl_mutex.
 */
void sdwan_lan_netdev_event(struct sdwan_net *sn, unsigned long event,
			    const struct net_device *dev)
{
	if (!sn->table[SDWAN_KIND_LAN].count)
		return;

	switch (event) {
	case NETDEV_REGISTER:
	case NETDEV_CHANGENAME:
	case NETDEV_UNREGISTER:
		mutex_lock(&sn->lock);
		if (sdwan_lan_concerned(sn, dev))
			sdwan_lan_device_event(sn, event, dev);
		mutex_unlock(&sn->lock);
		break;
	}
}
