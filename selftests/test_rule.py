#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
#
# Classes and rules by netlink: what is refused, what is told, what a
# transaction makes of them, what is counted.
# Kernels: all um um-debug
# Check: um
# Timeout: 300

import os
import socket
import sys
import time
from errno import (E2BIG, EBUSY, EEXIST, EINVAL, ENOENT, ENOSPC,
                   EPERM, ERANGE)

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from steering import *  # noqa: E402,F403

BAD = (EINVAL, ERANGE)
V = {'name': 'voice', 'mode': 'prefer', 'member': [{'underlay': 'u0'}]}


def edge(name='e1', wans=2):
    """An edge whose WANs take all and answer nothing"""
    setup_ns(name)
    Sites.batch(name, ['link add wan%d type dummy' % i for i in range(wans)])
    lines = [x for x in Sites.edge(1, wans)]
    Sites.batch(name, lines)
    run('sdwanctl', '-batch', '-', ns=name,
        stdin='\n'.join(Sites.overlay(1, wans)) + '\n')
    return Fabric(name)


def same(fabric, fn):
    """What fn does changes nothing"""
    before = state(fabric.nl)
    fn()
    equal(state(fabric.nl), before, 'state')


def test_class_defaults():
    f = edge()
    f.do('class-new', **V)
    got = f.do('class-get', name='voice')
    true(got.pop('id') > 0, 'no number')
    want = {'name': 'voice', 'mode': 'prefer',
            'member': [{'underlay': 'u0'}], 'dscp': 65, 'strict': 0,
            'move': 'flowlet', 'gap': 0, 'failback': 'soft',
            'policy': 'voice', 'sla_latency': 0, 'sla_jitter': 0,
            'sla_loss': 0, 'exit_margin': 100000, 'metric': '', 'shadow': '',
            'alpha': 100000, 'floor': 0, 'round': 1000000, 'group': ''}
    got.pop('weight_by', None)
    equal(got, want, 'class')
    # balance needs no members; weights are equal, those of explicit are 1
    f.do('class-new', name='bulk', mode='balance')
    got = f.do('class-get', name='bulk')
    equal((got['weight_by'], got.get('member')), ('equal', None), 'balance')
    f.do('class-new', name='shares', mode='balance', weight_by='explicit',
         member=[{'underlay': 'u0', 'weight': 7}, {'path': 'edge2:u1'}])
    got = f.do('class-get', name='shares')
    equal(got['member'], [{'underlay': 'u0', 'weight': 7},
                          {'path': 'edge2:u1', 'weight': 1}], 'members')
    # all else that can be said
    f.do('class-new', name='x', mode='pin', member=[{'path': 'not:there'}],
         dscp=46, strict=1, move='sticky', gap=1, failback='never',
         policy='other')
    got = f.do('class-get', name='x')
    equal([got[k] for k in ('mode', 'dscp', 'strict', 'move', 'gap',
                            'failback', 'policy')],
          ['pin', 46, 1, 'sticky', 1, 'never', 'other'], 'values')
    f.do('class-set', name='x', move='now', failback='hard', dscp=64, gap=0)
    got = f.do('class-get', name='x')
    equal([got[k] for k in ('move', 'failback', 'dscp', 'gap', 'strict',
                            'policy')],
          ['now', 'hard', 64, 0, 1, 'other'], 'values after set')
    equal(f.fabric()['classes'], 4, 'classes counted')
    equal(sorted(c['name'] for c in f.dump('class-get')),
          ['bulk', 'shares', 'voice', 'x'], 'classes listed')


