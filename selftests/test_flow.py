#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
#
# Flows: who owns them, when they move, and that tenants share none.
# Kernels: all um um-debug
# Check: um
# Timeout: 300

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from steering import *  # noqa: E402,F403


# ---- Both ends ------------------------------------------------------------

def test_symmetric():
    """Answers go over the path of the owner, wherever that goes"""
    sites = Sites()
    e1, e2 = sites.e1, sites.e2
    # what the other end would choose by itself does not count
    steer(e2, name='back', **prefer('u0', 'u1', 'u2'), move='now')
    t = Talk(4000, 5000)
    v6 = Talk(4000, 5000, S6, D6)
    for i, move in ((1, 'now'), (2, 'now'), (0, 'now'), (2, 'now')):
        # the former is a member as well, so that it is a matter of rank
        steer(e1, **prefer('u%d' % i, *['u%d' % k for k in range(3)
                                        if k != i]), move=move)
        for talk in (t, v6):
            equal(list(e1.took(talk.say)), ['edge2:u%d' % i], 'there')
            equal(list(e2.took(talk.answer)), ['edge1:u%d' % i], 'back')
            equal(list(e2.took(talk.answer)), ['edge1:u%d' % i], 'again')
    for f in (e1.do('flow-get', sport=4000, src=S4),
              e2.do('flow-get', dport=4000, dst=S4)):
        equal((f['moves'], f['path'][6:], f['owner']),
              (3, 'u2', 'local' if f['src'] == S4 else 'remote'), 'flow')
    # a class of the other end that does not have the path is obeyed there
    steer(e2, name='back', **prefer('u1'), strict=1)
    t.say()
    equal(list(e2.took(t.answer)), [B1], 'by its own class')
    equal(list(e1.took(t.say)), [U2], 'there all the same')
    steer(e2, name='back', mode='balance')
    t.say()
    equal(list(e2.took(t.answer)), [B2], 'allowed again')


def test_both_begin():
    """Both ends begin the same flow at once, on different paths: in the end
    one owns it, and both directions are on its path"""
    sites = Sites()
    e1, e2 = sites.e1, sites.e2
    for s in (1, 2):
        for i in range(3):
            run('tc', 'qdisc', 'add', 'dev', 'wan%d' % i, 'root', 'netem',
                'delay', '%dms' % (300 * SLOW), ns='e%d' % s)
    steer(e1, **prefer('u0', 'u1', 'u2'))
    steer(e2, **prefer('u1', 'u0', 'u2'))
    owners = set()
    for sport in range(4000, 4008):
        t = Talk(sport, 5000)
        t.a.sendto(b'x', t.dst)
        t.b.sendto(b'y', t.src)
        equal((path_of(e1, sport=sport), path_of(e2, dport=sport)), (U0, B1),
              'paths before anything has arrived')
        equal((t.a.recv(10), t.b.recv(10)), (b'y', b'x'), 'what arrives')
        for _ in range(2):
            t.both()
        f = e1.do('flow-get', sport=sport)
        g = e2.do('flow-get', dport=sport)
        equal({f['owner'], g['owner']}, {'local', 'remote'}, 'owners')
        equal(f['path'][6:], g['path'][6:], 'underlays')
        equal(f['path'][6:], 'u0' if f['owner'] == 'local' else 'u1',
              'the path of the owner')
        owners.add(f['owner'])
        equal((list(e1.took(t.say))[0][6:], list(e2.took(t.answer))[0][6:]),
              (f['path'][6:], f['path'][6:]), 'underlays in use')
    equal(len(owners), 1, 'owners of the flows of one pair of sites')
    log('owner is e%d' % (1 if owners == {'local'} else 2))


def test_icmp_error():
    """An error goes by the path of the flow that it is about, not by rules
    for ICMP, and is no flow"""
    sites = Sites()
    e1, e2 = sites.e1, sites.e2
    steer(e2, name='icmp', **prefer('u0'), match={'proto': ICMP})
    steer(e2, 11, 'icmp', match={'proto': ICMP6}, **prefer('u0'))
    for src, dst, i in ((S4, D4, 2), (S6, D6, 1), (S4, D4, 1)):
        steer(e1, **prefer('u%d' % i))
        e1.do('flow-flush')
        e2.do('flow-flush')
        s = open_socket('e1', socket.SOCK_DGRAM, 0, src, 4000)
        s.settimeout(10 * SLOW)
        s.connect((dst, 9999))
        before = e2.sent()
        s.send(b'x')
        try:
            s.recv(10)
        except ConnectionRefusedError:
            pass
        else:
            raise Fail('an answer from a closed port')
        s.close()
        after = e2.sent()
        equal({k: v - before[k] for k, v in after.items() if v != before[k]},
              {'edge1:u%d' % i: 1}, 'path of the error')
        for f in (e1, e2):
            equal([x['proto'] for x in f.flows()], [UDP], 'protocols of flows')
        equal(e1.do('flow-get')['two_way'], 0, 'an error is no answer')


