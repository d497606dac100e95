// SPDX-License-Identifier: GPL-2.0
/*
 * sdwanctl: add, set, replace, del, show and flush, for every object
 */
#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "sdwanctl.h"

const struct objtype *const obj_types[OBJ_MAX] = {
	[OBJ_NODE] = &obj_node,
	[OBJ_UNDERLAY] = &obj_underlay,
	[OBJ_PEER] = &obj_peer,
	[OBJ_PATH] = &obj_path,
	[OBJ_PREFIX] = &obj_prefix,
	[OBJ_METRIC] = &obj_metric,
	[OBJ_CLASS] = &obj_class,
	[OBJ_RULE] = &obj_rule,
	[OBJ_LAN] = &obj_lan,
};

/* What names an object, for indexes and messages. */
void obj_key(const struct objtype *type, const json_t *obj, char *buf,
	     size_t size)
{
	const char *name;
	const json_t *vni;

	if (!type->key) {
		snprintf(buf, size, "%s", type->name);
		return;
	}
	if (json_is_integer(json_object_get(obj, type->key))) {
		snprintf(buf, size, "%" JSON_INTEGER_FORMAT,
			 obj_int(obj, type->key));
		return;
	}
	name = json_string_value(json_object_get(obj, type->key));
	vni = type == &obj_prefix ? json_object_get(obj, "vni") : NULL;
	if (vni)
		snprintf(buf, size, "%s vni %" JSON_INTEGER_FORMAT,
			 name ? name : "?", json_integer_value(vni));
	else
		snprintf(buf, size, "%s", name ? name : "?");
}

static int parse_prefix(const struct tok *tok, json_t *obj)
{
	uint8_t addr[ADDR_LEN], plen;
	char text[ADDR_TEXT];

	if (prefix_parse(tok->s, addr, &plen))
		return err_word(tok, "'%s' is not an IP prefix", tok->s);
	prefix_format(addr, plen, text, sizeof(text));
	json_object_set_new(obj, "prefix", json_string(text));
	return 0;
}

/* Is the first word a keyword rather than the name? */
static bool is_keyword(const struct objtype *type, unsigned int mask,
		       const char *word)
{
	const struct keyword *kw = kw_exact(type->kw, word);

	if (mask == KW_FILTER && kw_begins(type->kw, word))
		return true;
	if (!kw || !(kw->flags & (mask | KW_KEY)))
		return false;
	if (mask == KW_FILTER || type->name_optional)
		return true;
	return !strcmp(word, "name");
}

/* The key of a rule has a keyword, but may also stand alone. */
static const struct keyword *key_keyword(const struct objtype *type,
					 const struct tok *tok)
{
	if (type != &obj_rule || !isdigit((unsigned char)tok->s[0]))
		return NULL;
	return kw_exact(type->kw, type->key);
}

static int parse_name(const struct objtype *type, unsigned int mask,
		      struct args *a, json_t *obj, json_t *cols)
{
	const struct tok *tok = args_peek(a);
	struct keyword name_kw = { .word = "name", .type = K_STR };
	const struct keyword *kw = &name_kw;
	json_t *val = NULL;
	int ret;

	if (!tok || is_keyword(type, mask, tok->s))
		return 0;
	if (type == &obj_rule) {
		kw = key_keyword(type, tok);
		if (!kw)
			return 0;
	}
	if (type == &obj_prefix) {
		args_next(a);
		ret = parse_prefix(tok, obj);
	} else {
		name_kw.max = type->name_max;
		ret = kw_value(kw, a, tok, &val);
		if (!ret)
			json_object_set_new(obj, type->key, val);
	}
	if (!ret)
		cols_add(cols, type->key, &tok->pos);
	return ret;
}

/* The keyword that goes without saying before @tok. */
static const struct keyword *bare_keyword(const struct objtype *type,
					  unsigned int mask,
					  const struct tok *tok)
{
	const struct keyword *kw;

	if (!(mask & KW_CONFIG) || kw_exact(type->kw, tok->s))
		return NULL;
	for (kw = type->kw; kw->word; kw++)
		if (kw->flags & KW_BARE)
			return kw;
	return NULL;
}

