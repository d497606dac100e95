// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: metrics are computed
 *
 * All of them for all paths, about once a second, a few paths at a time: who else
 * wants the lock of the fabric waits for these only.
 */
#include <linux/filter.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>

#include "decision.h"
#include "metric.h"
#include "prog.h"
#include "report.h"

#define SDWAN_METRIC_INTERVAL	HZ

/* Who reads what is ours says so again within that, even over idle paths. */
#define SDWAN_METRIC_WANTED	(300 * NSEC_PER_SEC)

/* What is older than that is no part of an average. */
#define SDWAN_METRIC_STALE	(10ULL * NSEC_PER_SEC)

/* Costs are allocated for so many numbers more, so that this is rare. */
#define SDWAN_METRIC_ROOM	16

/**
 * sdwan_metric_run() - compute a metric
 * @prog: its program
 * @skb: the statistics
 *
 * Context: Process context; the statistics are those of the caller alone.
 *
 * Return: the cost, not 0.
 */
u32 sdwan_metric_run(const struct sdwan_prog *prog, struct sk_buff *skb)
{
	u32 cost;

	/* for the maps of the program */
	rcu_read_lock();
	cost = bpf_prog_run_clear_cb(prog->prog, skb);
	rcu_read_unlock();
	return cost ?: SDWAN_METRIC_NEVER;
}

/**
 * sdwan_metric_statistics() - collect the statistics of a path
 * @m: metrics of the fabric; sdwan_net.lock is held
 * @skb: result
 * @path: path, committed, or NULL
 * @now: ktime
 */
void sdwan_metric_statistics(const struct sdwan_metrics *m, struct sk_buff *skb,
			     const struct sdwan_path *path, u64 now)
{
	struct sdwan_metric_block *block = sdwan_metric_block(skb);

	sdwan_metric_block_init(block, ktime_get_real_seconds());
	if (!path)
		return;
	sdwan_metric_path(&block->path, path,
			  sdwan_path_cfg(sdwan_object_cfg(&path->obj)), now);
	sdwan_metric_underlay(&block->underlay, path->underlay,
			      sdwan_underlay_cfg(sdwan_object_cfg(&path->underlay->obj)),
			      now);
	sdwan_metric_device(&block->device, m, now);
	sdwan_report_block(block, path->probe, now);
}

static bool sdwan_metric_room(struct sdwan_path *path, u32 n)
{
	struct sdwan_metric_costs *costs;

	if (path->costs && path->costs->n >= n)
		return true;
	n = round_up(n, SDWAN_METRIC_ROOM);
	costs = kvzalloc(struct_size(costs, cost, n), GFP_KERNEL_ACCOUNT);
	if (!costs)
		return false;
	if (path->costs) {
		costs->n_trends = path->costs->n_trends;
		costs->trend = path->costs->trend;
		costs->at = path->costs->at;
		costs->measured = path->costs->measured;
	}
	costs->n = n;
	kvfree(path->costs);
	path->costs = costs;
	return true;
}

/* Without room for it there is no average, and nothing is decided by it. */
static void sdwan_metric_room_trends(struct sdwan_metric_costs *costs)
{
	struct sdwan_trend *trend;

	if (costs->n_trends >= costs->n)
		return;
	trend = kvcalloc(costs->n, sizeof(*trend), GFP_KERNEL_ACCOUNT);
	if (!trend)
		return;
	if (costs->trend)
		memcpy(trend, costs->trend, costs->n_trends * sizeof(*trend));
	kvfree(costs->trend);
	costs->trend = trend;
	costs->n_trends = costs->n;
}

/* What another program has computed, or from no statistics, is forgotten. */
static void sdwan_metric_follow(struct sdwan_metric_costs *costs, u32 id,
				u64 since)
{
	if (id >= costs->n_trends)
		return;
	if (!costs->same || costs->before < since)
		costs->trend[id].mean = 0;
	sdwan_trend_add(&costs->trend[id], costs->cost[id]);
}

/**
 * sdwan_metric_costs_free() - free what a path costs
 * @costs: costs, or NULL
 */
void sdwan_metric_costs_free(struct sdwan_metric_costs *costs)
{
	if (costs)
		kvfree(costs->trend);
	kvfree(costs);
}

/*
 * A program stays in the caches while it is run for one path after the other. A cost
 * that there is room for is computed, as it is taken for one of this time.
 */
static void sdwan_metric_batch(struct sdwan_metrics *m,
			       struct sdwan_path **path, unsigned int paths)
{
	struct sdwan_object *obj;
	unsigned long id;
	unsigned int i;

