// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of the parts of sdwanctl: numbers, addresses, words, attributes and
 * the difference of configurations. Lines are "ok - NAME" or "not ok - NAME".
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <netlink/attr.h>
#include <netlink/msg.h>

#include "sdwanctl.h"

static int failures;

static void check(bool good, const char *fmt, ...) printf_like(2, 3);

static void check(bool good, const char *fmt, ...)
{
	va_list ap;

	printf("%s - ", good ? "ok" : "not ok");
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
	failures += !good;
}

/* main.c is not linked in. */
const struct command commands[] = { { } };

int command_run(struct ctx *c, struct args *a)
{
	(void)c;
	(void)a;
	return ST_USAGE;
}

static const char *out_or(const char *out)
{
	return out ? out : "refused";
}

/* ---- numbers ---- */

static void test_rates(void)
{
	static const struct {
		const char *text;
		int ret;
		uint64_t bps;
		const char *out;
	} cases[] = {
		{ "100mbit", 0, 100000000, "100mbit" },
		{ "1gbit", 0, 1000000000, "1gbit" },
		{ "1.5Gbit", 0, 1500000000, "1500mbit" },
		{ "9600", 0, 9600, "9600bit" },
		{ "9600bit/s", 0, 9600, "9600bit" },
		{ "64kbit", 0, 64000, "64kbit" },
		{ "64kibit", 0, 65536, "65536bit" },
		{ "1mbps", 0, 8000000, "8mbit" },
		{ "1mibps", 0, 8388608, "8388608bit" },
		{ "0", 0, 0, "0bit" },
		{ "0.000001mbit", 0, 1, "1bit" },
		{ "9223372036854775807", 0, INT64_MAX,
		  "9223372036854775807bit" },
		{ "9223372036854775808", -ERANGE, 0, NULL },
		{ "99999999999999999999", -ERANGE, 0, NULL },
		{ "10000000tbit", -ERANGE, 0, NULL },
		{ "", -EINVAL, 0, NULL },
		{ "mbit", -EINVAL, 0, NULL },
		{ "-1", -EINVAL, 0, NULL },
		{ "1.", -EINVAL, 0, NULL },
		{ "1.0000000001", -EINVAL, 0, NULL },
		{ "1 mbit", -EINVAL, 0, NULL },
		{ "1parsec", -EINVAL, 0, NULL },
		{ "0x10", -EINVAL, 0, NULL },
	};
	char out[64];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		uint64_t bps = 0;
		int ret = unit_rate(cases[i].text, &bps);

		format_rate(bps, out, sizeof(out));
		check(ret == cases[i].ret && bps == cases[i].bps &&
		      (ret || !strcmp(out, cases[i].out)),
		      "rate '%s' is %s", cases[i].text, out_or(cases[i].out));
	}
}

static void test_times(void)
{
	static const struct {
		const char *text;
		int ret;
		uint64_t msec;
		const char *out;
	} cases[] = {
		{ "60", 0, 60000, "60s" },
		{ "0.25", 0, 250, "0.250s" },
		{ "500ms", 0, 500, "0.500s" },
		{ "2min", 0, 120000, "120s" },
		{ "1h", 0, 3600000, "3600s" },
		{ "1d", 0, 86400000, "86400s" },
		{ "soon", -EINVAL, 0, NULL },
		{ "1y", -EINVAL, 0, NULL },
	};
	char out[64];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		uint64_t msec = 0, again = 1;
		int ret = unit_msec(cases[i].text, &msec);

		format_msec(msec, out, sizeof(out));
		check(ret == cases[i].ret && msec == cases[i].msec &&
		      (ret || (!strcmp(out, cases[i].out) &&
			       !unit_msec(out, &again) && again == msec)),
		      "time '%s' is %s", cases[i].text, out_or(cases[i].out));
	}
}

static void test_gaps(void)
{
	static const struct {
		const char *text;
		int ret;
		uint64_t usec;
		const char *out;
	} cases[] = {
		{ "50ms", 0, 50000, "50ms" },
		{ "0.05", 0, 50000, "50ms" },
		{ "1500us", 0, 1500, "1500us" },
		{ "2s", 0, 2000000, "2s" },
		{ "2", 0, 2000000, "2s" },
		{ "0", 0, 0, "0s" },
		{ "1min", -EINVAL, 0, NULL },
	};
	char out[64];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		uint64_t usec = 0, again = 1;
		int ret = unit_usec(cases[i].text, &usec);

		format_usec(usec, out, sizeof(out));
		check(ret == cases[i].ret && usec == cases[i].usec &&
		      (ret || (!strcmp(out, cases[i].out) &&
			       !unit_usec(out, &again) && again == usec)),
		      "gap '%s' is %s", cases[i].text, out_or(cases[i].out));
	}
}

