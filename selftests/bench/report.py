#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Tables, ratios and plots from what guest.py printed.

usage: report.py DIRECTORY

Reads DIRECTORY/{um,icount}.jsonl, prints the report, writes it there with
report.json and plots.  Fails when a packet was lost or a guest did not finish.
"""
import json
import os
import subprocess
import sys

import targets
from results import Run, ratio

OPS = {'tx': 'device transmit', 'fwd': 'forwarding LAN to WAN',
       'rx': 'receive WAN to LAN'}


def table(head, rows, out):
    widths = [max(len(str(r[i])) for r in [head] + rows)
              for i in range(len(head))]
    for n, row in enumerate([head] + rows):
        out(' '.join(str(v).ljust(w) if i == 0 else str(v).rjust(w)
                     for i, (v, w) in enumerate(zip(row, widths))).rstrip())
        if n == 0:
            out(' '.join('-' * w for w in widths))


def show(value):
    return '' if value is None else f'{value:.2f}'


def print_cells(run, out):
    for (op, size, family), cell in run.cells().items():
        ours = [w for w in cell if w.startswith('sdwan-')]
        out('')
        out(f'{OPS[op]}, {size if size == "gso" else size + " bytes"}, outer '
            f'IPv{family}, {run.unit} per packet')
        rows = []
        for who, f in cell.items():
            rows.append([who, f'{f["least"]:.0f}', f'{f["median"]:.0f}',
                         f['wire']] +
                        [show(ratio(cell, o, who)) for o in ours])
        table(['', 'least', 'median', 'on wire'] +
              [o.replace('sdwan-', 'ours/') for o in ours], rows, out)


def print_commands(run, out):
    seen = set()
    for x in run.of('commands'):
        if x['family'] != 4 or x['who'] in seen:
            continue
        seen.add(x['who'])
        out('')
        out(f'-- {x["who"]}')
        for line in x['lines']:
            out('   ' + line)


def judge(runs, out):
    """Ratios against the targets"""
    rows, result = [], []
    for run in runs:
        for what, value, most, least in targets.evaluate(run):
            ok = ((most is None or value <= most) and
                  (least is None or value >= least))
            bound = f'<= {most:.2f}' if most is not None else \
                f'>= {least:.2f}' if least is not None else ''
            word = '' if not bound else 'met' if ok else 'missed'
            rows.append([what, run.unit, f'{value:.3f}', bound, word])
            result.append({'what': what, 'unit': run.unit, 'value': value,
                           'most': most, 'least': least, 'met': ok})
    if rows:
        out('')
        table(['ours/stock', 'in', 'value', 'target', ''], rows, out)
    return result


def missing(runs, out):
    """What a kernel or our module does not have, each once"""
    seen = {}
    for run in runs:
        for x in run.of('missing'):
            seen.setdefault(x['who'], x['why'])
    if seen:
        out('')
    for who, why in seen.items():
        out(f'not available: {who}: {why}')


def lost(run, out):
    """Whether this run is worth nothing"""
    for x in run.of('lost'):
        out(f'PACKETS LOST: {x["op"]}/{x["size"]}/{x["family"]} {x["who"]}: '
            f'{x["why"]}')
    if not run.of('end'):
        out(f'INCOMPLETE: the guest did not finish ({run.name})')
    return bool(run.of('lost')) or not run.of('end')


def main():
    directory = sys.argv[1]
    lines = []

    def out(text):
        lines.append(text)
        print(text)

    runs = [Run(name, path) for name in ('um', 'icount')
            if os.path.exists(path := f'{directory}/{name}.jsonl')]
    if not any(run.lines for run in runs):
        sys.exit('report: nothing was measured')
    print_commands(runs[0], out)
    for run in runs:
        out('')
        out(f'==== {run.kernel.get("release")} ({run.name}), {run.unit}')
        print_cells(run, out)
        targets.print_more(run, out, table)
    result = judge(runs, out)
    missing(runs, out)
    bad = [lost(run, out) for run in runs]
    for run in runs:
        plot(run, directory)
    with open(f'{directory}/report.txt', 'w', encoding='utf-8') as f:
        f.write('\n'.join(lines) + '\n')
    with open(f'{directory}/report.json', 'w', encoding='utf-8') as f:
        json.dump({'ratios': result, 'runs': [
            {'name': run.name, 'kernel': run.kernel,
             'cells': {'/'.join(map(str, c)): v
                       for c, v in run.cells().items()},
             'more': [x for x in run.lines if x['kind'] not in
                      ('sample', 'commands', 'kernel')]}
            for run in runs]}, f, indent=1)
    sys.exit(any(bad))


def plot(run, directory):
    """Bars of the first size of each operation, by gnuplot"""
    for op in OPS:
        for (o, size, family), cell in run.cells().items():
            if (o, size, family) == (op, '64', 4):
                bars(run, op, cell, f'{directory}/{run.name}-{op}')


def bars(run, op, cell, path):
    with open(path + '.dat', 'w', encoding='utf-8') as f:
        for who, v in cell.items():
            f.write(f'"{who}" {v["least"]} {int(who.startswith("sdwan"))}\n')
    script = f'''
set terminal svg size 720,400 font "sans,11"
set output "{path}.svg"
set title "{OPS[op]}, 64 bytes, outer IPv4"
set ylabel "{run.unit} per packet"
set style fill solid 0.8
set boxwidth 0.7
set yrange [0:*]
set grid y
set xtics rotate by -35
unset key
plot "{path}.dat" using 0:2:($3 > 0 ? 0x2b6cb0 : 0x999999):xtic(1) \\
    with boxes linecolor rgb variable
'''
    try:
        subprocess.run(['gnuplot'], input=script, text=True, check=True)
    except FileNotFoundError:
        print('report: no plot without gnuplot', file=sys.stderr)


main()
