/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: remote edges
 */
#ifndef _SDWAN_PEER_H
#define _SDWAN_PEER_H

#include "object.h"

struct sdwan_peer *sdwan_peer_find(struct sdwan_change *chg, unsigned int attr);
int sdwan_peer_tables_init(struct sdwan_net *sn);
void sdwan_peer_tables_exit(struct sdwan_net *sn);

#endif /* _SDWAN_PEER_H */
