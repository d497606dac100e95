// SPDX-License-Identifier: GPL-2.0
/*
 * sdwanctl: the table that "top" shows
 *
 * Rates are what has passed between two readings, so that they are there for
 * paths that are not probed, too. What has become of a path meanwhile is an event.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "top.h"

#define PPM 1000000
#define USEC 1000000ULL
#define NONE (-1)		/* nothing is known */
#define CELL 64

struct top_row {
	json_t *path;
	json_int_t tx_bps;
	json_int_t rx_bps;
};

/* How a number is written. */
enum form {
	F_TEXT,
	F_USEC,
	F_LOSS,
	F_RATE,
	F_MSEC,
	F_NUMBER,
};

static json_int_t known(const json_t *path, const char *key)
{
	const json_t *val = json_object_get(path, key);

	return json_is_integer(val) ? json_integer_value(val) : NONE;
}

static json_int_t worse(json_int_t a, json_int_t b)
{
	return a > b ? a : b;
}

static json_int_t rtt(const struct top_row *r)
{
	return known(r->path, "rtt");
}

static json_int_t jitter(const struct top_row *r)
{
	return known(r->path, "rtt_var");
}

/* Of probes or of data, whichever lost more. */
static json_int_t loss_tx(const struct top_row *r)
{
	return worse(known(r->path, "probe_loss_tx"),
		     known(r->path, "data_loss_tx"));
}

static json_int_t loss_rx(const struct top_row *r)
{
	return worse(known(r->path, "probe_loss_rx"),
		     known(r->path, "data_loss_rx"));
}

static json_int_t tx(const struct top_row *r)
{
	return r->tx_bps;
}

static json_int_t rx(const struct top_row *r)
{
	return r->rx_bps;
}

static json_int_t heard(const struct top_row *r)
{
	return known(r->path, "heard_age");
}

static json_int_t mtu(const struct top_row *r)
{
	return known(r->path, "mtu");
}

static json_int_t classes(const struct top_row *r)
{
	return known(r->path, "classes");
}

static const char *const names[] = {
	"path", "state", "rtt", "jitter", "loss-tx", "loss-rx", "tx", "rx",
	"heard", "mtu", "classes",
};

const struct enum_desc top_columns = {
	.name = names, .n = ARRAY_SIZE(names),
};

static const struct column {
	enum form form;
	int width;		/* to the left where negative */
	const char *key;	/* of a text, or */
	json_int_t (*value)(const struct top_row *row);
} columns[ARRAY_SIZE(names)] = {
	{ F_TEXT, -24, "name", NULL },
	{ F_TEXT, -10, "state", NULL },
	{ F_USEC, 10, NULL, rtt },
	{ F_USEC, 10, NULL, jitter },
	{ F_LOSS, 8, NULL, loss_tx },
	{ F_LOSS, 8, NULL, loss_rx },
	{ F_RATE, 9, NULL, tx },
	{ F_RATE, 9, NULL, rx },
	{ F_MSEC, 9, NULL, heard },
	{ F_NUMBER, 6, NULL, mtu },
	{ F_NUMBER, 8, NULL, classes },
};

void top_next_column(struct top_table *t)
{
	t->column = (t->column + 1) % ARRAY_SIZE(columns);
}

/* Three digits and a unit of thousands: 1.25k, 12.5M, 125G */
static void scaled(json_int_t val, char *buf)
{
	static const char unit[] = " kMGT";
	double v = (double)val;
	unsigned int i = 0;

	while (v >= 999.5 && i + 2 < sizeof(unit)) {
		v /= 1000;
		i++;
	}
	if (!i)
		snprintf(buf, CELL, "%" JSON_INTEGER_FORMAT, val);
	else
		snprintf(buf, CELL, "%.*f%c", v < 9.995 ? 2 : v < 99.95, v,
			 unit[i]);
}

static void write_number(enum form form, json_int_t val, char *buf)
{
	if (val == NONE)
		snprintf(buf, CELL, "-");
	else if (form == F_USEC)
		snprintf(buf, CELL, "%.2fms", (double)val / 1000);
	else if (form == F_LOSS)
		snprintf(buf, CELL, "%.2f%%", (double)val * 100 / PPM);
	else if (form == F_MSEC)
		snprintf(buf, CELL, "%.2fs", (double)val / 1000);
	else if (form == F_RATE)
		scaled(val, buf);
	else
		snprintf(buf, CELL, "%" JSON_INTEGER_FORMAT, val);
}

static void write_cell(const struct column *col, const struct top_row *row,
		       char *buf)
{
	if (col->form != F_TEXT)
		write_number(col->form, col->value(row), buf);
	else
		snprintf(buf, CELL, "%s", obj_str(row->path, col->key));
}

static void append(char line[TOP_LINE], const struct column *col,
		   const char *cell)
{
	size_t len = strlen(line);

	snprintf(line + len, TOP_LINE - len, "%s%*s", len ? " " : "",
		 col->width, cell);
}

void top_head(const struct top_table *t, char line[TOP_LINE])
{
	char cell[CELL];
	unsigned int i;
	char *p;

	*line = '\0';
	for (i = 0; i < ARRAY_SIZE(columns); i++) {
		snprintf(cell, CELL, "%s%s", names[i],
			 i != t->column ? "" : t->reverse ? "^" : "*");
		for (p = cell; *p; p++)
			if (*p >= 'a' && *p <= 'z')
				*p = (char)(*p - 'a' + 'A');
		append(line, &columns[i], cell);
	}
}

void top_line(const struct top_table *t, size_t i, char line[TOP_LINE])
{
	char cell[CELL];
	unsigned int n;

	*line = '\0';
	for (n = 0; n < ARRAY_SIZE(columns); n++) {
		write_cell(&columns[n], &t->row[i], cell);
		append(line, &columns[n], cell);
	}
}

