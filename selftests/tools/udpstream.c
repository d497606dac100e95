// SPDX-License-Identifier: GPL-2.0
/*
 * udpstream: a stream of numbered UDP packets, and what became of them
 *
 *	udpstream send ADDR PORT [-r RATE] [-t SECONDS | -n COUNT] [-s SIZE]
 *		  [-b SOURCE] [-q DSCP] [-S SOURCE-PORT]
 *	udpstream recv PORT [-i IDLE-SECONDS] [-w FIRST-SECONDS] [-b ADDR] [-l]
 *
 * The sender keeps to an absolute schedule (default 1000 packets a second for
 * 5 s, 64 bytes) and ends with a few packets that tell how many there were.
 * The receiver ends 300 ms after one of these, or after IDLE seconds (default
 * 5) of silence, or FIRST seconds (default 30) without any packet, and prints
 * one JSON object:
 *
 *	sent		as told by the sender; null when no end was heard
 *	received	different packets
 *	lost		sent - received (without end: up to the last heard)
 *	duplicated	packets heard more than once
 *	reordered	packets that came after one with a higher number
 *	max_gap_ms	longest time without a packet, first to last
 *	max_gap_seq	number of the packet after that gap
 *	lost_run	most packets lost in a row
 *	send_gap_ms	longest time between two transmissions, or attempts
 *	send_errors	transmissions that the sender's kernel refused
 *	delay_us	one-way delay {min, avg, max}: one clock at both ends
 *
 * With -l each lost range is listed as well ("lost_ranges": [[from, to]...]).
 */
#include <arpa/inet.h>
#include <endian.h>
#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MAGIC	0x73647761
#define END	1

struct packet {
	uint32_t magic;
	uint32_t flags;
	uint64_t seq;		/* with END: how many were sent */
	uint64_t time;		/* of transmission; with END: longest gap */
	uint64_t errors;	/* with END: refused transmissions */
};

static uint64_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ull + ts.tv_nsec;
}

/* SIGTERM and SIGINT end a stream early, with all that belongs to its end */
static volatile sig_atomic_t stopped;

static void stop(int sig)
{
	(void)sig;
	stopped = 1;
}

