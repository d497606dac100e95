// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: remote edges
 */
#include "addr.h"
#include "auth.h"
#include "key.h"
#include "lookup.h"
#include "netlink_gen.h"
#include "node.h"
#include "peer.h"
#include "probe.h"
#include "site.h"
#include "stream.h"

static __always_inline u32 sdwan_overlay_hash(const void *data, u32 len,
					      u32 seed)
{
	const struct sdwan_overlay_key *key = data;

	return sdwan_key_hash(&key->addr, 0, seed);
}

static __always_inline int
sdwan_overlay_differs(struct rhashtable_compare_arg *arg, const void *obj)
{
	const struct sdwan_overlay *overlay = obj;
	const struct sdwan_overlay_key *key = arg->key;

	return !ipv6_addr_equal(&key->addr, &overlay->key.addr);
}

static const struct rhashtable_params sdwan_overlay_params = {
	.head_offset = offsetof(struct sdwan_overlay, node),
	.key_offset = offsetof(struct sdwan_overlay, key),
	.key_len = sizeof_field(struct sdwan_overlay, key),
	.hashfn = sdwan_overlay_hash,
	.obj_cmpfn = sdwan_overlay_differs,
	.automatic_shrinking = true,
};

static struct sdwan_peer *to_peer(struct sdwan_object *obj)
{
	return container_of(obj, struct sdwan_peer, obj);
}

/**
 * sdwan_overlay_lookup() - whose overlay address this is
 * @sn: fabric
 * @vni: segment
 * @addr: address, v4-mapped for IPv4
 *
 * An address of this very segment goes before one of all segments.
 *
 * Context: Under rcu_read_lock().
 *
 * Return: the peer or NULL.
 */
struct sdwan_peer *sdwan_overlay_lookup(struct sdwan_net *sn, u32 vni,
					const struct in6_addr *addr)
{
	struct sdwan_peer *everywhere = NULL;
	struct rhlist_head *list, *pos;
	struct sdwan_overlay *overlay;
	struct sdwan_overlay_key key;

	/* many fabrics have none */
	if (!atomic_read(&sn->overlays.ht.nelems))
		return NULL;

	key.addr = *addr;
	list = rhltable_lookup(&sn->overlays, &key, sdwan_overlay_params);
	rhl_for_each_entry_rcu(overlay, pos, list, node) {
		if (rcu_access_pointer(overlay->peer->obj.cfg) != overlay->cfg)
			continue;
		if (overlay->vni == vni)
			return overlay->peer;
		if (!overlay->vni)
			everywhere = overlay->peer;
	}
	return everywhere;
}

static int sdwan_peer_key(struct sdwan_change *chg, void *key)
{
	return sdwan_object_name_key(chg, SDWAN_A_PEER_NAME, SDWAN_NAME_MAX,
				     false, key);
}

static u32 sdwan_peer_gateway(const struct sdwan_change *chg)
{
	return chg->attrs[SDWAN_A_PEER_GATEWAY] ?
	       nla_get_u32(chg->attrs[SDWAN_A_PEER_GATEWAY]) : 1;
}

/* A peer is known to others by its site and gateway; both must be one's own. */
static int sdwan_peer_unique(struct sdwan_change *chg,
			     const struct sdwan_site *site, u32 gateway)
{
	const struct sdwan_node_cfg *node = sdwan_node_staged(chg->sn);
	const struct sdwan_peer *peer;

	if (!node)
		return sdwan_fail(chg, -ENOENT,
				  "the node must be configured before its peers");
	if (node->site == site->id && node->gateway == gateway)
		return sdwan_refuse(chg, SDWAN_A_PEER_SITE, -EEXIST,
				    "this is the site and gateway of this node");

	list_for_each_entry(peer, &site->peers, at_site)
		if (peer->obj.stage != SDWAN_STAGE_DELETE &&
		    peer->gateway == gateway)
			return sdwan_refuse(chg, SDWAN_A_PEER_SITE, -EEXIST,
					    "another peer has this site and gateway");
	return 0;
}

static struct sdwan_peer *sdwan_peer_alloc(struct sdwan_site *site, u32 gateway,
					   const char *name)
{
	struct sdwan_peer *peer;

	peer = kzalloc(sizeof(*peer), GFP_KERNEL_ACCOUNT);
	if (!peer)
		return ERR_PTR(-ENOMEM);
	if (sdwan_stream_open(peer)) {
		kfree(peer);
		return ERR_PTR(-ENOMEM);
	}

	memcpy(peer->name, name, sizeof(peer->name));
	peer->site = site;
	peer->gateway = gateway;
	INIT_LIST_HEAD(&peer->path_list);
	INIT_LIST_HEAD(&peer->members);
	list_add_tail(&peer->at_site, &site->peers);
	return peer;
}

