#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
#
# Where a far end is heard, against an independent end: what moves a path, and what is
# forged, recorded or of somebody else and does not.
# Kernels: all um um-debug
# Check: um
# Timeout: 300
#
# The far end is that of probefar.py; it can be at several addresses and ports.

import os
import struct
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lab import *  # noqa: E402,F403
from probefar import *  # noqa: E402,F403

KEY, OTHER = bytes(range(32)), bytes(range(7, 71))
NAT = ('nat', 'on', 'probe-interval', '50ms', 'probe-idle-interval', '50ms',
       'probe-mtu', 'off', 'probe-mult', '40', 'probe-hold', '200ms')
FAR = 77                # its number of the path


class Mover(Far):
    """A far end that is at a place, (address, port), and can be at others."""

    def __init__(self, lab):
        super().__init__(lab)
        self.place = ('192.168.20.1', 6081)
        self.seq = 0
        self.mine = None        # the nonce of the edge

    def say(self, payload, sport, dport, place=None):
        addr, port = place or self.place
        self.lab.outer4(control(payload, sport, dport), src=addr, sport=port)

    def send(self, payload, sport, dport, **kw):
        self.say(payload, sport, dport)

    @staticmethod
    def parse(p):
        """(place it was sent to, source port outside, what Far.parse says)"""
        if p[9] != 17 or p[16:19] != ip4('192.168.20.0')[:3]:
            return None
        sport, dport = struct.unpack('!HH', p[20:24])
        there = ('192.168.20.%d' % p[19], dport)
        fixed = p[:16] + ip4('192.168.20.1') + p[20:22] + \
            struct.pack('!H', 6081) + p[24:]
        got = Far.parse(fixed)
        return (there, sport) + got if got else None

    def heard(self, seconds, what):
        """(place, port, data) of each probe, or answer, for a time"""
        for there, outer, sport, dport, data, _ in self.packets(seconds):
            equal(outer, 6081, 'outer source port')
            if (dport if what == 'probe' else sport) == 862:
                yield there, (sport if what == 'probe' else dport), data

    def probe(self, echo=None, seq=None, nonce=None, key=KEY, **kw):
        """A probe; it is not sent."""
        if seq is None:
            self.seq += 1
            seq = self.seq
        return auth_request(key, seq, time.time() + CLOCK, 2) + told(
            key, seq, nonce or self.nonce, self.mine if echo is None else echo,
            path=FAR, **kw)

    def ask(self, place=None, **kw):
        """Send one; the answer, which must come from there."""
        self.drain()
        self.say(self.probe(**kw), 50000, 862, place)
        there, _, data = next(self.heard(5 * SLOW, 'answer'))
        equal(there, place or self.place, 'where the answer goes')
        equal(len(data), 200, 'its length')
        return data

    def reply_to(self, probe, port, place=None, nonce=None, key=KEY):
        now = time.time() + CLOCK
        more = told(key, self.rseq, nonce or self.nonce, identity(probe)[4],
                    path=FAR, flags=0, counted=1)
        self.say(auth_reply(key, probe[:112], self.rseq, now, now) + more, 862,
                 port, place)
        self.rseq += 1

    def asked_at(self, place, seconds=5):
        """The next probe to that place"""
        for there, port, data in self.heard(seconds * SLOW, 'probe'):
            if there == place:
                return port, data
        return None

    def begin(self, place):
        """Be heard there: the three packets that it takes"""
        self.place = place
        self.mine = identity(self.ask(echo=0))[4]
        for _ in range(10):
            # it is asked back four times a second at most
            self.ask()
            got = self.asked_at(place, 0.3)
            if got:
                break
        self.reply_to(got[1], got[0])

    def keep(self, seconds):
        """Answer where it is, for a time"""
        for there, port, probe in self.heard(seconds, 'probe'):
            if there == self.place:
                self.reply_to(probe, port)


def setup_nat():
    lab = Lab()
    far = Mover(lab)
    for n in range(2, 12):
        ip('w0', 'addr', 'add', f'192.168.20.{n}/16', 'dev', 'a')
    for i, key in enumerate((KEY, OTHER)):
        name = f'/tmp/sdwan-{os.getpid()}-{i}.key'
        with open(name, 'w', encoding='ascii') as f:
            f.write(key.hex() + '\n')
        os.chmod(name, 0o600)
        at_cleanup(lambda name=name: os.path.exists(name) and os.unlink(name))
        if not i:
            ctl('e1', 'peer', 'set', 'p2', 'key', name)
    ctl('e1', 'path', 'set', PATH, *NAT)
    return lab, far


def learned():
    p = path()
    return (p['learned_remote'], p['learned_port']) \
        if 'learned_remote' in p else None


