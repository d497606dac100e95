/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A kernel of paper: what its files share
 */
#ifndef SDWANCTL_MOCK_H
#define SDWANCTL_MOCK_H

#include <netlink/attr.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>

#include "sdwanctl.h"

#define MAX_ATTR 128
#define BLOB 4096

enum kind {
	NODE, UNDERLAY, PEER, PATH, PREFIX, METRIC, CLASS, RULE, LAN, KINDS
};

#define LIMITS 11
#define FLOWS 3

/* Numbers of attributes as bits: there are more than 64. */
#define attr_mask unsigned __int128

struct kind_info {
	const char *name;
	uint8_t get, new, set, del;
	uint8_t txn, id, max;
	attr_mask config;	/* attributes of the configuration, as bits */
	attr_mask key;
	attr_mask need;
	attr_mask fixed;
};

#define A(k, a) BIT(SDWAN_A_##k##_##a)
#define BIT(id) ((attr_mask)1 << (id))

extern const struct kind_info kinds[KINDS];

struct obj {
	uint32_t kind;
	uint32_t id;
	uint32_t pref;	/* of a rule, to be found by */
	uint32_t len;
	unsigned char blob[BLOB];	/* attributes, one after the other */
};

struct world {
	uint32_t n;
	uint32_t room;		/* of obj */
	uint32_t generation;
	uint32_t next_id;
	uint32_t next_txn;
	uint32_t limit[LIMITS];
	uint32_t flow_timeout;
	struct obj *obj;
};

struct sock;

/* A request and the answer to it. */
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

/* ---- mock.c ---- */

int refuse(struct call *c, int code, const char *msg, const void *bad);
struct nl_msg *new_reply(uint32_t seq, uint8_t cmd, uint16_t flags);
void send_msg(struct sock *s, struct nl_msg *msg);
void send_done(struct call *c, uint16_t flags);

/* ---- mock_object.c ---- */

struct nlattr *first_attr(struct obj *o);
struct nlattr *find_attr(struct obj *o, int id);
void drop_attr(struct obj *o, int id);
int push_attr(struct obj *o, int id, const void *data, int len);
uint32_t get_u32(struct obj *o, int id);
const char *get_str(struct obj *o, int id);
struct obj *find_named(struct world *w, enum kind kind, const char *name);
uint32_t count_objs(struct world *w, enum kind kind);
struct obj *need_obj(struct call *c, enum kind kind, int *err);
int do_new(struct call *c, enum kind kind);
int do_set(struct call *c, enum kind kind);
int do_del(struct call *c, enum kind kind);

/* ---- mock_kind.c ---- */

void put_default_u32(struct nl_msg *msg, struct obj *o, int id, uint32_t val);
void put_default_u16(struct nl_msg *msg, struct obj *o, int id, uint16_t val);
void put_default_u8(struct nl_msg *msg, struct obj *o, int id, uint8_t val);
uint32_t count_paths(struct world *w, int attr, const char *name);
void fill_obj(struct nl_msg *msg, struct world *w, struct obj *o);
int check_kind(struct call *c, enum kind kind, struct obj *self);

/* ---- mock_path.c ---- */

void fill_underlay(struct nl_msg *msg, struct world *w, struct obj *o);
void fill_path(struct nl_msg *msg, struct world *w, struct obj *o);
int check_underlay(struct call *c);
int check_path(struct call *c, struct obj *self);

/* ---- mock_metric.c ---- */

void fill_metric(struct nl_msg *msg, struct obj *o);
int check_metric(struct call *c, struct obj *self);
int metric_call(struct call *c);
int decision_call(struct call *c);
void make_decision_events(struct sock *s);

/* ---- mock_steer.c ---- */

void fill_class(struct nl_msg *msg, struct obj *o);
void fill_rule(struct nl_msg *msg, struct obj *o);
int check_class(struct call *c, struct obj *self);
int check_rule(struct call *c, struct obj *self);
int check_lan(struct call *c, struct obj *self);
bool class_in_use(struct world *w, const char *name);
bool lan_in_use(struct world *w, const char *name);
int flow_call(struct call *c);

#endif /* SDWANCTL_MOCK_H */
