/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: probes and answers as they are on the wire, with and without a key
 */
#ifndef _SDWAN_PROBE_MSG_H
#define _SDWAN_PROBE_MSG_H

#include "auth.h"
#include "stamp.h"
#include "types.h"

/* Number of the key of what has none. */
#define SDWAN_PROBE_NO_KEY	(-1)

struct sdwan_auth *sdwan_probe_auth(const struct sdwan_path *path);
unsigned int sdwan_probe_base(const struct sdwan_auth *auth);
int sdwan_probe_sender_key(const struct sdwan_auth *auth);
__be16 sdwan_probe_ssid(const struct sdwan_path *path,
			const struct sdwan_auth *auth);
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
