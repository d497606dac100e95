// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: what can be said of a path
 */
#include "addr.h"
#include "encap.h"
#include "endpoint.h"
#include "path.h"
#include "path_cfg.h"
#include "probe_cfg.h"

#define SDWAN_PATH_PREFERENCE	100
#define SDWAN_PATH_MTU_MIN	576

/* Whether probes can tell where the far end is. */
static int sdwan_path_nat(struct sdwan_change *chg, struct sdwan_path_cfg *cfg)
{
	struct sdwan_cfg *peer = sdwan_object_staged_cfg(&cfg->path->peer->obj);
	const struct nlattr *attr = chg->attrs[SDWAN_A_PATH_NAT];

	if (attr)
		cfg->nat = nla_get_u8(attr);
	if (!cfg->nat)
		return 0;
	if (!sdwan_encap_udp(cfg->ops))
		return sdwan_refuse(chg, SDWAN_A_PATH_NAT, -EINVAL,
				    "this encapsulation has no ports, and cannot be marked nat");
	if (!sdwan_peer_cfg(peer)->auth.n)
		return sdwan_refuse(chg, SDWAN_A_PATH_NAT, -ENOKEY,
				    "a path marked nat needs a key at its peer");
	return 0;
}

static int sdwan_path_remote_ok(struct sdwan_change *chg,
				const struct sdwan_path_cfg *cfg)
{
	const struct in6_addr *local = &cfg->path->underlay->local;
	const struct in6_addr *remote = &cfg->said.addr;
	unsigned short family = sdwan_addr_family(remote);

	if (!sdwan_addr_unicast(remote))
		return sdwan_refuse(chg, SDWAN_A_PATH_REMOTE, -EINVAL,
				    "the remote address is not unicast");
	if (!ipv6_addr_any(local) && sdwan_addr_family(local) != family)
		return sdwan_refuse(chg, SDWAN_A_PATH_REMOTE, -EAFNOSUPPORT,
				    "the remote address is not of the family of the underlay's local address");
	if (family == AF_INET6 && !ipv6_mod_enabled())
		return sdwan_refuse(chg, SDWAN_A_PATH_REMOTE, -EAFNOSUPPORT,
				    "IPv6 is switched off on this host");
	return 0;
}

static int sdwan_path_remote(struct sdwan_change *chg,
			     struct sdwan_path_cfg *cfg)
{
	const struct nlattr *attr = chg->attrs[SDWAN_A_PATH_REMOTE];

	if (attr && sdwan_path_bare(cfg->path))
		return sdwan_refuse(chg, SDWAN_A_PATH_REMOTE, -EINVAL,
				    "a path of encapsulation dev has no remote address");
	if (sdwan_path_bare(cfg->path))
		return 0;
	/* kept from before, unless this is all there ever was */
	if (!attr && !cfg->nat && ipv6_addr_any(&cfg->said.addr))
		return sdwan_missing(chg, SDWAN_A_PATH_REMOTE,
				     "the remote address of the path is missing");
	if (!attr)
		return 0;
	cfg->said.addr = nla_get_in6_addr(attr);
	return sdwan_path_remote_ok(chg, cfg);
}

/* Nobody could tell which of two far ends was heard. */
static int sdwan_path_unheard_unique(struct sdwan_change *chg,
				     const struct sdwan_path_cfg *cfg)
{
	const struct sdwan_path *path = cfg->path, *other;
	const struct sdwan_path_cfg *its;

	if (!cfg->nat || !ipv6_addr_any(&cfg->said.addr))
		return 0;
	list_for_each_entry(other, &path->peer->members, of_peer) {
		if (other == path || other->underlay != path->underlay ||
		    other->encap != path->encap ||
		    other->obj.stage == SDWAN_STAGE_DELETE)
			continue;
		its = sdwan_path_cfg(sdwan_object_staged_cfg(&other->obj));
		if (its->nat && ipv6_addr_any(&its->said.addr))
			return sdwan_refuse(chg, SDWAN_A_PATH_NAT, -EEXIST,
					    "another path marked nat to this peer has no remote address");
	}
	return 0;
}

static int sdwan_path_ports(struct sdwan_change *chg,
			    struct sdwan_path_cfg *cfg)
{
	struct nlattr **attrs = chg->attrs;

