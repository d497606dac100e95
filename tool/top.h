/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwanctl: what the files of "top" share
 */
#ifndef TOP_H
#define TOP_H

#include "sdwanctl.h"

#define TOP_LINE 512
#define TOP_EVENTS 8

/* Paths as they were at one time, and what has passed since the time before. */
struct top_table {
	struct top_row *row;
	size_t n;
	json_t *before;		/* name: its path of the time before */
	uint64_t at;		/* microseconds, 0 for never */
	unsigned int column;	/* to sort by */
	bool reverse;
	char event[TOP_EVENTS][TOP_LINE];	/* the last ones, in a ring */
	unsigned int events;
};

extern const struct enum_desc top_columns;

void top_take(struct top_table *t, const json_t *list, uint64_t now,
	      const char *clock);
void top_free(struct top_table *t);
void top_sort(struct top_table *t);
void top_next_column(struct top_table *t);
void top_head(const struct top_table *t, char line[TOP_LINE]);
void top_line(const struct top_table *t, size_t i, char line[TOP_LINE]);
bool top_troubled(const struct top_table *t, size_t i);
void top_summary(const struct top_table *t, char line[TOP_LINE]);
void top_note(struct top_table *t, const char *clock, const char *name,
	      const char *what, const char *why);
void top_note_decision(struct top_table *t, const char *clock,
		       const json_t *decision);
const char *top_event(const struct top_table *t, unsigned int back);

struct top_screen;

struct top_screen *top_screen_open(void);
void top_screen_close(struct top_screen *s);
void top_screen_draw(struct top_screen *s, const struct top_table *t,
		     const char *clock);
bool top_screen_key(struct top_screen *s, struct top_table *t, bool *redraw);

#endif /* TOP_H */
