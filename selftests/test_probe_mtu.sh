#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# WANs that drop long packets and do not say so: padded probes find out what passes
# (RFC 8899).
# Kernels: all um um-debug
# Check: um
# Timeout: 300

set -u
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/helpers.sh"
. "$(dirname "$0")/probe.sh"

# narrow WAN BYTES [MATCH]: the router drops what is longer, in silence
narrow()
{
	ns "w$1" nft -f - <<-END || fail "nft in w$1"
		table inet narrow
		delete table inet narrow
		table inet narrow {
			chain forward {
				type filter hook forward priority 0
				${3:-} meta length > $2 drop
			}
		}
	END
}

widen() { check ns "w$1" nft delete table inet narrow; }

# pmtu_is BYTES: as both ends see it
pmtu_is()
{
	[ "$(path_get e1 edge2:u0 pmtu)" = "$1" ] &&
		[ "$(path_get e2 edge1:u0 pmtu)" = "$1" ]
}

# searched: one path, which asks for longer packets again after 2 s
searched()
{
	UNDERLAY_ARGS="probe-raise 2s probe-interval 50ms probe-mult 10" \
		probed 1 4
}

# The whole WAN from the beginning: TCP gets through, and what is told is what fits
narrow_wan()
{
	local family=$1 mtu=$((1400 - $(overhead "$1")))

	topo_two_sites 1
	narrow 0 1400
	UNDERLAY_ARGS="probe tunnel probe-interval 50ms probe-mult 10" \
		overlay_two_sites 100 "$family"
	wait_for 20 pmtu_is 1400
	equal "$(path_get e1 edge2:u0 pmtu_state)" found
	wait_for 5 mtu_is "$mtu"
	tcp_copy h1 h2 10.2.0.2 256
	tcp_copy h2 h1 fd01::2 256
	refuse ping_big h1 1440 10.2.0.2
	matches "$OUT" "mtu ?= ?$mtu|mtu: $mtu" "MTU told"
	check ping_big h1 "$mtu" 10.2.0.2
	# what may be fragmented is, to fragments that pass
	check ping_big h1 1440 10.2.0.2 dont
	# that they were too long is nothing that was lost
	equal "$(path_get e1 edge2:u0 state)" up
	for i in 1 2; do
		equal "$(path_get e$i "edge$((3 - i)):u0" probes_lost_tx)" 0 lost
		equal "$(path_get e$i "edge$((3 - i)):u0" probe_loss_tx)" 0 loss
	done
}

mtu_is() { [ "$(path_get e1 edge2:u0 mtu)" = "$1" ]; }

test_narrow_ipv4() { narrow_wan 4; }
test_narrow_ipv6() { narrow_wan 6; }

# A black hole opens under a transfer, and closes: the transfer goes on, and long
# packets are sent again
test_hole()
{
	local came

	searched
	wait_for 10 pmtu_is 1500
	wan_netem 0 rate 400mbit
	tcp_start all h1 h2 10.2.0.2 65536
	wait_for 20 tcp_has all 1000000
	narrow 0 1333
	wait_for 20 pmtu_is 1333
	# a thousand segments were lost, which TCP makes good one by one
	came=$(tcp_size all)
	wait_for 30 tcp_has all $((came + 50000))
	tcp_copy h1 h2 10.2.0.2 256
	equal "$(path_get e1 edge2:u0 state)" up
	widen 0
	wait_for 15 pmtu_is 1500
	wait_for 5 mtu_is $((1500 - $(overhead 4)))
	tcp_copy h1 h2 10.2.0.2 1024
}

# With a key, and with all that follows probes then
test_key()
{
	searched
	check sdwanctl genkey "$CASE_TMP/key"
	check ns e1 sdwanctl peer set edge2 key "$CASE_TMP/key"
	check ns e2 sdwanctl peer set edge1 key "$CASE_TMP/key"
	wait_for 10 pmtu_is 1500
	# paths without traffic are not asked again
	spawn ns h1 ping -i 0.2 10.2.0.2
	narrow 0 1280
	wait_for 20 pmtu_is 1280
	widen 0
	wait_for 15 pmtu_is 1500
	equal "$(drops e1 rx_drop_probe_identity)" 0 identity
	equal "$(drops e1 rx_drop_probe_anonymous)" 0 anonymous
}

# Data packets change nothing, however many of them are lost; probes of other ends
# are in the way of nobody
test_data()
{
	searched
	wait_for 10 pmtu_is 1500
	# what is no probe: those have the O bit of GENEVE
	narrow 0 1000 "udp dport 6081 @th,64,16 & 0x80 == 0"
	refuse ping_big h1 1400 10.2.0.2
	sleep 3
	pmtu_is 1500 || fail "data has changed the PMTU"
	equal "$(path_get e1 edge2:u0 state)" up
}

# Never more than the route allows and the clamp says; switched off, neither less
test_bounds()
{
	local n

	searched
	wait_for 10 pmtu_is 1500
	capture_start w0 west long "udp and greater 1319"
	check ns e1 sdwanctl path set edge2:u0 mtu-clamp 1300
	check ns e2 sdwanctl path set edge1:u0 mtu-clamp 1300
	wait_for 10 pmtu_is 1300
	capture_stop long
	capture_start w0 west longer "udp and greater 1315"
	sleep 5
	capture_stop longer
	n=$(capture_count longer)
	equal "$n" 0 "packets above the clamp"
	check ns e1 sdwanctl path set edge2:u0 probe-mtu off
	equal "$(path_get e1 edge2:u0 pmtu_state)" off
	equal "$(path_get e1 edge2:u0 pmtu)" null
	narrow 0 1200
	sleep 2
	equal "$(path_get e1 edge2:u0 mtu)" $((1300 - $(overhead 4)))
	wan_mtu 0 1250
	wait_for 5 mtu_is $((1250 - $(overhead 4)))
	# the path's own word counts, and what it says nothing of is inherited
	check ns e1 sdwanctl path set edge2:u0 probe-mtu default
	wait_for 15 mtu_is $((1200 - $(overhead 4)))
	# none that may be fragmented is asked for
	check ns e1 sdwanctl path set edge2:u0 df clear
	wait_for 10 mtu_is $((1250 - $(overhead 4)))
	refuse ns e1 sdwanctl path set edge2:u0 probe-raise 10ms
	matches "$OUT" "once a second at most"
}

# What is deleted and unloaded meanwhile
test_away()
{
	searched
	wait_for 10 pmtu_is 1500
	for _ in 1 2 3 4 5; do
		narrow 0 1300
		sleep 0.3
		check ns e1 sdwanctl path del edge2:u0
		check ns e1 sdwanctl path add peer edge2 underlay u0 \
			remote "$(wan_addr 2 0)"
		sleep 0.3
		widen 0
	done
	del_ns e2
	sleep 1
	del_ns e1
}

run_tests test_narrow_ipv4 test_narrow_ipv6 test_hole test_key test_data \
	test_bounds test_away
