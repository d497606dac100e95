// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: what is told of paths
 */
#include "agree.h"
#include "encap.h"
#include "endpoint.h"
#include "netlink_gen.h"
#include "object.h"
#include "path.h"
#include "policy.h"
#include "probe.h"
#include "probe_cfg.h"
#include "route.h"

static void sdwan_path_route_addr(const struct sdwan_path_cfg *cfg,
				  const struct sdwan_route *route,
				  struct in6_addr *addr)
{
	if (cfg->family == AF_INET)
		ipv6_addr_set_v4mapped(route->saddr4, addr);
	else
		*addr = route->saddr6;
}

static int sdwan_path_fill_route(struct sk_buff *skb,
				 const struct sdwan_path_cfg *cfg)
{
	struct sdwan_route route;
	struct in6_addr local;
	int err = 0;

	rcu_read_lock();
	if (sdwan_route_lookup(cfg, false, 0, &route))
		goto unlock;

	sdwan_path_route_addr(cfg, &route, &local);
	if ((!sdwan_path_bare(cfg->path) &&
	     nla_put_in6_addr(skb, SDWAN_A_PATH_LOCAL, &local)) ||
	    nla_put_u32(skb, SDWAN_A_PATH_MTU, sdwan_route_mtu(cfg, &route)))
		err = -EMSGSIZE;
	sdwan_route_put(&route);
unlock:
	rcu_read_unlock();
	return err;
}

static int sdwan_path_fill_bare(struct sk_buff *skb,
				const struct sdwan_path *path)
{
	return nla_put_u32(skb, SDWAN_A_PATH_VNI, path->vni);
}

static int sdwan_path_fill_header(struct sk_buff *skb,
				  const struct sdwan_path_cfg *cfg)
{
	if ((sdwan_endpoint_known(&cfg->said) &&
	     nla_put_in6_addr(skb, SDWAN_A_PATH_REMOTE, &cfg->said.addr)) ||
	    nla_put_u8(skb, SDWAN_A_PATH_DSCP, cfg->dscp) ||
	    nla_put_u8(skb, SDWAN_A_PATH_TTL, cfg->ttl) ||
	    nla_put_u32(skb, SDWAN_A_PATH_DF, cfg->df) ||
	    nla_put_u32(skb, SDWAN_A_PATH_FWMARK, cfg->fwmark))
		return -EMSGSIZE;
	if (!sdwan_encap_udp(cfg->ops))
		return 0;
	if (nla_put_u16(skb, SDWAN_A_PATH_DSTPORT, ntohs(cfg->said.port)) ||
	    nla_put_u32(skb, SDWAN_A_PATH_UDP_CSUM, cfg->udp_csum))
		return -EMSGSIZE;
	return 0;
}

static int sdwan_path_fill_nat(struct sk_buff *skb,
			       const struct sdwan_path_cfg *cfg)
{
	u64 age = get_jiffies_64() - cfg->learned_at;

	if (nla_put_u8(skb, SDWAN_A_PATH_NAT, cfg->nat))
		return -EMSGSIZE;
	if (!sdwan_endpoint_known(&cfg->learned))
		return 0;
	if (nla_put_in6_addr(skb, SDWAN_A_PATH_LEARNED_REMOTE,
			     &cfg->learned.addr) ||
	    nla_put_u16(skb, SDWAN_A_PATH_LEARNED_PORT,
			ntohs(cfg->learned.port)) ||
	    nla_put_u64_64bit(skb, SDWAN_A_PATH_LEARNED_AGE,
			      jiffies64_to_msecs(age), SDWAN_A_PATH_PAD))
		return -EMSGSIZE;
	return 0;
}

static int sdwan_path_fill_stats(struct sk_buff *skb,
				 const struct sdwan_path *path)
{
	struct sdwan_path_sums sum;

	sdwan_path_stats_sum(path->stats, &sum);
	if (nla_put_u64_64bit(skb, SDWAN_A_PATH_TX_PACKETS, sum.tx_packets,
			      SDWAN_A_PATH_PAD) ||
	    nla_put_u64_64bit(skb, SDWAN_A_PATH_TX_BYTES, sum.tx_bytes,
			      SDWAN_A_PATH_PAD) ||
	    nla_put_u64_64bit(skb, SDWAN_A_PATH_RX_PACKETS, sum.rx_packets,
			      SDWAN_A_PATH_PAD) ||
	    nla_put_u64_64bit(skb, SDWAN_A_PATH_RX_BYTES, sum.rx_bytes,
			      SDWAN_A_PATH_PAD) ||
	    nla_put_u64_64bit(skb, SDWAN_A_PATH_TX_ERRORS, sum.tx_errors,
			      SDWAN_A_PATH_PAD) ||
	    nla_put_u64_64bit(skb, SDWAN_A_PATH_RX_ERRORS, sum.rx_errors,
			      SDWAN_A_PATH_PAD) ||
	    nla_put_u64_64bit(skb, SDWAN_A_PATH_RX_DUPLICATES,
			      sum.rx_duplicates, SDWAN_A_PATH_PAD))
		return -EMSGSIZE;
	return 0;
}

