#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Every path has its encapsulation, several of them over the same underlay.
# Kernels: all um um-debug
# Check: um
# Timeout: 300

set -u
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/helpers.sh"

# One peer by GENEVE, GRE and VXLAN-GPE over the same two addresses, and which
# one is used is a matter of preference
same_underlay()
{
	local family=$1 encap s o

	topo_two_sites 1
	overlay_two_sites 100 "$family"
	for s in 1 2; do
		o=$((3 - s))
		for encap in gre vxlan-gpe; do
			check ns e$s sdwanctl path add $encap peer edge$o \
				underlay u0 encap $encap preference 200 \
				remote "$(wan_addr $o 0 "$family")"
		done
	done
	equal "$(path_get e1 edge2:u0 mtu)" \
		$((1500 - $(overhead "$family"))) "MTU of geneve"
	equal "$(path_get e1 gre mtu)" \
		$((1500 - $(overhead "$family" gre))) "MTU of gre"
	equal "$(path_get e1 vxlan-gpe mtu)" \
		$((1500 - $(overhead "$family" vxlan-gpe))) "MTU of vxlan-gpe"
	check ns h1 ping -c 1 -W 5 10.2.0.2
	wan_wire
	for encap in edge:u0 gre vxlan-gpe; do
		for s in 1 2; do
			check ns e$s sdwanctl path set \
				"${encap/edge/edge$((3 - s))}" preference 1
		done
		capture_start e1 wan0 wan0
		check ns h1 ping -c 2 -i 0.2 -W 5 fd02::2
		tcp_copy h1 h2 10.2.0.2 256
		tcp_copy h2 h1 fd01::2 128
		capture_stop wan0
		check /usr/bin/python3 "$SELFTESTS/pcapcheck.py" \
			--encap "${encap/edge:u0/geneve}" \
			"$(capture_file wan0)"
		for s in 1 2; do
			check ns e$s sdwanctl path set \
				"${encap/edge/edge$((3 - s))}" preference 300
		done
	done
	# each side may send by another one: what arrives tells its own path
	check ns e1 sdwanctl path set gre preference 1
	check ns e2 sdwanctl path set vxlan-gpe preference 1
	tcp_copy h1 h2 10.2.0.2 256
	equal "$(all_drops e1)$(all_drops e2)" "" drops
	# one goes, the others stay
	check ns e1 sdwanctl path del gre
	check ns h1 ping -c 1 -W 5 10.2.0.2
	check ns e1 sdwanctl path del edge2:u0
	check ns h1 ping -c 1 -W 5 10.2.0.2
}

test_same_underlay_ipv4() { same_underlay 4; }
test_same_underlay_ipv6() { same_underlay 6; }

# Another encapsulation on every underlay; fail-over goes through all of them
test_fail_over()
{
	local s i encaps=(geneve gre vxlan-gpe)

	topo_two_sites 3
	overlay_two_sites
	for s in 1 2; do
		for i in 1 2; do
			check ns e$s sdwanctl path del "edge$((3 - s)):u$i"
			check ns e$s sdwanctl path add peer edge$((3 - s)) \
				underlay "u$i" encap "${encaps[i]}" \
				preference $((100 + i)) \
				remote "$(wan_addr $((3 - s)) $i)"
		done
	done
	check ns h1 ping -c 1 -W 5 10.2.0.2
	wan_netem 0 delay 2ms rate 20mbit
	wan_netem 1 delay 2ms rate 20mbit
	wan_netem 2 delay 2ms rate 20mbit
	tcp_start down h1 h2 10.2.0.2 6144
	wait_for 40 tcp_has down 1000000
	wan_link 1 0 down
	wan_link 2 0 down
	wait_for 40 tcp_has down 3000000
	wan_link 1 1 down
	wan_link 2 1 down
	tcp_running down || fail "the transfer was over too early"
	tcp_wait down 90
	for i in 0 1 2; do
		between "$(path_get e1 "edge2:u$i" tx_packets)" 100 100000 \
			"packets over u$i"
	done
}

