/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: counters
 *
 * Errors from the network are data.  Each packet that goes no further is
 * counted once under the name of its cause: on the netdevice where one is
 * known (ethtool -S), else on the fabric (sdwanctl -s status).
 */
#ifndef _SDWAN_STATS_H
#define _SDWAN_STATS_H

#include <linux/types.h>
#include <linux/u64_stats_sync.h>

struct sk_buff;

/**
 * enum sdwan_drop - why a packet goes no further
 * @SDWAN_DROP_TX_NOT_IP: neither IPv4 nor IPv6
 * @SDWAN_DROP_TX_MALFORMED: bad version or lengths
 * @SDWAN_DROP_TX_METADATA: tunnel metadata of another segment or of nobody
 * @SDWAN_DROP_TX_NO_SITE: no next hop or prefix tells the site
 * @SDWAN_DROP_TX_NEGATIVE: a negative prefix covers the destination
 * @SDWAN_DROP_TX_NO_PATH: no path to the site is up and has a route
 * @SDWAN_DROP_TX_TOO_BIG: exceeds the MTU of the path; the sender was told
 * @SDWAN_DROP_TX_FRAGMENT: could not be fragmented
 * @SDWAN_DROP_TX_LOOP: overlay within itself, or too many overlays in overlays
 * @SDWAN_DROP_TX_NO_MEMORY: no memory for the outer headers
 * @SDWAN_DROP_TX_GSO: GSO packet longer than can be segmented
 * @SDWAN_DROP_TX_RULE: a rule says so
 * @SDWAN_DROP_TX_STRICT: no member of the class is up, and it is strict
 * @SDWAN_DROP_TX_NO_SEGMENT: a rule leads to a segment that has no netdevice here
 *	that is up
 * @SDWAN_DROP_TX_TWICE: not dropped, but sent over two paths
 * @SDWAN_DROP_TX_ONCE: not dropped, but sent over one path where its class says
 *	two, as there was no other
 * @SDWAN_DROP_TX_UNNUMBERED: not dropped, but sent over one path where its class
 *	says two, as that cannot tell the far end its number
 * @SDWAN_DROP_TX_DIRECT: not dropped, but past routing and firewall
 * @SDWAN_DROP_RX_NO_UNDERLAY: the underlay of the socket is gone
 * @SDWAN_DROP_RX_TRUNCATED: too short for the encapsulation
 * @SDWAN_DROP_RX_VERSION: unknown version of the encapsulation
 * @SDWAN_DROP_RX_FLAGS: flags that contradict each other or are not known
 * @SDWAN_DROP_RX_CHECKSUM: bad checksum of GRE
 * @SDWAN_DROP_RX_POLICY: an IPsec policy forbids it
 * @SDWAN_DROP_RX_CRITICAL_OPTION: an option that must be understood and is not
 * @SDWAN_DROP_RX_BAD_OPTION: options exceed the packet or their own length
 * @SDWAN_DROP_RX_PROTOCOL: carries neither IPv4 nor IPv6
 * @SDWAN_DROP_RX_CONTROL: marked as control traffic, or VNI 0, but no probe
 * @SDWAN_DROP_RX_UNKNOWN_PATH: no path has this remote address
 * @SDWAN_DROP_RX_ENCAP: the path to this remote address has another encapsulation
 * @SDWAN_DROP_RX_OTHER_KEY: GRE of a path's addresses whose key is of no segment;
 *	not dropped, but left to whoever else receives GRE
 * @SDWAN_DROP_RX_PATH_DOWN: the path is administratively down
 * @SDWAN_DROP_RX_NO_SEGMENT: no segment has this VNI
 * @SDWAN_DROP_RX_SEGMENT_DOWN: the netdevice is down
 * @SDWAN_DROP_RX_INNER: bad inner version or lengths
 * @SDWAN_DROP_RX_ECN: congestion experienced outside, ECN not spoken inside (RFC 6040)
 * @SDWAN_DROP_RX_SOURCE: inner source address is not of the peer's site
 * @SDWAN_DROP_RX_BACKLOG: receive queue full
 * @SDWAN_DROP_RX_NO_MEMORY: no memory to take off the outer headers
 * @SDWAN_DROP_RX_AGAIN: sent twice, and has come before
 * @SDWAN_DROP_RX_LATE: sent twice, and so late that nobody knows whether it has
 *	come before
 * @SDWAN_DROP_RX_MOVED: not dropped, but the numbers of its sender have jumped
 * @SDWAN_DROP_RX_DIRECT: not dropped, but past routing and firewall
 * @SDWAN_DROP_RX_PROBE_MALFORMED: a probe with bad lengths or checksums
 * @SDWAN_DROP_RX_PROBE_TRUNCATED: shorter than a probe is (RFC 8762)
 * @SDWAN_DROP_RX_PROBE_KEY: made by no key that is valid for this path
 * @SDWAN_DROP_RX_PROBE_RATE: more probes than are answered on a path
 * @SDWAN_DROP_RX_PROBE_UNEXPECTED: answers nothing that was asked and is not
 *	answered yet, or comes from the port of reflectors
 * @SDWAN_DROP_RX_PROBE_IDENTITY: made by a key, but does not say that it is from the
 *	peer of this path to us
 * @SDWAN_DROP_RX_PROBE_REPEATED: has come before, or so late that nobody knows
 * @SDWAN_DROP_RX_PROBE_STALE: not dropped, but made before one of the ends has
 *	booted: answered without being believed
 * @SDWAN_DROP_RX_PROBE_TAKEN: not dropped, but came from where another path leads
 *	that is said to
 * @SDWAN_DROP_RX_PROBE_ANONYMOUS: not dropped, but does not say who has made it, or
 *	not what its HMAC says: answered without being believed
 * @SDWAN_DROP_RX_ICMP: not dropped, but says that packets of a path do not get through
 * @SDWAN_DROP_COUNT: number of causes
 * @SDWAN_DROP_RX_FIRST: causes before this one are of transmit
 *
 * The order is that of ethtool -S, with names from sdwan_drop_names.
 */
