# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# Encapsulations of paths, and what paths are told about their outer packets.
# Part of run.sh.

populate_outer()
{
	reset
	"$S" -batch - <<-EOT || not_ok "the network of encapsulations can be made"
	node set site 1
	underlay add fibre dev lo port 7000
	underlay add wg dev lo encap dev
	underlay add gre dev lo encap gre
	underlay add gpe dev lo encap vxlan-gpe port 4800
	peer add berlin site 2
	peer add rome site 3
	path add peer berlin underlay fibre remote 198.51.100.2 dscp ef ttl 64 df copy csum on fwmark 0x2a mtu-clamp 1400 mss-clamp on
	path add peer berlin underlay wg vni 100 mss-clamp on
	path add peer berlin underlay gre remote 198.51.100.3 dscp zero
	path add peer berlin underlay gpe remote 198.51.100.4
	path add rome-gpe peer rome underlay fibre remote 198.51.100.5 encap vxlan-gpe dscp 5
	path add rome-gre peer rome underlay fibre remote 198.51.100.5 encap gre df clear
	path add rome-dev peer rome underlay fibre vni 0x7 encap dev mtu-clamp 1300
	EOT
	: >"$T/log"
}

# ---- words and their values ----

P="path add peer p underlay u remote 192.0.2.1"
# value WORD VALUE TEXT: $P takes no such value
value()
{
	# shellcheck disable=SC2086
	usage "$1 $2" "$3" $P "$1" "$2"
}

value dscp 64 "dscp 64 is out of range: 0 to 63"
value dscp 0x40 "out of range"
value dscp 5x "'5x' is not a number for 'dscp'"
value dscp -1 "dscp '-1' is neither 0 to 63 nor one of: copy, be, le"
value dscp cs8 "neither 0 to 63 nor one of"
value dscp af44 "neither 0 to 63 nor one of"
value dscp af1 "dscp 'af1' is ambiguous: af11, af12, af13"
value dscp "" "neither 0 to 63 nor one of"
value ttl 256 "ttl 256 is out of range: 1 to 255 or auto"
value ttl none "'none' is not a number or auto for 'ttl'"
value df off "df 'off' is none of: set, copy, clear"
value df c "df 'c' is ambiguous: copy, clear"
value csum yes "csum 'yes' is none of: auto, on, off"
value csum o "csum 'o' is ambiguous: on, off"
value fwmark 4294967296 "fwmark 4294967296 is out of range: 1 to 4294967295 or none"
value fwmark 0xg "'0xg' is not a number or none for 'fwmark'"
value fwmark 1/1 "not a number or none"
value mtu-clamp 575 "mtu-clamp 575 is out of range: 576 to 65535 or none"
value mtu-clamp 65536 "out of range: 576 to 65535 or none"
value mtu-clamp 1k "'1k' is not a number or none for 'mtu-clamp'"
value mss-clamp 1 "mss-clamp is 'on' or 'off', not '1'"
value vni 0 "vni 0 is out of range: 1 to 16777215"
value vni 16777216 "out of range"
# shellcheck disable=SC2086
{
usage "dscp without value" "'dscp' wants a value" $P dscp
usage "ambiguous clamps" "'m' is ambiguous: mtu-clamp, mss-clamp" $P m 1400
usage "ambiguous dscp and dstport" "'ds' is ambiguous: dstport, dscp" $P ds 5
usage "repeated ttl" "contradicts" $P ttl 5 ttl 6
usage "vni without encap dev" "path: either 'remote' or 'vni'" $P vni 5
usage "vni with another encap" "path: 'vni' is for encap dev, not gre" $P vni 5 encap gre
usage "remote of encap dev" "path: 'remote' does not go with encap dev" $P encap dev vni 5
}
usage "neither remote nor vni" "path: 'remote' is missing (or 'vni', for encap dev)" path add peer p underlay u
usage "remote of encap gre" "path: 'remote' is missing" path add peer p underlay u encap gre
usage "vni of encap dev" "path: 'vni' is missing" path add peer p underlay u encap dev
usage "the same in replace" "path: 'vni' is missing" path replace peer p underlay u encap dev

