// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: the MSS option of TCP (RFC 9293, section 3.7.1)
 *
 * For ends whose path MTU discovery does not work because somebody drops ICMP.
 */
#include <linux/tcp.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/tcp.h>

#include "compat/compat.h"
#include "mss.h"

/* Where the TCP header is, or a negative error where there is none. */
static int sdwan_mss_tcp_offset(const struct sk_buff *skb)
{
	const struct iphdr *iph = ip_hdr(skb);
	__be16 frag_off;
	u8 nexthdr;
	int off;

	if (skb->protocol == htons(ETH_P_IP))
		return iph->protocol == IPPROTO_TCP && !ip_is_fragment(iph) ?
		       iph->ihl * 4 : -ENOENT;

	nexthdr = ipv6_hdr(skb)->nexthdr;
	off = ipv6_skip_exthdr(skb, sizeof(struct ipv6hdr), &nexthdr, &frag_off);
	return off >= 0 && nexthdr == IPPROTO_TCP && !frag_off ? off : -ENOENT;
}

/* The option's value, NULL where there is no such option. */
static u8 *sdwan_mss_find(struct tcphdr *th)
{
	u8 *opt = (u8 *)(th + 1);
	u8 *end = (u8 *)th + th->doff * 4;

	while (end - opt >= TCPOLEN_MSS) {
		if (*opt == TCPOPT_EOL)
			return NULL;
		if (*opt == TCPOPT_NOP) {
			opt++;
			continue;
		}
		if (opt[1] < 2)
			return NULL;
		if (*opt == TCPOPT_MSS && opt[1] == TCPOLEN_MSS)
			return opt + 2;
		opt += opt[1];
	}
	return NULL;
}

static void sdwan_mss_lower(struct sk_buff *skb, struct tcphdr *th, u16 mss)
{
	u8 *opt = sdwan_mss_find(th);
	u16 old;

	if (!opt)
		return;
	old = get_unaligned_be16(opt);
	if (old <= mss)
		return;
	put_unaligned_be16(mss, opt);
	/* the checksum is over words at even offsets */
	if ((opt - (u8 *)th) & 1) {
		old = swab16(old);
		mss = swab16(mss);
	}
	inet_proto_csum_replace2(&th->check, skb, htons(old), htons(mss), false);
}

/**
 * sdwan_mss_clamp() - lower the MSS option of a TCP segment with SYN
 * @skb: inner packet at its IP header, which is in the linear part; anything
 *	else than such a segment is left as it is
 * @mtu: the largest inner packet that fits the path
 *
 * Context: Any.
 */
void sdwan_mss_clamp(struct sk_buff *skb, unsigned int mtu)
{
	int off = sdwan_mss_tcp_offset(skb);
	unsigned int hlen;
	struct tcphdr *th;

	if (off < 0 || !pskb_may_pull(skb, off + sizeof(*th)))
		return;
	th = (struct tcphdr *)(skb->data + off);
	hlen = th->doff * 4;
	if (likely(!th->syn) || hlen <= sizeof(*th) || mtu <= off + sizeof(*th) ||
	    skb_ensure_writable(skb, off + hlen))
		return;

	th = (struct tcphdr *)(skb->data + off);
	sdwan_mss_lower(skb, th, min_t(unsigned int, mtu - off - sizeof(*th),
				       U16_MAX));
}
