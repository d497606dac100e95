/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/sdwan.yaml */
/* YNL-GEN uapi header */

#ifndef _UAPI_LINUX_SDWAN_H
#define _UAPI_LINUX_SDWAN_H

#define SDWAN_FAMILY_NAME	"sdwan"
#define SDWAN_FAMILY_VERSION	1

#define SDWAN_NAME_MAX			31
#define SDWAN_PATH_NAME_MAX		63
#define SDWAN_VNI_MAX			16777215
#define SDWAN_GATEWAYS_MAX		16
#define SDWAN_OVERLAYS_MAX		64
#define SDWAN_DSCP_COPY			64
#define SDWAN_DSCP_PATH			65
#define SDWAN_MEMBERS_MAX		32
#define SDWAN_PORTS_MAX			16
#define SDWAN_VLAN_MAX			4094
#define SDWAN_ETHERTYPE_MIN		1536
#define SDWAN_MPLS_MAX			1048575
#define SDWAN_BPF_NAME_MAX		127
#define SDWAN_PREF_MAX			2147483647
#define SDWAN_PROBE_INTERVAL_MAX	60000000
#define SDWAN_PROBE_HOLD_MAX		600000000
#define SDWAN_PROBE_RAISE_MAX		3600000000
#define SDWAN_METRIC_EXPR_MAX		1023
#define SDWAN_METRIC_INSNS_MAX		1024

/**
 * enum sdwan_class_mode - How a class picks the path of a flow (design.rst,
 *   steering).
 * @SDWAN_CLASS_MODE_BALANCE: Flows are spread over all members by weighted
 *   rendezvous hashing, so that a path that comes or goes moves only its own
 *   share. With an objective or a metric, over those members that are in the
 *   class of best connections (design.rst, decisions).
 * @SDWAN_CLASS_MODE_PREFER: The first member that is up, in the order in which
 *   they are named.
 * @SDWAN_CLASS_MODE_PIN: As prefer, with one member.
 * @SDWAN_CLASS_MODE_DUPLICATE: Each packet over the first two members that are
 *   up, over different underlays where possible, with a number by which the
 *   far end removes what it has received already (wire-format.rst).
 * @SDWAN_CLASS_MODE_BEST: One path to each site, of those that fulfil the
 *   objective of the class one of the class of best connections, by cost;
 *   decided each round (design.rst, decisions).
 */
enum sdwan_class_mode {
	SDWAN_CLASS_MODE_BALANCE = 1,
	SDWAN_CLASS_MODE_PREFER,
	SDWAN_CLASS_MODE_PIN,
	SDWAN_CLASS_MODE_DUPLICATE,
	SDWAN_CLASS_MODE_BEST,
};

#define SDWAN_PPM	1000000

/**
 * enum sdwan_decider - Who has decided.
 * @SDWAN_DECIDER_LOCAL: This end.
 * @SDWAN_DECIDER_PEER: The leading gateway at the other end, which this one
 *   follows.
 */
enum sdwan_decider {
	SDWAN_DECIDER_LOCAL,
	SDWAN_DECIDER_PEER,
};

/**
 * enum sdwan_agreement_role - Which of the two gateways at the ends of a path
 *   decides.
 * @SDWAN_AGREEMENT_ROLE_LEADER: This one.
 * @SDWAN_AGREEMENT_ROLE_FOLLOWER: The other one, while it is heard.
 */
enum sdwan_agreement_role {
	SDWAN_AGREEMENT_ROLE_LEADER,
	SDWAN_AGREEMENT_ROLE_FOLLOWER,
};

/**
 * enum sdwan_agreement_change - What has changed between the two gateways at
 *   the ends of a path.
 * @SDWAN_AGREEMENT_CHANGE_AGREED: Both ends have the same policies on the path
 *   again.
 * @SDWAN_AGREEMENT_CHANGE_DISAGREED: One end has policies on the path that the
 *   other one has elsewhere.
 * @SDWAN_AGREEMENT_CHANGE_HEARD: The leader is heard, and followed from now
 *   on.
 * @SDWAN_AGREEMENT_CHANGE_SILENT: The leader was not heard for three of the
 *   intervals that it had announced; this end decides for itself.
 * @SDWAN_AGREEMENT_CHANGE_UNKNOWN: The leader has told of a policy that no
 *   decided class of this end belongs to.
 * @SDWAN_AGREEMENT_CHANGE_DIFFERING: The leader decides by other goals than
 *   the class of this end has.
 */
enum sdwan_agreement_change {
	SDWAN_AGREEMENT_CHANGE_AGREED,
	SDWAN_AGREEMENT_CHANGE_DISAGREED,
	SDWAN_AGREEMENT_CHANGE_HEARD,
	SDWAN_AGREEMENT_CHANGE_SILENT,
	SDWAN_AGREEMENT_CHANGE_UNKNOWN,
	SDWAN_AGREEMENT_CHANGE_DIFFERING,
};

/**
 * enum sdwan_decision_reason - Why a decision is what it is.
 * @SDWAN_DECISION_REASON_NONE: There is none, as no path to the site can carry
 *   the class.
 * @SDWAN_DECISION_REASON_FIRST: It is the first one, or the first after there
 *   was none; the path of lowest cost was taken, or that of the group.
 * @SDWAN_DECISION_REASON_COST: The path before was dearer than the class of
 *   best connections allows.
 * @SDWAN_DECISION_REASON_BREACH: The path before did not fulfil the objective
 *   any more, and this one does.
 * @SDWAN_DECISION_REASON_DOWN: The path before could not be used any more.
 * @SDWAN_DECISION_REASON_GONE: The path before was deleted, or is no member of
 *   the class any more.
 * @SDWAN_DECISION_REASON_DEGRADED: The path before is degraded, and this one
 *   is not.
 * @SDWAN_DECISION_REASON_JOINED: With mode balance, another path has come into
 *   the class of best connections, and none was left. It is no move.
 * @SDWAN_DECISION_REASON_GROUP: Both paths are in the class of best
 *   connections, and to this one, or to its gateway, go more classes of the
 *   group.
 * @SDWAN_DECISION_REASON_TOLD: The leader has said so.
 * @SDWAN_DECISION_REASON_AGREED: The leader has said so, and the path is the
 *   same. It is no move.
 * @SDWAN_DECISION_REASON_SILENT: The leader is not heard any more, or says
 *   nothing of it; the path is the same. It is no move.
 */
