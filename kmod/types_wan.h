/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: this edge, others, and the ways to them
 *
 * What protects a field is said as in types_fabric.h.
 */
#ifndef _SDWAN_TYPES_WAN_H
#define _SDWAN_TYPES_WAN_H

#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/sdwan.h>
#include <net/dst_cache.h>
#include <net/ipv6.h>

#include "agree_types.h"
#include "auth.h"
#include "sla.h"
#include "stats.h"
#include "types_fabric.h"

struct sdwan_encap_ops;
struct sdwan_metric_costs;
struct sdwan_orders;
struct sdwan_policy;
struct sdwan_probe;

/**
 * struct sdwan_node_cfg - this edge
 * @hdr: common part
 * @site: (c) site id, not zero
 * @gateway: (c) gateway id, not zero
 * @name: (c) for people
 */
struct sdwan_node_cfg {
	struct sdwan_cfg hdr;
	u32 site;
	u32 gateway;
	char name[SDWAN_NAME_MAX + 1];
};

/**
 * struct sdwan_node - the one object of kind node
 * @obj: common part; the configuration is &struct sdwan_node_cfg
 */
struct sdwan_node {
	struct sdwan_object obj;
};

/**
 * struct sdwan_sock - where packets of one encapsulation come in
 * @list: (L) in sdwan_net.socks
 * @gre: (R) in sdwan_net.gre
 * @sn: (c) fabric
 * @sock: (c) the kernel's UDP socket, NULL where the encapsulation has no ports
 * @underlay: (R) whom packets belong to; NULL drops them
 * @users: (L) underlays, committed or staged, that hold it
 * @dev: (c) device it is bound to; not a reference: closed before that goes
 * @ifindex: (c) of the device
 * @local: (c) address it is bound to, unspecified for all
 * @family: (c) AF_INET, AF_INET6, or AF_UNSPEC where there is no outer header
 * @port: (c) local port, 0 where the encapsulation has none
 * @encap: (c) operations of the encapsulation
 * @hook: (L) hook of the device, while packets go past routing and firewall; its
 *	device is NULL while there is none
 * @rcu: frees it
 */
struct sdwan_sock {
	struct list_head list;
	struct list_head gre;
	struct sdwan_net *sn;
	struct socket *sock;
	struct sdwan_underlay __rcu *underlay;
	u32 users;
	struct net_device *dev;
	int ifindex;
	struct in6_addr local;
	unsigned short family;
	__be16 port;
	const struct sdwan_encap_ops *encap;
	struct nf_hook_ops hook;
	struct rcu_head rcu;
};

/**
 * struct sdwan_probe_cfg - how paths are measured
 * @interval: (c) between probes of a path in use, microseconds
 * @idle_interval: (c) between probes of another path, microseconds
 * @hold: (c) how long a path that was silent is watched, microseconds
 * @latency: (c) round-trip time above which a path is degraded, microseconds
 * @jitter: (c) the same of the variation of the delay
 * @loss: (c) the same of the loss, millionths
 * @mode: (c) enum sdwan_probe_mode
 * @mult: (c) silent after so many intervals
 * @mtu: (c) enum sdwan_probe_mtu
 * @raise: (c) after how long longer packets are asked for again, microseconds
 * @margin: (c) degraded until below that, percent less
 *
 * 0 is inherited: by a path from its underlay, by that the default.
 */
struct sdwan_probe_cfg {
	u32 interval;
	u32 idle_interval;
	u32 hold;
	u32 raise;
	u32 latency;
	u32 jitter;
	u32 loss;
	u8 mode;
	u8 mult;
	u8 mtu;
	u8 margin;
};

/**
 * struct sdwan_underlay_cfg - what can change about an underlay
 * @hdr: common part
 * @rate: (c) capacity in bit/s, 0 for not known
 * @cost: (c) administrator's unit
 * @probe: (c) how its paths are measured that say nothing else
 */
struct sdwan_underlay_cfg {
	struct sdwan_cfg hdr;
	u64 rate;
	u32 cost;
	struct sdwan_probe_cfg probe;
};

