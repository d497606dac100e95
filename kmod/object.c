// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: check, prepare and commit of configured objects
 */
#include <linux/bitmap.h>

#include "epoch.h"
#include "event.h"
#include "object.h"
#include "rule.h"
#include "sock.h"

/* Attributes of one message or nest; all sets are smaller. */
#define SDWAN_ATTRS	64

/**
 * sdwan_attrs_unambiguous() - refuse attributes that occur twice
 * @head: the first attribute
 * @len: length of all
 * @multi: the one that may occur several times, 0 for none
 * @extack: told which one
 *
 * The kernel's parser takes the last of several equal attributes. A request that
 * says two things is refused.
 *
 * Return: 0 or -EINVAL.
 */
int sdwan_attrs_unambiguous(const struct nlattr *head, int len, int multi,
			    struct netlink_ext_ack *extack)
{
	DECLARE_BITMAP(seen, SDWAN_ATTRS) = {};
	const struct nlattr *attr;
	int rem;

	nla_for_each_attr(attr, head, len, rem) {
		int type = nla_type(attr);

		if (type >= SDWAN_ATTRS || (multi && type == multi))
			continue;
		if (__test_and_set_bit(type, seen)) {
			NL_SET_ERR_MSG_ATTR(extack, attr,
					    "the attribute occurs twice");
			return -EINVAL;
		}
	}
	return 0;
}

/**
 * sdwan_name_ok() - whether a name is unambiguous on a command line
 * @name: name
 * @colon: whether it may contain a colon
 *
 * Return: true for one or more printable ASCII characters, none of them white
 * space, a slash or a forbidden colon.
 */
bool sdwan_name_ok(const char *name, bool colon)
{
	if (!*name)
		return false;

	for (; *name; name++) {
		unsigned char c = *name;

		if (c <= ' ' || c >= 0x7f || c == '/' || (c == ':' && !colon))
			return false;
	}
	return true;
}

/**
 * sdwan_object_name_key() - read a name that is a key
 * @chg: request
 * @attr: attribute that holds the name
 * @max: its longest length
 * @colon: whether it may contain a colon
 * @key: zeroed buffer of at least @max + 1 bytes
 *
 * Return: 0, or -EINVAL when there is none or it contains what would be
 * ambiguous on a command line.
 */
int sdwan_object_name_key(struct sdwan_change *chg, unsigned int attr,
			  unsigned int max, bool colon, char *key)
{
	if (!chg->attrs[attr])
		return sdwan_missing(chg, attr, "the name is missing");

	nla_strscpy(key, chg->attrs[attr], max + 1);
	if (!sdwan_name_ok(key, colon))
		return sdwan_refuse(chg, attr, -EINVAL,
				    "a name is printable ASCII without white space, '/' and, but for paths, ':'");
	return 0;
}

static struct sdwan_object *sdwan_object_lookup(struct sdwan_net *sn,
						const struct sdwan_type *type,
						const void *key,
						bool staged)
{
	struct rhlist_head *list, *pos;
	struct sdwan_object *obj, *found = NULL;

	rcu_read_lock();
	list = rhltable_lookup(&sn->table[type->kind].keys, key, type->params);
	rhl_for_each_entry_rcu(obj, pos, list, by_key) {
		if (staged ? obj->stage == SDWAN_STAGE_DELETE :
			     obj->stage == SDWAN_STAGE_ADD)
			continue;
		found = obj;
		break;
	}
	rcu_read_unlock();

	/* the caller holds the lock that deletes objects */
	return found;
}

/**
 * sdwan_object_find() - find an object as a writer sees it
 * @sn: fabric; its lock is held
 * @type: kind of object
 * @key: key
 *
 * Return: the object, or NULL where there is none or its deletion is staged.
 */
struct sdwan_object *sdwan_object_find(struct sdwan_net *sn,
				       const struct sdwan_type *type,
				       const void *key)
{
	return sdwan_object_lookup(sn, type, key, true);
}

/**
 * sdwan_object_find_committed() - find an object as a reader sees it
 * @sn: fabric; its lock is held
 * @type: kind of object
 * @key: key
 *
 * Return: the object, or NULL where there is none or it is only staged.
 */
