#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The quick start of README.md, run as it is printed there.
# Kernels: 6.12 6.1
# Check: 6.12
# Timeout: 300

set -u
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/helpers.sh"

# Two edges and their hosts as in the README's picture, and a router per WAN
readme_hosts()
{
	setup_ns paris berlin fibre lte hp hb
	veth paris wan0 fibre p
	veth paris wan1 lte p
	veth berlin wan0 fibre b
	veth berlin wan1 lte b
	veth paris lan0 hp eth0
	veth berlin lan0 hb eth0
	forwarding fibre
	forwarding lte
	ip -n fibre addr add 192.0.2.1/30 dev p
	ip -n fibre addr add 203.0.113.1/30 dev b
	ip -n lte addr add 198.51.100.1/30 dev p
	ip -n lte addr add 198.51.100.129/30 dev b
	ip -n hp addr add 10.1.0.2/16 dev eth0
	ip -n hb addr add 10.2.0.2/16 dev eth0
	ip -n hp route add default via 10.1.0.1
	ip -n hb route add default via 10.2.0.1
	# as strict as a host may be by default
	for s in paris berlin; do
		ns $s sysctl -q -w net.ipv4.conf.all.rp_filter=1 \
			net.ipv4.conf.default.rp_filter=1
	done
}

# blocks: each block of commands in a file NUMBER.NAMES of $CASE_TMP, where
# the README says "<!-- test: NAMES -->" in front of it
blocks()
{
	awk -v dir="$CASE_TMP" '
		/^<!-- test: .* -->$/ { who = $0
			sub(/^<!-- test: /, "", who); sub(/ -->$/, "", who)
			gsub(/ /, "+", who); next }
		/^```sh$/ && who != "" { file = sprintf("%s/block.%02d.%s",
			dir, ++n, who); who = ""; next }
		/^```$/ { file = "" }
		file != "" { print > file }
	' "$TREE/README.md"
}

# step N: run block N everywhere it belongs
step()
{
	local file name

	file=$(printf '%s\n' "$CASE_TMP/block.$(printf %02d "$1")".*)
	[ -e "$file" ] || fail "README.md has no block $1"
	for name in $(echo "${file##*.}" | tr + ' '); do
		log "block $1 on $name"
		OUT=$(ns "$name" bash -e -x "$file" 2>&1) || {
			printf '%s\n' "$OUT" | sed 's/^/#   /'
			fail "block $1 of README.md on $name"
		}
		printf '%s\n' "$OUT" > "$CASE_TMP/out.$1.$name"
	done
}

# decided: paris knows which path is best for voice
decided()
{
	ns paris sdwanctl -j decision show |
		jq -e '.[] | select(.class == "voice" and .path != null)' > /dev/null
}

# agreed: both have the same for voice, as one of them has decided
agreed()
{
	local s

	for s in paris berlin; do
		ns $s sdwanctl -j decision show | jq -e '.[] |
			select(.class == "voice" and .agreed)' > /dev/null ||
			return 1
	done
	ns paris sdwanctl -j decision show |
		jq -r '.[] | select(.class == "voice") | .role, .by' |
		tr '\n' ' '
}

test_quick_start()
{
	local i s before

	readme_hosts
	blocks
	equal "$(find "$CASE_TMP" -name 'block.*' | wc -l)" 19 "blocks"
	for i in $(seq 7); do step "$i"; done
	# paris has asked berlin before there was anybody to answer
	for s in paris:berlin berlin:paris; do
		wait_for 20 path_is "${s%:*}" "${s#*:}:fibre" up
		wait_for 20 path_is "${s%:*}" "${s#*:}:lte" up
	done
	before=$(all_drops berlin)
	check ns hp ping -c 2 -i 0.2 -W 5 10.2.0.2
	# the firewall
	step 8
	step 9
	refuse ns hp ping -c 1 -W 1 203.0.113.2
	check ns hp ping -c 2 -i 0.2 -W 5 10.2.0.2
	check ns hb ping -c 2 -i 0.2 -W 5 10.1.0.2
	tcp_copy hp hb 10.2.0.2 1024
	tcp_copy hb hp 10.1.0.2 1024
	# an MTU that is smaller on the way: ICMP comes through the firewall
	ip -n fibre link set dev b mtu 1400
	ns hp ping -c 2 -i 0.5 -W 1 -M "do" -s 1400 10.2.0.2
	refuse ns hp ping -c 1 -W 1 -M "do" -s 1400 10.2.0.2
	matches "$OUT" "mtu ?= ?1364"
	ip -n fibre link set dev b mtu 1500
	# does it work?
	step 10
	cat "$CASE_TMP/out.10.paris"
	step 11
	step 12
	cat "$CASE_TMP/out.12.paris"
	matches "$(cat "$CASE_TMP/out.12.paris")" \
		"berlin:fibre: state down reason device-down"
	matches "$(cat "$CASE_TMP/out.12.paris")" "berlin:lte: state up"
	check ns hp ping -c 2 -i 0.2 -W 5 10.2.0.2
	step 13
	step 14
	wait_for 20 path_is paris berlin:fibre up
	wait_for 20 path_is berlin paris:fibre up
	check ns hp ping -c 2 -i 0.2 -W 5 10.2.0.2
	# classes and rules
	step 15
	wait_for 20 decided
	step 16
	cat "$CASE_TMP/out.16.paris"
	equal "$(ns paris sdwanctl -j flow show |
		jq -r '[.[] | select(.class == "voice") | .path |
			split(":")[0]] | unique[]')" \
		berlin "where a flow of class voice goes"
	# a key for both
	step 17
	check cp -p /etc/sdwan/berlin.key /etc/sdwan/paris.key
	step 18
	wait_for 20 agreed
	step 19
	cat "$CASE_TMP/out.19.berlin"
	equal "$(agreed)" "leader local " "who decides"
	matches "$(cat "$CASE_TMP/out.19.berlin")" "by peer"
	# what is saved finds the key
	check ns paris sdwanctl save "$CASE_TMP/saved"
	matches "$(cat "$CASE_TMP/saved")" "key /etc/sdwan/berlin.key"
	equal "$(drops paris rx_drop_source)$(all_drops berlin)" "0$before" drops
}

run_tests test_quick_start
