// SPDX-License-Identifier: GPL-2.0
/*
 * sdwanctl: whole configurations, from a file, from the kernel, to a file
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sdwanctl.h"

#define READ_TRIES 8

void config_init(struct config *cfg)
{
	int id;

	memset(cfg, 0, sizeof(*cfg));
	for (id = 0; id < OBJ_MAX; id++)
		cfg->index[id] = json_object();
}

void config_free(struct config *cfg)
{
	size_t i;
	int id;

	for (id = 0; id < OBJ_MAX; id++) {
		for (i = 0; i < cfg->n[id]; i++) {
			json_decref(cfg->item[id][i].obj);
			json_decref(cfg->item[id][i].cols);
		}
		free(cfg->item[id]);
		json_decref(cfg->index[id]);
	}
	json_decref(cfg->limits.obj);
	json_decref(cfg->limits.cols);
	memset(cfg, 0, sizeof(*cfg));
}

struct item *config_find(const struct config *cfg, enum obj_id id,
			 const char *key)
{
	const json_t *place = json_object_get(cfg->index[id], key);

	return place ? &cfg->item[id][json_integer_value(place)] : NULL;
}

/* Takes the references to @obj and @cols. -EEXIST if the key is taken. */
int config_add(struct config *cfg, enum obj_id id, json_t *obj, json_t *cols,
	       const struct pos *pos)
{
	size_t n = cfg->n[id];
	struct item *item = cfg->item[id];
	char key[OBJ_KEY];

	obj_key(obj_types[id], obj, key, sizeof(key));
	if (config_find(cfg, id, key)) {
		json_decref(obj);
		json_decref(cols);
		return -EEXIST;
	}
	item = grow(item, n, sizeof(*item));
	if (!item)
		abort();
	cfg->item[id] = item;
	item[n] = (struct item) { .obj = obj, .cols = cols };
	if (pos)
		item[n].pos = *pos;
	cfg->n[id]++;
	json_object_set_new(cfg->index[id], key, json_integer((json_int_t)n));
	return 0;
}

/* ---- from a file ---- */

static int load_limits(struct config *cfg, struct args *a)
{
	const struct tok *tok = args_next(a);
	int ret = 0;

	if (!tok || strcmp(tok->s, "set"))
		return err_word(tok ? tok : &a->tok[0],
				"a configuration says 'limit set'");
	if (!cfg->limits.obj) {
		cfg->limits.obj = json_object();
		cfg->limits.cols = json_object();
		cfg->limits.pos = a->tok[0].pos;
	}
	while (!ret && args_peek(a))
		ret = kw_parse(limit_kw, KW_CONFIG, a, cfg->limits.obj,
			       cfg->limits.cols);
	return ret;
}

/* "add" and "replace" say what shall be, so does "node set". */
static int check_verb(const struct objtype *type, const struct args *a,
		      const struct tok *tok)
{
	if (type->singleton) {
		if (!tok || strcmp(tok->s, "set"))
			return err_word(tok ? tok : &a->tok[0],
					"a configuration says 'node set'");
		return 0;
	}
	if (!tok || (strcmp(tok->s, "add") && strcmp(tok->s, "replace")))
		return err_word(tok ? tok : &a->tok[0],
				"a configuration says '%s add'", type->name);
	return 0;
}

static int dev_to_vni(json_t *obj, const json_t *cols, struct pos pos)
{
	const char *dev = json_string_value(json_object_get(obj, "dev"));
	uint32_t vni;

	if (!dev)
		return 0;
	cols_get(cols, "dev", 0, &pos);
	if (link_vni(dev, &vni))
		return err_refused(&pos, "there is no device %s of kind sdwan",
				   dev);
	json_object_del(obj, "dev");
	json_object_set_new(obj, "vni", json_integer(vni));
	return 0;
}

