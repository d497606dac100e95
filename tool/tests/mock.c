// SPDX-License-Identifier: GPL-2.0
/*
 * A kernel of paper: the family "sdwan" in memory, for the tests of the tool
 *
 * It takes and gives raw netlink messages, and shares no table with the tool,
 * so that a mistake in the tool's tables is not made twice. Its state lives
 * in the file that SDWAN_MOCK_STATE names, if it does. Other variables make
 * trouble: SDWAN_MOCK_INTR, _STALE and _BUSY count dumps to be interrupted,
 * commits to be stale and transactions to be refused; SDWAN_MOCK_ABSENT takes
 * the family away; SDWAN_MOCK_EVENTS makes events come, and then SIGTERM: of
 * classes and rules if it is "steer", of decisions if it is "decisions" or, without
 * a signal, "stay".
 * SDWAN_MOCK_LOG names a file that gets a line per change.
 */
#include <errno.h>
#include <linux/ethtool.h>
#include <linux/genetlink.h>
#include <linux/rtnetlink.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "mock.h"

#define FAMILY 0x21
#define GROUP 7

static struct world live, staged;
static uint32_t txn;
static bool dirty;	/* live is not as it was stored */

struct sock {
	int protocol;
	int fd;
	bool listening;
	bool stays;
	size_t head, n;
	struct {
		void *data;
		size_t len;
		int err;
	} queue[32768];
};

static int trouble(const char *name)
{
	static int left[3];
	static bool known[3];
	static const char *const names[] = {
		"SDWAN_MOCK_INTR", "SDWAN_MOCK_STALE", "SDWAN_MOCK_BUSY",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		const char *val = getenv(names[i]);

		if (strcmp(names[i], name))
			continue;
		if (!known[i] && val)
			left[i] = atoi(val);
		known[i] = true;
		return left[i] > 0 && left[i]--;
	}
	return 0;
}

static void log_change(const char *what, const char *kind)
{
	const char *name = getenv("SDWAN_MOCK_LOG");
	FILE *fp = name ? fopen(name, "a") : NULL;

	if (!fp)
		return;
	fprintf(fp, "%s %s%s\n", what, kind, txn ? " txn" : "");
	fclose(fp);
}

/* ---- the state ---- */

static void reset(struct world *w)
{
	static const uint32_t limits[LIMITS] = {
		64, 4096, 8192, 65536, 1024, 256, 16384, 262144, 16, 1024,
		0,	/* mark-mask, which is set as limits are */
	};

	free(w->obj);
	memset(w, 0, sizeof(*w));
	memcpy(w->limit, limits, sizeof(limits));
	w->flow_timeout = 120;
	w->generation = 1;
}

static void copy_world(struct world *to, const struct world *from)
{
	free(to->obj);
	*to = *from;
	to->room = from->n;
	to->obj = malloc((from->n ? from->n : 1) * sizeof(*to->obj));
	if (!to->obj)
		abort();
	if (from->n)
		memcpy(to->obj, from->obj, from->n * sizeof(*to->obj));
}

static void load_state(void)
{
	const char *name = getenv("SDWAN_MOCK_STATE");
	FILE *fp = name ? fopen(name, "r") : NULL;

	reset(&live);
	if (!fp)
		return;
	if (fread(&live, offsetof(struct world, obj), 1, fp) != 1)
		abort();
	live.room = live.n;
	live.obj = calloc(live.n ? live.n : 1, sizeof(*live.obj));
	if (!live.obj || fread(live.obj, sizeof(*live.obj), live.n, fp) !=
			 live.n)
		abort();
	fclose(fp);
}

static void store_state(void)
{
	const char *name = getenv("SDWAN_MOCK_STATE");
	FILE *fp = name ? fopen(name, "w") : NULL;

	if (!fp)
		return;
	fwrite(&live, offsetof(struct world, obj), 1, fp);
	if (live.n)
		fwrite(live.obj, sizeof(*live.obj), live.n, fp);
	fclose(fp);
}

