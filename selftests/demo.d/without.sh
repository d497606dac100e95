# SPDX-License-Identifier: GPL-2.0
#
# There was no other way.

title "And without the segment"
must paris ip link del sdwan0
if on alice ping -c 1 -W 2 10.2.0.2; then
	broken "alice still reaches bob: by another way than ours"
else
	kept "alice cannot reach bob: there was no other way"
fi
