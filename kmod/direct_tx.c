// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: from a LAN to a path, past routing and firewall
 */
#include <linux/jiffies.h>
#include <net/dst_metadata.h>
#include <net/ip.h>
#include <net/ip6_route.h>
#include <net/route.h>

#include "direct.h"
#include "epoch.h"
#include "flow.h"
#include "lookup.h"
#include "output.h"
#include "rule.h"
#include "steer.h"
#include "xmit.h"

/* Whether all is as it was when the flow was shown to the normal way. */
static bool sdwan_direct_tx_valid(const struct sdwan_net *sn,
				  const struct sdwan_flow *flow,
				  const struct sdwan_direct *direct,
				  u64 epoch, bool ipv4)
{
	const struct sdwan_direct_tx *tx = &direct->tx;

	return tx->epoch == epoch && direct->lan.epoch == epoch && epoch &&
	       READ_ONCE(flow->epoch) == epoch &&
	       READ_ONCE(flow->path) == tx->path &&
	       tx->changes == READ_ONCE(sn->path_changes) &&
	       sdwan_direct_fresh(tx->learned, jiffies, 0) &&
	       tx->routes == sdwan_direct_routes(sn->net, ipv4) &&
	       !sdwan_direct_ipsec(sn->net) &&
	       tx->seg->dev->flags & IFF_UP &&
	       sdwan_path_usable(tx->path);
}

static bool sdwan_direct_rule(struct sk_buff *skb,
			      const struct sdwan_rule_cfg *rule)
{
	if (!rule)
		return true;
	sdwan_rule_count(rule, sdwan_skb_segs(skb), skb->len);
	return likely(!rule->sets) || sdwan_steer_set(skb, rule);
}

static void sdwan_direct_stamp(struct sdwan_flow *flow)
{
	u32 now = jiffies;

	sdwan_flow_stamp(&flow->last, now);
	sdwan_flow_stamp(&flow->sent, now);
}

static bool sdwan_direct_fits_path(const struct sk_buff *skb,
				   const struct sdwan_direct_tx *direct,
				   unsigned int mtu)
{
	const struct sdwan_site *site = direct->path->path->peer->site;

	mtu = min3(mtu, READ_ONCE(site->mtu), direct->mtu);
	return sdwan_direct_fits(skb, min(mtu, READ_ONCE(direct->seg->dev->mtu)));
}

/* From here on it is ours: what fails is dropped. */
static void sdwan_direct_out(struct sk_buff *skb,
			     const struct sdwan_direct *direct,
			     struct sdwan_tx *tx)
{
	struct sdwan_segment *seg = direct->tx.seg;

	skb_orphan(skb);
	skb->dev = seg->dev;
	skb->mark = direct->tx.mark;
	skb->priority = direct->tx.priority;
	if (!skb->l4_hash)
		__skb_set_sw_hash(skb, direct->tx.hash, true);
	skb_reset_mac_header(skb);
	if (unlikely(skb_ensure_writable(skb, skb_transport_offset(skb)) ||
		     !sdwan_direct_rule(skb, direct->lan.rule) ||
		     !sdwan_direct_rule(skb, direct->tx.rule)))
		goto drop;
	sdwan_direct_lower_ttl(skb);
	if (unlikely(sdwan_output_prepare(skb, tx)))
		goto drop;
	sdwan_drop_add(seg->drops, SDWAN_DROP_TX_DIRECT, sdwan_skb_segs(skb));
	iptunnel_xmit_stats(seg->dev, sdwan_output(skb, tx, seg->vni->vni));
	return;

drop:
	sdwan_path_stats_tx_error(tx->cfg->path->stats);
	sdwan_route_put(&tx->route);
	sdwan_drop(seg->drops, skb, SDWAN_DROP_TX_NO_MEMORY);
}

static bool sdwan_direct_take(struct sk_buff *skb, struct sdwan_flow *flow,
			      const struct sdwan_direct *direct)
{
	/* not zeroed for each packet */
	struct sdwan_tx tx __uninitialized;
	unsigned int mtu;

	tx.second = NULL;
	tx.sport = direct->tx.sport;
	tx.options = 0;
	tx.dscp = direct->tx.dscp;
	tx.xnet = false;
	tx.fragment = false;
	if (unlikely(!sdwan_xmit_takes(direct->tx.path, &tx)))
		return false;
	mtu = sdwan_route_mtu(tx.cfg, &tx.route);
	if (unlikely(tx.route.dev == skb->dev ||
		     !sdwan_direct_fits_path(skb, &direct->tx, mtu))) {
		sdwan_route_put(&tx.route);
		return false;
	}
	sdwan_xmit_measure(skb, mtu, &tx);
	sdwan_direct_stamp(flow);
	sdwan_direct_out(skb, direct, &tx);
	return true;
}

/**
 * sdwan_direct_send() - send a packet of a LAN to the path of its flow
 * @sn: fabric
 * @lan: LAN of mode direct
 * @skb: packet that its device has received
 * @in: the device
 * @known: its flow, NULL where none is known; written on failure only
 *
 * Context: Under rcu_read_lock(), bottom halves off.
 *
 * Return: true where it is on its way, false where it is to go the normal one.
 */
