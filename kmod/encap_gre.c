// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: GRE (RFC 2784) with a key (RFC 2890)
 *
 * There is one receiver of GRE per host, which may be the stock module or
 * nobody.  So packets of ours are taken out of the way of all others at
 * LOCAL_IN, as late as possible, for a firewall to have seen them: those whose
 * addresses are of a path and whose key is of a segment, and probes, whose key is
 * 0.  The hooks are there while there is a GRE path.
 *
 * Nobody would learn path MTUs from ICMP errors about our packets either; the
 * same hooks look after them.
 */
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/netfilter.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <net/ip6_checksum.h>
#include <net/ip6_route.h>
#include <net/ipv6_frag.h>
#include <net/netfilter/ipv6/nf_defrag_ipv6.h>
#include <net/route.h>
#include <net/xfrm.h>

#include "addr.h"
#include "encap.h"
#include "fabric.h"
#include "gre.h"
#include "probe.h"
#include "probe_icmp.h"
#include "receive.h"
#include "route.h"

#define SDWAN_GRE_KEYED_HLEN	(SDWAN_GRE_HLEN + 4)
#define SDWAN_GRE_HEAD(proto)	(SDWAN_GRE_KEY << 24 | (proto))

/* Packets of a VRF come from its netdevice; the slave is noted elsewhere. */
static bool sdwan_gre_arrived(const struct sdwan_sock *ss, int iif, int sdif)
{
	return ss->ifindex == iif || (sdif && ss->ifindex == sdif);
}

/* Who receives what was sent to an address; one bound to it before all others. */
static struct sdwan_sock *sdwan_gre_sock(struct sdwan_net *sn, int iif,
					 int sdif, const struct in6_addr *local,
					 unsigned short family)
{
	struct sdwan_sock *ss, *any = NULL;

	list_for_each_entry_rcu(ss, &sn->gre, gre) {
		if (ss->family != family || !sdwan_gre_arrived(ss, iif, sdif))
			continue;
		if (ipv6_addr_equal(&ss->local, local))
			return ss;
		if (ipv6_addr_any(&ss->local) ||
		    (family == AF_INET && !ss->local.s6_addr32[3]))
			any = ss;
	}
	return any;
}

static bool sdwan_gre_checksum_ok(struct sk_buff *skb)
{
	if (likely(!(*skb->data & SDWAN_GRE_CHECKSUM)))
		return true;
	if (skb_checksum_simple_validate(skb))
		return false;
	skb_checksum_try_convert(skb, IPPROTO_GRE, null_compute_pseudo);
	return true;
}

static bool sdwan_gre_policy_ok(struct sk_buff *skb, unsigned short family)
{
	return family == AF_INET ?
	       xfrm4_policy_check(NULL, XFRM_POLICY_IN, skb) :
	       xfrm6_policy_check(NULL, XFRM_POLICY_IN, skb);
}

/* From here on the packet is ours, at its GRE header. */
static void sdwan_gre_take(struct sdwan_sock *ss, struct sk_buff *skb,
			   const struct sdwan_rx *rx)
{
	if (unlikely(!sdwan_gre_policy_ok(skb, ss->family)))
		sdwan_receive_drop(ss, skb, SDWAN_DROP_RX_POLICY);
	else if (unlikely(!sdwan_gre_checksum_ok(skb)))
		sdwan_receive_drop(ss, skb, SDWAN_DROP_RX_CHECKSUM);
	else
		sdwan_receive(ss, skb, rx);
}

/* @off is where GRE begins; the packet is at its outer IP header. */
static unsigned int sdwan_gre_receive(struct sdwan_net *sn, struct sk_buff *skb,
				      unsigned int off,
				      const struct in6_addr *remote,
				      const struct in6_addr *local,
				      int iif, int sdif, unsigned short family)
{
	u8 buf[SDWAN_GRE_HLEN_MAX];
	struct sdwan_rx rx = { };
	struct sdwan_sock *ss;
	unsigned int len;
	const u8 *hdr;

	ss = sdwan_gre_sock(sn, iif, sdif, local, family);
	if (!ss)
		return NF_ACCEPT;
	rx.path = sdwan_receive_path_of(ss, remote, 0);
	if (!rx.path)
		return NF_ACCEPT;

	len = min_t(unsigned int, skb->len - off, sizeof(buf));
	hdr = skb_header_pointer(skb, off, len, buf);
	if (!hdr || !sdwan_gre_parse(hdr, len, &rx) ||
	    !(rx.vni ? sdwan_receive_has_segment(ss, rx.vni) :
		       sdwan_probe_like(skb, off + rx.hlen))) {
		/* somebody else may have a use for it */
		sdwan_receive_other_key(ss);
		return NF_ACCEPT;
	}
	if (unlikely(!pskb_may_pull(skb, off + rx.hlen)))
		return NF_ACCEPT;

	__skb_pull(skb, off);
	skb_reset_transport_header(skb);
	sdwan_gre_take(ss, skb, &rx);
	return NF_STOLEN;
}

