// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan_bench: how long does a packet take?
 *
 * Sends copies of one packet in batches of 64 and takes the time of each
 * batch, so that what disturbs a few batches (timer, other programs) is seen in
 * neither their minimum nor their median.  What is timed is the life of a
 * packet: it is allocated, filled, handed over, and freed by the sink.  Every
 * packet must have come to the sink, else the measurement fails.
 *
 *	cd /sys/kernel/debug/sdwan_bench
 *	echo op=xmit dev=sdwan0 sink=wan0 dst=10.2.0.2 len=64 > run
 *	cat run
 *
 * Devices are those of the writer's network namespace.
 *
 *	op=xmit		a generated IPv4 packet through dev_queue_xmit()
 *	op=receive	the same as if it had been received
 *	op=replay	what was kept, as if it had been received
 *	capture=1	only one packet; what leaves by the sink is kept
 *	dev= sink=	device that gets the packets, device that counts them
 *	src= dst=	inner addresses
 *	spread= step=	so many destinations, step addresses apart, all equally often
 *	flows= random=	so many flows, by source address and port: one after the
 *			other from the first on, or with random=1 in no order
 *	fresh=		each packet is of another flow, by its source port, and has
 *			one of the headers written to the file "headers": "batch",
 *			one for all of a batch, or "packet", one after the other.
 *			"times" has the time of each batch then
 *	mac=		xmit: Ethernet destination, for devices with such headers
 *	len=		of the IP packet
 *	gso=		TCP payload of a segment: one GSO packet of len bytes
 *	segments=	packets that the sink sees of one; 0: it is to be dropped
 *	batches=	how many
 *	clock=cycles	the processor's counter, instead of nanoseconds
 *
 * The file "packet" takes a frame, which is then what was kept.
 * The file "headers" takes struct bench_header, one after the other, in one
 * write; "times" is u64, one for each batch, in the order of the batches.
 */
#include <linux/debugfs.h>
#include <linux/etherdevice.h>
#include <linux/inet.h>
#include <linux/ip.h>
#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/nsproxy.h>
#include <linux/sort.h>
#include <linux/tcp.h>
#include <linux/timekeeping.h>
#include <linux/timex.h>
#include <linux/uaccess.h>
#include <linux/udp.h>
#include <net/checksum.h>
#include <net/ip.h>
#include <net/net_namespace.h>

#define BENCH_BATCH		64
/* allocators and caches have settled after these, which do not count */
#define BENCH_WARM		2
#define BENCH_MAX_BATCHES	100000
/* for what tunnels put in front: nobody shall have to reallocate */
#define BENCH_HEADROOM		192
/* coprime to any sensible number of destinations: visits all, in no order */
#define BENCH_STRIDE		7919
/* a device that hands over to a worker gets so many turns to finish */
#define BENCH_PATIENCE		100000
/* source ports of one address, and the first of them */
#define BENCH_PORTS		50000
#define BENCH_FIRST_PORT	1024
#define BENCH_MAX_HEADERS	4096

enum bench_op { BENCH_XMIT, BENCH_RECEIVE, BENCH_REPLAY };

enum bench_fresh { BENCH_SAME, BENCH_BY_BATCH, BENCH_BY_PACKET };

static const char * const bench_freshes[] = {
	[BENCH_SAME] = "no",
	[BENCH_BY_BATCH] = "batch",
	[BENCH_BY_PACKET] = "packet",
};

static const char * const bench_ops[] = {
	[BENCH_XMIT] = "xmit",
	[BENCH_RECEIVE] = "receive",
	[BENCH_REPLAY] = "replay",
};

/* What rules ask of a packet; in network byte order. */
struct bench_header {
	__be32 saddr;
	__be32 daddr;
	__be16 dport;
	u8 proto;
	u8 pad;
};

struct bench_request {
	int op;
	char dev[IFNAMSIZ];
	char sink[IFNAMSIZ];
	__be32 src;
	__be32 dst;
	u32 spread;
	u32 step;
	u32 flows;
	u32 random;
	int fresh;
	u8 mac[ETH_ALEN];
	bool ethernet;
	u32 len;
	u32 gso;
	u32 segments;
	u32 batches;
	u32 capture;
	bool cycles;
};

