#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
#
# Agreement: both gateways have each policy on the same path, whoever fails.
# Kernels: all um um-debug
# Check: um
# Timeout: 600

import os
import socket
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from agreeing import *  # noqa: E402,F403


def test_follows():
    """What the leader decides, the follower has, and both say so"""
    lead, follow = lab()
    for e in (lead, follow):
        e.do('class-new', **VOICE)
    settled(lead, follow)
    d, f = decision(lead), decision(follow)
    equal((d['by'], d['role'], d['agreed']), ('local', 'leader', 1), 'leader')
    equal((f['by'], f['role'], f['agreed']), ('peer', 'follower', 1),
          'follower')
    # the follower would have it elsewhere
    prices(follow, 900, 100)
    prices(lead, 900, 100)
    move(lead, follow, 1)
    f = decision(follow)
    equal((f['by'], f['reason'], f['moves']), ('peer', 'told', 1), 'follower')
    prices(follow, 10, 900)
    time.sleep(2)
    equal(underlay(decision(follow)), 1, 'the follower stays')
    move(lead, follow, 0)


def test_disagreement():
    """Both ends count how often, and for how long, they had it elsewhere"""
    lead, follow = lab()
    for e in (lead, follow):
        e.do('class-new', **VOICE)
    settled(lead, follow)
    before = [agreement(e, 0)['disagreements'] for e in (lead, follow)]
    for i in range(6):
        move(lead, follow, (i + 1) % 2)
    for e in (lead, follow):
        for i in (0, 1):
            a = agreement(e, i)
            log(e.ns, i, a)
            equal((a['agreed'], a['refused']), (1, 0), 'agreed')
            true(a['disagreement_time'] < 3000, 'time')
    true(before[0] <= agreement(lead, 0)['disagreements'], 'disagreements')


def test_silence():
    """Who does not hear the leader decides by himself, until he hears him"""
    lead, follow = lab()
    for e in (lead, follow):
        e.do('class-new', **VOICE)
    move(lead, follow, 1)
    prices(follow, 100, 900)
    lead.do('peer-set', name='edge2', key_none=True)
    wait_for(lambda: decision(follow)['by'] == 'local', 'decides', 15)
    # nobody answers probes without a key: it goes by carrier
    for i in (0, 1):
        follow.do('underlay-set', name='u%d' % i, probe='off')
    wait_for(lambda: underlay(decision(follow)) == 0, 'by its own costs', 15)
    true(agreement(lead, 0) is None, 'without a key nothing is agreed on')
    run('sdwanctl', 'peer', 'set', 'edge2', 'key', keyfile(KEY), ns=lead.ns)
    wait_for(lambda: underlay(decision(follow)) == 1 and
             same(lead, follow), 'where the leader has it', 30)
    probed(follow, 2)
    settled(lead, follow, seconds=10)


def test_missing():
    """A class that one end lacks is reported, and made good when it comes"""
    lead, follow = lab()
    lead.do('class-new', **VOICE)
    wait_for(lambda: underlay(decision(lead)) == 0, 'leader')
    wait_for(lambda: agreement(follow, 0).get('unknown') == 1, 'unknown', 15)
    wait_for(lambda: agreement(lead, 0).get('unknown') == 1, 'leader knows', 15)
    resyncs = agreement(lead, 0)['resyncs']
    time.sleep(3)
    equal(agreement(lead, 0)['resyncs'], resyncs, 'told once')
    equal(agreement(lead, 0)['agreed'], 1, 'agreed')
    follow.do('class-new', **VOICE)
    settled(lead, follow, seconds=15)
    equal(agreement(follow, 0)['unknown'], 0, 'unknown')
    # that which only the follower has
    follow.do('class-new', **dict(VOICE, name='mail'))
    wait_for(lambda: underlay(decision(follow, 'mail')) is not None, 'mail')
    equal(decision(follow, 'mail')['by'], 'local', 'by')
    # and that which it has no more
    follow.do('class-del', name='voice')
    wait_for(lambda: agreement(follow, 0)['unknown'] == 1, 'unknown', 15)
    follow.do('class-new', **VOICE)
    settled(lead, follow, seconds=15)
    # and that which it does not decide for some time
    follow.do('class-set', name='voice', mode='balance', metric='')
    wait_for(lambda: agreement(follow, 0)['unknown'] == 1, 'unknown', 15)
    follow.do('class-set', name='voice', mode='best', metric='price')
    settled(lead, follow, seconds=15)
    follow.do('class-del', name='voice')
    wait_for(lambda: agreement(follow, 0)['unknown'] == 1, 'unknown', 15)
    lead.do('class-del', name='voice')
    wait_for(lambda: agreement(follow, 0)['unknown'] == 0, 'gone', 15)


