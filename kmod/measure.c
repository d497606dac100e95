// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: what probes tell of a path
 *
 * All in integers.  No clock needs to be right: round-trip times come from our
 * own, less what the far end says it took; of one-way delays only the
 * difference from one probe to the next is used.
 */
#include <linux/math.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/time64.h>

#include "measure.h"
#include "stamp.h"

/* A number that is off by more is that of another session. */
#define SDWAN_MEASURE_WINDOW	64

/* Packets that were reordered twice are as far off as this. */
#define SDWAN_MEASURE_REORDER	2

/* More is a clock that was set, and no delay. */
#define SDWAN_MEASURE_JUMP	NSEC_PER_SEC

/* Counters of the far end that go back by more begin anew. */
#define SDWAN_MEASURE_ANEW	65536

/* Over how long the loss of data is found out. */
#define SDWAN_MEASURE_ROUND	NSEC_PER_SEC

/*
 * Without data that figure fades: by one part in so many each round, so that half of
 * it is left after 11 s.
 */
#define SDWAN_MEASURE_FADE	16

/* So many rounds leave nothing of any figure. */
#define SDWAN_MEASURE_FADED	256

/* Lost packets beyond change no smoothed figure. */
#define SDWAN_MEASURE_RUN	256

/* x += (sample - x) / 2^shift */
static void sdwan_measure_smooth(u64 *x, u64 sample, unsigned int shift)
{
	*x += (s64)(sample - *x) / (1 << shift);
}

/**
 * sdwan_measure_rtt() - a probe has come back (RFC 6298, section 2)
 * @m: statistics
 * @rtt: round-trip time, ns
 */
void sdwan_measure_rtt(struct sdwan_measure *m, u64 rtt)
{
	if (!m->timed) {
		m->timed = true;
		m->rtt = rtt;
		m->rtt_min = rtt;
		m->rtt_var = rtt / 2;
		return;
	}
	sdwan_measure_smooth(&m->rtt_var, abs((s64)(m->rtt - rtt)), 2);
	sdwan_measure_smooth(&m->rtt, rtt, 3);
	m->rtt_min = min(m->rtt_min, rtt);
}

static void sdwan_measure_vary(u64 *var, s64 *last, s64 delay)
{
	u64 diff = abs(delay - *last);

	*last = delay;
	if (diff < SDWAN_MEASURE_JUMP)
		sdwan_measure_smooth(var, diff, 4);
}

static void sdwan_measure_delays(struct sdwan_measure *m, s64 tx, s64 rx)
{
	if (m->varied) {
		sdwan_measure_vary(&m->var_tx, &m->delay_tx, tx);
		sdwan_measure_vary(&m->var_rx, &m->delay_rx, rx);
		return;
	}
	m->varied = true;
	m->delay_tx = tx;
	m->delay_rx = rx;
}

static void sdwan_measure_ratio(u32 *ppm, u32 lost, u32 arrived)
{
	lost = min_t(u32, lost, SDWAN_MEASURE_RUN);
	arrived = min_t(u32, arrived, SDWAN_MEASURE_RUN);
	while (lost--)
		*ppm += (SDWAN_PPM - *ppm) / 64;
	/* rounded up, or it would never come back to 0 */
	while (arrived--)
		*ppm -= DIV_ROUND_UP(*ppm, 64);
}

/**
 * sdwan_measure_loss() - an answer with these numbers has come
 * @m: statistics
 * @seq: number of the probe
 * @rseq: number of the answer
 *
 * Of the probes up to @seq, the far end has counted those that reached it; of its
 * answers up to @rseq, we count those that reach us. What turns out to have been
 * overtaken only is taken back.
 *
 * Return: true where something was lost since the answer before.
 */
bool sdwan_measure_loss(struct sdwan_measure *m, u32 seq, u32 rseq)
{
	s32 sent = seq - m->seq, answered = rseq - m->rseq;
	s32 lost_tx, lost_rx;

	/* the first one, or the far end has begun to count anew */
	if (!m->counted || answered - sent > SDWAN_MEASURE_WINDOW ||
	    answered < -SDWAN_MEASURE_WINDOW ||
	    (sent > 0 && answered < -SDWAN_MEASURE_REORDER)) {
		m->counted = true;
		m->seq = seq;
		m->rseq = rseq;
		return false;
	}

	sent = max(sent, 0);
	answered = max(answered, 0);
	m->seq += sent;
	m->rseq += answered;

	lost_tx = sent - answered;
	lost_tx -= clamp_t(s32, lost_tx, 0, m->spare);
	lost_rx = answered - 1;
	m->lost_tx += lost_tx;
	m->lost_rx += lost_rx;
	sdwan_measure_ratio(&m->loss_tx, max(lost_tx, 0), answered);
	sdwan_measure_ratio(&m->loss_rx, max(lost_rx, 0), 1);
	return lost_tx > 0 || lost_rx > 0;
}

