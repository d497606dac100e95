/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: which paths carry classes
 */
#ifndef _SDWAN_DECISION_H
#define _SDWAN_DECISION_H

#include <linux/workqueue.h>

#include "decide.h"
#include "group.h"
#include "policy.h"
#include "types.h"

/**
 * struct sdwan_prospect - a path of a site that is decided on
 * @path: path
 * @cfg: its committed configuration
 * @view: what objectives are compared with
 * @lead: place of the first path to the same gateway, where groups are counted
 * @alarm: the tightest limits of those objectives that it fulfils
 * @told: what the leader has told of the path, NULL where it does not count
 * @recent: that was not long ago
 */
struct sdwan_prospect {
	struct sdwan_path *path;
	const struct sdwan_path_cfg *cfg;
	struct sdwan_sla_view view;
	struct sdwan_sla alarm;
	unsigned int lead;
	const struct sdwan_agree *told;
	bool recent;
};

/* Three of these, the first one begun, are 200 ms: then flows leave a path in breach
 * that have waited for a gap; in ns.
 */
#define SDWAN_DECISION_TICK	(200 * NSEC_PER_MSEC / 3)

/* Marks of classes: those that are decided, and those of them whose turn it is. */
#define SDWAN_CLASS_DECIDES	XA_MARK_1
#define SDWAN_CLASS_DUE		XA_MARK_2

/**
 * struct sdwan_pass - one time through all sites
 * @path: number of the path that is next
 * @class: number of the class that is next on the site of that path; 0 for the first
 * @urgent: only through sites that do not wait, but for all classes
 * @more: there are more paths
 */
struct sdwan_pass {
	unsigned long path;
	unsigned long class;
	bool urgent;
	bool more;
};

/**
 * struct sdwan_decisions - decides which paths of a fabric carry classes
 * @sn: (c) fabric
 * @work: does so
 * @classes: (L) committed ones that are decided; read without the lock for
 *	whether there are any
 * @hasty: something is not to wait; set and cleared without a lock
 * @fresh: a class waits for costs; set under sdwan_net.lock, read without
 * @changed: (L) flows are to look again, after the step at work
 * @goals: (L) counts changes of what classes want
 * @grace: the earliest &struct sdwan_path.grace that there may be, 0 for none; belongs
 *	to @work, which has one instance
 * @rnd: (L) random numbers
 * @room: (L) length of @prospect and @candidate
 * @n_prospects: (L) paths of the site at work
 * @n_candidates: (L) those that may carry the class at work
 * @outsiders: (L) one of the others has a place in its order still
 * @prospect: (L) the former
 * @candidate: (L) the latter, with the place of each in @prospect
 * @groups: (L) classes that prefer company
 * @runs: (L) decisions made
 * @time: (L) how long that took, ns
 */
struct sdwan_decisions {
	struct sdwan_net *sn;
	struct delayed_work work;
	u32 classes;
	atomic_t hasty;
	bool fresh;
	bool changed;
	u32 goals;
	u64 grace;
	struct rnd_state rnd;
	unsigned int room;
	unsigned int n_prospects;
	unsigned int n_candidates;
	bool outsiders;
	struct sdwan_prospect *prospect;
	struct sdwan_candidate *candidate;
	struct sdwan_groups groups;
	u64 runs;
	u64 time;
};

/**
 * sdwan_decisions_wanted() - whether there is anything to decide
 * @sn: fabric
 *
 * Return: true while a class is decided.
 */
static inline bool sdwan_decisions_wanted(const struct sdwan_net *sn)
{
	return READ_ONCE(sn->decisions->classes);
}

/* decision.c */
void sdwan_decisions_kick(struct sdwan_net *sn);
void sdwan_decisions_hasten(struct sdwan_net *sn, struct sdwan_site *site);
void sdwan_decision_show(struct sdwan_decisions *d);
void sdwan_decisions_costs(struct sdwan_net *sn);
void sdwan_decisions_begin(struct sdwan_class *class,
			   const struct sdwan_class_cfg *cfg);
void sdwan_decisions_end(struct sdwan_class *class);
struct sdwan_decisions *sdwan_decisions_alloc(struct sdwan_net *sn);
void sdwan_decisions_stop(struct sdwan_decisions *d);
void sdwan_decisions_free(struct sdwan_decisions *d);

/* decision_site.c */
bool sdwan_decision_look(struct sdwan_decisions *d, struct sdwan_site *site);
bool sdwan_decision_gather(struct sdwan_decisions *d,
			   const struct sdwan_class_cfg *class,
			   const struct sdwan_metric *metric);
struct sdwan_law sdwan_decision_law(const struct sdwan_class_cfg *class,
				    bool still);
bool sdwan_decision_site(struct sdwan_decisions *d, struct sdwan_site *site,
			 struct sdwan_pass *pass);
void sdwan_decision_told(struct sdwan_decisions *d, struct sdwan_site *site,
			 const unsigned long *classes, unsigned int n, u64 now);

/* decision_nl.c */
void sdwan_decision_event(struct sdwan_decisions *d, struct sdwan_site *site,
			  const struct sdwan_class_cfg *class,
			  const struct sdwan_policy *policy);
void sdwan_objective_event(struct sdwan_net *sn,
			   const struct sdwan_class_cfg *class,
			   const struct sdwan_path *path, bool compliant,
			   const struct sdwan_sla_view *view);

#endif /* _SDWAN_DECISION_H */
