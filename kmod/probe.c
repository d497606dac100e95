// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: probes of a path, and what they say of it
 *
 * A path is silent when nothing was answered for as long as several intervals.
 * It is looked at when a probe is due, and when that time is over.  The data
 * path reads one flag, which the soft interrupt that finds it out has written:
 * the next packet takes another path.  States, and telling them, are the
 * business of state.c, a moment later.
 */
#include <linux/random.h>
#include <linux/slab.h>

#include "agree.h"
#include "control.h"
#include "degrade.h"
#include "object.h"
#include "outside.h"
#include "path.h"
#include "probe.h"
#include "probe_dev.h"
#include "probe_msg.h"
#include "probe_tlv.h"
#include "route.h"
#include "stamp.h"
#include "state.h"

/* Where neither path nor underlay says anything. */
#define SDWAN_PROBE_INTERVAL	(100 * USEC_PER_MSEC)
#define SDWAN_PROBE_IDLE	(1 * USEC_PER_SEC)
#define SDWAN_PROBE_MULT	3
#define SDWAN_PROBE_HOLD	(1 * USEC_PER_SEC)
#define SDWAN_PROBE_RAISE	(600 * USEC_PER_SEC)	/* RFC 8899 */
#define SDWAN_PROBE_MARGIN	20

/*
 * What keeps an address translation alive, jitter or not: RFC 4787 wants two minutes of
 * it, many have half of one (RFC 3948, section 4: 20 s).
 */
#define SDWAN_PROBE_ALIVE	(15ULL * NSEC_PER_SEC)

/* Round-trip time to reckon with when it is not known (RFC 6298). */
#define SDWAN_PROBE_RTT		NSEC_PER_SEC

/* How often counters are looked at, which all CPUs have some of. */
#define SDWAN_PROBE_LOOK	(100 * NSEC_PER_MSEC)

/* Over how long rates are found out. */
#define SDWAN_PROBE_RATE	NSEC_PER_SEC

/* A path is in use for so long after its last packet. */
#define SDWAN_PROBE_IN_USE	(2 * NSEC_PER_SEC)

/* Ports that probes come from, which are those of nobody (RFC 6335). */
#define SDWAN_PROBE_PORTS	49152
#define SDWAN_PROBE_PORT_MASK	0x3fff

static bool sdwan_probe_locked(const struct sdwan_path *path)
{
	return lockdep_is_held(&path->obj.sn->lock);
}

/**
 * sdwan_probe_stamp() - the time as it is sent
 * @probe: probes of a path
 * @now: ktime
 *
 * Return: the time of day, as of when the fabric began, in the format of NTP.
 */
u64 sdwan_probe_stamp(const struct sdwan_probe *probe, u64 now)
{
	return sdwan_stamp_ntp(now + probe->path->obj.sn->wall);
}

static u64 sdwan_probe_rtt(const struct sdwan_probe *probe)
{
	return probe->measure.timed ? probe->measure.rtt : SDWAN_PROBE_RTT;
}

static u64 sdwan_probe_interval(const struct sdwan_probe *probe)
{
	return probe->fast ? probe->params.interval :
			     probe->params.idle_interval;
}

/* The next answer is expected a round-trip time from now. */
static void sdwan_probe_expect(struct sdwan_probe *probe, u64 now)
{
	probe->answered_at = max(probe->answered_at,
				 now + sdwan_probe_rtt(probe));
}

/*
 * When the path becomes silent, unless there is an answer. One that takes longer
 * than those before is waited for, as TCP does, but not for ever.
 */
static u64 sdwan_probe_deadline(const struct sdwan_probe *probe)
{
	u64 interval = sdwan_probe_interval(probe);

	return probe->answered_at + interval * probe->params.mult +
	       min(4 * probe->measure.rtt_var, interval);
}

static bool sdwan_probe_hopes(const struct sdwan_probe *probe)
{
	return probe->verdict != SDWAN_PROBE_UNASKED &&
	       probe->verdict != SDWAN_PROBE_SILENT;
}

static void sdwan_probe_judge(struct sdwan_probe *probe,
			      enum sdwan_probe_verdict verdict)
{
	bool silent;

