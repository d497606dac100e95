// SPDX-License-Identifier: GPL-2.0
/*
 * sdwanctl: configurations as documents, in YAML or in JSON
 *
 * JSON is read as the YAML that it is, so that there is a line and a column
 * to every value. Values go through the grammar of the command line: what is
 * good there is good here, and what is wrong is told in the same words.
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <yaml.h>

#include "sdwanctl.h"

/* Rules that services stand for have these preferences. */
#define SERVICE_PREF 1000000
#define SERVICE_PREF_MAX 1999999

struct doc {
	yaml_document_t yaml;
	const char *file;
};

static const struct section {
	const char *key;
	unsigned int id;
} sections[] = {
	{ "limits", SECTION_LIMITS },
	{ "node", OBJ_NODE },
	{ "underlays", OBJ_UNDERLAY },
	{ "peers", OBJ_PEER },
	{ "paths", OBJ_PATH },
	{ "prefixes", OBJ_PREFIX },
	{ "metrics", OBJ_METRIC },
	{ "classes", OBJ_CLASS },
	{ "rules", OBJ_RULE },
	{ "lans", OBJ_LAN },
	{ "services", SECTION_SERVICES },
};

static const struct keyword service_kw[] = {
	{ .word = "name", .key = "name", .type = K_STR,
	  .flags = KW_CONFIG | KW_NEED, .max = SDWAN_NAME_MAX },
	{ .word = "vni", .key = "vni", .type = K_U32, .flags = KW_CONFIG,
	  .min = 1, .max = SDWAN_VNI_MAX },
	{ .word = "src", .key = "src", .type = K_PREFIX,
	  .flags = KW_CONFIG | KW_MULTI },
	{ .word = "dst", .key = "dst", .type = K_PREFIX,
	  .flags = KW_CONFIG | KW_MULTI },
	{ .word = "proto", .key = "proto", .type = K_PROTO, .en = &enum_proto,
	  .flags = KW_CONFIG | KW_MULTI, .min = 1, .max = UINT8_MAX },
	{ .word = "ports", .key = "ports", .type = K_PORTS,
	  .flags = KW_CONFIG },
	{ .word = "class", .key = "class", .type = K_STR,
	  .flags = KW_CONFIG | KW_NEED, .max = SDWAN_NAME_MAX },
	{ }
};

/* What an application offers, which becomes rules. */
static const struct objtype obj_service = {
	.name = "service",
	.key = "name",
	.kw = service_kw,
};

static const struct objtype obj_limits = {
	.name = "limits",
	.kw = limit_kw,
};

/* ---- nodes of the document ---- */

static const yaml_node_t *node_at(const struct doc *d, int index)
{
	return yaml_document_get_node((yaml_document_t *)&d->yaml, index);
}

static struct pos pos_of(const struct doc *d, const yaml_node_t *n)
{
	return (struct pos) {
		.file = d->file,
		.line = (unsigned int)n->start_mark.line + 1,
		.col = (unsigned int)n->start_mark.column + 1,
	};
}

static struct tok tok_of(const struct doc *d, const yaml_node_t *n)
{
	return (struct tok) {
		.s = (char *)n->data.scalar.value,
		.pos = pos_of(d, n),
	};
}

static bool is_map(const yaml_node_t *n)
{
	return n->type == YAML_MAPPING_NODE;
}

static bool is_list(const yaml_node_t *n)
{
	return n->type == YAML_SEQUENCE_NODE;
}

/* A word that is all there is: no zero byte hides a rest. */
static bool is_word(const yaml_node_t *n)
{
	return n->type == YAML_SCALAR_NODE &&
	       strlen((const char *)n->data.scalar.value) ==
	       n->data.scalar.length;
}

static bool is_plain(const yaml_node_t *n)
{
	return is_word(n) &&
	       n->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
}

static bool is_null(const yaml_node_t *n)
{
	const char *s = (const char *)n->data.scalar.value;

	return is_plain(n) && (!*s || !strcmp(s, "~") || !strcasecmp(s, "null"));
}

static bool is_number(const yaml_node_t *n)
{
	const char *s = (const char *)n->data.scalar.value;

	return is_plain(n) && *s && s[strspn(s, "0123456789")] == '\0';
}

static size_t list_size(const yaml_node_t *n)
{
	return (size_t)(n->data.sequence.items.top -
			n->data.sequence.items.start);
}

