#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Rules steer what hosts send, with the tool: over the paths of their class,
# both ways on the same one, around one that is lost.
# Kernels: all um
# Check: um
# Timeout: 300

set -u
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/helpers.sh"
. "$(dirname "$0")/failover.sh"

LAST=2147483647

# edges: two sites; the far one answers, and so needs a rule
edges()
{
	topo_two_sites 3
	overlay_two_sites
	check ns e1 sdwanctl rule add pref $LAST action pass
	check ns e2 sdwanctl rule add pref $LAST action pass
	check ns h1 ping -c 1 -W 5 10.2.0.2
	check ns h1 ping -c 1 -W 5 fd02::2
}

ctl1() { check ns e1 sdwanctl "$@"; }

# sent_by NS: "u0 u1 u2", packets that the paths have sent
sent_by()
{
	ns "$1" sdwanctl -j -s path show |
		jq -r 'sort_by(.underlay) | map(.tx_packets) | join(" ")'
}

# took NS COMMAND...: TOOK are the numbers of the paths that packets have taken
took()
{
	local before after name=$1

	shift
	before=$(sent_by "$name")
	"$@"
	after=$(sent_by "$name")
	TOOK=$(awk -v a="$before" -v b="$after" 'BEGIN {
		n = split(a, x); split(b, y)
		for (i = 1; i <= n; i++)
			if (x[i] != y[i])
				s = s " " i - 1
		print substr(s, 2) }')
}

ping_host() { check ns h1 ping -c 2 -i 0.2 -W 5 "$1"; }

# What hosts send, by each kind of match, both ways on the same path
test_hosts()
{
	local dst

	edges
	ctl1 class add voice mode prefer u1,u0 dscp ef
	ctl1 class add bulk mode pin u2
	ctl1 rule add pref 10 iif lan0 proto icmp to 10.2.0.0/16 \
		action class voice
	ctl1 rule add pref 20 iif lan0 proto icmpv6 from fd01::/64 \
		action class bulk
	ctl1 rule add pref 30 proto tcp dport 5000-5999,80 action class bulk
	ctl1 flow flush all
	for dst in 10.2.0.2:1 fd02::2:2; do
		took e1 ping_host "${dst%:*}"
		equal "$TOOK" "${dst##*:}" "path of a ping to ${dst%:*}"
		took e2 ping_host "${dst%:*}"
		equal "$TOOK" "${dst##*:}" "path of the answers"
	done
	for dst in 10.2.0.2 fd02::2; do
		took e1 tcp_copy h1 h2 $dst 256
		equal "$TOOK" 2 "path of TCP to $dst"
		took e2 tcp_copy h1 h2 $dst 256
		equal "$TOOK" 2 "path of its answers"
	done
	# told, foretold, counted
	equal "$(ns e1 sdwanctl -j flow show proto icmp |
		jq -r 'map("\(.class) \(.rule) \(.path) \(.owner)") |
			unique | join(",")')" \
		"voice 10 edge2:u1 local" "flows of pings"
	equal "$(ns e2 sdwanctl -j flow show proto icmp path edge1:u1 |
		jq -r 'map("\(.rule) \(.owner)") | unique | join(",")')" \
		"$LAST remote" "the same at the other end"
	equal "$(ns e1 sdwanctl -j flow get vni 100 src 10.1.0.2 \
		dst 10.2.0.2 proto tcp sport 1 dport 5300 iif lan0 |
		jq -r '(.[0]? // .) | "\(.rule) \(.class) \(.path)"')" \
		"30 bulk edge2:u2" "what would become of TCP"
	between "$(ns e1 sdwanctl -j -s rule show pref 10 |
		jq '.[0].packets')" 2 8 "packets that rule 10 decided on"
	refuse ns e1 sdwanctl class del voice
	ctl1 rule flush
	ctl1 class flush
	# without rules: in the order of preference
	took e1 ping_host 10.2.0.2
	equal "$TOOK" 0 "path without rules"
}

counted()
{
	ns e1 nft -j list ruleset |
		jq "[.. | .counter? | objects | .packets] | .[$1]"
}

