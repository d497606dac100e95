// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: local attachments to WANs
 *
 * An underlay outlives its device: it is detached when that goes away and
 * attached to the next one of the same name, as an LTE modem comes and goes.
 */
#include <linux/rtnetlink.h>

#include "addr.h"
#include "device.h"
#include "encap.h"
#include "netlink_gen.h"
#include "outside.h"
#include "probe.h"
#include "probe_cfg.h"
#include "sock.h"
#include "underlay.h"

static struct sdwan_underlay *to_underlay(struct sdwan_object *obj)
{
	return container_of(obj, struct sdwan_underlay, obj);
}

static bool sdwan_underlay_locked(const struct sdwan_underlay *underlay)
{
	return lockdep_is_held(&underlay->obj.sn->lock);
}

static int sdwan_underlay_key(struct sdwan_change *chg, void *key)
{
	return sdwan_object_name_key(chg, SDWAN_A_UNDERLAY_NAME,
				     SDWAN_NAME_MAX, false, key);
}

static int sdwan_underlay_local(struct sdwan_change *chg,
				struct sdwan_underlay *underlay)
{
	const struct nlattr *attr = chg->attrs[SDWAN_A_UNDERLAY_LOCAL];

	if (!attr)
		return 0;

	underlay->local = nla_get_in6_addr(attr);
	if (!sdwan_addr_unicast(&underlay->local))
		return sdwan_refuse(chg, SDWAN_A_UNDERLAY_LOCAL, -EINVAL,
				    "the local address is not unicast");
	return 0;
}

static const struct sdwan_encap_ops *
sdwan_underlay_encap(struct sdwan_change *chg)
{
	const struct nlattr *attr = chg->attrs[SDWAN_A_UNDERLAY_ENCAP];
	const struct sdwan_encap_ops *ops;

	ops = sdwan_encap_get(attr ? nla_get_u32(attr) : SDWAN_ENCAP_GENEVE);
	if (!ops)
		return ERR_PTR(sdwan_refuse(chg, SDWAN_A_UNDERLAY_ENCAP,
					    -EOPNOTSUPP,
					    sdwan_encap_refusal(nla_get_u32(attr))));
	return ops;
}

static struct net_device *sdwan_underlay_device(struct sdwan_change *chg)
{
	struct net_device *dev;
	char name[IFNAMSIZ];

	if (!chg->attrs[SDWAN_A_UNDERLAY_DEV])
		return ERR_PTR(sdwan_missing(chg, SDWAN_A_UNDERLAY_DEV,
					     "the device of the underlay is missing"));

	nla_strscpy(name, chg->attrs[SDWAN_A_UNDERLAY_DEV], sizeof(name));
	dev = __dev_get_by_name(chg->sn->net, name);
	if (!dev)
		return ERR_PTR(sdwan_refuse(chg, SDWAN_A_UNDERLAY_DEV, -ENODEV,
					    "there is no device of this name"));
	if (sdwan_is_segment(dev))
		return ERR_PTR(sdwan_refuse(chg, SDWAN_A_UNDERLAY_DEV, -EINVAL,
					    "a segment cannot be an underlay"));
	return dev;
}

/*
 * Two underlays on one socket could not be told apart on receive. Without
 * ports, what tells them apart is the device and the address alone.
 */
static int sdwan_underlay_unique(struct sdwan_change *chg,
				 const struct sdwan_underlay *underlay)
{
	struct sdwan_object *obj;
	unsigned long id;

	xa_for_each(&chg->sn->table[SDWAN_KIND_UNDERLAY].ids, id, obj) {
		const struct sdwan_underlay *other = to_underlay(obj);

		if (obj->stage == SDWAN_STAGE_DELETE ||
		    other->port != underlay->port ||
		    (!underlay->port && other->encap != underlay->encap) ||
		    strcmp(other->dev_name, underlay->dev_name) ||
		    !ipv6_addr_equal(&other->local, &underlay->local))
			continue;
		return sdwan_refuse(chg, SDWAN_A_UNDERLAY_DEV, -EEXIST,
				    "another underlay has this device, address and port");
	}
	return 0;
}

static bool sdwan_underlay_speaks(const struct sdwan_underlay *underlay,
				  const struct sdwan_encap_ops *ops,
				  enum sdwan_family family)
{
	unsigned short af = family == SDWAN_V4 ? AF_INET : AF_INET6;

