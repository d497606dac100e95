// SPDX-License-Identifier: GPL-2.0
/*
 * nssysctl: set sysctls in network namespaces, in one process
 *
 *	nssysctl NETNS[,NETNS...] KEY=VALUE...
 *
 * KEY has dots or, where a device's name has dots, slashes.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int set(const char *setting)
{
	char path[512] = "/proc/sys/", *p;
	const char *value = strchr(setting, '=');
	int fd, rc = 0;

	if (!value || value - setting > 400) {
		fprintf(stderr, "nssysctl: KEY=VALUE, not %s\n", setting);
		return 1;
	}
	strncat(path, setting, value - setting);
	value++;
	if (!strchr(path + 10, '/'))
		for (p = path + 10; *p; p++)
			if (*p == '.')
				*p = '/';
	fd = open(path, O_WRONLY);
	if (fd < 0 || write(fd, value, strlen(value)) < 0) {
		fprintf(stderr, "nssysctl: %s: %s\n", path, strerror(errno));
		rc = 1;
	}
	if (fd >= 0)
		close(fd);
	return rc;
}

int main(int argc, char **argv)
{
	char path[512], *name, *save = NULL;
	int i, fd, rc = 0;

	if (argc < 3) {
		fprintf(stderr, "usage: nssysctl NETNS[,NETNS...] KEY=VALUE...\n");
		return 2;
	}
	for (name = strtok_r(argv[1], ",", &save); name;
	     name = strtok_r(NULL, ",", &save)) {
		snprintf(path, sizeof(path), "/run/netns/%s", name);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0 || setns(fd, CLONE_NEWNET)) {
			fprintf(stderr, "nssysctl: %s: %s\n", path,
				strerror(errno));
			return 1;
		}
		close(fd);
		for (i = 2; i < argc; i++)
			rc |= set(argv[i]);
	}
	return rc;
}
