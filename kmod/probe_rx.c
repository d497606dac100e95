// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: probes that come in, and their answers
 *
 * Who is no configured remote does not get here.  An answer goes back by the path
 * of the probe, is never longer than that, and never answers what comes from the
 * port of reflectors, so that two ends cannot keep each other busy.  What is
 * wrong is found out before anything is allocated.
 */
#include <linux/udp.h>
#include <net/ip.h>
#include <net/udp.h>

#include "agree.h"
#include "control.h"
#include "degrade.h"
#include "endpoint.h"
#include "outside.h"
#include "probe.h"
#include "probe_dev.h"
#include "probe_guard.h"
#include "probe_msg.h"
#include "probe_tlv.h"
#include "report.h"
#include "sla.h"
#include "stamp.h"
#include "state.h"
#include "trace.h"

/* One who is elsewhere, and may be gone, is asked back so seldom. */
#define SDWAN_PROBE_ASK_BACK	(250 * NSEC_PER_MSEC)

/**
 * struct sdwan_probe_rx - a probe or an answer that has come in
 * @probe: probes of its path
 * @cfg: its path, or what is like it but leads to where it came from
 * @elsewhere: which is not where the path leads
 * @outside: it was within no tunnel
 * @now: ktime at which it came
 * @ttl: of its IP header
 * @sport: source port
 * @dport: destination port
 * @bare: it was in the segment of a path without encapsulation
 * @ends: then, addresses of an answer
 * @local: address that it was sent to where it was within no tunnel
 * @auth: keys of its peer, or NULL
 * @key: number of the one it was made by
 * @data: payload, up to the longest answer
 * @len: bytes of that
 * @base: bytes of that without TLVs
 * @voice: who says by them that he has made it
 * @tlvs: the TLVs of a packet that was made by a key
 */
struct sdwan_probe_rx {
	struct sdwan_probe *probe;
	const struct sdwan_path_cfg *cfg;
	bool elsewhere;
	bool outside;
	u64 now;
	u8 ttl;
	u16 sport;
	u16 dport;
	bool bare;
	struct sdwan_control_ends ends;
	struct in6_addr local;
	struct sdwan_auth *auth;
	int key;
	const void *data;
	unsigned int len;
	unsigned int base;
	enum sdwan_probe_voice voice;
	struct sdwan_tlvs tlvs;
};

/* What the headers of a probe look like. */
struct sdwan_probe_head {
	struct iphdr ip;
	struct udphdr udp;
};

/**
 * sdwan_probe_like() - whether a packet could be a probe or an answer
 * @skb: packet
 * @off: where its inner IP header is
 *
 * Return: true for UDP from and to 127.0.0.1, from or to port 862.
 */
bool sdwan_probe_like(const struct sk_buff *skb, unsigned int off)
{
	const struct sdwan_probe_head *head;
	struct sdwan_probe_head buf;

	head = skb_header_pointer(skb, off, sizeof(buf), &buf);
	return head && head->ip.version == 4 && head->ip.ihl == 5 &&
	       head->ip.protocol == IPPROTO_UDP &&
	       head->ip.saddr == htonl(INADDR_LOOPBACK) &&
	       head->ip.daddr == htonl(INADDR_LOOPBACK) &&
	       (head->udp.source == htons(SDWAN_STAMP_PORT) ||
		head->udp.dest == htons(SDWAN_STAMP_PORT));
}

static bool sdwan_probe_checksum_ok(const struct sk_buff *skb, unsigned int off,
				    const struct sdwan_probe_head *head)
{
	unsigned int len = ntohs(head->udp.len);

	/* it has not left this host, or has none */
	if (skb->ip_summed == CHECKSUM_PARTIAL || !head->udp.check)
		return true;
	return !udp_v4_check(len, head->ip.saddr, head->ip.daddr,
			     skb_checksum(skb, off + sizeof(head->ip), len, 0));
}

/* The headers of a packet that looks like one of ours. */
static bool sdwan_probe_head_ok(const struct sk_buff *skb, unsigned int off,
				const struct sdwan_probe_head *head)
{
	unsigned int len = ntohs(head->ip.tot_len);

	if (len < sizeof(*head) || len > skb->len - off || ip_is_fragment(&head->ip) ||
	    ntohs(head->udp.len) != len - sizeof(head->ip) ||
	    ip_fast_csum(&head->ip, head->ip.ihl))
		return false;
	return sdwan_probe_checksum_ok(skb, off, head);
}

