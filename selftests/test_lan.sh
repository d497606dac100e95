#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What comes in by a LAN device is classified before routing: classes in the
# firewall mark, packets dropped without a trace, steered past the routing table.
# Kernels: all um um-debug
# Check: um 6.1
# Timeout: 300

set -u
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/helpers.sh"

MASK=0x3ff0000

ctl1() { check ns e1 sdwanctl "$@"; }

# one_edge: hosts h1 and h2 at the LAN and at the WAN of a plain router e1
one_edge()
{
	setup_ns h1 e1 h2
	forwarding e1
	veth h1 eth0 e1 lan0
	veth h2 eth0 e1 out0
	batch h1 <<-END
		addr add 10.1.0.2/24 dev eth0
		addr add fd01::2/64 dev eth0 nodad
		route add default via 10.1.0.1
		route add ::/0 via fd01::1
	END
	batch e1 <<-END
		addr add 10.1.0.1/24 dev lan0
		addr add fd01::1/64 dev lan0 nodad
		addr add 10.9.0.1/24 dev out0
		addr add fd09::1/64 dev out0 nodad
	END
	batch h2 <<-END
		addr add 10.9.0.2/24 dev eth0
		addr add fd09::2/64 dev eth0 nodad
		route add default via 10.9.0.1
		route add ::/0 via fd09::1
	END
}

# counter NS NAME: packets of a named counter of nftables
counter()
{
	ns "$1" nft -j list counters |
		jq -r ".nftables[] | .counter? | select(.name == \"$2\") | .packets"
}

ping_all()
{
	local n=$1

	shift
	for dst; do
		check ns h1 ping -c "$n" -i 0.2 -W 5 "$dst"
	done
}

class_id() { ns "$1" sdwanctl -j -d class show "$2" | jq '.[0].id'; }

hooked() { [ "$(ns e1 sdwanctl -j lan show "$1" | jq '.[0].hooked')" = "$2" ]; }

# The number of the class is in the mark where the firewall sees it, beside what
# others put there; what no rule matches, or action pass, is left alone
test_mark()
{
	local voice bulk

	one_edge
	ctl1 limit set mark-mask $MASK
	ctl1 class add voice mode balance
	ctl1 class add bulk mode balance
	ctl1 rule add pref 10 iif lan0 proto icmp to 10.9.0.0/16 class voice
	ctl1 rule add pref 20 proto icmpv6 to fd09::/64 set dscp cs1 class bulk
	ctl1 rule add pref 30 proto udp action pass
	voice=$(class_id e1 voice)
	bulk=$(class_id e1 bulk)
	check ns e1 nft -f - <<-END
		table inet t {
			counter voice { }
			counter bulk { }
			counter other { }
			counter back { }
			chain before {
				type filter hook prerouting priority -200;
				iif lan0 meta mark set 0xfc00ffff
			}
			chain forwarded {
				type filter hook forward priority 0;
				meta mark $((0xfc00ffff | voice << 16)) \
					counter name voice
				meta mark $((0xfc00ffff | bulk << 16)) ip6 dscp cs1 \
					counter name bulk
				iif lan0 meta mark 0xfc00ffff counter name other
				iif out0 meta mark 0 counter name back
			}
		}
	END
	# nothing before there is a LAN
	ping_all 2 10.9.0.2
	equal "$(counter e1 other)" 2 "packets before"
	ctl1 lan add lan0
	equal "$(ns e1 sdwanctl -j lan show | jq -c 'map([.name, .mode, .hooked])')" \
		'[["lan0","mark",true]]' "lan show"
	ping_all 3 10.9.0.2
	ping_all 2 fd09::2
	equal "$(counter e1 voice)" 3 "packets of class voice"
	equal "$(counter e1 bulk)" 2 "packets of class bulk"
	equal "$(ns e1 sdwanctl -j -s rule show pref 10 | jq '.[0].packets')" 3 \
		"packets that rule 10 decided on"
	equal "$(counter e1 back)" 7 "packets by another device"
	udp_to 10.9.0.2
	equal "$(counter e1 other)" 3 "packets that pass"
	# and after it
	ctl1 lan del lan0
	ping_all 1 10.9.0.2
	equal "$(counter e1 voice)" 3 "packets of class voice"
	# without a mask, nothing
	ctl1 limit set mark-mask none
	ctl1 lan add lan0
	ping_all 1 10.9.0.2
	equal "$(counter e1 voice)" 3 "packets of class voice"
}

