// SPDX-License-Identifier: GPL-2.0
/*
 * sdwanctl: "complete WORD...", candidates for the last word, for shells
 *
 * The grammar is in the keyword tables already; shells only ask.
 */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "expr.h"
#include "sdwanctl.h"

struct completion {
	struct ctx *c;
	const char *cur;
};

static void offer(const struct completion *cp, const char *word)
{
	if (!strncmp(word, cp->cur, strlen(cp->cur)))
		puts(word);
}

static void offer_all(const struct completion *cp, const char *const *words)
{
	for (; *words; words++)
		offer(cp, *words);
}

static void offer_objects(const struct completion *cp,
			  const struct objtype *type)
{
	const struct request rq = { .cmd = type->get, .set = type->set };
	struct sdw_error err;
	json_t *list = NULL;
	size_t i;

	if (type->singleton || !transport->loaded() || sdw_start(cp->c) ||
	    sdw_dump(cp->c, &rq, &list, &err))
		return;
	for (i = 0; i < json_array_size(list); i++) {
		const json_t *obj = json_array_get(list, i);
		const json_t *val = json_object_get(obj, type->key);
		char number[32];

		snprintf(number, sizeof(number), "%" JSON_INTEGER_FORMAT,
			 json_integer_value(val));
		if (json_is_string(val))
			offer(cp, json_string_value(val));
		else if (val)
			offer(cp, number);
	}
	json_decref(list);
}

static void offer_devices(const struct completion *cp, bool segments)
{
	DIR *dir = opendir("/sys/class/net");
	const struct dirent *de;
	uint32_t vni;

	if (!dir)
		return;
	while ((de = readdir(dir)))
		if (de->d_name[0] != '.' &&
		    (!segments || !link_vni(de->d_name, &vni)))
			offer(cp, de->d_name);
	closedir(dir);
}

static void offer_values(const struct completion *cp, const struct keyword *kw)
{
	static const char *const onoff[] = { "on", "off", NULL };
	static const char *const updown[] = { "up", "down", NULL };
	static const struct objtype *const live[] = {
		[LIVE_PEER] = &obj_peer,
		[LIVE_UNDERLAY] = &obj_underlay,
		[LIVE_PATH] = &obj_path,
		[LIVE_CLASS] = &obj_class,
		[LIVE_RULE] = &obj_rule,
		[LIVE_LAN] = &obj_lan,
		[LIVE_METRIC] = &obj_metric,
	};
	unsigned int i;

	if (kw->en)
		for (i = 0; i < kw->en->n; i++)
			offer(cp, kw->en->name[i]);
	if (kw->zero)
		offer(cp, kw->zero);
	if (kw->type == K_ONOFF)
		offer_all(cp, onoff);
	if (kw->type == K_UPDOWN)
		offer_all(cp, updown);
	if (kw->type == K_OVERLAY || kw->type == K_MEMBERS ||
	    kw->type == K_KEY)
		offer(cp, "none");
	if (kw->flags & KW_ANY)
		offer(cp, "any");
	if (kw->live < ARRAY_SIZE(live) && live[kw->live])
		offer_objects(cp, live[kw->live]);
	if (kw->live == LIVE_DEV || kw->live == LIVE_SEGMENT)
		offer_devices(cp, kw->live == LIVE_SEGMENT);
}

static bool takes_value(const struct keyword *kw)
{
	return kw->type != K_TRUE && kw->type != K_FALSE &&
	       kw->type != K_FLAG;
}

/* The keyword that begins at @tok; of one of two words, the second is taken. */
static const struct keyword *word_of(const struct keyword *table,
				     const struct tok *tok, struct args *a)
{
	char both[64];

	if (!kw_begins(table, tok->s) || a->i >= a->n - 1)
		return kw_exact(table, tok->s);
	snprintf(both, sizeof(both), "%s %s", tok->s, args_next(a)->s);
	return kw_exact(table, both);
}

/* What is expected behind the value @tok of @kw, if not any keyword. */
static const struct keyword *behind(const struct keyword *table,
				    const struct keyword *kw,
				    const struct tok *tok)
{
	if (kw->type == K_ACTION && is_prefix_of(tok->s, "class"))
		return kw_exact(table, "class");
	return NULL;
}

