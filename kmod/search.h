/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: how long a packet may be that passes a path (RFC 8899)
 */
#ifndef _SDWAN_SEARCH_H
#define _SDWAN_SEARCH_H

#include <linux/types.h>

/* Where the search stands. */
enum sdwan_search_phase {
	SDWAN_SEARCH_TOP,	/* what the route allows is asked for */
	SDWAN_SEARCH_BASE,	/* that did not pass: what passes nearly anywhere */
	SDWAN_SEARCH_FLOOR,	/* nor that: what has to pass anywhere */
	SDWAN_SEARCH_CLIMB,	/* between what passes and what does not */
	SDWAN_SEARCH_DONE,	/* it is known, and asked now and then */
	SDWAN_SEARCH_DEAF,	/* probes of no length are answered */
};

/**
 * struct sdwan_search - search for the longest packet that passes
 * @phase: where it stands
 * @heard: probes of some length have been answered
 * @lost: how many of length @size were lost one after another
 * @floor: what is never gone below
 * @top: what the route allows, never gone above
 * @low: the longest that has passed
 * @high: the shortest that has not
 * @size: what is asked for, 0 for nothing
 * @limit: longest packet to be sent, 0 while the route is the only limit
 * @again_at: when longer ones are asked for again
 *
 * All lengths are those of outer packets.  Protected by whatever protects what it
 * is part of.
 */
struct sdwan_search {
	enum sdwan_search_phase phase;
	bool heard;
	u8 lost;
	u32 floor;
	u32 top;
	u32 low;
	u32 high;
	u32 size;
	u32 limit;
	u64 again_at;
};

void sdwan_search_begin(struct sdwan_search *s);
u32 sdwan_search_ask(struct sdwan_search *s, u32 top, u32 floor, u64 now);
void sdwan_search_passed(struct sdwan_search *s, u64 again_at);
void sdwan_search_resume(struct sdwan_search *s);
void sdwan_search_lost(struct sdwan_search *s, u64 again_at);
bool sdwan_search_busy(const struct sdwan_search *s);

#endif /* _SDWAN_SEARCH_H */
