// SPDX-License-Identifier: GPL-2.0
/*
 * sdwanctl: configurations as documents, in YAML or in JSON
 */
#include <string.h>

#include "document.h"

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

static const struct objtype obj_limits = {
	.name = "limits",
	.kw = limit_kw,
};

static int add_limits(const struct doc *d, const yaml_node_t *n,
		      struct config *cfg)
{
	cfg->limits.pos = pos_of(d, n);
	return object_fill(d, &obj_limits, n, &cfg->limits.obj, &cfg->limits.cols);
}

static int add_object(const struct doc *d, enum obj_id id,
		      const yaml_node_t *n, struct config *cfg)
{
	const struct pos pos = pos_of(d, n);
	json_t *obj, *cols;
	int ret;

	ret = object_fill(d, obj_types[id], n, &obj, &cols);
	return ret ? ret : config_take(cfg, id, obj, cols, &pos);
}

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
