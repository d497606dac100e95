/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: probes and answers as they are on the wire, with and without a key
 */
#ifndef _SDWAN_PROBE_MSG_H
#define _SDWAN_PROBE_MSG_H

#include <linux/skbuff.h>

#include "auth.h"
#include "stamp.h"
#include "types.h"

/* Number of the key of what has none. */
#define SDWAN_PROBE_NO_KEY	(-1)

/* The bits of a session that tell its encapsulation, outside of tunnels. */
#define SDWAN_PROBE_ENCAP_MASK	0xff00

/**
 * sdwan_probe_encap_bits() - what tells the encapsulation of a path
 * @encap: enum sdwan_encap
 *
 * Return: bits of the session identifier, none for GENEVE: who knows of one path only
 * needs none.
 */
static inline u16 sdwan_probe_encap_bits(u8 encap)
{
	return (encap - SDWAN_ENCAP_GENEVE) << 8;
}

struct sdwan_auth *sdwan_probe_auth(const struct sdwan_path *path);
unsigned int sdwan_probe_base(const struct sdwan_auth *auth);
int sdwan_probe_sender_key(const struct sdwan_auth *auth);
__be16 sdwan_probe_ssid(const struct sdwan_path *path,
			const struct sdwan_auth *auth);
bool sdwan_probe_names(const struct sdwan_path *path, const struct sk_buff *skb,
		       unsigned int off);
int sdwan_probe_key(const struct sdwan_auth *auth, const u8 *data);
void sdwan_probe_write_request(const struct sdwan_auth *auth, int key,
			       void *data,
			       const struct sdwan_stamp_request *request);
void sdwan_probe_read_request(const struct sdwan_auth *auth,
			      struct sdwan_stamp_request *request,
			      const void *data);
void sdwan_probe_write_reply(const struct sdwan_auth *auth, int key, void *data,
			     const struct sdwan_stamp_reply *reply);
void sdwan_probe_read_reply(const struct sdwan_auth *auth,
			    struct sdwan_stamp_reply *reply, const void *data);

#endif /* _SDWAN_PROBE_MSG_H */
