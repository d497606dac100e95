#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Probes of paths of encapsulation dev: in their segment, between overlay addresses.
# Kernels: all um um-debug
# Check: um
# Timeout: 400

set -u
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/helpers.sh"
. "$(dirname "$0")/dev.sh"
. "$(dirname "$0")/probe.sh"

# each WORD...: at both edges, @ being the other one
each()
{
	local s

	for s in 1 2; do
		check ns e$s sdwanctl "${@//@/edge$((3 - s))}"
	done
}

asked() { each path set @:t0 probe tunnel; }

good()
{
	wait_for 15 path_is e1 edge2:t0 up
	wait_for 15 path_is e2 edge1:t0 up
	wait_for 15 answered e1 edge2:t0 "${1:-20}"
	wait_for 15 answered e2 edge1:t0 "${1:-20}"
}

# pair KIND: one path, which is probed every 20 ms
pair()
{
	edges "$1"
	each underlay set t0 probe-interval 20ms probe-idle-interval 20ms \
		probe-hold 300ms
	equal "$(path_get e1 edge2:t0 probe_active)" off "nobody has asked for it"
	asked
	good
}

# Round-trip times are those of the line, and what is lost is seen at both ends
test_measured()
{
	pair wireguard
	check ns e1 sdwanctl path set edge2:t0 probe off
	wan_netem 0 delay 10ms
	check ns e1 sdwanctl path set edge2:t0 probe tunnel probe-mult 30
	check ns e2 sdwanctl path set edge1:t0 probe-mult 30
	sleep 3
	between "$(path_get e1 edge2:t0 rtt_min)" 19000 $((22000 * SLOW)) \
		"shortest round trip"
	equal "$(path_get e1 edge2:t0 probes_lost_tx)" 0 "lost there"
	equal "$(path_get e1 edge2:t0 probes_lost_rx)" 0 "lost back"
	check ns w0 tc qdisc replace dev east root netem delay 10ms loss 10%
	sleep $((6 * SLOW))
	check ns w0 tc qdisc replace dev east root netem delay 10ms
	sleep 1
	between "$(path_get e1 edge2:t0 probes_lost_tx)" 5 $((150 * SLOW)) \
		"lost there of some 350"
	between "$(path_get e2 edge1:t0 probes_lost_rx)" 5 $((150 * SLOW)) \
		"lost back of some 350"
	equal "$(path_get e1 edge2:t0 probes_lost_rx)" 0 "lost back"
	# data goes by, and is none of it
	works wireguard
	equal "$(path_get e1 edge2:t0 state)" up
}

# A black hole is noticed while the device has a carrier: another path takes over
test_black_hole()
{
	topo_two_sites 2
	tunnel wireguard
	overlay_two_sites
	each path del @:u0
	each underlay add t0 dev tun0 encap dev probe tunnel \
		probe-interval 20ms probe-idle-interval 20ms probe-hold 300ms
	each path add peer @ underlay t0 vni 100 preference 10
	each path set @:u1 preference 20
	good
	check ns h1 ping -c 1 -W 5 10.2.0.2
	refuse [ "$(path_get e1 edge2:t0 tx_packets)" = 0 ]
	hole 0 both
	wait_for 10 path_is e1 edge2:t0 down
	wait_for 10 path_is e2 edge1:t0 down
	equal "$(path_get e1 edge2:t0 state_reason)" silent
	refuse [ "$(ns e1 cat /sys/class/net/tun0/carrier)" = 0 ]
	check ns h1 ping -c 3 -i 0.2 -W 5 10.2.0.2
	refuse [ "$(path_get e1 edge2:u1 tx_packets)" = 0 ]
	unhole 0
	good
	# one way is enough to know it at both ends
	hole 0 tx
	wait_for 10 path_is e1 edge2:t0 down
	wait_for 10 path_is e2 edge1:t0 down
	unhole 0
	good
}

# With a key: what is made by another one is not believed
test_key()
{
	local key

	pair wireguard
	for key in one other; do
		check sdwanctl genkey "$CASE_TMP/$key"
	done
	each peer set @ key "$CASE_TMP/one"
	sleep 1
	good $(($(path_get e1 edge2:t0 probes_answered) + 20))
	check ns e2 sdwanctl peer set edge1 key "$CASE_TMP/other" key-retire
	wait_for 10 path_is e1 edge2:t0 down
	refuse [ "$(drops e2 rx_drop_probe_key)" = 0 ]
	check ns e1 sdwanctl peer set edge2 key "$CASE_TMP/other" key-retire
	good
}

