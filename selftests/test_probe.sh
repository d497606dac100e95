#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Paths are measured by probes, and silent ones carry nothing.
# Kernels: all um
# Check: um
# Timeout: 400

set -u
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/helpers.sh"
. "$(dirname "$0")/failover.sh"
. "$(dirname "$0")/probe.sh"

# near NS PATH USEC: the shortest round-trip time is that within 5 %. The smoothed
# one is what it was of late, and on a busy host netem is late as well.
near()
{
	between "$(path_get "$1" "$2" rtt_min)" $(($3 - $3 / 20)) \
		$(($3 + $3 * SLOW / 20)) "shortest round trip"
	between "$(path_get "$1" "$2" rtt)" $(($3 - $3 / 20)) \
		$(($3 * (2 + SLOW) * WAIT / 2)) "smoothed round trip"
}

# Round-trip times are those of the WANs, and so is their fluctuation
test_rtt()
{
	local s u

	UNDERLAY_ARGS='probe-interval 20ms probe-idle-interval 20ms' probed 2
	wan_netem 0 delay 10ms
	wan_netem 1 delay 25ms
	# measured anew
	for s in 1 2; do
		for u in u0 u1; do
			check ns e$s sdwanctl path set "edge$((3 - s)):$u" probe off
			check ns e$s sdwanctl path set "edge$((3 - s)):$u" \
				probe default
		done
	done
	sleep 4
	near e1 edge2:u0 20000
	near e1 edge2:u1 50000
	near e2 edge1:u0 20000
	between "$(path_get e1 edge2:u0 rtt_var)" 0 $((10000 * SLOW)) \
		"fluctuation"
	between "$(path_get e1 edge2:u0 delay_var_tx)" 0 $((10000 * SLOW)) \
		"variation there"
	equal "$(path_get e1 edge2:u0 probes_lost_tx)" 0 "probes lost there"
	equal "$(path_get e1 edge2:u0 probes_lost_rx)" 0 "probes lost back"
}

# Both ends see on which way probes are lost, and how many
test_one_way_loss()
{
	local e1 e2 drops

	UNDERLAY_ARGS='probe-interval 10ms probe-idle-interval 10ms probe-mult 30' \
		probed 1
	check ns w0 tc qdisc replace dev east root netem loss 10%
	sleep $((6 * SLOW))
	check ns w0 tc qdisc replace dev east root netem loss 0%
	sleep 0.5
	e1=$(path_get e1 edge2:u0 probes_lost_tx)
	e2=$(path_get e2 edge1:u0 probes_lost_rx)
	log "of 10 %: e1 lost $e1 there, e2 lost $e2 back"
	equal "$(path_get e1 edge2:u0 probes_lost_rx)" 0 "of e1 back"
	equal "$(path_get e2 edge1:u0 probes_lost_tx)" 0 "of e2 there"
	for drops in "$e1" "$e2"; do
		between "$drops" 15 $((250 * SLOW)) "lost of some 700"
	done
	equal "$(path_get e1 edge2:u0 state)" up
}

# What netem has dropped is what both ends say, to the packet
test_loss_exact()
{
	local dropped told

	UNDERLAY_ARGS='probe-interval 10ms probe-idle-interval 10ms probe-mult 30' \
		probed 1
	check ns w0 tc qdisc replace dev east root netem loss 5%
	sleep 4
	ns w0 tc -j -s qdisc show dev east > "$CASE_TMP/qdisc"
	check ns w0 tc qdisc replace dev east root netem loss 0%
	sleep 1
	dropped=$(jq '.[0].drops' "$CASE_TMP/qdisc")
	told=$(($(path_get e1 edge2:u0 probes_lost_tx) +
		$(path_get e2 edge1:u0 probes_lost_rx)))
	# some between the two commands
	between "$told" "$dropped" $((dropped + 10 * SLOW)) \
		"lost by both, of $dropped dropped,"
}

