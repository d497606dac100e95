// SPDX-License-Identifier: GPL-2.0
/*
 * A kernel of paper: what the kinds of objects have each for themselves, which
 * are attributes, defaults and checks
 */
#include <errno.h>
#include <string.h>

#include "mock.h"

const struct kind_info kinds[KINDS] = {
	[NODE] = {
		.name = "node",
		.get = SDWAN_CMD_NODE_GET, .set = SDWAN_CMD_NODE_SET,
		.txn = SDWAN_A_NODE_TXN, .max = SDWAN_A_NODE_MAX,
		.config = A(NODE, SITE) | A(NODE, GATEWAY) | A(NODE, NAME),
	},
	[UNDERLAY] = {
		.name = "underlay",
		.get = SDWAN_CMD_UNDERLAY_GET, .new = SDWAN_CMD_UNDERLAY_NEW,
		.set = SDWAN_CMD_UNDERLAY_SET, .del = SDWAN_CMD_UNDERLAY_DEL,
		.txn = SDWAN_A_UNDERLAY_TXN, .id = SDWAN_A_UNDERLAY_ID,
		.max = SDWAN_A_UNDERLAY_MAX,
		.key = A(UNDERLAY, NAME),
		.need = A(UNDERLAY, NAME) | A(UNDERLAY, DEV),
		.fixed = A(UNDERLAY, DEV) | A(UNDERLAY, LOCAL) |
			 A(UNDERLAY, PORT) | A(UNDERLAY, ENCAP),
		.config = A(UNDERLAY, NAME) | A(UNDERLAY, DEV) |
			  A(UNDERLAY, LOCAL) | A(UNDERLAY, PORT) |
			  A(UNDERLAY, ENCAP) | A(UNDERLAY, COST) |
			  A(UNDERLAY, RATE) | A(UNDERLAY, PROBE) |
			  A(UNDERLAY, PROBE_INTERVAL) |
			  A(UNDERLAY, PROBE_IDLE_INTERVAL) |
			  A(UNDERLAY, PROBE_MULT) | A(UNDERLAY, PROBE_HOLD) |
			  A(UNDERLAY, PROBE_MTU) | A(UNDERLAY, PROBE_RAISE) |
			  A(UNDERLAY, DEGRADED_LATENCY) |
			  A(UNDERLAY, DEGRADED_JITTER) |
			  A(UNDERLAY, DEGRADED_LOSS) |
			  A(UNDERLAY, DEGRADED_MARGIN),
	},
	[PEER] = {
		.name = "peer",
		.get = SDWAN_CMD_PEER_GET, .new = SDWAN_CMD_PEER_NEW,
		.set = SDWAN_CMD_PEER_SET, .del = SDWAN_CMD_PEER_DEL,
		.txn = SDWAN_A_PEER_TXN, .id = SDWAN_A_PEER_ID,
		.max = SDWAN_A_PEER_MAX,
		.key = A(PEER, NAME), .need = A(PEER, NAME) | A(PEER, SITE),
		.fixed = A(PEER, SITE) | A(PEER, GATEWAY),
		.config = A(PEER, NAME) | A(PEER, SITE) | A(PEER, GATEWAY) |
			  A(PEER, OVERLAY) | A(PEER, OVERLAY_NONE) |
			  A(PEER, SOURCE_CHECK) | A(PEER, STOCK),
	},
	[PATH] = {
		.name = "path",
		.get = SDWAN_CMD_PATH_GET, .new = SDWAN_CMD_PATH_NEW,
		.set = SDWAN_CMD_PATH_SET, .del = SDWAN_CMD_PATH_DEL,
		.txn = SDWAN_A_PATH_TXN, .id = SDWAN_A_PATH_ID,
		.max = SDWAN_A_PATH_MAX,
		.key = A(PATH, NAME),
		.need = A(PATH, PEER) | A(PATH, UNDERLAY),
		.fixed = A(PATH, PEER) | A(PATH, UNDERLAY) | A(PATH, ENCAP) |
			 A(PATH, KIND) | A(PATH, VNI),
		.config = A(PATH, NAME) | A(PATH, PEER) | A(PATH, UNDERLAY) |
			  A(PATH, REMOTE) | A(PATH, DSTPORT) | A(PATH, ENCAP) |
			  A(PATH, PREFERENCE) | A(PATH, ADMIN) | A(PATH, KIND) |
			  A(PATH, VNI) | A(PATH, DSCP) | A(PATH, TTL) |
			  A(PATH, DF) | A(PATH, UDP_CSUM) | A(PATH, FWMARK) |
			  A(PATH, MTU_CLAMP) | A(PATH, MSS_CLAMP) |
			  A(PATH, PROBE) | A(PATH, PROBE_INTERVAL) |
			  A(PATH, PROBE_IDLE_INTERVAL) |
			  A(PATH, PROBE_MULT) | A(PATH, PROBE_HOLD) |
			  A(PATH, PROBE_MTU) | A(PATH, PROBE_RAISE) |
			  A(PATH, DEGRADED_LATENCY) |
			  A(PATH, DEGRADED_JITTER) |
			  A(PATH, DEGRADED_LOSS) |
			  A(PATH, DEGRADED_MARGIN) | A(PATH, NAT),
	},
	[PREFIX] = {
		.name = "prefix",
		.get = SDWAN_CMD_PREFIX_GET, .new = SDWAN_CMD_PREFIX_NEW,
		.set = SDWAN_CMD_PREFIX_SET, .del = SDWAN_CMD_PREFIX_DEL,
		.txn = SDWAN_A_PREFIX_TXN, .max = SDWAN_A_PREFIX_MAX,
		.key = A(PREFIX, ADDR) | A(PREFIX, PLEN) | A(PREFIX, VNI),
		.need = A(PREFIX, ADDR) | A(PREFIX, PLEN),
		.config = A(PREFIX, ADDR) | A(PREFIX, PLEN) | A(PREFIX, VNI) |
			  A(PREFIX, SITE) | A(PREFIX, GATEWAY) |
			  A(PREFIX, ORIGIN) | A(PREFIX, EXPIRES) |
			  A(PREFIX, NEGATIVE),
	},
	[METRIC] = {
		.name = "metric",
		.get = SDWAN_CMD_METRIC_GET, .new = SDWAN_CMD_METRIC_NEW,
		.set = SDWAN_CMD_METRIC_SET, .del = SDWAN_CMD_METRIC_DEL,
		.txn = SDWAN_A_METRIC_TXN, .id = SDWAN_A_METRIC_ID,
		.max = SDWAN_A_METRIC_MAX,
		.key = A(METRIC, NAME), .need = A(METRIC, NAME),
		.config = A(METRIC, NAME) | A(METRIC, EXPR) |
			  A(METRIC, PROG) | A(METRIC, BPF_NAME),
	},
	[CLASS] = {
		.name = "class",
		.get = SDWAN_CMD_CLASS_GET, .new = SDWAN_CMD_CLASS_NEW,
		.set = SDWAN_CMD_CLASS_SET, .del = SDWAN_CMD_CLASS_DEL,
		.txn = SDWAN_A_CLASS_TXN, .id = SDWAN_A_CLASS_ID,
		.max = SDWAN_A_CLASS_MAX,
		.key = A(CLASS, NAME), .need = A(CLASS, NAME) | A(CLASS, MODE),
		.config = A(CLASS, NAME) | A(CLASS, MODE) | A(CLASS, MEMBER) |
			  A(CLASS, MEMBER_NONE) | A(CLASS, WEIGHT_BY) |
			  A(CLASS, DSCP) | A(CLASS, STRICT) | A(CLASS, MOVE) |
			  A(CLASS, GAP) | A(CLASS, FAILBACK) |
			  A(CLASS, POLICY) | A(CLASS, SLA_LATENCY) |
			  A(CLASS, SLA_JITTER) | A(CLASS, SLA_LOSS) |
			  A(CLASS, EXIT_MARGIN) | A(CLASS, METRIC) |
			  A(CLASS, SHADOW) | A(CLASS, ALPHA) |
			  A(CLASS, FLOOR) | A(CLASS, ROUND) | A(CLASS, GROUP),
	},
	[RULE] = {
		.name = "rule",
		.get = SDWAN_CMD_RULE_GET, .new = SDWAN_CMD_RULE_NEW,
		.set = SDWAN_CMD_RULE_SET, .del = SDWAN_CMD_RULE_DEL,
		.txn = SDWAN_A_RULE_TXN, .max = SDWAN_A_RULE_MAX,
		.key = A(RULE, PREF), .need = A(RULE, PREF) | A(RULE, ACTION),
		.config = A(RULE, PREF) | A(RULE, NAME) | A(RULE, IIF) |
			  A(RULE, VNI) | A(RULE, FROM) | A(RULE, FROM_PLEN) |
			  A(RULE, TO) | A(RULE, TO_PLEN) | A(RULE, PROTO) |
			  A(RULE, SPORT) | A(RULE, DPORT) | A(RULE, DSCP) |
			  A(RULE, MARK) | A(RULE, MARK_MASK) |
			  A(RULE, ACTION) | A(RULE, CLASS) |
			  A(RULE, SET_DSCP) | A(RULE, SET_MARK) |
			  A(RULE, SET_MARK_MASK) | A(RULE, SET_PRIORITY) |
			  A(RULE, STEER_VNI) | A(RULE, VLAN) | A(RULE, PCP) |
			  A(RULE, ETHERTYPE) | A(RULE, SMAC) | A(RULE, DMAC) |
			  A(RULE, MPLS) | A(RULE, BPF_NAME),
	},
	[LAN] = {
		.name = "lan",
		.get = SDWAN_CMD_LAN_GET, .new = SDWAN_CMD_LAN_NEW,
		.set = SDWAN_CMD_LAN_SET, .del = SDWAN_CMD_LAN_DEL,
		.txn = SDWAN_A_LAN_TXN, .max = SDWAN_A_LAN_MAX,
		.key = A(LAN, NAME), .need = A(LAN, NAME),
		.config = A(LAN, NAME) | A(LAN, MODE) | A(LAN, VNI),
	},
};

