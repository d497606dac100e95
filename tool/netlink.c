// SPDX-License-Identifier: GPL-2.0
/*
 * sdwanctl: requests, dumps and transactions of the family "sdwan"
 */
#include <errno.h>
#include <linux/genetlink.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <netlink/attr.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>

#include "sdwanctl.h"

#define MSG_SIZE 8192
#define DUMP_TRIES 3

static int sdw_fail(struct sdw_error *err, int code, const char *msg)
{
	memset(err, 0, sizeof(*err));
	err->code = code < 0 ? -code : code;
	if (msg)
		snprintf(err->msg, sizeof(err->msg), "%s", msg);
	return -err->code;
}

static const struct nlattr *payload(const struct nlmsghdr *nlh, int *len)
{
	*len = (int)nlh->nlmsg_len - NLMSG_HDRLEN - GENL_HDRLEN;
	return (const struct nlattr *)((const char *)NLMSG_DATA(nlh) +
				       GENL_HDRLEN);
}

/* Which attribute is missing: in the message itself, or in a nest of it. */
static void locate_missing(const struct request *rq,
			   const struct nlmsghdr *sent, uint32_t type,
			   const struct nlattr *nest, struct sdw_error *err)
{
	const struct attr_set *set = rq->set;
	const struct attr_desc *d;
	const struct nlattr *head;
	size_t len;
	int left;

	head = payload(sent, &left);
	if (nest) {
		if (!codec_locate(set, head, left, NLMSG_HDRLEN + GENL_HDRLEN,
				  nla_get_u32(nest), &err->loc))
			return;
		d = attr_by_key(set, err->loc.key);
		if (!d || !d->nest)
			return;
		set = d->nest;
	}
	d = attr_by_id(set, type);
	if (!d)
		return;
	len = strlen(err->loc.name);
	snprintf(err->loc.name + len, sizeof(err->loc.name) - len, "%s%s",
		 len ? "/" : "", d->name);
	err->missing = true;
	err->located = true;
}

/* What the kernel says beyond the number of the error. */
static void parse_extack(const struct request *rq, const struct nlmsghdr *sent,
			 const struct nlattr *head, int len,
			 struct sdw_error *err)
{
	struct nlattr *tb[NLMSGERR_ATTR_MAX + 1];
	const struct nlattr *attrs;
	int left;

	if (nla_parse(tb, NLMSGERR_ATTR_MAX, (struct nlattr *)head, len, NULL))
		return;
	if (tb[NLMSGERR_ATTR_MSG])
		nla_strlcpy(err->msg, tb[NLMSGERR_ATTR_MSG], sizeof(err->msg));
	if (!rq->set)
		return;
	attrs = payload(sent, &left);
	if (tb[NLMSGERR_ATTR_OFFS])
		err->located = codec_locate(rq->set, attrs, left,
					    NLMSG_HDRLEN + GENL_HDRLEN,
					    nla_get_u32(tb[NLMSGERR_ATTR_OFFS]),
					    &err->loc);
	else if (tb[NLMSGERR_ATTR_MISS_TYPE])
		locate_missing(rq, sent,
			       nla_get_u32(tb[NLMSGERR_ATTR_MISS_TYPE]),
			       tb[NLMSGERR_ATTR_MISS_NEST], err);
}

static int parse_error(const struct request *rq, const struct nlmsghdr *sent,
		       const struct nlmsghdr *nlh, struct sdw_error *err)
{
	const struct nlmsgerr *e = NLMSG_DATA(nlh);
	size_t skip = sizeof(*e);

	if (nlh->nlmsg_len < NLMSG_HDRLEN + sizeof(*e))
		return sdw_fail(err, EBADMSG, "short answer");
	sdw_fail(err, e->error, NULL);
	if (!(nlh->nlmsg_flags & NLM_F_CAPPED))
		skip += e->msg.nlmsg_len - NLMSG_HDRLEN;
	skip = NLMSG_ALIGN(skip);
	if (nlh->nlmsg_flags & NLM_F_ACK_TLVS &&
	    skip < nlh->nlmsg_len - NLMSG_HDRLEN)
		parse_extack(rq, sent,
			     (const void *)((const char *)e + skip),
			     (int)(nlh->nlmsg_len - NLMSG_HDRLEN - skip), err);
	return -err->code;
}

