// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: what is decided for classes and sites, and told to the data path
 *
 * Decisions are kept by site, in pages by the number of the class, which are low.
 */
#include <linux/gfp.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/time64.h>

#include "agree.h"
#include "decide.h"
#include "policy.h"

/* Orders are allocated for so many classes more, so that this is rare. */
#define SDWAN_ORDERS_ROOM	32

#define SDWAN_PAGE_POLICIES	(PAGE_SIZE / sizeof(struct sdwan_policy))

/* Pages of all classes that there may be in a namespace. */
#define SDWAN_POLICY_PAGES	(U16_MAX / SDWAN_PAGE_POLICIES)

/**
 * sdwan_policy_find() - what is decided for a class and a site
 * @site: site
 * @class: number of the class
 *
 * Context: Under sdwan_net.lock.
 *
 * Return: the decision, or NULL where there never was one.
 */
struct sdwan_policy *sdwan_policy_find(const struct sdwan_site *site, u32 class)
{
	u32 page = class / SDWAN_PAGE_POLICIES;

	if (page >= site->n_policies || !site->policies[page])
		return NULL;
	return &site->policies[page][class % SDWAN_PAGE_POLICIES];
}

static bool sdwan_policy_room(struct sdwan_site *site, u32 page)
{
	struct sdwan_policy **policies;

	if (page < site->n_policies)
		return true;
	if (page >= SDWAN_POLICY_PAGES)
		return false;
	policies = krealloc_array(site->policies, page + 1, sizeof(*policies),
				  GFP_KERNEL_ACCOUNT);
	if (!policies)
		return false;
	while (site->n_policies <= page)
		policies[site->n_policies++] = NULL;
	site->policies = policies;
	return true;
}

/**
 * sdwan_policy_get() - likewise, and make room where there is none
 * @site: site
 * @class: number of the class
 *
 * Context: Process context, under sdwan_net.lock.
 *
 * Return: the decision, or NULL where there is no memory.
 */
struct sdwan_policy *sdwan_policy_get(struct sdwan_site *site, u32 class)
{
	u32 page = class / SDWAN_PAGE_POLICIES;

	if (!sdwan_policy_room(site, page))
		return NULL;
	if (!site->policies[page])
		site->policies[page] = (void *)get_zeroed_page(GFP_KERNEL_ACCOUNT);
	return sdwan_policy_find(site, class);
}

/**
 * sdwan_policy_hold() - for how long cost is no reason to move
 * @policy: decision
 * @round: of the class, microseconds
 * @now: ktime
 *
 * Return: nanoseconds, 0 where it is one.
 */
u64 sdwan_policy_hold(const struct sdwan_policy *policy, u32 round, u64 now)
{
	u64 hold = sdwan_decide_hold(policy->flaps, (u64)round * NSEC_PER_USEC);
	u64 age = sdwan_policy_age(policy->before[0].at, now);

	return hold > age ? hold - age : 0;
}

/**
 * sdwan_policies_free() - nothing is decided for a site any more
 * @site: site that no path leads to; sdwan_net.lock is held
 */
void sdwan_policies_free(struct sdwan_site *site)
{
	while (site->n_policies)
		free_page((unsigned long)site->policies[--site->n_policies]);
	kfree(site->policies);
	site->policies = NULL;
}

static struct sdwan_orders *sdwan_orders_grow(struct sdwan_path *path,
					      struct sdwan_orders *old, u32 n)
{
	struct sdwan_orders *orders;

	n = round_up(n, SDWAN_ORDERS_ROOM);
	orders = kzalloc(struct_size(orders, pos, n), GFP_KERNEL_ACCOUNT);
	if (!orders)
		return NULL;
	orders->n = n;
	if (old)
		memcpy(orders->pos, old->pos, old->n);
	rcu_assign_pointer(path->orders, orders);
	if (old)
		kfree_rcu(old, rcu);
	return orders;
}

/**
 * sdwan_path_set_order() - tell the data path where a path stands
 * @path: path
 * @class: number of the class
 * @order: SDWAN_ORDER_*
 *
 * Where there is no memory, it stands behind those that there was some for.
 *
 * Context: Process context, under sdwan_net.lock.
 *
 * Return: whether it stood elsewhere.
 */
bool sdwan_path_set_order(struct sdwan_path *path, u32 class, u8 order)
{
	struct sdwan_orders *orders;

	orders = rcu_dereference_protected(path->orders,
					   lockdep_is_held(&path->obj.sn->lock));
	if (!orders || class >= orders->n)
		orders = sdwan_orders_grow(path, orders, class + 1);
	if (!orders || orders->pos[class] == order)
		return false;
	WRITE_ONCE(orders->pos[class], order);
	return true;
}

static bool sdwan_order_tick(u8 *pos, bool *more)
{
	u8 order = *pos;

	if (!(order & SDWAN_ORDER_GRACE))
		return false;
	order -= SDWAN_ORDER_TICK;
	WRITE_ONCE(*pos, order);
	*more |= order & SDWAN_ORDER_GRACE;
	return !(order & SDWAN_ORDER_GRACE);
}

/**
 * sdwan_path_tick() - flows have waited for a gap for some time
 * @path: path; sdwan_net.lock is held
 * @more: result: others wait on
 *
 * Return: true where those of a class have waited long enough.
 */
bool sdwan_path_tick(struct sdwan_path *path, bool *more)
{
	struct sdwan_orders *orders;
	bool over = false;
	u32 i;

	*more = false;
	orders = rcu_dereference_protected(path->orders,
					   lockdep_is_held(&path->obj.sn->lock));
	for (i = 0; orders && i < orders->n; i++)
		over |= sdwan_order_tick(&orders->pos[i], more);
	return over;
}

/**
 * sdwan_path_classes() - how many classes were decided for a path
 * @path: path; sdwan_net.lock is held
 * @classes: result
 *
 * Return: false where nothing was decided of it.
 */
bool sdwan_path_classes(const struct sdwan_path *path, u32 *classes)
{
	const struct sdwan_orders *orders;
	u32 i;

	orders = rcu_dereference_protected(path->orders,
					   lockdep_is_held(&path->obj.sn->lock));
	*classes = 0;
	for (i = 0; orders && i < orders->n; i++)
		*classes += sdwan_order_first(orders->pos[i]);
	return orders;
}

static void sdwan_policy_forget_order(struct sdwan_path *path, u32 class)
{
	struct sdwan_policy *policy;

	sdwan_agree_gone(path, class);
	if (sdwan_path_order(path, class))
		sdwan_path_set_order(path, class, 0);
	policy = sdwan_policy_find(path->peer->site, class);
	if (policy)
		memset(policy, 0, sizeof(*policy));
}

/**
 * sdwan_policy_forget() - nothing is decided for a class any more
 * @sn: fabric; its lock is held
 * @class: number of the class, which another one may get
 *
 * Sites that no path leads to have forgotten it already.
 *
 * Context: Process context.
 */
void sdwan_policy_forget(struct sdwan_net *sn, u32 class)
{
	struct sdwan_object *obj;
	unsigned long id;

	/* all of it goes */
	if (sn->dying)
		return;
	xa_for_each(&sn->table[SDWAN_KIND_PATH].ids, id, obj) {
		sdwan_policy_forget_order(container_of(obj, struct sdwan_path,
						       obj), class);
		cond_resched();
	}
}
