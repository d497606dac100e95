# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# Classes, rules and flows. Part of run.sh.

populate_steer()
{
	reset
	"$S" -batch - <<-EOT || not_ok "the network of classes can be made"
	node set site 1
	underlay add fibre dev lo rate 100mbit
	underlay add lte dev lo port 7000
	peer add berlin site 2
	path add peer berlin underlay fibre remote 198.51.100.2
	path add b2 peer berlin underlay lte remote 198.51.100.3
	class add voice mode prefer fibre,lte dscp ef strict move sticky gap 20ms failback hard policy rt
	class add bulk mode balance fibre=3,berlin:lte,path/b2 dscp copy
	class add rest mode balance weight rate
	class add backup mode pin b2:x
	rule add pref 300 action class rest
	rule add pref 100 name sip iif eth1 vni 100 from 10.1.0.0/16 to 10.2.0.0/16 proto udp dport 10000-10100,5061,5060 dscp ef mark 0x1/0xff set dscp cs5 set mark 0x20/0xf0 set priority 6 action class voice
	rule add pref 50 to fd00::/8 action drop
	rule add pref 201 proto icmp action pass
	rule add pref 200 proto tcp sport 22 class bulk
	EOT
	: >"$T/log"
}

# ---- words and their values ----

usage "class: unknown mode" "mode 'fast' is none of: balance, prefer, pin, duplicate, best" class add x mode fast
usage "class: ambiguous mode" "mode 'b' is ambiguous: balance, best" class add x mode b
usage "class: mandatory mode" "class: 'mode' is missing" class add x dscp ef
usage "class: mandatory name" "class: the name is missing" class del
usage "class: prefer without members" "mode prefer needs members" class add x mode prefer
usage "class: prefer without members, but more words" "mode prefer needs members" class add x mode prefer strict
usage "class: pin of none" "mode pin needs one member" class add x mode pin
usage "class: pin of several" "mode pin needs one member, not several" class add x mode pin a,b
usage "class: weight of prefer" "weights are for mode balance, not prefer" class add x mode prefer a weight rate
usage "class: weighted members of prefer" "weights are for mode balance, not prefer" class add x mode prefer a=2
usage "class: weighted members and another weight" "members have weights with 'weight explicit', not 'rate'" class add x mode balance a=2 weight rate
usage "class: weight 0" "weight '0' of a is not a number from 1 to 65535" class add x mode balance a=0
usage "class: weight 65536" "weight '65536' of a is not" class add x mode balance a=65536
usage "class: weight that is no number" "weight 'b=1' of a is not" class add x mode balance a=b=1
usage "class: a member without name" "a member without name in 'a,,b'" class add x mode balance a,,b
usage "class: a path without name" "a member without name in 'path/'" class add x mode balance path/
usage "class: another kind of member" "'site/5' is no member" class add x mode balance site/5
usage "class: name of an underlay that is too long" "is longer than 31 characters" class add x mode pin 12345678901234567890123456789012
usage "class: too many members" "more than 32 members" class add x mode prefer \
	"$(awk 'BEGIN { for (i = 0; i < 33; i++) printf "%su%d", i ? "," : "", i }')"
