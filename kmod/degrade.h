/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: paths that carry traffic badly
 */
#ifndef _SDWAN_DEGRADE_H
#define _SDWAN_DEGRADE_H

#include <linux/types.h>

struct sdwan_probe;
struct sdwan_sla_view;

void sdwan_degrade_look(struct sdwan_probe *probe,
			const struct sdwan_sla_view *view, u64 now);
void sdwan_degrade_end(struct sdwan_probe *probe);

#endif /* _SDWAN_DEGRADE_H */
