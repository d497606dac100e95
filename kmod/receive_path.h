/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: by which path a packet has come
 */
#ifndef _SDWAN_RECEIVE_PATH_H
#define _SDWAN_RECEIVE_PATH_H

#include <linux/skbuff.h>
#include <linux/udp.h>
#include <net/ip.h>
#include <net/ipv6.h>

#include "stats.h"
#include "types.h"

/**
 * sdwan_receive_remote() - where a packet has come from
 * @ss: where it came in
 * @skb: packet
 * @remote: result, v4-mapped for IPv4; unspecified without outer header
 */
static inline void sdwan_receive_remote(const struct sdwan_sock *ss,
					const struct sk_buff *skb,
					struct in6_addr *remote)
{
	if (ss->family == AF_INET)
		ipv6_addr_set_v4mapped(ip_hdr(skb)->saddr, remote);
	else if (ss->family == AF_INET6)
		*remote = ipv6_hdr(skb)->saddr;
	else
		*remote = in6addr_any;
}

/**
 * sdwan_receive_port() - the source port of a packet
 * @ss: where it came in
 * @skb: packet, at its transport header
 *
 * Inline, as each packet is asked.
 *
 * Return: the port, 0 where no path goes by it.
 */
static __always_inline __be16 sdwan_receive_port(const struct sdwan_sock *ss,
						 const struct sk_buff *skb)
{
	if (likely(!READ_ONCE(ss->sn->nat_paths)) || !ss->port)
		return 0;
	return ((const struct udphdr *)skb->data)->source;
}

const struct sdwan_path_cfg *
sdwan_receive_path(struct sdwan_sock *ss, const struct sk_buff *skb,
		   enum sdwan_drop *cause);

#endif /* _SDWAN_RECEIVE_PATH_H */
