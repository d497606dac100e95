// SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause)
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/sdwan.yaml */
/* YNL-GEN kernel source */

#include <net/netlink.h>
#include <net/genetlink.h>

#include "netlink_gen.h"

#include <uapi/linux/sdwan.h>

/* Integer value ranges */
static const struct netlink_range_validation sdwan_a_fabric_max_flows_range = {
	.max	= 16777216ULL,
};

static const struct netlink_range_validation sdwan_a_fabric_flow_timeout_range = {
	.min	= 1ULL,
	.max	= 86400ULL,
};

static const struct netlink_range_validation sdwan_a_underlay_probe_interval_range = {
	.max	= SDWAN_PROBE_INTERVAL_MAX,
};

static const struct netlink_range_validation sdwan_a_underlay_probe_idle_interval_range = {
	.max	= SDWAN_PROBE_INTERVAL_MAX,
};

static const struct netlink_range_validation sdwan_a_underlay_probe_hold_range = {
	.max	= SDWAN_PROBE_HOLD_MAX,
};

static const struct netlink_range_validation sdwan_a_underlay_probe_raise_range = {
	.max	= SDWAN_PROBE_RAISE_MAX,
};

static const struct netlink_range_validation sdwan_a_underlay_degraded_latency_range = {
	.max	= SDWAN_PROBE_HOLD_MAX,
};

static const struct netlink_range_validation sdwan_a_underlay_degraded_jitter_range = {
	.max	= SDWAN_PROBE_HOLD_MAX,
};

static const struct netlink_range_validation sdwan_a_underlay_degraded_loss_range = {
	.max	= 1000000ULL,
};

static const struct netlink_range_validation sdwan_a_overlay_vni_range = {
	.min	= 1ULL,
	.max	= SDWAN_VNI_MAX,
};

static const struct netlink_range_validation sdwan_a_path_vni_range = {
	.min	= 1ULL,
	.max	= SDWAN_VNI_MAX,
};

static const struct netlink_range_validation sdwan_a_path_probe_interval_range = {
	.max	= SDWAN_PROBE_INTERVAL_MAX,
};

static const struct netlink_range_validation sdwan_a_path_probe_idle_interval_range = {
	.max	= SDWAN_PROBE_INTERVAL_MAX,
};

static const struct netlink_range_validation sdwan_a_path_probe_hold_range = {
	.max	= SDWAN_PROBE_HOLD_MAX,
};

static const struct netlink_range_validation sdwan_a_path_probe_raise_range = {
	.max	= SDWAN_PROBE_RAISE_MAX,
};

static const struct netlink_range_validation sdwan_a_path_degraded_latency_range = {
	.max	= SDWAN_PROBE_HOLD_MAX,
};

static const struct netlink_range_validation sdwan_a_path_degraded_jitter_range = {
	.max	= SDWAN_PROBE_HOLD_MAX,
};

static const struct netlink_range_validation sdwan_a_path_degraded_loss_range = {
	.max	= 1000000ULL,
};

static const struct netlink_range_validation sdwan_a_prefix_vni_range = {
	.min	= 1ULL,
	.max	= SDWAN_VNI_MAX,
};

static const struct netlink_range_validation sdwan_a_class_member_weight_range = {
	.min	= 1ULL,
	.max	= 65535ULL,
};

static const struct netlink_range_validation sdwan_a_class_gap_range = {
	.max	= 10000000ULL,
};

static const struct netlink_range_validation sdwan_a_class_sla_latency_range = {
	.max	= 60000000ULL,
};

static const struct netlink_range_validation sdwan_a_class_sla_jitter_range = {
	.max	= 60000000ULL,
};

static const struct netlink_range_validation sdwan_a_class_sla_loss_range = {
	.max	= SDWAN_PPM,
};

static const struct netlink_range_validation sdwan_a_class_exit_margin_range = {
	.max	= SDWAN_PPM,
};

static const struct netlink_range_validation sdwan_a_class_alpha_range = {
	.min	= 1ULL,
	.max	= SDWAN_PPM,
};

static const struct netlink_range_validation sdwan_a_class_round_range = {
	.min	= 100000ULL,
	.max	= 3600000000ULL,
};

static const struct netlink_range_validation sdwan_a_rule_pref_range = {
	.min	= 1ULL,
	.max	= SDWAN_PREF_MAX,
};

static const struct netlink_range_validation sdwan_a_rule_vni_range = {
	.min	= 1ULL,
	.max	= SDWAN_VNI_MAX,
};

static const struct netlink_range_validation sdwan_a_rule_steer_vni_range = {
	.min	= 1ULL,
	.max	= SDWAN_VNI_MAX,
};

static const struct netlink_range_validation sdwan_a_rule_mpls_range = {
	.max	= SDWAN_MPLS_MAX,
};

static const struct netlink_range_validation sdwan_a_flow_vni_range = {
	.min	= 1ULL,
	.max	= SDWAN_VNI_MAX,
};

static const struct netlink_range_validation sdwan_a_lan_vni_range = {
	.max	= SDWAN_VNI_MAX,
};

/* Common nested types */
const struct nla_policy sdwan_class_member_nl_policy[SDWAN_A_CLASS_MEMBER_WEIGHT + 1] = {
	[SDWAN_A_CLASS_MEMBER_UNDERLAY] = { .type = NLA_NUL_STRING, .len = SDWAN_NAME_MAX, },
	[SDWAN_A_CLASS_MEMBER_PATH] = { .type = NLA_NUL_STRING, .len = SDWAN_PATH_NAME_MAX, },
	[SDWAN_A_CLASS_MEMBER_WEIGHT] = NLA_POLICY_FULL_RANGE(NLA_U32, &sdwan_a_class_member_weight_range),
};

const struct nla_policy sdwan_metric_field_nl_policy[SDWAN_A_METRIC_FIELD_VALUE + 1] = {
	[SDWAN_A_METRIC_FIELD_OFFSET] = { .type = NLA_U32, },
	[SDWAN_A_METRIC_FIELD_VALUE] = { .type = NLA_U32, },
};

const struct nla_policy sdwan_overlay_nl_policy[SDWAN_A_OVERLAY_VNI + 1] = {
	[SDWAN_A_OVERLAY_ADDR] = NLA_POLICY_EXACT_LEN(16),
	[SDWAN_A_OVERLAY_VNI] = NLA_POLICY_FULL_RANGE(NLA_U32, &sdwan_a_overlay_vni_range),
};

/* SDWAN_CMD_FABRIC_GET - do */
const struct nla_policy sdwan_fabric_get_nl_policy[SDWAN_A_FABRIC_TXN + 1] = {
	[SDWAN_A_FABRIC_TXN] = { .type = NLA_U32, },
};

/* SDWAN_CMD_FABRIC_SET - do */
const struct nla_policy sdwan_fabric_set_nl_policy[SDWAN_A_FABRIC_MAX_METRICS + 1] = {
	[SDWAN_A_FABRIC_MAX_UNDERLAYS] = { .type = NLA_U32, },
	[SDWAN_A_FABRIC_MAX_PEERS] = { .type = NLA_U32, },
	[SDWAN_A_FABRIC_MAX_PATHS] = { .type = NLA_U32, },
	[SDWAN_A_FABRIC_MAX_PREFIXES] = { .type = NLA_U32, },
	[SDWAN_A_FABRIC_MAX_SEGMENTS] = { .type = NLA_U32, },
	[SDWAN_A_FABRIC_MAX_CLASSES] = { .type = NLA_U32, },
	[SDWAN_A_FABRIC_MAX_RULES] = { .type = NLA_U32, },
	[SDWAN_A_FABRIC_MAX_FLOWS] = NLA_POLICY_FULL_RANGE(NLA_U32, &sdwan_a_fabric_max_flows_range),
	[SDWAN_A_FABRIC_FLOW_TIMEOUT] = NLA_POLICY_FULL_RANGE(NLA_U32, &sdwan_a_fabric_flow_timeout_range),
	[SDWAN_A_FABRIC_MAX_LANS] = { .type = NLA_U32, },
	[SDWAN_A_FABRIC_MARK_MASK] = { .type = NLA_U32, },
	[SDWAN_A_FABRIC_MAX_METRICS] = { .type = NLA_U32, },
};

/* SDWAN_CMD_TXN_BEGIN - do */
const struct nla_policy sdwan_txn_begin_nl_policy[SDWAN_A_TXN_GENERATION + 1] = {
	[SDWAN_A_TXN_GENERATION] = { .type = NLA_U32, },
};

/* SDWAN_CMD_TXN_COMMIT - do */
const struct nla_policy sdwan_txn_commit_nl_policy[SDWAN_A_TXN_GENERATION + 1] = {
	[SDWAN_A_TXN_ID] = { .type = NLA_U32, },
	[SDWAN_A_TXN_GENERATION] = { .type = NLA_U32, },
};

