// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: the hash of a flow
 *
 * The kernel's dissector understands everything, and costs as much as all of
 * encapsulation.  Most packets are TCP or UDP right behind an IP header.
 */
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/jhash.h>
#include <linux/net.h>
#include <net/ip.h>

#include "hash.h"

static u32 sdwan_hash_seed __read_mostly;

static bool sdwan_hash_ports(u8 proto)
{
	return proto == IPPROTO_TCP || proto == IPPROTO_UDP;
}

static void sdwan_hash_store(struct sk_buff *skb, u32 hash)
{
	/* 0 is what a packet has that nobody has hashed */
	__skb_set_sw_hash(skb, hash ?: 1, true);
}

static bool sdwan_hash4(struct sk_buff *skb)
{
	const struct iphdr *iph = ip_hdr(skb);
	u32 ports;

	if (iph->ihl != 5 || ip_is_fragment(iph) ||
	    !sdwan_hash_ports(iph->protocol) ||
	    skb_headlen(skb) < sizeof(*iph) + sizeof(ports))
		return false;

	ports = *(const u32 *)(iph + 1);
	sdwan_hash_store(skb, jhash_3words((__force u32)iph->saddr,
					   (__force u32)iph->daddr, ports,
					   sdwan_hash_seed ^ iph->protocol));
	return true;
}

static bool sdwan_hash6(struct sk_buff *skb)
{
	const struct ipv6hdr *ip6h = ipv6_hdr(skb);
	u32 ports, hash;

	if (!sdwan_hash_ports(ip6h->nexthdr) ||
	    skb_headlen(skb) < sizeof(*ip6h) + sizeof(ports))
		return false;

	ports = *(const u32 *)(ip6h + 1);
	hash = jhash2((const u32 *)&ip6h->saddr, 8,
		      sdwan_hash_seed ^ ip6h->nexthdr);
	sdwan_hash_store(skb, jhash_1word(ports, hash));
	return true;
}

/**
 * sdwan_hash_set() - find out the hash of a flow
 * @skb: inner packet at its IP header, which is in the linear part
 *
 * Leaves what is not TCP or UDP right behind the IP header to skb_get_hash().
 *
 * Context: Any.
 */
void sdwan_hash_set(struct sk_buff *skb)
{
	bool done;

	net_get_random_once(&sdwan_hash_seed, sizeof(sdwan_hash_seed));
	done = skb->protocol == htons(ETH_P_IP) ? sdwan_hash4(skb) :
						  sdwan_hash6(skb);
	if (!done)
		skb_get_hash(skb);
}
