#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A stock geneve device at the other end exchanges traffic with us.
# Kernels: all um
# Check: um
# Timeout: 400

set -u
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/helpers.sh"
. "$(dirname "$0")/stock.sh"

test_over_ipv4() { interop geneve 4; }
test_over_ipv6() { interop geneve 6; }
test_over_ipv4_with_checksum() { interop geneve 4 udpcsum; }
test_over_ipv6_without_checksum()
{
	interop geneve 6 udp6zerocsumtx udp6zerocsumrx
}

test_pmtu() { interop_pmtu geneve 4; }
test_checks() { interop_checks geneve; }
test_unsaid() { interop_unsaid geneve 4 silent; }

# Another segment's number is dropped, and what is no IP packet
test_segment()
{
	stock geneve 4
	check ip -n e2 link add far1 type geneve id 101 \
		remote 192.168.10.1 innerprotoinherit
	ip -n e2 link set far1 up
	ip -n e2 route replace 10.1.0.0/16 dev far1 src 10.2.0.1
	refuse ns h2 ping -c 2 -i 0.2 -W 1 10.1.0.2
	equal "$(drops e1 rx_drop_no_segment)" 2 "drops for the segment"
	# Ethernet inside is not spoken in this segment
	ip -n e2 link del far0
	check ip -n e2 link add far2 type geneve id 100 remote 192.168.10.1
	ip -n e2 link set far2 up
	ip -n e2 neigh add 10.1.0.2 lladdr 02:00:00:00:00:01 dev far2
	ip -n e2 route replace 10.1.0.0/16 dev far2 src 10.2.0.1
	refuse ns h2 ping -c 2 -i 0.2 -W 1 10.1.0.2
	between "$(drops e1 rx_drop_protocol)" 2 20 "drops for the protocol"
}

run_tests test_over_ipv4 test_over_ipv6 test_over_ipv4_with_checksum \
	test_over_ipv6_without_checksum test_pmtu test_checks test_unsaid \
	test_segment
