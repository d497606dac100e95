/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwanctl: expressions of metrics
 *
 * All values are unsigned and have 32 bits. What does not fit saturates: sums and
 * products at the largest value, differences at 0; a division by 0 yields the
 * largest value. A cost of 0 is not told from an error, so the least is 1.
 */
#ifndef SDWANCTL_EXPR_H
#define SDWANCTL_EXPR_H

#include <stdbool.h>
#include <stdint.h>

#include <linux/filter.h>
#include <linux/sdwan.h>
#include <linux/sdwan_metric.h>

struct expr_error {
	unsigned int col;	/* from 1 */
	char msg[192];
};

enum expr_op {
	EX_NUMBER,
	EX_STAT,
	EX_NOT,
	EX_COND,
	EX_OR,
	EX_AND,
	EX_EQ,
	EX_NE,
	EX_LT,
	EX_LE,
	EX_GT,
	EX_GE,
	EX_ADD,
	EX_SUB,
	EX_MUL,
	EX_DIV,
	EX_MOD,
	EX_MIN,
	EX_MAX,
};

struct expr {
	enum expr_op op;
	uint32_t value;		/* of EX_NUMBER */
	unsigned int offset;	/* of EX_STAT */
	struct expr *arg[3];
	uint32_t lo;		/* the value is at least that, */
	uint32_t hi;		/* and at most that */
	unsigned int need;	/* how many others are held meanwhile, at least */
};

struct expr_code {
	struct sock_filter insn[SDWAN_METRIC_INSNS_MAX];
	unsigned int n;
};

/* expr.c */
struct expr *expr_parse(const char *text, struct expr_error *err);
void expr_free(struct expr *e);

/* expr_fold.c */
uint32_t expr_apply(enum expr_op op, uint32_t a, uint32_t b);
struct expr *expr_make(enum expr_op op, struct expr *a, struct expr *b,
		       struct expr *c);

/* expr_code.c */
int expr_compile(const char *text, struct expr_code *code,
		 struct expr_error *err);

/* stat.c */
#define STAT_NAME 48

void stat_each(void (*fn)(const void *arg, const char *name), const void *arg);
int stat_offset(const char *name, unsigned int len);

#endif /* SDWANCTL_EXPR_H */
