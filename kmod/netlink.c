// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: the generic-netlink family
 */
#include <linux/module.h>
#include <linux/rtnetlink.h>
#include <net/genetlink.h>

#include "event.h"
#include "fabric.h"
#include "netlink.h"
#include "netlink_gen.h"
#include "state.h"
#include "txn.h"

/* Which attribute of a request names its transaction. */
static const u16 sdwan_txn_attr[SDWAN_KIND_COUNT] = {
	[SDWAN_KIND_NODE] = SDWAN_A_NODE_TXN,
	[SDWAN_KIND_UNDERLAY] = SDWAN_A_UNDERLAY_TXN,
	[SDWAN_KIND_PEER] = SDWAN_A_PEER_TXN,
	[SDWAN_KIND_PATH] = SDWAN_A_PATH_TXN,
	[SDWAN_KIND_PREFIX] = SDWAN_A_PREFIX_TXN,
	[SDWAN_KIND_METRIC] = SDWAN_A_METRIC_TXN,
	[SDWAN_KIND_CLASS] = SDWAN_A_CLASS_TXN,
	[SDWAN_KIND_RULE] = SDWAN_A_RULE_TXN,
	[SDWAN_KIND_LAN] = SDWAN_A_LAN_TXN,
};

/**
 * sdwan_nl_header() - check the headers of a request
 * @nlh: request
 * @flags: NLM_F_* that have a meaning in it, but for those of all requests
 * @extack: told what is wrong
 *
 * It is what the core checks where no command has flags of its own.
 *
 * Return: 0 or -EINVAL.
 */
int sdwan_nl_header(const struct nlmsghdr *nlh, u16 flags,
		    struct netlink_ext_ack *extack)
{
	const struct genlmsghdr *hdr = nlmsg_data(nlh);

	if (hdr->reserved) {
		NL_SET_ERR_MSG(extack, "the reserved field of the header is not 0");
		return -EINVAL;
	}
	if (nlh->nlmsg_flags & ~(NLM_F_REQUEST | NLM_F_ACK | NLM_F_ECHO | flags)) {
		NL_SET_ERR_MSG(extack, "the header has flags without a meaning");
		return -EINVAL;
	}
	return 0;
}

/**
 * sdwan_nl_fabric() - the fabric that a request is about
 * @info: request, but for dumps
 * @multi: the attribute that may occur several times, 0 for none
 *
 * Return: the fabric, or -EPERM or -EINVAL when it may not be used or the
 * request is ambiguous.
 */
struct sdwan_net *sdwan_nl_fabric(struct genl_info *info, u16 multi)
{
	struct sdwan_net *sn = sdwan_net(genl_info_net(info));
	int err;

	err = sdwan_fabric_allowed(sn, info->extack);
	if (!err)
		err = sdwan_nl_header(info->nlhdr, NLM_F_CREATE | NLM_F_EXCL |
				      NLM_F_REPLACE, info->extack);
	if (!err)
		err = sdwan_attrs_unambiguous(genlmsg_data(info->genlhdr),
					      genlmsg_len(info->genlhdr),
					      multi, info->extack);
	return err ? ERR_PTR(err) : sn;
}

static void sdwan_nl_lock(struct sdwan_net *sn)
{
	rtnl_lock();
	mutex_lock(&sn->lock);
}

static void sdwan_nl_unlock(struct sdwan_net *sn)
{
	mutex_unlock(&sn->lock);
	rtnl_unlock();
}

static int sdwan_nl_stage(struct sdwan_change *chg,
			  const struct sdwan_type *type, int verb)
{
	int err;

	if (verb < 0)
		err = sdwan_object_delete(chg, type);
	else
		err = sdwan_object_change(chg, type, verb);
	if (!err)
		chg->txn->operations++;
	return err;
}

/* A request of its own is a transaction of one operation. */
static int sdwan_nl_alone(struct sdwan_change *chg,
			  const struct sdwan_type *type, int verb)
{
	struct sdwan_txn txn;
	int err;

	sdwan_txn_init(&txn);
	sdwan_txn_make_stale(chg->sn);
	chg->txn = &txn;
	err = sdwan_nl_stage(chg, type, verb);
	if (!err)
		sdwan_object_commit(chg->sn, &txn);
	return err;
}

static int sdwan_nl_in_txn(struct sdwan_change *chg, struct genl_info *info,
			   const struct sdwan_type *type, int verb)
{
	struct nlattr *attr = info->attrs[sdwan_txn_attr[type->kind]];

	chg->txn = sdwan_txn_find(chg->sn, nla_get_u32(attr), info->snd_portid,
				  info->extack);
	if (IS_ERR(chg->txn)) {
		NL_SET_BAD_ATTR(info->extack, attr);
		return PTR_ERR(chg->txn);
	}
	return sdwan_nl_stage(chg, type, verb);
}

