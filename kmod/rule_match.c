// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: what a rule matches, as attributes
 *
 * Where rules are asked, they see a packet from its IP header on. Only where a
 * LAN of mode direct receives it, there is a frame around it, or one without a
 * packet of IP.
 */
#include <linux/etherdevice.h>
#include <linux/if_vlan.h>
#include <net/mpls.h>

#include "addr.h"
#include "dissect.h"
#include "object.h"
#include "rule.h"
#include "rule_match.h"

static int sdwan_rule_origin(struct sdwan_change *chg,
			     struct sdwan_match *match)
{
	const struct nlattr *iif = chg->attrs[SDWAN_A_RULE_IIF];
	const struct nlattr *vni = chg->attrs[SDWAN_A_RULE_VNI];

	if (iif) {
		nla_strscpy(match->iif, iif, sizeof(match->iif));
		if (!dev_valid_name(match->iif))
			return sdwan_refuse(chg, SDWAN_A_RULE_IIF, -EINVAL,
					    "there can be no device of this name");
	}
	if (vni)
		match->vni = nla_get_u32(vni);
	return 0;
}

/* One of the prefixes of a rule, and the attributes it is read from. */
struct sdwan_rule_prefix {
	struct in6_addr *addr;
	u8 *plen;
	bool *present;
	u16 attr;
	u16 plen_attr;
};

static int sdwan_rule_prefix(struct sdwan_change *chg,
			     const struct sdwan_rule_prefix *prefix)
{
	const struct nlattr *attr = chg->attrs[prefix->attr];
	const struct nlattr *plen_attr = chg->attrs[prefix->plen_attr];
	struct in6_addr masked;
	u8 plen;

	if (!attr && plen_attr)
		return sdwan_refuse(chg, prefix->plen_attr, -EINVAL,
				    "a length without its prefix");
	if (!attr)
		return 0;
	if (!plen_attr)
		return sdwan_missing(chg, prefix->plen_attr,
				     "the length of the prefix is missing");

	*prefix->addr = nla_get_in6_addr(attr);
	plen = nla_get_u8(plen_attr);
	if (ipv6_addr_v4mapped(prefix->addr)) {
		if (plen > 32)
			return sdwan_refuse(chg, prefix->plen_attr, -EINVAL,
					    "an IPv4 prefix has at most 32 bits");
		plen += SDWAN_V4_PLEN;
	}
	ipv6_addr_prefix(&masked, prefix->addr, plen);
	if (!ipv6_addr_equal(&masked, prefix->addr))
		return sdwan_refuse(chg, prefix->attr, -EINVAL,
				    "the prefix has bits beyond its length");

	*prefix->plen = plen;
	*prefix->present = true;
	return 0;
}

/* The family of the packets of an ethertype, 0 for those that are not of IP. */
static u8 sdwan_rule_ethertype_family(u16 type)
{
	switch (type) {
	case ETH_P_IP:
		return AF_INET;
	case ETH_P_IPV6:
		return AF_INET6;
	}
	return 0;
}

static int sdwan_rule_family(struct sdwan_change *chg,
			     struct sdwan_rule_cfg *cfg)
{
	struct sdwan_match *match = &cfg->match;
	int attr = SDWAN_A_RULE_FROM;

	match->family = sdwan_rule_ethertype_family(cfg->ethertype);
	if (match->family &&
	    ((cfg->has_from &&
	      sdwan_addr_family(&match->from) != match->family) ||
	     (cfg->has_to && sdwan_addr_family(&match->to) != match->family)))
		return sdwan_refuse(chg, SDWAN_A_RULE_ETHERTYPE, -EINVAL,
				    "the prefix is of another family than the ethertype");
	if (cfg->has_from)
		match->family = sdwan_addr_family(&match->from);
	if (cfg->has_to && cfg->has_from &&
	    sdwan_addr_family(&match->to) != match->family) {
		if (chg->attrs[SDWAN_A_RULE_TO])
			attr = SDWAN_A_RULE_TO;
		return sdwan_refuse(chg, attr, -EINVAL,
				    "the prefixes of a rule are of one family");
	}
	if (cfg->has_to)
		match->family = sdwan_addr_family(&match->to);
	return 0;
}

