// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: packets too big for their path
 *
 * No packet vanishes: its sender is told the MTU where the packet must not be
 * fragmented, else it is fragmented before encapsulation, so that the WAN sees
 * whole packets only, which firewalls let pass and network cards spread.  The
 * outer packet is fragmented where the operator wants that, and where nothing
 * else is left: for IPv6 below its minimum MTU of 1280, say.
 */
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/sctp.h>
#include <linux/udp.h>
#include <net/dst_metadata.h>
#include <net/icmp.h>
#include <net/ip6_route.h>

#include "compat/compat.h"
#include "pmtu.h"

/**
 * sdwan_gso_hlen() - headers that each segment of a GSO packet repeats
 * @skb: GSO packet at its inner IP header, with its transport header known
 *
 * Return: bytes of the network and transport headers.
 */
unsigned int sdwan_gso_hlen(const struct sk_buff *skb)
{
	unsigned int type = skb_shinfo(skb)->gso_type;
	unsigned int hlen = skb_transport_offset(skb);
	const struct tcphdr *th;
	struct tcphdr tcp;

	if (type & (SKB_GSO_TCPV4 | SKB_GSO_TCPV6)) {
		th = skb_header_pointer(skb, hlen, sizeof(tcp), &tcp);
		return hlen + (th ? __tcp_hdrlen(th) : sizeof(tcp));
	}
	if (type & SKB_GSO_SCTP)
		return hlen + sizeof(struct sctphdr);
	return hlen + sizeof(struct udphdr);
}

static bool sdwan_pmtu_fits(const struct sk_buff *skb, unsigned int mtu)
{
	if (likely(skb->len <= mtu))
		return true;
	return skb_is_gso(skb) && skb_gso_validate_network_len(skb, mtu);
}

static void sdwan_pmtu_tell(struct sk_buff *skb, unsigned int mtu)
{
	/* Local senders; the ICMP message may be filtered or rate-limited. IPv6
	 * would go by that for what it forwards, long after the path is gone.
	 */
	if (!skb->skb_iif)
		skb_dst_update_pmtu_no_confirm(skb, mtu);

	if (skb->protocol == htons(ETH_P_IPV6))
		icmpv6_ndo_send(skb, ICMPV6_PKT_TOOBIG, 0, mtu);
	else if (skb_valid_dst(skb))
		icmp_ndo_send(skb, ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED,
			      htonl(mtu));
}

/* Only what the IP stack has routed can be fragmented by it. */
static bool sdwan_pmtu_fragmentable(const struct sk_buff *skb, unsigned int mtu)
{
	return mtu >= IPV4_MIN_MTU && skb_valid_dst(skb) &&
	       skb_dst(skb)->ops->family == AF_INET;
}

/**
 * sdwan_pmtu_check() - decide what becomes of a packet that may not fit its path
 * @skb: inner packet
 * @mtu: the largest inner packet that fits the path
 * @limit: the largest inner packet that all paths of its flow carry
 * @outer: the path fragments outer packets
 * @overhead: what the encapsulation adds
 *
 * Context: Under rcu_read_lock(), bottom halves off.
 *
 * Return: how to go on. On SDWAN_FIT_REFUSED the sender has been told; the
 * packet is still the caller's.
 */
enum sdwan_fit sdwan_pmtu_check(struct sk_buff *skb, unsigned int mtu,
				unsigned int limit, bool outer,
				unsigned int overhead)
{
	bool ipv6 = skb->protocol == htons(ETH_P_IPV6);
	bool rigid = ipv6 || ip_hdr(skb)->frag_off & htons(IP_DF);

	limit = sdwan_pmtu_announce(limit, ipv6);
	if (rigid && !sdwan_pmtu_fits(skb, limit)) {
		sdwan_pmtu_tell(skb, limit);
		return SDWAN_FIT_REFUSED;
	}
	if (sdwan_pmtu_fits(skb, mtu))
		return SDWAN_FIT_WHOLE;
	if (!rigid && !outer && sdwan_pmtu_fragmentable(skb, mtu))
		return SDWAN_FIT_FRAGMENT;

	/* the length field of the outer packet has 16 bits; there is no ICMP
	 * message for a packet that may be fragmented but is too long for that
	 */
	if (!skb_is_gso(skb) && skb->len + overhead > IP_MAX_MTU)
		return SDWAN_FIT_REFUSED;
	return SDWAN_FIT_FRAGMENT_OUTER;
}
