#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# sdwanctl with the real module: all commands, what is refused, save and
# restore, monitor.
# Kernels: all um
# Check: um
# Timeout: 300

set -u
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/helpers.sh"

ctl() { ns e1 sdwanctl "$@"; }

# saved FILE: the configuration, in an order that does not depend on the past
saved() { ctl save > "$1.raw" && sort "$1.raw" > "$1"; }

json() { ns e1 sdwanctl -j "$@"; }

edge()
{
	setup_ns e1
	ip -n e1 link add wan0 type dummy
	ip -n e1 link add wan1 type dummy
	ip -n e1 addr add 192.168.10.1/24 dev wan0
	ip -n e1 addr add fd10::1/64 dev wan1 nodad
	ip -n e1 link set wan0 up
	ip -n e1 link set wan1 up
	check ip -n e1 link add sdwan0 type sdwan vni 100
}

configure()
{
	check ctl node set site 1 gateway 1 name paris
	check ctl underlay add fibre dev wan0 local 192.168.10.1 cost 10 \
		rate 100mbit
	check ctl underlay add lte dev wan1 port 6082
	check ctl peer add berlin site 2 gateway 1 overlay 100.64.0.2 vni 100 \
		overlay fd64::2
	check ctl peer add rome site 3 source-check off stock
	check ctl path add peer berlin underlay fibre remote 192.168.20.1 \
		dstport 6083 preference 10
	check ctl path add second peer berlin underlay lte remote fd10::2 down
	check ctl path add peer rome underlay fibre remote 192.168.30.1
	check ctl prefix add 10.2.0.0/16 vni 100 site 2 gateway 1
	check ctl prefix add 10.3.0.0/16 dev sdwan0 site 3
	check ctl prefix add fd02::/64 vni 100 site 2 origin learned
	check ctl prefix add 10.9.0.0/16 vni 100 negative
}

# The grammar of the objects, and what is shown of them
test_objects()
{
	edge
	configure
	equal "$(json node show | jq -c '[.. | objects | select(.site)] | .[0] |
		[.site, .gateway, .name]')" '[1,1,"paris"]' node
	equal "$(json underlay show fibre | jq -c \
		'.[0] | [.name, .dev, .local, .port, .encap, .cost, .rate, .state]')" \
		'["fibre","wan0","192.168.10.1",6081,"geneve",10,100000000,"up"]' \
		underlay
	equal "$(json underlay show lte | jq -c '.[0] | [.port, .cost]')" \
		'[6082,0]' underlay
	equal "$(json peer show berlin | jq -c \
		'.[0] | [.name, .site, .gateway, .source_check, .stock]')" \
		'["berlin",2,1,true,false]' peer
	equal "$(json peer show berlin | jq -c \
		'.[0].overlay | map([.addr, .vni])')" \
		'[["100.64.0.2",100],["fd64::2",null]]' "overlay addresses"
	equal "$(json peer show rome | jq -c '.[0] | [.source_check, .stock]')" \
		'[false,true]' peer
	equal "$(json -s path show berlin:fibre | jq -c \
		'.[0] | [.name, .peer, .underlay, .remote, .dstport, .encap,
		 .preference, .tx_packets, .tx_bytes, .rx_packets, .rx_bytes]')" \
		'["berlin:fibre","berlin","fibre","192.168.20.1",6083,"geneve",10,0,0,0,0]' \
		path
	equal "$(json -s path show | jq -c 'map(has("name") and has("peer") and
		has("underlay") and has("remote") and has("dstport") and
		has("encap") and has("state") and has("preference") and
		has("tx_packets") and has("rx_bytes")) | all')" true "keys of paths"
	equal "$(json path show second | jq -r '.[0].state')" down "path set down"
	equal "$(json prefix show | jq length)" 4 prefixes
	equal "$(json prefix show 10.2.0.0/16 | jq -c \
		'.[0] | [.prefix // .addr, .vni, .site, .gateway]')" \
		'["10.2.0.0/16",100,2,[1]]' prefix
	# filters
	equal "$(json path show peer rome | jq -c 'map(.name)')" \
		'["rome:fibre"]' "paths to rome"
	equal "$(json path show underlay fibre | jq length)" 2 "paths over fibre"
	equal "$(json prefix show site 2 | jq length)" 2 "prefixes of site 2"
	equal "$(json prefix show negative | jq length)" 1 "negative prefixes"
	# text for people
	matches "$(ctl path show)" "berlin:fibre"
	matches "$(ctl -d peer show berlin)" "100.64.0.2"
	# change
	check ctl path set berlin:fibre preference 5 dstport 6081
	equal "$(json path show berlin:fibre | jq -c '.[0] |
		[.preference, .dstport, .remote]')" '[5,6081,"192.168.20.1"]' path
	check ctl path replace peer berlin underlay fibre remote 192.168.20.9
	equal "$(json path show berlin:fibre | jq -c '.[0] |
		[.preference, .dstport, .remote]')" '[100,6081,"192.168.20.9"]' path
	check ctl peer set berlin overlay none
	equal "$(json peer show berlin | jq -c '.[0].overlay // []')" '[]' \
		"overlay addresses"
	# delete: what depends goes along
	check ctl underlay del fibre
	equal "$(json path show | jq -c 'map(.name)')" '["second"]' paths
	check ctl peer del berlin
	equal "$(json path show | jq length)" 0 paths
	check ctl prefix flush
	equal "$(json prefix show | jq length)" 0 prefixes
	# abbreviations, another namespace
	equal "$(sdwanctl -n e1 -j pe sh | jq length)" 1 peers
}

