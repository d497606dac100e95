// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: classes that prefer one gateway, or one path, together
 *
 * Before a site is decided on it is counted once where the classes of each group are,
 * and each move after that is counted, too. So it costs one look at each class of a
 * group, and no memory for each class and site.
 */
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include <linux/stringify.h>

#include "decision.h"
#include "group.h"
#include "object.h"

static struct sdwan_group *sdwan_group_find(struct sdwan_groups *groups,
					    const char *name)
{
	struct sdwan_group *group;
	unsigned long id;

	xa_for_each(&groups->ids, id, group)
		if (!strcmp(group->name, name))
			return group;
	return NULL;
}

static struct sdwan_group *sdwan_group_create(struct sdwan_groups *groups,
					      const char *name)
{
	struct sdwan_group *group = kzalloc(sizeof(*group), GFP_KERNEL_ACCOUNT);
	int err;

	if (!group)
		return ERR_PTR(-ENOMEM);
	strscpy(group->name, name, sizeof(group->name));
	err = xa_alloc(&groups->ids, &group->id, group,
		       XA_LIMIT(0, SDWAN_GROUPS_MAX - 1), GFP_KERNEL_ACCOUNT);
	if (err) {
		kfree(group);
		return ERR_PTR(err == -EBUSY ? -ENOSPC : err);
	}
	groups->rows = max(groups->rows, group->id + 1);
	return group;
}

/* Whoever changes the mode keeps the group, which may not suit it. */
static int sdwan_group_suits(struct sdwan_change *chg,
			     const struct sdwan_class_cfg *cfg)
{
	if (!cfg->group || cfg->mode == SDWAN_CLASS_MODE_BEST)
		return 0;
	return sdwan_refuse(chg, SDWAN_A_CLASS_MODE, -EINVAL,
			    "only mode best has a group: take it away first");
}

static int sdwan_group_named(struct sdwan_change *chg,
			     struct sdwan_class_cfg *cfg)
{
	struct sdwan_groups *groups = &chg->sn->decisions->groups;
	char name[SDWAN_NAME_MAX + 1] = {};
	struct sdwan_group *group;
	int err;

	err = sdwan_object_name_key(chg, SDWAN_A_CLASS_GROUP, SDWAN_NAME_MAX,
				    false, name);
	if (err)
		return err;
	if (cfg->mode != SDWAN_CLASS_MODE_BEST)
		return sdwan_refuse(chg, SDWAN_A_CLASS_GROUP, -EINVAL,
				    "only mode best has a group");
	group = sdwan_group_find(groups, name) ?:
		sdwan_group_create(groups, name);
	if (PTR_ERR_OR_ZERO(group) == -ENOSPC)
		return sdwan_refuse(chg, SDWAN_A_CLASS_GROUP, -ENOSPC,
				    "there are at most "
				    __stringify(SDWAN_GROUPS_MAX) " groups");
	if (IS_ERR(group))
		return PTR_ERR(group);
	cfg->group = group;
	return 0;
}

/**
 * sdwan_group_parse() - read what a request says of the group of a class
 * @chg: request
 * @cfg: result, its mode known; with the group of the configuration before
 *
 * It is the last thing that is read, since it keeps the group until
 * sdwan_group_put().
 *
 * Return: 0 or a negative error.
 */
int sdwan_group_parse(struct sdwan_change *chg, struct sdwan_class_cfg *cfg)
{
	const struct nlattr *attr = chg->attrs[SDWAN_A_CLASS_GROUP];
	int err = 0;

	if (attr && *(const char *)nla_data(attr))
		err = sdwan_group_named(chg, cfg);
	else if (attr)
		cfg->group = NULL;
	if (!err)
		err = sdwan_group_suits(chg, cfg);
	if (!err && cfg->group)
		cfg->group->users++;
	return err;
}

/**
 * sdwan_group_put() - a configuration does not name its group any more
 * @cfg: configuration of a class that retires
 */
void sdwan_group_put(struct sdwan_class_cfg *cfg)
{
	struct sdwan_groups *groups = &cfg->class->obj.sn->decisions->groups;
	struct sdwan_group *group = cfg->group;

	if (!group || --group->users)
		return;
	xa_erase(&groups->ids, group->id);
	if (xa_empty(&groups->ids))
		groups->rows = 0;
	kfree(group);
}

/**
 * sdwan_group_join() - a class that is decided has another configuration
 * @groups: groups of its fabric
 * @class: class
 * @cfg: its configuration, committed
 *
 * Context: Process context, under sdwan_net.lock.
 */
void sdwan_group_join(struct sdwan_groups *groups, struct sdwan_class *class,
		      const struct sdwan_class_cfg *cfg)
{
	list_del_init(&class->grouped);
	if (cfg->group)
		list_add_tail(&class->grouped, &groups->classes);
}

static bool sdwan_groups_room(struct sdwan_groups *g, size_t n)
{
	u16 *count;

	if (n <= g->room)
		return true;
	n = roundup_pow_of_two(n);
	count = kvcalloc(n, sizeof(*count), GFP_KERNEL_ACCOUNT);
	if (!count)
		return false;
	kvfree(g->count);
	g->count = count;
	g->room = n;
	return true;
}

