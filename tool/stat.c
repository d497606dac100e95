// SPDX-License-Identifier: GPL-2.0
/*
 * sdwanctl: the names of the statistics that metrics are computed from
 */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "expr.h"

struct member {
	const char *name;
	unsigned int offset;
};

#define MEMBER(type, member) { #member, offsetof(struct type, member) }

static const struct member block[] = {
	MEMBER(sdwan_metric_block, time),
	MEMBER(sdwan_metric_block, weekday),
	{ }
};

static const struct member path[] = {
	MEMBER(sdwan_metric_path, valid),
	MEMBER(sdwan_metric_path, age_ms),
	MEMBER(sdwan_metric_path, rtt_us),
	MEMBER(sdwan_metric_path, rtt_var_us),
	MEMBER(sdwan_metric_path, rtt_min_us),
	MEMBER(sdwan_metric_path, delay_var_tx_us),
	MEMBER(sdwan_metric_path, delay_var_rx_us),
	MEMBER(sdwan_metric_path, loss_ppm),
	MEMBER(sdwan_metric_path, probe_loss_tx_ppm),
	MEMBER(sdwan_metric_path, probe_loss_rx_ppm),
	MEMBER(sdwan_metric_path, data_loss_tx_ppm),
	MEMBER(sdwan_metric_path, data_loss_rx_ppm),
	MEMBER(sdwan_metric_path, tx_kbit),
	MEMBER(sdwan_metric_path, rx_kbit),
	MEMBER(sdwan_metric_path, mtu),
	MEMBER(sdwan_metric_path, preference),
	{ }
};

static const struct member underlay[] = {
	MEMBER(sdwan_metric_underlay, valid),
	MEMBER(sdwan_metric_underlay, age_ms),
	MEMBER(sdwan_metric_underlay, rate_kbit),
	MEMBER(sdwan_metric_underlay, cost),
	MEMBER(sdwan_metric_underlay, tx_kbit),
	MEMBER(sdwan_metric_underlay, rx_kbit),
	MEMBER(sdwan_metric_underlay, load_ppm),
	MEMBER(sdwan_metric_underlay, errors),
	{ }
};

static const struct member device[] = {
	MEMBER(sdwan_metric_device, valid),
	MEMBER(sdwan_metric_device, age_ms),
	MEMBER(sdwan_metric_device, load_ppm),
	MEMBER(sdwan_metric_device, cpus),
	MEMBER(sdwan_metric_device, flows),
	MEMBER(sdwan_metric_device, paths),
	{ }
};

static const struct {
	const char *prefix;
	unsigned int offset;
	const struct member *members;
} sections[] = {
	{ "", 0, block },
	{ "", offsetof(struct sdwan_metric_block, path), path },
	{ "underlay.", offsetof(struct sdwan_metric_block, underlay),
	  underlay },
	{ "device.", offsetof(struct sdwan_metric_block, device), device },
	{ "far.", offsetof(struct sdwan_metric_block, far_path), path },
	{ "far.underlay.", offsetof(struct sdwan_metric_block, far_underlay),
	  underlay },
	{ "far.device.", offsetof(struct sdwan_metric_block, far_device),
	  device },
};

#define SECTIONS (sizeof(sections) / sizeof(*sections))

/* Where a statistic is, or -1. */
int stat_offset(const char *name, unsigned int len)
{
	const struct member *m;
	size_t i, skip;

	for (i = 0; i < SECTIONS; i++) {
		skip = strlen(sections[i].prefix);
		if (len < skip || memcmp(name, sections[i].prefix, skip))
			continue;
		for (m = sections[i].members; m->name; m++)
			if (strlen(m->name) == len - skip &&
			    !memcmp(name + skip, m->name, len - skip))
				return (int)(sections[i].offset + m->offset);
	}
	return -1;
}

/* All names, one after the other. */
void stat_each(void (*fn)(const void *arg, const char *name), const void *arg)
{
	const struct member *m;
	char name[STAT_NAME];
	size_t i;

	for (i = 0; i < SECTIONS; i++)
		for (m = sections[i].members; m->name; m++) {
			snprintf(name, sizeof(name), "%s%s",
				 sections[i].prefix, m->name);
			fn(arg, name);
		}
}
