// SPDX-License-Identifier: GPL-2.0
/*
 * A kernel of paper: metrics, with an interpreter of classic BPF
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/sdwan_metric.h>
#include <string.h>

#include "mock.h"

struct machine {
	uint32_t a;
	uint32_t x;
	uint32_t mem[BPF_MEMWORDS];
	const unsigned char *data;
};

/* False where the program ends with an error. */
static bool load(struct machine *m, const struct sock_filter *i, uint32_t *reg)
{
	uint32_t word;

	switch (BPF_MODE(i->code)) {
	case BPF_IMM:
		*reg = i->k;
		return true;
	case BPF_MEM:
		*reg = m->mem[i->k];
		return true;
	default:
		if (i->k > sizeof(struct sdwan_metric_block) - 4)
			return false;
		memcpy(&word, m->data + i->k, 4);
		*reg = ntohl(word);
		return true;
	}
}

static bool alu(struct machine *m, const struct sock_filter *i)
{
	uint32_t b = BPF_SRC(i->code) == BPF_X ? m->x : i->k;

	switch (BPF_OP(i->code)) {
	case BPF_ADD:
		m->a += b;
		return true;
	case BPF_SUB:
		m->a -= b;
		return true;
	case BPF_MUL:
		m->a *= b;
		return true;
	case BPF_DIV:
		m->a = b ? m->a / b : 0;
		return b;
	case BPF_MOD:
		m->a = b ? m->a % b : 0;
		return b;
	default:
		return false;
	}
}

static unsigned int jump(const struct machine *m, const struct sock_filter *i)
{
	uint32_t b = BPF_SRC(i->code) == BPF_X ? m->x : i->k;
	bool yes = false;

	switch (BPF_OP(i->code)) {
	case BPF_JA:
		return i->k;
	case BPF_JEQ:
		yes = m->a == b;
		break;
	case BPF_JGT:
		yes = m->a > b;
		break;
	case BPF_JGE:
		yes = m->a >= b;
		break;
	}
	return yes ? i->jt : i->jf;
}

/* As the kernel does: 0 is an error. */
static uint32_t run(const struct sock_filter *prog, unsigned int n,
		    const struct sdwan_metric_block *block)
{
	struct machine m = { .data = (const unsigned char *)block };
	const struct sock_filter *i;
	bool good = true;
	unsigned int pc;

	for (pc = 0; pc < n && good; pc++) {
		i = &prog[pc];
		switch (BPF_CLASS(i->code)) {
		case BPF_LD:
			good = load(&m, i, &m.a);
			break;
		case BPF_LDX:
			good = load(&m, i, &m.x);
			break;
		case BPF_ST:
			m.mem[i->k] = m.a;
			break;
		case BPF_STX:
			m.mem[i->k] = m.x;
			break;
		case BPF_ALU:
			good = alu(&m, i);
			break;
		case BPF_JMP:
			pc += jump(&m, i);
			break;
		case BPF_RET:
			return BPF_RVAL(i->code) == BPF_A ? m.a : i->k;
		default:
			if (BPF_MISCOP(i->code) == BPF_TAX)
				m.x = m.a;
			else
				m.a = m.x;
			break;
		}
	}
	return 0;
}

static uint32_t cost_of(struct obj *metric,
			const struct sdwan_metric_block *block)
{
	struct nlattr *prog = find_attr(metric, SDWAN_A_METRIC_PROG);
	uint32_t cost = 1;

	if (prog)
		cost = run(nla_data(prog), (unsigned int)nla_len(prog) /
			   sizeof(struct sock_filter), block);
	return cost ? cost : SDWAN_METRIC_NEVER;
}

static void unknown(struct sdwan_metric_block *block)
{
	memset(block, 0xff, sizeof(*block));
	block->path.valid = 0;
	block->far_path.valid = 0;
}

/* A metric is told without its program. */
void fill_metric(struct nl_msg *msg, struct obj *o)
{
	struct nlattr *prog = find_attr(o, SDWAN_A_METRIC_PROG);

	if (prog)
		nla_put_u32(msg, SDWAN_A_METRIC_INSNS,
			    (uint32_t)nla_len(prog) /
			    sizeof(struct sock_filter));
	else
		nla_put_u32(msg, SDWAN_A_METRIC_BPF_ID, 17);
}