/* The end of a dump carries an error number, and perhaps a message. */
static int parse_done(const struct request *rq, const struct nlmsghdr *sent,
		      const struct nlmsghdr *nlh, struct sdw_error *err)
{
	const char *data = NLMSG_DATA(nlh);
	int len = (int)nlh->nlmsg_len - NLMSG_HDRLEN;
	int code = 0;

	if (len >= (int)sizeof(code))
		memcpy(&code, data, sizeof(code));
	sdw_fail(err, code, NULL);
	if (nlh->nlmsg_flags & NLM_F_ACK_TLVS && len > (int)sizeof(code))
		parse_extack(rq, sent, (const void *)(data + sizeof(code)),
			     len - (int)sizeof(code), err);
	return -err->code;
}

static struct nl_msg *new_message(struct ctx *c, uint16_t family, uint8_t cmd,
				  uint16_t flags)
{
	struct nl_msg *msg = nlmsg_alloc_size(MSG_SIZE);

	if (!msg)
		return NULL;
	if (!genlmsg_put(msg, 0, ++c->seq, family, 0, NLM_F_REQUEST | flags,
			 cmd, SDWAN_FAMILY_VERSION)) {
		nlmsg_free(msg);
		return NULL;
	}
	return msg;
}

/* An attribute may be to blame before the kernel has seen it. */
static void fail_build(struct sdw_error *err, int code,
		       const struct codec_error *why)
{
	if (!why->attr) {
		sdw_fail(err, code, "the request cannot be built");
		return;
	}
	sdw_fail(err, code, why->msg);
	err->located = true;
	snprintf(err->loc.name, sizeof(err->loc.name), "%s", why->attr->name);
	snprintf(err->loc.key, sizeof(err->loc.key), "%s", why->attr->key);
}

static struct nl_msg *build(struct ctx *c, const struct request *rq,
			    uint16_t flags, struct sdw_error *err)
{
	struct codec_error why = { 0 };
	struct nl_msg *msg;
	int ret = 0;

	msg = new_message(c, c->family, rq->cmd, rq->flags | flags);
	if (!msg) {
		sdw_fail(err, ENOMEM, NULL);
		return NULL;
	}
	/* A dump tells what is committed; its requests take no attribute. */
	if (c->txn && rq->set->txn && !(flags & NLM_F_DUMP))
		ret = nla_put_u32(msg, rq->set->txn, c->txn) ? -EMSGSIZE : 0;
	if (!ret && rq->attrs)
		ret = codec_encode(msg, rq->set, rq->attrs, &why);
	if (ret) {
		fail_build(err, ret, &why);
		nlmsg_free(msg);
		return NULL;
	}
	return msg;
}

struct answer {
	const struct request *rq;
	const struct nlmsghdr *sent;
	struct sdw_error *err;
	bool dump;
	bool interrupted;
	bool done;
	json_t *list;
	/* Takes objects one by one, instead of the list. */
	void (*each)(void *arg, const json_t *obj);
	/* For answers that are not of our family. */
	int (*raw)(void *arg, const struct nlattr *head, int len);
	void *arg;
};

static int answer_data(struct answer *an, const struct nlmsghdr *nlh)
{
	const struct nlattr *head;
	json_t *obj;
	int len;

	head = payload(nlh, &len);
	if (len < 0)
		return sdw_fail(an->err, EBADMSG, "short answer");
	if (an->raw)
		return an->raw(an->arg, head, len);
	obj = codec_decode(an->rq->set, head, len);
	if (obj && an->each) {
		an->each(an->arg, obj);
		json_decref(obj);
		return 0;
	}
	if (!obj || json_array_append_new(an->list, obj))
		return sdw_fail(an->err, ENOMEM, NULL);
	return 0;
}