static int parse_bare(const struct keyword *kw, struct args *a, json_t *obj,
		      json_t *cols)
{
	const struct tok *tok = args_peek(a);
	json_t *val = NULL;
	int ret;

	if (json_object_get(obj, kw->key))
		return err_word(tok, "'%s' is too much", tok->s);
	ret = kw_value(kw, a, tok, &val);
	if (ret)
		return ret;
	json_object_set_new(obj, kw->key, val);
	cols_add(cols, kw->key, &tok->pos);
	return 0;
}

/* The words behind the command: a name, keywords and values. */
int obj_parse(const struct objtype *type, unsigned int mask, struct args *a,
	      json_t *obj, json_t *cols)
{
	int ret;

	if (type->key) {
		ret = parse_name(type, mask, a, obj, cols);
		if (ret)
			return ret;
	}
	if (type->key && type != &obj_prefix)
		mask |= KW_KEY;
	while (args_peek(a)) {
		const struct keyword *bare = bare_keyword(type, mask,
							  args_peek(a));

		ret = bare ? parse_bare(bare, a, obj, cols) :
			     kw_parse(type->kw, mask, a, obj, cols);
		if (ret)
			return ret;
	}
	if (mask & KW_CONFIG && type->finish)
		return type->finish(obj, cols, a);
	return 0;
}

/* What an add does not match at all need not be said. */
void obj_drop_any(json_t *obj)
{
	const char *key;
	json_t *val;
	void *next;

	json_object_foreach_safe(obj, next, key, val)
		if (json_is_null(val))
			json_object_del(obj, key);
}

static int need_key(const struct objtype *type, const json_t *obj,
		    const struct args *a)
{
	if (type->key && !json_object_get(obj, type->key))
		return err_end(a, "%s: the %s is missing", type->name,
			       type->key);
	if (type != &obj_prefix)
		return 0;
	if (json_object_get(obj, "vni") && json_object_get(obj, "dev"))
		return err_end(a, "prefix: either 'vni' or 'dev', not both");
	if (!json_object_get(obj, "vni") && !json_object_get(obj, "dev"))
		return err_end(a, "prefix: 'vni' or 'dev' is missing");
	return 0;
}

/* Is everything there that an add needs? */
int obj_need(const struct objtype *type, const json_t *obj,
	     const json_t *cols, const struct args *a)
{
	const struct keyword *kw;
	int ret;

	for (kw = type->kw; kw->word; kw++)
		if (kw->flags & KW_NEED && !json_object_get(obj, kw->key))
			return err_end(a, "%s: '%s' is missing", type->name,
				       kw->word);
	if (!type->name_optional) {
		ret = need_key(type, obj, a);
		if (ret)
			return ret;
	}
	return type->check ? type->check(obj, cols, a) : 0;
}

/* One object by its key, or @list empty. In a transaction, as it would be. */
static int get_one(struct ctx *c, const struct objtype *type,
		   const json_t *key, json_t *list, struct sdw_error *err)
{
	const struct request rq = {
		.cmd = type->get, .set = type->set, .attrs = key,
	};
	json_t *obj = NULL;
	int ret;

	ret = sdw_do(c, &rq, &obj, err);
	if (!ret && obj)
		json_array_append_new(list, obj);
	return ret;
}

/* The attributes that name an object to the kernel. */
json_t *obj_key_attrs(const struct objtype *type, const json_t *obj)
{
	json_t *key = json_object();

	if (type->key)
		json_object_set(key, type->key,
				json_object_get(obj, type->key));
	if (type == &obj_prefix)
		json_object_set(key, "vni", json_object_get(obj, "vni"));
	return key;
}

/*
 * Dumps tell what is committed. In a transaction, ask for each of these, and
 * for each that the transaction has added, how it would be left.
 */
static int as_staged(struct ctx *c, const struct objtype *type,
		     json_t **committed, struct sdw_error *err)
{
	json_t *keys = json_object(), *list = json_array(), *val;
	char text[OBJ_KEY];
	const char *name;
	int ret = 0;
	size_t i;

	json_array_foreach(*committed, i, val) {
		obj_key(type, val, text, sizeof(text));
		json_object_set_new(keys, text, obj_key_attrs(type, val));
	}
	json_object_foreach(json_object_get(c->added, type->name), name, val)
		json_object_set(keys, name, val);
	json_object_foreach(keys, name, val) {
		ret = get_one(c, type, val, list, err);
		if (ret && ret != -ENOENT)
			break;
		ret = 0;
	}
	json_decref(keys);
	json_decref(*committed);
	*committed = list;
	return ret;
}

