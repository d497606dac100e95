#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# GRE shares the protocol with the stock module, and looks after its own
# fragments and path MTU.
# Kernels: all um um-debug
# Check: um
# Timeout: 300

set -u
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/helpers.sh"

# edges FAMILY [WANS]: two edges of ours that speak GRE
edges()
{
	topo_two_sites "${2:-1}"
	UNDERLAY_ARGS="encap gre" overlay_two_sites 100 "$1"
}

# stock_pair FAMILY KEY: a stock tunnel between the same addresses
stock_pair()
{
	local family=$1 key=$2 type=gre limit=() s o

	if [ "$family" = 6 ]; then
		type=ip6gre
		limit=(encaplimit none)
	fi
	for s in 1 2; do
		o=$((3 - s))
		check ip -n e$s link add "gre$key" type $type \
			local "$(wan_addr $s 0 "$family")" \
			remote "$(wan_addr $o 0 "$family")" \
			key "$key" "${limit[@]}"
		check ip -n e$s link set "gre$key" mtu 1400 up
		check ip -n e$s addr add "172.16.$key.$s/24" dev "gre$key"
	done
}

# both KEY: the overlay and the stock tunnel work
both()
{
	check ns h1 ping -c 1 -W 5 10.2.0.2
	check ns h2 ping -c 1 -W 5 fd01::2
	check ns e1 ping -c 1 -W 5 "172.16.$1.2"
	check ns e2 ping -c 1 -W 5 "172.16.$1.1"
}

beside()
{
	local n

	edges "$1"
	check ns h1 ping -c 1 -W 5 10.2.0.2
	stock_pair "$1" 7
	both 7
	n=$(drops e1 rx_gre_other_key)
	check ns e1 ping -c 3 -i 0.2 -W 5 172.16.7.2
	equal $(($(drops e1 rx_gre_other_key) - n)) 3 "GRE of other keys"
	# at the same time, packets of any size
	tcp_start ours h1 h2 10.2.0.2 2048
	tcp_start ours6 h2 h1 fd01::2 1024
	tcp_copy e1 e2 172.16.7.2 1024
	tcp_wait ours
	tcp_wait ours6
	equal "$(all_drops e1)" "" drops
	# ours goes, theirs stays
	check ns e1 sdwanctl path flush
	check ns e1 ping -c 1 -W 5 172.16.7.2
	check ns e1 sdwanctl path add peer edge2 underlay u0 \
		remote "$(wan_addr 2 0 "$1")"
	both 7
	# theirs goes, ours stays
	ip -n e1 link del gre7
	check ns h1 ping -c 1 -W 5 10.2.0.2
}

test_beside_stock_ipv4() { beside 4; }
test_beside_stock_ipv6() { beside 6; }

# stock_gone: their devices, and their modules where these are modules
stock_gone()
{
	local m s

	for s in 1 2; do
		check ip -n e$s link del gre7
	done
	for m in ip6_gre ip_gre; do
		if lsmod | grep -q "^$m "; then
			check rmmod $m
		fi
	done
}

# The order in which modules are loaded does not matter, nor that they go
test_module_order()
{
	local m

	edges 4
	if lsmod | grep -q '^ip_gre'; then
		check rmmod ip_gre
	fi
	check ns h1 ping -c 1 -W 5 10.2.0.2
	# built in, there is nothing to load
	modprobe -q ip_gre
	modprobe -q ip6_gre
	check ns h1 ping -c 1 -W 5 10.2.0.2
	stock_pair 4 7
	for m in ip_gre ip6_gre; do
		if lsmod | grep -q "^$m"; then
			at_cleanup "modprobe -q -r $m"
		fi
	done
	both 7
	# they go and come back under traffic
	stream_start order h1 h2 10.2.0.2 5 500
	stock_gone
	check ns h2 ping -c 2 -i 0.2 -W 5 fd01::2
	check ns h1 ping -c 2 -i 0.2 -W 5 10.2.0.2
	modprobe -q ip_gre
	modprobe -q ip6_gre
	stock_pair 4 7
	both 7
	stream_wait order
	equal "$(stream_get lost)" 0 "packets lost"
	equal "$(all_drops e1)$(all_drops e2)" "" drops
}

