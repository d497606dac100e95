#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Routers of the WAN that say that they cannot forward: the path is left at once.
# Kernels: all um
# Check: um
# Timeout: 200

set -u
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/helpers.sh"
. "$(dirname "$0")/probe.sh"

# routers ENCAP FAMILY: the route to the far end goes, and comes back
routers()
{
	local route began cost

	topo_two_sites 1
	UNDERLAY_ARGS="encap $1 probe tunnel probe-interval 2s probe-idle-interval 2s probe-mult 10 probe-hold 100ms" \
		overlay_two_sites 100 "$2"
	ns w0 sysctl -q -w net.ipv4.icmp_ratelimit=0 net.ipv6.icmp.ratelimit=0
	# of what has no route it would tell once a second, whatever the limit above
	cost=$(sysctl -n net.ipv4.route.error_cost)
	check sysctl -q -w net.ipv4.route.error_cost=0
	wait_for 10 path_is e1 edge2:u0 up
	wait_for 10 answered e1 edge2:u0 2
	route="unreachable $(wan_addr 2 0 "$2")"
	check ip -n w0 "-$2" route add $route
	began=$SECONDS
	ns h1 ping -q -c 3 -i 0.2 -W 1 10.2.0.2 > /dev/null
	wait_for 5 path_is e1 edge2:u0 down
	check sysctl -q -w "net.ipv4.route.error_cost=$cost"
	equal "$(path_get e1 edge2:u0 state_reason)" unreachable
	log "after at most $((SECONDS - began)) s, where silence takes 20"
	refuse [ "$(drops e1 rx_icmp_unreachable)" = 0 ]
	check ip -n w0 "-$2" route del $route
	wait_for 15 path_is e1 edge2:u0 up
	equal "$(path_get e1 edge2:u0 state_reason)" none
}

answered() { [ "$(path_get "$1" "$2" probes_answered)" -ge "$3" ]; }

test_routers_geneve_ipv4() { routers geneve 4; }
test_routers_geneve_ipv6() { routers geneve 6; }
test_routers_gre_ipv4() { routers gre 4; }
test_routers_gre_ipv6() { routers gre 6; }

run_tests test_routers_geneve_ipv4 test_routers_geneve_ipv6 \
	test_routers_gre_ipv4 test_routers_gre_ipv6
