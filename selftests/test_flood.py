#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
#
# Floods of new flows against a full table; TCP that changes its path.
# Kernels: all um um-debug
# Check: um
# Timeout: 900

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from steering import *  # noqa: E402,F403

NET = '10.2.144.0'
# At most so many bytes for each flow that may be remembered; and what the
# kernel takes for something else meanwhile
FLOW_BYTES = 192
SLACK = 24 << 20


def send(count, known, first=None):
    """Packets of known flows, or half of them of new ones; nanoseconds each"""
    more = [] if first is None else [NET, str(first)]
    return int(run(FLOOD, S4, D4, str(known), str(count), *more, ns='e1'))


def drain(sock):
    """What has come from somebody else leaves room"""
    limit = sock.gettimeout()
    sock.setblocking(False)
    try:
        while True:
            sock.recv(2048)
    except BlockingIOError:
        sock.settimeout(limit)


def arrived(edge):
    return sum(p['rx_packets'] for p in edge.dump('path-get'))


def test_flood():
    """Millions of flows that are never answered, against a table that holds a
    part of them: memory is bounded, flows in use stay where they are, and most
    of the throughput is left"""
    sites = Sites()
    e1, e2 = sites.e1, sites.e2
    flows, most = (5000000, 262144) if LONG else (400000, 16384)
    if SLOW > 1 or os.environ.get('SDWAN_GUEST') != 'um':
        flows //= 8
    for f in (e1, e2):
        f.do('fabric-set', max_flows=most)
        f.do('class-new', name='bulk', mode='balance')
        f.do('rule-new', pref=10, action='class', class_='bulk')
    talks = [Talk(4000 + i, 5000 + i) for i in range(40)]

    def talk():
        for t in talks:
            drain(t.b)
            t.both()

    def used():
        return {f['dport']: f for f in e1.flows(dst=D4)}

    talk()
    keep = used()
    t0 = time.monotonic()
    equal(len(keep), len(talks), 'flows in use')
    equal({f['two_way'] for f in keep.values()}, {1}, 'seen both ways')
    memory, grown, sent, kept = slab(), 0, 0, 0
    calm, flooded = [], []
    piece = flows // 10
    # the best of what was measured counts: the machine does other things, too
    while sent < flows or (SLOW == 1 and kept < 60 and sent < 3 * flows):
        for costs, first in ((calm, None), (flooded, sent)):
            before = arrived(e2)
            costs.append(send(2 * piece, len(talks), first))
            came = arrived(e2) - before
            true(came > 0.6 * 2 * piece, '%d of %d packets came' % (
                came, 2 * piece))
        sent += piece
        talk()
        for f in (e1, e2):
            n = f.fabric()['flows']
            true(n <= most, '%d flows' % n)
        grown = max(grown, slab() - memory)
        # since the table is full
        if sent > flows // 2:
            full = min(flooded[5:])
            kept = 100 * min(calm) // full
    got = e1.fabric()
    log('%d flows, %d remembered, %s' % (sent, got['flows'], {
        k: v for k, v in got['counter'].items() if 'flow' in k}))
    log('%d ns a packet, %d in a flood, so %d %% of them; memory +%d KB' % (
        min(calm), full, kept, grown >> 10))
    true(got['flows'] > most * 3 // 4, 'the table is not full')
    true(grown < 2 * most * FLOW_BYTES + SLACK, 'memory grew by %d' % grown)
    # what a debug kernel checks of new flows is not ours
    if SLOW == 1:
        true(kept >= 60, 'throughput fell to %d %%' % kept)
    # one that was forgotten and begun anew is younger
    more = (time.monotonic() - t0) * 1000 - 50
    now = used()
    for key, f in keep.items():
        true(key in now, 'flow %s was forgotten' % key)
        equal([now[key][k] for k in ('path', 'moves')], [f['path'], 0],
              'path and moves')
        true(now[key]['age'] >= f['age'] + more,
             'flow %s was forgotten meanwhile' % key)


def test_tcp():
    """TCP goes from a path of 60 ms to one of 10 ms: in a gap, every segment in
    its order; at once, and the receiver counts those that overtake"""
    sites = Sites(wans=2)
    e1 = sites.e1
    for i, delay in ((0, 60), (1, 10)):
        run('tc', 'qdisc', 'add', 'dev', 'wan%d' % i, 'root', 'netem',
            'delay', '%dms' % (delay * SLOW), 'limit', '10000', ns='e1')
    listen = Listener(5000)
    result = {}
    for move, sport in (('flowlet', 4000), ('now', 4001)):
        e1.do('class-new', NLM_F_REPLACE, name='bulk', mode='prefer',
              member=[{'underlay': 'u0'}, {'underlay': 'u1'}], move=move,
              gap=150000 * SLOW)
        e1.do('rule-new', NLM_F_REPLACE, pref=10, action='class',
              class_='bulk')
        a, b = listen.connect(sport)
        before, total = out_of_order('e2'), 0
        for stage in range(3):
            if stage == 1:
                e1.do('class-set', name='bulk', member=[
                    {'underlay': 'u1'}, {'underlay': 'u0'}])
            if stage == 2:
                time.sleep(0.5 * SLOW)
            sent = e1.sent()
            for _ in range(80):
                a.send(b'%08d' % total)
                total += 1
                time.sleep(0.003 * SLOW)
        after = e1.sent()
        took = {k for k in after if after[k] != sent[k]}
        data = b''
        while len(data) < 8 * total:
            data += b.recv(65536)
        equal(data, b''.join(b'%08d' % i for i in range(total)), 'the stream')
        result[move] = (out_of_order('e2') - before,
                        e1.do('flow-get', sport=sport)['moves'], took)
        log('%s: %d segments out of order, %d moves' % (
            move, *result[move][:2]))
    equal(result['flowlet'], (0, 1, {U1}),
          'flowlet: out of order, moves, path in the end')
    equal(result['now'][1:], (1, {U1}), 'now: moves, path in the end')
    true(result['now'][0] > 0, 'now: nothing has overtaken')


run_tests(test_flood, test_tcp)
