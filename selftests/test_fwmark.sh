#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The mark of a path is that of its outer packets and their routes, and no WAN
# is a black hole.
# Kernels: all um
# Check: um
# Timeout: 200

set -u
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/helpers.sh"

# counted: packets that the rules of e1 have seen with the mark
counted()
{
	ns e1 nft -j list ruleset |
		jq "[.. | .counter? | objects | .packets] | .[$1]"
}

# The main table has no route to the other side; that of the mark has
routes()
{
	batch e1 <<-END
		route del 192.168.20.0/24 via 192.168.10.254 dev wan0
		route add 192.168.20.0/24 via 192.168.10.254 dev wan0 table 77
		route del fd10:0:2::/64 via fd10:0:1::fe dev wan0
		route add fd10:0:2::/64 via fd10:0:1::fe dev wan0 table 77
		rule add fwmark 7 lookup 77
	END
	check ip -n e1 -6 rule add fwmark 7 lookup 77
}

edges()
{
	topo_two_sites 1
	UNDERLAY_ARGS="encap $1" overlay_two_sites 100 "$2"
	check ns h1 ping -c 1 -W 5 10.2.0.2
}

marked()
{
	local encap=$1 family=$2 a b

	edges "$encap" "$family"
	routes
	wait_for 5 path_is e1 edge2:u0 down
	refuse ns h1 ping -c 1 -W 1 10.2.0.2
	check ns e1 sdwanctl path set edge2:u0 fwmark 7
	wait_for 5 path_is e1 edge2:u0 up
	check ns h1 ping -c 1 -W 5 10.2.0.2
	tcp_copy h1 h2 fd02::2 128
	# whatever mark the inner packet has
	check ns e1 nft -f - <<-END
		table inet t {
			chain forwarded {
				type filter hook forward priority 0;
				meta mark set 99
			}
			chain sent {
				type filter hook output priority 0;
				oif wan0 meta mark 7 counter
				oif wan0 meta mark 99 counter
			}
			chain posted {
				type filter hook postrouting priority 0;
				oif wan0 meta mark 7 counter
			}
		}
	END
	check ns h1 ping -c 3 -i 0.2 -W 5 10.2.0.2
	check ns h1 ping -c 3 -i 0.2 -W 5 fd02::2
	a=$(counted 0) b=$(counted 2)
	between "$a" 6 8 "packets with the mark in output"
	equal "$b" "$a" "packets with the mark in postrouting"
	equal "$(counted 1)" 0 "packets with the mark of the inside"
	check ns e1 sdwanctl path set edge2:u0 fwmark none
	wait_for 5 path_is e1 edge2:u0 down
	refuse ns h1 ping -c 1 -W 1 10.2.0.2
}

test_geneve_ipv4() { marked geneve 4; }
test_gre_ipv4() { marked gre 4; }
test_vxlan_ipv6() { marked vxlan-gpe 6; }
test_gre_ipv6() { marked gre 6; }

# The MTU that routers tell counts for routes of the mark, too
learned()
{
	local encap=$1 family=$2 mtu

	edges "$encap" "$family"
	mtu=$((1400 - $(overhead "$family" "$encap")))
	check ns e1 sdwanctl path set edge2:u0 fwmark 7
	routes
	wait_for 5 ns h1 ping -c 1 -W 1 10.2.0.2
	ip -n w0 link set dev east mtu 1400
	ip -n e2 link set wan0 mtu 1400
	ns h1 ping -c 2 -i 0.2 -W 1 -M "do" -s 1390 10.2.0.2 > /dev/null
	equal "$(path_get e1 edge2:u0 mtu)" $mtu "MTU of the path"
	tcp_copy h1 h2 10.2.0.2 256
}

test_learned_geneve_ipv4() { learned geneve 4; }
test_learned_gre_ipv4() { learned gre 4; }
test_learned_vxlan_ipv6() { learned vxlan-gpe 6; }
test_learned_gre_ipv6() { learned gre 6; }

# Where the port of the other side is not ours
test_learned_other_port()
{
	local s

	topo_two_sites 1
	overlay_two_sites
	for s in 1 2; do
		check ns e$s sdwanctl underlay del u0
		check ns e$s sdwanctl underlay add u0 dev wan0 \
			local "$(wan_addr $s 0)" port 700$s probe off
		check ns e$s sdwanctl path add peer edge$((3 - s)) underlay u0 \
			remote "$(wan_addr $((3 - s)) 0)" dstport 700$((3 - s))
	done
	check ns h1 ping -c 1 -W 5 10.2.0.2
	ip -n w0 link set dev east mtu 1400
	ip -n e2 link set wan0 mtu 1400
	ns h1 ping -c 2 -i 0.2 -W 1 -M "do" -s 1390 10.2.0.2 > /dev/null
	equal "$(path_get e1 edge2:u0 mtu)" 1364 "MTU of the path"
	tcp_copy h1 h2 10.2.0.2 256
}

run_tests test_geneve_ipv4 test_gre_ipv4 test_vxlan_ipv6 test_gre_ipv6 \
	test_learned_geneve_ipv4 test_learned_gre_ipv4 \
	test_learned_vxlan_ipv6 test_learned_gre_ipv6 test_learned_other_port
