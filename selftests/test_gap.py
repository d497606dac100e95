#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
#
# The gap that flows move in is as long as it takes, by what probes have found out.
# Kernels: all um um-debug
# Check: um
# Timeout: 300

import heapq
import os
import select
import socket
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from probefar import *  # noqa: E402,F403
from steering import *  # noqa: E402,F403

# There and back, milliseconds: by round-trip times the slow one is the quick one
SLOW_WAY = (260, 100)
FAST_WAY = (10, 370)
MORE = (SLOW_WAY[0] - FAST_WAY[0]) * 1000
USUAL = 50000
# What a machine that does other things as well may be off by, and what such delays
# make of the margin for variation
BLUR = 40000
MARGIN = 3 * BLUR
# no measured gap is longer
MOST = 500000


def netem(wan, *what, ns='e1'):
    run('tc', 'qdisc', 'replace', 'dev', 'wan%d' % wan, 'root', 'netem', *what,
        'limit', '10000', ns=ns)


def probe(e1, *what):
    for i in range(2):
        run('sdwanctl', 'underlay', 'set', 'u%d' % i, *what, ns='e1')
    wait_for(lambda: all(p['state'] == 'up' for p in e1.dump('path-get')),
             'all paths are up')


def wans(how='tunnel'):
    """Two edges, u0 is the slow one there, u1 back"""
    e1 = Sites(wans=2).e1
    for i, (there, back) in enumerate((SLOW_WAY, FAST_WAY)):
        netem(i, 'delay', '%dms' % there)
        netem(i, 'delay', '%dms' % back, ns='e2')
    if how != 'off':
        probe(e1, 'probe', how, 'probe-interval', '50ms',
              'probe-idle-interval', '100ms', 'probe-mult', '40')
    return e1


def transit(e1):
    """By path, microseconds; None where it is not known"""
    return {p['name']: p.get('transit') for p in e1.dump('path-get')}


def known(e1):
    """The difference has been found out, and what varies is less"""
    p = {}

    def there():
        p.update((p['name'], p) for p in e1.dump('path-get'))
        return all('transit' in p[u] for u in (U0, U1)) and \
            p[U1]['transit'] == 0 and \
            abs(p[U0]['transit'] - MORE) < BLUR and \
            p[U0]['transit_var'] + p[U1]['transit_var'] < MARGIN
    try:
        wait_for(there, 'the difference', 30)
    except Fail:
        log({u: {k: p[u].get(k) for k in (
            'transit', 'transit_var', 'rtt', 'rtt_var', 'probes_answered',
            'state')} for u in p})
        raise


def first(e1, *underlays, move='flowlet'):
    e1.do('class-set', name='voice', move=move,
          member=prefer(*underlays)['member'])


def waits(e1, sport=4000, src=S4, dst=D4, dport=5000):
    """For which path and which gap, None where it does not"""
    got = e1.explain(vni=100, src=src, dst=dst, proto=UDP, sport=sport,
                     dport=dport)
    return (got['better'], got['gap']) if 'better' in got else None


def asked(e1, talk):
    """Microseconds of the gap from u0 to u1, asked before there was one"""
    for _ in range(60):
        first(e1, 'u0', 'u1', move='now')
        talk.a.sendto(b'x', talk.dst)
        first(e1, 'u1', 'u0')
        talk.a.sendto(b'x', talk.dst)
        got = waits(e1)
        # others have something to do as well
        time.sleep(0.02)
        if got:
            equal(got[0], U1, 'the better path')
            return got[1]
    raise Fail('the flow has always moved before it was asked about')


def test_difference():
    """What is told of paths and flows: the difference there, whatever it is back"""
    e1 = wans()
    steer(e1, **prefer('u0', 'u1'))
    equal(e1.do('class-get', name='voice')['gap'], 0, 'the default')
    t = Talk(4000, 5000)
    t.both()
    known(e1)
    wait_for(lambda: MORE - BLUR < asked(e1, t) < MORE + MARGIN, 'the gap', 30)
    log('transit %r, gap %d us' % (transit(e1), asked(e1, t)))
    # what varies is on top
    netem(0, 'delay', '%dms' % SLOW_WAY[0], '60ms')

    def varies():
        p = e1.do('path-get', name=U0)
        return p.get('transit_var', 0) > 60000
    wait_for(varies, 'variation', 20)
    p = e1.do('path-get', name=U0)
    gap = asked(e1, t)
    log('varying by %d us: gap %d us' % (p['transit_var'], gap))
    true(gap > MORE + 30000, 'gap of %d us' % gap)
    # what is said goes before what is measured
    e1.do('class-set', name='voice', gap=333000)
    equal(asked(e1, t), 333000, 'the gap that is said')
    text = run('sdwanctl', 'flow', 'get', 'vni', '100', 'src', S4, 'dst', D4,
               'proto', 'udp', 'sport', '4000', 'dport', '5000', ns='e1')
    true('better %s gap 333ms' % U1 in text, text)
    text = run('sdwanctl', '-d', 'class', 'show', ns='e1')
    true('gap 333ms' in text, text)
    e1.do('class-set', name='voice', gap=0)
    text = run('sdwanctl', '-d', 'class', 'show', ns='e1')
    true('gap auto' in text, text)