enum sdwan_decision_reason {
	SDWAN_DECISION_REASON_NONE,
	SDWAN_DECISION_REASON_FIRST,
	SDWAN_DECISION_REASON_COST,
	SDWAN_DECISION_REASON_BREACH,
	SDWAN_DECISION_REASON_DOWN,
	SDWAN_DECISION_REASON_GONE,
	SDWAN_DECISION_REASON_DEGRADED,
	SDWAN_DECISION_REASON_JOINED,
	SDWAN_DECISION_REASON_GROUP,
	SDWAN_DECISION_REASON_TOLD,
	SDWAN_DECISION_REASON_AGREED,
	SDWAN_DECISION_REASON_SILENT,
};

/**
 * enum sdwan_class_weight - Where the weights of mode balance come from.
 * @SDWAN_CLASS_WEIGHT_EQUAL: All paths weigh the same.
 * @SDWAN_CLASS_WEIGHT_RATE: The rate of the underlay; one without a rate
 *   weighs as the smallest that has one.
 * @SDWAN_CLASS_WEIGHT_COST: The inverse of the cost of the underlay; a cost of
 *   0 weighs as 1.
 * @SDWAN_CLASS_WEIGHT_EXPLICIT: What the members say; 1 where they say
 *   nothing.
 */
enum sdwan_class_weight {
	SDWAN_CLASS_WEIGHT_EQUAL,
	SDWAN_CLASS_WEIGHT_RATE,
	SDWAN_CLASS_WEIGHT_COST,
	SDWAN_CLASS_WEIGHT_EXPLICIT,
};

/**
 * enum sdwan_class_move - When a flow moves to a better path while its own is
 *   up. A flow whose path is down moves at once.
 * @SDWAN_CLASS_MOVE_FLOWLET: In a gap between its packets that is longer than
 *   the gap of the class, so that none is overtaken; at once where none can
 *   be. A path that has come into breach of the objective of the class is left
 *   within 200 ms, in a gap or not, where another one complies.
 * @SDWAN_CLASS_MOVE_NOW: With the next packet.
 * @SDWAN_CLASS_MOVE_STICKY: Never.
 */
enum sdwan_class_move {
	SDWAN_CLASS_MOVE_FLOWLET,
	SDWAN_CLASS_MOVE_NOW,
	SDWAN_CLASS_MOVE_STICKY,
};

/**
 * enum sdwan_class_failback - What becomes of flows when a path of higher rank
 *   than theirs is up (again). Where it is not soft, it goes before move.
 * @SDWAN_CLASS_FAILBACK_SOFT: They move back as the class moves flows.
 * @SDWAN_CLASS_FAILBACK_HARD: They move back with the next packet.
 * @SDWAN_CLASS_FAILBACK_NEVER: They stay; new flows use it.
 */
enum sdwan_class_failback {
	SDWAN_CLASS_FAILBACK_SOFT,
	SDWAN_CLASS_FAILBACK_HARD,
	SDWAN_CLASS_FAILBACK_NEVER,
};

/**
 * enum sdwan_rule_action - What becomes of packets that a rule matches.
 * @SDWAN_RULE_ACTION_CLASS: They belong to a class.
 * @SDWAN_RULE_ACTION_PASS: They belong to no class, and take the paths to
 *   their site in the order of preference.
 * @SDWAN_RULE_ACTION_DROP: They are dropped, and counted as tx_drop_rule.
 * @SDWAN_RULE_ACTION_STEER: They are brought into a segment from the LAN they
 *   came in by, whatever the routing table says. Of no effect in the segment,
 *   where they belong to no class.
 */
enum sdwan_rule_action {
	SDWAN_RULE_ACTION_CLASS = 1,
	SDWAN_RULE_ACTION_PASS,
	SDWAN_RULE_ACTION_DROP,
	SDWAN_RULE_ACTION_STEER,
};

/**
 * enum sdwan_lan_mode - What is done with packets that come in by a LAN
 *   device.
 * @SDWAN_LAN_MODE_MARK: Rules are asked before routing; the number of the
 *   class goes into the bits of the firewall mark that mark-mask of the fabric
 *   names. Everything else is as without.
 * @SDWAN_LAN_MODE_DIRECT: Rules are asked where the device receives; packets
 *   of known flows then go past routing and firewall, to their path and, the
 *   other way, to their neighbour. Needs vni (EINVAL), and a kernel with
 *   CONFIG_NETFILTER_INGRESS and no IPsec policies (EOPNOTSUPP).
 */
enum sdwan_lan_mode {
	SDWAN_LAN_MODE_MARK = 1,
	SDWAN_LAN_MODE_DIRECT,
};

/**
 * enum sdwan_flow_owner - Which end chooses the path of a flow.
 * @SDWAN_FLOW_OWNER_LOCAL: This one, as the flow began here.
 * @SDWAN_FLOW_OWNER_REMOTE: The other one; this one answers on the path of
 *   last arrival.
 */
enum sdwan_flow_owner {
	SDWAN_FLOW_OWNER_LOCAL,
	SDWAN_FLOW_OWNER_REMOTE,
};

/**
 * enum sdwan_flow_direct - Which packets of a flow go past routing and
 *   firewall now.
 * @SDWAN_FLOW_DIRECT_OUT: Those of this end.
 * @SDWAN_FLOW_DIRECT_IN: Those of the other end.
 * @SDWAN_FLOW_DIRECT_BOTH: Those of both.
 */
enum sdwan_flow_direct {
	SDWAN_FLOW_DIRECT_OUT = 1,
	SDWAN_FLOW_DIRECT_IN,
	SDWAN_FLOW_DIRECT_BOTH,
};

