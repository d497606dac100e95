// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: inner prefixes
 *
 * Prefixes are kept in one hash table by (segment, length, address). A look-up
 * asks it once for each length that the segment has, longest first: there are
 * few of them in practice, and the cost does not depend on how many prefixes
 * there are.
 */
#include <linux/bits.h>

#include "addr.h"
#include "device.h"
#include "key.h"
#include "lookup.h"
#include "netlink_gen.h"
#include "node.h"
#include "prefix.h"
#include "site.h"
#include "state.h"
#include "vni.h"

static __always_inline u32 sdwan_prefix_hash(const void *data, u32 len, u32 seed)
{
	const struct sdwan_prefix_key *key = data;

	return sdwan_key_hash(&key->addr, (u64)key->vni << 8 | key->plen,
			      seed);
}

static __always_inline int
sdwan_prefix_differs(struct rhashtable_compare_arg *arg, const void *obj)
{
	const struct sdwan_prefix *prefix = obj;
	const struct sdwan_prefix_key *key = arg->key;

	return key->vni != prefix->key.vni || key->plen != prefix->key.plen ||
	       !ipv6_addr_equal(&key->addr, &prefix->key.addr);
}

/* A constant here, so that look-ups are compiled for it; a copy in the type. */
#define SDWAN_PREFIX_PARAMS {						\
	.head_offset = offsetof(struct sdwan_prefix, obj.by_key),	\
	.key_offset = offsetof(struct sdwan_prefix, key),		\
	.key_len = sizeof_field(struct sdwan_prefix, key),		\
	.hashfn = sdwan_prefix_hash,					\
	.obj_cmpfn = sdwan_prefix_differs,				\
	.automatic_shrinking = true,					\
}

static const struct rhashtable_params sdwan_prefix_params = SDWAN_PREFIX_PARAMS;

static struct sdwan_prefix *to_prefix(struct sdwan_object *obj)
{
	return container_of(obj, struct sdwan_prefix, obj);
}

static bool sdwan_prefix_expired(const struct sdwan_prefix_cfg *cfg)
{
	return cfg->expires && time_after_eq64(get_jiffies_64(), cfg->expires);
}

static const struct sdwan_prefix_cfg *
sdwan_prefix_match(const struct sdwan_net *sn,
		   const struct sdwan_prefix_key *key)
{
	struct rhlist_head *list, *pos;
	struct sdwan_prefix *prefix;
	struct sdwan_cfg *cfg;

	list = rhltable_lookup((struct rhltable *)
			       &sn->table[SDWAN_KIND_PREFIX].keys,
			       key, sdwan_prefix_params);
	rhl_for_each_entry_rcu(prefix, pos, list, obj.by_key) {
		cfg = rcu_dereference(prefix->obj.cfg);
		if (cfg && !sdwan_prefix_expired(sdwan_prefix_cfg(cfg)))
			return sdwan_prefix_cfg(cfg);
	}
	return NULL;
}

/* All lengths of IPv4 prefixes are in the first word. */
static const struct sdwan_prefix_cfg *
sdwan_prefix_lookup4(const struct sdwan_net *sn, const struct sdwan_vni *vni,
		     const struct in6_addr *addr)
{
	u64 bits = READ_ONCE(vni->plens[0]) &
		   GENMASK_ULL(SDWAN_PLENS - 1 - SDWAN_V4_PLEN, 0);
	struct sdwan_prefix_key key = { .addr = *addr, .vni = vni->vni };
	const struct sdwan_prefix_cfg *cfg;
	unsigned int bit;

	for (; bits; bits &= bits - 1) {
		bit = __ffs64(bits);
		key.plen = SDWAN_PLENS - 1 - bit;
		key.addr.s6_addr32[3] = addr->s6_addr32[3] &
					htonl((u64)U32_MAX << bit);
		cfg = sdwan_prefix_match(sn, &key);
		if (cfg)
			return cfg;
	}
	return NULL;
}