static const yaml_node_t *list_get(const struct doc *d, const yaml_node_t *n,
				   size_t i)
{
	return node_at(d, n->data.sequence.items.start[i]);
}

typedef int (*pair_fn)(const struct doc *d, const char *key,
		       const yaml_node_t *at, const yaml_node_t *val,
		       void *arg);

/* Each key and its value; no key is there twice. */
static int each_pair(const struct doc *d, const yaml_node_t *map, pair_fn fn,
		     void *arg)
{
	const yaml_node_pair_t *p = map->data.mapping.pairs.start;
	json_t *seen = json_object();
	int ret = 0;

	for (; p < map->data.mapping.pairs.top && !ret; p++) {
		const yaml_node_t *at = node_at(d, p->key);
		struct pos pos = pos_of(d, at);
		const char *key = (const char *)at->data.scalar.value;

		if (!is_word(at))
			ret = err_at(&pos, "a key is a word");
		else if (json_object_get(seen, key))
			ret = err_at(&pos, "key '%s' is here twice", key);
		else if (json_object_set_new(seen, key, json_true()))
			ret = err_at(&pos, "key '%s' is not UTF-8 text", key);
		else
			ret = fn(d, key, at, node_at(d, p->value), arg);
	}
	json_decref(seen);
	return ret;
}

/* ---- values ---- */

static int bad_type(const struct doc *d, const yaml_node_t *n, const char *key,
		    const char *what)
{
	struct pos pos = pos_of(d, n);

	return err_at(&pos, "'%s' is %s", key, what);
}

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

/* Times that are numbers have the unit that JSON output has. */
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

