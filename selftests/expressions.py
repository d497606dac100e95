# SPDX-License-Identifier: GPL-2.0
"""Expressions of metrics, and what they yield, apart from the tool's own code.

An expression is made as a tree of tuples.  It is written with as few
parentheses as the precedence of the operators allows, or with more, and
computed from the tree: what the tool makes of the text must agree.
"""
import random
import re

MAX = 0xffffffff
# binds more tightly than those before; all are left-associative
LEVELS = (('||',), ('&&',), ('==', '!='), ('<', '<=', '>', '>='), ('+', '-'),
          ('*', '/', '%'))
LEVEL = {op: i + 1 for i, ops in enumerate(LEVELS) for op in ops}
HEADER = 'include/uapi/linux/sdwan_metric.h'


def layout(tree):
    """Offsets by name, from the structures of the UAPI header"""
    with open(tree + '/' + HEADER, encoding='ascii') as f:
        text = re.sub(r'/\*.*?\*/', '', f.read(), flags=re.S)
    structs = dict(re.findall(r'struct (\w+) \{(.*?)\};', text, flags=re.S))
    sizes, members = {}, {}
    for name, body in structs.items():
        at, members[name] = 0, []
        for kind, member, _, count in re.findall(
                r'(__be32|struct \w+) (\w+)(\[(\d+)\])?;', body):
            size = 4 if kind == '__be32' else sizes[kind.split()[1]]
            members[name].append((member, kind, at))
            at += size * int(count or 1)
        sizes[name] = at
    found = {}
    for member, kind, at in members['sdwan_metric_block']:
        if kind == '__be32':
            found[member] = at
            continue
        far, _, what = member.rpartition('far_')
        prefix = 'far.' if 'far_' in member else ''
        prefix += '' if what == 'path' else what + '.'
        for inner, _, where in members[kind.split()[1]]:
            found[prefix + inner] = at + where
    return ({n: o for n, o in found.items()
             if not n.endswith('reserved') and n not in ('version', 'len')},
            sizes['sdwan_metric_block'])


def number(rng):
    return rng.choice((
        lambda: rng.randrange(4), lambda: rng.randrange(1, 2000),
        lambda: rng.randrange(MAX + 1), lambda: MAX - rng.randrange(3),
        lambda: 1 << rng.randrange(32)))()


def make(rng, names, size):
    """A tree with so many operators"""
    if size <= 0:
        if rng.random() < 0.3:
            return ('number', number(rng))
        return ('stat', rng.choice(names))
    kind = rng.random()
    if kind < 0.05:
        return ('!', make(rng, names, size - 1))
    if kind < 0.15:
        a, b = rng.randrange(size), rng.randrange(size)
        return ('?', make(rng, names, min(a, b)),
                make(rng, names, abs(a - b)), make(rng, names,
                                                   size - 1 - max(a, b)))
    left = rng.randrange(size)
    if kind < 0.3:
        return (rng.choice(('min', 'max')), make(rng, names, left),
                make(rng, names, size - 1 - left))
    op = rng.choice([op for ops in LEVELS for op in ops] +
                    ['+', '-', '*', '/'] * 2)
    return (op, make(rng, names, left), make(rng, names, size - 1 - left))


def compute(e, stats):
    op = e[0]
    if op == 'number':
        return e[1]
    if op == 'stat':
        return stats[e[1]]
    if op == '!':
        return int(not compute(e[1], stats))
    if op == '?':
        return compute(e[2] if compute(e[1], stats) else e[3], stats)
    a, b = compute(e[1], stats), compute(e[2], stats)
    if op in ('/', '%') and not b:
        return MAX
    return {'||': lambda: int(bool(a or b)), '&&': lambda: int(bool(a and b)),
            '==': lambda: int(a == b), '!=': lambda: int(a != b),
            '<': lambda: int(a < b), '<=': lambda: int(a <= b),
            '>': lambda: int(a > b), '>=': lambda: int(a >= b),
            '+': lambda: min(a + b, MAX), '-': lambda: max(a - b, 0),
            '*': lambda: min(a * b, MAX), '/': lambda: a // b,
            '%': lambda: a % b, 'min': lambda: min(a, b),
            'max': lambda: max(a, b)}[op]()


def cost(e, stats):
    return max(compute(e, stats), 1)


def write(rng, e, level=0):
    """With parentheses where @level needs them, and sometimes elsewhere"""
    op = e[0]
    if op == 'number':
        if e[1] == MAX and rng.random() < 0.5:
            return 'never'
        return rng.choice(('%d', '%d', '0x%x', '0X%X', '0%d')) % e[1]
    if op == 'stat':
        return e[1]
    space = rng.choice(('', ' ', ' ', '\t'))
    if op == '!':
        own, text = 7, '!' + space + write(rng, e[1], 7)
    elif op in ('min', 'max'):
        own, text = 8, '%s%s(%s,%s%s)' % (
            op, rng.choice(('', '', ' ')), write(rng, e[1]), space,
            write(rng, e[2]))
    elif op == '?':
        own, text = 0, space.join((write(rng, e[1], 1), '?', write(rng, e[2]),
                                   ':', write(rng, e[3])))
    else:
        own = LEVEL[op]
        text = space.join((write(rng, e[1], own), op,
                           write(rng, e[2], own + 1)))
    if own < level or rng.random() < 0.05:
        return '(' + text + ')'
    return text


def used(e):
    """The statistics that an expression names"""
    if e[0] == 'stat':
        return {e[1]: None}
    found = {}
    for part in e[1:] if e[0] != 'number' else ():
        found.update(used(part))
    return found


def statistics(rng, names):
    return {n: number(rng) for n in names}


def run(insns, block):
    """An interpreter of classic BPF; 0 is an error"""
    a = x = pc = 0
    mem = [None] * 16
    while True:
        code, yes, no, k = insns[pc]
        pc += 1
        kind, op = code & 7, code & 0xf0
        src = x if code & 8 else k
        if code == 0x20:
            if k + 4 > len(block):
                return 0
            a = int.from_bytes(block[k:k + 4], 'big')
        elif code in (0x00, 0x60):
            a = mem[k] if code else k
        elif code in (0x01, 0x61):
            x = mem[k] if code != 1 else k
        elif kind in (2, 3):
            mem[k] = a if kind == 2 else x
        elif kind == 4:
            if op in (0x30, 0x90) and not src:
                return 0
            a = {0x00: lambda: a + src, 0x10: lambda: a - src,
                 0x20: lambda: a * src, 0x30: lambda: a // src,
                 0x90: lambda: a % src}[op]() & MAX
        elif kind == 5:
            pc += k if not op else yes if {
                0x10: a == src, 0x20: a > src, 0x30: a >= src}[op] else no
        elif code in (0x07, 0x87):
            x, a = (a, a) if code == 7 else (x, x)
        else:
            assert code == 0x16, code
            return a


def block(offsets, size, stats):
    out = bytearray(size)
    for name, value in stats.items():
        out[offsets[name]:offsets[name] + 4] = value.to_bytes(4, 'big')
    return bytes(out)


def seeded(seed):
    return random.Random(seed)
