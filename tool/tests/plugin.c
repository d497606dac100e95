// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of link_sdwan.so, with this program in the place of ip(8).
 * plugin FILE [ parse WORD... ]: without "parse", prints one test a line.
 */
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#include <linux/sdwan.h>

#include "link_util.h"

static char printed[256];
static int failures;

int addattr_l(struct nlmsghdr *n, int maxlen, int type, const void *data,
	      int alen)
{
	struct rtattr *rta = (struct rtattr *)((char *)n +
					       NLMSG_ALIGN(n->nlmsg_len));
	size_t len = RTA_LENGTH((size_t)alen);

	if (NLMSG_ALIGN(n->nlmsg_len) + RTA_ALIGN(len) > (size_t)maxlen)
		return -1;
	rta->rta_type = (unsigned short)type;
	rta->rta_len = (unsigned short)len;
	memcpy(RTA_DATA(rta), data, (size_t)alen);
	n->nlmsg_len = (uint32_t)(NLMSG_ALIGN(n->nlmsg_len) + RTA_ALIGN(len));
	return 0;
}

int print_color_string(int type, int color, const char *key, const char *fmt,
		       const char *value)
{
	size_t len = strlen(printed);

	(void)type;
	(void)color;
	(void)fmt;
	return snprintf(printed + len, sizeof(printed) - len, "%s=%s ", key,
			value);
}

int print_color_uint(int type, int color, const char *key, const char *fmt,
		     uint64_t value)
{
	size_t len = strlen(printed);

	(void)type;
	(void)color;
	(void)fmt;
	return snprintf(printed + len, sizeof(printed) - len, "%s=%lu ", key,
			(unsigned long)value);
}

static void check(int good, const char *name)
{
	printf("%s - plugin: %s\n", good ? "ok" : "not ok", name);
	failures += !good;
}

static struct {
	struct nlmsghdr n;
	char room[1024];
} req;

static int parse(struct link_util *lu, int argc, const char *const *argv)
{
	char *copy[8];
	int i;

	memset(&req, 0, sizeof(req));
	req.n.nlmsg_len = NLMSG_LENGTH(0);
	for (i = 0; i < argc; i++)
		copy[i] = (char *)argv[i];
	return lu->parse_opt(lu, argc, copy, &req.n);
}

static void show(struct link_util *lu, uint32_t vni, uint32_t mode)
{
	struct {
		struct rtattr rta;
		uint32_t val;
	} a = { { RTA_LENGTH(4), IFLA_SDWAN_VNI }, vni },
	  b = { { RTA_LENGTH(4), IFLA_SDWAN_MODE }, mode };
	struct rtattr *tb[IFLA_SDWAN_MAX + 1] = {
		[IFLA_SDWAN_VNI] = vni ? &a.rta : NULL,
		[IFLA_SDWAN_MODE] = mode ? &b.rta : NULL,
	};

	printed[0] = '\0';
	lu->print_opt(lu, stdout, tb);
}

static uint32_t attr(int type)
{
	struct rtattr *rta = NLMSG_DATA(&req.n);
	int len = (int)NLMSG_PAYLOAD(&req.n, 0);
	uint32_t val;

	for (; RTA_OK(rta, len); rta = RTA_NEXT(rta, len)) {
		if (rta->rta_type == type) {
			memcpy(&val, RTA_DATA(rta), sizeof(val));
			return val;
		}
	}
	return 0;
}

static void test_parse(struct link_util *lu)
{
	static const char *const full[] = { "vni", "100", "mode", "l3" };
	static const char *const zero[] = { "vni", "0" };
	static const char *const big[] = { "vni", "16777216" };
	static const char *const text[] = { "vni", "12x" };
	static const char *const minus[] = { "vni", "-1" };
	static const char *const none[] = { "vni" };
	static const char *const mode[] = { "mode", "l9" };
	static const char *const word[] = { "colour", "red" };

	check(!parse(lu, 4, full) && attr(IFLA_SDWAN_VNI) == 100 &&
	      attr(IFLA_SDWAN_MODE) == SDWAN_MODE_L3, "vni and mode");
	check(parse(lu, 2, zero), "vni 0 is refused");
	check(parse(lu, 2, big), "vni 2^24 is refused");
	check(parse(lu, 2, text), "a vni with a rest is refused");
	check(parse(lu, 2, minus), "a negative vni is refused");
	check(parse(lu, 1, none), "a missing value is refused");
	check(parse(lu, 2, mode), "an unknown mode is refused");
	check(parse(lu, 2, word), "an unknown option is refused");
}

int main(int argc, char **argv)
{
	struct link_util *lu;
	void *so;

	if (argc < 2)
		return 2;
	so = dlopen(argv[1], RTLD_NOW);
	if (!so)
		fprintf(stderr, "%s\n", dlerror());
	check(!!so, "it is loaded");
	lu = so ? dlsym(so, "sdwan_link_util") : NULL;
	check(lu && !strcmp(lu->id, "sdwan") && lu->maxattr == IFLA_SDWAN_MAX,
	      "it describes itself");
	if (!lu)
		return 1;
	test_parse(lu);
	show(lu, 100, SDWAN_MODE_L3);
	check(!strcmp(printed, "vni=100 mode=l3 "), "vni and mode are shown");
	show(lu, 0, 77);
	check(!strcmp(printed, "mode=unknown "), "an unknown mode is shown");
	lu->print_opt(lu, stdout, NULL);
	check(1, "no attributes at all do no harm");
	return failures ? 1 : 0;
}
