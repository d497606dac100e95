// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: from a segment to a neighbour on the LAN, past routing and firewall
 *
 * Nothing is spared of what is checked of an outer packet, nor of where the inner
 * one may come from: all of that comes before.
 */
#include <linux/jiffies.h>
#include <net/arp.h>
#include <net/ip.h>
#include <net/ip6_route.h>
#include <net/ndisc.h>
#include <net/neighbour.h>
#include <net/route.h>

#include "device.h"
#include "direct.h"
#include "dissect.h"
#include "epoch.h"
#include "fabric.h"
#include "flow.h"
#include "lookup.h"
#include "pmtu.h"

/*
 * Packets that went the normal way may still wait for their CPU to deliver them:
 * until the next tick, others go behind them.
 */
#define SDWAN_DIRECT_BEHIND	1

static bool sdwan_direct_rx_valid(const struct sdwan_net *sn,
				  const struct sdwan_direct_rx *rx, bool ipv4)
{
	u64 epoch = sdwan_epoch(sn);

	return rx->epoch == epoch && epoch &&
	       sdwan_direct_fresh(rx->learned, jiffies, SDWAN_DIRECT_BEHIND) &&
	       rx->routes == sdwan_direct_routes(sn->net, ipv4) &&
	       !sdwan_direct_ipsec(sn->net) &&
	       rx->dev->flags & IFF_UP;
}

/* One whose address is known; the normal way finds out others. */
static struct neighbour *sdwan_direct_neigh(const struct sdwan_direct_rx *rx)
{
	struct neighbour *neigh;

	if (ipv6_addr_v4mapped(&rx->nexthop))
		neigh = __ipv4_neigh_lookup_noref(rx->dev,
						  (__force u32)rx->nexthop.s6_addr32[3]);
	else
		neigh = __ipv6_neigh_lookup_noref_stub(rx->dev, &rx->nexthop);
	return neigh && READ_ONCE(neigh->nud_state) & NUD_VALID ? neigh : NULL;
}

/**
 * sdwan_direct_ready() - whether a packet may go to its neighbour at once
 * @seg: its segment
 * @flow: its flow
 * @skb: inner packet that sdwan_direct_look() has looked at
 * @what: what it has found
 * @next: where it goes, valid within the RCU section; written on success
 *
 * What ends a connection ends what is known of its flow.
 *
 * Context: Under rcu_read_lock(), bottom halves off.
 *
 * Return: true where nothing can fail any more.
 */
bool sdwan_direct_ready(const struct sdwan_segment *seg,
			struct sdwan_flow *flow, struct sk_buff *skb,
			enum sdwan_direct_what what,
			struct sdwan_direct_next *next)
{
	const struct sdwan_direct *direct = rcu_dereference(flow->direct);
	bool ipv4 = skb->protocol == htons(ETH_P_IP);
	const struct sdwan_direct_rx *rx = &direct->rx;

	if (unlikely(what != SDWAN_DIRECT_PLAIN)) {
		if (what == SDWAN_DIRECT_ENDS)
			sdwan_direct_forget(flow);
		return false;
	}
	if (unlikely(!sdwan_direct_rx_valid(seg->sn, rx, ipv4) ||
		     !sdwan_direct_fits(skb, min(rx->mtu,
						 READ_ONCE(rx->dev->mtu)))))
		return false;
	next->rx = rx;
	next->neigh = sdwan_direct_neigh(rx);
	return likely(next->neigh) &&
	       likely(!skb_cow_head(skb, LL_RESERVED_SPACE(rx->dev)));
}

/**
 * sdwan_direct_go() - send a packet of a segment to its neighbour
 * @seg: the segment
 * @skb: inner packet that is ready, with all checks passed; consumed
 * @next: where it goes
 *
 * Context: Under rcu_read_lock(), bottom halves off.
 */
void sdwan_direct_go(const struct sdwan_segment *seg, struct sk_buff *skb,
		     const struct sdwan_direct_next *next)
{
	bool ipv4 = skb->protocol == htons(ETH_P_IP);
	const struct sdwan_direct_rx *rx = next->rx;

	sdwan_direct_lower_ttl(skb);
	skb->mark = rx->mark;
	skb->priority = rx->priority;
	skb->dev = rx->dev;
	sdwan_drop_add(seg->drops, SDWAN_DROP_RX_DIRECT, sdwan_skb_segs(skb));
	/* headers that are cached are those of the neighbour's own protocol */
	neigh_output(next->neigh, skb,
		     ipv4 != ipv6_addr_v4mapped(&rx->nexthop));
}

/**
 * sdwan_direct_receive() - send a packet of a segment to its neighbour
 * @seg: the segment
 * @flow: flow of the packet
 * @skb: inner packet, with all checks passed; padding is taken off
 *
 * Context: Under rcu_read_lock(), bottom halves off.
 *
 * Return: true where it is on its way, false where it is to go the normal one.
 */
