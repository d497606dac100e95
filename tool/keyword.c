// SPDX-License-Identifier: GPL-2.0
/*
 * sdwanctl: "keyword value" pairs into the attributes of an object
 */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "expr.h"
#include "sdwanctl.h"

bool is_prefix_of(const char *abbrev, const char *word)
{
	return *abbrev && !strncmp(abbrev, word, strlen(abbrev));
}

const struct keyword *kw_exact(const struct keyword *kw, const char *word)
{
	for (; kw->word; kw++)
		if (!strcmp(kw->word, word))
			return kw;
	return NULL;
}

/* Is @word the first one of keywords of two words? */
bool kw_begins(const struct keyword *kw, const char *word)
{
	size_t len = strlen(word);

	for (; kw->word; kw++)
		if (!strncmp(kw->word, word, len) && kw->word[len] == ' ')
			return true;
	return false;
}

/* Several keywords in one line for a message. */
static void list_keywords(const struct keyword *kw, unsigned int mask,
			  const char *abbrev, char *buf, size_t size)
{
	size_t len = 0;

	buf[0] = '\0';
	for (; kw->word; kw++) {
		if (!(kw->flags & mask))
			continue;
		if (abbrev && !is_prefix_of(abbrev, kw->word))
			continue;
		if (len < size)
			len += (size_t)snprintf(buf + len, size - len, "%s%s",
						len ? ", " : "", kw->word);
	}
}

/* The keyword @tok stands for, in full or as an unambiguous abbreviation. */
const struct keyword *kw_find(const struct keyword *kw, unsigned int mask,
			      const struct tok *tok, int *status)
{
	const struct keyword *p, *found = NULL;
	char list[256];
	int n = 0;

	for (p = kw; p->word; p++) {
		if (!(p->flags & mask))
			continue;
		if (!strcmp(p->word, tok->s))
			return p;
		if (is_prefix_of(tok->s, p->word)) {
			found = p;
			n++;
		}
	}
	if (n == 1)
		return found;
	list_keywords(kw, mask, n ? tok->s : NULL, list, sizeof(list));
	if (n)
		*status = err_word(tok, "'%s' is ambiguous: %s", tok->s, list);
	else
		*status = err_word(tok, "unknown word '%s', expected one of: %s",
				   tok->s, list);
	return NULL;
}

/* Where values came from, so that a refusal can point at a word. */
void cols_add(json_t *cols, const char *key, const struct pos *pos)
{
	json_t *list = json_object_get(cols, key);

	if (!list) {
		list = json_array();
		if (json_object_set_new(cols, key, list))
			return;
	}
	json_array_append_new(list, json_integer((json_int_t)pos->line << 32 |
						 pos->col));
}

bool cols_get(const json_t *cols, const char *key, int index, struct pos *pos)
{
	const json_t *list = json_object_get(cols, key);
	const json_t *val = json_array_get(list, (size_t)index);
	json_int_t v;

	if (!val)
		val = json_array_get(list, 0);
	v = json_integer_value(val);
	if (!v)
		return false;
	pos->line = (unsigned int)(v >> 32);
	pos->col = (unsigned int)(v & UINT32_MAX);
	return true;
}

static int bad_value(const struct tok *tok, const char *word, const char *what)
{
	return err_word(tok, "'%s' is not %s for '%s'", tok->s, what, word);
}

static int parse_u32(const struct keyword *kw, const struct tok *tok,
		     json_t **val)
{
	const char *zero = kw->zero ? kw->zero : "";
	const char *or = kw->zero ? " or " : "";
	uint64_t v = 0;
	int ret = 0;

	if (!is_prefix_of(tok->s, zero))
		ret = unit_number(tok->s, kw->max, &v);
	if (ret == -EINVAL)
		return err_word(tok, "'%s' is not a number%s%s for '%s'",
				tok->s, or, zero, kw->word);
	if (ret || (v < kw->min && (v || !kw->zero)))
		return err_word(tok, "%s %s is out of range: %" PRIu64
				" to %" PRIu64 "%s%s", kw->word, tok->s,
				kw->min, kw->max, or, zero);
	*val = json_integer((json_int_t)v);
	return 0;
}