/* verb: enum sdwan_verb, or -1 to delete */
static int sdwan_nl_change(struct genl_info *info,
			   const struct sdwan_type *type, int verb)
{
	struct sdwan_change chg = {
		.attrs = info->attrs,
		.nlh = info->nlhdr,
		.extack = info->extack,
	};
	int err;

	chg.sn = sdwan_nl_fabric(info, type->multi_attr);
	if (IS_ERR(chg.sn))
		return PTR_ERR(chg.sn);

	sdwan_nl_lock(chg.sn);
	if (info->attrs[sdwan_txn_attr[type->kind]])
		err = sdwan_nl_in_txn(&chg, info, type, verb);
	else
		err = sdwan_nl_alone(&chg, type, verb);
	sdwan_nl_unlock(chg.sn);

	if (!err)
		sdwan_state_arm(chg.sn);
	return err;
}

static int sdwan_nl_new(struct genl_info *info, const struct sdwan_type *type)
{
	return sdwan_nl_change(info, type,
			       info->nlhdr->nlmsg_flags & NLM_F_REPLACE ?
			       SDWAN_VERB_REPLACE : SDWAN_VERB_NEW);
}

static int sdwan_nl_set(struct genl_info *info, const struct sdwan_type *type)
{
	return sdwan_nl_change(info, type, SDWAN_VERB_SET);
}

static int sdwan_nl_del(struct genl_info *info, const struct sdwan_type *type)
{
	return sdwan_nl_change(info, type, -1);
}

static struct sdwan_object *sdwan_nl_find(struct sdwan_change *chg,
					  struct genl_info *info,
					  const struct sdwan_type *type,
					  struct sdwan_cfg **cfg)
{
	struct nlattr *attr = info->attrs[sdwan_txn_attr[type->kind]];
	u8 key[SDWAN_KEY_MAX] __aligned(8) = {};
	struct sdwan_object *obj;
	int err;

	err = type->key(chg, key);
	if (err)
		return ERR_PTR(err);

	if (attr) {
		struct sdwan_txn *txn;

		txn = sdwan_txn_find(chg->sn, nla_get_u32(attr),
				     info->snd_portid, info->extack);
		if (IS_ERR(txn))
			return ERR_CAST(txn);
		obj = sdwan_object_find(chg->sn, type, key);
		*cfg = obj ? sdwan_object_staged_cfg(obj) : NULL;
	} else {
		obj = sdwan_object_find_committed(chg->sn, type, key);
		*cfg = obj ? sdwan_object_cfg(obj) : NULL;
	}

	if (!obj) {
		info->extack->_msg = type->missing;
		return ERR_PTR(-ENOENT);
	}
	return obj;
}

static int sdwan_nl_answer(struct sdwan_change *chg, struct genl_info *info,
			   const struct sdwan_type *type, struct sk_buff *msg)
{
	struct sdwan_object *obj;
	struct sdwan_cfg *cfg;

	obj = sdwan_nl_find(chg, info, type, &cfg);
	if (IS_ERR(obj))
		return PTR_ERR(obj);
	return sdwan_event_put(msg, obj, cfg,
			       genlmsg_put_reply(msg, info, &sdwan_genl_family,
						 0, info->genlhdr->cmd));
}

static int sdwan_nl_get(struct genl_info *info, const struct sdwan_type *type)
{
	struct sdwan_change chg = {
		.attrs = info->attrs,
		.nlh = info->nlhdr,
		.extack = info->extack,
	};
	struct sk_buff *msg;
	int err;

	chg.sn = sdwan_nl_fabric(info, 0);
	if (IS_ERR(chg.sn))
		return PTR_ERR(chg.sn);

	msg = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!msg)
		return -ENOMEM;

	sdwan_nl_lock(chg.sn);
	err = sdwan_nl_answer(&chg, info, type, msg);
	sdwan_nl_unlock(chg.sn);
	if (err) {
		nlmsg_free(msg);
		return err;
	}
	return genlmsg_reply(msg, info);
}

/**
 * sdwan_nl_named() - what a request names that is about something else
 * @sn: fabric; its lock is held
 * @type: kind of object
 * @extack: told when there is none
 * @attr: attribute, or NULL
 *
 * Return: the object, NULL where nothing is named, or -ENOENT.
 */
