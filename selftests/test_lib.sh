#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The test helpers themselves: the topology carries packets, carrier goes on
# one side only, captures are complete, streams are counted right.
# Kernels: all
# Check: 6.12
# Timeout: 120

. "$(dirname "$0")/lib.sh"

test_topology()
{
	local i

	topo_two_sites 3
	check ns "$h1" ping -c 1 -W 5 10.1.0.1
	check ns "$h1" ping -c 1 -W 5 fd01::1
	for i in 0 1 2; do
		check ns "$e1" ping -c 1 -W 5 "$(wan_addr 2 $i)"
		check ns "$e1" ping -c 1 -W 5 "$(wan_addr 2 $i 6)"
	done
	# No way between the sites without an overlay
	refuse ns "$h1" ping -c 1 -W 1 10.2.0.2
	refuse ns "$h1" ping -c 1 -W 1 fd02::2
}

carrier_is()
{
	[ "$(ns "$1" cat "/sys/class/net/$2/carrier" 2>/dev/null)" = "$3" ]
}

test_carrier()
{
	topo_two_sites 1
	wan_carrier 1 0 off
	wait_for 5 carrier_is e1 wan0 0
	carrier_is e2 wan0 1 || fail "the other side has no carrier either"
	refuse ns "$e1" ping -c 1 -W 1 "$(wan_addr 2 0)"
	wan_carrier 1 0 on
	wait_for 5 carrier_is e1 wan0 1
	wait_for 5 ns "$e1" ping -c 1 -W 1 "$(wan_addr 2 0)"
	wait_for 5 ns "$e1" ping -c 1 -W 1 "$(wan_addr 2 0 6)"
}

test_stream()
{
	topo_two_sites 1
	capture_start "$e1" wan0 wan udp
	stream_start s "$e1" "$e2" "$(wan_addr 2 0)" 2 200
	stream_wait s
	capture_stop wan
	equal "$(stream_get sent)" 400 sent
	equal "$(stream_get received)" 400 received
	equal "$(stream_get lost)" 0 lost
	# and ten that tell the end
	equal "$(capture_count wan udp port 5201)" 410 captured
	equal "$(capture_bytes wan)" $((410 * 106)) bytes

	wan_netem 0 loss 30%
	stream_start s "$e1" "$e2" "$(wan_addr 2 0)" 2 200
	stream_wait s
	between "$(stream_get lost)" 60 190 lost
	equal "$(stream_get received)" $((400 - $(stream_get lost))) received
}

test_stream_v6()
{
	topo_two_sites 1
	stream_start s "$e1" "$e2" "$(wan_addr 2 0 6)" 1 200
	stream_wait s
	equal "$(stream_get received)" 200 received
}

run_tests test_topology test_carrier test_stream test_stream_v6
