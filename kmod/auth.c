// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: keys of peers, and what they prove (RFC 2104, RFC 4868)
 *
 * HMAC-SHA-256 over the functions of lib/crypto, which need no memory, no lock and
 * no room that CPUs would share, and may be called in soft interrupts.  What
 * depends on the key alone is hashed when the key is set: of a probe, three blocks
 * remain.
 */
#include <crypto/algapi.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include "auth.h"
#include "compat/compat.h"

#define SDWAN_AUTH_IPAD	0x36
#define SDWAN_AUTH_OPAD	0x5c

/* What is hashed to tell keys from each other. */
#define SDWAN_AUTH_MARK	"sdwan key"

static void sdwan_auth_pad(struct sha256_state *state, const u8 *data,
			   unsigned int len, u8 pad)
{
	u8 block[SHA256_BLOCK_SIZE];
	unsigned int i;

	memset(block, pad, sizeof(block));
	for (i = 0; i < len; i++)
		block[i] ^= data[i];
	sha256_init(state);
	sha256_update(state, block, sizeof(block));
	memzero_explicit(block, sizeof(block));
}

/**
 * sdwan_auth_sign() - HMAC-SHA-256, truncated to 128 bits
 * @key: key
 * @text: two pieces, one behind the other
 * @mac: result
 *
 * Context: Any but hard interrupts.
 */
void sdwan_auth_sign(const struct sdwan_auth_key *key,
		     const struct sdwan_auth_text text[2],
		     u8 mac[SDWAN_AUTH_LEN])
{
	struct sha256_state state = key->inner;
	u8 digest[SHA256_DIGEST_SIZE];

	sha256_update(&state, text[0].data, text[0].len);
	sha256_update(&state, text[1].data, text[1].len);
	sha256_final(&state, digest);
	state = key->outer;
	sha256_update(&state, digest, sizeof(digest));
	sha256_final(&state, digest);
	memcpy(mac, digest, SDWAN_AUTH_LEN);
}

/**
 * sdwan_auth_prepare() - take in a key
 * @key: result
 * @data: key
 * @len: its bytes, up to SDWAN_AUTH_KEY_MAX
 */
void sdwan_auth_prepare(struct sdwan_auth_key *key, const u8 *data,
			unsigned int len)
{
	/* shorter than any text that is sent */
	static const struct sdwan_auth_text text[2] = {
		{ SDWAN_AUTH_MARK, sizeof(SDWAN_AUTH_MARK) - 1 },
	};
	u8 mac[SDWAN_AUTH_LEN];

	/* not all of the state is written */
	memset(key, 0, sizeof(*key));
	sdwan_auth_pad(&key->inner, data, len, SDWAN_AUTH_IPAD);
	sdwan_auth_pad(&key->outer, data, len, SDWAN_AUTH_OPAD);
	sdwan_auth_sign(key, text, mac);
	key->mark = get_unaligned_be32(mac);
}

static bool sdwan_auth_same(const struct sdwan_auth_key *a,
			    const struct sdwan_auth_key *b)
{
	return !crypto_memneq(a->inner.state, b->inner.state,
			      sizeof(a->inner.state)) &&
	       !crypto_memneq(a->outer.state, b->outer.state,
			      sizeof(a->outer.state));
}

/**
 * sdwan_auth_retire() - a peer's former key is valid no longer
 * @auth: its keys
 */
void sdwan_auth_retire(struct sdwan_auth *auth)
{
	memzero_explicit(&auth->key[1], sizeof(auth->key[1]));
	auth->n = min_t(u8, auth->n, 1);
	auth->used = 0;
}

/**
 * sdwan_auth_add() - a peer gets a new key
 * @auth: its keys
 * @data: key
 * @len: its bytes, up to SDWAN_AUTH_KEY_MAX
 *
 * The one that was in use so far stays valid, and in use: the peer need not have
 * the new one. That which is the newest already changes nothing.
 */
void sdwan_auth_add(struct sdwan_auth *auth, const u8 *data, unsigned int len)
{
	struct sdwan_auth_key key;

	sdwan_auth_prepare(&key, data, len);
	if (!auth->n) {
		auth->n = 1;
		auth->used = 0;
		auth->key[0] = key;
	} else if (!sdwan_auth_same(&key, &auth->key[0])) {
		auth->key[1] = auth->key[auth->used];
		auth->key[0] = key;
		auth->n = 2;
		auth->used = 1;
		/* back to the one in use */
		if (sdwan_auth_same(&auth->key[0], &auth->key[1]))
			sdwan_auth_retire(auth);
	}
	memzero_explicit(&key, sizeof(key));
}

/**
 * sdwan_auth_ok() - whether who has made a text has a key
 * @key: key
 * @text: two pieces, one behind the other
 * @mac: what came with it
 *
 * Return: true where he has; the time it takes tells nothing.
 */
bool sdwan_auth_ok(const struct sdwan_auth_key *key,
		   const struct sdwan_auth_text text[2],
		   const u8 mac[SDWAN_AUTH_LEN])
{
	u8 own[SDWAN_AUTH_LEN];

	sdwan_auth_sign(key, text, own);
	return !crypto_memneq(own, mac, SDWAN_AUTH_LEN);
}

/**
 * sdwan_auth_find() - by which key a text was made
 * @auth: keys of a peer
 * @text: two pieces, one behind the other
 * @mac: what came with it
 *
 * Return: number of the key, or -1 for none.
 */
int sdwan_auth_find(const struct sdwan_auth *auth,
		    const struct sdwan_auth_text text[2],
		    const u8 mac[SDWAN_AUTH_LEN])
{
	int i;

	for (i = 0; i < auth->n; i++)
		if (sdwan_auth_ok(&auth->key[i], text, mac))
			return i;
	return -1;
}