# at NAME EXPECTED LINE: where a batch file of this line is wrong
at()
{
	printf '%s\n' "$3" >"$T/b"
	run -b "$T/b"
	is "batch: where $1 is wrong" "$T/b:$2" "$(cat "$T/err")"
}

at dscp "1:17: dscp 77 is out of range: 0 to 63" "path set x dscp 77 ttl 5"
at ttl "1:25: ttl 300 is out of range: 1 to 255 or auto" "path set x dscp cs6 ttl 300"
at df "1:15: df 'no' is none of: set, copy, clear" "path set x df no"
at csum "1:17: csum 'no' is none of: auto, on, off" "path set x csum no"
at fwmark "1:19: 'red' is not a number or none for 'fwmark'" "path set x fwmark red"
at mtu-clamp "1:22: mtu-clamp 20 is out of range: 576 to 65535 or none" "path set x mtu-clamp 20"
at mss-clamp "1:22: mss-clamp is 'on' or 'off', not 'maybe'" "path set x mss-clamp maybe"
at vni "1:44: path: 'vni' is for encap dev, not gre" "path add peer p underlay u encap gre   vni 5 remote 192.0.2.1"
at remote "1:46: path: 'remote' does not go with encap dev" "path add peer p underlay u encap dev remote  192.0.2.1 vni 5"
at both "1:42: path: either 'remote' or 'vni' (for encap dev), not both" "path add peer p underlay u vni 5  remote 192.0.2.1"
at "a missing remote" "1:37: path: 'remote' is missing" "path add peer p underlay u encap gre"
at "a missing vni" "1:37: path: 'vni' is missing" "path add peer p underlay u encap dev"

# ---- show ----

populate_outer
run path show berlin:fibre
is "show: options that are not the default" "berlin:fibre: state up peer berlin underlay fibre local 192.0.2.1 remote 198.51.100.2 dstport 7000 encap geneve preference 100 mtu 1464 dscp ef ttl 64 df copy csum on fwmark 0x2a mtu-clamp 1400 mss-clamp on" "$(cat "$T/out")"
run path show berlin:gpe
is "show: no default" "berlin:gpe: state up peer berlin underlay gpe local 192.0.2.1 remote 198.51.100.4 dstport 4800 encap vxlan-gpe preference 100 mtu 1464" "$(cat "$T/out")"
run -d path show berlin:gpe
has "show -d: all defaults" "    dscp copy ttl auto df set csum auto fwmark none mtu-clamp none mss-clamp off" "$T/out"
run path show berlin:wg
is "show: a path of encap dev" "berlin:wg: state up peer berlin underlay wg encap dev vni 100 preference 100 mtu 1464 mss-clamp on" "$(cat "$T/out")"
run -d path show rome-dev
is "show -d: a path of encap dev" "    mtu-clamp 1300 mss-clamp off" "$(sed -n 3p "$T/out")"
run path show peer rome
is "show: the port of another encapsulation, none of gre" "rome-gpe: state up peer rome underlay fibre local 192.0.2.1 remote 198.51.100.5 dstport 4790 encap vxlan-gpe preference 100 mtu 1464 dscp 5
rome-gre: state up peer rome underlay fibre local 192.0.2.1 remote 198.51.100.5 encap gre preference 100 mtu 1464 df clear
rome-dev: state up peer rome underlay fibre encap dev vni 7 preference 100 mtu 1464 mtu-clamp 1300" "$(cat "$T/out")"
run path show berlin:gre
has "show: dscp 0" "mtu 1464 dscp be" "$T/out"
run underlay show gre
is "show: an underlay without port" "gre: state up dev lo encap gre" "$(cat "$T/out")"
run -j path show peer berlin
json "options as JSON" "[x[0][k] for k in ('dscp', 'ttl', 'df', 'udp_csum', 'fwmark', 'mtu_clamp', 'mss_clamp')] == [46, 64, 'copy', 'on', 42, 1400, True] and 'vni' not in x[0]"
json "encap dev as JSON" "x[1]['vni'] == 100 and not {'remote', 'dstport', 'dscp'} & set(x[1]) and x[1]['mss_clamp'] is True"
json "dscp 0 as JSON" "x[2]['dscp'] == 0 and 'dstport' not in x[2]"
json "dscp copy as JSON" "x[3]['dscp'] == 'copy' and x[3]['dstport'] == 4800"

