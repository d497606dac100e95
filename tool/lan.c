// SPDX-License-Identifier: GPL-2.0
/*
 * sdwanctl: the object "lan", a device by which traffic of this site comes in
 */
#include "sdwanctl.h"

static const struct keyword keywords[] = {
	{ .word = "name", .key = "name", .type = K_STR,
	  .flags = KW_KEY | KW_FILTER, .live = LIVE_LAN, .max = 15 },
	{ .word = "mode", .key = "mode", .type = K_ENUM, .en = &enum_lanmode,
	  .flags = KW_CONFIG | KW_FILTER },
	{ .word = "vni", .key = "vni", .type = K_U32,
	  .flags = KW_CONFIG | KW_FILTER, .min = 1, .max = SDWAN_VNI_MAX,
	  .zero = "none" },
	{ .word = "dev", .key = "vni", .type = K_SEGMENT, .live = LIVE_SEGMENT,
	  .flags = KW_COMMAND },
	{ .word = "hooked", .key = "hooked", .type = K_ONOFF,
	  .flags = KW_FILTER },
	{ }
};

static const char *const brief[] = { "mode", "vni", "hooked", NULL };

static const char *const detail[] = { "ifindex", NULL };

static void defaults(json_t *obj, const struct config *cfg)
{
	(void)cfg;
	obj_default(obj, "mode", json_string("mark"));
	obj_default(obj, "vni", json_integer(0));
}

const struct objtype obj_lan = {
	.name = "lan",
	.set = &set_lan,
	OBJ_COMMANDS(LAN),
	.key = "name",
	.name_max = 15,
	.kw = keywords,
	.brief = brief,
	.detail = detail,
	.defaults = defaults,
	.usage =
"Usage: sdwanctl lan { add | set | replace } DEVICE [ mode { mark | direct } ]\n"
"                [ vni { VNI | none } | dev SEGMENT ]\n"
"       sdwanctl lan del DEVICE\n"
"       sdwanctl [ -d ] lan { show | list | flush } [ DEVICE ] [ FILTER ]...\n"
"FILTER := { mode { mark | direct } | vni { VNI | none } | hooked { on | off } }\n",
};