	if (!ops->proto)
		return family == SDWAN_V4;
	if (family == SDWAN_V6 && !ipv6_mod_enabled())
		return false;
	return ipv6_addr_any(&underlay->local) ||
	       sdwan_addr_family(&underlay->local) == af;
}

/* Whether a socket is that of another underlay that stays. */
static bool sdwan_underlay_sock_taken(const struct sdwan_underlay *underlay,
				      const struct sdwan_sock *ss,
				      enum sdwan_family family)
{
	struct sdwan_table *table = &ss->sn->table[SDWAN_KIND_UNDERLAY];
	struct sdwan_object *obj;
	unsigned long id;

	xa_for_each(&table->ids, id, obj) {
		const struct sdwan_underlay *other = to_underlay(obj);

		if (other != underlay && obj->stage != SDWAN_STAGE_DELETE &&
		    rcu_access_pointer(other->socks[ss->encap->encap][family]) == ss)
			return true;
	}
	return false;
}

static int sdwan_underlay_get_sock(struct sdwan_underlay *underlay,
				   struct sdwan_net *sn, struct net_device *dev,
				   const struct sdwan_encap_ops *ops,
				   enum sdwan_family family)
{
	struct sdwan_sock like = {
		.sn = sn,
		.dev = dev,
		.ifindex = dev->ifindex,
		.local = underlay->local,
		.family = family == SDWAN_V4 ? AF_INET : AF_INET6,
		.port = htons(ops->encap == underlay->encap ? underlay->port :
							      ops->port),
		.encap = ops,
	};
	struct sdwan_sock *ss;

	if (!ops->proto)
		like.family = AF_UNSPEC;
	/* the unspecified address is the same for both families */
	if (ipv6_addr_any(&underlay->local) && like.family == AF_INET)
		ipv6_addr_set_v4mapped(htonl(INADDR_ANY), &like.local);

	ss = sdwan_sock_get(&like);
	if (IS_ERR(ss))
		return PTR_ERR(ss);
	if (sdwan_underlay_sock_taken(underlay, ss, family)) {
		sdwan_sock_put(ss);
		return -EADDRINUSE;
	}
	rcu_assign_pointer(underlay->socks[ops->encap][family], ss);
	return 0;
}

/* The caller reaps the sockets. */
static void sdwan_underlay_put_socks(struct sdwan_underlay *underlay,
				     unsigned int encap)
{
	struct sdwan_sock *ss;
	int i;

	for (i = 0; i < SDWAN_FAMILIES; i++) {
		ss = rcu_replace_pointer(underlay->socks[encap][i], NULL, true);
		if (!ss)
			continue;
		if (rcu_access_pointer(ss->underlay) == underlay)
			RCU_INIT_POINTER(ss->underlay, NULL);
		sdwan_sock_put(ss);
	}
}

static int sdwan_underlay_get_socks(struct sdwan_underlay *underlay,
				    struct sdwan_net *sn,
				    struct net_device *dev,
				    const struct sdwan_encap_ops *ops)
{
	int i, err;

	for (i = 0; i < SDWAN_FAMILIES; i++) {
		if (!sdwan_underlay_speaks(underlay, ops, i))
			continue;
		err = sdwan_underlay_get_sock(underlay, sn, dev, ops, i);
		if (err) {
			sdwan_underlay_put_socks(underlay, ops->encap);
			sdwan_sock_reap(sn);
			return err;
		}
	}
	return 0;
}

/* Why there are no sockets of an encapsulation, for people. */
static const char *sdwan_underlay_no_socks(const struct sdwan_encap_ops *ops,
					   int err)
{
	switch (err) {
	case -EADDRINUSE:
		if (sdwan_encap_udp(ops))
			return "another socket has the UDP port of this underlay and encapsulation";
		return "another underlay of the device and address receives this";
	case -EADDRNOTAVAIL:
		return "the local address is not on this host";
	case -EBUSY:
		return "the device belongs to a bridge, a bond or another such user already";
	case -EINVAL:
		return "the device has link-layer addresses, and cannot take bare packets";
	}
	return "no socket could be made";
}

