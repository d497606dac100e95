// SPDX-License-Identifier: GPL-2.0
/*
 * sdwanctl: "flow", what goes where now, and what would
 *
 * Flows come and go by themselves: nobody adds them, and there may be more of
 * them than one wants to hold in memory. They are printed as they are told.
 */
#include <string.h>

#include "sdwanctl.h"

#define PORT(w) \
	{ .word = #w, .key = #w, .type = K_U32, .flags = KW_FILTER, \
	  .max = UINT16_MAX }
#define ADDRESS(w) \
	{ .word = #w, .key = #w, .type = K_ADDR, .flags = KW_FILTER }
#define VNI \
	{ .word = "vni", .key = "vni", .type = K_U32, .flags = KW_FILTER, \
	  .min = 1, .max = SDWAN_VNI_MAX }
#define DEV \
	{ .word = "dev", .key = "dev", .type = K_STR, .flags = KW_FILTER, \
	  .live = LIVE_SEGMENT, .max = 15 }
#define PROTO \
	{ .word = "proto", .key = "proto", .type = K_PROTO, \
	  .en = &enum_proto, .flags = KW_FILTER, .max = UINT8_MAX }

const struct keyword flow_filter_kw[] = {
	VNI,
	DEV,
	ADDRESS(src),
	ADDRESS(dst),
	PROTO,
	PORT(sport),
	PORT(dport),
	{ .word = "class", .key = "class", .type = K_STR, .live = LIVE_CLASS,
	  .flags = KW_FILTER, .max = SDWAN_NAME_MAX },
	{ .word = "rule", .key = "rule", .type = K_U32, .live = LIVE_RULE,
	  .flags = KW_FILTER, .min = 1, .max = SDWAN_PREF_MAX },
	{ .word = "path", .key = "path", .type = K_STR, .live = LIVE_PATH,
	  .flags = KW_FILTER, .max = SDWAN_PATH_NAME_MAX },
	{ .word = "owner", .key = "owner", .type = K_ENUM, .en = &enum_owner,
	  .flags = KW_FILTER },
	{ }
};

const struct keyword flow_packet_kw[] = {
	VNI,
	DEV,
	ADDRESS(src),
	ADDRESS(dst),
	PROTO,
	PORT(sport),
	PORT(dport),
	{ .word = "dscp", .key = "dscp", .type = K_DSCP,
	  .en = &enum_dscp_value, .flags = KW_FILTER, .max = DSCP_MAX },
	{ .word = "mark", .key = "mark", .type = K_U32, .flags = KW_FILTER,
	  .max = UINT32_MAX },
	{ .word = "iif", .key = "iif", .type = K_STR, .live = LIVE_DEV,
	  .flags = KW_FILTER, .max = 15 },
	{ }
};

static const char *const brief[] = {
	"src", "dst", "proto", "sport", "dport", "class", "rule", "path",
	"owner", "two_way", "direct", "age", "idle", "moves", NULL
};

/* Not one of obj_types: nothing of it is configured. */
const struct objtype obj_flow = {
	.name = "flow",
	.set = &set_flow,
	.get = SDWAN_CMD_FLOW_GET,
	.key = "vni",
	.brief = brief,
};

const char usage_flow[] =
"Usage: sdwanctl flow { show | list } [ FILTER ]...\n"
"       sdwanctl flow flush { all | FILTER... }\n"
"       sdwanctl flow get { vni VNI | dev DEVICE } src ADDRESS dst ADDRESS\n"
"                [ proto PROTO ] [ sport PORT ] [ dport PORT ] [ dscp DSCP ]\n"
"                [ mark MARK ] [ iif DEVICE ]\n"
"FILTER := { vni VNI | dev DEVICE | src ADDRESS | dst ADDRESS | proto PROTO |\n"
"            sport PORT | dport PORT | class NAME | rule PREF | path NAME |\n"
"            owner { local | remote } }\n"
"PROTO := { tcp | udp | icmp | icmpv6 | sctp | gre | esp | ... | NUMBER }\n"
"DSCP := { zero | NUMBER | be | cs0..cs7 | af11..af43 | ef | va | le }\n";

struct flow_cmd {
	struct ctx *c;
	json_t *obj;		/* what the request names */
	json_t *cols;
	size_t n;		/* flows told so far */
};

/* ---- show ---- */

static void print_flow(void *arg, const json_t *obj)
{
	struct flow_cmd *f = arg;
	size_t flags = JSON_COMPACT;

	if (!f->c->json) {
		show_object(f->c, &obj_flow, obj);
		return;
	}
	if (f->c->pretty)
		flags = JSON_INDENT(4);
	if (f->n++)
		fputs(f->c->pretty ? ",\n" : ",", stdout);
	json_dumpf(obj, stdout, flags);
}

static int flow_show(struct flow_cmd *f, const struct args *a)
{
	const struct request rq = {
		.cmd = SDWAN_CMD_FLOW_GET, .set = &set_flow, .attrs = f->obj,
	};
	struct sdw_error err;
	int ret;

	if (f->c->json)
		putchar('[');
	ret = sdw_dump_each(f->c, &rq, print_flow, f, &err);
	if (f->c->json)
		puts("]");
	if (ret)
		return sdw_report(&a->tok[0].pos, f->cols, &err);
	return show_flush();
}

/* ---- what the kernel answers with one object ---- */

static int ask(struct flow_cmd *f, const struct args *a, uint8_t cmd,
	       void (*complete)(struct flow_cmd *f, json_t *reply),
	       void (*print)(const json_t *reply))
{
	const struct request rq = {
		.cmd = cmd, .set = &set_flow, .attrs = f->obj,
	};
	struct sdw_error err;
	json_t *reply = NULL;

	if (sdw_do(f->c, &rq, &reply, &err))
		return sdw_report(&a->tok[0].pos, f->cols, &err);
	if (!reply)
		return err_refused(&a->tok[0].pos, "the kernel said nothing");
	if (complete)
		complete(f, reply);
	if (f->c->json)
		show_json(f->c, reply);
	else
		print(reply);
	json_decref(reply);
	return show_flush();
}

/* ---- flush ---- */

static void print_flushed(const json_t *r)
{
	printf("flushed %" JSON_INTEGER_FORMAT "\n", obj_int(r, "flushed"));
}

static int flow_flush(struct flow_cmd *f, const struct args *a)
{
	return ask(f, a, SDWAN_CMD_FLOW_FLUSH, NULL, print_flushed);
}

/* ---- get ---- */

/* Where it would go, and below that, why. */
static void print_verdict(const json_t *r)
{
	static const char *const where[] = {
		"vni", "proto", "sport", "dport", "site", "path", "second",
		"drop", NULL
	};
	static const char *const why[] = { "action", NULL };
	static const char *const wait[] = { "better", "gap", NULL };
	const json_t *decision = json_object_get(r, "decision");
	const char *class = obj_str(r, "class");

	printf("%s from %s", obj_str(r, "dst"), obj_str(r, "src"));
	show_pairs(&obj_flow, r, where, true);
	if (!*obj_str(r, "path") && !*obj_str(r, "drop"))
		fputs(" path none", stdout);
	fputs("\n    rule ", stdout);
	if (json_object_get(r, "rule"))
		printf("%" JSON_INTEGER_FORMAT, obj_int(r, "rule"));
	else
		fputs("none", stdout);
	show_pairs(&obj_flow, r, why, true);
	if (*class && !json_object_get(r, "action")) {
		fputs(" class ", stdout);
		print_word(stdout, class);
	}
	if (json_is_true(json_object_get(r, "pinned")))
		fputs(" pinned", stdout);
	show_pairs(&obj_flow, r, wait, true);
	putchar('\n');
	if (decision) {
		fputs("    decision ", stdout);
		decision_print(decision);
	}
}

/* What was decided for its class, where anything was. */
static void add_decision(struct flow_cmd *f, json_t *reply)
{
	const char *class = obj_str(reply, "class");
	json_t *decision;

	if (!*class || !json_object_get(reply, "site"))
		return;
	decision = decision_of(f->c, class, obj_int(reply, "site"));
	if (decision)
		json_object_set_new(reply, "decision", decision);
}

static int need_packet(const struct flow_cmd *f, const struct args *a)
{
	static const char *const need[] = { "src", "dst" };
	size_t i;

	if (!json_object_get(f->obj, "vni"))
		return err_end(a, "flow: 'vni' or 'dev' is missing");
	for (i = 0; i < ARRAY_SIZE(need); i++)
		if (!json_object_get(f->obj, need[i]))
			return err_end(a, "flow: '%s' is missing", need[i]);
	return 0;
}

static int flow_get(struct flow_cmd *f, const struct args *a)
{
	return ask(f, a, SDWAN_CMD_FLOW_EXPLAIN, add_decision, print_verdict);
}

/* ---- the command ---- */

static const struct verb {
	const char *name;
	int (*fn)(struct flow_cmd *f, const struct args *a);
	const struct keyword *kw;
} verbs[] = {
	{ "show", flow_show, flow_filter_kw },
	{ "list", flow_show, flow_filter_kw },
	{ "ls", flow_show, flow_filter_kw },
	{ "flush", flow_flush, flow_filter_kw },
	{ "get", flow_get, flow_packet_kw },
};

static const struct verb *find_verb(const struct tok *tok)
{
	size_t i;

	if (!tok)
		return &verbs[0];
	for (i = 0; i < ARRAY_SIZE(verbs); i++)
		if (is_prefix_of(tok->s, verbs[i].name))
			return &verbs[i];
	err_word(tok, "flow has no command '%s' (try 'sdwanctl flow help')",
		 tok->s);
	return NULL;
}

/* All flows are forgotten only by those who say so. */
static int parse_all(const struct verb *verb, struct args *a, bool *all)
{
	const struct tok *tok = args_peek(a);

	*all = tok && verb->fn == flow_flush && !strcmp(tok->s, "all");
	if (*all)
		args_next(a);
	else if (!tok && verb->fn == flow_flush)
		return err_end(a, "flow: which flows shall be flushed? ('all' for all)");
	tok = args_peek(a);
	if (*all && tok)
		return err_word(tok, "'%s' beside 'all'", tok->s);
	return 0;
}

static int parse_words(struct flow_cmd *f, const struct verb *verb,
		       struct args *a)
{
	struct pos pos = a->tok[0].pos;
	bool all;
	int ret;

	ret = parse_all(verb, a, &all);
	while (!ret && args_peek(a))
		ret = kw_parse(verb->kw, KW_FILTER, a, f->obj, f->cols);
	if (ret)
		return ret;
	cols_get(f->cols, "dev", 0, &pos);
	if (json_object_get(f->obj, "dev") && json_object_get(f->obj, "vni"))
		return err_at(&pos, "flow: either 'vni' or 'dev', not both");
	ret = obj_vni(f->obj, &pos);
	if (!ret && verb->fn == flow_get)
		ret = need_packet(f, a);
	return ret;
}

int cmd_flow(struct ctx *c, struct args *a)
{
	const struct verb *verb = find_verb(args_next(a));
	struct flow_cmd f = { .c = c };
	int ret;

	if (!verb)
		return ST_USAGE;
	f.obj = json_object();
	f.cols = json_object();
	ret = parse_words(&f, verb, a);
	if (!ret)
		ret = sdw_start(c);
	if (!ret)
		ret = verb->fn(&f, a);
	json_decref(f.obj);
	json_decref(f.cols);
	return ret;
}