/* SDWAN_CMD_TXN_ABORT - do */
const struct nla_policy sdwan_txn_abort_nl_policy[SDWAN_A_TXN_ID + 1] = {
	[SDWAN_A_TXN_ID] = { .type = NLA_U32, },
};

/* SDWAN_CMD_NODE_GET - do */
const struct nla_policy sdwan_node_get_nl_policy[SDWAN_A_NODE_TXN + 1] = {
	[SDWAN_A_NODE_TXN] = { .type = NLA_U32, },
};

/* SDWAN_CMD_NODE_SET - do */
const struct nla_policy sdwan_node_set_nl_policy[SDWAN_A_NODE_NAME + 1] = {
	[SDWAN_A_NODE_TXN] = { .type = NLA_U32, },
	[SDWAN_A_NODE_SITE] = NLA_POLICY_MIN(NLA_U32, 1),
	[SDWAN_A_NODE_GATEWAY] = NLA_POLICY_MIN(NLA_U32, 1),
	[SDWAN_A_NODE_NAME] = { .type = NLA_NUL_STRING, .len = SDWAN_NAME_MAX, },
};

/* SDWAN_CMD_UNDERLAY_GET - do */
const struct nla_policy sdwan_underlay_get_nl_policy[SDWAN_A_UNDERLAY_NAME + 1] = {
	[SDWAN_A_UNDERLAY_TXN] = { .type = NLA_U32, },
	[SDWAN_A_UNDERLAY_NAME] = { .type = NLA_NUL_STRING, .len = SDWAN_NAME_MAX, },
};

/* SDWAN_CMD_UNDERLAY_NEW - do */
const struct nla_policy sdwan_underlay_new_nl_policy[SDWAN_A_UNDERLAY_DEGRADED_MARGIN + 1] = {
	[SDWAN_A_UNDERLAY_TXN] = { .type = NLA_U32, },
	[SDWAN_A_UNDERLAY_NAME] = { .type = NLA_NUL_STRING, .len = SDWAN_NAME_MAX, },
	[SDWAN_A_UNDERLAY_DEV] = { .type = NLA_NUL_STRING, .len = 15, },
	[SDWAN_A_UNDERLAY_LOCAL] = NLA_POLICY_EXACT_LEN(16),
	[SDWAN_A_UNDERLAY_PORT] = NLA_POLICY_MIN(NLA_U16, 1),
	[SDWAN_A_UNDERLAY_ENCAP] = NLA_POLICY_RANGE(NLA_U32, 1, 5),
	[SDWAN_A_UNDERLAY_COST] = { .type = NLA_U32, },
	[SDWAN_A_UNDERLAY_RATE] = { .type = NLA_U64, },
	[SDWAN_A_UNDERLAY_PROBE] = NLA_POLICY_MAX(NLA_U32, 3),
	[SDWAN_A_UNDERLAY_PROBE_INTERVAL] = NLA_POLICY_FULL_RANGE(NLA_U32, &sdwan_a_underlay_probe_interval_range),
	[SDWAN_A_UNDERLAY_PROBE_IDLE_INTERVAL] = NLA_POLICY_FULL_RANGE(NLA_U32, &sdwan_a_underlay_probe_idle_interval_range),
	[SDWAN_A_UNDERLAY_PROBE_MULT] = NLA_POLICY_MAX(NLA_U8, 100),
	[SDWAN_A_UNDERLAY_PROBE_HOLD] = NLA_POLICY_FULL_RANGE(NLA_U32, &sdwan_a_underlay_probe_hold_range),
	[SDWAN_A_UNDERLAY_PROBE_MTU] = NLA_POLICY_MAX(NLA_U32, 2),
	[SDWAN_A_UNDERLAY_PROBE_RAISE] = NLA_POLICY_FULL_RANGE(NLA_U32, &sdwan_a_underlay_probe_raise_range),
	[SDWAN_A_UNDERLAY_DEGRADED_LATENCY] = NLA_POLICY_FULL_RANGE(NLA_U32, &sdwan_a_underlay_degraded_latency_range),
	[SDWAN_A_UNDERLAY_DEGRADED_JITTER] = NLA_POLICY_FULL_RANGE(NLA_U32, &sdwan_a_underlay_degraded_jitter_range),
	[SDWAN_A_UNDERLAY_DEGRADED_LOSS] = NLA_POLICY_FULL_RANGE(NLA_U32, &sdwan_a_underlay_degraded_loss_range),
	[SDWAN_A_UNDERLAY_DEGRADED_MARGIN] = NLA_POLICY_MAX(NLA_U8, 99),
};

/* SDWAN_CMD_UNDERLAY_SET - do */
const struct nla_policy sdwan_underlay_set_nl_policy[SDWAN_A_UNDERLAY_DEGRADED_MARGIN + 1] = {
	[SDWAN_A_UNDERLAY_TXN] = { .type = NLA_U32, },
	[SDWAN_A_UNDERLAY_NAME] = { .type = NLA_NUL_STRING, .len = SDWAN_NAME_MAX, },
	[SDWAN_A_UNDERLAY_DEV] = { .type = NLA_NUL_STRING, .len = 15, },
	[SDWAN_A_UNDERLAY_LOCAL] = NLA_POLICY_EXACT_LEN(16),
	[SDWAN_A_UNDERLAY_PORT] = NLA_POLICY_MIN(NLA_U16, 1),
	[SDWAN_A_UNDERLAY_ENCAP] = NLA_POLICY_RANGE(NLA_U32, 1, 5),
	[SDWAN_A_UNDERLAY_COST] = { .type = NLA_U32, },
	[SDWAN_A_UNDERLAY_RATE] = { .type = NLA_U64, },
	[SDWAN_A_UNDERLAY_PROBE] = NLA_POLICY_MAX(NLA_U32, 3),
	[SDWAN_A_UNDERLAY_PROBE_INTERVAL] = NLA_POLICY_FULL_RANGE(NLA_U32, &sdwan_a_underlay_probe_interval_range),
	[SDWAN_A_UNDERLAY_PROBE_IDLE_INTERVAL] = NLA_POLICY_FULL_RANGE(NLA_U32, &sdwan_a_underlay_probe_idle_interval_range),
	[SDWAN_A_UNDERLAY_PROBE_MULT] = NLA_POLICY_MAX(NLA_U8, 100),
	[SDWAN_A_UNDERLAY_PROBE_HOLD] = NLA_POLICY_FULL_RANGE(NLA_U32, &sdwan_a_underlay_probe_hold_range),
	[SDWAN_A_UNDERLAY_PROBE_MTU] = NLA_POLICY_MAX(NLA_U32, 2),
	[SDWAN_A_UNDERLAY_PROBE_RAISE] = NLA_POLICY_FULL_RANGE(NLA_U32, &sdwan_a_underlay_probe_raise_range),
	[SDWAN_A_UNDERLAY_DEGRADED_LATENCY] = NLA_POLICY_FULL_RANGE(NLA_U32, &sdwan_a_underlay_degraded_latency_range),
	[SDWAN_A_UNDERLAY_DEGRADED_JITTER] = NLA_POLICY_FULL_RANGE(NLA_U32, &sdwan_a_underlay_degraded_jitter_range),
	[SDWAN_A_UNDERLAY_DEGRADED_LOSS] = NLA_POLICY_FULL_RANGE(NLA_U32, &sdwan_a_underlay_degraded_loss_range),
	[SDWAN_A_UNDERLAY_DEGRADED_MARGIN] = NLA_POLICY_MAX(NLA_U8, 99),
};

/* SDWAN_CMD_UNDERLAY_DEL - do */
const struct nla_policy sdwan_underlay_del_nl_policy[SDWAN_A_UNDERLAY_NAME + 1] = {
	[SDWAN_A_UNDERLAY_TXN] = { .type = NLA_U32, },
	[SDWAN_A_UNDERLAY_NAME] = { .type = NLA_NUL_STRING, .len = SDWAN_NAME_MAX, },
};

/* SDWAN_CMD_PEER_GET - do */
const struct nla_policy sdwan_peer_get_nl_policy[SDWAN_A_PEER_NAME + 1] = {
	[SDWAN_A_PEER_TXN] = { .type = NLA_U32, },
	[SDWAN_A_PEER_NAME] = { .type = NLA_NUL_STRING, .len = SDWAN_NAME_MAX, },
};

/* SDWAN_CMD_PEER_NEW - do */
const struct nla_policy sdwan_peer_new_nl_policy[SDWAN_A_PEER_KEY_RETIRE + 1] = {
	[SDWAN_A_PEER_TXN] = { .type = NLA_U32, },
	[SDWAN_A_PEER_NAME] = { .type = NLA_NUL_STRING, .len = SDWAN_NAME_MAX, },
	[SDWAN_A_PEER_SITE] = NLA_POLICY_MIN(NLA_U32, 1),
	[SDWAN_A_PEER_GATEWAY] = NLA_POLICY_MIN(NLA_U32, 1),
	[SDWAN_A_PEER_OVERLAY] = NLA_POLICY_NESTED(sdwan_overlay_nl_policy),
	[SDWAN_A_PEER_OVERLAY_NONE] = { .type = NLA_FLAG, },
	[SDWAN_A_PEER_SOURCE_CHECK] = NLA_POLICY_MAX(NLA_U8, 1),
	[SDWAN_A_PEER_STOCK] = NLA_POLICY_MAX(NLA_U8, 1),
	[SDWAN_A_PEER_KEY] = { .type = NLA_BINARY, },
	[SDWAN_A_PEER_KEY_NONE] = { .type = NLA_FLAG, },
	[SDWAN_A_PEER_KEY_RETIRE] = { .type = NLA_FLAG, },
};