def test_differing():
    """Other goals: what the leader says counts, and it is reported"""
    lead, follow = lab()
    lead.do('class-new', **VOICE)
    follow.do('class-new', **dict(VOICE, sla_latency=77000))
    settled(lead, follow, seconds=15)
    wait_for(lambda: decision(follow).get('differing') == 1, 'differing', 15)
    wait_for(lambda: agreement(lead, 0).get('differing') == 1, 'leader', 15)
    move(lead, follow, 1)
    follow.do('class-set', name='voice', sla_latency=0)
    equal(decision(follow).get('differing'), 0, 'the same')
    lead.do('metric-set', name='price', prog=ban(1))
    wait_for(lambda: decision(follow).get('differing') == 1, 'metric', 15)
    wait_for(lambda: agreement(follow, 1).get('differing') == 1, 'path', 15)


def test_many():
    """Hundreds of policies, and those that one end does not call the same"""
    lead, follow = lab()
    n = 300
    for e in (lead, follow):
        for i in range(n):
            e.do('class-new', **dict(VOICE, name='c%d' % i))
    wait_for(lambda: agreement(follow, 0).get('policies') == n, 'told', 30)
    wait_for(lambda: all(d.get('by') == 'peer' for d in
                         follow.dump('decision-get')), 'followed', 30)
    began = time.monotonic()
    prices(lead, 900, 100)
    wait_for(lambda: all(underlay(d) == 1 for d in follow.dump('decision-get')),
             'moved', 30)
    log('%d moved in %.1f s' % (n, time.monotonic() - began))
    wait_for(lambda: agreement(lead, 1).get('pending') == 0 and
             agreement(lead, 1)['agreed'] and agreement(lead, 0)['agreed'],
             'agreed', 30)
    resyncs = agreement(lead, 1)['resyncs']
    lead.do('class-set', name='c7', policy='other')
    wait_for(lambda: agreement(follow, 1)['unknown'] == 1, 'other', 30)
    follow.do('class-set', name='c7', policy='other')
    wait_for(lambda: agreement(follow, 1)['unknown'] == 0, 'the same', 30)
    wait_for(lambda: agreement(lead, 1)['agreed'] and
             decision(follow, 'c7')['by'] == 'peer', 'agreed', 30)
    true(agreement(lead, 1)['resyncs'] > resyncs, 'told anew')


def test_balance():
    """All paths of the class of best connections, and no others"""
    lead, follow = lab(wans=3)
    for e in (lead, follow):
        e.do('class-new', **dict(VOICE, mode='balance', floor=20))
    prices(lead, 100, 100, 900)
    prices(follow, 900, 100, 100)

    def active(e):
        return {c['path'][-1] for c in decision(e).get('candidate', [])
                if c['position'] == 1}
    wait_for(lambda: active(lead) == active(follow) == {'0', '1'}, 'both', 20)
    equal(decision(follow)['by'], 'peer', 'by')
    prices(lead, 900, 100, 100)
    wait_for(lambda: active(lead) == active(follow) == {'1', '2'}, 'both', 30)


