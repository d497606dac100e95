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
#include "probe.h"
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

/* Both ends have the same key; this tells which of them has made a probe. */
static u16 sdwan_probe_side(const struct sdwan_path *path,
			    const struct sdwan_auth *auth)
{
	const struct sdwan_node_cfg *node = sdwan_node_rcu(path->obj.sn);
	const struct sdwan_peer *peer = path->peer;

	if (!auth)
		return 0;
	if (!node || node->site < peer->site->id ||
	    (node->site == peer->site->id && node->gateway < peer->gateway))
		return 1;
	return 2;
}

/**
 * sdwan_probe_ssid() - the session that probes say they are of
 * @path: path
 * @auth: keys or NULL
 *
 * Who answered his own probe would make an answer that is good for himself.  Outside
 * of tunnels, paths that differ by their encapsulation alone have the same addresses
 * and ports, and are told apart by that.
 *
 * Context: Under rcu_read_lock().
 *
 * Return: with a key, 1 at the end of lesser site and gateway, and 2 at the other one,
 * else 0; outside of tunnels, with that of its encapsulation.
 */
__be16 sdwan_probe_ssid(const struct sdwan_path *path,
			const struct sdwan_auth *auth)
{
	u16 which = sdwan_probe_side(path, auth);

	if (READ_ONCE(path->probe->params.mode) == SDWAN_PROBE_MODE_UNDERLAY)
		which |= sdwan_probe_encap_bits(path->encap);
	return cpu_to_be16(which);
}

/**
 * sdwan_probe_names() - whether a probe from outside of tunnels says that it is of a path
 * @path: path
 * @skb: packet
 * @off: where its payload is
 *
 * Context: Under rcu_read_lock().
 *
 * Return: true where it has the number of the path's encapsulation, whoever says so.
 */
bool sdwan_probe_names(const struct sdwan_path *path, const struct sk_buff *skb,
		       unsigned int off)
{
	const __be16 *ssid;
	__be16 buf;

	off += sdwan_probe_auth(path) ?
	       offsetof(struct sdwan_stamp_auth_request, ssid) :
	       offsetof(struct sdwan_stamp_request, ssid);
	ssid = skb_header_pointer(skb, off, sizeof(buf), &buf);
	return ssid && (be16_to_cpu(*ssid) & SDWAN_PROBE_ENCAP_MASK) ==
		       sdwan_probe_encap_bits(path->encap);
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