/* SDWAN_CMD_PEER_SET - do */
const struct nla_policy sdwan_peer_set_nl_policy[SDWAN_A_PEER_KEY_RETIRE + 1] = {
	[SDWAN_A_PEER_TXN] = { .type = NLA_U32, },
	[SDWAN_A_PEER_NAME] = { .type = NLA_NUL_STRING, .len = SDWAN_NAME_MAX, },
	[SDWAN_A_PEER_SITE] = NLA_POLICY_MIN(NLA_U32, 1),
	[SDWAN_A_PEER_GATEWAY] = NLA_POLICY_MIN(NLA_U32, 1),
	[SDWAN_A_PEER_OVERLAY] = NLA_POLICY_NESTED(sdwan_overlay_nl_policy),
	[SDWAN_A_PEER_OVERLAY_NONE] = { .type = NLA_FLAG, },
	[SDWAN_A_PEER_SOURCE_CHECK] = NLA_POLICY_MAX(NLA_U8, 1),
	[SDWAN_A_PEER_STOCK] = NLA_POLICY_MAX(NLA_U8, 1),
	[SDWAN_A_PEER_KEY] = { .type = NLA_BINARY, },
	[SDWAN_A_PEER_KEY_NONE] = { .type = NLA_FLAG, },
	[SDWAN_A_PEER_KEY_RETIRE] = { .type = NLA_FLAG, },
};

/* SDWAN_CMD_PEER_DEL - do */
const struct nla_policy sdwan_peer_del_nl_policy[SDWAN_A_PEER_NAME + 1] = {
	[SDWAN_A_PEER_TXN] = { .type = NLA_U32, },
	[SDWAN_A_PEER_NAME] = { .type = NLA_NUL_STRING, .len = SDWAN_NAME_MAX, },
};

/* SDWAN_CMD_PATH_GET - do */
const struct nla_policy sdwan_path_get_nl_policy[SDWAN_A_PATH_UNDERLAY + 1] = {
	[SDWAN_A_PATH_TXN] = { .type = NLA_U32, },
	[SDWAN_A_PATH_NAME] = { .type = NLA_NUL_STRING, .len = SDWAN_PATH_NAME_MAX, },
	[SDWAN_A_PATH_PEER] = { .type = NLA_NUL_STRING, .len = SDWAN_NAME_MAX, },
	[SDWAN_A_PATH_UNDERLAY] = { .type = NLA_NUL_STRING, .len = SDWAN_NAME_MAX, },
};

/* SDWAN_CMD_PATH_NEW - do */
const struct nla_policy sdwan_path_new_nl_policy[SDWAN_A_PATH_NAT + 1] = {
	[SDWAN_A_PATH_TXN] = { .type = NLA_U32, },
	[SDWAN_A_PATH_NAME] = { .type = NLA_NUL_STRING, .len = SDWAN_PATH_NAME_MAX, },
	[SDWAN_A_PATH_PEER] = { .type = NLA_NUL_STRING, .len = SDWAN_NAME_MAX, },
	[SDWAN_A_PATH_UNDERLAY] = { .type = NLA_NUL_STRING, .len = SDWAN_NAME_MAX, },
	[SDWAN_A_PATH_REMOTE] = NLA_POLICY_EXACT_LEN(16),
	[SDWAN_A_PATH_DSTPORT] = NLA_POLICY_MIN(NLA_U16, 1),
	[SDWAN_A_PATH_ENCAP] = NLA_POLICY_RANGE(NLA_U32, 1, 5),
	[SDWAN_A_PATH_PREFERENCE] = { .type = NLA_U32, },
	[SDWAN_A_PATH_ADMIN] = NLA_POLICY_MAX(NLA_U8, 1),
	[SDWAN_A_PATH_KIND] = NLA_POLICY_MAX(NLA_U32, 2),
	[SDWAN_A_PATH_ON_DEMAND] = NLA_POLICY_MAX(NLA_U8, 1),
	[SDWAN_A_PATH_IDLE_TIMEOUT] = { .type = NLA_U32, },
	[SDWAN_A_PATH_VNI] = NLA_POLICY_FULL_RANGE(NLA_U32, &sdwan_a_path_vni_range),
	[SDWAN_A_PATH_DSCP] = NLA_POLICY_MAX(NLA_U8, SDWAN_DSCP_COPY),
	[SDWAN_A_PATH_TTL] = { .type = NLA_U8, },
	[SDWAN_A_PATH_DF] = NLA_POLICY_MAX(NLA_U32, 2),
	[SDWAN_A_PATH_UDP_CSUM] = NLA_POLICY_MAX(NLA_U32, 2),
	[SDWAN_A_PATH_FWMARK] = { .type = NLA_U32, },
	[SDWAN_A_PATH_MTU_CLAMP] = { .type = NLA_U32, },
	[SDWAN_A_PATH_MSS_CLAMP] = NLA_POLICY_MAX(NLA_U8, 1),
	[SDWAN_A_PATH_PROBE] = NLA_POLICY_MAX(NLA_U32, 3),
	[SDWAN_A_PATH_PROBE_INTERVAL] = NLA_POLICY_FULL_RANGE(NLA_U32, &sdwan_a_path_probe_interval_range),
	[SDWAN_A_PATH_PROBE_IDLE_INTERVAL] = NLA_POLICY_FULL_RANGE(NLA_U32, &sdwan_a_path_probe_idle_interval_range),
	[SDWAN_A_PATH_PROBE_MULT] = NLA_POLICY_MAX(NLA_U8, 100),
	[SDWAN_A_PATH_PROBE_HOLD] = NLA_POLICY_FULL_RANGE(NLA_U32, &sdwan_a_path_probe_hold_range),
	[SDWAN_A_PATH_PROBE_MTU] = NLA_POLICY_MAX(NLA_U32, 2),
	[SDWAN_A_PATH_PROBE_RAISE] = NLA_POLICY_FULL_RANGE(NLA_U32, &sdwan_a_path_probe_raise_range),
	[SDWAN_A_PATH_DEGRADED_LATENCY] = NLA_POLICY_FULL_RANGE(NLA_U32, &sdwan_a_path_degraded_latency_range),
	[SDWAN_A_PATH_DEGRADED_JITTER] = NLA_POLICY_FULL_RANGE(NLA_U32, &sdwan_a_path_degraded_jitter_range),
	[SDWAN_A_PATH_DEGRADED_LOSS] = NLA_POLICY_FULL_RANGE(NLA_U32, &sdwan_a_path_degraded_loss_range),
	[SDWAN_A_PATH_DEGRADED_MARGIN] = NLA_POLICY_MAX(NLA_U8, 99),
	[SDWAN_A_PATH_NAT] = NLA_POLICY_MAX(NLA_U8, 1),
};