/* The attribute of the underlay that is to blame. */
static int sdwan_underlay_blame(int err)
{
	if (err == -EADDRNOTAVAIL)
		return SDWAN_A_UNDERLAY_LOCAL;
	return err == -EADDRINUSE ? SDWAN_A_UNDERLAY_PORT :
				    SDWAN_A_UNDERLAY_DEV;
}

static int sdwan_underlay_port(struct sdwan_change *chg,
			       struct sdwan_underlay *underlay,
			       const struct sdwan_encap_ops *ops)
{
	const struct nlattr *attr = chg->attrs[SDWAN_A_UNDERLAY_PORT];

	if (attr && !sdwan_encap_udp(ops))
		return sdwan_refuse(chg, SDWAN_A_UNDERLAY_PORT, -EINVAL,
				    "this encapsulation has no ports");
	underlay->port = attr ? nla_get_u16(attr) : ops->port;
	return 0;
}

static int sdwan_underlay_init(struct sdwan_change *chg,
			       struct sdwan_underlay *underlay,
			       const char *name)
{
	const struct sdwan_encap_ops *ops = sdwan_underlay_encap(chg);
	struct net_device *dev;
	int err;

	if (IS_ERR(ops))
		return PTR_ERR(ops);
	dev = sdwan_underlay_device(chg);
	if (IS_ERR(dev))
		return PTR_ERR(dev);
	err = sdwan_underlay_local(chg, underlay);
	if (!err)
		err = sdwan_underlay_port(chg, underlay, ops);
	if (err)
		return err;

	memcpy(underlay->name, name, sizeof(underlay->name));
	strscpy(underlay->dev_name, dev->name, sizeof(underlay->dev_name));
	underlay->encap = ops->encap;
	underlay->encap_users[ops->encap] = 1;

	err = sdwan_underlay_unique(chg, underlay);
	if (err)
		return err;
	err = sdwan_underlay_get_socks(underlay, chg->sn, dev, ops);
	if (err)
		return sdwan_refuse(chg, sdwan_underlay_blame(err), err,
				    sdwan_underlay_no_socks(ops, err));

	netdev_hold(dev, &underlay->dev_tracker, GFP_KERNEL);
	rcu_assign_pointer(underlay->dev, dev);
	return 0;
}

static struct sdwan_object *sdwan_underlay_create(struct sdwan_change *chg,
						  const void *key)
{
	struct sdwan_underlay *underlay;
	int err;

	underlay = kzalloc(sizeof(*underlay), GFP_KERNEL_ACCOUNT);
	if (!underlay)
		return ERR_PTR(-ENOMEM);

	INIT_LIST_HEAD(&underlay->members);
	err = sdwan_underlay_init(chg, underlay, key);
	if (err) {
		kfree(underlay);
		return ERR_PTR(err);
	}
	return &underlay->obj;
}

static int sdwan_underlay_check(struct sdwan_change *chg,
				struct sdwan_object *obj)
{
	struct sdwan_underlay *underlay = to_underlay(obj);
	struct nlattr **attrs = chg->attrs;
	struct in6_addr local;

	if (attrs[SDWAN_A_UNDERLAY_DEV] &&
	    nla_strcmp(attrs[SDWAN_A_UNDERLAY_DEV], underlay->dev_name))
		return sdwan_refuse(chg, SDWAN_A_UNDERLAY_DEV, -EOPNOTSUPP,
				    "the device of an underlay cannot change");
	if (attrs[SDWAN_A_UNDERLAY_PORT] &&
	    nla_get_u16(attrs[SDWAN_A_UNDERLAY_PORT]) != underlay->port)
		return sdwan_refuse(chg, SDWAN_A_UNDERLAY_PORT, -EOPNOTSUPP,
				    "the port of an underlay cannot change");
	if (attrs[SDWAN_A_UNDERLAY_ENCAP] &&
	    nla_get_u32(attrs[SDWAN_A_UNDERLAY_ENCAP]) != underlay->encap)
		return sdwan_refuse(chg, SDWAN_A_UNDERLAY_ENCAP, -EOPNOTSUPP,
				    "the encapsulation of an underlay cannot change");
	if (!attrs[SDWAN_A_UNDERLAY_LOCAL])
		return 0;

