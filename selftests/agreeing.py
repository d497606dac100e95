# SPDX-License-Identifier: GPL-2.0
"""What tests of agreement share: two edges with a key, one of which leads"""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import deciding  # noqa: E402
from deciding import *  # noqa: E402,F403

KEY = bytes(range(32))
VOICE = {'name': 'voice', 'mode': 'best', 'metric': 'price', 'floor': 1,
         'alpha': 1000000, 'round': 500000}
MEMBERS = [{'underlay': 'u0'}, {'underlay': 'u1'}]


def keyfile(key):
    name = '/tmp/sdwan-agree-%d-%d.key' % (os.getpid(), key[0])
    with open(name, 'w', encoding='ascii') as f:
        f.write(key.hex() + '\n')
    os.chmod(name, 0o600)
    at_cleanup(lambda: os.path.exists(name) and os.unlink(name))
    return name


def site_of(e):
    return 3 - e.do('node-get')['site']


def probed(e, wans):
    for i in range(wans):
        e.do('underlay-set', name='u%d' % i, probe='tunnel',
             probe_interval=50000, probe_idle_interval=50000,
             probe_hold=200000)


def lab(wans=2, key=KEY):
    """Two edges that are probed. The first one leads: siphash(1, 1, 2, 1) is less
    than siphash(2, 1, 1, 1)"""
    s = Sites(wans=wans)
    for n, e in enumerate((s.e1, s.e2), 1):
        probed(e, wans)
        prices(e, *[100] * wans)
        e.do('metric-new', name='price', prog=price())
        if key:
            run('sdwanctl', 'peer', 'set', 'edge%d' % (3 - n), 'key',
                keyfile(key), ns=e.ns)
    for e in (s.e1, s.e2):
        wait_for(lambda e=e: all(p['state'] == 'up' and 'far' in p
                                 for p in e.dump('path-get')) or not key,
                 'all paths are up')
    return s.e1, s.e2


def decision(e, name='voice'):
    return deciding.decision(e, name, site_of(e))


def underlay(d):
    """The number of the underlay that the path decided for is on"""
    return int(d['path'].rsplit(':u', 1)[1]) if d.get('path') else None


def agreement(e, wan):
    for p in e.dump('path-get'):
        if p['underlay'] == 'u%d' % wan:
            return p.get('agreement')
    return None


def same(lead, follow, name='voice'):
    a, b = decision(lead, name), decision(follow, name)
    return a.get('path') and underlay(a) == underlay(b) and \
        b.get('by') == 'peer' and a.get('agreed') == 1


def settled(lead, follow, name='voice', seconds=5):
    began = time.monotonic()
    try:
        wait_for(lambda: same(lead, follow, name), 'both agree', seconds)
    except Fail:
        log('leader', decision(lead, name))
        log('follower', decision(follow, name))
        for e in (lead, follow):
            for i in range(len(e.dump('underlay-get'))):
                log(i, agreement(e, i))
        raise
    return time.monotonic() - began


def move(lead, follow, wan, name='voice', seconds=5):
    """The leader moves there, and the follower with it"""
    wans = len(lead.dump('underlay-get'))
    prices(lead, *[100 if i == wan else 900 for i in range(wans)])
    wait_for(lambda: underlay(decision(lead, name)) == wan, 'leader', 20)
    began = time.monotonic()
    wait_for(lambda: underlay(decision(follow, name)) == wan, 'follower',
             seconds)
    log('followed after %.3f s' % (time.monotonic() - began))
    settled(lead, follow, name, seconds)
