// SPDX-License-Identifier: GPL-2.0
/*
 * sdwanctl: the object "path", one way to a peer
 */
#include <string.h>

#include "sdwanctl.h"

#define MTU_CLAMP_MIN 576

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
	  .flags = KW_CONFIG | KW_FILTER },
	{ .word = "dstport", .key = "dstport", .type = K_U32,
	  .flags = KW_CONFIG | KW_FILTER, .min = 1, .max = UINT16_MAX },
	{ .word = "nat", .key = "nat", .type = K_ONOFF,
	  .flags = KW_CONFIG | KW_FILTER },
	{ .word = "encap", .key = "encap", .type = K_ENUM, .en = &enum_encap,
	  .flags = KW_CONFIG | KW_FILTER | KW_FIXED },
	{ .word = "vni", .key = "vni", .type = K_U32,
	  .flags = KW_CONFIG | KW_FILTER | KW_FIXED,
	  .min = 1, .max = SDWAN_VNI_MAX },
	{ .word = "preference", .key = "preference", .type = K_U32,
	  .flags = KW_CONFIG | KW_FILTER, .max = UINT32_MAX },
	{ .word = "up", .key = "admin", .type = K_TRUE,
	  .flags = KW_CONFIG | KW_FILTER },
	{ .word = "down", .key = "admin", .type = K_FALSE,
	  .flags = KW_CONFIG | KW_FILTER },
	{ .word = "admin", .key = "admin", .type = K_UPDOWN,
	  .flags = KW_FILTER },
	{ .word = "dscp", .key = "dscp", .type = K_DSCP, .en = &enum_dscp,
	  .flags = KW_CONFIG | KW_FILTER, .max = DSCP_MAX },
	{ .word = "ttl", .key = "ttl", .type = K_U32, .zero = "auto",
	  .flags = KW_CONFIG | KW_FILTER, .min = 1, .max = UINT8_MAX },
	{ .word = "df", .key = "df", .type = K_ENUM, .en = &enum_df,
	  .flags = KW_CONFIG | KW_FILTER },
	{ .word = "csum", .key = "udp_csum", .type = K_ENUM, .en = &enum_csum,
	  .flags = KW_CONFIG | KW_FILTER },
	{ .word = "fwmark", .key = "fwmark", .type = K_U32, .zero = "none",
	  .flags = KW_CONFIG | KW_FILTER, .min = 1, .max = UINT32_MAX },
	{ .word = "mtu-clamp", .key = "mtu_clamp", .type = K_U32,
	  .flags = KW_CONFIG | KW_FILTER, .zero = "none",
	  .min = MTU_CLAMP_MIN, .max = UINT16_MAX },
	{ .word = "mss-clamp", .key = "mss_clamp", .type = K_ONOFF,
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
	"dstport", "learned_remote", "learned_port", "learned_age", "encap",
	"vni", "preference", "mtu", "rtt",
	NULL
};

static const char *const options[] = {
	"nat", "dscp", "ttl", "df", "udp_csum", "fwmark", "mtu_clamp", "mss_clamp",
	"probe", "probe_interval", "probe_idle_interval", "probe_mult",
	"probe_hold", "probe_mtu", "probe_raise", "degraded_latency",
	"degraded_jitter", "degraded_loss", "degraded_margin", NULL
};

static const char *const detail[] = {
	"id", "admin", "kind", "on_demand", "idle_timeout", "state_age", NULL
};

static const char *const stats[] = {
	"tx_packets", "tx_bytes", "tx_errors",
	"rx_packets", "rx_bytes", "rx_errors", "rx_duplicates",
	"tx_rate", "rx_rate",
	"probe_active", "pmtu_state", "pmtu", "heard_age", "classes",
	"rtt_var", "rtt_min", "delay_var_tx",
	"delay_var_rx", "transit", "transit_var",
	"probe_loss_tx", "probe_loss_rx", "probes_sent", "probes_answered",
	"probes_lost_tx", "probes_lost_rx", "probes_reflected",
	"data_loss_tx", "data_loss_rx", "data_lost_tx", "data_lost_rx",
	"far", "agreement", NULL
};

/* The name that the kernel gives to a path without one. */
void path_default_name(json_t *obj)
{
	char name[SDWAN_NAME_MAX * 2 + 2];

	snprintf(name, sizeof(name), "%s:%s", obj_str(obj, "peer"),
		 obj_str(obj, "underlay"));
	obj_default(obj, "name", json_string(name));
}