struct bench_run {
	const struct bench_request *req;
	struct net_device *dev;
	struct net_device *sink;
	struct sk_buff *template;
	/* of the inner IP header in the linear part; -1: leave it alone */
	int ip_offset;
	u32 position;
	u32 batch;
	u64 *times;
	u64 arrived;
	u64 bytes;
};

static DEFINE_MUTEX(bench_lock);
static struct dentry *bench_dir;
static struct sk_buff *bench_kept;
static struct page *bench_page;
static struct bench_header *bench_headers;
static u32 bench_n_headers;
static u64 *bench_times;
static u32 bench_n_times;
static char bench_result[512];

/* ---- the packet ---- */

static void bench_fill_ip(const struct bench_request *req, struct sk_buff *skb)
{
	struct iphdr *iph = skb_put_zero(skb, sizeof(*iph));

	iph->version = 4;
	iph->ihl = 5;
	iph->tot_len = htons(req->len);
	iph->frag_off = htons(IP_DF);
	iph->ttl = 64;
	iph->protocol = req->gso ? IPPROTO_TCP : IPPROTO_UDP;
	iph->saddr = req->src;
	iph->daddr = req->dst;
	ip_send_check(iph);
}

static void bench_fill_udp(const struct bench_request *req, struct sk_buff *skb)
{
	unsigned int len = req->len - sizeof(struct iphdr);
	struct udphdr *uh = skb_put_zero(skb, sizeof(*uh));

	uh->source = htons(5000);
	uh->dest = htons(5001);
	uh->len = htons(len);
	memset(skb_put(skb, len - sizeof(*uh)), 0xa5, len - sizeof(*uh));
}

static void bench_fill_tcp(const struct bench_request *req, struct sk_buff *skb)
{
	unsigned int len = req->len - sizeof(struct iphdr);
	struct tcphdr *th = skb_put_zero(skb, sizeof(*th));
	unsigned int payload = len - sizeof(*th);
	int i;

	th->source = htons(5000);
	th->dest = htons(5001);
	th->doff = sizeof(*th) / 4;
	th->ack = 1;
	th->window = htons(1024);
	th->check = ~csum_tcpudp_magic(req->src, req->dst, len, IPPROTO_TCP, 0);

	for (i = 0; payload; i++) {
		unsigned int size = min_t(unsigned int, payload, PAGE_SIZE);

		get_page(bench_page);
		skb_add_rx_frag(skb, i, bench_page, 0, size, size);
		payload -= size;
	}
	skb->ip_summed = CHECKSUM_PARTIAL;
	skb->csum_start = (u8 *)th - skb->head;
	skb->csum_offset = offsetof(struct tcphdr, check);
	skb_shinfo(skb)->gso_size = req->gso;
	skb_shinfo(skb)->gso_segs = DIV_ROUND_UP(skb->data_len, req->gso);
	skb_shinfo(skb)->gso_type = SKB_GSO_TCPV4;
}

/* A packet as the IP stack would hand it to the device, or the wire to us */
static struct sk_buff *bench_generate(struct bench_run *run)
{
	const struct bench_request *req = run->req;
	unsigned int linear = req->gso ? sizeof(struct iphdr) +
					 sizeof(struct tcphdr) : req->len;
	struct sk_buff *skb;

	skb = alloc_skb(BENCH_HEADROOM + ETH_HLEN + linear, GFP_KERNEL);
	if (!skb)
		return NULL;
	skb_reserve(skb, BENCH_HEADROOM);

	skb_reset_mac_header(skb);
	if (req->ethernet || req->op == BENCH_RECEIVE) {
		struct ethhdr *eth = skb_put_zero(skb, ETH_HLEN);

		ether_addr_copy(eth->h_dest, req->ethernet ? req->mac :
						run->dev->dev_addr);
		ether_addr_copy(eth->h_source, run->dev->dev_addr);
		eth->h_proto = htons(ETH_P_IP);
	}
	run->ip_offset = skb->len;
	skb_set_network_header(skb, skb->len);
	bench_fill_ip(req, skb);
	skb_set_transport_header(skb, skb->len);
	if (req->gso)
		bench_fill_tcp(req, skb);
	else
		bench_fill_udp(req, skb);
	skb->protocol = htons(ETH_P_IP);
	return skb;
}