static int answer_one(struct answer *an, const struct nlmsghdr *nlh)
{
	if (nlh->nlmsg_flags & NLM_F_DUMP_INTR)
		an->interrupted = true;
	switch (nlh->nlmsg_type) {
	case NLMSG_NOOP:
		return 0;
	case NLMSG_ERROR:
		an->done = true;
		return parse_error(an->rq, an->sent, nlh, an->err);
	case NLMSG_DONE:
		an->done = true;
		return parse_done(an->rq, an->sent, nlh, an->err);
	default:
		return answer_data(an, nlh);
	}
}

/* All answers to one request. */
static int answer_all(struct ctx *c, struct answer *an)
{
	while (!an->done) {
		struct nlmsghdr *nlh = (struct nlmsghdr *)c->buf;
		ssize_t n = transport->recv(c->nl, c->buf, NL_BUFSIZE);
		int left = (int)n, ret;

		if (n == -EINTR)
			continue;
		if (n < 0)
			return sdw_fail(an->err, (int)n, "no answer");
		for (; nlmsg_ok(nlh, left); nlh = nlmsg_next(nlh, &left)) {
			if (nlh->nlmsg_seq != an->sent->nlmsg_seq)
				continue;
			ret = answer_one(an, nlh);
			if (ret)
				return ret;
			if (an->done)
				break;
		}
	}
	return 0;
}

static int exchange(struct ctx *c, struct answer *an, struct nl_msg *msg)
{
	int ret;

	an->sent = nlmsg_hdr(msg);
	ret = transport->send(c->nl, an->sent);
	if (ret)
		return sdw_fail(an->err, ret, "cannot send to the kernel");
	return answer_all(c, an);
}

static void find_group(struct ctx *c, struct nlattr *groups)
{
	struct nlattr *pos;
	int rem;

	nla_for_each_nested(pos, groups, rem) {
		struct nlattr *tb[CTRL_ATTR_MCAST_GRP_MAX + 1];

		if (nla_parse_nested(tb, CTRL_ATTR_MCAST_GRP_MAX, pos, NULL) ||
		    !tb[CTRL_ATTR_MCAST_GRP_NAME] ||
		    !tb[CTRL_ATTR_MCAST_GRP_ID])
			continue;
		if (!nla_strcmp(tb[CTRL_ATTR_MCAST_GRP_NAME],
				SDWAN_MCGRP_EVENTS))
			c->group = nla_get_u32(tb[CTRL_ATTR_MCAST_GRP_ID]);
	}
}

static int parse_family(void *arg, const struct nlattr *head, int len)
{
	struct nlattr *tb[CTRL_ATTR_MAX + 1];
	struct ctx *c = arg;

	if (nla_parse(tb, CTRL_ATTR_MAX, (struct nlattr *)head, len, NULL))
		return -EBADMSG;
	if (tb[CTRL_ATTR_FAMILY_ID])
		c->family = nla_get_u16(tb[CTRL_ATTR_FAMILY_ID]);
	if (tb[CTRL_ATTR_MCAST_GROUPS])
		find_group(c, tb[CTRL_ATTR_MCAST_GROUPS]);
	return 0;
}

/* Asking for the family makes the kernel load the module that has it. */
static int resolve_family(struct ctx *c, struct sdw_error *err)
{
	static const struct request rq = { .cmd = CTRL_CMD_GETFAMILY };
	struct answer an = {
		.rq = &rq, .err = err, .raw = parse_family, .arg = c,
	};
	struct nl_msg *msg;
	int ret;

	msg = new_message(c, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, NLM_F_ACK);
	if (!msg)
		return sdw_fail(err, ENOMEM, NULL);
	NLA_PUT_STRING(msg, CTRL_ATTR_FAMILY_NAME, SDWAN_FAMILY_NAME);
	ret = exchange(c, &an, msg);
	nlmsg_free(msg);
	return ret;
nla_put_failure:
	nlmsg_free(msg);
	return sdw_fail(err, EMSGSIZE, NULL);
}