static const struct sdwan_prefix_cfg *
sdwan_prefix_lookup6(const struct sdwan_net *sn, const struct sdwan_vni *vni,
		     const struct in6_addr *addr)
{
	struct sdwan_prefix_key key = { .vni = vni->vni };
	const struct sdwan_prefix_cfg *cfg;
	int word;
	u64 bits;

	for (word = 0; word < ARRAY_SIZE(vni->plens); word++) {
		bits = READ_ONCE(vni->plens[word]);
		for (; bits; bits &= bits - 1) {
			key.plen = SDWAN_PLENS - 1 - word * 64 - __ffs64(bits);
			sdwan_addr_prefix(&key.addr, addr, key.plen);
			cfg = sdwan_prefix_match(sn, &key);
			if (cfg)
				return cfg;
		}
	}
	return NULL;
}

/**
 * sdwan_prefix_lookup() - longest prefix that holds an address
 * @sn: fabric
 * @vni: segment
 * @addr: address, v4-mapped for IPv4
 *
 * Context: Under rcu_read_lock().
 *
 * Return: the committed configuration of the prefix, or NULL.
 */
const struct sdwan_prefix_cfg *
sdwan_prefix_lookup(const struct sdwan_net *sn, const struct sdwan_vni *vni,
		    const struct in6_addr *addr)
{
	return ipv6_addr_v4mapped(addr) ? sdwan_prefix_lookup4(sn, vni, addr) :
					  sdwan_prefix_lookup6(sn, vni, addr);
}

static int sdwan_prefix_key_vni(struct sdwan_change *chg, u32 *vni)
{
	struct nlattr **attrs = chg->attrs;
	struct sdwan_segment *seg;
	struct net_device *dev;
	char name[IFNAMSIZ];

	if (attrs[SDWAN_A_PREFIX_VNI])
		*vni = nla_get_u32(attrs[SDWAN_A_PREFIX_VNI]);
	else if (!attrs[SDWAN_A_PREFIX_DEV])
		return sdwan_missing(chg, SDWAN_A_PREFIX_VNI,
				     "the segment of the prefix is missing");
	if (!attrs[SDWAN_A_PREFIX_DEV])
		return 0;

	nla_strscpy(name, attrs[SDWAN_A_PREFIX_DEV], sizeof(name));
	dev = __dev_get_by_name(chg->sn->net, name);
	if (!dev || !sdwan_is_segment(dev))
		return sdwan_refuse(chg, SDWAN_A_PREFIX_DEV, -ENODEV,
				    "there is no segment device of this name");
	seg = netdev_priv(dev);
	if (seg->sn != chg->sn)
		return sdwan_refuse(chg, SDWAN_A_PREFIX_DEV, -EXDEV,
				    "the device belongs to the fabric of another namespace");
	if (attrs[SDWAN_A_PREFIX_VNI] && *vni != seg->vni->vni)
		return sdwan_refuse(chg, SDWAN_A_PREFIX_DEV, -EINVAL,
				    "the device is not of this segment");
	*vni = seg->vni->vni;
	return 0;
}

static int sdwan_prefix_key(struct sdwan_change *chg, void *buf)
{
	struct sdwan_prefix_key *key = buf;
	struct nlattr **attrs = chg->attrs;
	struct in6_addr masked;

	if (!attrs[SDWAN_A_PREFIX_ADDR])
		return sdwan_missing(chg, SDWAN_A_PREFIX_ADDR,
				     "the address of the prefix is missing");
	if (!attrs[SDWAN_A_PREFIX_PLEN])
		return sdwan_missing(chg, SDWAN_A_PREFIX_PLEN,
				     "the length of the prefix is missing");

	key->addr = nla_get_in6_addr(attrs[SDWAN_A_PREFIX_ADDR]);
	key->plen = nla_get_u8(attrs[SDWAN_A_PREFIX_PLEN]);
	if (ipv6_addr_v4mapped(&key->addr)) {
		if (key->plen > 32)
			return sdwan_refuse(chg, SDWAN_A_PREFIX_PLEN, -EINVAL,
					    "an IPv4 prefix has at most 32 bits");
		key->plen += SDWAN_V4_PLEN;
	}

	ipv6_addr_prefix(&masked, &key->addr, key->plen);
	if (!ipv6_addr_equal(&masked, &key->addr))
		return sdwan_refuse(chg, SDWAN_A_PREFIX_ADDR, -EINVAL,
				    "the prefix has bits beyond its length");
	return sdwan_prefix_key_vni(chg, &key->vni);
}

