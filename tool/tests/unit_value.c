// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of the parts of sdwanctl: ports, marks, addresses and other values of objects
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "unit.h"

static void test_ports_lists(void)
{
	static const struct {
		const char *text;
		int ret;
		const char *out;
	} cases[] = {
		{ "443", 0, "443" },
		{ "443,80", 0, "80,443" },
		{ "10000-10100,443,8443", 0, "443,8443,10000-10100" },
		{ "1-5,3-9", 0, "1-9" },
		{ "1-9,3-5", 0, "1-9" },
		{ "1,2,3", 0, "1-3" },
		{ "5,5,5", 0, "5" },
		{ "0-65535", 0, "0-65535" },
		{ "65535,0", 0, "0,65535" },
		{ "65534,65535,65535", 0, "65534-65535" },
		{ "1,3,5,7,9,11,13,15,17,19,21,23,25,27,29,31", 0,
		  "1,3,5,7,9,11,13,15,17,19,21,23,25,27,29,31" },
		{ "1,3,5,7,9,11,13,15,17,19,21,23,25,27,29,31,2", 0,
		  "1-3,5,7,9,11,13,15,17,19,21,23,25,27,29,31" },
		{ "1,3,5,7,9,11,13,15,17,19,21,23,25,27,29,31,33", -E2BIG,
		  NULL },
		{ "65536", -ERANGE, NULL },
		{ "99999999999999999999", -ERANGE, NULL },
		{ "5-4", -EINVAL, NULL },
		{ "5-", -EINVAL, NULL },
		{ "-5", -EINVAL, NULL },
		{ "1-2-3", -EINVAL, NULL },
		{ "1,", -EINVAL, NULL },
		{ ",1", -EINVAL, NULL },
		{ "", -EINVAL, NULL },
		{ "1 2", -EINVAL, NULL },
		{ "http", -EINVAL, NULL },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct port_range r[PORTS_ROOM];
		char out[PORTS_TEXT] = "";
		unsigned int n;
		int ret = ports_parse(cases[i].text, r, &n);

		if (!ret)
			ports_format(r, n, out, sizeof(out));
		check(ret == cases[i].ret &&
		      (ret || !strcmp(out, cases[i].out)),
		      "ports '%s' are %s", cases[i].text,
		      out_or(cases[i].out));
	}
}

static void test_marks(void)
{
	static const struct {
		const char *text;
		int ret;
		const char *out;
	} cases[] = {
		{ "1", 0, "0x1" },
		{ "0x10/0xf0", 0, "0x10/0xf0" },
		{ "16/240", 0, "0x10/0xf0" },
		{ "0", 0, "0x0" },
		{ "0/1", 0, "0x0/0x1" },
		{ "5/0xffffffff", 0, "0x5" },
		{ "4294967295", 0, "0xffffffff" },
		{ "4294967296", -ERANGE, NULL },
		{ "2/1", -ERANGE, NULL },
		{ "0/0", -ERANGE, NULL },
		{ "1/", -EINVAL, NULL },
		{ "/1", -EINVAL, NULL },
		{ "1/1/1", -EINVAL, NULL },
		{ "00000000000000000000000000000000000000001/1", -EINVAL,
		  NULL },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		uint32_t mark, mask;
		char out[MARK_TEXT] = "";
		int ret = mark_parse(cases[i].text, &mark, &mask);

		if (!ret)
			mark_format(mark, mask, out, sizeof(out));
		check(ret == cases[i].ret &&
		      (ret || !strcmp(out, cases[i].out)),
		      "mark '%s' is %s", cases[i].text, out_or(cases[i].out));
	}
}

