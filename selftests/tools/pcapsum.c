// SPDX-License-Identifier: GPL-2.0
/*
 * pcapsum: packets and bytes on the wire of a capture on standard input
 *
 *	tcpdump -r FILE -w - FILTER | pcapsum
 *
 * Prints "PACKETS BYTES"; BYTES with link headers, whatever was cut off.
 */
#include <byteswap.h>
#include <stdint.h>
#include <stdio.h>

int main(void)
{
	unsigned long long packets = 0, bytes = 0;
	uint32_t head[6], rec[4], caplen, len;
	int swap;

	if (fread(head, sizeof(head), 1, stdin) != 1) {
		fprintf(stderr, "pcapsum: no capture\n");
		return 1;
	}
	switch (head[0]) {
	case 0xa1b2c3d4:
	case 0xa1b23c4d:
		swap = 0;
		break;
	case 0xd4c3b2a1:
	case 0x4d3cb2a1:
		swap = 1;
		break;
	default:
		fprintf(stderr, "pcapsum: not a capture\n");
		return 1;
	}
	while (fread(rec, sizeof(rec), 1, stdin) == 1) {
		caplen = swap ? bswap_32(rec[2]) : rec[2];
		len = swap ? bswap_32(rec[3]) : rec[3];
		packets++;
		bytes += len;
		while (caplen--)
			if (getchar() == EOF)
				break;
	}
	printf("%llu %llu\n", packets, bytes);
	return 0;
}
