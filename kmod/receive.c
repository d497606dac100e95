// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: from an outer packet to its segment
 *
 * The address a packet comes from tells its path, the path its peer and site,
 * the VNI its segment.  Nothing here changes any configuration: data packets
 * are not authenticated.
 */
#include <net/inet_ecn.h>
#include <net/ip_tunnels.h>

#include "addr.h"
#include "cell.h"
#include "direct.h"
#include "encap.h"
#include "encap_udp.h"
#include "endpoint.h"
#include "epoch.h"
#include "flow.h"
#include "lookup.h"
#include "mss.h"
#include "pmtu.h"
#include "probe.h"
#include "receive.h"
#include "receive_path.h"
#include "resolve.h"
#include "route.h"
#include "rx_cache.h"
#include "steer.h"
#include "stream.h"

/* A packet on its way in; large, and so not zeroed for each. */
struct sdwan_rx_state {
	struct sdwan_rx_flow flow;	/* epoch 0: nothing can be remembered */
	bool known;			/* remembered */
	bool lasting;			/* worth remembering */
	const struct sdwan_path_cfg *path;
	const struct sdwan_peer_cfg *peer;
	struct sdwan_segment *seg;
	struct sdwan_flow *steered;	/* flow of the inner packet */
	unsigned int outer_hlen;
	struct sdwan_outer outer;
};

/* What is not said here is written before it is read. */
static __always_inline void sdwan_receive_begin(struct sdwan_rx_state *st)
{
	st->flow.epoch = 0;
	st->known = false;
	st->lasting = false;
	st->path = NULL;
	st->seg = NULL;
	st->steered = NULL;
}

/**
 * sdwan_receive_other_key() - count a packet that is left to others
 * @ss: where it came in
 *
 * It has come from a remote address of ours, and its key is of no segment.
 *
 * Context: Under rcu_read_lock(), bottom halves off.
 */
void sdwan_receive_other_key(struct sdwan_sock *ss)
{
	sdwan_drop_count(ss->sn->drops, SDWAN_DROP_RX_OTHER_KEY);
}

/**
 * sdwan_receive_drop() - drop a packet whose encapsulation is not understood
 * @ss: socket it came to
 * @skb: packet, at its transport header; consumed
 * @cause: why
 *
 * Context: Under rcu_read_lock(), bottom halves off.
 *
 * Return: 0, as encap_rcv does for a packet it took.
 */
int sdwan_receive_drop(struct sdwan_sock *ss, struct sk_buff *skb,
		       enum sdwan_drop cause)
{
	const struct sdwan_path_cfg *cfg;
	enum sdwan_drop ignored;

	cfg = sdwan_receive_path(ss, skb, &ignored);
	if (cfg)
		sdwan_path_stats_rx_error(cfg->path->stats);
	sdwan_drop(ss->sn->drops, skb, cause);
	return 0;
}

static struct net_device *sdwan_receive_device(struct sdwan_net *sn, u32 number)
{
	struct sdwan_vni *vni = sdwan_vni_lookup(sn, number);

	return likely(vni) ? rcu_dereference(vni->dev) : NULL;
}

/**
 * sdwan_receive_has_segment() - whether a number is that of a segment
 * @ss: where packets of it come in
 * @vni: number
 *
 * Context: Under rcu_read_lock().
 *
 * Return: true where there is a netdevice of that number.
 */
bool sdwan_receive_has_segment(struct sdwan_sock *ss, u32 vni)
{
	return sdwan_receive_device(ss->sn, vni);
}

static bool sdwan_receive_segment(struct sdwan_sock *ss,
				  const struct sdwan_rx *rx,
				  struct sdwan_rx_state *st,
				  enum sdwan_drop *cause)
{
	struct net_device *dev;

	/* no data: the caller looks for probes */
	if (unlikely(rx->control || !rx->vni)) {
		*cause = SDWAN_DROP_RX_CONTROL;
		return false;
	}

	dev = sdwan_receive_device(ss->sn, rx->vni);
	if (unlikely(!dev)) {
		*cause = SDWAN_DROP_RX_NO_SEGMENT;
		return false;
	}
	st->seg = netdev_priv(dev);

	if (unlikely(!(dev->flags & IFF_UP))) {
		*cause = SDWAN_DROP_RX_SEGMENT_DOWN;
		return false;
	}
	return true;
}