static void bench_copy_gso(struct sk_buff *skb, const struct sk_buff *from)
{
	const struct skb_shared_info *info = skb_shinfo(from);
	int shift = skb_headroom(skb) - skb_headroom(from);
	int i;

	for (i = 0; i < info->nr_frags; i++) {
		skb_shinfo(skb)->frags[i] = info->frags[i];
		get_page(skb_frag_page(&info->frags[i]));
	}
	skb_shinfo(skb)->nr_frags = info->nr_frags;
	skb_shinfo(skb)->gso_size = info->gso_size;
	skb_shinfo(skb)->gso_segs = info->gso_segs;
	skb_shinfo(skb)->gso_type = info->gso_type;
	skb->len += from->data_len;
	skb->data_len = from->data_len;
	skb->truesize += from->data_len;

	skb->csum_start = from->csum_start + shift;
	skb->csum_offset = from->csum_offset;
	skb->encapsulation = from->encapsulation;
	skb->inner_protocol = from->inner_protocol;
	skb->inner_protocol_type = from->inner_protocol_type;
	skb->inner_mac_header = from->inner_mac_header + shift;
	skb->inner_network_header = from->inner_network_header + shift;
	skb->inner_transport_header = from->inner_transport_header + shift;
}

static void bench_next_destination(struct bench_run *run, struct sk_buff *skb)
{
	const struct bench_request *req = run->req;
	struct iphdr *iph;
	__be32 daddr;

	if (req->spread < 2)
		return;
	run->position = (run->position + BENCH_STRIDE) % req->spread;
	daddr = htonl(ntohl(req->dst) + run->position * req->step);
	iph = (struct iphdr *)(skb->data + run->ip_offset);
	csum_replace4(&iph->check, iph->daddr, daddr);
	iph->daddr = daddr;
}

/* A multiplier of L'Ecuyer's: visits all numbers of 32 bits, in no order */
static u32 bench_random(struct bench_run *run)
{
	run->position = run->position * 747796405U + 2891336453U;
	return run->position;
}

static void bench_next_flow(struct bench_run *run, struct sk_buff *skb)
{
	struct iphdr *iph = (struct iphdr *)(skb->data + run->ip_offset);
	struct udphdr *uh = (struct udphdr *)(iph + 1);
	const struct bench_request *req = run->req;
	u32 flow;

	if (req->random)
		flow = reciprocal_scale(bench_random(run), req->flows);
	else
		flow = run->position++ % req->flows;
	iph->saddr = htonl(ntohl(req->src) + flow / BENCH_PORTS);
	uh->source = htons(BENCH_FIRST_PORT + flow % BENCH_PORTS);
	ip_send_check(iph);
}

static void bench_next_fresh(struct bench_run *run, struct sk_buff *skb)
{
	u32 i = run->req->fresh == BENCH_BY_BATCH ? run->batch : run->position;
	const struct bench_header *header = &bench_headers[i % bench_n_headers];
	struct iphdr *iph = (struct iphdr *)(skb->data + run->ip_offset);
	struct udphdr *uh = (struct udphdr *)(iph + 1);

	iph->saddr = header->saddr;
	iph->daddr = header->daddr;
	iph->protocol = header->proto;
	uh->source = htons(BENCH_FIRST_PORT + run->position++ % BENCH_PORTS);
	uh->dest = header->dport;
	ip_send_check(iph);
}

static void bench_next(struct bench_run *run, struct sk_buff *skb)
{
	if (run->req->fresh)
		bench_next_fresh(run, skb);
	else if (run->req->flows)
		bench_next_flow(run, skb);
	else
		bench_next_destination(run, skb);
}

/* The same work for whoever is measured */
static struct sk_buff *bench_copy(struct bench_run *run)
{
	const struct sk_buff *from = run->template;
	unsigned int len = skb_headlen(from);
	struct sk_buff *skb;

