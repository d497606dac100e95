#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Draw what replaying.py has recorded, by gnuplot.

usage: plot.py FILE.csv            writes FILE.png and FILE.svg beside it
       plot.py --moves FILE.csv    only prints the moves, with their reasons
"""
import csv
import os
import subprocess
import sys

COLOURS = ('#0072b2', '#d55e00', '#009e73', '#cc79a7')
TAIL = '_rtt_ms'


def load(name):
    with open(name, encoding='utf-8') as f:
        rows = list(csv.DictReader(f))
    if not rows:
        sys.exit('plot: %s has no rows' % name)
    return rows


def wans(rows):
    return [k[:-len(TAIL)] for k in rows[0] if k.endswith(TAIL)]


def moves(rows):
    """[(seconds, from, to, reason)]; a reason may be told before, or after, the
    row that is the first to have another path"""
    out, before, reason = [], rows[0]['chosen'], ''
    for i, row in enumerate(rows):
        if row['reason']:
            reason = row['reason'].split()[-1]
        if row['chosen'] == before:
            continue
        if not reason and i + 1 < len(rows):
            reason = (rows[i + 1]['reason'].split() or [''])[0]
        out.append((float(row['time_s']), before, row['chosen'],
                    reason or 'unknown'))
        before, reason = row['chosen'], ''
    return out


def script(rows, name, terminal, out):
    """What gnuplot is to do"""
    names = wans(rows)
    end = float(rows[-1]['time_s'])
    marks = moves(rows)
    lines = [
        'set terminal %s' % terminal,
        'set output "%s"' % out,
        'set datafile separator ","',
        'set multiplot',
        'set xrange [0:%g]' % max(end, 1),
        'set lmargin 10',
        'set rmargin 3',
        'set grid ytics lc rgb "#dddddd"',
        'set key outside top center horizontal',
        'set logscale y',
        'set yrange [1:*]',
        'set ylabel "round trip, ms"',
        'set format x ""',
        'set origin 0,0.36',
        'set size 1,0.64',
        'set bmargin 0.5',
    ]
    for t, *_ in marks:
        lines.append('set arrow from %g, graph 0 to %g, graph 1 nohead '
                     'lc rgb "#999999" dt 2' % (t, t))
    column = {n: list(rows[0]).index(n + TAIL) + 1 for n in names}
    lines.append('plot ' + ', \\\n\t'.join(
        # no line where there is nothing
        '"%s" using 1:(strlen(strcol(%d)) ? $%d : NaN) skip 1 with lines lw 2 '
        'lc rgb "%s" title "%s"' % (name, column[n], column[n],
                                    COLOURS[i % len(COLOURS)], n)
        for i, n in enumerate(names)))
    lines += [
        'unset logscale y',
        'unset key',
        'set format x "%g"',
        'set xlabel "seconds"',
        'set ylabel "chosen"',
        'set tmargin 0.5',
        'set bmargin 3.5',
        'set origin 0,0',
        'set size 1,0.36',
        'set yrange [-0.5:%g]' % (len(names) - 0.2),
        'set ytics (%s)' % ', '.join('"%s" %d' % (n, len(names) - 1 - i)
                                     for i, n in enumerate(names)),
    ]
    if len(marks) <= 12:
        for t, _, _, reason in marks:
            lines.append('set label "%s" at %g, graph 0.93 offset 0.4,0 '
                         'font ",9"' % (reason, t))
    level = ''.join('strcol(2) eq "%s" ? %d : ' % (n, len(names) - 1 - i)
                    for i, n in enumerate(names)) + '1/0'
    lines += ['plot "%s" using 1:(%s) skip 1 with points pt 5 ps 0.5 '
              'lc rgb "#333333"' % (name, level), 'unset multiplot']
    return '\n'.join(lines) + '\n'


def draw(name):
    rows = load(name)
    stem = os.path.splitext(name)[0]
    for terminal, kind in (
            ('pngcairo size 1100,640 font "sans,11"', 'png'),
            ('svg size 1100,640 font "sans,11" background "white"', 'svg')):
        out = '%s.%s' % (stem, kind)
        subprocess.run(['gnuplot'], input=script(rows, name, terminal, out),
                       text=True, check=True)
    for kind in 'png', 'svg', 'csv':
        out = '%s.%s' % (stem, kind)
        size = os.path.getsize(out)
        if not size:
            sys.exit('plot: %s is empty' % out)
        print('%s: %d bytes%s' % (os.path.relpath(out), size, '' if kind != 'csv'
                                  else ', %d rows of %s s' % (
                                      len(rows), rows[-1]['time_s'])))


def main():
    if sys.argv[1:2] == ['--moves'] and len(sys.argv) == 3:
        for t, a, b, reason in moves(load(sys.argv[2])):
            print('%8.1f  %s -> %s: %s' % (t, a, b, reason))
    elif len(sys.argv) == 2 and not sys.argv[1].startswith('-'):
        draw(sys.argv[1])
    else:
        sys.exit(__doc__)


if __name__ == '__main__':
    main()
