// SPDX-License-Identifier: GPL-2.0
/*
 * sdwanctl: the changes that lead from one configuration to another
 *
 * No input or output here. Deletions come first, dependants before what they
 * depend on, then everything else the other way round, so that each change is
 * possible when its turn comes. What is equal is not touched.
 */
#include <stdlib.h>
#include <string.h>

#include "sdwanctl.h"

static void push(struct oplist *ops, enum op_kind kind,
		 const struct objtype *type, json_t *obj,
		 const struct item *item)
{
	ops->op = grow(ops->op, ops->n, sizeof(*ops->op));
	if (!ops->op)
		abort();
	ops->op[ops->n++] = (struct op) {
		.kind = kind, .type = type, .obj = obj, .item = item,
	};
}

void oplist_free(struct oplist *ops)
{
	size_t i;

	for (i = 0; i < ops->n; i++)
		json_decref(ops->op[i].obj);
	free(ops->op);
	memset(ops, 0, sizeof(*ops));
}

static bool list_has(const json_t *list, const json_t *want)
{
	size_t i;

	for (i = 0; i < json_array_size(list); i++)
		if (json_equal(json_array_get(list, i), want))
			return true;
	return false;
}

/* Lists are sets. */
static bool list_covers(const json_t *a, const json_t *b)
{
	size_t i;

	for (i = 0; i < json_array_size(b); i++)
		if (!list_has(a, json_array_get(b, i)))
			return false;
	return true;
}

/* The remaining life runs down; only more than is left is a change. */
static bool same_expiry(const json_t *cur, const json_t *want)
{
	json_int_t left = json_integer_value(cur);
	json_int_t life = json_integer_value(want);

	if (!left || !life)
		return left == life;
	return left <= life;
}

static bool same_value(const char *key, const json_t *cur, const json_t *want)
{
	if (!strcmp(key, "expires"))
		return same_expiry(cur, want);
	if (!strcmp(key, "member"))	/* but these have an order */
		return json_equal(cur, want);
	if (json_is_array(cur) && json_is_array(want))
		return list_covers(cur, want) && list_covers(want, cur);
	if (!cur || !want)
		return cur == want;
	return json_equal(cur, want);
}

static bool same(const struct objtype *type, const json_t *cur,
		 const json_t *want, unsigned int mask)
{
	const struct keyword *kw;

	for (kw = type->kw; kw->word; kw++) {
		if (!(kw->flags & KW_CONFIG) || (kw->flags & mask) != mask)
			continue;
		if (!same_value(kw->key, json_object_get(cur, kw->key),
				json_object_get(want, kw->key)))
			return false;
	}
	return true;
}

static struct item *counterpart(const struct config *cfg, enum obj_id id,
				const json_t *obj)
{
	struct item *item;
	char key[OBJ_KEY];

	obj_key(obj_types[id], obj, key, sizeof(key));
	item = config_find(cfg, id, key);
	return item && !item->skip ? item : NULL;
}

/* Does the current object go, for good or to come back? */
static bool goes(const struct config *want, enum obj_id id,
		 const struct item *cur)
{
	return cur->renew || !counterpart(want, id, cur->obj);
}

static bool learned(const json_t *obj)
{
	return !strcmp(obj_str(obj, "origin"), "learned");
}

/*
 * Nobody is told which keys there are. They stay, as they may have been changed since; a
 * file is for who has none.
 */
static void keep_keys(struct config *cur, const struct config *want)
{
	size_t i;

	for (i = 0; i < cur->n[OBJ_PEER]; i++) {
		json_t *c = cur->item[OBJ_PEER][i].obj;
		const struct item *w = counterpart(want, OBJ_PEER, c);

		if (w && json_object_get(w->obj, "key") && obj_int(c, "keys"))
			json_object_set(c, "key",
					json_object_get(w->obj, "key"));
	}
}

/* ---- what must be made anew ---- */

static void renew_fixed(struct config *cur, const struct config *want,
			enum obj_id id)
{
	size_t i;

	for (i = 0; i < cur->n[id]; i++) {
		struct item *c = &cur->item[id][i];
		const struct item *w = counterpart(want, id, c->obj);

		if (w && !same(obj_types[id], c->obj, w->obj, KW_FIXED))
			c->renew = true;
	}
}