static void die(const char *what)
{
	fprintf(stderr, "udpstream: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void usage(void)
{
	fprintf(stderr,
		"usage: udpstream send ADDR PORT [-r RATE] [-t S | -n COUNT] [-s SIZE] [-b SOURCE] [-q DSCP] [-S SPORT]\n"
		"       udpstream recv PORT [-i IDLE] [-w FIRST] [-b ADDR] [-l]\n");
	exit(2);
}

static struct addrinfo *resolve(const char *host, const char *port, int flags)
{
	struct addrinfo hints = {
		.ai_socktype = SOCK_DGRAM,
		.ai_flags = AI_NUMERICSERV | AI_NUMERICHOST | flags,
	}, *ai;
	int rc = getaddrinfo(host, port, &hints, &ai);

	if (rc) {
		fprintf(stderr, "udpstream: %s port %s: %s\n",
			host ? host : "*", port, gai_strerror(rc));
		exit(1);
	}
	return ai;
}

static int sender(int argc, char **argv)
{
	uint64_t rate = 1000, count = 0, size = 64, seq, errors = 0;
	uint64_t start, last, gap = 0, t;
	const char *source = NULL, *sport = "0";
	double seconds = 5;
	struct addrinfo *ai, *src;
	struct packet *p;
	char buf[65536];
	int fd, c, dscp = 0;

	if (argc < 3)
		usage();
	ai = resolve(argv[1], argv[2], 0);
	optind = 3;
	while ((c = getopt(argc, argv, "r:t:n:s:b:q:S:")) != -1) {
		switch (c) {
		case 'r':
			rate = strtoull(optarg, NULL, 0);
			break;
		case 't':
			seconds = strtod(optarg, NULL);
			break;
		case 'n':
			count = strtoull(optarg, NULL, 0);
			break;
		case 's':
			size = strtoull(optarg, NULL, 0);
			break;
		case 'b':
			source = optarg;
			break;
		case 'q':
			dscp = strtoul(optarg, NULL, 0) << 2;
			break;
		case 'S':
			sport = optarg;
			break;
		default:
			usage();
		}
	}
	if (!rate || size > 65000)
		usage();
	if (size < sizeof(*p))
		size = sizeof(*p);
	if (!count)
		count = seconds * rate;
	fd = socket(ai->ai_family, SOCK_DGRAM, 0);
	if (fd < 0)
		die("socket");
	if (source || strcmp(sport, "0")) {
		if (!source)
			source = ai->ai_family == AF_INET ? "0.0.0.0" : "::";
		src = resolve(source, sport, 0);
		if (bind(fd, src->ai_addr, src->ai_addrlen))
			die("bind");
	}
	if (dscp && setsockopt(fd, ai->ai_family == AF_INET ? IPPROTO_IP :
			       IPPROTO_IPV6, ai->ai_family == AF_INET ? IP_TOS :
			       IPV6_TCLASS, &dscp, sizeof(dscp)))
		die("setsockopt");
	if (connect(fd, ai->ai_addr, ai->ai_addrlen))
		die("connect");
	memset(buf, 0x5a, sizeof(buf));
	p = (struct packet *)buf;
	p->magic = htobe32(MAGIC);
	p->flags = 0;
	p->errors = 0;
	signal(SIGTERM, stop);
	signal(SIGINT, stop);
	start = now();
	last = start;
	for (seq = 0; seq < count && !stopped; seq++) {
		uint64_t due = start + seq * 1000000000ull / rate;
		struct timespec ts = {
			.tv_sec = due / 1000000000ull,
			.tv_nsec = due % 1000000000ull,
		};

		while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts,
				       NULL) == EINTR && !stopped)
			;
		t = now();
		if (t - last > gap)
			gap = t - last;
		last = t;
		p->seq = htobe64(seq);
		p->time = htobe64(t);
		/* an ICMP error that arrived is reported once, by any call */
		if (send(fd, buf, size, 0) < 0 && send(fd, buf, size, 0) < 0)
			errors++;
	}
	count = seq;
	p->flags = htobe32(END);
	p->seq = htobe64(count);
	p->time = htobe64(gap);
	p->errors = htobe64(errors);
	for (c = 0; c < 10; c++) {
		usleep(20000);
		if (send(fd, buf, size, 0) < 0)
			continue;
	}
	printf("{\"sent\":%llu,\"send_errors\":%llu,\"send_gap_ms\":%.3f}\n",
	       (unsigned long long)count, (unsigned long long)errors,
	       gap / 1e6);
	return 0;
}

