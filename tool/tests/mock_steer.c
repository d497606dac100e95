// SPDX-License-Identifier: GPL-2.0
/*
 * A kernel of paper: classes, rules, and flows that are always the same
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <linux/sdwan_metric.h>

#include "mock.h"

/* ---- classes and rules: what is told ---- */

void fill_class(struct nl_msg *msg, struct obj *o)
{
	const char *name = get_str(o, SDWAN_A_CLASS_NAME);

	if (get_u32(o, SDWAN_A_CLASS_MODE) == SDWAN_CLASS_MODE_BALANCE)
		put_default_u32(msg, o, SDWAN_A_CLASS_WEIGHT_BY,
				SDWAN_CLASS_WEIGHT_EQUAL);
	put_default_u8(msg, o, SDWAN_A_CLASS_DSCP, SDWAN_DSCP_PATH);
	put_default_u8(msg, o, SDWAN_A_CLASS_STRICT, 0);
	put_default_u32(msg, o, SDWAN_A_CLASS_MOVE, SDWAN_CLASS_MOVE_FLOWLET);
	put_default_u32(msg, o, SDWAN_A_CLASS_GAP, 0);
	put_default_u32(msg, o, SDWAN_A_CLASS_FAILBACK,
			SDWAN_CLASS_FAILBACK_SOFT);
	put_default_u32(msg, o, SDWAN_A_CLASS_SLA_LATENCY, 0);
	put_default_u32(msg, o, SDWAN_A_CLASS_SLA_JITTER, 0);
	put_default_u32(msg, o, SDWAN_A_CLASS_SLA_LOSS, 0);
	put_default_u32(msg, o, SDWAN_A_CLASS_EXIT_MARGIN, 100000);
	put_default_u32(msg, o, SDWAN_A_CLASS_ALPHA, 100000);
	put_default_u32(msg, o, SDWAN_A_CLASS_FLOOR, 0);
	put_default_u32(msg, o, SDWAN_A_CLASS_ROUND, 1000000);
	if (!find_attr(o, SDWAN_A_CLASS_METRIC))
		nla_put_string(msg, SDWAN_A_CLASS_METRIC, "");
	if (!find_attr(o, SDWAN_A_CLASS_SHADOW))
		nla_put_string(msg, SDWAN_A_CLASS_SHADOW, "");
	if (!find_attr(o, SDWAN_A_CLASS_GROUP))
		nla_put_string(msg, SDWAN_A_CLASS_GROUP, "");
	if (!find_attr(o, SDWAN_A_CLASS_POLICY))
		nla_put_string(msg, SDWAN_A_CLASS_POLICY, name);
}

/* Rules of an odd preference have been used. */
void fill_rule(struct nl_msg *msg, struct obj *o)
{
	bool used = get_u32(o, SDWAN_A_RULE_PREF) % 2;

	if (find_attr(o, SDWAN_A_RULE_MARK))
		put_default_u32(msg, o, SDWAN_A_RULE_MARK_MASK, UINT32_MAX);
	if (find_attr(o, SDWAN_A_RULE_SET_MARK))
		put_default_u32(msg, o, SDWAN_A_RULE_SET_MARK_MASK,
				UINT32_MAX);
	nla_put_u64(msg, SDWAN_A_RULE_PACKETS, used ? 7 : 0);
	nla_put_u64(msg, SDWAN_A_RULE_BYTES, used ? 0x100000007ULL : 0);
	if (used)
		nla_put_u64(msg, SDWAN_A_RULE_LAST_USED, 1500);
}

/* ---- classes and rules: what is refused ---- */

int check_class(struct call *c, struct obj *self)
{
	struct nlattr *mode = c->tb[SDWAN_A_CLASS_MODE];
	struct nlattr *by = c->tb[SDWAN_A_CLASS_WEIGHT_BY];
	struct nlattr *metric = c->tb[SDWAN_A_CLASS_METRIC];
	uint32_t m;

	m = mode ? nla_get_u32(mode) :
		   self ? get_u32(self, SDWAN_A_CLASS_MODE) : 0;
	if (metric && *nla_get_string(metric) &&
	    !find_named(c->w, METRIC, nla_get_string(metric)))
		return refuse(c, ENOENT, "there is no such metric", metric);
	if (by && m != SDWAN_CLASS_MODE_BALANCE)
		return refuse(c, EINVAL, "weights are for balance", by);
	if (m != SDWAN_CLASS_MODE_BALANCE && m != SDWAN_CLASS_MODE_BEST &&
	    m != SDWAN_CLASS_MODE_DUPLICATE && !c->tb[SDWAN_A_CLASS_MEMBER] &&
	    !(self && find_attr(self, SDWAN_A_CLASS_MEMBER))) {
		c->missing = SDWAN_A_CLASS_MEMBER;
		return refuse(c, EINVAL, "no members", NULL);
	}
	return 0;
}

