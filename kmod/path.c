// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: ways to peers
 */
#include "addr.h"
#include "decision.h"
#include "agree.h"
#include "encap.h"
#include "endpoint.h"
#include "epoch.h"
#include "event.h"
#include "key.h"
#include "lookup.h"
#include "metric.h"
#include "netlink_gen.h"
#include "outside.h"
#include "path.h"
#include "path_cfg.h"
#include "peer.h"
#include "probe.h"
#include "route.h"
#include "site.h"
#include "trace.h"
#include "underlay.h"

static __always_inline u32 sdwan_rx_hash(const void *data, u32 len, u32 seed)
{
	const struct sdwan_rx_key *key = data;

	return sdwan_key_hash(&key->remote,
			      (u64)(__force u16)key->port << 40 |
			      (u64)key->underlay << 8 | key->encap, seed);
}

static __always_inline int sdwan_rx_differs(struct rhashtable_compare_arg *arg,
					    const void *obj)
{
	const struct sdwan_path_cfg *cfg = obj;
	const struct sdwan_rx_key *key = arg->key;

	return key->underlay != cfg->key.underlay ||
	       key->encap != cfg->key.encap || key->port != cfg->key.port ||
	       !ipv6_addr_equal(&key->remote, &cfg->key.remote);
}

static const struct rhashtable_params sdwan_rx_params = {
	.head_offset = offsetof(struct sdwan_path_cfg, by_rx),
	.key_offset = offsetof(struct sdwan_path_cfg, key),
	.key_len = sizeof_field(struct sdwan_path_cfg, key),
	.hashfn = sdwan_rx_hash,
	.obj_cmpfn = sdwan_rx_differs,
	.automatic_shrinking = true,
};

static struct sdwan_path *to_path(struct sdwan_object *obj)
{
	return container_of(obj, struct sdwan_path, obj);
}

/**
 * sdwan_path_lookup_rx() - by which path a packet has come
 * @sn: fabric
 * @key: receive key
 *
 * Context: Under rcu_read_lock().
 *
 * Return: the committed configuration of the path, or NULL.
 */
const struct sdwan_path_cfg *
sdwan_path_lookup_rx(struct sdwan_net *sn, const struct sdwan_rx_key *key)
{
	struct rhlist_head *list, *pos;
	struct sdwan_path_cfg *cfg;

	list = rhltable_lookup(&sn->rx_paths, key, sdwan_rx_params);
	rhl_for_each_entry_rcu(cfg, pos, list, by_rx)
		if (rcu_access_pointer(cfg->path->obj.cfg) == &cfg->hdr &&
		    likely(!sdwan_path_unheard(cfg)))
			return cfg;
	return NULL;
}

/**
 * sdwan_path_usable() - whether a path may be sent on
 * @cfg: configuration of the path
 *
 * Asks the device itself: notifications of a lost carrier come late.
 *
 * Context: Under rcu_read_lock().
 *
 * Return: true when the path and its device are up, and probes of it, if any, are
 * answered. Whether there is a route is
 * found out by looking it up.
 */
bool sdwan_path_usable(const struct sdwan_path_cfg *cfg)
{
	const struct net_device *dev;

	if (!cfg->admin || READ_ONCE(cfg->path->silent))
		return false;
	dev = rcu_dereference(cfg->path->underlay->dev);
	return dev && netif_running(dev) && netif_carrier_ok(dev);
}

/* The name is PEER:UNDERLAY where the request has none. */
static int sdwan_path_key(struct sdwan_change *chg, void *key)
{
	struct nlattr **attrs = chg->attrs;

	if (attrs[SDWAN_A_PATH_NAME])
		return sdwan_object_name_key(chg, SDWAN_A_PATH_NAME,
					     SDWAN_PATH_NAME_MAX, true, key);
	if (!attrs[SDWAN_A_PATH_PEER] || !attrs[SDWAN_A_PATH_UNDERLAY])
		return sdwan_missing(chg, SDWAN_A_PATH_NAME,
				     "the name of the path is missing, and so is its peer or underlay");

	snprintf(key, SDWAN_PATH_NAME_MAX + 1, "%s:%s",
		 (char *)nla_data(attrs[SDWAN_A_PATH_PEER]),
		 (char *)nla_data(attrs[SDWAN_A_PATH_UNDERLAY]));
	return 0;
}

