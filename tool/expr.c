// SPDX-License-Identifier: GPL-2.0
/*
 * sdwanctl: the language of expressions
 *
 * That of C, with unsigned numbers, statistics and a few functions:
 *
 *	expression := or [ '?' expression ':' expression ]
 *	operand    := number | statistic | 'never' | '(' expression ')' |
 *		      { 'min' | 'max' } '(' expression { ',' expression } ')'
 *
 * with the binary operators of the table below, and '!'.
 */
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "expr.h"

/* Parentheses, functions, '?:' and '!' within each other. */
#define DEPTH_MAX 64

struct parser {
	const char *text;
	const char *at;
	struct expr_error *err;
	unsigned int depth;
};

void expr_free(struct expr *e)
{
	unsigned int i;

	if (!e)
		return;
	for (i = 0; i < 3; i++)
		expr_free(e->arg[i]);
	free(e);
}

/* Only what comes first is said. */
static struct expr *complain(struct parser *p, const char *at,
			     const char *fmt, ...)
{
	va_list ap;

	if (p->err->col)
		return NULL;
	p->err->col = (unsigned int)(at - p->text) + 1;
	va_start(ap, fmt);
	vsnprintf(p->err->msg, sizeof(p->err->msg), fmt, ap);
	va_end(ap);
	return NULL;
}

static void skip_space(struct parser *p)
{
	while (isspace((unsigned char)*p->at))
		p->at++;
}

/* Is the next thing @sign, and not a longer one that begins with it? */
static bool peek(struct parser *p, const char *sign)
{
	size_t len = strlen(sign);

	skip_space(p);
	if (strncmp(p->at, sign, len))
		return false;
	return len > 1 || !strchr("<>!", *sign) || p->at[1] != '=';
}

static bool take(struct parser *p, const char *sign)
{
	if (!peek(p, sign))
		return false;
	p->at += strlen(sign);
	return true;
}

static struct expr *expression(struct parser *p);

static bool deeper(struct parser *p)
{
	if (p->depth++ < DEPTH_MAX)
		return true;
	complain(p, p->at, "nested more than %d deep", DEPTH_MAX);
	return false;
}

static bool closed(struct parser *p)
{
	if (take(p, ")"))
		return true;
	complain(p, p->at, *p->at ? "an operator or ')' is expected" :
		 "')' is missing");
	return false;
}

static struct expr *constant(uint32_t value)
{
	struct expr *e = expr_make(EX_NUMBER, NULL, NULL, NULL);

	e->value = value;
	e->lo = value;
	e->hi = value;
	return e;
}

static struct expr *number(struct parser *p)
{
	const char *start = p->at;
	bool hex = start[0] == '0' && (start[1] == 'x' || start[1] == 'X');
	unsigned long long v;
	char *end;

	/* a leading zero is no octal number */
	errno = 0;
	v = strtoull(hex ? start + 2 : start, &end, hex ? 16 : 10);
	if (isalnum((unsigned char)*end) || *end == '_' || *end == '.' ||
	    (hex && !isxdigit((unsigned char)start[2])))
		return complain(p, start, "this is no whole number");
	if (errno || v > UINT32_MAX)
		return complain(p, start, "the number is larger than %u",
				UINT32_MAX);
	p->at = end;
	return constant((uint32_t)v);
}

/* min(a), min(a, b), min(a, b, c) */
static struct expr *function(struct parser *p, enum expr_op op)
{
	struct expr *e, *next;

	e = expression(p);
	while (e && take(p, ",")) {
		next = expression(p);
		if (!next) {
			expr_free(e);
			return NULL;
		}
		e = expr_make(op, e, next, NULL);
	}
	if (e && !closed(p)) {
		expr_free(e);
		return NULL;
	}
	return e;
}

static struct expr *word(struct parser *p)
{
	const char *start = p->at;
	unsigned int len;
	struct expr *e;
	int offset;

