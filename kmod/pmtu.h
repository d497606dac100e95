/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: sizes of packets inside and outside
 *
 * What is inline here is arithmetic, so that it can be tested without packets.
 */
#ifndef _SDWAN_PMTU_H
#define _SDWAN_PMTU_H

#include <linux/skbuff.h>
#include <linux/tcp.h>
#include <net/ip.h>
#include <net/ipv6.h>

/* What becomes of a packet on a path. */
enum sdwan_fit {
	SDWAN_FIT_WHOLE,	/* fits as it is */
	SDWAN_FIT_FRAGMENT,	/* it has to be fragmented, and may be */
	SDWAN_FIT_FRAGMENT_OUTER,	/* the outer packet has to be fragmented */
	SDWAN_FIT_REFUSED,	/* too big, its sender has been told so */
};

/**
 * struct sdwan_outer - what a packet, GSO or not, becomes on the wire
 * @packets: outer packets
 * @bytes: their bytes from the outer IP header on
 */
struct sdwan_outer {
	unsigned int packets;
	unsigned int bytes;
};

/**
 * sdwan_pmtu_inner() - the largest inner packet that fits a route
 * @mtu: MTU of the route
 * @overhead: what the encapsulation adds
 *
 * Return: bytes, 0 where not even the headers fit.
 */
static inline unsigned int sdwan_pmtu_inner(unsigned int mtu,
					    unsigned int overhead)
{
	/* lo and BIG TCP have more than the length field can hold */
	mtu = min_t(unsigned int, mtu, IP_MAX_MTU);
	return mtu > overhead ? mtu - overhead : 0;
}

/**
 * sdwan_pmtu_announce() - the MTU that a sender may be told
 * @mtu: the largest inner packet that fits the path
 * @ipv6: the inner packet is IPv6
 *
 * Return: @mtu, but never less than what each host may assume to pass anywhere.
 */
static inline unsigned int sdwan_pmtu_announce(unsigned int mtu, bool ipv6)
{
	return max_t(unsigned int, mtu, ipv6 ? IPV6_MIN_MTU : IPV4_MIN_MTU);
}

/**
 * sdwan_pmtu_fragments() - into how many fragments a packet is cut
 * @payload: bytes after the IP header
 * @mtu: largest fragment
 * @hlen: headers of each fragment, the IPv6 fragment header included
 *
 * All fragments but the last carry a multiple of 8 bytes.
 *
 * Return: a number, 1 where @mtu is too small to carry anything.
 */
static inline unsigned int sdwan_pmtu_fragments(unsigned int payload,
						unsigned int mtu,
						unsigned int hlen)
{
	unsigned int each = mtu > hlen ? (mtu - hlen) & ~7U : 0;

	return each && payload > each ? DIV_ROUND_UP(payload, each) : 1;
}

/**
 * sdwan_pmtu_outer() - what a packet becomes on the wire when nothing has to be
 *	fragmented
 * @len: the inner packet, as long as it is now
 * @segs: packets it is cut into, 1 without GSO
 * @hlen: inner headers that each of them repeats
 * @overhead: what the encapsulation adds to each
 *
 * Return: the outer packets and their bytes.
 */
static inline struct sdwan_outer sdwan_pmtu_outer(unsigned int len,
						  unsigned int segs,
						  unsigned int hlen,
						  unsigned int overhead)
{
	return (struct sdwan_outer){
		.packets = segs,
		.bytes = len + (segs - 1) * hlen + segs * overhead,
	};
}

/**
 * sdwan_pmtu_outer_fragmented() - account for the fragmentation of outer packets
 * @outer: the packets before
 * @mtu: largest fragment
 * @iphlen: outer IP header
 * @hlen: headers of each fragment, the IPv6 fragment header included
 *
 * Return: the fragments and their bytes.
 */
static inline struct sdwan_outer
sdwan_pmtu_outer_fragmented(struct sdwan_outer outer, unsigned int mtu,
			    unsigned int iphlen, unsigned int hlen)
{
	unsigned int len = outer.bytes / outer.packets;
	unsigned int each = sdwan_pmtu_fragments(len - iphlen, mtu, hlen);
	unsigned int all = each * outer.packets;

	if (each == 1)
		return outer;
	return (struct sdwan_outer){
		.packets = all,
		.bytes = outer.bytes - outer.packets * iphlen + all * hlen,
	};
}

/**
 * sdwan_skb_segs() - packets that a packet is cut into
 * @skb: packet
 *
 * Return: a number, 1 without GSO.
 */
static inline unsigned int sdwan_skb_segs(const struct sk_buff *skb)
{
	return max_t(unsigned int, skb_shinfo(skb)->gso_segs, 1);
}

unsigned int sdwan_gso_hlen(const struct sk_buff *skb);
enum sdwan_fit sdwan_pmtu_check(struct sk_buff *skb, unsigned int mtu,
				unsigned int limit, bool outer,
				unsigned int overhead);

#endif /* _SDWAN_PMTU_H */
