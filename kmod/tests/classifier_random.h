/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: rules and packets at random
 */
#ifndef _SDWAN_CLASSIFIER_RANDOM_H
#define _SDWAN_CLASSIFIER_RANDOM_H

#include <linux/prandom.h>

#include "classifier_test.h"

/* Those below @n. */
static inline u32 any_of(struct rnd_state *rnd, unsigned int n)
{
	return prandom_u32_state(rnd) % n;
}

static inline bool one_in(struct rnd_state *rnd, unsigned int n)
{
	return !any_of(rnd, n);
}

/* Addresses are few, so that rules and packets meet. */
static inline void random_addr(struct rnd_state *rnd, struct in6_addr *addr,
			       bool ipv6)
{
	u32 a = any_of(rnd, 16) << 16, b = any_of(rnd, 64), c = any_of(rnd, 256);

	if (ipv6)
		ipv6_addr_set(addr, htonl(0xfd000000 | a | (b & 3)),
			      htonl(b << 2), 0, htonl(c));
	else
		ipv6_addr_set_v4mapped(htonl(0x0a000000 | a | b << 8 | c),
				       addr);
}

static inline void random_iif(struct rnd_state *rnd, char *iif)
{
	memset(iif, 0, IFNAMSIZ);
	snprintf(iif, IFNAMSIZ, one_in(rnd, 2) ? "eth%u" : "longdevname%u",
		 any_of(rnd, 3));
}

static inline u8 random_proto(struct rnd_state *rnd)
{
	static const u8 protos[] = { IPPROTO_TCP, IPPROTO_UDP, IPPROTO_ICMP,
				     IPPROTO_GRE };

	return protos[any_of(rnd, ARRAY_SIZE(protos))];
}

static inline void random_prefix(struct rnd_state *rnd, struct in6_addr *prefix,
				 u8 *plen, bool ipv6)
{
	static const u8 plens[2][10] = {
		{ 0, 104, 108, 112, 114, 116, 120, 121, 124, 128 },
		{ 7, 8, 16, 30, 32, 48, 61, 63, 64, 128 },
	};
	struct in6_addr addr;

	memset(prefix, 0, sizeof(*prefix));
	*plen = 0;
	if (one_in(rnd, 8))
		return;
	/* long ones are more frequent */
	*plen = plens[ipv6][max(any_of(rnd, 10), any_of(rnd, 10))];
	if (!*plen && one_in(rnd, 2)) {
		*plen = 96;
		ipv6_addr_set_v4mapped(0, prefix);
	} else if (*plen) {
		random_addr(rnd, &addr, ipv6);
		ipv6_addr_prefix(prefix, &addr, *plen);
	}
}

static inline void random_ports(struct rnd_state *rnd,
				struct sdwan_ports *ports)
{
	unsigned int port = any_of(rnd, 200), width;

	switch (any_of(rnd, 6)) {
	case 0:
	case 1:		/* one port */
		ports->n = 1;
		ports->range[0].min = port;
		ports->range[0].max = port;
		break;
	case 2:		/* one range */
		ports->n = 1;
		ports->range[0].min = port;
		ports->range[0].max = one_in(rnd, 4) ? U16_MAX :
				      port + any_of(rnd, 30);
		break;
	case 3:		/* many of either */
		for (; ports->n < 1 + any_of(rnd, SDWAN_PORTS_MAX);
		     ports->n++) {
			width = one_in(rnd, 2) ? 0 : any_of(rnd, 20);
			ports->range[ports->n].min = port;
			ports->range[ports->n].max = port + width;
			port += width + 1 + any_of(rnd, 20);
		}
		break;
	}
}

/* Some parts of a frame that there is. The ethertype of IP is none of them. */
static inline void random_parts(struct rnd_state *rnd,
				struct sdwan_frame *parts)
{
	const struct sdwan_frame *frame = &pool.frame[any_of(rnd, FRAMES)];

	*parts = *frame;
	parts->has &= any_of(rnd, 64);
	if (frame->type == ETH_P_IP)
		parts->has &= ~SDWAN_FRAME_TYPE;
}

static inline void random_match(struct rnd_state *rnd,
				struct sdwan_match *match)
{
	static const u32 masks[] = { 0xff, 0xff00, 0xf, U32_MAX };
	bool ipv6 = one_in(rnd, 3);

	memset(match, 0, sizeof(*match));
	match->dscp = SDWAN_DSCP_ANY;
	/* what is no IP packet has no addresses */
	if (one_in(rnd, 16)) {
		do {
			random_parts(rnd, &match->frame);
		} while (!(match->frame.has & SDWAN_FRAME_TYPE));
		random_iif(rnd, match->iif);
		return;
	}
	/* rules that match most of everything would hide all others */
	do {
		random_prefix(rnd, &match->from, &match->from_plen, ipv6);
		random_prefix(rnd, &match->to, &match->to_plen, ipv6);
	} while (max(match->from_plen, match->to_plen) < (ipv6 ? 61 : 120));
	if (one_in(rnd, 2))
		match->proto = random_proto(rnd);
	if (one_in(rnd, 4))
		match->vni = 100 + any_of(rnd, 4);
	if (one_in(rnd, 16))
		match->dscp = any_of(rnd, 64);
	if (one_in(rnd, 16)) {
		match->mark_mask = masks[any_of(rnd, ARRAY_SIZE(masks))];
		match->mark = any_of(rnd, 4) * 0x101 & match->mark_mask;
	}
	if (one_in(rnd, 16))
		random_iif(rnd, match->iif);
	if (one_in(rnd, 4))
		random_parts(rnd, &match->frame);
	if (one_in(rnd, 16))
		match->prog = pool.prog[any_of(rnd, PROGS)];
	random_ports(rnd, &match->dport);
	if (one_in(rnd, 8))
		random_ports(rnd, &match->sport);
}

