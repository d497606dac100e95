#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Score what was decided while links were replayed.

usage: score.py [--sla MS] [--truth ping|plan] FILE.csv...

FILE.csv is what replaying.py writes.  What links did is taken from pings that
pass by the module (ping), or from what they were told to do (plan), never from
what the module has measured.  Compared are, second by second:

oracle      knows the next second: is in breach where no path fulfils the limit
sdwan       the paths that were decided for
threshold   an operator's switch: leaves a path above the limit for the best one,
            goes home to the first path when that is below; it knows the seconds
            before

Exit status: 1 when one of the promises is broken (see `promises').
"""
import argparse
import csv
import math
import sys
from collections import namedtuple

SLA = 100.0
ROUND = 1.0
# sdwan may be in breach for so many times what the oracle is, and may make
# this part of the moves that the switch makes
MARGIN = 1.1
PART = 1 / 3

# Seconds in breach, how often one came into it, moves
Score = namedtuple('Score', 'breach times moves')
# links: their names; seconds: round trips in ms of each of them, by second;
# ticks: for each second the links that were used in it
Run = namedtuple('Run', 'links seconds ticks')


def read(lines, truth='ping', column='chosen'):
    """The rows of a file; a ping that is lost is `inf'"""
    rows = list(csv.DictReader(lines))
    tail = '_%s_ms' % truth
    links = [k[:-len(tail)] for k in rows[0] if k.endswith(tail)]
    seconds, ticks, at = [], [], []
    for i, row in enumerate(rows):
        at.append(row)
        if i + 1 == len(rows) or int(float(rows[i + 1]['time_s'])) != int(
                float(row['time_s'])):
            seconds.append({n: mean([float(r[n + tail]) for r in at
                                     if r[n + tail]]) for n in links})
            ticks.append([r[column] for r in at])
            at = []
    return Run(links, seconds, ticks)


def mean(values):
    """Of a second in which half of the pings are lost there is none"""
    kept = [v for v in values if math.isfinite(v)]
    if not kept or len(kept) * 2 <= len(values):
        return math.inf
    return sum(kept) / len(kept)


def runs(flags):
    """How often something begins to be true"""
    return sum(b and not a for a, b in zip([False] + flags, flags))


def oracle(run, sla=SLA):
    """Stays as long as it can, and goes where it can stay longest"""
    def lasts(link, t):
        n = 0
        while t + n < len(run.seconds) and run.seconds[t + n][link] <= sla:
            n += 1
        return n

    current, moves, bad = None, 0, []
    for t, now in enumerate(run.seconds):
        bad.append(min(now.values()) > sla)
        if bad[-1] or (current and now[current] <= sla):
            continue
        best = max(run.links, key=lambda link: lasts(link, t))
        moves += current is not None
        current = best
    return Score(float(sum(bad)), runs(bad), moves)


def sdwan(run, sla=SLA):
    """What was decided; a second counts by the part in which it was bad"""
    breach, moves, before, bad = 0.0, 0, None, []
    for now, ticks in zip(run.seconds, run.ticks):
        late = [now.get(link, math.inf) > sla for link in ticks]
        breach += sum(late) / len(late)
        bad += late
        for link in ticks:
            moves += before is not None and link != before
            before = link
    return Score(breach, runs(bad), moves)


def threshold(run, sla=SLA):
    home = current = run.links[0]
    moves, bad, before = 0, [], None
    for now in run.seconds:
        to = current
        if before and before[current] > sla:
            to = min(run.links, key=lambda link: before[link])
        elif before and before[home] <= sla:
            to = home
        moves += to != current
        current = to
        bad.append(now[current] > sla)
        before = now
    return Score(float(sum(bad)), runs(bad), moves)


def scores(run, sla=SLA):
    return {'oracle': oracle(run, sla), 'sdwan': sdwan(run, sla),
            'threshold': threshold(run, sla)}


def allowed(found):
    """Seconds in breach that are promised"""
    return MARGIN * found['oracle'].breach + ROUND * found['sdwan'].times


def promises(found):
    """Yields what is promised, what is, at most, and whether it is kept"""
    ours, switch = found['sdwan'], found['threshold']
    yield 'seconds in breach', ours.breach, allowed(found), \
        ours.breach <= allowed(found)
    yield 'moves', ours.moves, switch.moves * PART, \
        ours.moves <= switch.moves * PART


def table(name, run, found, sla=SLA):
    yield '%s: %d s, %d links, limit %g ms' % (name, len(run.seconds),
                                               len(run.links), sla)
    yield '%-12s %12s %8s %6s' % ('', 'in breach, s', 'breaches', 'moves')
    for who, s in found.items():
        yield '%-12s %12.1f %8d %6d' % (who, s.breach, s.times, s.moves)
    for what, got, most, kept in promises(found):
        yield '%-18s %6.1f, at most %6.1f: %s' % (what, got, most,
                                                  'ok' if kept else 'MISSED')


def main():
    words = argparse.ArgumentParser(usage=__doc__)
    words.add_argument('--sla', type=float, default=SLA)
    words.add_argument('--truth', choices=('ping', 'plan'), default='ping')
    words.add_argument('files', nargs='+')
    options = words.parse_args()
    missed = False
    for name in options.files:
        with open(name, encoding='utf-8') as f:
            run = read(f, options.truth)
        found = scores(run, options.sla)
        print('\n'.join(table(name, run, found, options.sla)))
        missed |= not all(kept for *_, kept in promises(found))
    sys.exit(missed)


if __name__ == '__main__':
    main()