def mate(follow):
    """Another gateway of the first site, with one line to the second one. It leads
    as well: siphash(1, 3, 2, 1) is less than siphash(2, 1, 1, 3)"""
    run('ip', 'netns', 'add', 'e3')
    at_cleanup(lambda: subprocess.run(['ip', 'netns', 'del', 'e3'],
                                      capture_output=True))
    Sites.batch(None, ['link add wan2 netns e3 type veth peer name wan2 '
                       'netns e2'])
    Sites.batch('e3', ['link set dev lo up', 'link set dev wan2 up',
                       'addr add 192.168.12.1/24 dev wan2',
                       'link add sdwan0 type sdwan vni 100',
                       'addr add 100.64.0.3/24 dev sdwan0',
                       'link set dev sdwan0 up',
                       'route add local 10.1.128.0/17 dev lo table local',
                       'route add 10.2.0.0/16 dev sdwan0'])
    Sites.batch('e2', ['link set dev wan2 up',
                       'addr add 192.168.12.2/24 dev wan2'])
    for ns, lines in (('e3', ('node set site 1 gateway 3',
                              'peer add edge2 site 2 overlay 100.64.0.2 vni 100',
                              'prefix add 10.2.0.0/16 vni 100 site 2')),
                      ('e2', ('peer add mate site 1 gateway 3 '
                              'overlay 100.64.0.3 vni 100',))):
        here, peer = (1, 'edge2') if ns == 'e3' else (2, 'mate')
        run('sdwanctl', '-batch', '-', ns=ns, stdin='\n'.join(lines + (
            'underlay add u2 dev wan2 local 192.168.12.%d probe tunnel '
            'probe-interval 50ms probe-idle-interval 50ms probe-hold 200ms '
            'cost 100' % here,
            'path add peer %s underlay u2 remote 192.168.12.%d' %
            (peer, 3 - here))) + '\n')
        run('sdwanctl', 'peer', 'set', peer, 'key', keyfile(KEY), ns=ns)
    e = Fabric('e3')
    e.do('metric-new', name='price', prog=price())
    e.do('rule-new', pref=2 ** 31 - 1, action='pass')
    for f in (e, follow):
        wait_for(lambda f=f: all(p['state'] == 'up' and 'far' in p
                                 for p in f.dump('path-get')), 'up')
    return e


def test_cluster():
    """Two gateways of a site lead: flows are answered where they came from, and
    new ones follow the gateway of the lower number, while it is heard"""
    lead, follow = lab()
    other = mate(follow)
    for e in (lead, other, follow):
        steer(e, **VOICE)
    # it would rather have what only the other one has
    prices(follow, 900, 900, 10)
    settled(lead, follow)
    wait_for(lambda: agreement(other, 2).get('agreed') == 1 and
             decision(other).get('agreed') == 1, 'the other one, too', 15)
    for wan in (1, 0):
        move(lead, follow, wan)
        equal(follow.took(lambda: send('e2', D4, S4, dport=9)),
              {'edge1:u%d' % wan: 1}, 'path of a new flow')
        send('e3', S4, D4, sport=2000 + wan, dport=9)
        equal(follow.took(lambda: send('e2', D4, S4, sport=9,
                                       dport=2000 + wan)),
              {'mate:u2': 1}, 'path of answers to the other one')
    cut(3, 2)
    wait_for(lambda: decision(follow).get('path') == 'mate:u2' and
             decision(follow)['by'] == 'peer', 'the other one is followed', 15)
    wait_for(lambda: follow.took(lambda: send('e2', D4, S4, dport=9)) ==
             {'mate:u2': 1}, 'new flows')
    cut(0, 2)
    wait_for(lambda: decision(follow).get('path') == 'edge1:u0',
             'the first one is followed again', 15)
    settled(lead, follow)
    equal(decision(other).get('agreed'), 1, 'agreed with the other one')
    # nothing is answered on a path that is none of the class there
    follow.do('class-set', name='voice', member=MEMBERS)
    wait_for(lambda: agreement(other, 2).get('agreed') == 0,
             'other members are told of', 15)
    settled(lead, follow)


