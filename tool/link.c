// SPDX-License-Identifier: GPL-2.0
/*
 * sdwanctl: netdevices, by rtnetlink
 */
#include <errno.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <netlink/attr.h>
#include <netlink/msg.h>

#include "sdwanctl.h"

static int parse_link(const struct nlmsghdr *nlh, uint32_t *vni)
{
	struct nlattr *tb[IFLA_MAX + 1], *info[IFLA_INFO_MAX + 1];
	struct nlattr *data[IFLA_SDWAN_MAX + 1];

	if (nlmsg_parse((struct nlmsghdr *)nlh, sizeof(struct ifinfomsg), tb,
			IFLA_MAX, NULL) || !tb[IFLA_LINKINFO])
		return -EINVAL;
	if (nla_parse_nested(info, IFLA_INFO_MAX, tb[IFLA_LINKINFO], NULL) ||
	    !info[IFLA_INFO_KIND] || !info[IFLA_INFO_DATA] ||
	    nla_strcmp(info[IFLA_INFO_KIND], "sdwan"))
		return -EINVAL;
	if (nla_parse_nested(data, IFLA_SDWAN_MAX, info[IFLA_INFO_DATA],
			     NULL) || !data[IFLA_SDWAN_VNI] ||
	    nla_len(data[IFLA_SDWAN_VNI]) < (int)sizeof(*vni))
		return -EINVAL;
	*vni = nla_get_u32(data[IFLA_SDWAN_VNI]);
	return 0;
}

static int read_link(void *nl, uint32_t *vni)
{
	struct nlmsghdr *buf = malloc(NL_BUFSIZE);
	const struct nlmsgerr *e = buf ? NLMSG_DATA(buf) : NULL;
	ssize_t n;
	int ret = -EBADMSG;

	if (!buf)
		return -ENOMEM;
	n = transport->recv(nl, buf, NL_BUFSIZE);
	if (n < 0)
		ret = (int)n;
	else if (!nlmsg_ok(buf, (int)n))
		ret = -EBADMSG;
	else if (buf->nlmsg_type == NLMSG_ERROR)
		ret = e->error;
	else if (buf->nlmsg_type == RTM_NEWLINK)
		ret = parse_link(buf, vni);
	free(buf);
	return ret;
}

static int ask_link(void *nl, const char *dev, uint32_t *vni)
{
	struct ifinfomsg ifm = { .ifi_family = AF_UNSPEC };
	struct nl_msg *msg;
	int ret = -ENOMEM;

	msg = nlmsg_alloc_simple(RTM_GETLINK, NLM_F_REQUEST);
	if (!msg)
		return -ENOMEM;
	if (nlmsg_append(msg, &ifm, sizeof(ifm), NLMSG_ALIGNTO))
		goto out;
	NLA_PUT_STRING(msg, IFLA_IFNAME, dev);
	ret = transport->send(nl, nlmsg_hdr(msg));
	if (!ret)
		ret = read_link(nl, vni);
	goto out;
nla_put_failure:
	ret = -EMSGSIZE;
out:
	nlmsg_free(msg);
	return ret;
}

/* The segment of a device; -EINVAL if it is not of our kind. */
int link_vni(const char *dev, uint32_t *vni)
{
	void *nl = NULL;
	int ret;

	ret = transport->open(NETLINK_ROUTE, &nl);
	if (ret)
		return ret;
	ret = ask_link(nl, dev, vni);
	transport->close(nl);
	return ret;
}

static json_t *link_json(const struct nlmsghdr *nlh)
{
	struct rtnl_link_stats64 st = { 0 };
	struct nlattr *tb[IFLA_MAX + 1];
	size_t size = sizeof(st);
	uint32_t vni;

	if (parse_link(nlh, &vni) ||
	    nlmsg_parse((struct nlmsghdr *)nlh, sizeof(struct ifinfomsg), tb,
			IFLA_MAX, NULL) ||
	    !tb[IFLA_IFNAME])
		return NULL;
	if (tb[IFLA_STATS64]) {	/* it grows with the kernel */
		if (size > (size_t)nla_len(tb[IFLA_STATS64]))
			size = (size_t)nla_len(tb[IFLA_STATS64]);
		memcpy(&st, nla_data(tb[IFLA_STATS64]), size);
	}
	return json_pack("{s:s,s:I,s:I,s:I,s:I,s:I,s:I,s:I}",
			 "dev", nla_get_string(tb[IFLA_IFNAME]),
			 "vni", (json_int_t)vni,
			 "tx_packets", (json_int_t)st.tx_packets,
			 "tx_bytes", (json_int_t)st.tx_bytes,
			 "tx_dropped", (json_int_t)st.tx_dropped,
			 "rx_packets", (json_int_t)st.rx_packets,
			 "rx_bytes", (json_int_t)st.rx_bytes,
			 "rx_dropped", (json_int_t)st.rx_dropped);
}

