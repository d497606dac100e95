#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Super-packets of unusual kinds: larger than 64 KiB, of UDP, in fragments.
# Kernels: all um
# Check: um
# Timeout: 300

set -u
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/helpers.sh"

# BIG TCP of the host: more than the device takes is cut before it
test_jumbo()
{
	topo_two_sites 1
	overlay_two_sites
	for size in 150000 65536; do
		# what the driver does not support is refused, which is right too
		ip -n h1 link set dev eth0 gso_max_size 150000 2>/dev/null
		ip -n e1 link set dev lan0 gro_max_size 150000 2>/dev/null
		ip -n e1 link set dev sdwan0 gso_max_size $size 2>/dev/null
		ip -n e1 link set dev wan0 gso_max_size 150000 2>/dev/null
		tcp_copy h1 h2 fd02::2 2048
		tcp_copy h1 h2 10.2.0.2 1024
		tcp_copy e1 h2 fd02::2 1024
	done
	log "$(all_drops e1) $(all_drops e2)"
	check ns h1 ping -c 1 -W 5 10.2.0.2
}

# UDP with segmentation offload, and datagrams that need fragments
test_udp()
{
	topo_two_sites 1
	overlay_two_sites
	ip netns exec h2 /usr/bin/python3 "$SELFTESTS/udpgso.py" recv 7000 \
		> "$CASE_TMP/recv" 2>&1 &
	echo $! > "$CASE_TMP/pid"
	: > "$CASE_TMP/.pid.$!"
	wait_for 20 grep -q listening "$CASE_TMP/recv"
	check ns h1 /usr/bin/python3 "$SELFTESTS/udpgso.py" send 10.2.0.2 7000
	check ns e1 /usr/bin/python3 "$SELFTESTS/udpgso.py" send fd02::2 7000
	wait_for 20 grep -q "done" "$CASE_TMP/recv"
	log "$(cat "$CASE_TMP/recv")"
	matches "$(cat "$CASE_TMP/recv")" "^done 120000 120000$" "bytes received"
	udp_all h1 h2 10.2.0.2 20 -s 9000
	# the sender learns how long fragments may be from the first that is lost
	wait_for 20 ns h1 ping -c 1 -W 2 -s 9000 fd02::2
	udp_all h1 h2 fd02::2 10 -s 9000
}

h2_received() { [ "$(link_stat h2 eth0 rx packets)" -ge "$1" ]; }

# A burst of as many packets as a poll takes from the WAN: one batch cannot
# deliver all of them
test_burst()
{
	local dst n

	topo_two_sites 1
	overlay_two_sites
	wan_wire
	for dst in 10.2.0.2 fd02::2; do
		check ns e1 ping -c 1 -W 5 $dst
		n=$(link_stat h2 eth0 rx packets)
		for _ in 1 2 3; do
			check ns e1 /usr/bin/python3 "$SELFTESTS/udpgso.py" \
				burst $dst 7000
		done
		wait_for 10 h2_received $((n + 3 * 64))
		check ns h1 ping -c 2 -i 0.2 -W 5 $dst
	done
	equal "$(all_drops e1)$(all_drops e2)" "" drops
}

# Offloads of the WAN's card, one after the other
test_features()
{
	local f

	topo_two_sites 1
	overlay_two_sites
	for f in tx-udp_tnl-segmentation tx-udp_tnl-csum-segmentation tso gso tx \
		 sg; do
		ns e1 ethtool -K wan0 $f off > /dev/null 2>&1
		tcp_copy h1 h2 10.2.0.2 256
		tcp_copy h1 h2 fd02::2 256
	done
	ns e2 ethtool -K wan0 rx off gro on > /dev/null 2>&1
	tcp_copy h1 h2 10.2.0.2 256
	equal "$(all_drops e1)$(all_drops e2)" "" drops
}

run_tests test_jumbo test_udp test_burst test_features
