#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Paths that follow their far end: behind a NAT that forgets, and where an edge gets
# another address.
# Kernels: all um
# Check: um
# Timeout: 300

set -u
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/helpers.sh"
. "$(dirname "$0")/probe.sh"

FAST="probe-interval 20ms probe-idle-interval 20ms probe-mult 30"

# masquerade PORTS: what goes west from e2 has one of these ports there
masquerade()
{
	check ns w0 nft -f - <<-END
		table ip nat
		delete table ip nat
		table ip nat {
			chain post {
				type nat hook postrouting priority srcnat;
				oif west meta l4proto udp masquerade to :$1 fully-random
				oif west masquerade
			}
			chain forward {
				type filter hook forward priority 0;
				iif west ct state new drop
			}
		}
	END
}

# translate ADDRESS PORTS: forget all, and translate to these from now on
translate()
{
	masquerade "$2"
	check ip -n w0 addr del "$OUTSIDE/24" dev west
	OUTSIDE=$1
	check ip -n w0 addr add "$OUTSIDE/24" dev west
	wan_routes 1 0
}

# both_keys: a key at both ends
both_keys()
{
	check sdwanctl genkey "$CASE_TMP/key"
	check ns e1 sdwanctl peer set edge2 key "$CASE_TMP/key"
	check ns e2 sdwanctl peer set edge1 key "$CASE_TMP/key"
}

# natted: e2 is behind a NAT, and e1 does not know where
natted()
{
	topo_two_sites 1
	OUTSIDE=192.168.10.254
	masquerade 20000-20099
	overlay_two_sites
	both_keys
	# shellcheck disable=SC2086
	check ns e1 sdwanctl path replace edge2:u0 peer edge2 underlay u0 \
		nat on $FAST
	[ "$(path_get e1 edge2:u0 remote)" = null ] || fail "a remote"
	equal "$(path_get e1 edge2:u0 state)" down
	equal "$(path_get e1 edge2:u0 state_reason)" unheard
	# shellcheck disable=SC2086
	check ns e2 sdwanctl path set edge1:u0 nat on $FAST
	wait_for 10 path_is e1 edge2:u0 up
	wait_for 10 path_is e2 edge1:u0 up
}

learned() { path_get e1 edge2:u0 "learned_$1"; }

# heard ADDRESS LEAST MOST: e1 has heard e2 there
heard()
{
	local port

	[ "$(learned remote)" = "$1" ] || return 1
	port=$(learned port)
	[ "$port" -ge "$2" ] && [ "$port" -le "$3" ]
}

# traffic: both hosts reach each other
traffic()
{
	# a router that could not forward said so at once, and that takes a while
	wait_for 10 path_is e1 edge2:u0 up
	wait_for 10 path_is e2 edge1:u0 up
	check ns h1 ping -q -c 3 -i 0.2 -W 2 10.2.0.2
	check ns h2 ping -q -c 3 -i 0.2 -W 2 10.1.0.2
}

# An edge behind a NAT is heard, and data goes both ways, all from one port
test_masquerade()
{
	natted
	heard 192.168.10.254 20000 20099 || fail "$(learned remote) $(learned port)"
	equal "$(path_get e2 edge1:u0 learned_remote)" null "learned at e2"
	equal "$(path_get e1 edge2:u0 probe_active)" tunnel
	between "$(learned age)" 0 60000 "age"
	capture_start e1 wan0 wan udp
	traffic
	ns h1 ping -q -c 20 -i 0.01 -s 1200 10.2.0.2 > /dev/null
	capture_stop wan
	refuse [ "$(capture_count wan "src host 192.168.10.1 and src port 6081 and dst port $(learned port)")" -lt 20 ]
	equal "$(capture_count wan "src host 192.168.10.1 and not (src port 6081 and dst port $(learned port))")" 0 "from other ports, or to them"
	equal "$(capture_count wan "dst host 192.168.10.1 and not src port $(learned port)")" 0 "other translations"
	equal "$(drops e1 rx_drop_probe_key)" 0
	equal "$(drops e1 rx_drop_probe_repeated)" 0
	equal "$(drops e1 rx_probe_taken)" 0
}

