/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: tracepoints
 *
 * What happens too often for events: answers to probes, and flows that change their
 * path.  Names of paths are copied; who listens may do so long after they are gone.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM sdwan

#if !defined(_SDWAN_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define _SDWAN_TRACE_H

#include <linux/tracepoint.h>
#include <net/net_namespace.h>

#include "flow.h"
#include "measure.h"
#include "netlink_gen.h"
#include "types.h"

/* Words of the specification, for those who read the trace. */
#define SDWAN_TRACE_STATES						\
	SDWAN_TRACE_WORD(PATH_STATE_DOWN, "down")			\
	SDWAN_TRACE_WORD(PATH_STATE_UP, "up")				\
	SDWAN_TRACE_WORD(PATH_STATE_DEGRADED, "degraded")		\
	SDWAN_TRACE_WORD(PATH_STATE_DORMANT, "dormant")			\
	SDWAN_TRACE_LAST(PATH_STATE_PROBING, "probing")

#define SDWAN_TRACE_REASONS						\
	SDWAN_TRACE_WORD(STATE_REASON_NONE, "none")			\
	SDWAN_TRACE_WORD(STATE_REASON_ADMIN, "admin")			\
	SDWAN_TRACE_WORD(STATE_REASON_NO_DEVICE, "no-device")		\
	SDWAN_TRACE_WORD(STATE_REASON_DEVICE_DOWN, "device-down")	\
	SDWAN_TRACE_WORD(STATE_REASON_NO_CARRIER, "no-carrier")		\
	SDWAN_TRACE_WORD(STATE_REASON_NO_ADDRESS, "no-address")		\
	SDWAN_TRACE_WORD(STATE_REASON_NO_ROUTE, "no-route")		\
	SDWAN_TRACE_WORD(STATE_REASON_SILENT, "silent")			\
	SDWAN_TRACE_WORD(STATE_REASON_UNREACHABLE, "unreachable")	\
	SDWAN_TRACE_WORD(STATE_REASON_LATENCY, "latency")		\
	SDWAN_TRACE_WORD(STATE_REASON_JITTER, "jitter")			\
	SDWAN_TRACE_WORD(STATE_REASON_LOSS, "loss")			\
	SDWAN_TRACE_LAST(STATE_REASON_UNHEARD, "unheard")

#undef SDWAN_TRACE_WORD
#undef SDWAN_TRACE_LAST
#define SDWAN_TRACE_WORD(name, word) TRACE_DEFINE_ENUM(SDWAN_##name);
#define SDWAN_TRACE_LAST(name, word) TRACE_DEFINE_ENUM(SDWAN_##name);

SDWAN_TRACE_STATES
SDWAN_TRACE_REASONS

#undef SDWAN_TRACE_WORD
#undef SDWAN_TRACE_LAST
#define SDWAN_TRACE_WORD(name, word) { SDWAN_##name, word },
#define SDWAN_TRACE_LAST(name, word) { SDWAN_##name, word }

#define SDWAN_TRACE_NETNS(sn)	((sn)->net->ns.inum)

TRACE_EVENT(sdwan_path_state,
	TP_PROTO(const struct sdwan_path *path, u32 before),
	TP_ARGS(path, before),
	TP_STRUCT__entry(
		__array(char, name, SDWAN_PATH_NAME_MAX + 1)
		__field(u32, netns)
		__field(u32, id)
		__field(u32, before)
		__field(u32, state)
		__field(u32, reason)
	),
	TP_fast_assign(
		memcpy(__entry->name, path->name, sizeof(__entry->name));
		__entry->netns = SDWAN_TRACE_NETNS(path->obj.sn);
		__entry->id = path->obj.id;
		__entry->before = before;
		__entry->state = path->state;
		__entry->reason = path->reason;
	),
	TP_printk("netns=%u path=%u name=%s before=%s state=%s reason=%s",
		  __entry->netns, __entry->id, __entry->name,
		  __print_symbolic(__entry->before, SDWAN_TRACE_STATES),
		  __print_symbolic(__entry->state, SDWAN_TRACE_STATES),
		  __print_symbolic(__entry->reason, SDWAN_TRACE_REASONS))
);

