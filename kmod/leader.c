// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: which of two gateways decides, and how they call what is decided
 *
 * Both ends find out the same by themselves, from what they know of each other anyway
 * ([C], leading site): nobody is asked, and nobody can be made to lead by what he says.
 */
#include <crypto/sha2.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/sdwan.h>
#include <linux/siphash.h>
#include <linux/string.h>

#include "compat/compat.h"
#include "leader.h"

/* "sdwan policy", the name, and two numbers of ten digits, each on a line. */
#define SDWAN_POLICY_TEXT	(13 + SDWAN_NAME_MAX + 1 + 2 * 11 + 1)

/* Without a secret: both ends have to find the same. */
static const siphash_key_t sdwan_leader_key;

static u64 sdwan_leader_hash(const struct sdwan_gateway_id *a,
			     const struct sdwan_gateway_id *b)
{
	const __be32 text[4] = {
		cpu_to_be32(a->site), cpu_to_be32(a->gateway),
		cpu_to_be32(b->site), cpu_to_be32(b->gateway),
	};

	return siphash(text, sizeof(text), &sdwan_leader_key);
}

/**
 * sdwan_leads() - which of two gateways decides
 * @self: one
 * @peer: the other one
 *
 * Return: true where @self does. Exactly one of them does.
 */
bool sdwan_leads(const struct sdwan_gateway_id *self,
		 const struct sdwan_gateway_id *peer)
{
	u64 forth = sdwan_leader_hash(self, peer);
	u64 back = sdwan_leader_hash(peer, self);

	if (forth != back)
		return forth < back;
	if (self->site != peer->site)
		return self->site < peer->site;
	return self->gateway < peer->gateway;
}

/**
 * sdwan_policy_id() - how both ends call what is decided for a class
 * @policy: name of the policy, that of the class where it has no other
 * @site: one site
 * @other: the other one
 *
 * Return: the first 8 bytes of the SHA-256 of the text that wire-format.rst gives, in
 * network order.
 */
u64 sdwan_policy_id(const char *policy, u32 site, u32 other)
{
	u8 digest[SHA256_DIGEST_SIZE];
	char text[SDWAN_POLICY_TEXT];
	int len;

	len = scnprintf(text, sizeof(text), "sdwan policy\n%s\n%u\n%u\n",
			policy, min(site, other), max(site, other));
	sha256(text, len, digest);
	return get_unaligned_be64(digest);
}
