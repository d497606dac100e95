#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A lost underlay moves traffic to the next path in the same instant.
# Kernels: all um
# Check: um
# Timeout: 400

set -u
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/helpers.sh"
. "$(dirname "$0")/failover.sh"

# ip link set wan0 down here: nothing that was not sent is lost
test_link_down()
{
	prepare topo_direct
	cut ip -n e1 link set wan0 down
	only_in_flight
	moved device-down
	back link_up 1
}

link_up()
{
	ip -n "e$1" link set wan0 up
	direct_addr "$1" 0
}

# ip link set wan0 down at the far edge, at the other end of the cable: the
# carrier is lost
test_far_link_down()
{
	prepare topo_direct
	cut ip -n e2 link set wan0 down
	only_in_flight
	moved no-carrier
	back link_up 2
}

# The modem at the other end of the cable loses its power; the far edge does
# not hear of it and is told by its administrator
test_carrier()
{
	prepare topo_two_sites 2
	cut wan_carrier 1 0 off
	only_in_flight
	wan_link 2 0 down
	moved no-carrier
	wan_link 2 0 up
	back wan_carrier 1 0 on
}

test_route_removed()
{
	prepare topo_direct
	cut ip -n e1 route del 192.168.20.1/32
	only_in_flight
	moved no-route
	back direct_addr 1 0
}

test_address_removed()
{
	prepare topo_direct
	cut ip -n e1 addr del 192.168.10.1/32 dev wan0
	only_in_flight
	# the far edge sends to the address until it is told
	check ns e2 sdwanctl path set edge1:u0 down
	moved 'no-address|no-route'
	check ns e2 sdwanctl path set edge1:u0 up
	back direct_addr 1 0
}

path_down()
{
	check ns e1 sdwanctl path set edge2:u0 down
	check ns e2 sdwanctl path set edge1:u0 down
}

# A path that is set down takes nothing in, either: both ends
test_path_down()
{
	prepare topo_direct
	cut path_down
	only_in_flight
	moved admin
	check ns e2 sdwanctl path set edge1:u0 up
	back ns e1 sdwanctl path set edge2:u0 up
}

test_path_deleted()
{
	prepare topo_direct
	cut ns e1 sdwanctl path del edge2:u0
	only_in_flight
	equal "$(stream_get lost)" 0 "packets lost"
	check ns e1 sdwanctl path add peer edge2 underlay u0 \
		remote 192.168.20.1 preference 100
	check ns h1 ping -c 1 -W 5 10.2.0.2
	between "$(path_get e1 edge2:u0 tx_packets)" 1 10
}

# A new preference moves traffic at once, without loss
test_preference()
{
	prepare topo_direct
	cut ns e1 sdwanctl path set edge2:u1 preference 1
	equal "$(stream_get lost)" 0 "packets lost"
	between "$(path_get e1 edge2:u1 tx_packets)" 500 10000
	equal "$(path_get e1 edge2:u1 rx_packets)" 0 "the other end's choice"
}

# With packets in the WAN: those on their way arrive or not, those after them
# do, and TCP does not break
test_delay()
{
	prepare topo_two_sites 2
	wan_netem 0 delay 30ms
	wan_netem 1 delay 10ms
	FLIGHT=$((FLIGHT + 30))
	tcp_start copy h1 h2 10.2.0.2 2048
	cut ip -n e1 link set wan0 down
	lost=$(stream_get lost)
	between "$lost" 0 $FLIGHT "packets lost"
	wan_link 2 0 down
	tcp_wait copy 60
	tcp_copy h2 h1 fd01::2 512
}

# Both WANs go and come back
test_all_lost()
{
	prepare topo_direct
	ip -n e1 link set wan0 down
	ip -n e1 link set wan1 down
	refuse ns h1 ping -c 1 -W 2 10.2.0.2
	matches "$OUT" nreachable
	between "$(drops e1 tx_drop_no_path)" 1 10
	ip -n e1 link set wan1 up
	direct_addr 1 1
	check ns h1 ping -c 1 -W 5 10.2.0.2
	back link_up 1
}

run_tests test_link_down test_carrier test_far_link_down test_route_removed \
	test_address_removed test_path_down test_path_deleted test_preference \
	test_delay test_all_lost
