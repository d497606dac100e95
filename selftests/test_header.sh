#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What a path says of its outer headers is what the WAN sees, for every
# encapsulation.
# Kernels: all um
# Check: um
# Timeout: 300

set -u
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/helpers.sh"

ENCAPS="geneve vxlan-gpe gre"

# edges FAMILY: with a path of each encapsulation, by its name
edges()
{
	local s encap

	topo_two_sites 1
	overlay_two_sites 100 "$1"
	for s in 1 2; do
		check ns e$s sdwanctl path flush
		for encap in $ENCAPS; do
			check ns e$s sdwanctl path add "$encap" encap "$encap" \
				peer edge$((3 - s)) underlay u0 preference 200 \
				remote "$(wan_addr $((3 - s)) 0 "$1")"
		done
	done
}

both_paths()
{
	check ns e1 sdwanctl path set "$USED" "$@"
	check ns e2 sdwanctl path set "$USED" "$@"
}

# use ENCAP: from now on
use()
{
	[ -z "${USED:-}" ] || both_paths preference 200
	USED=$1
	both_paths preference 1
}

# seen ENCAP FAMILY KEY COMMAND...: the values that the outer packets of e1 have
# while the command runs; SEEN is set to them
seen()
{
	local encap=$1 family=$2 key=$3

	shift 3
	capture_start e1 wan0 wan0 "src $(wan_addr 1 0 "$family") and
		not icmp6 and not arp"
	check "$@"
	capture_stop wan0
	/usr/bin/python3 "$SELFTESTS/pcapcheck.py" --encap "$encap" \
		--no-checksums "$(capture_file wan0)" > "$CASE_TMP/report" ||
		fail "$(cat "$CASE_TMP/report")"
	SEEN=$(jq -c ".$key | keys | map(tonumber) | sort" "$CASE_TMP/report")
}

ping_tos() { ns h1 ping -c 2 -i 0.2 -W 5 -Q "$1" "${2:-10.2.0.2}"; }

dscp()
{
	local family=$1 encap

	edges "$family"
	for encap in $ENCAPS; do
		use "$encap"
		# EF, ECT(0)
		seen "$encap" "$family" tos ping_tos 186
		equal "$SEEN" "[186]" "copied, $encap"
		both_paths dscp af41
		seen "$encap" "$family" tos ping_tos 186
		equal "$SEEN" "[138]" "AF41 for all, $encap"
		seen "$encap" "$family" tos ping_tos 1 fd02::2
		equal "$SEEN" "[137]" "AF41 for all, ECN of IPv6, $encap"
		both_paths dscp zero
		seen "$encap" "$family" tos ping_tos 184
		equal "$SEEN" "[0]" "none, $encap"
		both_paths dscp copy
		seen "$encap" "$family" tos ping_tos 184 fd02::2
		equal "$SEEN" "[184]" "copied again, $encap"
		# the inner DSCP is what it was, whatever is outside
		both_paths dscp ef
		capture_start h2 eth0 h2 'icmp[0] == 8'
		check ping_tos 32
		capture_stop h2
		equal "$(capture_count h2 'ip[1] == 32')" 2 "inner DSCP, $encap"
	done
}

test_dscp_over_ipv4() { dscp 4; }
test_dscp_over_ipv6() { dscp 6; }

# Congestion experienced outside comes inside, by all encapsulations, also where
# the DSCP is one for all
congestion()
{
	local family=$1 encap n

	edges "$family"
	check ns w0 tc qdisc add dev east clsact
	if [ "$family" = 4 ]; then
		check ns w0 tc filter add dev east egress protocol ip \
			u32 match ip dst 192.168.20.1 \
			action pedit ex munge ip tos set 3 retain 3 pipe csum ip
	else
		check ns w0 tc filter add dev east egress protocol ipv6 \
			u32 match ip6 dst fd10:0:2::1 \
			action pedit ex munge ip6 traffic_class set 3 retain 3
	fi
	for encap in $ENCAPS; do
		use "$encap"
		both_paths dscp cs1
		capture_start h2 eth0 h2 'icmp[0] == 8'
		check ping_tos 2
		capture_stop h2
		equal "$(capture_count h2 'ip[1] == 3')" 2 "CE inside, $encap"
		n=$(drops e2 rx_drop_ecn)
		refuse ns h1 ping -c 2 -i 0.2 -W 1 10.2.0.2
		equal $(($(drops e2 rx_drop_ecn) - n)) 2 "drops for ECN, $encap"
	done
}