/**
 * sdwan_probe_says() - who is said to have made a probe or an answer
 * @skb: packet, at its transport header
 * @rx: what its encapsulation says
 * @id: result
 *
 * Return: false where it is none, or is from nobody with a key.
 */
bool sdwan_probe_says(const struct sk_buff *skb, const struct sdwan_rx *rx,
		      struct sdwan_tlv_identity *id)
{
	const struct sdwan_tlv_identity *from;

	if (rx->vni || rx->proto != htons(ETH_P_IP) ||
	    !sdwan_probe_like(skb, rx->hlen))
		return false;
	from = skb_header_pointer(skb, rx->hlen +
				  sizeof(struct sdwan_probe_head) +
				  SDWAN_STAMP_AUTH_LEN +
				  SDWAN_PROBE_IDENTITY_AT, sizeof(*id), id);
	if (!from || !sdwan_tlv_is_identity((const u8 *)from, sizeof(*from)))
		return false;
	if (from != id)
		*id = *from;
	return true;
}

/* Finds out who has made it, by what follows and the number in it. */
static void sdwan_probe_identify(struct sdwan_probe_rx *rx, __be32 seq)
{
	const struct sdwan_probe_tlvs to = {
		.path = rx->probe->path,
		.auth = rx->auth,
		.key = rx->key,
		.seq = seq,
	};

	if (rx->auth)
		rx->voice = sdwan_probe_tlvs_read(&to, &rx->tlvs,
						  rx->data + rx->base,
						  rx->len - rx->base);
}

/*
 * What an answer tells of data packets, with a key or without. Who does not know this
 * gives back our own, with a flag that says so.
 */
static void sdwan_probe_identify_counts(struct sdwan_probe_rx *rx)
{
	struct sdwan_tlvs tlvs = rx->tlvs;

	if (!rx->auth && !sdwan_tlvs_find(&tlvs, rx->data + rx->base,
					  rx->len - rx->base))
		return;
	rx->tlvs.direct = tlvs.direct && !tlvs.direct->head.flags ?
			  tlvs.direct : NULL;
}

static void sdwan_probe_tlvs_reflect(const struct sdwan_probe_rx *rx, u8 *data,
				     const struct sdwan_stamp_reply *reply,
				     bool counted)
{
	const struct sdwan_probe_tlvs by = {
		.path = rx->probe->path,
		.auth = rx->auth,
		.key = rx->key,
		.seq = reply->seq,
	};
	unsigned int len = rx->len - rx->base;

	memcpy(data, rx->data + rx->base, len);
	sdwan_tlvs_flag(data, len, rx->auth, rx->voice == SDWAN_PROBE_GARBLED);
	if (rx->voice == SDWAN_PROBE_GARBLED)
		return;
	sdwan_probe_tlvs_direct(by.path, data, len);
	if (rx->auth)
		sdwan_probe_tlvs_answer(&by, data, len, counted);
}

static int sdwan_probe_answer_begin(struct sdwan_control *control,
				    const struct sdwan_path_cfg *cfg,
				    const struct sdwan_probe_rx *rx)
{
	if (rx->outside)
		return sdwan_outside_reflect(control, cfg, &rx->local,
					     rx->sport, rx->len);
	if (rx->bare)
		return sdwan_control_between(control, cfg, &rx->ends,
					     SDWAN_STAMP_PORT, rx->sport,
					     rx->len);
	return sdwan_control_begin(control, cfg, SDWAN_STAMP_PORT, rx->sport,
				   rx->len);
}

