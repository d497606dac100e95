/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: inner prefixes
 */
#ifndef _SDWAN_PREFIX_H
#define _SDWAN_PREFIX_H

#include "object.h"

u64 sdwan_prefix_expire(struct sdwan_net *sn, struct sdwan_txn *txn);

#endif /* _SDWAN_PREFIX_H */
