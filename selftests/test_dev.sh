#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Paths of encapsulation dev: WireGuard, IPsec and ipip below a segment.
# Kernels: all um um-debug
# Check: um
# Timeout: 300

set -u
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/helpers.sh"
. "$(dirname "$0")/dev.sh"

test_wireguard() { carries wireguard 1420; }

# Its policies are kept to, though another device receives the packets
test_xfrm()
{
	carries xfrm 1400
	check ip -n e1 xfrm policy del src 0.0.0.0/0 dst 0.0.0.0/0 dir in \
		if_id 42
	refuse ns h2 ping -c 2 -i 0.2 -W 1 10.1.0.2
	equal "$(drops e1 rx_drop_policy)" 2 "drops for their policy"
	check ns h2 ping -c 1 -W 5 fd01::2
}

# more than the segment's own 1444
test_ipip()
{
	edges ipip
	equal "$(path_get e1 edge2:t0 mtu)" 1480 "MTU of the path"
	works ipip
	equal "$(all_drops e1)$(all_drops e2)" "" drops
}

# What the path carries is one segment, both ways
test_one_segment()
{
	local s n

	edges ipip
	for s in 1 2; do
		batch e$s <<-END
			link add sdwan1 type sdwan vni 200
			addr add 100.65.0.$s/24 dev sdwan1
			link set sdwan1 up
		END
		check ns e$s sdwanctl peer set edge$((3 - s)) \
			overlay 100.64.0.$((3 - s)) vni 100 \
			overlay fd64::$((3 - s)) vni 100 \
			overlay 100.65.0.$((3 - s)) vni 200
	done
	n=$(path_get e1 edge2:t0 tx_packets)
	refuse ns e1 ping -c 2 -i 0.2 -W 1 100.65.0.2
	equal "$(drops e1 tx_drop_no_path sdwan1)" 2 "drops of the other segment"
	equal "$(path_get e1 edge2:t0 tx_packets)" "$n" "packets of the path"
	# the other one has a path of its own
	for s in 1 2; do
		check ns e$s sdwanctl path add peer edge$((3 - s)) underlay u0 \
			remote "$(wan_addr $((3 - s)) 0)" preference 200
	done
	check ns e1 ping -c 2 -i 0.2 -W 5 100.65.0.2
	equal "$(path_get e1 edge2:t0 tx_packets)" "$n" "packets of the path"
	check ns h1 ping -c 1 -W 5 10.2.0.2
	equal "$(path_get e1 edge2:t0 tx_packets)" $((n + 1)) "packets of the path"
	# the segment goes: nobody has what comes
	ip -n e2 link set sdwan0 down
	refuse ns h1 ping -c 2 -i 0.2 -W 1 10.2.0.2
	equal "$(drops e2 rx_drop_segment_down)" 2 "drops, segment down"
	ip -n e2 link del sdwan0
	refuse ns h1 ping -c 2 -i 0.2 -W 1 10.2.0.2
	equal "$(drops e2 rx_drop_no_segment)" 2 "drops without a segment"
}

test_source_check()
{
	edges ipip
	ip -n h2 addr add 10.66.0.1/32 dev lo
	ip -n e2 route add 10.66.0.1/32 via 10.2.0.2
	refuse ns h2 ping -c 2 -i 0.2 -W 1 -I 10.66.0.1 10.1.0.2
	equal "$(drops e1 rx_drop_source)" 2 "drops for their source"
	check ns e1 sdwanctl path set edge2:t0 down
	refuse ns h2 ping -c 2 -i 0.2 -W 1 10.1.0.2
	equal "$(drops e1 rx_drop_path_down)" 2 "drops, path down"
}