/* ---- what is told about an object ---- */

void put_default_u32(struct nl_msg *msg, struct obj *o, int id, uint32_t val)
{
	if (!find_attr(o, id))
		nla_put_u32(msg, id, val);
}

void put_default_u16(struct nl_msg *msg, struct obj *o, int id, uint16_t val)
{
	if (!find_attr(o, id))
		nla_put_u16(msg, id, val);
}

void put_default_u8(struct nl_msg *msg, struct obj *o, int id, uint8_t val)
{
	if (!find_attr(o, id))
		nla_put_u8(msg, id, val);
}

uint32_t count_paths(struct world *w, int attr, const char *name)
{
	uint32_t i, n = 0;

	for (i = 0; i < w->n; i++)
		n += w->obj[i].kind == PATH &&
		     !strcmp(get_str(&w->obj[i], attr), name);
	return n;
}

static void fill_peer(struct nl_msg *msg, struct world *w, struct obj *o)
{
	put_default_u32(msg, o, SDWAN_A_PEER_GATEWAY, 1);
	put_default_u8(msg, o, SDWAN_A_PEER_SOURCE_CHECK, 1);
	put_default_u8(msg, o, SDWAN_A_PEER_STOCK, 0);
	nla_put_u32(msg, SDWAN_A_PEER_PATHS,
		    count_paths(w, SDWAN_A_PATH_PEER,
				get_str(o, SDWAN_A_PEER_NAME)));
}

