// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: fragmentation of inner packets
 *
 * The IP stack does it, and each fragment is sent by the same netdevice again.
 * That ends, as a fragment fits the path that the packet was cut for.
 */
#include <linux/netdevice.h>
#include <linux/percpu.h>
#include <net/ip.h>

#include "compat/compat.h"
#include "fragment.h"

/* How the packet was steered whose piece is about to be sent by this CPU. */
static DEFINE_PER_CPU(const struct sdwan_steering *, sdwan_fragment_of);

/**
 * sdwan_fragment_whole() - how the packet was steered that this is a piece of
 *
 * To be asked once by who sends the piece: what is sent by that is no piece.
 *
 * Context: Bottom halves off.
 *
 * Return: that, or NULL for what is no piece or was not steered.
 */
const struct sdwan_steering *sdwan_fragment_whole(void)
{
	const struct sdwan_steering *whole = this_cpu_read(sdwan_fragment_of);

	if (unlikely(whole))
		this_cpu_write(sdwan_fragment_of, NULL);
	return whole;
}

static void sdwan_fragment_send(struct sk_buff *skb)
{
	const struct sdwan_steering *whole = this_cpu_read(sdwan_fragment_of);

	skb->dev->netdev_ops->ndo_start_xmit(skb, skb->dev);
	/* for the next piece */
	this_cpu_write(sdwan_fragment_of, whole);
}

static int sdwan_fragment_out(struct net *net, struct sock *sk,
			      struct sk_buff *skb)
{
	sdwan_fragment_send(skb);
	return 0;
}

static int sdwan_fragment_one(struct sk_buff *skb, unsigned int mtu)
{
	/* queues on the way have left their own notes there */
	memset(IPCB(skb), 0, sizeof(*IPCB(skb)));
	IPCB(skb)->frag_max_size = mtu;
	return ip_do_fragment(dev_net(skb->dev), skb->sk, skb,
			      sdwan_fragment_out);
}

/*
 * Segments are small enough for the sender's own route, not for this path: they
 * are dealt with one by one.
 */
static int sdwan_fragment_gso(struct sk_buff *skb)
{
	struct sk_buff *segs, *seg, *next;

	segs = skb_gso_segment(skb, netif_skb_features(skb) & ~NETIF_F_GSO_MASK);
	if (IS_ERR_OR_NULL(segs)) {
		kfree_skb(skb);
		return segs ? PTR_ERR(segs) : -EINVAL;
	}
	consume_skb(skb);
	skb_list_walk_safe(segs, seg, next) {
		skb_mark_not_on_list(seg);
		sdwan_fragment_send(seg);
	}
	return 0;
}

/**
 * sdwan_fragment() - cut an inner packet, and send the pieces
 * @skb: GSO packet, or IPv4 packet that has come to a netdevice of ours by a
 *	route; consumed
 * @mtu: largest fragment, at least IPV4_MIN_MTU
 * @whole: how it is steered, NULL where it is not; pieces have no ports, and go
 *	as the whole would have
 *
 * Context: As ndo_start_xmit.
 *
 * Return: 0 or a negative error, when nothing or not everything was sent.
 */
int sdwan_fragment(struct sk_buff *skb, unsigned int mtu,
		   const struct sdwan_steering *whole)
{
	int err;

	this_cpu_write(sdwan_fragment_of, whole);
	err = skb_is_gso(skb) ? sdwan_fragment_gso(skb) :
				sdwan_fragment_one(skb, mtu);
	this_cpu_write(sdwan_fragment_of, NULL);
	return err;
}
