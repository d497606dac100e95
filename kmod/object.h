/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: configured objects, and how they change
 *
 * Every change is made in three steps.  Check finds out whether it is
 * possible, prepare gets everything that can fail, commit publishes and
 * cannot fail.  The first two stage the change in a &struct sdwan_txn, which
 * is either one that a client opened or one for a single request: the code is
 * the same.  Until commit no reader sees any of it; an abort leaves things as
 * they were.
 *
 * A writer sees what its transaction has staged.  That is unambiguous, since
 * a fabric has at most one open transaction, and a change outside of it
 * discards what is staged (see txn.c).
 */
#ifndef _SDWAN_OBJECT_H
#define _SDWAN_OBJECT_H

#include <net/genetlink.h>

#include "types.h"

/**
 * struct sdwan_txn - changes that are committed together
 * @id: number told to the client
 * @portid: socket it belongs to
 * @generation: of the fabric when it was opened
 * @operations: requests staged
 * @stale: something else changed the fabric meanwhile
 * @staged: objects, &struct sdwan_object.staged, in the order of the requests
 *
 * All of it under sdwan_net.lock.
 */
struct sdwan_txn {
	u32 id;
	u32 portid;
	u32 generation;
	u32 operations;
	bool stale;
	struct list_head staged;
};

/**
 * struct sdwan_change - one request at work
 * @sn: fabric; its lock and rtnl_mutex are held
 * @txn: where the change is staged
 * @attrs: attributes of the request
 * @nlh: the request, for attributes that may occur several times
 * @extack: what is answered when it is refused
 */
struct sdwan_change {
	struct sdwan_net *sn;
	struct sdwan_txn *txn;
	struct nlattr **attrs;
	const struct nlmsghdr *nlh;
	struct netlink_ext_ack *extack;
};

/* What a request wants. */
enum sdwan_verb {
	SDWAN_VERB_NEW,		/* must not exist */
	SDWAN_VERB_REPLACE,	/* absent attributes to their defaults */
	SDWAN_VERB_SET,		/* must exist; absent attributes stay */
	SDWAN_VERB_PUT,		/* as SET, or as NEW where there is none */
};

#define SDWAN_KEY_MAX	(SDWAN_PATH_NAME_MAX + 1)

/**
 * struct sdwan_type - operations of one kind of object
 * @kind: index of its table
 * @params: of the key table
 * @multi_attr: the attribute that may occur several times, 0 for none
 * @cmd_ntf: sent when an object was added or has changed
 * @cmd_del_ntf: sent when an object was deleted, 0 for never
 * @low_ids: an object gets the lowest number that is free, not the next one
 * @key_attr: the attribute that holds the key, or its first part
 * @full: answer when the limit is reached
 * @exists: answer when the key is taken
 * @missing: answer when there is no object of this key
 * @key: read the key of a request into a zeroed buffer of SDWAN_KEY_MAX bytes;
 *	refuse one that could not be a key
 * @create: check what is immutable and allocate an object of this key with it
 * @check: refuse a change of what is immutable
 * @configure: check and prepare a configuration, from @base (NULL: from the
 *	defaults).  What it enters into lookup tables must stay invisible until it
 *	is the committed one.
 * @publish: make the committed configuration @cfg visible; cannot fail
 * @retire: take a configuration, committed or not, out of all tables and free it
 *	after a grace period
 * @deletable: refuse a deletion that was asked for; or NULL. Not asked when all of
 *	a namespace goes.
 * @cascade: stage the deletion of what depends on the object; or NULL
 * @destroy: give back what @create took and free the object after a grace
 *	period; nothing refers to it any more
 * @fill: write the attributes of the object with configuration @cfg to a message
 */
struct sdwan_type {
	enum sdwan_kind kind;
	struct rhashtable_params params;
	u16 multi_attr;
	u8 cmd_ntf;
	u8 cmd_del_ntf;
	bool low_ids;
	u16 key_attr;
	const char *full;
	const char *exists;
	const char *missing;
	int (*key)(struct sdwan_change *chg, void *key);
	struct sdwan_object *(*create)(struct sdwan_change *chg,
				       const void *key);
	int (*check)(struct sdwan_change *chg, struct sdwan_object *obj);
	struct sdwan_cfg *(*configure)(struct sdwan_change *chg,
				       struct sdwan_object *obj,
				       struct sdwan_cfg *base);
	void (*publish)(struct sdwan_object *obj, struct sdwan_cfg *cfg);
	void (*retire)(struct sdwan_object *obj, struct sdwan_cfg *cfg);
	int (*deletable)(struct sdwan_change *chg, struct sdwan_object *obj);
	void (*cascade)(struct sdwan_txn *txn, struct sdwan_object *obj);
	void (*destroy)(struct sdwan_object *obj);
	int (*fill)(struct sk_buff *skb, struct sdwan_object *obj,
		    struct sdwan_cfg *cfg);
};

