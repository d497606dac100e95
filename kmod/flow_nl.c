// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: flows by generic netlink
 *
 * Told, forgotten, and what would become of a packet.
 */
#include <linux/rtnetlink.h>
#include <net/genetlink.h>
#include <net/ip6_route.h>
#include <net/route.h>

#include "compat/compat.h"
#include "device.h"
#include "direct.h"
#include "epoch.h"
#include "fabric.h"
#include "flow.h"
#include "lookup.h"
#include "netlink.h"
#include "netlink_gen.h"
#include "rule.h"
#include "steer.h"

/* What flows must have in common: the attributes that are there. */
struct sdwan_flow_match {
	struct sdwan_net *sn;
	struct nlattr *const *attrs;
};

static bool sdwan_flow_is_addr(const struct nlattr *attr,
			       const struct in6_addr *addr)
{
	return !attr || !memcmp(nla_data(attr), addr, sizeof(*addr));
}

static bool sdwan_flow_is_port(const struct nlattr *attr, __be16 port)
{
	return !attr || nla_get_u16(attr) == ntohs(port);
}

static bool sdwan_flow_is_key(struct nlattr *const *attrs,
			      const struct sdwan_flow_key *key)
{
	if (attrs[SDWAN_A_FLOW_VNI] &&
	    nla_get_u32(attrs[SDWAN_A_FLOW_VNI]) != key->vni_proto >> 8)
		return false;
	if (attrs[SDWAN_A_FLOW_PROTO] &&
	    nla_get_u8(attrs[SDWAN_A_FLOW_PROTO]) != (u8)key->vni_proto)
		return false;
	return sdwan_flow_is_addr(attrs[SDWAN_A_FLOW_SRC], &key->local) &&
	       sdwan_flow_is_addr(attrs[SDWAN_A_FLOW_DST], &key->remote) &&
	       sdwan_flow_is_port(attrs[SDWAN_A_FLOW_SPORT], key->lport) &&
	       sdwan_flow_is_port(attrs[SDWAN_A_FLOW_DPORT], key->rport);
}

/* Path, class and rule of a flow, as far as they are known now. */
static void sdwan_flow_steering(struct sdwan_net *sn,
				const struct sdwan_flow *flow,
				struct sdwan_steering *st)
{
	struct sdwan_object *obj;
	struct sdwan_cfg *cfg;
	u32 id;

	memset(st, 0, sizeof(*st));
	st->sn = sn;
	st->epoch = sdwan_epoch(sn);
	if (!sdwan_flow_recall(flow, st)) {
		st->class = NULL;
		st->rule = NULL;
		st->path = NULL;
	}
	if (st->path)
		return;

	id = READ_ONCE(flow->path_id);
	obj = id ? xa_load(&sn->table[SDWAN_KIND_PATH].ids, id) : NULL;
	cfg = obj ? rcu_dereference(obj->cfg) : NULL;
	if (cfg)
		st->path = sdwan_path_cfg(cfg);
}

static bool sdwan_flow_is_steered(struct nlattr *const *attrs,
				  const struct sdwan_steering *st)
{
	if (attrs[SDWAN_A_FLOW_CLASS] &&
	    (!st->class || nla_strcmp(attrs[SDWAN_A_FLOW_CLASS],
				      st->class->class->name)))
		return false;
	if (attrs[SDWAN_A_FLOW_RULE] &&
	    (!st->rule ||
	     nla_get_u32(attrs[SDWAN_A_FLOW_RULE]) != st->rule->pref))
		return false;
	if (attrs[SDWAN_A_FLOW_PATH] &&
	    (!st->path || nla_strcmp(attrs[SDWAN_A_FLOW_PATH],
				     st->path->path->name)))
		return false;
	return true;
}

static enum sdwan_flow_owner sdwan_flow_owner(const struct sdwan_flow *flow)
{
	return READ_ONCE(flow->flags) & SDWAN_FLOW_REMOTE ?
	       SDWAN_FLOW_OWNER_REMOTE : SDWAN_FLOW_OWNER_LOCAL;
}

/* A sdwan_flow_filter. */
static bool sdwan_flow_matches(const struct sdwan_flow *flow, const void *arg)
{
	const struct sdwan_flow_match *match = arg;
	struct nlattr *const *attrs = match->attrs;
	struct sdwan_steering st;

	if (!sdwan_flow_is_key(attrs, &flow->key))
		return false;
	if (attrs[SDWAN_A_FLOW_OWNER] &&
	    nla_get_u32(attrs[SDWAN_A_FLOW_OWNER]) != sdwan_flow_owner(flow))
		return false;
	sdwan_flow_steering(match->sn, flow, &st);
	return sdwan_flow_is_steered(attrs, &st);
}

