#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
#
# What rules match, which of them decides, and how the flows of a class are
# spread; what is foretold of packets is what becomes of them.
# Kernels: all um um-debug
# Check: um
# Timeout: 300

import os
import random
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from steering import *  # noqa: E402,F403


def asked(p):
    """A packet of send() as flow-explain is asked about it"""
    out = {'vni': 100, 'src': S4, 'dst': D4, 'proto': UDP}
    out.update({k: v for k, v in p.items() if k in out or k in (
        'sport', 'dport', 'dscp', 'mark')})
    if out['proto'] in (ICMP, ICMP6):
        # of an echo request both are the identifier
        out['dport'] = out.get('sport', 0)
    return out


def p4(**kw):
    return dict({'sport': 4000, 'dport': 5000}, **kw)


def p6(**kw):
    return dict({'src': S6, 'dst': D6, 'sport': 4000, 'dport': 5000}, **kw)


# What a rule says, packets that it matches, packets that it does not
TABLE = [
    ({}, [p4(), p6(), p4(proto=TCP), p4(proto=ICMP), p6(proto=ICMP6),
          p4(proto=50)], []),
    ({'proto': UDP}, [p4(), p6(), p6(options=True), p4(size=3000),
                      p6(size=3000)],
     [p4(proto=TCP), p4(proto=ICMP), p4(proto=UDPLITE)]),
    ({'proto': TCP}, [p4(proto=TCP), p6(proto=TCP)], [p4(), p6()]),
    ({'proto': ICMP}, [p4(proto=ICMP)], [p6(proto=ICMP6), p4()]),
    ({'proto': ICMP6}, [p6(proto=ICMP6)], [p4(proto=ICMP), p6()]),
    ({'proto': 50}, [p4(proto=50), p6(proto=50)], [p4(), p4(proto=51)]),
    ({'proto': UDP, 'dport': ports(5000)}, [p4(), p6(), p6(options=True)],
     [p4(dport=5001), p4(dport=4999), p4(sport=5000, dport=4000),
      p4(proto=TCP), p4(proto=UDPLITE), p4(size=3000), p6(size=3000)]),
    ({'proto': TCP, 'dport': ports(5000)}, [p4(proto=TCP), p6(proto=TCP)],
     [p4(proto=TCP, dport=5001), p4()]),
    ({'proto': SCTP, 'dport': ports(5000)}, [p4(proto=SCTP)],
     [p4(proto=SCTP, dport=5001), p4()]),
    ({'proto': UDPLITE, 'sport': ports(4000)}, [p4(proto=UDPLITE)],
     [p4(proto=UDPLITE, sport=4001), p4()]),
    ({'proto': UDP, 'sport': ports(4000)}, [p4(), p6()],
     [p4(sport=4001), p4(sport=5000, dport=4000)]),
    ({'proto': UDP, 'sport': ports(4000), 'dport': ports(5000)}, [p4()],
     [p4(sport=4001), p4(dport=5001)]),
    ({'proto': UDP, 'dport': ports(53, (5000, 5010), (6000, 6000), 65535)},
     [p4(dport=53), p4(dport=5000), p4(dport=5005), p4(dport=5010),
      p4(dport=6000), p4(dport=65535), p6(dport=5009)],
     [p4(dport=52), p4(dport=54), p4(dport=4999), p4(dport=5011),
      p4(dport=5999), p4(dport=6001), p4(dport=65534)]),
    ({'proto': UDP, 'dport': ports((1, 65535))}, [p4(), p4(dport=1)],
     [p4(size=3000)]),
    ({'from_': '10.1.128.0', 'from_plen': 24}, [p4(), p4(src='10.1.128.255')],
     [p4(src='10.1.129.0'), p6()]),
    ({'from_': S4, 'from_plen': 32}, [p4()], [p4(src='10.1.128.2'), p6()]),
    ({'to': '10.2.128.0', 'to_plen': 20}, [p4(), p4(dst='10.2.143.255')],
     [p4(dst='10.2.144.0'), p6()]),
    ({'to': '10.2.128.0', 'to_plen': 17, 'from_': '10.1.128.0',
      'from_plen': 30}, [p4(), p4(src='10.1.128.3', dst='10.2.255.1')],
     [p4(src='10.1.128.4')]),
    ({'from_': '0.0.0.0', 'from_plen': 0}, [p4()], [p6()]),
    ({'to': '0.0.0.0', 'to_plen': 0}, [p4()], [p6()]),
    ({'from_': '::', 'from_plen': 0}, [p6()], [p4()]),
    ({'to': '::', 'to_plen': 0}, [p6()], [p4()]),
    ({'to': '::', 'to_plen': 3}, [], [p4(), p6()]),
    ({'from_': 'fd01:0:0:1::', 'from_plen': 64}, [p6(), p6(
        src='fd01:0:0:1:ffff::9')], [p4()]),
    ({'from_': 'fd00::', 'from_plen': 15}, [p6()], [p4()]),
    ({'from_': 'fd01:0:0:1::', 'from_plen': 127}, [p6()],
     [p6(src='fd01:0:0:1::2'), p4()]),
    ({'to': D6, 'to_plen': 128}, [p6()], [p6(dst='fd02:0:0:1::2')]),
    ({'dscp': 46}, [p4(dscp=46), p6(dscp=46)],
     [p4(), p4(dscp=45), p6(dscp=63)]),
    ({'dscp': 0}, [p4(), p6()], [p4(dscp=1), p6(dscp=46)]),
    ({'mark': 7}, [p4(mark=7), p6(mark=7)], [p4(), p4(mark=0x107)]),
    ({'mark': 0}, [p4(), p6()], [p4(mark=1)]),
    ({'mark': 0x100, 'mark_mask': 0xff00}, [p4(mark=0x100), p4(mark=0x1ff)],
     [p4(), p4(mark=0x300)]),
    ({'mark': 0, 'mark_mask': 0xff00}, [p4(), p4(mark=0x10034)],
     [p4(mark=0x100)]),
    ({'vni': 100}, [p4(), p6()], []),
    ({'vni': 101}, [], [p4(), p6()]),
    ({'iif': 'lan0'}, [], [p4(), p6()]),
    ({'vni': 100, 'proto': UDP, 'dport': ports(5000), 'sport': ports(4000),
      'from_': S4, 'from_plen': 32, 'to': D4, 'to_plen': 32, 'dscp': 10,
      'mark': 3}, [p4(dscp=10, mark=3)],
     [p4(dscp=10), p4(mark=3), p4(dscp=10, mark=3, sport=4001)]),
]


