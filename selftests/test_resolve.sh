#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# From an inner packet to its site, and what the far end accepts as a source.
# Kernels: all um
# Check: um
# Timeout: 400

set -u
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/helpers.sh"

# sites WANS: the hosts hear of every packet that cannot go on
sites()
{
	topo_two_sites "$1"
	overlay_two_sites
	nssysctl e1 net.ipv4.icmp_ratelimit=0 net.ipv6.icmp.ratelimit=0 ||
		fail "no sysctl in e1"
}

ping_ok() { check ns h1 ping -c 2 -i 0.2 -W 5 "$1"; }

# unreachable ADDRESS COUNTER [REGEX]: the host hears an ICMP error from its
# edge and each packet is counted under its cause
unreachable()
{
	local n regex=${3:-nreachable}

	n=$(drops e1 "$2")
	refuse ns h1 ping -c 3 -i 0.2 -W 2 "$1"
	matches "$OUT" "From (10.1.0.1|fd01::1).*$regex" "ICMP error for $1"
	equal $(($(drops e1 "$2") - n)) 3 "$2 for $1"
}

# A route's next hop is an overlay address: no prefix is needed
test_next_hop()
{
	sites 1
	ip -n h2 addr add 10.9.0.2/32 dev lo
	ip -n h2 addr add fd09::2/128 dev lo nodad
	ip -n e2 route add 10.9.0.0/16 via 10.2.0.2
	ip -n e2 -6 route add fd09::/64 via fd02::2
	check ip -n e1 route add 10.9.0.0/16 via 100.64.0.2 dev sdwan0
	check ip -n e1 -6 route add fd09::/64 via fd64::2 dev sdwan0
	ping_ok 10.9.0.2
	ping_ok fd09::2
	# the next hop comes first: a prefix says otherwise in vain
	check ns e1 sdwanctl prefix add 10.9.0.0/16 vni 100 site 77
	check ns e1 sdwanctl prefix add fd09::/64 vni 100 site 77
	ping_ok 10.9.0.2
	ping_ok fd09::2
	tcp_copy h1 h2 10.9.0.2 256
	tcp_copy h1 h2 fd09::2 256
	equal "$(all_drops e1)$(all_drops e2)" "" drops
	# IPv4 behind an IPv6 next hop
	check ip -n e1 route replace 10.9.0.0/16 via inet6 fd64::2 dev sdwan0
	ping_ok 10.9.0.2
	# a next hop that is no overlay address is no site; the prefix is
	check ip -n e1 route replace 10.9.0.0/16 via 100.64.0.99 dev sdwan0
	unreachable 10.9.0.2 tx_drop_no_path
	check ns e1 sdwanctl prefix del 10.9.0.0/16 vni 100
	unreachable 10.9.0.2 tx_drop_no_site
}

# Overlay addresses belong to a segment, where they name one
test_overlay_of_segment()
{
	topo_two_sites 1
	overlay_two_sites
	check ip -n e1 link add blue type sdwan vni 200
	check ip -n e1 link set blue up
	check ip -n e2 link add blue type sdwan vni 200
	check ip -n e2 link set blue up
	ip -n e2 addr add 10.20.0.1/32 dev lo
	ip -n e1 addr add 100.65.0.1/24 dev blue
	check ip -n e1 route add 10.20.0.1/32 via 100.64.0.2 dev blue onlink
	refuse ns e1 ping -c 1 -W 1 10.20.0.1
	equal "$(drops e1 tx_drop_no_site blue)" 1 "packets without a site"
	# without a vni it holds in all segments
	check ns e1 sdwanctl peer set edge2 overlay 100.64.0.2
	check ns e2 sdwanctl peer set edge1 overlay 100.65.0.1 \
		overlay 100.64.0.1
	check ip -n e2 route add 100.65.0.1/32 dev blue
	check ns e1 ping -c 2 -i 0.2 -W 5 10.20.0.1
}

