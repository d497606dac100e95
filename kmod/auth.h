/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: keys of peers, and what they prove (RFC 2104, RFC 4868)
 */
#ifndef _SDWAN_AUTH_H
#define _SDWAN_AUTH_H

#include <crypto/sha2.h>
#include <linux/types.h>

/* Bytes of HMAC-SHA-256 that are sent (RFC 8762, section 4.4) */
#define SDWAN_AUTH_LEN	16

/* Bytes of a key; longer ones would be hashed before (RFC 2104, section 3). */
#define SDWAN_AUTH_KEY_MIN	16
#define SDWAN_AUTH_KEY_MAX	SHA256_BLOCK_SIZE

/* Keys of a peer that are valid at a time. */
#define SDWAN_AUTH_KEYS	2

/**
 * struct sdwan_auth_key - a key, as far as it can be hashed in advance
 * @inner: behind the key and the inner padding
 * @outer: behind the key and the outer padding
 * @mark: tells the peer which key it is, without telling the key
 *
 * The key itself is not kept.
 */
struct sdwan_auth_key {
	struct sha256_state inner;
	struct sha256_state outer;
	u32 mark;
};

/**
 * struct sdwan_auth - keys of a peer
 * @key: (c) newest first
 * @n: (c) how many there are
 * @used: the one that we send with. Written in soft interrupts, when the peer is
 *	found to have the newest one.
 */
struct sdwan_auth {
	struct sdwan_auth_key key[SDWAN_AUTH_KEYS];
	u8 n;
	u8 used;
};

/**
 * struct sdwan_auth_text - one of the pieces that a text consists of
 * @data: bytes
 * @len: how many
 */
struct sdwan_auth_text {
	const void *data;
	unsigned int len;
};

void sdwan_auth_prepare(struct sdwan_auth_key *key, const u8 *data,
			unsigned int len);
void sdwan_auth_add(struct sdwan_auth *auth, const u8 *data, unsigned int len);
void sdwan_auth_retire(struct sdwan_auth *auth);
void sdwan_auth_sign(const struct sdwan_auth_key *key,
		     const struct sdwan_auth_text text[2],
		     u8 mac[SDWAN_AUTH_LEN]);
bool sdwan_auth_ok(const struct sdwan_auth_key *key,
		   const struct sdwan_auth_text text[2],
		   const u8 mac[SDWAN_AUTH_LEN]);
int sdwan_auth_find(const struct sdwan_auth *auth,
		    const struct sdwan_auth_text text[2],
		    const u8 mac[SDWAN_AUTH_LEN]);

#endif /* _SDWAN_AUTH_H */
