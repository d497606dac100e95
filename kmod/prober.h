/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: when probes are due
 */
#ifndef _SDWAN_PROBER_H
#define _SDWAN_PROBER_H

#include <linux/timerqueue.h>
#include <linux/types.h>

struct sdwan_prober;

/**
 * struct sdwan_due - something that is to be done again and again
 * @node: in the queue, by ktime; protected by the lock of the prober, as the rest
 * @queued: @node is there
 * @armed: it is to be done
 * @run: does it, told the ktime at which it was due and that of now, and returns
 *	that at which it is due again. Bottom halves off, under rcu_read_lock().
 *
 * What holds it is freed a grace period after sdwan_prober_disarm().
 */
struct sdwan_due {
	struct timerqueue_node node;
	bool queued;
	bool armed;
	u64 (*run)(struct sdwan_due *due, u64 when, u64 now);
};

struct sdwan_prober *sdwan_prober_alloc(void);
void sdwan_prober_stop(struct sdwan_prober *prober);
void sdwan_prober_free(struct sdwan_prober *prober);
void sdwan_prober_arm(struct sdwan_prober *prober, struct sdwan_due *due,
		      u64 when);
void sdwan_prober_hasten(struct sdwan_prober *prober, struct sdwan_due *due,
			 u64 when);
void sdwan_prober_disarm(struct sdwan_prober *prober, struct sdwan_due *due);

#endif /* _SDWAN_PROBER_H */
