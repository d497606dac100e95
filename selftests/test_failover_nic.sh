#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A lost underlay moves traffic to the next path in the same instant, on
# virtio network cards.
# Kernels: 6.12 6.1 debug
# Check: 6.12
# Timeout: 200
# Guest: nic

set -u
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/helpers.sh"
. "$(dirname "$0")/failover.sh"

# Virtio network cards: the carrier, and the device at either end
nic()
{
	[ -e /run/sdwan-control ] || skip "the guest has no network cards"
	prepare topo_direct nic
}

nic_carrier() { echo "link nic0 $1" > /run/sdwan-control; nic_has "$1"; }

nic_has()
{
	local want=1

	[ "$1" = on ] || want=0
	wait_for 20 eval "[ \$(ip netns exec e1 cat /sys/class/net/wan0/carrier) = $want ]"
}

test_nic_carrier()
{
	nic
	FLIGHT=$((100 * SLOW))
	cut nic_carrier off
	only_in_flight
	moved no-carrier
	back nic_carrier on
}

test_nic_link_down()
{
	nic
	cut ip -n e1 link set wan0 down
	only_in_flight
	moved device-down
	ip -n e1 link set wan0 up
	back direct_addr 1 0
}

# The other card goes down: it sends nothing, the carrier stays
test_nic_far_carrier()
{
	nic
	FLIGHT=$((100 * SLOW))
	cut nic_carrier off
	only_in_flight
	# the other end of the cable has not noticed, and neither has TCP
	check ns e2 ip link set wan0 down
	tcp_copy h1 h2 10.2.0.2 1024
	tcp_copy h2 h1 fd01::2 512
	nic_carrier on
}

run_tests test_nic_carrier test_nic_link_down test_nic_far_carrier
