/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: what can be said of a path
 */
#ifndef _SDWAN_PATH_CFG_H
#define _SDWAN_PATH_CFG_H

#include "object.h"

void sdwan_path_cfg_init(struct sdwan_path_cfg *cfg, struct sdwan_path *path,
			 const struct sdwan_path_cfg *base);
int sdwan_path_parse(struct sdwan_change *chg, struct sdwan_path_cfg *cfg,
		     const struct sdwan_path_cfg *before);
void sdwan_path_lead(struct sdwan_path_cfg *cfg,
		     const struct sdwan_endpoint *to);

#endif /* _SDWAN_PATH_CFG_H */
