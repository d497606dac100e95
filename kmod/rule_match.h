/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: what a rule matches, as attributes
 */
#ifndef _SDWAN_RULE_MATCH_H
#define _SDWAN_RULE_MATCH_H

#include <linux/types.h>

struct sdwan_change;
struct sdwan_rule_cfg;
struct sk_buff;

int sdwan_rule_mark(struct sdwan_change *chg, int attr, int mask_attr,
		    u32 *mark, u32 *mask);
int sdwan_rule_match_parse(struct sdwan_change *chg,
			   struct sdwan_rule_cfg *cfg);
int sdwan_rule_match_fill(struct sk_buff *skb,
			  const struct sdwan_rule_cfg *cfg);

#endif /* _SDWAN_RULE_MATCH_H */