/* ---- answers ---- */

static void enqueue(struct sock *s, const void *data, size_t len, int err)
{
	size_t i = (s->head + s->n) % ARRAY_SIZE(s->queue);

	if (s->n == ARRAY_SIZE(s->queue))
		abort();
	s->queue[i].data = malloc(len ? len : 1);
	if (!s->queue[i].data)
		abort();
	if (len)
		memcpy(s->queue[i].data, data, len);
	s->queue[i].len = len;
	s->queue[i].err = err;
	s->n++;
}

void send_msg(struct sock *s, struct nl_msg *msg)
{
	struct nlmsghdr *nlh = nlmsg_hdr(msg);

	enqueue(s, nlh, nlh->nlmsg_len, 0);
	nlmsg_free(msg);
}

int refuse(struct call *c, int code, const char *msg, const void *bad)
{
	c->msg = msg;
	c->bad = bad;
	return -code;
}

static void acknowledge(struct call *c, int code)
{
	struct nl_msg *msg = nlmsg_alloc();
	struct nlmsgerr e = { .error = code, .msg = *c->nlh };
	struct nlmsghdr *nlh;

	nlh = nlmsg_put(msg, 0, c->nlh->nlmsg_seq, NLMSG_ERROR, 0,
			NLM_F_CAPPED);
	nlmsg_append(msg, &e, sizeof(e), NLMSG_ALIGNTO);
	if (c->msg || c->bad || c->missing)
		nlh->nlmsg_flags |= NLM_F_ACK_TLVS;
	if (c->msg)
		nla_put_string(msg, NLMSGERR_ATTR_MSG, c->msg);
	if (c->bad)
		nla_put_u32(msg, NLMSGERR_ATTR_OFFS,
			    (uint32_t)((const char *)c->bad -
				       (const char *)c->nlh));
	if (c->missing)
		nla_put_u32(msg, NLMSGERR_ATTR_MISS_TYPE,
			    (uint32_t)c->missing);
	send_msg(c->s, msg);
}

struct nl_msg *new_reply(uint32_t seq, uint8_t cmd, uint16_t flags)
{
	struct nl_msg *msg = nlmsg_alloc_size(16384);

	genlmsg_put(msg, 0, seq, FAMILY, 0, flags, cmd, 1);
	return msg;
}

/* ---- reads ---- */

void send_done(struct call *c, uint16_t flags)
{
	struct nl_msg *msg = nlmsg_alloc();
	int zero = 0;

	nlmsg_put(msg, 0, c->nlh->nlmsg_seq, NLMSG_DONE, 0, flags);
	nlmsg_append(msg, &zero, sizeof(zero), NLMSG_ALIGNTO);
	send_msg(c->s, msg);
}

static void dump(struct call *c, enum kind kind)
{
	uint16_t flags = NLM_F_MULTI;
	uint32_t i, round, rounds = 1;
	struct nl_msg *msg;

	/* Interrupted, it also tells everything twice. */
	if (trouble("SDWAN_MOCK_INTR")) {
		flags |= NLM_F_DUMP_INTR;
		rounds = 2;
	}
	for (i = 0, round = 0; round < rounds; i++) {
		if (i == c->w->n) {
			i = (uint32_t)-1;
			round++;
			continue;
		}
		if (c->w->obj[i].kind != kind || c->s->n >= 32000)
			continue;
		msg = new_reply(c->nlh->nlmsg_seq, c->cmd, flags);
		fill_obj(msg, c->w, &c->w->obj[i]);
		send_msg(c->s, msg);
	}
	send_done(c, flags);
}

static int do_get(struct call *c, enum kind kind)
{
	struct nl_msg *msg;
	struct obj *o;
	int ret;

	o = need_obj(c, kind, &ret);
	if (!o)
		return ret;
	msg = new_reply(c->nlh->nlmsg_seq, c->cmd, 0);
	fill_obj(msg, c->w, o);
	send_msg(c->s, msg);
	return 0;
}