/* What was said of an object; @a is where it begins and where it ends. */
static int take(struct config *cfg, enum obj_id id, json_t *obj, json_t *cols,
		const struct pos *pos, const struct args *a)
{
	const struct objtype *type = obj_types[id];
	char key[OBJ_KEY];
	int ret;

	ret = obj_need(type, obj, cols, a);
	if (!ret && type == &obj_prefix)
		ret = dev_to_vni(obj, cols, *pos);
	if (!ret && json_object_get(obj, "key_none"))
		ret = err_at(pos, "a configuration takes no keys away");
	if (ret) {
		json_decref(obj);
		json_decref(cols);
		return ret;
	}
	if (type == &obj_path)
		path_default_name(obj);
	json_object_del(obj, "overlay_none");
	json_object_del(obj, "member_none");
	obj_key(type, obj, key, sizeof(key));
	if (config_add(cfg, id, obj, cols, pos))
		return err_at(pos, "%s %s is here twice, first in line %u",
			      type->name, key,
			      config_find(cfg, id, key)->pos.line);
	return 0;
}

/* An object that did not come by words. Takes the references. */
int config_take(struct config *cfg, enum obj_id id, json_t *obj, json_t *cols,
		const struct pos *pos)
{
	const struct objtype *type = obj_types[id];
	struct args a = { .end = *pos };
	int ret = type->finish ? type->finish(obj, cols, &a) : 0;

	if (!ret)
		return take(cfg, id, obj, cols, pos, &a);
	json_decref(obj);
	json_decref(cols);
	return ret;
}

static int load_object(struct config *cfg, enum obj_id id, struct args *a)
{
	const struct objtype *type = obj_types[id];
	const struct tok *tok = args_next(a);
	json_t *obj, *cols;
	int ret;

	ret = check_verb(type, a, tok);
	if (ret)
		return ret;
	obj = json_object();
	cols = json_object();
	ret = obj_parse(type, KW_CONFIG, a, obj, cols);
	if (ret) {
		json_decref(obj);
		json_decref(cols);
		return ret;
	}
	obj_drop_any(obj);
	return take(cfg, id, obj, cols, &a->tok[0].pos, a);
}

static int load_command(struct config *cfg, struct args *a)
{
	const struct tok *tok = args_next(a);
	int id;

	if (!strcmp(tok->s, "limit"))
		return load_limits(cfg, a);
	for (id = 0; id < OBJ_MAX; id++)
		if (!strcmp(obj_types[id]->name, tok->s))
			return load_object(cfg, (enum obj_id)id, a);
	return err_word(tok, "'%s' is not part of a configuration", tok->s);
}

/* What an object names must be in the same file. */
static int check_reference(const struct config *cfg, const struct item *item,
			   enum obj_id id)
{
	const char *key = obj_types[id]->name;
	const char *name = obj_str(item->obj, key);
	struct pos pos = item->pos;

	if (config_find(cfg, id, name))
		return 0;
	if (!item->cols)	/* a document left it alone */
		return err_at(&pos, "%s '%s' is not in this file, but what stays needs it",
			      key, name);
	cols_get(item->cols, key, 0, &pos);
	return err_at(&pos, "there is no %s '%s' in this file", key, name);
}

static int check_references(const struct config *cfg)
{
	size_t i;
	int ret = 0;

	for (i = 0; i < cfg->n[OBJ_PATH] && !ret; i++) {
		const struct item *path = &cfg->item[OBJ_PATH][i];

		ret = check_reference(cfg, path, OBJ_PEER);
		if (!ret)
			ret = check_reference(cfg, path, OBJ_UNDERLAY);
	}
	for (i = 0; i < cfg->n[OBJ_RULE] && !ret; i++) {
		const struct item *rule = &cfg->item[OBJ_RULE][i];

		if (json_object_get(rule->obj, "class"))
			ret = check_reference(cfg, rule, OBJ_CLASS);
	}
	return ret;
}

static void fill_defaults(struct config *cfg)
{
	size_t i;
	int id;

	for (id = 0; id < OBJ_MAX; id++)
		for (i = 0; i < cfg->n[id]; i++)
			obj_types[id]->defaults(cfg->item[id][i].obj, cfg);
}

