// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: counters
 *
 * All counting happens on the CPU that handles the packet, with bottom halves
 * off: no lock, no shared cache line.
 */
#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include <linux/string.h>

#include "stats.h"

const char * const sdwan_drop_names[SDWAN_DROP_COUNT] = {
	[SDWAN_DROP_TX_NOT_IP] = "tx_drop_not_ip",
	[SDWAN_DROP_TX_MALFORMED] = "tx_drop_malformed",
	[SDWAN_DROP_TX_METADATA] = "tx_drop_metadata",
	[SDWAN_DROP_TX_NO_SITE] = "tx_drop_no_site",
	[SDWAN_DROP_TX_NEGATIVE] = "tx_drop_negative_prefix",
	[SDWAN_DROP_TX_NO_PATH] = "tx_drop_no_path",
	[SDWAN_DROP_TX_TOO_BIG] = "tx_drop_too_big",
	[SDWAN_DROP_TX_FRAGMENT] = "tx_drop_fragment",
	[SDWAN_DROP_TX_LOOP] = "tx_drop_loop",
	[SDWAN_DROP_TX_NO_MEMORY] = "tx_drop_no_memory",
	[SDWAN_DROP_TX_GSO] = "tx_drop_gso",
	[SDWAN_DROP_TX_RULE] = "tx_drop_rule",
	[SDWAN_DROP_TX_STRICT] = "tx_drop_strict",
	[SDWAN_DROP_TX_NO_SEGMENT] = "tx_drop_no_segment",
	[SDWAN_DROP_TX_TWICE] = "tx_duplicate_twice",
	[SDWAN_DROP_TX_ONCE] = "tx_duplicate_once",
	[SDWAN_DROP_TX_UNNUMBERED] = "tx_duplicate_unnumbered",
	[SDWAN_DROP_TX_DIRECT] = "tx_direct",
	[SDWAN_DROP_RX_NO_UNDERLAY] = "rx_drop_no_underlay",
	[SDWAN_DROP_RX_TRUNCATED] = "rx_drop_truncated",
	[SDWAN_DROP_RX_VERSION] = "rx_drop_version",
	[SDWAN_DROP_RX_FLAGS] = "rx_drop_flags",
	[SDWAN_DROP_RX_CHECKSUM] = "rx_drop_checksum",
	[SDWAN_DROP_RX_POLICY] = "rx_drop_policy",
	[SDWAN_DROP_RX_CRITICAL_OPTION] = "rx_drop_critical_option",
	[SDWAN_DROP_RX_BAD_OPTION] = "rx_drop_bad_option",
	[SDWAN_DROP_RX_PROTOCOL] = "rx_drop_protocol",
	[SDWAN_DROP_RX_CONTROL] = "rx_drop_control",
	[SDWAN_DROP_RX_UNKNOWN_PATH] = "rx_drop_unknown_path",
	[SDWAN_DROP_RX_ENCAP] = "rx_drop_encapsulation",
	[SDWAN_DROP_RX_OTHER_KEY] = "rx_gre_other_key",
	[SDWAN_DROP_RX_PATH_DOWN] = "rx_drop_path_down",
	[SDWAN_DROP_RX_NO_SEGMENT] = "rx_drop_no_segment",
	[SDWAN_DROP_RX_SEGMENT_DOWN] = "rx_drop_segment_down",
	[SDWAN_DROP_RX_INNER] = "rx_drop_inner",
	[SDWAN_DROP_RX_ECN] = "rx_drop_ecn",
	[SDWAN_DROP_RX_SOURCE] = "rx_drop_source",
	[SDWAN_DROP_RX_BACKLOG] = "rx_drop_backlog",
	[SDWAN_DROP_RX_NO_MEMORY] = "rx_drop_no_memory",
	[SDWAN_DROP_RX_AGAIN] = "rx_duplicate_removed",
	[SDWAN_DROP_RX_LATE] = "rx_duplicate_late",
	[SDWAN_DROP_RX_MOVED] = "rx_duplicate_moved",
	[SDWAN_DROP_RX_DIRECT] = "rx_direct",
	[SDWAN_DROP_RX_PROBE_MALFORMED] = "rx_drop_probe_malformed",
	[SDWAN_DROP_RX_PROBE_TRUNCATED] = "rx_drop_probe_truncated",
	[SDWAN_DROP_RX_PROBE_KEY] = "rx_drop_probe_key",
	[SDWAN_DROP_RX_PROBE_RATE] = "rx_drop_probe_rate",
	[SDWAN_DROP_RX_PROBE_UNEXPECTED] = "rx_drop_probe_unexpected",
	[SDWAN_DROP_RX_PROBE_IDENTITY] = "rx_drop_probe_identity",
	[SDWAN_DROP_RX_PROBE_REPEATED] = "rx_drop_probe_repeated",
	[SDWAN_DROP_RX_PROBE_STALE] = "rx_probe_stale",
	[SDWAN_DROP_RX_PROBE_TAKEN] = "rx_probe_taken",
	[SDWAN_DROP_RX_PROBE_ANONYMOUS] = "rx_probe_anonymous",
	[SDWAN_DROP_RX_ICMP] = "rx_icmp_unreachable",
};