def test_kinds():
    """Each kind of match, by the counters of the paths; and flow-explain has
    said so before"""
    e1 = Sites().e1
    e1.do('class-new', name='there', mode='pin', member=[{'underlay': 'u2'}])
    n = 0
    for match, good, bad in TABLE:
        e1.replace([(10, dict(match, action='class', class_='there')),
                    (20, {'action': 'pass'})])
        for packets, path, pref in ((good, U2, 10), (bad, U0, 20)):
            for p in packets:
                what = '%s of %s' % (p, match)
                e1.do('flow-flush')
                if p.get('size', 0) < 1400:
                    got = e1.explain(**asked(p))
                    equal((got['rule'], got['path'], got['pinned'],
                           got['site']), (pref, path, 0, 2),
                          'foretold of ' + what)
                before = e1.rules()
                took = e1.took(lambda: send(**p))
                true(list(took) == [path], '%s took %s' % (what, took))
                after = e1.rules()
                for r in (10, 20):
                    equal(after[r]['packets'] - before[r]['packets'],
                          took[path] if r == pref else 0,
                          'packets of rule %d, %s' % (r, what))
                n += 1
    log(n, 'packets went where they should')


def test_iif():
    """The device that a packet came in by, also of one that does not exist
    yet, and of none"""
    sites = Sites(host=True)
    e1 = sites.e1
    e1.do('class-new', name='lan', mode='pin', member=[{'underlay': 'u2'}])
    e1.do('class-new', name='other', mode='pin', member=[{'underlay': 'u1'}])
    e1.replace([(10, {'iif': 'lan0', 'action': 'class', 'class_': 'lan'}),
                (20, {'iif': 'lan1', 'action': 'class', 'class_': 'other'}),
                (30, {'action': 'pass'})])

    def host(dst=D4):
        v6 = ':' in dst
        r = run('ping', '-c', '1', '-W', '5', dst, ns='h1', check=False)
        equal(r.returncode, 0, 'ping of ' + dst)
        return v6
    host()
    host(D6)
    e1.do('flow-flush')
    for dst in (D4, D6):
        took = e1.took(host, dst)
        equal(list(took), [U2], 'path of what came in by lan0')
    equal(list(e1.took(lambda: send(sport=1, dport=2))), [U0],
          'path of what is sent by the edge')
    src = {'vni': 100, 'src': '10.1.0.2', 'dst': D4}
    for iif, pref in (('lan0', 10), ('lan1', 20), ('lan', 30), (None, 30)):
        equal(e1.explain(iif=iif, **src)['rule'], pref,
              'rule of %s' % iif)
    # the name is what counts, not the device
    e1.do('flow-flush')
    Sites.batch('e1', ['link set dev lan0 down', 'link set dev lan0 name lan1',
                       'link set dev lan1 up',
                       'addr replace fd01::1/64 dev lan1 nodad'])
    equal(list(e1.took(host)), [U1], 'path of what came in by lan1')


