#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Two sites exchange traffic: IPv4 and IPv6 over IPv4 and IPv6 WANs.
# Kernels: all
# Check: 6.12 6.1
# Timeout: 400

set -u
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/helpers.sh"

# Hosts and edges reach each other with both inner families; TCP and UDP
# arrive complete; what is on the WANs are outer packets, as many and as long
# as the counters say.
all_traffic()
{
	export FAMILY=$1
	local kib=512

	topo_two_sites 2
	overlay_two_sites 100 "$FAMILY"
	wan_wire
	wan_capture
	check ns h1 ping -c 3 -i 0.2 -W 5 10.2.0.2
	check ns h1 ping -c 3 -i 0.2 -W 5 fd02::2
	check ns h2 ping -c 2 -i 0.2 -W 5 10.1.0.2
	check ns e1 ping -c 2 -i 0.2 -W 5 100.64.0.2
	check ns e1 ping -c 2 -i 0.2 -W 5 fd64::2
	check ns e2 ping -c 1 -W 5 100.64.0.1
	tcp_copy h1 h2 10.2.0.2 "$kib"
	tcp_copy h2 h1 fd01::2 "$kib"
	udp_all h1 h2 10.2.0.2 200 -s 1000
	udp_all h2 h1 fd01::2 150 -s 900
	wan_capture_check
	equal "$(jq '.packets | length' "$CASE_TMP/wan1.report")" 0 \
		"sources of packets on the WAN that is not preferred"
	equal "$(jq -c .vnis "$CASE_TMP/wan0.report")" '[100]' VNIs
	equal "$(all_drops e1)$(all_drops e2)" "" drops
}

test_over_ipv4() { all_traffic 4; }
test_over_ipv6() { all_traffic 6; }

# Ten packets of known size: the counters of path and device to the byte
exact_counters()
{
	local family=$1 outer

	topo_two_sites 1
	overlay_two_sites 100 "$family"
	# everything that settles by itself has done so
	check ns h1 ping -c 1 -W 5 10.2.0.2
	check ns h1 ping -c 1 -W 5 fd02::2
	outer=$(overhead "$family")

	counters_before
	check ns h1 ping -c 10 -i 0.1 -W 5 -s 100 10.2.0.2
	counters_after 10 128 "$outer"
	counters_before
	check ns h1 ping -c 10 -i 0.1 -W 5 -s 100 fd02::2
	counters_after 10 148 "$outer"
}

# counters FILE: "NS WHERE DIRECTION PACKETS BYTES" of both edges
counters()
{
	local n

	for n in e1 e2; do
		ns $n sdwanctl -j -s path show | jq -r --arg n $n '.[0] |
			"\($n) path tx \(.tx_packets) \(.tx_bytes)",
			"\($n) path rx \(.rx_packets) \(.rx_bytes)"'
		ip -n $n -j -s link show dev sdwan0 | jq -r --arg n $n \
			'.[0].stats64 |
			"\($n) link tx \(.tx.packets) \(.tx.bytes)",
			"\($n) link rx \(.rx.packets) \(.rx.bytes)"'
	done > "$1"
}

counters_before() { counters "$CASE_TMP/before"; }

# counters_after PACKETS INNER-BYTES OVERHEAD
counters_after()
{
	local n where dir packets bytes packets0 bytes0 want _

	counters "$CASE_TMP/after"
	while read -r n where dir packets bytes _ _ _ packets0 bytes0; do
		want=$2
		[ "$where" = link ] || want=$(($2 + $3))
		equal $((packets - packets0)) "$1" "$dir packets of $n's $where"
		equal $((bytes - bytes0)) $(($1 * want)) \
			"$dir bytes of $n's $where"
	done < <(paste -d' ' "$CASE_TMP/after" "$CASE_TMP/before")
}

test_counters_over_ipv4() { exact_counters 4; }
test_counters_over_ipv6() { exact_counters 6; }

# GSO packets travel whole where every device takes them, and are counted by
# their segments
test_gso_whole()
{
	local packets bytes

	topo_two_sites 1
	overlay_two_sites
	capture_start e1 wan0 wan0 -s 128 'udp dst port 6081 and src 192.168.10.1'
	tcp_copy h1 h2 10.2.0.2 2048
	capture_stop wan0
	bytes=$(tshark_longest)
	[ "$bytes" -gt 4000 ] || fail "no packet longer than $bytes left"
	packets=$(path_get e1 edge2:u0 tx_packets)
	bytes=$(path_get e1 edge2:u0 tx_bytes)
	# 2 MiB in segments of at most 1464 bytes and their headers
	between "$packets" 1450 2200 "segments counted"
	between "$bytes" 2097152 2500000 "bytes counted"
	# the device counts what it was given, as all tunnel devices do
	between "$(link_stat e1 sdwan0 tx packets)" 20 "$packets" \
		"packets of the device"
}