/**
 * enum sdwan_encap - Encapsulations of a path.
 * @SDWAN_ENCAP_GENEVE: GENEVE (RFC 8926), UDP port 6081.
 * @SDWAN_ENCAP_VXLAN: VXLAN (RFC 7348), UDP port 4789. Carries Ethernet frames
 *   only, and so no segment of mode l3. Answered with EOPNOTSUPP while there
 *   is no other mode.
 * @SDWAN_ENCAP_VXLAN_GPE: VXLAN Generic Protocol Extension
 *   (draft-ietf-nvo3-vxlan-gpe), UDP port 4790.
 * @SDWAN_ENCAP_GRE: GRE (RFC 2784) over IPv4 or IPv6, with the segment number
 *   as its key (RFC 2890). Has no ports.
 * @SDWAN_ENCAP_DEV: The inner packet is handed to the device of the underlay
 *   as it is, and all that arrives there belongs to the one segment that the
 *   path names. For WireGuard, ipip, xfrm, ppp and other devices without
 *   link-layer addresses.
 */
enum sdwan_encap {
	SDWAN_ENCAP_GENEVE = 1,
	SDWAN_ENCAP_VXLAN,
	SDWAN_ENCAP_VXLAN_GPE,
	SDWAN_ENCAP_GRE,
	SDWAN_ENCAP_DEV,
};

/**
 * enum sdwan_df - The don't-fragment bit of outer IPv4 packets, and what
 *   becomes of inner packets that are too big.
 * @SDWAN_DF_SET: Always set. Senders of inner packets that are too big and
 *   must not be fragmented are told the MTU; other inner packets are
 *   fragmented.
 * @SDWAN_DF_COPY: That of the inner packet, set for IPv6. Too big inner
 *   packets are treated as with set.
 * @SDWAN_DF_CLEAR: Never set. Too big inner packets are carried in fragmented
 *   outer packets, also over IPv6.
 */
enum sdwan_df {
	SDWAN_DF_SET,
	SDWAN_DF_COPY,
	SDWAN_DF_CLEAR,
};

/**
 * enum sdwan_udp_csum - The checksum of outer UDP headers.
 * @SDWAN_UDP_CSUM_AUTO: None over IPv4, whose header has one of its own; one
 *   over IPv6.
 * @SDWAN_UDP_CSUM_ON: Always.
 * @SDWAN_UDP_CSUM_OFF: Never; over IPv6 as RFC 6935 allows, which the far end
 *   must accept.
 */
enum sdwan_udp_csum {
	SDWAN_UDP_CSUM_AUTO,
	SDWAN_UDP_CSUM_ON,
	SDWAN_UDP_CSUM_OFF,
};

/**
 * enum sdwan_path_state - Whether a path or an underlay carries traffic.
 * @SDWAN_PATH_STATE_DOWN: It carries nothing; state-reason tells why.
 * @SDWAN_PATH_STATE_UP: It carries traffic.
 * @SDWAN_PATH_STATE_DEGRADED: It carries traffic after all paths that are up,
 *   as it is above a threshold; state-reason tells which.
 * @SDWAN_PATH_STATE_DORMANT: On demand, and not in demand. Not reported by
 *   this version.
 * @SDWAN_PATH_STATE_PROBING: Probed, and not to carry traffic yet; a new path
 *   until the first answer, one that was silent until it has been without a
 *   loss for probe-hold.
 */
enum sdwan_path_state {
	SDWAN_PATH_STATE_DOWN,
	SDWAN_PATH_STATE_UP,
	SDWAN_PATH_STATE_DEGRADED,
	SDWAN_PATH_STATE_DORMANT,
	SDWAN_PATH_STATE_PROBING,
};

/**
 * enum sdwan_state_reason - Why a path or an underlay is not up.
 * @SDWAN_STATE_REASON_NONE: It is up.
 * @SDWAN_STATE_REASON_ADMIN: Set down by the administrator.
 * @SDWAN_STATE_REASON_NO_DEVICE: The device of the underlay does not exist in
 *   the namespace.
 * @SDWAN_STATE_REASON_DEVICE_DOWN: The device is administratively down.
 * @SDWAN_STATE_REASON_NO_CARRIER: The device has lost its carrier.
 * @SDWAN_STATE_REASON_NO_ADDRESS: The configured local address is not on this
 *   host, or no socket could be bound to it.
 * @SDWAN_STATE_REASON_NO_ROUTE: The underlay has no route to the remote
 *   address.
 * @SDWAN_STATE_REASON_SILENT: Probes are not answered, or not yet for long
 *   enough.
 * @SDWAN_STATE_REASON_UNREACHABLE: Probes do not get through, as a router or
 *   the far end says by an ICMP error that quotes one of them.
 * @SDWAN_STATE_REASON_LATENCY: The round-trip time is, or was of late, above
 *   degraded-latency.
 * @SDWAN_STATE_REASON_JITTER: The variation of the delay is, or was of late,
 *   above degraded-jitter.
 * @SDWAN_STATE_REASON_LOSS: The loss is, or was of late, above degraded-loss.
 * @SDWAN_STATE_REASON_UNHEARD: The path is marked nat, has no remote address,
 *   and its far end has not been heard.
 */
enum sdwan_state_reason {
	SDWAN_STATE_REASON_NONE,
	SDWAN_STATE_REASON_ADMIN,
	SDWAN_STATE_REASON_NO_DEVICE,
	SDWAN_STATE_REASON_DEVICE_DOWN,
	SDWAN_STATE_REASON_NO_CARRIER,
	SDWAN_STATE_REASON_NO_ADDRESS,
	SDWAN_STATE_REASON_NO_ROUTE,
	SDWAN_STATE_REASON_SILENT,
	SDWAN_STATE_REASON_UNREACHABLE,
	SDWAN_STATE_REASON_LATENCY,
	SDWAN_STATE_REASON_JITTER,
	SDWAN_STATE_REASON_LOSS,
	SDWAN_STATE_REASON_UNHEARD,
};

/**
 * enum sdwan_probe_mode - How paths are measured (RFC 8762, STAMP).
 * @SDWAN_PROBE_MODE_DEFAULT: A path as its underlay says, but not to a stock
 *   peer, and within the tunnel where it is marked nat; an underlay as tunnel.
 * @SDWAN_PROBE_MODE_OFF: Not at all; the state comes from the device, the
 *   address and the route.
 * @SDWAN_PROBE_MODE_TUNNEL: By packets within the encapsulation, in segment 0,
 *   which go the way of the data.
 * @SDWAN_PROBE_MODE_UNDERLAY: By packets to UDP port 862 of the remote address
 *   itself, outside of the tunnel, which any reflector of STAMP or TWAMP-Light
 *   answers; those of the remote are answered as well.
 */
