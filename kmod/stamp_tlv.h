/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: what follows the packets of STAMP (RFC 8972, section 4)
 *
 * Pure functions over bytes, so that they can be tested without a packet.
 */
#ifndef _SDWAN_STAMP_TLV_H
#define _SDWAN_STAMP_TLV_H

#include <asm/byteorder.h>
#include <linux/bits.h>
#include <linux/types.h>

/* Flags: the reflector does not know it, it is no TLV, the HMAC is wrong */
#define SDWAN_TLV_UNKNOWN	BIT(7)
#define SDWAN_TLV_MALFORMED	BIT(6)
#define SDWAN_TLV_INTEGRITY	BIT(5)

#define SDWAN_TLV_PADDING	1
#define SDWAN_TLV_DIRECT	5	/* section 4.5 */
#define SDWAN_TLV_HMAC		8	/* section 4.8 */
#define SDWAN_TLV_STATISTICS	252	/* for experiments, as the next ones */
#define SDWAN_TLV_DECISIONS	253
#define SDWAN_TLV_IDENTITY	254

/* Bytes of an HMAC-SHA-256, truncated (section 4.8) */
#define SDWAN_TLV_HMAC_LEN	16

/* "SDWN": another one's types are not taken for ours */
#define SDWAN_TLV_MAGIC		0x5344574e
#define SDWAN_TLV_VERSION	1

/* In an answer: the probe was known to be a new one of this session. */
#define SDWAN_TLV_COUNTED	BIT(0)

/* In a probe: it tells which of the peer's has come last. */
#define SDWAN_TLV_SEEN		BIT(1)

/* Sections of statistics, in this order, and how many fields of 32 bits they have:
 * those with names of struct sdwan_metric_path and the like.
 */
#define SDWAN_TLV_PATH		BIT(0)
#define SDWAN_TLV_UNDERLAY	BIT(1)
#define SDWAN_TLV_DEVICE	BIT(2)
#define SDWAN_TLV_SECTIONS	(SDWAN_TLV_PATH | SDWAN_TLV_UNDERLAY | \
				 SDWAN_TLV_DEVICE)

#define SDWAN_TLV_PATH_FIELDS		16
#define SDWAN_TLV_UNDERLAY_FIELDS	8
#define SDWAN_TLV_DEVICE_FIELDS		6

/**
 * struct sdwan_tlv - begin of a TLV
 * @flags: SDWAN_TLV_UNKNOWN and others
 * @type: what it is
 * @len: bytes that follow
 */
struct sdwan_tlv {
	u8 flags;
	u8 type;
	__be16 len;
} __packed;

/**
 * struct sdwan_tlv_direct - data packets, cumulative, modulo 2^32
 * @head: SDWAN_TLV_DIRECT
 * @sender_tx: sent by the sender, when it sent the probe
 * @reflector_rx: arrived at the reflector, when the probe did
 * @reflector_tx: sent by the reflector, when it answered
 */
struct sdwan_tlv_direct {
	struct sdwan_tlv head;
	__be32 sender_tx;
	__be32 reflector_rx;
	__be32 reflector_tx;
} __packed;

/**
 * struct sdwan_tlv_identity - who says so, to whom
 * @head: SDWAN_TLV_IDENTITY
 * @magic: SDWAN_TLV_MAGIC
 * @version: SDWAN_TLV_VERSION
 * @says: SDWAN_TLV_COUNTED and SDWAN_TLV_SEEN
 * @seen: the lower half of the highest number of the probes that have come and
 *	count, of whom it is for
 * @site: of who sends this
 * @gateway: of who sends this
 * @to_site: of whom it is for
 * @to_gateway: of whom it is for
 * @path: its path, by a number of who sends this
 * @mark: of the newest key of who sends this
 * @nonce: random number of who sends this, another one after each boot
 * @echo: that of whom it is for, 0 where it is not known
 */
struct sdwan_tlv_identity {
	struct sdwan_tlv head;
	__be32 magic;
	u8 version;
	u8 says;
	__be16 seen;
	__be32 site;
	__be32 gateway;
	__be32 to_site;
	__be32 to_gateway;
	__be32 path;
	__be32 mark;
	__be64 nonce;
	__be64 echo;
} __packed;

/**
 * struct sdwan_tlv_statistics - what who sends this has found out
 * @head: SDWAN_TLV_STATISTICS
 * @magic: SDWAN_TLV_MAGIC
 * @version: SDWAN_TLV_VERSION
 * @has: the sections that follow
 * @wants: the sections of the peer that it has a use for
 * @zero: nothing
 * @field: those of the sections, one after the other; what follows is room for the
 *	answer
 */
