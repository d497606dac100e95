#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Packets of known flows go past routing and firewall, in both directions; the
# first ones, and anything odd, do not.
# Kernels: all um
# Check: um
# Timeout: 300

set -u
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/helpers.sh"

MASK=0x3ff0000

ctl1() { check ns e1 sdwanctl "$@"; }

# counter NS NAME: packets of a named counter of nftables
counter()
{
	ns "$1" nft -j list counters |
		jq -r ".nftables[] | .counter? | select(.name == \"$2\") | .packets"
}

class_id() { ns "$1" sdwanctl -j -d class show "$2" | jq '.[0].id'; }

# What no flow is known of is classified where the device receives, and goes
# through everything else
test_first()
{
	local voice

	topo_two_sites 1
	overlay_two_sites
	ctl1 limit set mark-mask $MASK
	ctl1 class add voice mode balance
	voice=$(class_id e1 voice)
	check ns e1 nft -f - <<-END
		table inet t {
			counter voice { }
			counter tracked { }
			chain pre {
				type filter hook prerouting priority -199;
				iif lan0 ct state new counter name tracked
			}
			chain forwarded {
				type filter hook forward priority 0;
				iif lan0 oif sdwan0 meta mark $((voice << 16)) \
					counter name voice
			}
		}
	END
	ctl1 lan add lan0 mode direct vni 100
	equal "$(ns e1 sdwanctl -j lan show | jq -c 'map([.name, .mode, .hooked])')" \
		'[["lan0","direct",true]]' "lan show"
	ctl1 rule add pref 10 iif lan0 to 10.2.0.0/16 class voice
	check ns h1 ping -c 1 -W 5 10.2.0.2
	equal "$(counter e1 voice)" 1 "packets with the mark of the class"
	# dropped without a trace
	ctl1 rule add pref 5 iif lan0 to 10.2.0.0/16 action drop
	ns e1 nft reset counters > /dev/null
	refuse ns h1 ping -c 2 -i 0.2 -W 1 10.2.0.2
	equal "$(counter e1 tracked)" 0 "packets tracked"
	ctl1 rule del pref 5
	# steered, whatever the routing table says
	batch e1 <<-END
		route replace unreachable 10.2.0.0/16
		route replace unreachable fd02::/64
	END
	refuse ns h1 ping -c 1 -W 1 10.2.0.2
	ctl1 rule add pref 1 to 10.2.0.0/16 action steer
	ctl1 rule add pref 2 to fd02::/64 action steer
	check ns h1 ping -c 1 -W 5 10.2.0.2
	check ns h1 ping -c 1 -W 5 fd02::2
	refuse ns h1 ping -c 1 -W 1 -t 1 fd02::2
	matches "$OUT" "exceeded" "answer of the edge"
	ctl1 rule replace pref 1 to 10.2.0.0/16 action steer vni 7
	refuse ns h1 ping -c 1 -W 1 10.2.0.2
	# for the edge itself
	ctl1 rule add pref 3 action steer
	check ns h1 ping -c 1 -W 5 10.1.0.1
	check ns h1 ping -c 1 -W 5 fd01::1
}

run_tests test_first