test_ce_over_ipv4() { congestion 4; }
test_ce_over_ipv6() { congestion 6; }

ttl()
{
	local family=$1 encap

	edges "$family"
	for encap in $ENCAPS; do
		use "$encap"
		seen "$encap" "$family" ttl ping_tos 0
		equal "$SEEN" "[64]" "that of the route, $encap"
		both_paths ttl 255
		seen "$encap" "$family" ttl ping_tos 0
		equal "$SEEN" "[255]" "the path's, $encap"
		# too few for the router of the WAN
		both_paths ttl 1
		refuse ns h1 ping -c 1 -W 1 10.2.0.2
		both_paths ttl auto
		seen "$encap" "$family" ttl ping_tos 0 fd02::2
		equal "$SEEN" "[64]" "the route's again, $encap"
	done
}

test_ttl_over_ipv4() { ttl 4; }
test_ttl_over_ipv6() { ttl 6; }

# The don't-fragment bit
test_df()
{
	local encap

	edges 4
	for encap in $ENCAPS; do
		use "$encap"
		seen "$encap" 4 df ns h1 ping -c 1 -W 5 -M dont 10.2.0.2
		equal "$SEEN" "[1]" "set by default, $encap"
		both_paths df copy
		seen "$encap" 4 df ns h1 ping -c 1 -W 5 -M dont 10.2.0.2
		equal "$SEEN" "[0]" "copied clear, $encap"
		seen "$encap" 4 df ns h1 ping -c 1 -W 5 -M "do" 10.2.0.2
		equal "$SEEN" "[1]" "copied set, $encap"
		seen "$encap" 4 df ns h1 ping -c 1 -W 5 fd02::2
		equal "$SEEN" "[1]" "set for IPv6, $encap"
		both_paths df clear
		seen "$encap" 4 df ns h1 ping -c 1 -W 5 -M "do" 10.2.0.2
		equal "$SEEN" "[0]" "clear, $encap"
		tcp_copy h1 h2 10.2.0.2 256
		both_paths df set
		seen "$encap" 4 df ns h1 ping -c 1 -W 5 -M dont 10.2.0.2
		equal "$SEEN" "[1]" "set again, $encap"
	done
}

# The checksum of UDP outside
checksum()
{
	local family=$1 auto=0 encap

	edges "$family"
	[ "$family" = 4 ] || auto=1
	for encap in geneve vxlan-gpe; do
		use "$encap"
		seen "$encap" "$family" csum ping_tos 0
		equal "$SEEN" "[$auto]" "auto, $encap"
		both_paths csum on
		seen "$encap" "$family" csum tcp_copy h1 h2 10.2.0.2 64
		equal "$SEEN" "[1]" "on, $encap"
		wan_wire
		wan_capture
		tcp_copy h1 h2 fd02::2 128
		udp_all h2 h1 10.1.0.2 20 -s 999
		capture_stop wan0
		check /usr/bin/python3 "$SELFTESTS/pcapcheck.py" \
			--encap "$encap" "$(capture_file wan0)"
		both_paths csum off
		seen "$encap" "$family" csum tcp_copy h1 h2 fd02::2 64
		equal "$SEEN" "[0]" "off, $encap"
		both_paths csum auto
		seen "$encap" "$family" csum ping_tos 0 fd02::2
		equal "$SEEN" "[$auto]" "auto again, $encap"
		equal "$(all_drops e1)$(all_drops e2)" "" drops
	done
}

test_checksum_over_ipv4() { checksum 4; }
test_checksum_over_ipv6() { checksum 6; }

run_tests test_dscp_over_ipv4 test_dscp_over_ipv6 test_ce_over_ipv4 \
	test_ce_over_ipv6 test_ttl_over_ipv4 test_ttl_over_ipv6 test_df \
	test_checksum_over_ipv4 test_checksum_over_ipv6