struct sdwan_object *sdwan_nl_named(struct sdwan_net *sn,
				    const struct sdwan_type *type,
				    struct netlink_ext_ack *extack,
				    const struct nlattr *attr)
{
	char key[SDWAN_KEY_MAX] __aligned(8) = {};
	struct sdwan_object *obj;

	if (!attr)
		return NULL;
	nla_strscpy(key, attr, sizeof(key));
	obj = sdwan_object_find_committed(sn, type, key);
	if (obj)
		return obj;
	extack->_msg = type->missing;
	NL_SET_BAD_ATTR(extack, attr);
	return ERR_PTR(-ENOENT);
}

/**
 * sdwan_nl_lacks() - refuse a request that lacks an attribute
 * @info: request
 * @attr: attribute
 * @msg: what is missing; a constant
 *
 * Return: -EINVAL.
 */
int sdwan_nl_lacks(struct genl_info *info, int attr, const char *msg)
{
	info->extack->_msg = msg;
	NL_SET_ERR_ATTR_MISS(info->extack, NULL, attr);
	return -EINVAL;
}

/**
 * sdwan_nl_reply_put() - begin the answer to a request
 * @msg: where
 * @info: request
 *
 * Return: the header, or NULL where there is no room.
 */
void *sdwan_nl_reply_put(struct sk_buff *msg, const struct genl_info *info)
{
	return genlmsg_put(msg, info->snd_portid, info->snd_seq,
			   &sdwan_genl_family, 0, info->genlhdr->cmd);
}

/**
 * sdwan_nl_dump_put() - begin one message of a dump
 * @skb: where
 * @cb: the dump
 *
 * Return: the header, or NULL where there is no room.
 */
void *sdwan_nl_dump_put(struct sk_buff *skb, struct netlink_callback *cb)
{
	const struct genlmsghdr *request = nlmsg_data(cb->nlh);

	return genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
			   &sdwan_genl_family, NLM_F_MULTI, request->cmd);
}

static int sdwan_nl_dump_object(struct sk_buff *skb,
				struct netlink_callback *cb,
				struct sdwan_object *obj)
{
	void *hdr = sdwan_nl_dump_put(skb, cb);

	if (hdr)
		genl_dump_check_consistent(cb, hdr);
	return sdwan_event_put(skb, obj, sdwan_object_cfg(obj), hdr);
}

/**
 * sdwan_nl_dump_allowed() - whether a fabric may be dumped
 * @sn: fabric
 * @cb: the dump
 *
 * Return: 0 or a negative error.
 */
int sdwan_nl_dump_allowed(struct sdwan_net *sn, struct netlink_callback *cb)
{
	int err;

	err = sdwan_fabric_allowed(sn, cb->extack);
	if (!err)
		err = sdwan_nl_header(cb->nlh, NLM_F_DUMP, cb->extack);
	if (!err)
		err = sdwan_attrs_unambiguous(nlmsg_attrdata(cb->nlh, GENL_HDRLEN),
					      nlmsg_attrlen(cb->nlh, GENL_HDRLEN),
					      0, cb->extack);
	return err;
}

/*
 * A dump goes on after the last number it has told, so it lists every object
 * that exists throughout, exactly once; a change meanwhile is marked by
 * NLM_F_DUMP_INTR.
 */
static int sdwan_nl_dump(struct sk_buff *skb, struct netlink_callback *cb,
			 enum sdwan_kind kind)
{
	struct sdwan_net *sn = sdwan_net(sock_net(skb->sk));
	struct sdwan_object *obj;
	unsigned long id;
	int err;

	err = sdwan_nl_dump_allowed(sn, cb);
	if (err)
		return err;
	if (nlmsg_attrlen(cb->nlh, GENL_HDRLEN)) {
		NL_SET_ERR_MSG(cb->extack, "a dump takes no attributes");
		return -EINVAL;
	}

	mutex_lock(&sn->lock);
	cb->seq = sn->generation;
	xa_for_each_start(&sn->table[kind].ids, id, obj, cb->args[0]) {
		if (!rcu_access_pointer(obj->cfg))
			continue;
		if (sdwan_nl_dump_object(skb, cb, obj))
			break;
		cb->args[0] = id + 1;
	}
	mutex_unlock(&sn->lock);
	return skb->len;
}

