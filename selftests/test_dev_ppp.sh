#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A path of encapsulation dev over PPP, which Debian's kernels have.
# Kernels: 6.12 6.1
# Check: 6.12
# Timeout: 120

set -u
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/helpers.sh"
. "$(dirname "$0")/dev.sh"

# more than the segment's own 1444
test_ppp()
{
	edges ppp
	equal "$(path_get e1 edge2:t0 mtu)" 1500 "MTU of the path"
	works ppp
	equal "$(all_drops e1)$(all_drops e2)" "" drops
	# nothing has gone by the WAN itself
	equal "$(path_get e1 edge2:t0 tx_errors)" 0 "errors of the path"
	# the line is cut
	kill -KILL "$(cat "$CASE_TMP/line.pid")"
	wait_for 10 path_is e1 edge2:t0 down
	refuse ns h1 ping -c 1 -W 1 10.2.0.2
	equal "$(ns e1 sdwanctl -j path show edge2:t0 | jq -r '.[0].state_reason')" \
		no-device "why it is down"
}

run_tests test_ppp
