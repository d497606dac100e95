#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A stock vxlan device that speaks VXLAN-GPE at the other end exchanges traffic
# with us.
# Kernels: all um
# Check: um
# Timeout: 400

set -u
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/helpers.sh"
. "$(dirname "$0")/stock.sh"

test_over_ipv4() { interop vxlan-gpe 4; }
test_over_ipv6() { interop vxlan-gpe 6; }
test_over_ipv4_with_checksum() { ROUTE_ARGS=csum interop vxlan-gpe 4; }

# Their routes ask for a checksum or not, ours is on as always over IPv6
test_over_ipv6_with_checksum() { ROUTE_ARGS=csum interop vxlan-gpe 6; }

test_pmtu_over_ipv4() { interop_pmtu vxlan-gpe 4; }
test_pmtu_over_ipv6() { interop_pmtu vxlan-gpe 6; }
test_checks() { interop_checks vxlan-gpe; }
test_unsaid() { interop_unsaid vxlan-gpe 4 silent; }

# Plain VXLAN from a device that does not know GPE carries Ethernet frames: not
# for this segment
test_plain()
{
	stock vxlan-gpe 4
	check ns h1 ping -c 1 -W 5 10.2.0.2
	ip -n e2 link del far0
	check ip -n e2 link add far1 type vxlan id 100 dstport 4790 \
		remote 192.168.10.1
	ip -n e2 link set far1 up
	ip -n e2 neigh add 10.1.0.2 lladdr 02:00:00:00:00:01 dev far1
	ip -n e2 route replace 10.1.0.0/16 dev far1 src 10.2.0.1
	refuse ns h2 ping -c 2 -i 0.2 -W 1 10.1.0.2
	between "$(drops e1 rx_drop_protocol)" 2 20 "drops for the protocol"
}

# A stock device may have the port already: then the refusal says so and
# nothing has changed
test_port_taken()
{
	local before

	topo_two_sites 1
	overlay_site 1
	before=$(ns e1 sdwanctl save; ns e1 ss -Hlun)
	check ip -n e1 link add vx0 type vxlan id 5 dstport 4790 \
		local 192.168.10.1 dev wan0
	ip -n e1 link set vx0 up
	before=$(ns e1 sdwanctl save; ns e1 ss -Hlun)
	refuse ns e1 sdwanctl underlay add u9 dev wan0 local 192.168.10.1 \
		encap vxlan-gpe
	matches "$OUT" "another socket has the UDP port"
	refuse ns e1 sdwanctl path add x peer edge2 underlay u0 \
		remote 192.168.20.1 encap vxlan-gpe
	matches "$OUT" "another socket has the UDP port"
	equal "$(ns e1 sdwanctl save; ns e1 ss -Hlun)" "$before" "what there is"
	# another one is free
	check ns e1 sdwanctl underlay add u9 dev wan0 local 192.168.10.1 \
		encap vxlan-gpe port 4791
	check ip -n e1 link del vx0
	check ns e1 sdwanctl path add x peer edge2 underlay u0 \
		remote 192.168.20.1 encap vxlan-gpe
	equal "$(path_get e1 x dstport)" 4790 "port of the path"
}

run_tests test_over_ipv4 test_over_ipv6 test_over_ipv4_with_checksum \
	test_over_ipv6_with_checksum test_pmtu_over_ipv4 test_pmtu_over_ipv6 \
	test_checks test_unsaid test_plain test_port_taken
