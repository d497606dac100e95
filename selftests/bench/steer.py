# SPDX-License-Identifier: GPL-2.0
"""Classification and flows: packets of known flows, first packets of flows, a
million flows, and changes of rules.

First packets are compared with what else a router can classify packets with:
it marks them, and the mark chooses the table whose route leads into a tunnel.
None of these remembers anything of a flow, so each packet costs them this.
"""
import os
import random
import struct
import subprocess
import sys
import time

import inject
import ruleset
import scenarios
import segments
from inject import packets, say

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                '..'))
import steering  # noqa: E402  pylint: disable=wrong-import-position

PARTS = 'classify', 'flows', 'changes'
FEW, MANY = 10, 10000
DEBUGFS = os.path.dirname(inject.RUN)
HEADERS, HEADERS_COUNTED = 200, 24
FLOWS = 1000, 1000000
BATCH = 64
SAMPLES = 15


def segment(site):
    site.ip(f'link add tun0 mtu {scenarios.MTU} type sdwan '
            f'vni {scenarios.VNI}',
            'link set tun0 up',
            f'route add {site.prefix} dev tun0')


def fabric(site):
    scenarios.fabric(site, '')
    site.do('sdwanctl', f'prefix add {site.prefix} vni {scenarios.VNI} '
            f'site {site.o}')
    for n in range(1, ruleset.CLASSES + 1):
        site.do('sdwanctl', f'class add c{n} mode prefer u0')


def ours(count):
    def setup(site):
        fabric(site)
        for line in ruleset.sdwanctl(ruleset.make(count)) if count else ():
            site.do('sdwanctl', line)
        segment(site)
    return setup


def stock(tool, script, count):
    """Each class has its mark, and its table by that"""
    def setup(site):
        via = scenarios.device(site, 'vxlan')
        site.ip(f'route add {site.prefix} {via}')
        for n in range(1, ruleset.CLASSES + 1):
            table = int(scenarios.TABLE) + n
            site.ip(f'route add {site.prefix} {via} table {table}',
                    f'rule add fwmark {n} lookup {table}')
        for line in script(ruleset.make(count)):
            site.do(tool, line)
    return setup


class Case:
    def __init__(self, name, setup, ops, slow=False):
        self.name, self.setup, self.ops = name, setup, ops.split()
        self.slow = slow    # too slow to count instructions of

    @property
    def netns(self):
        return f'{self.name}.1'

    def make(self, tell=False):
        site = scenarios.lone(self.netns)
        self.setup(site)
        if tell:
            say('commands', who=self.name, family=4,
                lines=shortened(site.commands))
        inject.execute(site.commands)

    def remove(self):
        inject.call(['ip', 'netns', 'del', self.netns])


def shortened(commands):
    """Of rules, the first and the last ones only"""
    lines = [str(c) for c in commands]
    for first in range(len(lines)):
        last = first
        while last < len(lines) and \
                commands[last].tool == commands[first].tool:
            last += 1
        if last - first > 20 + FEW:
            return (lines[:first + 15] +
                    [f'... {last - first - 20} more like these ...'] +
                    lines[last - 5:])
    return lines


def cases():
    yield Case('sdwan-0', ours(0), 'hit')
    for count in FEW, MANY:
        yield Case(f'sdwan-{count}', ours(count), 'hit tx fwd')
    for count in FEW, MANY:
        yield Case(f'nft-{count}', stock('nft', ruleset.nft, count), 'fwd')
        yield Case(f'flower-{count}', stock('tc', ruleset.flower, count),
                   'fwd')
        yield Case(f'iptables-{count}', stock(
            'iptables-restore', ruleset.iptables, count), 'fwd', slow=True)
        yield Case(f'legacy-{count}', stock(
            'iptables-legacy-restore', ruleset.iptables, count), 'fwd')


def how(options):
    return {'len': 64, **({'clock': 'cycles'} if options.cycles else {})}


