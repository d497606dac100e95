#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Packets too large for a WAN are answered with ICMP or fragmented, never lost
# in silence.
# Kernels: all um
# Check: um
# Timeout: 500

set -u
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/helpers.sh"

# The device itself has room for 1444 bytes; what is larger is answered by the
# IP stack.

# told NS SIZE ADDRESS MTU: a packet of SIZE is answered with this MTU, one of
# that MTU passes
told()
{
	refuse ping_big "$1" "$2" "$3"
	matches "$OUT" "mtu ?= ?$4|mtu: $4" "MTU told to $1"
	# now the sender knows by itself
	refuse ping_big "$1" "$2" "$3"
	matches "$OUT" "local error|too long|mtu ?= ?$4|mtu: $4"
	check ping_big "$1" "$4" "$3"
}

# The WAN is small from the beginning: hosts and edge hear of it at their
# first packet
small_wan()
{
	local family=$1 mtu
	mtu=$((1400 - $(overhead "$family")))

	topo_two_sites 1
	wan_mtu 0 1400
	overlay_two_sites 100 "$family"
	check ns h1 ping -c 1 -W 5 10.2.0.2
	check ns h1 ping -c 1 -W 5 fd02::2
	equal "$(path_get e1 edge2:u0 mtu)" $mtu "MTU of the path"
	# the forwarded ones, from a host behind the edge
	told h1 1440 10.2.0.2 $mtu
	told h1 1440 fd02::2 $mtu
	# the edge's own
	told e1 1440 100.64.0.2 $mtu
	told e1 1440 fd64::2 $mtu
	# and TCP does not notice
	tcp_copy h1 h2 10.2.0.2 256
	tcp_copy h2 h1 fd01::2 256
	tcp_copy e1 h2 10.2.0.2 256
	tcp_copy e1 h2 fd02::2 256
}

test_small_wan_ipv4() { small_wan 4; }
test_small_wan_ipv6() { small_wan 6; }

# Packets that may be fragmented are
df_clear()
{
	local family=$1

	topo_two_sites 1
	wan_mtu 0 1400
	overlay_two_sites 100 "$family"
	check ping_big h1 1440 10.2.0.2 "dont"
	check ping_big e1 1440 100.64.0.2 "dont"
	check ping_big h1 4000 10.2.0.2 "dont"
	check ping_big h2 4000 10.1.0.2 "dont"
	# an IPv6 sender fragments itself, at what it was told
	wait_for 20 ns h1 ping -c 1 -W 2 -s 3000 fd02::2
	udp_all h1 h2 10.2.0.2 20 -s 3000
}

test_df_clear_ipv4() { df_clear 4; }
test_df_clear_ipv6() { df_clear 6; }

# The first packet is dropped with a reason and counted
test_counted()
{
	local n

	topo_two_sites 1
	wan_mtu 0 1400
	overlay_two_sites
	n=$(drops e1 tx_drop_too_big)
	refuse ping_big h1 1440 10.2.0.2
	equal $(($(drops e1 tx_drop_too_big) - n)) 1 "drops as too big"
	refuse ping_big h1 1440 fd02::2
	equal $(($(drops e1 tx_drop_too_big) - n)) 2 "drops as too big"
}

# A WAN too small for what IPv6 demands: 1280 bytes pass in any case, in
# fragments of the outer packet; no sender is told less than 1280
tiny_wan()
{
	local family=$1

	topo_two_sites 1
	wan_mtu 0 1280
	overlay_two_sites 100 "$family"
	check ns h1 ping -c 1 -W 5 fd02::2
	told h1 1400 fd02::2 1280
	check ping_big h1 1280 fd02::2
	check ping_big h2 1280 fd01::2
	tcp_copy h1 h2 fd02::2 128
	tcp_copy h1 h2 10.2.0.2 128
	tcp_copy h2 h1 10.1.0.2 128
}

test_tiny_wan_ipv4() { tiny_wan 4; }
test_tiny_wan_ipv6() { tiny_wan 6; }

# Only the far side of the WAN is small: its router tells the edge, the edge
# tells the hosts
learned()
{
	local family=$1 mtu

	mtu=$((1400 - $(overhead "$family")))
	topo_two_sites 1
	overlay_two_sites 100 "$family"
	check ns h1 ping -c 1 -W 5 10.2.0.2
	check ns h1 ping -c 1 -W 5 fd02::2
	ip -n w0 link set dev east mtu 1400
	ip -n e2 link set wan0 mtu 1400
	# the packets that find it out are lost
	busywait 10 learned_ping || true
	equal "$(path_get e1 edge2:u0 mtu)" $mtu "MTU of the path"
	ns h1 ip route flush cache
	ns h1 ip -6 route flush cache
	told h1 1440 10.2.0.2 $mtu
	told h1 1440 fd02::2 $mtu
	tcp_copy h1 h2 10.2.0.2 256
	tcp_copy h2 h1 fd01::2 256
}

# succeeds when the edge answers
learned_ping()
{
	ns h1 ping -c 1 -W 1 -M "do" -s 1412 10.2.0.2 2>&1 |
		grep -q -i -E 'mtu|too long'
}

test_learned_ipv4() { learned 4; }
test_learned_ipv6() { learned 6; }

# The MTU of the WAN drops in the middle of a transfer, which goes on
mtu_drop()
{
	local family=$1 where=$2

	topo_two_sites 1
	overlay_two_sites 100 "$family"
	wan_netem 0 delay 5ms rate 10mbit
	tcp_start down h1 h2 10.2.0.2 6144
	tcp_start up h2 h1 fd01::2 3072
	wait_for 40 tcp_has down 400000
	wait_for 40 tcp_has up 100000
	if [ "$where" = all ]; then
		wan_mtu 0 1350
	else
		ip -n w0 link set dev east mtu 1350
		ip -n e2 link set wan0 mtu 1350
	fi
	tcp_running down || fail "the transfer was over before the MTU dropped"
	tcp_wait down 90
	tcp_wait up 90
}

test_drop_everywhere_ipv4() { mtu_drop 4 all; }
test_drop_everywhere_ipv6() { mtu_drop 6 all; }
test_drop_far_side_ipv4() { mtu_drop 4 far; }
test_drop_far_side_ipv6() { mtu_drop 6 far; }

# Fail-over to a smaller WAN
test_fail_over_to_smaller()
{
	topo_two_sites 2
	wan_mtu 1 1350
	overlay_two_sites
	wan_netem 0 delay 2ms rate 10mbit
	wan_netem 1 delay 2ms rate 10mbit
	tcp_start down h1 h2 10.2.0.2 2048
	wait_for 40 tcp_has down 300000
	wan_link 1 0 down
	wan_link 2 0 down
	tcp_running down || fail "the transfer was over too early"
	tcp_wait down 90
	equal "$(path_get e1 edge2:u1 mtu)" 1314 "MTU of the path in use"
}

run_tests test_small_wan_ipv4 test_small_wan_ipv6 test_df_clear_ipv4 \
	test_df_clear_ipv6 test_counted test_tiny_wan_ipv4 test_tiny_wan_ipv6 \
	test_learned_ipv4 test_learned_ipv6 test_drop_everywhere_ipv4 \
	test_drop_everywhere_ipv6 test_drop_far_side_ipv4 \
	test_drop_far_side_ipv6 test_fail_over_to_smaller
