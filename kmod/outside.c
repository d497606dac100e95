// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: probes of the remote address itself, outside of tunnels
 *
 * Any reflector of STAMP or TWAMP-Light can be the far end.  An underlay has two
 * sockets for it while it, or a path over it, is probed so: one that answers, on the
 * port of reflectors, and one of any port that asks.  They are bound as those of
 * tunnels are, and go with the device as those do.  Who is no remote of a path that
 * is probed so gets no answer.
 */
#include <net/ip.h>
#include <net/udp_tunnel.h>

#include "lookup.h"
#include "outside.h"
#include "path.h"
#include "probe.h"
#include "probe_msg.h"
#include "receive_path.h"
#include "sock.h"
#include "stamp.h"
#include "underlay.h"

/* RFC 8762, section 4.1: as sent, so that it tells the hops */
#define SDWAN_OUTSIDE_TTL	255

static bool sdwan_outside_wanted(const struct sdwan_path_cfg *cfg)
{
	return READ_ONCE(cfg->path->probe->params.mode) ==
	       SDWAN_PROBE_MODE_UNDERLAY;
}

static const struct sdwan_path_cfg *
sdwan_outside_path(const struct sdwan_sock *ss, const struct sdwan_rx_key *key)
{
	const struct sdwan_path_cfg *cfg = sdwan_path_lookup_rx(ss->sn, key);

	return cfg && sdwan_outside_wanted(cfg) ? cfg : NULL;
}

/*
 * Several paths, which differ by their encapsulation, may have one remote: a probe is
 * of the one that it names.  Of a far end that names none, it is of the first.
 */
static bool sdwan_outside_asked(struct sdwan_sock *ss, struct sk_buff *skb,
				struct sdwan_rx_key *key, enum sdwan_drop *cause)
{
	const struct sdwan_path_cfg *cfg, *of = NULL;

	for (key->encap = 0; key->encap < SDWAN_ENCAPS; key->encap++) {
		cfg = sdwan_outside_path(ss, key);
		if (cfg && sdwan_probe_names(cfg->path, skb,
					     sizeof(struct udphdr))) {
			of = cfg;
			break;
		}
		of = of ?: cfg;
	}
	return of && sdwan_probe_receive_outside(of, skb, true, cause);
}

/* An answer is of the path that awaits it. */
static bool sdwan_outside_answered(struct sdwan_sock *ss, struct sk_buff *skb,
				   struct sdwan_rx_key *key,
				   enum sdwan_drop *cause)
{
	const struct sdwan_path_cfg *cfg;

	for (key->encap = 0; key->encap < SDWAN_ENCAPS; key->encap++) {
		cfg = sdwan_outside_path(ss, key);
		if (cfg && sdwan_probe_receive_outside(cfg, skb, false, cause))
			return true;
	}
	return false;
}

static bool sdwan_outside_take(struct sdwan_sock *ss, struct sk_buff *skb,
			       const struct sdwan_underlay *underlay, bool asked,
			       enum sdwan_drop *cause)
{
	struct sdwan_rx_key key = { .underlay = underlay->obj.id };

	sdwan_receive_remote(ss, skb, &key.remote);
	return asked ? sdwan_outside_asked(ss, skb, &key, cause) :
		       sdwan_outside_answered(ss, skb, &key, cause);
}

static int sdwan_outside_receive(struct sock *sk, struct sk_buff *skb,
				 bool asked)
{
	struct sdwan_sock *ss = rcu_dereference_sk_user_data(sk);
	enum sdwan_drop cause = SDWAN_DROP_RX_NO_UNDERLAY;
	const struct sdwan_underlay *underlay;

	if (!ss) {
		kfree_skb(skb);
		return 0;
	}
	underlay = rcu_dereference(ss->underlay);
	if (!underlay)
		goto drop;
	/* what comes from reflectors is answered by none, and else is no answer */
	cause = SDWAN_DROP_RX_PROBE_UNEXPECTED;
	if ((udp_hdr(skb)->source == htons(SDWAN_STAMP_PORT)) == asked)
		goto drop;
	cause = SDWAN_DROP_RX_UNKNOWN_PATH;
	if (skb->pkt_type == PACKET_HOST &&
	    sdwan_outside_take(ss, skb, underlay, asked, &cause)) {
		consume_skb(skb);
		return 0;
	}
drop:
	sdwan_drop(ss->sn->drops, skb, cause);
	return 0;
}

