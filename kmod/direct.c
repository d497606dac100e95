// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: what flows need to go past routing and firewall
 *
 * What both directions have in common: the state of a flow, and which packets are
 * plain enough.
 */
#include <linux/slab.h>
#include <net/ip.h>
#include <net/ip6_fib.h>
#include <net/ip6_route.h>
#include <net/fib_rules.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_extend.h>
#include <net/sock.h>
#include <net/tcp.h>

#include "compat/compat.h"
#include "direct.h"
#include "dissect.h"
#include "flow.h"

static_assert(sizeof(struct sdwan_direct) <= 192);

/* The routes of IPv6 have no number of their own. */
static u32 sdwan_direct_routes6(const struct net *net)
{
	u32 routes = 0;

#if IS_ENABLED(CONFIG_IPV6)
	/* what was added or changed, what was deleted; odd factors keep apart */
	routes = atomic_read(&net->ipv6.fib6_sernum) * 0x9e3779b1U +
		 READ_ONCE(net->ipv6.rt6_stats->fib_rt_entries) * 0x85ebca6bU +
		 READ_ONCE(net->ipv6.devconf_all->forwarding);
#ifdef CONFIG_IPV6_MULTIPLE_TABLES
	routes += READ_ONCE(net->ipv6.fib6_rules_ops->fib_rules_seq) *
		  0xc2b2ae35U;
#endif
#endif
	return routes;
}

/**
 * sdwan_direct_routes() - a number that changes with the routes of a namespace
 * @net: namespace
 * @ipv4: those of IPv4
 *
 * Return: the number.
 */
u32 sdwan_direct_routes(const struct net *net, bool ipv4)
{
	return ipv4 ? rt_genid_ipv4(net) : sdwan_direct_routes6(net);
}

/**
 * sdwan_direct_ipsec() - whether IPsec has a say in what is forwarded
 * @net: namespace
 *
 * Return: true where there is any policy, or a default that blocks.
 */
bool sdwan_direct_ipsec(const struct net *net)
{
#ifdef CONFIG_XFRM
	return READ_ONCE(net->xfrm.policy_count[XFRM_POLICY_IN]) ||
	       READ_ONCE(net->xfrm.policy_count[XFRM_POLICY_FWD]) ||
	       READ_ONCE(net->xfrm.policy_count[XFRM_POLICY_OUT]) ||
	       READ_ONCE(net->xfrm.policy_default[XFRM_POLICY_FWD]) ==
			XFRM_USERPOLICY_BLOCK;
#else
	return false;
#endif
}

#if IS_ENABLED(CONFIG_NF_CONNTRACK)
/*
 * Connection tracking misses most packets from now on, and must not take what it
 * sees next for an attack; as nf_flow_table does.
 */
static bool sdwan_direct_tracked_tcp(struct nf_conn *ct)
{
	struct ip_ct_tcp *tcp = &ct->proto.tcp;
	int dir;

	if (READ_ONCE(tcp->state) != TCP_CONNTRACK_ESTABLISHED)
		return false;
	spin_lock_bh(&ct->lock);
	for (dir = 0; dir < IP_CT_DIR_MAX; dir++) {
		tcp->seen[dir].flags |= IP_CT_TCP_FLAG_BE_LIBERAL;
		tcp->seen[dir].flags &= ~IP_CT_TCP_FLAG_MAXACK_SET;
	}
	spin_unlock_bh(&ct->lock);
	return true;
}

/**
 * sdwan_direct_tracked() - whether connection tracking can do without a packet
 * @skb: packet that it has seen
 *
 * Context: Softirq.
 *
 * Return: false where it translates addresses or looks inside, or does not take
 * the connection for established.
 */
bool sdwan_direct_tracked(const struct sk_buff *skb)
{
	enum ip_conntrack_info info;
	struct nf_conn *ct = nf_ct_get(skb, &info);

	if (!ct)
		return true;
	if (info != IP_CT_ESTABLISHED && info != IP_CT_ESTABLISHED_REPLY)
		return false;
	if (!nf_ct_is_confirmed(ct) ||
	    nf_ct_ext_exist(ct, NF_CT_EXT_HELPER) ||
	    READ_ONCE(ct->status) & (IPS_NAT_MASK | IPS_SEQ_ADJUST))
		return false;
	return nf_ct_protonum(ct) != IPPROTO_TCP ||
	       sdwan_direct_tracked_tcp(ct);
}
#else
bool sdwan_direct_tracked(const struct sk_buff *skb)
{
	return true;
}
#endif

static void sdwan_direct_replace(struct sdwan_flow *flow,
				 struct sdwan_direct *old,
				 struct sdwan_direct *new)
{
	rcu_assign_pointer(flow->direct, new);
	if (!old->shared)
		kfree_rcu(old, rcu);
}