/* SDWAN_CMD_PATH_SET - do */
const struct nla_policy sdwan_path_set_nl_policy[SDWAN_A_PATH_NAT + 1] = {
	[SDWAN_A_PATH_TXN] = { .type = NLA_U32, },
	[SDWAN_A_PATH_NAME] = { .type = NLA_NUL_STRING, .len = SDWAN_PATH_NAME_MAX, },
	[SDWAN_A_PATH_PEER] = { .type = NLA_NUL_STRING, .len = SDWAN_NAME_MAX, },
	[SDWAN_A_PATH_UNDERLAY] = { .type = NLA_NUL_STRING, .len = SDWAN_NAME_MAX, },
	[SDWAN_A_PATH_REMOTE] = NLA_POLICY_EXACT_LEN(16),
	[SDWAN_A_PATH_DSTPORT] = NLA_POLICY_MIN(NLA_U16, 1),
	[SDWAN_A_PATH_ENCAP] = NLA_POLICY_RANGE(NLA_U32, 1, 5),
	[SDWAN_A_PATH_PREFERENCE] = { .type = NLA_U32, },
	[SDWAN_A_PATH_ADMIN] = NLA_POLICY_MAX(NLA_U8, 1),
	[SDWAN_A_PATH_KIND] = NLA_POLICY_MAX(NLA_U32, 2),
	[SDWAN_A_PATH_ON_DEMAND] = NLA_POLICY_MAX(NLA_U8, 1),
	[SDWAN_A_PATH_IDLE_TIMEOUT] = { .type = NLA_U32, },
	[SDWAN_A_PATH_VNI] = NLA_POLICY_FULL_RANGE(NLA_U32, &sdwan_a_path_vni_range),
	[SDWAN_A_PATH_DSCP] = NLA_POLICY_MAX(NLA_U8, SDWAN_DSCP_COPY),
	[SDWAN_A_PATH_TTL] = { .type = NLA_U8, },
	[SDWAN_A_PATH_DF] = NLA_POLICY_MAX(NLA_U32, 2),
	[SDWAN_A_PATH_UDP_CSUM] = NLA_POLICY_MAX(NLA_U32, 2),
	[SDWAN_A_PATH_FWMARK] = { .type = NLA_U32, },
	[SDWAN_A_PATH_MTU_CLAMP] = { .type = NLA_U32, },
	[SDWAN_A_PATH_MSS_CLAMP] = NLA_POLICY_MAX(NLA_U8, 1),
	[SDWAN_A_PATH_PROBE] = NLA_POLICY_MAX(NLA_U32, 3),
	[SDWAN_A_PATH_PROBE_INTERVAL] = NLA_POLICY_FULL_RANGE(NLA_U32, &sdwan_a_path_probe_interval_range),
	[SDWAN_A_PATH_PROBE_IDLE_INTERVAL] = NLA_POLICY_FULL_RANGE(NLA_U32, &sdwan_a_path_probe_idle_interval_range),
	[SDWAN_A_PATH_PROBE_MULT] = NLA_POLICY_MAX(NLA_U8, 100),
	[SDWAN_A_PATH_PROBE_HOLD] = NLA_POLICY_FULL_RANGE(NLA_U32, &sdwan_a_path_probe_hold_range),
	[SDWAN_A_PATH_PROBE_MTU] = NLA_POLICY_MAX(NLA_U32, 2),
	[SDWAN_A_PATH_PROBE_RAISE] = NLA_POLICY_FULL_RANGE(NLA_U32, &sdwan_a_path_probe_raise_range),
	[SDWAN_A_PATH_DEGRADED_LATENCY] = NLA_POLICY_FULL_RANGE(NLA_U32, &sdwan_a_path_degraded_latency_range),
	[SDWAN_A_PATH_DEGRADED_JITTER] = NLA_POLICY_FULL_RANGE(NLA_U32, &sdwan_a_path_degraded_jitter_range),
	[SDWAN_A_PATH_DEGRADED_LOSS] = NLA_POLICY_FULL_RANGE(NLA_U32, &sdwan_a_path_degraded_loss_range),
	[SDWAN_A_PATH_DEGRADED_MARGIN] = NLA_POLICY_MAX(NLA_U8, 99),
	[SDWAN_A_PATH_NAT] = NLA_POLICY_MAX(NLA_U8, 1),
};

/* SDWAN_CMD_PATH_DEL - do */
const struct nla_policy sdwan_path_del_nl_policy[SDWAN_A_PATH_UNDERLAY + 1] = {
	[SDWAN_A_PATH_TXN] = { .type = NLA_U32, },
	[SDWAN_A_PATH_NAME] = { .type = NLA_NUL_STRING, .len = SDWAN_PATH_NAME_MAX, },
	[SDWAN_A_PATH_PEER] = { .type = NLA_NUL_STRING, .len = SDWAN_NAME_MAX, },
	[SDWAN_A_PATH_UNDERLAY] = { .type = NLA_NUL_STRING, .len = SDWAN_NAME_MAX, },
};

/* SDWAN_CMD_PREFIX_GET - do */
const struct nla_policy sdwan_prefix_get_nl_policy[SDWAN_A_PREFIX_DEV + 1] = {
	[SDWAN_A_PREFIX_TXN] = { .type = NLA_U32, },
	[SDWAN_A_PREFIX_ADDR] = NLA_POLICY_EXACT_LEN(16),
	[SDWAN_A_PREFIX_PLEN] = NLA_POLICY_MAX(NLA_U8, 128),
	[SDWAN_A_PREFIX_VNI] = NLA_POLICY_FULL_RANGE(NLA_U32, &sdwan_a_prefix_vni_range),
	[SDWAN_A_PREFIX_DEV] = { .type = NLA_NUL_STRING, .len = 15, },
};

/* SDWAN_CMD_PREFIX_NEW - do */
const struct nla_policy sdwan_prefix_new_nl_policy[SDWAN_A_PREFIX_NEGATIVE + 1] = {
	[SDWAN_A_PREFIX_TXN] = { .type = NLA_U32, },
	[SDWAN_A_PREFIX_ADDR] = NLA_POLICY_EXACT_LEN(16),
	[SDWAN_A_PREFIX_PLEN] = NLA_POLICY_MAX(NLA_U8, 128),
	[SDWAN_A_PREFIX_VNI] = NLA_POLICY_FULL_RANGE(NLA_U32, &sdwan_a_prefix_vni_range),
	[SDWAN_A_PREFIX_DEV] = { .type = NLA_NUL_STRING, .len = 15, },
	[SDWAN_A_PREFIX_SITE] = NLA_POLICY_MIN(NLA_U32, 1),
	[SDWAN_A_PREFIX_GATEWAY] = NLA_POLICY_MIN(NLA_U32, 1),
	[SDWAN_A_PREFIX_ORIGIN] = NLA_POLICY_MAX(NLA_U32, 1),
	[SDWAN_A_PREFIX_EXPIRES] = { .type = NLA_U64, },
	[SDWAN_A_PREFIX_NEGATIVE] = NLA_POLICY_MAX(NLA_U8, 1),
};

/* SDWAN_CMD_PREFIX_SET - do */
const struct nla_policy sdwan_prefix_set_nl_policy[SDWAN_A_PREFIX_NEGATIVE + 1] = {
	[SDWAN_A_PREFIX_TXN] = { .type = NLA_U32, },
	[SDWAN_A_PREFIX_ADDR] = NLA_POLICY_EXACT_LEN(16),
	[SDWAN_A_PREFIX_PLEN] = NLA_POLICY_MAX(NLA_U8, 128),
	[SDWAN_A_PREFIX_VNI] = NLA_POLICY_FULL_RANGE(NLA_U32, &sdwan_a_prefix_vni_range),
	[SDWAN_A_PREFIX_DEV] = { .type = NLA_NUL_STRING, .len = 15, },
	[SDWAN_A_PREFIX_SITE] = NLA_POLICY_MIN(NLA_U32, 1),
	[SDWAN_A_PREFIX_GATEWAY] = NLA_POLICY_MIN(NLA_U32, 1),
	[SDWAN_A_PREFIX_ORIGIN] = NLA_POLICY_MAX(NLA_U32, 1),
	[SDWAN_A_PREFIX_EXPIRES] = { .type = NLA_U64, },
	[SDWAN_A_PREFIX_NEGATIVE] = NLA_POLICY_MAX(NLA_U8, 1),
};

/* SDWAN_CMD_PREFIX_DEL - do */
const struct nla_policy sdwan_prefix_del_nl_policy[SDWAN_A_PREFIX_DEV + 1] = {
	[SDWAN_A_PREFIX_TXN] = { .type = NLA_U32, },
	[SDWAN_A_PREFIX_ADDR] = NLA_POLICY_EXACT_LEN(16),
	[SDWAN_A_PREFIX_PLEN] = NLA_POLICY_MAX(NLA_U8, 128),
	[SDWAN_A_PREFIX_VNI] = NLA_POLICY_FULL_RANGE(NLA_U32, &sdwan_a_prefix_vni_range),
	[SDWAN_A_PREFIX_DEV] = { .type = NLA_NUL_STRING, .len = 15, },
};

/* SDWAN_CMD_CLASS_GET - do */
const struct nla_policy sdwan_class_get_nl_policy[SDWAN_A_CLASS_NAME + 1] = {
	[SDWAN_A_CLASS_TXN] = { .type = NLA_U32, },
	[SDWAN_A_CLASS_NAME] = { .type = NLA_NUL_STRING, .len = SDWAN_NAME_MAX, },
};

