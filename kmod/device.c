// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: the netdevice of a segment
 *
 * A device belongs to the fabric of the namespace it was made in and can be
 * moved to another one: inner packets then live there, outer packets and
 * sockets stay behind.  When the fabric goes, its devices go, wherever they
 * are.
 */
#include <linux/ethtool.h>
#include <linux/inetdevice.h>
#include <linux/module.h>
#include <linux/netdevice.h>
#include <net/addrconf.h>
#include <net/ip_tunnels.h>
#include <net/rtnetlink.h>

#include "compat/compat.h"
#include "device.h"
#include "encap.h"
#include "epoch.h"
#include "fabric.h"
#include "lookup.h"
#include "types.h"
#include "version.h"
#include "vni.h"
#include "xmit.h"

/* The most that an encapsulation puts in front: one over UDP and IPv6. */
#define SDWAN_OVERHEAD	(sizeof(struct ipv6hdr) + sizeof(struct udphdr) + \
			 SDWAN_ENCAP_HLEN)

static struct netlink_range_validation sdwan_vni_range = {
	.min = 1,
	.max = SDWAN_VNI_MAX,
};

static const struct nla_policy sdwan_device_policy[IFLA_SDWAN_MAX + 1] = {
	[IFLA_SDWAN_VNI] = NLA_POLICY_FULL_RANGE(NLA_U32, &sdwan_vni_range),
	[IFLA_SDWAN_MODE] = NLA_POLICY_RANGE(NLA_U32, SDWAN_MODE_L3,
					     SDWAN_MODE_L2),
};

/* Lets go what sdwan_segment_acquire() took; does nothing the second time. */
static void sdwan_segment_release(struct sdwan_segment *seg)
{
	struct sdwan_net *sn = seg->sn;

	if (!seg->vni)
		return;

	mutex_lock(&sn->lock);
	sdwan_vni_put(sn, seg->vni);
	seg->vni = NULL;
	sn->segments--;
	mutex_unlock(&sn->lock);
}

static int sdwan_device_ndo_init(struct net_device *dev)
{
	struct sdwan_segment *seg = netdev_priv(dev);
	int err = -ENOMEM;

	seg->drops = sdwan_drops_alloc();
	if (!seg->drops)
		return err;

	err = sdwan_compat_tstats_init(dev);
	if (err)
		goto drops;
	netdev_lockdep_set_classes(dev);
	return 0;

drops:
	free_percpu(seg->drops);
	return err;
}

/* Under rtnl_mutex, with all packets drained. */
static void sdwan_device_ndo_uninit(struct net_device *dev)
{
	/* the fabric may be gone by the time the destructor runs */
	sdwan_segment_release(netdev_priv(dev));
}

/* When nobody can ask for counters any more. */
static void sdwan_device_destructor(struct net_device *dev)
{
	struct sdwan_segment *seg = netdev_priv(dev);

	free_percpu(seg->drops);
	sdwan_compat_tstats_free(dev);
}

/*
 * A link-local address would be of no use: nothing resolves to it.  Who wants
 * one can still choose how it is made (ip link set addrgenmode).
 */
static int sdwan_device_ndo_open(struct net_device *dev)
{
	struct inet6_dev *idev = __in6_dev_get(dev);

	if (idev && idev->cnf.addr_gen_mode == IN6_ADDR_GEN_MODE_EUI64)
		idev->cnf.addr_gen_mode = IN6_ADDR_GEN_MODE_NONE;
	return 0;
}

static int sdwan_device_ndo_stop(struct net_device *dev)
{
	return 0;
}

/* Where ip link shows a dropped packet; NULL for what was none. */
static u64 *sdwan_device_counter(struct rtnl_link_stats64 *to, int cause)
{
	switch (cause) {
	case SDWAN_DROP_TX_TWICE:
	case SDWAN_DROP_TX_ONCE:
	case SDWAN_DROP_TX_UNNUMBERED:
	case SDWAN_DROP_TX_DIRECT:
	case SDWAN_DROP_RX_AGAIN:
	case SDWAN_DROP_RX_MOVED:
	case SDWAN_DROP_RX_DIRECT:
		return NULL;
	case SDWAN_DROP_TX_NOT_IP:
	case SDWAN_DROP_TX_MALFORMED:
	case SDWAN_DROP_TX_METADATA:
	case SDWAN_DROP_TX_LOOP:
	case SDWAN_DROP_TX_GSO:
		return &to->tx_errors;
	case SDWAN_DROP_RX_CONTROL:
	case SDWAN_DROP_RX_PROTOCOL:
	case SDWAN_DROP_RX_INNER:
	case SDWAN_DROP_RX_ECN:
		return &to->rx_errors;
	}
	return cause < SDWAN_DROP_RX_FIRST ? &to->tx_dropped : &to->rx_dropped;
}