/**
 * struct sdwan_underlay_use - traffic of the device of an underlay
 * @at: ktime at which it was looked at, 0 for never
 * @known: rates are known
 * @ifindex: of the device
 * @tx_bytes: sent by then
 * @rx_bytes: received by then
 * @total: errors by then
 * @tx_rate: bit/s
 * @rx_rate: bit/s
 * @errors: per second
 *
 * Written under sdwan_net.lock and sdwan_metrics.told, read under either.
 */
struct sdwan_underlay_use {
	u64 at;
	bool known;
	int ifindex;
	u64 tx_bytes;
	u64 rx_bytes;
	u64 total;
	u64 tx_rate;
	u64 rx_rate;
	u64 errors;
};

/* Index of an address family in sdwan_underlay.socks. */
enum sdwan_family {
	SDWAN_V4,	/* also where there is no outer header */
	SDWAN_V6,
	SDWAN_FAMILIES
};

#define SDWAN_ENCAPS	(SDWAN_ENCAP_DEV + 1)

/* Sockets that are of no encapsulation, but of probes outside of tunnels. */
enum sdwan_outside {
	SDWAN_OUTSIDE_REFLECTOR = SDWAN_ENCAPS,
	SDWAN_OUTSIDE_SENDER,
	SDWAN_SOCKS
};

/**
 * struct sdwan_underlay - a local attachment to a WAN
 * @obj: common part; the configuration is &struct sdwan_underlay_cfg
 * @name: (c) key, zero-padded
 * @dev_name: (L) name of the device, or of the one it waits for
 * @local: (c) source address, v4-mapped for IPv4, unspecified for any
 * @port: (c) local UDP port of the default encapsulation, 0 where it has none
 * @encap: (c) default encapsulation, enum sdwan_encap
 * @dev: (R) the device, NULL while there is none; cleared at
 *	NETDEV_UNREGISTER, so that a reader's device stays for its section
 * @dev_tracker: (L) of the reference on @dev
 * @socks: (R) by enum sdwan_encap or sdwan_outside, and enum sdwan_family; NULL
 *	where that or the family is not spoken
 * @encap_users: (L) who needs @socks, by the same: paths, committed or
 *	staged, and the underlay itself for its default one; for probes,
 *	configurations that say so
 * @members: (L) &struct sdwan_path.of_underlay, committed or staged
 * @state: (L) last state told to listeners
 * @reason: (L) likewise
 * @use: traffic, kept while there is a metric here or at a far end that reads it
 */
struct sdwan_underlay {
	struct sdwan_object obj;
	char name[SDWAN_NAME_MAX + 1];
	char dev_name[IFNAMSIZ];
	struct in6_addr local;
	u16 port;
	u8 encap;
	struct net_device __rcu *dev;
	netdevice_tracker dev_tracker;
	struct sdwan_sock __rcu *socks[SDWAN_SOCKS][SDWAN_FAMILIES];
	u32 encap_users[SDWAN_SOCKS];
	struct list_head members;
	enum sdwan_path_state state;
	enum sdwan_state_reason reason;
	struct sdwan_underlay_use use;
};

/**
 * struct sdwan_site - a remote site
 * @node: (R) in sdwan_net.sites
 * @id: (c) site id
 * @paths: (R) &struct sdwan_path_cfg.by_site, by preference, then path id
 * @mtu: (R) the largest inner packet that every path to it carries
 * @peers: (L) &struct sdwan_peer.at_site, committed or staged
 * @users: (L) peers and prefixes, committed or staged, that hold it
 * @urgent: (L) decisions on it are not to wait for their round
 * @goals: (L) sdwan_decisions.goals when its paths were last told what is to be
 *	noticed at once
 * @n_policies: (L) length of @policies
 * @policies: (L) what is decided on it, see policy.c
 * @rcu: frees it
 */
struct sdwan_site {
	struct rhash_head node;
	u32 id;
	struct list_head paths;
	unsigned int mtu;
	struct list_head peers;
	u32 users;
	bool urgent;
	u32 goals;
	u32 n_policies;
	struct sdwan_policy **policies;
	struct rcu_head rcu;
};

/**
 * struct sdwan_overlay_key - finds an overlay address
 * @addr: address, v4-mapped for IPv4
 */
struct sdwan_overlay_key {
	struct in6_addr addr;
};

/**
 * struct sdwan_overlay - an overlay address of a peer
 * @node: (R) in sdwan_net.overlays
 * @key: (c) address
 * @vni: (c) segment, 0 for all
 * @peer: (c) whose it is
 * @cfg: (c) the configuration it is part of; it counts only while that is
 *	the committed one of the peer
 */