	if (verdict == probe->verdict)
		return;
	WRITE_ONCE(probe->verdict, verdict);
	if (verdict == SDWAN_PROBE_GOOD)
		probe->proven = true;
	silent = verdict != SDWAN_PROBE_GOOD && verdict != SDWAN_PROBE_UNASKED;
	WRITE_ONCE(probe->path->silent, silent);
	probe->traffic.dead |= verdict == SDWAN_PROBE_SILENT;
	if (verdict == SDWAN_PROBE_GOOD)
		sdwan_probe_search_resume(probe, ktime_get_ns());
	sdwan_state_kick(probe->path->obj.sn);
}

/**
 * sdwan_probe_in_use() - whether a path has carried traffic lately
 * @probe: its probes, locked
 * @now: ktime
 *
 * Return: true where it has.
 */
bool sdwan_probe_in_use(const struct sdwan_probe *probe, u64 now)
{
	return probe->use.last && now - probe->use.last < SDWAN_PROBE_IN_USE;
}

/* Fast where it matters how soon a loss is noticed. */
static void sdwan_probe_pace(struct sdwan_probe *probe, u64 now)
{
	bool fast = probe->verdict == SDWAN_PROBE_FRESH ||
		    probe->verdict == SDWAN_PROBE_HELD;

	if (probe->verdict == SDWAN_PROBE_GOOD)
		fast = sdwan_probe_in_use(probe, now);
	if (sdwan_probe_searches(probe) && sdwan_search_busy(&probe->search))
		fast = true;
	if (fast && !probe->fast)
		sdwan_probe_expect(probe, now);
	probe->fast = fast;
}

/**
 * sdwan_probe_fail() - it is known that nothing gets through
 * @probe: probes of the path, locked
 * @now: ktime
 *
 * Context: Bottom halves off.
 */
void sdwan_probe_fail(struct sdwan_probe *probe, u64 now)
{
	if (probe->verdict == SDWAN_PROBE_UNASKED || probe->refused)
		return;
	WRITE_ONCE(probe->refused, true);
	sdwan_probe_judge(probe, SDWAN_PROBE_SILENT);
	sdwan_probe_pace(probe, now);
	sdwan_state_kick(probe->path->obj.sn);
}

/**
 * sdwan_probe_doubt() - find out at once whether anything gets through
 * @probe: probes of the path, locked
 * @now: ktime
 *
 * No more often than the path is probed anyway: anybody may have us do it.
 *
 * Context: Bottom halves off.
 */
void sdwan_probe_doubt(struct sdwan_probe *probe, u64 now)
{
	if (!sdwan_probe_hopes(probe) ||
	    now - probe->doubted_at < probe->params.interval)
		return;
	probe->doubted_at = now;
	probe->next = now;
	sdwan_prober_hasten(probe->path->obj.sn->prober, &probe->due, now);
}

/**
 * sdwan_probe_heard() - an answer has come
 * @probe: probes of its path, locked
 * @now: ktime
 * @lost: something was lost before
 *
 * Context: Bottom halves off.
 */
void sdwan_probe_heard(struct sdwan_probe *probe, u64 now, bool lost)
{
	probe->heard = now;
	WRITE_ONCE(probe->refused, false);
	probe->answered_at = max(probe->answered_at, now);
	switch (probe->verdict) {
	case SDWAN_PROBE_FRESH:
		sdwan_probe_judge(probe, SDWAN_PROBE_GOOD);
		break;
	case SDWAN_PROBE_SILENT:
		if (!probe->proven) {
			sdwan_probe_judge(probe, SDWAN_PROBE_GOOD);
			break;
		}
		probe->held_at = now;
		/* the next ones sooner than a silent path's */
		probe->next = now;
		sdwan_probe_judge(probe, SDWAN_PROBE_HELD);
		sdwan_probe_pace(probe, now);
		sdwan_prober_hasten(probe->path->obj.sn->prober, &probe->due,
				    now);
		break;
	case SDWAN_PROBE_HELD:
		if (lost)
			probe->held_at = now;
		else if (now - probe->held_at >= probe->params.hold)
			sdwan_probe_judge(probe, SDWAN_PROBE_GOOD);
		break;
	default:
		break;
	}
}

