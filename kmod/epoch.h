/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: how long what was found out is true
 */
#ifndef _SDWAN_EPOCH_H
#define _SDWAN_EPOCH_H

#include "types.h"

void sdwan_epoch_init(struct sdwan_net *sn);
void sdwan_epoch_begin(struct sdwan_net *sn);
void sdwan_epoch_end(struct sdwan_net *sn);

/**
 * sdwan_epoch() - the epoch of a fabric
 * @sn: fabric
 *
 * To be asked before what is to be remembered is looked up.
 *
 * Context: Under rcu_read_lock().
 *
 * Return: a number that is never seen again after anything has changed, or 0
 * while something changes.
 */
static inline u64 sdwan_epoch(const struct sdwan_net *sn)
{
	u64 epoch = atomic64_read_acquire(&sn->epoch);

	return likely(!(epoch & 1)) ? epoch : 0;
}

#endif /* _SDWAN_EPOCH_H */
