/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: from an outer packet to its segment
 */
#ifndef _SDWAN_RECEIVE_H
#define _SDWAN_RECEIVE_H

#include "sequence.h"
#include "types.h"

/**
 * struct sdwan_rx - what an encapsulation found in the header of a packet
 * @path: its path, where that is known already; NULL to look it up
 * @vni: segment number, 0 for control traffic
 * @hlen: bytes from the transport header to the inner packet
 * @proto: ethertype of the inner packet
 * @control: marked as control traffic (GENEVE's O bit)
 * @seq: its number, where it may come twice
 */
struct sdwan_rx {
	const struct sdwan_path_cfg *path;
	u32 vni;
	unsigned int hlen;
	__be16 proto;
	bool control;
	struct sdwan_sequence seq;
};

int sdwan_receive(struct sdwan_sock *ss, struct sk_buff *skb,
		  const struct sdwan_rx *rx);
bool sdwan_receive_direct(struct sdwan_sock *ss, struct sk_buff *skb,
			  const struct sdwan_rx *rx);
bool sdwan_receive_bare(struct sdwan_sock *ss, struct sk_buff *skb,
			const struct sdwan_path_cfg *path);
const struct sdwan_path_cfg *
sdwan_receive_path_of(struct sdwan_sock *ss, const struct in6_addr *remote,
		      __be16 port);
bool sdwan_receive_has_segment(struct sdwan_sock *ss, u32 vni);
void sdwan_receive_other_key(struct sdwan_sock *ss);
int sdwan_receive_drop(struct sdwan_sock *ss, struct sk_buff *skb,
		       enum sdwan_drop cause);
const struct sdwan_path_cfg *sdwan_receive_quoted(struct sdwan_sock *ss,
						  const struct sk_buff *skb);

#endif /* _SDWAN_RECEIVE_H */
