#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Tests of sdwanctl against a kernel of paper (mock.c): no module, no
# privilege. Prints TAP. The environment gives O, the build directory.

SRC=$(cd "$(dirname "$0")/.." && pwd)
S=$O/tests/sdwanctl
PYTHON=${PYTHON:-python3}
T=$(mktemp -d) || exit 1
trap 'rm -rf "$T"' EXIT
export SDWAN_MOCK_STATE="$T/state" SDWAN_MOCK_LOG="$T/log"
export LC_ALL=C
n=0 failed=0 skipped=0

ok() { n=$((n + 1)); echo "ok $n - $1"; }

not_ok()
{
	n=$((n + 1)) failed=$((failed + 1))
	echo "not ok $n - $1"
	shift
	[ $# -eq 0 ] || printf '%s\n' "$@" | sed 's/^/# /'
}

skip() { n=$((n + 1)) skipped=$((skipped + 1)); echo "ok $n - $1 # SKIP $2"; }

have() { command -v "$1" >/dev/null 2>&1; }

run()
{
	"$S" "$@" >"$T/out" 2>"$T/err"
	rc=$?
}

reset() { rm -f "$T/state"; : >"$T/log"; }

# status NAME EXPECTED WORD...: the exit status of a command
status()
{
	name=$1 want=$2
	shift 2
	run "$@"
	if [ "$rc" = "$want" ]; then
		ok "$name"
	else
		not_ok "$name" "status $rc, not $want" "$(cat "$T/out" "$T/err")"
	fi
}

# is NAME EXPECTED ACTUAL
is()
{
	if [ "$2" = "$3" ]; then
		ok "$1"
	else
		not_ok "$1" "expected: $2" "got:      $3"
	fi
}

# has NAME TEXT FILE
has()
{
	if grep -qF -e "$2" "$3"; then
		ok "$1"
	else
		not_ok "$1" "not there: $2" "$(cat "$3")"
	fi
}

# fails STATUS NAME TEXT WORD...: that status and a message with TEXT
fails()
{
	want=$1 name=$2 text=$3
	shift 3
	run "$@"
	if [ "$rc" = "$want" ] && grep -qF -e "$text" "$T/err"; then
		ok "$name"
	else
		not_ok "$name" "status $rc, expected: $text" "$(cat "$T/err")"
	fi
}

# refused_file NAME STATUS TEXT WORD...: the file on standard input, with TEXT after
# its name; nothing is changed
refused_file()
{
	name=$1 want=$2 text=$3
	shift 3
	cat >"$T/bad"
	: >"$T/log"
	run "$@" "$T/bad"
	if [ "$rc" = "$want" ] && grep -qF -e "$T/bad$text" "$T/err" &&
	   ! grep -q commit "$T/log"; then
		ok "$name"
	else
		not_ok "$name" "status $rc, expected $want $text" \
			"$(cat "$T/err" "$T/log")"
	fi
}

# usage NAME TEXT WORD...: status 1 and a message with TEXT
usage() { name=$1; shift; fails 1 "usage: $name" "$@"; }

# refused NAME TEXT WORD...: status 2 and a message with TEXT
refused() { name=$1; shift; fails 2 "refused: $name" "$@"; }

# json NAME EXPRESSION: of the output of the last run, as 'x' in Python
json()
{
	if "$PYTHON" -c "
import json, sys
x = json.load(open(sys.argv[1]))
sys.exit(not ($2))" "$T/out" 2>"$T/pyerr"; then
		ok "$1"
	else
		not_ok "$1" "$2" "$(cat "$T/out" "$T/pyerr")"
	fi
}

# renumber: lines "ok - NAME" of another program
renumber()
{
	while IFS= read -r line; do
		case $line in
		"ok - "*) ok "${line#ok - }" ;;
		"not ok - "*) not_ok "${line#not ok - }" ;;
		*) echo "# $line" ;;
		esac
	done
}