def words(op):
    if op == 'fwd':
        return {'op': 'receive', 'dev': 'lan0', 'sink': 'wan0'}
    return {'op': 'xmit', 'dev': 'tun0', 'sink': 'wan0'}


def write_headers(count, seed):
    with open(f'{DEBUGFS}/headers', 'wb', buffering=0) as f:
        f.write(ruleset.headers(ruleset.make(MANY), count, seed))


def times():
    with open(f'{DEBUGFS}/times', 'rb') as f:
        data = f.read()
    return [t / BATCH for t, in struct.iter_unpack('=Q', data)]


def forget(case):
    if case.name.startswith('sdwan'):
        with inject.Namespace(case.netns):
            inject.call(['sdwanctl', 'flow', 'flush', 'all'])


def by_turns(them, options):
    for n in range(min(options.samples, SAMPLES)):
        yield from them if n % 2 == 0 else them[::-1]


def hits(them, options):
    inject.note('classify: packets of a known flow')
    them = [c for c in them if 'hit' in c.ops]
    for case in by_turns(them, options):
        say('steer', op='hit', who=case.name, **packets(
            case.netns, **words('hit'), **how(options),
            batches=options.batches))


def first_packets(them, options):
    """All packets of a batch are for the same rule; and packets as they come"""
    count = HEADERS_COUNTED if options.cycles else HEADERS
    rules = f'{count} headers'
    inject.note(f'classify: first packets, {rules}')
    pairs = [(c, op) for c in them for op in c.ops if op != 'hit']
    write_headers(count, 1)
    for case, op in by_turns(pairs, options):
        packets(case.netns, **words(op), **how(options), fresh='batch',
                batches=count)
        forget(case)
        say('first', op=op, who=case.name, times=times())
    inject.note('classify: first packets, mixed')
    write_headers(1024, 2)
    for case, op in by_turns(pairs, options):
        got = packets(case.netns, **words(op), **how(options), fresh='packet',
                      batches=16)
        forget(case)
        say('steer', op=f'first-{op}', who=case.name, **got)


def available(options):
    there = []
    for case in cases():
        if options.cycles and case.slow:
            continue
        try:
            case.make(tell=True)
        except inject.Refused as e:
            say('missing', who=case.name, family=4, why=str(e))
            case.remove()
            continue
        there.append(case)
    return there


def many_flows(options):
    """Each sample makes all flows anew or keeps them in use, then it picks some
    at random"""
    them = {}
    for n in FLOWS:
        inject.note(f'flows: {n}')
        case = Case(f'flows-{n}', ours(FEW), '')
        case.make()
        them[n] = case, steering.Fabric(case.netns)
    measure_memory(*them[FLOWS[-1]], FLOWS[-1], options)
    turns = [(n, op) for n in FLOWS for op in ('tx', 'fwd')]
    for n, op in by_turns(turns, options):
        case, table = them[n]
        fill(case, n, options)
        made = created(table)
        got = packets(case.netns, **words(op), **how(options), flows=n,
                      random=1, batches=500)
        say('steer', op=op, who=case.name, **got)
        if created(table) - made > 500 * BATCH // 100:
            raise inject.Lost(f'{n} flows: {created(table) - made} were not '
                              'known')
    for case, table in them.values():
        table.nl.close()
        case.remove()


def measure_memory(case, table, n, options):
    """With the table that they are in"""
    table.do('fabric-set', max_flows=0)
    before = segments.settled()
    table.do('fabric-set', max_flows=n)
    fill(case, n, options)
    flows = table.fabric()['flows']
    # some are forgotten where too many come into one bucket
    if not 0.99 * n <= flows <= n:
        raise inject.Lost(f'{flows} flows of {n}')
    after = segments.settled()
    used = {k: (after[k] - before[k]) * 1024 / flows for k in after}
    say('flow-memory', flows=flows, slab=used['Slab'], all=-used['MemFree'])