# States, events, traffic: a far end that does not answer, and does again
test_states()
{
	UNDERLAY_ARGS='probe-hold 500ms' probed 2
	spawn ns e1 sdwanctl -j monitor
	MONITOR=$CASE_TMP/$PID.log
	sleep 0.5
	check ns e2 sdwanctl path set edge1:u0 down
	wait_for 10 path_is e1 edge2:u0 down
	equal "$(path_get e1 edge2:u0 state_reason)" silent
	wait_for 10 event edge2:u0 '"state": ?"down"' '"silent"'
	between "$(drops e2 rx_drop_path_down)" 1 100 "probes refused"
	moved silent
	# what it sends itself is answered all the same, when it is up again
	check ns e2 sdwanctl path set edge1:u0 up
	wait_for 10 event edge2:u0 '"state": ?"probing"'
	back true
}

# A path is used as soon as the far end has answered once, and not before
test_fresh()
{
	topo_two_sites 1
	UNDERLAY_ARGS='probe tunnel' overlay_two_sites
	wait_for 10 path_is e1 edge2:u0 up
	check ns e2 sdwanctl path del edge1:u0
	check ns e1 sdwanctl path del edge2:u0
	check ns e1 sdwanctl path add peer edge2 underlay u0 \
		remote "$(wan_addr 2 0)"
	equal "$(path_get e1 edge2:u0 state)" probing "state of a new path"
	refuse ns h1 ping -c 1 -W 1 10.2.0.2
	wait_for 10 path_is e1 edge2:u0 down
	check ns e2 sdwanctl path add peer edge1 underlay u0 \
		remote "$(wan_addr 1 0)"
	wait_for 10 path_is e1 edge2:u0 up
	check ns h1 ping -c 1 -W 5 10.2.0.2
	# what carries traffic is not interrupted by measuring it
	check ns e1 sdwanctl path set edge2:u0 probe off
	equal "$(path_get e1 edge2:u0 probe_active)" off
	equal "$(path_get e1 edge2:u0 rtt)" null "round-trip time unmeasured"
	check ns e1 sdwanctl path set edge2:u0 probe tunnel
	equal "$(path_get e1 edge2:u0 state)" up "state when probing begins"
}

# In every encapsulation, over both families, with what the segment carries
test_encapsulations()
{
	local encap family

	for encap in geneve vxlan-gpe gre; do
		for family in 4 6; do
			topo_two_sites 1
			UNDERLAY_ARGS="encap $encap probe tunnel" \
				overlay_two_sites 100 $family
			wait_for 10 path_is e1 edge2:u0 up
			wait_for 10 path_is e2 edge1:u0 up
			check ns h1 ping -c 1 -W 5 10.2.0.2
			wait_for 10 answered e1 edge2:u0 3
			equal "$(all_drops e1 | tr ' ' '\n' | grep rx_)" ""
			cleanup_case
		done
	done
}

# Idle paths are probed slowly, those in use fast, silent ones slowly
test_intervals()
{
	local n

	probed 1
	sleep 3
	n=$(path_get e1 edge2:u0 probes_sent)
	sleep 4
	between $(($(path_get e1 edge2:u0 probes_sent) - n)) 3 8 \
		"probes in 4 s of an idle path"
	stream_start busy h1 h2 10.2.0.2 6 100
	sleep 2
	n=$(path_get e1 edge2:u0 probes_sent)
	sleep 2
	between $(($(path_get e1 edge2:u0 probes_sent) - n)) \
		$((20 / SLOW)) $((32 * SLOW)) "probes in 2 s of a busy path"
	between "$(path_get e1 edge2:u0 tx_rate)" 60000 200000 \
		"bit/s of 100 packets of 128 bytes or so"
	stream_wait busy
	hole 0 both
	wait_for 20 path_is e1 edge2:u0 down
	n=$(path_get e1 edge2:u0 probes_sent)
	sleep 3
	between $(($(path_get e1 edge2:u0 probes_sent) - n)) 2 6 \
		"probes in 3 s of a silent path"
}

