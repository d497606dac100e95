/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: local attachments to WANs
 */
#ifndef _SDWAN_UNDERLAY_H
#define _SDWAN_UNDERLAY_H

#include "object.h"

struct sdwan_encap_ops;

struct sdwan_underlay *sdwan_underlay_find(struct sdwan_change *chg,
					   unsigned int attr);
void sdwan_underlay_device_here(struct sdwan_underlay *underlay,
				struct net_device *dev);
void sdwan_underlay_attach(struct sdwan_underlay *underlay,
			   struct net_device *dev);
void sdwan_underlay_detach(struct sdwan_underlay *underlay);
int sdwan_underlay_encap_get(struct sdwan_change *chg,
			     struct sdwan_underlay *underlay,
			     const struct sdwan_encap_ops *ops, int attr);
void sdwan_underlay_encap_put(struct sdwan_underlay *underlay,
			      const struct sdwan_encap_ops *ops);
bool sdwan_underlay_shared(const struct sdwan_underlay *underlay, bool bare);
bool sdwan_underlay_wants_socks(const struct sdwan_underlay *underlay);
void sdwan_underlay_eval(const struct sdwan_underlay *underlay,
			 enum sdwan_path_state *state,
			 enum sdwan_state_reason *reason);

#endif /* _SDWAN_UNDERLAY_H */
