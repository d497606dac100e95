// SPDX-License-Identifier: GPL-2.0
/*
 * sdwanctl: numbers with and without units, exact and without floating point
 */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "sdwanctl.h"

/* JSON integers are signed: no value is larger than this. */
#define VALUE_MAX INT64_MAX

struct unit {
	const char *name;
	uint64_t factor;
};

/* As tc has them: k, m, g, t decimal, ki, mi, gi, ti binary; bps is bytes. */
static const struct unit rate_units[] = {
	{ "", 1 },
	{ "bit", 1 },
	{ "kbit", 1000ULL },
	{ "mbit", 1000000ULL },
	{ "gbit", 1000000000ULL },
	{ "tbit", 1000000000000ULL },
	{ "kibit", 1ULL << 10 },
	{ "mibit", 1ULL << 20 },
	{ "gibit", 1ULL << 30 },
	{ "tibit", 1ULL << 40 },
	{ "bit/s", 1 },
	{ "kbit/s", 1000ULL },
	{ "mbit/s", 1000000ULL },
	{ "gbit/s", 1000000000ULL },
	{ "tbit/s", 1000000000000ULL },
	{ "bps", 8 },
	{ "kbps", 8000ULL },
	{ "mbps", 8000000ULL },
	{ "gbps", 8000000000ULL },
	{ "tbps", 8000000000000ULL },
	{ "kibps", 8ULL << 10 },
	{ "mibps", 8ULL << 20 },
	{ "gibps", 8ULL << 30 },
	{ "tibps", 8ULL << 40 },
};

static const struct unit time_units[] = {
	{ "", 1000 },
	{ "ms", 1 },
	{ "msec", 1 },
	{ "s", 1000 },
	{ "sec", 1000 },
	{ "m", 60000 },
	{ "min", 60000 },
	{ "h", 3600000 },
	{ "hour", 3600000 },
	{ "d", 86400000 },
	{ "day", 86400000 },
};

static const struct unit usec_units[] = {
	{ "", 1000000 },
	{ "us", 1 },
	{ "usec", 1 },
	{ "ms", 1000 },
	{ "msec", 1000 },
	{ "s", 1000000 },
	{ "sec", 1000000 },
};

static const struct unit part_units[] = {
	{ "", 1000000 },
	{ "%", 10000 },
	{ "ppm", 1 },
};

int unit_number(const char *s, uint64_t max, uint64_t *val)
{
	int base = 10;
	char *end;

	if (s[0] == '0' && (s[1] == 'x' || s[1] == 'X'))
		base = 16;
	if (!isdigit((unsigned char)s[0]))
		return -EINVAL;
	errno = 0;
	*val = strtoull(s, &end, base);
	if (*end)
		return -EINVAL;
	if (errno || *val > max)
		return -ERANGE;
	return 0;
}

static int find_unit(const struct unit *units, size_t n, const char *name,
		     uint64_t *factor)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (!strcasecmp(units[i].name, name)) {
			*factor = units[i].factor;
			return 0;
		}
	}
	return -EINVAL;
}

/* A decimal with at most nine digits behind the point, and a unit. */
static int parse_unit(const char *s, const struct unit *units, size_t n,
		      uint64_t *val)
{
	uint64_t whole = 0, frac = 0, scale = 1, factor;
	const char *p = s;
	__uint128_t sum;

	for (; isdigit((unsigned char)*p); p++) {
		if (whole > VALUE_MAX / 10)
			return -ERANGE;
		whole = whole * 10 + (uint64_t)(*p - '0');
	}
	if (p == s)
		return -EINVAL;
	if (*p == '.') {
		const char *dot = p++;

		for (; isdigit((unsigned char)*p); p++) {
			if (scale == 1000000000ULL)
				return -EINVAL;
			frac = frac * 10 + (uint64_t)(*p - '0');
			scale *= 10;
		}
		if (p == dot + 1)
			return -EINVAL;
	}
	if (find_unit(units, n, p, &factor))
		return -EINVAL;
	sum = (__uint128_t)whole * factor;
	sum += (__uint128_t)frac * factor / scale;
	if (sum > VALUE_MAX)
		return -ERANGE;
	*val = (uint64_t)sum;
	return 0;
}

int unit_rate(const char *s, uint64_t *bps)
{
	return parse_unit(s, rate_units, ARRAY_SIZE(rate_units), bps);
}

int unit_msec(const char *s, uint64_t *msec)
{
	return parse_unit(s, time_units, ARRAY_SIZE(time_units), msec);
}

int unit_usec(const char *s, uint64_t *usec)
{
	return parse_unit(s, usec_units, ARRAY_SIZE(usec_units), usec);
}

/* Part of a whole, in millionths. */
int unit_part(const char *s, uint64_t *ppm)
{
	return parse_unit(s, part_units, ARRAY_SIZE(part_units), ppm);
}

void format_rate(uint64_t bps, char *buf, size_t size)
{
	static const char *const unit[] = {
		"bit", "kbit", "mbit", "gbit", "tbit",
	};
	unsigned int i = 0;

	while (bps && bps % 1000 == 0 && i + 1 < ARRAY_SIZE(unit)) {
		bps /= 1000;
		i++;
	}
	snprintf(buf, size, "%" PRIu64 "%s", bps, unit[i]);
}

void format_msec(uint64_t msec, char *buf, size_t size)
{
	if (msec % 1000)
		snprintf(buf, size, "%" PRIu64 ".%03us", msec / 1000,
			 (unsigned int)(msec % 1000));
	else
		snprintf(buf, size, "%" PRIu64 "s", msec / 1000);
}

void format_usec(uint64_t usec, char *buf, size_t size)
{
	if (usec % 1000)
		snprintf(buf, size, "%" PRIu64 "us", usec);
	else if (usec % 1000000)
		snprintf(buf, size, "%" PRIu64 "ms", usec / 1000);
	else
		snprintf(buf, size, "%" PRIu64 "s", usec / 1000000);
}

/* A percentage, with as many digits as it takes. */
void format_part(uint64_t ppm, char *buf, size_t size)
{
	int n = snprintf(buf, size, "%" PRIu64 ".%04u", ppm / 10000,
			 (unsigned int)(ppm % 10000));

	while (n > 0 && (size_t)n < size && buf[n - 1] == '0')
		n--;
	if (n > 0 && buf[n - 1] == '.')
		n--;
	if (n >= 0 && (size_t)n < size)
		snprintf(buf + n, size - (size_t)n, "%%");
}
