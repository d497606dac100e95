# SPDX-License-Identifier: GPL-2.0
#
# A WAN comes back.

title "The fibre is repaired"
on paris ip link set fibre up
until_true 20 both_up fibre || broken "the path over the fibre does not come back"
on alice ping -c 3 -i 0.3 -W 5 10.2.0.2 || broken "alice does not reach bob"
