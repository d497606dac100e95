/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: both gateways of a path have the same policies on it
 */
#ifndef _SDWAN_AGREE_H
#define _SDWAN_AGREE_H

#include <linux/workqueue.h>

#include "agree_set.h"
#include "decide.h"
#include "stamp_tlv.h"
#include "types.h"

struct sdwan_decisions;
struct sdwan_prospect;

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
 * @told: the entries, of no meaning with a range
 * @data: as it is sent
 */
struct sdwan_agree_out {
	u8 says;
	u8 n;
	u16 len;
	u64 high;
	struct sdwan_told told[SDWAN_AGREE_ENTRIES];
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

/**
 * struct sdwan_agree_msg - what the other end of a path has told
 * @list: in sdwan_agrees.heard
 * @path: number of the path
 * @nonce: of the session of the other end
 * @at: ktime
 * @tlv: the message
 */
struct sdwan_agree_msg {
	struct list_head list;
	u32 path;
	u64 nonce;
	u64 at;
	struct sdwan_tlv_decisions tlv;
};

/**
 * struct sdwan_agrees - agreement of a fabric
 * @sn: (c) fabric
 * @work: takes in what was heard, and prepares what is told
 * @lock: protects @heard and @waiting; taken with bottom halves off
 * @heard: &struct sdwan_agree_msg
 * @waiting: length of @heard
 * @dirty: (L) &struct sdwan_agree.list of which something has changed
 * @interval: ms within which this end is heard; written under sdwan_net.lock
 * @look_at: ktime of the next look at all paths; belongs to @work, which has one
 *	instance
 * @newest: (L) the path that the leader has just moved something to, 0 for none
 */
struct sdwan_agrees {
	struct sdwan_net *sn;
	struct delayed_work work;
	spinlock_t lock;	/* protects heard and waiting */
	struct list_head heard;
	u32 waiting;
	struct list_head dirty;
	u32 interval;
	u64 look_at;
	u32 newest;
};

/* agree.c */
void sdwan_agree_entry_write(struct sdwan_tlv_policy *entry, u64 id, u8 flag);
void sdwan_agree_out_seal(struct sdwan_agree_out *out, bool range, u64 low);
const struct sdwan_tlv_policy *
sdwan_agree_entries(const struct sdwan_tlv_decisions *d);
bool sdwan_agree_find(const struct sdwan_tlv_decisions *d, u64 id, u8 *flag);
void sdwan_agree_word(struct sdwan_agree_word *word,
		      const struct sdwan_tlv_decisions *d);
bool sdwan_agree_leads(const struct sdwan_path *path);
unsigned int sdwan_agree_room(struct sdwan_probe *probe, u64 now);
void sdwan_agree_write(const struct sdwan_path *path,
		       struct sdwan_tlv_decisions *d);
void sdwan_agree_erase(struct sdwan_tlv_decisions *d);
void sdwan_agree_take(struct sdwan_probe *probe,
		      const struct sdwan_tlv_decisions *d, u64 now);
void sdwan_agree_forget(struct sdwan_probe *probe);
void sdwan_agree_hasten(struct sdwan_probe *probe, u64 now);
void sdwan_agree_free(struct sdwan_agree *a);

/* agree_site.c */
u8 sdwan_agree_goals(const struct sdwan_class_cfg *class);
bool sdwan_agree_bit(const struct sdwan_agree *a, u32 class);
bool sdwan_agree_bit_put(struct sdwan_agree *a, u32 class, bool set);
void sdwan_agree_mark(struct sdwan_path *path);
void sdwan_agree_changed(struct sdwan_path *path, u32 class);
void sdwan_agree_gone(struct sdwan_path *path, u32 class);
void sdwan_agree_drop(struct sdwan_path *path);
void sdwan_agree_look(struct sdwan_prospect *p, u64 now);
bool sdwan_agree_told(struct sdwan_decisions *d,
		      const struct sdwan_class_cfg *class, u32 current_id,
		      struct sdwan_verdict *verdict);
void sdwan_agree_refresh(struct sdwan_path *path, u64 now);
bool sdwan_agree_recent(struct sdwan_path *path, u64 now);

/* agree_hear.c */
void sdwan_agree_judge(struct sdwan_path *path, bool same, u64 now);
void sdwan_agree_hear(struct sdwan_path *path,
		      const struct sdwan_agree_msg *msg);

/* agree_work.c */
void sdwan_agrees_kick(struct sdwan_net *sn);
bool sdwan_agrees_queue(struct sdwan_probe *probe,
			const struct sdwan_tlv_decisions *d, u64 now);
struct sdwan_agrees *sdwan_agrees_alloc(struct sdwan_net *sn);
void sdwan_agrees_stop(struct sdwan_agrees *g);
void sdwan_agrees_free(struct sdwan_agrees *g);

/* agree_nl.c */
void sdwan_agree_event(const struct sdwan_path *path,
		       enum sdwan_agreement_change change,
		       const struct sdwan_class_cfg *class, u64 id);
int sdwan_agree_fill(struct sk_buff *skb, struct sdwan_path *path);
int sdwan_agree_fill_decision(struct sk_buff *skb, struct sdwan_net *sn,
			      const struct sdwan_policy *policy,
			      const struct sdwan_class_cfg *class);

#endif /* _SDWAN_AGREE_H */