test_longest_match()
{
	local i

	sites 1
	for i in 5.2 5.130 6.2 7.1; do
		ip -n h2 addr add 10.2.$i/32 dev lo
		ip -n e2 route add 10.2.$i/32 via 10.2.0.2
	done
	ip -n h2 addr add fd02::5:2/128 dev lo nodad
	ip -n h2 addr add fd02::5:8002/128 dev lo nodad
	ip -n e2 -6 route add fd02::5:0/112 via fd02::2
	check ns e1 sdwanctl prefix add 10.2.5.0/24 vni 100 site 3
	check ns e1 sdwanctl prefix add 10.2.5.128/25 vni 100 site 2
	check ns e1 sdwanctl prefix add fd02::5:0/112 vni 100 site 3
	check ns e1 sdwanctl prefix add fd02::5:8000/113 vni 100 site 2
	ping_ok 10.2.0.2
	ping_ok 10.2.5.130
	ping_ok fd02::5:8002
	unreachable 10.2.5.2 tx_drop_no_path
	unreachable fd02::5:2 tx_drop_no_path
	# a host route, then the default of the segment
	check ns e1 sdwanctl prefix add 10.2.5.2/32 vni 100 site 2
	ping_ok 10.2.5.2
	check ns e1 sdwanctl prefix del 10.2.5.2/32 vni 100
	unreachable 10.2.5.2 tx_drop_no_path
	check ns e1 sdwanctl prefix del 10.2.5.0/24 vni 100
	ping_ok 10.2.5.2
	check ns e1 sdwanctl prefix del 10.2.0.0/16 vni 100
	unreachable 10.2.6.2 tx_drop_no_site
	check ns e1 sdwanctl prefix add 0.0.0.0/0 vni 100 site 2
	ping_ok 10.2.6.2
	# IPv4's default is not IPv6's
	check ns e1 sdwanctl prefix del fd02::/64 vni 100
	check ns e1 sdwanctl prefix del fd02::5:0/112 vni 100
	unreachable fd02::5:2 tx_drop_no_site
	check ns e1 sdwanctl prefix add ::/0 vni 100 site 2
	ping_ok fd02::5:2
	# a prefix of another segment does not count
	check ns e1 sdwanctl prefix add 10.2.7.0/24 vni 101 site 3
	ping_ok 10.2.7.1
}

test_negative()
{
	sites 1
	ip -n h2 addr add 10.2.5.2/32 dev lo
	ip -n e2 route add 10.2.5.2/32 via 10.2.0.2
	ping_ok 10.2.5.2
	check ns e1 sdwanctl prefix add 10.2.5.0/24 vni 100 negative
	check ns e1 sdwanctl prefix add fd02::5:0/112 vni 100 negative
	unreachable 10.2.5.2 tx_drop_negative_prefix
	unreachable fd02::5:2 tx_drop_negative_prefix
	ping_ok 10.2.0.2
	check ns e1 sdwanctl prefix replace 10.2.5.0/24 vni 100 site 2
	ping_ok 10.2.5.2
}

prefix_is_gone()
{
	! ns e1 sdwanctl -j prefix show | grep -q '10\.2\.5\.0'
}

test_expires()
{
	sites 1
	spawn ns e1 sdwanctl -j monitor
	sleep 1
	check ns e1 sdwanctl prefix add 10.2.5.0/24 vni 100 site 3 \
		expires $((3 * SLOW))s
	unreachable 10.2.5.2 tx_drop_no_path
	wait_for 20 prefix_is_gone
	ip -n h2 addr add 10.2.5.2/32 dev lo
	ip -n e2 route add 10.2.5.2/32 via 10.2.0.2
	ping_ok 10.2.5.2
	wait_for 5 grep -q -i 'prefix.*del' "$CASE_TMP/$PID.log"
}

# Tunnel metadata of a lightweight-tunnel route
test_metadata()
{
	topo_two_sites 1
	overlay_two_sites
	ip -n h2 addr add 10.8.0.2/32 dev lo
	ip -n h2 addr add fd08::2/128 dev lo nodad
	ip -n e2 route add 10.8.0.2/32 via 10.2.0.2
	ip -n e2 -6 route add fd08::2/128 via fd02::2
	# for the answers' way through the source check
	check ns e1 sdwanctl prefix add 10.8.0.0/16 vni 100 site 2
	check ns e1 sdwanctl prefix add fd08::/64 vni 100 site 2
	check ip -n e1 route add 10.8.0.0/16 encap ip id 100 dst 100.64.0.2 \
		dev sdwan0
	check ip -n e1 -6 route add fd08::/64 encap ip6 id 100 dst fd64::2 \
		dev sdwan0
	ping_ok 10.8.0.2
	ping_ok fd08::2
	# metadata comes before prefixes
	check ns e1 sdwanctl prefix replace 10.8.0.2/32 vni 100 negative
	refuse ns h1 ping -c 1 -W 2 10.8.0.2
	equal "$(drops e1 tx_drop_negative_prefix)" 0 "negative drops"
	check ns e1 sdwanctl prefix del 10.8.0.2/32 vni 100
	tcp_copy h1 h2 10.8.0.2 256
	# another segment's number, an address of nobody
	check ip -n e1 route replace 10.8.0.0/16 encap ip id 101 \
		dst 100.64.0.2 dev sdwan0
	refuse ns h1 ping -c 2 -i 0.2 -W 1 10.8.0.2
	equal "$(drops e1 tx_drop_metadata)" 2 "packets of another segment"
	check ip -n e1 route replace 10.8.0.0/16 encap ip id 100 \
		dst 100.64.0.77 dev sdwan0
	refuse ns h1 ping -c 2 -i 0.2 -W 1 10.8.0.2
	equal "$(drops e1 tx_drop_metadata)" 4 "packets to nobody"
}