/* One program takes the place of the other. */
int check_metric(struct call *c, struct obj *self)
{
	bool prog = c->tb[SDWAN_A_METRIC_PROG];
	bool obj = c->tb[SDWAN_A_METRIC_BPF_NAME];

	if (!prog && !obj && !self)
		return refuse(c, EINVAL, "the program is missing", NULL);
	if (self && prog)
		drop_attr(self, SDWAN_A_METRIC_BPF_NAME);
	if (self && obj) {
		drop_attr(self, SDWAN_A_METRIC_PROG);
		drop_attr(self, SDWAN_A_METRIC_EXPR);
	}
	return 0;
}

static struct obj *named(struct call *c, enum kind kind, int attr, int *err)
{
	struct obj *o = NULL;

	if (!c->tb[attr])
		return NULL;
	o = find_named(c->w, kind, nla_get_string(c->tb[attr]));
	if (!o)
		*err = refuse(c, ENOENT, kind == PATH ?
			      "there is no path of this name" :
			      "there is no metric of this name", c->tb[attr]);
	return o;
}

/* Every path has a round-trip time of 20 ms and its preference. */
static void measured(struct sdwan_metric_block *block, struct obj *path)
{
	struct nlattr *pref = find_attr(path, SDWAN_A_PATH_PREFERENCE);

	block->path.valid = htonl(1);
	block->path.rtt_us = htonl(20000);
	block->path.preference = htonl(pref ? nla_get_u32(pref) : 100);
}

static void tell(struct call *c, struct obj *metric, struct obj *path)
{
	uint16_t flags = c->nlh->nlmsg_flags & NLM_F_DUMP ? NLM_F_MULTI : 0;
	struct nl_msg *msg = new_reply(c->nlh->nlmsg_seq, c->cmd, flags);
	struct sdwan_metric_block block;

	unknown(&block);
	measured(&block, path);
	nla_put_string(msg, SDWAN_A_COST_METRIC,
		       get_str(metric, SDWAN_A_METRIC_NAME));
	nla_put_string(msg, SDWAN_A_COST_PATH, get_str(path, SDWAN_A_PATH_NAME));
	nla_put_u32(msg, SDWAN_A_COST_COST, cost_of(metric, &block));
	nla_put_u32(msg, SDWAN_A_COST_AGE, 250);
	send_msg(c->s, msg);
}

static int tell_costs(struct call *c, struct obj *metric, struct obj *path)
{
	uint32_t i, k;

	for (i = 0; i < c->w->n; i++) {
		struct obj *p = &c->w->obj[i];

		if (p->kind != PATH || (path && path != p))
			continue;
		for (k = 0; k < c->w->n; k++) {
			struct obj *m = &c->w->obj[k];

			if (m->kind == METRIC && (!metric || metric == m))
				tell(c, m, p);
		}
	}
	send_done(c, 0);
	return 1;
}

static void given(struct call *c, struct sdwan_metric_block *block)
{
	struct nlattr *head = genlmsg_attrdata(nlmsg_data(c->nlh), 0);
	int len = genlmsg_attrlen(nlmsg_data(c->nlh), 0);
	struct nlattr *pos, *at, *val;
	uint32_t value;
	int rem;

	nla_for_each_attr(pos, head, len, rem) {
		if (nla_type(pos) != SDWAN_A_COST_FIELD)
			continue;
		at = nla_find(nla_data(pos), nla_len(pos),
			      SDWAN_A_METRIC_FIELD_OFFSET);
		val = nla_find(nla_data(pos), nla_len(pos),
			       SDWAN_A_METRIC_FIELD_VALUE);
		value = htonl(nla_get_u32(val));
		memcpy((char *)block + nla_get_u32(at), &value, 4);
	}
}

int metric_call(struct call *c)
{
	struct sdwan_metric_block block;
	struct obj *metric, *path;
	struct nl_msg *msg;
	int err = 0;

	metric = named(c, METRIC, SDWAN_A_COST_METRIC, &err);
	path = named(c, PATH, SDWAN_A_COST_PATH, &err);
	if (err)
		return err;
	if (c->cmd == SDWAN_CMD_METRIC_COST)
		return tell_costs(c, metric, path);
	unknown(&block);
	if (path)
		measured(&block, path);
	given(c, &block);
	msg = new_reply(c->nlh->nlmsg_seq, c->cmd, 0);
	nla_put_u32(msg, SDWAN_A_COST_COST, cost_of(metric, &block));
	send_msg(c->s, msg);
	return 0;
}
