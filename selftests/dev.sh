# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the tests of paths of encapsulation dev share.

# tunnel KIND: tun0 in e1 and e2, over WAN 0, without an address
tunnel()
{
	local kind=$1 s o keys=()

	for s in 1 2; do
		keys[s]=$(wg genkey)
	done
	[ "$kind" != ppp ] || ppp_line
	for s in 1 2; do
		o=$((3 - s))
		case $kind in
		ipip)
			check ip -n e$s link add tun0 type ipip \
				local "$(wan_addr $s 0)" \
				remote "$(wan_addr $o 0)" ;;
		wireguard)
			check ip -n e$s link add tun0 type wireguard
			printf '%s\n' "${keys[s]}" > "$CASE_TMP/key$s"
			check ns e$s wg set tun0 private-key "$CASE_TMP/key$s" \
				listen-port 51820 peer \
				"$(printf '%s\n' "${keys[o]}" | wg pubkey)" \
				endpoint "$(wan_addr $o 0):51820" \
				allowed-ips 0.0.0.0/0,::/0 ;;
		xfrm)	xfrm_interface "$s" ;;
		ppp)	check ip -n e$s link set ppp0 name tun0 ;;
		esac
		check ip -n e$s link set tun0 up
	done
}

# xfrm_interface SITE: IPsec in tunnel mode, of what goes into the interface
xfrm_interface()
{
	local s=$1 from to dir net key=000102030405060708090a0b0c0d0e0f00010203

	check ip -n "e$s" link add tun0 type xfrm dev wan0 if_id 42
	check ip -n "e$s" link set tun0 mtu 1400
	for dir in out in fwd; do
		from=$(wan_addr "$s" 0)
		to=$(wan_addr $((3 - s)) 0)
		[ $dir = out ] || {
			to=$from
			from=$(wan_addr $((3 - s)) 0)
		}
		[ $dir = fwd ] ||
			check ip -n "e$s" xfrm state add src "$from" dst "$to" \
				proto esp spi 7 reqid 1 mode tunnel \
				flag af-unspec if_id 42 \
				aead 'rfc4106(gcm(aes))' 0x$key 128
		for net in 0.0.0.0/0 ::/0; do
			check ip -n "e$s" xfrm policy add src $net dst $net \
				dir $dir if_id 42 tmpl src "$from" dst "$to" \
				proto esp reqid 1 mode tunnel
		done
	done
}

# A line between ppp0 of both edges
ppp_line()
{
	modprobe -q ppp_async
	spawn /usr/bin/python3 "$SELFTESTS/ppp.py" e1 e2
	echo "$PID" > "$CASE_TMP/line.pid"
	wait_for 20 ip -n e2 link show dev ppp0
}

# edges KIND: the one path between the sites is by tun0
edges()
{
	local s o

	topo_two_sites 1
	tunnel "$1"
	overlay_two_sites
	for s in 1 2; do
		o=$((3 - s))
		check ns e$s sdwanctl path flush
		check ns e$s sdwanctl underlay add t0 dev tun0 encap dev
		check ns e$s sdwanctl path add peer edge$o underlay t0 vni 100
	done
	check ns h1 ping -c 1 -W 5 10.2.0.2
}

# works KIND: between the hosts; ipip carries IPv4 only
works()
{
	check ns h1 ping -c 2 -i 0.2 -W 5 10.2.0.2
	check ns h2 ping -c 2 -i 0.2 -W 5 10.1.0.2
	tcp_copy h1 h2 10.2.0.2 1024
	tcp_copy h2 h1 10.1.0.2 1024
	udp_all h1 h2 10.2.0.2 100 -s 1000
	[ "$1" != ipip ] || return 0
	check ns h1 ping -c 2 -i 0.2 -W 5 fd02::2
	tcp_copy h1 h2 fd02::2 512
	tcp_copy h2 h1 fd01::2 512
}

carries()
{
	local mtu=$2 n

	edges "$1"
	equal "$(path_get e1 edge2:t0 mtu)" "$mtu" "MTU of the path"
	equal "$(path_get e1 edge2:t0 vni)" 100 "segment of the path"
	works "$1"
	# the segment has room for more than the path
	equal "$(all_drops e1 | sed 's/tx_drop_too_big=[0-9]* *//g')" "" drops
	# counters: inner packets and their bytes
	check ns e1 sdwanctl path del edge2:t0
	check ns e1 sdwanctl path add peer edge2 underlay t0 vni 100
	check ns h1 ping -c 5 -i 0.2 -W 5 -s 972 10.2.0.2
	for n in tx rx; do
		equal "$(path_get e1 edge2:t0 ${n}_packets)" 5 "$n packets"
		equal "$(path_get e1 edge2:t0 ${n}_bytes)" 5000 "$n bytes"
	done
	# nothing of the inside is seen on the WAN but what ipip carries
	refuse ns h1 ping -c 1 -W 2 -M "do" -s $((mtu - 27)) 10.2.0.2
	matches "$OUT" "mtu ?= ?(1444|$mtu)"
	check ns h1 ping -c 1 -W 2 -M "do" -s $((mtu - 28)) 10.2.0.2
	check ns h1 ping -c 1 -W 2 -M "dont" -s 1416 10.2.0.2
	check ns e1 sdwanctl path set edge2:t0 mtu-clamp 1300
	check ns e2 sdwanctl path set edge1:t0 mtu-clamp 1300
	equal "$(path_get e1 edge2:t0 mtu)" 1300 "MTU of the path"
	tcp_copy h1 h2 10.2.0.2 256
}
