# SPDX-License-Identifier: GPL-2.0
#
# The second edge, from a file.

title "The same in Berlin, seen from the other side"
say "This time from a file, as one does when there is more of it."
cat > "$dir/berlin.conf" <<'END'
node set site 2 gateway 1 name berlin
underlay add fibre dev fibre
underlay add mpls dev mpls
underlay add lte dev lte
peer add paris site 1 overlay 100.64.0.1
path add peer paris underlay fibre remote 192.0.2.17 preference 10
path add peer paris underlay mpls remote 192.0.2.33 preference 20
path add peer paris underlay lte remote 192.0.2.49 preference 30
prefix add 10.1.0.0/16 vni 100 site 1
END
echo "berlin# cat berlin.conf"
cat "$dir/berlin.conf"
echo "berlin# sdwanctl -batch berlin.conf"
if ! ip netns exec berlin sdwanctl -batch "$dir/berlin.conf"; then
	broken "the configuration of berlin"
	exit 1
fi
must berlin ip link add sdwan0 type sdwan vni 100
must berlin ip addr add 100.64.0.2/24 dev sdwan0
must berlin ip link set sdwan0 up
must berlin ip route add 10.1.0.0/16 dev sdwan0
