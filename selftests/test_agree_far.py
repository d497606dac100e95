#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
#
# Agreement against an independent end, in both roles, and what is forged, repeated,
# cut off or what nobody knows.
# Kernels: all um um-debug
# Check: um
# Timeout: 300
#
# The far end is that of probefar.py; SHA-256 is Python's, SipHash is written here.

from errno import ENOENT
import hashlib
import os
import struct
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lab import *  # noqa: E402,F403
from probefar import *  # noqa: E402,F403
from deciding import price, prices  # noqa: E402
from steering import Fabric, wait_for  # noqa: E402

KEY = bytes(range(32))
LEADS, RANGE, MORE, FULL = 1, 2, 4, 8
M64 = 2**64 - 1
ALL = (0, M64)


def siphash(data):
    """SipHash-2-4 by a key of zeroes"""
    v = [0x736f6d6570736575, 0x646f72616e646f6d, 0x6c7967656e657261,
         0x7465646279746573]

    def rot(x, b):
        return (x << b | x >> (64 - b)) & M64

    def turn():
        v[0] = (v[0] + v[1]) & M64
        v[1] = rot(v[1], 13) ^ v[0]
        v[0] = rot(v[0], 32)
        v[2] = (v[2] + v[3]) & M64
        v[3] = rot(v[3], 16) ^ v[2]
        v[0] = (v[0] + v[3]) & M64
        v[3] = rot(v[3], 21) ^ v[0]
        v[2] = (v[2] + v[1]) & M64
        v[1] = rot(v[1], 17) ^ v[2]
        v[2] = rot(v[2], 32)
    rest = len(data) % 8
    words = [struct.unpack_from('<Q', data, i)[0]
             for i in range(0, len(data) - rest, 8)]
    words.append(len(data) % 256 << 56 |
                 int.from_bytes(data[len(data) - rest:], 'little'))
    for m in words:
        v[3] ^= m
        turn()
        turn()
        v[0] ^= m
    v[2] ^= 0xff
    for _ in range(4):
        turn()
    return v[0] ^ v[1] ^ v[2] ^ v[3]


def policy(name, low=1, high=2):
    text = 'sdwan policy\n%s\n%d\n%d\n' % (name, low, high)
    return struct.unpack('!Q', hashlib.sha256(text.encode()).digest()[:8])[0]


def digest(*ids):
    return len(ids), sum(siphash(struct.pack('<Q', i)) for i in ids) & M64


def decisions(says, entries=(), seq=0, ack=0, ids=(), within=None, room=0,
              interval=1000, magic=b'SDWN', version=1, n=None, flags=0x80):
    """The TLV of decisions"""
    count, total = digest(*ids)
    data = magic + struct.pack('!BBHIIIIQQHH', version, says,
                               len(entries) if n is None else n, seq, ack,
                               interval, count, total, total, 0, 0)
    if within:
        data += struct.pack('!QQ', *within)
    data += b''.join(struct.pack('!QB', *e) for e in entries)
    return tlv(253, data + bytes(room), flags)


def found(packet):
    """What an answer says of decisions: what is not said is absent"""
    at = 112
    while at < len(packet):
        flags, kind, n = struct.unpack('!BBH', packet[at:at + 4])
        if kind == 253:
            break
        at += 4 + n
    else:
        return None
    d = packet[at + 4:at + 4 + n]
    keys = ('magic', 'version', 'says', 'n', 'seq', 'ack', 'interval', 'count',
            'sum', 'carried', 'unknown', 'differing')
    out = dict(zip(keys, struct.unpack('!4sBBHIIIIQQHH', d[:44])))
    out['flags'] = flags
    rest = d[44:]
    if out['says'] & RANGE:
        out['range'] = struct.unpack('!QQ', rest[:16])
        rest = rest[16:]
    out['entries'] = [struct.unpack('!QB', rest[9 * i:9 * i + 9])
                      for i in range(out['n'])]
    return out