static void remember_added(struct ctx *c, const struct objtype *type,
			   const json_t *obj)
{
	json_t *copy = json_copy((json_t *)obj);
	json_t *keys;
	const char *dev;
	char text[OBJ_KEY];
	uint32_t vni;

	if (!c->added)
		c->added = json_object();
	keys = json_object_get(c->added, type->name);
	if (!keys) {
		keys = json_object();
		json_object_set_new(c->added, type->name, keys);
	}
	if (type == &obj_path)
		path_default_name(copy);
	dev = json_string_value(json_object_get(copy, "dev"));
	if (type == &obj_prefix && dev && !link_vni(dev, &vni))
		json_object_set_new(copy, "vni", json_integer(vni));
	obj_key(type, copy, text, sizeof(text));
	json_object_set_new(keys, text, obj_key_attrs(type, copy));
	json_decref(copy);
}

/* One change; a refusal is reported at @pos or at the word to blame. */
int obj_send(struct ctx *c, const struct objtype *type, uint8_t cmd,
	     uint16_t flags, const json_t *obj, const json_t *cols,
	     const struct pos *pos)
{
	const struct request rq = {
		.cmd = cmd, .flags = flags, .set = type->set, .attrs = obj,
	};
	struct sdw_error err;

	if (sdw_start(c))
		return ST_REFUSED;
	if (sdw_do(c, &rq, NULL, &err))
		return sdw_report(pos, cols, &err);
	if (*err.msg)
		warn_at(pos, "kernel: %s", err.msg);
	if (c->txn && cmd == type->add)
		remember_added(c, type, obj);
	return ST_OK;
}

struct verb {
	const char *name;
	unsigned int mask;
	int (*fn)(struct ctx *c, const struct objtype *type,
		  const struct verb *verb, struct args *a, json_t *obj,
		  json_t *cols);
	uint16_t flags;
	bool many;	/* not for singletons */
};

static int do_new(struct ctx *c, const struct objtype *type,
		  const struct verb *verb, struct args *a, json_t *obj,
		  json_t *cols)
{
	int ret;

	obj_drop_any(obj);
	ret = obj_need(type, obj, cols, a);
	if (ret)
		return ret;
	return obj_send(c, type, type->add, verb->flags, obj, cols,
			&a->tok[0].pos);
}

/* A name alone changes nothing. */
static size_t count_config(const struct objtype *type, const json_t *obj)
{
	const struct keyword *kw;
	size_t n = 0;

	for (kw = type->kw; kw->word; kw++)
		if (kw->flags & (KW_CONFIG | KW_COMMAND) &&
		    !(kw->flags & KW_KEY))
			n += !!json_object_get(obj, kw->key);
	return n + !!json_object_get(obj, "key_none");
}

/* What is absent from a set keeps its value: it takes nothing away. */
static int refuse_any(const json_t *obj, const json_t *cols,
		      const struct args *a)
{
	struct pos pos = a->end;
	const json_t *val;
	const char *key;

	json_object_foreach((json_t *)obj, key, val) {
		if (!json_is_null(val))
			continue;
		cols_get(cols, key, 0, &pos);
		return err_at(&pos, "'%s any' cannot be set, only left out of a replace",
			      key);
	}
	return 0;
}

static int do_set(struct ctx *c, const struct objtype *type,
		  const struct verb *verb, struct args *a, json_t *obj,
		  json_t *cols)
{
	int ret = need_key(type, obj, a);

	if (!ret)
		ret = refuse_any(obj, cols, a);
	if (ret)
		return ret;
	if (!count_config(type, obj))
		return err_end(a, "%s: what shall be set?", type->name);
	return obj_send(c, type, type->change, verb->flags, obj, cols,
			&a->tok[0].pos);
}

static int do_del(struct ctx *c, const struct objtype *type,
		  const struct verb *verb, struct args *a, json_t *obj,
		  json_t *cols)
{
	int ret = need_key(type, obj, a);

	if (ret)
		return ret;
	return obj_send(c, type, type->del, verb->flags, obj, cols,
			&a->tok[0].pos);
}