# ---- set ----

# takes WORD VALUE KEY EXPECTED: what a path has after path set
takes()
{
	run path set berlin:fibre "$1" "$2"
	[ "$rc" = 0 ] || not_ok "path set $1 $2" "$(cat "$T/err")"
	run -j path show berlin:fibre
	json "path set $1 $2" "x[0]['$3'] == $4 and type(x[0]['$3']) is type($4)"
}

takes dscp copy dscp "'copy'"
takes dscp co dscp "'copy'"
takes dscp AF41 dscp 34
takes dscp zero dscp 0
takes dscp 63 dscp 63
takes dscp 0x2e dscp 46
takes dscp le dscp 1
takes dscp cs0 dscp 0
takes ttl 255 ttl 255
takes ttl auto ttl 0
takes ttl 1 ttl 1
takes ttl 0 ttl 0
takes df set df "'set'"
takes df cl df "'clear'"
takes csum off udp_csum "'off'"
takes csum a udp_csum "'auto'"
takes fwmark 4294967295 fwmark 4294967295
takes fwmark 0 fwmark 0
takes fwmark 0xdeadbeef fwmark 0xdeadbeef
takes fwmark none fwmark 0
takes mtu-clamp 576 mtu_clamp 576
takes mtu-clamp none mtu_clamp 0
takes mtu-clamp 65535 mtu_clamp 65535
takes mt 0 mtu_clamp 0
takes mss-clamp off mss_clamp False
takes ms on mss_clamp True
refused "another segment of a path" "this cannot change [attribute vni]" path set berlin:wg vni 5
refused "a port of gre" "does not have it [attribute dstport]" path set berlin:gre dstport 5
refused "a checksum of gre" "[attribute udp-csum]" path set berlin:gre csum on
refused "a ttl of encap dev" "[attribute ttl]" path set berlin:wg ttl 5
refused "a port of an underlay of gre" "has no ports [attribute port]" underlay add x dev lo encap gre port 5
refused "a remote address over an underlay of encap dev" "does not have it [attribute remote]" path add peer rome underlay wg remote 192.0.2.1
refused "a segment over an underlay of another" "does not have it [attribute vni]" path add x peer rome underlay gpe vni 5
refused "two paths over one device" "another path is there" path add peer rome underlay wg vni 5
status "replace of a path of encap dev" 0 path replace peer berlin underlay wg vni 100
run path show berlin:wg
is "replace puts its options back" "mtu 1464" "$(sed 's/.* \(mtu\)/\1/' "$T/out")"
status "a path with the name of a keyword" 0 path add name ttl peer rome underlay fibre remote 192.0.2.7
run save
has "is saved with the word name" "path add name ttl peer rome" "$T/out"

# ---- filters ----

populate_outer
names "vni" "rome-dev " path show vni 7
names "encap dev" "berlin rome-dev " path show encap dev
names "dscp by its name" "berlin " path show dscp EF
names "dscp by its number" "rome-gpe " path show dscp 5
names "dscp 0" "berlin " path show dscp be
names "dscp copy" "berlin rome-gre " path show dscp copy
names "ttl" "berlin " path show ttl 64
names "ttl auto" "rome-gpe rome-gre " path show ttl auto peer rome
names "df" "rome-gre " path show df clear
names "csum" "berlin " path show csum on
names "fwmark" "berlin " path show fwmark 42
names "no fwmark" "rome-gpe rome-gre " path show fwmark none peer rome
names "mtu-clamp" "rome-dev " path show mtu-clamp 1300
names "no mtu-clamp" "rome-gpe rome-gre " path show mtu-clamp none peer rome
names "mss-clamp" "berlin berlin " path list mss-clamp on
names "no mss-clamp" "rome-gpe rome-gre rome-dev " path show mss-clamp off peer rome
status "flush by a filter" 0 path flush dscp 5
names "leaves the others" "rome-gre rome-dev " path show peer rome

# ---- save and restore ----

