// SPDX-License-Identifier: GPL-2.0
/*
 * sdwanctl: what is known of an expression before it is computed
 *
 * What is the same for all paths is computed here. Of the rest it is known within
 * which bounds it is, so that no program looks for what cannot happen.
 */
#include <stdlib.h>

#include "expr.h"

static uint32_t saturate(uint64_t v)
{
	return v > UINT32_MAX ? UINT32_MAX : (uint32_t)v;
}

/* What an operator of two operands yields. */
uint32_t expr_apply(enum expr_op op, uint32_t a, uint32_t b)
{
	switch (op) {
	case EX_OR:
		return a || b;
	case EX_AND:
		return a && b;
	case EX_EQ:
		return a == b;
	case EX_NE:
		return a != b;
	case EX_LT:
		return a < b;
	case EX_LE:
		return a <= b;
	case EX_GT:
		return a > b;
	case EX_GE:
		return a >= b;
	case EX_ADD:
		return saturate((uint64_t)a + b);
	case EX_SUB:
		return a > b ? a - b : 0;
	case EX_MUL:
		return saturate((uint64_t)a * b);
	case EX_DIV:
		return b ? a / b : UINT32_MAX;
	case EX_MOD:
		return b ? a % b : UINT32_MAX;
	case EX_MIN:
		return a < b ? a : b;
	default:
		return a > b ? a : b;
	}
}

static struct expr *number(struct expr *e, uint32_t value)
{
	unsigned int i;

	for (i = 0; i < 3; i++) {
		expr_free(e->arg[i]);
		e->arg[i] = NULL;
	}
	e->op = EX_NUMBER;
	e->value = value;
	e->lo = value;
	e->hi = value;
	e->need = 0;
	return e;
}

static void bounds_div(struct expr *e, const struct expr *a,
		       const struct expr *b)
{
	if (!b->lo)	/* or the largest value */
		return;
	e->lo = e->op == EX_DIV ? a->lo / b->hi : 0;
	e->hi = e->op == EX_DIV ? a->hi / b->lo : b->hi - 1;
}

static void bounds(struct expr *e)
{
	const struct expr *a = e->arg[0], *b = e->arg[1];

	e->lo = 0;
	e->hi = UINT32_MAX;
	switch (e->op) {
	case EX_ADD:
	case EX_MUL:
	case EX_MIN:
	case EX_MAX:
		e->lo = expr_apply(e->op, a->lo, b->lo);
		e->hi = expr_apply(e->op, a->hi, b->hi);
		break;
	case EX_SUB:
		e->lo = expr_apply(e->op, a->lo, b->hi);
		e->hi = expr_apply(e->op, a->hi, b->lo);
		break;
	case EX_DIV:
	case EX_MOD:
		bounds_div(e, a, b);
		break;
	case EX_COND:
		e->lo = expr_apply(EX_MIN, b->lo, e->arg[2]->lo);
		e->hi = expr_apply(EX_MAX, b->hi, e->arg[2]->hi);
		break;
	case EX_NUMBER:
	case EX_STAT:
		break;
	default:
		e->hi = 1;
		break;
	}
}

/* Sethi and Ullman (1970): the operand that needs more comes first. */
static void need(struct expr *e)
{
	unsigned int a = e->arg[0]->need;
	unsigned int b = e->arg[1] ? e->arg[1]->need : 0;

	e->need = a > b ? a : b;
	if (e->op == EX_COND && e->arg[2]->need > e->need)
		e->need = e->arg[2]->need;
	/* one of a logical operator is done with before the other */
	if (e->op > EX_AND && a == b)
		e->need++;
}

static struct expr *choose(struct expr *e)
{
	unsigned int way = e->arg[0]->value ? 1 : 2;
	struct expr *chosen = e->arg[way];

	e->arg[way] = NULL;
	expr_free(e);
	return chosen;
}

/* An operator and its operands; a number where that is all there is to it. */
struct expr *expr_make(enum expr_op op, struct expr *a, struct expr *b,
		       struct expr *c)
{
	struct expr *e = calloc(1, sizeof(*e));

	if (!e)
		abort();
	*e = (struct expr){ .op = op, .arg = { a, b, c } };
	bounds(e);
	if (!a)
		return e;
	if (a->op == EX_NUMBER && op == EX_COND)
		return choose(e);
	if (a->op == EX_NUMBER && op == EX_NOT)
		return number(e, !a->value);
	if (a->op == EX_NUMBER && b && b->op == EX_NUMBER)
		return number(e, expr_apply(op, a->value, b->value));
	need(e);
	return e;
}
