// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: an SD-WAN edge in the kernel
 *
 * Things come up in the order in which they depend on each other, and go down
 * in reverse: nobody can ask for an object before its namespace is ready.
 */
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <net/genetlink.h>
#include <net/rtnetlink.h>

#include "cell.h"
#include "device.h"
#include "fabric.h"
#include "flow.h"
#include "netlink.h"
#include "rx_cache.h"
#include "state.h"
#include "stream.h"
#include "tx_cache.h"
#include "txn.h"
#include "version.h"

static const struct {
	int (*init)(void);
	void (*exit)(void);
} sdwan_parts[] = {
	{ sdwan_cell_init, sdwan_cell_exit },
	{ sdwan_rx_cache_init, sdwan_rx_cache_exit },
	{ sdwan_tx_cache_init, sdwan_tx_cache_exit },
	{ sdwan_flow_cache_init, sdwan_flow_cache_exit },
	{ sdwan_stream_cache_init, sdwan_stream_cache_exit },
	{ sdwan_fabric_init, sdwan_fabric_exit },
	{ sdwan_state_register, sdwan_state_unregister },
	{ sdwan_device_init, sdwan_device_exit },
	{ sdwan_txn_register, sdwan_txn_unregister },
	{ sdwan_netlink_init, sdwan_netlink_exit },
};

static void sdwan_parts_exit(int n)
{
	while (n--)
		sdwan_parts[n].exit();
	/* callbacks that free configurations and objects */
	rcu_barrier();
}

static int __init sdwan_init(void)
{
	int i, err;

	for (i = 0; i < ARRAY_SIZE(sdwan_parts); i++) {
		err = sdwan_parts[i].init();
		if (err) {
			sdwan_parts_exit(i);
			return err;
		}
	}
	return 0;
}

static void __exit sdwan_exit(void)
{
	sdwan_parts_exit(ARRAY_SIZE(sdwan_parts));
}

module_init(sdwan_init);
module_exit(sdwan_exit);

MODULE_DESCRIPTION("SD-WAN edge: overlay segments over several WANs");
MODULE_VERSION(SDWAN_VERSION);
MODULE_LICENSE("GPL");
MODULE_ALIAS_RTNL_LINK("sdwan");
MODULE_ALIAS_NET_PF_PROTO_NAME(PF_NETLINK, NETLINK_GENERIC, "-family-sdwan");
