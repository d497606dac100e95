// SPDX-License-Identifier: GPL-2.0
/*
 * sdwanctl: objects as text, as commands and as JSON
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sdwanctl.h"

/* How a value is written behind its word. */
enum style {
	S_PLAIN,
	S_RATE,
	S_TIME,
	S_WORD,		/* the word alone */
	S_UPDOWN,
	S_ZERO,		/* 0 as the usual value */
	S_MARK,		/* the same, and other numbers hexadecimal */
	S_DSCP,
	S_USEC,
	S_USEC_ZERO,	/* the same, 0 as the usual value */
	S_PART,		/* of a whole, in millionths */
	S_PROTO,
	S_ETHERTYPE,
	S_NAME,		/* usually the name of the object */
	S_MEMBERS,	/* a list in one word, without a word of its own */
};

static const struct style_of {
	const char *key;
	uint8_t style;
	bool never;		/* the usual value is not shown with -d either */
	const char *usual;	/* the value that goes without saying */
	const char *word;
} styles[] = {
	{ "rate", S_RATE, true, "0bit", NULL },
	{ "expires", S_TIME, true, "0s", NULL },
	{ "state_age", S_TIME, true, "0s", NULL },
	{ "cost", S_PLAIN, false, "0", NULL },
	{ "stock", S_WORD, true, "off", NULL },
	{ "negative", S_WORD, true, "off", NULL },
	{ "keys", S_PLAIN, true, "0", NULL },
	{ "source_check", S_PLAIN, false, "on", NULL },
	{ "state_reason", S_PLAIN, true, "none", "reason" },
	{ "origin", S_PLAIN, false, "static", NULL },
	{ "admin", S_UPDOWN, false, NULL, NULL },
	{ "dscp", S_DSCP, false, "copy", NULL },
	{ "ttl", S_ZERO, false, "auto", NULL },
	{ "df", S_PLAIN, false, "set", NULL },
	{ "udp_csum", S_PLAIN, false, "auto", "csum" },
	{ "fwmark", S_MARK, false, "none", NULL },
	{ "mtu_clamp", S_ZERO, false, "none", NULL },
	{ "mss_clamp", S_PLAIN, false, "off", NULL },
	{ "nat", S_PLAIN, true, "off", NULL },
	{ "learned_age", S_TIME, false, NULL, NULL },
	{ "probe", S_PLAIN, true, "default", NULL },
	{ "probe_interval", S_USEC, true, "0s", NULL },
	{ "probe_idle_interval", S_USEC, true, "0s", NULL },
	{ "probe_mult", S_PLAIN, true, "0", NULL },
	{ "probe_hold", S_USEC, true, "0s", NULL },
	{ "probe_mtu", S_PLAIN, true, "default", NULL },
	{ "probe_raise", S_USEC, true, "0s", NULL },
	{ "degraded_latency", S_USEC, true, "0s", NULL },
	{ "degraded_jitter", S_USEC, true, "0s", NULL },
	{ "degraded_loss", S_PART, true, "0%", NULL },
	{ "degraded_margin", S_PLAIN, true, "0", NULL },
	{ "probe_active", S_PLAIN, true, "off", NULL },
	{ "rtt", S_USEC, false, NULL, NULL },
	{ "rtt_var", S_USEC, false, NULL, NULL },
	{ "rtt_min", S_USEC, false, NULL, NULL },
	{ "delay_var_tx", S_USEC, false, NULL, NULL },
	{ "delay_var_rx", S_USEC, false, NULL, NULL },
	{ "transit", S_USEC, false, NULL, NULL },
	{ "transit_var", S_USEC, false, NULL, NULL },
	{ "probes_reflected", S_PLAIN, true, "0", NULL },
	{ "heard_age", S_TIME, false, NULL, NULL },
	{ "tx_rate", S_RATE, false, NULL, NULL },
	{ "rx_rate", S_RATE, false, NULL, NULL },
	{ "member", S_MEMBERS, false, NULL, NULL },
	{ "weight_by", S_PLAIN, false, "equal", "weight" },
	{ "strict", S_WORD, true, "off", NULL },
	{ "move", S_PLAIN, false, "flowlet", NULL },
	{ "gap", S_USEC_ZERO, false, "auto", NULL },
	{ "failback", S_PLAIN, false, "soft", NULL },
	{ "policy", S_NAME, false, NULL, NULL },
	{ "sla_latency", S_USEC, true, "0s", "sla latency" },
	{ "sla_jitter", S_USEC, true, "0s", "sla jitter" },
	{ "sla_loss", S_PART, true, "0%", "sla loss" },
	{ "exit_margin", S_PART, false, "10%", NULL },
	{ "metric", S_PLAIN, true, "", NULL },
	{ "shadow", S_PLAIN, true, "", NULL },
	{ "alpha", S_PART, false, "10%", NULL },
	{ "floor", S_ZERO, false, "auto", NULL },
	{ "round", S_USEC, false, "1s", NULL },
	{ "group", S_PLAIN, true, "", NULL },
	{ "proto", S_PROTO, false, NULL, NULL },
	{ "ethertype", S_ETHERTYPE, false, NULL, NULL },
	{ "set_dscp", S_DSCP, false, NULL, "set dscp" },
	{ "set_mark", S_PLAIN, false, NULL, "set mark" },
	{ "set_priority", S_PLAIN, false, NULL, "set priority" },
	{ "steer_vni", S_PLAIN, false, NULL, "steer vni" },
	{ "last_used", S_TIME, false, NULL, NULL },
	{ "two_way", S_WORD, true, "off", NULL },
	{ "age", S_TIME, false, NULL, NULL },
	{ "idle", S_TIME, false, NULL, NULL },
	{ "moves", S_PLAIN, true, "0", NULL },
	{ "pinned", S_WORD, true, "off", NULL },
};