	skb = alloc_skb(BENCH_HEADROOM + len, GFP_ATOMIC);
	if (unlikely(!skb))
		return NULL;
	skb_reserve(skb, BENCH_HEADROOM);
	skb_put_data(skb, from->data, len);
	skb_reset_mac_header(skb);
	skb_set_network_header(skb, skb_network_offset(from));
	skb_set_transport_header(skb, skb_transport_offset(from));
	skb->protocol = from->protocol;
	skb->ip_summed = from->ip_summed;
	skb->dev = run->dev;
	if (skb_is_gso(from))
		bench_copy_gso(skb, from);
	bench_next(run, skb);
	return skb;
}

/* ---- keeping a packet ---- */

struct bench_tap {
	struct packet_type type;
	struct sk_buff *skb;
};

static int bench_tap_func(struct sk_buff *skb, struct net_device *dev,
			  struct packet_type *type, struct net_device *orig)
{
	struct bench_tap *tap = container_of(type, struct bench_tap, type);

	if (tap->skb || skb->pkt_type != PACKET_OUTGOING) {
		kfree_skb(skb);
		return 0;
	}
	skb_orphan(skb);
	skb_scrub_packet(skb, true);
	skb->dev = NULL;
	/* a card that has looked at the checksum */
	if (skb->ip_summed == CHECKSUM_PARTIAL && !skb_is_gso(skb))
		skb->ip_summed = CHECKSUM_UNNECESSARY;
	tap->skb = skb;
	return 0;
}

static int bench_send(struct bench_run *run, struct sk_buff *skb)
{
	int rc;

	switch (run->req->op) {
	case BENCH_RECEIVE:
	case BENCH_REPLAY:
		skb->protocol = eth_type_trans(skb, run->dev);
		/* what a hook of the device sends elsewhere counts as dropped
		 * here; the sink knows better
		 */
		netif_receive_skb(skb);
		return 0;
	default:
		rc = dev_queue_xmit(skb);
		return net_xmit_eval(rc);
	}
}

static int bench_capture(struct bench_run *run)
{
	struct bench_tap tap = {
		.type = {
			.type = htons(ETH_P_ALL),
			.dev = run->sink,
			.func = bench_tap_func,
		},
	};
	struct sk_buff *skb = bench_copy(run);
	int turns;

	if (!skb)
		return -ENOMEM;
	dev_add_pack(&tap.type);
	local_bh_disable();
	bench_send(run, skb);
	local_bh_enable();
	for (turns = 0; !READ_ONCE(tap.skb) && turns < BENCH_PATIENCE; turns++)
		yield();
	dev_remove_pack(&tap.type);
	if (!tap.skb)
		return -EIO;

	kfree_skb(bench_kept);
	bench_kept = tap.skb;
	scnprintf(bench_result, sizeof(bench_result),
		  "{\"captured\": %u}", bench_kept->len);
	return 0;
}

/* ---- measuring ---- */

static u64 bench_now(const struct bench_request *req)
{
	return req->cycles ? get_cycles() : ktime_get_ns();
}

static u64 bench_seen(struct net_device *sink, u64 *bytes)
{
	struct rtnl_link_stats64 stats;

	dev_get_stats(sink, &stats);
	*bytes = stats.tx_bytes;
	return stats.tx_packets;
}

/*
 * Until the sink has all; at once, but for devices with workers.  A timer would
 * be far too coarse to wait for these, hence yield().
 */
static void bench_drain(struct net_device *sink, u64 expected)
{
	int turns;
	u64 bytes;

	for (turns = 0; turns < BENCH_PATIENCE; turns++) {
		if (bench_seen(sink, &bytes) >= expected)
			break;
		yield();
	}
}