	if (attrs[SDWAN_A_PATH_DSTPORT] && !sdwan_encap_udp(cfg->ops))
		return sdwan_refuse(chg, SDWAN_A_PATH_DSTPORT, -EINVAL,
				    "this encapsulation has no ports");
	if (attrs[SDWAN_A_PATH_UDP_CSUM] && !sdwan_encap_udp(cfg->ops))
		return sdwan_refuse(chg, SDWAN_A_PATH_UDP_CSUM, -EINVAL,
				    "this encapsulation has no UDP header");
	if (attrs[SDWAN_A_PATH_DSTPORT])
		cfg->said.port = htons(nla_get_u16(attrs[SDWAN_A_PATH_DSTPORT]));
	if (attrs[SDWAN_A_PATH_UDP_CSUM])
		cfg->udp_csum = nla_get_u32(attrs[SDWAN_A_PATH_UDP_CSUM]);
	return 0;
}

/* What a path says of its outer IP headers. */
static int sdwan_path_header(struct sdwan_change *chg,
			     struct sdwan_path_cfg *cfg)
{
	static const u16 header[] = {
		SDWAN_A_PATH_DSCP, SDWAN_A_PATH_TTL, SDWAN_A_PATH_DF,
		SDWAN_A_PATH_FWMARK,
	};
	struct nlattr **attrs = chg->attrs;
	int i;

	for (i = 0; i < ARRAY_SIZE(header) && sdwan_path_bare(cfg->path); i++)
		if (attrs[header[i]])
			return sdwan_refuse(chg, header[i], -EINVAL,
					    "a path of encapsulation dev has no outer header");

	if (attrs[SDWAN_A_PATH_DSCP])
		cfg->dscp = nla_get_u8(attrs[SDWAN_A_PATH_DSCP]);
	if (attrs[SDWAN_A_PATH_TTL])
		cfg->ttl = nla_get_u8(attrs[SDWAN_A_PATH_TTL]);
	if (attrs[SDWAN_A_PATH_DF])
		cfg->df = nla_get_u32(attrs[SDWAN_A_PATH_DF]);
	if (attrs[SDWAN_A_PATH_FWMARK])
		cfg->fwmark = nla_get_u32(attrs[SDWAN_A_PATH_FWMARK]);
	return 0;
}

static int sdwan_path_clamps(struct sdwan_change *chg,
			     struct sdwan_path_cfg *cfg)
{
	const struct nlattr *mtu = chg->attrs[SDWAN_A_PATH_MTU_CLAMP];
	const struct nlattr *mss = chg->attrs[SDWAN_A_PATH_MSS_CLAMP];

	if (mtu && nla_get_u32(mtu) && nla_get_u32(mtu) < SDWAN_PATH_MTU_MIN)
		return sdwan_refuse(chg, SDWAN_A_PATH_MTU_CLAMP, -ERANGE,
				    "the MTU of a path is at least 576");
	if (mtu)
		cfg->mtu_clamp = nla_get_u32(mtu);
	if (mss)
		cfg->mss_clamp = nla_get_u8(mss);
	/* what is fragmented there has fragments of that size, if not larger */
	if (cfg->family == AF_INET6 && cfg->mtu_clamp &&
	    cfg->mtu_clamp < IPV6_MIN_MTU)
		return sdwan_refuse(chg, mtu ? SDWAN_A_PATH_MTU_CLAMP :
						SDWAN_A_PATH_REMOTE, -ERANGE,
				    "the MTU of a path over IPv6 is at least 1280");
	return 0;
}

/* The port of a socket of the underlay, and where no other is said of the far end. */
static __be16 sdwan_path_port(const struct sdwan_path *path,
			      const struct sdwan_encap_ops *ops)
{
	return htons(path->encap == path->underlay->encap ?
		     path->underlay->port : ops->port);
}

/**
 * sdwan_path_lead() - where a path leads
 * @cfg: configuration that nobody sees yet
 * @to: where its far end is taken to be
 */
void sdwan_path_lead(struct sdwan_path_cfg *cfg,
		     const struct sdwan_endpoint *to)
{
	cfg->key.remote = to->addr;
	cfg->key.port = cfg->nat ? to->port : 0;
	cfg->dstport = to->port;
	cfg->srcport = cfg->nat ? sdwan_path_port(cfg->path, cfg->ops) : 0;
	cfg->family = ipv6_addr_any(&to->addr) ? AF_UNSPEC :
						 sdwan_addr_family(&to->addr);
}

