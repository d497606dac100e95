/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: what flows need to go past routing and firewall
 *
 * A flow is shown to the normal way first, and again every few seconds. What was
 * found out there is remembered beside it: a state is never changed, but replaced
 * by another one, so that packets read it without a lock. It holds no references.
 * It counts while all that it was made of is as it was then: the configuration,
 * the states of paths, the routes. What leads to an object that goes away has
 * another epoch before that is freed.
 */
#ifndef _SDWAN_DIRECT_H
#define _SDWAN_DIRECT_H

#include <linux/jiffies.h>

#include "types.h"

struct sdwan_flow;
struct sdwan_flow_key;
struct sdwan_rule_cfg;
struct sdwan_steering;
struct sdwan_tx;

/* A flow is shown to routing, firewall and connection tracking so often. */
#define SDWAN_DIRECT_REFRESH	(5 * HZ)

/**
 * struct sdwan_direct_lan - what a LAN says of a flow
 * @epoch: (c) of the fabric when it was asked, 0 for never
 * @rule: (c) rule that decides on it, NULL for none
 */
struct sdwan_direct_lan {
	u64 epoch;
	const struct sdwan_rule_cfg *rule;
};

/**
 * struct sdwan_direct_tx - from the LAN to a path
 * @epoch: (c) of the fabric when this was found out, 0 for never
 * @path: (c) the path that its packets take
 * @seg: (c) the segment
 * @rule: (c) rule of the flow, NULL for none
 * @learned: (c) jiffies when this was found out
 * @changes: (c) sdwan_net.path_changes then
 * @routes: (c) sdwan_direct_routes() then
 * @ifindex: (c) of the LAN device
 * @mtu: (c) of the route that leads into the segment
 * @mark: (c) firewall mark in the segment
 * @priority: (c) priority in the segment
 * @hash: (c) hash that the device of the underlay sees
 * @sport: (c) outer source port
 * @dscp: (c) what its class says of that
 */
struct sdwan_direct_tx {
	u64 epoch;
	const struct sdwan_path_cfg *path;
	struct sdwan_segment *seg;
	const struct sdwan_rule_cfg *rule;
	u32 learned;
	u32 changes;
	u32 routes;
	int ifindex;
	u32 mtu;
	u32 mark;
	u32 priority;
	u32 hash;
	__be16 sport;
	u8 dscp;
};

/**
 * struct sdwan_direct_rx - from the segment to a neighbour on the LAN
 * @epoch: (c) of the fabric when this was found out, 0 for never
 * @dev: (c) the LAN device
 * @nexthop: (c) the neighbour, v4-mapped for IPv4
 * @learned: (c) jiffies when this was found out
 * @routes: (c) sdwan_direct_routes() then
 * @mtu: (c) of the route to the LAN
 * @mark: (c) firewall mark behind the firewall
 * @priority: (c) priority there
 */
struct sdwan_direct_rx {
	u64 epoch;
	struct net_device *dev;
	struct in6_addr nexthop;
	u32 learned;
	u32 routes;
	u32 mtu;
	u32 mark;
	u32 priority;
};

/**
 * struct sdwan_direct - what a flow needs to go past routing and firewall
 * @tx: (c) LAN to WAN
 * @lan: (c) what the LAN says of it
 * @table: (c) table of its flow
 * @shared: (c) that of flows that have none
 * @rx: (c) WAN to LAN
 * @rcu: frees it
 */
struct sdwan_direct {
	struct sdwan_direct_tx tx;
	struct sdwan_direct_lan lan;
	struct sdwan_flow_table *table;
	bool shared;
	struct sdwan_direct_rx rx;
	struct rcu_head rcu;
};

/**
 * struct sdwan_direct_next - where a packet of a segment goes at once
 * @rx: what its flow knows of that
 * @neigh: the neighbour
 */
struct sdwan_direct_next {
	const struct sdwan_direct_rx *rx;
	struct neighbour *neigh;
};

/**
 * enum sdwan_direct_what - what a packet is to its flow
 * @SDWAN_DIRECT_ODD: nothing that may go past anything
 * @SDWAN_DIRECT_ENDS: the connection begins or ends with it
 * @SDWAN_DIRECT_PLAIN: one of many
 */
enum sdwan_direct_what {
	SDWAN_DIRECT_ODD,
	SDWAN_DIRECT_ENDS,
	SDWAN_DIRECT_PLAIN,
};

/**
 * sdwan_direct_fresh() - whether what was found out still counts
 * @learned: jiffies when it was
 * @now: jiffies
 * @wait: jiffies that packets from before may still wait somewhere
 *
 * Return: false before and after its time.
 */
static inline bool sdwan_direct_fresh(u32 learned, u32 now, u32 wait)
{
	return now - learned - wait < SDWAN_DIRECT_REFRESH;
}

/**
 * sdwan_direct_used() - whether any packets go past routing and firewall
 * @sn: fabric
 *
 * Return: true while there is a LAN of mode direct with its device.
 */
static inline bool sdwan_direct_used(const struct sdwan_net *sn)
{
	return READ_ONCE(sn->direct_lans);
}

/* direct.c */
u32 sdwan_direct_routes(const struct net *net, bool ipv4);
bool sdwan_direct_ipsec(const struct net *net);
bool sdwan_direct_tracked(const struct sk_buff *skb);
void sdwan_direct_learn(struct sdwan_flow *flow,
			const struct sdwan_direct_lan *lan,
			const struct sdwan_direct_tx *tx,
			const struct sdwan_direct_rx *rx);
void sdwan_direct_forget(struct sdwan_flow *flow);
bool sdwan_direct_is_bare(struct sk_buff *skb, const struct net_device *in);
bool sdwan_direct_is_padded(const struct sk_buff *skb);
enum sdwan_direct_what sdwan_direct_look(struct sk_buff *skb);
void sdwan_direct_key(const struct sk_buff *skb, u32 vni, bool tx,
		      struct sdwan_flow_key *key);
u32 sdwan_direct_mtu(const struct sk_buff *skb);
bool sdwan_direct_fits(const struct sk_buff *skb, unsigned int mtu);
void sdwan_direct_lower_ttl(struct sk_buff *skb);

/* direct_tx.c */
bool sdwan_direct_send(struct sdwan_net *sn, const struct sdwan_lan_cfg *lan,
		       struct sk_buff *skb, const struct net_device *in,
		       struct sdwan_flow **known);
bool sdwan_direct_sends(const struct sdwan_net *sn,
			const struct sdwan_flow *flow);
void sdwan_direct_sent(struct sdwan_segment *seg, const struct sk_buff *skb,
		       const struct sdwan_steering *st,
		       const struct sdwan_tx *tx);

/* direct_rx.c */
bool sdwan_direct_ready(const struct sdwan_segment *seg,
			struct sdwan_flow *flow, struct sk_buff *skb,
			enum sdwan_direct_what what,
			struct sdwan_direct_next *next);
void sdwan_direct_go(const struct sdwan_segment *seg, struct sk_buff *skb,
		     const struct sdwan_direct_next *next);
bool sdwan_direct_receive(const struct sdwan_segment *seg,
			  struct sdwan_flow *flow, struct sk_buff *skb);
bool sdwan_direct_receives(const struct sdwan_net *sn,
			   const struct sdwan_flow *flow);
unsigned int sdwan_direct_forwarded(void *priv, struct sk_buff *skb,
				    const struct nf_hook_state *state);

#endif /* _SDWAN_DIRECT_H */
