// SPDX-License-Identifier: GPL-2.0
/*
 * sdwanctl: "status" and "limit", the fabric as a whole
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "sdwanctl.h"

const char usage_status[] =
"Usage: sdwanctl [ -s ] status [ show ]\n";

const char usage_limit[] =
"Usage: sdwanctl limit set [ underlays N ] [ peers N ] [ paths N ]\n"
"                [ prefixes N ] [ segments N ] [ classes N ] [ rules N ]\n"
"                [ lans N ] [ metrics N ] [ flows N ]\n"
"                [ flow-timeout TIME ] [ mark-mask MASK ]\n"
"       sdwanctl limit show\n";

#define FLOWS_MAX 16777216
#define FLOW_TIMEOUT_MAX 86400

#define LIMIT_UP_TO(w, m) \
	{ .word = #w, .key = "max_" #w, .type = K_U32, \
	  .flags = KW_CONFIG, .max = (m) }
#define LIMIT(w) LIMIT_UP_TO(w, UINT32_MAX)

const struct keyword limit_kw[] = {
	LIMIT(underlays),
	LIMIT(peers),
	LIMIT(paths),
	LIMIT(prefixes),
	LIMIT(segments),
	LIMIT(classes),
	LIMIT(rules),
	LIMIT(lans),
	LIMIT(metrics),
	LIMIT_UP_TO(flows, FLOWS_MAX),
	{ .word = "flow-timeout", .key = "flow_timeout", .type = K_SEC,
	  .flags = KW_CONFIG, .min = 1, .max = FLOW_TIMEOUT_MAX },
	{ .word = "mark-mask", .key = "mark_mask", .type = K_HEX,
	  .flags = KW_CONFIG, .max = UINT32_MAX, .zero = "none" },
	{ }
};

/* @head, and the limits that @limits has, as limit_kw reads them. */
void limits_print(FILE *fp, const char *head, const json_t *limits)
{
	const struct keyword *kw;
	const char *gap = *head ? " " : "";

	fputs(head, fp);
	for (kw = limit_kw; kw->word; kw++) {
		const json_t *val = json_object_get(limits, kw->key);

		if (!val)
			continue;
		fprintf(fp, kw->type == K_HEX ? "%s%s %#" PRIxMAX :
			"%s%s %" PRIuMAX, gap, kw->word,
			(uintmax_t)json_integer_value(val));
		gap = " ";
	}
	putc('\n', fp);
}

static int get_fabric(struct ctx *c, const struct args *a, json_t **fabric)
{
	const struct request rq = {
		.cmd = SDWAN_CMD_FABRIC_GET, .set = &set_fabric,
	};
	struct sdw_error err;

	if (sdw_start(c))
		return ST_REFUSED;
	if (sdw_do(c, &rq, fabric, &err))
		return sdw_report(&a->tok[0].pos, NULL, &err);
	if (!*fabric)
		return err_refused(&a->tok[0].pos, "the kernel said nothing");
	return ST_OK;
}

static void print_counts(const json_t *fabric)
{
	const struct keyword *kw;

	for (kw = limit_kw; kw->word; kw++) {
		if (!json_object_get(fabric, kw->key))
			continue;	/* an older module does not have it */
		if (kw->type == K_SEC) {
			printf("%s %" JSON_INTEGER_FORMAT "s\n", kw->word,
			       obj_int(fabric, kw->key));
			continue;
		}
		if (kw->type == K_HEX) {
			if (obj_int(fabric, kw->key))
				printf("%s %#" PRIxMAX "\n", kw->word,
				       (uintmax_t)obj_int(fabric, kw->key));
			continue;
		}
		printf("%s %" JSON_INTEGER_FORMAT " of %" JSON_INTEGER_FORMAT,
		       kw->word, obj_int(fabric, kw->word), obj_int(fabric, kw->key));
		if (!strcmp(kw->word, "paths"))
			printf(", %" JSON_INTEGER_FORMAT " up",
			       obj_int(fabric, "paths_up"));
		putchar('\n');
	}
}