/* What was learned holds while the same is said. */
static void sdwan_path_settle(struct sdwan_path_cfg *cfg,
			      const struct sdwan_path_cfg *before)
{
	if (cfg->nat && before && before->nat &&
	    sdwan_endpoint_known(&before->learned) &&
	    sdwan_endpoint_same(&before->said, &cfg->said)) {
		cfg->learned = before->learned;
		cfg->learned_at = before->learned_at;
	}
	sdwan_path_lead(cfg, sdwan_endpoint_known(&cfg->learned) ?
			     &cfg->learned : &cfg->said);
}

static int sdwan_path_probes(struct sdwan_change *chg,
			     struct sdwan_path_cfg *cfg)
{
	int err;

	err = sdwan_probe_cfg_parse(chg, &sdwan_path_probe_attrs,
				    sdwan_path_bare(cfg->path), &cfg->probe);
	if (err || !cfg->nat)
		return err;
	if (cfg->probe.mode == SDWAN_PROBE_MODE_OFF ||
	    cfg->probe.mode == SDWAN_PROBE_MODE_UNDERLAY)
		return sdwan_refuse(chg, chg->attrs[SDWAN_A_PATH_PROBE] ?
					 SDWAN_A_PATH_PROBE : SDWAN_A_PATH_NAT,
				    -EINVAL,
				    "a path marked nat is probed within the tunnel");
	return 0;
}

/**
 * sdwan_path_parse() - read what a request says of a path
 * @chg: request
 * @cfg: what was so far; changed
 * @before: what it takes the place of, or NULL
 *
 * Return: 0, or a negative error with @chg told why.
 */
int sdwan_path_parse(struct sdwan_change *chg, struct sdwan_path_cfg *cfg,
		     const struct sdwan_path_cfg *before)
{
	struct nlattr **attrs = chg->attrs;
	int err;

	err = sdwan_path_nat(chg, cfg);
	if (!err)
		err = sdwan_path_remote(chg, cfg);
	if (!err)
		err = sdwan_path_ports(chg, cfg);
	if (err)
		return err;

	sdwan_path_settle(cfg, before);
	err = sdwan_path_header(chg, cfg);
	if (!err)
		err = sdwan_path_clamps(chg, cfg);
	if (!err)
		err = sdwan_path_probes(chg, cfg);
	if (err)
		return err;

	if (attrs[SDWAN_A_PATH_PREFERENCE])
		cfg->preference = nla_get_u32(attrs[SDWAN_A_PATH_PREFERENCE]);
	if (attrs[SDWAN_A_PATH_ADMIN])
		cfg->admin = nla_get_u8(attrs[SDWAN_A_PATH_ADMIN]);
	return sdwan_path_unheard_unique(chg, cfg);
}

/**
 * sdwan_path_cfg_init() - begin a configuration
 * @cfg: zeroes
 * @path: whose it is
 * @base: what it begins with, NULL for the defaults; all but where the far end is
 */
void sdwan_path_cfg_init(struct sdwan_path_cfg *cfg, struct sdwan_path *path,
			 const struct sdwan_path_cfg *base)
{
	cfg->path = path;
	cfg->ops = sdwan_encap_get(path->encap);
	INIT_LIST_HEAD(&cfg->by_site);
	INIT_LIST_HEAD(&cfg->by_peer);
	cfg->key.underlay = path->underlay->obj.id;
	cfg->key.encap = path->encap;

	if (base) {
		cfg->said = base->said;
		cfg->nat = base->nat;
		cfg->preference = base->preference;
		cfg->admin = base->admin;
		cfg->dscp = base->dscp;
		cfg->ttl = base->ttl;
		cfg->df = base->df;
		cfg->udp_csum = base->udp_csum;
		cfg->fwmark = base->fwmark;
		cfg->mtu_clamp = base->mtu_clamp;
		cfg->mss_clamp = base->mss_clamp;
		cfg->probe = base->probe;
		return;
	}
	cfg->said.port = sdwan_path_port(path, cfg->ops);
	cfg->preference = SDWAN_PATH_PREFERENCE;
	cfg->admin = true;
	cfg->dscp = SDWAN_DSCP_COPY;
}
