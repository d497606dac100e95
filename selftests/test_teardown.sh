#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Everything can go away under traffic, in any order. Nothing but the absence
# of complaints of the kernel, and of leaks, is the proof (see lib.sh and the
# runner); at the end of each case the edge can be set up anew.
# Kernels: all um um-debug
# Check: um
# Timeout: 600

set -u
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/helpers.sh"

# What TCP takes; 0 is all there is, and each command takes a second then
RATE=50M
[ -z "${SDWAN_LONG:-}" ] || RATE=0

# flood: traffic in both directions and both families until the case ends
flood()
{
	local a

	for a in 10.2.0.2 fd02::2; do
		spawn ns h2 socat -u UDP6-RECV:$((7000 + ${#a})),ipv6only=0 \
			OPEN:/dev/null
		spawn ns h1 udpstream send $a $((7000 + ${#a})) -r 500 -t 600 -s 600
	done
	for a in 10.1.0.2 fd01::2; do
		spawn ns h2 udpstream send $a 7001 -r 500 -t 600 -s 600
	done
	spawn ns h2 iperf3 -s
	wait_for 20 listening "$PID" 5201
	spawn ns h1 iperf3 -c 10.2.0.2 -t 600 -b "$RATE"
	wait_for 30 flowing
}

flowing() { [ "$(link_stat e2 sdwan0 rx packets)" -gt 300 ]; }

setup()
{
	topo_two_sites 2
	overlay_two_sites
	flood
}

# site_again: edge 1 from nothing
site_again()
{
	local u

	ip -n e1 link del sdwan0 2>/dev/null
	ns e1 sdwanctl prefix flush 2>/dev/null
	ns e1 sdwanctl path flush 2>/dev/null
	ns e1 sdwanctl peer flush 2>/dev/null
	ns e1 sdwanctl underlay flush 2>/dev/null
	for u in 0 1; do
		ip -n e1 link show "wan$u" > /dev/null 2>&1 || {
			veth e1 "wan$u" "w$u" west
			ip -n e1 addr add "$(wan_addr 1 $u)/24" dev "wan$u"
			ip -n "w$u" addr add "192.168.1$u.254/24" dev west
		}
		batch e1 <<-END
			link set wan$u up
			addr replace 192.168.1$u.1/24 dev wan$u
			route replace 192.168.2$u.0/24 via 192.168.1$u.254 dev wan$u
		END
	done
	overlay_site 1
}

works() { ns h1 ping -c 1 -W 2 10.2.0.2; }

act()
{
	case $1 in
	link)		ip -n e1 link del sdwan0 ;;
	underlay0)	ns e1 sdwanctl underlay del u0 ;;
	underlay1)	ns e1 sdwanctl underlay del u1 ;;
	peer)		ns e1 sdwanctl peer del edge2 ;;
	path0)		ns e1 sdwanctl path del edge2:u0 ;;
	path1)		ns e1 sdwanctl path del edge2:u1 ;;
	prefixes)	ns e1 sdwanctl prefix flush ;;
	wan0)		ip -n e1 link del wan0 ;;
	wan1)		ip -n w1 link del west ;;
	wanmove)	ip -n e1 link set wan0 netns w0 name moved0 &&
			ip -n w0 link del moved0 ;;
	down)		ip -n e1 link set sdwan0 down ;;
	esac
}

