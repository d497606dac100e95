// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: which path a packet takes
 *
 * The end where a flow began chooses its path; the other end answers on the
 * path of the last arrival, so that both directions fail and move together.
 *
 * What is known of a flow counts while its epoch is that of the fabric: any
 * change of the configuration makes its next packet be classified anew, and the
 * flow stays where it is as far as its class still allows that.  What states of
 * paths do to it is found out by each packet for the path it takes, and by a
 * count of changes for paths it might take instead.
 */
#include <linux/jiffies.h>
#include <linux/siphash.h>
#include <net/dsfield.h>
#include <net/inet_ecn.h>
#include <net/ip_tunnels.h>

#include "dissect.h"
#include "epoch.h"
#include "frame.h"
#include "hook.h"
#include "lookup.h"
#include "node.h"
#include "pmtu.h"
#include "rule.h"
#include "steer.h"
#include "trace.h"
#include "transit.h"

static u32 sdwan_now(void)
{
	return (u32)jiffies;
}

/**
 * sdwan_flow_recall() - what a flow was given last
 * @flow: flow
 * @st: with the current epoch; gets its path, class and rule
 *
 * A writer makes the epoch 0 before it changes anything else: who reads the
 * same epoch before and after has read what belongs to it.
 *
 * Context: Under rcu_read_lock(), the same that the epoch was asked in.
 *
 * Return: whether that was under the configuration of now.
 */
bool sdwan_flow_recall(const struct sdwan_flow *flow, struct sdwan_steering *st)
{
	/* pairs with the release in sdwan_flow_assign() */
	u64 epoch = smp_load_acquire(&flow->epoch);

	if (unlikely(epoch != st->epoch || !epoch))
		return false;
	st->path = READ_ONCE(flow->path);
	st->class = READ_ONCE(flow->class);
	st->rule = READ_ONCE(flow->rule);
	/* pairs with the barrier in sdwan_flow_assign() */
	smp_rmb();
	return likely(READ_ONCE(flow->epoch) == epoch);
}

/* Other writers are kept off the flow. */
static void sdwan_flow_assign(struct sdwan_flow *flow,
			      const struct sdwan_steering *st)
{
	WRITE_ONCE(flow->epoch, 0);
	/* pairs with the barrier in sdwan_flow_recall() */
	smp_wmb();
	WRITE_ONCE(flow->path, st->path);
	WRITE_ONCE(flow->class, st->class);
	WRITE_ONCE(flow->rule, st->rule);
	/* pairs with the acquire in sdwan_flow_recall() */
	smp_store_release(&flow->epoch, st->epoch);
}

/* Returns whether the flow was on another path before. */
static bool sdwan_flow_move(const struct sdwan_net *sn, struct sdwan_flow *flow,
			    u32 path_id)
{
	u32 before = flow->path_id;

	if (before == path_id)
		return false;
	WRITE_ONCE(flow->path_id, path_id);
	if (!before)
		return false;
	if (flow->moves < U16_MAX)
		WRITE_ONCE(flow->moves, flow->moves + 1);
	trace_sdwan_flow_move(sn, flow, before);
	return true;
}

/* What is found out about a flow is remembered with it. */
static void sdwan_steer_remember(const struct sdwan_steering *st, bool settled)
{
	struct sdwan_flow *flow = st->flow;
	bool moved = false;

	sdwan_flow_write_begin(flow);
	if (st->path)
		moved = sdwan_flow_move(st->sn, flow,
					st->path->path->obj.id);
	/* a flow that waits for a gap looks again with its next packet */
	WRITE_ONCE(flow->seen, settled ? st->changes : st->changes - 1);
	sdwan_flow_assign(flow, st);
	sdwan_flow_write_end(flow);
	if (moved)
		sdwan_flow_event(st->sn, SDWAN_FLOW_MOVED);
}

static void sdwan_flow_set(struct sdwan_flow *flow, u16 flags)
{
	if (likely((READ_ONCE(flow->flags) & flags) == flags))
		return;
	sdwan_flow_write_begin(flow);
	WRITE_ONCE(flow->flags, flow->flags | flags);
	sdwan_flow_write_end(flow);
}

