// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: rules
 *
 * A configuration is in the classifier from the moment it is staged, and seen
 * by nobody there until it is shown. It leaves when readers look at a generation
 * that does not have it.
 */
#include "class.h"
#include "flow.h"
#include "lan.h"
#include "netlink_gen.h"
#include "note.h"
#include "object.h"
#include "prog.h"
#include "rule.h"
#include "rule_match.h"

static const struct sdwan_prog_attrs sdwan_rule_prog_attrs = {
	.fd = SDWAN_A_RULE_BPF_FD,
	.name = SDWAN_A_RULE_BPF_NAME,
	.id = SDWAN_A_RULE_BPF_ID,
};

static struct sdwan_rule *to_rule(struct sdwan_object *obj)
{
	return container_of(obj, struct sdwan_rule, obj);
}

static int sdwan_rule_key(struct sdwan_change *chg, void *key)
{
	u32 *pref = key;

	if (!chg->attrs[SDWAN_A_RULE_PREF])
		return sdwan_missing(chg, SDWAN_A_RULE_PREF,
				     "the preference of the rule is missing");
	*pref = nla_get_u32(chg->attrs[SDWAN_A_RULE_PREF]);
	return 0;
}

static struct sdwan_rule_stats __percpu *sdwan_rule_stats_alloc(void)
{
	struct sdwan_rule_stats __percpu *stats;
	int cpu;

	stats = alloc_percpu_gfp(struct sdwan_rule_stats, GFP_KERNEL_ACCOUNT);
	if (!stats)
		return NULL;
	for_each_possible_cpu(cpu)
		u64_stats_init(&per_cpu_ptr(stats, cpu)->syncp);
	return stats;
}

static struct sdwan_object *sdwan_rule_create(struct sdwan_change *chg,
					      const void *key)
{
	struct sdwan_rule *rule;

	rule = kzalloc(sizeof(*rule), GFP_KERNEL_ACCOUNT);
	if (!rule)
		return ERR_PTR(-ENOMEM);

	rule->pref = *(const u32 *)key;
	rule->stats = sdwan_rule_stats_alloc();
	if (!rule->stats) {
		kfree(rule);
		return ERR_PTR(-ENOMEM);
	}
	return &rule->obj;
}

/* What is immutable is the key, and that has been found. */
static int sdwan_rule_check(struct sdwan_change *chg, struct sdwan_object *obj)
{
	return 0;
}

static int sdwan_rule_name(struct sdwan_change *chg, struct sdwan_rule_cfg *cfg)
{
	const struct nlattr *attr = chg->attrs[SDWAN_A_RULE_NAME];

	if (!attr)
		return 0;

	memset(cfg->name, 0, sizeof(cfg->name));
	/* an empty name takes the name away */
	if (!*(const char *)nla_data(attr))
		return 0;
	return sdwan_object_name_key(chg, SDWAN_A_RULE_NAME, SDWAN_NAME_MAX,
				     false, cfg->name);
}

static int sdwan_rule_class(struct sdwan_change *chg,
			    struct sdwan_rule_cfg *cfg)
{
	const struct nlattr *attr = chg->attrs[SDWAN_A_RULE_CLASS];

	if (cfg->action != SDWAN_RULE_ACTION_CLASS) {
		if (attr)
			return sdwan_refuse(chg, SDWAN_A_RULE_CLASS, -EINVAL,
					    "only a rule of action class names one");
		/* the class is part of the action that was */
		cfg->class = NULL;
		return 0;
	}
	if (!attr && !cfg->class)
		return sdwan_missing(chg, SDWAN_A_RULE_CLASS,
				     "the class is missing");
	if (!attr)
		return 0;
	cfg->class = sdwan_class_find(chg, SDWAN_A_RULE_CLASS);
	if (!cfg->class)
		return sdwan_refuse(chg, SDWAN_A_RULE_CLASS, -ENOENT,
				    "there is no class of this name");
	return 0;
}

static int sdwan_rule_steer(struct sdwan_change *chg,
			    struct sdwan_rule_cfg *cfg)
{
	const struct nlattr *attr = chg->attrs[SDWAN_A_RULE_STEER_VNI];