static int check_ports(struct call *c, int attr)
{
	struct nlattr *ports = c->tb[attr];
	const uint16_t *p;
	int i, n;

	if (!ports)
		return 0;
	p = nla_data(ports);
	n = nla_len(ports) / 2;
	if (n < 2 || n > 2 * SDWAN_PORTS_MAX || nla_len(ports) % 4)
		return refuse(c, EINVAL, "1 to 16 ranges", ports);
	for (i = 0; i < n; i += 2)
		if (p[i] > p[i + 1] || (i && p[i] <= p[i - 1]))
			return refuse(c, EINVAL, "not in order", ports);
	return 0;
}

static const int parts[] = {
	SDWAN_A_RULE_VLAN, SDWAN_A_RULE_PCP, SDWAN_A_RULE_SMAC,
	SDWAN_A_RULE_DMAC, SDWAN_A_RULE_MPLS,
};

static bool names_frames(struct obj *rule)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(parts); i++)
		if (find_attr(rule, parts[i]))
			return true;
	return false;
}

/* Only a LAN of mode direct sees frames. */
static int check_frames(struct call *c)
{
	struct nlattr *iif = c->tb[SDWAN_A_RULE_IIF];
	struct nlattr *part = NULL;
	struct obj *lan;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(parts); i++)
		if (c->tb[parts[i]])
			part = c->tb[parts[i]];
	if (!part)
		return 0;
	lan = iif ? find_named(c->w, LAN, nla_get_string(iif)) : NULL;
	if (!lan || get_u32(lan, SDWAN_A_LAN_MODE) != SDWAN_LAN_MODE_DIRECT)
		return refuse(c, EINVAL, "no LAN that sees frames", part);
	return 0;
}

int check_lan(struct call *c, struct obj *self)
{
	struct nlattr *mode = c->tb[SDWAN_A_LAN_MODE];

	if (self && mode && nla_get_u32(mode) != SDWAN_LAN_MODE_DIRECT &&
	    lan_in_use(c->w, get_str(self, SDWAN_A_LAN_NAME)))
		return refuse(c, EBUSY, "a rule needs its frames", mode);
	return 0;
}

bool lan_in_use(struct world *w, const char *name)
{
	uint32_t i;

	for (i = 0; i < w->n; i++)
		if (w->obj[i].kind == RULE && names_frames(&w->obj[i]) &&
		    !strcmp(get_str(&w->obj[i], SDWAN_A_RULE_IIF), name))
			return true;
	return false;
}

int check_rule(struct call *c, struct obj *self)
{
	struct nlattr *class = c->tb[SDWAN_A_RULE_CLASS];
	struct nlattr *mark = c->tb[SDWAN_A_RULE_MARK];
	struct nlattr *mask = c->tb[SDWAN_A_RULE_MARK_MASK];
	int ret;

	(void)self;
	if (class && !find_named(c->w, CLASS, nla_get_string(class)))
		return refuse(c, ENOENT, "there is no such class", class);
	if (mask && (!mark || nla_get_u32(mark) & ~nla_get_u32(mask)))
		return refuse(c, EINVAL, "bits outside of the mask", mask);
	if (c->tb[SDWAN_A_RULE_VNI] && c->tb[SDWAN_A_RULE_STEER_VNI])
		return refuse(c, EINVAL, "there is no segment yet",
			      c->tb[SDWAN_A_RULE_VNI]);
	ret = check_frames(c);
	if (ret)
		return ret;
	ret = check_ports(c, SDWAN_A_RULE_SPORT);
	return ret ? ret : check_ports(c, SDWAN_A_RULE_DPORT);
}

bool class_in_use(struct world *w, const char *name)
{
	uint32_t i;

	for (i = 0; i < w->n; i++)
		if (w->obj[i].kind == RULE &&
		    !strcmp(get_str(&w->obj[i], SDWAN_A_RULE_CLASS), name))
			return true;
	return false;
}

/* ---- flows ---- */

