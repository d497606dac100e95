# SPDX-License-Identifier: GPL-2.0
"""Metrics: the time to compute them, all for all paths.

The module tells how often it has run a program and how long that took, the
collection of statistics included.  Of the costs of different expressions there
is a checksum, and of some paths they are computed here once more.
"""
import os
import struct
import sys
import time
import zlib

import inject
import scenarios
from inject import say

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                '..'))
import expressions  # noqa: E402
import harness  # noqa: E402

PARTS = ['metrics']
METRICS = 700
PATHS = 4000
COUNTED_PATHS = 20
# What a path has without being probed, the same each time; beside its preference
KNOWN = {'mtu': 1464, 'underlay.cost': 3, 'underlay.rate_kbit': 100000}
OPERATORS = 8
EIGHT = ('rtt_us / 1000 + 50 * loss_ppm / 10000 + '
         'max(rtt_var_us, delay_var_tx_us) / 100 + preference')
NAME = 'cost.1'


def trees(count):
    """Different ones, all of so many operators"""
    rng = expressions.seeded(4711)
    names = ['preference', 'preference', 'rtt_us'] + list(KNOWN)
    found = {}
    while len(found) < count:
        tree = expressions.make(rng, names, OPERATORS)
        found[expressions.write(rng, tree)] = tree
    return found


def prepare(paths):
    site = scenarios.lone(NAME)
    site.do('sdwanctl', 'node set site 1')
    site.do('sdwanctl', 'underlay add u0 dev wan0 rate 100mbit cost 3 '
            'probe off')
    site.do('sdwanctl', 'peer add edge2 site 2')
    for i in range(1, paths + 1):
        site.do('sdwanctl', f'path add p{i} peer edge2 underlay u0 probe off '
                f'preference {i} remote 198.18.{i // 256}.{i % 256}')
    site.ip('route add 198.18.0.0/15 via 192.0.2.2 dev wan0')
    inject.execute(site.commands)


def make(texts):
    with inject.Namespace(NAME):
        inject.batch(NAME, 'sdwanctl', ['metric flush'] + [
            f"metric add m{i} '{text}'" for i, text in enumerate(texts)])


PROGRAMS = 'METRIC_RUNS', 'METRIC_TIME'


def status(nl, what=PROGRAMS):
    """Programs run, and nanoseconds"""
    got = dict(nl.do('fabric-get'))
    return [struct.unpack('=Q', got[harness.UAPI['SDWAN_A_FABRIC_' + key]])[0]
            for key in what]


def rounds(nl, count, programs, what=PROGRAMS):
    """Nanoseconds of all programs, each time they are run; and of each program,
    in short pieces of this time.  Asking lets a few paths pass at most."""
    found, pieces = [], []
    first = last = status(nl, what)
    while len(found) < count:
        now = status(nl, what)
        if now[0] == last[0]:
            time.sleep(0.01)
            continue
        pieces.append((now[1] - last[1]) / (now[0] - last[0]))
        last = now
        if now[0] - first[0] >= programs:
            found.append((now[1] - first[1]) * programs / (now[0] - first[0]))
            first = now
    return found, sorted(pieces)


def costs(nl, **only):
    """All costs as the kernel has them, in its order: bytes of u32"""
    payload = struct.pack('=BBH', harness.UAPI['SDWAN_CMD_METRIC_COST'], 1, 0)
    for key, value in only.items():
        payload += harness.text(harness.UAPI['SDWAN_A_COST_' + key.upper()],
                                value)
    nl.send(nl.id, payload, harness.NLM_F_DUMP)
    out = bytearray()
    while True:
        data = nl.sock.recv(1 << 20)
        at = 0
        while at < len(data):
            length, kind = struct.unpack_from('=IH', data, at)
            if kind == harness.NLMSG_DONE:
                return bytes(out)
            # the cost and its age are the last ones
            out += data[at + length - 12:at + length - 8]
            at += (length + 3) & ~3


def wrong(nl, found, paths):
    """How many of some paths are not what they should be"""
    bad = 0
    for i in range(1, paths + 1, max(1, paths // 20)):
        stats = {**KNOWN, 'preference': i, 'rtt_us': expressions.MAX}
        want = [expressions.cost(tree, stats) for tree in found.values()]
        got = costs(nl, path=f'p{i}')
        bad += sum(a != b for a, b in zip(
            want, struct.unpack(f'={len(got) // 4}I', got)))
        bad += len(got) // 4 != len(want)
    return bad


def main(options):
    if not set(PARTS) & set(options.parts):
        return
    paths = COUNTED_PATHS if options.cycles else PATHS
    inject.note(f'metrics: {METRICS} for {paths} paths')
    prepare(paths)
    nl = harness.Netlink(NAME)
    programs = METRICS * paths
    for who, texts in (('eight', [EIGHT] * METRICS),
                       ('different', trees(METRICS))):
        make(texts)
        rounds(nl, 1, programs)
        found, pieces = rounds(nl, min(options.samples, 5), programs)
        say('metrics', who=who, metrics=METRICS, paths=paths,
            least=min(found) / 1e9, p10=pieces[len(pieces) // 10],
            median=pieces[len(pieces) // 2], pieces=len(pieces))
    data = costs(nl)
    say('metric-costs', count=len(data) // 4, crc32=zlib.crc32(data),
        wrong=wrong(nl, trees(METRICS), paths))
    inject.call(['ip', 'netns', 'del', NAME])
