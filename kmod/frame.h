/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: what is in front of a packet
 */
#ifndef _SDWAN_FRAME_H
#define _SDWAN_FRAME_H

struct sdwan_frame;
struct sk_buff;

void sdwan_frame_read(const struct sk_buff *skb, struct sdwan_frame *frame);

#endif /* _SDWAN_FRAME_H */