# With no key, or with the key of another segment of theirs, it is not ours; a
# key that is one of our segments is ours
test_keys()
{
	local n

	edges 4
	check ns h1 ping -c 1 -W 5 10.2.0.2
	check ip -n e2 link add nokey type gre local 192.168.20.1 \
		remote 192.168.10.1
	ip -n e2 link set nokey up
	ip -n e2 addr add 172.16.9.2/24 dev nokey
	n=$(drops e1 rx_gre_other_key)
	refuse ns e2 ping -c 2 -i 0.2 -W 1 172.16.9.1
	equal $(($(drops e1 rx_gre_other_key) - n)) 2 "GRE without a key"
	# the segment's device goes, and with it what its key meant
	check ip -n e1 link add seg200 type sdwan vni 200
	check ip -n e2 link add k200 type gre local 192.168.20.1 \
		remote 192.168.10.1 key 200
	ip -n e2 link set k200 up
	ip -n e2 addr add 172.16.8.2/24 dev k200
	refuse ns e2 ping -c 2 -i 0.2 -W 1 172.16.8.1
	equal "$(drops e1 rx_drop_segment_down seg200)" 2 "drops, segment down"
	ip -n e1 link del seg200
	n=$(drops e1 rx_gre_other_key)
	refuse ns e2 ping -c 2 -i 0.2 -W 1 172.16.8.1
	equal $(($(drops e1 rx_gre_other_key) - n)) 2 "GRE of no segment"
}

# The host's firewall has its say
test_firewall()
{
	edges 4
	check ns h1 ping -c 1 -W 5 10.2.0.2
	check ns e1 nft -f - <<-END
		table ip t {
			chain in {
				type filter hook input priority 0;
				ip protocol gre counter drop
			}
		}
	END
	refuse ns h1 ping -c 2 -i 0.2 -W 1 10.2.0.2
	check ns e1 nft flush ruleset
	# stateful: answers to what we send
	check ns e1 nft -f - <<-END
		table ip t {
			chain in {
				type filter hook input priority 0;
				iif wan0 ct state established accept
				iif wan0 drop
			}
		}
	END
	check ns h1 ping -c 2 -i 0.2 -W 5 10.2.0.2
	tcp_copy h1 h2 10.2.0.2 256
}

# Outer fragments are put together, as IPv4 does by itself
fragments()
{
	local family=$1

	edges "$family"
	wan_mtu 0 1400
	check ns e1 sdwanctl path set edge2:u0 df clear
	check ns e2 sdwanctl path set edge1:u0 df clear
	wan_capture
	check ns h1 ping -c 2 -i 0.2 -W 5 -M "do" -s 1400 10.2.0.2
	check ns h2 ping -c 2 -i 0.2 -W 5 -M "do" -s 1400 10.1.0.2
	check ns h1 ping -c 2 -i 0.2 -W 5 -M "do" -s 1380 fd02::2
	udp_all h1 h2 10.2.0.2 20 -s 3000
	wan_capture_check --encap gre
	between "$(jq .cut.outer "$CASE_TMP/wan0.report")" 8 1000 \
		"outer fragments"
	tcp_copy h1 h2 10.2.0.2 256
	tcp_copy h2 h1 fd01::2 256
	equal "$(all_drops e1)$(all_drops e2)" "" drops
}

test_fragments_ipv4() { fragments 4; }
test_fragments_ipv6() { fragments 6; }

# A router on the WAN says that packets are too big
learned()
{
	local family=$1 mtu

	edges "$family"
	mtu=$((1400 - $(overhead "$family" gre)))
	check ns h1 ping -c 1 -W 5 10.2.0.2
	equal "$(path_get e1 edge2:u0 mtu)" $((mtu + 100)) "MTU of the path"
	ip -n w0 link set dev east mtu 1400
	ip -n e2 link set wan0 mtu 1400
	refuse ns h1 ping -c 2 -i 0.2 -W 1 -M "do" -s 1400 10.2.0.2
	equal "$(path_get e1 edge2:u0 mtu)" $mtu "MTU of the path"
	refuse ns h1 ping -c 1 -W 2 -M "do" -s 1400 10.2.0.2
	tcp_copy h1 h2 10.2.0.2 256
	tcp_copy h1 h2 fd02::2 256
	tcp_copy h2 h1 10.1.0.2 256
}

test_learned_ipv4() { learned 4; }
test_learned_ipv6() { learned 6; }

run_tests test_beside_stock_ipv4 test_beside_stock_ipv6 test_module_order \
	test_keys test_firewall test_fragments_ipv4 test_fragments_ipv6 \
	test_learned_ipv4 test_learned_ipv6