/**
 * sdwan_probe_seen() - the far end tells that a probe has reached it
 * @probe: probes of its path, locked
 * @seen: the lower half of the number of that probe
 * @now: ktime
 *
 * That is as good as an answer to it, which would have come a round-trip time after it
 * was sent: where answers are lost, the way there need not be. No clock but ours counts.
 */
void sdwan_probe_seen(struct sdwan_probe *probe, u16 seen, u64 now)
{
	u32 behind = (u16)(probe->seq - 1 - seen);
	s64 age;
	u64 sent;

	if (behind >= SDWAN_PROBE_WINDOW)
		return;
	sent = probe->sent[(probe->seq - 1 - behind) % SDWAN_PROBE_WINDOW];
	/* was answered, or is none of those that are waited for */
	if (!sent)
		return;
	age = sdwan_stamp_diff(sdwan_probe_stamp(probe, now), sent);
	probe->answered_at = max(probe->answered_at,
				 min(now, now - age + sdwan_probe_rtt(probe)));
}

static u64 sdwan_probe_bps(u64 bytes, u64 ns)
{
	return div64_u64(bytes * 8, max_t(u64, div_u64(ns, NSEC_PER_MSEC), 1)) *
	       MSEC_PER_SEC;
}

static void sdwan_probe_look(struct sdwan_probe *probe, u64 now)
{
	struct sdwan_probe_use *use = &probe->use;
	struct sdwan_path_sums sum;
	u64 bytes;

	if (now - use->at < SDWAN_PROBE_LOOK)
		return;
	use->at = now;
	sdwan_path_stats_sum(probe->path->stats, &sum);
	bytes = sum.tx_bytes + sum.rx_bytes;
	if (bytes != use->bytes) {
		use->bytes = bytes;
		use->last = now;
	}
	if (now - use->since < SDWAN_PROBE_RATE)
		return;
	use->tx_rate = sdwan_probe_bps(sum.tx_bytes - use->tx_bytes,
				       now - use->since);
	use->rx_rate = sdwan_probe_bps(sum.rx_bytes - use->rx_bytes,
				       now - use->since);
	use->tx_bytes = sum.tx_bytes;
	use->rx_bytes = sum.rx_bytes;
	use->since = now;
}

static void sdwan_probe_note(struct sdwan_probe *probe,
			     struct sdwan_stamp_request *request, u32 size)
{
	u64 *sent = &probe->sent[probe->seq % SDWAN_PROBE_WINDOW];

	sdwan_probe_search_sent(probe, probe->seq, size);
	/* the guard reads them without the lock */
	WRITE_ONCE(*sent, sdwan_probe_stamp(probe, ktime_get_ns()));
	request->seq = cpu_to_be32(probe->seq);
	request->stamp = cpu_to_be64(*sent);
	WRITE_ONCE(probe->seq, probe->seq + 1);
	probe->sent_count++;
}

/* The session of the far end, for which statistics are if there is one. */
static void sdwan_probe_prepare(struct sdwan_probe *probe,
				struct sdwan_probe_tlvs *by,
				struct sdwan_probe_known *known, u64 now)
{
	spin_lock(&probe->lock);
	*known = (struct sdwan_probe_known){
		.nonce = probe->peer_nonce,
		.any = probe->window.any,
		.top = probe->window.top,
		.wants = probe->report.wants,
	};
	/* of thousands of idle paths there is nothing to tell, nor to others */
	by->direct = probe->params.mode == SDWAN_PROBE_MODE_TUNNEL &&
		     sdwan_probe_in_use(probe, now);
	if (by->auth && known->nonce && sdwan_report_due(probe, now)) {
		by->fields = sdwan_report_fields(probe);
		probe->reported = now;
	}
	if (by->auth && known->nonce)
		by->decisions = sdwan_agree_room(probe, now);
	/* what is decided does not wait, figures do */
	if (by->decisions && sdwan_probe_base(by->auth) +
			     sdwan_probe_tlvs_len(by) > SDWAN_STAMP_MAX)
		by->fields = 0;
	spin_unlock(&probe->lock);
}

