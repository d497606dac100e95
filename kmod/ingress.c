// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: LANs whose packets go past routing and firewall
 *
 * A hook of the device sees packets with their link-layer header, before the IP
 * stack has checked anything. What no flow is known of is classified here, and
 * then goes the normal way.
 */
#include <linux/if_vlan.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <linux/netfilter_netdev.h>
#include <net/ip.h>
#include <net/ipv6.h>

#include "direct.h"
#include "direct_wan.h"
#include "epoch.h"
#include "fabric.h"
#include "flow.h"
#include "frame.h"
#include "hook.h"
#include "ingress.h"
#include "note.h"
#include "rule.h"
#include "steer.h"

/* A packet that the IP stack would not drop at once. */
static bool sdwan_ingress_is_sound(struct sk_buff *skb)
{
	switch (skb->protocol) {
	case htons(ETH_P_IP):
		return pskb_may_pull(skb, sizeof(struct iphdr)) &&
		       ip_hdr(skb)->version == 4 && ip_hdr(skb)->ihl >= 5;
	case htons(ETH_P_IPV6):
		return pskb_may_pull(skb, sizeof(struct ipv6hdr)) &&
		       ipv6_hdr(skb)->version == 6;
	}
	return true;
}

/* What is for somebody else, or not ours alone, is not looked at. */
static bool sdwan_ingress_classifiable(struct sk_buff *skb)
{
	return skb->pkt_type != PACKET_OTHERHOST && !unlikely(skb_shared(skb)) &&
	       sdwan_ingress_is_sound(skb);
}

/*
 * What is no IP packet of this device is for rules that name parts of a frame, and
 * for no others: one with a tag is that of a VLAN device, which may be a LAN.
 */
static const struct sdwan_rule_cfg *
sdwan_ingress_rule(const struct sdwan_net *sn, struct sk_buff *skb,
		   const struct net_device *dev, bool foreign)
{
	if (unlikely(READ_ONCE(sn->frame_rules)))
		return sdwan_frame_rule(sn, skb, dev, foreign);
	return foreign ? NULL : sdwan_hook_rule(sn, skb, dev);
}

/* Whether a rule leaves a flow in the segment of its LAN. */
static bool sdwan_ingress_stays(const struct sdwan_lan_cfg *lan,
				const struct sdwan_rule_cfg *rule)
{
	if (!rule)
		return true;
	return rule->action != SDWAN_RULE_ACTION_DROP &&
	       (rule->action != SDWAN_RULE_ACTION_STEER || !rule->steer_vni ||
		rule->steer_vni == lan->vni);
}

/* What the LAN says of a flow, for packets that will not be asked about. */
static void sdwan_ingress_learn(struct sdwan_flow *flow, u64 epoch,
				const struct sdwan_rule_cfg *rule)
{
	const struct sdwan_direct_lan *known = &rcu_dereference(flow->direct)->lan;
	const struct sdwan_direct_lan learned = { .epoch = epoch, .rule = rule };

	if (known->epoch != epoch || known->rule != rule)
		sdwan_direct_learn(flow, &learned, NULL, NULL);
}

/*
 * A packet that goes the normal way: its rule is found here, where the link-layer header
 * still is what it was, and does to it what it does in mode mark.
 */
static unsigned int sdwan_ingress_classify(struct sdwan_net *sn,
					   struct sk_buff *skb,
					   const struct sdwan_lan_cfg *lan,
					   const struct net_device *dev,
					   struct sdwan_flow *flow)
{
	u64 epoch = sdwan_epoch(sn);
	const struct sdwan_rule_cfg *rule;
	unsigned int verdict;
	bool foreign;

	if (!sdwan_steers(sn) || !sdwan_ingress_classifiable(skb))
		return NF_ACCEPT;
	foreign = sdwan_frame_is_foreign(skb);
	rule = sdwan_ingress_rule(sn, skb, dev, foreign);
	if (flow && !foreign && epoch && sdwan_ingress_stays(lan, rule))
		sdwan_ingress_learn(flow, epoch, rule);
	if (!rule)
		return NF_ACCEPT;
	verdict = sdwan_hook_apply(sn, skb, rule);
	if (verdict != NF_ACCEPT || foreign ||
	    rule->action != SDWAN_RULE_ACTION_STEER)
		return verdict;
	sdwan_note_write(skb, rule->note ?: lan->note, dev);
	return NF_ACCEPT;
}