static void sdwan_probe_answer(const struct sdwan_path_cfg *cfg,
			       const struct sdwan_probe_rx *rx,
			       const struct sdwan_stamp_request *request,
			       u32 rseq, bool counted)
{
	struct sdwan_stamp_reply reply;
	struct sdwan_control control;

	if (sdwan_probe_answer_begin(&control, cfg, rx)) {
		sdwan_path_stats_tx_error(cfg->path->stats);
		return;
	}
	sdwan_stamp_reflect(&reply, request, rseq, rx->ttl,
			    sdwan_probe_stamp(rx->probe, rx->now));
	sdwan_probe_tlvs_reflect(rx, control.data + rx->base, &reply, counted);
	reply.stamp = cpu_to_be64(sdwan_probe_stamp(rx->probe,
						    ktime_get_ns()));
	sdwan_probe_write_reply(rx->auth, rx->key, control.data, &reply);
	if (rx->outside)
		sdwan_outside_send(&control);
	else if (sdwan_control_send(&control))
		sdwan_path_stats_tx_error(cfg->path->stats);
}

/* The far end has booted, or its path is another one. */
static void sdwan_probe_session(struct sdwan_probe *probe, u64 nonce,
				u32 number)
{
	if (nonce == probe->peer_nonce && number == probe->peer_path)
		return;
	if (nonce != probe->peer_nonce)
		sdwan_transit_reboot(probe);
	probe->peer_nonce = nonce;
	probe->peer_path = number;
	memset(&probe->window, 0, sizeof(probe->window));
	probe->measure.counted = false;
	probe->traffic.known = false;
	memset(&probe->report, 0, sizeof(probe->report));
	sdwan_agree_forget(probe);
}

/*
 * Is a probe of the far end's present session, made in ours? The session is known
 * from answers: they alone cannot be old ones. Who does not ask takes what echoes
 * our nonce for it.
 */
static bool sdwan_probe_present(struct sdwan_probe *probe,
				const struct sdwan_tlv_identity *id)
{
	u64 nonce = be64_to_cpu(id->nonce);
	u32 number = be32_to_cpu(id->path);

	if (!sdwan_probe_echoes(probe->path, id))
		return false;
	if (nonce == probe->peer_nonce && number == probe->peer_path)
		return true;
	if (probe->verdict != SDWAN_PROBE_UNASKED)
		return false;
	sdwan_probe_session(probe, nonce, number);
	return true;
}

/* The far end is where this has come from; locked. */
static void sdwan_probe_placed(const struct sdwan_probe_rx *rx)
{
	struct sdwan_probe *probe = rx->probe;

	WRITE_ONCE(probe->elsewhere, rx->elsewhere);
	if (!rx->elsewhere)
		return;
	probe->place.addr = rx->cfg->key.remote;
	probe->place.port = rx->cfg->key.port;
	sdwan_state_kick(probe->path->obj.sn);
}

/*
 * What a probe that counts tells; locked. One that was overtaken tells nothing new.
 * What it says of our own can only be believed of such as were sent.
 */
static void sdwan_probe_told(const struct sdwan_probe_rx *rx, u32 seq)
{
	const struct sdwan_tlv_identity *id = rx->tlvs.identity;
	struct sdwan_probe *probe = rx->probe;

	if (!rx->auth || seq != probe->window.top)
		return;
	sdwan_probe_placed(rx);
	if (id->says & SDWAN_TLV_SEEN)
		sdwan_probe_seen(probe, be16_to_cpu(id->seen), rx->now);
	if (rx->tlvs.statistics)
		sdwan_report_take(probe, rx->tlvs.statistics, rx->now);
	probe->path->agree.probed_at = rx->now;
	if (rx->tlvs.decisions)
		sdwan_agree_take(probe, rx->tlvs.decisions, rx->now);
}

/* Decides what becomes of a probe; false where it is not answered. */
static bool sdwan_probe_admit(const struct sdwan_probe_rx *rx, u32 *seq,
			      bool *counted, enum sdwan_drop *cause)
{
	struct sdwan_probe *probe = rx->probe;

	*counted = !rx->auth ||
		   (rx->voice == SDWAN_PROBE_PEER &&
		    sdwan_probe_present(probe, rx->tlvs.identity));
	if (rx->auth && *counted &&
	    !sdwan_tlv_window_new(&probe->window, *seq)) {
		*cause = SDWAN_DROP_RX_PROBE_REPEATED;
		return false;
	}
	if (!sdwan_probe_bucket(*counted ? &probe->reflect_at :
				&probe->stale_at, rx->now)) {
		*cause = SDWAN_DROP_RX_PROBE_RATE;
		return false;
	}
	probe->reflected++;
	/* of others, the number is that of the probe (RFC 8762, section 4.3) */
	if (*counted) {
		sdwan_probe_told(rx, *seq);
		probe->heard = rx->now;
		*seq = probe->rseq++;
	}
	return true;
}

