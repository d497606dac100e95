/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: packets that the two ends of a path send each other
 */
#ifndef _SDWAN_CONTROL_H
#define _SDWAN_CONTROL_H

#include <linux/udp.h>
#include <net/ip.h>

#include "output.h"

/* Headers within the tunnel, all of its own. */
#define SDWAN_CONTROL_HLEN	(sizeof(struct iphdr) + sizeof(struct udphdr))

/**
 * struct sdwan_control - a packet that is being made
 * @skb: packet
 * @data: its UDP payload, all zeroes
 * @len: bytes of that
 * @tx: its way
 */
struct sdwan_control {
	struct sk_buff *skb;
	void *data;
	unsigned int len;
	struct sdwan_tx tx;
};

int sdwan_control_begin(struct sdwan_control *control,
			const struct sdwan_path_cfg *cfg, u16 sport, u16 dport,
			unsigned int len);
int sdwan_control_send(struct sdwan_control *control);

#endif /* _SDWAN_CONTROL_H */
