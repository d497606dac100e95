/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: what encapsulations over UDP have in common
 */
#ifndef _SDWAN_ENCAP_UDP_H
#define _SDWAN_ENCAP_UDP_H

#include <net/gro.h>

bool sdwan_udp_checksum_ok(struct sk_buff *skb, unsigned short family);
int sdwan_udp_err_lookup(struct sock *sk, struct sk_buff *skb);
struct sk_buff *sdwan_udp_gro_inner(struct list_head *head,
				    struct sk_buff *skb, const void *hdr,
				    unsigned int hlen, __be16 proto);
int sdwan_udp_gro_complete(struct sk_buff *skb, int inner, __be16 proto);

/**
 * sdwan_udp_gro_header() - look at a header of what may be merged
 * @skb: packet that GRO is looking at
 * @hlen: bytes from where it has come to that are wanted
 *
 * Return: where they are, or NULL where the packet is shorter.
 */
static inline u8 *sdwan_udp_gro_header(struct sk_buff *skb, unsigned int hlen)
{
	unsigned int off = skb_gro_offset(skb);

	return skb_gro_header(skb, off + hlen, off);
}

#endif /* _SDWAN_ENCAP_UDP_H */