/**
 * sdwan_steer_headers() - what rules see of a packet that this end sends
 * @key: its flow
 * @what: what it is to the flow
 * @headers: result; mark, DSCP, device and packet are the caller's
 */
void sdwan_steer_headers(const struct sdwan_flow_key *key,
			 enum sdwan_dissected what,
			 struct sdwan_headers *headers)
{
	headers->saddr = key->local;
	headers->daddr = key->remote;
	headers->vni = key->vni_proto >> 8;
	headers->proto = key->vni_proto;
	headers->sport = ntohs(key->lport);
	headers->dport = ntohs(key->rport);
	headers->has_ports = what != SDWAN_DISSECT_FRAGMENT &&
			     sdwan_proto_has_ports(headers->proto);
}

/**
 * sdwan_steer_dscp() - the DSCP of a packet
 * @skb: IP packet, its network header set
 *
 * Return: 0 to 63.
 */
u8 sdwan_steer_dscp(const struct sk_buff *skb)
{
	return ip_tunnel_get_dsfield(ip_hdr(skb), skb) >> 2;
}

static void sdwan_steer_iif(const struct sk_buff *skb,
			    struct sdwan_headers *headers)
{
	struct net_device *dev = NULL;

	if (skb->skb_iif)
		dev = dev_get_by_index_rcu(dev_net(skb->dev), skb->skb_iif);
	/* zero-padded, as it is compared whole */
	if (dev)
		strscpy_pad(headers->iif, dev->name, sizeof(headers->iif));
}

/* The class that a mark carries, NULL where there is none of its number. */
static const struct sdwan_class_cfg *
sdwan_steer_marked(struct sdwan_net *sn, u32 id)
{
	struct sdwan_object *obj;
	struct sdwan_cfg *cfg;

	obj = xa_load(&sn->table[SDWAN_KIND_CLASS].ids, id);
	cfg = obj ? rcu_dereference(obj->cfg) : NULL;
	return cfg ? sdwan_class_cfg(cfg) : NULL;
}

/* Whether a LAN has decided on a packet: on a class or, NULL, on none. */
static bool sdwan_steer_decided(struct sdwan_net *sn, u32 mark,
				const struct sdwan_class_cfg **class)
{
	u32 mask = READ_ONCE(sn->mark_mask);
	u32 id = sdwan_mark_number(mark, mask);

	*class = NULL;
	if (likely(!id))
		return false;
	if (id == sdwan_mark_none(mask))
		return true;
	*class = sdwan_steer_marked(sn, id);
	return *class;
}

/**
 * sdwan_steer_classify() - find out rule and class
 * @st: gets them
 * @headers: what rules see
 *
 * Who comes with a class, given by a LAN, keeps it: then no rule decides.
 *
 * Context: Under rcu_read_lock().
 */
void sdwan_steer_classify(struct sdwan_steering *st,
			  const struct sdwan_headers *headers)
{
	struct sdwan_class *class;
	struct sdwan_cfg *cfg;

	st->rule = NULL;
	if (sdwan_steer_decided(st->sn, headers->mark, &st->class))
		return;
	st->rule = sdwan_classifier_lookup(st->sn->classifier, headers);
	if (!st->rule)
		return;
	class = sdwan_rule_of(st->rule)->class;
	cfg = class ? rcu_dereference(class->obj.cfg) : NULL;
	if (cfg)
		st->class = sdwan_class_cfg(cfg);
}

static void sdwan_steer_packet(struct sk_buff *skb,
			       struct sdwan_steering *st)
{
	struct sdwan_headers headers = {};

	sdwan_steer_headers(&st->key, st->what, &headers);
	headers.mark = skb->mark;
	headers.dscp = sdwan_steer_dscp(skb);
	headers.skb = skb;
	sdwan_steer_iif(skb, &headers);
	sdwan_steer_classify(st, &headers);
}

