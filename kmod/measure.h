/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: what probes tell of a path
 */
#ifndef _SDWAN_MEASURE_H
#define _SDWAN_MEASURE_H

#include <linux/sdwan.h>
#include <linux/types.h>

/**
 * struct sdwan_measure - statistics of a path
 * @rtt: smoothed round-trip time, ns (RFC 6298)
 * @rtt_var: its mean deviation, ns
 * @rtt_min: shortest one, ns
 * @timed: those three are known
 * @varied: @delay_tx and @delay_rx are known
 * @counted: @seq and @rseq are known
 * @delay_tx: one-way delay of the last probe, ns, off by the other clock
 * @delay_rx: the same of its answer
 * @var_tx: smoothed difference of successive @delay_tx, ns (RFC 3393)
 * @var_rx: the same of @delay_rx
 * @seq: highest number of a probe that was answered
 * @rseq: highest number of an answer
 * @lost_tx: probes lost; less than none for a moment when packets overtake
 * @lost_rx: answers lost, likewise
 * @loss_tx: lost part of the probes, smoothed, in millionths
 * @loss_rx: lost part of the answers
 * @spare: of the probes since @seq, those whose loss says nothing
 *
 * Protected by whatever protects what it is part of.
 */
struct sdwan_measure {
	u64 rtt;
	u64 rtt_var;
	u64 rtt_min;
	bool timed;
	bool varied;
	bool counted;
	s64 delay_tx;
	s64 delay_rx;
	u64 var_tx;
	u64 var_rx;
	u32 seq;
	u32 rseq;
	s64 lost_tx;
	s64 lost_rx;
	u32 loss_tx;
	u32 loss_rx;
	u32 spare;
};

/**
 * struct sdwan_answer - what one answer tells
 * @seq: number of the probe
 * @rseq: number of the answer
 * @sent: when the probe was sent, by our clock; all in the format of NTP
 * @received: when the answer came, by our clock
 * @reached: when the probe came there, by the other clock
 * @returned: when the answer was sent, by the other clock
 */
struct sdwan_answer {
	u32 seq;
	u32 rseq;
	u64 sent;
	u64 received;
	u64 reached;
	u64 returned;
};

/**
 * struct sdwan_traffic_way - data packets on one way
 * @lost: lost since they are counted; less than none while some overtake
 * @owed: those of them since the last round
 * @due: sent since the last round
 * @loss: lost part, smoothed, in millionths; fades while nothing is sent
 */
struct sdwan_traffic_way {
	s64 lost;
	s64 owed;
	s64 due;
	u32 loss;
};

/**
 * struct sdwan_traffic_counts - data packets as of one probe and its answer
 * @sent: sent by us when the probe was; all modulo 2^32
 * @reached: arrived there when the probe did
 * @returned: sent there when the answer was
 * @came: arrived here when the answer did
 */
struct sdwan_traffic_counts {
	u32 sent;
	u32 reached;
	u32 returned;
	u32 came;
};

/**
 * struct sdwan_traffic - loss of data packets
 * @known: @last and @seq are known
 * @dead: since then it was found out that nothing gets through
 * @seq: number of the probe
 * @last: its counts
 * @round: ktime of the last round
 * @tx: to the far end
 * @rx: from the far end
 *
 * Protected by whatever protects what it is part of.
 */
struct sdwan_traffic {
	bool known;
	bool dead;
	u32 seq;
	struct sdwan_traffic_counts last;
	u64 round;
	struct sdwan_traffic_way tx;
	struct sdwan_traffic_way rx;
};

void sdwan_measure_traffic(struct sdwan_traffic *t, u32 seq, u64 now,
			   const struct sdwan_traffic_counts *counts);
void sdwan_measure_quiet(struct sdwan_traffic *t, u64 now);
u64 sdwan_answer_rtt(const struct sdwan_answer *answer);
bool sdwan_measure_answer(struct sdwan_measure *m,
			  const struct sdwan_answer *answer);
void sdwan_measure_rtt(struct sdwan_measure *m, u64 rtt);
bool sdwan_measure_loss(struct sdwan_measure *m, u32 seq, u32 rseq);

#endif /* _SDWAN_MEASURE_H */
