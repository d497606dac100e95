# SPDX-License-Identifier: GPL-2.0
"""Rules and packets for them, the same in every run, and how different tools
are told of them.

A rule has a source and a destination prefix, perhaps a protocol, perhaps one
port or a range of ports.  Which of these it has, and how long the prefixes are,
is its mask: there are forty.  Rules overlap in many ways; the first one decides.
The last rule, which is one of the masks, matches everything.
"""
import random
import struct

SEED = 20
MASKS = 39
CLASSES = 4
# Between two of them there is a digit that is neither 0 nor 15, so that the
# ends of a prefix are in no longer one: nft's sets of intervals would refuse it
LENGTHS = 0, 20, 24, 28, 32
FROM, TO = 0x0a010000, 0x0a020000
PROTOS = {'tcp': 6, 'udp': 17}
PORTS = 'any', 'proto', 'one', 'hundred', 'thousand'


def dotted(address):
    return '.'.join(str(address >> s & 255) for s in (24, 16, 8, 0))


class Rule:
    """PORTS is (first, last), None for any; PROTO '' for any"""

    def __init__(self, src, dst, proto, ports):
        self.src, self.dst, self.proto, self.ports = src, dst, proto, ports
        self.number = 0     # of its class, from 1

    def fields(self):
        return self.src, self.dst, self.proto, self.ports

    @property
    def from_(self):
        return '%s/%d' % (dotted(self.src[0]), self.src[1])

    @property
    def to(self):
        return '%s/%d' % (dotted(self.dst[0]), self.dst[1])


def prefix(rnd, base, length):
    """A random one, given by its first address"""
    if not length:
        return 0, 0
    address = base
    for shift in range(12, 31 - length, -4):
        address |= rnd.randrange(1, 15) << shift
    return address, length


def port_range(rnd, kind):
    """The ends of a shorter range are not those of a longer one"""
    if kind == 'one':
        port = rnd.randrange(1, 600) * 100 + rnd.randrange(1, 99)
        return port, port
    if kind == 'hundred':
        first = rnd.randrange(0, 60) * 1000 + rnd.randrange(1, 9) * 100
        return first, first + 99
    if kind == 'thousand':
        first = rnd.randrange(1, 60) * 1000
        return first, first + 999
    return None


def masks(rnd):
    every = [(f, t, p) for f in LENGTHS for t in LENGTHS for p in PORTS
             if f or t or p not in ('any', 'proto')]
    return rnd.sample(every, MASKS)


