// SPDX-License-Identifier: GPL-2.0
/*
 * sdwanctl: expressions as programs of classic BPF
 *
 * An expression leaves its value in A. That of an operand which is needed later is
 * kept in the memory of the program, from @slot on. Jumps go forward only, and are
 * relative: code can be made apart and appended.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "expr.h"

/* So long the order is the one with fewer instructions, then the thriftier one. */
#define SLOTS_FREE 4

#define JUMP_MAX 255

struct code {
	struct sock_filter *insn;
	unsigned int n;
	unsigned int room;
};

static void emit_jump(struct code *c, unsigned int op, uint32_t k,
		      unsigned int yes, unsigned int no)
{
	if (c->n == c->room) {
		c->room = c->room ? c->room * 2 : 64;
		c->insn = reallocarray(c->insn, c->room, sizeof(*c->insn));
		if (!c->insn)
			abort();
	}
	c->insn[c->n++] = (struct sock_filter){
		.code = (uint16_t)op, .jt = (uint8_t)yes, .jf = (uint8_t)no,
		.k = k,
	};
}

static void emit(struct code *c, unsigned int op, uint32_t k)
{
	emit_jump(c, op, k, 0, 0);
}

static void load(struct code *c, uint32_t k)
{
	emit(c, BPF_LD | BPF_IMM, k);
}

static void skip(struct code *c, uint32_t n)
{
	emit(c, BPF_JMP | BPF_JA, n);
}

static void append(struct code *c, struct code *part)
{
	unsigned int i;

	for (i = 0; i < part->n; i++)
		emit_jump(c, part->insn[i].code, part->insn[i].k,
			  part->insn[i].jt, part->insn[i].jf);
	free(part->insn);
}

static void generate(struct code *c, const struct expr *e, unsigned int slot);

/* ---- operators with the right operand in X, or a number ---- */

struct right {
	const struct expr *a;	/* the left one */
	const struct expr *e;
	unsigned int src;	/* BPF_X or BPF_K */
	uint32_t k;
	unsigned int slot;	/* free */
};

static void alu(struct code *c, const struct right *r, unsigned int op)
{
	emit(c, BPF_ALU | op | r->src, r->k);
}

static void jump(struct code *c, const struct right *r, unsigned int op,
		 unsigned int yes, unsigned int no)
{
	emit_jump(c, BPF_JMP | op | r->src, r->k, yes, no);
}

static void load_right(struct code *c, const struct right *r)
{
	if (r->src == BPF_K)
		load(c, r->k);
	else
		emit(c, BPF_MISC | BPF_TXA, 0);
}

/* Pass over @n instructions where the comparison is as @when says. */
static void skip_if(struct code *c, const struct right *r, unsigned int op,
		    bool when, unsigned int n)
{
	if (n <= JUMP_MAX) {
		jump(c, r, op, when ? n : 0, when ? 0 : n);
		return;
	}
	jump(c, r, op, when ? 0 : 1, when ? 1 : 0);
	skip(c, n);
}

static void generate_add(struct code *c, const struct right *r)
{
	alu(c, r, BPF_ADD);
	if ((uint64_t)r->a->hi + r->e->hi <= UINT32_MAX)
		return;
	jump(c, r, BPF_JGE, 1, 0);
	load(c, UINT32_MAX);
}

static void generate_sub(struct code *c, const struct right *r)
{
	if (r->a->lo >= r->e->hi) {
		alu(c, r, BPF_SUB);
		return;
	}
	jump(c, r, BPF_JGE, 0, 2);
	alu(c, r, BPF_SUB);
	skip(c, 1);
	load(c, 0);
}

static void generate_mul_number(struct code *c, const struct right *r)
{
	/* a number of 0 has made a number of the whole */
	emit_jump(c, BPF_JMP | BPF_JGT | BPF_K, UINT32_MAX / r->k, 0, 2);
	load(c, UINT32_MAX);
	skip(c, 1);
	alu(c, r, BPF_MUL);
}