/* What a probe with a key tells that is answered, and how those are counted that
 * tell nothing.
 */
static void sdwan_probe_asked_by(const struct sdwan_probe_rx *rx, bool counted)
{
	struct sdwan_net *sn = rx->probe->path->obj.sn;

	if (counted)
		sdwan_probe_has_key(rx->auth, rx->key, rx->tlvs.identity);
	else if (rx->voice != SDWAN_PROBE_PEER)
		sdwan_drop_count(sn->drops, SDWAN_DROP_RX_PROBE_ANONYMOUS);
	else if (rx->tlvs.identity->echo)
		sdwan_drop_count(sn->drops, SDWAN_DROP_RX_PROBE_STALE);
}

/*
 * Who echoes our nonce from elsewhere, and is of no session that we know, has booted, or
 * is a record of somebody who had. Only who is there answers what we ask now.
 */
static void sdwan_probe_ask_back(const struct sdwan_probe_rx *rx)
{
	struct sdwan_probe *probe = rx->probe;
	bool may;

	if (rx->voice != SDWAN_PROBE_PEER ||
	    !sdwan_probe_echoes(probe->path, rx->tlvs.identity))
		return;
	spin_lock(&probe->lock);
	may = rx->now - probe->asked_at >= SDWAN_PROBE_ASK_BACK;
	if (may) {
		probe->asked_at = rx->now;
		probe->asked.addr = rx->cfg->key.remote;
		probe->asked.port = rx->cfg->key.port;
		probe->asked_seq = probe->seq;
		/* it may be lost, which says nothing of the path */
		probe->measure.counted = false;
	}
	spin_unlock(&probe->lock);
	/* what cannot be sent there says nothing of the path either */
	if (may)
		sdwan_probe_send_by(probe, rx->cfg, rx->now, 0);
}

static bool sdwan_probe_asked(const struct sdwan_path_cfg *cfg,
			      struct sdwan_probe_rx *rx, enum sdwan_drop *cause)
{
	struct sdwan_probe *probe = rx->probe;
	struct sdwan_stamp_request request;
	bool counted, may;
	u32 seq;

	sdwan_probe_read_request(rx->auth, &request, rx->data);
	sdwan_probe_identify(rx, request.seq);
	if (rx->voice == SDWAN_PROBE_OTHER ||
	    (rx->auth && request.ssid == sdwan_probe_ssid(probe->path,
							  rx->auth))) {
		*cause = SDWAN_DROP_RX_PROBE_IDENTITY;
		return false;
	}
	seq = be32_to_cpu(request.seq);
	spin_lock(&probe->lock);
	may = sdwan_probe_admit(rx, &seq, &counted, cause);
	spin_unlock(&probe->lock);
	if (!may)
		return false;
	if (rx->auth)
		sdwan_probe_asked_by(rx, counted);
	sdwan_probe_answer(cfg, rx, &request, seq, counted);
	if (rx->elsewhere && !counted)
		sdwan_probe_ask_back(rx);
	return true;
}

/* Is it the answer to a probe that has none yet? Says when that was sent. */
static bool sdwan_probe_expected(struct sdwan_probe *probe,
				 const struct sdwan_stamp_reply *reply,
				 u64 *stamp)
{
	u32 seq = be32_to_cpu(reply->sender_seq);
	u64 *sent = &probe->sent[seq % SDWAN_PROBE_WINDOW];

	if (!sdwan_probe_awaits(probe, reply->sender_seq,
				reply->sender_stamp))
		return false;
	*stamp = *sent;
	WRITE_ONCE(*sent, 0);
	return true;
}

static bool sdwan_probe_is_outside(const struct sdwan_probe *probe)
{
	return READ_ONCE(probe->params.mode) == SDWAN_PROBE_MODE_UNDERLAY;
}

