/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: BPF programs that requests bring
 */
#ifndef _SDWAN_PROG_H
#define _SDWAN_PROG_H

#include <linux/refcount.h>
#include <linux/types.h>

struct bpf_prog;
struct sdwan_change;
struct sk_buff;

/**
 * struct sdwan_prog - a program of a rule or a metric
 * @users: configurations of the object that have it
 * @prog: (c) the program
 * @insns: (c) instructions that it came as, 0 where it came loaded
 * @digest: (c) tells programs from each other, at this end and others
 * @name: (c) where it came from, empty where that is not known
 */
struct sdwan_prog {
	refcount_t users;
	struct bpf_prog *prog;
	unsigned int insns;
	u64 digest;
	char name[];
};

/**
 * struct sdwan_prog_attrs - how programs are called in requests
 * @fd: attribute with the descriptor of a program that is loaded
 * @name: the one that says where that came from
 * @id: the one by which its number is told
 */
struct sdwan_prog_attrs {
	u16 fd;
	u16 name;
	u16 id;
};

struct sdwan_prog *sdwan_prog_by_fd(struct sdwan_change *chg,
				    const struct sdwan_prog_attrs *ids);
struct sdwan_prog *sdwan_prog_classic(struct sdwan_change *chg, u16 insns,
				      u16 name);
void sdwan_prog_hold(struct sdwan_prog *prog);
void sdwan_prog_put(struct sdwan_prog *prog);
int sdwan_prog_fill(struct sk_buff *skb, const struct sdwan_prog_attrs *ids,
		    const struct sdwan_prog *prog);

#endif /* _SDWAN_PROG_H */
