#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Two edges with a key: what they believe, a change of the key, and the loss of data.
# Kernels: all um
# Check: um
# Timeout: 300

set -u
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/helpers.sh"
. "$(dirname "$0")/probe.sh"

# lossless: nothing was lost, by what both ends say, and both are up
lossless()
{
	local way

	for way in tx rx; do
		equal "$(path_get e1 edge2:u0 probes_lost_$way)" 0 "of e1, $way"
		equal "$(path_get e2 edge1:u0 probes_lost_$way)" 0 "of e2, $way"
	done
	equal "$(path_get e1 edge2:u0 state)" up
	equal "$(path_get e2 edge1:u0 state)" up
	for way in 1 2; do
		equal "$(drops e$way rx_drop_probe_key)" 0 "other keys at e$way"
		equal "$(drops e$way rx_drop_probe_identity)" 0 "others at e$way"
	done
}

# more NS PATH: another 50 probes are answered
more() { wait_for 10 answered "$1" "$2" $(($(path_get "$1" "$2" probes_answered) + 50)); }

# The key is changed twice, one end after the other: no probe is lost
test_change()
{
	keyed
	for key in new other; do
		check ns e1 sdwanctl peer set edge2 key "$CASE_TMP/$key"
		more e1 edge2:u0
		check ns e2 sdwanctl peer set edge1 key "$CASE_TMP/$key"
		more e2 edge1:u0
		check ns e2 sdwanctl peer set edge1 key-retire
		more e1 edge2:u0
		check ns e1 sdwanctl peer set edge2 key-retire
		more e2 edge1:u0
		lossless
	done
}

# Another key at one end: the path goes down at both, and comes back with the right one
test_other_key()
{
	keyed
	check ns e2 sdwanctl peer set edge1 key "$CASE_TMP/other" key-retire
	wait_for 10 path_is e1 edge2:u0 down
	wait_for 10 path_is e2 edge1:u0 down
	refuse [ "$(drops e1 rx_drop_probe_key)" = 0 ]
	check ns e1 sdwanctl peer set edge2 key "$CASE_TMP/other" key-retire
	wait_for 10 path_is e1 edge2:u0 up
	wait_for 10 path_is e2 edge1:u0 up
	# and none at all
	check ns e2 sdwanctl peer set edge1 key none
	wait_for 10 path_is e1 edge2:u0 down
	wait_for 10 path_is e2 edge1:u0 down
}

# A path that is made anew at the far end is known again, and nothing false is said
test_anew()
{
	keyed
	check ns e2 sdwanctl path del edge1:u0
	wait_for 10 path_is e1 edge2:u0 down
	check ns e2 sdwanctl path add peer edge1 underlay u0 remote "$(wan_addr 1 0)"
	wait_for 10 answered e2 edge1:u0 50
	wait_for 10 path_is e1 edge2:u0 up
	equal "$(path_get e2 edge1:u0 probes_lost_tx)" 0 "lost there"
	equal "$(path_get e2 edge1:u0 probes_lost_rx)" 0 "lost back"
}

# What both ends say of data lost on the way is what did not come
test_data()
{
	local loss tx rx told

	keyed
	for loss in 1 10; do
		check ns w0 tc qdisc replace dev east root netem loss $loss%
		ns h1 ping -q -f -c 3000 -w 30 -W 1 10.2.0.2 > "$CASE_TMP/ping"
		check ns w0 tc qdisc replace dev east root netem loss 0%
		more e1 edge2:u0
		more e2 edge1:u0
		tx=$(path_get e1 edge2:u0 tx_packets)
		rx=$(path_get e2 edge1:u0 rx_packets)
		told=$(path_get e1 edge2:u0 data_lost_tx)
		log "of $tx sent, $rx arrived: $told lost, $(path_get e2 edge1:u0 data_lost_rx) by the other end"
		equal "$told" $((tx - rx)) "lost data, told by e1"
		equal "$(path_get e2 edge1:u0 data_lost_rx)" $((tx - rx)) \
			"lost data, told by e2"
		equal "$(path_get e1 edge2:u0 data_lost_rx)" 0 "lost back"
		equal "$(path_get e2 edge1:u0 data_lost_tx)" 0 "lost there"
	done
	[ "$told" -gt 100 ] || fail "too little was lost"
}

run_tests test_change test_other_key test_anew test_data
