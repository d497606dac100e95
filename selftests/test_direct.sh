#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Packets of known flows go past routing and firewall, in both directions; the
# first ones, and anything odd, do not.
# Kernels: all um
# Check: um
# Timeout: 600

set -u
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/helpers.sh"
. "$(dirname "$0")/stock.sh"

MASK=0x3ff0000

ctl1() { check ns e1 sdwanctl "$@"; }

# counter NS NAME: packets of a named counter of nftables
counter()
{
	ns "$1" nft -j list counters |
		jq -r ".nftables[] | .counter? | select(.name == \"$2\") | .packets"
}

class_id() { ns "$1" sdwanctl -j -d class show "$2" | jq '.[0].id'; }

# direct NS tx|rx: packets that went the fast way
direct()
{
	ns "$1" ethtool -S sdwan0 | awk -v k="$2_direct:" '$1 == k { print $2 }'
}

# both_direct [WANS]: two sites whose LANs are direct
both_direct()
{
	topo_two_sites "${1:-1}"
	overlay_two_sites
	for e in e1 e2; do
		check ns $e sdwanctl lan add lan0 mode direct vni 100
	done
}

# udp_flow TTL SIZE COUNT [OPTIONS]: datagrams of one flow from h1 to h2, told
# from others by their ports; OPTIONS: with options in the IP header
udp_flow()
{
	ns h1 /usr/bin/python3 - "$@" <<-'END' || fail "cannot send"
		import socket, sys
		ttl, size, count = map(int, sys.argv[1:4])
		s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
		s.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, ttl)
		# IP_MTU_DISCOVER: don't
		s.setsockopt(socket.IPPROTO_IP, 10, 0)
		if len(sys.argv) > 4:
		    s.setsockopt(socket.IPPROTO_IP, socket.IP_OPTIONS,
		                 bytes([1, 1, 1, 0]))
		s.bind(('10.1.0.2', 4000))
		for n in range(count):
		    s.sendto(b'x' * size, ('10.2.0.2', 4001))
	END
}

# expect_way TX RX [ARGUMENT...]: so many packets of udp_flow go the fast way out
# of e1 and into the LAN of e2
expect_way()
{
	local tx rx wanted_tx=$1 wanted_rx=$2

	shift 2
	tx=$(direct e1 tx) rx=$(direct e2 rx)
	udp_flow "$@"
	sleep 0.2
	equal "$(($(direct e1 tx) - tx))" "$wanted_tx" "fast packets out of e1"
	equal "$(($(direct e2 rx) - rx))" "$wanted_rx" "fast packets into the LAN of e2"
}

# learned: the flow of udp_flow is known to both ends
learned()
{
	udp_flow 64 100 3
	# what is learned counts from the next tick on
	sleep 0.1
	udp_flow 64 100 3
}

# Both directions, both families: all but the first packets; one hop less each
# time, nothing lost, and counted as what the wire carries
test_ways()
{
	both_direct
	wan_wire
	check ns h1 ping -c 1 -W 5 10.2.0.2
	check ns h1 ping -c 1 -W 5 fd02::2
	capture_start h2 eth0 lan udp
	wan_capture
	udp_all h1 h2 10.2.0.2 300
	udp_all h1 h2 fd02::2 300
	STREAM_PORT=5202 udp_all h2 h1 10.1.0.2 300
	tcp_copy h1 h2 10.2.0.2 512
	tcp_copy h1 h2 fd02::2 512
	wan_capture_check
	capture_stop lan
	equal "$(capture_count lan 'dst port 5201 and ip and ip[8] != 62')" 0 \
		"packets of another TTL than 62"
	equal "$(capture_count lan 'dst port 5201 and ip6 and ip6[7] != 62')" 0 \
		"packets of another hop limit"
	between "$(direct e1 tx)" 590 100000 "fast packets out of e1"
	between "$(direct e2 tx)" 290 100000 "fast packets out of e2"
	between "$(direct e2 rx)" 500 100000 "fast packets into the LAN of e2"
	between "$(direct e1 rx)" 250 100000 "fast packets into the LAN of e1"
	equal "$(ns e1 sdwanctl -j flow show proto udp dst 10.2.0.2 dport 5201 |
		jq -r '.[0].direct')" out "flow show"
	equal "$(all_drops e1)$(all_drops e2)" "  " drops
}

# Super-packets of GSO and GRO in one piece
test_gso()
{
	local before

	both_direct
	tcp_copy h1 h2 10.2.0.2 4096
	before=$(link_stat h2 eth0 rx packets)
	tcp_copy h1 h2 10.2.0.2 8192
	# veth carries them whole: far fewer than 6000
	between "$(($(link_stat h2 eth0 rx packets) - before))" 100 4000 \
		"packets that h2 has received"
	between "$(direct e1 tx)" 8000 20000 "fast packets out of e1"
	between "$(direct e2 rx)" 7000 20000 "fast packets into the LAN of e2"
	tcp_copy h1 h2 fd02::2 4096
	between "$(direct e1 tx)" 10000 30000 "fast packets out of e1"
}