udp_to() { ns h1 bash -c "echo x > /dev/udp/$1/9"; }

# What is refused of the mask and of classes that do not fit it
test_mask()
{
	local i

	setup_ns e1
	refuse ns e1 sdwanctl limit set mark-mask 0x1ff
	matches "$OUT" "10 bits" "answer"
	refuse ns e1 sdwanctl limit set mark-mask 0x7fe01
	for i in $(seq 1100); do
		echo "class add c$i mode balance"
	done > "$CASE_TMP/classes"
	ctl1 limit set mark-mask 0x3ff classes 2000
	refuse ns e1 sdwanctl -force -batch "$CASE_TMP/classes"
	matches "$OUT" "numbers are taken|No space" "answer"
	equal "$(ns e1 sdwanctl -j class show | jq length)" 1022 classes
	# numbers are used again
	ctl1 class del c7
	ctl1 class add again mode balance
	equal "$(class_id e1 again)" 7 "number of a class"
	# a wider one has room, and then the narrow one does not fit
	ctl1 limit set mark-mask 0x7ff
	ctl1 class add more mode balance
	refuse ns e1 sdwanctl limit set mark-mask 0x3ff
	matches "$OUT" "no room|No space" "answer"
	ctl1 class flush
	ctl1 limit set mark-mask 0x3ff
}

# What is dropped is not tracked, nor seen by the firewall
test_drop()
{
	one_edge
	check ns e1 nft -f - <<-END
		table inet t {
			counter tracked { }
			counter seen { }
			counter marked { }
			chain pre {
				type filter hook prerouting priority -199;
				iif lan0 meta l4proto { icmp, icmpv6 } \
					ct state new counter name tracked
			}
			chain marks {
				type filter hook prerouting priority -150;
				iif lan0 udp dport 7 meta mark set 5
			}
			chain forwarded {
				type filter hook forward priority 0;
				iif lan0 counter name seen
			}
		}
	END
	ctl1 lan add lan0
	ctl1 rule add pref 10 proto icmp action drop
	ctl1 rule add pref 11 proto icmpv6 to fd09::/64 action drop
	refuse ns h1 ping -c 2 -i 0.2 -W 1 10.9.0.2
	refuse ns h1 ping -c 2 -i 0.2 -W 1 fd09::2
	equal "$(counter e1 tracked)" 0 "packets tracked"
	equal "$(counter e1 seen)" 0 "packets forwarded"
	equal "$(fabric_counter e1 tx_drop_rule)" 4 tx_drop_rule
	# by a mark, which is set after that: later
	ctl1 rule flush
	ctl1 rule add pref 20 mark 5 action drop
	udp_to 10.9.0.2
	equal "$(counter e1 seen)" 1 "packets without the mark"
	ns h1 bash -c "echo x > /dev/udp/10.9.0.2/7"
	equal "$(counter e1 seen)" 1 "packets with the mark"
	equal "$(fabric_counter e1 tx_drop_rule)" 5 tx_drop_rule
	# an earlier rule decides, though what it asks for comes later
	ctl1 rule replace pref 20 mark 5 action pass
	ctl1 rule add pref 30 proto udp action drop
	ns h1 bash -c "echo x > /dev/udp/10.9.0.2/7"
	equal "$(counter e1 seen)" 2 "packets that an earlier rule passes"
	udp_to 10.9.0.2
	equal "$(counter e1 seen)" 2 "packets that it does not"
}

fabric_counter()
{
	ns "$1" sdwanctl -j status |
		jq ".counter | map(select(.name == \"$2\").value) | add // 0"
}