static int sdwan_outside_rcv_probe(struct sock *sk, struct sk_buff *skb)
{
	return sdwan_outside_receive(sk, skb, true);
}

static int sdwan_outside_rcv_answer(struct sock *sk, struct sk_buff *skb)
{
	return sdwan_outside_receive(sk, skb, false);
}

static void sdwan_outside_setup_reflector(struct udp_tunnel_sock_cfg *cfg)
{
	cfg->encap_rcv = sdwan_outside_rcv_probe;
}

static void sdwan_outside_setup_sender(struct udp_tunnel_sock_cfg *cfg)
{
	cfg->encap_rcv = sdwan_outside_rcv_answer;
}

const struct sdwan_encap_ops sdwan_outside_reflector = {
	.encap = SDWAN_OUTSIDE_REFLECTOR,
	.proto = IPPROTO_UDP,
	.port = SDWAN_STAMP_PORT,
	.setup = sdwan_outside_setup_reflector,
};

/* Its port is whatever is free. */
const struct sdwan_encap_ops sdwan_outside_sender = {
	.encap = SDWAN_OUTSIDE_SENDER,
	.proto = IPPROTO_UDP,
	.setup = sdwan_outside_setup_sender,
};

/**
 * sdwan_outside_get() - a configuration says that there are such probes, or not
 * @chg: request
 * @underlay: where
 * @cfg: what it says
 * @attr: attribute to name where there cannot be
 *
 * Context: Process context, under rtnl_mutex and sdwan_net.lock.
 *
 * Return: 0 or a negative error, with @chg told why.
 */
int sdwan_outside_get(struct sdwan_change *chg, struct sdwan_underlay *underlay,
		      const struct sdwan_probe_cfg *cfg, int attr)
{
	int err;

	if (cfg->mode != SDWAN_PROBE_MODE_UNDERLAY)
		return 0;
	err = sdwan_underlay_encap_get(chg, underlay, &sdwan_outside_reflector,
				       attr);
	if (err)
		return err;
	err = sdwan_underlay_encap_get(chg, underlay, &sdwan_outside_sender,
				       attr);
	if (!err)
		return 0;
	sdwan_underlay_encap_put(underlay, &sdwan_outside_reflector);
	sdwan_sock_reap(chg->sn);
	return err;
}

/**
 * sdwan_outside_put() - end of sdwan_outside_get()
 * @underlay: where
 * @cfg: what was said
 *
 * The caller reaps the sockets.
 *
 * Context: Process context, under rtnl_mutex and sdwan_net.lock.
 */
void sdwan_outside_put(struct sdwan_underlay *underlay,
		       const struct sdwan_probe_cfg *cfg)
{
	if (cfg->mode != SDWAN_PROBE_MODE_UNDERLAY)
		return;
	sdwan_underlay_encap_put(underlay, &sdwan_outside_reflector);
	sdwan_underlay_encap_put(underlay, &sdwan_outside_sender);
}

static const struct sdwan_sock *
sdwan_outside_sock(const struct sdwan_path_cfg *cfg, enum sdwan_outside which)
{
	int family = cfg->family == AF_INET6 ? SDWAN_V6 : SDWAN_V4;

	return rcu_dereference(cfg->path->underlay->socks[which][family]);
}

