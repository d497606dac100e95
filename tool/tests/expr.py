#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Random expressions, compiled by sdwanctl, against what they should yield.

usage: expr.py SDWANCTL DIRECTORY
"""

import os
import subprocess
import sys

TREE = os.path.join(os.path.dirname(os.path.abspath(__file__)), '../..')
sys.path.insert(0, os.path.join(TREE, 'selftests'))
import expressions  # noqa: E402

COUNT = 1500


def main(tool, directory):
    offsets, _ = expressions.layout(TREE)
    names = list(offsets)
    rng = expressions.seeded(20260101)
    wanted, lines = [], ['metric replace r 1']
    for _ in range(COUNT):
        tree = expressions.make(rng, names, rng.choice((0, 1, 2, 4, 8, 12)))
        text = expressions.write(rng, tree)
        lines.append("metric set r '%s'" % text)
        for _ in range(3):
            used = expressions.used(tree)
            stats = expressions.statistics(rng, used)
            lines.append('metric test r ' + ' '.join(
                '%s=%d' % s for s in stats.items()))
            cost = expressions.cost(tree, stats)
            wanted.append((text, stats, 'r cost %s' % (
                'never' if cost == expressions.MAX else cost)))
    batch = os.path.join(directory, 'random.batch')
    with open(batch, 'w', encoding='ascii') as f:
        f.write('\n'.join(lines) + '\n')
    r = subprocess.run([tool, '-batch', batch], capture_output=True,
                       text=True, check=False)
    got = r.stdout.splitlines()
    print(r.stderr[:2000])
    bad = [(g, w) for g, w in zip(got, wanted) if g != w[2]]
    for g, w in bad[:5]:
        print('got %s, wanted %s: %s with %s' % (g, w[2], w[0], w[1]))
    print('%d of %d computed, %d wrong, status %d' %
          (len(got), len(wanted), len(bad), r.returncode))
    return bool(bad or r.returncode or len(got) != len(wanted))


sys.exit(main(*sys.argv[1:]))