/* SDWAN_CMD_CLASS_NEW - do */
const struct nla_policy sdwan_class_new_nl_policy[SDWAN_A_CLASS_GROUP + 1] = {
	[SDWAN_A_CLASS_TXN] = { .type = NLA_U32, },
	[SDWAN_A_CLASS_NAME] = { .type = NLA_NUL_STRING, .len = SDWAN_NAME_MAX, },
	[SDWAN_A_CLASS_MODE] = NLA_POLICY_RANGE(NLA_U32, 1, 5),
	[SDWAN_A_CLASS_MEMBER] = NLA_POLICY_NESTED(sdwan_class_member_nl_policy),
	[SDWAN_A_CLASS_MEMBER_NONE] = { .type = NLA_FLAG, },
	[SDWAN_A_CLASS_WEIGHT_BY] = NLA_POLICY_MAX(NLA_U32, 3),
	[SDWAN_A_CLASS_DSCP] = NLA_POLICY_MAX(NLA_U8, SDWAN_DSCP_PATH),
	[SDWAN_A_CLASS_STRICT] = NLA_POLICY_MAX(NLA_U8, 1),
	[SDWAN_A_CLASS_MOVE] = NLA_POLICY_MAX(NLA_U32, 2),
	[SDWAN_A_CLASS_GAP] = NLA_POLICY_FULL_RANGE(NLA_U32, &sdwan_a_class_gap_range),
	[SDWAN_A_CLASS_FAILBACK] = NLA_POLICY_MAX(NLA_U32, 2),
	[SDWAN_A_CLASS_POLICY] = { .type = NLA_NUL_STRING, .len = SDWAN_NAME_MAX, },
	[SDWAN_A_CLASS_SLA_LATENCY] = NLA_POLICY_FULL_RANGE(NLA_U32, &sdwan_a_class_sla_latency_range),
	[SDWAN_A_CLASS_SLA_JITTER] = NLA_POLICY_FULL_RANGE(NLA_U32, &sdwan_a_class_sla_jitter_range),
	[SDWAN_A_CLASS_SLA_LOSS] = NLA_POLICY_FULL_RANGE(NLA_U32, &sdwan_a_class_sla_loss_range),
	[SDWAN_A_CLASS_EXIT_MARGIN] = NLA_POLICY_FULL_RANGE(NLA_U32, &sdwan_a_class_exit_margin_range),
	[SDWAN_A_CLASS_METRIC] = { .type = NLA_NUL_STRING, .len = SDWAN_NAME_MAX, },
	[SDWAN_A_CLASS_SHADOW] = { .type = NLA_NUL_STRING, .len = SDWAN_NAME_MAX, },
	[SDWAN_A_CLASS_ALPHA] = NLA_POLICY_FULL_RANGE(NLA_U32, &sdwan_a_class_alpha_range),
	[SDWAN_A_CLASS_FLOOR] = { .type = NLA_U32, },
	[SDWAN_A_CLASS_ROUND] = NLA_POLICY_FULL_RANGE(NLA_U32, &sdwan_a_class_round_range),
	[SDWAN_A_CLASS_GROUP] = { .type = NLA_NUL_STRING, .len = SDWAN_NAME_MAX, },
};

/* SDWAN_CMD_CLASS_SET - do */
const struct nla_policy sdwan_class_set_nl_policy[SDWAN_A_CLASS_GROUP + 1] = {
	[SDWAN_A_CLASS_TXN] = { .type = NLA_U32, },
	[SDWAN_A_CLASS_NAME] = { .type = NLA_NUL_STRING, .len = SDWAN_NAME_MAX, },
	[SDWAN_A_CLASS_MODE] = NLA_POLICY_RANGE(NLA_U32, 1, 5),
	[SDWAN_A_CLASS_MEMBER] = NLA_POLICY_NESTED(sdwan_class_member_nl_policy),
	[SDWAN_A_CLASS_MEMBER_NONE] = { .type = NLA_FLAG, },
	[SDWAN_A_CLASS_WEIGHT_BY] = NLA_POLICY_MAX(NLA_U32, 3),
	[SDWAN_A_CLASS_DSCP] = NLA_POLICY_MAX(NLA_U8, SDWAN_DSCP_PATH),
	[SDWAN_A_CLASS_STRICT] = NLA_POLICY_MAX(NLA_U8, 1),
	[SDWAN_A_CLASS_MOVE] = NLA_POLICY_MAX(NLA_U32, 2),
	[SDWAN_A_CLASS_GAP] = NLA_POLICY_FULL_RANGE(NLA_U32, &sdwan_a_class_gap_range),
	[SDWAN_A_CLASS_FAILBACK] = NLA_POLICY_MAX(NLA_U32, 2),
	[SDWAN_A_CLASS_POLICY] = { .type = NLA_NUL_STRING, .len = SDWAN_NAME_MAX, },
	[SDWAN_A_CLASS_SLA_LATENCY] = NLA_POLICY_FULL_RANGE(NLA_U32, &sdwan_a_class_sla_latency_range),
	[SDWAN_A_CLASS_SLA_JITTER] = NLA_POLICY_FULL_RANGE(NLA_U32, &sdwan_a_class_sla_jitter_range),
	[SDWAN_A_CLASS_SLA_LOSS] = NLA_POLICY_FULL_RANGE(NLA_U32, &sdwan_a_class_sla_loss_range),
	[SDWAN_A_CLASS_EXIT_MARGIN] = NLA_POLICY_FULL_RANGE(NLA_U32, &sdwan_a_class_exit_margin_range),
	[SDWAN_A_CLASS_METRIC] = { .type = NLA_NUL_STRING, .len = SDWAN_NAME_MAX, },
	[SDWAN_A_CLASS_SHADOW] = { .type = NLA_NUL_STRING, .len = SDWAN_NAME_MAX, },
	[SDWAN_A_CLASS_ALPHA] = NLA_POLICY_FULL_RANGE(NLA_U32, &sdwan_a_class_alpha_range),
	[SDWAN_A_CLASS_FLOOR] = { .type = NLA_U32, },
	[SDWAN_A_CLASS_ROUND] = NLA_POLICY_FULL_RANGE(NLA_U32, &sdwan_a_class_round_range),
	[SDWAN_A_CLASS_GROUP] = { .type = NLA_NUL_STRING, .len = SDWAN_NAME_MAX, },
};

/* SDWAN_CMD_CLASS_DEL - do */
const struct nla_policy sdwan_class_del_nl_policy[SDWAN_A_CLASS_NAME + 1] = {
	[SDWAN_A_CLASS_TXN] = { .type = NLA_U32, },
	[SDWAN_A_CLASS_NAME] = { .type = NLA_NUL_STRING, .len = SDWAN_NAME_MAX, },
};

/* SDWAN_CMD_RULE_GET - do */
const struct nla_policy sdwan_rule_get_nl_policy[SDWAN_A_RULE_PREF + 1] = {
	[SDWAN_A_RULE_TXN] = { .type = NLA_U32, },
	[SDWAN_A_RULE_PREF] = NLA_POLICY_FULL_RANGE(NLA_U32, &sdwan_a_rule_pref_range),
};

/* SDWAN_CMD_RULE_NEW - do */
const struct nla_policy sdwan_rule_new_nl_policy[SDWAN_A_RULE_SET_VLAN + 1] = {
	[SDWAN_A_RULE_TXN] = { .type = NLA_U32, },
	[SDWAN_A_RULE_PREF] = NLA_POLICY_FULL_RANGE(NLA_U32, &sdwan_a_rule_pref_range),
	[SDWAN_A_RULE_NAME] = { .type = NLA_NUL_STRING, .len = SDWAN_NAME_MAX, },
	[SDWAN_A_RULE_IIF] = { .type = NLA_NUL_STRING, .len = 15, },
	[SDWAN_A_RULE_VNI] = NLA_POLICY_FULL_RANGE(NLA_U32, &sdwan_a_rule_vni_range),
	[SDWAN_A_RULE_FROM] = NLA_POLICY_EXACT_LEN(16),
	[SDWAN_A_RULE_FROM_PLEN] = NLA_POLICY_MAX(NLA_U8, 128),
	[SDWAN_A_RULE_TO] = NLA_POLICY_EXACT_LEN(16),
	[SDWAN_A_RULE_TO_PLEN] = NLA_POLICY_MAX(NLA_U8, 128),
	[SDWAN_A_RULE_PROTO] = NLA_POLICY_MIN(NLA_U8, 1),
	[SDWAN_A_RULE_SPORT] = { .type = NLA_BINARY, },
	[SDWAN_A_RULE_DPORT] = { .type = NLA_BINARY, },
	[SDWAN_A_RULE_DSCP] = NLA_POLICY_MAX(NLA_U8, 63),
	[SDWAN_A_RULE_MARK] = { .type = NLA_U32, },
	[SDWAN_A_RULE_MARK_MASK] = NLA_POLICY_MIN(NLA_U32, 1),
	[SDWAN_A_RULE_ACTION] = NLA_POLICY_RANGE(NLA_U32, 1, 4),
	[SDWAN_A_RULE_CLASS] = { .type = NLA_NUL_STRING, .len = SDWAN_NAME_MAX, },
	[SDWAN_A_RULE_SET_DSCP] = NLA_POLICY_MAX(NLA_U8, 63),
	[SDWAN_A_RULE_SET_MARK] = { .type = NLA_U32, },
	[SDWAN_A_RULE_SET_MARK_MASK] = NLA_POLICY_MIN(NLA_U32, 1),
	[SDWAN_A_RULE_SET_PRIORITY] = { .type = NLA_U32, },
	[SDWAN_A_RULE_STEER_VNI] = NLA_POLICY_FULL_RANGE(NLA_U32, &sdwan_a_rule_steer_vni_range),
	[SDWAN_A_RULE_VLAN] = NLA_POLICY_MAX(NLA_U16, SDWAN_VLAN_MAX),
	[SDWAN_A_RULE_PCP] = NLA_POLICY_MAX(NLA_U8, 7),
	[SDWAN_A_RULE_ETHERTYPE] = NLA_POLICY_MIN(NLA_U16, SDWAN_ETHERTYPE_MIN),
	[SDWAN_A_RULE_SMAC] = NLA_POLICY_EXACT_LEN(6),
	[SDWAN_A_RULE_DMAC] = NLA_POLICY_EXACT_LEN(6),
	[SDWAN_A_RULE_MPLS] = NLA_POLICY_FULL_RANGE(NLA_U32, &sdwan_a_rule_mpls_range),
	[SDWAN_A_RULE_BPF_NAME] = { .type = NLA_NUL_STRING, .len = SDWAN_BPF_NAME_MAX, },
	[SDWAN_A_RULE_BPF_FD] = { .type = NLA_U32, },
	[SDWAN_A_RULE_SET_VLAN] = NLA_POLICY_MAX(NLA_U16, SDWAN_VLAN_MAX),
};

