// SPDX-License-Identifier: GPL-2.0
/*
 * A kernel of paper: the family "sdwan" in memory, for the tests of the tool
 *
 * It takes and gives raw netlink messages, and shares no table with the tool,
 * so that a mistake in the tool's tables is not made twice. Its state lives
 * in the file that SDWAN_MOCK_STATE names, if it does. Other variables make
 * trouble: SDWAN_MOCK_INTR, _STALE and _BUSY count dumps to be interrupted,
 * commits to be stale and transactions to be refused; SDWAN_MOCK_ABSENT takes
 * the family away; SDWAN_MOCK_EVENTS makes events come.
 * SDWAN_MOCK_LOG names a file that gets a line per change.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/genetlink.h>
#include <linux/rtnetlink.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <netlink/attr.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>

#include "sdwanctl.h"

#define FAMILY 0x21
#define GROUP 7
#define MAX_ATTR 32
#define MAX_OBJ 8192
#define BLOB 4096

enum kind { NODE, UNDERLAY, PEER, PATH, PREFIX, KINDS };

static const struct kind_info {
	const char *name;
	uint8_t get, new, set, del;
	uint8_t txn, id, max;
	uint32_t config;	/* attributes of the configuration, as bits */
	uint32_t key;
	uint32_t need;
	uint32_t fixed;
	uint32_t multi;
} kinds[KINDS] = {
#define A(k, a) (1U << SDWAN_A_##k##_##a)
	[NODE] = {
		.name = "node",
		.get = SDWAN_CMD_NODE_GET, .set = SDWAN_CMD_NODE_SET,
		.txn = SDWAN_A_NODE_TXN, .max = SDWAN_A_NODE_MAX,
		.config = A(NODE, SITE) | A(NODE, GATEWAY) | A(NODE, NAME),
	},
	[UNDERLAY] = {
		.name = "underlay",
		.get = SDWAN_CMD_UNDERLAY_GET, .new = SDWAN_CMD_UNDERLAY_NEW,
		.set = SDWAN_CMD_UNDERLAY_SET, .del = SDWAN_CMD_UNDERLAY_DEL,
		.txn = SDWAN_A_UNDERLAY_TXN, .id = SDWAN_A_UNDERLAY_ID,
		.max = SDWAN_A_UNDERLAY_MAX,
		.key = A(UNDERLAY, NAME),
		.need = A(UNDERLAY, NAME) | A(UNDERLAY, DEV),
		.fixed = A(UNDERLAY, DEV) | A(UNDERLAY, LOCAL) |
			 A(UNDERLAY, PORT) | A(UNDERLAY, ENCAP),
		.config = A(UNDERLAY, NAME) | A(UNDERLAY, DEV) |
			  A(UNDERLAY, LOCAL) | A(UNDERLAY, PORT) |
			  A(UNDERLAY, ENCAP) | A(UNDERLAY, COST) |
			  A(UNDERLAY, RATE),
	},
	[PEER] = {
		.name = "peer",
		.get = SDWAN_CMD_PEER_GET, .new = SDWAN_CMD_PEER_NEW,
		.set = SDWAN_CMD_PEER_SET, .del = SDWAN_CMD_PEER_DEL,
		.txn = SDWAN_A_PEER_TXN, .id = SDWAN_A_PEER_ID,
		.max = SDWAN_A_PEER_MAX,
		.key = A(PEER, NAME), .need = A(PEER, NAME) | A(PEER, SITE),
		.fixed = A(PEER, SITE) | A(PEER, GATEWAY),
		.multi = A(PEER, OVERLAY),
		.config = A(PEER, NAME) | A(PEER, SITE) | A(PEER, GATEWAY) |
			  A(PEER, OVERLAY) | A(PEER, OVERLAY_NONE) |
			  A(PEER, SOURCE_CHECK) | A(PEER, STOCK),
	},
	[PATH] = {
		.name = "path",
		.get = SDWAN_CMD_PATH_GET, .new = SDWAN_CMD_PATH_NEW,
		.set = SDWAN_CMD_PATH_SET, .del = SDWAN_CMD_PATH_DEL,
		.txn = SDWAN_A_PATH_TXN, .id = SDWAN_A_PATH_ID,
		.max = SDWAN_A_PATH_MAX,
		.key = A(PATH, NAME),
		.need = A(PATH, PEER) | A(PATH, UNDERLAY) | A(PATH, REMOTE),
		.fixed = A(PATH, PEER) | A(PATH, UNDERLAY) | A(PATH, ENCAP) |
			 A(PATH, KIND),
		.config = A(PATH, NAME) | A(PATH, PEER) | A(PATH, UNDERLAY) |
			  A(PATH, REMOTE) | A(PATH, DSTPORT) | A(PATH, ENCAP) |
			  A(PATH, PREFERENCE) | A(PATH, ADMIN) | A(PATH, KIND),
	},
	[PREFIX] = {
		.name = "prefix",
		.get = SDWAN_CMD_PREFIX_GET, .new = SDWAN_CMD_PREFIX_NEW,
		.set = SDWAN_CMD_PREFIX_SET, .del = SDWAN_CMD_PREFIX_DEL,
		.txn = SDWAN_A_PREFIX_TXN, .max = SDWAN_A_PREFIX_MAX,
		.key = A(PREFIX, ADDR) | A(PREFIX, PLEN) | A(PREFIX, VNI),
		.need = A(PREFIX, ADDR) | A(PREFIX, PLEN),
		.multi = A(PREFIX, GATEWAY),
		.config = A(PREFIX, ADDR) | A(PREFIX, PLEN) | A(PREFIX, VNI) |
			  A(PREFIX, SITE) | A(PREFIX, GATEWAY) |
			  A(PREFIX, ORIGIN) | A(PREFIX, EXPIRES) |
			  A(PREFIX, NEGATIVE),
	},
#undef A
};