static int sdwan_flow_put_key(struct sk_buff *msg,
			      const struct sdwan_flow_key *key)
{
	if (nla_put_u32(msg, SDWAN_A_FLOW_VNI, key->vni_proto >> 8) ||
	    nla_put_in6_addr(msg, SDWAN_A_FLOW_SRC, &key->local) ||
	    nla_put_in6_addr(msg, SDWAN_A_FLOW_DST, &key->remote) ||
	    nla_put_u8(msg, SDWAN_A_FLOW_PROTO, key->vni_proto) ||
	    nla_put_u16(msg, SDWAN_A_FLOW_SPORT, ntohs(key->lport)) ||
	    nla_put_u16(msg, SDWAN_A_FLOW_DPORT, ntohs(key->rport)))
		return -EMSGSIZE;
	return 0;
}

static int sdwan_flow_put_steering(struct sk_buff *msg,
				   const struct sdwan_steering *st)
{
	if ((st->class && nla_put_string(msg, SDWAN_A_FLOW_CLASS,
					 st->class->class->name)) ||
	    (st->rule && nla_put_u32(msg, SDWAN_A_FLOW_RULE,
				     st->rule->pref)) ||
	    (st->path && nla_put_string(msg, SDWAN_A_FLOW_PATH,
					st->path->path->name)))
		return -EMSGSIZE;
	return 0;
}

/* enum sdwan_flow_direct, 0 for none. */
static u32 sdwan_flow_direct(const struct sdwan_net *sn,
			     const struct sdwan_flow *flow)
{
	return (sdwan_direct_sends(sn, flow) ? SDWAN_FLOW_DIRECT_OUT : 0) |
	       (sdwan_direct_receives(sn, flow) ? SDWAN_FLOW_DIRECT_IN : 0);
}

static int sdwan_flow_put_state(struct sk_buff *msg,
				const struct sdwan_net *sn,
				const struct sdwan_flow *flow)
{
	const u32 both = SDWAN_FLOW_TX | SDWAN_FLOW_RX;
	u32 direct = sdwan_flow_direct(sn, flow);
	u32 now = jiffies;

	if ((direct && nla_put_u32(msg, SDWAN_A_FLOW_DIRECT, direct)) ||
	    nla_put_u32(msg, SDWAN_A_FLOW_OWNER, sdwan_flow_owner(flow)) ||
	    nla_put_u8(msg, SDWAN_A_FLOW_TWO_WAY,
		       (READ_ONCE(flow->flags) & both) == both) ||
	    nla_put_u32(msg, SDWAN_A_FLOW_AGE,
			jiffies_to_msecs(now - flow->created)) ||
	    nla_put_u32(msg, SDWAN_A_FLOW_IDLE,
			jiffies_to_msecs(now - READ_ONCE(flow->last))) ||
	    nla_put_u32(msg, SDWAN_A_FLOW_MOVES, READ_ONCE(flow->moves)))
		return -EMSGSIZE;
	return 0;
}

