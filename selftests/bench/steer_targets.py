# SPDX-License-Identifier: GPL-2.0
"""What steer.py measured, and what is promised of it.

Of first packets there is a figure for each header: the least of its samples.
Of these, the best, the median and the worst are told.  `mixed' packets come with
all headers by turns, so that each finds in the caches what the others have left.
"""
import statistics

from results import grouped

# operation, large, small, at most
COSTS = [
    ('hit', 'sdwan-10000', 'sdwan-10', 1.05),
    ('hit', 'sdwan-10', 'sdwan-0', None),
    ('first-tx', 'sdwan-10000', 'sdwan-10', 3.00),
    ('tx', 'flows-1000000', 'flows-1000', 2.00),
    ('fwd', 'flows-1000000', 'flows-1000', 2.00),
]
# The median of first packets: operation, ours, stock, at most
FIRST = [
    ('tx', 'sdwan-10000', 'sdwan-10', 3.00),
    ('fwd', 'sdwan-10000', 'sdwan-10', None),
    ('fwd', 'sdwan-10000', 'nft-10000', 1.00),
    ('fwd', 'sdwan-10000', 'flower-10000', 1.00),
    ('fwd', 'sdwan-10000', 'iptables-10000', 1.00),
    ('fwd', 'sdwan-10000', 'legacy-10000', 1.00),
    ('fwd', 'sdwan-10', 'nft-10', None),
]
# Bytes; microseconds, as of the best sample; seconds
MEMORY = 192
ADD = {'p50': 100, 'p99': 1000}
REPLACE = 1.0
NAMES = {'hit': 'transmit, known flow', 'first-tx': 'transmit, first, mixed',
         'first-fwd': 'forward, first, mixed', 'tx': 'transmit, random flows',
         'fwd': 'forward, random flows'}


def costs(run):
    return {key: (min(x['p10'] for x in xs),
                  statistics.median(x['median'] for x in xs))
            for key, xs in grouped(run.of('steer'), 'op', 'who').items()}


def first(run):
    """{(op, who): best, median, worst}"""
    found = {}
    for key, xs in grouped(run.of('first'), 'op', 'who').items():
        least = sorted(map(min, zip(*(x['times'] for x in xs))))
        found[key] = least[0], statistics.median(least), least[-1]
    return found


def quantile(values, part):
    return sorted(values)[int(len(values) * part)]


def changes(run):
    """{what: {'p50': the least of all samples, ...}}"""
    xs = run.of('rule-change')
    return {what: {name: min(quantile(x[what], part) for x in xs)
                   for name, part in (('p50', .5), ('p99', .99))}
            for what in ('add', 'remove', 'nothing')} if xs else {}


def evaluate(run):
    """As targets.evaluate()"""
    found = costs(run)
    for op, large, small, most in COSTS:
        if (op, large) in found and (op, small) in found:
            yield (f'{NAMES[op]}: {large} / {small}',
                   found[op, large][0] / found[op, small][0], most, None)
    found = first(run)
    for op, ours, stock, most in FIRST:
        if (op, ours) in found and (op, stock) in found:
            yield (f'first packet, {op}, median: {ours} / {stock}',
                   found[op, ours][1] / found[op, stock][1], most, None)
    for x in run.of('flow-memory'):
        yield 'memory of a flow, bytes', x['all'], MEMORY, None
    for name, value in changes(run).get('add', {}).items():
        yield f'one rule more, {name}, us', value, ADD[name], None
    times = [x['seconds'] for x in run.of('replace')]
    if times:
        yield 'replacement of 10000 rules, s', max(times), REPLACE, None


def print_more(run, out, table):
    rows = [[f'{NAMES[op]}: {who}', f'{least:.0f}', f'{median:.0f}']
            for (op, who), (least, median) in costs(run).items()]
    if rows:
        out('')
        table([f'rules and flows, {run.unit} per packet', 'least', 'median'],
              rows, out)
    rows = [[f'{op} {who}'] + [f'{v:.0f}' for v in values]
            for (op, who), values in first(run).items()]
    if rows:
        out('')
        table([f'first packets, {run.unit} per packet', 'best', 'median',
               'worst'], rows, out)
    rows = [[what, f'{v["p50"]:.0f}', f'{v["p99"]:.0f}']
            for what, v in changes(run).items()]
    if rows:
        out('')
        table(['with 10000 rules, us from request to answer', 'p50', 'p99'],
              rows, out)
    for x in run.of('flow-memory'):
        out('')
        out(f'{x["flows"]} flows: {x["all"]:.0f} bytes each with the table, '
            f'{x["slab"]:.0f} without')
