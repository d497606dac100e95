// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: inner packets handed to a device as they are
 *
 * The device (WireGuard, ipip, xfrm, ppp …) does what an outer header does
 * elsewhere.  All that arrives there is the segment's, as with a port of a
 * bridge.
 */
#include <linux/if_arp.h>
#include <linux/rtnetlink.h>
#include <net/xfrm.h>

#include "device.h"
#include "encap.h"
#include "probe_dev.h"
#include "receive.h"

/*
 * Whether what has decrypted the packet was to. The segment's netdevice will not
 * ask: the policies are of the device below, and end there.
 */
static bool sdwan_dev_policy_ok(struct sk_buff *skb)
{
	if (likely(!secpath_exists(skb)))
		return true;
	/* where IP would note the VRF, GRO has left notes of its own */
	memset(skb->cb, 0, sizeof(skb->cb));
	return xfrm_policy_check(NULL, XFRM_POLICY_IN, skb,
				 skb->protocol == htons(ETH_P_IPV6) ?
				 AF_INET6 : AF_INET);
}

static rx_handler_result_t sdwan_dev_handle(struct sk_buff **pskb)
{
	struct sdwan_sock *ss = rcu_dereference((*pskb)->dev->rx_handler_data);
	const struct sdwan_path_cfg *path;
	struct sk_buff *skb = *pskb;

	/* until somebody has committed a path, it is the host's */
	path = sdwan_receive_path_of(ss, &in6addr_any, 0);
	if (unlikely(!path))
		return RX_HANDLER_PASS;

	skb = skb_share_check(skb, GFP_ATOMIC);
	*pskb = skb;
	if (unlikely(!skb))
		return RX_HANDLER_CONSUMED;
	if (unlikely(!sdwan_dev_policy_ok(skb))) {
		sdwan_receive_drop(ss, skb, SDWAN_DROP_RX_POLICY);
		return RX_HANDLER_CONSUMED;
	}
	if (unlikely(sdwan_probe_dev_receive(path, skb)))
		return RX_HANDLER_CONSUMED;
	return sdwan_receive_bare(ss, skb, path) ? RX_HANDLER_ANOTHER :
						   RX_HANDLER_CONSUMED;
}

static int sdwan_dev_open(struct sdwan_sock *ss)
{
	/* ARP and neighbour discovery are nobody's then */
	if (ss->dev->type == ARPHRD_ETHER || ss->dev->flags & IFF_LOOPBACK)
		return -EINVAL;
	return netdev_rx_handler_register(ss->dev, sdwan_dev_handle, ss);
}

static void sdwan_dev_close(struct sdwan_sock *ss)
{
	netdev_rx_handler_unregister(ss->dev);
}

const struct sdwan_encap_ops sdwan_encap_dev = {
	.encap = SDWAN_ENCAP_DEV,
	.open = sdwan_dev_open,
	.close = sdwan_dev_close,
};