def test_class_refused():
    f = edge()
    f.do('class-new', **V)
    f.do('class-new', name='bulk', mode='balance')

    def refusals():
        no = f.refused
        new = {'name': 'n', 'mode': 'prefer', 'member': [{'underlay': 'u0'}]}
        no(EINVAL, 'class-new', 'name', mode='balance')
        no(EINVAL, 'class-new', 'mode', name='n')
        no(EEXIST, 'class-new', 'name', **V)
        for op in ('class-set', 'class-del'):
            no(ENOENT, op, 'name', name='nobody')
        no(ENOENT, 'class-get', name='nobody')
        for op in ('class-set', 'class-get', 'class-del'):
            no(EINVAL, op, 'name')
        for mode in (0, 6, 2 ** 32 - 1):
            no(BAD, 'class-new', 'mode', **dict(new, mode=mode))
        # members
        no(EINVAL, 'class-new', 'member', name='n', mode='prefer')
        no(EINVAL, 'class-new', 'member', name='n', mode='pin')
        two = [{'underlay': 'u0'}, {'underlay': 'u1'}]
        no(EINVAL, 'class-new', 'member', name='n', mode='pin', member=two)
        no(EINVAL, 'class-new', 'member-none', name='n', mode='prefer',
           member_none=True)
        no(EINVAL, 'class-set', 'member-none', name='voice', member_none=True)
        no(EINVAL, 'class-set', None, name='bulk', member_none=True,
           member=two)
        many = [{'underlay': 'u%d' % i} for i in range(33)]
        no((E2BIG, EINVAL), 'class-new', 'member', name='n', mode='prefer',
           member=many)
        for member in ({}, {'underlay': 'u0', 'path': 'edge2:u0'},
                       {'underlay': ''}, {'path': ''}, {'underlay': 'a b'},
                       {'underlay': 'a/b'}, {'underlay': 'a:b'},
                       {'underlay': 'x' * 32}, {'path': 'x' * 64},
                       {'weight': 1}, {'underlay': b'u0'},
                       {'underlay': 'u0', 'weight': 0},
                       {'underlay': 'u0', 'weight': 65536},
                       {'underlay': 'u0', 'weight': b'\1'}):
            no(BAD, 'class-new', name='n', mode='balance',
               weight_by='explicit', member=[member])
        no((EINVAL, EEXIST), 'class-new', name='n', mode='prefer',
           member=[{'underlay': 'u0'}] * 2)
        # weights are for balance, explicit ones for explicit
        weighty = [{'underlay': 'u0', 'weight': 2}]
        for kw in ({'mode': 'prefer'}, {'mode': 'balance'},
                   {'mode': 'balance', 'weight_by': 'rate'},
                   {'mode': 'balance', 'weight_by': 'cost'}):
            no(EINVAL, 'class-new', name='n', member=weighty, **kw)
        for mode in ('prefer', 'pin'):
            for by in ('rate', 'cost', 'explicit', 'equal'):
                no(EINVAL, 'class-new', 'weight-by', name='n', mode=mode,
                   weight_by=by, member=[{'underlay': 'u0'}])
        no(EINVAL, 'class-set', 'weight-by', name='voice', weight_by='rate')
        # ranges
        for key, value in (('dscp', 66), ('strict', 2), ('move', 3),
                           ('gap', 10000001), ('failback', 3),
                           ('weight_by', 4), ('dscp', 255)):
            no(BAD, 'class-new', key.replace('_', '-'), name='n',
               mode='balance', **{key: value})
            no(BAD, 'class-set', key.replace('_', '-'), name='bulk',
               **{key: value})
        for name in ('', 'a b', 'a/b', 'a:b', 'a\nb', 'x' * 32):
            no(BAD, 'class-new', 'name', **dict(new, name=name))
        for name in ('a b', 'a/b', 'x' * 32):
            no(BAD, 'class-new', 'policy', policy=name, **new)
        # what the kernel gives
        no(EINVAL, 'class-new', 'id', id=7, **new)
    same(f, refusals)


