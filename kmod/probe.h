/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: probes of a path
 */
#ifndef _SDWAN_PROBE_H
#define _SDWAN_PROBE_H

#include "measure.h"
#include "prober.h"
#include "receive.h"
#include "report.h"
#include "search.h"
#include "stamp_tlv.h"
#include "transit.h"
#include "types.h"

/* Probes whose answer is waited for; a power of two. */
#define SDWAN_PROBE_WINDOW	128

/* What probes say of a path. */
enum sdwan_probe_verdict {
	SDWAN_PROBE_UNASKED,	/* nothing: there are none */
	SDWAN_PROBE_FRESH,	/* nothing yet */
	SDWAN_PROBE_GOOD,	/* they are answered */
	SDWAN_PROBE_SILENT,	/* they are not */
	SDWAN_PROBE_HELD,	/* they are again, but not for long enough */
};

/**
 * struct sdwan_probe_params - what holds for a path, all inherited
 * @mode: enum sdwan_probe_mode, off, tunnel or underlay; read without the lock as well
 * @mult: silent after so many intervals
 * @mtu: enum sdwan_probe_mtu, off or on
 * @limits: beyond which it is degraded
 * @interval: of a path in use, ns
 * @idle_interval: of another path, ns
 * @hold: how long a path that was silent is watched, ns
 * @raise: after how long longer packets are asked for again, ns
 */
struct sdwan_probe_params {
	u8 mode;
	u8 mult;
	u8 mtu;
	struct sdwan_sla limits;
	u64 interval;
	u64 idle_interval;
	u64 hold;
	u64 raise;
};

/**
 * struct sdwan_probe_use - traffic of a path, as last looked at
 * @at: when that was
 * @bytes: sent and received by then
 * @last: when that had changed, 0 for never
 * @since: when the rates were last found out
 * @tx_bytes: sent by then
 * @rx_bytes: received by then
 * @tx_rate: bit/s
 * @rx_rate: bit/s
 */
struct sdwan_probe_use {
	u64 at;
	u64 bytes;
	u64 last;
	u64 since;
	u64 tx_bytes;
	u64 rx_bytes;
	u64 tx_rate;
	u64 rx_rate;
};

/**
 * struct sdwan_probe - probes of a path
 * @due: when there is something to do
 * @path: (c) path
 * @sport: (c) port that probes come from
 * @lock: protects the rest; taken with bottom halves off
 * @params: what holds
 * @remote: address they are of; another one is another path
 * @verdict: what they say
 * @proven: has been good
 * @calm_at: ktime since which the path is not as bad any more as when it was degraded
 * @fast: probes are sent at @params.interval
 * @refused: a router has said that they do not get through; written under @lock
 * @doubted_at: ktime at which one was sent as somebody had said so
 * @next: ktime of the next probe
 * @heard: ktime at which the far end was last heard, 0 for never
 * @answered_at: ktime silence is counted from
 * @held_at: ktime since which no probe was lost
 * @seq: number of the next probe
 * @sent: timestamps of probes that are not answered, by number; 0 for none
 * @sent_count: probes sent
 * @answered: answers accepted
 * @reflected: probes of the far end answered
 * @elsewhere: the far end was last heard where the path does not lead to
 * @place: that place
 * @asked_at: ktime at which one elsewhere was asked back
 * @asked: that place
 * @asked_seq: number of that probe; another one, sent in between, would have it
 * @rseq: number of the next answer
 * @reflect_at: ktime at which the bucket of answers is full
 * @stale_at: the same for probes that are answered without being believed
 * @unknown_at: the same for probes that show nothing, of which it is found out who
 *	has made them
 * @unknown: probes that were too many for that
 * @peer_nonce: what the far end has told of its boot, 0 for nothing yet
 * @peer_path: number of this path there
 * @window: numbers of its probes
 * @use: traffic
 * @measure: what answers tell
 * @transit: how long they say that probes take
 * @transit_view: what the data path knows of that, by @transit_seq; written under @lock
 * @transit_seq: lets readers see it whole
 * @late: how bad that was
 * @traffic: what they tell of data packets
 * @report: what the far end has found out
 * @reported: ktime at which it was told what we have
 * @search: what length of packets passes
 * @search_at: ktime at which it goes on
 * @search_seq: number of the first probe of the length that is asked for
 * @search_last: number of the last padded probe
 * @search_heard: a later one has been answered
 * @padded: probes that were made longer, by number
 */