/**
 * sdwan_direct_learn() - remember what was found out about a flow
 * @flow: flow
 * @lan: what its LAN says, NULL to keep what is known of that
 * @tx: how it goes to its path, NULL likewise
 * @rx: how it goes to its neighbour, NULL likewise
 *
 * Context: Under rcu_read_lock(), bottom halves off.
 */
void sdwan_direct_learn(struct sdwan_flow *flow,
			const struct sdwan_direct_lan *lan,
			const struct sdwan_direct_tx *tx,
			const struct sdwan_direct_rx *rx)
{
	struct sdwan_direct *new, *old;

	new = kmalloc(sizeof(*new), GFP_ATOMIC | __GFP_NOWARN | __GFP_ACCOUNT);
	if (!new)
		return;
	sdwan_flow_write_begin(flow);
	old = rcu_dereference(flow->direct);
	*new = *old;
	new->shared = false;
	if (lan)
		new->lan = *lan;
	if (tx)
		new->tx = *tx;
	if (rx)
		new->rx = *rx;
	sdwan_direct_replace(flow, old, new);
	sdwan_flow_write_end(flow);
}

/**
 * sdwan_direct_forget() - let a flow go the normal way, both ways
 * @flow: flow
 *
 * Context: Under rcu_read_lock(), bottom halves off.
 */
void sdwan_direct_forget(struct sdwan_flow *flow)
{
	struct sdwan_direct *old;

	if (rcu_dereference(flow->direct)->shared)
		return;
	sdwan_flow_write_begin(flow);
	old = rcu_dereference(flow->direct);
	if (!old->shared)
		sdwan_direct_replace(flow, old, sdwan_flow_no_direct(flow));
	sdwan_flow_write_end(flow);
}

/**
 * sdwan_direct_is_bare() - whether nobody has said anything of a packet
 * @skb: packet that a device has received
 * @in: the device
 *
 * Context: Under rcu_read_lock(), as a hook of the device.
 *
 * Return: true where there is nothing that a fast way would have to heed.
 */
bool sdwan_direct_is_bare(struct sk_buff *skb, const struct net_device *in)
{
	return skb->pkt_type == PACKET_HOST && !skb->mark && !skb_dst(skb) &&
	       !skb_vlan_tag_present(skb) && !skb_shared(skb) &&
	       !skb_sk_is_prefetched(skb) && !skb_sec_path(skb) &&
	       !rcu_access_pointer(in->rx_handler);
}

static enum sdwan_direct_what sdwan_direct_look_tcp(struct sk_buff *skb,
						    unsigned int at)
{
	const struct tcphdr *th;

	if (!pskb_may_pull(skb, at + sizeof(*th)))
		return SDWAN_DIRECT_ODD;
	th = (const struct tcphdr *)(skb->data + at);
	return th->syn || th->fin || th->rst ? SDWAN_DIRECT_ENDS :
					       SDWAN_DIRECT_PLAIN;
}

/* What both kinds of IP have behind their header, @len bytes with it. */
static enum sdwan_direct_what sdwan_direct_look_transport(struct sk_buff *skb,
							  unsigned int at,
							  unsigned int len,
							  u8 proto)
{
	/* what is longer than its header says is padded; lengths are right where
	 * something was merged
	 */
	if (unlikely(skb->len != len)) {
		if (skb_is_gso(skb) || skb->len < len ||
		    pskb_trim_rcsum(skb, len))
			return SDWAN_DIRECT_ODD;
	}
	skb_set_transport_header(skb, at);
	if (proto == IPPROTO_TCP)
		return sdwan_direct_look_tcp(skb, at);
	if (!sdwan_proto_has_ports(proto) ||
	    !pskb_may_pull(skb, at + sizeof(struct udphdr)))
		return SDWAN_DIRECT_ODD;
	return SDWAN_DIRECT_PLAIN;
}

/**
 * sdwan_direct_is_padded() - whether a packet is not as long as it says
 * @skb: packet at its IP header, which is in the linear part; its protocol set
 *
 * Return: true where it is longer, or shorter.
 */
bool sdwan_direct_is_padded(const struct sk_buff *skb)
{
	if (skb->protocol == htons(ETH_P_IP))
		return skb->len != ntohs(ip_hdr(skb)->tot_len);
	return skb->len != sizeof(struct ipv6hdr) +
			   ntohs(ipv6_hdr(skb)->payload_len);
}

static enum sdwan_direct_what sdwan_direct_look4(struct sk_buff *skb)
{
	const struct iphdr *iph;

	if (unlikely(!pskb_may_pull(skb, sizeof(*iph))))
		return SDWAN_DIRECT_ODD;
	iph = ip_hdr(skb);
	if (unlikely(iph->version != 4 || iph->ihl != 5 ||
		     ip_is_fragment(iph) || iph->ttl <= 1 ||
		     ntohs(iph->tot_len) < sizeof(*iph) ||
		     ip_fast_csum(iph, 5)))
		return SDWAN_DIRECT_ODD;
	return sdwan_direct_look_transport(skb, sizeof(*iph),
					   ntohs(iph->tot_len), iph->protocol);
}