#define SDWAN_NL_NEW(name)						\
int sdwan_nl_##name##_new_doit(struct sk_buff *skb,			\
			       struct genl_info *info)			\
{									\
	return sdwan_nl_new(info, &sdwan_##name##_type);		\
}

#define SDWAN_NL_SET(name)						\
int sdwan_nl_##name##_set_doit(struct sk_buff *skb,			\
			       struct genl_info *info)			\
{									\
	return sdwan_nl_set(info, &sdwan_##name##_type);		\
}

#define SDWAN_NL_DEL(name)						\
int sdwan_nl_##name##_del_doit(struct sk_buff *skb,			\
			       struct genl_info *info)			\
{									\
	return sdwan_nl_del(info, &sdwan_##name##_type);		\
}

#define SDWAN_NL_GET(name)						\
int sdwan_nl_##name##_get_doit(struct sk_buff *skb,			\
			       struct genl_info *info)			\
{									\
	return sdwan_nl_get(info, &sdwan_##name##_type);		\
}

#define SDWAN_NL_DUMP(name, kind)					\
int sdwan_nl_##name##_get_dumpit(struct sk_buff *skb,			\
				 struct netlink_callback *cb)		\
{									\
	return sdwan_nl_dump(skb, cb, kind);				\
}

SDWAN_NL_GET(node)

SDWAN_NL_NEW(underlay)
SDWAN_NL_SET(underlay)
SDWAN_NL_DEL(underlay)
SDWAN_NL_GET(underlay)
SDWAN_NL_DUMP(underlay, SDWAN_KIND_UNDERLAY)

SDWAN_NL_NEW(peer)
SDWAN_NL_SET(peer)
SDWAN_NL_DEL(peer)
SDWAN_NL_GET(peer)
SDWAN_NL_DUMP(peer, SDWAN_KIND_PEER)

SDWAN_NL_NEW(path)
SDWAN_NL_SET(path)
SDWAN_NL_DEL(path)
SDWAN_NL_GET(path)
SDWAN_NL_DUMP(path, SDWAN_KIND_PATH)

SDWAN_NL_NEW(prefix)
SDWAN_NL_SET(prefix)
SDWAN_NL_DEL(prefix)
SDWAN_NL_GET(prefix)
SDWAN_NL_DUMP(prefix, SDWAN_KIND_PREFIX)

SDWAN_NL_NEW(metric)
SDWAN_NL_SET(metric)
SDWAN_NL_DEL(metric)
SDWAN_NL_GET(metric)
SDWAN_NL_DUMP(metric, SDWAN_KIND_METRIC)

SDWAN_NL_NEW(class)
SDWAN_NL_SET(class)
SDWAN_NL_DEL(class)
SDWAN_NL_GET(class)
SDWAN_NL_DUMP(class, SDWAN_KIND_CLASS)

SDWAN_NL_NEW(rule)
SDWAN_NL_SET(rule)
SDWAN_NL_DEL(rule)
SDWAN_NL_GET(rule)
SDWAN_NL_DUMP(rule, SDWAN_KIND_RULE)

SDWAN_NL_NEW(lan)
SDWAN_NL_SET(lan)
SDWAN_NL_DEL(lan)
SDWAN_NL_GET(lan)
SDWAN_NL_DUMP(lan, SDWAN_KIND_LAN)

/* The node is there from its first setting on. */
int sdwan_nl_node_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	return sdwan_nl_change(info, &sdwan_node_type, SDWAN_VERB_PUT);
}

static int sdwan_nl_txn_answer(struct genl_info *info, const struct sdwan_txn *txn,
			       bool operations)
{
	struct sk_buff *msg;
	void *hdr;

	msg = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!msg)
		return -ENOMEM;

	hdr = genlmsg_put_reply(msg, info, &sdwan_genl_family, 0,
				info->genlhdr->cmd);
	if (!hdr || nla_put_u32(msg, SDWAN_A_TXN_ID, txn->id) ||
	    nla_put_u32(msg, SDWAN_A_TXN_GENERATION, txn->generation) ||
	    (operations &&
	     nla_put_u32(msg, SDWAN_A_TXN_OPERATIONS, txn->operations))) {
		nlmsg_free(msg);
		return -EMSGSIZE;
	}
	genlmsg_end(msg, hdr);
	return genlmsg_reply(msg, info);
}

static int sdwan_nl_begin(struct genl_info *info, struct sdwan_net *sn)
{
	struct nlattr *attr = info->attrs[SDWAN_A_TXN_GENERATION];
	struct sdwan_txn *txn;
	int err;

	if (attr && nla_get_u32(attr) != sn->generation) {
		NL_SET_ERR_MSG_ATTR(info->extack, attr,
				    "the configuration is of another generation");
		return -ESTALE;
	}
	txn = sdwan_txn_begin(sn, info->snd_portid, info->extack);
	if (IS_ERR(txn))
		return PTR_ERR(txn);

	err = sdwan_nl_txn_answer(info, txn, false);
	if (err)
		sdwan_txn_close(sn);
	return err;
}