/* Which path, which peer, which segment; and may they be used? */
static bool sdwan_receive_resolve(struct sdwan_sock *ss,
				  const struct sk_buff *skb,
				  const struct sdwan_rx *rx,
				  struct sdwan_rx_state *st,
				  enum sdwan_drop *cause)
{
	st->path = rx->path ?: sdwan_receive_path(ss, skb, cause);
	if (unlikely(!st->path))
		return false;

	/* gone with its last path, in the grace period of both */
	st->peer = sdwan_peer_cfg_rcu(st->path->path->peer);
	if (unlikely(!st->peer)) {
		*cause = SDWAN_DROP_RX_UNKNOWN_PATH;
		return false;
	}

	if (!sdwan_receive_segment(ss, rx, st, cause))
		return false;

	if (unlikely(!st->path->admin)) {
		*cause = SDWAN_DROP_RX_PATH_DOWN;
		return false;
	}
	if (unlikely(rx->proto != htons(ETH_P_IP) &&
		     rx->proto != htons(ETH_P_IPV6))) {
		*cause = SDWAN_DROP_RX_PROTOCOL;
		return false;
	}
	return true;
}

/*
 * What each packet passes is inline from here on: two ways use it, and calls cost
 * more than a tenth of it.
 */
static __always_inline bool sdwan_receive_inner4(struct sk_buff *skb)
{
	const struct iphdr *iph;
	unsigned int len;

	if (!pskb_may_pull(skb, sizeof(*iph)))
		return false;

	iph = ip_hdr(skb);
	len = ntohs(iph->tot_len);
	/* what GRO has merged can be longer than the field can tell */
	if (!len && skb_is_gso(skb))
		len = skb->len;
	if (iph->version != 4 || iph->ihl < 5 || len < iph->ihl * 4 ||
	    len > skb->len)
		return false;

	skb_set_transport_header(skb, iph->ihl * 4);
	return true;
}

static bool sdwan_receive_inner6(struct sk_buff *skb)
{
	const struct ipv6hdr *ip6h;

	if (!pskb_may_pull(skb, sizeof(*ip6h)))
		return false;

	ip6h = ipv6_hdr(skb);
	if (ip6h->version != 6 ||
	    sizeof(*ip6h) + ntohs(ip6h->payload_len) > skb->len)
		return false;

	skb_set_transport_header(skb, sizeof(*ip6h));
	return true;
}

/*
 * What the IP stack checks anyway (header checksum, options, extension
 * headers, padding) is left to it.
 */
static __always_inline bool sdwan_receive_inner(struct sk_buff *skb)
{
	return skb->protocol == htons(ETH_P_IP) ? sdwan_receive_inner4(skb) :
						  sdwan_receive_inner6(skb);
}

/* To be called before the outer headers are pulled. */
static void sdwan_receive_measure(const struct sk_buff *skb,
				  struct sdwan_rx_state *st)
{
	st->outer_hlen = -skb_network_offset(skb);
	st->outer.packets = 1;
	st->outer.bytes = st->outer_hlen + skb->len;
}

/* The same, where the IP stack may have put fragments together. */
static void sdwan_receive_measure_whole(const struct sdwan_sock *ss,
					const struct sk_buff *skb,
					struct sdwan_rx_state *st)
{
	unsigned int hlen, frag;

	sdwan_receive_measure(skb, st);
	/* other layers have left their own notes there */
	if (unlikely(ss->family == AF_UNSPEC))
		return;
	frag = ss->family == AF_INET ? IPCB(skb)->frag_max_size :
				       IP6CB(skb)->frag_max_size;
	if (likely(!frag))
		return;

	/* reassembled: count what was on the wire */
	hlen = st->outer_hlen;
	if (ss->family == AF_INET6)
		hlen += sizeof(struct frag_hdr);
	st->outer = sdwan_pmtu_outer_fragmented(st->outer, frag,
						st->outer_hlen, hlen);
}

/* Headers of what GRO has merged, to be called with the inner ones known. */
static void sdwan_receive_measure_gro(const struct sk_buff *skb,
				      const struct sdwan_rx *rx,
				      struct sdwan_rx_state *st)
{
	unsigned int segs = sdwan_skb_segs(skb);