static int sdwan_outside_begin(struct sdwan_control *control,
			       const struct sdwan_path_cfg *cfg,
			       const struct in6_addr *saddr, unsigned int len)
{
	struct sk_buff *skb;
	unsigned int room;
	int err;

	err = sdwan_route_outside(cfg, saddr, control->sport, control->dport,
				  &control->tx.route);
	if (err)
		return err;
	room = LL_RESERVED_SPACE(control->tx.route.dev) +
	       control->tx.route.dst->header_len +
	       sdwan_outer_hlen(cfg->family) + sizeof(struct udphdr);
	skb = alloc_skb(room + len, GFP_ATOMIC);
	if (!skb) {
		sdwan_route_put(&control->tx.route);
		return -ENOMEM;
	}
	skb_reserve(skb, room);
	control->data = skb_put_zero(skb, len);
	control->len = len;
	control->skb = skb;
	control->outside = true;
	control->tx.cfg = cfg;
	return 0;
}

/**
 * sdwan_outside_ask() - make a probe
 * @control: result
 * @cfg: path whose remote address it is sent to
 * @len: bytes of its payload
 *
 * Context: Under rcu_read_lock(), bottom halves off.
 *
 * Return: 0 where sdwan_outside_send() has to follow, else a negative error.
 */
int sdwan_outside_ask(struct sdwan_control *control,
		      const struct sdwan_path_cfg *cfg, unsigned int len)
{
	const struct sdwan_sock *ss = sdwan_outside_sock(cfg,
							 SDWAN_OUTSIDE_SENDER);

	if (!ss)
		return -ENETUNREACH;
	control->tx.sk = ss->sock->sk;
	control->sport = inet_sk(ss->sock->sk)->inet_sport;
	control->dport = htons(SDWAN_STAMP_PORT);
	return sdwan_outside_begin(control, cfg, &cfg->path->underlay->local,
				   len);
}

/**
 * sdwan_outside_reflect() - make an answer
 * @control: result
 * @cfg: path whose remote address it is sent to
 * @saddr: address that has been asked
 * @dport: port to answer to
 * @len: bytes of its payload
 *
 * Context: Under rcu_read_lock(), bottom halves off.
 *
 * Return: 0 where sdwan_outside_send() has to follow, else a negative error.
 */
int sdwan_outside_reflect(struct sdwan_control *control,
			  const struct sdwan_path_cfg *cfg,
			  const struct in6_addr *saddr, u16 dport,
			  unsigned int len)
{
	const struct sdwan_sock *ss = sdwan_outside_sock(cfg,
							 SDWAN_OUTSIDE_REFLECTOR);

	if (!ss)
		return -ENETUNREACH;
	control->tx.sk = ss->sock->sk;
	control->sport = htons(SDWAN_STAMP_PORT);
	control->dport = htons(dport);
	return sdwan_outside_begin(control, cfg, saddr, len);
}

/**
 * sdwan_outside_send() - send a packet whose payload is written
 * @control: packet, consumed
 *
 * Context: Under the same rcu_read_lock(), bottom halves off.
 */
void sdwan_outside_send(struct sdwan_control *control)
{
	const struct sdwan_path_cfg *cfg = control->tx.cfg;
	u8 tos = cfg->dscp < SDWAN_DSCP_COPY ? cfg->dscp << 2 : 0;
	struct sdwan_route *route = &control->tx.route;
	/* 6.1 takes no pointer to what is constant */
	struct in6_addr remote = cfg->key.remote;

	control->skb->mark = cfg->fwmark;
	if (cfg->family == AF_INET)
		udp_tunnel_xmit_skb(container_of(route->dst, struct rtable, dst),
				    control->tx.sk, control->skb, route->saddr4,
				    remote.s6_addr32[3], tos,
				    SDWAN_OUTSIDE_TTL, htons(IP_DF),
				    control->sport, control->dport, false,
				    false);
	else
		udp_tunnel6_xmit_skb(route->dst, control->tx.sk, control->skb,
				     NULL, &route->saddr6, &remote,
				     tos, SDWAN_OUTSIDE_TTL, 0, control->sport,
				     control->dport, false);
}