/* SDWAN_CMD_RULE_SET - do */
const struct nla_policy sdwan_rule_set_nl_policy[SDWAN_A_RULE_SET_VLAN + 1] = {
	[SDWAN_A_RULE_TXN] = { .type = NLA_U32, },
	[SDWAN_A_RULE_PREF] = NLA_POLICY_FULL_RANGE(NLA_U32, &sdwan_a_rule_pref_range),
	[SDWAN_A_RULE_NAME] = { .type = NLA_NUL_STRING, .len = SDWAN_NAME_MAX, },
	[SDWAN_A_RULE_IIF] = { .type = NLA_NUL_STRING, .len = 15, },
	[SDWAN_A_RULE_VNI] = NLA_POLICY_FULL_RANGE(NLA_U32, &sdwan_a_rule_vni_range),
	[SDWAN_A_RULE_FROM] = NLA_POLICY_EXACT_LEN(16),
	[SDWAN_A_RULE_FROM_PLEN] = NLA_POLICY_MAX(NLA_U8, 128),
	[SDWAN_A_RULE_TO] = NLA_POLICY_EXACT_LEN(16),
	[SDWAN_A_RULE_TO_PLEN] = NLA_POLICY_MAX(NLA_U8, 128),
	[SDWAN_A_RULE_PROTO] = NLA_POLICY_MIN(NLA_U8, 1),
	[SDWAN_A_RULE_SPORT] = { .type = NLA_BINARY, },
	[SDWAN_A_RULE_DPORT] = { .type = NLA_BINARY, },
	[SDWAN_A_RULE_DSCP] = NLA_POLICY_MAX(NLA_U8, 63),
	[SDWAN_A_RULE_MARK] = { .type = NLA_U32, },
	[SDWAN_A_RULE_MARK_MASK] = NLA_POLICY_MIN(NLA_U32, 1),
	[SDWAN_A_RULE_ACTION] = NLA_POLICY_RANGE(NLA_U32, 1, 4),
	[SDWAN_A_RULE_CLASS] = { .type = NLA_NUL_STRING, .len = SDWAN_NAME_MAX, },
	[SDWAN_A_RULE_SET_DSCP] = NLA_POLICY_MAX(NLA_U8, 63),
	[SDWAN_A_RULE_SET_MARK] = { .type = NLA_U32, },
	[SDWAN_A_RULE_SET_MARK_MASK] = NLA_POLICY_MIN(NLA_U32, 1),
	[SDWAN_A_RULE_SET_PRIORITY] = { .type = NLA_U32, },
	[SDWAN_A_RULE_STEER_VNI] = NLA_POLICY_FULL_RANGE(NLA_U32, &sdwan_a_rule_steer_vni_range),
	[SDWAN_A_RULE_VLAN] = NLA_POLICY_MAX(NLA_U16, SDWAN_VLAN_MAX),
	[SDWAN_A_RULE_PCP] = NLA_POLICY_MAX(NLA_U8, 7),
	[SDWAN_A_RULE_ETHERTYPE] = NLA_POLICY_MIN(NLA_U16, SDWAN_ETHERTYPE_MIN),
	[SDWAN_A_RULE_SMAC] = NLA_POLICY_EXACT_LEN(6),
	[SDWAN_A_RULE_DMAC] = NLA_POLICY_EXACT_LEN(6),
	[SDWAN_A_RULE_MPLS] = NLA_POLICY_FULL_RANGE(NLA_U32, &sdwan_a_rule_mpls_range),
	[SDWAN_A_RULE_BPF_NAME] = { .type = NLA_NUL_STRING, .len = SDWAN_BPF_NAME_MAX, },
	[SDWAN_A_RULE_BPF_FD] = { .type = NLA_U32, },
	[SDWAN_A_RULE_SET_VLAN] = NLA_POLICY_MAX(NLA_U16, SDWAN_VLAN_MAX),
};

/* SDWAN_CMD_RULE_DEL - do */
const struct nla_policy sdwan_rule_del_nl_policy[SDWAN_A_RULE_PREF + 1] = {
	[SDWAN_A_RULE_TXN] = { .type = NLA_U32, },
	[SDWAN_A_RULE_PREF] = NLA_POLICY_FULL_RANGE(NLA_U32, &sdwan_a_rule_pref_range),
};

/* SDWAN_CMD_FLOW_GET - do */
const struct nla_policy sdwan_flow_get_nl_policy[SDWAN_A_FLOW_OWNER + 1] = {
	[SDWAN_A_FLOW_VNI] = NLA_POLICY_FULL_RANGE(NLA_U32, &sdwan_a_flow_vni_range),
	[SDWAN_A_FLOW_SRC] = NLA_POLICY_EXACT_LEN(16),
	[SDWAN_A_FLOW_DST] = NLA_POLICY_EXACT_LEN(16),
	[SDWAN_A_FLOW_PROTO] = { .type = NLA_U8, },
	[SDWAN_A_FLOW_SPORT] = { .type = NLA_U16, },
	[SDWAN_A_FLOW_DPORT] = { .type = NLA_U16, },
	[SDWAN_A_FLOW_CLASS] = { .type = NLA_NUL_STRING, .len = SDWAN_NAME_MAX, },
	[SDWAN_A_FLOW_RULE] = { .type = NLA_U32, },
	[SDWAN_A_FLOW_PATH] = { .type = NLA_NUL_STRING, .len = SDWAN_PATH_NAME_MAX, },
	[SDWAN_A_FLOW_OWNER] = NLA_POLICY_MAX(NLA_U32, 1),
};

/* SDWAN_CMD_FLOW_FLUSH - do */
const struct nla_policy sdwan_flow_flush_nl_policy[SDWAN_A_FLOW_OWNER + 1] = {
	[SDWAN_A_FLOW_VNI] = NLA_POLICY_FULL_RANGE(NLA_U32, &sdwan_a_flow_vni_range),
	[SDWAN_A_FLOW_SRC] = NLA_POLICY_EXACT_LEN(16),
	[SDWAN_A_FLOW_DST] = NLA_POLICY_EXACT_LEN(16),
	[SDWAN_A_FLOW_PROTO] = { .type = NLA_U8, },
	[SDWAN_A_FLOW_SPORT] = { .type = NLA_U16, },
	[SDWAN_A_FLOW_DPORT] = { .type = NLA_U16, },
	[SDWAN_A_FLOW_CLASS] = { .type = NLA_NUL_STRING, .len = SDWAN_NAME_MAX, },
	[SDWAN_A_FLOW_RULE] = { .type = NLA_U32, },
	[SDWAN_A_FLOW_PATH] = { .type = NLA_NUL_STRING, .len = SDWAN_PATH_NAME_MAX, },
	[SDWAN_A_FLOW_OWNER] = NLA_POLICY_MAX(NLA_U32, 1),
};

/* SDWAN_CMD_FLOW_EXPLAIN - do */
const struct nla_policy sdwan_flow_explain_nl_policy[SDWAN_A_FLOW_IIF + 1] = {
	[SDWAN_A_FLOW_VNI] = NLA_POLICY_FULL_RANGE(NLA_U32, &sdwan_a_flow_vni_range),
	[SDWAN_A_FLOW_SRC] = NLA_POLICY_EXACT_LEN(16),
	[SDWAN_A_FLOW_DST] = NLA_POLICY_EXACT_LEN(16),
	[SDWAN_A_FLOW_PROTO] = { .type = NLA_U8, },
	[SDWAN_A_FLOW_SPORT] = { .type = NLA_U16, },
	[SDWAN_A_FLOW_DPORT] = { .type = NLA_U16, },
	[SDWAN_A_FLOW_DSCP] = NLA_POLICY_MAX(NLA_U8, 63),
	[SDWAN_A_FLOW_MARK] = { .type = NLA_U32, },
	[SDWAN_A_FLOW_IIF] = { .type = NLA_NUL_STRING, .len = 15, },
};

