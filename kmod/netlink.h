/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: the generic-netlink family
 */
#ifndef _SDWAN_NETLINK_H
#define _SDWAN_NETLINK_H

#include <net/genetlink.h>

struct sdwan_net;
struct sdwan_object;
struct sdwan_type;

extern struct genl_family sdwan_genl_family;

int sdwan_nl_header(const struct nlmsghdr *nlh, u16 flags,
		    struct netlink_ext_ack *extack);
struct sdwan_net *sdwan_nl_fabric(struct genl_info *info, u16 multi);
struct sdwan_object *sdwan_nl_named(struct sdwan_net *sn,
				    const struct sdwan_type *type,
				    struct netlink_ext_ack *extack,
				    const struct nlattr *attr);
int sdwan_nl_lacks(struct genl_info *info, int attr, const char *msg);
int sdwan_nl_dump_allowed(struct sdwan_net *sn, struct netlink_callback *cb);
void *sdwan_nl_dump_put(struct sk_buff *skb, struct netlink_callback *cb);
void *sdwan_nl_reply_put(struct sk_buff *msg, const struct genl_info *info);
int sdwan_netlink_init(void);
void sdwan_netlink_exit(void);

#endif /* _SDWAN_NETLINK_H */
