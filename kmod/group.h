/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: classes that prefer one gateway, or one path, together
 */
#ifndef _SDWAN_GROUP_H
#define _SDWAN_GROUP_H

#include <linux/xarray.h>

#include "types.h"

/* So that what is counted of a site stays small beside its paths. */
#define SDWAN_GROUPS_MAX	1024

struct sdwan_change;
struct sdwan_decisions;

/**
 * struct sdwan_group - classes that prefer company
 * @id: (c) number, of the lowest that were free
 * @users: (L) configurations of classes that name it, committed or staged
 * @name: (c) name
 */
struct sdwan_group {
	u32 id;
	u32 users;
	char name[SDWAN_NAME_MAX + 1];
};

/**
 * struct sdwan_groups - the groups of a fabric, and where on a site they are
 * @ids: (L) groups by number
 * @rows: (L) more than any number of a group
 * @classes: (L) &struct sdwan_class.grouped: committed classes of a group
 * @count: (L) of the site at work, for each group: of its classes, how many go by each
 *	path, and then, in the place of the first path there, to each gateway
 * @room: (L) length of @count
 * @counted: (L) there was room for all of them
 * @last: (L) place of the path that was found last
 */
struct sdwan_groups {
	struct xarray ids;
	u32 rows;
	struct list_head classes;
	u16 *count;
	size_t room;
	bool counted;
	unsigned int last;
};

int sdwan_group_parse(struct sdwan_change *chg, struct sdwan_class_cfg *cfg);
void sdwan_group_put(struct sdwan_class_cfg *cfg);
void sdwan_group_join(struct sdwan_groups *groups, struct sdwan_class *class,
		      const struct sdwan_class_cfg *cfg);
void sdwan_group_count(struct sdwan_decisions *d, const struct sdwan_site *site);
bool sdwan_group_company(struct sdwan_decisions *d,
			 const struct sdwan_class_cfg *class, u32 own);
void sdwan_group_move(struct sdwan_decisions *d,
		      const struct sdwan_class_cfg *class, u32 from, u32 to);
void sdwan_groups_init(struct sdwan_groups *groups);
void sdwan_groups_exit(struct sdwan_groups *groups);

#endif /* _SDWAN_GROUP_H */