def stream(e1, send_one, took_all):
    """A thousand a second from the slow path to the fast one and back, again and
    again; how many were sent"""
    n = 0
    for turn in range(4):
        # pauses that are too short for what is on its way
        first(e1, 'u1', 'u0')
        before = e1.sent()
        for _ in range(4):
            end = time.monotonic() + 0.02 * SLOW
            while time.monotonic() < end:
                send_one(n)
                n += 1
                time.sleep(0.001 * SLOW)
            time.sleep(0.07)
        after = e1.sent()
        took = {k for k in after if after[k] != before[k]}
        stayed = took == {U0}
        # one that is long enough, however much both vary on a busy machine
        time.sleep(MOST / 1e6 + 0.03 * SLOW)
        equal(set(e1.took(lambda: took_all(n))), {U1}, 'path after a gap')
        n += 20
        # the slow one is behind it: nothing can be overtaken
        first(e1, 'u0', 'u1')
        equal(set(e1.took(lambda: took_all(n))), {U0}, 'path at once')
        n += 20
        log('turn %d: %s' % (turn, 'stayed in short pauses' if stayed else
                             'found a gap in them'))
    return n


def test_moves_udp():
    """A thousand packets a second: to the fast path in a gap, to the slow one at
    once, and all arrive in order"""
    e1 = wans()
    steer(e1, **prefer('u0', 'u1'))
    t = Talk(4000, 5000)
    t.b.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
    t.say(b'first')
    known(e1)

    def one(n):
        t.a.sendto(b'%d' % n, t.dst)

    def twenty(n):
        for i in range(20):
            one(n + i)
            time.sleep(0.001 * SLOW)
    n = stream(e1, one, twenty)
    got = [int(t.b.recv(100)) for _ in range(n)]
    equal(sum(a > b for a, b in zip(got, got[1:])), 0, 'out of order')
    equal(got, list(range(n)), 'what came')
    moves = e1.do('flow-get', sport=4000)['moves']
    log('%d packets, %d moves' % (n, moves))
    # it may have begun on either
    true(moves >= 7, '%d moves' % moves)


def test_moves_tcp():
    """The same of TCP, as its receiver counts it"""
    e1 = wans()
    e1.do('class-new', name='voice', **prefer('u0', 'u1'))
    e1.do('rule-new', pref=10, action='class', class_='voice')
    a, b = Listener(5000).connect(4000)
    known(e1)
    # so that the window is open
    for _ in range(40):
        a.send(b'x' * 8)
        time.sleep(0.005 * SLOW)
    early = out_of_order('e2')

    def one(n):
        a.send(b'%08d' % n)

    def twenty(n):
        for i in range(20):
            one(n + i)
            time.sleep(0.001 * SLOW)
    n = stream(e1, one, twenty)
    data = b''
    while len(data) < 8 * (n + 40):
        data += b.recv(65536)
    equal(data, b'x' * 320 + b''.join(b'%08d' % i for i in range(n)),
          'the stream')
    equal(out_of_order('e2') - early, 0, 'segments out of order')


def test_said():
    """A gap that is said is kept to, shorter or longer than what is measured;
    without probes it is that of ever"""
    e1 = wans()
    steer(e1, gap=2000000 * SLOW, **prefer('u0', 'u1'))
    t = Talk(4000, 5000)
    t.both()
    known(e1)
    t.say()
    first(e1, 'u1', 'u0')
    t.say()
    time.sleep((MORE + MARGIN) / 1e6 + 0.1 * SLOW)
    equal(list(e1.took(t.say)), [U0], 'a gap that is longer than it takes')
    # nor is it left at once for what is slower
    time.sleep(2.1 * SLOW)
    equal(list(e1.took(t.say)), [U1], 'after the gap that is said')
    first(e1, 'u0', 'u1')
    equal(list(e1.took(t.say)), [U1], 'to the slow one')
    # without probes
    probe(e1, 'probe', 'off')
    equal(set(transit(e1).values()), {None}, 'nothing is known')
    e1.do('class-set', name='voice', gap=0)
    equal(asked(e1, t), USUAL, 'the gap where nothing is known')