static int sdwan_path_unsupported(struct sdwan_change *chg)
{
	struct nlattr **attrs = chg->attrs;

	if (attrs[SDWAN_A_PATH_KIND] &&
	    nla_get_u32(attrs[SDWAN_A_PATH_KIND]) != SDWAN_PATH_KIND_DIRECT)
		return sdwan_refuse(chg, SDWAN_A_PATH_KIND, -EOPNOTSUPP,
				    "only direct paths are supported");
	if (attrs[SDWAN_A_PATH_ON_DEMAND] &&
	    nla_get_u8(attrs[SDWAN_A_PATH_ON_DEMAND]))
		return sdwan_refuse(chg, SDWAN_A_PATH_ON_DEMAND, -EOPNOTSUPP,
				    "paths on demand are not supported");
	if (attrs[SDWAN_A_PATH_IDLE_TIMEOUT])
		return sdwan_refuse(chg, SDWAN_A_PATH_IDLE_TIMEOUT, -EOPNOTSUPP,
				    "paths on demand are not supported");
	return 0;
}

static int sdwan_path_owners(struct sdwan_change *chg, struct sdwan_path *path)
{
	struct nlattr **attrs = chg->attrs;

	if (!attrs[SDWAN_A_PATH_PEER])
		return sdwan_missing(chg, SDWAN_A_PATH_PEER,
				     "the peer of the path is missing");
	if (!attrs[SDWAN_A_PATH_UNDERLAY])
		return sdwan_missing(chg, SDWAN_A_PATH_UNDERLAY,
				     "the underlay of the path is missing");

	path->peer = sdwan_peer_find(chg, SDWAN_A_PATH_PEER);
	if (!path->peer)
		return sdwan_refuse(chg, SDWAN_A_PATH_PEER, -ENOENT,
				    "there is no peer of this name");
	path->underlay = sdwan_underlay_find(chg, SDWAN_A_PATH_UNDERLAY);
	if (!path->underlay)
		return sdwan_refuse(chg, SDWAN_A_PATH_UNDERLAY, -ENOENT,
				    "there is no underlay of this name");
	return 0;
}

static int sdwan_path_encap(struct sdwan_change *chg, struct sdwan_path *path)
{
	const struct nlattr *attr = chg->attrs[SDWAN_A_PATH_ENCAP];

	path->encap = attr ? nla_get_u32(attr) : path->underlay->encap;
	if (!sdwan_encap_get(path->encap))
		return sdwan_refuse(chg, SDWAN_A_PATH_ENCAP, -EOPNOTSUPP,
				    sdwan_encap_refusal(path->encap));
	if (sdwan_underlay_shared(path->underlay, sdwan_path_bare(path)))
		return sdwan_refuse(chg, SDWAN_A_PATH_UNDERLAY, -EBUSY,
				    "the device of a path of encapsulation dev carries no other path");
	return 0;
}

static int sdwan_path_segment(struct sdwan_change *chg, struct sdwan_path *path)
{
	const struct nlattr *attr = chg->attrs[SDWAN_A_PATH_VNI];

	if (attr && !sdwan_path_bare(path))
		return sdwan_refuse(chg, SDWAN_A_PATH_VNI, -EINVAL,
				    "only a path of encapsulation dev is for one segment");
	if (!attr && sdwan_path_bare(path))
		return sdwan_missing(chg, SDWAN_A_PATH_VNI,
				     "the one segment of a path of encapsulation dev is missing");
	path->vni = attr ? nla_get_u32(attr) : 0;
	return 0;
}

static int sdwan_path_init(struct sdwan_change *chg, struct sdwan_path *path,
			   const char *name)
{
	int err;

	memcpy(path->name, name, sizeof(path->name));
	path->since = get_jiffies_64();
	path->mtu = SDWAN_MTU_NONE;
	path->pmtu = SDWAN_MTU_NONE;

	err = sdwan_path_unsupported(chg);
	if (!err)
		err = sdwan_path_owners(chg, path);
	if (!err)
		err = sdwan_path_encap(chg, path);
	if (!err)
		err = sdwan_path_segment(chg, path);
	if (err)
		return err;

	path->stats = sdwan_path_stats_alloc();
	path->probe = sdwan_probe_alloc(path);
	if (!path->stats || !path->probe)
		err = -ENOMEM;
	if (!err)
		err = sdwan_underlay_encap_get(chg, path->underlay,
					       sdwan_encap_get(path->encap),
					       SDWAN_A_PATH_ENCAP);
	if (err) {
		sdwan_probe_free(path->probe);
		free_percpu(path->stats);
	}
	return err;
}