	local = nla_get_in6_addr(attrs[SDWAN_A_UNDERLAY_LOCAL]);
	if (!ipv6_addr_equal(&local, &underlay->local))
		return sdwan_refuse(chg, SDWAN_A_UNDERLAY_LOCAL, -EOPNOTSUPP,
				    "the local address of an underlay cannot change");
	return 0;
}

static struct sdwan_cfg *sdwan_underlay_configure(struct sdwan_change *chg,
						  struct sdwan_object *obj,
						  struct sdwan_cfg *base)
{
	struct sdwan_underlay_cfg *cfg;
	int err;

	cfg = kzalloc(sizeof(*cfg), GFP_KERNEL_ACCOUNT);
	if (!cfg)
		return ERR_PTR(-ENOMEM);

	if (base) {
		cfg->cost = sdwan_underlay_cfg(base)->cost;
		cfg->rate = sdwan_underlay_cfg(base)->rate;
		cfg->probe = sdwan_underlay_cfg(base)->probe;
	}
	if (chg->attrs[SDWAN_A_UNDERLAY_COST])
		cfg->cost = nla_get_u32(chg->attrs[SDWAN_A_UNDERLAY_COST]);
	if (chg->attrs[SDWAN_A_UNDERLAY_RATE])
		cfg->rate = nla_get_u64(chg->attrs[SDWAN_A_UNDERLAY_RATE]);
	err = sdwan_probe_cfg_parse(chg, &sdwan_underlay_probe_attrs, false,
				    &cfg->probe);
	if (!err)
		err = sdwan_outside_get(chg, to_underlay(obj), &cfg->probe,
					SDWAN_A_UNDERLAY_PROBE);
	if (err) {
		kfree(cfg);
		return ERR_PTR(err);
	}
	return &cfg->hdr;
}

static void sdwan_underlay_own_socks(struct sdwan_underlay *underlay,
				     unsigned int encap)
{
	struct sdwan_sock *ss;
	int i;

	for (i = 0; i < SDWAN_FAMILIES; i++) {
		ss = rcu_dereference_protected(underlay->socks[encap][i],
					       sdwan_underlay_locked(underlay));
		if (ss)
			rcu_assign_pointer(ss->underlay, underlay);
	}
}

static void sdwan_underlay_own_all(struct sdwan_underlay *underlay)
{
	unsigned int encap;

	for (encap = 0; encap < SDWAN_SOCKS; encap++)
		sdwan_underlay_own_socks(underlay, encap);
}

static void sdwan_underlay_publish(struct sdwan_object *obj,
				   struct sdwan_cfg *cfg)
{
	struct sdwan_underlay *underlay = to_underlay(obj);
	struct sdwan_path *path;

	sdwan_underlay_own_all(underlay);
	sdwan_underlay_eval(underlay, &underlay->state, &underlay->reason);
	list_for_each_entry(path, &underlay->members, of_underlay)
		sdwan_probe_configure(path);
}

static void sdwan_underlay_retire(struct sdwan_object *obj,
				  struct sdwan_cfg *cfg)
{
	sdwan_outside_put(to_underlay(obj), &sdwan_underlay_cfg(cfg)->probe);
	kfree_rcu(sdwan_underlay_cfg(cfg), hdr.rcu);
}

static void sdwan_underlay_cascade(struct sdwan_txn *txn,
				   struct sdwan_object *obj)
{
	struct sdwan_path *path, *tmp;

	list_for_each_entry_safe(path, tmp, &to_underlay(obj)->members,
				 of_underlay)
		if (path->obj.stage != SDWAN_STAGE_DELETE)
			sdwan_object_stage_delete(txn, &path->obj);
}

static void sdwan_underlay_destroy(struct sdwan_object *obj)
{
	struct sdwan_underlay *underlay = to_underlay(obj);

	sdwan_underlay_detach(underlay);
	kfree_rcu(underlay, obj.rcu);
}

static u32 sdwan_underlay_paths(const struct sdwan_underlay *underlay)
{
	const struct sdwan_path *path;
	u32 n = 0;

	list_for_each_entry(path, &underlay->members, of_underlay)
		n += !!rcu_access_pointer(path->obj.cfg);
	return n;
}

static int sdwan_underlay_fill_state(struct sk_buff *skb,
				     struct sdwan_underlay *underlay)
{
	enum sdwan_state_reason reason;
	enum sdwan_path_state state;
	struct net_device *dev;