/* Which encapsulation a path has is known when its underlay is. */
static int check_encaps(const struct config *cfg)
{
	size_t i;
	int ret = 0;

	for (i = 0; i < cfg->n[OBJ_PATH] && !ret; i++) {
		const struct item *path = &cfg->item[OBJ_PATH][i];

		ret = path_check_encap(path->obj, path->cols, &path->pos);
	}
	return ret;
}

/* What depends on more than one object. Tells what is wrong. */
int config_complete(struct config *cfg)
{
	int ret = check_references(cfg);

	if (ret)
		return ret;
	fill_defaults(cfg);
	return check_encaps(cfg);
}

/* Read a file of commands that say what shall be. Tells what is wrong. */
int config_load(struct config *cfg, FILE *fp, const char *file)
{
	struct reader r = { .fp = fp, .file = file };
	struct pos pos = { .file = file };
	struct args a;
	int ret;

	do {
		ret = args_read(&r, &a);
		if (ret == -ENOMEM)
			ret = err_at(&pos, "out of memory");
		else if (ret < 0)
			ret = -ret;	/* already told */
		else if (ret == 0)
			ret = -1;
		else
			ret = a.n ? load_command(cfg, &a) : 0;
		args_free(&a);
	} while (!ret);
	if (ret > 0)
		return ret;
	if (ferror(fp))
		return err_at(&pos, "cannot be read: %m");
	return config_complete(cfg);
}

/* ---- from the kernel ---- */

static int add_all(struct config *cfg, enum obj_id id, json_t *list)
{
	size_t i;
	int ret;

	ret = list_sort(list, obj_types[id]);
	for (i = 0; i < json_array_size(list) && !ret; i++)
		ret = config_add(cfg, id, json_incref(json_array_get(list, i)),
				 NULL, NULL);
	return ret;
}

static int read_kind(struct ctx *c, struct config *cfg, enum obj_id id,
		     struct sdw_error *err)
{
	const struct objtype *type = obj_types[id];
	const struct request rq = { .cmd = type->get, .set = type->set };
	json_t *list = NULL;
	int ret;

	if (type->singleton) {
		ret = sdw_do(c, &rq, &list, err);
		if (ret == -ENOENT)
			return 0;
		if (!ret && list)
			config_add(cfg, id, list, NULL, NULL);
		return ret;
	}
	ret = sdw_dump(c, &rq, &list, err);
	if (ret == -EOPNOTSUPP && id >= OBJ_METRIC)
		return 0;	/* an older module does not have them */
	if (ret)
		return ret;
	ret = add_all(cfg, id, list);
	json_decref(list);
	if (ret)
		err->code = -ret;
	return ret;
}

static int read_fabric(struct ctx *c, struct config *cfg, uint32_t *gen,
		       struct sdw_error *err)
{
	const struct request rq = {
		.cmd = SDWAN_CMD_FABRIC_GET, .set = &set_fabric,
	};
	const struct keyword *kw;
	json_t *fabric = NULL;
	int ret;

	ret = sdw_do(c, &rq, &fabric, err);
	if (ret)
		return ret;
	cfg->limits.obj = json_object();
	for (kw = limit_kw; kw->word; kw++)
		json_object_set(cfg->limits.obj, kw->key,
				json_object_get(fabric, kw->key));
	*gen = (uint32_t)json_integer_value(json_object_get(fabric,
							    "generation"));
	json_decref(fabric);
	return 0;
}

static int read_once(struct ctx *c, struct config *cfg, uint32_t *gen,
		     struct sdw_error *err)
{
	int id, ret;

	ret = read_fabric(c, cfg, gen, err);
	for (id = 0; id < OBJ_MAX && !ret; id++)
		ret = read_kind(c, cfg, (enum obj_id)id, err);
	return ret;
}

/* What the kernel has, all of one generation. */
int config_read(struct ctx *c, struct config *cfg, uint32_t *gen,
		struct sdw_error *err)
{
	uint32_t after;
	int ret, tries;

