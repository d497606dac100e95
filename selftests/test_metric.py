#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
#
# Metrics: what programs see and yield, when they are run, and how long they live.
# Kernels: all um um-debug
# Check: um
# Timeout: 300

import ctypes
import os
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from errno import (E2BIG, EBADF, EEXIST, EINVAL, ENODATA,  # noqa: E402
                   ENOENT, ENOSPC)
import expressions  # noqa: E402
from steering import *  # noqa: E402,F403

NEVER = 0xffffffff
OFFSETS, SIZE = expressions.layout(TREE)
RTT, LOSS = OFFSETS['rtt_us'], OFFSETS['loss_ppm']
PATH = 'edge2:u0'


def insns(*code):
    """struct sock_filter, (code, jt, jf, k) each"""
    return b''.join(struct.pack('=HBBI', *i) for i in code)


def load(offset):
    return (0x20, 0, 0, offset)


RET_A = (0x16, 0, 0, 0)


def ret(k):
    return (0x06, 0, 0, k & NEVER)


def lab(wans=1, probe=None):
    e1 = Sites(wans=wans, rules=False).e1
    if probe:
        for n in ('e1', 'e2'):
            run('sdwanctl', 'underlay', 'set', 'u0', 'probe', 'tunnel',
                'probe-interval', '20ms', 'probe-idle-interval', '20ms', ns=n)
    return e1


def add(e1, name, expr, *more):
    run('sdwanctl', 'metric', 'add', name, expr, *more, ns='e1')


def ask(e1, metric, path=None, **given):
    """metric-test, through the tool's names"""
    fields = [{'offset': OFFSETS[k.replace('__', '.')], 'value': v}
              for k, v in given.items()]
    return e1.do('metric-test', metric=metric, path=path,
                 field=fields)['cost']


def costs(e1, **kw):
    return {(c['metric'], c['path']): c for c in e1.dump('metric-cost', **kw)}


def stat(e1, name, path=PATH):
    """A statistic of a path, as programs see it"""
    # one more, as 0 would be an error; what is not known becomes that
    e1.do('metric-new', NLM_F_REPLACE, name='one',
          prog=insns(load(OFFSETS[name]), (0x04, 0, 0, 1), RET_A))
    cost = ask(e1, 'one', path)
    return cost if cost == NEVER else cost - 1


def refused_expr(e1, expr, what):
    r = run('sdwanctl', 'metric', 'add', 'bad', expr, ns='e1', check=False)
    equal(r.returncode, 1, 'status')
    true(what in r.stderr, '%r in %r' % (what, r.stderr))


def test_expression():
    """What the tool compiles, the kernel runs"""
    e1 = lab()
    add(e1, 'voice', 'rtt_us / 1000 + 50 * loss_ppm / 10000')
    equal(ask(e1, 'voice', rtt_us=20000, loss_ppm=1000), 25, 'cost')
    # not known is not cheap
    true(ask(e1, 'voice', rtt_us=20000) > 400000, 'loss that is not known')
    add(e1, 'zero', '0')
    equal(ask(e1, 'zero'), 1, 'cost of 0')
    add(e1, 'sum', 'rtt_us + loss_ppm')
    equal(ask(e1, 'sum', rtt_us=NEVER - 3, loss_ppm=4), NEVER, 'sum')
    equal(ask(e1, 'sum', rtt_us=NEVER - 3, loss_ppm=2), NEVER - 1, 'sum')
    add(e1, 'ratio', 'rtt_us / loss_ppm')
    equal(ask(e1, 'ratio', rtt_us=7, loss_ppm=0), NEVER, 'division by 0')
    add(e1, 'day', 'time >= 8 * 3600 && time < 18 * 3600 && weekday <= 5')
    equal(ask(e1, 'day', time=8 * 3600, weekday=5), 1, 'day')
    refused_expr(e1, 'rtt_us + bogus', "column 10: there is no statistic 'bogus'")
    equal(len(e1.dump('metric-get')), 5, 'metrics')