# steered DST...: pings of h1 go over the segment, whatever e1's routes say
steered()
{
	local before

	for dst; do
		before=$(ns e1 cat /sys/class/net/sdwan0/statistics/tx_packets)
		check ns h1 ping -c 2 -i 0.2 -W 5 "$dst"
		equal "$(($(ns e1 cat /sys/class/net/sdwan0/statistics/tx_packets) -
			before))" 2 "packets of the segment to $dst"
	done
}

# Into the segment against the routing table, through the firewall, with one hop
# less; the class of the mark is kept there
test_steer()
{
	topo_two_sites 2
	overlay_two_sites
	# not even a route is needed
	batch e1 <<-END
		route del 10.2.0.0/16 dev sdwan0
		route del fd02::/64 dev sdwan0
		route add unreachable 10.2.0.0/16
		route add unreachable fd02::/64
	END
	check ns e1 nft -f - <<-END
		table inet t {
			counter seen { }
			counter tracked { }
			chain forwarded {
				type filter hook forward priority 0;
				iif lan0 oif sdwan0 counter name seen
				iif sdwan0 oif lan0 ct state established \
					counter name tracked
			}
		}
	END
	refuse ns h1 ping -c 1 -W 1 10.2.0.2
	refuse ns h1 ping -c 1 -W 1 fd02::2
	ctl1 lan add lan0 dev sdwan0
	ctl1 rule add pref 1 to 10.2.0.0/16 action steer
	ctl1 rule add pref 2 to fd02::/64 action steer
	steered 10.2.0.2 fd02::2
	equal "$(counter e1 seen)" 4 "packets the firewall has seen"
	equal "$(counter e1 tracked)" 4 "answers of known connections"
	capture_start h2 eth0 ttl 'icmp[0] == 8 or ip6[40] == 128'
	check ns h1 ping -c 1 -W 5 -t 64 10.2.0.2
	check ns h1 ping -c 1 -W 5 -t 64 fd02::2
	capture_stop ttl
	equal "$(capture_count ttl 'ip[8] == 62')" 1 "TTL behind two edges"
	equal "$(capture_count ttl 'ip6[7] == 62')" 1 "hop limit"
	refuse ns h1 ping -c 1 -W 1 -t 1 10.2.0.2
	matches "$OUT" "exceeded" "answer of the edge"
	refuse ns h1 ping -c 1 -W 1 -t 1 fd02::2
	matches "$OUT" "exceeded" "answer of the edge"
	# too big for the segment, which says so
	refuse ns h1 ping -c 1 -W 1 -M "do" -s 1472 10.2.0.2
	check ns h1 ping -c 2 -i 0.2 -W 5 -s 3000 10.2.0.2
	tcp_copy h1 h2 10.2.0.2 256
	tcp_copy h1 h2 fd02::2 256
	# for the edge itself: not steered
	ctl1 rule add pref 3 action steer vni 100
	check ns h1 ping -c 1 -W 5 10.1.0.1
	check ns h1 ping -c 1 -W 5 fd01::1
	# a segment that is not here: nowhere, rather than elsewhere
	ctl1 rule replace pref 1 to 10.2.0.0/16 action steer vni 7
	refuse ns h1 ping -c 1 -W 1 10.2.0.2
	equal "$(fabric_counter e1 tx_drop_no_segment)" 1 tx_drop_no_segment
	# without a segment of the LAN: as if there were no rule
	ctl1 rule replace pref 1 to 10.2.0.0/16 action steer
	ctl1 lan set lan0 vni none
	refuse ns h1 ping -c 1 -W 1 10.2.0.2
	matches "$OUT" nreachable "answer of the edge"
	# routes over the segment that lose against others
	batch e1 <<-END
		route add fd02::/16 dev sdwan0
	END
	ctl1 lan set lan0 vni 100
	steered 10.2.0.2 fd02::2
}

