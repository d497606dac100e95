/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: ways to peers
 */
#ifndef _SDWAN_PATH_H
#define _SDWAN_PATH_H

#include "object.h"

/* Without outer headers. */
static inline bool sdwan_path_bare(const struct sdwan_path *path)
{
	return path->encap == SDWAN_ENCAP_DEV;
}

void sdwan_path_eval(const struct sdwan_path *path,
		     enum sdwan_path_state *state,
		     enum sdwan_state_reason *reason, unsigned int *mtu);
int sdwan_path_fill(struct sk_buff *skb, struct sdwan_object *obj,
		    struct sdwan_cfg *hdr);
bool sdwan_path_refresh(struct sdwan_path *path);
int sdwan_path_tables_init(struct sdwan_net *sn);
void sdwan_path_tables_exit(struct sdwan_net *sn);

#endif /* _SDWAN_PATH_H */
