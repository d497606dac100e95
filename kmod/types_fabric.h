/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: the fabric, and what all of its objects have in common
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
#ifndef _SDWAN_TYPES_FABRIC_H
#define _SDWAN_TYPES_FABRIC_H

#include <linux/atomic.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/rbtree.h>
#include <linux/rhashtable.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>

struct net;
struct sdwan_agrees;
struct sdwan_classifier;
struct sdwan_decisions;
struct sdwan_drops;
struct sdwan_flow_table;
struct sdwan_metrics;
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
 * @nat_paths: (R) how many paths are marked nat; changes while @epoch is odd
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
 * @agrees: (c) agrees with other gateways on that
 * @nonce: (c) random number by which peers tell this boot from earlier ones
 * @wall: (c) ns from ktime to the time of day when the fabric began: for all its
 *	probes the same, so that far ends can compare paths. Later changes of the time
 *	of day change no timestamp.
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
	u32 nat_paths;
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
	struct sdwan_agrees *agrees;
	u64 nonce;
	u64 wall;
	struct sdwan_streams __rcu *streams;
	struct sdwan_drops __percpu *drops;
	struct delayed_work state_work;
	struct delayed_work expire_work;
};

#endif /* _SDWAN_TYPES_FABRIC_H */