/* ---- fabric and transactions ---- */

static void put_counter(struct nl_msg *msg, const char *name, uint64_t val)
{
	struct nlattr *nest = nla_nest_start(msg, SDWAN_A_FABRIC_COUNTER);

	nla_put_string(msg, SDWAN_A_COUNTER_NAME, name);
	nla_put_u64(msg, SDWAN_A_COUNTER_VALUE, val);
	nla_nest_end(msg, nest);
}

static const int limit_attrs[LIMITS] = {
	SDWAN_A_FABRIC_MAX_UNDERLAYS, SDWAN_A_FABRIC_MAX_PEERS,
	SDWAN_A_FABRIC_MAX_PATHS, SDWAN_A_FABRIC_MAX_PREFIXES,
	SDWAN_A_FABRIC_MAX_SEGMENTS, SDWAN_A_FABRIC_MAX_CLASSES,
	SDWAN_A_FABRIC_MAX_RULES, SDWAN_A_FABRIC_MAX_FLOWS,
	SDWAN_A_FABRIC_MAX_LANS, SDWAN_A_FABRIC_MAX_METRICS,
	SDWAN_A_FABRIC_MARK_MASK,
};

static int fabric_get(struct call *c)
{
	struct nl_msg *msg = new_reply(c->nlh->nlmsg_seq, c->cmd, 0);
	uint32_t i;

	nla_put_u32(msg, SDWAN_A_FABRIC_GENERATION, live.generation);
	for (i = 0; i < LIMITS; i++)
		nla_put_u32(msg, limit_attrs[i], live.limit[i]);
	nla_put_u32(msg, SDWAN_A_FABRIC_CLASSES, count_objs(&live, CLASS));
	nla_put_u32(msg, SDWAN_A_FABRIC_RULES, count_objs(&live, RULE));
	nla_put_u32(msg, SDWAN_A_FABRIC_LANS, count_objs(&live, LAN));
	nla_put_u32(msg, SDWAN_A_FABRIC_METRICS, count_objs(&live, METRIC));
	nla_put_u64(msg, SDWAN_A_FABRIC_METRIC_RUNS, 12);
	nla_put_u64(msg, SDWAN_A_FABRIC_METRIC_TIME, 3400);
	nla_put_u32(msg, SDWAN_A_FABRIC_FLOWS, FLOWS);
	nla_put_u32(msg, SDWAN_A_FABRIC_FLOW_TIMEOUT, live.flow_timeout);
	nla_put_u32(msg, SDWAN_A_FABRIC_UNDERLAYS, count_objs(&live, UNDERLAY));
	nla_put_u32(msg, SDWAN_A_FABRIC_PEERS, count_objs(&live, PEER));
	nla_put_u32(msg, SDWAN_A_FABRIC_PATHS, count_objs(&live, PATH));
	nla_put_u32(msg, SDWAN_A_FABRIC_PATHS_UP, count_objs(&live, PATH));
	nla_put_u32(msg, SDWAN_A_FABRIC_PREFIXES, count_objs(&live, PREFIX));
	nla_put_u32(msg, SDWAN_A_FABRIC_SEGMENTS, 1);
	put_counter(msg, "rx_no_path", 5);
	put_counter(msg, "rx_bad_vni", 0);
	nla_put_string(msg, SDWAN_A_FABRIC_VERSION, "0.0-mock");
	send_msg(c->s, msg);
	return 0;
}

static int fabric_set(struct call *c)
{
	int i;

	for (i = 0; i < LIMITS; i++) {
		struct nlattr *nla = c->tb[limit_attrs[i]];

		if (nla && limit_attrs[i] != SDWAN_A_FABRIC_MARK_MASK &&
		    nla_get_u32(nla) > 1000000)
			return refuse(c, EPERM, "not so many", nla);
		if (nla)
			live.limit[i] = nla_get_u32(nla);
	}
	if (c->tb[SDWAN_A_FABRIC_FLOW_TIMEOUT])
		live.flow_timeout =
			nla_get_u32(c->tb[SDWAN_A_FABRIC_FLOW_TIMEOUT]);
	live.generation++;
	dirty = true;
	log_change("set", "fabric");
	return 0;
}

