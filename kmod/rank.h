/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: which paths of a class a flow may take, and in which order
 */
#ifndef _SDWAN_RANK_H
#define _SDWAN_RANK_H

#include "resolve.h"
#include "types.h"

/* Fraction bits of costs. */
#define SDWAN_RANK_FRACTION	26

/**
 * struct sdwan_rank - where a path stands in a class, for one flow
 * @tier: what counts first, lower is better: the member that the path belongs
 *	to where their order matters
 * @weight: share of flows, 0 where none are shared out
 * @cost: of the flow on this path; @weight / @cost is its score
 * @preference: of the path, where no flows are shared out
 * @id: of the path; no two are equal
 */
struct sdwan_rank {
	u32 tier;
	u32 weight;
	u32 cost;
	u32 preference;
	u32 id;
};

u32 sdwan_rank_cost(u32 uniform);
void sdwan_rank_share(struct sdwan_rank *rank, u32 hash, u32 weight);
bool sdwan_rank_before(const struct sdwan_rank *a, const struct sdwan_rank *b);

const struct sdwan_path_cfg *
sdwan_class_select(const struct sdwan_class_cfg *class,
		   const struct sdwan_target *target, u32 hash,
		   const struct sdwan_path_cfg *after);
const struct sdwan_path_cfg *
sdwan_class_second(const struct sdwan_class_cfg *class,
		   const struct sdwan_target *target,
		   const struct sdwan_path_cfg *first,
		   const struct sdwan_path_cfg *after);
bool sdwan_path_numbers(const struct sdwan_path_cfg *cfg);
bool sdwan_class_carries(const struct sdwan_class_cfg *class,
			 const struct sdwan_path *path);
bool sdwan_class_has(const struct sdwan_class_cfg *class,
		     const struct sdwan_target *target,
		     const struct sdwan_path_cfg *path);

#endif /* _SDWAN_RANK_H */
