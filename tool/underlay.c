// SPDX-License-Identifier: GPL-2.0
/*
 * sdwanctl: the object "underlay", a local attachment to a WAN
 */
#include <string.h>

#include "sdwanctl.h"

static const struct keyword keywords[] = {
	{ .word = "name", .key = "name", .type = K_STR,
	  .flags = KW_KEY | KW_FILTER, .live = LIVE_UNDERLAY,
	  .max = SDWAN_NAME_MAX },
	{ .word = "dev", .key = "dev", .type = K_STR, .live = LIVE_DEV,
	  .flags = KW_CONFIG | KW_FILTER | KW_FIXED | KW_NEED, .max = 15 },
	{ .word = "local", .key = "local", .type = K_ADDR,
	  .flags = KW_CONFIG | KW_FILTER | KW_FIXED },
	{ .word = "port", .key = "port", .type = K_U32,
	  .flags = KW_CONFIG | KW_FILTER | KW_FIXED,
	  .min = 1, .max = UINT16_MAX },
	{ .word = "encap", .key = "encap", .type = K_ENUM, .en = &enum_encap,
	  .flags = KW_CONFIG | KW_FILTER | KW_FIXED },
	{ .word = "cost", .key = "cost", .type = K_U32,
	  .flags = KW_CONFIG | KW_FILTER, .max = UINT32_MAX },
	{ .word = "rate", .key = "rate", .type = K_RATE,
	  .flags = KW_CONFIG | KW_FILTER },
	{ .word = "probe", .key = "probe", .type = K_ENUM, .en = &enum_probe,
	  .flags = KW_CONFIG | KW_FILTER },
	{ .word = "probe-interval", .key = "probe_interval", .type = K_USEC,
	  .flags = KW_CONFIG | KW_FILTER, .max = SDWAN_PROBE_INTERVAL_MAX },
	{ .word = "probe-idle-interval", .key = "probe_idle_interval",
	  .type = K_USEC, .flags = KW_CONFIG | KW_FILTER,
	  .max = SDWAN_PROBE_INTERVAL_MAX },
	{ .word = "probe-mult", .key = "probe_mult", .type = K_U32,
	  .flags = KW_CONFIG | KW_FILTER, .max = PROBE_MULT_MAX },
	{ .word = "probe-hold", .key = "probe_hold", .type = K_USEC,
	  .flags = KW_CONFIG | KW_FILTER, .max = SDWAN_PROBE_HOLD_MAX },
	{ .word = "probe-mtu", .key = "probe_mtu", .type = K_ENUM,
	  .en = &enum_probemtu, .flags = KW_CONFIG | KW_FILTER },
	{ .word = "probe-raise", .key = "probe_raise", .type = K_USEC,
	  .flags = KW_CONFIG | KW_FILTER, .max = SDWAN_PROBE_RAISE_MAX },
	{ .word = "degraded-latency", .key = "degraded_latency",
	  .type = K_USEC, .flags = KW_CONFIG | KW_FILTER,
	  .max = SDWAN_PROBE_HOLD_MAX },
	{ .word = "degraded-jitter", .key = "degraded_jitter", .type = K_USEC,
	  .flags = KW_CONFIG | KW_FILTER, .max = SDWAN_PROBE_HOLD_MAX },
	{ .word = "degraded-loss", .key = "degraded_loss", .type = K_PART,
	  .flags = KW_CONFIG | KW_FILTER, .max = DEGRADED_LOSS_MAX },
	{ .word = "degraded-margin", .key = "degraded_margin", .type = K_U32,
	  .flags = KW_CONFIG | KW_FILTER, .max = DEGRADED_MARGIN_MAX },
	{ .word = "state", .key = "state", .type = K_ENUM,
	  .flags = KW_FILTER, .en = &enum_state },
	{ .word = "reason", .key = "state_reason", .type = K_ENUM,
	  .flags = KW_FILTER, .en = &enum_reason },
	{ }
};

static const char *const brief[] = {
	"state", "state_reason", "dev", "local", "port", "encap", "cost",
	"rate", "probe", "probe_interval", "probe_idle_interval", "probe_mult",
	"probe_hold", "probe_mtu", "probe_raise", "degraded_latency",
	"degraded_jitter", "degraded_loss", "degraded_margin", NULL
};

static const char *const detail[] = { "id", "ifindex", "paths", NULL };

/* The UDP port of an encapsulation, 0 if it has none. */
int encap_port(const char *encap)
{
	if (!strcmp(encap, "geneve"))
		return 6081;
	if (!strcmp(encap, "vxlan"))
		return 4789;
	if (!strcmp(encap, "vxlan-gpe"))
		return 4790;
	return 0;
}

void probe_defaults(json_t *obj)
{
	obj_default(obj, "probe", json_string("default"));
	obj_default(obj, "probe_interval", json_integer(0));
	obj_default(obj, "probe_idle_interval", json_integer(0));
	obj_default(obj, "probe_mult", json_integer(0));
	obj_default(obj, "probe_hold", json_integer(0));
	obj_default(obj, "probe_mtu", json_string("default"));
	obj_default(obj, "probe_raise", json_integer(0));
	obj_default(obj, "degraded_latency", json_integer(0));
	obj_default(obj, "degraded_jitter", json_integer(0));
	obj_default(obj, "degraded_loss", json_integer(0));
	obj_default(obj, "degraded_margin", json_integer(0));
}

static void defaults(json_t *obj, const struct config *cfg)
{
	int port;

	(void)cfg;
	obj_default(obj, "encap", json_string("geneve"));
	port = encap_port(obj_str(obj, "encap"));
	if (port)
		obj_default(obj, "port", json_integer(port));
	obj_default(obj, "cost", json_integer(0));
	obj_default(obj, "rate", json_integer(0));
	probe_defaults(obj);
}

const struct objtype obj_underlay = {
	.name = "underlay",
	.set = &set_underlay,
	OBJ_COMMANDS(UNDERLAY),
	.key = "name",
	.name_max = SDWAN_NAME_MAX,
	.kw = keywords,
	.brief = brief,
	.detail = detail,
	.defaults = defaults,
	.usage =
"Usage: sdwanctl underlay { add | replace } NAME dev DEVICE [ local ADDRESS ]\n"
"                [ port PORT ] [ encap ENCAP ] [ cost NUMBER ] [ rate RATE ]\n"
"                [ PROBE ]...\n"
"       sdwanctl underlay set NAME [ cost NUMBER ] [ rate RATE ] [ PROBE ]...\n"
"       sdwanctl underlay del NAME\n"
"       sdwanctl underlay { show | list | flush } [ NAME ] [ FILTER ]...\n"
"FILTER := { dev DEVICE | local ADDRESS | port PORT | encap ENCAP |\n"
"            cost NUMBER | rate RATE | PROBE | state STATE | reason REASON }\n"
"PROBE := { probe { default | off | tunnel | underlay } | probe-interval TIME |\n"
"           probe-idle-interval TIME | probe-mult NUMBER | probe-hold TIME |\n"
"           probe-mtu { default | off | on } | probe-raise TIME |\n"
"           degraded-latency TIME | degraded-jitter TIME |\n"
"           degraded-loss PART | degraded-margin NUMBER }\n"
"ENCAP := { geneve | vxlan | vxlan-gpe | gre | dev }\n"
"STATE := { down | up | degraded | dormant | probing }\n"
"RATE := NUMBER[.NUMBER][ bit | kbit | mbit | gbit | tbit | bps | kbps | ... ]\n",
};