static void test_numbers(void)
{
	uint64_t v = 0;

	check(!unit_number("4294967295", UINT32_MAX, &v) && v == UINT32_MAX,
	      "number: largest");
	check(unit_number("4294967296", UINT32_MAX, &v) == -ERANGE,
	      "number: too large");
	check(!unit_number("0x10", 100, &v) && v == 16, "number: hexadecimal");
	check(!unit_number("010", 100, &v) && v == 10, "number: not octal");
	check(unit_number("-1", 100, &v) == -EINVAL, "number: negative");
	check(unit_number("+1", 100, &v) == -EINVAL, "number: sign");
	check(unit_number(" 1", 100, &v) == -EINVAL, "number: space");
	check(unit_number("", 100, &v) == -EINVAL, "number: empty");
	check(unit_number("1x", 100, &v) == -EINVAL, "number: rest");
	check(unit_number("99999999999999999999999", UINT64_MAX, &v) ==
	      -ERANGE, "number: past 64 bits");
}

/* ---- what rules match ---- */

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

/* ---- DSCPs ---- */

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

/* ---- addresses ---- */

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

/* ---- words ---- */

static int read_words(const char *text, struct args *a, struct reader *r)
{
	int ret;

	r->fp = fmemopen((void *)text, strlen(text), "r");
	r->file = "f";
	r->line = 0;
	ret = args_read(r, a);
	fclose(r->fp);
	return ret;
}

static bool word_is(const struct args *a, int i, const char *s,
		    unsigned int line, unsigned int col)
{
	return i < a->n && !strcmp(a->tok[i].s, s) &&
	       a->tok[i].pos.line == line && a->tok[i].pos.col == col;
}

static void test_words(void)
{
	struct reader r;
	struct args a;

	check(read_words("path  add\tx # y\n", &a, &r) == 1 && a.n == 3 &&
	      word_is(&a, 0, "path", 1, 1) && word_is(&a, 1, "add", 1, 7) &&
	      word_is(&a, 2, "x", 1, 11), "words: columns and a comment");
	check(a.end.line == 1 && a.end.col == 12, "words: where they end");
	args_free(&a);
	check(read_words("a \"b c\" 'd\\e' f\\ g h\"i\"\n", &a, &r) == 1 &&
	      a.n == 5 && word_is(&a, 1, "b c", 1, 3) &&
	      word_is(&a, 2, "d\\e", 1, 9) && word_is(&a, 3, "f g", 1, 15) &&
	      word_is(&a, 4, "hi", 1, 20), "words: quotes and backslashes");
	args_free(&a);
	check(read_words("\"a\\\"b\\\\c\" ''\n", &a, &r) == 1 && a.n == 2 &&
	      word_is(&a, 0, "a\"b\\c", 1, 1) && word_is(&a, 1, "", 1, 11),
	      "words: escapes in quotes, and an empty word");
	args_free(&a);
	check(read_words("a \\\n  b\\\nc\n", &a, &r) == 1 && a.n == 3 &&
	      word_is(&a, 1, "b", 2, 3) && word_is(&a, 2, "c", 3, 1),
	      "words: a command of three lines");
	args_free(&a);
	check(read_words("a#b c\r\n", &a, &r) == 1 && a.n == 2 &&
	      word_is(&a, 0, "a#b", 1, 1) && word_is(&a, 1, "c", 1, 5),
	      "words: no comment within a word, no carriage return");
	args_free(&a);
	check(read_words("a", &a, &r) == 1 && a.n == 1,
	      "words: no newline at the end");
	args_free(&a);
	check(read_words("\t\n", &a, &r) == 1 && a.n == 0, "words: none");
	args_free(&a);
}

static void test_quoting(void)
{
	static const char *const words[] = {
		"plain", "with space", "", "#x", "a#b", "q\"q", "it's",
		"back\\slash", "tab\there", "$HOME", "a:b",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(words); i++) {
		char *text = NULL;
		size_t size = 0;
		FILE *fp = open_memstream(&text, &size);
		struct reader r;
		struct args a;

		print_word(fp, words[i]);
		putc('\n', fp);
		fclose(fp);
		check(read_words(text, &a, &r) == 1 && a.n == 1 &&
		      !strcmp(a.tok[0].s, words[i]),
		      "quoting '%s' comes back", words[i]);
		args_free(&a);
		free(text);
	}
}

/* ---- attributes ---- */