	dev = rcu_dereference_protected(underlay->dev,
					sdwan_underlay_locked(underlay));
	sdwan_underlay_eval(underlay, &state, &reason);
	if ((dev && nla_put_u32(skb, SDWAN_A_UNDERLAY_IFINDEX, dev->ifindex)) ||
	    nla_put_u32(skb, SDWAN_A_UNDERLAY_STATE, state) ||
	    nla_put_u32(skb, SDWAN_A_UNDERLAY_STATE_REASON, reason) ||
	    nla_put_u32(skb, SDWAN_A_UNDERLAY_PATHS,
			sdwan_underlay_paths(underlay)))
		return -EMSGSIZE;
	return 0;
}

static int sdwan_underlay_fill(struct sk_buff *skb, struct sdwan_object *obj,
			       struct sdwan_cfg *hdr)
{
	struct sdwan_underlay_cfg *cfg = sdwan_underlay_cfg(hdr);
	struct sdwan_underlay *underlay = to_underlay(obj);

	if (nla_put_u32(skb, SDWAN_A_UNDERLAY_ID, obj->id) ||
	    nla_put_string(skb, SDWAN_A_UNDERLAY_NAME, underlay->name) ||
	    nla_put_string(skb, SDWAN_A_UNDERLAY_DEV, underlay->dev_name) ||
	    (!ipv6_addr_any(&underlay->local) &&
	     nla_put_in6_addr(skb, SDWAN_A_UNDERLAY_LOCAL, &underlay->local)) ||
	    (underlay->port &&
	     nla_put_u16(skb, SDWAN_A_UNDERLAY_PORT, underlay->port)) ||
	    nla_put_u32(skb, SDWAN_A_UNDERLAY_ENCAP, underlay->encap) ||
	    nla_put_u32(skb, SDWAN_A_UNDERLAY_COST, cfg->cost) ||
	    nla_put_u64_64bit(skb, SDWAN_A_UNDERLAY_RATE, cfg->rate,
			      SDWAN_A_UNDERLAY_PAD))
		return -EMSGSIZE;
	if (sdwan_probe_cfg_fill(skb, &sdwan_underlay_probe_attrs, &cfg->probe))
		return -EMSGSIZE;
	return sdwan_underlay_fill_state(skb, underlay);
}

const struct sdwan_type sdwan_underlay_type = {
	.kind = SDWAN_KIND_UNDERLAY,
	.params = {
		.head_offset = offsetof(struct sdwan_underlay, obj.by_key),
		.key_offset = offsetof(struct sdwan_underlay, name),
		.key_len = sizeof_field(struct sdwan_underlay, name),
		.automatic_shrinking = true,
	},
	.cmd_ntf = SDWAN_CMD_UNDERLAY_NTF,
	.cmd_del_ntf = SDWAN_CMD_UNDERLAY_DEL_NTF,
	.key_attr = SDWAN_A_UNDERLAY_NAME,
	.full = "the limit of underlays in this namespace is reached",
	.exists = "an underlay of this name exists",
	.missing = "there is no underlay of this name",
	.key = sdwan_underlay_key,
	.create = sdwan_underlay_create,
	.check = sdwan_underlay_check,
	.configure = sdwan_underlay_configure,
	.publish = sdwan_underlay_publish,
	.retire = sdwan_underlay_retire,
	.cascade = sdwan_underlay_cascade,
	.destroy = sdwan_underlay_destroy,
	.fill = sdwan_underlay_fill,
};

/**
 * sdwan_underlay_find() - the underlay that an attribute names
 * @chg: request
 * @attr: attribute
 *
 * Return: the underlay as a writer sees it, or NULL.
 */
struct sdwan_underlay *sdwan_underlay_find(struct sdwan_change *chg,
					   unsigned int attr)
{
	char key[SDWAN_NAME_MAX + 1] __aligned(8) = {};
	struct sdwan_object *obj;

	nla_strscpy(key, chg->attrs[attr], sizeof(key));
	obj = sdwan_object_find(chg->sn, &sdwan_underlay_type, key);
	return obj ? to_underlay(obj) : NULL;
}

