# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2154
#
# Probes of underlays and paths; read by run.sh.

populate
takes_probe()
{
	run "$1" set "$2" "$3" "$4"
	[ "$rc" = 0 ] || not_ok "$1 set $3 $4" "$(cat "$T/err")"
	run -j "$1" show "$2"
	json "$1 set $3 $4" "x[0]['$5'] == $6 and type(x[0]['$5']) is type($6)"
}

for o in "path berlin:fibre" "underlay fibre"; do
	# shellcheck disable=SC2086
	set -- $o
	takes_probe "$1" "$2" probe tunnel probe "'tunnel'"
	takes_probe "$1" "$2" probe o probe "'off'"
	takes_probe "$1" "$2" probe default probe "'default'"
	takes_probe "$1" "$2" probe-interval 20ms probe_interval 20000
	takes_probe "$1" "$2" probe-interval 0s probe_interval 0
	takes_probe "$1" "$2" probe-idle-interval 60s probe_idle_interval 60000000
	takes_probe "$1" "$2" probe-mult 100 probe_mult 100
	takes_probe "$1" "$2" probe-hold 600s probe_hold 600000000
	takes_probe "$1" "$2" probe-mtu off probe_mtu "'off'"
	takes_probe "$1" "$2" probe-mtu on probe_mtu "'on'"
	takes_probe "$1" "$2" probe-mtu default probe_mtu "'default'"
	takes_probe "$1" "$2" probe-raise 3600s probe_raise 3600000000
	usage "$1: MTU" "probe-mtu 'maybe' is none of: default, off, on" "$1" set "$2" probe-mtu maybe
	usage "$1: raise" "probe-raise" "$1" set "$2" probe-raise 3601s
	takes_probe "$1" "$2" degraded-latency 150ms degraded_latency 150000
	takes_probe "$1" "$2" degraded-jitter 30ms degraded_jitter 30000
	takes_probe "$1" "$2" degraded-loss 2% degraded_loss 20000
	takes_probe "$1" "$2" degraded-loss 0.5% degraded_loss 5000
	takes_probe "$1" "$2" degraded-loss 30ppm degraded_loss 30
	takes_probe "$1" "$2" degraded-margin 10 degraded_margin 10
	usage "$1: loss" "degraded-loss" "$1" set "$2" degraded-loss 2
	usage "$1: more than all" "degraded-loss 101% is out of range: 0% to 100%" "$1" set "$2" degraded-loss 101%
	usage "$1: margin" "degraded-margin 100 is out of range" "$1" set "$2" degraded-margin 100
	usage "$1: probe" "probe 'on' is none of: default, off, tunnel, underlay" "$1" set "$2" probe on
	usage "$1: interval" "probe-interval" "$1" set "$2" probe-interval 61s
	usage "$1: multiplier" "probe-mult 101 is out of range" "$1" set "$2" probe-mult 101
	usage "$1: hold" "probe-hold" "$1" set "$2" probe-hold 601s
done

populate
"$S" path set berlin:fibre probe tunnel probe-interval 10ms probe-mult 5 probe-mtu off
"$S" underlay set lte probe off probe-hold 3s probe-idle-interval 10s probe-raise 60s
"$S" path set b2 degraded-latency 150ms degraded-loss 2% degraded-margin 30
"$S" underlay set lte degraded-jitter 30ms degraded-loss 0.5%
run -s path show berlin:fibre
has "path show: the round-trip time" " mtu 1464 rtt 20250us probe tunnel probe-interval 10ms probe-mult 5 probe-mtu off" "$T/out"
has "path show -s: what is measured" "tx-rate 8kbit probe-active tunnel pmtu-state found pmtu 1400 heard-age 0.042s classes 3" "$T/out"
has "path show -s: times and losses" "    rtt-var 310us probe-loss-tx 1234 probes-sent 100" "$T/out"
run -s path show b2
if grep -q -e rtt -e probe "$T/out"; then
	not_ok "path show -s: nothing is measured" "$(cat "$T/out")"
else
	ok "path show -s: nothing is measured"
