# SPDX-License-Identifier: GPL-2.0
"""Changes of the configuration: the time to the first packet that obeys them.

A flow goes by one WAN.  Now its rule names another class, or its class prefers
the other WAN, or the path it is on is taken out of use, or put back.  The request
is sent, and behind it packets of the flow, one after the other, without waiting
for its answer.  What counts is from before the request until the kernel has given
the first packet to the device of the other WAN, by the time that it notes itself.
"""
import os
import random
import socket
import struct
import sys
import time

import inject
import ruleset
import scenarios
from inject import say
from steer import fabric, request, segment

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                '..'))
import steering  # noqa: E402  pylint: disable=wrong-import-position

PARTS = ['obeyed']
RULES = 10000
TIMES = 200
NAME = 'obey.1'
PORT = 4000
ETH_P_IP = 0x0800
SO_TIMESTAMPNS = 35
MOST = 1000     # packets that may still go the old way


def prepare():
    site = scenarios.lone(NAME)
    site.ip('link add wan1 type dummy', 'link set wan1 up',
            'addr add 198.51.100.1/24 dev wan1',
            'neigh add 198.51.100.2 lladdr 02:00:00:00:01:03 dev wan1'
            ' nud permanent')
    fabric(site)
    site.do('sdwanctl', 'underlay add u1 dev wan1 local 198.51.100.1 probe off')
    site.do('sdwanctl', f'path add p1 peer edge{site.o} underlay u1 '
            'remote 198.51.100.2')
    for name, order in ('left', 'u0,u1'), ('right', 'u1,u0'):
        site.do('sdwanctl', f'class add {name} mode prefer {order} move now')
    for line in ruleset.sdwanctl(ruleset.make(RULES)):
        site.do('sdwanctl', line)
    site.do('sdwanctl', f'rule add pref 1 proto udp dport {PORT} '
            'action class left')
    segment(site)
    inject.execute(site.commands)


class Tap:
    """What leaves by one device: packets of the flow, and when"""

    def __init__(self, dev):
        with inject.Namespace(NAME):
            self.sock = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM)
            self.sock.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
            self.sock.bind((dev, 3))    # ETH_P_ALL: what is sent, too
        self.sock.setblocking(False)

    def first(self):
        """The time of the oldest packet that was not looked at, or None"""
        found = None
        while True:
            try:
                _, more, _, who = self.sock.recvmsg(64, 64)
            except BlockingIOError:
                return found
            if found is None and who[1] == ETH_P_IP:
                seconds, ns = struct.unpack('=qq', more[0][2])
                found = seconds * 10**9 + ns


class Flow:
    """It comes from this host"""

    def __init__(self, to):
        with inject.Namespace(NAME):
            self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            self.sock.connect((to, PORT))

    def send(self):
        self.sock.send(b'?')


def obeyed(nl, message, flow, old, new):
    """Microseconds until a packet leaves by NEW, and how many went by OLD"""
    old.first()
    new.first()
    begin = time.clock_gettime_ns(time.CLOCK_REALTIME)
    nl.sock.send(message)
    for n in range(MOST):
        flow.send()
        at = new.first()
        if at is not None:
            nl.sock.recv(65536)
            return (at - begin) / 1000, n
        # a tap that is full would lose packets
        if n % 64 == 63:
            old.first()
    raise inject.Lost('no packet obeys the change')


def kinds(nl):
    """{what changes: (the request for each way, what is set back to before)}"""
    def to(name):
        return request(nl, 'rule-new', steering.enc(
            'rule', pref=1, proto=socket.IPPROTO_UDP,
            dport=steering.ports(PORT), action='class', class_=name),
            steering.NLM_F_REPLACE)

    def order(*names):
        return request(nl, 'class-set', steering.enc(
            'class', name='left', member=[{'underlay': n} for n in names]))

    def admin(up):
        return request(nl, 'path-set', steering.enc(
            'path', name='edge2:u0', admin=up))
    return {'rule': (to('right'), to('left')),
            'class': (order('u1', 'u0'), order('u0', 'u1')),
            'path': (admin(0), admin(1))}


def main(options):
    inject.note(f'obeyed: changes, with {RULES} rules')
    prepare()
    nl = steering.Netlink(NAME)
    wans = Tap('wan0'), Tap('wan1')
    flow = Flow('10.2.0.9')
    rnd = random.Random(5)
    for what, ways in kinds(nl).items():
        took, late = [], 0
        for n in range(2 * TIMES):
            at, more = obeyed(nl, ways[n % 2], flow, wans[n % 2],
                              wans[(n + 1) % 2])
            took.append(at)
            late += more
            time.sleep(rnd.random() / 200)
        say('obeyed', what=what, times=took, late=late)
    nl.close()
    inject.call(['ip', 'netns', 'del', NAME])
