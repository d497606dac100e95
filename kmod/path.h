/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: ways to peers
 */
#ifndef _SDWAN_PATH_H
#define _SDWAN_PATH_H

#include "object.h"

bool sdwan_path_refresh(struct sdwan_path *path);
int sdwan_path_tables_init(struct sdwan_net *sn);
void sdwan_path_tables_exit(struct sdwan_net *sn);

#endif /* _SDWAN_PATH_H */