populate()
{
	reset
	"$S" -batch - <<-EOT || not_ok "the test network can be made"
	node set site 1 name paris
	underlay add fibre dev lo rate 100mbit cost 3
	underlay add lte dev lo port 7000 local 192.0.2.1
	peer add berlin site 2 overlay 10.9.0.2 vni 100 overlay fd00::2 source-check off
	peer add rome site 3 gateway 7 stock
	path add peer berlin underlay fibre remote 198.51.100.2
	path add b2 peer berlin underlay lte remote 198.51.100.3 preference 50 down
	path add peer rome underlay fibre remote 198.51.100.9 dstport 4000
	prefix add 10.2.0.0/16 vni 100 site 2 gateway 1 gateway 2
	prefix add fd01::/64 dev sdwan0 site 2 expires 300
	prefix add 10.3.0.0/16 vni 7 negative
	prefix add default vni 100 site 3 origin learned
	EOT
	: >"$T/log"
}

echo "TAP version 13"

# ---- the parts -------------------------------------------------------

"$O/tests/unit" >"$T/unit"
is "the unit tests run to their end" 0 "$?"
renumber <"$T/unit"

"$O/tests/plugin" "$O/link_sdwan.so" >"$T/plugin" 2>/dev/null
is "the plugin tests run to their end" 0 "$?"
renumber <"$T/plugin"

if "$PYTHON" -c 'import yaml' 2>/dev/null; then
	"$PYTHON" "$SRC/tests/spec.py" \
		"$SRC/../Documentation/netlink/specs/sdwan.yaml" \
		"$SRC/schema.c" >"$T/spec" 2>&1
	is "the tables are those of the specification" 0 "$?"
	renumber <"$T/spec"
else
	skip "the tables are those of the specification" "no Python yaml"
fi

# ---- usage -----------------------------------------------------------

reset
status "no words" 1
status "help" 0 help
status "-h" 0 -h
status "-V" 0 -V
has "-V tells the version" "sdwanctl " "$T/out"
for o in node underlay peer path prefix class rule lan metric flow status limit monitor \
	top save restore apply metrics genkey; do
	status "help of $o" 0 $o help
	has "usage of $o" "Usage: sdwanctl" "$T/out"
done
usage "unknown object" "no object 'tunnel'" tunnel show
usage "ambiguous object" "ambiguous: peer, path, prefix" p show
usage "ambiguous beginning of save and status" "ambiguous" s
usage "unknown option" "no option '-x'" -x path show
usage "option without its value" "wants a value" -n
usage "unknown command" "no command 'frob'" path frob
usage "ambiguous command" "ambiguous: set, show" path s
usage "unknown keyword" "unknown word 'colour'" path add peer a colour red
usage "ambiguous keyword" "ambiguous: peer, preference" path add x p a
usage "keyword without value" "'remote' wants a value" path add remote
usage "repeated keyword" "contradicts" path add peer a peer b
usage "up and down" "contradicts" path set x up down
usage "mandatory peer of a path" "'peer' is missing" path add x underlay u remote 192.0.2.1
usage "mandatory underlay of a path" "'underlay' is missing" path add x peer p remote 192.0.2.1
usage "mandatory remote" "'remote' is missing" path add peer p underlay u
usage "mandatory site of a peer" "'site' is missing" peer add berlin
usage "mandatory device of an underlay" "'dev' is missing" underlay add fibre
usage "mandatory name" "name is missing" peer del
usage "set without change" "what shall be set" underlay set fibre
usage "node set without change" "what shall be set" node set
usage "node has no add" "no command 'add'" node add site 1
usage "bad address" "'10.0.0.256' is not an IP address" path add peer p underlay u remote 10.0.0.256
usage "bad prefix" "'10.0.0.0/40' is not an IP prefix" prefix add 10.0.0.0/40 vni 1 site 2
usage "bad number" "'two' is not a number" peer add x site two
usage "site 0" "out of range" peer add x site 0
usage "site 2^32" "out of range" peer add x site 4294967296
usage "vni 2^24" "out of range" prefix add 10.0.0.0/8 vni 16777216 site 1
usage "port 65536" "out of range" underlay add x dev lo port 65536
usage "bad rate" "not a rate" underlay add x dev lo rate fast
usage "bad time" "not a time" prefix add 10.0.0.0/8 vni 1 site 2 expires soon
usage "bad switch" "'on' or 'off'" peer set x source-check maybe
usage "bad enum" "none of: geneve" path add peer p underlay u remote 192.0.2.1 encap ipip
usage "ambiguous enum" "ambiguous: vxlan, vxlan-gpe" underlay add x dev lo encap vx
usage "neither vni nor dev" "'vni' or 'dev' is missing" prefix add 10.0.0.0/8 site 2
usage "vni and dev" "not both" prefix add 10.0.0.0/8 vni 1 dev sdwan0 site 2
usage "prefix without site" "needs 'site'" prefix add 10.0.0.0/8 vni 1
usage "name too long" "longer than 31" peer add 12345678901234567890123456789012 site 2
usage "empty name" "is empty" peer add "" site 2
usage "overlay none and an address" "contradicts" peer set x overlay none overlay 10.0.0.1
usage "an address and overlay none" "'overlay none' beside" peer set x overlay 10.0.0.1 overlay none
usage "limit without change" "what shall be set" limit set
usage "unknown limit" "unknown word 'horses'" limit set horses 3
usage "status has no commands" "no command 'set'" status set
usage "unknown monitored object" "no object 'sheep'" monitor sheep
usage "restore without file" "which file" restore
usage "restore from nowhere" "cannot open" restore "$T/nothing"
usage "batch from nowhere" "cannot open" -batch "$T/nothing"
usage "words beside -batch" "beside -batch" -batch - path show
usage "-transaction without -batch" "is for -batch" -t path show
usage "-force with -transaction" "contradicts" -t -force -batch -
refused "unknown namespace" "cannot enter network namespace" -n "no-such-$$" path show