/* Open the socket, once. Says why it cannot. */
int sdw_start(struct ctx *c)
{
	struct sdw_error err;
	int ret;

	if (c->family)
		return ST_OK;
	if (!c->buf)
		c->buf = malloc(NL_BUFSIZE);
	if (!c->buf)
		return err_refused(NULL, "out of memory");
	if (!c->nl) {
		ret = transport->open(NETLINK_GENERIC, &c->nl);
		if (ret)
			return err_refused(NULL,
					   "cannot open a netlink socket: %s",
					   strerror(-ret));
	}
	ret = resolve_family(c, &err);
	if (ret == -ENOENT)
		return err_refused(NULL,
				   "this kernel has no netlink family 'sdwan': the module sdwan is not loaded and did not load by itself (try 'modprobe sdwan')");
	if (ret || !c->family)
		return err_refused(NULL,
				   "cannot look up the netlink family 'sdwan': %s",
				   strerror(ret ? -ret : EPROTO));
	return ST_OK;
}

void sdw_stop(struct ctx *c)
{
	if (c->txn)
		txn_abort(c);
	if (c->nl)
		transport->close(c->nl);
	free(c->buf);
	c->nl = NULL;
	c->buf = NULL;
	c->family = 0;
}

static int ask(struct ctx *c, struct answer *an, uint16_t flags)
{
	struct nl_msg *msg;
	int ret;

	sdw_fail(an->err, 0, NULL);
	msg = build(c, an->rq, flags, an->err);
	if (!msg)
		return -an->err->code;
	ret = exchange(c, an, msg);
	nlmsg_free(msg);
	return ret;
}

/* One request. With @reply, the object of the answer, or NULL if none came. */
int sdw_do(struct ctx *c, const struct request *rq, json_t **reply,
	   struct sdw_error *err)
{
	struct answer an = { .rq = rq, .err = err, .list = json_array() };
	int ret;

	ret = ask(c, &an, NLM_F_ACK);
	if (!ret && reply)
		*reply = json_incref(json_array_get(an.list, 0));
	json_decref(an.list);
	return ret;
}

static int dump_once(struct ctx *c, const struct request *rq, json_t **list,
		     bool *interrupted, struct sdw_error *err)
{
	struct answer an = {
		.rq = rq, .err = err, .dump = true, .list = json_array(),
	};
	int ret;

	ret = ask(c, &an, NLM_F_DUMP);
	if (ret) {
		json_decref(an.list);
		return ret;
	}
	*interrupted = an.interrupted;
	*list = an.list;
	return 0;
}

static void nap(unsigned int msec)
{
	struct timespec ts = { .tv_nsec = (long)msec * 1000000L };

	nanosleep(&ts, NULL);
}

static void key_of(const json_t *obj, char *buf, size_t size)
{
	snprintf(buf, size, "%s %s %" JSON_INTEGER_FORMAT
		 " %" JSON_INTEGER_FORMAT,
		 obj_str(obj, "name"), obj_str(obj, "prefix"),
		 obj_int(obj, "vni"), obj_int(obj, "pref"));
}

/* What was deleted and made anew meanwhile is listed twice: the last counts. */
static void drop_repeated(json_t *list)
{
	json_t *seen = json_object();
	size_t i = json_array_size(list);
	char key[OBJ_KEY];

	while (i-- > 0) {
		key_of(json_array_get(list, i), key, sizeof(key));
		if (json_object_get(seen, key))
			json_array_remove(list, i);
		else
			json_object_set_new(seen, key, json_true());
	}
	json_decref(seen);
}

/*
 * All objects of a kind. A dump that was interrupted by changes is repeated a
 * few times; what changes without end is shown as it is, with a warning.
 */
int sdw_dump(struct ctx *c, const struct request *rq, json_t **list,
	     struct sdw_error *err)
{
	bool interrupted = false;
	unsigned int try;
	int ret;

	for (try = 0; try < DUMP_TRIES; try++) {
		if (try) {
			json_decref(*list);
			nap(try * 10);
		}
		ret = dump_once(c, rq, list, &interrupted, err);
		if (ret || !interrupted)
			return ret;
	}
	drop_repeated(*list);
	warn_at(NULL, "the list changed while it was read, %d times: it may mix old and new",
		DUMP_TRIES);
	return 0;
}

/*
 * All objects of a kind, each handed to @each as it comes: there may be more
 * than one wants to keep. What changes meanwhile is told as it was or as it is.
 */
int sdw_dump_each(struct ctx *c, const struct request *rq,
		  void (*each)(void *arg, const json_t *obj), void *arg,
		  struct sdw_error *err)
{
	struct answer an = {
		.rq = rq, .err = err, .dump = true, .each = each, .arg = arg,
	};