/* Keys that mean something else in one kind of object than in others. */
static const struct {
	const struct objtype *type;
	struct style_of style;
} own_styles[] = {
	{ &obj_class, { "dscp", S_DSCP, false, "path", NULL } },
	{ &obj_rule, { "dscp", S_DSCP, false, NULL, NULL } },
	{ &obj_lan, { "vni", S_ZERO, false, "none", NULL } },
	{ &obj_metric, { "bpf", S_PLAIN, false, NULL, "obj" } },
	{ &obj_flow, { "proto", S_PROTO, true, "0", NULL } },
	{ &obj_flow, { "sport", S_PLAIN, true, "0", NULL } },
	{ &obj_flow, { "dport", S_PLAIN, true, "0", NULL } },
	{ &obj_flow, { "gap", S_USEC, false, NULL, NULL } },
};

static const struct style_of *style_find(const struct objtype *type,
					 const char *key)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(own_styles); i++)
		if (own_styles[i].type == type &&
		    !strcmp(own_styles[i].style.key, key))
			return &own_styles[i].style;
	for (i = 0; i < ARRAY_SIZE(styles); i++)
		if (!strcmp(styles[i].key, key))
			return &styles[i];
	return NULL;
}

static void put_key(FILE *fp, const char *key)
{
	for (; *key; key++)
		putc(*key == '_' ? '-' : *key, fp);
}

static void put_word(FILE *fp, const char *key)
{
	putc(' ', fp);
	put_key(fp, key);
}

static void put_scalar(FILE *fp, const json_t *val)
{
	if (json_is_string(val))
		print_word(fp, json_string_value(val));
	else if (json_is_integer(val))
		fprintf(fp, "%" JSON_INTEGER_FORMAT, json_integer_value(val));
	else
		fputs(json_is_true(val) ? "on" : "off", fp);
}

static void put_overlay(FILE *fp, const json_t *val)
{
	const json_t *vni = json_object_get(val, "vni");

	put_scalar(fp, json_object_get(val, "addr"));
	if (vni) {
		fputs(" vni ", fp);
		put_scalar(fp, vni);
	}
}

static void put_list(FILE *fp, const char *word, const json_t *list)
{
	size_t i;

	for (i = 0; i < json_array_size(list); i++) {
		const json_t *val = json_array_get(list, i);

		put_word(fp, word);
		putc(' ', fp);
		if (json_is_object(val))
			put_overlay(fp, val);
		else
			put_scalar(fp, val);
	}
}

static void format_dscp(const json_t *val, char *buf, size_t size)
{
	const char *name = dscp_name(dscp_from_json(val));

	if (name)
		snprintf(buf, size, "%s", name);
	else
		snprintf(buf, size, "%" JSON_INTEGER_FORMAT,
			 json_integer_value(val));
}

static void format_number(enum style style, const char *usual,
			  json_int_t val, char *buf, size_t size)
{
	uint64_t v = (uint64_t)val;

	if (!v && (style == S_ZERO || style == S_MARK || style == S_USEC_ZERO))
		snprintf(buf, size, "%s", usual);
	else if (style == S_RATE)
		format_rate(v, buf, size);
	else if (style == S_TIME)
		format_msec(v, buf, size);
	else if (style == S_USEC || style == S_USEC_ZERO)
		format_usec(v, buf, size);
	else if (style == S_PART)
		format_part(v, buf, size);
	else if (style == S_PROTO && proto_name(val))
		snprintf(buf, size, "%s", proto_name(val));
	else if (style == S_ETHERTYPE && ethertype_name(val))
		snprintf(buf, size, "%s", ethertype_name(val));
	else if (style == S_ETHERTYPE)
		snprintf(buf, size, "0x%04" PRIx64, v);
	else
		snprintf(buf, size, style == S_MARK ? "0x%" PRIx64 :
						      "%" PRIu64, v);
}

