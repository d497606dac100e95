// SPDX-License-Identifier: GPL-2.0
/*
 * sdwanctl: the object "prefix", what lives at a site
 */
#include "sdwanctl.h"

static const struct keyword keywords[] = {
	{ .word = "vni", .key = "vni", .type = K_U32,
	  .flags = KW_KEY | KW_CONFIG | KW_FILTER | KW_FIXED,
	  .min = 1, .max = SDWAN_VNI_MAX },
	{ .word = "dev", .key = "dev", .type = K_STR, .live = LIVE_SEGMENT,
	  .flags = KW_KEY | KW_CONFIG | KW_FILTER | KW_FIXED, .max = 15 },
	{ .word = "site", .key = "site", .type = K_U32,
	  .flags = KW_CONFIG | KW_FILTER, .min = 1, .max = UINT32_MAX },
	{ .word = "gateway", .key = "gateway", .type = K_U32,
	  .flags = KW_CONFIG | KW_FILTER | KW_MULTI,
	  .min = 1, .max = UINT32_MAX },
	{ .word = "origin", .key = "origin", .type = K_ENUM,
	  .flags = KW_CONFIG | KW_FILTER, .en = &enum_origin },
	{ .word = "expires", .key = "expires", .type = K_MSEC,
	  .flags = KW_CONFIG },
	{ .word = "negative", .key = "negative", .type = K_FLAG,
	  .flags = KW_CONFIG | KW_FILTER },
	{ }
};

static const char *const brief[] = {
	"vni", "dev", "site", "gateway", "origin", "expires", "negative", NULL
};

static void defaults(json_t *obj, const struct config *cfg)
{
	(void)cfg;
	obj_default(obj, "gateway", json_array());
	obj_default(obj, "origin", json_string("static"));
	obj_default(obj, "expires", json_integer(0));
	obj_default(obj, "negative", json_false());
}

static int check(const json_t *obj, const json_t *cols, const struct args *a)
{
	(void)cols;
	if (!json_object_get(obj, "site") &&
	    !json_is_true(json_object_get(obj, "negative")))
		return err_end(a, "a prefix needs 'site' (or 'negative')");
	if (json_array_size(json_object_get(obj, "gateway")) >
	    SDWAN_GATEWAYS_MAX)
		return err_end(a, "more than %d gateways", SDWAN_GATEWAYS_MAX);
	return 0;
}

const struct objtype obj_prefix = {
	.name = "prefix",
	.set = &set_prefix,
	OBJ_COMMANDS(PREFIX),
	.key = "prefix",
	.kw = keywords,
	.brief = brief,
	.defaults = defaults,
	.check = check,
	.usage =
"Usage: sdwanctl prefix { add | replace } PREFIX SEGMENT site ID\n"
"                [ gateway ID ]... [ origin ORIGIN ] [ expires TIME ] [ negative ]\n"
"       sdwanctl prefix set PREFIX SEGMENT [ site ID ] [ gateway ID ]...\n"
"                [ origin ORIGIN ] [ expires TIME ] [ negative [ on | off ] ]\n"
"       sdwanctl prefix del PREFIX SEGMENT\n"
"       sdwanctl prefix { show | list | flush } [ PREFIX ] [ FILTER ]...\n"
"SEGMENT := { vni VNI | dev DEVICE }\n"
"FILTER := { SEGMENT | site ID | gateway ID | origin ORIGIN |\n"
"            negative [ on | off ] }\n"
"PREFIX := { ADDRESS[/LENGTH] | default }\n"
"ORIGIN := { static | learned }\n"
"TIME := NUMBER[.NUMBER][ ms | s | min | h | d ]   (seconds without a unit)\n",
};
