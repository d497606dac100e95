// SPDX-License-Identifier: GPL-2.0
/*
 * sdwanctl: Documentation/netlink/specs/sdwan.yaml as tables
 *
 * tests/spec.py compares them with the specification.
 */
#include <string.h>

#include "sdwanctl.h"

#define ENUM(sym, start)						\
	const struct enum_desc enum_##sym = {				\
		.name = sym##_names,					\
		.first = start,						\
		.n = ARRAY_SIZE(sym##_names),				\
	}

static const char *const encap_names[] = {
	"geneve", "vxlan", "vxlan-gpe", "gre", "dev",
};

static const char *const state_names[] = {
	"down", "up", "degraded", "dormant", "probing",
};

static const char *const reason_names[] = {
	"none", "admin", "no-device", "device-down", "no-carrier",
	"no-address", "no-route", "silent", "unreachable", "latency",
	"jitter", "loss", "unheard",
};

static const char *const kind_names[] = { "direct", "relay", "chain" };

static const char *const origin_names[] = { "static", "learned" };

static const char *const df_names[] = { "set", "copy", "clear" };

static const char *const csum_names[] = { "auto", "on", "off" };

static const char *const probe_names[] = {
	"default", "off", "tunnel", "underlay",
};

static const char *const probemtu_names[] = { "default", "off", "on" };

static const char *const pmtustate_names[] = {
	"off", "searching", "found", "unanswered",
};

static const char *const cmode_names[] = {
	"balance", "prefer", "pin", "duplicate", "best",
};

static const char *const cweight_names[] = {
	"equal", "rate", "cost", "explicit",
};

static const char *const cmove_names[] = { "flowlet", "now", "sticky" };

static const char *const cfailback_names[] = { "soft", "hard", "never" };

static const char *const action_names[] = {
	"class", "pass", "drop", "steer",
};

static const char *const lanmode_names[] = { "mark", "direct" };

static const char *const flowdirect_names[] = { "out", "in", "both" };

static const char *const owner_names[] = { "local", "remote" };

static const char *const decider_names[] = { "local", "peer" };

static const char *const role_names[] = { "leader", "follower" };

static const char *const change_names[] = {
	"agreed", "disagreed", "heard", "silent", "unknown", "differing",
};

static const char *const decisionreason_names[] = {
	"none", "first", "cost", "breach", "down", "gone", "degraded", "joined",
	"group",
	"told", "agreed", "silent",
};

ENUM(encap, SDWAN_ENCAP_GENEVE);
ENUM(state, SDWAN_PATH_STATE_DOWN);
ENUM(reason, SDWAN_STATE_REASON_NONE);
ENUM(kind, SDWAN_PATH_KIND_DIRECT);
ENUM(origin, SDWAN_PREFIX_ORIGIN_STATIC);
ENUM(df, SDWAN_DF_SET);
ENUM(csum, SDWAN_UDP_CSUM_AUTO);
ENUM(probe, SDWAN_PROBE_MODE_DEFAULT);
ENUM(probemtu, SDWAN_PROBE_MTU_DEFAULT);
ENUM(pmtustate, SDWAN_PMTU_STATE_OFF);
ENUM(cmode, SDWAN_CLASS_MODE_BALANCE);
ENUM(cweight, SDWAN_CLASS_WEIGHT_EQUAL);
ENUM(cmove, SDWAN_CLASS_MOVE_FLOWLET);
ENUM(cfailback, SDWAN_CLASS_FAILBACK_SOFT);
ENUM(action, SDWAN_RULE_ACTION_CLASS);
ENUM(lanmode, SDWAN_LAN_MODE_MARK);
static ENUM(flowdirect, SDWAN_FLOW_DIRECT_OUT);
ENUM(owner, SDWAN_FLOW_OWNER_LOCAL);
static ENUM(decider, SDWAN_DECIDER_LOCAL);
static ENUM(role, SDWAN_AGREEMENT_ROLE_LEADER);
static ENUM(change, SDWAN_AGREEMENT_CHANGE_AGREED);
static ENUM(decisionreason, SDWAN_DECISION_REASON_NONE);