def becomes(place, what):
    end = time.monotonic() + 5 * SLOW
    while learned() != place:
        if time.monotonic() > end:
            raise Fail(f'{what}: learned {learned()}, not {place}')
        time.sleep(0.05)


def test_learned():
    """Three packets of it, and later one each time, move the path, and the data with it."""
    lab, far = setup_nat()
    place = ('192.168.20.7', 40000)
    answer = far.ask(place=place, echo=0)
    far.mine = identity(answer)[4]
    equal(identity(answer)[3], 0, 'counted')
    true(far.asked_at(place, 0.4) is None, 'a probe to who has not echoed')
    equal(learned(), None, 'after a probe without an echo')
    answer = far.ask(place=place)
    equal(identity(answer)[3], 0, 'counted')
    asked = far.asked_at(place)
    true(asked, 'a probe to who has echoed')
    equal(learned(), None, 'before it was answered')
    port, probe = asked
    far.reply_to(probe, port, place)
    becomes(place, 'after three packets')
    far.place = place
    # data comes and goes by it, and by no other port of that address
    lab.outer4(good4(), src=place[0], sport=place[1])
    equal(lab.host.recvfrom(4096)[0], b'hello', 'what arrives')
    lab.expect({'rx_drop_unknown_path': 1}, lambda: lab.outer4(
        good4(), src=place[0], sport=place[1] + 1), errors=0)
    true(far.asked_at(place), 'probes to where it is')
    # of the same session one is enough: another port, and another address
    for place in (('192.168.20.7', 40001), ('192.168.20.8', 41000)):
        answer = far.ask(place=place)
        equal(identity(answer)[3], 1, 'counted')
        becomes(place, 'after one packet')
        far.place = place
        true(far.asked_at(place), 'probes to where it is')
    # what was overtaken does not move it back
    old = far.probe()
    far.ask()
    far.say(old, 50000, 862, ('192.168.20.7', 40001))
    time.sleep(0.5 * SLOW)
    equal(learned(), ('192.168.20.8', 41000), 'after one that was overtaken')
    # back where it is said to be
    place = ('192.168.20.1', 6081)
    far.ask(place=place)
    becomes(None, 'back')


def test_forged():
    """What does not prove that it is there now changes nothing, and is counted."""
    lab, far = setup_nat()
    home, away = ('192.168.20.8', 41000), ('192.168.20.9', 50009)
    far.begin(home)
    becomes(home, 'begin')
    packet = far.probe()
    far.drain()
    far.say(packet, 50000, 862)
    next(far.heard(5 * SLOW, 'answer'))
    stranger = 0x99aabbccddeeff00

    def send(data, sport=50000, dport=862, place=away):
        return lambda: far.say(data, sport, dport, place)

    def counted(name, *sends):
        lab.expect({name: len(sends)}, *sends, errors=0)
        time.sleep(0.2 * SLOW)
        equal(learned(), home, f'learned after {name}')
    counted('rx_drop_probe_repeated', send(packet))
    counted('rx_drop_probe_key', send(far.probe(key=OTHER)),
            send(auth_request(OTHER, far.seq + 9, 0) + far.probe()[112:]))
    # to others, from others, without a word who it is
    counted('rx_drop_unknown_path',
            send(far.probe(sites=(5, 1, 1, 1))),
            send(far.probe(sites=(2, 2, 1, 1))),
            send(auth_request(KEY, 99, 0)), send(request(99)),
            lambda: lab.outer4(good4(), src=away[0], sport=away[1]))
    counted('rx_drop_probe_identity', send(far.probe(sites=(2, 1, 1, 2))),
            send(far.probe(sites=(2, 1, 3, 1))))
    # with another nonce of ours: of a boot before
    counted('rx_probe_stale', send(far.probe(echo=far.mine ^ 1)))
    # the answer to a probe that was sent where the path leads
    far.drain()
    port, probe = far.asked_at(home)
    now = time.time()
    counted('rx_drop_probe_unexpected', send(
        auth_reply(KEY, probe[:112], 0, now, now) + told(
            KEY, 0, far.nonce, far.mine, path=FAR, flags=0, counted=1),
        862, port))
    # a record of another session: asked back, four a second at most, but not believed
    far.drain()
    record = far.probe(nonce=stranger)
    for _ in range(20):
        far.say(record, 50000, 862, away)
        time.sleep(0.01)
    back = [d for there, _, d in far.heard(0.3 * SLOW, 'probe') if there == away]
    true(1 <= len(back) <= 2 + 2 * SLOW, f'{len(back)} asked back')
    equal(learned(), home, 'after a record of another session')
    # nor is what answers an ordinary probe, from where one was asked back
    far.drain()
    port, probe = far.asked_at(home)
    before = lab.counters().get('rx_drop_probe_unexpected', 0)
    far.reply_to(probe, port, away)
    time.sleep(0.5 * SLOW)
    equal(lab.counters().get('rx_drop_probe_unexpected', 0), before + 1,
          'counted')
    equal(learned(), home, 'after an answer to another probe')
    # one of another path of that peer, while this one works
    far.keep(1.5 * SLOW)
    equal(path()['state'], 'up', 'state')
    lab.expect({'rx_drop_unknown_path': 1}, lambda: far.say(
        auth_request(KEY, 500, 0, 2) + told(KEY, 500, far.nonce, far.mine,
                                            path=FAR + 1), 50000, 862, away),
        errors=0)
    equal(learned(), home, 'after a probe of another path')
    # and it is heard where it is all the same
    far.ask(place=away)
    becomes(away, 'its own probe')