enum sdwan_probe_mode {
	SDWAN_PROBE_MODE_DEFAULT,
	SDWAN_PROBE_MODE_OFF,
	SDWAN_PROBE_MODE_TUNNEL,
	SDWAN_PROBE_MODE_UNDERLAY,
};

/**
 * enum sdwan_probe_mtu - Whether probes find out what length of packets passes
 *   a path (RFC 8899).
 * @SDWAN_PROBE_MTU_DEFAULT: A path as its underlay says; an underlay as on.
 * @SDWAN_PROBE_MTU_OFF: No; what the route allows and mtu-clamp says is taken
 *   for granted.
 * @SDWAN_PROBE_MTU_ON: Yes, by padded probes (RFC 8972, section 4.1), while
 *   the path is probed within the tunnel and df is not clear.
 */
enum sdwan_probe_mtu {
	SDWAN_PROBE_MTU_DEFAULT,
	SDWAN_PROBE_MTU_OFF,
	SDWAN_PROBE_MTU_ON,
};

/**
 * enum sdwan_pmtu_state - What is known of the length of packets that pass a
 *   path.
 * @SDWAN_PMTU_STATE_OFF: Nothing, as it is not asked or not yet.
 * @SDWAN_PMTU_STATE_SEARCHING: It is being found out.
 * @SDWAN_PMTU_STATE_FOUND: It is known.
 * @SDWAN_PMTU_STATE_UNANSWERED: The far end answers no padded probes of any
 *   length, which says nothing of the path; the route is believed.
 */
enum sdwan_pmtu_state {
	SDWAN_PMTU_STATE_OFF,
	SDWAN_PMTU_STATE_SEARCHING,
	SDWAN_PMTU_STATE_FOUND,
	SDWAN_PMTU_STATE_UNANSWERED,
};

/**
 * enum sdwan_path_kind - How a path reaches its peer.
 * @SDWAN_PATH_KIND_DIRECT: Over one underlay, without another edge in between.
 * @SDWAN_PATH_KIND_RELAY: Through another site. Answered with EOPNOTSUPP by
 *   this version.
 * @SDWAN_PATH_KIND_CHAIN: Through a chain of services. Answered with
 *   EOPNOTSUPP by this version.
 */
enum sdwan_path_kind {
	SDWAN_PATH_KIND_DIRECT,
	SDWAN_PATH_KIND_RELAY,
	SDWAN_PATH_KIND_CHAIN,
};

/**
 * enum sdwan_prefix_origin - Who put a prefix there.
 * @SDWAN_PREFIX_ORIGIN_STATIC: The administrator.
 * @SDWAN_PREFIX_ORIGIN_LEARNED: A program that learned it, such as a routing
 *   daemon or an agent.
 */
enum sdwan_prefix_origin {
	SDWAN_PREFIX_ORIGIN_STATIC,
	SDWAN_PREFIX_ORIGIN_LEARNED,
};

/**
 * enum sdwan_mode - What a segment carries.
 * @SDWAN_MODE_L3: IP packets without an Ethernet header.
 * @SDWAN_MODE_L2: Ethernet frames. Answered with EOPNOTSUPP by this version.
 */
enum sdwan_mode {
	SDWAN_MODE_L3 = 1,
	SDWAN_MODE_L2,
};

enum {
	IFLA_SDWAN_VNI = 1,
	IFLA_SDWAN_MODE,

	__IFLA_SDWAN_MAX,
	IFLA_SDWAN_MAX = (__IFLA_SDWAN_MAX - 1)
};

enum {
	SDWAN_A_FABRIC_PAD = 1,
	SDWAN_A_FABRIC_GENERATION,
	SDWAN_A_FABRIC_TXN,
	SDWAN_A_FABRIC_MAX_UNDERLAYS,
	SDWAN_A_FABRIC_MAX_PEERS,
	SDWAN_A_FABRIC_MAX_PATHS,
	SDWAN_A_FABRIC_MAX_PREFIXES,
	SDWAN_A_FABRIC_MAX_SEGMENTS,
	SDWAN_A_FABRIC_UNDERLAYS,
	SDWAN_A_FABRIC_PEERS,
	SDWAN_A_FABRIC_PATHS,
	SDWAN_A_FABRIC_PATHS_UP,
	SDWAN_A_FABRIC_PREFIXES,
	SDWAN_A_FABRIC_SEGMENTS,
	SDWAN_A_FABRIC_COUNTER,
	SDWAN_A_FABRIC_VERSION,
	SDWAN_A_FABRIC_MAX_CLASSES,
	SDWAN_A_FABRIC_MAX_RULES,
	SDWAN_A_FABRIC_CLASSES,
	SDWAN_A_FABRIC_RULES,
	SDWAN_A_FABRIC_MAX_FLOWS,
	SDWAN_A_FABRIC_FLOWS,
	SDWAN_A_FABRIC_FLOW_TIMEOUT,
	SDWAN_A_FABRIC_MAX_LANS,
	SDWAN_A_FABRIC_LANS,
	SDWAN_A_FABRIC_MARK_MASK,
	SDWAN_A_FABRIC_MAX_METRICS,
	SDWAN_A_FABRIC_METRICS,
	SDWAN_A_FABRIC_METRIC_RUNS,
	SDWAN_A_FABRIC_METRIC_TIME,
	SDWAN_A_FABRIC_DECISIONS,
	SDWAN_A_FABRIC_DECISION_TIME,

	__SDWAN_A_FABRIC_MAX,
	SDWAN_A_FABRIC_MAX = (__SDWAN_A_FABRIC_MAX - 1)
};

enum {
	SDWAN_A_COUNTER_PAD = 1,
	SDWAN_A_COUNTER_NAME,
	SDWAN_A_COUNTER_VALUE,

	__SDWAN_A_COUNTER_MAX,
	SDWAN_A_COUNTER_MAX = (__SDWAN_A_COUNTER_MAX - 1)
};

enum {
	SDWAN_A_NODE_TXN = 1,
	SDWAN_A_NODE_SITE,
	SDWAN_A_NODE_GATEWAY,
	SDWAN_A_NODE_NAME,

	__SDWAN_A_NODE_MAX,
	SDWAN_A_NODE_MAX = (__SDWAN_A_NODE_MAX - 1)
};