struct sdwan_probe {
	struct sdwan_due due;
	struct sdwan_path *path;
	u16 sport;
	spinlock_t lock;	/* protects the rest */
	struct sdwan_probe_params params;
	struct in6_addr remote;
	enum sdwan_probe_verdict verdict;
	bool proven;
	u64 calm_at;
	bool fast;
	bool refused;
	u64 doubted_at;
	u64 next;
	u64 heard;
	u64 answered_at;
	u64 held_at;
	u32 seq;
	u64 sent[SDWAN_PROBE_WINDOW];
	u64 sent_count;
	u64 answered;
	u64 reflected;
	bool elsewhere;
	struct sdwan_endpoint place;
	u64 asked_at;
	struct sdwan_endpoint asked;
	u32 asked_seq;
	u32 rseq;
	u64 reflect_at;
	u64 stale_at;
	u64 unknown_at;
	u32 unknown;
	u64 peer_nonce;
	u32 peer_path;
	struct sdwan_tlv_window window;
	struct sdwan_probe_use use;
	struct sdwan_measure measure;
	struct sdwan_transit transit;
	struct sdwan_transit_view transit_view;
	seqcount_spinlock_t transit_seq;
	struct sdwan_sla_late late;
	struct sdwan_traffic traffic;
	struct sdwan_report report;
	u64 reported;
	struct sdwan_search search;
	u64 search_at;
	u32 search_seq;
	u32 search_last;
	bool search_heard;
	DECLARE_BITMAP(padded, SDWAN_PROBE_WINDOW);
};

/* probe.c */
struct sdwan_probe *sdwan_probe_alloc(struct sdwan_path *path);
void sdwan_probe_free(struct sdwan_probe *probe);
void sdwan_probe_configure(struct sdwan_path *path);
void sdwan_probe_disarm(struct sdwan_probe *probe);
void sdwan_probe_eval(const struct sdwan_path *path,
		      enum sdwan_path_state *state,
		      enum sdwan_state_reason *reason);
u64 sdwan_probe_stamp(const struct sdwan_probe *probe, u64 now);
bool sdwan_probe_in_use(const struct sdwan_probe *probe, u64 now);
void sdwan_probe_send(struct sdwan_probe *probe, u64 now, u32 size);
void sdwan_probe_fail(struct sdwan_probe *probe, u64 now);
void sdwan_probe_doubt(struct sdwan_probe *probe, u64 now);
bool sdwan_probe_send_by(struct sdwan_probe *probe,
			 const struct sdwan_path_cfg *cfg, u64 now, u32 size);
void sdwan_probe_heard(struct sdwan_probe *probe, u64 now, bool lost);
void sdwan_probe_seen(struct sdwan_probe *probe, u16 seen, u64 now);

/* probe_pmtu.c */
bool sdwan_probe_searches(const struct sdwan_probe *probe);
void sdwan_probe_search_reset(struct sdwan_probe *probe);
void sdwan_probe_search_resume(struct sdwan_probe *probe, u64 now);
void sdwan_probe_search(struct sdwan_probe *probe, u64 now);
void sdwan_probe_search_sent(struct sdwan_probe *probe, u32 seq, u32 size);
void sdwan_probe_search_failed(struct sdwan_probe *probe);
bool sdwan_probe_search_answered(struct sdwan_probe *probe, u32 seq, u64 now);
int sdwan_probe_search_fill(struct sk_buff *skb,
			    const struct sdwan_probe *probe);

/* probe_rx.c */
bool sdwan_probe_like(const struct sk_buff *skb, unsigned int off);
bool sdwan_probe_says(const struct sk_buff *skb, const struct sdwan_rx *rx,
		      struct sdwan_tlv_identity *id);
bool sdwan_probe_receive_outside(const struct sdwan_path_cfg *cfg,
				 struct sk_buff *skb, bool asked,
				 enum sdwan_drop *cause);
bool sdwan_probe_receive(const struct sdwan_path_cfg *cfg, struct sk_buff *skb,
			 const struct sdwan_rx *rx, bool elsewhere,
			 enum sdwan_drop *cause);

/* probe_nl.c */
int sdwan_probe_fill(struct sk_buff *skb, struct sdwan_probe *probe);

#endif /* _SDWAN_PROBE_H */