/* What this end cannot send is nobody's silence. */
static void sdwan_probe_unsent(struct sdwan_probe *probe, u64 now, u32 size)
{
	spin_lock(&probe->lock);
	if (size)
		sdwan_probe_search_failed(probe);
	else
		sdwan_probe_expect(probe, now);
	spin_unlock(&probe->lock);
}

/* How much padding makes a probe so long; none where it is that already. */
static unsigned int sdwan_probe_padding(const struct sdwan_path_cfg *cfg,
					unsigned int len, u32 size)
{
	unsigned int all = sdwan_route_overhead(cfg) + SDWAN_CONTROL_HLEN + len;

	return size > all + sizeof(struct sdwan_tlv) ? size - all : 0;
}

static int sdwan_probe_make(const struct sdwan_probe *probe,
			    struct sdwan_control *control,
			    const struct sdwan_path_cfg *cfg, unsigned int len)
{
	struct sdwan_control_ends ends;

	if (READ_ONCE(probe->params.mode) == SDWAN_PROBE_MODE_UNDERLAY)
		return sdwan_outside_ask(control, cfg, len);
	if (!sdwan_path_bare(probe->path))
		return sdwan_control_begin(control, cfg, probe->sport,
					   SDWAN_STAMP_PORT, len);
	if (!sdwan_probe_dev_ends(probe->path, &ends))
		return -EADDRNOTAVAIL;
	return sdwan_control_between(control, cfg, &ends, probe->sport,
				     SDWAN_STAMP_PORT, len);
}

/**
 * sdwan_probe_send_by() - send a probe to where a path leads
 * @probe: probes of a path
 * @cfg: configuration of the path, or what is like it but leads elsewhere
 * @now: ktime
 * @size: length of the outer packet, 0 for no longer than it has to be
 *
 * Context: Under rcu_read_lock(), bottom halves off.
 *
 * Return: false where it could not be sent.
 */
bool sdwan_probe_send_by(struct sdwan_probe *probe,
			 const struct sdwan_path_cfg *cfg, u64 now, u32 size)
{
	struct sdwan_path *path = probe->path;
	struct sdwan_auth *auth = sdwan_probe_auth(path);
	struct sdwan_stamp_request request = {
		.error = cpu_to_be16(SDWAN_STAMP_ERROR),
		.ssid = sdwan_probe_ssid(path, auth),
	};
	struct sdwan_probe_tlvs by = {
		.path = path,
		.auth = auth,
		.key = sdwan_probe_sender_key(auth),
	};
	struct sdwan_probe_known known;
	struct sdwan_control control;
	unsigned int len, pad;

	sdwan_probe_prepare(probe, &by, &known, now);
	len = sdwan_probe_base(auth) + sdwan_probe_tlvs_len(&by);
	pad = sdwan_probe_padding(cfg, len, size);
	if (sdwan_probe_make(probe, &control, cfg, len + pad))
		return false;
	if (pad)
		sdwan_tlv_pad(control.data + len, pad);

	spin_lock(&probe->lock);
	sdwan_probe_note(probe, &request, size);
	spin_unlock(&probe->lock);
	sdwan_probe_write_request(auth, by.key, control.data, &request);
	by.seq = request.seq;
	sdwan_probe_tlvs_write(&by, control.data + sdwan_probe_base(auth),
			       &known);
	/* what the stack drops is lost */
	if (control.outside)
		sdwan_outside_send(&control);
	else
		sdwan_control_send(&control);
	return true;
}

/**
 * sdwan_probe_send() - send a probe
 * @probe: probes of a path
 * @now: ktime
 * @size: length of the outer packet, 0 for no longer than it has to be
 *
 * Context: Under rcu_read_lock(), bottom halves off.
 */
void sdwan_probe_send(struct sdwan_probe *probe, u64 now, u32 size)
{
	struct sdwan_cfg *hdr = rcu_dereference(probe->path->obj.cfg);

	if (!hdr || !sdwan_path_cfg(hdr)->admin ||
	    !sdwan_probe_send_by(probe, sdwan_path_cfg(hdr), now, size))
		sdwan_probe_unsent(probe, now, size);
}

