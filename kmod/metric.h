/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: what paths cost
 */
#ifndef _SDWAN_METRIC_H
#define _SDWAN_METRIC_H

#include <linux/sdwan_metric.h>
#include <linux/workqueue.h>

#include "decide.h"
#include "object.h"

struct sdwan_prog;

/**
 * struct sdwan_metric_cfg - what can change about a metric
 * @hdr: common part
 * @prog: (c) the program and the text it was made from, or the file
 * @since: (L) ktime at which it was committed; what is older was computed by
 *	another one
 * @reads: (c) what of the far end it reads, as SDWAN_TLV_PATH
 */
struct sdwan_metric_cfg {
	struct sdwan_cfg hdr;
	struct sdwan_prog *prog;
	u8 reads;
	u64 since;
};

/**
 * struct sdwan_metric - a cost function
 * @obj: common part; the configuration is &struct sdwan_metric_cfg
 * @name: (c) key, zero-padded
 * @classes: (L) &struct sdwan_class_cfg.of_metric, committed or staged
 * @shadows: (L) &struct sdwan_class_cfg.of_shadow, likewise
 */
struct sdwan_metric {
	struct sdwan_object obj;
	char name[SDWAN_NAME_MAX + 1];
	struct list_head classes;
	struct list_head shadows;
};

/* Where costs are kept of paths whose class names no metric. */
#define SDWAN_METRIC_DEFAULT	0

/**
 * struct sdwan_metric_costs - what a path costs
 * @at: ktime at which its statistics were taken
 * @before: ktime at which those before were
 * @measured: there were statistics
 * @same: there were some before as well, or both times none, and not long ago
 * @n_trends: length of @trend
 * @trend: smoothed, by the number of the metric; NULL before the first decision
 * @n: length of @cost
 * @cost: by the number of the metric
 */
struct sdwan_metric_costs {
	u64 at;
	u64 before;
	bool measured;
	bool same;
	u32 n_trends;
	struct sdwan_trend *trend;
	u32 n;
	u32 cost[];
};

/* Paths whose costs are computed together. */
#define SDWAN_METRIC_BATCH	16

/**
 * struct sdwan_metrics - computes the metrics of a fabric
 * @sn: (c) fabric
 * @work: does so
 * @skb: (L) the statistics of paths, as programs see them
 * @told: protects @device, @device_at and sdwan_underlay.use against readers in soft
 *	interrupts; who writes them holds sdwan_net.lock as well
 * @device: those of this end, as of the last round
 * @device_at: ktime at which those were taken
 * @wants: what metrics read of the far end, as SDWAN_TLV_PATH; written under
 *	sdwan_net.lock, read by anybody
 * @wanted: ktime at which a far end last told that its metrics read of us, 0 for
 *	never; written in soft interrupts
 * @runs: (L) programs run
 * @time: (L) how long that took, ns
 */
struct sdwan_metrics {
	struct sdwan_net *sn;
	struct delayed_work work;
	struct sk_buff *skb[SDWAN_METRIC_BATCH];
	spinlock_t told;	/* protects what is told to far ends */
	struct sdwan_metric_device device;
	u64 device_at;
	u8 wants;
	u64 wanted;
	u64 runs;
	u64 time;
};

static inline struct sdwan_metric_cfg *sdwan_metric_cfg(struct sdwan_cfg *cfg)
{
	return container_of(cfg, struct sdwan_metric_cfg, hdr);
}

static inline struct sdwan_metric *to_metric(struct sdwan_object *obj)
{
	return container_of(obj, struct sdwan_metric, obj);
}

/* metric_block.c */
struct sk_buff *sdwan_metric_skb_alloc(gfp_t gfp);
struct sdwan_metric_block *sdwan_metric_block(struct sk_buff *skb);
void sdwan_metric_block_init(struct sdwan_metric_block *block, u64 time);
void sdwan_metric_path(struct sdwan_metric_path *p,
		       const struct sdwan_path *path,
		       const struct sdwan_path_cfg *cfg, u64 now);
void sdwan_metric_underlay(struct sdwan_metric_underlay *u,
			   const struct sdwan_underlay *underlay,
			   const struct sdwan_underlay_cfg *cfg, u64 now);
void sdwan_metric_device(struct sdwan_metric_device *d,
			 const struct sdwan_metrics *m, u64 now);
u32 sdwan_metric_block_cost(const struct sdwan_metric_block *block);
void sdwan_metric_look_underlay(struct sdwan_metrics *m,
				struct sdwan_underlay *underlay, u64 now);
void sdwan_metric_look_device(struct sdwan_metrics *m, u64 now);

/* metric_run.c */
u32 sdwan_metric_run(const struct sdwan_prog *prog, struct sk_buff *skb);
void sdwan_metric_statistics(const struct sdwan_metrics *m, struct sk_buff *skb,
			     const struct sdwan_path *path, u64 now);
bool sdwan_metric_cost(const struct sdwan_path *path,
		       const struct sdwan_object *metric, u32 *cost, u64 *at);
const struct sdwan_trend *sdwan_metric_trend(const struct sdwan_path *path,
					     const struct sdwan_metric *metric);
struct sdwan_metric *sdwan_metric_find(struct sdwan_change *chg,
				       unsigned int attr);
void sdwan_metric_costs_free(struct sdwan_metric_costs *costs);
void sdwan_metrics_kick(struct sdwan_net *sn);
void sdwan_metrics_wanted(struct sdwan_net *sn, u64 now);
struct sdwan_metrics *sdwan_metrics_alloc(struct sdwan_net *sn);
void sdwan_metrics_stop(struct sdwan_metrics *m);
void sdwan_metrics_free(struct sdwan_metrics *m);

#endif /* _SDWAN_METRIC_H */
