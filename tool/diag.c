// SPDX-License-Identifier: GPL-2.0
/*
 * sdwanctl: messages for people, on standard error
 */
#include <stdarg.h>

#include "sdwanctl.h"

static void say(const struct pos *pos, const char *kind, const char *fmt,
		va_list ap)
{
	fflush(stdout);
	if (pos && pos->file && pos->line)
		fprintf(stderr, "%s:%u:%u: ", pos->file, pos->line, pos->col);
	else if (pos && pos->file)
		fprintf(stderr, "%s: ", pos->file);
	else
		fputs("sdwanctl: ", stderr);
	fputs(kind, stderr);
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
}

int err_at(const struct pos *pos, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(pos, "", fmt, ap);
	va_end(ap);
	return ST_USAGE;
}

int err_word(const struct tok *tok, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(&tok->pos, "", fmt, ap);
	va_end(ap);
	return ST_USAGE;
}

int err_end(const struct args *a, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(&a->end, "", fmt, ap);
	va_end(ap);
	return ST_USAGE;
}

int err_refused(const struct pos *pos, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(pos, "", fmt, ap);
	va_end(ap);
	return ST_REFUSED;
}

void warn_at(const struct pos *pos, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(pos, "warning: ", fmt, ap);
	va_end(ap);
}
