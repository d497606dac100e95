// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: which flow a packet belongs to
 *
 * A flow has the same key at this end whichever way its packets go: what
 * differs is which of their addresses is the local one.
 */
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/skbuff.h>
#include <net/ip.h>
#include <net/ipv6.h>

#include "dissect.h"

/* A header, as of the packet or of what an ICMP error quotes. */
struct sdwan_dissection {
	const struct sk_buff *skb;
	struct in6_addr saddr;
	struct in6_addr daddr;
	__be16 sport;
	__be16 dport;
	int offset;	/* of what follows the IP headers */
	u8 proto;
	bool fragment;
};

/**
 * sdwan_proto_has_ports() - whether a protocol has ports where TCP has them
 * @proto: IP protocol
 *
 * Return: true for TCP, UDP, UDP-Lite, SCTP and DCCP.
 */
bool sdwan_proto_has_ports(u8 proto)
{
	switch (proto) {
	case IPPROTO_TCP:
	case IPPROTO_UDP:
	case IPPROTO_UDPLITE:
	case IPPROTO_SCTP:
	case IPPROTO_DCCP:
		return true;
	}
	return false;
}

static bool sdwan_dissect_ip4(struct sdwan_dissection *d, int offset)
{
	const struct iphdr *iph;
	struct iphdr buf;

	iph = skb_header_pointer(d->skb, offset, sizeof(buf), &buf);
	if (!iph || iph->ihl < 5)
		return false;

	ipv6_addr_set_v4mapped(iph->saddr, &d->saddr);
	ipv6_addr_set_v4mapped(iph->daddr, &d->daddr);
	d->proto = iph->protocol;
	d->fragment = ip_is_fragment(iph);
	d->offset = offset + iph->ihl * 4;
	return true;
}

/*
 * All fragments of a datagram have the same next header in their fragment
 * header; what the first one has behind that is known of the first one only.
 */
static void sdwan_dissect_fragment6(struct sdwan_dissection *d, int offset)
{
	unsigned int at = offset;
	const struct frag_hdr *fh;
	struct frag_hdr buf;

	d->fragment = true;
	if (ipv6_find_hdr(d->skb, &at, NEXTHDR_FRAGMENT, NULL, NULL) < 0)
		return;
	fh = skb_header_pointer(d->skb, at, sizeof(buf), &buf);
	if (fh)
		d->proto = fh->nexthdr;
}

static bool sdwan_dissect_ip6(struct sdwan_dissection *d, int offset)
{
	const struct ipv6hdr *ip6h;
	struct ipv6hdr buf;
	__be16 frag = 0;

	ip6h = skb_header_pointer(d->skb, offset, sizeof(buf), &buf);
	if (!ip6h)
		return false;

	d->saddr = ip6h->saddr;
	d->daddr = ip6h->daddr;
	d->proto = ip6h->nexthdr;
	d->offset = offset + sizeof(*ip6h);
	if (likely(!ipv6_ext_hdr(d->proto)))
		return true;

	d->offset = ipv6_skip_exthdr(d->skb, d->offset, &d->proto, &frag);
	/* the more bit counts too: a first fragment is one */
	if (unlikely(frag & htons(IP6_OFFSET | IP6_MF)))
		sdwan_dissect_fragment6(d, offset);
	return true;
}

static bool sdwan_dissect_ip(struct sdwan_dissection *d, int offset)
{
	return d->skb->protocol == htons(ETH_P_IP) ?
	       sdwan_dissect_ip4(d, offset) : sdwan_dissect_ip6(d, offset);
}

static bool sdwan_icmp4_is_error(u8 type)
{
	switch (type) {
	case ICMP_DEST_UNREACH:
	case ICMP_SOURCE_QUENCH:
	case ICMP_REDIRECT:
	case ICMP_TIME_EXCEEDED:
	case ICMP_PARAMETERPROB:
		return true;
	}
	return false;
}