bool sdwan_direct_send(struct sdwan_net *sn, const struct sdwan_lan_cfg *lan,
		       struct sk_buff *skb, const struct net_device *in,
		       struct sdwan_flow **known)
{
	u64 epoch = sdwan_epoch(sn);
	const struct sdwan_direct *direct;
	enum sdwan_direct_what what;
	struct sdwan_flow_key key;
	struct sdwan_flow *flow;

	*known = NULL;
	if (unlikely(!sdwan_direct_is_bare(skb, in)))
		return false;
	what = sdwan_direct_look(skb);
	if (unlikely(what == SDWAN_DIRECT_ODD))
		return false;
	sdwan_direct_key(skb, lan->vni, true, &key);
	flow = sdwan_flow_find(sn, &key, sdwan_flow_hash(sn, &key));
	if (unlikely(!flow))
		return false;
	if (unlikely(what == SDWAN_DIRECT_ENDS)) {
		sdwan_direct_forget(flow);
		return false;
	}
	*known = flow;
	direct = rcu_dereference(flow->direct);
	return likely(sdwan_direct_tx_valid(sn, flow, direct, epoch,
					    skb->protocol == htons(ETH_P_IP))) &&
	       direct->tx.ifindex == in->ifindex &&
	       sdwan_direct_take(skb, flow, direct);
}

/**
 * sdwan_direct_sends() - whether a flow goes to its path at once
 * @sn: fabric
 * @flow: flow
 *
 * Context: Under rcu_read_lock().
 *
 * Return: true where the next plain packet would.
 */
bool sdwan_direct_sends(const struct sdwan_net *sn,
			const struct sdwan_flow *flow)
{
	return sdwan_direct_tx_valid(sn, flow, rcu_dereference(flow->direct),
				     sdwan_epoch(sn),
				     ipv6_addr_v4mapped(&flow->key.local));
}

/* It has come in by such a LAN, and was routed. */
static bool sdwan_direct_teaches(const struct sdwan_segment *seg,
				 const struct sk_buff *skb,
				 const struct sdwan_tx *tx)
{
	const struct sdwan_net *sn = seg->sn;
	const struct sdwan_lan_cfg *lan;

	if (!skb->skb_iif || !skb_valid_dst(skb) || tx->fragment ||
	    !tx->cfg->ops->proto || !net_eq(dev_net(seg->dev), sn->net))
		return false;
	lan = sdwan_lan_of(sn, skb->skb_iif);
	return lan && lan->mode == SDWAN_LAN_MODE_DIRECT &&
	       lan->vni == seg->vni->vni && !sdwan_direct_ipsec(sn->net) &&
	       sdwan_direct_tracked(skb);
}

/**
 * sdwan_direct_sent() - a packet goes to a path the normal way
 * @seg: its segment
 * @skb: packet as it is before encapsulation
 * @st: how it was steered, with its flow
 * @tx: its way
 *
 * Where it has come in by a LAN of mode direct, others of its flow may follow it.
 *
 * Context: Under rcu_read_lock(), bottom halves off.
 */
void sdwan_direct_sent(struct sdwan_segment *seg, const struct sk_buff *skb,
		       const struct sdwan_steering *st,
		       const struct sdwan_tx *tx)
{
	const struct sdwan_direct_tx *known;
	bool ipv4 = skb->protocol == htons(ETH_P_IP);
	struct sdwan_direct_tx learned = {
		.epoch = st->epoch,
		.path = tx->cfg,
		.seg = seg,
		.rule = st->rule ? sdwan_rule_of(st->rule) : NULL,
		.learned = jiffies,
		.changes = st->changes,
		.routes = sdwan_direct_routes(seg->sn->net, ipv4),
		.ifindex = skb->skb_iif,
		.mark = skb->mark,
		.priority = skb->priority,
		.hash = skb_get_hash_raw(skb),
		.sport = tx->sport,
		.dscp = tx->dscp,
	};

	/* one that has no ports, or waits to be moved */
	if (!st->epoch || !st->flow || !sdwan_steering_begins(st) ||
	    tx->cfg != st->path || !st->key.lport ||
	    READ_ONCE(st->flow->seen) != st->changes)
		return;
	known = &rcu_dereference(st->flow->direct)->tx;
	if (known->epoch == st->epoch && known->path == tx->cfg &&
	    known->changes == st->changes && known->routes == learned.routes &&
	    known->ifindex == learned.ifindex &&
	    sdwan_direct_fresh(known->learned, learned.learned, 0))
		return;
	if (!sdwan_direct_teaches(seg, skb, tx))
		return;
	/* the route may have been another one when it was asked for */
	if (ipv4 && skb_rtable(skb)->rt_genid != learned.routes)
		return;
	learned.mtu = sdwan_direct_mtu(skb);
	sdwan_direct_learn(st->flow, NULL, &learned, NULL);
}