/* Encapsulation and, with the same one, port are the underlay's. */
static void default_encap(json_t *obj, const struct config *cfg)
{
	const struct item *ul = NULL;
	json_t *below, *encap;
	json_int_t port;

	if (cfg)
		ul = config_find(cfg, OBJ_UNDERLAY, obj_str(obj, "underlay"));
	below = ul ? json_copy(ul->obj) : json_object();
	obj_underlay.defaults(below, cfg);
	encap = json_object_get(below, "encap");
	obj_default(obj, "encap", json_incref(encap));
	if (json_equal(encap, json_object_get(obj, "encap")))
		port = obj_int(below, "port");
	else
		port = encap_port(obj_str(obj, "encap"));
	json_decref(below);
	if (port)
		obj_default(obj, "dstport", json_integer(port));
}

/*
 * Options that an encapsulation does not have are filled in all the same:
 * whether the kernel tells a default or leaves it out is no difference then.
 */
static void defaults(json_t *obj, const struct config *cfg)
{
	default_encap(obj, cfg);
	obj_default(obj, "preference", json_integer(100));
	obj_default(obj, "admin", json_true());
	obj_default(obj, "kind", json_string("direct"));
	obj_default(obj, "dscp", dscp_to_json(SDWAN_DSCP_COPY));
	obj_default(obj, "ttl", json_integer(0));
	obj_default(obj, "df", json_string("set"));
	obj_default(obj, "udp_csum", json_string("auto"));
	obj_default(obj, "fwmark", json_integer(0));
	obj_default(obj, "mtu_clamp", json_integer(0));
	obj_default(obj, "mss_clamp", json_false());
	obj_default(obj, "nat", json_false());
	probe_defaults(obj);
}

/*
 * A path has a remote address, is marked nat and may wait for its far end, or
 * else is of encapsulation dev and has a segment. Where no encapsulation is
 * said, it is the underlay's, which may be either. What is missing is so at @pos.
 */
int path_check_encap(const json_t *obj, const json_t *cols,
		     const struct pos *pos)
{
	bool remote = json_object_get(obj, "remote");
	bool vni = json_object_get(obj, "vni");
	const char *encap = obj_str(obj, "encap");
	bool dev = *encap ? !strcmp(encap, "dev") : vni;
	struct pos at = *pos;

	if (dev && remote) {
		cols_get(cols, "remote", 0, &at);
		return err_at(&at, *encap ?
			      "path: 'remote' does not go with encap dev" :
			      "path: either 'remote' or 'vni' (for encap dev), not both");
	}
	if (!dev && vni) {
		cols_get(cols, "vni", 0, &at);
		return err_at(&at, "path: 'vni' is for encap dev, not %s",
			      encap);
	}
	if (dev && !vni)
		return err_at(pos, "path: 'vni' is missing");
	if (!dev && !remote && !json_is_true(json_object_get(obj, "nat")))
		return err_at(pos, "path: 'remote' is missing%s",
			      *encap ? "" : " (or 'vni', for encap dev)");
	return 0;
}

static int check(const json_t *obj, const json_t *cols, const struct args *a)
{
	return path_check_encap(obj, cols, &a->end);
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
	.options = options,
	.defaults = defaults,
	.check = check,
	.usage =
"Usage: sdwanctl path { add | replace } [ NAME ] peer PEER underlay UNDERLAY\n"
"                { remote ADDRESS [ dstport PORT ] [ encap ENCAP ] |\n"
"                  nat on [ encap ENCAP ] | vni VNI [ encap dev ] }\n"
"                [ OPTION ]...\n"
"       sdwanctl path set NAME [ remote ADDRESS ] [ dstport PORT ] [ OPTION ]...\n"
"       sdwanctl path del NAME\n"
"       sdwanctl [ -s ] [ -d ] path { show | list | flush } [ NAME ] [ FILTER ]...\n"
"OPTION := { preference NUMBER | up | down | dscp DSCP | ttl { NUMBER | auto } |\n"
"            df { set | copy | clear } | csum { auto | on | off } |\n"
"            fwmark { MARK | none } | mtu-clamp { BYTES | none } |\n"
"            mss-clamp { on | off } | nat { on | off } | PROBE }\n"
"PROBE := { probe { default | off | tunnel | underlay } | probe-interval TIME |\n"
"           probe-idle-interval TIME | probe-mult NUMBER | probe-hold TIME |\n"
"           probe-mtu { default | off | on } | probe-raise TIME |\n"
"           degraded-latency TIME | degraded-jitter TIME |\n"
"           degraded-loss PART | degraded-margin NUMBER }\n"
"FILTER := { OPTION | peer PEER | underlay UNDERLAY | local ADDRESS |\n"
"            remote ADDRESS | dstport PORT | encap ENCAP | vni VNI |\n"
"            kind KIND | state STATE | reason REASON }\n"
"ENCAP := { geneve | vxlan | vxlan-gpe | gre | dev }\n"
"DSCP := { copy | zero | NUMBER | be | cs0..cs7 | af11..af43 | ef | va | le }\n"
"KIND := { direct | relay | chain }\n"
"STATE := { down | up | degraded | dormant | probing }\n",
};