static int sdwan_flow_put(struct sk_buff *msg, struct sdwan_net *sn,
			  const struct sdwan_flow *flow, void *hdr)
{
	struct sdwan_steering st;

	if (!hdr)
		return -EMSGSIZE;
	sdwan_flow_steering(sn, flow, &st);
	if (sdwan_flow_put_key(msg, &flow->key) ||
	    sdwan_flow_put_steering(msg, &st) ||
	    sdwan_flow_put_state(msg, sn, flow)) {
		genlmsg_cancel(msg, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(msg, hdr);
	return 0;
}

int sdwan_nl_flow_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct sdwan_net *sn = sdwan_net(sock_net(skb->sk));
	struct sdwan_flow_match match = {
		.sn = sn,
		.attrs = sdwan_compat_dump_attrs(cb),
	};
	const struct sdwan_flow *flow;
	unsigned long pos = cb->args[0];
	int err;

	err = sdwan_nl_dump_allowed(sn, cb);
	if (err)
		return err;

	rcu_read_lock();
	while ((flow = sdwan_flow_next(sn, &pos))) {
		if (sdwan_flow_matches(flow, &match) &&
		    sdwan_flow_put(skb, sn, flow, sdwan_nl_dump_put(skb, cb)))
			break;
		cb->args[0] = pos;
	}
	rcu_read_unlock();
	return skb->len;
}

/* The only flow that matches, or an error. */
static const struct sdwan_flow *
sdwan_flow_find_only(struct genl_info *info,
		     const struct sdwan_flow_match *match)
{
	const struct sdwan_flow *flow, *found = NULL;
	unsigned long pos = 0;

	while ((flow = sdwan_flow_next(match->sn, &pos))) {
		if (!sdwan_flow_matches(flow, match))
			continue;
		if (found) {
			NL_SET_ERR_MSG(info->extack,
				       "several flows have that in common");
			return ERR_PTR(-ENOTUNIQ);
		}
		found = flow;
	}
	if (!found) {
		NL_SET_ERR_MSG(info->extack, "there is no such flow");
		return ERR_PTR(-ENOENT);
	}
	return found;
}

static int sdwan_flow_answer(struct genl_info *info, struct sk_buff *msg,
			     struct sdwan_net *sn)
{
	struct sdwan_flow_match match = { .sn = sn, .attrs = info->attrs };
	const struct sdwan_flow *flow;
	int err;

	rcu_read_lock();
	flow = sdwan_flow_find_only(info, &match);
	err = IS_ERR(flow) ? PTR_ERR(flow) :
	      sdwan_flow_put(msg, sn, flow, sdwan_nl_reply_put(msg, info));
	rcu_read_unlock();
	return err;
}

static int sdwan_flow_request(struct genl_info *info,
			      int (*answer)(struct genl_info *info,
					    struct sk_buff *msg,
					    struct sdwan_net *sn))
{
	struct sdwan_net *sn = sdwan_nl_fabric(info, 0);
	struct sk_buff *msg;
	int err;

	if (IS_ERR(sn))
		return PTR_ERR(sn);
	msg = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!msg)
		return -ENOMEM;
	err = answer(info, msg, sn);
	if (err) {
		nlmsg_free(msg);
		return err;
	}
	return genlmsg_reply(msg, info);
}

int sdwan_nl_flow_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	return sdwan_flow_request(info, sdwan_flow_answer);
}

static int sdwan_flow_flushed(struct genl_info *info, struct sk_buff *msg,
			      struct sdwan_net *sn)
{
	struct sdwan_flow_match match = { .sn = sn, .attrs = info->attrs };
	void *hdr = sdwan_nl_reply_put(msg, info);

	if (!hdr || nla_put_u32(msg, SDWAN_A_FLOW_FLUSHED,
				sdwan_flow_flush(sn, sdwan_flow_matches,
						 &match)))
		return -EMSGSIZE;
	genlmsg_end(msg, hdr);
	return 0;
}

int sdwan_nl_flow_flush_doit(struct sk_buff *skb, struct genl_info *info)
{
	return sdwan_flow_request(info, sdwan_flow_flushed);
}

/* A packet that is asked about. */
struct sdwan_question {
	struct sdwan_steering st;
	struct sdwan_headers headers;
	struct sdwan_target target;
	const struct sdwan_path_cfg *path;
	enum sdwan_drop drop;	/* SDWAN_DROP_COUNT: it is sent */
	bool pinned;
};

static int sdwan_question_missing(struct genl_info *info, int attr,
				  const char *msg)
{
	info->extack->_msg = msg;
	NL_SET_ERR_ATTR_MISS(info->extack, NULL, attr);
	return -EINVAL;
}

static int sdwan_question_check(struct genl_info *info)
{
	struct nlattr **attrs = info->attrs;

	if (!attrs[SDWAN_A_FLOW_VNI])
		return sdwan_question_missing(info, SDWAN_A_FLOW_VNI,
					      "the segment of the packet is missing");
	if (!attrs[SDWAN_A_FLOW_SRC])
		return sdwan_question_missing(info, SDWAN_A_FLOW_SRC,
					      "the source address is missing");
	if (!attrs[SDWAN_A_FLOW_DST])
		return sdwan_question_missing(info, SDWAN_A_FLOW_DST,
					      "the destination address is missing");
	if (ipv6_addr_v4mapped(nla_data(attrs[SDWAN_A_FLOW_SRC])) !=
	    ipv6_addr_v4mapped(nla_data(attrs[SDWAN_A_FLOW_DST]))) {
		NL_SET_ERR_MSG_ATTR(info->extack, attrs[SDWAN_A_FLOW_DST],
				    "the addresses are of two families");
		return -EINVAL;
	}
	return 0;
}

static __be16 sdwan_question_port(const struct nlattr *attr)
{
	return attr ? htons(nla_get_u16(attr)) : 0;
}

static void sdwan_question_read(struct genl_info *info,
				struct sdwan_question *q)
{
	struct nlattr **attrs = info->attrs;
	struct sdwan_flow_key *key = &q->st.key;
	u8 proto = 0;

