/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: what tests of authenticated packets share
 */
#ifndef _SDWAN_AUTH_TEST_H
#define _SDWAN_AUTH_TEST_H

#include "auth.h"

/* The key of the vectors: 00 01 ... 1f */
static inline void test_auth_key(struct sdwan_auth_key *key)
{
	u8 secret[32];
	int i;

	for (i = 0; i < sizeof(secret); i++)
		secret[i] = i;
	sdwan_auth_prepare(key, secret, sizeof(secret));
}

#endif /* _SDWAN_AUTH_TEST_H */
