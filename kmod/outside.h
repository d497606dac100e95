/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: probes of the remote address itself, outside of tunnels
 */
#ifndef _SDWAN_OUTSIDE_H
#define _SDWAN_OUTSIDE_H

#include "control.h"
#include "object.h"

int sdwan_outside_get(struct sdwan_change *chg, struct sdwan_underlay *underlay,
		      const struct sdwan_probe_cfg *cfg, int attr);
void sdwan_outside_put(struct sdwan_underlay *underlay,
		       const struct sdwan_probe_cfg *cfg);
int sdwan_outside_ask(struct sdwan_control *control,
		      const struct sdwan_path_cfg *cfg, unsigned int len);
int sdwan_outside_reflect(struct sdwan_control *control,
			  const struct sdwan_path_cfg *cfg,
			  const struct in6_addr *saddr, u16 dport,
			  unsigned int len);
void sdwan_outside_send(struct sdwan_control *control);

#endif /* _SDWAN_OUTSIDE_H */