void fill_obj(struct nl_msg *msg, struct world *w, struct obj *o)
{
	struct nlattr *pos;
	int rem;

	if (kinds[o->kind].id)
		nla_put_u32(msg, kinds[o->kind].id, o->id);
	nla_for_each_attr(pos, first_attr(o), (int)o->len, rem)
		if (o->kind != METRIC || nla_type(pos) != SDWAN_A_METRIC_PROG)
			nla_put(msg, nla_type(pos), nla_len(pos),
				nla_data(pos));
	if (o->kind == NODE)
		put_default_u32(msg, o, SDWAN_A_NODE_GATEWAY, 1);
	if (o->kind == UNDERLAY)
		fill_underlay(msg, w, o);
	if (o->kind == PEER)
		fill_peer(msg, w, o);
	if (o->kind == PATH)
		fill_path(msg, w, o);
	if (o->kind == METRIC)
		fill_metric(msg, o);
	if (o->kind == CLASS)
		fill_class(msg, o);
	if (o->kind == RULE)
		fill_rule(msg, o);
	if (o->kind == LAN) {
		put_default_u32(msg, o, SDWAN_A_LAN_MODE, SDWAN_LAN_MODE_MARK);
		nla_put_u8(msg, SDWAN_A_LAN_HOOKED, 0);
	}
	if (o->kind == PREFIX) {
		put_default_u32(msg, o, SDWAN_A_PREFIX_ORIGIN,
				SDWAN_PREFIX_ORIGIN_STATIC);
		put_default_u8(msg, o, SDWAN_A_PREFIX_NEGATIVE, 0);
	}
}

