// SPDX-License-Identifier: GPL-2.0
/*
 * A kernel of paper: underlays and paths, and what they have by their
 * encapsulation
 */
#include <errno.h>
#include <string.h>

#include "mock.h"

/* The UDP port of an encapsulation, 0 if it has none. */
static uint16_t port_of(uint32_t encap)
{
	switch (encap) {
	case SDWAN_ENCAP_GENEVE:
		return 6081;
	case SDWAN_ENCAP_VXLAN:
		return 4789;
	case SDWAN_ENCAP_VXLAN_GPE:
		return 4790;
	default:
		return 0;
	}
}

static uint32_t encap_of_underlay(struct obj *ul)
{
	uint32_t encap = ul ? get_u32(ul, SDWAN_A_UNDERLAY_ENCAP) : 0;

	return encap ? encap : SDWAN_ENCAP_GENEVE;
}

static uint32_t encap_of_path(struct world *w, struct obj *o)
{
	uint32_t encap = get_u32(o, SDWAN_A_PATH_ENCAP);

	if (encap)
		return encap;
	return encap_of_underlay(find_named(w, UNDERLAY,
					    get_str(o, SDWAN_A_PATH_UNDERLAY)));
}

/* ---- underlays ---- */

void fill_underlay(struct nl_msg *msg, struct world *w, struct obj *o)
{
	uint32_t encap = encap_of_underlay(o);

	nla_put_u32(msg, SDWAN_A_UNDERLAY_IFINDEX, 7);
	if (port_of(encap))
		put_default_u16(msg, o, SDWAN_A_UNDERLAY_PORT, port_of(encap));
	put_default_u32(msg, o, SDWAN_A_UNDERLAY_ENCAP, encap);
	put_default_u32(msg, o, SDWAN_A_UNDERLAY_COST, 0);
	if (!find_attr(o, SDWAN_A_UNDERLAY_RATE))
		nla_put_u64(msg, SDWAN_A_UNDERLAY_RATE, 0);
	put_default_u32(msg, o, SDWAN_A_UNDERLAY_PROBE, 0);
	put_default_u32(msg, o, SDWAN_A_UNDERLAY_PROBE_INTERVAL, 0);
	put_default_u32(msg, o, SDWAN_A_UNDERLAY_PROBE_IDLE_INTERVAL, 0);
	put_default_u8(msg, o, SDWAN_A_UNDERLAY_PROBE_MULT, 0);
	put_default_u32(msg, o, SDWAN_A_UNDERLAY_PROBE_HOLD, 0);
	put_default_u32(msg, o, SDWAN_A_UNDERLAY_PROBE_MTU, 0);
	put_default_u32(msg, o, SDWAN_A_UNDERLAY_PROBE_RAISE, 0);
	put_default_u32(msg, o, SDWAN_A_UNDERLAY_DEGRADED_LATENCY, 0);
	put_default_u32(msg, o, SDWAN_A_UNDERLAY_DEGRADED_JITTER, 0);
	put_default_u32(msg, o, SDWAN_A_UNDERLAY_DEGRADED_LOSS, 0);
	put_default_u8(msg, o, SDWAN_A_UNDERLAY_DEGRADED_MARGIN, 0);
	nla_put_u32(msg, SDWAN_A_UNDERLAY_STATE, SDWAN_PATH_STATE_UP);
	nla_put_u32(msg, SDWAN_A_UNDERLAY_STATE_REASON,
		    SDWAN_STATE_REASON_NONE);
	nla_put_u32(msg, SDWAN_A_UNDERLAY_PATHS,
		    count_paths(w, SDWAN_A_PATH_UNDERLAY,
				get_str(o, SDWAN_A_UNDERLAY_NAME)));
}

int check_underlay(struct call *c)
{
	struct nlattr *encap = c->tb[SDWAN_A_UNDERLAY_ENCAP];
	struct nlattr *port = c->tb[SDWAN_A_UNDERLAY_PORT];

	if (encap && port && !port_of(nla_get_u32(encap)))
		return refuse(c, EINVAL, "this encapsulation has no ports",
			      port);
	return 0;
}

