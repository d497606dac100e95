#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The MSS of TCP is lowered to what fits the path, in both directions, and only
# that.
# Kernels: all um um-debug
# Check: um
# Timeout: 200

set -u
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/helpers.sh"

TCPSYN="/usr/bin/python3 $SELFTESTS/tcpsyn.py"

# arrive FROM TO SOURCE DESTINATION FLAGS OPTIONS...: what becomes of segments
arrive()
{
	local from=$1 to=$2 src=$3 dst=$4 family=4 flags=$5 pid

	shift 5
	case $dst in *:*) family=6 ;; esac
	# shellcheck disable=SC2086
	spawn ns "$to" $TCPSYN recv $family $#
	pid=$PID
	wait_for 20 grep -q listening "$CASE_TMP/$pid.log"
	# shellcheck disable=SC2086
	check ns "$from" $TCPSYN send "$src" "$dst" "$flags" "$@"
	reap "$pid" 40 || fail "not all arrived: $(cat "$CASE_TMP/$pid.log")"
	OUT=$(sed 1d "$CASE_TMP/$pid.log")
}

options()
{
	local from=$1 to=$2 src=$3 dst=$4 flags=$5 most=$6 hex

	hex=$(printf '%04x' "$most")
	# alone, at odd offsets, behind others, small already, as large as
	# fits, one more, twice, the largest
	arrive "$from" "$to" "$src" "$dst" "$flags" \
		020405b4 01020405b4 0101080a0000000100000002020405b4 \
		0103030701020405b4 02040200 "0204$hex" \
		"0204$(printf '%04x' $((most + 1)))" 0204ffff 01010204ffff
	equal "$OUT" "$(cat <<-END
		$most 0204$hex good
		$most 010204${hex}000000 good
		$most 0101080a00000001000000020204$hex good
		$most 01030307010204${hex}000000 good
		512 02040200 good
		$most 0204$hex good
		$most 0204$hex good
		$most 0204$hex good
		$most 01010204${hex}0000 good
	END
	)" "what became of them"
	# no option, one that is cut, of another length, behind the end
	arrive "$from" "$to" "$src" "$dst" "$flags" \
		01010101 00020405b4 010204ff 0200ffff 0203ffff 0101010002040fff
	equal "$OUT" "$(cat <<-END
		none 01010101 good
		none 00020405b4000000 good
		none 010204ff good
		none 0200ffff good
		none 0203ffff good
		none 0101010002040fff good
	END
	)" "what is no such option"
	# only segments with SYN have it
	arrive "$from" "$to" "$src" "$dst" 16 0204ffff
	equal "$OUT" "65535 0204ffff good" "a segment without SYN"
}

edges()
{
	topo_two_sites 1
	wan_mtu 0 1400
	overlay_two_sites
	check ns h1 ping -c 1 -W 5 10.2.0.2
	check ns h1 ping -c 1 -W 5 fd02::2
}

# One edge clamps: what it sends, and what it receives
clamp()
{
	edges
	# as it is, without
	arrive h1 h2 10.1.0.2 10.2.0.2 2 0204ffff
	equal "$OUT" "65535 0204ffff good" "not clamped"
	check ns e1 sdwanctl path set edge2:u0 mss-clamp on
	options "$@"
	check ns e1 sdwanctl path set edge2:u0 mss-clamp off
	arrive h1 h2 10.1.0.2 10.2.0.2 2 0204ffff
	equal "$OUT" "65535 0204ffff good" "not clamped"
}

test_sent_ipv4() { clamp h1 h2 10.1.0.2 10.2.0.2 2 $((1364 - 40)); }
test_sent_ipv6() { clamp h1 h2 fd01::2 fd02::2 2 $((1364 - 60)); }
test_received_ipv4() { clamp h2 h1 10.2.0.2 10.1.0.2 18 $((1364 - 40)); }
test_received_ipv6() { clamp h2 h1 fd02::2 fd01::2 18 $((1364 - 60)); }

# Nobody hears ICMP, and TCP works all the same, both ways; with one edge only
test_without_icmp()
{
	local h

	edges
	for h in h1 h2; do
		check ns $h nft -f - <<-END
			table inet t {
				chain in {
					type filter hook input priority 0;
					icmp type destination-unreachable drop
					icmpv6 type packet-too-big drop
				}
			}
		END
	done
	check ns e1 sdwanctl path set edge2:u0 mss-clamp on
	tcp_copy h1 h2 10.2.0.2 512
	tcp_copy h2 h1 10.1.0.2 512
	tcp_copy h1 h2 fd02::2 512
	tcp_copy h2 h1 fd01::2 512
	equal "$(drops e1 tx_drop_too_big) $(drops e2 tx_drop_too_big)" "0 0" \
		"packets that were too big"
}

# The MTU that counts is that of the path, however it has come about
test_of_path()
{
	edges
	check ns e1 sdwanctl path set edge2:u0 mss-clamp on mtu-clamp 1000
	arrive h1 h2 10.1.0.2 10.2.0.2 2 0204ffff
	matches "$OUT" "^$((964 - 40)) .* good" "MSS"
	wait_for 5 eval "arrive h2 h1 10.2.0.2 10.1.0.2 2 0204ffff;
		[ \"\${OUT%% *}\" = $((964 - 40)) ]"
}

run_tests test_sent_ipv4 test_sent_ipv6 test_received_ipv4 \
	test_received_ipv6 test_without_icmp test_of_path
