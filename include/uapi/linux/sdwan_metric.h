/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/*
 * sdwan: what programs that compute the cost of a path are given
 *
 * A metric is a BPF program of type socket filter, classic or extended.  The
 * "packet" that it sees is a struct sdwan_metric_block: it loads from there
 * as it would load a header (BPF_LD | BPF_W | BPF_ABS with the offset of a
 * field, or bpf_skb_load_bytes()).  What it returns is the cost: lower is
 * better, SDWAN_METRIC_NEVER says that the path is not to be used, and 0,
 * which loads beyond the block and divisions by zero yield, is an error and
 * counts as SDWAN_METRIC_NEVER.
 *
 * All fields are unsigned and in network byte order.  One that is not known
 * is SDWAN_METRIC_UNKNOWN, so that it makes a cost large and not small; one
 * that does not fit is SDWAN_METRIC_UNKNOWN - 1.  The fields of a section
 * that is not valid are not known.
 *
 * Nothing of this layout ever changes.  Later versions give a name to what is
 * reserved, and append; what is reserved is SDWAN_METRIC_UNKNOWN.
 */
#ifndef _UAPI_LINUX_SDWAN_METRIC_H
#define _UAPI_LINUX_SDWAN_METRIC_H

#include <linux/types.h>

#define SDWAN_METRIC_VERSION	1

#define SDWAN_METRIC_UNKNOWN	0xffffffffU
#define SDWAN_METRIC_NEVER	0xffffffffU

/**
 * struct sdwan_metric_path - what one end knows of the path
 * @valid: 1 when there are statistics: the path is probed, and was answered
 * @age_ms: since the other end was last heard
 * @rtt_us: smoothed round-trip time
 * @rtt_var_us: its mean deviation
 * @rtt_min_us: the shortest one
 * @delay_var_tx_us: variation of the one-way delay from this end
 * @delay_var_rx_us: the same to this end
 * @loss_ppm: the largest of the following four that are known, in millionths
 * @probe_loss_tx_ppm: part of the probes that is lost from this end
 * @probe_loss_rx_ppm: part of the answers that is lost to this end
 * @data_loss_tx_ppm: part of the data packets that is lost from this end
 * @data_loss_rx_ppm: the same to this end
 * @tx_kbit: data sent, kbit/s
 * @rx_kbit: data received, kbit/s
 * @mtu: largest inner packet, bytes
 * @preference: as configured
 * @reserved: not known
 *
 * @mtu and @preference are known whether or not there are statistics.
 */
struct sdwan_metric_path {
	__be32 valid;
	__be32 age_ms;
	__be32 rtt_us;
	__be32 rtt_var_us;
	__be32 rtt_min_us;
	__be32 delay_var_tx_us;
	__be32 delay_var_rx_us;
	__be32 loss_ppm;
	__be32 probe_loss_tx_ppm;
	__be32 probe_loss_rx_ppm;
	__be32 data_loss_tx_ppm;
	__be32 data_loss_rx_ppm;
	__be32 tx_kbit;
	__be32 rx_kbit;
	__be32 mtu;
	__be32 preference;
	__be32 reserved[16];
};

/**
 * struct sdwan_metric_underlay - an end's attachment to the WAN
 * @valid: 1 when there are statistics: its device exists, and was looked at
 * @age_ms: since the device was looked at
 * @rate_kbit: capacity as configured, kbit/s
 * @cost: as configured
 * @tx_kbit: sent by the device, kbit/s
 * @rx_kbit: received by the device, kbit/s
 * @load_ppm: the larger of both in millionths of the capacity
 * @errors: errors of the device per second, of both directions
 * @reserved: not known
 *
 * @rate_kbit and @cost are known whether or not there are statistics; the
 * former is not known while it is not configured.
 */
struct sdwan_metric_underlay {
	__be32 valid;
	__be32 age_ms;
	__be32 rate_kbit;
	__be32 cost;
	__be32 tx_kbit;
	__be32 rx_kbit;
	__be32 load_ppm;
	__be32 errors;
	__be32 reserved[8];
};

/**
 * struct sdwan_metric_device - an end as such
 * @valid: 1 when it is known
 * @age_ms: since it was looked at
 * @load_ppm: load average of the last minute, in millionths of the processors
 * @cpus: processors that are online
 * @flows: flows that are remembered
 * @paths: paths that exist
 * @reserved: not known
 */
struct sdwan_metric_device {
	__be32 valid;
	__be32 age_ms;
	__be32 load_ppm;
	__be32 cpus;
	__be32 flows;
	__be32 paths;
	__be32 reserved[10];
};

/**
 * struct sdwan_metric_block - what a metric is computed from
 * @version: SDWAN_METRIC_VERSION of the kernel
 * @len: bytes of the block
 * @time: seconds since midnight, UTC
 * @weekday: 1 for Monday to 7 for Sunday, UTC
 * @reserved: not known
 * @path: the path as this end sees it
 * @far_path: the same as the other end sees it
 * @underlay: of the path, at this end
 * @far_underlay: of the path, at the other end
 * @device: this end
 * @far_device: the other end
 *
 * What the other end says of itself is known of paths to a peer with a key that are
 * probed. It is told each second or so while the path is in use, else behind each
 * 16th probe; ages count from when it was found out there.
 */
struct sdwan_metric_block {
	__be32 version;
	__be32 len;
	__be32 time;
	__be32 weekday;
	__be32 reserved[4];
	struct sdwan_metric_path path;
	struct sdwan_metric_path far_path;
	struct sdwan_metric_underlay underlay;
	struct sdwan_metric_underlay far_underlay;
	struct sdwan_metric_device device;
	struct sdwan_metric_device far_device;
};

#endif /* _UAPI_LINUX_SDWAN_METRIC_H */