static const struct flow {
	uint32_t vni;
	uint8_t src, dst;	/* 10.1.0.x, 10.2.0.x */
	uint8_t proto;
	uint16_t sport, dport;
	const char *class;
	uint32_t rule;
	const char *path;
	uint32_t owner;
	uint8_t two_way;
	uint32_t age, idle, moves, direct;
} flows[FLOWS] = {
	{ 100, 5, 7, 6, 40000, 443, "voice", 100, "berlin:fibre",
	  SDWAN_FLOW_OWNER_LOCAL, 1, 12500, 200, 1, 0 },
	{ 100, 6, 7, 17, 5060, 5060, NULL, 0, "b2",
	  SDWAN_FLOW_OWNER_REMOTE, 1, 60000, 0, 0, SDWAN_FLOW_DIRECT_BOTH },
	{ 7, 5, 9, 1, 0, 0, "voice", 200, "berlin:fibre",
	  SDWAN_FLOW_OWNER_LOCAL, 0, 1000, 1000, 0, 0 },
};

static void put_addr(struct nl_msg *msg, int id, int net, uint8_t host)
{
	uint8_t addr[16] = { [10] = 0xff, [11] = 0xff, [12] = 10 };

	addr[13] = (uint8_t)net;
	addr[15] = host;
	nla_put(msg, id, 16, addr);
}

static void fill_flow(struct nl_msg *msg, const struct flow *f)
{
	nla_put_u32(msg, SDWAN_A_FLOW_VNI, f->vni);
	put_addr(msg, SDWAN_A_FLOW_SRC, 1, f->src);
	put_addr(msg, SDWAN_A_FLOW_DST, 2, f->dst);
	nla_put_u8(msg, SDWAN_A_FLOW_PROTO, f->proto);
	nla_put_u16(msg, SDWAN_A_FLOW_SPORT, f->sport);
	nla_put_u16(msg, SDWAN_A_FLOW_DPORT, f->dport);
	if (f->class)
		nla_put_string(msg, SDWAN_A_FLOW_CLASS, f->class);
	if (f->rule)
		nla_put_u32(msg, SDWAN_A_FLOW_RULE, f->rule);
	nla_put_string(msg, SDWAN_A_FLOW_PATH, f->path);
	nla_put_u32(msg, SDWAN_A_FLOW_OWNER, f->owner);
	nla_put_u8(msg, SDWAN_A_FLOW_TWO_WAY, f->two_way);
	nla_put_u32(msg, SDWAN_A_FLOW_AGE, f->age);
	nla_put_u32(msg, SDWAN_A_FLOW_IDLE, f->idle);
	nla_put_u32(msg, SDWAN_A_FLOW_MOVES, f->moves);
	if (f->direct)
		nla_put_u32(msg, SDWAN_A_FLOW_DIRECT, f->direct);
}

/* Does it have all attributes of the request, as it would tell them? */
static bool flow_fits(struct call *c, const struct flow *f)
{
	struct nl_msg *msg = nlmsg_alloc();
	bool fits = true;
	int id;

	nlmsg_put(msg, 0, 0, 0x20, 0, 0);
	fill_flow(msg, f);
	for (id = 1; id <= SDWAN_A_FLOW_MAX && fits; id++) {
		struct nlattr *have, *want = c->tb[id];

		if (!want)
			continue;
		have = nla_find(nlmsg_attrdata(nlmsg_hdr(msg), 0),
				nlmsg_attrlen(nlmsg_hdr(msg), 0), id);
		fits = have && nla_len(have) == nla_len(want) &&
		       !memcmp(nla_data(have), nla_data(want),
			       (size_t)nla_len(have));
	}
	nlmsg_free(msg);
	return fits;
}

static int flow_dump(struct call *c)
{
	struct nl_msg *msg;
	int i;

	for (i = 0; i < FLOWS; i++) {
		if (!flow_fits(c, &flows[i]))
			continue;
		msg = new_reply(c->nlh->nlmsg_seq, c->cmd, NLM_F_MULTI);
		fill_flow(msg, &flows[i]);
		send_msg(c->s, msg);
	}
	send_done(c, NLM_F_MULTI);
	return 1;
}

static int flow_flush(struct call *c)
{
	struct nl_msg *msg = new_reply(c->nlh->nlmsg_seq, c->cmd, 0);
	uint32_t i, n = 0;

	for (i = 0; i < FLOWS; i++)
		n += flow_fits(c, &flows[i]);
	nla_put_u32(msg, SDWAN_A_FLOW_FLUSHED, n);
	send_msg(c->s, msg);
	return 0;
}