/* SDWAN_CMD_LAN_GET - do */
const struct nla_policy sdwan_lan_get_nl_policy[SDWAN_A_LAN_NAME + 1] = {
	[SDWAN_A_LAN_TXN] = { .type = NLA_U32, },
	[SDWAN_A_LAN_NAME] = { .type = NLA_NUL_STRING, .len = 15, },
};

/* SDWAN_CMD_LAN_NEW - do */
const struct nla_policy sdwan_lan_new_nl_policy[SDWAN_A_LAN_VNI + 1] = {
	[SDWAN_A_LAN_TXN] = { .type = NLA_U32, },
	[SDWAN_A_LAN_NAME] = { .type = NLA_NUL_STRING, .len = 15, },
	[SDWAN_A_LAN_MODE] = NLA_POLICY_RANGE(NLA_U32, 1, 2),
	[SDWAN_A_LAN_VNI] = NLA_POLICY_FULL_RANGE(NLA_U32, &sdwan_a_lan_vni_range),
};

/* SDWAN_CMD_LAN_SET - do */
const struct nla_policy sdwan_lan_set_nl_policy[SDWAN_A_LAN_VNI + 1] = {
	[SDWAN_A_LAN_TXN] = { .type = NLA_U32, },
	[SDWAN_A_LAN_NAME] = { .type = NLA_NUL_STRING, .len = 15, },
	[SDWAN_A_LAN_MODE] = NLA_POLICY_RANGE(NLA_U32, 1, 2),
	[SDWAN_A_LAN_VNI] = NLA_POLICY_FULL_RANGE(NLA_U32, &sdwan_a_lan_vni_range),
};

/* SDWAN_CMD_LAN_DEL - do */
const struct nla_policy sdwan_lan_del_nl_policy[SDWAN_A_LAN_NAME + 1] = {
	[SDWAN_A_LAN_TXN] = { .type = NLA_U32, },
	[SDWAN_A_LAN_NAME] = { .type = NLA_NUL_STRING, .len = 15, },
};

/* SDWAN_CMD_METRIC_GET - do */
const struct nla_policy sdwan_metric_get_nl_policy[SDWAN_A_METRIC_NAME + 1] = {
	[SDWAN_A_METRIC_TXN] = { .type = NLA_U32, },
	[SDWAN_A_METRIC_NAME] = { .type = NLA_NUL_STRING, .len = SDWAN_NAME_MAX, },
};

/* SDWAN_CMD_METRIC_NEW - do */
const struct nla_policy sdwan_metric_new_nl_policy[SDWAN_A_METRIC_BPF_FD + 1] = {
	[SDWAN_A_METRIC_TXN] = { .type = NLA_U32, },
	[SDWAN_A_METRIC_NAME] = { .type = NLA_NUL_STRING, .len = SDWAN_NAME_MAX, },
	[SDWAN_A_METRIC_EXPR] = { .type = NLA_NUL_STRING, .len = SDWAN_METRIC_EXPR_MAX, },
	[SDWAN_A_METRIC_PROG] = { .type = NLA_BINARY, },
	[SDWAN_A_METRIC_BPF_NAME] = { .type = NLA_NUL_STRING, .len = SDWAN_BPF_NAME_MAX, },
	[SDWAN_A_METRIC_BPF_FD] = { .type = NLA_U32, },
};

/* SDWAN_CMD_METRIC_SET - do */
const struct nla_policy sdwan_metric_set_nl_policy[SDWAN_A_METRIC_BPF_FD + 1] = {
	[SDWAN_A_METRIC_TXN] = { .type = NLA_U32, },
	[SDWAN_A_METRIC_NAME] = { .type = NLA_NUL_STRING, .len = SDWAN_NAME_MAX, },
	[SDWAN_A_METRIC_EXPR] = { .type = NLA_NUL_STRING, .len = SDWAN_METRIC_EXPR_MAX, },
	[SDWAN_A_METRIC_PROG] = { .type = NLA_BINARY, },
	[SDWAN_A_METRIC_BPF_NAME] = { .type = NLA_NUL_STRING, .len = SDWAN_BPF_NAME_MAX, },
	[SDWAN_A_METRIC_BPF_FD] = { .type = NLA_U32, },
};

/* SDWAN_CMD_METRIC_DEL - do */
const struct nla_policy sdwan_metric_del_nl_policy[SDWAN_A_METRIC_NAME + 1] = {
	[SDWAN_A_METRIC_TXN] = { .type = NLA_U32, },
	[SDWAN_A_METRIC_NAME] = { .type = NLA_NUL_STRING, .len = SDWAN_NAME_MAX, },
};

/* SDWAN_CMD_METRIC_COST - do */
const struct nla_policy sdwan_metric_cost_nl_policy[SDWAN_A_COST_PATH + 1] = {
	[SDWAN_A_COST_METRIC] = { .type = NLA_NUL_STRING, .len = SDWAN_NAME_MAX, },
	[SDWAN_A_COST_PATH] = { .type = NLA_NUL_STRING, .len = SDWAN_PATH_NAME_MAX, },
};

/* SDWAN_CMD_METRIC_TEST - do */
const struct nla_policy sdwan_metric_test_nl_policy[SDWAN_A_COST_FIELD + 1] = {
	[SDWAN_A_COST_METRIC] = { .type = NLA_NUL_STRING, .len = SDWAN_NAME_MAX, },
	[SDWAN_A_COST_PATH] = { .type = NLA_NUL_STRING, .len = SDWAN_PATH_NAME_MAX, },
	[SDWAN_A_COST_FIELD] = NLA_POLICY_NESTED(sdwan_metric_field_nl_policy),
};

/* SDWAN_CMD_DECISION_GET - do */
const struct nla_policy sdwan_decision_get_nl_policy[SDWAN_A_DECISION_PEER + 1] = {
	[SDWAN_A_DECISION_CLASS] = { .type = NLA_NUL_STRING, .len = SDWAN_NAME_MAX, },
	[SDWAN_A_DECISION_SITE] = { .type = NLA_U32, },
	[SDWAN_A_DECISION_PEER] = { .type = NLA_NUL_STRING, .len = SDWAN_NAME_MAX, },
};

