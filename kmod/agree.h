/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: both gateways of a path have the same policies on it
 */
#ifndef _SDWAN_AGREE_H
#define _SDWAN_AGREE_H

#include <linux/workqueue.h>

#include "agree_types.h"
#include "decide.h"
#include "stamp_tlv.h"
#include "types.h"

struct sdwan_decisions;
struct sdwan_prospect;

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
 * @missing: a follower misses something, which may have to wait; belongs to @work
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
	bool missing;
	u32 newest;
};

/* agree.c */
void sdwan_agree_entry_write(struct sdwan_tlv_policy *entry, u64 id, u8 flag);
void sdwan_agree_out_seal(struct sdwan_agree_out *out,
			  const struct sdwan_told *told, bool range, u64 low);
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
bool sdwan_agree_keyed(const struct sdwan_path *path);
u8 sdwan_agree_goals(const struct sdwan_class_cfg *class);
bool sdwan_agree_bit(const struct sdwan_agree *a, u32 class);
bool sdwan_agree_bit_put(struct sdwan_agree *a, u32 class, bool set);
void sdwan_agree_mark(struct sdwan_path *path);
void sdwan_agree_changed(struct sdwan_path *path, u32 class);
void sdwan_agree_gone(struct sdwan_path *path, u32 class);
void sdwan_agree_named(struct sdwan_path *path,
		       const struct sdwan_class_cfg *class);
void sdwan_agree_drop(struct sdwan_path *path);
void sdwan_agree_look(struct sdwan_prospect *p, u64 now);
bool sdwan_agree_told(struct sdwan_decisions *d,
		      const struct sdwan_class_cfg *class, u32 current_id,
		      struct sdwan_verdict *verdict);
void sdwan_agree_refresh(struct sdwan_path *path, u64 now);
bool sdwan_agree_recent(struct sdwan_path *path, u64 now);

/* agree_hear.c */
void sdwan_agree_judge(struct sdwan_path *path, bool same, u64 now);
void sdwan_agree_resync(struct sdwan_path *path, u64 now);
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