static int sdwan_rule_prefixes(struct sdwan_change *chg,
			       struct sdwan_rule_cfg *cfg)
{
	const struct sdwan_rule_prefix from = {
		.addr = &cfg->match.from,
		.plen = &cfg->match.from_plen,
		.present = &cfg->has_from,
		.attr = SDWAN_A_RULE_FROM,
		.plen_attr = SDWAN_A_RULE_FROM_PLEN,
	};
	const struct sdwan_rule_prefix to = {
		.addr = &cfg->match.to,
		.plen = &cfg->match.to_plen,
		.present = &cfg->has_to,
		.attr = SDWAN_A_RULE_TO,
		.plen_attr = SDWAN_A_RULE_TO_PLEN,
	};
	int err;

	err = sdwan_rule_prefix(chg, &from);
	if (!err)
		err = sdwan_rule_prefix(chg, &to);
	if (!err)
		err = sdwan_rule_family(chg, cfg);
	return err;
}

static int sdwan_rule_ports(struct sdwan_change *chg, int type,
			    struct sdwan_ports *ports)
{
	const struct nlattr *attr = chg->attrs[type];
	struct sdwan_port_range *range = ports->range;
	unsigned int i;

	if (!attr)
		return 0;
	if (!nla_len(attr) || nla_len(attr) % sizeof(*range))
		return sdwan_refuse(chg, type, -EINVAL,
				    "a range of ports is two numbers of 16 bits");
	if (nla_len(attr) > sizeof(ports->range))
		return sdwan_refuse(chg, type, -E2BIG,
				    "a rule has at most 16 ranges of ports");

	memset(ports, 0, sizeof(*ports));
	ports->n = nla_len(attr) / sizeof(*range);
	memcpy(range, nla_data(attr), nla_len(attr));
	for (i = 0; i < ports->n; i++) {
		if (range[i].min > range[i].max)
			return sdwan_refuse(chg, type, -EINVAL,
					    "a range of ports ends before it begins");
		if (i && range[i].min <= range[i - 1].max)
			return sdwan_refuse(chg, type, -EINVAL,
					    "ranges of ports are ascending and do not overlap");
	}
	return 0;
}

static int sdwan_rule_transport(struct sdwan_change *chg,
				struct sdwan_match *match)
{
	const struct nlattr *proto = chg->attrs[SDWAN_A_RULE_PROTO];
	int attr = SDWAN_A_RULE_PROTO;
	int err;

	if (proto)
		match->proto = nla_get_u8(proto);
	err = sdwan_rule_ports(chg, SDWAN_A_RULE_SPORT, &match->sport);
	if (!err)
		err = sdwan_rule_ports(chg, SDWAN_A_RULE_DPORT, &match->dport);
	if (err)
		return err;

	if ((!match->sport.n && !match->dport.n) ||
	    sdwan_proto_has_ports(match->proto))
		return 0;
	if (chg->attrs[SDWAN_A_RULE_SPORT])
		attr = SDWAN_A_RULE_SPORT;
	else if (chg->attrs[SDWAN_A_RULE_DPORT])
		attr = SDWAN_A_RULE_DPORT;
	return sdwan_refuse(chg, attr, -EINVAL,
			    "ports are those of TCP, UDP, UDP-Lite, SCTP or DCCP");
}

/**
 * sdwan_rule_mark() - read a mark and its mask
 * @chg: request
 * @attr: attribute of the mark
 * @mask_attr: attribute of the mask
 * @mark: result; stays where both are absent
 * @mask: likewise; 0 is that of no mark
 *
 * Return: 0 or -EINVAL.
 */
int sdwan_rule_mark(struct sdwan_change *chg, int attr, int mask_attr,
		    u32 *mark, u32 *mask)
{
	if (chg->attrs[mask_attr] && !chg->attrs[attr] && !*mask)
		return sdwan_refuse(chg, mask_attr, -EINVAL,
				    "a mask without its mark");

	if (chg->attrs[attr]) {
		*mark = nla_get_u32(chg->attrs[attr]);
		*mask = *mask ?: U32_MAX;
	}
	if (chg->attrs[mask_attr])
		*mask = nla_get_u32(chg->attrs[mask_attr]);
	if (*mark & ~*mask)
		return sdwan_refuse(chg, chg->attrs[attr] ? attr : mask_attr,
				    -EINVAL, "the mark has bits outside of its mask");
	return 0;
}