static int bench_one_batch(struct bench_run *run, u64 *took)
{
	u64 expected, bytes0, bytes, seen, start;
	int i, err = 0;

	seen = bench_seen(run->sink, &bytes0);
	expected = seen + (u64)BENCH_BATCH * run->req->segments;

	start = bench_now(run->req);
	/* as a driver's poll function does, and the IP stack */
	local_bh_disable();
	for (i = 0; i < BENCH_BATCH; i++) {
		struct sk_buff *skb = bench_copy(run);

		if (unlikely(!skb)) {
			err = -ENOMEM;
			break;
		}
		err |= bench_send(run, skb);
	}
	local_bh_enable();
	*took = bench_now(run->req) - start;

	if (!err && bench_seen(run->sink, &bytes) < expected) {
		bench_drain(run->sink, expected);
		*took = bench_now(run->req) - start;
	}
	run->arrived = bench_seen(run->sink, &bytes) - seen;
	run->bytes = bytes - bytes0;
	/* a keep-alive of somebody else may be among them, but none is missing */
	if (err || run->arrived < expected - seen)
		return -EIO;
	return 0;
}

static int bench_compare(const void *a, const void *b)
{
	u64 x = *(const u64 *)a, y = *(const u64 *)b;

	return x < y ? -1 : x > y;
}

static int bench_measure(struct bench_run *run)
{
	u32 i, n = run->req->batches;
	int err;

	for (i = 0; i < n + BENCH_WARM; i++) {
		u64 took;

		run->batch = i < BENCH_WARM ? 0 : i - BENCH_WARM;
		err = bench_one_batch(run, &took);
		if (err)
			return err;
		if (i >= BENCH_WARM)
			run->times[i - BENCH_WARM] = took;
		cond_resched();
	}
	if (run->req->fresh) {
		memcpy(bench_times, run->times, n * sizeof(*bench_times));
		bench_n_times = n;
	}
	sort(run->times, n, sizeof(*run->times), bench_compare, NULL);
	return 0;
}

/* hundredths of a unit per packet */
static u64 bench_per_packet(u64 took)
{
	return div_u64(took * 100, BENCH_BATCH);
}

static int bench_print(char *buf, size_t size, const char *name, u64 took)
{
	u64 hundredths = bench_per_packet(took);

	return scnprintf(buf, size, "\"%s\": %llu.%02llu, ", name,
			 hundredths / 100, hundredths % 100);
}

static void bench_report(const struct bench_run *run)
{
	size_t size = sizeof(bench_result);
	u32 n = run->req->batches;
	int len;

	len = scnprintf(bench_result, size, "{");
	len += bench_print(bench_result + len, size - len, "min",
			   run->times[0]);
	len += bench_print(bench_result + len, size - len, "p10",
			   run->times[n / 10]);
	len += bench_print(bench_result + len, size - len, "median",
			   run->times[n / 2]);
	scnprintf(bench_result + len, size - len,
		  "\"packets\": %u, \"wire\": %llu}", n * BENCH_BATCH,
		  run->arrived ? div_u64(run->bytes, run->arrived) :
				 (u64)run->template->len);
}

static int bench_template(struct bench_run *run)
{
	if (run->req->op == BENCH_REPLAY) {
		if (!bench_kept)
			return -ENODATA;
		run->ip_offset = -1;
		run->template = skb_get(bench_kept);
		return 0;
	}
	run->template = bench_generate(run);
	return run->template ? 0 : -ENOMEM;
}

static int bench_run_on(struct bench_run *run)
{
	int err;

	err = bench_template(run);
	if (err)
		return err;
	if (run->req->capture) {
		err = bench_capture(run);
	} else {
		err = bench_measure(run);
		if (!err)
			bench_report(run);
		else
			scnprintf(bench_result, sizeof(bench_result),
				  "{\"error\": \"%llu of %u packets came\"}",
				  run->arrived,
				  BENCH_BATCH * run->req->segments);
	}
	kfree_skb(run->template);
	return err;
}

static int bench_execute(const struct bench_request *req)
{
	struct net *net = current->nsproxy->net_ns;
	struct bench_run run = { .req = req };
	int err = -ENODEV;

	if (req->fresh && !bench_n_headers)
		return -ENODATA;
	run.times = kvmalloc_array(req->batches, sizeof(*run.times),
				   GFP_KERNEL);
	if (!run.times)
		return -ENOMEM;
	run.dev = dev_get_by_name(net, req->dev);
	run.sink = dev_get_by_name(net, req->sink);
	if (run.dev && run.sink)
		err = bench_run_on(&run);
	dev_put(run.sink);
	dev_put(run.dev);
	kvfree(run.times);
	return err;
}