static void test_codec(void)
{
	static const char text[] =
		"{\"name\":\"berlin\",\"site\":2,\"gateway\":1,"
		"\"overlay\":[{\"addr\":\"10.0.0.2\",\"vni\":100},"
		"{\"addr\":\"fd00::2\"}],\"source_check\":false,"
		"\"stock\":true}";
	json_t *obj = json_loads(text, 0, NULL), *back;
	struct nl_msg *msg = nlmsg_alloc();
	struct nlattr *head, *nest, *addr;
	struct attr_loc loc = { .name = "" };
	struct codec_error why = { 0 };
	int len;

	nlmsg_put(msg, 0, 0, 0x20, 0, 0);
	check(!codec_encode(msg, &set_peer, obj, &why),
	      "codec: a peer is encoded");
	head = nlmsg_attrdata(nlmsg_hdr(msg), 0);
	len = nlmsg_attrlen(nlmsg_hdr(msg), 0);
	back = codec_decode(&set_peer, head, len);
	check(json_equal(obj, back), "codec: and decoded to the same");
	json_decref(back);

	nest = nla_next(nla_find(head, len, SDWAN_A_PEER_OVERLAY), &len);
	len = nlmsg_attrlen(nlmsg_hdr(msg), 0);
	addr = nla_data(nest);
	check(codec_locate(&set_peer, head, len, 100,
			   (size_t)((char *)addr - (char *)head) + 100,
			   &loc) &&
	      !strcmp(loc.name, "overlay/addr") &&
	      !strcmp(loc.key, "overlay") && loc.index == 1,
	      "codec: an offset in the second nest is named");
	memset(&loc, 0, sizeof(loc));
	check(codec_locate(&set_peer, head, len, 0, 0, &loc) &&
	      !strcmp(loc.name, "name"), "codec: the first attribute is named");
	memset(&loc, 0, sizeof(loc));
	check(!codec_locate(&set_peer, head, len, 0, 100000, &loc),
	      "codec: an offset past the end is not");
	back = codec_decode(&set_peer, head, 7);
	check(back && !json_object_get(back, "site"),
	      "codec: a truncated message does no harm");
	json_decref(back);
	json_decref(obj);
	nlmsg_free(msg);
}

/* By number and width, as the specification has them. */
static void test_codec_path(void)
{
	struct codec_error why = { 0 };
	json_t *obj = json_loads("{\"vni\":100,\"dscp\":\"copy\",\"ttl\":9,"
				 "\"df\":\"clear\",\"udp_csum\":\"off\","
				 "\"fwmark\":4026531841,\"mtu_clamp\":1400,"
				 "\"mss_clamp\":true}", 0, NULL);
	struct nl_msg *msg = nlmsg_alloc();
	struct nlattr *head, *dscp, *df;
	json_t *back;
	int len;

	nlmsg_put(msg, 0, 0, 0x20, 0, 0);
	check(!codec_encode(msg, &set_path, obj, &why),
	      "codec: a path is encoded");
	head = nlmsg_attrdata(nlmsg_hdr(msg), 0);
	len = nlmsg_attrlen(nlmsg_hdr(msg), 0);
	dscp = nla_find(head, len, SDWAN_A_PATH_DSCP);
	df = nla_find(head, len, SDWAN_A_PATH_DF);
	check(dscp && nla_len(dscp) == 1 &&
	      nla_get_u8(dscp) == SDWAN_DSCP_COPY, "codec: dscp copy is 64");
	check(df && nla_len(df) == 4 && nla_get_u32(df) == SDWAN_DF_CLEAR,
	      "codec: df is an enum");
	back = codec_decode(&set_path, head, len);
	check(json_equal(obj, back), "codec: and decoded to the same");
	json_decref(back);
	json_decref(obj);
	nlmsg_free(msg);
}