enum {
	SDWAN_A_UNDERLAY_PAD = 1,
	SDWAN_A_UNDERLAY_TXN,
	SDWAN_A_UNDERLAY_ID,
	SDWAN_A_UNDERLAY_NAME,
	SDWAN_A_UNDERLAY_DEV,
	SDWAN_A_UNDERLAY_IFINDEX,
	SDWAN_A_UNDERLAY_LOCAL,
	SDWAN_A_UNDERLAY_PORT,
	SDWAN_A_UNDERLAY_ENCAP,
	SDWAN_A_UNDERLAY_COST,
	SDWAN_A_UNDERLAY_RATE,
	SDWAN_A_UNDERLAY_STATE,
	SDWAN_A_UNDERLAY_STATE_REASON,
	SDWAN_A_UNDERLAY_PATHS,
	SDWAN_A_UNDERLAY_PROBE,
	SDWAN_A_UNDERLAY_PROBE_INTERVAL,
	SDWAN_A_UNDERLAY_PROBE_IDLE_INTERVAL,
	SDWAN_A_UNDERLAY_PROBE_MULT,
	SDWAN_A_UNDERLAY_PROBE_HOLD,
	SDWAN_A_UNDERLAY_PROBE_MTU,
	SDWAN_A_UNDERLAY_PROBE_RAISE,
	SDWAN_A_UNDERLAY_DEGRADED_LATENCY,
	SDWAN_A_UNDERLAY_DEGRADED_JITTER,
	SDWAN_A_UNDERLAY_DEGRADED_LOSS,
	SDWAN_A_UNDERLAY_DEGRADED_MARGIN,

	__SDWAN_A_UNDERLAY_MAX,
	SDWAN_A_UNDERLAY_MAX = (__SDWAN_A_UNDERLAY_MAX - 1)
};

enum {
	SDWAN_A_OVERLAY_ADDR = 1,
	SDWAN_A_OVERLAY_VNI,

	__SDWAN_A_OVERLAY_MAX,
	SDWAN_A_OVERLAY_MAX = (__SDWAN_A_OVERLAY_MAX - 1)
};

enum {
	SDWAN_A_PEER_TXN = 1,
	SDWAN_A_PEER_ID,
	SDWAN_A_PEER_NAME,
	SDWAN_A_PEER_SITE,
	SDWAN_A_PEER_GATEWAY,
	SDWAN_A_PEER_OVERLAY,
	SDWAN_A_PEER_OVERLAY_NONE,
	SDWAN_A_PEER_SOURCE_CHECK,
	SDWAN_A_PEER_STOCK,
	SDWAN_A_PEER_PATHS,
	SDWAN_A_PEER_KEY,
	SDWAN_A_PEER_KEY_NONE,
	SDWAN_A_PEER_KEY_RETIRE,
	SDWAN_A_PEER_KEYS,

	__SDWAN_A_PEER_MAX,
	SDWAN_A_PEER_MAX = (__SDWAN_A_PEER_MAX - 1)
};

enum {
	SDWAN_A_PATH_PAD = 1,
	SDWAN_A_PATH_TXN,
	SDWAN_A_PATH_ID,
	SDWAN_A_PATH_NAME,
	SDWAN_A_PATH_PEER,
	SDWAN_A_PATH_UNDERLAY,
	SDWAN_A_PATH_LOCAL,
	SDWAN_A_PATH_REMOTE,
	SDWAN_A_PATH_DSTPORT,
	SDWAN_A_PATH_ENCAP,
	SDWAN_A_PATH_PREFERENCE,
	SDWAN_A_PATH_ADMIN,
	SDWAN_A_PATH_KIND,
	SDWAN_A_PATH_ON_DEMAND,
	SDWAN_A_PATH_IDLE_TIMEOUT,
	SDWAN_A_PATH_STATE,
	SDWAN_A_PATH_STATE_REASON,
	SDWAN_A_PATH_STATE_AGE,
	SDWAN_A_PATH_MTU,
	SDWAN_A_PATH_TX_PACKETS,
	SDWAN_A_PATH_TX_BYTES,
	SDWAN_A_PATH_RX_PACKETS,
	SDWAN_A_PATH_RX_BYTES,
	SDWAN_A_PATH_TX_ERRORS,
	SDWAN_A_PATH_RX_ERRORS,
	SDWAN_A_PATH_VNI,
	SDWAN_A_PATH_DSCP,
	SDWAN_A_PATH_TTL,
	SDWAN_A_PATH_DF,
	SDWAN_A_PATH_UDP_CSUM,
	SDWAN_A_PATH_FWMARK,
	SDWAN_A_PATH_MTU_CLAMP,
	SDWAN_A_PATH_MSS_CLAMP,
	SDWAN_A_PATH_RX_DUPLICATES,
	SDWAN_A_PATH_PROBE,
	SDWAN_A_PATH_PROBE_INTERVAL,
	SDWAN_A_PATH_PROBE_IDLE_INTERVAL,
	SDWAN_A_PATH_PROBE_MULT,
	SDWAN_A_PATH_PROBE_HOLD,
	SDWAN_A_PATH_PROBE_ACTIVE,
	SDWAN_A_PATH_RTT,
	SDWAN_A_PATH_RTT_VAR,
	SDWAN_A_PATH_RTT_MIN,
	SDWAN_A_PATH_DELAY_VAR_TX,
	SDWAN_A_PATH_DELAY_VAR_RX,
	SDWAN_A_PATH_PROBE_LOSS_TX,
	SDWAN_A_PATH_PROBE_LOSS_RX,
	SDWAN_A_PATH_PROBES_SENT,
	SDWAN_A_PATH_PROBES_ANSWERED,
	SDWAN_A_PATH_PROBES_LOST_TX,
	SDWAN_A_PATH_PROBES_LOST_RX,
	SDWAN_A_PATH_PROBES_REFLECTED,
	SDWAN_A_PATH_HEARD_AGE,
	SDWAN_A_PATH_TX_RATE,
	SDWAN_A_PATH_RX_RATE,
	SDWAN_A_PATH_DATA_LOSS_TX,
	SDWAN_A_PATH_DATA_LOSS_RX,
	SDWAN_A_PATH_DATA_LOST_TX,
	SDWAN_A_PATH_DATA_LOST_RX,
	SDWAN_A_PATH_FAR,
	SDWAN_A_PATH_PROBE_MTU,
	SDWAN_A_PATH_PROBE_RAISE,
	SDWAN_A_PATH_PMTU_STATE,
	SDWAN_A_PATH_PMTU,
	SDWAN_A_PATH_DEGRADED_LATENCY,
	SDWAN_A_PATH_DEGRADED_JITTER,
	SDWAN_A_PATH_DEGRADED_LOSS,
	SDWAN_A_PATH_DEGRADED_MARGIN,
	SDWAN_A_PATH_NAT,
	SDWAN_A_PATH_LEARNED_REMOTE,
	SDWAN_A_PATH_LEARNED_PORT,
	SDWAN_A_PATH_LEARNED_AGE,
	SDWAN_A_PATH_CLASSES,
	SDWAN_A_PATH_TRANSIT,
	SDWAN_A_PATH_TRANSIT_VAR,
	SDWAN_A_PATH_AGREEMENT,