static int sdwan_path_fill_state(struct sk_buff *skb, struct sdwan_path *path)
{
	u64 age = get_jiffies_64() - path->since;
	enum sdwan_state_reason reason;
	enum sdwan_path_state state;
	unsigned int mtu;

	sdwan_path_eval(path, &state, &reason, &mtu);
	/* the bookkeeping has not come to it yet */
	if (state != path->state)
		age = 0;
	if (nla_put_u32(skb, SDWAN_A_PATH_STATE, state) ||
	    nla_put_u32(skb, SDWAN_A_PATH_STATE_REASON, reason) ||
	    nla_put_u64_64bit(skb, SDWAN_A_PATH_STATE_AGE,
			      jiffies64_to_msecs(age), SDWAN_A_PATH_PAD))
		return -EMSGSIZE;
	return 0;
}

static int sdwan_path_fill_transit(struct sk_buff *skb,
				   const struct sdwan_path *path)
{
	u32 more, spread;

	if (!sdwan_path_transit(path, &more, &spread))
		return 0;
	if (nla_put_u32(skb, SDWAN_A_PATH_TRANSIT, more) ||
	    nla_put_u32(skb, SDWAN_A_PATH_TRANSIT_VAR, spread))
		return -EMSGSIZE;
	return 0;
}

static int sdwan_path_fill_classes(struct sk_buff *skb,
				   const struct sdwan_path *path)
{
	u32 classes;

	if (!sdwan_path_classes(path, &classes))
		return 0;
	return nla_put_u32(skb, SDWAN_A_PATH_CLASSES, classes);
}

/**
 * sdwan_path_fill() - write the attributes of a path to a message
 * @skb: message
 * @obj: path
 * @hdr: configuration that is told
 *
 * Context: Process context, under sdwan_net.lock.
 *
 * Return: 0 or -EMSGSIZE.
 */
int sdwan_path_fill(struct sk_buff *skb, struct sdwan_object *obj,
		    struct sdwan_cfg *hdr)
{
	struct sdwan_path_cfg *cfg = sdwan_path_cfg(hdr);
	struct sdwan_path *path = container_of(obj, struct sdwan_path, obj);
	int err;

	if (nla_put_u32(skb, SDWAN_A_PATH_ID, obj->id) ||
	    nla_put_string(skb, SDWAN_A_PATH_NAME, path->name) ||
	    nla_put_string(skb, SDWAN_A_PATH_PEER, path->peer->name) ||
	    nla_put_string(skb, SDWAN_A_PATH_UNDERLAY, path->underlay->name) ||
	    nla_put_u32(skb, SDWAN_A_PATH_ENCAP, path->encap) ||
	    nla_put_u32(skb, SDWAN_A_PATH_PREFERENCE, cfg->preference) ||
	    nla_put_u8(skb, SDWAN_A_PATH_ADMIN, cfg->admin) ||
	    nla_put_u32(skb, SDWAN_A_PATH_MTU_CLAMP, cfg->mtu_clamp) ||
	    nla_put_u8(skb, SDWAN_A_PATH_MSS_CLAMP, cfg->mss_clamp) ||
	    nla_put_u32(skb, SDWAN_A_PATH_KIND, SDWAN_PATH_KIND_DIRECT) ||
	    nla_put_u8(skb, SDWAN_A_PATH_ON_DEMAND, 0))
		return -EMSGSIZE;

	err = sdwan_path_bare(path) ? sdwan_path_fill_bare(skb, path) :
				      sdwan_path_fill_header(skb, cfg);
	if (!err)
		err = sdwan_path_fill_nat(skb, cfg);
	if (!err)
		err = sdwan_path_fill_route(skb, cfg);
	if (!err)
		err = sdwan_path_fill_state(skb, path);
	if (!err)
		err = sdwan_path_fill_stats(skb, path);
	if (!err)
		err = sdwan_probe_cfg_fill(skb, &sdwan_path_probe_attrs,
					   &cfg->probe);
	if (!err)
		err = sdwan_probe_fill(skb, path->probe);
	if (!err)
		err = sdwan_path_fill_classes(skb, path);
	if (!err)
		err = sdwan_path_fill_transit(skb, path);
	if (!err)
		err = sdwan_agree_fill(skb, path);
	return err;
}
