// SPDX-License-Identifier: GPL-2.0
/*
 * sdwanctl: commands from a file, over one socket
 */
#include <errno.h>
#include <string.h>

#include "sdwanctl.h"

static int run_lines(struct ctx *c, struct reader *r)
{
	int worst = ST_OK;

	for (;;) {
		struct args a;
		int ret = args_read(r, &a);

		if (ret == -ENOMEM) {
			args_free(&a);
			return err_refused(NULL, "out of memory");
		}
		if (!ret)
			return worst;
		if (ret > 0)
			ret = a.n ? command_run(c, &a) : ST_OK;
		else
			ret = -ret;	/* already told */
		args_free(&a);
		if (ret > worst)
			worst = ret;
		if (ret && !c->force)
			return ret;
	}
}

/* Everything in the file takes effect, or nothing of it. */
static int run_transaction(struct ctx *c, struct reader *r)
{
	const struct pos pos = { .file = r->file };
	struct sdw_error err;
	int ret;

	if (sdw_start(c))
		return ST_REFUSED;
	if (txn_begin(c, NULL, &err))
		return sdw_report(&pos, NULL, &err);
	ret = run_lines(c, r);
	if (ret) {
		txn_abort(c);
		return ret;
	}
	if (txn_commit(c, &err))
		return sdw_report(&pos, NULL, &err);
	return ST_OK;
}

int batch_run(struct ctx *c, const char *file, bool transaction)
{
	struct reader r = { .fp = stdin, .file = "stdin" };
	int ret;

	if (strcmp(file, "-")) {
		r.file = file;
		r.fp = fopen(file, "re");
		if (!r.fp)
			return err_at(NULL, "cannot open %s: %m", file);
	}
	c->in_batch = true;
	ret = transaction ? run_transaction(c, &r) : run_lines(c, &r);
	if (ferror(r.fp) && !ret)
		ret = err_at(NULL, "%s cannot be read: %m", r.file);
	if (r.fp != stdin)
		fclose(r.fp);
	return ret;
}
