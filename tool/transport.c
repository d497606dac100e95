// SPDX-License-Identifier: GPL-2.0
/*
 * sdwanctl: the real netlink sockets
 */
#include <errno.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <netlink/netlink.h>
#include <netlink/socket.h>

#include "sdwanctl.h"

/*
 * libnl 3.7 connects without these. Each is missing in some old kernel, and
 * each failure only costs detail in error messages.
 */
static void set_options(int fd)
{
	static const int options[] = {
		NETLINK_EXT_ACK, NETLINK_CAP_ACK, NETLINK_GET_STRICT_CHK,
	};
	size_t i;
	int on = 1;

	for (i = 0; i < ARRAY_SIZE(options); i++)
		(void)setsockopt(fd, SOL_NETLINK, options[i], &on, sizeof(on));
}

static int libnl_open(int protocol, void **priv)
{
	struct nl_sock *sk = nl_socket_alloc();
	int ret;

	if (!sk)
		return -ENOMEM;
	errno = 0;
	ret = nl_connect(sk, protocol);
	if (ret) {
		ret = errno ? -errno : -EPROTONOSUPPORT;
		nl_socket_free(sk);
		return ret;
	}
	nl_socket_set_buffer_size(sk, 1 << 20, 1 << 18);
	set_options(nl_socket_get_fd(sk));
	*priv = sk;
	return 0;
}

static int libnl_send(void *priv, const struct nlmsghdr *nlh)
{
	struct sockaddr_nl to = { .nl_family = AF_NETLINK };
	ssize_t n;

	do {
		n = sendto(nl_socket_get_fd(priv), nlh, nlh->nlmsg_len, 0,
			   (struct sockaddr *)&to, sizeof(to));
	} while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : 0;
}

/* One datagram from the kernel; -EINTR is left to the caller. */
static ssize_t libnl_recv(void *priv, void *buf, size_t size)
{
	struct sockaddr_nl from = { 0 };
	struct iovec iov = { .iov_base = buf, .iov_len = size };
	struct msghdr msg = {
		.msg_name = &from,
		.msg_namelen = sizeof(from),
		.msg_iov = &iov,
		.msg_iovlen = 1,
	};
	ssize_t n;

	do {
		msg.msg_namelen = sizeof(from);
		n = recvmsg(nl_socket_get_fd(priv), &msg, 0);
		if (n < 0)
			return -errno;
	} while (from.nl_pid);
	if (msg.msg_flags & MSG_TRUNC)
		return -EMSGSIZE;
	return n;
}

static int libnl_join(void *priv, uint32_t group)
{
	int grp = (int)group;

	if (setsockopt(nl_socket_get_fd(priv), SOL_NETLINK,
		       NETLINK_ADD_MEMBERSHIP, &grp, sizeof(grp)))
		return -errno;
	return 0;
}

static int libnl_fd(void *priv)
{
	return nl_socket_get_fd(priv);
}

static void libnl_close(void *priv)
{
	nl_socket_free(priv);
}

static bool libnl_loaded(void)
{
	return !access("/sys/module/sdwan", F_OK);
}

/* The netlink of ethtool has no counters of drivers. */
static int socket_ethtool(const char *dev, void *cmd)
{
	struct ifreq ifr = { .ifr_data = cmd };
	int fd, ret;

	if (strlen(dev) >= sizeof(ifr.ifr_name))
		return -EINVAL;
	strcpy(ifr.ifr_name, dev);
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	ret = ioctl(fd, SIOCETHTOOL, &ifr) ? -errno : 0;
	close(fd);
	return ret;
}

static const struct transport libnl = {
	.open = libnl_open,
	.send = libnl_send,
	.recv = libnl_recv,
	.join = libnl_join,
	.fd = libnl_fd,
	.close = libnl_close,
	.loaded = libnl_loaded,
	.ethtool = socket_ethtool,
};

const struct transport *const transport = &libnl;