static int do_begin(struct call *c)
{
	struct nl_msg *msg;

	if (txn || trouble("SDWAN_MOCK_BUSY"))
		return refuse(c, EBUSY, "another transaction is open", NULL);
	if (c->tb[SDWAN_A_TXN_GENERATION] &&
	    nla_get_u32(c->tb[SDWAN_A_TXN_GENERATION]) != live.generation)
		return refuse(c, ESTALE, "of another generation", NULL);
	txn = ++live.next_txn;
	copy_world(&staged, &live);
	msg = new_reply(c->nlh->nlmsg_seq, c->cmd, 0);
	nla_put_u32(msg, SDWAN_A_TXN_ID, txn);
	nla_put_u32(msg, SDWAN_A_TXN_GENERATION, live.generation);
	send_msg(c->s, msg);
	return 0;
}

static int do_end(struct call *c, bool commit)
{
	if (!txn || !c->tb[SDWAN_A_TXN_ID] ||
	    nla_get_u32(c->tb[SDWAN_A_TXN_ID]) != txn)
		return refuse(c, ENOENT, "no such transaction is open", NULL);
	log_change(commit ? "commit" : "abort", "");
	txn = 0;
	if (!commit)
		return 0;
	if (trouble("SDWAN_MOCK_STALE"))
		return refuse(c, ESTALE, "of another generation", NULL);
	if (!c->tb[SDWAN_A_TXN_GENERATION] ||
	    nla_get_u32(c->tb[SDWAN_A_TXN_GENERATION]) != live.generation)
		return refuse(c, ESTALE, "of another generation", NULL);
	copy_world(&live, &staged);
	live.generation++;
	dirty = true;
	return 0;
}

static int txn_attr(struct call *c, int attr)
{
	c->w = &live;
	if (!attr || !c->tb[attr])
		return 0;
	if (!txn || nla_get_u32(c->tb[attr]) != txn)
		return refuse(c, ENOENT, "no such transaction is open",
			      c->tb[attr]);
	c->w = &staged;
	return 0;
}

/* ---- requests ---- */

static int parse(struct call *c, int max)
{
	const struct nlattr *head = genlmsg_attrdata(nlmsg_data(c->nlh), 0);
	int len = genlmsg_attrlen(nlmsg_data(c->nlh), 0);
	struct nlattr *pos;
	int rem;

	nla_for_each_attr(pos, (struct nlattr *)head, len, rem) {
		if (nla_type(pos) > max)
			return refuse(c, EINVAL, "Unknown attribute type",
				      pos);
		c->tb[nla_type(pos)] = pos;
	}
	return 0;
}

static int change(struct call *c, enum kind kind, const char *what,
		  int (*fn)(struct call *c, enum kind kind))
{
	int ret = fn(c, kind);

	if (!ret) {
		c->w->generation++;
		dirty |= c->w == &live;
		if (c->w == &staged)
			staged.generation = live.generation;
		log_change(what, kinds[kind].name);
	}
	return ret;
}

static int kind_call(struct call *c, enum kind kind)
{
	const struct kind_info *k = &kinds[kind];
	int ret;

	ret = parse(c, k->max);
	if (!ret)
		ret = txn_attr(c, k->txn);
	if (ret)
		return ret;
	if (c->cmd == k->get && c->nlh->nlmsg_flags & NLM_F_DUMP) {
		if (genlmsg_attrlen(nlmsg_data(c->nlh), 0))
			return refuse(c, EINVAL, "Unknown attribute type",
				      NULL);
		dump(c, kind);
		return 1;
	}
	if (c->cmd == k->get)
		return do_get(c, kind);
	if (c->cmd == k->new)
		return change(c, kind, "new", do_new);
	if (c->cmd == k->set)
		return change(c, kind, "set", do_set);
	return change(c, kind, "del", do_del);
}

