# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# A stock tunnel device at the other end; source it after helpers.sh.
#
# Site 2 is no edge of ours, but a router with a device far0 of the kernel's
# own that speaks ENCAP to e1.

# stock_device ENCAP FAMILY [OPTION...]: far0 in e2, with no address
stock_device()
{
	local encap=$1 family=$2 far near

	shift 2
	far=$(wan_addr 2 0 "$family")
	near=$(wan_addr 1 0 "$family")
	case $encap-$family in
	geneve-*)
		check ip -n e2 link add far0 type geneve id 100 \
			remote "$near" innerprotoinherit "$@" ;;
	vxlan-gpe-*)
		# L3 with one remote is not to be had: routes tell it
		check ip -n e2 link add far0 type vxlan external gpe \
			dstport 4790 "$@" ;;
	gre-4)
		check ip -n e2 link add far0 type gre remote "$near" \
			local "$far" key 100 "$@" ;;
	gre-6)
		check ip -n e2 link add far0 type ip6gre remote "$near" \
			local "$far" key 100 "$@" ;;
	esac
}

# stock_route DESTINATION: of e2, through far0
stock_route()
{
	local dst=$1 near ip=ip tunnel=()

	near=$(wan_addr 1 0 "$FAMILY")
	[ "$FAMILY" = 4 ] || ip=ip6
	if [ "$ENCAP" = vxlan-gpe ]; then
		# shellcheck disable=SC2206
		tunnel=(encap $ip id 100 dst "$near" ${ROUTE_ARGS:-})
	fi
	case $dst in
	*:*)	check ip -n e2 -6 route replace "$dst" "${tunnel[@]}" dev far0 \
			src fd02::1 ;;
	*)	check ip -n e2 route replace "$dst" "${tunnel[@]}" dev far0 \
			src 10.2.0.1 ;;
	esac
}

# stock ENCAP FAMILY [OPTION...]: both sites; sets ENCAP and FAMILY.  ROUTE_ARGS
# are for the routes of a device that is told the remote by them.
stock()
{
	local dst

	ENCAP=$1 FAMILY=$2
	# where it is a module, and not there yet
	modprobe -q geneve
	modprobe -q vxlan
	topo_two_sites 1
	UNDERLAY_ARGS="encap $ENCAP" overlay_site 1 100 "$FAMILY"
	check ns e1 sdwanctl peer set edge2 stock
	stock_device "$@"
	ip -n e2 link set far0 mtu $((1500 - $(overhead "$FAMILY" "$ENCAP")))
	ip -n e2 addr add 100.64.0.2/32 dev far0
	ip -n e2 addr add fd64::2/128 dev far0 nodad
	check ip -n e2 link set far0 up
	for dst in 10.1.0.0/16 100.64.0.1/32 fd01::/64 fd64::1/128; do
		stock_route $dst
	done
}

both_ways()
{
	wan_capture
	check ns h1 ping -c 2 -i 0.2 -W 5 10.2.0.2
	check ns h1 ping -c 2 -i 0.2 -W 5 fd02::2
	check ns h2 ping -c 2 -i 0.2 -W 5 10.1.0.2
	check ns h2 ping -c 2 -i 0.2 -W 5 fd01::2
	check ns e1 ping -c 1 -W 5 100.64.0.2
	check ns e2 ping -c 1 -W 5 fd64::1
	udp_all h1 h2 10.2.0.2 200 -s 1000
	udp_all h2 h1 fd01::2 150 -s 1000
	tcp_copy h1 h2 10.2.0.2 512
	tcp_copy h2 h1 10.1.0.2 512
	tcp_copy h1 h2 fd02::2 512
	tcp_copy h2 h1 fd01::2 512
}

