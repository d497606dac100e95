# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the behaviour tests share beyond lib.sh; source it after lib.sh.

# Paths over IPv4 (20) and IPv6 (40), UDP (8), GENEVE without options (8)
export OVERHEAD4=36 OVERHEAD6=56

# overhead FAMILY [ENCAP]: VXLAN-GPE is as long as GENEVE; GRE (4) with a key (4)
# has no UDP
overhead()
{
	local n=$OVERHEAD4

	[ "$1" != 6 ] || n=$OVERHEAD6
	[ "${2:-geneve}" != gre ] || n=$((n - 8))
	echo $n
}

# drops NS COUNTER [DEVICE]: packets dropped for a cause, those accounted to
# the device and those accounted to the fabric
drops()
{
	local n m

	n=$(ns "$1" ethtool -S "${3:-sdwan0}" 2>/dev/null |
		awk -v k="$2:" '$1 == k { n += $2 } END { print n + 0 }')
	m=$(ns "$1" sdwanctl -j -s status 2>/dev/null | jq --arg k "$2" \
		'([.. | objects | select(.name? == $k) | .value] +
		  [.. | objects | .[$k]? | numbers]) | add // 0')
	echo $((n + m))
}

# all_drops NS [DEVICE]: every counter that is not zero, NAME=VALUE
all_drops()
{
	ns "$1" ethtool -S "${2:-sdwan0}" 2>/dev/null |
		awk '/_drop_/ && $2 != 0 { sub(":", "", $1); printf "%s=%s ", $1, $2 }'
	ns "$1" sdwanctl -j -s status 2>/dev/null | jq -r \
		'[.. | objects | select((.name? // "" | tostring |
		  test("_drop_")) and .value != 0) |
		  "\(.name)=\(.value)"] | join(" ")'
}

# link_stat NS DEVICE rx|tx packets|bytes|dropped|errors
link_stat()
{
	ip -n "$1" -j -s link show dev "$2" |
		jq -r ".[0].stats64.$3.$4"
}

# path_is NS PATH STATE
path_is() { [ "$(path_get "$1" "$2" state)" = "$3" ]; }

# free_port: sets PORT to one that no case of this script has used
free_port()
{
	PORT=5300
	[ ! -e "$CASE_TMP/.port" ] || read -r PORT < "$CASE_TMP/.port"
	PORT=$((PORT + 1))
	echo $PORT > "$CASE_TMP/.port"
}

# data_file KIB: sets DATA to a file with random content, made once per case
data_file()
{
	DATA=$CASE_TMP/data.$1
	[ -e "$DATA" ] || head -c $(($1 * 1024)) /dev/urandom > "$DATA"
}

# listening PID PORT: somebody listens for TCP in that process's namespace
listening()
{
	local port lines lines6

	printf -v port ':%04X' "$2"
	mapfile -t lines < "/proc/$1/net/tcp"
	mapfile -t lines6 < "/proc/$1/net/tcp6"
	# local address, remote address, state
	[[ "${lines[*]} ${lines6[*]}" == *"$port "*([0-9A-F])":0000 0A "* ]]
}

# tcp_start NAME FROM TO ADDRESS KIB: begin a transfer in the background
tcp_start()
{
	local name=$1 from=$2 to=$3 addr=$4 proto=TCP4

	data_file "$5"
	free_port
	case $addr in *:*) proto=TCP6 addr="[$addr]" ;; esac
	spawn ns "$to" socat -u "$proto-LISTEN:$PORT,reuseaddr" \
		"OPEN:$CASE_TMP/$name.got,creat,trunc"
	echo "$PID" > "$CASE_TMP/$name.tcprecv"
	wait_for 20 listening "$PID" "$PORT"
	spawn ns "$from" socat -u "OPEN:$DATA" "$proto:$addr:$PORT"
	echo "$PID" > "$CASE_TMP/$name.tcpsend"
	echo "$DATA" > "$CASE_TMP/$name.file"
}

# tcp_running NAME
tcp_running()
{
	local pid

	read -r pid < "$CASE_TMP/$1.tcprecv"
	kill -0 "$pid" 2>/dev/null
}

# tcp_size NAME: bytes received until now
tcp_size() { stat -c %s "$CASE_TMP/$1.got" 2>/dev/null || echo 0; }

# tcp_has NAME BYTES: at least so many have come
tcp_has() { [ "$(tcp_size "$1")" -ge "$2" ]; }