usage "class: members said twice" "'members' contradicts or repeats" class add x members a mode prefer b
usage "class: members and none" "contradicts" class set x mode prefer a members none
usage "class: strict and best-effort" "contradicts" class set x strict best-effort
usage "class: a part that is too large" "sla loss 101% is out of range: 0% to 100%" class add x mode best sla loss 101%
usage "class: no part" "'much' is not a part like 1% or 0.01 for 'loss'" class add x mode best loss much
usage "class: alpha 0" "alpha 0 is out of range: 0.0001% to 100%" class add x mode best alpha 0
usage "class: no floor" "'-1' is not a number or auto for 'floor'" class add x mode best floor -1
usage "class: latency said twice" "contradicts or repeats" class add x mode best sla latency 1ms latency 2ms
usage "class: a gap that is too long" "gap 11s is longer than 10s" class set x gap 11s
usage "class: a gap without sense" "'soon' is not a time like 50ms or 0.05 for 'gap'" class set x gap soon
usage "class: unknown move" "none of: flowlet, now, sticky" class set x move fast
usage "class: unknown failback" "none of: soft, hard, never" class set x failback fast
usage "class: dscp 64" "out of range: 0 to 63" class set x dscp 64
usage "class: nothing to be set" "what shall be set" class set x
usage "rule: mandatory preference" "rule: the pref is missing" rule add action drop
usage "rule: mandatory action" "rule: 'action' is missing" rule add pref 5
usage "rule: preference 0" "pref 0 is out of range: 1 to 2147483647" rule add pref 0 action drop
usage "rule: preference too large" "out of range" rule add pref 2147483648 action drop
usage "rule: action class of none" "'class' wants a value" rule add pref 5 action class
usage "rule: unknown action" "action 'kill' is none of: class, pass, drop" rule add pref 5 action kill
usage "rule: an action and a class" "'class' contradicts action drop" rule add pref 5 action drop class x
usage "rule: a class said twice" "'class' contradicts or repeats" rule add pref 5 class x action class y
usage "rule: bad prefix" "'10.0.0.0/40' is not an IP prefix for 'from'" rule add pref 5 from 10.0.0.0/40 action drop
usage "rule: two families" "'from' and 'to' are of different families" rule add pref 5 from 10.0.0.0/8 to ::/0 action drop
usage "rule: unknown protocol" "none of: icmp, igmp" rule add pref 5 proto carrier-pigeon action drop
usage "rule: ambiguous protocol" "proto 'ip' is ambiguous: ipip, ipv6" rule add pref 5 proto ip action drop
usage "rule: protocol 0" "out of range: 1 to 255" rule add pref 5 proto 0 action drop
usage "rule: ports without protocol" "'dport' needs a protocol that has ports" rule add pref 5 dport 5 action drop
usage "rule: ports of a protocol without" "'sport' needs a protocol that has ports" rule add pref 5 proto icmp sport 5 action drop
usage "rule: port 65536" "a port past 65535 in '65536' for 'dport'" rule add pref 5 proto tcp dport 65536 action drop
usage "rule: a range that goes down" "'9-8' is not a list of ports like" rule add pref 5 proto tcp dport 9-8 action drop
usage "rule: a service by name" "'http' is not a list of ports" rule add pref 5 proto tcp dport http action drop
usage "rule: an empty port" "not a list of ports" rule add pref 5 proto tcp dport 5, action drop
usage "rule: too many ranges" "more than 16 ranges of ports for 'dport'" rule add pref 5 proto tcp dport 1,3,5,7,9,11,13,15,17,19,21,23,25,27,29,31,33 action drop
usage "rule: a VLAN too large" "vlan 4095 is out of range: 0 to 4094" rule add pref 5 vlan 4095 action drop
usage "rule: a priority too large" "pcp 8 is out of range: 0 to 7" rule add pref 5 pcp 8 action drop
usage "rule: an ethertype that is a length" "ethertype 0x5ff is out of range: 1536 to 65535" rule add pref 5 ethertype 0x5ff action drop
usage "rule: an ethertype without a name" "ethertype 'ipx' is none of: ip, arp, ipv6" rule add pref 5 ethertype ipx action drop
usage "rule: a MAC address too short" "'2:0:0:0:1' is not a MAC address" rule add pref 5 smac 2:0:0:0:1 action drop
usage "rule: a MAC address too long" "is not a MAC address" rule add pref 5 dmac 02:00:00:00:00:01:02 action drop
usage "rule: a MAC address of something else" "is not a MAC address" rule add pref 5 dmac 02:00:00:00:0x:01 action drop
usage "rule: a label too large" "mpls 1048576 is out of range: 0 to 1048575" rule add pref 5 mpls 1048576 action drop
refused "rule: a program that is not there" "[attribute bpf-fd]: No such file" rule add pref 5 bpf "$T/none.o" action drop
usage "rule: bits outside of the mask" "mark 0x100/0xff is out of range, or has bits outside of its mask" rule add pref 5 mark 0x100/0xff action drop
usage "rule: an empty mask" "has bits outside of its mask" rule add pref 5 mark 0/0 action drop
usage "rule: a mark that is no number" "'red' is not a mark like 1 or 0x1/0xff for 'mark'" rule add pref 5 mark red action drop
usage "rule: dscp copy" "dscp 'copy' is neither 0 to 63 nor one of: be" rule add pref 5 dscp copy action drop
usage "rule: set without what" "what shall be set?" rule add pref 5 action drop set
usage "rule: set of something else" "unknown word 'set colour', expected one of:" rule add pref 5 set colour red action drop
usage "rule: set twice" "'set dscp' contradicts or repeats" rule add pref 5 set dscp ef set dscp le action drop
usage "rule: a drop that sets something" "rule: 'set' is not for action drop" rule add pref 5 action drop set priority 5
usage "rule: any in a set" "'from any' cannot be set, only left out of a replace" rule set pref 5 from any
usage "rule: nothing to be set" "what shall be set" rule set pref 5
usage "rule: name too long" "longer than 31" rule add pref 5 name 12345678901234567890123456789012 action drop
usage "flow: unknown command" "flow has no command 'add'" flow add
usage "flow: unknown filter" "unknown word 'colour'" flow show colour red
usage "flow: flush of what" "which flows shall be flushed? ('all' for all)" flow flush
usage "flow: flush of all and some" "'vni' beside 'all'" flow flush all vni 5
usage "flow: get without a segment" "flow: 'vni' or 'dev' is missing" flow get src 10.0.0.1 dst 10.0.0.2
usage "flow: get without a source" "flow: 'src' is missing" flow get vni 1 dst 10.0.0.2
usage "flow: get without a destination" "flow: 'dst' is missing" flow get vni 1 src 10.0.0.2
usage "flow: vni and dev" "not both" flow show vni 1 dev sdwan0
usage "flow: get by a class" "unknown word 'class'" flow get vni 1 src 10.0.0.2 dst 10.0.0.1 class voice
usage "ambiguous beginning of rule and restore" "ambiguous: rule, restore" r show
usage "a timeout of flows" "flow-timeout 2d is out of range: 1 to 86400 seconds" limit set flow-timeout 2d
usage "a timeout in fractions" "not a time in whole seconds" limit set flow-timeout 1500ms
usage "too many flows" "flows 16777217 is out of range" limit set flows 16777217

