// SPDX-License-Identifier: GPL-2.0
/*
 * sdwanctl: addresses and prefixes as text and as 16 bytes
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sdwanctl.h"

static const uint8_t v4_mapped[12] = {
	[10] = 0xff, [11] = 0xff,
};

bool addr_is_v4(const uint8_t addr[ADDR_LEN])
{
	return !memcmp(addr, v4_mapped, sizeof(v4_mapped));
}

int addr_parse(const char *s, uint8_t addr[ADDR_LEN])
{
	if (inet_pton(AF_INET, s, addr + sizeof(v4_mapped)) == 1) {
		memcpy(addr, v4_mapped, sizeof(v4_mapped));
		return 0;
	}
	return inet_pton(AF_INET6, s, addr) == 1 ? 0 : -EINVAL;
}

void addr_format(const uint8_t addr[ADDR_LEN], char *buf, size_t size)
{
	const char *ok;

	if (addr_is_v4(addr))
		ok = inet_ntop(AF_INET, addr + sizeof(v4_mapped), buf,
			       (socklen_t)size);
	else
		ok = inet_ntop(AF_INET6, addr, buf, (socklen_t)size);
	if (!ok && size)
		buf[0] = '\0';
}

int prefix_parse(const char *s, uint8_t addr[ADDR_LEN], uint8_t *plen)
{
	char text[ADDR_TEXT];
	const char *slash;
	uint64_t bits;
	size_t len;

	if (!strcmp(s, "default"))
		s = "0.0.0.0/0";
	slash = strchr(s, '/');
	len = slash ? (size_t)(slash - s) : strlen(s);
	if (len >= sizeof(text))
		return -EINVAL;
	memcpy(text, s, len);
	text[len] = '\0';
	if (addr_parse(text, addr))
		return -EINVAL;
	/* Mapped addresses are our own convention: which length is meant? */
	if (addr_is_v4(addr) && strchr(text, ':'))
		return -EINVAL;
	bits = addr_is_v4(addr) ? 32 : 128;
	if (slash && unit_number(slash + 1, bits, &bits))
		return -EINVAL;
	*plen = (uint8_t)bits;
	return 0;
}

void prefix_format(const uint8_t addr[ADDR_LEN], uint8_t plen, char *buf,
		   size_t size)
{
	char text[ADDR_TEXT];

	addr_format(addr, text, sizeof(text));
	snprintf(buf, size, "%s/%u", text, plen);
}