# ---- refusals --------------------------------------------------------

reset
refused "what the kernel says" "Error: the node has no site yet" peer add berlin site 2
refused "a missing attribute" "[missing attribute site]" node set name x
populate
refused "the attribute to blame" "there is no such peer [attribute peer]: No such file" \
	path add peer nobody underlay fibre remote 192.0.2.1
refused "an attribute in a nest" "[attribute overlay/addr]" peer set rome overlay 10.9.0.2
refused "a name that is taken" "File exists" peer add rome site 9
refused "show of what is not there" "[attribute name]" peer show nobody
refused "del of what is not there" "No such file" path del nothing
refused "a fixed value" "this cannot change [attribute port]" underlay set lte port 9
refused "a device that is not of our kind" "not of kind sdwan" prefix show dev lo
refused "limits" "[attribute max-peers]" limit set peers 2000000
SDWAN_MOCK_ABSENT=1 run path show
is "no family: status 2" 2 "$rc"
has "no family: what to do" "modprobe sdwan" "$T/err"

# ---- show ------------------------------------------------------------

populate
run node show
is "node show" "node site 1 gateway 1 name paris" "$(cat "$T/out")"
run -j node show
json "node as JSON" "x == {'site': 1, 'gateway': 1, 'name': 'paris'}"
run -j status
json "status as JSON" "x['peers'] == 2 and x['paths'] == 3 and x['counter'][0] == {'name': 'rx_no_path', 'value': 5}"
run status
has "status: counts and limits" "peers 2 of 4096" "$T/out"
has "status: counters that count" "rx_no_path 5" "$T/out"
is "status: others not" 0 "$(grep -c rx_bad_vni "$T/out")"
run -s status
has "status -s: all counters" "rx_bad_vni 0" "$T/out"
run path show berlin:fibre
is "path show NAME" "berlin:fibre: state up peer berlin underlay fibre local 192.0.2.1 remote 198.51.100.2 dstport 6081 encap geneve preference 100 mtu 1464" "$(cat "$T/out")"
run path show b2
has "path show tells why" "b2: state down reason admin" "$T/out"
run -s path show berlin:fibre
has "path show -s" "tx-packets 11 tx-bytes 4294967297 tx-errors 1" "$T/out"
run -d path show berlin:fibre
has "path show -d" "id 6 admin up kind direct on-demand off state-age 1.500s" "$T/out"
run -j path show berlin:fibre
json "path as JSON" "len(x) == 1 and x[0] == {'id': 6, 'name': 'berlin:fibre', 'peer': 'berlin', 'underlay': 'fibre', 'local': '192.0.2.1', 'remote': '198.51.100.2', 'dstport': 6081, 'encap': 'geneve', 'preference': 100, 'admin': True, 'kind': 'direct', 'on_demand': False, 'state': 'up', 'state_reason': 'none', 'state_age': 1500, 'mtu': 1464, 'tx_packets': 11, 'tx_bytes': 4294967297, 'rx_packets': 13, 'rx_bytes': 14, 'tx_errors': 1, 'rx_errors': 2, 'rx_duplicates': 3, 'dscp': 'copy', 'ttl': 0, 'df': 'set', 'udp_csum': 'auto', 'fwmark': 0, 'mtu_clamp': 0, 'mss_clamp': False, 'probe': 'default', 'probe_interval': 0, 'probe_idle_interval': 0, 'probe_mult': 0, 'probe_hold': 0, 'probe_mtu': 'default', 'probe_raise': 0, 'degraded_latency': 0, 'degraded_jitter': 0, 'degraded_loss': 0, 'degraded_margin': 0, 'probe_active': 'off'}"
is "JSON is one line" 1 "$(wc -l <"$T/out" | tr -d ' ')"
run -j -p path show berlin:fibre
json "pretty JSON" "x[0]['name'] == 'berlin:fibre'"
is "pretty JSON is many lines" 1 "$([ "$(wc -l <"$T/out")" -gt 20 ] && echo 1)"
run -j peer show
json "peers as JSON" "x[0]['overlay'] == [{'addr': '10.9.0.2', 'vni': 100}, {'addr': 'fd00::2'}] and x[0]['source_check'] is False and x[1]['stock'] is True and x[1]['overlay'] == [] and x[1]['gateway'] == 7 and x[0]['paths'] == 2"
run peer show
is "peers as text" "berlin: site 2 gateway 1 overlay 10.9.0.2 vni 100 overlay fd00::2 source-check off
rome: site 3 gateway 7 stock" "$(cat "$T/out")"
run -j underlay show
json "underlays as JSON" "x[0]['rate'] == 100000000 and x[0]['cost'] == 3 and x[1]['local'] == '192.0.2.1' and 'local' not in x[0] and x[0]['state'] == 'up'"
run underlay show fibre
is "underlay as text" "fibre: state up dev lo port 6081 encap geneve cost 3 rate 100mbit" "$(cat "$T/out")"
run -j prefix show
json "prefixes as JSON" "x[2] == {'prefix': '10.2.0.0/16', 'vni': 100, 'site': 2, 'gateway': [1, 2], 'origin': 'static', 'negative': False} and x[3]['expires'] == 300000 and x[0]['negative'] is True and 'site' not in x[0] and x[1]['origin'] == 'learned'"
run prefix show
is "prefixes as text" "10.3.0.0/16 vni 7 negative
0.0.0.0/0 vni 100 site 3 origin learned
10.2.0.0/16 vni 100 site 2 gateway 1 gateway 2
fd01::/64 vni 100 site 2 expires 300s" "$(cat "$T/out")"
run path
is "an object alone is shown" 3 "$(wc -l <"$T/out" | tr -d ' ')"
run pa ls
is "abbreviations" 3 "$(wc -l <"$T/out" | tr -d ' ')"
reset
run -j path show
json "no paths as JSON" "x == []"
refused "no node to be shown" "there is none of this name" node show

