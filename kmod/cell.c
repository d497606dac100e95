// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: delivery of inner packets
 *
 * Decapsulated packets wait in a queue of their CPU until the poll that brought
 * them is over, and go up in batches, which saves each of them a route look-up
 * and much of the instruction cache.  That is what gro_cells does, but with one
 * queue per CPU and not one per CPU and netdevice: ten thousand segments need
 * no more memory than one, and batches are longer.
 *
 * GRO is asked about TCP only; it has no use for anything else and takes long
 * to find that out.  All packets of a flow have one protocol, so they stay in
 * order.
 */
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netdevice.h>

#include "cell.h"
#include "compat/compat.h"

/* What a poll takes; less than its budget, so that GRO holds nothing after it. */
#define SDWAN_CELL_BATCH	(NAPI_POLL_WEIGHT - 1)

/**
 * struct sdwan_cell - packets of one CPU that wait for delivery
 * @queue: the packets; only this CPU uses it, with bottom halves off
 * @devs: netdevices of the packets that are being delivered
 * @napi: delivers them
 */
struct sdwan_cell {
	struct sk_buff_head queue;
	struct net_device *devs[SDWAN_CELL_BATCH];
	struct napi_struct napi;
};

static struct sdwan_cell __percpu *sdwan_cells;
static struct net_device *sdwan_cell_dev;

/* A protocol that GRO merges. */
static bool sdwan_cell_merges(const struct sk_buff *skb)
{
	u8 proto = skb->protocol == htons(ETH_P_IP) ? ip_hdr(skb)->protocol :
						      ipv6_hdr(skb)->nexthdr;

	return proto == IPPROTO_TCP;
}

static int sdwan_cell_poll(struct napi_struct *napi, int budget)
{
	struct sdwan_cell *cell = container_of(napi, struct sdwan_cell, napi);
	struct sk_buff *skb;
	int i, work = 0;
	LIST_HEAD(batch);

	while (work < min(budget, SDWAN_CELL_BATCH) &&
	       (skb = __skb_dequeue(&cell->queue))) {
		cell->devs[work++] = skb->dev;
		if (sdwan_cell_merges(skb))
			napi_gro_receive(napi, skb);
		else
			list_add_tail(&skb->list, &batch);
	}
	netif_receive_skb_list(&batch);

	/* GRO lets go of all it has before the netdevices may go */
	if (work < budget && napi_complete_done(napi, work) &&
	    !skb_queue_empty(&cell->queue))
		napi_schedule(napi);
	for (i = 0; i < work; i++)
		dev_put(cell->devs[i]);
	return work;
}

/**
 * sdwan_cell_receive() - deliver an inner packet
 * @skb: packet at its IP header, with its netdevice; consumed where it is taken
 *
 * Context: Bottom halves off.
 *
 * Return: false where the queue is full.
 */
bool sdwan_cell_receive(struct sk_buff *skb)
{
	struct sdwan_cell *cell = this_cpu_ptr(sdwan_cells);

	if (unlikely(skb_queue_len(&cell->queue) >= sdwan_compat_max_backlog()))
		return false;

	dev_hold(skb->dev);
	__skb_queue_tail(&cell->queue, skb);
	if (skb_queue_len(&cell->queue) == 1)
		napi_schedule(&cell->napi);
	return true;
}

/**
 * sdwan_cell_init() - make the queues
 *
 * Return: 0 or -ENOMEM.
 */
int sdwan_cell_init(void)
{
	int cpu;

	sdwan_cells = alloc_percpu(struct sdwan_cell);
	if (!sdwan_cells)
		return -ENOMEM;
	sdwan_cell_dev = sdwan_compat_dummy_alloc();
	if (!sdwan_cell_dev) {
		free_percpu(sdwan_cells);
		return -ENOMEM;
	}

	for_each_possible_cpu(cpu) {
		struct sdwan_cell *cell = per_cpu_ptr(sdwan_cells, cpu);

		__skb_queue_head_init(&cell->queue);
		set_bit(NAPI_STATE_NO_BUSY_POLL, &cell->napi.state);
		netif_napi_add(sdwan_cell_dev, &cell->napi, sdwan_cell_poll);
		napi_enable(&cell->napi);
	}
	return 0;
}

/**
 * sdwan_cell_exit() - free the queues; all netdevices are gone
 */
void sdwan_cell_exit(void)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		struct sdwan_cell *cell = per_cpu_ptr(sdwan_cells, cpu);

		napi_disable(&cell->napi);
		__netif_napi_del(&cell->napi);
	}
	/* readers of the list of NAPI instances */
	synchronize_net();
	sdwan_compat_dummy_free(sdwan_cell_dev);
	free_percpu(sdwan_cells);
}