class Reflector(threading.Thread):
    """Far ends of two paths with one clock; each answers after its time on the way"""

    def __init__(self, lab, ways):
        super().__init__(daemon=True)
        self.lab, self.ways = lab, ways
        self.clock, self.over = CLOCK, False
        # those that are not answered
        self.deaf = set()
        with InNs('w0'):
            self.sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW,
                                      socket.htons(0x0800))
            self.sock.bind(('a', 0x0800))
        self.later, self.count, self.rseq = [], 0, dict.fromkeys(ways, 0)
        at_cleanup(self.stop)

    def stop(self):
        self.over = True
        self.join(10)

    def put(self, when, fn):
        self.count += 1
        heapq.heappush(self.later, (when, self.count, fn))

    def came(self, to, sport, packet, there, back):
        """It is there; the answer leaves at the same time"""
        now = time.time() + self.clock
        data = reply(packet, self.rseq[to], now, now)
        self.rseq[to] += 1

        def home():
            self.lab.outer4(control(data, 862, sport), src=to)
        self.put(there + back, home)

    def take(self, p):
        to = socket.inet_ntoa(p[16:20])
        if to not in self.ways or to in self.deaf:
            return
        got = Far.parse(p[:16] + ip4('192.168.20.1') + p[20:])
        if not got or got[1] != 862:
            return
        there, back = self.ways[to]
        at = time.monotonic() + there
        self.put(at, lambda: self.came(to, got[0], got[2], at, back))

    def run(self):
        while not self.over:
            now = time.monotonic()
            while self.later and self.later[0][0] <= now:
                heapq.heappop(self.later)[2]()
            wait = self.later[0][0] - now if self.later else 0.1
            if select.select([self.sock], [], [], max(0, min(wait, 0.1)))[0]:
                data, addr = self.sock.recvfrom(4096)
                if addr[2] != socket.PACKET_OUTGOING:
                    self.take(data[14:])


def test_clock():
    """The clock of the far end is an hour off, and is set: the difference is right, or
    what it may be at most is taken instead"""
    lab = Lab()
    ip('w0', 'addr', 'add', '192.168.20.2/16', 'dev', 'a')
    ways = {'192.168.20.1': (SLOW_WAY[0] / 1e3, 0.2),
            '192.168.20.2': (FAST_WAY[0] / 1e3, 0.2)}
    far = Reflector(lab, ways)
    e1 = Fabric('e1')
    fast = ('probe', 'tunnel', 'probe-mtu', 'off', 'probe-interval', '100ms',
            'probe-idle-interval', '100ms', 'probe-mult', '40')
    run('sdwanctl', 'path', 'del', 'p2v6', ns='e1')
    run('sdwanctl', 'path', 'set', 'p2:u0', *fast, ns='e1')
    run('sdwanctl', 'path', 'add', 'quick', 'peer', 'p2', 'underlay', 'u0',
        'remote', '192.168.20.2', *fast, ns='e1')
    far.start()
    slow, most = {'path': 'p2:u0'}, SLOW_WAY[0] * 1000 + 200000
    quick = {'path': 'quick'}
    e1.do('class-new', name='voice', mode='prefer', member=[slow, quick])
    e1.do('rule-new', pref=10, action='class', class_='voice')
    s = open_socket('e1', socket.SOCK_DGRAM, 0, '10.1.0.1', 4000)
    at_cleanup(s.close)

    def gap():
        """Whatever the clock does, it is never too short"""
        for _ in range(60):
            e1.do('class-set', name='voice', move='now',
                  member=[slow, quick])
            s.sendto(b'x', ('10.2.0.2', 5000))
            e1.do('class-set', name='voice', move='flowlet',
                  member=[quick, slow])
            s.sendto(b'x', ('10.2.0.2', 5000))
            got = waits(e1, src='10.1.0.1', dst='10.2.0.2')
            # the far end has something to do as well
            time.sleep(0.02)
            if got:
                true(got[1] > MORE - BLUR // 2, 'a gap of %d us' % got[1])
                return got[1]
        raise Fail('the flow has always moved before it was asked about')

    def told():
        t = transit(e1)
        return t['quick'] == 0 and abs((t['p2:u0'] or 0) - MORE) < BLUR

    def measured():
        return told() and gap() < MORE + MARGIN
    wait_for(measured, 'the difference at first', 30)
    log('at first: %r, gap %d us' % (transit(e1), gap()))
    for step in (1800, -7200, 0.5, -0.03, 0.03):
        far.clock += step
        start = time.monotonic()
        while time.monotonic() < start + 0.4 * SLOW:
            gap()
        # within as many probes as one that is tired of an hour would not do in
        while not told():
            true(time.monotonic() < start + 3 * SLOW,
                 'known again after the clock was set by %g s' % step)
            gap()
        wait_for(measured, 'the difference after %g s' % step)
        log('set by %g s: known again after %d ms, gap %d us' % (
            step, (time.monotonic() - start) * 1000, gap()))
    # one that has not been heard since tells nothing
    far.deaf = {'192.168.20.2'}
    time.sleep(0.7)
    far.clock += 100
    time.sleep(1 * SLOW)
    equal(transit(e1)['quick'], None, 'what was sampled before')
    got = gap()
    true(got > most - BLUR, 'gap of %d us, at most' % got)


run_tests(test_difference, test_moves_udp, test_moves_tcp, test_said,
          test_clock)
