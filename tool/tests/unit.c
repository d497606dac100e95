// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of the parts of sdwanctl. Lines are "ok - NAME" or "not ok - NAME".
 */
#include "unit.h"

static int failures;

void check(bool good, const char *fmt, ...)
{
	va_list ap;

	printf("%s - ", good ? "ok" : "not ok");
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
	failures += !good;
}

const char *out_or(const char *out)
{
	return out ? out : "refused";
}

/* main.c is not linked in. */
const struct command commands[] = { { } };

int command_run(struct ctx *c, struct args *a)
{
	(void)c;
	(void)a;
	return ST_USAGE;
}

int main(void)
{
	unit_numbers();
	unit_values();
	unit_words();
	unit_codec();
	unit_diff();
	unit_top();
	return failures ? 1 : 0;
}
