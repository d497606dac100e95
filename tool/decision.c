// SPDX-License-Identifier: GPL-2.0
/*
 * sdwanctl: the object "decision", which path carries a class, and why
 */
#include <string.h>

#include <linux/sdwan_metric.h>

#include "sdwanctl.h"

const struct keyword decision_kw[] = {
	{ .word = "class", .key = "class", .type = K_STR, .live = LIVE_CLASS,
	  .flags = KW_FILTER, .max = SDWAN_NAME_MAX },
	{ .word = "peer", .key = "peer", .type = K_STR, .live = LIVE_PEER,
	  .flags = KW_FILTER, .max = SDWAN_NAME_MAX },
	{ .word = "site", .key = "site", .type = K_U32, .flags = KW_FILTER,
	  .min = 1, .max = UINT32_MAX },
	{ }
};

const char usage_decision[] =
"Usage: sdwanctl decision { show | list } [ class CLASS ] [ peer PEER | site ID ]\n";

static void print_time(const char *word, json_int_t msec)
{
	char text[32];

	format_msec((uint64_t)msec, text, sizeof(text));
	printf(" %s %s", word, text);
}

static void print_usec(const char *word, const json_t *val)
{
	char text[32];

	if (!val)
		return;
	format_usec((uint64_t)json_integer_value(val), text, sizeof(text));
	printf(" %s %s", word, text);
}

static void print_path(const json_t *obj, const char *key)
{
	const char *path = obj_str(obj, key);

	print_word(stdout, *path ? path : "none");
}

static void print_cost(const json_t *candidate)
{
	const json_t *cost = json_object_get(candidate, "cost");

	if (!cost)
		fputs(" cost unknown", stdout);
	else if (json_integer_value(cost) == SDWAN_METRIC_NEVER)
		fputs(" cost never", stdout);
	else
		printf(" cost %" JSON_INTEGER_FORMAT "+-%" JSON_INTEGER_FORMAT,
		       json_integer_value(cost),
		       obj_int(candidate, "fluctuation"));
}

/* What limits are compared with. */
static void print_measured(const json_t *obj)
{
	const json_t *loss = json_object_get(obj, "loss");
	char text[32];

	print_usec("latency", json_object_get(obj, "latency"));
	print_usec("jitter", json_object_get(obj, "jitter"));
	if (!loss)
		return;
	format_part((uint64_t)json_integer_value(loss), text, sizeof(text));
	printf(" loss %s", text);
}

/* What speaks for a path, and what against it. */
static void print_candidate(const json_t *c)
{
	printf("    %c ", obj_int(c, "position") == 1 ? '*' : ' ');
	print_path(c, "path");
	printf(" state %s", obj_str(c, "state"));
	print_cost(c);
	print_measured(c);
	if (json_is_true(json_object_get(c, "best")))
		fputs(" best", stdout);
	if (!json_is_true(json_object_get(c, "compliant")))
		fputs(" breach", stdout);
	putchar('\n');
}

static void print_moves(const json_t *list)
{
	size_t i;

	for (i = 0; i < json_array_size(list); i++) {
		const json_t *move = json_array_get(list, i);

		fputs("    left ", stdout);
		print_path(move, "path");
		printf(" reason %s", obj_str(move, "reason"));
		print_time("age", obj_int(move, "age"));
		putchar('\n');
	}
}

/* Whether the other end does the same. */
static void print_agreement(const json_t *d)
{
	if (json_object_get(d, "role"))
		printf(" role %s%s", obj_str(d, "role"),
		       json_is_true(json_object_get(d, "agreed")) ?
		       " agreed" : " not-agreed");
	if (json_is_true(json_object_get(d, "differing")))
		fputs(" differing", stdout);
}

