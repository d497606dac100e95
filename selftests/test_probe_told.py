#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
#
# What the ends of a path tell each other of what they have found out, against an
# independent end.
# Kernels: all um um-debug
# Check: um
# Timeout: 300
#
# The far end is that of probefar.py.

import os
import struct
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lab import *  # noqa: E402,F403
from probefar import *  # noqa: E402,F403

KEY = bytes(range(32))
UNKNOWN = 0xffffffff
PATH_SECTION, UNDERLAY_SECTION, DEVICE_SECTION = 1, 2, 4
# valid, age, RTT and its deviation and minimum, variations, loss, losses, rates,
# MTU, preference
TOLD = (1, 5, 20001, 302, 19003, 404, 505, 60006, 6006, 7007, 60006, UNKNOWN,
        1234, 4321, 1400, 77)
WANT = {'rtt': 20001, 'rtt_var': 302, 'rtt_min': 19003, 'delay_var_tx': 404,
        'delay_var_rx': 505, 'probe_loss_tx': 6006, 'probe_loss_rx': 7007,
        'data_loss_tx': 60006, 'tx_rate': 1234000, 'rx_rate': 4321000,
        'heard_age': 5, 'mtu': 1400}


def setup_told(*what):
    lab, far = setup()
    name = f'/tmp/sdwan-{os.getpid()}.key'
    with open(name, 'w', encoding='ascii') as f:
        f.write(KEY.hex() + '\n')
    os.chmod(name, 0o600)
    at_cleanup(lambda: os.path.exists(name) and os.unlink(name))
    ctl('e1', 'peer', 'set', 'p2', 'key', name)
    ctl('e1', 'path', 'set', PATH, *(what or FAST))
    return lab, far


def told_of(p):
    """What is told of the far end, without its age"""
    far_told = dict(p.get('far', {}))
    far_told.pop('age', None)
    return far_told


def with_statistics(far, seconds=5):
    """The next probe that has some, all before it answered"""
    far.drain()
    for sport, probe in far.asked(seconds * SLOW):
        true(trailer_ok(KEY, probe), 'HMAC of what follows')
        true(len(probe) <= 512, 'length of a probe')
        if found_out(probe):
            return sport, probe
        far.auth_reflect(KEY, sport, probe, far.rseq)
        far.rseq += 1
    raise Fail('no probe has statistics')


def next_number(probe):
    return struct.unpack('!I', probe[:4])[0]


def test_sent():
    """Each 16th probe tells what was found out of the path, and nothing else."""
    lab, far = setup_told()
    n = numbers = 0
    for sport, probe in far.asked(3 * SLOW):
        far.auth_reflect(KEY, sport, probe, far.rseq)
        far.rseq += 1
        n += 1
        what = found_out(probe)
        if not what:
            equal(len(probe), 200, 'length')
            continue
        true(trailer_ok(KEY, probe), 'HMAC of what follows')
        equal(len(probe), 200 + 12 + 64, 'length')
        numbers += 1
        has, wants, fields = what
        equal((has, wants, len(fields)), (PATH_SECTION, 0, 16), 'sections')
        p = path()
        equal((fields[0], fields[8], fields[9], fields[14], fields[15]),
              (1, 0, 0, p['mtu'], p['preference']), 'what is the same always')
        true(fields[4] >= p['rtt_min'] and fields[4] <= fields[2] * 20,
             'round-trip times')
    true(n / 16 - 2 <= numbers <= n / 16 + 2, f'{numbers} of {n} probes')
    # who does not answer is told nothing
    lab, far = setup_told()
    for sport, probe in far.asked(2 * SLOW):
        equal(found_out(probe), None, 'statistics for who is not known')
    lab.alive()


