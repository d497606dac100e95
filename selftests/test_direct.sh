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
. "$(dirname "$0")/direct.sh"
. "$(dirname "$0")/stock.sh"

MASK=0x3ff0000

class_id() { ns "$1" sdwanctl -j -d class show "$2" | jq '.[0].id'; }

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
	# what is tracked must have been answered first
	udp_flow 64 100 2
	expect_way 0 - 64 100 3
	ns e1 nft flush ruleset
	learned
	expect_way 3 - 64 100 3
	ctl1 rule replace pref 1 to 10.2.0.0/16 action steer vni 7
	refuse ns h1 ping -c 1 -W 1 10.2.0.2
	# for the edge itself
	ctl1 rule add pref 3 action steer
	check ns h1 ping -c 1 -W 5 10.1.0.1
	check ns h1 ping -c 1 -W 5 fd01::1
}

# Both directions, both families: all but the first packets; one hop less each
# time, nothing lost, and counted as what the wire carries
test_ways()
{
	both_direct
	wan_wire
	capture_start h2 eth0 lan udp
	wan_capture
	check ns h1 ping -c 1 -W 5 10.2.0.2
	check ns h1 ping -c 1 -W 5 fd02::2
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
	equal "$(all_drops e1)$(all_drops e2)" "" drops
}

# Super-packets of GSO and GRO in one piece
test_gso()
{
	local before got

	both_direct
	check ns e2 nft -f - <<-END
		table inet t {
			counter outer { }
			chain in {
				type filter hook input priority 0;
				iif wan0 meta l4proto udp counter name outer
			}
		}
	END
	tcp_copy h1 h2 10.2.0.2 4096
	before=$(link_stat h2 eth0 rx packets)
	ns e2 nft reset counters > /dev/null
	tcp_copy h1 h2 10.2.0.2 8192
	# veth carries them whole: far fewer than 6000
	got=$(($(link_stat h2 eth0 rx packets) - before))
	between "$got" 100 4000 "packets that h2 has received"
	# the firewall of the host has seen what begins and ends, and some
	between "$(counter e2 outer)" 4 $((got / 2)) "of them in the firewall"
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
	between "$(direct e1 tx)" 290 320 "fast packets out of e1"
	STREAM_PORT=5202 udp_all h2 h1 10.1.20.2 300
	between "$(direct e1 rx)" 250 320 "fast packets into the VLAN"
}

# What is odd goes the normal way, also where its flow is known
test_odd()
{
	both_direct
	learned
	equal "$(ns e1 sdwanctl -j flow show dport 4001 | jq -r '.[0].direct')" \
		out "flow show in e1"
	equal "$(ns e2 sdwanctl -j flow show sport 4001 | jq -r '.[0].direct')" \
		"in" "flow show in e2"
	expect_way 3 3 64 100 3
	capture_start h2 eth0 lan 'src host 10.1.0.2'
	learned
	# fragments, at the sender and once more at the edge
	expect_way 0 0 64 3000 2
	# options
	expect_way 0 0 64 100 2 options
	# small packets with the padding of Ethernet
	expect_way 2 2 64 1 2
	capture_stop lan
	equal "$(capture_count lan 'ip[6:2] & 0x3fff != 0')" 10 "fragments"
	equal "$(capture_count lan 'ip[0] != 0x45')" 2 "packets with options"
	equal "$(capture_count lan 'udp[4:2] = 9')" 2 "small packets"
	# the last hop is here, or at the other end
	capture_start h1 eth0 answers 'icmp[0] == 11'
	learned
	expect_way 0 0 1 100 1
	expect_way 1 0 2 100 1
	expect_way 1 1 3 100 1
	capture_stop answers
	equal "$(capture_count answers)" 2 "answers that time is exceeded"
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

run_tests test_first test_ways test_gso test_vlan test_odd test_rule \
	test_stock
