// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: what is told of the probes of a path
 */
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <net/netlink.h>

#include "measure.h"
#include "probe.h"
#include "report.h"

static int sdwan_probe_put_usec(struct sk_buff *skb, int attr, u64 ns)
{
	return nla_put_u32(skb, attr, min_t(u64, div_u64(ns, NSEC_PER_USEC),
					    U32_MAX));
}

static int sdwan_probe_fill_times(struct sk_buff *skb,
				  const struct sdwan_measure *m)
{
	if (!m->timed)
		return 0;
	if (sdwan_probe_put_usec(skb, SDWAN_A_PATH_RTT, m->rtt) ||
	    sdwan_probe_put_usec(skb, SDWAN_A_PATH_RTT_VAR, m->rtt_var) ||
	    sdwan_probe_put_usec(skb, SDWAN_A_PATH_RTT_MIN, m->rtt_min) ||
	    sdwan_probe_put_usec(skb, SDWAN_A_PATH_DELAY_VAR_TX, m->var_tx) ||
	    sdwan_probe_put_usec(skb, SDWAN_A_PATH_DELAY_VAR_RX, m->var_rx))
		return -EMSGSIZE;
	return 0;
}

static int sdwan_probe_fill_counts(struct sk_buff *skb,
				   const struct sdwan_probe *probe)
{
	const struct sdwan_measure *m = &probe->measure;

	if (nla_put_u32(skb, SDWAN_A_PATH_PROBE_LOSS_TX, m->loss_tx) ||
	    nla_put_u32(skb, SDWAN_A_PATH_PROBE_LOSS_RX, m->loss_rx) ||
	    nla_put_u64_64bit(skb, SDWAN_A_PATH_PROBES_SENT,
			      probe->sent_count, SDWAN_A_PATH_PAD) ||
	    nla_put_u64_64bit(skb, SDWAN_A_PATH_PROBES_ANSWERED,
			      probe->answered, SDWAN_A_PATH_PAD) ||
	    nla_put_u64_64bit(skb, SDWAN_A_PATH_PROBES_LOST_TX,
			      max(m->lost_tx, 0LL), SDWAN_A_PATH_PAD) ||
	    nla_put_u64_64bit(skb, SDWAN_A_PATH_PROBES_LOST_RX,
			      max(m->lost_rx, 0LL), SDWAN_A_PATH_PAD) ||
	    nla_put_u64_64bit(skb, SDWAN_A_PATH_TX_RATE,
			      probe->use.tx_rate, SDWAN_A_PATH_PAD) ||
	    nla_put_u64_64bit(skb, SDWAN_A_PATH_RX_RATE,
			      probe->use.rx_rate, SDWAN_A_PATH_PAD))
		return -EMSGSIZE;
	return 0;
}

static int sdwan_probe_fill_traffic(struct sk_buff *skb,
				    const struct sdwan_traffic *t)
{
	if (!t->known)
		return 0;
	if (nla_put_u32(skb, SDWAN_A_PATH_DATA_LOSS_TX, t->tx.loss) ||
	    nla_put_u32(skb, SDWAN_A_PATH_DATA_LOSS_RX, t->rx.loss) ||
	    nla_put_u64_64bit(skb, SDWAN_A_PATH_DATA_LOST_TX,
			      max(t->tx.lost, 0LL), SDWAN_A_PATH_PAD) ||
	    nla_put_u64_64bit(skb, SDWAN_A_PATH_DATA_LOST_RX,
			      max(t->rx.lost, 0LL), SDWAN_A_PATH_PAD))
		return -EMSGSIZE;
	return 0;
}

static int sdwan_probe_fill_heard(struct sk_buff *skb,
				  const struct sdwan_probe *probe)
{
	u64 age;

	if (nla_put_u64_64bit(skb, SDWAN_A_PATH_PROBES_REFLECTED,
			      probe->reflected, SDWAN_A_PATH_PAD))
		return -EMSGSIZE;
	if (!probe->heard)
		return 0;
	age = div_u64(ktime_get_ns() - probe->heard, NSEC_PER_MSEC);
	return nla_put_u32(skb, SDWAN_A_PATH_HEARD_AGE,
			   min_t(u64, age, U32_MAX));
}

/**
 * sdwan_probe_fill() - tell what probes of a path have found out
 * @skb: message
 * @probe: probes
 *
 * Return: 0 or -EMSGSIZE.
 */
int sdwan_probe_fill(struct sk_buff *skb, struct sdwan_probe *probe)
{
	bool on;
	int err;

	spin_lock_bh(&probe->lock);
	on = probe->verdict != SDWAN_PROBE_UNASKED;
	err = nla_put_u32(skb, SDWAN_A_PATH_PROBE_ACTIVE,
			  on ? probe->params.mode : SDWAN_PROBE_MODE_OFF);
	if (!err && on)
		err = sdwan_probe_fill_times(skb, &probe->measure);
	if (!err && on)
		err = sdwan_probe_fill_counts(skb, probe);
	if (!err && on)
		err = sdwan_probe_fill_traffic(skb, &probe->traffic);
	if (!err && on)
		err = sdwan_probe_search_fill(skb, probe);
	if (!err)
		err = sdwan_probe_fill_heard(skb, probe);
	if (!err)
		err = sdwan_report_fill(skb, &probe->report, ktime_get_ns());
	spin_unlock_bh(&probe->lock);
	return err;
}
