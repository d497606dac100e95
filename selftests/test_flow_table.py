#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
#
# The table of flows: what is told of them and forgotten, how many there are;
# what is foretold of a packet is what becomes of it.
# Kernels: all um um-debug
# Check: um
# Timeout: 300

import os
import sys
import threading
from errno import EINVAL, ENODEV, ENOENT, ENOTUNIQ

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from steering import *  # noqa: E402,F403


# ---- What is told ---------------------------------------------------------

def test_show():
    sites = Sites()
    e1, e2 = sites.e1, sites.e2
    steer(e1, **prefer('u1'), match={'proto': UDP})
    equal((e1.flows(), e1.fabric()['flows']), ([], 0), 'flows before')
    e1.refused(ENOENT, 'flow-get')
    a = Talk(4000, 5000)
    a.say()
    got = e1.do('flow-get')
    times = {k: got.pop(k) for k in ('age', 'idle')}
    true(0 <= times['idle'] <= times['age'] < 10000 * SLOW,
         'times: %s' % times)
    equal(got, dict(a.key(), vni=100, **{'class': 'voice'}, rule=10, path=U1,
                    owner='local', two_way=0, moves=0), 'flow')
    # at the other end: begun there, answered where it came from; what rule it
    # has is known with the first answer
    got = e2.do('flow-get')
    equal({k: got[k] for k in list(a.key()) + ['path', 'owner', 'two_way']},
          dict(a.back(), path=B1, owner='remote', two_way=0),
          'flow at the other end')
    true('class' not in got, 'class at the other end')
    equal(list(e2.took(a.answer)), [B1], 'path of the answer')
    got = e2.do('flow-get')
    equal((got['rule'], got['two_way'], got['path'], got['owner'],
           got['moves']), (2 ** 31 - 1, 1, B1, 'remote', 0),
          'flow that was answered')
    got = e1.do('flow-get')
    equal((got['two_way'], got['owner'], got['path']), (1, 'local', U1),
          'flow with an answer')
    # IPv6 and what has no ports
    run('ping', '-c', '2', '-i', '0.2', '-W', '5', 'fd64::2', ns='e1')
    got = e1.do('flow-get', proto=ICMP6)
    equal((got['src'], got['dst'], got['rule'], got['path'], got['two_way'],
           got['sport'] == got['dport']),
          ('fd64::1', 'fd64::2', 2 ** 31 - 1, U0, 1, True),
          'flow of a ping')
    true('class' not in got, 'class of what has none')
    send(proto=50)
    got = e1.do('flow-get', proto=50)
    equal((got['sport'], got['dport'], got['two_way']), (0, 0, 0), 'ESP')
    equal(len(e1.flows()), 3, 'flows listed')
    equal(e1.fabric()['flows'], 3, 'flows counted')