# silence: nothing of e2 comes through
silence()
{
	check ns w0 nft -f - <<-END
		table ip silence {
			chain forward {
				type filter hook forward priority 0; policy drop;
			}
		}
	END
}

# The NAT forgets: e2 has another port, then the NAT another address
test_rebinding()
{
	natted
	spawn ns e1 sdwanctl -j monitor path
	monitor=$CASE_TMP/$PID.log
	traffic
	translate 192.168.10.254 30000-30099
	wait_for 5 heard 192.168.10.254 30000 30099
	traffic
	translate 192.168.10.253 40000-40099
	wait_for 5 heard 192.168.10.253 40000 40099
	traffic
	equal "$(path_get e1 edge2:u0 state)" up
	equal "$(path_get e2 edge1:u0 state)" up
	refuse [ "$(grep -c '"event": *"endpoint"' "$monitor")" -lt 2 ]
	# what was learned is neither configured nor saved
	ns e1 sdwanctl save > "$CASE_TMP/saved"
	refuse grep -q 'learned-\|192.168.10.253' "$CASE_TMP/saved"
	check ns e1 sdwanctl restore "$CASE_TMP/saved"
	equal "$(learned remote)" 192.168.10.253 "after a restore of the same"
	check ns e1 sdwanctl path set edge2:u0 preference 7
	check ns e1 sdwanctl path replace edge2:u0 peer edge2 underlay u0 nat on
	equal "$(learned remote)" 192.168.10.253 "after a replace"
	# another word forgets it, until it is heard again
	silence
	check ns e1 sdwanctl path set edge2:u0 remote 192.168.10.77
	equal "$(learned remote)" null "after a remote was said"
	check ns w0 nft delete table ip silence
	wait_for 10 heard 192.168.10.253 40000 40099
}

# No NAT: one end gets another address, and boots; the other follows
test_address()
{
	topo_two_sites 1
	overlay_two_sites
	both_keys
	# without a local address the path goes by any
	ns e1 sdwanctl -batch - <<-END || fail "sdwanctl"
		underlay del u0
		underlay add u0 dev wan0
		path add peer edge2 underlay u0 remote 192.168.20.1 nat on $FAST
	END
	# shellcheck disable=SC2086
	check ns e2 sdwanctl path set edge1:u0 nat on $FAST
	wait_for 10 path_is e1 edge2:u0 up
	wait_for 10 path_is e2 edge1:u0 up
	equal "$(path_get e2 edge1:u0 learned_remote)" null
	check ip -n e1 addr del 192.168.10.1/24 dev wan0
	check ip -n e1 addr add 192.168.10.9/24 dev wan0
	wan_routes 1 0
	wait_for 10 followed 192.168.10.9
	traffic
	# made anew: another session, and another address at once
	check ns e1 sdwanctl path del edge2:u0
	check ip -n e1 addr del 192.168.10.9/24 dev wan0
	check ip -n e1 addr add 192.168.10.10/24 dev wan0
	wan_routes 1 0
	# shellcheck disable=SC2086
	check ns e1 sdwanctl path add peer edge2 underlay u0 \
		remote 192.168.20.1 nat on $FAST
	wait_for 10 followed 192.168.10.10
	wait_for 10 path_is e2 edge1:u0 up
	wait_for 10 path_is e1 edge2:u0 up
	traffic
	# back where it is said to be: nothing is learned any more
	check ip -n e1 addr del 192.168.10.10/24 dev wan0
	check ip -n e1 addr add 192.168.10.1/24 dev wan0
	wan_routes 1 0
	wait_for 10 followed null
	traffic
}

followed() { [ "$(path_get e2 edge1:u0 learned_remote)" = "$1" ]; }

# says TEXT COMMAND...: is refused, and TEXT is why
says()
{
	local text=$1

	shift
	if "$@" > "$CASE_TMP/says" 2>&1; then
		fail "not refused: $*"
	fi
	grep -q "$text" "$CASE_TMP/says" || fail "$*: $(cat "$CASE_TMP/says")"
}