static struct sdwan_object *sdwan_peer_create(struct sdwan_change *chg,
					      const void *key)
{
	u32 gateway = sdwan_peer_gateway(chg);
	struct sdwan_peer *peer;
	struct sdwan_site *site;
	int err;

	if (!chg->attrs[SDWAN_A_PEER_SITE])
		return ERR_PTR(sdwan_missing(chg, SDWAN_A_PEER_SITE,
					     "the site id of the peer is missing"));
	site = sdwan_site_get(chg->sn,
			      nla_get_u32(chg->attrs[SDWAN_A_PEER_SITE]));
	if (IS_ERR(site))
		return ERR_CAST(site);

	err = sdwan_peer_unique(chg, site, gateway);
	if (!err)
		err = sdwan_streams_enable(chg->sn);
	peer = err ? ERR_PTR(err) : sdwan_peer_alloc(site, gateway, key);
	if (IS_ERR(peer)) {
		sdwan_site_put(chg->sn, site);
		return ERR_CAST(peer);
	}
	return &peer->obj;
}

static int sdwan_peer_check(struct sdwan_change *chg, struct sdwan_object *obj)
{
	struct sdwan_peer *peer = to_peer(obj);

	if (chg->attrs[SDWAN_A_PEER_SITE] &&
	    nla_get_u32(chg->attrs[SDWAN_A_PEER_SITE]) != peer->site->id)
		return sdwan_refuse(chg, SDWAN_A_PEER_SITE, -EOPNOTSUPP,
				    "the site of a peer cannot change");
	if (chg->attrs[SDWAN_A_PEER_GATEWAY] &&
	    nla_get_u32(chg->attrs[SDWAN_A_PEER_GATEWAY]) != peer->gateway)
		return sdwan_refuse(chg, SDWAN_A_PEER_GATEWAY, -EOPNOTSUPP,
				    "the gateway of a peer cannot change");
	return 0;
}

static unsigned int sdwan_peer_count_overlays(const struct sdwan_change *chg)
{
	const struct nlattr *attr;
	unsigned int n = 0;
	int rem;

	nlmsg_for_each_attr(attr, chg->nlh, GENL_HDRLEN, rem)
		if (nla_type(attr) == SDWAN_A_PEER_OVERLAY)
			n++;
	return n;
}

/* An overlay address leads to one peer in each segment. */
static int sdwan_overlay_unique(struct sdwan_change *chg,
				const struct sdwan_overlay *overlay,
				const struct nlattr *attr)
{
	struct rhlist_head *list, *pos;
	struct sdwan_overlay *other;
	int err = 0;

	rcu_read_lock();
	list = rhltable_lookup(&chg->sn->overlays, &overlay->key,
			       sdwan_overlay_params);
	rhl_for_each_entry_rcu(other, pos, list, node) {
		const struct sdwan_object *obj = &other->peer->obj;

		if (other->vni != overlay->vni ||
		    obj->stage == SDWAN_STAGE_DELETE)
			continue;
		/* of this request, or of another peer as staged */
		if (other->cfg == overlay->cfg ||
		    (other->peer != overlay->peer &&
		     other->cfg == sdwan_object_staged_cfg(obj)))
			err = -EEXIST;
	}
	rcu_read_unlock();

	if (err)
		NL_SET_ERR_MSG_ATTR(chg->extack, attr,
				    "this overlay address is taken in this segment");
	return err;
}

static int sdwan_overlay_parse(struct sdwan_change *chg,
			       struct sdwan_overlay *overlay,
			       const struct nlattr *attr)
{
	struct nlattr *tb[SDWAN_A_OVERLAY_VNI + 1];
	int err;

	err = nla_parse_nested(tb, SDWAN_A_OVERLAY_VNI, attr,
			       sdwan_overlay_nl_policy, chg->extack);
	if (!err)
		err = sdwan_attrs_unambiguous(nla_data(attr), nla_len(attr), 0,
					      chg->extack);
	if (err)
		return err;

	if (!tb[SDWAN_A_OVERLAY_ADDR]) {
		NL_SET_ERR_MSG(chg->extack, "the overlay address is missing");
		NL_SET_ERR_ATTR_MISS(chg->extack, attr, SDWAN_A_OVERLAY_ADDR);
		return -EINVAL;
	}

	overlay->key.addr = nla_get_in6_addr(tb[SDWAN_A_OVERLAY_ADDR]);
	if (tb[SDWAN_A_OVERLAY_VNI])
		overlay->vni = nla_get_u32(tb[SDWAN_A_OVERLAY_VNI]);
	if (!sdwan_addr_unicast(&overlay->key.addr)) {
		NL_SET_ERR_MSG_ATTR(chg->extack, tb[SDWAN_A_OVERLAY_ADDR],
				    "the overlay address is not unicast");
		return -EINVAL;
	}
	return sdwan_overlay_unique(chg, overlay, attr);
}