	st->outer.packets = segs;
	st->outer.bytes += (segs - 1) * (st->outer_hlen + rx->hlen +
					 sdwan_gso_hlen(skb));
}

static u8 sdwan_receive_dsfield(const void *iph, bool ipv4)
{
	return ipv4 ? ipv4_get_dsfield(iph) : ipv6_get_dsfield(iph);
}

static __always_inline int sdwan_receive_ecn(const struct sdwan_sock *ss,
					     struct sk_buff *skb,
					     const void *outer)
{
	u8 dsfield;

	if (unlikely(ss->family == AF_UNSPEC))
		return 0;
	dsfield = sdwan_receive_dsfield(outer, ss->family == AF_INET);
	/* who does not speak ECN outside has nothing to say about it */
	if (likely(INET_ECN_is_not_ect(dsfield)))
		return 0;
	return ss->family == AF_INET ? IP_ECN_decapsulate(outer, skb) :
				       IP6_ECN_decapsulate(outer, skb);
}

/* Take off the outer headers, and all else that belongs to the outer packet. */
static int sdwan_receive_strip(struct sk_buff *skb, const struct sdwan_rx *rx,
			       bool xnet)
{
	/* The hash is kept where it is one of outer ports: the source port
	 * holds the entropy of the inner flow.
	 */
	if (likely(rx->hlen))
		return iptunnel_pull_header(skb, rx->hlen, rx->proto, xnet);

	skb_scrub_packet(skb, xnet);
	return 0;
}

static bool sdwan_receive_source_ok(struct sdwan_rx_state *st,
				    struct sk_buff *skb)
{
	enum sdwan_source source = SDWAN_SOURCE_OWN;

	if (likely(st->known))
		return true;
	if (st->peer->source_check)
		source = sdwan_source_check(st->seg, st->path->path, skb);
	st->lasting = source == SDWAN_SOURCE_OWN;
	return source != SDWAN_SOURCE_FOREIGN;
}

static __always_inline bool
sdwan_receive_decap(struct sdwan_sock *ss, struct sk_buff *skb,
		    const struct sdwan_rx *rx, struct sdwan_rx_state *st,
		    enum sdwan_drop *cause)
{
	struct net_device *dev = st->seg->dev;
	unsigned int outer;

	/* an offset, as pulling may move the data */
	outer = skb_network_header(skb) - skb->head;

	if (unlikely(sdwan_receive_strip(skb, rx, !net_eq(ss->sn->net,
							  dev_net(dev))))) {
		*cause = SDWAN_DROP_RX_NO_MEMORY;
		return false;
	}
	skb->dev = dev;
	skb_reset_mac_header(skb);
	skb_reset_network_header(skb);

	if (unlikely(!sdwan_receive_inner(skb))) {
		*cause = SDWAN_DROP_RX_INNER;
		return false;
	}
	if (skb_is_gso(skb))
		sdwan_receive_measure_gro(skb, rx, st);

	/* 1 is worth a remark only */
	if (unlikely(sdwan_receive_ecn(ss, skb, skb->head + outer) > 1)) {
		*cause = SDWAN_DROP_RX_ECN;
		return false;
	}
	if (unlikely(!sdwan_receive_source_ok(st, skb))) {
		*cause = SDWAN_DROP_RX_SOURCE;
		return false;
	}
	if (unlikely(st->path->mss_clamp))
		sdwan_mss_clamp(skb, READ_ONCE(st->path->path->mtu));
	return true;
}

/* What is to be known of a packet, if its inner header is at hand already. */
static __always_inline void
sdwan_receive_flow(const struct sdwan_sock *ss, const struct sk_buff *skb,
		   const struct sdwan_rx *rx, struct sdwan_rx_flow *flow)
{
	const void *inner = skb->data + rx->hlen;
	bool ipv4 = rx->proto == htons(ETH_P_IP);

	if (unlikely(rx->control || skb_headlen(skb) < rx->hlen +
		     (ipv4 ? sizeof(struct iphdr) : sizeof(struct ipv6hdr))))
		return;

	flow->ss = ss;
	flow->vni = rx->vni;
	flow->proto = rx->proto;
	flow->port = sdwan_receive_port(ss, skb);
	sdwan_receive_remote(ss, skb, &flow->remote);
	if (ipv4)
		ipv6_addr_set_v4mapped(((const struct iphdr *)inner)->saddr,
				       &flow->saddr);
	else
		flow->saddr = ((const struct ipv6hdr *)inner)->saddr;
	flow->epoch = sdwan_epoch(ss->sn);
}

