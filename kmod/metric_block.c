// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: the statistics that metrics are computed from
 *
 * They are laid out as include/uapi/linux/sdwan_metric.h says.
 */
#include <linux/cpumask.h>
#include <linux/etherdevice.h>
#include <linux/sched/loadavg.h>
#include <linux/skbuff.h>
#include <linux/time64.h>

#include "flow.h"
#include "metric.h"
#include "probe.h"

/* The first of January 1970 was a Thursday. */
#define SDWAN_METRIC_EPOCH_DAY	3
#define SDWAN_METRIC_DAY	86400

/* What is known, and does not fit, is more than anything else that is known. */
static __be32 sdwan_metric_be(u64 value)
{
	return cpu_to_be32(min_t(u64, value, SDWAN_METRIC_UNKNOWN - 1));
}

static __be32 sdwan_metric_usec(u64 ns)
{
	return sdwan_metric_be(div_u64(ns, NSEC_PER_USEC));
}

static __be32 sdwan_metric_msec(u64 ns)
{
	return sdwan_metric_be(div_u64(ns, NSEC_PER_MSEC));
}

/* a * b / c; processors do not take results that do not fit. */
static u64 sdwan_metric_ratio(u64 a, u32 b, u64 c)
{
	if (div64_u64(a, c) >= div_u64(U64_MAX, b))
		return U64_MAX;
	return mul_u64_u64_div_u64(a, b, c);
}

static __be32 sdwan_metric_kbit(u64 bits)
{
	return sdwan_metric_be(div_u64(bits, 1000));
}

/**
 * sdwan_metric_skb_alloc() - make what programs are run on
 * @gfp: how
 *
 * It is linear, and belongs to no device and no socket.
 *
 * Return: a packet as long as the statistics, or NULL.
 */
struct sk_buff *sdwan_metric_skb_alloc(gfp_t gfp)
{
	struct sk_buff *skb = alloc_skb(sizeof(struct sdwan_metric_block), gfp);

	if (!skb)
		return NULL;
	skb_reset_mac_header(skb);
	skb_reset_network_header(skb);
	skb_reset_transport_header(skb);
	skb_put(skb, sizeof(struct sdwan_metric_block));
	return skb;
}

/**
 * sdwan_metric_block() - the statistics in a packet
 * @skb: made by sdwan_metric_skb_alloc()
 *
 * Return: where they are.
 */
struct sdwan_metric_block *sdwan_metric_block(struct sk_buff *skb)
{
	return (struct sdwan_metric_block *)skb->data;
}

/**
 * sdwan_metric_block_init() - begin with what nothing is known of but the time
 * @block: result
 * @time: seconds since 1970, UTC
 */
void sdwan_metric_block_init(struct sdwan_metric_block *block, u64 time)
{
	u32 second, day;

	day = div_u64_rem(time, SDWAN_METRIC_DAY, &second);
	/* SDWAN_METRIC_UNKNOWN everywhere */
	memset(block, 0xff, sizeof(*block));
	block->version = cpu_to_be32(SDWAN_METRIC_VERSION);
	block->len = cpu_to_be32(sizeof(*block));
	block->time = cpu_to_be32(second);
	block->weekday = cpu_to_be32((day + SDWAN_METRIC_EPOCH_DAY) % 7 + 1);
	block->path.valid = 0;
	block->far_path.valid = 0;
	block->underlay.valid = 0;
	block->far_underlay.valid = 0;
	block->device.valid = 0;
	block->far_device.valid = 0;
}

static void sdwan_metric_block_times(struct sdwan_metric_path *p,
				     const struct sdwan_measure *m)
{
	p->rtt_us = sdwan_metric_usec(m->rtt);
	p->rtt_var_us = sdwan_metric_usec(m->rtt_var);
	p->rtt_min_us = sdwan_metric_usec(m->rtt_min);
	p->delay_var_tx_us = sdwan_metric_usec(m->var_tx);
	p->delay_var_rx_us = sdwan_metric_usec(m->var_rx);
}