	__SDWAN_A_PATH_MAX,
	SDWAN_A_PATH_MAX = (__SDWAN_A_PATH_MAX - 1)
};

enum {
	SDWAN_A_FAR_PAD = 1,
	SDWAN_A_FAR_AGE,
	SDWAN_A_FAR_RTT,
	SDWAN_A_FAR_RTT_VAR,
	SDWAN_A_FAR_RTT_MIN,
	SDWAN_A_FAR_DELAY_VAR_TX,
	SDWAN_A_FAR_DELAY_VAR_RX,
	SDWAN_A_FAR_PROBE_LOSS_TX,
	SDWAN_A_FAR_PROBE_LOSS_RX,
	SDWAN_A_FAR_DATA_LOSS_TX,
	SDWAN_A_FAR_DATA_LOSS_RX,
	SDWAN_A_FAR_TX_RATE,
	SDWAN_A_FAR_RX_RATE,
	SDWAN_A_FAR_HEARD_AGE,
	SDWAN_A_FAR_MTU,

	__SDWAN_A_FAR_MAX,
	SDWAN_A_FAR_MAX = (__SDWAN_A_FAR_MAX - 1)
};

enum {
	SDWAN_A_PREFIX_PAD = 1,
	SDWAN_A_PREFIX_TXN,
	SDWAN_A_PREFIX_ADDR,
	SDWAN_A_PREFIX_PLEN,
	SDWAN_A_PREFIX_VNI,
	SDWAN_A_PREFIX_DEV,
	SDWAN_A_PREFIX_SITE,
	SDWAN_A_PREFIX_GATEWAY,
	SDWAN_A_PREFIX_ORIGIN,
	SDWAN_A_PREFIX_EXPIRES,
	SDWAN_A_PREFIX_NEGATIVE,

	__SDWAN_A_PREFIX_MAX,
	SDWAN_A_PREFIX_MAX = (__SDWAN_A_PREFIX_MAX - 1)
};

enum {
	SDWAN_A_CLASS_MEMBER_UNDERLAY = 1,
	SDWAN_A_CLASS_MEMBER_PATH,
	SDWAN_A_CLASS_MEMBER_WEIGHT,

	__SDWAN_A_CLASS_MEMBER_MAX,
	SDWAN_A_CLASS_MEMBER_MAX = (__SDWAN_A_CLASS_MEMBER_MAX - 1)
};

enum {
	SDWAN_A_CLASS_TXN = 1,
	SDWAN_A_CLASS_ID,
	SDWAN_A_CLASS_NAME,
	SDWAN_A_CLASS_MODE,
	SDWAN_A_CLASS_MEMBER,
	SDWAN_A_CLASS_MEMBER_NONE,
	SDWAN_A_CLASS_WEIGHT_BY,
	SDWAN_A_CLASS_DSCP,
	SDWAN_A_CLASS_STRICT,
	SDWAN_A_CLASS_MOVE,
	SDWAN_A_CLASS_GAP,
	SDWAN_A_CLASS_FAILBACK,
	SDWAN_A_CLASS_POLICY,
	SDWAN_A_CLASS_SLA_LATENCY,
	SDWAN_A_CLASS_SLA_JITTER,
	SDWAN_A_CLASS_SLA_LOSS,
	SDWAN_A_CLASS_EXIT_MARGIN,
	SDWAN_A_CLASS_METRIC,
	SDWAN_A_CLASS_SHADOW,
	SDWAN_A_CLASS_ALPHA,
	SDWAN_A_CLASS_FLOOR,
	SDWAN_A_CLASS_ROUND,
	SDWAN_A_CLASS_GROUP,

	__SDWAN_A_CLASS_MAX,
	SDWAN_A_CLASS_MAX = (__SDWAN_A_CLASS_MAX - 1)
};

enum {
	SDWAN_A_RULE_PAD = 1,
	SDWAN_A_RULE_TXN,
	SDWAN_A_RULE_PREF,
	SDWAN_A_RULE_NAME,
	SDWAN_A_RULE_IIF,
	SDWAN_A_RULE_VNI,
	SDWAN_A_RULE_FROM,
	SDWAN_A_RULE_FROM_PLEN,
	SDWAN_A_RULE_TO,
	SDWAN_A_RULE_TO_PLEN,
	SDWAN_A_RULE_PROTO,
	SDWAN_A_RULE_SPORT,
	SDWAN_A_RULE_DPORT,
	SDWAN_A_RULE_DSCP,
	SDWAN_A_RULE_MARK,
	SDWAN_A_RULE_MARK_MASK,
	SDWAN_A_RULE_ACTION,
	SDWAN_A_RULE_CLASS,
	SDWAN_A_RULE_SET_DSCP,
	SDWAN_A_RULE_SET_MARK,
	SDWAN_A_RULE_SET_MARK_MASK,
	SDWAN_A_RULE_SET_PRIORITY,
	SDWAN_A_RULE_PACKETS,
	SDWAN_A_RULE_BYTES,
	SDWAN_A_RULE_LAST_USED,
	SDWAN_A_RULE_STEER_VNI,
	SDWAN_A_RULE_VLAN,
	SDWAN_A_RULE_PCP,
	SDWAN_A_RULE_ETHERTYPE,
	SDWAN_A_RULE_SMAC,
	SDWAN_A_RULE_DMAC,
	SDWAN_A_RULE_MPLS,
	SDWAN_A_RULE_BPF_FD,
	SDWAN_A_RULE_BPF_NAME,
	SDWAN_A_RULE_BPF_ID,
	SDWAN_A_RULE_SET_VLAN,