/* A value as a word, which may be in @buf. */
static const char *value_word(const struct style_of *so, const json_t *val,
			      char *buf, size_t size)
{
	enum style style = so ? so->style : S_PLAIN;

	if (style == S_DSCP)
		format_dscp(val, buf, size);
	else if (json_is_integer(val))
		format_number(style, so ? so->usual : NULL,
			      json_integer_value(val), buf, size);
	else if (json_is_string(val))
		return json_string_value(val);
	else if (style == S_UPDOWN)
		return json_is_true(val) ? "up" : "down";
	else
		return json_is_true(val) ? "on" : "off";
	return buf;
}

static void put_members(FILE *fp, const json_t *list)
{
	char *text;

	if (!json_array_size(list))
		return;
	text = members_text(list);
	putc(' ', fp);
	print_word(fp, text);
	free(text);
}

/* What belongs together, on a line of its own, each word with what it is of before. */
static void put_part(FILE *fp, const struct objtype *type, const char *part,
		     const json_t *obj)
{
	const char *key;
	json_t *val;
	char buf[64];

	fputs("\n   ", fp);
	json_object_foreach((json_t *)obj, key, val) {
		putc(' ', fp);
		put_key(fp, part);
		putc('-', fp);
		put_key(fp, key);
		putc(' ', fp);
		print_word(fp, value_word(style_find(type, key), val, buf,
					  sizeof(buf)));
	}
}

static void put_value(FILE *fp, const struct objtype *type, const char *key,
		      const json_t *val)
{
	const struct style_of *so = style_find(type, key);
	const char *word = so && so->word ? so->word : key;
	char buf[64];

	if (so && so->style == S_MEMBERS) {
		put_members(fp, val);
		return;
	}
	if (json_is_array(val)) {
		put_list(fp, word, val);
		return;
	}
	if (json_is_object(val)) {
		put_part(fp, type, key, val);
		return;
	}
	put_word(fp, word);
	if (so && so->style == S_WORD)
		return;
	putc(' ', fp);
	print_word(fp, value_word(so, val, buf, sizeof(buf)));
}

/* "action class" is followed by which one. */
static void put_class(FILE *fp, const json_t *obj)
{
	const json_t *class = json_object_get(obj, "class");

	if (!class)
		return;
	putc(' ', fp);
	put_scalar(fp, class);
}

/* "action steer" is followed by where to, if it is said. */
static void put_steer(FILE *fp, const json_t *obj)
{
	if (json_object_get(obj, "steer_vni"))
		fprintf(fp, " vni %" JSON_INTEGER_FORMAT,
			obj_int(obj, "steer_vni"));
}

/* Without @full, what is usual is not said. */
static void put_pair(FILE *fp, const struct objtype *type, const json_t *obj,
		     const char *key, bool full)
{
	const struct style_of *so = style_find(type, key);
	const json_t *val = json_object_get(obj, key);
	const char *usual = so ? so->usual : NULL;
	char buf[64];

	if (!val)
		return;
	if (so && so->style == S_NAME)
		usual = obj_str(obj, "name");
	if (usual && (so->never || !full) &&
	    !strcmp(value_word(so, val, buf, sizeof(buf)), usual))
		return;
	put_value(fp, type, key, val);
	if (!strcmp(key, "action")) {
		put_class(fp, obj);
		put_steer(fp, obj);
	}
}

static void put_keys(FILE *fp, const struct objtype *type, const json_t *obj,
		     const char *const *keys, bool full)
{
	for (; keys && *keys; keys++)
		put_pair(fp, type, obj, *keys, full);
}

void show_pairs(const struct objtype *type, const json_t *obj,
		const char *const *keys, bool full)
{
	put_keys(stdout, type, obj, keys, full);
}

static void put_title(FILE *fp, const struct objtype *type, const json_t *obj)
{
	const char *name;

	if (!type->key) {
		fputs(type->name, fp);
		return;
	}
	if (type == &obj_rule) {
		fprintf(fp, "%" JSON_INTEGER_FORMAT ":", obj_int(obj, "pref"));
		return;
	}
	if (type == &obj_flow) {
		fprintf(fp, "vni %" JSON_INTEGER_FORMAT, obj_int(obj, "vni"));
		return;
	}
	name = json_string_value(json_object_get(obj, type->key));
	print_word(fp, name ? name : "?");
	if (!strcmp(type->key, "name"))
		putc(':', fp);
}

