// SPDX-License-Identifier: GPL-2.0
/*
 * sdwanctl: options and commands
 */
#include <string.h>

#include "sdwanctl.h"

const struct command commands[] = {
	{ .name = "node", .type = &obj_node },
	{ .name = "underlay", .type = &obj_underlay },
	{ .name = "peer", .type = &obj_peer },
	{ .name = "path", .type = &obj_path },
	{ .name = "prefix", .type = &obj_prefix },
	{ .name = "class", .type = &obj_class },
	{ .name = "rule", .type = &obj_rule },
	{ .name = "lan", .type = &obj_lan },
	{ .name = "metric", .type = &obj_metric, .fn = cmd_metric },
	{ .name = "decision", .fn = cmd_decision, .usage = usage_decision },
	{ .name = "flow", .fn = cmd_flow, .usage = usage_flow },
	{ .name = "status", .fn = cmd_status, .usage = usage_status },
	{ .name = "limit", .fn = cmd_limit, .usage = usage_limit },
	{ .name = "monitor", .fn = cmd_monitor, .usage = usage_monitor },
	{ .name = "top", .fn = cmd_top, .usage = usage_top },
	{ .name = "metrics", .fn = cmd_metrics, .usage = usage_metrics },
	{ .name = "save", .fn = cmd_save, .usage = usage_save },
	{ .name = "restore", .fn = cmd_restore, .usage = usage_restore },
	{ .name = "apply", .fn = cmd_apply, .usage = usage_apply },
	{ .name = "genkey", .fn = cmd_genkey, .usage = usage_genkey },
	{ .name = "complete", .fn = cmd_complete, .hidden = true },
	{ }
};

static const char usage_text[] =
"Usage: sdwanctl [ OPTIONS ] OBJECT [ COMMAND [ ARGUMENTS ] | help ]\n"
"       sdwanctl [ OPTIONS ] -batch { FILE | - }\n"
"where  OBJECT := { node | underlay | peer | path | prefix | class | rule |\n"
"                   lan | metric | decision | flow | status | limit |\n"
"                   monitor | top | save | restore | apply | metrics |\n"
"                   genkey }\n"
"       COMMAND := { add | set | replace | del | show | list | flush }\n"
"       OPTIONS := { -j[son] | -p[retty] | -s[tatistics] | -d[etails] |\n"
"                    -n[etns] NETNS | -b[atch] { FILE | - } | -t[ransaction] |\n"
"                    -f[orce] | -timestamp | -V[ersion] | -h[elp] }\n";

/* A command by its name or an unambiguous beginning of it. */
static const struct command *find_command(const struct tok *tok)
{
	const struct command *cmd, *found = NULL;
	char list[128] = "";
	size_t len = 0;
	int n = 0;

	for (cmd = commands; cmd->name; cmd++) {
		if (!strcmp(cmd->name, tok->s))
			return cmd;
		if (cmd->hidden || !is_prefix_of(tok->s, cmd->name))
			continue;
		found = cmd;
		len += (size_t)snprintf(list + len, sizeof(list) - len,
					"%s%s", n++ ? ", " : "", cmd->name);
	}
	if (n == 1)
		return found;
	if (n)
		err_word(tok, "object '%s' is ambiguous: %s", tok->s, list);
	else
		err_word(tok, "there is no object '%s' (try 'sdwanctl help')",
			 tok->s);
	return NULL;
}

static int print_usage(const char *text)
{
	fputs(text, stdout);
	return show_flush();
}

/* One command, from the command line or from a batch. */
int command_run(struct ctx *c, struct args *a)
{
	const struct tok *tok = args_next(a);
	const struct command *cmd;
	bool json = c->json;
	int ret;

	if (!strcmp(tok->s, "help"))
		return print_usage(usage_text);
	cmd = find_command(tok);
	if (!cmd)
		return ST_USAGE;
	tok = args_peek(a);
	if (cmd->type && !cmd->fn)
		ret = obj_main(c, cmd->type, a);
	else if (cmd->usage && tok && !strcmp(tok->s, "help"))
		ret = print_usage(cmd->usage);
	else
		ret = cmd->fn(c, a);
	c->json = json;
	return ret;
}

struct options {
	const char *batch;
	bool transaction;
	bool done;	/* -V, -h */
};

