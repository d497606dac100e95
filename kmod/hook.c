// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: rules are asked before routing
 *
 * What comes in by a LAN device is looked at twice. First before connection
 * tracking, for what is to be dropped: it must cost no entry. Then after it and
 * after those who set marks, for everything else. Firewall, connection tracking
 * and accounting see all that is not dropped as they see other packets.
 */
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <net/ip.h>
#include <net/l3mdev.h>

#include "dissect.h"
#include "fabric.h"
#include "forward.h"
#include "hook.h"
#include "lookup.h"
#include "note.h"
#include "pmtu.h"
#include "rule.h"
#include "steer.h"

/* The device a packet came in by, where its VRF is @dev; else 0. */
static int sdwan_hook_sdif(const struct sk_buff *skb,
			   const struct net_device *dev)
{
	if (!netif_is_l3_master(dev))
		return 0;
	return skb->protocol == htons(ETH_P_IP) ? inet_sdif(skb) :
						  inet6_sdif(skb);
}

/*
 * What came in by a device of a VRF passes the hooks twice, the second time as
 * if by the VRF. A VRF can be a LAN as a whole; its devices go before.
 */
static const struct sdwan_lan_cfg *
sdwan_hook_lan(const struct sdwan_net *sn, const struct sk_buff *skb,
	       const struct net_device *dev)
{
	int sdif = sdwan_hook_sdif(skb, dev);

	if (unlikely(sdif) && sdwan_lan_of(sn, sdif))
		return NULL;
	return sdwan_lan_of(sn, dev->ifindex);
}

/**
 * sdwan_hook_packet() - what rules see of an IP packet that comes in by a LAN
 * @skb: IP packet, its header at hand
 * @headers: result; what is not of IP stays
 */
void sdwan_hook_packet(const struct sk_buff *skb, struct sdwan_headers *headers)
{
	enum sdwan_dissected what;
	struct sdwan_flow_key key;

	what = sdwan_dissect(skb, 0, true, &key);
	sdwan_steer_headers(&key, what, headers);
	headers->dscp = sdwan_steer_dscp(skb);
}

/**
 * sdwan_hook_ask() - the rule that decides on what comes in by a LAN
 * @sn: fabric
 * @skb: packet
 * @dev: device it came in by
 * @headers: what rules see of it; the rest is filled in here
 *
 * Context: Under rcu_read_lock().
 *
 * Return: the rule or NULL.
 */
const struct sdwan_rule_cfg *sdwan_hook_ask(const struct sdwan_net *sn,
					    struct sk_buff *skb,
					    const struct net_device *dev,
					    struct sdwan_headers *headers)
{
	const struct sdwan_classifier_node *node;

	headers->mark = skb->mark;
	headers->skb = skb;
	/* zero-padded, as it is compared whole */
	strscpy_pad(headers->iif, dev->name, sizeof(headers->iif));
	node = sdwan_classifier_lookup(sn->classifier, headers);
	return node ? sdwan_rule_of(node) : NULL;
}

/**
 * sdwan_hook_rule() - the rule that decides on a packet of a LAN
 * @sn: fabric
 * @skb: IP packet, its header at hand
 * @dev: device it came in by
 *
 * Context: Under rcu_read_lock().
 *
 * Return: the rule or NULL.
 */
const struct sdwan_rule_cfg *sdwan_hook_rule(const struct sdwan_net *sn,
					     struct sk_buff *skb,
					     const struct net_device *dev)
{
	struct sdwan_headers headers = {};

	sdwan_hook_packet(skb, &headers);
	return sdwan_hook_ask(sn, skb, dev, &headers);
}

/**
 * sdwan_hook_drop() - drop a packet of a LAN
 * @sn: fabric
 * @skb: packet, consumed
 * @cause: why
 *
 * Context: Bottom halves off.
 *
 * Return: the verdict of the hook.
 */
unsigned int sdwan_hook_drop(struct sdwan_net *sn, struct sk_buff *skb,
			     enum sdwan_drop cause)
{
	sdwan_drop(sn->drops, skb, cause);
	return NF_STOLEN;
}

static unsigned int sdwan_hook_raw(void *priv, struct sk_buff *skb,
				   const struct nf_hook_state *state)
{
	struct sdwan_net *sn = sdwan_net(state->net);
	const struct sdwan_rule_cfg *rule;
	const struct sdwan_lan_cfg *lan;

	if (likely(!READ_ONCE(sn->drop_rules)))
		return NF_ACCEPT;
	lan = sdwan_hook_lan(sn, skb, state->in);
	if (!lan || lan->mode == SDWAN_LAN_MODE_DIRECT)
		return NF_ACCEPT;
	rule = sdwan_hook_rule(sn, skb, state->in);
	if (!rule || rule->action != SDWAN_RULE_ACTION_DROP)
		return NF_ACCEPT;
	/* the mark may become another one, and with it an earlier rule match */
	if (rule->node.pref >= READ_ONCE(sn->mark_pref))
		return NF_ACCEPT;
	sdwan_rule_count(rule, sdwan_skb_segs(skb), skb->len);
	return sdwan_hook_drop(sn, skb, SDWAN_DROP_TX_RULE);
}

