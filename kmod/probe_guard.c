// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: which probes are worth an HMAC
 *
 * To find out that a packet was not made by the key takes several times as long as to
 * deliver one with data.  So it is only done where a packet shows something that only
 * those on the way can have seen: our nonce, or when a probe of ours was sent.  What
 * shows nothing may be from a peer that has just booted: some of these are looked at
 * each second, and of more than that one in so many, so that a flood keeps nobody out
 * and costs less than the same packets with data.
 */
#include "probe_guard.h"
#include "probe_tlv.h"
#include "stamp.h"

/* Of probes that show nothing, one in so many is looked at in a flood. */
#define SDWAN_GUARD_SAMPLE	32

/**
 * sdwan_probe_awaits() - whether a probe has been sent that has no answer yet
 * @probe: probes of a path
 * @seq: its number
 * @stamp: its timestamp
 *
 * Context: Any; what is found is sure only under @probe->lock.
 *
 * Return: true where there is one.
 */
bool sdwan_probe_awaits(const struct sdwan_probe *probe, __be32 seq,
			__be64 stamp)
{
	u32 number = be32_to_cpu(seq);
	u64 sent = READ_ONCE(probe->sent[number % SDWAN_PROBE_WINDOW]);

	return READ_ONCE(probe->verdict) != SDWAN_PROBE_UNASKED && sent &&
	       READ_ONCE(probe->seq) - 1 - number < SDWAN_PROBE_WINDOW &&
	       sent == be64_to_cpu(stamp);
}

static bool sdwan_probe_guard_answer(const struct sdwan_probe *probe,
				     const u8 *data, enum sdwan_drop *cause)
{
	const struct sdwan_stamp_auth_reply *reply = (const void *)data;

	*cause = SDWAN_DROP_RX_PROBE_UNEXPECTED;
	return sdwan_probe_awaits(probe, reply->sender_seq,
				  reply->sender_stamp);
}

/* One that nobody knows: now and then. */
static bool sdwan_probe_guard_sample(struct sdwan_probe *probe, u64 now)
{
	bool may;

	/* who comes at the same time is one of too many, too */
	if (!spin_trylock(&probe->lock))
		return false;
	may = sdwan_probe_bucket(&probe->unknown_at, now) ||
	      !(++probe->unknown % SDWAN_GUARD_SAMPLE);
	spin_unlock(&probe->lock);
	return may;
}

static bool sdwan_probe_guard_seen(struct sdwan_probe *probe,
				   const struct sdwan_tlv_identity *id, u32 seq)
{
	bool seen;

	spin_lock(&probe->lock);
	seen = be64_to_cpu(id->nonce) == probe->peer_nonce &&
	       be32_to_cpu(id->path) == probe->peer_path &&
	       sdwan_tlv_window_seen(&probe->window, seq);
	spin_unlock(&probe->lock);
	return seen;
}

static bool sdwan_probe_guard_probe(const struct sk_buff *skb, unsigned int off,
				    struct sdwan_probe *probe, const u8 *data,
				    u64 now, enum sdwan_drop *cause)
{
	const struct sdwan_stamp_auth_request *request = (const void *)data;
	const struct sdwan_tlv_identity *id;
	struct sdwan_tlv_identity buf;

	id = skb_header_pointer(skb, off + SDWAN_STAMP_AUTH_LEN +
				SDWAN_PROBE_IDENTITY_AT, sizeof(buf), &buf);
	if (!id || !sdwan_tlv_ours((const u8 *)id, sizeof(*id)) ||
	    !sdwan_probe_echoes(probe->path, id)) {
		*cause = SDWAN_DROP_RX_PROBE_RATE;
		return sdwan_probe_guard_sample(probe, now);
	}
	*cause = SDWAN_DROP_RX_PROBE_REPEATED;
	return !sdwan_probe_guard_seen(probe, id, be32_to_cpu(request->seq));
}

/**
 * sdwan_probe_guard() - whether to find out who has made a packet
 * @skb: packet
 * @off: where its payload is, SDWAN_STAMP_AUTH_LEN bytes at least
 * @probe: probes of its path, whose peer has a key
 * @data: the first SDWAN_STAMP_AUTH_LEN bytes of its payload
 * @answer: it answers a probe
 * @now: ktime
 * @cause: why not
 *
 * Context: Under rcu_read_lock(), bottom halves off.
 *
 * Return: false where it is none, or one of too many.
 */
bool sdwan_probe_guard(const struct sk_buff *skb, unsigned int off,
		       struct sdwan_probe *probe, const u8 *data, bool answer,
		       u64 now, enum sdwan_drop *cause)
{
	if (answer)
		return sdwan_probe_guard_answer(probe, data, cause);
	return sdwan_probe_guard_probe(skb, off, probe, data, now, cause);
}
