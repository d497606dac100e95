/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: what of a packet or of a rule is hashed, and how
 *
 * Rules are entered by the same numbers that look-ups make of packets. All of
 * this is inline, since look-ups do most of it for every pair or tuple.
 */
#ifndef _SDWAN_CLASSIFIER_HASH_H
#define _SDWAN_CLASSIFIER_HASH_H

#include <linux/bits.h>
#include <linux/hash.h>
#include <linux/in6.h>
#include <linux/types.h>

#include "addr.h"
#include "classifier.h"

/*
 * Lengths of prefixes as far as they are hashed: of IPv4 each one, of IPv6
 * multiples of 4. So there are as many of either.
 */
#define SDWAN_SLOTS		33
#define SDWAN_SLOT_ANY		SDWAN_SLOTS
#define SDWAN_CLASS_SLOT	GENMASK(5, 0)
#define SDWAN_CLASS_V6		BIT(6)

#define SDWAN_V6_STEP		4

/* An odd number other than GOLDEN_RATIO_64, with no pattern. */
#define SDWAN_RATIO_64		0x9fb21c651e98df25ULL

/**
 * enum sdwan_end - which of the two addresses of a packet
 * @SDWAN_FROM: source
 * @SDWAN_TO: destination
 * @SDWAN_ENDS: how many there are
 */
enum sdwan_end {
	SDWAN_FROM,
	SDWAN_TO,
	SDWAN_ENDS
};

/**
 * struct sdwan_halves - an address as two numbers
 * @high: its first 64 bits
 * @low: the others
 */
struct sdwan_halves {
	u64 high;
	u64 low;
};

/**
 * struct sdwan_shape - which bits of a packet are compared, but for addresses
 * @fields: of protocol, DSCP and ports, see sdwan_fields()
 * @tags: of segment and mark, see sdwan_tags()
 * @iif: all ones or none
 * @frame: parts of a frame
 *
 * With what look-ups know of a tuple besides, half a cache line.
 */
struct sdwan_shape {
	u64 fields;
	u64 tags;
	u32 iif;
	u32 frame;
};

/**
 * struct sdwan_plens - which bits of the addresses are compared
 * @class: by enum sdwan_end, length of the prefix: SDWAN_SLOT_ANY, or
 *	its number within the family and SDWAN_CLASS_V6
 */
struct sdwan_plens {
	u8 class[SDWAN_ENDS];
};

/**
 * struct sdwan_view - a packet as look-ups want it
 * @fields: protocol, DSCP and ports
 * @tags: segment and mark
 * @frame: what is in front of it, or NULL
 * @iif: hash of the device it came in by
 * @parts: parts that @frame has
 * @family: by enum sdwan_end, 1 for IPv6
 * @plens: slots of prefixes that some rule may have
 * @hash: of these prefixes
 */
struct sdwan_view {
	u64 fields;
	u64 tags;
	const struct sdwan_frame *frame;
	u32 iif;
	u32 parts;
	unsigned int family[SDWAN_ENDS];
	u64 plens[SDWAN_ENDS];
	u64 hash[SDWAN_ENDS][SDWAN_SLOTS + 1];
};

/**
 * sdwan_iif_words() - the name of a device as two numbers
 * @iif: name, zero-padded, aligned like one of them
 *
 * Return: the first of them.
 */
static inline const u64 *sdwan_iif_words(const char *iif)
{
	return (const u64 *)iif;
}

/**
 * sdwan_halves() - an address as two numbers
 * @addr: address
 *
 * Return: them.
 */
static inline struct sdwan_halves sdwan_halves(const struct in6_addr *addr)
{
	return (struct sdwan_halves) {
		.high = (u64)ntohl(addr->s6_addr32[0]) << 32 |
			ntohl(addr->s6_addr32[1]),
		.low = (u64)ntohl(addr->s6_addr32[2]) << 32 |
		       ntohl(addr->s6_addr32[3]),
	};
}

/**
 * sdwan_first_bits() - a prefix of an address
 * @addr: address
 * @plen: length of the prefix
 *
 * Return: @addr without the bits past it.
 */
static inline struct sdwan_halves sdwan_first_bits(struct sdwan_halves addr,
						   unsigned int plen)
{
	if (plen > 64) {
		addr.low &= U64_MAX << (128 - plen);
		return addr;
	}
	addr.high &= plen ? U64_MAX << (64 - plen) : 0;
	addr.low = 0;
	return addr;
}

/**
 * sdwan_mix() - have all bits of a number count in its upper half
 * @hash: number
 *
 * Multiplying mixes upwards, folding brings that down again.
 *
 * Return: a hash of it.
 */
static inline u64 sdwan_mix(u64 hash)
{
	return (hash ^ hash >> 32) * GOLDEN_RATIO_64;
}