/* Only what was asked there is answered from elsewhere; locked. */
static bool sdwan_probe_there(const struct sdwan_probe_rx *rx,
			      const struct sdwan_stamp_reply *reply)
{
	const struct sdwan_probe *probe = rx->probe;
	const struct sdwan_endpoint here = {
		.addr = rx->cfg->key.remote,
		.port = rx->cfg->key.port,
	};

	if (!rx->elsewhere)
		return true;
	return sdwan_endpoint_same(&probe->asked, &here) &&
	       be32_to_cpu(reply->sender_seq) == probe->asked_seq;
}

/* Data packets that had come when the answer came; no lock is held. */
static void sdwan_probe_counts(const struct sdwan_probe_rx *rx,
			       struct sdwan_traffic_counts *counts)
{
	const struct sdwan_tlv_direct *direct = rx->tlvs.direct;
	struct sdwan_path_sums sum;

	sdwan_path_stats_sum(rx->probe->path->stats, &sum);
	*counts = (struct sdwan_traffic_counts){
		.sent = be32_to_cpu(direct->sender_tx),
		.reached = be32_to_cpu(direct->reflector_rx),
		.returned = be32_to_cpu(direct->reflector_tx),
		.came = sdwan_probe_data_rx(&sum),
	};
}

/* What an answer to a probe of ours tells; it is not an old one. */
static void sdwan_probe_learn(const struct sdwan_probe_rx *rx,
			      const struct sdwan_answer *answer,
			      const struct sdwan_traffic_counts *counts)
{
	const struct sdwan_tlv_identity *id = rx->tlvs.identity;
	struct sdwan_probe *probe = rx->probe;
	bool alone = id && !(id->says & SDWAN_TLV_COUNTED), lost;
	struct sdwan_sla_view view;

	if (id)
		sdwan_probe_session(probe, be64_to_cpu(id->nonce),
				    be32_to_cpu(id->path));
	if (rx->auth)
		sdwan_probe_placed(rx);
	probe->answered++;
	/* its number is not of those that tell what was lost */
	if (alone)
		probe->measure.counted = false;
	/* it takes longer than others, and is lost more easily */
	if (sdwan_probe_search_answered(probe, answer->seq, rx->now)) {
		lost = sdwan_measure_loss(&probe->measure, answer->seq,
					  answer->rseq);
	} else {
		lost = sdwan_measure_answer(&probe->measure, answer);
		sdwan_transit_learn(probe, answer, rx->now);
	}
	if (alone)
		probe->measure.counted = false;
	if (rx->tlvs.direct)
		sdwan_measure_traffic(&probe->traffic, answer->seq, rx->now,
				      counts);
	else if (rx->auth)
		probe->traffic.known = false;
	else
		sdwan_measure_quiet(&probe->traffic, rx->now);
	/* who does not know them gives back our own */
	if (rx->tlvs.statistics && id &&
	    !(rx->tlvs.statistics->head.flags & SDWAN_TLV_UNKNOWN))
		sdwan_report_take(probe, rx->tlvs.statistics, rx->now);
	if (rx->tlvs.decisions && id &&
	    !(rx->tlvs.decisions->head.flags & SDWAN_TLV_UNKNOWN))
		sdwan_agree_take(probe, rx->tlvs.decisions, rx->now);
	trace_sdwan_probe_answer(probe->path, answer->seq, &probe->measure,
				 lost);
	sdwan_probe_heard(probe, rx->now, lost);
	if (probe->measure.timed)
		sdwan_sla_late_add(&probe->late, probe->measure.rtt, rx->now);
	sdwan_sla_view(probe, &view);
	sdwan_degrade_look(probe, &view, rx->now);
	sdwan_sla_watch(probe, &view);
}

static bool sdwan_probe_answered(struct sdwan_probe_rx *rx,
				 enum sdwan_drop *cause)
{
	struct sdwan_traffic_counts counts = {};
	struct sdwan_probe *probe = rx->probe;
	struct sdwan_stamp_reply reply;
	struct sdwan_answer answer;
	bool expected;

