# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# Metrics: their language, programs, costs and tests. Part of run.sh.

# bad NAME COLUMN TEXT EXPRESSION: it is refused there, for that reason
bad()
{
	usage "expression: $1" "expr, column $2: $3" metric add m "$4"
}

# yields NAME COST EXPRESSION [STATISTIC=VALUE]...
yields()
{
	name=$1 want=$2
	run metric replace m "$3"
	shift 3
	run metric test m "$@"
	is "expression: $name" "m cost $want" "$(cat "$T/out" "$T/err")"
}

usage "metric: mandatory name" "metric: the name is missing" metric add
usage "metric: mandatory program" "metric: 'expr' or 'obj' is missing" metric add m
usage "metric: two programs" "metric: either 'expr' or 'obj', not both" metric add m 1 obj /dev/null
usage "metric: two expressions" "'2' is too much" metric add m 1 2
usage "metric: what shall be set" "metric: what shall be set?" metric set m
usage "metric: a long expression" "is longer than 1023 characters" metric add m "$(printf '%01024d' 1)"

bad "nothing" 2 "a number" " "
bad "an operator without operand" 9 "a number, a statistic, a function or '(' is expected" "rtt_us +"
bad "two operands" 8 "an operator is expected" "rtt_us 1"
bad "an unknown statistic" 5 "there is no statistic 'rtt'" "1 + rtt / 3"
bad "an unknown section" 1 "there is no statistic 'near.rtt_us'" "near.rtt_us"
bad "an unknown function" 3 "there is no function 'avg', only min and max" "1+avg(1, 2)"
bad "no arguments" 5 "a number" "min()"
bad "half an argument" 7 "a number" "min(1,)"
bad "a parenthesis that is open" 9 "')' is missing" "3 * (1+2"
bad "a function that is open" 7 "')' is missing" "max(12"
bad "something within parentheses" 4 "an operator or ')' is expected" "(1 2)"
bad "a parenthesis too many" 4 "there is no '(' for this" "1+2)"
bad "no ':'" 6 "':' is expected" "1 ? 2"
bad "nothing behind ':'" 9 "a number" "1 ? 2 : "
bad "a negative number" 5 "there are no negative numbers" "3 * -1"
bad "a fraction" 1 "this is no whole number" "1.5 * rtt_us"
bad "a unit" 8 "this is no whole number" "rtt_us<10ms"
bad "no digits" 1 "this is no whole number" "0x"
bad "a large number" 3 "the number is larger than 4294967295" "1+4294967296"
bad "a larger one" 1 "the number is larger than 4294967295" "99999999999999999999999"
bad "an assignment" 8 "an operator is expected" "rtt_us = 1"
bad "a bit" 8 "an operator is expected" "rtt_us & 1"
deep=$(printf '%063d' 0 | tr 0 '(')
yields "63 parentheses" 7 "$deep""7$(echo "$deep" | tr '(' ')')"
bad "64 parentheses" 65 "nested more than 64 deep" "($deep""7)$(echo "$deep" | tr '(' ')')"
bad "64 times not" 65 "nested more than 64 deep" "$(echo "!$deep" | tr '(' '!')7"
bad "a program that is too long" 1 "the expression takes" "mtu$(printf '%0150d' 0 | sed 's/0/*mtu/g')"

yields "precedence of * and +" 14 "2+3*4"
yields "precedence of / and -" 8 "10-8/4"
yields "precedence of comparisons" 1 "1+1==2"
yields "precedence of < and ==" 1 "1<2==1"
yields "precedence of && and ||" 1 "1||0&&0"
yields "precedence of ? and ||" 5 "0||1?5:6"
yields "precedence of !" 3 "!0+2"
yields "parentheses" 20 "(2+3)*4"
yields "associativity of -" 3 "10-4-3"
yields "associativity of /" 5 "100/10/2"
yields "associativity of %" 2 "17%10%5"
yields "associativity of ?:" 3 "0?1:0?2:3"
yields "a ?: within another" 2 "1?1?2:3:4"
yields "associativity of <" 1 "3<2<1"
yields "a cost of 0" 1 "0"
yields "no zero within" 2 "2-0*5"
yields "a sum that is too large" never "4294967295+1"
yields "a product that is too large" never "65536*65536"
yields "the largest product" 4294901760 "65535*65536"
yields "a difference below 0" 5 "3-7+5"
yields "a division by 0" never "7/0"
yields "0 by 0" never "0/0"
yields "a remainder by 0" never "7%0"
yields "hexadecimal digits" 255 "0xfF"
yields "no octal digits" 10 "010"
yields "min and max" 3 "min(9, max(1, 2, 3), 4)"
yields "min of one" 9 "min(9)"
yields "never" never "never"
yields "what is not known" never "rtt_us"
yields "what is given" 12 "rtt_us / 1000" rtt_us=12345
yields "a sum of statistics that is too large" never "rtt_us+age_ms" rtt_us=4294967290 age_ms=6
yields "the largest sum" 4294967294 "rtt_us+age_ms" rtt_us=4294967289 age_ms=5
yields "a product of statistics that is too large" never "rtt_us*age_ms" rtt_us=65536 age_ms=65536
yields "the largest product of statistics" 4294901760 "rtt_us*age_ms" rtt_us=65536 age_ms=65535
yields "a product with 0" 1 "rtt_us*age_ms" rtt_us=4294967295 age_ms=0
yields "a difference of statistics" 1 "rtt_us-age_ms" rtt_us=4 age_ms=5
yields "a division by a statistic" never "rtt_us/age_ms" rtt_us=4 age_ms=0
yields "numbers are unsigned" 1 "rtt_us > 1" rtt_us=4294967294
yields "time of day" 9 "time >= 8 * 3600 && time < 18 * 3600 && weekday <= 5 ? 9 : 1" time=30000 weekday=5
yields "time of night" 1 "time >= 8 * 3600 && time < 18 * 3600 && weekday <= 5 ? 9 : 1" time=70000 weekday=5
yields "the last value of a statistic counts" 2 "rtt_us" rtt_us=1 rtt_us=2
yields "the other end" 5 "far.underlay.load_ppm" far.underlay.load_ppm=5
yields "white space" 7 "	3	+
4 "

