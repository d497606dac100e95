// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: what the two ends of a path tell each other behind probes
 *
 * Only with a key.  The HMAC of a STAMP packet says that a holder of the key has
 * made it at some time, for somebody: it could be an old one, that of another path,
 * or our own that comes back.  Behind the packet is said who, to whom, by which path
 * and since which boot, under an HMAC of its own.  A packet without that is answered,
 * as RFC 8972 says, and not believed, or whoever is on the way could take it off.
 */
#include <linux/string.h>

#include "agree.h"
#include "node.h"
#include "probe_tlv.h"
#include "report.h"
#include "stamp.h"

/*
 * What probes carry, before statistics, if there are some, and the HMAC; answers have
 * what the probe had.
 */
struct sdwan_probe_trailer {
	struct sdwan_tlv_direct direct;
	struct sdwan_tlv_identity identity;
} __packed;

static_assert(offsetof(struct sdwan_probe_trailer, identity) ==
	      SDWAN_PROBE_IDENTITY_AT);

static_assert(SDWAN_STAMP_AUTH_LEN + sizeof(struct sdwan_probe_trailer) +
	      sizeof(struct sdwan_tlv_decisions) +
	      sizeof_field(struct sdwan_agree_out, data) +
	      sizeof(struct sdwan_tlv_hmac) <= SDWAN_STAMP_MAX);

/**
 * sdwan_probe_data_rx() - data packets that have arrived by a path
 * @sum: its counters
 *
 * Those that were dropped for another reason were not lost on the way.
 *
 * Return: how many, modulo 2^32.
 */
u32 sdwan_probe_data_rx(const struct sdwan_path_sums *sum)
{
	return sum->rx_packets + sum->rx_refused;
}

static unsigned int sdwan_probe_statistics_len(const struct sdwan_probe_tlvs *by)
{
	return by->fields ? sizeof(struct sdwan_tlv_statistics) +
			    by->fields * sizeof(__be32) : 0;
}

/**
 * sdwan_probe_tlvs_len() - how much follows a probe
 * @by: by whom
 *
 * Return: bytes.
 */
unsigned int sdwan_probe_tlvs_len(const struct sdwan_probe_tlvs *by)
{
	if (!by->auth)
		return by->direct ? sizeof(struct sdwan_tlv_direct) : 0;
	return sizeof(struct sdwan_probe_trailer) +
	       sdwan_probe_statistics_len(by) + by->decisions +
	       sizeof(struct sdwan_tlv_hmac);
}

static struct sdwan_tlv sdwan_probe_tlv(u8 type, unsigned int size)
{
	return (struct sdwan_tlv){
		.flags = SDWAN_TLV_UNKNOWN,
		.type = type,
		.len = cpu_to_be16(size - sizeof(struct sdwan_tlv)),
	};
}

/* All but the header, and whether the probe was counted. */
static void sdwan_probe_identity(const struct sdwan_probe_tlvs *by, u64 echo,
				 struct sdwan_tlv_identity *id)
{
	const struct sdwan_peer *peer = by->path->peer;
	const struct sdwan_node_cfg *node = sdwan_node_rcu(by->path->obj.sn);

	*id = (struct sdwan_tlv_identity){
		.head = id->head,
		.magic = cpu_to_be32(SDWAN_TLV_MAGIC),
		.version = SDWAN_TLV_VERSION,
		.site = cpu_to_be32(node ? node->site : 0),
		.gateway = cpu_to_be32(node ? node->gateway : 0),
		.to_site = cpu_to_be32(peer->site->id),
		.to_gateway = cpu_to_be32(peer->gateway),
		.path = cpu_to_be32(by->path->obj.id),
		.mark = cpu_to_be32(by->auth->key[0].mark),
		.nonce = cpu_to_be64(by->path->obj.sn->nonce),
		.echo = cpu_to_be64(echo),
	};
}

static void sdwan_probe_tlvs_text(const struct sdwan_probe_tlvs *by,
				  struct sdwan_auth_text text[2],
				  const u8 *data,
				  const struct sdwan_tlv_hmac *hmac)
{
	text[0] = (struct sdwan_auth_text){ &by->seq, sizeof(by->seq) };
	text[1] = (struct sdwan_auth_text){ data, (const u8 *)hmac - data };
}

