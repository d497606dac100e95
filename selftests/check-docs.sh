#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Do the documents agree with the code and with themselves?  Needs no kernel:
#
#  - Documentation/*.rst is clean reStructuredText (python3-docutils);
#  - every drop counter of kmod/stats.c has a row in the administration guide,
#    and no row is about a counter that is not there; receive checks are in the
#    wire format, too;
#  - every object, command and option of sdwanctl is in the guide, and so are
#    states, reasons, module parameters and limits;
#  - every file that a document names exists, every link inside leads somewhere;
#  - the sizes in the wire format are those of the code, versions are one.
#
# usage: selftests/check-docs.sh       exit 0: all well, 1: not

# Patterns with backquotes are meant as they are
# shellcheck disable=SC2016

set -u
cd "$(dirname "$0")/.." || exit 1
guide=Documentation/admin-guide.rst
wire=Documentation/wire-format.rst
bad=0

complain() { printf 'check-docs: %s\n' "$*" >&2; bad=1; }

# words LIST...: each must be in the guide as a word, for the reason given
words()
{
	local what=$1 file=$2 word

	shift 2
	[ $# -gt 0 ] || complain "found no $what: this script is out of date"
	for word; do
		grep -q -w -F -e "$word" "$file" ||
			complain "$file does not mention the $what $word"
	done
}

lint()
{
	"$python" - Documentation/*.rst <<'PY'
import sys
from docutils.core import publish_doctree
from docutils.utils import Reporter

bad = False
for name in sys.argv[1:]:
    class Loud:
        def write(self, text):
            global bad
            bad = True
            sys.stderr.write(text)
    with open(name, encoding="utf-8") as f:
        publish_doctree(f.read(), source_path=name, settings_overrides={
            "report_level": Reporter.INFO_LEVEL, "halt_level": 5,
            "warning_stream": Loud(), "file_insertion_enabled": False})
sys.exit(bad)
PY
}

# The spellings of an enum in the specification
spec_enum()
{
	awk -v e="$1" '
		$1 == "name:" && in_entries && indent($0) > 6 { print $2 }
		/^  -$/ { in_entries = 0; mine = 0 }
		$1 == "name:" && indent($0) == 4 { mine = ($2 == e) }
		$1 == "entries:" { in_entries = mine }
		function indent(s) { match(s, /^ */); return RLENGTH }
	' Documentation/netlink/specs/sdwan.yaml
}

counters()
{
	local all row

	all=$(grep -h -o '"[rt]x_\(drop\|duplicate\)_[a-z0-9_]*"' \
		kmod/stats.[ch] | tr -d '"' | sort -u)
	# shellcheck disable=SC2086
	words "drop counter" $guide $all
	# shellcheck disable=SC2046
	words "receive check" $wire $(echo "$all" | grep '^rx_')
	while read -r row; do
		echo "$all" | grep -q -x "$row" ||
			complain "$guide has a row about $row, which is not in kmod/stats.c"
	done < <(sed -n 's/^   \* - ``\([rt]x_\(drop\|duplicate\)_[a-z_]*\)``$/\1/p' $guide)
	for row in $all; do
		grep -q -x "   \* - \`\`$row\`\`" $guide ||
			complain "$guide has no row about $row"
	done
}