at "a member" "1:29: weight '0' of b is not a number from 1 to 65535" "class add voice mode prefer a,b=0 dscp ef"
at "a mode" "1:33: class: mode pin needs one member, not several" "class add voice dscp 7 mode pin a,b"
at "members" "1:36: class: mode prefer needs members" "class add voice mode prefer dscp ef"
at "a weight" "1:38: class: weights are for mode balance, not prefer" "class add voice mode prefer a weight rate"
at "a port" "1:31: a port past 65535 in '5-77777' for 'dport'" "rule add 5 proto tcp   dport  5-77777 action drop"
at "a mark of a set" "1:21: 'x' is not a mark like 1 or 0x1/0xff for 'set mark'" "rule add 5 set mark x action drop"
at "a second word" "1:16: unknown word 'set x', expected one of: pref, name, iif, vni, from, to, proto, sport, dport, dscp, mark, vlan, pcp, ethertype, smac, dmac, mpls, bpf, set dscp, set mark, set priority, set vlan, action, class, steer vni" "rule add 5 set x 7 action drop"
at "ports without protocol" "1:18: rule: 'dport' needs a protocol that has ports, like 'proto tcp'" "rule add 5 dport 80 action drop"
at "an action" "1:11: rule: 'action' is missing" "rule add 5"
at "any in a set" "1:17: 'from any' cannot be set, only left out of a replace" "rule set 5 from any"

# ---- refusals ----

populate_steer
refused "class: a name that is taken" "File exists" class add voice mode balance
refused "class: del of one in use" "a rule names it [attribute name]: Device or resource busy" class del voice
refused "class: show of none" "[attribute name]: No such file" class show nothing
refused "rule: a preference that is taken" "[attribute pref]: File exists" rule add pref 100 action drop
refused "rule: a class that is not there" "there is no such class [attribute class]: No such file" rule add pref 1 action class nothing
refused "rule: del of none" "[attribute pref]: No such file" rule del pref 1
refused "rule: set of none" "[attribute pref]: No such file" rule set pref 1 action pass
refused "flow: dev of another kind" "dev lo: not of kind sdwan" flow show dev lo
refused "flow: a packet that cannot be" "no such destination [attribute dst]" flow get vni 1 src 10.1.0.5 dst 10.2.0.99
printf 'class show\nrule add pref 1 proto  tcp action class nothing\n' >"$T/b"
run -b "$T/b"
is "batch: which word of a rule is refused" "$T/b:2:41: Error: there is no such class [attribute class]: No such file or directory" "$(cat "$T/err")"

# ---- show ----

run class show
is "class show" "voice: mode prefer fibre,lte dscp ef strict move sticky gap 20ms failback hard policy rt
bulk: mode balance fibre=3,berlin:lte,path/b2 weight explicit dscp copy
rest: mode balance weight rate
backup: mode pin b2:x" "$(cat "$T/out")"
run -d class show rest
is "class show -d" "rest: mode balance weight rate dscp path move flowlet gap auto failback soft exit-margin 10% alpha 10% floor auto round 1s policy rest
    id 9" "$(cat "$T/out")"
