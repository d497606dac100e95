// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: this edge
 */
#include "netlink_gen.h"
#include "node.h"
#include "object.h"

/* There is one node; all requests mean it. */
static int sdwan_node_key(struct sdwan_change *chg, void *key)
{
	return 0;
}

static struct sdwan_object *sdwan_node_create(struct sdwan_change *chg,
					      const void *key)
{
	struct sdwan_node *node;

	if (!chg->attrs[SDWAN_A_NODE_SITE])
		return ERR_PTR(sdwan_missing(chg, SDWAN_A_NODE_SITE,
					     "the site id of this edge is missing"));

	node = kzalloc(sizeof(*node), GFP_KERNEL_ACCOUNT);
	return node ? &node->obj : ERR_PTR(-ENOMEM);
}

static bool sdwan_node_has_peers(struct sdwan_net *sn)
{
	struct sdwan_object *obj;
	unsigned long id;

	xa_for_each(&sn->table[SDWAN_KIND_PEER].ids, id, obj)
		if (obj->stage != SDWAN_STAGE_DELETE)
			return true;
	return false;
}

static int sdwan_node_check(struct sdwan_change *chg, struct sdwan_object *obj)
{
	struct sdwan_node_cfg *cfg;

	cfg = sdwan_node_cfg(sdwan_object_staged_cfg(obj));
	if (!sdwan_node_has_peers(chg->sn))
		return 0;

	if (chg->attrs[SDWAN_A_NODE_SITE] &&
	    nla_get_u32(chg->attrs[SDWAN_A_NODE_SITE]) != cfg->site)
		return sdwan_refuse(chg, SDWAN_A_NODE_SITE, -EBUSY,
				    "the site id cannot change while there are peers");
	if (chg->attrs[SDWAN_A_NODE_GATEWAY] &&
	    nla_get_u32(chg->attrs[SDWAN_A_NODE_GATEWAY]) != cfg->gateway)
		return sdwan_refuse(chg, SDWAN_A_NODE_GATEWAY, -EBUSY,
				    "the gateway id cannot change while there are peers");
	return 0;
}

static int sdwan_node_name(struct sdwan_change *chg,
			   struct sdwan_node_cfg *cfg)
{
	const struct nlattr *attr = chg->attrs[SDWAN_A_NODE_NAME];

	if (!attr)
		return 0;

	memset(cfg->name, 0, sizeof(cfg->name));
	/* an empty name takes the name away */
	if (!*(const char *)nla_data(attr))
		return 0;
	return sdwan_object_name_key(chg, SDWAN_A_NODE_NAME, SDWAN_NAME_MAX,
				     false, cfg->name);
}

static struct sdwan_cfg *sdwan_node_configure(struct sdwan_change *chg,
					      struct sdwan_object *obj,
					      struct sdwan_cfg *base)
{
	struct sdwan_node_cfg *cfg;
	int err;

	cfg = kzalloc(sizeof(*cfg), GFP_KERNEL_ACCOUNT);
	if (!cfg)
		return ERR_PTR(-ENOMEM);

	cfg->gateway = 1;
	if (base) {
		*cfg = *sdwan_node_cfg(base);
		memset(&cfg->hdr, 0, sizeof(cfg->hdr));
	}
	if (chg->attrs[SDWAN_A_NODE_SITE])
		cfg->site = nla_get_u32(chg->attrs[SDWAN_A_NODE_SITE]);
	if (chg->attrs[SDWAN_A_NODE_GATEWAY])
		cfg->gateway = nla_get_u32(chg->attrs[SDWAN_A_NODE_GATEWAY]);

	err = sdwan_node_name(chg, cfg);
	if (err) {
		kfree(cfg);
		return ERR_PTR(err);
	}
	return &cfg->hdr;
}

/* Readers take it from the object. */
static void sdwan_node_publish(struct sdwan_object *obj, struct sdwan_cfg *cfg)
{
}

static void sdwan_node_retire(struct sdwan_object *obj, struct sdwan_cfg *cfg)
{
	kfree_rcu(sdwan_node_cfg(cfg), hdr.rcu);
}

static void sdwan_node_destroy(struct sdwan_object *obj)
{
	kfree_rcu(container_of(obj, struct sdwan_node, obj), obj.rcu);
}

static int sdwan_node_fill(struct sk_buff *skb, struct sdwan_object *obj,
			   struct sdwan_cfg *hdr)
{
	struct sdwan_node_cfg *cfg = sdwan_node_cfg(hdr);

	if (nla_put_u32(skb, SDWAN_A_NODE_SITE, cfg->site) ||
	    nla_put_u32(skb, SDWAN_A_NODE_GATEWAY, cfg->gateway) ||
	    (cfg->name[0] &&
	     nla_put_string(skb, SDWAN_A_NODE_NAME, cfg->name)))
		return -EMSGSIZE;
	return 0;
}

/* All nodes hash alike and are equal: the key is empty. */
static u32 sdwan_node_hash(const void *data, u32 len, u32 seed)
{
	return 0;
}

static int sdwan_node_cmp(struct rhashtable_compare_arg *arg, const void *obj)
{
	return 0;
}

const struct sdwan_type sdwan_node_type = {
	.kind = SDWAN_KIND_NODE,
	.params = {
		.head_offset = offsetof(struct sdwan_node, obj.by_key),
		.hashfn = sdwan_node_hash,
		.obj_hashfn = sdwan_node_hash,
		.obj_cmpfn = sdwan_node_cmp,
	},
	.cmd_ntf = SDWAN_CMD_NODE_NTF,
	.key_attr = SDWAN_A_NODE_SITE,
	.full = "there is one node",
	.exists = "the node is configured already",
	.missing = "the node is not configured",
	.key = sdwan_node_key,
	.create = sdwan_node_create,
	.check = sdwan_node_check,
	.configure = sdwan_node_configure,
	.publish = sdwan_node_publish,
	.retire = sdwan_node_retire,
	.destroy = sdwan_node_destroy,
	.fill = sdwan_node_fill,
};

/**
 * sdwan_node_staged() - this edge as a writer sees it
 * @sn: fabric; its lock is held
 *
 * Return: the configuration, or NULL while the node is not configured.
 */
const struct sdwan_node_cfg *sdwan_node_staged(struct sdwan_net *sn)
{
	struct sdwan_object *obj;

	obj = sdwan_object_find(sn, &sdwan_node_type, "");
	return obj ? sdwan_node_cfg(sdwan_object_staged_cfg(obj)) : NULL;
}

/**
 * sdwan_node_rcu() - this edge as a reader sees it
 * @sn: fabric
 *
 * Context: Under rcu_read_lock().
 *
 * Return: the configuration, or NULL while the node is not configured.
 */
const struct sdwan_node_cfg *sdwan_node_rcu(const struct sdwan_net *sn)
{
	struct xarray *ids = (struct xarray *)&sn->table[SDWAN_KIND_NODE].ids;
	struct sdwan_object *obj;
	struct sdwan_cfg *cfg;
	unsigned long id = 0;

	obj = xa_find(ids, &id, ULONG_MAX, XA_PRESENT);
	cfg = obj ? rcu_dereference(obj->cfg) : NULL;
	return cfg ? sdwan_node_cfg(cfg) : NULL;
}
