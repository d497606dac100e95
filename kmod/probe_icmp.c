// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: routers that say that packets do not get through
 *
 * Anybody can say so who knows the addresses of the ends.  So a router is believed
 * where it quotes a probe that has no answer yet, its number and its time: these it
 * can only know from the packet itself.  Then the path is silent at once.  Where data is
 * quoted, or less of a packet, a probe is sent to find out.
 */
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/ip.h>
#include <linux/udp.h>

#include "probe.h"
#include "probe_guard.h"
#include "probe_icmp.h"
#include "probe_msg.h"
#include "stamp.h"

/* The begin of a probe: the time is at the end of it, in either mode. */
struct sdwan_icmp_probe {
	struct iphdr ip;
	struct udphdr udp;
	union {
		u8 stamp[offsetof(struct sdwan_stamp_auth_request, error)];
		struct sdwan_stamp_request plain;
		struct sdwan_stamp_auth_request auth;
	};
} __packed;

#define SDWAN_ICMP_PROBE_LEN \
	offsetofend(struct sdwan_icmp_probe, stamp)

/**
 * sdwan_icmp_refuses() - whether an ICMP error says that nothing gets through
 * @family: of the packet that it quotes
 * @icmp: its header
 *
 * A packet that was too long is another matter.
 *
 * Return: true where it does.
 */
bool sdwan_icmp_refuses(unsigned short family, const void *icmp)
{
	const struct icmp6hdr *icmp6h = icmp;
	const struct icmphdr *icmph = icmp;

	if (family == AF_INET6)
		return icmp6h->icmp6_type == ICMPV6_DEST_UNREACH ||
		       icmp6h->icmp6_type == ICMPV6_TIME_EXCEED;
	return icmph->type == ICMP_TIME_EXCEEDED ||
	       (icmph->type == ICMP_DEST_UNREACH &&
		icmph->code != ICMP_FRAG_NEEDED);
}

/* Is it a probe that waits for its answer, and none that was sent later has one? */
static bool sdwan_icmp_quotes(const struct sdwan_probe *probe,
			      const struct sdwan_icmp_probe *quoted)
{
	const struct sdwan_measure *m = &probe->measure;
	bool auth = sdwan_probe_auth(probe->path);
	__be64 stamp = auth ? quoted->auth.stamp : quoted->plain.stamp;
	u32 seq = be32_to_cpu(quoted->plain.seq);

	return quoted->ip.protocol == IPPROTO_UDP &&
	       quoted->udp.dest == htons(SDWAN_STAMP_PORT) &&
	       quoted->udp.source == htons(probe->sport) &&
	       (!m->counted || (s32)(seq - m->seq) > 0) &&
	       sdwan_probe_awaits(probe, quoted->plain.seq, stamp);
}

/**
 * sdwan_probe_refused() - somebody on the way says that nothing gets through
 * @cfg: path of the packet that is quoted
 * @skb: ICMP error
 * @off: where the quoted inner packet is
 *
 * Context: Under rcu_read_lock(), bottom halves off.
 */
void sdwan_probe_refused(const struct sdwan_path_cfg *cfg,
			 const struct sk_buff *skb, unsigned int off)
{
	struct sdwan_probe *probe = cfg->path->probe;
	const struct sdwan_icmp_probe *quoted;
	struct sdwan_icmp_probe buf;
	u64 now = ktime_get_ns();

	sdwan_drop_count(cfg->path->obj.sn->drops, SDWAN_DROP_RX_ICMP);
	quoted = skb_header_pointer(skb, off, SDWAN_ICMP_PROBE_LEN, &buf);
	spin_lock(&probe->lock);
	if (quoted && sdwan_icmp_quotes(probe, quoted))
		sdwan_probe_fail(probe, now);
	else
		sdwan_probe_doubt(probe, now);
	spin_unlock(&probe->lock);
}
