// SPDX-License-Identifier: GPL-2.0
/*
 * sdwanctl: the object "node", this edge
 */
#include "sdwanctl.h"

static const struct keyword keywords[] = {
	{ .word = "site", .key = "site", .type = K_U32,
	  .flags = KW_CONFIG | KW_KEEP, .min = 1, .max = UINT32_MAX },
	{ .word = "gateway", .key = "gateway", .type = K_U32,
	  .flags = KW_CONFIG | KW_KEEP, .min = 1, .max = UINT32_MAX },
	{ .word = "name", .key = "name", .type = K_STR,
	  .flags = KW_CONFIG | KW_EMPTY, .max = SDWAN_NAME_MAX },
	{ }
};

static const char *const brief[] = { "site", "gateway", "name", NULL };

static void defaults(json_t *obj, const struct config *cfg)
{
	(void)cfg;
	obj_default(obj, "gateway", json_integer(1));
}

const struct objtype obj_node = {
	.name = "node",
	.set = &set_node,
	.get = SDWAN_CMD_NODE_GET,
	.change = SDWAN_CMD_NODE_SET,
	.ntf = SDWAN_CMD_NODE_NTF,
	.singleton = true,
	.kw = keywords,
	.brief = brief,
	.defaults = defaults,
	.usage =
"Usage: sdwanctl node set [ site ID ] [ gateway ID ] [ name NAME ]\n"
"       sdwanctl node show\n"
"ID := 1..4294967295\n",
};
