// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of the parts of sdwanctl: numbers and their units
 */
#include <errno.h>
#include <string.h>

#include "unit.h"

/* What is wrong leaves the value alone; what is told is read as the same. */
struct number {
	const char *text;
	int ret;
	uint64_t val;
	const char *out;
};

struct format {
	const char *what;
	int (*parse)(const char *s, uint64_t *val);
	void (*format)(uint64_t val, char *buf, size_t size);
};

static void check_numbers(const struct format *f, const struct number *c,
			  size_t n)
{
	char out[64];

	for (; n--; c++) {
		uint64_t val = 0, again = 1;
		int ret = f->parse(c->text, &val);

		f->format(val, out, sizeof(out));
		check(ret == c->ret && val == c->val &&
		      (ret || (!strcmp(out, c->out) &&
			       !f->parse(out, &again) && again == val)),
		      "%s '%s' is %s", f->what, c->text, out_or(c->out));
	}
}

static void test_rates(void)
{
	static const struct format format = {
		"rate", unit_rate, format_rate,
	};
	static const struct number cases[] = {
		{ "100mbit", 0, 100000000, "100mbit" },
		{ "1gbit", 0, 1000000000, "1gbit" },
		{ "1.5Gbit", 0, 1500000000, "1500mbit" },
		{ "9600", 0, 9600, "9600bit" },
		{ "9600bit/s", 0, 9600, "9600bit" },
		{ "64kbit", 0, 64000, "64kbit" },
		{ "64kibit", 0, 65536, "65536bit" },
		{ "1mbps", 0, 8000000, "8mbit" },
		{ "1mibps", 0, 8388608, "8388608bit" },
		{ "0", 0, 0, "0bit" },
		{ "0.000001mbit", 0, 1, "1bit" },
		{ "9223372036854775807", 0, INT64_MAX,
		  "9223372036854775807bit" },
		{ "9223372036854775808", -ERANGE, 0, NULL },
		{ "99999999999999999999", -ERANGE, 0, NULL },
		{ "10000000tbit", -ERANGE, 0, NULL },
		{ "", -EINVAL, 0, NULL },
		{ "mbit", -EINVAL, 0, NULL },
		{ "-1", -EINVAL, 0, NULL },
		{ "1.", -EINVAL, 0, NULL },
		{ "1.0000000001", -EINVAL, 0, NULL },
		{ "1 mbit", -EINVAL, 0, NULL },
		{ "1parsec", -EINVAL, 0, NULL },
		{ "0x10", -EINVAL, 0, NULL },
	};

	check_numbers(&format, cases, ARRAY_SIZE(cases));
}

static void test_times(void)
{
	static const struct format format = {
		"time", unit_msec, format_msec,
	};
	static const struct number cases[] = {
		{ "60", 0, 60000, "60s" },
		{ "0.25", 0, 250, "0.250s" },
		{ "500ms", 0, 500, "0.500s" },
		{ "2min", 0, 120000, "120s" },
		{ "1h", 0, 3600000, "3600s" },
		{ "1d", 0, 86400000, "86400s" },
		{ "soon", -EINVAL, 0, NULL },
		{ "1y", -EINVAL, 0, NULL },
	};

	check_numbers(&format, cases, ARRAY_SIZE(cases));
}

static void test_gaps(void)
{
	static const struct format format = {
		"gap", unit_usec, format_usec,
	};
	static const struct number cases[] = {
		{ "50ms", 0, 50000, "50ms" },
		{ "0.05", 0, 50000, "50ms" },
		{ "1500us", 0, 1500, "1500us" },
		{ "2s", 0, 2000000, "2s" },
		{ "2", 0, 2000000, "2s" },
		{ "0", 0, 0, "0s" },
		{ "1min", -EINVAL, 0, NULL },
	};

	check_numbers(&format, cases, ARRAY_SIZE(cases));
}

static void test_numbers(void)
{
	uint64_t v = 0;

	check(!unit_number("4294967295", UINT32_MAX, &v) && v == UINT32_MAX,
	      "number: largest");
	check(unit_number("4294967296", UINT32_MAX, &v) == -ERANGE,
	      "number: too large");
	check(!unit_number("0x10", 100, &v) && v == 16, "number: hexadecimal");
	check(!unit_number("010", 100, &v) && v == 10, "number: not octal");
	check(unit_number("-1", 100, &v) == -EINVAL, "number: negative");
	check(unit_number("+1", 100, &v) == -EINVAL, "number: sign");
	check(unit_number(" 1", 100, &v) == -EINVAL, "number: space");
	check(unit_number("", 100, &v) == -EINVAL, "number: empty");
	check(unit_number("1x", 100, &v) == -EINVAL, "number: rest");
	check(unit_number("99999999999999999999999", UINT64_MAX, &v) ==
	      -ERANGE, "number: past 64 bits");
}

void unit_numbers(void)
{
	test_numbers();
	test_rates();
	test_times();
	test_gaps();
}
