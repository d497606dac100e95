#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
#
# Groups of classes: they prefer one gateway, and one path to it, together.
# Kernels: all um um-debug
# Check: um
# Timeout: 400

import json
import os
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from errno import EINVAL, ENOSPC  # noqa: E402
from deciding import *  # noqa: E402,F403

FAR = 'edge3:u2'
GROUPS = 1024


def gateways():
    """Site 2 has two gateways: edge2 by u0 and u1, and edge3 by u2"""
    e1, _ = lab(wans=3)
    with e1.begin() as t:
        t.do('path-del', name=U2)
        t.do('peer-new', name='edge3', site=SITE, gateway=2)
        t.do('path-new', peer='edge3', underlay='u2', remote='192.168.12.2',
             preference=102)
    wait_for(lambda: all(p['state'] == 'up' for p in e1.dump('path-get')),
             'all paths are up')
    return e1


def made(e1, name, underlay, **kw):
    e1.do('class-new', name=name, mode='best', metric='price', round=100000,
          alpha=1000000, member=[{'underlay': underlay}], **kw)


def places(e1):
    return {d['class']: d.get('path') for d in e1.dump('decision-get')}


def scattered(e1, *counts):
    """So many classes on each path, that may use all of them"""
    names = []
    for i, n in enumerate(counts):
        for _ in range(n):
            names.append('c%d' % len(names))
            made(e1, names[-1], 'u%d' % i)
    wait_for(lambda: [list(places(e1).values()).count(p) for p in
                      (U0, U1, FAR)] == list(counts), 'places')
    with e1.begin() as t:
        for n in names:
            t.do('class-set', name=n, member_none=True)
    return names


def grouped(e1, names, group='g'):
    with e1.begin() as t:
        for n in names:
            t.do('class-set', name=n, group=group)


def together(e1, path, names, what, seconds=10):
    wait_for(lambda: {places(e1).get(n) for n in names} == {path},
             '%s: %r' % (what, places(e1)), seconds)
    return [decision(e1, n) for n in names]


def test_gateway():
    """Of the gateways that of most of the group, though on no path to it most are"""
    e1 = gateways()
    names = scattered(e1, 2, 3, 4)
    time.sleep(1)
    before = places(e1)
    equal([d['moves'] for d in e1.dump('decision-get')], [0] * 9,
          'without a group they stay where they are')
    grouped(e1, names)
    for d in together(e1, U1, names, 'the gateway of five, the path of three'):
        stayed = before[d['class']] == U1
        equal((d['class'], d['moves']), (d['class'], 0 if stayed else 1),
              'one move each')
        if not stayed:
            equal((d['reason'], d['move'][0]['path'], d['move'][0]['reason']),
                  ('group', before[d['class']], 'group'), 'why')
    equal(e1.do('class-get', name='c0')['group'], 'g', 'group')
    # nobody goes on
    time.sleep(1)
    equal(sum(d['moves'] for d in e1.dump('decision-get')), 6, 'moves')


def test_tie():
    """Of equal ones the lower gateway, and the lower path"""
    e1 = gateways()
    names = scattered(e1, 2, 2, 4)
    grouped(e1, names)
    together(e1, U0, names, 'the lower ones')


def test_leave():
    """Who leaves, leaves with his group, and stays at the gateway if he can"""
    e1 = gateways()
    names = scattered(e1, 12, 0, 0)
    grouped(e1, names)
    admin(e1, U0, False)
    for d in together(e1, U1, names, 'the other path to the gateway'):
        equal((d['reason'], d['moves']), ('down', 1), 'why')
    admin(e1, U1, False)
    for d in together(e1, FAR, names, 'the other gateway'):
        equal((d['reason'], d['moves']), ('down', 2), 'why')
    admin(e1, U0, True)
    admin(e1, U1, True)
    # whoever is new comes to them, though the others cost less
    prices(e1, 98, 98, 100)
    known(e1, 98, 98, 100, name='c0')
    e1.do('class-new', name='late', mode='best', metric='price', group='g')
    d = carried(e1, FAR, 'late')
    equal((d['reason'], d['moves']), ('first', 0), 'why')
    e1.do('class-new', name='alone', mode='best', metric='price', group='h')
    carried(e1, U0, 'alone')
    equal(set(places(e1)[n] for n in names), {FAR}, 'the others stay')


def test_less_than():
    """Cost, members and what is up count more than company"""
    e1 = gateways()
    names = scattered(e1, 0, 0, 6)
    grouped(e1, names)
    made(e1, 'bound', 'u1', group='g')
    carried(e1, U1, 'bound')
    time.sleep(0.5)
    equal((places(e1)['bound'], places(e1)['c0']), (U1, FAR), 'members')
    # to the path of the only other one
    prices(e1, 100, 100, 200)
    for d in together(e1, U1, names, 'too dear', 40):
        equal(d['reason'], 'cost', 'why')
    # out of the class of best connections nobody follows
    made(e1, 'too', 'u2', group='g')
    e1.do('class-set', name='bound', member=[{'underlay': 'u2'}])
    together(e1, FAR, ['bound', 'too'], 'two that can go nowhere else')
    with e1.begin() as t:
        for n in names[1:]:
            t.do('class-set', name=n, group='')
    time.sleep(0.5)
    equal(places(e1)['c0'], U1, 'dearer than the class of best connections')
    prices(e1, 100, 100, 100)
    d = together(e1, FAR, ['c0'], 'as good again', 60)[0]
    equal(d['reason'], 'group', 'why')