# Who is asked how
test_inherit()
{
	topo_two_sites 1
	overlay_two_sites
	active() { path_get e1 edge2:u0 probe_active; }
	equal "$(active)" off "as the underlay"
	check ns e1 sdwanctl underlay set u0 probe default
	equal "$(active)" tunnel "by default"
	check ns e1 sdwanctl peer set edge2 stock
	equal "$(active)" off "to a stock far end"
	equal "$(path_get e1 edge2:u0 state)" up
	check ns e1 sdwanctl path set edge2:u0 probe tunnel
	equal "$(active)" tunnel "as the path says"
	check ns e1 sdwanctl path set edge2:u0 probe default
	equal "$(active)" off "to a stock far end again"
	check ns e1 sdwanctl peer set edge2 stock off
	equal "$(active)" tunnel "as the underlay again"
	check ns e1 sdwanctl path set edge2:u0 probe off
	equal "$(active)" off "off"
	refuse ns e1 sdwanctl path set edge2:u0 probe-interval 9999us
	refuse ns e1 sdwanctl underlay set u0 probe-idle-interval 5ms
	equal "$(active)" off "after what was refused"
	check ip -n e1 link add tun9 type ipip local 10.9.9.1 remote 10.9.9.2
	check ip -n e1 link set tun9 up
	check ns e1 sdwanctl underlay add bare dev tun9 probe tunnel
	refuse ns e1 sdwanctl path add peer edge2 underlay bare vni 100 \
		encap dev probe underlay
	check ns e1 sdwanctl path add peer edge2 underlay bare vni 100 encap dev
	equal "$(path_get e1 edge2:bare probe_active)" tunnel "of encapsulation dev"
	check ns e1 sdwanctl underlay set bare probe default
	equal "$(path_get e1 edge2:bare probe_active)" off "where nobody says so"
}

# Another dissector finds in the packets what RFC 8762 says
test_fields()
{
	UNDERLAY_ARGS='probe-interval 50ms probe-idle-interval 50ms' probed 1
	wan_netem 0 delay 5ms
	sleep 1
	capture_start e1 wan0 fields
	sleep 3
	capture_stop fields
	check /usr/bin/python3 "$SELFTESTS/probefields.py" \
		"$(capture_file fields)" "$(wan_addr 1 0)"
}

# Without a key, too, both ends say of data what did not come
test_data()
{
	local tx rx told way

	UNDERLAY_ARGS='probe-interval 10ms probe-mult 30' probed 1
	ns h1 ping -q -i 0.1 -c 10 10.2.0.2 > /dev/null
	wait_for 10 counted e1 edge2:u0
	wait_for 10 counted e2 edge1:u0
	check ns w0 tc qdisc replace dev east root netem loss 10%
	ns h1 ping -q -f -c 3000 -w 30 -W 1 10.2.0.2 > "$CASE_TMP/ping"
	check ns w0 tc qdisc replace dev east root netem loss 0%
	ns h1 ping -q -i 0.1 -c 10 10.2.0.2 > /dev/null
	tx=$(path_get e1 edge2:u0 tx_packets)
	rx=$(path_get e2 edge1:u0 rx_packets)
	told=$(path_get e1 edge2:u0 data_lost_tx)
	log "of $tx sent, $rx arrived: $told lost, $(path_get e2 edge1:u0 data_lost_rx) by the other end"
	equal "$told" $((tx - rx)) "lost data, told by e1"
	equal "$(path_get e2 edge1:u0 data_lost_rx)" $((tx - rx)) "lost data, told by e2"
	between "$told" 100 1000 "lost"
	for way in "e1 edge2:u0 data_lost_rx" "e2 edge1:u0 data_lost_tx"; do
		# shellcheck disable=SC2086 # several words
		equal "$(path_get $way)" 0 "$way"
	done
}

# counted NS PATH: the loss of data is known
counted() { [ "$(path_get "$1" "$2" data_lost_tx)" = 0 ]; }

# Everything goes away in the middle of it, at any time
test_away()
{
	local i

	for i in path peer underlay namespace module; do
		UNDERLAY_ARGS='probe-interval 10ms probe-idle-interval 10ms' \
			probed 2
		stream_start "$i" h1 h2 10.2.0.2 3 1000
		sleep 0.5
		case $i in
		path)	check ns e1 sdwanctl path del edge2:u0 ;;
		peer)	check ns e1 sdwanctl peer del edge2 ;;
		underlay)
			check ns e1 sdwanctl underlay del u0
			check ip -n e1 link del wan1 ;;
		namespace)
			ip netns del e1 ;;
		module)
			check timeout 60 rmmod sdwan
			check modprobe sdwan ;;
		esac
		sleep 0.3
		cleanup_case
	done
}

run_tests test_rtt test_one_way_loss \
	test_loss_exact test_states test_fresh test_encapsulations \
	test_intervals test_inherit test_fields test_data test_away