/* The last byte of the destination says what becomes of the packet. */
static int flow_explain(struct call *c)
{
	static const int echo[] = {
		SDWAN_A_FLOW_VNI, SDWAN_A_FLOW_SRC, SDWAN_A_FLOW_DST,
		SDWAN_A_FLOW_PROTO, SDWAN_A_FLOW_SPORT, SDWAN_A_FLOW_DPORT,
	};
	const uint8_t *dst = nla_data(c->tb[SDWAN_A_FLOW_DST]);
	struct nl_msg *msg;
	size_t i;

	if (dst[15] == 99)
		return refuse(c, EINVAL, "no such destination",
			      c->tb[SDWAN_A_FLOW_DST]);
	msg = new_reply(c->nlh->nlmsg_seq, c->cmd, 0);
	for (i = 0; i < ARRAY_SIZE(echo); i++)
		if (c->tb[echo[i]])
			nla_put(msg, echo[i], nla_len(c->tb[echo[i]]),
				nla_data(c->tb[echo[i]]));
	if (dst[15] == 1) {		/* nobody lives there */
		nla_put_string(msg, SDWAN_A_FLOW_DROP, "tx_no_site");
	} else if (dst[15] == 2) {	/* a rule drops it */
		nla_put_u32(msg, SDWAN_A_FLOW_SITE, 2);
		nla_put_u32(msg, SDWAN_A_FLOW_RULE, 50);
		nla_put_u32(msg, SDWAN_A_FLOW_ACTION, SDWAN_RULE_ACTION_DROP);
		nla_put_string(msg, SDWAN_A_FLOW_DROP, "tx_drop_rule");
	} else if (dst[15] == 3) {	/* no rule */
		nla_put_u32(msg, SDWAN_A_FLOW_SITE, 2);
		nla_put_string(msg, SDWAN_A_FLOW_PATH, "b2");
		nla_put_string(msg, SDWAN_A_FLOW_SECOND, "b3");
	} else {
		nla_put_u32(msg, SDWAN_A_FLOW_SITE, 2);
		nla_put_u32(msg, SDWAN_A_FLOW_RULE, 100);
		nla_put_u32(msg, SDWAN_A_FLOW_ACTION, SDWAN_RULE_ACTION_CLASS);
		nla_put_string(msg, SDWAN_A_FLOW_CLASS, "voice");
		nla_put_string(msg, SDWAN_A_FLOW_PATH, "berlin:fibre");
		if (dst[15] == 7) {
			nla_put_string(msg, SDWAN_A_FLOW_BETTER, "b2");
			nla_put_u32(msg, SDWAN_A_FLOW_GAP, 51250);
		}
		nla_put_u8(msg, SDWAN_A_FLOW_PINNED, 1);
	}
	send_msg(c->s, msg);
	return 0;
}

/* ---- decisions: on voice, at two sites ---- */

static void put_candidate(struct nl_msg *msg, const char *path, uint32_t pos,
			  uint32_t cost)
{
	struct nlattr *nest = nla_nest_start(msg, SDWAN_A_DECISION_CANDIDATE);

	nla_put_string(msg, SDWAN_A_CANDIDATE_PATH, path);
	nla_put_u32(msg, SDWAN_A_CANDIDATE_STATE, SDWAN_PATH_STATE_UP);
	nla_put_u32(msg, SDWAN_A_CANDIDATE_POSITION, pos);
	nla_put_u8(msg, SDWAN_A_CANDIDATE_BEST, pos == 1);
	nla_put_u8(msg, SDWAN_A_CANDIDATE_COMPLIANT, pos == 1);
	if (cost) {
		nla_put_u32(msg, SDWAN_A_CANDIDATE_COST, cost);
		nla_put_u32(msg, SDWAN_A_CANDIDATE_FLUCTUATION, 3);
		nla_put_u32(msg, SDWAN_A_CANDIDATE_LATENCY, 20000);
		nla_put_u32(msg, SDWAN_A_CANDIDATE_JITTER, 1500);
		nla_put_u32(msg, SDWAN_A_CANDIDATE_LOSS, 12500);
	}
	nla_nest_end(msg, nest);
}

