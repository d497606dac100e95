#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A stock geneve device at the other end exchanges traffic with us.
# Kernels: all um
# Check: 6.12
# Timeout: 400

set -u
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/helpers.sh"

# stock FAMILY [OPTION...]: site 2 is no edge of ours, but a router with a
# geneve device
stock()
{
	local family=$1

	shift
	modprobe -q geneve
	topo_two_sites 1
	overlay_site 1 100 "$family"
	check ns e1 sdwanctl peer set edge2 stock
	check ip -n e2 link add gnv0 type geneve id 100 \
		remote "$(wan_addr 1 0 "$family")" innerprotoinherit "$@"
	ip -n e2 link set gnv0 mtu $((1500 - $(overhead "$family")))
	ip -n e2 addr add 100.64.0.2/24 dev gnv0
	ip -n e2 addr add fd64::2/64 dev gnv0 nodad
	check ip -n e2 link set gnv0 up
	check ip -n e2 route add 10.1.0.0/16 dev gnv0
	check ip -n e2 -6 route add fd01::/64 dev gnv0
}

both_ways()
{
	wan_capture
	check ns h1 ping -c 2 -i 0.2 -W 5 10.2.0.2
	check ns h1 ping -c 2 -i 0.2 -W 5 fd02::2
	check ns h2 ping -c 2 -i 0.2 -W 5 10.1.0.2
	check ns h2 ping -c 2 -i 0.2 -W 5 fd01::2
	check ns e1 ping -c 1 -W 5 100.64.0.2
	check ns e2 ping -c 1 -W 5 fd64::1
	udp_all h1 h2 10.2.0.2 200 -s 1000
	udp_all h2 h1 fd01::2 150 -s 1000
	tcp_copy h1 h2 10.2.0.2 512
	tcp_copy h2 h1 10.1.0.2 512
	tcp_copy h1 h2 fd02::2 512
	tcp_copy h2 h1 fd01::2 512
}

# First the way a user has it, GSO and all, then packets of the wire counted
interop()
{
	export FAMILY=$1

	stock "$@"
	tcp_copy h1 h2 10.2.0.2 2048
	tcp_copy h2 h1 10.1.0.2 2048
	tcp_copy h1 h2 fd02::2 1024
	tcp_copy h2 h1 fd01::2 1024
	equal "$(all_drops e1)" "" drops
	# counters begin anew with the path
	check ns e1 sdwanctl path del edge2:u0
	check ns e1 sdwanctl path add peer edge2 underlay u0 \
		remote "$(wan_addr 2 0 "$FAMILY")"
	wan_wire
	both_ways
	wan_capture_check
}

test_over_ipv4() { interop 4; }
test_over_ipv6() { interop 6; }
test_over_ipv4_with_checksum() { interop 4 udpcsum; }
test_over_ipv6_without_checksum() { interop 6 udp6zerocsumtx udp6zerocsumrx; }

# Our ICMP reaches their hosts, theirs ours
test_pmtu()
{
	stock 4
	wan_mtu 0 1400
	ip -n e2 link set gnv0 mtu 1364
	check ns h1 ping -c 1 -W 5 10.2.0.2
	refuse ns h1 ping -c 1 -W 2 -M "do" -s 1380 10.2.0.2
	matches "$OUT" "mtu ?= ?1364"
	refuse ns h1 ping -c 1 -W 2 -M "do" -s 1380 fd02::2
	matches "$OUT" "mtu ?[=:] ?1364"
	refuse ns h2 ping -c 1 -W 2 -M "do" -s 1380 10.1.0.2
	matches "$OUT" "mtu ?= ?1364"
	check ns h1 ping -c 1 -W 2 -M "do" -s $((1364 - 28)) 10.2.0.2
	check ns h2 ping -c 1 -W 2 -M "do" -s $((1364 - 28)) 10.1.0.2
	tcp_copy h1 h2 10.2.0.2 512
	tcp_copy h2 h1 fd01::2 512
}

# The traffic class, both ways
test_traffic_class()
{
	stock 4
	check ns h1 ping -c 1 -W 5 10.2.0.2
	capture_start h2 eth0 h2 'icmp[0] == 8'
	check ns h1 ping -c 2 -i 0.2 -W 5 -Q 184 10.2.0.2
	capture_stop h2
	equal "$(capture_count h2 'ip[1] == 184')" 2 "packets with their class"
}

# What the stock device sends from an address that is none of its site's is
# dropped, and another segment's number as well
test_checks()
{
	stock 4
	ip -n h2 addr add 10.66.0.1/32 dev lo
	ip -n e2 route add 10.66.0.1/32 via 10.2.0.2
	refuse ns h2 ping -c 2 -i 0.2 -W 1 -I 10.66.0.1 10.1.0.2
	equal "$(drops e1 rx_drop_source)" 2 "drops for their source"
	check ip -n e2 link add gnv1 type geneve id 101 \
		remote 192.168.10.1 innerprotoinherit
	ip -n e2 link set gnv1 up
	ip -n e2 route replace 10.1.0.0/16 dev gnv1 src 10.2.0.1
	refuse ns h2 ping -c 2 -i 0.2 -W 1 10.1.0.2
	equal "$(drops e1 rx_drop_no_segment)" 2 "drops for the segment"
	# Ethernet inside is not spoken in this segment
	ip -n e2 link del gnv0
	check ip -n e2 link add gnv2 type geneve id 100 remote 192.168.10.1
	ip -n e2 link set gnv2 up
	ip -n e2 neigh add 10.1.0.2 lladdr 02:00:00:00:00:01 dev gnv2
	ip -n e2 route replace 10.1.0.0/16 dev gnv2 src 10.2.0.1
	refuse ns h2 ping -c 2 -i 0.2 -W 1 10.1.0.2
	between "$(drops e1 rx_drop_protocol)" 2 20 "drops for the protocol"
}

run_tests test_over_ipv4 test_over_ipv6 test_over_ipv4_with_checksum \
	test_over_ipv6_without_checksum test_pmtu test_traffic_class \
	test_checks
