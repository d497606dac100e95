/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: what is kept of agreement on a path
 *
 * What protects a field is said as in types_fabric.h.
 */
#ifndef _SDWAN_AGREE_TYPES_H
#define _SDWAN_AGREE_TYPES_H

#include <linux/list.h>

#include "agree_set.h"
#include "stamp_tlv.h"

/* Policies in a message: as many as fit behind a probe that can be answered. */
#define SDWAN_AGREE_ENTRIES	27

/* The follower waits for so many of the intervals that the leader has announced. */
#define SDWAN_AGREE_LIFETIME	3

/**
 * struct sdwan_agree_out - what the leader tells until it is acknowledged
 * @says: SDWAN_TLV_RANGE or 0
 * @n: entries
 * @len: length of @data
 * @high: last id of a range
 * @class: numbers of the classes of the entries, of no meaning with a range
 * @data: as it is sent
 */
struct sdwan_agree_out {
	u8 says;
	u8 n;
	u16 len;
	u64 high;
	u32 class[SDWAN_AGREE_ENTRIES];
	u8 data[sizeof(struct sdwan_tlv_range) +
		SDWAN_AGREE_ENTRIES * sizeof(struct sdwan_tlv_policy)];
};

/**
 * struct sdwan_agree_word - what the other end has said last
 * @says: SDWAN_TLV_LEADS and others
 * @seq: as in &struct sdwan_tlv_decisions, as the rest
 * @ack: likewise
 * @carried: likewise
 * @digest: likewise
 * @unknown: likewise
 * @differing: likewise
 */
struct sdwan_agree_word {
	u8 says;
	u32 seq;
	u32 ack;
	u64 carried;
	struct sdwan_digest digest;
	u16 unknown;
	u16 differing;
};

/**
 * struct sdwan_agree - agreement on a path
 * @seq: (p) number of what was told last, by the leader
 * @ack: (p) of what was installed last, by the follower
 * @said: (p) of the leader, what it has on the path; of the follower, what it was told
 * @carried: (p) sum of what this end has on the path
 * @unknown: (p) policies that the follower has no class for
 * @differing: (p) those that it has other goals for
 * @more: (p) the leader has more to tell than @out
 * @full: (p) the follower has forgotten some of @unknown
 * @ack_due: (p) the follower is to tell what it has installed
 * @out: (p) what is told until it is acknowledged, or NULL
 * @out_at: (p) ktime at which that was sent last, 0 for not yet
 * @told_at: (p) ktime at which a probe told something
 * @hastened_at: (p) ktime at which a probe was hastened
 * @probed_at: (p) ktime at which a probe of the other end has come last
 * @heard_at: (p) ktime at which the other end told something, 0 for not in this session
 * @heard_interval: (p) ns that the leader has announced
 * @last: (p) what was told then, from seq on
 * @last_says: (p) likewise
 * @sent: (p) messages
 * @received: (p) messages
 * @refused: (p) messages that were of no use
 * @list: (L) in sdwan_agrees.dirty, or empty
 * @keyed: (L) the peer has a key, as far as was looked
 * @bits: (L) by the number of the class: of the leader, what is to be told; of the
 *	follower, what is on the path
 * @n_bits: (L) length of @bits
 * @strangers: (L) of the follower, policies that it has no class for, or NULL
 * @stale: (L) there is more to tell than @out, or other things
 * @resync: (L) of the leader, all is told anew, from @low on
 * @low: (L) the id
 * @resync_at: (L) ktime at which that was begun last
 * @nonce: (L) session that @applied belongs to
 * @applied: (L) as @ack
 * @far: (L) what the other end has told last
 * @judged: (L) it was compared
 * @apart: (L) ktime since which it has other policies on the path, 0 for it has not
 * @apart_time: (L) ns for which that was so before
 * @disagreements: (L) how often
 * @resyncs: (L) how often all was told anew
 *
 * (p) is under the lock of the probes of the path; written under sdwan_net.lock, too,
 * where it is written in process context.
 */
struct sdwan_agree {
	u32 seq;
	u32 ack;
	struct sdwan_digest said;
	u64 carried;
	u16 unknown;
	u16 differing;
	bool more;
	bool full;
	bool ack_due;
	struct sdwan_agree_out *out;
	u64 out_at;
	u64 told_at;
	u64 hastened_at;
	u64 probed_at;
	u64 heard_at;
	u64 heard_interval;
	u8 last[sizeof(struct sdwan_tlv_decisions) -
		offsetof(struct sdwan_tlv_decisions, seq)];
	u8 last_says;
	u32 sent;
	u32 received;
	u32 refused;
	struct list_head list;
	bool keyed;
	unsigned long *bits;
	u32 n_bits;
	struct sdwan_strangers *strangers;
	bool stale;
	bool resync;
	u64 low;
	u64 resync_at;
	u64 nonce;
	u32 applied;
	struct sdwan_agree_word far;
	bool judged;
	u64 apart;
	u64 apart_time;
	u32 disagreements;
	u32 resyncs;
};

#endif /* _SDWAN_AGREE_TYPES_H */
