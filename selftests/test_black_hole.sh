#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Packets that vanish between the edges, with carrier, addresses and routes in
# place: a stream is on another path before long.
# Kernels: all um
# Check: um
# Timeout: 1500
#
# With --long, 50 times each: for figures.

set -u
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/helpers.sh"
. "$(dirname "$0")/probe.sh"

# Black holes for each direction
PHASES=${SDWAN_LONG:+50}
PHASES=${PHASES:-3}

middle() { awk '{ n[NR] = $1 } END { print n[int((NR + 1) / 2)] }'; }

# A stream over a path whose packets vanish: how many of it are lost before it
# takes the other one, for each direction, at several moments
black_holes()
{
	local bound=$1 dir lost gaps n

	for dir in tx rx both; do
		gaps=
		for n in $(seq "$PHASES"); do
			stream_start "$dir$n" h1 h2 10.2.0.2 600 1000
			# used for so long that it is probed as such
			sleep "1.$((RANDOM % 500 + 300))"
			hole 0 $dir
			wait_for 10 path_is e1 edge2:u0 down
			sleep 0.3
			kill -TERM "$(cat "$CASE_TMP/$dir$n.send.pid")"
			stream_wait "$dir$n"
			equal "$(path_get e1 edge2:u0 state_reason)" silent
			equal "$(path_get e1 edge2:u1 state)" up "the other"
			lost=$(stream_get lost_run)
			gaps="$gaps $lost"
			unhole 0
			wait_for 10 path_is e1 edge2:u0 up
			wait_for 10 path_is e2 edge1:u0 up
		done
		log "black hole $dir, gaps in ms:$gaps"
		# of one alone, the host may be to blame
		between "$(echo "$gaps" | xargs -n 1 | sort -n | middle)" 0 \
			$((bound * SLOW)) "half of the gaps, hole $dir, up to"
	done
}

test_black_hole()
{
	UNDERLAY_ARGS='probe-interval 10ms probe-hold 100ms' probed 2
	wan_netem 0 delay 10ms
	wan_netem 1 delay 10ms
	black_holes 120
}

test_black_hole_default()
{
	UNDERLAY_ARGS='probe-hold 100ms' probed 2
	wan_netem 0 delay 10ms
	wan_netem 1 delay 10ms
	black_holes 500
}

run_tests test_black_hole test_black_hole_default