static struct sdwan_object *sdwan_prefix_create(struct sdwan_change *chg,
						const void *buf)
{
	const struct sdwan_prefix_key *key = buf;
	struct sdwan_prefix *prefix;
	int err;

	prefix = kzalloc(sizeof(*prefix), GFP_KERNEL_ACCOUNT);
	if (!prefix)
		return ERR_PTR(-ENOMEM);

	prefix->key = *key;
	prefix->vni = sdwan_vni_get(chg->sn, key->vni);
	if (IS_ERR(prefix->vni)) {
		err = PTR_ERR(prefix->vni);
		kfree(prefix);
		return ERR_PTR(err);
	}

	err = sdwan_vni_plen_get(prefix->vni, key->plen);
	if (err) {
		sdwan_vni_put(chg->sn, prefix->vni);
		kfree(prefix);
		return ERR_PTR(err);
	}
	return &prefix->obj;
}

/* What is immutable is the key, and that has been found. */
static int sdwan_prefix_check(struct sdwan_change *chg,
			      struct sdwan_object *obj)
{
	return 0;
}

static unsigned int sdwan_prefix_count_gateways(const struct sdwan_change *chg)
{
	const struct nlattr *attr;
	unsigned int n = 0;
	int rem;

	nlmsg_for_each_attr(attr, chg->nlh, GENL_HDRLEN, rem)
		if (nla_type(attr) == SDWAN_A_PREFIX_GATEWAY)
			n++;
	return n;
}

static int sdwan_prefix_gateways(struct sdwan_change *chg,
				 struct sdwan_prefix_cfg *cfg,
				 const struct sdwan_prefix_cfg *base)
{
	const struct nlattr *attr;
	unsigned int i;
	int rem;

	if (!chg->attrs[SDWAN_A_PREFIX_GATEWAY]) {
		for (i = 0; i < cfg->n_gateways; i++)
			cfg->gateways[i] = base->gateways[i];
		return 0;
	}

	cfg->n_gateways = 0;
	nlmsg_for_each_attr(attr, chg->nlh, GENL_HDRLEN, rem) {
		u32 gateway;

		if (nla_type(attr) != SDWAN_A_PREFIX_GATEWAY)
			continue;
		gateway = nla_get_u32(attr);
		for (i = 0; i < cfg->n_gateways; i++)
			if (cfg->gateways[i] == gateway) {
				NL_SET_ERR_MSG_ATTR(chg->extack, attr,
						    "a gateway is named twice");
				return -EINVAL;
			}
		cfg->gateways[cfg->n_gateways++] = gateway;
	}
	return 0;
}

static int sdwan_prefix_site(struct sdwan_change *chg,
			     struct sdwan_prefix_cfg *cfg, u32 id)
{
	const struct sdwan_node_cfg *node = sdwan_node_staged(chg->sn);

	if (cfg->negative) {
		if (chg->attrs[SDWAN_A_PREFIX_SITE])
			return sdwan_refuse(chg, SDWAN_A_PREFIX_SITE, -EINVAL,
					    "a negative prefix has no site");
		if (cfg->n_gateways)
			return sdwan_refuse(chg, SDWAN_A_PREFIX_GATEWAY, -EINVAL,
					    "a negative prefix has no gateway");
		return 0;
	}

	if (!id)
		return sdwan_missing(chg, SDWAN_A_PREFIX_SITE,
				     "the site of the prefix is missing");
	if (node && node->site == id)
		return sdwan_refuse(chg, SDWAN_A_PREFIX_SITE, -EINVAL,
				    "this is our own site: its prefixes are routed by the kernel");

