/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: packets that the two ends of a path send each other
 */
#ifndef _SDWAN_CONTROL_H
#define _SDWAN_CONTROL_H

#include <linux/ipv6.h>
#include <linux/udp.h>
#include <net/ip.h>

#include "output.h"

/* Headers within the tunnel, all of its own. */
#define SDWAN_CONTROL_HLEN	(sizeof(struct iphdr) + sizeof(struct udphdr))

/* The longest ones, of a path without encapsulation. */
#define SDWAN_CONTROL_HLEN_MAX	(sizeof(struct ipv6hdr) + sizeof(struct udphdr))

/**
 * struct sdwan_control_ends - addresses in the segment of a path without encapsulation
 * @from: ours, v4-mapped for IPv4
 * @to: that of the far end
 */
struct sdwan_control_ends {
	struct in6_addr from;
	struct in6_addr to;
};

/**
 * struct sdwan_control - a packet that is being made
 * @skb: packet
 * @data: its UDP payload, all zeroes
 * @len: bytes of that
 * @tx: its way
 * @outside: it is within no tunnel
 * @sport: source port of one that is not
 * @dport: destination port of one that is not
 */
struct sdwan_control {
	struct sk_buff *skb;
	void *data;
	unsigned int len;
	struct sdwan_tx tx;
	bool outside;
	__be16 sport;
	__be16 dport;
};

int sdwan_control_begin(struct sdwan_control *control,
			const struct sdwan_path_cfg *cfg, u16 sport, u16 dport,
			unsigned int len);
int sdwan_control_between(struct sdwan_control *control,
			  const struct sdwan_path_cfg *cfg,
			  const struct sdwan_control_ends *ends, u16 sport,
			  u16 dport, unsigned int len);
int sdwan_control_send(struct sdwan_control *control);

#endif /* _SDWAN_CONTROL_H */
