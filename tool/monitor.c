// SPDX-License-Identifier: GPL-2.0
/*
 * sdwanctl: "monitor", changes as they happen
 */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "sdwanctl.h"

const char usage_monitor[] =
"Usage: sdwanctl [ -timestamp ] [ -d ] [ -s ] monitor [ all | json | OBJECT ]...\n"
"OBJECT := { node | underlay | peer | path | prefix | class | rule |\n"
"            lan | metric | decision }\n";

/* The bit of what is told beside objects, all of it of decisions */
#define DECISIONS OBJ_MAX

struct monitor {
	struct ctx *c;
	unsigned int types;		/* bits of enum obj_id, and DECISIONS */
	json_t *seen[OBJ_MAX];		/* key of the object: the object */
	bool failed;
};

static const char *timestamp(char *buf, size_t size)
{
	struct timespec ts;
	struct tm tm;
	size_t len;

	clock_gettime(CLOCK_REALTIME, &ts);
	if (!localtime_r(&ts.tv_sec, &tm))
		memset(&tm, 0, sizeof(tm));
	len = strftime(buf, size, "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(buf + len, size - len, ".%06ld", ts.tv_nsec / 1000);
	return buf;
}

static void print_json(const struct monitor *m, const char *what,
		       const char *name, const char *object, json_t *obj)
{
	json_t *out = json_object();
	char text[64];

	if (m->c->timestamp)
		json_object_set_new(out, "timestamp",
				    json_string(timestamp(text, sizeof(text))));
	json_object_set_new(out, "name", json_string(name));
	json_object_set_new(out, "event", json_string(what));
	json_object_set_new(out, "object", json_string(object));
	json_object_set(out, "msg", obj);
	show_json(m->c, out);
	json_decref(out);
}

static void print_what(const struct monitor *m, const char *what)
{
	char text[64];

	if (m->c->timestamp)
		printf("[%s] ", timestamp(text, sizeof(text)));
	printf("%s ", what);
}

static void print_object(const struct monitor *m, const char *what,
			 const struct objtype *type, bool del, json_t *obj)
{
	char name[64];

	if (m->c->json) {
		snprintf(name, sizeof(name), "%s%s-ntf", type->name,
			 del ? "-del" : "");
		print_json(m, what, name, type->name, obj);
		return;
	}
	print_what(m, what);
	if (type->key)
		printf("%s ", type->name);
	show_object(m->c, type, obj);
}

static void on_decision(const struct monitor *m, const struct nlattr *head,
			int len)
{
	json_t *obj = codec_decode(&set_decision, head, len);

	if (!obj)
		return;
	if (m->c->json) {
		print_json(m, "decided", "decision-ntf", "decision", obj);
	} else {
		print_what(m, "decided");
		if (m->c->details)
			decision_print(obj);
		else
			decision_line(obj);
	}
	json_decref(obj);
}

static void on_objective(const struct monitor *m, const struct nlattr *head,
			 int len)
{
	json_t *obj = codec_decode(&set_objective, head, len);
	const char *what;

	if (!obj)
		return;
	what = json_is_true(json_object_get(obj, "compliant")) ? "complies" :
								 "breach";
	if (m->c->json) {
		print_json(m, what, "objective-ntf", "objective", obj);
	} else {
		print_what(m, what);
		objective_line(obj);
	}
	json_decref(obj);
}

static void on_agreement(const struct monitor *m, const struct nlattr *head,
			 int len)
{
	json_t *obj = codec_decode(&set_agreement_event, head, len);

	if (!obj)
		return;
	if (m->c->json) {
		print_json(m, obj_str(obj, "change"), "agreement-ntf",
			   "agreement", obj);
	} else {
		print_what(m, obj_str(obj, "change"));
		agreement_line(obj);
	}
	json_decref(obj);
}

static bool differs(const json_t *a, const json_t *b, const char *key)
{
	const json_t *va = json_object_get(a, key);
	const json_t *vb = json_object_get(b, key);

	return va && vb && !json_equal(va, vb);
}

/* Where the far end was heard, which may be nowhere. */
static bool moved(const json_t *a, const json_t *b)
{
	return !json_equal(json_object_get(a, "learned_remote"),
			   json_object_get(b, "learned_remote")) ||
	       !json_equal(json_object_get(a, "learned_port"),
			   json_object_get(b, "learned_port"));
}

/* What happened? The kernel says only what is now. */
static const char *judge(const json_t *old, const json_t *obj, bool del)
{
	if (del)
		return "deleted";
	if (!old)
		return "created";
	if (json_object_get(obj, "learned_remote") && moved(old, obj))
		return "endpoint";
	if (differs(old, obj, "state") || differs(old, obj, "state_reason"))
		return "state";
	return "changed";
}

static const struct objtype *find_event(uint8_t cmd, int *id, bool *del)
{
	for (*id = 0; *id < OBJ_MAX; (*id)++) {
		const struct objtype *type = obj_types[*id];

		*del = type->del_ntf && cmd == type->del_ntf;
		if (cmd == type->ntf || *del)
			return type;
	}
	return NULL;
}

static void on_object(struct monitor *m, uint8_t cmd,
		      const struct nlattr *head, int len)
{
	const struct objtype *type;
	char key[OBJ_KEY];
	const char *what;
	json_t *obj;
	bool del;
	int id;

	type = find_event(cmd, &id, &del);
	if (!type || !(m->types & 1U << id))
		return;
	obj = codec_decode(type->set, head, len);
	if (!obj)
		return;
	obj_key(type, obj, key, sizeof(key));
	what = judge(json_object_get(m->seen[id], key), obj, del);
	print_object(m, what, type, del, obj);
	if (del)
		json_object_del(m->seen[id], key);
	else
		json_object_set(m->seen[id], key, obj);
	json_decref(obj);
}

static int on_event(void *arg, uint8_t cmd, const struct nlattr *head,
		    int len)
{
	struct monitor *m = arg;

	if (cmd != SDWAN_CMD_DECISION_NTF && cmd != SDWAN_CMD_OBJECTIVE_NTF &&
	    cmd != SDWAN_CMD_AGREEMENT_NTF)
		on_object(m, cmd, head, len);
	else if (!(m->types & 1U << DECISIONS))
		return 0;
	else if (cmd == SDWAN_CMD_DECISION_NTF)
		on_decision(m, head, len);
	else if (cmd == SDWAN_CMD_AGREEMENT_NTF)
		on_agreement(m, head, len);
	else
		on_objective(m, head, len);
	if (show_flush())
		m->failed = true;
	return 0;
}

/* What exists already is not "created" when it changes. */
static void learn_kind(struct monitor *m, struct ctx *reader, int id)
{
	const struct objtype *type = obj_types[id];
	const struct request rq = { .cmd = type->get, .set = type->set };
	struct sdw_error err;
	json_t *list = NULL;
	char key[OBJ_KEY];
	size_t i;

	json_decref(m->seen[id]);
	m->seen[id] = json_object();
	if (type->singleton) {
		json_t *obj = NULL;

		if (!sdw_do(reader, &rq, &obj, &err) && obj)
			json_object_set_new(m->seen[id], type->name, obj);
		return;
	}
	if (sdw_dump(reader, &rq, &list, &err))
		return;
	for (i = 0; i < json_array_size(list); i++) {
		json_t *obj = json_array_get(list, i);

		obj_key(type, obj, key, sizeof(key));
		json_object_set(m->seen[id], key, obj);
	}
	json_decref(list);
}

/* By a socket of its own: events wait in the other one meanwhile. */
static void learn(struct monitor *m)
{
	struct ctx reader = { 0 };
	int id;

	if (sdw_start(&reader))
		return;
	for (id = 0; id < OBJ_MAX; id++)
		learn_kind(m, &reader, id);
	sdw_stop(&reader);
}

static int receive(struct monitor *m)
{
	int ret = sdw_event(m->c, on_event, m);

	if (ret == -EINTR || ret == -EAGAIN)
		return ST_OK;
	if (ret == -ENOBUFS) {
		warn_at(NULL, "events came faster than they were read, some are lost");
		learn(m);
		return ST_OK;
	}
	if (ret < 0)
		return err_refused(NULL, "cannot receive events: %s",
				   strerror(-ret));
	return m->failed ? ST_USAGE : ST_OK;
}

static int listen_loop(struct monitor *m, int signals)
{
	struct pollfd pfd[] = {
		{ .fd = transport->fd(m->c->nl), .events = POLLIN },
		{ .fd = signals, .events = POLLIN },
	};
	int ret = ST_OK;

	while (!ret) {
		if (poll(pfd, ARRAY_SIZE(pfd), -1) < 0) {
			if (errno == EINTR)
				continue;
			return err_refused(NULL, "poll: %m");
		}
		if (pfd[1].revents)
			return ST_OK;
		if (pfd[0].revents)
			ret = receive(m);
	}
	return ret;
}

static int parse_types(struct monitor *m, struct args *a)
{
	const struct tok *tok;

	while ((tok = args_next(a))) {
		unsigned int found = 0;
		int id;

		if (!strcmp(tok->s, "json")) {
			m->c->json = true;
			continue;
		}
		if (!strcmp(tok->s, "all"))
			found = ~0U;
		if (!strcmp(tok->s, "decision"))
			found = 1U << DECISIONS;
		for (id = 0; id < OBJ_MAX && !found; id++)
			if (!strcmp(tok->s, obj_types[id]->name))
				found = 1U << id;
		if (!found)
			return err_word(tok, "there is no object '%s' to be monitored",
					tok->s);
		m->types |= found;
	}
	if (!m->types)
		m->types = ~0U;
	return 0;
}

int cmd_monitor(struct ctx *c, struct args *a)
{
	struct monitor m = { .c = c };
	int id, signals, ret;

	ret = parse_types(&m, a);
	if (ret)
		return ret;
	if (c->in_batch)
		return err_at(&a->tok[0].pos, "monitor is not for batches");
	if (sdw_start(c))
		return ST_REFUSED;
	signals = signals_open();
	if (signals < 0)
		return err_refused(NULL, "signals: %m");
	ret = transport->join(c->nl, c->group);
	if (ret) {
		close(signals);
		return err_refused(NULL, "cannot listen to events: %s",
				   strerror(-ret));
	}
	learn(&m);
	if (c->details)
		fputs("sdwanctl: listening\n", stderr);
	ret = listen_loop(&m, signals);
	close(signals);
	for (id = 0; id < OBJ_MAX; id++)
		json_decref(m.seen[id]);
	return ret;
}