def test_class_set_replace():
    f = edge()
    f.do('class-new', dscp=46, strict=1, move='now', policy='p', **V)
    first = f.do('class-get', name='voice')
    f.do('class-set', name='voice', member=[{'path': 'edge2:u1'},
                                            {'underlay': 'u0'}])
    got = f.do('class-get', name='voice')
    want = dict(first, member=[{'path': 'edge2:u1'}, {'underlay': 'u0'}])
    equal(got, want, 'after set')
    # absent attributes go to their defaults
    f.do('class-new', NLM_F_REPLACE, **V)
    got = f.do('class-get', name='voice')
    equal([got[k] for k in ('id', 'dscp', 'strict', 'move', 'policy')],
          [first['id'], 65, 0, 'flowlet', 'voice'], 'after replace')
    f.do('class-new', NLM_F_REPLACE, name='new', mode='balance')
    f.refused(EINVAL, 'class-new', 'mode', NLM_F_REPLACE, name='voice')
    # another mode: members stay
    f.do('class-set', name='voice', mode='balance', weight_by='explicit')
    equal(f.do('class-get', name='voice')['member'],
          [{'underlay': 'u0', 'weight': 1}], 'members of balance')
    f.do('class-set', name='voice', member_none=True)
    true('member' not in f.do('class-get', name='voice'), 'members stayed')
    f.refused(EINVAL, 'class-set', name='voice', mode='prefer')


def test_class_busy():
    """A class that a rule names stays, unless the rule goes as well"""
    f = edge()
    f.do('class-new', **V)
    f.do('class-new', name='other', mode='balance')
    f.do('rule-new', pref=1, action='class', class_='voice')
    same(f, lambda: f.refused(EBUSY, 'class-del', 'name', name='voice'))
    # staged, the rule is gone; and all is back after an abort
    before = state(f.nl)
    t = f.begin()
    t.refused(EBUSY, 'class-del', 'name', name='voice')
    t.do('rule-del', pref=1)
    t.do('class-del', name='voice')
    t.refused(ENOENT, 'rule-new', 'class', pref=2, action='class',
              class_='voice')
    t.abort()
    equal(state(f.nl), before, 'state after the abort')
    f.refused(EBUSY, 'class-del', 'name', name='voice')
    equal(f.explain(vni=100, src='10.1.128.1', dst='10.2.128.1')['class'],
          'voice', 'class after the abort')
    # a rule that is changed to another class does not hold this one
    t = f.begin()
    t.do('rule-set', pref=1, class_='other')
    t.do('class-del', name='voice')
    t.refused(EBUSY, 'class-del', 'name', name='other')
    t.abort()
    equal(state(f.nl), before, 'state after the second abort')
    with f.begin() as t:
        t.do('rule-set', pref=1, action='pass')
        t.do('class-del', name='voice')
    equal(f.rule(1)['action'], 'pass', 'action')
    true('class' not in f.rule(1), 'the class stayed')
    f.refused(ENOENT, 'class-get', name='voice')
    # class and rules made and deleted in one
    with f.begin() as t:
        t.do('class-new', **V)
        for i in range(10, 20):
            t.do('rule-new', pref=i, action='class', class_='voice')
    with f.begin() as t:
        for i in range(10, 20):
            t.do('rule-del', pref=i)
        t.do('class-del', name='voice')
    with f.begin() as t:
        t.do('class-new', **V)
        t.do('rule-new', pref=10, action='class', class_='voice')
        t.do('rule-del', pref=10)
        t.do('class-del', name='voice')
    equal([c['name'] for c in f.dump('class-get')], ['other'], 'classes')
    # the same name again, in the same transaction
    f.do('class-new', **V)
    f.do('rule-set', pref=1, action='class', class_='voice')
    first = f.do('class-get', name='voice')['id']
    with f.begin() as t:
        t.do('rule-del', pref=1)
        t.do('class-del', name='voice')
        t.do('class-new', **V)
        t.do('rule-new', pref=1, action='class', class_='voice')
    true(f.do('class-get', name='voice')['id'] != first, 'number reused')
    f.refused(EBUSY, 'class-del', 'name', name='voice')
    # staged rules hold it, rules of a transaction that is gone do not
    t = f.begin()
    t.do('rule-new', pref=5, action='class', class_='other')
    t.refused(EBUSY, 'class-del', 'name', name='other')
    t.abort()
    f.do('class-del', name='other')


FULL = {'name': 'all-of-it', 'iif': 'eth1', 'vni': 100, 'from_': '10.0.0.0',
        'from_plen': 8, 'to': '10.2.0.0', 'to_plen': 16, 'proto': UDP,
        'sport': ports(1, (5, 9)), 'dport': ports((0, 65535)), 'dscp': 0,
        'mark': 0x100, 'mark_mask': 0xff00, 'action': 'class',
        'class_': 'voice', 'set_dscp': 0, 'set_mark': 0,
        'set_mark_mask': 0xff, 'set_priority': 0}