class Gate:
    """A far gateway that asks; e1 sends no probes"""

    def __init__(self, gateway, *classes):
        self.lab, self.far = setup()
        for p in ('p2v6', PATH):
            ctl('e1', 'path', 'del', p)
        for p in ('10.2.0.0/16', 'fd02::/64'):
            ctl('e1', 'prefix', 'del', p, 'vni', '100')
        ctl('e1', 'peer', 'del', 'p2')
        ctl('e1', 'peer', 'add', 'p2', 'site', '2', 'gateway', str(gateway),
            'overlay', '100.64.0.2')
        ctl('e1', 'path', 'add', 'peer', 'p2', 'underlay', 'u0', 'remote',
            '192.168.20.1')
        ctl('e1', 'path', 'add', 'p2v6', 'peer', 'p2', 'underlay', 'u0',
            'remote', 'fd10::2', 'preference', '20')
        name = f'/tmp/sdwan-{os.getpid()}.key'
        with open(name, 'w', encoding='ascii') as f:
            f.write(KEY.hex() + '\n')
        os.chmod(name, 0o600)
        at_cleanup(lambda: os.path.exists(name) and os.unlink(name))
        ctl('e1', 'peer', 'set', 'p2', 'key', name)
        self.e1 = Fabric('e1')
        self.sites = (2, gateway, 1, 1)
        self.seq = 0
        self.echo = 0
        self.e1.do('metric-new', name='price', prog=price())
        prices(self.e1, 100)
        for name in classes:
            self.e1.do('class-new', name=name, mode='best', metric='price',
                       round=100000)
        self.echo = identity(self.ask(b''))[4]

    def put(self, more, key=KEY, echo=None, sites=None):
        """Ask, with the next number"""
        echo = self.echo if echo is None else echo
        sent = self.far.ask(key, self.seq, echo, told(
            key, self.seq, self.far.nonce, echo, sites=sites or self.sites,
            more=more))
        self.seq += 1
        return sent

    def ask(self, more, **kw):
        """Ask, and be answered"""
        self.far.drain()
        self.put(more, **kw)
        for _, data, _ in self.far.answers(2 * SLOW):
            true(trailer_ok(KEY, data), 'HMAC of what follows')
            return data
        return None

    def lead(self, *args, **kw):
        return found(self.ask(decisions(LEADS, *args, **kw)))

    def decision(self, name='voice'):
        return self.e1.do('decision-get', class_=name, site=2)

    def agreement(self):
        return self.e1.do('path-get', name=PATH)['agreement']

    def by(self, who, name='voice'):
        def is_by():
            try:
                return self.decision(name)['by'] == who
            except NlError as e:    # nothing is decided yet
                equal(e.code, ENOENT, 'error')
                return False
        wait_for(is_by, 'by ' + who)
        return self.decision(name)

    def stays(self, who, name='voice'):
        time.sleep(0.3)
        equal(self.decision(name)['by'], who, 'by')


VOICE = policy('voice')


def test_follower():
    """It does what it is told, and says what it has"""
    g = Gate(2, 'voice')
    equal(g.by('local')['path'], 'p2v6', 'by itself')
    a = g.lead([(VOICE, 1)], seq=5, ids=[VOICE])
    equal((a['magic'], a['version'], a['says'], a['n'], a['flags']),
          (b'SDWN', 1, 0, 0, 0), 'answer')
    d = g.by('peer')
    equal((d['path'], d['reason'], d['role'], d['agreed']),
          (PATH, 'told', 'follower', 1), 'told')
    a = g.lead(seq=5, ids=[VOICE])
    equal((a['ack'], a['count'], a['sum'], a['carried']),
          (5, *digest(VOICE), digest(VOICE)[1]), 'what it has')
    equal((g.agreement()['agreed'], g.agreement()['role']), (1, 'follower'),
          'agreement')
    # what came later was told before
    g.lead([(VOICE, 0)], seq=4)
    g.stays('peer')
    # the same again is no news
    g.lead([(VOICE, 0)], seq=5)
    g.stays('peer')
    g.lead([(VOICE, 0)], seq=6)
    g.by('local')
    a = g.lead(seq=6)
    equal((a['ack'], a['count'], a['sum']), (6, 0, 0), 'what it has')
    # all of a range, and nothing else
    g.lead([(VOICE, 1)], seq=7, ids=[VOICE], within=ALL)
    g.stays('local')
    found(g.ask(decisions(LEADS | RANGE, [(VOICE, 1)], seq=8, ids=[VOICE],
                          within=ALL)))
    g.by('peer')
    found(g.ask(decisions(LEADS | RANGE, seq=9, ids=[VOICE],
                          within=(VOICE + 1, M64))))
    g.stays('peer')
    found(g.ask(decisions(LEADS | RANGE, seq=10, within=(VOICE, VOICE))))
    g.by('local')
    # told so, and not because nobody has been heard for long
    a = g.lead(seq=10)
    equal((a['ack'], a['count'], a['sum']), (10, 0, 0), 'what it has')