def test_no_key():
    """Without a key each end decides alone, and nothing is told"""
    lead, follow = lab(key=None)
    for e in (lead, follow):
        e.do('class-new', **VOICE)
    prices(follow, 900, 100)
    wait_for(lambda: underlay(decision(lead)) == 0, 'leader')
    wait_for(lambda: underlay(decision(follow)) == 1, 'follower', 20)
    for e in (lead, follow):
        equal((decision(e)['by'], decision(e).get('role')), ('local', None),
              'by')
        true(agreement(e, 0) is None, 'agreement')


def cut(mask, wans=3):
    """Nothing gets through where a bit is set: those from e1, those from e2"""
    for n in (0, 1):
        for i in range(wans):
            if mask >> (n * wans + i) & 1:
                netem(i, 'loss', '100%', ns='e%d' % (n + 1))
            else:
                subprocess.run(['ip', 'netns', 'exec', 'e%d' % (n + 1), 'tc',
                                'qdisc', 'del', 'dev', 'wan%d' % i, 'root'],
                               capture_output=True)


def whole(mask, wans=3):
    return {i for i in range(wans) if not (mask | mask >> wans) >> i & 1}


def flows():
    """A packet gets there, and its answer back"""
    return not subprocess.run(['ip', 'netns', 'exec', 'e1', 'ping', '-c', '1',
                               '-W', '1', '-q', '100.64.0.2'],
                              capture_output=True).returncode


def parted(lead, follow, mask):
    began = time.monotonic()
    cut(mask)
    if whole(mask):
        wait_for(lambda: same(lead, follow) and
                 underlay(decision(lead)) in whole(mask),
                 'both on one path that works, cut %02x' % mask, 5)
        found = time.monotonic() - began
        wait_for(flows, 'traffic, cut %02x' % mask, 2)
    else:
        found = 0
        wait_for(lambda: not decision(lead).get('path') or all(
            p['state'] == 'down' for p in lead.dump('path-get')), 'down')
        time.sleep(1)
    began = time.monotonic()
    cut(0)
    wait_for(lambda: same(lead, follow), 'agreed, cut %02x' % mask, 5)
    healed = time.monotonic() - began
    wait_for(lambda: all(p['state'] == 'up' for e in (lead, follow)
                         for p in e.dump('path-get')), 'healed')
    settled(lead, follow)
    log('cut %02x: agreed after %.2f s, again %.2f s after it was healed' %
        (mask, found, healed))
    true(healed <= 2 * SLOW, 'two intervals')
    return healed


def test_partition():
    """Whatever is lost, one way or both ways: both find the same path"""
    lead, follow = lab(wans=3)
    for e in (lead, follow):
        steer(e, **VOICE)
    settled(lead, follow)
    masks = range(1, 64) if LONG else (0x01, 0x08, 0x09, 0x11, 0x1b, 0x23,
                                       0x38, 0x07, 0x3f)
    worst = max(parted(lead, follow, m) for m in masks)
    apart = sum(agreement(e, i)['disagreement_time'] for e in (lead, follow)
                for i in range(3))
    log('%d partitions, healed within %.2f s at most, in disagreement for '
        '%.2f s as both ends and all paths count it' %
        (len(masks), worst, apart / 1000))


def test_key():
    """While the key changes, and after"""
    lead, follow = lab()
    for e in (lead, follow):
        e.do('class-new', **VOICE)
    move(lead, follow, 1)
    new = bytes(range(100, 132))
    for n, e in ((2, lead), (1, follow)):
        run('sdwanctl', 'peer', 'set', 'edge%d' % n, 'key', keyfile(new),
            ns=e.ns)
        move(lead, follow, n % 2)
        settled(lead, follow)
    for n, e in ((2, lead), (1, follow)):
        run('sdwanctl', 'peer', 'set', 'edge%d' % n, 'key-retire', ns=e.ns)
    move(lead, follow, 1)
    equal(decision(follow)['by'], 'peer', 'by')