struct sdwan_tlv_statistics {
	struct sdwan_tlv head;
	__be32 magic;
	u8 version;
	u8 has;
	u8 wants;
	u8 zero;
	__be32 field[];
} __packed;

/* Of decisions: who sends this leads, */
#define SDWAN_TLV_LEADS		BIT(0)

/* it lists all of a range, */
#define SDWAN_TLV_RANGE		BIT(1)

/* there are changes that are not in it, */
#define SDWAN_TLV_MORE		BIT(2)

/* and there are policies that the follower does not know, and has forgotten. */
#define SDWAN_TLV_FULL		BIT(3)

/* Of an entry: the policy is on this path; the rest tells goals from each other. */
#define SDWAN_TLV_ACTIVE	BIT(0)
#define SDWAN_TLV_GOALS		0xfe

/**
 * struct sdwan_tlv_policy - a policy, on the path by which this is sent
 * @id: of the policy
 * @flag: SDWAN_TLV_ACTIVE, and SDWAN_TLV_GOALS
 */
struct sdwan_tlv_policy {
	__be64 id;
	u8 flag;
} __packed;

/**
 * struct sdwan_tlv_range - what SDWAN_TLV_RANGE lists all active policies of
 * @low: the lowest id
 * @high: the highest one
 */
struct sdwan_tlv_range {
	__be64 low;
	__be64 high;
} __packed;

/**
 * struct sdwan_tlv_decisions - which policies are on the path by which this is sent
 * @head: SDWAN_TLV_DECISIONS
 * @magic: SDWAN_TLV_MAGIC
 * @version: SDWAN_TLV_VERSION
 * @says: SDWAN_TLV_LEADS and others
 * @n: entries that follow
 * @seq: of the leader, the number of these entries, or where there are none, of those
 *	that were sent before
 * @ack: of the follower, the number of those that it has installed last
 * @interval: of the leader, the milliseconds within which it is heard again
 * @count: policies that the leader has on this path, or has told the follower of
 * @sum: sum of their hashes
 * @carried: sum of the hashes of those that are on this path at who sends this
 * @unknown: those of them for which the follower has no class
 * @differing: those for whose class it has other goals
 * @data: &struct sdwan_tlv_range where there is one, &struct sdwan_tlv_policy; what
 *	follows is room for the answer
 */
struct sdwan_tlv_decisions {
	struct sdwan_tlv head;
	__be32 magic;
	u8 version;
	u8 says;
	__be16 n;
	__be32 seq;
	__be32 ack;
	__be32 interval;
	__be32 count;
	__be64 sum;
	__be64 carried;
	__be16 unknown;
	__be16 differing;
	u8 data[];
} __packed;

/**
 * struct sdwan_tlv_hmac - HMAC of the number of the packet and all TLVs before
 * @head: SDWAN_TLV_HMAC
 * @hmac: HMAC-SHA-256, truncated
 */
struct sdwan_tlv_hmac {
	struct sdwan_tlv head;
	u8 hmac[SDWAN_TLV_HMAC_LEN];
} __packed;

/**
 * struct sdwan_tlvs - where which TLV is
 * @direct: &struct sdwan_tlv_direct, or NULL
 * @identity: &struct sdwan_tlv_identity, or NULL
 * @statistics: &struct sdwan_tlv_statistics, or NULL
 * @decisions: &struct sdwan_tlv_decisions, or NULL
 * @hmac: &struct sdwan_tlv_hmac, or NULL
 * @any: there is something besides padding
 */
struct sdwan_tlvs {
	const struct sdwan_tlv_direct *direct;
	const struct sdwan_tlv_identity *identity;
	const struct sdwan_tlv_statistics *statistics;
	const struct sdwan_tlv_decisions *decisions;
	const struct sdwan_tlv_hmac *hmac;
	bool any;
};

/**
 * struct sdwan_tlv_window - which numbers of a session have come
 * @any: some have
 * @top: the highest one
 * @bits: bit n is set where @top - n has come
 *
 * Here what is in doubt is refused. That of copies (window.h) takes it, and lets
 * the window be moved back: for packets that prove who they are from, both is
 * wrong.
 */
struct sdwan_tlv_window {
	bool any;
	u32 top;
	u64 bits;
};

/* Bytes of a TLV, or 0 where there is none within @len. */
static inline unsigned int sdwan_tlv_size(const u8 *tlv, unsigned int len)
{
	unsigned int size;

	if (len < sizeof(struct sdwan_tlv))
		return 0;
	size = sizeof(struct sdwan_tlv) + (tlv[2] << 8 | tlv[3]);
	return size > len ? 0 : size;
}

