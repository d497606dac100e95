#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
#
# Decisions: which path carries a class, when that changes, and why.
# Kernels: all um um-debug
# Check: um
# Timeout: 400

import json
import os
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from errno import EBUSY, EINVAL, ENOENT, ERANGE  # noqa: E402
from deciding import *  # noqa: E402,F403


def test_best():
    """The better path carries the class, and the data path obeys"""
    e1, _ = lab(probe=True)
    netem(0, 'delay', '30ms')
    netem(1, 'delay', '5ms')
    measured(e1, 30, 5)
    steer(e1, mode='best')
    d = carried(e1, U1)
    equal((d['by'], d['class'], d['site']), ('local', 'voice', SITE), 'decision')
    true(d['reason'] in ('first', 'cost'), d['reason'])
    c = candidates(d)
    equal(sorted(c), [U0, U1], 'candidates')
    equal((c[U1]['position'], c[U0]['position']), (1, 2), 'positions')
    equal((c[U1]['best'], c[U0]['best']), (1, 0), 'class of best connections')
    true(20000 < c[U0]['cost'] < 60000 and 4000 < c[U1]['cost'] < 15000,
         'costs %r' % c)
    equal(packet(e1), {U1: 1}, 'paths')
    equal(e1.explain(vni=100, src=S4, dst=D4)['path'], U1, 'explained')
    equal(e1.do('decision-get', class_='voice', peer='edge2')['path'], U1,
          'by peer')
    # the other way round, by the law: no longer than what is taken for a loss
    netem(0, 'delay', '5ms')
    netem(1, 'delay', '35ms')
    before = d['moves']
    d = carried(e1, U0, seconds=40)
    equal(d['reason'], 'cost', 'reason')
    equal(d['moves'], before + 1, 'moves')
    equal((d['move'][0]['path'], d['move'][0]['reason']), (U1, 'cost'), 'move')
    equal(packet(e1), {U0: 1}, 'paths')


def test_stays():
    """Within the floor, or the fluctuation, nobody moves; beyond they do"""
    e1, _ = lab()
    steer(e1, mode='best', metric='price', alpha=1000000, round=100000)
    carried(e1, U0)
    # a sixteenth is 6
    prices(e1, 106, 100)
    known(e1, 106, 100)
    time.sleep(1.5)
    d = decision(e1)
    equal((d['path'], d['moves']), (U0, 0), 'within a sixteenth')
    equal({c['path'] for c in d['candidate'] if c['best']}, {U0, U1},
          'class of best connections')
    prices(e1, 107, 100)
    d = carried(e1, U1)
    equal((d['reason'], d['moves']), ('cost', 1), 'beyond a sixteenth')
    e1.do('class-set', name='voice', floor=50)
    prices(e1, 100, 150)
    known(e1, 100, 150)
    time.sleep(1)
    equal(decision(e1)['path'], U1, 'within the floor')
    prices(e1, 100, 151)
    carried(e1, U0)


def test_alpha():
    """Cost moves by chance: at about the rate that is said"""
    e1, _ = lab()
    names = ['c%d' % i for i in range(60)]
    for n in names:
        e1.do('class-new', name=n, mode='best', metric='price', floor=1,
              alpha=1, round=1000000)
    wait_for(lambda: len(e1.dump('decision-get')) == 60 and
             {d['path'] for d in e1.dump('decision-get')} == {U0},
             'all are decided')
    # 1 - 110 / 111: nobody would see it
    prices(e1, 111, 109)
    known(e1, 111, 109, name='c0')
    time.sleep(2)
    moved = sum(d['path'] == U1 for d in e1.dump('decision-get'))
    true(moved <= 10, '%d of 60 moved by a chance of 0.01' % moved)
    for n in names:
        e1.do('class-set', name=n, alpha=1000000)
    wait_for(lambda: {d['path'] for d in e1.dump('decision-get')} == {U1},
             'all have moved')