def reboot(e, wans=2):
    """Its namespace is another one: all that it knew is gone"""
    s = int(e.ns[1])
    other = 'e%d' % (3 - s)
    for i in range(wans):
        ip(other, 'link', 'del', 'wan%d' % i)
    e.nl.sock.close()
    run('ip', 'netns', 'del', e.ns)
    run('ip', 'netns', 'add', e.ns)
    ip(e.ns, 'link', 'set', 'dev', 'lo', 'up')
    Sites.batch(None, ['link add wan%d netns e1 type veth peer name wan%d '
                       'netns e2' % (i, i) for i in range(wans)])
    Sites.batch(e.ns, Sites.edge(s, wans))
    Sites.batch(other, [line for line in Sites.edge(3 - s, wans)
                        if 'dev wan' in line])
    run('sdwanctl', '-batch', '-', ns=e.ns,
        stdin='\n'.join(Sites.overlay(s, wans)) + '\n')
    e = Fabric(e.ns)
    probed(e, wans)
    prices(e, *[100] * wans)
    e.do('metric-new', name='price', prog=price())
    run('sdwanctl', 'peer', 'set', 'edge%d' % (3 - s), 'key', keyfile(KEY),
        ns=e.ns)
    return e


def test_reboot():
    """Either end boots: the leader's word counts again"""
    lead, follow = lab()
    for e in (lead, follow):
        for i in range(40):
            e.do('class-new', **dict(VOICE, name='c%d' % i))
    for name in ('c0', 'c39'):
        move(lead, follow, 1, name)
    log('follower')
    follow = reboot(follow)
    for i in range(40):
        follow.do('class-new', **dict(VOICE, name='c%d' % i))
    for name in ('c0', 'c39'):
        settled(lead, follow, name, 20)
    move(lead, follow, 0, 'c0')
    log('leader')
    lead = reboot(lead)
    prices(lead, 900, 100)
    for i in range(40):
        lead.do('class-new', **dict(VOICE, name='c%d' % i))
    for name in ('c0', 'c39'):
        wait_for(lambda: underlay(decision(lead, name)) == 1, 'leader', 20)
        settled(lead, follow, name, 20)
    wait_for(lambda: agreement(follow, 1)['agreed'] == 1 and
             agreement(follow, 1)['policies'] == 40, 'all', 10)


def test_teardown():
    """Classes, paths, peers' keys and the namespace go while it is agreed on"""
    lead, follow = lab()
    for e in (lead, follow):
        for i in range(60):
            e.do('class-new', **dict(VOICE, name='c%d' % i, group='g%d' % i))
    for i in range(30):
        prices(lead, 100 + 800 * (i % 2), 900 - 800 * (i % 2))
        for e, n in ((lead, 2), (follow, 1))[i % 2:]:
            e.do('path-del', name='edge%d:u%d' % (n, i % 2))
            e.do('class-del', name='c%d' % (i % 60))
            e.do('path-new', peer='edge%d' % n, underlay='u%d' % (i % 2),
                 remote='192.168.1%d.%d' % (i % 2, n))
            e.do('class-new', **dict(VOICE, name='c%d' % (i % 60)))
            e.dump('decision-get')
        if i % 10 == 5:
            lead.do('peer-set', name='edge2', key_none=True)
        elif i % 10 == 7:
            run('sdwanctl', 'peer', 'set', 'edge2', 'key', keyfile(KEY),
                ns=lead.ns)
        time.sleep(0.05)
    for name in ('c0', 'c59'):
        settled(lead, follow, name, 30)
    prices(lead, 900, 100)
    for e in (follow, lead):
        e.nl.sock.close()
        del_ns(e.ns)