static void test_protos(void)
{
	unsigned int i;
	bool good = true;

	for (i = 0; i <= UINT8_MAX; i++)
		if (proto_name(i) && proto_by_name(proto_name(i)) != i)
			good = false;
	check(good, "proto: names and numbers");
	check(proto_by_name("tcp") == 6 && proto_by_name("udp") == 17 &&
	      proto_by_name("ipv6-icmp") == 58 &&
	      !strcmp(proto_name(58), "icmpv6") && !proto_name(255),
	      "proto: some of them");
	check(proto_has_ports(6) && proto_has_ports(132) &&
	      !proto_has_ports(1) && !proto_has_ports(0),
	      "proto: which have ports");
}

static void test_members(void)
{
	static const struct {
		const char *text, *out;
	} cases[] = {
		{ "a", "a" },
		{ "underlay/a", "a" },
		{ "path/a", "path/a" },
		{ "path/a:b", "a:b" },
		{ "a:b=5,c=65535,d", "a:b=5,c=65535,d" },
		{ "underlay/mode", "underlay/mode" },
		{ "a\\,b", "a\\,b" },
		{ "a\\=b=3", "a\\=b=3" },
		{ "a\\\\b", "a\\\\b" },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct tok tok = { .s = (char *)cases[i].text };
		json_t *list = NULL;
		char *text;

		if (members_parse(&tok, &list))
			abort();
		text = members_text(list);
		check(!strcmp(text, cases[i].out), "members '%s' are %s",
		      cases[i].text, cases[i].out);
		free(text);
		json_decref(list);
	}
}

static void test_dscps(void)
{
	static const char *const names[DSCP_MAX + 2] = {
		[0] = "be", [1] = "le", [8] = "cs1", [16] = "cs2",
		[24] = "cs3", [32] = "cs4", [40] = "cs5", [48] = "cs6",
		[56] = "cs7", [10] = "af11", [12] = "af12", [14] = "af13",
		[18] = "af21", [20] = "af22", [22] = "af23", [26] = "af31",
		[28] = "af32", [30] = "af33", [34] = "af41", [36] = "af42",
		[38] = "af43", [44] = "va", [46] = "ef", [64] = "copy",
	};
	uint8_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		const char *name = dscp_name(i);
		json_t *val = dscp_to_json(i);
		bool good = !name && !names[i];

		if (name && names[i])
			good = !strcmp(name, names[i]) &&
			       dscp_by_name(name) == i;
		check(good && dscp_from_json(val) == i &&
		      json_is_string(val) == (i == SDWAN_DSCP_COPY),
		      "dscp %u is %s", i, names[i] ? names[i] : "a number");
		json_decref(val);
	}
	check(!dscp_by_name("zero") && !dscp_by_name("cs0"),
	      "dscp: other names of 0");
}

static void test_prefixes(void)
{
	static const struct {
		const char *text;
		const char *out;
	} cases[] = {
		{ "10.2.0.0/16", "10.2.0.0/16" },
		{ "10.2.0.1", "10.2.0.1/32" },
		{ "default", "0.0.0.0/0" },
		{ "::/0", "::/0" },
		{ "2001:DB8:0::/48", "2001:db8::/48" },
		{ "2001:db8::1", "2001:db8::1/128" },
		{ "10.2.0.0/33", NULL },
		{ "2001:db8::/129", NULL },
		{ "10.2.0.0/", NULL },
		{ "10.2.0.0/-1", NULL },
		{ "10.2.0/16", NULL },
		{ "::ffff:10.2.0.0/112", NULL },
		{ "fe80::1%lo/64", NULL },
		{ "", NULL },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		uint8_t addr[ADDR_LEN], plen = 0;
		char out[ADDR_TEXT] = "";
		bool good;
		int ret = prefix_parse(cases[i].text, addr, &plen);

		if (!ret)
			prefix_format(addr, plen, out, sizeof(out));
		good = ret == -EINVAL;
		if (cases[i].out)
			good = !ret && !strcmp(out, cases[i].out);
		check(good, "prefix '%s' is %s", cases[i].text,
		      out_or(cases[i].out));
	}
}

void unit_values(void)
{
	test_ports_lists();
	test_marks();
	test_protos();
	test_members();
	test_dscps();
	test_prefixes();
}