static int sdwan_steer_set_dscp(struct sk_buff *skb, u8 dscp)
{
	bool ipv4 = skb->protocol == htons(ETH_P_IP);
	int err;

	err = skb_ensure_writable(skb, skb_network_offset(skb) +
				  (ipv4 ? sizeof(struct iphdr) :
					  sizeof(struct ipv6hdr)));
	if (unlikely(err))
		return err;
	if (ipv4)
		ipv4_change_dsfield(ip_hdr(skb), INET_ECN_MASK, dscp << 2);
	else
		ipv6_change_dsfield(ipv6_hdr(skb), INET_ECN_MASK, dscp << 2);
	return 0;
}

/**
 * sdwan_steer_set() - what a rule does to a packet beside giving it a class
 * @skb: packet, from its network header on; one that is not of IP has no DSCP
 * @rule: rule that sets something
 *
 * Return: false where there is no memory for it.
 */
bool sdwan_steer_set(struct sk_buff *skb, const struct sdwan_rule_cfg *rule)
{
	if (rule->set_dscp != SDWAN_DSCP_ANY && sdwan_frame_is_ip(skb) &&
	    rule->set_dscp != sdwan_steer_dscp(skb) &&
	    sdwan_steer_set_dscp(skb, rule->set_dscp))
		return false;
	skb->mark = (skb->mark & ~rule->set_mark_mask) | rule->set_mark;
	if (rule->has_priority)
		skb->priority = rule->set_priority;
	return true;
}

static bool sdwan_steer_apply(struct sk_buff *skb,
			      const struct sdwan_steering *st,
			      enum sdwan_drop *cause)
{
	const struct sdwan_rule_cfg *rule = sdwan_rule_of(st->rule);

	sdwan_rule_count(rule, sdwan_skb_segs(skb), skb->len);
	if (unlikely(rule->action == SDWAN_RULE_ACTION_DROP)) {
		*cause = SDWAN_DROP_TX_RULE;
		return false;
	}
	if (unlikely(rule->sets) && unlikely(!sdwan_steer_set(skb, rule))) {
		*cause = SDWAN_DROP_TX_NO_MEMORY;
		return false;
	}
	return true;
}

/**
 * sdwan_steer_contradicted() - what its flow was given is not what a packet comes
 *	with
 * @st: what was recalled of its flow
 * @mark: firewall mark of the packet
 *
 * Context: Under rcu_read_lock().
 *
 * Return: true where the packet is to be classified anew.
 */
bool sdwan_steer_contradicted(const struct sdwan_steering *st, u32 mark)
{
	const struct sdwan_class_cfg *class;

	return unlikely(sdwan_steer_decided(st->sn, mark, &class)) &&
	       (class != st->class || st->rule);
}

/**
 * sdwan_steer_begin() - find out which flow a packet is of that is sent
 * @seg: its segment
 * @skb: inner packet, its IP header checked
 * @st: gets what sdwan_steer() goes on with
 *
 * Context: Under rcu_read_lock().
 */
void sdwan_steer_begin(const struct sdwan_segment *seg,
		       const struct sk_buff *skb, struct sdwan_steering *st)
{
	st->sn = seg->sn;
	st->what = sdwan_dissect(skb, seg->vni->vni, true, &st->key);
	st->hash = sdwan_flow_hash(st->sn, &st->key);
	sdwan_flow_prefetch_bucket(st->sn, st->hash);
}

/**
 * sdwan_steer() - find out the flow and the class of a packet that is sent
 * @skb: inner packet, its IP header checked; its DSCP, mark and priority become
 *	what its rule says
 * @st: of sdwan_steer_begin(); result
 * @cause: why it is to be dropped, written on failure only
 *
 * Context: Under rcu_read_lock(), bottom halves off.
 *
 * Return: whether the packet is to be sent.
 */
bool sdwan_steer(struct sk_buff *skb, struct sdwan_steering *st,
		 enum sdwan_drop *cause)
{
	u32 now = sdwan_now();