/* Who has sent it, and where to: remembered, or found out. */
static __always_inline bool
sdwan_receive_identify(struct sdwan_sock *ss, const struct sk_buff *skb,
		       const struct sdwan_rx *rx, struct sdwan_rx_state *st,
		       enum sdwan_drop *cause)
{
	const struct sdwan_rx_entry *entry = NULL;

	sdwan_receive_flow(ss, skb, rx, &st->flow);
	if (likely(st->flow.epoch))
		entry = sdwan_rx_cache_find(&st->flow);
	if (unlikely(!entry))
		return sdwan_receive_resolve(ss, skb, rx, st, cause);

	st->known = true;
	st->path = entry->path;
	st->peer = entry->peer;
	st->seg = entry->seg;
	if (likely(st->seg->dev->flags & IFF_UP))
		return true;
	*cause = SDWAN_DROP_RX_SEGMENT_DOWN;
	return false;
}

static void sdwan_receive_remember(const struct sdwan_rx_state *st)
{
	struct sdwan_rx_entry entry = {
		.flow = st->flow,
		.path = st->path,
		.peer = st->peer,
		.seg = st->seg,
	};

	if (st->flow.epoch && st->lasting)
		sdwan_rx_cache_store(&entry);
}

/* What came is good, and is delivered or has been. */
static void sdwan_receive_count_path(const struct sdwan_rx_state *st)
{
	sdwan_path_stats_rx(st->path->path->stats, st->outer.packets,
			    st->outer.bytes);
}

/* Of a packet that was sent twice; consumes what has come before. */
static bool sdwan_receive_once(struct sdwan_net *sn, struct sk_buff *skb,
			       const struct sdwan_sequence *seq,
			       const struct sdwan_rx_state *st)
{
	enum sdwan_seen seen;

	seen = sdwan_stream_seen(sn, st->path->path->peer, seq);
	if (likely(seen == SDWAN_SEEN_FIRST))
		return true;
	if (seen == SDWAN_SEEN_MOVED) {
		sdwan_drop_count(st->seg->drops, SDWAN_DROP_RX_MOVED);
		return true;
	}

	sdwan_receive_count_path(st);
	sdwan_path_stats_rx_duplicate(st->path->path->stats);
	sdwan_drop_count(st->seg->drops, seen == SDWAN_SEEN_AGAIN ?
			 SDWAN_DROP_RX_AGAIN : SDWAN_DROP_RX_LATE);
	consume_skb(skb);
	return false;
}

/* Data that was dropped has arrived all the same: it is none that the WAN lost. */
static void sdwan_receive_refuse(struct sdwan_sock *ss, struct sk_buff *skb,
				 const struct sdwan_rx *rx,
				 const struct sdwan_rx_state *st,
				 enum sdwan_drop cause)
{
	struct sdwan_path_stats __percpu *stats;

	if (st->path) {
		stats = st->path->path->stats;
		if (rx->vni && !rx->control)
			sdwan_path_stats_rx_refused(stats, sdwan_skb_segs(skb));
		else
			sdwan_path_stats_rx_error(stats);
	}
	sdwan_drop(st->seg ? st->seg->drops : ss->sn->drops, skb, cause);
}

/* Is it a probe of its path, or of one whose far end is somewhere else now? */
static bool sdwan_receive_control(struct sdwan_sock *ss, struct sk_buff *skb,
				  const struct sdwan_rx *rx,
				  const struct sdwan_rx_state *st,
				  enum sdwan_drop *cause)
{
	if (*cause == SDWAN_DROP_RX_CONTROL &&
	    sdwan_probe_receive(st->path, skb, rx, false, cause))
		return true;
	return READ_ONCE(ss->sn->nat_paths) && ss->port && !rx->vni &&
	       sdwan_endpoint_receive(ss, skb, rx, st->path, cause);
}

/* Everything before delivery; consumes the packet where there is nothing to
 * deliver.
 */