struct sdwan_overlay {
	struct rhlist_head node;
	struct sdwan_overlay_key key;
	u32 vni;
	struct sdwan_peer *peer;
	struct sdwan_cfg *cfg;
};

/**
 * struct sdwan_peer_cfg - what can change about a peer
 * @hdr: common part
 * @source_check: (c) inner source addresses must resolve to the peer's site
 * @stock: (c) the far end is a stock tunnel device
 * @auth: (c) keys, but for what is said there
 * @n_overlays: (c) length of @overlays
 * @overlays: (c) overlay addresses
 */
struct sdwan_peer_cfg {
	struct sdwan_cfg hdr;
	bool source_check;
	bool stock;
	struct sdwan_auth auth;
	unsigned int n_overlays;
	struct sdwan_overlay overlays[];
};

/**
 * struct sdwan_peer - a remote edge
 * @obj: common part; the configuration is &struct sdwan_peer_cfg
 * @name: (c) key, zero-padded
 * @site: (c) where it is
 * @at_site: (L) in sdwan_site.peers
 * @gateway: (c) gateway id within the site
 * @path_list: (R) &struct sdwan_path_cfg.by_peer, by preference, then path id
 * @members: (L) &struct sdwan_path.of_peer, committed or staged
 * @led: (L) it leads, and is heard
 * @stream: (c) random number, from which the names of the streams to it are made
 * @numbers: (P) of the last packet that was numbered
 * @clock: atomic; ktime at which the clock there was last found to have been set, 0
 *	for never. What paths were sampled before is not comparable.
 */
struct sdwan_peer {
	struct sdwan_object obj;
	char name[SDWAN_NAME_MAX + 1];
	struct sdwan_site *site;
	struct list_head at_site;
	u32 gateway;
	struct list_head path_list;
	struct list_head members;
	bool led;
	u64 stream;
	u32 __percpu *numbers;
	atomic64_t clock;
};

/**
 * struct sdwan_endpoint - where a far end is
 * @addr: outer address, v4-mapped for IPv4; unspecified where it is not known
 * @port: its UDP port, 0 where there are none
 */
struct sdwan_endpoint {
	struct in6_addr addr;
	__be16 port;
};

/**
 * struct sdwan_rx_key - tells by which path a packet has come
 * @remote: outer source address, v4-mapped for IPv4; unspecified where there is
 *	no outer header
 * @underlay: id of the underlay of the socket
 * @encap: enum sdwan_encap
 * @port: outer source port where the path is marked nat, 0 for any
 */
struct sdwan_rx_key {
	struct in6_addr remote;
	u32 underlay;
	u32 encap;
	__be16 port;
};

/**
 * struct sdwan_path_cfg - what can change about a path
 * @hdr: common part
 * @path: (c) whose it is
 * @ops: (c) encapsulation
 * @by_site: (R) in sdwan_site.paths
 * @by_peer: (R) in sdwan_peer.path_list
 * @by_rx: (R) in sdwan_net.rx_paths; it counts only while this is the
 *	committed configuration
 * @key: (c) receive key; holds the remote address
 * @dstport: (c) destination UDP port, 0 where the encapsulation has none
 * @srcport: (c) source UDP port, 0 for that of the flow
 * @nat: (c) its far end is followed to where it is heard
 * @admin: (c) may be used
 * @mss_clamp: (c) lower the MSS of TCP
 * @dscp: (c) of outer packets, or SDWAN_DSCP_COPY
 * @ttl: (c) of outer packets, 0 for the route's
 * @df: (c) enum sdwan_df
 * @udp_csum: (c) enum sdwan_udp_csum
 * @fwmark: (c) of outer packets, 0 for none
 * @mtu_clamp: (c) most bytes of an outer packet, 0 for what the route allows
 * @preference: (c) lower first
 * @family: (c) of the outer header, AF_INET or AF_INET6; AF_UNSPEC without one
 * @probe: (c) how it is measured
 * @said: (c) the remote address and port that are configured
 * @learned: (c) where it was heard instead, the address unspecified for not; @key,
 *	@dstport and @family are those of this then
 * @learned_at: (c) jiffies64 of that
 * @dst_cache: (P) route to the remote
 *
 * A path that is marked nat and has no remote address waits for its far end: its family
 * is AF_UNSPEC, it has no route, and nothing is received by it.
 */