/*
 * What drop monitors are told: the nearest of the core's reasons. A module cannot
 * register reasons of its own; the exact cause is in the counters.
 */
static const enum skb_drop_reason sdwan_drop_reasons[SDWAN_DROP_COUNT] = {
	[SDWAN_DROP_TX_NOT_IP] = SKB_DROP_REASON_UNHANDLED_PROTO,
	[SDWAN_DROP_TX_MALFORMED] = SKB_DROP_REASON_IP_INHDR,
	[SDWAN_DROP_TX_METADATA] = SKB_DROP_REASON_IP_OUTNOROUTES,
	[SDWAN_DROP_TX_NO_SITE] = SKB_DROP_REASON_IP_OUTNOROUTES,
	[SDWAN_DROP_TX_NEGATIVE] = SKB_DROP_REASON_IP_OUTNOROUTES,
	[SDWAN_DROP_TX_NO_PATH] = SKB_DROP_REASON_DEV_READY,
	[SDWAN_DROP_TX_TOO_BIG] = SKB_DROP_REASON_PKT_TOO_BIG,
	[SDWAN_DROP_TX_FRAGMENT] = SKB_DROP_REASON_NOT_SPECIFIED,
	[SDWAN_DROP_TX_LOOP] = SKB_DROP_REASON_NOT_SPECIFIED,
	[SDWAN_DROP_TX_NO_MEMORY] = SKB_DROP_REASON_NOMEM,
	[SDWAN_DROP_TX_GSO] = SKB_DROP_REASON_SKB_GSO_SEG,
	[SDWAN_DROP_TX_RULE] = SKB_DROP_REASON_NETFILTER_DROP,
	[SDWAN_DROP_TX_STRICT] = SKB_DROP_REASON_DEV_READY,
	[SDWAN_DROP_TX_NO_SEGMENT] = SKB_DROP_REASON_DEV_READY,
	[SDWAN_DROP_TX_TWICE] = SKB_DROP_REASON_NOT_SPECIFIED,
	[SDWAN_DROP_TX_ONCE] = SKB_DROP_REASON_NOT_SPECIFIED,
	[SDWAN_DROP_TX_UNNUMBERED] = SKB_DROP_REASON_NOT_SPECIFIED,
	[SDWAN_DROP_TX_DIRECT] = SKB_DROP_REASON_NOT_SPECIFIED,
	[SDWAN_DROP_RX_NO_UNDERLAY] = SKB_DROP_REASON_NO_SOCKET,
	[SDWAN_DROP_RX_TRUNCATED] = SKB_DROP_REASON_HDR_TRUNC,
	[SDWAN_DROP_RX_VERSION] = SKB_DROP_REASON_INVALID_PROTO,
	[SDWAN_DROP_RX_FLAGS] = SKB_DROP_REASON_INVALID_PROTO,
	[SDWAN_DROP_RX_CHECKSUM] = SKB_DROP_REASON_IP_CSUM,
	[SDWAN_DROP_RX_POLICY] = SKB_DROP_REASON_XFRM_POLICY,
	[SDWAN_DROP_RX_CRITICAL_OPTION] = SKB_DROP_REASON_UNHANDLED_PROTO,
	[SDWAN_DROP_RX_BAD_OPTION] = SKB_DROP_REASON_INVALID_PROTO,
	[SDWAN_DROP_RX_PROTOCOL] = SKB_DROP_REASON_UNHANDLED_PROTO,
	[SDWAN_DROP_RX_CONTROL] = SKB_DROP_REASON_UNHANDLED_PROTO,
	[SDWAN_DROP_RX_UNKNOWN_PATH] = SKB_DROP_REASON_IP_INADDRERRORS,
	[SDWAN_DROP_RX_ENCAP] = SKB_DROP_REASON_IP_INADDRERRORS,
	[SDWAN_DROP_RX_OTHER_KEY] = SKB_DROP_REASON_NOT_SPECIFIED,
	[SDWAN_DROP_RX_PATH_DOWN] = SKB_DROP_REASON_DEV_READY,
	[SDWAN_DROP_RX_NO_SEGMENT] = SKB_DROP_REASON_DEV_HDR,
	[SDWAN_DROP_RX_SEGMENT_DOWN] = SKB_DROP_REASON_DEV_READY,
	[SDWAN_DROP_RX_INNER] = SKB_DROP_REASON_IP_INHDR,
	[SDWAN_DROP_RX_ECN] = SKB_DROP_REASON_NOT_SPECIFIED,
	[SDWAN_DROP_RX_SOURCE] = SKB_DROP_REASON_IP_RPFILTER,
	[SDWAN_DROP_RX_BACKLOG] = SKB_DROP_REASON_CPU_BACKLOG,
	[SDWAN_DROP_RX_NO_MEMORY] = SKB_DROP_REASON_NOMEM,
	[SDWAN_DROP_RX_AGAIN] = SKB_DROP_REASON_NOT_SPECIFIED,
	[SDWAN_DROP_RX_LATE] = SKB_DROP_REASON_NOT_SPECIFIED,
	[SDWAN_DROP_RX_MOVED] = SKB_DROP_REASON_NOT_SPECIFIED,
	[SDWAN_DROP_RX_DIRECT] = SKB_DROP_REASON_NOT_SPECIFIED,
	[SDWAN_DROP_RX_PROBE_MALFORMED] = SKB_DROP_REASON_IP_INHDR,
	[SDWAN_DROP_RX_PROBE_TRUNCATED] = SKB_DROP_REASON_HDR_TRUNC,
	[SDWAN_DROP_RX_PROBE_KEY] = SKB_DROP_REASON_XFRM_POLICY,
	[SDWAN_DROP_RX_PROBE_RATE] = SKB_DROP_REASON_NOT_SPECIFIED,
	[SDWAN_DROP_RX_PROBE_UNEXPECTED] = SKB_DROP_REASON_NO_SOCKET,
	[SDWAN_DROP_RX_PROBE_IDENTITY] = SKB_DROP_REASON_XFRM_POLICY,
	[SDWAN_DROP_RX_PROBE_REPEATED] = SKB_DROP_REASON_NOT_SPECIFIED,
	[SDWAN_DROP_RX_PROBE_STALE] = SKB_DROP_REASON_NOT_SPECIFIED,
	[SDWAN_DROP_RX_PROBE_TAKEN] = SKB_DROP_REASON_NOT_SPECIFIED,
	[SDWAN_DROP_RX_PROBE_ANONYMOUS] = SKB_DROP_REASON_NOT_SPECIFIED,
	[SDWAN_DROP_RX_ICMP] = SKB_DROP_REASON_NOT_SPECIFIED,
};