bool sdwan_direct_receive(const struct sdwan_segment *seg,
			  struct sdwan_flow *flow, struct sk_buff *skb)
{
	struct sdwan_direct_next next;

	/* most flows have no state of their own */
	if (likely(rcu_dereference(flow->direct)->shared) || skb->mark ||
	    !sdwan_direct_ready(seg, flow, skb, sdwan_direct_look(skb), &next))
		return false;
	sdwan_direct_go(seg, skb, &next);
	return true;
}

/**
 * sdwan_direct_receives() - whether a flow goes to its neighbour at once
 * @sn: fabric
 * @flow: flow
 *
 * Context: Under rcu_read_lock().
 *
 * Return: true where the next plain packet would.
 */
bool sdwan_direct_receives(const struct sdwan_net *sn,
			   const struct sdwan_flow *flow)
{
	return sdwan_direct_rx_valid(sn, &rcu_dereference(flow->direct)->rx,
				     ipv6_addr_v4mapped(&flow->key.local));
}

static void sdwan_direct_nexthop(const struct sk_buff *skb,
				 struct in6_addr *nexthop)
{
	const struct rtable *rt = skb_rtable(skb);

	if (skb->protocol == htons(ETH_P_IPV6))
		*nexthop = *rt6_nexthop((const struct rt6_info *)skb_dst(skb),
					&ipv6_hdr(skb)->daddr);
	else if (rt->rt_gw_family == AF_INET6)
		*nexthop = rt->rt_gw6;
	else
		ipv6_addr_set_v4mapped(rt_nexthop(rt, ip_hdr(skb)->daddr),
				       nexthop);
}

/* The flow of a packet that is forwarded from a segment to a LAN of its own. */
static struct sdwan_flow *
sdwan_direct_forwarded_flow(const struct sdwan_segment *seg,
			    const struct sk_buff *skb,
			    const struct net_device *out)
{
	const struct sdwan_lan_cfg *lan = sdwan_lan_of(seg->sn, out->ifindex);
	struct sdwan_flow_key key;

	if (!lan || lan->mode != SDWAN_LAN_MODE_DIRECT ||
	    lan->vni != seg->vni->vni)
		return NULL;
	if (sdwan_dissect(skb, seg->vni->vni, false, &key) !=
	    SDWAN_DISSECT_PACKET || !key.lport)
		return NULL;
	return sdwan_flow_find(seg->sn, &key, sdwan_flow_hash(seg->sn, &key));
}

static void sdwan_direct_learn_forwarded(const struct sdwan_segment *seg,
					 const struct sk_buff *skb,
					 struct net_device *out)
{
	bool ipv4 = skb->protocol == htons(ETH_P_IP);
	const struct sdwan_direct_rx *known;
	struct sdwan_direct_rx learned = {
		.epoch = sdwan_epoch(seg->sn),
		.dev = out,
		.learned = jiffies,
		.routes = sdwan_direct_routes(seg->sn->net, ipv4),
		.mtu = sdwan_direct_mtu(skb),
		.mark = skb->mark,
		.priority = skb->priority,
	};
	struct sdwan_flow *flow;

	flow = sdwan_direct_forwarded_flow(seg, skb, out);
	if (!flow || !learned.epoch)
		return;
	known = &rcu_dereference(flow->direct)->rx;
	if (known->epoch == learned.epoch && known->dev == out &&
	    known->routes == learned.routes &&
	    sdwan_direct_fresh(known->learned, learned.learned, 0))
		return;
	/* the route may have been another one when it was asked for */
	if (ipv4 && skb_rtable(skb)->rt_genid != learned.routes)
		return;
	if (sdwan_direct_ipsec(seg->sn->net) || !sdwan_direct_tracked(skb))
		return;
	sdwan_direct_nexthop(skb, &learned.nexthop);
	sdwan_direct_learn(flow, NULL, NULL, &learned);
}

/**
 * sdwan_direct_forwarded() - the firewall has let a packet pass
 * @priv: not used
 * @skb: packet
 * @state: of the hook FORWARD
 *
 * Where it comes from a segment and goes to a LAN of mode direct, others of its
 * flow may follow it.
 *
 * Context: As a netfilter hook.
 *
 * Return: NF_ACCEPT.
 */
unsigned int sdwan_direct_forwarded(void *priv, struct sk_buff *skb,
				    const struct nf_hook_state *state)
{
	const struct dst_entry *dst = skb_dst(skb);
	const struct sdwan_segment *seg;

	if (likely(!sdwan_is_segment(state->in)) || dst->dev != state->out ||
	    dst->lwtstate || dst_xfrm(dst))
		return NF_ACCEPT;
	seg = netdev_priv(state->in);
	if (!net_eq(seg->sn->net, state->net))
		return NF_ACCEPT;
	/* what was queued to a program comes back in its context */
	local_bh_disable();
	sdwan_direct_learn_forwarded(seg, skb, state->out);
	local_bh_enable();
	return NF_ACCEPT;
}
