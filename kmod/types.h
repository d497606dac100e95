/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: the objects of a fabric
 *
 * Who may touch what.  The configuration of a fabric is written under
 * sdwan_net.lock, which nests inside rtnl_mutex; every writer that comes by
 * netlink holds both.  The data path reads under rcu_read_lock() only.  Each
 * field says which of these it belongs to:
 *
 *   (c) constant from before the object is reachable until after it is not
 *   (L) sdwan_net.lock
 *   (R) written under sdwan_net.lock, read under RCU
 *   (P) per CPU, written by its CPU with bottom halves off
 *
 * An object that a reader can find stays allocated until a grace period after
 * it was unlinked; readers keep no pointer beyond their critical section.
 */
#ifndef _SDWAN_TYPES_H
#define _SDWAN_TYPES_H

#include <linux/mutex.h>
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/rbtree.h>
#include <linux/refcount.h>
#include <linux/rhashtable.h>
#include <linux/u64_stats_sync.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>
#include <net/dst_cache.h>
#include <net/ipv6.h>
#include <linux/sdwan.h>

#include "auth.h"
#include "sla.h"
#include "stats.h"

struct metadata_dst;
struct sdwan_classifier;
struct sdwan_decisions;
struct sdwan_encap_ops;
struct sdwan_flow_table;
struct sdwan_metric_costs;
struct sdwan_metric;
struct sdwan_metrics;
struct sdwan_orders;
struct sdwan_policy;
struct sdwan_probe;
struct sdwan_prober;
struct sdwan_streams;
struct sdwan_txn;
struct sdwan_type;

/* What is configured by generic netlink, in the order of dependence. */
enum sdwan_kind {
	SDWAN_KIND_NODE,
	SDWAN_KIND_UNDERLAY,
	SDWAN_KIND_PEER,
	SDWAN_KIND_PATH,
	SDWAN_KIND_PREFIX,
	SDWAN_KIND_METRIC,
	SDWAN_KIND_CLASS,
	SDWAN_KIND_LAN,
	SDWAN_KIND_RULE,
	SDWAN_KIND_COUNT
};

/* Where an object stands between check and commit. */
enum sdwan_stage {
	SDWAN_STAGE_NONE,	/* committed, nothing staged */
	SDWAN_STAGE_ADD,	/* exists in its transaction only */
	SDWAN_STAGE_CHANGE,	/* committed, with another configuration staged */
	SDWAN_STAGE_DELETE,	/* committed, gone in its transaction */
};

/**
 * struct sdwan_cfg - what can change about an object
 * @rcu: frees it a grace period after it was replaced
 *
 * A change never writes to a configuration that readers can see: it publishes
 * another one.
 */
struct sdwan_cfg {
	struct rcu_head rcu;
};

/**
 * struct sdwan_object - what all configured objects have in common
 * @sn: (c) fabric
 * @type: (c) operations
 * @id: (c) number within its kind
 * @stage: (L) what the open transaction does to it
 * @staged: (L) in the list of the transaction
 * @next: (L) the staged configuration, NULL when there is none
 * @rcu: frees it a grace period after it was unlinked
 * @by_key: (R) in the key table of its kind
 * @cfg: (R) the committed configuration, NULL before commit and after delete
 *
 * What look-ups read comes last, in the cache line of the key behind it.
 */
struct sdwan_object {
	struct sdwan_net *sn;
	const struct sdwan_type *type;
	u32 id;
	enum sdwan_stage stage;
	struct list_head staged;
	struct sdwan_cfg *next;
	struct rcu_head rcu;
	struct rhlist_head by_key;
	struct sdwan_cfg __rcu *cfg;
};

/**
 * struct sdwan_table - all objects of one kind
 * @ids: (R) by number
 * @keys: (R) by key; one key may be there twice while it is deleted and added
 *	in one transaction
 * @next_id: (L) where the next number is looked for
 * @count: (L) objects that exist or are staged to
 * @committed: (L) objects that exist for readers
 * @max: (L) the limit of @count
 * @max_id: (L) the largest number there may be
 */