def test_fragments():
    """All fragments of a datagram take one path, whatever its ports"""
    e1 = Sites().e1
    steer(e1, mode='balance')
    e1.do('class-new', name='port', mode='pin', member=[{'underlay': 'u1'}])
    e1.do('rule-new', pref=1, proto=UDP, dport=ports(5000), action='class',
          class_='port')
    used = set()
    for i in range(24):
        dst = '10.2.128.%d' % (i + 1) if i % 2 else 'fd02:0:0:1::%x' % (i + 1)
        src = S4 if i % 2 else S6
        paths = set()
        for dport in (5000, 5001):
            took = e1.took(lambda: send(src=src, dst=dst, sport=4000 + i,
                                        dport=dport, size=5000))
            equal(list(took.values()), [4], 'fragments sent')
            paths |= set(took)
        equal(len(paths), 1, 'paths of fragments')
        used |= paths
        flow = e1.do('flow-get', dst=dst)
        equal((flow['sport'], flow['dport'], flow['rule'], flow['path']),
              (0, 0, 10, list(paths)[0]), 'flow of fragments')
    equal(used, {U0, U1, U2}, 'paths in use')


# ---- When flows move ------------------------------------------------------

def test_failback():
    """What becomes of a flow when its first path has gone and comes back"""
    e1 = Sites().e1
    #  move      failback  next packet  after the gap  a new flow
    cases = ((None, None, U1, U0, U0),
             ('flowlet', 'soft', U1, U0, U0),
             ('now', 'soft', U0, U0, U0),
             ('sticky', 'soft', U1, U1, U0),
             ('flowlet', 'hard', U0, U0, U0),
             ('flowlet', 'never', U1, U1, U0),
             ('now', 'never', U1, U1, U0))
    gap = 2000 * SLOW
    with e1.begin() as t:
        for n, (move, failback, *_) in enumerate(cases):
            t.do('class-new', name='c%d' % n, move=move, failback=failback,
                 gap=gap * 1000, **prefer('u0', 'u1'))
            t.do('rule-new', pref=10 + n, proto=UDP, dport=ports(5000 + n),
                 action='class', class_='c%d' % n)
    talks = [Talk(4000, 5000 + n) for n in range(len(cases))]
    for t in talks:
        equal(list(e1.took(t.say)), [U0], 'path at first')
    admin(e1, U0, False)
    for t in talks:
        equal(list(e1.took(t.say)), [U1], 'path while the first is down')
    admin(e1, U0, True)
    for t, (move, failback, now, *_) in zip(talks, cases):
        idle = e1.do('flow-get', dport=t.dst[1])['idle']
        took = list(e1.took(t.say))
        if idle < gap - 500 and now == U1 or now == U0:
            equal(took, [now], 'next packet: %s, %s' % (move, failback))
    wait_for(lambda: all(f['idle'] > gap + 200
                         for f in e1.flows(proto=UDP)), 'the gap')
    for n, (move, failback, _, later, new) in enumerate(cases):
        what = '%s, %s' % (move, failback)
        equal(list(e1.took(talks[n].say)), [later], 'after a gap: ' + what)
        flow = e1.do('flow-get', sport=4000, dport=5000 + n)
        equal(flow['moves'], 2 if later == U0 else 1, 'moves: ' + what)
        equal(list(e1.took(lambda n=n: send(sport=4001, dport=5000 + n))),
              [new], 'new flow: ' + what)


