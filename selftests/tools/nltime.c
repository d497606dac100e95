// SPDX-License-Identifier: GPL-2.0
/*
 * nltime: how long do requests of generic netlink take, from the request to its
 * answer?
 *
 *	nltime < REQUESTS > TIMES
 *
 * Reads netlink messages, one after the other, each with NLM_F_ACK.  Sends each
 * of them once the one before was answered, and writes for each a line: the
 * nanoseconds, and the error or 0.
 */
#include <linux/netlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static char requests[16 << 20];

static long long now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000LL + ts.tv_nsec;
}

/* The error of the acknowledgment; what comes before it is an answer. */
static int answer(int fd)
{
	static char buf[65536];
	const struct nlmsghdr *nlh = (struct nlmsghdr *)buf;
	const struct nlmsgerr *e = NLMSG_DATA(nlh);

	for (;;) {
		ssize_t n = recv(fd, buf, sizeof(buf), 0);

		if (n < (ssize_t)NLMSG_HDRLEN) {
			perror("nltime: recv");
			exit(1);
		}
		if (nlh->nlmsg_type == NLMSG_ERROR)
			return e->error;
	}
}

static size_t fill(void)
{
	size_t size = 0;
	ssize_t n;

	while ((n = read(0, requests + size, sizeof(requests) - size)) > 0)
		size += n;
	return size;
}

int main(void)
{
	struct sockaddr_nl addr = { .nl_family = AF_NETLINK };
	int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_GENERIC);
	size_t size, at;

	if (fd < 0 || bind(fd, (struct sockaddr *)&addr, sizeof(addr))) {
		perror("nltime");
		return 1;
	}
	size = fill();
	for (at = 0; at + NLMSG_HDRLEN <= size;) {
		const struct nlmsghdr *nlh = (void *)(requests + at);
		long long start, took;
		int error;

		if (nlh->nlmsg_len < NLMSG_HDRLEN || nlh->nlmsg_len > size - at)
			break;
		start = now();
		if (send(fd, nlh, nlh->nlmsg_len, 0) < 0) {
			perror("nltime: send");
			return 1;
		}
		error = answer(fd);
		took = now() - start;
		printf("%lld %d\n", took, error);
		at += NLMSG_ALIGN(nlh->nlmsg_len);
	}
	return 0;
}
