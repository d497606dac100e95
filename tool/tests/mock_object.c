// SPDX-License-Identifier: GPL-2.0
/*
 * A kernel of paper: objects, their attributes, and requests about them
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mock.h"

/* ---- attributes of an object ---- */

struct nlattr *first_attr(struct obj *o)
{
	return (struct nlattr *)o->blob;
}

struct nlattr *find_attr(struct obj *o, int id)
{
	return nla_find(first_attr(o), (int)o->len, id);
}

void drop_attr(struct obj *o, int id)
{
	struct nlattr *nla;

	while ((nla = find_attr(o, id))) {
		size_t size = (size_t)nla_total_size(nla_len(nla));
		unsigned char *end = (unsigned char *)nla + size;

		memmove(nla, end, (size_t)(o->blob + o->len - end));
		o->len -= (uint32_t)size;
	}
}

int push_attr(struct obj *o, int id, const void *data, int len)
{
	struct nlattr nla = {
		.nla_len = (uint16_t)(NLA_HDRLEN + len),
		.nla_type = (uint16_t)id,
	};
	size_t size = (size_t)nla_total_size(len);

	if (o->len + size > BLOB)
		return -EMSGSIZE;
	memset(o->blob + o->len, 0, size);
	memcpy(o->blob + o->len, &nla, sizeof(nla));
	if (len)
		memcpy(o->blob + o->len + NLA_HDRLEN, data, (size_t)len);
	o->len += (uint32_t)size;
	return 0;
}

uint32_t get_u32(struct obj *o, int id)
{
	struct nlattr *nla = find_attr(o, id);

	return nla ? nla_get_u32(nla) : 0;
}

const char *get_str(struct obj *o, int id)
{
	struct nlattr *nla = find_attr(o, id);

	return nla ? nla_get_string(nla) : "";
}

static int name_attr(enum kind kind)
{
	switch (kind) {
	case UNDERLAY:
		return SDWAN_A_UNDERLAY_NAME;
	case PEER:
		return SDWAN_A_PEER_NAME;
	case PATH:
		return SDWAN_A_PATH_NAME;
	case METRIC:
		return SDWAN_A_METRIC_NAME;
	case CLASS:
		return SDWAN_A_CLASS_NAME;
	case LAN:
		return SDWAN_A_LAN_NAME;
	default:
		return 0;
	}
}

struct obj *find_named(struct world *w, enum kind kind, const char *name)
{
	uint32_t i;

	for (i = 0; i < w->n; i++)
		if (w->obj[i].kind == kind &&
		    !strcmp(get_str(&w->obj[i], name_attr(kind)), name))
			return &w->obj[i];
	return NULL;
}

static struct obj *find_rule(struct call *c, int *err)
{
	uint32_t i, pref;

	if (!c->tb[SDWAN_A_RULE_PREF]) {
		c->missing = SDWAN_A_RULE_PREF;
		*err = refuse(c, EINVAL, "the preference is missing", NULL);
		return NULL;
	}
	pref = nla_get_u32(c->tb[SDWAN_A_RULE_PREF]);
	for (i = 0; i < c->w->n; i++)
		if (c->w->obj[i].pref == pref)
			return &c->w->obj[i];
	return NULL;
}

static struct obj *find_prefix(struct world *w, const void *addr,
			       uint8_t plen, uint32_t vni)
{
	uint32_t i;

	for (i = 0; i < w->n; i++) {
		struct obj *o = &w->obj[i];

		if (o->kind == PREFIX &&
		    get_u32(o, SDWAN_A_PREFIX_VNI) == vni &&
		    nla_get_u8(find_attr(o, SDWAN_A_PREFIX_PLEN)) == plen &&
		    !memcmp(nla_data(find_attr(o, SDWAN_A_PREFIX_ADDR)), addr,
			    16))
			return o;
	}
	return NULL;
}