	if (attr && cfg->action != SDWAN_RULE_ACTION_STEER)
		return sdwan_refuse(chg, SDWAN_A_RULE_STEER_VNI, -EINVAL,
				    "only a rule of action steer leads to a segment");
	/* as the class, the segment is part of the action */
	if (cfg->action != SDWAN_RULE_ACTION_STEER)
		cfg->steer_vni = 0;
	if (attr)
		cfg->steer_vni = nla_get_u32(attr);
	if (cfg->action == SDWAN_RULE_ACTION_STEER && cfg->match.vni)
		return sdwan_refuse(chg, chg->attrs[SDWAN_A_RULE_VNI] ?
				    SDWAN_A_RULE_VNI : SDWAN_A_RULE_ACTION,
				    -EINVAL,
				    "packets are steered before they have a segment, so vni matches none");
	if (!cfg->steer_vni)
		return 0;
	cfg->note = sdwan_note_alloc(cfg->steer_vni);
	return cfg->note ? 0 : -ENOMEM;
}

static int sdwan_rule_action(struct sdwan_change *chg,
			     struct sdwan_rule_cfg *cfg)
{
	const struct nlattr *attr = chg->attrs[SDWAN_A_RULE_ACTION];

	/* kept from before, unless this is all there ever was */
	if (!attr && !cfg->action)
		return sdwan_missing(chg, SDWAN_A_RULE_ACTION,
				     "the action of the rule is missing");
	if (attr)
		cfg->action = nla_get_u32(attr);
	return sdwan_rule_class(chg, cfg) ?: sdwan_rule_steer(chg, cfg);
}

/* What a rule does to packets besides. */
static int sdwan_rule_sets(struct sdwan_change *chg, struct sdwan_rule_cfg *cfg)
{
	const struct nlattr *priority = chg->attrs[SDWAN_A_RULE_SET_PRIORITY];
	const struct nlattr *dscp = chg->attrs[SDWAN_A_RULE_SET_DSCP];
	int err;

	if (chg->attrs[SDWAN_A_RULE_SET_VLAN])
		return sdwan_refuse(chg, SDWAN_A_RULE_SET_VLAN, -EOPNOTSUPP,
				    "segments of mode l3 carry packets, which have no VLAN");
	err = sdwan_rule_mark(chg, SDWAN_A_RULE_SET_MARK,
			      SDWAN_A_RULE_SET_MARK_MASK, &cfg->set_mark,
			      &cfg->set_mark_mask);
	if (err)
		return err;

	if (dscp)
		cfg->set_dscp = nla_get_u8(dscp);
	if (priority) {
		cfg->set_priority = nla_get_u32(priority);
		cfg->has_priority = true;
	}
	cfg->sets = cfg->set_dscp != SDWAN_DSCP_ANY || cfg->set_mark_mask ||
		    cfg->has_priority;
	return 0;
}

/* The set-* attributes stay when the action changes, as all that is absent. */
static int sdwan_rule_suits(struct sdwan_change *chg,
			    const struct sdwan_rule_cfg *cfg)
{
	static const u16 sets[] = {
		SDWAN_A_RULE_SET_DSCP, SDWAN_A_RULE_SET_MARK,
		SDWAN_A_RULE_SET_PRIORITY, SDWAN_A_RULE_SET_MARK_MASK,
	};
	int i;

	if (cfg->action != SDWAN_RULE_ACTION_DROP || !cfg->sets)
		return 0;
	for (i = 0; i < ARRAY_SIZE(sets); i++)
		if (chg->attrs[sets[i]])
			return sdwan_refuse(chg, sets[i], -EINVAL,
					    "a packet that is dropped is not changed");
	return sdwan_refuse(chg, SDWAN_A_RULE_ACTION, -EINVAL,
			    "this rule changes packets, so it cannot drop them");
}

/* It matches only what is no IP packet. */
static bool sdwan_rule_is_other(const struct sdwan_match *match)
{
	return match->frame.has & (SDWAN_FRAME_TYPE | SDWAN_FRAME_MPLS);
}