/* ---- paths ---- */

static uint16_t dstport(struct world *w, struct obj *o)
{
	uint32_t encap = encap_of_path(w, o);
	struct nlattr *port = NULL;
	struct obj *ul;

	ul = find_named(w, UNDERLAY, get_str(o, SDWAN_A_PATH_UNDERLAY));
	if (ul && encap_of_underlay(ul) == encap)
		port = find_attr(ul, SDWAN_A_UNDERLAY_PORT);
	return port ? nla_get_u16(port) : port_of(encap);
}

/* What an encapsulation does not have, it does not tell either. */
static void fill_outer(struct nl_msg *msg, struct world *w, struct obj *o)
{
	static const uint8_t local[16] = {
		[10] = 0xff, [11] = 0xff, [12] = 192, [14] = 2, [15] = 1,
	};
	uint16_t port = dstport(w, o);

	if (encap_of_path(w, o) == SDWAN_ENCAP_DEV)
		return;
	nla_put(msg, SDWAN_A_PATH_LOCAL, 16, local);
	put_default_u8(msg, o, SDWAN_A_PATH_DSCP, SDWAN_DSCP_COPY);
	put_default_u8(msg, o, SDWAN_A_PATH_TTL, 0);
	put_default_u32(msg, o, SDWAN_A_PATH_DF, SDWAN_DF_SET);
	put_default_u32(msg, o, SDWAN_A_PATH_FWMARK, 0);
	if (!port)
		return;
	put_default_u16(msg, o, SDWAN_A_PATH_DSTPORT, port);
	put_default_u32(msg, o, SDWAN_A_PATH_UDP_CSUM, SDWAN_UDP_CSUM_AUTO);
}

/* What the far end has told. */
static void fill_far(struct nl_msg *msg)
{
	struct nlattr *nest = nla_nest_start(msg, SDWAN_A_PATH_FAR);

	nla_put_u32(msg, SDWAN_A_FAR_AGE, 1500);
	nla_put_u32(msg, SDWAN_A_FAR_RTT, 20500);
	nla_put_u32(msg, SDWAN_A_FAR_PROBE_LOSS_RX, 777);
	nla_put_u64(msg, SDWAN_A_FAR_TX_RATE, 16000);
	nla_nest_end(msg, nest);
}

/* What both have agreed on. */
static void fill_agreement(struct nl_msg *msg)
{
	struct nlattr *nest = nla_nest_start(msg, SDWAN_A_PATH_AGREEMENT);

	nla_put_u32(msg, SDWAN_A_AGREEMENT_ROLE,
		    SDWAN_AGREEMENT_ROLE_FOLLOWER);
	nla_put_u32(msg, SDWAN_A_AGREEMENT_POLICIES, 12);
	nla_put_u8(msg, SDWAN_A_AGREEMENT_AGREED, 1);
	nla_put_u32(msg, SDWAN_A_AGREEMENT_DISAGREEMENTS, 4);
	nla_put_u64(msg, SDWAN_A_AGREEMENT_DISAGREEMENT_TIME, 5678);
	nla_put_u32(msg, SDWAN_A_AGREEMENT_UNKNOWN, 2);
	nla_nest_end(msg, nest);
}

