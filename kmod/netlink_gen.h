/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/sdwan.yaml */
/* YNL-GEN kernel header */

#ifndef _LINUX_SDWAN_GEN_H
#define _LINUX_SDWAN_GEN_H

#include <net/netlink.h>
#include <net/genetlink.h>

#include <uapi/linux/sdwan.h>

/* Common nested types */
extern const struct nla_policy sdwan_class_member_nl_policy[SDWAN_A_CLASS_MEMBER_WEIGHT + 1];
extern const struct nla_policy sdwan_metric_field_nl_policy[SDWAN_A_METRIC_FIELD_VALUE + 1];
extern const struct nla_policy sdwan_overlay_nl_policy[SDWAN_A_OVERLAY_VNI + 1];

extern const struct nla_policy sdwan_fabric_get_nl_policy[SDWAN_A_FABRIC_TXN + 1];

extern const struct nla_policy sdwan_fabric_set_nl_policy[SDWAN_A_FABRIC_MAX_METRICS + 1];

extern const struct nla_policy sdwan_txn_begin_nl_policy[SDWAN_A_TXN_GENERATION + 1];

extern const struct nla_policy sdwan_txn_commit_nl_policy[SDWAN_A_TXN_GENERATION + 1];

extern const struct nla_policy sdwan_txn_abort_nl_policy[SDWAN_A_TXN_ID + 1];

extern const struct nla_policy sdwan_node_get_nl_policy[SDWAN_A_NODE_TXN + 1];

extern const struct nla_policy sdwan_node_set_nl_policy[SDWAN_A_NODE_NAME + 1];

extern const struct nla_policy sdwan_underlay_get_nl_policy[SDWAN_A_UNDERLAY_NAME + 1];

extern const struct nla_policy sdwan_underlay_new_nl_policy[SDWAN_A_UNDERLAY_DEGRADED_MARGIN + 1];

extern const struct nla_policy sdwan_underlay_set_nl_policy[SDWAN_A_UNDERLAY_DEGRADED_MARGIN + 1];

extern const struct nla_policy sdwan_underlay_del_nl_policy[SDWAN_A_UNDERLAY_NAME + 1];

extern const struct nla_policy sdwan_peer_get_nl_policy[SDWAN_A_PEER_NAME + 1];

extern const struct nla_policy sdwan_peer_new_nl_policy[SDWAN_A_PEER_KEY_RETIRE + 1];

extern const struct nla_policy sdwan_peer_set_nl_policy[SDWAN_A_PEER_KEY_RETIRE + 1];

extern const struct nla_policy sdwan_peer_del_nl_policy[SDWAN_A_PEER_NAME + 1];

extern const struct nla_policy sdwan_path_get_nl_policy[SDWAN_A_PATH_UNDERLAY + 1];

extern const struct nla_policy sdwan_path_new_nl_policy[SDWAN_A_PATH_NAT + 1];

extern const struct nla_policy sdwan_path_set_nl_policy[SDWAN_A_PATH_NAT + 1];

extern const struct nla_policy sdwan_path_del_nl_policy[SDWAN_A_PATH_UNDERLAY + 1];

extern const struct nla_policy sdwan_prefix_get_nl_policy[SDWAN_A_PREFIX_DEV + 1];

extern const struct nla_policy sdwan_prefix_new_nl_policy[SDWAN_A_PREFIX_NEGATIVE + 1];

extern const struct nla_policy sdwan_prefix_set_nl_policy[SDWAN_A_PREFIX_NEGATIVE + 1];

extern const struct nla_policy sdwan_prefix_del_nl_policy[SDWAN_A_PREFIX_DEV + 1];

extern const struct nla_policy sdwan_class_get_nl_policy[SDWAN_A_CLASS_NAME + 1];

extern const struct nla_policy sdwan_class_new_nl_policy[SDWAN_A_CLASS_GROUP + 1];

extern const struct nla_policy sdwan_class_set_nl_policy[SDWAN_A_CLASS_GROUP + 1];

extern const struct nla_policy sdwan_class_del_nl_policy[SDWAN_A_CLASS_NAME + 1];

extern const struct nla_policy sdwan_rule_get_nl_policy[SDWAN_A_RULE_PREF + 1];

extern const struct nla_policy sdwan_rule_new_nl_policy[SDWAN_A_RULE_SET_VLAN + 1];

extern const struct nla_policy sdwan_rule_set_nl_policy[SDWAN_A_RULE_SET_VLAN + 1];

extern const struct nla_policy sdwan_rule_del_nl_policy[SDWAN_A_RULE_PREF + 1];

extern const struct nla_policy sdwan_flow_get_nl_policy[SDWAN_A_FLOW_OWNER + 1];

extern const struct nla_policy sdwan_flow_flush_nl_policy[SDWAN_A_FLOW_OWNER + 1];

extern const struct nla_policy sdwan_flow_explain_nl_policy[SDWAN_A_FLOW_IIF + 1];

extern const struct nla_policy sdwan_lan_get_nl_policy[SDWAN_A_LAN_NAME + 1];

extern const struct nla_policy sdwan_lan_new_nl_policy[SDWAN_A_LAN_VNI + 1];

extern const struct nla_policy sdwan_lan_set_nl_policy[SDWAN_A_LAN_VNI + 1];

extern const struct nla_policy sdwan_lan_del_nl_policy[SDWAN_A_LAN_NAME + 1];

extern const struct nla_policy sdwan_metric_get_nl_policy[SDWAN_A_METRIC_NAME + 1];

extern const struct nla_policy sdwan_metric_new_nl_policy[SDWAN_A_METRIC_BPF_FD + 1];

extern const struct nla_policy sdwan_metric_set_nl_policy[SDWAN_A_METRIC_BPF_FD + 1];