def test_filters():
    sites = Sites()
    e1, e2 = sites.e1, sites.e2
    steer(e1, **prefer('u1'), match={'proto': UDP, 'dport': ports(5000)})
    steer(e1, 20, 'bulk', mode='pin', member=[{'path': U2}],
          match={'proto': TCP})
    for sport in (1, 2, 3):
        send(sport=sport, dport=5000)
    send(sport=1, dport=6000)
    send(sport=1, dport=5000, dst='10.2.128.2')
    send(sport=1, dport=5000, src='10.1.128.2')
    send(sport=7, dport=5000, src=S6, dst=D6)
    send('e2', src=D4, dst=S4, sport=9, dport=9)
    # answers, so that none is forgotten soon
    for f in e1.flows(owner='local'):
        send('e2', f['dst'], f['src'], sport=f['dport'], dport=f['sport'])
    send(sport=9, dport=9)
    everything = e1.flows()
    equal(len(everything), 8, 'flows: %s' % everything)
    equal({f['two_way'] for f in everything}, {1}, 'seen both ways')

    def pick(want, **kw):
        """By the kernel, and by hand"""
        got = e1.flows(**kw)
        mine = [f for f in everything
                if all(f.get(k.rstrip('_')) == v for k, v in kw.items())]
        equal(len(got), len(mine), 'flows with %s' % kw)
        equal(len(got), want, 'flows with %s' % kw)
    for want, kw in ((8, {'vni': 100}), (0, {'vni': 101}), (6, {'src': S4}),
                     (1, {'src': S6}), (6, {'dst': D4}),
                     (1, {'dst': '10.2.128.2'}), (8, {'proto': UDP}),
                     (0, {'proto': TCP}), (4, {'sport': 1}),
                     (6, {'dport': 5000}), (0, {'dport': 5}),
                     (6, {'class_': 'voice'}), (0, {'class_': 'bulk'}),
                     (0, {'class_': 'nobody'}), (6, {'rule': 10}),
                     (2, {'rule': 2 ** 31 - 1}), (6, {'path': U1}),
                     (2, {'path': U0}), (0, {'path': 'nobody'}),
                     (7, {'owner': 'local'}), (1, {'owner': 'remote'}),
                     (3, {'sport': 1, 'dport': 5000, 'class_': 'voice'}),
                     (1, {'sport': 1, 'dport': 5000, 'src': S4, 'dst': D4,
                          'vni': 100, 'proto': UDP, 'path': U1,
                          'rule': 10, 'owner': 'local'}),
                     (0, {'sport': 1, 'path': U2})):
        pick(want, **kw)
    # one of them
    equal(e1.do('flow-get', sport=2)['dport'], 5000, 'the only one')
    for kw in ({}, {'sport': 1}, {'class_': 'voice'}):
        e1.refused(ENOTUNIQ, 'flow-get', **kw)
    for kw in ({'sport': 77}, {'class_': 'bulk'}, {'path': 'nobody'}):
        e1.refused(ENOENT, 'flow-get', **kw)
    # what is malformed, and what only flow-explain takes
    for kw in ({'src': b'\1\2\3\4'}, {'vni': 0}, {'vni': 1 << 24},
               {'owner': 2}, {'class_': 'x' * 32}, {'dscp': 1}, {'mark': 1},
               {'iif': 'lan0'}, {'two_way': 1}, {'pinned': 1}):
        for op in ('flow-get', 'flow-flush'):
            e1.refused((EINVAL, 34), op, **kw)
        try:
            e1.flows(**kw)
        except NlError as e:
            true(e.code in (EINVAL, 34), 'dump with %s: %s' % (kw, e))
        else:
            raise Fail('dump with %s' % kw)
    # forgotten: those and no others
    equal(e1.do('flow-flush', sport=77)['flushed'], 0, 'nothing flushed')
    equal(e1.do('flow-flush', sport=1, class_='voice')['flushed'], 3,
          'flushed')
    equal(sorted((f['sport'], f['dport']) for f in e1.flows()),
          [(1, 6000), (2, 5000), (3, 5000), (7, 5000), (9, 9)], 'flows left')
    equal(e1.do('flow-flush', owner='remote')['flushed'], 1, 'flushed')
    equal(e1.do('flow-flush', path=U1)['flushed'], 3, 'flushed')
    equal(e1.do('flow-flush')['flushed'], 1, 'flushed')
    equal((e1.flows(), e1.fabric()['flows']), ([], 0), 'flows after')
    true(e2.flows(), 'the other end has forgotten them')


def test_flush_moves():
    """A flow that was forgotten is steered as a new one"""
    e1 = Sites().e1
    steer(e1, **prefer('u0'), move='sticky')
    t = Talk(4000, 5000)
    t.both()
    steer(e1, **prefer('u1', 'u0'), move='sticky')
    t.both()
    equal(path_of(e1), U0, 'path of the sticky flow')
    e1.do('flow-flush', sport=4000)
    t.both()
    equal(path_of(e1), U1, 'path of the new flow')


# ---- How many -------------------------------------------------------------

