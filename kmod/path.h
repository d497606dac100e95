/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: ways to peers
 */
#ifndef _SDWAN_PATH_H
#define _SDWAN_PATH_H

#include "encap.h"
#include "object.h"

/* Without outer headers. */
static inline bool sdwan_path_bare(const struct sdwan_path *path)
{
	return path->encap == SDWAN_ENCAP_DEV;
}

/**
 * sdwan_path_unheard() - whether nobody knows where the far end of a path is
 * @cfg: configuration of the path
 *
 * Return: true where it has yet to be heard.
 */
static inline bool sdwan_path_unheard(const struct sdwan_path_cfg *cfg)
{
	return !cfg->family && cfg->ops->proto;
}

void sdwan_path_eval(const struct sdwan_path *path,
		     enum sdwan_path_state *state,
		     enum sdwan_state_reason *reason, unsigned int *mtu);
int sdwan_path_fill(struct sk_buff *skb, struct sdwan_object *obj,
		    struct sdwan_cfg *hdr);
bool sdwan_path_refresh(struct sdwan_path *path);
int sdwan_path_move(struct sdwan_path *path, const struct sdwan_endpoint *to);
struct sdwan_path *sdwan_path_other_at(const struct sdwan_path *path,
				       const struct sdwan_rx_key *key);
int sdwan_path_tables_init(struct sdwan_net *sn);
void sdwan_path_tables_exit(struct sdwan_net *sn);

#endif /* _SDWAN_PATH_H */