enum sdwan_drop {
	SDWAN_DROP_TX_NOT_IP,
	SDWAN_DROP_TX_MALFORMED,
	SDWAN_DROP_TX_METADATA,
	SDWAN_DROP_TX_NO_SITE,
	SDWAN_DROP_TX_NEGATIVE,
	SDWAN_DROP_TX_NO_PATH,
	SDWAN_DROP_TX_TOO_BIG,
	SDWAN_DROP_TX_FRAGMENT,
	SDWAN_DROP_TX_LOOP,
	SDWAN_DROP_TX_NO_MEMORY,
	SDWAN_DROP_TX_GSO,
	SDWAN_DROP_TX_RULE,
	SDWAN_DROP_TX_STRICT,
	SDWAN_DROP_TX_NO_SEGMENT,
	SDWAN_DROP_TX_TWICE,
	SDWAN_DROP_TX_ONCE,
	SDWAN_DROP_TX_UNNUMBERED,
	SDWAN_DROP_TX_DIRECT,
	SDWAN_DROP_RX_NO_UNDERLAY,
	SDWAN_DROP_RX_TRUNCATED,
	SDWAN_DROP_RX_VERSION,
	SDWAN_DROP_RX_FLAGS,
	SDWAN_DROP_RX_CHECKSUM,
	SDWAN_DROP_RX_POLICY,
	SDWAN_DROP_RX_CRITICAL_OPTION,
	SDWAN_DROP_RX_BAD_OPTION,
	SDWAN_DROP_RX_PROTOCOL,
	SDWAN_DROP_RX_CONTROL,
	SDWAN_DROP_RX_UNKNOWN_PATH,
	SDWAN_DROP_RX_ENCAP,
	SDWAN_DROP_RX_OTHER_KEY,
	SDWAN_DROP_RX_PATH_DOWN,
	SDWAN_DROP_RX_NO_SEGMENT,
	SDWAN_DROP_RX_SEGMENT_DOWN,
	SDWAN_DROP_RX_INNER,
	SDWAN_DROP_RX_ECN,
	SDWAN_DROP_RX_SOURCE,
	SDWAN_DROP_RX_BACKLOG,
	SDWAN_DROP_RX_NO_MEMORY,
	SDWAN_DROP_RX_AGAIN,
	SDWAN_DROP_RX_LATE,
	SDWAN_DROP_RX_MOVED,
	SDWAN_DROP_RX_DIRECT,
	SDWAN_DROP_RX_PROBE_MALFORMED,
	SDWAN_DROP_RX_PROBE_TRUNCATED,
	SDWAN_DROP_RX_PROBE_KEY,
	SDWAN_DROP_RX_PROBE_RATE,
	SDWAN_DROP_RX_PROBE_UNEXPECTED,
	SDWAN_DROP_RX_PROBE_IDENTITY,
	SDWAN_DROP_RX_PROBE_REPEATED,
	SDWAN_DROP_RX_PROBE_STALE,
	SDWAN_DROP_RX_PROBE_TAKEN,
	SDWAN_DROP_RX_PROBE_ANONYMOUS,
	SDWAN_DROP_RX_ICMP,
	SDWAN_DROP_COUNT,
	SDWAN_DROP_RX_FIRST = SDWAN_DROP_RX_NO_UNDERLAY,
};