# What rules do to packets besides, and the DSCP of the outer ones
test_sets()
{
	local i

	edges
	check ns e1 nft -f - <<-END
		table inet t {
			chain sent {
				type filter hook output priority 0;
				oif wan1 meta mark 0x17 counter
				oif wan1 meta priority 0:6 counter
			}
		}
	END
	ctl1 class add voice mode pin u1 dscp ef
	ctl1 rule add pref 1 iif lan0 set dscp af41 set mark 0x7/0xf \
		set priority 6 action class voice
	# the mark's other bits stay
	check ns e1 nft -f - <<-END
		table inet m {
			chain forwarded {
				type filter hook forward priority 0;
				meta mark set 0x18
			}
		}
	END
	capture_start h2 eth0 inner 'icmp[0] == 8 or ip6[40] == 128'
	capture_start e1 wan1 outer 'udp and src 192.168.11.1'
	# ECT(1) stays as well
	check ns h1 ping -c 3 -i 0.2 -W 5 -Q 1 10.2.0.2
	check ns h1 ping -c 3 -i 0.2 -W 5 -Q 1 fd02::2
	capture_stop inner
	capture_stop outer
	equal "$(capture_count inner 'ip[1] == 0x89')" 3 "AF41, ECT(1) inside"
	equal "$(capture_count inner 'ip6[0:2] & 0xff0 == 0x890')" 3 \
		"the same of IPv6"
	equal "$(capture_count outer 'ip[1] == 0xb9')" 6 "EF, ECT(1) outside"
	equal "$(capture_count outer)" 6 "outer packets"
	equal "$(counted 0)" 6 "packets with the mark"
	equal "$(counted 1)" 6 "packets with the priority"
	# copied from the inner one, and as the path says (CS1)
	ctl1 path set edge2:u1 dscp cs1
	for i in copy:0x89 path:0x21; do
		ctl1 class set voice dscp "${i%:*}"
		capture_start e1 wan1 outer 'udp and src 192.168.11.1'
		check ns h1 ping -c 2 -i 0.2 -W 5 -Q 1 10.2.0.2
		capture_stop outer
		equal "$(capture_count outer "ip[1] == ${i#*:}")" 2 \
			"outer packets, dscp ${i%:*}"
	done
}

# Dropped in silence, or with an answer where a class has no path
test_refused()
{
	local dst

	edges
	ctl1 class add only mode pin u2 strict
	ctl1 class add hope mode pin u2
	ctl1 rule add pref 1 proto icmp action drop
	refuse ns h1 ping -c 2 -i 0.2 -W 1 10.2.0.2
	! echo "$OUT" | grep -q -i unreachable || fail "told of a drop: $OUT"
	equal "$(drops e1 tx_drop_rule)" 2 tx_drop_rule
	check ns h1 ping -c 1 -W 5 fd02::2
	ctl1 rule replace pref 1 action class only
	check ns h1 ping -c 1 -W 5 10.2.0.2
	wan_link 1 2 down
	for dst in 10.2.0.2 fd02::2; do
		refuse ns h1 ping -c 1 -W 5 $dst
		matches "$OUT" nreachable "answer of the edge"
	done
	equal "$(drops e1 tx_drop_strict)" 2 tx_drop_strict
	equal "$(drops e1 tx_drop_no_path)" 0 tx_drop_no_path
	# best effort: any other path
	ctl1 rule replace pref 1 action class hope
	took e1 ping_host 10.2.0.2
	equal "$TOOK" 0 "path of best effort"
	wan_link 1 2 up
	wait_for 10 path_is e1 edge2:u2 up
	ctl1 rule replace pref 1 action class only
	took e1 ping_host 10.2.0.2
	equal "$TOOK" 2 "path that is back"
}

# of the stream that runs: those before it may still be there
flow_now() { ns e1 sdwanctl -j flow show dport 5201 | jq -r "sort_by(.idle)[0].$1"; }
flow_path() { flow_now path; }
flow_is() { [ "$(flow_path)" = "$1" ]; }
uses() { took e1 sleep 0.3; [ "$TOOK" = "$1" ]; }

# The first member is lost under a stream: what is in flight is lost, the flow
# goes to the next member, and comes back as the class says
test_lost_member()
{
	edges
	ctl1 class add voice mode prefer u1,u2
	ctl1 rule add pref 1 proto udp action class voice
	mark_sent
	cut wan_carrier 1 1 off
	only_in_flight
	wait_for 10 flow_is edge2:u2
	equal "$(flow_now moves)" 1 moves
	between "$(path_get e1 edge2:u0 tx_packets)" 0 100 "on no member"
	# back with the next packet, without loss
	ctl1 class set voice failback hard
	mark_sent
	cut wan_carrier 1 1 on
	equal "$(stream_get lost)" 0 "packets lost by coming back"
	wait_for 10 path_is e1 edge2:u1 up
	ctl1 class set voice failback never
	stream_start never h1 h2 10.2.0.2 600 1000
	wait_for 10 flow_is edge2:u1
	wan_carrier 1 1 off
	wait_for 10 flow_is edge2:u2
	wan_carrier 1 1 on
	wait_for 10 path_is e1 edge2:u1 up
	wait_for 10 uses 2
	equal "$(flow_path)" edge2:u2 "path of a flow that never returns"
	kill -TERM "$(cat "$CASE_TMP/never.send.pid")"
	stream_wait never
	between "$(stream_get lost)" 0 $FLIGHT "packets lost"
}

# The answers follow a flow around, through losses that its owner alone sees
test_answers_follow()
{
	edges
	ctl1 class add bulk mode prefer u2,u1,u0
	ctl1 rule add pref 1 action class bulk
	ctl1 flow flush all
	check ns e2 sdwanctl flow flush all
	# slowly, so that it is cut in its middle: the far end would go on
	# sending a FIN that nobody hears over the lost path
	wan_netem 2 delay 2ms rate 20mbit
	tcp_start copy h1 h2 10.2.0.2 4096
	wait_for 20 tcp_has copy 100000
	wan_carrier 1 2 off
	tcp_running copy || fail "the transfer was over too early"
	tcp_wait copy 120
	# the far end still has the path up, and uses the other one
	equal "$(path_get e2 edge1:u2 state)" up "state at the far end"
	took e2 tcp_copy h1 h2 10.2.0.2 256
	equal "$TOOK" 1 "path of the answers"
	took e2 ping_host fd02::2
	equal "$TOOK" 1 "path of the answers to pings"
}

# Fragments that hosts make stay together
test_fragments()
{
	local i dst

	edges
	ctl1 class add bulk mode balance
	ctl1 rule add pref 1 action class bulk
	for i in 1 2 3 4; do
		check ip -n h2 addr add "10.2.0.1$i/24" dev eth0
		check ip -n h2 addr add "fd02::1$i/64" dev eth0 nodad
	done
	for i in 1 2 3 4; do
		for dst in "10.2.0.1$i" "fd02::1$i"; do
			# IPv6 learns the MTU first
			ns h1 ping -c 1 -W 1 -s 5000 "$dst" > /dev/null
			took e1 check ns h1 ping -c 2 -i 0.2 -W 5 -s 5000 "$dst"
			[ ${#TOOK} = 1 ] ||
				fail "fragments to $dst took the paths $TOOK"
		done
	done
}

# Datagrams that the edge itself cuts go as their ports say, and count once
test_cut_here()
{
	edges
	ctl1 path set edge2:u2 mtu-clamp 1300
	ctl1 class add bulk mode pin u2 strict
	ctl1 rule add pref 1 proto udp dport 1-6000 action class bulk
	# senders that do not want to know the path MTU
	check ns h1 sysctl -qw net.ipv4.ip_no_pmtu_disc=1
	took e1 udp_all h1 h2 10.2.0.2 20 -s 1390
	equal "$TOOK" 2 "path of the pieces"
	# the stream ends with some small packets; pieces would be 40 more
	between "$(ns e1 sdwanctl -j -s rule show pref 1 |
		jq '.[0].packets')" 20 40 "packets of the rule"
	between "$(path_get e1 edge2:u2 tx_packets)" 40 70 "outer packets"
	equal "$(all_drops e1)$(all_drops e2)" "" drops
}

run_tests test_hosts test_sets test_refused test_lost_member \
	test_answers_follow test_fragments test_cut_here
