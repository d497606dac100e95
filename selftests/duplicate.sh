# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the tests of classes of mode duplicate share.

# doubled NS [CLASS-OPTION...]: all that NS sends goes twice
doubled()
{
	local name=$1

	shift
	check ns "$name" sdwanctl class add twice mode duplicate "$@"
	check ns "$name" sdwanctl rule add pref 1 action class twice
}

# twice [WANS [FAMILY [CLASS-OPTION...]]]: both sites send all they send twice
twice()
{
	local s wans=${1:-2} family=${2:-4}

	topo_two_sites "$wans"
	overlay_two_sites 100 "$family"
	shift $(($# < 2 ? $# : 2))
	for s in 1 2; do
		doubled "e$s" "$@"
	done
	check ns h1 ping -c 1 -W 5 10.2.0.2
	check ns h1 ping -c 1 -W 5 fd02::2
}

# counted NS NAME: of the segment
counted() { ns "$1" ethtool -S sdwan0 | awk -v n="$2:" '$1 == n { print $2 }'; }

# counts_add_up: what e1 has sent twice e2 has received, once, but for LOST copies
counts_add_up()
{
	local twice removed lost

	twice=$(counted e1 tx_duplicate_twice)
	removed=$(counted e2 rx_duplicate_removed)
	lost=$(jq -n "($(path_get e1 edge2:u0 tx_packets) +
		$(path_get e1 edge2:u1 tx_packets)) -
		($(path_get e2 edge1:u0 rx_packets) +
		 $(path_get e2 edge1:u1 rx_packets))")
	log "e1: twice $twice; e2: removed $removed; copies lost $lost"
	# each lost copy was one of two, or both
	between $((twice - removed)) $((lost / 2)) "$lost" \
		"packets sent twice, less those removed,"
	equal "$(counted e2 rx_duplicate_late) $(counted e2 rx_duplicate_moved)" \
		"0 0" "late, moved"
	equal "$(all_drops e1)$(all_drops e2)" "" drops
	equal $(($(path_get e2 edge1:u0 rx_duplicates) +
		$(path_get e2 edge1:u1 rx_duplicates))) "$removed" \
		"removed, by path"
}