static void sdwan_peer_cfg_free_rcu(struct rcu_head *rcu)
{
	kfree_sensitive(container_of(rcu, struct sdwan_peer_cfg, hdr.rcu));
}

static void sdwan_peer_retire(struct sdwan_object *obj, struct sdwan_cfg *hdr)
{
	struct sdwan_peer_cfg *cfg = sdwan_peer_cfg(hdr);
	unsigned int i;

	for (i = 0; i < cfg->n_overlays; i++)
		rhltable_remove(&obj->sn->overlays, &cfg->overlays[i].node,
				sdwan_overlay_params);
	call_rcu(&cfg->hdr.rcu, sdwan_peer_cfg_free_rcu);
}

static int sdwan_peer_add_overlay(struct sdwan_change *chg,
				  struct sdwan_peer_cfg *cfg,
				  struct sdwan_overlay *overlay)
{
	int err;

	err = rhltable_insert(&chg->sn->overlays, &overlay->node,
			      sdwan_overlay_params);
	if (!err)
		cfg->n_overlays++;
	return err;
}

static int sdwan_peer_parse_overlays(struct sdwan_change *chg,
				     struct sdwan_peer *peer,
				     struct sdwan_peer_cfg *cfg)
{
	const struct nlattr *attr;
	int rem, err;

	nlmsg_for_each_attr(attr, chg->nlh, GENL_HDRLEN, rem) {
		struct sdwan_overlay *overlay = &cfg->overlays[cfg->n_overlays];

		if (nla_type(attr) != SDWAN_A_PEER_OVERLAY)
			continue;
		overlay->peer = peer;
		overlay->cfg = &cfg->hdr;
		err = sdwan_overlay_parse(chg, overlay, attr);
		if (!err)
			err = sdwan_peer_add_overlay(chg, cfg, overlay);
		if (err)
			return err;
	}
	return 0;
}

static int sdwan_peer_copy_overlays(struct sdwan_change *chg,
				    struct sdwan_peer *peer,
				    struct sdwan_peer_cfg *cfg,
				    const struct sdwan_peer_cfg *base)
{
	unsigned int i;
	int err;

	for (i = 0; i < base->n_overlays; i++) {
		struct sdwan_overlay *overlay = &cfg->overlays[i];

		overlay->peer = peer;
		overlay->cfg = &cfg->hdr;
		overlay->key = base->overlays[i].key;
		overlay->vni = base->overlays[i].vni;
		err = sdwan_peer_add_overlay(chg, cfg, overlay);
		if (err)
			return err;
	}
	return 0;
}

/* What came over netlink is not needed any longer, and is not left there. */
static int sdwan_peer_new_key(struct sdwan_change *chg, struct sdwan_auth *auth)
{
	struct nlattr *attr = chg->attrs[SDWAN_A_PEER_KEY];

	if (nla_len(attr) < SDWAN_AUTH_KEY_MIN ||
	    nla_len(attr) > SDWAN_AUTH_KEY_MAX)
		return sdwan_refuse(chg, SDWAN_A_PEER_KEY, -ERANGE,
				    "a key has 16 to 64 bytes");
	if (chg->attrs[SDWAN_A_PEER_KEY_NONE])
		return sdwan_refuse(chg, SDWAN_A_PEER_KEY_NONE, -EINVAL,
				    "a key is both set and taken away");
	sdwan_auth_add(auth, nla_data(attr), nla_len(attr));
	memzero_explicit(nla_data(attr), nla_len(attr));
	return 0;
}

/* Whether a path to it is marked nat. */
static bool sdwan_peer_needs_key(const struct sdwan_peer *peer)
{
	const struct sdwan_path *path;
	struct sdwan_cfg *cfg;

	list_for_each_entry(path, &peer->members, of_peer) {
		cfg = sdwan_object_staged_cfg(&path->obj);
		if (cfg && path->obj.stage != SDWAN_STAGE_DELETE &&
		    sdwan_path_cfg(cfg)->nat)
			return true;
	}
	return false;
}

static int sdwan_peer_change_keys(struct sdwan_change *chg,
				  struct sdwan_auth *auth)
{
	int err = 0;