static void sdwan_probe_tlvs_sign(const struct sdwan_probe_tlvs *by,
				  const u8 *data, struct sdwan_tlv_hmac *hmac)
{
	struct sdwan_auth_text text[2];

	sdwan_probe_tlvs_text(by, text, data, hmac);
	sdwan_auth_sign(&by->auth->key[by->key], text, hmac->hmac);
}

static void sdwan_probe_statistics(const struct sdwan_probe_tlvs *by,
				   struct sdwan_tlv_statistics *s, u8 wants)
{
	s->head = sdwan_probe_tlv(SDWAN_TLV_STATISTICS,
				  sdwan_probe_statistics_len(by));
	s->magic = cpu_to_be32(SDWAN_TLV_MAGIC);
	s->version = SDWAN_TLV_VERSION;
	sdwan_report_write(by->path, s, wants);
}

static void sdwan_probe_decisions(const struct sdwan_probe_tlvs *by,
				  struct sdwan_tlv_decisions *d)
{
	d->head = sdwan_probe_tlv(SDWAN_TLV_DECISIONS, by->decisions);
	sdwan_agree_write(by->path, d);
}

static void sdwan_probe_direct(const struct sdwan_path *path,
			       struct sdwan_tlv_direct *direct)
{
	struct sdwan_path_sums sum;

	sdwan_path_stats_sum(path->stats, &sum);
	direct->head = sdwan_probe_tlv(SDWAN_TLV_DIRECT, sizeof(*direct));
	direct->sender_tx = cpu_to_be32(sum.tx_packets);
}

/**
 * sdwan_probe_tlvs_write() - write what follows a probe
 * @by: by whom
 * @data: result, sdwan_probe_tlvs_len() bytes of zeroes
 * @known: of the peer
 *
 * Context: Under rcu_read_lock(), bottom halves off.
 */
void sdwan_probe_tlvs_write(const struct sdwan_probe_tlvs *by, u8 *data,
			    const struct sdwan_probe_known *known)
{
	struct sdwan_probe_trailer *t = (void *)data;
	struct sdwan_tlv_hmac *hmac;

	if (by->auth || by->direct)
		sdwan_probe_direct(by->path, &t->direct);
	if (!by->auth)
		return;
	t->identity.head = sdwan_probe_tlv(SDWAN_TLV_IDENTITY,
					   sizeof(t->identity));
	sdwan_probe_identity(by, known->nonce, &t->identity);
	if (known->any) {
		t->identity.says = SDWAN_TLV_SEEN;
		t->identity.seen = cpu_to_be16(known->top);
	}
	if (by->fields)
		sdwan_probe_statistics(by, (void *)(t + 1), known->wants);
	hmac = (void *)(t + 1) + sdwan_probe_statistics_len(by);
	if (by->decisions)
		sdwan_probe_decisions(by, (void *)hmac);
	hmac = (void *)hmac + by->decisions;
	hmac->head = sdwan_probe_tlv(SDWAN_TLV_HMAC, sizeof(*hmac));
	sdwan_probe_tlvs_sign(by, data, hmac);
}

/**
 * sdwan_probe_tlvs_direct() - answer how many data packets there were
 * @path: path
 * @data: TLVs of the answer
 * @len: bytes of all
 */
void sdwan_probe_tlvs_direct(const struct sdwan_path *path, u8 *data,
			     unsigned int len)
{
	struct sdwan_tlv_direct *direct;
	struct sdwan_path_sums sum;
	struct sdwan_tlvs tlvs;

	sdwan_tlvs_find(&tlvs, data, len);
	if (!tlvs.direct)
		return;
	direct = (void *)tlvs.direct;
	sdwan_path_stats_sum(path->stats, &sum);
	direct->reflector_rx = cpu_to_be32(sdwan_probe_data_rx(&sum));
	direct->reflector_tx = cpu_to_be32(sum.tx_packets);
}

/**
 * sdwan_probe_tlvs_answer() - answer who this is
 * @by: by whom, with the number of the answer
 * @data: TLVs of the answer, all else in them written
 * @len: bytes of all
 * @counted: the probe was a new one of this session
 *
 * Context: Under rcu_read_lock(), bottom halves off.
 */
