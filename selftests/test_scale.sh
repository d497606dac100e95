#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A thousand peers with two paths each, made in seconds, listed complete while
# they are changed.
# Kernels: all um
# Check: um
# Timeout: 300

set -u
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/helpers.sh"

PEERS=1000

edge()
{
	setup_ns e1
	ip -n e1 link add wan0 type dummy
	ip -n e1 link add wan1 type dummy
	for i in 0 1; do
		ip -n e1 addr add "192.168.1$i.1/24" dev wan$i
		ip -n e1 link set wan$i up
	done
	ip -n e1 route add 172.16.0.0/12 dev wan0
	ip -n e1 route add 172.32.0.0/12 dev wan1
	check ip -n e1 link add sdwan0 type sdwan vni 100
	ip -n e1 link set sdwan0 up
	check ns e1 sdwanctl node set site 1
	check ns e1 sdwanctl underlay add u0 dev wan0 probe off
	check ns e1 sdwanctl underlay add u1 dev wan1 probe off
	awk -v n=$PEERS 'BEGIN {
		for (i = 1; i <= n; i++) {
			a = int(i / 250); b = i % 250 + 1
			printf "peer add p%d site %d overlay 100.64.%d.%d vni 100\n", i, i + 1, a, b
			printf "path add peer p%d underlay u0 remote 172.16.%d.%d\n", i, a, b
			printf "path add peer p%d underlay u1 remote 172.32.%d.%d preference 200\n", i, a, b
			printf "prefix add 10.%d.%d.0/24 vni 100 site %d\n", a, b, i + 1
		} }' > "$CASE_TMP/batch"
}

seconds_of()
{
	local start

	uptime_cs
	start=$UPTIME
	"$@" || return
	uptime_cs
	TOOK=$((UPTIME - start))
}

count() { ns e1 sdwanctl -j "$1" show | jq length; }

# lists: everything is there, each once
lists()
{
	equal "$(count peer)" $PEERS peers
	equal "$(count path)" $((2 * PEERS)) paths
	equal "$(ns e1 sdwanctl -j path show | jq 'map(.name) | unique | length')" \
		$((2 * PEERS)) "different paths"
	equal "$(count prefix)" $PEERS prefixes
}

test_batch()
{
	edge
	seconds_of check ns e1 sdwanctl -batch "$CASE_TMP/batch"
	log "$((PEERS * 4)) objects in $((TOOK / 100)).$((TOOK % 100)) s"
	between $((TOOK / 100)) 0 $((20 * SLOW)) "seconds of the batch"
	lists
	equal "$(ns e1 sdwanctl -j peer show p777 | jq '.[0].site')" 778 site
	# traffic finds its way among them
	check ns e1 ping -c 1 -W 1 -I 192.168.10.1 192.168.10.1
	refuse ns e1 ping -c 1 -W 1 -I sdwan0 10.3.28.1
	equal "$(ns e1 sdwanctl -j -s path show p777:u0 |
		jq '.[0] | .tx_packets + .tx_errors')" 1 "packets of p777"
	# saved and restored
	seconds_of save
	log "saved in $((TOOK / 100)).$((TOOK % 100)) s"
	seconds_of check ns e1 sdwanctl restore "$CASE_TMP/saved"
	log "restored, nothing to do, in $((TOOK / 100)).$((TOOK % 100)) s"
	lists
	seconds_of flush
	log "flushed in $((TOOK / 100)).$((TOOK % 100)) s"
	seconds_of check ns e1 sdwanctl restore "$CASE_TMP/saved"
	log "restored from nothing in $((TOOK / 100)).$((TOOK % 100)) s"
	lists
}

save() { ns e1 sdwanctl save > "$CASE_TMP/saved"; }

flush()
{
	check ns e1 sdwanctl prefix flush
	check ns e1 sdwanctl peer flush
	equal "$(count path)" 0 paths
}

# Half of them come and go while they are listed: the other half is in each
# list, once
test_listed_while_changed()
{
	local i n pid rounds=${SDWAN_LONG:+40}

	edge
	check ns e1 sdwanctl -batch "$CASE_TMP/batch"
	# the odd ones change
	awk '/peer add p[0-9]*[13579] / { print "peer del " $3; print }' \
		"$CASE_TMP/batch" > "$CASE_TMP/changes"
	spawn ns e1 bash -c "while sdwanctl -batch '$CASE_TMP/changes'; do :; done"
	pid=$PID
	for i in $(seq "${rounds:-6}"); do
		ns e1 sdwanctl -j peer show > "$CASE_TMP/list" ||
			fail "round $i: no list"
		n=$(jq 'map(select(.site % 2 == 1)) | length' "$CASE_TMP/list")
		equal "$n" $((PEERS / 2)) "round $i: stable peers"
		equal "$(jq '(map(.name) | unique | length) == length' \
			"$CASE_TMP/list")" true "round $i: each once"
		n=$(ns e1 sdwanctl -j path show | jq '[.[] |
			select(.peer | test("[02468]$")) | .name] |
			unique | length')
		equal "$n" $PEERS "round $i: paths of stable peers"
	done
	kill -0 "$pid" || fail "the changes ended: $(cat "$CASE_TMP/$pid.log")"
}

run_tests test_batch test_listed_while_changed
