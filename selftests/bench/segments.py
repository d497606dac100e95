# SPDX-License-Identifier: GPL-2.0
"""Many segments: the time to make one, and the memory it takes.

A segment has one prefix, reached over one tunnel.  The stock kernel gets a
device, a table with the route, and either a rule or a VRF that leads there.
"""
import time

import inject
import scenarios
from inject import say

# part, how many, how often
ROUNDS = ('segments', 1000, 3), ('many-segments', 10000, 1)
PARTS = [r[0] for r in ROUNDS]


def prefix(i):
    return f'10.{64 + i // 256}.{i % 256}.0/24'


def ours(count):
    """Commands in groups: (tool, lines)"""
    yield 'ip', [line for i in range(1, count + 1) for line in (
        f'link add t{i} type sdwan vni {i}',
        f'link set t{i} up',
        f'route add {prefix(i)} dev t{i}')]
    yield 'sdwanctl', [f'prefix add {prefix(i)} vni {i} site 2'
                       for i in range(1, count + 1)]


def vxlan(i, master=''):
    yield (f'link add t{i} type vxlan id {i} '
           'local 192.0.2.1 remote 192.0.2.2 dstport 4789 nolearning')
    if master:
        yield f'link set t{i} master {master}'
    yield f'link set t{i} up'
    yield (f'neigh add 10.255.0.2 lladdr 02:00:00:00:02:02 dev t{i} '
           'nud permanent')
    # 0 to 255 are the kernel's own tables
    yield (f'route add {prefix(i)} via 10.255.0.2 dev t{i} onlink '
           f'table {1000 + i}')


def rule_vxlan(count):
    lines = []
    for i in range(1, count + 1):
        lines += vxlan(i)
        lines.append(f'rule add fwmark {i} lookup {1000 + i}')
    yield 'ip', lines


def vrf_vxlan(count):
    lines = []
    for i in range(1, count + 1):
        lines.append(f'link add r{i} type vrf table {1000 + i}')
        lines.append(f'link set r{i} up')
        lines += vxlan(i, f'r{i}')
    yield 'ip', lines


KINDS = {'sdwan-geneve': ours, 'rule-vxlan': rule_vxlan,
         'vrf-vxlan': vrf_vxlan}


def meminfo():
    with open('/proc/meminfo', encoding='ascii') as f:
        values = dict(line.split(':') for line in f)
    return {k: int(values[k].split()[0])
            for k in ('MemFree', 'Slab', 'Percpu')}


def drop_caches(what):
    with open('/proc/sys/vm/drop_caches', 'w', encoding='ascii') as f:
        f.write(what)


def settled():
    """What is to be freed has been: nothing changes any more"""
    last = None
    drop_caches('4')    # from now on without a message each time
    for _ in range(120):
        drop_caches('3')
        now = meminfo()
        if last and abs(now['Slab'] + now['Percpu'] -
                        last['Slab'] - last['Percpu']) < 64:
            return now
        last = now
        time.sleep(0.5)
    return last


def measure(kind, count):
    name = 'segments.1'
    site = scenarios.lone(name)
    # our devices make no link-local address, so the others need not
    site.sysctl('net.ipv6.conf.default.addr_gen_mode=1')
    if kind.startswith('sdwan'):
        scenarios.fabric(site, '')
    inject.execute(site.commands)
    groups = list(KINDS[kind](count))
    before = settled()
    start = time.monotonic()
    with inject.Namespace(name):
        for tool, lines in groups:
            inject.batch(name, tool, lines)
    took = time.monotonic() - start
    after = settled()
    inject.call(['ip', 'netns', 'del', name])
    say('segments', who=kind, count=count, us=took * 1e6 / count,
        lines=[f'{tool} {line}' for tool, lines in KINDS[kind](1)
               for line in lines],
        slab=(after['Slab'] - before['Slab']) * 1024 / count,
        percpu=(after['Percpu'] - before['Percpu']) * 1024 / count,
        memory=(before['MemFree'] - after['MemFree']) * 1024 / count)


def main(options):
    for part, count, times in ROUNDS:
        if part not in options.parts:
            continue
        for _ in range(times):
            for kind in KINDS:
                inject.note(f'segments: {count}, {kind}')
                measure(kind, count)