/* The packet quoted at @off was sent by the path, and is too long. */
static void sdwan_gre_told(struct sdwan_sock *ss,
			   const struct sdwan_path_cfg *cfg,
			   struct sk_buff *skb, unsigned int off, u32 mtu)
{
	int network = skb_network_offset(skb);

	/* the kernel wants to begin with the quoted packet */
	skb_set_network_header(skb, off);
	__skb_pull(skb, off);
	sdwan_route_told(cfg, skb, ss->ifindex, mtu);
	__skb_push(skb, off);
	skb_set_network_header(skb, network);
}

/*
 * A router says that a packet of ours was too big. The message stays on its way:
 * others may want to know as well.
 */
static void sdwan_gre_icmp4(struct sdwan_net *sn, struct sk_buff *skb,
			    unsigned int off)
{
	const struct sdwan_path_cfg *cfg;
	struct in6_addr local, remote;
	const struct icmphdr *icmph;
	const struct iphdr *iph;
	struct sdwan_sock *ss;
	bool refused;

	if (!pskb_may_pull(skb, off + sizeof(*icmph) + sizeof(*iph)))
		return;
	icmph = (struct icmphdr *)(skb->data + off);
	iph = (struct iphdr *)(icmph + 1);
	refused = sdwan_icmp_refuses(AF_INET, icmph);
	if ((!refused && (icmph->type != ICMP_DEST_UNREACH ||
			  icmph->code != ICMP_FRAG_NEEDED)) ||
	    iph->protocol != IPPROTO_GRE || iph->saddr != ip_hdr(skb)->daddr)
		return;

	ipv6_addr_set_v4mapped(iph->saddr, &local);
	ipv6_addr_set_v4mapped(iph->daddr, &remote);
	ss = sdwan_gre_sock(sn, inet_iif(skb), inet_sdif(skb), &local, AF_INET);
	cfg = ss ? sdwan_receive_path_of(ss, &remote, 0) : NULL;
	if (!cfg || csum_fold(skb_checksum(skb, off, skb->len - off, 0)))
		return;
	off += sizeof(*icmph);
	if (refused)
		sdwan_probe_refused(cfg, skb, off + iph->ihl * 4 +
				    ss->encap->hlen);
	else
		sdwan_gre_told(ss, cfg, skb, off, ntohs(icmph->un.frag.mtu));
}

static unsigned int sdwan_gre_hook4(void *priv, struct sk_buff *skb,
				    const struct nf_hook_state *state)
{
	struct sdwan_net *sn = sdwan_net(state->net);
	const struct iphdr *iph = ip_hdr(skb);
	struct in6_addr local, remote;

	if (iph->protocol == IPPROTO_ICMP) {
		/* may move the header */
		sdwan_gre_icmp4(sn, skb, ip_hdrlen(skb));
		return NF_ACCEPT;
	}
	if (iph->protocol != IPPROTO_GRE)
		return NF_ACCEPT;

	ipv6_addr_set_v4mapped(iph->saddr, &remote);
	ipv6_addr_set_v4mapped(iph->daddr, &local);
	return sdwan_gre_receive(sn, skb, ip_hdrlen(skb), &remote, &local,
				 inet_iif(skb), inet_sdif(skb), AF_INET);
}

#if IS_ENABLED(CONFIG_IPV6)
static void sdwan_gre_icmp6(struct sdwan_net *sn, struct sk_buff *skb,
			    unsigned int off)
{
	unsigned int len = skb->len - off;
	const struct sdwan_path_cfg *cfg;
	const struct icmp6hdr *icmp6h;
	const struct ipv6hdr *ip6h;
	struct sdwan_sock *ss;
	bool refused;

	if (!pskb_may_pull(skb, off + sizeof(*icmp6h) + sizeof(*ip6h)))
		return;
	icmp6h = (struct icmp6hdr *)(skb->data + off);
	ip6h = (struct ipv6hdr *)(icmp6h + 1);
	refused = sdwan_icmp_refuses(AF_INET6, icmp6h);
	if ((!refused && icmp6h->icmp6_type != ICMPV6_PKT_TOOBIG) ||
	    ip6h->nexthdr != IPPROTO_GRE ||
	    !ipv6_addr_equal(&ip6h->saddr, &ipv6_hdr(skb)->daddr))
		return;

	ss = sdwan_gre_sock(sn, inet6_iif(skb), inet6_sdif(skb), &ip6h->saddr,
			    AF_INET6);
	cfg = ss ? sdwan_receive_path_of(ss, &ip6h->daddr, 0) : NULL;
	if (!cfg || csum_ipv6_magic(&ipv6_hdr(skb)->saddr,
				    &ipv6_hdr(skb)->daddr, len, IPPROTO_ICMPV6,
				    skb_checksum(skb, off, len, 0)))
		return;
	off += sizeof(*icmp6h);
	if (refused)
		sdwan_probe_refused(cfg, skb, off + sizeof(*ip6h) +
				    ss->encap->hlen);
	else
		sdwan_gre_told(ss, cfg, skb, off, ntohl(icmp6h->icmp6_mtu));
}

