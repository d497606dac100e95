// SPDX-License-Identifier: GPL-2.0
/*
 * sdwanctl: the object "rule", which traffic is of which class
 */
#include <string.h>

#include "sdwanctl.h"

static const struct keyword keywords[] = {
	{ .word = "pref", .key = "pref", .type = K_U32, .live = LIVE_RULE,
	  .flags = KW_KEY | KW_FILTER, .min = 1, .max = SDWAN_PREF_MAX },
	{ .word = "name", .key = "name", .type = K_STR,
	  .flags = KW_CONFIG | KW_FILTER, .max = SDWAN_NAME_MAX },
	{ .word = "iif", .key = "iif", .type = K_STR, .live = LIVE_DEV,
	  .flags = KW_CONFIG | KW_FILTER, .max = 15 },
	{ .word = "vni", .key = "vni", .type = K_U32,
	  .flags = KW_CONFIG | KW_FILTER | KW_ANY,
	  .min = 1, .max = SDWAN_VNI_MAX },
	{ .word = "from", .key = "from", .type = K_PREFIX,
	  .flags = KW_CONFIG | KW_FILTER | KW_ANY },
	{ .word = "to", .key = "to", .type = K_PREFIX,
	  .flags = KW_CONFIG | KW_FILTER | KW_ANY },
	{ .word = "proto", .key = "proto", .type = K_PROTO, .en = &enum_proto,
	  .flags = KW_CONFIG | KW_FILTER | KW_ANY,
	  .min = 1, .max = UINT8_MAX },
	{ .word = "sport", .key = "sport", .type = K_PORTS,
	  .flags = KW_CONFIG | KW_FILTER | KW_ANY },
	{ .word = "dport", .key = "dport", .type = K_PORTS,
	  .flags = KW_CONFIG | KW_FILTER | KW_ANY },
	{ .word = "dscp", .key = "dscp", .type = K_DSCP,
	  .en = &enum_dscp_value,
	  .flags = KW_CONFIG | KW_FILTER | KW_ANY, .max = DSCP_MAX },
	{ .word = "mark", .key = "mark", .type = K_MARK,
	  .flags = KW_CONFIG | KW_FILTER | KW_ANY },
	{ .word = "vlan", .key = "vlan", .type = K_U32,
	  .flags = KW_CONFIG | KW_FILTER | KW_ANY, .max = SDWAN_VLAN_MAX },
	{ .word = "pcp", .key = "pcp", .type = K_U32,
	  .flags = KW_CONFIG | KW_FILTER | KW_ANY, .max = 7 },
	{ .word = "ethertype", .key = "ethertype", .type = K_ETHERTYPE,
	  .en = &enum_ethertype, .flags = KW_CONFIG | KW_FILTER | KW_ANY,
	  .min = SDWAN_ETHERTYPE_MIN, .max = UINT16_MAX },
	{ .word = "smac", .key = "smac", .type = K_MAC,
	  .flags = KW_CONFIG | KW_FILTER | KW_ANY },
	{ .word = "dmac", .key = "dmac", .type = K_MAC,
	  .flags = KW_CONFIG | KW_FILTER | KW_ANY },
	{ .word = "mpls", .key = "mpls", .type = K_U32,
	  .flags = KW_CONFIG | KW_FILTER | KW_ANY, .max = SDWAN_MPLS_MAX },
	{ .word = "bpf", .key = "bpf", .type = K_FILE,
	  .flags = KW_CONFIG | KW_FILTER, .max = SDWAN_BPF_NAME_MAX },
	{ .word = "set dscp", .key = "set_dscp", .type = K_DSCP,
	  .en = &enum_dscp_value, .flags = KW_CONFIG | KW_FILTER,
	  .max = DSCP_MAX },
	{ .word = "set mark", .key = "set_mark", .type = K_MARK,
	  .flags = KW_CONFIG | KW_FILTER },
	{ .word = "set priority", .key = "set_priority", .type = K_U32,
	  .flags = KW_CONFIG | KW_FILTER, .max = UINT32_MAX },
	{ .word = "set vlan", .key = "set_vlan", .type = K_U32,
	  .flags = KW_CONFIG, .max = SDWAN_VLAN_MAX },
	{ .word = "action", .key = "action", .type = K_ACTION,
	  .en = &enum_action, .flags = KW_CONFIG | KW_FILTER | KW_NEED },
	{ .word = "class", .key = "class", .type = K_STR, .live = LIVE_CLASS,
	  .flags = KW_CONFIG | KW_FILTER, .max = SDWAN_NAME_MAX },
	{ .word = "steer vni", .key = "steer_vni", .type = K_U32,
	  .flags = KW_CONFIG | KW_FILTER, .min = 1, .max = SDWAN_VNI_MAX },
	{ }
};