/**
 * sdwan_refuse() - refuse a request for the value of one of its attributes
 * @chg: request
 * @attr: attribute; where the request lacks it, none is named
 * @err: what is answered
 * @msg: why; a constant
 *
 * Return: @err.
 */
static inline int sdwan_refuse(const struct sdwan_change *chg, int attr,
			       int err, const char *msg)
{
	chg->extack->_msg = msg;
	NL_SET_BAD_ATTR(chg->extack, chg->attrs[attr]);
	return err;
}

/**
 * sdwan_missing() - refuse a request that lacks an attribute
 * @chg: request
 * @attr: attribute
 * @msg: what is missing; a constant
 *
 * Return: -EINVAL.
 */
static inline int sdwan_missing(const struct sdwan_change *chg, int attr,
				const char *msg)
{
	chg->extack->_msg = msg;
	NL_SET_ERR_ATTR_MISS(chg->extack, NULL, attr);
	return -EINVAL;
}

/**
 * sdwan_fail() - refuse a request for a reason that is no one attribute's
 * @chg: request
 * @err: what is answered
 * @msg: why; a constant
 *
 * Return: @err.
 */
static inline int sdwan_fail(const struct sdwan_change *chg, int err,
			     const char *msg)
{
	chg->extack->_msg = msg;
	return err;
}

/**
 * sdwan_object_staged_cfg() - the configuration a writer sees
 * @obj: object; sdwan_net.lock is held
 *
 * Return: the staged configuration, else the committed one.
 */
static inline struct sdwan_cfg *
sdwan_object_staged_cfg(const struct sdwan_object *obj)
{
	return obj->next ? obj->next :
	       rcu_dereference_protected(obj->cfg,
					 lockdep_is_held(&obj->sn->lock));
}

/**
 * sdwan_object_cfg() - the committed configuration, for those who hold the lock
 * @obj: object; sdwan_net.lock is held
 *
 * Return: the configuration, NULL before commit.
 */
static inline struct sdwan_cfg *sdwan_object_cfg(const struct sdwan_object *obj)
{
	return rcu_dereference_protected(obj->cfg,
					 lockdep_is_held(&obj->sn->lock));
}

int sdwan_attrs_unambiguous(const struct nlattr *head, int len, int multi,
			    struct netlink_ext_ack *extack);
bool sdwan_name_ok(const char *name, bool colon);
int sdwan_object_name_key(struct sdwan_change *chg, unsigned int attr,
			  unsigned int max, bool colon, char *key);
struct sdwan_object *sdwan_object_find(struct sdwan_net *sn,
				       const struct sdwan_type *type,
				       const void *key);
struct sdwan_object *sdwan_object_find_committed(struct sdwan_net *sn,
						 const struct sdwan_type *type,
						 const void *key);
int sdwan_object_change(struct sdwan_change *chg, const struct sdwan_type *type,
			enum sdwan_verb verb);
int sdwan_object_delete(struct sdwan_change *chg,
			const struct sdwan_type *type);
void sdwan_object_stage_delete(struct sdwan_txn *txn, struct sdwan_object *obj);
void sdwan_object_commit(struct sdwan_net *sn, struct sdwan_txn *txn);
void sdwan_object_abort(struct sdwan_net *sn, struct sdwan_txn *txn);

int sdwan_table_init(struct sdwan_net *sn, const struct sdwan_type *type,
		     u32 max);
void sdwan_table_delete_all(struct sdwan_net *sn, struct sdwan_txn *txn,
			    enum sdwan_kind kind);
void sdwan_table_exit(struct sdwan_net *sn, enum sdwan_kind kind);

extern const struct sdwan_type sdwan_node_type;
extern const struct sdwan_type sdwan_underlay_type;
extern const struct sdwan_type sdwan_peer_type;
extern const struct sdwan_type sdwan_path_type;
extern const struct sdwan_type sdwan_prefix_type;
extern const struct sdwan_type sdwan_metric_type;
extern const struct sdwan_type sdwan_class_type;
extern const struct sdwan_type sdwan_rule_type;
extern const struct sdwan_type sdwan_lan_type;

#endif /* _SDWAN_OBJECT_H */