def test_rule_values():
    """All that a rule can say is told as it was said, nothing else"""
    f = edge()
    f.do('class-new', **V)
    f.do('rule-new', pref=1, action='pass')
    equal(f.rule(1), {'pref': 1, 'action': 'pass', 'packets': 0, 'bytes': 0},
          'rule')
    f.do('rule-new', pref=7, **FULL)
    got = f.rule(7)
    want = {'pref': 7, 'name': 'all-of-it', 'iif': 'eth1', 'vni': 100,
            'from': '10.0.0.0', 'from_plen': 8, 'to': '10.2.0.0',
            'to_plen': 16, 'proto': UDP, 'sport': [(1, 1), (5, 9)],
            'dport': [(0, 65535)], 'dscp': 0, 'mark': 0x100,
            'mark_mask': 0xff00, 'action': 'class', 'class': 'voice',
            'set_dscp': 0, 'set_mark': 0, 'set_mark_mask': 0xff,
            'set_priority': 0, 'packets': 0, 'bytes': 0}
    equal(got, want, 'rule')
    # set keeps what is absent, replace does not
    f.do('rule-set', pref=7, dscp=46, action='pass')
    got = f.rule(7)
    want.update(dscp=46, action='pass')
    del want['class']
    equal(got, want, 'after set')
    f.refused(EINVAL, 'rule-set', 'class', pref=7, action='class')
    f.do('rule-new', NLM_F_REPLACE, pref=7, action='pass', mark=5)
    equal(f.rule(7), {'pref': 7, 'action': 'pass', 'mark': 5,
                      'mark_mask': 0xffffffff, 'packets': 0, 'bytes': 0},
          'after replace')
    # prefixes of no length: of a family
    for pref, a in ((20, '0.0.0.0'), (21, '::')):
        f.do('rule-new', pref=pref, to=a, to_plen=0, action='pass')
        got = f.rule(pref)
        equal((got['to'], got['to_plen']), (a, 0), 'all of a family')
    f.do('rule-new', pref=2 ** 31 - 1, from_='fd01::', from_plen=64,
         to='fd02::1', to_plen=128, action='drop', name='last')
    got = f.rule(2 ** 31 - 1)
    equal((got['from'], got['from_plen'], got['to'], got['to_plen']),
          ('fd01::', 64, 'fd02::1', 128), 'prefixes')
    most = ports(*[(10 * i, 10 * i + 5) for i in range(16)])
    f.do('rule-new', pref=22, proto=TCP, sport=most, dport=most,
         action='pass')
    equal(len(f.rule(22)['dport']), 16, 'ranges')
    equal(sorted(f.rules()), [1, 7, 20, 21, 22, 2 ** 31 - 1], 'rules listed')
    equal(f.fabric()['rules'], 6, 'rules counted')


