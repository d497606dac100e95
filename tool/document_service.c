// SPDX-License-Identifier: GPL-2.0
/*
 * sdwanctl: services of documents, which become rules
 */
#include <string.h>

#include "document.h"

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

int add_service(const struct doc *d, const yaml_node_t *n,
		struct config *cfg, json_int_t *pref)
{
	struct expansion x = {
		.d = d, .pos = pos_of(d, n), .cfg = cfg, .pref = pref,
	};
	const struct keyword *kw;
	json_t *obj, *cols;
	int ret;

	ret = object_fill(d, &obj_service, n, &obj, &cols);
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