struct sdwan_object *sdwan_object_find_committed(struct sdwan_net *sn,
						 const struct sdwan_type *type,
						 const void *key)
{
	return sdwan_object_lookup(sn, type, key, false);
}

static int sdwan_object_insert(struct sdwan_change *chg,
			       struct sdwan_object *obj)
{
	struct sdwan_table *table = &chg->sn->table[obj->type->kind];
	struct xa_limit limit = XA_LIMIT(1, table->max_id);
	int err;

	if (obj->type->low_ids)
		table->next_id = limit.min;
	err = xa_alloc_cyclic(&table->ids, &obj->id, obj, limit,
			      &table->next_id, GFP_KERNEL_ACCOUNT);
	if (err == -EBUSY)
		return sdwan_fail(chg, -ENOSPC, "all numbers are taken");
	if (err < 0)
		return err;

	err = rhltable_insert(&table->keys, &obj->by_key, obj->type->params);
	if (err) {
		xa_erase(&table->ids, obj->id);
		return err;
	}

	table->count++;
	return 0;
}

static void sdwan_object_remove(struct sdwan_object *obj)
{
	struct sdwan_table *table = &obj->sn->table[obj->type->kind];

	rhltable_remove(&table->keys, &obj->by_key, obj->type->params);
	xa_erase(&table->ids, obj->id);
	table->count--;
	obj->type->destroy(obj);
}

static struct sdwan_object *sdwan_object_create(struct sdwan_change *chg,
						const struct sdwan_type *type,
						const void *key)
{
	struct sdwan_table *table = &chg->sn->table[type->kind];
	struct sdwan_object *obj;
	int err;

	if (table->count >= table->max) {
		chg->extack->_msg = type->full;
		return ERR_PTR(-ENOSPC);
	}

	obj = type->create(chg, key);
	if (IS_ERR(obj))
		return obj;

	obj->sn = chg->sn;
	obj->type = type;
	obj->stage = SDWAN_STAGE_ADD;
	INIT_LIST_HEAD(&obj->staged);

	err = sdwan_object_insert(chg, obj);
	if (err) {
		type->destroy(obj);
		return ERR_PTR(err);
	}
	return obj;
}

static int sdwan_object_stage_new(struct sdwan_change *chg,
				  const struct sdwan_type *type,
				  const void *key)
{
	struct sdwan_object *obj;
	struct sdwan_cfg *cfg;

	obj = sdwan_object_create(chg, type, key);
	if (IS_ERR(obj))
		return PTR_ERR(obj);

	cfg = type->configure(chg, obj, NULL);
	if (IS_ERR(cfg)) {
		sdwan_object_remove(obj);
		sdwan_sock_reap(chg->sn);
		return PTR_ERR(cfg);
	}

	obj->next = cfg;
	list_add_tail(&obj->staged, &chg->txn->staged);
	return 0;
}

static int sdwan_object_stage_change(struct sdwan_change *chg,
				     struct sdwan_object *obj,
				     enum sdwan_verb verb)
{
	const struct sdwan_type *type = obj->type;
	struct sdwan_cfg *base = NULL, *cfg;
	int err;

	err = type->check(chg, obj);
	if (err)
		return err;

	if (verb == SDWAN_VERB_SET || verb == SDWAN_VERB_PUT)
		base = sdwan_object_staged_cfg(obj);

	cfg = type->configure(chg, obj, base);
	if (IS_ERR(cfg))
		return PTR_ERR(cfg);

	if (obj->next)
		type->retire(obj, obj->next);
	obj->next = cfg;

	if (obj->stage == SDWAN_STAGE_NONE) {
		obj->stage = SDWAN_STAGE_CHANGE;
		list_add_tail(&obj->staged, &chg->txn->staged);
	}
	return 0;
}

/**
 * sdwan_object_change() - check and prepare an addition or a change
 * @chg: request
 * @type: kind of object
 * @verb: what the request wants
 *
 * Context: Process context, under rtnl_mutex and sdwan_net.lock; may sleep.
 *
 * Return: 0 when it is staged.  Otherwise nothing has changed, and the extack
 * says why: -EEXIST, -ENOENT, -EINVAL, -ENOSPC, -EOPNOTSUPP, -EADDRINUSE, …
 */