def test_breach():
    """Who breaks the objective is left at once, whatever the round is"""
    e1, _ = lab(probe=True)
    # a delay that begins is silence at first
    e1.do('underlay-set', name='u0', probe_mult=20)
    netem(0, 'delay', '5ms')
    netem(1, 'delay', '10ms')
    measured(e1, 5, 10)
    ear = Ear('e1')
    steer(e1, mode='best', sla_latency=40000, round=HOUR, move='sticky')
    carried(e1, U0)
    t = Talk(4000, 4001)
    t.both()
    equal(path_of(e1, **t.key()), U0, 'flow')
    netem(0, 'delay', '120ms')
    began = time.monotonic()
    d = carried(e1, U1, seconds=5)
    log('left after %.2f s' % (time.monotonic() - began))
    equal((d['reason'], d['moves']), ('breach', 1), 'why')
    c = candidates(d)
    equal((c[U0]['compliant'], c[U1]['compliant']), (0, 1), 'objective')
    true(c[U0]['latency'] > 40000 >= c[U1]['latency'], 'latency %r' % c)
    # a flow that moves for nothing else
    t.say()
    equal(path_of(e1, **t.key()), U1, 'flow')
    for o in ear.told('objective-ntf'):
        o = dec('objective', o)
        equal((o['class'], o['path'], o['compliant']), ('voice', U0, 0),
              'event')
        true(o['latency'] > 40000, 'event %r' % o)
        break
    # it comes back below the limit less the margin, which a round notices
    e1.do('class-set', name='voice', round=100000, exit_margin=800000)
    netem(0, 'delay', '15ms')
    measured(e1, 15, 10)
    time.sleep(1)
    equal(candidates(decision(e1))[U0]['compliant'], 0, 'within the margin')
    e1.do('class-set', name='voice', exit_margin=100000)
    wait_for(lambda: candidates(decision(e1))[U0]['compliant'] == 1,
             'it complies again')


def test_jitter_loss():
    """The other parts of an objective"""
    e1, _ = lab(probe=True)
    # by chance many probes are lost one after the other
    for i in (0, 1):
        e1.do('underlay-set', name='u%d' % i, probe_mult=20)
    for i in (0, 1):
        netem(i, 'delay', '%dms' % (20 + 10 * i))
    measured(e1, 20, 30)
    # those that were lost while the delay was set are to be forgotten
    steer(e1, mode='best', sla_jitter=8000, sla_loss=50000, round=100000,
          alpha=1000000)
    carried(e1, U0, seconds=40)
    # cost is no reason any more
    e1.do('class-set', name='voice', floor=1000000)
    netem(0, 'delay', '40ms', '39ms')
    equal(carried(e1, U1)['reason'], 'breach', 'jitter')
    netem(1, 'delay', '30ms', 'loss', '40%')
    # its jitter may be too much first, while the delay is set
    wait_for(lambda: candidates(decision(e1))[U1].get('loss', 0) > 50000, 'loss')
    wait_for(lambda: candidates(decision(e1))[U1]['compliant'] == 0, 'refused')
    d = decision(e1)
    # none complies: all are candidates
    true(d['path'], 'something carries it')


def quick_or_lossless(*msec):
    """A class that wants the quick path as long as that does not lose much"""
    e1, _ = lab(probe=True)
    for i in (0, 1):
        netem(i, 'delay', '%dms' % msec[i])
    measured(e1, *msec)
    e1.do('metric-new', name='quick', prog=price('rtt_us'))
    steer(e1, mode='best', metric='quick', sla_loss=50000, alpha=1000000,
          round=200000)
    return e1, Talk(4000, 5000)


def carrier(e1, talk, count, pause):
    """The path decided for when so many packets have been sent"""
    for _ in range(count):
        talk.a.sendto(b'x' * 400, talk.dst)
        time.sleep(pause)
    return decision(e1).get('path')