	cfg->site = sdwan_site_get(chg->sn, id);
	if (IS_ERR(cfg->site)) {
		int err = PTR_ERR(cfg->site);

		cfg->site = NULL;
		return err;
	}
	return 0;
}

static int sdwan_prefix_expires(struct sdwan_change *chg,
				struct sdwan_prefix_cfg *cfg)
{
	const struct nlattr *attr = chg->attrs[SDWAN_A_PREFIX_EXPIRES];
	u64 ms;

	if (!attr)
		return 0;

	ms = nla_get_u64(attr);
	/* a hundred years: keeps the sum far from wrapping */
	if (ms > 100ULL * 366 * 86400 * 1000)
		return sdwan_refuse(chg, SDWAN_A_PREFIX_EXPIRES, -ERANGE,
				    "a prefix expires within a hundred years or never");
	cfg->expires = ms ? get_jiffies_64() +
			    max_t(u64, div_u64(ms * HZ, MSEC_PER_SEC), 1) : 0;
	return 0;
}

static int sdwan_prefix_parse(struct sdwan_change *chg,
			      struct sdwan_prefix_cfg *cfg,
			      const struct sdwan_prefix_cfg *base)
{
	struct nlattr **attrs = chg->attrs;
	u32 site = 0;
	int err;

	if (base) {
		cfg->negative = base->negative;
		cfg->origin = base->origin;
		cfg->expires = base->expires;
		site = base->site ? base->site->id : 0;
	}
	if (attrs[SDWAN_A_PREFIX_NEGATIVE])
		cfg->negative = nla_get_u8(attrs[SDWAN_A_PREFIX_NEGATIVE]);
	if (attrs[SDWAN_A_PREFIX_ORIGIN])
		cfg->origin = nla_get_u32(attrs[SDWAN_A_PREFIX_ORIGIN]);
	if (attrs[SDWAN_A_PREFIX_SITE])
		site = nla_get_u32(attrs[SDWAN_A_PREFIX_SITE]);

	err = sdwan_prefix_gateways(chg, cfg, base);
	if (!err)
		err = sdwan_prefix_expires(chg, cfg);
	if (!err)
		err = sdwan_prefix_site(chg, cfg, site);
	return err;
}

static struct sdwan_cfg *sdwan_prefix_configure(struct sdwan_change *chg,
						struct sdwan_object *obj,
						struct sdwan_cfg *hdr)
{
	const struct sdwan_prefix_cfg *base;
	struct sdwan_prefix_cfg *cfg;
	unsigned int n;
	int err;

	base = hdr ? sdwan_prefix_cfg(hdr) : NULL;
	n = sdwan_prefix_count_gateways(chg);
	if (n > SDWAN_GATEWAYS_MAX)
		return ERR_PTR(sdwan_refuse(chg, SDWAN_A_PREFIX_GATEWAY, -E2BIG,
					    "a prefix names at most 16 gateways"));
	if (!n && base)
		n = base->n_gateways;

	cfg = kzalloc(struct_size(cfg, gateways, n), GFP_KERNEL_ACCOUNT);
	if (!cfg)
		return ERR_PTR(-ENOMEM);

	cfg->n_gateways = n;
	err = sdwan_prefix_parse(chg, cfg, base);
	if (err) {
		kfree(cfg);
		return ERR_PTR(err);
	}
	return &cfg->hdr;
}

static void sdwan_prefix_publish(struct sdwan_object *obj,
				 struct sdwan_cfg *hdr)
{
	u64 expires = sdwan_prefix_cfg(hdr)->expires;

	if (expires)
		sdwan_state_expire_at(obj->sn, expires);
}

static void sdwan_prefix_retire(struct sdwan_object *obj,
				struct sdwan_cfg *hdr)
{
	struct sdwan_prefix_cfg *cfg = sdwan_prefix_cfg(hdr);

	if (cfg->site)
		sdwan_site_put(obj->sn, cfg->site);
	kfree_rcu(cfg, hdr.rcu);
}

static void sdwan_prefix_destroy(struct sdwan_object *obj)
{
	struct sdwan_prefix *prefix = to_prefix(obj);

	sdwan_vni_plen_put(prefix->vni, prefix->key.plen);
	sdwan_vni_put(obj->sn, prefix->vni);
	kfree_rcu(prefix, obj.rcu);
}

