// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: when probes are due
 *
 * A fabric has one timer, and a tree of paths by the time they are due.  A timer
 * per path would put them into the tree that all timers of a CPU share, which
 * hard interrupts walk; buckets of jiffies would be as coarse as 10 ms, which is
 * an interval already.  Of 4,000 paths, one is found in 12 steps, and no path is
 * touched before it is due.
 *
 * It all happens in soft interrupts, where packets may be sent, a few probes at
 * a time: others get their turn in between.
 */
#include <linux/hrtimer.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include "prober.h"

/* Most that is done in one go. */
#define SDWAN_PROBER_BUDGET	64

/**
 * struct sdwan_prober - the timer of a fabric
 * @lock: protects the rest; taken with bottom halves off
 * @queue: &struct sdwan_due.node
 * @timer: goes off when the first is due
 */
struct sdwan_prober {
	spinlock_t lock;	/* protects the rest */
	struct timerqueue_head queue;
	struct hrtimer timer;
};

static void sdwan_prober_start(struct sdwan_prober *prober)
{
	struct timerqueue_node *first = timerqueue_getnext(&prober->queue);

	if (first)
		hrtimer_start(&prober->timer, first->expires,
			      HRTIMER_MODE_ABS_SOFT);
}

static void sdwan_prober_enqueue(struct sdwan_prober *prober,
				 struct sdwan_due *due, u64 when)
{
	due->node.expires = ns_to_ktime(when);
	due->queued = true;
	timerqueue_add(&prober->queue, &due->node);
}

static void sdwan_prober_dequeue(struct sdwan_prober *prober,
				 struct sdwan_due *due)
{
	timerqueue_del(&prober->queue, &due->node);
	due->queued = false;
}

static struct sdwan_due *sdwan_prober_next(struct sdwan_prober *prober, u64 now)
{
	struct timerqueue_node *first = timerqueue_getnext(&prober->queue);

	if (!first || ktime_to_ns(first->expires) > now)
		return NULL;
	return container_of(first, struct sdwan_due, node);
}

static enum hrtimer_restart sdwan_prober_tick(struct hrtimer *timer)
{
	struct sdwan_prober *prober = container_of(timer, struct sdwan_prober,
						   timer);
	struct sdwan_due *due;
	u64 now, when;
	int i;

	/* what is disarmed while it runs is not freed before the end of this */
	rcu_read_lock();
	spin_lock(&prober->lock);
	for (i = 0; i < SDWAN_PROBER_BUDGET; i++) {
		now = ktime_get_ns();
		due = sdwan_prober_next(prober, now);
		if (!due)
			break;
		when = ktime_to_ns(due->node.expires);
		sdwan_prober_dequeue(prober, due);
		spin_unlock(&prober->lock);
		when = due->run(due, when, now);
		spin_lock(&prober->lock);
		/* unless it was disarmed or armed anew meanwhile */
		if (due->armed && !due->queued)
			sdwan_prober_enqueue(prober, due, when);
	}
	sdwan_prober_start(prober);
	spin_unlock(&prober->lock);
	rcu_read_unlock();
	return HRTIMER_NORESTART;
}

/**
 * sdwan_prober_arm() - have something done
 * @prober: by whom
 * @due: what
 * @when: ktime of the first time
 *
 * Context: Any but hard interrupts.
 */
void sdwan_prober_arm(struct sdwan_prober *prober, struct sdwan_due *due,
		      u64 when)
{
	spin_lock_bh(&prober->lock);
	if (due->queued)
		sdwan_prober_dequeue(prober, due);
	due->armed = true;
	sdwan_prober_enqueue(prober, due, when);
	sdwan_prober_start(prober);
	spin_unlock_bh(&prober->lock);
}

/**
 * sdwan_prober_hasten() - have something done sooner, unless it was disarmed
 * @prober: by whom
 * @due: what
 * @when: ktime of the next time
 *
 * Context: Any but hard interrupts.
 */
void sdwan_prober_hasten(struct sdwan_prober *prober, struct sdwan_due *due,
			 u64 when)
{
	spin_lock_bh(&prober->lock);
	if (due->armed && due->queued) {
		sdwan_prober_dequeue(prober, due);
		sdwan_prober_enqueue(prober, due, when);
		sdwan_prober_start(prober);
	}
	spin_unlock_bh(&prober->lock);
}

/**
 * sdwan_prober_disarm() - have something done no longer
 * @prober: by whom
 * @due: what; may be at work until a grace period later
 *
 * Context: Any but hard interrupts.
 */
void sdwan_prober_disarm(struct sdwan_prober *prober, struct sdwan_due *due)
{
	spin_lock_bh(&prober->lock);
	if (due->queued)
		sdwan_prober_dequeue(prober, due);
	due->armed = false;
	spin_unlock_bh(&prober->lock);
}

/**
 * sdwan_prober_alloc() - make the timer of a fabric
 *
 * Return: the prober or NULL.
 */
struct sdwan_prober *sdwan_prober_alloc(void)
{
	struct sdwan_prober *prober;

	prober = kzalloc(sizeof(*prober), GFP_KERNEL_ACCOUNT);
	if (!prober)
		return NULL;
	spin_lock_init(&prober->lock);
	timerqueue_init_head(&prober->queue);
	hrtimer_init(&prober->timer, CLOCK_MONOTONIC, HRTIMER_MODE_ABS_SOFT);
	prober->timer.function = sdwan_prober_tick;
	return prober;
}

/**
 * sdwan_prober_stop() - wait until nothing is at work
 * @prober: one with nothing armed
 *
 * Context: Process context.
 */
void sdwan_prober_stop(struct sdwan_prober *prober)
{
	hrtimer_cancel(&prober->timer);
}

/**
 * sdwan_prober_free() - free the timer of a fabric
 * @prober: one that was stopped or never armed, or NULL
 */
void sdwan_prober_free(struct sdwan_prober *prober)
{
	kfree(prober);
}
