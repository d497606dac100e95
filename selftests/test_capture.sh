#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Every packet that leaves is one that Wireshark takes apart down to the inner
# one, and nothing of the inside is seen on a WAN outside of GENEVE.
# Kernels: all
# Check: 6.12
# Timeout: 240

set -u
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/helpers.sh"

# decoded NAME FAMILY: what tshark makes of a capture
decoded()
{
	local file ip=ip

	file=$(capture_file "$1")
	[ "$2" = 4 ] || ip=ipv6
	tshark -n -r "$file" -T fields -e frame.number -e frame.protocols \
		-e _ws.malformed -e _ws.expert.message 2> "$CASE_TMP/tshark" \
		> "$CASE_TMP/decoded" || fail "$(cat "$CASE_TMP/tshark")"
	log "$(cut -f2 "$CASE_TMP/decoded" | sort | uniq -c | sort -rn |
		awk '{ printf "%s %s, ", $1, $2 }')"
	! grep -i malformed "$CASE_TMP/decoded" ||
		fail "a packet that Wireshark calls malformed"
	awk -F'\t' -v ip=$ip '
		$2 ~ "^eth:ethertype:" ip ":udp:geneve:(ip|ipv6):(tcp|udp|icmp|icmpv6|data)" { good++; next }
		$2 ~ "^eth:ethertype:(arp|ipv6:(ipv6\\.hopopts:)?icmpv6)$" { next }
		{ print; bad++ }
		END { exit !(good > 50 && !bad) }' "$CASE_TMP/decoded" \
		> "$CASE_TMP/strange" ||
		fail "not taken apart: $(head -n 3 "$CASE_TMP/strange")"
}

test_tshark()
{
	local i family

	for family in 4 6; do
		topo_two_sites 2
		overlay_two_sites 100 $family
		wan_wire
		wan_capture
		check ns h1 ping -c 2 -i 0.2 -W 5 10.2.0.2
		check ns h1 ping -c 2 -i 0.2 -W 5 fd02::2
		check ns h1 ping -c 1 -W 5 -s 5000 10.2.0.2
		udp_all h1 h2 fd02::2 20
		tcp_copy h1 h2 10.2.0.2 64
		tcp_copy h2 h1 fd01::2 64
		# the second WAN as well
		check ns e1 sdwanctl path set edge2:u1 preference 1
		check ns e2 sdwanctl path set edge1:u1 preference 1
		check ns h1 ping -c 2 -i 0.2 -W 5 10.2.0.2
		tcp_copy h1 h2 fd02::2 64
		wan_capture_check
		for i in 0 1; do
			decoded "wan$i" $family
		done
		cleanup_case
	done
}

run_tests test_tshark