/**
 * sdwan_answer_rtt() - how long a probe and its answer were on their ways
 * @answer: what the answer tells
 *
 * Return: nanoseconds, without what the far end says it took to answer.
 */
u64 sdwan_answer_rtt(const struct sdwan_answer *answer)
{
	s64 rtt = sdwan_stamp_diff(answer->received, answer->sent);
	s64 spent = sdwan_stamp_diff(answer->returned, answer->reached);

	/* what the far end says of itself need not be true */
	if (spent > 0 && spent <= rtt)
		rtt -= spent;
	return max_t(s64, rtt, 0);
}

/**
 * sdwan_measure_answer() - an answer has come
 * @m: statistics
 * @answer: what it tells
 *
 * Return: true where something was lost since the answer before.
 */
bool sdwan_measure_answer(struct sdwan_measure *m,
			  const struct sdwan_answer *answer)
{
	sdwan_measure_rtt(m, sdwan_answer_rtt(answer));
	sdwan_measure_delays(m, sdwan_stamp_diff(answer->reached, answer->sent),
			     sdwan_stamp_diff(answer->received,
					      answer->returned));
	return sdwan_measure_loss(m, answer->seq, answer->rseq);
}

/*
 * What vanished with a path that was dead is lost; how much of its data is lost while
 * it lives that does not tell, and flows that come back shall not leave for it.
 */
static void sdwan_traffic_add(struct sdwan_traffic_way *way, s32 sent, s32 came,
			      bool dead)
{
	way->lost += sent - came;
	if (dead)
		return;
	way->owed += sent - came;
	way->due += sent;
}

/*
 * Who is not used for his losses is to get another chance: data that nobody sends tells
 * nothing any more.
 */
static void sdwan_traffic_fade(struct sdwan_traffic_way *way, u32 rounds)
{
	while (rounds-- && way->loss)
		way->loss -= DIV_ROUND_UP(way->loss, SDWAN_MEASURE_FADE);
}

/* What came too much, having overtaken the probe, is set against later losses. */
static void sdwan_traffic_round(struct sdwan_traffic_way *way, u32 rounds)
{
	s32 ppm = 0, step;

	if (way->due <= 0) {
		sdwan_traffic_fade(way, rounds);
		return;
	}
	if (way->owed > 0) {
		ppm = min_t(s64, div64_s64(way->owed * SDWAN_PPM, way->due),
			    SDWAN_PPM);
		way->owed = 0;
	}
	way->due = 0;
	/* at last it is there */
	step = (ppm - (s32)way->loss) / 4;
	way->loss = step ? way->loss + step : ppm;
}

static void sdwan_traffic_rounds(struct sdwan_traffic *t, u64 now)
{
	/* another CPU may be ahead */
	u64 rounds = div_u64(max_t(s64, now - t->round, 0),
			     SDWAN_MEASURE_ROUND);

	if (!rounds)
		return;
	t->round = now;
	rounds = min_t(u64, rounds, SDWAN_MEASURE_FADED);
	sdwan_traffic_round(&t->tx, rounds);
	sdwan_traffic_round(&t->rx, rounds);
}

/**
 * sdwan_measure_quiet() - an answer tells nothing of data packets, as there are none
 * @t: loss of data packets
 * @now: ktime
 */
void sdwan_measure_quiet(struct sdwan_traffic *t, u64 now)
{
	if (t->known)
		sdwan_traffic_rounds(t, now);
}

/**
 * sdwan_measure_traffic() - an answer tells how many data packets there were
 * @t: loss of data packets
 * @seq: number of the probe
 * @now: ktime
 * @counts: what it tells
 *
 * The counters run on: the difference of two answers is right however many were
 * lost in between, and what is wrong with one, by packets that overtake, the next
 * one sets right.
 */
void sdwan_measure_traffic(struct sdwan_traffic *t, u32 seq, u64 now,
			   const struct sdwan_traffic_counts *counts)
{
	s32 sent = counts->sent - t->last.sent;
	s32 reached = counts->reached - t->last.reached;
	s32 returned = counts->returned - t->last.returned;
	s32 came = counts->came - t->last.came;

	if (t->known && (s32)(seq - t->seq) <= 0)
		return;
	if (t->known && reached > -SDWAN_MEASURE_ANEW &&
	    returned > -SDWAN_MEASURE_ANEW) {
		sdwan_traffic_add(&t->tx, sent, reached, t->dead);
		sdwan_traffic_add(&t->rx, returned, came, t->dead);
	} else {
		t->round = now;
	}
	t->known = true;
	t->dead = false;
	t->seq = seq;
	t->last = *counts;
	sdwan_traffic_rounds(t, now);
}
