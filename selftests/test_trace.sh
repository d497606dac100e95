#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Tracepoints: what they tell of paths, probes and flows, and unloading with them on.
# Kernels: 6.12 6.1 debug
# Check: 6.12
# Timeout: 120

set -u
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/helpers.sh"
. "$(dirname "$0")/probe.sh"

# traced: the tracepoints are on, in a buffer of their own
traced()
{
	local tracing=/sys/kernel/tracing

	mountpoint -q "$tracing" || check mount -t tracefs tracefs "$tracing"
	TRACE=$tracing/instances/sdwan-test
	check mkdir "$TRACE"
	at_cleanup rmdir "$TRACE"
	echo 1 > "$TRACE/events/sdwan/enable" || fail "no tracepoints"
}

# told PATTERN: the trace has it
told() { grep -qE "$1" "$TRACE/trace"; }

test_told()
{
	local id0 id1

	UNDERLAY_ARGS="probe-interval 20ms probe-mult 5" probed 2
	# flows are only followed where there are rules
	check ns e1 sdwanctl rule add pref 1 action pass
	traced
	id0=$(path_get e1 edge2:u0 id)
	id1=$(path_get e1 edge2:u1 id)
	wait_for 10 told "sdwan_probe_answer: netns=[0-9]+ path=$id0 name=edge2:u0 seq=[0-9]+ rtt=[1-9][0-9]* .* lost=0"
	stream_start cut h1 h2 10.2.0.2 3 200
	sleep 0.5
	wan_carrier 1 0 off
	stream_wait cut
	wait_for 10 told "sdwan_path_state: .* path=$id0 name=edge2:u0 before=up state=down reason=no-carrier"
	wait_for 10 told "sdwan_flow_move: .* vni=100 proto=17 .*10.1.0.2/[0-9]+ .*10.2.0.2/5201 from=$id0 to=$id1 moves=1"
	refuse told "name=edge2:u1 before=up"
}

# The module goes while they are on
test_unload()
{
	UNDERLAY_ARGS="probe-interval 20ms" probed 1
	traced
	wait_for 10 told sdwan_probe_answer
	check timeout 60 rmmod sdwan
	refuse [ -e "$TRACE/events/sdwan" ]
	check modprobe sdwan
}

run_tests test_told test_unload
