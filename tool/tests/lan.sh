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
status "lan set" 0 lan set lan1 dev sdwan0
run lan show lan1
is "a segment by its device" "lan1: mode mark vni 100 hooked off" "$(cat "$T/out")"
refused "a device that is no segment" "there is no device lo of kind sdwan" lan set lan1 dev lo
usage "a segment said twice" "contradicts or repeats" lan set lan1 vni 7 dev sdwan0
status "lan set" 0 lan set lan1 vni 7
status "rule of action steer" 0 rule add pref 5 action steer
status "to a segment" 0 rule add pref 6 action steer vni 9
status "the segment alone" 0 rule add pref 7 iif lan0 steer vni 10
status "the match beside it" 0 rule add pref 8 dscp ef action steer vni 10
refused "a segment before there is one" "there is no segment yet [attribute vni]" rule add pref 9 vni 3 action steer vni 10
run rule show
is "rules that steer" "5: action steer
6: action steer vni 9
7: iif lan0 action steer vni 10
8: dscp ef action steer vni 10" "$(cat "$T/out")"
run rule show steer vni 10
is "rules by segment" "7: iif lan0 action steer vni 10
8: dscp ef action steer vni 10" "$(cat "$T/out")"
status "limit set" 0 limit set lans 5 mark-mask 0x3ff0000
run limit show
has "limit show" "lans 5 metrics 1024 flows 262144 flow-timeout 120 mark-mask 0x3ff0000" "$T/out"
run status
has "status: LANs" "lans 2 of 5" "$T/out"
has "status: mask" "mark-mask 0x3ff0000" "$T/out"
run save "$T/lans"
has "save: LANs" "lan add lan1 vni 7" "$T/lans"
has "save: rules" "rule add pref 8 dscp ef action steer vni 10" "$T/lans"
has "save: the mask" "mark-mask 0x3ff0000" "$T/lans"
: >"$T/log"
status "restore of what is there" 0 restore "$T/lans"
is "finds no difference" "" "$(cat "$T/log")"
sed -e '/lan0$/d' -e '/lan add lan0/d' -e 's/lan1 vni 7/lan1/' -e 's/action steer vni 9/action steer/' \
	"$T/lans" >"$T/lans2"
run restore --dry-run "$T/lans2"
is "restore of another one" "lan set lan1 vni none
rule replace pref 6 action steer
lan del lan0" "$(cat "$T/out")"
status "restore" 0 restore "$T/lans2"
run -j save "$T/lans.json"
status "apply of a document" 0 apply -f "$T/lans.json"
status "lan del" 0 lan del lan1
status "lan flush" 0 lan flush
run lan show
is "all are gone" "" "$(cat "$T/out")"

# ---- rules that name parts of frames ----

reset
status "a LAN that sees frames" 0 lan add lan0 mode direct vni 100
status "and one that does not" 0 lan add lan1 vni 100
refused "frames of no LAN" "no LAN that sees frames [attribute vlan]" rule add pref 1 vlan 20 action drop
refused "frames of the other LAN" "[attribute smac]" rule add pref 1 iif lan1 smac 02:00:00:00:00:01 action drop
status "rule of frames" 0 rule add pref 1 iif lan0 vlan 20 pcp 5 smac 02:00:00:00:0A:01 dmac ff:ff:ff:ff:ff:ff action pass
status "rule of labels" 0 rule add pref 2 iif lan0 mpls 16 ethertype mpls action drop
status "rule of an ethertype" 0 rule add pref 3 ethertype ipv6 action pass
status "rule of VLAN 0" 0 rule add pref 4 iif lan0 vlan 0 pcp 0 ethertype 0x9000 action drop
run rule show
is "rules of frames" "1: iif lan0 vlan 20 pcp 5 smac 02:00:00:00:0a:01 dmac ff:ff:ff:ff:ff:ff action pass
2: iif lan0 ethertype mpls mpls 16 action drop
3: ethertype ipv6 action pass
4: iif lan0 vlan 0 pcp 0 ethertype 0x9000 action drop" "$(cat "$T/out")"
run -j rule show ethertype arp
is "none of them" "[]" "$(cat "$T/out")"
run -j rule show vlan 20
json "a rule of frames as JSON" "x[0]['vlan'] == 20 and x[0]['pcp'] == 5 and x[0]['smac'] == '02:00:00:00:0a:01' and len(x) == 1"
run rule show vlan any ethertype any
is "rules that do not ask" "" "$(cat "$T/out")"
refused "del of a LAN that they need" "a rule needs" lan del lan0
refused "another mode of it" "a rule needs its frames [attribute mode]" lan set lan0 mode mark
run save "$T/frames"
has "save: frames" "rule add pref 2 iif lan0 ethertype mpls mpls 16 action drop" "$T/frames"
status "the commands, again" 0 lan add lan9
run restore --dry-run "$T/frames"
is "restore of frames finds the one LAN" "lan del lan9" "$(cat "$T/out")"
status "and takes it away" 0 restore "$T/frames"
run -j save "$T/frames.json"
status "frames from a document" 0 apply -f "$T/frames.json"
run restore --dry-run - <<-'EOT'
	lan add lan0 vni 100
	lan add lan1 vni 100 mode direct
	rule add pref 1 iif lan1 vlan 20 action drop
	rule add pref 2 from 10.0.0.0/8 action drop
EOT
is "what frames need comes before, what needed them goes before" "rule del pref 3
rule del pref 4
lan set lan1 mode direct
rule replace pref 1 iif lan1 vlan 20 action drop
rule replace pref 2 from 10.0.0.0/8 action drop
lan set lan0 mode mark" "$(cat "$T/out")"
offers "ethertypes" "ip ipv6 ipv4 " rule add pref 1 ethertype ip

offers "modes of LANs" "mark direct " lan add x mode ""
