/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: where packets come in
 */
#ifndef _SDWAN_SOCK_H
#define _SDWAN_SOCK_H

#include "types.h"

struct sdwan_sock *sdwan_sock_get(const struct sdwan_sock *like);
void sdwan_sock_put(struct sdwan_sock *ss);
void sdwan_sock_reap(struct sdwan_net *sn);

#endif /* _SDWAN_SOCK_H */