enum opt_id {
	O_JSON, O_PRETTY, O_STATS, O_DETAILS, O_NETNS, O_BATCH, O_TXN,
	O_TIMESTAMP, O_FORCE, O_VERSION, O_HELP,
};

/* In this order abbreviations are resolved, as iproute2 does. */
static const struct {
	const char *name;
	enum opt_id id;
	bool value;
} option_table[] = {
	{ "json", O_JSON, false },
	{ "pretty", O_PRETTY, false },
	{ "statistics", O_STATS, false },
	{ "stats", O_STATS, false },
	{ "details", O_DETAILS, false },
	{ "netns", O_NETNS, true },
	{ "batch", O_BATCH, true },
	{ "transaction", O_TXN, false },
	{ "ts", O_TIMESTAMP, false },
	{ "timestamp", O_TIMESTAMP, false },
	{ "force", O_FORCE, false },
	{ "Version", O_VERSION, false },
	{ "version", O_VERSION, false },
	{ "help", O_HELP, false },
};

static int find_option(const char *word)
{
	const char *name = word + 1;
	size_t i;

	if (*name == '-')
		name++;
	for (i = 0; i < ARRAY_SIZE(option_table); i++)
		if (is_prefix_of(name, option_table[i].name))
			return (int)i;
	return -1;
}

static int set_netns(const char *name)
{
	int ret = netns_switch(name);

	if (ret)
		return err_refused(NULL, "cannot enter network namespace '%s': %s",
				   name, strerror(-ret));
	return 0;
}

static int apply_option(struct ctx *c, struct options *o, enum opt_id id,
			const char *value)
{
	switch (id) {
	case O_JSON:
		c->json = true;
		break;
	case O_PRETTY:
		c->pretty = true;
		break;
	case O_STATS:
		c->stats = true;
		break;
	case O_DETAILS:
		c->details = true;
		break;
	case O_NETNS:
		return set_netns(value);
	case O_BATCH:
		o->batch = value;
		break;
	case O_TXN:
		o->transaction = true;
		break;
	case O_TIMESTAMP:
		c->timestamp = true;
		break;
	case O_FORCE:
		c->force = true;
		break;
	case O_VERSION:
		puts("sdwanctl " SDWANCTL_VERSION);
		o->done = true;
		break;
	case O_HELP:
		fputs(usage_text, stdout);
		o->done = true;
		break;
	}
	return 0;
}

static int parse_options(struct ctx *c, struct options *o, struct args *a)
{
	const struct tok *tok;

	while ((tok = args_peek(a)) && tok->s[0] == '-' && !o->done) {
		const char *value = NULL;
		int i, ret;

		args_next(a);
		if (!strcmp(tok->s, "--"))
			break;
		i = find_option(tok->s);
		if (i < 0)
			return err_word(tok, "there is no option '%s' (try 'sdwanctl -help')",
					tok->s);
		if (option_table[i].value) {
			const struct tok *next = args_next(a);

			if (!next)
				return err_word(tok, "option '%s' wants a value",
						tok->s);
			value = next->s;
		}
		ret = apply_option(c, o, option_table[i].id, value);
		if (ret)
			return ret;
	}
	return 0;
}

static int check_options(const struct ctx *c, const struct options *o,
			 const struct args *a)
{
	const struct tok *tok = args_peek(a);

	if (o->batch && tok)
		return err_word(tok, "'%s' beside -batch", tok->s);
	if (o->transaction && !o->batch)
		return err_at(NULL, "-transaction is for -batch");
	if (o->transaction && c->force)
		return err_at(NULL, "-force contradicts -transaction");
	return 0;
}

static int run(struct ctx *c, struct args *a)
{
	struct options o = { 0 };
	int ret;

	ret = parse_options(c, &o, a);
	if (ret || o.done)
		return ret ? ret : show_flush();
	ret = check_options(c, &o, a);
	if (ret)
		return ret;
	if (o.batch)
		return batch_run(c, o.batch, o.transaction);
	if (!args_peek(a)) {
		fputs(usage_text, stderr);
		return ST_USAGE;
	}
	return command_run(c, a);
}

int main(int argc, char **argv)
{
	struct ctx c = { 0 };
	struct args a;
	int ret;

	if (args_from_argv(&a, argc - 1, argv + 1))
		return err_refused(NULL, "out of memory");
	ret = run(&c, &a);
	sdw_stop(&c);
	args_free(&a);
	return ret;
}
