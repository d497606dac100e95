/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: packets that are sent twice and received once
 */
#ifndef _SDWAN_STREAM_H
#define _SDWAN_STREAM_H

#include "sequence.h"
#include "types.h"
#include "window.h"

/* Streams that share a lock: those of a cache line. */
#define SDWAN_STREAM_SLOTS	7

int sdwan_stream_cache_init(void);
void sdwan_stream_cache_exit(void);
int sdwan_streams_enable(struct sdwan_net *sn);
void sdwan_streams_exit(struct sdwan_net *sn);
int sdwan_stream_open(struct sdwan_peer *peer);
void sdwan_stream_close(struct sdwan_peer *peer);
void sdwan_stream_next(const struct sdwan_peer *peer,
		       struct sdwan_sequence *seq);
enum sdwan_seen sdwan_stream_seen(struct sdwan_net *sn,
				  const struct sdwan_peer *peer,
				  const struct sdwan_sequence *seq);

#endif /* _SDWAN_STREAM_H */