# tcp_wait NAME [SECONDS]: the end of a transfer, content compared
tcp_wait()
{
	local name=$1 pid data

	read -r pid < "$CASE_TMP/$name.tcpsend"
	reap "$pid" "${2:-60}" ||
		fail "transfer $name: the sender failed ($(tcp_size "$name") bytes came)"
	read -r pid < "$CASE_TMP/$name.tcprecv"
	reap "$pid" 20 ||
		fail "transfer $name: the receiver failed"
	read -r data < "$CASE_TMP/$name.file"
	cmp "$data" "$CASE_TMP/$name.got" ||
		fail "transfer $name: not what was sent"
}

# tcp_copy FROM TO ADDRESS KIB [SECONDS]: a transfer with its content compared
tcp_copy()
{
	tcp_start "copy$4" "$1" "$2" "$3" "$4"
	tcp_wait "copy$4" "${5:-60}"
	: > "$CASE_TMP/copy$4.got"
}

# udp_all FROM TO ADDRESS [PACKETS [SENDER-OPTION...]]: every datagram arrives
udp_all()
{
	local from=$1 to=$2 addr=$3 n=${4:-200}

	if [ $# -gt 4 ]; then shift 4; else shift $#; fi
	stream_start "udp$n" "$from" "$to" "$addr" 1 500 -n "$n" "$@"
	stream_wait "udp$n"
	equal "$(stream_get received)" "$n" "UDP packets received"
}

# wan_wire: the WAN devices of the edges segment and checksum themselves no
# more, so that captures show the packets of the wire
wan_wire()
{
	local s i

	for s in 1 2; do
		for i in $(seq 0 $((WANS - 1))); do
			ns "e$s" ethtool -K "wan$i" tso off gso off gro off \
				tx off tx-udp_tnl-segmentation off \
				tx-udp_tnl-csum-segmentation off \
				> /dev/null 2>&1
		done
	done
	return 0
}

# wan_capture: capture on every WAN, on the side of e1
wan_capture()
{
	local i

	for i in $(seq 0 $((WANS - 1))); do
		capture_start e1 "wan$i" "wan$i"
	done
}

# wan_capture_check [CHECK-OPTION...]: end the captures; nothing but outer
# packets was on any WAN, all of them well-formed, and their bytes are those of
# the paths' counters (of e1) within 1 %
wan_capture_check()
{
	local i report

	for i in $(seq 0 $((WANS - 1))); do
		capture_stop "wan$i"
	done
	ns e1 sdwanctl -j -s path show > "$CASE_TMP/paths"
	for i in $(seq 0 $((WANS - 1))); do
		report=$CASE_TMP/wan$i.report
		/usr/bin/python3 "$SELFTESTS/pcapcheck.py" "$@" \
			"$(capture_file "wan$i")" > "$report" || {
			sed 's/^/#   /' "$report"
			fail "wan$i carried what it should not"
		}
		log "wan$i: $(cat "$report")"
		jq -r --slurpfile r "$report" --arg u "u$i" '$r[0] as $r | .[] |
			select(.underlay == $u) |
			"tx \(.tx_packets) \(.tx_bytes) \($r.packets[.local] // 0) \($r.bytes[.local] // 0)",
			"rx \(.rx_packets) \(.rx_bytes) \($r.packets[.remote] // 0) \($r.bytes[.remote] // 0)"' \
			"$CASE_TMP/paths" > "$CASE_TMP/compare"
		while read -r dir packets bytes cpackets cbytes; do
			equal "$cpackets" "$packets" \
				"captured $dir packets on wan$i"
			between "$cbytes" $((bytes * 99 / 100)) \
				$(((bytes * 101 + 99) / 100)) \
				"captured $dir bytes on wan$i, counted $bytes,"
		done < "$CASE_TMP/compare"
	done
}

# What a case that failed leaves behind
# shellcheck disable=SC2034,SC2317
show_trouble()
{
	local s

	for s in e1 e2; do
		[ -e "/run/netns/$s" ] || continue
		echo "-- $s"
		ip netns exec $s sdwanctl -s path show
		ip netns exec $s sdwanctl prefix show | head -n 20
		ip netns exec $s ip -s link show dev sdwan0
		all_drops $s
		echo
	done
}

# ping_big NS SIZE ADDRESS [do|dont]: SIZE is that of the IP packet
ping_big()
{
	local head=28

	case $3 in *:*) head=48 ;; esac
	ns "$1" ping -c 1 -W 3 -M "${4:-do}" -s $(($2 - head)) "$3"
}