	st->path = NULL;
	/* pairs with the release in state.c: before the states are asked */
	st->changes = smp_load_acquire(&st->sn->path_changes);
	st->idle = 0;
	st->epoch = sdwan_epoch(st->sn);
	st->flow = sdwan_flow_find(st->sn, &st->key, st->hash);

	if (likely(st->flow))
		st->idle = now - READ_ONCE(st->flow->sent);
	if (unlikely(!st->flow || !sdwan_flow_recall(st->flow, st) ||
		     sdwan_steer_contradicted(st, skb->mark))) {
		st->path = NULL;
		sdwan_steer_packet(skb, st);
	}
	if (st->rule && unlikely(!sdwan_steer_apply(skb, st, cause)))
		return false;
	if (likely(st->flow)) {
		sdwan_flow_stamp(&st->flow->last, now);
		sdwan_flow_stamp(&st->flow->sent, now);
		if (sdwan_steering_begins(st))
			sdwan_flow_set(st->flow, SDWAN_FLOW_TX);
	}
	return true;
}

static const struct sdwan_path_cfg *
sdwan_steer_path_of(const struct sdwan_steering *st, u32 id)
{
	struct sdwan_object *obj;
	struct sdwan_cfg *cfg;

	obj = id ? xa_load(&st->sn->table[SDWAN_KIND_PATH].ids, id) : NULL;
	cfg = obj ? rcu_dereference(obj->cfg) : NULL;
	return cfg ? sdwan_path_cfg(cfg) : NULL;
}

static const struct sdwan_path_cfg *
sdwan_steer_select(const struct sdwan_steering *st,
		   const struct sdwan_target *target,
		   const struct sdwan_path_cfg *after)
{
	return st->class ? sdwan_class_select(st->class, target, st->hash,
					      after) :
			   sdwan_select_path(target, after);
}

static bool sdwan_steer_allowed(const struct sdwan_steering *st,
				const struct sdwan_target *target,
				const struct sdwan_path_cfg *path)
{
	return st->class ? sdwan_class_has(st->class, target, path) :
			   sdwan_target_has(target, path);
}

/*
 * The path a flow was on before the configuration changed; of the other end's
 * flows that of the last arrival, which may be allowed by now.
 */
static const struct sdwan_path_cfg *
sdwan_steer_former(const struct sdwan_steering *st,
		   const struct sdwan_target *target)
{
	const struct sdwan_flow *flow = st->flow;
	const struct sdwan_path_cfg *path;

	if (READ_ONCE(flow->flags) & SDWAN_FLOW_REMOTE) {
		path = sdwan_steer_path_of(st, READ_ONCE(flow->arrival_id));
		if (path && sdwan_steer_allowed(st, target, path))
			return path;
	}
	return sdwan_steer_path_of(st, READ_ONCE(flow->path_id));
}

/* Does the flow ever leave a path that is up for a better one? */
static bool sdwan_steer_returns(const struct sdwan_steering *st)
{
	const struct sdwan_class_cfg *class = st->class;

	if (!class || class->failback == SDWAN_CLASS_FAILBACK_HARD)
		return true;
	return class->failback != SDWAN_CLASS_FAILBACK_NEVER &&
	       class->move != SDWAN_CLASS_MOVE_STICKY;
}

/*
 * In which gap it may leave its path for another one, microseconds; 0 for at once. One
 * without a class does as a class that says nothing.
 */
static u32 sdwan_steer_gap(const struct sdwan_steering *st,
			   const struct sdwan_path_cfg *to)
{
	const struct sdwan_class_cfg *class = st->class;

	if (class && (class->failback == SDWAN_CLASS_FAILBACK_HARD ||
		      class->move == SDWAN_CLASS_MOVE_NOW))
		return 0;
	if (class && class->gap)
		return class->gap;
	return sdwan_path_gap(st->path->path, to->path);
}

static bool sdwan_steer_may_move(const struct sdwan_steering *st,
				 const struct sdwan_path_cfg *to)
{
	u32 gap = sdwan_steer_gap(st, to);

	/* less than nothing where another CPU has sent a packet meanwhile */
	return !gap || (s32)st->idle > (s32)usecs_to_jiffies(gap);
}