static bool sdwan_receive_accept(struct sdwan_sock *ss, struct sk_buff *skb,
				 const struct sdwan_rx *rx,
				 struct sdwan_rx_state *st)
{
	enum sdwan_drop cause;

	if (unlikely(!sdwan_receive_identify(ss, skb, rx, st, &cause))) {
		if (sdwan_receive_control(ss, skb, rx, st, &cause))
			return false;
		sdwan_receive_refuse(ss, skb, rx, st, cause);
		return false;
	}
	sdwan_receive_measure_whole(ss, skb, st);
	if (unlikely(!sdwan_receive_decap(ss, skb, rx, st, &cause))) {
		sdwan_receive_refuse(ss, skb, rx, st, cause);
		return false;
	}
	if (unlikely(!st->known))
		sdwan_receive_remember(st);
	if (unlikely(sdwan_steers(ss->sn)))
		st->steered = sdwan_steer_arrival(st->seg, skb, st->path,
						  rx->seq.second);
	return likely(!rx->seq.present) ||
	       sdwan_receive_once(ss->sn, skb, &rx->seq, st);
}

static void sdwan_receive_count(const struct sdwan_rx_state *st,
				unsigned int len)
{
	sdwan_receive_count_path(st);
	dev_sw_netstats_rx_add(st->seg->dev, len);
}

static void sdwan_receive_deliver(struct sk_buff *skb,
				  const struct sdwan_rx_state *st)
{
	unsigned int len = skb->len;

	if ((st->steered && sdwan_direct_used(st->seg->sn) &&
	     sdwan_direct_receive(st->seg, st->steered, skb)) ||
	    likely(sdwan_cell_receive(skb))) {
		sdwan_receive_count(st, len);
		return;
	}
	sdwan_path_stats_rx_refused(st->path->path->stats, st->outer.packets);
	sdwan_drop(st->seg->drops, skb, SDWAN_DROP_RX_BACKLOG);
}

/**
 * sdwan_receive() - take in a packet
 * @ss: where it came in
 * @skb: packet, at its transport header; consumed
 * @rx: what its encapsulation says
 *
 * Context: Under rcu_read_lock(), bottom halves off.
 *
 * Return: 0, as encap_rcv does for a packet it took.
 */
int sdwan_receive(struct sdwan_sock *ss, struct sk_buff *skb,
		  const struct sdwan_rx *rx)
{
	struct sdwan_rx_state st __uninitialized;

	sdwan_receive_begin(&st);
	if (likely(sdwan_receive_accept(ss, skb, rx, &st)))
		sdwan_receive_deliver(skb, &st);
	return 0;
}

/* What a packet is from outside, while it is looked inside. */
struct sdwan_receive_outside {
	int network;
	int transport;
	__be16 protocol;
	bool encapsulation;
};

static void sdwan_receive_enter(struct sk_buff *skb, const struct sdwan_rx *rx,
				struct sdwan_receive_outside *outside)
{
	outside->network = skb_network_offset(skb);
	outside->transport = skb_transport_offset(skb);
	outside->protocol = skb->protocol;
	outside->encapsulation = skb->encapsulation;

	__skb_pull(skb, rx->hlen);
	skb_reset_network_header(skb);
	skb->protocol = rx->proto;
	/* or else lengths of segments are those of outer packets */
	skb->encapsulation = 0;
}

static void sdwan_receive_leave(struct sk_buff *skb, const struct sdwan_rx *rx,
				const struct sdwan_receive_outside *outside)
{
	__skb_push(skb, rx->hlen);
	skb_set_network_header(skb, outside->network);
	skb_set_transport_header(skb, outside->transport);
	skb->protocol = outside->protocol;
	skb->encapsulation = outside->encapsulation;
}

/* Whether the inner packet, which @skb is at, goes to a neighbour at once. */
static bool sdwan_receive_inside(struct sk_buff *skb, u8 outer,
				 struct sdwan_rx_state *st,
				 struct sdwan_direct_next *next)
{
	bool ipv4 = skb->protocol == htons(ETH_P_IP), ce;
	enum sdwan_direct_what what;
	struct sdwan_flow_key key;
	u8 inner;

