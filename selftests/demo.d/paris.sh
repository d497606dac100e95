# SPDX-License-Identifier: GPL-2.0
#
# The first edge, typed command by command.

title "An edge in Paris"
say "An edge has a site number. Its WANs are \"underlays\"; the edge at the other \
end is a \"peer\", which it reaches by a \"path\" over each of them, in the order \
of preference."
must paris sdwanctl node set site 1 gateway 1 name paris
must paris sdwanctl underlay add fibre dev fibre
must paris sdwanctl underlay add mpls dev mpls
must paris sdwanctl underlay add lte dev lte
must paris sdwanctl peer add berlin site 2 overlay 100.64.0.2
must paris sdwanctl path add peer berlin underlay fibre remote 192.0.2.18 preference 10
must paris sdwanctl path add peer berlin underlay mpls remote 192.0.2.34 preference 20
must paris sdwanctl path add peer berlin underlay lte remote 192.0.2.50 preference 30

say "The network of the company is a \"segment\", number 100: an ordinary network \
device. What is behind it is told by prefixes: 10.2.0.0/16 is at site 2."
must paris ip link add sdwan0 type sdwan vni 100
must paris ip addr add 100.64.0.1/24 dev sdwan0
must paris ip link set sdwan0 up
must paris sdwanctl prefix add 10.2.0.0/16 dev sdwan0 site 2
must paris ip route add 10.2.0.0/16 dev sdwan0