/* ---- requests ---- */

static int bench_parse_number(struct bench_request *req, const char *key,
			      const char *value)
{
	static const struct {
		const char *key;
		size_t offset;
	} numbers[] = {
		{ "spread", offsetof(struct bench_request, spread) },
		{ "step", offsetof(struct bench_request, step) },
		{ "flows", offsetof(struct bench_request, flows) },
		{ "random", offsetof(struct bench_request, random) },
		{ "len", offsetof(struct bench_request, len) },
		{ "gso", offsetof(struct bench_request, gso) },
		{ "segments", offsetof(struct bench_request, segments) },
		{ "batches", offsetof(struct bench_request, batches) },
		{ "capture", offsetof(struct bench_request, capture) },
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(numbers); i++) {
		if (!strcmp(key, numbers[i].key))
			return kstrtou32(value, 0,
					 (void *)req + numbers[i].offset);
	}
	return -EINVAL;
}

static int bench_parse_word(struct bench_request *req, const char *key,
			    const char *value)
{
	if (!strcmp(key, "op")) {
		req->op = match_string(bench_ops, ARRAY_SIZE(bench_ops), value);
		return req->op < 0 ? req->op : 0;
	}
	if (!strcmp(key, "fresh")) {
		req->fresh = match_string(bench_freshes,
					  ARRAY_SIZE(bench_freshes), value);
		return req->fresh < 0 ? req->fresh : 0;
	}
	if (!strcmp(key, "dev"))
		return strscpy(req->dev, value, IFNAMSIZ) < 0 ? -EINVAL : 0;
	if (!strcmp(key, "sink"))
		return strscpy(req->sink, value, IFNAMSIZ) < 0 ? -EINVAL : 0;
	if (!strcmp(key, "src"))
		return in4_pton(value, -1, (u8 *)&req->src, -1, NULL) ? 0 :
									-EINVAL;
	if (!strcmp(key, "dst"))
		return in4_pton(value, -1, (u8 *)&req->dst, -1, NULL) ? 0 :
									-EINVAL;
	if (!strcmp(key, "mac")) {
		req->ethernet = true;
		return mac_pton(value, req->mac) ? 0 : -EINVAL;
	}
	if (!strcmp(key, "clock")) {
		req->cycles = !strcmp(value, "cycles");
		return 0;
	}
	return bench_parse_number(req, key, value);
}

static int bench_parse(struct bench_request *req, char *text)
{
	char *word;
	int err;

	while ((word = strsep(&text, "\n "))) {
		char *value = word;

		if (!*word)
			continue;
		strsep(&value, "=");
		if (!value)
			return -EINVAL;
		err = bench_parse_word(req, word, value);
		if (err)
			return err;
	}
	if (req->len < sizeof(struct iphdr) + sizeof(struct tcphdr) ||
	    req->len > (req->gso ? IP_MAX_MTU : PAGE_SIZE) ||
	    !req->batches ||
	    req->batches > (req->fresh ? BENCH_MAX_HEADERS :
					 BENCH_MAX_BATCHES))
		return -ERANGE;
	if ((req->flows || req->fresh) &&
	    (req->gso || req->op == BENCH_REPLAY))
		return -EINVAL;
	/* some processors have no such counter */
	if (req->cycles && !get_cycles())
		return -EOPNOTSUPP;
	return 0;
}

static ssize_t bench_write(struct file *file, const char __user *data,
			   size_t size, loff_t *pos)
{
	struct bench_request req = {
		.len = 64, .segments = 1, .batches = 100, .step = 1,
		.src = htonl(0x0a010002), .dst = htonl(0x0a020002),
	};
	char *text;
	int err;

	if (size > PAGE_SIZE)
		return -E2BIG;
	text = memdup_user_nul(data, size);
	if (IS_ERR(text))
		return PTR_ERR(text);
	mutex_lock(&bench_lock);
	bench_result[0] = 0;
	err = bench_parse(&req, text);
	if (!err)
		err = bench_execute(&req);
	mutex_unlock(&bench_lock);
	kfree(text);
	return err ?: size;
}

