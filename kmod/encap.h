/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: encapsulations
 *
 * A new encapsulation is one file with one &struct sdwan_encap_ops and a line
 * in encap.c.
 */
#ifndef _SDWAN_ENCAP_H
#define _SDWAN_ENCAP_H

#include <linux/skbuff.h>
#include <linux/netlink.h>
#include <net/udp_tunnel.h>

struct sdwan_path_cfg;
struct sdwan_segment;
struct udp_tunnel_sock_cfg;

/**
 * struct sdwan_encap_ops - one encapsulation
 * @encap: enum sdwan_encap
 * @port: default UDP port, host byte order; 0 when not over UDP
 * @hlen: bytes between the outer IP header and the inner packet
 * @nic_type: UDP_TUNNEL_TYPE_* told to network cards, 0 for none
 * @build: push the header between UDP and the inner packet; @skb has the room
 * @setup: fill in the receive callbacks of a UDP socket
 */
struct sdwan_encap_ops {
	u8 encap;
	u16 port;
	u8 hlen;
	u16 nic_type;
	void (*build)(struct sk_buff *skb, u32 vni, __be16 proto);
	void (*setup)(struct udp_tunnel_sock_cfg *cfg);
};

const struct sdwan_encap_ops *sdwan_encap_get(u32 encap);

extern const struct sdwan_encap_ops sdwan_encap_geneve;

#endif /* _SDWAN_ENCAP_H */