static int parse_string(const struct keyword *kw, const struct tok *tok,
			json_t **val)
{
	if (!*tok->s && !(kw->flags & KW_EMPTY))
		return err_word(tok, "%s is empty", kw->word);
	if (strlen(tok->s) > kw->max)
		return err_word(tok, "%s '%s' is longer than %" PRIu64
				" characters", kw->word, tok->s, kw->max);
	*val = json_string(tok->s);
	if (!*val)
		return bad_value(tok, kw->word, "UTF-8 text");
	return 0;
}

static int parse_addr(const struct keyword *kw, const struct tok *tok,
		      json_t **val)
{
	uint8_t addr[ADDR_LEN];
	char text[ADDR_TEXT];

	if (addr_parse(tok->s, addr))
		return bad_value(tok, kw->word, "an IP address");
	addr_format(addr, text, sizeof(text));
	*val = json_string(text);
	return 0;
}

static void list_enum(const struct enum_desc *en, const char *abbrev,
		      char *buf, size_t size)
{
	size_t len = 0;
	unsigned int i;

	for (i = 0; i < en->n; i++) {
		if (abbrev && !is_prefix_of(abbrev, en->name[i]))
			continue;
		if (len < size)
			len += (size_t)snprintf(buf + len, size - len, "%s%s",
						len ? ", " : "", en->name[i]);
	}
}

/* The one that @word stands for, in full or as an unambiguous abbreviation. */
static int find_enum(const struct keyword *kw, const struct tok *tok,
		     const char *word, const char **name)
{
	char list[256] = "";
	unsigned int i, n = 0;

	for (i = 0; i < kw->en->n; i++) {
		if (!strcmp(kw->en->name[i], word)) {
			*name = kw->en->name[i];
			return 0;
		}
		if (is_prefix_of(word, kw->en->name[i])) {
			*name = kw->en->name[i];
			n++;
		}
	}
	if (n == 1)
		return 0;
	list_enum(kw->en, n ? word : NULL, list, sizeof(list));
	if (!n && kw->type == K_DSCP)
		return err_word(tok, "%s '%s' is neither 0 to %d nor one of: %s",
				kw->word, tok->s, DSCP_MAX, list);
	return err_word(tok, "%s '%s' is %s: %s", kw->word, tok->s,
			n ? "ambiguous" : "none of", list);
}

static int parse_enum(const struct keyword *kw, const struct tok *tok,
		      json_t **val)
{
	const char *name = NULL;
	int ret;

	ret = find_enum(kw, tok, tok->s, &name);
	if (!ret)
		*val = json_string(name);
	return ret;
}

/* A number, or a name: the RFCs have them in capitals. */
static int parse_dscp(const struct keyword *kw, const struct tok *tok,
		      json_t **val)
{
	const char *name = NULL;
	char word[16];
	size_t i;
	int ret;

	if (isdigit((unsigned char)tok->s[0]))
		return parse_u32(kw, tok, val);
	snprintf(word, sizeof(word), "%s", tok->s);
	for (i = 0; word[i]; i++)
		word[i] = (char)tolower((unsigned char)word[i]);
	ret = find_enum(kw, tok, word, &name);
	if (!ret)
		*val = dscp_to_json(dscp_by_name(name));
	return ret;
}

static int parse_onoff(const struct keyword *kw, const struct tok *tok,
		       json_t **val)
{
	bool updown = kw->type == K_UPDOWN;
	const char *yes = updown ? "up" : "on";
	const char *no = updown ? "down" : "off";

	if (!strcmp(tok->s, yes))
		*val = json_true();
	else if (!strcmp(tok->s, no))
		*val = json_false();
	else
		return err_word(tok, "%s is '%s' or '%s', not '%s'", kw->word,
				yes, no, tok->s);
	return 0;
}

