/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: where the far ends of paths are that are marked nat
 */
#ifndef _SDWAN_ENDPOINT_H
#define _SDWAN_ENDPOINT_H

#include <net/ipv6.h>

#include "receive.h"
#include "types.h"

/**
 * enum sdwan_endpoint_fit - whether a path is the one that somebody speaks of
 * @SDWAN_ENDPOINT_NOT: it is another one
 * @SDWAN_ENDPOINT_LEFT: it was another one, which is silent
 * @SDWAN_ENDPOINT_NEW: nothing is known of its far end yet
 * @SDWAN_ENDPOINT_BOOTED: it is the one with this number there, before a boot
 * @SDWAN_ENDPOINT_SAME: it is
 *
 * The more, the better.
 */
enum sdwan_endpoint_fit {
	SDWAN_ENDPOINT_NOT,
	SDWAN_ENDPOINT_LEFT,
	SDWAN_ENDPOINT_NEW,
	SDWAN_ENDPOINT_BOOTED,
	SDWAN_ENDPOINT_SAME,
};

/**
 * struct sdwan_endpoint_session - who the far end of a path is, as it says itself
 * @nonce: of its boot, 0 where it is not known
 * @path: its number of the path
 */
struct sdwan_endpoint_session {
	u64 nonce;
	u32 path;
};

/**
 * sdwan_endpoint_known() - whether it is known where a far end is
 * @at: where
 *
 * Return: true where it is.
 */
static inline bool sdwan_endpoint_known(const struct sdwan_endpoint *at)
{
	return !ipv6_addr_any(&at->addr);
}

/**
 * sdwan_endpoint_same() - whether two places are one
 * @a: place
 * @b: place
 *
 * Return: true where they are.
 */
static inline bool sdwan_endpoint_same(const struct sdwan_endpoint *a,
				       const struct sdwan_endpoint *b)
{
	return a->port == b->port && ipv6_addr_equal(&a->addr, &b->addr);
}

/**
 * sdwan_endpoint_fits() - whether a path is the one that somebody speaks of
 * @known: the session of the path
 * @silent: its far end does not answer
 * @says: the session of who speaks
 *
 * A peer may have several paths over an underlay. Who speaks by a path that its far end
 * has made anew has another number for it.
 *
 * Return: how well it fits.
 */
static inline enum sdwan_endpoint_fit
sdwan_endpoint_fits(const struct sdwan_endpoint_session *known, bool silent,
		    const struct sdwan_endpoint_session *says)
{
	if (!known->nonce)
		return SDWAN_ENDPOINT_NEW;
	if (known->path != says->path)
		return silent ? SDWAN_ENDPOINT_LEFT : SDWAN_ENDPOINT_NOT;
	return known->nonce == says->nonce ? SDWAN_ENDPOINT_SAME :
					     SDWAN_ENDPOINT_BOOTED;
}

bool sdwan_endpoint_receive(struct sdwan_sock *ss, struct sk_buff *skb,
			    const struct sdwan_rx *rx,
			    const struct sdwan_path_cfg *not,
			    enum sdwan_drop *cause);
void sdwan_endpoint_follow(struct sdwan_net *sn);

#endif /* _SDWAN_ENDPOINT_H */