int sdwan_object_change(struct sdwan_change *chg, const struct sdwan_type *type,
			enum sdwan_verb verb)
{
	u8 key[SDWAN_KEY_MAX] __aligned(8) = {};
	struct sdwan_object *obj;
	int err;

	err = type->key(chg, key);
	if (err)
		return err;

	obj = sdwan_object_find(chg->sn, type, key);
	if (obj && verb == SDWAN_VERB_NEW)
		return sdwan_refuse(chg, type->key_attr, -EEXIST, type->exists);
	if (!obj && verb == SDWAN_VERB_SET)
		return sdwan_refuse(chg, type->key_attr, -ENOENT,
				    type->missing);

	if (obj)
		return sdwan_object_stage_change(chg, obj, verb);
	return sdwan_object_stage_new(chg, type, key);
}

static void sdwan_object_discard_next(struct sdwan_object *obj)
{
	if (!obj->next)
		return;
	obj->type->retire(obj, obj->next);
	obj->next = NULL;
}

/**
 * sdwan_object_stage_delete() - stage the deletion of an object
 * @txn: where
 * @obj: object, not yet staged to be deleted
 *
 * What depends on it is deleted with it.  An object that only this transaction
 * knows is gone at once.
 *
 * Context: As sdwan_object_change().
 */
void sdwan_object_stage_delete(struct sdwan_txn *txn, struct sdwan_object *obj)
{
	if (obj->type->cascade)
		obj->type->cascade(txn, obj);

	sdwan_object_discard_next(obj);
	list_del_init(&obj->staged);

	if (obj->stage == SDWAN_STAGE_ADD) {
		sdwan_object_remove(obj);
		return;
	}

	obj->stage = SDWAN_STAGE_DELETE;
	list_add_tail(&obj->staged, &txn->staged);
}

/**
 * sdwan_object_delete() - check and prepare a deletion
 * @chg: request
 * @type: kind of object
 *
 * Context: As sdwan_object_change().
 *
 * Return: 0 when it is staged, -ENOENT, -EINVAL or -EBUSY.
 */
int sdwan_object_delete(struct sdwan_change *chg, const struct sdwan_type *type)
{
	u8 key[SDWAN_KEY_MAX] __aligned(8) = {};
	struct sdwan_object *obj;
	int err;

	err = type->key(chg, key);
	if (err)
		return err;

	obj = sdwan_object_find(chg->sn, type, key);
	if (!obj)
		return sdwan_refuse(chg, type->key_attr, -ENOENT,
				    type->missing);

	err = type->deletable ? type->deletable(chg, obj) : 0;
	if (!err)
		sdwan_object_stage_delete(chg->txn, obj);
	return err;
}

static void sdwan_object_apply(struct sdwan_object *obj)
{
	struct sdwan_cfg *old = sdwan_object_cfg(obj), *new = obj->next;

	obj->next = NULL;
	obj->stage = SDWAN_STAGE_NONE;
	rcu_assign_pointer(obj->cfg, new);
	obj->type->publish(obj, new);
	if (old)
		obj->type->retire(obj, old);
	else
		obj->sn->table[obj->type->kind].committed++;
	sdwan_event_changed(obj);
}

/* From here on no look-up finds it; the object itself stays for now. */
static void sdwan_object_withdraw(struct sdwan_object *obj)
{
	struct sdwan_cfg *old = sdwan_object_cfg(obj);

	sdwan_event_deleted(obj);
	RCU_INIT_POINTER(obj->cfg, NULL);
	obj->sn->table[obj->type->kind].committed--;
	obj->type->retire(obj, old);
}

/*
 * Rules go in one instant, with those that were added and changed.  They come
 * first, since as long as readers find a rule, its class must be what it was;
 * and no object is freed before, since they may still follow its pointers.
 */
static void sdwan_object_apply_deletes(struct sdwan_net *sn,
				       struct sdwan_txn *txn)
{
	struct sdwan_object *obj, *tmp;