/* What is measured only while it is asked for. */
static void fill_probe(struct nl_msg *msg, struct obj *o)
{
	uint32_t probe = get_u32(o, SDWAN_A_PATH_PROBE);

	put_default_u32(msg, o, SDWAN_A_PATH_PROBE, 0);
	put_default_u32(msg, o, SDWAN_A_PATH_PROBE_INTERVAL, 0);
	put_default_u32(msg, o, SDWAN_A_PATH_PROBE_IDLE_INTERVAL, 0);
	put_default_u8(msg, o, SDWAN_A_PATH_PROBE_MULT, 0);
	put_default_u32(msg, o, SDWAN_A_PATH_PROBE_HOLD, 0);
	put_default_u32(msg, o, SDWAN_A_PATH_PROBE_MTU, 0);
	put_default_u32(msg, o, SDWAN_A_PATH_PROBE_RAISE, 0);
	put_default_u32(msg, o, SDWAN_A_PATH_DEGRADED_LATENCY, 0);
	put_default_u32(msg, o, SDWAN_A_PATH_DEGRADED_JITTER, 0);
	put_default_u32(msg, o, SDWAN_A_PATH_DEGRADED_LOSS, 0);
	put_default_u8(msg, o, SDWAN_A_PATH_DEGRADED_MARGIN, 0);
	if (probe != SDWAN_PROBE_MODE_TUNNEL) {
		nla_put_u32(msg, SDWAN_A_PATH_PROBE_ACTIVE,
			    SDWAN_PROBE_MODE_OFF);
		return;
	}
	nla_put_u32(msg, SDWAN_A_PATH_PROBE_ACTIVE, probe);
	nla_put_u32(msg, SDWAN_A_PATH_RTT, 20250);
	nla_put_u32(msg, SDWAN_A_PATH_RTT_VAR, 310);
	nla_put_u32(msg, SDWAN_A_PATH_PROBE_LOSS_TX, 1234);
	nla_put_u64(msg, SDWAN_A_PATH_PROBES_SENT, 100);
	nla_put_u32(msg, SDWAN_A_PATH_PMTU_STATE, SDWAN_PMTU_STATE_FOUND);
	nla_put_u32(msg, SDWAN_A_PATH_PMTU, 1400);
	nla_put_u32(msg, SDWAN_A_PATH_HEARD_AGE, 42);
	nla_put_u32(msg, SDWAN_A_PATH_CLASSES, 3);
	nla_put_u64(msg, SDWAN_A_PATH_TX_RATE, 8000);
	nla_put_u32(msg, SDWAN_A_PATH_DATA_LOSS_TX, 2500);
	nla_put_u64(msg, SDWAN_A_PATH_DATA_LOST_TX, 17);
	fill_far(msg);
	fill_agreement(msg);
}

/* The far end was heard an hour ago. */
static void fill_nat(struct nl_msg *msg, struct obj *o)
{
	static const uint8_t addr[16] = {
		[10] = 0xff, [11] = 0xff, 203, 0, 113, 7,
	};
	struct nlattr *nat = find_attr(o, SDWAN_A_PATH_NAT);

	put_default_u8(msg, o, SDWAN_A_PATH_NAT, 0);
	if (!nat || !nla_get_u8(nat))
		return;
	nla_put(msg, SDWAN_A_PATH_LEARNED_REMOTE, sizeof(addr), addr);
	nla_put_u16(msg, SDWAN_A_PATH_LEARNED_PORT, 40000);
	nla_put_u64(msg, SDWAN_A_PATH_LEARNED_AGE, 3600000);
}

void fill_path(struct nl_msg *msg, struct world *w, struct obj *o)
{
	struct nlattr *admin = find_attr(o, SDWAN_A_PATH_ADMIN);
	bool up = !admin || nla_get_u8(admin);

	fill_outer(msg, w, o);
	fill_probe(msg, o);
	put_default_u32(msg, o, SDWAN_A_PATH_ENCAP, encap_of_path(w, o));
	put_default_u32(msg, o, SDWAN_A_PATH_PREFERENCE, 100);
	put_default_u8(msg, o, SDWAN_A_PATH_ADMIN, 1);
	put_default_u32(msg, o, SDWAN_A_PATH_KIND, SDWAN_PATH_KIND_DIRECT);
	put_default_u32(msg, o, SDWAN_A_PATH_MTU_CLAMP, 0);
	put_default_u8(msg, o, SDWAN_A_PATH_MSS_CLAMP, 0);
	fill_nat(msg, o);
	nla_put_u8(msg, SDWAN_A_PATH_ON_DEMAND, 0);
	nla_put_u32(msg, SDWAN_A_PATH_STATE,
		    up ? SDWAN_PATH_STATE_UP : SDWAN_PATH_STATE_DOWN);
	nla_put_u32(msg, SDWAN_A_PATH_STATE_REASON,
		    up ? SDWAN_STATE_REASON_NONE : SDWAN_STATE_REASON_ADMIN);
	nla_put_u64(msg, SDWAN_A_PATH_STATE_AGE, 1500);
	nla_put_u32(msg, SDWAN_A_PATH_MTU, 1464);
	nla_put_u64(msg, SDWAN_A_PATH_TX_PACKETS, 11);
	nla_put_u64(msg, SDWAN_A_PATH_TX_BYTES, 0x100000001ULL);
	nla_put_u64(msg, SDWAN_A_PATH_RX_PACKETS, 13);
	nla_put_u64(msg, SDWAN_A_PATH_RX_BYTES, 14);
	nla_put_u64(msg, SDWAN_A_PATH_TX_ERRORS, 1);
	nla_put_u64(msg, SDWAN_A_PATH_RX_ERRORS, 2);
	nla_put_u64(msg, SDWAN_A_PATH_RX_DUPLICATES, 3);
}

