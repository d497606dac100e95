/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: which rule matches a packet first
 *
 * Rules are entered and taken out one by one, by a writer who holds
 * sdwan_net.lock. What readers see changes by generations: a rule is visible
 * from one generation on and up to another, and a reader looks at one
 * generation throughout. So any number of rules come and go in one instant.
 */
#ifndef _SDWAN_CLASSIFIER_H
#define _SDWAN_CLASSIFIER_H

#include <linux/bits.h>
#include <linux/if.h>
#include <linux/in6.h>
#include <linux/list.h>
#include <linux/rbtree.h>
#include <linux/rcupdate.h>
#include <linux/sdwan.h>

struct bpf_prog;
struct sk_buff;

/* In place of a DSCP in a match. */
#define SDWAN_DSCP_ANY	0xff

/**
 * struct sdwan_port_range - ports from @min to @max
 * @min: the first one, host byte order
 * @max: the last one
 *
 * The format of ports in attributes.
 */
struct sdwan_port_range {
	u16 min;
	u16 max;
};

/**
 * struct sdwan_ports - a set of ports
 * @n: ranges, 0 for any port or none
 * @range: ascending, without overlaps
 */
struct sdwan_ports {
	unsigned int n;
	struct sdwan_port_range range[SDWAN_PORTS_MAX];
};

/* Parts of a frame, those that a rule names or that a packet has. */
#define SDWAN_FRAME_VLAN	BIT(0)
#define SDWAN_FRAME_PCP		BIT(1)
#define SDWAN_FRAME_TYPE	BIT(2)
#define SDWAN_FRAME_SMAC	BIT(3)
#define SDWAN_FRAME_DMAC	BIT(4)
#define SDWAN_FRAME_MPLS	BIT(5)

/**
 * struct sdwan_frame - what is in front of a packet
 * @smac: source MAC address, as of ether_addr_to_u64()
 * @dmac: destination MAC address
 * @mpls: label of the outermost entry
 * @vlan: VLAN identifier of the outermost tag
 * @type: ethertype behind all tags, host byte order
 * @pcp: priority code point of the outermost tag
 * @has: which of these there are; the others are 0
 */
struct sdwan_frame {
	u64 smac;
	u64 dmac;
	u32 mpls;
	u16 vlan;
	u16 type;
	u8 pcp;
	u8 has;
};

/**
 * struct sdwan_match - what a rule matches
 * @from: source prefix, v4-mapped for IPv4, no bits past its length
 * @to: destination prefix
 * @from_plen: length as of IPv6; 0 for any source, of @family
 * @to_plen: likewise. A plen of 96 with a v4-mapped address is any IPv4
 * @vni: segment, 0 for any
 * @mark: firewall mark, no bits outside of @mark_mask
 * @mark_mask: which bits of the mark count, 0 for none
 * @proto: IP protocol, 0 for any
 * @dscp: or SDWAN_DSCP_ANY
 * @family: AF_INET or AF_INET6 where there is a prefix, 0 for any. An IPv6 prefix
 *	matches no v4-mapped address, short as it may be: ::/0 is a @from_plen of 0
 *	with AF_INET6.
 * @iif: name of the device it came in by, zero-padded; all zero for any
 * @frame: parts of a frame
 * @prog: BPF program that is asked last, NULL for none
 * @sport: source ports
 * @dport: destination ports
 */
struct sdwan_match {
	struct in6_addr from;
	struct in6_addr to;
	u8 from_plen;
	u8 to_plen;
	u8 proto;
	u8 dscp;
	u8 family;
	u32 vni;
	u32 mark;
	u32 mark_mask;
	char iif[IFNAMSIZ] __aligned(8);
	struct sdwan_frame frame;
	struct bpf_prog *prog;
	struct sdwan_ports sport;
	struct sdwan_ports dport;
};