static enum sdwan_direct_what sdwan_direct_look6(struct sk_buff *skb)
{
	const struct ipv6hdr *ip6h;

	if (unlikely(!pskb_may_pull(skb, sizeof(*ip6h))))
		return SDWAN_DIRECT_ODD;
	ip6h = ipv6_hdr(skb);
	if (unlikely(ip6h->version != 6 || ip6h->hop_limit <= 1))
		return SDWAN_DIRECT_ODD;
	return sdwan_direct_look_transport(skb, sizeof(*ip6h), sizeof(*ip6h) +
					   ntohs(ip6h->payload_len),
					   ip6h->nexthdr);
}

/* Merged packets that the normal way takes without a second look. */
static bool sdwan_direct_gso_ok(const struct sk_buff *skb)
{
	return !skb->encapsulation && skb->len <= GSO_LEGACY_MAX_SIZE &&
	       skb_shinfo(skb)->gso_type &
	       (SKB_GSO_TCPV4 | SKB_GSO_TCPV6 | SKB_GSO_UDP_L4);
}

/**
 * sdwan_direct_look() - whether a packet is plain enough
 * @skb: packet at its IP header, its protocol set; padding is taken off
 *
 * All that a router has to check of a packet is checked here. What is found odd
 * is left to those who know what to do about it.
 *
 * Context: Softirq.
 *
 * Return: what it is; unless it is odd, its headers are in the linear part, and
 * there are ports.
 */
enum sdwan_direct_what sdwan_direct_look(struct sk_buff *skb)
{
	if (skb_is_gso(skb) && unlikely(!sdwan_direct_gso_ok(skb)))
		return SDWAN_DIRECT_ODD;
	switch (skb->protocol) {
	case htons(ETH_P_IP):
		return sdwan_direct_look4(skb);
	case htons(ETH_P_IPV6):
		return sdwan_direct_look6(skb);
	}
	return SDWAN_DIRECT_ODD;
}

/**
 * sdwan_direct_key() - the flow of a plain packet
 * @skb: packet that is not odd
 * @vni: its segment
 * @tx: it leaves this end
 * @key: result, as of sdwan_dissect()
 */
void sdwan_direct_key(const struct sk_buff *skb, u32 vni, bool tx,
		      struct sdwan_flow_key *key)
{
	struct in6_addr *saddr = tx ? &key->local : &key->remote;
	struct in6_addr *daddr = tx ? &key->remote : &key->local;
	const __be16 *ports;

	if (skb->protocol == htons(ETH_P_IP)) {
		const struct iphdr *iph = ip_hdr(skb);

		ipv6_addr_set_v4mapped(iph->saddr, saddr);
		ipv6_addr_set_v4mapped(iph->daddr, daddr);
		key->vni_proto = vni << 8 | iph->protocol;
		ports = (const __be16 *)(iph + 1);
	} else {
		const struct ipv6hdr *ip6h = ipv6_hdr(skb);

		*saddr = ip6h->saddr;
		*daddr = ip6h->daddr;
		key->vni_proto = vni << 8 | ip6h->nexthdr;
		ports = (const __be16 *)(ip6h + 1);
	}
	key->lport = tx ? ports[0] : ports[1];
	key->rport = tx ? ports[1] : ports[0];
}

/**
 * sdwan_direct_fits() - whether a packet is small enough
 * @skb: packet that is not odd
 * @mtu: most bytes of one that leaves
 *
 * Return: true where nobody has to be told anything.
 */
bool sdwan_direct_fits(const struct sk_buff *skb, unsigned int mtu)
{
	return likely(skb->len <= mtu) ||
	       (skb_is_gso(skb) && skb_gso_validate_network_len(skb, mtu));
}

/**
 * sdwan_direct_lower_ttl() - forward a packet
 * @skb: packet that is not odd, its header nobody else's
 */
void sdwan_direct_lower_ttl(struct sk_buff *skb)
{
	if (skb->protocol == htons(ETH_P_IP))
		ip_decrease_ttl(ip_hdr(skb));
	else
		ipv6_hdr(skb)->hop_limit--;
	skb_forward_csum(skb);
	skb_clear_tstamp(skb);
}

/**
 * sdwan_direct_mtu() - how large a forwarded packet may be
 * @skb: packet with its route
 *
 * Return: most bytes, as the IP stack would find out.
 */
u32 sdwan_direct_mtu(const struct sk_buff *skb)
{
	const struct dst_entry *dst = skb_dst(skb);

	return skb->protocol == htons(ETH_P_IP) ?
	       ip_dst_mtu_maybe_forward(dst, true) :
	       ip6_dst_mtu_maybe_forward(dst, true);
}