def test_order():
    """The lowest preference decides, whatever is added when"""
    e1 = Sites().e1
    for i in range(3):
        e1.do('class-new', name='c%d' % i, mode='pin',
              member=[{'underlay': 'u%d' % i}])

    def goes(pref, i):
        e1.do('flow-flush')
        equal(e1.explain(**asked(p4()))['rule'], pref, 'rule foretold')
        equal(list(e1.took(lambda: send(**p4()))), ['edge2:u%d' % i], 'path')
        flow = e1.do('flow-get', sport=4000)
        equal((flow['rule'], flow['class'], flow['path']),
              (pref, 'c%d' % i, 'edge2:u%d' % i), 'flow')
    e1.replace([])
    wide = {'action': 'class', 'class_': 'c0'}
    port = {'action': 'class', 'class_': 'c1', 'proto': UDP,
            'dport': ports(5000)}
    host = {'action': 'class', 'class_': 'c2', 'to': D4, 'to_plen': 32}
    e1.do('rule-new', pref=50, **wide)
    goes(50, 0)
    e1.do('rule-new', pref=60, **port)
    goes(50, 0)
    e1.do('rule-new', pref=40, **port)
    goes(40, 1)
    e1.do('rule-new', pref=45, **host)
    goes(40, 1)
    e1.do('rule-new', pref=1, **host)
    goes(1, 2)
    e1.do('rule-del', pref=1)
    goes(40, 1)
    e1.do('rule-del', pref=40)
    goes(45, 2)
    e1.do('rule-set', pref=45, dscp=5)
    goes(50, 0)
    e1.do('rule-new', NLM_F_REPLACE, pref=50, **port)
    goes(50, 1)
    e1.do('rule-del', pref=50)
    goes(60, 1)


# ---- Against a model ------------------------------------------------------

def random_rule(rnd):
    r = {}
    family = rnd.choice((4, 6))

    def prefix(net4, net6):
        if family == 4:
            plen = rnd.choice((0, 8, 16, 20, 24, 28, 31, 32))
            a = ipaddress.ip_network('%s.%d.%d/%d' % (
                net4, rnd.choice((128, 129, 200)), rnd.randrange(4), plen),
                strict=False)
        else:
            plen = rnd.choice((0, 3, 13, 48, 63, 64, 65, 112, 126, 127, 128))
            a = ipaddress.ip_network('%s:0:0:1::%x/%d' % (
                net6, rnd.randrange(4), plen), strict=False)
        return str(a.network_address), plen
    if rnd.random() < 0.5:
        r['from_'], r['from_plen'] = prefix('10.1', 'fd01')
    if rnd.random() < 0.6:
        r['to'], r['to_plen'] = prefix('10.2', 'fd02')
    if rnd.random() < 0.7:
        r['proto'] = rnd.choice((UDP, TCP, ICMP, SCTP))
        if r['proto'] != ICMP:
            for key in ('sport', 'dport'):
                if rnd.random() < 0.4:
                    cuts = sorted(rnd.sample(range(1, 40), 2 * rnd.randint(
                        1, 4)))
                    r[key] = list(zip(cuts[::2], cuts[1::2]))
    if rnd.random() < 0.2:
        r['dscp'] = rnd.choice((0, 46))
    if rnd.random() < 0.2:
        r['mark_mask'] = rnd.choice((0xf, 0xff, 0xffffffff))
        r['mark'] = rnd.randrange(4) & r['mark_mask']
    if rnd.random() < 0.2:
        r['vni'] = rnd.choice((100, 101))
    if rnd.random() < 0.2:
        r['iif'] = rnd.choice(('eth0', 'eth1'))
    return r