/* There are 32 bits only: a * b is too large where a > max / b. */
static void generate_mul_x(struct code *c, const struct right *r)
{
	emit(c, BPF_ST, r->slot);
	emit(c, BPF_STX, r->slot + 1);
	emit(c, BPF_MISC | BPF_TXA, 0);
	emit_jump(c, BPF_JMP | BPF_JEQ | BPF_K, 0, 8, 0);
	load(c, UINT32_MAX);
	emit(c, BPF_ALU | BPF_DIV | BPF_X, 0);
	emit(c, BPF_LDX | BPF_MEM, r->slot);
	emit_jump(c, BPF_JMP | BPF_JGE | BPF_X, 0, 2, 0);
	load(c, UINT32_MAX);
	skip(c, 2);
	emit(c, BPF_LD | BPF_MEM, r->slot + 1);
	emit(c, BPF_ALU | BPF_MUL | BPF_X, 0);
}

static void generate_mul(struct code *c, const struct right *r)
{
	if ((uint64_t)r->a->hi * r->e->hi <= UINT32_MAX)
		alu(c, r, BPF_MUL);
	else if (r->src == BPF_K)
		generate_mul_number(c, r);
	else
		generate_mul_x(c, r);
}

/* The remainder too: division by 0 would end the program. */
static void generate_div(struct code *c, const struct right *r, unsigned int op)
{
	if (r->e->lo) {
		alu(c, r, op);
		return;
	}
	if (r->src == BPF_K) {
		load(c, UINT32_MAX);
		return;
	}
	emit(c, BPF_ST, r->slot);
	emit(c, BPF_MISC | BPF_TXA, 0);
	emit_jump(c, BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 2);
	load(c, UINT32_MAX);
	skip(c, 2);
	emit(c, BPF_LD | BPF_MEM, r->slot);
	alu(c, r, op);
}

static void generate_op(struct code *c, enum expr_op op, const struct right *r)
{
	switch (op) {
	case EX_ADD:
		generate_add(c, r);
		break;
	case EX_SUB:
		generate_sub(c, r);
		break;
	case EX_MUL:
		generate_mul(c, r);
		break;
	case EX_DIV:
		generate_div(c, r, BPF_DIV);
		break;
	case EX_MOD:
		generate_div(c, r, BPF_MOD);
		break;
	case EX_MIN:
		jump(c, r, BPF_JGT, 0, 1);
		load_right(c, r);
		break;
	default:
		jump(c, r, BPF_JGE, 1, 0);
		load_right(c, r);
		break;
	}
}

/* ---- operands ---- */

/* The same with its operands in the other order, or -1. */
static int mirrored(enum expr_op op)
{
	switch (op) {
	case EX_EQ:
	case EX_NE:
	case EX_ADD:
	case EX_MUL:
	case EX_MIN:
	case EX_MAX:
		return (int)op;
	case EX_LT:
		return EX_GT;
	case EX_GT:
		return EX_LT;
	case EX_LE:
		return EX_GE;
	case EX_GE:
		return EX_LE;
	default:
		return -1;
	}
}

static void generate_both(struct code *c, const struct expr *a,
			  const struct expr *b, unsigned int slot)
{
	if (slot < SLOTS_FREE || b->need > a->need) {
		generate(c, b, slot);
		emit(c, BPF_ST, slot);
		generate(c, a, slot + 1);
		emit(c, BPF_LDX | BPF_MEM, slot);
		return;
	}
	generate(c, a, slot);
	emit(c, BPF_ST, slot);
	generate(c, b, slot + 1);
	emit(c, BPF_MISC | BPF_TAX, 0);
	emit(c, BPF_LD | BPF_MEM, slot);
}

/* Both operands, the left one in A. Returns the operator, perhaps mirrored. */
static enum expr_op generate_operands(struct code *c, const struct expr *e,
				      unsigned int slot, struct right *r)
{
	const struct expr *a = e->arg[0], *b = e->arg[1];
	enum expr_op op = e->op;

	if (a->op == EX_NUMBER && mirrored(op) >= 0) {
		op = (enum expr_op)mirrored(op);
		a = e->arg[1];
		b = e->arg[0];
	}
	*r = (struct right){
		.a = a, .e = b, .slot = slot,
		.src = b->op == EX_NUMBER ? BPF_K : BPF_X,
		.k = b->op == EX_NUMBER ? b->value : 0,
	};
	if (r->src == BPF_K)
		generate(c, a, slot);
	else
		generate_both(c, a, b, slot);
	return op;
}

/* ---- what is true or not ---- */

static bool is_comparison(enum expr_op op)
{
	return op >= EX_EQ && op <= EX_GE;
}

static void branch(struct code *c, const struct expr *e, unsigned int slot,
		   bool when, unsigned int n);

