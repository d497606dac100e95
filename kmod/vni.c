// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: segments by number
 */
#include <linux/hash.h>

#include "lookup.h"
#include "vni.h"

static __always_inline u32 sdwan_vni_hash(const void *data, u32 len, u32 seed)
{
	return hash_32(*(const u32 *)data ^ seed, 32) >> 8;
}

static __always_inline int sdwan_vni_differs(struct rhashtable_compare_arg *arg,
					     const void *obj)
{
	const struct sdwan_vni *sv = obj;

	return sv->vni != *(const u32 *)arg->key;
}

static const struct rhashtable_params sdwan_vni_params = {
	.head_offset = offsetof(struct sdwan_vni, node),
	.key_offset = offsetof(struct sdwan_vni, vni),
	.key_len = sizeof_field(struct sdwan_vni, vni),
	.hashfn = sdwan_vni_hash,
	.obj_cmpfn = sdwan_vni_differs,
	.automatic_shrinking = true,
};

/**
 * sdwan_vni_lookup() - find a segment
 * @sn: fabric
 * @vni: number
 *
 * Context: Under rcu_read_lock() or sdwan_net.lock.
 *
 * Return: the segment, or NULL where nothing refers to that number.
 */
struct sdwan_vni *sdwan_vni_lookup(struct sdwan_net *sn, u32 vni)
{
	return rhashtable_lookup(&sn->vnis, &vni, sdwan_vni_params);
}

/**
 * sdwan_vni_get() - find or make a segment, and hold it
 * @sn: fabric
 * @vni: number
 *
 * Context: Process context, under sdwan_net.lock.
 *
 * Return: the segment or an error.
 */
struct sdwan_vni *sdwan_vni_get(struct sdwan_net *sn, u32 vni)
{
	struct sdwan_vni *sv;
	int err;

	sv = rhashtable_lookup_fast(&sn->vnis, &vni, sdwan_vni_params);
	if (sv) {
		sv->users++;
		return sv;
	}

	sv = kzalloc(sizeof(*sv), GFP_KERNEL_ACCOUNT);
	if (!sv)
		return ERR_PTR(-ENOMEM);

	sv->vni = vni;
	sv->users = 1;
	err = rhashtable_insert_fast(&sn->vnis, &sv->node, sdwan_vni_params);
	if (err) {
		kfree(sv);
		return ERR_PTR(err);
	}
	return sv;
}

/**
 * sdwan_vni_put() - let a segment go
 * @sn: fabric
 * @vni: segment
 *
 * Context: Process context, under sdwan_net.lock.
 */
void sdwan_vni_put(struct sdwan_net *sn, struct sdwan_vni *vni)
{
	if (--vni->users)
		return;
	rhashtable_remove_fast(&sn->vnis, &vni->node, sdwan_vni_params);
	kfree(vni->plen_users);
	kfree_rcu(vni, rcu);
}

/**
 * sdwan_vni_plen_get() - note that a segment has a prefix of a length
 * @vni: segment
 * @plen: length as of IPv6
 *
 * Context: Process context, under sdwan_net.lock.
 *
 * Return: 0 or -ENOMEM.
 */
int sdwan_vni_plen_get(struct sdwan_vni *vni, unsigned int plen)
{
	unsigned int bit = SDWAN_PLENS - 1 - plen;

	if (!vni->plen_users)
		vni->plen_users = kcalloc(SDWAN_PLENS, sizeof(u32),
					  GFP_KERNEL_ACCOUNT);
	if (!vni->plen_users)
		return -ENOMEM;

	if (!vni->plen_users[bit]++)
		WRITE_ONCE(vni->plens[bit / 64],
			   vni->plens[bit / 64] | BIT_ULL(bit % 64));
	return 0;
}

/**
 * sdwan_vni_plen_put() - a prefix of a length has gone
 * @vni: segment
 * @plen: length as of IPv6
 *
 * Context: Process context, under sdwan_net.lock.
 */
void sdwan_vni_plen_put(struct sdwan_vni *vni, unsigned int plen)
{
	unsigned int bit = SDWAN_PLENS - 1 - plen;

	if (!--vni->plen_users[bit])
		WRITE_ONCE(vni->plens[bit / 64],
			   vni->plens[bit / 64] & ~BIT_ULL(bit % 64));
}

/**
 * sdwan_vni_tables_init() - make the table of segments
 * @sn: fabric
 *
 * Return: 0 or -ENOMEM.
 */
int sdwan_vni_tables_init(struct sdwan_net *sn)
{
	return rhashtable_init(&sn->vnis, &sdwan_vni_params);
}

/**
 * sdwan_vni_tables_exit() - free the table of segments, which is empty
 * @sn: fabric
 */
void sdwan_vni_tables_exit(struct sdwan_net *sn)
{
	rhashtable_destroy(&sn->vnis);
}