# names NAME EXPECTED WORD...: which objects a filter leaves
names()
{
	name=$1 want=$2
	shift 2
	run "$@"
	is "filter: $name" "$want" "$(sed 's/[: ].*//' "$T/out" | tr '\n' ' ')"
}

populate
names "peer" "berlin b2 " path show peer berlin
names "peer and underlay" "berlin " path show peer berlin underlay fibre
names "state" "berlin rome " path show state up
names "admin down" "b2 " path show down
names "admin up" "berlin rome " path list up
names "reason" "b2 " path show reason admin
names "remote" "rome " path show remote 198.51.100.9
names "dstport" "rome " path show dstport 4000
names "nothing fits" "" path show peer nobody
names "name and filter" "" path show b2 up
names "abbreviated keyword" "berlin b2 " path show peer berlin enc gen
names "site" "rome " peer show site 3
names "overlay" "berlin " peer show overlay 10.9.0.2
names "overlay and vni" "" peer show overlay 10.9.0.2 vni 7
names "no overlay" "rome " peer show overlay none
names "stock" "rome " peer show stock
names "not stock" "berlin " peer show stock off
names "source check" "berlin " peer show source-check off
names "segment" "10.3.0.0/16 " prefix show vni 7
names "segment by device" "0.0.0.0/0 10.2.0.0/16 fd01 " prefix show dev sdwan0
names "gateway" "10.2.0.0/16 " prefix show gateway 2
names "origin" "0.0.0.0/0 " prefix show origin learned
names "negative" "10.3.0.0/16 " prefix show negative
names "prefix in any segment" "10.3.0.0/16 " prefix show 10.3.0.0/16
names "prefix in one segment" "10.2.0.0/16 " prefix show 10.2.0.0/16 vni 100
names "device" "fibre lte " underlay show dev lo
names "local" "lte " underlay show local 192.0.2.1

