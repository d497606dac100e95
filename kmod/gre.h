/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: the GRE header (RFC 2784, RFC 2890)
 *
 *	 0                   1                   2                   3
 *	 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *	|C|R|K|S| Reserved0       | Ver |         Protocol Type         |
 *	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *	|      Checksum (optional)      |       Reserved1 (optional)    |
 *	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *	|                         Key (optional)                        |
 *	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *	|                 Sequence Number (optional)                    |
 *	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *
 * Pure functions over bytes, so that they can be tested without a packet.
 */
#ifndef _SDWAN_GRE_H
#define _SDWAN_GRE_H

#include <linux/bits.h>

#include "compat/compat.h"
#include "receive.h"

#define SDWAN_GRE_HLEN		4	/* without what is optional */
#define SDWAN_GRE_HLEN_MAX	16

/* bits of byte 0 */
#define SDWAN_GRE_CHECKSUM	BIT(7)
#define SDWAN_GRE_ROUTING	BIT(6)
#define SDWAN_GRE_KEY		BIT(5)
#define SDWAN_GRE_SEQUENCE	BIT(4)

#define SDWAN_GRE_VERSION_MASK	0x07	/* byte 1 */

/**
 * sdwan_gre_hlen() - length of a header
 * @hdr: its first four bytes
 *
 * Return: bytes between the outer IP header and the inner packet.
 */
static inline unsigned int sdwan_gre_hlen(const u8 *hdr)
{
	return SDWAN_GRE_HLEN + (hdr[0] & SDWAN_GRE_CHECKSUM ? 4 : 0) +
	       (hdr[0] & SDWAN_GRE_KEY ? 4 : 0) +
	       (hdr[0] & SDWAN_GRE_SEQUENCE ? 4 : 0);
}

/**
 * sdwan_gre_parse() - read a header
 * @hdr: where it begins
 * @len: bytes that may be read
 * @rx: what it says
 *
 * Others may receive GRE on this host: what cannot be ours is left to them. So
 * is all without a key, which is the number of the segment; a sequence number
 * is of no use here and skipped.
 *
 * Return: true where the packet may be ours.
 */
static inline bool sdwan_gre_parse(const u8 *hdr, unsigned int len,
				   struct sdwan_rx *rx)
{
	unsigned int hlen;

	if (unlikely(len < SDWAN_GRE_HLEN))
		return false;
	hlen = sdwan_gre_hlen(hdr);
	if (unlikely(len < hlen || hdr[1] & SDWAN_GRE_VERSION_MASK ||
		     hdr[0] & SDWAN_GRE_ROUTING || !(hdr[0] & SDWAN_GRE_KEY)))
		return false;

	rx->proto = get_unaligned((const __be16 *)(hdr + 2));
	rx->vni = get_unaligned_be32(hdr + SDWAN_GRE_HLEN +
				     (hdr[0] & SDWAN_GRE_CHECKSUM ? 4 : 0));
	rx->hlen = hlen;
	rx->control = false;
	return true;
}

#endif /* _SDWAN_GRE_H */