# What a segment sends keeps the class that its mark carries
test_kept()
{
	topo_two_sites 2
	overlay_two_sites
	ctl1 limit set mark-mask $MASK
	ctl1 class add one mode pin u1
	ctl1 class add zero mode pin u0
	ctl1 lan add lan0
	# in the segment, this one alone would decide
	ctl1 rule add pref 1 vni 100 class zero
	ctl1 rule add pref 2 iif lan0 class one
	check ns h1 ping -c 3 -i 0.2 -W 5 10.2.0.2
	equal "$(ns e1 sdwanctl -j flow show proto icmp |
		jq -r 'map("\(.class) \(.path)") | unique | join(",")')" \
		"one edge2:u1" "flow of a packet with a class"
	# what comes in by no LAN has none
	check ns e1 ping -c 1 -W 5 -I 100.64.0.1 10.2.0.2
	equal "$(ns e1 sdwanctl -j flow show src 100.64.0.1 |
		jq -r 'map("\(.class) \(.rule)") | join(",")')" \
		"zero 1" "flow of the edge itself"
	ctl1 limit set mark-mask none
	ctl1 flow flush all
	check ns h1 ping -c 1 -W 5 10.2.0.2
	equal "$(ns e1 sdwanctl -j flow show proto icmp src 10.1.0.2 |
		jq -r 'map(.class) | join(",")')" zero "class without a mask"
}

# A LAN waits for its device, goes by its new name, and waits again
test_device()
{
	one_edge
	ctl1 lan add later0
	ctl1 lan add lan0
	ctl1 rule add pref 1 proto icmp action drop
	hooked later0 false || fail "a LAN without a device is hooked"
	refuse ns h1 ping -c 1 -W 1 10.9.0.2
	batch e1 <<-END
		link set dev lan0 down
		link set dev lan0 name new0
		link set dev new0 up
		addr replace 10.1.0.1/24 dev new0
	END
	hooked new0 true || fail "the LAN has not followed its device"
	refuse ns e1 sdwanctl lan del lan0
	refuse ns h1 ping -c 1 -W 1 10.9.0.2
	# to the name of another LAN, whose it is then
	batch e1 <<-END
		link set dev new0 down
		link set dev new0 name later0
		link set dev later0 up
	END
	hooked later0 true || fail "the LAN of the name does not have the device"
	hooked new0 false || fail "another LAN has it, too"
	refuse ns h1 ping -c 1 -W 1 10.9.0.2
	ip -n e1 link del later0
	hooked later0 false || fail "a device that is gone is hooked"
	veth h1 eth0 e1 later0
	batch h1 <<-END
		addr add 10.1.0.2/24 dev eth0
		route add default via 10.1.0.1
	END
	batch e1 <<-END
		addr add 10.1.0.1/24 dev later0
	END
	hooked later0 true || fail "a device that came is not hooked"
	refuse ns h1 ping -c 1 -W 1 10.9.0.2
	ctl1 lan flush
	check ns h1 ping -c 1 -W 5 10.9.0.2
}

# A VLAN as LAN, beside the device below it
test_vlan()
{
	one_edge
	ip -n e1 link add lan0.5 link lan0 type vlan id 5
	ip -n h1 link add eth0.5 link eth0 type vlan id 5
	batch e1 <<-END
		link set dev lan0.5 up
		addr add 10.5.0.1/24 dev lan0.5
	END
	batch h1 <<-END
		link set dev eth0.5 up
		addr add 10.5.0.2/24 dev eth0.5
	END
	ctl1 lan add lan0.5
	ctl1 rule add pref 1 proto icmp action drop
	check ns h1 ping -c 1 -W 5 -I eth0 10.1.0.1
	refuse ns h1 ping -c 1 -W 1 -I eth0.5 10.5.0.1
	ctl1 rule set pref 1 iif lan0
	check ns h1 ping -c 1 -W 5 -I eth0.5 10.5.0.1
	ctl1 rule set pref 1 iif lan0.5
	refuse ns h1 ping -c 1 -W 1 -I eth0.5 10.5.0.1
}