/* Site and gateway of this edge cannot change while there are peers. */
static void renew_peers_of_node(struct config *cur, const struct config *want)
{
	const json_t *c, *w;
	size_t i;

	if (!cur->n[OBJ_NODE] || !want->n[OBJ_NODE])
		return;
	c = cur->item[OBJ_NODE][0].obj;
	w = want->item[OBJ_NODE][0].obj;
	if (json_equal(json_object_get(c, "site"),
		       json_object_get(w, "site")) &&
	    json_equal(json_object_get(c, "gateway"),
		       json_object_get(w, "gateway")))
		return;
	for (i = 0; i < cur->n[OBJ_PEER]; i++)
		cur->item[OBJ_PEER][i].renew = true;
}

/* Paths go with their peer and their underlay. */
static void renew_dependants(struct config *cur, const struct config *want)
{
	static const enum obj_id above[] = { OBJ_PEER, OBJ_UNDERLAY };
	size_t i, k;

	for (i = 0; i < cur->n[OBJ_PATH]; i++) {
		struct item *path = &cur->item[OBJ_PATH][i];

		for (k = 0; k < ARRAY_SIZE(above); k++) {
			const char *kind = obj_types[above[k]]->name;
			const struct item *on;

			on = config_find(cur, above[k], obj_str(path->obj, kind));
			if (on && goes(want, above[k], on))
				path->renew = true;
		}
	}
}

/*
 * Paths that are marked nat differ by their port, too; those whose far end has yet to be
 * heard, by their peer.
 */
static void path_place(const json_t *obj, char *buf, size_t size)
{
	bool nat = json_is_true(json_object_get(obj, "nat"));
	const char *remote = obj_str(obj, "remote");

	snprintf(buf, size, "%s %s %s %s %d", obj_str(obj, "underlay"), remote,
		 obj_str(obj, "encap"),
		 nat && !*remote ? obj_str(obj, "peer") : "",
		 nat ? (int)obj_int(obj, "dstport") : 0);
}

/*
 * No two paths may have the same place. A path that must leave its place to
 * another one is deleted first and comes back at its new place.
 */
static void renew_displaced(struct config *cur, const struct config *want)
{
	json_t *taken = json_object();
	char place[OBJ_KEY * 3];
	size_t i;

	for (i = 0; i < want->n[OBJ_PATH]; i++) {
		const json_t *obj = want->item[OBJ_PATH][i].obj;

		path_place(obj, place, sizeof(place));
		json_object_set(taken, place, json_object_get(obj, "name"));
	}
	for (i = 0; i < cur->n[OBJ_PATH]; i++) {
		struct item *c = &cur->item[OBJ_PATH][i];
		const char *name;

		path_place(c->obj, place, sizeof(place));
		name = json_string_value(json_object_get(taken, place));
		if (name && strcmp(name, obj_str(c->obj, "name")))
			c->renew = true;
	}
	json_decref(taken);
}

/* ---- the changes ---- */

static void delete_kind(const struct config *cur, const struct config *want,
			enum obj_id id, bool keep_learned, struct oplist *ops)
{
	const struct objtype *type = obj_types[id];
	size_t i;

	for (i = 0; i < cur->n[id]; i++) {
		const struct item *c = &cur->item[id][i];

		if (!goes(want, id, c) || (keep_learned && learned(c->obj)))
			continue;
		push(ops, OP_DEL, type, obj_key_attrs(type, c->obj),
		     counterpart(want, id, c->obj));
	}
}

/*
 * The names of classes that current rules will name until they are changed.
 * Such a class cannot go before.
 */
static json_t *held_classes(const struct config *cur, const struct config *want)
{
	json_t *held = json_object();
	size_t i;

	for (i = 0; i < cur->n[OBJ_RULE]; i++) {
		const struct item *c = &cur->item[OBJ_RULE][i];
		const char *class = obj_str(c->obj, "class");

		if (*class && !goes(want, OBJ_RULE, c))
			json_object_set_new(held, class, json_true());
	}
	return held;
}

/* Those that no rule holds go early and make room, the others late. */
static void delete_classes(const struct config *cur, const struct config *want,
			   const json_t *held, bool late, struct oplist *ops)
{
	size_t i;

	for (i = 0; i < cur->n[OBJ_CLASS]; i++) {
		const struct item *c = &cur->item[OBJ_CLASS][i];
		bool is_held = json_object_get(held, obj_str(c->obj, "name"));

		if (goes(want, OBJ_CLASS, c) && is_held == late)
			push(ops, OP_DEL, &obj_class,
			     obj_key_attrs(&obj_class, c->obj), NULL);
	}
}

