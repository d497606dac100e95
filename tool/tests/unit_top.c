// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of the parts of sdwanctl: the table of "top"
 */
#include <string.h>

#include "top.h"
#include "unit.h"

#define SECOND 1000000

/* A path with what matters here. */
static json_t *path(const char *name, const char *state, const char *why,
		    int tx_bytes, int rtt)
{
	json_t *p = json_pack("{s:s, s:s, s:s, s:i, s:i, s:i}", "name", name,
			      "state", state, "state_reason", why, "tx_bytes",
			      tx_bytes, "rx_bytes", 0, "mtu", 1444);

	if (rtt)
		json_object_set_new(p, "rtt", json_integer(rtt));
	return p;
}

static void take(struct top_table *t, uint64_t now, json_t *a, json_t *b)
{
	json_t *list = json_array();

	json_array_append_new(list, a);
	if (b)
		json_array_append_new(list, b);
	top_take(t, list, now, "12:00:00");
	json_decref(list);
}

static bool line_has(const struct top_table *t, size_t i, const char *text)
{
	char line[TOP_LINE];

	top_line(t, i, line);
	return strstr(line, text);
}

static void test_rates(void)
{
	struct top_table t = { 0 };
	char line[TOP_LINE];

	take(&t, SECOND, path("a", "up", "none", 1000, 20250),
	     path("b", "down", "probe", 5, 0));
	top_line(&t, 0, line);
	check(!strncmp(line, "a                        up            20.25ms ", 46) &&
	      strstr(line, " -        -        -         -         -         -   1444        -"),
	      "top: a path of which little is known yet: %s", line);
	check(!top_event(&t, 0), "top: what was there before is no event");
	check(!top_troubled(&t, 0) && top_troubled(&t, 1),
	      "top: one that is not up is troubled");
	take(&t, 3 * SECOND, path("a", "up", "none", 3501000, 20250),
	     path("b", "down", "probe", 4, 0));
	check(line_has(&t, 0, " 14.0M "), "top: bits in a second");
	check(line_has(&t, 1, "  -         - "),
	      "top: none of a path that was made anew");
	top_summary(&t, line);
	check(!strcmp(line, "2 paths: 1 up, 1 down, 0 other; tx 14.0Mbit/s, rx 0bit/s"),
	      "top: the sum: %s", line);
	top_free(&t);
}

static void test_events(void)
{
	struct top_table t = { 0 };
	unsigned int i;

	take(&t, SECOND, path("a", "up", "none", 0, 0), NULL);
	take(&t, 2 * SECOND, path("a", "down", "probe", 0, 0),
	     path("b", "up", "none", 0, 0));
	check(t.events == 2 && !strcmp(out_or(top_event(&t, 1)),
				       "12:00:00  a down (probe)"),
	      "top: a path goes down: %s", out_or(top_event(&t, 1)));
	check(!strcmp(out_or(top_event(&t, 0)), "12:00:00  b added"),
	      "top: one is added");
	take(&t, 3 * SECOND, path("a", "up", "none", 0, 0), NULL);
	check(!strcmp(out_or(top_event(&t, 0)), "12:00:00  b deleted"),
	      "top: one is deleted");
	for (i = 0; i < 20; i++)
		take(&t, (4 + i) * SECOND, path("a", i % 2 ? "up" : "down",
						"none", 0, 0), NULL);
	check(top_event(&t, TOP_EVENTS - 1) && !top_event(&t, TOP_EVENTS),
	      "top: the last events are kept");
	top_free(&t);
}

static void test_order(void)
{
	struct top_table t = { 0 };
	char head[TOP_LINE];

	take(&t, SECOND, path("b", "up", "none", 0, 10000),
	     path("a", "up", "none", 0, 30000));
	check(line_has(&t, 0, "a "), "top: by name");
	top_next_column(&t);
	top_next_column(&t);
	t.reverse = true;
	top_sort(&t);
	check(line_has(&t, 0, "b ") && line_has(&t, 1, "30.00ms"),
	      "top: the shortest round-trip time first");
	top_head(&t, head);
	check(strstr(head, " RTT^ "), "top: the head says so");
	t.reverse = false;
	top_sort(&t);
	check(line_has(&t, 0, "30.00ms"), "top: the longest first");
	top_free(&t);
}

void unit_top(void)
{
	test_rates();
	test_events();
	test_order();
}