populate_outer
run save
cp "$T/out" "$T/outer"
is "save: what is not the default" "underlay add fibre dev lo port 7000
underlay add gpe dev lo port 4800 encap vxlan-gpe
underlay add gre dev lo encap gre
underlay add wg dev lo encap dev
path add berlin:fibre peer berlin underlay fibre remote 198.51.100.2 dscp ef ttl 64 df copy csum on fwmark 0x2a mtu-clamp 1400 mss-clamp on
path add berlin:wg peer berlin underlay wg vni 100 mss-clamp on
path add berlin:gre peer berlin underlay gre remote 198.51.100.3 dscp be
path add berlin:gpe peer berlin underlay gpe remote 198.51.100.4
path add rome-gpe peer rome underlay fibre remote 198.51.100.5 encap vxlan-gpe dscp 5
path add rome-gre peer rome underlay fibre remote 198.51.100.5 encap gre df clear
path add rome-dev peer rome underlay fibre encap dev vni 7 mtu-clamp 1300" "$(grep -e '^underlay' -e '^path' "$T/out")"
run restore --dry-run "$T/outer"
is "restore: no difference" "0 " "$rc $(cat "$T/out")"
status "restore: what is there" 0 restore "$T/outer"
is "restore: changes nothing" "" "$(cat "$T/log")"
reset
status "restore: all of it from nothing" 0 restore "$T/outer"
run save
is "restore: gives the same" "" "$(diff "$T/outer" "$T/out")"
sed -e '/^path add berlin:fibre/s/ dscp.*//' -e 's/vni 7/vni 8/' \
	-e '/rome-gre/s/ df clear/ dscp cs6 ttl 9 fwmark 16/' \
	-e '/berlin:gpe/s/$/ csum off mss-clamp on/' "$T/outer" >"$T/other"
: >"$T/log"
run restore --dry-run "$T/other"
cp "$T/out" "$T/difference"
is "restore: the difference" "path del rome-dev
path set berlin:fibre dscp copy ttl auto df set csum auto fwmark none mtu-clamp none mss-clamp off
path set berlin:gpe csum off mss-clamp on
path set rome-gre dscp cs6 ttl 9 df set fwmark 0x10
path add rome-dev peer rome underlay fibre encap dev vni 8 mtu-clamp 1300" "$(cat "$T/out")"
run -j restore --dry-run "$T/other"
json "restore: the difference as JSON" "x[1]['attributes'] == {'name': 'berlin:fibre', 'dscp': 'copy', 'ttl': 0, 'df': 'set', 'udp_csum': 'auto', 'fwmark': 0, 'mtu_clamp': 0, 'mss_clamp': False}"
status "restore: the difference is a batch" 0 -t -b "$T/difference"
: >"$T/log"
status "restore: behind it" 0 restore "$T/other"
is "restore: there is nothing to do" "" "$(cat "$T/log")"

bad "a remote address over an underlay of encap dev" 1 "4:36: path: 'remote' does not go with encap dev" <<'EOT'
node set site 1
peer add p site 2
underlay add u dev lo encap dev
path add peer p underlay u remote  192.0.2.1
EOT
bad "a segment over an underlay of another" 1 "3:32: path: 'vni' is for encap dev, not geneve" <<'EOT'
peer add p site 2
underlay add u dev lo
path add peer p underlay u vni 5
EOT
bad "no segment for encap dev" 1 "3:39: path: 'vni' is missing" <<'EOT'
peer add p site 2
underlay add u dev lo
path add peer p underlay u   encap dev
EOT
bad "a ttl that the kernel refuses" 2 "4:38: Error: this encapsulation does not have it [attribute ttl]" <<'EOT'
node set site 1
peer add p site 2
underlay add u dev lo encap dev
path add peer p underlay u vni 5 ttl 77
EOT

# ---- completion ----

offers "values of dscp" "af11 af12 af13 " path set x dscp af1
offers "words of dscp" "copy cs1 cs2 cs3 cs4 cs5 cs6 cs7 cs0 " path set x dscp c
offers "the word for no ttl" "auto " path set x ttl ""
offers "the word for no mark" "none " path show fwmark ""
offers "values of df" "copy clear " path set x df c
offers "values of csum" "auto on off " path set x csum ""
offers "clamps" "mtu-clamp mss-clamp " path set x m
offers "values of mtu-clamp" "none " path set x mtu-clamp n
offers "values of mss-clamp" "on off " path set x mss-clamp o
