/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: bookkeeping of what happens outside of the configuration
 */
#ifndef _SDWAN_STATE_H
#define _SDWAN_STATE_H

#include "types.h"

void sdwan_state_expire_at(struct sdwan_net *sn, u64 when);
void sdwan_state_kick(struct sdwan_net *sn);
void sdwan_state_arm(struct sdwan_net *sn);
void sdwan_state_start(struct sdwan_net *sn);
void sdwan_state_stop(struct sdwan_net *sn);
int sdwan_state_register(void);
void sdwan_state_unregister(void);

#endif /* _SDWAN_STATE_H */