/* An overlay without a segment is one in any, a member is of any weight. */
static bool covers(const json_t *val, const json_t *want)
{
	const json_t *part;
	const char *key;

	if (!json_is_object(want))
		return json_equal(val, want);
	json_object_foreach((json_t *)want, key, part)
		if (!json_equal(json_object_get(val, key), part))
			return false;
	return true;
}

static bool list_has(const json_t *list, const json_t *want)
{
	size_t i;

	for (i = 0; i < json_array_size(list); i++)
		if (covers(json_array_get(list, i), want))
			return true;
	return false;
}

/* "overlay_none", "member_none": the list without "_none" is empty. */
static bool is_empty(const json_t *obj, const char *key)
{
	char list[32];

	snprintf(list, sizeof(list), "%.*s", (int)(strlen(key) - 5), key);
	return !json_array_size(json_object_get(obj, list));
}

static bool ends_in_none(const char *key)
{
	size_t len = strlen(key);

	return len > 5 && !strcmp(key + len - 5, "_none");
}

/* Does @obj have all that the filter names? */
static bool matches(const json_t *obj, json_t *filter)
{
	const json_t *want;
	const char *key;
	size_t i;

	json_object_foreach(filter, key, want) {
		const json_t *val = json_object_get(obj, key);

		if (ends_in_none(key)) {
			if (!is_empty(obj, key))
				return false;
		} else if (json_is_null(want)) {
			if (val)
				return false;
		} else if (json_is_array(want)) {
			for (i = 0; i < json_array_size(want); i++)
				if (!list_has(val, json_array_get(want, i)))
					return false;
		} else if (json_is_false(want) && !val) {
			continue;
		} else if (!json_equal(val, want)) {
			return false;
		}
	}
	return true;
}

/* Objects say their segment by number. */
int obj_vni(json_t *obj, const struct pos *pos)
{
	const char *dev = json_string_value(json_object_get(obj, "dev"));
	uint32_t vni;
	int ret;

	if (!dev)
		return 0;
	ret = link_vni(dev, &vni);
	if (ret)
		return err_refused(pos, "dev %s: %s", dev,
				   ret == -EINVAL ? "not of kind sdwan" :
				   strerror(-ret));
	json_object_set_new(obj, "vni", json_integer(vni));
	json_object_del(obj, "dev");
	return 0;
}

static bool wants_one(const struct objtype *type, const json_t *filter)
{
	if (type->singleton)
		return true;
	if (!json_object_get(filter, type->key))
		return false;
	return type != &obj_prefix || json_object_get(filter, "vni");
}

/* Those of a list that have all that the filter names. */
void obj_filter(json_t *list, json_t *filter)
{
	size_t i = json_array_size(list);

	while (i-- > 0)
		if (!matches(json_array_get(list, i), filter))
			json_array_remove(list, i);
}

/* The objects that a show or a flush is about. */
int obj_select(struct ctx *c, const struct objtype *type,
	       const struct args *a, json_t *filter, const json_t *cols,
	       json_t **list)
{
	const struct request rq = { .cmd = type->get, .set = type->set };
	struct sdw_error err;
	int ret;

	if (sdw_start(c))
		return ST_REFUSED;
	if (type == &obj_prefix) {
		ret = obj_vni(filter, &a->tok[0].pos);
		if (ret)
			return ret;
	}
	if (wants_one(type, filter)) {
		json_t *key = obj_key_attrs(type, filter);

		*list = json_array();
		ret = get_one(c, type, key, *list, &err);
		json_decref(key);
	} else {
		ret = sdw_dump(c, &rq, list, &err);
		if (!ret && c->txn)
			ret = as_staged(c, type, list, &err);
	}
	if (ret) {
		json_decref(*list);
		*list = NULL;
		return sdw_report(&a->tok[0].pos, cols, &err);
	}
	obj_filter(*list, filter);
	list_sort(*list, type);
	return ST_OK;
}

static int do_show(struct ctx *c, const struct objtype *type,
		   const struct verb *verb, struct args *a, json_t *obj,
		   json_t *cols)
{
	json_t *list = NULL;
	size_t i;
	int ret;

	(void)verb;
	ret = obj_select(c, type, a, obj, cols, &list);
	if (ret)
		return ret;
	if (c->json && type->singleton) {
		show_json(c, json_array_get(list, 0));
	} else if (c->json) {
		show_json(c, list);
	} else {
		for (i = 0; i < json_array_size(list); i++)
			show_object(c, type, json_array_get(list, i));
	}
	json_decref(list);
	return show_flush();
}