/* Where to, since when, by whom and why. */
void decision_line(const json_t *d)
{
	print_word(stdout, obj_str(d, "class"));
	printf(" site %" JSON_INTEGER_FORMAT, obj_int(d, "site"));
	if (json_object_get(d, "path")) {
		fputs(" path ", stdout);
		print_path(d, "path");
	}
	printf(" by %s reason %s", obj_str(d, "by"), obj_str(d, "reason"));
	print_time("age", obj_int(d, "age"));
	printf(" moves %" JSON_INTEGER_FORMAT, obj_int(d, "moves"));
	if (obj_int(d, "hold"))
		print_time("hold", obj_int(d, "hold"));
	print_agreement(d);
	putchar('\n');
}

/* A path fulfils the objective of a class again, or not any more. */
void objective_line(const json_t *o)
{
	print_word(stdout, obj_str(o, "class"));
	fputs(" path ", stdout);
	print_path(o, "path");
	print_measured(o);
	putchar('\n');
}

/* Something has changed between the gateways of a path. */
void agreement_line(const json_t *o)
{
	print_word(stdout, obj_str(o, "path"));
	fputs(" peer ", stdout);
	print_word(stdout, obj_str(o, "peer"));
	if (json_object_get(o, "class")) {
		fputs(" class ", stdout);
		print_word(stdout, obj_str(o, "class"));
	}
	if (json_object_get(o, "policy_id"))
		printf(" policy-id %016llx",
		       (unsigned long long)obj_int(o, "policy_id"));
	putchar('\n');
}

/* Below that line, what was to be chosen from. */
void decision_print(const json_t *d)
{
	const json_t *list = json_object_get(d, "candidate");
	size_t i;

	decision_line(d);
	for (i = 0; i < json_array_size(list); i++)
		print_candidate(json_array_get(list, i));
	print_moves(json_object_get(d, "move"));
	if (json_object_get(d, "shadow_path")) {
		fputs("    shadow ", stdout);
		print_path(d, "shadow_path");
		printf(" moves %" JSON_INTEGER_FORMAT "\n",
		       obj_int(d, "shadow_moves"));
	}
}

/* What is decided for a class and a site, NULL where nothing is. */
json_t *decision_of(struct ctx *c, const char *class, json_int_t site)
{
	json_t *attrs = json_object(), *reply = NULL;
	struct request rq = {
		.cmd = SDWAN_CMD_DECISION_GET, .set = &set_decision,
		.attrs = attrs,
	};
	struct sdw_error err;

	json_object_set_new(attrs, "class", json_string(class));
	json_object_set_new(attrs, "site", json_integer(site));
	if (sdw_do(c, &rq, &reply, &err))
		reply = NULL;
	json_decref(attrs);
	return reply;
}

static int show(struct ctx *c, const struct args *a, const json_t *filter,
		const json_t *cols)
{
	const struct request rq = {
		.cmd = SDWAN_CMD_DECISION_GET, .set = &set_decision,
		.attrs = filter,
	};
	struct sdw_error err;
	json_t *list = NULL;
	size_t i;

	if (sdw_dump(c, &rq, &list, &err)) {
		json_decref(list);
		return sdw_report(&a->tok[0].pos, cols, &err);
	}
	if (c->json)
		show_json(c, list);
	for (i = 0; !c->json && i < json_array_size(list); i++)
		decision_print(json_array_get(list, i));
	json_decref(list);
	return show_flush();
}

int cmd_decision(struct ctx *c, struct args *a)
{
	const struct tok *verb = args_next(a);
	json_t *filter, *cols;
	int ret = 0;

	if (verb && !is_prefix_of(verb->s, "show") &&
	    !is_prefix_of(verb->s, "list") && strcmp(verb->s, "ls"))
		return err_word(verb, "decision has no command '%s' (try 'sdwanctl decision help')",
				verb->s);
	filter = json_object();
	cols = json_object();
	while (!ret && args_peek(a))
		ret = kw_parse(decision_kw, KW_FILTER, a, filter, cols);
	if (!ret)
		ret = sdw_start(c);
	if (!ret)
		ret = show(c, a, filter, cols);
	json_decref(filter);
	json_decref(cols);
	return ret;
}
