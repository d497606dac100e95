/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: BPF programs that rules ask
 */
#ifndef _SDWAN_RULE_PROG_H
#define _SDWAN_RULE_PROG_H

struct sdwan_change;
struct sdwan_rule_cfg;
struct sdwan_rule_prog;
struct sk_buff;

int sdwan_rule_prog_parse(struct sdwan_change *chg, struct sdwan_rule_cfg *cfg);
void sdwan_rule_prog_hold(struct sdwan_rule_prog *prog);
void sdwan_rule_prog_put(struct sdwan_rule_prog *prog);
int sdwan_rule_prog_fill(struct sk_buff *skb,
			 const struct sdwan_rule_prog *prog);

#endif /* _SDWAN_RULE_PROG_H */