run -j class show
json "classes as JSON" "x[0] == {'id': 7, 'name': 'voice', 'mode': 'prefer', 'member': [{'underlay': 'fibre'}, {'underlay': 'lte'}], 'dscp': 46, 'strict': True, 'move': 'sticky', 'gap': 20000, 'failback': 'hard', 'policy': 'rt', 'sla_latency': 0, 'sla_jitter': 0, 'sla_loss': 0, 'exit_margin': 100000, 'metric': '', 'shadow': '', 'alpha': 100000, 'floor': 0, 'round': 1000000, 'group': ''}"
json "members as JSON" "x[1]['member'] == [{'underlay': 'fibre', 'weight': 3}, {'path': 'berlin:lte'}, {'path': 'b2'}] and x[1]['weight_by'] == 'explicit' and x[1]['dscp'] == 'copy'"
json "defaults of classes as JSON" "x[2]['member'] == [] and x[2]['dscp'] == 'path' and x[2]['strict'] is False and x[2]['gap'] == 0 and x[2]['policy'] == 'rest'"
run rule show
is "rule show, in order" "50: to fd00::/8 action drop
100: name sip iif eth1 vni 100 from 10.1.0.0/16 to 10.2.0.0/16 proto udp dport 5060-5061,10000-10100 dscp ef mark 0x1/0xff set dscp cs5 set mark 0x20/0xf0 set priority 6 action class voice
200: proto tcp sport 22 action class bulk
201: proto icmp action pass
300: action class rest" "$(cat "$T/out")"
run -s rule show pref 201
is "rule show -s" "201: proto icmp action pass
    packets 7 bytes 4294967303 last-used 1.500s" "$(cat "$T/out")"
run -s rule show 300
has "rule show -s of one that was never used" "packets 0 bytes 0 last-used never" "$T/out"
run -j rule show
json "rules as JSON" "[r['pref'] for r in x] == [50, 100, 200, 201, 300] and x[1] == {'pref': 100, 'name': 'sip', 'iif': 'eth1', 'vni': 100, 'from': '10.1.0.0/16', 'to': '10.2.0.0/16', 'proto': 17, 'dport': '5060-5061,10000-10100', 'dscp': 46, 'mark': '0x1/0xff', 'action': 'class', 'class': 'voice', 'set_dscp': 40, 'set_mark': '0x20/0xf0', 'set_priority': 6, 'packets': 0, 'bytes': 0}"
json "a rule that was used as JSON" "x[3]['last_used'] == 1500 and x[3]['action'] == 'pass' and 'class' not in x[3]"
SDWAN_MOCK_INTR=99 run rule show
is "a dump of rules that never rests" "0 5" "$rc $(wc -l <"$T/out" | tr -d ' ')"

names "class: mode" "bulk rest " class show mode balance
names "class: member" "voice " class show members lte
names "class: member of any weight" "voice bulk " class show members fibre
names "class: member by its weight" "bulk " class show members fibre=3
names "class: a path" "bulk " class show members path/b2
names "class: no members" "rest " class show members none
names "class: mode and members" "bulk " class show mode balance berlin:lte
names "class: strict" "voice " class list strict
names "class: not strict" "bulk rest backup " class list best-effort
names "class: dscp" "voice " class show dscp ef
names "class: dscp path" "rest backup " class show dscp path
names "class: weight" "rest " class show weight rate
names "class: gap" "voice " class show gap 0.02
names "class: policy" "voice " class show policy rt
names "rule: class" "100 " rule show class voice
names "rule: action class" "200 " rule show action class bulk
names "rule: action" "201 " rule show action pass
names "rule: preference" "50 " rule show pref 50
names "rule: preference and class" "" rule show pref 50 class voice
names "rule: protocol" "200 " rule show proto tcp
names "rule: protocol by number" "200 " rule show proto 6
names "rule: any source" "50 200 201 300 " rule show from any
names "rule: destination" "50 " rule show to fd00::/8
names "rule: ports said otherwise" "100 " rule show dport 10000-10050,10051-10100,5061,5060
names "rule: mark" "100 " rule show mark 1/255
names "rule: what it sets" "100 " rule show set priority 6
names "rule: name" "100 " rule list name sip

# ---- changes ----

