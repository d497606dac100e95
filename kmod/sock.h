/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: UDP sockets of underlays
 */
#ifndef _SDWAN_SOCK_H
#define _SDWAN_SOCK_H

#include "types.h"

struct sdwan_sock *sdwan_sock_get(struct sdwan_net *sn, int ifindex,
				  const struct in6_addr *local,
				  unsigned short family, __be16 port,
				  const struct sdwan_encap_ops *encap);
void sdwan_sock_put(struct sdwan_sock *ss);
void sdwan_sock_reap(struct sdwan_net *sn);

#endif /* _SDWAN_SOCK_H */