static struct sdwan_object *sdwan_path_create(struct sdwan_change *chg,
					      const void *key)
{
	struct sdwan_path *path;
	int err;

	path = kzalloc(sizeof(*path), GFP_KERNEL_ACCOUNT);
	if (!path)
		return ERR_PTR(-ENOMEM);

	err = sdwan_path_init(chg, path, key);
	if (err) {
		kfree(path);
		return ERR_PTR(err);
	}

	list_add_tail(&path->of_peer, &path->peer->members);
	list_add_tail(&path->of_underlay, &path->underlay->members);
	return &path->obj;
}

static int sdwan_path_check(struct sdwan_change *chg, struct sdwan_object *obj)
{
	struct sdwan_path *path = to_path(obj);
	struct nlattr **attrs = chg->attrs;
	int err;

	err = sdwan_path_unsupported(chg);
	if (err)
		return err;
	if (attrs[SDWAN_A_PATH_PEER] &&
	    nla_strcmp(attrs[SDWAN_A_PATH_PEER], path->peer->name))
		return sdwan_refuse(chg, SDWAN_A_PATH_PEER, -EOPNOTSUPP,
				    "the peer of a path cannot change");
	if (attrs[SDWAN_A_PATH_UNDERLAY] &&
	    nla_strcmp(attrs[SDWAN_A_PATH_UNDERLAY], path->underlay->name))
		return sdwan_refuse(chg, SDWAN_A_PATH_UNDERLAY, -EOPNOTSUPP,
				    "the underlay of a path cannot change");
	if (attrs[SDWAN_A_PATH_ENCAP] &&
	    nla_get_u32(attrs[SDWAN_A_PATH_ENCAP]) != path->encap)
		return sdwan_refuse(chg, SDWAN_A_PATH_ENCAP, -EOPNOTSUPP,
				    "the encapsulation of a path cannot change");
	if (attrs[SDWAN_A_PATH_VNI] &&
	    nla_get_u32(attrs[SDWAN_A_PATH_VNI]) != path->vni)
		return sdwan_refuse(chg, SDWAN_A_PATH_VNI, -EOPNOTSUPP,
				    "the segment of a path cannot change");
	return 0;
}

/* Packets of two paths with one key could not be told apart. */
static int sdwan_path_unique(struct sdwan_change *chg,
			     const struct sdwan_path_cfg *cfg)
{
	struct rhlist_head *list, *pos;
	struct sdwan_path_cfg *other;
	bool taken = false;

	if (sdwan_path_unheard(cfg))
		return 0;
	rcu_read_lock();
	list = rhltable_lookup(&chg->sn->rx_paths, &cfg->key, sdwan_rx_params);
	rhl_for_each_entry_rcu(other, pos, list, by_rx) {
		const struct sdwan_object *obj = &other->path->obj;

		if (other->path != cfg->path &&
		    obj->stage != SDWAN_STAGE_DELETE &&
		    sdwan_object_staged_cfg(obj) == &other->hdr)
			taken = true;
	}
	rcu_read_unlock();

	if (taken)
		return sdwan_refuse(chg, SDWAN_A_PATH_REMOTE, -EEXIST,
				    "another path has this underlay, encapsulation and remote address");
	return 0;
}

static void sdwan_path_cfg_free(struct sdwan_path_cfg *cfg)
{
	dst_cache_destroy(&cfg->dst_cache);
	kfree(cfg);
}

static void sdwan_path_cfg_free_rcu(struct rcu_head *rcu)
{
	sdwan_path_cfg_free(container_of(rcu, struct sdwan_path_cfg, hdr.rcu));
}

/* What a configuration takes that it gives back when it is retired. */
static int sdwan_path_prepare(struct sdwan_path_cfg *cfg)
{
	int err;

	err = dst_cache_init(&cfg->dst_cache, GFP_KERNEL_ACCOUNT);
	if (!err)
		err = rhltable_insert(&cfg->path->underlay->obj.sn->rx_paths,
				      &cfg->by_rx, sdwan_rx_params);
	if (err)
		sdwan_path_cfg_free(cfg);
	return err;
}

static struct sdwan_cfg *sdwan_path_configure(struct sdwan_change *chg,
					      struct sdwan_object *obj,
					      struct sdwan_cfg *base)
{
	struct sdwan_underlay *underlay = to_path(obj)->underlay;
	struct sdwan_cfg *before = sdwan_object_staged_cfg(obj);
	struct sdwan_probe_cfg probe;
	struct sdwan_path_cfg *cfg;
	int err;