static bool is_state(const struct top_table *t, size_t i, const char *state)
{
	return !strcmp(obj_str(t->row[i].path, "state"), state);
}

bool top_troubled(const struct top_table *t, size_t i)
{
	return !is_state(t, i, "up");
}

void top_summary(const struct top_table *t, char line[TOP_LINE])
{
	json_int_t sent = 0, received = 0;
	size_t i, up = 0, down = 0;
	char tx_text[CELL], rx_text[CELL];

	for (i = 0; i < t->n; i++) {
		up += is_state(t, i, "up");
		down += is_state(t, i, "down");
		sent += worse(t->row[i].tx_bps, 0);
		received += worse(t->row[i].rx_bps, 0);
	}
	scaled(sent, tx_text);
	scaled(received, rx_text);
	snprintf(line, TOP_LINE,
		 "%zu paths: %zu up, %zu down, %zu other; tx %sbit/s, rx %sbit/s",
		 t->n, up, down, t->n - up - down, tx_text, rx_text);
}

/* The latest where @back is 0; NULL for none. */
const char *top_event(const struct top_table *t, unsigned int back)
{
	if (back >= TOP_EVENTS || back >= t->events)
		return NULL;
	return t->event[(t->events - 1 - back) % TOP_EVENTS];
}

void top_note(struct top_table *t, const char *clock, const char *name,
	      const char *what, const char *why)
{
	bool because = *why && strcmp(why, "none");

	snprintf(t->event[t->events++ % TOP_EVENTS], TOP_LINE,
		 "%s  %s %s%s%s%s", clock, name, what, because ? " (" : "",
		 because ? why : "", because ? ")" : "");
}

/* Which path a class has now; none where a decision is for several. */
void top_note_decision(struct top_table *t, const char *clock,
		       const json_t *d)
{
	const char *path = obj_str(d, "path");
	char name[TOP_LINE];

	snprintf(name, sizeof(name), "%s site %" JSON_INTEGER_FORMAT,
		 obj_str(d, "class"), obj_int(d, "site"));
	top_note(t, clock, name, *path ? path : "-", obj_str(d, "reason"));
}

static void compare_state(struct top_table *t, const char *clock,
			  const json_t *old, const json_t *path)
{
	const char *state = obj_str(path, "state");

	if (strcmp(obj_str(old, "state"), state) ||
	    strcmp(obj_str(old, "state_reason"), obj_str(path, "state_reason")))
		top_note(t, clock, obj_str(path, "name"), state,
			 obj_str(path, "state_reason"));
}

static json_int_t rate(const json_t *old, const json_t *path, const char *key,
		       uint64_t usec)
{
	json_int_t bytes = obj_int(path, key) - obj_int(old, key);

	/* an object of that name was made anew */
	if (!usec || bytes < 0)
		return NONE;
	return (json_int_t)((double)bytes * 8 * USEC / (double)usec);
}

static void take_path(struct top_table *t, json_t *path, uint64_t usec,
		      const char *clock)
{
	const char *name = obj_str(path, "name");
	const json_t *old = json_object_get(t->before, name);
	struct top_row *row;

	t->row = grow(t->row, t->n, sizeof(*t->row));
	if (!t->row)
		abort();
	row = &t->row[t->n++];
	row->path = json_incref(path);
	row->tx_bps = NONE;
	row->rx_bps = NONE;
	if (old) {
		row->tx_bps = rate(old, path, "tx_bytes", usec);
		row->rx_bps = rate(old, path, "rx_bytes", usec);
		compare_state(t, clock, old, path);
	} else if (t->at) {
		top_note(t, clock, name, "added", "");
	}
}

static void release_rows(struct top_table *t)
{
	while (t->n)
		json_decref(t->row[--t->n].path);
	free(t->row);
	t->row = NULL;
}

/* What was there before, and is not now */
static void note_gone(struct top_table *t, const json_t *now,
		      const char *clock)
{
	const char *name;
	json_t *old;

	json_object_foreach(t->before, name, old)
		if (!json_object_get(now, name))
			top_note(t, clock, name, "deleted", "");
}

/* Paths, read at @now microseconds; @clock is that time of day as a text. */
void top_take(struct top_table *t, const json_t *list, uint64_t now,
	      const char *clock)
{
	json_t *seen = json_object();
	size_t i;

	release_rows(t);
	for (i = 0; i < json_array_size(list); i++) {
		json_t *path = json_array_get(list, i);

		take_path(t, path, t->at ? now - t->at : 0, clock);
		json_object_set(seen, obj_str(path, "name"), path);
	}
	note_gone(t, seen, clock);
	json_decref(t->before);
	t->before = seen;
	t->at = now;
	top_sort(t);
}

void top_free(struct top_table *t)
{
	release_rows(t);
	json_decref(t->before);
	memset(t, 0, sizeof(*t));
}

static int compare(const void *a, const void *b, void *arg)
{
	const struct top_table *t = arg;
	const struct column *col = &columns[t->column];
	const struct top_row *x = a, *y = b;
	json_int_t vx, vy;
	int ret;

	if (col->form == F_TEXT) {
		ret = strcmp(obj_str(x->path, col->key),
			     obj_str(y->path, col->key));
	} else {
		/* the greatest first: it is what one looks for */
		vx = col->value(x);
		vy = col->value(y);
		ret = (vx < vy) - (vx > vy);
	}
	if (t->reverse)
		ret = -ret;
	if (ret)
		return ret;
	return strcmp(obj_str(x->path, "name"), obj_str(y->path, "name"));
}

void top_sort(struct top_table *t)
{
	if (t->n)
		qsort_r(t->row, t->n, sizeof(*t->row), compare, t);
}