status "class set" 0 class set voice dscp af41 best-effort
run class show voice
is "class set changes what it says" "voice: mode prefer fibre,lte dscp af41 move sticky gap 20ms failback hard policy rt" "$(cat "$T/out")"
status "class set members" 0 class set voice members lte,fibre
run -j class show voice
json "members are in their order" "x[0]['member'] == [{'underlay': 'lte'}, {'underlay': 'fibre'}]"
status "class set members none" 0 class set bulk members none
run -j class show bulk
json "members are taken away" "x[0]['member'] == []"
status "class set of weights" 0 class set rest members fibre=2,lte
run -j class show rest
json "weights say that they count" "x[0]['weight_by'] == 'explicit' and x[0]['member'][0]['weight'] == 2"
status "class replace" 0 class replace voice mode prefer lte
run class show voice
is "class replace puts defaults back" "voice: mode prefer lte" "$(cat "$T/out")"
status "class: members of strange names" 0 class add odd mode balance 'a\,b,c\=d=5,back\\slash,underlay/strict,underlay/none,path/x'
run -j class show odd
json "names with commas and the like" "[m.get('underlay', m.get('path')) for m in x[0]['member']] == ['a,b', 'c=d', 'back\\\\slash', 'strict', 'none', 'x']"
run save
has "are saved so that they can be read" 'class add odd mode balance "a\\,b,c\\=d=5,back\\\\slash,underlay/strict,underlay/none,path/x" weight explicit' "$T/out"
status "class: a name like a keyword" 0 class add name mode mode balance
status "class del by such a name" 0 class del mode
status "class del" 0 class del backup
status "rule set" 0 rule set pref 100 to 10.9.0.0/16 set priority 3
run rule show pref 100
is "rule set changes what it says" "100: name sip iif eth1 vni 100 from 10.1.0.0/16 to 10.9.0.0/16 proto udp dport 5060-5061,10000-10100 dscp ef mark 0x1/0xff set dscp cs5 set mark 0x20/0xf0 set priority 3 action class voice" "$(cat "$T/out")"
status "rule set class" 0 rule set 200 class rest
names "rule set class changes the class" "200 300 " rule show class rest
status "rule replace" 0 rule replace pref 100 from any to any proto any dscp any action drop
run rule show pref 100
is "rule replace puts all away" "100: action drop" "$(cat "$T/out")"
status "rule replace makes what is missing" 0 rule replace pref 101 vni 5 mark 0 action pass
run -j rule show 101
json "mark 0 is a mark" "x[0]['mark'] == '0x0' and x[0]['vni'] == 5"
status "rule: ports are merged" 0 rule add pref 102 proto sctp sport 9,1-5,4-8,10,65535,0 action pass
run -j rule show 102
json "into as few ranges as there are" "x[0]['sport'] == '0-10,65535'"
status "rule del" 0 rule del pref 101
status "rule del without the word" 0 rule delete 102
: >"$T/log"
status "rule flush of a class" 0 rule flush class rest
is "rule flush is one transaction" "del rule txn
del rule txn
commit  txn" "$(cat "$T/log")"
names "rule flush leaves the others" "50 100 201 " rule show
populate_steer
printf 'rule del 100\nclass del voice\nrule add 7 class bulk\nrule show\n' >"$T/t2"
run -t -batch "$T/t2"
is "rules in a transaction" "0 7 50 200 201 300" "$rc $(sed 's/:.*//' "$T/out" | tr '\n' ' ' | sed 's/ $//')"
status "rule flush of all" 0 rule flush
names "leaves none" "" rule show
status "class flush" 0 class flush
names "leaves no class" "" class show

# ---- flows ----

flows()
{
	name=$1 want=$2
	shift 2
	run flow show "$@"
	is "flow show: $name" "$want" "$(sed 's/.*\.\([0-9]*\) proto.*/\1/' "$T/out" | tr '\n' ' ')"
}

run flow
is "flow show" "vni 100 src 10.1.0.5 dst 10.2.0.7 proto tcp sport 40000 dport 443 class voice rule 100 path berlin:fibre owner local two-way age 12.500s idle 0.200s moves 1
vni 100 src 10.1.0.6 dst 10.2.0.7 proto udp sport 5060 dport 5060 path b2 owner remote two-way direct both age 60s idle 0s
vni 7 src 10.1.0.5 dst 10.2.0.9 proto icmp class voice rule 200 path berlin:fibre owner local age 1s idle 1s" "$(cat "$T/out")"
run -j flow ls proto tcp
json "flows as JSON" "x == [{'vni': 100, 'src': '10.1.0.5', 'dst': '10.2.0.7', 'proto': 6, 'sport': 40000, 'dport': 443, 'class': 'voice', 'rule': 100, 'path': 'berlin:fibre', 'owner': 'local', 'two_way': True, 'age': 12500, 'idle': 200, 'moves': 1}]"
run -j -p flow list
json "flows as pretty JSON" "len(x) == 3 and 'class' not in x[1]"
run -j flow show vni 9
json "no flows as JSON" "x == []"
flows "segment" "7 7 " vni 100
flows "segment by device" "7 7 " dev sdwan0
flows "source" "7 9 " src 10.1.0.5
flows "destination" "9 " dst 10.2.0.9
flows "protocol and port" "7 " proto udp sport 5060
flows "class" "7 9 " class voice
flows "rule" "9 " rule 200
flows "path" "7 " path b2
flows "owner" "7 " owner remote
run flow flush all
is "flow flush all" "0 flushed 3" "$rc $(cat "$T/out")"
run flow flush class voice vni 7
is "flow flush with a filter" "0 flushed 1" "$rc $(cat "$T/out")"
run -j flow flush path b2
json "flow flush as JSON" "x == {'flushed': 1}"
run flow get vni 100 src 10.1.0.5 dst 10.2.0.7 proto tcp sport 1024 dport 443 dscp ef mark 5 iif eth1
is "flow get" "10.2.0.7 from 10.1.0.5 vni 100 proto tcp sport 1024 dport 443 site 2 path berlin:fibre
    rule 100 action class voice pinned better b2 gap 51250us
    decision voice site 2 path berlin:fibre by local reason breach age 1.500s moves 2 hold 0.500s
    * berlin:fibre state up cost 20000+-3 latency 20ms jitter 1500us loss 1.25% best
      b2 state up cost never latency 20ms jitter 1500us loss 1.25% breach
      b3 state up cost unknown breach
    left b2 reason breach age 1.500s
    left none reason gone age 61s
    shadow b2 moves 4" "$(cat "$T/out")"