struct sdwan_path_cfg {
	struct sdwan_cfg hdr;
	struct sdwan_path *path;
	const struct sdwan_encap_ops *ops;
	struct list_head by_site;
	struct list_head by_peer;
	struct rhlist_head by_rx;
	struct sdwan_rx_key key;
	__be16 dstport;
	__be16 srcport;
	bool nat;
	bool admin;
	bool mss_clamp;
	u8 dscp;
	u8 ttl;
	u8 df;
	u8 udp_csum;
	u32 fwmark;
	u32 mtu_clamp;
	u32 preference;
	unsigned short family;
	struct sdwan_probe_cfg probe;
	struct sdwan_endpoint said;
	struct sdwan_endpoint learned;
	u64 learned_at;
	struct dst_cache dst_cache;
};

/**
 * struct sdwan_path - one way to a peer
 * @obj: common part; the configuration is &struct sdwan_path_cfg
 * @name: (c) key, zero-padded
 * @peer: (c) where it goes
 * @underlay: (c) over what
 * @silent: probes are not answered, so that nothing is sent; written under the
 *	lock of @probe, read under RCU
 * @pmtu: the longest outer packet that passes, as probes say, SDWAN_MTU_NONE where
 *	they say nothing; written under the lock of @probe, read under RCU
 * @degraded: why it carries traffic badly, SDWAN_STATE_REASON_NONE where it does not;
 *	written and read as @silent
 * @probe: (c) what is measured
 * @of_peer: (L) in sdwan_peer.members
 * @of_underlay: (L) in sdwan_underlay.members
 * @encap: (c) enum sdwan_encap
 * @vni: (c) the one segment that a path without outer headers carries, 0 for
 *	all
 * @mtu: (R) the largest inner packet that fits, when @state was last found out;
 *	SDWAN_MTU_NONE where it carries none
 * @stats: (P) counters
 * @state: (L) last state told to listeners
 * @reason: (L) likewise
 * @since: (L) jiffies64 at which @state became what it is
 * @costs: (L) what it costs, NULL before that was computed
 * @orders: (R) its place in what is decided, NULL while nothing is
 * @alarm: limits that a decision is made at once beyond; under the lock of @probe
 * @alarmed: that has happened; set under the lock of @probe, cleared under
 *	sdwan_net.lock
 * @agree: what its two gateways agree on
 * @grace: (L) ktime of the next tick of flows that wait for a gap before they leave it,
 *	as it is in breach of an objective; 0 for none do
 */
struct sdwan_path {
	struct sdwan_object obj;
	char name[SDWAN_PATH_NAME_MAX + 1];
	struct sdwan_peer *peer;
	struct sdwan_underlay *underlay;
	bool silent;
	u32 pmtu;
	enum sdwan_state_reason degraded;
	struct sdwan_probe *probe;
	struct list_head of_peer;
	struct list_head of_underlay;
	u8 encap;
	u32 vni;
	unsigned int mtu;
	struct sdwan_path_stats __percpu *stats;
	enum sdwan_path_state state;
	enum sdwan_state_reason reason;
	u64 since;
	struct sdwan_metric_costs *costs;
	struct sdwan_orders __rcu *orders;
	struct sdwan_sla alarm;
	bool alarmed;
	struct sdwan_agree agree;
	u64 grace;
};

static inline struct sdwan_path_cfg *sdwan_path_cfg(struct sdwan_cfg *cfg)
{
	return container_of(cfg, struct sdwan_path_cfg, hdr);
}

static inline struct sdwan_peer_cfg *sdwan_peer_cfg(struct sdwan_cfg *cfg)
{
	return container_of(cfg, struct sdwan_peer_cfg, hdr);
}

static inline struct sdwan_underlay_cfg *
sdwan_underlay_cfg(struct sdwan_cfg *cfg)
{
	return container_of(cfg, struct sdwan_underlay_cfg, hdr);
}

static inline struct sdwan_node_cfg *sdwan_node_cfg(struct sdwan_cfg *cfg)
{
	return container_of(cfg, struct sdwan_node_cfg, hdr);
}

#endif /* _SDWAN_TYPES_WAN_H */
