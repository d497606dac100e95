/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: the objects of a fabric
 *
 * Those of a site and of its traffic; the rest is in the headers included here.
 * What protects a field is said as in types_fabric.h.
 */
#ifndef _SDWAN_TYPES_H
#define _SDWAN_TYPES_H

#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/refcount.h>
#include <linux/u64_stats_sync.h>
#include <net/ipv6.h>

#include "sla.h"
#include "types_fabric.h"
#include "types_wan.h"

struct metadata_dst;
struct sdwan_group;
struct sdwan_metric;

/**
 * struct sdwan_prefix_key - finds a prefix
 * @addr: address without host bits, v4-mapped for IPv4
 * @vni: segment
 * @plen: length in bits as of IPv6 (96 more than the IPv4 length)
 */
struct sdwan_prefix_key {
	struct in6_addr addr;
	u32 vni;
	u32 plen;
};

/**
 * struct sdwan_prefix_cfg - what can change about a prefix
 * @hdr: common part
 * @site: (c) where it lives, NULL when negative
 * @expires: (c) jiffies64 at which it is gone, 0 for never
 * @origin: (c) who put it there
 * @negative: (c) destinations in it do not exist
 * @n_gateways: (c) length of @gateways, 0 for all of the site
 * @gateways: (c) gateway ids that announce it
 */
struct sdwan_prefix_cfg {
	struct sdwan_cfg hdr;
	struct sdwan_site *site;
	u64 expires;
	enum sdwan_prefix_origin origin;
	bool negative;
	unsigned int n_gateways;
	u32 gateways[];
};

/**
 * struct sdwan_prefix - an inner prefix of a segment
 * @obj: common part; the configuration is &struct sdwan_prefix_cfg. The key
 *	table of the kind is also what the data path looks prefixes up in.
 * @key: (c) key
 * @vni: (c) segment
 */
struct sdwan_prefix {
	struct sdwan_object obj;
	struct sdwan_prefix_key key;
	struct sdwan_vni *vni;
};

/**
 * struct sdwan_class_member - what may carry a class
 * @path: (c) @name is that of a path, else of an underlay
 * @name: (c) name, zero-padded
 * @weight: (c) share of flows, of meaning with explicit weights only
 */
struct sdwan_class_member {
	bool path;
	char name[SDWAN_PATH_NAME_MAX + 1];
	u32 weight;
};

/**
 * struct sdwan_class_cfg - what can change about a class
 * @hdr: common part
 * @class: (c) whose it is
 * @mode: (c) enum sdwan_class_mode
 * @weight_by: (c) enum sdwan_class_weight, equal for modes but balance
 * @move: (c) enum sdwan_class_move
 * @failback: (c) enum sdwan_class_failback
 * @dscp: (c) of outer packets, SDWAN_DSCP_COPY or SDWAN_DSCP_PATH
 * @strict: (c) drop while no member is up, or none fulfils the objective
 * @decided: (c) members are used as is decided by what is said from @sla on, see
 *	decision.c
 * @gap: (c) of flowlets, microseconds; 0 for as long as it takes, see transit.c
 * @policy: (c) name at both ends
 * @sla: (c) objective
 * @metric: (c) what costs are compared by, NULL for the default
 * @shadow: (c) the same, to be told only, or NULL
 * @of_metric: (L) in sdwan_metric.classes
 * @of_shadow: (L) in sdwan_metric.shadows
 * @alpha: (c) least probability to leave a path for its cost, millionths
 * @floor: (c) least difference of costs that matters, 0 for a part of the lowest
 * @round: (c) from one decision to the next, microseconds
 * @group: (c) classes whose company it prefers, or NULL
 * @n_members: (c) length of @members, 0 for all paths
 * @members: (c) in the order of preference
 */
struct sdwan_class_cfg {
	struct sdwan_cfg hdr;
	const struct sdwan_class *class;
	u8 mode;
	u8 weight_by;
	u8 move;
	u8 failback;
	u8 dscp;
	bool strict;
	bool decided;
	u32 gap;
	char policy[SDWAN_NAME_MAX + 1];
	struct sdwan_sla sla;
	struct sdwan_metric *metric;
	struct sdwan_metric *shadow;
	struct list_head of_metric;
	struct list_head of_shadow;
	u32 alpha;
	u32 floor;
	u32 round;
	struct sdwan_group *group;
	unsigned int n_members;
	struct sdwan_class_member members[];
};

