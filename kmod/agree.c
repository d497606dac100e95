// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: what the two gateways of a path tell each other of decisions
 *
 * Behind probes that are made by a key.  What is told is made ready in process context
 * (agree_site.c) and copied here; what is heard is left for there.  Both is bounded.
 * The leader tells changes at once, and says so until they are acknowledged; it is
 * heard within each interval that it announces.  The follower answers.
 */
#include <linux/bitmap.h>
#include <linux/math64.h>
#include <linux/slab.h>
#include <linux/time64.h>

#include "agree.h"
#include "leader.h"
#include "node.h"
#include "probe.h"

/* What is not acknowledged is told again after this. */
#define SDWAN_AGREE_AGAIN	(200 * NSEC_PER_MSEC)

/* A probe is not hastened more often than this. */
#define SDWAN_AGREE_HASTE	(20 * NSEC_PER_MSEC)

/* Intervals that are believed, ms. */
#define SDWAN_AGREE_SHORTEST	100
#define SDWAN_AGREE_LONGEST	(3600 * MSEC_PER_SEC)

/* Room for entries, where the leader can only answer. */
#define SDWAN_AGREE_ROOM	sizeof_field(struct sdwan_agree_out, data)

/**
 * sdwan_agree_entry_write() - write an entry
 * @entry: result
 * @id: of the policy
 * @flag: SDWAN_TLV_ACTIVE, and SDWAN_TLV_GOALS
 */
void sdwan_agree_entry_write(struct sdwan_tlv_policy *entry, u64 id, u8 flag)
{
	entry->id = cpu_to_be64(id);
	entry->flag = flag;
}

/**
 * sdwan_agree_out_seal() - write the entries of what is told
 * @out: with the number of its entries, and the end of a range
 * @told: the entries
 * @range: these are all of a range
 * @low: which begins there
 */
void sdwan_agree_out_seal(struct sdwan_agree_out *out,
			  const struct sdwan_told *told, bool range, u64 low)
{
	struct sdwan_tlv_policy *entry = (void *)out->data;
	unsigned int i;

	out->says = range ? SDWAN_TLV_RANGE : 0;
	out->len = sdwan_tlv_decisions_len(out->says, out->n);
	if (range) {
		struct sdwan_tlv_range *r = (void *)out->data;

		r->low = cpu_to_be64(low);
		r->high = cpu_to_be64(out->high);
		entry = (void *)(r + 1);
	}
	for (i = 0; i < out->n; i++) {
		sdwan_agree_entry_write(&entry[i], told[i].id, told[i].flag);
		out->class[i] = told[i].class;
	}
}

/**
 * sdwan_agree_entries() - where the entries of a message are
 * @d: message
 *
 * Return: the first one.
 */
const struct sdwan_tlv_policy *
sdwan_agree_entries(const struct sdwan_tlv_decisions *d)
{
	return (const void *)(d->data + sdwan_tlv_decisions_len(d->says, 0));
}

/**
 * sdwan_agree_find() - what a message says of a policy
 * @d: message
 * @id: of the policy
 * @flag: result
 *
 * Return: false where it says nothing.
 */
bool sdwan_agree_find(const struct sdwan_tlv_decisions *d, u64 id, u8 *flag)
{
	const struct sdwan_tlv_policy *entry = sdwan_agree_entries(d);
	const struct sdwan_tlv_range *r = (const void *)d->data;
	unsigned int i;

	for (i = 0; i < be16_to_cpu(d->n); i++) {
		if (be64_to_cpu(entry[i].id) != id)
			continue;
		*flag = entry[i].flag;
		return true;
	}
	*flag = 0;
	return d->says & SDWAN_TLV_RANGE && id >= be64_to_cpu(r->low) &&
	       id <= be64_to_cpu(r->high);
}

/**
 * sdwan_agree_word() - read all of a message but its entries
 * @word: result
 * @d: message
 */
void sdwan_agree_word(struct sdwan_agree_word *word,
		      const struct sdwan_tlv_decisions *d)
{
	*word = (struct sdwan_agree_word) {
		.says = d->says,
		.seq = be32_to_cpu(d->seq),
		.ack = be32_to_cpu(d->ack),
		.carried = be64_to_cpu(d->carried),
		.digest.count = be32_to_cpu(d->count),
		.digest.sum = be64_to_cpu(d->sum),
		.unknown = be16_to_cpu(d->unknown),
		.differing = be16_to_cpu(d->differing),
	};
}

