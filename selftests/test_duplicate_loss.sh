#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Classes of mode duplicate: nothing is lost and nothing is doubled, whatever
# becomes of either path.
# Kernels: all um um-debug
# Check: um
# Timeout: 300

set -u
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/helpers.sh"
. "$(dirname "$0")/failover.sh"
. "$(dirname "$0")/duplicate.sh"

# lossy LOSS0 LOSS1 EXPECTED [SECONDS]: percent of each path, per 10,000 of all
# packets
lossy()
{
	local lost n d seconds=${4:-3}

	[ -z "${SDWAN_LONG:-}" ] || seconds=6
	wan_netem 0 loss "$1%"
	wan_netem 1 loss "$2%"
	stream_start lossy h1 h2 10.2.0.2 "$seconds" 1000
	stream_wait lossy
	lost=$(stream_get lost)
	# within 5 standard deviations
	n=$(stream_get sent)
	d=$(awk -v n="$n" -v p="$3" \
		'BEGIN { p /= 10000; print 5 * sqrt(n * p * (1 - p)) }')
	between "$lost" "$(jq -n "$n * $3 / 10000 - $d")" \
		"$(jq -n "$n * $3 / 10000 + $d")" \
		"lost with losses of $1 and $2 %:"
	equal "$(stream_get duplicated)" 0 "duplicates with $1 and $2 %"
}

# Loss on either path does no harm, on both that of both together
test_loss()
{
	twice 2
	lossy 30 0 0
	lossy 0 30 0
	lossy 30 30 900
	lossy 10 10 100 6
	counts_add_up
	between "$(jq -n "$(stream_get received) / $(stream_get sent) * 100")" \
		98.5 100 "percent delivered with 10 % of loss each"
}

# A path dies under a stream, and comes back: nothing is lost, and what goes over
# one path alone has its number, too
dies()
{
	local once

	once=$(counted e1 tx_duplicate_once)
	stream_start dies h1 h2 10.2.0.2 600 1000
	wait_for 30 sent 1000
	"$@" off
	wait_for 30 sent 2000
	"$@" on
	wait_for 30 sent 3000
	kill -TERM "$(cat "$CASE_TMP/dies.send.pid")"
	stream_wait dies
	equal "$(stream_get lost) $(stream_get duplicated)" "0 0" \
		"lost and doubled: $*"
	ONCE=$(($(counted e1 tx_duplicate_once) - once))
	mark_sent
}

black_hole()
{
	if [ "$2" = off ]; then
		wan_netem "$1" loss 100%
	else
		wan_netem "$1"
	fi
}

test_path_dies()
{
	local i

	twice 2
	# late, as the link's end says: what was on its way is not lost alone
	mark_sent
	for i in 0 1; do
		dies black_hole $i
		equal "$ONCE" 0 "sent once into a black hole"
		dies wan_carrier 1 $i
		[ "$ONCE" -gt 500 ] || fail "only $ONCE sent once"
		wait_for 10 path_is e1 edge2:u$i up
	done
	# no path at all
	wan_carrier 1 0 off
	wan_carrier 1 1 off
	refuse ns h1 ping -c 1 -W 2 10.2.0.2
	[ "$(drops e1 tx_drop_no_path)" -gt 0 ] || fail "no drop was counted"
}

# TCP with GSO in its hosts, over paths of unequal delay and loss
test_tcp()
{
	local dst

	twice 2
	for dst in 10.2.0.2 fd02::2; do
		tcp_copy h1 h2 $dst 4096
		tcp_copy h2 h1 "${dst/2/1}" 1024
	done
	counts_add_up
	# datagrams that are one super-packet at first
	spawn ns h2 /usr/bin/python3 "$SELFTESTS/udpgso.py" recv 7000
	wait_for 10 grep -q listening "$CASE_TMP/$PID.log"
	for dst in 10.2.0.2 fd02::2; do
		check ns h1 /usr/bin/python3 "$SELFTESTS/udpgso.py" send $dst \
			7000
	done
	wait_for 10 grep -q '^done 120000 120000$' "$CASE_TMP/$PID.log"
	counts_add_up
	# the same in packets of the wire, each of which has its own number
	wan_wire
	tcp_copy h1 h2 10.2.0.2 512
	counts_add_up
	wan_netem 0 delay 10ms loss 5%
	wan_netem 1 delay 25ms loss 5%
	tcp_copy h1 h2 10.2.0.2 512 120
	# the application's host has seen nothing twice that was not sent again
	log "$(ns h2 nstat -a -s -z TcpExtTCPDSACKOldSent TcpExtTCPDSACKOfoSent |
		tr '\n' ' ')"
	equal "$(counted e2 rx_duplicate_late)" 0 late
}

# Copies come in any order, and one path long after the other
test_reordered()
{
	twice 2
	wan_netem 0 delay 5ms 4ms
	wan_netem 1 delay 60ms 50ms
	stream_start mixed h1 h2 10.2.0.2 4 2000
	stream_wait mixed
	equal "$(stream_get lost) $(stream_get duplicated)" "0 0" \
		"lost and doubled"
	# the slow path alone, then both, then the fast one
	stream_start turns h1 h2 10.2.0.2 600 1000
	mark_sent
	wait_for 30 sent 500
	wan_carrier 1 0 off
	wait_for 30 sent 1000
	wan_carrier 1 0 on
	wait_for 30 sent 1500
	wan_carrier 1 1 off
	wait_for 30 sent 2000
	kill -TERM "$(cat "$CASE_TMP/turns.send.pid")"
	stream_wait turns
	equal "$(stream_get duplicated)" 0 "doubled"
	equal "$(counted e2 rx_duplicate_late)" 0 late
}

# e1 as topo_two_sites makes it, with what it is connected to
remake_e1()
{
	del_ns e1
	setup_ns e1
	forwarding e1
	site_links 1 | batch ""
	site_up 1
	overlay_site 1
	doubled e1
}

# The sender is another one, and begins anew: taken at once, and once
test_restart()
{
	local n

	twice 2
	udp_all h1 h2 10.2.0.2 300
	remake_e1
	n=$(counted e2 rx_duplicate_removed)
	capture_start h2 eth0 inner 'icmp[0] == 8'
	check ns h1 ping -c 5 -i 0.2 -W 5 10.2.0.2
	capture_stop inner
	equal "$(capture_count inner)" 5 "pings after the restart"
	equal $(($(counted e2 rx_duplicate_removed) - n)) 5 "duplicates removed"
	# the far end forgets all, while the sender goes on
	check ns e2 ip link set sdwan0 down
	check ns e2 sdwanctl peer del edge1
	check ns e2 sdwanctl underlay del u0
	check ns e2 sdwanctl underlay del u1
	check ns e2 sdwanctl prefix del 10.1.0.0/16 vni 100
	check ns e2 sdwanctl prefix del fd01::/64 vni 100
	check ip -n e2 link del sdwan0
	overlay_site 2
	wait_for 10 ns h1 ping -c 1 -W 1 10.2.0.2
	n=$(counted e2 rx_duplicate_removed)
	udp_all h1 h2 10.2.0.2 100
	between $(($(counted e2 rx_duplicate_removed) - n)) 100 120 \
		"duplicates removed by another receiver"
}

run_tests test_loss test_path_dies test_tcp test_reordered test_restart
