#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The netdevice as ip and ethtool see it, and the module that comes by itself.
# Kernels: all um
# Check: 6.12 6.1
# Timeout: 300

set -u
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/helpers.sh"

link() { ip -n e1 link "$@"; }

test_add_show_del()
{
	setup_ns e1
	check link add sdwan0 type sdwan vni 100
	matches "$(ip -n e1 -d link show dev sdwan0)" "sdwan vni 100 mode l3"
	equal "$(ip -n e1 -d -j link show dev sdwan0 |
		jq -c '.[0].linkinfo | [.info_kind, .info_data.vni, .info_data.mode]')" \
		'["sdwan",100,"l3"]' "JSON"
	check link add sdwan1 type sdwan vni 16777215 mode l3
	equal "$(ip -n e1 -j link show type sdwan | jq length)" 2 "devices"
	# a point-to-point device without link-layer addresses or queue
	matches "$(link show dev sdwan0)" "POINTOPOINT,NOARP"
	matches "$(link show dev sdwan0)" "link/none"
	matches "$(link show dev sdwan0)" "noqueue|noop"
	equal "$(ip -n e1 -j link show dev sdwan0 | jq '.[0].mtu')" 1444 MTU
	check link set sdwan0 mtu 1280
	check link set sdwan0 mtu 65000
	refuse link set sdwan0 mtu 65536
	refuse link set sdwan0 mtu 67
	check link set sdwan0 up
	# not every kernel renames what is up
	check link set sdwan0 down
	check link set sdwan0 name red0
	check link set red0 alias "the red one"
	check link del red0
	check link del sdwan1
	equal "$(ip -n e1 -j link show type sdwan | jq length)" 0 "devices"
	# the number is free again
	check link add sdwan0 type sdwan vni 100
}

test_refused()
{
	setup_ns e1
	refuse link add sdwan0 type sdwan
	matches "$OUT" "vni"
	refuse link add sdwan0 type sdwan vni 0
	refuse link add sdwan0 type sdwan vni 16777216
	refuse link add sdwan0 type sdwan vni x
	refuse link add sdwan0 type sdwan vni 1 mode l2
	matches "$OUT" "mode|l3"
	refuse link add sdwan0 type sdwan vni 1 mode l4
	refuse link add sdwan0 type sdwan vni 1 colour red
	refuse link add sdwan0 address 02:00:00:00:00:01 type sdwan vni 1
	check link add sdwan0 type sdwan vni 100
	refuse link add sdwan1 type sdwan vni 100
	matches "$OUT" "vni"
	refuse link set sdwan0 type sdwan vni 101
	matches "$OUT" "vni"
	check link set sdwan0 type sdwan vni 100
	check link set sdwan0 type sdwan mode l3
	refuse link set sdwan0 type sdwan mode l2
	equal "$(ip -n e1 -j link show type sdwan | jq length)" 1 "devices"
	ip link help sdwan > "$CASE_TMP/help" 2>&1
	check grep -q vni "$CASE_TMP/help"
}

test_ethtool()
{
	setup_ns e1
	check link add sdwan0 type sdwan vni 100
	matches "$(ns e1 ethtool -i sdwan0)" "driver: sdwan"
	ns e1 ethtool -S sdwan0 > "$CASE_TMP/stats"
	# every cause by its name, all zero
	sed -n 's/.*"\([rt]x_drop_[a-z0-9_]*\)".*/\1/p' "$TREE/kmod/stats.c" \
		> "$CASE_TMP/names"
	[ -s "$CASE_TMP/names" ] || fail "no names in stats.c"
	while read -r name; do
		check grep -q "^ *$name: 0$" "$CASE_TMP/stats"
	done < "$CASE_TMP/names"
	for feature in tx-checksumming scatter-gather tcp-segmentation-offload \
		       generic-segmentation-offload; do
		matches "$(ns e1 ethtool -k sdwan0)" "^$feature: on"
	done
	for feature in tso gso sg tx; do
		check ns e1 ethtool -K sdwan0 $feature off
	done
}

