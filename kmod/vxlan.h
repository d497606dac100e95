/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: the header of the VXLAN Generic Protocol Extension
 *
 *	 0                   1                   2                   3
 *	 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *	|R|R|Ver|I|P|B|O|       Reserved                |Next Protocol  |
 *	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *	|        VXLAN Network Identifier (VNI)         |    Reserved   |
 *	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *
 * draft-ietf-nvo3-vxlan-gpe; without P, the header is that of RFC 7348, and an
 * Ethernet frame follows. Pure functions over bytes, so that they can be tested
 * without a packet.
 */
#ifndef _SDWAN_VXLAN_H
#define _SDWAN_VXLAN_H

#include <linux/bits.h>
#include <linux/if_ether.h>

#include "compat/compat.h"
#include "receive.h"

#define SDWAN_VXLAN_GPE_PORT	4790
#define SDWAN_VXLAN_HLEN	8

/* bits of byte 0 */
#define SDWAN_VXLAN_VERSION_MASK	0x30
#define SDWAN_VXLAN_VNI		BIT(3)	/* I: the VNI is there */
#define SDWAN_VXLAN_NEXT	BIT(2)	/* P: the next protocol is there */
#define SDWAN_VXLAN_BUM		BIT(1)	/* B: replicated for several receivers */
#define SDWAN_VXLAN_OAM		BIT(0)	/* O: not data */

/* next protocols, byte 3 */
#define SDWAN_VXLAN_NEXT_IPV4	1
#define SDWAN_VXLAN_NEXT_IPV6	2

/**
 * sdwan_vxlan_proto() - what follows a header
 * @hdr: a whole header
 *
 * Return: ethertype; 0 for what no segment carries.
 */
static inline __be16 sdwan_vxlan_proto(const u8 *hdr)
{
	if (!(hdr[0] & SDWAN_VXLAN_NEXT))
		return htons(ETH_P_TEB);
	if (hdr[3] == SDWAN_VXLAN_NEXT_IPV4)
		return htons(ETH_P_IP);
	if (hdr[3] == SDWAN_VXLAN_NEXT_IPV6)
		return htons(ETH_P_IPV6);
	return 0;
}

/**
 * sdwan_vxlan_parse() - read a header
 * @hdr: where it begins
 * @len: bytes that may be read
 * @rx: what it says; its hlen counts this header only
 * @cause: why the packet cannot be used, written on failure only
 *
 * Reserved bits are ignored.
 *
 * Return: true where the packet can be used.
 */
static inline bool sdwan_vxlan_parse(const u8 *hdr, unsigned int len,
				     struct sdwan_rx *rx,
				     enum sdwan_drop *cause)
{
	if (unlikely(len < SDWAN_VXLAN_HLEN)) {
		*cause = SDWAN_DROP_RX_TRUNCATED;
		return false;
	}
	if (unlikely(hdr[0] & SDWAN_VXLAN_VERSION_MASK)) {
		*cause = SDWAN_DROP_RX_VERSION;
		return false;
	}
	/* a segment is what its number says it is */
	if (unlikely(!(hdr[0] & SDWAN_VXLAN_VNI))) {
		*cause = SDWAN_DROP_RX_FLAGS;
		return false;
	}

	rx->control = hdr[0] & SDWAN_VXLAN_OAM;
	rx->proto = sdwan_vxlan_proto(hdr);
	rx->vni = get_unaligned_be24(hdr + 4);
	rx->hlen = SDWAN_VXLAN_HLEN;
	return true;
}

#endif /* _SDWAN_VXLAN_H */
