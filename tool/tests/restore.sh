# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# Save and restore. Part of run.sh.

populate
run save static
is "save static" "limit set underlays 64 peers 4096 paths 8192 prefixes 65536 segments 1024 classes 256 rules 16384 lans 16 metrics 1024 flows 262144 flow-timeout 120 mark-mask 0
node set site 1 gateway 1 name paris
underlay add fibre dev lo cost 3 rate 100mbit
underlay add lte dev lo local 192.0.2.1 port 7000
peer add berlin site 2 gateway 1 overlay 10.9.0.2 vni 100 overlay fd00::2 source-check off
peer add rome site 3 gateway 7 stock
path add b2 peer berlin underlay lte remote 198.51.100.3 preference 50 down
path add berlin:fibre peer berlin underlay fibre remote 198.51.100.2
path add rome:fibre peer rome underlay fibre remote 198.51.100.9 dstport 4000
prefix add 10.3.0.0/16 vni 7 negative
prefix add 10.2.0.0/16 vni 100 site 2 gateway 1 gateway 2
prefix add fd01::/64 vni 100 site 2 expires 300s" "$(grep -v '^#' "$T/out")"
is "save has a comment at its top" "#" "$(head -c 1 "$T/out")"
cp "$T/out" "$T/saved-static"
run save
has "save has what was learned" "prefix add 0.0.0.0/0 vni 100 site 3 origin learned" "$T/out"
cp "$T/out" "$T/saved"
status "save FILE" 0 save "$T/saved2"
is "save FILE is the same" "" "$(diff "$T/saved" "$T/saved2")"
status "save where it cannot be" 1 save "$T/no/where"
is "no rest of it" "" "$(find "$T" -name 'saved2.*')"

: >"$T/log"
status "restore of what is there" 0 restore "$T/saved"
is "a no-op restore changes nothing" "" "$(cat "$T/log")"
run restore --dry-run "$T/saved"
is "a no-op difference is empty" "0 " "$rc $(cat "$T/out")"
reset
status "restore from nothing" 0 restore "$T/saved"
is "it is one transaction" 1 "$(grep -c commit "$T/log")"
is "no change is outside of it" "" "$(grep -v txn "$T/log")"
run save
is "all is back" "" "$(diff "$T/saved" "$T/out")"

cat >"$T/new" <<'EOT'
node set site 1
underlay add fibre dev lo rate 50mbit
peer add berlin site 2 overlay 10.9.0.9
peer add rome site 3 gateway 7 overlay 10.9.0.2 vni 100
path add peer berlin underlay fibre remote 198.51.100.2 preference 7
prefix add 10.2.0.0/16 vni 100 site 2
EOT
populate
run restore --dry-run "$T/new"
is "restore --dry-run" "prefix del 10.3.0.0/16 vni 7
prefix del 0.0.0.0/0 vni 100
prefix del fd01::/64 vni 100
path del b2
path del rome:fibre
underlay del lte
node set name \"\"
underlay set fibre cost 0 rate 50mbit
peer set berlin overlay none
peer set berlin overlay 10.9.0.9 source-check on
peer set rome overlay 10.9.0.2 vni 100 stock off
path set berlin:fibre preference 7
prefix replace 10.2.0.0/16 vni 100 site 2" "$(cat "$T/out")"
is "restore --dry-run changes nothing" "" "$(cat "$T/log")"
cp "$T/out" "$T/difference"
run -j restore --dry-run "$T/new"
json "the difference as JSON" "x[3] == {'command': 'del', 'object': 'path', 'attributes': {'name': 'b2'}} and x[-1]['command'] == 'replace'"
status "the difference is a batch" 0 -t -b "$T/difference"
: >"$T/log"
status "restore after it" 0 restore "$T/new"
is "has nothing to do" "" "$(cat "$T/log")"
populate
status "restore of something else" 0 restore "$T/new"
run save
cp "$T/out" "$T/got"
is "is what the file says" "node set site 1 gateway 1
underlay add fibre dev lo rate 50mbit
peer add berlin site 2 gateway 1 overlay 10.9.0.9
peer add rome site 3 gateway 7 overlay 10.9.0.2 vni 100
path add berlin:fibre peer berlin underlay fibre remote 198.51.100.2 preference 7
prefix add 10.2.0.0/16 vni 100 site 2" "$(grep -v -e '^#' -e '^limit' "$T/got")"
names "what was learned is gone" "10.2.0.0/16 " prefix show
populate
status "restore --keep-learned" 0 restore --keep-learned "$T/new"
names "what was learned stays" "0.0.0.0/0 10.2.0.0/16 " prefix show
: >"$T/log"
run restore --keep-learned "$T/new"
is "and again: nothing to do" "" "$(cat "$T/log")"
run restore - <"$T/saved"
is "restore from standard input" 0 "$rc"
run save
is "gives the old state back" "" "$(diff "$T/saved" "$T/out")"

