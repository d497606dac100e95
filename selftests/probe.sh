# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the tests of probes share.

# probed WANS [FAMILY]: two sites whose paths are probed
probed()
{
	topo_two_sites "$1"
	UNDERLAY_ARGS="probe tunnel ${UNDERLAY_ARGS:-}" \
		overlay_two_sites 100 "${2:-4}"
	for i in $(seq 0 $(($1 - 1))); do
		wait_for 10 path_is e1 "edge2:u$i" up
		wait_for 10 path_is e2 "edge1:u$i" up
	done
}

# hole WAN tx|rx|both: drop what passes the router between the edges, as seen
# from e1; carrier, addresses and routes stay
hole()
{
	local side

	ns "w$1" nft add table ip hole
	ns "w$1" nft add chain ip hole forward \
		'{ type filter hook forward priority 0; }'
	for side in west east; do
		case $side$2 in
		westrx|easttx) continue ;;
		esac
		check ns "w$1" nft add rule ip hole forward iif $side drop
	done
}

unhole() { ns "w$1" nft delete table ip hole; }

# keyed: two sites with a key, of one path that is probed every 10 ms
keyed()
{
	topo_two_sites 1
	overlay_two_sites
	for key in old new other; do
		check sdwanctl genkey "$CASE_TMP/$key"
	done
	check ns e1 sdwanctl peer set edge2 key "$CASE_TMP/old"
	check ns e2 sdwanctl peer set edge1 key "$CASE_TMP/old"
	for i in 1 2; do
		check ns e$i sdwanctl underlay set u0 probe tunnel \
			probe-interval 10ms probe-idle-interval 10ms \
			probe-mult "${MULT:-30}"
	done
	wait_for 10 answered e1 edge2:u0 50
	wait_for 10 answered e2 edge1:u0 50
}

answered() { [ "$(path_get "$1" "$2" probes_answered)" -ge "$3" ]; }