/* What does not go with an encapsulation, and what must be said. */
static int check_attrs(struct call *c, uint32_t encap, bool new)
{
	bool dev = encap == SDWAN_ENCAP_DEV;
	attr_mask bad = dev ? 0 : A(PATH, VNI);
	int id, need = dev ? SDWAN_A_PATH_VNI : SDWAN_A_PATH_REMOTE;

	if (!port_of(encap))
		bad |= A(PATH, DSTPORT) | A(PATH, UDP_CSUM);
	if (dev)
		bad |= A(PATH, REMOTE) | A(PATH, DSCP) | A(PATH, TTL) |
		       A(PATH, DF) | A(PATH, FWMARK);
	for (id = 1; id <= SDWAN_A_PATH_MAX; id++)
		if (c->tb[id] && bad & BIT(id))
			return refuse(c, EINVAL,
				      "this encapsulation does not have it",
				      c->tb[id]);
	if (c->tb[SDWAN_A_PATH_NAT] && nla_get_u8(c->tb[SDWAN_A_PATH_NAT]) &&
	    !dev)
		return 0;
	if (new && !c->tb[need]) {
		c->missing = need;
		return refuse(c, EINVAL, "this encapsulation needs it", NULL);
	}
	return 0;
}

static bool same_remote(struct obj *o, struct nlattr *remote)
{
	struct nlattr *theirs = find_attr(o, SDWAN_A_PATH_REMOTE);

	if (!remote || !theirs)
		return !remote && !theirs;
	return !memcmp(nla_data(theirs), nla_data(remote), 16);
}

/* Underlay, encapsulation and remote address together are unique. */
static int check_place(struct call *c, const char *ul, uint32_t encap,
		       const struct obj *self)
{
	struct nlattr *remote = c->tb[SDWAN_A_PATH_REMOTE];
	uint32_t i;

	for (i = 0; i < c->w->n; i++) {
		struct obj *o = &c->w->obj[i];

		if (o->kind == PATH && o != self &&
		    !strcmp(get_str(o, SDWAN_A_PATH_UNDERLAY), ul) &&
		    encap_of_path(c->w, o) == encap && same_remote(o, remote))
			return refuse(c, EEXIST, "another path is there",
				      remote);
	}
	return 0;
}

int check_path(struct call *c, struct obj *self)
{
	struct nlattr *peer = c->tb[SDWAN_A_PATH_PEER];
	struct nlattr *ul = c->tb[SDWAN_A_PATH_UNDERLAY];
	struct nlattr *encap = c->tb[SDWAN_A_PATH_ENCAP];
	struct obj *below = NULL;
	uint32_t e;
	int ret;

	if (peer && !find_named(c->w, PEER, nla_get_string(peer)))
		return refuse(c, ENOENT, "there is no such peer", peer);
	if (ul)
		below = find_named(c->w, UNDERLAY, nla_get_string(ul));
	if (ul && !below)
		return refuse(c, ENOENT, "there is no such underlay", ul);
	if (encap)
		e = nla_get_u32(encap);
	else
		e = self ? encap_of_path(c->w, self) : encap_of_underlay(below);
	ret = check_attrs(c, e, ul);
	if (ret || !ul)
		return ret;
	return check_place(c, nla_get_string(ul), e, self);
}