struct sdwan_table {
	struct xarray ids;
	struct rhltable keys;
	u32 next_id;
	u32 count;
	u32 committed;
	u32 max;
	u32 max_id;
};

#define SDWAN_LAN_BITS	6

/**
 * struct sdwan_net - the fabric of a network namespace
 * @net: (c) the namespace, which contains this
 * @lock: serialises writers
 * @allowed: (c) false where the module parameter userns forbids a fabric
 * @dying: (L) the namespace is going away
 * @generation: (L) counts commits; read without the lock by dumps
 * @epoch: (R) another number whenever something changes, odd meanwhile
 * @table: objects by kind
 * @txn: (L) the open transaction
 * @last_txn: (L) number of the last one
 * @vnis: (R) segments, &struct sdwan_vni by number
 * @sites: (R) sites, &struct sdwan_site by id
 * @overlays: (R) overlay addresses, &struct sdwan_overlay
 * @rx_paths: (R) receive keys, &struct sdwan_path_cfg
 * @socks: (L) where packets come in, &struct sdwan_sock
 * @gre: (R) those of GRE, &struct sdwan_sock.gre
 * @segments: (L) netdevices that exist
 * @max_segments: (L) their limit
 * @path_changes: (R) counts changes of the states of paths, and of decisions
 * @classifier: (c) what rules match
 * @retired_rules: (L) configurations of rules that leave @classifier with the
 *	commit at work
 * @rules_changed: (L) the commit at work shows or hides rules
 * @mark_rules: (L) rules that may depend on a mark, &struct
 *	sdwan_rule_cfg.by_mark, by preference
 * @mark_pref: (R) no rule of less than this preference depends on a mark
 * @drop_rules: (R) how many rules drop packets
 * @frame_rules: (R) how many rules name a part of a frame; these are not among the
 *	others here
 * @mark_mask: (R) which bits of firewall marks carry the number of a class
 * @lans: (R) LANs that have their device, by its index
 * @hook_users: (L) LANs, committed or staged
 * @direct_lans: (R) LANs of mode direct that have their hook
 * @flows: (c) flows and the path that each is pinned to
 * @prober: (c) sends probes
 * @metrics: (c) computes what paths cost
 * @decisions: (c) decides which paths carry classes
 * @nonce: (c) random number by which peers tell this boot from earlier ones
 * @streams: (R) which packets have come that come twice; NULL before the first
 *	peer
 * @drops: (P) packets dropped before a netdevice was known
 * @state_work: keeps the states of paths, sends events
 * @expire_work: deletes prefixes that have expired
 */
struct sdwan_net {
	struct net *net;
	struct mutex lock;	/* serialises writers */
	bool allowed;
	bool dying;
	u32 generation;
	atomic64_t epoch;
	struct sdwan_table table[SDWAN_KIND_COUNT];
	struct sdwan_txn *txn;
	u32 last_txn;
	struct rhashtable vnis;
	struct rhashtable sites;
	struct rhltable overlays;
	struct rhltable rx_paths;
	struct list_head socks;
	struct list_head gre;
	u32 segments;
	u32 max_segments;
	u32 path_changes;
	struct sdwan_classifier *classifier;
	struct list_head retired_rules;
	bool rules_changed;
	struct rb_root_cached mark_rules;
	u32 mark_pref;
	u32 drop_rules;
	u32 frame_rules;
	u32 mark_mask;
	struct hlist_head lans[1 << SDWAN_LAN_BITS];
	u32 hook_users;
	u32 direct_lans;
	struct sdwan_flow_table *flows;
	struct sdwan_prober *prober;
	struct sdwan_metrics *metrics;
	struct sdwan_decisions *decisions;
	u64 nonce;
	struct sdwan_streams __rcu *streams;
	struct sdwan_drops __percpu *drops;
	struct delayed_work state_work;
	struct delayed_work expire_work;
};

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
 * @socks: (R) by enum sdwan_encap and enum sdwan_family; NULL where the
 *	encapsulation or the family is not spoken
 * @encap_users: (L) who needs @socks, by enum sdwan_encap: paths, committed or
 *	staged, and the underlay itself for its default one
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
	struct sdwan_sock __rcu *socks[SDWAN_ENCAPS][SDWAN_FAMILIES];
	u32 encap_users[SDWAN_ENCAPS];
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
 * @stream: (c) random number, from which the names of the streams to it are made
 * @numbers: (P) of the last packet that was numbered
 */