/* It matches only what is no IP packet of the LAN itself. */
static bool sdwan_rule_is_foreign(const struct sdwan_match *match)
{
	return sdwan_rule_is_other(match) ||
	       (match->frame.has & SDWAN_FRAME_VLAN && match->frame.vlan);
}

/*
 * A rule that names parts of a frame is asked where its LAN receives frames,
 * and nowhere else.
 */
static int sdwan_rule_frames(struct sdwan_change *chg,
			     struct sdwan_rule_cfg *cfg)
{
	static const u16 parts[] = {
		SDWAN_A_RULE_VLAN, SDWAN_A_RULE_PCP, SDWAN_A_RULE_ETHERTYPE,
		SDWAN_A_RULE_SMAC, SDWAN_A_RULE_DMAC, SDWAN_A_RULE_MPLS,
	};
	const struct sdwan_match *match = &cfg->match;
	int i, attr = SDWAN_A_RULE_IIF;

	cfg->lan = NULL;
	if (!match->frame.has)
		return 0;
	for (i = 0; i < ARRAY_SIZE(parts); i++)
		if (chg->attrs[parts[i]])
			attr = parts[i];

	if (match->vni)
		return sdwan_refuse(chg, chg->attrs[SDWAN_A_RULE_VNI] ?
				    SDWAN_A_RULE_VNI : attr, -EINVAL,
				    "frames are seen by LANs, where there is no segment");
	if (cfg->action == SDWAN_RULE_ACTION_STEER &&
	    sdwan_rule_is_foreign(match))
		return sdwan_refuse(chg, attr, -EINVAL,
				    "only IP packets without a VLAN tag can be steered");
	if (cfg->set_dscp != SDWAN_DSCP_ANY && sdwan_rule_is_other(match))
		return sdwan_refuse(chg, attr, -EINVAL,
				    "only IP packets have a DSCP");
	if (cfg->action != SDWAN_RULE_ACTION_DROP && !chg->sn->mark_mask)
		return sdwan_refuse(chg, attr, -EINVAL,
				    "the mark has to carry what was decided on a frame: there is no mark-mask");
	cfg->lan = sdwan_lan_find_direct(chg->sn, match->iif);
	if (!cfg->lan)
		return sdwan_refuse(chg, attr, -EINVAL,
				    "only a LAN of mode direct sees frames: iif has to name one");
	return 0;
}

static int sdwan_rule_parse_prog(struct sdwan_change *chg,
				 struct sdwan_rule_cfg *cfg)
{
	struct sdwan_prog *prog = sdwan_prog_by_fd(chg, &sdwan_rule_prog_attrs);

	if (IS_ERR_OR_NULL(prog))
		return PTR_ERR_OR_ZERO(prog);
	sdwan_prog_put(cfg->prog);
	cfg->prog = prog;
	cfg->match.prog = prog->prog;
	return 0;
}

static int sdwan_rule_parse(struct sdwan_change *chg,
			    struct sdwan_rule_cfg *cfg)
{
	int err;

	err = sdwan_rule_name(chg, cfg);
	if (!err)
		err = sdwan_rule_match_parse(chg, cfg);
	if (!err)
		err = sdwan_rule_parse_prog(chg, cfg);
	if (!err)
		err = sdwan_rule_action(chg, cfg);
	if (!err)
		err = sdwan_rule_sets(chg, cfg);
	if (!err)
		err = sdwan_rule_suits(chg, cfg);
	if (!err)
		err = sdwan_rule_frames(chg, cfg);
	return err;
}

static struct sdwan_rule_cfg *
sdwan_rule_cfg_alloc(struct sdwan_rule *rule, const struct sdwan_rule_cfg *base)
{
	struct sdwan_rule_cfg *cfg;

	cfg = kzalloc(sizeof(*cfg), GFP_KERNEL_ACCOUNT);
	if (!cfg)
		return NULL;

	cfg->match.dscp = SDWAN_DSCP_ANY;
	cfg->set_dscp = SDWAN_DSCP_ANY;
	if (base) {
		*cfg = *base;
		memset(&cfg->hdr, 0, sizeof(cfg->hdr));
		memset(&cfg->node, 0, sizeof(cfg->node));
		cfg->shown = false;
		cfg->note = NULL;
		sdwan_prog_hold(cfg->prog);
	}
	INIT_LIST_HEAD(&cfg->retired);
	INIT_LIST_HEAD(&cfg->of_class);
	INIT_LIST_HEAD(&cfg->of_lan);
	cfg->rule = rule;
	cfg->stats = rule->stats;
	cfg->node.match = &cfg->match;
	cfg->node.pref = rule->pref;
	return cfg;
}