/**
 * sdwan_drops_alloc() - make a set of drop counters
 *
 * Return: the counters, to be freed by free_percpu(), or NULL.
 */
struct sdwan_drops __percpu *sdwan_drops_alloc(void)
{
	return __netdev_alloc_pcpu_stats(struct sdwan_drops,
					 GFP_KERNEL_ACCOUNT);
}

/**
 * sdwan_drop_add() - count packets, most of which go no further
 * @drops: counters
 * @cause: why, or what else is remarkable about them
 * @packets: how many
 *
 * Context: Bottom halves off.
 */
void sdwan_drop_add(struct sdwan_drops __percpu *drops, enum sdwan_drop cause,
		    unsigned int packets)
{
	struct sdwan_drops *cpu = this_cpu_ptr(drops);

	u64_stats_update_begin(&cpu->syncp);
	u64_stats_add(&cpu->packets[cause], packets);
	u64_stats_update_end(&cpu->syncp);
}

/**
 * sdwan_drop() - count a packet that goes no further, and free it
 * @drops: counters
 * @skb: packet
 * @cause: why
 *
 * Context: Bottom halves off.
 */
void sdwan_drop(struct sdwan_drops __percpu *drops, struct sk_buff *skb,
		enum sdwan_drop cause)
{
	sdwan_drop_count(drops, cause);
	kfree_skb_reason(skb, sdwan_drop_reasons[cause]);
}