/* The interval less up to a quarter, so that paths do not fall into step. */
static u64 sdwan_probe_jitter(u64 interval)
{
	return interval - mul_u64_u32_shr(interval / 4, get_random_u32(), 32);
}

static u64 sdwan_probe_run(struct sdwan_due *due, u64 when, u64 now)
{
	struct sdwan_probe *probe = container_of(due, struct sdwan_probe, due);
	bool send;

	spin_lock(&probe->lock);
	/* who was not let run does not know what has come meanwhile */
	if (now - when > sdwan_probe_interval(probe))
		probe->answered_at = max(probe->answered_at, now);
	send = probe->verdict != SDWAN_PROBE_UNASKED && now >= probe->next;
	if (send) {
		sdwan_probe_look(probe, now);
		sdwan_probe_pace(probe, now);
		probe->next = now +
			      sdwan_probe_jitter(sdwan_probe_interval(probe));
	}
	spin_unlock(&probe->lock);

	if (send)
		sdwan_probe_send(probe, now, 0);
	sdwan_probe_search(probe, now);

	spin_lock(&probe->lock);
	if (sdwan_probe_hopes(probe) && now >= sdwan_probe_deadline(probe)) {
		sdwan_probe_judge(probe, SDWAN_PROBE_SILENT);
		sdwan_probe_pace(probe, now);
	}
	when = probe->next;
	/* it is switched off, and about to be disarmed */
	if (probe->verdict == SDWAN_PROBE_UNASKED)
		when = now + NSEC_PER_SEC;
	if (sdwan_probe_hopes(probe))
		when = min(when, sdwan_probe_deadline(probe));
	if (sdwan_probe_searches(probe))
		when = min(when, probe->search_at);
	spin_unlock(&probe->lock);
	return when;
}

static u64 sdwan_probe_time(u32 path, u32 underlay, u32 usual)
{
	return (u64)(path ?: underlay ?: usual) * NSEC_PER_USEC;
}

static u8 sdwan_probe_mode(const struct sdwan_path *path,
			   const struct sdwan_path_cfg *cfg,
			   const struct sdwan_probe_cfg *underlay)
{
	const struct sdwan_probe_cfg *own = &cfg->probe;
	struct sdwan_cfg *peer;

	if (cfg->nat)
		return SDWAN_PROBE_MODE_TUNNEL;
	if (own->mode != SDWAN_PROBE_MODE_DEFAULT)
		return own->mode;
	peer = rcu_dereference_protected(path->peer->obj.cfg,
					 sdwan_probe_locked(path));
	if (!peer || sdwan_peer_cfg(peer)->stock)
		return SDWAN_PROBE_MODE_OFF;
	/* what is in the segment is asked for */
	if (sdwan_path_bare(path))
		return underlay->mode == SDWAN_PROBE_MODE_TUNNEL ?
		       SDWAN_PROBE_MODE_TUNNEL : SDWAN_PROBE_MODE_OFF;
	if (underlay->mode == SDWAN_PROBE_MODE_DEFAULT)
		return SDWAN_PROBE_MODE_TUNNEL;
	return underlay->mode;
}

static void sdwan_probe_limits(struct sdwan_sla *limits,
			       const struct sdwan_probe_cfg *own,
			       const struct sdwan_probe_cfg *underlay)
{
	u32 percent = own->margin ?: underlay->margin ?: SDWAN_PROBE_MARGIN;

	limits->latency = own->latency ?: underlay->latency;
	limits->jitter = own->jitter ?: underlay->jitter;
	limits->loss = own->loss ?: underlay->loss;
	limits->margin = percent * (SDWAN_PPM / 100);
}

/* What holds for a path; false while it or its underlay is not committed. */
static bool sdwan_probe_inherit(const struct sdwan_path *path,
				struct sdwan_probe_params *params)
{
	const struct sdwan_probe_cfg *own, *underlay;
	struct sdwan_cfg *ul, *cfg;

