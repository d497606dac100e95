// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: probes of paths without encapsulation
 *
 * There is no segment 0 there, and no remote address. Probes are packets of the
 * segment, from our address on its netdevice to the overlay address of the peer. They
 * are taken out where packets of the path come in, before anybody sees them: UDP to the
 * port of reflectors, or from it to the port of our probes, between an overlay address
 * of the peer and one of this host. Who is no overlay address of that peer is not
 * looked at.
 */
#include <linux/inetdevice.h>
#include <net/addrconf.h>
#include <net/ip6_checksum.h>
#include <net/udp.h>

#include "lookup.h"
#include "probe.h"
#include "probe_dev.h"
#include "stamp.h"

static const struct sdwan_peer_cfg *
sdwan_probe_dev_peer(const struct sdwan_path *path)
{
	struct sdwan_cfg *cfg;

	cfg = rcu_dereference_check(path->peer->obj.cfg,
				    lockdep_is_held(&path->obj.sn->lock));
	return cfg ? sdwan_peer_cfg(cfg) : NULL;
}

static bool sdwan_probe_dev_of(const struct sdwan_overlay *overlay,
			       const struct sdwan_path *path)
{
	return !overlay->vni || overlay->vni == path->vni;
}

/**
 * sdwan_probe_dev_known() - whether there is an address to ask
 * @path: path without encapsulation
 *
 * Context: Under rcu_read_lock() or sdwan_net.lock.
 *
 * Return: true where its peer has an overlay address in its segment.
 */
bool sdwan_probe_dev_known(const struct sdwan_path *path)
{
	const struct sdwan_peer_cfg *peer = sdwan_probe_dev_peer(path);
	unsigned int i;

	for (i = 0; peer && i < peer->n_overlays; i++)
		if (sdwan_probe_dev_of(&peer->overlays[i], path))
			return true;
	return false;
}

static const struct net_device *
sdwan_probe_dev_segment(const struct sdwan_path *path)
{
	const struct sdwan_vni *vni = sdwan_vni_lookup(path->obj.sn, path->vni);
	const struct net_device *dev = vni ? rcu_dereference(vni->dev) : NULL;

	return dev && netif_running(dev) ? dev : NULL;
}

/* One of the same network, or else the first. */
static bool sdwan_probe_dev_own4(const struct net_device *dev,
				 const struct in6_addr *to,
				 struct in6_addr *own)
{
	const struct in_device *in_dev = __in_dev_get_rcu(dev);
	const struct in_ifaddr *ifa;
	__be32 addr = 0;

	if (!in_dev)
		return false;
	in_dev_for_each_ifa_rcu(ifa, in_dev) {
		bool near = inet_ifa_match(to->s6_addr32[3], ifa);

		if (near || !addr)
			addr = ifa->ifa_local;
		if (near)
			break;
	}
	ipv6_addr_set_v4mapped(addr, own);
	return addr != 0;
}

static bool sdwan_probe_dev_usable6(const struct inet6_ifaddr *ifa)
{
	return !(ifa->flags & (IFA_F_TENTATIVE | IFA_F_DADFAILED)) &&
	       ifa->scope < IFA_LINK;
}

static bool sdwan_probe_dev_own6(const struct net_device *dev,
				 const struct in6_addr *to,
				 struct in6_addr *own)
{
	struct inet6_dev *idev = __in6_dev_get(dev);
	const struct inet6_ifaddr *ifa;
	bool found = false, near;

	if (!idev)
		return false;
	read_lock_bh(&idev->lock);
	list_for_each_entry(ifa, &idev->addr_list, if_list) {
		if (!sdwan_probe_dev_usable6(ifa))
			continue;
		near = ipv6_prefix_equal(&ifa->addr, to, ifa->prefix_len);
		if (near || !found)
			*own = ifa->addr;
		found = true;
		if (near)
			break;
	}
	read_unlock_bh(&idev->lock);
	return found;
}

/**
 * sdwan_probe_dev_ends() - from where to where a path is probed
 * @path: path without encapsulation
 * @ends: result
 *
 * The first overlay address of the peer of whose family this end has one.
 *
 * Context: Under rcu_read_lock().
 *
 * Return: false where there is none.
 */
bool sdwan_probe_dev_ends(const struct sdwan_path *path,
			  struct sdwan_control_ends *ends)
{
	const struct sdwan_peer_cfg *peer = sdwan_probe_dev_peer(path);
	const struct net_device *dev = sdwan_probe_dev_segment(path);
	unsigned int i;

	for (i = 0; peer && dev && i < peer->n_overlays; i++) {
		const struct sdwan_overlay *overlay = &peer->overlays[i];

		if (!sdwan_probe_dev_of(overlay, path))
			continue;
		ends->to = overlay->key.addr;
		if (ipv6_addr_v4mapped(&ends->to) ?
		    sdwan_probe_dev_own4(dev, &ends->to, &ends->from) :
		    sdwan_probe_dev_own6(dev, &ends->to, &ends->from))
			return true;
	}
	return false;
}

/**
 * sdwan_probe_dev_ready() - whether there is an address to ask from
 * @path: path without encapsulation
 *
 * Context: Process context, under sdwan_net.lock.
 *
 * Return: true where both ends have an address of one family.
 */
bool sdwan_probe_dev_ready(const struct sdwan_path *path)
{
	struct sdwan_control_ends ends;
	bool ready;

	rcu_read_lock();
	ready = sdwan_probe_dev_ends(path, &ends);
	rcu_read_unlock();
	return ready;
}