/**
 * sdwan_drops_sum() - add up drop counters over all CPUs
 * @drops: counters
 * @sum: result, overwritten
 */
void sdwan_drops_sum(const struct sdwan_drops __percpu *drops,
		     u64 sum[SDWAN_DROP_COUNT])
{
	u64 packets[SDWAN_DROP_COUNT];
	unsigned int start;
	int cpu, i;

	memset(sum, 0, SDWAN_DROP_COUNT * sizeof(*sum));
	for_each_possible_cpu(cpu) {
		const struct sdwan_drops *one = per_cpu_ptr(drops, cpu);

		do {
			start = u64_stats_fetch_begin(&one->syncp);
			for (i = 0; i < SDWAN_DROP_COUNT; i++)
				packets[i] = u64_stats_read(&one->packets[i]);
		} while (u64_stats_fetch_retry(&one->syncp, start));

		for (i = 0; i < SDWAN_DROP_COUNT; i++)
			sum[i] += packets[i];
	}
}

/**
 * sdwan_path_stats_alloc() - make the counters of a path
 *
 * Return: the counters, to be freed by free_percpu(), or NULL.
 */
struct sdwan_path_stats __percpu *sdwan_path_stats_alloc(void)
{
	return __netdev_alloc_pcpu_stats(struct sdwan_path_stats,
					 GFP_KERNEL_ACCOUNT);
}

/**
 * sdwan_path_stats_tx() - count what is sent over a path
 * @stats: counters of the path
 * @packets: outer packets
 * @bytes: their bytes from the outer IP header on
 *
 * Context: Bottom halves off.
 */
void sdwan_path_stats_tx(struct sdwan_path_stats __percpu *stats,
			 unsigned int packets, unsigned int bytes)
{
	struct sdwan_path_stats *cpu = this_cpu_ptr(stats);

	u64_stats_update_begin(&cpu->syncp);
	u64_stats_add(&cpu->tx_packets, packets);
	u64_stats_add(&cpu->tx_bytes, bytes);
	u64_stats_update_end(&cpu->syncp);
}

/**
 * sdwan_path_stats_rx() - count what came by a path and was accepted
 * @stats: counters of the path
 * @packets: outer packets
 * @bytes: their bytes from the outer IP header on
 *
 * Context: Bottom halves off.
 */
void sdwan_path_stats_rx(struct sdwan_path_stats __percpu *stats,
			 unsigned int packets, unsigned int bytes)
{
	struct sdwan_path_stats *cpu = this_cpu_ptr(stats);

	u64_stats_update_begin(&cpu->syncp);
	u64_stats_add(&cpu->rx_packets, packets);
	u64_stats_add(&cpu->rx_bytes, bytes);
	u64_stats_update_end(&cpu->syncp);
}

