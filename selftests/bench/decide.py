# SPDX-License-Identifier: GPL-2.0
"""Decisions: the time of one round, and the memory all of it takes.

2,000 peers with a key and two paths each, 700 classes with 700 different metrics;
half of the peers are led, so that there is something to tell them.  The
module tells how many decisions it has made and how long that took, as it does
of metrics.  A round is both: all metrics of all paths, and all decisions.
"""
import os
import tempfile

import cost
import harness
import inject
import scenarios
import segments
from inject import say

PARTS = ['decisions']
PEERS = 2000
CLASSES = 700
NAME = 'decide.1'
DECISIONS = 'DECISIONS', 'DECISION_TIME'


def prepare():
    site = scenarios.lone(NAME)
    site.ip('link add wan1 type dummy', 'link set wan1 up',
            'addr add 198.51.100.1/24 dev wan1',
            'route add 198.18.0.0/16 via 192.0.2.2 dev wan0',
            'route add 198.19.0.0/16 via 198.51.100.2 dev wan1')
    inject.execute(site.commands)


def peers():
    """What there is without any class"""
    yield 'node set site 1'
    yield 'underlay add u0 dev wan0 rate 100mbit cost 3'
    yield 'underlay add u1 dev wan1 rate 50mbit cost 4'
    for i in range(PEERS):
        yield f'peer add e{i} site {i + 2}'
        for u in 0, 1:
            yield (f'path add p{i}.{u} peer e{i} underlay u{u} probe off '
                   f'preference {i % 900 + u + 1} '
                   f'remote 198.{18 + u}.{i // 250}.{i % 250 + 1}')


def classes():
    for i, text in enumerate(cost.trees(CLASSES)):
        yield f"metric add m{i} '{text}'"
    for i in range(CLASSES):
        yield f'class add c{i} mode best sla latency 150ms metric m{i}'


def key(lines, name):
    """The same, with the key that is there"""
    for line in lines:
        yield line + f' key {name}' if line.startswith('peer add') else line


def call(lines):
    with inject.Namespace(NAME):
        inject.batch(NAME, 'sdwanctl', list(lines))


def used(before):
    """Bytes of memory"""
    return (before['MemFree'] - segments.settled()['MemFree']) * 1024


def main(options):
    inject.note(f'decisions: {CLASSES} classes, {PEERS} peers')
    prepare()
    empty = segments.settled()
    with tempfile.NamedTemporaryFile('w', suffix='.key') as f:
        f.write('0123456789abcdef' * 4 + '\n')
        f.flush()
        os.chmod(f.name, 0o600)
        call(key(peers(), f.name))
    without = used(empty)
    call(classes())
    nl = harness.Netlink(NAME)
    programs, decisions = CLASSES * PEERS * 2, CLASSES * PEERS
    # the first ones make room for what is kept
    for count, what in (programs, cost.PROGRAMS), (decisions, DECISIONS):
        cost.rounds(nl, 2, count, what)
    memory = used(empty)
    found = {}
    for kind, count, what in (('metrics', programs, cost.PROGRAMS),
                              ('decisions', decisions, DECISIONS)):
        times, pieces = cost.rounds(nl, min(options.samples, 5), count, what)
        found[kind] = min(times) / 1e9
        found[kind + '_each'] = pieces[len(pieces) // 10]
    say('decisions', classes=CLASSES, peers=PEERS, memory=memory,
        without=without, **found)
    inject.call(['ip', 'netns', 'del', NAME])