/**
 * sdwan_underlay_encap_get() - a path wants to speak an encapsulation
 * @chg: request
 * @underlay: underlay of the path
 * @ops: encapsulation
 * @attr: attribute to name where it cannot
 *
 * Context: Process context, under rtnl_mutex and sdwan_net.lock.
 *
 * Return: 0 or a negative error, with @chg told why.
 */
int sdwan_underlay_encap_get(struct sdwan_change *chg,
			     struct sdwan_underlay *underlay,
			     const struct sdwan_encap_ops *ops, int attr)
{
	struct net_device *dev = rtnl_dereference(underlay->dev);
	int err;

	/* without a device the sockets come with it */
	if (!underlay->encap_users[ops->encap] && dev) {
		err = sdwan_underlay_get_socks(underlay, chg->sn, dev, ops);
		if (err)
			return sdwan_refuse(chg, attr, err,
					    sdwan_underlay_no_socks(ops, err));
		/* before commit no path is found by them */
		if (rcu_access_pointer(underlay->obj.cfg))
			sdwan_underlay_own_socks(underlay, ops->encap);
	}
	underlay->encap_users[ops->encap]++;
	return 0;
}

/**
 * sdwan_underlay_encap_put() - a path speaks an encapsulation no longer
 * @underlay: underlay of the path
 * @ops: encapsulation
 *
 * The caller reaps the sockets.
 *
 * Context: Process context, under rtnl_mutex and sdwan_net.lock.
 */
void sdwan_underlay_encap_put(struct sdwan_underlay *underlay,
			      const struct sdwan_encap_ops *ops)
{
	if (!--underlay->encap_users[ops->encap])
		sdwan_underlay_put_socks(underlay, ops->encap);
}

static bool sdwan_underlay_has_path(const struct sdwan_underlay *underlay,
				    bool bare)
{
	const struct sdwan_path *path;

	/* most underlays have none: do not look at all others */
	if (bare && !underlay->encap_users[SDWAN_ENCAP_DEV])
		return false;
	list_for_each_entry(path, &underlay->members, of_underlay) {
		bool is_bare = path->encap == SDWAN_ENCAP_DEV;

		if (path->obj.stage != SDWAN_STAGE_DELETE && is_bare == bare)
			return true;
	}
	return false;
}

/**
 * sdwan_underlay_shared() - whether the device of an underlay has paths with and
 *	without outer headers
 * @underlay: underlay of a path that is about to be made
 * @bare: the path has no outer header
 *
 * What arrives at a device either is inner packets as they are, or is not.
 *
 * Context: Under sdwan_net.lock.
 *
 * Return: true where there is a path of the other sort.
 */
bool sdwan_underlay_shared(const struct sdwan_underlay *underlay, bool bare)
{
	struct sdwan_object *obj;
	unsigned long id;

	xa_for_each(&underlay->obj.sn->table[SDWAN_KIND_UNDERLAY].ids, id, obj)
		if (!strcmp(to_underlay(obj)->dev_name, underlay->dev_name) &&
		    sdwan_underlay_has_path(to_underlay(obj), !bare))
			return true;
	return false;
}

static bool sdwan_underlay_lacks_socks(const struct sdwan_underlay *underlay,
				       unsigned int encap)
{
	return underlay->encap_users[encap] &&
	       !rcu_access_pointer(underlay->socks[encap][SDWAN_V4]) &&
	       !rcu_access_pointer(underlay->socks[encap][SDWAN_V6]);
}

/**
 * sdwan_underlay_wants_socks() - has a device, but lacks sockets
 * @underlay: underlay
 *
 * So it is after its address was not there when the device came.
 *
 * Context: Under sdwan_net.lock.
 *
 * Return: true when it is worth to try sdwan_underlay_attach() again.
 */
bool sdwan_underlay_wants_socks(const struct sdwan_underlay *underlay)
{
	unsigned int encap;

	if (!rcu_access_pointer(underlay->dev))
		return false;
	for (encap = 0; encap < SDWAN_SOCKS; encap++)
		if (sdwan_underlay_lacks_socks(underlay, encap))
			return true;
	return false;
}

/**
 * sdwan_underlay_attach() - a device of its name is there
 * @underlay: underlay without a device, or without sockets
 * @dev: device
 *
 * An underlay whose sockets cannot be bound now stays down and is tried again.
 *
 * Context: Process context, under rtnl_mutex and sdwan_net.lock.
 */
