#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
#
# The numbers of packets that are sent twice: hostile ones are counted drops, or
# keep out nothing that is right for long.
# Kernels: all um um-debug
# Check: um
# Timeout: 300

import os
import random
import struct
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lab import *  # noqa: E402,F403

CLASS, KIND = 0xff5d, 1
WINDOW = 127 * 64
ALIVE = 0.25


def number(n, stream=0x1234567890abcd, flags=0, length=12, **kw):
    data = struct.pack('!QI', flags << 56 | stream, n % 2 ** 32)
    data += b'\0' * max(length - 12, 0)
    return option(KIND, data[:length], cls=CLASS, **kw)


def numbered(n, **kw):
    return good4(options=number(n, **kw))


def once(lab, *packets):
    """Each of them arrives, by the first path and not by the second"""
    for p in packets:
        lab.expect({'rx': 2, 'rx_duplicate_removed': 1}, o4(lab, p), o6(lab, p))


def taken(lab, *packets):
    lab.expect({'rx': len(packets)}, *[o4(lab, p) for p in packets])


def test_option():
    """The option, right and wrong."""
    lab = Lab()
    once(lab, numbered(1), numbered(2, flags=0x80), numbered(3, flags=0x7f),
         numbered(5), numbered(4), good6(options=number(6)),
         good4(options=option(1, b'1234') + number(7)),
         good4(options=number(8) + option(0x7f, b'x' * 64)),
         # another stream
         numbered(8, stream=0), numbered(8, stream=2 ** 56 - 1))
    # of any other length, empty, longest; twice, be they equal or not
    bad = [good4(options=number(9, length=n)) for n in range(0, 125, 4)
           if n != 12]
    bad += [good4(options=number(9) + number(9)),
            good4(options=number(9) + number(10)),
            good4(options=number(9) + number(9, length=8)),
            good4(options=number(9, length=12)[:4] + b'\0' * 8)]
    lab.expect({'rx_drop_bad_option': 2 * len(bad)}, *both(lab, bad))
    lab.expect({'rx_drop_critical_option': 2}, *both(lab, [
        good4(options=option(KIND | 0x80, b'\0' * 12, cls=CLASS))]))
    # of another class or type, and none at all: nothing is removed
    plain = [good4(options=option(KIND, b'\0' * 12, cls=c))
             for c in (CLASS - 1, CLASS ^ 0x100, 0xffff)]
    plain += [good4(options=option(2, b'\0' * 12, cls=CLASS)), good4()]
    lab.expect({'rx': 2 * len(plain)}, *both(lab, plain))
    once(lab, numbered(9), numbered(10))
    lab.alive()


def test_refused_first():
    """What is not accepted marks no number."""
    lab = Lab()
    once(lab, numbered(1))
    bad = geneve(ipv4(udp_inner(), src='10.9.0.1'), options=number(2))
    lab.expect({'rx_drop_source': 2}, *both(lab, [bad]))
    bad = geneve(b'\xff' * 40, options=number(2))
    lab.expect({'rx_drop_inner': 2}, *both(lab, [bad]))
    lab.expect({'rx_drop_no_segment': 2}, *both(lab, [
        good4(vni=101, options=number(2))]))
    lab.expect({'rx_drop_control': 2}, *both(lab, [
        good4(flags=0x80, options=number(2))]))
    lab.expect({'rx_drop_unknown_path': 1},
               o4(lab, numbered(2), src='192.168.20.9'), errors=0)
    lab.expect({'rx_drop_ecn': 1}, o4(lab, numbered(2), tos=3))
    once(lab, numbered(2))
    # nor do numbers of another peer
    ctl('e1', 'peer', 'add', 'p3', 'site', '2', 'gateway', '2')
    ctl('e1', 'path', 'add', 'p3:u0', 'peer', 'p3', 'underlay', 'u0',
        'remote', '192.168.20.3')
    lab.expect({'rx': 1}, o4(lab, numbered(3), src='192.168.20.3'))
    once(lab, numbered(3))
    lab.alive()