SDWAN_MOCK_INTR=2 run path show
is "an interrupted dump is repeated" "0 3 0" "$rc $(wc -l <"$T/out" | tr -d ' ') $(wc -c <"$T/err" | tr -d ' ')"
SDWAN_MOCK_INTR=99 run path show
is "a dump that never rests is shown" "0 3" "$rc $(wc -l <"$T/out" | tr -d ' ')"
has "and warned about" "warning: the list changed" "$T/err"

if [ -w /dev/full ]; then
	"$S" path show >/dev/full 2>"$T/err"
	is "output that cannot be written" 1 "$?"
else
	echo "# /dev/full is not there"
fi

# ---- changes ---------------------------------------------------------

populate
status "set" 0 path set b2 preference 7 up
run -j path show b2
json "set changes what it says" "x[0]['preference'] == 7 and x[0]['admin'] is True and x[0]['remote'] == '198.51.100.3'"
status "replace" 0 path replace b2 peer berlin underlay lte remote 198.51.100.4
run -j path show b2
json "replace puts defaults back" "x[0]['preference'] == 100 and x[0]['remote'] == '198.51.100.4'"
status "replace makes what is missing" 0 peer replace oslo site 4
status "replace of a path without name" 0 path replace peer berlin underlay fibre remote 198.51.100.77
run -j path show berlin:fibre
json "it has its default name" "x[0]['remote'] == '198.51.100.77'"
status "add refuses what exists" 2 peer add oslo site 4
status "peer set overlay" 0 peer set oslo overlay 10.9.0.4 overlay 10.9.0.5 vni 3
run -j peer show oslo
json "overlays are set" "x[0]['overlay'] == [{'addr': '10.9.0.4'}, {'addr': '10.9.0.5', 'vni': 3}]"
status "peer set overlay none" 0 peer set oslo overlay none
run -j peer show oslo
json "overlays are taken away" "x[0]['overlay'] == []"
status "stock off" 0 peer set rome stock off
run -j peer show rome
json "a switch alone and with a value" "x[0]['stock'] is False"
status "a name that is a keyword" 0 path add name peer peer rome underlay lte remote 192.0.2.7
status "del by such a name" 0 path del name peer
status "delete" 0 peer delete oslo
status "del of a prefix" 0 prefix del 10.3.0.0/16 vni 7
: >"$T/log"
status "flush with a filter" 0 path flush peer berlin
is "flush is one transaction" "del path txn
del path txn
commit  txn" "$(cat "$T/log")"
names "flush leaves the others" "rome " path show
SDWAN_MOCK_STALE=2 run path flush
is "flush is repeated when it was stale" "0" "$rc"
names "and flushes all" "" path show
SDWAN_MOCK_STALE=99 run peer flush
is "flush gives up in the end" "2" "$rc"
status "limit set" 0 limit set peers 3 paths 4
run -j limit show
json "limits as JSON" "x['max_peers'] == 3 and x['max_paths'] == 4 and x['max_prefixes'] == 65536"

# ---- batches ---------------------------------------------------------

reset
cat >"$T/b1" <<'EOT'
# a comment
node set site 1   # another

peer add "berlin" site 2 \
	overlay 10.9.0.2
  peer add rome site x