def test_another_chance():
    """A path that loses data, and no probes, is left; it carries none then, so that
    the loss is forgotten and it is tried again"""
    e1, t = quick_or_lossless(10, 50)
    carried(e1, U0)
    # probes are shorter
    run('nft', '-f', '-', ns='e2', stdin='''table inet t {
        chain c { type filter hook prerouting priority 0
            iifname "wan0" udp dport 6081 meta length 400-600 numgen inc mod 4 0 drop
        }
    }''')
    wait_for(lambda: carrier(e1, t, 20, 0.005) == U1,
             'the path that loses is left', 20)
    run('nft', 'delete table inet t', ns='e2')
    lost = candidates(decision(e1))[U0]['loss']
    true(lost > 40000, 'loss %d' % lost)
    carried(e1, U0, seconds=60)
    true(candidates(decision(e1))[U0]['loss'] < lost, 'it fades')


def test_strict():
    """Where none complies, strict drops, and others take what there is"""
    e1, _ = lab(probe=True)
    for i in (0, 1):
        netem(i, 'delay', '30ms')
    measured(e1, 30, 30)
    steer(e1, mode='best', sla_latency=20000)
    wait_for(lambda: decision(e1), 'a decision')
    equal([c['compliant'] for c in decision(e1)['candidate']], [0, 0],
          'objective')
    equal(sum(packet(e1).values()), 1, 'packets')
    e1.do('class-set', name='voice', strict=1)
    wait_for(lambda: not decision(e1).get('path'), 'nothing carries it')
    equal(decision(e1)['reason'], 'none', 'reason')
    before = e1.dropped('tx_drop_strict')
    equal(packet(e1), {}, 'packets')
    equal(e1.dropped('tx_drop_strict'), before + 1, 'drops')
    equal(e1.explain(vni=100, src=S4, dst=D4)['drop'], 'tx_drop_strict',
          'explained')
    netem(1, 'delay', '2ms')
    equal(carried(e1, U1)['reason'], 'first', 'reason')
    equal(packet(e1), {U1: 1}, 'packets')


def test_failure():
    """A path that fails is left at once, one that is deleted as well"""
    e1, e2 = lab(wans=3, probe=True)
    # a busy machine is no failure of these
    for i in (1, 2):
        e1.do('underlay-set', name='u%d' % i, probe_mult=50)
    for i in range(3):
        netem(i, 'delay', '%dms' % (3 + 2 * i))
    measured(e1, 3, 5, 7)
    steer(e1, mode='best', round=HOUR)
    carried(e1, U0)
    # a black hole
    for ns in ('e1', 'e2'):
        netem(0, 'loss', '100%', ns=ns)
    d = carried(e1, U1, seconds=3)
    equal(d['reason'], 'down', 'reason')
    equal(candidates(d)[U0]['state'], 'down', 'state')
    # carrier
    run('ip', '-n', 'e2', 'link', 'set', 'dev', 'wan1', 'down')
    equal(packet(e1), {U2: 1}, 'packet before anything is decided')
    equal(carried(e1, U2, seconds=3)['reason'], 'down', 'reason')
    run('ip', '-n', 'e2', 'link', 'set', 'dev', 'wan1', 'up')
    known_up(e1, U1)
    e1.do('path-del', name=U2)
    d = carried(e1, U1, seconds=3)
    equal(d['reason'], 'gone', 'reason')
    equal(['path' in m for m in d['move']], [False, True], 'moves')
    equal(d['moves'], 3, 'moves')
    true(d['hold'] > 0, 'it is held after three moves')
    # nothing left
    e1.do('path-set', name=U1, admin=0)
    wait_for(lambda: not decision(e1).get('path'), 'nothing carries it')
    equal(decision(e1)['reason'], 'none', 'reason')


def test_recovered():
    """What vanished in a black hole is lost, but nobody leaves a path that has come
    back for it"""
    e1, t = quick_or_lossless(5, 45)
    # so that something vanishes before it is noticed
    e1.do('underlay-set', name='u0', probe_mult=20)
    carried(e1, U0)

    def talk(count):
        return carrier(e1, t, count, 0.002)
    equal(talk(500), U0, 'path')
    before = e1.do('path-get', name=U0)['data_lost_tx']
    for ns in ('e1', 'e2'):
        netem(0, 'loss', '100%', ns=ns)
    wait_for(lambda: talk(10) == U1, 'the dead path is left')
    for ns in ('e1', 'e2'):
        netem(0, 'delay', '5ms', ns=ns)
    wait_for(lambda: talk(10) == U0, 'it is taken again', 60)
    moves = decision(e1)['moves']
    equal({talk(100) for _ in range(15)}, {U0}, 'path')
    d = decision(e1)
    equal(d['moves'], moves, 'moves')
    true(candidates(d)[U0]['loss'] < 50000, 'loss')
    true(e1.do('path-get', name=U0)['data_lost_tx'] > before,
         'what vanished is lost')