static unsigned int sdwan_ingress_hook(void *priv, struct sk_buff *skb,
				       const struct nf_hook_state *state)
{
	const struct sdwan_lan *lan = priv;
	struct sdwan_net *sn = lan->obj.sn;
	struct sdwan_cfg *cfg = rcu_dereference(lan->obj.cfg);
	struct sdwan_flow *flow;

	/* gone, or going */
	if (unlikely(!cfg))
		return NF_ACCEPT;
	if (likely(sdwan_direct_send(sn, sdwan_lan_cfg(cfg), skb, state->in,
				     &flow)))
		return NF_STOLEN;
	return sdwan_ingress_classify(sn, skb, sdwan_lan_cfg(cfg), state->in,
				      flow);
}

static bool sdwan_ingress_wanted(const struct sdwan_lan *lan,
				 const struct net_device *dev)
{
	struct sdwan_cfg *cfg;

	cfg = rcu_dereference_protected(lan->obj.cfg,
					lockdep_is_held(&lan->obj.sn->lock));
	return dev && cfg && sdwan_lan_cfg(cfg)->mode == SDWAN_LAN_MODE_DIRECT;
}

/* Behind the firewall: what goes to a LAN. */
static const struct nf_hook_ops sdwan_ingress_hooks[] = {
	{
		.hook = sdwan_direct_forwarded,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_FORWARD,
		.priority = NF_IP_PRI_LAST,
	},
#if IS_ENABLED(CONFIG_IPV6)
	{
		.hook = sdwan_direct_forwarded,
		.pf = NFPROTO_IPV6,
		.hooknum = NF_INET_FORWARD,
		.priority = NF_IP6_PRI_LAST,
	},
#endif
};

/* One more LAN has its hook. */
static int sdwan_ingress_begin(struct sdwan_net *sn)
{
	struct sdwan_sock *ss;
	int err;

	if (!sn->direct_lans) {
		err = nf_register_net_hooks(sn->net, sdwan_ingress_hooks,
					    ARRAY_SIZE(sdwan_ingress_hooks));
		if (err)
			return err;
		list_for_each_entry(ss, &sn->socks, list)
			sdwan_direct_wan_add(ss);
	}
	WRITE_ONCE(sn->direct_lans, sn->direct_lans + 1);
	return 0;
}

static void sdwan_ingress_end(struct sdwan_net *sn)
{
	struct sdwan_sock *ss;

	WRITE_ONCE(sn->direct_lans, sn->direct_lans - 1);
	if (sn->direct_lans)
		return;
	list_for_each_entry(ss, &sn->socks, list)
		sdwan_direct_wan_del(ss);
	nf_unregister_net_hooks(sn->net, sdwan_ingress_hooks,
				ARRAY_SIZE(sdwan_ingress_hooks));
}

static void sdwan_ingress_remove(struct sdwan_lan *lan)
{
	struct sdwan_net *sn = lan->obj.sn;

	nf_unregister_net_hook(sn->net, &lan->hook);
	lan->hook.dev = NULL;
	sdwan_ingress_end(sn);
}

/**
 * sdwan_ingress_sync() - have the hook of a LAN where it belongs
 * @lan: LAN, which may have changed its mode or its device
 * @dev: its device, NULL where it has none
 *
 * Where there is no memory for a hook, there is none: the LAN is not hooked then
 * (sdwan_lan.hook), and its packets go the normal way, by the rules of their
 * segment.
 *
 * Context: Process context, under rtnl_mutex and sdwan_net.lock.
 */
void sdwan_ingress_sync(struct sdwan_lan *lan, struct net_device *dev)
{
	struct sdwan_net *sn = lan->obj.sn;
	struct nf_hook_ops *ops = &lan->hook;

	if (!sdwan_ingress_wanted(lan, dev))
		dev = NULL;
	if (ops->dev == dev)
		return;
	if (ops->dev)
		sdwan_ingress_remove(lan);
	if (!dev || sdwan_ingress_begin(sn))
		return;
	/* behind all others, who may have their reasons to drop; but before what
	 * takes outer packets, which may be those of a LAN as well
	 */
	ops->pf = NFPROTO_NETDEV;
	ops->hooknum = NF_NETDEV_INGRESS;
	ops->priority = INT_MAX - 1;
	ops->hook = sdwan_ingress_hook;
	ops->priv = lan;
	ops->dev = dev;
	if (nf_register_net_hook(sn->net, ops)) {
		ops->dev = NULL;
		sdwan_ingress_end(sn);
	}
}
