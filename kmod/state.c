// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: bookkeeping of what happens outside of the configuration
 *
 * Devices come and go, addresses and routes change, prefixes expire. The data
 * path finds out for itself whether a path works; here underlays are attached
 * to their devices, and states are kept for those who listen.
 */
#include <linux/inetdevice.h>
#include <linux/rtnetlink.h>
#include <net/addrconf.h>

#include "decision.h"
#include "endpoint.h"
#include "event.h"
#include "fabric.h"
#include "lan.h"
#include "path.h"
#include "prefix.h"
#include "route.h"
#include "sock.h"
#include "state.h"
#include "txn.h"
#include "underlay.h"

/* How often routes are asked, which tell nobody when they change. */
#define SDWAN_STATE_INTERVAL	HZ

static struct sdwan_underlay *to_underlay(struct sdwan_object *obj)
{
	return container_of(obj, struct sdwan_underlay, obj);
}

static struct sdwan_path *to_path(struct sdwan_object *obj)
{
	return container_of(obj, struct sdwan_path, obj);
}

static void sdwan_state_schedule(struct sdwan_net *sn,
				 struct delayed_work *work, unsigned long delay)
{
	if (!READ_ONCE(sn->dying))
		mod_delayed_work(system_wq, work, delay);
}

/**
 * sdwan_state_kick() - find out the states of all paths now
 * @sn: fabric
 *
 * Context: Any.
 */
void sdwan_state_kick(struct sdwan_net *sn)
{
	if (READ_ONCE(sn->table[SDWAN_KIND_UNDERLAY].count))
		sdwan_state_schedule(sn, &sn->state_work, 0);
}

/**
 * sdwan_state_arm() - keep the states of all paths from now on
 * @sn: fabric
 *
 * What is added is told its state by then: this is for what happens later.
 *
 * Context: Any.
 */
void sdwan_state_arm(struct sdwan_net *sn)
{
	if (READ_ONCE(sn->table[SDWAN_KIND_UNDERLAY].count) &&
	    !READ_ONCE(sn->dying))
		queue_delayed_work(system_wq, &sn->state_work,
				   SDWAN_STATE_INTERVAL);
}

/**
 * sdwan_state_expire_at() - a prefix will expire
 * @sn: fabric; its lock is held
 * @when: jiffies64
 */
void sdwan_state_expire_at(struct sdwan_net *sn, u64 when)
{
	u64 now = get_jiffies_64();
	u64 delay = time_before64(now, when) ? when - now : 0;

	/* the work comes back when it was too early, not when too late */
	delay = min_t(u64, delay, 3600 * HZ);
	if (!delayed_work_pending(&sn->expire_work) ||
	    time_before(jiffies + (unsigned long)delay,
			sn->expire_work.timer.expires))
		sdwan_state_schedule(sn, &sn->expire_work, delay);
}

static void sdwan_state_refresh_underlay(struct sdwan_underlay *underlay)
{
	enum sdwan_state_reason reason;
	enum sdwan_path_state state;

	sdwan_underlay_eval(underlay, &state, &reason);
	if (state == underlay->state && reason == underlay->reason)
		return;
	underlay->state = state;
	underlay->reason = reason;
	sdwan_event_changed(&underlay->obj);
}

static void sdwan_state_refresh(struct sdwan_net *sn)
{
	struct sdwan_object *obj;
	unsigned long id;

	xa_for_each(&sn->table[SDWAN_KIND_UNDERLAY].ids, id, obj)
		if (rcu_access_pointer(obj->cfg))
			sdwan_state_refresh_underlay(to_underlay(obj));
	xa_for_each(&sn->table[SDWAN_KIND_PATH].ids, id, obj)
		if (rcu_access_pointer(obj->cfg) &&
		    sdwan_path_refresh(to_path(obj))) {
			/* flows look whether there is a better path now */
			smp_store_release(&sn->path_changes,
					  sn->path_changes + 1);
			sdwan_event_changed(obj);
			sdwan_decisions_hasten(sn, to_path(obj)->peer->site);
		}
}

/* An address may be there now that was not when the device came. */
static void sdwan_state_attach(struct sdwan_net *sn)
{
	struct sdwan_object *obj;
	unsigned long id;

	xa_for_each(&sn->table[SDWAN_KIND_UNDERLAY].ids, id, obj) {
		struct sdwan_underlay *underlay = to_underlay(obj);

		if (sdwan_underlay_wants_socks(underlay))
			sdwan_underlay_attach(underlay,
					      rtnl_dereference(underlay->dev));
	}
}

static bool sdwan_state_wants_attach(struct sdwan_net *sn)
{
	struct sdwan_object *obj;
	unsigned long id;

	xa_for_each(&sn->table[SDWAN_KIND_UNDERLAY].ids, id, obj)
		if (sdwan_underlay_wants_socks(to_underlay(obj)))
			return true;
	return false;
}

static void sdwan_state_work(struct work_struct *work)
{
	struct sdwan_net *sn = container_of(to_delayed_work(work),
					    struct sdwan_net, state_work);
	bool attach;

	mutex_lock(&sn->lock);
	sdwan_endpoint_follow(sn);
	sdwan_state_refresh(sn);
	attach = sdwan_state_wants_attach(sn);
	mutex_unlock(&sn->lock);

	if (attach) {
		rtnl_lock();
		mutex_lock(&sn->lock);
		sdwan_state_attach(sn);
		sdwan_state_refresh(sn);
		mutex_unlock(&sn->lock);
		rtnl_unlock();
	}

	sdwan_state_arm(sn);
}