static void offer_keywords(const struct completion *cp,
			   const struct keyword *table, unsigned int mask,
			   const json_t *used)
{
	const struct keyword *kw;
	bool first = true;

	for (kw = table; kw->word; kw++) {
		const char *space = strchr(kw->word, ' ');
		char word[32];

		if (!(kw->flags & mask) || json_object_get(used, kw->key))
			continue;
		if (space && !first)
			continue;
		first = first && !space;
		snprintf(word, sizeof(word), "%.*s",
			 space ? (int)(space - kw->word) :
				 (int)sizeof(word) - 1, kw->word);
		offer(cp, word);
	}
}

/* Behind the first of two words. */
static void offer_second(const struct completion *cp,
			 const struct keyword *table, const char *word)
{
	size_t len = strlen(word);

	for (; table->word; table++)
		if (!strncmp(table->word, word, len) &&
		    table->word[len] == ' ')
			offer(cp, table->word + len + 1);
}

/* Keywords and values behind a command; @a stands on the first of them. */
static void complete_words(const struct completion *cp,
			   const struct keyword *table, unsigned int mask,
			   struct args *a)
{
	const struct keyword *kw = NULL;
	json_t *used = json_object();

	while (a->i < a->n - 1) {
		const struct tok *tok = args_next(a);

		if (kw && takes_value(kw)) {
			kw = behind(table, kw, tok);
			continue;
		}
		if (kw_begins(table, tok->s) && a->i == a->n - 1) {
			offer_second(cp, table, tok->s);
			json_decref(used);
			return;
		}
		kw = word_of(table, tok, a);
		if (kw && !(kw->flags & KW_MULTI))
			json_object_set_new(used, kw->key, json_true());
	}
	if (kw && takes_value(kw))
		offer_values(cp, kw);
	else
		offer_keywords(cp, table, mask, used);
	json_decref(used);
}

struct verb_mask {
	const char *name;
	unsigned int mask;
	bool live;	/* its first word is an object that exists */
};

static const struct verb_mask verb_masks[] = {
	{ "add", KW_CONFIG | KW_COMMAND, false },
	{ "replace", KW_CONFIG | KW_COMMAND, true },
	{ "set", KW_CONFIG | KW_COMMAND, true },
	{ "del", KW_KEY, true },
	{ "show", KW_FILTER, true },
	{ "list", KW_FILTER, true },
	{ "flush", KW_FILTER, true },
	{ "help", 0, false },
};

static bool has_verb(const struct objtype *type, const char *name)
{
	if (!type->singleton)
		return true;
	return !strcmp(name, "set") || !strcmp(name, "show") ||
	       !strcmp(name, "help");
}

static const struct verb_mask *find_verb(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(verb_masks); i++)
		if (is_prefix_of(name, verb_masks[i].name))
			return &verb_masks[i];
	return NULL;
}

static void offer_stat(const void *arg, const char *name)
{
	char word[STAT_NAME + 1];

	snprintf(word, sizeof(word), "%s=", name);
	offer(arg, word);
}

static void complete_test(const struct completion *cp, const struct args *a)
{
	if (a->i == a->n - 1) {
		offer_objects(cp, &obj_metric);
		return;
	}
	if (!strcmp(a->tok[a->n - 2].s, "path")) {
		offer_objects(cp, &obj_path);
		return;
	}
	offer(cp, "path");
	stat_each(offer_stat, cp);
}

static void complete_object(const struct completion *cp,
			    const struct objtype *type, struct args *a)
{
	const struct verb_mask *v;
	const struct tok *tok;
	size_t i;

	if (a->i == a->n - 1) {
		for (i = 0; i < ARRAY_SIZE(verb_masks); i++)
			if (has_verb(type, verb_masks[i].name))
				offer(cp, verb_masks[i].name);
		if (type == &obj_metric)
			offer(cp, "test");
		return;
	}
	tok = args_next(a);
	if (type == &obj_metric && is_prefix_of(tok->s, "test")) {
		complete_test(cp, a);
		return;
	}
	v = find_verb(tok->s);
	if (!v || !has_verb(type, v->name))
		return;
	tok = args_peek(a);
	if (type == &obj_rule) {	/* its key has a keyword */
		complete_words(cp, type->kw, v->mask | KW_KEY, a);
		return;
	}
	if (type->key && a->i == a->n - 1) {
		if (v->live)
			offer_objects(cp, type);
		if (v->mask == KW_FILTER || type->name_optional)
			complete_words(cp, type->kw, v->mask, a);
		return;
	}
	if (type->key && !kw_exact(type->kw, tok->s))
		args_next(a);
	complete_words(cp, type->kw, v->mask, a);
}