#define ATTR(set, sym, t, n, k) \
	{ .id = SDWAN_A_##set##_##sym, .type = A_##t, .name = n, .key = k }
#define ATTR_ENUM(set, sym, n, k, e) \
	{ .id = SDWAN_A_##set##_##sym, .type = A_ENUM, .name = n, .key = k, \
	  .en = &enum_##e }
#define ATTR_NEST(set, sym, n, k, s) \
	{ .id = SDWAN_A_##set##_##sym, .type = A_NEST, .name = n, .key = k, \
	  .multi = true, .nest = &(s) }
#define ATTR_PART(set, sym, n, k, s) \
	{ .id = SDWAN_A_##set##_##sym, .type = A_NEST, .name = n, .key = k, \
	  .nest = &(s) }
#define ATTR_MULTI(set, sym, t, n, k) \
	{ .id = SDWAN_A_##set##_##sym, .type = A_##t, .name = n, .key = k, \
	  .multi = true }

#define SET(sym, n_, t)							\
	const struct attr_set set_##sym = {				\
		.name = n_,						\
		.attr = sym##_attrs,					\
		.n = ARRAY_SIZE(sym##_attrs),				\
		.txn = t,						\
	}

static const struct attr_desc counter_attrs[] = {
	ATTR(COUNTER, PAD, PAD, "pad", "pad"),
	ATTR(COUNTER, NAME, STR, "name", "name"),
	ATTR(COUNTER, VALUE, U64, "value", "value"),
};

static SET(counter, "counter", 0);

static const struct attr_desc fabric_attrs[] = {
	ATTR(FABRIC, PAD, PAD, "pad", "pad"),
	ATTR(FABRIC, GENERATION, U32, "generation", "generation"),
	ATTR(FABRIC, TXN, U32, "txn", "txn"),
	ATTR(FABRIC, MAX_UNDERLAYS, U32, "max-underlays", "max_underlays"),
	ATTR(FABRIC, MAX_PEERS, U32, "max-peers", "max_peers"),
	ATTR(FABRIC, MAX_PATHS, U32, "max-paths", "max_paths"),
	ATTR(FABRIC, MAX_PREFIXES, U32, "max-prefixes", "max_prefixes"),
	ATTR(FABRIC, MAX_SEGMENTS, U32, "max-segments", "max_segments"),
	ATTR(FABRIC, UNDERLAYS, U32, "underlays", "underlays"),
	ATTR(FABRIC, PEERS, U32, "peers", "peers"),
	ATTR(FABRIC, PATHS, U32, "paths", "paths"),
	ATTR(FABRIC, PATHS_UP, U32, "paths-up", "paths_up"),
	ATTR(FABRIC, PREFIXES, U32, "prefixes", "prefixes"),
	ATTR(FABRIC, SEGMENTS, U32, "segments", "segments"),
	ATTR_NEST(FABRIC, COUNTER, "counter", "counter", set_counter),
	ATTR(FABRIC, VERSION, STR, "version", "version"),
	ATTR(FABRIC, MAX_CLASSES, U32, "max-classes", "max_classes"),
	ATTR(FABRIC, MAX_RULES, U32, "max-rules", "max_rules"),
	ATTR(FABRIC, CLASSES, U32, "classes", "classes"),
	ATTR(FABRIC, RULES, U32, "rules", "rules"),
	ATTR(FABRIC, MAX_FLOWS, U32, "max-flows", "max_flows"),
	ATTR(FABRIC, FLOWS, U32, "flows", "flows"),
	ATTR(FABRIC, FLOW_TIMEOUT, U32, "flow-timeout", "flow_timeout"),
	ATTR(FABRIC, MAX_LANS, U32, "max-lans", "max_lans"),
	ATTR(FABRIC, LANS, U32, "lans", "lans"),
	ATTR(FABRIC, MARK_MASK, U32, "mark-mask", "mark_mask"),
	ATTR(FABRIC, MAX_METRICS, U32, "max-metrics", "max_metrics"),
	ATTR(FABRIC, METRICS, U32, "metrics", "metrics"),
	ATTR(FABRIC, METRIC_RUNS, U64, "metric-runs", "metric_runs"),
	ATTR(FABRIC, METRIC_TIME, U64, "metric-time", "metric_time"),
	ATTR(FABRIC, DECISIONS, U64, "decisions", "decisions"),
	ATTR(FABRIC, DECISION_TIME, U64, "decision-time", "decision_time"),
};

SET(fabric, "fabric", SDWAN_A_FABRIC_TXN);

static const struct attr_desc node_attrs[] = {
	ATTR(NODE, TXN, U32, "txn", "txn"),
	ATTR(NODE, SITE, U32, "site", "site"),
	ATTR(NODE, GATEWAY, U32, "gateway", "gateway"),
	ATTR(NODE, NAME, STR, "name", "name"),
};

SET(node, "node", SDWAN_A_NODE_TXN);

static const struct attr_desc underlay_attrs[] = {
	ATTR(UNDERLAY, PAD, PAD, "pad", "pad"),
	ATTR(UNDERLAY, TXN, U32, "txn", "txn"),
	ATTR(UNDERLAY, ID, U32, "id", "id"),
	ATTR(UNDERLAY, NAME, STR, "name", "name"),
	ATTR(UNDERLAY, DEV, STR, "dev", "dev"),
	ATTR(UNDERLAY, IFINDEX, U32, "ifindex", "ifindex"),
	ATTR(UNDERLAY, LOCAL, ADDR, "local", "local"),
	ATTR(UNDERLAY, PORT, U16, "port", "port"),
	ATTR_ENUM(UNDERLAY, ENCAP, "encap", "encap", encap),
	ATTR(UNDERLAY, COST, U32, "cost", "cost"),
	ATTR(UNDERLAY, RATE, U64, "rate", "rate"),
	ATTR_ENUM(UNDERLAY, STATE, "state", "state", state),
	ATTR_ENUM(UNDERLAY, STATE_REASON, "state-reason", "state_reason",
		  reason),
	ATTR(UNDERLAY, PATHS, U32, "paths", "paths"),
	ATTR_ENUM(UNDERLAY, PROBE, "probe", "probe", probe),
	ATTR(UNDERLAY, PROBE_INTERVAL, U32, "probe-interval", "probe_interval"),
	ATTR(UNDERLAY, PROBE_IDLE_INTERVAL, U32, "probe-idle-interval",
	     "probe_idle_interval"),
	ATTR(UNDERLAY, PROBE_MULT, U8, "probe-mult", "probe_mult"),
	ATTR(UNDERLAY, PROBE_HOLD, U32, "probe-hold", "probe_hold"),
	ATTR_ENUM(UNDERLAY, PROBE_MTU, "probe-mtu", "probe_mtu", probemtu),
	ATTR(UNDERLAY, PROBE_RAISE, U32, "probe-raise", "probe_raise"),
	ATTR(UNDERLAY, DEGRADED_LATENCY, U32, "degraded-latency",
	     "degraded_latency"),
	ATTR(UNDERLAY, DEGRADED_JITTER, U32, "degraded-jitter",
	     "degraded_jitter"),
	ATTR(UNDERLAY, DEGRADED_LOSS, U32, "degraded-loss",
	     "degraded_loss"),
	ATTR(UNDERLAY, DEGRADED_MARGIN, U8, "degraded-margin",
	     "degraded_margin"),
};

SET(underlay, "underlay", SDWAN_A_UNDERLAY_TXN);

static const struct attr_desc overlay_attrs[] = {
	ATTR(OVERLAY, ADDR, ADDR, "addr", "addr"),
	ATTR(OVERLAY, VNI, U32, "vni", "vni"),
};

static SET(overlay, "overlay", 0);

static const struct attr_desc peer_attrs[] = {
	ATTR(PEER, TXN, U32, "txn", "txn"),
	ATTR(PEER, ID, U32, "id", "id"),
	ATTR(PEER, NAME, STR, "name", "name"),
	ATTR(PEER, SITE, U32, "site", "site"),
	ATTR(PEER, GATEWAY, U32, "gateway", "gateway"),
	ATTR_NEST(PEER, OVERLAY, "overlay", "overlay", set_overlay),
	ATTR(PEER, OVERLAY_NONE, FLAG, "overlay-none", "overlay_none"),
	ATTR(PEER, SOURCE_CHECK, BOOL, "source-check", "source_check"),
	ATTR(PEER, STOCK, BOOL, "stock", "stock"),
	ATTR(PEER, PATHS, U32, "paths", "paths"),
	ATTR(PEER, KEY, KEY, "key", "key"),
	ATTR(PEER, KEY_NONE, FLAG, "key-none", "key_none"),
	ATTR(PEER, KEY_RETIRE, FLAG, "key-retire", "key_retire"),
	ATTR(PEER, KEYS, U8, "keys", "keys"),
};

SET(peer, "peer", SDWAN_A_PEER_TXN);

static const struct attr_desc far_attrs[] = {
	ATTR(FAR, PAD, PAD, "pad", "pad"),
	ATTR(FAR, AGE, U32, "age", "age"),
	ATTR(FAR, RTT, U32, "rtt", "rtt"),
	ATTR(FAR, RTT_VAR, U32, "rtt-var", "rtt_var"),
	ATTR(FAR, RTT_MIN, U32, "rtt-min", "rtt_min"),
	ATTR(FAR, DELAY_VAR_TX, U32, "delay-var-tx", "delay_var_tx"),
	ATTR(FAR, DELAY_VAR_RX, U32, "delay-var-rx", "delay_var_rx"),
	ATTR(FAR, PROBE_LOSS_TX, U32, "probe-loss-tx", "probe_loss_tx"),
	ATTR(FAR, PROBE_LOSS_RX, U32, "probe-loss-rx", "probe_loss_rx"),
	ATTR(FAR, DATA_LOSS_TX, U32, "data-loss-tx", "data_loss_tx"),
	ATTR(FAR, DATA_LOSS_RX, U32, "data-loss-rx", "data_loss_rx"),
	ATTR(FAR, TX_RATE, U64, "tx-rate", "tx_rate"),
	ATTR(FAR, RX_RATE, U64, "rx-rate", "rx_rate"),
	ATTR(FAR, HEARD_AGE, U32, "heard-age", "heard_age"),
	ATTR(FAR, MTU, U32, "mtu", "mtu"),
};

static SET(far, "far", 0);

static const struct attr_desc agreement_attrs[] = {
	ATTR(AGREEMENT, PAD, PAD, "pad", "pad"),
	ATTR_ENUM(AGREEMENT, ROLE, "role", "role", role),
	ATTR(AGREEMENT, INTERVAL, U32, "interval", "interval"),
	ATTR(AGREEMENT, AGE, U32, "age", "age"),
	ATTR(AGREEMENT, POLICIES, U32, "policies", "policies"),
	ATTR(AGREEMENT, PENDING, U32, "pending", "pending"),
	ATTR(AGREEMENT, AGREED, BOOL, "agreed", "agreed"),
	ATTR(AGREEMENT, SENT, U64, "sent", "sent"),
	ATTR(AGREEMENT, RECEIVED, U64, "received", "received"),
	ATTR(AGREEMENT, REFUSED, U64, "refused", "refused"),
	ATTR(AGREEMENT, DISAGREEMENTS, U32, "disagreements", "disagreements"),
	ATTR(AGREEMENT, DISAGREEMENT_TIME, U64, "disagreement-time",
	     "disagreement_time"),
	ATTR(AGREEMENT, RESYNCS, U32, "resyncs", "resyncs"),
	ATTR(AGREEMENT, UNKNOWN, U32, "unknown", "unknown"),
	ATTR(AGREEMENT, DIFFERING, U32, "differing", "differing"),
};

static SET(agreement, "agreement", 0);

static const struct attr_desc path_attrs[] = {
	ATTR(PATH, PAD, PAD, "pad", "pad"),
	ATTR(PATH, TXN, U32, "txn", "txn"),
	ATTR(PATH, ID, U32, "id", "id"),
	ATTR(PATH, NAME, STR, "name", "name"),
	ATTR(PATH, PEER, STR, "peer", "peer"),
	ATTR(PATH, UNDERLAY, STR, "underlay", "underlay"),
	ATTR(PATH, LOCAL, ADDR, "local", "local"),
	ATTR(PATH, REMOTE, ADDR, "remote", "remote"),
	ATTR(PATH, DSTPORT, U16, "dstport", "dstport"),
	ATTR_ENUM(PATH, ENCAP, "encap", "encap", encap),
	ATTR(PATH, PREFERENCE, U32, "preference", "preference"),
	ATTR(PATH, ADMIN, BOOL, "admin", "admin"),
	ATTR_ENUM(PATH, KIND, "kind", "kind", kind),
	ATTR(PATH, ON_DEMAND, BOOL, "on-demand", "on_demand"),
	ATTR(PATH, IDLE_TIMEOUT, U32, "idle-timeout", "idle_timeout"),
	ATTR_ENUM(PATH, STATE, "state", "state", state),
	ATTR_ENUM(PATH, STATE_REASON, "state-reason", "state_reason", reason),
	ATTR(PATH, STATE_AGE, U64, "state-age", "state_age"),
	ATTR(PATH, MTU, U32, "mtu", "mtu"),
	ATTR(PATH, TX_PACKETS, U64, "tx-packets", "tx_packets"),
	ATTR(PATH, TX_BYTES, U64, "tx-bytes", "tx_bytes"),
	ATTR(PATH, RX_PACKETS, U64, "rx-packets", "rx_packets"),
	ATTR(PATH, RX_BYTES, U64, "rx-bytes", "rx_bytes"),
	ATTR(PATH, TX_ERRORS, U64, "tx-errors", "tx_errors"),
	ATTR(PATH, RX_ERRORS, U64, "rx-errors", "rx_errors"),
	ATTR(PATH, VNI, U32, "vni", "vni"),
	ATTR(PATH, DSCP, DSCP, "dscp", "dscp"),
	ATTR(PATH, TTL, U8, "ttl", "ttl"),
	ATTR_ENUM(PATH, DF, "df", "df", df),
	ATTR_ENUM(PATH, UDP_CSUM, "udp-csum", "udp_csum", csum),
	ATTR(PATH, FWMARK, U32, "fwmark", "fwmark"),
	ATTR(PATH, MTU_CLAMP, U32, "mtu-clamp", "mtu_clamp"),
	ATTR(PATH, MSS_CLAMP, BOOL, "mss-clamp", "mss_clamp"),
	ATTR(PATH, RX_DUPLICATES, U64, "rx-duplicates", "rx_duplicates"),
	ATTR_ENUM(PATH, PROBE, "probe", "probe", probe),
	ATTR(PATH, PROBE_INTERVAL, U32, "probe-interval", "probe_interval"),
	ATTR(PATH, PROBE_IDLE_INTERVAL, U32, "probe-idle-interval",
	     "probe_idle_interval"),
	ATTR(PATH, PROBE_MULT, U8, "probe-mult", "probe_mult"),
	ATTR(PATH, PROBE_HOLD, U32, "probe-hold", "probe_hold"),
	ATTR_ENUM(PATH, PROBE_ACTIVE, "probe-active", "probe_active", probe),
	ATTR(PATH, RTT, U32, "rtt", "rtt"),
	ATTR(PATH, RTT_VAR, U32, "rtt-var", "rtt_var"),
	ATTR(PATH, RTT_MIN, U32, "rtt-min", "rtt_min"),
	ATTR(PATH, DELAY_VAR_TX, U32, "delay-var-tx", "delay_var_tx"),
	ATTR(PATH, DELAY_VAR_RX, U32, "delay-var-rx", "delay_var_rx"),
	ATTR(PATH, PROBE_LOSS_TX, U32, "probe-loss-tx", "probe_loss_tx"),
	ATTR(PATH, PROBE_LOSS_RX, U32, "probe-loss-rx", "probe_loss_rx"),
	ATTR(PATH, PROBES_SENT, U64, "probes-sent", "probes_sent"),
	ATTR(PATH, PROBES_ANSWERED, U64, "probes-answered", "probes_answered"),
	ATTR(PATH, PROBES_LOST_TX, U64, "probes-lost-tx", "probes_lost_tx"),
	ATTR(PATH, PROBES_LOST_RX, U64, "probes-lost-rx", "probes_lost_rx"),
	ATTR(PATH, PROBES_REFLECTED, U64, "probes-reflected",
	     "probes_reflected"),
	ATTR(PATH, HEARD_AGE, U32, "heard-age", "heard_age"),
	ATTR(PATH, TX_RATE, U64, "tx-rate", "tx_rate"),
	ATTR(PATH, RX_RATE, U64, "rx-rate", "rx_rate"),
	ATTR(PATH, DATA_LOSS_TX, U32, "data-loss-tx", "data_loss_tx"),
	ATTR(PATH, DATA_LOSS_RX, U32, "data-loss-rx", "data_loss_rx"),
	ATTR(PATH, DATA_LOST_TX, U64, "data-lost-tx", "data_lost_tx"),
	ATTR(PATH, DATA_LOST_RX, U64, "data-lost-rx", "data_lost_rx"),
	ATTR_PART(PATH, FAR, "far", "far", set_far),
	ATTR_ENUM(PATH, PROBE_MTU, "probe-mtu", "probe_mtu", probemtu),
	ATTR(PATH, PROBE_RAISE, U32, "probe-raise", "probe_raise"),
	ATTR_ENUM(PATH, PMTU_STATE, "pmtu-state", "pmtu_state", pmtustate),
	ATTR(PATH, PMTU, U32, "pmtu", "pmtu"),
	ATTR(PATH, DEGRADED_LATENCY, U32, "degraded-latency",
	     "degraded_latency"),
	ATTR(PATH, DEGRADED_JITTER, U32, "degraded-jitter",
	     "degraded_jitter"),
	ATTR(PATH, DEGRADED_LOSS, U32, "degraded-loss",
	     "degraded_loss"),
	ATTR(PATH, DEGRADED_MARGIN, U8, "degraded-margin",
	     "degraded_margin"),
	ATTR(PATH, NAT, BOOL, "nat", "nat"),
	ATTR(PATH, LEARNED_REMOTE, ADDR, "learned-remote", "learned_remote"),
	ATTR(PATH, LEARNED_PORT, U16, "learned-port", "learned_port"),
	ATTR(PATH, LEARNED_AGE, U64, "learned-age", "learned_age"),
	ATTR(PATH, CLASSES, U32, "classes", "classes"),
	ATTR(PATH, TRANSIT, U32, "transit", "transit"),
	ATTR(PATH, TRANSIT_VAR, U32, "transit-var", "transit_var"),
	ATTR_PART(PATH, AGREEMENT, "agreement", "agreement", set_agreement),
};

SET(path, "path", SDWAN_A_PATH_TXN);

static const struct attr_desc prefix_attrs[] = {
	ATTR(PREFIX, PAD, PAD, "pad", "pad"),
	ATTR(PREFIX, TXN, U32, "txn", "txn"),
	ATTR(PREFIX, ADDR, PFX_ADDR, "addr", "prefix"),
	ATTR(PREFIX, PLEN, PFX_LEN, "plen", "prefix"),
	ATTR(PREFIX, VNI, U32, "vni", "vni"),
	ATTR(PREFIX, DEV, STR, "dev", "dev"),
	ATTR(PREFIX, SITE, U32, "site", "site"),
	ATTR_MULTI(PREFIX, GATEWAY, U32, "gateway", "gateway"),
	ATTR_ENUM(PREFIX, ORIGIN, "origin", "origin", origin),
	ATTR(PREFIX, EXPIRES, U64, "expires", "expires"),
	ATTR(PREFIX, NEGATIVE, BOOL, "negative", "negative"),
};

SET(prefix, "prefix", SDWAN_A_PREFIX_TXN);

static const struct attr_desc class_member_attrs[] = {
	ATTR(CLASS_MEMBER, UNDERLAY, STR, "underlay", "underlay"),
	ATTR(CLASS_MEMBER, PATH, STR, "path", "path"),
	ATTR(CLASS_MEMBER, WEIGHT, U32, "weight", "weight"),
};

static SET(class_member, "class-member", 0);

static const struct attr_desc class_attrs[] = {
	ATTR(CLASS, TXN, U32, "txn", "txn"),
	ATTR(CLASS, ID, U32, "id", "id"),
	ATTR(CLASS, NAME, STR, "name", "name"),
	ATTR_ENUM(CLASS, MODE, "mode", "mode", cmode),
	ATTR_NEST(CLASS, MEMBER, "member", "member", set_class_member),
	ATTR(CLASS, MEMBER_NONE, FLAG, "member-none", "member_none"),
	ATTR_ENUM(CLASS, WEIGHT_BY, "weight-by", "weight_by", cweight),
	ATTR(CLASS, DSCP, DSCP, "dscp", "dscp"),
	ATTR(CLASS, STRICT, BOOL, "strict", "strict"),
	ATTR_ENUM(CLASS, MOVE, "move", "move", cmove),
	ATTR(CLASS, GAP, U32, "gap", "gap"),
	ATTR_ENUM(CLASS, FAILBACK, "failback", "failback", cfailback),
	ATTR(CLASS, POLICY, STR, "policy", "policy"),
	ATTR(CLASS, SLA_LATENCY, U32, "sla-latency", "sla_latency"),
	ATTR(CLASS, SLA_JITTER, U32, "sla-jitter", "sla_jitter"),
	ATTR(CLASS, SLA_LOSS, U32, "sla-loss", "sla_loss"),
	ATTR(CLASS, EXIT_MARGIN, U32, "exit-margin", "exit_margin"),
	ATTR(CLASS, METRIC, STR, "metric", "metric"),
	ATTR(CLASS, SHADOW, STR, "shadow", "shadow"),
	ATTR(CLASS, ALPHA, U32, "alpha", "alpha"),
	ATTR(CLASS, FLOOR, U32, "floor", "floor"),
	ATTR(CLASS, ROUND, U32, "round", "round"),
	ATTR(CLASS, GROUP, STR, "group", "group"),
};

SET(class, "class", SDWAN_A_CLASS_TXN);

static const struct attr_desc rule_attrs[] = {
	ATTR(RULE, PAD, PAD, "pad", "pad"),
	ATTR(RULE, TXN, U32, "txn", "txn"),
	ATTR(RULE, PREF, U32, "pref", "pref"),
	ATTR(RULE, NAME, STR, "name", "name"),
	ATTR(RULE, IIF, STR, "iif", "iif"),
	ATTR(RULE, VNI, U32, "vni", "vni"),
	ATTR(RULE, FROM, PFX_ADDR, "from", "from"),
	ATTR(RULE, FROM_PLEN, PFX_LEN, "from-plen", "from"),
	ATTR(RULE, TO, PFX_ADDR, "to", "to"),
	ATTR(RULE, TO_PLEN, PFX_LEN, "to-plen", "to"),
	ATTR(RULE, PROTO, U8, "proto", "proto"),
	ATTR(RULE, SPORT, PORTS, "sport", "sport"),
	ATTR(RULE, DPORT, PORTS, "dport", "dport"),
	ATTR(RULE, DSCP, DSCP, "dscp", "dscp"),
	ATTR(RULE, MARK, MARK, "mark", "mark"),
	ATTR(RULE, MARK_MASK, MASK, "mark-mask", "mark"),
	ATTR_ENUM(RULE, ACTION, "action", "action", action),
	ATTR(RULE, CLASS, STR, "class", "class"),
	ATTR(RULE, SET_DSCP, DSCP, "set-dscp", "set_dscp"),
	ATTR(RULE, SET_MARK, MARK, "set-mark", "set_mark"),
	ATTR(RULE, SET_MARK_MASK, MASK, "set-mark-mask", "set_mark"),
	ATTR(RULE, SET_PRIORITY, U32, "set-priority", "set_priority"),
	ATTR(RULE, PACKETS, U64, "packets", "packets"),
	ATTR(RULE, BYTES, U64, "bytes", "bytes"),
	ATTR(RULE, LAST_USED, U64, "last-used", "last_used"),
	ATTR(RULE, STEER_VNI, U32, "steer-vni", "steer_vni"),
	ATTR(RULE, VLAN, U16, "vlan", "vlan"),
	ATTR(RULE, PCP, U8, "pcp", "pcp"),
	ATTR(RULE, ETHERTYPE, U16, "ethertype", "ethertype"),
	ATTR(RULE, SMAC, MAC, "smac", "smac"),
	ATTR(RULE, DMAC, MAC, "dmac", "dmac"),
	ATTR(RULE, MPLS, U32, "mpls", "mpls"),
	ATTR(RULE, BPF_FD, FD, "bpf-fd", "bpf"),
	ATTR(RULE, BPF_NAME, FILE, "bpf-name", "bpf"),
	ATTR(RULE, BPF_ID, U32, "bpf-id", "bpf_id"),
	ATTR(RULE, SET_VLAN, U16, "set-vlan", "set_vlan"),
};

SET(rule, "rule", SDWAN_A_RULE_TXN);

static const struct attr_desc lan_attrs[] = {
	ATTR(LAN, PAD, PAD, "pad", "pad"),
	ATTR(LAN, TXN, U32, "txn", "txn"),
	ATTR(LAN, NAME, STR, "name", "name"),
	ATTR_ENUM(LAN, MODE, "mode", "mode", lanmode),
	ATTR(LAN, VNI, U32, "vni", "vni"),
	ATTR(LAN, IFINDEX, U32, "ifindex", "ifindex"),
	ATTR(LAN, HOOKED, BOOL, "hooked", "hooked"),
};

SET(lan, "lan", SDWAN_A_LAN_TXN);

static const struct attr_desc flow_attrs[] = {
	ATTR(FLOW, VNI, U32, "vni", "vni"),
	ATTR(FLOW, SRC, ADDR, "src", "src"),
	ATTR(FLOW, DST, ADDR, "dst", "dst"),
	ATTR(FLOW, PROTO, U8, "proto", "proto"),
	ATTR(FLOW, SPORT, U16, "sport", "sport"),
	ATTR(FLOW, DPORT, U16, "dport", "dport"),
	ATTR(FLOW, CLASS, STR, "class", "class"),
	ATTR(FLOW, RULE, U32, "rule", "rule"),
	ATTR(FLOW, PATH, STR, "path", "path"),
	ATTR_ENUM(FLOW, OWNER, "owner", "owner", owner),
	ATTR(FLOW, TWO_WAY, BOOL, "two-way", "two_way"),
	ATTR(FLOW, AGE, U32, "age", "age"),
	ATTR(FLOW, IDLE, U32, "idle", "idle"),
	ATTR(FLOW, MOVES, U32, "moves", "moves"),
	ATTR(FLOW, FLUSHED, U32, "flushed", "flushed"),
	ATTR(FLOW, DSCP, DSCP, "dscp", "dscp"),
	ATTR(FLOW, MARK, U32, "mark", "mark"),
	ATTR(FLOW, IIF, STR, "iif", "iif"),
	ATTR(FLOW, SITE, U32, "site", "site"),
	ATTR_ENUM(FLOW, ACTION, "action", "action", action),
	ATTR(FLOW, DROP, STR, "drop", "drop"),
	ATTR(FLOW, PINNED, BOOL, "pinned", "pinned"),
	ATTR(FLOW, SECOND, STR, "second", "second"),
	ATTR_ENUM(FLOW, DIRECT, "direct", "direct", flowdirect),
	ATTR(FLOW, BETTER, STR, "better", "better"),
	ATTR(FLOW, GAP, U32, "gap", "gap"),
};

SET(flow, "flow", 0);

static const struct attr_desc metric_field_attrs[] = {
	ATTR(METRIC_FIELD, OFFSET, U32, "offset", "offset"),
	ATTR(METRIC_FIELD, VALUE, U32, "value", "value"),
};

static SET(metric_field, "metric-field", 0);

static const struct attr_desc metric_attrs[] = {
	ATTR(METRIC, TXN, U32, "txn", "txn"),
	ATTR(METRIC, ID, U32, "id", "id"),
	ATTR(METRIC, NAME, STR, "name", "name"),
	ATTR(METRIC, EXPR, STR, "expr", "expr"),
	ATTR(METRIC, PROG, PROG, "prog", "expr"),
	ATTR(METRIC, BPF_NAME, FILE, "bpf-name", "bpf"),
	ATTR(METRIC, BPF_FD, FD, "bpf-fd", "bpf"),
	ATTR(METRIC, BPF_ID, U32, "bpf-id", "bpf_id"),
	ATTR(METRIC, INSNS, U32, "insns", "insns"),
};

SET(metric, "metric", SDWAN_A_METRIC_TXN);

static const struct attr_desc cost_attrs[] = {
	ATTR(COST, METRIC, STR, "metric", "metric"),
	ATTR(COST, PATH, STR, "path", "path"),
	ATTR(COST, COST, U32, "cost", "cost"),
	ATTR(COST, AGE, U32, "age", "age"),
	ATTR_NEST(COST, FIELD, "field", "field", set_metric_field),
};

SET(cost, "cost", 0);

static const struct attr_desc candidate_attrs[] = {
	ATTR(CANDIDATE, PATH, STR, "path", "path"),
	ATTR_ENUM(CANDIDATE, STATE, "state", "state", state),
	ATTR(CANDIDATE, POSITION, U32, "position", "position"),
	ATTR(CANDIDATE, BEST, BOOL, "best", "best"),
	ATTR(CANDIDATE, COMPLIANT, BOOL, "compliant", "compliant"),
	ATTR(CANDIDATE, COST, U32, "cost", "cost"),
	ATTR(CANDIDATE, FLUCTUATION, U32, "fluctuation", "fluctuation"),
	ATTR(CANDIDATE, LATENCY, U32, "latency", "latency"),
	ATTR(CANDIDATE, JITTER, U32, "jitter", "jitter"),
	ATTR(CANDIDATE, LOSS, U32, "loss", "loss"),
};

static SET(candidate, "candidate", 0);

static const struct attr_desc decision_move_attrs[] = {
	ATTR(DECISION_MOVE, PATH, STR, "path", "path"),
	ATTR_ENUM(DECISION_MOVE, REASON, "reason", "reason", decisionreason),
	ATTR(DECISION_MOVE, AGE, U64, "age", "age"),
	ATTR(DECISION_MOVE, PAD, PAD, "pad", "pad"),
};

static SET(decision_move, "decision-move", 0);

static const struct attr_desc decision_attrs[] = {
	ATTR(DECISION, CLASS, STR, "class", "class"),
	ATTR(DECISION, SITE, U32, "site", "site"),
	ATTR(DECISION, PEER, STR, "peer", "peer"),
	ATTR(DECISION, PATH, STR, "path", "path"),
	ATTR_ENUM(DECISION, BY, "by", "by", decider),
	ATTR_ENUM(DECISION, REASON, "reason", "reason", decisionreason),
	ATTR(DECISION, AGE, U64, "age", "age"),
	ATTR(DECISION, MOVES, U32, "moves", "moves"),
	ATTR(DECISION, HOLD, U32, "hold", "hold"),
	ATTR(DECISION, SHADOW_PATH, STR, "shadow-path", "shadow_path"),
	ATTR(DECISION, SHADOW_MOVES, U32, "shadow-moves", "shadow_moves"),
	ATTR_NEST(DECISION, CANDIDATE, "candidate", "candidate", set_candidate),
	ATTR_NEST(DECISION, MOVE, "move", "move", set_decision_move),
	ATTR(DECISION, PAD, PAD, "pad", "pad"),
	ATTR_ENUM(DECISION, ROLE, "role", "role", role),
	ATTR(DECISION, AGREED, BOOL, "agreed", "agreed"),
	ATTR(DECISION, DIFFERING, BOOL, "differing", "differing"),
};

SET(decision, "decision", 0);

static const struct attr_desc objective_attrs[] = {
	ATTR(OBJECTIVE, CLASS, STR, "class", "class"),
	ATTR(OBJECTIVE, PATH, STR, "path", "path"),
	ATTR(OBJECTIVE, COMPLIANT, BOOL, "compliant", "compliant"),
	ATTR(OBJECTIVE, LATENCY, U32, "latency", "latency"),
	ATTR(OBJECTIVE, JITTER, U32, "jitter", "jitter"),
	ATTR(OBJECTIVE, LOSS, U32, "loss", "loss"),
};

SET(objective, "objective", 0);

static const struct attr_desc agreement_event_attrs[] = {
	ATTR(AGREEMENT_EVENT, PATH, STR, "path", "path"),
	ATTR(AGREEMENT_EVENT, PEER, STR, "peer", "peer"),
	ATTR_ENUM(AGREEMENT_EVENT, CHANGE, "change", "change", change),
	ATTR(AGREEMENT_EVENT, CLASS, STR, "class", "class"),
	ATTR(AGREEMENT_EVENT, POLICY_ID, U64, "policy-id", "policy_id"),
	ATTR(AGREEMENT_EVENT, PAD, PAD, "pad", "pad"),
};

SET(agreement_event, "agreement-event", 0);

static const struct attr_desc txn_attrs[] = {
	ATTR(TXN, ID, U32, "id", "id"),
	ATTR(TXN, GENERATION, U32, "generation", "generation"),
	ATTR(TXN, OPERATIONS, U32, "operations", "operations"),
};

SET(txn, "txn", 0);

const char *enum_name(const struct enum_desc *en, unsigned int value)
{
	if (value < en->first || value - en->first >= en->n)
		return NULL;
	return en->name[value - en->first];
}

int enum_value(const struct enum_desc *en, const char *name)
{
	unsigned int i;

	for (i = 0; i < en->n; i++)
		if (!strcmp(en->name[i], name))
			return (int)(en->first + i);
	return -1;
}

const struct attr_desc *attr_by_id(const struct attr_set *set, unsigned int id)
{
	unsigned int i;

	for (i = 0; i < set->n; i++)
		if (set->attr[i].id == id)
			return &set->attr[i];
	return NULL;
}

const struct attr_desc *attr_by_key(const struct attr_set *set, const char *key)
{
	unsigned int i;

	for (i = 0; i < set->n; i++)
		if (!strcmp(set->attr[i].key, key))
			return &set->attr[i];
	return NULL;
}
