# SPDX-License-Identifier: GPL-2.0
#
# Rules and classes.

title "Three kinds of traffic, three WANs"
say "Until now everything took the first path that was up. Now paris is told what \
traffic there is (rules) and what each kind needs (classes): calls go over MPLS \
and nowhere else, backups over LTE, everything else over the fibre as long as \
that is there. Berlin gets one rule that wants nothing: it answers each flow \
where it comes from."
must paris sdwanctl class add voice mode pin mpls dscp ef strict
must paris sdwanctl class add backup mode prefer lte,mpls
must paris sdwanctl class add web mode prefer fibre,mpls,lte
must paris sdwanctl rule add pref 100 proto udp dport 5060,16384-32767 action class voice
must paris sdwanctl rule add pref 200 proto tcp dport 873 action class backup
must paris sdwanctl rule add pref 1000 action class web
must berlin sdwanctl rule add pref 1000 action pass

for w in fibre mpls lte; do
	sent_by paris berlin $w > "$dir/there.$w"
	sent_by berlin paris $w > "$dir/back.$w"
done
# used_both_ways WAN: at least five packets more than before
used_both_ways()
{
	[ "$(sent_by paris berlin "$1")" -ge $(($(cat "$dir/there.$1") + 5)) ] &&
	[ "$(sent_by berlin paris "$1")" -ge $(($(cat "$dir/back.$1") + 5)) ]
}

say "alice calls bob, writes a backup to him and fetches something:"
echo "bob# socat UDP4-LISTEN:5060,fork EXEC:cat &  (and TCP ports 873 and 80)"
background ip netns exec bob socat UDP4-LISTEN:5060,fork EXEC:cat
background ip netns exec bob socat TCP4-LISTEN:873,reuseaddr,fork EXEC:cat
background ip netns exec bob socat TCP4-LISTEN:80,reuseaddr,fork EXEC:cat
open_on_bob()
{
	[ "$(ip netns exec bob ss -Hln '( sport = :5060 or sport = :873 or sport = :80 )' |
		wc -l)" -ge 3 ]
}
until_true 20 open_on_bob || broken "the services of bob do not start"
# talk PROTO PORT SOURCE PORT: as many words as answers
talk()
{
	local n

	for n in 1 2 3 4 5 6 7 8 9 10; do
		echo "word $n"
		sleep 0.1
	done | ip netns exec alice timeout 20 socat -t 3 - \
		"$1:10.2.0.2:$2,sourceport=$3" | grep -c '^word'
}
talk UDP4 5060 40001 > "$dir/voice" &
talkers=$!
talk TCP4 873 40002 > "$dir/backup" &
talkers+=" $!"
talk TCP4 80 40003 > "$dir/web" &
talkers+=" $!"
# shellcheck disable=SC2086 # several
wait $talkers
if [ "$(cat "$dir/voice" "$dir/backup" "$dir/web" | tr '\n' ' ')" = "10 10 10 " ]; then
	kept "each of the three got an answer to every word"
else
	broken "answers: $(cat "$dir/voice" "$dir/backup" "$dir/web" | tr '\n' ' ')of 10 each"
fi

on paris sdwanctl flow show
on paris sdwanctl -s rule show
# on_path PORT: where the flow to it is
on_path()
{
	ip netns exec paris sdwanctl -j flow show dport "$1" |
		jq -r '[.[].path] | unique | join(" ")'
}
for w in 5060:mpls 873:lte 80:fibre; do
	if [ "$(on_path "${w%:*}")" = "berlin:${w#*:}" ] &&
	   used_both_ways "${w#*:}"; then
		kept "port ${w%:*} goes by ${w#*:}, and is answered there"
	else
		broken "port ${w%:*} is on '$(on_path "${w%:*}")'"
	fi
done

say "What would become of a packet, and why?"
on paris sdwanctl flow get vni 100 src 10.1.0.2 dst 10.2.0.2 proto udp sport 40001 dport 5060
on paris sdwanctl flow get vni 100 src 10.1.0.2 dst 10.2.0.2 proto tcp sport 40009 dport 443

say "MPLS fails. Calls must not take another way, everything else may:"
on paris ip link set mpls down
if [ "$(talk UDP4 5060 40001)" = 0 ] && [ "$(talk TCP4 80 40004)" = 10 ]; then
	kept "calls are refused, the web goes on"
else
	broken "without MPLS something else happened"
fi
on paris sdwanctl flow get vni 100 src 10.1.0.2 dst 10.2.0.2 proto udp sport 40001 dport 5060
on paris ip link set mpls up
until_true 20 both_up mpls || broken "the path over MPLS does not come back"
