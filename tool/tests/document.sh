# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# Configurations as documents: apply, and save as JSON. Part of run.sh.

# ---- words ----

usage "apply without file" "which file shall be applied?" apply --dry-run
usage "apply of nothing" "cannot open" apply -f "$T/nothing"
usage "unknown option of apply" "apply has no option '--force'" apply --force x
usage "apply of two files" "'b' is too much" apply -f a b
printf 'apply -f x\n' >"$T/t2"
run -t -batch "$T/t2"
is "transaction: no apply" 1 "$rc"

# ---- save as JSON ----

populate_steer
"$S" peer add rome site 3 gateway 7 stock overlay 10.9.0.2 vni 100 overlay fd00::2 source-check off
"$S" path add rome-gre peer rome underlay fibre remote 198.51.100.5 encap gre df clear dscp cs1 mss-clamp on down
"$S" prefix add 10.2.0.0/16 vni 100 site 2 gateway 1 gateway 2
"$S" prefix add 10.3.0.0/16 vni 7 negative expires 300
"$S" prefix add default vni 100 site 3 origin learned
run -j save
cp "$T/out" "$T/doc.json"
json "save as JSON" "list(x) == ['limits', 'node', 'underlays', 'peers', 'paths', 'prefixes', 'metrics', 'classes', 'rules', 'lans'] and x['node'] == {'site': 1, 'gateway': 1} and x['underlays'][1] == {'name': 'lte', 'dev': 'lo', 'port': 7000} and x['limits']['flow_timeout'] == 120"
json "save as JSON: classes and rules" "x['classes'][1] == {'name': 'bulk', 'mode': 'balance', 'member': [{'underlay': 'fibre', 'weight': 3}, {'path': 'berlin:lte'}, {'path': 'b2'}], 'weight_by': 'explicit', 'dscp': 'copy'} and x['rules'][1]['mark'] == '0x1/0xff' and 'packets' not in x['rules'][1]"
status "save --json FILE" 0 save --json static "$T/doc2.json"
cp "$T/doc2.json" "$T/out"
json "save static as JSON" "[p['prefix'] for p in x['prefixes']] == ['10.3.0.0/16', '10.2.0.0/16']"
: >"$T/log"
status "apply of what is there" 0 apply -f "$T/doc.json"
is "apply of what is there changes nothing" "" "$(cat "$T/log")"
reset
status "apply from nothing" 0 apply -f "$T/doc.json"
is "apply is one transaction" 1 "$(grep -c commit "$T/log")"
run -j save
is "save, apply, save: the same" "" "$(diff "$T/doc.json" "$T/out")"
sed 's/^  */\t/' "$T/doc.json" >"$T/tabs.json"
run apply --dry-run "$T/tabs.json"
is "apply takes JSON with tabs" "0 " "$rc $(cat "$T/out" "$T/err")"

# ---- the schema ----

if "$PYTHON" -c 'import yaml' 2>/dev/null; then
	"$PYTHON" "$SRC/tests/schema.py" \
		"$SRC/../Documentation/netlink/specs/sdwan.yaml" \
		"$SRC/sdwan.schema.json"
	is "the JSON schema is that of the specification" 0 "$?"
else
	skip "the JSON schema is that of the specification" "no Python yaml"
fi

# valid NAME FILE: by the schema
valid()
{
	if "$PYTHON" -c 'import jsonschema, yaml' 2>/dev/null; then
		"$PYTHON" "$SRC/tests/schema.py" --validate \
			"$SRC/sdwan.schema.json" "$2" >/dev/null 2>"$T/err"
		is "$1" "0 " "$? $(tail -n 3 "$T/err")"
	else
		skip "$1" "no Python jsonschema"
	fi
}

valid "what is saved is valid by the schema" "$T/doc.json"

# ---- what may be said ----

cat >"$T/doc.yaml" <<'EOT'
# only classes, rules and limits: the rest stays
limits:
  max_rules: 5000
  flow_timeout: 2min
classes:
  - {name: voice, mode: prefer, member: [fibre, lte], dscp: EF, gap: 20ms,
     strict: Yes}
  - name: bulk
    mode: balance
    member: [fibre=3, "path/b2"]
  - {name: old, mode: pin, member: b2:x, gap: 1000}
rules:
  - pref: 100
    name: "sip"
    from: 10.1.0.0/16
    to: any
    proto: udp
    dport: [5061, 5060, "10000-10100"]
    mark: 7
    set_mark: 0x20/0xf0
    action: class
    class: voice
  - {pref: 200, proto: 6, sport: 22, class: bulk}
  - {pref: 300, action: drop}