peer add oslo site 4
EOT
run -batch "$T/b1"
is "batch: stops at an error" 1 "$rc"
is "batch: where the error is" "$T/b1:6:22: 'x' is not a number for 'site'" "$(cat "$T/err")"
names "batch: what came before is done" "berlin " peer show
reset
run -force -batch "$T/b1"
is "batch -force: status of the error" 1 "$rc"
names "batch -force: goes on" "berlin oslo " peer show
reset
run -batch - <"$T/b1"
is "batch from standard input" "stdin:6:22: 'x' is not a number for 'site'" "$(cat "$T/err")"
printf 'peer show\n\tpath add peer "x y\n' >"$T/b2"
run -b "$T/b2"
is "batch: an open quote" "$T/b2:2:16: this quote is not closed" "$(cat "$T/err")"
printf 'path add peer berlin\\\n underlay fibre\n' >"$T/b2"
run -b "$T/b2"
is "batch: something missing at the end" "$T/b2:2:16: path: 'remote' is missing (or 'vni', for encap dev)" "$(cat "$T/err")"
printf 'underlay add u dev lo\npath add peer berlin underlay u remote 192.0.2.1\npath add x peer berlin underlay u remote 192.0.2.1\n' >"$T/b2"
run -b "$T/b2"
is "batch: a refusal is 2" 2 "$rc"
is "batch: the word to blame" "$T/b2:3:42: Error: another path is there [attribute remote]: File exists" "$(cat "$T/err")"
printf 'peer set berlin overlay 10.9.0.7 overlay 10.9.0.4\n' >"$T/b2"
"$S" peer add oslo2 site 5 overlay 10.9.0.4
run -b "$T/b2"
is "batch: the nest to blame" "$T/b2:1:42: Error: another peer has this address [attribute overlay/addr]: File exists" "$(cat "$T/err")"
printf 'peer show nix\npeer foo\n' >"$T/b2"
run -force -b "$T/b2"
is "batch -force: the worst status" 2 "$rc"
printf 'monitor\n' >"$T/b2"
run -b "$T/b2"
is "batch: no monitor" 1 "$rc"

populate
cat >"$T/t1" <<'EOT'
peer del rome
peer add oslo site 4
path add peer oslo underlay fibre remote 192.0.2.44
path show peer oslo
EOT
run -t -batch "$T/t1"
is "transaction: done" 0 "$rc"
has "transaction: show sees what is staged" "oslo:fibre" "$T/out"
is "transaction: one" "del peer txn
new peer txn
new path txn
commit  txn" "$(cat "$T/log")"
printf 'peer del oslo\npeer del nobody\n' >"$T/t2"
run -t -batch "$T/t2"
is "transaction: refused" 2 "$rc"
has "transaction: where" "$T/t2:2:10: Error: " "$T/err"
names "transaction: nothing of it is done" "berlin oslo " peer show
printf 'peer del oslo\npeer frob\n' >"$T/t2"
run -t -batch "$T/t2"
is "transaction: a usage error" 1 "$rc"
names "transaction: nothing of that is done" "berlin oslo " peer show
cat >"$T/t2" <<'EOT'
peer del oslo
path replace peer berlin underlay fibre remote 192.0.2.45
path add staged peer berlin underlay lte remote 192.0.2.46
path del b2
path show
path flush peer berlin
path show
EOT
run -t -batch "$T/t2"
is "transaction: lists and flush see what is staged" "berlin:fibre staged " "$(sed 's/: .*//' "$T/out" | tr '\n' ' ')"
is "transaction: with flush" 0 "$rc"
names "transaction: all flushed" "" path show
"$S" peer replace oslo site 4
printf 'peer del berlin\nlimit set peers 9\n' >"$T/t2"
run -t -batch "$T/t2"
is "transaction: no limits" 1 "$rc"
printf 'peer del berlin\nrestore x\n' >"$T/t2"
run -t -batch "$T/t2"
is "transaction: no restore" 1 "$rc"
printf 'peer del berlin\n' >"$T/t1"
SDWAN_MOCK_STALE=1 run -t -batch "$T/t1"
is "transaction: stale" 2 "$rc"
names "transaction: nothing of the stale one is done" "berlin oslo " peer show

reset
awk 'BEGIN {
	print "node set site 1"
	print "underlay add u1 dev lo"; print "underlay add u2 dev lo port 7000"
	for (i = 1; i <= 100; i++) {
		print "peer add p" i " site " i + 1
		for (u = 1; u <= 2; u++)
			print "path add peer p" i " underlay u" u " remote 10.0." i ".1"
	}
}' >"$T/many"
run -b "$T/many"
is "batch: many commands" "0 200" "$rc $("$S" path show | wc -l | tr -d ' ')"

