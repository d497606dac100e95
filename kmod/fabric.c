// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: the fabric of a network namespace
 */
#include <linux/module.h>
#include <linux/rtnetlink.h>
#include <linux/user_namespace.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>

#include "agree.h"
#include "classifier.h"
#include "decision.h"
#include "device.h"
#include "epoch.h"
#include "fabric.h"
#include "flow.h"
#include "metric.h"
#include "path.h"
#include "prober.h"
#include "peer.h"
#include "site.h"
#include "state.h"
#include "stream.h"
#include "txn.h"
#include "vni.h"

static bool userns = true;
module_param(userns, bool, 0444);
MODULE_PARM_DESC(userns, "Allow fabrics in namespaces of other user namespaces than the initial one");

static unsigned int sdwan_net_id __read_mostly;

/* Limits by kind: initial user namespace, others. */
static const u32 sdwan_limits[SDWAN_KIND_COUNT][2] = {
	[SDWAN_KIND_NODE] = { 1, 1 },
	[SDWAN_KIND_UNDERLAY] = { 256, 16 },
	[SDWAN_KIND_PEER] = { 65536, 256 },
	[SDWAN_KIND_PATH] = { 262144, 1024 },
	[SDWAN_KIND_PREFIX] = { 1048576, 4096 },
	[SDWAN_KIND_METRIC] = { 1024, 32 },
	[SDWAN_KIND_CLASS] = { 1024, 64 },
	[SDWAN_KIND_LAN] = { 4096, 64 },
	[SDWAN_KIND_RULE] = { 65536, 1024 },
};

#define SDWAN_SEGMENTS_INIT	65536
#define SDWAN_SEGMENTS_USER	64

static const struct sdwan_type * const sdwan_types[SDWAN_KIND_COUNT] = {
	[SDWAN_KIND_NODE] = &sdwan_node_type,
	[SDWAN_KIND_UNDERLAY] = &sdwan_underlay_type,
	[SDWAN_KIND_PEER] = &sdwan_peer_type,
	[SDWAN_KIND_PATH] = &sdwan_path_type,
	[SDWAN_KIND_PREFIX] = &sdwan_prefix_type,
	[SDWAN_KIND_METRIC] = &sdwan_metric_type,
	[SDWAN_KIND_CLASS] = &sdwan_class_type,
	[SDWAN_KIND_LAN] = &sdwan_lan_type,
	[SDWAN_KIND_RULE] = &sdwan_rule_type,
};

/**
 * sdwan_net() - the fabric of a namespace
 * @net: namespace
 *
 * Return: the fabric, which lives as long as the namespace and the module.
 */
struct sdwan_net *sdwan_net(const struct net *net)
{
	return net_generic(net, sdwan_net_id);
}

/**
 * sdwan_fabric_allowed() - whether a fabric may be used
 * @sn: fabric
 * @extack: told why not
 *
 * Return: 0 or -EPERM.
 */
int sdwan_fabric_allowed(const struct sdwan_net *sn,
			 struct netlink_ext_ack *extack)
{
	if (sn->allowed)
		return 0;
	NL_SET_ERR_MSG(extack,
		       "fabrics are switched off in user namespaces (module parameter userns)");
	return -EPERM;
}

static void sdwan_tables_exit(struct sdwan_net *sn, int kinds)
{
	while (kinds--)
		sdwan_table_exit(sn, kinds);
}

static int sdwan_tables_init(struct sdwan_net *sn, bool initial)
{
	int kind, err;

	for (kind = 0; kind < SDWAN_KIND_COUNT; kind++) {
		err = sdwan_table_init(sn, sdwan_types[kind],
				       sdwan_limits[kind][!initial]);
		if (err) {
			sdwan_tables_exit(sn, kind);
			return err;
		}
	}
	return 0;
}

static int sdwan_indices_init(struct sdwan_net *sn)
{
	int err;

	err = sdwan_vni_tables_init(sn);
	if (err)
		return err;
	err = sdwan_site_tables_init(sn);
	if (err)
		goto vni;
	err = sdwan_peer_tables_init(sn);
	if (err)
		goto site;
	err = sdwan_path_tables_init(sn);
	if (err)
		goto peer;
	return 0;

peer:
	sdwan_peer_tables_exit(sn);
site:
	sdwan_site_tables_exit(sn);
vni:
	sdwan_vni_tables_exit(sn);
	return err;
}

static void sdwan_indices_exit(struct sdwan_net *sn)
{
	sdwan_path_tables_exit(sn);
	sdwan_peer_tables_exit(sn);
	sdwan_site_tables_exit(sn);
	sdwan_vni_tables_exit(sn);
}

