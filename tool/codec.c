// SPDX-License-Identifier: GPL-2.0
/*
 * sdwanctl: objects to netlink attributes and back
 */
#include <errno.h>
#include <string.h>

#include <netlink/attr.h>
#include <netlink/msg.h>

#include "expr.h"
#include "sdwanctl.h"

static int encode_prefix(struct nl_msg *msg, const struct attr_desc *d,
			 const char *text)
{
	uint8_t addr[ADDR_LEN], plen;

	if (prefix_parse(text, addr, &plen))
		return -EINVAL;
	if (d->type == A_PFX_LEN)
		return nla_put_u8(msg, d->id, plen) ? -EMSGSIZE : 0;
	return nla_put(msg, d->id, ADDR_LEN, addr) ? -EMSGSIZE : 0;
}

static int encode_mark(struct nl_msg *msg, const struct attr_desc *d,
		       const char *text)
{
	uint32_t mark, mask;

	if (mark_parse(text, &mark, &mask))
		return -EINVAL;
	if (d->type == A_MARK)
		mask = mark;
	return nla_put_u32(msg, d->id, mask) ? -EMSGSIZE : 0;
}

static int encode_ports(struct nl_msg *msg, const struct attr_desc *d,
			const char *text)
{
	struct port_range r[PORTS_ROOM];
	unsigned int n;

	if (ports_parse(text, r, &n))
		return -EINVAL;
	return nla_put(msg, d->id, (int)(n * sizeof(*r)), r) ? -EMSGSIZE : 0;
}

static int encode_mac(struct nl_msg *msg, const struct attr_desc *d,
		      const char *text)
{
	uint8_t mac[MAC_LEN];

	if (mac_parse(text, mac))
		return -EINVAL;
	return nla_put(msg, d->id, MAC_LEN, mac) ? -EMSGSIZE : 0;
}

/* The program that is in a file. */
static int encode_fd(struct nl_msg *msg, const struct attr_desc *d,
		     const char *path, struct codec_error *why)
{
	int fd, ret;

	ret = bpf_load(path, &fd, why->msg, sizeof(why->msg));
	if (ret) {
		why->attr = d;
		return ret;
	}
	return nla_put_u32(msg, d->id, (uint32_t)fd) ? -EMSGSIZE : 0;
}

/* The key that is in a file. */
static int encode_key(struct nl_msg *msg, const struct attr_desc *d,
		      const char *path, struct codec_error *why)
{
	uint8_t key[PEER_KEY_MAX];
	int ret, len;

	len = key_load(path, key, why->msg, sizeof(why->msg));
	ret = len;
	if (len < 0)
		why->attr = d;
	else
		ret = nla_put(msg, d->id, len, key) ? -EMSGSIZE : 0;
	explicit_bzero(key, sizeof(key));
	return ret;
}

/* The program that an expression stands for. */
static int encode_prog(struct nl_msg *msg, const struct attr_desc *d,
		       const char *text, struct codec_error *why)
{
	struct expr_error err;
	struct expr_code code;

	if (expr_compile(text, &code, &err)) {
		why->attr = d;
		snprintf(why->msg, sizeof(why->msg), "column %u: %s", err.col,
			 err.msg);
		return -EINVAL;
	}
	if (nla_put(msg, d->id, (int)(code.n * sizeof(*code.insn)), code.insn))
		return -EMSGSIZE;
	return 0;
}

static int encode_addr(struct nl_msg *msg, const struct attr_desc *d,
		       const char *text)
{
	uint8_t addr[ADDR_LEN];

	if (addr_parse(text, addr))
		return -EINVAL;
	return nla_put(msg, d->id, ADDR_LEN, addr) ? -EMSGSIZE : 0;
}

static int encode_nest(struct nl_msg *msg, const struct attr_desc *d,
		       const json_t *val, struct codec_error *why)
{
	struct nlattr *nest;
	int ret;

	nest = nla_nest_start(msg, d->id);
	if (!nest)
		return -EMSGSIZE;
	ret = codec_encode(msg, d->nest, val, why);
	if (ret)
		return ret;
	nla_nest_end(msg, nest);
	return 0;
}

