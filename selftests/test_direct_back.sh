#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Flows that go past routing and firewall are back on the normal way at once, when
# anything has changed.
# Kernels: all um um-debug
# Check: um
# Timeout: 600

set -u
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/helpers.sh"
. "$(dirname "$0")/direct.sh"

# A change of rules, routes, MTU, neighbours counts for the very next packet
test_changes()
{
	both_direct
	learned
	expect_way 3 3 64 100 3
	# any commit
	ctl1 rule add pref 9 to 10.99.0.0/16 action pass
	expect_way 0 - 64 100 1
	expect_way 3 - 64 100 3
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
	ip -n h2 link set dev eth0 address 02:00:00:00:77:01
	capture_start h2 eth0 moved ether dst 02:00:00:00:77:01 and udp port 4001
	learned
	ip -n e2 neigh replace 10.2.0.2 dev lan0 lladdr 02:00:00:00:77:01
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

# What other devices do is of no concern to flows
test_others()
{
	both_direct
	learned
	batch e1 <<-END
		link add other0 type dummy
		link set dev other0 name other1
		link del dev other1
	END
	expect_way 3 3 64 100 3
	# the LAN itself under another name: rules match these
	ip -n e1 link set dev lan0 name other2
	expect_way 0 - 64 100 1
	ip -n e1 link set dev other2 name lan0
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
		jq -r '.[0].path')" edge2:u1 "path of the stream"
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
	expect_way 2 - 64 100 2
	ctl1 lan set lan0 mode mark
	expect_way 0 - 64 100 2
	ctl1 lan set lan0 mode direct
	learned
	expect_way 2 - 64 100 2
	ctl1 lan del lan0
	expect_way 0 - 64 100 2
	ctl1 flow flush all
}

# A mark that somebody gave before is not gone past
test_mark()
{
	both_direct
	learned
	expect_way 2 - 64 100 2
	check ns e1 nft -f - <<-END
		table netdev t {
			chain in {
				type filter hook ingress device lan0 priority 0;
				udp dport 4001 meta mark set 5
			}
		}
	END
	expect_way 0 - 64 100 2
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
	expect_way 0 - 64 100 5
}

# IPsec policies are not gone past: refused, and left at once
test_ipsec()
{
	both_direct
	learned
	expect_way 2 - 64 100 2
	ip -n e1 xfrm policy add dir in src 10.77.0.0/16 dst 10.78.0.0/16 \
		tmpl proto esp mode tunnel || skip "no IPsec"
	expect_way 0 - 64 100 2
	ctl1 lan set lan0 mode mark
	refuse ns e1 sdwanctl lan set lan0 mode direct
	matches "$OUT" "IPsec" "answer"
	ip -n e1 xfrm policy flush
	ctl1 lan set lan0 mode direct
	learned
	expect_way 2 - 64 100 2
}

# streams RATE-THERE RATE-BACK: packets until the case ends, none of which is heard
streams()
{
	local a

	for a in 10.2.0.2 fd02::2; do
		spawn ns h1 udpstream send $a 7001 -r "$1" -t 600
	done
	spawn ns h2 udpstream send 10.1.0.2 7002 -r "$2" -t 600
}

# Devices, LANs, segments and namespaces go under traffic
test_teardown()
{
	both_direct
	streams 500 500
	wait_for 10 sent e1 100
	ctl1 flow flush all
	ip -n e1 link del sdwan0
	sleep 0.3
	batch e1 <<-END
		link add sdwan0 type sdwan vni 100
		link set dev sdwan0 up
		route add 10.2.0.0/16 dev sdwan0
	END
	wait_for 10 sent e1 100
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
	wait_for 10 sent e1 200
	ip -n e2 link del later0
	sleep 0.3
	del_ns e1
}

# The module goes while packets go past everything
test_unload()
{
	local i n=${SDWAN_LONG:+20}

	for i in $(seq "${n:-3}"); do
		both_direct
		streams 3000 1000
		wait_for 10 sent e1 1000
		wait_for 10 sent e2 100
		check timeout 60 rmmod sdwan
		check modprobe sdwan
		cleanup_case
	done
}

run_tests test_changes test_others test_path test_admin test_mark test_conntrack \
	test_ipsec test_teardown test_unload