	cfg = kzalloc(sizeof(*cfg), GFP_KERNEL_ACCOUNT);
	if (!cfg)
		return ERR_PTR(-ENOMEM);

	sdwan_path_cfg_init(cfg, to_path(obj),
			    base ? sdwan_path_cfg(base) : NULL);
	err = sdwan_path_parse(chg, cfg,
			       before ? sdwan_path_cfg(before) : NULL);
	if (!err)
		err = sdwan_path_unique(chg, cfg);
	if (!err)
		err = sdwan_outside_get(chg, underlay, &cfg->probe,
					SDWAN_A_PATH_PROBE);
	if (err) {
		kfree(cfg);
		return ERR_PTR(err);
	}

	probe = cfg->probe;
	err = sdwan_path_prepare(cfg);
	if (err) {
		sdwan_outside_put(underlay, &probe);
		return ERR_PTR(err);
	}
	return &cfg->hdr;
}

static bool sdwan_path_before(const struct sdwan_path_cfg *a,
			      const struct sdwan_path_cfg *b)
{
	if (a->preference != b->preference)
		return a->preference < b->preference;
	return a->path->obj.id < b->path->obj.id;
}

static void sdwan_path_link_site(struct sdwan_path_cfg *cfg,
				 struct list_head *paths)
{
	struct sdwan_path_cfg *pos;

	list_for_each_entry(pos, paths, by_site)
		if (sdwan_path_before(cfg, pos))
			break;
	list_add_tail_rcu(&cfg->by_site, &pos->by_site);
}

static void sdwan_path_link_peer(struct sdwan_path_cfg *cfg,
				 struct list_head *paths)
{
	struct sdwan_path_cfg *pos;

	list_for_each_entry(pos, paths, by_peer)
		if (sdwan_path_before(cfg, pos))
			break;
	list_add_tail_rcu(&cfg->by_peer, &pos->by_peer);
}

static enum sdwan_state_reason
sdwan_path_eval_route(const struct sdwan_path_cfg *cfg, unsigned int *mtu)
{
	struct sdwan_route route;
	int err;

	rcu_read_lock();
	err = sdwan_route_lookup(cfg, false, 0, &route);
	if (!err) {
		*mtu = sdwan_route_mtu(cfg, &route);
		sdwan_route_put(&route);
	}
	rcu_read_unlock();

	return err ? SDWAN_STATE_REASON_NO_ROUTE : SDWAN_STATE_REASON_NONE;
}

/**
 * sdwan_path_eval() - whether a path can carry traffic now
 * @path: path, committed or staged
 * @state: result
 * @reason: why not
 * @mtu: the largest inner packet that fits, SDWAN_MTU_NONE where it has no route
 *
 * Context: Process context, under sdwan_net.lock.
 */
void sdwan_path_eval(const struct sdwan_path *path,
		     enum sdwan_path_state *state,
		     enum sdwan_state_reason *reason, unsigned int *mtu)
{
	/* a path that is only staged has no other configuration */
	const struct sdwan_path_cfg *cfg =
		sdwan_path_cfg(sdwan_object_cfg(&path->obj) ?: path->obj.next);
	int family = cfg->family == AF_INET6 ? SDWAN_V6 : SDWAN_V4;

	*mtu = SDWAN_MTU_NONE;
	sdwan_underlay_eval(path->underlay, state, reason);
	if (!cfg->admin)
		*reason = SDWAN_STATE_REASON_ADMIN;
	else if (sdwan_path_unheard(cfg) && *state == SDWAN_PATH_STATE_UP)
		*reason = SDWAN_STATE_REASON_UNHEARD;
	else if (*state != SDWAN_PATH_STATE_UP)
		return;
	else if (!rcu_access_pointer(path->underlay->socks[path->encap][family]))
		*reason = SDWAN_STATE_REASON_NO_ADDRESS;
	else
		*reason = sdwan_path_eval_route(cfg, mtu);

	*state = SDWAN_PATH_STATE_DOWN;
	if (*reason == SDWAN_STATE_REASON_NONE)
		sdwan_probe_eval(path, state, reason);
}

/**
 * sdwan_path_refresh() - note whether and what a path can carry now
 * @path: committed path
 *
 * Context: Process context, under sdwan_net.lock.
 *
 * Return: true where its state or the reason for it is another one than before.
 */