static const char *const brief[] = {
	"name", "iif", "vni", "from", "to", "proto", "sport", "dport", "dscp",
	"mark", "vlan", "pcp", "ethertype", "smac", "dmac", "mpls", "bpf",
	"set_dscp", "set_mark", "set_priority", "action", NULL
};

static const char *const detail[] = { "bpf_id", NULL };

static const char *const stats[] = { "packets", "bytes", "last_used", NULL };

/* What a rule does not say, it does not ask for: there are no defaults. */
static void defaults(json_t *obj, const struct config *cfg)
{
	(void)obj;
	(void)cfg;
}

/* What belongs to an action, said alone, is the action as well. */
static int imply(json_t *obj, const json_t *cols, const struct args *a,
		 const char *key, const char *implied)
{
	const char *action = obj_str(obj, "action");
	struct pos pos = a->end;

	if (!json_object_get(obj, key) || !strcmp(action, implied))
		return 0;
	if (*action) {
		cols_get(cols, key, 0, &pos);
		return err_at(&pos, "rule: '%s' contradicts action %s",
			      implied, action);
	}
	json_object_set_new(obj, "action", json_string(implied));
	return 0;
}

static int finish(json_t *obj, const json_t *cols, const struct args *a)
{
	int ret = imply(obj, cols, a, "class", "class");

	return ret ? ret : imply(obj, cols, a, "steer_vni", "steer");
}

static bool is_v4(const char *prefix)
{
	return !strchr(prefix, ':');
}

static int check(const json_t *obj, const json_t *cols, const struct args *a)
{
	static const char *const ports[] = { "sport", "dport" };
	static const char *const sets[] = {
		"set_dscp", "set_mark", "set_priority",
	};
	const char *from = obj_str(obj, "from"), *to = obj_str(obj, "to");
	struct pos pos = a->end;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(ports); i++) {
		if (!json_object_get(obj, ports[i]) ||
		    proto_has_ports(obj_int(obj, "proto")))
			continue;
		cols_get(cols, ports[i], 0, &pos);
		return err_at(&pos, "rule: '%s' needs a protocol that has ports, like 'proto tcp'",
			      ports[i]);
	}
	for (i = 0; i < ARRAY_SIZE(sets); i++) {
		if (!json_object_get(obj, sets[i]) ||
		    strcmp(obj_str(obj, "action"), "drop"))
			continue;
		cols_get(cols, sets[i], 0, &pos);
		return err_at(&pos, "rule: 'set' is not for action drop");
	}
	if (*from && *to && is_v4(from) != is_v4(to)) {
		cols_get(cols, "to", 0, &pos);
		return err_at(&pos, "rule: 'from' and 'to' are of different families");
	}
	return 0;
}

const struct objtype obj_rule = {
	.name = "rule",
	.set = &set_rule,
	OBJ_COMMANDS(RULE),
	.key = "pref",
	.kw = keywords,
	.brief = brief,
	.detail = detail,
	.stats = stats,
	.defaults = defaults,
	.finish = finish,
	.check = check,
	.usage =
"Usage: sdwanctl rule { add | replace } pref PREF [ MATCH ]... [ SET ]... ACTION\n"
"       sdwanctl rule set pref PREF [ MATCH ]... [ SET ]... [ ACTION ]\n"
"       sdwanctl rule del pref PREF\n"
"       sdwanctl [ -s ] rule { show | list | flush } [ pref PREF ] [ FILTER ]...\n"
"MATCH := { name NAME | iif DEVICE | vni VNI | from PREFIX | to PREFIX |\n"
"           proto PROTO | sport PORTS | dport PORTS | dscp DSCP |\n"
"           mark MARK[/MASK] | vlan ID | pcp 0..7 | ethertype TYPE | smac MAC |\n"
"           dmac MAC | mpls LABEL | bpf FILE }\n"
"SET := set { dscp DSCP | mark MARK[/MASK] | priority NUMBER }\n"
"ACTION := action { class NAME | pass | drop | steer [ vni VNI | dev SEGMENT ] }\n"
"FILTER := { MATCH | SET | ACTION | class NAME | steer vni VNI }\n"
"PREF := 1..2147483647, lower first\n"
"PREFIX := { ADDRESS[/LENGTH] | default | any }\n"
"PROTO := { tcp | udp | icmp | icmpv6 | sctp | gre | esp | ... | NUMBER | any }\n"
"PORTS := PORT[-PORT][,PORT[-PORT]]...\n"
"TYPE := { ip | ipv6 | arp | mpls | pppoe | lldp | ... | NUMBER | any }\n"
"DSCP := { zero | NUMBER | be | cs0..cs7 | af11..af43 | ef | va | le }\n",
};
