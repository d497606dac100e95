# SPDX-License-Identifier: GPL-2.0
#
# No scene, but what two of them share: the class "live" over the WANs of live_wans, that
# wants live_wants and is probed as live_probes say; a stream in it, and what watches
# both.

for w in "${live_wans[@]}"; do
	for n in paris berlin; do
		quiet $n sdwanctl underlay set "$w" "${live_probes[@]}"
	done
done

must paris sdwanctl class add live mode best "$(IFS=,; echo "${live_wans[*]}")" \
	"${live_wants[@]}"
must paris sdwanctl rule add pref 50 proto udp dport 5203 action class live

live_begin()
{
	local w

	until_true 20 chosen || broken "nothing is decided for the class"

	ip netns exec bob udpstream recv 5203 -l > "$dir/live" 2> "$dir/live.recv" &
	receiver=$!
	pids+=("$receiver")
	until_true 20 grep -q listening "$dir/live.recv"
	for w in "${live_wans[@]}"; do
		sent_by paris berlin "$w" > "$dir/live.$w"
		came_by berlin paris "$w" > "$dir/came.$w"
	done
	echo "alice# udpstream send 10.2.0.2 5203 -r 1000 -t 3600 &"
	ip netns exec alice udpstream send 10.2.0.2 5203 -r 1000 -t 3600 \
		> "$dir/live.sent" 2>&1 &
	stream=$!
	pids+=("$stream")
}

# watch_begin [OPTION...]: of replaying.py
watch_begin()
{
	local -A addresses=([fibre]="192.0.2.17,192.0.2.18"
		[mpls]="192.0.2.33,192.0.2.34" [lte]="192.0.2.49,192.0.2.50")
	local ends=() w

	for w in "${live_wans[@]}"; do
		ends+=("$w=${addresses[$w]}")
	done
	python3 "$tree/selftests/replaying.py" --near paris --far berlin \
		--class live --peer berlin --csv "$dir/paths.csv" \
		--until "$dir/enough" "$@" "${ends[@]}" &
	watcher=$!
	pids+=("$watcher")
	until_true 120 test -e "$dir/enough.begun" ||
		broken "nothing watches the paths"
}

chosen()
{
	ip netns exec paris sdwanctl -j decision show class live |
		jq -e -r '.[0].path | sub(".*:"; "")'
}

came_by()
{
	ip netns exec "$1" sdwanctl -j -s path show "$2:$3" |
		jq '.[0].rx_packets'
}

# What became of the stream, and of the class
watch_end()
{
	touch "$dir/enough"
	wait "$watcher" || broken "what watches paths has failed"
	kill -TERM $stream
	wait $stream
	wait $receiver
	live_lost=$(jq -r .lost "$dir/live")
	live_run=$(jq -r .lost_run "$dir/live")
	live=$(jq -r .received "$dir/live")
	say "Moves, in seconds from the beginning, and why:"
	python3 "$tree/selftests/plot.py" --moves "$dir/paths.csv" |
		tee "$dir/moves"
	jq -r '"\nsent \(.sent), received \(.received), lost \(.lost), \(.lost_run) in a row"' \
		"$dir/live"
	for w in "${live_wans[@]}"; do
		sent=$(($(sent_by paris berlin "$w") - $(cat "$dir/live.$w")))
		came=$(($(came_by berlin paris "$w") - $(cat "$dir/came.$w")))
		printf '  by %-6s sent %6d, lost %5d\n' "$w" $sent $((sent - came))
	done
	if [ -n "${SDWAN_X_DEMO_CSV:-}" ]; then
		sed 's/^/#csv /' "$dir/paths.csv"
	fi
}