/* ---- what is refused ---- */

/* Overlay addresses are unique, whatever their segment: stricter is fine. */
static int check_overlay(struct call *c, const struct nlattr *nest,
			 const struct obj *self)
{
	const struct nlattr *addr;
	struct nlattr *pos, *theirs;
	uint32_t i;
	int rem;

	addr = nla_find(nla_data(nest), nla_len(nest), SDWAN_A_OVERLAY_ADDR);
	if (!addr)
		return refuse(c, EINVAL, "an overlay without address", nest);
	for (i = 0; i < c->w->n; i++) {
		struct obj *o = &c->w->obj[i];

		if (o->kind != PEER || o == self)
			continue;
		nla_for_each_attr(pos, first_attr(o), (int)o->len, rem) {
			if (nla_type(pos) != SDWAN_A_PEER_OVERLAY)
				continue;
			theirs = nla_find(nla_data(pos), nla_len(pos),
					  SDWAN_A_OVERLAY_ADDR);
			if (!memcmp(nla_data(theirs), nla_data(addr), 16))
				return refuse(c, EEXIST,
					      "another peer has this address",
					      addr);
		}
	}
	return 0;
}

static int check_peer(struct call *c, const struct obj *self)
{
	const struct nlattr *head = genlmsg_attrdata(nlmsg_data(c->nlh), 0);
	int len = genlmsg_attrlen(nlmsg_data(c->nlh), 0);
	struct nlattr *pos;
	int rem, ret;

	nla_for_each_attr(pos, (struct nlattr *)head, len, rem) {
		if (nla_type(pos) != SDWAN_A_PEER_OVERLAY)
			continue;
		ret = check_overlay(c, pos, self);
		if (ret)
			return ret;
	}
	return 0;
}

int check_kind(struct call *c, enum kind kind, struct obj *self)
{
	switch (kind) {
	case UNDERLAY:
		return check_underlay(c);
	case PATH:
		return check_path(c, self);
	case PEER:
		return check_peer(c, self);
	case METRIC:
		return check_metric(c, self);
	case CLASS:
		return check_class(c, self);
	case RULE:
		return check_rule(c, self);
	case LAN:
		return check_lan(c, self);
	default:
		return 0;
	}
}
