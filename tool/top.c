// SPDX-License-Identifier: GPL-2.0
/*
 * sdwanctl: "top", paths as they are now
 *
 * A view of the whole terminal, or tables one after the other where the output is
 * none.
 */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "top.h"

#define INTERVAL 1000000		/* microseconds */
#define INTERVAL_MIN 100000
#define INTERVAL_MAX 3600000000ULL
#define CLOCK 16

const char usage_top[] =
"Usage: sdwanctl top [ interval TIME ] [ count NUMBER ] [ sort COLUMN ]\n"
"                    [ reverse ] [ peer NAME ] [ underlay NAME ] [ state STATE ]\n"
"COLUMN := { path | state | rtt | jitter | loss-tx | loss-rx | tx | rx | heard |\n"
"            mtu | classes }\n"
"Keys:  s sorts by the next column, r turns the order round, arrows and pages\n"
"       move, q ends it.\n";

const struct keyword top_kw[] = {
	{ .word = "interval", .key = "interval", .type = K_USEC,
	  .flags = KW_FILTER, .max = INTERVAL_MAX },
	{ .word = "count", .key = "count", .type = K_U32,
	  .flags = KW_FILTER, .min = 1, .max = UINT32_MAX },
	{ .word = "sort", .key = "sort", .type = K_ENUM, .en = &top_columns,
	  .flags = KW_FILTER },
	{ .word = "reverse", .key = "reverse", .type = K_TRUE,
	  .flags = KW_FILTER },
	{ .word = "peer", .key = "peer", .type = K_STR, .live = LIVE_PEER,
	  .flags = KW_FILTER, .max = SDWAN_NAME_MAX },
	{ .word = "underlay", .key = "underlay", .type = K_STR,
	  .live = LIVE_UNDERLAY, .flags = KW_FILTER, .max = SDWAN_NAME_MAX },
	{ .word = "state", .key = "state", .type = K_ENUM,
	  .flags = KW_FILTER, .en = &enum_state },
	{ }
};

struct top {
	struct ctx *c;
	struct top_table table;
	struct top_screen *screen;	/* NULL where there is no terminal */
	json_t *filter;
	uint64_t interval;
	json_int_t left;		/* rounds, -1 for no end */
	int signals;
	struct ctx ear;			/* hears of decisions */
	bool hears;			/* who may: others see no decisions */
	unsigned int events;		/* that were printed */
};

static uint64_t monotonic(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000;
}

static void clock_text(char buf[CLOCK])
{
	time_t now = time(NULL);
	struct tm tm;

	if (!localtime_r(&now, &tm) ||
	    !strftime(buf, CLOCK, "%H:%M:%S", &tm))
		*buf = '\0';
}

static int read_paths(struct top *t, struct sdw_error *err)
{
	const struct request rq = {
		.cmd = obj_path.get, .set = obj_path.set,
	};
	json_t *list = NULL;
	char clock[CLOCK];
	int ret;

	ret = sdw_dump(t->c, &rq, &list, err);
	if (!ret) {
		obj_filter(list, t->filter);
		clock_text(clock);
		top_take(&t->table, list, monotonic(), clock);
	}
	json_decref(list);
	return ret;
}

static void print_table(struct top *t)
{
	struct top_table *table = &t->table;
	char line[TOP_LINE];
	size_t i;

	top_summary(table, line);
	puts(line);
	top_head(table, line);
	puts(line);
	for (i = 0; i < table->n; i++) {
		top_line(table, i, line);
		puts(line);
	}
	for (; t->events < table->events; t->events++) {
		const char *event = top_event(table, table->events - 1 -
					      t->events);

		if (event)
			puts(event);
	}
	putchar('\n');
}

static int draw(struct top *t)
{
	char clock[CLOCK];

	if (!t->screen) {
		print_table(t);
		return show_flush();
	}
	clock_text(clock);
	top_screen_draw(t->screen, &t->table, clock);
	return ST_OK;
}

static int on_event(void *arg, uint8_t cmd, const struct nlattr *head, int len)
{
	struct top *t = arg;
	char clock[CLOCK];
	json_t *decision;

	if (cmd != SDWAN_CMD_DECISION_NTF)
		return 0;
	decision = codec_decode(&set_decision, head, len);
	if (!decision)
		return 0;
	clock_text(clock);
	top_note_decision(&t->table, clock, decision);
	json_decref(decision);
	return 0;
}