	if (attrs[SDWAN_A_FLOW_PROTO])
		proto = nla_get_u8(attrs[SDWAN_A_FLOW_PROTO]);
	key->local = nla_get_in6_addr(attrs[SDWAN_A_FLOW_SRC]);
	key->remote = nla_get_in6_addr(attrs[SDWAN_A_FLOW_DST]);
	key->lport = sdwan_question_port(attrs[SDWAN_A_FLOW_SPORT]);
	key->rport = sdwan_question_port(attrs[SDWAN_A_FLOW_DPORT]);
	key->vni_proto = nla_get_u32(attrs[SDWAN_A_FLOW_VNI]) << 8 | proto;

	sdwan_steer_headers(key, SDWAN_DISSECT_PACKET, &q->headers);
	if (attrs[SDWAN_A_FLOW_DSCP])
		q->headers.dscp = nla_get_u8(attrs[SDWAN_A_FLOW_DSCP]);
	if (attrs[SDWAN_A_FLOW_MARK])
		q->headers.mark = nla_get_u32(attrs[SDWAN_A_FLOW_MARK]);
	if (attrs[SDWAN_A_FLOW_IIF])
		nla_strscpy(q->headers.iif, attrs[SDWAN_A_FLOW_IIF],
			    sizeof(q->headers.iif));
}

/* The packet as far as finding its site needs it. */
static void sdwan_question_header(const struct sdwan_flow_key *key,
				  struct sk_buff *skb)
{
	skb_reset_network_header(skb);
	if (ipv6_addr_v4mapped(&key->remote)) {
		struct iphdr *iph = skb_put_zero(skb, sizeof(*iph));

		skb->protocol = htons(ETH_P_IP);
		iph->version = 4;
		iph->ihl = 5;
		iph->saddr = key->local.s6_addr32[3];
		iph->daddr = key->remote.s6_addr32[3];
	} else {
		struct ipv6hdr *ip6h = skb_put_zero(skb, sizeof(*ip6h));

		skb->protocol = htons(ETH_P_IPV6);
		ip6h->version = 6;
		ip6h->saddr = key->local;
		ip6h->daddr = key->remote;
	}
}

/* The next hop tells the site, where the segment has routes. */
static void sdwan_question_route(const struct sdwan_question *q,
				 struct sk_buff *skb)
{
	const struct sdwan_flow_key *key = &q->st.key;
	struct net_device *dev = skb->dev;
	struct dst_entry *dst = NULL;

	if (skb->protocol == htons(ETH_P_IP)) {
		struct flowi4 fl4 = {
			.flowi4_oif = dev->ifindex,
			.flowi4_mark = q->headers.mark,
			.flowi4_flags = FLOWI_FLAG_ANYSRC,
			.saddr = key->local.s6_addr32[3],
			.daddr = key->remote.s6_addr32[3],
		};
		struct rtable *rt = ip_route_output_key(dev_net(dev), &fl4);

		if (!IS_ERR(rt))
			dst = &rt->dst;
	} else {
		struct flowi6 fl6 = {
			.flowi6_oif = dev->ifindex,
			.flowi6_mark = q->headers.mark,
			.saddr = key->local,
			.daddr = key->remote,
		};

		dst = ipv6_stub->ipv6_dst_lookup_flow(dev_net(dev), NULL, &fl6,
						      NULL);
		if (IS_ERR(dst))
			dst = NULL;
	}
	if (dst)
		skb_dst_set(skb, dst);
}

static void sdwan_question_steer(struct sdwan_question *q)
{
	struct sdwan_steering *st = &q->st;

	st->hash = sdwan_flow_hash(st->sn, &st->key);
	st->flow = sdwan_flow_find(st->sn, &st->key, st->hash);
	/* packets of a known flow have its rule, whatever they look like, but for
	 * the class that they come with
	 */
	if (!st->flow || !sdwan_flow_recall(st->flow, st) ||
	    sdwan_steer_contradicted(st, q->headers.mark)) {
		st->path = NULL;
		sdwan_steer_classify(st, &q->headers);
	}
	if (st->rule &&
	    sdwan_rule_of(st->rule)->action == SDWAN_RULE_ACTION_DROP) {
		q->drop = SDWAN_DROP_TX_RULE;
		return;
	}
	q->path = sdwan_steer_foresee(st, &q->target, &q->pinned);
	if (!q->path)
		q->drop = st->class && st->class->strict ?
			  SDWAN_DROP_TX_STRICT : SDWAN_DROP_TX_NO_PATH;
}

