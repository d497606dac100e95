#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Classes of mode duplicate: each packet over two paths, which ones, and received
# once.
# Kernels: all um um-debug
# Check: um
# Timeout: 300

set -u
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/helpers.sh"
. "$(dirname "$0")/duplicate.sh"

# Both copies arrive: counts to the packet, of paths, of the segment, of each end
counts()
{
	local family=$1 n m

	twice 2 "$family"
	for n in 0 1; do
		m[n]=$(path_get e1 edge2:u$n tx_packets)
	done
	n=$(link_stat e1 sdwan0 tx packets)
	capture_start h2 eth0 inner udp port 5201
	udp_all h1 h2 10.2.0.2 200
	capture_stop inner
	n=$(($(link_stat e1 sdwan0 tx packets) - n))
	between $n 200 220 "packets that e1's segment has counted"
	equal "$(capture_count inner)" $n "packets that came to the host"
	equal "$(($(path_get e1 edge2:u0 tx_packets) - m[0]))" $n "first path"
	equal "$(($(path_get e1 edge2:u1 tx_packets) - m[1]))" $n "second path"
	udp_all h1 h2 fd02::2 100
	counts_add_up
	n=$(counted e1 tx_duplicate_twice)
	equal "$(counted e2 rx_duplicate_removed)" "$n" "duplicates removed"
	equal "$(link_stat e1 sdwan0 tx packets)" "$n" "segment, sent"
	equal "$(link_stat e2 sdwan0 rx packets)" "$n" "segment, received"
	equal "$(link_stat e1 sdwan0 tx bytes)" \
		"$(link_stat e2 sdwan0 rx bytes)" "bytes of the segment"
	equal "$(link_stat e2 sdwan0 rx dropped)$(
		link_stat e2 sdwan0 rx errors)" 00 "errors of the segment"
	equal "$(counted e1 tx_duplicate_once)" 0 "sent once"
}

test_counts_over_ipv4() { counts 4; }
test_counts_over_ipv6() { counts 6; }

# Wireshark takes the packets apart, and calls the option unknown
test_capture()
{
	local family i

	for family in 4 6; do
		twice 2 $family
		wan_wire
		for i in 0 1; do
			capture_start e1 wan$i wan$i udp port 6081
		done
		check ns h1 ping -c 3 -i 0.2 -W 5 10.2.0.2
		check ns h1 ping -c 3 -i 0.2 -W 5 fd02::2
		tcp_copy h1 h2 10.2.0.2 64
		for i in 0 1; do
			capture_stop wan$i
			tshark -n -r "$(capture_file wan$i)" \
				-o udp.check_checksum:TRUE \
				-o tcp.check_checksum:TRUE -T fields \
				-e frame.protocols -e geneve.option.class \
				-e geneve.option.type -e geneve.option.length \
				-e geneve.flags.critical -e _ws.malformed \
				-e udp.checksum.status -e tcp.checksum.status \
				> "$CASE_TMP/decoded" 2> "$CASE_TMP/tshark" ||
				fail "$(cat "$CASE_TMP/tshark")"
			log "$(sort "$CASE_TMP/decoded" | uniq -c | tr '\t\n' ' ,')"
			[ "$(wc -l < "$CASE_TMP/decoded")" -gt 60 ] ||
				fail "few packets on wan$i"
			# class, type and length; neither critical nor malformed
			awk -F'\t' '
				$1 !~ /geneve:ip(v6)?:(icmp|icmpv6|tcp)/ ||
				$2 != "0xff5d" || $3 != "0x01" || $4 !~ /^16/ ||
				$5 !~ /^(0|False)$/ || $6 != "" ||
				($7 "," $8) ~ /0/ { print; bad = 1 }
				END { exit bad }' "$CASE_TMP/decoded" \
				> "$CASE_TMP/strange" ||
				fail "wan$i: $(head -n 3 "$CASE_TMP/strange")"
		done
		cleanup_case
	done
}

# The smaller MTU of both paths counts, less the option
test_mtu()
{
	local out dst

	twice 2
	wan_mtu 1 1300
	wait_for 10 eval '[ "$(path_get e1 edge2:u1 mtu)" = 1264 ]'
	check ping_big h1 1248 10.2.0.2
	refuse ping_big h1 1249 10.2.0.2
	matches "$OUT" "mtu ?= ?1248" "MTU that the sender is told"
	equal "$(drops e1 tx_drop_too_big)" 1 "too big"
	# what may be fragmented is so before it is doubled
	check ns h1 ip route flush cache
	capture_start e1 wan1 fragments 'ip[6:2] & 0x3fff != 0'
	check ping_big h1 1400 10.2.0.2 dont
	capture_stop fragments
	equal "$(capture_count fragments)" 0 "outer fragments"
	for dst in 10.2.0.2 fd02::2; do
		tcp_copy h1 h2 $dst 256
	done
	# the far end sends its answers twice, too
	equal "$(counted e1 rx_duplicate_late) $(counted e1 tx_duplicate_once)" \
		"0 0" "late, once"
	# below the minimum of IPv6 outer packets are fragmented, on either path
	ping_big h1 1280 fd02::2 > /dev/null
	check ping_big h1 1280 fd02::2
	equal "$(drops e1 tx_drop_fragment)" 0 "not fragmented"
	equal "$(counted e1 tx_duplicate_twice)" \
		"$(counted e2 rx_duplicate_removed)" "removed"
}