static int encode_number(struct nl_msg *msg, const struct attr_desc *d,
			 uint64_t v)
{
	int ret;

	switch (d->type) {
	case A_U8:
		ret = nla_put_u8(msg, d->id, (uint8_t)v);
		break;
	case A_U16:
		ret = nla_put_u16(msg, d->id, (uint16_t)v);
		break;
	case A_U64:
		ret = nla_put_u64(msg, d->id, v);
		break;
	default:
		ret = nla_put_u32(msg, d->id, (uint32_t)v);
		break;
	}
	return ret ? -EMSGSIZE : 0;
}

static int encode_enum(struct nl_msg *msg, const struct attr_desc *d,
		       const json_t *val)
{
	int v;

	if (json_is_integer(val))
		return encode_number(msg, d,
				     (uint64_t)json_integer_value(val));
	v = enum_value(d->en, json_string_value(val));
	if (v < 0)
		return -EINVAL;
	return encode_number(msg, d, (uint64_t)v);
}

static int encode_one(struct nl_msg *msg, const struct attr_desc *d,
		      const json_t *val, struct codec_error *why)
{
	switch (d->type) {
	case A_PAD:
		return 0;
	case A_FLAG:
		if (!json_is_true(val))
			return 0;
		return nla_put_flag(msg, d->id) ? -EMSGSIZE : 0;
	case A_BOOL:
		if (nla_put_u8(msg, d->id, json_is_true(val)))
			return -EMSGSIZE;
		return 0;
	case A_STR:
	case A_FILE:
		if (nla_put_string(msg, d->id, json_string_value(val)))
			return -EMSGSIZE;
		return 0;
	case A_ENUM:
		return encode_enum(msg, d, val);
	case A_DSCP:
		if (nla_put_u8(msg, d->id, dscp_from_json(val)))
			return -EMSGSIZE;
		return 0;
	case A_ADDR:
		return encode_addr(msg, d, json_string_value(val));
	case A_PFX_ADDR:
	case A_PFX_LEN:
		return encode_prefix(msg, d, json_string_value(val));
	case A_MARK:
	case A_MASK:
		return encode_mark(msg, d, json_string_value(val));
	case A_PORTS:
		return encode_ports(msg, d, json_string_value(val));
	case A_MAC:
		return encode_mac(msg, d, json_string_value(val));
	case A_FD:
		return encode_fd(msg, d, json_string_value(val), why);
	case A_KEY:
		return encode_key(msg, d, json_string_value(val), why);
	case A_PROG:
		return encode_prog(msg, d, json_string_value(val), why);
	case A_NEST:
		return encode_nest(msg, d, val, why);
	default:
		return encode_number(msg, d,
				     (uint64_t)json_integer_value(val));
	}
}

/*
 * Append the attributes of @obj that @set knows, in the order of @set. Where it is
 * the fault of one of them that this cannot be, @why says so.
 */
int codec_encode(struct nl_msg *msg, const struct attr_set *set,
		 const json_t *obj, struct codec_error *why)
{
	unsigned int i;
	int ret;

	for (i = 0; i < set->n; i++) {
		const struct attr_desc *d = &set->attr[i];
		const json_t *val = json_object_get(obj, d->key);
		size_t k;

		if (!val)
			continue;
		if (!d->multi) {
			ret = encode_one(msg, d, val, why);
			if (ret)
				return ret;
			continue;
		}
		for (k = 0; k < json_array_size(val); k++) {
			ret = encode_one(msg, d, json_array_get(val, k), why);
			if (ret)
				return ret;
		}
	}
	return 0;
}

static json_t *decode_string(const struct nlattr *nla)
{
	size_t max = (size_t)nla_len(nla);
	size_t len = strnlen(nla_data(nla), max);
	json_t *val;

	val = json_stringn(nla_data(nla), len);
	if (!val)	/* not UTF-8: show that something is there */
		val = json_string("?");
	return val;
}

static json_t *decode_addr(const struct nlattr *nla)
{
	char text[ADDR_TEXT];

	addr_format(nla_data(nla), text, sizeof(text));
	return json_string(text);
}