static void test_codec_rule(void)
{
	static const uint16_t ports[] = { 90, 99, 80, 80, 81, 89 };
	json_t *obj = json_loads("{\"pref\":5,\"from\":\"10.0.0.0/8\","
				 "\"to\":\"fd00::/7\",\"proto\":6,"
				 "\"dport\":\"80,443-445\",\"dscp\":46,"
				 "\"mark\":\"0x1/0xff\","
				 "\"action\":\"class\",\"class\":\"c\","
				 "\"set_mark\":\"0x7\",\"vlan\":20,\"pcp\":5,"
				 "\"ethertype\":2048,"
				 "\"smac\":\"02:00:00:00:0a:01\","
				 "\"dmac\":\"ff:ff:ff:ff:ff:ff\","
				 "\"mpls\":1048575}", 0, NULL);
	struct nl_msg *msg = nlmsg_alloc();
	struct codec_error why = { 0 };
	struct nlattr *head, *nla;
	json_t *back;
	int len;

	nlmsg_put(msg, 0, 0, 0x20, 0, 0);
	check(!codec_encode(msg, &set_rule, obj, &why),
	      "codec: a rule is encoded");
	head = nlmsg_attrdata(nlmsg_hdr(msg), 0);
	len = nlmsg_attrlen(nlmsg_hdr(msg), 0);
	nla = nla_find(head, len, SDWAN_A_RULE_DPORT);
	check(nla && nla_len(nla) == 8 &&
	      !memcmp(nla_data(nla), (const uint16_t[]){ 80, 80, 443, 445 }, 8),
	      "codec: ports are pairs");
	nla = nla_find(head, len, SDWAN_A_RULE_SMAC);
	check(nla && nla_len(nla) == 6 &&
	      !memcmp(nla_data(nla), "\2\0\0\0\12\1", 6),
	      "codec: a MAC address is six bytes");
	nla = nla_find(head, len, SDWAN_A_RULE_MARK_MASK);
	check(nla && nla_get_u32(nla) == 0xff, "codec: a mask");
	nla = nla_find(head, len, SDWAN_A_RULE_SET_MARK_MASK);
	check(nla && nla_get_u32(nla) == UINT32_MAX, "codec: a mask of all");
	nla = nla_find(head, len, SDWAN_A_RULE_TO_PLEN);
	check(nla && nla_get_u8(nla) == 7, "codec: the length of the right one");
	back = codec_decode(&set_rule, head, len);
	check(json_equal(obj, back), "codec: and decoded to the same");
	json_decref(back);
	json_decref(obj);
	nlmsg_free(msg);

	msg = nlmsg_alloc();
	nlmsg_put(msg, 0, 0, 0x20, 0, 0);
	nla_put(msg, SDWAN_A_RULE_SPORT, sizeof(ports), ports);
	nla_put_u32(msg, SDWAN_A_RULE_MARK, 3);
	nla_put(msg, SDWAN_A_RULE_FROM, 3, "abc");
	obj = codec_decode(&set_rule, nlmsg_attrdata(nlmsg_hdr(msg), 0),
			   nlmsg_attrlen(nlmsg_hdr(msg), 0));
	check(!strcmp(obj_str(obj, "sport"), "80-99") &&
	      !strcmp(obj_str(obj, "mark"), "0x3") &&
	      json_object_size(obj) == 2,
	      "codec: what a kernel says otherwise");
	json_decref(obj);
	nlmsg_free(msg);
}

static void test_codec_strange(void)
{
	struct nl_msg *msg = nlmsg_alloc();
	json_t *obj;

	nlmsg_put(msg, 0, 0, 0x20, 0, 0);
	nla_put_u8(msg, SDWAN_A_PATH_REMOTE, 1);
	nla_put(msg, SDWAN_A_PATH_NAME, 3, "abc");
	nla_put_u32(msg, SDWAN_A_PATH_ENCAP, 99);
	nla_put(msg, SDWAN_A_PATH_DSCP, 0, NULL);
	nla_put_u32(msg, 4000, 1);
	nla_put_u64(msg, SDWAN_A_PATH_TX_BYTES, 1ULL << 40);
	obj = codec_decode(&set_path, nlmsg_attrdata(nlmsg_hdr(msg), 0),
			   nlmsg_attrlen(nlmsg_hdr(msg), 0));
	check(obj && !json_object_get(obj, "remote"),
	      "codec: a short address is left out");
	check(!strcmp(json_string_value(json_object_get(obj, "name")), "abc"),
	      "codec: a string without its end is taken");
	check(json_integer_value(json_object_get(obj, "encap")) == 99,
	      "codec: an unknown value of an enum is a number");
	check(json_integer_value(json_object_get(obj, "tx_bytes")) ==
	      1LL << 40, "codec: 64 bits");
	check(json_object_size(obj) == 3,
	      "codec: an unknown attribute is left out");
	json_decref(obj);
	nlmsg_free(msg);
}

