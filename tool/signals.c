// SPDX-License-Identifier: GPL-2.0
/*
 * sdwanctl: signals as something to be read
 */
#include <signal.h>
#include <sys/signalfd.h>

#include "sdwanctl.h"

/*
 * A stream of events that never ends must not keep a signal from being noticed.
 * Returns a descriptor that is readable once SIGINT or SIGTERM has come, or -1.
 */
int signals_open(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	if (sigprocmask(SIG_BLOCK, &set, NULL))
		return -1;
	return signalfd(-1, &set, SFD_CLOEXEC);
}