/* Key and configuration, as far as it is not the default. */
static json_t *whole(const struct config *want, const struct objtype *type,
		     const json_t *obj)
{
	json_t *base = config_default(want, type, obj);
	json_t *out = obj_key_attrs(type, obj);
	const struct keyword *kw;

	for (kw = type->kw; kw->word; kw++) {
		json_t *val = json_object_get(obj, kw->key);

		if (val && kw->flags & KW_CONFIG &&
		    !json_equal(val, json_object_get(base, kw->key)))
			json_object_set(out, kw->key, val);
	}
	json_decref(base);
	return out;
}

/* Key and what differs. */
static json_t *changes(const struct objtype *type, const json_t *cur,
		       const json_t *want)
{
	json_t *out = obj_key_attrs(type, want);
	const struct keyword *kw;

	for (kw = type->kw; kw->word; kw++) {
		json_t *val = json_object_get(want, kw->key);

		if (!(kw->flags & KW_CONFIG) || kw->flags & KW_KEY ||
		    same_value(kw->key, json_object_get(cur, kw->key), val))
			continue;
		if (val)
			json_object_set(out, kw->key, val);
		else if (kw->type == K_STR)
			json_object_set_new(out, kw->key, json_string(""));
		if (kw->type == K_OVERLAY && !json_array_size(val))
			json_object_set_new(out, "overlay_none", json_true());
		if (kw->type == K_MEMBERS && !json_array_size(val))
			json_object_set_new(out, "member_none", json_true());
	}
	return out;
}

/* Is there something that "set" cannot take away? */
static bool loses(const struct objtype *type, const json_t *cur,
		  const json_t *want)
{
	const struct keyword *kw;

	for (kw = type->kw; kw->word; kw++)
		if (kw->flags & KW_CONFIG && json_object_get(cur, kw->key) &&
		    !json_object_get(want, kw->key))
			return true;
	return false;
}

/* Is a "set" of what differs not enough? */
static bool needs_replace(const struct objtype *type, const json_t *cur,
			  const json_t *want)
{
	if (type == &obj_prefix)	/* its gateways */
		return true;
	/* what it matches, or its remote address */
	if (type == &obj_rule || type == &obj_path)
		return loses(type, cur, want);
	/* Another mode has other attributes, which have no default in a set. */
	return type == &obj_class &&
	       strcmp(obj_str(cur, "mode"), obj_str(want, "mode"));
}

static void make_one(const struct config *want, const struct item *c,
		     const struct item *w, const struct objtype *type,
		     struct oplist *ops)
{
	if (type->singleton && !c)
		push(ops, OP_SET, type, whole(want, type, w->obj), w);
	else if (!c || c->renew)
		push(ops, OP_ADD, type, whole(want, type, w->obj), w);
	else if (same(type, c->obj, w->obj, 0))
		return;
	else if (needs_replace(type, c->obj, w->obj))
		push(ops, OP_REPLACE, type, whole(want, type, w->obj), w);
	else
		push(ops, OP_SET, type, changes(type, c->obj, w->obj), w);
}

static void make_kind(const struct config *cur, const struct config *want,
		      enum obj_id id, struct oplist *ops)
{
	size_t i;

	for (i = 0; i < want->n[id]; i++) {
		const struct item *w = &want->item[id][i];

		if (!w->skip)
			make_one(want, counterpart(cur, id, w->obj), w,
				 obj_types[id], ops);
	}
}

static bool is_direct(const json_t *lan)
{
	return !strcmp(obj_str(lan, "mode"), "direct");
}

/* Rules that name parts of frames hold a LAN in mode direct until they change. */
static void make_lans(const struct config *cur, const struct config *want,
		      bool late, struct oplist *ops)
{
	size_t i;

	for (i = 0; i < want->n[OBJ_LAN]; i++) {
		const struct item *w = &want->item[OBJ_LAN][i];
		const struct item *c = counterpart(cur, OBJ_LAN, w->obj);
		bool leaves = c && is_direct(c->obj) && !is_direct(w->obj);

		if (!w->skip && leaves == late)
			make_one(want, c, w, &obj_lan, ops);
	}
}

/* Addresses of peers that are to have them and have not. */
static json_t *gained_overlays(const struct config *cur,
			       const struct config *want)
{
	json_t *gained = json_object();
	size_t i, k;

	for (i = 0; i < want->n[OBJ_PEER]; i++) {
		const json_t *w = want->item[OBJ_PEER][i].obj;
		const struct item *c = counterpart(cur, OBJ_PEER, w);
		const json_t *list = json_object_get(w, "overlay");

		for (k = 0; k < json_array_size(list); k++) {
			const json_t *one = json_array_get(list, k);

			if (!c || !list_has(json_object_get(c->obj, "overlay"),
					    one))
				json_object_set_new(gained, obj_str(one, "addr"),
						    json_true());
		}
	}
	return gained;
}