static struct sdwan_cfg *sdwan_rule_configure(struct sdwan_change *chg,
					      struct sdwan_object *obj,
					      struct sdwan_cfg *base)
{
	struct sdwan_rule_cfg *cfg;
	int err;

	cfg = sdwan_rule_cfg_alloc(to_rule(obj),
				   base ? sdwan_rule_cfg(base) : NULL);
	if (!cfg)
		return ERR_PTR(-ENOMEM);

	err = sdwan_rule_parse(chg, cfg);
	/* nothing is remembered of flows before there is a rule */
	if (!err)
		err = sdwan_flows_enable(chg->sn);
	if (!err)
		err = sdwan_classifier_insert(chg->sn->classifier, &cfg->node);
	if (err) {
		sdwan_note_put(cfg->note);
		sdwan_prog_put(cfg->prog);
		kfree(cfg);
		return ERR_PTR(err);
	}

	if (cfg->class)
		list_add_tail(&cfg->of_class, &cfg->class->rules);
	if (cfg->lan)
		list_add_tail(&cfg->of_lan, &cfg->lan->rules);
	return &cfg->hdr;
}

static bool sdwan_rule_by_mark_less(struct rb_node *a, const struct rb_node *b)
{
	return rb_entry(a, struct sdwan_rule_cfg, by_mark)->node.pref <
	       rb_entry(b, struct sdwan_rule_cfg, by_mark)->node.pref;
}

static void sdwan_rule_first_mark(struct sdwan_net *sn)
{
	struct rb_node *first = rb_first_cached(&sn->mark_rules);

	WRITE_ONCE(sn->mark_pref, first ?
		   rb_entry(first, struct sdwan_rule_cfg, by_mark)->node.pref :
		   U32_MAX);
}

/* A program may look at the mark. */
static bool sdwan_rule_asks_mark(const struct sdwan_rule_cfg *cfg)
{
	return cfg->match.mark_mask || cfg->match.prog;
}

/*
 * What hooks have to know of all rules. They are told of a rule before readers see
 * it, and until after.
 */
static void sdwan_rule_enlist(struct sdwan_net *sn, struct sdwan_rule_cfg *cfg)
{
	if (cfg->lan) {
		WRITE_ONCE(sn->frame_rules, sn->frame_rules + 1);
		return;
	}
	if (cfg->action == SDWAN_RULE_ACTION_DROP)
		WRITE_ONCE(sn->drop_rules, sn->drop_rules + 1);
	if (!sdwan_rule_asks_mark(cfg))
		return;
	rb_add_cached(&cfg->by_mark, &sn->mark_rules, sdwan_rule_by_mark_less);
	sdwan_rule_first_mark(sn);
}

static void sdwan_rule_delist(struct sdwan_net *sn, struct sdwan_rule_cfg *cfg)
{
	if (cfg->lan) {
		WRITE_ONCE(sn->frame_rules, sn->frame_rules - 1);
		return;
	}
	if (cfg->action == SDWAN_RULE_ACTION_DROP)
		WRITE_ONCE(sn->drop_rules, sn->drop_rules - 1);
	if (!sdwan_rule_asks_mark(cfg))
		return;
	rb_erase_cached(&cfg->by_mark, &sn->mark_rules);
	sdwan_rule_first_mark(sn);
}

static void sdwan_rule_publish(struct sdwan_object *obj, struct sdwan_cfg *hdr)
{
	struct sdwan_rule_cfg *cfg = sdwan_rule_cfg(hdr);

	sdwan_rule_enlist(obj->sn, cfg);
	sdwan_classifier_show(obj->sn->classifier, &cfg->node);
	cfg->shown = true;
	obj->sn->rules_changed = true;
}

