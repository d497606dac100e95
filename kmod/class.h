/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: kinds of traffic
 */
#ifndef _SDWAN_CLASS_H
#define _SDWAN_CLASS_H

#include "object.h"

/* class.c */
struct sdwan_class *sdwan_class_find(struct sdwan_change *chg,
				     unsigned int attr);

/* class_goal.c */
void sdwan_class_goal_init(struct sdwan_class_cfg *cfg);
int sdwan_class_goal_parse(struct sdwan_change *chg,
			   struct sdwan_class_cfg *cfg);
void sdwan_class_goal_hold(struct sdwan_class_cfg *cfg);
void sdwan_class_goal_drop(struct sdwan_class_cfg *cfg);
bool sdwan_class_names(const struct sdwan_metric *metric);
int sdwan_class_goal_fill(struct sk_buff *skb,
			  const struct sdwan_class_cfg *cfg);

#endif /* _SDWAN_CLASS_H */
