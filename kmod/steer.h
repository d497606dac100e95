/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: which path a packet takes
 *
 * A rule gives a packet its class, the class ranks the paths to its site, and
 * the flow table keeps each flow where it is until there is a reason to move
 * it.
 */
#ifndef _SDWAN_STEER_H
#define _SDWAN_STEER_H

#include "classifier.h"
#include "dissect.h"
#include "flow.h"
#include "rank.h"
#include "resolve.h"

struct sdwan_rule_cfg;

/**
 * struct sdwan_steering - how a packet is steered
 * @sn: fabric
 * @key: its flow
 * @hash: of @key
 * @epoch: of the fabric when it was asked, 0 while that changes
 * @flow: what is known of its flow, or NULL
 * @rule: the rule that decides, or NULL
 * @class: its class, or NULL
 * @path: the path of its flow, or NULL
 * @changes: sdwan_net.path_changes before paths were looked at
 * @idle: jiffies since the packet before in its flow
 * @what: what it is to its flow
 *
 * Valid within the RCU section it was filled in.
 */
struct sdwan_steering {
	struct sdwan_net *sn;
	struct sdwan_flow_key key;
	u32 hash;
	u64 epoch;
	struct sdwan_flow *flow;
	struct sdwan_classifier_node *rule;
	const struct sdwan_class_cfg *class;
	const struct sdwan_path_cfg *path;
	u32 changes;
	u32 idle;
	enum sdwan_dissected what;
};

/**
 * sdwan_steering_begins() - whether a packet may begin a flow, or change one
 * @st: how it is steered
 *
 * Return: false for an ICMP error, which belongs to the flow it is about.
 */
static inline bool sdwan_steering_begins(const struct sdwan_steering *st)
{
	return st->what != SDWAN_DISSECT_ERROR;
}

/**
 * sdwan_steers() - whether there is anything to steer by
 * @sn: fabric
 *
 * Return: true while there are rules, or LANs whose packets go past routing.
 */
static inline bool sdwan_steers(const struct sdwan_net *sn)
{
	return READ_ONCE(sn->table[SDWAN_KIND_RULE].committed) ||
	       unlikely(READ_ONCE(sn->direct_lans));
}

void sdwan_steer_headers(const struct sdwan_flow_key *key,
			 enum sdwan_dissected what,
			 struct sdwan_headers *headers);
u8 sdwan_steer_dscp(const struct sk_buff *skb);
bool sdwan_steer_set(struct sk_buff *skb, const struct sdwan_rule_cfg *rule);
void sdwan_steer_classify(struct sdwan_steering *st,
			  const struct sdwan_headers *headers);
bool sdwan_steer_contradicted(const struct sdwan_steering *st, u32 mark);
bool sdwan_flow_recall(const struct sdwan_flow *flow,
		       struct sdwan_steering *st);
void sdwan_steer_begin(const struct sdwan_segment *seg,
		       const struct sk_buff *skb, struct sdwan_steering *st);
bool sdwan_steer(struct sk_buff *skb, struct sdwan_steering *st,
		 enum sdwan_drop *cause);
const struct sdwan_path_cfg *
sdwan_steer_path(struct sdwan_steering *st, const struct sdwan_target *target,
		 const struct sdwan_path_cfg *after);
const struct sdwan_path_cfg *
sdwan_steer_foresee(struct sdwan_steering *st,
		    const struct sdwan_target *target, bool *pinned);
const struct sdwan_path_cfg *
sdwan_steer_waits(const struct sdwan_steering *st,
		  const struct sdwan_target *target, u32 *gap);
void sdwan_steer_taken(struct sdwan_steering *st,
		       const struct sdwan_path_cfg *path);
struct sdwan_flow *sdwan_steer_arrival(const struct sdwan_segment *seg,
				       const struct sk_buff *skb,
				       const struct sdwan_path_cfg *path,
				       bool second);
struct sdwan_flow *sdwan_steer_expected(const struct sdwan_net *sn,
					const struct sdwan_flow_key *key,
					const struct sdwan_path_cfg *path);
void sdwan_steer_came(struct sdwan_flow *flow);

#endif /* _SDWAN_STEER_H */