/**
 * struct sdwan_class - a kind of traffic
 * @obj: common part; the configuration is &struct sdwan_class_cfg
 * @name: (c) key, zero-padded
 * @rules: (L) &struct sdwan_rule_cfg.of_class, committed or staged
 * @decides: (L) its configuration is of those that are decided
 * @due: (L) ktime of the next round
 * @grouped: (L) in sdwan_groups.classes, where it is decided and of a group
 * @told: (L) how its policy was called, and what its goals were, when other gateways
 *	were told last; 0 for never
 */
struct sdwan_class {
	struct sdwan_object obj;
	char name[SDWAN_NAME_MAX + 1];
	struct list_head rules;
	bool decides;
	u64 due;
	struct list_head grouped;
	u64 told;
};

/**
 * struct sdwan_lan_cfg - what can change about a LAN
 * @hdr: common part
 * @mode: (c) enum sdwan_lan_mode
 * @vni: (c) where rules steer to that name no segment, 0 for nowhere
 * @note: (c) names @vni to packets, in mode direct only
 */
struct sdwan_lan_cfg {
	struct sdwan_cfg hdr;
	u8 mode;
	u32 vni;
	struct metadata_dst *note;
};

/**
 * struct sdwan_lan - a device by which traffic of this site comes in
 * @obj: common part; the configuration is &struct sdwan_lan_cfg
 * @name: (L) key, zero-padded: name of the device, or of the one it waits for
 * @ifindex: (R) of the device, 0 while there is none; cleared at
 *	NETDEV_UNREGISTER
 * @by_ifindex: (R) in sdwan_net.lans while there is a device
 * @rules: (L) &struct sdwan_rule_cfg.of_lan, committed or staged
 * @hook: (L) hook of the device in mode direct; its device is NULL while there
 *	is none
 */
struct sdwan_lan {
	struct sdwan_object obj;
	char name[IFNAMSIZ];
	int ifindex;
	struct hlist_node by_ifindex;
	struct list_head rules;
	struct nf_hook_ops hook;
};

#define SDWAN_PLENS	129

/* MTU of what limits nothing. */
#define SDWAN_MTU_NONE	UINT_MAX

/**
 * struct sdwan_vni - a segment, whether or not it has a netdevice
 * @node: (R) in sdwan_net.vnis
 * @vni: (c) number
 * @dev: (R) its netdevice, NULL when there is none; cleared before the device
 *	is unregistered
 * @users: (L) the netdevice and the prefixes that hold it
 * @plens: (R) bit 128 - n, 64 to a word, is set while a prefix of length n (as
 *	of IPv6) exists or is staged to, so that the lowest bit is the longest
 *	prefix
 * @plen_users: (L) prefixes of each length, by the same index; allocated with
 *	the first prefix
 * @rcu: frees it
 */
struct sdwan_vni {
	struct rhash_head node;
	u32 vni;
	struct net_device __rcu *dev;
	u32 users;
	u64 plens[DIV_ROUND_UP(SDWAN_PLENS, 64)];
	u32 *plen_users;
	struct rcu_head rcu;
};

/**
 * struct sdwan_segment - private part of a netdevice of kind sdwan
 * @sn: (c) fabric, of the namespace the device was made in
 * @dev: (c) the device
 * @vni: (c) its segment
 * @mode: (c) enum sdwan_mode
 * @drops: (P) packets dropped, by cause, and what else is remarkable of packets
 */
struct sdwan_segment {
	struct sdwan_net *sn;
	struct net_device *dev;
	struct sdwan_vni *vni;
	u8 mode;
	struct sdwan_drops __percpu *drops;
};

static inline struct sdwan_prefix_cfg *sdwan_prefix_cfg(struct sdwan_cfg *cfg)
{
	return container_of(cfg, struct sdwan_prefix_cfg, hdr);
}

static inline struct sdwan_class_cfg *sdwan_class_cfg(struct sdwan_cfg *cfg)
{
	return container_of(cfg, struct sdwan_class_cfg, hdr);
}

static inline struct sdwan_lan_cfg *sdwan_lan_cfg(struct sdwan_cfg *cfg)
{
	return container_of(cfg, struct sdwan_lan_cfg, hdr);
}

#endif /* _SDWAN_TYPES_H */
