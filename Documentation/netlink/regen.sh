#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Generate what comes from specs/sdwan.yaml, with the kernel's own generator.
#
#	regen.sh		write the files
#	regen.sh --check	exit 1 when they are not what it would write
#
# KSRC=DIR names the source of a Linux 6.12 kernel; by default it is the one
# that the test guests are built from.

set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
tree=$(cd "$here/../.." && pwd)
ksrc=${KSRC:-$("$tree/selftests/vm/kernel" -s)}
python=/usr/bin/python3

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The generator looks for the schema beside the specification, and for the file
# MAINTAINERS to tell where a kernel tree begins.
mkdir -p "$work/Documentation/netlink/specs" "$work/out"
touch "$work/MAINTAINERS"
cp "$ksrc"/Documentation/netlink/*.yaml "$work/Documentation/netlink/"
cp "$here/specs/sdwan.yaml" "$work/Documentation/netlink/specs/"

# gen MODE FORM FILE
gen() {
	mkdir -p "$work/out/${3%/*}"
	timeout 60 "$python" "$ksrc/tools/net/ynl/ynl-gen-c.py" \
		--mode "$1" "--$2" -o "$work/out/$3" \
		--spec "$work/Documentation/netlink/specs/sdwan.yaml"
}

gen uapi header include/uapi/linux/sdwan.h
gen kernel header kmod/netlink_gen.h
gen kernel source kmod/netlink_gen.c

if [ "${1:-}" = --check ]; then
	status=0
	for file in include/uapi/linux/sdwan.h kmod/netlink_gen.h \
		    kmod/netlink_gen.c; do
		diff -u "$tree/$file" "$work/out/$file" || status=1
	done
	exit $status
fi
cp -r "$work/out/." "$tree/"
