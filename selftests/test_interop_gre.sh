#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A stock gre or ip6gre device at the other end exchanges traffic with us.
# Kernels: all um
# Check: um
# Timeout: 400

set -u
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/helpers.sh"
. "$(dirname "$0")/stock.sh"

test_over_ipv4() { interop gre 4; }
test_over_ipv6() { interop gre 6 encaplimit none; }
# what is in front of GRE then is not our business
test_over_ipv6_with_limit() { interop gre 6; }
test_with_checksum_over_ipv4() { interop gre 4 ocsum; }
test_with_checksum_over_ipv6() { interop gre 6 encaplimit none ocsum; }
test_with_sequence_over_ipv4() { interop gre 4 oseq; }
test_pmtu_over_ipv4() { interop_pmtu gre 4; }
test_pmtu_over_ipv6() { interop_pmtu gre 6 encaplimit none; }
test_checks() { interop_checks gre; }
test_unsaid_over_ipv4() { interop_unsaid gre 4 unreachable; }
test_unsaid_over_ipv6() { interop_unsaid gre 6 unreachable encaplimit none; }

run_tests test_over_ipv4 test_over_ipv6 test_over_ipv6_with_limit \
	test_with_checksum_over_ipv4 test_with_checksum_over_ipv6 \
	test_with_sequence_over_ipv4 test_pmtu_over_ipv4 test_pmtu_over_ipv6 \
	test_checks test_unsaid_over_ipv4 test_unsaid_over_ipv6