# ip -s link, the counters of both directions
test_statistics()
{
	local n

	topo_two_sites 1
	overlay_two_sites
	check ns e1 ping -c 3 -i 0.1 -W 5 -s 56 100.64.0.2
	equal "$(link_stat e1 sdwan0 tx packets)" 3 "packets sent"
	equal "$(link_stat e1 sdwan0 tx bytes)" 252 "bytes sent"
	equal "$(link_stat e1 sdwan0 rx packets)" 3 "packets received"
	equal "$(link_stat e1 sdwan0 rx bytes)" 252 "bytes received"
	ip -n e1 route add 10.77.0.0/16 dev sdwan0
	refuse ns e1 ping -c 1 -W 1 10.77.0.1
	n=$(($(link_stat e1 sdwan0 tx dropped) +
		$(link_stat e1 sdwan0 tx errors)))
	equal $n 1 "dropped packets"
	# a device that is down takes nothing
	check ip -n e2 link set sdwan0 down
	refuse ns e1 ping -c 2 -i 0.1 -W 1 100.64.0.2
	equal "$(drops e2 rx_drop_segment_down)" 2 "drops of the device"
	check ip -n e2 link set sdwan0 up
	check ns e1 ping -c 1 -W 5 100.64.0.2
}

# The module comes by itself
test_autoload()
{
	setup_ns e1
	check rmmod sdwan
	check link add sdwan0 type sdwan vni 100
	[ -d /sys/module/sdwan ] || fail "ip did not load the module"
	check link del sdwan0
	check rmmod sdwan
	check ns e1 sdwanctl peer show
	[ -d /sys/module/sdwan ] || fail "sdwanctl did not load the module"
	check ns e1 sdwanctl status
	check rmmod sdwan
	check modprobe sdwan
	matches "$(modinfo -F license sdwan)" "^GPL"
	matches "$(modinfo -F alias sdwan)" "^rtnl-link-sdwan$"
	matches "$(modinfo -F alias sdwan)" "family-sdwan$"
}

# Ordinary things one does with a netdevice
test_ordinary()
{
	topo_two_sites 1
	overlay_two_sites
	check ip -n e1 link add vrf0 type vrf table 10
	check ip -n e1 link set vrf0 up
	check ip -n e1 link set sdwan0 master vrf0
	check ip -n e1 link set lan0 master vrf0
	ip -n e1 -6 addr replace fd01::1/64 dev lan0 nodad
	ip -n e1 -6 addr replace fd64::1/64 dev sdwan0 nodad
	ip -n e1 route replace 10.2.0.0/16 dev sdwan0 table 10
	ip -n e1 -6 route replace fd02::/64 dev sdwan0 table 10
	check ns h1 ping -c 2 -i 0.2 -W 5 10.2.0.2
	check ns h1 ping -c 2 -i 0.2 -W 5 fd02::2
	check ip -n e1 link set sdwan0 nomaster
	ip -n e1 link set lan0 nomaster
	# a queueing discipline on it
	check ns e1 tc qdisc replace dev sdwan0 root tbf rate 100mbit \
		burst 100k latency 50ms
	ip -n e1 route replace 10.2.0.0/16 dev sdwan0
	check ns h1 ping -c 2 -i 0.2 -W 5 10.2.0.2
	check ns e1 tc qdisc del dev sdwan0 root
	# a capture on it sees inner packets
	capture_start e1 sdwan0 in icmp
	check ns h1 ping -c 2 -i 0.2 -W 5 10.2.0.2
	capture_stop in
	equal "$(capture_count in src 10.1.0.2)" 2 "inner packets captured"
	equal "$(capture_count in src 10.2.0.2)" 2 "inner packets captured"
}

run_tests test_add_show_del test_refused test_ethtool test_statistics \
	test_autoload test_ordinary
