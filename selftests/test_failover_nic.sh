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

# cable on|off: the carrier of both ends
cable()
{
	echo "link nic0 $1" > /run/sdwan-control
	echo "link nic1 $1" > /run/sdwan-control
	wait_for 20 carriers "$1"
}

carriers()
{
	local s want=1

	[ "$1" = on ] || want=0
	for s in 1 2; do
		[ "$(ns e$s cat /sys/class/net/wan0/carrier)" = $want ] ||
			return
	done
}

nic()
{
	[ -e /run/sdwan-control ] || skip "the guest has no network cards"
	# as an earlier case may have left them
	echo "link nic0 on" > /run/sdwan-control
	echo "link nic1 on" > /run/sdwan-control
	nics_aside
	prepare topo_direct nic
}

# A device of the guest itself must not have a name that is used in the
# topology: making one of that name elsewhere would be refused
nics_aside()
{
	local dev n=0

	modprobe -q virtio_net
	for dev in $(ip -j link | jq -r '.[] | select(.address // "" |
		startswith("52:54:00:5d:00:")) | .ifname'); do
		ip link set dev "$dev" down
		ip link set dev "$dev" name "card$n"
		n=$((n + 1))
	done
}

# The cable is pulled: the cards tell by an interrupt
test_nic_carrier()
{
	nic
	FLIGHT=$((100 * SLOW))
	cut cable off
	only_in_flight
	moved no-carrier
	back cable on
}

# The device is set down here; the other end, which keeps its carrier, is told
# by its administrator
test_nic_link_down()
{
	nic
	cut ip -n e1 link set dev wan0 down
	only_in_flight
	ip -n e2 link set dev wan0 down
	moved device-down
	ip -n e2 link set dev wan0 up
	direct_addr 2 0
	back link_up
}

link_up()
{
	ip -n e1 link set dev wan0 up
	direct_addr 1 0
}

run_tests test_nic_carrier test_nic_link_down
