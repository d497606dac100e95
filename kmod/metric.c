// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: cost functions
 *
 * A metric is a BPF program over the statistics of a path.  Expressions are
 * compiled by the tool: the kernel knows their text, and runs the program.
 */
#include <linux/filter.h>
#include <linux/ktime.h>

#include "class.h"
#include "metric.h"
#include "netlink_gen.h"
#include "prog.h"
#include "stamp_tlv.h"

static const struct sdwan_prog_attrs sdwan_metric_prog_attrs = {
	.fd = SDWAN_A_METRIC_BPF_FD,
	.name = SDWAN_A_METRIC_BPF_NAME,
	.id = SDWAN_A_METRIC_BPF_ID,
};

static int sdwan_metric_key(struct sdwan_change *chg, void *key)
{
	return sdwan_object_name_key(chg, SDWAN_A_METRIC_NAME, SDWAN_NAME_MAX,
				     false, key);
}

static struct sdwan_object *sdwan_metric_create(struct sdwan_change *chg,
						const void *key)
{
	struct sdwan_metric *metric;

	metric = kzalloc(sizeof(*metric), GFP_KERNEL_ACCOUNT);
	if (!metric)
		return ERR_PTR(-ENOMEM);

	memcpy(metric->name, key, sizeof(metric->name));
	INIT_LIST_HEAD(&metric->classes);
	INIT_LIST_HEAD(&metric->shadows);
	return &metric->obj;
}

/* What is immutable is the key, and that has been found. */
static int sdwan_metric_check(struct sdwan_change *chg,
			      struct sdwan_object *obj)
{
	return 0;
}

static unsigned int sdwan_metric_load_size(const struct sock_filter *insn)
{
	switch (BPF_SIZE(insn->code)) {
	case BPF_W:
		return 4;
	case BPF_H:
		return 2;
	default:
		return 1;
	}
}

/*
 * Ancillary data, which are loaded from offsets far beyond, is that of real packets;
 * what this version does not have would be an error each time.
 */
static bool sdwan_metric_loads(const struct sock_filter *insn)
{
	const u32 size = sizeof(struct sdwan_metric_block);
	u8 class = BPF_CLASS(insn->code);

	if ((class != BPF_LD && class != BPF_LDX) ||
	    (BPF_MODE(insn->code) != BPF_ABS &&
	     BPF_MODE(insn->code) != BPF_MSH))
		return true;
	return insn->k <= size - sdwan_metric_load_size(insn);
}

/* Sections of the far end that are where these bytes are. */
static u8 sdwan_metric_far(u32 from, u32 size)
{
	static const struct {
		u8 section;
		u32 begin;
		u32 end;
	} far[] = {
		{ SDWAN_TLV_PATH,
		  offsetof(struct sdwan_metric_block, far_path),
		  offsetofend(struct sdwan_metric_block, far_path) },
		{ SDWAN_TLV_UNDERLAY,
		  offsetof(struct sdwan_metric_block, far_underlay),
		  offsetofend(struct sdwan_metric_block, far_underlay) },
		{ SDWAN_TLV_DEVICE,
		  offsetof(struct sdwan_metric_block, far_device),
		  offsetofend(struct sdwan_metric_block, far_device) },
	};
	unsigned int i;
	u8 sections = 0;

	for (i = 0; i < ARRAY_SIZE(far); i++)
		if (from < far[i].end && from + size > far[i].begin)
			sections |= far[i].section;
	return sections;
}

/* Which sections of the far end a program reads: all, where it cannot be told. */
static u8 sdwan_metric_reads(struct sdwan_change *chg)
{
	const struct nlattr *attr = chg->attrs[SDWAN_A_METRIC_PROG];
	const struct sock_filter *insn;
	unsigned int i, n;
	u8 reads = 0;

	if (!attr)
		return SDWAN_TLV_SECTIONS;
	insn = nla_data(attr);
	n = nla_len(attr) / sizeof(*insn);
	for (i = 0; i < n; i++) {
		u8 class = BPF_CLASS(insn[i].code);
		u8 mode = BPF_MODE(insn[i].code);

		if (class != BPF_LD && class != BPF_LDX)
			continue;
		if (mode == BPF_IND)
			return SDWAN_TLV_SECTIONS;
		if (mode == BPF_ABS || mode == BPF_MSH)
			reads |= sdwan_metric_far(insn[i].k,
						  sdwan_metric_load_size(&insn[i]));
	}
	return reads;
}