	cfg = sdwan_object_cfg(&path->obj);
	ul = sdwan_object_cfg(&path->underlay->obj);
	if (!cfg || !ul)
		return false;
	own = &sdwan_path_cfg(cfg)->probe;
	underlay = &sdwan_underlay_cfg(ul)->probe;

	params->mode = sdwan_probe_mode(path, sdwan_path_cfg(cfg), underlay);
	if (sdwan_path_bare(path) && !sdwan_probe_dev_known(path))
		params->mode = SDWAN_PROBE_MODE_OFF;
	params->mtu = own->mtu ?: underlay->mtu ?: SDWAN_PROBE_MTU_ON;
	params->raise = sdwan_probe_time(own->raise, underlay->raise,
					 SDWAN_PROBE_RAISE);
	params->mult = own->mult ?: underlay->mult ?: SDWAN_PROBE_MULT;
	params->interval = sdwan_probe_time(own->interval, underlay->interval,
					    SDWAN_PROBE_INTERVAL);
	params->idle_interval = sdwan_probe_time(own->idle_interval,
						 underlay->idle_interval,
						 SDWAN_PROBE_IDLE);
	if (sdwan_path_cfg(cfg)->nat) {
		params->interval = min(params->interval, SDWAN_PROBE_ALIVE);
		params->idle_interval = min(params->idle_interval,
					    SDWAN_PROBE_ALIVE);
	}
	params->idle_interval = max(params->idle_interval, params->interval);
	params->hold = sdwan_probe_time(own->hold, underlay->hold,
					SDWAN_PROBE_HOLD);
	sdwan_probe_limits(&params->limits, own, underlay);
	return true;
}

/* Begin with what nothing is known of. */
static void sdwan_probe_begin(struct sdwan_probe *probe,
			      enum sdwan_probe_verdict verdict, u64 now)
{
	memset(&probe->measure, 0, sizeof(probe->measure));
	sdwan_transit_forget(probe);
	memset(&probe->late, 0, sizeof(probe->late));
	memset(&probe->traffic, 0, sizeof(probe->traffic));
	memset(&probe->report, 0, sizeof(probe->report));
	memset(probe->sent, 0, sizeof(probe->sent));
	sdwan_probe_search_reset(probe);
	probe->proven = verdict == SDWAN_PROBE_GOOD;
	probe->fast = true;
	probe->next = now;
	probe->answered_at = 0;
	WRITE_ONCE(probe->refused, false);
	sdwan_degrade_end(probe);
	sdwan_probe_expect(probe, now);
	sdwan_probe_judge(probe, verdict);
}

/*
 * What has worked works until the contrary is known; but where a far end was followed to
 * is one way only, so far, unless it was heard all the time.
 */
static enum sdwan_probe_verdict
sdwan_probe_elsewhere(const struct sdwan_probe *probe,
		      const struct sdwan_path_cfg *cfg)
{
	bool good = probe->verdict == SDWAN_PROBE_GOOD ||
		    probe->verdict == SDWAN_PROBE_UNASKED;

	return cfg->nat && (!good || sdwan_path_unheard(cfg)) ?
	       SDWAN_PROBE_FRESH : SDWAN_PROBE_GOOD;
}

/* Returns whether there is something to do, from now on. */
static bool sdwan_probe_apply(struct sdwan_probe *probe,
			      const struct sdwan_probe_params *params,
			      const struct sdwan_path_cfg *cfg, u64 now)
{
	const struct in6_addr *remote = &cfg->key.remote;
	bool fresh = !probe->params.mode;	/* never committed before */

	if (!memcmp(&probe->params, params, sizeof(*params)) &&
	    ipv6_addr_equal(&probe->remote, remote))
		return false;

	if (params->mode == SDWAN_PROBE_MODE_OFF) {
		sdwan_probe_judge(probe, SDWAN_PROBE_UNASKED);
		sdwan_degrade_end(probe);
		sdwan_transit_forget(probe);
	} else if (fresh) {
		sdwan_probe_begin(probe, SDWAN_PROBE_FRESH, now);
	} else if (probe->params.mode != params->mode ||
		   !ipv6_addr_equal(&probe->remote, remote)) {
		sdwan_probe_begin(probe, sdwan_probe_elsewhere(probe, cfg),
				  now);
	} else {
		sdwan_probe_expect(probe, now);
	}
	probe->params = *params;
	if (!sdwan_probe_searches(probe))
		sdwan_probe_search_reset(probe);
	probe->remote = *remote;
	probe->next = now;
	return params->mode != SDWAN_PROBE_MODE_OFF;
}

