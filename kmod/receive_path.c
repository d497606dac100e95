// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: by which path a packet has come
 */
#include "encap.h"
#include "lookup.h"
#include "receive.h"
#include "receive_path.h"

/* Whether there is a path with this remote address and another encapsulation. */
static bool sdwan_receive_other_encap(struct sdwan_net *sn,
				      struct sdwan_rx_key key)
{
	for (key.encap = 0; key.encap < SDWAN_ENCAPS; key.encap++)
		if (sdwan_path_lookup_rx(sn, &key))
			return true;
	return false;
}

static void sdwan_receive_key(const struct sdwan_sock *ss,
			      const struct sdwan_underlay *underlay,
			      const struct in6_addr *remote, __be16 port,
			      struct sdwan_rx_key *key)
{
	key->remote = *remote;
	key->port = port;
	key->underlay = underlay->obj.id;
	key->encap = ss->encap->encap;
}

/* One of that very port goes before one of any. */
static const struct sdwan_path_cfg *
sdwan_receive_lookup(struct sdwan_net *sn, struct sdwan_rx_key *key)
{
	const struct sdwan_path_cfg *cfg;

	if (unlikely(key->port)) {
		cfg = sdwan_path_lookup_rx(sn, key);
		if (cfg)
			return cfg;
		key->port = 0;
	}
	return sdwan_path_lookup_rx(sn, key);
}

static const struct sdwan_path_cfg *
sdwan_receive_find_path(struct sdwan_sock *ss, const struct in6_addr *remote,
			__be16 port, enum sdwan_drop *cause)
{
	const struct sdwan_underlay *underlay = rcu_dereference(ss->underlay);
	const struct sdwan_path_cfg *cfg;
	struct sdwan_rx_key key;

	if (unlikely(!underlay)) {
		*cause = SDWAN_DROP_RX_NO_UNDERLAY;
		return NULL;
	}

	sdwan_receive_key(ss, underlay, remote, port, &key);
	cfg = sdwan_receive_lookup(ss->sn, &key);
	if (unlikely(!cfg))
		*cause = sdwan_receive_other_encap(ss->sn, key) ?
			 SDWAN_DROP_RX_ENCAP : SDWAN_DROP_RX_UNKNOWN_PATH;
	return cfg;
}

/**
 * sdwan_receive_path_of() - the path that packets from somewhere come by
 * @ss: where they came in
 * @remote: where from, v4-mapped for IPv4; unspecified without outer header
 * @port: the source port, 0 without ports
 *
 * Context: Under rcu_read_lock().
 *
 * Return: the committed configuration of the path, or NULL.
 */
const struct sdwan_path_cfg *
sdwan_receive_path_of(struct sdwan_sock *ss, const struct in6_addr *remote,
		      __be16 port)
{
	const struct sdwan_underlay *underlay = rcu_dereference(ss->underlay);
	struct sdwan_rx_key key;

	if (unlikely(!underlay))
		return NULL;
	sdwan_receive_key(ss, underlay, remote, port, &key);
	return sdwan_receive_lookup(ss->sn, &key);
}

/**
 * sdwan_receive_path() - the path that a packet has come by
 * @ss: where it came in
 * @skb: packet, at its transport header
 * @cause: why there is none
 *
 * Context: Under rcu_read_lock().
 *
 * Return: the committed configuration of the path, or NULL.
 */
const struct sdwan_path_cfg *
sdwan_receive_path(struct sdwan_sock *ss, const struct sk_buff *skb,
		   enum sdwan_drop *cause)
{
	struct in6_addr remote;

	sdwan_receive_remote(ss, skb, &remote);
	return sdwan_receive_find_path(ss, &remote,
				       sdwan_receive_port(ss, skb), cause);
}

/**
 * sdwan_receive_quoted() - the path of a packet quoted in an ICMP error
 * @ss: socket it was sent from
 * @skb: ICMP error, its network header at the quoted packet's, and its transport
 *	header at that of UDP
 *
 * Context: Under rcu_read_lock().
 *
 * Return: the path to where the quoted packet was sent to, or NULL.
 */
const struct sdwan_path_cfg *sdwan_receive_quoted(struct sdwan_sock *ss,
						  const struct sk_buff *skb)
{
	__be16 port = udp_hdr(skb)->dest;
	struct in6_addr mapped;

	if (ss->family == AF_INET6)
		return sdwan_receive_path_of(ss, &ipv6_hdr(skb)->daddr, port);
	ipv6_addr_set_v4mapped(ip_hdr(skb)->daddr, &mapped);
	return sdwan_receive_path_of(ss, &mapped, port);
}
