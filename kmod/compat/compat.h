/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: one spelling for what differs between kernels
 *
 * Nothing here compares versions: features.h is made by compiling the pieces
 * of code in probes.list against the kernel's headers.
 */
#ifndef _SDWAN_COMPAT_H
#define _SDWAN_COMPAT_H

#include <linux/netdevice.h>
#include <net/genetlink.h>
#include <net/ip.h>
#include <net/ip_tunnels.h>

#include "features.h"

#ifdef SDWAN_HAVE_LINUX_UNALIGNED_H
#include <linux/unaligned.h>
#else
#include <asm/unaligned.h>
#endif

#ifdef SDWAN_HAVE_NET_HOTDATA
#include <net/hotdata.h>
#endif

#ifdef SDWAN_HAVE_NET_GSO_H
#include <net/gso.h>
#endif

/* The attributes of a request for a dump. */
static inline struct nlattr **sdwan_compat_dump_attrs(struct netlink_callback *cb)
{
#ifdef SDWAN_HAVE_GENL_INFO_DUMP
	return genl_info_dump(cb)->attrs;
#else
	return genl_dumpit_info(cb)->attrs;
#endif
}

/* Transmit takes no lock of the device's. */
static inline void sdwan_compat_set_lltx(struct net_device *dev)
{
#ifdef SDWAN_HAVE_DEV_LLTX
	dev->lltx = true;
#else
	dev->features |= NETIF_F_LLTX;
#endif
}

/* Have dev->tstats allocated by the core, where it does that. */
static inline void sdwan_compat_set_tstats(struct net_device *dev)
{
#ifdef SDWAN_HAVE_PCPU_STAT_TYPE
	dev->pcpu_stat_type = NETDEV_PCPU_STAT_TSTATS;
#endif
}

/* To be called by ndo_init. */
static inline int sdwan_compat_tstats_init(struct net_device *dev)
{
#ifndef SDWAN_HAVE_PCPU_STAT_TYPE
	dev->tstats = netdev_alloc_pcpu_stats(struct pcpu_sw_netstats);
	if (!dev->tstats)
		return -ENOMEM;
#endif
	return 0;
}

/* To be called when nobody reads the counters any more. */
static inline void sdwan_compat_tstats_free(struct net_device *dev)
{
#ifndef SDWAN_HAVE_PCPU_STAT_TYPE
	free_percpu(dev->tstats);
#endif
}

/* Does tunnel metadata carry a key? */
static inline bool sdwan_compat_tunnel_has_key(const struct ip_tunnel_info *info)
{
#ifdef SDWAN_HAVE_TUNNEL_FLAGS_BITMAP
	return test_bit(IP_TUNNEL_KEY_BIT, info->key.tun_flags);
#else
	return info->key.tun_flags & TUNNEL_KEY;
#endif
}

/* Count an IPv4 packet that goes out, as the IP stack would. */
static inline void sdwan_compat_count_out4(struct net *net, unsigned int len)
{
#ifdef SDWAN_HAVE_OUT_REQUESTS
	IP_INC_STATS(net, IPSTATS_MIB_OUTREQUESTS);
#endif
	IP_UPD_PO_STATS(net, IPSTATS_MIB_OUT, len);
}

/* Most packets that may wait on a CPU (net.core.netdev_max_backlog). */
static inline unsigned int sdwan_compat_max_backlog(void)
{
#ifdef SDWAN_HAVE_NET_HOTDATA
	return READ_ONCE(net_hotdata.max_backlog);
#else
	return READ_ONCE(netdev_max_backlog);
#endif
}

/* A netdevice that only NAPI instances know. */
static inline struct net_device *sdwan_compat_dummy_alloc(void)
{
#ifdef SDWAN_HAVE_DUMMY_ALLOC
	return alloc_netdev_dummy(0);
#else
	struct net_device *dev = kzalloc(sizeof(*dev), GFP_KERNEL);

	if (dev)
		init_dummy_netdev(dev);
	return dev;
#endif
}

static inline void sdwan_compat_dummy_free(struct net_device *dev)
{
#ifdef SDWAN_HAVE_DUMMY_ALLOC
	free_netdev(dev);
#else
	kfree(dev);
#endif
}

#endif /* _SDWAN_COMPAT_H */