def fill(case, n, options):
    """One packet of each"""
    packets(case.netns, **words('tx'), **how(options), flows=n,
            batches=-(-n // BATCH))


def created(table):
    return table.fabric()['counter']['flow_created']


# ---- changes of rules

def rule_attributes(rule):
    def address(prefix):
        if not prefix[1]:
            return None, None
        return ruleset.dotted(prefix[0]), prefix[1]

    src, src_len = address(rule.src)
    dst, dst_len = address(rule.dst)
    return {'from_': src, 'from_plen': src_len, 'to': dst, 'to_plen': dst_len,
            'proto': ruleset.PROTOS.get(rule.proto),
            'dport': steering.ports(rule.ports) if rule.ports else None,
            'action': 'class', 'class_': f'c{rule.number}'}


def request(nl, op, payload, flags=0):
    """A message, ready to be sent: what is timed is the kernel"""
    head = struct.pack('=BBH', steering.C(op), 1, 0)
    return struct.pack('=IHHII', 20 + len(payload), nl.id,
                       steering.NLM_F_REQUEST | steering.NLM_F_ACK | flags,
                       1, 0) + head + payload


def ask(netns, messages):
    """Microseconds from each request to its answer"""
    tool = os.path.join(steering.TREE, 'build/selftests/nltime')
    with inject.Namespace(netns):
        done = subprocess.run([tool], input=b''.join(messages), check=True,
                              stdout=subprocess.PIPE)
    took = []
    for line in done.stdout.split(b'\n')[:-1]:
        ns, error = map(int, line.split())
        if error:
            raise inject.Refused(f'a change of a rule: error {error}')
        took.append(ns / 1000)
    if len(took) != len(messages):
        raise inject.Refused('nltime: no answers')
    return took


def rule_changes(options):
    """One rule more, at any preference, and it goes again"""
    inject.note('changes: one rule more')
    case = Case('sdwan-changes', ours(MANY), '')
    case.make()
    nl = steering.Netlink(case.netns)
    rnd = random.Random(3)
    rules = ruleset.make(MANY)
    for _ in range(min(options.samples, SAMPLES)):
        messages = []
        for _ in range(500):
            rule = rnd.choice(rules[:-1])
            pref = 10 * rnd.randrange(1, MANY) + rnd.randrange(1, 10)
            messages.append(request(nl, 'rule-new', steering.enc(
                'rule', pref=pref, **rule_attributes(rule))))
            messages.append(request(nl, 'rule-del', steering.enc(
                'rule', pref=pref)))
        took = ask(case.netns, messages)
        nothing = ask(case.netns, [request(nl, 'class-get', steering.enc(
            'class', name='c1'))] * 500)
        say('rule-change', add=took[::2], remove=took[1::2], nothing=nothing)
    nl.close()
    replacements(case, rules, min(options.samples, 5))
    case.remove()


def replacements(case, rules, count):
    """All of them in one transaction: from its begin to the answer of commit"""
    inject.note('changes: replacement of all rules')
    table = steering.Fabric(case.netns)
    for n in range(count):
        new = []
        for i, rule in enumerate(rules):
            rule.number = 1 + (rule.number + n) % ruleset.CLASSES
            new.append(steering.enc('rule', pref=10 * (i + 1),
                                    **rule_attributes(rule)))
        start = time.perf_counter()
        txn = table.begin()
        txn.many('rule-new', new, steering.NLM_F_REPLACE)
        staged = time.perf_counter()
        done = txn.commit()['operations']
        end = time.perf_counter()
        if done != len(rules):
            raise inject.Lost(f'{done} rules replaced')
        say('replace', rules=done, seconds=end - start, commit=end - staged)
    table.nl.close()


def classify(options):
    them = available(options)
    hits(them, options)
    first_packets(them, options)
    for case in them:
        case.remove()


def main(options):
    if 'classify' in options.parts:
        classify(options)
    if 'flows' in options.parts:
        many_flows(options)
    if 'changes' in options.parts:
        rule_changes(options)