static void sdwan_rule_match_frame(struct sdwan_change *chg,
				   struct sdwan_rule_cfg *cfg)
{
	const struct nlattr *vlan = chg->attrs[SDWAN_A_RULE_VLAN];
	const struct nlattr *pcp = chg->attrs[SDWAN_A_RULE_PCP];
	const struct nlattr *smac = chg->attrs[SDWAN_A_RULE_SMAC];
	const struct nlattr *dmac = chg->attrs[SDWAN_A_RULE_DMAC];
	const struct nlattr *mpls = chg->attrs[SDWAN_A_RULE_MPLS];
	struct sdwan_frame *frame = &cfg->match.frame;

	if (vlan) {
		frame->vlan = nla_get_u16(vlan);
		frame->has |= SDWAN_FRAME_VLAN;
	}
	if (pcp) {
		frame->pcp = nla_get_u8(pcp);
		frame->has |= SDWAN_FRAME_PCP;
	}
	if (smac) {
		frame->smac = ether_addr_to_u64(nla_data(smac));
		frame->has |= SDWAN_FRAME_SMAC;
	}
	if (dmac) {
		frame->dmac = ether_addr_to_u64(nla_data(dmac));
		frame->has |= SDWAN_FRAME_DMAC;
	}
	if (mpls) {
		frame->mpls = nla_get_u32(mpls);
		frame->has |= SDWAN_FRAME_MPLS;
	}
}

/* Those of IP are seen of packets too; of any other one, only of frames. */
static int sdwan_rule_match_type(struct sdwan_change *chg,
				 struct sdwan_rule_cfg *cfg)
{
	const struct nlattr *attr = chg->attrs[SDWAN_A_RULE_ETHERTYPE];
	struct sdwan_frame *frame = &cfg->match.frame;

	if (!attr)
		return 0;
	cfg->ethertype = nla_get_u16(attr);
	if (eth_type_vlan(htons(cfg->ethertype)))
		return sdwan_refuse(chg, SDWAN_A_RULE_ETHERTYPE, -EINVAL,
				    "a VLAN tag is matched by vlan and pcp, the ethertype is the one behind it");
	frame->has &= ~SDWAN_FRAME_TYPE;
	frame->type = 0;
	if (sdwan_rule_ethertype_family(cfg->ethertype))
		return 0;
	frame->type = cfg->ethertype;
	frame->has |= SDWAN_FRAME_TYPE;
	return 0;
}

/* What is no packet of IP has nothing of it. */
static int sdwan_rule_match_suits(struct sdwan_change *chg,
				  const struct sdwan_rule_cfg *cfg)
{
	const struct sdwan_match *match = &cfg->match;
	const struct sdwan_frame *frame = &match->frame;
	int attr = SDWAN_A_RULE_ETHERTYPE;

	if (frame->has & SDWAN_FRAME_MPLS) {
		attr = SDWAN_A_RULE_MPLS;
		if (cfg->ethertype && !eth_p_mpls(htons(cfg->ethertype)))
			return sdwan_refuse(chg, attr, -EINVAL,
					    "frames of this ethertype have no label");
	} else if (!(frame->has & SDWAN_FRAME_TYPE)) {
		return 0;
	}
	if (match->family || match->proto || match->dscp != SDWAN_DSCP_ANY)
		return sdwan_refuse(chg, attr, -EINVAL,
				    "prefix, protocol, ports and DSCP are those of IP packets");
	return 0;
}

/**
 * sdwan_rule_match_parse() - read what a rule matches, but for its program
 * @chg: request
 * @cfg: result; what is absent stays
 *
 * Return: 0 or a negative error.
 */
int sdwan_rule_match_parse(struct sdwan_change *chg, struct sdwan_rule_cfg *cfg)
{
	const struct nlattr *dscp = chg->attrs[SDWAN_A_RULE_DSCP];
	struct sdwan_match *match = &cfg->match;
	int err;

	err = sdwan_rule_origin(chg, match);
	if (!err)
		err = sdwan_rule_match_type(chg, cfg);
	if (!err)
		err = sdwan_rule_prefixes(chg, cfg);
	if (!err)
		err = sdwan_rule_transport(chg, match);
	if (!err)
		err = sdwan_rule_mark(chg, SDWAN_A_RULE_MARK,
				      SDWAN_A_RULE_MARK_MASK, &match->mark,
				      &match->mark_mask);
	if (err)
		return err;
	if (dscp)
		match->dscp = nla_get_u8(dscp);
	sdwan_rule_match_frame(chg, cfg);
	return sdwan_rule_match_suits(chg, cfg);
}

