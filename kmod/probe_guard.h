/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: which probes are worth an HMAC
 */
#ifndef _SDWAN_PROBE_GUARD_H
#define _SDWAN_PROBE_GUARD_H

#include <linux/skbuff.h>

#include "probe.h"
#include "stats.h"

/* So many a second, and so many at once. */
#define SDWAN_PROBE_BUCKET_RATE		256
#define SDWAN_PROBE_BUCKET_BURST	64

/**
 * sdwan_probe_bucket() - whether one more may pass
 * @full_at: ktime at which the bucket is full; each moves it
 * @now: ktime
 *
 * Return: true where it may, and has.
 */
static inline bool sdwan_probe_bucket(u64 *full_at, u64 now)
{
	const u64 each = NSEC_PER_SEC / SDWAN_PROBE_BUCKET_RATE;
	u64 full = max(*full_at, now);

	if (full + each - now > SDWAN_PROBE_BUCKET_BURST * each)
		return false;
	*full_at = full + each;
	return true;
}

bool sdwan_probe_awaits(const struct sdwan_probe *probe, __be32 seq,
			__be64 stamp);
bool sdwan_probe_guard(const struct sk_buff *skb, unsigned int off,
		       struct sdwan_probe *probe, const u8 *data, bool answer,
		       u64 now, enum sdwan_drop *cause);

#endif /* _SDWAN_PROBE_GUARD_H */
