/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: which flow a packet belongs to
 */
#ifndef _SDWAN_DISSECT_H
#define _SDWAN_DISSECT_H

#include <linux/skbuff.h>

#include "flow.h"

/**
 * enum sdwan_dissected - what a packet is to its flow
 * @SDWAN_DISSECT_PACKET: one with ports, or of a protocol without
 * @SDWAN_DISSECT_FRAGMENT: a fragment; all of them, also the first, go by
 *	addresses and protocol alone, so that they stay together
 * @SDWAN_DISSECT_ERROR: an ICMP error, which belongs to the flow that it quotes
 */
enum sdwan_dissected {
	SDWAN_DISSECT_PACKET,
	SDWAN_DISSECT_FRAGMENT,
	SDWAN_DISSECT_ERROR,
};

enum sdwan_dissected sdwan_dissect(const struct sk_buff *skb, u32 vni, bool tx,
				   struct sdwan_flow_key *key);
bool sdwan_proto_has_ports(u8 proto);

#endif /* _SDWAN_DISSECT_H */
