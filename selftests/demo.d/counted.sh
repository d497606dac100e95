# SPDX-License-Identifier: GPL-2.0
#
# Counters of paths and of the segment.

title "What the edge has counted"
on paris sdwanctl -s path show
on paris ip -d -s link show dev sdwan0
moved=$(ip netns exec paris sdwanctl -j -s path show berlin:mpls |
	jq '.[0].tx_bytes')
state=$(ip netns exec paris sdwanctl -j path show berlin:fibre |
	jq -r '.[0].state')
if [ "${moved:-0}" -gt 1000000 ] && [ "$state" = down ]; then
	kept "the fibre is down, $((moved / 1048576)) MB went by MPLS"
else
	broken "traffic did not move to MPLS (fibre $state, MPLS $moved bytes)"
fi
