// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: kinds of traffic
 *
 * Members are kept by name, not by reference: a class may be made before its
 * paths, and keeps its meaning when they go and come again.
 */
#include "class.h"
#include "decision.h"
#include "group.h"
#include "netlink_gen.h"
#include "rule.h"

static struct sdwan_class *to_class(struct sdwan_object *obj)
{
	return container_of(obj, struct sdwan_class, obj);
}

static int sdwan_class_key(struct sdwan_change *chg, void *key)
{
	return sdwan_object_name_key(chg, SDWAN_A_CLASS_NAME, SDWAN_NAME_MAX,
				     false, key);
}

static struct sdwan_object *sdwan_class_create(struct sdwan_change *chg,
					       const void *key)
{
	struct sdwan_class *class;

	class = kzalloc(sizeof(*class), GFP_KERNEL_ACCOUNT);
	if (!class)
		return ERR_PTR(-ENOMEM);

	memcpy(class->name, key, sizeof(class->name));
	INIT_LIST_HEAD(&class->rules);
	INIT_LIST_HEAD(&class->grouped);
	return &class->obj;
}

/* What is immutable is the key, and that has been found. */
static int sdwan_class_check(struct sdwan_change *chg, struct sdwan_object *obj)
{
	return 0;
}

static unsigned int sdwan_class_count_members(const struct sdwan_change *chg)
{
	const struct nlattr *attr;
	unsigned int n = 0;
	int rem;

	nlmsg_for_each_attr(attr, chg->nlh, GENL_HDRLEN, rem)
		if (nla_type(attr) == SDWAN_A_CLASS_MEMBER)
			n++;
	return n;
}

static int sdwan_member_refuse(struct sdwan_change *chg,
			       const struct nlattr *attr, const char *msg)
{
	chg->extack->_msg = msg;
	NL_SET_BAD_ATTR(chg->extack, attr);
	return -EINVAL;
}

static int sdwan_member_name(struct sdwan_change *chg,
			     struct sdwan_class_member *member,
			     const struct nlattr *nest,
			     const struct nlattr *underlay,
			     const struct nlattr *path)
{
	const struct nlattr *name = path ?: underlay;

	if (!name) {
		NL_SET_ERR_MSG(chg->extack,
			       "a member names an underlay or a path");
		NL_SET_ERR_ATTR_MISS(chg->extack, nest,
				     SDWAN_A_CLASS_MEMBER_UNDERLAY);
		return -EINVAL;
	}
	if (underlay && path)
		return sdwan_member_refuse(chg, path,
					   "a member names an underlay or a path, not both");

	nla_strscpy(member->name, name, sizeof(member->name));
	member->path = path;
	if (!sdwan_name_ok(member->name, member->path))
		return sdwan_member_refuse(chg, name,
					   "there can be no underlay or path of this name");
	return 0;
}

static bool sdwan_member_named(const struct sdwan_class_cfg *cfg,
			       const struct sdwan_class_member *member)
{
	const struct sdwan_class_member *other;

	for (other = cfg->members; other < member; other++)
		if (other->path == member->path &&
		    !strcmp(other->name, member->name))
			return true;
	return false;
}

static int sdwan_member_parse(struct sdwan_change *chg,
			      struct sdwan_class_cfg *cfg,
			      struct sdwan_class_member *member,
			      const struct nlattr *attr)
{
	struct nlattr *tb[SDWAN_A_CLASS_MEMBER_WEIGHT + 1];
	int err;

	err = nla_parse_nested(tb, SDWAN_A_CLASS_MEMBER_WEIGHT, attr,
			       sdwan_class_member_nl_policy, chg->extack);
	if (!err)
		err = sdwan_attrs_unambiguous(nla_data(attr), nla_len(attr), 0,
					      chg->extack);
	if (!err)
		err = sdwan_member_name(chg, member, attr,
					tb[SDWAN_A_CLASS_MEMBER_UNDERLAY],
					tb[SDWAN_A_CLASS_MEMBER_PATH]);
	if (err)
		return err;

	if (sdwan_member_named(cfg, member))
		return sdwan_member_refuse(chg, attr, "a member is named twice");

	member->weight = 1;
	if (!tb[SDWAN_A_CLASS_MEMBER_WEIGHT])
		return 0;
	if (cfg->weight_by != SDWAN_CLASS_WEIGHT_EXPLICIT)
		return sdwan_member_refuse(chg, tb[SDWAN_A_CLASS_MEMBER_WEIGHT],
					   "members have weights with weight-by explicit only");
	member->weight = nla_get_u32(tb[SDWAN_A_CLASS_MEMBER_WEIGHT]);
	return 0;
}