bool sdwan_path_refresh(struct sdwan_path *path)
{
	enum sdwan_state_reason reason = path->reason;
	enum sdwan_path_state state = path->state;
	unsigned int mtu;

	sdwan_path_eval(path, &path->state, &path->reason, &mtu);
	if (mtu != path->mtu) {
		WRITE_ONCE(path->mtu, mtu);
		sdwan_site_refresh_mtu(path->peer->site);
	}
	if (path->state != state)
		path->since = get_jiffies_64();
	if (path->state == state && path->reason == reason)
		return false;
	trace_sdwan_path_state(path, state);
	return true;
}

static void sdwan_path_publish(struct sdwan_object *obj, struct sdwan_cfg *hdr)
{
	struct sdwan_path_cfg *cfg = sdwan_path_cfg(hdr);
	struct sdwan_path *path = to_path(obj);

	if (cfg->nat)
		WRITE_ONCE(obj->sn->nat_paths, obj->sn->nat_paths + 1);
	sdwan_path_link_site(cfg, &path->peer->site->paths);
	sdwan_path_link_peer(cfg, &path->peer->path_list);
	sdwan_probe_configure(path);
	sdwan_path_refresh(path);
	sdwan_site_refresh_mtu(path->peer->site);
	sdwan_decisions_hasten(obj->sn, path->peer->site);
}

static void sdwan_path_unlink(struct sdwan_path_cfg *cfg)
{
	struct sdwan_net *sn = cfg->path->obj.sn;

	/* one that was never committed is in no list */
	if (list_empty(&cfg->by_site))
		return;
	list_del_rcu(&cfg->by_site);
	list_del_rcu(&cfg->by_peer);
	sdwan_site_refresh_mtu(cfg->path->peer->site);
	if (list_empty(&cfg->path->peer->site->paths))
		sdwan_policies_free(cfg->path->peer->site);
	else
		sdwan_decisions_hasten(sn, cfg->path->peer->site);
	if (cfg->nat)
		WRITE_ONCE(sn->nat_paths, sn->nat_paths - 1);
}

static void sdwan_path_retire(struct sdwan_object *obj, struct sdwan_cfg *hdr)
{
	struct sdwan_path_cfg *cfg = sdwan_path_cfg(hdr);

	rhltable_remove(&obj->sn->rx_paths, &cfg->by_rx, sdwan_rx_params);
	sdwan_outside_put(to_path(obj)->underlay, &cfg->probe);
	sdwan_path_unlink(cfg);
	call_rcu(&cfg->hdr.rcu, sdwan_path_cfg_free_rcu);
}

/* The same configuration, but for where the far end is; NULL without memory. */
static struct sdwan_path_cfg *
sdwan_path_moved(const struct sdwan_path_cfg *from,
		 const struct sdwan_endpoint *to)
{
	struct sdwan_path_cfg *cfg;

	cfg = kzalloc(sizeof(*cfg), GFP_KERNEL_ACCOUNT);
	if (!cfg)
		return NULL;
	sdwan_path_cfg_init(cfg, from->path, from);
	if (!sdwan_endpoint_same(to, &cfg->said)) {
		cfg->learned = *to;
		cfg->learned_at = get_jiffies_64();
	}
	sdwan_path_lead(cfg, to);
	return sdwan_path_prepare(cfg) ? NULL : cfg;
}

/* What is staged began with what was learned by then. */
static struct sdwan_path_cfg *
sdwan_path_staged_with(const struct sdwan_path *path,
		       const struct sdwan_path_cfg *cfg)
{
	struct sdwan_path_cfg *next;

	if (path->obj.stage != SDWAN_STAGE_CHANGE || !path->obj.next)
		return NULL;
	next = sdwan_path_cfg(path->obj.next);
	return next->nat && sdwan_endpoint_same(&next->said, &cfg->said) ?
	       next : NULL;
}

/**
 * sdwan_path_move() - the far end of a path is somewhere else
 * @path: committed path that is marked nat
 * @to: where; what is said of it where that is unspecified
 *
 * That is a change of the configuration to whoever reads it, but none to those who
 * write it: neither the generation nor an open transaction is touched.
 *
 * Context: Process context, under sdwan_net.lock; may sleep.
 *
 * Return: 0, or -ENOMEM with nothing changed.
 */