	if (chg->attrs[SDWAN_A_PEER_KEY])
		err = sdwan_peer_new_key(chg, auth);
	if (err)
		return err;
	if (chg->attrs[SDWAN_A_PEER_KEY_NONE])
		memzero_explicit(auth, sizeof(*auth));
	if (!chg->attrs[SDWAN_A_PEER_KEY_RETIRE])
		return 0;
	if (!auth->n)
		return sdwan_refuse(chg, SDWAN_A_PEER_KEY_RETIRE, -ENOKEY,
				    "this peer has no key");
	sdwan_auth_retire(auth);
	return 0;
}

static int sdwan_peer_keys(struct sdwan_change *chg,
			   const struct sdwan_peer *peer,
			   struct sdwan_auth *auth)
{
	int err = sdwan_peer_change_keys(chg, auth);

	if (err || auth->n || !sdwan_peer_needs_key(peer))
		return err;
	return sdwan_refuse(chg, SDWAN_A_PEER_KEY_NONE, -ENOKEY,
			    "paths to this peer are marked nat, and need its key");
}

static struct sdwan_cfg *sdwan_peer_configure(struct sdwan_change *chg,
					      struct sdwan_object *obj,
					      struct sdwan_cfg *hdr)
{
	const struct sdwan_peer_cfg *base = hdr ? sdwan_peer_cfg(hdr) : NULL;
	struct nlattr **attrs = chg->attrs;
	struct sdwan_peer_cfg *cfg;
	unsigned int n;
	bool copy;
	int err;

	if (attrs[SDWAN_A_PEER_OVERLAY] && attrs[SDWAN_A_PEER_OVERLAY_NONE])
		return ERR_PTR(sdwan_refuse(chg, SDWAN_A_PEER_OVERLAY_NONE,
					    -EINVAL,
					    "overlay addresses are both set and taken away"));

	n = sdwan_peer_count_overlays(chg);
	if (n > SDWAN_OVERLAYS_MAX)
		return ERR_PTR(sdwan_refuse(chg, SDWAN_A_PEER_OVERLAY, -E2BIG,
					    "a peer has at most 64 overlay addresses"));
	copy = base && !n && !attrs[SDWAN_A_PEER_OVERLAY_NONE];
	if (copy)
		n = base->n_overlays;

	cfg = kzalloc(struct_size(cfg, overlays, n), GFP_KERNEL_ACCOUNT);
	if (!cfg)
		return ERR_PTR(-ENOMEM);

	cfg->source_check = base ? base->source_check : true;
	cfg->stock = base ? base->stock : false;
	if (attrs[SDWAN_A_PEER_SOURCE_CHECK])
		cfg->source_check = nla_get_u8(attrs[SDWAN_A_PEER_SOURCE_CHECK]);
	if (attrs[SDWAN_A_PEER_STOCK])
		cfg->stock = nla_get_u8(attrs[SDWAN_A_PEER_STOCK]);
	if (base)
		cfg->auth = base->auth;

	err = sdwan_peer_keys(chg, to_peer(obj), &cfg->auth);
	if (!err)
		err = copy ? sdwan_peer_copy_overlays(chg, to_peer(obj), cfg,
						      base) :
			     sdwan_peer_parse_overlays(chg, to_peer(obj), cfg);
	if (err) {
		sdwan_peer_retire(obj, &cfg->hdr);
		return ERR_PTR(err);
	}
	return &cfg->hdr;
}

/* Its overlay addresses count as soon as the configuration is the committed one. */
static void sdwan_peer_publish(struct sdwan_object *obj, struct sdwan_cfg *cfg)
{
	struct sdwan_path *path;

	list_for_each_entry(path, &to_peer(obj)->members, of_peer)
		sdwan_probe_configure(path);
}

static void sdwan_peer_cascade(struct sdwan_txn *txn, struct sdwan_object *obj)
{
	struct sdwan_path *path, *tmp;

	list_for_each_entry_safe(path, tmp, &to_peer(obj)->members, of_peer)
		if (path->obj.stage != SDWAN_STAGE_DELETE)
			sdwan_object_stage_delete(txn, &path->obj);
}

static void sdwan_peer_free_rcu(struct rcu_head *rcu)
{
	struct sdwan_peer *peer = container_of(rcu, struct sdwan_peer, obj.rcu);

	sdwan_stream_close(peer);
	kfree(peer);
}

static void sdwan_peer_destroy(struct sdwan_object *obj)
{
	struct sdwan_peer *peer = to_peer(obj);

	list_del(&peer->at_site);
	sdwan_site_put(peer->obj.sn, peer->site);
	call_rcu(&peer->obj.rcu, sdwan_peer_free_rcu);
}