def test_silence():
    """Three of the intervals that were announced, and it decides for itself"""
    g = Gate(2, 'voice')
    g.lead([(VOICE, 1)], seq=1, ids=[VOICE], interval=1000)
    g.by('peer')
    began = time.monotonic()
    wait_for(lambda: g.decision()['by'] == 'local', 'silence', 15)
    took = time.monotonic() - began
    log('decides for itself after %.1f s' % took)
    true(2.5 <= took, 'too early')
    g.lead(seq=1, ids=[VOICE])
    d = g.by('peer')
    equal(d['path'], PATH, 'path')


def test_unknown():
    """What no class belongs to is counted, as far as there is room"""
    g = Gate(2, 'voice')
    ids = [policy('x%d' % i) for i in range(20)]
    g.lead([(i, 1) for i in ids], seq=1, ids=ids)
    wait_for(lambda: g.agreement().get('unknown') == 20, 'unknown')
    a = g.lead(seq=1, ids=ids)
    equal((a['unknown'], a['count'], a['sum']), (20, *digest(*ids)), 'digest')
    equal(g.agreement()['agreed'], 1, 'agreed')
    # a class that is none of them changes nothing
    g.e1.do('class-new', name='other', mode='best', metric='price',
            round=100000)
    time.sleep(2)
    equal(g.agreement()['unknown'], 20, 'still unknown')
    more = [policy('y%d' % i) for i in range(20)]
    g.lead([(i, 1) for i in more], seq=2, ids=ids + more)
    wait_for(lambda: g.agreement().get('unknown') == 32, 'room')
    a = g.lead(seq=2, ids=ids + more)
    equal((a['says'], a['unknown']), (FULL, 32), 'full')
    # one that comes into being is one of these
    g.e1.do('class-new', name='x3', mode='best', metric='price', round=100000)
    wait_for(lambda: g.agreement().get('unknown') == 0, 'asks again')
    found(g.ask(decisions(LEADS | RANGE, [(ids[3], 1)], seq=3, ids=[ids[3]],
                          within=ALL)))
    equal(g.by('peer', 'x3')['path'], PATH, 'path')
    equal(g.lead(seq=3, ids=[ids[3]])['says'], 0, 'not full')


def test_forged():
    """What is not the leader's, or not sound, changes nothing"""
    g = Gate(2, 'voice')
    g.by('local')
    entry = [(VOICE, 1)]
    good = decisions(LEADS, entry, seq=5, ids=[VOICE])
    cases = {
        'says that it follows': decisions(0, entry, seq=5),
        'another magic': decisions(LEADS, entry, seq=5, magic=b'SDWM'),
        'another version': decisions(LEADS, entry, seq=5, version=2),
        'more entries than there are': decisions(LEADS, entry, seq=5, n=2),
        'entries without end': decisions(LEADS, entry, seq=5, n=65535),
        'a range that is cut off': decisions(LEADS | RANGE, entry, seq=5),
        'cut off': tlv(253, good[4:40]),
        'short': tlv(253, b'SDWN\1\1'),
        'empty': tlv(253, b''),
        'twice': good + good,
    }
    for what, more in cases.items():
        log(what)
        g.far.drain()
        g.put(more)
        g.stays('local')
    log('by another key, to another one, of another session')
    g.ask(good, key=bytes(range(1, 33)))
    g.ask(good, echo=g.echo ^ 1)
    g.ask(good, echo=0)
    g.put(good, sites=(2, 2, 1, 2))
    g.put(good, sites=(2, 1, 1, 1))
    g.stays('local')
    log('sent again')
    sent = g.put(good)
    g.by('peer')
    g.lead([(VOICE, 0)], seq=6)
    g.by('local')
    g.far.send(sent, 50000, 862)
    g.stays('local')
    # who answers does not say more than he was asked for
    plain = g.ask(b'')
    true(found(plain) is None, 'told without being asked')
    equal(len(plain), 200, 'length')
    g.lead([(VOICE, 1)], seq=7)
    g.by('peer')