struct sdwan_peer {
	struct sdwan_object obj;
	char name[SDWAN_NAME_MAX + 1];
	struct sdwan_site *site;
	struct list_head at_site;
	u32 gateway;
	struct list_head path_list;
	struct list_head members;
	u64 stream;
	u32 __percpu *numbers;
};

/**
 * struct sdwan_rx_key - tells by which path a packet has come
 * @remote: outer source address, v4-mapped for IPv4; unspecified where there is
 *	no outer header
 * @underlay: id of the underlay of the socket
 * @encap: enum sdwan_encap
 */
struct sdwan_rx_key {
	struct in6_addr remote;
	u32 underlay;
	u32 encap;
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
 * @dst_cache: (P) route to the remote
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
 * @degraded: carries traffic, but badly; written and read as @silent
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
 */
struct sdwan_path {
	struct sdwan_object obj;
	char name[SDWAN_PATH_NAME_MAX + 1];
	struct sdwan_peer *peer;
	struct sdwan_underlay *underlay;
	bool silent;
	u32 pmtu;
	bool degraded;
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
};

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
 * @gap: (c) of flowlets, microseconds
 * @gap_jiffies: (c) the same, rounded up
 * @policy: (c) name at both ends
 * @decided: (c) members are used as is decided by the following, see decision.c
 * @sla: (c) objective
 * @metric: (c) what costs are compared by, NULL for the default
 * @shadow: (c) the same, to be told only, or NULL
 * @of_metric: (L) in sdwan_metric.classes
 * @of_shadow: (L) in sdwan_metric.shadows
 * @alpha: (c) least probability to leave a path for its cost, millionths
 * @floor: (c) least difference of costs that matters, 0 for a part of the lowest
 * @round: (c) from one decision to the next, microseconds
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
	u32 gap;
	u32 gap_jiffies;
	char policy[SDWAN_NAME_MAX + 1];
	bool decided;
	struct sdwan_sla sla;
	struct sdwan_metric *metric;
	struct sdwan_metric *shadow;
	struct list_head of_metric;
	struct list_head of_shadow;
	u32 alpha;
	u32 floor;
	u32 round;
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
 * @turn: (L) it is among those whose round it is
 */
struct sdwan_class {
	struct sdwan_object obj;
	char name[SDWAN_NAME_MAX + 1];
	struct list_head rules;
	bool decides;
	u64 due;
	bool turn;
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

static inline struct sdwan_path_cfg *sdwan_path_cfg(struct sdwan_cfg *cfg)
{
	return container_of(cfg, struct sdwan_path_cfg, hdr);
}

static inline struct sdwan_peer_cfg *sdwan_peer_cfg(struct sdwan_cfg *cfg)
{
	return container_of(cfg, struct sdwan_peer_cfg, hdr);
}

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

static inline struct sdwan_underlay_cfg *
sdwan_underlay_cfg(struct sdwan_cfg *cfg)
{
	return container_of(cfg, struct sdwan_underlay_cfg, hdr);
}

static inline struct sdwan_node_cfg *sdwan_node_cfg(struct sdwan_cfg *cfg)
{
	return container_of(cfg, struct sdwan_node_cfg, hdr);
}

#endif /* _SDWAN_TYPES_H */
