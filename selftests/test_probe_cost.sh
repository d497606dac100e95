#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Four thousand paths that one end probes: what that takes of the wire and of a CPU,
# plain and with a key.
# Kernels: um
# Check: um
# Timeout: 300

set -u
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/helpers.sh"
. "$(dirname "$0")/probe.sh"

SIDE=64
PATHS=4000
# Seconds to measure: the interval or more, and of many probes
AT_REST=10 BUSY=4
[ -z "${SDWAN_LONG:-}" ] || AT_REST=30 BUSY=20

# edges: two of 64 addresses each on one line, with paths between any two of them
edges()
{
	local s o n ends

	setup_ns e1 e2
	check ip link add wan0 netns e1 type veth peer name wan0 netns e2
	for s in 1 2; do
		o=$((3 - s))
		for i in $(seq $SIDE); do
			echo "addr add 192.168.$s.$i/16 dev wan0"
		done | batch "e$s"
		batch "e$s" <<-END
			link set wan0 up
			link add sdwan0 type sdwan vni 100
			link set sdwan0 up
		END
		{
			echo "node set site $s"
			echo "peer add far site $o"
			for i in $(seq $SIDE); do
				echo "underlay add u$i dev wan0 probe off" \
					"local 192.168.$s.$i"
			done
			for n in $(seq 0 $((PATHS - 1))); do
				ends=($((n / SIDE + 1)) $((n % SIDE + 1)))
				echo "path add peer far underlay u${ends[s - 1]}" \
					"name p$n remote 192.168.$o.${ends[o - 1]}"
			done
		} > "$CASE_TMP/batch"
		check ns "e$s" sdwanctl -batch "$CASE_TMP/batch"
	done
}

# every INTERVAL: how often each path is probed, by e1 alone
every()
{
	for i in $(seq $SIDE); do
		echo "underlay set u$i probe tunnel probe-interval $1" \
			"probe-idle-interval $1 probe-mult 10"
	done > "$CASE_TMP/every"
	check ns e1 sdwanctl -batch "$CASE_TMP/every"
}

# all_have CONDITION: as jq says it
all_have()
{
	[ "$(ns e1 sdwanctl -j -s path show |
		jq "map(select($1)) | length")" = $PATHS ]
}

# totals: NOW, TICKS of the CPUs that were of use so far, and LINK: packets and bytes
# sent, packets and bytes received
totals()
{
	uptime_cs
	NOW=$UPTIME
	TICKS=$(awk '/^cpu /{ print $2 + $3 + $4 + $7 + $8 }' /proc/stat)
	read -r -a LINK < <(ip -n e1 -j -s link show dev wan0 |
		jq -r '.[0].stats64 | [.tx, .rx] | map("\(.packets) \(.bytes)") | join(" ")')
}

# measure SECONDS: PROBES a second, bits of IP of a probe (TX_BITS) and its answer
# (RX_BITS), and what was USED of one CPU, in millionths
measure()
{
	local then ticks link

	totals
	then=$NOW ticks=$TICKS link=("${LINK[@]}")
	sleep "$1"
	totals
	for i in 0 1 2 3; do
		link[i]=$((LINK[i] - link[i]))
	done
	PROBES=$((link[0] * 100 / (NOW - then)))
	TX_BITS=$((8 * link[1] / link[0] - 8 * 14))
	RX_BITS=$((8 * link[3] / link[2] - 8 * 14))
	USED=$(((TICKS - ticks) * 1000000 / (NOW - then)))
}

# cost MOST: what probes each 10 s take, of which no direction may take MOST bit/s.
# Of a CPU it should be less than 1 % at each end; a busy machine tells more.
cost()
{
	# with the jitter, 8/7 of what the interval says
	local each usual=$((PATHS * 8 / 7 / 10))

	every 1s
	wait_for 60 all_have ".probes_answered > 0"
	# once, each has asked what length passes
	wait_for 90 all_have '.pmtu_state == "found"'
	every 10s
	# until each has sent the one that was due by then
	sleep 3
	# the interval, or more
	measure "$AT_REST"
	log "$PATHS paths, each 10 s: $PROBES probes/s of $TX_BITS bits, $RX_BITS back, CPU of both ends $USED ppm"
	log "hence $((TX_BITS * usual)) bit/s there, $((RX_BITS * usual)) back"
	# they begin together, and are spread by their jitter in the course of time
	between "$PROBES" $((PATHS * 5 / 100)) $((PATHS * 15 / 100)) "probes"
	between $((TX_BITS * usual)) 1 "$1" "bit/s there"
	between $((RX_BITS * usual)) 1 "$1" "bit/s back"

	# more of them, which can be told from all else
	every 500ms
	sleep 2
	measure "$BUSY"
	each=$((USED * 1000 / (PROBES + 1)))
	log "each 500 ms: $PROBES probes/s, CPU $USED ppm: $each ns each, of both ends"
	each=$((each * usual / 1000))
	log "hence each 10 s: $each ppm of a CPU, half of it at each end"
	# seen: 20000 on a machine that had other things to do
	between "$each" 1 60000 "ppm of a CPU"
}

test_plain()
{
	edges
	cost 410000
}

test_key()
{
	edges
	check sdwanctl genkey "$CASE_TMP/key"
	check ns e1 sdwanctl peer set far key "$CASE_TMP/key"
	check ns e2 sdwanctl peer set far key "$CASE_TMP/key"
	cost 1000000
}

run_tests test_plain test_key