# ---- save and restore ------------------------------------------------

. "$SRC/tests/restore.sh"

# ---- monitor ---------------------------------------------------------

populate
SDWAN_MOCK_EVENTS=1 run monitor
is "monitor ends by a signal, cleanly" 0 "$rc"
is "monitor as text" "created peer fresh
changed path berlin
state path berlin
deleted path berlin
created peer fresh" "$(sed 's/:.*//' "$T/out")"
has "monitor tells of lost events" "some are lost" "$T/err"
SDWAN_MOCK_EVENTS=1 run -j monitor path
is "monitor of one object" 3 "$(wc -l <"$T/out" | tr -d ' ')"
sed -n 2p "$T/out" >"$T/line" && mv "$T/line" "$T/out"
json "monitor as JSON" "x['name'] == 'path-ntf' and x['event'] == 'state' and x['object'] == 'path' and x['msg']['state'] == 'down' and x['msg']['state_reason'] == 'no-carrier'"
SDWAN_MOCK_EVENTS=1 run -ts monitor json peer
is "monitor json" "{" "$(head -c 1 "$T/out")"
has "monitor with the time" '"timestamp":"20' "$T/out"

# ---- completion ------------------------------------------------------

# offers NAME EXPECTED WORD...
offers()
{
	name=$1 want=$2
	shift 2
	set -- complete "$@"
	run "$@"
	is "completion: $name" "$want" "$(tr '\n' ' ' <"$T/out")"
}

populate
offers "objects" "peer path prefix " p
offers "commands" "set show " path s
offers "names of paths" "berlin:fibre b2 " path del b
offers "names and keywords" "berlin rome name site gateway overlay source-check stock " peer show ""
offers "keywords that are left" "underlay dstport encap vni preference up down dscp ttl df csum fwmark mtu-clamp mss-clamp probe probe-interval probe-idle-interval probe-mult probe-hold probe-mtu probe-raise degraded-latency degraded-jitter degraded-loss degraded-margin kind " path add peer berlin remote 192.0.2.1 ""
offers "nothing for an address" "" path add peer berlin remote ""
offers "keywords by their beginning" "peer preference probe probe-interval probe-idle-interval probe-mult probe-hold probe-mtu probe-raise " path add x p
offers "peers" "berlin rome " path add peer ""
offers "underlays" "fibre lte " path add peer berlin underlay ""
offers "values of an enum" "vxlan vxlan-gpe " underlay add x encap v
offers "switches" "on off " peer set berlin source-check ""
offers "devices" "lo " underlay add x dev lo
offers "behind options" "berlin rome " -j -s peer del ""
offers "limits" "underlays peers paths prefixes segments classes rules lans metrics flows flow-timeout mark-mask " limit set ""
offers "options of restore" "--dry-run --keep-learned --skip-missing --wait " restore --
offers "nothing for nonsense" "" frob ""

# ---- encapsulations and outer packets --------------------------------

. "$SRC/tests/outer.sh"
. "$SRC/tests/probe.sh"
# shellcheck source=key.sh
. "$SRC/tests/key.sh"

# ---- classes, rules and flows ----------------------------------------

. "$SRC/tests/steer.sh"

# ---- LANs ------------------------------------------------------------

. "$SRC/tests/lan.sh"

# ---- metrics ---------------------------------------------------------

# shellcheck source=metric.sh
. "$SRC/tests/metric.sh"
# shellcheck source=top.sh
. "$SRC/tests/top.sh"

# ---- documents -------------------------------------------------------

. "$SRC/tests/document.sh"

# ---- completion by bash ----------------------------------------------

