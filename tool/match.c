// SPDX-License-Identifier: GPL-2.0
/*
 * sdwanctl: protocols, ethertypes, MAC addresses, lists of ports, and marks with
 * masks
 *
 * In objects, a protocol or an ethertype is a number, a list of ports the text
 * "443,8000-8080", ascending and with ranges that touch as one, and a mark
 * the text "0x1/0xff", without the mask where all bits count. There is one
 * text for each value, so that what is equal compares as equal.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sdwanctl.h"

/* ---- protocols ---- */

/* Of several names of a protocol, the first is the one that is shown. */
static const char *const names[] = {
	"icmp", "igmp", "ipip", "tcp", "udp", "dccp", "ipv6", "gre", "esp",
	"ah", "icmpv6", "ospf", "pim", "vrrp", "l2tp", "sctp", "udplite",
	"ipv6-icmp",
};

static const uint8_t values[] = {
	1, 2, 4, 6, 17, 33, 41, 47, 50,
	51, 58, 89, 103, 112, 115, 132, 136,
	58,
};

_Static_assert(ARRAY_SIZE(names) == ARRAY_SIZE(values), "a name, a value");

const struct enum_desc enum_proto = { .name = names, .n = ARRAY_SIZE(names) };

/* The number of one of enum_proto. */
uint8_t proto_by_name(const char *name)
{
	return values[enum_value(&enum_proto, name)];
}

/* NULL for those without a name. */
const char *proto_name(json_int_t proto)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(values); i++)
		if (values[i] == proto)
			return names[i];
	return NULL;
}

bool proto_has_ports(json_int_t proto)
{
	return proto == 6 || proto == 17 || proto == 33 || proto == 132 ||
	       proto == 136;
}

/* ---- ethertypes ---- */

static const char *const type_names[] = {
	"ip", "arp", "ipv6", "mpls", "mpls-mc", "pppoe-discovery", "pppoe",
	"eapol", "profinet", "goose", "lldp", "ptp", "ipv4",
};

static const uint16_t type_values[] = {
	0x0800, 0x0806, 0x86dd, 0x8847, 0x8848, 0x8863, 0x8864,
	0x888e, 0x8892, 0x88b8, 0x88cc, 0x88f7, 0x0800,
};

_Static_assert(ARRAY_SIZE(type_names) == ARRAY_SIZE(type_values),
	       "a name, a value");

const struct enum_desc enum_ethertype = {
	.name = type_names, .n = ARRAY_SIZE(type_names),
};

/* The number of one of enum_ethertype. */
uint16_t ethertype_by_name(const char *name)
{
	return type_values[enum_value(&enum_ethertype, name)];
}

/* NULL for those without a name. */
const char *ethertype_name(json_int_t type)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(type_values); i++)
		if (type_values[i] == type)
			return type_names[i];
	return NULL;
}

/* ---- MAC addresses ---- */

int mac_parse(const char *s, uint8_t mac[MAC_LEN])
{
	unsigned int byte[MAC_LEN];
	int end = 0, i;

	/* no sign, no blank, no "0x" */
	if (strspn(s, "0123456789abcdefABCDEF:") != strlen(s) ||
	    sscanf(s, "%2x:%2x:%2x:%2x:%2x:%2x%n", &byte[0], &byte[1],
		   &byte[2], &byte[3], &byte[4], &byte[5], &end) != MAC_LEN ||
	    s[end])
		return -EINVAL;
	for (i = 0; i < MAC_LEN; i++)
		mac[i] = (uint8_t)byte[i];
	return 0;
}

void mac_format(const uint8_t mac[MAC_LEN], char *buf, size_t size)
{
	snprintf(buf, size, "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1],
		 mac[2], mac[3], mac[4], mac[5]);
}

/* ---- ports ---- */

static int parse_port(const char *s, char **end, uint16_t *port)
{
	unsigned long v;

	if (*s < '0' || *s > '9')
		return -EINVAL;
	errno = 0;
	v = strtoul(s, end, 10);
	if (errno || v > UINT16_MAX)
		return -ERANGE;
	*port = (uint16_t)v;
	return 0;
}

static int parse_range(const char *s, char **end, struct port_range *r)
{
	int ret;

	ret = parse_port(s, end, &r->first);
	if (ret)
		return ret;
	r->last = r->first;
	if (**end == '-')
		ret = parse_port(*end + 1, end, &r->last);
	return ret ? ret : r->last < r->first ? -EINVAL : 0;
}

static int by_first(const void *x, const void *y)
{
	const struct port_range *a = x, *b = y;

	return (a->first > b->first) - (a->first < b->first);
}

/* Ascending, and ranges that overlap or touch become one. */
unsigned int ports_merge(struct port_range *r, unsigned int n)
{
	unsigned int i, out = 0;

	qsort(r, n, sizeof(*r), by_first);
	for (i = 1; i < n; i++) {
		if (r[i].first > r[out].last + 1)
			r[++out] = r[i];
		else if (r[i].last > r[out].last)
			r[out].last = r[i].last;
	}
	return n ? out + 1 : 0;
}

/* -EINVAL, -ERANGE for a port past 65535, -E2BIG for too many ranges. */
int ports_parse(const char *s, struct port_range r[PORTS_ROOM],
		unsigned int *n)
{
	char *end;
	int ret;

	for (*n = 0;; s = end + 1) {
		if (*n == PORTS_ROOM)
			return -E2BIG;
		ret = parse_range(s, &end, &r[*n]);
		if (ret)
			return ret;
		(*n)++;
		if (!*end)
			break;
		if (*end != ',')
			return -EINVAL;
	}
	*n = ports_merge(r, *n);
	return *n > SDWAN_PORTS_MAX ? -E2BIG : 0;
}

void ports_format(const struct port_range *r, unsigned int n, char *buf,
		  size_t size)
{
	size_t len = 0;
	unsigned int i;

	*buf = '\0';
	for (i = 0; i < n && len < size; i++) {
		len += (size_t)snprintf(buf + len, size - len, "%s%u",
					i ? "," : "", r[i].first);
		if (r[i].first != r[i].last && len < size)
			len += (size_t)snprintf(buf + len, size - len, "-%u",
						r[i].last);
	}
}

/* ---- marks ---- */

/* MARK or MARK/MASK; no bit of the mark is outside of the mask. */
int mark_parse(const char *s, uint32_t *mark, uint32_t *mask)
{
	const char *slash = strchr(s, '/');
	uint64_t v = 0, m = UINT32_MAX;
	char text[32];
	int ret;

	if (slash && (size_t)(slash - s) >= sizeof(text))
		return -EINVAL;
	snprintf(text, sizeof(text), "%.*s",
		 slash ? (int)(slash - s) : (int)sizeof(text) - 1, s);
	ret = unit_number(text, UINT32_MAX, &v);
	if (!ret && slash)
		ret = unit_number(slash + 1, UINT32_MAX, &m);
	if (ret)
		return ret;
	if (!m || v & ~m)
		return -ERANGE;
	*mark = (uint32_t)v;
	*mask = (uint32_t)m;
	return 0;
}

void mark_format(uint32_t mark, uint32_t mask, char *buf, size_t size)
{
	if (mask == UINT32_MAX)
		snprintf(buf, size, "0x%" PRIx32, mark);
	else
		snprintf(buf, size, "0x%" PRIx32 "/0x%" PRIx32, mark, mask);
}