test_refused()
{
	local before add="path add x peer edge2"

	edges ipip
	check ip -n e1 link add dum0 type dummy
	check ip -n e1 link add br0 type bridge
	check ip -n e1 link add mem0 master br0 type dummy
	check ip -n e1 link add tun1 type ipip local 192.168.10.1 \
		remote 192.168.20.9
	check ns e1 sdwanctl underlay add d0 dev dum0
	check ns e1 sdwanctl underlay add m0 dev mem0
	check ns e1 sdwanctl underlay add t1 dev tun1
	before=$(ns e1 sdwanctl save)
	# shellcheck disable=SC2086
	while read -r args; do
		refuse ns e1 sdwanctl $args
		[ ${#OUT} -gt 30 ] || fail "no reason: $OUT"
		log "$args: $OUT"
	done <<-END
		$add underlay t0 vni 100
		$add underlay t0 vni 200
		$add underlay t0 encap geneve remote 192.168.20.1
		$add underlay t1 encap dev vni 100 remote 192.168.20.1
		$add underlay t1 encap dev
		$add underlay t1 encap dev vni 100 ttl 5
		$add underlay t1 encap dev vni 100 dscp ef
		$add underlay t1 encap dev vni 100 df clear
		$add underlay t1 encap dev vni 100 fwmark 1
		$add underlay t1 encap dev vni 100 csum on
		$add underlay t1 encap dev vni 100 dstport 4000
		$add underlay t1 vni 100 remote 192.168.20.1
		$add underlay d0 encap dev vni 100
		$add underlay m0 encap dev vni 100
		path set edge2:t0 vni 200
		path set edge2:t0 remote 192.168.20.1
		underlay add y dev dum0 encap dev
		underlay add y dev mem0 encap dev
		underlay add y dev tun1 encap dev port 4000
		underlay add y dev lo encap dev
		underlay add y dev sdwan0 encap dev
	END
	equal "$(ns e1 sdwanctl save)" "$before" "what there is"
	check ns h1 ping -c 1 -W 5 10.2.0.2
	# the other way round: outer packets are there first
	check ns e1 sdwanctl path add y peer edge2 underlay t1 \
		remote 172.30.0.1
	refuse ns e1 sdwanctl $add underlay t1 encap dev vni 100
	check ns e1 sdwanctl path del y
	check ns e1 sdwanctl $add underlay t1 encap dev vni 100
}

# The device goes under traffic, and comes back
test_device_deleted()
{
	edges ipip
	stream_start s h1 h2 10.2.0.2 4 2000
	ip -n e1 link del tun0
	wait_for 5 path_is e1 edge2:t0 down
	refuse ns h1 ping -c 1 -W 1 10.2.0.2
	equal "$(ns e1 sdwanctl -j path show edge2:t0 | jq -r '.[0].state_reason')" \
		no-device "why it is down"
	check ip -n e1 link add tun0 type ipip local 192.168.10.1 \
		remote 192.168.20.1
	check ip -n e1 link set tun0 up
	wait_for 5 path_is e1 edge2:t0 up
	check ns h1 ping -c 1 -W 5 10.2.0.2
	check ns h2 ping -c 1 -W 5 10.1.0.2
	ip -n e2 link del tun0
	stream_wait s
	check ns e2 sdwanctl underlay del t0
}

# Without a path, what comes is the host's again
test_given_back()
{
	local s

	edges ipip
	for s in 1 2; do
		ip -n e$s addr add 172.17.0.$s/24 dev tun0
	done
	refuse ns e1 ping -c 1 -W 1 172.17.0.2
	for s in 1 2; do
		check ns e$s sdwanctl path del "edge$((3 - s)):t0"
	done
	check ns e1 ping -c 2 -i 0.2 -W 5 172.17.0.2
	for s in 1 2; do
		check ns e$s sdwanctl path add peer edge$((3 - s)) \
			underlay t0 vni 100
	done
	check ns h1 ping -c 1 -W 5 10.2.0.2
	refuse ns e1 ping -c 1 -W 1 172.17.0.2
	# a path that is staged only does not take it either
	for s in 1 2; do
		check ns e$s sdwanctl underlay del t0
		check ns e$s sdwanctl underlay add t0 dev tun0 encap dev
	done
	check ns e1 ping -c 2 -i 0.2 -W 5 172.17.0.2
}

# The WAN below the tunnel is small: its device tells, or fragments
test_small_below()
{
	edges ipip
	wan_mtu 0 1400
	refuse ns h1 ping -c 1 -W 1 -M "do" -s 1416 10.2.0.2
	matches "$OUT" "mtu ?= ?1380"
	tcp_copy h1 h2 10.2.0.2 256
	tcp_copy h2 h1 10.1.0.2 256
	check ns h1 ping -c 1 -W 5 -M "dont" -s 1416 10.2.0.2
}

# WireGuard's packets may be fragmented
test_small_below_wireguard()
{
	edges wireguard
	wan_mtu 0 1400
	tcp_copy h1 h2 10.2.0.2 256
	tcp_copy h2 h1 fd01::2 256
}

run_tests test_wireguard test_xfrm test_ipip test_one_segment test_source_check \
	test_refused test_device_deleted test_given_back test_small_below \
	test_small_below_wireguard