def wider(rule):
    """All rules that match whatever this one does, where they exist"""
    src, dst, proto, ports = rule.fields()
    ranges = [ports, None]
    if ports:
        ranges.append((ports[0] // 100 * 100, ports[0] // 100 * 100 + 99))
        ranges.append((ports[0] // 1000 * 1000, ports[0] // 1000 * 1000 + 999))
    for f in LENGTHS:
        for t in LENGTHS:
            if f > src[1] or t > dst[1]:
                continue
            for r in ranges:
                for p in {proto, ''} if r is None else {proto}:
                    yield cut(src[0], f), cut(dst[0], t), p, r


def cut(address, length):
    return (address >> (32 - length) << (32 - length) if length else 0), length


def ordered(rnd, rules):
    """In random order, but none behind one that leaves nothing for it"""
    by_fields = {r.fields(): r for r in rules}
    inside = {}
    for r in rules:
        for fields in wider(r):
            other = by_fields.get(fields)
            if other and other is not r:
                inside.setdefault(other, []).append(r)
    rnd.shuffle(rules)
    done, out = set(), []
    for rule in rules:
        # wider ones wait for what is inside of them
        stack = [rule]
        while stack:
            waiting = [r for r in inside.get(stack[-1], ()) if r not in done]
            if waiting and stack[-1] not in done:
                stack.append(waiting[0])
                continue
            top = stack.pop()
            if top not in done:
                done.add(top)
                out.append(top)
    return out


def make(count):
    """COUNT rules by ascending preference, the last one for all packets"""
    rnd = random.Random(SEED)
    chosen = masks(rnd)
    rules, seen = [], set()
    while len(rules) < 10000:
        f, t, kind = rnd.choice(chosen)
        proto = rnd.choice(list(PROTOS)) if kind != 'any' else ''
        rule = Rule(prefix(rnd, FROM, f), prefix(rnd, TO, t), proto,
                    port_range(rnd, kind))
        if rule.fields() not in seen:
            seen.add(rule.fields())
            rules.append(rule)
    rules = ordered(rnd, rules)[:count - 1]
    rules.append(Rule((0, 0), (0, 0), '', None))
    for rule in rules:
        rule.number = rnd.randrange(1, CLASSES + 1)
    return rules


def inside(rnd, prefix_, base):
    address, length = prefix_
    if not length:
        address, length = base, 16
    return address | rnd.getrandbits(32 - length)


def headers(rules, count, seed=SEED):
    """As kmod/sdwan_bench.c wants them.  Three of four packets are meant for a
    rule, though an earlier one may match them, the fourth is any"""
    rnd = random.Random(seed)
    anything = Rule((0, 0), (0, 0), '', None)
    out = []
    for i in range(count):
        rule = anything if i % 4 == 3 else rnd.choice(rules)
        ports = rule.ports or (1, 65535)
        out.append(struct.pack(
            '!IIHBx', inside(rnd, rule.src, FROM), inside(rnd, rule.dst, TO),
            rnd.randint(*ports),
            PROTOS[rule.proto or rnd.choice(list(PROTOS))]))
    return b''.join(out)


# ---- the same rules for different tools: each gives lines

def mark(rule):
    return '0x%x' % rule.number


def words(rule, src, dst, proto, port, dash='-'):
    """What a rule has, in the words of a tool"""
    if rule.src[1]:
        yield src + ' ' + rule.from_
    if rule.dst[1]:
        yield dst + ' ' + rule.to
    if rule.proto:
        yield proto + ' ' + rule.proto
    if rule.ports:
        yield port + ' ' + port_text(rule.ports, dash)


def port_text(ports, dash='-'):
    first, last = ports
    return f'{first}{dash}{last}' if first < last else str(first)


def sdwanctl(rules):
    for i, r in enumerate(rules):
        yield ' '.join(['rule add pref', str(10 * (i + 1)),
                        *words(r, 'from', 'to', 'proto', 'dport'),
                        'action class c%d' % r.number])


def nft(rules):
    """One map of intervals: what nft has for rules of many fields.  Of elements
    that overlap, the one that was added first decides"""
    yield 'table ip steering {'
    yield ('  map verdict_of { type ipv4_addr . ipv4_addr . inet_proto . '
           'inet_service : mark')
    yield '    flags interval'
    yield '    elements = {'
    for r in rules[:-1]:
        ports = port_text(r.ports or (0, 65535))
        yield '      %s . %s . %s . %s : %s,' % (
            r.from_ if r.src[1] else '0.0.0.0/0',
            r.to if r.dst[1] else '0.0.0.0/0', r.proto or '0-255', ports,
            mark(r))
    yield '    }'
    yield '  }'
    yield '  chain classify {'
    yield '    type filter hook prerouting priority mangle;'
    yield '    iif lan0 meta mark set %s' % mark(rules[-1])
    yield ('    iif lan0 meta mark set ip saddr . ip daddr . '
           'ip protocol . th dport map @verdict_of')
    yield '  }'
    yield '}'


def iptables(rules):
    """Linear; a chain for each class, which ends the search"""
    yield '*mangle'
    for n in range(1, CLASSES + 1):
        yield ':c%d - [0:0]' % n
        yield '-A c%d -j MARK --set-mark 0x%x' % (n, n)
        yield '-A c%d -j ACCEPT' % n
    for r in rules:
        yield ' '.join(['-A PREROUTING -i lan0',
                        *words(r, '-s', '-d', '-p', '--dport', ':'),
                        '-g c%d' % r.number])
    yield 'COMMIT'


def flower(rules):
    """All but the last at one preference, which costs least: flower then asks
    its masks in the order in which they came, not the rules in theirs"""
    yield 'qdisc add dev lan0 clsact'
    for r in rules:
        yield ' '.join(['filter add dev lan0 ingress protocol ip pref',
                        str(1 if r is not rules[-1] else 2), 'flower',
                        *words(r, 'src_ip', 'dst_ip', 'ip_proto', 'dst_port'),
                        'action skbedit mark', mark(r)])