	sdwan_probe_read_reply(rx->auth, &reply, rx->data);
	answer = (struct sdwan_answer){
		.seq = be32_to_cpu(reply.sender_seq),
		.rseq = be32_to_cpu(reply.seq),
		.received = sdwan_probe_stamp(probe, rx->now),
		.reached = sdwan_stamp_read(reply.received, reply.error),
		.returned = sdwan_stamp_read(reply.stamp, reply.error),
	};
	sdwan_probe_identify(rx, reply.seq);
	if (rx->auth && rx->voice != SDWAN_PROBE_PEER) {
		*cause = SDWAN_DROP_RX_PROBE_IDENTITY;
		return false;
	}
	if (rx->auth && !sdwan_probe_echoes(probe->path, rx->tlvs.identity)) {
		*cause = SDWAN_DROP_RX_PROBE_UNEXPECTED;
		return false;
	}
	sdwan_probe_identify_counts(rx);
	if (rx->tlvs.direct)
		sdwan_probe_counts(rx, &counts);

	*cause = SDWAN_DROP_RX_PROBE_UNEXPECTED;
	spin_lock(&probe->lock);
	expected = (rx->outside || rx->dport == probe->sport) &&
		   sdwan_probe_is_outside(probe) == rx->outside &&
		   sdwan_probe_there(rx, &reply) &&
		   sdwan_probe_expected(probe, &reply, &answer.sent);
	if (expected)
		sdwan_probe_learn(rx, &answer, &counts);
	spin_unlock(&probe->lock);
	if (expected && rx->auth)
		sdwan_probe_has_key(rx->auth, rx->key, rx->tlvs.identity);
	return expected;
}

/* Has it the length of a packet, and was it made by a key where there is one? */
static bool sdwan_probe_genuine(const struct sk_buff *skb, unsigned int off,
				struct sdwan_probe_rx *rx,
				enum sdwan_drop *cause)
{
	u8 buf[SDWAN_STAMP_AUTH_LEN];
	const u8 *data;

	*cause = SDWAN_DROP_RX_PROBE_TRUNCATED;
	if (rx->len < SDWAN_STAMP_LEN)
		return false;
	rx->key = SDWAN_PROBE_NO_KEY;
	if (!rx->auth)
		return true;
	*cause = SDWAN_DROP_RX_PROBE_KEY;
	if (rx->len < rx->base)
		return false;
	data = skb_header_pointer(skb, off, sizeof(buf), buf);
	if (!data ||
	    !sdwan_probe_guard(skb, off, rx->probe, data,
			       rx->sport == SDWAN_STAMP_PORT, rx->now, cause))
		return false;
	*cause = SDWAN_DROP_RX_PROBE_KEY;
	rx->key = sdwan_probe_key(rx->auth, data);
	return rx->key != SDWAN_PROBE_NO_KEY;
}

/* Puts what is needed of a probe where it can be read: what is at @off. */
static bool sdwan_probe_take(const struct sdwan_path_cfg *cfg,
			     struct sk_buff *skb, unsigned int off,
			     unsigned int len, struct sdwan_probe_rx *rx,
			     enum sdwan_drop *cause)
{
	rx->len = min_t(unsigned int, SDWAN_STAMP_MAX, len);
	rx->now = ktime_get_ns();
	rx->probe = cfg->path->probe;
	rx->cfg = cfg;
	rx->auth = sdwan_probe_auth(cfg->path);
	rx->base = sdwan_probe_base(rx->auth);
	if (!sdwan_probe_genuine(skb, off, rx, cause))
		return false;
	if (!cfg->admin) {
		*cause = SDWAN_DROP_RX_PATH_DOWN;
		return false;
	}
	if (!pskb_may_pull(skb, off + rx->len)) {
		*cause = SDWAN_DROP_RX_NO_MEMORY;
		return false;
	}

	rx->data = skb->data + off;
	if (rx->len < len)
		rx->len = rx->base + sdwan_tlvs_whole(rx->data + rx->base,
						      rx->len - rx->base);
	return true;
}

static bool sdwan_probe_open(const struct sdwan_path_cfg *cfg,
			     struct sk_buff *skb, unsigned int off,
			     struct sdwan_probe_rx *rx, enum sdwan_drop *cause)
{
	const struct sdwan_probe_head *head;

	if (!pskb_may_pull(skb, off + sizeof(*head)))
		return false;
	head = (void *)(skb->data + off);
	if (!sdwan_probe_head_ok(skb, off, head)) {
		*cause = SDWAN_DROP_RX_PROBE_MALFORMED;
		return false;
	}
	rx->ttl = head->ip.ttl;
	rx->sport = ntohs(head->udp.source);
	rx->dport = ntohs(head->udp.dest);
	return sdwan_probe_take(cfg, skb, off + sizeof(*head),
				ntohs(head->udp.len) - sizeof(head->udp), rx,
				cause);
}