void sdwan_underlay_attach(struct sdwan_underlay *underlay,
			   struct net_device *dev)
{
	unsigned int encap;

	if (!rcu_access_pointer(underlay->dev)) {
		netdev_hold(dev, &underlay->dev_tracker, GFP_KERNEL);
		rcu_assign_pointer(underlay->dev, dev);
	}

	for (encap = 0; encap < SDWAN_SOCKS; encap++)
		if (sdwan_underlay_lacks_socks(underlay, encap))
			sdwan_underlay_get_socks(underlay, underlay->obj.sn,
						 dev, sdwan_encap_of_sock(encap));
	if (rcu_access_pointer(underlay->obj.cfg))
		sdwan_underlay_own_all(underlay);
}

/* Whether another underlay is on this device, as a rename can bring about. */
static bool sdwan_underlay_taken(const struct sdwan_underlay *underlay,
				 const struct net_device *dev)
{
	struct sdwan_object *obj;
	unsigned long id;

	xa_for_each(&underlay->obj.sn->table[SDWAN_KIND_UNDERLAY].ids, id, obj) {
		const struct sdwan_underlay *other = to_underlay(obj);

		if (other != underlay &&
		    rcu_access_pointer(other->dev) == dev &&
		    other->port == underlay->port &&
		    (underlay->port || other->encap == underlay->encap) &&
		    ipv6_addr_equal(&other->local, &underlay->local))
			return true;
	}
	return false;
}

/**
 * sdwan_underlay_device_here() - a device appeared, or has another name now
 * @underlay: any underlay of its namespace
 * @dev: device
 *
 * An underlay without a device takes the one of its name; one whose device was
 * renamed goes by the new name.
 *
 * Context: Process context, under rtnl_mutex and sdwan_net.lock.
 */
void sdwan_underlay_device_here(struct sdwan_underlay *underlay,
				struct net_device *dev)
{
	if (rcu_access_pointer(underlay->dev) == dev)
		strscpy(underlay->dev_name, dev->name,
			sizeof(underlay->dev_name));
	else if (!rcu_access_pointer(underlay->dev) &&
		 !strcmp(underlay->dev_name, dev->name) &&
		 !sdwan_underlay_taken(underlay, dev))
		sdwan_underlay_attach(underlay, dev);
}

/**
 * sdwan_underlay_detach() - the device of an underlay is going away
 * @underlay: underlay
 *
 * Readers may use the device until the end of their RCU section, as it is not
 * freed before. The caller reaps the sockets.
 *
 * Context: Process context, under rtnl_mutex and sdwan_net.lock.
 */
void sdwan_underlay_detach(struct sdwan_underlay *underlay)
{
	struct net_device *dev;
	unsigned int encap;

	dev = rcu_replace_pointer(underlay->dev, NULL, true);
	for (encap = 0; encap < SDWAN_SOCKS; encap++)
		sdwan_underlay_put_socks(underlay, encap);
	if (dev)
		netdev_put(dev, &underlay->dev_tracker);
}

/**
 * sdwan_underlay_eval() - whether an underlay can send now
 * @underlay: underlay
 * @state: result
 * @reason: why not
 *
 * Context: Under sdwan_net.lock.
 */
void sdwan_underlay_eval(const struct sdwan_underlay *underlay,
			 enum sdwan_path_state *state,
			 enum sdwan_state_reason *reason)
{
	struct net_device *dev;

	dev = rcu_dereference_protected(underlay->dev,
					sdwan_underlay_locked(underlay));
	*state = SDWAN_PATH_STATE_DOWN;
	if (!dev)
		*reason = SDWAN_STATE_REASON_NO_DEVICE;
	else if (!netif_running(dev))
		*reason = SDWAN_STATE_REASON_DEVICE_DOWN;
	else if (!netif_carrier_ok(dev))
		*reason = SDWAN_STATE_REASON_NO_CARRIER;
	else if (sdwan_underlay_lacks_socks(underlay, underlay->encap))
		*reason = SDWAN_STATE_REASON_NO_ADDRESS;
	else
		*state = SDWAN_PATH_STATE_UP;

	if (*state == SDWAN_PATH_STATE_UP)
		*reason = SDWAN_STATE_REASON_NONE;
}