void sdwan_probe_tlvs_answer(const struct sdwan_probe_tlvs *by, u8 *data,
			     unsigned int len, bool counted)
{
	struct sdwan_tlv_statistics *statistics;
	struct sdwan_tlv_decisions *decisions;
	struct sdwan_tlv_identity *id;
	struct sdwan_tlvs tlvs;

	/* sdwan_probe_tlvs_read() has found no fault with them in the probe */
	sdwan_tlvs_find(&tlvs, data, len);
	if (!tlvs.hmac)
		return;
	id = (void *)tlvs.identity;
	if (id) {
		sdwan_probe_identity(by, be64_to_cpu(id->nonce), id);
		id->says = counted ? SDWAN_TLV_COUNTED : 0;
	}
	statistics = (void *)tlvs.statistics;
	if (statistics && counted)
		sdwan_report_write(by->path, statistics, statistics->wants);
	else if (statistics)
		sdwan_report_erase(statistics);
	decisions = (void *)tlvs.decisions;
	if (decisions && counted)
		sdwan_agree_write(by->path, decisions);
	else if (decisions)
		sdwan_agree_erase(decisions);
	sdwan_probe_tlvs_sign(by, data, (void *)tlvs.hmac);
}

/* Is it from the peer of this path, and for us? */
static bool sdwan_probe_ours(const struct sdwan_path *path,
			     const struct sdwan_tlv_identity *id)
{
	const struct sdwan_node_cfg *node = sdwan_node_rcu(path->obj.sn);

	return node && id->nonce &&
	       id->site == cpu_to_be32(path->peer->site->id) &&
	       id->gateway == cpu_to_be32(path->peer->gateway) &&
	       id->to_site == cpu_to_be32(node->site) &&
	       id->to_gateway == cpu_to_be32(node->gateway);
}

/**
 * sdwan_probe_tlvs_read() - read what follows a packet
 * @by: to whom, with the key and the number of the packet
 * @tlvs: result
 * @data: the first TLV
 * @len: bytes of all
 *
 * Context: Under rcu_read_lock().
 *
 * Return: who has made it; @tlvs holds but where something is wrong.
 */
enum sdwan_probe_voice
sdwan_probe_tlvs_read(const struct sdwan_probe_tlvs *by,
		      struct sdwan_tlvs *tlvs, const u8 *data, unsigned int len)
{
	bool found = sdwan_tlvs_find(tlvs, data, len);
	struct sdwan_auth_text text[2];

	/* padding needs no HMAC (RFC 8972, section 4.8) */
	if (found && !tlvs->any)
		return SDWAN_PROBE_ANYBODY;
	if (!found || !tlvs->hmac)
		return SDWAN_PROBE_GARBLED;
	sdwan_probe_tlvs_text(by, text, data, tlvs->hmac);
	if (!sdwan_auth_ok(&by->auth->key[by->key], text, tlvs->hmac->hmac))
		return SDWAN_PROBE_GARBLED;
	if (!tlvs->identity)
		return SDWAN_PROBE_ANYBODY;
	return sdwan_probe_ours(by->path, tlvs->identity) ? SDWAN_PROBE_PEER :
							    SDWAN_PROBE_OTHER;
}

/**
 * sdwan_probe_echoes() - whether it was made since we have booted
 * @path: path
 * @id: what was said
 *
 * Return: true where it has our nonce.
 */
bool sdwan_probe_echoes(const struct sdwan_path *path,
			const struct sdwan_tlv_identity *id)
{
	return id->echo == cpu_to_be64(path->obj.sn->nonce);
}

/**
 * sdwan_probe_has_key() - the peer has said something new
 * @auth: its keys
 * @key: number of the one that it was said by
 * @id: what was said
 *
 * Once it has our newest key, that is what we send by.
 */
void sdwan_probe_has_key(struct sdwan_auth *auth, int key,
			 const struct sdwan_tlv_identity *id)
{
	if (READ_ONCE(auth->used) &&
	    (!key || be32_to_cpu(id->mark) == auth->key[0].mark))
		WRITE_ONCE(auth->used, 0);
}