/**
 * sdwan_path_stats_tx_error() - count a packet that a path could not send
 * @stats: counters of the path
 *
 * Context: Bottom halves off.
 */
void sdwan_path_stats_tx_error(struct sdwan_path_stats __percpu *stats)
{
	struct sdwan_path_stats *cpu = this_cpu_ptr(stats);

	u64_stats_update_begin(&cpu->syncp);
	u64_stats_inc(&cpu->tx_errors);
	u64_stats_update_end(&cpu->syncp);
}

/**
 * sdwan_path_stats_rx_error() - count a packet that came by a path and was
 *	dropped
 * @stats: counters of the path
 *
 * Context: Bottom halves off.
 */
void sdwan_path_stats_rx_error(struct sdwan_path_stats __percpu *stats)
{
	struct sdwan_path_stats *cpu = this_cpu_ptr(stats);

	u64_stats_update_begin(&cpu->syncp);
	u64_stats_inc(&cpu->rx_errors);
	u64_stats_update_end(&cpu->syncp);
}

/**
 * sdwan_path_stats_rx_refused() - count data that came by a path and was dropped
 * @stats: counters of the path
 * @packets: outer packets
 *
 * Context: Bottom halves off.
 */
void sdwan_path_stats_rx_refused(struct sdwan_path_stats __percpu *stats,
				 unsigned int packets)
{
	struct sdwan_path_stats *cpu = this_cpu_ptr(stats);

	u64_stats_update_begin(&cpu->syncp);
	u64_stats_inc(&cpu->rx_errors);
	u64_stats_add(&cpu->rx_refused, packets);
	u64_stats_update_end(&cpu->syncp);
}

/**
 * sdwan_path_stats_rx_duplicate() - count a packet that came by a path and was not
 *	needed
 * @stats: counters of the path
 *
 * Context: Bottom halves off.
 */
void sdwan_path_stats_rx_duplicate(struct sdwan_path_stats __percpu *stats)
{
	struct sdwan_path_stats *cpu = this_cpu_ptr(stats);

	u64_stats_update_begin(&cpu->syncp);
	u64_stats_inc(&cpu->rx_duplicates);
	u64_stats_update_end(&cpu->syncp);
}

/**
 * sdwan_path_stats_sum() - add up the counters of a path over all CPUs
 * @stats: counters
 * @sum: result, overwritten
 */
void sdwan_path_stats_sum(const struct sdwan_path_stats __percpu *stats,
			  struct sdwan_path_sums *sum)
{
	struct sdwan_path_sums one;
	unsigned int start;
	int cpu;

	memset(sum, 0, sizeof(*sum));
	for_each_possible_cpu(cpu) {
		const struct sdwan_path_stats *from = per_cpu_ptr(stats, cpu);

		do {
			start = u64_stats_fetch_begin(&from->syncp);
			one.tx_packets = u64_stats_read(&from->tx_packets);
			one.tx_bytes = u64_stats_read(&from->tx_bytes);
			one.rx_packets = u64_stats_read(&from->rx_packets);
			one.rx_bytes = u64_stats_read(&from->rx_bytes);
			one.tx_errors = u64_stats_read(&from->tx_errors);
			one.rx_errors = u64_stats_read(&from->rx_errors);
			one.rx_duplicates =
				u64_stats_read(&from->rx_duplicates);
			one.rx_refused = u64_stats_read(&from->rx_refused);
		} while (u64_stats_fetch_retry(&from->syncp, start));

		sum->tx_packets += one.tx_packets;
		sum->tx_bytes += one.tx_bytes;
		sum->rx_packets += one.rx_packets;
		sum->rx_bytes += one.rx_bytes;
		sum->tx_errors += one.tx_errors;
		sum->rx_errors += one.rx_errors;
		sum->rx_duplicates += one.rx_duplicates;
		sum->rx_refused += one.rx_refused;
	}
}