took_twice()
{
	local before after

	before=$(path_counts)
	check ns h1 ping -c 3 -i 0.2 -W 5 10.2.0.2
	after=$(path_counts)
	TOOK=$(awk -v a="$before" -v b="$after" 'BEGIN {
		n = split(a, x); split(b, y)
		for (i = 1; i <= n; i++)
			s = s " " y[i] - x[i]
		print substr(s, 2) }')
}

path_counts()
{
	ns e1 sdwanctl -j -s path show |
		jq -r 'sort_by(.name) | map(.tx_packets) | join(" ")'
}

# Which two paths: the first of the class, then one over another underlay; to the
# same gateway; none to a stock device, none that has no room for the option
test_choice()
{
	topo_two_sites 3
	overlay_two_sites
	doubled e1 u0,u1,u2
	took_twice
	equal "$TOOK" "3 3 0" "the first two members"
	matches "$(ns e1 sdwanctl flow get dev sdwan0 src 10.1.0.2 \
		dst 10.2.0.2 proto udp)" "path edge2:u0 second edge2:u1" \
		"what would become of a packet"
	check ns e1 sdwanctl class set twice members u2,u1
	took_twice
	equal "$TOOK" "0 3 3" "members in another order"
	# a member alone: others carry no copies
	check ns e1 sdwanctl class set twice members u1
	took_twice
	equal "$TOOK" "0 3 0" "one member"
	equal "$(counted e1 tx_duplicate_once)" 3 "sent once"
	# another path over the same underlay goes behind those of others; there is
	# nobody at its end
	check ns e1 sdwanctl class set twice members u1,u2
	check ns e1 sdwanctl path add other peer edge2 underlay u1 \
		remote 192.168.21.9 preference 1
	took_twice
	equal "$TOOK" "0 0 3 3" "another underlay goes first"
	wan_link 1 2 down
	took_twice
	equal "$TOOK" "0 3 0 3" "the same underlay, where there is no other"
	wan_link 1 2 up
	wait_for 10 path_is e1 edge2:u2 up
	check ns e1 sdwanctl path del other
	# no option, no copy: such a path goes last
	check ns e1 sdwanctl path del edge2:u1
	check ns e2 sdwanctl path del edge1:u1
	check ns e1 sdwanctl path add edge2:u1 peer edge2 underlay u1 \
		encap vxlan-gpe remote "$(wan_addr 2 1)"
	check ns e2 sdwanctl path add edge1:u1 peer edge1 underlay u1 \
		encap vxlan-gpe remote "$(wan_addr 1 1)"
	check ns e1 sdwanctl class set twice members u1,u2,u0
	took_twice
	equal "$TOOK" "3 0 3" "VXLAN-GPE goes last"
	check ns e1 sdwanctl class set twice members u1
	took_twice
	equal "$TOOK" "0 3 0" "VXLAN-GPE alone"
	equal "$(counted e1 tx_duplicate_unnumbered)" 3 "without number"
	# what a stock device would deliver twice
	check ns e1 sdwanctl class set twice members u0,u2
	check ns e1 sdwanctl peer set edge2 stock on
	capture_start e1 wan0 wan0 'udp port 6081 and src 192.168.10.1'
	took_twice
	capture_stop wan0
	equal "$TOOK" "3 0 0" "to a stock device"
	equal "$(capture_count wan0 'udp[8] == 0')" 3 "packets without options"
	equal "$(counted e1 tx_duplicate_unnumbered)" 6 "without number"
	equal "$(all_drops e1)$(all_drops e2)" "" drops
}

# Two gateways of a site: both copies go to the same one
test_same_gateway()
{
	topo_two_sites 2
	overlay_two_sites
	check ns e1 sdwanctl path del edge2:u1
	check ns e1 sdwanctl peer add mate site 2 gateway 2
	check ns e1 sdwanctl path add mate:u1 peer mate underlay u1 \
		remote "$(wan_addr 2 1)"
	doubled e1
	took_twice
	equal "$TOOK" "3 0" "paths"
	equal "$(counted e1 tx_duplicate_once)" 3 "sent once"
}

# The far end has no such class: it answers on the first path, and stays there
test_answers()
{
	topo_two_sites 2
	overlay_two_sites
	doubled e1 u1,u0
	check ns e2 sdwanctl rule add pref 1 action pass
	# the second copies come first
	wan_netem 1 delay 20ms
	check ns h1 ping -c 10 -i 0.05 -W 5 10.2.0.2
	# the first of them before the first copy
	between "$(path_get e2 edge1:u0 tx_packets)" 0 5 \
		"answers on the second path"
	equal "$(ns e2 sdwanctl -j flow show proto icmp |
		jq -r '.[0] | "\(.owner) \(.moves) \(.path)"')" \
		"remote 1 edge1:u1" "flow of the far end"
	# its first path is lost, which the far end does not see
	wan_carrier 1 1 off
	check ns h1 ping -c 3 -i 0.2 -W 5 10.2.0.2
	equal "$(ns e2 sdwanctl -j flow show proto icmp path edge1:u0 |
		jq length)" 1 "flows that have followed"
}

run_tests test_counts_over_ipv4 test_counts_over_ipv6 test_capture test_mtu \
	test_choice test_same_gateway test_answers