static void sdwan_device_get_stats64(struct net_device *dev,
				     struct rtnl_link_stats64 *to)
{
	const struct sdwan_segment *seg = netdev_priv(dev);
	u64 sum[SDWAN_DROP_COUNT], *counter;
	int i;

	dev_get_tstats64(dev, to);

	sdwan_drops_sum(seg->drops, sum);
	for (i = 0; i < SDWAN_DROP_COUNT; i++) {
		counter = sdwan_device_counter(to, i);
		if (counter)
			*counter += sum[i];
	}
}

static const struct net_device_ops sdwan_device_ops = {
	.ndo_init		= sdwan_device_ndo_init,
	.ndo_uninit		= sdwan_device_ndo_uninit,
	.ndo_open		= sdwan_device_ndo_open,
	.ndo_stop		= sdwan_device_ndo_stop,
	.ndo_start_xmit		= sdwan_xmit,
	.ndo_get_stats64	= sdwan_device_get_stats64,
};

static void sdwan_device_get_drvinfo(struct net_device *dev,
				     struct ethtool_drvinfo *info)
{
	strscpy(info->driver, "sdwan", sizeof(info->driver));
	strscpy(info->version, SDWAN_VERSION, sizeof(info->version));
}

static int sdwan_device_get_sset_count(struct net_device *dev, int set)
{
	return set == ETH_SS_STATS ? SDWAN_DROP_COUNT : -EOPNOTSUPP;
}

static void sdwan_device_get_strings(struct net_device *dev, u32 set, u8 *data)
{
	int i;

	if (set != ETH_SS_STATS)
		return;
	for (i = 0; i < SDWAN_DROP_COUNT; i++)
		strscpy(data + i * ETH_GSTRING_LEN, sdwan_drop_names[i],
			ETH_GSTRING_LEN);
}

static void sdwan_device_get_ethtool_stats(struct net_device *dev,
					   struct ethtool_stats *stats,
					   u64 *data)
{
	const struct sdwan_segment *seg = netdev_priv(dev);

	sdwan_drops_sum(seg->drops, data);
}

static const struct ethtool_ops sdwan_device_ethtool_ops = {
	.get_drvinfo		= sdwan_device_get_drvinfo,
	.get_link		= ethtool_op_get_link,
	.get_sset_count		= sdwan_device_get_sset_count,
	.get_strings		= sdwan_device_get_strings,
	.get_ethtool_stats	= sdwan_device_get_ethtool_stats,
};

static const struct device_type sdwan_device_type = {
	.name = "sdwan",
};

static void sdwan_device_setup(struct net_device *dev)
{
	netdev_features_t features = NETIF_F_SG | NETIF_F_FRAGLIST |
				     NETIF_F_HW_CSUM | NETIF_F_GSO_SOFTWARE |
				     NETIF_F_RXCSUM;

	dev->netdev_ops = &sdwan_device_ops;
	dev->ethtool_ops = &sdwan_device_ethtool_ops;
	dev->header_ops = &ip_tunnel_header_ops;
	dev->needs_free_netdev = true;
	dev->priv_destructor = sdwan_device_destructor;
	SET_NETDEV_DEVTYPE(dev, &sdwan_device_type);

	dev->type = ARPHRD_NONE;
	dev->flags = IFF_POINTOPOINT | IFF_NOARP;
	dev->priv_flags |= IFF_NO_QUEUE;
	dev->features |= features;
	dev->hw_features |= features;
	sdwan_compat_set_lltx(dev);
	sdwan_compat_set_tstats(dev);

	dev->hard_header_len = 0;
	dev->addr_len = 0;
	dev->needed_headroom = LL_MAX_HEADER + SDWAN_OVERHEAD;
	dev->mtu = ETH_DATA_LEN - SDWAN_OVERHEAD;
	dev->min_mtu = ETH_MIN_MTU;
	dev->max_mtu = IP_MAX_MTU - SDWAN_OVERHEAD;

	/* the route of a packet tells its next hop */
	netif_keep_dst(dev);
}