/* Paths to one gateway are mostly side by side. */
static unsigned int sdwan_group_lead(const struct sdwan_decisions *d,
				     unsigned int i)
{
	const struct sdwan_peer *peer = d->prospect[i].path->peer;
	unsigned int k;

	if (i && d->prospect[i - 1].path->peer == peer)
		return d->prospect[i - 1].lead;
	for (k = 0; k < i && d->prospect[k].path->peer != peer; k++)
		;
	return k;
}

static u16 *sdwan_group_row(const struct sdwan_decisions *d,
			    const struct sdwan_group *group)
{
	return d->groups.count + (size_t)2 * group->id * d->n_prospects;
}

/* Most of a group are where the one before was. */
static bool sdwan_group_seek(struct sdwan_decisions *d, u32 path)
{
	struct sdwan_groups *g = &d->groups;
	unsigned int i;

	if (g->last < d->n_prospects &&
	    d->prospect[g->last].path->obj.id == path)
		return true;
	for (i = 0; i < d->n_prospects; i++) {
		if (d->prospect[i].path->obj.id != path)
			continue;
		g->last = i;
		return true;
	}
	return false;
}

static void sdwan_group_add(struct sdwan_decisions *d,
			    const struct sdwan_group *group, u32 path, int by)
{
	u16 *row = sdwan_group_row(d, group);
	unsigned int at;

	/* one that is gone is nobody's company */
	if (!path || !sdwan_group_seek(d, path))
		return;
	at = d->groups.last;
	row[at] += by;
	row[d->n_prospects + d->prospect[at].lead] += by;
}

/**
 * sdwan_group_count() - count where on a site the classes of each group are
 * @d: decisions, who have looked at the site; sdwan_net.lock is held
 * @site: site
 *
 * Where there is no memory for that, groups have no meaning this time.
 */
void sdwan_group_count(struct sdwan_decisions *d, const struct sdwan_site *site)
{
	struct sdwan_groups *g = &d->groups;
	struct sdwan_class *class;
	unsigned int i;
	size_t n;

	g->counted = false;
	if (list_empty(&g->classes))
		return;
	n = size_mul(g->rows, size_mul(2, d->n_prospects));
	if (!n || !sdwan_groups_room(g, n))
		return;
	memset(g->count, 0, n * sizeof(*g->count));
	for (i = 0; i < d->n_prospects; i++)
		d->prospect[i].lead = sdwan_group_lead(d, i);
	list_for_each_entry(class, &g->classes, grouped) {
		const struct sdwan_policy *policy;

		policy = sdwan_policy_find(site, class->obj.id);
		if (policy)
			sdwan_group_add(d, sdwan_class_cfg(sdwan_object_cfg(&class->obj))->group,
					policy->path, 1);
	}
	g->counted = true;
}

/**
 * sdwan_group_company() - tell candidates what company there is
 * @d: decisions, who have gathered the candidates; sdwan_net.lock is held
 * @class: configuration of the class
 * @own: the path that carries it, which is not its own company, or 0
 *
 * Return: whether the class prefers any.
 */
bool sdwan_group_company(struct sdwan_decisions *d,
			 const struct sdwan_class_cfg *class, u32 own)
{
	const u16 *row;
	unsigned int i;

	if (!class->group || !d->groups.counted)
		return false;
	row = sdwan_group_row(d, class->group);
	sdwan_group_add(d, class->group, own, -1);
	for (i = 0; i < d->n_candidates; i++) {
		struct sdwan_candidate *c = &d->candidate[i];

		c->company = row[c->index];
		c->gateway_company = row[d->n_prospects +
					 d->prospect[c->index].lead];
	}
	sdwan_group_add(d, class->group, own, 1);
	return true;
}

/**
 * sdwan_group_move() - another path carries a class
 * @d: decisions; sdwan_net.lock is held
 * @class: configuration of the class
 * @from: path that did, or 0
 * @to: path that does, or 0
 */
void sdwan_group_move(struct sdwan_decisions *d,
		      const struct sdwan_class_cfg *class, u32 from, u32 to)
{
	if (!class->group || !d->groups.counted)
		return;
	sdwan_group_add(d, class->group, from, -1);
	sdwan_group_add(d, class->group, to, 1);
}

/**
 * sdwan_groups_init() - there are no groups
 * @groups: zeroed
 */
void sdwan_groups_init(struct sdwan_groups *groups)
{
	xa_init_flags(&groups->ids, XA_FLAGS_ALLOC);
	INIT_LIST_HEAD(&groups->classes);
}

/**
 * sdwan_groups_exit() - free what groups were counted in
 * @groups: groups of a fabric whose classes are gone
 */
void sdwan_groups_exit(struct sdwan_groups *groups)
{
	WARN_ON(!xa_empty(&groups->ids));
	xa_destroy(&groups->ids);
	kvfree(groups->count);
}