static void put_move(struct nl_msg *msg, const char *path, uint64_t age)
{
	struct nlattr *nest = nla_nest_start(msg, SDWAN_A_DECISION_MOVE);

	if (path)
		nla_put_string(msg, SDWAN_A_DECISION_MOVE_PATH, path);
	nla_put_u32(msg, SDWAN_A_DECISION_MOVE_REASON,
		    path ? SDWAN_DECISION_REASON_BREACH :
			   SDWAN_DECISION_REASON_GONE);
	nla_put_u64(msg, SDWAN_A_DECISION_MOVE_AGE, age);
	nla_nest_end(msg, nest);
}

static void fill_decision(struct nl_msg *msg, uint32_t site)
{
	nla_put_string(msg, SDWAN_A_DECISION_CLASS, "voice");
	nla_put_u32(msg, SDWAN_A_DECISION_SITE, site);
	if (site == 2)
		nla_put_string(msg, SDWAN_A_DECISION_PATH, "berlin:fibre");
	nla_put_u32(msg, SDWAN_A_DECISION_BY, SDWAN_DECIDER_LOCAL);
	nla_put_u32(msg, SDWAN_A_DECISION_REASON,
		    site == 2 ? SDWAN_DECISION_REASON_BREACH :
				SDWAN_DECISION_REASON_NONE);
	nla_put_u64(msg, SDWAN_A_DECISION_AGE, 1500);
	nla_put_u32(msg, SDWAN_A_DECISION_MOVES, site == 2 ? 2 : 0);
	nla_put_u32(msg, SDWAN_A_DECISION_HOLD, site == 2 ? 500 : 0);
	if (site == 2) {
		nla_put_string(msg, SDWAN_A_DECISION_SHADOW_PATH, "b2");
		nla_put_u32(msg, SDWAN_A_DECISION_SHADOW_MOVES, 4);
		put_candidate(msg, "berlin:fibre", 1, 20000);
		put_candidate(msg, "b2", 2, SDWAN_METRIC_NEVER);
		put_candidate(msg, "b3", 3, 0);
		put_move(msg, "b2", 1500);
		put_move(msg, NULL, 61000);
	}
}

static void tell_decision(struct call *c, uint32_t site, int flags)
{
	struct nl_msg *msg = new_reply(c->nlh->nlmsg_seq, c->cmd, flags);

	fill_decision(msg, site);
	send_msg(c->s, msg);
}

static void objective_event(struct sock *s, uint8_t compliant)
{
	struct nl_msg *msg = new_reply(0, SDWAN_CMD_OBJECTIVE_NTF, 0);

	nla_put_string(msg, SDWAN_A_OBJECTIVE_CLASS, "voice");
	nla_put_string(msg, SDWAN_A_OBJECTIVE_PATH, "b2");
	nla_put_u8(msg, SDWAN_A_OBJECTIVE_COMPLIANT, compliant);
	if (!compliant) {
		nla_put_u32(msg, SDWAN_A_OBJECTIVE_LATENCY, 160500);
		nla_put_u32(msg, SDWAN_A_OBJECTIVE_JITTER, 1500);
		nla_put_u32(msg, SDWAN_A_OBJECTIVE_LOSS, 12500);
	}
	send_msg(s, msg);
}

void make_decision_events(struct sock *s)
{
	struct nl_msg *msg;
	uint32_t site;

	objective_event(s, 0);
	for (site = 2; site < 4; site++) {
		msg = new_reply(0, SDWAN_CMD_DECISION_NTF, 0);
		fill_decision(msg, site);
		send_msg(s, msg);
	}
	objective_event(s, 1);
}

int decision_call(struct call *c)
{
	struct nlattr *class = c->tb[SDWAN_A_DECISION_CLASS];
	struct nlattr *site = c->tb[SDWAN_A_DECISION_SITE];
	bool dump = (c->nlh->nlmsg_flags & NLM_F_DUMP) == NLM_F_DUMP;
	uint32_t id;

	if (class && strcmp(nla_get_string(class), "voice"))
		return refuse(c, ENOENT, "there is no class of this name",
			      class);
	if (!dump) {
		tell_decision(c, nla_get_u32(site), 0);
		return 0;
	}
	for (id = 2; id < 4; id++)
		if (!site || nla_get_u32(site) == id)
			tell_decision(c, id, NLM_F_MULTI);
	send_done(c, NLM_F_MULTI);
	return 1;
}

int flow_call(struct call *c)
{
	if (c->cmd == SDWAN_CMD_FLOW_FLUSH)
		return flow_flush(c);
	if (c->cmd == SDWAN_CMD_FLOW_EXPLAIN)
		return flow_explain(c);
	return flow_dump(c);
}
