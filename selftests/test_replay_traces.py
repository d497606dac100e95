#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
#
# Measured links: files of them, what links that are made of them do, how decisions
# on them are scored, and a short replay.
# Kernels: all um um-debug
# Check: um
# Timeout: 300

import math
import os
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, 'bench')]
import plot  # noqa: E402
import replay  # noqa: E402
import score  # noqa: E402
import traces  # noqa: E402
from harness import *  # noqa: E402,F403

HEAD = 'time_ms,rate_kbit\n'
SKY = 'seconds,rtt_avg_ms,rtt_best_ms,rtt_worst_ms,rtt_stddev_ms,loss_percent'


def wrong(text, *words):
    """The file is refused, by a message that has these words"""
    try:
        traces.parse('x.csv', text)
    except traces.TraceError as e:
        for w in words:
            true(w in str(e), '%r is in %r' % (w, str(e)))
        return
    raise Fail('was taken: %r' % text)


def test_parser():
    """Both formats; what is wrong with a file is told by line and column"""
    t = traces.parse('x', '# words\n' + HEAD + '0,10\n\n200, 20\n')
    equal((t.kind, t.rows), (traces.CAPACITY, [(0, 10), (200, 20)]), 'rows')
    t = traces.parse('x', SKY + ',speed_kmh\n0,50,40,90,5,1,30\n')
    equal((t.kind, t.rows), (traces.ROUNDTRIP, [(0, 50, 40, 90, 5, 1)]), 'rows')
    wrong('', 'x.csv:1:')
    wrong('a,b\n1,2\n', 'x.csv:1:', "'a'", 'time_ms')
    wrong('time_ms,rate\n', 'x.csv:1:', 'column 2', 'rate_kbit')
    wrong(HEAD, 'x.csv:1:', 'no rows')
    wrong(HEAD + '0,1\n200\n', 'x.csv:3:', 'rate_kbit')
    wrong(HEAD + '# a\n0,1\n200,-1\n', 'x.csv:4:', 'rate_kbit', "'-1'")
    wrong(HEAD + '0,1\n200,nan\n', 'x.csv:3:', 'rate_kbit')
    wrong(HEAD + 'x,1\n', 'x.csv:2:', 'time_ms', "'x'")
    wrong(HEAD + '0,1\n200,1\n200,2\n', 'x.csv:4:', 'time_ms', '200')
    wrong(HEAD + '0,0\n200,0\n', 'x.csv:2:', 'rate_kbit')
    wrong(SKY + '\n0,50,60,90,5,1\n', 'x.csv:2:', 'rtt_avg_ms')
    wrong(SKY + '\n0,50,40,90,5,101\n', 'x.csv:2:', 'loss_percent')
    wrong(SKY + '\n0,50,40,90,5\n', 'x.csv:2:', 'loss_percent')


def test_directory():
    """Two files may be the directions of one link"""
    found = traces.links(os.path.join(HERE, 'traces'))
    equal(sorted(found), ['north', 'south', 'west'], 'links')
    true(found['north']['up'].name.endswith('north-up.csv'), 'there')
    true(found['north']['down'].name.endswith('north-down.csv'), 'back')
    equal(found['south']['up'], found['south']['down'], 'both ways')
    for words in ['%s/nowhere' % HERE], ['%s/mutants' % HERE, 'no *.csv']:
        try:
            traces.links(words[0])
        except traces.TraceError as e:
            true(all(w in str(e) for w in words), str(e))
        else:
            raise Fail(words[0])
    # those that are in the tree are what generate writes
    with tempfile.TemporaryDirectory() as d:
        run(HERE + '/traces/generate', d)
        run('diff', '-r', '-x', 'generate', d, HERE + '/traces')


def close(got, want, what):
    true(len(got) == len(want) and all(
        math.isclose(a, b, abs_tol=1e-6) for a, b in zip(got, want)),
        '%s: got %r, wanted %r' % (what, got, want))


def test_schedule():
    """Delay arises in the queue, as long as what is in it takes to leave"""
    def waits(*args):
        return [w for w, _ in traces.queue(*args, step=1)]

    close(waits([10, 10, 10], 8, 100), [0, 0, 0], 'none')
    # nothing passes for a second; then 8 are waiting, of which 2 more leave
    # than come
    close(waits([0, 10, 10, 10, 10, 10, 10], 8, 100),
          [1, .8, .6, .4, .2, 0, 0], 'an outage')
    # what is slow now is done by what is fast later
    close(waits([2, 2, 100, 100], 10, 100)[:3], [0, 1.06, 0.16],
          'a slow link')
    got = traces.queue([0, 0, 0, 10], 8, 10, step=1)
    close([p for _, p in got], [0, 6 / 8, 1, 0], 'lost')
    # rows last until the next one, the file begins anew
    rows = [(0, 5), (200, 6), (400, 7)]
    equal([traces.row_at(rows, 1000, t)[1] for t in
           (0, .19, .2, .4, .59, .6, 1.0)], [5, 5, 6, 7, 7, 5, 7], 'rows')
    # both ways add up, and by the same seed all is the same
    ways = traces.links(os.path.join(HERE, 'traces'))['west']
    plan = traces.schedule(ways, 40)
    equal(len(plan), 200, 'steps')
    equal(plan, traces.schedule(ways, 40), 'again')
    row = ways['up'].rows[0]
    true(all(row[2] - 1e-6 <= traces.rtt_of(b) <= row[3] + 1e-6
             for b in plan[:20]), 'between best and worst')
    equal(len(traces.seconds_of(plan)), 40, 'seconds')