/* A number, or the name of a protocol or of an ethertype. */
static int parse_proto(const struct keyword *kw, const struct tok *tok,
		       json_t **val)
{
	const char *name = NULL;
	int ret;

	if (isdigit((unsigned char)tok->s[0]))
		return parse_u32(kw, tok, val);
	ret = find_enum(kw, tok, tok->s, &name);
	if (!ret)
		*val = json_integer(kw->type == K_PROTO ?
				    proto_by_name(name) :
				    ethertype_by_name(name));
	return ret;
}

static int parse_mac(const struct keyword *kw, const struct tok *tok,
		     json_t **val)
{
	uint8_t mac[MAC_LEN];
	char text[MAC_TEXT];

	if (mac_parse(tok->s, mac))
		return bad_value(tok, kw->word, "a MAC address like 02:00:00:00:00:01");
	mac_format(mac, text, sizeof(text));
	*val = json_string(text);
	return 0;
}

/* Whoever reads it again may be elsewhere. It need not be there yet. */
static int parse_file(const struct keyword *kw, const struct tok *tok,
		      json_t **val)
{
	char *path = realpath(tok->s, NULL);
	struct tok whole = { .s = path ? path : tok->s, .pos = tok->pos };
	int ret;

	ret = parse_string(kw, &whole, val);
	free(path);
	return ret;
}

/* It is kept as it was written. */
static int parse_expr(const struct keyword *kw, const struct tok *tok,
		      json_t **val)
{
	struct expr_error err;
	struct expr_code code;
	int ret = parse_string(kw, tok, val);

	if (ret || !expr_compile(tok->s, &code, &err))
		return ret;
	json_decref(*val);
	*val = NULL;
	return err_word(tok, "%s, column %u: %s", kw->word, err.col, err.msg);
}

static int parse_prefix(const struct keyword *kw, const struct tok *tok,
			json_t **val)
{
	uint8_t addr[ADDR_LEN], plen;
	char text[ADDR_TEXT];

	if (prefix_parse(tok->s, addr, &plen))
		return bad_value(tok, kw->word, "an IP prefix");
	prefix_format(addr, plen, text, sizeof(text));
	*val = json_string(text);
	return 0;
}

static int parse_ports(const struct keyword *kw, const struct tok *tok,
		       json_t **val)
{
	struct port_range r[PORTS_ROOM];
	char text[PORTS_TEXT];
	unsigned int n;
	int ret;

	ret = ports_parse(tok->s, r, &n);
	if (ret == -E2BIG)
		return err_word(tok, "more than %d ranges of ports for '%s'",
				SDWAN_PORTS_MAX, kw->word);
	if (ret == -ERANGE)
		return err_word(tok, "a port past %d in '%s' for '%s'",
				UINT16_MAX, tok->s, kw->word);
	if (ret)
		return bad_value(tok, kw->word, "a list of ports like 443,8000-8080");
	ports_format(r, n, text, sizeof(text));
	*val = json_string(text);
	return 0;
}

static int parse_mark(const struct keyword *kw, const struct tok *tok,
		      json_t **val)
{
	uint32_t mark, mask;
	char text[MARK_TEXT];
	int ret;

	ret = mark_parse(tok->s, &mark, &mask);
	if (ret == -ERANGE)
		return err_word(tok, "%s %s is out of range, or has bits outside of its mask",
				kw->word, tok->s);
	if (ret)
		return bad_value(tok, kw->word, "a mark like 1 or 0x1/0xff");
	mark_format(mark, mask, text, sizeof(text));
	*val = json_string(text);
	return 0;
}

static int parse_seconds(const struct keyword *kw, const struct tok *tok,
			 json_t **val)
{
	uint64_t msec = 0;
	int ret = unit_msec(tok->s, &msec);

	if (ret == -EINVAL || msec % 1000)
		return bad_value(tok, kw->word, "a time in whole seconds like 60 or 2min");
	if (ret || msec / 1000 < kw->min || msec / 1000 > kw->max)
		return err_word(tok, "%s %s is out of range: %" PRIu64
				" to %" PRIu64 " seconds", kw->word, tok->s,
				kw->min, kw->max);
	*val = json_integer((json_int_t)(msec / 1000));
	return 0;
}