/* Anything may be in a message: the sanitizers see whether it does harm. */
static void test_codec_random(void)
{
	static const struct attr_set *const sets[] = {
		&set_fabric, &set_node, &set_underlay, &set_peer, &set_path,
		&set_prefix, &set_txn, &set_class, &set_rule, &set_flow,
	};
	uint32_t words[64], seed = 1;
	unsigned int round, i;

	for (round = 0; round < 5000; round++) {
		struct attr_loc loc = { .name = "" };
		int len;

		for (i = 0; i < ARRAY_SIZE(words); i++) {
			seed = seed * 1664525 + 1013904223;
			words[i] = seed >> 3;
			/* mostly lengths and types that are plausible */
			if (seed >> 30)
				words[i] = (seed >> 8) % 40 |
					   (seed >> 16) % 40 << 16;
		}
		len = (int)(seed >> 7) % (int)sizeof(words);
		json_decref(codec_decode(sets[round % ARRAY_SIZE(sets)],
					 (struct nlattr *)words, len));
		codec_locate(sets[round % ARRAY_SIZE(sets)],
			     (struct nlattr *)words, len, 0, seed % 256, &loc);
	}
	check(true, "codec: random messages do no harm");
}

/* ---- defaults ---- */

/* A port that an encapsulation does not have is not made up. */
static void test_ports(void)
{
	static const struct {
		const char *encap;
		json_int_t port;
	} cases[] = {
		{ "geneve", 6081 }, { "vxlan", 4789 }, { "vxlan-gpe", 4790 },
		{ "gre", 0 }, { "dev", 0 },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		json_t *ul = json_pack("{ss}", "encap", cases[i].encap);
		json_t *path = json_copy(ul);
		bool has = cases[i].port;

		obj_underlay.defaults(ul, NULL);
		obj_path.defaults(path, NULL);
		check(obj_int(ul, "port") == cases[i].port &&
		      has == !!json_object_get(ul, "port"),
		      "default port of an underlay: %s", cases[i].encap);
		check(obj_int(path, "dstport") == cases[i].port &&
		      has == !!json_object_get(path, "dstport"),
		      "default port of a path: %s", cases[i].encap);
		json_decref(ul);
		json_decref(path);
	}
}

/* ---- differences ---- */

static char *diff_text(const char *from, const char *to, bool keep_learned)
{
	struct config cur, want;
	struct oplist ops = { 0 };
	char *text = NULL;
	size_t size = 0, i;
	FILE *fp;

	config_init(&cur);
	config_init(&want);
	fp = fmemopen((void *)from, strlen(from), "r");
	if (config_load(&cur, fp, "from"))
		abort();
	fclose(fp);
	fp = fmemopen((void *)to, strlen(to), "r");
	if (config_load(&want, fp, "to"))
		abort();
	fclose(fp);
	config_diff(&cur, &want, keep_learned, &ops);
	fp = open_memstream(&text, &size);
	for (i = 0; i < ops.n; i++)
		op_print(&ops.op[i], fp);
	fclose(fp);
	oplist_free(&ops);
	config_free(&cur);
	config_free(&want);
	return text;
}

#define BASE \
	"node set site 1 name paris\n" \
	"underlay add u1 dev d1\n" \
	"underlay add u2 dev d2 port 7000\n" \
	"peer add a site 2 overlay 10.0.0.2 vni 5 overlay 10.0.0.3\n" \
	"peer add b site 3\n" \
	"path add peer a underlay u1 remote 192.0.2.1\n" \
	"path add peer a underlay u2 remote 192.0.2.1\n" \
	"path add peer b underlay u1 remote 192.0.2.2\n" \
	"prefix add 10.2.0.0/16 vni 5 site 2 gateway 1 gateway 2\n"

#define MORE_BASE \
	"underlay add u dev d port 7000\n" \
	"underlay add e dev d port 7001 encap vxlan-gpe\n" \
	"underlay add w dev d encap dev\n" \
	"underlay add r dev d encap gre\n" \
	"peer add p site 2\n"