static int sdwan_question_ask(struct genl_info *info, struct sdwan_question *q,
			      struct sk_buff *skb)
{
	struct sdwan_net *sn = q->st.sn;
	struct sdwan_segment *seg;
	struct net_device *dev;
	struct sdwan_vni *vni;

	vni = sdwan_vni_lookup(sn, q->st.key.vni_proto >> 8);
	dev = vni ? rcu_dereference(vni->dev) : NULL;
	if (!dev) {
		NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[SDWAN_A_FLOW_VNI],
				    "the segment has no device");
		return -ENODEV;
	}
	seg = netdev_priv(dev);
	skb->dev = dev;
	sdwan_question_header(&q->st.key, skb);
	sdwan_question_route(q, skb);

	q->st.epoch = sdwan_epoch(sn);
	q->drop = SDWAN_DROP_COUNT;
	/* the function says why there is no site where there is none */
	if (!sdwan_resolve_site(seg, skb, &q->target, &q->drop))
		sdwan_question_steer(q);
	else
		q->target.site = NULL;
	return 0;
}

static int sdwan_question_put_second(const struct sdwan_question *q,
				     struct sk_buff *msg)
{
	const struct sdwan_class_cfg *class = q->st.class;
	const struct sdwan_path_cfg *second = NULL;

	if (q->path && class && class->mode == SDWAN_CLASS_MODE_DUPLICATE &&
	    sdwan_path_numbers(q->path))
		second = sdwan_class_second(class, &q->target, q->path, NULL);
	if (second &&
	    nla_put_string(msg, SDWAN_A_FLOW_SECOND, second->path->name))
		return -EMSGSIZE;
	return 0;
}

static int sdwan_question_put_better(const struct sdwan_question *q,
				     struct sk_buff *msg)
{
	const struct sdwan_path_cfg *better = NULL;
	u32 gap;

	if (q->path && q->pinned)
		better = sdwan_steer_waits(&q->st, &q->target, &gap);
	if (better &&
	    (nla_put_string(msg, SDWAN_A_FLOW_BETTER, better->path->name) ||
	     nla_put_u32(msg, SDWAN_A_FLOW_GAP, gap)))
		return -EMSGSIZE;
	return 0;
}

static int sdwan_question_put(const struct sdwan_question *q,
			      struct sk_buff *msg)
{
	const struct sdwan_steering st = {
		.class = q->st.class,
		.rule = q->st.rule,
		.path = q->path,
	};

	if (sdwan_flow_put_key(msg, &q->st.key) ||
	    sdwan_flow_put_steering(msg, &st) ||
	    sdwan_question_put_second(q, msg) ||
	    sdwan_question_put_better(q, msg) ||
	    (q->target.site &&
	     nla_put_u32(msg, SDWAN_A_FLOW_SITE, q->target.site->id)) ||
	    (st.rule && nla_put_u32(msg, SDWAN_A_FLOW_ACTION,
				    sdwan_rule_of(st.rule)->action)) ||
	    (q->path && nla_put_u8(msg, SDWAN_A_FLOW_PINNED, q->pinned)) ||
	    (q->drop != SDWAN_DROP_COUNT &&
	     nla_put_string(msg, SDWAN_A_FLOW_DROP,
			    sdwan_drop_names[q->drop])))
		return -EMSGSIZE;
	return 0;
}

static int sdwan_flow_explain_rcu(struct genl_info *info, struct sk_buff *msg,
				  struct sdwan_question *q, struct sk_buff *skb)
{
	void *hdr;
	int err;

	err = sdwan_question_ask(info, q, skb);
	if (err)
		return err;
	hdr = sdwan_nl_reply_put(msg, info);
	if (!hdr || sdwan_question_put(q, msg))
		return -EMSGSIZE;
	genlmsg_end(msg, hdr);
	return 0;
}

static int sdwan_flow_explained(struct genl_info *info, struct sk_buff *msg,
				struct sdwan_net *sn)
{
	struct sdwan_question q = { .st.sn = sn };
	struct sk_buff *skb;
	int err;

	err = sdwan_question_check(info);
	if (err)
		return err;
	skb = alloc_skb(sizeof(struct ipv6hdr), GFP_KERNEL);
	if (!skb)
		return -ENOMEM;

	sdwan_question_read(info, &q);
	/* routing expects bottom halves off in places */
	local_bh_disable();
	rcu_read_lock();
	err = sdwan_flow_explain_rcu(info, msg, &q, skb);
	rcu_read_unlock();
	local_bh_enable();
	consume_skb(skb);
	return err;
}

int sdwan_nl_flow_explain_doit(struct sk_buff *skb, struct genl_info *info)
{
	return sdwan_flow_request(info, sdwan_flow_explained);
}