/**
 * sdwan_agree_leads() - whether this end leads the other end of a path
 * @path: path
 *
 * Context: Under rcu_read_lock() or sdwan_net.lock.
 *
 * Return: true where it does.
 */
bool sdwan_agree_leads(const struct sdwan_path *path)
{
	const struct sdwan_gateway_id peer = {
		.site = path->peer->site->id,
		.gateway = path->peer->gateway,
	};
	const struct sdwan_node_cfg *node;
	struct sdwan_gateway_id self = {};

	rcu_read_lock();
	node = sdwan_node_rcu(path->obj.sn);
	if (node) {
		self.site = node->site;
		self.gateway = node->gateway;
	}
	rcu_read_unlock();
	return sdwan_leads(&self, &peer);
}

/* Decisions are told behind probes, and not more often than those are sent. */
static u64 sdwan_agree_interval(const struct sdwan_probe *probe)
{
	u32 interval = READ_ONCE(probe->path->obj.sn->agrees->interval);

	return max((u64)interval * NSEC_PER_MSEC, probe->params.idle_interval);
}

/* The leader: changes, and that it is there while there is something decided. */
static unsigned int sdwan_agree_room_leader(struct sdwan_probe *probe, u64 now)
{
	struct sdwan_agree *a = &probe->path->agree;
	u64 next;

	if (a->out && (!a->out_at || now - a->out_at >= SDWAN_AGREE_AGAIN)) {
		a->out_at = now;
		return a->out->len;
	}
	if (!a->said.count && !a->heard_at)
		return UINT_MAX;
	/* the next probe would be late */
	next = probe->fast ? probe->params.interval :
			     probe->params.idle_interval;
	return now + next - a->told_at > sdwan_agree_interval(probe) ? 0 :
								UINT_MAX;
}

/* The follower asks only where the leader does not send probes by itself. */
static unsigned int sdwan_agree_room_follower(struct sdwan_probe *probe,
					      u64 now)
{
	struct sdwan_agree *a = &probe->path->agree;
	u64 interval = sdwan_agree_interval(probe);

	if (a->ack_due) {
		a->ack_due = false;
		return 0;
	}
	if (now - a->probed_at < interval || now - a->told_at < interval)
		return UINT_MAX;
	return SDWAN_AGREE_ROOM;
}

/**
 * sdwan_agree_room() - how much of decisions the next probe has behind it
 * @probe: probes of a path with a key and a session, locked
 * @now: ktime
 *
 * Return: bytes, or 0 for nothing.
 */
unsigned int sdwan_agree_room(struct sdwan_probe *probe, u64 now)
{
	unsigned int room = sdwan_agree_leads(probe->path) ?
			    sdwan_agree_room_leader(probe, now) :
			    sdwan_agree_room_follower(probe, now);

	if (room == UINT_MAX)
		return 0;
	probe->path->agree.told_at = now;
	return sizeof(struct sdwan_tlv_decisions) + room;
}

/**
 * sdwan_agree_erase() - tell nothing
 * @d: for which there is room
 *
 * The receiver does not take it for one of ours.
 */
void sdwan_agree_erase(struct sdwan_tlv_decisions *d)
{
	memset((u8 *)d + sizeof(d->head), 0, be16_to_cpu(d->head.len));
}

static void sdwan_agree_write_leader(const struct sdwan_agree *a,
				     struct sdwan_tlv_decisions *d,
				     unsigned int room)
{
	const struct sdwan_agree_out *out = a->out;
	u32 seq = a->seq;

	d->says = SDWAN_TLV_LEADS;
	if (out && out->len <= room) {
		d->says |= out->says;
		d->n = cpu_to_be16(out->n);
		memcpy(d->data, out->data, out->len);
	} else if (out) {
		/* nobody is to take this for what there is no room for */
		d->says |= SDWAN_TLV_MORE;
		seq--;
	}
	if (a->more)
		d->says |= SDWAN_TLV_MORE;
	d->seq = cpu_to_be32(seq);
}

/**
 * sdwan_agree_write() - tell what is decided
 * @path: path with a key
 * @d: result, with its length
 *
 * Context: Under rcu_read_lock(), bottom halves off.
 */