/* Those that came faster than they were read are shown by nobody. */
static bool hear(struct top *t)
{
	int ret = sdw_event(&t->ear, on_event, t);

	return ret >= 0 || ret == -EINTR || ret == -EAGAIN || ret == -ENOBUFS;
}

static void listen_to(struct top *t)
{
	if (sdw_start(&t->ear))
		return;
	t->hears = !transport->join(t->ear.nl, t->ear.group);
	if (!t->hears)
		sdw_stop(&t->ear);
}

/* Until the next round, or false where somebody has had enough. */
static bool wait_round(struct top *t)
{
	struct pollfd pfd[] = {
		{ .fd = t->signals, .events = POLLIN },
		{ .fd = t->screen ? STDIN_FILENO : -1, .events = POLLIN },
		{ .fd = t->hears ? transport->fd(t->ear.nl) : -1,
		  .events = POLLIN },
	};
	uint64_t end = t->table.at + t->interval, now;
	bool redraw;

	while ((now = monotonic()) < end) {
		int ret = poll(pfd, ARRAY_SIZE(pfd),
			       (int)((end - now + 999) / 1000));

		if (ret < 0 && errno != EINTR)
			return false;
		if (ret > 0 && pfd[0].revents)
			return false;
		if (ret > 0 && pfd[2].revents && !hear(t))
			return false;
		if (!t->screen || !ret || !pfd[1].revents)
			continue;
		if (!top_screen_key(t->screen, &t->table, &redraw))
			return false;
		if (redraw)
			draw(t);
	}
	return true;
}

static int rounds(struct top *t, struct sdw_error *err)
{
	int ret;

	for (;;) {
		ret = read_paths(t, err);
		if (ret)
			return ret;
		ret = draw(t);
		if (ret)
			return ret;
		if (t->left > 0)
			t->left--;
		if (!t->left || !wait_round(t))
			return 0;
	}
}

static int parse(struct top *t, struct args *a)
{
	json_t *words = t->filter, *cols = json_object();
	struct pos pos = a->end;
	int ret = 0;

	while (!ret && args_peek(a))
		ret = kw_parse(top_kw, KW_FILTER, a, words, cols);
	t->interval = INTERVAL;
	if (!ret && json_object_get(words, "interval")) {
		t->interval = (uint64_t)obj_int(words, "interval");
		cols_get(cols, "interval", 0, &pos);
		if (t->interval < INTERVAL_MIN)
			ret = err_at(&pos, "interval is less than 100ms");
	}
	t->left = json_object_get(words, "count") ? obj_int(words, "count") : -1;
	if (json_object_get(words, "sort"))
		t->table.column = (unsigned int)enum_value(&top_columns,
							   obj_str(words, "sort"));
	t->table.reverse = json_object_get(words, "reverse");
	/* what is left is what paths are to have */
	json_object_del(words, "interval");
	json_object_del(words, "count");
	json_object_del(words, "sort");
	json_object_del(words, "reverse");
	json_decref(cols);
	return ret;
}

static int show(struct top *t)
{
	struct sdw_error err = { 0 };
	int ret;

	if (sdw_start(t->c))
		return ST_REFUSED;
	t->signals = signals_open();
	if (t->signals < 0)
		return err_refused(NULL, "signals: %m");
	listen_to(t);
	if (isatty(STDIN_FILENO) && isatty(STDOUT_FILENO))
		t->screen = top_screen_open();
	ret = rounds(t, &err);
	top_screen_close(t->screen);
	if (t->hears)
		sdw_stop(&t->ear);
	close(t->signals);
	return ret < 0 ? sdw_report(NULL, NULL, &err) : ret;
}

int cmd_top(struct ctx *c, struct args *a)
{
	struct top t = { .c = c, .filter = json_object() };
	int ret;

	ret = parse(&t, a);
	if (!ret && c->json)
		ret = err_at(&a->tok[0].pos,
			     "top is for people: 'path show' has JSON");
	if (!ret && c->in_batch)
		ret = err_at(&a->tok[0].pos, "top is not for batches");
	if (!ret)
		ret = show(&t);
	top_free(&t.table);
	json_decref(t.filter);
	return ret;
}
