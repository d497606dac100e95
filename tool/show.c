// SPDX-License-Identifier: GPL-2.0
/*
 * sdwanctl: objects as text, as commands and as JSON
 */
#include <inttypes.h>
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
};

static const struct style_of *style_find(const char *key)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(styles); i++)
		if (!strcmp(styles[i].key, key))
			return &styles[i];
	return NULL;
}

static void put_word(FILE *fp, const char *key)
{
	putc(' ', fp);
	for (; *key; key++)
		putc(*key == '_' ? '-' : *key, fp);
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

	if (style == S_RATE)
		format_rate(v, buf, size);
	else if (style == S_TIME)
		format_msec(v, buf, size);
	else if (!v && (style == S_ZERO || style == S_MARK))
		snprintf(buf, size, "%s", usual);
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

static void put_value(FILE *fp, const char *key, const json_t *val)
{
	const struct style_of *so = style_find(key);
	const char *word = so && so->word ? so->word : key;
	char buf[64];

	if (json_is_array(val)) {
		put_list(fp, word, val);
		return;
	}
	put_word(fp, word);
	if (so && so->style == S_WORD)
		return;
	putc(' ', fp);
	print_word(fp, value_word(so, val, buf, sizeof(buf)));
}

/* Without @full, what is usual is not said. */
static void put_pair(FILE *fp, const char *key, const json_t *val, bool full)
{
	const struct style_of *so = style_find(key);
	char buf[64];

	if (!val)
		return;
	if (so && so->usual && (so->never || !full) &&
	    !strcmp(value_word(so, val, buf, sizeof(buf)), so->usual))
		return;
	put_value(fp, key, val);
}

static void put_keys(FILE *fp, const json_t *obj, const char *const *keys,
		     bool full)
{
	for (; keys && *keys; keys++)
		put_pair(fp, *keys, json_object_get(obj, *keys), full);
}

static void put_title(FILE *fp, const struct objtype *type, const json_t *obj)
{
	const char *name;

	if (!type->key) {
		fputs(type->name, fp);
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
		if (!strncmp(*key, "rx_packets", 10))
			fputs("\n   ", fp);
		put_word(fp, *key);
		putc(' ', fp);
		put_scalar(fp, json_object_get(obj, *key));
	}
}

/* One line for people, and indented lines with -d and -s. */
void show_object(const struct ctx *c, const struct objtype *type,
		 const json_t *obj)
{
	put_title(stdout, type, obj);
	put_keys(stdout, obj, type->brief, c->details);
	if (c->details && type->detail) {
		fputs("\n   ", stdout);
		put_keys(stdout, obj, type->detail, true);
	}
	if (c->details && type->options)
		fputs("\n   ", stdout);
	put_keys(stdout, obj, type->options, c->details);
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

static void put_keyword(FILE *fp, const struct keyword *kw, const json_t *val)
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
			put_value(fp, kw->key, val);
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
	if (name)
		put_name(fp, type, name);
	for (kw = type->kw; kw->word; kw++) {
		const json_t *val = json_object_get(obj, kw->key);

		if (!val || !(kw->flags & KW_CONFIG))
			continue;
		if (!(kw->flags & (KW_KEEP | KW_KEY)) &&
		    json_equal(val, json_object_get(skip, kw->key)))
			continue;
		put_keyword(fp, kw, val);
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