static void branch_comparison(struct code *c, const struct expr *e,
			      unsigned int slot, bool when, unsigned int n)
{
	struct right r;

	switch (generate_operands(c, e, slot, &r)) {
	case EX_EQ:
		skip_if(c, &r, BPF_JEQ, when, n);
		break;
	case EX_NE:
		skip_if(c, &r, BPF_JEQ, !when, n);
		break;
	case EX_GT:
		skip_if(c, &r, BPF_JGT, when, n);
		break;
	case EX_LE:
		skip_if(c, &r, BPF_JGT, !when, n);
		break;
	case EX_GE:
		skip_if(c, &r, BPF_JGE, when, n);
		break;
	default:
		skip_if(c, &r, BPF_JGE, !when, n);
		break;
	}
}

/* The second operand of '&&' counts where the first is true, of '||' where not. */
static void branch_logical(struct code *c, const struct expr *e,
			   unsigned int slot, bool when, unsigned int n)
{
	bool decides = e->op == EX_OR;
	struct code right = { 0 };

	branch(&right, e->arg[1], slot, when, n);
	branch(c, e->arg[0], slot, decides,
	       right.n + (decides == when ? n : 0));
	append(c, &right);
}

/* Pass over @n instructions where @e is true or not, as @when says. */
static void branch(struct code *c, const struct expr *e, unsigned int slot,
		   bool when, unsigned int n)
{
	const struct right zero = { .src = BPF_K };

	if (e->op == EX_NOT) {
		branch(c, e->arg[0], slot, !when, n);
	} else if (e->op == EX_AND || e->op == EX_OR) {
		branch_logical(c, e, slot, when, n);
	} else if (is_comparison(e->op)) {
		branch_comparison(c, e, slot, when, n);
	} else {
		generate(c, e, slot);
		skip_if(c, &zero, BPF_JEQ, !when, n);
	}
}

static void generate_truth(struct code *c, const struct expr *e,
			   unsigned int slot)
{
	branch(c, e, slot, false, 2);
	load(c, 1);
	skip(c, 1);
	load(c, 0);
}

static void generate_cond(struct code *c, const struct expr *e,
			  unsigned int slot)
{
	struct code yes = { 0 }, no = { 0 };

	generate(&yes, e->arg[1], slot);
	generate(&no, e->arg[2], slot);
	skip(&yes, no.n);
	branch(c, e->arg[0], slot, false, yes.n);
	append(c, &yes);
	append(c, &no);
}

static void generate(struct code *c, const struct expr *e, unsigned int slot)
{
	enum expr_op op;
	struct right r;

	if (e->op == EX_NUMBER) {
		load(c, e->value);
	} else if (e->op == EX_STAT) {
		emit(c, BPF_LD | BPF_W | BPF_ABS, e->offset);
	} else if (e->op == EX_COND) {
		generate_cond(c, e, slot);
	} else if (e->op < EX_ADD) {
		generate_truth(c, e, slot);
	} else {
		op = generate_operands(c, e, slot, &r);
		generate_op(c, op, &r);
	}
}

static bool fits(const struct code *c)
{
	unsigned int i, op;

	for (i = 0; i < c->n; i++) {
		op = c->insn[i].code;
		if ((op == BPF_ST || op == BPF_STX) &&
		    c->insn[i].k >= BPF_MEMWORDS)
			return false;
	}
	return c->n <= SDWAN_METRIC_INSNS_MAX;
}

/* 0, or -1 and the reason in @err. */
int expr_compile(const char *text, struct expr_code *code,
		 struct expr_error *err)
{
	struct expr *e = expr_parse(text, err);
	struct code c = { 0 };
	int ret = -1;

	if (!e)
		return ret;
	generate(&c, e, 0);
	/* 0 would be an error */
	if (!e->lo) {
		emit_jump(&c, BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 1);
		load(&c, 1);
	}
	emit(&c, BPF_RET | BPF_A, 0);
	if (fits(&c)) {
		memcpy(code->insn, c.insn, c.n * sizeof(*c.insn));
		code->n = c.n;
		ret = 0;
	} else {
		err->col = 1;
		snprintf(err->msg, sizeof(err->msg),
			 "the expression takes %u instructions, more than %d",
			 c.n, SDWAN_METRIC_INSNS_MAX);
	}
	free(c.insn);
	expr_free(e);
	return ret;
}