/*
 * rtnetlink itself ignores attributes it does not know.  A typing error or a
 * newer tool must not make a device other than the one asked for.
 */
static int sdwan_device_validate(struct nlattr *tb[], struct nlattr *data[],
				 struct netlink_ext_ack *extack)
{
	const struct nlattr *info = NULL;

	if (tb[IFLA_ADDRESS]) {
		NL_SET_ERR_MSG_ATTR(extack, tb[IFLA_ADDRESS],
				    "a segment has no link-layer address");
		return -EINVAL;
	}

	if (tb[IFLA_LINKINFO])
		info = nla_find_nested(tb[IFLA_LINKINFO], IFLA_INFO_DATA);
	if (!info)
		return 0;
	return nla_validate_nested(info, IFLA_SDWAN_MAX, sdwan_device_policy,
				   extack);
}

static int sdwan_device_mode(struct nlattr *data[],
			     struct netlink_ext_ack *extack)
{
	const struct nlattr *attr = data ? data[IFLA_SDWAN_MODE] : NULL;

	if (!attr || nla_get_u32(attr) == SDWAN_MODE_L3)
		return SDWAN_MODE_L3;

	NL_SET_ERR_MSG_ATTR(extack, attr, "only mode l3 is supported");
	return -EOPNOTSUPP;
}

static int sdwan_device_permitted(const struct sdwan_net *sn,
				  struct netlink_ext_ack *extack)
{
	if (!ns_capable(sn->net->user_ns, CAP_NET_ADMIN)) {
		NL_SET_ERR_MSG(extack,
			       "the namespace of the fabric is not yours to change");
		return -EPERM;
	}
	return sdwan_fabric_allowed(sn, extack);
}

/* Takes the number and one of the devices that there may be. */
static int sdwan_segment_acquire(struct sdwan_segment *seg,
				 const struct nlattr *attr,
				 struct netlink_ext_ack *extack)
{
	struct sdwan_net *sn = seg->sn;
	struct sdwan_vni *vni;

	if (sn->dying) {
		NL_SET_ERR_MSG(extack, "the namespace of the fabric is going away");
		return -ENODEV;
	}
	if (sn->segments >= sn->max_segments) {
		NL_SET_ERR_MSG(extack,
			       "the fabric has as many segments as it may have");
		return -ENOSPC;
	}

	vni = sdwan_vni_get(sn, nla_get_u32(attr));
	if (IS_ERR(vni))
		return PTR_ERR(vni);
	if (rcu_access_pointer(vni->dev)) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "the fabric has a device of this vni already");
		sdwan_vni_put(sn, vni);
		return -EEXIST;
	}

	seg->vni = vni;
	sn->segments++;
	return 0;
}

static int sdwan_device_newlink(struct net *src_net, struct net_device *dev,
				struct nlattr *tb[], struct nlattr *data[],
				struct netlink_ext_ack *extack)
{
	struct sdwan_segment *seg = netdev_priv(dev);
	struct sdwan_net *sn = sdwan_net(src_net);
	int err, mode;

	if (!data || !data[IFLA_SDWAN_VNI]) {
		NL_SET_ERR_MSG(extack, "the vni of the segment is missing");
		return -EINVAL;
	}
	mode = sdwan_device_mode(data, extack);
	if (mode < 0)
		return mode;
	err = sdwan_device_permitted(sn, extack);
	if (err)
		return err;

	seg->sn = sn;
	seg->dev = dev;
	seg->mode = mode;
	mutex_lock(&sn->lock);
	err = sdwan_segment_acquire(seg, data[IFLA_SDWAN_VNI], extack);
	mutex_unlock(&sn->lock);
	if (err)
		return err;

	/* not under the lock, which notifiers may want; rtnl_mutex keeps other
	 * devices from taking the number
	 */
	err = register_netdevice(dev);
	if (err) {
		sdwan_segment_release(seg);
		return err;
	}

	mutex_lock(&sn->lock);
	rcu_assign_pointer(seg->vni->dev, dev);
	mutex_unlock(&sn->lock);
	return 0;
}

static int sdwan_device_changelink(struct net_device *dev, struct nlattr *tb[],
				   struct nlattr *data[],
				   struct netlink_ext_ack *extack)
{
	const struct sdwan_segment *seg = netdev_priv(dev);
	int err, mode;

