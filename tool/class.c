// SPDX-License-Identifier: GPL-2.0
/*
 * sdwanctl: the object "class", how a kind of traffic is steered
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sdwanctl.h"

#define GAP_MAX 10000000
#define SLA_MAX 60000000
#define ROUND_MAX 3600000000ULL
#define WEIGHT_MAX 65535

static const struct keyword keywords[] = {
	{ .word = "name", .key = "name", .type = K_STR, .live = LIVE_CLASS,
	  .flags = KW_KEY | KW_FILTER, .max = SDWAN_NAME_MAX },
	{ .word = "mode", .key = "mode", .type = K_MODE, .en = &enum_cmode,
	  .flags = KW_CONFIG | KW_FILTER | KW_NEED },
	{ .word = "members", .key = "member", .type = K_MEMBERS,
	  .live = LIVE_UNDERLAY, .flags = KW_CONFIG | KW_FILTER },
	{ .word = "weight", .key = "weight_by", .type = K_ENUM,
	  .en = &enum_cweight, .flags = KW_CONFIG | KW_FILTER },
	{ .word = "dscp", .key = "dscp", .type = K_DSCP,
	  .en = &enum_dscp_class, .flags = KW_CONFIG | KW_FILTER,
	  .max = DSCP_MAX },
	{ .word = "strict", .key = "strict", .type = K_TRUE,
	  .flags = KW_CONFIG | KW_FILTER },
	{ .word = "best-effort", .key = "strict", .type = K_FALSE,
	  .flags = KW_CONFIG | KW_FILTER },
	{ .word = "move", .key = "move", .type = K_ENUM, .en = &enum_cmove,
	  .flags = KW_CONFIG | KW_FILTER },
	{ .word = "gap", .key = "gap", .type = K_USEC,
	  .flags = KW_CONFIG | KW_FILTER, .max = GAP_MAX, .zero = "auto" },
	{ .word = "failback", .key = "failback", .type = K_ENUM,
	  .en = &enum_cfailback, .flags = KW_CONFIG | KW_FILTER },
	{ .word = "policy", .key = "policy", .type = K_STR,
	  .flags = KW_CONFIG | KW_FILTER, .max = SDWAN_NAME_MAX },
	{ .word = "sla latency", .key = "sla_latency", .type = K_USEC,
	  .flags = KW_CONFIG | KW_FILTER, .max = SLA_MAX },
	{ .word = "sla jitter", .key = "sla_jitter", .type = K_USEC,
	  .flags = KW_CONFIG | KW_FILTER, .max = SLA_MAX },
	{ .word = "sla loss", .key = "sla_loss", .type = K_PART,
	  .flags = KW_CONFIG | KW_FILTER, .max = SDWAN_PPM },
	/* behind the first of them, "sla" goes without saying */
	{ .word = "latency", .key = "sla_latency", .type = K_USEC,
	  .flags = KW_COMMAND, .max = SLA_MAX },
	{ .word = "jitter", .key = "sla_jitter", .type = K_USEC,
	  .flags = KW_COMMAND, .max = SLA_MAX },
	{ .word = "loss", .key = "sla_loss", .type = K_PART,
	  .flags = KW_COMMAND, .max = SDWAN_PPM },
	{ .word = "exit-margin", .key = "exit_margin", .type = K_PART,
	  .flags = KW_CONFIG | KW_FILTER, .max = SDWAN_PPM },
	{ .word = "metric", .key = "metric", .type = K_STR,
	  .live = LIVE_METRIC, .flags = KW_CONFIG | KW_FILTER | KW_EMPTY,
	  .max = SDWAN_NAME_MAX },
	{ .word = "shadow", .key = "shadow", .type = K_STR,
	  .live = LIVE_METRIC, .flags = KW_CONFIG | KW_FILTER | KW_EMPTY,
	  .max = SDWAN_NAME_MAX },
	{ .word = "alpha", .key = "alpha", .type = K_PART,
	  .flags = KW_CONFIG | KW_FILTER, .min = 1, .max = SDWAN_PPM },
	{ .word = "floor", .key = "floor", .type = K_U32, .min = 1,
	  .flags = KW_CONFIG | KW_FILTER, .max = UINT32_MAX, .zero = "auto" },
	{ .word = "round", .key = "round", .type = K_USEC,
	  .flags = KW_CONFIG | KW_FILTER, .max = ROUND_MAX },
	{ .word = "group", .key = "group", .type = K_STR,
	  .flags = KW_CONFIG | KW_FILTER | KW_EMPTY, .max = SDWAN_NAME_MAX },
	{ }
};

static const char *const brief[] = {
	"mode", "member", "weight_by", "dscp", "strict", "move", "gap",
	"failback", "sla_latency", "sla_jitter", "sla_loss", "exit_margin",
	"metric", "shadow", "alpha", "floor", "round", "group", "policy", NULL
};

