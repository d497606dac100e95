/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: from an outer packet to its segment
 */
#ifndef _SDWAN_RECEIVE_H
#define _SDWAN_RECEIVE_H

#include "types.h"

/**
 * struct sdwan_rx - what an encapsulation found in the header of a packet
 * @vni: segment number, 0 for control traffic
 * @hlen: bytes from the transport header to the inner packet
 * @proto: ethertype of the inner packet
 * @control: marked as control traffic (GENEVE's O bit)
 */
struct sdwan_rx {
	u32 vni;
	unsigned int hlen;
	__be16 proto;
	bool control;
};

int sdwan_receive(struct sdwan_sock *ss, struct sk_buff *skb,
		  const struct sdwan_rx *rx);
int sdwan_receive_drop(struct sdwan_sock *ss, struct sk_buff *skb,
		       enum sdwan_drop cause);
bool sdwan_receive_quoted(struct sdwan_sock *ss, const struct sk_buff *skb);

#endif /* _SDWAN_RECEIVE_H */