# What was saved comes back after a boot, with the keys from where they belong
test_saved()
{
	local saved=/etc/sdwan/edge2.conf key=/etc/sdwan/edge2.key

	natted
	mkdir -p /etc/sdwan || skip "/etc cannot be written"
	at_cleanup "rm -f $saved $key"
	check ns e1 sdwanctl save $saved
	refuse grep -qi "$(cat "$CASE_TMP/key")" $saved
	for kind in peer underlay; do
		check ns e1 sdwanctl $kind flush
	done
	says "$key .*No such file" ns e1 sdwanctl restore $saved
	check ns e1 sdwanctl restore --skip-missing $saved
	equal "$(ns e1 sdwanctl -j path show | jq length)" 0 "paths without a key"
	check cp "$CASE_TMP/key" $key
	chmod 644 $key
	says "mode 0600" ns e1 sdwanctl restore $saved
	chmod 600 $key
	check ns e1 sdwanctl restore $saved
	equal "$(ns e1 sdwanctl save)" "$(cat $saved)" "what is saved then"
	wait_for 10 path_is e1 edge2:u0 up
	traffic
	# nor does it take a key to restore what is there
	rm $key
	check ns e1 sdwanctl restore $saved
	equal "$(path_get e1 edge2:u0 state)" up
}

# What cannot be is refused, and changes nothing
test_refused()
{
	topo_two_sites 1
	overlay_two_sites
	before=$(ns e1 sdwanctl save)
	says 'needs a key' ns e1 sdwanctl path set edge2:u0 nat on
	equal "$(ns e1 sdwanctl save)" "$before"
	both_keys
	check ns e1 sdwanctl path set edge2:u0 nat on
	says 'need its key' ns e1 sdwanctl peer set edge2 key none
	says 'within the tunnel' ns e1 sdwanctl path set edge2:u0 probe off
	says 'within the tunnel' ns e1 sdwanctl path set edge2:u0 probe underlay
	says 'has no ports' ns e1 sdwanctl path add g peer edge2 underlay u0 \
		encap gre nat on
	says 'is missing' ns e1 sdwanctl path add v peer edge2 underlay u0 \
		encap vxlan-gpe
	check ns e1 sdwanctl path add v peer edge2 underlay u0 \
		encap vxlan-gpe nat on
	says 'has no remote' ns e1 sdwanctl path add v2 peer edge2 underlay u0 \
		encap vxlan-gpe nat on
	says 'is missing' ns e1 sdwanctl path replace edge2:u0 peer edge2 underlay u0
	equal "$(path_get e1 v state_reason)" unheard
	equal "$(path_get e1 edge2:u0 nat)" true
	check ns e1 sdwanctl path del v
	check ns e1 sdwanctl path set edge2:u0 nat off
	check ns e1 sdwanctl peer set edge2 key none
	traffic
}

# All that can go goes while far ends move
test_teardown()
{
	natted
	for i in $(seq 8); do
		translate 192.168.10.$((253 - i % 2)) $((30000 + 1000 * i))-$((30099 + 1000 * i))
		check ns e1 sdwanctl path del edge2:u0
		# shellcheck disable=SC2086
		check ns e1 sdwanctl path add peer edge2 underlay u0 nat on $FAST
	done
	wait_for 10 path_is e1 edge2:u0 up
	traffic
	translate 192.168.10.254 50000-50099
	check ns e1 sdwanctl underlay del u0
	translate 192.168.10.253 51000-51099
	check ns e2 sdwanctl peer del edge1
	natted_again
	translate 192.168.10.254 52000-52099
	del_ns e1
}

# natted_again: what was deleted comes back
natted_again()
{
	ns e1 sdwanctl -batch - <<-END || fail "sdwanctl in e1"
		underlay add u0 dev wan0 local 192.168.10.1
		path add peer edge2 underlay u0 nat on $FAST
	END
	ns e2 sdwanctl -batch - <<-END || fail "sdwanctl in e2"
		peer add edge1 site 1 overlay 100.64.0.1 key $CASE_TMP/key
		path add peer edge1 underlay u0 remote 192.168.10.1 nat on $FAST
	END
	wait_for 10 path_is e1 edge2:u0 up
}

run_tests test_masquerade test_rebinding test_address test_saved test_refused test_teardown