/*
 * Rules are asked again in the segment, where frames are not seen: what was decided
 * on one is told there also where it is no class.
 */
static void sdwan_hook_class(const struct sdwan_net *sn, struct sk_buff *skb,
			     const struct sdwan_rule_cfg *rule)
{
	u32 mask = READ_ONCE(sn->mark_mask);

	if (!mask)
		return;
	if (rule->class)
		skb->mark = sdwan_mark_set(skb->mark, mask,
					   rule->class->obj.id);
	else if (rule->match.frame.has)
		skb->mark = sdwan_mark_set(skb->mark, mask,
					   sdwan_mark_none(mask));
}

/* Without a segment, neither the rule's nor the LAN's, there is nowhere to go. */
static unsigned int sdwan_hook_steer(struct sdwan_net *sn, struct sk_buff *skb,
				     u32 vni,
				     const struct nf_hook_state *state)
{
	if (!vni)
		return NF_ACCEPT;
	/* rather nowhere than elsewhere */
	if (unlikely(sdwan_forward_into(sn, skb, state->in, vni)))
		return sdwan_hook_drop(sn, skb, SDWAN_DROP_TX_NO_SEGMENT);
	return NF_ACCEPT;
}

/**
 * sdwan_hook_apply() - do what a rule says, but for bringing the packet elsewhere
 * @sn: fabric
 * @skb: packet; consumed where it is not to go on
 * @rule: the rule that decides
 *
 * Context: Under rcu_read_lock(), bottom halves off.
 *
 * Return: the verdict of the hook, NF_ACCEPT where the packet goes on.
 */
unsigned int sdwan_hook_apply(struct sdwan_net *sn, struct sk_buff *skb,
			      const struct sdwan_rule_cfg *rule)
{
	sdwan_rule_count(rule, sdwan_skb_segs(skb), skb->len);
	if (rule->action == SDWAN_RULE_ACTION_DROP)
		return sdwan_hook_drop(sn, skb, SDWAN_DROP_TX_RULE);
	if (rule->sets && unlikely(!sdwan_steer_set(skb, rule)))
		return sdwan_hook_drop(sn, skb, SDWAN_DROP_TX_NO_MEMORY);
	sdwan_hook_class(sn, skb, rule);
	return NF_ACCEPT;
}

static unsigned int sdwan_hook_mangle(void *priv, struct sk_buff *skb,
				      const struct nf_hook_state *state)
{
	struct sdwan_net *sn = sdwan_net(state->net);
	const struct sdwan_rule_cfg *rule;
	const struct sdwan_lan_cfg *lan;
	unsigned int verdict;

	if (!sdwan_steers(sn))
		return NF_ACCEPT;
	lan = sdwan_hook_lan(sn, skb, state->in);
	if (!lan)
		return NF_ACCEPT;
	/* the rule has been found and followed before the IP stack */
	if (lan->mode == SDWAN_LAN_MODE_DIRECT)
		return sdwan_hook_steer(sn, skb, sdwan_note_read(skb), state);
	rule = sdwan_hook_rule(sn, skb, state->in);
	if (!rule)
		return NF_ACCEPT;
	verdict = sdwan_hook_apply(sn, skb, rule);
	if (verdict != NF_ACCEPT || rule->action != SDWAN_RULE_ACTION_STEER)
		return verdict;
	return sdwan_hook_steer(sn, skb, rule->steer_vni ?: lan->vni, state);
}

/* Behind the tables raw and mangle, before those that look at what they did. */
static const struct nf_hook_ops sdwan_hooks[] = {
	{
		.hook = sdwan_hook_raw,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_PRE_ROUTING,
		.priority = NF_IP_PRI_RAW + 1,
	},
	{
		.hook = sdwan_hook_mangle,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_PRE_ROUTING,
		.priority = NF_IP_PRI_MANGLE + 1,
	},
#if IS_ENABLED(CONFIG_IPV6)
	{
		.hook = sdwan_hook_raw,
		.pf = NFPROTO_IPV6,
		.hooknum = NF_INET_PRE_ROUTING,
		.priority = NF_IP6_PRI_RAW + 1,
	},
	{
		.hook = sdwan_hook_mangle,
		.pf = NFPROTO_IPV6,
		.hooknum = NF_INET_PRE_ROUTING,
		.priority = NF_IP6_PRI_MANGLE + 1,
	},
#endif
};

/**
 * sdwan_hook_get() - there is one more LAN
 * @sn: fabric
 *
 * Context: Process context, under sdwan_net.lock.
 *
 * Return: 0 or a negative error.
 */
int sdwan_hook_get(struct sdwan_net *sn)
{
	int err;

	if (!sn->hook_users) {
		err = nf_register_net_hooks(sn->net, sdwan_hooks,
					    ARRAY_SIZE(sdwan_hooks));
		if (err)
			return err;
	}
	sn->hook_users++;
	return 0;
}

/**
 * sdwan_hook_put() - there is one LAN less
 * @sn: fabric
 *
 * Context: Process context, under sdwan_net.lock.
 */
void sdwan_hook_put(struct sdwan_net *sn)
{
	if (!--sn->hook_users)
		nf_unregister_net_hooks(sn->net, sdwan_hooks,
					ARRAY_SIZE(sdwan_hooks));
}