static int parse_usec(const struct keyword *kw, const struct tok *tok,
		      json_t **val)
{
	uint64_t usec = 0;
	char most[32];
	int ret = 0;

	if (!kw->zero || !is_prefix_of(tok->s, kw->zero))
		ret = unit_usec(tok->s, &usec);
	if (ret == -EINVAL)
		return bad_value(tok, kw->word, "a time like 50ms or 0.05");
	format_usec(kw->max, most, sizeof(most));
	if (ret || usec > kw->max)
		return err_word(tok, "%s %s is longer than %s", kw->word,
				tok->s, most);
	*val = json_integer((json_int_t)usec);
	return 0;
}

static int parse_part(const struct keyword *kw, const struct tok *tok,
		      json_t **val)
{
	char least[32], most[32];
	uint64_t ppm = 0;
	int ret = unit_part(tok->s, &ppm);

	if (ret == -EINVAL)
		return bad_value(tok, kw->word, "a part like 1% or 0.01");
	format_part(kw->min, least, sizeof(least));
	format_part(kw->max, most, sizeof(most));
	if (ret || ppm < kw->min || ppm > kw->max)
		return err_word(tok, "%s %s is out of range: %s to %s",
				kw->word, tok->s, least, most);
	*val = json_integer((json_int_t)ppm);
	return 0;
}

static int parse_unit_value(const struct keyword *kw, const struct tok *tok,
			    json_t **val)
{
	bool rate = kw->type == K_RATE;
	uint64_t v = 0;
	int ret;

	ret = rate ? unit_rate(tok->s, &v) : unit_msec(tok->s, &v);
	if (ret == -ERANGE)
		return err_word(tok, "%s %s is too large", kw->word, tok->s);
	if (ret)
		return bad_value(tok, kw->word, rate ?
				 "a rate like 100mbit" :
				 "a time like 60 or 500ms");
	*val = json_integer((json_int_t)v);
	return 0;
}

/* overlay ADDR [vni N]; "none" is dealt with by the caller. */
static int parse_overlay(const struct keyword *kw, struct args *a,
			 const struct tok *tok, json_t **val)
{
	static const struct keyword vni_kw = {
		.word = "vni", .type = K_U32, .min = 1, .max = SDWAN_VNI_MAX,
	};
	const struct tok *next;
	json_t *addr = NULL, *vni = NULL;
	int ret;

	ret = parse_addr(kw, tok, &addr);
	if (ret)
		return ret;
	next = args_peek(a);
	if (next && !strcmp(next->s, "vni")) {
		args_next(a);
		ret = kw_value(&vni_kw, a, next, &vni);
		if (ret) {
			json_decref(addr);
			return ret;
		}
	}
	*val = json_object();
	json_object_set_new(*val, "addr", addr);
	if (vni)
		json_object_set_new(*val, "vni", vni);
	return 0;
}

static int parse_flag(struct args *a, json_t **val)
{
	const struct tok *next = args_peek(a);
	bool on = true;

	if (next && (!strcmp(next->s, "on") || !strcmp(next->s, "off"))) {
		args_next(a);
		on = !strcmp(next->s, "on");
	}
	*val = json_boolean(on);
	return 0;
}

static bool says_any(const struct keyword *kw, const struct tok *tok)
{
	return kw->flags & KW_ANY &&
	       (!strcmp(tok->s, "any") || !strcmp(tok->s, "all"));
}

/* A segment by its device. */
static int parse_segment(const struct tok *tok, json_t **val)
{
	uint32_t vni;

	if (link_vni(tok->s, &vni))
		return err_refused(&tok->pos, "there is no device %s of kind sdwan",
				   tok->s);
	*val = json_integer(vni);
	return 0;
}

