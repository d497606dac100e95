/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: this edge
 */
#ifndef _SDWAN_NODE_H
#define _SDWAN_NODE_H

#include "types.h"

const struct sdwan_node_cfg *sdwan_node_staged(struct sdwan_net *sn);
const struct sdwan_node_cfg *sdwan_node_rcu(const struct sdwan_net *sn);

#endif /* _SDWAN_NODE_H */