def random_packet(rnd):
    if rnd.random() < 0.6:
        p = {'src': '10.1.%d.%d' % (rnd.choice((128, 129, 200)),
                                    rnd.randrange(4)),
             'dst': '10.2.%d.%d' % (rnd.choice((128, 129, 200)),
                                    rnd.randrange(4))}
    else:
        p = {'src': 'fd01:0:0:1::%x' % rnd.randrange(4),
             'dst': 'fd02:0:0:1::%x' % rnd.randrange(4)}
    p.update(vni=100, proto=rnd.choice((UDP, UDP, TCP, ICMP, SCTP)),
             sport=rnd.randrange(1, 45), dport=rnd.randrange(1, 45),
             dscp=rnd.choice((0, 0, 46, 7)), mark=rnd.choice((0, 0, 1, 0x11)))
    if rnd.random() < 0.3:
        p['iif'] = rnd.choice(('eth0', 'eth1', 'eth2'))
    return p


def matches(r, p):
    for key, plen, mine in (('from_', 'from_plen', 'src'),
                            ('to', 'to_plen', 'dst')):
        if key in r:
            net = ipaddress.ip_network('%s/%d' % (r[key], r[plen]))
            a = ipaddress.ip_address(p[mine])
            if a.version != net.version or a not in net:
                return False
    for key in ('sport', 'dport'):
        if key in r and not any(a <= p[key] <= b for a, b in r[key]):
            return False
    for key in ('proto', 'dscp', 'vni', 'iif'):
        if key in r and r[key] != p.get(key):
            return False
    return 'mark' not in r or p['mark'] & r['mark_mask'] == r['mark']