/**
 * sdwan_prefix_hash() - hash the prefix that an address is in
 * @addr: address
 * @end: which of the two it is
 * @family: 1 for IPv6
 * @slot: length of the prefix
 *
 * Return: hash of what is in @addr up to the length of @slot.
 */
static inline u64 sdwan_prefix_hash(struct sdwan_halves addr,
				    enum sdwan_end end, unsigned int family,
				    unsigned int slot)
{
	addr = sdwan_first_bits(addr, family ? slot * SDWAN_V6_STEP :
					       slot + SDWAN_V4_PLEN);
	return sdwan_mix(addr.high * GOLDEN_RATIO_64 +
			 addr.low * SDWAN_RATIO_64 +
			 (end << 8 | family << 6 | slot));
}

/**
 * sdwan_fields() - protocol, DSCP and ports as one number
 * @proto: protocol
 * @dscp: DSCP
 * @sport: source port
 * @dport: destination port
 *
 * Return: it; likewise of masks of them.
 */
static inline u64 sdwan_fields(u8 proto, u8 dscp, u16 sport, u16 dport)
{
	return proto | dscp << 8 | (u64)sport << 16 | (u64)dport << 32;
}

/**
 * sdwan_tags() - segment and mark as one number
 * @vni: segment
 * @mark: mark
 *
 * Return: it; likewise of masks of them.
 */
static inline u64 sdwan_tags(u32 vni, u32 mark)
{
	return (u64)vni << 32 | mark;
}

/**
 * sdwan_iif_hash() - hash the name of a device
 * @iif: name, as for sdwan_iif_words()
 *
 * Return: hash of it.
 */
static inline u32 sdwan_iif_hash(const char *iif)
{
	const u64 *words = sdwan_iif_words(iif);

	return (words[0] * GOLDEN_RATIO_64 + words[1] * SDWAN_RATIO_64) >> 32;
}

/**
 * sdwan_frame_hash() - hash parts of a frame
 * @frame: frame
 * @parts: which of them, SDWAN_FRAME_*; it has all of these
 *
 * Return: hash of them.
 */
static inline u64 sdwan_frame_hash(const struct sdwan_frame *frame, u32 parts)
{
	u64 hash = 0;

	if (parts & SDWAN_FRAME_SMAC)
		hash += frame->smac * SDWAN_RATIO_64;
	if (parts & SDWAN_FRAME_DMAC)
		hash += sdwan_mix(frame->dmac);
	if (parts & SDWAN_FRAME_TYPE)
		hash ^= (u64)frame->type << 48;
	if (parts & SDWAN_FRAME_VLAN)
		hash ^= (u64)frame->vlan << 32;
	if (parts & SDWAN_FRAME_PCP)
		hash ^= (u64)frame->pcp << 28;
	if (parts & SDWAN_FRAME_MPLS)
		hash ^= frame->mpls;
	return sdwan_mix(hash);
}

/**
 * sdwan_view_prefix() - the hash of one prefix
 * @view: packet
 * @end: of its source or destination
 * @plens: lengths of both
 *
 * Return: it, of the length that @plens has at @end; 0 where that is any.
 */
static inline u64 sdwan_view_prefix(const struct sdwan_view *view,
				    enum sdwan_end end,
				    const struct sdwan_plens *plens)
{
	return view->hash[end][plens->class[end] & SDWAN_CLASS_SLOT];
}

/**
 * sdwan_view_pair() - hash both prefixes
 * @view: packet
 * @plens: their lengths
 *
 * Return: hash of both.
 */
static inline u64 sdwan_view_pair(const struct sdwan_view *view,
				  const struct sdwan_plens *plens)
{
	return sdwan_mix(sdwan_view_prefix(view, SDWAN_FROM, plens) +
			 sdwan_view_prefix(view, SDWAN_TO, plens));
}

/**
 * sdwan_view_key() - hash all bits of a packet that are compared
 * @view: packet
 * @pair: sdwan_view_pair() of the lengths compared
 * @shape: the other bits that are
 * @salt: of the tuple
 *
 * Return: where in the buckets rules of the tuple are that may match.
 */
static inline u32 sdwan_view_key(const struct sdwan_view *view, u64 pair,
				 const struct sdwan_shape *shape, u32 salt)
{
	u64 iif = (u64)(view->iif & shape->iif) << 32;

	/* most rules are about packets wherever they are */
	if (unlikely(shape->frame))
		pair += sdwan_frame_hash(view->frame, shape->frame);
	return sdwan_mix((view->fields & shape->fields) * GOLDEN_RATIO_64 +
			 (view->tags & shape->tags) * SDWAN_RATIO_64 +
			 iif + salt + pair) >> 32;
}

#endif /* _SDWAN_CLASSIFIER_HASH_H */