	if (unlikely(sdwan_direct_is_padded(skb)))
		return false;
	what = sdwan_direct_look(skb);
	if (unlikely(what == SDWAN_DIRECT_ODD))
		return false;
	inner = sdwan_receive_dsfield(skb->data, ipv4);
	if (unlikely(__INET_ECN_decapsulate(outer, inner, &ce) > 1))
		return false;
	if (unlikely(!sdwan_receive_source_ok(st, skb)))
		return false;
	sdwan_direct_key(skb, st->seg->vni->vni, false, &key);
	st->steered = sdwan_steer_expected(st->seg->sn, &key, st->path);
	return st->steered &&
	       sdwan_direct_ready(st->seg, st->steered, skb, what, next);
}

static bool sdwan_receive_foresee(struct sdwan_sock *ss, struct sk_buff *skb,
				  const struct sdwan_rx *rx,
				  struct sdwan_rx_state *st,
				  struct sdwan_direct_next *next)
{
	struct sdwan_receive_outside outside;
	enum sdwan_drop ignored;
	bool ready;
	u8 dsfield;

	if (unlikely(!sdwan_receive_identify(ss, skb, rx, st, &ignored) ||
		     !st->flow.epoch))
		return false;
	dsfield = sdwan_receive_dsfield(skb_network_header(skb),
					ss->family == AF_INET);
	sdwan_receive_enter(skb, rx, &outside);
	ready = sdwan_receive_inside(skb, dsfield, st, next);
	sdwan_receive_leave(skb, rx, &outside);
	return ready;
}

/**
 * sdwan_receive_direct() - take in a packet that goes to a neighbour at once
 * @ss: where it came in
 * @skb: packet of one piece, at its transport header, that the IP stack has not
 *	seen; nobody has said anything of it
 * @rx: what its encapsulation says
 *
 * What is not the like of packets before it is left as it is: to be dropped and
 * counted on the normal way, or to become known there.
 *
 * Context: As a hook of a device: under rcu_read_lock(), bottom halves off.
 *
 * Return: true where the packet is taken, false where nothing has changed.
 */
bool sdwan_receive_direct(struct sdwan_sock *ss, struct sk_buff *skb,
			  const struct sdwan_rx *rx)
{
	struct sdwan_direct_next next;
	struct sdwan_rx_state st __uninitialized;
	bool udp = sdwan_encap_udp(ss->encap);
	enum sdwan_drop cause;
	unsigned int len;

	sdwan_receive_begin(&st);
	/* a checksum that has to be computed comes last */
	if (!sdwan_receive_foresee(ss, skb, rx, &st, &next) ||
	    unlikely(udp && !sdwan_udp_checksum_ok(skb, ss->family)))
		return false;

	if (unlikely(!st.known))
		sdwan_receive_remember(&st);
	/* its source has been checked */
	st.known = true;
	skb_orphan(skb);
	/* what is forwarded has no use for a sum of all */
	skb_forward_csum(skb);
	if (udp)
		__skb_decr_checksum_unnecessary(skb);
	sdwan_receive_measure(skb, &st);
	if (unlikely(!sdwan_receive_decap(ss, skb, rx, &st, &cause))) {
		sdwan_receive_refuse(ss, skb, rx, &st, cause);
		return true;
	}
	sdwan_steer_came(st.steered);
	len = skb->len;
	sdwan_direct_go(st.seg, skb, &next);
	sdwan_receive_count(&st, len);
	return true;
}

/**
 * sdwan_receive_bare() - take in a packet that has no outer header
 * @ss: where it came in
 * @skb: packet at its IP header; consumed where it is refused
 * @path: the path it has come by
 *
 * Context: As an rx_handler: under rcu_read_lock(), bottom halves off.
 *
 * Return: true where the packet is to be received by the segment's netdevice,
 * which is its device now.
 */
bool sdwan_receive_bare(struct sdwan_sock *ss, struct sk_buff *skb,
			const struct sdwan_path_cfg *path)
{
	const struct sdwan_rx rx = {
		.path = path,
		.vni = path->path->vni,
		.proto = skb->protocol,
	};
	struct sdwan_rx_state st __uninitialized;

	sdwan_receive_begin(&st);
	if (unlikely(!sdwan_receive_accept(ss, skb, &rx, &st)))
		return false;
	sdwan_receive_count(&st, skb->len);
	return true;
}
