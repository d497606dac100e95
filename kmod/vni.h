/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: segments by number
 */
#ifndef _SDWAN_VNI_H
#define _SDWAN_VNI_H

#include "types.h"

struct sdwan_vni *sdwan_vni_get(struct sdwan_net *sn, u32 vni);
void sdwan_vni_put(struct sdwan_net *sn, struct sdwan_vni *vni);
int sdwan_vni_plen_get(struct sdwan_vni *vni, unsigned int plen);
void sdwan_vni_plen_put(struct sdwan_vni *vni, unsigned int plen);
int sdwan_vni_tables_init(struct sdwan_net *sn);
void sdwan_vni_tables_exit(struct sdwan_net *sn);

#endif /* _SDWAN_VNI_H */