def test_booted():
    """Another session, at another place: it is asked back and answers."""
    lab, far = setup_nat()
    far.begin(('192.168.20.8', 41000))
    becomes(('192.168.20.8', 41000), 'begin')
    for n in range(2):
        far.nonce += 1
        far.seq = 0
        far.begin((f'192.168.20.{3 + n}', 30000 + n))
        becomes(far.place, 'after a boot')
        # its numbers count from now on
        equal(identity(far.ask())[3], 1, 'counted')
    # what it has said before its boots is not new
    far.ask(place=('192.168.20.9', 42000), nonce=far.nonce - 1)
    time.sleep(0.3 * SLOW)
    equal(learned(), far.place, 'after a record of a session before')


def test_alive():
    """However seldom somebody wants them, probes keep a translation alive."""
    lab, far = setup_nat()
    far.begin(('192.168.20.8', 41000))
    becomes(far.place, 'begin')
    ctl('e1', 'path', 'set', PATH, 'probe-interval', '60s',
        'probe-idle-interval', '60s')
    # those of before, and the one at the change
    for _ in far.heard(2 * SLOW, 'probe'):
        began = time.monotonic()
    true(far.asked_at(far.place, 15 + 2 * SLOW), 'another one')
    took = time.monotonic() - began
    true(8 < took < 15 + 2 * SLOW, f'the next one after {took:.1f} s')


def test_transaction():
    """An open transaction is not stale, and does not bring back the past."""
    lab, far = setup_nat()
    far.begin(('192.168.20.8', 41000))
    becomes(far.place, 'begin')
    got = lab.nl.get('txn-begin')
    txn = num(got[A['SDWAN_A_TXN_ID']])
    gen = num(got[A['SDWAN_A_TXN_GENERATION']])
    lab.nl.do('path-set', u32(A['SDWAN_A_PATH_TXN'], txn) +
              text(A['SDWAN_A_PATH_NAME'], PATH) +
              u32(A['SDWAN_A_PATH_PREFERENCE'], 5))
    place = ('192.168.20.9', 42000)
    far.ask(place=place)
    becomes(place, 'while a transaction is open')
    equal(path()['preference'], 100, 'preference')
    lab.nl.get('txn-commit', u32(A['SDWAN_A_TXN_ID'], txn) +
               u32(A['SDWAN_A_TXN_GENERATION'], gen))
    equal((path()['preference'], learned()), (5, place), 'after the commit')
    far.place = place
    true(far.asked_at(place), 'probes to where it is')
    lab.outer4(good4(), src=place[0], sport=place[1])
    equal(lab.host.recvfrom(4096)[0], b'hello', 'what arrives')


def test_taken():
    """Where another path is said to lead to, nobody is followed."""
    lab, far = setup_nat()
    ctl('e1', 'peer', 'add', 'p3', 'site', '3', 'key',
        f'/tmp/sdwan-{os.getpid()}-1.key')
    ctl('e1', 'path', 'add', 'p3', 'peer', 'p3', 'underlay', 'u0', 'remote',
        '192.168.20.6', 'dstport', '40006', 'nat', 'on')
    far.begin(('192.168.20.8', 41000))
    becomes(far.place, 'begin')
    before = lab.counters().get('rx_probe_taken', 0)
    far.ask(place=('192.168.20.6', 40006))
    time.sleep(0.5 * SLOW)
    equal(learned(), ('192.168.20.8', 41000), 'learned')
    true(lab.counters().get('rx_probe_taken', 0) > before, 'counted')
    # but where none is said to be any more
    ctl('e1', 'path', 'set', 'p3', 'remote', '192.168.20.5')
    far.ask(place=('192.168.20.6', 40006))
    becomes(('192.168.20.6', 40006), 'after it was left')


run_tests(test_learned, test_forged, test_booted, test_alive, test_transaction,
          test_taken)
