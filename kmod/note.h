/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: a packet says where it is to be brought
 */
#ifndef _SDWAN_NOTE_H
#define _SDWAN_NOTE_H

#include <linux/types.h>

struct metadata_dst;
struct net_device;
struct sk_buff;

struct metadata_dst *sdwan_note_alloc(u32 vni);
void sdwan_note_put(struct metadata_dst *note);
void sdwan_note_write(struct sk_buff *skb, struct metadata_dst *note,
		      const struct net_device *in);
u32 sdwan_note_read(const struct sk_buff *skb);

#endif /* _SDWAN_NOTE_H */