/* Has it the length of its type? */
static inline bool sdwan_tlv_fits(u8 type, unsigned int size)
{
	switch (type) {
	case SDWAN_TLV_DIRECT:
		return size == sizeof(struct sdwan_tlv_direct);
	case SDWAN_TLV_HMAC:
		return size == sizeof(struct sdwan_tlv_hmac);
	default:
		return true;
	}
}

/* How many fields these sections have. */
static inline unsigned int sdwan_tlv_fields(u8 has)
{
	unsigned int n = 0;

	if (has & SDWAN_TLV_PATH)
		n += SDWAN_TLV_PATH_FIELDS;
	if (has & SDWAN_TLV_UNDERLAY)
		n += SDWAN_TLV_UNDERLAY_FIELDS;
	if (has & SDWAN_TLV_DEVICE)
		n += SDWAN_TLV_DEVICE_FIELDS;
	return n;
}

/* Fields that there are, or that there is room for. */
static inline unsigned int
sdwan_tlv_room(const struct sdwan_tlv_statistics *s)
{
	return (be16_to_cpu(s->head.len) + sizeof(s->head) - sizeof(*s)) /
	       sizeof(__be32);
}

static inline bool sdwan_tlv_is_identity(const u8 *tlv, unsigned int size)
{
	const struct sdwan_tlv_identity *id = (const void *)tlv;

	return id->head.type == SDWAN_TLV_IDENTITY && size == sizeof(*id) &&
	       id->magic == cpu_to_be32(SDWAN_TLV_MAGIC) &&
	       id->version == SDWAN_TLV_VERSION;
}

static inline bool sdwan_tlv_is_statistics(const u8 *tlv, unsigned int size)
{
	const struct sdwan_tlv_statistics *s = (const void *)tlv;

	return s->head.type == SDWAN_TLV_STATISTICS && size >= sizeof(*s) &&
	       s->magic == cpu_to_be32(SDWAN_TLV_MAGIC) &&
	       s->version == SDWAN_TLV_VERSION &&
	       sdwan_tlv_fields(s->has) <= sdwan_tlv_room(s);
}

/* Bytes of entries, and of a range, if there is one. */
static inline unsigned int sdwan_tlv_decisions_len(u8 says, unsigned int n)
{
	return (says & SDWAN_TLV_RANGE ? sizeof(struct sdwan_tlv_range) : 0) +
	       n * sizeof(struct sdwan_tlv_policy);
}

static inline bool sdwan_tlv_is_decisions(const u8 *tlv, unsigned int size)
{
	const struct sdwan_tlv_decisions *d = (const void *)tlv;

	return d->head.type == SDWAN_TLV_DECISIONS && size >= sizeof(*d) &&
	       d->magic == cpu_to_be32(SDWAN_TLV_MAGIC) &&
	       d->version == SDWAN_TLV_VERSION &&
	       sdwan_tlv_decisions_len(d->says, be16_to_cpu(d->n)) <=
	       size - sizeof(*d);
}

/* Of a type that everybody uses for something else: is it ours? */
static inline bool sdwan_tlv_ours(const u8 *tlv, unsigned int size)
{
	return sdwan_tlv_is_identity(tlv, size) ||
	       sdwan_tlv_is_statistics(tlv, size) ||
	       sdwan_tlv_is_decisions(tlv, size);
}

/* One of each kind, and behind the HMAC nothing but padding. */
static inline bool sdwan_tlvs_note(struct sdwan_tlvs *tlvs, const u8 *tlv,
				   unsigned int size)
{
	const void **place = NULL;
	u8 type = tlv[1];

	if (type <= SDWAN_TLV_PADDING)
		return true;
	if (tlvs->hmac)
		return false;
	tlvs->any = true;
	if (!sdwan_tlv_fits(type, size))
		return type != SDWAN_TLV_HMAC;
	if (type == SDWAN_TLV_DIRECT)
		place = (const void **)&tlvs->direct;
	else if (type == SDWAN_TLV_HMAC)
		place = (const void **)&tlvs->hmac;
	else if (sdwan_tlv_is_identity(tlv, size))
		place = (const void **)&tlvs->identity;
	else if (sdwan_tlv_is_statistics(tlv, size))
		place = (const void **)&tlvs->statistics;
	else if (sdwan_tlv_is_decisions(tlv, size))
		place = (const void **)&tlvs->decisions;
	if (!place)
		return true;
	if (*place)
		return false;
	*place = tlv;
	return true;
}