uint32_t count_objs(struct world *w, enum kind kind)
{
	uint32_t i, n = 0;

	for (i = 0; i < w->n; i++)
		n += w->obj[i].kind == kind;
	return n;
}

static void remove_obj(struct world *w, struct obj *o)
{
	size_t i = (size_t)(o - w->obj);

	memmove(o, o + 1, (w->n - i - 1) * sizeof(*o));
	w->n--;
}

/* ---- requests ---- */

static uint32_t vni_of(struct call *c, int *err)
{
	*err = 0;
	if (c->tb[SDWAN_A_PREFIX_VNI])
		return nla_get_u32(c->tb[SDWAN_A_PREFIX_VNI]);
	if (!c->tb[SDWAN_A_PREFIX_DEV]) {
		c->missing = SDWAN_A_PREFIX_VNI;
		*err = refuse(c, EINVAL, "which segment?", NULL);
		return 0;
	}
	if (strcmp(nla_get_string(c->tb[SDWAN_A_PREFIX_DEV]), "sdwan0")) {
		*err = refuse(c, ENODEV, "there is no device of this name",
			      c->tb[SDWAN_A_PREFIX_DEV]);
		return 0;
	}
	return 100;
}

static struct obj *find_obj(struct call *c, enum kind kind, int *err)
{
	int attr = name_attr(kind);
	uint32_t i, vni;

	*err = 0;
	if (kind == RULE)
		return find_rule(c, err);
	if (kind == NODE) {
		for (i = 0; i < c->w->n; i++)
			if (c->w->obj[i].kind == NODE)
				return &c->w->obj[i];
		return NULL;
	}
	if (kind == PREFIX) {
		if (!c->tb[SDWAN_A_PREFIX_ADDR] || !c->tb[SDWAN_A_PREFIX_PLEN]) {
			c->missing = SDWAN_A_PREFIX_ADDR;
			*err = refuse(c, EINVAL, "no prefix", NULL);
			return NULL;
		}
		vni = vni_of(c, err);
		if (*err)
			return NULL;
		return find_prefix(c->w, nla_data(c->tb[SDWAN_A_PREFIX_ADDR]),
				   nla_get_u8(c->tb[SDWAN_A_PREFIX_PLEN]),
				   vni);
	}
	if (!c->tb[attr]) {
		c->missing = attr;
		*err = refuse(c, EINVAL, "the name is missing", NULL);
		return NULL;
	}
	return find_named(c->w, kind, nla_get_string(c->tb[attr]));
}

/* Keys are counted, and not kept. */
static int take_keys(struct call *c, struct obj *o)
{
	struct nlattr *have = find_attr(o, SDWAN_A_PEER_KEYS);
	uint8_t n = have ? nla_get_u8(have) : 0;

	if (c->tb[SDWAN_A_PEER_KEY])
		n = n ? 2 : 1;
	if (c->tb[SDWAN_A_PEER_KEY_NONE])
		n = 0;
	if (c->tb[SDWAN_A_PEER_KEY_RETIRE] && n)
		n = 1;
	drop_attr(o, SDWAN_A_PEER_KEYS);
	return push_attr(o, SDWAN_A_PEER_KEYS, &n, sizeof(n));
}

static int take_attrs(struct call *c, enum kind kind, struct obj *o)
{
	const struct kind_info *k = &kinds[kind];
	const struct nlattr *head = genlmsg_attrdata(nlmsg_data(c->nlh), 0);
	int len = genlmsg_attrlen(nlmsg_data(c->nlh), 0);
	struct nlattr *pos;
	int id, rem;

	for (id = 1; id <= k->max; id++)
		if (c->tb[id] && k->config & BIT(id))
			drop_attr(o, id);
	if (kind == PEER && c->tb[SDWAN_A_PEER_OVERLAY_NONE])
		drop_attr(o, SDWAN_A_PEER_OVERLAY);
	if (kind == CLASS && c->tb[SDWAN_A_CLASS_MEMBER_NONE])
		drop_attr(o, SDWAN_A_CLASS_MEMBER);
	nla_for_each_attr(pos, (struct nlattr *)head, len, rem) {
		id = nla_type(pos);
		if (!(k->config & BIT(id)) ||
		    (kind == PEER && id == SDWAN_A_PEER_OVERLAY_NONE) ||
		    (kind == CLASS && id == SDWAN_A_CLASS_MEMBER_NONE))
			continue;
		if (kind == NODE && id == SDWAN_A_NODE_NAME &&
		    !*nla_get_string(pos))
			continue;
		if (push_attr(o, id, nla_data(pos), nla_len(pos)))
			return -EMSGSIZE;
	}
	return kind == PEER ? take_keys(c, o) : 0;
}