static ssize_t bench_read(struct file *file, char __user *data, size_t size,
			  loff_t *pos)
{
	return simple_read_from_buffer(data, size, pos, bench_result,
				       strlen(bench_result));
}

static const struct file_operations bench_fops = {
	.owner = THIS_MODULE,
	.write = bench_write,
	.read = bench_read,
};

/* A frame that was made elsewhere, as a card brings it. */
static ssize_t bench_packet_write(struct file *file, const char __user *data,
				  size_t size, loff_t *pos)
{
	struct sk_buff *skb;

	if (size < ETH_HLEN || size > PAGE_SIZE)
		return -EINVAL;
	skb = alloc_skb(BENCH_HEADROOM + size, GFP_KERNEL);
	if (!skb)
		return -ENOMEM;
	skb_reserve(skb, BENCH_HEADROOM);
	if (copy_from_user(skb_put(skb, size), data, size)) {
		kfree_skb(skb);
		return -EFAULT;
	}
	skb->ip_summed = CHECKSUM_UNNECESSARY;
	mutex_lock(&bench_lock);
	kfree_skb(bench_kept);
	bench_kept = skb;
	mutex_unlock(&bench_lock);
	return size;
}

static const struct file_operations bench_packet_fops = {
	.owner = THIS_MODULE,
	.write = bench_packet_write,
};

static ssize_t bench_headers_write(struct file *file, const char __user *data,
				   size_t size, loff_t *pos)
{
	u32 n = size / sizeof(*bench_headers);
	struct bench_header *headers;

	if (!n || n > BENCH_MAX_HEADERS || size % sizeof(*headers))
		return -EINVAL;
	headers = memdup_user(data, size);
	if (IS_ERR(headers))
		return PTR_ERR(headers);
	mutex_lock(&bench_lock);
	swap(headers, bench_headers);
	bench_n_headers = n;
	mutex_unlock(&bench_lock);
	kfree(headers);
	return size;
}

static const struct file_operations bench_headers_fops = {
	.owner = THIS_MODULE,
	.write = bench_headers_write,
};

static ssize_t bench_times_read(struct file *file, char __user *data,
				size_t size, loff_t *pos)
{
	ssize_t n;

	mutex_lock(&bench_lock);
	n = simple_read_from_buffer(data, size, pos, bench_times,
				    bench_n_times * sizeof(*bench_times));
	mutex_unlock(&bench_lock);
	return n;
}

static const struct file_operations bench_times_fops = {
	.owner = THIS_MODULE,
	.read = bench_times_read,
};

static int __init bench_init(void)
{
	bench_times = kvcalloc(BENCH_MAX_HEADERS, sizeof(*bench_times),
			       GFP_KERNEL);
	if (!bench_times)
		return -ENOMEM;
	bench_page = alloc_page(GFP_KERNEL | __GFP_ZERO);
	if (!bench_page) {
		kvfree(bench_times);
		return -ENOMEM;
	}
	bench_dir = debugfs_create_dir("sdwan_bench", NULL);
	debugfs_create_file("run", 0600, bench_dir, NULL, &bench_fops);
	debugfs_create_file("packet", 0200, bench_dir, NULL, &bench_packet_fops);
	debugfs_create_file("headers", 0200, bench_dir, NULL,
			    &bench_headers_fops);
	debugfs_create_file("times", 0400, bench_dir, NULL, &bench_times_fops);
	return 0;
}

static void __exit bench_exit(void)
{
	debugfs_remove_recursive(bench_dir);
	kfree_skb(bench_kept);
	kfree(bench_headers);
	kvfree(bench_times);
	put_page(bench_page);
}

module_init(bench_init);
module_exit(bench_exit);
MODULE_DESCRIPTION("Packet generator for the benchmarks of sdwan");
MODULE_LICENSE("GPL");