# the longest captured IP packet; the headers do
tshark_longest()
{
	tcpdump -n -v -r "$(capture_file wan0)" 2>/dev/null |
		sed -n 's/.*proto UDP (17), length \([0-9]*\)).*/\1/p' |
		sort -n | tail -n 1
}

# Everything segments in software, or nobody but the far host
gso_off()
{
	local s what

	topo_two_sites 1
	overlay_two_sites 100 "$1"
	for what in "sdwan0" "lan0"; do
		for s in 1 2; do
			check ns e$s ethtool -K $what tso off gso off
		done
		tcp_copy h1 h2 10.2.0.2 512
		tcp_copy h2 h1 fd01::2 512
	done
	for s in 1 2; do
		check ns h$s ethtool -K eth0 tso off gso off gro off
	done
	tcp_copy h1 h2 10.2.0.2 512
	tcp_copy h2 h1 fd01::2 512
	equal "$(all_drops e1)$(all_drops e2)" "" drops
}

test_gso_off_over_ipv4() { gso_off 4; }
test_gso_off_over_ipv6() { gso_off 6; }

# GRO puts segments of the tunnel together again
test_gro()
{
	topo_two_sites 1
	overlay_two_sites
	wan_wire
	check ns e2 ethtool -K wan0 gro on
	check ns e2 ethtool -K sdwan0 gro on
	capture_start e2 sdwan0 in -s 100 'tcp and dst host 10.2.0.2'
	tcp_copy h1 h2 10.2.0.2 4096
	capture_stop in
	between "$(capture_count in greater 3000)" 1 100000 \
		"packets put together"
	# and the counters still count what was on the wire
	equal "$(path_get e2 edge1:u0 rx_packets)" \
		"$(path_get e1 edge2:u0 tx_packets)" "segments received"
	equal "$(path_get e2 edge1:u0 rx_bytes)" \
		"$(path_get e1 edge2:u0 tx_bytes)" "bytes received"
	tcp_copy h1 h2 fd02::2 1024
	udp_all h1 h2 10.2.0.2 200 -s 1000
}

# Flows differ in their outer source port; a flow keeps its own
test_flow_entropy()
{
	local i n

	topo_two_sites 1
	overlay_two_sites
	capture_start e1 wan0 wan0 'udp dst port 6081 and src 192.168.10.1'
	for i in 1 2 3 4 5 6 7 8; do
		udp_all h1 h2 10.2.0.2 5 -S $((6000 + i))
	done
	capture_stop wan0
	n=$(tcpdump -n -t -r "$(capture_file wan0)" 2>/dev/null |
		awk '{ split($2, a, "."); print a[5] }' | sort -u |
		tee "$CASE_TMP/ports" | wc -l)
	# eight flows, one port each at most, hardly all the same
	between "$n" 4 8 "source ports of eight flows"
	while read -r n; do
		between "$n" 1024 65535 "source port"
	done < "$CASE_TMP/ports"
}

# Two segments share the paths, and are kept apart
test_two_segments()
{
	local s o

	topo_two_sites 1
	overlay_two_sites
	for s in 1 2; do
		o=$((3 - s))
		check ip -n e$s link add blue type sdwan vni 16777215
		check ip -n e$s addr add 172.16.$s.1/32 dev blue
		check ip -n e$s link set blue up
		check ns e$s sdwanctl prefix add 172.16.$o.0/24 \
			vni 16777215 site $o
		check ip -n e$s route add 172.16.$o.0/24 dev blue \
			src 172.16.$s.1
	done
	check ns e1 ping -c 2 -i 0.2 -W 5 172.16.2.1
	check ns h1 ping -c 2 -i 0.2 -W 5 10.2.0.2
	equal "$(link_stat e2 blue rx packets)" 2 "packets in the blue segment"
	# the address of one segment is none of the other
	refuse ns e1 ping -c 1 -W 1 -I sdwan0 172.16.2.1
	equal "$(drops e1 tx_drop_no_site)" 1 "packets without a site"
}

run_tests test_over_ipv4 test_over_ipv6 test_counters_over_ipv4 \
	test_counters_over_ipv6 test_gso_whole test_gso_off_over_ipv4 \
	test_gso_off_over_ipv6 test_gro test_flow_entropy test_two_segments
