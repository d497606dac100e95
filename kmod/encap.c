// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: encapsulations by number
 */
#include <linux/kernel.h>
#include <linux/nospec.h>
#include <linux/sdwan.h>

#include "encap.h"
#include "types.h"

static const struct sdwan_encap_ops * const sdwan_encaps[] = {
	[SDWAN_ENCAP_GENEVE] = &sdwan_encap_geneve,
	[SDWAN_ENCAP_VXLAN_GPE] = &sdwan_encap_vxlan_gpe,
	[SDWAN_ENCAP_GRE] = &sdwan_encap_gre,
	[SDWAN_ENCAP_DEV] = &sdwan_encap_dev,
};

/**
 * sdwan_encap_get() - find the operations of an encapsulation
 * @encap: enum sdwan_encap, from wherever
 *
 * Return: the operations, or NULL where this version has none.
 */
const struct sdwan_encap_ops *sdwan_encap_get(u32 encap)
{
	if (encap >= ARRAY_SIZE(sdwan_encaps))
		return NULL;
	return sdwan_encaps[array_index_nospec(encap,
					       ARRAY_SIZE(sdwan_encaps))];
}

/**
 * sdwan_encap_of_sock() - find the operations of a kind of socket
 * @sock: enum sdwan_encap or enum sdwan_outside, from us
 *
 * Return: the operations, or NULL where this version has none.
 */
const struct sdwan_encap_ops *sdwan_encap_of_sock(u32 sock)
{
	if (sock == SDWAN_OUTSIDE_REFLECTOR)
		return &sdwan_outside_reflector;
	if (sock == SDWAN_OUTSIDE_SENDER)
		return &sdwan_outside_sender;
	return sdwan_encap_get(sock);
}

/**
 * sdwan_encap_refusal() - why there are no operations of an encapsulation
 * @encap: one that sdwan_encap_get() does not find
 *
 * Return: a sentence for people.
 */
const char *sdwan_encap_refusal(u32 encap)
{
	if (encap == SDWAN_ENCAP_VXLAN)
		return "plain VXLAN cannot carry IP packets without Ethernet: use vxlan-gpe";
	return "this encapsulation is not supported";
}