def test_strict():
    """Without a member: dropped, counted and told, or by another path"""
    e1 = Sites().e1
    e1.do('rule-del', pref=2 ** 31 - 1)
    for match, kw, stays in (
            ({'proto': UDP, 'dport': ports(1)},
             {'mode': 'pin', 'member': [{'underlay': 'u2'}]}, False),
            ({'proto': UDP, 'dport': ports(2)},
             {'mode': 'pin', 'member': [{'path': U2}], 'strict': 1}, True),
            ({'proto': UDP, 'dport': ports(3)},
             dict(prefer('u2'), strict=1), True),
            ({'proto': UDP, 'dport': ports(4)},
             {'mode': 'balance', 'member': [{'underlay': 'u2'}],
              'strict': 1}, True),
            ({'proto': UDP, 'dport': ports(5)}, prefer('u2'), False),
            ({'proto': UDP, 'dport': ports(6)},
             {'mode': 'balance', 'member': [{'underlay': 'u2'}]}, False),
            ({'proto': UDP, 'dport': ports(7)},
             dict(prefer('nobody'), strict=1), None),
            ({'proto': UDP, 'dport': ports(8)}, prefer('nobody'), None)):
        port = struct.unpack('=HH', match['dport'])[0]
        steer(e1, port, 'c%d' % port, match=match, **kw)
        s = {}
        for family, (src, dst) in ((4, (S4, D4)), (6, (S6, D6))):
            s[family] = open_socket('e1', socket.SOCK_DGRAM, 0, src, 4000)
            # RECVERR: not only fatal errors are told
            s[family].setsockopt(*(socket.IPPROTO_IP, 11, 1) if family == 4
                                 else (socket.IPPROTO_IPV6, 25, 1))
            s[family].connect((dst, port))
            if stays is not None:
                equal(list(e1.took(s[family].send, b'x')), [U2], 'path')
        admin(e1, U2, False)
        for family, sock in s.items():
            src, dst = (S4, D4) if family == 4 else (S6, D6)
            n = e1.dropped('tx_drop_strict')
            told = e1.explain(vni=100, src=src, dst=dst, proto=UDP,
                              sport=4000, dport=port)
            error = []

            def say(sock=sock, error=error):
                # a port unreachable of before may be told first
                for _ in range(2):
                    try:
                        sock.send(b'x')
                        error.append(None)
                        return
                    except ConnectionRefusedError:
                        pass
                    except OSError as e:
                        error.append(e)
                        return
            took = list(e1.took(say))
            if not stays and 'strict' not in kw:
                equal((took, told['path']), ([U0], U0), 'by another path')
                equal(e1.dropped('tx_drop_strict'), n, 'counted')
                continue
            equal((took, told.get('path'), told['drop']),
                  ([], None, 'tx_drop_strict'), 'no other path')
            true(e1.dropped('tx_drop_strict') > n, 'not counted')
            # told by ICMP to the sender, with this packet or the next one
            for _ in range(20):
                if error and error[-1]:
                    break
                say()
            true(error[-1] is not None, 'the sender was not told')
        admin(e1, U2, True)
        for family, sock in s.items():
            if stays is not None:
                wait_for(lambda: list(e1.took(quiet, sock)) == [U2],
                         'back on u2')
            sock.close()


def quiet(sock):
    try:
        sock.send(b'x')
    except OSError:
        pass


def test_reordering():
    """A flow goes from a slow path to a fast one: in a gap, in order"""
    sites = Sites(wans=2)
    e1 = sites.e1
    for i, delay in ((0, 60), (1, 10)):
        run('tc', 'qdisc', 'add', 'dev', 'wan%d' % i, 'root', 'netem',
            'delay', '%dms' % (delay * SLOW), 'limit', '10000', ns='e1')
    result = {}
    for move, sport in (('flowlet', 4000), ('now', 4001), ('sticky', 4002)):
        steer(e1, **prefer('u0', 'u1'), move=move, gap=150000 * SLOW)
        t = Talk(sport, 5000)
        t.say(b'first')
        n = 0
        stages = []
        for stage in range(3):
            if stage == 1:
                e1.do('class-set', name='voice', member=[
                    {'underlay': 'u1'}, {'underlay': 'u0'}])
            if stage == 2:
                time.sleep(0.5 * SLOW)
            before = e1.sent()
            for _ in range(60):
                t.a.sendto(b'%d' % n, t.dst)
                n += 1
                time.sleep(0.003 * SLOW)
            after = e1.sent()
            stages.append({k[6:]: after[k] - before[k] for k in after
                           if after[k] != before[k]})
        got = [int(t.b.recv(100)) for _ in range(n)]
        late = sum(a > b for a, b in zip(got, got[1:]))
        flow = e1.do('flow-get', sport=sport)
        log('%s: %d out of order, by %s, moves %d' % (move, late, stages,
                                                     flow['moves']))
        result[move] = (got == sorted(got), flow['moves'], stages)
    equal(result['flowlet'][:2], (True, 1), 'flowlet: in order, moves')
    equal(result['flowlet'][2][2], {'u1': 60}, 'flowlet after the gap')
    equal(result['now'][1:], (1, [{'u0': 60}, {'u1': 60}, {'u1': 60}]),
          'now')
    equal(result['sticky'], (True, 0, [{'u0': 60}] * 3), 'sticky')