/* What its headers say. */
static void sdwan_probe_outer(const struct sk_buff *skb, bool ipv4,
			      struct sdwan_probe_rx *rx)
{
	const struct udphdr *uh = udp_hdr(skb);

	rx->outside = true;
	rx->sport = ntohs(uh->source);
	rx->dport = ntohs(uh->dest);
	if (ipv4) {
		rx->ttl = ip_hdr(skb)->ttl;
		ipv6_addr_set_v4mapped(ip_hdr(skb)->daddr, &rx->local);
	} else {
		rx->ttl = ipv6_hdr(skb)->hop_limit;
		rx->local = ipv6_hdr(skb)->daddr;
	}
}

/**
 * sdwan_probe_receive_outside() - take in a probe or an answer without a tunnel
 * @cfg: path of the remote address that it has come from, which is probed so
 * @skb: packet at its UDP header, which has been checked; left alone
 * @asked: it is a probe
 * @cause: why it was of no use
 *
 * Context: Under rcu_read_lock(), bottom halves off.
 *
 * Return: whether it was of use.
 */
bool sdwan_probe_receive_outside(const struct sdwan_path_cfg *cfg,
				 struct sk_buff *skb, bool asked,
				 enum sdwan_drop *cause)
{
	struct sdwan_probe_rx rx = {};

	sdwan_probe_outer(skb, cfg->family == AF_INET, &rx);
	if (!sdwan_probe_take(cfg, skb, sizeof(struct udphdr),
			      skb->len - sizeof(struct udphdr), &rx, cause))
		return false;
	return asked ? sdwan_probe_asked(cfg, &rx, cause) :
		       sdwan_probe_answered(&rx, cause);
}

/**
 * sdwan_probe_receive_dev() - take in a probe or an answer of a path without encapsulation
 * @cfg: path that it has come by
 * @skb: packet at its IP header; left alone
 * @head: what its headers say
 * @cause: why it was of no use
 *
 * Context: Under rcu_read_lock(), bottom halves off.
 *
 * Return: whether it was of use.
 */
bool sdwan_probe_receive_dev(const struct sdwan_path_cfg *cfg,
			     struct sk_buff *skb,
			     const struct sdwan_probe_dev_head *head,
			     enum sdwan_drop *cause)
{
	struct sdwan_probe_rx rx = {
		.bare = true,
		.ttl = head->ttl,
		.sport = head->sport,
		.dport = head->dport,
		.ends.from = head->to,
		.ends.to = head->from,
	};

	if (!sdwan_probe_take(cfg, skb, head->payload, head->len, &rx, cause))
		return false;
	return rx.sport != SDWAN_STAMP_PORT ?
	       sdwan_probe_asked(cfg, &rx, cause) :
	       sdwan_probe_answered(&rx, cause);
}

/**
 * sdwan_probe_receive() - take in control traffic, if it is a probe or an answer
 * @cfg: the path it has come by
 * @skb: packet, at its transport header; consumed where it was of use
 * @rx: what its encapsulation says
 * @elsewhere: @cfg is what is like the path, but leads to where the packet is from
 * @cause: why it was of none; left alone where it is no probe
 *
 * Context: Under rcu_read_lock(), bottom halves off.
 *
 * Return: whether it was of use.
 */
bool sdwan_probe_receive(const struct sdwan_path_cfg *cfg, struct sk_buff *skb,
			 const struct sdwan_rx *rx, bool elsewhere,
			 enum sdwan_drop *cause)
{
	struct sdwan_probe_rx prx = { .elsewhere = elsewhere };
	bool done;

	if (rx->vni || rx->proto != htons(ETH_P_IP) ||
	    !sdwan_probe_like(skb, rx->hlen) ||
	    !sdwan_probe_open(cfg, skb, rx->hlen, &prx, cause))
		return false;

	if (prx.sport != SDWAN_STAMP_PORT)
		done = sdwan_probe_asked(cfg, &prx, cause);
	else
		done = sdwan_probe_answered(&prx, cause);
	if (done)
		consume_skb(skb);
	return done;
}