# Every offload of the WAN devices by itself. Those of the other encapsulation
# make no difference, which check-long sees
offloads()
{
	local encap=$1 family=$2 what s udp gre

	udp="tx-udp_tnl-segmentation tx-udp_tnl-csum-segmentation"
	gre="tx-gre-segmentation tx-gre-csum-segmentation"
	if [ -z "${SDWAN_LONG:-}" ]; then
		if [ "$encap" = gre ]; then udp=; else gre=; fi
	fi

	topo_two_sites 1
	UNDERLAY_ARGS="encap $encap" overlay_two_sites 100 "$family"
	check ns h1 ping -c 1 -W 5 10.2.0.2
	for what in tx tso gso gro $udp $gre sg all; do
		for s in 1 2; do
			if [ "$what" = all ]; then
				check ns e$s ethtool -K wan0 tx off tso off \
					gso off gro off sg off
			else
				check ns e$s ethtool -K wan0 "$what" off
			fi
		done
		capture_start e2 wan0 wan0
		tcp_copy h1 h2 10.2.0.2 256
		tcp_copy h2 h1 fd01::2 256
		udp_all h1 h2 fd02::2 20 -s 1200
		capture_stop wan0
		# what is not on the wire yet has no checksum yet
		check /usr/bin/python3 "$SELFTESTS/pcapcheck.py" \
			--encap "$encap" \
			"$([ "$what" = all ] || echo --no-checksums)" \
			"$(capture_file wan0)"
		[ "$what" = all ] || for s in 1 2; do
			ns e$s ethtool -K wan0 "$what" on
		done
	done
	equal "$(all_drops e1)$(all_drops e2)" "" drops
}

test_offloads_geneve_ipv4() { offloads geneve 4; }
test_offloads_vxlan_ipv6() { offloads vxlan-gpe 6; }
test_offloads_gre_ipv4() { offloads gre 4; }
test_offloads_gre_ipv6() { offloads gre 6; }

# With an underlay that says no address, packets come from the one that the
# route says
source_address()
{
	local family=$1 new

	topo_two_sites 1
	overlay_site 2 100 "$family"
	check ns e2 sdwanctl path add new peer edge1 underlay u0 \
		remote "$([ "$family" = 4 ] && echo 192.168.10.7 ||
			echo fd10:0:1::7)"
	overlay_site 1 100 "$family"
	check ns e1 sdwanctl underlay del u0
	check ns e1 sdwanctl underlay add u0 dev wan0 encap gre
	check ns e1 sdwanctl path add peer edge2 underlay u0 encap geneve \
		remote "$(wan_addr 2 0 "$family")"
	check ns h1 ping -c 1 -W 5 10.2.0.2
	equal "$(path_get e1 edge2:u0 local)" "$(wan_addr 1 0 "$family")" \
		"local address"
	if [ "$family" = 4 ]; then
		new=192.168.10.7
		batch e1 <<-END
			addr del 192.168.10.1/24 dev wan0
			addr add $new/24 dev wan0
		END
	else
		new=fd10:0:1::7
		batch e1 <<-END
			addr add $new/64 dev wan0 nodad
			addr del fd10:0:1::1/64 dev wan0
		END
	fi
	wan_routes 1 0
	# the other side now answers by the path to where we are
	check ns e2 sdwanctl path set edge1:u0 down
	wait_for 5 ns h1 ping -c 1 -W 1 10.2.0.2
	equal "$(path_get e1 edge2:u0 local)" $new "local address"
	capture_start e1 wan0 wan0 "src $new and udp port 6081"
	check ns h1 ping -c 2 -i 0.2 -W 5 fd02::2
	capture_stop wan0
	equal "$(capture_count wan0)" 2 "packets from the new address"
}

test_source_address_ipv4() { source_address 4; }
test_source_address_ipv6() { source_address 6; }

run_tests test_same_underlay_ipv4 test_same_underlay_ipv6 test_fail_over \
	test_offloads_geneve_ipv4 test_offloads_vxlan_ipv6 \
	test_offloads_gre_ipv4 test_offloads_gre_ipv6 \
	test_source_address_ipv4 test_source_address_ipv6