static const char *const detail[] = { "id", NULL };

/* ---- members, a list in one word ---- */

#define PATH_MARK "path/"
#define UNDERLAY_MARK "underlay/"

/* "path/NAME", "underlay/NAME", or by the colon that only paths have. */
static const char *member_kind(const char **name)
{
	size_t path = strlen(PATH_MARK), ul = strlen(UNDERLAY_MARK);

	if (!strncmp(*name, PATH_MARK, path)) {
		*name += path;
		return "path";
	}
	if (!strncmp(*name, UNDERLAY_MARK, ul)) {
		*name += ul;
		return "underlay";
	}
	return strchr(*name, ':') ? "path" : "underlay";
}

static int add_member(const struct tok *tok, const char *name,
		      const char *weight, json_t *list)
{
	const char *kind = member_kind(&name);
	size_t max = *kind == 'p' ? SDWAN_PATH_NAME_MAX : SDWAN_NAME_MAX;
	uint64_t share = 0;
	json_t *member;

	if (!*name)
		return err_word(tok, "a member without name in '%s'", tok->s);
	if (strlen(name) > max)
		return err_word(tok, "%s '%s' is longer than %zu characters",
				kind, name, max);
	if (strchr(name, '/'))
		return err_word(tok, "'%s' is no member: say UNDERLAY, path/NAME or underlay/NAME",
				name);
	if (weight && (unit_number(weight, WEIGHT_MAX, &share) || !share))
		return err_word(tok, "weight '%s' of %s is not a number from 1 to %d",
				weight, name, WEIGHT_MAX);
	if (json_array_size(list) == SDWAN_MEMBERS_MAX)
		return err_word(tok, "more than %d members",
				SDWAN_MEMBERS_MAX);
	member = json_object();
	if (json_object_set_new(member, kind, json_string(name))) {
		json_decref(member);
		return err_word(tok, "'%s' is not UTF-8 text", tok->s);
	}
	if (weight)
		json_object_set_new(member, "weight",
				    json_integer((json_int_t)share));
	json_array_append_new(list, member);
	return 0;
}

/* NAME[=WEIGHT],...; a backslash keeps a comma, an equals sign or another. */
int members_parse(const struct tok *tok, json_t **val)
{
	char *text = strdup(tok->s), *name = text, *weight = NULL, *to = text;
	json_t *list = json_array();
	const char *p = tok->s;
	int ret = 0;

	if (!text || !list)
		abort();
	for (; !ret; p++) {
		if (*p == '\\' && p[1]) {
			*to++ = *++p;
		} else if (*p == '=' && !weight) {
			*to++ = '\0';
			weight = to;
		} else if (*p == ',' || !*p) {
			*to++ = '\0';
			ret = add_member(tok, name, weight, list);
			name = to;
			weight = NULL;
			if (!*p)
				break;
		} else {
			*to++ = *p;
		}
	}
	free(text);
	if (ret)
		json_decref(list);
	else
		*val = list;
	return ret;
}

static void put_member(FILE *fp, const json_t *member)
{
	const char *path = obj_str(member, "path");
	const char *name = *path ? path : obj_str(member, "underlay");
	json_int_t weight = obj_int(member, "weight");

	if (*path && !strchr(path, ':'))
		fputs(PATH_MARK, fp);
	else if (!*path && (kw_exact(keywords, name) || kw_begins(keywords, name) ||
			    !strcmp(name, "none")))
		fputs(UNDERLAY_MARK, fp);
	for (; *name; name++) {
		if (strchr(",=\\", *name))
			putc('\\', fp);
		putc(*name, fp);
	}
	if (weight)
		fprintf(fp, "=%" JSON_INTEGER_FORMAT, weight);
}

/* As members_parse() reads it; the caller frees it. */
char *members_text(const json_t *list)
{
	char *text = NULL;
	size_t size, i;
	FILE *fp = open_memstream(&text, &size);

	if (!fp)
		abort();
	for (i = 0; i < json_array_size(list); i++) {
		if (i)
			putc(',', fp);
		put_member(fp, json_array_get(list, i));
	}
	if (fclose(fp))
		abort();
	return text;
}

/* ---- the class ---- */

/* A weight of 1 goes without saying: what is equal shall compare as equal. */
static void plain_weights(json_t *obj)
{
	json_t *list = json_object_get(obj, "member");
	size_t i;

	for (i = 0; i < json_array_size(list); i++) {
		json_t *member = json_array_get(list, i);

		if (obj_int(member, "weight") == 1)
			json_object_del(member, "weight");
	}
}

