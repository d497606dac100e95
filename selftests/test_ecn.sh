#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The traffic class goes with the packet: DSCP copied, ECN by RFC 6040.
# Kernels: all um
# Check: um
# Timeout: 300

set -u
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/helpers.sh"

# toses: traffic classes of the outer packets of e1 in the capture
toses()
{
	capture_stop wan0
	/usr/bin/python3 "$SELFTESTS/pcapcheck.py" --no-checksums \
		"$(capture_file wan0)" | jq -c '.tos | keys | map(tonumber) | sort'
}

dscp()
{
	local q

	topo_two_sites 1
	overlay_two_sites 100 "$1"
	check ns h1 ping -c 1 -W 5 10.2.0.2
	# EF, AF41 with ECT(0), with ECT(1), with CE
	for q in 184 138 137 139; do
		capture_start e1 wan0 wan0 udp and src "$(wan_addr 1 0 "$1")"
		check ns h1 ping -c 2 -i 0.2 -W 5 -Q $q 10.2.0.2
		equal "$(toses)" "[$q]" "outer traffic class of inner IPv4 $q"
		capture_start e1 wan0 wan0 udp and src "$(wan_addr 1 0 "$1")"
		check ns h1 ping -c 2 -i 0.2 -W 5 -Q $q fd02::2
		equal "$(toses)" "[$q]" "outer traffic class of inner IPv6 $q"
	done
}

test_dscp_over_ipv4() { dscp 4; }
test_dscp_over_ipv6() { dscp 6; }

# mark FAMILY BITS: routers of the WAN set the ECN field of what passes
mark()
{
	if [ "$1" = 4 ]; then
		check ns w0 tc filter add dev east egress protocol ip u32 \
			match ip protocol 17 0xff action pedit ex munge \
			ip tos set "$2" retain 3 pipe csum ip
	else
		check ns w0 tc filter add dev east egress protocol ipv6 u32 \
			match ip6 protocol 17 0xff action pedit ex munge \
			ip6 traffic_class set "$2" retain 3
	fi
}

# inner_tos: what came to h2
inner_tos()
{
	capture_stop h2
	tcpdump -n -v -r "$(capture_file h2)" 2>/dev/null |
		sed -n 's/.*(tos 0x\([0-9a-f]*\).*/\1/p; s/.*class 0x\([0-9a-f]*\).*/\1/p' | sed 's/^0//' |
		sort -u | tr '\n' ' ' | sed 's/ $//'
}

# RFC 6040 on the way out of the tunnel: CE outside makes CE inside where the
# inner packet says it can (ECT), and a drop where it does not
congestion()
{
	local family=$1 before

	topo_two_sites 1
	overlay_two_sites 100 "$family"
	check ns h1 ping -c 1 -W 5 10.2.0.2
	check ns h1 ping -c 1 -W 5 fd02::2
	check ns w0 tc qdisc add dev east clsact
	mark "$family" 3

	capture_start h2 eth0 h2 'icmp[0] == 8'
	check ns h1 ping -c 2 -i 0.2 -W 5 -Q 2 10.2.0.2
	equal "$(inner_tos)" 3 "ECT(0) and CE outside, IPv4"
	capture_start h2 eth0 h2 'icmp6 and ip6[40] == 128'
	check ns h1 ping -c 2 -i 0.2 -W 5 -Q 2 fd02::2
	equal "$(inner_tos)" 3 "ECT(0) and CE outside, IPv6"
	capture_start h2 eth0 h2 'icmp[0] == 8'
	check ns h1 ping -c 2 -i 0.2 -W 5 -Q 1 10.2.0.2
	equal "$(inner_tos)" 3 "ECT(1) and CE outside, IPv4"

	before=$(drops e2 rx_drop_ecn)
	refuse ns h1 ping -c 3 -i 0.2 -W 1 10.2.0.2
	equal $(($(drops e2 rx_drop_ecn) - before)) 3 "drops for ECN"
	refuse ns h1 ping -c 2 -i 0.2 -W 1 fd02::2
	equal $(($(drops e2 rx_drop_ecn) - before)) 5 "drops for ECN"
}

test_ce_over_ipv4() { congestion 4; }
test_ce_over_ipv6() { congestion 6; }

# The time to live of the inner packet is lowered by the two routers that
# forward it, not by the WAN
test_ttl()
{
	topo_two_sites 1
	overlay_two_sites
	check ns h1 ping -c 1 -W 5 -t 3 10.2.0.2
	refuse ns h1 ping -c 1 -W 2 -t 2 10.2.0.2
	matches "$OUT" "From 100.64.0.2|From 10.2.0.1" "who says that it is over"
	refuse ns h1 ping -c 1 -W 2 -t 1 10.2.0.2
	matches "$OUT" "From 10.1.0.1" "who says that it is over"
}

run_tests test_dscp_over_ipv4 test_dscp_over_ipv6 test_ce_over_ipv4 \
	test_ce_over_ipv6 test_ttl