def test_rule_refused():
    f = edge()
    f.do('class-new', **V)
    f.do('rule-new', pref=1, action='pass')
    f.do('rule-new', pref=2, action='class', class_='voice', proto=UDP,
         dport=ports(5), to='10.0.0.0', to_plen=8)

    def refusals():
        no = f.refused
        no(EINVAL, 'rule-new', 'pref', action='pass')
        no(EINVAL, 'rule-new', 'action', pref=3)
        for op in ('rule-set', 'rule-del'):
            no(ENOENT, op, 'pref', pref=3)
            no(EINVAL, op, 'pref')
        no(ENOENT, 'rule-get', pref=3)
        no(EINVAL, 'rule-get', 'pref')
        no(EEXIST, 'rule-new', 'pref', pref=1, action='drop')
        no(EINVAL, 'rule-new', 'action', NLM_F_REPLACE, pref=1)
        for pref in (0, 2 ** 31, 2 ** 32 - 1):
            no(BAD, 'rule-new', 'pref', pref=pref, action='pass')
        for action in (0, 5, 2 ** 32 - 1):
            no(BAD, 'rule-new', 'action', pref=3, action=action)

        def new(codes, blame, /, **kw):
            no(codes, 'rule-new', blame, **dict({'pref': 3, 'action': 'pass'},
                                               **kw))
        new(EINVAL, 'class', action='class')
        new(ENOENT, 'class', action='class', class_='nobody')
        for vni in (0, 2 ** 24):
            new(BAD, 'steer_vni', action='steer', steer_vni=vni)
        for action in ('pass', 'drop'):
            new(EINVAL, 'steer_vni', action=action, steer_vni=5)
            new(EINVAL, 'class', action=action, class_='voice')
        no(ENOENT, 'rule-set', 'class', pref=2, class_='nobody')
        no(EINVAL, 'rule-set', 'class', pref=1, class_='voice')
        # prefixes
        new(EINVAL, 'from-plen', from_='10.0.0.0')
        new(EINVAL, 'to-plen', to='10.0.0.0')
        new(EINVAL, 'from-plen', from_plen=8)
        new(EINVAL, 'to-plen', to_plen=8)
        for a, plen, name in (('10.0.0.1', 8, 'from'), ('10.0.0.0', 33, 'from-plen'),
                              ('fd01::1', 64, 'from'), ('1.0.0.0', 0, 'from'),
                              ('fd01::', 0, 'from')):
            new(BAD, name, from_=a, from_plen=plen)
            new(BAD, name.replace('from', 'to'), to=a, to_plen=plen)
        new(BAD, 'from-plen', from_='fd01::', from_plen=129)
        new(EINVAL, 'to', from_='10.0.0.0', from_plen=8, to='fd01::',
            to_plen=64)
        no(EINVAL, 'rule-set', 'from', pref=2, from_='fd01::', from_plen=64)
        # ports: of protocols that have them, in order, whole
        for proto in (None, ICMP, 50, ICMP6):
            new(EINVAL, 'dport', proto=proto, dport=ports(5))
            new(EINVAL, 'sport', proto=proto, sport=ports(5))
        for bad in (b'', b'\1', b'\1\0\1', ports(5)[:2], ports(5, 6)[:-1],
                    ports((6, 5)), ports(6, 5), ports(5, 5),
                    ports((1, 10), (10, 12)), ports((1, 10), (3, 4))):
            new(BAD, 'dport', proto=UDP, dport=bad)
            new(BAD, 'sport', proto=TCP, sport=bad)
        many = ports(*range(1, 35, 2))
        new((E2BIG, EINVAL), 'dport', proto=UDP, dport=many)
        new((E2BIG, EINVAL), 'sport', proto=UDP, sport=many)
        no(EINVAL, 'rule-set', 'proto', pref=2, proto=ICMP)
        no(EINVAL, 'rule-set', 'dport', pref=1, dport=ports(5))
        # marks
        new(EINVAL, 'mark-mask', mark_mask=1)
        new(EINVAL, 'mark', mark=2, mark_mask=1)
        new(BAD, 'mark-mask', mark=0, mark_mask=0)
        new(EINVAL, 'set-mark-mask', set_mark_mask=1)
        new(EINVAL, 'set-mark', set_mark=2, set_mark_mask=1)
        new(BAD, 'set-mark-mask', set_mark=0, set_mark_mask=0)
        # ranges
        for key, value in (('vni', 0), ('vni', 1 << 24), ('proto', 0),
                           ('dscp', 64), ('set_dscp', 64)):
            new(BAD, key.replace('_', '-'), **{key: value})
            no(BAD, 'rule-set', key.replace('_', '-'), pref=1, **{key: value})
        for name in ('a b', 'a/b', 'a:b', 'x' * 32):
            new(BAD, 'name', name=name)
        for iif in ('', 'a b', 'a/b', 'x' * 16, '.', '..'):
            new(BAD, 'iif', iif=iif)
        # what is counted is not set
        for key in ('packets', 'bytes', 'last_used'):
            new(EINVAL, key.replace('_', '-'), **{key: 1})
    same(f, refusals)


