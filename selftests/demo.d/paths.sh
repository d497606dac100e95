# SPDX-License-Identifier: GPL-2.0
#
# A class that wants something of its path: it grows slow, another one swallows
# packets, both recover.

title "Paths that choose themselves"
say "Nobody tells paris any more which WAN to take. It is told what a class needs, \
no more than 100 ms there and back and 5 % of loss, measures all three and decides by \
itself. Of those that are good enough it takes the quickest."
must paris sdwanctl metric add quick rtt_us
live_wans=(fibre mpls lte)
live_wants=(sla latency 100ms loss 5% metric quick round 1s)
# A line that is slow of a sudden is silent for as long as it is slow
live_probes=(probe-interval 20ms probe-idle-interval 20ms probe-mult 12)
. "$tree/selftests/demo.d/watch.sh"
back() { [ "$(chosen)" = fibre ]; }
say "What the fibre lost a moment ago is known only now that it carries something again. \
That is forgotten within a minute or two; then it is the best:"
live_begin
sleep 3
until_true 150 back || broken "the class is on '$(chosen)', not on the fibre"
on paris sdwanctl decision show class live
watch_begin
sleep 5
if back; then
	kept "the fibre is the fastest, and carries the class"
else
	broken "the class has left the fibre for '$(chosen)'"
fi

# both_ends WAN NETEM...
both_ends()
{
	local wan=$1 n

	shift
	for n in paris berlin; do
		on $n tc qdisc change dev "$wan" root netem limit 10000 "$@"
	done
}
left() { [ "$(chosen)" != "$1" ]; }

say "The fibre grows slow, and loses some:"
both_ends fibre delay 70ms loss 2%
until_true 20 left fibre || broken "the class does not leave the slow fibre"
on paris sdwanctl decision show class live
sleep 5

second=$(chosen)
say "Now $second swallows everything:"
declare -A usual=([mpls]="delay 12ms rate 300mbit" [lte]="delay 30ms 5ms")
# shellcheck disable=SC2086 # several
both_ends "$second" ${usual[$second]} loss 100%
until_true 20 left "$second" || broken "the class does not leave $second"
on paris sdwanctl decision show class live
sleep 5

say "Both recover:"
both_ends fibre delay 4ms loss 0%
# shellcheck disable=SC2086 # several
both_ends "$second" ${usual[$second]} loss 0%
until_true 90 back || broken "the class does not come back to the fibre"
sleep 3
on paris sdwanctl decision show class live
watch_end

moves=$(wc -l < "$dir/moves")
reasons=$(sed 's/.*: //' "$dir/moves" | tr '\n' ' ')
if [ "$moves" -ge 3 ] && ! grep -q ': unknown$' "$dir/moves"; then
	kept "$moves moves, each with its reason: $reasons"
else
	broken "$moves moves, of which the reasons are: $reasons"
fi
# LTE loses some all the time; what is swallowed is one run. An emulated guest takes
# longer to notice than a machine would.
if [ "${live_run:-9999}" -le 1000 ]; then
	kept "of 1000 packets a second $live_lost were lost, $live_run in a row"
else
	broken "${live_run:-all} packets were lost in a row"
fi
both_up "$second" || until_true 20 both_up "$second" ||
	broken "the path over $second does not come back"