def test_sites():
    """Each site for itself"""
    e1 = gateways()
    names = scattered(e1, 4, 1, 0)
    with e1.begin() as t:
        t.do('peer-new', name='far', site=7)
        for i in (0, 1):
            t.do('path-new', peer='far', underlay='u%d' % i,
                 remote='192.168.1%d.9' % i, preference=200 - i)

    def there():
        return {d['class']: d.get('path') for d in e1.dump('decision-get')
                if d['site'] == 7}
    wait_for(lambda: set(there().values()) == {'far:u1'} and
             len(there()) == 5, 'the preferred path')
    grouped(e1, names)
    wait_for(lambda: [decision(e1, n).get('path') for n in names] == [U0] * 5,
             'here they meet')
    time.sleep(0.5)
    equal(set(there().values()), {'far:u1'}, 'there they are elsewhere')


def test_tool():
    """sdwanctl says groups and shows them, and why one has moved"""
    e1 = gateways()
    names = scattered(e1, 1, 2, 0)
    ctl = lambda *words: run('sdwanctl', *words, ns='e1')  # noqa: E731
    # who comes last finds two
    for n in reversed(names):
        ctl('class', 'set', n, 'group', 'work')
    together(e1, U1, names, 'they meet')
    true(' group work' in ctl('class', 'show', 'c0'), 'shown')
    equal(len(json.loads(ctl('-j', 'class', 'show', 'group', 'work'))), 3,
          'found by group')
    show = ctl('decision', 'show', 'class', 'c0', 'peer', 'edge2')
    true('reason group' in show.splitlines()[0], show)
    # a metric without its text cannot be saved
    for n in names:
        ctl('class', 'set', n, 'metric', '')
    ctl('metric', 'del', 'price')
    saved = ctl('save')
    true(saved.count(' group work') == 3, saved)
    ctl('class', 'set', 'c0', 'group', '')
    true('group' not in ctl('class', 'show', 'c0'), 'none')
    subprocess.run(['sdwanctl', '-n', 'e1', 'restore', '-'], input=saved,
                   text=True, check=True, timeout=60)
    equal(ctl('save'), saved, 'restored')


def test_refused():
    """What is no group, for whom there is none, and how many there are"""
    e1 = gateways()
    new = {'name': 'x', 'member': [{'underlay': 'u0'}], 'group': 'g'}
    for mode in ('prefer', 'pin', 'balance', 'duplicate'):
        e1.refused(EINVAL, 'class-new', 'group', mode=mode, **new)
    e1.refused(EINVAL, 'class-new', 'group', mode='best',
               **{**new, 'group': 'a b'})
    e1.do('class-new', mode='best', **new)
    e1.refused(EINVAL, 'class-set', 'mode', name='x', mode='prefer')
    equal(e1.do('class-get', name='x')['group'], 'g', 'group')
    e1.do('class-set', name='x', mode='prefer', group='')
    e1.do('fabric-set', max_classes=2 * GROUPS)
    for _ in range(2):
        with e1.begin() as t:
            for i in range(GROUPS):
                t.do('class-new', name='c%d' % i, mode='best',
                     group='g%d' % i)
        e1.refused(ENOSPC, 'class-new', 'group', name='more', mode='best',
                   group='more')
        e1.do('class-new', name='more', mode='best', group='g7')
        time.sleep(0.5)
        with e1.begin() as t:
            t.do('class-del', name='more')
            for i in range(GROUPS):
                t.do('class-del', name='c%d' % i)


def test_teardown():
    """Classes come, go and change their groups while it is decided"""
    e1 = gateways()
    names = scattered(e1, 10, 10, 10)
    for i in range(60):
        n = names[i * 7 % 30]
        e1.do('class-set', name=n, group='g%d' % (i % 4))
        e1.do('class-del', name=names[i % 30])
        made(e1, names[i % 30], 'u%d' % (i % 3), group='g%d' % (i % 3))
        prices(e1, i % 3, (i + 1) % 3, (i + 2) % 3)
        if i % 5 == 0:
            admin(e1, U1, i % 2)
        if i % 10 == 0:
            e1.do('path-del', name=FAR)
            e1.do('path-new', peer='edge3', underlay='u2',
                  remote='192.168.12.2')
        e1.dump('decision-get')
    e1.nl.sock.close()
    del_ns('e1')


if __name__ == '__main__':
    run_tests(test_gateway, test_tie, test_leave, test_less_than, test_sites,
              test_tool, test_refused, test_teardown)
