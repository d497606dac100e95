/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: remote sites
 */
#ifndef _SDWAN_SITE_H
#define _SDWAN_SITE_H

#include "types.h"

struct sdwan_site *sdwan_site_get(struct sdwan_net *sn, u32 id);
void sdwan_site_put(struct sdwan_net *sn, struct sdwan_site *site);
struct sdwan_site *sdwan_site_find(struct sdwan_net *sn, u32 id);
bool sdwan_site_first(const struct sdwan_path *path);
void sdwan_site_refresh_mtu(struct sdwan_site *site);
int sdwan_site_tables_init(struct sdwan_net *sn);
void sdwan_site_tables_exit(struct sdwan_net *sn);

#endif /* _SDWAN_SITE_H */