def test_rule_counters():
    f = edge()
    f.do('class-new', **V)
    f.do('rule-new', pref=10, proto=UDP, dport=ports(5000), action='class',
         class_='voice')
    f.do('rule-new', pref=20, proto=UDP, action='drop')
    for _ in range(3):
        send(dport=5000, sport=4000, size=100)
    got = f.rule(10)
    equal((got['packets'], got['bytes']), (3, 3 * 128), 'counted')
    true(got['last_used'] < 10000 * SLOW, 'last used: %d' % got['last_used'])
    equal({k: v for k, v in f.rule(20).items() if k in (
        'packets', 'bytes', 'last_used')}, {'packets': 0, 'bytes': 0},
        'rule that decided nothing')
    # set goes on counting, replace as well as they are one rule
    f.do('rule-set', pref=10, dscp=0)
    send(dport=5000, sport=4000, size=100)
    equal(f.rule(10)['packets'], 4, 'counted after set')
    n = f.dropped('tx_drop_rule')
    for _ in range(2):
        send(dport=5001, sport=4000, size=0)
    got = f.rule(20)
    equal((got['packets'], got['bytes']), (2, 2 * 28), 'counted by drop')
    equal(f.dropped('tx_drop_rule') - n, 2, 'tx_drop_rule')
    # nothing is counted by asking
    f.explain(vni=100, src='10.1.128.1', dst='10.2.128.1', proto=UDP,
              dport=5000)
    equal(f.rule(10)['packets'], 4, 'counted by flow-explain')
    # a GSO packet counts its segments, and their payload
    s = open_socket('e1', socket.SOCK_DGRAM, 0, '10.1.128.1', 4001)
    s.setsockopt(17, 103, 1000)         # UDP_SEGMENT
    s.sendto(b'x' * 5000, ('10.2.128.1', 5000))
    s.close()
    equal(f.rule(10)['packets'], 9, 'counted with GSO')
    # a new rule of that preference begins at zero
    f.do('rule-del', pref=10)
    f.do('rule-new', pref=10, action='pass')
    equal(f.rule(10)['packets'], 0, 'counted by the new one')


def test_events():
    f = edge()
    ear = Ear('e1')

    def heard(command, **want):
        for told in ear.told(command):
            got = dec(command.split('-')[0], told)
            if all(got.get(k) == v for k, v in want.items()):
                return got
    f.do('class-new', **V)
    heard('class-ntf', name='voice', mode='prefer', dscp=65)
    f.do('class-set', name='voice', dscp=46)
    heard('class-ntf', name='voice', dscp=46)
    f.do('rule-new', pref=5, action='class', class_='voice', proto=UDP,
         dport=ports(7))
    got = heard('rule-ntf', pref=5)
    equal((got['class'], got['dport']), ('voice', [(7, 7)]), 'rule told')
    f.do('rule-set', pref=5, action='drop')
    got = heard('rule-ntf', pref=5, action='drop')
    f.do('rule-del', pref=5)
    heard('rule-del-ntf', pref=5)
    f.do('class-del', name='voice')
    heard('class-del-ntf', name='voice')
    # a transaction: nothing before it, all of it after
    t = f.begin()
    t.do('class-new', **V)
    t.do('rule-new', pref=6, action='class', class_='voice')
    got = [data[0] for _, _, _, data in ear.pending()]
    true(C('rule-ntf') not in got and C('class-ntf') not in got,
         'told before the commit')
    t.commit()
    heard('class-ntf', name='voice')
    heard('rule-ntf', pref=6)