# status N COMMAND...: the exit status
status()
{
	local want=$1 rc=0

	shift
	OUT=$("$@" 2>&1) || rc=$?
	[ $rc = "$want" ] || fail "status $rc, wanted $want: $*: $OUT"
}

test_refused()
{
	edge
	configure
	json peer show > "$CASE_TMP/before"
	# 1: not understood; 2: refused by the kernel, whose words are shown
	status 1 ctl peer add
	status 1 ctl peer frobnicate
	status 1 ctl peer add x site
	status 1 ctl peer add x site 0
	status 1 ctl path add peer berlin underlay fibre remote nowhere
	status 1 ctl prefix add 10.0.0.0/33 vni 100 site 2
	status 2 ctl peer add berlin site 9
	matches "$OUT" "[Ee]rror.*peer"
	status 2 ctl peer add munich site 2 gateway 1
	matches "$OUT" "[Ee]rror"
	status 2 ctl peer del nobody
	matches "$OUT" "[Ee]rror.*no peer|no such peer|there is no peer"
	status 2 ctl underlay add x dev nothere
	matches "$OUT" "[Ee]rror.*device"
	status 2 ctl path add peer nobody underlay fibre remote 192.168.20.2
	matches "$OUT" "no peer"
	status 2 ctl prefix add 10.2.0.0/16 vni 100 site 2
	status 2 ctl node set site 9
	matches "$OUT" "peers"
	json peer show > "$CASE_TMP/after"
	check cmp "$CASE_TMP/before" "$CASE_TMP/after"
	# a batch tells the line
	printf 'peer add one site 7\npeer add berlin site 8\n' \
		> "$CASE_TMP/batch"
	status 2 ctl -batch "$CASE_TMP/batch"
	matches "$OUT" "2"
}

test_save_restore()
{
	edge
	configure
	saved "$CASE_TMP/one" || fail "save"
	for what in node underlay peer path prefix; do
		json $what show | jq -S 'walk(if type == "object" then
			del(.id, .state, .state_reason, .state_age, .paths)
			else . end) | sort' > "$CASE_TMP/$what"
	done
	# nothing to do, and counters are not touched
	check ctl restore "$CASE_TMP/one.raw"
	saved "$CASE_TMP/two" || fail "save"
	check diff "$CASE_TMP/one" "$CASE_TMP/two"
	# from what is too much, too little and different
	check ctl peer set rome source-check on
	check ctl prefix del 10.2.0.0/16 vni 100
	check ctl peer add extra site 44
	check ctl path del second
	check ctl restore "$CASE_TMP/one.raw"
	saved "$CASE_TMP/two" || fail "save"
	check diff "$CASE_TMP/one" "$CASE_TMP/two"
	# from nothing
	for what in prefix path peer underlay; do
		check ctl $what flush
	done
	check ctl restore "$CASE_TMP/one.raw"
	saved "$CASE_TMP/two" || fail "save"
	check diff "$CASE_TMP/one" "$CASE_TMP/two"
	for what in node underlay peer path prefix; do
		json $what show | jq -S 'walk(if type == "object" then
			del(.id, .state, .state_reason, .state_age, .paths)
			else . end) | sort' > "$CASE_TMP/$what.2"
		check diff "$CASE_TMP/$what" "$CASE_TMP/$what.2"
	done
	# all or nothing
	sed 's/peer add rome/peer add bad:name/' "$CASE_TMP/one.raw" \
		> "$CASE_TMP/bad"
	cmp -s "$CASE_TMP/one.raw" "$CASE_TMP/bad" && fail "sed changed nothing"
	refuse ctl restore "$CASE_TMP/bad"
	saved "$CASE_TMP/two" || fail "save"
	check diff "$CASE_TMP/one" "$CASE_TMP/two"
}