run flow get dev sdwan0 src 10.1.0.5 dst 10.2.0.2
is "flow get: dropped by a rule" "0 10.2.0.2 from 10.1.0.5 vni 100 site 2 drop tx_drop_rule
    rule 50 action drop" "$rc $(cat "$T/out")"
run flow get vni 1 src 10.1.0.5 dst 10.2.0.1
is "flow get: dropped before" "10.2.0.1 from 10.1.0.5 vni 1 drop tx_no_site
    rule none" "$(cat "$T/out")"
run flow get vni 1 src 10.1.0.5 dst 10.2.0.3
is "flow get: no rule" "10.2.0.3 from 10.1.0.5 vni 1 site 2 path b2 second b3
    rule none" "$(cat "$T/out")"
run flow get vni 1 src 10.1.0.5 dst 10.2.0.3 proto 0 sport 0
has "flow get: no protocol" "10.2.0.3 from 10.1.0.5 vni 1 site 2" "$T/out"
run -j flow get vni 1 src 10.1.0.5 dst 10.2.0.4
json "flow get as JSON" "x.pop('decision')['reason'] == 'breach' and x == {'vni': 1, 'src': '10.1.0.5', 'dst': '10.2.0.4', 'class': 'voice', 'rule': 100, 'path': 'berlin:fibre', 'site': 2, 'action': 'class', 'pinned': True}"
run -j status
json "status as JSON has them" "x['flows'] == 3 and x['max_flows'] == 262144 and x['flow_timeout'] == 120 and x['max_classes'] == 256 and x['max_rules'] == 16384"
run status
has "status: flows of what there may be" "flows 3 of 262144" "$T/out"
has "status: their timeout" "flow-timeout 120s" "$T/out"
status "limit set of flows" 0 limit set classes 9 rules 99 flows 999 flow-timeout 2min
run limit show
has "limit show" "segments 1024 classes 9 rules 99 lans 16 metrics 1024 flows 999 flow-timeout 120 mark-mask 0" "$T/out"

# ---- save and restore ----

populate_steer
run save
cp "$T/out" "$T/steer"
is "save: classes, and rules behind them" "class add backup mode pin b2:x
class add bulk mode balance fibre=3,berlin:lte,path/b2 weight explicit dscp copy
class add rest mode balance weight rate
class add voice mode prefer fibre,lte dscp ef strict move sticky gap 20ms failback hard policy rt
rule add pref 50 to fd00::/8 action drop
rule add pref 100 name sip iif eth1 vni 100 from 10.1.0.0/16 to 10.2.0.0/16 proto udp dport 5060-5061,10000-10100 dscp ef mark 0x1/0xff set dscp cs5 set mark 0x20/0xf0 set priority 6 action class voice
rule add pref 200 proto tcp sport 22 action class bulk
rule add pref 201 proto icmp action pass
rule add pref 300 action class rest" "$(sed -n '/^class/,$p' "$T/out")"
: >"$T/log"
status "restore: classes and rules that are there" 0 restore "$T/steer"
is "restore: are not touched" "" "$(cat "$T/log")"
reset
status "restore: classes and rules from nothing" 0 restore "$T/steer"
run save
is "restore: gives the same classes and rules" "" "$(diff "$T/steer" "$T/out")"
sed -e '/^class add backup/d' -e '/^class add voice/s/voice/talk/' \
	-e '/^rule add pref 100/s/voice/talk/' -e '/pref 100/s/ iif eth1//' \
	-e 's/fibre=3,berlin:lte/berlin:lte,fibre=3/' \
	-e '/^rule add pref 201/d' -e '/pref 200/s/sport 22/dport 23/' \
	-e '/^class add rest/s/mode.*/mode prefer lte/' \
	-e '/pref 300/s/action/set dscp le action/' "$T/steer" >"$T/other"