/* Returns the length of the IP header of UDP that is no fragment, else 0. */
static unsigned int sdwan_probe_dev_ip4(const struct sk_buff *skb,
					struct sdwan_probe_dev_head *head)
{
	const struct iphdr *iph;
	struct iphdr buf;

	iph = skb_header_pointer(skb, 0, sizeof(buf), &buf);
	if (!iph || iph->version != 4 || iph->ihl != 5 ||
	    iph->protocol != IPPROTO_UDP || ip_is_fragment(iph))
		return 0;
	ipv6_addr_set_v4mapped(iph->saddr, &head->from);
	ipv6_addr_set_v4mapped(iph->daddr, &head->to);
	head->ttl = iph->ttl;
	/* of what has been damaged nothing is known */
	if (ip_fast_csum(iph, iph->ihl) || ntohs(iph->tot_len) > skb->len)
		return 0;
	return sizeof(*iph);
}

static unsigned int sdwan_probe_dev_ip6(const struct sk_buff *skb,
					struct sdwan_probe_dev_head *head)
{
	const struct ipv6hdr *ip6h;
	struct ipv6hdr buf;

	ip6h = skb_header_pointer(skb, 0, sizeof(buf), &buf);
	if (!ip6h || ip6h->version != 6 || ip6h->nexthdr != IPPROTO_UDP ||
	    sizeof(*ip6h) + ntohs(ip6h->payload_len) > skb->len)
		return 0;
	head->from = ip6h->saddr;
	head->to = ip6h->daddr;
	head->ttl = ip6h->hop_limit;
	return sizeof(*ip6h);
}

/* Is it from or to the port of reflectors? */
static bool sdwan_probe_dev_like(const struct sk_buff *skb,
				 struct sdwan_probe_dev_head *head)
{
	const struct udphdr *uh;
	struct udphdr buf;
	unsigned int off;

	off = skb->protocol == htons(ETH_P_IP) ?
	      sdwan_probe_dev_ip4(skb, head) : sdwan_probe_dev_ip6(skb, head);
	uh = off ? skb_header_pointer(skb, off, sizeof(buf), &buf) : NULL;
	if (!uh || ntohs(uh->len) < sizeof(*uh) ||
	    off + ntohs(uh->len) > skb->len)
		return false;
	head->sport = ntohs(uh->source);
	head->dport = ntohs(uh->dest);
	head->payload = off + sizeof(*uh);
	head->len = ntohs(uh->len) - sizeof(*uh);
	return (head->sport == SDWAN_STAMP_PORT) !=
	       (head->dport == SDWAN_STAMP_PORT);
}

static bool sdwan_probe_dev_checksum_ok(const struct sk_buff *skb,
					const struct sdwan_probe_dev_head *head)
{
	bool ipv4 = ipv6_addr_v4mapped(&head->from);
	unsigned int off = head->payload - sizeof(struct udphdr);
	unsigned int len = head->len + sizeof(struct udphdr);
	const struct udphdr *uh;
	struct udphdr buf;
	__wsum sum;

	if (skb->ip_summed == CHECKSUM_PARTIAL || skb_csum_unnecessary(skb))
		return true;
	uh = skb_header_pointer(skb, off, sizeof(buf), &buf);
	if (!uh->check)
		return ipv4;
	sum = skb_checksum(skb, off, len, 0);
	return ipv4 ? !udp_v4_check(len, head->from.s6_addr32[3],
				    head->to.s6_addr32[3], sum) :
		      !udp_v6_check(len, &head->from, &head->to, sum);
}

static bool sdwan_probe_dev_local(const struct net_device *dev,
				  const struct in6_addr *addr)
{
	if (ipv6_addr_v4mapped(addr))
		return __ip_dev_find(dev_net(dev), addr->s6_addr32[3], false);
	return ipv6_chk_addr(dev_net(dev), addr, NULL, 0);
}

/* Is it between the two ends, and not asked by one that knows nothing of us? */
static bool sdwan_probe_dev_ours(const struct sdwan_path *path,
				 const struct sdwan_probe_dev_head *head)
{
	const struct sdwan_peer_cfg *peer = sdwan_probe_dev_peer(path);
	const struct net_device *dev = sdwan_probe_dev_segment(path);

	if (!peer || !dev ||
	    sdwan_overlay_lookup(path->obj.sn, path->vni, &head->from) !=
	    path->peer || !sdwan_probe_dev_local(dev, &head->to))
		return false;
	if (head->sport != SDWAN_STAMP_PORT)
		return !peer->stock;
	return head->dport == path->probe->sport &&
	       READ_ONCE(path->probe->verdict) != SDWAN_PROBE_UNASKED;
}

/**
 * sdwan_probe_dev_receive() - take in a probe or an answer
 * @cfg: path without encapsulation that a packet has come by
 * @skb: packet at its IP header, not shared; consumed where it is one
 *
 * Context: As an rx_handler: under rcu_read_lock(), bottom halves off.
 *
 * Return: whether it was one.
 */
bool sdwan_probe_dev_receive(const struct sdwan_path_cfg *cfg,
			     struct sk_buff *skb)
{
	enum sdwan_drop cause = SDWAN_DROP_RX_PROBE_MALFORMED;
	struct sdwan_probe_dev_head head;

	if (skb_is_gso(skb) || likely(!sdwan_probe_dev_like(skb, &head)) ||
	    !sdwan_probe_dev_ours(cfg->path, &head))
		return false;
	if (sdwan_probe_dev_checksum_ok(skb, &head) &&
	    sdwan_probe_receive_dev(cfg, skb, &head, &cause))
		consume_skb(skb);
	else
		sdwan_drop(cfg->path->obj.sn->drops, skb, cause);
	return true;
}