# What is on the line, and that nobody but us sees it
test_wire()
{
	local s=ip ends

	pair wireguard
	for ends in '100.64.0.1.*100.64.0.2' 'fd64::1.*fd64::2'; do
		capture_start e1 tun0 "tun$s" udp port 862
		capture_start e2 sdwan0 "segment$s" udp port 862
		sleep 1
		capture_stop "tun$s"
		capture_stop "segment$s"
		between "$(capture_count "tun$s" "$s")" 20 100000 "on the line"
		equal "$(capture_count "segment$s" "$s")" 0 "in the segment"
		tcpdump -nvr "$(capture_file "tun$s")" > "$CASE_TMP/text" 2>&1
		matches "$(cat "$CASE_TMP/text")" "$ends"
		refuse grep -Eq 'ttl (25[0-4]|[0-9]{1,2}),|hlim (25[0-4]|[0-9]{1,2}),' \
			"$CASE_TMP/text"
		[ "$s" = ip ] || break
		equal "$(all_drops e1)$(all_drops e2)" "" drops
		# and the same without IPv4
		s=ip6
		check ns e1 sdwanctl peer set edge2 overlay fd64::2 vni 100
		check ns e2 sdwanctl peer set edge1 overlay fd64::1 vni 100
		sleep 1
		good
	done
}

# Others from and to the same ports go on to where they go
test_others()
{
	local to ns

	pair ipip
	for to in h2:10.2.0.2 e2:10.2.0.1; do
		ns=${to%%:*}
		spawn ns "$ns" python3 -c "import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(('0.0.0.0', 862))
print(s.recv(100), flush=True)"
		wait_for 5 eval "ns $ns ss -Hlnu sport = :862 | grep -q ."
		check ns h1 python3 -c "import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(('0.0.0.0', 4000))
s.sendto(b'hello', ('${to#*:}', 862))"
		wait_for 5 grep -q hello "$CASE_TMP/$PID.log"
	done
	# the far end does not ask, and answers
	check ns e2 sdwanctl path set edge1:t0 probe off
	good_one $(($(path_get e1 edge2:t0 probes_answered) + 20))
	# one that does not know this has it, and nobody is asked
	check ns e1 sdwanctl path set edge2:t0 probe default
	equal "$(path_get e1 edge2:t0 probe_active)" off "nobody says so"
	check ns e1 sdwanctl underlay set t0 probe tunnel
	equal "$(path_get e1 edge2:t0 probe_active)" tunnel "as the underlay says"
	check ns e1 sdwanctl peer set edge2 stock on
	equal "$(path_get e1 edge2:t0 probe_active)" off "to a stock far end"
	equal "$(path_get e1 edge2:t0 state)" up
}

good_one() { wait_for 15 answered e1 edge2:t0 "$1"; }

# Without an address there is nobody to ask, or to answer
test_addresses()
{
	pair ipip
	refuse ns e1 sdwanctl path set edge2:t0 probe underlay
	matches "$OUT" "no remote address"
	check ip -n e1 addr flush dev sdwan0 scope global
	check ns e1 sdwanctl path set edge2:t0 probe off
	equal "$(path_get e1 edge2:t0 state)" up "not probed"
	check ns e1 sdwanctl path del edge2:t0
	check ns e1 sdwanctl path add peer edge2 underlay t0 vni 100 probe tunnel
	wait_for 5 path_is e1 edge2:t0 probing
	equal "$(path_get e1 edge2:t0 state_reason)" no-address
	check ip -n e1 addr add 100.64.0.1/24 dev sdwan0
	wait_for 10 path_is e1 edge2:t0 up
	check ns e1 sdwanctl peer set edge2 overlay 100.64.0.2 vni 77
	equal "$(path_get e1 edge2:t0 probe_active)" off "of another segment"
	equal "$(path_get e1 edge2:t0 state)" up
	check ns e1 sdwanctl peer set edge2 overlay 100.64.0.2 vni 100
	equal "$(path_get e1 edge2:t0 probe_active)" tunnel
	good_one 20
	# paths, the segment and the device go while they are probed
	check ip -n e2 link del sdwan0
	wait_for 10 path_is e1 edge2:t0 down
	check ns e2 sdwanctl path del edge1:t0
	check ip -n e1 link del tun0
	wait_for 10 path_is e1 edge2:t0 down
	equal "$(path_get e1 edge2:t0 state_reason)" no-device
}

run_tests test_measured test_black_hole test_key test_wire test_others \
	test_addresses