static void test_diff(void)
{
	static const struct {
		const char *name, *from, *to, *out;
	} cases[] = {
		{ "the same", BASE, BASE, "" },
		{ "the same, said otherwise", BASE,
		  "prefix replace 10.2.0.0/16 gateway 2 gateway 1 site 2 vni 5\n"
		  "peer add b site 3 gateway 1 overlay none stock off\n"
		  "peer add a overlay 10.0.0.3 overlay 10.0.0.2 vni 5 site 2 source-check on\n"
		  "path add b:u1 peer b underlay u1 remote 192.0.2.2 up preference 100\n"
		  "path add peer a underlay u2 remote 192.0.2.1 dstport 7000\n"
		  "path add peer a underlay u1 remote 192.0.2.1 encap geneve\n"
		  "underlay add u1 dev d1 cost 0 rate 0 port 6081\n"
		  "underlay add u2 dev d2 port 7000\n"
		  "node set name paris gateway 1 site 1\n", "" },
		{ "all from nothing", "", BASE,
		  "node set site 1 name paris\n"
		  "underlay add u1 dev d1\n"
		  "underlay add u2 dev d2 port 7000\n"
		  "peer add a site 2 overlay 10.0.0.2 vni 5 overlay 10.0.0.3\n"
		  "peer add b site 3\n"
		  "path add a:u1 peer a underlay u1 remote 192.0.2.1\n"
		  "path add a:u2 peer a underlay u2 remote 192.0.2.1\n"
		  "path add b:u1 peer b underlay u1 remote 192.0.2.2\n"
		  "prefix add 10.2.0.0/16 vni 5 site 2 gateway 1 gateway 2\n" },
		{ "nothing from all", BASE, "",
		  "prefix del 10.2.0.0/16 vni 5\n"
		  "path del a:u1\npath del a:u2\npath del b:u1\n"
		  "peer del a\npeer del b\n"
		  "underlay del u1\nunderlay del u2\n" },
		{ "one value",
		  "underlay add u dev d cost 1 rate 1mbit\n",
		  "underlay add u dev d cost 1 rate 2mbit\n",
		  "underlay set u rate 2mbit\n" },
		{ "a value back to its default",
		  "underlay add u dev d cost 1\n", "underlay add u dev d\n",
		  "underlay set u cost 0\n" },
		{ "a fixed value of an underlay with a path",
		  "underlay add u dev d\npeer add p site 2\n"
		  "path add peer p underlay u remote 192.0.2.1\n",
		  "underlay add u dev d port 9\npeer add p site 2\n"
		  "path add peer p underlay u remote 192.0.2.1\n",
		  "path del p:u\nunderlay del u\nunderlay add u dev d port 9\n"
		  "path add p:u peer p underlay u remote 192.0.2.1\n" },
		{ "a fixed value of a peer with a path",
		  "underlay add u dev d\npeer add p site 2\n"
		  "path add peer p underlay u remote 192.0.2.1\n",
		  "underlay add u dev d\npeer add p site 3\n"
		  "path add peer p underlay u remote 192.0.2.1\n",
		  "path del p:u\npeer del p\npeer add p site 3\n"
		  "path add p:u peer p underlay u remote 192.0.2.1\n" },
		{ "the site of the node",
		  "node set site 1\npeer add p site 2\n",
		  "node set site 9\npeer add p site 2\n",
		  "peer del p\nnode set site 9\npeer add p site 2\n" },
		{ "the name of the node",
		  "node set site 1 name x\npeer add p site 2\n",
		  "node set site 1\npeer add p site 2\n",
		  "node set name \"\"\n" },
		{ "two paths change places",
		  "underlay add u dev d\npeer add p site 2\n"
		  "path add x peer p underlay u remote 192.0.2.1\n"
		  "path add y peer p underlay u remote 192.0.2.2\n",
		  "underlay add u dev d\npeer add p site 2\n"
		  "path add x peer p underlay u remote 192.0.2.2\n"
		  "path add y peer p underlay u remote 192.0.2.1\n",
		  "path del x\npath del y\n"
		  "path add x peer p underlay u remote 192.0.2.2\n"
		  "path add y peer p underlay u remote 192.0.2.1\n" },
		{ "a path moves to a free place",
		  "underlay add u dev d\npeer add p site 2\n"
		  "path add x peer p underlay u remote 192.0.2.1\n",
		  "underlay add u dev d\npeer add p site 2\n"
		  "path add x peer p underlay u remote 192.0.2.2\n",
		  "path set x remote 192.0.2.2\n" },
		{ "an overlay address changes hands",
		  "peer add p site 2\npeer add q site 3 overlay 10.0.0.1\n",
		  "peer add p site 2 overlay 10.0.0.1\npeer add q site 3\n",
		  "peer set q overlay none\npeer set p overlay 10.0.0.1\n"
		  "peer set q overlay none\n" },
		{ "an overlay address goes",
		  "peer add q site 3 overlay 10.0.0.1\n", "peer add q site 3\n",
		  "peer set q overlay none\n" },
		{ "a prefix loses its gateways",
		  "prefix add 10.0.0.0/8 vni 1 site 2 gateway 7\n",
		  "prefix add 10.0.0.0/8 vni 1 site 2\n",
		  "prefix replace 10.0.0.0/8 vni 1 site 2\n" },
		{ "the same prefix in two segments",
		  "prefix add 10.0.0.0/8 vni 1 site 2\n",
		  "prefix add 10.0.0.0/8 vni 2 site 2\n"
		  "prefix add 10.0.0.0/8 vni 1 site 2\n",
		  "prefix add 10.0.0.0/8 vni 2 site 2\n" },
		{ "a learned prefix",
		  "prefix add 10.0.0.0/8 vni 1 site 2 origin learned\n", "",
		  "prefix del 10.0.0.0/8 vni 1\n" },
		{ "a life that runs down",
		  "prefix add 10.0.0.0/8 vni 1 site 2 expires 100\n",
		  "prefix add 10.0.0.0/8 vni 1 site 2 expires 120\n", "" },
		{ "a life that is shortened",
		  "prefix add 10.0.0.0/8 vni 1 site 2 expires 100\n",
		  "prefix add 10.0.0.0/8 vni 1 site 2 expires 50\n",
		  "prefix replace 10.0.0.0/8 vni 1 site 2 expires 50s\n" },
		{ "a life that gets no end",
		  "prefix add 10.0.0.0/8 vni 1 site 2 expires 100\n",
		  "prefix add 10.0.0.0/8 vni 1 site 2\n",
		  "prefix replace 10.0.0.0/8 vni 1 site 2\n" },
		{ "encapsulations, said otherwise",
		  MORE_BASE
		  "path add g peer p underlay u remote 192.0.2.1 encap gre\n"
		  "path add x peer p underlay u remote 192.0.2.1 encap vxlan-gpe\n"
		  "path add v peer p underlay u remote 192.0.2.1 encap vxlan\n"
		  "path add y peer p underlay e remote 192.0.2.1\n"
		  "path add z peer p underlay e remote 192.0.2.1 encap geneve\n"
		  "path add d peer p underlay w vni 5\n"
		  "path add h peer p underlay r remote 192.0.2.1\n",
		  MORE_BASE
		  "path add g peer p underlay u remote 192.0.2.1 encap gre "
		  "dscp copy ttl auto df set csum auto fwmark none "
		  "mtu-clamp none mss-clamp off\n"
		  "path add x peer p underlay u remote 192.0.2.1 encap vxlan-gpe dstport 4790\n"
		  "path add v peer p underlay u remote 192.0.2.1 encap vxlan dstport 4789\n"
		  "path add y peer p underlay e remote 192.0.2.1 encap vxlan-gpe dstport 7001\n"
		  "path add z peer p underlay e remote 192.0.2.1 encap geneve dstport 6081\n"
		  "path add d peer p underlay w vni 5 encap dev ttl 0 fwmark 0 mtu-clamp 0\n"
		  "path add h peer p underlay r remote 192.0.2.1 encap gre\n", "" },
		{ "what is said of encapsulations",
		  "",
		  MORE_BASE
		  "path add g peer p underlay u remote 192.0.2.1 encap gre\n"
		  "path add x peer p underlay u remote 192.0.2.1 encap vxlan-gpe dstport 4790\n"
		  "path add y peer p underlay e remote 192.0.2.1 dstport 4790\n"
		  "path add d peer p underlay w vni 5\n"
		  "path add f peer p underlay u vni 6 encap dev\n",
		  MORE_BASE
		  "path add g peer p underlay u remote 192.0.2.1 encap gre\n"
		  "path add x peer p underlay u remote 192.0.2.1 encap vxlan-gpe\n"
		  "path add y peer p underlay e remote 192.0.2.1 dstport 4790\n"
		  "path add d peer p underlay w vni 5\n"
		  "path add f peer p underlay u encap dev vni 6\n" },
		{ "another port of a path of another encapsulation",
		  MORE_BASE
		  "path add x peer p underlay u remote 192.0.2.1 encap vxlan-gpe dstport 7000\n",
		  MORE_BASE
		  "path add x peer p underlay u remote 192.0.2.1 encap vxlan-gpe\n",
		  "path set x dstport 4790\n" },
		{ "the encapsulation of an underlay, to one without port",
		  "underlay add u dev d port 7000\npeer add p site 2\n"
		  "path add x peer p underlay u remote 192.0.2.1\n",
		  "underlay add u dev d encap gre\npeer add p site 2\n"
		  "path add x peer p underlay u remote 192.0.2.1\n",
		  "path del x\nunderlay del u\nunderlay add u dev d encap gre\n"
		  "path add x peer p underlay u remote 192.0.2.1\n" },
		{ "the segment of a path",
		  "underlay add u dev d encap dev\npeer add p site 2\n"
		  "path add x peer p underlay u vni 5\n",
		  "underlay add u dev d encap dev\npeer add p site 2\n"
		  "path add x peer p underlay u vni 6 mss-clamp on\n",
		  "path del x\n"
		  "path add x peer p underlay u vni 6 mss-clamp on\n" },
		{ "from a remote address to a segment",
		  "underlay add u dev d\npeer add p site 2\n"
		  "path add x peer p underlay u remote 192.0.2.1 ttl 5\n",
		  "underlay add u dev d\npeer add p site 2\n"
		  "path add x peer p underlay u vni 6 encap dev\n",
		  "path del x\n"
		  "path add x peer p underlay u encap dev vni 6\n" },
		{ "another path takes over the device",
		  "underlay add u dev d encap dev\npeer add p site 2\n"
		  "peer add q site 3\n"
		  "path add x peer p underlay u vni 5\n",
		  "underlay add u dev d encap dev\npeer add p site 2\n"
		  "peer add q site 3\n"
		  "path add y peer q underlay u vni 5\n",
		  "path del x\npath add y peer q underlay u vni 5\n" },
		{ "outer packets",
		  MORE_BASE
		  "path add x peer p underlay u remote 192.0.2.1 dscp 5 fwmark 1 df copy\n",
		  MORE_BASE
		  "path add x peer p underlay u remote 192.0.2.1 dscp af11 df copy ttl 3\n",
		  "path set x dscp af11 ttl 3 fwmark none\n" },
		{ "members in another order",
		  "class add c mode prefer a,b\n",
		  "class add c mode prefer b,a\n",
		  "class set c members b,a\n" },
		{ "a class, said otherwise",
		  "class add c mode balance a=1,b=2\n",
		  "class replace c policy c gap 0.05 failback soft move flowlet "
		  "best-effort dscp path weight explicit mode balance a,b=2\n",
		  "" },
		{ "no members any more",
		  "class add c mode balance a,b\n",
		  "class add c mode balance\n", "class set c members none\n" },
		{ "no weights any more",
		  "class add c mode balance a=2,b\n",
		  "class add c mode balance a,b\n",
		  "class set c members a,b weight equal\n" },
		{ "another mode",
		  "class add c mode balance weight rate strict\n",
		  "class add c mode pin a strict\n",
		  "class replace c mode pin a strict\n" },
		{ "a class that a rule leaves",
		  "class add a mode balance\nclass add b mode balance\n"
		  "rule add pref 1 action class a\n",
		  "class add b mode balance\nrule add pref 1 action class b\n",
		  "rule set pref 1 class b\nclass del a\n" },
		{ "a class that goes with its rule",
		  "class add a mode balance\nrule add pref 1 class a\n",
		  "class add b mode balance\nrule add pref 2 class b\n",
		  "rule del pref 1\nclass del a\nclass add b mode balance\n"
		  "rule add pref 2 action class b\n" },
		{ "a rule with less",
		  "rule add pref 1 proto tcp dport 5 action drop\n",
		  "rule add pref 1 proto tcp action drop\n",
		  "rule replace pref 1 proto tcp action drop\n" },
		{ "a rule with more",
		  "rule add pref 1 proto tcp action drop\n",
		  "rule add pref 1 name x proto tcp dport 6,5 action drop\n",
		  "rule set pref 1 name x dport 5-6\n" },
		{ "a rule, said otherwise",
		  "rule add pref 1 proto tcp dport 5,6,7 mark 1/1 from any action pass\n",
		  "rule replace 0x1 mark 0x1/0x1 dport 5-7 proto 6 action pass\n",
		  "" },
		{ "names like keywords",
		  "",
		  "underlay add name name dev d\npeer add peer site 2\n"
		  "path add name peer peer peer underlay name remote 192.0.2.1\n",
		  "underlay add name name dev d\npeer add peer site 2\n"
		  "path add name peer peer peer underlay name remote 192.0.2.1\n" },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		char *text = diff_text(cases[i].from, cases[i].to, false);
		bool good = !strcmp(text, cases[i].out);

		check(good, "difference: %s", cases[i].name);
		if (!good)
			printf("# got:\n%s", text);
		free(text);
	}
}

static void test_diff_learned(void)
{
	char *text = diff_text("prefix add 10.0.0.0/8 vni 1 site 2\n"
			       "prefix add 11.0.0.0/8 vni 1 site 2 origin learned\n",
			       "", true);

	check(!strcmp(text, "prefix del 10.0.0.0/8 vni 1\n"),
	      "difference: a learned prefix is left alone if so wanted");
	free(text);
}

int main(void)
{
	test_numbers();
	test_rates();
	test_times();
	test_gaps();
	test_ports_lists();
	test_marks();
	test_protos();
	test_members();
	test_dscps();
	test_prefixes();
	test_words();
	test_quoting();
	test_codec();
	test_codec_path();
	test_codec_rule();
	test_codec_strange();
	test_codec_random();
	test_ports();
	test_diff();
	test_diff_learned();
	return failures ? 1 : 0;
}