static int other_call(struct call *c)
{
	bool flow = c->cmd >= SDWAN_CMD_FLOW_GET;
	int ret;

	if (c->cmd == SDWAN_CMD_DECISION_GET) {
		ret = parse(c, SDWAN_A_DECISION_MAX);
		return ret ? ret : decision_call(c);
	}
	if (c->cmd >= SDWAN_CMD_METRIC_COST) {
		ret = parse(c, SDWAN_A_COST_MAX);
		c->w = &live;
		return ret ? ret : metric_call(c);
	}
	if (flow)
		ret = parse(c, SDWAN_A_FLOW_MAX);
	else
		ret = parse(c, c->cmd <= SDWAN_CMD_FABRIC_SET ?
			    SDWAN_A_FABRIC_MAX : SDWAN_A_TXN_MAX);
	if (ret)
		return ret;
	if (flow)
		return flow_call(c);
	switch (c->cmd) {
	case SDWAN_CMD_FABRIC_GET:
		return fabric_get(c);
	case SDWAN_CMD_FABRIC_SET:
		return fabric_set(c);
	case SDWAN_CMD_TXN_BEGIN:
		return do_begin(c);
	case SDWAN_CMD_TXN_COMMIT:
		return do_end(c, true);
	case SDWAN_CMD_TXN_ABORT:
		return do_end(c, false);
	default:
		return -EOPNOTSUPP;
	}
}

static int family_call(struct call *c)
{
	int kind;

	for (kind = 0; kind < KINDS; kind++) {
		const struct kind_info *k = &kinds[kind];

		if (c->cmd == k->get || (k->new && c->cmd == k->new) ||
		    c->cmd == k->set || (k->del && c->cmd == k->del))
			return kind_call(c, (enum kind)kind);
	}
	return other_call(c);
}

static int ctrl_call(struct call *c)
{
	struct nl_msg *msg;
	struct nlattr *groups, *grp;

	if (getenv("SDWAN_MOCK_ABSENT"))
		return -ENOENT;
	msg = nlmsg_alloc();
	genlmsg_put(msg, 0, c->nlh->nlmsg_seq, GENL_ID_CTRL, 0, 0,
		    CTRL_CMD_NEWFAMILY, 2);
	nla_put_u16(msg, CTRL_ATTR_FAMILY_ID, FAMILY);
	groups = nla_nest_start(msg, CTRL_ATTR_MCAST_GROUPS);
	grp = nla_nest_start(msg, 1);
	nla_put_u32(msg, CTRL_ATTR_MCAST_GRP_ID, GROUP);
	nla_put_string(msg, CTRL_ATTR_MCAST_GRP_NAME, "events");
	nla_nest_end(msg, grp);
	nla_nest_end(msg, groups);
	send_msg(c->s, msg);
	return 0;
}

static void genl_send(struct sock *s, const struct nlmsghdr *nlh)
{
	const struct genlmsghdr *gh = nlmsg_data(nlh);
	struct call c = { .s = s, .nlh = nlh, .cmd = gh->cmd, .w = &live };
	int ret;

	if (nlh->nlmsg_type == GENL_ID_CTRL)
		ret = ctrl_call(&c);
	else
		ret = family_call(&c);
	if (ret <= 0)
		acknowledge(&c, ret);
	if (!ret && dirty)
		store_state();
	dirty = dirty && ret;
}

