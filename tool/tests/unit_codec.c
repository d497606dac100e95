// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of the parts of sdwanctl: attributes
 */
#include <string.h>

#include <netlink/attr.h>
#include <netlink/msg.h>

#include "unit.h"

/* A message of an object that is encoded, and where its attributes are. */
static struct nl_msg *encoded(const struct attr_set *set, const json_t *obj,
			      const char *what, struct nlattr **head, int *len)
{
	struct nl_msg *msg = nlmsg_alloc();
	struct codec_error why = { 0 };

	nlmsg_put(msg, 0, 0, 0x20, 0, 0);
	check(!codec_encode(msg, set, obj, &why), "codec: %s is encoded", what);
	*head = nlmsg_attrdata(nlmsg_hdr(msg), 0);
	*len = nlmsg_attrlen(nlmsg_hdr(msg), 0);
	return msg;
}

static void decodes_to(const struct attr_set *set, const struct nlattr *head,
		       int len, const json_t *obj)
{
	json_t *back = codec_decode(set, head, len);

	check(json_equal(obj, back), "codec: and decoded to the same");
	json_decref(back);
}

static void test_codec(void)
{
	static const char text[] =
		"{\"name\":\"berlin\",\"site\":2,\"gateway\":1,"
		"\"overlay\":[{\"addr\":\"10.0.0.2\",\"vni\":100},"
		"{\"addr\":\"fd00::2\"}],\"source_check\":false,"
		"\"stock\":true}";
	json_t *obj = json_loads(text, 0, NULL), *back;
	struct nlattr *head, *nest, *addr;
	struct attr_loc loc = { .name = "" };
	struct nl_msg *msg;
	int len;

	msg = encoded(&set_peer, obj, "a peer", &head, &len);
	decodes_to(&set_peer, head, len, obj);

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
	json_t *obj = json_loads("{\"vni\":100,\"dscp\":\"copy\",\"ttl\":9,"
				 "\"df\":\"clear\",\"udp_csum\":\"off\","
				 "\"fwmark\":4026531841,\"mtu_clamp\":1400,"
				 "\"mss_clamp\":true}", 0, NULL);
	struct nlattr *head, *dscp, *df;
	struct nl_msg *msg;
	int len;

	msg = encoded(&set_path, obj, "a path", &head, &len);
	dscp = nla_find(head, len, SDWAN_A_PATH_DSCP);
	df = nla_find(head, len, SDWAN_A_PATH_DF);
	check(dscp && nla_len(dscp) == 1 &&
	      nla_get_u8(dscp) == SDWAN_DSCP_COPY, "codec: dscp copy is 64");
	check(df && nla_len(df) == 4 && nla_get_u32(df) == SDWAN_DF_CLEAR,
	      "codec: df is an enum");
	decodes_to(&set_path, head, len, obj);
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
	struct nlattr *head, *nla;
	struct nl_msg *msg;
	int len;

	msg = encoded(&set_rule, obj, "a rule", &head, &len);
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
	decodes_to(&set_rule, head, len, obj);
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

void unit_codec(void)
{
	test_codec();
	test_codec_path();
	test_codec_rule();
	test_codec_strange();
	test_codec_random();
}