static int check_fixed(struct call *c, enum kind kind, struct obj *o)
{
	int id;

	for (id = 1; id <= kinds[kind].max; id++) {
		struct nlattr *have;

		if (!c->tb[id] || !(kinds[kind].fixed & BIT(id)))
			continue;
		have = find_attr(o, id);
		if (!have || nla_len(have) != nla_len(c->tb[id]) ||
		    memcmp(nla_data(have), nla_data(c->tb[id]),
			   (size_t)nla_len(have)))
			return refuse(c, EOPNOTSUPP, "this cannot change",
				      c->tb[id]);
	}
	return 0;
}

static const struct nlattr *name_of(struct call *c, enum kind kind)
{
	if (kind == RULE)
		return c->tb[SDWAN_A_RULE_PREF];
	return name_attr(kind) ? c->tb[name_attr(kind)] : NULL;
}

static int there_is_none(struct call *c, enum kind kind)
{
	return refuse(c, ENOENT, "there is none of this name",
		      name_of(c, kind));
}

/* The object that a request names, which must be there. */
struct obj *need_obj(struct call *c, enum kind kind, int *err)
{
	struct obj *o = find_obj(c, kind, err);

	if (!o && !*err)
		*err = there_is_none(c, kind);
	return o;
}

/* A path without a name gets one. */
static void make_name(struct obj *o)
{
	char name[80];

	if (o->kind != PATH || find_attr(o, SDWAN_A_PATH_NAME))
		return;
	snprintf(name, sizeof(name), "%s:%s", get_str(o, SDWAN_A_PATH_PEER),
		 get_str(o, SDWAN_A_PATH_UNDERLAY));
	push_attr(o, SDWAN_A_PATH_NAME, name, (int)strlen(name) + 1);
}

static void make_room(struct world *w)
{
	if (w->n < w->room)
		return;
	w->room = w->n * 2 + 8;
	w->obj = realloc(w->obj, w->room * sizeof(*w->obj));
	if (!w->obj)
		abort();
}

static int add_obj(struct call *c, enum kind kind)
{
	static const int limit_of[KINDS] = { -1, 0, 1, 2, 3, 9, 5, 6 };
	struct world *w = c->w;
	struct obj *o;
	int ret, vni_err;
	uint32_t vni;

	if (limit_of[kind] >= 0 &&
	    count_objs(w, kind) >= w->limit[limit_of[kind]])
		return refuse(c, ENOSPC, "the limit is reached", NULL);
	make_room(w);
	o = &w->obj[w->n];
	memset(o, 0, sizeof(*o));
	o->kind = kind;
	o->id = ++w->next_id;
	ret = take_attrs(c, kind, o);
	if (ret)
		return ret;
	if (kind == PREFIX && !find_attr(o, SDWAN_A_PREFIX_VNI)) {
		vni = vni_of(c, &vni_err);
		push_attr(o, SDWAN_A_PREFIX_VNI, &vni, sizeof(vni));
	}
	make_name(o);
	if (kind == RULE)
		o->pref = get_u32(o, SDWAN_A_RULE_PREF);
	if (kind == PATH && find_named(w, PATH, get_str(o, SDWAN_A_PATH_NAME)))
		return refuse(c, EEXIST, "a path of this name exists", NULL);
	w->n++;
	return 0;
}