TRACE_EVENT(sdwan_path_pmtu,
	TP_PROTO(const struct sdwan_path *path, u32 pmtu),
	TP_ARGS(path, pmtu),
	TP_STRUCT__entry(
		__array(char, name, SDWAN_PATH_NAME_MAX + 1)
		__field(u32, netns)
		__field(u32, id)
		__field(u32, pmtu)
	),
	TP_fast_assign(
		memcpy(__entry->name, path->name, sizeof(__entry->name));
		__entry->netns = SDWAN_TRACE_NETNS(path->obj.sn);
		__entry->id = path->obj.id;
		__entry->pmtu = pmtu;
	),
	TP_printk("netns=%u path=%u name=%s pmtu=%u", __entry->netns,
		  __entry->id, __entry->name, __entry->pmtu)
);

TRACE_EVENT(sdwan_probe_answer,
	TP_PROTO(const struct sdwan_path *path, u32 seq,
		 const struct sdwan_measure *m, bool lost),
	TP_ARGS(path, seq, m, lost),
	TP_STRUCT__entry(
		__array(char, name, SDWAN_PATH_NAME_MAX + 1)
		__field(u32, netns)
		__field(u32, id)
		__field(u32, seq)
		__field(u64, rtt)
		__field(u64, rtt_var)
		__field(u32, loss_tx)
		__field(u32, loss_rx)
		__field(bool, lost)
	),
	TP_fast_assign(
		memcpy(__entry->name, path->name, sizeof(__entry->name));
		__entry->netns = SDWAN_TRACE_NETNS(path->obj.sn);
		__entry->id = path->obj.id;
		__entry->seq = seq;
		__entry->rtt = m->rtt;
		__entry->rtt_var = m->rtt_var;
		__entry->loss_tx = m->loss_tx;
		__entry->loss_rx = m->loss_rx;
		__entry->lost = lost;
	),
	TP_printk("netns=%u path=%u name=%s seq=%u rtt=%llu rtt_var=%llu loss_tx=%u loss_rx=%u lost=%d",
		  __entry->netns, __entry->id, __entry->name, __entry->seq,
		  __entry->rtt, __entry->rtt_var, __entry->loss_tx,
		  __entry->loss_rx, __entry->lost)
);

TRACE_EVENT(sdwan_flow_move,
	TP_PROTO(const struct sdwan_net *sn, const struct sdwan_flow *flow,
		 u32 from),
	TP_ARGS(sn, flow, from),
	TP_STRUCT__entry(
		__array(u8, local, sizeof(struct in6_addr))
		__array(u8, remote, sizeof(struct in6_addr))
		__field(u32, netns)
		__field(u32, vni)
		__field(u16, lport)
		__field(u16, rport)
		__field(u8, proto)
		__field(u32, from)
		__field(u32, to)
		__field(u16, moves)
	),
	TP_fast_assign(
		memcpy(__entry->local, &flow->key.local, sizeof(__entry->local));
		memcpy(__entry->remote, &flow->key.remote,
		       sizeof(__entry->remote));
		__entry->netns = SDWAN_TRACE_NETNS(sn);
		__entry->vni = flow->key.vni_proto >> 8;
		__entry->lport = ntohs(flow->key.lport);
		__entry->rport = ntohs(flow->key.rport);
		__entry->proto = flow->key.vni_proto & 0xff;
		__entry->from = from;
		__entry->to = flow->path_id;
		__entry->moves = flow->moves;
	),
	TP_printk("netns=%u vni=%u proto=%u local=%pI6c/%u remote=%pI6c/%u from=%u to=%u moves=%u",
		  __entry->netns, __entry->vni, __entry->proto, __entry->local,
		  __entry->lport, __entry->remote, __entry->rport,
		  __entry->from, __entry->to, __entry->moves)
);

#endif /* _SDWAN_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