EOT
: >"$T/log"
run apply -f "$T/doc.yaml" --dry-run
is "apply --dry-run" "limit set rules 5000
rule del pref 50
rule del pref 201
class del backup
class set voice move flowlet failback soft policy voice
class set bulk members fibre=3,path/b2 dscp path
class add old mode pin b2:x gap 1ms
rule replace pref 100 name sip from 10.1.0.0/16 proto udp dport 5060-5061,10000-10100 mark 0x7 set mark 0x20/0xf0 action class voice
rule replace pref 300 action drop
class del rest" "$(cat "$T/out")"
is "apply --dry-run changes nothing" "" "$(cat "$T/log")"
status "apply" 0 apply -f "$T/doc.yaml"
: >"$T/log"
status "apply once more" 0 apply "$T/doc.yaml"
is "has nothing to do" "" "$(cat "$T/log")"
names "sections that are not there stay" "berlin b2 rome-gre " path show
run apply - <"$T/doc.yaml"
is "apply from standard input" 0 "$rc"
valid "that document is valid by the schema" "$T/doc.yaml"
printf '{"rules": []}' >"$T/none.json"
status "apply of an empty list" 0 apply -f "$T/none.json"
names "takes all of it away" "" rule show
is "and nothing else" 3 "$("$S" class show | wc -l | tr -d ' ')"

cat >"$T/services.yaml" <<'EOT'
services:
  - name: web
    proto: tcp
    ports: [443, 80]
    dst: [10.2.0.0/16, "fd02::/64"]
    class: bulk
  - name: dns
    vni: 100
    proto: [udp, tcp]
    ports: 53
    src: 10.1.0.0/16
    dst: [10.2.0.0/16, "fd02::/64"]
    class: voice
  - {name: rest, class: old}
EOT
"$S" rule add pref 5 action drop
status "apply of services" 0 apply -f "$T/services.yaml"
run rule show
is "services are rules, and other rules stay" "5: action drop
1000000: name web to 10.2.0.0/16 proto tcp dport 80,443 action class bulk
1000001: name web to fd02::/64 proto tcp dport 80,443 action class bulk
1000002: name dns vni 100 from 10.1.0.0/16 to 10.2.0.0/16 proto udp dport 53 action class voice
1000003: name dns vni 100 from 10.1.0.0/16 to 10.2.0.0/16 proto tcp dport 53 action class voice
1000004: name rest action class old" "$(cat "$T/out")"
: >"$T/log"
status "apply of the same services" 0 apply -f "$T/services.yaml"
is "changes nothing" "" "$(cat "$T/log")"
valid "services are valid by the schema" "$T/services.yaml"
sed -i '/name: rest/d' "$T/services.yaml"
run apply --dry-run "$T/services.yaml"
is "a service that goes" "rule del pref 1000004" "$(cat "$T/out")"
SDWAN_MOCK_STALE=2 run apply "$T/services.yaml"
is "apply is repeated when it was stale" 0 "$rc"

# ---- errors, with file, line and key; nothing is changed by any of them ----

# wrong NAME STATUS TEXT, the document on standard input
wrong() { refused_file "apply: $1" "$2" "$3" apply -f; }

