// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: transactions
 *
 * A fabric has at most one open transaction.  What it stages was checked
 * against the generation it began with; so when anything else changes the
 * configuration, what is staged is dropped and the transaction can only be
 * closed.
 */
#include <linux/netlink.h>
#include <linux/notifier.h>
#include <linux/rtnetlink.h>

#include "fabric.h"
#include "txn.h"

/**
 * sdwan_txn_init() - prepare a transaction of a single request
 * @txn: transaction, on the stack of its user
 */
void sdwan_txn_init(struct sdwan_txn *txn)
{
	memset(txn, 0, sizeof(*txn));
	INIT_LIST_HEAD(&txn->staged);
}

/**
 * sdwan_txn_find() - the open transaction a request names
 * @sn: fabric; its lock is held
 * @id: number in the request
 * @portid: socket the request came by
 * @extack: told why not
 *
 * Return: the transaction, or -ENOENT, -EPERM or -ESTALE.
 */
struct sdwan_txn *sdwan_txn_find(struct sdwan_net *sn, u32 id, u32 portid,
				 struct netlink_ext_ack *extack)
{
	struct sdwan_txn *txn = sn->txn;

	if (!txn || txn->id != id) {
		NL_SET_ERR_MSG(extack, "no such transaction is open");
		return ERR_PTR(-ENOENT);
	}
	if (txn->portid != portid) {
		NL_SET_ERR_MSG(extack, "the transaction belongs to another socket");
		return ERR_PTR(-EPERM);
	}
	if (txn->stale) {
		NL_SET_ERR_MSG(extack, "the configuration was changed outside of the transaction");
		return ERR_PTR(-ESTALE);
	}
	return txn;
}

/**
 * sdwan_txn_begin() - open a transaction
 * @sn: fabric; its lock is held
 * @portid: socket it will belong to
 * @extack: told why not
 *
 * Return: the transaction, or -EBUSY or -ENOMEM.
 */
struct sdwan_txn *sdwan_txn_begin(struct sdwan_net *sn, u32 portid,
				  struct netlink_ext_ack *extack)
{
	struct sdwan_txn *txn;

	if (sn->txn) {
		NL_SET_ERR_MSG(extack, "another transaction is open");
		return ERR_PTR(-EBUSY);
	}

	txn = kmalloc(sizeof(*txn), GFP_KERNEL_ACCOUNT);
	if (!txn)
		return ERR_PTR(-ENOMEM);

	sdwan_txn_init(txn);
	sn->last_txn = sn->last_txn + 1 ?: 1;
	txn->id = sn->last_txn;
	txn->portid = portid;
	txn->generation = sn->generation;
	sn->txn = txn;
	return txn;
}

/**
 * sdwan_txn_commit() - commit the open transaction
 * @sn: fabric; its lock and rtnl_mutex are held
 * @txn: the transaction, not stale; the caller closes it
 * @generation: what the client expects
 * @extack: told why not
 *
 * Return: 0, or -ESTALE with nothing changed.
 */
int sdwan_txn_commit(struct sdwan_net *sn, struct sdwan_txn *txn,
		     u32 generation, struct netlink_ext_ack *extack)
{
	if (generation != sn->generation) {
		NL_SET_ERR_MSG(extack, "the configuration is of another generation");
		return -ESTALE;
	}

	sdwan_object_commit(sn, txn);
	return 0;
}

/**
 * sdwan_txn_close() - drop what the open transaction has staged, and it
 * @sn: fabric; its lock and rtnl_mutex are held
 */
void sdwan_txn_close(struct sdwan_net *sn)
{
	if (!sn->txn)
		return;
	sdwan_object_abort(sn, sn->txn);
	kfree(sn->txn);
	sn->txn = NULL;
}

/**
 * sdwan_txn_make_stale() - something else is about to change the fabric
 * @sn: fabric; its lock and rtnl_mutex are held
 */
void sdwan_txn_make_stale(struct sdwan_net *sn)
{
	if (!sn->txn || sn->txn->stale)
		return;
	sdwan_object_abort(sn, sn->txn);
	sn->txn->stale = true;
}

/* A closed socket takes its transaction along. */
static int sdwan_txn_netlink_event(struct notifier_block *nb,
				   unsigned long event, void *ptr)
{
	struct netlink_notify *notify = ptr;
	struct sdwan_net *sn;

	if (event != NETLINK_URELEASE || notify->protocol != NETLINK_GENERIC)
		return NOTIFY_DONE;

	sn = sdwan_net(notify->net);
	/* only the owner of a transaction can make this change from true */
	if (!READ_ONCE(sn->txn))
		return NOTIFY_DONE;

	rtnl_lock();
	mutex_lock(&sn->lock);
	if (sn->txn && sn->txn->portid == notify->portid)
		sdwan_txn_close(sn);
	mutex_unlock(&sn->lock);
	rtnl_unlock();
	return NOTIFY_DONE;
}

static struct notifier_block sdwan_txn_notifier = {
	.notifier_call = sdwan_txn_netlink_event,
};

/**
 * sdwan_txn_register() - listen for sockets that are closed
 *
 * Return: 0 or a negative error.
 */
int sdwan_txn_register(void)
{
	return netlink_register_notifier(&sdwan_txn_notifier);
}

/**
 * sdwan_txn_unregister() - stop listening
 */
void sdwan_txn_unregister(void)
{
	netlink_unregister_notifier(&sdwan_txn_notifier);
}
