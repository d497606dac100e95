# SPDX-License-Identifier: GPL-2.0
#
# Paths come up, and what one sees of packets on a WAN.

title "It works"
say "The edges ask each other whether a path carries anything, before they use it and \
ever after. Berlin was not there yet when paris began to, so a moment later:"
for w in fibre mpls lte; do
	until_true 20 both_up $w || broken "the path over $w does not come up"
done
on paris sdwanctl path show
if on alice ping -c 3 -i 0.3 -W 5 10.2.0.2; then
	kept "alice reaches bob"
else
	broken "alice does not reach bob"
fi

say "On the fibre nobody sees the offices' packets, only packets between the \
edges. One of segment 100, as Wireshark takes it apart:"
echo "paris# tcpdump -i fibre -c 1 -w one.pcap geneve 100"
ip netns exec paris tcpdump -i fibre -c 1 -U -Z root -w "$dir/one.pcap" \
	geneve 100 > "$dir/tcpdump.log" 2>&1 &
capture=$!
pids+=("$capture")
until_true 20 grep -q 'listening on' "$dir/tcpdump.log"
quiet alice ping -c 3 -i 0.3 -W 5 10.2.0.2
until_true 20 eval "! kill -0 $capture"
echo "paris# tshark -r one.pcap -O geneve"
tshark -r "$dir/one.pcap" -O geneve 2>/dev/null | tee "$dir/decoded"
if grep -q '^Generic Network Virtualization Encapsulation' "$dir/decoded" &&
   grep -q 'Src: 192.0.2.17' "$dir/decoded" &&
   grep -q 'Src: 10.1.0.2' "$dir/decoded" &&
   ! grep -q -i malformed "$dir/decoded"; then
	kept "outside the addresses of the edges, then GENEVE, then alice's packet"
else
	broken "the packet is not what it should be"
fi
