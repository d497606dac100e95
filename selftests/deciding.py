# SPDX-License-Identifier: GPL-2.0
"""What tests of decisions share: two edges, prices, and what is decided"""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from errno import ENOENT  # noqa: E402
import expressions  # noqa: E402
from steering import *  # noqa: E402,F403

OFFSETS, _ = expressions.layout(TREE)
NEVER = 0xffffffff
HOUR = 3600 * 1000 * 1000
SITE = 2


def lab(wans=2, probe=False):
    """Two edges; without probes, paths differ by what their underlays cost"""
    s = Sites(wans=wans)
    if probe:
        for n in ('e1', 'e2'):
            for i in range(wans):
                run('sdwanctl', 'underlay', 'set', 'u%d' % i, 'probe', 'tunnel',
                    'probe-interval', '20ms', 'probe-idle-interval', '20ms',
                    'probe-hold', '200ms', ns=n)
    else:
        prices(s.e1, *[100] * wans)
        s.e1.do('metric-new', name='price', prog=price())
    return s.e1, s.e2


def price(statistic='underlay.cost'):
    """A metric that is this statistic"""
    return b''.join(struct.pack('=HBBI', *i) for i in (
        (0x20, 0, 0, OFFSETS[statistic]), (0x16, 0, 0, 0)))


def again(e1):
    """Costs before are forgotten, as of another program"""
    e1.do('metric-set', name='price', prog=price())


def prices(e1, *costs):
    for i, cost in enumerate(costs):
        e1.do('underlay-set', name='u%d' % i, cost=cost)


def netem(wan, *what, ns='e1'):
    run('tc', 'qdisc', 'replace', 'dev', 'wan%d' % wan, 'root', 'netem', *what,
        ns=ns)


def rtts(e1):
    return {p['name']: p.get('rtt', 0) for p in e1.dump('path-get')}


def measured(e1, *msec):
    """Smoothed round-trip times are about these, and so are costs"""
    wait_for(lambda: all(0.8 * m <= r / 1000 <= 1.5 * m + 2 for m, r in
                         zip(msec, rtts(e1).values())), 'rtt %r' % (msec,))


def decision(e1, name='voice', site=SITE):
    try:
        return e1.do('decision-get', class_=name, site=site)
    except NlError as e:
        equal(e.code, ENOENT, 'error')
        return {}


def packet(e1):
    """The paths that the packet of a new flow takes"""
    return e1.took(lambda: send(dport=9))


def carried(e1, path, name='voice', seconds=10):
    wait_for(lambda: decision(e1, name).get('path') == path,
             '%s is carried by %s: %r' % (name, path, decision(e1, name)),
             seconds)
    return decision(e1, name)


def candidates(d):
    return {c['path']: c for c in d['candidate']}


def known_up(e1, path):
    """Who decides has heard that it is up"""
    wait_for(lambda: candidates(decision(e1))[path]['state'] == 'up',
             path + ' is up')


def known(e1, *costs, name='voice'):
    """Smoothed costs have come there"""
    wait_for(lambda: [c.get('cost') for _, c in sorted(candidates(
        decision(e1, name)).items())] == list(costs), 'costs %r' % (costs,), 40)


def ban(cost):
    """A metric that forbids what has this price"""
    return b''.join(struct.pack('=HBBI', *i) for i in (
        (0x20, 0, 0, OFFSETS['underlay.cost']), (0x15, 0, 1, cost),
        (0x06, 0, 0, NEVER), (0x06, 0, 0, 50)))