static void sdwan_metric_block_loss(struct sdwan_metric_path *p,
				    const struct sdwan_probe *probe)
{
	const struct sdwan_measure *m = &probe->measure;
	const struct sdwan_traffic *t = &probe->traffic;
	u32 most = max(m->loss_tx, m->loss_rx);

	p->probe_loss_tx_ppm = sdwan_metric_be(m->loss_tx);
	p->probe_loss_rx_ppm = sdwan_metric_be(m->loss_rx);
	if (t->known) {
		p->data_loss_tx_ppm = sdwan_metric_be(t->tx.loss);
		p->data_loss_rx_ppm = sdwan_metric_be(t->rx.loss);
		most = max3(most, t->tx.loss, t->rx.loss);
	}
	p->loss_ppm = sdwan_metric_be(most);
}

static void sdwan_metric_block_probe(struct sdwan_metric_path *p,
				     struct sdwan_probe *probe, u64 now)
{
	spin_lock_bh(&probe->lock);
	if (probe->verdict != SDWAN_PROBE_UNASKED && probe->measure.timed) {
		p->valid = cpu_to_be32(1);
		/* another CPU may have heard something since */
		p->age_ms = sdwan_metric_msec(max_t(s64, now - probe->heard,
						    0));
		sdwan_metric_block_times(p, &probe->measure);
		sdwan_metric_block_loss(p, probe);
		p->tx_kbit = sdwan_metric_kbit(probe->use.tx_rate);
		p->rx_kbit = sdwan_metric_kbit(probe->use.rx_rate);
	}
	spin_unlock_bh(&probe->lock);
}

/**
 * sdwan_metric_path() - what is known of a path
 * @p: result
 * @path: path
 * @cfg: its configuration, or NULL
 * @now: ktime
 */
void sdwan_metric_path(struct sdwan_metric_path *p,
		       const struct sdwan_path *path,
		       const struct sdwan_path_cfg *cfg, u64 now)
{
	unsigned int mtu = READ_ONCE(path->mtu);

	/* SDWAN_METRIC_UNKNOWN everywhere, as below */
	memset(p, 0xff, sizeof(*p));
	p->valid = 0;
	if (cfg)
		p->preference = sdwan_metric_be(cfg->preference);
	if (mtu != SDWAN_MTU_NONE)
		p->mtu = sdwan_metric_be(mtu);
	sdwan_metric_block_probe(p, path->probe, now);
}

/**
 * sdwan_metric_underlay() - what is known of an underlay
 * @u: result
 * @underlay: underlay; sdwan_net.lock or sdwan_metrics.told is held
 * @cfg: its configuration, or NULL
 * @now: ktime
 */
void sdwan_metric_underlay(struct sdwan_metric_underlay *u,
			   const struct sdwan_underlay *underlay,
			   const struct sdwan_underlay_cfg *cfg, u64 now)
{
	const struct sdwan_underlay_use *use = &underlay->use;
	u64 most = max(use->tx_rate, use->rx_rate);

	memset(u, 0xff, sizeof(*u));
	u->valid = 0;
	if (cfg)
		u->cost = sdwan_metric_be(cfg->cost);
	if (cfg && cfg->rate)
		u->rate_kbit = sdwan_metric_kbit(cfg->rate);
	if (!use->known)
		return;
	u->valid = cpu_to_be32(1);
	u->age_ms = sdwan_metric_msec(max_t(s64, now - use->at, 0));
	u->tx_kbit = sdwan_metric_kbit(use->tx_rate);
	u->rx_kbit = sdwan_metric_kbit(use->rx_rate);
	u->errors = sdwan_metric_be(use->errors);
	if (cfg && cfg->rate)
		u->load_ppm = sdwan_metric_be(sdwan_metric_ratio(most, SDWAN_PPM,
								 cfg->rate));
}

/**
 * sdwan_metric_device() - what is known of this end
 * @d: result
 * @m: what was found out last; sdwan_net.lock or its own is held
 * @now: ktime
 */
void sdwan_metric_device(struct sdwan_metric_device *d,
			 const struct sdwan_metrics *m, u64 now)
{
	if (!m->device_at) {
		memset(d, 0xff, sizeof(*d));
		d->valid = 0;
		return;
	}
	*d = m->device;
	d->age_ms = sdwan_metric_msec(max_t(s64, now - m->device_at, 0));
}

/* What a millionth that is lost adds to the cost, in microseconds. */
#define SDWAN_METRIC_LOSS	20