/* The flow's path is good; is another one better? NULL where it stays. */
static const struct sdwan_path_cfg *
sdwan_steer_better(const struct sdwan_steering *st,
		   const struct sdwan_target *target)
{
	const struct sdwan_path_cfg *best;

	if (READ_ONCE(st->flow->flags) & SDWAN_FLOW_REMOTE ||
	    !sdwan_steer_returns(st))
		return NULL;
	best = sdwan_steer_select(st, target, NULL);
	return best == st->path ? NULL : best;
}

/* May it go there now? */
static const struct sdwan_path_cfg *
sdwan_steer_review(const struct sdwan_steering *st,
		   const struct sdwan_target *target, bool *settled)
{
	const struct sdwan_path_cfg *better = sdwan_steer_better(st, target);

	*settled = !better || sdwan_steer_may_move(st, better);
	return better && *settled ? better : st->path;
}

static bool sdwan_steer_is_settled(const struct sdwan_steering *st)
{
	return READ_ONCE(st->flow->seen) == st->changes;
}

/* The path of a known flow, which it may have to leave. */
static const struct sdwan_path_cfg *
sdwan_steer_flow(struct sdwan_steering *st, const struct sdwan_target *target)
{
	bool fresh = !st->path, settled;
	const struct sdwan_path_cfg *path;

	if (likely(!fresh)) {
		if (unlikely(!sdwan_target_has(target, st->path)))
			return NULL;
		if (likely(sdwan_steer_is_settled(st)))
			return st->path;
	} else {
		st->path = sdwan_steer_former(st, target);
	}
	if (!st->path || !sdwan_steer_allowed(st, target, st->path))
		return NULL;

	path = sdwan_steer_review(st, target, &settled);
	if (path != st->path || fresh || settled) {
		st->path = path;
		if (sdwan_steering_begins(st))
			sdwan_steer_remember(st, settled);
	}
	return path;
}

/**
 * sdwan_steer_path() - choose a path for a packet
 * @st: how it is steered
 * @target: where it goes
 * @after: the choice before, which turned out to be of no use; NULL at first
 *
 * Context: Under rcu_read_lock(), the same that @st was filled in.
 *
 * Return: the path of its flow where that is of use, else the best one of its
 * class, or NULL.
 */
const struct sdwan_path_cfg *
sdwan_steer_path(struct sdwan_steering *st, const struct sdwan_target *target,
		 const struct sdwan_path_cfg *after)
{
	const struct sdwan_path_cfg *path = NULL;

	if (likely(st->flow && !after))
		path = sdwan_steer_flow(st, target);
	if (likely(path))
		return path;

	/* what the flow was on has no route: all others in their order */
	if (after && after == st->path) {
		st->path = NULL;
		after = NULL;
	}
	return sdwan_steer_select(st, target, after);
}

/**
 * sdwan_steer_foresee() - which path a packet would take
 * @st: how it would be steered, with the flow that is known
 * @target: where it goes
 * @pinned: whether that is where its flow is
 *
 * Changes nothing, and asks no route.
 *
 * Context: Under rcu_read_lock(), the same that @st was filled in.
 *
 * Return: the path or NULL.
 */
const struct sdwan_path_cfg *
sdwan_steer_foresee(struct sdwan_steering *st,
		    const struct sdwan_target *target, bool *pinned)
{
	const struct sdwan_path_cfg *path = NULL;
	bool settled;

	if (st->flow) {
		st->idle = sdwan_now() - READ_ONCE(st->flow->sent);
		st->path = sdwan_steer_former(st, target);
	}
	if (st->path && sdwan_steer_allowed(st, target, st->path))
		path = sdwan_steer_review(st, target, &settled);
	*pinned = path && path == st->path;
	return path ?: sdwan_steer_select(st, target, NULL);
}

/**
 * sdwan_steer_waits() - where a flow would rather be
 * @st: as sdwan_steer_foresee() has left it
 * @target: where it goes
 * @gap: in which gap of its packets it goes there, microseconds
 *
 * Context: Under rcu_read_lock(), the same that @st was filled in.
 *
 * Return: the path that it waits for, or NULL.
 */
