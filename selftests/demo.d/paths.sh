# SPDX-License-Identifier: GPL-2.0
#
# A class that wants something of its path: it grows slow, another one swallows
# packets, both recover.

title "Paths that choose themselves"
say "Nobody tells paris any more which WAN to take. It is told what a class needs, \
no more than 100 ms there and back and 5 % of loss, measures all three and decides by \
itself."
live_wans=(fibre mpls lte)
. "$tree/selftests/demo.d/watch.sh"
watch_begin
sleep 5
if [ "$(chosen)" = fibre ]; then
	kept "the fibre is the fastest, and carries the class"
else
	broken "the class is on '$(chosen)', not on the fibre"
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
both_ends fibre delay 90ms loss 2%
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
back() { [ "$(chosen)" = fibre ]; }
until_true 60 back || broken "the class does not come back to the fibre"
sleep 3
on paris sdwanctl decision show class live
watch_end

for why in breach down cost; do
	grep -q ": $why\$" "$dir/moves" && reasons+=" $why"
done
case ${reasons:-} in
*breach*cost*|*down*cost*)
	kept "each move has its reason:$reasons" ;;
*)	broken "the reasons of moves are '${reasons:-}'" ;;
esac
if [ "${live_lost:-9999}" -le 600 ]; then
	kept "of 1000 packets a second $live_lost were lost, $live_run in a row"
else
	broken "${live_lost:-all} packets were lost"
fi
both_up "$second" || until_true 20 both_up "$second" ||
	broken "the path over $second does not come back"