fi
run -s path show berlin:fibre
has "path show -s: lost data" "data-loss-tx 2500 data-lost-tx 17" "$T/out"
has "path show -s: what both have agreed on" "    agreement-role follower agreement-policies 12 agreement-agreed on agreement-disagreements 4 agreement-disagreement-time 5678 agreement-unknown 2" "$T/out"
has "path show -s: what the far end tells" "    far-age 1.500s far-rtt 20500us far-probe-loss-rx 777 far-tx-rate 16kbit" "$T/out"
run metrics
has "metrics: what both have agreed on" 'sdwan_path_agreement_agreed{name="berlin:fibre",peer="berlin",underlay="fibre"} 1' "$T/out"
has "metrics: how long they had other policies" 'sdwan_path_agreement_disagreement_milliseconds_total{name="berlin:fibre",peer="berlin",underlay="fibre"} 5678' "$T/out"
has "metrics: what the far end tells" 'sdwan_path_far_rtt_microseconds{name="berlin:fibre",peer="berlin",underlay="fibre"} 20500' "$T/out"
has "metrics: PMTU" 'sdwan_path_pmtu_bytes{name="berlin:fibre",peer="berlin",underlay="fibre"} 1400' "$T/out"
has "metrics: lost data" 'sdwan_path_data_lost_tx_total{name="berlin:fibre",peer="berlin",underlay="fibre"} 17' "$T/out"
has "metrics: round-trip time" 'sdwan_path_rtt_microseconds{name="berlin:fibre",peer="berlin",underlay="fibre"} 20250' "$T/out"
has "metrics: probes" 'sdwan_path_probes_sent_total{name="berlin:fibre",peer="berlin",underlay="fibre"} 100' "$T/out"
run save
cp "$T/out" "$T/probe.saved"
has "save: probes of a path" "remote 198.51.100.2 probe tunnel probe-interval 10ms probe-mult 5 probe-mtu off" "$T/out"
has "save: probes of an underlay" "probe off probe-idle-interval 10s probe-hold 3s probe-raise 60s" "$T/out"
has "save: when a path is degraded" "degraded-latency 150ms degraded-loss 2% degraded-margin 30" "$T/out"
has "save: when an underlay's paths are" "degraded-jitter 30ms degraded-loss 0.5%" "$T/out"
reset
status "restore: probes" 0 restore "$T/probe.saved"
run save
is "restore: gives the same probes" "" "$(diff "$T/probe.saved" "$T/out")"

populate
"$S" path set berlin:fibre nat on
run path show berlin:fibre
has "path show: nat, and where the far end was heard" "dstport 6081 learned-remote 203.0.113.7 learned-port 40000 learned-age 3600s encap geneve preference 100 mtu 1464 nat on" "$T/out"
run -j path show berlin:fibre
json "nat as JSON" "(x[0]['nat'], x[0]['learned_remote'], x[0]['learned_port'], x[0]['learned_age']) == (True, '203.0.113.7', 40000, 3600000)"
run path show b2
if grep -q -e nat -e learned "$T/out"; then
	not_ok "path show: not marked nat" "$(cat "$T/out")"
else
	ok "path show: not marked nat"
fi
status "path add: nat without a remote" 0 path add road peer rome underlay lte encap vxlan-gpe nat on
usage "path add: neither" "path: 'remote' is missing" path add road2 peer rome underlay lte encap geneve nat off
usage "nat" "nat is 'on' or 'off', not 'yes'" path set road nat yes
names "nat" "berlin road " path list nat on
run save
cp "$T/out" "$T/nat.saved"
has "save: nat" "remote 198.51.100.2 nat on" "$T/out"
has "save: nat without a remote" "path add road peer rome underlay lte nat on encap vxlan-gpe" "$T/out"
if grep -q learned- "$T/out"; then
	not_ok "save: nothing that was learned" "$(cat "$T/out")"
else
	ok "save: nothing that was learned"
fi
run restore --dry-run "$T/nat.saved"
is "restore: nat is no difference" "" "$(cat "$T/out")"
sed '/^path add road/s/nat on/nat on remote 192.0.2.77/' "$T/nat.saved" >"$T/nat.other"
status "restore: a remote for it" 0 restore "$T/nat.other"
run restore --dry-run "$T/nat.saved"
has "restore: and none again" "path replace road peer rome underlay lte" "$T/out"
"$S" path set berlin:fibre nat off
run path show berlin:fibre
if grep -q nat "$T/out"; then
	not_ok "path set: nat off" "$(cat "$T/out")"
else
	ok "path set: nat off"
fi
