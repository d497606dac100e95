# SPDX-License-Identifier: GPL-2.0
#
# The WANs and the offices, which nothing connects yet.

title "The stage"
cat <<'END'

          office in Paris                          office in Berlin
                                 fibre  4 ms
   alice ------ paris ========== mpls  12 ms ========== berlin ------ bob
   10.1.0.2     (edge)           lte   30 ms, lossy     (edge)     10.2.0.2

paris and berlin are ordinary Linux routers. Three different WANs connect
them; each is a cable here, with the delay and the losses of its kind. The
offices' own addresses, 10.1.0.0/16 and 10.2.0.0/16, mean nothing on any WAN.
END

for n in alice paris berlin bob; do
	ip netns add $n || exit 1
	ip -n $n link set dev lo up
	quiet $n sysctl -q -w net.ipv4.conf.all.rp_filter=0 \
		net.ipv4.conf.default.rp_filter=0 \
		net.ipv6.conf.default.accept_dad=0
done
ip link add eth0 netns alice type veth peer name lan0 netns paris
ip link add eth0 netns bob type veth peer name lan0 netns berlin
for n in alice:10.1.0.2 bob:10.2.0.2; do
	a=${n#*:}
	n=${n%:*}
	ip -n $n link set dev eth0 up
	ip -n $n addr add $a/16 dev eth0
	ip -n $n route add default via ${a%.2}.1
done
i=0
for wan in fibre mpls lte; do
	i=$((i + 1))
	ip link add $wan netns paris type veth peer name $wan netns berlin
	for n in paris:1 berlin:2; do
		ip -n ${n%:*} link set dev $wan up
		ip -n ${n%:*} addr add 192.0.2.$((i * 16 + ${n#*:}))/28 dev $wan
	done
done
for n in paris:1 berlin:2; do
	quiet ${n%:*} sysctl -q -w net.ipv4.ip_forward=1
	ip -n ${n%:*} link set dev lan0 up
	ip -n ${n%:*} addr add 10.${n#*:}.0.1/16 dev lan0
	quiet ${n%:*} tc qdisc add dev fibre root netem limit 10000 delay 4ms
	quiet ${n%:*} tc qdisc add dev mpls root netem limit 10000 delay 12ms \
		rate 300mbit
	quiet ${n%:*} tc qdisc add dev lte root netem limit 10000 \
		delay 30ms 5ms loss 0.5%
done

say "Between the offices there is no way yet:"
if on alice ping -c 1 -W 2 10.2.0.2; then
	broken "alice reaches bob although nothing connects them"
else
	kept "alice cannot reach bob"
fi