# A VLAN as LAN
test_vlan()
{
	both_direct
	ip -n e1 link add lan0.20 link lan0 type vlan id 20
	ip -n h1 link add eth0.20 link eth0 type vlan id 20
	batch e1 <<-END
		link set dev lan0.20 up
		addr add 10.1.20.1/24 dev lan0.20
	END
	batch h1 <<-END
		link set dev eth0.20 up
		addr add 10.1.20.2/24 dev eth0.20
		route add 10.2.0.0/16 via 10.1.20.1
	END
	check ns e2 sdwanctl prefix add 10.1.20.0/24 vni 100 site 1
	ctl1 lan add lan0.20 mode direct vni 100
	udp_all h1 h2 10.2.0.2 300
	between "$(direct e1 tx)" 290 300 "fast packets out of e1"
	STREAM_PORT=5202 udp_all h2 h1 10.1.20.2 300
	between "$(direct e1 rx)" 250 300 "fast packets into the VLAN"
}

# What is odd goes the normal way, also where its flow is known
test_odd()
{
	both_direct
	learned
	expect_way 3 3 64 100 3
	# fragments, at the sender
	capture_start h2 eth0 lan 'src host 10.1.0.2'
	expect_way 0 0 64 3000 2
	# options
	expect_way 0 0 64 100 2 options
	# small packets with the padding of Ethernet
	expect_way 2 2 64 1 2
	capture_stop lan
	equal "$(capture_count lan 'ip[6:2] & 0x3fff != 0')" 6 "fragments"
	equal "$(capture_count lan 'ip[0] != 0x45')" 2 "packets with options"
	equal "$(capture_count lan 'udp[4:2] = 9')" 2 "small packets"
	# the last hop is here, or at the other end
	capture_start h1 eth0 answers 'icmp[0] == 11'
	expect_way 0 0 1 100 1
	expect_way 1 0 2 100 1
	expect_way 1 1 3 100 1
	capture_stop answers
	equal "$(capture_count answers)" 2 "answers that time is exceeded"
}

# A change of rules, routes, MTU, neighbours counts for the very next packet
test_changes()
{
	both_direct
	learned
	expect_way 3 3 64 100 3
	# any commit
	ctl1 rule add pref 9 to 10.99.0.0/16 action pass
	expect_way 0 1 64 100 1
	expect_way 1 1 64 100 1
	capture_start h2 eth0 lan udp port 4001
	ctl1 rule add pref 5 iif lan0 proto udp action drop
	expect_way 0 0 64 100 5
	equal "$(drops e1 tx_drop_rule)" 5 tx_drop_rule
	ctl1 rule del pref 5
	learned
	# routes: the first packet goes by the new ones
	ip -n e1 route replace unreachable 10.2.0.2/32
	expect_way 0 0 64 100 3
	ip -n e1 route del unreachable 10.2.0.2/32
	learned
	ip -n e2 route replace unreachable 10.2.0.2/32
	expect_way 3 0 64 100 3
	ip -n e2 route del unreachable 10.2.0.2/32
	capture_stop lan
	equal "$(capture_count lan)" 12 "packets that came"
	# the neighbour: another address, then none
	learned
	ip -n h2 link set dev eth0 address 02:00:00:00:77:01
	ip -n e2 neigh replace 10.2.0.2 dev lan0 lladdr 02:00:00:00:77:01
	capture_start h2 eth0 moved ether dst 02:00:00:00:77:01 and udp
	expect_way 3 3 64 100 3
	ip -n e2 neigh del 10.2.0.2 dev lan0
	expect_way 1 0 64 100 1
	wait_for 5 ip -n e2 neigh get 10.2.0.2 dev lan0
	capture_stop moved
	equal "$(capture_count moved)" 4 "packets to the new address"
	# the MTU: of the WAN, of the segment, of the LAN
	learned
	expect_way 2 2 64 1300 2
	wan_mtu 0 1200
	expect_way 0 0 64 1300 2
	wan_mtu 0 1500
	learned
	ip -n e1 link set dev sdwan0 mtu 1000
	expect_way 0 0 64 1300 1
}