static void sdwan_rule_cfg_free_rcu(struct rcu_head *rcu)
{
	struct sdwan_rule_cfg *cfg;

	cfg = container_of(rcu, struct sdwan_rule_cfg, hdr.rcu);
	sdwan_note_put(cfg->note);
	sdwan_prog_put(cfg->prog);
	kfree(cfg);
}

static void sdwan_rule_cfg_free(struct sdwan_net *sn,
				struct sdwan_rule_cfg *cfg)
{
	sdwan_classifier_remove(sn->classifier, &cfg->node);
	list_del(&cfg->of_class);
	list_del(&cfg->of_lan);
	if (cfg->prog || cfg->note)
		call_rcu(&cfg->hdr.rcu, sdwan_rule_cfg_free_rcu);
	else
		kfree_rcu(cfg, hdr.rcu);
}

static void sdwan_rule_retire(struct sdwan_object *obj, struct sdwan_cfg *hdr)
{
	struct sdwan_rule_cfg *cfg = sdwan_rule_cfg(hdr);
	struct sdwan_net *sn = obj->sn;

	if (!cfg->shown) {
		sdwan_rule_cfg_free(sn, cfg);
		return;
	}
	sdwan_classifier_hide(sn->classifier, &cfg->node);
	list_add_tail(&cfg->retired, &sn->retired_rules);
	sn->rules_changed = true;
}

/**
 * sdwan_rules_switch() - let readers see the rules as the commit leaves them
 * @sn: fabric
 *
 * All that was published and retired takes effect in one instant, for each
 * packet together.
 *
 * Context: Under sdwan_net.lock, at the end of a commit, before objects are
 * freed.
 */
void sdwan_rules_switch(struct sdwan_net *sn)
{
	struct sdwan_rule_cfg *cfg, *tmp;

	if (!sn->rules_changed)
		return;
	sn->rules_changed = false;
	sdwan_classifier_switch(sn->classifier);

	list_for_each_entry_safe(cfg, tmp, &sn->retired_rules, retired) {
		list_del(&cfg->retired);
		sdwan_rule_delist(sn, cfg);
		sdwan_rule_cfg_free(sn, cfg);
	}
}

static void sdwan_rule_free_rcu(struct rcu_head *rcu)
{
	struct sdwan_rule *rule = container_of(rcu, struct sdwan_rule, obj.rcu);

	free_percpu(rule->stats);
	kfree(rule);
}

static void sdwan_rule_destroy(struct sdwan_object *obj)
{
	call_rcu(&obj->rcu, sdwan_rule_free_rcu);
}

/**
 * sdwan_rule_count() - count a packet that a rule has decided on
 * @cfg: the rule
 * @packets: GSO segments counted
 * @bytes: from the inner IP header on
 *
 * Context: Bottom halves off, under rcu_read_lock().
 */
void sdwan_rule_count(const struct sdwan_rule_cfg *cfg, unsigned int packets,
		      unsigned int bytes)
{
	struct sdwan_rule_stats *cpu = this_cpu_ptr(cfg->stats);
	u64 now = get_jiffies_64();

	u64_stats_update_begin(&cpu->syncp);
	u64_stats_add(&cpu->packets, packets);
	u64_stats_add(&cpu->bytes, bytes);
	if (u64_stats_read(&cpu->last) != now)
		u64_stats_set(&cpu->last, now);
	u64_stats_update_end(&cpu->syncp);
}

/* What a rule has decided on all CPUs. */
struct sdwan_rule_sums {
	u64 packets;
	u64 bytes;
	u64 last;
};

static void sdwan_rule_sum(const struct sdwan_rule *rule,
			   struct sdwan_rule_sums *sum)
{
	struct sdwan_rule_sums one;
	unsigned int start;
	int cpu;

	memset(sum, 0, sizeof(*sum));
	for_each_possible_cpu(cpu) {
		const struct sdwan_rule_stats *from;

		from = per_cpu_ptr(rule->stats, cpu);
		do {
			start = u64_stats_fetch_begin(&from->syncp);
			one.packets = u64_stats_read(&from->packets);
			one.bytes = u64_stats_read(&from->bytes);
			one.last = u64_stats_read(&from->last);
		} while (u64_stats_fetch_retry(&from->syncp, start));

		sum->packets += one.packets;
		sum->bytes += one.bytes;
		sum->last = max(sum->last, one.last);
	}
}