	for (tries = 0; tries < READ_TRIES; tries++) {
		config_init(cfg);
		ret = read_once(c, cfg, gen, err);
		if (!ret)
			ret = sdw_generation(c, &after, err);
		if (ret)
			break;
		if (*gen == after) {
			fill_defaults(cfg);
			return 0;
		}
		config_free(cfg);
		config_init(cfg);
		memset(err, 0, sizeof(*err));
		err->code = EAGAIN;
		snprintf(err->msg, sizeof(err->msg),
			 "the configuration does not stop changing");
		ret = -EAGAIN;
	}
	config_free(cfg);
	return ret;
}

/* ---- to a file ---- */

/*
 * What @obj would be, had only the mandatory things been said. What equals
 * this need not be said.
 */
json_t *config_default(const struct config *cfg, const struct objtype *type,
		       const json_t *obj)
{
	const struct keyword *kw;
	json_t *base = json_object(), *encap;

	if (type->key)
		json_object_set(base, type->key,
				json_object_get(obj, type->key));
	for (kw = type->kw; kw->word; kw++)
		if (kw->flags & KW_NEED)
			json_object_set(base, kw->key,
					json_object_get(obj, kw->key));
	encap = json_object_get(obj, "encap");
	type->defaults(base, cfg);
	if (encap && !json_equal(encap, json_object_get(base, "encap"))) {
		/* Ports follow the encapsulation. */
		json_object_del(base, "port");
		json_object_del(base, "dstport");
		json_object_set(base, "encap", encap);
		type->defaults(base, cfg);
		json_object_del(base, "encap");
	}
	for (kw = type->kw; kw->word; kw++)
		if (kw->flags & KW_NEED)
			json_object_del(base, kw->key);
	if (type->key)
		json_object_del(base, type->key);
	return base;
}

static bool is_learned(const json_t *obj)
{
	return !strcmp(obj_str(obj, "origin"), "learned");
}

/* The objects of a kind, in the order in which they are saved. */
json_t *config_list(const struct config *cfg, enum obj_id id, bool learned)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < cfg->n[id]; i++)
		if (learned || !is_learned(cfg->item[id][i].obj))
			json_array_append(list, cfg->item[id][i].obj);
	save_sort(list, cfg, id);
	return list;
}

/* What of @obj must be said, as it is saved. */
json_t *config_essence(const struct config *cfg, const struct objtype *type,
		       const json_t *obj)
{
	json_t *base = config_default(cfg, type, obj);
	json_t *out = obj_key_attrs(type, obj);
	const struct keyword *kw;

	for (kw = type->kw; kw->word; kw++) {
		json_t *val = json_object_get(obj, kw->key);

		if (!val || !(kw->flags & KW_CONFIG))
			continue;
		if (kw->flags & (KW_KEEP | KW_KEY) ||
		    !json_equal(val, json_object_get(base, kw->key)))
			json_object_set(out, kw->key, val);
	}
	json_decref(base);
	return out;
}

static void write_kind(const struct config *cfg, enum obj_id id, FILE *fp,
		       bool learned)
{
	const struct objtype *type = obj_types[id];
	json_t *list = config_list(cfg, id, learned), *obj;
	size_t i;

	json_array_foreach(list, i, obj) {
		json_t *base = config_default(cfg, type, obj);

		show_command(fp, type, type->singleton ? "set" : "add", obj,
			     base);
		json_decref(base);
	}
	json_decref(list);
}

/* With @learned, what programs have learned too. */
void config_write(const struct config *cfg, FILE *fp, bool learned)
{
	int id;

	fputs("# sdwan configuration, written by 'sdwanctl save';\n"
	      "# 'sdwanctl restore FILE' makes the configuration be this again.\n",
	      fp);
	limits_print(fp, "limit set", cfg->limits.obj);
	for (id = 0; id < OBJ_MAX; id++)
		write_kind(cfg, (enum obj_id)id, fp, learned);
}
