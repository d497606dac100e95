/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: the GENEVE header (RFC 8926)
 *
 *	 0                   1                   2                   3
 *	 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *	|Ver|  Opt Len  |O|C|    Rsvd.  |          Protocol Type        |
 *	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *	|        Virtual Network Identifier (VNI)       |    Reserved   |
 *	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *	|          Option Class         |      Type     |R|R|R| Length  |
 *	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *
 * and the one option that is known, the number of a packet that is sent twice:
 *
 *	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *	|             0xFF5D            |      0x01     |R|R|R|    3    |
 *	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *	|S|  Reserved   |                                               |
 *	+-+-+-+-+-+-+-+-+             Stream                            +
 *	|                                                               |
 *	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *	|                             Number                            |
 *	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *
 * Pure functions over bytes, so that they can be tested without a packet.
 */
#ifndef _SDWAN_GENEVE_H
#define _SDWAN_GENEVE_H

#include <linux/bits.h>

#include "compat/compat.h"
#include "receive.h"

#define SDWAN_GENEVE_PORT	6081
#define SDWAN_GENEVE_HLEN	8
#define SDWAN_GENEVE_OPTION_HLEN	4

#define SDWAN_GENEVE_VERSION_MASK	0xc0	/* byte 0 */
#define SDWAN_GENEVE_OPT_LEN_MASK	0x3f	/* byte 0, in words */
#define SDWAN_GENEVE_CONTROL	BIT(7)	/* byte 1, O */
#define SDWAN_GENEVE_CRITICAL	BIT(6)	/* byte 1, C */

#define SDWAN_GENEVE_OPTION_CRITICAL	BIT(7)	/* byte 2 of an option */
#define SDWAN_GENEVE_OPTION_LEN_MASK	0x1f	/* byte 3, in words */

/* Of the range for experiments, RFC 8926; all our options would be of it. */
#define SDWAN_GENEVE_CLASS	0xff5d
#define SDWAN_GENEVE_SEQUENCE	0x01
#define SDWAN_GENEVE_SEQUENCE_LEN	16	/* with its header */
#define SDWAN_GENEVE_SECOND	BIT(7)	/* byte 4 of that option */

/**
 * sdwan_geneve_options_len() - length of the options
 * @hdr: a whole base header
 *
 * Return: bytes between the base header and the inner packet.
 */
static inline unsigned int sdwan_geneve_options_len(const u8 *hdr)
{
	return (hdr[0] & SDWAN_GENEVE_OPT_LEN_MASK) * 4;
}

/**
 * sdwan_geneve_put_sequence() - write the option with the number of a packet
 * @opt: where to, SDWAN_GENEVE_SEQUENCE_LEN bytes
 * @seq: the number
 */
static inline void sdwan_geneve_put_sequence(u8 *opt,
					     const struct sdwan_sequence *seq)
{
	put_unaligned_be16(SDWAN_GENEVE_CLASS, opt);
	opt[2] = SDWAN_GENEVE_SEQUENCE;
	opt[3] = (SDWAN_GENEVE_SEQUENCE_LEN - SDWAN_GENEVE_OPTION_HLEN) / 4;
	put_unaligned_be64(seq->stream, opt + 4);
	opt[4] = seq->second ? SDWAN_GENEVE_SECOND : 0;
	put_unaligned_be32(seq->number, opt + 12);
}

/**
 * sdwan_geneve_announce() - tell in a header that there are options behind it
 * @hdr: base header without any
 * @len: their length in bytes
 */
static inline void sdwan_geneve_announce(u8 *hdr, unsigned int len)
{
	hdr[0] |= len / 4;
}

/*
 * Unknown options are skipped, so this one is recognized by class and type. Of
 * another length, or there twice, it is not what we know.
 */
static inline bool sdwan_geneve_get_sequence(const u8 *opt, unsigned int len,
					     struct sdwan_sequence *seq)
{
	if (get_unaligned_be16(opt) != SDWAN_GENEVE_CLASS ||
	    opt[2] != SDWAN_GENEVE_SEQUENCE)
		return true;
	if (len != SDWAN_GENEVE_SEQUENCE_LEN || seq->present)
		return false;
	seq->present = true;
	seq->second = opt[4] & SDWAN_GENEVE_SECOND;
	seq->stream = get_unaligned_be64(opt + 4) &
		      GENMASK_ULL(SDWAN_STREAM_BITS - 1, 0);
	seq->number = get_unaligned_be32(opt + 12);
	return true;
}

/*
 * Options that are not known are skipped, a critical one must not be.  Options
 * fill the announced length exactly, or what follows is not where it is looked
 * for.
 */
static inline bool sdwan_geneve_options_ok(const u8 *opt, unsigned int left,
					   struct sdwan_sequence *seq,
					   enum sdwan_drop *cause)
{
	while (left) {
		unsigned int len = SDWAN_GENEVE_OPTION_HLEN;

		/* both lengths are in words, so a whole option header is left */
		len += (opt[3] & SDWAN_GENEVE_OPTION_LEN_MASK) * 4;
		if (len > left) {
			*cause = SDWAN_DROP_RX_BAD_OPTION;
			return false;
		}
		if (opt[2] & SDWAN_GENEVE_OPTION_CRITICAL) {
			*cause = SDWAN_DROP_RX_CRITICAL_OPTION;
			return false;
		}
		if (!sdwan_geneve_get_sequence(opt, len, seq)) {
			*cause = SDWAN_DROP_RX_BAD_OPTION;
			return false;
		}
		opt += len;
		left -= len;
	}
	return true;
}

/**
 * sdwan_geneve_parse() - read a GENEVE header
 * @hdr: where it begins
 * @len: bytes that may be read
 * @rx: what it says, zeroed before; its hlen counts the GENEVE header only
 * @cause: why the packet cannot be used, written on failure only
 *
 * Reserved bits are ignored, as RFC 8926 asks for.
 *
 * Return: true where the packet can be used.
 */
static inline bool sdwan_geneve_parse(const u8 *hdr, unsigned int len,
				      struct sdwan_rx *rx,
				      enum sdwan_drop *cause)
{
	unsigned int options;

	if (unlikely(len < SDWAN_GENEVE_HLEN)) {
		*cause = SDWAN_DROP_RX_TRUNCATED;
		return false;
	}
	if (unlikely(hdr[0] & SDWAN_GENEVE_VERSION_MASK)) {
		*cause = SDWAN_DROP_RX_VERSION;
		return false;
	}

	options = sdwan_geneve_options_len(hdr);
	if (unlikely(options)) {
		if (options > len - SDWAN_GENEVE_HLEN) {
			*cause = SDWAN_DROP_RX_BAD_OPTION;
			return false;
		}
		if (!sdwan_geneve_options_ok(hdr + SDWAN_GENEVE_HLEN, options,
					     &rx->seq, cause))
			return false;
	}
	/* the sender says that there is one we must know, and we know none */
	if (unlikely(hdr[1] & SDWAN_GENEVE_CRITICAL)) {
		*cause = SDWAN_DROP_RX_CRITICAL_OPTION;
		return false;
	}

	rx->control = hdr[1] & SDWAN_GENEVE_CONTROL;
	rx->proto = get_unaligned((const __be16 *)(hdr + 2));
	rx->vni = get_unaligned_be24(hdr + 4);
	rx->hlen = SDWAN_GENEVE_HLEN + options;
	return true;
}

#endif /* _SDWAN_GENEVE_H */
