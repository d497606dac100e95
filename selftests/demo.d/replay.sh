# SPDX-License-Identifier: GPL-2.0
#
# WANs that are as measured links were.

title "WANs as they were measured"
say "From now on the WANs do what is written in $SDWAN_X_TRACE:"
live_wans=(fibre mpls lte)
python3 "$tree/selftests/traces.py" "$SDWAN_X_TRACE" 2 3 > "$dir/links" || exit 1
links=$(wc -l < "$dir/links")
[ "$links" -gt 2 ] || live_wans=(fibre mpls)
paste <(printf '%s\n' "${live_wans[@]}") "$dir/links"
# What is 40 ms faster is no better, and a queue that fills is no line that is down
live_wants=(sla latency 100ms round 1s floor 40000)
live_probes=(probe-interval 50ms probe-idle-interval 50ms probe-mult 50
	probe-hold 200ms)
. "$tree/selftests/demo.d/watch.sh"
live_begin
watch_begin --trace "$SDWAN_X_TRACE" --seconds "$SDWAN_X_TRACE_SECONDS"
wait "$watcher" || broken "what drives the WANs has failed"
on paris sdwanctl decision show class live
watch_end
python3 "$tree/selftests/bench/score.py" "$dir/paths.csv"
if [ "$(wc -l < "$dir/paths.csv")" -gt "$((SDWAN_X_TRACE_SECONDS * 2))" ]; then
	kept "$SDWAN_X_TRACE_SECONDS s of measured links, and what was decided on them"
else
	broken "what was decided is not known"
fi