int sdwan_nl_txn_begin_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct sdwan_net *sn = sdwan_nl_fabric(info, 0);
	int err;

	if (IS_ERR(sn))
		return PTR_ERR(sn);

	sdwan_nl_lock(sn);
	err = sdwan_nl_begin(info, sn);
	sdwan_nl_unlock(sn);
	return err;
}

static int sdwan_nl_txn_id(struct genl_info *info, u32 *id)
{
	if (!info->attrs[SDWAN_A_TXN_ID]) {
		NL_SET_ERR_MSG(info->extack,
			       "the number of the transaction is missing");
		NL_SET_ERR_ATTR_MISS(info->extack, NULL, SDWAN_A_TXN_ID);
		return -EINVAL;
	}
	*id = nla_get_u32(info->attrs[SDWAN_A_TXN_ID]);
	return 0;
}

static int sdwan_nl_commit(struct genl_info *info, struct sdwan_net *sn, u32 id)
{
	struct sdwan_txn *txn, done;
	int err;

	txn = sdwan_txn_find(sn, id, info->snd_portid, info->extack);
	if (IS_ERR(txn)) {
		/* stale: closed by this, as by a failed commit */
		if (PTR_ERR(txn) == -ESTALE)
			sdwan_txn_close(sn);
		return PTR_ERR(txn);
	}

	err = sdwan_txn_commit(sn, txn,
			       nla_get_u32(info->attrs[SDWAN_A_TXN_GENERATION]),
			       info->extack);
	done = *txn;
	done.generation = sn->generation;
	sdwan_txn_close(sn);
	/* it is committed, whether or not the answer arrives */
	if (!err)
		sdwan_nl_txn_answer(info, &done, true);
	return err;
}

int sdwan_nl_txn_commit_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct sdwan_net *sn = sdwan_nl_fabric(info, 0);
	int err;
	u32 id;

	if (IS_ERR(sn))
		return PTR_ERR(sn);
	err = sdwan_nl_txn_id(info, &id);
	if (err)
		return err;
	if (!info->attrs[SDWAN_A_TXN_GENERATION]) {
		NL_SET_ERR_MSG(info->extack,
			       "the generation that is expected is missing");
		NL_SET_ERR_ATTR_MISS(info->extack, NULL,
				     SDWAN_A_TXN_GENERATION);
		return -EINVAL;
	}

	sdwan_nl_lock(sn);
	err = sdwan_nl_commit(info, sn, id);
	sdwan_nl_unlock(sn);
	sdwan_state_arm(sn);
	return err;
}

int sdwan_nl_txn_abort_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct sdwan_net *sn = sdwan_nl_fabric(info, 0);
	struct sdwan_txn *txn;
	int err;
	u32 id;

	if (IS_ERR(sn))
		return PTR_ERR(sn);
	err = sdwan_nl_txn_id(info, &id);
	if (err)
		return err;

	sdwan_nl_lock(sn);
	txn = sdwan_txn_find(sn, id, info->snd_portid, info->extack);
	err = PTR_ERR_OR_ZERO(txn);
	/* a stale one can be closed, and that is all that can be done with it */
	if (err == -ESTALE) {
		info->extack->_msg = NULL;
		err = 0;
	}
	if (!err)
		sdwan_txn_close(sn);
	sdwan_nl_unlock(sn);
	return err;
}

static const struct genl_multicast_group sdwan_nl_groups[] = {
	[SDWAN_NLGRP_EVENTS] = {
		.name = SDWAN_MCGRP_EVENTS,
		.flags = GENL_MCAST_CAP_NET_ADMIN,
	},
};

struct genl_family sdwan_genl_family __ro_after_init = {
	.name = SDWAN_FAMILY_NAME,
	.version = SDWAN_FAMILY_VERSION,
	.netnsok = true,
	.parallel_ops = true,
	.module = THIS_MODULE,
	/* the core's check of headers knows no NLM_F_REPLACE */
	.resv_start_op = __SDWAN_CMD_MAX,
	.ops = sdwan_nl_ops,
	.n_ops = ARRAY_SIZE(sdwan_nl_ops),
	.mcgrps = sdwan_nl_groups,
	.n_mcgrps = ARRAY_SIZE(sdwan_nl_groups),
};

/**
 * sdwan_netlink_init() - register the family
 *
 * Return: 0 or a negative error.
 */
int __init sdwan_netlink_init(void)
{
	sdwan_event_init(&sdwan_genl_family);
	return genl_register_family(&sdwan_genl_family);
}

/**
 * sdwan_netlink_exit() - unregister the family
 */
void sdwan_netlink_exit(void)
{
	genl_unregister_family(&sdwan_genl_family);
}
