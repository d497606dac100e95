// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: BPF programs that rules ask
 *
 * They come loaded and verified, as a file descriptor. What is kept beside is
 * the name under which people know them.
 */
#include <linux/bpf.h>
#include <linux/refcount.h>
#include <linux/slab.h>

#include "object.h"
#include "rule.h"
#include "rule_prog.h"

/**
 * struct sdwan_rule_prog - a program of a rule
 * @users: configurations of the rule that have it
 * @prog: (c) the program
 * @name: (c) where it came from, empty where that is not known
 */
struct sdwan_rule_prog {
	refcount_t users;
	struct bpf_prog *prog;
	char name[];
};

/**
 * sdwan_rule_prog_hold() - one more configuration has a program
 * @prog: program, or NULL
 */
void sdwan_rule_prog_hold(struct sdwan_rule_prog *prog)
{
	if (prog)
		refcount_inc(&prog->users);
}

/**
 * sdwan_rule_prog_put() - a configuration is gone
 * @prog: its program, or NULL
 *
 * Context: Any; not while a look-up may ask it.
 */
void sdwan_rule_prog_put(struct sdwan_rule_prog *prog)
{
	if (!prog || !refcount_dec_and_test(&prog->users))
		return;
	bpf_prog_put(prog->prog);
	kfree(prog);
}

static struct sdwan_rule_prog *sdwan_rule_prog_alloc(const struct nlattr *attr)
{
	const char *name = attr ? nla_data(attr) : "";
	size_t size = strlen(name) + 1;
	struct sdwan_rule_prog *prog;

	prog = kzalloc(struct_size(prog, name, size), GFP_KERNEL_ACCOUNT);
	if (!prog)
		return NULL;
	refcount_set(&prog->users, 1);
	memcpy(prog->name, name, size);
	return prog;
}

/**
 * sdwan_rule_prog_parse() - read which program a rule asks
 * @chg: request, by the process that has the file descriptor
 * @cfg: result; what is absent stays
 *
 * Return: 0 or a negative error.
 */
int sdwan_rule_prog_parse(struct sdwan_change *chg, struct sdwan_rule_cfg *cfg)
{
	const struct nlattr *name = chg->attrs[SDWAN_A_RULE_BPF_NAME];
	const struct nlattr *fd = chg->attrs[SDWAN_A_RULE_BPF_FD];
	struct sdwan_rule_prog *prog;

	if (!fd && name)
		return sdwan_refuse(chg, SDWAN_A_RULE_BPF_NAME, -EINVAL,
				    "a name without its program");
	if (!fd)
		return 0;
	prog = sdwan_rule_prog_alloc(name);
	if (!prog)
		return -ENOMEM;
	prog->prog = bpf_prog_get_type(nla_get_u32(fd),
				       BPF_PROG_TYPE_SOCKET_FILTER);
	if (IS_ERR(prog->prog)) {
		int err = PTR_ERR(prog->prog);

		kfree(prog);
		return sdwan_refuse(chg, SDWAN_A_RULE_BPF_FD, err,
				    "this is no BPF program of type socket filter");
	}
	sdwan_rule_prog_put(cfg->prog);
	cfg->prog = prog;
	cfg->match.prog = prog->prog;
	return 0;
}

/**
 * sdwan_rule_prog_fill() - write which program a rule asks
 * @skb: message
 * @prog: program, or NULL
 *
 * Return: 0 or -EMSGSIZE.
 */
int sdwan_rule_prog_fill(struct sk_buff *skb,
			 const struct sdwan_rule_prog *prog)
{
	if (!prog)
		return 0;
	if (nla_put_u32(skb, SDWAN_A_RULE_BPF_ID, prog->prog->aux->id) ||
	    (*prog->name &&
	     nla_put_string(skb, SDWAN_A_RULE_BPF_NAME, prog->name)))
		return -EMSGSIZE;
	return 0;
}