test_status()
{
	topo_two_sites 1
	overlay_two_sites
	check ns h1 ping -c 1 -W 5 10.2.0.2
	wait_for 10 path_is e1 edge2:u0 up
	ns e1 sdwanctl -j status > "$CASE_TMP/status" || fail "status"
	equal "$(jq -c '[.. | objects | select(has("generation"))] | .[0] |
		[.underlays, .peers, .paths, .paths_up, .prefixes, .segments]' \
		"$CASE_TMP/status")" '[1,1,1,1,2,1]' "what is counted"
	matches "$(ns e1 sdwanctl status)" "path"
	matches "$(ns e1 sdwanctl -s status)" "."
}

# What node_exporter's textfile collector reads
test_metrics()
{
	local name=tx_drop_no_site

	topo_two_sites 1
	overlay_two_sites
	wait_for 10 path_is e1 edge2:u0 up
	check ns h1 ping -c 1 -W 5 10.2.0.2
	ns e1 ip route add 198.18.0.0/15 dev sdwan0
	ns e1 ping -c 3 -W 1 198.18.0.1 > /dev/null && fail "there is a site"
	ns e1 sdwanctl metrics > "$CASE_TMP/metrics" || fail "metrics"
	check promtool check metrics < "$CASE_TMP/metrics"
	equal "$(sed -n "s/^sdwan_segment_drops_total.*name=\"$name\"} //p" \
		"$CASE_TMP/metrics")" \
		"$(ns e1 ethtool -S sdwan0 | sed -n "s/^ *$name: //p")" \
		"packets to no site"
	matches "$(cat "$CASE_TMP/metrics")" \
		"sdwan_segment_drops_total.dev=\"sdwan0\".*$name.* [1-9]"
	equal "$(grep -c '^sdwan_segment_drops_total' "$CASE_TMP/metrics")" \
		"$(ns e1 ethtool -S sdwan0 | grep -c '[rt]x_drop_')" "causes"
}

test_monitor()
{
	edge
	spawn ns e1 sdwanctl monitor
	text=$PID
	spawn ns e1 sdwanctl -j monitor
	json=$PID
	check ctl node set site 1
	# the first change may come before they listen
	wait_for 20 heard "$json" peer
	configure
	ip -n e1 link set wan0 down
	for word in berlin fibre "berlin:fibre" "10.2.0.0/16" device-down; do
		wait_for 20 grep -q -F "$word" "$CASE_TMP/$text.log"
		wait_for 20 grep -q -F "$word" "$CASE_TMP/$json.log"
	done
	check ctl peer del rome
	wait_for 20 grep -q -i 'del.*rome' "$CASE_TMP/$text.log"
	# every line is JSON of its own, or all of them are one array
	check jq -e . "$CASE_TMP/$json.log"
}

heard()
{
	ns e1 sdwanctl peer replace probe site 99
	ns e1 sdwanctl peer del probe
	[ -s "$CASE_TMP/$1.log" ]
}

# Nobody in particular may look, and touch nothing
test_no_privilege()
{
	edge
	configure
	nobody="setpriv --reuid 65534 --regid 65534 --clear-groups"
	check ns e1 $nobody sdwanctl -s path show
	check ns e1 $nobody sdwanctl status
	status 2 ns e1 $nobody sdwanctl peer del berlin
	status 2 ns e1 $nobody sdwanctl monitor
	check ctl peer show berlin
}

run_tests test_objects test_refused test_save_restore test_status test_metrics \
	test_monitor test_no_privilege
