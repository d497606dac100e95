// SPDX-License-Identifier: GPL-2.0
/*
 * link_sdwan.so: ip link add ... type sdwan vni VNI [ mode l3 ]
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <linux/sdwan.h>

#include "link_util.h"

#define REQUEST_ROOM 1024	/* the size of ip's own buffer */
#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

static const char *const modes[] = {
	[SDWAN_MODE_L3] = "l3",
	[SDWAN_MODE_L2] = "l2",
};

static void usage(FILE *f)
{
	fputs("Usage: ... sdwan vni VNI [ mode { l3 | l2 } ]\n"
	      "\n"
	      "Where: VNI := 1-16777215, the number of the segment\n",
	      f);
}

static int complain(const char *what, const char *word)
{
	fprintf(stderr, "Error: %s \"%s\".\n", what, word);
	return -1;
}

static int parse_vni(struct nlmsghdr *n, const char *word)
{
	unsigned long vni;
	uint32_t val;
	char *end;

	errno = 0;
	vni = strtoul(word, &end, 0);
	if (errno || *end || *word < '0' || *word > '9' || !vni ||
	    vni > SDWAN_VNI_MAX)
		return complain("sdwan: vni is a number from 1 to 16777215, not",
				word);
	val = (uint32_t)vni;
	return addattr_l(n, REQUEST_ROOM, IFLA_SDWAN_VNI, &val, sizeof(val));
}

static int parse_mode(struct nlmsghdr *n, const char *word)
{
	uint32_t i;

	for (i = 0; i < ARRAY_SIZE(modes); i++)
		if (modes[i] && !strcmp(modes[i], word))
			return addattr_l(n, REQUEST_ROOM, IFLA_SDWAN_MODE, &i,
					 sizeof(i));
	return complain("sdwan: mode is \"l3\" or \"l2\", not", word);
}

static int sdwan_parse_opt(struct link_util *lu, int argc, char **argv,
			   struct nlmsghdr *n)
{
	(void)lu;
	for (; argc > 0; argc -= 2, argv += 2) {
		int (*parse)(struct nlmsghdr *n, const char *word) = NULL;

		if (!strcmp(argv[0], "vni"))
			parse = parse_vni;
		else if (!strcmp(argv[0], "mode"))
			parse = parse_mode;
		else if (strcmp(argv[0], "help"))
			complain("sdwan: unknown option", argv[0]);
		if (!parse) {
			usage(stderr);
			return -1;
		}
		if (argc < 2)
			return complain("sdwan: no value behind", argv[0]);
		if (parse(n, argv[1]))
			return -1;
	}
	return 0;
}

static uint32_t attr_u32(const struct rtattr *rta)
{
	uint32_t val = 0;

	if (RTA_PAYLOAD(rta) >= sizeof(val))
		memcpy(&val, RTA_DATA(rta), sizeof(val));
	return val;
}

static void sdwan_print_opt(struct link_util *lu, FILE *f, struct rtattr *tb[])
{
	uint32_t mode;

	(void)lu;
	(void)f;
	if (!tb)
		return;
	if (tb[IFLA_SDWAN_VNI])
		print_color_uint(PRINT_ANY, LINK_UTIL_NO_COLOR, "vni",
				 "vni %u ", attr_u32(tb[IFLA_SDWAN_VNI]));
	if (!tb[IFLA_SDWAN_MODE])
		return;
	mode = attr_u32(tb[IFLA_SDWAN_MODE]);
	print_color_string(PRINT_ANY, LINK_UTIL_NO_COLOR, "mode", "mode %s ",
			   mode < ARRAY_SIZE(modes) && modes[mode] ?
			   modes[mode] : "unknown");
}

static void sdwan_print_help(struct link_util *lu, int argc, char **argv,
			     FILE *f)
{
	(void)lu;
	(void)argc;
	(void)argv;
	usage(f);
}

extern struct link_util sdwan_link_util;

__attribute__((visibility("default")))
struct link_util sdwan_link_util = {
	.id = "sdwan",
	.maxattr = IFLA_SDWAN_MAX,
	.parse_opt = sdwan_parse_opt,
	.print_opt = sdwan_print_opt,
	.print_help = sdwan_print_help,
};
