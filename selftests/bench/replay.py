# SPDX-License-Identifier: GPL-2.0
"""Decisions on links that are as measured ones were, and on links that differ by
noise only.  What is recorded goes to score.py; it takes as long as it says.

SDWAN_X_REPLAY_TRACE    directory of links (selftests/traces)
SDWAN_X_REPLAY_LINKS    which of them, by name; all
SDWAN_X_REPLAY_SECONDS  300
SDWAN_X_REPLAY_NOISE    seconds of noise, 600
SDWAN_X_REPLAY_CLASS    what the class wants; further ones behind semicolons are
                        recorded as well
"""
import os
import random
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import replaying  # noqa: E402
import traces  # noqa: E402
from inject import note, say  # noqa: E402

PARTS = ['replay', 'replay-noise']
# In a round 40 ms are no reason to leave what fulfils the objective
CLASS = 'sla latency 100ms round 1s floor 40000'
# Of links that differ by noise, ms there and back, and how far they are off
NOISE = (40.0, 2.0)
PROBES = os.environ.get('SDWAN_X_REPLAY_PROBES', (
    'probe tunnel probe-interval 50ms probe-idle-interval 50ms probe-mult 50 '
    'probe-hold 200ms'))


def environ(name, default):
    return os.environ.get('SDWAN_X_REPLAY_' + name) or default


def noise(names, seconds, seed=1):
    """Links that are equal but for chance"""
    rnd = random.Random(seed)
    mean, dev = NOISE

    def step():
        return traces.Step(max(rnd.gauss(mean, dev), 1) / 2, 0.0)
    return {n: [(step(), step()) for _ in range(int(seconds / traces.STEP) + 1)]
            for n in names}


def plans(seconds):
    found = traces.links(environ('TRACE', os.path.join(
        os.path.dirname(os.path.dirname(os.path.abspath(__file__))),
        'traces')))
    only = environ('LINKS', None)
    chosen = {n: w for n, w in found.items()
              if not only or n in only.split(',')}
    return {n: traces.schedule(w, seconds) for n, w in chosen.items()}


def lab(count, classes):
    """Two edges, and the classes"""
    from steering import Sites, run
    Sites(wans=count)
    for ns in 'e1', 'e2':
        for i in range(count):
            run('sdwanctl', 'underlay', 'set', f'u{i}', *PROBES.split(), ns=ns)
    names = []
    for i, words in enumerate(classes):
        names.append('voice' if not i else f'other{i}')
        run('sdwanctl', 'class', 'add', names[-1], 'mode', 'best',
            *words.split(), ns='e1')
    return names


def gone():
    from harness import _cleanup
    while _cleanup:
        fn, args = _cleanup.pop()
        fn(*args)


def replay(made, seconds, classes, name='/tmp/replay.csv'):
    """What is recorded while links do what was made for them: text"""
    names = lab(len(made), classes)
    wans = {'wan%d' % i: plan for i, plan in enumerate(made.values())}
    ends = {w: ('192.168.1%d.1' % i, '192.168.1%d.2' % i)
            for i, w in enumerate(wans)}
    links = replaying.Links('e1', 'e2')
    for w, plan in wans.items():
        links.tell(w, plan[0])
    links.close()
    edge = replaying.Edge('e1', names, 'edge2', rename='wan%s')
    try:
        replaying.record(name, edge, 'e1', 'e2', ends, wans, seconds)
    finally:
        edge.close()
        gone()
    with open(name, encoding='utf-8') as f:
        return f.read()


def main(options):
    classes = [c.strip() for c in environ('CLASS', CLASS).split(';')]
    for part in PARTS:
        if part not in options.parts:
            continue
        if part == 'replay':
            seconds = float(environ('SECONDS', 300))
            made = plans(seconds)
        else:
            seconds = float(environ('NOISE', 600))
            made = noise(('one', 'two', 'three'), seconds)
        note(f'{part}: {seconds:g} s')
        text = replay(made, seconds, classes)
        say(part, seconds=seconds, classes=classes, links=list(made),
            csv=text.splitlines())
