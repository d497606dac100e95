// SPDX-License-Identifier: GPL-2.0
/*
 * flowflood: UDP packets of many flows, as fast as they can be sent
 *
 *	flowflood FROM TO KNOWN COUNT [NET FIRST]
 *
 * Sends COUNT packets from address FROM by a raw socket, in turns of the KNOWN
 * flows to TO: from port 4000 + i to port 5000 + i.  With NET, every second
 * packet is to an address of NET/20 instead, and of a flow of its own: FIRST is
 * the number of the first of these, and what is in the packets follows from
 * their number, but looks like chance.  Prints how many nanoseconds a packet took
 * in the fastest tenth of all pieces of 4096.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#define TURN	64
#define PIECE	4096
#define PIECES	10000

struct packet {
	struct iphdr ip;
	struct udphdr udp;
	char payload[36];
} __attribute__((packed));

static struct packet packets[TURN];
static struct sockaddr_in to[TURN];
static struct mmsghdr msgs[TURN];
static struct iovec iovs[TURN];
static long long times[PIECES];

/* One to one (SplitMix64's) */
static uint64_t scatter(uint64_t x)
{
	x += 0x9e3779b97f4a7c15ULL;
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ULL;
	x = (x ^ x >> 27) * 0x94d049bb133111ebULL;
	return x ^ x >> 31;
}

static void fill(unsigned int i, uint32_t daddr, uint16_t sport, uint16_t dport)
{
	packets[i].ip.daddr = htonl(daddr);
	packets[i].udp.source = htons(sport);
	packets[i].udp.dest = htons(dport);
	to[i].sin_addr.s_addr = htonl(daddr);
}

static void prepare(in_addr_t from)
{
	unsigned int i;

	for (i = 0; i < TURN; i++) {
		struct packet *p = &packets[i];

		p->ip.version = 4;
		p->ip.ihl = 5;
		p->ip.ttl = 64;
		p->ip.protocol = IPPROTO_UDP;
		p->ip.saddr = from;
		p->udp.len = htons(sizeof(*p) - sizeof(p->ip));
		to[i].sin_family = AF_INET;
		iovs[i].iov_base = p;
		iovs[i].iov_len = sizeof(*p);
		msgs[i].msg_hdr.msg_name = &to[i];
		msgs[i].msg_hdr.msg_namelen = sizeof(to[i]);
		msgs[i].msg_hdr.msg_iov = &iovs[i];
		msgs[i].msg_hdr.msg_iovlen = 1;
	}
}

static long long now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000LL + ts.tv_nsec;
}

static int compare(const void *a, const void *b)
{
	long long x = *(const long long *)a, y = *(const long long *)b;

	return x < y ? -1 : x > y;
}

int main(int argc, char **argv)
{
	unsigned long known, count, n, next = 0, pieces = 0;
	uint32_t dest, net = 0;
	long long start = 0;
	int fd;

	if (argc != 5 && argc != 7) {
		fprintf(stderr,
			"usage: flowflood FROM TO KNOWN COUNT [NET FIRST]\n");
		return 2;
	}
	dest = ntohl(inet_addr(argv[2]));
	known = strtoul(argv[3], NULL, 0);
	count = strtoul(argv[4], NULL, 0);
	if (argc == 7) {
		net = ntohl(inet_addr(argv[5]));
		next = strtoul(argv[6], NULL, 0);
	}
	fd = socket(AF_INET, SOCK_RAW, IPPROTO_RAW);
	if (fd < 0 || !known) {
		perror("flowflood");
		return 1;
	}
	prepare(inet_addr(argv[1]));
	for (n = 0; n < count;) {
		unsigned int i, sent;

		if (n % PIECE == 0)
			start = now();
		for (i = 0; i < TURN && n + i < count; i++) {
			unsigned int k = (n + i) / 2 % known;

			if (net && i % 2) {
				uint64_t x = scatter(next++);

				fill(i, net + (x & 0xfff), x >> 16, x >> 32);
			} else {
				fill(i, dest, 4000 + k, 5000 + k);
			}
		}
		for (sent = 0; sent < i;) {
			int done = sendmmsg(fd, msgs + sent, i - sent, 0);

			/* a full queue somewhere: the packet is lost, no more */
			sent += done > 0 ? done : 1;
		}
		n += i;
		if (n % PIECE == 0 && pieces < PIECES)
			times[pieces++] = now() - start;
	}
	if (!pieces)
		return 1;
	qsort(times, pieces, sizeof(*times), compare);
	printf("%lld\n", times[pieces / 10] / PIECE);
	return 0;
}