static void put_stats(FILE *fp, const struct objtype *type, const json_t *obj)
{
	const char *const *key;

	fputs("\n   ", fp);
	for (key = type->stats; *key; key++) {
		if (!strcmp(*key, "rx_packets") || (!strcmp(*key, "rtt_var") &&
						    json_object_get(obj, *key)))
			fputs("\n   ", fp);
		if (json_object_get(obj, *key)) {
			put_pair(fp, type, obj, *key, true);
		} else if (!strcmp(*key, "last_used")) {
			put_word(fp, *key);
			fputs(" never", fp);
		}
	}
}

/* One line for people, and indented lines with -d and -s. */
void show_object(const struct ctx *c, const struct objtype *type,
		 const json_t *obj)
{
	put_title(stdout, type, obj);
	put_keys(stdout, type, obj, type->brief, c->details);
	if (c->details && type->detail) {
		fputs("\n   ", stdout);
		put_keys(stdout, type, obj, type->detail, true);
	}
	if (c->details && type->options)
		fputs("\n   ", stdout);
	put_keys(stdout, type, obj, type->options, c->details);
	if (c->stats && type->stats)
		put_stats(stdout, type, obj);
	putchar('\n');
}

/* An object name that a keyword could be taken for, is introduced by "name". */
static void put_name(FILE *fp, const struct objtype *type, const char *name)
{
	const struct keyword *kw = kw_exact(type->kw, name);

	putc(' ', fp);
	if (kw && (type->name_optional || !strcmp(name, "name")))
		fputs("name ", fp);
	print_word(fp, name);
}

/* What belongs to the value before it is said with that, or else alone. */
static bool put_joined(FILE *fp, const struct objtype *type,
		       const struct keyword *kw, const json_t *obj)
{
	const json_t *val = json_object_get(obj, kw->key);

	if (kw->type == K_MEMBERS && json_object_get(obj, "mode"))
		return true;
	if (type == &obj_rule && json_object_get(obj, "action") &&
	    (!strcmp(kw->key, "class") || !strcmp(kw->key, "steer_vni")))
		return true;
	if (kw->type == K_MEMBERS)
		fputs(json_array_size(val) ? " members" : " members none", fp);
	return false;
}

static void put_follower(FILE *fp, const struct objtype *type,
			 const struct keyword *kw, const json_t *obj)
{
	if (kw->type == K_MODE)
		put_pair(fp, type, obj, "member", true);
	if (kw->type == K_ACTION) {
		put_class(fp, obj);
		put_steer(fp, obj);
	}
}

static void put_keyword(FILE *fp, const struct objtype *type,
			const struct keyword *kw, const json_t *val)
{
	bool said;

	switch (kw->type) {
	case K_TRUE:
	case K_FALSE:
		said = kw->type == K_TRUE;
		if (json_is_true(val) == said)
			put_word(fp, kw->word);
		break;
	case K_FLAG:
		put_word(fp, kw->word);
		if (!json_is_true(val))
			fputs(" off", fp);
		break;
	default:
		if (kw->type == K_OVERLAY && !json_array_size(val))
			fputs(" overlay none", fp);
		else
			put_value(fp, type, kw->key, val);
		break;
	}
}

/* The command that says @obj, without what equals @skip, if that is given. */
void show_command(FILE *fp, const struct objtype *type, const char *command,
		  const json_t *obj, const json_t *skip)
{
	const struct keyword *kw;
	const char *name;

	fprintf(fp, "%s %s", type->name, command);
	name = type->key ?
	       json_string_value(json_object_get(obj, type->key)) : NULL;
	if (type == &obj_rule)
		fprintf(fp, " pref %" JSON_INTEGER_FORMAT, obj_int(obj, "pref"));
	else if (name)
		put_name(fp, type, name);
	for (kw = type->kw; kw->word; kw++) {
		const json_t *val = json_object_get(obj, kw->key);

		if (!val || !(kw->flags & KW_CONFIG))
			continue;
		if (!(kw->flags & (KW_KEEP | KW_KEY)) &&
		    json_equal(val, json_object_get(skip, kw->key)))
			continue;
		if (put_joined(fp, type, kw, obj))
			continue;
		put_keyword(fp, type, kw, val);
		put_follower(fp, type, kw, obj);
	}
	putc('\n', fp);
}

void show_json(const struct ctx *c, const json_t *val)
{
	json_dumpf(val, stdout, c->pretty ? JSON_INDENT(4) : JSON_COMPACT);
	putchar('\n');
}

/* What was printed has arrived, or else a message and a failure. */
int show_flush(void)
{
	if (fflush(stdout) || ferror(stdout))
		return err_at(NULL, "cannot write the output: %m");
	return ST_OK;
}