# Errors of a file; nothing is changed by any of them.
# bad NAME STATUS TEXT, the file on standard input
bad() { refused_file "restore: $1" "$2" ":$3" restore; }

bad "a word that is unknown" 1 "2:18: unknown word 'sight'" <<'EOT'
node set site 1
peer add berlin  sight 2
EOT
bad "a command that says no state" 1 "1:6: a configuration says 'peer add'" <<'EOT'
peer del berlin
EOT
bad "something else" 1 "1:1: 'path-get' is not part of a configuration" <<'EOT'
path-get
EOT
bad "the same object twice" 1 "3:1: peer berlin is here twice, first in line 2" <<'EOT'
node set site 1
peer add berlin site 2
peer add berlin site 2
EOT
bad "a path to a peer that is not in the file" 1 "4:15: there is no peer 'oslo' in this file" <<'EOT'
node set site 1
underlay add u dev lo

path add peer oslo underlay u remote 192.0.2.1
EOT
bad "a path over an underlay that is not" 1 "3:29: there is no underlay 'u'" <<'EOT'
node set site 1
peer add oslo site 2
path add peer oslo underlay u remote 192.0.2.1
EOT
bad "what the kernel refuses" 2 "4:33: Error: another peer has this address [attribute overlay/addr]" <<'EOT'
node set site 1
peer add berlin site 2 overlay 10.0.0.1
# the same
peer add oslo site 3    overlay 10.0.0.1
EOT
bad "a segment that is not there" 2 "2:28: there is no device red of kind sdwan" <<'EOT'
node set site 1
prefix add 10.0.0.0/8  dev red site 4
EOT
bad "an open quote" 1 "1:15: this quote" <<'EOT'
node set name "x
EOT
run save
is "after all these nothing has changed" "" "$(diff "$T/saved" "$T/out")"

SDWAN_MOCK_STALE=2 run restore "$T/new"
is "restore is repeated when it was stale" 0 "$rc"
SDWAN_MOCK_BUSY=2 run restore "$T/saved"
is "restore waits for another transaction" 0 "$rc"
run save
is "both have arrived" "" "$(diff "$T/saved" "$T/out")"

# Limits are raised before, lowered after, and put back on a refusal.
{ cat "$T/saved"; echo "limit set peers 5000 paths 20"; } |
	sed '/^limit set underlays/d' >"$T/limits"
: >"$T/log"
status "restore with limits" 0 restore "$T/limits"
run -j limit show
json "limits are restored" "x['max_peers'] == 5000 and x['max_paths'] == 20"
{ cat "$T/limits"; echo "peer add oslo site 2"; echo "peer add kiel site 8 overlay 10.9.0.2"; } |
	sed 's/peers 5000/peers 6000/' >"$T/bad"
run restore "$T/bad"
is "a refused restore" 2 "$rc"
run -j limit show
json "puts the limits back" "x['max_peers'] == 5000"
echo "limit set peers 3000000" >"$T/bad"
run restore "$T/bad"
is "a refused limit" "2 $T/bad:1:17: Error: not so many [attribute max-peers]: Operation not permitted" "$rc $(cat "$T/err")"

# Devices that are not there.
reset
cat >"$T/wait" <<'EOT'
node set site 1
underlay add here dev lo
underlay add there dev nodevice0
peer add a site 2
path add peer a underlay here remote 192.0.2.1
path add peer a underlay there remote 192.0.2.2
EOT
run restore --wait 0.3 --skip-missing "$T/wait"
is "restore without a device that does not come" 0 "$rc"
has "leaves it out with a warning" "$T/wait:3:1: warning: left out underlay there and its paths: there is no device nodevice0" "$T/err"
names "has the rest" "a " path show
usage "time to wait" "not a time" restore --wait long "$T/wait"
usage "unknown option of restore" "no option '--dry'" restore --dry "$T/wait"