def test_noise():
    """Paths that differ by noise only: nobody moves"""
    e1, _ = lab(probe=True)
    for i in (0, 1):
        netem(i, 'delay', '15ms', '3ms')
    measured(e1, 15, 15)
    steer(e1, mode='best')
    steer(e1, pref=11, name='often', mode='best', alpha=1000000, round=100000)
    wait_for(lambda: decision(e1) and decision(e1, 'often'), 'decisions')
    # the averages are to be those of all probes
    time.sleep(5)
    before = decision(e1)['moves'], decision(e1, 'often')['moves']
    span = 600 if LONG else 15
    time.sleep(span)
    moves = decision(e1)['moves'], decision(e1, 'often')['moves']
    log('%d s: %d and %d moves' % (span, moves[0] - before[0],
                                   moves[1] - before[1]))
    true(moves[0] - before[0] <= 1, 'moves %r, before %r' % (moves, before))
    true(moves[1] - before[1] <= 1, 'moves %r, before %r' % (moves, before))


def test_balance():
    """All of the class of best connections share, and no other"""
    e1, _ = lab(wans=3)
    prices(e1, 100, 103, 200)
    steer(e1, mode='balance', metric='price', alpha=1000000, round=100000)
    wait_for(lambda: [c['position'] for c in decision(e1).get(
        'candidate', [])] == [1, 1, 2], 'two are active')
    d = decision(e1)
    true('path' not in d, 'one path is told')

    def many():
        for i in range(60):
            send(sport=1000 + i, dport=9)
    took = e1.took(many)
    equal(sorted(took), [U0, U1], 'paths')
    true(min(took.values()) > 15, 'shares %r' % took)
    prices(e1, 100, 200, 103)
    wait_for(lambda: {c['path'] for c in decision(e1)['candidate'] if
                      c['position'] == 1} == {U0, U2}, 'another one: %r' % decision(e1), 40)
    e1.do('flow-flush')
    equal(sorted(e1.took(many)), [U0, U2], 'paths')
    # one that joins is told, and is no move of anybody
    before = decision(e1)
    prices(e1, 100, 103, 103)
    again(e1)
    wait_for(lambda: [c['position'] for c in decision(e1)['candidate']] ==
             [1, 1, 1], 'all are active')
    d = decision(e1)
    equal((d['reason'], d['moves'], d['move']),
          ('joined', before['moves'], d['move']), 'one has joined')
    equal([m['reason'] for m in d['move']],
          [m['reason'] for m in before['move']], 'moves')
    # a class that only balances knows no cost
    e1.do('class-set', name='voice', metric='')
    e1.do('flow-flush')
    equal(sorted(e1.took(many)), [U0, U1, U2], 'paths')
    equal(e1.dump('decision-get'), [], 'decisions')