# Outer headers, inner ones, and a packet of RFC 8762 with its HMAC
TLVS = 36 + 28 + 112
DECISIONS = 253
PACKET_OUTGOING, SO_RCVBUFFORCE = 4, 33


def said(data):
    """Bytes of decisions in a packet from its outer IP header on, None if that is
    no probe nor the answer to one"""
    if len(data) < TLVS or data[0] != 0x45 or data[9] != UDP or \
            not data[29] & 0x80:
        return None
    at = TLVS
    while at + 4 <= len(data):
        kind, n = struct.unpack_from('!xBH', data, at)
        if kind == DECISIONS:
            return 4 + n
        at += 4 + n
    return 0


class Wire:
    """What is sent over a WAN, seen at e1"""

    def __init__(self, wan):
        with InNs('e1'):
            self.sock = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, 0)
        at_cleanup(self.sock.close)
        self.sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 32 << 20)
        self.sock.bind(('wan%d' % wan, 3))
        self.sock.setblocking(False)

    def take(self):
        """Probes and bytes of decisions since the last time, by whether e1 has
        sent them"""
        seen = {True: [0, 0], False: [0, 0]}
        while True:
            try:
                data, where = self.sock.recvfrom(2048)
            except BlockingIOError:
                return seen
            size = said(data)
            if size is not None:
                out = seen[where[2] == PACKET_OUTGOING]
                out[0] += 1
                out[1] += size


def test_traffic():
    """What two paths carry for agreement where each ten seconds five of 100
    policies come to them or leave them: UDP payload on the wire"""
    # who moves often is held, so that there are not many rounds
    rounds = 3 if LONG else 1
    lead, follow = lab(wans=3)
    for e in (lead, follow):
        for i in range(100):
            e.do('class-new', **dict(
                VOICE, name='c%d' % i, round=10000000,
                member=[{'underlay': 'u%d' % wan} for wan in
                        ((1, 2) if i < 5 else (0,))]))
    moving = ['c%d' % i for i in range(5)]

    def at(wan):
        return all(underlay(decision(e, c)) == wan for e in (lead, follow)
                   for c in moving)
    prices(lead, 100, 100, 900)
    wait_for(lambda: at(1), 'the first path', 30)
    wait_for(lambda: agreement(follow, 0).get('policies') == 95, 'told', 30)
    # what begins is not what is asked about
    time.sleep(10 if LONG else 3)
    wires = [Wire(1), Wire(2)]
    began = time.monotonic()
    for n in range(rounds):
        to = 2 - n % 2
        prices(lead, 100, *((900, 100) if to == 2 else (100, 900)))
        wait_for(lambda to=to: at(to), 'moved', 30)
        left = began + 10 * (n + 1) - time.monotonic()
        time.sleep(max(left, 0))
    rates = {True: 0, False: 0}
    for wire in wires:
        for out, (packets, size) in wire.take().items():
            log('%s: %d probes or answers, %d bytes of decisions' % (
                'to the follower' if out else 'to the leader', packets, size))
            true(packets > 100 * rounds and size > 100 * rounds,
                 'nothing is told')
            # not more slowly than is asked about, if decisions came later
            rates[out] += size * 8 / (10 * rounds) / len(wires)
    log('2,000 such: %.3f Mbit/s to the follower, %.3f to the leader' % tuple(
        rates[out] * 2000 / 1e6 for out in (True, False)))
    # what is repeated counts for more where there are few rounds
    true(max(rates.values()) <= (200 if LONG else 300), 'more than 0.4 Mbit/s')


run_tests(test_follows, test_disagreement, test_silence, test_missing,
          test_differing, test_many, test_balance, test_cluster, test_no_key,
          test_partition, test_key, test_reboot, test_traffic, test_teardown)
