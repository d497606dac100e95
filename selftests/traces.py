# SPDX-License-Identifier: GPL-2.0
"""Files of measured links, and what links that are made of them do over time.

Two formats, told apart by their first line:

    time_ms,rate_kbit
        capacity, from this time on until the next row; a queue stands in front
        of it, which others have part of
    seconds,rtt_avg_ms,rtt_best_ms,rtt_worst_ms,rtt_stddev_ms,loss_percent,...
        round trips of the time until the next row

A directory has a file for each link, or NAME-up.csv and NAME-down.csv for its two
directions.  Pure functions: nothing here touches a network.
"""
import math
import os
import random
import sys
from collections import namedtuple

CAPACITY = ('time_ms', 'rate_kbit')
ROUNDTRIP = ('seconds', 'rtt_avg_ms', 'rtt_best_ms', 'rtt_worst_ms',
             'rtt_stddev_ms', 'loss_percent')

# Seconds from one change of a link to the next
STEP = 0.2
# One way, ms, where nothing waits
BASE = 20.0
# What the others send, as a part of what the link carries on average, and what
# waits at most, in seconds of that average
LOAD = 0.6
QUEUE = 0.5
# More than this, ms, is told apart from nothing by nobody
LONGEST = 2000.0

Trace = namedtuple('Trace', 'name kind rows')
# Of one direction, for STEP seconds
Step = namedtuple('Step', 'delay loss')


class TraceError(Exception):
    """Says file, line and column"""


def number(name, line, column, text):
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value) or value < 0:
        raise TraceError('%s:%d: %s: %r is not a number of 0 or more' % (
            name, line, column, text))
    return value


def kind_of(name, head):
    for kind in CAPACITY, ROUNDTRIP:
        if tuple(head[:len(kind)]) == kind:
            return kind
        # tell which one it was to be, and which word is wrong
        if head[:1] == [kind[0]]:
            for i, column in enumerate(kind):
                if head[i:i + 1] != [column]:
                    raise TraceError('%s:1: column %d is %r, not %s' % (
                        name, i + 1, head[i] if i < len(head) else '', column))
    raise TraceError('%s:1: begins with %r, not with %s or %s' % (
        name, head[0] if head else '', CAPACITY[0], ROUNDTRIP[0]))


def check_row(name, line, kind, row, before):
    if before and row[0] <= before[0]:
        raise TraceError('%s:%d: %s: %g is not after %g' % (
            name, line, kind[0], row[0], before[0]))
    if kind is ROUNDTRIP:
        if not row[2] <= row[1] <= row[3]:
            raise TraceError('%s:%d: rtt_avg_ms: %g is not between %g and %g' %
                             (name, line, row[1], row[2], row[3]))
        if row[5] > 100:
            raise TraceError('%s:%d: loss_percent: %g is more than 100' % (
                name, line, row[5]))


def parse(name, text):
    """A file's text"""
    lines = text.splitlines()
    # licences and sources are told in comments
    at = [i for i, line in enumerate(lines, 1)
          if line.strip() and not line.startswith('#')]
    if not at:
        raise TraceError('%s:1: is empty' % name)
    head = [w.strip() for w in lines[at[0] - 1].split(',')]
    kind = kind_of(name, head)
    rows = []
    for i in at[1:]:
        words = [w.strip() for w in lines[i - 1].split(',')]
        if len(words) < len(kind):
            raise TraceError('%s:%d: %s: there is none' % (
                name, i, kind[len(words)]))
        row = [number(name, i, c, w) for c, w in zip(kind, words)]
        check_row(name, i, kind, row, rows[-1] if rows else None)
        rows.append(tuple(row))
    if not rows:
        raise TraceError('%s:%d: %s: there are no rows' % (name, at[0],
                                                           kind[0]))
    if kind is CAPACITY and not any(r[1] for r in rows):
        raise TraceError('%s:%d: rate_kbit: is 0 in all rows' % (name,
                                                                 at[0] + 1))
    return Trace(name, kind, rows)


def load(path):
    try:
        with open(path, encoding='utf-8') as f:
            return parse(path, f.read())
    except (OSError, UnicodeDecodeError) as e:
        raise TraceError('%s:1: cannot be read: %s' % (path, e))


def links(directory):
    """{name: {'up': trace, 'down': trace}}, by name"""
    found = {}
    try:
        names = sorted(n for n in os.listdir(directory) if n.endswith('.csv'))
    except OSError as e:
        raise TraceError('%s: %s' % (directory, e.strerror))
    for n in names:
        trace = load(os.path.join(directory, n))
        stem = n[:-4]
        for way in 'up', 'down':
            if stem.endswith('-' + way):
                found.setdefault(stem[:-len(way) - 1], {})[way] = trace
                break
        else:
            found.setdefault(stem, {}).update(up=trace, down=trace)
    if not found:
        raise TraceError('%s: there is no *.csv' % directory)
    for ways in found.values():
        # of a link of which one direction is known, the other one is as good
        for a, b in ('up', 'down'), ('down', 'up'):
            ways.setdefault(a, ways.get(b))
    return found


