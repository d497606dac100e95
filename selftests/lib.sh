# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Shell helpers for the selftests.  A test is a bash script:
#
#	#!/bin/bash
#	# SPDX-License-Identifier: GPL-2.0
#	#
#	# One sentence on what is tested.
#	# Kernels: all			where it runs in check-long
#	# Check: 6.12 6.1 debug		where it runs in check (default 6.12)
#	# Timeout: 120			seconds of guest time (default 180)
#
#	. "$(dirname "$0")/lib.sh"
#
#	test_ping_v4()
#	{
#		topo_two_sites
#		overlay_two_sites
#		check ns "$h1" ping -c 1 -W 5 10.2.0.2
#	}
#
#	run_tests test_ping_v4
#
# Every case runs in a subshell, from nothing: what it has made with these
# helpers (namespaces, processes, captures) is removed after it.  A case fails
# when it calls fail, when a command under `check` fails, or when it returns
# non-zero; it is skipped when it calls skip.  Only processes and namespaces
# made by the helpers are ever touched.

if [ -z "${SDWAN_GUEST:-}" ]; then
	echo "this test belongs into a guest: selftests/vm/run -- $0" >&2
	exit 2
fi

SELFTESTS=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
TREE=${SDWAN_TREE:-$(cd "$SELFTESTS/.." && pwd)}
TEST_NAME=$(basename "$0")
TEST_NAME=${TEST_NAME%.sh}
PATH=$TREE/build/selftests:$PATH

KSFT_PASS=0
KSFT_FAIL=1
KSFT_SKIP=4

# Emulated processors are slow and the debug kernels are slower still: times
# and amounts that depend on this are multiplied by $SLOW.  What only waits for
# something to happen takes $WAIT, which run-tests raises on a busy machine.
case $SDWAN_GUEST in
debug)		SLOW=4 ;;
um-debug)	SLOW=3 ;;
*)		SLOW=1 ;;
esac
WAIT=${SDWAN_WAIT:-$((SLOW * 2))}

# In User Mode Linux a fork takes 10 ms and a program 20 and more: what is called
# often does without, or leaves its result in a variable. Not so sleep: a shell that
# reads with a timeout instead has lost track of its children now and then.

# Scratch space of the script; each case has its own in it
TMP=$(mktemp -d /tmp/sdwan-test.XXXXXX)
CASE_TMP=$TMP

# --------------------------------------------------------------------------
# Saying things

# log TEXT...: a diagnostic line
log() { printf '# %s\n' "$*"; }

# fail TEXT...: end the case, failed
fail()
{
	log "FAIL: $*"
	log "at $(caller 0 | awk '{ print $3 ":" $1 }') $(caller 1 2>/dev/null |
		awk '{ print "from " $2 ":" $1 }')"
	exit $KSFT_FAIL
}

# skip TEXT...: end the case, skipped; must be listed in selftests/SKIPS
skip()
{
	printf '%s' "$*" > "$CASE_TMP/.skip"
	exit $KSFT_SKIP
}

# check COMMAND...: the command must succeed; shows its output if it does not
check()
{
	local out rc=0

	out=$("$@" 2>&1) || rc=$?
	if [ $rc != 0 ]; then
		printf '%s\n' "$out" | sed 's/^/#   /'
		fail "status $rc: $*"
	fi
}

# refuse COMMAND...: the command must fail, but not by a signal or because it
# does not exist; its output is left in $OUT
refuse()
{
	local rc=0

	OUT=$("$@" 2>&1) || rc=$?
	if [ $rc = 0 ] || [ $rc -ge 126 ]; then
		printf '%s\n' "$OUT" | sed 's/^/#   /'
		fail "status $rc, should have been refused: $*"
	fi
}

# equal GOT WANTED [WHAT]
equal()
{
	[ "$1" = "$2" ] || fail "${3:-value}: got '$1', wanted '$2'"
}

# matches TEXT EXTENDED-REGEX [WHAT]
matches()
{
	printf '%s\n' "$1" | grep -q -E -- "$2" ||
		fail "${3:-text}: '$2' not found in '$1'"
}

# between VALUE LOW HIGH [WHAT]: numbers, with fractions
between()
{
	awk -v v="$1" -v lo="$2" -v hi="$3" \
		'BEGIN { exit !(v != "" && v + 0 >= lo + 0 && v + 0 <= hi + 0) }' ||
		fail "${4:-value} $1 is not in $2..$3"
}

