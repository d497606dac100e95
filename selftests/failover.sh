# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the tests of fail-over share.
#
# What may be lost is what was in flight: packets that had been handed to the
# WAN before the loss and were still in its queues.  Without a delay on the WAN
# that is what the guest's softirqs and the emulated card hold, at 1000 packets
# a second the packets of a few milliseconds.  The bound is $FLIGHT packets in
# one run, all of them sent before the command that took the WAN away had
# returned.

FLIGHT=$((20 * SLOW))

# topo_direct: as topo_two_sites with two WANs, but cables between the edges,
# so that a device that goes down takes the carrier from the other end. The
# packets of half a millisecond are in flight.
topo_direct()
{
	local i s

	export WANS=2
	setup_ns h1 h2 e1 e2
	for s in 1 2; do
		forwarding "e$s"
		veth "h$s" eth0 "e$s" lan0
		ip -n "h$s" addr add "10.$s.0.2/24" dev eth0
		ip -n "h$s" addr add "fd0$s::2/64" dev eth0 nodad
		ip -n "e$s" addr add "10.$s.0.1/24" dev lan0
		ip -n "e$s" addr add "fd0$s::1/64" dev lan0 nodad
		ip -n "h$s" route add default via "10.$s.0.1"
		ip -n "h$s" -6 route add default via "fd0$s::1"
	done
	for i in 0 1; do
		if [ $i = 0 ] && [ "${1:-veth}" = nic ]; then
			nics_take
		else
			veth e1 "wan$i" e2 "wan$i"
		fi
		direct_addr 1 "$i"
		direct_addr 2 "$i"
	done
}

# the address of a site on WAN N, and its way to the other one's
direct_addr()
{
	local o=$((3 - $1))

	ip -n "e$1" addr replace "$(wan_addr "$1" "$2")/32" dev "wan$2"
	ip -n "e$1" addr replace "$(wan_addr "$1" "$2" 6)/128" dev "wan$2" nodad
	ip -n "e$1" route replace "$(wan_addr $o "$2")/32" dev "wan$2"
	ip -n "e$1" -6 route replace "$(wan_addr $o "$2" 6)/128" dev "wan$2"
}

# The guest's two network cards, which are connected with each other
nics_take()
{
	local s mac dev

	modprobe -q virtio_net
	for s in 1 2; do
		mac=52:54:00:5d:00:0$s
		dev=$(ip -j link | jq -r --arg m "$mac" \
			'.[] | select(.address == $m) | .ifname')
		[ -n "$dev" ] || fail "there is no network card $mac"
		check ip link set "$dev" down
		check ip link set "$dev" name wan0 netns "e$s"
		ip -n "e$s" link set wan0 up
	done
}

# cut COMMAND...: run the command in the middle of a 1 kHz stream from h1 to h2;
# sets STREAM and CUT, the number of the packet that was sent last when the
# command had returned
cut()
{
	local n

	stream_start cut h1 h2 10.2.0.2 600 1000
	wait_for 30 sent 1000
	"$@"
	n=$(link_stat e1 sdwan0 tx packets)
	CUT=$((n - SENT0 + 1))
	wait_for 30 sent $((CUT + 1000))
	kill -TERM "$(cat "$CASE_TMP/cut.send.pid")"
	stream_wait cut
}

# sent N: so many packets have entered e1's segment since mark_sent
mark_sent() { SENT0=$(link_stat e1 sdwan0 tx packets); }
sent() { [ $(($(link_stat e1 sdwan0 tx packets) - SENT0)) -ge "$1" ]; }

# only_in_flight: the stream lost what was in flight and no more
only_in_flight()
{
	local lost run last

	lost=$(stream_get lost)
	run=$(stream_get lost_run)
	last=$(stream_get 'lost_ranges | (last // [0, 0]) | .[1]')
	log "lost $lost in runs of at most $run, the last one $last of $CUT" \
		"sent at the time; gap $(stream_get max_gap_ms) ms"
	equal "$(stream_get sent)" "$(stream_get 'received + .lost')"
	[ "$(stream_get sent)" -gt $((CUT + 100)) ] ||
		fail "the stream had ended before the WAN was taken away"
	between "$lost" 0 $FLIGHT "packets lost"
	equal "$lost" "$run" "packets lost in one run"
	[ "$last" -le "$CUT" ] || fail "packet $last was sent after the loss"
	equal "$(stream_get duplicated)" 0 duplicates
}

prepare()
{
	"$@"
	overlay_two_sites
	check ns h1 ping -c 1 -W 5 10.2.0.2
	spawn ns e1 sdwanctl -j monitor
	MONITOR=$CASE_TMP/$PID.log
	wait_for 10 path_is e1 edge2:u0 up
	wait_for 10 path_is e1 edge2:u1 up
	mark_sent
}

# event PATTERN...: the monitor has seen a line with all of them
event()
{
	local p

	cp "$MONITOR" "$CASE_TMP/events"
	for p; do
		grep -E -e "$p" "$CASE_TMP/events" > "$CASE_TMP/events.1"
		mv "$CASE_TMP/events.1" "$CASE_TMP/events"
	done
	[ -s "$CASE_TMP/events" ]
}

# moved REASON...: the first path is down for one of the reasons, listeners
# were told, traffic is on the second
moved()
{
	local n

	wait_for 10 path_is e1 edge2:u0 down
	matches "$(path_get e1 edge2:u0 state_reason)" "^($1)$" reason
	wait_for 10 event edge2:u0 '"state": ?"down"' "\"($1)\""
	equal "$(path_get e1 edge2:u1 state)" up "state of the second path"
	n=$(path_get e1 edge2:u1 tx_packets)
	check ns h1 ping -c 2 -i 0.2 -W 5 10.2.0.2
	between $(($(path_get e1 edge2:u1 tx_packets) - n)) 2 10 \
		"packets on the second path"
}

# back COMMAND...: what was lost returns, and traffic to the first path
back()
{
	local n

	"$@"
	wait_for 20 path_is e1 edge2:u0 up
	equal "$(path_get e1 edge2:u0 state_reason)" none
	wait_for 10 event edge2:u0 '"state": ?"up"'
	n=$(path_get e1 edge2:u0 tx_packets)
	check ns h1 ping -c 2 -i 0.2 -W 5 10.2.0.2
	between $(($(path_get e1 edge2:u0 tx_packets) - n)) 2 10 \
		"packets on the first path"
}
