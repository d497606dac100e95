/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: delivery of inner packets
 */
#ifndef _SDWAN_CELL_H
#define _SDWAN_CELL_H

#include <linux/skbuff.h>

int sdwan_cell_init(void);
void sdwan_cell_exit(void);
bool sdwan_cell_receive(struct sk_buff *skb);

#endif /* _SDWAN_CELL_H */
