// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: BPF programs that requests bring
 *
 * They come loaded and verified, as a file descriptor, or as the instructions of
 * classic BPF. What is kept beside is the name under which people know them.
 */
#include <linux/bpf.h>
#include <linux/filter.h>
#include <linux/siphash.h>
#include <linux/slab.h>

#include "compat/compat.h"
#include "object.h"
#include "prog.h"

/**
 * sdwan_prog_hold() - one more configuration has a program
 * @prog: program, or NULL
 */
void sdwan_prog_hold(struct sdwan_prog *prog)
{
	if (prog)
		refcount_inc(&prog->users);
}

/**
 * sdwan_prog_put() - a configuration is gone
 * @prog: its program, or NULL
 *
 * Context: Any; not while somebody may run it.
 */
void sdwan_prog_put(struct sdwan_prog *prog)
{
	if (!prog || !refcount_dec_and_test(&prog->users))
		return;
	bpf_prog_destroy(prog->prog);
	kfree(prog);
}

static struct sdwan_prog *sdwan_prog_alloc(const struct nlattr *attr)
{
	const char *name = attr ? nla_data(attr) : "";
	size_t size = strlen(name) + 1;
	struct sdwan_prog *prog;

	prog = kzalloc(struct_size(prog, name, size), GFP_KERNEL_ACCOUNT);
	if (!prog)
		return NULL;
	refcount_set(&prog->users, 1);
	memcpy(prog->name, name, size);
	return prog;
}

/**
 * sdwan_prog_by_fd() - read which loaded program is meant
 * @chg: request, by the process that has the file descriptor
 * @ids: its attributes
 *
 * Return: the program, NULL where none is named, or an error.
 */
struct sdwan_prog *sdwan_prog_by_fd(struct sdwan_change *chg,
				    const struct sdwan_prog_attrs *ids)
{
	const struct nlattr *name = chg->attrs[ids->name];
	const struct nlattr *fd = chg->attrs[ids->fd];
	struct sdwan_prog *prog;

	if (!fd && name)
		return ERR_PTR(sdwan_refuse(chg, ids->name, -EINVAL,
					    "a name without its program"));
	if (!fd)
		return NULL;
	prog = sdwan_prog_alloc(name);
	if (!prog)
		return ERR_PTR(-ENOMEM);
	prog->prog = bpf_prog_get_type(nla_get_u32(fd),
				       BPF_PROG_TYPE_SOCKET_FILTER);
	if (IS_ERR(prog->prog)) {
		int err = PTR_ERR(prog->prog);

		kfree(prog);
		return ERR_PTR(sdwan_refuse(chg, ids->fd, err,
					    "this is no BPF program of type socket filter"));
	}
	prog->digest = get_unaligned_be64(prog->prog->tag);
	return prog;
}

/* Of what was sent: what the kernel makes of it may be another thing elsewhere. */
static u64 sdwan_prog_digest(const struct sock_fprog_kern *code)
{
	static const siphash_key_t key;
	u64 digest = 0;
	u16 i;

	for (i = 0; i < code->len; i++) {
		const struct sock_filter *f = &code->filter[i];

		digest = siphash_3u64(digest, f->k,
				      (u64)f->code << 16 | f->jt << 8 | f->jf,
				      &key);
	}
	return digest;
}

/**
 * sdwan_prog_classic() - make a program of the instructions in a request
 * @chg: request
 * @insns: attribute with the instructions, which is there
 * @name: attribute with the text they were made from
 *
 * Return: the program or an error.
 */
struct sdwan_prog *sdwan_prog_classic(struct sdwan_change *chg, u16 insns,
				      u16 name)
{
	const struct nlattr *attr = chg->attrs[insns];
	struct sock_fprog_kern code = {
		.len = nla_len(attr) / sizeof(struct sock_filter),
		.filter = nla_data(attr),
	};
	struct sdwan_prog *prog;
	int err;

	prog = sdwan_prog_alloc(chg->attrs[name]);
	if (!prog)
		return ERR_PTR(-ENOMEM);
	prog->insns = code.len;
	prog->digest = sdwan_prog_digest(&code);
	err = bpf_prog_create(&prog->prog, &code);
	if (err) {
		kfree(prog);
		return ERR_PTR(sdwan_refuse(chg, insns, err,
					    "this is no program of classic BPF"));
	}
	return prog;
}

/**
 * sdwan_prog_fill() - write which program came loaded
 * @skb: message
 * @ids: its attributes
 * @prog: program, or NULL
 *
 * Return: 0 or -EMSGSIZE.
 */
int sdwan_prog_fill(struct sk_buff *skb, const struct sdwan_prog_attrs *ids,
		    const struct sdwan_prog *prog)
{
	if (!prog)
		return 0;
	if (nla_put_u32(skb, ids->id, prog->prog->aux->id) ||
	    (*prog->name && nla_put_string(skb, ids->name, prog->name)))
		return -EMSGSIZE;
	return 0;
}