	return ask(c, &an, NLM_F_DUMP);
}

int sdw_generation(struct ctx *c, uint32_t *gen, struct sdw_error *err)
{
	const struct request rq = {
		.cmd = SDWAN_CMD_FABRIC_GET, .set = &set_fabric,
	};
	json_t *fabric = NULL;
	int ret;

	ret = sdw_do(c, &rq, &fabric, err);
	if (ret)
		return ret;
	*gen = (uint32_t)obj_int(fabric, "generation");
	json_decref(fabric);
	return 0;
}

/* With @gen, only if that is still the generation of the fabric. */
int txn_begin(struct ctx *c, const uint32_t *gen, struct sdw_error *err)
{
	struct request rq = { .cmd = SDWAN_CMD_TXN_BEGIN, .set = &set_txn };
	json_t *attrs = json_object();
	json_t *reply = NULL;
	int ret;

	if (gen)
		json_object_set_new(attrs, "generation", json_integer(*gen));
	rq.attrs = attrs;
	ret = sdw_do(c, &rq, &reply, err);
	json_decref(attrs);
	if (ret)
		return ret;
	c->txn = (uint32_t)obj_int(reply, "id");
	c->txn_gen = (uint32_t)obj_int(reply, "generation");
	json_decref(reply);
	if (!c->txn)
		return sdw_fail(err, EPROTO, "transaction without a number");
	return 0;
}

static int txn_end(struct ctx *c, uint8_t cmd, struct sdw_error *err)
{
	struct request rq = { .cmd = cmd, .set = &set_txn };
	json_t *attrs = json_object();
	int ret;

	json_object_set_new(attrs, "id", json_integer(c->txn));
	if (cmd == SDWAN_CMD_TXN_COMMIT)
		json_object_set_new(attrs, "generation",
				    json_integer(c->txn_gen));
	rq.attrs = attrs;
	c->txn = 0;
	json_decref(c->added);
	c->added = NULL;
	ret = sdw_do(c, &rq, NULL, err);
	json_decref(attrs);
	return ret;
}

int txn_commit(struct ctx *c, struct sdw_error *err)
{
	return txn_end(c, SDWAN_CMD_TXN_COMMIT, err);
}

void txn_abort(struct ctx *c)
{
	struct sdw_error err;

	if (c->txn)
		txn_end(c, SDWAN_CMD_TXN_ABORT, &err);
}

/*
 * Tell what the kernel refused. Where the offending attribute came from a
 * word that @cols knows, the message points at that word.
 */
int sdw_report(const struct pos *pos, const json_t *cols,
	       const struct sdw_error *err)
{
	struct pos at = pos ? *pos : (struct pos) { 0 };
	const char *why = strerror(err->code);

	if (err->located && !err->missing && at.file)
		cols_get(cols, err->loc.key, err->loc.index, &at);
	if (err->located)
		return err_refused(&at, "Error: %s%s[%sattribute %s]: %s",
				   err->msg, *err->msg ? " " : "",
				   err->missing ? "missing " : "",
				   err->loc.name, why);
	if (*err->msg)
		return err_refused(&at, "Error: %s: %s", err->msg, why);
	return err_refused(&at, "Error: %s", why);
}

/* Receive one datagram of events and hand every message to @fn. */
int sdw_event(struct ctx *c, event_fn fn, void *arg)
{
	struct nlmsghdr *nlh = (struct nlmsghdr *)c->buf;
	ssize_t n = transport->recv(c->nl, c->buf, NL_BUFSIZE);
	int left = (int)n;

	if (n < 0)
		return (int)n;
	for (; nlmsg_ok(nlh, left); nlh = nlmsg_next(nlh, &left)) {
		const struct genlmsghdr *gh = NLMSG_DATA(nlh);
		const struct nlattr *head;
		int len, ret;

		if (nlh->nlmsg_type != c->family)
			continue;
		head = payload(nlh, &len);
		if (len < 0)
			continue;
		ret = fn(arg, gh->cmd, head, len);
		if (ret)
			return ret;
	}
	return 0;
}