/**
 * struct sdwan_headers - what rules see of a packet
 * @saddr: source address, v4-mapped for IPv4
 * @daddr: destination address
 * @vni: segment
 * @mark: firewall mark
 * @sport: source port, host byte order
 * @dport: destination port
 * @has_ports: @sport and @dport are known; never of fragments
 * @proto: IP protocol
 * @dscp: DSCP
 * @foreign: it is no IP packet of the device itself, but that of a VLAN, or none of
 *	IP: only rules that name parts of a frame decide
 * @other: it is no IP packet: addresses, ports, @proto and @dscp mean nothing
 * @iif: name of the device it came in by, zero-padded; all zero for none
 * @frame: what is in front of it, NULL where frames are not seen
 * @skb: the packet, for programs; NULL where there is none, so that they match
 *	nothing
 */
struct sdwan_headers {
	struct in6_addr saddr;
	struct in6_addr daddr;
	u32 vni;
	u32 mark;
	u16 sport;
	u16 dport;
	bool has_ports;
	u8 proto;
	u8 dscp;
	bool foreign;
	bool other;
	char iif[IFNAMSIZ] __aligned(8);
	const struct sdwan_frame *frame;
	struct sk_buff *skb;
};

struct sdwan_classifier;
struct sdwan_tuple;

struct sdwan_classifier_node;

/**
 * struct sdwan_classifier_link - where look-ups come across a rule
 * @hash: (R) in a bucket; the table in use says which of the two
 * @key: (c) hash of what is compared exactly
 * @pref: (c) preference of @node
 * @sport: (c) from the lowest to the highest source port
 * @dport: (c) likewise of destination ports
 * @node: (c) the rule
 *
 * All that is needed to pass over it lies together.
 */
struct sdwan_classifier_link {
	struct hlist_node hash[2];
	u32 key;
	u32 pref;
	struct sdwan_port_range sport;
	struct sdwan_port_range dport;
	struct sdwan_classifier_node *node;
};

/**
 * struct sdwan_classifier_node - a rule in a classifier
 * @link: (R) in the table of rules; the second is for a range of ports across
 *	the boundary between two blocks
 * @links: (c) how many of @link are used
 * @pref: (c) preference, lower first; less than U32_MAX
 * @match: (c) what it matches
 * @from: (R) first generation that sees it
 * @to: (R) first generation that sees it no more
 * @tuple: (L) where it is
 * @by_pref: (L) in its tuple
 * @prefix: (L) hashes of the two prefixes, one by one
 * @pair: (L) hash of both
 *
 * The owner sets @match and @pref, and frees it a grace period after
 * sdwan_classifier_remove().
 */
struct sdwan_classifier_node {
	struct sdwan_classifier_link link[2];
	u32 links;
	u32 pref;
	const struct sdwan_match *match;
	u64 from;
	u64 to;
	struct sdwan_tuple *tuple;
	struct rb_node by_pref;
	u32 prefix[2];
	u32 pair;
};

struct sdwan_classifier *sdwan_classifier_alloc(void);
void sdwan_classifier_free(struct sdwan_classifier *classifier);
unsigned int sdwan_classifier_tuples(const struct sdwan_classifier *classifier);
int sdwan_classifier_insert(struct sdwan_classifier *classifier,
			    struct sdwan_classifier_node *node);
void sdwan_classifier_remove(struct sdwan_classifier *classifier,
			     struct sdwan_classifier_node *node);
void sdwan_classifier_show(struct sdwan_classifier *classifier,
			   struct sdwan_classifier_node *node);
void sdwan_classifier_hide(struct sdwan_classifier *classifier,
			   struct sdwan_classifier_node *node);
void sdwan_classifier_switch(struct sdwan_classifier *classifier);
struct sdwan_classifier_node *
sdwan_classifier_lookup(const struct sdwan_classifier *classifier,
			const struct sdwan_headers *headers);
bool sdwan_match(const struct sdwan_match *match,
		 const struct sdwan_headers *headers);

#endif /* _SDWAN_CLASSIFIER_H */
