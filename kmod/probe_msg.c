// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: probes and answers as they are on the wire, with and without a key
 *
 * Paths to a peer with a key know authenticated packets only, others know plain
 * ones only.
 */
#include <linux/rcupdate.h>
#include <linux/string.h>

#include "node.h"
#include "probe_msg.h"

/**
 * sdwan_probe_auth() - the keys that hold for a path
 * @path: path
 *
 * Context: Under rcu_read_lock().
 *
 * Return: those of its peer, or NULL where it has none.
 */
struct sdwan_auth *sdwan_probe_auth(const struct sdwan_path *path)
{
	struct sdwan_cfg *peer = rcu_dereference(path->peer->obj.cfg);

	if (!peer || !sdwan_peer_cfg(peer)->auth.n)
		return NULL;
	return &sdwan_peer_cfg(peer)->auth;
}

/**
 * sdwan_probe_base() - how long a packet is without TLVs
 * @auth: keys or NULL
 *
 * Return: bytes.
 */
unsigned int sdwan_probe_base(const struct sdwan_auth *auth)
{
	return auth ? SDWAN_STAMP_AUTH_LEN : SDWAN_STAMP_LEN;
}

/**
 * sdwan_probe_sender_key() - which key probes are made by
 * @auth: keys or NULL
 *
 * Return: its number, or SDWAN_PROBE_NO_KEY.
 */
int sdwan_probe_sender_key(const struct sdwan_auth *auth)
{
	return auth ? READ_ONCE(auth->used) : SDWAN_PROBE_NO_KEY;
}

/**
 * sdwan_probe_ssid() - the session that probes say they are of
 * @path: path
 * @auth: keys or NULL
 *
 * Both ends have the same key.  That number tells which of them has made a probe:
 * who answered his own would make an answer that is good for himself.
 *
 * Context: Under rcu_read_lock().
 *
 * Return: 1 at the end of lesser site and gateway, 2 at the other one, 0 without a
 * key.
 */
__be16 sdwan_probe_ssid(const struct sdwan_path *path,
			const struct sdwan_auth *auth)
{
	const struct sdwan_node_cfg *node = sdwan_node_rcu(path->obj.sn);
	const struct sdwan_peer *peer = path->peer;

	if (!auth)
		return 0;
	if (!node || node->site < peer->site->id ||
	    (node->site == peer->site->id && node->gateway < peer->gateway))
		return cpu_to_be16(1);
	return cpu_to_be16(2);
}

static void sdwan_probe_text(struct sdwan_auth_text text[2], const u8 *data)
{
	text[0] = (struct sdwan_auth_text){ data, SDWAN_STAMP_AUTH_TEXT };
	text[1] = (struct sdwan_auth_text){};
}

/**
 * sdwan_probe_key() - by which key a packet was made
 * @auth: keys
 * @data: SDWAN_STAMP_AUTH_LEN bytes
 *
 * Return: its number, or SDWAN_PROBE_NO_KEY for none of ours.
 */
int sdwan_probe_key(const struct sdwan_auth *auth, const u8 *data)
{
	struct sdwan_auth_text text[2];

	sdwan_probe_text(text, data);
	return sdwan_auth_find(auth, text, data + SDWAN_STAMP_AUTH_TEXT);
}

static void sdwan_probe_sign(const struct sdwan_auth *auth, int key, u8 *data)
{
	struct sdwan_auth_text text[2];

	sdwan_probe_text(text, data);
	sdwan_auth_sign(&auth->key[key], text, data + SDWAN_STAMP_AUTH_TEXT);
}

/**
 * sdwan_probe_write_request() - write a probe
 * @auth: keys or NULL
 * @key: number of the one to make it by
 * @data: result, sdwan_probe_base() bytes
 * @request: what is in it
 */
void sdwan_probe_write_request(const struct sdwan_auth *auth, int key,
			       void *data,
			       const struct sdwan_stamp_request *request)
{
	struct sdwan_stamp_auth_request *to = data;

	if (!auth) {
		memcpy(data, request, sizeof(*request));
		return;
	}
	sdwan_stamp_copy_request(to, request);
	sdwan_probe_sign(auth, key, data);
}

/**
 * sdwan_probe_read_request() - read a probe
 * @auth: keys or NULL
 * @request: result
 * @data: sdwan_probe_base() bytes, made by one of these keys
 */
void sdwan_probe_read_request(const struct sdwan_auth *auth,
			      struct sdwan_stamp_request *request,
			      const void *data)
{
	const struct sdwan_stamp_auth_request *from = data;

	if (auth)
		sdwan_stamp_copy_request(request, from);
	else
		memcpy(request, data, sizeof(*request));
}

/**
 * sdwan_probe_write_reply() - write an answer
 * @auth: keys or NULL
 * @key: number of the one to make it by
 * @data: result, sdwan_probe_base() bytes
 * @reply: what is in it
 */
void sdwan_probe_write_reply(const struct sdwan_auth *auth, int key, void *data,
			     const struct sdwan_stamp_reply *reply)
{
	struct sdwan_stamp_auth_reply *to = data;

	if (!auth) {
		memcpy(data, reply, sizeof(*reply));
		return;
	}
	sdwan_stamp_copy_reply(to, reply);
	sdwan_probe_sign(auth, key, data);
}

/**
 * sdwan_probe_read_reply() - read an answer
 * @auth: keys or NULL
 * @reply: result
 * @data: sdwan_probe_base() bytes, made by one of these keys
 */
void sdwan_probe_read_reply(const struct sdwan_auth *auth,
			    struct sdwan_stamp_reply *reply, const void *data)
{
	const struct sdwan_stamp_auth_reply *from = data;

	if (auth)
		sdwan_stamp_copy_reply(reply, from);
	else
		memcpy(reply, data, sizeof(*reply));
}