# The path of a flow goes, or its class moves it: no packet is lost
test_path()
{
	both_direct 2
	ctl1 class add one mode prefer u0,u1
	ctl1 rule add pref 1 iif lan0 class one
	learned
	stream_start s h1 h2 10.2.0.2 4 500
	sleep 1
	between "$(direct e1 tx)" 200 2000 "fast packets out of e1"
	check ns e1 sdwanctl path set edge2:u0 down
	sleep 1
	check ns e1 sdwanctl path set edge2:u0 up
	sleep 0.5
	ctl1 class set one mode prefer u1,u0 failback hard
	stream_wait s
	equal "$(stream_get lost)" 0 "packets lost"
	equal "$(ns e1 sdwanctl -j flow show proto udp dport 5201 |
		jq -r '.[0] | "\(.path) \(.direct)"')" "edge2:u1 out" "flow show"
	# at once, as it is told by the path itself
	ip -n e1 link set dev wan1 down
	expect_way 0 0 64 100 1
	equal "$(ns e1 sdwanctl -j flow show proto udp dport 4001 |
		jq -r '.[0].path')" edge2:u0 "path of the flow"
}

# A segment that is down, a LAN that is of another mode or not there
test_admin()
{
	both_direct
	learned
	ip -n e1 link set dev sdwan0 down
	expect_way 0 0 64 100 2
	batch e1 <<-END
		link set dev sdwan0 up
		route add 10.2.0.0/16 dev sdwan0
	END
	learned
	expect_way 2 2 64 100 2
	ctl1 lan set lan0 mode mark
	expect_way 0 2 64 100 2
	ctl1 lan set lan0 mode direct
	learned
	expect_way 2 2 64 100 2
	ctl1 lan del lan0
	expect_way 0 2 64 100 2
	ctl1 flow flush all
}

# What a rule sets and counts, on each packet of the fast way, too
test_rule()
{
	both_direct
	ctl1 rule add pref 1 iif lan0 dscp be proto udp set dscp ef action pass
	learned
	capture_start h2 eth0 lan udp port 4001
	capture_start e2 wan0 wan udp port 6081
	expect_way 4 4 64 100 4
	capture_stop lan
	capture_stop wan
	equal "$(capture_count lan 'ip[1] & 0xfc = 0xb8')" 4 "packets with the DSCP"
	equal "$(capture_count wan 'ip[1] & 0xfc = 0xb8')" 4 "outer packets with it"
	between "$(ns e1 sdwanctl -j -s rule show pref 1 | jq '.[0].packets')" \
		10 20 "packets that the rule decided on"
}

# A mark that somebody gave before is not gone past
test_mark()
{
	both_direct
	learned
	expect_way 2 2 64 100 2
	check ns e1 nft -f - <<-END
		table netdev t {
			chain in {
				type filter hook ingress device lan0 priority 0;
				udp dport 4001 meta mark set 5
			}
		}
	END
	expect_way 0 2 64 100 2
}

# Connection tracking sees how a connection begins and ends, and takes nothing
# amiss; what it translates goes the normal way
test_conntrack()
{
	both_direct
	check ns e1 nft -f - <<-END
		table inet t {
			counter fin { }
			counter syn { }
			counter bad { }
			counter every { }
			chain forwarded {
				type filter hook forward priority 0;
				ct state invalid counter name bad
				tcp flags & fin == fin counter name fin
				tcp flags & syn == syn counter name syn
				meta l4proto tcp counter name every
			}
		}
	END
	tcp_copy h1 h2 10.2.0.2 4096
	tcp_copy h1 h2 fd02::2 1024
	between "$(direct e1 tx)" 2000 20000 "fast packets out of e1"
	between "$(counter e1 fin)" 4 8 "packets of the end"
	between "$(counter e1 syn)" 4 8 "packets of the beginning"
	equal "$(counter e1 bad)" 0 "packets that were taken for wrong"
	between "$(counter e1 every)" 12 400 "packets that the firewall has seen"
	# translated: nothing goes past
	ns e1 nft add table ip n
	ns e1 nft add chain ip n p '{ type nat hook postrouting priority 100; }'
	ns e1 nft add rule ip n p oif sdwan0 udp dport 4001 snat to 100.64.0.1
	udp_flow 64 100 3
	expect_way 0 0 64 100 5
}

# IPsec policies are not gone past: refused, and left at once
test_ipsec()
{
	both_direct
	learned
	expect_way 2 2 64 100 2
	ip -n e1 xfrm policy add dir in src 10.77.0.0/16 dst 10.78.0.0/16 \
		tmpl proto esp mode tunnel || skip "no IPsec"
	expect_way 0 2 64 100 2
	ctl1 lan set lan0 mode mark
	refuse ns e1 sdwanctl lan set lan0 mode direct
	matches "$OUT" "IPsec" "answer"
	ip -n e1 xfrm policy flush
	ctl1 lan set lan0 mode direct
	learned
	expect_way 2 2 64 100 2
}

