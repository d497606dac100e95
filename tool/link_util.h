/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What ip(8) of iproute2 offers to a plugin for a kind of netdevice
 *
 * iproute2 installs no header for this. What is declared here has been the
 * same on LP64 since iproute2 4.20 and is tested with 6.1: ip looks for
 * link_KIND.so in IP_LIB_DIR or its own directory, takes the symbol
 * KIND_link_util from it, and lets the plugin use the functions below, as it
 * is linked with its symbols exported. print_color_uint() takes 64 bits in
 * old versions and 32 bits in others: passed as 64 bits, both are right.
 */
#ifndef LINK_UTIL_H
#define LINK_UTIL_H

#include <stdint.h>
#include <stdio.h>

#include <linux/rtnetlink.h>

struct link_util {
	struct link_util *next;
	const char *id;
	int maxattr;
	int (*parse_opt)(struct link_util *lu, int argc, char **argv,
			 struct nlmsghdr *n);
	void (*print_opt)(struct link_util *lu, FILE *f, struct rtattr *tb[]);
	void (*print_xstats)(struct link_util *lu, FILE *f,
			     struct rtattr *xstats);
	void (*print_help)(struct link_util *lu, int argc, char **argv,
			   FILE *f);
	int (*parse_ifla_xstats)(struct link_util *lu, int argc, char **argv);
	int (*print_ifla_xstats)(struct nlmsghdr *n, void *arg);
};

enum output_type {
	PRINT_ANY = 4,		/* as text or as JSON, as ip was told */
};

#define LINK_UTIL_NO_COLOR 6

int addattr_l(struct nlmsghdr *n, int maxlen, int type, const void *data,
	      int alen);
int print_color_string(int type, int color, const char *key, const char *fmt,
		       const char *value);
int print_color_uint(int type, int color, const char *key, const char *fmt,
		     uint64_t value);

#endif /* LINK_UTIL_H */