: >"$T/log"
run restore --dry-run "$T/other"
cp "$T/out" "$T/difference"
is "restore: the difference of classes and rules" "rule del pref 201
class del backup
class set bulk members berlin:lte,fibre=3,path/b2
class replace rest mode prefer lte
class add talk mode prefer fibre,lte dscp ef strict move sticky gap 20ms failback hard policy rt
rule replace pref 100 name sip vni 100 from 10.1.0.0/16 to 10.2.0.0/16 proto udp dport 5060-5061,10000-10100 dscp ef mark 0x1/0xff set dscp cs5 set mark 0x20/0xf0 set priority 6 action class talk
rule replace pref 200 proto tcp dport 23 action class bulk
rule set pref 300 set dscp le
class del voice" "$(cat "$T/out")"
run -j restore --dry-run "$T/other"
json "restore: that difference as JSON" "x[0] == {'command': 'del', 'object': 'rule', 'attributes': {'pref': 201}} and x[2]['attributes'] == {'name': 'bulk', 'member': [{'path': 'berlin:lte'}, {'underlay': 'fibre', 'weight': 3}, {'path': 'b2'}]}"
status "restore: that difference is a batch" 0 -t -b "$T/difference"
: >"$T/log"
status "restore: behind that" 0 restore "$T/other"
is "restore: nothing is to do" "" "$(cat "$T/log")"
status "restore: and back" 0 restore "$T/steer"
run save
is "restore: is the same again" "" "$(diff "$T/steer" "$T/out")"

bad "a class that is not in the file" 1 "2:32: there is no class 'voice' in this file" <<'EOT'
node set site 1
rule add pref 5   action class voice
EOT
bad "a rule twice" 1 "2:1: rule 5 is here twice, first in line 1" <<'EOT'
rule add pref 5 action drop
rule add 5 action pass
EOT
bad "members that are too many for pin" 1 "1:22: class: mode pin needs one member, not several" <<'EOT'
class add v mode pin a,b
EOT
bad "a metric that the kernel does not know" 2 "2:30: Error: there is no such metric [attribute metric]: No such file or directory" <<'EOT'
node set site 1
class add v mode best metric nix
EOT

# What a class wants comes back as it was said.
reset
"$S" metric add m rtt_us || not_ok "a metric can be made"
"$S" class add v mode best fibre sla latency 150ms jitter 30ms loss 1% exit-margin 12.5% \
	metric m shadow m alpha 0.3 floor 7 round 500ms group g || not_ok "a class that is decided can be made"
run class show v
is "class show: what it wants" "v: mode best fibre sla latency 150ms sla jitter 30ms sla loss 1% exit-margin 12.5% metric m shadow m alpha 30% floor 7 round 500ms group g" "$(cat "$T/out")"
run -j class show v
json "class as JSON: what it wants" "all(x[0][k] == v for k, v in {'sla_latency': 150000, 'sla_jitter': 30000, 'sla_loss': 10000, 'exit_margin': 125000, 'metric': 'm', 'shadow': 'm', 'alpha': 300000, 'floor': 7, 'round': 500000, 'group': 'g'}.items())"
"$S" save >"$T/goal"
: >"$T/log"
status "class: restore of what it wants" 0 restore "$T/goal"
"$S" class set v metric '' shadow '' floor auto sla loss 0 group ''
run class show v
is "class set takes it away" "v: mode best fibre sla latency 150ms sla jitter 30ms exit-margin 12.5% alpha 30% round 500ms" "$(cat "$T/out")"
names "class: by what they want" "v " class show sla latency 0.15 alpha 30%

run decision show
is "decision show" "voice site 2 path berlin:fibre by local reason breach age 1.500s moves 2 hold 0.500s
    * berlin:fibre state up cost 20000+-3 latency 20ms jitter 1500us loss 1.25% best
      b2 state up cost never latency 20ms jitter 1500us loss 1.25% breach
      b3 state up cost unknown breach
    left b2 reason breach age 1.500s
    left none reason gone age 61s
    shadow b2 moves 4
voice site 3 by local reason none age 1.500s moves 0" "$(cat "$T/out")"
run -j decision list class voice site 3
json "decisions as JSON" "x == [{'class': 'voice', 'site': 3, 'by': 'local', 'reason': 'none', 'age': 1500, 'moves': 0, 'hold': 0, 'candidate': [], 'move': []}]"
refused "decision: a class that is not there" "there is no class of this name [attribute class]: No such file" decision show class nix
usage "decision: another command" "decision has no command 'add'" decision add
usage "decision: another word" "unknown word 'path'" decision show path x
offers "words of decisions" "class peer site " decision show ""

