#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
#
# Decided moves: what they do to packets that are on their way.
# Kernels: all um um-debug
# Check: um
# Timeout: 300

import os
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from deciding import *  # noqa: E402,F403

# One way, milliseconds
DELAYS = (12 * SLOW, 2 * SLOW)
# Longer than the difference; packets pause for longer than that
GAP = 30 * SLOW
PAUSE = 0.06 * SLOW
# With a pause it is shorter than what flows have to find one in
BURST = 0.025 * SLOW


class Bursts(threading.Thread):
    """Calls send(number) a thousand times a second, with pauses, until it is
    to stop"""

    def __init__(self, send_one, pause=PAUSE):
        super().__init__(daemon=True)
        self.send_one, self.pause = send_one, pause
        self.count = 0
        self.over = threading.Event()
        at_cleanup(self.over.set)

    def run(self):
        while not self.over.is_set():
            end = time.monotonic() + BURST
            while time.monotonic() < end:
                self.send_one(self.count)
                self.count += 1
                time.sleep(0.001 * SLOW)
            time.sleep(self.pause)

    def stop(self):
        self.over.set()
        self.join(60)
        true(not self.is_alive(), 'the sender has stopped')
        return self.count


def wans():
    """Two, of which one is slower; who forbids either is a metric's name"""
    e1, _ = lab()
    for i, delay in enumerate(DELAYS):
        netem(i, 'delay', '%dms' % delay, 'limit', '10000')
    prices(e1, 7, 8)
    e1.do('metric-new', name='not0', prog=ban(7))
    e1.do('metric-new', name='not1', prog=ban(8))
    return e1


def move(e1, to):
    """It is decided for this path at once, as the other one is forbidden"""
    e1.do('class-set', name='voice', metric='not1' if to == U0 else 'not0')
    return carried(e1, to)


def on(e1, sport):
    return e1.do('flow-get', sport=sport)['path']


def decided(e1, moves, flows):
    """So many are decided, each when these flows have followed the one before"""
    before = decision(e1)['moves']
    for i in range(moves):
        to = (U1, U0)[i % 2]
        equal(move(e1, to)['reason'], 'breach', 'why')
        for sport in flows:
            wait_for(lambda: on(e1, sport) == to, 'flow %d is on %s' % (
                sport, to))
    equal(decision(e1)['moves'], before + moves, 'decisions')


class Receiver(threading.Thread):
    """Takes in what comes, so that no buffer is full"""

    def __init__(self, sock):
        super().__init__(daemon=True)
        self.sock, self.got = sock, []

    def run(self):
        while True:
            try:
                data = self.sock.recv(65536)
            except OSError:
                return
            if not data or data == b'end':
                return
            self.got.append(data)


def test_moves():
    """A flow of a thousand packets a second and a TCP transfer, both with
    pauses, while it is decided again and again: all comes, once, in order"""
    e1 = wans()
    steer(e1, mode='best', metric='not1', move='flowlet', gap=GAP * 1000,
          round=HOUR)
    carried(e1, U0)
    udp = Talk(4000, 5000)
    udp.both()
    ears = [Receiver(udp.b)]
    tcp, far = Listener(5001).connect(4001)
    ears.append(Receiver(far))
    late = out_of_order('e2')
    talks = [Bursts(lambda n: udp.a.sendto(b'%d' % n, udp.dst)),
             Bursts(lambda n: tcp.send(b'%08d' % n))]
    for t in ears + talks:
        t.start()
    count = 1000 if LONG else 60
    decided(e1, count, (4000, 4001))
    sent = [t.stop() for t in talks]
    time.sleep(0.3 * SLOW)
    udp.a.sendto(b'end', udp.dst)
    tcp.shutdown(socket.SHUT_WR)
    for ear in ears:
        ear.join(60)
        true(not ear.is_alive(), 'the end has come')
    got = [int(d) for d in ears[0].got]
    moves = [e1.do('flow-get', sport=sport)['moves'] for sport in (4000, 4001)]
    log('%d decided moves, %d datagrams, %d segments, moves of flows %r' % (
        count, *sent, moves))
    log('out of order: %d datagrams, %d segments' % (
        sum(a > b for a, b in zip(got, got[1:])), out_of_order('e2') - late))
    equal(len(got), sent[0], 'datagrams')
    true(got == list(range(sent[0])), 'each datagram once, in order')
    equal(b''.join(ears[1].got), b''.join(b'%08d' % i for i in range(sent[1])),
          'the stream')
    equal(out_of_order('e2') - late, 0, 'segments that have overtaken')
    equal(moves, [count, count], 'moves of flows')


def left(e1, how):
    """Seconds until a flow without gaps has left a path that is forbidden, and
    whether it was still there when that had been decided"""
    steer(e1, mode='best', metric='not1', move=how, gap=1000000, round=HOUR)
    carried(e1, U0)
    e1.do('flow-flush')
    t = Talk(4000, 5000)
    t.both()
    b = Bursts(lambda n: t.a.sendto(b'%d' % n, t.dst), pause=0)
    b.start()
    equal(on(e1, 4000), U0, 'flow')
    e1.do('class-set', name='voice', metric='not0')
    while decision(e1)['path'] != U1:
        time.sleep(0.001)
    began = time.monotonic()
    still = on(e1, 4000) == U0
    asked = time.monotonic() - began
    wait_for(lambda: on(e1, 4000) == U1, 'it has left')
    took = time.monotonic() - began
    b.stop()
    t.a.close()
    t.b.close()
    return still if asked < 0.1 else None, took


def test_breach_in_gaps():
    """A flow without gaps waits for one for a fifth of a second under flowlet,
    and not at all else"""
    e1 = wans()
    for _ in range(10):
        still, took = left(e1, 'flowlet')
        log('flowlet: left after %.3f s' % took)
        if still is not None:
            break
    equal(still, True, 'it waits for a gap')
    true(took < 1.5 * SLOW, 'but not for long: %.2f s' % took)
    for how in ('sticky', 'now'):
        # less than what others wait for, unless something else has kept us
        for _ in range(10):
            _, took = left(e1, how)
            log('%s: left after %.3f s' % (how, took))
            if took < 0.12:
                break
        true(took < 0.12, '%s: left at once, not after %.3f s' % (how, took))


def test_breach_nowhere():
    """Where nothing complies nobody waits: a strict class drops at once"""
    e1 = wans()
    e1.do('metric-new', name='none', prog=b''.join(struct.pack(
        '=HBBI', *i) for i in ((0x06, 0, 0, NEVER),)))
    steer(e1, mode='best', metric='not1', move='flowlet', gap=1000000,
          round=HOUR, strict=1)
    carried(e1, U0)
    t = Talk(4000, 5000)
    t.both()
    e1.do('class-set', name='voice', metric='none')
    wait_for(lambda: not decision(e1).get('path'), 'nothing carries it')
    before = e1.dropped('tx_drop_strict')
    equal(e1.took(lambda: t.a.sendto(b'x', t.dst)), {}, 'packets')
    equal(e1.dropped('tx_drop_strict'), before + 1, 'drops')


if __name__ == '__main__':
    run_tests(test_moves, test_breach_in_gaps, test_breach_nowhere)