# Nothing knows the destination, or no path is left
test_unreachable()
{
	sites 2
	ip -n e1 route add 10.77.0.0/16 dev sdwan0
	ip -n e1 -6 route add fd77::/64 dev sdwan0
	unreachable 10.77.0.1 tx_drop_no_site
	unreachable fd77::1 tx_drop_no_site
	ping_ok 10.2.0.2
	check ns e1 sdwanctl path set edge2:u0 down
	check ns e2 sdwanctl path set edge1:u0 down
	ping_ok 10.2.0.2
	check ns e1 sdwanctl path set edge2:u1 down
	unreachable 10.2.0.2 tx_drop_no_path
	unreachable fd02::2 tx_drop_no_path
	check ns e1 sdwanctl path set edge2:u1 up
	ping_ok 10.2.0.2
	# a local sender is told too
	refuse ns e1 ping -c 1 -W 2 10.77.0.1
	matches "$OUT" nreachable
}

# spoofed COUNT FROM: so many packets of that source reach h2
spoofed()
{
	local dst=10.2.0.2

	case $2 in *:*) dst=fd02::2 ;; esac
	stream_start spoof h1 h2 $dst 1 100 -n 20 -b "$2"
	if [ "$1" = 0 ]; then
		# the receiver would wait for ever
		reap "$(cat "$CASE_TMP/spoof.send.pid")" 20
		stop_pid "$(cat "$CASE_TMP/spoof.recv.pid")"
		rm -f "$CASE_TMP/spoof.json"
	else
		stream_wait spoof
		equal "$(stream_get received)" "$1" "packets from $2"
	fi
}

test_source_check()
{
	local n

	topo_two_sites 1
	overlay_two_sites
	ip -n h1 addr add 10.66.0.1/32 dev lo
	ip -n h1 addr add fd66::1/128 dev lo nodad
	ip -n h1 addr add 10.2.0.77/32 dev lo
	n=$(drops e2 rx_drop_source)
	# 20 packets and the 10 that end the stream
	spoofed 0 10.66.0.1
	equal $(($(drops e2 rx_drop_source) - n)) 30 "drops for their source"
	spoofed 0 fd66::1
	equal $(($(drops e2 rx_drop_source) - n)) 60 "drops for their source"
	# an address of the receiving site itself
	spoofed 0 10.2.0.77
	equal $(($(drops e2 rx_drop_source) - n)) 90 "drops for their source"
	equal "$(path_get e2 edge1:u0 rx_errors)" 90 "rx_errors of the path"
	n=$(drops e2 rx_drop_source)

	# another site's address
	check ns e2 sdwanctl prefix add 10.66.0.0/16 vni 100 site 3
	spoofed 0 10.66.0.1
	equal $(($(drops e2 rx_drop_source) - n)) 30 "drops for their source"
	n=$(drops e2 rx_drop_source)
	# as of the peer's site it is good
	check ns e2 sdwanctl prefix set 10.66.0.0/16 vni 100 site 1
	spoofed 20 10.66.0.1
	check ns e2 sdwanctl prefix del 10.66.0.0/16 vni 100
	# so is one behind a route by the peer's overlay address, as BGP makes
	check ip -n e2 route add 10.66.0.0/16 via 100.64.0.1 dev sdwan0
	check ip -n e2 -6 route add fd66::/64 via fd64::1 dev sdwan0
	spoofed 20 10.66.0.1
	spoofed 20 fd66::1
	check ip -n e2 route del 10.66.0.0/16
	check ip -n e2 -6 route del fd66::/64
	equal "$(drops e2 rx_drop_source)" "$n" "drops of what is accepted"
	spoofed 0 10.66.0.1
	# without the check everything is
	check ns e2 sdwanctl peer set edge1 source-check off
	n=$(drops e2 rx_drop_source)
	spoofed 20 10.66.0.1
	spoofed 20 fd66::1
	equal "$(drops e2 rx_drop_source)" "$n" "drops without the check"
	check ns e2 sdwanctl peer set edge1 source-check on
	spoofed 0 10.66.0.1
	equal $(($(drops e2 rx_drop_source) - n)) 30 "drops for their source"
}

# How long nothing must pass
QUIET=$SLOW
[ -n "${SDWAN_LONG:-}" ] || printf -v QUIET %d.%d $((SLOW * 3 / 10)) $((SLOW * 3 % 10))

# more_than EDGE rx|tx N: packets have passed its segment
more_than() { [ "$(link_stat "$1" sdwan0 "$2" packets)" -gt "$3" ]; }

