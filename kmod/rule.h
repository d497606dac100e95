/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: rules
 */
#ifndef _SDWAN_RULE_H
#define _SDWAN_RULE_H

#include "classifier.h"
#include "types.h"

/**
 * struct sdwan_rule_stats - what a rule has decided on one CPU
 * @packets: GSO segments counted
 * @bytes: from the inner IP header on
 * @last: jiffies64 of the last one, 0 for never
 * @syncp: lets 32-bit readers see whole values
 */
struct sdwan_rule_stats {
	u64_stats_t packets;
	u64_stats_t bytes;
	u64_stats_t last;
	struct u64_stats_sync syncp;
};

/**
 * struct sdwan_rule_cfg - what can change about a rule
 * @hdr: common part
 * @node: what readers find; its match is @match
 * @shown: (L) it was committed
 * @retired: (L) in sdwan_net.retired_rules
 * @of_class: (L) in sdwan_class.rules
 * @of_lan: (L) in sdwan_lan.rules
 * @rule: (c) whose it is
 * @match: (c) what it matches
 * @has_from: (c) it names a source prefix, be it that of all addresses
 * @has_to: (c) likewise a destination prefix
 * @ethertype: (c) as it was given, 0 for none; part of @match as a family or as
 *	part of a frame
 * @prog: (c) the program in @match and its name, or NULL
 * @lan: (L) whose frames it matches, NULL where it names no part of one
 * @action: (c) enum sdwan_rule_action
 * @sets: (c) it changes the packet (one of the following, or the priority)
 * @set_dscp: (c) of the inner packet, or SDWAN_DSCP_ANY to leave it
 * @set_mark: (c) firewall mark of the inner packet
 * @set_mark_mask: (c) which bits of it, 0 for none
 * @set_priority: (c) priority of the packet
 * @has_priority: (c) whether that is to be set
 * @steer_vni: (c) with action steer the segment that leads to, 0 for that of the
 *	LAN
 * @note: (c) names @steer_vni to packets, NULL where that is 0
 * @by_mark: (L) in sdwan_net.mark_rules from when it is shown, if it may depend on
 *	the mark
 * @class: (c) with action class, else NULL; lives as long as this, which
 *	its own configuration need not
 * @stats: (P) counters, those of @rule
 * @name: (c) for people
 */
struct sdwan_rule_cfg {
	struct sdwan_cfg hdr;
	struct sdwan_classifier_node node;
	bool shown;
	struct list_head retired;
	struct list_head of_class;
	struct list_head of_lan;
	struct sdwan_rule *rule;
	struct sdwan_match match;
	bool has_from;
	bool has_to;
	u16 ethertype;
	struct sdwan_prog *prog;
	struct sdwan_lan *lan;
	u8 action;
	bool sets;
	u8 set_dscp;
	u32 set_mark;
	u32 set_mark_mask;
	u32 set_priority;
	bool has_priority;
	u32 steer_vni;
	struct metadata_dst *note;
	struct rb_node by_mark;
	struct sdwan_class *class;
	struct sdwan_rule_stats __percpu *stats;
	char name[SDWAN_NAME_MAX + 1];
};

/**
 * struct sdwan_rule - a match and a verdict
 * @obj: common part; the configuration is &struct sdwan_rule_cfg
 * @pref: (c) key
 * @stats: (P) counters
 */
struct sdwan_rule {
	struct sdwan_object obj;
	u32 pref;
	struct sdwan_rule_stats __percpu *stats;
};

static inline struct sdwan_rule_cfg *sdwan_rule_cfg(struct sdwan_cfg *cfg)
{
	return container_of(cfg, struct sdwan_rule_cfg, hdr);
}

static inline const struct sdwan_rule_cfg *
sdwan_rule_of(const struct sdwan_classifier_node *node)
{
	return container_of(node, struct sdwan_rule_cfg, node);
}

void sdwan_rules_switch(struct sdwan_net *sn);
void sdwan_rule_count(const struct sdwan_rule_cfg *cfg, unsigned int packets,
		      unsigned int bytes);

#endif /* _SDWAN_RULE_H */