static void defaults(json_t *obj, const struct config *cfg)
{
	json_t *name = json_object_get(obj, "name");

	(void)cfg;
	obj_default(obj, "member", json_array());
	plain_weights(obj);
	obj_default(obj, "weight_by", json_string("equal"));
	obj_default(obj, "dscp", json_string("path"));
	obj_default(obj, "strict", json_false());
	obj_default(obj, "move", json_string("flowlet"));
	obj_default(obj, "gap", json_integer(0));
	obj_default(obj, "failback", json_string("soft"));
	obj_default(obj, "sla_latency", json_integer(0));
	obj_default(obj, "sla_jitter", json_integer(0));
	obj_default(obj, "sla_loss", json_integer(0));
	obj_default(obj, "exit_margin", json_integer(SDWAN_PPM / 10));
	obj_default(obj, "metric", json_string(""));
	obj_default(obj, "shadow", json_string(""));
	obj_default(obj, "alpha", json_integer(SDWAN_PPM / 10));
	obj_default(obj, "floor", json_integer(0));
	obj_default(obj, "round", json_integer(1000000));
	obj_default(obj, "group", json_string(""));
	if (name)
		obj_default(obj, "policy", json_incref(name));
}

/* Weights that are said are those that count. */
static int finish(json_t *obj, const json_t *cols, const struct args *a)
{
	const json_t *list = json_object_get(obj, "member");
	const char *by = obj_str(obj, "weight_by");
	struct pos pos = a->end;
	size_t i, n = 0;

	for (i = 0; i < json_array_size(list); i++)
		n += !!json_object_get(json_array_get(list, i), "weight");
	if (!n || !strcmp(by, "explicit"))
		return 0;
	if (*by) {
		cols_get(cols, "weight_by", 0, &pos);
		return err_at(&pos, "class: members have weights with 'weight explicit', not '%s'",
			      by);
	}
	json_object_set_new(obj, "weight_by", json_string("explicit"));
	return 0;
}

static int check(const json_t *obj, const json_t *cols, const struct args *a)
{
	size_t n = json_array_size(json_object_get(obj, "member"));
	const char *mode = obj_str(obj, "mode");
	struct pos pos = a->end;

	if (!strcmp(mode, "prefer") && !n)
		return err_at(&pos, "class: mode prefer needs members");
	if (!strcmp(mode, "pin") && n != 1) {
		cols_get(cols, "member", 0, &pos);
		return err_at(&pos, "class: mode pin needs one member%s",
			      n ? ", not several" : "");
	}
	if (strcmp(mode, "balance") && json_object_get(obj, "weight_by")) {
		if (!cols_get(cols, "weight_by", 0, &pos))
			cols_get(cols, "member", 0, &pos);
		return err_at(&pos, "class: weights are for mode balance, not %s",
			      mode);
	}
	return 0;
}

const struct objtype obj_class = {
	.name = "class",
	.set = &set_class,
	OBJ_COMMANDS(CLASS),
	.key = "name",
	.name_max = SDWAN_NAME_MAX,
	.kw = keywords,
	.brief = brief,
	.detail = detail,
	.defaults = defaults,
	.finish = finish,
	.check = check,
	.usage =
"Usage: sdwanctl class { add | replace } NAME MODE [ OPTION ]...\n"
"       sdwanctl class set NAME [ MODE | members { MEMBERS | none } ] [ OPTION ]...\n"
"       sdwanctl class del NAME\n"
"       sdwanctl [ -d ] class { show | list | flush } [ NAME ] [ FILTER ]...\n"
"MODE := mode { balance [ MEMBERS ] | prefer MEMBERS | pin MEMBER |\n"
"               duplicate [ MEMBERS ] | best [ MEMBERS ] }\n"
"OPTION := { weight { equal | rate | cost | explicit } |\n"
"            dscp { path | copy | DSCP } | strict | best-effort |\n"
"            move { flowlet | now | sticky } | gap { TIME | auto } |\n"
"            failback { soft | hard | never } | policy NAME |\n"
"            sla LIMIT... | exit-margin PART | metric METRIC | shadow METRIC |\n"
"            alpha PART | floor { COST | auto } | round TIME | group GROUP }\n"
"LIMIT := { latency TIME | jitter TIME | loss PART }\n"
"FILTER := { MODE | members { MEMBERS | none } | OPTION }\n"
"MEMBERS := MEMBER[,MEMBER]...\n"
"MEMBER := { UNDERLAY | PEER:UNDERLAY | underlay/NAME | path/NAME }[=WEIGHT]\n"
"DSCP := { zero | NUMBER | be | cs0..cs7 | af11..af43 | ef | va | le }\n"
"TIME := NUMBER[.NUMBER][ us | ms | s ]   (seconds without a unit)\n"
"PART := NUMBER[.NUMBER][ % | ppm ]\n",
};
