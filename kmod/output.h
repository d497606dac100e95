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
 * @sk: socket that the outer packet is sent by, NULL without ports
 * @route: its route
 * @outer: what it becomes on the wire
 * @sport: outer source port, from the hash of its flow
 * @df: don't-fragment bit of the outer IPv4 header
 * @label: flow label of the outer IPv6 header
 * @tos: DSCP and ECN of the outer header
 * @dscp: what the class of the packet says of that, or SDWAN_DSCP_PATH
 * @xnet: it leaves the namespace of the netdevice
 * @fragment: the outer packet is to be fragmented
 */
struct sdwan_tx {
	const struct sdwan_path_cfg *cfg;
	struct sock *sk;
	struct sdwan_route route;
	struct sdwan_outer outer;
	__be16 sport;
	__be16 df;
	__be32 label;
	u8 tos;
	u8 dscp;
	bool xnet;
	bool fragment;
};

int sdwan_output_prepare(struct sk_buff *skb, struct sdwan_tx *tx);
void sdwan_output(struct sk_buff *skb, struct sdwan_tx *tx, u32 vni);
int sdwan_output_control(struct sk_buff *skb, struct sdwan_tx *tx);

#endif /* _SDWAN_OUTPUT_H */