wrong "no document" 1 ": the document is empty" <<'EOT'
# nothing
EOT
wrong "neither YAML nor JSON" 1 ":2:1: neither YAML nor JSON: " <<'EOT'
rules: [
EOT
wrong "two documents" 1 ": more than one document" <<'EOT'
rules: []
---
rules: []
EOT
wrong "a list" 1 ":1:1: 'configuration' is an object of keys and values" <<'EOT'
- rules
EOT
wrong "an unknown section" 1 ":2:1: a configuration has no key 'tunnels'" <<'EOT'
rules: []
tunnels: []
EOT
wrong "an unknown key" 1 ":2:15: rule has no key 'colour'" <<'EOT'
rules:
  - {pref: 1, colour: red, action: drop}
EOT
wrong "a key that is not for the configuration" 1 ":3:5: rule: 'packets' is not for the configuration" <<'EOT'
rules:
  - pref: 1
    packets: 5
EOT
wrong "a key twice" 1 ":3:1: key 'rules' is here twice" <<'EOT'
rules: []
classes: []
rules: []
EOT
wrong "a rule twice" 1 ":3:5: rule 1 is here twice, first in line 2" <<'EOT'
rules:
  - {pref: 1, action: drop}
  - {pref: 1, action: pass}
EOT
wrong "what is missing" 1 ":2:5: rule: 'action' is missing" <<'EOT'
rules:
  - pref: 1
EOT
wrong "a bad value" 1 ":3:12: 'http' is not a list of ports like 443,8000-8080 for 'dport'" <<'EOT'
rules:
  - pref: 1
    dport: http
EOT
wrong "a bad value in a list" 1 ":1:44: weight '0' of b is not a number from 1 to 65535" <<'EOT'
{"classes": [{"name": "a", "member": ["a", "b=0"]}]}
EOT
wrong "neither true nor false" 1 ":1:51: 'maybe' is neither true nor false for 'strict'" <<'EOT'
classes: [{name: a, mode: pin, member: b, strict: maybe}]
EOT
wrong "a list for one value" 1 ":1:19: 'mode' is not a list" <<'EOT'
classes: [{mode:  [a, b]}]
EOT
wrong "a class that is nowhere" 1 ":2:37: there is no class 'nix' in this file" <<'EOT'
rules:
  - {pref: 1, action: class, class: nix}
EOT
wrong "what the kernel refuses" 2 ":1:42: Error: there is no such metric [attribute metric]: No such file or directory" <<'EOT'
{classes: [{name: a, mode: best, metric: nix}], rules: []}
EOT
wrong "a class that is gone, of a rule that stays" 1 ": class 'bulk' is not in this file, but what stays needs it" <<'EOT'
classes: [{name: voice, mode: balance}]
EOT
wrong "a service without class" 1 ":2:5: service: 'class' is missing" <<'EOT'
services:
  - name: web
EOT
wrong "a service with ports of nothing" 1 ":2:37: rule: 'dport' needs a protocol that has ports" <<'EOT'
services:
  - {name: web, class: bulk, ports: 80}
EOT

# ---- metrics ----

populate_steer
status "metrics" 0 metrics
has "metrics: a path" 'sdwan_path_tx_bytes_total{name="berlin:fibre",peer="berlin",underlay="fibre"} 4294967297' "$T/out"
has "metrics: its state" 'sdwan_path_up{name="b2",peer="berlin",underlay="lte"} 1' "$T/out"
has "metrics: a rule" 'sdwan_rule_packets_total{pref="201"} 7' "$T/out"
has "metrics: a rule with its class" 'sdwan_rule_bytes_total{pref="100",name="sip",class="voice"} 0' "$T/out"
has "metrics: a segment" 'sdwan_segment_rx_dropped_total{dev="sdwan0",vni="100"} 4' "$T/out"
has "metrics: a cause of drops" 'sdwan_fabric_drops_total{name="rx_no_path"} 5' "$T/out"
has "metrics: what a segment drops, and why" 'sdwan_segment_drops_total{dev="sdwan0",vni="100",name="rx_drop_source"} 5000000002' "$T/out"
is "metrics: what is no drop" 0 "$(grep -c rx_gre_other_key "$T/out")"
if promtool check metrics <"$T/out" >"$T/lint" 2>&1; then
	ok "metrics: as promtool wants them"
else
	not_ok "metrics: as promtool wants them" "$(cat "$T/lint")"
fi
has "metrics: objects" 'sdwan_objects{kind="rules"} 5' "$T/out"
has "metrics: their limits" 'sdwan_objects_limit{kind="flows"} 262144' "$T/out"
is "metrics: other devices are none" 0 "$(grep -c 'dev="lo"' "$T/out")"
is "metrics end as they shall" "# EOF" "$(tail -n 1 "$T/out")"
is "metrics: each line is a sample or says what one is" "" \
	"$(grep -v -E -e '^# (TYPE|HELP) [a-z_]+ .' -e '^# EOF$' \
	-e '^[a-z_]+(\{[a-z]+="[^"]*"(,[a-z]+="[^"]*")*\})? [0-9]+$' "$T/out")"
is "metrics: each sample has a type" "" \
	"$(grep -o '^[a-z_]*' "$T/out" | sort -u | while read -r family; do
		grep -q "^# TYPE $family [cg]" "$T/out" || echo "$family"
	done)"
is "metrics: no family is there twice" "" "$(grep '^# TYPE' "$T/out" | sort | uniq -d)"
status "metrics: a name with quotes" 0 rule add pref 7 name 'a"b\c' action drop
run metrics
has "metrics: which is escaped" 'name="a\"b\\c"' "$T/out"
usage "metrics of something" "'path' is too much" metrics path

# ---- completion ----

offers "options of apply" "-f --dry-run --keep-learned --skip-missing --wait " apply -
offers "words of save" "--json static " save ""