def test_limits():
    def child():
        run('ip', 'link', 'set', 'lo', 'up')
        f = Fabric()
        fabric = f.fabric()
        most = {k: fabric['max_' + k] for k in ('classes', 'rules', 'flows')}
        equal(most['flows'], 4096, 'flows in a user namespace')
        equal(fabric['flow_timeout'], 120, 'timeout of flows')
        for k, v in most.items():
            f.refused(EPERM, 'fabric-set', 'max-' + k, **{'max_' + k: v + 1})
        f.do('fabric-set', max_classes=3, max_rules=5)
        for i in range(3):
            f.do('class-new', name='c%d' % i, mode='balance')
        for i in range(5):
            f.do('rule-new', pref=i + 1, action='pass')

        def over():
            f.refused(ENOSPC, 'class-new', name='c9', mode='balance')
            f.refused(ENOSPC, 'rule-new', pref=9, action='pass')
            t = f.begin()
            t.refused(ENOSPC, 'class-new', name='c9', mode='balance')
            t.refused(ENOSPC, 'rule-new', pref=9, action='pass')
            t.abort()
        same(f, over)
        f.refused(EPERM, 'fabric-set', 'max-rules', max_rules=6)
        # what exists can be changed, and one that goes makes room
        f.do('rule-set', pref=1, action='drop')
        f.do('rule-del', pref=1)
        f.do('rule-new', pref=9, action='pass')
        f.do('class-del', name='c0')
        f.do('class-new', name='c9', mode='balance')
        # lowered below what exists: nothing is deleted
        f.do('fabric-set', max_rules=1)
        equal(len(f.rules()), 5, 'rules')
        f.do('fabric-set', max_flows=100, flow_timeout=7)
        got = f.fabric()
        equal((got['max_flows'], got['flow_timeout']), (100, 7), 'of flows')
        f.refused(EPERM, 'fabric-set', 'max-flows', max_flows=101)
        # a timeout is no limit that privilege is needed for
        f.do('fabric-set', flow_timeout=86400)
        for v in (0, 86401):
            f.refused(BAD, 'fabric-set', 'flow-timeout', flow_timeout=v)
        log('limits in a user namespace:', most)
    in_user_namespace(child)
    f = edge()
    fabric = f.fabric()
    equal((fabric['max_flows'], fabric['flow_timeout']), (262144, 120),
          'defaults')
    f.refused(BAD, 'fabric-set', 'max-flows', max_flows=16777217)
    f.do('fabric-set', max_flows=16777216)
    f.do('fabric-set', max_flows=0)
    equal(f.fabric()['max_flows'], 0, 'no flows')


def test_no_privilege():
    """Configuration and counters are everybody's, flows are not"""
    f = edge()
    f.do('class-new', **V)
    f.do('rule-new', pref=1, action='class', class_='voice')
    send(dport=9)
    true(f.flows(), 'there is no flow')
    key = {'vni': 100, 'src': '10.1.128.1', 'dst': '10.2.128.1'}

    def child():
        become_nobody('e1')
        me = Fabric()
        equal(me.do('class-get', name='voice')['name'], 'voice', 'class')
        equal(me.rule(1)['packets'], 1, 'packets')
        equal(len(me.dump('class-get')), 1, 'classes')
        equal(len(me.rules()), 1, 'rules')
        equal(me.fabric()['flows'], 1, 'flows counted')
        for op, kw in (('class-new', dict(V, name='x')), ('class-set', V),
                       ('class-del', {'name': 'voice'}),
                       ('rule-new', {'pref': 2, 'action': 'pass'}),
                       ('rule-set', {'pref': 1, 'action': 'pass'}),
                       ('rule-del', {'pref': 1}), ('flow-get', key),
                       ('flow-flush', {}), ('flow-explain', key)):
            refused(EPERM, me.nl, op, enc(op.split('-')[0], **kw),
                    message=False)
        try:
            me.flows()
        except NlError as e:
            equal(e.code, EPERM, 'dump of flows')
        else:
            raise Fail('flows were told')
    same(f, lambda: in_child(child))
    equal(f.fabric()['flows'], 1, 'flows')