/**
 * struct sdwan_drops - packets dropped on one CPU, by cause
 * @packets: the counts
 * @syncp: lets 32-bit readers see whole values
 */
struct sdwan_drops {
	u64_stats_t packets[SDWAN_DROP_COUNT];
	struct u64_stats_sync syncp;
};

/**
 * struct sdwan_path_stats - traffic of a path on one CPU
 * @tx_packets: outer packets sent, GSO segments counted
 * @tx_bytes: their bytes from the outer IP header on
 * @rx_packets: outer packets accepted, GRO segments counted
 * @rx_bytes: their bytes from the outer IP header on
 * @tx_errors: packets that could not be sent
 * @rx_errors: packets that came by this path and were dropped
 * @rx_duplicates: packets that came by this path and had been sent over another one,
 *	too, which was enough
 * @rx_refused: data packets among @rx_errors, GRO segments counted
 * @syncp: lets 32-bit readers see whole values
 */
struct sdwan_path_stats {
	u64_stats_t tx_packets;
	u64_stats_t tx_bytes;
	u64_stats_t rx_packets;
	u64_stats_t rx_bytes;
	u64_stats_t tx_errors;
	u64_stats_t rx_errors;
	u64_stats_t rx_duplicates;
	u64_stats_t rx_refused;
	struct u64_stats_sync syncp;
};

extern const char * const sdwan_drop_names[SDWAN_DROP_COUNT];

struct sdwan_drops __percpu *sdwan_drops_alloc(void);
void sdwan_drop_add(struct sdwan_drops __percpu *drops, enum sdwan_drop cause,
		    unsigned int packets);
void sdwan_drop(struct sdwan_drops __percpu *drops, struct sk_buff *skb,
		enum sdwan_drop cause);
void sdwan_drops_sum(const struct sdwan_drops __percpu *drops,
		     u64 sum[SDWAN_DROP_COUNT]);

/**
 * struct sdwan_path_sums - &struct sdwan_path_stats over all CPUs
 * @tx_packets: outer packets sent
 * @tx_bytes: their bytes
 * @rx_packets: outer packets accepted
 * @rx_bytes: their bytes
 * @tx_errors: packets that could not be sent
 * @rx_errors: packets that came by the path and were dropped
 * @rx_duplicates: packets that came by the path and were removed
 * @rx_refused: data packets among @rx_errors
 */
struct sdwan_path_sums {
	u64 tx_packets;
	u64 tx_bytes;
	u64 rx_packets;
	u64 rx_bytes;
	u64 tx_errors;
	u64 rx_errors;
	u64 rx_duplicates;
	u64 rx_refused;
};

struct sdwan_path_stats __percpu *sdwan_path_stats_alloc(void);
void sdwan_path_stats_tx(struct sdwan_path_stats __percpu *stats,
			 unsigned int packets, unsigned int bytes);
void sdwan_path_stats_rx(struct sdwan_path_stats __percpu *stats,
			 unsigned int packets, unsigned int bytes);
void sdwan_path_stats_tx_error(struct sdwan_path_stats __percpu *stats);
void sdwan_path_stats_rx_error(struct sdwan_path_stats __percpu *stats);
void sdwan_path_stats_rx_refused(struct sdwan_path_stats __percpu *stats,
				 unsigned int packets);
void sdwan_path_stats_rx_duplicate(struct sdwan_path_stats __percpu *stats);
void sdwan_path_stats_sum(const struct sdwan_path_stats __percpu *stats,
			  struct sdwan_path_sums *sum);

/**
 * sdwan_drop_count() - count a packet that goes no further
 * @drops: counters
 * @cause: why
 *
 * Context: Bottom halves off.
 */
static inline void sdwan_drop_count(struct sdwan_drops __percpu *drops,
				    enum sdwan_drop cause)
{
	sdwan_drop_add(drops, cause, 1);
}

#endif /* _SDWAN_STATS_H */
