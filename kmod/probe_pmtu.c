// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: probes that are made longer, to find out what passes (RFC 8899)
 *
 * They go out between the others, by the same timer, and their answers come as those
 * do.  That one of them is lost says nothing of the path but for its length: it is
 * counted nowhere.  It is lost when a probe that was sent later has been answered:
 * while none is, the path is silent, whatever the length.
 *
 * Data packets change nothing here, and neither does ICMP: what routers say changes
 * the route of the kernel, above which nothing is asked for.
 */
#include <linux/random.h>

#include "netlink_gen.h"
#include "path.h"
#include "probe.h"
#include "route.h"
#include "state.h"
#include "trace.h"

/* How soon an answer is given up, beyond the time they take. */
#define SDWAN_PMTU_WAIT		(100 * NSEC_PER_MSEC)

/* How often it is asked whether what passed still does, of a path in use. */
#define SDWAN_PMTU_CONFIRM	(5ULL * NSEC_PER_SEC)

/* Longer packets than jumbo frames are not asked for: those of lo, say. */
#define SDWAN_PMTU_TOP		9216

/* What has to pass anywhere: RFC 791 and 1122, RFC 8200 */
#define SDWAN_PMTU_FLOOR4	576

/**
 * sdwan_probe_searches() - whether it is found out what length passes
 * @probe: probes of a path, locked
 *
 * Return: true where it is.
 */
bool sdwan_probe_searches(const struct sdwan_probe *probe)
{
	return probe->verdict == SDWAN_PROBE_GOOD &&
	       probe->params.mode == SDWAN_PROBE_MODE_TUNNEL &&
	       !sdwan_path_bare(probe->path) &&
	       probe->params.mtu == SDWAN_PROBE_MTU_ON;
}

/* The data path goes by it from now on, the bookkeeping a moment later. */
static void sdwan_pmtu_publish(struct sdwan_probe *probe)
{
	u32 pmtu = probe->search.limit ?: SDWAN_MTU_NONE;

	if (probe->path->pmtu == pmtu)
		return;
	WRITE_ONCE(probe->path->pmtu, pmtu);
	trace_sdwan_path_pmtu(probe->path, pmtu);
	sdwan_state_kick(probe->path->obj.sn);
}

/**
 * sdwan_probe_search_reset() - forget what length passes
 * @probe: probes of a path, locked
 */
void sdwan_probe_search_reset(struct sdwan_probe *probe)
{
	sdwan_search_begin(&probe->search);
	bitmap_zero(probe->padded, SDWAN_PROBE_WINDOW);
	sdwan_pmtu_publish(probe);
}

/**
 * sdwan_probe_search_resume() - the path is good again
 * @probe: probes of a path, locked
 * @now: ktime
 *
 * Not at once: many paths may be so at the same time.
 */
void sdwan_probe_search_resume(struct sdwan_probe *probe, u64 now)
{
	sdwan_search_resume(&probe->search);
	probe->search_at = now + mul_u64_u32_shr(probe->params.idle_interval,
						 get_random_u32(), 32);
}

/* The longest outer packet that may be sent, 0 where it is not asked. */
static u32 sdwan_pmtu_top(const struct sdwan_path_cfg *cfg)
{
	struct sdwan_route route;
	u32 mtu;

	/* what may be fragmented passes anyway */
	if (cfg->df == SDWAN_DF_CLEAR ||
	    sdwan_route_lookup(cfg, true, 0, &route))
		return 0;
	mtu = dst_mtu(route.dst);
	if (cfg->family == AF_INET && ip_mtu_locked(route.dst))
		mtu = 0;
	sdwan_route_put(&route);
	if (mtu > SDWAN_PMTU_TOP)
		return 0;
	return cfg->mtu_clamp ? min(mtu, cfg->mtu_clamp) : mtu;
}

static u64 sdwan_pmtu_again(const struct sdwan_probe *probe, u64 now)
{
	return now + probe->params.raise;
}

static u64 sdwan_pmtu_timeout(const struct sdwan_probe *probe, u64 now)
{
	const struct sdwan_measure *m = &probe->measure;

	return now + 2 * m->rtt + 4 * m->rtt_var + SDWAN_PMTU_WAIT;
}

/*
 * Is there nothing to ask for now? Of a path without traffic, what it is known to carry
 * is not confirmed: thousands of them may be idle.
 */
static bool sdwan_pmtu_rests(const struct sdwan_probe *probe, u32 top, u64 now)
{
	const struct sdwan_search *s = &probe->search;

	if (sdwan_search_busy(s) || s->top != top)
		return false;
	if (s->phase == SDWAN_SEARCH_DEAF)
		return now < s->again_at;
	return !sdwan_probe_in_use(probe, now) &&
	       (!s->limit || now < s->again_at);
}

/* Returns the length of a probe to be sent now, 0 for none. */
static u32 sdwan_pmtu_step(struct sdwan_probe *probe, u32 top, u32 floor,
			   u64 now)
{
	struct sdwan_search *s = &probe->search;

	probe->search_at = sdwan_pmtu_timeout(probe, now);
	if (s->size && !probe->search_heard)
		return 0;
	if (s->size) {
		sdwan_search_lost(s, sdwan_pmtu_again(probe, now));
		sdwan_pmtu_publish(probe);
	}
	if (sdwan_pmtu_rests(probe, top, now)) {
		probe->search_at = now + SDWAN_PMTU_CONFIRM;
		return 0;
	}
	return sdwan_search_ask(s, top, floor, now);
}