int sdwan_path_move(struct sdwan_path *path, const struct sdwan_endpoint *to)
{
	struct sdwan_cfg *old = sdwan_object_cfg(&path->obj);
	struct sdwan_path_cfg *cfg = sdwan_path_cfg(old), *new;
	struct sdwan_path_cfg *staged, *next = NULL;

	staged = sdwan_path_staged_with(path, cfg);
	if (!sdwan_endpoint_known(to))
		to = &cfg->said;
	new = sdwan_path_moved(cfg, to);
	if (new && staged)
		next = sdwan_path_moved(staged, to);
	if (!new || (staged && !next)) {
		if (new)
			sdwan_path_retire(&path->obj, &new->hdr);
		return -ENOMEM;
	}

	sdwan_epoch_begin(path->obj.sn);
	rcu_assign_pointer(path->obj.cfg, &new->hdr);
	sdwan_path_publish(&path->obj, &new->hdr);
	sdwan_path_retire(&path->obj, old);
	sdwan_epoch_end(path->obj.sn);
	if (staged) {
		sdwan_path_retire(&path->obj, &staged->hdr);
		path->obj.next = &next->hdr;
	}
	sdwan_event_changed(&path->obj);
	return 0;
}

/**
 * sdwan_path_other_at() - another path of a receive key
 * @path: the one that it is not
 * @key: receive key
 *
 * Context: Under sdwan_net.lock.
 *
 * Return: a path that has it, or will when what is staged is committed; or NULL.
 */
struct sdwan_path *sdwan_path_other_at(const struct sdwan_path *path,
				       const struct sdwan_rx_key *key)
{
	struct rhlist_head *list, *pos;
	struct sdwan_path *other = NULL;
	struct sdwan_path_cfg *cfg;

	rcu_read_lock();
	list = rhltable_lookup(&path->obj.sn->rx_paths, key, sdwan_rx_params);
	rhl_for_each_entry_rcu(cfg, pos, list, by_rx)
		if (cfg->path != path && !sdwan_path_unheard(cfg))
			other = cfg->path;
	rcu_read_unlock();
	return other;
}

static void sdwan_path_free_rcu(struct rcu_head *rcu)
{
	struct sdwan_path *path = container_of(rcu, struct sdwan_path, obj.rcu);

	sdwan_probe_free(path->probe);
	sdwan_agree_free(&path->agree);
	free_percpu(path->stats);
	/* nobody can find it any more */
	kfree(rcu_dereference_protected(path->orders, true));
	kfree(path);
}

static void sdwan_path_destroy(struct sdwan_object *obj)
{
	struct sdwan_path *path = to_path(obj);

	sdwan_probe_disarm(path->probe);
	sdwan_agree_drop(path);
	sdwan_metric_costs_free(path->costs);
	list_del(&path->of_peer);
	list_del(&path->of_underlay);
	sdwan_underlay_encap_put(path->underlay, sdwan_encap_get(path->encap));
	call_rcu(&path->obj.rcu, sdwan_path_free_rcu);
}

const struct sdwan_type sdwan_path_type = {
	.kind = SDWAN_KIND_PATH,
	.params = {
		.head_offset = offsetof(struct sdwan_path, obj.by_key),
		.key_offset = offsetof(struct sdwan_path, name),
		.key_len = sizeof_field(struct sdwan_path, name),
		.automatic_shrinking = true,
	},
	.cmd_ntf = SDWAN_CMD_PATH_NTF,
	.cmd_del_ntf = SDWAN_CMD_PATH_DEL_NTF,
	.key_attr = SDWAN_A_PATH_NAME,
	.full = "the limit of paths in this namespace is reached",
	.exists = "a path of this name exists",
	.missing = "there is no path of this name",
	.key = sdwan_path_key,
	.create = sdwan_path_create,
	.check = sdwan_path_check,
	.configure = sdwan_path_configure,
	.publish = sdwan_path_publish,
	.retire = sdwan_path_retire,
	.destroy = sdwan_path_destroy,
	.fill = sdwan_path_fill,
};

/**
 * sdwan_path_tables_init() - make the table of receive keys
 * @sn: fabric
 *
 * Return: 0 or -ENOMEM.
 */
int sdwan_path_tables_init(struct sdwan_net *sn)
{
	return rhltable_init(&sn->rx_paths, &sdwan_rx_params);
}

/**
 * sdwan_path_tables_exit() - free the table of receive keys
 * @sn: fabric
 */
void sdwan_path_tables_exit(struct sdwan_net *sn)
{
	rhltable_destroy(&sn->rx_paths);
}
