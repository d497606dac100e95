# SPDX-License-Identifier: GPL-2.0
"""What decisions on replayed links promise, scored by score.py."""
import score

# Moves in ten minutes among links that differ by noise only
NOISE = 1
# Of a replay on which there is nothing to lose nothing is promised, s
LEAST = 30


def scored(run):
    """Yields the line, the class, what happened, scores"""
    for x in run.of('replay'):
        for i, words in enumerate(x['classes']):
            column = 'chosen' if not i else f'other{i}_chosen'
            for truth in ('ping', 'plan') if not i else ('ping',):
                got = score.read(x['csv'], truth, column)
                yield x, f'{words} ({truth})', got, score.scores(got)


def noise(run):
    """Yields seconds and moves"""
    for x in run.of('replay-noise'):
        got = score.read(x['csv'])
        yield x['seconds'], score.sdwan(got).moves


def evaluate(run):
    """As targets.evaluate(); of the first class, by pings"""
    for x in run.of('replay'):
        found = score.scores(score.read(x['csv']))
        if found['oracle'].breach < LEAST:
            continue
        yield ('replay: seconds in breach', found['sdwan'].breach,
               score.allowed(found), None)
        yield ('replay: moves', found['sdwan'].moves,
               found['threshold'].moves * score.PART, None)
    for seconds, moves in noise(run):
        yield (f'moves in {seconds:.0f} s of noise', moves,
               NOISE if seconds <= 600 else None, None)


def print_more(run, out, table):
    for x, words, got, found in scored(run):
        out('')
        out(f'replay of {", ".join(x["links"])}, {x["seconds"]:.0f} s; {words}')
        table(['', 'in breach, s', 'breaches', 'moves'],
              [[who, f'{s.breach:.1f}', s.times, s.moves]
               for who, s in found.items()], out)