def test_taken():
    """What the far end tells is told, with its age, and forgotten when it boots."""
    lab, far = setup_told()
    sport, probe = with_statistics(far)
    here = identity(probe)[4]
    equal(told_of(path()), {}, 'what was not told')
    far.auth_reflect(KEY, sport, probe, far.rseq,
                     more=statistics(PATH_SECTION, 0, TOLD, flags=0))
    far.rseq += 1
    time.sleep(0.3)
    p = path()
    equal(told_of(p), WANT, 'told by an answer')
    true(250 <= p['far']['age'] < 3000 * SLOW, 'its age')
    # by a probe, with what it knows only
    other = (0, UNKNOWN) + (UNKNOWN,) * 12 + (1300, 1)
    far.drain()
    far.send(auth_request(KEY, 10, time.time()) + told(
        KEY, 10, far.nonce, here, more=statistics(PATH_SECTION, 0, other)),
        50000, 862)
    next(far.answers(5 * SLOW))
    equal(told_of(path()), {'mtu': 1300}, 'told by a probe')
    out = run('sdwanctl', 'metrics', ns='e1')
    true('sdwan_path_far_age_milliseconds{name="p2:u0"' in out, 'metrics')
    far.nonce += 1
    far.auth_answer(0.5 * SLOW, KEY)
    equal(told_of(path()), {}, 'what was told before it has booted')
    lab.alive()


def test_not_taken():
    """What does not count changes nothing, nor does what is no statistics."""
    lab, far = setup_told()
    sport, probe = with_statistics(far)
    here, nonce = identity(probe)[4], far.nonce
    far.auth_reflect(KEY, sport, probe, far.rseq,
                     more=statistics(PATH_SECTION, 0, TOLD, flags=0))
    far.rseq += 1
    lie = (1,) * 16

    def send(seq, echo, more, by=nonce, **kw):
        far.drain()
        packet = auth_request(KEY, seq, time.time()) + told(
            KEY, seq, by, echo, more=more, **kw)
        far.send(packet, 50000, 862)
        _, data, _ = next(far.answers(5 * SLOW))
        equal(len(data), len(packet), 'length of the answer')
        return data

    good = statistics(PATH_SECTION, 0, lie)
    for what, data in (
            ('another boot of ours', send(100, here ^ 1, good)),
            ('no echo', send(101, 0, good)),
            ('another boot of theirs', send(102, here, good, by=nonce + 1)),
            ('another path', send(103, here, good, path=78))):
        equal(found_out(data)[:2] + (set(found_out(data)[2]),), (0, 0, {0}),
              'what is answered to ' + what)
    for n, more in enumerate((statistics(PATH_SECTION, 0, lie, version=2),
                              statistics(PATH_SECTION, 0, lie, magic=b'SDWM'),
                              statistics(PATH_SECTION, 0, lie[1:]),
                              statistics(7, 0, lie + (1,) * 13),
                              tlv(252, b'SDWN\1\1\0'))):
        data = send(110 + n, here, more)
        equal(data[180], 0x80, 'the flag of what is not known')
        equal(data[181:180 + len(more)], more[1:], 'what is not known')
    # overtaken by another one
    send(300, here, b'')
    send(290, here, good)
    # our own that come back from who does not know them
    sport, probe = with_statistics(far)
    n = 4 + struct.unpack('!H', probe[182:184])[0]
    far.auth_reflect(KEY, sport, probe, far.rseq, more=probe[180:180 + n])
    time.sleep(0.3 * SLOW)
    equal(told_of(path()), WANT, 'what was told before')
    lab.alive()


