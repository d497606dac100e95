/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: what receive has found out already
 */
#ifndef _SDWAN_RX_CACHE_H
#define _SDWAN_RX_CACHE_H

#include "types.h"

/**
 * struct sdwan_rx_flow - what decides on who has sent a packet, and may it
 * @epoch: of the fabric when this was found out; never 0
 * @ss: where it came in
 * @remote: outer source address
 * @saddr: inner source address, v4-mapped for IPv4
 * @vni: its segment
 * @proto: ethertype of the inner packet
 */
struct sdwan_rx_flow {
	u64 epoch;
	const struct sdwan_sock *ss;
	struct in6_addr remote;
	struct in6_addr saddr;
	u32 vni;
	__be16 proto;
};

/**
 * struct sdwan_rx_entry - an answer
 * @flow: the question
 * @path: path of the packet
 * @peer: its peer
 * @seg: its segment
 */
struct sdwan_rx_entry {
	struct sdwan_rx_flow flow;
	const struct sdwan_path_cfg *path;
	const struct sdwan_peer_cfg *peer;
	struct sdwan_segment *seg;
};

int sdwan_rx_cache_init(void);
void sdwan_rx_cache_exit(void);
const struct sdwan_rx_entry *
sdwan_rx_cache_find(const struct sdwan_rx_flow *flow);
void sdwan_rx_cache_store(const struct sdwan_rx_entry *entry);

#endif /* _SDWAN_RX_CACHE_H */
