#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
#
# Everything about steering is changed under traffic: each packet sees all of a
# change or nothing of it, and what is read without locks is never torn.
# Kernels: all um um-debug
# Check: um 6.12
# Timeout: 200

import json
import os
import random
import signal
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from steering import *  # noqa: E402,F403

STREAM = os.path.join(TREE, 'build/selftests/udpstream')

def test_rules():
    """Ten thousand rules are replaced in one transaction, again and again:
    no packet is lost, none is steered by a part of the old ones and a part of
    the new ones"""
    e1 = Sites().e1
    e1.do('class-new', name='stream', mode='pin', member=[{'path': U1}])
    e1.do('class-new', name='trap', mode='pin', member=[{'path': U2}])
    n = 10000
    stream = {'proto': UDP, 'action': 'class', 'class_': 'stream'}
    trap = {'proto': UDP, 'action': 'class', 'class_': 'trap'}

    def rules(which):
        """The stream is caught by the first rule or by the last; who sees
        rules of both generations, or of none, goes astray either way"""
        first = dict(stream, dport=ports(5201)) if which == 0 else \
            dict(trap, dport=ports(5202))
        last = trap if which == 0 else stream
        return [(1, first)] + [
            (2 + i, dict(trap, dport=ports(10000 + 2 * i + which)))
            for i in range(n - 2)] + [(n, last)]
    def decides(dport):
        return e1.explain(vni=100, src='10.1.128.9', dst='10.2.128.9',
                          proto=UDP, dport=dport)['rule']
    e1.replace(rules(0))
    scale = int(os.environ.get('SDWAN_WAIT', 2 * SLOW))
    with InNs('e2'):
        recv = subprocess.Popen([STREAM, 'recv', '5201'],
                                stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True)
    at_cleanup(recv.kill)
    true('listening' in recv.stderr.readline(), 'the receiver listens')
    before = e1.sent()
    with InNs('e1'):
        sender = subprocess.Popen([STREAM, 'send', '10.2.128.1', '5201',
                                   '-r', '1000', '-t', '600'],
                                  stdout=subprocess.DEVNULL)
    at_cleanup(sender.kill)
    wait_for(lambda: e1.sent()[U1] - before[U1] > 200, 'the stream')
    times = []
    for which in (1, 0, 1):
        new = [enc('rule', pref=pref, **kw) for pref, kw in rules(which)]
        t0 = time.monotonic()
        t = e1.begin()
        t.many('rule-new', new, NLM_F_REPLACE)
        # what is staged is seen by nobody
        equal(decides(5202), n if which else 1, 'rule before the commit')
        t1 = time.monotonic()
        equal(t.commit()['operations'], n, 'rules replaced')
        times.append((time.monotonic() - t0, time.monotonic() - t1))
        equal(decides(5202), 1 if which else n, 'rule after the commit')
        sent = e1.sent()[U1]
        wait_for(lambda sent=sent: e1.sent()[U1] - sent > 100, 'the stream')
    sender.terminate()
    sender.wait()
    out, _ = recv.communicate(timeout=60 * SLOW)
    log('replaced in %s s, of which the commit took %s s' % (
        ' '.join('%.2f' % a for a, _ in times),
        ' '.join('%.3f' % b for _, b in times)))
    log(out.strip())
    after = e1.sent()
    equal({k for k in after if after[k] != before[k]}, {U1}, 'paths in use')
    got = json.loads(out)
    equal((got['lost'], got['duplicated'], got['reordered']), (0, 0, 0),
          'lost, duplicated, reordered')
    true(got['sent'] > 500, 'packets sent: %d' % got['sent'])
    true(min(a for a, _ in times) < 5 * scale,
         'seconds that replacing took: %s' % times)


def background(fn, *args):
    """A process that runs fn(random, step) until it is stopped"""
    pid = os.fork()
    if pid:
        return pid
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    status = 1
    try:
        rnd = random.Random(os.getpid())
        step = fn(rnd, *args)
        while True:
            step()
    except BaseException as e:
        log('in the background:', repr(e))
    finally:
        os._exit(status)


