// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: UDP sockets of underlays
 *
 * Sockets are shared by what is committed and what is staged: an underlay that
 * is deleted and added anew in one transaction keeps its socket, and the port
 * is never free in between.
 */
#include <net/udp_tunnel.h>

#include "encap.h"
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

static struct sdwan_sock *sdwan_sock_create(struct sdwan_net *sn, int ifindex,
					    const struct in6_addr *local,
					    unsigned short family, __be16 port,
					    const struct sdwan_encap_ops *encap)
{
	struct udp_tunnel_sock_cfg cfg = { .encap_type = 1 };
	struct sdwan_sock *ss;
	int err;

	ss = kzalloc(sizeof(*ss), GFP_KERNEL_ACCOUNT);
	if (!ss)
		return ERR_PTR(-ENOMEM);

	ss->sn = sn;
	ss->ifindex = ifindex;
	ss->local = *local;
	ss->family = family;
	ss->port = port;
	ss->encap = encap;
	ss->users = 1;
	ss->sock = sdwan_sock_bind(sn, ifindex, local, family, port);
	if (IS_ERR(ss->sock)) {
		err = PTR_ERR(ss->sock);
		kfree(ss);
		return ERR_PTR(err);
	}

	cfg.sk_user_data = ss;
	encap->setup(&cfg);
	setup_udp_tunnel_sock(sn->net, ss->sock, &cfg);
	if (encap->nic_type)
		udp_tunnel_notify_add_rx_port(ss->sock, encap->nic_type);
	list_add(&ss->list, &sn->socks);
	return ss;
}

/**
 * sdwan_sock_get() - find or make a socket
 * @sn: fabric
 * @ifindex: device to bind it to
 * @local: address to bind it to, v4-mapped for IPv4; unspecified for all
 * @family: AF_INET or AF_INET6
 * @port: local port
 * @encap: what is spoken there
 *
 * Context: Process context, under rtnl_mutex and sdwan_net.lock.
 *
 * Return: the socket, or an error: -EADDRINUSE, -EADDRNOTAVAIL, …
 */
struct sdwan_sock *sdwan_sock_get(struct sdwan_net *sn, int ifindex,
				  const struct in6_addr *local,
				  unsigned short family, __be16 port,
				  const struct sdwan_encap_ops *encap)
{
	struct in6_addr bind = *local;
	struct sdwan_sock *ss;

	/* the unspecified address is the same for both families */
	if (ipv6_addr_any(local) && family == AF_INET)
		ipv6_addr_set_v4mapped(htonl(INADDR_ANY), &bind);

	list_for_each_entry(ss, &sn->socks, list) {
		if (ss->ifindex != ifindex || ss->family != family ||
		    ss->port != port || !ipv6_addr_equal(&ss->local, &bind))
			continue;
		if (ss->encap != encap)
			return ERR_PTR(-EADDRINUSE);
		ss->users++;
		return ss;
	}
	return sdwan_sock_create(sn, ifindex, &bind, family, port, encap);
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

	list_for_each_entry_safe(ss, tmp, &sn->socks, list) {
		if (ss->users)
			continue;
		rcu_assign_sk_user_data(ss->sock->sk, NULL);
		list_move(&ss->list, &dead);
	}
	if (list_empty(&dead))
		return;

	/* receivers and senders that found them */
	synchronize_net();
	list_for_each_entry_safe(ss, tmp, &dead, list) {
		if (ss->encap->nic_type)
			udp_tunnel_notify_del_rx_port(ss->sock,
						      ss->encap->nic_type);
		kernel_sock_shutdown(ss->sock, SHUT_RDWR);
		sock_release(ss->sock);
		kfree_rcu(ss, rcu);
	}
}
