/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: what the two ends of a path tell each other behind probes
 */
#ifndef _SDWAN_PROBE_TLV_H
#define _SDWAN_PROBE_TLV_H

#include "probe.h"
#include "probe_msg.h"
#include "stats.h"

/* Who a packet says that it is from. */
enum sdwan_probe_voice {
	SDWAN_PROBE_ANYBODY,	/* it does not say: anybody who has the key */
	SDWAN_PROBE_GARBLED,	/* what it says is not what its HMAC says */
	SDWAN_PROBE_OTHER,	/* not the peer of the path, or not to us */
	SDWAN_PROBE_PEER,	/* the peer of the path, to us */
};

/**
 * struct sdwan_probe_tlvs - what is told by whom
 * @path: path
 * @auth: keys of its peer
 * @key: number of the one by which it is made
 * @seq: number of the packet it is in
 * @direct: data packets are counted, without a key, too
 * @decisions: of a probe: bytes for what is decided, 0 for none
 * @fields: of a probe: those of statistics that there is room for, 0 for none
 */
struct sdwan_probe_tlvs {
	const struct sdwan_path *path;
	const struct sdwan_auth *auth;
	int key;
	__be32 seq;
	bool direct;
	unsigned int fields;
	unsigned int decisions;
};

/**
 * struct sdwan_probe_known - what is known of the peer's session
 * @nonce: that of the peer, 0 where it is not known
 * @any: some of its probes have come
 * @top: the highest number of those
 * @wants: the statistics that it has a use for, as SDWAN_TLV_PATH
 */
struct sdwan_probe_known {
	u64 nonce;
	bool any;
	u32 top;
	u8 wants;
};

/* Where the identity is, behind a packet of ours. */
#define SDWAN_PROBE_IDENTITY_AT	sizeof(struct sdwan_tlv_direct)

u32 sdwan_probe_data_rx(const struct sdwan_path_sums *sum);
unsigned int sdwan_probe_tlvs_len(const struct sdwan_probe_tlvs *by);
void sdwan_probe_tlvs_write(const struct sdwan_probe_tlvs *by, u8 *data,
			    const struct sdwan_probe_known *known);
void sdwan_probe_tlvs_answer(const struct sdwan_probe_tlvs *by, u8 *data,
			     unsigned int len, bool counted);
void sdwan_probe_tlvs_direct(const struct sdwan_path *path, u8 *data,
			     unsigned int len);
enum sdwan_probe_voice
sdwan_probe_tlvs_read(const struct sdwan_probe_tlvs *by,
		      struct sdwan_tlvs *tlvs, const u8 *data,
		      unsigned int len);
bool sdwan_probe_echoes(const struct sdwan_path *path,
			const struct sdwan_tlv_identity *id);
void sdwan_probe_has_key(struct sdwan_auth *auth, int key,
			 const struct sdwan_tlv_identity *id);

#endif /* _SDWAN_PROBE_TLV_H */