/**
 * sdwan_probe_search() - send a longer probe, if it is time to
 * @probe: probes of a path
 * @now: ktime
 *
 * Context: Under rcu_read_lock(), bottom halves off.
 */
void sdwan_probe_search(struct sdwan_probe *probe, u64 now)
{
	struct sdwan_cfg *hdr = rcu_dereference(probe->path->obj.cfg);
	u32 top, floor, size = 0;
	bool due;

	spin_lock(&probe->lock);
	due = sdwan_probe_searches(probe) && now >= probe->search_at;
	spin_unlock(&probe->lock);
	if (!due || !hdr)
		return;

	top = sdwan_pmtu_top(sdwan_path_cfg(hdr));
	floor = sdwan_path_cfg(hdr)->family == AF_INET6 ? IPV6_MIN_MTU :
							  SDWAN_PMTU_FLOOR4;
	spin_lock(&probe->lock);
	if (top > floor) {
		size = sdwan_pmtu_step(probe, top, floor, now);
	} else {
		sdwan_probe_search_reset(probe);
		probe->search_at = now + SDWAN_PMTU_CONFIRM;
	}
	spin_unlock(&probe->lock);
	if (size)
		sdwan_probe_send(probe, now, size);
}

/**
 * sdwan_probe_search_sent() - a probe is sent
 * @probe: probes of a path, locked
 * @seq: its number
 * @size: its length, 0 where it is not longer than others
 */
void sdwan_probe_search_sent(struct sdwan_probe *probe, u32 seq, u32 size)
{
	__assign_bit(seq % SDWAN_PROBE_WINDOW, probe->padded, size);
	if (!size)
		return;
	if (!probe->search.lost)
		probe->search_seq = seq;
	probe->search_last = seq;
	probe->search_heard = false;
}

/**
 * sdwan_probe_search_failed() - the longer probe could not be sent
 * @probe: probes of a path, locked
 */
void sdwan_probe_search_failed(struct sdwan_probe *probe)
{
	probe->search.size = 0;
}

/* Longer probes without an answer, between the last answer and this one. */
static u32 sdwan_pmtu_spare(const struct sdwan_probe *probe, u32 seq)
{
	u32 n = 0, i = probe->measure.seq;

	/* before the first answer, that to the first probe is no later one */
	if ((s32)(probe->search_last - i) <= 0 || seq == i ||
	    seq - i >= SDWAN_PROBE_WINDOW)
		return 0;
	while (++i != seq)
		n += test_bit(i % SDWAN_PROBE_WINDOW, probe->padded) &&
		     probe->sent[i % SDWAN_PROBE_WINDOW];
	return n;
}

static void sdwan_pmtu_passed(struct sdwan_probe *probe, u64 now)
{
	sdwan_search_passed(&probe->search, sdwan_pmtu_again(probe, now));
	sdwan_pmtu_publish(probe);
	probe->search_at = now + SDWAN_PMTU_CONFIRM;
	if (!sdwan_search_busy(&probe->search))
		return;
	probe->search_at = now;
	sdwan_prober_hasten(probe->path->obj.sn->prober, &probe->due, now);
}

/**
 * sdwan_probe_search_answered() - a probe has been answered
 * @probe: probes of a path, locked
 * @seq: its number
 * @now: ktime
 *
 * Return: true where it was longer than others.
 */
bool sdwan_probe_search_answered(struct sdwan_probe *probe, u32 seq, u64 now)
{
	probe->measure.spare = sdwan_pmtu_spare(probe, seq);
	if (!test_bit(seq % SDWAN_PROBE_WINDOW, probe->padded)) {
		if ((s32)(seq - probe->search_last) > 0)
			probe->search_heard = true;
		return false;
	}
	if (probe->search.size && (s32)(seq - probe->search_seq) >= 0)
		sdwan_pmtu_passed(probe, now);
	return true;
}

/* As told: what is asked for is not over, or what came of it. */
static u32 sdwan_pmtu_state(const struct sdwan_search *s)
{
	if (!s->top)
		return SDWAN_PMTU_STATE_OFF;
	if (s->phase == SDWAN_SEARCH_DEAF)
		return SDWAN_PMTU_STATE_UNANSWERED;
	return s->phase == SDWAN_SEARCH_DONE ? SDWAN_PMTU_STATE_FOUND :
					       SDWAN_PMTU_STATE_SEARCHING;
}

/**
 * sdwan_probe_search_fill() - tell what length passes
 * @skb: message
 * @probe: probes of a path, locked
 *
 * Return: 0 or -EMSGSIZE.
 */
int sdwan_probe_search_fill(struct sk_buff *skb,
			    const struct sdwan_probe *probe)
{
	const struct sdwan_search *s = &probe->search;
	u32 state = sdwan_pmtu_state(s), pmtu = s->limit;

	if (state == SDWAN_PMTU_STATE_FOUND && !pmtu)
		pmtu = s->top;
	if (nla_put_u32(skb, SDWAN_A_PATH_PMTU_STATE, state))
		return -EMSGSIZE;
	return pmtu ? nla_put_u32(skb, SDWAN_A_PATH_PMTU, pmtu) : 0;
}