def flood(n, first=0):
    """So many flows that are never answered"""
    s = open_socket('e1', socket.SOCK_DGRAM, 0, S4, 3999)
    for i in range(first, first + n):
        s.sendto(b'x', ('10.2.%d.%d' % (129 + i % 100, 1 + i // 100 % 250),
                        1 + i % 60000))
    s.close()


def test_flood():
    """A flood of new flows stays within the bounds, and costs no flow that is
    in use its place"""
    sites = Sites()
    e1 = sites.e1
    most = 1024
    e1.do('fabric-set', max_flows=most)
    sites.e2.do('fabric-set', max_flows=most)
    steer(e1, mode='balance')
    talks = [Talk(4000 + i, 5000 + i) for i in range(40)]
    tcp, peer = Listener(5000).connect(4000)

    def talk():
        for t in talks:
            t.both()
        tcp.send(b'a')
        peer.recv(1)
        peer.send(b'b')
        tcp.recv(1)
    talk()
    def used():
        return {(f['proto'], f['dport']): f for f in e1.flows(dst=D4)}
    keep = used()
    t0 = time.monotonic()
    equal(len(keep), 41, 'flows in use')
    equal({f['two_way'] for f in keep.values()}, {1}, 'seen both ways')
    for round in range(6):
        flood(1500, round * 1500)
        for f in (e1, sites.e2):
            n = f.fabric()['flows']
            true(n <= most, '%d flows' % n)
        talk()
    got = e1.fabric()
    log('flows %d, %s' % (got['flows'], {
        k: v for k, v in got['counter'].items() if 'flow' in k}))
    # one that was forgotten and begun anew is younger
    more = (time.monotonic() - t0) * 1000 - 50
    now = used()
    for key, f in keep.items():
        true(key in now, 'flow %s was forgotten' % (key,))
        equal([now[key][k] for k in ('path', 'moves')], [f['path'], 0],
              'path and moves')
        true(now[key]['age'] >= f['age'] + more,
             'flow %s was forgotten meanwhile' % (key,))
    true(len(e1.flows()) <= most, 'flows listed')


def test_flood_stateless():
    """Without a place in the table a flow is steered all the same, always to
    the same path"""
    e1 = Sites().e1
    steer(e1, mode='balance')
    e1.do('fabric-set', max_flows=16)
    first = {}
    for _ in range(3):
        for i in range(40):
            took = e1.took(lambda: send(sport=4000, dport=6000 + i))
            equal(len(took), 1, 'paths of a packet')
            equal(first.setdefault(i, took), took, 'path of flow %d' % i)
    true(e1.fabric()['flows'] <= 16, 'flows')
    equal(len({tuple(p) for p in first.values()}), 3, 'paths in use')


def test_timeout():
    """One-way flows go after five seconds, others after the timeout"""
    e1 = Sites().e1
    t = Talk(4000, 5000)
    t.both()
    send(sport=4001, dport=5001)
    t0 = time.monotonic()

    def ports_left():
        return sorted(f['sport'] for f in e1.flows(proto=UDP))
    equal(ports_left(), [4000, 4001], 'flows')
    wait_for(lambda: ports_left() == [4000], 'the one-way flow goes', 15)
    took = time.monotonic() - t0
    true(took > 4.5, 'it went after %.1f s' % took)
    log('a one-way flow went after %.1f s' % took)
    # this one stays as long as there are packets, and is the same
    age = e1.do('flow-get', sport=4000)['age']
    true(age > 4500, 'age %d ms' % age)
    e1.do('fabric-set', flow_timeout=3)
    for _ in range(5):
        t.both()
        time.sleep(0.7)
        equal(ports_left(), [4000], 'the flow that is in use')
    t.both()
    t0 = time.monotonic()
    wait_for(lambda: ports_left() == [], 'the other one goes', 12)
    took = time.monotonic() - t0
    true(took > 2.5, 'it went after %.1f s' % took)
    log('after a timeout of 3 s a flow went in %.1f s' % took)
    equal(e1.fabric()['flows'], 0, 'flows counted')


def test_resize():
    """The table gets another size and no flow another path"""
    sites = Sites()
    e1, e2 = sites.e1, sites.e2
    steer(e1, mode='balance', move='sticky')
    n = 300
    for i in range(n):
        send(sport=10000 + i, dport=7000)
        send('e2', src=D4, dst=S4, sport=7000, dport=10000 + i)

    def all_of_them():
        return {f['sport']: f['path'] for f in e1.flows(dport=7000)}
    before = all_of_them()
    equal(len(before), n, 'flows')
    for most in (1000000, 5000, 100000, 2000, 262144):
        e1.do('fabric-set', max_flows=most)
        equal(all_of_them(), before, 'flows with room for %d' % most)
        equal(e1.fabric()['max_flows'], most, 'told')
    # while packets are on their way
    stop = threading.Event()

    def traffic():
        i = 0
        while not stop.is_set():
            send(sport=10000 + i % n, dport=7000)
            i += 1
    me = threading.Thread(target=traffic)
    me.start()
    try:
        for most in (20000, 3000, 500000, 4000) * 3:
            e1.do('fabric-set', max_flows=most)
    finally:
        stop.set()
        me.join()
    after = all_of_them()
    equal({k: after.get(k) for k in before}, before, 'flows under traffic')
    # none, and back
    e1.do('fabric-set', max_flows=0)
    equal((e1.flows(), e1.fabric()['flows']), ([], 0), 'no flows')
    send(sport=1, dport=7000)
    equal(e1.flows(), [], 'no flows')
    e1.do('fabric-set', max_flows=1000)
    send(sport=1, dport=7000)
    equal(len(e1.flows()), 1, 'flows again')


# ---- What is foretold -----------------------------------------------------

def test_explain():
    """What would become of a packet is what becomes of it"""
    e1 = Sites().e1
    e1.do('prefix-new', addr='10.2.200.0', plen=24, vni=100, negative=1)
    run('ip', '-n', 'e1', 'route', 'add', '10.3.0.0/16', 'dev', 'sdwan0')
    run('ip', '-n', 'e1', 'route', 'add', '10.4.0.0/16', 'via', '100.64.0.2',
        'dev', 'sdwan0')
    steer(e1, 10, 'voice', match={'proto': UDP, 'dport': ports(5000)},
          **prefer('u1', 'u0'))
    steer(e1, 20, 'marked', match={'mark': 7}, **prefer('u2'))
    steer(e1, 30, 'ef', match={'dscp': 46}, mode='balance')
    e1.do('rule-new', pref=40, proto=UDP, dport=ports(6000), action='drop')
    steer(e1, 50, 'pinned', match={'to': '10.2.129.0', 'to_plen': 24},
          mode='pin', member=[{'path': 'nobody'}], strict=1)
    table = [{'dport': 5000}, {'dport': 5001}, {'mark': 7}, {'dscp': 46},
             {'dport': 6000}, {'dst': '10.2.129.1'}, {'dst': '10.2.200.1'},
             {'dst': '10.3.0.1'}, {'dst': '10.4.0.1'},
             {'dst': '10.4.0.1', 'dport': 5000},
             {'src': S6, 'dst': D6, 'dport': 5000},
             {'src': S6, 'dst': D6, 'dport': 6000},
             {'dscp': 46, 'mark': 7}, {'proto': TCP, 'dport': 5000},
             {'proto': SCTP, 'dport': 5000, 'mark': 7}]
    causes = ('tx_drop_rule', 'tx_drop_strict', 'tx_drop_no_site',
              'tx_drop_negative_prefix', 'tx_drop_no_path')

    def counted():
        return {pref: r['packets'] for pref, r in e1.rules().items()}

    def dropped():
        counters = e1.counters()
        return [counters[c] for c in causes]

    def round(what):
        seen = set()
        for p in table:
            p = dict({'src': S4, 'dst': D4, 'proto': UDP, 'sport': 4000,
                      'dport': 1}, **p)
            before = dropped()
            was = counted()
            told = e1.explain(vni=100, **p)
            equal((counted(), dropped()), (was, before),
                  'what asking has changed')
            try:
                took = list(e1.took(lambda p=p: send(**p)))
            except OSError:
                took = []
            after = dropped()
            drop = [c for c, a, b in zip(causes, before, after) if a != b]
            now = counted()
            by = [pref for pref in now if now[pref] != was[pref]]
            equal((([told['path']] if 'path' in told else []),
                   ([told['drop']] if 'drop' in told else []),
                   ([told['rule']] if 'rule' in told else [])),
                  (took, drop, by), '%s: %s' % (what, p))
            equal(told.get('site'), None if drop and drop[0] in (
                'tx_drop_no_site', 'tx_drop_negative_prefix') else 2, 'site')
            if 'rule' in told:
                rule = e1.rule(told['rule'])
                equal((told['action'], told.get('class')),
                      (rule['action'], rule.get('class')), 'verdict')
            if 'path' in told:
                known = e1.flows(**{k: v for k, v in p.items() if k in (
                    'src', 'dst', 'proto', 'sport', 'dport')})
                equal([f['path'] for f in known], took, 'path of its flow')
            seen.update(drop)
        return seen
    first = round('new flows')
    equal(first, set(causes) - {'tx_drop_no_path'}, 'causes')
    round('known flows')
    # a flow that stays, and says so
    t = Talk(3000, 5000)
    t.both()
    equal(path_of(e1, sport=3000), U1, 'path of a flow that will stay')
    e1.do('class-set', name='voice', move='sticky', member=[
        {'underlay': 'u2'}, {'underlay': 'u1'}])
    round('sticky flows')
    key = {'vni': 100, 'src': S4, 'dst': D4, 'proto': UDP}
    got = e1.explain(sport=3000, dport=5000, **key)
    equal((got['path'], got['pinned']), (U1, 1), 'a sticky flow')
    got = e1.explain(sport=4001, dport=5000, **key)
    equal((got['path'], got['pinned']), (U2, 0), 'a new flow')
    for p in (U0, U1, U2):
        admin(e1, p, False)
        seen = round('without ' + p)
    true('tx_drop_no_path' in seen, 'without any path')
    # what cannot be asked
    e1.refused(EINVAL, 'flow-explain', 'vni', src=S4, dst=D4)
    e1.refused(EINVAL, 'flow-explain', 'src', vni=100, dst=D4)
    e1.refused(EINVAL, 'flow-explain', 'dst', vni=100, src=S4)
    e1.refused(EINVAL, 'flow-explain', 'dst', vni=100, src=S4, dst=D6)
    e1.refused(ENODEV, 'flow-explain', 'vni', vni=7, src=S4, dst=D4)
    e1.refused((EINVAL, 34), 'flow-explain', 'dscp', dscp=64, **key)
    for kw in ({'class_': 'voice'}, {'path': U0}, {'owner': 'local'}):
        e1.refused(EINVAL, 'flow-explain', **dict(key, **kw))


run_tests(test_show, test_filters, test_flush_moves, test_flood,
          test_flood_stateless, test_timeout, test_resize, test_explain)