static void send_link(struct sock *s, uint32_t seq, const char *name)
{
	struct rtnl_link_stats64 st = {
		.tx_packets = 21, .tx_bytes = 0x100000005ULL, .tx_dropped = 3,
		.rx_packets = 22, .rx_bytes = 2200, .rx_dropped = 4,
	};
	struct ifinfomsg ifm = { .ifi_index = 9 };
	struct nlattr *info, *data;
	struct nl_msg *msg;

	msg = nlmsg_alloc();
	nlmsg_put(msg, 0, seq, RTM_NEWLINK, 0, 0);
	nlmsg_append(msg, &ifm, sizeof(ifm), NLMSG_ALIGNTO);
	nla_put_string(msg, IFLA_IFNAME, name);
	nla_put(msg, IFLA_STATS64, sizeof(st), &st);
	if (!strcmp(name, "sdwan0")) {
		info = nla_nest_start(msg, IFLA_LINKINFO);
		nla_put_string(msg, IFLA_INFO_KIND, "sdwan");
		data = nla_nest_start(msg, IFLA_INFO_DATA);
		nla_put_u32(msg, IFLA_SDWAN_VNI, 100);
		nla_nest_end(msg, data);
		nla_nest_end(msg, info);
	}
	send_msg(s, msg);
}

/* sdwan0 is of our kind, lo is not, others are not there. */
static void route_send(struct sock *s, const struct nlmsghdr *nlh)
{
	struct call c = { .s = s, .nlh = nlh };
	struct nlattr *name;

	if (nlh->nlmsg_flags & NLM_F_DUMP) {
		send_link(s, nlh->nlmsg_seq, "lo");
		send_link(s, nlh->nlmsg_seq, "sdwan0");
		send_done(&c, NLM_F_MULTI);
		return;
	}
	name = nlmsg_find_attr((struct nlmsghdr *)nlh,
			       sizeof(struct ifinfomsg), IFLA_IFNAME);
	if (strcmp(nla_get_string(name), "sdwan0") &&
	    strcmp(nla_get_string(name), "lo")) {
		acknowledge(&c, -ENODEV);
		return;
	}
	send_link(s, nlh->nlmsg_seq, nla_get_string(name));
}

/* ---- events ---- */

static void event(struct sock *s, uint8_t cmd, struct obj *o, bool down)
{
	struct nl_msg *msg = new_reply(0, cmd, 0);

	fill_obj(msg, &live, o);
	if (down) {
		nla_put_u32(msg, SDWAN_A_PATH_STATE, SDWAN_PATH_STATE_DOWN);
		nla_put_u32(msg, SDWAN_A_PATH_STATE_REASON,
			    SDWAN_STATE_REASON_NO_CARRIER);
	}
	send_msg(s, msg);
}

static struct obj *first_of(enum kind kind)
{
	uint32_t i;

	for (i = 0; i < live.n; i++)
		if (live.obj[i].kind == kind)
			return &live.obj[i];
	abort();
}

static void make_steer_events(struct sock *s)
{
	event(s, SDWAN_CMD_CLASS_NTF, first_of(CLASS), false);
	event(s, SDWAN_CMD_RULE_NTF, first_of(RULE), false);
	event(s, SDWAN_CMD_RULE_DEL_NTF, first_of(RULE), false);
	event(s, SDWAN_CMD_RULE_NTF, first_of(RULE), false);
}

static void make_events(struct sock *s)
{
	struct obj fresh = { .kind = PEER, .id = 999 };
	struct obj changed;
	uint32_t site = 77;

	push_attr(&fresh, SDWAN_A_PEER_NAME, "fresh", 6);
	push_attr(&fresh, SDWAN_A_PEER_SITE, &site, sizeof(site));
	event(s, SDWAN_CMD_PEER_NTF, &fresh, false);
	enqueue(s, NULL, 0, -ENOBUFS);
	changed = *first_of(PATH);
	push_attr(&changed, SDWAN_A_PATH_PREFERENCE, &site, sizeof(site));
	event(s, SDWAN_CMD_PATH_NTF, &changed, false);
	event(s, SDWAN_CMD_PATH_NTF, first_of(PATH), true);
	event(s, SDWAN_CMD_PATH_DEL_NTF, first_of(PATH), false);
	event(s, SDWAN_CMD_PEER_NTF, &fresh, false);
}

/* ---- the transport ---- */