static int sdwan_prefix_fill(struct sk_buff *skb, struct sdwan_object *obj,
			     struct sdwan_cfg *hdr)
{
	struct sdwan_prefix_cfg *cfg = sdwan_prefix_cfg(hdr);
	struct sdwan_prefix *prefix = to_prefix(obj);
	u64 now = get_jiffies_64(), left = 0;
	u8 plen = prefix->key.plen;
	unsigned int i;

	if (ipv6_addr_v4mapped(&prefix->key.addr))
		plen -= SDWAN_V4_PLEN;
	/* 0 would mean never */
	if (cfg->expires)
		left = time_before64(now, cfg->expires) ?
		       jiffies64_to_msecs(cfg->expires - now) : 1;

	if (nla_put_in6_addr(skb, SDWAN_A_PREFIX_ADDR, &prefix->key.addr) ||
	    nla_put_u8(skb, SDWAN_A_PREFIX_PLEN, plen) ||
	    nla_put_u32(skb, SDWAN_A_PREFIX_VNI, prefix->key.vni) ||
	    (cfg->site &&
	     nla_put_u32(skb, SDWAN_A_PREFIX_SITE, cfg->site->id)) ||
	    nla_put_u32(skb, SDWAN_A_PREFIX_ORIGIN, cfg->origin) ||
	    nla_put_u64_64bit(skb, SDWAN_A_PREFIX_EXPIRES, left,
			      SDWAN_A_PREFIX_PAD) ||
	    nla_put_u8(skb, SDWAN_A_PREFIX_NEGATIVE, cfg->negative))
		return -EMSGSIZE;

	for (i = 0; i < cfg->n_gateways; i++)
		if (nla_put_u32(skb, SDWAN_A_PREFIX_GATEWAY, cfg->gateways[i]))
			return -EMSGSIZE;
	return 0;
}

const struct sdwan_type sdwan_prefix_type = {
	.kind = SDWAN_KIND_PREFIX,
	.params = SDWAN_PREFIX_PARAMS,
	.multi_attr = SDWAN_A_PREFIX_GATEWAY,
	.cmd_ntf = SDWAN_CMD_PREFIX_NTF,
	.cmd_del_ntf = SDWAN_CMD_PREFIX_DEL_NTF,
	.key_attr = SDWAN_A_PREFIX_ADDR,
	.full = "the limit of prefixes in this namespace is reached",
	.exists = "this prefix exists in this segment",
	.missing = "there is no such prefix in this segment",
	.key = sdwan_prefix_key,
	.create = sdwan_prefix_create,
	.check = sdwan_prefix_check,
	.configure = sdwan_prefix_configure,
	.publish = sdwan_prefix_publish,
	.retire = sdwan_prefix_retire,
	.destroy = sdwan_prefix_destroy,
	.fill = sdwan_prefix_fill,
};

/**
 * sdwan_prefix_expire() - stage the deletion of prefixes that have expired
 * @sn: fabric
 * @txn: where
 *
 * Context: Process context, under rtnl_mutex and sdwan_net.lock.
 *
 * Return: jiffies64 at which the next one expires, 0 when none will.
 */
u64 sdwan_prefix_expire(struct sdwan_net *sn, struct sdwan_txn *txn)
{
	struct sdwan_object *obj;
	unsigned long id;
	u64 next = 0;

	xa_for_each(&sn->table[SDWAN_KIND_PREFIX].ids, id, obj) {
		struct sdwan_cfg *hdr = sdwan_object_cfg(obj);
		const struct sdwan_prefix_cfg *cfg;

		if (!hdr)
			continue;
		cfg = sdwan_prefix_cfg(hdr);
		if (!cfg->expires)
			continue;
		if (sdwan_prefix_expired(cfg))
			sdwan_object_stage_delete(txn, obj);
		else if (!next || time_before64(cfg->expires, next))
			next = cfg->expires;
	}
	return next;
}