const struct sdwan_path_cfg *
sdwan_steer_waits(const struct sdwan_steering *st,
		  const struct sdwan_target *target, u32 *gap)
{
	const struct sdwan_path_cfg *better = NULL;

	if (st->flow && st->path && sdwan_steer_allowed(st, target, st->path))
		better = sdwan_steer_better(st, target);
	if (better)
		*gap = sdwan_steer_gap(st, better);
	return better;
}

/**
 * sdwan_steer_taken() - a packet takes a path
 * @st: how it is steered
 * @path: the path
 *
 * Context: Under rcu_read_lock(), the same that @st was filled in, bottom
 * halves off.
 */
void sdwan_steer_taken(struct sdwan_steering *st,
		       const struct sdwan_path_cfg *path)
{
	if (likely(path == st->path) || !sdwan_steering_begins(st))
		return;
	if (!st->flow)
		st->flow = sdwan_flow_create(st->sn, &st->key, st->hash,
					     SDWAN_FLOW_TX);
	if (!st->flow)
		return;
	st->path = path;
	sdwan_steer_remember(st, true);
}

/* Does this site lead the other one? */
static bool sdwan_steer_leads(const struct sdwan_net *sn,
			      const struct sdwan_peer *peer)
{
	static const siphash_key_t key;
	const struct sdwan_node_cfg *node = sdwan_node_rcu(sn);
	__be32 ours[2], theirs[2], both[4];
	u64 first, second;

	if (!node)
		return false;
	ours[0] = htonl(node->site);
	ours[1] = htonl(node->gateway);
	theirs[0] = htonl(peer->site->id);
	theirs[1] = htonl(peer->gateway);

	memcpy(both, ours, sizeof(ours));
	memcpy(both + 2, theirs, sizeof(theirs));
	first = siphash(both, sizeof(both), &key);
	memcpy(both, theirs, sizeof(theirs));
	memcpy(both + 2, ours, sizeof(ours));
	second = siphash(both, sizeof(both), &key);
	if (first == second)
		return memcmp(ours, theirs, sizeof(ours)) < 0;
	return first < second;
}

/*
 * A flow that began here is answered on the path it takes.  On another one:
 * both ends began it at once, and the leading one keeps it.
 */
static void sdwan_steer_answered(const struct sdwan_steering *st,
				 const struct sdwan_path_cfg *path)
{
	struct sdwan_flow *flow = st->flow;
	u16 flags = SDWAN_FLOW_CONFIRMED;

	if (likely(READ_ONCE(flow->flags) & SDWAN_FLOW_CONFIRMED))
		return;
	if (READ_ONCE(flow->path_id) != path->path->obj.id &&
	    !sdwan_steer_leads(st->sn, path->path->peer))
		flags |= SDWAN_FLOW_REMOTE;
	sdwan_flow_set(flow, flags);
}

static bool sdwan_steer_follows(const struct sdwan_steering *st,
				const struct sdwan_path_cfg *path)
{
	const struct sdwan_flow *flow = st->flow;
	u32 id = path->path->obj.id;

	if (likely(READ_ONCE(flow->path_id) == id &&
		   READ_ONCE(flow->arrival_id) == id))
		return false;
	/* it is known already that this one cannot be answered on */
	if (READ_ONCE(flow->arrival_id) == id && sdwan_steer_is_settled(st))
		return false;
	return true;
}

/*
 * The flow is the other end's: it is answered on the path that it takes, if
 * that is up and the class lets it.
 */
