// SPDX-License-Identifier: GPL-2.0
/*
 * sdwanctl: "top" on a terminal
 */
#include <locale.h>
#include <stdlib.h>
#include <string.h>

/* Its names are macros otherwise, of which some are ours. */
#define NCURSES_NOMACROS
#include <curses.h>

#include "top.h"

#define HEAD_LINES 2		/* summary and head of the table */
#define EVENT_LINES_MIN 16	/* so high a terminal shows events */

struct top_screen {
	SCREEN *term;
	size_t first;		/* path in the first line of the table */
	size_t page;		/* paths that fit */
};

/* NULL where the terminal can do nothing. */
struct top_screen *top_screen_open(void)
{
	struct top_screen *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	setlocale(LC_CTYPE, "");
	s->term = newterm(NULL, stdout, stdin);
	if (!s->term) {
		free(s);
		return NULL;
	}
	cbreak();
	noecho();
	curs_set(0);
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	return s;
}

void top_screen_close(struct top_screen *s)
{
	if (!s)
		return;
	endwin();
	delscreen(s->term);
	free(s);
}

static void put_line(int y, const char *line, attr_t attr)
{
	attrset((int)attr);
	move(y, 0);
	addnstr(line, COLS);
	/* the bar of the head goes to the margin */
	if (attr & A_REVERSE && (int)strlen(line) < COLS)
		hline(' ' | A_REVERSE, COLS - (int)strlen(line));
	attrset(A_NORMAL);
}

static unsigned int event_lines(const struct top_table *t)
{
	unsigned int n = 0;

	if (LINES < EVENT_LINES_MIN)
		return 0;
	while (n < TOP_EVENTS && (int)n < LINES / 4 && top_event(t, n))
		n++;
	return n;
}

static void draw_events(const struct top_table *t, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		put_line(LINES - (int)n + (int)i, top_event(t, n - 1 - i),
			 A_DIM);
}

static void draw_summary(const struct top_table *t, const char *clock)
{
	char line[TOP_LINE];

	top_summary(t, line);
	put_line(0, line, A_NORMAL);
	if ((int)(strlen(line) + strlen(clock)) + 1 < COLS)
		mvaddstr(0, COLS - (int)strlen(clock), clock);
}

void top_screen_draw(struct top_screen *s, const struct top_table *t,
		     const char *clock)
{
	unsigned int events = event_lines(t);
	int room = LINES - HEAD_LINES - (int)events - (events > 0);
	char line[TOP_LINE];
	size_t i;

	s->page = room > 0 ? (size_t)room : 0;
	if (s->first + s->page > t->n)
		s->first = t->n > s->page ? t->n - s->page : 0;
	erase();
	draw_summary(t, clock);
	top_head(t, line);
	put_line(1, line, A_REVERSE);
	for (i = 0; i < s->page && s->first + i < t->n; i++) {
		top_line(t, s->first + i, line);
		put_line(HEAD_LINES + (int)i, line,
			 top_troubled(t, s->first + i) ? A_BOLD : A_NORMAL);
	}
	draw_events(t, events);
	refresh();
}

/* Where the table begins; what is too far is mended when it is drawn. */
static void scroll_by(struct top_screen *s, const struct top_table *t,
		      long lines)
{
	if (lines < 0)
		s->first -= (size_t)-lines < s->first ? (size_t)-lines :
							s->first;
	else if (s->first + (size_t)lines < t->n)
		s->first += (size_t)lines;
}

/* What was typed; false for the end. */
bool top_screen_key(struct top_screen *s, struct top_table *t, bool *redraw)
{
	int key;

	*redraw = false;
	while ((key = getch()) != ERR) {
		*redraw = true;
		if (key == 'q' || key == 'Q')
			return false;
		if (key == 's')
			top_next_column(t);
		if (key == 'r')
			t->reverse = !t->reverse;
		if (key == KEY_UP || key == KEY_DOWN)
			scroll_by(s, t, key == KEY_UP ? -1 : 1);
		if (key == KEY_PPAGE || key == KEY_NPAGE)
			scroll_by(s, t, key == KEY_PPAGE ? -(long)s->page :
							   (long)s->page);
		if (key == KEY_HOME)
			s->first = 0;
		if (key == KEY_END)
			s->first = t->n;
		top_sort(t);
	}
	return true;
}
