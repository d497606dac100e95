# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# LANs, rules that steer into a segment, and the mask of marks. Part of run.sh.

usage "lan: mandatory name" "lan: the name is missing" lan add
usage "lan: name that is too long" "is longer than 15 characters" lan add abcdefghijklmnop
usage "lan: unknown mode" "mode 'fast' is none of: mark, direct" lan add lan0 mode fast
usage "lan: segment out of range" "vni 16777216 is out of range: 1 to 16777215 or none" lan add lan0 vni 16777216
usage "rule: steer to no segment" "'vni' wants a value" rule add pref 5 action steer vni
usage "rule: steer to segment 0" "vni 0 is out of range" rule add pref 5 action steer vni 0
usage "rule: steer said twice" "contradicts or repeats" rule add pref 5 steer vni 7 action steer vni 8
usage "rule: a segment for another action" "'steer' contradicts action pass" rule add pref 5 action pass steer vni 8
usage "a mask of marks that is none" "not a number or none for 'mark-mask'" limit set mark-mask some
usage "a mask of marks of 33 bits" "mark-mask 0x1ffffffff is out of range" limit set mark-mask 0x1ffffffff

reset
status "lan add" 0 lan add lan0 vni 100
status "lan add with a mode" 0 lan add lan1 mode mark
refused "a second one" "exists" lan add lan0
run lan show
is "lan show" "lan0: mode mark vni 100 hooked off
lan1: mode mark hooked off" "$(cat "$T/out")"
run -j lan show lan0
json "lan as JSON" "x == [{'name': 'lan0', 'mode': 'mark', 'vni': 100, 'hooked': False}]"
run lan show vni 100
is "lan filter" "lan0: mode mark vni 100 hooked off" "$(cat "$T/out")"
status "lan set" 0 lan set lan1 vni 7
status "rule of action steer" 0 rule add pref 5 action steer
status "to a segment" 0 rule add pref 6 action steer vni 9
status "the segment alone" 0 rule add pref 7 iif lan0 steer vni 10
status "the match beside it" 0 rule add pref 8 vni 3 action steer vni 10
run rule show
is "rules that steer" "5: action steer
6: action steer vni 9
7: iif lan0 action steer vni 10
8: vni 3 action steer vni 10" "$(cat "$T/out")"
run rule show steer vni 10
is "rules by segment" "7: iif lan0 action steer vni 10
8: vni 3 action steer vni 10" "$(cat "$T/out")"
status "limit set" 0 limit set lans 5 mark-mask 0x3ff0000
run limit show
has "limit show" "lans 5 flows 262144 flow-timeout 120 mark-mask 0x3ff0000" "$T/out"
run status
has "status: LANs" "lans 2 of 5" "$T/out"
has "status: mask" "mark-mask 0x3ff0000" "$T/out"
run save "$T/lans"
has "save: LANs" "lan add lan1 vni 7" "$T/lans"
has "save: rules" "rule add pref 8 vni 3 action steer vni 10" "$T/lans"
has "save: the mask" "mark-mask 0x3ff0000" "$T/lans"
: >"$T/log"
status "restore of what is there" 0 restore "$T/lans"
is "finds no difference" "" "$(cat "$T/log")"
sed -e '/lan0$/d' -e '/lan add lan0/d' -e 's/lan1 vni 7/lan1/' -e 's/action steer vni 9/action steer/' \
	"$T/lans" >"$T/lans2"
run restore --dry-run "$T/lans2"
is "restore of another one" "lan del lan0
rule replace pref 6 action steer
lan set lan1 vni none" "$(cat "$T/out")"
status "restore" 0 restore "$T/lans2"
run -j save "$T/lans.json"
status "apply of a document" 0 apply -f "$T/lans.json"
status "lan del" 0 lan del lan1
status "lan flush" 0 lan flush
run lan show
is "all are gone" "" "$(cat "$T/out")"
offers "modes of LANs" "mark direct " lan add x mode ""