static int sdwan_steering_init(struct sdwan_net *sn, bool initial)
{
	int err = -ENOMEM;

	sn->classifier = sdwan_classifier_alloc();
	sn->prober = sdwan_prober_alloc();
	sn->metrics = sdwan_metrics_alloc(sn);
	sn->decisions = sdwan_decisions_alloc(sn);
	sn->agrees = sdwan_agrees_alloc(sn);
	/* 0 is that of nobody */
	sn->nonce = get_random_u64() ?: 1;
	sn->wall = ktime_get_real_ns() - ktime_get_ns();
	if (sn->classifier && sn->prober && sn->metrics && sn->decisions &&
	    sn->agrees)
		err = sdwan_flows_init(sn, initial);
	if (err) {
		sdwan_agrees_free(sn->agrees);
		sdwan_decisions_free(sn->decisions);
		sdwan_metrics_free(sn->metrics);
		sdwan_prober_free(sn->prober);
		sdwan_classifier_free(sn->classifier);
	}
	return err;
}

static void sdwan_steering_exit(struct sdwan_net *sn)
{
	sdwan_flows_exit(sn);
	sdwan_agrees_free(sn->agrees);
	sdwan_decisions_free(sn->decisions);
	sdwan_metrics_free(sn->metrics);
	sdwan_prober_free(sn->prober);
	sdwan_classifier_free(sn->classifier);
}

static int __net_init sdwan_net_init(struct net *net)
{
	struct sdwan_net *sn = sdwan_net(net);
	bool initial = net->user_ns == &init_user_ns;
	int err;

	sn->net = net;
	sn->allowed = initial || userns;
	sn->generation = 1;
	sdwan_epoch_init(sn);
	sn->max_segments = initial ? SDWAN_SEGMENTS_INIT : SDWAN_SEGMENTS_USER;
	mutex_init(&sn->lock);
	INIT_LIST_HEAD(&sn->socks);
	INIT_LIST_HEAD(&sn->gre);
	INIT_LIST_HEAD(&sn->retired_rules);
	sn->mark_rules = RB_ROOT_CACHED;
	sn->mark_pref = U32_MAX;
	sdwan_state_start(sn);

	sn->drops = sdwan_drops_alloc();
	if (!sn->drops)
		return -ENOMEM;
	err = sdwan_tables_init(sn, initial);
	if (err)
		goto drops;
	err = sdwan_indices_init(sn);
	if (err)
		goto tables;
	err = sdwan_steering_init(sn, initial);
	if (err)
		goto indices;
	return 0;

indices:
	sdwan_indices_exit(sn);
tables:
	sdwan_tables_exit(sn, SDWAN_KIND_COUNT);
drops:
	free_percpu(sn->drops);
	return err;
}

static void sdwan_net_clear(struct sdwan_net *sn)
{
	struct sdwan_txn txn;
	int kind;

	sdwan_txn_init(&txn);
	mutex_lock(&sn->lock);
	WRITE_ONCE(sn->dying, true);
	sdwan_txn_close(sn);
	for (kind = SDWAN_KIND_COUNT - 1; kind >= 0; kind--)
		sdwan_table_delete_all(sn, &txn, kind);
	sdwan_object_commit(sn, &txn);
	mutex_unlock(&sn->lock);
}

/* The devices of the fabric go with it, wherever they are. */
static void __net_exit sdwan_net_exit_rtnl(struct list_head *nets,
					   struct list_head *kill)
{
	struct net *net;

	list_for_each_entry(net, nets, exit_list) {
		sdwan_net_clear(sdwan_net(net));
		sdwan_device_unregister_fabric(sdwan_net(net), kill);
	}
}

static void __net_exit sdwan_net_exit(struct sdwan_net *sn)
{
	/* before what it kicks */
	sdwan_prober_stop(sn->prober);
	sdwan_state_stop(sn);
	sdwan_metrics_stop(sn->metrics);
	sdwan_decisions_stop(sn->decisions);
	sdwan_agrees_stop(sn->agrees);
	sdwan_streams_exit(sn);
	sdwan_steering_exit(sn);
	sdwan_indices_exit(sn);
	sdwan_tables_exit(sn, SDWAN_KIND_COUNT);
	free_percpu(sn->drops);
}

static void __net_exit sdwan_net_exit_batch(struct list_head *nets)
{
	struct net *net;

	/* cached routes must be gone before the routing of their namespace */
	rcu_barrier();
	list_for_each_entry(net, nets, exit_list)
		sdwan_net_exit(sdwan_net(net));
}

static struct pernet_operations sdwan_net_ops = {
	.init = sdwan_net_init,
	.exit_batch = sdwan_net_exit_batch,
	.exit_batch_rtnl = sdwan_net_exit_rtnl,
	.id = &sdwan_net_id,
	.size = sizeof(struct sdwan_net),
};

/**
 * sdwan_fabric_init() - make a fabric in every namespace
 *
 * Return: 0 or a negative error.
 */
int sdwan_fabric_init(void)
{
	return register_pernet_subsys(&sdwan_net_ops);
}

/**
 * sdwan_fabric_exit() - unmake all fabrics, and their devices
 */
void sdwan_fabric_exit(void)
{
	unregister_pernet_subsys(&sdwan_net_ops);
}
