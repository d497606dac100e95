/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: outer headers, and out
 */
#ifndef _SDWAN_OUTPUT_H
#define _SDWAN_OUTPUT_H

#include "pmtu.h"
#include "route.h"

/**
 * struct sdwan_tx - a packet on its way out
 * @cfg: its path
 * @second: the way of a second copy, or NULL
 * @sk: socket that the outer packet is sent by, NULL without ports
 * @route: its route
 * @outer: what it becomes on the wire
 * @sport: outer source port, from the hash of its flow
 * @df: don't-fragment bit of the outer IPv4 header
 * @label: flow label of the outer IPv6 header
 * @tos: DSCP and ECN of the outer header
 * @options: bytes of options behind the header of the encapsulation
 * @dscp: what the class of the packet says of that, or SDWAN_DSCP_PATH
 * @xnet: it leaves the namespace of the netdevice
 * @fragment: the outer packet is to be fragmented
 */
struct sdwan_tx {
	const struct sdwan_path_cfg *cfg;
	struct sdwan_tx *second;
	struct sock *sk;
	struct sdwan_route route;
	struct sdwan_outer outer;
	__be16 sport;
	__be16 df;
	__be32 label;
	u8 tos;
	u8 options;
	u8 dscp;
	bool xnet;
	bool fragment;
};

/**
 * sdwan_tx_overhead() - what its way adds to a packet
 * @tx: the way
 *
 * Return: bytes, the outer IP header included.
 */
static inline unsigned int sdwan_tx_overhead(const struct sdwan_tx *tx)
{
	return sdwan_route_overhead(tx->cfg) + tx->options;
}

int sdwan_output_prepare(struct sk_buff *skb, struct sdwan_tx *tx);
int sdwan_output(struct sk_buff *skb, struct sdwan_tx *tx, u32 vni);

#endif /* _SDWAN_OUTPUT_H */
