#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The MTU and the MSS that paths are told to keep to, the MTU of a flow, and
# fragments.
# Kernels: all um um-debug
# Check: um
# Timeout: 300

set -u
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/helpers.sh"

# edges [ENCAP [FAMILY [WANS]]]
edges()
{
	ENCAP=${1:-geneve} FAMILY=${2:-4}
	topo_two_sites "${3:-1}"
	UNDERLAY_ARGS="encap $ENCAP" overlay_two_sites 100 "$FAMILY"
	check ns h1 ping -c 1 -W 5 10.2.0.2
	check ns h1 ping -c 1 -W 5 fd02::2
}

both_paths()
{
	check ns e1 sdwanctl path set "edge2:${PATH_ON:-u0}" "$@"
	check ns e2 sdwanctl path set "edge1:${PATH_ON:-u0}" "$@"
}

# report: what was captured on wan0 of e1, in $CASE_TMP/report
report()
{
	capture_stop wan0
	/usr/bin/python3 "$SELFTESTS/pcapcheck.py" --icmp --encap "$ENCAP" \
		"$(capture_file wan0)" > "$CASE_TMP/report" ||
		fail "$(cat "$CASE_TMP/report")"
	log "$(cat "$CASE_TMP/report")"
}

reported() { jq "$1 // 0" "$CASE_TMP/report"; }

# The WAN says nothing of its MTU: no ICMP gets through.  The clamp says it.
mtu_clamp()
{
	local encap=$1 family=$2 mtu

	edges "$encap" "$family"
	mtu=$((1400 - $(overhead "$family" "$encap")))
	check ns w0 nft -f - <<-END
		table inet t {
			chain out {
				type filter hook output priority 0;
				icmp type destination-unreachable drop
				icmpv6 type packet-too-big drop
			}
		}
	END
	ip -n w0 link set dev east mtu 1400
	ip -n e2 link set dev wan0 mtu 1400
	refuse ping_big h1 $((mtu + 30)) 10.2.0.2
	both_paths mtu-clamp 1400
	equal "$(path_get e1 edge2:u0 mtu)" $mtu "MTU of the path"
	refuse ping_big h1 $((mtu + 1)) 10.2.0.2
	matches "$OUT" "mtu ?= ?$mtu"
	refuse ping_big h1 $((mtu + 1)) fd02::2
	matches "$OUT" "mtu ?[=:] ?$mtu"
	check ping_big h1 $mtu 10.2.0.2
	check ping_big h1 $mtu fd02::2
	check ping_big h1 $((mtu + 20)) 10.2.0.2 dont
	wan_wire
	capture_start e1 wan0 wan0
	tcp_copy h1 h2 10.2.0.2 256
	tcp_copy h1 h2 fd02::2 256
	udp_all h1 h2 10.2.0.2 20 -s 3000
	report
	between "$(reported .longest)" 1300 1400 "longest outer packet"
	# more than the route has is no limit
	both_paths mtu-clamp 9000
	equal "$(path_get e1 edge2:u0 mtu)" $((mtu + 100)) "MTU of the path"
	both_paths mtu-clamp none
	equal "$(path_get e1 edge2:u0 mtu)" $((mtu + 100)) "MTU of the path"
}

test_mtu_clamp_geneve_ipv4() { mtu_clamp geneve 4; }
test_mtu_clamp_gre_ipv6() { mtu_clamp gre 6; }

# Outer fragments keep to the clamp too, GSO packets included
clamp_fragments()
{
	local family=$1 clamp=1400

	edges geneve "$family"
	both_paths mtu-clamp $clamp df clear
	wan_wire
	capture_start e1 wan0 wan0
	check ping_big h1 1440 10.2.0.2
	check ping_big h1 1440 fd02::2
	tcp_copy h1 h2 10.2.0.2 256
	tcp_copy h1 h2 fd02::2 256
	udp_all h1 h2 10.2.0.2 20 -s 3000
	report
	between "$(reported .longest)" 1300 $clamp "longest outer packet"
	between "$(reported .cut.outer)" 100 100000 "outer fragments"
	# a clamp above the MTU of the route
	both_paths mtu-clamp 4000
	wan_mtu 0 1380
	check ping_big h1 1440 10.2.0.2
	check ping_big h1 1440 fd02::2
	tcp_copy h1 h2 10.2.0.2 256
	tcp_copy h1 h2 fd02::2 256
}

test_clamp_fragments_ipv4() { clamp_fragments 4; }
test_clamp_fragments_ipv6() { clamp_fragments 6; }

# Below 1280 IPv6 goes on in outer fragments, whatever the clamp says
clamp_tiny()
{
	local family=$1 encap=$2

	edges "$encap" "$family"
	for clamp in 1290 9000; do
		wan_mtu 0 1290
		both_paths mtu-clamp $clamp
		check ping_big h1 1280 fd02::2
		check ping_big h2 1280 fd01::2
		tcp_copy h1 h2 fd02::2 64
		tcp_copy h1 h2 10.2.0.2 64
		equal "$(all_drops e2)" "" drops
	done
}

test_clamp_tiny_ipv4() { clamp_tiny 4 gre; }
test_clamp_tiny_ipv6() { clamp_tiny 6 vxlan-gpe; }

