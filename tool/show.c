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
	S_WORD,		/* the word alone, if true */
	S_UNLESS_TRUE,	/* on|off, if it is off */
	S_UNLESS_NONE,	/* if not "none" */
	S_UNLESS_STATIC,
	S_NONZERO,
	S_UPDOWN,
};

static const struct style_of {
	const char *key;
	uint8_t brief;		/* in show, */
	uint8_t full;		/* in show -d and in commands */
	const char *word;
} styles[] = {
	{ "rate", S_RATE, S_RATE, NULL },
	{ "expires", S_TIME, S_TIME, NULL },
	{ "state_age", S_TIME, S_TIME, NULL },
	{ "cost", S_NONZERO, S_PLAIN, NULL },
	{ "stock", S_WORD, S_WORD, NULL },
	{ "negative", S_WORD, S_WORD, NULL },
	{ "source_check", S_UNLESS_TRUE, S_PLAIN, NULL },
	{ "state_reason", S_UNLESS_NONE, S_UNLESS_NONE, "reason" },
	{ "origin", S_UNLESS_STATIC, S_PLAIN, NULL },
	{ "admin", S_UPDOWN, S_UPDOWN, NULL },
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

/* Is there anything to be said? */
static bool style_hides(enum style style, const json_t *val)
{
	const char *s = json_string_value(val);

	switch (style) {
	case S_RATE:
	case S_TIME:
	case S_NONZERO:
		return !json_integer_value(val);
	case S_WORD:
		return !json_is_true(val);
	case S_UNLESS_TRUE:
		return json_is_true(val);
	case S_UNLESS_NONE:
		return s && !strcmp(s, "none");
	case S_UNLESS_STATIC:
		return s && !strcmp(s, "static");
	default:
		return false;
	}
}

static void put_styled(FILE *fp, enum style style, const json_t *val)
{
	uint64_t v = (uint64_t)json_integer_value(val);
	char text[64];

	switch (style) {
	case S_RATE:
		format_rate(v, text, sizeof(text));
		fputs(text, fp);
		break;
	case S_TIME:
		format_msec(v, text, sizeof(text));
		fputs(text, fp);
		break;
	case S_UPDOWN:
		fputs(json_is_true(val) ? "up" : "down", fp);
		break;
	default:
		put_scalar(fp, val);
		break;
	}
}

static void put_pair(FILE *fp, const char *key, const json_t *val, bool full)
{
	const struct style_of *so = style_find(key);
	const char *word = so && so->word ? so->word : key;
	enum style style = S_PLAIN;

	if (so)
		style = full ? so->full : so->brief;
	if (json_is_array(val)) {
		put_list(fp, word, val);
		return;
	}
	if (!val || style_hides(style, val))
		return;
	put_word(fp, word);
	if (style == S_WORD)
		return;
	putc(' ', fp);
	put_styled(fp, style, val);
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
	case K_RATE:
	case K_MSEC:
		put_word(fp, kw->word);
		putc(' ', fp);
		put_styled(fp, kw->type == K_RATE ? S_RATE : S_TIME, val);
		break;
	default:
		if (kw->type == K_OVERLAY && !json_array_size(val))
			fputs(" overlay none", fp);
		else
			put_pair(fp, kw->word, val, true);
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