/* Ops table for sdwan */
const struct genl_ops sdwan_nl_ops[45] = {
	{
		.cmd		= SDWAN_CMD_FABRIC_GET,
		.doit		= sdwan_nl_fabric_get_doit,
		.policy		= sdwan_fabric_get_nl_policy,
		.maxattr	= SDWAN_A_FABRIC_TXN,
	},
	{
		.cmd		= SDWAN_CMD_FABRIC_SET,
		.doit		= sdwan_nl_fabric_set_doit,
		.policy		= sdwan_fabric_set_nl_policy,
		.maxattr	= SDWAN_A_FABRIC_MAX_METRICS,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= SDWAN_CMD_TXN_BEGIN,
		.doit		= sdwan_nl_txn_begin_doit,
		.policy		= sdwan_txn_begin_nl_policy,
		.maxattr	= SDWAN_A_TXN_GENERATION,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= SDWAN_CMD_TXN_COMMIT,
		.doit		= sdwan_nl_txn_commit_doit,
		.policy		= sdwan_txn_commit_nl_policy,
		.maxattr	= SDWAN_A_TXN_GENERATION,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= SDWAN_CMD_TXN_ABORT,
		.doit		= sdwan_nl_txn_abort_doit,
		.policy		= sdwan_txn_abort_nl_policy,
		.maxattr	= SDWAN_A_TXN_ID,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= SDWAN_CMD_NODE_GET,
		.doit		= sdwan_nl_node_get_doit,
		.policy		= sdwan_node_get_nl_policy,
		.maxattr	= SDWAN_A_NODE_TXN,
	},
	{
		.cmd		= SDWAN_CMD_NODE_SET,
		.doit		= sdwan_nl_node_set_doit,
		.policy		= sdwan_node_set_nl_policy,
		.maxattr	= SDWAN_A_NODE_NAME,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= SDWAN_CMD_UNDERLAY_GET,
		.doit		= sdwan_nl_underlay_get_doit,
		.dumpit		= sdwan_nl_underlay_get_dumpit,
		.policy		= sdwan_underlay_get_nl_policy,
		.maxattr	= SDWAN_A_UNDERLAY_NAME,
	},
	{
		.cmd		= SDWAN_CMD_UNDERLAY_NEW,
		.doit		= sdwan_nl_underlay_new_doit,
		.policy		= sdwan_underlay_new_nl_policy,
		.maxattr	= SDWAN_A_UNDERLAY_DEGRADED_MARGIN,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= SDWAN_CMD_UNDERLAY_SET,
		.doit		= sdwan_nl_underlay_set_doit,
		.policy		= sdwan_underlay_set_nl_policy,
		.maxattr	= SDWAN_A_UNDERLAY_DEGRADED_MARGIN,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= SDWAN_CMD_UNDERLAY_DEL,
		.doit		= sdwan_nl_underlay_del_doit,
		.policy		= sdwan_underlay_del_nl_policy,
		.maxattr	= SDWAN_A_UNDERLAY_NAME,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= SDWAN_CMD_PEER_GET,
		.doit		= sdwan_nl_peer_get_doit,
		.dumpit		= sdwan_nl_peer_get_dumpit,
		.policy		= sdwan_peer_get_nl_policy,
		.maxattr	= SDWAN_A_PEER_NAME,
	},
	{
		.cmd		= SDWAN_CMD_PEER_NEW,
		.doit		= sdwan_nl_peer_new_doit,
		.policy		= sdwan_peer_new_nl_policy,
		.maxattr	= SDWAN_A_PEER_KEY_RETIRE,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= SDWAN_CMD_PEER_SET,
		.doit		= sdwan_nl_peer_set_doit,
		.policy		= sdwan_peer_set_nl_policy,
		.maxattr	= SDWAN_A_PEER_KEY_RETIRE,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= SDWAN_CMD_PEER_DEL,
		.doit		= sdwan_nl_peer_del_doit,
		.policy		= sdwan_peer_del_nl_policy,
		.maxattr	= SDWAN_A_PEER_NAME,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= SDWAN_CMD_PATH_GET,
		.doit		= sdwan_nl_path_get_doit,
		.dumpit		= sdwan_nl_path_get_dumpit,
		.policy		= sdwan_path_get_nl_policy,
		.maxattr	= SDWAN_A_PATH_UNDERLAY,
	},
	{
		.cmd		= SDWAN_CMD_PATH_NEW,
		.doit		= sdwan_nl_path_new_doit,
		.policy		= sdwan_path_new_nl_policy,
		.maxattr	= SDWAN_A_PATH_NAT,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= SDWAN_CMD_PATH_SET,
		.doit		= sdwan_nl_path_set_doit,
		.policy		= sdwan_path_set_nl_policy,
		.maxattr	= SDWAN_A_PATH_NAT,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= SDWAN_CMD_PATH_DEL,
		.doit		= sdwan_nl_path_del_doit,
		.policy		= sdwan_path_del_nl_policy,
		.maxattr	= SDWAN_A_PATH_UNDERLAY,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= SDWAN_CMD_PREFIX_GET,
		.doit		= sdwan_nl_prefix_get_doit,
		.dumpit		= sdwan_nl_prefix_get_dumpit,
		.policy		= sdwan_prefix_get_nl_policy,
		.maxattr	= SDWAN_A_PREFIX_DEV,
	},
	{
		.cmd		= SDWAN_CMD_PREFIX_NEW,
		.doit		= sdwan_nl_prefix_new_doit,
		.policy		= sdwan_prefix_new_nl_policy,
		.maxattr	= SDWAN_A_PREFIX_NEGATIVE,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= SDWAN_CMD_PREFIX_SET,
		.doit		= sdwan_nl_prefix_set_doit,
		.policy		= sdwan_prefix_set_nl_policy,
		.maxattr	= SDWAN_A_PREFIX_NEGATIVE,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= SDWAN_CMD_PREFIX_DEL,
		.doit		= sdwan_nl_prefix_del_doit,
		.policy		= sdwan_prefix_del_nl_policy,
		.maxattr	= SDWAN_A_PREFIX_DEV,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= SDWAN_CMD_CLASS_GET,
		.doit		= sdwan_nl_class_get_doit,
		.dumpit		= sdwan_nl_class_get_dumpit,
		.policy		= sdwan_class_get_nl_policy,
		.maxattr	= SDWAN_A_CLASS_NAME,
	},
	{
		.cmd		= SDWAN_CMD_CLASS_NEW,
		.doit		= sdwan_nl_class_new_doit,
		.policy		= sdwan_class_new_nl_policy,
		.maxattr	= SDWAN_A_CLASS_GROUP,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= SDWAN_CMD_CLASS_SET,
		.doit		= sdwan_nl_class_set_doit,
		.policy		= sdwan_class_set_nl_policy,
		.maxattr	= SDWAN_A_CLASS_GROUP,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= SDWAN_CMD_CLASS_DEL,
		.doit		= sdwan_nl_class_del_doit,
		.policy		= sdwan_class_del_nl_policy,
		.maxattr	= SDWAN_A_CLASS_NAME,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= SDWAN_CMD_RULE_GET,
		.doit		= sdwan_nl_rule_get_doit,
		.dumpit		= sdwan_nl_rule_get_dumpit,
		.policy		= sdwan_rule_get_nl_policy,
		.maxattr	= SDWAN_A_RULE_PREF,
	},
	{
		.cmd		= SDWAN_CMD_RULE_NEW,
		.doit		= sdwan_nl_rule_new_doit,
		.policy		= sdwan_rule_new_nl_policy,
		.maxattr	= SDWAN_A_RULE_SET_VLAN,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= SDWAN_CMD_RULE_SET,
		.doit		= sdwan_nl_rule_set_doit,
		.policy		= sdwan_rule_set_nl_policy,
		.maxattr	= SDWAN_A_RULE_SET_VLAN,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= SDWAN_CMD_RULE_DEL,
		.doit		= sdwan_nl_rule_del_doit,
		.policy		= sdwan_rule_del_nl_policy,
		.maxattr	= SDWAN_A_RULE_PREF,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= SDWAN_CMD_FLOW_GET,
		.doit		= sdwan_nl_flow_get_doit,
		.dumpit		= sdwan_nl_flow_get_dumpit,
		.policy		= sdwan_flow_get_nl_policy,
		.maxattr	= SDWAN_A_FLOW_OWNER,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= SDWAN_CMD_FLOW_FLUSH,
		.doit		= sdwan_nl_flow_flush_doit,
		.policy		= sdwan_flow_flush_nl_policy,
		.maxattr	= SDWAN_A_FLOW_OWNER,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= SDWAN_CMD_FLOW_EXPLAIN,
		.doit		= sdwan_nl_flow_explain_doit,
		.policy		= sdwan_flow_explain_nl_policy,
		.maxattr	= SDWAN_A_FLOW_IIF,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= SDWAN_CMD_LAN_GET,
		.doit		= sdwan_nl_lan_get_doit,
		.dumpit		= sdwan_nl_lan_get_dumpit,
		.policy		= sdwan_lan_get_nl_policy,
		.maxattr	= SDWAN_A_LAN_NAME,
	},
	{
		.cmd		= SDWAN_CMD_LAN_NEW,
		.doit		= sdwan_nl_lan_new_doit,
		.policy		= sdwan_lan_new_nl_policy,
		.maxattr	= SDWAN_A_LAN_VNI,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= SDWAN_CMD_LAN_SET,
		.doit		= sdwan_nl_lan_set_doit,
		.policy		= sdwan_lan_set_nl_policy,
		.maxattr	= SDWAN_A_LAN_VNI,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= SDWAN_CMD_LAN_DEL,
		.doit		= sdwan_nl_lan_del_doit,
		.policy		= sdwan_lan_del_nl_policy,
		.maxattr	= SDWAN_A_LAN_NAME,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= SDWAN_CMD_METRIC_GET,
		.doit		= sdwan_nl_metric_get_doit,
		.dumpit		= sdwan_nl_metric_get_dumpit,
		.policy		= sdwan_metric_get_nl_policy,
		.maxattr	= SDWAN_A_METRIC_NAME,
	},
	{
		.cmd		= SDWAN_CMD_METRIC_NEW,
		.doit		= sdwan_nl_metric_new_doit,
		.policy		= sdwan_metric_new_nl_policy,
		.maxattr	= SDWAN_A_METRIC_BPF_FD,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= SDWAN_CMD_METRIC_SET,
		.doit		= sdwan_nl_metric_set_doit,
		.policy		= sdwan_metric_set_nl_policy,
		.maxattr	= SDWAN_A_METRIC_BPF_FD,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= SDWAN_CMD_METRIC_DEL,
		.doit		= sdwan_nl_metric_del_doit,
		.policy		= sdwan_metric_del_nl_policy,
		.maxattr	= SDWAN_A_METRIC_NAME,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= SDWAN_CMD_METRIC_COST,
		.doit		= sdwan_nl_metric_cost_doit,
		.dumpit		= sdwan_nl_metric_cost_dumpit,
		.policy		= sdwan_metric_cost_nl_policy,
		.maxattr	= SDWAN_A_COST_PATH,
	},
	{
		.cmd		= SDWAN_CMD_METRIC_TEST,
		.doit		= sdwan_nl_metric_test_doit,
		.policy		= sdwan_metric_test_nl_policy,
		.maxattr	= SDWAN_A_COST_FIELD,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= SDWAN_CMD_DECISION_GET,
		.doit		= sdwan_nl_decision_get_doit,
		.dumpit		= sdwan_nl_decision_get_dumpit,
		.policy		= sdwan_decision_get_nl_policy,
		.maxattr	= SDWAN_A_DECISION_PEER,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
};

static const struct genl_multicast_group sdwan_nl_mcgrps[] = {
	[SDWAN_NLGRP_EVENTS] = { "events", },
};