static int mock_open(int protocol, void **priv)
{
	struct sock *s = calloc(1, sizeof(*s));

	if (!s)
		return -ENOMEM;
	s->protocol = protocol;
	s->fd = -1;
	if (!live.obj && !live.generation)
		load_state();
	*priv = s;
	return 0;
}

static int mock_send(void *priv, const struct nlmsghdr *nlh)
{
	struct sock *s = priv;

	if (s->protocol == NETLINK_ROUTE)
		route_send(s, nlh);
	else
		genl_send(s, nlh);
	return 0;
}

static void end_of_events(struct sock *s)
{
	eventfd_t none;

	if (!s->stays)
		raise(SIGTERM);
	else if (eventfd_read(s->fd, &none))
		abort();
}

static ssize_t mock_recv(void *priv, void *buf, size_t size)
{
	struct sock *s = priv;
	size_t len;
	int err;

	if (!s->n)
		return -EAGAIN;
	len = s->queue[s->head].len;
	err = s->queue[s->head].err;
	if (len > size)
		return -EMSGSIZE;
	memcpy(buf, s->queue[s->head].data, len);
	free(s->queue[s->head].data);
	s->head = (s->head + 1) % ARRAY_SIZE(s->queue);
	s->n--;
	if (s->listening && !s->n)
		end_of_events(s);
	return err ? err : (ssize_t)len;
}

static int mock_join(void *priv, uint32_t group)
{
	const char *events = getenv("SDWAN_MOCK_EVENTS");
	struct sock *s = priv;

	if (s->protocol == NETLINK_ROUTE)
		return -EPERM;
	if (group != GROUP)
		return -EINVAL;
	s->fd = eventfd(events ? 1 : 0, EFD_CLOEXEC);
	s->stays = events && !strcmp(events, "stay");
	if (events && !strcmp(events, "steer"))
		make_steer_events(s);
	else if (events && (s->stays || !strcmp(events, "decisions")))
		make_decision_events(s);
	else if (events)
		make_events(s);
	s->listening = true;
	return 0;
}

static int mock_fd(void *priv)
{
	struct sock *s = priv;

	return s->fd;
}

static void mock_close(void *priv)
{
	struct sock *s = priv;

	while (s->n) {
		free(s->queue[s->head].data);
		s->head = (s->head + 1) % ARRAY_SIZE(s->queue);
		s->n--;
	}
	if (s->fd >= 0)
		close(s->fd);
	if (s->protocol == NETLINK_GENERIC && !s->listening) {
		free(live.obj);
		free(staged.obj);
		memset(&live, 0, sizeof(live));
		memset(&staged, 0, sizeof(staged));
		txn = 0;
	}
	free(s);
}

static bool mock_loaded(void)
{
	return true;
}

static int mock_ethtool(const char *dev, void *cmd)
{
	static const char names[][ETH_GSTRING_LEN] = {
		"tx_drop_no_path", "rx_gre_other_key", "rx_drop_source",
	};
	struct ethtool_drvinfo *info = cmd;
	struct ethtool_gstrings *strings = cmd;
	struct ethtool_stats *stats = cmd;
	uint32_t i;

	if (strcmp(dev, "sdwan0"))
		return -ENODEV;
	switch (*(uint32_t *)cmd) {
	case ETHTOOL_GDRVINFO:
		info->n_stats = ARRAY_SIZE(names);
		return 0;
	case ETHTOOL_GSTRINGS:
		memcpy(strings->data, names, sizeof(names));
		return 0;
	case ETHTOOL_GSTATS:
		for (i = 0; i < ARRAY_SIZE(names); i++)
			stats->data[i] = 5000000000ULL + i;
		return 0;
	}
	return -EOPNOTSUPP;
}

static const struct transport mock = {
	.open = mock_open,
	.send = mock_send,
	.recv = mock_recv,
	.join = mock_join,
	.fd = mock_fd,
	.close = mock_close,
	.loaded = mock_loaded,
	.ethtool = mock_ethtool,
};

const struct transport *const transport = &mock;