/**
 * sdwan_metric_block_cost() - what a path costs by default
 * @block: its statistics
 *
 * As by the metric "rtt_us + 20 * loss_ppm", but that a path which is not measured
 * can be used: it costs more than one that is.
 *
 * Return: the cost, not 0.
 */
u32 sdwan_metric_block_cost(const struct sdwan_metric_block *block)
{
	u64 cost = be32_to_cpu(block->path.rtt_us);

	if (!block->path.valid)
		return SDWAN_COST_UNKNOWN;
	cost += (u64)be32_to_cpu(block->path.loss_ppm) * SDWAN_METRIC_LOSS;
	return clamp_t(u64, cost, 1, SDWAN_COST_UNKNOWN);
}

/* Rates are those of so many nanoseconds at least. */
#define SDWAN_METRIC_SPAN	(NSEC_PER_SEC / 2)

/* A second's share of what has come to a counter, unless that was reset. */
static u64 sdwan_metric_per_second(u64 now, u64 before, u64 ns)
{
	if (now < before)
		return 0;
	return sdwan_metric_ratio(now - before, NSEC_PER_SEC, ns);
}

/* Metrics are computed at once when one changes: a rate of so short a time is noise. */
static bool sdwan_metric_soon(const struct sdwan_underlay_use *before,
			      const struct net_device *dev, u64 now)
{
	return before->at && before->ifindex == dev->ifindex &&
	       now - before->at < SDWAN_METRIC_SPAN;
}

static void sdwan_metric_compare(struct sdwan_underlay_use *use,
				 const struct sdwan_underlay_use *before)
{
	u64 ns = use->at - before->at;

	/* the first time there is nothing to compare with */
	use->known = before->at && before->ifindex == use->ifindex &&
		     use->at > before->at;
	if (!use->known)
		return;
	use->tx_rate = 8 * sdwan_metric_per_second(use->tx_bytes,
						   before->tx_bytes, ns);
	use->rx_rate = 8 * sdwan_metric_per_second(use->rx_bytes,
						   before->rx_bytes, ns);
	use->errors = sdwan_metric_per_second(use->total, before->total, ns);
}

/**
 * sdwan_metric_look_underlay() - look at the device of an underlay
 * @m: metrics of the fabric
 * @underlay: underlay; sdwan_net.lock is held
 * @now: ktime
 *
 * Context: Process context.
 */
void sdwan_metric_look_underlay(struct sdwan_metrics *m,
				struct sdwan_underlay *underlay, u64 now)
{
	struct sdwan_underlay_use use = {};
	struct rtnl_link_stats64 stats;
	struct net_device *dev;

	dev = rcu_dereference_protected(underlay->dev,
					lockdep_is_held(&underlay->obj.sn->lock));
	if (dev) {
		if (sdwan_metric_soon(&underlay->use, dev, now))
			return;
		dev_get_stats(dev, &stats);
		use.at = now;
		use.ifindex = dev->ifindex;
		use.tx_bytes = stats.tx_bytes;
		use.rx_bytes = stats.rx_bytes;
		use.total = stats.rx_errors + stats.tx_errors;
		sdwan_metric_compare(&use, &underlay->use);
	}
	spin_lock_bh(&m->told);
	underlay->use = use;
	spin_unlock_bh(&m->told);
}

/**
 * sdwan_metric_look_device() - look at this end
 * @m: result; sdwan_net.lock is held
 * @now: ktime
 */
void sdwan_metric_look_device(struct sdwan_metrics *m, u64 now)
{
	struct sdwan_metric_device *d = &m->device;
	u32 cpus = num_online_cpus();
	u64 load = READ_ONCE(avenrun[0]);

	spin_lock_bh(&m->told);
	memset(d, 0xff, sizeof(*d));
	d->valid = cpu_to_be32(1);
	d->load_ppm = sdwan_metric_be(div_u64(load * SDWAN_PPM >> FSHIFT,
					      cpus));
	d->cpus = sdwan_metric_be(cpus);
	d->flows = sdwan_metric_be(sdwan_flow_count(m->sn));
	d->paths = sdwan_metric_be(m->sn->table[SDWAN_KIND_PATH].committed);
	m->device_at = now;
	spin_unlock_bh(&m->told);
}
