// SPDX-License-Identifier: GPL-2.0
/*
 * sdwanctl: the names of the statistics that metrics are computed from
 */
#include <stddef.h>
#include <string.h>

#include "expr.h"

#define STAT(name_, member) \
	{ .name = name_, .offset = offsetof(struct sdwan_metric_block, member) }

#define PATH_STATS(prefix, section)					\
	STAT(prefix "valid", section.valid),				\
	STAT(prefix "age_ms", section.age_ms),				\
	STAT(prefix "rtt_us", section.rtt_us),				\
	STAT(prefix "rtt_var_us", section.rtt_var_us),			\
	STAT(prefix "rtt_min_us", section.rtt_min_us),			\
	STAT(prefix "delay_var_tx_us", section.delay_var_tx_us),	\
	STAT(prefix "delay_var_rx_us", section.delay_var_rx_us),	\
	STAT(prefix "loss_ppm", section.loss_ppm),			\
	STAT(prefix "probe_loss_tx_ppm", section.probe_loss_tx_ppm),	\
	STAT(prefix "probe_loss_rx_ppm", section.probe_loss_rx_ppm),	\
	STAT(prefix "data_loss_tx_ppm", section.data_loss_tx_ppm),	\
	STAT(prefix "data_loss_rx_ppm", section.data_loss_rx_ppm),	\
	STAT(prefix "tx_kbit", section.tx_kbit),			\
	STAT(prefix "rx_kbit", section.rx_kbit),			\
	STAT(prefix "mtu", section.mtu),				\
	STAT(prefix "preference", section.preference)

#define UNDERLAY_STATS(prefix, section)					\
	STAT(prefix "underlay.valid", section.valid),			\
	STAT(prefix "underlay.age_ms", section.age_ms),			\
	STAT(prefix "underlay.rate_kbit", section.rate_kbit),		\
	STAT(prefix "underlay.cost", section.cost),			\
	STAT(prefix "underlay.tx_kbit", section.tx_kbit),		\
	STAT(prefix "underlay.rx_kbit", section.rx_kbit),		\
	STAT(prefix "underlay.load_ppm", section.load_ppm),		\
	STAT(prefix "underlay.errors", section.errors)

#define DEVICE_STATS(prefix, section)					\
	STAT(prefix "device.valid", section.valid),			\
	STAT(prefix "device.age_ms", section.age_ms),			\
	STAT(prefix "device.load_ppm", section.load_ppm),		\
	STAT(prefix "device.cpus", section.cpus),			\
	STAT(prefix "device.flows", section.flows),			\
	STAT(prefix "device.paths", section.paths)

const struct stat_name stat_names[] = {
	STAT("time", time),
	STAT("weekday", weekday),
	PATH_STATS("", path),
	UNDERLAY_STATS("", underlay),
	DEVICE_STATS("", device),
	PATH_STATS("far.", far_path),
	UNDERLAY_STATS("far.", far_underlay),
	DEVICE_STATS("far.", far_device),
	{ }
};

/* Where a statistic is, or -1. */
int stat_offset(const char *name, unsigned int len)
{
	const struct stat_name *s;

	for (s = stat_names; s->name; s++)
		if (strlen(s->name) == len && !memcmp(s->name, name, len))
			return (int)s->offset;
	return -1;
}
