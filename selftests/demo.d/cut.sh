# SPDX-License-Identifier: GPL-2.0
#
# Copies and a stream, while a WAN is taken away.

title "$MB MB both ways, and a WAN is taken away"
say "alice and bob each send $MB MB to the other by TCP, while a stream of 1000 \
UDP packets a second runs from alice to bob: each packet has a number, so that \
none goes missing unnoticed. In the middle of it somebody digs through the \
fibre."
head -c $((MB * 1024 * 1024)) /dev/urandom > "$dir/from-alice"
head -c $((MB * 1024 * 1024)) /dev/urandom > "$dir/from-bob"

background ip netns exec bob socat -u TCP4-LISTEN:4000,reuseaddr \
	"OPEN:$dir/at-bob,creat,trunc"
background ip netns exec alice socat -u TCP4-LISTEN:4000,reuseaddr \
	"OPEN:$dir/at-alice,creat,trunc"
ip netns exec bob udpstream recv 5201 -l > "$dir/stream" 2> "$dir/recv" &
receiver=$!
pids+=("$receiver")
listens() { ip netns exec "$1" ss -Hltn 'sport = :4000' | grep -q LISTEN; }
until_true 20 listens bob && until_true 20 listens alice &&
	until_true 20 grep -q listening "$dir/recv" || {
	broken "the receivers do not start"
	exit 1
}

# The stream goes on until it is told to stop: it outlasts the copies
ip netns exec alice udpstream send 10.2.0.2 5201 -r 1000 -t 600 \
	> "$dir/sent" 2>&1 &
stream=$!
pids+=("$stream")
echo "alice# udpstream send 10.2.0.2 5201 -r 1000 -t 600 &"
echo "alice# socat -u OPEN:from-alice TCP:10.2.0.2:4000 &"
ip netns exec alice socat -u "OPEN:$dir/from-alice" TCP4:10.2.0.2:4000 &
copy1=$!
echo "bob# socat -u OPEN:from-bob TCP:10.1.0.2:4000 &"
ip netns exec bob socat -u "OPEN:$dir/from-bob" TCP4:10.1.0.2:4000 &
copy2=$!
pids+=("$copy1" "$copy2")

size() { stat -c %s "$1" 2>/dev/null || echo 0; }
some() { [ "$(size "$dir/at-bob")" -gt $((MB * 1024 * 300)) ]; }
until_true 60 some || broken "the copy does not start"
if ! kill -0 $copy1 2>/dev/null && ! kill -0 $copy2 2>/dev/null; then
	broken "both copies were over before the fibre was cut"
fi
before=$(size "$dir/at-bob")
on paris ip link set fibre down
say "$((before / 1048576)) MB had reached bob when the fibre was cut. What the \
edge makes of it:"
sleep 1
on paris sdwanctl path show

say "Waiting for the copies to end ..."
wait $copy1 || broken "alice's copy ended with an error"
wait $copy2 || broken "bob's copy ended with an error"
same()
{
	[ "$(size "$1")" = "$(size "$2")" ] && cmp -s "$1" "$2"
}
until_true 30 same "$dir/from-alice" "$dir/at-bob"
until_true 30 same "$dir/from-bob" "$dir/at-alice"
echo "alice# sha256sum from-alice from-bob     (what was sent)"
a=$(cd "$dir" && sha256sum from-alice from-bob | tee /dev/stderr)
echo "bob# sha256sum at-bob at-alice           (what has arrived)"
b=$(cd "$dir" && sha256sum at-bob at-alice | tee /dev/stderr)
if [ "$(echo "$a" | cut -c1-64)" = "$(echo "$b" | cut -c1-64)" ]; then
	kept "$MB MB arrived intact, both ways"
else
	broken "the copies differ"
fi

sleep 1
kill -TERM $stream
wait $stream
wait $receiver
jq -r '"sent \(.sent), received \(.received), lost \(.lost), longest gap \(.max_gap_ms) ms (the sender'"'"'s own: \(.send_gap_ms) ms)"' \
	"$dir/stream"
lost=$(jq -r .lost "$dir/stream")
run=$(jq -r .lost_run "$dir/stream")
gap=$(jq -r '.max_gap_ms | floor' "$dir/stream")
if [ -n "$lost" ] && [ "$lost" -le 200 ]; then
	kept "of 1000 packets a second $lost were lost, $run in a row: those that were in the fibre when it was cut"
else
	broken "${lost:-all} packets of the stream were lost"
fi