/* Preferences are all different and in no order. */
static inline void random_rule(struct rnd_state *rnd, struct rule *rule,
			       unsigned int i)
{
	random_match(rnd, &rule->match);
	rule->node.match = &rule->match;
	rule->node.pref = (i * 48271) % 65536;
	rule->state = OUT;
}

static inline void random_rules(struct rule *rules, unsigned int n, u64 seed)
{
	struct rnd_state rnd;
	unsigned int i;

	prandom_seed_state(&rnd, seed);
	for (i = 0; i < n; i++)
		random_rule(&rnd, &rules[i], i);
}

/* A frame around the packet, which then may be none of IP. */
static inline void random_frame(struct rnd_state *rnd,
				struct sdwan_headers *headers,
				const struct sdwan_frame *frame)
{
	headers->frame = frame;
	headers->other = frame->type != ETH_P_IP;
	headers->foreign = headers->other ||
			   (frame->has & SDWAN_FRAME_VLAN && one_in(rnd, 2));
}

static inline void random_headers(struct rnd_state *rnd,
				  struct sdwan_headers *headers)
{
	memset(headers, 0, sizeof(*headers));
	random_addr(rnd, &headers->saddr, one_in(rnd, 3));
	random_addr(rnd, &headers->daddr,
		    !ipv6_addr_v4mapped(&headers->saddr));
	headers->vni = 100 + any_of(rnd, 5);
	headers->mark = any_of(rnd, 4) * 0x101;
	headers->proto = random_proto(rnd);
	headers->dscp = one_in(rnd, 2) ? 0 : any_of(rnd, 64);
	headers->has_ports = !one_in(rnd, 8);
	if (headers->has_ports) {
		headers->sport = any_of(rnd, 250);
		headers->dport = any_of(rnd, 250);
	}
	if (!one_in(rnd, 4))
		random_iif(rnd, headers->iif);
	if (one_in(rnd, 2))
		random_frame(rnd, headers, &pool.frame[any_of(rnd, FRAMES)]);
	if (!one_in(rnd, 8))
		headers->skb = pool.skb[any_of(rnd, SKBS)];
}

static inline void meet_prefix(struct in6_addr *addr, const struct in6_addr *prefix,
			       u8 plen)
{
	unsigned int i;
	u8 mask;

	for (i = 0; i < plen; i += 8) {
		mask = plen - i < 8 ? 0xff00 >> (plen - i) : 0xff;
		addr->s6_addr[i / 8] = (addr->s6_addr[i / 8] & ~mask) |
				       (prefix->s6_addr[i / 8] & mask);
	}
}

static inline void meet_ports(struct rnd_state *rnd, u16 *port,
			      const struct sdwan_ports *ports)
{
	const struct sdwan_port_range *range;

	if (!ports->n)
		return;
	range = &ports->range[any_of(rnd, ports->n)];
	*port = range->min + any_of(rnd, range->max - range->min + 1);
}

static inline void meet_frame(struct rnd_state *rnd,
			      struct sdwan_headers *headers,
			      const struct sdwan_frame *parts)
{
	unsigned int i, first = any_of(rnd, FRAMES);
	const struct sdwan_frame *frame;

	for (i = 0; i < FRAMES; i++) {
		frame = &pool.frame[(first + i) % FRAMES];
		if (!(parts->has & ~frame->has) &&
		    (!(parts->has & SDWAN_FRAME_TYPE) ||
		     parts->type == frame->type) &&
		    (!(parts->has & SDWAN_FRAME_SMAC) ||
		     parts->smac == frame->smac) &&
		    (!(parts->has & SDWAN_FRAME_VLAN) ||
		     parts->vlan == frame->vlan))
			break;
	}
	random_frame(rnd, headers, frame);
}

/* A packet that a rule matches, or nearly so. */
static inline void meeting_headers(struct rnd_state *rnd,
				   struct sdwan_headers *headers,
				   const struct sdwan_match *match)
{
	random_headers(rnd, headers);
	if (!one_in(rnd, 16))
		meet_prefix(&headers->saddr, &match->from, match->from_plen);
	if (!one_in(rnd, 16))
		meet_prefix(&headers->daddr, &match->to, match->to_plen);
	if (match->proto && !one_in(rnd, 16))
		headers->proto = match->proto;
	if (match->vni && !one_in(rnd, 16))
		headers->vni = match->vni;
	if (match->dscp != SDWAN_DSCP_ANY && !one_in(rnd, 16))
		headers->dscp = match->dscp;
	if (!one_in(rnd, 16))
		headers->mark = (headers->mark & ~match->mark_mask) |
				match->mark;
	if (match->iif[0] && !one_in(rnd, 16))
		memcpy(headers->iif, match->iif, IFNAMSIZ);
	if (match->frame.has && !one_in(rnd, 16))
		meet_frame(rnd, headers, &match->frame);
	if (one_in(rnd, 16))
		return;
	headers->has_ports = true;
	meet_ports(rnd, &headers->sport, &match->sport);
	meet_ports(rnd, &headers->dport, &match->dport);
}

static inline void mixed_headers(struct rnd_state *rnd, struct sdwan_headers *headers,
				 const struct rule *rules, unsigned int n)
{
	if (one_in(rnd, 4))
		random_headers(rnd, headers);
	else
		meeting_headers(rnd, headers, &rules[any_of(rnd, n)].match);
}

#endif /* _SDWAN_CLASSIFIER_RANDOM_H */