static void sdwan_steer_follow(struct sdwan_steering *st,
			       const struct sdwan_path_cfg *path)
{
	struct sdwan_flow *flow = st->flow;
	bool moved = false;

	if (likely(!sdwan_steer_follows(st, path)))
		return;

	sdwan_flow_write_begin(flow);
	WRITE_ONCE(flow->arrival_id, path->path->obj.id);
	WRITE_ONCE(flow->seen, st->changes);
	if (sdwan_path_usable(path)) {
		moved = sdwan_flow_move(st->sn, flow, path->path->obj.id);
		/* its class is asked by the next packet that is sent */
		WRITE_ONCE(flow->epoch, 0);
	}
	sdwan_flow_write_end(flow);
	if (moved)
		sdwan_flow_event(st->sn, SDWAN_FLOW_MOVED);
}

/**
 * sdwan_steer_arrival() - a packet of the other end has come in
 * @seg: its segment
 * @skb: inner packet, its network header set, its IP header checked
 * @path: the path it has come by
 * @second: it is the second of two copies
 *
 * Of what is sent twice, the first copy takes the path of its flow. A second one
 * tells a path only where nothing else does.
 *
 * Context: Under rcu_read_lock(), bottom halves off.
 *
 * Return: the flow of the packet; NULL for errors, and where none is remembered.
 */
struct sdwan_flow *sdwan_steer_arrival(const struct sdwan_segment *seg,
				       const struct sk_buff *skb,
				       const struct sdwan_path_cfg *path,
				       bool second)
{
	/* only what arrivals need is found out, and nothing zeroed for each packet */
	struct sdwan_steering st __uninitialized;

	st.sn = seg->sn;
	if (unlikely(sdwan_dissect(skb, seg->vni->vni, false, &st.key) ==
		     SDWAN_DISSECT_ERROR))
		return NULL;
	/* pairs with the release in state.c: before the states are asked */
	st.changes = smp_load_acquire(&st.sn->path_changes);
	st.hash = sdwan_flow_hash(st.sn, &st.key);
	st.flow = sdwan_flow_find(st.sn, &st.key, st.hash);
	if (unlikely(!st.flow)) {
		st.flow = sdwan_flow_create(st.sn, &st.key, st.hash,
					    SDWAN_FLOW_RX | SDWAN_FLOW_REMOTE);
		second = false;
	}
	if (unlikely(!st.flow))
		return NULL;
	if (unlikely(second))
		return st.flow;

	sdwan_steer_came(st.flow);
	sdwan_flow_set(st.flow, SDWAN_FLOW_RX);
	if (!(READ_ONCE(st.flow->flags) & SDWAN_FLOW_REMOTE))
		sdwan_steer_answered(&st, path);
	if (READ_ONCE(st.flow->flags) & SDWAN_FLOW_REMOTE)
		sdwan_steer_follow(&st, path);
	return st.flow;
}

/**
 * sdwan_steer_expected() - the flow of a packet that comes as others have
 * @sn: fabric
 * @key: key of the flow, as of sdwan_direct_key()
 * @path: the path it has come by
 *
 * Context: Under rcu_read_lock().
 *
 * Return: the flow, where it is answered on this path and the other end is known
 * to send by it, so that sdwan_steer_arrival() would change nothing; or NULL.
 */
struct sdwan_flow *sdwan_steer_expected(const struct sdwan_net *sn,
					const struct sdwan_flow_key *key,
					const struct sdwan_path_cfg *path)
{
	u32 id = path->path->obj.id;
	struct sdwan_flow *flow;
	u16 flags;

	flow = sdwan_flow_find(sn, key, sdwan_flow_hash(sn, key));
	if (unlikely(!flow))
		return NULL;
	flags = READ_ONCE(flow->flags);
	if (unlikely(!(flags & SDWAN_FLOW_RX) ||
		     READ_ONCE(flow->path_id) != id))
		return NULL;
	if (flags & SDWAN_FLOW_REMOTE)
		return READ_ONCE(flow->arrival_id) == id ? flow : NULL;
	return flags & SDWAN_FLOW_CONFIRMED ? flow : NULL;
}

/**
 * sdwan_steer_came() - a packet of a flow has come
 * @flow: flow
 *
 * Context: Under rcu_read_lock().
 */
void sdwan_steer_came(struct sdwan_flow *flow)
{
	sdwan_flow_stamp(&flow->last, sdwan_now());
}