	list_for_each_entry(obj, &txn->staged, staged)
		if (obj->type->kind == SDWAN_KIND_RULE)
			sdwan_object_withdraw(obj);
	sdwan_rules_switch(sn);

	list_for_each_entry_safe(obj, tmp, &txn->staged, staged) {
		list_del_init(&obj->staged);
		if (obj->type->kind != SDWAN_KIND_RULE)
			sdwan_object_withdraw(obj);
		sdwan_object_remove(obj);
	}
}

/**
 * sdwan_object_commit() - make all that is staged take effect
 * @sn: fabric
 * @txn: what is staged; empty afterwards
 *
 * What is added and changed is published before anything is taken away, so
 * that the data path never sees less than both configurations have in common.
 *
 * Context: As sdwan_object_change(); may sleep, cannot fail.
 */
void sdwan_object_commit(struct sdwan_net *sn, struct sdwan_txn *txn)
{
	struct sdwan_object *obj, *tmp;

	/* 0 is not a valid sequence number of a dump */
	if (!list_empty(&txn->staged))
		WRITE_ONCE(sn->generation, sn->generation + 1 ?: 1);

	sdwan_epoch_begin(sn);
	list_for_each_entry_safe(obj, tmp, &txn->staged, staged) {
		if (obj->stage == SDWAN_STAGE_DELETE)
			continue;
		list_del_init(&obj->staged);
		sdwan_object_apply(obj);
	}

	sdwan_object_apply_deletes(sn, txn);
	sdwan_epoch_end(sn);

	sdwan_sock_reap(sn);
}

static void sdwan_object_undo(struct sdwan_object *obj)
{
	list_del_init(&obj->staged);
	if (obj->stage == SDWAN_STAGE_ADD)
		sdwan_object_remove(obj);
	else
		obj->stage = SDWAN_STAGE_NONE;
}

/**
 * sdwan_object_abort() - drop all that is staged
 * @sn: fabric
 * @txn: what is staged; empty afterwards
 *
 * In reverse order, since later objects refer to earlier ones.  Configurations
 * go before all objects: one that was changed may refer to a later object.
 *
 * Context: As sdwan_object_change(); may sleep, cannot fail.
 */
void sdwan_object_abort(struct sdwan_net *sn, struct sdwan_txn *txn)
{
	struct sdwan_object *obj, *tmp;

	list_for_each_entry_reverse(obj, &txn->staged, staged)
		sdwan_object_discard_next(obj);
	list_for_each_entry_safe_reverse(obj, tmp, &txn->staged, staged)
		sdwan_object_undo(obj);
	sdwan_sock_reap(sn);
}

/**
 * sdwan_table_init() - make the table of a kind
 * @sn: fabric
 * @type: kind of object
 * @max: limit
 *
 * Return: 0 or -ENOMEM.
 */
int sdwan_table_init(struct sdwan_net *sn, const struct sdwan_type *type,
		     u32 max)
{
	struct sdwan_table *table = &sn->table[type->kind];

	xa_init_flags(&table->ids, XA_FLAGS_ALLOC1);
	table->next_id = 1;
	table->max = max;
	table->max_id = INT_MAX;
	return rhltable_init(&table->keys, &type->params);
}

/**
 * sdwan_table_delete_all() - stage the deletion of all objects of a kind
 * @sn: fabric
 * @txn: where
 * @kind: kind of object
 */
void sdwan_table_delete_all(struct sdwan_net *sn, struct sdwan_txn *txn,
			    enum sdwan_kind kind)
{
	struct sdwan_object *obj;
	unsigned long id;

	xa_for_each(&sn->table[kind].ids, id, obj)
		if (obj->stage != SDWAN_STAGE_DELETE)
			sdwan_object_stage_delete(txn, obj);
}

/**
 * sdwan_table_exit() - free the table of a kind, which is empty
 * @sn: fabric
 * @kind: kind of object
 */
void sdwan_table_exit(struct sdwan_net *sn, enum sdwan_kind kind)
{
	struct sdwan_table *table = &sn->table[kind];

	WARN_ON(!xa_empty(&table->ids));
	xa_destroy(&table->ids);
	rhltable_destroy(&table->keys);
}