	while (isalnum((unsigned char)*p->at) || *p->at == '_' ||
	       *p->at == '.')
		p->at++;
	len = (unsigned int)(p->at - start);
	if (peek(p, "(")) {
		bool min = len == 3 && !memcmp(start, "min", 3);

		if (!min && (len != 3 || memcmp(start, "max", 3)))
			return complain(p, start, "there is no function '%.*s', only min and max",
					(int)len, start);
		take(p, "(");
		return function(p, min ? EX_MIN : EX_MAX);
	}
	if (len == 5 && !memcmp(start, "never", 5))
		return constant(SDWAN_METRIC_NEVER);
	offset = stat_offset(start, len);
	if (offset < 0)
		return complain(p, start, "there is no statistic '%.*s'",
				(int)len, start);
	e = expr_make(EX_STAT, NULL, NULL, NULL);
	e->offset = (unsigned int)offset;
	return e;
}

static struct expr *bracket(struct parser *p)
{
	struct expr *e = expression(p);

	if (e && !closed(p)) {
		expr_free(e);
		return NULL;
	}
	return e;
}

static struct expr *operand(struct parser *p);

static struct expr *negation(struct parser *p)
{
	struct expr *e = NULL;

	if (deeper(p))
		e = operand(p);
	p->depth--;
	return e ? expr_make(EX_NOT, e, NULL, NULL) : NULL;
}

static struct expr *operand(struct parser *p)
{
	skip_space(p);
	if (take(p, "("))
		return bracket(p);
	if (take(p, "!"))
		return negation(p);
	if (isdigit((unsigned char)*p->at))
		return number(p);
	if (isalpha((unsigned char)*p->at) || *p->at == '_')
		return word(p);
	if (*p->at == '-')
		return complain(p, p->at, "there are no negative numbers");
	return complain(p, p->at,
			"a number, a statistic, a function or '(' is expected");
}

/* As in C, but for what it has and we do not. */
static const struct {
	const char *sign;
	enum expr_op op;
	unsigned int level;	/* binds more tightly than lower ones */
} binary[] = {
	{ "||", EX_OR, 1 },
	{ "&&", EX_AND, 2 },
	{ "==", EX_EQ, 3 },
	{ "!=", EX_NE, 3 },
	{ "<=", EX_LE, 4 },
	{ ">=", EX_GE, 4 },
	{ "<", EX_LT, 4 },
	{ ">", EX_GT, 4 },
	{ "+", EX_ADD, 5 },
	{ "-", EX_SUB, 5 },
	{ "*", EX_MUL, 6 },
	{ "/", EX_DIV, 6 },
	{ "%", EX_MOD, 6 },
};

#define LEVELS 6

static int take_binary(struct parser *p, unsigned int level)
{
	size_t i;

	for (i = 0; i < sizeof(binary) / sizeof(*binary); i++)
		if (binary[i].level == level && take(p, binary[i].sign))
			return (int)binary[i].op;
	return -1;
}

/* All of them are left-associative. */
static struct expr *operation(struct parser *p, unsigned int level)
{
	struct expr *e, *right;
	int op;

	if (level > LEVELS)
		return operand(p);
	e = operation(p, level + 1);
	while (e && (op = take_binary(p, level)) >= 0) {
		right = operation(p, level + 1);
		if (!right) {
			expr_free(e);
			return NULL;
		}
		e = expr_make((enum expr_op)op, e, right, NULL);
	}
	return e;
}

static struct expr *condition(struct parser *p, struct expr *cond)
{
	struct expr *yes = expression(p), *no = NULL;

	if (yes && !take(p, ":"))
		complain(p, p->at, "':' is expected, for the '?' before");
	else if (yes)
		no = expression(p);
	if (no)
		return expr_make(EX_COND, cond, yes, no);
	expr_free(yes);
	expr_free(cond);
	return NULL;
}

static struct expr *expression(struct parser *p)
{
	struct expr *e = NULL;

	if (deeper(p))
		e = operation(p, 1);
	if (e && take(p, "?"))
		e = condition(p, e);
	p->depth--;
	return e;
}

/* NULL and the reason in @err where @text is no expression. */
struct expr *expr_parse(const char *text, struct expr_error *err)
{
	struct parser p = { .text = text, .at = text, .err = err };
	struct expr *e;

	memset(err, 0, sizeof(*err));
	e = expression(&p);
	skip_space(&p);
	if (e && *p.at) {
		complain(&p, p.at, *p.at == ')' ? "there is no '(' for this" :
			 "an operator is expected");
		expr_free(e);
		return NULL;
	}
	return e;
}
