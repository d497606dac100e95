# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2154
#
# The view of paths; read by run.sh.

populate
"$S" path set berlin:fibre probe tunnel
run top count 2 interval 100ms sort rtt
is "top without a terminal: status" 0 "$rc"
is "top: two tables" 2 "$(grep -c '^PATH .*RTT[*]' "$T/out")"
has "top: the sum" "3 paths: 2 up, 1 down, 0 other; tx" "$T/out"
has "top: a path" "berlin:fibre             up            20.25ms     0.31ms" "$T/out"
has "top: the worst loss" "    0.25%" "$T/out"
run top count 1 peer berlin state down
is "top: a filter" "b2 " "$(tail -n +3 "$T/out" | sed 's/ .*//' | tr '\n' ' ' | tr -s ' ')"
SDWAN_MOCK_EVENTS=stay run top count 2 interval 300ms sort classes
has "top: how many classes a path has" "0.04s   1464        3" "$T/out"
has "top: a decision" "  voice site 2 berlin:fibre (breach)" "$T/out"
has "top: a decision for none" "  voice site 3 -" "$T/out"
usage "top: a column that is none" "none of: path, state, rtt" top sort colour
usage "top: too often" "less than 100ms" top interval 1ms
usage "top: no JSON" "top is for people" -j top
printf 'top count 1\n' >"$T/b2"
run -batch "$T/b2"
is "batch: no top" 1 "$rc"
if "$PYTHON" "$SRC/tests/top.py" "$S" >"$T/out" 2>&1; then
	ok "top on a terminal"
else
	not_ok "top on a terminal" "$(cat "$T/out")"
fi
