#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Compare the tables of schema.c with the netlink specification."""

import re
import sys

import yaml

TYPES = {
    'PAD': 'pad', 'U8': 'u8', 'U16': 'u16', 'U32': 'u32', 'U64': 'u64',
    'STR': 'string', 'FLAG': 'flag', 'BOOL': 'u8', 'ADDR': 'binary',
    'DSCP': 'u8',
    'PFX_ADDR': 'binary', 'PFX_LEN': 'u8',
    'MARK': 'u32', 'MASK': 'u32', 'PORTS': 'binary', 'MAC': 'binary',
    'FD': 'u32', 'FILE': 'string', 'KEY': 'binary', 'PROG': 'binary',
}
ENUMS = {'encap': 'encap', 'path-state': 'state', 'state-reason': 'reason',
         'path-kind': 'kind', 'prefix-origin': 'origin', 'df': 'df',
         'udp-csum': 'csum', 'class-mode': 'cmode',
         'class-weight': 'cweight', 'class-move': 'cmove',
         'class-failback': 'cfailback', 'rule-action': 'action', 'lan-mode': 'lanmode',
         'flow-owner': 'owner', 'flow-direct': 'flowdirect',
         'probe-mode': 'probe', 'probe-mtu': 'probemtu',
         'pmtu-state': 'pmtustate', 'decider': 'decider',
         'decision-reason': 'decisionreason', 'agreement-role': 'role',
         'agreement-change': 'change'}
# Two attributes that are one value have one key
HALVES = ('PFX_ADDR', 'PFX_LEN', 'MASK', 'FD', 'FILE', 'PROG')


def tables(text):
    """Attribute sets of schema.c as {set: {attribute: (type, multi, enum)}}."""
    text = re.sub(r'\s+', ' ', text)
    sets = {}
    for name, body in re.findall(
            r'attr_desc (\w+)_attrs\[\] = \{(.*?)\};', text):
        attrs = {}
        for macro, args in re.findall(r'(ATTR\w*)\(([^)]*)\)', body):
            arg = [a.strip().strip('"') for a in args.split(',')]
            if macro == 'ATTR_ENUM':
                sym, aname, key, en = arg[1:5]
                attrs[aname] = ('u32', False, en)
            elif macro == 'ATTR_NEST':
                sym, aname, key, _ = arg[1:5]
                attrs[aname] = ('nest', True, None)
            elif macro == 'ATTR_PART':
                sym, aname, key, _ = arg[1:5]
                attrs[aname] = ('nest', False, None)
            else:
                sym, typ, aname, key = arg[1:5]
                attrs[aname] = (TYPES[typ], macro == 'ATTR_MULTI', None)
            if sym.lower().replace('_', '-') != aname:
                raise ValueError(f'{name}: {sym} is called {aname}')
            if key != aname.replace('-', '_') and typ not in HALVES:
                raise ValueError(f'{name}: {aname} has the key {key}')
        sets[name.replace('_', '-')] = attrs
    return sets


def enums(text):
    text = re.sub(r'\s+', ' ', text)
    return {m[0]: re.findall(r'"([^"]*)"', m[1]) for m in
            re.findall(r'char \*const (\w+)_names\[\] = \{([^}]*)\};', text)}


def main():
    with open(sys.argv[1], encoding='utf-8') as f:
        spec = yaml.safe_load(f)
    with open(sys.argv[2], encoding='utf-8') as f:
        text = f.read()
    bad = 0
    have = tables(text)
    for aset in spec['attribute-sets']:
        name = aset['name']
        if name == 'link':
            continue
        want = {}
        for attr in aset['attributes']:
            en = ENUMS.get(attr.get('enum')) if 'enum' in attr else None
            want[attr['name']] = (attr['type'],
                                  bool(attr.get('multi-attr')), en)
        good = have.get(name) == want
        bad += not good
        print('ok' if good else 'not ok',
              f'- specification: attributes of {name}')
        if not good:
            print(f'# specified: {want}\n# have: {have.get(name)}')
    values = enums(text)
    for definition in spec['definitions']:
        if definition['type'] != 'enum' or definition['name'] not in ENUMS:
            continue
        want = [e['name'] for e in definition['entries']]
        good = values.get(ENUMS[definition['name']]) == want
        bad += not good
        print('ok' if good else 'not ok',
              f"- specification: values of {definition['name']}")
    return bad > 0


sys.exit(main())
