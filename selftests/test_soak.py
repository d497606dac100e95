#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
#
# A hundred million packets (make check-long) while everything is changed: each
# is delivered, or counted with the cause.
# Kernels: all um um-debug
# Check: um
# Timeout: 3600

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from steering import *  # noqa: E402,F403

NET = '10.2.144.0'
KNOWN = 500
PIECE = 100000
# Those that may be down
PATHS = {'e1': (U1, U2), 'e2': (B1, B2)}
# What is remembered of a flow, and what the kernel takes for something else
SLACK = 24 << 20


def packets():
    """How many are sent; what is no User Mode Linux without debugging is slow"""
    fast = SLOW == 1 and os.environ.get('SDWAN_GUEST') == 'um'
    return (10 ** 8 if LONG else 10 ** 6) // (1 if fast else 50)


def delivered():
    """UDP packets that have come to ports of nobody"""
    head, data = [line.split() for line in run(
        'cat', '/proc/net/snmp', ns='e2').splitlines()
        if line.startswith('Udp:')]
    return int(data[head.index('NoPorts')])


def dropped(fabric, side):
    """By cause, of a segment and of what is of none"""
    counters = dict(fabric.fabric()['counter'])
    for name, value in fabric.counters().items():
        counters[name] = counters.get(name, 0) + value
    return {k: v for k, v in counters.items()
            if k.startswith(side + '_') and v}


def total(fabric, name):
    return sum(p[name] for p in fabric.dump('path-get'))


class Changes:
    """Something is configured anew at one of the ends"""

    def __init__(self, *fabrics):
        self.fabrics, self.n = fabrics, 0

    def step(self):
        f = self.fabrics[self.n // 6 % 2]
        n, what = self.n // 12, self.n % 6
        self.n += 1
        if what == 0:
            f.do('class-set', name='c%d' % (n % 3), mode='balance',
                 move=('now', 'flowlet', 'sticky')[n % 3],
                 member=[{'underlay': 'u%d' % i} for i in range(n % 3, 3)])
        elif what == 1:
            f.replace([(i + 1, dict(
                {'action': 'drop'} if i == n % 50 else
                {'action': 'class', 'class_': 'c%d' % (i % 3)}, proto=UDP,
                dport=ports((4000 + i * 50, 4000 + i * 60 + n % 8))))
                for i in range(40 + n % 20)])
        elif what == 2:
            f.do('path-set', name=PATHS[f.ns][n % 2], admin=n // 2 % 2)
        elif what == 3:
            f.do('path-set', name=PATHS[f.ns][n % 2], ttl=1 + n % 250,
                 df=('set', 'copy', 'clear')[n % 3])
        elif what == 4:
            f.do('fabric-set', max_flows=(4000, 20000, 300)[n % 3])
        else:
            f.do('flow-flush', **({}, {'dport': 5001}, {'rule': 3})[n % 3])


def send(first, changes):
    with InNs('e1'):
        flood = subprocess.Popen(
            [FLOOD, S4, D4, str(KNOWN), str(PIECE), NET, str(first)],
            stdout=subprocess.DEVNULL)
    try:
        while flood.poll() is None:
            changes.step()
            time.sleep(0.01)
    finally:
        flood.kill()
        flood.wait()
    equal(flood.returncode, 0, 'what flowflood says')


def encapsulations():
    """A path of each"""
    for s, o in ((1, 2), (2, 1)):
        run('sdwanctl', '-batch', '-', ns='e%d' % s, stdin=''.join(
            'path del edge%d:u%d\n'
            'path add peer edge%d underlay u%d remote 192.168.1%d.%d '
            'preference %d encap %s\n' % (o, i, o, i, i, o, 100 + i, encap)
            for i, encap in ((1, 'vxlan-gpe'), (2, 'gre'))))


def test_soak():
    """What was sent, by the counters of paths, drops and UDP; and in the end
    the memory is what it was"""
    sites = Sites()
    e1, e2 = sites.e1, sites.e2
    encapsulations()
    for f in (e1, e2):
        for i in range(3):
            f.do('class-new', name='c%d' % i, mode='balance')
    run(FLOOD, S4, D4, str(KNOWN), str(PIECE), NET, '0', ns='e1')
    for f in (e1, e2):
        f.do('flow-flush')
    memory = slab()
    begin = {'delivered': delivered(), 'drops': (dropped(e1, 'tx'),
                                                 dropped(e2, 'rx')),
             'tx': total(e1, 'tx_packets'), 'rx': total(e2, 'rx_packets')}
    changes, sent, t0 = Changes(e1, e2), 0, time.monotonic()
    while sent < packets():
        send(sent, changes)
        sent += PIECE
    took = time.monotonic() - t0

    def lost(f, side, before):
        after = dropped(f, side)
        return {k: v - before.get(k, 0) for k, v in after.items()
                if v != before.get(k, 0)}

    refused = lost(e1, 'tx', begin['drops'][0])
    causes = lost(e2, 'rx', begin['drops'][1])
    tx = total(e1, 'tx_packets') - begin['tx']
    rx = total(e2, 'rx_packets') - begin['rx']
    came = delivered() - begin['delivered']
    log('%d packets, %d changes, %d s; not sent: %s; not accepted: %s; '
        'flows: %s' % (sent, changes.n, took, refused, causes, {
            k: v for k, v in e1.fabric()['counter'].items() if 'flow' in k}))
    equal(tx + sum(refused.values()), sent, 'sent, and refused by cause')
    equal(rx + sum(causes.values()), tx, 'accepted, and dropped by cause')
    equal(came, rx, 'delivered')
    true(came > sent // 2, 'most packets come, %d of %d' % (came, sent))
    for f in (e1, e2):
        f.flush_rules()
        equal(f.fabric()['flows'], 0, 'flows')
    grown = slab() - memory
    log('memory %+d KB' % (grown >> 10))
    true(grown < SLACK, 'memory grew by %d' % grown)


run_tests(test_soak)
