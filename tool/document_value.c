// SPDX-License-Identifier: GPL-2.0
/*
 * sdwanctl: what documents say of one object
 *
 * Values go through the grammar of the command line: what is good there is
 * good here, and what is wrong is told in the same words.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "document.h"

static int bool_value(const struct doc *d, const struct keyword *kw,
		      const yaml_node_t *n, json_t **val)
{
	static const char *const yes[] = { "true", "on", "yes", "up" };
	static const char *const no[] = { "false", "off", "no", "down" };
	struct tok tok = tok_of(d, n);
	size_t i;

	for (i = 0; i < ARRAY_SIZE(yes); i++) {
		if (!strcasecmp(tok.s, yes[i]))
			*val = json_true();
		if (!strcasecmp(tok.s, no[i]))
			*val = json_false();
	}
	if (*val)
		return 0;
	return err_word(&tok, "'%s' is neither true nor false for '%s'", tok.s,
			kw->word);
}

/* Times and parts that are whole numbers have the unit that JSON output has. */
static int time_value(const struct doc *d, const struct keyword *kw,
		      const yaml_node_t *n, json_t **val)
{
	struct tok tok = tok_of(d, n);
	uint64_t max = kw->max ? kw->max : INT64_MAX, v;

	if (unit_number(tok.s, max, &v))
		return err_word(&tok, "%s %s is too large", kw->word, tok.s);
	*val = json_integer((json_int_t)v);
	return 0;
}

static int scalar_value(const struct doc *d, const struct keyword *kw,
			const yaml_node_t *n, json_t **val)
{
	struct tok tok = tok_of(d, n), word = { .s = (char *)kw->word };
	struct args a = { .tok = &tok, .n = 1, .end = tok.pos };

	switch (kw->type) {
	case K_TRUE:
	case K_FALSE:
	case K_FLAG:
	case K_ONOFF:
	case K_UPDOWN:
		return bool_value(d, kw, n, val);
	case K_MSEC:
	case K_USEC:
	case K_PART:
		if (is_number(n))
			return time_value(d, kw, n, val);
		break;
	default:
		break;
	}
	return kw_value(kw, &a, &word, val);
}

struct part {
	const struct keyword *kw;
	const char *what;
	json_t *obj;
};

static int take_part(const struct doc *d, const char *key,
		     const yaml_node_t *at, const yaml_node_t *n, void *arg)
{
	const struct part *part = arg;
	const struct keyword *kw = kw_exact(part->kw, key);
	struct pos pos = pos_of(d, at);
	json_t *val = NULL;
	int ret;

	if (!kw)
		return err_at(&pos, "%s has no key '%s'", part->what, key);
	if (!is_word(n))
		return bad_type(d, n, key, "not a single value");
	if (is_null(n))
		return 0;
	ret = scalar_value(d, kw, n, &val);
	if (!ret)
		json_object_set_new(part->obj, key, val);
	return ret;
}

static int overlay_value(const struct doc *d, const yaml_node_t *n,
			 json_t **val)
{
	static const struct keyword parts[] = {
		{ .word = "addr", .type = K_ADDR },
		{ .word = "vni", .type = K_U32, .min = 1,
		  .max = SDWAN_VNI_MAX },
		{ }
	};
	struct part part = {
		.kw = parts, .what = "an overlay", .obj = json_object(),
	};
	int ret = each_pair(d, n, take_part, &part);

	if (!ret && !json_object_get(part.obj, "addr"))
		ret = bad_type(d, n, "overlay", "without 'addr'");
	if (ret)
		json_decref(part.obj);
	else
		*val = part.obj;
	return ret;
}

static int member_value(const struct doc *d, const yaml_node_t *n, json_t *list)
{
	static const struct keyword parts[] = {
		{ .word = "underlay", .type = K_STR, .max = SDWAN_NAME_MAX },
		{ .word = "path", .type = K_STR, .max = SDWAN_PATH_NAME_MAX },
		{ .word = "weight", .type = K_U32, .min = 1,
		  .max = UINT16_MAX },
		{ }
	};
	struct part part = {
		.kw = parts, .what = "a member", .obj = json_object(),
	};
	int ret = each_pair(d, n, take_part, &part);

	if (!ret && !json_object_get(part.obj, "underlay") ==
		    !json_object_get(part.obj, "path"))
		ret = bad_type(d, n, "member",
			       "of one of 'underlay' and 'path'");
	if (ret)
		json_decref(part.obj);
	else
		json_array_append_new(list, part.obj);
	return ret;
}

/* Members are words as on the command line, or objects as in JSON output. */
static int members_value(const struct doc *d, const yaml_node_t *n,
			 json_t **val)
{
	json_t *list = json_array(), *some;
	struct tok tok;
	int ret = 0;
	size_t i;

	for (i = 0; i < list_size(n) && !ret; i++) {
		const yaml_node_t *one = list_get(d, n, i);

		some = NULL;
		if (is_map(one)) {
			ret = member_value(d, one, list);
		} else if (is_word(one)) {
			tok = tok_of(d, one);
			ret = members_parse(&tok, &some);
			json_array_extend(list, some);
			json_decref(some);
		} else {
			ret = bad_type(d, one, "member", "a word or an object");
		}
	}
	if (!ret && json_array_size(list) > SDWAN_MEMBERS_MAX)
		ret = bad_type(d, n, "member", "a list of 32 at most");
	if (ret)
		json_decref(list);
	else
		*val = list;
	return ret;
}

