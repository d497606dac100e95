// SPDX-License-Identifier: GPL-2.0
/*
 * sdwanctl: in which order objects are shown and saved
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sdwanctl.h"

struct entry {
	json_t *obj;
	json_int_t major;	/* what matters first, */
	json_int_t minor;
	const char *name;	/* and what matters then */
	json_int_t id;
	uint8_t addr[ADDR_LEN];
	uint8_t plen;
};

static int order(json_int_t a, json_int_t b)
{
	return (a > b) - (a < b);
}

static int by_entry(const void *x, const void *y)
{
	const struct entry *a = x, *b = y;
	int ret;

	ret = order(a->major, b->major);
	if (!ret)
		ret = order(a->minor, b->minor);
	if (!ret && a->name && b->name)
		ret = strcmp(a->name, b->name);
	if (!ret)
		ret = memcmp(a->addr, b->addr, ADDR_LEN);
	if (!ret)
		ret = order(a->plen, b->plen);
	return ret ? ret : order(a->id, b->id);
}

static struct entry *entries(const json_t *list)
{
	size_t n = json_array_size(list), i;
	struct entry *e = calloc(n ? n : 1, sizeof(*e));

	for (i = 0; e && i < n; i++) {
		e[i].obj = json_array_get(list, i);
		e[i].id = obj_int(e[i].obj, "id");
	}
	return e;
}

static int sort_entries(json_t *list, struct entry *e)
{
	size_t n = json_array_size(list), i;

	if (!e)
		return -ENOMEM;
	qsort(e, n, sizeof(*e), by_entry);
	for (i = 0; i < n; i++)
		json_incref(e[i].obj);
	for (i = 0; i < n; i++)
		json_array_set_new(list, i, e[i].obj);
	free(e);
	return 0;
}

static void place_prefix(struct entry *e)
{
	e->major = obj_int(e->obj, "vni");
	prefix_parse(obj_str(e->obj, "prefix"), e->addr, &e->plen);
	e->minor = !addr_is_v4(e->addr);
}

/*
 * As people want to see them: prefixes by address, rules as they are asked,
 * others as they were made.
 */
int list_sort(json_t *list, const struct objtype *type)
{
	size_t n = json_array_size(list), i;
	struct entry *e = entries(list);

	for (i = 0; e && i < n; i++) {
		if (type == &obj_prefix)
			place_prefix(&e[i]);
		if (type == &obj_rule)
			e[i].major = obj_int(e[i].obj, "pref");
	}
	return sort_entries(list, e);
}

/*
 * As a restore shall make them, the same for the same configuration. Among
 * paths to a site of the same preference the kernel takes the one that was
 * made first: that order is kept.
 */
int save_sort(json_t *list, const struct config *cfg, enum obj_id id)
{
	size_t n = json_array_size(list), i;
	struct entry *e = entries(list);

	for (i = 0; e && i < n; i++) {
		const struct item *peer;

		switch (id) {
		case OBJ_PEER:
			e[i].major = obj_int(e[i].obj, "site");
			e[i].minor = obj_int(e[i].obj, "gateway");
			break;
		case OBJ_PATH:
			peer = config_find(cfg, OBJ_PEER,
					   obj_str(e[i].obj, "peer"));
			e[i].major = peer ? obj_int(peer->obj, "site") : 0;
			e[i].minor = obj_int(e[i].obj, "preference");
			break;
		case OBJ_PREFIX:
			place_prefix(&e[i]);
			break;
		case OBJ_RULE:
			e[i].major = obj_int(e[i].obj, "pref");
			break;
		default:
			e[i].name = obj_str(e[i].obj, "name");
			break;
		}
	}
	return sort_entries(list, e);
}