	__SDWAN_A_RULE_MAX,
	SDWAN_A_RULE_MAX = (__SDWAN_A_RULE_MAX - 1)
};

enum {
	SDWAN_A_FLOW_VNI = 1,
	SDWAN_A_FLOW_SRC,
	SDWAN_A_FLOW_DST,
	SDWAN_A_FLOW_PROTO,
	SDWAN_A_FLOW_SPORT,
	SDWAN_A_FLOW_DPORT,
	SDWAN_A_FLOW_CLASS,
	SDWAN_A_FLOW_RULE,
	SDWAN_A_FLOW_PATH,
	SDWAN_A_FLOW_OWNER,
	SDWAN_A_FLOW_TWO_WAY,
	SDWAN_A_FLOW_AGE,
	SDWAN_A_FLOW_IDLE,
	SDWAN_A_FLOW_MOVES,
	SDWAN_A_FLOW_FLUSHED,
	SDWAN_A_FLOW_DSCP,
	SDWAN_A_FLOW_MARK,
	SDWAN_A_FLOW_IIF,
	SDWAN_A_FLOW_SITE,
	SDWAN_A_FLOW_ACTION,
	SDWAN_A_FLOW_DROP,
	SDWAN_A_FLOW_PINNED,
	SDWAN_A_FLOW_SECOND,
	SDWAN_A_FLOW_DIRECT,
	SDWAN_A_FLOW_BETTER,
	SDWAN_A_FLOW_GAP,

	__SDWAN_A_FLOW_MAX,
	SDWAN_A_FLOW_MAX = (__SDWAN_A_FLOW_MAX - 1)
};

enum {
	SDWAN_A_TXN_ID = 1,
	SDWAN_A_TXN_GENERATION,
	SDWAN_A_TXN_OPERATIONS,

	__SDWAN_A_TXN_MAX,
	SDWAN_A_TXN_MAX = (__SDWAN_A_TXN_MAX - 1)
};

enum {
	SDWAN_A_LAN_PAD = 1,
	SDWAN_A_LAN_TXN,
	SDWAN_A_LAN_NAME,
	SDWAN_A_LAN_MODE,
	SDWAN_A_LAN_VNI,
	SDWAN_A_LAN_IFINDEX,
	SDWAN_A_LAN_HOOKED,

	__SDWAN_A_LAN_MAX,
	SDWAN_A_LAN_MAX = (__SDWAN_A_LAN_MAX - 1)
};

enum {
	SDWAN_A_METRIC_FIELD_OFFSET = 1,
	SDWAN_A_METRIC_FIELD_VALUE,

	__SDWAN_A_METRIC_FIELD_MAX,
	SDWAN_A_METRIC_FIELD_MAX = (__SDWAN_A_METRIC_FIELD_MAX - 1)
};

enum {
	SDWAN_A_METRIC_TXN = 1,
	SDWAN_A_METRIC_ID,
	SDWAN_A_METRIC_NAME,
	SDWAN_A_METRIC_EXPR,
	SDWAN_A_METRIC_PROG,
	SDWAN_A_METRIC_BPF_NAME,
	SDWAN_A_METRIC_BPF_FD,
	SDWAN_A_METRIC_BPF_ID,
	SDWAN_A_METRIC_INSNS,

	__SDWAN_A_METRIC_MAX,
	SDWAN_A_METRIC_MAX = (__SDWAN_A_METRIC_MAX - 1)
};

enum {
	SDWAN_A_COST_METRIC = 1,
	SDWAN_A_COST_PATH,
	SDWAN_A_COST_COST,
	SDWAN_A_COST_AGE,
	SDWAN_A_COST_FIELD,

	__SDWAN_A_COST_MAX,
	SDWAN_A_COST_MAX = (__SDWAN_A_COST_MAX - 1)
};

enum {
	SDWAN_A_AGREEMENT_PAD = 1,
	SDWAN_A_AGREEMENT_ROLE,
	SDWAN_A_AGREEMENT_INTERVAL,
	SDWAN_A_AGREEMENT_AGE,
	SDWAN_A_AGREEMENT_POLICIES,
	SDWAN_A_AGREEMENT_PENDING,
	SDWAN_A_AGREEMENT_AGREED,
	SDWAN_A_AGREEMENT_SENT,
	SDWAN_A_AGREEMENT_RECEIVED,
	SDWAN_A_AGREEMENT_REFUSED,
	SDWAN_A_AGREEMENT_DISAGREEMENTS,
	SDWAN_A_AGREEMENT_DISAGREEMENT_TIME,
	SDWAN_A_AGREEMENT_RESYNCS,
	SDWAN_A_AGREEMENT_UNKNOWN,
	SDWAN_A_AGREEMENT_DIFFERING,

	__SDWAN_A_AGREEMENT_MAX,
	SDWAN_A_AGREEMENT_MAX = (__SDWAN_A_AGREEMENT_MAX - 1)
};

enum {
	SDWAN_A_AGREEMENT_EVENT_PATH = 1,
	SDWAN_A_AGREEMENT_EVENT_PEER,
	SDWAN_A_AGREEMENT_EVENT_CHANGE,
	SDWAN_A_AGREEMENT_EVENT_CLASS,
	SDWAN_A_AGREEMENT_EVENT_POLICY_ID,
	SDWAN_A_AGREEMENT_EVENT_PAD,

	__SDWAN_A_AGREEMENT_EVENT_MAX,
	SDWAN_A_AGREEMENT_EVENT_MAX = (__SDWAN_A_AGREEMENT_EVENT_MAX - 1)
};

enum {
	SDWAN_A_CANDIDATE_PATH = 1,
	SDWAN_A_CANDIDATE_STATE,
	SDWAN_A_CANDIDATE_POSITION,
	SDWAN_A_CANDIDATE_BEST,
	SDWAN_A_CANDIDATE_COMPLIANT,
	SDWAN_A_CANDIDATE_COST,
	SDWAN_A_CANDIDATE_FLUCTUATION,
	SDWAN_A_CANDIDATE_LATENCY,
	SDWAN_A_CANDIDATE_JITTER,
	SDWAN_A_CANDIDATE_LOSS,