def test_many():
    """Ten thousand rules: added, listed, replaced, deleted"""
    f = edge()
    f.do('class-new', **V)
    n = 10000
    t0 = time.monotonic()
    with f.begin() as t:
        for i in range(1, n + 1):
            t.do('rule-new', pref=i, action='class', class_='voice',
                 proto=UDP, dport=ports(i), to='10.2.128.0', to_plen=17)
    t1 = time.monotonic()
    got = f.dump('rule-get')
    t2 = time.monotonic()
    equal(sorted(r['pref'] for r in got), list(range(1, n + 1)), 'rules')
    equal(all(r['dport'] == [(r['pref'], r['pref'])] for r in got), True,
          'ports of rules')
    equal(f.fabric()['rules'], n, 'rules counted')
    ask = {'vni': 100, 'src': '10.1.128.1', 'dst': '10.2.128.1', 'proto': UDP}
    for port in (1, 77, 9999, 10000):
        equal(f.explain(dport=port, **ask)['rule'], port, 'rule')
    true('rule' not in f.explain(dport=10001, **ask), 'a rule too many')
    # a list that is not read to its end
    for _ in range(3):
        me = Netlink('e1')
        me.send(me.id, struct.pack('=BBH', C('rule-get'), 1, 0), NLM_F_DUMP)
        me.sock.recv(4096)
        me.close()
    t = f.begin()
    for i in range(1, n + 1):
        t.do('rule-del', pref=i)
    t.abort()
    equal(len(f.rules()), n, 'rules after the abort')
    t3 = time.monotonic()
    f.replace([(i, {'action': 'drop', 'proto': TCP, 'dport': ports(i)})
               for i in range(5, n + 1, 2)])
    log('%d rules added in %.1f s, listed in %.2f s, replaced by %d in %.1f s'
        % (n, t1 - t0, t2 - t1, n // 2 - 2, time.monotonic() - t3))
    equal(len(f.rules()), n // 2 - 2, 'rules after replacing')
    got = f.explain(dport=77, **dict(ask, proto=TCP))
    equal((got['rule'], got['action'], got['drop']),
          (77, 'drop', 'tx_drop_rule'), 'what becomes of a packet')
    f.replace([])
    equal(f.fabric()['rules'], 0, 'rules left')


def test_largest():
    """The largest class and rule are told whole"""
    f = edge()
    member = [{'path': '%063d' % i, 'weight': 65535} for i in range(32)]
    name = 'x' * 31
    f.do('class-new', name=name, mode='balance', weight_by='explicit',
         member=member, policy='y' * 31)
    equal(f.do('class-get', name=name)['member'], member, 'members')
    for i in range(20):
        f.do('class-new', name='%031d' % i, mode='balance',
             weight_by='explicit', member=member)
    got = f.dump('class-get')
    equal((len(got), {len(c['member']) for c in got}), (21, {32}), 'classes')
    most = ports(*[(10 * i, 10 * i + 5) for i in range(16)])
    f.do('rule-new', **dict(FULL, pref=2 ** 31 - 1, class_=name, sport=most,
                            dport=most, name='z' * 31, iif='i' * 15))
    got = f.rule(2 ** 31 - 1)
    equal((len(got['sport']), len(got['dport']), got['class']),
          (16, 16, name), 'rule')


def test_teardown():
    """A namespace that goes with classes, rules, flows and a transaction"""
    for _ in range(3):
        f = edge('dies')
        f.do('class-new', **V)
        with f.begin() as t:
            for i in range(1, 300):
                t.do('rule-new', pref=i, action='class', class_='voice',
                     proto=UDP, dport=ports(i))
            t.do('rule-new', pref=1000, action='pass')
        for i in range(200):
            send('dies', sport=20000 + i, dport=i + 1)
        true(f.fabric()['flows'] >= 200, 'flows: %d' % f.fabric()['flows'])
        t = f.begin()
        t.do('rule-del', pref=1000)
        t.do('rule-new', pref=1001, action='class', class_='voice')
        f.nl.close()
        run('ip', 'netns', 'del', 'dies')
    # and the module, with all of that at work
    f = edge()
    f.do('rule-new', pref=1, action='pass')
    send(dport=9)
    f.nl.close()
    run('ip', '-n', 'e1', 'link', 'del', 'sdwan0')
    run('rmmod', 'sdwan')
    run('modprobe', 'sdwan')


run_tests(test_class_defaults, test_class_refused, test_class_set_replace,
          test_class_busy, test_rule_values, test_rule_refused,
          test_rule_counters, test_events, test_limits, test_no_privilege,
          test_many, test_largest, test_teardown)