/* In the same order, and as few, as ports_parse() would have them. */
static json_t *decode_ports(const struct nlattr *nla)
{
	unsigned int n = (unsigned int)nla_len(nla) / sizeof(struct port_range);
	struct port_range r[PORTS_ROOM];
	char text[PORTS_TEXT];

	if (n > PORTS_ROOM)
		n = PORTS_ROOM;
	memcpy(r, nla_data(nla), n * sizeof(*r));
	ports_format(r, ports_merge(r, n), text, sizeof(text));
	return json_string(text);
}

static json_t *decode_enum(const struct attr_desc *d, const struct nlattr *nla)
{
	uint32_t v = nla_get_u32(nla);
	const char *name = enum_name(d->en, v);

	return name ? json_string(name) : json_integer(v);
}

static int payload_size(enum attr_type type)
{
	switch (type) {
	case A_U8:
	case A_BOOL:
	case A_DSCP:
	case A_PFX_LEN:
		return 1;
	case A_U16:
		return 2;
	case A_U32:
	case A_ENUM:
	case A_MARK:
	case A_MASK:
	case A_PORTS:
		return 4;
	case A_U64:
		return 8;
	case A_ADDR:
	case A_PFX_ADDR:
		return ADDR_LEN;
	case A_MAC:
		return MAC_LEN;
	default:
		return 0;
	}
}

static json_t *decode_mac(const struct nlattr *nla)
{
	char text[MAC_TEXT];

	mac_format(nla_data(nla), text, sizeof(text));
	return json_string(text);
}

static json_t *decode_one(const struct attr_desc *d, const struct nlattr *nla)
{
	if (nla_len(nla) < payload_size(d->type))
		return NULL;
	switch (d->type) {
	case A_U8:
		return json_integer(nla_get_u8(nla));
	case A_U16:
		return json_integer(nla_get_u16(nla));
	case A_U32:
		return json_integer(nla_get_u32(nla));
	case A_U64:
		return json_integer((json_int_t)nla_get_u64(nla));
	case A_BOOL:
		return json_boolean(nla_get_u8(nla));
	case A_FLAG:
		return json_true();
	case A_STR:
	case A_FILE:
		return decode_string(nla);
	case A_MAC:
		return decode_mac(nla);
	case A_ENUM:
		return decode_enum(d, nla);
	case A_DSCP:
		return dscp_to_json(nla_get_u8(nla));
	case A_ADDR:
		return decode_addr(nla);
	case A_PORTS:
		return decode_ports(nla);
	case A_NEST:
		return codec_decode(d->nest, nla_data(nla), nla_len(nla));
	default:
		return NULL;
	}
}

/* More attributes than any set has; what is beyond is not ours. */
#define ATTRS 128

/* of the greatest sets */
_Static_assert(SDWAN_A_PATH_MAX < ATTRS, "paths have too many attributes");
_Static_assert(SDWAN_A_RULE_MAX < ATTRS, "rules have too many attributes");
_Static_assert(SDWAN_A_CLASS_MAX < ATTRS, "classes have too many attributes");

/* The last attribute of each type, found in one pass. */
static void index_attrs(const struct nlattr *head, int len,
			const struct nlattr *tb[ATTRS])
{
	const struct nlattr *pos;
	int rem;

	memset(tb, 0, ATTRS * sizeof(*tb));
	nla_for_each_attr(pos, head, len, rem) {
		int type = nla_type(pos);

		if (type < ATTRS)
			tb[type] = pos;
	}
}

/* The other attribute of a value that is two. */
static const struct nlattr *other_half(const struct attr_set *set,
				       const struct attr_desc *d,
				       const struct nlattr *const tb[ATTRS])
{
	unsigned int i;

	for (i = 0; i < set->n; i++)
		if (&set->attr[i] != d && !strcmp(set->attr[i].key, d->key))
			return tb[set->attr[i].id];
	return NULL;
}

/* An address and a length, two attributes, are one value. */
static json_t *decode_prefix(const struct nlattr *nla,
			     const struct nlattr *plen)
{
	char text[ADDR_TEXT];

	if (!plen || nla_len(plen) < 1 || nla_len(nla) < ADDR_LEN)
		return NULL;
	prefix_format(nla_data(nla), nla_get_u8(plen), text, sizeof(text));
	return json_string(text);
}