def test_sections():
    """Of the underlay and of the end, what metrics read; as far as there is room."""
    lab, far = setup_told()
    ctl('e1', 'underlay', 'set', 'u0', 'rate', '50mbit', 'cost', '9')
    _, probe = with_statistics(far)
    here = identity(probe)[4]
    number = 100

    def ask(wants, room):
        nonlocal number
        number += 1
        far.drain()
        packet = auth_request(KEY, number, time.time()) + told(
            KEY, number, far.nonce, here, more=statistics(0, wants, (), room))
        far.send(packet, 50000, 862)
        _, data, _ = next(far.answers(5 * SLOW))
        true(trailer_ok(KEY, data), 'HMAC of an answer')
        equal(len(data), len(packet), 'length of an answer')
        return found_out(data)
    equal(ask(0, 30)[0], PATH_SECTION, 'nothing wanted')
    equal(ask(7, 15)[0], UNDERLAY_SECTION | DEVICE_SECTION, 'room for two')
    equal(ask(7, 5)[0], 0, 'no room')
    equal(ask(6, 8)[0], UNDERLAY_SECTION, 'room for one')
    ask(7, 30)
    time.sleep(2.5)     # looked at twice
    has, wants, fields = ask(7, 30)
    equal((has, wants), (7, 0), 'all')
    equal(fields[16:17] + fields[18:20], (1, 50000, 9), 'underlay')
    equal(fields[24:25] + fields[27:28], (1, os.cpu_count()), 'device')
    equal(fields[29], len(json_of('path', 'show')), 'paths')
    # what our metrics read is asked for
    ctl('e1', 'metric', 'add', 'far', 'far.underlay.rate_kbit + far.rtt_us')
    ctl('e1', 'metric', 'add', 'end', 'far.device.cpus')
    time.sleep(1.5)
    sport, probe = with_statistics(far)
    has, wants, fields = found_out(probe)
    equal((wants, len(fields)), (7, 30), 'what is wanted')
    more = statistics(7, 0, TOLD + (1, 2, 3, 4, 5, 6, 7, 8) +
                      (1, 10, 11, 12, 13, 14), flags=0)
    far.auth_reflect(KEY, sport, probe, far.rseq, more=more)
    time.sleep(1.5)
    equal([json_of('metric', 'test', m, 'path', PATH)['cost']
           for m in ('far', 'end')], [3 + 20001, 12], 'costs')
    ctl('e1', 'metric', 'add', 'old', 'far.age_ms')
    true(1000 < json_of('metric', 'test', 'old', 'path', PATH)['cost'] <
         10000 * SLOW, 'age')
    for m in ('far', 'end', 'old'):
        ctl('e1', 'metric', 'del', m)
    time.sleep(1.5)
    _, probe = with_statistics(far)
    equal(found_out(probe)[1], 0, 'what is wanted without metrics')
    lab.alive()


def states(far, seconds, seen_now, **kw):
    """Send probes for a time, and answer none; the states that were seen"""
    got = set()
    end = time.monotonic() + seconds * SLOW
    at = 0
    for _, probe in far.asked(seconds * SLOW):
        far.number += 1
        far.ask(KEY, far.number, far.here,
                seen=seen_now(next_number(probe)), **kw)
        at += 1
        if at % 4 == 0:
            got.add(path()['state'])
        if time.monotonic() > end:
            break
    got.add(path()['state'])
    return got


def test_seen():
    """Where answers are lost, a path is up as long as probes are told to arrive."""
    mult = str(8 * SLOW)
    lab, far = setup_told(*FAST[:-1], mult)
    _, probe = far.auth_answer(1 * SLOW, KEY)
    far.here, far.number = identity(probe)[4], 1000
    far.ask(KEY, 1000, far.here)
    _, probe = far.auth_answer(0.3 * SLOW, KEY)
    equal(seen(probe), 1000, 'what is said to have come')
    equal(path()['state'], 'up')
    answered = path()['probes_answered']
    equal(states(far, 2.5, lambda n: n), {'up'}, 'states while all arrive')
    equal(states(far, 1, lambda n: n - 3), {'up'}, 'states, three probes late')
    equal(path()['probes_answered'], answered, 'answered')
    last = next_number(next(far.asked(5 * SLOW))[1])
    true('down' in states(far, 1.5, lambda n: last), 'down when none arrives')
    # it is answered again
    far.auth_answer(2.5 * SLOW, KEY)
    equal(path()['state'], 'up')
    for what, kw, said in (('none', {}, lambda n: None),
                           ('such as were not sent', {}, lambda n: n + 1000),
                           ('old ones', {}, lambda n: n - 200),
                           ('others', {'nonce': 5}, lambda n: n)):
        true('down' in states(far, 1.5, said, **kw), 'down when told of ' + what)
        far.auth_answer(2.5 * SLOW, KEY)
        equal(path()['state'], 'up')
    lab.alive()


run_tests(test_sent, test_taken, test_not_taken, test_sections, test_seen)