static void complete_flow(const struct completion *cp, struct args *a)
{
	static const char *const verbs[] = {
		"show", "list", "flush", "get", "help", NULL
	};
	const char *verb;

	if (a->i == a->n - 1) {
		offer_all(cp, verbs);
		return;
	}
	verb = args_next(a)->s;
	if (*verb == 'f' && a->i == a->n - 1)
		offer(cp, "all");
	complete_words(cp, *verb == 'g' ? flow_packet_kw : flow_filter_kw,
		       KW_FILTER, a);
}

static void complete_decision(const struct completion *cp, struct args *a)
{
	static const char *const verbs[] = { "show", "list", "help", NULL };

	if (a->i == a->n - 1) {
		offer_all(cp, verbs);
		return;
	}
	args_next(a);
	complete_words(cp, decision_kw, KW_FILTER, a);
}

static void complete_plain(const struct completion *cp, const char *name,
			   struct args *a)
{
	static const char *const restore[] = {
		"--dry-run", "--keep-learned", "--skip-missing", "--wait",
		NULL
	};
	static const char *const apply[] = {
		"-f", "--dry-run", "--keep-learned", "--skip-missing",
		"--wait", NULL
	};
	static const char *const save[] = { "--json", "static", NULL };
	static const char *const monitor[] = {
		"all", "json", "node", "underlay", "peer", "path", "prefix",
		"class", "rule", "lan", "metric", "decision", NULL
	};
	static const char *const show[] = { "show", NULL };
	static const char *const limit[] = { "show", "set", NULL };

	if (!strcmp(name, "restore"))
		offer_all(cp, restore);
	else if (!strcmp(name, "apply"))
		offer_all(cp, apply);
	else if (!strcmp(name, "save"))
		offer_all(cp, save);
	else if (!strcmp(name, "monitor"))
		offer_all(cp, monitor);
	else if (!strcmp(name, "top"))
		complete_words(cp, top_kw, KW_FILTER, a);
	else if (!strcmp(name, "status"))
		offer_all(cp, show);
	else if (!strcmp(name, "flow"))
		complete_flow(cp, a);
	else if (!strcmp(name, "decision"))
		complete_decision(cp, a);
	else if (!strcmp(name, "limit") && a->i == a->n - 1)
		offer_all(cp, limit);
	else if (!strcmp(name, "limit") && !strcmp(args_next(a)->s, "set"))
		complete_words(cp, limit_kw, KW_CONFIG, a);
}

/* Global options take themselves out; -n acts. */
static int skip_options(const struct completion *cp, struct args *a)
{
	while (a->i < a->n - 1 && args_peek(a)->s[0] == '-') {
		const char *opt = args_next(a)->s + 1;

		if (*opt == '-')
			opt++;
		if (!*opt || a->i >= a->n - 1)
			continue;
		if (is_prefix_of(opt, "netns")) {
			if (netns_switch(args_next(a)->s))
				return -1;
		} else if (is_prefix_of(opt, "batch")) {
			args_next(a);
		}
	}
	(void)cp;
	return 0;
}

static const char *const options[] = {
	"-json", "-pretty", "-statistics", "-details", "-netns", "-batch",
	"-transaction", "-force", "-timestamp", "-Version", "-help", NULL
};

int cmd_complete(struct ctx *c, struct args *a)
{
	struct completion cp = { .c = c };
	const struct command *cmd;
	const char *word;

	if (!args_peek(a))
		return ST_OK;
	if (!freopen("/dev/null", "w", stderr))
		return ST_USAGE;
	cp.cur = a->tok[a->n - 1].s;
	if (skip_options(&cp, a))
		return ST_OK;
	if (a->i == a->n - 1) {
		if (*cp.cur == '-')
			offer_all(&cp, options);
		for (cmd = commands; cmd->name; cmd++)
			if (!cmd->hidden)
				offer(&cp, cmd->name);
		return show_flush();
	}
	word = args_next(a)->s;
	for (cmd = commands; cmd->name; cmd++)
		if (is_prefix_of(word, cmd->name))
			break;
	if (cmd->type)
		complete_object(&cp, cmd->type, a);
	else if (cmd->name)
		complete_plain(&cp, cmd->name, a);
	return show_flush();
}