	__SDWAN_A_CANDIDATE_MAX,
	SDWAN_A_CANDIDATE_MAX = (__SDWAN_A_CANDIDATE_MAX - 1)
};

enum {
	SDWAN_A_DECISION_MOVE_PATH = 1,
	SDWAN_A_DECISION_MOVE_REASON,
	SDWAN_A_DECISION_MOVE_AGE,
	SDWAN_A_DECISION_MOVE_PAD,

	__SDWAN_A_DECISION_MOVE_MAX,
	SDWAN_A_DECISION_MOVE_MAX = (__SDWAN_A_DECISION_MOVE_MAX - 1)
};

enum {
	SDWAN_A_DECISION_CLASS = 1,
	SDWAN_A_DECISION_SITE,
	SDWAN_A_DECISION_PEER,
	SDWAN_A_DECISION_PATH,
	SDWAN_A_DECISION_BY,
	SDWAN_A_DECISION_REASON,
	SDWAN_A_DECISION_AGE,
	SDWAN_A_DECISION_MOVES,
	SDWAN_A_DECISION_HOLD,
	SDWAN_A_DECISION_SHADOW_PATH,
	SDWAN_A_DECISION_SHADOW_MOVES,
	SDWAN_A_DECISION_CANDIDATE,
	SDWAN_A_DECISION_MOVE,
	SDWAN_A_DECISION_PAD,
	SDWAN_A_DECISION_ROLE,
	SDWAN_A_DECISION_AGREED,
	SDWAN_A_DECISION_DIFFERING,

	__SDWAN_A_DECISION_MAX,
	SDWAN_A_DECISION_MAX = (__SDWAN_A_DECISION_MAX - 1)
};

enum {
	SDWAN_A_OBJECTIVE_CLASS = 1,
	SDWAN_A_OBJECTIVE_PATH,
	SDWAN_A_OBJECTIVE_COMPLIANT,
	SDWAN_A_OBJECTIVE_LATENCY,
	SDWAN_A_OBJECTIVE_JITTER,
	SDWAN_A_OBJECTIVE_LOSS,

	__SDWAN_A_OBJECTIVE_MAX,
	SDWAN_A_OBJECTIVE_MAX = (__SDWAN_A_OBJECTIVE_MAX - 1)
};

enum {
	SDWAN_CMD_FABRIC_GET = 1,
	SDWAN_CMD_FABRIC_SET,
	SDWAN_CMD_TXN_BEGIN,
	SDWAN_CMD_TXN_COMMIT,
	SDWAN_CMD_TXN_ABORT,
	SDWAN_CMD_NODE_GET,
	SDWAN_CMD_NODE_SET,
	SDWAN_CMD_NODE_NTF,
	SDWAN_CMD_UNDERLAY_GET,
	SDWAN_CMD_UNDERLAY_NEW,
	SDWAN_CMD_UNDERLAY_SET,
	SDWAN_CMD_UNDERLAY_DEL,
	SDWAN_CMD_UNDERLAY_NTF,
	SDWAN_CMD_UNDERLAY_DEL_NTF,
	SDWAN_CMD_PEER_GET,
	SDWAN_CMD_PEER_NEW,
	SDWAN_CMD_PEER_SET,
	SDWAN_CMD_PEER_DEL,
	SDWAN_CMD_PEER_NTF,
	SDWAN_CMD_PEER_DEL_NTF,
	SDWAN_CMD_PATH_GET,
	SDWAN_CMD_PATH_NEW,
	SDWAN_CMD_PATH_SET,
	SDWAN_CMD_PATH_DEL,
	SDWAN_CMD_PATH_NTF,
	SDWAN_CMD_PATH_DEL_NTF,
	SDWAN_CMD_PREFIX_GET,
	SDWAN_CMD_PREFIX_NEW,
	SDWAN_CMD_PREFIX_SET,
	SDWAN_CMD_PREFIX_DEL,
	SDWAN_CMD_PREFIX_NTF,
	SDWAN_CMD_PREFIX_DEL_NTF,
	SDWAN_CMD_CLASS_GET,
	SDWAN_CMD_CLASS_NEW,
	SDWAN_CMD_CLASS_SET,
	SDWAN_CMD_CLASS_DEL,
	SDWAN_CMD_CLASS_NTF,
	SDWAN_CMD_CLASS_DEL_NTF,
	SDWAN_CMD_RULE_GET,
	SDWAN_CMD_RULE_NEW,
	SDWAN_CMD_RULE_SET,
	SDWAN_CMD_RULE_DEL,
	SDWAN_CMD_RULE_NTF,
	SDWAN_CMD_RULE_DEL_NTF,
	SDWAN_CMD_FLOW_GET,
	SDWAN_CMD_FLOW_FLUSH,
	SDWAN_CMD_FLOW_EXPLAIN,
	SDWAN_CMD_LAN_GET,
	SDWAN_CMD_LAN_NEW,
	SDWAN_CMD_LAN_SET,
	SDWAN_CMD_LAN_DEL,
	SDWAN_CMD_LAN_NTF,
	SDWAN_CMD_LAN_DEL_NTF,
	SDWAN_CMD_METRIC_GET,
	SDWAN_CMD_METRIC_NEW,
	SDWAN_CMD_METRIC_SET,
	SDWAN_CMD_METRIC_DEL,
	SDWAN_CMD_METRIC_NTF,
	SDWAN_CMD_METRIC_DEL_NTF,
	SDWAN_CMD_METRIC_COST,
	SDWAN_CMD_METRIC_TEST,
	SDWAN_CMD_DECISION_GET,
	SDWAN_CMD_DECISION_NTF,
	SDWAN_CMD_OBJECTIVE_NTF,
	SDWAN_CMD_AGREEMENT_NTF,

	__SDWAN_CMD_MAX,
	SDWAN_CMD_MAX = (__SDWAN_CMD_MAX - 1)
};

#define SDWAN_MCGRP_EVENTS	"events"

#endif /* _UAPI_LINUX_SDWAN_H */