def test_leader():
    """It tells what it decides, until it is acknowledged"""
    g = Gate(1, 'voice')
    equal(g.by('local')['path'], 'p2v6', 'by itself')
    room = 27 * 9 + 16
    a = found(g.ask(decisions(0, room=room)))
    equal((a['says'], a['count'], a['entries']), (LEADS, 0, []), 'nothing here')
    true(1000 <= a['interval'] <= 2000, 'interval')
    ctl('e1', 'path', 'set', 'p2v6', 'down')
    wait_for(lambda: g.decision().get('path') == PATH, 'moved')

    def hear(**kw):
        return found(g.ask(decisions(0, room=room, **kw)))
    wait_for(lambda: hear()['n'] == 1, 'told')
    a = hear()
    equal([(i, f & 1) for i, f in a['entries']], [(VOICE, 1)], 'entries')
    equal((a['count'], a['sum'], a['carried']), (*digest(VOICE),
                                                 digest(VOICE)[1]), 'digest')
    # until it is acknowledged
    equal(hear(ack=a['seq'] - 1)['entries'], a['entries'], 'again')
    equal(g.agreement()['pending'], 1, 'pending')
    # not for whom there is no room
    b = found(g.ask(decisions(0)))
    equal((b['says'], b['n'], b['seq']), (LEADS | MORE, 0, a['seq'] - 1),
          'no room')
    hear(ack=a['seq'], ids=[VOICE])
    wait_for(lambda: g.agreement()['pending'] == 0, 'acknowledged')
    equal((g.agreement()['agreed'], g.decision()['agreed']), (1, 1), 'agreed')
    equal(hear(ack=a['seq'], ids=[VOICE])['n'], 0, 'nothing')
    # who has other ones is told all
    before = g.agreement()['resyncs']
    hear(ack=a['seq'], ids=[VOICE, 99])
    wait_for(lambda: g.agreement()['resyncs'] == before + 1, 'resynchronised')
    wait_for(lambda: hear(ack=a['seq'], ids=[VOICE, 99])['says'] & RANGE,
             'range')
    b = hear(ack=a['seq'], ids=[VOICE, 99])
    equal((b['range'], [(i, f & 1) for i, f in b['entries']]),
          (ALL, [(VOICE, 1)]), 'range')
    equal(g.agreement()['agreed'], 0, 'agreed')
    hear(ack=b['seq'], ids=[VOICE])
    wait_for(lambda: g.agreement()['agreed'] == 1, 'agreed')
    true(g.agreement()['disagreements'] >= 1, 'counted')
    # and who has booted
    g.far.nonce += 1
    g.seq = 0
    before = g.agreement()['resyncs']
    wait_for(lambda: hear()['says'] & RANGE and
             g.agreement()['resyncs'] == before + 1, 'anew', 15)
    # who says that he leads is not believed
    before = g.agreement()['refused']
    g.lead([(VOICE, 0)], seq=1)
    equal(g.agreement()['refused'], before + 1, 'refused')
    # the other way: it is not there any more
    ctl('e1', 'path', 'set', 'p2v6', 'up')
    ctl('e1', 'path', 'set', PATH, 'down')


def test_asked():
    """A probe of the leader says what is new at once, and fits into an answer"""
    g = Gate(1)
    ctl('e1', 'path', 'del', 'p2v6')
    ctl('e1', 'path', 'set', PATH, 'probe', 'tunnel', 'probe-interval', '1s',
        'probe-idle-interval', '1s', 'probe-mtu', 'off', 'probe-mult', '20')
    g.far.auth_answer(3 * SLOW, KEY, sites=g.sites)
    for i in range(60):
        g.e1.do('class-new', name='c%d' % i, mode='best', metric='price',
                round=100000)
    ids = {policy('c%d' % i) for i in range(60)}
    told_ids, ack, longest = set(), 0, 0
    end = time.monotonic() + 20 * SLOW
    for sport, probe in g.far.asked(20 * SLOW):
        longest = max(longest, len(probe))
        a = found(probe)
        if a and a['n']:
            equal(a['says'] & (LEADS | RANGE), LEADS, 'says')
            told_ids |= {i for i, f in a['entries'] if f & 1}
            ack = a['seq']
        answer_more = decisions(0, ack=ack, ids=sorted(told_ids), flags=0,
                                room=len(probe) - 200 - 48) \
            if a and not found_out(probe) else None
        kw = {'more': answer_more} if answer_more else {}
        g.far.auth_reflect(KEY, sport, probe, g.far.rseq, sites=g.sites, **kw)
        g.far.rseq += 1
        if told_ids == ids or time.monotonic() > end:
            break
    equal(told_ids, ids, 'told')
    true(longest <= 512, 'length of a probe')


run_tests(test_follower, test_silence, test_unknown, test_forged, test_leader,
          test_asked)