/**
 * sdwan_probe_configure() - what is said of the probes of a path has changed, of
 *	itself, its underlay or its peer
 * @path: path, committed or staged
 *
 * Context: Process context, under sdwan_net.lock.
 */
void sdwan_probe_configure(struct sdwan_path *path)
{
	struct sdwan_probe_params params = {};
	struct sdwan_probe *probe = path->probe;
	u64 now = ktime_get_ns();
	struct sdwan_cfg *cfg;
	bool due;

	if (!sdwan_probe_inherit(path, &params))
		return;
	cfg = sdwan_object_cfg(&path->obj);

	spin_lock_bh(&probe->lock);
	due = sdwan_probe_apply(probe, &params, sdwan_path_cfg(cfg), now);
	spin_unlock_bh(&probe->lock);
	if (params.mode == SDWAN_PROBE_MODE_OFF)
		sdwan_probe_disarm(probe);
	else if (due)
		sdwan_prober_arm(path->obj.sn->prober, &probe->due, now);
}

/**
 * sdwan_probe_disarm() - send no more probes
 * @probe: probes of a path; may be at work until a grace period later
 */
void sdwan_probe_disarm(struct sdwan_probe *probe)
{
	sdwan_prober_disarm(probe->path->obj.sn->prober, &probe->due);
}

/**
 * sdwan_probe_eval() - what probes say of a path that could carry traffic
 * @path: path
 * @state: result
 * @reason: why not
 */
void sdwan_probe_eval(const struct sdwan_path *path,
		      enum sdwan_path_state *state,
		      enum sdwan_state_reason *reason)
{
	switch (READ_ONCE(path->probe->verdict)) {
	case SDWAN_PROBE_UNASKED:
	case SDWAN_PROBE_GOOD:
		*reason = READ_ONCE(path->degraded);
		*state = *reason == SDWAN_STATE_REASON_NONE ?
			 SDWAN_PATH_STATE_UP : SDWAN_PATH_STATE_DEGRADED;
		return;
	case SDWAN_PROBE_SILENT:
		*state = SDWAN_PATH_STATE_DOWN;
		break;
	default:
		*state = SDWAN_PATH_STATE_PROBING;
		break;
	}
	*reason = READ_ONCE(path->probe->refused) ?
		  SDWAN_STATE_REASON_UNREACHABLE : SDWAN_STATE_REASON_SILENT;
	if (sdwan_path_bare(path) && !sdwan_probe_dev_ready(path))
		*reason = SDWAN_STATE_REASON_NO_ADDRESS;
}

/**
 * sdwan_probe_alloc() - make what measures a path
 * @path: path, of which nothing needs to be known yet
 *
 * Return: the probes, or NULL.
 */
struct sdwan_probe *sdwan_probe_alloc(struct sdwan_path *path)
{
	struct sdwan_probe *probe;

	probe = kzalloc(sizeof(*probe), GFP_KERNEL_ACCOUNT);
	if (!probe)
		return NULL;
	timerqueue_init(&probe->due.node);
	probe->due.run = sdwan_probe_run;
	probe->path = path;
	probe->sport = SDWAN_PROBE_PORTS +
		       (get_random_u32() & SDWAN_PROBE_PORT_MASK);
	spin_lock_init(&probe->lock);
	seqcount_spinlock_init(&probe->transit_seq, &probe->lock);
	INIT_LIST_HEAD(&path->agree.list);
	return probe;
}

/**
 * sdwan_probe_free() - free what measured a path
 * @probe: probes of which nothing is at work, or NULL
 */
void sdwan_probe_free(struct sdwan_probe *probe)
{
	kfree(probe);
}
