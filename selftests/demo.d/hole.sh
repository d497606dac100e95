# SPDX-License-Identifier: GPL-2.0
#
# A WAN that swallows packets in silence.

title "A line that is up, and carries nothing"
say "Somewhere between the offices the fibre's packets vanish. Both ends of it have \
light, nobody says a word. But the edges ask each other, by STAMP (RFC 8762), on paths \
in use each 20 ms from now on."
for w in fibre mpls lte; do
	must paris sdwanctl underlay set $w probe-interval 20ms
	must berlin sdwanctl underlay set $w probe-interval 20ms
done
asked()
{
	[ "$(ip netns exec paris sdwanctl -j -s path show "berlin:$1" |
		jq '.[0].probes_answered')" -ge 5 ]
}
until_true 20 asked fibre || broken "nobody answers by the fibre"
until_true 20 asked mpls || broken "nobody answers by MPLS"
ip netns exec bob udpstream recv 5202 -l > "$dir/hole" 2> "$dir/hole.recv" &
receiver=$!
pids+=("$receiver")
until_true 20 grep -q listening "$dir/hole.recv"
echo "alice# udpstream send 10.2.0.2 5202 -r 1000 -t 600 &"
ip netns exec alice udpstream send 10.2.0.2 5202 -r 1000 -t 600 \
	> "$dir/hole.sent" 2>&1 &
stream=$!
pids+=("$stream")
sleep 3
for n in paris berlin; do
	on $n tc qdisc change dev fibre root netem limit 10000 delay 4ms loss 100%
done
until_true 20 path_is fibre down || broken "the fibre is not noticed to be dead"
on paris sdwanctl path show
on paris cat /sys/class/net/fibre/carrier
sleep 1
kill -TERM $stream
wait $stream
wait $receiver
hole=$(jq -r .lost_run "$dir/hole")
if [ "${hole:-1000}" -le 300 ]; then
	kept "of 1000 packets a second $hole in a row were lost: ms until the stream took MPLS"
else
	broken "${hole:-all} packets in a row were lost"
fi
for n in paris berlin; do
	on $n tc qdisc change dev fibre root netem limit 10000 delay 4ms loss 0%
done
until_true 20 both_up fibre || broken "the fibre does not come back"
on paris sdwanctl -s path show berlin:fibre
on paris sdwanctl top count 1