# orders LIST...: each a word of acts joined by commas, in this order; the
# things that went with an earlier one may be missing
orders()
{
	local order a

	setup
	for order; do
		log "order $order"
		for a in ${order//,/ }; do
			act "$a" > "$CASE_TMP/act" 2>&1 ||
				log "$a: $(head -n 1 "$CASE_TMP/act")"
		done
		site_again
		wait_for 20 works
	done
}

# permutations PREFIX WORD...: prints all orders of the words
permutations()
{
	local done=$1 i

	shift
	if [ $# -eq 0 ]; then
		echo "${done#,}"
		return
	fi
	for ((i = 1; i <= $#; i++)); do
		permutations "$done,${!i}" "${@:1:i-1}" "${@:i+1}"
	done
}

# some N: of the lines, all when SDWAN_LONG is set
some()
{
	if [ -n "${SDWAN_LONG:-}" ]; then
		cat
	else
		awk -v n="$1" '{ l[NR] = $0 } END {
			for (i = 0; i < n; i++) print l[int(i * NR / n) + 1] }'
	fi
}

test_orders()
{
	# shellcheck disable=SC2046
	orders $(permutations "" link underlay0 peer underlay1 | some 4)
}

test_orders_with_devices()
{
	# shellcheck disable=SC2046
	orders $(permutations "" wan0 link path1 wan1 | some 3) \
		wanmove,peer,link down,wan0,prefixes,link
}

test_orders_of_paths()
{
	# shellcheck disable=SC2046
	orders $(permutations "" path0 prefixes path1 link | some 2)
}

# Again and again, without a pause
test_repeatedly()
{
	local i n=${SDWAN_LONG:+40}

	setup
	for i in $(seq "${n:-5}"); do
		ns e1 sdwanctl peer del edge2 &&
		ns e1 sdwanctl peer add edge2 site 2 overlay 100.64.0.2 &&
		ns e1 sdwanctl path add peer edge2 underlay u0 \
			remote 192.168.20.1 || fail "round $i"
		ip -n e1 link del sdwan0
		check ip -n e1 link add sdwan0 type sdwan vni 100
		ip -n e1 link set sdwan0 up
		ip -n e1 route replace 10.2.0.0/16 dev sdwan0
		ns e1 sdwanctl underlay del u1 &&
		ns e1 sdwanctl underlay add u1 dev wan1 || fail "round $i"
	done
	ip -n e1 addr add 100.64.0.1/24 dev sdwan0
	wait_for 10 works
}

# The namespaces of edges and hosts, with everything running in them
test_namespaces()
{
	local order

	for order in "e2 h1 e1" "w0 e1 h2" ${SDWAN_LONG:+"e1 e2" "h1 h2 e1 e2"}; do
		log "order $order"
		setup
		for ns in $order; do
			ip netns del "$ns"
		done
		cleanup_case
		wait_for 30 no_devices
	done
}

# the module has no device, and nobody holds it
no_devices() { [ "$(cat /sys/module/sdwan/refcnt)" = 0 ]; }

# The device was moved away: the fabric's namespace goes, the device's does
test_moved_device()
{
	local order

	for order in fabric-first device-first link; do
		log "order $order"
		setup
		setup_ns elsewhere
		check ip -n e1 link set sdwan0 netns elsewhere
		ip -n elsewhere link set sdwan0 up
		ip -n elsewhere addr add 100.64.0.1/24 dev sdwan0
		spawn ns elsewhere udpstream send 100.64.0.2 7002 -r 500 -t 600
		wait_for 10 moved_flowing
		case $order in
		fabric-first)
			ip netns del e1
			wait_for 30 gone elsewhere sdwan0
			ip netns del elsewhere ;;
		device-first)
			ip netns del elsewhere
			check ns e1 sdwanctl peer show
			ip netns del e1 ;;
		link)
			check ip -n elsewhere link del sdwan0
			ip netns del e1
			ip netns del elsewhere ;;
		esac
		cleanup_case
		wait_for 30 no_devices
	done
}

gone() { ! ip -n "$1" link show dev "$2"; }
moved_flowing() { [ "$(link_stat elsewhere sdwan0 tx packets)" -gt 50 ]; }

# rmmod under full traffic takes all devices along, and what was open
test_rmmod()
{
	local i RATE=0

	for i in 1 2 3; do
		setup
		spawn ns e1 sdwanctl monitor
		[ $i != 2 ] || capture_start e1 sdwan0 rmmod
		[ $i != 3 ] || check ip -n e1 link set sdwan0 netns h1
		check timeout 60 rmmod sdwan
		! ip -n e1 link show dev sdwan0 2>/dev/null ||
			fail "the device is still there"
		! ip -n e2 link show dev sdwan0 2>/dev/null ||
			fail "the device is still there"
		check modprobe sdwan
		cleanup_case
	done
	# and a new start
	topo_two_sites 1
	overlay_two_sites
	check ns h1 ping -c 1 -W 5 10.2.0.2
}

# Configuration, devices and traffic at once, from several processes
test_together()
{
	local i pids=() p n=${SDWAN_LONG:+60}

	n=${n:-8}
	setup
	spawn bash -c "for i in \$(seq $n); do
		ip netns exec e1 sdwanctl path set edge2:u0 down
		ip netns exec e1 sdwanctl path set edge2:u0 up
		ip netns exec e1 sdwanctl path del edge2:u1
		ip netns exec e1 sdwanctl path add peer edge2 underlay u1 remote 192.168.21.1
	done"
	pids+=("$PID")
	spawn bash -c "for i in \$(seq $n); do
		ip netns exec e1 sdwanctl prefix replace 10.2.0.0/24 vni 100 site 2
		ip netns exec e1 sdwanctl prefix del 10.2.0.0/24 vni 100
		ip -n e1 link set sdwan0 mtu \$((1300 + i)); done"
	pids+=("$PID")
	spawn bash -c "for i in \$(seq $n); do
		ip -n e1 link set wan0 down; ip -n e1 link set wan0 up
		ip -n e1 route replace 192.168.20.0/24 via 192.168.10.254 dev wan0
		ip netns exec e1 sdwanctl -s path show > /dev/null
		ip -n e1 -s link show dev sdwan0 > /dev/null
	done"
	pids+=("$PID")
	for i in $(seq $n); do
		ip -n e1 link add "blue$i" type sdwan vni $((i + 1000))
		ip -n e1 link set "blue$i" up
		ip -n e1 link del "blue$i"
	done
	for p in "${pids[@]}"; do
		reap "$p" 120
	done
	site_again
	wait_for 20 works
}

run_tests test_orders test_orders_with_devices test_orders_of_paths \
	test_repeatedly test_namespaces test_moved_device test_rmmod \
	test_together
