// SPDX-License-Identifier: GPL-2.0
/*
 * sdwanctl: the object "path", one way to a peer
 */
#include "sdwanctl.h"

static const struct keyword keywords[] = {
	{ .word = "name", .key = "name", .type = K_STR,
	  .flags = KW_KEY | KW_FILTER, .max = SDWAN_PATH_NAME_MAX },
	{ .word = "peer", .key = "peer", .type = K_STR, .live = LIVE_PEER,
	  .flags = KW_CONFIG | KW_FILTER | KW_FIXED | KW_NEED,
	  .max = SDWAN_NAME_MAX },
	{ .word = "underlay", .key = "underlay", .type = K_STR,
	  .live = LIVE_UNDERLAY,
	  .flags = KW_CONFIG | KW_FILTER | KW_FIXED | KW_NEED,
	  .max = SDWAN_NAME_MAX },
	{ .word = "remote", .key = "remote", .type = K_ADDR,
	  .flags = KW_CONFIG | KW_FILTER | KW_NEED },
	{ .word = "dstport", .key = "dstport", .type = K_U32,
	  .flags = KW_CONFIG | KW_FILTER, .min = 1, .max = UINT16_MAX },
	{ .word = "encap", .key = "encap", .type = K_ENUM, .en = &enum_encap,
	  .flags = KW_CONFIG | KW_FILTER | KW_FIXED },
	{ .word = "preference", .key = "preference", .type = K_U32,
	  .flags = KW_CONFIG | KW_FILTER, .max = UINT32_MAX },
	{ .word = "up", .key = "admin", .type = K_TRUE,
	  .flags = KW_CONFIG | KW_FILTER },
	{ .word = "down", .key = "admin", .type = K_FALSE,
	  .flags = KW_CONFIG | KW_FILTER },
	{ .word = "admin", .key = "admin", .type = K_UPDOWN,
	  .flags = KW_FILTER },
	{ .word = "kind", .key = "kind", .type = K_ENUM, .en = &enum_kind,
	  .flags = KW_CONFIG | KW_FILTER | KW_FIXED },
	{ .word = "local", .key = "local", .type = K_ADDR,
	  .flags = KW_FILTER },
	{ .word = "state", .key = "state", .type = K_ENUM,
	  .flags = KW_FILTER, .en = &enum_state },
	{ .word = "reason", .key = "state_reason", .type = K_ENUM,
	  .flags = KW_FILTER, .en = &enum_reason },
	{ }
};

static const char *const brief[] = {
	"state", "state_reason", "peer", "underlay", "local", "remote",
	"dstport", "encap", "preference", "mtu", NULL
};

static const char *const detail[] = {
	"id", "admin", "kind", "on_demand", "idle_timeout", "state_age", NULL
};

static const char *const stats[] = {
	"tx_packets", "tx_bytes", "tx_errors",
	"rx_packets", "rx_bytes", "rx_errors", NULL
};

/* The name that the kernel gives to a path without one. */
void path_default_name(json_t *obj)
{
	char name[SDWAN_NAME_MAX * 2 + 2];

	snprintf(name, sizeof(name), "%s:%s", obj_str(obj, "peer"),
		 obj_str(obj, "underlay"));
	obj_default(obj, "name", json_string(name));
}

/* Encapsulation and port are the underlay's. */
static void defaults(json_t *obj, const struct config *cfg)
{
	const struct item *ul = NULL;
	json_t *below;

	if (cfg)
		ul = config_find(cfg, OBJ_UNDERLAY, obj_str(obj, "underlay"));
	below = ul ? json_copy(ul->obj) : json_object();
	obj_underlay.defaults(below, cfg);
	obj_default(obj, "encap", json_incref(json_object_get(below, "encap")));
	obj_default(obj, "dstport",
		    json_incref(json_object_get(below, "port")));
	json_decref(below);
	obj_default(obj, "preference", json_integer(100));
	obj_default(obj, "admin", json_true());
	obj_default(obj, "kind", json_string("direct"));
}

const struct objtype obj_path = {
	.name = "path",
	.set = &set_path,
	OBJ_COMMANDS(PATH),
	.name_optional = true,
	.key = "name",
	.name_max = SDWAN_PATH_NAME_MAX,
	.kw = keywords,
	.brief = brief,
	.detail = detail,
	.stats = stats,
	.defaults = defaults,
	.usage =
"Usage: sdwanctl path { add | replace } [ NAME ] peer PEER underlay UNDERLAY\n"
"                remote ADDRESS [ dstport PORT ] [ encap ENCAP ]\n"
"                [ preference NUMBER ] [ up | down ]\n"
"       sdwanctl path set NAME [ remote ADDRESS ] [ dstport PORT ]\n"
"                [ preference NUMBER ] [ up | down ]\n"
"       sdwanctl path del NAME\n"
"       sdwanctl [ -s ] [ -d ] path { show | list | flush } [ NAME ] [ FILTER ]...\n"
"FILTER := { peer PEER | underlay UNDERLAY | local ADDRESS | remote ADDRESS |\n"
"            dstport PORT | encap ENCAP | preference NUMBER | up | down |\n"
"            kind KIND | state STATE | reason REASON }\n"
"ENCAP := { geneve | vxlan | vxlan-gpe | gre | dev }\n"
"KIND := { direct | relay | chain }\n"
"STATE := { down | up | degraded | dormant | probing }\n",
};