populate
usage "test: mandatory name" "metric: the name is missing" metric test
refused "test: no such metric" "there is no metric of this name" metric test m
status "metric add" 0 metric add voice 'rtt_us / 1000 + 50 * loss_ppm / 10000'
status "metric add with its keyword" 0 metric add bulk expr preference
refused "a second one" "exists" metric add bulk 1
usage "test: no statistic" "there is no statistic 'rtt'" metric test voice rtt=1
usage "test: no value" "'rtt_us' is not STATISTIC=VALUE" metric test voice rtt_us
usage "test: no number" "'x' is neither a number up to 4294967295 nor unknown" metric test voice rtt_us=x
refused "test: no such path" "there is no path of this name" metric test voice path none
run metric test voice rtt_us=20000 loss_ppm=1000
is "metric test" "voice cost 25" "$(cat "$T/out")"
run -j metric test voice rtt_us=20000 loss_ppm=1000
json "metric test as JSON" "x == {'cost': 25}"
run metric test voice path b2 loss_ppm=0
is "metric test with a path" "voice cost 20" "$(cat "$T/out")"
run metric test voice path b2 loss_ppm=unknown
is "metric test with what is not known" "voice cost 429516" "$(cat "$T/out")"
run metric show
is "metric show" 'voice: expr "rtt_us / 1000 + 50 * loss_ppm / 10000"
bulk: expr preference' "$(cat "$T/out")"
run metric show bulk
is "metric show of one, with costs" 'bulk: expr preference
    berlin:fibre cost 100 age 0.250s
    b2 cost 50 age 0.250s
    rome:fibre cost 100 age 0.250s' "$(cat "$T/out")"
run metric show path b2
is "metric show of a path" 'voice: expr "rtt_us / 1000 + 50 * loss_ppm / 10000"
    b2 cost 429516 age 0.250s
bulk: expr preference
    b2 cost 50 age 0.250s' "$(cat "$T/out")"
refused "metric show of no path" "there is no path of this name" metric show path none
run -j metric show bulk path b2
json "metric show as JSON" "x == [{'id': x[0]['id'], 'name': 'bulk', 'expr': 'preference', 'insns': 4, 'costs': [{'path': 'b2', 'cost': 50, 'age': 250}]}]"
run metric show expr preference
is "metric filter" 'bulk: expr preference' "$(cat "$T/out")"
run -d metric show
has "metric show -d" "insns 4" "$T/out"
run status
has "status: metrics" "metrics 2 of 1024" "$T/out"
run -s status
has "status -s: how often" "metric-runs 12" "$T/out"
run metrics
has "metrics: costs" 'sdwan_path_cost{metric="bulk",path="b2"} 50' "$T/out"
has "metrics: what is not known" 'sdwan_path_cost{metric="voice",path="b2"} 429516' "$T/out"
has "metrics: how many" 'sdwan_objects{kind="metrics"} 2' "$T/out"

run save "$T/metrics"
has "save: a metric" 'metric add voice expr "rtt_us / 1000 + 50 * loss_ppm / 10000"' "$T/metrics"
: >"$T/log"
status "restore of what is there" 0 restore "$T/metrics"
is "finds no difference" "" "$(cat "$T/log")"
run -j save "$T/metrics.json"
status "apply of a document" 0 apply -f "$T/metrics.json"
is "finds no difference either" "" "$(cat "$T/log")"
sed 's/expr preference/expr 5/; /add voice/d' "$T/metrics" >"$T/metrics2"
run restore --dry-run "$T/metrics2"
is "restore of another one" 'metric del voice
metric set bulk expr 5' "$(cat "$T/out")"
status "restore" 0 restore "$T/metrics2"
run metric show
is "metric show after a restore" 'bulk: expr 5' "$(cat "$T/out")"
printf 'metrics:\n- name: a\n  expr: rtt_us +\n' >"$T/bad.yaml"
run apply --dry-run -f "$T/bad.yaml"
has "apply: where an expression is wrong" "bad.yaml:3:9: expr, column 9: a number" "$T/err"
printf 'metrics:\n- name: a\n  expr: rtt_us +\n' >"$T/bad.yaml"
printf 'metric add a "rtt_us +"\n' >"$T/bad"
run -batch "$T/bad"
has "batch: where an expression is wrong" "bad:1:14: expr, column 9: a number" "$T/err"

offers "metric" "add replace set del show list flush help test " metric ""
offers "metrics that exist" "bulk " metric del ""
offers "of a metric" "expr obj " metric add x ""
offers "what can be tested" "bulk " metric test ""
offers "statistics" "underlay.rate_kbit= underlay.rx_kbit= " metric test bulk underlay.r

if "$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 7))' 2>/dev/null; then
	"$PYTHON" "$SRC/tests/expr.py" "$S" "$T" >"$T/random" 2>&1
	is "random expressions yield what they should" "0" "$?"
	tail -n 3 "$T/random" | sed 's/^/# /'
else
	skip "random expressions yield what they should" "no Python 3.7"
fi
