/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: addresses, 16 bytes, IPv4 as v4-mapped (RFC 4291, section 2.5.5.2)
 */
#ifndef _SDWAN_ADDR_H
#define _SDWAN_ADDR_H

#include <linux/minmax.h>
#include <net/addrconf.h>
#include <net/ipv6.h>

/* An IPv4 prefix is one of v4-mapped addresses. */
#define SDWAN_V4_PLEN	96

/**
 * sdwan_addr_family() - the family of an address
 * @addr: address
 *
 * Return: AF_INET or AF_INET6.
 */
static inline unsigned short sdwan_addr_family(const struct in6_addr *addr)
{
	return ipv6_addr_v4mapped(addr) ? AF_INET : AF_INET6;
}

/**
 * sdwan_addr_unicast() - whether an address can be somebody's
 * @addr: address
 *
 * Return: false for unspecified, multicast and broadcast addresses.
 */
static inline bool sdwan_addr_unicast(const struct in6_addr *addr)
{
	__be32 v4 = addr->s6_addr32[3];

	if (ipv6_addr_v4mapped(addr))
		return !ipv4_is_zeronet(v4) && !ipv4_is_multicast(v4) &&
		       !ipv4_is_lbcast(v4);
	return !ipv6_addr_any(addr) && !ipv6_addr_is_multicast(addr);
}

/**
 * sdwan_addr_prefix() - the first bits of an address
 * @prefix: where they are written, followed by zeroes
 * @addr: address
 * @plen: how many, 0 to 128
 *
 * ipv6_addr_prefix() without its branches: look-ups do this for each length.
 */
static inline void sdwan_addr_prefix(struct in6_addr *prefix,
				     const struct in6_addr *addr, int plen)
{
	int i, bits;

	for (i = 0; i < 4; i++, plen -= 32) {
		bits = clamp(plen, 0, 32);
		prefix->s6_addr32[i] = addr->s6_addr32[i] &
				       htonl((u64)U32_MAX << (32 - bits));
	}
}

#endif /* _SDWAN_ADDR_H */
