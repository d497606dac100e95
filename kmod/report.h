/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: what the two ends of a path tell each other of what they have found out
 */
#ifndef _SDWAN_REPORT_H
#define _SDWAN_REPORT_H

#include <linux/skbuff.h>

#include "stamp_tlv.h"

struct sdwan_metric_block;
struct sdwan_path;
struct sdwan_probe;

/**
 * struct sdwan_report - what the far end has told last
 * @at: ktime at which it came, 0 for never
 * @has: sections that it has told, as SDWAN_TLV_PATH
 * @wants: sections of ours that it has a use for
 * @path: fields of &struct sdwan_metric_path
 * @underlay: of &struct sdwan_metric_underlay
 * @device: of &struct sdwan_metric_device
 *
 * Protected by whatever protects what it is part of.
 */
struct sdwan_report {
	u64 at;
	u8 has;
	u8 wants;
	__be32 path[SDWAN_TLV_PATH_FIELDS];
	__be32 underlay[SDWAN_TLV_UNDERLAY_FIELDS];
	__be32 device[SDWAN_TLV_DEVICE_FIELDS];
};

bool sdwan_report_due(const struct sdwan_probe *probe, u64 now);
unsigned int sdwan_report_fields(const struct sdwan_probe *probe);
void sdwan_report_write(const struct sdwan_path *path,
			struct sdwan_tlv_statistics *s, u8 wants);
void sdwan_report_erase(struct sdwan_tlv_statistics *s);
void sdwan_report_take(struct sdwan_probe *probe,
		       const struct sdwan_tlv_statistics *s, u64 now);
void sdwan_report_block(struct sdwan_metric_block *block,
			struct sdwan_probe *probe, u64 now);
int sdwan_report_fill(struct sk_buff *skb, const struct sdwan_report *report,
		      u64 now);

#endif /* _SDWAN_REPORT_H */