/* [ 443, "8000-8080" ] is "443,8000-8080". */
static int ports_value(const struct doc *d, const struct keyword *kw,
		       const yaml_node_t *n, json_t **val)
{
	struct tok tok = { .pos = pos_of(d, n) }, word = {
		.s = (char *)kw->word
	};
	struct args a = { .tok = &tok, .n = 1, .end = tok.pos };
	size_t size, i;
	int ret = 0;
	FILE *fp;

	fp = open_memstream(&tok.s, &size);
	if (!fp)
		abort();
	for (i = 0; i < list_size(n) && !ret; i++) {
		const yaml_node_t *one = list_get(d, n, i);

		if (is_word(one))
			fprintf(fp, "%s%s", i ? "," : "",
				(const char *)one->data.scalar.value);
		else
			ret = bad_type(d, one, kw->word, "a list of ports");
	}
	if (fclose(fp))
		abort();
	if (!ret)
		ret = kw_value(kw, &a, &word, val);
	free(tok.s);
	return ret;
}

static int item_value(const struct doc *d, const struct keyword *kw,
		      const yaml_node_t *n, json_t **val)
{
	if (kw->type == K_OVERLAY && is_map(n))
		return overlay_value(d, n, val);
	if (!is_word(n))
		return bad_type(d, n, kw->word, "a list of values");
	return scalar_value(d, kw, n, val);
}

static int list_value(const struct doc *d, const struct keyword *kw,
		      const yaml_node_t *n, json_t **val)
{
	json_t *list, *one = NULL;
	int ret = 0;
	size_t i;

	if (kw->type == K_PORTS)
		return ports_value(d, kw, n, val);
	if (kw->type == K_MEMBERS)
		return members_value(d, n, val);
	if (!(kw->flags & KW_MULTI))
		return bad_type(d, n, kw->word, "not a list");
	list = json_array();
	for (i = 0; i < list_size(n) && !ret; i++) {
		ret = item_value(d, kw, list_get(d, n, i), &one);
		if (!ret)
			json_array_append_new(list, one);
	}
	if (ret)
		json_decref(list);
	else
		*val = list;
	return ret;
}

static int any_value(const struct doc *d, const struct keyword *kw,
		     const yaml_node_t *n, json_t **val)
{
	int ret;

	if (is_list(n))
		return list_value(d, kw, n, val);
	if (!is_word(n) && kw->type != K_OVERLAY)
		return bad_type(d, n, kw->word, "not an object");
	ret = item_value(d, kw, n, val);
	if (!ret && kw->flags & KW_MULTI) {
		json_t *list = json_array();

		json_array_append_new(list, *val);
		*val = list;
	}
	return ret;
}

/* ---- objects ---- */

struct filling {
	const struct objtype *type;
	json_t *obj;
	json_t *cols;
};

static const struct keyword *keyword_of(const struct objtype *type,
					const char *key)
{
	static const struct keyword prefix = {
		.word = "prefix", .key = "prefix", .type = K_PREFIX,
	};
	const struct keyword *kw;

	if (type == &obj_prefix && !strcmp(key, prefix.key))
		return &prefix;
	for (kw = type->kw; kw->word; kw++)
		if (!strcmp(kw->key, key) && kw->flags & (KW_CONFIG | KW_KEY))
			return kw;
	return NULL;
}

static int take_key(const struct doc *d, const char *key,
		    const yaml_node_t *at, const yaml_node_t *n, void *arg)
{
	const struct filling *f = arg;
	const struct keyword *found = keyword_of(f->type, key);
	struct pos pos = pos_of(d, at);
	struct keyword kw;
	json_t *val = NULL;
	int ret;

	if (!found && f->type->set && attr_by_key(f->type->set, key))
		return err_at(&pos, "%s: '%s' is not for the configuration",
			      f->type->name, key);
	if (!found)
		return err_at(&pos, "%s has no key '%s'", f->type->name, key);
	if (is_null(n))
		return 0;
	kw = *found;
	kw.word = key;	/* which is what messages shall name */
	ret = any_value(d, &kw, n, &val);
	if (ret)
		return ret;
	pos = pos_of(d, n);
	cols_add(f->cols, key, &pos);
	json_object_set_new(f->obj, key, val);
	return 0;
}

int object_fill(const struct doc *d, const struct objtype *type,
		const yaml_node_t *n, json_t **obj, json_t **cols)
{
	struct filling f = { .type = type };
	int ret;

	if (!is_map(n))
		return bad_type(d, n, type->name, "an object of keys and values");
	f.obj = json_object();
	f.cols = json_object();
	ret = each_pair(d, n, take_key, &f);
	if (ret) {
		json_decref(f.obj);
		json_decref(f.cols);
		return ret;
	}
	obj_drop_any(f.obj);
	*obj = f.obj;
	*cols = f.cols;
	return 0;
}