def sends(rnd, ns, src, dst):
    s = open_socket(ns, socket.SOCK_DGRAM, 0, src, 3999)

    def step():
        for _ in range(100):
            try:
                s.sendto(b'x', (dst % rnd.randrange(1, 250),
                                rnd.randrange(1, 2000)))
            except OSError:
                pass
    return step


def changes(rnd, ns):
    f = Fabric(ns)
    most = (0, 100, 5000, 200, 100000)

    def step():
        what = rnd.randrange(9)
        pref = rnd.randrange(1, 50)
        if what < 4:
            f.do('rule-new', NLM_F_REPLACE, pref=pref, proto=UDP,
                 dport=ports((pref * 20, pref * 40)), action='class',
                 class_='c%d' % rnd.randrange(3))
        elif what == 4:
            if pref in f.rules():
                f.do('rule-del', pref=pref)
        elif what == 5:
            f.do('class-set', name='c%d' % rnd.randrange(3), mode='balance',
                 move=rnd.choice(('now', 'flowlet', 'sticky')),
                 member=[{'underlay': 'u%d' % rnd.randrange(3)}])
        elif what == 6:
            f.do('fabric-set', max_flows=rnd.choice(most))
        elif what == 7:
            f.do('path-set', name=rnd.choice([p['name'] for p in f.dump(
                'path-get')][1:]), admin=rnd.randrange(2))
        else:
            f.do('flow-flush', **rnd.choice((
                {}, {'owner': 'remote'}, {'rule': pref}, {'dport': 7})))
    return step


def tells(rnd, ns):
    f = Fabric(ns)

    def step():
        for flow in f.flows():
            if flow.get('path', U1)[6] != 'u' or flow['vni'] != 100:
                raise Fail('a flow like no other: %s' % flow)
        f.rules()
        f.explain(vni=100, src='10.1.128.1' if ns == 'e1' else '10.2.128.1',
                  dst='10.2.128.7' if ns == 'e1' else '10.1.128.7', proto=UDP,
                  dport=rnd.randrange(1, 2000))
    return step


def test_storm():
    """Senders, changes and readers at both ends, all at once"""
    sites = Sites()
    for f in (sites.e1, sites.e2):
        for i in range(3):
            f.do('class-new', name='c%d' % i, mode='balance')
    pids = [background(sends, 'e1', '10.1.128.1', '10.2.128.%d'),
            background(sends, 'e1', 'fd01:0:0:1::1', 'fd02:0:0:1::%x'),
            background(sends, 'e2', '10.2.128.1', '10.1.128.%d')]
    for ns in ('e1', 'e2'):
        pids += [background(changes, ns), background(tells, ns)]
    try:
        time.sleep((60 if LONG else 8) * SLOW)
    finally:
        dead = [os.waitpid(p, os.WNOHANG)[0] for p in pids]
        for p in pids:
            if p not in dead:
                os.kill(p, signal.SIGKILL)
                os.waitpid(p, 0)
    equal([d for d in dead if d], [], 'processes that ended by themselves')
    # and all is well afterwards
    for f in (sites.e1, sites.e2):
        f.do('fabric-set', max_flows=1000)
        for path in f.dump('path-get'):
            f.do('path-set', name=path['name'], admin=1)
        log('%s: %d flows, %s' % (f.ns, f.fabric()['flows'], {
            k: v for k, v in f.fabric()['counter'].items() if 'flow' in k}))
        f.replace([(1, {'action': 'pass'})])
        f.do('flow-flush')
        equal(f.fabric()['flows'], 0, 'flows counted after the last is gone')
    wait_for(lambda: {p['state'] for p in sites.e1.dump('path-get')} ==
             {'up'}, 'all paths are up')
    Talk(4000, 5000).both()
    equal(sites.e1.do('flow-get', sport=4000)['path'], U0, 'path')


run_tests(test_rules, test_storm)
