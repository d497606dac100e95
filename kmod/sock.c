// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: where packets come in
 *
 * That is a UDP socket, or what an encapsulation without ports has instead.
 * Sockets are shared by what is committed and what is staged: an underlay that
 * is deleted and added anew in one transaction keeps its socket, and the port
 * is never free in between.
 */
#include <net/udp_tunnel.h>

#include "direct.h"
#include "direct_wan.h"
#include "encap.h"
#include "epoch.h"
#include "sock.h"

static struct socket *sdwan_sock_bind(struct sdwan_net *sn, int ifindex,
				      const struct in6_addr *local,
				      unsigned short family, __be16 port)
{
	struct udp_port_cfg cfg = {
		.family = family,
		.local_udp_port = port,
		.bind_ifindex = ifindex,
		.use_udp_checksums = 1,
		.use_udp6_tx_checksums = 1,
		/* RFC 6935: geneve and vxlan ends may send IPv6 without */
		.use_udp6_rx_checksums = 0,
		.ipv6_v6only = 1,
	};
	struct socket *sock;
	int err;

	if (family == AF_INET)
		cfg.local_ip.s_addr = local->s6_addr32[3];
#if IS_ENABLED(CONFIG_IPV6)
	else
		cfg.local_ip6 = *local;
#endif
	err = udp_sock_create(sn->net, &cfg, &sock);
	if (err)
		return ERR_PTR(err);

	udp_allow_gso(sock->sk);
	return sock;
}

static int sdwan_sock_open_udp(struct sdwan_sock *ss)
{
	struct udp_tunnel_sock_cfg cfg = {
		.sk_user_data = ss,
		.encap_type = 1,
	};
	struct socket *sock;

	sock = sdwan_sock_bind(ss->sn, ss->ifindex, &ss->local, ss->family,
			       ss->port);
	if (IS_ERR(sock))
		return PTR_ERR(sock);

	ss->sock = sock;
	ss->encap->setup(&cfg);
	setup_udp_tunnel_sock(ss->sn->net, sock, &cfg);
	if (ss->encap->nic_type)
		udp_tunnel_notify_add_rx_port(sock, ss->encap->nic_type);
	return 0;
}

static void sdwan_sock_close_udp(struct sdwan_sock *ss)
{
	if (ss->encap->nic_type)
		udp_tunnel_notify_del_rx_port(ss->sock, ss->encap->nic_type);
	kernel_sock_shutdown(ss->sock, SHUT_RDWR);
	sock_release(ss->sock);
}

static struct sdwan_sock *sdwan_sock_create(const struct sdwan_sock *like)
{
	struct sdwan_sock *ss;
	int err;

	ss = kmemdup(like, sizeof(*like), GFP_KERNEL_ACCOUNT);
	if (!ss)
		return ERR_PTR(-ENOMEM);

	ss->users = 1;
	err = sdwan_encap_udp(ss->encap) ? sdwan_sock_open_udp(ss) :
					   ss->encap->open(ss);
	if (err) {
		kfree(ss);
		return ERR_PTR(err);
	}
	list_add(&ss->list, &ss->sn->socks);
	if (sdwan_direct_used(ss->sn))
		sdwan_direct_wan_add(ss);
	return ss;
}

static bool sdwan_sock_same(const struct sdwan_sock *a,
			    const struct sdwan_sock *b)
{
	return a->dev == b->dev && a->family == b->family &&
	       a->port == b->port &&
	       (a->port || a->encap == b->encap) &&
	       ipv6_addr_equal(&a->local, &b->local);
}

/**
 * sdwan_sock_get() - find or make a socket
 * @like: what it has to be: everything that is constant but its sock
 *
 * Context: Process context, under rtnl_mutex and sdwan_net.lock.
 *
 * Return: the socket, or an error: -EADDRINUSE, -EADDRNOTAVAIL, -EBUSY, …
 */
struct sdwan_sock *sdwan_sock_get(const struct sdwan_sock *like)
{
	struct sdwan_sock *ss;

	list_for_each_entry(ss, &like->sn->socks, list) {
		if (!sdwan_sock_same(ss, like))
			continue;
		if (ss->encap != like->encap)
			return ERR_PTR(-EADDRINUSE);
		ss->users++;
		return ss;
	}
	return sdwan_sock_create(like);
}

/**
 * sdwan_sock_put() - give a socket back
 * @ss: socket
 *
 * The last one leaves it to sdwan_sock_reap(), so that many sockets share one
 * grace period.
 *
 * Context: Process context, under sdwan_net.lock.
 */
void sdwan_sock_put(struct sdwan_sock *ss)
{
	ss->users--;
}

/**
 * sdwan_sock_reap() - close the sockets that nobody holds
 * @sn: fabric
 *
 * Context: Process context, under rtnl_mutex and sdwan_net.lock; may sleep.
 */
void sdwan_sock_reap(struct sdwan_net *sn)
{
	struct sdwan_sock *ss, *tmp;
	LIST_HEAD(dead);

	list_for_each_entry_safe(ss, tmp, &sn->socks, list)
		if (!ss->users)
			list_move(&ss->list, &dead);
	if (list_empty(&dead))
		return;

	sdwan_epoch_begin(sn);
	list_for_each_entry(ss, &dead, list) {
		sdwan_direct_wan_del(ss);
		if (ss->sock)
			rcu_assign_sk_user_data(ss->sock->sk, NULL);
		else
			ss->encap->close(ss);
	}
	sdwan_epoch_end(sn);

	/* receivers and senders that found them */
	synchronize_net();
	list_for_each_entry_safe(ss, tmp, &dead, list) {
		if (ss->sock)
			sdwan_sock_close_udp(ss);
		kfree_rcu(ss, rcu);
	}
}
