# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# LANs of mode direct; source it after helpers.sh.

ctl1() { check ns e1 sdwanctl "$@"; }

# counter NS NAME: packets of a named counter of nftables
counter()
{
	ns "$1" nft -j list counters |
		jq -r ".nftables[] | .counter? | select(.name == \"$2\") | .packets"
}

# direct NS tx|rx: packets that went the fast way
direct()
{
	ns "$1" ethtool -S sdwan0 | awk -v k="$2_direct:" '$1 == k { print $2 }'
}

# both_direct [WANS]: two sites whose LANs are direct
both_direct()
{
	topo_two_sites "${1:-1}"
	overlay_two_sites
	for e in e1 e2; do
		check ns $e sdwanctl lan add lan0 mode direct vni 100
	done
}

# udp_flow TTL SIZE COUNT [OPTIONS]: datagrams of one flow from h1 to h2, told
# from others by their ports; OPTIONS: with options in the IP header
udp_flow()
{
	ns h1 /usr/bin/python3 - "$@" <<-'END' || fail "cannot send"
		import socket, sys
		ttl, size, count = map(int, sys.argv[1:4])
		s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
		s.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, ttl)
		# IP_MTU_DISCOVER: don't
		s.setsockopt(socket.IPPROTO_IP, 10, 0)
		if len(sys.argv) > 4:
		    s.setsockopt(socket.IPPROTO_IP, socket.IP_OPTIONS,
		                 bytes([1, 1, 1, 0]))
		s.bind(('10.1.0.2', 4000))
		for n in range(count):
		    s.sendto(b'x' * size, ('10.2.0.2', 4001))
	END
}

# way WANTED GOT WHAT: as many, but for the one that is shown to the normal way
# every five seconds
way()
{
	local least=$(($1 > 0 ? $1 - 1 : 0))

	between "$2" "$least" "$1" "fast packets $3"
}

# expect_way TX RX [ARGUMENT...]: so many packets of udp_flow go the fast way out
# of e1 and into the LAN of e2; - for any number
expect_way()
{
	local tx rx wanted_tx=$1 wanted_rx=$2

	shift 2
	tx=$(direct e1 tx) rx=$(direct e2 rx)
	udp_flow "$@"
	sleep 0.2
	way "$wanted_tx" $(($(direct e1 tx) - tx)) "out of e1"
	[ "$wanted_rx" = - ] ||
		way "$wanted_rx" $(($(direct e2 rx) - rx)) "into the LAN of e2"
}

# learned: the flow of udp_flow is known to both ends, for five seconds from now
learned()
{
	ns e1 sdwanctl flow flush all > /dev/null
	ns e2 sdwanctl flow flush all > /dev/null
	udp_flow 64 100 3
	# what is learned counts from the next tick on
	sleep 0.1
	udp_flow 64 100 3
}

# sent NS NUMBER: more packets than that have gone the fast way out of it
sent() { [ "$(direct "$1" tx)" -gt "$2" ]; }
