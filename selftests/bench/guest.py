#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Measure, in a guest.  Prints one JSON object a line; report.py reads them.

usage: guest.py [--samples N] [--batches N] [--cycles] [--only NAME,...]
                [--sizes 64,1400,gso] [--families 4,6] PART...

PART: tx fwd rx         packets through the devices and the stack
      scale             more paths, more prefixes
      tcp               iperf3
      segments          1,000 segments: time and memory
      classify          rules: packets of known flows, first packets
      flows             a million flows: packets, memory
      changes           rules added and replaced
      metrics           what paths cost
      decisions         which path carries a class: a round, memory
      obeyed            changes, until a packet obeys them
      probes            probes that are not genuine
      replay            decisions on links that are as measured ones were
      replay-noise      the same on links that differ by noise only
      many-segments     10,000 of them, which takes many minutes
"""
import argparse
import os
import sys

import cost
import decide
import forged
import inject
import obey
import replay
import scale
import scenarios
import segments
import steer
import tcp
from inject import Lost, Refused, note, packets, say

OPS = ('tx', 'fwd', 'rx')
# What the generator is told of a packet
SIZES = {
    '64': {'len': 64},
    '1400': {'len': 1400},
    # 44 segments
    'gso': {'len': 40 + 44 * 1360, 'gso': 1360},
}


def prepare_keys():
    for site, key in scenarios.KEYS.items():
        with open(f'/run/wg-private.{site}', 'w') as f:
            f.write(key + '\n')
        scenarios.PUBLIC[site] = inject.call(['wg', 'pubkey'],
                                             key + '\n').strip()


def make(contender, family):
    """Set a contender up; False where kernel or module cannot"""
    for s in 1, 2:
        inject.call(['ip', 'netns', 'add', f'{contender.name}.{s}'])
    commands = contender.commands(family)
    say('commands', who=contender.name, family=family,
        lines=[str(c) for c in commands])
    try:
        inject.execute(commands)
    except Refused as e:
        say('missing', who=contender.name, family=family, why=str(e))
        note(f'{contender.name}, IPv{family}: not available: {e}')
        remove(contender)
        return False
    return True


def remove(contender):
    for s in 1, 2:
        inject.call(['ip', 'netns', 'del', f'{contender.name}.{s}'])


def request(contender, op, size):
    """How the first site sends: through the device or as a router"""
    if op == 'tx':
        dev = 'wan0' if contender.name == 'plain' else 'tun0'
        words = {'op': 'xmit', 'dev': dev, 'sink': 'wan0'}
        if contender.ethernet:
            words['mac'] = scenarios.mac('tun0', 2)
        elif dev == 'wan0':
            words['mac'] = scenarios.mac('wan0', 2)
    else:
        words = {'op': 'receive', 'dev': 'lan0', 'sink': 'wan0'}
    return {**words, **SIZES[size]}


def sample(contender, op, size, options):
    one, two = f'{contender.name}.1', f'{contender.name}.2'
    how = {'batches': options.batches}
    if options.cycles:
        how['clock'] = 'cycles'
    if op != 'rx':
        return packets(one, **request(contender, op, size), **how)
    # What arrives is what the other site sends
    packets(one, capture=1, **request(contender, 'fwd', size))
    return packets(two, op='replay', dev='wan0', sink='lan0', **how)


def cell(contenders, op, size, family, options):
    """All contenders by turns, in an order that alternates"""
    takers = [c for c in contenders if op in c.ops and
              (c.sizes is None or size in c.sizes)]
    for n in range(options.samples):
        for c in takers if n % 2 == 0 else takers[::-1]:
            try:
                got = sample(c, op, size, options)
            except Lost as e:
                note(f'{op}/{size}/{family} {c.name}: {e}')
                say('lost', op=op, size=size, family=family, who=c.name,
                    why=str(e))
                options.failed = True
                takers.remove(c)
                break
            say('sample', op=op, size=size, family=family, who=c.name, **got)


def packets_main(options, ops):
    for family in options.families:
        chosen = [c for c in scenarios.CONTENDERS
                  if (not options.only or c.name in options.only) and
                  set(ops) & set(c.ops) and
                  # its sessions expire while the clock that counts
                  # instructions jumps over the time spent waiting
                  not (options.cycles and c.name == 'wireguard')]
        there = [c for c in chosen if make(c, family)]
        for op in ops:
            for size in options.sizes:
                note(f'{op}, size {size}, IPv{family}')
                cell(there, op, size, family, options)
        for c in there:
            remove(c)


def parse():
    words = argparse.ArgumentParser(usage=__doc__)
    words.add_argument('--samples', type=int, default=15)
    words.add_argument('--batches', type=int, default=100)
    words.add_argument('--cycles', action='store_true')
    words.add_argument('--only', type=lambda s: s.split(','), default=[])
    words.add_argument('--sizes', type=lambda s: s.split(','),
                       default=list(SIZES))
    words.add_argument('--families', default=[4, 6],
                       type=lambda s: [int(f) for f in s.split(',')])
    words.add_argument('parts', nargs='+')
    return words.parse_args()


def main():
    options = parse()
    options.failed = False
    prepare_keys()
    with open('/proc/sys/kernel/osrelease') as f:
        say('kernel', release=f.read().strip(),
            name=os.environ.get('SDWAN_GUEST'),
            unit='instructions' if options.cycles else 'ns',
            samples=options.samples, batches=options.batches)
    ops = [op for op in OPS if op in options.parts]
    if ops:
        packets_main(options, ops)
    for part in (scale, tcp, segments, steer, cost, decide, obey, forged,
                 replay):
        if set(part.PARTS) & set(options.parts):
            part.main(options)
    say('end')
    sys.exit(1 if options.failed else 0)


main()
