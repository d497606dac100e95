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

#include "compat/compat.h"

struct sdwan_sock;

/* Length of all headers that are written from a template. */
#define SDWAN_ENCAP_HLEN	8

/**
 * struct sdwan_encap_ops - one encapsulation
 * @encap: enum sdwan_encap
 * @proto: protocol that the outer IP header announces; 0 where there is no
 *	outer header, and packets are handed to a device as they are
 * @port: default UDP port, host byte order; 0 when not over UDP
 * @hlen: bytes between the outer IP header and the inner packet
 * @nic_type: UDP_TUNNEL_TYPE_* told to network cards, 0 for none
 * @head4: first word of the header in front of IPv4
 * @head6: first word of the header in front of IPv6
 * @control: bits of the first word that tell control traffic from data
 * @vni_shift: where the segment number is in the second word
 * @options: it has room for GENEVE's options
 * @setup: fill in the receive callbacks of a UDP socket; where it is over UDP
 * @open: begin to receive; where it is not. Process context, under rtnl_mutex
 *	and sdwan_net.lock; -EBUSY when somebody else receives there
 * @close: end of @open; packets on their way are still received for a grace
 *	period
 *
 * Headers are data and not code, as an indirect call per packet costs more than
 * writing them.
 */
struct sdwan_encap_ops {
	u8 encap;
	u8 proto;
	u16 port;
	u8 hlen;
	u16 nic_type;
	__be32 head4;
	__be32 head6;
	__be32 control;
	u8 vni_shift;
	bool options;
	void (*setup)(struct udp_tunnel_sock_cfg *cfg);
	int (*open)(struct sdwan_sock *ss);
	void (*close)(struct sdwan_sock *ss);
};

/**
 * sdwan_encap_write() - write the header of an encapsulation
 * @ops: encapsulation, one with headers
 * @head: where to, SDWAN_ENCAP_HLEN bytes
 * @vni: segment number
 * @ipv6: the inner packet is IPv6
 */
static inline void sdwan_encap_write(const struct sdwan_encap_ops *ops,
				     void *head, u32 vni, bool ipv6)
{
	put_unaligned(ipv6 ? ops->head6 : ops->head4, (__be32 *)head);
	put_unaligned_be32(vni << ops->vni_shift, head + sizeof(__be32));
}

/**
 * sdwan_encap_udp() - whether an encapsulation has ports
 * @ops: encapsulation
 *
 * Return: true where it is over UDP.
 */
static inline bool sdwan_encap_udp(const struct sdwan_encap_ops *ops)
{
	return ops->proto == IPPROTO_UDP;
}

const struct sdwan_encap_ops *sdwan_encap_get(u32 encap);
const struct sdwan_encap_ops *sdwan_encap_of_sock(u32 sock);
const char *sdwan_encap_refusal(u32 encap);

extern const struct sdwan_encap_ops sdwan_encap_geneve;
extern const struct sdwan_encap_ops sdwan_encap_vxlan_gpe;
extern const struct sdwan_encap_ops sdwan_encap_gre;
extern const struct sdwan_encap_ops sdwan_encap_dev;
extern const struct sdwan_encap_ops sdwan_outside_reflector;
extern const struct sdwan_encap_ops sdwan_outside_sender;

#endif /* _SDWAN_ENCAP_H */
