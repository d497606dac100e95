// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: how long what was found out is true
 *
 * What packets ask for is remembered in many places, and counts while nothing has
 * changed since it was found: fabrics have an epoch, which is odd while a writer is
 * at work, and other numbers than ever before after that.  So what is remembered
 * never leads to an object that is gone: what is taken away is freed a grace period
 * after the epoch became odd, and a reader that has seen it even is done by then.
 */
#include "epoch.h"

/* Fabrics come and go, and may have each other's address. */
static atomic64_t sdwan_epochs;

/**
 * sdwan_epoch_init() - give a fabric an epoch that no other has had
 * @sn: fabric
 */
void sdwan_epoch_init(struct sdwan_net *sn)
{
	atomic64_set(&sn->epoch, atomic64_inc_return(&sdwan_epochs) << 40);
}

/**
 * sdwan_epoch_begin() - something that is remembered is about to change
 * @sn: fabric; its lock is held
 */
void sdwan_epoch_begin(struct sdwan_net *sn)
{
	atomic64_inc(&sn->epoch);
	/* nothing is taken away before readers can see that */
	smp_mb__after_atomic();
}

/**
 * sdwan_epoch_end() - it has changed
 * @sn: fabric; its lock is held
 */
void sdwan_epoch_end(struct sdwan_net *sn)
{
	atomic64_inc_return_release(&sn->epoch);
}
