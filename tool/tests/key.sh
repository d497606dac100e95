# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2154
#
# Keys of peers; read by run.sh.

run genkey
if [ "$rc" = 0 ] && grep -qxE '[0-9a-f]{64}' "$T/out" &&
	[ "$(wc -l <"$T/out")" = 1 ]; then
	ok "genkey: 64 digits"
else
	not_ok "genkey: 64 digits" "$(cat "$T/out" "$T/err")"
fi
cp "$T/out" "$T/key.one"
run genkey
if cmp -s "$T/out" "$T/key.one"; then
	not_ok "genkey: another one each time"
else
	ok "genkey: another one each time"
fi
rm -f "$T/key.new"
(umask 0; "$S" genkey "$T/key.new")
is "genkey: into a file of mode 600" "600 65" "$(stat -c '%a %s' "$T/key.new")"
cp "$T/key.new" "$T/key.two"
refused "genkey: a file that is there" "File exists" genkey "$T/key.new"
is "genkey: and leaves it alone" "" "$(cmp "$T/key.new" "$T/key.two" 2>&1)"
usage "genkey: one file" "unknown word" genkey "$T/x" y

populate
chmod 644 "$T/key.one"
refused "key: a file that others may read" "mode 0600" peer set berlin key "$T/key.one"
chmod 640 "$T/key.one"
refused "key: one that the group may read" "mode 0600" peer set berlin key "$T/key.one"
refused "key: no file" "No such file" peer set berlin key "$T/none"
refused "key: a directory" "mode 0600" peer set berlin key "$T"
refused "key: a device" "mode 0600" peer set berlin key /dev/null
chmod 600 "$T/key.one"
(umask 077
printf 'xyz' >"$T/key.bad"
printf '0123456789abcdef0123456789abcde' >"$T/key.odd"
printf '0123456789abcdef0123456789abcd' >"$T/key.short"
head -c 130 /dev/zero | tr '\0' a >"$T/key.long"
: >"$T/key.empty")
for f in bad odd short long empty; do
	refused "key: $f" "32 to 128 hexadecimal digits" peer set berlin key "$T/key.$f"
done
run -j peer show berlin
json "key: none yet" "x[0]['keys'] == 0"
status "key: a first one" 0 peer set berlin key "$T/key.one"
run peer show berlin
has "key: how many there are" "keys 1" "$T/out"
status "key: a second one" 0 peer set berlin key "$T/key.two"
run -j -d peer show berlin
json "key: two are valid" "x[0]['keys'] == 2 and 'key' not in x[0]"
if grep -qi -f "$T/key.one" -f "$T/key.two" "$T/out"; then
	not_ok "key: is not shown"
else
	ok "key: is not shown"
fi
status "key: the former one goes" 0 peer set berlin key-retire
run -j peer show berlin
json "key: one is left" "x[0]['keys'] == 1"
run save
if grep -qi -f "$T/key.one" -f "$T/key.two" "$T/out" || grep -q "$T" "$T/out"; then
	not_ok "key: is not saved" "$(cat "$T/out")"
else
	ok "key: is not saved"
fi
has "key: but where it belongs is" " key /etc/sdwan/berlin.key" "$T/out"
is "key: of who has one" 1 "$(grep -c -w key "$T/out")"
has "key: and said that it is not there" "of peer berlin from /etc/sdwan/berlin.key: No such file" "$T/err"
cp "$T/out" "$T/key.saved"
status "key: what is saved applies" 0 restore "$T/key.saved"
run -j peer show berlin
json "key: and takes none away" "x[0]['keys'] == 1"
status "key: none" 0 peer set berlin key none
run -j peer show berlin
json "key: none left" "x[0]['keys'] == 0"
usage "key: twice" "contradicts" peer set berlin key "$T/key.one" key "$T/key.two"
refused "key: of a configuration that is not there" "berlin.key [attribute key]: No such file" restore "$T/key.saved"
run save
is "key: then nothing has changed" "" "$(grep -w key "$T/out")"
run restore --skip-missing "$T/key.saved"
is "key: or its paths are left out" 0 "$rc"
has "key: with a warning" "left out the paths to peer berlin: its key /etc/sdwan/berlin.key cannot" "$T/err"
names "key: and only they are" "rome " path show
sed "s#/etc/sdwan/berlin.key#$T/key.one#" "$T/key.saved" >"$T/key.conf"
run restore --dry-run "$T/key.conf"
is "key: the file is in the difference" "peer set berlin key $T/key.one" "$(grep '^peer' "$T/out")"
status "key: of a configuration" 0 restore "$T/key.conf"
run -j peer show berlin
json "key: is given to who has none" "x[0]['keys'] == 1"
: >"$T/log"
status "key: once more" 0 restore "$T/key.conf"
is "key: changes nothing" "" "$(cat "$T/log")"
reset
status "key: of a configuration, from nothing" 0 restore "$T/key.conf"
run -j peer show berlin
json "key: is given to a new one" "x[0]['keys'] == 1"
printf 'node: {site: 1}\npeers: [{name: oslo, site: 9, key: %s}]\n' "$T/key.two" >"$T/key.yaml"
reset
status "key: of a document" 0 apply -f "$T/key.yaml"
run -j peer show oslo
json "key: is given, too" "x[0]['keys'] == 1"
: >"$T/log"
status "key: once more" 0 apply -f "$T/key.yaml"
is "key: changes nothing either" "" "$(cat "$T/log")"
echo "peer add oslo site 9 key none" >"$T/key.none"
usage "key: none in a configuration" "takes no keys away" restore "$T/key.none"
populate
status "key: with a new peer" 0 peer add oslo site 9 key "$T/key.one"
run -j peer show oslo
json "key: of a new peer" "x[0]['keys'] == 1"