/* With -s all counters, else those that counted something. */
static void print_counters(const struct ctx *c, const json_t *counters)
{
	size_t i;

	for (i = 0; i < json_array_size(counters); i++) {
		const json_t *ctr = json_array_get(counters, i);
		const char *name;

		name = json_string_value(json_object_get(ctr, "name"));
		if (name && (c->stats || obj_int(ctr, "value")))
			printf("%s %" JSON_INTEGER_FORMAT "\n", name,
			       obj_int(ctr, "value"));
	}
}

static void print_status(const struct ctx *c, const json_t *fabric)
{
	const char *version;

	version = json_string_value(json_object_get(fabric, "version"));
	printf("sdwan %s generation %" JSON_INTEGER_FORMAT,
	       version ? version : "?", obj_int(fabric, "generation"));
	if (obj_int(fabric, "txn"))
		printf(" transaction %" JSON_INTEGER_FORMAT,
		       obj_int(fabric, "txn"));
	putchar('\n');
	print_counts(fabric);
	print_counters(c, json_object_get(fabric, "counter"));
	if (c->stats && json_object_get(fabric, "metric_runs"))
		printf("metric-runs %" JSON_INTEGER_FORMAT "\nmetric-time %"
		       JSON_INTEGER_FORMAT "ns\n", obj_int(fabric, "metric_runs"),
		       obj_int(fabric, "metric_time"));
}

static int only_show(struct args *a, const char *what)
{
	const struct tok *tok = args_next(a);

	if (tok && !is_prefix_of(tok->s, "show") &&
	    !is_prefix_of(tok->s, "list"))
		return err_word(tok, "%s has no command '%s'", what, tok->s);
	tok = args_next(a);
	if (tok)
		return err_word(tok, "'%s' is too much", tok->s);
	return 0;
}

int cmd_status(struct ctx *c, struct args *a)
{
	json_t *fabric = NULL;
	int ret;

	ret = only_show(a, "status");
	if (!ret)
		ret = get_fabric(c, a, &fabric);
	if (ret)
		return ret;
	if (c->json)
		show_json(c, fabric);
	else
		print_status(c, fabric);
	json_decref(fabric);
	return show_flush();
}

static int limit_show(struct ctx *c, struct args *a)
{
	const struct keyword *kw;
	json_t *fabric = NULL, *limits;
	int ret;

	ret = only_show(a, "limit");
	if (!ret)
		ret = get_fabric(c, a, &fabric);
	if (ret)
		return ret;
	limits = json_object();
	for (kw = limit_kw; kw->word; kw++)
		json_object_set(limits, kw->key,
				json_object_get(fabric, kw->key));
	if (c->json)
		show_json(c, limits);
	else
		limits_print(stdout, "", limits);
	json_decref(limits);
	json_decref(fabric);
	return show_flush();
}

static int limit_set(struct ctx *c, struct args *a)
{
	struct request rq = {
		.cmd = SDWAN_CMD_FABRIC_SET, .set = &set_fabric,
	};
	json_t *obj = json_object(), *cols = json_object();
	struct sdw_error err;
	int ret = 0;

	if (c->txn)
		ret = err_at(&a->tok[0].pos,
			     "limits are not part of a transaction");
	while (!ret && args_peek(a))
		ret = kw_parse(limit_kw, KW_CONFIG, a, obj, cols);
	if (!ret && !json_object_size(obj))
		ret = err_end(a, "limit: what shall be set?");
	if (!ret)
		ret = sdw_start(c);
	rq.attrs = obj;
	if (!ret && sdw_do(c, &rq, NULL, &err))
		ret = sdw_report(&a->tok[0].pos, cols, &err);
	json_decref(obj);
	json_decref(cols);
	return ret;
}

int cmd_limit(struct ctx *c, struct args *a)
{
	const struct tok *tok = args_peek(a);

	if (tok && !strcmp(tok->s, "set")) {
		args_next(a);
		return limit_set(c, a);
	}
	return limit_show(c, a);
}