static int delete_all(struct ctx *c, const struct objtype *type,
		      const json_t *list, struct sdw_error *err)
{
	size_t i;

	for (i = 0; i < json_array_size(list); i++) {
		json_t *key = obj_key_attrs(type,
					    json_array_get(list, i));
		const struct request rq = {
			.cmd = type->del, .set = type->set, .attrs = key,
		};
		int ret = sdw_do(c, &rq, NULL, err);

		json_decref(key);
		if (ret)
			return ret;
	}
	return 0;
}

#define FLUSH_TRIES 5

/*
 * List and delete in one transaction; somebody else's change in between makes
 * the transaction stale, and it is begun anew.
 */
static int do_flush(struct ctx *c, const struct objtype *type,
		    const struct verb *verb, struct args *a, json_t *obj,
		    json_t *cols)
{
	const struct pos *pos = &a->tok[0].pos;
	bool own = !c->txn;
	struct sdw_error err;
	int ret, tries;

	(void)verb;
	if (sdw_start(c))
		return ST_REFUSED;
	for (tries = 0; tries < FLUSH_TRIES; tries++) {
		json_t *list = NULL;

		if (own && txn_begin(c, NULL, &err))
			return sdw_report(pos, NULL, &err);
		ret = obj_select(c, type, a, obj, cols, &list);
		if (ret) {
			if (own)
				txn_abort(c);
			return ret;
		}
		ret = delete_all(c, type, list, &err);
		json_decref(list);
		if (!own)
			return ret ? sdw_report(pos, NULL, &err) : ST_OK;
		if (!ret)
			ret = txn_commit(c, &err);
		txn_abort(c);
		if (!ret)
			return ST_OK;
		if (ret != -ESTALE)
			break;
	}
	return sdw_report(pos, NULL, &err);
}

static const struct verb verbs[] = {
	{ "add", KW_CONFIG | KW_COMMAND, do_new, NLM_F_CREATE | NLM_F_EXCL, true },
	{ "set", KW_CONFIG | KW_COMMAND, do_set, 0, false },
	{ "replace", KW_CONFIG | KW_COMMAND, do_new,
	  NLM_F_CREATE | NLM_F_REPLACE, true },
	{ "del", KW_KEY, do_del, 0, true },
	{ "delete", KW_KEY, do_del, 0, true },
	{ "show", KW_FILTER, do_show, 0, false },
	{ "list", KW_FILTER, do_show, 0, false },
	{ "ls", KW_FILTER, do_show, 0, false },
	{ "flush", KW_FILTER, do_flush, 0, true },
};

static const struct verb *find_verb(const struct objtype *type,
				    const struct tok *tok)
{
	const struct verb *found = NULL;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(verbs); i++) {
		const struct verb *v = &verbs[i];

		if (v->many && type->singleton)
			continue;
		if (!strcmp(v->name, tok->s))
			return v;
		if (!is_prefix_of(tok->s, v->name))
			continue;
		/* "de" is del as well as delete, which is the same. */
		if (found && found->fn != v->fn) {
			err_word(tok, "command '%s' is ambiguous: %s, %s",
				 tok->s, found->name, v->name);
			return NULL;
		}
		if (!found)
			found = v;
	}
	if (!found)
		err_word(tok, "%s has no command '%s' (try 'sdwanctl %s help')",
			 type->name, tok->s, type->name);
	return found;
}

/* The words behind the name of an object. */
int obj_main(struct ctx *c, const struct objtype *type, struct args *a)
{
	static const struct tok show = { .s = (char *)"show" };
	const struct tok *tok = args_next(a);
	const struct verb *verb;
	json_t *obj, *cols;
	int ret;

	if (tok && !strcmp(tok->s, "help")) {
		fputs(type->usage, stdout);
		return show_flush();
	}
	verb = find_verb(type, tok ? tok : &show);
	if (!verb)
		return ST_USAGE;
	obj = json_object();
	cols = json_object();
	if (obj && cols)
		ret = obj_parse(type, verb->mask, a, obj, cols);
	else
		ret = err_refused(NULL, "out of memory");
	if (!ret)
		ret = verb->fn(c, type, verb, a, obj, cols);
	json_decref(obj);
	json_decref(cols);
	return ret;
}