# A device of a VRF, and a VRF as a whole
test_vrf()
{
	one_edge
	ip -n e1 link add red type vrf table 10 ||
		skip "this kernel has no VRF"
	batch e1 <<-END
		link set dev red up
		link set dev lan0 master red
		link set dev out0 master red
		addr replace 10.1.0.1/24 dev lan0
		addr replace 10.9.0.1/24 dev out0
	END
	check ns h1 ping -c 1 -W 5 10.9.0.2
	ctl1 rule add pref 1 iif lan0 proto icmp action drop
	ctl1 lan add lan0
	refuse ns h1 ping -c 1 -W 1 10.9.0.2
	check ns h2 ping -c 1 -W 5 10.9.0.1
	ctl1 lan del lan0
	check ns h1 ping -c 1 -W 5 10.9.0.2
	ctl1 lan add red
	ctl1 rule set pref 1 iif red
	refuse ns h1 ping -c 1 -W 1 10.9.0.2
}

lans() { ns e1 sdwanctl -j lan show | jq -r 'map(.name) | sort | join(" ")'; }

# Added, refused, staged, saved
test_config()
{
	setup_ns e1
	ctl1 lan add a0 vni 5
	ctl1 lan add b0
	refuse ns e1 sdwanctl lan add a0
	refuse ns e1 sdwanctl lan set c0 vni 6
	refuse ns e1 sdwanctl lan del c0
	refuse ns e1 sdwanctl lan set b0 mode direct
	matches "$OUT" "needs the segment" "answer"
	ctl1 lan set a0 mode direct
	refuse ns e1 sdwanctl lan set a0 vni none
	ctl1 lan set a0 mode mark
	refuse ns e1 sdwanctl rule add pref 1 vni 5 action pass steer vni 6
	ctl1 limit set lans 2
	refuse ns e1 sdwanctl lan add c0
	matches "$OUT" "limit of LAN" "answer"
	# what goes and comes in one transaction counts twice
	ctl1 limit set lans 4
	# all or nothing
	refuse ns e1 sdwanctl -t -batch - <<-END
		lan add c0
		lan del nobody
	END
	equal "$(lans)" "a0 b0" "LANs after an abort"
	# one that goes and comes in one instant keeps its device
	ip -n e1 link add a0 type dummy
	ns e1 sdwanctl -t -batch - <<-END || fail "a LAN made anew"
		lan del a0
		lan add a0 vni 7
		lan add c0
	END
	equal "$(lans)" "a0 b0 c0" "LANs after a transaction"
	hooked a0 true || fail "the LAN has lost its device"
	ctl1 rule add pref 1 iif a0 action steer vni 9
	ctl1 rule add pref 2 iif b0 action steer
	ctl1 limit set mark-mask $MASK
	ns e1 sdwanctl save > "$CASE_TMP/saved"
	ctl1 lan flush
	ctl1 rule flush
	ctl1 limit set mark-mask none
	ctl1 restore "$CASE_TMP/saved"
	ns e1 sdwanctl save > "$CASE_TMP/again"
	equal "$(cat "$CASE_TMP/again")" "$(cat "$CASE_TMP/saved")" "configuration"
	ctl1 rule set pref 1 action pass
	equal "$(ns e1 sdwanctl -j rule show pref 1 | jq '.[0].steer_vni')" null \
		"segment of a rule that does not steer"
}

# A namespace goes with its hooks, under traffic
test_teardown()
{
	local _

	for _ in 1 2 3; do
		one_edge
		ctl1 limit set mark-mask $MASK
		ctl1 class add c mode balance
		ctl1 lan add lan0
		ctl1 lan add other0
		ctl1 rule add pref 1 class c
		spawn ns h1 ping -i 0.01 -W 1 10.9.0.2
		wait_for 5 grep -q "icmp_seq=3" "$CASE_TMP/$PID.log"
		del_ns e1
		stop_pid "$PID"
	done
}

run_tests test_mark test_mask test_drop test_steer test_kept test_device \
	test_vlan test_vrf test_config test_teardown