# pass EDGE rx|tx yes|no WHEN: whether packets of a stream pass its segment
pass()
{
	local n

	n=$(link_stat "$1" sdwan0 "$2" packets)
	case $3 in
	no)	sleep "$QUIET"
		equal "$(link_stat "$1" sdwan0 "$2" packets)" "$n" "packets $4" ;;
	yes)	busywait 1 more_than "$1" "$2" $((n + 9)) ||
			fail "no packets $4" ;;
	esac
}

# flows yes|no OBJECT...: whether e2 delivers packets of a stream from the moment
# on that it has been told so
flows()
{
	local expected=$1

	shift
	check ns e2 sdwanctl "$@"
	pass e2 rx "$expected" "after $*"
}

# leaves yes|no OBJECT...: likewise, whether e1 sends them
leaves()
{
	local expected=$1

	shift
	check ns e1 sdwanctl "$@"
	pass e1 tx "$expected" "after $*"
}

# What has been found out about a sender holds until something changes
test_changes_under_traffic()
{
	local dst

	topo_two_sites 1
	overlay_two_sites
	for dst in 10.2.0.2 fd02::2; do
		local prefix=10.1.0.0/16 host=10.1.0.2/32

		case $dst in *:*) prefix=fd01::/64 host=fd01::2/128 ;; esac
		stream_start long h1 h2 $dst 600 200
		flows yes peer set edge1 source-check on
		flows no path set edge1:u0 down
		flows yes path set edge1:u0 up
		flows no prefix set $prefix vni 100 site 3
		flows yes prefix set $prefix vni 100 site 1
		flows no prefix add $host vni 100 negative
		flows yes prefix del $host vni 100
		flows no prefix del $prefix vni 100
		flows yes peer set edge1 source-check off
		flows no peer set edge1 source-check on
		flows yes prefix add $prefix vni 100 site 1
		flows no path del edge1:u0
		flows yes path add peer edge1 underlay u0 \
			remote "$(wan_addr 1 0 4)"
		# other prefixes, and none at all
		flows yes prefix add 10.50.0.0/16 vni 100 site 3
		flows yes prefix del 10.50.0.0/16 vni 100
		stop_pid "$(cat "$CASE_TMP/long.send.pid")"
		stop_pid "$(cat "$CASE_TMP/long.recv.pid")"
	done
}

# And so does what has been found out about a destination
test_changes_of_destination()
{
	local dst

	topo_two_sites 1
	overlay_two_sites
	for dst in 10.2.0.2 fd02::2; do
		local prefix=10.2.0.0/16 host=10.2.0.2/32 wide=10.0.0.0/8

		case $dst in
		*:*) prefix=fd02::/64 host=fd02::2/128 wide=fd00::/8 ;;
		esac
		stream_start long h1 h2 $dst 600 200
		leaves no prefix set $prefix vni 100 site 3
		leaves yes prefix set $prefix vni 100 site 2
		leaves no prefix add $host vni 100 negative
		leaves yes prefix del $host vni 100
		# a longer one that goes by itself, without any change
		leaves no prefix add $host vni 100 site 3 \
			expires $((2 * SLOW))s
		sleep $((2 * SLOW))
		pass e1 tx yes "after $host has expired"
		# an address of the overlay comes before all prefixes
		leaves no peer add third site 3 gateway 1 overlay "${host%/*}" \
			vni 100
		leaves yes peer del third
		leaves yes prefix add $wide vni 100 site 2
		leaves yes prefix del $prefix vni 100
		leaves no prefix del $wide vni 100
		leaves yes prefix add $prefix vni 100 site 2
		stop_pid "$(cat "$CASE_TMP/long.send.pid")"
		stop_pid "$(cat "$CASE_TMP/long.recv.pid")"
	done
}

# The overlay address of the peer itself is a good source
test_overlay_source()
{
	sites 1
	check ns e1 ping -c 2 -i 0.2 -W 5 -I 100.64.0.1 100.64.0.2
	check ns e1 ping -c 2 -i 0.2 -W 5 -I fd64::1 fd64::2
	check ns e1 ping -c 2 -i 0.2 -W 5 -I 100.64.0.1 10.2.0.2
	equal "$(drops e2 rx_drop_source)" 0 "drops"
	# which it stops to be
	check ns e2 sdwanctl peer set edge1 overlay fd64::1 vni 100
	refuse ns e1 ping -c 2 -i 0.2 -W 1 -I 100.64.0.1 10.2.0.2
	equal "$(drops e2 rx_drop_source)" 2 "drops"
}

run_tests test_next_hop test_overlay_of_segment test_longest_match \
	test_negative test_expires test_metadata test_unreachable \
	test_source_check test_changes_under_traffic \
	test_changes_of_destination test_overlay_source
