// SPDX-License-Identifier: GPL-2.0
/*
 * sdwanctl: the option -netns
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <unistd.h>

#include "sdwanctl.h"

#define NETNS_DIR "/var/run/netns"

/* Enter a namespace by its name (as 'ip netns' knows it) or its path. */
int netns_switch(const char *name)
{
	char path[256];
	int fd, ret;

	if (strchr(name, '/'))
		snprintf(path, sizeof(path), "%s", name);
	else
		snprintf(path, sizeof(path), "%s/%s", NETNS_DIR, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	ret = setns(fd, CLONE_NEWNET) ? -errno : 0;
	close(fd);
	return ret;
}