	err = sdwan_device_permitted(seg->sn, extack);
	if (err)
		return err;
	mode = sdwan_device_mode(data, extack);
	if (mode < 0)
		return mode;
	if (data && data[IFLA_SDWAN_VNI] &&
	    nla_get_u32(data[IFLA_SDWAN_VNI]) != seg->vni->vni) {
		NL_SET_ERR_MSG_ATTR(extack, data[IFLA_SDWAN_VNI],
				    "the vni of a segment cannot change");
		return -EOPNOTSUPP;
	}
	return 0;
}

/* No packet finds the device any more by the time it is unregistered. */
static void sdwan_device_dellink(struct net_device *dev,
				 struct list_head *head)
{
	struct sdwan_segment *seg = netdev_priv(dev);

	mutex_lock(&seg->sn->lock);
	sdwan_epoch_begin(seg->sn);
	RCU_INIT_POINTER(seg->vni->dev, NULL);
	sdwan_epoch_end(seg->sn);
	mutex_unlock(&seg->sn->lock);
	unregister_netdevice_queue(dev, head);
}

static size_t sdwan_device_get_size(const struct net_device *dev)
{
	return nla_total_size(sizeof(u32)) +	/* IFLA_SDWAN_VNI */
	       nla_total_size(sizeof(u32));	/* IFLA_SDWAN_MODE */
}

static int sdwan_device_fill_info(struct sk_buff *skb,
				  const struct net_device *dev)
{
	const struct sdwan_segment *seg = netdev_priv(dev);

	if (nla_put_u32(skb, IFLA_SDWAN_VNI, seg->vni->vni) ||
	    nla_put_u32(skb, IFLA_SDWAN_MODE, seg->mode))
		return -EMSGSIZE;
	return 0;
}

static struct net *sdwan_device_get_link_net(const struct net_device *dev)
{
	const struct sdwan_segment *seg = netdev_priv(dev);

	return seg->sn->net;
}

static struct rtnl_link_ops sdwan_link_ops __read_mostly = {
	.kind		= "sdwan",
	.priv_size	= sizeof(struct sdwan_segment),
	.setup		= sdwan_device_setup,
	.maxtype	= IFLA_SDWAN_MAX,
	.policy		= sdwan_device_policy,
	.validate	= sdwan_device_validate,
	.newlink	= sdwan_device_newlink,
	.changelink	= sdwan_device_changelink,
	.dellink	= sdwan_device_dellink,
	.get_size	= sdwan_device_get_size,
	.fill_info	= sdwan_device_fill_info,
	.get_link_net	= sdwan_device_get_link_net,
};

/**
 * sdwan_is_segment() - whether a device is one of ours
 * @dev: device
 *
 * Return: true for the netdevice of a segment, of whichever fabric.
 */
bool sdwan_is_segment(const struct net_device *dev)
{
	return dev->netdev_ops == &sdwan_device_ops;
}

/**
 * sdwan_device_unregister_fabric() - unregister all devices of a fabric
 * @sn: fabric
 * @kill: where to queue them for unregister_netdevice_many()
 *
 * Context: Process context, under rtnl_mutex.
 */
void sdwan_device_unregister_fabric(struct sdwan_net *sn,
				    struct list_head *kill)
{
	struct rhashtable_iter iter;
	struct net_device *dev;
	struct sdwan_vni *vni;

	mutex_lock(&sn->lock);
	sdwan_epoch_begin(sn);
	rhashtable_walk_enter(&sn->vnis, &iter);
	rhashtable_walk_start(&iter);
	while ((vni = rhashtable_walk_next(&iter))) {
		/* the table was resized: the walk begins anew */
		if (IS_ERR(vni))
			continue;
		dev = rcu_dereference_protected(vni->dev,
						lockdep_is_held(&sn->lock));
		if (!dev)
			continue;
		RCU_INIT_POINTER(vni->dev, NULL);
		unregister_netdevice_queue(dev, kill);
	}
	rhashtable_walk_stop(&iter);
	rhashtable_walk_exit(&iter);
	sdwan_epoch_end(sn);
	mutex_unlock(&sn->lock);
}

/**
 * sdwan_device_init() - offer devices of kind sdwan
 *
 * Return: 0 or a negative error.
 */
int sdwan_device_init(void)
{
	return rtnl_link_register(&sdwan_link_ops);
}

/**
 * sdwan_device_exit() - unregister all devices, and offer no more
 */
void sdwan_device_exit(void)
{
	rtnl_link_unregister(&sdwan_link_ops);
}