static int sdwan_metric_check_classic(struct sdwan_change *chg)
{
	const struct nlattr *attr = chg->attrs[SDWAN_A_METRIC_PROG];
	const struct sock_filter *insn = nla_data(attr);
	unsigned int i, n = nla_len(attr) / sizeof(*insn);

	if (nla_len(attr) % sizeof(*insn))
		return sdwan_refuse(chg, SDWAN_A_METRIC_PROG, -EINVAL,
				    "an instruction has 8 bytes");
	if (n > SDWAN_METRIC_INSNS_MAX)
		return sdwan_refuse(chg, SDWAN_A_METRIC_PROG, -E2BIG,
				    "a program has at most 1024 instructions");
	for (i = 0; i < n; i++)
		if (!sdwan_metric_loads(&insn[i]))
			return sdwan_refuse(chg, SDWAN_A_METRIC_PROG, -EINVAL,
					    "the program loads what is not among the statistics of this version");
	return 0;
}

/* The program that is named, or NULL. */
static struct sdwan_prog *sdwan_metric_parse(struct sdwan_change *chg)
{
	struct nlattr **attrs = chg->attrs;
	int err;

	if (attrs[SDWAN_A_METRIC_PROG] && attrs[SDWAN_A_METRIC_BPF_FD])
		return ERR_PTR(sdwan_refuse(chg, SDWAN_A_METRIC_BPF_FD, -EINVAL,
					    "a metric has one program, not two"));
	if (!attrs[SDWAN_A_METRIC_PROG] && attrs[SDWAN_A_METRIC_EXPR])
		return ERR_PTR(sdwan_refuse(chg, SDWAN_A_METRIC_EXPR, -EINVAL,
					    "an expression without its program"));
	if (!attrs[SDWAN_A_METRIC_PROG] || attrs[SDWAN_A_METRIC_BPF_NAME])
		return sdwan_prog_by_fd(chg, &sdwan_metric_prog_attrs);

	err = sdwan_metric_check_classic(chg);
	if (err)
		return ERR_PTR(err);
	return sdwan_prog_classic(chg, SDWAN_A_METRIC_PROG,
				  SDWAN_A_METRIC_EXPR);
}

static struct sdwan_cfg *sdwan_metric_configure(struct sdwan_change *chg,
						struct sdwan_object *obj,
						struct sdwan_cfg *base)
{
	struct sdwan_metric_cfg *cfg;
	struct sdwan_prog *prog;

	prog = sdwan_metric_parse(chg);
	if (IS_ERR(prog))
		return ERR_CAST(prog);
	if (!prog && !base)
		return ERR_PTR(sdwan_missing(chg, SDWAN_A_METRIC_PROG,
					     "the program of the metric is missing"));

	cfg = kzalloc(sizeof(*cfg), GFP_KERNEL_ACCOUNT);
	if (!cfg) {
		sdwan_prog_put(prog);
		return ERR_PTR(-ENOMEM);
	}
	cfg->prog = prog;
	if (prog) {
		cfg->reads = sdwan_metric_reads(chg);
	} else {
		cfg->reads = sdwan_metric_cfg(base)->reads;
		cfg->prog = sdwan_metric_cfg(base)->prog;
		sdwan_prog_hold(cfg->prog);
	}
	return &cfg->hdr;
}

/* What was computed before does not count, and the rest is not long to wait for. */
static void sdwan_metric_publish(struct sdwan_object *obj,
				 struct sdwan_cfg *cfg)
{
	sdwan_metric_cfg(cfg)->since = ktime_get_ns();
	sdwan_metrics_kick(obj->sn);
}