static int sdwan_class_members(struct sdwan_change *chg,
			       struct sdwan_class_cfg *cfg)
{
	const struct nlattr *attr;
	unsigned int i = 0;
	int rem, err;

	nlmsg_for_each_attr(attr, chg->nlh, GENL_HDRLEN, rem) {
		if (nla_type(attr) != SDWAN_A_CLASS_MEMBER)
			continue;
		err = sdwan_member_parse(chg, cfg, &cfg->members[i++], attr);
		if (err)
			return err;
	}
	return 0;
}

static int sdwan_class_mode(struct sdwan_change *chg,
			    struct sdwan_class_cfg *cfg)
{
	const struct nlattr *attr = chg->attrs[SDWAN_A_CLASS_MODE];

	/* kept from before, unless this is all there ever was */
	if (!attr && !cfg->mode)
		return sdwan_missing(chg, SDWAN_A_CLASS_MODE,
				     "the mode of the class is missing");
	if (!attr)
		return 0;

	cfg->mode = nla_get_u32(attr);
	return 0;
}

static int sdwan_class_weight_by(struct sdwan_change *chg,
				 struct sdwan_class_cfg *cfg)
{
	const struct nlattr *attr = chg->attrs[SDWAN_A_CLASS_WEIGHT_BY];

	if (attr)
		cfg->weight_by = nla_get_u32(attr);
	if (cfg->mode == SDWAN_CLASS_MODE_BALANCE)
		return 0;
	if (attr)
		return sdwan_refuse(chg, SDWAN_A_CLASS_WEIGHT_BY, -EINVAL,
				    "only mode balance has weights");
	if (cfg->weight_by != SDWAN_CLASS_WEIGHT_EQUAL)
		return sdwan_refuse(chg, SDWAN_A_CLASS_MODE, -EINVAL,
				    "only mode balance has weights: make them equal first");
	return 0;
}

/* Whoever changes the mode keeps the members, which may not suit it. */
static int sdwan_class_suits(struct sdwan_change *chg,
			     const struct sdwan_class_cfg *cfg)
{
	int attr = SDWAN_A_CLASS_MODE;

	if (cfg->mode == SDWAN_CLASS_MODE_BALANCE ||
	    cfg->mode == SDWAN_CLASS_MODE_DUPLICATE ||
	    cfg->mode == SDWAN_CLASS_MODE_BEST ||
	    cfg->n_members == 1 ||
	    (cfg->mode == SDWAN_CLASS_MODE_PREFER && cfg->n_members))
		return 0;

	if (cfg->n_members) {
		if (chg->attrs[SDWAN_A_CLASS_MEMBER])
			attr = SDWAN_A_CLASS_MEMBER;
		return sdwan_refuse(chg, attr, -EINVAL,
				    "a class of mode pin has one member");
	}
	if (chg->attrs[SDWAN_A_CLASS_MEMBER_NONE])
		return sdwan_refuse(chg, SDWAN_A_CLASS_MEMBER_NONE, -EINVAL,
				    "only classes of modes balance, duplicate and best need no members");
	return sdwan_missing(chg, SDWAN_A_CLASS_MEMBER,
			     "the members of the class are missing");
}

static int sdwan_class_policy(struct sdwan_change *chg,
			      struct sdwan_class_cfg *cfg)
{
	const struct nlattr *attr = chg->attrs[SDWAN_A_CLASS_POLICY];

	if (!attr)
		return 0;
	/* an empty name takes the name away */
	if (!*(const char *)nla_data(attr)) {
		memcpy(cfg->policy, cfg->class->name, sizeof(cfg->policy));
		return 0;
	}
	return sdwan_object_name_key(chg, SDWAN_A_CLASS_POLICY, SDWAN_NAME_MAX,
				     false, cfg->policy);
}

static void sdwan_class_values(struct sdwan_change *chg,
			       struct sdwan_class_cfg *cfg)
{
	struct nlattr **attrs = chg->attrs;

	if (attrs[SDWAN_A_CLASS_DSCP])
		cfg->dscp = nla_get_u8(attrs[SDWAN_A_CLASS_DSCP]);
	if (attrs[SDWAN_A_CLASS_STRICT])
		cfg->strict = nla_get_u8(attrs[SDWAN_A_CLASS_STRICT]);
	if (attrs[SDWAN_A_CLASS_MOVE])
		cfg->move = nla_get_u32(attrs[SDWAN_A_CLASS_MOVE]);
	if (attrs[SDWAN_A_CLASS_FAILBACK])
		cfg->failback = nla_get_u32(attrs[SDWAN_A_CLASS_FAILBACK]);
	if (attrs[SDWAN_A_CLASS_GAP])
		cfg->gap = nla_get_u32(attrs[SDWAN_A_CLASS_GAP]);
}