	xa_for_each(&m->sn->table[SDWAN_KIND_METRIC].ids, id, obj) {
		struct sdwan_cfg *cfg = sdwan_object_cfg(obj);

		for (i = 0; cfg && i < paths; i++) {
			struct sdwan_metric_costs *costs = path[i]->costs;

			if (id >= costs->n)
				continue;
			costs->cost[id] =
				sdwan_metric_run(sdwan_metric_cfg(cfg)->prog,
						 m->skb[i]);
			m->runs++;
			sdwan_metric_follow(costs, id,
					    sdwan_metric_cfg(cfg)->since);
		}
	}
}

static void sdwan_metric_begin(struct sdwan_metrics *m,
			       struct sdwan_metric_costs *costs,
			       const struct sdwan_metric_block *block, u64 now)
{
	bool measured = block->path.valid;

	costs->before = costs->at;
	costs->at = now;
	costs->same = costs->measured == measured &&
		      now - costs->before < SDWAN_METRIC_STALE;
	costs->measured = measured;
	if (sdwan_decisions_wanted(m->sn))
		sdwan_metric_room_trends(costs);
	costs->cost[SDWAN_METRIC_DEFAULT] = sdwan_metric_block_cost(block);
	sdwan_metric_follow(costs, SDWAN_METRIC_DEFAULT, 0);
}

/* The next paths, with their statistics. Returns how many; @id goes on. */
static unsigned int sdwan_metric_collect(struct sdwan_metrics *m,
					 struct sdwan_path **path,
					 unsigned long *id, u32 n, u64 now)
{
	struct xarray *ids = &m->sn->table[SDWAN_KIND_PATH].ids;
	struct sdwan_object *obj;
	unsigned int paths = 0;

	while (paths < SDWAN_METRIC_BATCH) {
		struct sdwan_path *next;

		obj = xa_find(ids, id, ULONG_MAX, XA_PRESENT);
		if (!obj)
			break;
		++*id;
		next = container_of(obj, struct sdwan_path, obj);
		if (!rcu_access_pointer(obj->cfg) ||
		    !sdwan_metric_room(next, n))
			continue;
		sdwan_metric_statistics(m, m->skb[paths], next, now);
		sdwan_metric_begin(m, next->costs,
				   sdwan_metric_block(m->skb[paths]), now);
		path[paths++] = next;
	}
	return paths;
}

static void sdwan_metric_look(struct sdwan_metrics *m, u64 now)
{
	struct sdwan_object *obj;
	unsigned long id;

	sdwan_metric_look_device(m, now);
	xa_for_each(&m->sn->table[SDWAN_KIND_UNDERLAY].ids, id, obj)
		if (rcu_access_pointer(obj->cfg))
			sdwan_metric_look_underlay(m, container_of(obj, struct sdwan_underlay, obj),
						   now);
}

/* Look at what is not a path's; returns how many numbers metrics have. */
static u32 sdwan_metric_round_begin(struct sdwan_metrics *m)
{
	struct sdwan_net *sn = m->sn;
	u64 now = ktime_get_ns();
	struct sdwan_object *obj;
	unsigned long id;
	u8 wants = 0;
	u32 n;

	mutex_lock(&sn->lock);
	n = sdwan_decisions_wanted(sn) ? SDWAN_METRIC_DEFAULT + 1 : 0;
	sdwan_metric_look(m, now);
	xa_for_each(&sn->table[SDWAN_KIND_METRIC].ids, id, obj) {
		struct sdwan_cfg *cfg = sdwan_object_cfg(obj);

		if (!cfg)
			continue;
		n = id + 1;
		wants |= sdwan_metric_cfg(cfg)->reads;
	}
	WRITE_ONCE(m->wants, wants);
	m->time += ktime_get_ns() - now;
	mutex_unlock(&sn->lock);
	return n;
}

/* Returns false behind the last path. */
static bool sdwan_metric_step(struct sdwan_metrics *m, unsigned long *id, u32 n)
{
	struct sdwan_path *path[SDWAN_METRIC_BATCH];
	unsigned int paths;
	u64 now;

	mutex_lock(&m->sn->lock);
	now = ktime_get_ns();
	paths = sdwan_metric_collect(m, path, id, n, now);
	if (paths)
		sdwan_metric_batch(m, path, paths);
	m->time += ktime_get_ns() - now;
	mutex_unlock(&m->sn->lock);
	return paths;
}

static bool sdwan_metric_wanted(const struct sdwan_metrics *m, u64 now)
{
	u64 wanted = READ_ONCE(m->wanted);

	return wanted && now - wanted < SDWAN_METRIC_WANTED;
}

static void sdwan_metric_arm(struct sdwan_net *sn, unsigned long delay)
{
	if ((READ_ONCE(sn->table[SDWAN_KIND_METRIC].count) ||
	     sdwan_decisions_wanted(sn) ||
	     sdwan_metric_wanted(sn->metrics, ktime_get_ns())) &&
	    !READ_ONCE(sn->dying))
		mod_delayed_work(system_unbound_wq, &sn->metrics->work, delay);
}

