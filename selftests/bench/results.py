# SPDX-License-Identifier: GPL-2.0
"""What guest.py printed.

The figure of a contender is the least of its samples, a sample being the time
per packet that a tenth of its batches was below: other programs only ever add
to it.  The median of the samples' medians is kept beside it.
"""
import collections
import json
import statistics


class Run:
    """The results of one guest"""

    def __init__(self, name, path):
        self.name = name
        self.lines = []
        with open(path, encoding='utf-8') as f:
            for line in f:
                if line.startswith('{'):
                    self.lines.append(json.loads(line))
        kernel = self.of('kernel')
        self.kernel = kernel[0] if kernel else {}
        self.unit = self.kernel.get('unit', 'ns')

    def of(self, kind):
        return [x for x in self.lines if x['kind'] == kind]

    def cells(self):
        """{(op, size, family): {contender: figures}}"""
        found = collections.defaultdict(lambda: collections.defaultdict(list))
        for x in self.of('sample'):
            found[x['op'], x['size'], x['family']][x['who']].append(x)
        return {cell: {who: figures(s) for who, s in whos.items()}
                for cell, whos in found.items()}


def grouped(lines, *keys):
    """{(values of KEYS): lines}"""
    found = collections.defaultdict(list)
    for x in lines:
        found[tuple(x[k] for k in keys)].append(x)
    return found


def figures(samples):
    return {'least': min(s['p10'] for s in samples),
            'median': statistics.median(s['median'] for s in samples),
            'wire': samples[0]['wire'], 'samples': len(samples)}


def ratio(cell, ours, stock):
    if ours in cell and stock in cell:
        return cell[ours]['least'] / cell[stock]['least']
    return None
