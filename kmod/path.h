/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: ways to peers
 */
#ifndef _SDWAN_PATH_H
#define _SDWAN_PATH_H

#include "object.h"

void sdwan_path_eval(const struct sdwan_path *path,
		     enum sdwan_path_state *state,
		     enum sdwan_state_reason *reason);
int sdwan_path_tables_init(struct sdwan_net *sn);
void sdwan_path_tables_exit(struct sdwan_net *sn);

#endif /* _SDWAN_PATH_H */