/* Values that are one word. */
static int word_value(const struct keyword *kw, const struct tok *tok,
		      json_t **val)
{
	switch (kw->type) {
	case K_U32:
	case K_HEX:
		return parse_u32(kw, tok, val);
	case K_STR:
		return parse_string(kw, tok, val);
	case K_SEGMENT:
		return parse_segment(tok, val);
	case K_ADDR:
		return parse_addr(kw, tok, val);
	case K_ENUM:
	case K_MODE:
	case K_ACTION:
		return parse_enum(kw, tok, val);
	case K_DSCP:
		return parse_dscp(kw, tok, val);
	case K_ONOFF:
	case K_UPDOWN:
		return parse_onoff(kw, tok, val);
	case K_SEC:
		return parse_seconds(kw, tok, val);
	case K_USEC:
		return parse_usec(kw, tok, val);
	case K_PART:
		return parse_part(kw, tok, val);
	case K_PREFIX:
		return parse_prefix(kw, tok, val);
	case K_PROTO:
	case K_ETHERTYPE:
		return parse_proto(kw, tok, val);
	case K_PORTS:
		return parse_ports(kw, tok, val);
	case K_MARK:
		return parse_mark(kw, tok, val);
	case K_MAC:
		return parse_mac(kw, tok, val);
	case K_FILE:
	case K_KEY:
		return parse_file(kw, tok, val);
	case K_EXPR:
		return parse_expr(kw, tok, val);
	case K_MEMBERS:
		return members_parse(tok, val);
	default:
		return parse_unit_value(kw, tok, val);
	}
}

/* The value of keyword @kw, which stood at @word. */
int kw_value(const struct keyword *kw, struct args *a, const struct tok *word,
	     json_t **val)
{
	const struct tok *tok;

	switch (kw->type) {
	case K_TRUE:
	case K_FALSE:
		*val = json_boolean(kw->type == K_TRUE);
		return 0;
	case K_FLAG:
		return parse_flag(a, val);
	default:
		break;
	}
	tok = args_next(a);
	if (!tok)
		return err_end(a, "'%s' wants a value", word->s);
	if (says_any(kw, tok)) {
		*val = json_null();
		return 0;
	}
	if (kw->type == K_OVERLAY)
		return parse_overlay(kw, a, tok, val);
	return word_value(kw, tok, val);
}

static int append(json_t *obj, const char *key, json_t *val)
{
	json_t *list = json_object_get(obj, key);

	if (!list) {
		list = json_array();
		json_object_set_new(obj, key, list);
	}
	json_array_append_new(list, val);
	return 0;
}

static bool is_none(const struct keyword *kw, const struct args *a)
{
	const struct tok *tok = args_peek(a);

	return (kw->type == K_OVERLAY || kw->type == K_MEMBERS ||
		kw->type == K_KEY) && tok && !strcmp(tok->s, "none");
}

/* A list or key that is taken away, which its absence does not say. */
static int list_none(const struct keyword *kw, const struct tok *word,
		     struct args *a, json_t *obj)
{
	char key[32];

	args_next(a);
	if (json_object_get(obj, kw->key))
		return err_word(word, "'%s none' beside %s", kw->word,
				kw->type == K_OVERLAY ? "overlay addresses" :
				"members");
	snprintf(key, sizeof(key), "%s_none", kw->key);
	json_object_set_new(obj, key, json_true());
	if (kw->type != K_KEY)
		json_object_set_new(obj, kw->key, json_array());
	return 0;
}

/* "action steer" may be followed by "vni N" or "dev DEVICE". */
static bool steers_to(const struct keyword *kw, const json_t *val,
		      const struct tok *next)
{
	return kw->type == K_ACTION && next &&
	       !strcmp(json_string_value(val), "steer") &&
	       (!strcmp(next->s, "vni") || !strcmp(next->s, "dev"));
}

