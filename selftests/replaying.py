#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Drive WANs as measured links were, and watch what is decided meanwhile.

usage: replaying.py [--trace DIR --seconds N] [--until FILE] --near NS --far NS
                    --class CLASS --peer PEER --csv FILE WAN=NEAR,FAR...

WAN is the name of a device at both ends and of the underlay there, NEAR and FAR
are the addresses.  Without --trace nothing is driven, and it goes on until FILE
is there; it makes FILE.begun with the first row.  Written is a row for each tick:

    time_s,chosen,reason,WAN_rtt_ms,WAN_ping_ms,WAN_plan_ms...

chosen is the WAN that carries the class (`-' for none), reason that of a
decision since the row before; rtt what the edge has measured, ping what a packet
by its side found (`inf': lost), plan what the link was told to do.
"""
import argparse
import csv
import json
import os
import select
import socket
import struct
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import traces  # noqa: E402
from harness import InNs  # noqa: E402

PORT = 7007
# Seconds from one row to the next
TICK = 0.1
# Longer than this nobody waits for a ping, s
PATIENCE = 5.0


def inside(ns, *argv, **kw):
    return subprocess.Popen(('ip', 'netns', 'exec', ns) + argv, text=True,
                            **kw)


class Links:
    """What links do, at both ends: tells tc, which stays"""

    def __init__(self, near, far):
        self.tc = [inside(ns, 'tc', '-batch', '-', stdin=subprocess.PIPE)
                   for ns in (near, far)]
        self.told = {}

    def tell(self, wan, both):
        """One step there and one back"""
        for end, step in enumerate(both):
            words = 'delay %.1fms loss %.3f%%' % (step.delay, 100 * step.loss)
            if self.told.get((wan, end)) == words:
                continue
            self.told[wan, end] = words
            pipe = self.tc[end].stdin
            pipe.write('qdisc replace dev %s root netem limit 10000 %s\n' % (
                wan, words))
            pipe.flush()

    def close(self):
        for p in self.tc:
            p.stdin.close()
            if p.wait(60):
                raise RuntimeError('tc ended with %d' % p.returncode)


class Pings:
    """Numbered packets over each WAN, which are answered at its other end"""

    def __init__(self, near, far, ends):
        self.names = list(ends)
        self.ask, self.answer = {}, {}
        self.found = {n: {} for n in ends}
        for name, (a, b) in ends.items():
            self.answer[self.bound(far, b, PORT)] = name
            sock = self.bound(near, a, 0)
            sock.connect((b, PORT))
            self.ask[name] = sock
        self.of = {s: n for n, s in self.ask.items()}
        self.over = False
        self.thread = threading.Thread(target=self.listen, daemon=True)
        self.thread.start()

    @staticmethod
    def bound(ns, address, port):
        with InNs(ns):
            s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        s.bind((address, port))
        return s

    def send(self, number):
        for s in self.ask.values():
            try:
                s.send(struct.pack('=Id', number, time.monotonic()))
            except OSError:
                # the device is down, or has refused the one before
                pass

    def listen(self):
        poll = select.poll()
        socks = {s.fileno(): s for s in [*self.answer, *self.of]}
        for fd in socks:
            poll.register(fd, select.POLLIN)
        while not self.over:
            for fd, _ in poll.poll(200):
                self.heard(socks[fd])

    def heard(self, sock):
        try:
            data, src = sock.recvfrom(64)
            if sock in self.answer:
                sock.sendto(data, src)
                return
        except OSError:
            return
        number, sent = struct.unpack('=Id', data)
        self.found[self.of[sock]][number] = (time.monotonic() - sent) * 1000

    def close(self):
        self.over = True
        self.thread.join(10)
        for s in [*self.answer, *self.of]:
            s.close()


class Edge:
    """What sdwanctl tells of paths and of decisions on classes, of which the
    first one counts"""

    def __init__(self, ns, names, peer, rename=None):
        self.names, self.peer, self.rename = names, peer, rename
        self.reasons = []
        self.monitor = inside(ns, 'sdwanctl', '-j', 'monitor', 'decision',
                              stdout=subprocess.PIPE)
        self.thread = threading.Thread(target=self.listen, daemon=True)
        self.thread.start()
        self.ctl = inside(ns, 'sdwanctl', '-j', '-batch', '-',
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def ask(self, command):
        """What a command of a batch prints"""
        self.ctl.stdin.write(command + '\n')
        self.ctl.stdin.flush()
        line = self.ctl.stdout.readline()
        if not line:
            raise RuntimeError('sdwanctl has ended')
        return json.loads(line)

    def listen(self):
        for line in self.monitor.stdout:
            event = json.loads(line)
            d = event['msg']
            if event['event'] == 'decided' and d['class'] == self.names[0]:
                self.reasons.append(d['reason'])

    def wan(self, path):
        """Of paths PEER:WAN; of underlays uN, with rename"""
        if not path:
            return '-'
        word = path.split(':', 1)[1]
        return self.rename % word[1:] if self.rename else word

    def paths(self):
        """{WAN: what is measured, ms, or None}"""
        return {self.wan(p['name']): p['rtt'] / 1000 if p.get('rtt') and
                p['state'] != 'down' else None
                for p in self.ask('path show peer ' + self.peer)}

    def chosen(self):
        """The WAN of each class"""
        found = {d['class']: self.wan(d.get('path'))
                 for d in self.ask('decision show peer ' + self.peer)}
        return [found.get(n, '-') for n in self.names]

    def close(self):
        self.monitor.terminate()
        self.monitor.wait(60)
        self.ctl.stdin.close()
        self.ctl.wait(60)


def watch(edge, pings, links=None, plans=None, seconds=None, until=None):
    """Rows, one for each tick; of the plan, what is in force"""
    rows, begin, step = [], time.monotonic(), -1
    while seconds is None or len(rows) * TICK < seconds - TICK / 2:
        if until and os.path.exists(until):
            break
        now = time.monotonic() - begin
        if plans and int(now / traces.STEP) != step:
            step = min(int(now / traces.STEP),
                       min(len(p) for p in plans.values()) - 1)
            for name, plan in plans.items():
                links.tell(name, plan[step])
        pings.send(len(rows))
        reasons, edge.reasons = edge.reasons, []
        rows.append({'time_s': '%.2f' % now, 'chosen': edge.chosen(),
                     'reason': ' '.join(reasons), 'rtt': edge.paths(),
                     'plan': {n: traces.rtt_of(p[step])
                              for n, p in (plans or {}).items()}})
        if until and len(rows) == 1:
            # who waits for us knows that we are there
            with open(until + '.begun', 'w', encoding='ascii'):
                pass
        # what is late is not made up for: rows tell their time
        left = begin + now + TICK - time.monotonic()
        time.sleep(max(left, 0))
    return rows


def figure(value):
    return '' if value is None else '%.1f' % value


def write(name, rows, wans, found, more=()):
    with open(name, 'w', newline='', encoding='utf-8') as f:
        out = csv.writer(f, lineterminator='\n')
        out.writerow(['time_s', 'chosen', 'reason'] + [
            w + tail for w in wans for tail in ('_rtt_ms', '_ping_ms',
                                                '_plan_ms')] +
                     [n + '_chosen' for n in more])
        for i, row in enumerate(rows):
            line = [row['time_s'], row['chosen'][0], row['reason']]
            for w in wans:
                line += [figure(row['rtt'].get(w)),
                         figure(found[w].get(i, float('inf'))),
                         figure(row['plan'].get(w))]
            out.writerow(line + row['chosen'][1:])


def record(name, edge, near, far, ends, trace=None, seconds=None, until=None):
    """What main() does; plans are {WAN: schedule}"""
    pings = Pings(near, far, ends)
    links = Links(near, far) if trace else None
    try:
        rows = watch(edge, pings, links, trace, seconds, until)
        time.sleep(min(PATIENCE, 1.0 if not trace else 2.5))
    finally:
        pings.close()
        if links:
            links.close()
    write(name, rows, list(ends), pings.found, edge.names[1:])
    return rows


def main():
    words = argparse.ArgumentParser(usage=__doc__)
    for word in 'near', 'far', 'class', 'peer', 'csv':
        words.add_argument('--' + word, required=True)
    words.add_argument('--trace')
    words.add_argument('--seconds', type=float)
    words.add_argument('--until')
    words.add_argument('wan', nargs='+')
    o = words.parse_args()
    ends = {w.split('=')[0]: w.split('=')[1].split(',') for w in o.wan}
    plans = None
    if o.trace:
        try:
            found = traces.links(o.trace)
        except traces.TraceError as e:
            sys.exit('replaying: %s' % e)
        plans = {wan: traces.schedule(ways, o.seconds) for wan, ways in
                 zip(ends, found.values())}
    edge = Edge(o.near, [getattr(o, 'class')], o.peer)
    try:
        record(o.csv, edge, o.near, o.far, ends, plans, o.seconds, o.until)
    finally:
        edge.close()


if __name__ == '__main__':
    main()
