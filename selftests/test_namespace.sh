#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A device may be moved to another namespace; the sockets stay behind. When
# the fabric's namespace dies, its devices are deleted wherever they are.
# Kernels: all um um-debug
# Check: um um-debug 6.12
# Timeout: 300

set -u
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/helpers.sh"

# e1's segment in a namespace that has no WAN
moved()
{
	topo_two_sites 1
	overlay_two_sites
	setup_ns vrf
	check ip -n e1 link set sdwan0 netns vrf
	check ip -n vrf link set sdwan0 up
	ip -n vrf addr add 100.64.0.1/24 dev sdwan0
	ip -n vrf addr add fd64::1/64 dev sdwan0 nodad
	ip -n vrf route add 10.2.0.0/16 dev sdwan0
	ip -n vrf -6 route add fd02::/64 dev sdwan0
}

test_move()
{
	moved
	check ns vrf ping -c 2 -i 0.2 -W 5 10.2.0.2
	check ns vrf ping -c 2 -i 0.2 -W 5 fd02::2
	check ns h2 ping -c 2 -i 0.2 -W 5 100.64.0.1
	tcp_copy vrf h2 10.2.0.2 1024
	tcp_copy h2 vrf fd64::1 512
	# the sockets stayed
	[ -n "$(ns e1 ss -Hlun 'sport = :6081')" ] || fail "no socket in e1"
	[ -z "$(ns vrf ss -Hlun 'sport = :6081')" ] || fail "a socket in vrf"
	# where it comes from is told
	matches "$(ip -n vrf -d link show dev sdwan0)" "link-netns e1" link-netns
	# and it can go home
	check ip -n vrf link set sdwan0 netns e1
	ip -n e1 link set sdwan0 up
	ip -n e1 route add 10.2.0.0/16 dev sdwan0
	check ns h1 ping -c 1 -W 5 10.2.0.2
}

# ICMP errors and PMTU in the namespace of the device
test_moved_pmtu()
{
	moved
	wan_mtu 0 1400
	ip -n vrf link set sdwan0 mtu 1500
	refuse ns vrf ping -c 1 -W 2 -M "do" -s 1400 10.2.0.2
	matches "$OUT" "mtu ?= ?1364"
	refuse ns vrf ping -c 1 -W 2 -M "do" -s 1400 fd02::2
	matches "$OUT" "mtu ?[=:] ?1364"
	tcp_copy vrf h2 10.2.0.2 256
}

# Next hops and the source check look into the device's namespace
test_moved_next_hop()
{
	moved
	ip -n h2 addr add 10.9.0.2/32 dev lo
	ip -n e2 route add 10.9.0.2/32 via 10.2.0.2
	check ip -n vrf route add 10.9.0.0/16 via 100.64.0.2 dev sdwan0
	check ns vrf ping -c 2 -i 0.2 -W 5 10.9.0.2
	equal "$(all_drops e2)" "" drops
}

gone() { ! ip -n "$1" link show dev "$2"; }

test_fabric_dies()
{
	moved
	check ip -n e1 link add blue type sdwan vni 200
	check ns vrf ping -c 1 -W 5 10.2.0.2
	# hosts keep e1's other ends; the name goes, and the fabric with it
	del_ns e1
	wait_for 30 gone vrf sdwan0
	check ip -n vrf link show dev lo
}

test_device_namespace_dies()
{
	moved
	check ns vrf ping -c 1 -W 5 10.2.0.2
	del_ns vrf
	wait_for 30 segment_count e1 0
	# the segment is free again, its prefixes are still there
	check ip -n e1 link add sdwan0 type sdwan vni 100
	ip -n e1 addr add 100.64.0.1/24 dev sdwan0
	ip -n e1 link set sdwan0 up
	ip -n e1 route add 10.2.0.0/16 dev sdwan0
	check ns h1 ping -c 1 -W 5 10.2.0.2
}

segment_count()
{
	[ "$(ns "$1" sdwanctl -j status |
		jq '[.. | objects | .segments? | numbers] | .[0]')" = "$2" ]
}

# Fabrics know nothing of each other
test_apart()
{
	setup_ns a b
	check ns a sdwanctl node set site 1
	check ip -n a link add sdwan0 type sdwan vni 100
	refuse ns b sdwanctl node show
	equal "$(ns b sdwanctl -j peer show | jq length)" 0 "peers of b"
	check ns b sdwanctl node set site 1
	check ip -n b link add sdwan0 type sdwan vni 100
	# a segment that was moved here belongs to another fabric: its name in a
	# request means nothing here
	check ip -n a link set sdwan0 name sdwan1 netns b
	refuse ns b sdwanctl prefix add 10.0.0.0/8 dev sdwan1 site 2
	check ns b sdwanctl prefix add 10.0.0.0/8 dev sdwan0 site 2
	# its number is taken there, and only there
	refuse ip -n a link add sdwan2 type sdwan vni 100
	check ip -n b link del sdwan1
	check ip -n a link add sdwan2 type sdwan vni 100
}

run_tests test_move test_moved_pmtu test_moved_next_hop test_fabric_dies \
	test_device_namespace_dies test_apart