static int sdwan_class_parse(struct sdwan_change *chg,
			     struct sdwan_class_cfg *cfg)
{
	int err;

	err = sdwan_class_mode(chg, cfg);
	if (!err)
		err = sdwan_class_weight_by(chg, cfg);
	if (!err)
		err = sdwan_class_members(chg, cfg);
	if (!err)
		err = sdwan_class_suits(chg, cfg);
	if (!err)
		err = sdwan_class_policy(chg, cfg);
	if (!err)
		err = sdwan_class_goal_parse(chg, cfg);
	if (err)
		return err;
	sdwan_class_values(chg, cfg);
	return sdwan_group_parse(chg, cfg);
}

static struct sdwan_class_cfg *
sdwan_class_cfg_alloc(const struct sdwan_class *class,
		      const struct sdwan_class_cfg *base, unsigned int n,
		      bool copy)
{
	struct sdwan_class_cfg *cfg;

	if (copy)
		n = base->n_members;
	cfg = kzalloc(struct_size(cfg, members, n), GFP_KERNEL_ACCOUNT);
	if (!cfg)
		return NULL;

	cfg->class = class;
	cfg->dscp = SDWAN_DSCP_PATH;
	memcpy(cfg->policy, class->name, sizeof(cfg->policy));
	sdwan_class_goal_init(cfg);
	if (base) {
		*cfg = *base;
		memset(&cfg->hdr, 0, sizeof(cfg->hdr));
	}
	cfg->n_members = n;
	if (copy)
		memcpy(cfg->members, base->members,
		       flex_array_size(cfg, members, n));
	return cfg;
}

static struct sdwan_cfg *sdwan_class_configure(struct sdwan_change *chg,
					       struct sdwan_object *obj,
					       struct sdwan_cfg *hdr)
{
	const struct sdwan_class_cfg *base = hdr ? sdwan_class_cfg(hdr) : NULL;
	bool none = chg->attrs[SDWAN_A_CLASS_MEMBER_NONE];
	struct sdwan_class_cfg *cfg;
	unsigned int n;
	int err;

	n = sdwan_class_count_members(chg);
	if (n && none)
		return ERR_PTR(sdwan_refuse(chg, SDWAN_A_CLASS_MEMBER_NONE,
					    -EINVAL,
					    "members are both set and taken away"));
	if (n > SDWAN_MEMBERS_MAX)
		return ERR_PTR(sdwan_refuse(chg, SDWAN_A_CLASS_MEMBER, -E2BIG,
					    "a class has at most 32 members"));

	cfg = sdwan_class_cfg_alloc(to_class(obj), base, n,
				    base && !n && !none);
	if (!cfg)
		return ERR_PTR(-ENOMEM);

	err = sdwan_class_parse(chg, cfg);
	if (err) {
		kfree(cfg);
		return ERR_PTR(err);
	}
	sdwan_class_goal_hold(cfg);
	return &cfg->hdr;
}

/* Readers take it from the object. */
static void sdwan_class_publish(struct sdwan_object *obj, struct sdwan_cfg *cfg)
{
	sdwan_decisions_begin(to_class(obj), sdwan_class_cfg(cfg));
}

static void sdwan_class_retire(struct sdwan_object *obj, struct sdwan_cfg *cfg)
{
	sdwan_class_goal_drop(sdwan_class_cfg(cfg));
	sdwan_group_put(sdwan_class_cfg(cfg));
	kfree_rcu(sdwan_class_cfg(cfg), hdr.rcu);
}

/* A rule that goes or changes in the same transaction does not keep it. */
static int sdwan_class_deletable(struct sdwan_change *chg,
				 struct sdwan_object *obj)
{
	const struct sdwan_rule_cfg *rule;

	list_for_each_entry(rule, &to_class(obj)->rules, of_class) {
		const struct sdwan_object *owner = &rule->rule->obj;

		if (owner->stage != SDWAN_STAGE_DELETE &&
		    sdwan_object_staged_cfg(owner) == &rule->hdr)
			return sdwan_refuse(chg, SDWAN_A_CLASS_NAME, -EBUSY,
					    "a rule names this class");
	}
	return 0;
}

