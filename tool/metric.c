// SPDX-License-Identifier: GPL-2.0
/*
 * sdwanctl: the object "metric", what a path costs
 */
#include <stdlib.h>
#include <string.h>

#include "expr.h"
#include "sdwanctl.h"

static const struct keyword keywords[] = {
	{ .word = "name", .key = "name", .type = K_STR,
	  .flags = KW_KEY | KW_FILTER, .live = LIVE_METRIC,
	  .max = SDWAN_NAME_MAX },
	{ .word = "expr", .key = "expr", .type = K_EXPR,
	  .flags = KW_CONFIG | KW_FILTER | KW_BARE,
	  .max = SDWAN_METRIC_EXPR_MAX },
	{ .word = "obj", .key = "bpf", .type = K_FILE,
	  .flags = KW_CONFIG | KW_FILTER, .max = SDWAN_BPF_NAME_MAX },
	{ .word = "path", .key = "path", .type = K_STR, .live = LIVE_PATH,
	  .flags = KW_FILTER, .max = SDWAN_PATH_NAME_MAX },
	{ }
};

/* What "test" takes beside statistics. */
static const struct keyword test_kw[] = {
	{ .word = "path", .key = "path", .type = K_STR, .live = LIVE_PATH,
	  .flags = KW_FILTER, .max = SDWAN_PATH_NAME_MAX },
	{ }
};

static const char *const brief[] = { "expr", "bpf", NULL };

static const char *const detail[] = { "id", "insns", "bpf_id", NULL };

static void defaults(json_t *obj, const struct config *cfg)
{
	(void)obj;
	(void)cfg;
}

static int finish(json_t *obj, const json_t *cols, const struct args *a)
{
	struct pos pos = a->end;

	if (!json_object_get(obj, "expr") || !json_object_get(obj, "bpf"))
		return 0;
	cols_get(cols, "bpf", 0, &pos);
	return err_at(&pos, "metric: either 'expr' or 'obj', not both");
}

static int check(const json_t *obj, const json_t *cols, const struct args *a)
{
	(void)cols;
	if (json_object_get(obj, "expr") || json_object_get(obj, "bpf"))
		return 0;
	return err_end(a, "metric: 'expr' or 'obj' is missing");
}

const struct objtype obj_metric = {
	.name = "metric",
	.set = &set_metric,
	OBJ_COMMANDS(METRIC),
	.key = "name",
	.name_max = SDWAN_NAME_MAX,
	.kw = keywords,
	.brief = brief,
	.detail = detail,
	.defaults = defaults,
	.finish = finish,
	.check = check,
	.usage =
"Usage: sdwanctl metric { add | set | replace } NAME { [ expr ] EXPRESSION | obj FILE }\n"
"       sdwanctl metric del NAME\n"
"       sdwanctl [ -s ] [ -d ] metric { show | list } [ NAME ] [ path PATH ] [ FILTER ]...\n"
"       sdwanctl metric flush [ NAME ] [ FILTER ]...\n"
"       sdwanctl metric test NAME [ path PATH ] [ STATISTIC=VALUE ]...\n"
"FILTER := { expr EXPRESSION | obj FILE }\n"
"STATISTIC := { rtt_us | loss_ppm | underlay.load_ppm | ... }, see sdwanctl-metric(8)\n"
"VALUE := { NUMBER | unknown }\n",
};

/* ---- show ---- */

static void print_cost(json_int_t cost)
{
	if (cost == SDWAN_METRIC_NEVER)
		fputs(" cost never", stdout);
	else
		printf(" cost %" JSON_INTEGER_FORMAT, cost);
}

static void print_costs(const json_t *list)
{
	size_t i;

	for (i = 0; i < json_array_size(list); i++) {
		const json_t *one = json_array_get(list, i);
		char age[32];

		format_msec((uint64_t)obj_int(one, "age"), age, sizeof(age));
		fputs("    ", stdout);
		print_word(stdout, obj_str(one, "path"));
		print_cost(obj_int(one, "cost"));
		printf(" age %s\n", age);
	}
}

/* To each metric of @list what paths cost by it. */
static int add_costs(struct ctx *c, json_t *list, const json_t *filter,
		     struct sdw_error *err)
{
	const struct request rq = {
		.cmd = SDWAN_CMD_METRIC_COST, .set = &set_cost, .attrs = filter,
	};
	json_t *costs = NULL, *by_name = json_object(), *one;
	size_t i;
	int ret = sdw_dump(c, &rq, &costs, err);