static int ask_links(void *nl)
{
	struct ifinfomsg ifm = { .ifi_family = AF_UNSPEC };
	struct nlattr *info;
	struct nl_msg *msg;
	int ret = -EMSGSIZE;

	msg = nlmsg_alloc_simple(RTM_GETLINK, NLM_F_REQUEST | NLM_F_DUMP);
	if (!msg)
		return -ENOMEM;
	if (nlmsg_append(msg, &ifm, sizeof(ifm), NLMSG_ALIGNTO))
		goto nla_put_failure;
	info = nla_nest_start(msg, IFLA_LINKINFO);
	if (!info)
		goto nla_put_failure;
	NLA_PUT_STRING(msg, IFLA_INFO_KIND, "sdwan");
	nla_nest_end(msg, info);
	ret = transport->send(nl, nlmsg_hdr(msg));
nla_put_failure:
	nlmsg_free(msg);
	return ret;
}

/* One datagram of the answer. 1 at its end. */
static int take_links(void *nl, struct nlmsghdr *buf, json_t *list)
{
	ssize_t n = transport->recv(nl, buf, NL_BUFSIZE);
	struct nlmsghdr *nlh = buf;
	int left = (int)n;

	if (n < 0)
		return n == -EINTR ? 0 : (int)n;
	for (; nlmsg_ok(nlh, left); nlh = nlmsg_next(nlh, &left)) {
		const struct nlmsgerr *e = NLMSG_DATA(nlh);
		json_t *link;

		if (nlh->nlmsg_type == NLMSG_DONE)
			return 1;
		if (nlh->nlmsg_type == NLMSG_ERROR)
			return e->error ? e->error : 1;
		link = nlh->nlmsg_type == RTM_NEWLINK ? link_json(nlh) : NULL;
		if (link)
			json_array_append_new(list, link);
	}
	return 0;
}

/* The devices of our kind in this namespace, with their counters. */
int link_dump(json_t *list)
{
	struct nlmsghdr *buf = malloc(NL_BUFSIZE);
	void *nl = NULL;
	int ret;

	if (!buf)
		return -ENOMEM;
	ret = transport->open(NETLINK_ROUTE, &nl);
	if (!ret)
		ret = ask_links(nl);
	while (!ret)
		ret = take_links(nl, buf, list);
	if (nl)
		transport->close(nl);
	free(buf);
	return ret > 0 ? 0 : ret;
}

bool link_exists(const char *dev)
{
	return if_nametoindex(dev);
}

static bool all_exist(const json_t *devs)
{
	size_t i;

	for (i = 0; i < json_array_size(devs); i++)
		if (!link_exists(json_string_value(json_array_get(devs, i))))
			return false;
	return true;
}

static int msec_left(const struct timespec *end)
{
	struct timespec now;
	long left;

	clock_gettime(CLOCK_MONOTONIC, &now);
	left = (end->tv_sec - now.tv_sec) * 1000 +
	       (end->tv_nsec - now.tv_nsec) / 1000000;
	if (left <= 0)
		return 0;
	return left > 1000 ? 1000 : (int)left;
}

static void drain(void *nl)
{
	char *buf = malloc(NL_BUFSIZE);

	if (!buf)
		return;
	(void)transport->recv(nl, buf, NL_BUFSIZE);
	free(buf);
}

/*
 * Wait until all devices of the list are there. News of devices come by
 * rtnetlink; a look once a second is enough where they cannot be had.
 */
int link_wait(json_t *devs, unsigned int msec)
{
	struct timespec end;
	void *nl = NULL;
	bool all;

	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec += msec / 1000;
	end.tv_nsec += (long)(msec % 1000) * 1000000L;
	if (transport->open(NETLINK_ROUTE, &nl) ||
	    transport->join(nl, RTNLGRP_LINK)) {
		if (nl)
			transport->close(nl);
		nl = NULL;
	}
	for (;;) {
		struct pollfd pfd = {
			.fd = nl ? transport->fd(nl) : -1, .events = POLLIN,
		};
		int left = msec_left(&end);

		all = all_exist(devs);
		if (all || !left)
			break;
		if (poll(&pfd, 1, left) > 0)
			drain(nl);
	}
	if (nl)
		transport->close(nl);
	return all ? 0 : -ETIMEDOUT;
}