def test_degraded():
    """What is degraded goes behind what is not, but before what is in breach"""
    e1, _ = lab(probe=True)
    netem(0, 'delay', '10ms')
    netem(1, 'delay', '30ms')
    measured(e1, 10, 30)
    steer(e1, mode='best', round=HOUR)
    carried(e1, U0)
    e1.do('path-set', name=U0, degraded_latency=4000)
    d = carried(e1, U1, seconds=5)
    equal((d['reason'], d['moves']), ('degraded', 1), 'why')
    c = candidates(d)
    equal((c[U0]['state'], c[U0]['compliant'], c[U0]['best']),
          ('degraded', 1, 0), 'candidate')
    equal(packet(e1), {U1: 1}, 'packets')
    # the objective counts more, and a strict class uses what fulfils it
    e1.do('class-set', name='voice', sla_latency=22000)
    d = carried(e1, U0)
    equal(d['reason'], 'breach', 'why')
    e1.do('class-set', name='voice', strict=1)
    time.sleep(0.5)
    equal(decision(e1)['path'], U0, 'of a strict class')
    equal(packet(e1), {U0: 1}, 'packets of a strict class')
    # it is not degraded any more, and nobody has to come back
    e1.do('path-set', name=U0, degraded_latency=0)
    known_up(e1, U0)
    moves = decision(e1)['moves']
    e1.do('class-set', name='voice', sla_latency=0)
    time.sleep(0.5)
    d = decision(e1)
    equal((d['path'], d['moves']), (U0, moves), 'it stays')


def test_forgotten():
    """Nothing is known of a site any more when no path leads there"""
    e1, _ = lab()
    prices(e1, 200, 100)
    steer(e1, mode='best', metric='price')
    carried(e1, U1)
    for path in (U0, U1):
        e1.do('path-del', name=path)
    equal(e1.dump('decision-get'), [], 'decisions')
    e1.refused(ENOENT, 'decision-get', None, class_='voice', site=SITE)
    with e1.begin() as t:
        for i in (0, 1):
            t.do('path-new', peer='edge2', underlay='u%d' % i,
                 remote='192.168.1%d.2' % i)
    d = carried(e1, U1)
    equal((d['reason'], d['moves'], d.get('move')), ('first', 0, None),
          'decision')


def test_many():
    """More paths to a site than fit into a message: the first ones are told"""
    e1, _ = lab(wans=1)
    count = 250
    for i in range(count):
        e1.do('path-new', name='p%d' % i, peer='edge2', underlay='u0',
              remote='192.168.10.%d' % (i + 3), preference=200 + i)
    for name in ('one', 'two'):
        e1.do('class-new', name=name, mode='best')
    wait_for(lambda: len(e1.dump('decision-get')) == 2, 'both are told')
    for d in e1.dump('decision-get') + [decision(e1, 'one')]:
        true(32 <= len(d['candidate']) <= count + 1, 'candidates')
        equal((d['candidate'][0]['path'], d['candidate'][0]['position']),
              (U0, 1), 'the first one')