def rows(chosen, **pings):
    """A file of ten rows a second, the same ones in each second"""
    out = ['time_s,chosen,reason,' + ','.join(n + '_ping_ms' for n in pings)]
    for t, which in enumerate(chosen):
        for i in range(10):
            out.append('%d.%d,%s,,' % (t, i, which) + ','.join(
                str(p[t]) for p in pings.values()))
    return out


def test_score():
    """Oracle, switch and ours, counted by hand"""
    run = score.read(rows('aaabbbba',
                          a=[50, 50, 200, 200, 200, 50, 50, 50],
                          b=[60, 60, 60, 60, 150, 150, 60, 60]))
    equal(run.links, ['a', 'b'], 'links')
    found = score.scores(run)
    # b until 3, nothing in 4, a from 5 on
    equal(found['oracle'], score.Score(1.0, 1, 1), 'oracle')
    # a is bad in 2, b in 4 and 5
    equal(found['sdwan'], score.Score(3.0, 2, 2), 'sdwan')
    # knows 2 in 3: b; 4 in 5: both are bad, b is better; 5 in 6: home
    equal(found['threshold'], score.Score(3.0, 2, 2), 'threshold')
    close([score.allowed(found)], [1.1 * 1 + 2], 'allowed')
    equal([kept for *_, kept in score.promises(found)], [True, False],
          'promises')
    # parts of seconds count as parts
    lines = rows('ab', a=[200, 200], b=[50, 50])
    lines[6:11] = [line.replace(',a,', ',b,') for line in lines[6:11]]
    equal(score.sdwan(score.read(lines)), score.Score(0.5, 1, 1), 'parts')
    # lost pings, and no path at all
    run = score.read(rows('a-', a=['inf', 50], b=[50, 50]))
    equal(score.scores(run)['sdwan'].breach, 2.0, 'lost')
    equal(score.scores(run)['oracle'].breach, 0.0, 'the other one')
    # a switch that flaps, and who stays
    flaps = [200 if t % 2 else 50 for t in range(20)]
    run = score.read(rows('b' * 20, a=flaps, b=[90] * 20))
    found = score.scores(run)
    equal((found['sdwan'].moves, found['oracle'].moves), (0, 0), 'who stays')
    equal(found['threshold'].moves, 18, 'switch')
    true(all(kept for *_, kept in score.promises(found)), 'promises')


def bad_and_good():
    """Three links: one is good, then bad; another the other way round"""
    n = round(4 / traces.STEP)
    good, bad = traces.Step(10, 0), traces.Step(90, 0)
    first = [(good, good)] * n + [(bad, bad)] * n + [(good, good)] * n
    second = [(bad, bad)] * n + [(good, good)] * (2 * n)
    return {'first': first, 'second': second,
            'third': [(bad, bad)] * (3 * n)}


def test_replay():
    """A short one: links do what the schedule says, and the class is on the
    link that is good, by what sdwanctl tells"""
    text = replay.replay(bad_and_good(), 12, [replay.CLASS])
    got = text.splitlines()
    run_ = score.read(got)
    plan = score.read(got, 'plan')
    equal(run_.links, ['wan0', 'wan1', 'wan2'], 'links')
    true(len(run_.seconds) >= 12, '%d seconds' % len(run_.seconds))
    off = [abs(a[n] - b[n]) for a, b in zip(run_.seconds, plan.seconds)
           for n in a if math.isfinite(a[n])]
    off.sort()
    log('pings differ from the schedule by %.1f ms, worst %.1f ms' % (
        off[len(off) // 2], off[-1]))
    # the machine may have other things to do, for longer than a step; 20 and 180 ms
    # are told apart for all that
    right = [(a[n] > 100) == (b[n] > 100) for a, b in
             zip(run_.seconds, plan.seconds) for n in a]
    true(sum(right) >= 0.8 * len(right), 'pings are as the schedule says')
    for line in score.table('replay', run_, score.scores(run_)):
        log(line)
    found = score.sdwan(run_)
    true(found.breach < 4 * SLOW, '%.1f s in breach' % found.breach)
    moves = plot.moves([dict(zip(got[0].split(','), line.split(',')))
                        for line in got[1:]])
    log('moves %r' % moves)
    # before the links are what they shall be, it may be on any
    moves = [m for m in moves if m[0] > 2]
    equal([m[1:3] for m in moves][:1], [('wan0', 'wan1')], 'the first move')
    true(moves[0][3] in ('breach', 'down'), 'its reason %r' % moves[0][3])
    # from good to as good nobody moves; but a machine that is busy makes links bad
    true(len(moves) <= 3, 'moves %r' % moves)


def test_real():
    """Measured links, where somebody has some: not needed"""
    where = os.environ.get('SDWAN_X_TRACES')
    for name, ways in traces.links(where).items() if where else ():
        plan = traces.schedule(ways, 60)
        equal(len(plan), 300, name)
        log(traces.describe(name, ways))


def test_plot():
    """What gnuplot is told: moves with their reasons"""
    names = ['time_s', 'chosen', 'reason', 'a_rtt_ms', 'b_rtt_ms']
    table = [dict(zip(names, line.split(','))) for line in (
        '0.0,a,,5,9', '0.1,a,breach,200,9', '0.2,b,,210,9', '0.3,b,,,9',
        '0.4,a,,5,9', '0.5,a,cost,5,9')]
    equal(plot.moves(table), [(0.2, 'a', 'b', 'breach'), (0.4, 'b', 'a', 'cost')],
          'moves')
    text = plot.script(table, 'x.csv', 'svg', 'x.svg')
    for words in ('set label "breach" at 0.2', 'set label "cost" at 0.4',
                  'title "b"', 'set output "x.svg"'):
        true(words in text, words)


if __name__ == '__main__':
    run_tests(test_parser, test_directory, test_schedule, test_score, test_plot,
              test_real, test_replay)