def test_jumps():
    """Numbers far off: one changes nothing; two that agree are believed, and
    what is right then comes through again after a moment."""
    lab = Lab()
    once(lab, *[numbered(n) for n in range(100, 110)])
    n = 110
    for far in (WINDOW, 10 * WINDOW, 2 ** 31 - 2):
        taken(lab, numbered(n + far))
        once(lab, *[numbered(n + i) for i in range(5)])
        n += 5
    for far in (-WINDOW, -2 ** 31):
        # one that fits keeps the window alive
        lab.expect({'rx': 2, 'rx_duplicate_late': 1}, o4(lab, numbered(n)),
                   o4(lab, numbered(n + far)))
        once(lab, numbered(n + 1))
        n += 2
    # the second one to agree
    lab.expect({'rx': 2, 'rx_duplicate_moved': 1},
               o4(lab, numbered(n + 10 ** 6)), o4(lab, numbered(n + 10 ** 6 + 1)))
    lab.expect({'rx': 2, 'rx_duplicate_removed': 2},
               o6(lab, numbered(n + 10 ** 6)), o6(lab, numbered(n + 10 ** 6 + 1)))
    deadline = time.monotonic() + 10 * SLOW
    late = 0
    while True:
        before = lab.counters()
        lab.outer4(numbered(n))
        got = lab.settle(before, 1)
        if 'rx_duplicate_late' not in got:
            break
        late += 1
        true(time.monotonic() < deadline, 'good numbers are kept out')
        time.sleep(0.02)
    log('late until the window had come back:', late)
    lab.expect({'rx': 1, 'rx_duplicate_moved': 1}, o4(lab, numbered(n + 1)))
    lab.expect({'rx': 2, 'rx_duplicate_removed': 2}, o6(lab, numbered(n)),
               o6(lab, numbered(n + 1)))
    once(lab, *[numbered(n + i) for i in range(2, 10)])
    lab.alive()


def test_wrap():
    """Numbers wrap."""
    lab = Lab()
    once(lab, *[numbered(n) for n in range(2 ** 32 - 10, 2 ** 32 + 10)])
    lab.expect({'rx': 1, 'rx_duplicate_removed': 1},
               o4(lab, numbered(2 ** 32 - 1)))
    lab.alive()


def test_flood():
    """Streams that are invented throw out each other, and not the one in use."""
    lab = Lab()
    once(lab, *[numbered(n) for n in range(20)])
    rnd = random.Random(5)
    before = lab.counters()
    total = 20000 if LONG else 4000
    for i in range(total):
        lab.outer4(numbered(rnd.getrandbits(32), stream=rnd.getrandbits(56)))
        if i % 200 == 199:
            lab.settle(before, i + 1)
    got = lab.settle(before, total)
    got.pop('tx', 0)
    equal(got, {'rx': total}, 'counted')
    lab.expect({'rx': 20, 'rx_duplicate_removed': 20},
               *[o6(lab, numbered(n)) for n in range(20)])
    once(lab, *[numbered(n) for n in range(20, 40)])
    lab.alive()


def test_noise():
    """Random numbers, repeatable: each is taken once, or comes late."""
    lab = Lab()
    rnd = random.Random(11)
    before = lab.counters()
    total = 2000 if LONG else 500
    for i in range(total):
        lab.outer4(numbered(rnd.getrandbits(32), stream=rnd.getrandbits(2),
                            flags=rnd.getrandbits(8)))
        if i % 100 == 99:
            lab.settle(before, i + 1)
    got = lab.settle(before, total)
    log('counted:', got)
    equal(got['rx'], total, 'accepted')
    time.sleep(2 * ALIVE)
    for stream in range(4):
        taken(lab, numbered(7, stream=stream))
        lab.expect({'rx': 1, 'rx_duplicate_moved': 1},
                   o4(lab, numbered(8, stream=stream)))
        once(lab, numbered(9, stream=stream))
    lab.alive()


run_tests(test_option, test_refused_first, test_jumps, test_wrap, test_flood,
          test_noise)