static int sdwan_peer_fill_overlay(struct sk_buff *skb,
				   const struct sdwan_overlay *overlay)
{
	struct nlattr *nest = nla_nest_start(skb, SDWAN_A_PEER_OVERLAY);

	if (!nest)
		return -EMSGSIZE;
	if (nla_put_in6_addr(skb, SDWAN_A_OVERLAY_ADDR, &overlay->key.addr) ||
	    (overlay->vni &&
	     nla_put_u32(skb, SDWAN_A_OVERLAY_VNI, overlay->vni))) {
		nla_nest_cancel(skb, nest);
		return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	return 0;
}

static u32 sdwan_peer_paths(const struct sdwan_peer *peer)
{
	const struct sdwan_path *path;
	u32 n = 0;

	list_for_each_entry(path, &peer->members, of_peer)
		n += !!rcu_access_pointer(path->obj.cfg);
	return n;
}

static int sdwan_peer_fill(struct sk_buff *skb, struct sdwan_object *obj,
			   struct sdwan_cfg *hdr)
{
	struct sdwan_peer_cfg *cfg = sdwan_peer_cfg(hdr);
	struct sdwan_peer *peer = to_peer(obj);
	unsigned int i;

	if (nla_put_u32(skb, SDWAN_A_PEER_ID, obj->id) ||
	    nla_put_string(skb, SDWAN_A_PEER_NAME, peer->name) ||
	    nla_put_u32(skb, SDWAN_A_PEER_SITE, peer->site->id) ||
	    nla_put_u32(skb, SDWAN_A_PEER_GATEWAY, peer->gateway) ||
	    nla_put_u8(skb, SDWAN_A_PEER_SOURCE_CHECK, cfg->source_check) ||
	    nla_put_u8(skb, SDWAN_A_PEER_STOCK, cfg->stock) ||
	    nla_put_u32(skb, SDWAN_A_PEER_PATHS, sdwan_peer_paths(peer)) ||
	    nla_put_u8(skb, SDWAN_A_PEER_KEYS, cfg->auth.n))
		return -EMSGSIZE;

	for (i = 0; i < cfg->n_overlays; i++)
		if (sdwan_peer_fill_overlay(skb, &cfg->overlays[i]))
			return -EMSGSIZE;
	return 0;
}

const struct sdwan_type sdwan_peer_type = {
	.kind = SDWAN_KIND_PEER,
	.params = {
		.head_offset = offsetof(struct sdwan_peer, obj.by_key),
		.key_offset = offsetof(struct sdwan_peer, name),
		.key_len = sizeof_field(struct sdwan_peer, name),
		.automatic_shrinking = true,
	},
	.multi_attr = SDWAN_A_PEER_OVERLAY,
	.cmd_ntf = SDWAN_CMD_PEER_NTF,
	.cmd_del_ntf = SDWAN_CMD_PEER_DEL_NTF,
	.key_attr = SDWAN_A_PEER_NAME,
	.full = "the limit of peers in this namespace is reached",
	.exists = "a peer of this name exists",
	.missing = "there is no peer of this name",
	.key = sdwan_peer_key,
	.create = sdwan_peer_create,
	.check = sdwan_peer_check,
	.configure = sdwan_peer_configure,
	.publish = sdwan_peer_publish,
	.retire = sdwan_peer_retire,
	.cascade = sdwan_peer_cascade,
	.destroy = sdwan_peer_destroy,
	.fill = sdwan_peer_fill,
};

/**
 * sdwan_peer_find() - the peer that an attribute names
 * @chg: request
 * @attr: attribute
 *
 * Return: the peer as a writer sees it, or NULL.
 */
struct sdwan_peer *sdwan_peer_find(struct sdwan_change *chg, unsigned int attr)
{
	char key[SDWAN_NAME_MAX + 1] __aligned(8) = {};
	struct sdwan_object *obj;

	nla_strscpy(key, chg->attrs[attr], sizeof(key));
	obj = sdwan_object_find(chg->sn, &sdwan_peer_type, key);
	return obj ? to_peer(obj) : NULL;
}

/**
 * sdwan_peer_tables_init() - make the table of overlay addresses
 * @sn: fabric
 *
 * Return: 0 or -ENOMEM.
 */
int sdwan_peer_tables_init(struct sdwan_net *sn)
{
	return rhltable_init(&sn->overlays, &sdwan_overlay_params);
}

/**
 * sdwan_peer_tables_exit() - free the table of overlay addresses
 * @sn: fabric
 */
void sdwan_peer_tables_exit(struct sdwan_net *sn)
{
	rhltable_destroy(&sn->overlays);
}
