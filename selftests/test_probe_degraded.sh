#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Paths that are degraded: by what they are, for how long, and what then takes them.
# Kernels: all um
# Check: um
# Timeout: 300

set -u
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/helpers.sh"
. "$(dirname "$0")/failover.sh"
. "$(dirname "$0")/probe.sh"

# fast WANS: two sites whose paths are probed each 20 ms, watched for 500 ms
fast()
{
	UNDERLAY_ARGS='probe-interval 20ms probe-idle-interval 20ms probe-mult 30 probe-hold 500ms' \
		probed "$1"
}

# carried NS PATH: what the stream sends, ten packets a second, goes by that path
carried()
{
	local before

	sleep 0.5
	before=$(path_get "$1" "$2" tx_packets)
	sleep 1.5
	between $(($(path_get "$1" "$2" tx_packets) - before)) 10 25 "packets by $2"
}

# Each threshold: the path is degraded, tells why and by an event, and is up again
test_thresholds()
{
	fast 1
	spawn ns e1 sdwanctl -j monitor
	MONITOR=$CASE_TMP/$PID.log
	sleep 0.5
	check ns e1 sdwanctl path set edge2:u0 degraded-latency 30ms \
		degraded-jitter $((12 * SLOW))ms degraded-loss 8%
	equal "$(path_get e1 edge2:u0 state)" up "state of a good path"

	wan_netem 0 delay 25ms
	wait_for 10 path_is e1 edge2:u0 degraded
	equal "$(path_get e1 edge2:u0 state_reason)" latency
	wait_for 10 event edge2:u0 '"state": ?"degraded"' '"latency"'
	wait_for 10 path_is e2 edge1:u0 up
	check ns h1 ping -c 1 -W 5 10.2.0.2
	# below the threshold, and not by the margin
	wan_netem 0 delay 13500us
	sleep $((2 * SLOW))
	equal "$(path_get e1 edge2:u0 state)" degraded "state within the margin"
	wan_netem 0 delay 1ms
	wait_for 10 path_is e1 edge2:u0 up
	equal "$(path_get e1 edge2:u0 state_reason)" none

	check ns w0 tc qdisc replace dev east root netem loss 40%
	wait_for 10 path_is e1 edge2:u0 degraded
	equal "$(path_get e1 edge2:u0 state_reason)" loss
	check ns w0 tc qdisc replace dev east root netem loss 0%
	wait_for 20 path_is e1 edge2:u0 up

	# what is said no longer counts no longer
	wan_netem 0 delay 25ms
	wait_for 10 path_is e1 edge2:u0 degraded
	check ns e1 sdwanctl path set edge2:u0 degraded-latency 0s
	wait_for 10 path_is e1 edge2:u0 up
	# as the underlay says, unless the path says something else
	check ns e1 sdwanctl underlay set u0 degraded-latency 30ms
	wait_for 10 path_is e1 edge2:u0 degraded
	check ns e1 sdwanctl path set edge2:u0 probe off
	wait_for 10 path_is e1 edge2:u0 up
	check ns e1 sdwanctl path set edge2:u0 probe default degraded-latency 10s
	sleep 1
	equal "$(path_get e1 edge2:u0 state)" up "by what the path says itself"
}

# Traffic leaves a degraded path for one of less preference, and stays where there is
# no other
test_traffic()
{
	fast 2
	check ns e1 sdwanctl path set edge2:u0 preference 10 degraded-latency 20ms
	check ns e1 sdwanctl path set edge2:u1 preference 20 degraded-latency 20ms
	check ns e2 sdwanctl path set edge1:u0 preference 10
	stream_start long h1 h2 10.2.0.2 25 10
	carried e1 edge2:u0
	wan_netem 0 delay 20ms
	wait_for 10 path_is e1 edge2:u0 degraded
	equal "$(path_get e1 edge2:u1 state)" up
	carried e1 edge2:u1
	# both: the first of them
	wan_netem 1 delay 20ms
	wait_for 10 path_is e1 edge2:u1 degraded
	carried e1 edge2:u0
	wan_netem 1 delay 1ms
	wait_for 10 path_is e1 edge2:u1 up
	carried e1 edge2:u1
	# what is down is worse
	check ip -n e1 link set wan1 down
	wait_for 10 path_is e1 edge2:u1 down
	carried e1 edge2:u0
	stream_wait long
}

# Members of a class that are degraded go after the others, and before no members
test_class()
{
	fast 3
	check ns e1 sdwanctl class add voice mode prefer u0,u1
	check ns e1 sdwanctl rule add pref 1 vni 100 class voice
	for i in 0 1; do
		check ns e1 sdwanctl path set edge2:u$i degraded-latency 20ms
	done
	stream_start long h1 h2 10.2.0.2 15 10
	carried e1 edge2:u0
	wan_netem 0 delay 20ms
	wait_for 10 path_is e1 edge2:u0 degraded
	carried e1 edge2:u1
	wan_netem 1 delay 20ms
	wait_for 10 path_is e1 edge2:u1 degraded
	carried e1 edge2:u0
	stream_wait long
}

run_tests test_thresholds test_traffic test_class
