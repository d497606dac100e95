# SPDX-License-Identifier: GPL-2.0
"""More paths, more prefixes: what does a packet cost then?

Only ours is measured here, a small configuration against a large one.  The
packets of `all' go to all of the sites or prefixes, equally often.
"""
import inject
import scenarios
from inject import packets, say

PARTS = ['scale']
VNI, MTU = scenarios.VNI, scenarios.MTU
PREFIXES = 10000
PATHS = 2000


def address(i):
    """The network of the Ith prefix, of 24 bits"""
    return f'10.{64 + i // 256}.{i % 256}'


def segment(site):
    site.ip(f'link add tun0 mtu {MTU} type sdwan vni {VNI}',
            'link set tun0 up',
            f'route add {site.prefix} dev tun0')


def paths(count, prefixes):
    """A peer with a path for each of COUNT sites, perhaps with a prefix"""
    def setup(site):
        site.ip(f'route add 172.16.0.0/12 via 192.0.2.{site.o} dev wan0')
        scenarios.fabric(site, '')
        for i in range(1, count):
            site.do('sdwanctl', f'peer add p{i} site {i + 2}')
            site.do('sdwanctl', f'path add peer p{i} underlay u0 '
                    f'remote 172.{16 + i // 65536}.{i // 256 % 256}.{i % 256}')
            if prefixes:
                site.do('sdwanctl', f'prefix add {address(i)}.0/24 '
                        f'vni {VNI} site {i + 2}')
        site.do('sdwanctl',
                f'prefix add {site.prefix} vni {VNI} site {site.o}')
        segment(site)
    return setup


def prefixes(count):
    def setup(site):
        scenarios.fabric(site, '')
        if count == 1:
            site.do('sdwanctl', f'prefix add 10.64.0.0/10 vni {VNI} '
                    f'site {site.o}')
        else:
            for i in range(count):
                site.do('sdwanctl', f'prefix add {address(i)}.0/24 vni {VNI} '
                        f'site {site.o}')
        segment(site)
    return setup


ONE = {}
SPREAD = {'dst': address(0) + '.2', 'step': 256}
ALL_PATHS = {'dst': address(1) + '.2', 'step': 256}
CASES = [
    # name, set-up, destinations
    ('paths-10', paths(10, False), ONE),
    (f'paths-{PATHS}', paths(PATHS, False), ONE),
    ('paths-10-all', paths(10, True), {**ALL_PATHS, 'spread': 9}),
    (f'paths-{PATHS}-all', paths(PATHS, True),
     {**ALL_PATHS, 'spread': PATHS - 1}),
    ('prefixes-1', prefixes(1), {**SPREAD, 'spread': PREFIXES}),
    (f'prefixes-{PREFIXES}', prefixes(PREFIXES),
     {**SPREAD, 'spread': PREFIXES}),
]


def sample(name, op, where, options):
    how = {'batches': options.batches, 'len': 64}
    if options.cycles:
        how['clock'] = 'cycles'
    send = {'op': 'xmit', 'dev': 'tun0', 'sink': 'wan0', **where}
    if op == 'tx':
        return packets(f'{name}.1', **send, **how)
    packets(f'{name}.1', capture=1, **send, **how)
    return packets(f'{name}.2', op='replay', dev='wan0', sink='lan0', **how)


def main(options):
    inject.note('scale: paths and prefixes')
    cases = []
    for name, setup, where in CASES:
        contender = scenarios.Contender(name, name, setup)
        for s in 1, 2:
            inject.call(['ip', 'netns', 'add', f'{name}.{s}'])
        inject.execute(contender.commands(4))
        cases.append((name, 'tx', where))
        if where is ONE:
            cases.append((name, 'rx', where))
    for n in range(options.samples):
        for name, op, where in cases if n % 2 == 0 else cases[::-1]:
            say('scale', op=op, who=name,
                **sample(name, op, where, options))
    for name, _, _ in CASES:
        for s in 1, 2:
            inject.call(['ip', 'netns', 'del', f'{name}.{s}'])