static int fill(const struct doc *d, const struct objtype *type,
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

static int add_limits(const struct doc *d, const yaml_node_t *n,
		      struct config *cfg)
{
	cfg->limits.pos = pos_of(d, n);
	return fill(d, &obj_limits, n, &cfg->limits.obj, &cfg->limits.cols);
}

static int add_object(const struct doc *d, enum obj_id id,
		      const yaml_node_t *n, struct config *cfg)
{
	const struct pos pos = pos_of(d, n);
	json_t *obj, *cols;
	int ret;

	ret = fill(d, obj_types[id], n, &obj, &cols);
	return ret ? ret : config_take(cfg, id, obj, cols, &pos);
}

/* ---- services ---- */

struct expansion {
	const struct doc *d;
	const json_t *service;
	const json_t *cols;
	struct pos pos;
	struct config *cfg;
	json_int_t *pref;
	unsigned int n;
};

static void take_as(const json_t *from, const char *name, json_t *to,
		    const char *key)
{
	json_t *val = json_object_get(from, name);

	if (val)
		json_object_set(to, key, val);
}

static bool families_differ(const json_t *src, const json_t *dst)
{
	return src && dst && !strchr(json_string_value(src), ':') !=
			     !strchr(json_string_value(dst), ':');
}

static int add_service_rule(struct expansion *x, json_t *proto, json_t *src,
			    json_t *dst)
{
	static const struct {
		const char *name, *key;
	} same[] = {
		{ "name", "name" }, { "vni", "vni" }, { "ports", "dport" },
		{ "class", "class" }, { "src", "from" }, { "dst", "to" },
		{ "proto", "proto" },
	};
	json_t *obj, *cols;
	size_t i;

	if (families_differ(src, dst))
		return 0;
	if (*x->pref > SERVICE_PREF_MAX)
		return err_at(&x->pos, "services of more than a million rules");
	obj = json_object();
	cols = json_object();
	json_object_set_new(obj, "pref", json_integer((*x->pref)++));
	for (i = 0; i < ARRAY_SIZE(same); i++) {
		take_as(x->cols, same[i].name, cols, same[i].key);
		if (i < 4)
			take_as(x->service, same[i].name, obj, same[i].key);
	}
	if (proto)
		json_object_set(obj, "proto", proto);
	if (src)
		json_object_set(obj, "from", src);
	if (dst)
		json_object_set(obj, "to", dst);
	x->n++;
	return config_take(x->cfg, OBJ_RULE, obj, cols, &x->pos);
}

/* One of a list, or nothing once where the list is not there. */
static json_t *one_of(const json_t *list, size_t i)
{
	return json_array_get(list, i);
}

static size_t times(const json_t *list)
{
	return list ? json_array_size(list) : 1;
}

static int expand(struct expansion *x)
{
	const json_t *proto = json_object_get(x->service, "proto");
	const json_t *src = json_object_get(x->service, "src");
	const json_t *dst = json_object_get(x->service, "dst");
	size_t p, s, t;
	int ret = 0;

	for (p = 0; p < times(proto) && !ret; p++)
		for (s = 0; s < times(src) && !ret; s++)
			for (t = 0; t < times(dst) && !ret; t++)
				ret = add_service_rule(x, one_of(proto, p),
						       one_of(src, s),
						       one_of(dst, t));
	if (!ret && !x->n)
		ret = err_at(&x->pos, "service '%s': lists are empty or of different families",
			     obj_str(x->service, "name"));
	return ret;
}

static int add_service(const struct doc *d, const yaml_node_t *n,
		       struct config *cfg, json_int_t *pref)
{
	struct expansion x = {
		.d = d, .pos = pos_of(d, n), .cfg = cfg, .pref = pref,
	};
	const struct keyword *kw;
	json_t *obj, *cols;
	int ret;

	ret = fill(d, &obj_service, n, &obj, &cols);
	if (ret)
		return ret;
	for (kw = service_kw; kw->word && !ret; kw++)
		if (kw->flags & KW_NEED && !json_object_get(obj, kw->key))
			ret = err_at(&x.pos, "service: '%s' is missing",
				     kw->word);
	x.service = obj;
	x.cols = cols;
	if (!ret)
		ret = expand(&x);
	json_decref(obj);
	json_decref(cols);
	return ret;
}

/* ---- the document ---- */

struct building {
	struct config *cfg;
	unsigned int found;	/* bits of sections */
	json_int_t pref;
};

static int add_one(const struct doc *d, unsigned int id, const yaml_node_t *n,
		   struct building *b)
{
	if (id == SECTION_LIMITS)
		return add_limits(d, n, b->cfg);
	if (id == SECTION_SERVICES)
		return add_service(d, n, b->cfg, &b->pref);
	return add_object(d, (enum obj_id)id, n, b->cfg);
}

static int take_section(const struct doc *d, const char *key,
			const yaml_node_t *at, const yaml_node_t *n, void *arg)
{
	struct building *b = arg;
	struct pos pos = pos_of(d, at);
	bool single;
	size_t i, k;
	int ret = 0;

	for (i = 0; i < ARRAY_SIZE(sections); i++)
		if (!strcmp(sections[i].key, key))
			break;
	if (i == ARRAY_SIZE(sections))
		return err_at(&pos, "a configuration has no key '%s'", key);
	single = sections[i].id == SECTION_LIMITS ||
		 sections[i].id == OBJ_NODE;
	b->found |= 1U << sections[i].id;
	if (single && is_map(n))
		return add_one(d, sections[i].id, n, b);
	if (!is_list(n) || (single && list_size(n) > 1))
		return bad_type(d, n, key, single ? "an object" :
						    "a list of objects");
	for (k = 0; k < list_size(n) && !ret; k++)
		ret = add_one(d, sections[i].id, list_get(d, n, k), b);
	return ret;
}

/* What the document says, without what it leaves as it is. */
int doc_build(const struct doc *d, struct config *cfg, unsigned int *found)
{
	struct building b = { .cfg = cfg, .pref = SERVICE_PREF };
	const yaml_node_t *root = node_at(d, 1);
	struct pos pos = { .file = d->file };
	int ret;

	if (!root)
		return err_at(&pos, "the document is empty");
	if (!is_map(root))
		return bad_type(d, root, "configuration",
				"an object of keys and values");
	ret = each_pair(d, root, take_section, &b);
	*found = b.found;
	return ret;
}

/*
 * Sections that a document does not have stay as they are. Services without
 * rules are those preferences that are theirs.
 */
void doc_adopt(const struct doc *d, struct config *want,
	       const struct config *cur, unsigned int found)
{
	const struct pos pos = { .file = d->file };
	bool services = found & 1U << SECTION_SERVICES;
	size_t i;
	int id;

	for (id = 0; id < OBJ_MAX; id++) {
		for (i = 0; i < cur->n[id] && !(found & 1U << id); i++) {
			json_t *obj = cur->item[id][i].obj;
			json_int_t pref = obj_int(obj, "pref");

			if (services && pref >= SERVICE_PREF &&
			    pref <= SERVICE_PREF_MAX)
				continue;
			config_add(want, (enum obj_id)id, json_deep_copy(obj),
				   NULL, &pos);
		}
	}
}

static char *slurp(FILE *fp, size_t *size)
{
	char *text = NULL, buf[4096];
	FILE *mem = open_memstream(&text, size);
	size_t n;

	if (!mem)
		abort();
	while ((n = fread(buf, 1, sizeof(buf), fp)))
		fwrite(buf, 1, n, mem);
	if (fclose(mem))
		abort();
	return text;
}

/* In JSON, tabs are white space wherever they are; in YAML they are not. */
static void replace_tabs(char *text, size_t size)
{
	size_t i = 0;

	while (i < size && isspace((unsigned char)text[i]))
		i++;
	if (i == size || (text[i] != '{' && text[i] != '['))
		return;
	for (i = 0; i < size; i++)
		if (text[i] == '\t')
			text[i] = ' ';
}

static int parse(struct doc *d, const char *text, size_t size)
{
	const struct pos whole = { .file = d->file };
	struct pos pos = whole;
	yaml_document_t more;
	yaml_parser_t parser;
	bool good, alone = true;

	if (!yaml_parser_initialize(&parser))
		abort();
	yaml_parser_set_input_string(&parser, (const unsigned char *)text,
				     size);
	good = yaml_parser_load(&parser, &d->yaml);
	if (good && node_at(d, 1) && yaml_parser_load(&parser, &more)) {
		alone = !yaml_document_get_root_node(&more);
		yaml_document_delete(&more);
	}
	pos.line = (unsigned int)parser.problem_mark.line + 1;
	pos.col = (unsigned int)parser.problem_mark.column + 1;
	if (!good)
		err_at(&pos, "neither YAML nor JSON: %s",
		       parser.problem ? parser.problem : "cannot be read");
	else if (parser.error)
		err_at(&pos, "%s", parser.problem ? parser.problem :
						    "cannot be read");
	else if (!alone)
		err_at(&whole, "more than one document");
	if (good && (parser.error || !alone))
		yaml_document_delete(&d->yaml);
	good = good && alone && !parser.error;
	yaml_parser_delete(&parser);
	return good ? 0 : ST_USAGE;
}

/* NULL after a message. */
struct doc *doc_read(FILE *fp, const char *file)
{
	struct doc *d = calloc(1, sizeof(*d));
	struct pos pos = { .file = file };
	size_t size;
	char *text;
	int ret;

	if (!d)
		abort();
	d->file = file;
	text = slurp(fp, &size);
	if (ferror(fp)) {
		ret = err_at(&pos, "cannot be read: %m");
	} else {
		replace_tabs(text, size);
		ret = parse(d, text, size);
	}
	free(text);
	if (!ret)
		return d;
	free(d);
	return NULL;
}

void doc_free(struct doc *d)
{
	if (!d)
		return;
	yaml_document_delete(&d->yaml);
	free(d);
}

/* ---- to a document ---- */

static json_t *section_json(const struct config *cfg, enum obj_id id,
			    bool learned)
{
	const struct objtype *type = obj_types[id];
	json_t *list = config_list(cfg, id, learned), *out = json_array();
	json_t *obj;
	size_t i;

	json_array_foreach(list, i, obj)
		json_array_append_new(out, config_essence(cfg, type, obj));
	json_decref(list);
	return out;
}

/* The configuration as doc_build() reads it. */
json_t *doc_json(const struct config *cfg, bool learned)
{
	json_t *out = json_object();
	size_t i;

	for (i = 0; i < ARRAY_SIZE(sections); i++) {
		unsigned int id = sections[i].id;
		json_t *val;

		if (id == SECTION_SERVICES)
			continue;
		if (id == SECTION_LIMITS) {
			json_object_set(out, sections[i].key, cfg->limits.obj);
			continue;
		}
		val = section_json(cfg, (enum obj_id)id, learned);
		if (id != OBJ_NODE)
			json_object_set(out, sections[i].key, val);
		else if (json_array_size(val))
			json_object_set(out, sections[i].key,
					json_array_get(val, 0));
		json_decref(val);
	}
	return out;
}