def monitored(*words):
    """What sdwanctl monitor writes, from when it listens"""
    m = subprocess.Popen(
        ['sdwanctl', '-n', 'e1', '-d', *words], text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    at_cleanup(m.kill)
    equal(m.stderr.readline(), 'sdwanctl: listening\n', 'monitor')
    return m


def test_tool():
    """sdwanctl tells decisions, of a packet as well, as they are made, and how
    many a path has"""
    e1, _ = lab()
    steer(e1, mode='best', metric='price', alpha=1000000, round=100000)
    carried(e1, U0)
    show = run('sdwanctl', 'decision', 'show', 'class', 'voice', 'peer',
               'edge2', ns='e1').splitlines()
    true(show[0].startswith('voice site 2 path %s by local reason first age '
                            % U0), show[0])
    true(show[1].startswith('    * %s state up cost 100+-0' % U0) and
         show[1].endswith(' best'), show[1])
    true(show[2].startswith('      %s state up cost 100+-0' % U1), show[2])
    got, = json.loads(run('sdwanctl', '-j', 'decision', 'list', 'site', '2',
                          ns='e1'))
    want = decision(e1)
    equal({k: got[k] for k in got if k not in ('age', 'candidate')},
          {'move': [], **{k: want[k] for k in want if k not in (
              'age', 'candidate', 'pad')}}, 'as JSON')
    equal([c['path'] for c in got['candidate']], [U0, U1], 'candidates')
    packet_get = ('flow', 'get', 'vni', '100', 'src', S4, 'dst', D4)
    got = json.loads(run('sdwanctl', '-j', *packet_get, ns='e1'))
    equal((got['rule'], got['class'], got['path'], got['decision']['path'],
           got['decision']['reason']), (10, 'voice', U0, U0, 'first'),
          'what becomes of a packet')
    true('    decision voice site 2 path %s by local reason first' % U0 in
         run('sdwanctl', *packet_get, ns='e1'), 'and as text')
    table = run('sdwanctl', 'top', 'count', '1', ns='e1').splitlines()
    equal([line.split()[-1] for line in table if line.startswith('edge2:')],
          ['1', '0'], 'top')
    text, data = monitored('monitor', 'decision'), monitored(
        '-j', 'monitor', 'decision')
    prices(e1, 200, 100)
    carried(e1, U1, seconds=40)
    line = text.stdout.readline()
    true(line.startswith('decided voice site 2 path %s by local reason cost '
                         'age ' % U1) and ' moves 1' in line, line)
    told = json.loads(data.stdout.readline())
    equal((told['name'], told['event'], told['msg']['path'],
           told['msg']['moves']), ('decision-ntf', 'decided', U1, 1), 'told')


def test_shadow():
    """A shadow metric is told, and moves nothing"""
    e1, _ = lab()
    e1.do('metric-new', name='other', prog=price('preference'))
    e1.do('path-set', name=U1, preference=10)
    prices(e1, 100, 200)
    again(e1)
    steer(e1, mode='best', metric='price', shadow='other', round=100000,
          alpha=1000000)
    d = carried(e1, U0)
    equal((d['shadow_path'], d['shadow_moves']), (U1, 0), 'shadow')
    e1.do('path-set', name=U1, preference=900)
    wait_for(lambda: decision(e1)['shadow_path'] == U0, 'the shadow moves')
    d = decision(e1)
    equal((d['path'], d['moves'], d['shadow_moves']), (U0, 0, 1), 'moves')


def test_never():
    """What a metric forbids is not used while there is another"""
    e1, _ = lab()
    e1.do('metric-new', name='ban', prog=ban(7))
    prices(e1, 7, 100)
    steer(e1, mode='best', metric='ban', strict=1, round=100000)
    d = carried(e1, U1)
    equal(candidates(d)[U0]['cost'], NEVER, 'cost')
    equal(packet(e1), {U1: 1}, 'packets')
    prices(e1, 7, 7)
    wait_for(lambda: not decision(e1).get('path'), 'nothing carries it')
    equal(packet(e1), {}, 'packets of a strict class')
    e1.do('class-set', name='voice', strict=0)
    wait_for(lambda: decision(e1).get('path'), 'it is carried again')
    equal(sum(packet(e1).values()), 1, 'packets')


def test_members():
    """Who is no member is not decided for"""
    e1, _ = lab(wans=3)
    prices(e1, 10, 100, 200)
    steer(e1, mode='best', metric='price', round=100000, alpha=1000000,
          member=[{'underlay': 'u1'}, {'underlay': 'u2'}])
    d = carried(e1, U1)
    equal(sorted(candidates(d)), [U1, U2], 'candidates')
    equal(packet(e1), {U1: 1}, 'packets')
    e1.do('class-set', name='voice', member=[{'underlay': 'u2'}])
    equal(carried(e1, U2)['reason'], 'gone', 'reason')
    # what is not a member carries it before nothing does
    admin(e1, U2, False)
    equal(packet(e1), {U0: 1}, 'packets')


def test_events():
    """Every decision is told, with its reason"""
    e1, _ = lab()
    ear = Ear('e1')
    steer(e1, mode='best', metric='price', alpha=1000000, round=100000)
    told = (dec('decision', d) for d in ear.told('decision-ntf'))
    d = next(told)
    equal((d['class'], d['path'], d['reason']), ('voice', U0, 'first'), 'event')
    prices(e1, 200, 100)
    d = next(told)
    equal((d['path'], d['reason'], d['moves']), (U1, 'cost', 1), 'event')
    equal([c['path'] for c in d['candidate']], [U1, U0], 'candidates')
    admin(e1, U1, False)
    d = next(told)
    equal((d['path'], d['reason']), (U0, 'down'), 'event')


def test_refused():
    """What classes cannot want"""
    e1, _ = lab()
    new = lambda code, blame, **kw: e1.refused(  # noqa: E731
        code, 'class-new', blame, name='x', **kw)
    for mode in ('prefer', 'pin', 'duplicate'):
        kw = {'mode': mode, 'member': [{'underlay': 'u0'}]}
        new(EINVAL, 'sla-latency', sla_latency=5, **kw)
        new(EINVAL, 'metric', metric='price', **kw)
        new(EINVAL, 'shadow', shadow='price', **kw)
    new(EINVAL, 'shadow', mode='balance', shadow='price')
    new(ENOENT, 'metric', mode='best', metric='none')
    new(ENOENT, 'shadow', mode='best', shadow='none')
    new(EINVAL, 'weight-by', mode='best', weight_by='cost')
    for attr_name, value in (('sla_latency', 60000001), ('sla_loss', 1000001),
                             ('alpha', 0), ('alpha', 1000001),
                             ('round', 99999), ('round', 3600000001)):
        new((EINVAL, ERANGE), None, mode='best', **{attr_name: value})
    # a mode that does not suit what there is
    e1.do('class-new', name='x', mode='best', sla_latency=5, metric='price')
    e1.refused(EINVAL, 'class-set', 'mode', name='x', mode='duplicate')
    e1.do('class-set', name='x', mode='duplicate', sla_latency=0, metric='')
    e1.do('class-set', name='x', mode='best', shadow='price')
    # a metric that is named stays, by either
    e1.refused(EBUSY, 'metric-del', 'name', name='price')
    with e1.begin() as t:
        t.do('class-set', name='x', shadow='')
        t.do('metric-del', name='price')
    equal(e1.dump('metric-get'), [], 'metrics')
    e1.refused(ENOENT, 'decision-get', 'class', class_='y', site=SITE)
    e1.refused(ENOENT, 'decision-get', 'site', class_='x', site=77)
    e1.refused(ENOENT, 'decision-get', 'peer', class_='x', peer='p')
    e1.refused(EINVAL, 'decision-get', 'class', site=SITE)
    e1.refused(EINVAL, 'decision-get', 'site', class_='x')


def test_numbers():
    """A class gets nothing of that whose number it has"""
    e1, _ = lab()
    prices(e1, 200, 100)
    steer(e1, mode='best', metric='price', strict=1)
    first = e1.do('class-get', name='voice')['id']
    carried(e1, U1)
    e1.flush_rules()
    equal(e1.dump('decision-get'), [], 'decisions')
    prices(e1, 100, 200)
    again(e1)
    e1.do('class-new', name='next', mode='best', metric='price')
    equal(e1.do('class-get', name='next')['id'], first, 'number')
    d = carried(e1, U0, 'next')
    equal((d['reason'], d['moves'], d.get('move')), ('first', 0, None),
          'decision')


def test_teardown():
    """Classes, metrics, paths and the namespace go while it is decided"""
    e1, _ = lab(wans=3)
    for i in range(30):
        e1.do('class-new', name='c%d' % i, mode='best', metric='price',
              shadow='price', round=100000, sla_latency=1000, alpha=1000000)
    for i in range(40):
        prices(e1, i % 3, (i + 1) % 3, (i + 2) % 3)
        e1.do('path-del', name='edge2:u%d' % (i % 3))
        e1.do('class-del', name='c%d' % (i % 30))
        e1.do('path-new', peer='edge2', underlay='u%d' % (i % 3),
              remote='192.168.1%d.2' % (i % 3))
        e1.do('class-new', name='c%d' % (i % 30), mode='best', metric='price',
              round=100000)
        e1.dump('decision-get')
        send(sport=i + 1, dport=9)
    e1.nl.sock.close()
    del_ns('e1')


if __name__ == '__main__':
    run_tests(test_best, test_stays, test_alpha, test_breach, test_jitter_loss,
              test_another_chance, test_strict, test_degraded, test_failure,
              test_recovered, test_noise, test_balance, test_shadow, test_never, test_members,
              test_events, test_tool, test_many, test_refused, test_numbers,
              test_forgotten, test_teardown)