/* A mark without a mask is all that counts. */
static json_t *decode_mark(const struct nlattr *nla, const struct nlattr *mask)
{
	char text[MARK_TEXT];

	if (nla_len(nla) < 4 || (mask && nla_len(mask) < 4))
		return NULL;
	mark_format(nla_get_u32(nla), mask ? nla_get_u32(mask) : UINT32_MAX,
		    text, sizeof(text));
	return json_string(text);
}

/* A list is always there, be it empty. */
static json_t *decode_list(const struct attr_desc *d,
			   const struct nlattr *head, int len)
{
	const struct nlattr *pos;
	json_t *list = json_array(), *val;
	int rem;

	nla_for_each_attr(pos, head, len, rem) {
		if (nla_type(pos) != d->id)
			continue;
		val = decode_one(d, pos);
		if (val)
			json_array_append_new(list, val);
	}
	return list;
}

/* Keys come in the order of @set, whatever the order of the message. */
json_t *codec_decode(const struct attr_set *set, const struct nlattr *head,
		     int len)
{
	const struct nlattr *tb[ATTRS];
	unsigned int i;
	json_t *obj;

	index_attrs(head, len, tb);
	obj = json_object();
	for (i = 0; obj && i < set->n; i++) {
		const struct attr_desc *d = &set->attr[i];
		const struct nlattr *nla = tb[d->id];
		json_t *val = NULL;

		if (d->type == A_PAD || d->type == A_PFX_LEN ||
		    d->type == A_MASK || d->type == A_FD || d->type == A_PROG)
			continue;
		if (d->multi)
			val = decode_list(d, head, len);
		else if (nla && d->type == A_PFX_ADDR)
			val = decode_prefix(nla, other_half(set, d, tb));
		else if (nla && d->type == A_MARK)
			val = decode_mark(nla, other_half(set, d, tb));
		else if (nla)
			val = decode_one(d, nla);
		if (val && json_object_set_new(obj, d->key, val)) {
			json_decref(obj);
			return NULL;
		}
	}
	return obj;
}

static void loc_name(struct attr_loc *loc, const char *name)
{
	size_t len = strlen(loc->name);

	snprintf(loc->name + len, sizeof(loc->name) - len, "%s%s",
		 len ? "/" : "", name);
}

static const struct nlattr *attr_at(const struct nlattr *head, int len,
				    size_t base, size_t offset, size_t *at)
{
	const struct nlattr *pos;
	int rem;

	nla_for_each_attr(pos, head, len, rem) {
		size_t size = (size_t)nla_total_size(nla_len(pos));

		*at = base + (size_t)((const char *)pos - (const char *)head);
		if (offset >= *at && offset < *at + size)
			return pos;
	}
	return NULL;
}

static int count_before(const struct nlattr *head, int len,
			const struct nlattr *nla)
{
	const struct nlattr *pos;
	int rem, n = 0;

	nla_for_each_attr(pos, head, len, rem) {
		if (pos == nla)
			break;
		n += nla_type(pos) == nla_type(nla);
	}
	return n;
}

/*
 * Which attribute lies at @offset of a message whose attributes begin with
 * @head at offset @base? Gives the way to it, and the outermost key.
 */
bool codec_locate(const struct attr_set *set, const struct nlattr *head,
		  int len, size_t base, size_t offset, struct attr_loc *loc)
{
	bool outermost = !loc->name[0];

	for (;;) {
		const struct nlattr *nla;
		const struct attr_desc *d;
		size_t at;

		nla = attr_at(head, len, base, offset, &at);
		if (!nla)
			return false;
		d = attr_by_id(set, (unsigned int)nla_type(nla));
		if (!d)
			return false;
		loc_name(loc, d->name);
		if (outermost) {
			snprintf(loc->key, sizeof(loc->key), "%s", d->key);
			loc->index = count_before(head, len, nla);
			outermost = false;
		}
		if (offset == at || d->type != A_NEST)
			return true;
		set = d->nest;
		head = nla_data(nla);
		len = nla_len(nla);
		base = at + NLA_HDRLEN;
	}
}