/* Where the first header is that is not an extension, or -1. */
static int sdwan_gre_skip6(const struct sk_buff *skb, u8 *nexthdr,
			   __be16 *frag_off)
{
	*nexthdr = ipv6_hdr(skb)->nexthdr;
	return ipv6_skip_exthdr(skb, sizeof(struct ipv6hdr), nexthdr, frag_off);
}

/*
 * Fragments are put together after this hook. Those of our remotes are put
 * together here, by the code that connection tracking has for it.
 *
 * Return: a negative number where @skb may be a whole packet now, else what to
 * do with it.
 */
static int sdwan_gre_defrag(struct sdwan_net *sn, struct sk_buff *skb)
{
#if IS_ENABLED(CONFIG_NF_DEFRAG_IPV6)
	struct sdwan_sock *ss;

	ss = sdwan_gre_sock(sn, inet6_iif(skb), inet6_sdif(skb),
			    &ipv6_hdr(skb)->daddr, AF_INET6);
	if (!ss || !sdwan_receive_path_of(ss, &ipv6_hdr(skb)->saddr, 0))
		return NF_ACCEPT;
	switch (nf_ct_frag6_gather(sn->net, skb, IP6_DEFRAG_LOCAL_DELIVER)) {
	case 0:
		return -EAGAIN;
	case -EINPROGRESS:
		return NF_STOLEN;
	}
	return NF_DROP;
#else
	return NF_ACCEPT;
#endif
}

static unsigned int sdwan_gre_hook6(void *priv, struct sk_buff *skb,
				    const struct nf_hook_state *state)
{
	struct sdwan_net *sn = sdwan_net(state->net);
	__be16 frag_off;
	int off, verdict;
	u8 nexthdr;

	off = sdwan_gre_skip6(skb, &nexthdr, &frag_off);
	if (unlikely(frag_off)) {
		verdict = sdwan_gre_defrag(sn, skb);
		if (verdict >= 0)
			return verdict;
		off = sdwan_gre_skip6(skb, &nexthdr, &frag_off);
	}
	if (off < 0 || frag_off)
		return NF_ACCEPT;

	if (nexthdr == IPPROTO_ICMPV6)
		sdwan_gre_icmp6(sn, skb, off);
	if (nexthdr != IPPROTO_GRE)
		return NF_ACCEPT;
	return sdwan_gre_receive(sn, skb, off, &ipv6_hdr(skb)->saddr,
				 &ipv6_hdr(skb)->daddr, inet6_iif(skb),
				 inet6_sdif(skb), AF_INET6);
}
#endif

/* After the firewall of the host; before it, nobody could say no. */
static const struct nf_hook_ops sdwan_gre_hooks[] = {
	{
		.hook = sdwan_gre_hook4,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_LOCAL_IN,
		.priority = NF_IP_PRI_LAST,
	},
#if IS_ENABLED(CONFIG_IPV6)
	{
		.hook = sdwan_gre_hook6,
		.pf = NFPROTO_IPV6,
		.hooknum = NF_INET_LOCAL_IN,
		.priority = NF_IP6_PRI_LAST,
	},
#endif
};

static int sdwan_gre_open(struct sdwan_sock *ss)
{
	struct sdwan_net *sn = ss->sn;
	int err;

	if (list_empty(&sn->gre)) {
		err = nf_register_net_hooks(sn->net, sdwan_gre_hooks,
					    ARRAY_SIZE(sdwan_gre_hooks));
		if (err)
			return err;
	}
	list_add_rcu(&ss->gre, &sn->gre);
	return 0;
}

static void sdwan_gre_close(struct sdwan_sock *ss)
{
	struct sdwan_net *sn = ss->sn;

	list_del_rcu(&ss->gre);
	if (list_empty(&sn->gre))
		nf_unregister_net_hooks(sn->net, sdwan_gre_hooks,
					ARRAY_SIZE(sdwan_gre_hooks));
}

const struct sdwan_encap_ops sdwan_encap_gre = {
	.encap = SDWAN_ENCAP_GRE,
	.proto = IPPROTO_GRE,
	.hlen = SDWAN_GRE_KEYED_HLEN,
	.head4 = cpu_to_be32(SDWAN_GRE_HEAD(ETH_P_IP)),
	.head6 = cpu_to_be32(SDWAN_GRE_HEAD(ETH_P_IPV6)),
	.open = sdwan_gre_open,
	.close = sdwan_gre_close,
};
