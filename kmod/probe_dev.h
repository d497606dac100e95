/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: probes of paths without encapsulation
 */
#ifndef _SDWAN_PROBE_DEV_H
#define _SDWAN_PROBE_DEV_H

#include "control.h"
#include "stats.h"
#include "types.h"

/**
 * struct sdwan_probe_dev_head - what the headers of such a probe or answer say
 * @from: source address, v4-mapped for IPv4
 * @to: destination address
 * @ttl: or hop limit
 * @sport: source port
 * @dport: destination port
 * @payload: where that of UDP is in the packet
 * @len: bytes of it
 */
struct sdwan_probe_dev_head {
	struct in6_addr from;
	struct in6_addr to;
	u8 ttl;
	u16 sport;
	u16 dport;
	unsigned int payload;
	unsigned int len;
};

/* probe_dev.c */
bool sdwan_probe_dev_known(const struct sdwan_path *path);
bool sdwan_probe_dev_ready(const struct sdwan_path *path);
bool sdwan_probe_dev_ends(const struct sdwan_path *path,
			  struct sdwan_control_ends *ends);
bool sdwan_probe_dev_receive(const struct sdwan_path_cfg *cfg,
			     struct sk_buff *skb);

/* probe_rx.c */
bool sdwan_probe_receive_dev(const struct sdwan_path_cfg *cfg,
			     struct sk_buff *skb,
			     const struct sdwan_probe_dev_head *head,
			     enum sdwan_drop *cause);

#endif /* _SDWAN_PROBE_DEV_H */