static void release(const struct item *c, const struct item *w,
		    const json_t *gained, struct oplist *ops)
{
	const json_t *have = json_object_get(c->obj, "overlay");
	const json_t *keep = json_object_get(w->obj, "overlay");
	json_t *rest = json_array(), *obj;
	bool needed = false;
	size_t k;

	for (k = 0; k < json_array_size(have); k++) {
		json_t *one = json_array_get(have, k);

		if (list_has(keep, one))
			json_array_append(rest, one);
		else if (json_object_get(gained, obj_str(one, "addr")))
			needed = true;
	}
	if (needed) {
		obj = obj_key_attrs(&obj_peer, c->obj);
		json_object_set(obj, "overlay", rest);
		if (!json_array_size(rest))
			json_object_set_new(obj, "overlay_none", json_true());
		push(ops, OP_SET, &obj_peer, obj, w);
	}
	json_decref(rest);
}

/* Overlay addresses are unique: who loses one lets go before another gains. */
static void release_overlays(const struct config *cur,
			     const struct config *want, struct oplist *ops)
{
	json_t *gained = gained_overlays(cur, want);
	size_t i;

	for (i = 0; i < cur->n[OBJ_PEER]; i++) {
		const struct item *c = &cur->item[OBJ_PEER][i];
		const struct item *w = counterpart(want, OBJ_PEER, c->obj);

		if (w && !c->renew)
			release(c, w, gained, ops);
	}
	json_decref(gained);
}

/*
 * Both configurations have their defaults filled in. Operations point at
 * items of @want, which must live as long as they. With @keep_learned, what
 * programs have learned is not deleted. Limits are not compared here: they
 * are not part of transactions.
 */
void config_diff(struct config *cur, struct config *want, bool keep_learned,
		 struct oplist *ops)
{
	json_t *held = held_classes(cur, want);

	keep_keys(cur, want);
	renew_fixed(cur, want, OBJ_UNDERLAY);
	renew_fixed(cur, want, OBJ_PEER);
	renew_fixed(cur, want, OBJ_PATH);
	renew_peers_of_node(cur, want);
	renew_dependants(cur, want);
	renew_displaced(cur, want);

	delete_kind(cur, want, OBJ_RULE, keep_learned, ops);
	delete_classes(cur, want, held, false, ops);
	delete_kind(cur, want, OBJ_METRIC, keep_learned, ops);
	delete_kind(cur, want, OBJ_PREFIX, keep_learned, ops);
	delete_kind(cur, want, OBJ_PATH, keep_learned, ops);
	delete_kind(cur, want, OBJ_PEER, keep_learned, ops);
	delete_kind(cur, want, OBJ_UNDERLAY, keep_learned, ops);

	make_kind(cur, want, OBJ_NODE, ops);
	make_kind(cur, want, OBJ_UNDERLAY, ops);
	release_overlays(cur, want, ops);
	make_kind(cur, want, OBJ_PEER, ops);
	make_kind(cur, want, OBJ_PATH, ops);
	make_kind(cur, want, OBJ_PREFIX, ops);
	make_kind(cur, want, OBJ_METRIC, ops);
	make_kind(cur, want, OBJ_CLASS, ops);
	make_lans(cur, want, false, ops);
	make_kind(cur, want, OBJ_RULE, ops);
	make_lans(cur, want, true, ops);
	delete_kind(cur, want, OBJ_LAN, keep_learned, ops);
	delete_classes(cur, want, held, true, ops);
	json_decref(held);
}

static const char *const op_names[] = {
	[OP_DEL] = "del",
	[OP_ADD] = "add",
	[OP_SET] = "set",
	[OP_REPLACE] = "replace",
};

/* As a command of sdwanctl. */
void op_print(const struct op *op, FILE *fp)
{
	show_command(fp, op->type, op_names[op->kind], op->obj, NULL);
}

json_t *op_json(const struct op *op)
{
	json_t *out = json_object();

	json_object_set_new(out, "command", json_string(op_names[op->kind]));
	json_object_set_new(out, "object", json_string(op->type->name));
	json_object_set(out, "attributes", op->obj);
	return out;
}