static void sdwan_expire_work(struct work_struct *work)
{
	struct sdwan_net *sn = container_of(to_delayed_work(work),
					    struct sdwan_net, expire_work);
	struct sdwan_txn txn;
	u64 next;

	sdwan_txn_init(&txn);
	rtnl_lock();
	mutex_lock(&sn->lock);
	if (sn->txn && !sn->txn->stale) {
		/* it must not be made stale by the clock; nobody sees the
		 * expired ones meanwhile
		 */
		next = get_jiffies_64() + HZ;
	} else {
		next = sdwan_prefix_expire(sn, &txn);
		sdwan_object_commit(sn, &txn);
	}
	if (next)
		sdwan_state_expire_at(sn, next);
	mutex_unlock(&sn->lock);
	rtnl_unlock();
}

/* A device appeared, or has another name now. */
static void sdwan_state_device_here(struct sdwan_net *sn,
				    struct net_device *dev)
{
	struct sdwan_object *obj;
	unsigned long id;

	mutex_lock(&sn->lock);
	xa_for_each(&sn->table[SDWAN_KIND_UNDERLAY].ids, id, obj)
		sdwan_underlay_device_here(to_underlay(obj), dev);
	mutex_unlock(&sn->lock);
}

static void sdwan_state_device_gone(struct sdwan_net *sn,
				    struct net_device *dev)
{
	struct sdwan_object *obj;
	unsigned long id;

	mutex_lock(&sn->lock);
	xa_for_each(&sn->table[SDWAN_KIND_UNDERLAY].ids, id, obj) {
		struct sdwan_underlay *underlay = to_underlay(obj);

		if (rcu_access_pointer(underlay->dev) == dev)
			sdwan_underlay_detach(underlay);
	}
	sdwan_sock_reap(sn);
	mutex_unlock(&sn->lock);
}

static int sdwan_state_netdev_event(struct notifier_block *nb,
				    unsigned long event, void *ptr)
{
	struct net_device *dev = netdev_notifier_info_to_dev(ptr);
	struct sdwan_net *sn = sdwan_net(dev_net(dev));

	sdwan_lan_netdev_event(sn, event, dev);
	if (!sn->table[SDWAN_KIND_UNDERLAY].count)
		return NOTIFY_DONE;

	switch (event) {
	case NETDEV_REGISTER:
	case NETDEV_CHANGENAME:
		sdwan_state_device_here(sn, dev);
		break;
	case NETDEV_UNREGISTER:
		sdwan_state_device_gone(sn, dev);
		break;
	case NETDEV_UP:
	case NETDEV_DOWN:
	case NETDEV_CHANGE:
	case NETDEV_CHANGEMTU:
		break;
	default:
		return NOTIFY_DONE;
	}
	sdwan_state_kick(sn);
	return NOTIFY_DONE;
}

static int sdwan_state_inet_event(struct notifier_block *nb,
				  unsigned long event, void *ptr)
{
	const struct in_ifaddr *ifa = ptr;

	sdwan_state_kick(sdwan_net(dev_net(ifa->ifa_dev->dev)));
	return NOTIFY_DONE;
}

static struct notifier_block sdwan_state_netdev_nb = {
	.notifier_call = sdwan_state_netdev_event,
};

static struct notifier_block sdwan_state_inet_nb = {
	.notifier_call = sdwan_state_inet_event,
};

#if IS_ENABLED(CONFIG_IPV6)
static int sdwan_state_inet6_event(struct notifier_block *nb,
				   unsigned long event, void *ptr)
{
	const struct inet6_ifaddr *ifa = ptr;
	struct sdwan_net *sn = sdwan_net(dev_net(ifa->idev->dev));

	sdwan_route_flush(sn);
	sdwan_state_kick(sn);
	return NOTIFY_DONE;
}

static struct notifier_block sdwan_state_inet6_nb = {
	.notifier_call = sdwan_state_inet6_event,
};
#endif

/**
 * sdwan_state_start() - prepare the bookkeeping of a fabric
 * @sn: fabric
 */
void sdwan_state_start(struct sdwan_net *sn)
{
	INIT_DELAYED_WORK(&sn->state_work, sdwan_state_work);
	INIT_DELAYED_WORK(&sn->expire_work, sdwan_expire_work);
}

/**
 * sdwan_state_stop() - end the bookkeeping of a fabric that is dying
 * @sn: fabric
 *
 * Context: Process context, with no lock held.
 */
void sdwan_state_stop(struct sdwan_net *sn)
{
	cancel_delayed_work_sync(&sn->state_work);
	cancel_delayed_work_sync(&sn->expire_work);
}

/**
 * sdwan_state_register() - listen to devices and addresses
 *
 * Return: 0 or a negative error.
 */
int sdwan_state_register(void)
{
	int err;

	err = register_netdevice_notifier(&sdwan_state_netdev_nb);
	if (err)
		return err;
	register_inetaddr_notifier(&sdwan_state_inet_nb);
#if IS_ENABLED(CONFIG_IPV6)
	register_inet6addr_notifier(&sdwan_state_inet6_nb);
#endif
	return 0;
}

/**
 * sdwan_state_unregister() - stop listening
 */
void sdwan_state_unregister(void)
{
#if IS_ENABLED(CONFIG_IPV6)
	unregister_inet6addr_notifier(&sdwan_state_inet6_nb);
#endif
	unregister_inetaddr_notifier(&sdwan_state_inet_nb);
	unregister_netdevice_notifier(&sdwan_state_netdev_nb);
}