/* Programs are run under the lock that is held here. */
static void sdwan_metric_retire(struct sdwan_object *obj, struct sdwan_cfg *cfg)
{
	sdwan_prog_put(sdwan_metric_cfg(cfg)->prog);
	kfree_rcu(sdwan_metric_cfg(cfg), hdr.rcu);
}

/* A class that goes or changes in the same transaction does not keep it. */
static int sdwan_metric_deletable(struct sdwan_change *chg,
				  struct sdwan_object *obj)
{
	if (sdwan_class_names(to_metric(obj)))
		return sdwan_refuse(chg, SDWAN_A_METRIC_NAME, -EBUSY,
				    "a class names this metric");
	return 0;
}

static void sdwan_metric_destroy(struct sdwan_object *obj)
{
	WARN_ON(!list_empty(&to_metric(obj)->classes) ||
		!list_empty(&to_metric(obj)->shadows));
	kfree_rcu(to_metric(obj), obj.rcu);
}

static int sdwan_metric_fill_classic(struct sk_buff *skb,
				     const struct sdwan_prog *prog)
{
	if (nla_put_u32(skb, SDWAN_A_METRIC_INSNS, prog->insns) ||
	    (*prog->name &&
	     nla_put_string(skb, SDWAN_A_METRIC_EXPR, prog->name)))
		return -EMSGSIZE;
	return 0;
}

static int sdwan_metric_fill(struct sk_buff *skb, struct sdwan_object *obj,
			     struct sdwan_cfg *hdr)
{
	const struct sdwan_prog *prog = sdwan_metric_cfg(hdr)->prog;

	if (nla_put_u32(skb, SDWAN_A_METRIC_ID, obj->id) ||
	    nla_put_string(skb, SDWAN_A_METRIC_NAME, to_metric(obj)->name))
		return -EMSGSIZE;
	if (prog->insns)
		return sdwan_metric_fill_classic(skb, prog);
	return sdwan_prog_fill(skb, &sdwan_metric_prog_attrs, prog);
}

const struct sdwan_type sdwan_metric_type = {
	.kind = SDWAN_KIND_METRIC,
	.params = {
		.head_offset = offsetof(struct sdwan_metric, obj.by_key),
		.key_offset = offsetof(struct sdwan_metric, name),
		.key_len = sizeof_field(struct sdwan_metric, name),
		.automatic_shrinking = true,
	},
	.cmd_ntf = SDWAN_CMD_METRIC_NTF,
	.cmd_del_ntf = SDWAN_CMD_METRIC_DEL_NTF,
	/* costs are kept by number */
	.low_ids = true,
	.key_attr = SDWAN_A_METRIC_NAME,
	.full = "the limit of metrics in this namespace is reached",
	.exists = "a metric of this name exists",
	.missing = "there is no metric of this name",
	.key = sdwan_metric_key,
	.create = sdwan_metric_create,
	.check = sdwan_metric_check,
	.configure = sdwan_metric_configure,
	.publish = sdwan_metric_publish,
	.retire = sdwan_metric_retire,
	.deletable = sdwan_metric_deletable,
	.destroy = sdwan_metric_destroy,
	.fill = sdwan_metric_fill,
};

/**
 * sdwan_metric_find() - the metric that an attribute names
 * @chg: request
 * @attr: attribute
 *
 * Return: the metric as a writer sees it, or NULL.
 */
struct sdwan_metric *sdwan_metric_find(struct sdwan_change *chg,
				       unsigned int attr)
{
	char key[SDWAN_NAME_MAX + 1] __aligned(8) = {};
	struct sdwan_object *obj;

	nla_strscpy(key, chg->attrs[attr], sizeof(key));
	obj = sdwan_object_find(chg->sn, &sdwan_metric_type, key);
	return obj ? to_metric(obj) : NULL;
}