# --------------------------------------------------------------------------
# Cases

# run_tests FUNCTION...: run the cases, print KTAP, exit.  SDWAN_T may name the
# one to run.
run_tests()
{
	local name n=0 failed=0 skipped=0 rc reason list=()

	for name; do
		if [ -z "${SDWAN_T:-}" ] || [ "$name" = "$SDWAN_T" ] ||
		   [ "$name" = "test_$SDWAN_T" ]; then
			list+=("$name")
		fi
	done
	echo "KTAP version 1"
	echo "1..${#list[@]}"
	for name in "${list[@]}"; do
		n=$((n + 1))
		CASE_TMP=$TMP/$n
		mkdir -p "$CASE_TMP"
		log "case $name"
		rc=0
		(
			trap 'exit 143' TERM INT
			"$name"
		) || rc=$?
		if [ -s "$CASE_TMP/.missing" ]; then
			rc=$KSFT_FAIL
		fi
		if [ $rc = 0 ] && ! dmesg_clean; then
			rc=$KSFT_FAIL
		fi
		[ $rc = 0 ] || [ $rc = $KSFT_SKIP ] || case_trouble
		cleanup_case
		name=${name#test_}
		if [ $rc = 0 ]; then
			echo "ok $n $name"
		elif [ $rc = $KSFT_SKIP ] && [ -e "$CASE_TMP/.skip" ]; then
			reason=$(cat "$CASE_TMP/.skip")
			echo "ok $n $name # SKIP $reason"
			skipped=$((skipped + 1))
		else
			echo "not ok $n $name"
			failed=$((failed + 1))
		fi
	done
	CASE_TMP=$TMP
	echo "# $((n - failed - skipped)) passed, $failed failed, $skipped skipped"
	[ $n -gt 0 ] || exit $KSFT_FAIL
	[ $failed = 0 ] || exit $KSFT_FAIL
	[ $skipped -lt $n ] || exit $KSFT_SKIP
	exit $KSFT_PASS
}

# bash calls this, in a process of its own: a helper that does not exist, or whose
# file could not be read, fails the case
command_not_found_handle()
{
	log "FAIL: no such command: $*"
	echo "$1" >> "$CASE_TMP/.missing"
	return 127
}

# What a failed case leaves to look at; a test may define show_trouble
case_trouble()
{
	if declare -F show_trouble > /dev/null; then
		show_trouble 2>&1 | sed 's/^/# /'
	fi
	dmesg | tail -n 15 | sed 's/^/# dmesg: /'
}

# Stop a process that we started (and is not waited for elsewhere)
stop_pid()
{
	local pid=$1 sig=${2:-TERM} i

	kill -"$sig" "$pid" 2>/dev/null || return 0
	for ((i = 0; i < 50; i++)); do
		kill -0 "$pid" 2>/dev/null || return 0
		sleep 0.1
	done
	kill -KILL "$pid" 2>/dev/null
}

# A process that we started has an empty file .pid.PID; one that is waited for
# is none of ours any more
pid_started() { : > "$CASE_TMP/.pid.$1"; }
pid_ended() { echo ended > "$CASE_TMP/.pid.$1"; }
running_mark() { [ -e "$1" ] && [ ! -s "$1" ]; }

cleanup_case()
{
	local file pid ns

	# all of them at once, then each until it is gone
	for file in "$CASE_TMP"/.pid.*; do
		! running_mark "$file" || kill "${file##*.pid.}" 2>/dev/null
	done
	for file in "$CASE_TMP"/.pid.*; do
		running_mark "$file" || continue
		pid=${file##*.pid.}
		stop_pid "$pid"
		pid_ended "$pid"
	done
	if [ -e "$CASE_TMP/.ns" ]; then
		while read -r ns; do
			ip netns del "$ns" 2>/dev/null
		done < "$CASE_TMP/.ns"
		rm -f "$CASE_TMP/.ns"
	fi
	if [ -e "$CASE_TMP/.cleanup" ]; then
		tac "$CASE_TMP/.cleanup" | while read -r line; do
			eval "$line" > /dev/null 2>&1
		done
		rm -f "$CASE_TMP/.cleanup"
	fi
	return 0
}

# at_cleanup COMMAND: a line for the shell, run at the end of the case, the
# last one first
at_cleanup() { printf '%s\n' "$*" >> "$CASE_TMP/.cleanup"; }

exit_trap()
{
	local d

	trap - EXIT
	for d in "$TMP"/*/ "$TMP/"; do
		CASE_TMP=${d%/}
		cleanup_case
	done
	rm -rf "$TMP"
}
trap exit_trap EXIT
trap 'exit 143' TERM INT HUP

# --------------------------------------------------------------------------
# The kernel's messages

DMESG_MARK=
dmesg_mark()
{
	DMESG_MARK="sdwan-test: mark $$ $RANDOM$RANDOM"
	echo "$DMESG_MARK" > /dev/kmsg
}

# Messages since the mark
dmesg_since()
{
	if [ -n "$DMESG_MARK" ] && dmesg | grep -q -F "$DMESG_MARK"; then
		dmesg | sed "1,/$DMESG_MARK/d"
	else
		dmesg
	fi
}

# No WARNING, BUG... since the script began
dmesg_clean()
{
	dmesg_since > "$TMP/dmesg"
	"$SELFTESTS/vm/splat" "$TMP/dmesg" > "$TMP/splat" && return 0
	sed 's/^/# dmesg: /' "$TMP/splat"
	return 1
}
dmesg_mark

# --------------------------------------------------------------------------
# Waiting and processes

# busywait SECONDS COMMAND...: until the command succeeds.  Use this and not
# sleep; the time is multiplied on slow kernels.
busywait()
{
	local end

	uptime_cs
	end=$((UPTIME + ${1%.*} * 100 * WAIT))
	shift
	while ! "$@" > /dev/null 2>&1; do
		uptime_cs
		[ "$UPTIME" -le "$end" ] || return 1
		sleep 0.05
	done
}

# uptime_cs: sets UPTIME, in hundredths of a second, without a process
uptime_cs()
{
	local rest

	read -r UPTIME rest < /proc/uptime
	UPTIME=$((10#${UPTIME/./}))
}

# wait_for SECONDS COMMAND...: busywait that fails the case
wait_for()
{
	busywait "$@" || fail "not within $1 s: ${*:2}"
}

# ns NAME COMMAND...: in a namespace
ns()
{
	local name=$1

	shift
	ip netns exec "$name" "$@"
}

# spawn COMMAND...: in the background, output to $CASE_TMP/PID.log; sets PID
# and is stopped at the end of the case.  Use `spawn ns "$e1" ...`.
spawn()
{
	# The process itself opens its log, and knows how it is called
	if [ "$1" = ns ]; then
		shift
		ip netns exec "$@" > "$CASE_TMP/$BASHPID.log" 2>&1 < /dev/null &
	else
		"$@" > "$CASE_TMP/$BASHPID.log" 2>&1 < /dev/null &
	fi
	PID=$!
	pid_started "$PID"
}

not_running() { ! kill -0 "$1"; }

# reap PID [SECONDS]: wait for the end of a spawned process, returns its status
reap()
{
	local pid=$1 rc=0

	if ! busywait "${2:-60}" not_running "$pid"; then
		log "process $pid does not end"
		stop_pid "$pid"
	fi
	wait "$pid" 2>/dev/null || rc=$?
	pid_ended "$pid"
	return $rc
}

# --------------------------------------------------------------------------
# Namespaces

# setup_ns VARIABLE...: make namespaces; each variable is set to the name of
# its namespace (the variable's own name).  lo is up, addresses need no
# duplicate detection, nothing is forwarded.
setup_ns()
{
	local v

	# Starting a process takes tens of milliseconds in an emulated guest:
	# everything is done in batches
	for v; do
		[ ! -e "/run/netns/$v" ] || ip netns del "$v"
		eval "$v=$v"
		echo "$v" >> "$CASE_TMP/.ns"
	done
	printf 'netns add %s\n' "$@" | ip -batch - ||
		fail "cannot make namespaces $*"
	for v; do
		ip -n "$v" link set dev lo up
	done
}

del_ns()
{
	local v

	for v; do
		ip netns del "$v" || fail "cannot delete namespace $v"
		sed -i "/^$v\$/d" "$CASE_TMP/.ns"
	done
}

# forwarding NAMESPACE...: let them be routers
forwarding()
{
	local IFS=,

	nssysctl "$*" net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 ||
		fail "no forwarding in $*"
}

# veth NS1 DEV1 NS2 DEV2: a pair, both ends up
veth()
{
	batch "" <<-END
		link add $2 netns $1 type veth peer name $4 netns $3
	END
	ip -n "$1" link set dev "$2" up
	ip -n "$3" link set dev "$4" up
}

# batch NAMESPACE: lines for ip on standard input; "" is the guest itself
batch()
{
	local out

	out=$(ip ${1:+-n "$1"} -batch - 2>&1) || fail "ip${1:+ in $1}: $out"
}

# --------------------------------------------------------------------------
# Two sites and several WANs
#
#	h1 --- e1 === w0, w1, w2 === e2 --- h2
#
#	h1  eth0   10.1.0.2/24      fd01::2/64     default route via e1
#	e1  lan0   10.1.0.1/24      fd01::1/64
#	e1  wanN   192.168.1N.1/24  fd10:N:1::1/64
#	wN  west   192.168.1N.254   fd10:N:1::fe   towards e1
#	wN  east   192.168.2N.254   fd10:N:2::fe   towards e2
#	e2  wanN   192.168.2N.1/24  fd10:N:2::1/64
#	e2  lan0   10.2.0.1/24      fd02::1/64
#	h2  eth0   10.2.0.2/24      fd02::2/64     default route via e2
#
# Every WAN is a router of its own (wN), so that either side can lose its
# carrier alone, and delay, loss and captures are put where they belong.  The
# edges reach each other over WAN N only at the addresses of WAN N, and have
# no route to the other site's LAN but the overlay.

WANS=3

# topo_two_sites [WANS]: sets h1 h2 e1 e2 w0 w1 ...
topo_two_sites()
{
	local i names=(h1 h2 e1 e2) routers=(e1 e2)

	WANS=${1:-3}
	for i in $(seq 0 $((WANS - 1))); do
		names+=("w$i")
		routers+=("w$i")
	done
	setup_ns "${names[@]}"
	forwarding "${routers[@]}"
	{
		site_links 1
		site_links 2
	} | batch ""
	site_up 1
	site_up 2
}

# site_links SITE: the devices of its edge, and what they are connected to
site_links()
{
	local s=$1 i

	echo "link add eth0 netns h$s type veth peer name lan0 netns e$s"
	for i in $(seq 0 $((WANS - 1))); do
		echo "link add wan$i netns e$s type veth" \
			"peer name $(wan_side "$s") netns w$i"
	done
}

# site_up SITE: those get their addresses and routes
site_up()
{
	local s=$1 i side

	side=$(wan_side "$s")
	batch "h$s" <<-END
		link set dev eth0 up
		addr add 10.$s.0.2/24 dev eth0
		addr add fd0$s::2/64 dev eth0 nodad
		route add default via 10.$s.0.1
		route add ::/0 via fd0$s::1
	END
	{
		echo "link set dev lan0 up"
		echo "addr add 10.$s.0.1/24 dev lan0"
		echo "addr add fd0$s::1/64 dev lan0 nodad"
		for i in $(seq 0 $((WANS - 1))); do
			echo "link set dev wan$i up"
			echo "addr add 192.168.$s$i.1/24 dev wan$i"
			echo "addr add fd10:$i:$s::1/64 dev wan$i nodad"
			wan_route_lines "$s" "$i"
		done
	} | batch "e$s"
	for i in $(seq 0 $((WANS - 1))); do
		batch "w$i" <<-END
			link set dev $side up
			addr add 192.168.$s$i.254/24 dev $side
			addr add fd10:$i:$s::fe/64 dev $side nodad
		END
	done
}

# The routes of edge S over WAN N; a link that goes down takes them away
wan_route_lines()
{
	local s=$1 i=$2 o=$((3 - $1))

	echo "route replace 192.168.$o$i.0/24 via 192.168.$s$i.254 dev wan$i"
	echo "route replace fd10:$i:$o::/64 via fd10:$i:$s::fe dev wan$i"
}

wan_routes() { wan_route_lines "$1" "$2" | batch "e$1"; }

# wan_addr SITE WAN [6]: the edge's address
wan_addr()
{
	if [ "${3:-4}" = 6 ]; then
		echo "fd10:$2:$1::1"
	else
		echo "192.168.$1$2.1"
	fi
}

# wan_side SITE: the router's device towards that site
wan_side()
{
	if [ "$1" = 1 ]; then echo west; else echo east; fi
}

# wan_carrier SITE WAN on|off: carrier of the edge's WAN device.  Addresses
# stay; the kernel takes IPv4 routes of a dead link out of use by itself when
# told so (ignore_routes_with_linkdown), else they stay too.
wan_carrier()
{
	local dev

	dev=$(wan_side "$1")
	if [ "$3" = on ]; then
		ip -n "w$2" link set dev "$dev" up
		ip -n "w$2" addr replace "fd10:$2:$1::fe/64" dev "$dev" nodad
	else
		ip -n "w$2" link set dev "$dev" down
	fi
}

# wan_link SITE WAN up|down: administrative state of the edge's WAN device
wan_link()
{
	ip -n "e$1" link set dev "wan$2" "$3"
	if [ "$3" = up ]; then
		ip -n "e$1" addr replace "$(wan_addr "$1" "$2" 6)/64" \
			dev "wan$2" nodad
		wan_routes "$1" "$2"
	fi
}

# wan_netem WAN NETEM-ARGUMENTS...: the same in both directions; none: removed
wan_netem()
{
	local i=$1 dev

	shift
	for dev in west east; do
		if [ $# -eq 0 ]; then
			ns "w$i" tc qdisc del dev "$dev" root 2>/dev/null
		else
			check ns "w$i" tc qdisc replace dev "$dev" root netem "$@"
		fi
	done
	return 0
}

# wan_mtu WAN MTU: of the whole WAN
wan_mtu()
{
	ip -n e1 link set dev "wan$1" mtu "$2"
	ip -n e2 link set dev "wan$1" mtu "$2"
	ip -n "w$1" link set dev west mtu "$2"
	ip -n "w$1" link set dev east mtu "$2"
}

# overlay_two_sites [VNI [FAMILY]]: node, underlays wan0.. (u0..), a peer with
# a path per WAN (in order of preference), a segment sdwan0 with overlay
# addresses 100.64.0.1, 100.64.0.2 (fd64::1, fd64::2), prefixes and routes of
# both LANs.  FAMILY 6: the WANs are used over IPv6.  UNDERLAY_ARGS and
# PATH_ARGS are added to what makes each underlay and path.
overlay_two_sites()
{
	local vni=${1:-100} family=${2:-4} s

	for s in 1 2; do
		overlay_site $s "$vni" "$family"
	done
}

overlay_site()
{
	local s=$1 vni=${2:-100} family=${3:-4} o=$((3 - $1)) i out

	batch "e$s" <<-END
		link add sdwan0 type sdwan vni $vni
		addr add 100.64.0.$s/24 dev sdwan0
		addr add fd64::$s/64 dev sdwan0 nodad
		link set dev sdwan0 up
		route add 10.$o.0.0/16 dev sdwan0
		route add fd0$o::/64 dev sdwan0
	END
	out=$({
		echo "node set site $s gateway 1 name edge$s"
		echo "peer add edge$o site $o gateway 1" \
			"overlay 100.64.0.$o vni $vni overlay fd64::$o vni $vni"
		for i in $(seq 0 $((WANS - 1))); do
			echo "underlay add u$i dev wan$i" \
				"local $(wan_addr "$s" "$i" "$family")" \
				"${UNDERLAY_ARGS:-}"
			echo "path add peer edge$o underlay u$i" \
				"remote $(wan_addr "$o" "$i" "$family")" \
				"preference $((100 + i)) ${PATH_ARGS:-}"
		done
		echo "prefix add 10.$o.0.0/16 vni $vni site $o"
		echo "prefix add fd0$o::/64 vni $vni site $o"
	} | ns "e$s" sdwanctl -batch - 2>&1) || fail "sdwanctl in e$s: $out"
}

# path_get NS PATH KEY: one value of `path show` in JSON
path_get()
{
	ns "$1" sdwanctl -j -s path show "$2" | jq -r ".[0].$3"
}

# --------------------------------------------------------------------------
# Captures

# capture_start NS DEVICE NAME [FILTER...]: capture to $CASE_TMP/NAME.pcap;
# returns when packets are really being captured
capture_start()
{
	local netns=$1 dev=$2 name=$3 log=$CASE_TMP/$3.tcpdump pid

	shift 3
	# What the last capture of this name has said must not be taken for
	# this one's: the background process makes its files when it gets to run
	: > "$log"
	ip netns exec "$netns" tcpdump -i "$dev" -n -U --immediate-mode \
		-Z root -B 16384 -s 0 -w "$CASE_TMP/$name.pcap" "$@" \
		> /dev/null 2> "$log" < /dev/null &
	pid=$!
	pid_started "$pid"
	echo "$pid" > "$CASE_TMP/$name.pid"
	busywait 20 grep -q 'listening on' "$log" || {
		cat "$log"
		fail "tcpdump does not start on $dev"
	}
}

# capture_stop NAME: ends a capture; the file is complete then.  Packets that
# tcpdump missed fail the case.
capture_stop()
{
	local name=$1 pid

	read -r pid < "$CASE_TMP/$name.pid"
	sleep 0.3
	kill -INT "$pid" 2>/dev/null
	wait "$pid" 2>/dev/null
	pid_ended "$pid"
	if grep -q '^[1-9][0-9]* packets dropped by kernel' \
	   "$CASE_TMP/$name.tcpdump"; then
		log "$(grep 'dropped by kernel' "$CASE_TMP/$name.tcpdump")"
		fail "the capture $name is not complete"
	fi
}

# capture_file NAME: where it is
capture_file() { echo "$CASE_TMP/$1.pcap"; }

# capture_count NAME [FILTER...]: number of packets (failover.sh has a function
# of the name cut)
capture_count() { capture_sum "$@" | command cut -d' ' -f1; }

# capture_bytes NAME [FILTER...]: bytes of the packets as on the wire, with
# their link header
capture_bytes() { capture_sum "$@" | command cut -d' ' -f2; }

# capture_sum NAME [FILTER...]: both
capture_sum()
{
	local name=$1

	shift
	tcpdump -n -r "$CASE_TMP/$name.pcap" -w - ${1+"$*"} 2>/dev/null |
		pcapsum
}

# --------------------------------------------------------------------------
# Streams: see selftests/tools/udpstream.c

# stream_start NAME FROM-NS TO-NS ADDRESS [SECONDS [RATE [SENDER-OPTION...]]]:
# start a stream of numbered packets (1 kHz); returns when the receiver listens
# and the first packets are on their way
stream_start()
{
	local name=$1 from=$2 to=$3 addr=$4 seconds=${5:-5} rate=${6:-1000}
	local port=${STREAM_PORT:-5201} pid

	if [ $# -gt 6 ]; then shift 6; else shift $#; fi
	# The last stream of this name listened, too
	: > "$CASE_TMP/$name.recv"
	ip netns exec "$to" udpstream recv "$port" -l -w $((30 * WAIT)) \
		> "$CASE_TMP/$name.json" 2> "$CASE_TMP/$name.recv" \
		< /dev/null &
	pid=$!
	pid_started "$pid"
	echo "$pid" > "$CASE_TMP/$name.recv.pid"
	busywait 10 grep -q listening "$CASE_TMP/$name.recv" ||
		fail "the receiver does not start"
	ip netns exec "$from" udpstream send "$addr" "$port" -t "$seconds" \
		-r "$rate" "$@" > "$CASE_TMP/$name.send" 2>&1 < /dev/null &
	pid=$!
	pid_started "$pid"
	echo "$pid" > "$CASE_TMP/$name.send.pid"
}

# stream_wait NAME: wait for its end; sets STREAM to the receiver's JSON
stream_wait()
{
	local name=$1 pid

	read -r pid < "$CASE_TMP/$name.send.pid"
	reap "$pid" 600 || log "sender: $(cat "$CASE_TMP/$name.send")"
	read -r pid < "$CASE_TMP/$name.recv.pid"
	reap "$pid" 60
	STREAM=
	read -r STREAM < "$CASE_TMP/$name.json"
	log "stream $name: $STREAM"
	[ -n "$STREAM" ] || fail "stream $name: no result"
}

# stream_get KEY: of the last stream
stream_get()
{
	local number="\"$1\":([0-9.]+)[,}]"

	if [[ $STREAM =~ $number ]]; then
		echo "${BASH_REMATCH[1]}"
	else
		jq -r ".$1" <<< "$STREAM"
	fi
}