static struct obj *find_unnamed(struct call *c)
{
	char name[80];

	snprintf(name, sizeof(name), "%s:%s",
		 nla_get_string(c->tb[SDWAN_A_PATH_PEER]),
		 nla_get_string(c->tb[SDWAN_A_PATH_UNDERLAY]));
	return find_named(c->w, PATH, name);
}

int do_new(struct call *c, enum kind kind)
{
	const struct kind_info *k = &kinds[kind];
	struct obj *o = NULL;
	int id, ret = 0;

	for (id = 1; id <= k->max; id++) {
		if (k->need & BIT(id) && !c->tb[id]) {
			c->missing = id;
			return refuse(c, EINVAL, "something is missing", NULL);
		}
	}
	if (kind == PEER && !count_objs(c->w, NODE))
		return refuse(c, ENOENT, "the node has no site yet", NULL);
	if (kind != PATH || c->tb[SDWAN_A_PATH_NAME])
		o = find_obj(c, kind, &ret);
	else
		o = find_unnamed(c);
	if (ret)
		return ret;
	if (o && !(c->nlh->nlmsg_flags & NLM_F_REPLACE))
		return refuse(c, EEXIST, "this name is taken",
			      name_of(c, kind));
	ret = check_kind(c, kind, o);
	if (ret)
		return ret;
	if (!o)
		return add_obj(c, kind);
	for (id = 1; id <= k->max; id++)
		if (k->config & ~k->fixed & ~k->key & BIT(id))
			drop_attr(o, id);
	return take_attrs(c, kind, o);
}

int do_set(struct call *c, enum kind kind)
{
	struct obj *o;
	int ret;

	o = find_obj(c, kind, &ret);
	if (ret)
		return ret;
	if (!o && kind == NODE) {
		if (!c->tb[SDWAN_A_NODE_SITE]) {
			c->missing = SDWAN_A_NODE_SITE;
			return refuse(c, EINVAL, "the site is missing", NULL);
		}
		return add_obj(c, kind);
	}
	if (!o)
		return there_is_none(c, kind);
	if (kind == NODE && c->tb[SDWAN_A_NODE_SITE] && count_objs(c->w, PEER) &&
	    nla_get_u32(c->tb[SDWAN_A_NODE_SITE]) !=
	    get_u32(o, SDWAN_A_NODE_SITE))
		return refuse(c, EBUSY, "there are peers",
			      c->tb[SDWAN_A_NODE_SITE]);
	ret = check_fixed(c, kind, o);
	if (!ret)
		ret = check_kind(c, kind, o);
	return ret ? ret : take_attrs(c, kind, o);
}

static void del_paths(struct world *w, int attr, const char *name)
{
	uint32_t i = w->n;

	while (i-- > 0)
		if (w->obj[i].kind == PATH &&
		    !strcmp(get_str(&w->obj[i], attr), name))
			remove_obj(w, &w->obj[i]);
}

int do_del(struct call *c, enum kind kind)
{
	char name[80] = "";
	struct obj *o;
	int ret;

	o = need_obj(c, kind, &ret);
	if (!o)
		return ret;
	if (kind == CLASS &&
	    class_in_use(c->w, get_str(o, SDWAN_A_CLASS_NAME)))
		return refuse(c, EBUSY, "a rule names it",
			      name_of(c, kind));
	if (kind == LAN && lan_in_use(c->w, get_str(o, SDWAN_A_LAN_NAME)))
		return refuse(c, EBUSY, "a rule needs its frames",
			      name_of(c, kind));
	if (name_attr(kind))
		snprintf(name, sizeof(name), "%s",
			 get_str(o, name_attr(kind)));
	remove_obj(c->w, o);
	if (kind == PEER)
		del_paths(c->w, SDWAN_A_PATH_PEER, name);
	if (kind == UNDERLAY)
		del_paths(c->w, SDWAN_A_PATH_UNDERLAY, name);
	return 0;
}