void sdwan_agree_write(const struct sdwan_path *path,
		       struct sdwan_tlv_decisions *d)
{
	unsigned int room = be16_to_cpu(d->head.len) + sizeof(d->head) -
			    sizeof(*d);
	struct sdwan_probe *probe = path->probe;
	struct sdwan_agree *a = &probe->path->agree;
	bool leads = sdwan_agree_leads(path);

	sdwan_agree_erase(d);
	d->magic = cpu_to_be32(SDWAN_TLV_MAGIC);
	d->version = SDWAN_TLV_VERSION;
	spin_lock(&probe->lock);
	d->interval = cpu_to_be32(div_u64(sdwan_agree_interval(probe),
					  NSEC_PER_MSEC));
	if (leads)
		sdwan_agree_write_leader(a, d, room);
	else if (a->full)
		d->says = SDWAN_TLV_FULL;
	d->ack = cpu_to_be32(a->ack);
	d->count = cpu_to_be32(a->said.count);
	d->sum = cpu_to_be64(a->said.sum);
	d->carried = cpu_to_be64(a->carried);
	d->unknown = cpu_to_be16(a->unknown);
	d->differing = cpu_to_be16(a->differing);
	a->sent++;
	spin_unlock(&probe->lock);
}

/* From the number on. */
static const u8 *sdwan_agree_rest(const struct sdwan_tlv_decisions *d)
{
	return (const u8 *)d + offsetof(struct sdwan_tlv_decisions, seq);
}

/* The same again, which there is nothing to do about, unless it had become silent. */
static bool sdwan_agree_known(const struct sdwan_agree *a,
			      const struct sdwan_tlv_decisions *d, u64 now)
{
	return a->heard_at && now - a->heard_at < 2 * a->heard_interval &&
	       !d->n && !(d->says & SDWAN_TLV_RANGE) &&
	       a->last_says == d->says &&
	       !memcmp(a->last, sdwan_agree_rest(d), sizeof(a->last));
}

/**
 * sdwan_agree_take() - the other end tells what is decided
 * @probe: probes of the path, locked
 * @d: what it tells, in a packet of its present session
 * @now: ktime
 *
 * Context: Under rcu_read_lock(), bottom halves off.
 */
void sdwan_agree_take(struct sdwan_probe *probe,
		      const struct sdwan_tlv_decisions *d, u64 now)
{
	struct sdwan_agree *a = &probe->path->agree;

	/* one of both leads */
	if (!!(d->says & SDWAN_TLV_LEADS) == sdwan_agree_leads(probe->path)) {
		a->refused++;
		return;
	}
	a->received++;
	a->heard_interval = (u64)clamp_t(u32, be32_to_cpu(d->interval),
					 SDWAN_AGREE_SHORTEST,
					 SDWAN_AGREE_LONGEST) * NSEC_PER_MSEC;
	if (!sdwan_agree_known(a, d, now)) {
		if (!sdwan_agrees_queue(probe, d, now)) {
			a->refused++;
			return;
		}
		a->last_says = d->says;
		memcpy(a->last, sdwan_agree_rest(d), sizeof(a->last));
	}
	a->heard_at = now;
}

/**
 * sdwan_agree_forget() - the far end has booted, or its path is another one
 * @probe: probes of the path, locked
 */
void sdwan_agree_forget(struct sdwan_probe *probe)
{
	struct sdwan_agree *a = &probe->path->agree;

	a->heard_at = 0;
	a->ack = 0;
	a->ack_due = false;
	/* what was told, the one before has heard */
	a->out_at = 0;
	a->told_at = 0;
}

/**
 * sdwan_agree_hasten() - have a probe sent at once
 * @probe: probes of a path, locked
 * @now: ktime
 *
 * Where none are sent, the answers to those of the other end have to do.
 *
 * Context: Bottom halves off.
 */
void sdwan_agree_hasten(struct sdwan_probe *probe, u64 now)
{
	u64 when = max(now, probe->path->agree.hastened_at + SDWAN_AGREE_HASTE);

	if (probe->verdict == SDWAN_PROBE_UNASKED || probe->next <= when)
		return;
	probe->path->agree.hastened_at = when;
	probe->next = when;
	sdwan_prober_hasten(probe->path->obj.sn->prober, &probe->due, when);
}

/**
 * sdwan_agree_free() - free what was agreed on for a path
 * @a: agreement that nobody can find any more
 */
void sdwan_agree_free(struct sdwan_agree *a)
{
	kfree(a->out);
	kfree(a->strangers);
	bitmap_free(a->bits);
}