def test_rules_change():
    """Flows of before stay where they are as far as their new class allows"""
    e1 = Sites().e1
    steer(e1, **prefer('u1'), move='sticky')
    t = Talk(4000, 5000)
    t.both()

    def now(path, **want):
        equal(list(e1.took(t.both)), [path], 'path')
        got = e1.do('flow-get', sport=4000)
        equal({k: got.get(k) for k in want}, want, 'flow')
    now(U1, rule=10, moves=0)
    # another class that has the path as its second
    e1.do('class-new', name='other', move='sticky',
          **prefer('u0', 'u1'))
    e1.do('rule-new', pref=5, action='class', class_='other')
    now(U1, rule=5, moves=0, **{'class': 'other'})
    # one that does not
    e1.do('class-set', name='other', member=[{'underlay': 'u2'}])
    now(U2, rule=5, moves=1)
    e1.do('rule-del', pref=5)
    now(U1, rule=10, moves=2)
    # all paths are allowed
    e1.do('class-new', name='all', mode='balance', move='sticky')
    e1.do('rule-set', pref=10, class_='all')
    now(U1, rule=10, moves=2, **{'class': 'all'})
    # the path goes
    e1.do('class-set', name='all', member=[{'underlay': 'u1'},
                                           {'underlay': 'u2'}])
    e1.do('path-del', name=U1)
    equal(list(e1.took(lambda: t.a.sendto(b'x', t.dst))), [U2], 'path')
    # drop, and back
    e1.do('rule-new', pref=1, action='drop')
    n = e1.dropped('tx_drop_rule')
    equal(e1.took(lambda: t.a.sendto(b'x', t.dst)), {}, 'while dropped')
    equal(e1.dropped('tx_drop_rule') - n, 1, 'dropped')
    e1.do('rule-del', pref=1)
    equal(list(e1.took(lambda: t.a.sendto(b'x', t.dst))), [U2], 'path')
    # no rules: no flows are looked at, the path of lowest preference it is
    e1.replace([])
    equal(list(e1.took(lambda: t.a.sendto(b'x', t.dst))), [U0], 'path')


# ---- Tenants --------------------------------------------------------------

def test_tenants():
    """Two segments with the same addresses and ports are strangers"""
    sites = Sites()
    f = {1: sites.e1, 2: sites.e2}
    tenants = {'a': 201, 'b': 202}
    for s in (1, 2):
        setup_ns(*['%s%d' % (n, s) for n in tenants])
        o = 3 - s
        for n, vni in tenants.items():
            Sites.batch('e%d' % s, [
                'link add t%s type sdwan vni %d' % (n, vni),
                'link set dev t%s netns %s%d' % (n, n, s)])
            Sites.batch('%s%d' % (n, s), [
                'addr add 10.9.0.%d/24 dev t%s' % (s, n),
                'addr add fd09::%d/64 dev t%s nodad' % (s, n),
                'link set dev t%s up' % n])
            f[s].do('prefix-new', addr='10.9.0.%d' % o, plen=32, vni=vni,
                    site=o)
            f[s].do('prefix-new', addr='fd09::%d' % o, plen=128, vni=vni,
                    site=o)
    for n, (name, vni) in enumerate(tenants.items(), 1):
        steer(f[1], n, name, match={'vni': vni}, **prefer('u%d' % n))
    src4, dst4, src6, dst6 = '10.9.0.1', '10.9.0.2', 'fd09::1', 'fd09::2'
    for src, dst in ((src4, dst4), (src6, dst6)):
        talks = {n: Talk(4000, 5000, src, dst, n + '1', n + '2')
                 for n in tenants}
        for t in talks.values():
            t.b.settimeout(0.2)
        for i in range(20):
            for n, t in talks.items():
                t.a.sendto(b'%s there %d' % (n.encode(), i), t.dst)
                t.b.sendto(b'%s back %d' % (n.encode(), i), t.src)
        for n, t in talks.items():
            for sock, way in ((t.b, b'there'), (t.a, b'back')):
                sock.settimeout(10 * SLOW)
                got = [sock.recv(100) for _ in range(20)]
                equal(got, [b'%s %s %d' % (n.encode(), way, i)
                            for i in range(20)], 'what tenant %s gets' % n)
                sock.setblocking(False)
                try:
                    raise Fail('tenant %s got %s' % (n, sock.recv(100)))
                except BlockingIOError:
                    pass
        # each has its own flow, on its own path, both ways
        for s, end in ((1, 'edge2'), (2, 'edge1')):
            for n, (name, vni) in enumerate(tenants.items(), 1):
                got = f[s].do('flow-get', vni=vni, proto=UDP,
                              src=src if s == 1 else dst)
                equal((got['path'], got['two_way']), ('%s:u%d' % (end, n), 1),
                      'flow of %s in e%d' % (name, s))
        # to forget that of one leaves that of the other
        equal(f[1].do('flow-flush', vni=201, src=src)['flushed'], 1,
              'flushed')
        equal(len(f[1].flows(vni=202, src=src)), 1, 'flow of b')
        for t in talks.values():
            t.a.close()
            t.b.close()
    # what one may not, the other may
    f[1].do('rule-set', pref=1, action='drop')
    for n, got in (('a', {}), ('b', {U2: 1})):
        equal(f[1].took(lambda n=n: send(n + '1', src4, dst4, dport=9)), got,
              'path of ' + n)


run_tests(test_symmetric, test_both_begin, test_icmp_error, test_fragments,
          test_failback, test_strict, test_reordering, test_rules_change,
          test_tenants)