static int receiver(int argc, char **argv)
{
	double idle = 5, first = 30, sum = 0;
	uint64_t sent = 0, sendgap = 0, errors = 0;
	uint64_t received = 0, dup = 0, reordered = 0, high = 0, lost, run = 0;
	uint64_t last = 0, gap = 0, gapseq = 0, end = 0, t, i, total, from = 0;
	uint64_t dmin = UINT64_MAX, dmax = 0;
	const char *addr = NULL;
	bool list = false, comma = false;
	uint8_t *seen = NULL;
	uint64_t room = 0;
	struct addrinfo *ai;
	struct packet *p;
	char buf[65536];
	int fd, c, one = 1, zero = 0, big = 8 << 20;

	if (argc < 2)
		usage();
	optind = 2;
	while ((c = getopt(argc, argv, "i:w:b:l")) != -1) {
		switch (c) {
		case 'i':
			idle = strtod(optarg, NULL);
			break;
		case 'w':
			first = strtod(optarg, NULL);
			break;
		case 'b':
			addr = optarg;
			break;
		case 'l':
			list = true;
			break;
		default:
			usage();
		}
	}
	ai = resolve(addr ? addr : "::", argv[1], AI_PASSIVE);
	fd = socket(ai->ai_family, SOCK_DGRAM, 0);
	if (fd < 0)
		die("socket");
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (ai->ai_family == AF_INET6 && !addr)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &zero, sizeof(zero));
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &big, sizeof(big)))
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &big, sizeof(big));
	if (bind(fd, ai->ai_addr, ai->ai_addrlen))
		die("bind");
	/* for who waits until we listen */
	fprintf(stderr, "udpstream: listening\n");

	p = (struct packet *)buf;
	for (;;) {
		struct pollfd pfd = { .fd = fd, .events = POLLIN };
		int wait = (last ? idle : first) * 1000;
		ssize_t n;

		if (end) {
			t = now();
			if (t >= end)
				break;
			wait = (end - t) / 1000000 + 1;
		}
		c = poll(&pfd, 1, wait);
		if (c < 0 && errno == EINTR)
			continue;
		if (c == 0) {
			if (end)
				continue;
			break;
		}
		n = recv(fd, buf, sizeof(buf), 0);
		t = now();
		if (n < (ssize_t)sizeof(*p) || be32toh(p->magic) != MAGIC)
			continue;
		if (be32toh(p->flags) & END) {
			sent = be64toh(p->seq);
			sendgap = be64toh(p->time);
			errors = be64toh(p->errors);
			if (!end)
				end = t + 300000000ull;
			continue;
		}
		i = be64toh(p->seq);
		if (i >= 1ull << 28)
			continue;
		if (i >= room) {
			uint64_t want = (i + 1) * 2 + 4096;

			seen = realloc(seen, want);
			if (!seen)
				die("realloc");
			memset(seen + room, 0, want - room);
			room = want;
		}
		if (seen[i]) {
			dup++;
			continue;
		}
		seen[i] = 1;
		received++;
		if (received > 1 && i < high)
			reordered++;
		if (i > high)
			high = i;
		if (last && t - last > gap) {
			gap = t - last;
			gapseq = i;
		}
		last = t;
		t -= be64toh(p->time);
		sum += t;
		if (t < dmin)
			dmin = t;
		if (t > dmax)
			dmax = t;
	}
	total = end ? sent : received ? high + 1 : 0;
	lost = total - received;
	printf("{\"sent\":");
	if (end)
		printf("%llu", (unsigned long long)sent);
	else
		printf("null");
	printf(",\"received\":%llu,\"lost\":%llu,\"duplicated\":%llu,\"reordered\":%llu",
	       (unsigned long long)received, (unsigned long long)lost,
	       (unsigned long long)dup, (unsigned long long)reordered);
	printf(",\"max_gap_ms\":%.3f,\"max_gap_seq\":%llu", gap / 1e6,
	       (unsigned long long)gapseq);
	if (list)
		printf(",\"lost_ranges\":[");
	for (i = 0, c = 0; i <= total; i++) {
		bool missing = i < total && !(i < room && seen[i]);

		if (missing && !c) {
			from = i;
			c = 1;
		} else if (!missing && c) {
			if (i - from > run)
				run = i - from;
			if (list) {
				printf("%s[%llu,%llu]", comma ? "," : "",
				       (unsigned long long)from,
				       (unsigned long long)i - 1);
				comma = true;
			}
			c = 0;
		}
	}
	if (list)
		printf("]");
	printf(",\"lost_run\":%llu,\"send_gap_ms\":%.3f,\"send_errors\":%llu",
	       (unsigned long long)run, sendgap / 1e6,
	       (unsigned long long)errors);
	printf(",\"delay_us\":{\"min\":%.1f,\"avg\":%.1f,\"max\":%.1f}}\n",
	       received ? dmin / 1e3 : 0, received ? sum / received / 1e3 : 0,
	       dmax / 1e3);
	return received ? 0 : 1;
}

int main(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], "send"))
		return sender(argc - 1, argv + 1);
	if (argc > 1 && !strcmp(argv[1], "recv"))
		return receiver(argc - 1, argv + 1);
	usage();
	return 2;
}