static int parse_steer(struct args *a, json_t *obj, json_t *cols)
{
	static const struct keyword vni_kw = {
		.word = "vni", .type = K_U32, .min = 1, .max = SDWAN_VNI_MAX,
	};
	static const struct keyword dev_kw = {
		.word = "dev", .type = K_SEGMENT,
	};
	const struct tok *word = args_next(a), *value = args_peek(a);
	json_t *val = NULL;
	int ret;

	if (json_object_get(obj, "steer_vni"))
		return err_word(word, "'%s' contradicts or repeats what was said before",
				word->s);
	ret = kw_value(strcmp(word->s, "vni") ? &dev_kw : &vni_kw, a, word,
		       &val);
	if (ret)
		return ret;
	cols_add(cols, "steer_vni", &value->pos);
	json_object_set_new(obj, "steer_vni", val);
	return 0;
}

/* What may stand behind a value: members of a mode, the class of an action. */
static const struct keyword *follower(const struct keyword *table,
				      const struct keyword *kw,
				      const json_t *val, const struct args *a)
{
	const struct tok *next = args_peek(a);

	if (kw->type == K_ACTION && !strcmp(json_string_value(val), "class"))
		return kw_exact(table, "class");
	if (kw->type == K_MODE && next && !kw_exact(table, next->s) &&
	    !kw_begins(table, next->s))
		return kw_exact(table, "members");
	return NULL;
}

static int parse_follower(const struct keyword *kw, const struct tok *word,
			  struct args *a, json_t *obj, json_t *cols)
{
	const struct tok *value = args_peek(a);
	json_t *val = NULL;
	int ret;

	if (json_object_get(obj, kw->key))
		return err_word(value ? value : word,
				"'%s' contradicts or repeats what was said before",
				kw->word);
	if (is_none(kw, a))
		return list_none(kw, word, a, obj);
	ret = kw_value(kw, a, word, &val);
	if (ret)
		return ret;
	cols_add(cols, kw->key, &value->pos);
	json_object_set_new(obj, kw->key, val);
	return 0;
}

/* "set dscp" is one keyword. @both and @text live as long as the caller. */
static int join_words(const struct keyword *kw, struct args *a,
		      const struct tok **word, struct tok *both, char *text,
		      size_t size)
{
	const struct tok *next;

	if (!kw_begins(kw, (*word)->s))
		return 0;
	next = args_next(a);
	if (!next)
		return err_end(a, "what shall be %s?", (*word)->s);
	snprintf(text, size, "%s %s", (*word)->s, next->s);
	both->s = text;
	both->pos = next->pos;
	*word = both;
	return 0;
}

/* One keyword and its value. */
int kw_parse(const struct keyword *kw, unsigned int mask, struct args *a,
	     json_t *obj, json_t *cols)
{
	const struct keyword *table = kw, *next;
	const struct tok *word = args_next(a);
	const struct tok *value;
	json_t *val = NULL;
	struct tok both;
	char text[64];
	int ret;

	ret = join_words(kw, a, &word, &both, text, sizeof(text));
	if (ret)
		return ret;
	kw = kw_find(kw, mask, word, &ret);
	if (!kw)
		return ret;
	if ((!(kw->flags & KW_MULTI) && json_object_get(obj, kw->key)) ||
	    (kw->type == K_OVERLAY && json_object_get(obj, "overlay_none")))
		return err_word(word, "'%s' contradicts or repeats what was said before",
				word->s);
	if (is_none(kw, a))
		return list_none(kw, word, a, obj);
	value = args_peek(a);
	ret = kw_value(kw, a, word, &val);
	if (ret)
		return ret;
	if (kw->type == K_TRUE || kw->type == K_FALSE || !value)
		value = word;
	cols_add(cols, kw->key, &value->pos);
	if (kw->flags & KW_MULTI)
		return append(obj, kw->key, val);
	json_object_set_new(obj, kw->key, val);
	if (steers_to(kw, val, args_peek(a)))
		return parse_steer(a, obj, cols);
	next = follower(table, kw, val, a);
	return next ? parse_follower(next, value, a, obj, cols) : 0;
}