# A configuration of many rules, which must not take time by their square.
reset
awk 'BEGIN {
	print "limit set rules 20000"
	for (i = 0; i < 50; i++) print "class add c" i " mode balance"
	for (i = 10000; i >= 1; i--)
		print "rule add pref " i " vni " i % 100 + 1 " proto tcp to 10." \
			int(i / 256) "." i % 256 ".0/24 dport 80,443 action class c" i % 50
}' >"$T/many"
start=$(date +%s)
status "restore of 10000 rules" 0 restore "$T/many"
is "in one transaction" "1 10050" "$(grep -c commit "$T/log") $(grep -c 'new.*txn' "$T/log")"
run rule show
is "they are all there" 10000 "$(wc -l <"$T/out" | tr -d ' ')"
is "and in order" "$(sort -n "$T/out" | cksum)" "$(cksum <"$T/out")"
: >"$T/log"
status "restore of what is there" 0 restore "$T/many"
is "finds no difference" "" "$(cat "$T/log")"
run save "$T/many2"
sed -i 's/ set dscp.*//; s/vni 7 /vni 8 /' "$T/many2"
run restore --dry-run "$T/many2"
is "and else only what differs" 100 "$(grep -c '^rule set pref [0-9]* vni 8$' "$T/out")"
took=$(($(date +%s) - start))
if [ "$took" -lt 60 ]; then
	ok "all that within a minute"
else
	not_ok "all that within a minute" "$took seconds"
fi

# ---- monitor ----

populate_steer
SDWAN_MOCK_EVENTS=steer run monitor class rule
is "monitor of classes and rules" "changed class voice: mode prefer fibre,lte dscp ef strict move sticky gap 20ms failback hard policy rt
changed rule 300: action class rest
deleted rule 300: action class rest
created rule 300: action class rest" "$(cat "$T/out")"
SDWAN_MOCK_EVENTS=steer run -j monitor rule
sed -n 2p "$T/out" >"$T/line" && mv "$T/line" "$T/out"
json "monitor of rules as JSON" "x['name'] == 'rule-del-ntf' and x['event'] == 'deleted' and x['msg']['pref'] == 300"

SDWAN_MOCK_EVENTS=decisions run monitor decision
is "monitor of decisions" "breach voice path b2 latency 160500us jitter 1500us loss 1.25%
decided voice site 2 path berlin:fibre by local reason breach age 1.500s moves 2 hold 0.500s
decided voice site 3 by local reason none age 1.500s moves 0
complies voice path b2" "$(cat "$T/out")"
SDWAN_MOCK_EVENTS=decisions run -d monitor decision
has "monitor -d of decisions: what was to be chosen from" "    * berlin:fibre state up cost 20000" "$T/out"
SDWAN_MOCK_EVENTS=decisions run monitor class
is "monitor of something else" "" "$(cat "$T/out")"
SDWAN_MOCK_EVENTS=decisions run -j monitor
cp "$T/out" "$T/all"
sed -n 1p "$T/all" >"$T/out"
json "monitor of breaches as JSON" "x == {'name': 'objective-ntf', 'event': 'breach', 'object': 'objective', 'msg': {'class': 'voice', 'path': 'b2', 'compliant': False, 'latency': 160500, 'jitter': 1500, 'loss': 12500}}"
sed -n 2p "$T/all" >"$T/out"
json "monitor of decisions as JSON" "(x['name'], x['event'], x['object'], x['msg']['path'], x['msg']['reason'], len(x['msg']['candidate'])) == ('decision-ntf', 'decided', 'decision', 'berlin:fibre', 'breach', 3)"

# ---- completion ----

offers "class and what else begins so" "class " c
offers "modes" "balance best " class add x mode b
offers "underlays of members" "none fibre lte " class set voice members ""
offers "dscp of classes" "path " class set voice dscp p
offers "classes" "voice bulk rest backup " class del ""
offers "keywords of classes" "members strict best-effort move gap failback policy sla latency jitter loss exit-margin metric shadow alpha floor round group " class add x mode pin a weight rate dscp ef ""
offers "the key of a rule" "pref proto pcp " rule add p
offers "preferences" "300 100 50 201 200 " rule del pref ""
offers "the second word" "dscp mark priority vlan " rule add pref 5 set ""
offers "the value behind two words" "ef " rule add pref 5 set dscp ef
offers "what is left of a rule" "from to proto sport dport dscp mark vlan pcp ethertype smac dmac mpls bpf set class " rule add pref 5 name x iif y vni 5 set dscp ef action drop ""
offers "actions" "class pass drop steer " rule add pref 5 action ""
offers "the class of an action" "voice bulk rest backup " rule add pref 5 action class ""
offers "any" "any " rule show from ""
offers "protocols" "icmp icmpv6 " rule add pref 5 proto ic
offers "commands of flow" "show list flush get help " flow ""
offers "flush all" "all " flow flush a
offers "filters of flows" "vni dev src dst proto sport dport class rule path owner " flow show ""
offers "paths of flows" "berlin:fibre b2 " flow show path ""
offers "what a packet has" "vni dev src dst proto sport dport dscp mark iif " flow get ""