# A stock device at the other end
test_stock()
{
	stock geneve 4
	ctl1 lan add lan0 mode direct vni 100
	tcp_copy h1 h2 10.2.0.2 1024
	tcp_copy h2 h1 10.1.0.2 1024
	tcp_copy h2 h1 fd01::2 512
	between "$(direct e1 tx)" 700 20000 "fast packets out of e1"
	between "$(direct e1 rx)" 500 20000 "fast packets into its LAN"
}

# Devices, LANs, segments and namespaces go under traffic
test_teardown()
{
	local a

	both_direct
	for a in 10.2.0.2 fd02::2; do
		spawn ns h1 udpstream send $a 7001 -r 500 -t 600
	done
	spawn ns h2 udpstream send 10.1.0.2 7002 -r 500 -t 600
	wait_for 10 eval '[ "$(direct e1 tx)" -gt 100 ]'
	ctl1 flow flush all
	ip -n e1 link del sdwan0
	sleep 0.3
	batch e1 <<-END
		link add sdwan0 type sdwan vni 100
		link set dev sdwan0 up
		route add 10.2.0.0/16 dev sdwan0
	END
	wait_for 10 eval '[ "$(direct e1 tx)" -gt 100 ]'
	# the device of the other LAN is moved, comes back by another name
	ip -n e2 link set dev lan0 name later0
	ip -n e2 link set dev later0 netns h2
	sleep 0.3
	equal "$(ns e2 sdwanctl -j lan show | jq -r '.[0] | "\(.name) \(.hooked)"')" \
		"later0 false" "LAN without a device"
	ip -n h2 link set dev later0 netns e2
	batch e2 <<-END
		link set dev later0 up
		addr add 10.2.0.1/24 dev later0
	END
	equal "$(ns e2 sdwanctl -j lan show | jq -r '.[0].hooked')" true "LAN"
	wait_for 10 eval '[ "$(direct e1 tx)" -gt 200 ]'
	ip -n e2 link del later0
	sleep 0.3
	del_ns e1
}

# What no flow is known of is classified where the device receives, and goes
# through everything else
test_first()
{
	local voice

	topo_two_sites 1
	overlay_two_sites
	ctl1 limit set mark-mask $MASK
	ctl1 class add voice mode balance
	voice=$(class_id e1 voice)
	check ns e1 nft -f - <<-END
		table inet t {
			counter voice { }
			counter tracked { }
			chain pre {
				type filter hook prerouting priority -199;
				iif lan0 ct state new counter name tracked
			}
			chain forwarded {
				type filter hook forward priority 0;
				iif lan0 oif sdwan0 meta mark $((voice << 16)) \
					counter name voice
			}
		}
	END
	ctl1 lan add lan0 mode direct vni 100
	equal "$(ns e1 sdwanctl -j lan show | jq -c 'map([.name, .mode, .hooked])')" \
		'[["lan0","direct",true]]' "lan show"
	ctl1 rule add pref 10 iif lan0 to 10.2.0.0/16 class voice
	check ns h1 ping -c 1 -W 5 10.2.0.2
	equal "$(counter e1 voice)" 1 "packets with the mark of the class"
	# dropped without a trace
	ctl1 rule add pref 5 iif lan0 to 10.2.0.0/16 action drop
	ns e1 nft reset counters > /dev/null
	refuse ns h1 ping -c 2 -i 0.2 -W 1 10.2.0.2
	equal "$(counter e1 tracked)" 0 "packets tracked"
	ctl1 rule del pref 5
	# steered, whatever the routing table says
	batch e1 <<-END
		route replace unreachable 10.2.0.0/16
		route replace unreachable fd02::/64
	END
	refuse ns h1 ping -c 1 -W 1 10.2.0.2
	ctl1 rule add pref 1 to 10.2.0.0/16 action steer
	ctl1 rule add pref 2 to fd02::/64 action steer
	check ns h1 ping -c 1 -W 5 10.2.0.2
	check ns h1 ping -c 1 -W 5 fd02::2
	refuse ns h1 ping -c 1 -W 1 -t 1 fd02::2
	matches "$OUT" "exceeded" "answer of the edge"
	ctl1 rule replace pref 1 to 10.2.0.0/16 action steer vni 7
	refuse ns h1 ping -c 1 -W 1 10.2.0.2
	# for the edge itself
	ctl1 rule add pref 3 action steer
	check ns h1 ping -c 1 -W 5 10.1.0.1
	check ns h1 ping -c 1 -W 5 fd01::1
}

run_tests test_first test_ways test_gso test_vlan test_odd test_changes \
	test_path test_admin test_rule test_mark test_conntrack test_ipsec \
	test_stock test_teardown