	json_array_foreach(list, i, one) {
		json_t *own = json_array();

		json_object_set(by_name, obj_str(one, "name"), own);
		json_object_set_new(one, "costs", own);
	}
	json_array_foreach(costs, i, one) {
		json_t *own = json_object_get(by_name, obj_str(one, "metric"));

		json_object_del(one, "metric");
		json_object_del(one, "field");
		json_array_append(own, one);
	}
	json_decref(by_name);
	json_decref(costs);
	return ret;
}

static int show(struct ctx *c, struct args *a, json_t *filter, json_t *cols)
{
	json_t *list = NULL, *named = json_object(), *one;
	json_t *name, *path;
	struct sdw_error err;
	size_t i;
	int ret;

	name = json_object_get(filter, "name");
	path = json_object_get(filter, "path");
	json_object_set(named, "metric", name);
	json_object_set(named, "path", path);
	json_object_del(filter, "path");
	ret = obj_select(c, &obj_metric, a, filter, cols, &list);
	if (!ret && (c->stats || name || json_object_get(named, "path")) &&
	    add_costs(c, list, named, &err))
		ret = sdw_report(&a->tok[0].pos, cols, &err);
	json_decref(named);
	if (!ret && c->json)
		show_json(c, list);
	json_array_foreach(list, i, one) {
		if (ret || c->json)
			break;
		show_object(c, &obj_metric, one);
		print_costs(json_object_get(one, "costs"));
	}
	json_decref(list);
	return ret ? ret : show_flush();
}

/* ---- test ---- */

static int parse_stat(const struct tok *tok, json_t *fields)
{
	const char *eq = strchr(tok->s, '=');
	uint64_t value = SDWAN_METRIC_UNKNOWN;
	json_t *field;
	int offset;

	if (!eq)
		return err_word(tok, "'%s' is not STATISTIC=VALUE", tok->s);
	offset = stat_offset(tok->s, (unsigned int)(eq - tok->s));
	if (offset < 0)
		return err_word(tok, "there is no statistic '%.*s'",
				(int)(eq - tok->s), tok->s);
	if (strcmp(eq + 1, "unknown") &&
	    unit_number(eq + 1, UINT32_MAX, &value))
		return err_word(tok, "'%s' is neither a number up to %u nor unknown",
				eq + 1, UINT32_MAX);
	field = json_object();
	json_object_set_new(field, "offset", json_integer(offset));
	json_object_set_new(field, "value", json_integer((json_int_t)value));
	json_array_append_new(fields, field);
	return 0;
}

static int parse_test(struct args *a, json_t *obj, json_t *cols)
{
	const struct tok *tok = args_next(a);
	json_t *fields = json_array();
	int ret = 0;

	json_object_set_new(obj, "field", fields);
	if (!tok)
		return err_end(a, "metric: the name is missing");
	json_object_set_new(obj, "metric", json_string(tok->s));
	cols_add(cols, "metric", &tok->pos);
	while (!ret && (tok = args_peek(a))) {
		if (kw_exact(test_kw, tok->s)) {
			ret = kw_parse(test_kw, KW_FILTER, a, obj, cols);
			continue;
		}
		args_next(a);
		cols_add(cols, "field", &tok->pos);
		ret = parse_stat(tok, fields);
	}
	return ret;
}

static int test(struct ctx *c, struct args *a, json_t *obj, json_t *cols)
{
	const struct request rq = {
		.cmd = SDWAN_CMD_METRIC_TEST, .set = &set_cost, .attrs = obj,
	};
	struct sdw_error err;
	json_t *reply = NULL;

	if (sdw_start(c))
		return ST_REFUSED;
	if (sdw_do(c, &rq, &reply, &err))
		return sdw_report(&a->tok[0].pos, cols, &err);
	json_object_del(reply, "field");
	if (c->json) {
		show_json(c, reply);
	} else {
		fputs(obj_str(obj, "metric"), stdout);
		print_cost(obj_int(reply, "cost"));
		putchar('\n');
	}
	json_decref(reply);
	return show_flush();
}

/* ---- the command ---- */

int cmd_metric(struct ctx *c, struct args *a)
{
	const struct tok *tok = args_peek(a);
	const char *verb = tok ? tok->s : "show";
	bool tests = is_prefix_of(verb, "test");
	json_t *obj, *cols;
	int ret;

	if (!tests && strcmp(verb, "ls") && !is_prefix_of(verb, "list") &&
	    (!is_prefix_of(verb, "show") || !strcmp(verb, "s")))
		return obj_main(c, &obj_metric, a);
	args_next(a);
	obj = json_object();
	cols = json_object();
	if (tests)
		ret = parse_test(a, obj, cols);
	else
		ret = obj_parse(&obj_metric, KW_FILTER, a, obj, cols);
	if (!ret)
		ret = tests ? test(c, a, obj, cols) : show(c, a, obj, cols);
	json_decref(obj);
	json_decref(cols);
	return ret;
}