def test_random():
    """Random expressions of random statistics, against another evaluator"""
    e1 = lab()
    rng = expressions.seeded(20260102)
    names = list(OFFSETS)
    count = 4000 if LONG else 300
    lines, wanted = ['metric add r 1'], []
    for _ in range(count):
        tree = expressions.make(rng, names, rng.choice((1, 2, 4, 8, 8, 30)))
        text = expressions.write(rng, tree)
        lines.append("metric set r '%s'" % text)
        for _ in range(3):
            stats = expressions.statistics(rng, expressions.used(tree))
            lines.append('metric test r ' + ' '.join(
                '%s=%d' % s for s in stats.items()))
            cost = expressions.cost(tree, stats)
            wanted.append('r cost %s' % ('never' if cost == NEVER else cost))
    got = run('sdwanctl', '-batch', '-', ns='e1',
              stdin='\n'.join(lines) + '\n').splitlines()
    equal(len(got), len(wanted), 'answers')
    bad = [i for i, (g, w) in enumerate(zip(got, wanted)) if g != w]
    true(not bad, '%d costs are wrong: %s' % (len(bad), [
        (lines[1 + i // 3 * 4], lines[2 + i // 3 * 4 + i % 3], got[i],
         wanted[i]) for i in bad[:3]]))
    log('%d costs' % len(got))


def test_statistics():
    """What programs see of a path is what is told of it"""
    e1 = lab(probe=True)
    e1.do('path-set', name=PATH, preference=77)
    e1.do('underlay-set', name='u0', rate=100000000, cost=5)
    wait_for(lambda: e1.do('path-get', name=PATH).get('rtt'), 'a first answer')
    equal(stat(e1, 'valid'), 1, 'valid')
    equal(stat(e1, 'preference'), 77, 'preference')
    equal(stat(e1, 'underlay.cost'), 5, 'cost')
    equal(stat(e1, 'underlay.rate_kbit'), 100000, 'rate')
    path = e1.do('path-get', name=PATH)
    equal(stat(e1, 'mtu'), path['mtu'], 'mtu')
    for _ in range(20):
        path = e1.do('path-get', name=PATH)
        seen = stat(e1, 'rtt_us'), stat(e1, 'rtt_min_us')
        if path == {**e1.do('path-get', name=PATH), 'heard_age':
                    path['heard_age'], 'state_age': path['state_age']}:
            equal(seen, (path['rtt'], path['rtt_min']), 'round-trip times')
            break
    else:
        # answers came in between each time
        true(abs(seen[0] - path['rtt']) < path['rtt'], 'rtt %d, %d' %
             (seen[0], path['rtt']))
    true(stat(e1, 'age_ms') < 2000, 'age')
    equal(stat(e1, 'probe_loss_tx_ppm'), 0, 'loss')
    # without a key, nothing is known of the data
    equal(stat(e1, 'data_loss_tx_ppm'), NEVER, 'loss of data')
    equal(stat(e1, 'loss_ppm'), 0, 'loss of all')
    equal(stat(e1, 'far.valid'), 0, 'far.valid')
    equal(stat(e1, 'far.rtt_us'), NEVER, 'far.rtt_us')
    now = time.gmtime()
    day = stat(e1, 'time')
    true((day - now.tm_hour * 3600 - now.tm_min * 60 - now.tm_sec) % 86400 < 30,
         'time of day %d' % day)
    equal(stat(e1, 'weekday') in (now.tm_wday + 1, now.tm_wday % 7 + 2), True,
          'weekday')
    e1.do('path-set', name=PATH, probe='off')
    equal(stat(e1, 'valid'), 0, 'valid without probes')
    equal(stat(e1, 'rtt_us'), NEVER, 'rtt without probes')
    equal(stat(e1, 'preference'), 77, 'preference without probes')


def test_device():
    """What programs see of underlays and of this end"""
    e1 = lab()
    e1.do('underlay-set', name='u0', rate=8000000)
    wait_for(lambda: stat(e1, 'underlay.valid') == 1, 'the device is looked at')
    equal(stat(e1, 'device.cpus'), os.cpu_count(), 'processors')
    equal(stat(e1, 'underlay.errors'), 0, 'errors')
    equal(stat(e1, 'device.valid'), 1, 'valid')
    equal(stat(e1, 'device.paths'), 1, 'paths')
    true(stat(e1, 'underlay.age_ms') < 5000, 'age')

    def busy():
        for _ in range(200):
            send(size=1000, sport=1, dport=9)
        return stat(e1, 'underlay.tx_kbit') > 100 and \
            0 < stat(e1, 'underlay.load_ppm') < NEVER
    wait_for(busy, 'traffic is seen')
    # without its device
    run('ip', '-n', 'e1', 'link', 'del', 'wan0')
    wait_for(lambda: stat(e1, 'underlay.valid') == 0, 'the device is gone')
    equal(stat(e1, 'underlay.tx_kbit'), NEVER, 'rate of no device')


def test_rounds():
    """All metrics are computed for all paths, and the last costs are told"""
    e1 = lab(wans=2)
    equal(e1.dump('metric-cost'), [], 'costs without metrics')
    add(e1, 'a', 'preference')
    add(e1, 'b', 'preference * 2')
    want = {('a', 'edge2:u0'): 100, ('a', 'edge2:u1'): 101,
            ('b', 'edge2:u0'): 200, ('b', 'edge2:u1'): 202}
    wait_for(lambda: set(costs(e1)) == set(want), 'all costs')
    seen = costs(e1)
    equal({k: c['cost'] for k, c in seen.items()}, want, 'costs')
    true(all(c['age'] < 5000 * SLOW for c in seen.values()), 'ages')
    equal(set(costs(e1, metric='a')), {k for k in want if k[0] == 'a'},
          'of a metric')
    equal(set(costs(e1, path='edge2:u1')), {k for k in want if
                                            k[1] == 'edge2:u1'}, 'of a path')
    equal(e1.do('metric-cost', metric='b', path='edge2:u1')['cost'], 202,
          'one cost')
    # it goes on by itself
    e1.do('path-set', name='edge2:u1', preference=7)
    wait_for(lambda: costs(e1)['a', 'edge2:u1']['cost'] == 7, 'another cost')
    runs = e1.fabric()['metric_runs']
    wait_for(lambda: e1.fabric()['metric_runs'] > runs + 4, 'rounds go on')
    true(e1.fabric()['metric_time'] > 0, 'time')
    # what another program has computed is not told
    e1.do('metric-set', name='a', prog=insns(ret(5)))
    for _ in range(100):
        got = costs(e1, metric='a', path='edge2:u0')
        if got:
            break
        time.sleep(0.01)
    equal(got['a', 'edge2:u0']['cost'], 5, 'cost by the new program')
    # nor what a metric of the same number has
    e1.do('metric-del', name='a')
    e1.do('metric-new', name='c', prog=insns(ret(0)))
    wait_for(lambda: costs(e1, metric='c'), 'costs of another metric')
    equal({c['cost'] for c in costs(e1, metric='c').values()}, {NEVER},
          'an error is never used')
    e1.do('path-del', name='edge2:u1')
    equal({k[1] for k in costs(e1)}, {'edge2:u0'}, 'paths')
    for m in e1.dump('metric-get'):
        e1.do('metric-del', name=m['name'])
    equal(e1.dump('metric-cost'), [], 'costs of no metrics')
    time.sleep(1.5)
    runs = e1.fabric()['metric_runs']
    time.sleep(1.5)
    equal(e1.fabric()['metric_runs'], runs, 'rounds without metrics')


def test_not_yet():
    """A cost that was not computed is not told"""
    e1 = lab()
    with e1.begin() as t:
        t.do('metric-new', name='a', prog=insns(ret(1)))
        e1.refused(ENOENT, 'metric-cost', 'metric', metric='a', path=PATH)
        e1.refused(ENOENT, 'metric-test', 'metric', metric='a')
    try:
        cost = e1.do('metric-cost', metric='a', path=PATH)
        equal(cost['cost'], 1, 'cost')
    except NlError as e:
        equal(e.code, ENODATA, 'error')
    e1.refused(ENOENT, 'metric-cost', 'path', metric='a', path='none')
    e1.refused(EINVAL, 'metric-cost', 'path', metric='a')
    e1.refused(EINVAL, 'metric-cost', 'metric', path=PATH)


def test_refused():
    """What is no program, and what is no statistic"""
    e1 = lab()
    e1.refused(EINVAL, 'metric-new', 'prog', name='a')
    e1.refused(EINVAL, 'metric-new', 'expr', name='a', expr='1')
    e1.refused(EINVAL, 'metric-new', 'name', prog=insns(ret(1)))
    e1.refused(EINVAL, 'metric-new', 'name', name='a/b', prog=insns(ret(1)))
    for prog in (b'', insns(load(RTT)), insns(ret(1))[:7], insns(ret(1)) + b'x',
                 insns((0xffff, 0, 0, 0), ret(1)),
                 insns((0x15, 9, 0, 0), ret(1)),
                 insns((0x34, 0, 0, 0), RET_A)):
        e1.refused(EINVAL, 'metric-new', 'prog', name='a', prog=prog)
    # beyond the statistics, and what only real packets have
    for at in (SIZE, SIZE - 3, 0x7fffffff, 0xfffff000, 0xfffff000 + 52):
        e1.refused(EINVAL, 'metric-new', 'prog', name='a',
                   prog=insns(load(at), RET_A))
    e1.refused(EINVAL, 'metric-new', 'prog', name='a',
               prog=insns((0x30, 0, 0, SIZE), RET_A))
    e1.refused(EINVAL, 'metric-new', 'prog', name='a',
               prog=insns((0xb1, 0, 0, SIZE), RET_A))
    e1.refused(E2BIG, 'metric-new', 'prog', name='a',
               prog=insns(*[load(RTT)] * 1024, RET_A))
    e1.do('metric-new', name='a', prog=insns(*[load(SIZE - 4)] * 1023, RET_A))
    equal(ask(e1, 'a'), NEVER, 'cost of what is reserved')
    e1.refused(EEXIST, 'metric-new', 'name', name='a', prog=insns(ret(1)))
    e1.refused(ENOENT, 'metric-set', 'name', name='b', prog=insns(ret(1)))
    e1.refused(ENOENT, 'metric-del', 'name', name='b')
    e1.refused(EBADF, 'metric-new', 'bpf-fd', name='b', bpf_fd=999)
    e1.refused(EINVAL, 'metric-new', 'bpf-name', name='b', bpf_name='x')
    e1.refused(EINVAL, 'metric-new', 'bpf-fd', name='b', bpf_fd=0,
               prog=insns(ret(1)))
    for at in (0, 4, 9, SIZE, NEVER):
        e1.refused(EINVAL, 'metric-test', None, metric='a',
                   field=[{'offset': at, 'value': 1}])
    e1.refused(EINVAL, 'metric-test', 'field', metric='a',
               field=[{'offset': 8}])
    e1.do('fabric-set', max_metrics=1)
    e1.refused(ENOSPC, 'metric-new', name='b', prog=insns(ret(1)))


def bpf(cmd, fmt, *values):
    kept = [ctypes.create_string_buffer(v) if isinstance(v, bytes) else v
            for v in values]
    body = struct.pack(fmt, *(ctypes.addressof(v) if isinstance(
        v, ctypes.Array) else v for v in kept)).ljust(120, b'\0')
    buf = ctypes.create_string_buffer(body, 120)
    got = libc.syscall(321, cmd, buf, 120)
    if got < 0:
        raise OSError(ctypes.get_errno(), 'bpf')
    return got


def extended(*code):
    text = b''.join(struct.pack('<BBhi', *i) for i in code)
    return bpf(5, '=IIQQ', 1, len(code), text, b'GPL')


def exists(prog_id):
    try:
        os.close(bpf(13, '=I', prog_id))
    except OSError as e:
        equal(e.errno, ENOENT, 'error')
        return False
    return True


def test_life():
    """A metric keeps its program, and it goes with the last that has it"""
    e1 = lab()
    # the control block is 0 each time, and is written
    fd = extended((0xbf, 0x16, 0, 0), (0x61, 0x67, 48, 0), (0xb7, 0, 0, 9), (0x63, 0x06, 48, 0),
                  (0x55, 7, 2, 0), (0x20, 0, 0, RTT), (0x95, 0, 0, 0),
                  (0xb7, 0, 0, 0), (0x95, 0, 0, 0))
    e1.do('metric-new', name='x', bpf_fd=fd, bpf_name='/a/b.o')
    os.close(fd)
    metric = e1.do('metric-get', name='x')
    equal(metric['bpf_name'], '/a/b.o', 'name')
    first = metric['bpf_id']
    for value in (5, 6, 7):
        equal(ask(e1, 'x', rtt_us=value), value, 'cost')
    e1.do('metric-set', name='x')
    equal(e1.do('metric-get', name='x')['bpf_id'], first, 'after a change')
    true(exists(first), 'the program is gone')
    t = e1.begin()
    t.do('metric-set', name='x', prog=insns(ret(3)), expr='3')
    t.abort()
    equal(e1.do('metric-get', name='x')['bpf_id'], first, 'after an abort')
    e1.do('metric-set', name='x', prog=insns(ret(3)), expr='3')
    equal(e1.do('metric-get', name='x'), {'id': metric['id'], 'name': 'x',
                                          'insns': 1, 'expr': '3'}, 'metric')
    wait_for(lambda: not exists(first), 'the program is freed')
    fd = extended((0xb7, 0, 0, 8), (0x95, 0, 0, 0))
    e1.do('metric-set', name='x', bpf_fd=fd)
    os.close(fd)
    second = e1.do('metric-get', name='x')['bpf_id']
    equal(ask(e1, 'x'), 8, 'cost')
    e1.nl.sock.close()
    del_ns('e1')
    wait_for(lambda: not exists(second), 'the second program is freed')


SOURCE = '''
#include <linux/bpf.h>
#include <linux/sdwan_metric.h>
static long (*load)(const void *, __u32, void *, __u32) = (void *)26;
__attribute__((section("socket"), used))
int cost(struct __sk_buff *skb)
{
	struct sdwan_metric_block *block = 0;
	__be32 rtt = 0;

	load(skb, (long)&block->path.rtt_us, &rtt, 4);
	return __builtin_bswap32(rtt) / 10;
}
char gpl[] __attribute__((section("license"), used)) = "GPL";
'''


def test_object():
    """sdwanctl loads what clang has made; save and apply"""
    e1 = lab()
    obj = bpf_object('cost', SOURCE)
    base = os.path.dirname(obj)
    add(e1, 'x', 'obj', obj)
    equal(ask(e1, 'x', rtt_us=12345), 1234, 'cost')
    equal(ask(e1, 'x', rtt_us=5), NEVER, 'cost of 0')
    equal(run('sdwanctl', 'metric', 'list', ns='e1').strip(),
          'x: obj %s' % obj, 'metric list')
    add(e1, 'y', 'rtt_us * 2')
    saved = base + '/saved.json'
    run('sdwanctl', '-j', 'save', saved, ns='e1')
    before = e1.dump('metric-get')
    generation = e1.fabric()['generation']
    run('sdwanctl', 'apply', '-f', saved, ns='e1')
    equal(e1.fabric()['generation'], generation, 'generation after an apply')
    run('sdwanctl', 'metric', 'flush', ns='e1')
    equal(e1.dump('metric-get'), [], 'metrics')
    run('sdwanctl', 'apply', '-f', saved, ns='e1')
    equal([{k: m.get(k) for k in ('name', 'expr', 'bpf_name')}
           for m in e1.dump('metric-get')],
          [{k: m.get(k) for k in ('name', 'expr', 'bpf_name')}
           for m in before], 'metrics')
    equal((ask(e1, 'x', rtt_us=50), ask(e1, 'y', rtt_us=50)), (5, 100), 'costs')


def test_teardown():
    """Paths, metrics and the namespace go while everything is computed"""
    e1 = lab(wans=3)
    for i in range(40):
        e1.do('metric-new', name='m%d' % i, prog=insns(
            *[load(RTT)] * 500, ret(i)))
    for i in range(30):
        e1.do('path-del', name='edge2:u%d' % (i % 3))
        e1.do('metric-del', name='m%d' % i)
        e1.do('path-new', peer='edge2', underlay='u%d' % (i % 3),
              remote='192.168.1%d.2' % (i % 3))
        e1.dump('metric-cost')
        e1.do('metric-new', name='m%d' % i, prog=insns(ret(i)))
    wait_for(lambda: len(e1.dump('metric-cost')) == 120, 'all costs')
    e1.nl.sock.close()
    del_ns('e1')


def test_events():
    """Metrics that are added, changed and deleted are told"""
    e1 = lab()
    nl = Netlink('e1')
    nl.join('events')
    e1.do('metric-new', name='a', prog=insns(ret(1)), expr='1')
    e1.do('metric-set', name='a', prog=insns(ret(2)), expr='2')
    e1.do('metric-del', name='a')
    got = []
    while len(got) < 3:
        for _, _, _, data in nl.messages():
            what = dec('metric', attrs(data[4:]))
            got.append((data[0], what['name'], what['expr']))
    equal(got, [(C('metric-ntf'), 'a', '1'), (C('metric-ntf'), 'a', '2'),
                (C('metric-del-ntf'), 'a', '2')], 'events')


if __name__ == '__main__':
    run_tests(test_expression, test_random, test_statistics, test_device,
              test_rounds, test_not_yet, test_refused, test_life, test_object,
              test_teardown, test_events)