populate
if have bash; then
	bash -n "$SRC/sdwanctl.bash-completion"
	is "the completion is good shell" 0 "$?"
	cat >"$T/comp.bash" <<-'EOT'
	for f in /usr/share/bash-completion/bash_completion; do
		[ -r "$f" ] && . "$f"
	done
	. "$1"
	shift
	COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
	COMP_LINE="$*" COMP_POINT=${#COMP_LINE}
	_sdwanctl
	echo "${COMPREPLY[*]}"
	EOT
	is "bash completes a command" "add" \
		"$(bash "$T/comp.bash" "$SRC/sdwanctl.bash-completion" "$S" peer ad)"
	is "bash completes a live name" "rome" \
		"$(bash "$T/comp.bash" "$SRC/sdwanctl.bash-completion" "$S" peer del ro)"
else
	skip "the completion is good shell" "no bash"
fi

# ---- manual pages, unit, installation --------------------------------

for page in sdwanctl sdwanctl-class sdwanctl-rule sdwanctl-flow ip-link-sdwan; do
	if have man; then
		warnings=$(MANROFFSEQ='' MANWIDTH=80 man --warnings -E UTF-8 -l -Tutf8 \
			-Z "$SRC/man/$page.8" 2>&1 >/dev/null)
		is "man $page has no warnings" "" "$warnings"
	else
		echo "# man is not there"
	fi
	if have mandoc; then
		is "mandoc $page has no warnings" "" \
			"$(mandoc -T lint -W warning "$SRC/man/$page.8" 2>&1)"
	else
		echo "# mandoc is not there"
	fi
done
missing=
for word in $("$S" complete "") $("$S" complete - | grep '^-') \
	--dry-run --wait --skip-missing --keep-learned "set" replace del flush \
	source-check overlay preference dstport negative expires origin \
	dscp ttl df csum fwmark mtu-clamp mss-clamp; do
	sed 's/\\-/-/g' "$SRC/man/sdwanctl.8" | grep -qF -e "$word" ||
		missing="$missing $word"
done
is "the manual names every word" "" "$missing"
for o in class rule flow metric; do
	missing=
	for word in $("$S" complete $o "") $("$S" complete $o add x "") \
		$("$S" complete $o show ""); do
		sed 's/\\-/-/g' "$SRC/man/sdwanctl-$o.8" | grep -qF -e "$word" ||
			missing="$missing $word"
	done
	is "the manual of $o names every word" "" "$missing"
done
reset
awk '/^\.SH/ { on = /EXAMPLES/ }
	on && (more || /^sdwanctl (node|underlay|peer|path|prefix|class|rule|flow|lan|limit|metric) /) {
		more = sub(/\\e$/, "\\")
		sub(/^sdwanctl /, "")
		gsub(/\\-/, "-")
		print
	}' "$SRC/man/sdwanctl.8" "$SRC/man/sdwanctl-class.8" \
	"$SRC/man/sdwanctl-rule.8" "$SRC/man/sdwanctl-flow.8" \
	"$SRC/man/sdwanctl-metric.8" >"$T/examples"
run -batch "$T/examples"
is "the examples of the manual are understood" "0 " "$rc $(cat "$T/err")"
"$S" path show >"$T/out"
for e in geneve "dev vni 100" gre vxlan-gpe; do
	has "the manual has an example of encap $e" "encap $e" "$T/out"
done

if have systemd-analyze; then
	mkdir -p "$T/unit.d/usr/sbin"
	sed "s|^Exec\([A-Za-z]*\)=[^ ]*|Exec\1=/bin/true|" \
		"$O/sdwan-restore.service" >"$T/unit.d/sdwan-restore.service"
	out=$(systemd-analyze verify --man=no "$T/unit.d/sdwan-restore.service" 2>&1 |
		grep sdwan-restore)
	is "the unit is sound" "" "$out"
else
	echo "# systemd-analyze is not there"
fi

make -s -C "$SRC" O="$O" DESTDIR="$T/dest" PREFIX=/usr install >/dev/null 2>&1
is "what is installed" "ip-link-sdwan.8 link_sdwan.so sdwan-restore.service sdwan.schema.json sdwan_metric.h sdwanctl sdwanctl sdwanctl-class.8 sdwanctl-flow.8 sdwanctl-metric.8 sdwanctl-rule.8 sdwanctl.8 " \
	"$(find "$T/dest" -type f -exec basename {} \; | sort | tr '\n' ' ')"

missing=
for f in "$SRC"/*.c "$SRC"/*.h "$SRC"/tests/*.[ch]; do
	head -n 1 "$f" | grep -q SPDX || missing="$missing $f"
done
is "every file says its licence" "" "$missing"

echo "1..$n"
echo "# $((n - failed - skipped)) passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