# No path over IPv6 carries less than 1280
test_clamp_least()
{
	edges geneve 6
	refuse ns e1 sdwanctl path set edge2:u0 mtu-clamp 1279
	matches "$OUT" "over IPv6 is at least 1280"
	both_paths mtu-clamp 1280 df clear
	check ping_big h1 1280 fd02::2
	tcp_copy h1 h2 fd02::2 64
	check ns e1 sdwanctl underlay del u0
	check ns e1 sdwanctl underlay add u0 dev wan0 probe off
	check ns e1 sdwanctl path add small peer edge2 underlay u0 \
		remote 192.168.20.7 mtu-clamp 576
	refuse ns e1 sdwanctl path set small mtu-clamp 575
	matches "$OUT" "576"
	# another address may make it wrong
	refuse ns e1 sdwanctl path set small remote fd10:0:2::7
	matches "$OUT" "over IPv6 is at least 1280"
	equal "$(path_get e1 small remote)" 192.168.20.7 "remote address"
	check ns e1 sdwanctl path set small remote fd10:0:2::7 mtu-clamp none
}

# What may be fragmented is so inside: the WAN sees whole packets
inner_fragments()
{
	local encap=$1 family=$2 mtu

	edges "$encap" "$family"
	mtu=$((1400 - $(overhead "$family" "$encap")))
	wan_mtu 0 1400
	wait_for 10 eval "[ \$(path_get e1 edge2:u0 mtu) = $mtu ]"
	# senders that do not want to know the path MTU
	check ns h1 sysctl -qw net.ipv4.ip_no_pmtu_disc=1
	# GSO: many segments at once, none of which fits
	tcp_copy h1 h2 10.2.0.2 1024
	wan_wire
	capture_start e1 wan0 wan0
	check ping_big h1 1440 10.2.0.2 dont
	check ping_big e1 1440 100.64.0.2 dont
	tcp_copy h1 h2 10.2.0.2 256
	udp_all h1 h2 10.2.0.2 20 -s 1410
	report
	equal "$(reported .cut.outer)" 0 "outer fragments"
	between "$(reported .cut.inner)" 44 100000 "inner fragments"
	between "$(reported .longest)" 1300 1400 "longest outer packet"
	equal "$(all_drops e1)$(all_drops e2)" "" drops
}

test_inner_fragments_geneve_ipv4() { inner_fragments geneve 4; }
test_inner_fragments_gre_ipv6() { inner_fragments gre 6; }

# A flow's MTU is the smallest of the paths it may use
test_smallest()
{
	local now

	edges geneve 4 2
	ip -n w1 link set dev east mtu 1350
	both_paths preference 1
	check ns h1 ping -c 1 -W 5 10.2.0.2
	# the small one, that is not used
	PATH_ON=u1 both_paths mtu-clamp 1350
	busywait 5 eval "refuse ping_big h1 1400 10.2.0.2" ||
		fail "nobody was told"
	refuse ping_big h1 1420 fd02::2
	matches "$OUT" "mtu ?[=:] ?1314"
	refuse ping_big e1 1420 100.64.0.2
	matches "$OUT" "mtu ?[=:] ?1314"
	tcp_copy h1 h2 10.2.0.2 512
	equal "$(path_get e1 edge2:u1 tx_packets)" 0 "packets of the small path"
	# what may be fragmented is so for the path it takes only
	capture_start e1 wan0 wan0
	check ping_big h1 1440 10.2.0.2 dont
	capture_stop wan0
	equal "$(capture_count wan0 'udp and greater 1400')" 1 \
		"packets that need no fragmentation"
	# without it, all have the large one
	PATH_ON=u1 both_paths down
	ns h1 ip route flush cache
	ns h1 ip -6 route flush cache
	check ping_big h1 1440 10.2.0.2
	check ping_big h1 1440 fd02::2
	PATH_ON=u1 both_paths up
	refuse ping_big h1 1440 10.2.0.2
	# it goes by itself, and comes back
	ns h1 ip route flush cache
	wan_link 1 1 down
	now=$EPOCHSECONDS
	wait_for 3 ping_big h1 1440 10.2.0.2
	log "large packets pass after $((EPOCHSECONDS - now)) s"
	wan_link 1 1 up
	wait_for 3 eval "! ping_big h1 1440 10.2.0.2"
	# or is deleted
	ns h1 ip route flush cache
	check ns e1 sdwanctl path del edge2:u1
	check ping_big h1 1440 10.2.0.2
}

# A flow to a gateway does not care about paths to another one
test_smallest_of_peer()
{
	edges geneve 4 2
	check ns e1 sdwanctl peer add other site 3 overlay 100.64.0.3
	check ns e1 sdwanctl path add peer other underlay u1 \
		remote 192.168.21.7 mtu-clamp 1000
	check ping_big h1 1440 10.2.0.2
	check ping_big h1 1440 fd02::2
}

# large_mark OPTION...: GSO is not torn apart by a limit that it keeps to
test_gso_whole()
{
	edges geneve 4 2
	PATH_ON=u1 both_paths mtu-clamp 1350
	tcp_copy h1 h2 10.2.0.2 256
	capture_start e1 wan0 wan0 'udp and greater 3000'
	tcp_copy h1 h2 10.2.0.2 2048
	capture_stop wan0
	between "$(capture_count wan0)" 20 100000 "GSO packets"
}

run_tests test_mtu_clamp_geneve_ipv4 test_mtu_clamp_gre_ipv6 \
	test_clamp_fragments_ipv4 test_clamp_fragments_ipv6 \
	test_clamp_tiny_ipv4 test_clamp_tiny_ipv6 test_clamp_least \
	test_inner_fragments_geneve_ipv4 test_inner_fragments_gre_ipv6 \
	test_smallest test_smallest_of_peer test_gso_whole