# interop ENCAP FAMILY [OPTION...]: first the way a user has it, GSO and all,
# then packets of the wire counted
interop()
{
	stock "$@"
	tcp_copy h1 h2 10.2.0.2 2048
	tcp_copy h2 h1 10.1.0.2 2048
	tcp_copy h1 h2 fd02::2 1024
	tcp_copy h2 h1 fd01::2 1024
	equal "$(all_drops e1)" "" drops
	# counters begin anew with the path
	check ns e1 sdwanctl path del edge2:u0
	check ns e1 sdwanctl path add peer edge2 underlay u0 \
		remote "$(wan_addr 2 0 "$FAMILY")"
	wan_wire
	both_ways
	wan_capture_check --encap "$ENCAP"
}

# interop_pmtu ENCAP FAMILY: our ICMP reaches their hosts, theirs ours
interop_pmtu()
{
	local mtu

	stock "$@"
	mtu=$((1400 - $(overhead "$FAMILY" "$ENCAP")))
	wan_mtu 0 1400
	ip -n e2 link set far0 mtu $mtu
	check ns h1 ping -c 1 -W 5 10.2.0.2
	refuse ns h1 ping -c 1 -W 2 -M "do" -s 1380 10.2.0.2
	matches "$OUT" "mtu ?= ?$mtu"
	refuse ns h1 ping -c 1 -W 2 -M "do" -s 1380 fd02::2
	matches "$OUT" "mtu ?[=:] ?$mtu"
	refuse ns h2 ping -c 1 -W 2 -M "do" -s 1380 10.1.0.2
	matches "$OUT" "mtu ?= ?$mtu"
	check ns h1 ping -c 1 -W 2 -M "do" -s $((mtu - 28)) 10.2.0.2
	check ns h2 ping -c 1 -W 2 -M "do" -s $((mtu - 28)) 10.1.0.2
	check ns h1 ping -c 1 -W 2 -M "do" -s $((mtu - 48)) fd02::2
	tcp_copy h1 h2 10.2.0.2 512
	tcp_copy h2 h1 fd01::2 512
}

# interop_checks ENCAP: what the stock device sends from an address that is none
# of its site's is dropped, the DSCP goes both ways
interop_checks()
{
	stock "$1" 4
	ip -n h2 addr add 10.66.0.1/32 dev lo
	ip -n e2 route add 10.66.0.1/32 via 10.2.0.2
	check ns h1 ping -c 1 -W 5 10.2.0.2
	refuse ns h2 ping -c 2 -i 0.2 -W 1 -I 10.66.0.1 10.1.0.2
	equal "$(drops e1 rx_drop_source)" 2 "drops for their source"
	capture_start h2 eth0 h2 'icmp[0] == 8'
	check ns h1 ping -c 2 -i 0.2 -W 5 -Q 184 10.2.0.2
	capture_stop h2
	equal "$(capture_count h2 'ip[1] == 184')" 2 "packets with their class"
}

# interop_unsaid ENCAP FAMILY REASON [OPTION...]: who does not say that it is a stock
# device has a path that is down, and why is told; either word brings it up
interop_unsaid()
{
	local encap=$1 family=$2 reason=$3

	shift 3
	stock "$encap" "$family" "$@"
	check ns e1 sdwanctl underlay set u0 probe default
	equal "$(path_get e1 edge2:u0 probe_active)" off "probes to a stock device"
	works()
	{
		wait_for 10 path_is e1 edge2:u0 up
		check ns h1 ping -c 2 -i 0.2 -W 5 10.2.0.2
	}
	works
	check ns e1 sdwanctl peer set edge2 stock off
	wait_for 20 path_is e1 edge2:u0 down
	wait_for 20 path_why e1 edge2:u0 "$reason"
	refuse ns h1 ping -c 1 -W 1 10.2.0.2
	equal "$(path_get e1 edge2:u0 probes_answered)" 0 "answers"
	check ns e1 sdwanctl path set edge2:u0 probe off
	works
	check ns e1 sdwanctl path set edge2:u0 probe default
	wait_for 20 path_is e1 edge2:u0 down
	check ns e1 sdwanctl peer set edge2 stock
	works
}

path_why() { [ "$(path_get "$1" "$2" state_reason)" = "$3" ]; }