static void sdwan_metric_work(struct work_struct *work)
{
	struct sdwan_metrics *m = container_of(to_delayed_work(work),
					       struct sdwan_metrics, work);
	u32 n = sdwan_metric_round_begin(m);
	unsigned long id = 0;

	while (n && !READ_ONCE(m->sn->dying) && sdwan_metric_step(m, &id, n))
		cond_resched();
	if (n || sdwan_metric_wanted(m, ktime_get_ns()))
		sdwan_metric_arm(m->sn, SDWAN_METRIC_INTERVAL);
	sdwan_decisions_costs(m->sn);
}

/**
 * sdwan_metric_trend() - what a path was found to cost, over time
 * @path: path; sdwan_net.lock is held
 * @metric: by which metric, committed, or NULL for the default
 *
 * Return: the smoothed cost, or NULL where it was not computed yet.
 */
const struct sdwan_trend *sdwan_metric_trend(const struct sdwan_path *path,
					     const struct sdwan_metric *metric)
{
	const struct sdwan_metric_costs *costs = path->costs;
	u32 id = metric ? metric->obj.id : SDWAN_METRIC_DEFAULT;

	if (!costs || id >= costs->n_trends || !costs->trend[id].mean)
		return NULL;
	if (metric && costs->at <
	    sdwan_metric_cfg(sdwan_object_cfg(&metric->obj))->since)
		return NULL;
	return &costs->trend[id];
}

/**
 * sdwan_metric_cost() - what a path was found to cost
 * @path: path; sdwan_net.lock is held
 * @metric: by which metric, committed
 * @cost: result
 * @at: result: ktime at which the statistics were taken
 *
 * Return: false where it was not computed yet.
 */
bool sdwan_metric_cost(const struct sdwan_path *path,
		       const struct sdwan_object *metric, u32 *cost, u64 *at)
{
	const struct sdwan_metric_costs *costs = path->costs;

	if (!costs || metric->id >= costs->n || !costs->cost[metric->id] ||
	    costs->at < sdwan_metric_cfg(sdwan_object_cfg(metric))->since)
		return false;
	*cost = costs->cost[metric->id];
	*at = costs->at;
	return true;
}

/**
 * sdwan_metrics_kick() - compute all metrics now
 * @sn: fabric
 *
 * Context: Any.
 */
void sdwan_metrics_kick(struct sdwan_net *sn)
{
	sdwan_metric_arm(sn, 0);
}

/**
 * sdwan_metrics_wanted() - a far end reads what is known of us
 * @sn: fabric
 * @now: ktime
 *
 * Then it is looked at, even where we have no metric.
 *
 * Context: Any.
 */
void sdwan_metrics_wanted(struct sdwan_net *sn, u64 now)
{
	struct sdwan_metrics *m = sn->metrics;
	u64 wanted = READ_ONCE(m->wanted);

	/* by thousands of paths, perhaps */
	if (wanted && now - wanted < NSEC_PER_SEC)
		return;
	WRITE_ONCE(m->wanted, now);
	if (!delayed_work_pending(&m->work) && !READ_ONCE(sn->dying))
		queue_delayed_work(system_unbound_wq, &m->work, 0);
}

/**
 * sdwan_metrics_alloc() - make what computes the metrics of a fabric
 * @sn: fabric
 *
 * Return: it, or NULL.
 */
struct sdwan_metrics *sdwan_metrics_alloc(struct sdwan_net *sn)
{
	struct sdwan_metrics *m = kzalloc(sizeof(*m), GFP_KERNEL_ACCOUNT);
	int i;

	if (!m)
		return NULL;
	m->sn = sn;
	spin_lock_init(&m->told);
	INIT_DELAYED_WORK(&m->work, sdwan_metric_work);
	for (i = 0; i < SDWAN_METRIC_BATCH; i++) {
		m->skb[i] = sdwan_metric_skb_alloc(GFP_KERNEL_ACCOUNT);
		if (!m->skb[i]) {
			sdwan_metrics_free(m);
			return NULL;
		}
	}
	return m;
}

/**
 * sdwan_metrics_stop() - compute nothing any more
 * @m: of a fabric that is dying
 *
 * Context: Process context, with no lock held.
 */
void sdwan_metrics_stop(struct sdwan_metrics *m)
{
	cancel_delayed_work_sync(&m->work);
}

/**
 * sdwan_metrics_free() - free what computed the metrics of a fabric
 * @m: stopped or never used, or NULL
 */
void sdwan_metrics_free(struct sdwan_metrics *m)
{
	int i;

	if (!m)
		return;
	for (i = 0; i < SDWAN_METRIC_BATCH; i++)
		consume_skb(m->skb[i]);
	kfree(m);
}
