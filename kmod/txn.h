/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: transactions
 */
#ifndef _SDWAN_TXN_H
#define _SDWAN_TXN_H

#include "object.h"

void sdwan_txn_init(struct sdwan_txn *txn);
struct sdwan_txn *sdwan_txn_find(struct sdwan_net *sn, u32 id, u32 portid,
				 struct netlink_ext_ack *extack);
struct sdwan_txn *sdwan_txn_begin(struct sdwan_net *sn, u32 portid,
				  struct netlink_ext_ack *extack);
int sdwan_txn_commit(struct sdwan_net *sn, struct sdwan_txn *txn,
		     u32 generation, struct netlink_ext_ack *extack);
void sdwan_txn_close(struct sdwan_net *sn);
void sdwan_txn_make_stale(struct sdwan_net *sn);
int sdwan_txn_register(void);
void sdwan_txn_unregister(void);

#endif /* _SDWAN_TXN_H */