static int sdwan_rule_fill_stats(struct sk_buff *skb,
				 const struct sdwan_rule *rule)
{
	struct sdwan_rule_sums sum;
	u64 now;

	sdwan_rule_sum(rule, &sum);
	now = get_jiffies_64();
	if (nla_put_u64_64bit(skb, SDWAN_A_RULE_PACKETS, sum.packets,
			      SDWAN_A_RULE_PAD) ||
	    nla_put_u64_64bit(skb, SDWAN_A_RULE_BYTES, sum.bytes,
			      SDWAN_A_RULE_PAD) ||
	    (sum.last &&
	     nla_put_u64_64bit(skb, SDWAN_A_RULE_LAST_USED,
			       jiffies64_to_msecs(now - sum.last),
			       SDWAN_A_RULE_PAD)))
		return -EMSGSIZE;
	return 0;
}

static int sdwan_rule_fill_action(struct sk_buff *skb,
				  const struct sdwan_rule_cfg *cfg)
{
	if (nla_put_u32(skb, SDWAN_A_RULE_ACTION, cfg->action) ||
	    (cfg->class &&
	     nla_put_string(skb, SDWAN_A_RULE_CLASS, cfg->class->name)) ||
	    (cfg->set_dscp != SDWAN_DSCP_ANY &&
	     nla_put_u8(skb, SDWAN_A_RULE_SET_DSCP, cfg->set_dscp)) ||
	    (cfg->steer_vni &&
	     nla_put_u32(skb, SDWAN_A_RULE_STEER_VNI, cfg->steer_vni)) ||
	    (cfg->has_priority &&
	     nla_put_u32(skb, SDWAN_A_RULE_SET_PRIORITY, cfg->set_priority)))
		return -EMSGSIZE;
	if (cfg->set_mark_mask &&
	    (nla_put_u32(skb, SDWAN_A_RULE_SET_MARK, cfg->set_mark) ||
	     nla_put_u32(skb, SDWAN_A_RULE_SET_MARK_MASK, cfg->set_mark_mask)))
		return -EMSGSIZE;
	return 0;
}

static int sdwan_rule_fill(struct sk_buff *skb, struct sdwan_object *obj,
			   struct sdwan_cfg *hdr)
{
	const struct sdwan_rule_cfg *cfg = sdwan_rule_cfg(hdr);
	const struct sdwan_rule *rule = to_rule(obj);
	int err;

	if (nla_put_u32(skb, SDWAN_A_RULE_PREF, rule->pref) ||
	    (*cfg->name && nla_put_string(skb, SDWAN_A_RULE_NAME, cfg->name)))
		return -EMSGSIZE;

	err = sdwan_rule_match_fill(skb, cfg);
	if (!err)
		err = sdwan_prog_fill(skb, &sdwan_rule_prog_attrs, cfg->prog);
	if (!err)
		err = sdwan_rule_fill_action(skb, cfg);
	if (!err)
		err = sdwan_rule_fill_stats(skb, rule);
	return err;
}

const struct sdwan_type sdwan_rule_type = {
	.kind = SDWAN_KIND_RULE,
	.params = {
		.head_offset = offsetof(struct sdwan_rule, obj.by_key),
		.key_offset = offsetof(struct sdwan_rule, pref),
		.key_len = sizeof_field(struct sdwan_rule, pref),
		.automatic_shrinking = true,
	},
	.cmd_ntf = SDWAN_CMD_RULE_NTF,
	.cmd_del_ntf = SDWAN_CMD_RULE_DEL_NTF,
	.key_attr = SDWAN_A_RULE_PREF,
	.full = "the limit of rules in this namespace is reached",
	.exists = "a rule of this preference exists",
	.missing = "there is no rule of this preference",
	.key = sdwan_rule_key,
	.create = sdwan_rule_create,
	.check = sdwan_rule_check,
	.configure = sdwan_rule_configure,
	.publish = sdwan_rule_publish,
	.retire = sdwan_rule_retire,
	.destroy = sdwan_rule_destroy,
	.fill = sdwan_rule_fill,
};
