// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: remote sites
 *
 * A site is not configured; it exists while a peer or a prefix names it.
 */
#include "lookup.h"
#include "policy.h"
#include "site.h"

static const struct rhashtable_params sdwan_site_params = {
	.head_offset = offsetof(struct sdwan_site, node),
	.key_offset = offsetof(struct sdwan_site, id),
	.key_len = sizeof_field(struct sdwan_site, id),
	.automatic_shrinking = true,
};

/**
 * sdwan_site_find() - find a site
 * @sn: fabric
 * @id: site id
 *
 * Context: Under sdwan_net.lock or rcu_read_lock(), for as long as it is used.
 *
 * Return: the site, or NULL.
 */
struct sdwan_site *sdwan_site_find(struct sdwan_net *sn, u32 id)
{
	return rhashtable_lookup_fast(&sn->sites, &id, sdwan_site_params);
}

/**
 * sdwan_site_first() - whether a path is the first one to its site
 * @path: path, committed; sdwan_net.lock is held
 *
 * By that, who goes through all paths comes to each site once.
 *
 * Return: true where it is.
 */
bool sdwan_site_first(const struct sdwan_path *path)
{
	struct sdwan_site *site = path->peer->site;
	const struct sdwan_path_cfg *cfg;

	cfg = list_first_entry_or_null(&site->paths, struct sdwan_path_cfg,
				       by_site);
	return cfg && cfg->path == path;
}

/**
 * sdwan_site_get() - find or make a site, and hold it
 * @sn: fabric
 * @id: site id
 *
 * Context: Process context, under sdwan_net.lock.
 *
 * Return: the site or an error.
 */
struct sdwan_site *sdwan_site_get(struct sdwan_net *sn, u32 id)
{
	struct sdwan_site *site;
	int err;

	site = sdwan_site_find(sn, id);
	if (site) {
		site->users++;
		return site;
	}

	site = kzalloc(sizeof(*site), GFP_KERNEL_ACCOUNT);
	if (!site)
		return ERR_PTR(-ENOMEM);

	site->id = id;
	site->users = 1;
	site->mtu = SDWAN_MTU_NONE;
	INIT_LIST_HEAD(&site->paths);
	INIT_LIST_HEAD(&site->peers);
	err = rhashtable_insert_fast(&sn->sites, &site->node,
				     sdwan_site_params);
	if (err) {
		kfree(site);
		return ERR_PTR(err);
	}
	return site;
}

/**
 * sdwan_site_put() - let a site go
 * @sn: fabric
 * @site: site
 *
 * Context: Process context, under sdwan_net.lock.
 */
void sdwan_site_put(struct sdwan_net *sn, struct sdwan_site *site)
{
	if (--site->users)
		return;
	rhashtable_remove_fast(&sn->sites, &site->node, sdwan_site_params);
	sdwan_policies_free(site);
	kfree_rcu(site, rcu);
}

/**
 * sdwan_site_refresh_mtu() - one of the paths to a site has changed
 * @site: site
 *
 * Context: Under sdwan_net.lock.
 */
void sdwan_site_refresh_mtu(struct sdwan_site *site)
{
	const struct sdwan_path_cfg *cfg;
	unsigned int mtu = SDWAN_MTU_NONE;

	list_for_each_entry(cfg, &site->paths, by_site)
		mtu = min(mtu, sdwan_path_limit(cfg));
	WRITE_ONCE(site->mtu, mtu);
}

/**
 * sdwan_site_tables_init() - make the table of sites
 * @sn: fabric
 *
 * Return: 0 or -ENOMEM.
 */
int sdwan_site_tables_init(struct sdwan_net *sn)
{
	return rhashtable_init(&sn->sites, &sdwan_site_params);
}

/**
 * sdwan_site_tables_exit() - free the table of sites, which is empty
 * @sn: fabric
 */
void sdwan_site_tables_exit(struct sdwan_net *sn)
{
	rhashtable_destroy(&sn->sites);
}