static void sdwan_class_destroy(struct sdwan_object *obj)
{
	WARN_ON(!list_empty(&to_class(obj)->rules));
	sdwan_decisions_end(to_class(obj));
	kfree_rcu(to_class(obj), obj.rcu);
}

static int sdwan_class_fill_member(struct sk_buff *skb,
				   const struct sdwan_class_cfg *cfg,
				   const struct sdwan_class_member *member)
{
	struct nlattr *nest = nla_nest_start(skb, SDWAN_A_CLASS_MEMBER);

	if (!nest)
		return -EMSGSIZE;
	if (nla_put_string(skb, member->path ? SDWAN_A_CLASS_MEMBER_PATH :
			   SDWAN_A_CLASS_MEMBER_UNDERLAY, member->name) ||
	    (cfg->weight_by == SDWAN_CLASS_WEIGHT_EXPLICIT &&
	     nla_put_u32(skb, SDWAN_A_CLASS_MEMBER_WEIGHT, member->weight))) {
		nla_nest_cancel(skb, nest);
		return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	return 0;
}

static int sdwan_class_fill(struct sk_buff *skb, struct sdwan_object *obj,
			    struct sdwan_cfg *hdr)
{
	struct sdwan_class_cfg *cfg = sdwan_class_cfg(hdr);
	unsigned int i;

	if (nla_put_u32(skb, SDWAN_A_CLASS_ID, obj->id) ||
	    nla_put_string(skb, SDWAN_A_CLASS_NAME, to_class(obj)->name) ||
	    nla_put_u32(skb, SDWAN_A_CLASS_MODE, cfg->mode) ||
	    (cfg->mode == SDWAN_CLASS_MODE_BALANCE &&
	     nla_put_u32(skb, SDWAN_A_CLASS_WEIGHT_BY, cfg->weight_by)) ||
	    nla_put_u8(skb, SDWAN_A_CLASS_DSCP, cfg->dscp) ||
	    nla_put_u8(skb, SDWAN_A_CLASS_STRICT, cfg->strict) ||
	    nla_put_u32(skb, SDWAN_A_CLASS_MOVE, cfg->move) ||
	    nla_put_u32(skb, SDWAN_A_CLASS_GAP, cfg->gap) ||
	    nla_put_u32(skb, SDWAN_A_CLASS_FAILBACK, cfg->failback) ||
	    nla_put_string(skb, SDWAN_A_CLASS_POLICY, cfg->policy) ||
	    sdwan_class_goal_fill(skb, cfg))
		return -EMSGSIZE;

	for (i = 0; i < cfg->n_members; i++)
		if (sdwan_class_fill_member(skb, cfg, &cfg->members[i]))
			return -EMSGSIZE;
	return 0;
}

const struct sdwan_type sdwan_class_type = {
	.kind = SDWAN_KIND_CLASS,
	.params = {
		.head_offset = offsetof(struct sdwan_class, obj.by_key),
		.key_offset = offsetof(struct sdwan_class, name),
		.key_len = sizeof_field(struct sdwan_class, name),
		.automatic_shrinking = true,
	},
	.multi_attr = SDWAN_A_CLASS_MEMBER,
	.cmd_ntf = SDWAN_CMD_CLASS_NTF,
	.cmd_del_ntf = SDWAN_CMD_CLASS_DEL_NTF,
	/* marks have room for small ones only */
	.low_ids = true,
	.key_attr = SDWAN_A_CLASS_NAME,
	.full = "the limit of classes in this namespace is reached",
	.exists = "a class of this name exists",
	.missing = "there is no class of this name",
	.key = sdwan_class_key,
	.create = sdwan_class_create,
	.check = sdwan_class_check,
	.configure = sdwan_class_configure,
	.publish = sdwan_class_publish,
	.retire = sdwan_class_retire,
	.deletable = sdwan_class_deletable,
	.destroy = sdwan_class_destroy,
	.fill = sdwan_class_fill,
};

/**
 * sdwan_class_find() - the class that an attribute names
 * @chg: request
 * @attr: attribute
 *
 * Return: the class as a writer sees it, or NULL.
 */
struct sdwan_class *sdwan_class_find(struct sdwan_change *chg,
				     unsigned int attr)
{
	char key[SDWAN_NAME_MAX + 1] __aligned(8) = {};
	struct sdwan_object *obj;

	nla_strscpy(key, chg->attrs[attr], sizeof(key));
	obj = sdwan_object_find(chg->sn, &sdwan_class_type, key);
	return obj ? to_class(obj) : NULL;
}
