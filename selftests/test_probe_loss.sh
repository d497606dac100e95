#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Two edges with a key: their states in every combination of losses, and what they
# tell each other.
# Kernels: all um
# Check: um
# Timeout: 300

set -u
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/helpers.sh"
. "$(dirname "$0")/probe.sh"

# lose WAN SIDE nothing|answers|all: what the router drops that comes from a side
lose()
{
	case $3 in
	nothing) ;;
	# the source port of what is in GENEVE
	answers)
		check ns "w$1" nft add rule ip hole forward iif "$2" \
			udp dport 6081 @th,288,16 862 counter drop ;;
	all)	check ns "w$1" nft add rule ip hole forward iif "$2" counter drop ;;
	esac
}

# losing WEST EAST: both ways anew
losing()
{
	ns w0 nft delete table ip hole 2> /dev/null
	check ns w0 nft add table ip hole
	check ns w0 nft add chain ip hole forward \
		'{ type filter hook forward priority 0; }'
	lose 0 west "$1"
	lose 0 east "$2"
}

# stays NS PATH: up for as long as it takes to be down else, and longer
stays()
{
	local i

	for i in $(seq 8); do
		path_is "$1" "$2" up || fail "$2 is not up after $i"
		sleep 0.15
	done
}

# Both ends are up where probes of both arrive, answered or not; else both are down
test_states()
{
	local there back

	MULT=$((15 * SLOW)) keyed
	for there in nothing answers all; do
		for back in nothing answers all; do
			losing nothing nothing
			wait_for 10 path_is e1 edge2:u0 up
			wait_for 10 path_is e2 edge1:u0 up
			losing $there $back
			log "lost there: $there, back: $back"
			if [ $there = all ] || [ $back = all ]; then
				wait_for 10 path_is e1 edge2:u0 down
				wait_for 10 path_is e2 edge1:u0 down
				equal "$(path_get e1 edge2:u0 state_reason)" silent
			else
				stays e1 edge2:u0
				stays e2 edge1:u0
				check ns h1 ping -c 1 -W 5 10.2.0.2
			fi
		done
	done
	losing nothing nothing
	wait_for 10 path_is e1 edge2:u0 up
	# nobody is believed who has no key
	check ns e1 sdwanctl peer set edge2 key none
	check ns e2 sdwanctl peer set edge1 key none
	wait_for 10 path_is e1 edge2:u0 up
	losing nothing answers
	wait_for 10 path_is e1 edge2:u0 down
}

# far_is NS PATH KEY VALUE LESS: what the far end tells is VALUE, or up to LESS less
far_is()
{
	local got

	got=$(ns "$1" sdwanctl -j -s path show "$2" | jq ".[0].far.$3 // -1")
	[ "$got" -le "$4" ] && [ "$got" -ge $(($4 - $5)) ]
}

# What one end says of a path is what the other end knows of it
test_told()
{
	local loss

	keyed
	wan_netem 0 delay 10ms
	check ns e2 sdwanctl underlay set u0 rate 20mbit cost 7
	check ns e1 sdwanctl metric add far \
		'far.underlay.rate_kbit * 10 + far.underlay.cost + far.underlay.valid * 100'
	check ns w0 tc qdisc replace dev east root netem delay 10ms loss 20%
	stream_start told h1 h2 10.2.0.2 3 100
	sleep 3
	check ns w0 tc qdisc replace dev east root netem delay 10ms
	stream_wait told
	loss=$(path_get e2 edge1:u0 probe_loss_rx)
	log "e2 has lost $loss millionths of answers, and e1:" \
		"$(path_get e1 edge2:u0 probe_loss_tx) of probes"
	wait_for 10 far_is e1 edge2:u0 rtt "$(($(path_get e2 edge1:u0 rtt) * 5 / 4))" \
		"$(path_get e2 edge1:u0 rtt)"
	# the same loss, seen from both sides
	wait_for 10 far_is e1 edge2:u0 probe_loss_rx $((loss + 20000)) $((loss + 20000))
	wait_for 10 far_is e2 edge1:u0 mtu "$(path_get e1 edge2:u0 mtu)" 0
	wait_for 10 far_is e1 edge2:u0 data_loss_rx 400000 399999
	wait_for 10 far_cost 200107
	ns e1 sdwanctl metrics > "$CASE_TMP/metrics"
	check grep -q '^sdwan_path_far_rtt_microseconds{name="edge2:u0"' "$CASE_TMP/metrics"
}

far_cost()
{
	[ "$(ns e1 sdwanctl -j metric test far path edge2:u0 | jq .cost)" = "$1" ]
}

run_tests test_states test_told