tool()
{
	# shellcheck disable=SC2046
	words "object" $guide $(sed -n '/^const struct command commands/,/^}/{
		/hidden/d; s/.*\.name = "\([a-z]*\)".*/\1/p }' tool/main.c)
	# shellcheck disable=SC2046
	words "command" $guide $(sed -n '/^static const struct verb verbs/,/^}/{
		s/^\t{ "\([a-z]*\)".*/\1/p }' tool/object.c |
		grep -v -x -e delete -e ls)
	# shellcheck disable=SC2046
	words "word of the grammar" $guide $(sed -n \
		's/^\t{ \.word = "\([a-z-]*\)".*/\1/p' tool/node.c \
		tool/underlay.c tool/peer.c tool/path.c tool/prefix.c | sort -u)
	# shellcheck disable=SC2046
	words "state" $guide $(spec_enum path-state)
	# shellcheck disable=SC2046
	words "reason" $guide $(spec_enum state-reason | grep -v -x none)
	# shellcheck disable=SC2046
	words "module parameter" $guide $(sed -n \
		's/^module_param(\([a-z_]*\),.*/\1/p' kmod/*.c)
}

limits()
{
	local kind a b

	while read -r kind a b; do
		grep -q -i -E "^${kind}s? +$a +$b\$" $guide ||
			complain "$guide does not tell the limits of ${kind}s, $a and $b"
	done < <(sed -n 's/^\t\[SDWAN_KIND_\([A-Z]*\)\] = { \([0-9]*\), \([0-9]*\) },.*/\1 \2 \3/p' \
		kmod/fabric.c | grep -v -e ^NODE | sed 's/PREFIX\|CLASS/&E/')
}

# Files that documents name: in double backquotes or backquotes, with a slash
# or a known ending, or as the target of a link
files()
{
	local doc dir word base

	for doc in README.md Documentation/*.rst; do
		dir=$(dirname "$doc")
		grep -o -h -E '`+(kmod|tool|selftests|Documentation|include)/[A-Za-z0-9_./-]*`+' "$doc" |
		tr -d '`' | sort -u | while read -r word; do
			[ -e "$word" ] || echo "$doc names $word, which does not exist"
		done
		# short names of files of the module, as in "``vni.c``"
		grep -o -h -E '``[a-z_]+\.[ch]``' "$doc" | tr -d '`' | sort -u |
		while read -r word; do
			base=$(find kmod tool -name "$word" | head -n 1)
			[ -n "$base" ] || echo "$doc names $word, which is in neither kmod nor tool"
		done
		# links: markdown, and reStructuredText
		{ grep -o -E '\]\([^)#]+' "$doc" | sed 's/^](//'
		  tr '\n' ' ' < "$doc" | grep -o -E '`[^`<]* *<[^>`]+>`_' |
			sed 's/.*<\(.*\)>`_/\1/'; } 2>/dev/null | sort -u |
		while read -r word; do
			case $word in *://*|'') continue ;; esac
			[ -e "$dir/$word" ] || echo "$doc links to $word, which does not exist"
		done
		# sections of the README
		grep -o -E '\]\(#[^)]+' "$doc" | sed 's/^](#//' | while read -r word; do
			sed -n 's/^#\+ //p' "$doc" | tr 'A-Z ' 'a-z-' | tr -d ':,.?' |
				grep -q -x -e "$word" ||
				echo "$doc links to its section $word, which does not exist"
		done
	done
}

# Numbers that the documents repeat
numbers()
{
	local version=
	version=$(sed -n 's/.*SDWAN_VERSION[ \t]*"\([0-9.]*\)".*/\1/p' kmod/version.h)
	grep -q "^PACKAGE_VERSION=\"$version\"" dkms.conf ||
		complain "dkms.conf is not of version $version"
	for doc in Documentation/*.rst; do
		grep -q "^:Applies to: sdwan ${version%.*}\$" "$doc" ||
			complain "$doc does not apply to version ${version%.*}"
	done
	# 20 or 40 of IP, 8 of UDP, 8 of GENEVE
	grep -q '^#define SDWAN_GENEVE_HLEN[[:space:]]8$' kmod/geneve.h ||
		complain "the GENEVE header is not 8 bytes long any more: $wire, $guide"
	[ "$(grep -c -E '^ +(36|56) +inner packet' $wire)" = 2 ] ||
		complain "$wire: the inner packet does not begin at 36 and 56"
}

python=
for p in /usr/bin/python3 python3; do
	if "$p" -c 'import docutils' 2> /dev/null; then
		python=$p
		break
	fi
done
if [ -n "$python" ]; then
	lint || bad=1
else
	complain "docutils is missing (Debian's python3-docutils)"
fi
counters
tool
limits
missing=$(files)
[ -z "$missing" ] || complain "$missing"
numbers
exit $bad
