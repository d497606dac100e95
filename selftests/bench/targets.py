# SPDX-License-Identifier: GPL-2.0
"""What the module promises, in ratios of ours to the stock kernel's."""
import statistics

import replay_targets
import steer_targets
from results import grouped

# operation, size, outer family, ours, stock, at most
PACKETS = [
    ('tx', '64', 4, 'sdwan-geneve', 'geneve', 0.80),
    ('tx', '64', 4, 'sdwan-geneve', 'geneve-l3', 0.80),
    ('tx', '64', 4, 'sdwan-gpe', 'vxlan', None),
    ('tx', '64', 4, 'sdwan-gre', 'gre', 0.90),
    ('fwd', '64', 4, 'sdwan-geneve', 'mark-vxlan', 0.75),
    ('fwd', '64', 4, 'sdwan-gpe', 'mark-vxlan', 0.75),
    ('fwd', '64', 4, 'sdwan-gre', 'mark-gre', None),
    ('fwd', '64', 4, 'sdwan-geneve', 'vrf-vxlan', None),
    ('rx', '64', 4, 'sdwan-geneve', 'vxlan', 0.85),
    ('rx', '64', 4, 'sdwan-gpe', 'vxlan', 0.85),
    ('rx', '64', 4, 'sdwan-gre', 'gre', None),
    ('fwd', '64', 4, 'sdwan-direct', 'mark-vxlan', 0.35),
    ('fwd', '64', 4, 'sdwan-direct', 'plain', 1.15),
    ('rx', '64', 4, 'sdwan-direct', 'vxlan', 0.40),
]
# operation, large, small, at most
SCALE = [
    ('tx', 'paths-2000', 'paths-10', 1.05),
    ('rx', 'paths-2000', 'paths-10', 1.05),
    ('tx', 'paths-2000-all', 'paths-10-all', None),
    ('tx', 'prefixes-10000', 'prefixes-1', 1.15),
]
# TSO and GSO, ours, stock, at least
TCP = [
    ('on', 'sdwan-geneve', 'geneve', 1.00),
    ('on', 'sdwan-geneve', 'geneve-l3', 1.00),
    ('off', 'sdwan-geneve', 'geneve', 1.15),
    ('off', 'sdwan-geneve', 'geneve-l3', 1.15),
    ('on', 'sdwan-gre', 'gre', None),
    ('off', 'sdwan-gre', 'gre', None),
]
SEGMENTS = [
    # figure, at most
    ('us', 0.5), ('slab', 0.5), ('percpu', 0.5), ('slab+percpu', 0.5),
]


def scale(run):
    return {key: min(x['p10'] for x in xs)
            for key, xs in grouped(run.of('scale'), 'op', 'who').items()}


def tcp(run):
    """The best of the samples: other programs only ever slow it down"""
    return {key: (max(x['mbits'] for x in xs),
                  statistics.median(x['mbits'] for x in xs))
            for key, xs in grouped(run.of('tcp'), 'gso', 'who').items()}


def segments(run):
    found = {}
    for key, xs in grouped(run.of('segments'), 'count', 'who').items():
        least = {k: min(x[k] for x in xs)
                 for k in ('us', 'slab', 'percpu', 'memory')}
        least['slab+percpu'] = min(x['slab'] + x['percpu'] for x in xs)
        found[key] = least
    return found


def evaluate_segments(run):
    made = segments(run)
    for count in sorted({c for c, _ in made}):
        for stock in 'rule-vxlan', 'vrf-vxlan':
            a, b = made.get((count, 'sdwan-geneve')), made.get((count, stock))
            for figure, most in SEGMENTS if a and b else ():
                yield (f'{count} segments, {figure}: sdwan / {stock}',
                       a[figure] / b[figure], most, None)
    a, b = (made.get((c, 'sdwan-geneve')) for c in (10000, 1000))
    for figure in ('us', 'slab+percpu') if a and b else ():
        yield (f'segments, {figure}: 10000 / 1000', a[figure] / b[figure],
               1.10, None)


# What one of 8 operators takes, by the unit; all different ones for all paths, s
EACH = {'ns': 200, 'instructions': 400}
ALL = 0.6


def metrics(run):
    """{who: one of them, the median, all of them, s}"""
    return {x['who']: (x['p10'], x['median'], x['least'],
                       x['p10'] * x['metrics'] * x['paths'] / 1e9)
            for x in run.of('metrics')}


def evaluate_metrics(run):
    found = metrics(run)
    if 'eight' in found:
        yield ('a metric of 8 operators', found['eight'][0], EACH[run.unit],
               None)
    if 'different' in found and run.unit == 'ns':
        yield ('all metrics for all paths, s', found['different'][3], ALL, None)
    for x in run.of('metric-costs'):
        yield 'wrong costs', x['wrong'], 0, None


# A round of 700 different metrics and classes to 2,000 peers by two paths, s; all
# that takes of memory, bytes
ROUND = 1.0
MEMORY = 150e6