# ---- What a link does ------------------------------------------------------

def row_at(rows, scale, t):
    """The row of this time; files begin anew at their end, whose last row is
    as long as the one before"""
    last = rows[-1][0] - rows[0][0]
    length = last + (rows[-1][0] - rows[-2][0] if len(rows) > 1 else 1)
    t = rows[0][0] + t * scale % length
    lo, hi = 0, len(rows)
    while hi - lo > 1:
        mid = (lo + hi) // 2
        if rows[mid][0] <= t + 1e-6:
            lo = mid
        else:
            hi = mid
    return rows[lo]


def queue(rates, load_kbit, room, step=STEP):
    """What a queue of `room' kbit does to `load_kbit' kbit/s where so much,
    in kbit/s, passes in each step: [(delay in s, part that is lost)]

    First in, first out: who comes waits until what was there before has left,
    which the rates of later steps say.
    """
    served = [0.0]
    for r in rates:
        served.append(served[-1] + r * step)
    backlog, out, at = 0.0, [], 0
    for i, r in enumerate(rates):
        # who comes now leaves when so much has passed, and a little more: not
        # while nothing does
        leaves = served[i] + backlog
        at = max(at, i)
        while at < len(rates) and served[at + 1] <= leaves:
            at += 1
        into = (leaves - served[at]) / rates[at] if at < len(rates) else 0.0
        coming = load_kbit * step
        rest = backlog + coming - r * step
        lost = max(0.0, rest - room)
        backlog = min(max(rest, 0.0), room)
        out.append(((at - i) * step + into, lost / coming if coming else 0.0))
    return out


def capacity_steps(trace, seconds, load=LOAD, room=QUEUE):
    n = math.ceil(seconds / STEP)
    # who comes last waits, too
    rates = [row_at(trace.rows, 1000, i * STEP)[1]
             for i in range(n + math.ceil(LONGEST / 1000 / STEP))]
    mean = sum(r[1] for r in trace.rows) / len(trace.rows)
    return [Step(min(BASE + 1000 * wait, LONGEST), lost) for wait, lost in
            queue(rates, load * mean, room * mean)[:n]]


def roundtrip_steps(trace, seconds, seed=1):
    """Halves of round trips that are drawn by chance, the same ones for the
    same seed"""
    rnd = random.Random('%d %d' % (seed, len(trace.rows)))
    out = []
    for i in range(math.ceil(seconds / STEP)):
        _, avg, best, worst, dev, loss = row_at(trace.rows, 1, i * STEP)[:6]
        rtt = min(max(rnd.gauss(avg, dev), best), worst)
        # lost on the way there or back
        out.append(Step(rtt / 2, 1 - math.sqrt(1 - loss / 100)))
    return out


def steps(trace, seconds, load=LOAD, room=QUEUE, seed=1):
    if trace.kind is CAPACITY:
        return capacity_steps(trace, seconds, load, room)
    return roundtrip_steps(trace, seconds, seed)


def schedule(ways, seconds, load=LOAD, room=QUEUE):
    """What a link does: [(step there, step back)]"""
    return list(zip(steps(ways['up'], seconds, load, room),
                    steps(ways['down'], seconds, load, room)))


def rtt_of(both):
    return both[0].delay + both[1].delay


def seconds_of(plan):
    """Round trips in ms of each second of a schedule, on average"""
    n = round(1 / STEP)
    return [sum(map(rtt_of, plan[i:i + n])) / len(plan[i:i + n])
            for i in range(0, len(plan), n)]


def describe(name, ways):
    """One line about a link"""
    def one(trace):
        return '%s, %d rows' % (os.path.basename(trace.name), len(trace.rows))
    up, down = ways['up'], ways['down']
    return '%-16s %s' % (name, one(up) if up is down else
                         'there %s; back %s' % (one(up), one(down)))


def main():
    """DIRECTORY AT-LEAST AT-MOST: are there so many links, and which?"""
    directory, least, most = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    try:
        found = links(directory)
        if len(found) < least:
            raise TraceError('%s: has %d links, %d are needed' % (
                directory, len(found), least))
    except TraceError as e:
        sys.exit('traces: %s' % e)
    for i, (name, ways) in enumerate(found.items()):
        print(describe(name, ways) + ('' if i < most else ' (not used)'))


if __name__ == '__main__':
    main()