static int sdwan_rule_fill_prefix(struct sk_buff *skb, int attr, int plen_attr,
				  const struct in6_addr *addr, u8 plen)
{
	if (ipv6_addr_v4mapped(addr))
		plen -= SDWAN_V4_PLEN;
	return nla_put_in6_addr(skb, attr, addr) ?:
	       nla_put_u8(skb, plen_attr, plen);
}

static int sdwan_rule_fill_ports(struct sk_buff *skb, int attr,
				 const struct sdwan_ports *ports)
{
	if (!ports->n)
		return 0;
	return nla_put(skb, attr, ports->n * sizeof(ports->range[0]),
		       ports->range);
}

static int sdwan_rule_fill_mac(struct sk_buff *skb, int attr, u64 mac)
{
	u8 addr[ETH_ALEN];

	u64_to_ether_addr(mac, addr);
	return nla_put(skb, attr, sizeof(addr), addr);
}

static int sdwan_rule_fill_frame(struct sk_buff *skb,
				 const struct sdwan_rule_cfg *cfg)
{
	const struct sdwan_frame *frame = &cfg->match.frame;

	if ((frame->has & SDWAN_FRAME_VLAN &&
	     nla_put_u16(skb, SDWAN_A_RULE_VLAN, frame->vlan)) ||
	    (frame->has & SDWAN_FRAME_PCP &&
	     nla_put_u8(skb, SDWAN_A_RULE_PCP, frame->pcp)) ||
	    (cfg->ethertype &&
	     nla_put_u16(skb, SDWAN_A_RULE_ETHERTYPE, cfg->ethertype)) ||
	    (frame->has & SDWAN_FRAME_SMAC &&
	     sdwan_rule_fill_mac(skb, SDWAN_A_RULE_SMAC, frame->smac)) ||
	    (frame->has & SDWAN_FRAME_DMAC &&
	     sdwan_rule_fill_mac(skb, SDWAN_A_RULE_DMAC, frame->dmac)) ||
	    (frame->has & SDWAN_FRAME_MPLS &&
	     nla_put_u32(skb, SDWAN_A_RULE_MPLS, frame->mpls)))
		return -EMSGSIZE;
	return 0;
}

/**
 * sdwan_rule_match_fill() - write what a rule matches, but for its program
 * @skb: message
 * @cfg: the rule
 *
 * Return: 0 or -EMSGSIZE.
 */
int sdwan_rule_match_fill(struct sk_buff *skb, const struct sdwan_rule_cfg *cfg)
{
	const struct sdwan_match *match = &cfg->match;

	if ((*match->iif && nla_put_string(skb, SDWAN_A_RULE_IIF, match->iif)) ||
	    (match->vni && nla_put_u32(skb, SDWAN_A_RULE_VNI, match->vni)) ||
	    (cfg->has_from &&
	     sdwan_rule_fill_prefix(skb, SDWAN_A_RULE_FROM,
				    SDWAN_A_RULE_FROM_PLEN, &match->from,
				    match->from_plen)) ||
	    (cfg->has_to &&
	     sdwan_rule_fill_prefix(skb, SDWAN_A_RULE_TO, SDWAN_A_RULE_TO_PLEN,
				    &match->to, match->to_plen)) ||
	    (match->proto && nla_put_u8(skb, SDWAN_A_RULE_PROTO, match->proto)) ||
	    sdwan_rule_fill_ports(skb, SDWAN_A_RULE_SPORT, &match->sport) ||
	    sdwan_rule_fill_ports(skb, SDWAN_A_RULE_DPORT, &match->dport) ||
	    (match->dscp != SDWAN_DSCP_ANY &&
	     nla_put_u8(skb, SDWAN_A_RULE_DSCP, match->dscp)))
		return -EMSGSIZE;
	if (match->mark_mask &&
	    (nla_put_u32(skb, SDWAN_A_RULE_MARK, match->mark) ||
	     nla_put_u32(skb, SDWAN_A_RULE_MARK_MASK, match->mark_mask)))
		return -EMSGSIZE;
	return sdwan_rule_fill_frame(skb, cfg);
}