def evaluate_decisions(run):
    for x in run.of('decisions'):
        yield ('a round of metrics and decisions, s',
               x['metrics'] + x['decisions'], ROUND, None)
        yield ('memory of paths, metrics and decisions, bytes', x['memory'],
               MEMORY, None)


# From a change to the first packet that obeys it, us
OBEYED = {'p50': 200, 'p90': 500}


def obeyed(run):
    """{what changed: p50, p90, the worst}"""
    found = {}
    for x in run.of('obeyed'):
        times = sorted(x['times'])
        found[x['what']] = {'p50': times[len(times) // 2],
                            'p90': times[len(times) * 9 // 10],
                            'worst': times[-1], 'late': x['late']}
    return found


def evaluate_obeyed(run):
    for what, times in obeyed(run).items():
        for name, most in OBEYED.items():
            yield f'a {what} changes, {name}, us', times[name], most, None


def probes(run):
    """{who: the least that one takes}"""
    return {who: min(x['p10'] for x in xs)
            for (who,), xs in grouped(run.of('probes'), 'who').items()}


def evaluate_probes(run):
    found = probes(run)
    for who in found:
        if who != 'data':
            yield (f'{who} / the same packet with data',
                   found[who] / found['data'], 1.0, None)


def evaluate(run):
    """Yields what is compared, the ratio, at most, at least"""
    cells = run.cells()
    for op, size, family, ours, stock, most in PACKETS:
        cell = cells.get((op, size, family), {})
        if ours in cell and stock in cell:
            yield (f'{op} {size} IPv{family}: {ours} / {stock}',
                   cell[ours]['least'] / cell[stock]['least'], most, None)
    costs = scale(run)
    for op, large, small, most in SCALE:
        if (op, large) in costs:
            yield (f'{op} 64: {large} / {small}',
                   costs[op, large] / costs[op, small], most, None)
    rates = tcp(run)
    for state, ours, stock, least in TCP:
        if (state, ours) in rates and (state, stock) in rates:
            yield (f'TCP, TSO and GSO {state}: {ours} / {stock}',
                   rates[state, ours][0] / rates[state, stock][0], None, least)
    yield from evaluate_segments(run)
    yield from steer_targets.evaluate(run)
    yield from evaluate_metrics(run)
    yield from evaluate_decisions(run)
    yield from evaluate_obeyed(run)
    yield from evaluate_probes(run)
    yield from replay_targets.evaluate(run)


def print_more(run, out, table):
    """What is no cell of contenders and sizes"""
    rows = [[f'{op} {who}', f'{v:.0f}'] for (op, who), v in scale(run).items()]
    if rows:
        out('')
        table([f'our scale, {run.unit} per packet of 64 bytes', 'least'], rows,
              out)
    rows = [[f'TSO and GSO {state}, {who}', f'{best:.0f}', f'{median:.0f}']
            for (state, who), (best, median) in tcp(run).items()]
    if rows:
        out('')
        table(['iperf3, Mbit/s' if run.unit == 'ns' else
               'iperf3, Mbit in 1e9 instructions', 'best', 'median'], rows, out)
    rows = [[f'{count} {who}'] + [f'{v[k]:.0f}' for k in
                                  ('us', 'slab', 'percpu', 'memory')]
            for (count, who), v in segments(run).items()]
    if rows:
        out('')
        table(['a segment', 'us', 'slab', 'percpu', 'all memory, bytes'], rows,
              out)
    rows = [[who, f'{each:.0f}', f'{median:.0f}', f'{least:.3f}', f'{many:.3f}']
            for who, (each, median, least, many) in metrics(run).items()]
    if rows:
        out('')
        table([f'metrics, {run.unit}', 'each', 'median', 'all of them, s',
               'undisturbed, s'], rows, out)
    for x in run.of('metric-costs'):
        out(f'{x["count"]} costs, CRC-32 {x["crc32"]:08x}')
    rows = [[f'{x["classes"]} classes, {x["peers"]} peers',
             f'{x["metrics"]:.3f}', f'{x["decisions"]:.3f}',
             f'{x["decisions_each"]:.0f}', f'{x["memory"] / 1e6:.1f}',
             f'{x["without"] / 1e6:.1f}'] for x in run.of('decisions')]
    if rows:
        out('')
        table(['decisions', 'all metrics, s', 'all decisions, s', 'each, ns',
               'memory, MB', 'without classes, MB'], rows, out)
    rows = [[what, f'{x["p50"]:.0f}', f'{x["p90"]:.0f}', f'{x["worst"]:.0f}',
             f'{x["late"]}'] for what, x in obeyed(run).items()]
    if rows:
        out('')
        table(['a change, us to the first packet that obeys', 'p50', 'p90',
               'worst', 'packets before'], rows, out)
    rows = [[who, f'{least:.0f}'] for who, least in probes(run).items()]
    if rows:
        out('')
        table([f'a packet that comes in, {run.unit}', 'least'], rows, out)
    steer_targets.print_more(run, out, table)
    replay_targets.print_more(run, out, table)
