// SPDX-License-Identifier: GPL-2.0
/*
 * sdwanctl: the object "peer", a remote edge
 */
#include <limits.h>

#include "sdwanctl.h"

static const struct keyword keywords[] = {
	{ .word = "name", .key = "name", .type = K_STR,
	  .flags = KW_KEY | KW_FILTER, .live = LIVE_PEER,
	  .max = SDWAN_NAME_MAX },
	{ .word = "site", .key = "site", .type = K_U32,
	  .flags = KW_CONFIG | KW_FILTER | KW_FIXED | KW_NEED,
	  .min = 1, .max = UINT32_MAX },
	{ .word = "gateway", .key = "gateway", .type = K_U32,
	  .flags = KW_CONFIG | KW_FILTER | KW_FIXED | KW_KEEP,
	  .min = 1, .max = UINT32_MAX },
	{ .word = "overlay", .key = "overlay", .type = K_OVERLAY,
	  .flags = KW_CONFIG | KW_FILTER | KW_MULTI },
	{ .word = "source-check", .key = "source_check", .type = K_ONOFF,
	  .flags = KW_CONFIG | KW_FILTER },
	{ .word = "stock", .key = "stock", .type = K_FLAG,
	  .flags = KW_CONFIG | KW_FILTER },
	{ .word = "key", .key = "key", .type = K_KEY, .flags = KW_CONFIG,
	  .max = PATH_MAX },
	{ .word = "key-retire", .key = "key_retire", .type = K_TRUE,
	  .flags = KW_COMMAND },
	{ }
};

static const char *const brief[] = {
	"site", "gateway", "overlay", "source_check", "stock", "keys", NULL
};

static const char *const detail[] = { "id", "paths", NULL };

static void defaults(json_t *obj, const struct config *cfg)
{
	(void)cfg;
	obj_default(obj, "gateway", json_integer(1));
	obj_default(obj, "overlay", json_array());
	obj_default(obj, "source_check", json_true());
	obj_default(obj, "stock", json_false());
	obj_default(obj, "keys", json_integer(0));
}

const struct objtype obj_peer = {
	.name = "peer",
	.set = &set_peer,
	OBJ_COMMANDS(PEER),
	.key = "name",
	.name_max = SDWAN_NAME_MAX,
	.kw = keywords,
	.brief = brief,
	.detail = detail,
	.defaults = defaults,
	.usage =
"Usage: sdwanctl peer { add | replace } NAME site ID [ gateway ID ] [ OVERLAY ]...\n"
"                [ source-check { on | off } ] [ stock [ on | off ] ]\n"
"                [ key FILE ]\n"
"       sdwanctl peer set NAME [ OVERLAY... | overlay none ]\n"
"                [ source-check { on | off } ] [ stock [ on | off ] ]\n"
"                [ key { FILE | none } ] [ key-retire ]\n"
"       sdwanctl peer del NAME\n"
"       sdwanctl peer { show | list | flush } [ NAME ] [ FILTER ]...\n"
"OVERLAY := overlay ADDRESS [ vni VNI ]\n"
"FILTER := { site ID | gateway ID | OVERLAY | source-check { on | off } |\n"
"            stock [ on | off ] }\n"
"ID := 1..4294967295\n",
};