struct obj {
	uint32_t kind;
	uint32_t id;
	uint32_t len;
	unsigned char blob[BLOB];	/* attributes, one after the other */
};

struct world {
	uint32_t n;
	uint32_t generation;
	uint32_t next_id;
	uint32_t next_txn;
	uint32_t limit[5];
	struct obj *obj;
};

static struct world live, staged;
static uint32_t txn;

struct sock {
	int protocol;
	int fd;
	bool listening;
	size_t head, n;
	struct {
		void *data;
		size_t len;
		int err;
	} queue[4096];
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
	static const uint32_t limits[5] = { 64, 4096, 8192, 65536, 1024 };

	free(w->obj);
	memset(w, 0, sizeof(*w));
	memcpy(w->limit, limits, sizeof(limits));
	w->generation = 1;
}

static void copy_world(struct world *to, const struct world *from)
{
	free(to->obj);
	*to = *from;
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

/* ---- attributes of an object ---- */

static struct nlattr *first(struct obj *o)
{
	return (struct nlattr *)o->blob;
}

static struct nlattr *find_attr(struct obj *o, int id)
{
	return nla_find(first(o), (int)o->len, id);
}

static void drop_attr(struct obj *o, int id)
{
	struct nlattr *nla;

	while ((nla = find_attr(o, id))) {
		size_t size = (size_t)nla_total_size(nla_len(nla));
		unsigned char *end = (unsigned char *)nla + size;

		memmove(nla, end, (size_t)(o->blob + o->len - end));
		o->len -= (uint32_t)size;
	}
}

static int push_attr(struct obj *o, int id, const void *data, int len)
{
	struct nlattr nla = {
		.nla_len = (uint16_t)(NLA_HDRLEN + len),
		.nla_type = (uint16_t)id,
	};
	size_t size = (size_t)nla_total_size(len);

	if (o->len + size > BLOB)
		return -EMSGSIZE;
	memset(o->blob + o->len, 0, size);
	memcpy(o->blob + o->len, &nla, sizeof(nla));
	if (len)
		memcpy(o->blob + o->len + NLA_HDRLEN, data, (size_t)len);
	o->len += (uint32_t)size;
	return 0;
}

static uint32_t get_u32(struct obj *o, int id)
{
	struct nlattr *nla = find_attr(o, id);

	return nla ? nla_get_u32(nla) : 0;
}

static const char *get_str(struct obj *o, int id)
{
	struct nlattr *nla = find_attr(o, id);

	return nla ? nla_get_string(nla) : "";
}

static int name_attr(enum kind kind)
{
	switch (kind) {
	case UNDERLAY:
		return SDWAN_A_UNDERLAY_NAME;
	case PEER:
		return SDWAN_A_PEER_NAME;
	case PATH:
		return SDWAN_A_PATH_NAME;
	default:
		return 0;
	}
}

static struct obj *find_named(struct world *w, enum kind kind,
			      const char *name)
{
	uint32_t i;

	for (i = 0; i < w->n; i++)
		if (w->obj[i].kind == kind &&
		    !strcmp(get_str(&w->obj[i], name_attr(kind)), name))
			return &w->obj[i];
	return NULL;
}

static struct obj *find_prefix(struct world *w, const void *addr,
			       uint8_t plen, uint32_t vni)
{
	uint32_t i;

	for (i = 0; i < w->n; i++) {
		struct obj *o = &w->obj[i];

		if (o->kind == PREFIX &&
		    get_u32(o, SDWAN_A_PREFIX_VNI) == vni &&
		    nla_get_u8(find_attr(o, SDWAN_A_PREFIX_PLEN)) == plen &&
		    !memcmp(nla_data(find_attr(o, SDWAN_A_PREFIX_ADDR)), addr,
			    16))
			return o;
	}
	return NULL;
}

static uint32_t count(struct world *w, enum kind kind)
{
	uint32_t i, n = 0;

	for (i = 0; i < w->n; i++)
		n += w->obj[i].kind == kind;
	return n;
}

static void remove_obj(struct world *w, struct obj *o)
{
	size_t i = (size_t)(o - w->obj);

	memmove(o, o + 1, (w->n - i - 1) * sizeof(*o));
	w->n--;
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

static void send_msg(struct sock *s, struct nl_msg *msg)
{
	struct nlmsghdr *nlh = nlmsg_hdr(msg);

	enqueue(s, nlh, nlh->nlmsg_len, 0);
	nlmsg_free(msg);
}

struct call {
	struct sock *s;
	const struct nlmsghdr *nlh;
	uint8_t cmd;
	struct nlattr *tb[MAX_ATTR];
	struct world *w;
	const char *msg;	/* for the extended ack */
	const void *bad;
	int missing;
};

static int refuse(struct call *c, int code, const char *msg, const void *bad)
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

static struct nl_msg *reply(uint32_t seq, uint8_t cmd, uint16_t flags)
{
	struct nl_msg *msg = nlmsg_alloc_size(16384);

	genlmsg_put(msg, 0, seq, FAMILY, 0, flags, cmd, 1);
	return msg;
}

static void put_default_u32(struct nl_msg *msg, struct obj *o, int id,
			    uint32_t val)
{
	if (!find_attr(o, id))
		nla_put_u32(msg, id, val);
}

static void put_default_u16(struct nl_msg *msg, struct obj *o, int id,
			    uint16_t val)
{
	if (!find_attr(o, id))
		nla_put_u16(msg, id, val);
}

static void put_default_u8(struct nl_msg *msg, struct obj *o, int id,
			   uint8_t val)
{
	if (!find_attr(o, id))
		nla_put_u8(msg, id, val);
}

static uint32_t count_paths(struct world *w, int attr, const char *name)
{
	uint32_t i, n = 0;

	for (i = 0; i < w->n; i++)
		n += w->obj[i].kind == PATH &&
		     !strcmp(get_str(&w->obj[i], attr), name);
	return n;
}

static void fill_underlay(struct nl_msg *msg, struct world *w, struct obj *o)
{
	nla_put_u32(msg, SDWAN_A_UNDERLAY_IFINDEX, 7);
	put_default_u16(msg, o, SDWAN_A_UNDERLAY_PORT, 6081);
	put_default_u32(msg, o, SDWAN_A_UNDERLAY_ENCAP, SDWAN_ENCAP_GENEVE);
	put_default_u32(msg, o, SDWAN_A_UNDERLAY_COST, 0);
	if (!find_attr(o, SDWAN_A_UNDERLAY_RATE))
		nla_put_u64(msg, SDWAN_A_UNDERLAY_RATE, 0);
	nla_put_u32(msg, SDWAN_A_UNDERLAY_STATE, SDWAN_PATH_STATE_UP);
	nla_put_u32(msg, SDWAN_A_UNDERLAY_STATE_REASON,
		    SDWAN_STATE_REASON_NONE);
	nla_put_u32(msg, SDWAN_A_UNDERLAY_PATHS,
		    count_paths(w, SDWAN_A_PATH_UNDERLAY,
				get_str(o, SDWAN_A_UNDERLAY_NAME)));
}

static void fill_peer(struct nl_msg *msg, struct world *w, struct obj *o)
{
	put_default_u32(msg, o, SDWAN_A_PEER_GATEWAY, 1);
	put_default_u8(msg, o, SDWAN_A_PEER_SOURCE_CHECK, 1);
	put_default_u8(msg, o, SDWAN_A_PEER_STOCK, 0);
	nla_put_u32(msg, SDWAN_A_PEER_PATHS,
		    count_paths(w, SDWAN_A_PATH_PEER,
				get_str(o, SDWAN_A_PEER_NAME)));
}

static void fill_path(struct nl_msg *msg, struct world *w, struct obj *o)
{
	static const uint8_t local[16] = {
		[10] = 0xff, [11] = 0xff, [12] = 192, [14] = 2, [15] = 1,
	};
	struct obj *ul = find_named(w, UNDERLAY,
				    get_str(o, SDWAN_A_PATH_UNDERLAY));
	struct nlattr *port = ul ? find_attr(ul, SDWAN_A_UNDERLAY_PORT) : NULL;
	struct nlattr *admin = find_attr(o, SDWAN_A_PATH_ADMIN);
	bool up = !admin || nla_get_u8(admin);

	nla_put(msg, SDWAN_A_PATH_LOCAL, 16, local);
	put_default_u16(msg, o, SDWAN_A_PATH_DSTPORT,
			port ? nla_get_u16(port) : 6081);
	put_default_u32(msg, o, SDWAN_A_PATH_ENCAP, SDWAN_ENCAP_GENEVE);
	put_default_u32(msg, o, SDWAN_A_PATH_PREFERENCE, 100);
	put_default_u8(msg, o, SDWAN_A_PATH_ADMIN, 1);
	put_default_u32(msg, o, SDWAN_A_PATH_KIND, SDWAN_PATH_KIND_DIRECT);
	nla_put_u8(msg, SDWAN_A_PATH_ON_DEMAND, 0);
	nla_put_u32(msg, SDWAN_A_PATH_STATE,
		    up ? SDWAN_PATH_STATE_UP : SDWAN_PATH_STATE_DOWN);
	nla_put_u32(msg, SDWAN_A_PATH_STATE_REASON,
		    up ? SDWAN_STATE_REASON_NONE : SDWAN_STATE_REASON_ADMIN);
	nla_put_u64(msg, SDWAN_A_PATH_STATE_AGE, 1500);
	nla_put_u32(msg, SDWAN_A_PATH_MTU, 1464);
	nla_put_u64(msg, SDWAN_A_PATH_TX_PACKETS, 11);
	nla_put_u64(msg, SDWAN_A_PATH_TX_BYTES, 0x100000001ULL);
	nla_put_u64(msg, SDWAN_A_PATH_RX_PACKETS, 13);
	nla_put_u64(msg, SDWAN_A_PATH_RX_BYTES, 14);
	nla_put_u64(msg, SDWAN_A_PATH_TX_ERRORS, 1);
	nla_put_u64(msg, SDWAN_A_PATH_RX_ERRORS, 2);
}

static void fill(struct nl_msg *msg, struct world *w, struct obj *o)
{
	struct nlattr *pos;
	int rem;

	if (kinds[o->kind].id)
		nla_put_u32(msg, kinds[o->kind].id, o->id);
	nla_for_each_attr(pos, first(o), (int)o->len, rem)
		nla_put(msg, nla_type(pos), nla_len(pos), nla_data(pos));
	if (o->kind == NODE)
		put_default_u32(msg, o, SDWAN_A_NODE_GATEWAY, 1);
	if (o->kind == UNDERLAY)
		fill_underlay(msg, w, o);
	if (o->kind == PEER)
		fill_peer(msg, w, o);
	if (o->kind == PATH)
		fill_path(msg, w, o);
	if (o->kind == PREFIX) {
		put_default_u32(msg, o, SDWAN_A_PREFIX_ORIGIN,
				SDWAN_PREFIX_ORIGIN_STATIC);
		put_default_u8(msg, o, SDWAN_A_PREFIX_NEGATIVE, 0);
	}
}

/* ---- requests ---- */

static uint32_t vni_of(struct call *c, int *err)
{
	*err = 0;
	if (c->tb[SDWAN_A_PREFIX_VNI])
		return nla_get_u32(c->tb[SDWAN_A_PREFIX_VNI]);
	if (!c->tb[SDWAN_A_PREFIX_DEV]) {
		c->missing = SDWAN_A_PREFIX_VNI;
		*err = refuse(c, EINVAL, "which segment?", NULL);
		return 0;
	}
	if (strcmp(nla_get_string(c->tb[SDWAN_A_PREFIX_DEV]), "sdwan0")) {
		*err = refuse(c, ENODEV, "there is no device of this name",
			      c->tb[SDWAN_A_PREFIX_DEV]);
		return 0;
	}
	return 100;
}

static struct obj *find_obj(struct call *c, enum kind kind, int *err)
{
	int attr = name_attr(kind);
	uint32_t i, vni;

	*err = 0;
	if (kind == NODE) {
		for (i = 0; i < c->w->n; i++)
			if (c->w->obj[i].kind == NODE)
				return &c->w->obj[i];
		return NULL;
	}
	if (kind == PREFIX) {
		if (!c->tb[SDWAN_A_PREFIX_ADDR] || !c->tb[SDWAN_A_PREFIX_PLEN]) {
			c->missing = SDWAN_A_PREFIX_ADDR;
			*err = refuse(c, EINVAL, "no prefix", NULL);
			return NULL;
		}
		vni = vni_of(c, err);
		if (*err)
			return NULL;
		return find_prefix(c->w, nla_data(c->tb[SDWAN_A_PREFIX_ADDR]),
				   nla_get_u8(c->tb[SDWAN_A_PREFIX_PLEN]),
				   vni);
	}
	if (!c->tb[attr]) {
		c->missing = attr;
		*err = refuse(c, EINVAL, "the name is missing", NULL);
		return NULL;
	}
	return find_named(c->w, kind, nla_get_string(c->tb[attr]));
}

static int take_attrs(struct call *c, enum kind kind, struct obj *o)
{
	const struct kind_info *k = &kinds[kind];
	const struct nlattr *head = genlmsg_attrdata(nlmsg_data(c->nlh), 0);
	int len = genlmsg_attrlen(nlmsg_data(c->nlh), 0);
	struct nlattr *pos;
	int id, rem;

	for (id = 1; id <= k->max; id++)
		if (c->tb[id] && k->config & 1U << id)
			drop_attr(o, id);
	if (kind == PEER && c->tb[SDWAN_A_PEER_OVERLAY_NONE])
		drop_attr(o, SDWAN_A_PEER_OVERLAY);
	nla_for_each_attr(pos, (struct nlattr *)head, len, rem) {
		id = nla_type(pos);
		if (!(k->config & 1U << id) ||
		    (kind == PEER && id == SDWAN_A_PEER_OVERLAY_NONE))
			continue;
		if (kind == NODE && id == SDWAN_A_NODE_NAME &&
		    !*nla_get_string(pos))
			continue;
		if (push_attr(o, id, nla_data(pos), nla_len(pos)))
			return -EMSGSIZE;
	}
	return 0;
}

static int check_path(struct call *c, const struct obj *self)
{
	struct nlattr *peer = c->tb[SDWAN_A_PATH_PEER];
	struct nlattr *ul = c->tb[SDWAN_A_PATH_UNDERLAY];
	uint32_t i;

	if (peer && !find_named(c->w, PEER, nla_get_string(peer)))
		return refuse(c, ENOENT, "there is no such peer", peer);
	if (ul && !find_named(c->w, UNDERLAY, nla_get_string(ul)))
		return refuse(c, ENOENT, "there is no such underlay", ul);
	for (i = 0; ul && i < c->w->n; i++) {
		struct obj *o = &c->w->obj[i];

		if (o->kind == PATH && o != self &&
		    !strcmp(get_str(o, SDWAN_A_PATH_UNDERLAY),
			    nla_get_string(ul)) &&
		    !memcmp(nla_data(find_attr(o, SDWAN_A_PATH_REMOTE)),
			    nla_data(c->tb[SDWAN_A_PATH_REMOTE]), 16))
			return refuse(c, EEXIST, "another path is there",
				      c->tb[SDWAN_A_PATH_REMOTE]);
	}
	return 0;
}

/* Overlay addresses are unique, whatever their segment: stricter is fine. */
static int check_overlay(struct call *c, const struct nlattr *nest,
			 const struct obj *self)
{
	const struct nlattr *addr;
	struct nlattr *pos, *theirs;
	uint32_t i;
	int rem;

	addr = nla_find(nla_data(nest), nla_len(nest), SDWAN_A_OVERLAY_ADDR);
	if (!addr)
		return refuse(c, EINVAL, "an overlay without address", nest);
	for (i = 0; i < c->w->n; i++) {
		struct obj *o = &c->w->obj[i];

		if (o->kind != PEER || o == self)
			continue;
		nla_for_each_attr(pos, first(o), (int)o->len, rem) {
			if (nla_type(pos) != SDWAN_A_PEER_OVERLAY)
				continue;
			theirs = nla_find(nla_data(pos), nla_len(pos),
					  SDWAN_A_OVERLAY_ADDR);
			if (!memcmp(nla_data(theirs), nla_data(addr), 16))
				return refuse(c, EEXIST,
					      "another peer has this address",
					      addr);
		}
	}
	return 0;
}

static int check_peer(struct call *c, const struct obj *self)
{
	const struct nlattr *head = genlmsg_attrdata(nlmsg_data(c->nlh), 0);
	int len = genlmsg_attrlen(nlmsg_data(c->nlh), 0);
	struct nlattr *pos;
	int rem, ret;

	nla_for_each_attr(pos, (struct nlattr *)head, len, rem) {
		if (nla_type(pos) != SDWAN_A_PEER_OVERLAY)
			continue;
		ret = check_overlay(c, pos, self);
		if (ret)
			return ret;
	}
	return 0;
}

static int check_fixed(struct call *c, enum kind kind, struct obj *o)
{
	int id;

	for (id = 1; id <= kinds[kind].max; id++) {
		struct nlattr *have;

		if (!c->tb[id] || !(kinds[kind].fixed & 1U << id))
			continue;
		have = find_attr(o, id);
		if (!have || nla_len(have) != nla_len(c->tb[id]) ||
		    memcmp(nla_data(have), nla_data(c->tb[id]),
			   (size_t)nla_len(have)))
			return refuse(c, EOPNOTSUPP, "this cannot change",
				      c->tb[id]);
	}
	return 0;
}

static int check_kind(struct call *c, enum kind kind, const struct obj *self)
{
	if (kind == PATH)
		return check_path(c, self);
	if (kind == PEER)
		return check_peer(c, self);
	return 0;
}

static const struct nlattr *name_of(struct call *c, enum kind kind)
{
	return name_attr(kind) ? c->tb[name_attr(kind)] : NULL;
}

/* A path without a name gets one. */
static void make_name(struct obj *o)
{
	char name[80];

	if (o->kind != PATH || find_attr(o, SDWAN_A_PATH_NAME))
		return;
	snprintf(name, sizeof(name), "%s:%s", get_str(o, SDWAN_A_PATH_PEER),
		 get_str(o, SDWAN_A_PATH_UNDERLAY));
	push_attr(o, SDWAN_A_PATH_NAME, name, (int)strlen(name) + 1);
}

static int add_obj(struct call *c, enum kind kind)
{
	static const int limit_of[KINDS] = { -1, 0, 1, 2, 3 };
	struct world *w = c->w;
	struct obj *o;
	int ret, vni_err;
	uint32_t vni;

	if (limit_of[kind] >= 0 &&
	    count(w, kind) >= w->limit[limit_of[kind]])
		return refuse(c, ENOSPC, "the limit is reached", NULL);
	w->obj = realloc(w->obj, (w->n + 1) * sizeof(*o));
	if (!w->obj)
		abort();
	o = &w->obj[w->n];
	memset(o, 0, sizeof(*o));
	o->kind = kind;
	o->id = ++w->next_id;
	ret = take_attrs(c, kind, o);
	if (ret)
		return ret;
	if (kind == PREFIX && !find_attr(o, SDWAN_A_PREFIX_VNI)) {
		vni = vni_of(c, &vni_err);
		push_attr(o, SDWAN_A_PREFIX_VNI, &vni, sizeof(vni));
	}
	make_name(o);
	if (kind == PATH && find_named(w, PATH, get_str(o, SDWAN_A_PATH_NAME)))
		return refuse(c, EEXIST, "a path of this name exists", NULL);
	w->n++;
	return 0;
}

static struct obj *find_unnamed(struct call *c)
{
	char name[80];

	snprintf(name, sizeof(name), "%s:%s",
		 nla_get_string(c->tb[SDWAN_A_PATH_PEER]),
		 nla_get_string(c->tb[SDWAN_A_PATH_UNDERLAY]));
	return find_named(c->w, PATH, name);
}

static int do_new(struct call *c, enum kind kind)
{
	const struct kind_info *k = &kinds[kind];
	struct obj *o = NULL;
	int id, ret = 0;

	for (id = 1; id <= k->max; id++) {
		if (k->need & 1U << id && !c->tb[id]) {
			c->missing = id;
			return refuse(c, EINVAL, "something is missing", NULL);
		}
	}
	if (kind == PEER && !count(c->w, NODE))
		return refuse(c, ENOENT, "the node has no site yet", NULL);
	if (kind != PATH || c->tb[SDWAN_A_PATH_NAME])
		o = find_obj(c, kind, &ret);
	else
		o = find_unnamed(c);
	if (ret)
		return ret;
	if (o && !(c->nlh->nlmsg_flags & NLM_F_REPLACE))
		return refuse(c, EEXIST, "this name is taken",
			      name_of(c, kind));
	ret = check_kind(c, kind, o);
	if (ret)
		return ret;
	if (!o)
		return add_obj(c, kind);
	for (id = 1; id <= k->max; id++)
		if (k->config & ~k->fixed & ~k->key & 1U << id)
			drop_attr(o, id);
	return take_attrs(c, kind, o);
}

static int do_set(struct call *c, enum kind kind)
{
	struct obj *o;
	int ret;

	o = find_obj(c, kind, &ret);
	if (ret)
		return ret;
	if (!o && kind == NODE) {
		if (!c->tb[SDWAN_A_NODE_SITE]) {
			c->missing = SDWAN_A_NODE_SITE;
			return refuse(c, EINVAL, "the site is missing", NULL);
		}
		return add_obj(c, kind);
	}
	if (!o)
		return refuse(c, ENOENT, "there is none of this name",
			      name_of(c, kind));
	if (kind == NODE && c->tb[SDWAN_A_NODE_SITE] && count(c->w, PEER) &&
	    nla_get_u32(c->tb[SDWAN_A_NODE_SITE]) !=
	    get_u32(o, SDWAN_A_NODE_SITE))
		return refuse(c, EBUSY, "there are peers",
			      c->tb[SDWAN_A_NODE_SITE]);
	ret = check_fixed(c, kind, o);
	if (!ret)
		ret = check_kind(c, kind, o);
	return ret ? ret : take_attrs(c, kind, o);
}

static void del_paths(struct world *w, int attr, const char *name)
{
	uint32_t i = w->n;

	while (i-- > 0)
		if (w->obj[i].kind == PATH &&
		    !strcmp(get_str(&w->obj[i], attr), name))
			remove_obj(w, &w->obj[i]);
}

static int do_del(struct call *c, enum kind kind)
{
	char name[80] = "";
	struct obj *o;
	int ret;

	o = find_obj(c, kind, &ret);
	if (ret)
		return ret;
	if (!o)
		return refuse(c, ENOENT, "there is none of this name",
			      name_of(c, kind));
	if (name_attr(kind))
		snprintf(name, sizeof(name), "%s",
			 get_str(o, name_attr(kind)));
	remove_obj(c->w, o);
	if (kind == PEER)
		del_paths(c->w, SDWAN_A_PATH_PEER, name);
	if (kind == UNDERLAY)
		del_paths(c->w, SDWAN_A_PATH_UNDERLAY, name);
	return 0;
}

static void dump(struct call *c, enum kind kind)
{
	uint16_t flags = NLM_F_MULTI;
	uint32_t i, round, rounds = 1;
	struct nl_msg *msg;
	int zero = 0;

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
		if (c->w->obj[i].kind != kind || c->s->n >= 4000)
			continue;
		msg = reply(c->nlh->nlmsg_seq, c->cmd, flags);
		fill(msg, c->w, &c->w->obj[i]);
		send_msg(c->s, msg);
	}
	msg = nlmsg_alloc();
	nlmsg_put(msg, 0, c->nlh->nlmsg_seq, NLMSG_DONE, 0, flags);
	nlmsg_append(msg, &zero, sizeof(zero), NLMSG_ALIGNTO);
	send_msg(c->s, msg);
}

static int do_get(struct call *c, enum kind kind)
{
	struct nl_msg *msg;
	struct obj *o;
	int ret;

	o = find_obj(c, kind, &ret);
	if (ret)
		return ret;
	if (!o)
		return refuse(c, ENOENT, "there is none of this name",
			      name_of(c, kind));
	msg = reply(c->nlh->nlmsg_seq, c->cmd, 0);
	fill(msg, c->w, o);
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

static int fabric_get(struct call *c)
{
	struct nl_msg *msg = reply(c->nlh->nlmsg_seq, c->cmd, 0);
	uint32_t i;

	nla_put_u32(msg, SDWAN_A_FABRIC_GENERATION, live.generation);
	for (i = 0; i < 5; i++)
		nla_put_u32(msg, SDWAN_A_FABRIC_MAX_UNDERLAYS + (int)i,
			    live.limit[i]);
	nla_put_u32(msg, SDWAN_A_FABRIC_UNDERLAYS, count(&live, UNDERLAY));
	nla_put_u32(msg, SDWAN_A_FABRIC_PEERS, count(&live, PEER));
	nla_put_u32(msg, SDWAN_A_FABRIC_PATHS, count(&live, PATH));
	nla_put_u32(msg, SDWAN_A_FABRIC_PATHS_UP, count(&live, PATH));
	nla_put_u32(msg, SDWAN_A_FABRIC_PREFIXES, count(&live, PREFIX));
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

	for (i = 0; i < 5; i++) {
		struct nlattr *nla = c->tb[SDWAN_A_FABRIC_MAX_UNDERLAYS + i];

		if (nla && nla_get_u32(nla) > 1000000)
			return refuse(c, EPERM, "not so many", nla);
		if (nla)
			live.limit[i] = nla_get_u32(nla);
	}
	live.generation++;
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
	msg = reply(c->nlh->nlmsg_seq, c->cmd, 0);
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
	int ret = parse(c, c->cmd <= SDWAN_CMD_FABRIC_SET ?
			SDWAN_A_FABRIC_MAX : SDWAN_A_TXN_MAX);

	if (ret)
		return ret;
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
	if (!ret)
		store_state();
}

/* sdwan0 is of our kind, lo is not, others are not there. */
static void route_send(struct sock *s, const struct nlmsghdr *nlh)
{
	struct call c = { .s = s, .nlh = nlh };
	struct ifinfomsg ifm = { .ifi_index = 9 };
	struct nlattr *name, *info, *data;
	struct nl_msg *msg;

	name = nlmsg_find_attr((struct nlmsghdr *)nlh, sizeof(ifm),
			       IFLA_IFNAME);
	if (strcmp(nla_get_string(name), "sdwan0") &&
	    strcmp(nla_get_string(name), "lo")) {
		acknowledge(&c, -ENODEV);
		return;
	}
	msg = nlmsg_alloc();
	nlmsg_put(msg, 0, nlh->nlmsg_seq, RTM_NEWLINK, 0, 0);
	nlmsg_append(msg, &ifm, sizeof(ifm), NLMSG_ALIGNTO);
	if (!strcmp(nla_get_string(name), "sdwan0")) {
		info = nla_nest_start(msg, IFLA_LINKINFO);
		nla_put_string(msg, IFLA_INFO_KIND, "sdwan");
		data = nla_nest_start(msg, IFLA_INFO_DATA);
		nla_put_u32(msg, IFLA_SDWAN_VNI, 100);
		nla_nest_end(msg, data);
		nla_nest_end(msg, info);
	}
	send_msg(s, msg);
}

/* ---- events ---- */

static void event(struct sock *s, uint8_t cmd, struct obj *o, bool down)
{
	struct nl_msg *msg = reply(0, cmd, 0);

	fill(msg, &live, o);
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
		raise(SIGTERM);
	return err ? err : (ssize_t)len;
}

static int mock_join(void *priv, uint32_t group)
{
	struct sock *s = priv;

	if (s->protocol == NETLINK_ROUTE)
		return -EPERM;
	if (group != GROUP)
		return -EINVAL;
	s->fd = eventfd(1, EFD_CLOEXEC);
	if (getenv("SDWAN_MOCK_EVENTS"))
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

static const struct transport mock = {
	.open = mock_open,
	.send = mock_send,
	.recv = mock_recv,
	.join = mock_join,
	.fd = mock_fd,
	.close = mock_close,
	.loaded = mock_loaded,
};

const struct transport *const transport = &mock;