def test_model():
    """A thousand rules at random: the one that decides is the first that
    matches by a model, while rules come and go"""
    e1 = Sites(wans=1, rules=False).e1
    rnd = random.Random(4711)
    rules = {}

    def add(t, pref):
        rules[pref] = random_rule(rnd)
        kw = dict(rules[pref])
        for key in ('sport', 'dport'):
            if key in kw:
                kw[key] = ports(*kw[key])
        t.do('rule-new', pref=pref, action='pass', **kw)

    def ask(n):
        hits = 0
        for _ in range(n):
            p = random_packet(rnd)
            want = next((pref for pref in sorted(rules)
                         if matches(rules[pref], p)), None)
            got = e1.explain(**p)
            if got.get('rule') != want:
                raise Fail('%s: rule %s %s, wanted %s %s' % (
                    p, got.get('rule'), rules.get(got.get('rule')), want,
                    rules.get(want)))
            hits += want is not None
        return hits
    many = 1000
    prefs = rnd.sample(range(1, 1 << 20), many)
    with e1.begin() as t:
        for pref in prefs:
            add(t, pref)
    hits = ask(400)
    # a few left, others added, one by one
    for _ in range(6):
        with e1.begin() as t:
            for pref in rnd.sample(sorted(rules), len(rules) * 2 // 3):
                t.do('rule-del', pref=pref)
                del rules[pref]
            for pref in rnd.sample(range(1 << 20, 1 << 21), 20):
                add(t, pref)
        hits += ask(60)
    for pref in sorted(rules):
        e1.do('rule-del', pref=pref)
        del rules[pref]
        hits += ask(4)
    log(hits, 'packets that a rule decided on')


# ---- Shares ---------------------------------------------------------------

FLOWS = 300


def say_all(n=FLOWS, answer=False):
    """A packet of each; those that are answered are not forgotten soon"""
    for i in range(10000, 10000 + n):
        send(sport=i, dport=7000)
        if answer:
            send('e2', D4, S4, sport=7000, dport=i)


def where(fabric, n=FLOWS):
    """The path of each flow"""
    out = {f['sport']: f['path'] for f in fabric.flows(dport=7000)}
    equal(len(out), n, 'flows')
    return out


def shares(got, weights, what):
    """As a binomial distribution has it, in five standard deviations"""
    total = sum(weights.values())
    for path, weight in weights.items():
        n = sum(1 for p in got.values() if p == path)
        share = weight / total
        sigma = (len(got) * share * (1 - share)) ** 0.5
        log('%s: %d of %d flows on %s, %.0f wanted' % (
            what, n, len(got), path, len(got) * share))
        true(abs(n - len(got) * share) <= 5 * sigma,
             '%s: %d flows of %d on %s' % (what, n, len(got), path))


def test_balance():
    """By weights; a path that goes or comes moves its own share only"""
    e1 = Sites().e1
    e1.do('class-new', name='bulk', mode='balance', move='now')
    e1.do('rule-new', pref=1, action='class', class_='bulk')
    say_all(answer=True)
    before = where(e1)
    shares(before, {U0: 1, U1: 1, U2: 1}, 'equal')
    # what goes and comes back: its flows move, and return
    admin(e1, U1, False)
    say_all()
    without = where(e1)
    moved = {s for s in before if before[s] != without[s]}
    equal(moved, {s for s in before if before[s] == U1}, 'flows that moved')
    shares({s: without[s] for s in moved}, {U0: 1, U2: 1}, 'those of u1')
    admin(e1, U1, True)
    say_all()
    equal(where(e1), before, 'flows after the return')
    # a new one takes its share, and of nobody else's
    e1.do('path-new', name='fourth', peer='edge2', underlay='u0',
          remote='192.168.10.2', encap='vxlan-gpe')
    wait_for(lambda: e1.do('path-get', name='fourth')['state'] == 'up',
             'the fourth path')
    say_all()
    after = where(e1)
    shares(after, {U0: 1, U1: 1, U2: 1, 'fourth': 1}, 'four')
    moved = {s for s in before if before[s] != after[s]}
    equal({after[s] for s in moved}, {'fourth'}, 'where flows moved to')
    # weights: a heavier path only gains
    e1.do('path-del', name='fourth')
    say_all()
    equal(where(e1), before, 'flows without the fourth')
    e1.do('class-set', name='bulk', weight_by='explicit', member=[
        {'underlay': 'u0', 'weight': 4}, {'path': U1}, {'underlay': 'u2'}])
    say_all()
    after = where(e1)
    shares(after, {U0: 4, U1: 1, U2: 1}, 'explicit')
    equal({after[s] for s in before if before[s] != after[s]}, {U0},
          'where flows moved to')
    # members alone: the third path carries none
    e1.do('class-set', name='bulk', member=[
        {'underlay': 'u0', 'weight': 3}, {'underlay': 'u1', 'weight': 1}])
    say_all()
    after = where(e1)
    shares(after, {U0: 3, U1: 1}, 'two members')
    equal(set(after.values()), {U0, U1}, 'members')


def test_balance_by_underlay():
    """Rates and costs are weights"""
    e1 = Sites().e1
    e1.do('class-new', name='bulk', mode='balance', weight_by='rate',
          move='now')
    e1.do('rule-new', pref=1, action='class', class_='bulk')
    e1.do('underlay-set', name='u0', rate=100000000, cost=2)
    e1.do('underlay-set', name='u1', rate=400000000, cost=8)
    say_all(answer=True)
    # without a rate it weighs as the smallest
    shares(where(e1), {U0: 1, U1: 4, U2: 1}, 'rate')
    e1.do('class-set', name='bulk', weight_by='cost')
    say_all()
    # without a cost it weighs as 1
    shares(where(e1), {U0: 4, U1: 1, U2: 8}, 'cost')


def test_balance_stateless():
    """Where no flow is remembered, each still keeps its path"""
    e1 = Sites().e1
    e1.do('class-new', name='bulk', mode='balance')
    e1.do('rule-new', pref=1, action='class', class_='bulk')
    e1.do('fabric-set', max_flows=0)
    n = 60
    first = {}
    for round in range(3):
        for i in range(10000, 10000 + n):
            took = list(e1.took(lambda: send(sport=i, dport=7000)))
            equal(len(took), 1, 'paths of a packet')
            equal(first.setdefault(i, took), took, 'path of flow %d' % i)
    equal(e1.fabric()['flows'], 0, 'flows remembered')
    equal({p[0] for p in first.values()}, {U0, U1, U2}, 'paths in use')
    # it is foretold as well
    for i, took in first.items():
        got = e1.explain(**asked(p4(sport=i, dport=7000)))
        equal([got['path']], took, 'path foretold')


run_tests(test_kinds, test_iif, test_order, test_model, test_balance,
          test_balance_by_underlay, test_balance_stateless)