/**
 * sdwan_tlvs_find() - find the TLVs that are known
 * @tlvs: result
 * @data: the first TLV
 * @len: bytes of all
 *
 * Return: false where there is no saying which bytes an HMAC covers (RFC 8972,
 * section 4.8), or one of a kind.
 */
static inline bool sdwan_tlvs_find(struct sdwan_tlvs *tlvs, const u8 *data,
				   unsigned int len)
{
	*tlvs = (struct sdwan_tlvs){};
	while (len) {
		unsigned int size = sdwan_tlv_size(data, len);

		if (!size || !sdwan_tlvs_note(tlvs, data, size))
			return false;
		data += size;
		len -= size;
	}
	return true;
}

/**
 * sdwan_tlvs_whole() - how much of TLVs that were cut off can be answered
 * @tlv: the first
 * @len: bytes that are left of all
 *
 * Return: bytes without the padding that is not there in full; @len where it is no
 * padding that was cut.
 */
static inline unsigned int sdwan_tlvs_whole(const u8 *tlv, unsigned int len)
{
	unsigned int done = 0, size;

	while (len - done >= sizeof(struct sdwan_tlv)) {
		size = sdwan_tlv_size(tlv + done, len - done);
		if (!size)
			return tlv[done + 1] == SDWAN_TLV_PADDING ? done : len;
		done += size;
	}
	return len;
}

/**
 * sdwan_tlv_pad() - write padding
 * @data: zeroes
 * @len: how many, those of the header included
 */
static inline void sdwan_tlv_pad(u8 *data, unsigned int len)
{
	struct sdwan_tlv *tlv = (void *)data;

	tlv->flags = SDWAN_TLV_UNKNOWN;
	tlv->type = SDWAN_TLV_PADDING;
	tlv->len = cpu_to_be16(len - sizeof(*tlv));
}

static inline bool sdwan_tlv_known(const u8 *tlv, unsigned int size, bool keyed)
{
	return tlv[1] <= SDWAN_TLV_PADDING || tlv[1] == SDWAN_TLV_DIRECT ||
	       (keyed && (tlv[1] == SDWAN_TLV_HMAC ||
			  sdwan_tlv_ours(tlv, size)));
}

/**
 * sdwan_tlvs_flag() - answer the flags of TLVs
 * @tlv: the first, copied from the request
 * @len: bytes of all
 * @keyed: those of us are known, too
 * @wrong: they are not what the HMAC says
 *
 * Padding may be all zeroes, as TWAMP has it. What is not known gets the flag that
 * says so (RFC 8972, section 4.2).
 */
static inline void sdwan_tlvs_flag(u8 *tlv, unsigned int len, bool keyed,
				   bool wrong)
{
	while (len) {
		unsigned int size = sdwan_tlv_size(tlv, len);

		if (size)
			tlv[0] &= ~(SDWAN_TLV_UNKNOWN | SDWAN_TLV_MALFORMED |
				    SDWAN_TLV_INTEGRITY);
		if (wrong)
			tlv[0] |= SDWAN_TLV_INTEGRITY;
		if (!size) {
			tlv[0] |= SDWAN_TLV_MALFORMED;
			return;
		}
		if (!sdwan_tlv_known(tlv, size, keyed))
			tlv[0] |= SDWAN_TLV_UNKNOWN;
		else if (!sdwan_tlv_fits(tlv[1], size))
			tlv[0] |= SDWAN_TLV_MALFORMED;
		tlv += size;
		len -= size;
	}
}

/**
 * sdwan_tlv_window_seen() - whether a number has come
 * @w: what has come
 * @seq: number
 *
 * Return: true where it has come, or is so old that nobody knows.
 */
static inline bool sdwan_tlv_window_seen(const struct sdwan_tlv_window *w,
					 u32 seq)
{
	s32 ahead = seq - w->top;

	if (!w->any || ahead > 0)
		return false;
	return ahead <= -64 || w->bits & BIT_ULL(-ahead);
}

/**
 * sdwan_tlv_window_new() - whether a number comes for the first time
 * @w: what has come
 * @seq: number; taken note of
 *
 * Return: false where it has come, or is so old that nobody knows.
 */
static inline bool sdwan_tlv_window_new(struct sdwan_tlv_window *w, u32 seq)
{
	s32 ahead = seq - w->top;

	if (sdwan_tlv_window_seen(w, seq))
		return false;
	if (!w->any || ahead > 0) {
		w->bits = w->any && ahead < 64 ? w->bits << ahead : 0;
		w->bits |= 1;
		w->top = seq;
		w->any = true;
	} else {
		w->bits |= BIT_ULL(-ahead);
	}
	return true;
}

#endif /* _SDWAN_STAMP_TLV_H */
