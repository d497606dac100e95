#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Every packet that leaves is one that Wireshark takes apart down to the inner
# one, and nothing of the inside is seen on a WAN outside of the encapsulation.
# Kernels: all um
# Check: um
# Timeout: 240

set -u
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/helpers.sh"

# decoded NAME FAMILY ENCAP: what tshark makes of a capture
decoded()
{
	local file ip=ip outer=udp:geneve

	case $3 in
	# it does not name the header of GPE among the protocols
	vxlan-gpe) outer="udp(:vxlan)?" ;;
	gre)	outer=gre ;;
	esac

	file=$(capture_file "$1")
	[ "$2" = 4 ] || ip=ipv6
	# checksums are computed, not believed
	tshark -n -r "$file" -o ip.check_checksum:TRUE \
		-o udp.check_checksum:TRUE -o tcp.check_checksum:TRUE \
		-T fields -e frame.number -e frame.protocols \
		-e _ws.malformed -e _ws.expert.message 2> "$CASE_TMP/tshark" \
		> "$CASE_TMP/decoded" || fail "$(cat "$CASE_TMP/tshark")"
	log "$(cut -f2 "$CASE_TMP/decoded" | sort | uniq -c | sort -rn |
		awk '{ printf "%s %s, ", $1, $2 }')"
	! grep -i malformed "$CASE_TMP/decoded" ||
		fail "a packet that Wireshark calls malformed"
	! grep -i 'bad checksum\|checksum.*incorrect' "$CASE_TMP/decoded" ||
		fail "a packet whose checksum Wireshark calls wrong"
	awk -F'\t' -v ip=$ip -v outer="$outer" '
		$2 ~ "^eth:ethertype:" ip ":" outer ":(ip|ipv6):(tcp|udp|icmp|icmpv6|data)" { good++; next }
		$2 ~ "^eth:ethertype:(arp|ipv6:(ipv6\\.hopopts:)?icmpv6)$" { next }
		{ print; bad++ }
		END { exit !(good > 50 && !bad) }' "$CASE_TMP/decoded" \
		> "$CASE_TMP/strange" ||
		fail "not taken apart: $(head -n 3 "$CASE_TMP/strange")"
}

wire()
{
	local i family encap=$1

	for family in 4 6; do
		topo_two_sites 2
		UNDERLAY_ARGS="encap $encap" overlay_two_sites 100 $family
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
		wan_capture_check --encap "$encap"
		for i in 0 1; do
			decoded "wan$i" $family "$encap"
		done
		cleanup_case
	done
}

test_tshark() { wire geneve; }
test_tshark_vxlan() { wire vxlan-gpe; }
test_tshark_gre() { wire gre; }

run_tests test_tshark test_tshark_vxlan test_tshark_gre