extern const struct nla_policy sdwan_metric_del_nl_policy[SDWAN_A_METRIC_NAME + 1];

extern const struct nla_policy sdwan_metric_cost_nl_policy[SDWAN_A_COST_PATH + 1];

extern const struct nla_policy sdwan_metric_test_nl_policy[SDWAN_A_COST_FIELD + 1];

extern const struct nla_policy sdwan_decision_get_nl_policy[SDWAN_A_DECISION_PEER + 1];

/* Ops table for sdwan */
extern const struct genl_ops sdwan_nl_ops[45];

int sdwan_nl_fabric_get_doit(struct sk_buff *skb, struct genl_info *info);
int sdwan_nl_fabric_set_doit(struct sk_buff *skb, struct genl_info *info);
int sdwan_nl_txn_begin_doit(struct sk_buff *skb, struct genl_info *info);
int sdwan_nl_txn_commit_doit(struct sk_buff *skb, struct genl_info *info);
int sdwan_nl_txn_abort_doit(struct sk_buff *skb, struct genl_info *info);
int sdwan_nl_node_get_doit(struct sk_buff *skb, struct genl_info *info);
int sdwan_nl_node_set_doit(struct sk_buff *skb, struct genl_info *info);
int sdwan_nl_underlay_get_doit(struct sk_buff *skb, struct genl_info *info);
int sdwan_nl_underlay_get_dumpit(struct sk_buff *skb,
				 struct netlink_callback *cb);
int sdwan_nl_underlay_new_doit(struct sk_buff *skb, struct genl_info *info);
int sdwan_nl_underlay_set_doit(struct sk_buff *skb, struct genl_info *info);
int sdwan_nl_underlay_del_doit(struct sk_buff *skb, struct genl_info *info);
int sdwan_nl_peer_get_doit(struct sk_buff *skb, struct genl_info *info);
int sdwan_nl_peer_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int sdwan_nl_peer_new_doit(struct sk_buff *skb, struct genl_info *info);
int sdwan_nl_peer_set_doit(struct sk_buff *skb, struct genl_info *info);
int sdwan_nl_peer_del_doit(struct sk_buff *skb, struct genl_info *info);
int sdwan_nl_path_get_doit(struct sk_buff *skb, struct genl_info *info);
int sdwan_nl_path_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int sdwan_nl_path_new_doit(struct sk_buff *skb, struct genl_info *info);
int sdwan_nl_path_set_doit(struct sk_buff *skb, struct genl_info *info);
int sdwan_nl_path_del_doit(struct sk_buff *skb, struct genl_info *info);
int sdwan_nl_prefix_get_doit(struct sk_buff *skb, struct genl_info *info);
int sdwan_nl_prefix_get_dumpit(struct sk_buff *skb,
			       struct netlink_callback *cb);
int sdwan_nl_prefix_new_doit(struct sk_buff *skb, struct genl_info *info);
int sdwan_nl_prefix_set_doit(struct sk_buff *skb, struct genl_info *info);
int sdwan_nl_prefix_del_doit(struct sk_buff *skb, struct genl_info *info);
int sdwan_nl_class_get_doit(struct sk_buff *skb, struct genl_info *info);
int sdwan_nl_class_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int sdwan_nl_class_new_doit(struct sk_buff *skb, struct genl_info *info);
int sdwan_nl_class_set_doit(struct sk_buff *skb, struct genl_info *info);
int sdwan_nl_class_del_doit(struct sk_buff *skb, struct genl_info *info);
int sdwan_nl_rule_get_doit(struct sk_buff *skb, struct genl_info *info);
int sdwan_nl_rule_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int sdwan_nl_rule_new_doit(struct sk_buff *skb, struct genl_info *info);
int sdwan_nl_rule_set_doit(struct sk_buff *skb, struct genl_info *info);
int sdwan_nl_rule_del_doit(struct sk_buff *skb, struct genl_info *info);
int sdwan_nl_flow_get_doit(struct sk_buff *skb, struct genl_info *info);
int sdwan_nl_flow_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int sdwan_nl_flow_flush_doit(struct sk_buff *skb, struct genl_info *info);
int sdwan_nl_flow_explain_doit(struct sk_buff *skb, struct genl_info *info);
int sdwan_nl_lan_get_doit(struct sk_buff *skb, struct genl_info *info);
int sdwan_nl_lan_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int sdwan_nl_lan_new_doit(struct sk_buff *skb, struct genl_info *info);
int sdwan_nl_lan_set_doit(struct sk_buff *skb, struct genl_info *info);
int sdwan_nl_lan_del_doit(struct sk_buff *skb, struct genl_info *info);
int sdwan_nl_metric_get_doit(struct sk_buff *skb, struct genl_info *info);
int sdwan_nl_metric_get_dumpit(struct sk_buff *skb,
			       struct netlink_callback *cb);
int sdwan_nl_metric_new_doit(struct sk_buff *skb, struct genl_info *info);
int sdwan_nl_metric_set_doit(struct sk_buff *skb, struct genl_info *info);
int sdwan_nl_metric_del_doit(struct sk_buff *skb, struct genl_info *info);
int sdwan_nl_metric_cost_doit(struct sk_buff *skb, struct genl_info *info);
int sdwan_nl_metric_cost_dumpit(struct sk_buff *skb,
				struct netlink_callback *cb);
int sdwan_nl_metric_test_doit(struct sk_buff *skb, struct genl_info *info);
int sdwan_nl_decision_get_doit(struct sk_buff *skb, struct genl_info *info);
int sdwan_nl_decision_get_dumpit(struct sk_buff *skb,
				 struct netlink_callback *cb);

enum {
	SDWAN_NLGRP_EVENTS,
};

#endif /* _LINUX_SDWAN_GEN_H */