/* Both kinds of ICMP have type, code, checksum, and the identifier of echoes. */
static bool sdwan_dissect_icmp(struct sdwan_dissection *d, bool *error)
{
	const struct icmphdr *icmp;
	struct icmphdr buf;
	bool echo;

	icmp = skb_header_pointer(d->skb, d->offset, sizeof(buf), &buf);
	if (!icmp)
		return false;

	if (d->proto == IPPROTO_ICMP) {
		echo = icmp->type == ICMP_ECHO || icmp->type == ICMP_ECHOREPLY;
		*error = sdwan_icmp4_is_error(icmp->type);
	} else {
		echo = icmp->type == ICMPV6_ECHO_REQUEST ||
		       icmp->type == ICMPV6_ECHO_REPLY;
		*error = !(icmp->type & ICMPV6_INFOMSG_MASK);
	}
	if (echo) {
		d->sport = icmp->un.echo.id;
		d->dport = icmp->un.echo.id;
	}
	return true;
}

static bool sdwan_proto_is_icmp(u8 proto)
{
	return proto == IPPROTO_ICMP || proto == IPPROTO_ICMPV6;
}

static void sdwan_dissect_ports(struct sdwan_dissection *d)
{
	const __be16 *ports;
	__be16 buf[2];

	ports = skb_header_pointer(d->skb, d->offset, sizeof(buf), buf);
	if (!ports)
		return;
	d->sport = ports[0];
	d->dport = ports[1];
}

/* What follows the IP headers; true where that is an ICMP error. */
static bool sdwan_dissect_transport(struct sdwan_dissection *d)
{
	bool error = false;

	if (unlikely(d->fragment || d->offset < 0))
		return false;
	if (likely(sdwan_proto_has_ports(d->proto)))
		sdwan_dissect_ports(d);
	else if (sdwan_proto_is_icmp(d->proto))
		sdwan_dissect_icmp(d, &error);
	return error;
}

static void sdwan_dissect_key(const struct sdwan_dissection *d, u32 vni,
			      bool tx, struct sdwan_flow_key *key)
{
	key->local = tx ? d->saddr : d->daddr;
	key->remote = tx ? d->daddr : d->saddr;
	key->lport = tx ? d->sport : d->dport;
	key->rport = tx ? d->dport : d->sport;
	key->vni_proto = vni << 8 | d->proto;
}

/*
 * The quoted packet went the other way. Errors about errors are rare, and go by
 * themselves.
 */
static void sdwan_dissect_error(const struct sdwan_dissection *d, u32 vni,
				bool tx, struct sdwan_flow_key *key)
{
	struct sdwan_dissection quoted = { .skb = d->skb };

	if (sdwan_dissect_ip(&quoted, d->offset + sizeof(struct icmphdr)) &&
	    !sdwan_dissect_transport(&quoted))
		sdwan_dissect_key(&quoted, vni, !tx, key);
	else
		sdwan_dissect_key(d, vni, tx, key);
}

/**
 * sdwan_dissect() - find out which flow a packet belongs to
 * @skb: inner packet, its network header set, its IP header checked
 * @vni: its segment
 * @tx: it leaves this end
 * @key: result
 *
 * Context: Any.
 *
 * Return: what the packet is to the flow.
 */
enum sdwan_dissected sdwan_dissect(const struct sk_buff *skb, u32 vni, bool tx,
				   struct sdwan_flow_key *key)
{
	struct sdwan_dissection d = { .skb = skb };

	sdwan_dissect_ip(&d, skb_network_offset(skb));
	if (likely(!sdwan_dissect_transport(&d))) {
		sdwan_dissect_key(&d, vni, tx, key);
		return unlikely(d.fragment) ? SDWAN_DISSECT_FRAGMENT :
					      SDWAN_DISSECT_PACKET;
	}

	sdwan_dissect_error(&d, vni, tx, key);
	return SDWAN_DISSECT_ERROR;
}
