#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Make the JSON schema of what "apply" reads from the netlink specification.

usage: schema.py SPECIFICATION            print the schema
       schema.py SPECIFICATION SCHEMA     is SCHEMA what would be printed?
       schema.py --validate SCHEMA FILE   is FILE valid by SCHEMA?
"""

import json
import sys

import yaml

SECTIONS = {
    'node': 'node', 'underlays': 'underlay', 'peers': 'peer',
    'paths': 'path', 'prefixes': 'prefix', 'metrics': 'metric',
    'classes': 'class',
    'rules': 'rule', 'lans': 'lan',
}
# Attributes that are half of a value, and what the value is called
HALVES = {'addr': 'prefix', 'plen': None, 'from-plen': None, 'to-plen': None,
          'mark-mask': None, 'set-mark-mask': None, 'bpf-fd': None,
          'bpf-name': 'bpf', 'prog': None, 'key': 'key'}
KEYS = {'node': [], 'underlay': ['name'], 'peer': ['name'], 'path': [],
        'prefix': ['prefix'], 'class': ['name'], 'rule': ['pref'],
        'lan': ['name'], 'metric': ['name']}
NEEDED = {'node': ['site'], 'underlay': ['dev'], 'peer': ['site'],
          'path': ['peer', 'underlay'], 'prefix': [], 'class': ['mode'],
          'rule': [], 'lan': [], 'metric': []}
FLAGS = ('admin', 'on-demand', 'mss-clamp', 'nat', 'source-check', 'stock',
         'negative', 'strict')
# What is in no configuration
UNSAVED = ('key-retire',)
WORDS = {'type': 'string'}


def any_of(*kinds):
    return {'anyOf': list(kinds)}


class Maker:
    def __init__(self, spec):
        self.sets = {s['name']: {a['name']: a for a in s['attributes']}
                     for s in spec['attribute-sets']}
        self.defs = {d['name']: d for d in spec['definitions']}
        self.ops = {o['name']: o for o in spec['operations']['list']}

    def number(self, value):
        return self.defs[value]['value'] if isinstance(value, str) else value

    def enum(self, name):
        return {'enum': [e['name'] for e in self.defs[name]['entries']]}

    def integer(self, attr):
        checks = attr.get('checks', {})
        top = {'u8': 255, 'u16': 65535, 'u32': 4294967295}
        out = {'type': 'integer', 'minimum': 0}
        # Many have a word for 0, as "none"; the tool says the rest
        if 'max' in checks:
            out['maximum'] = self.number(checks['max'])
        elif attr['type'] in top:
            out['maximum'] = top[attr['type']]
        return any_of(out, WORDS)

    def nest(self, name):
        props = {a.replace('-', '_'): self.value(name, self.sets[name][a])
                 for a in self.sets[name]}
        return {'type': 'object', 'additionalProperties': False,
                'properties': props}

    def plain(self, aset, attr):
        if attr['name'] in FLAGS:
            return any_of({'type': 'boolean'},
                          {'enum': ['on', 'off', 'up', 'down']})
        if 'enum' in attr:
            return self.enum(attr['enum'])
        if attr['type'] == 'nest':
            return any_of(self.nest(attr['nested-attributes']), WORDS)
        if attr['type'] == 'binary' or attr['type'] == 'string':
            return dict(WORDS)
        if attr['name'] in ('mark', 'set-mark') and aset == 'rule':
            return any_of({'type': 'integer', 'minimum': 0}, WORDS)
        return self.integer(attr)

    def value(self, aset, attr):
        if attr['name'] in ('sport', 'dport') and aset == 'rule':
            return self.ports()
        one = self.plain(aset, attr)
        if attr.get('multi-attr'):
            return any_of({'type': 'array', 'items': one}, WORDS)
        return one

    @staticmethod
    def ports():
        port = {'type': 'integer', 'minimum': 0, 'maximum': 65535}
        return any_of(port, WORDS,
                      {'type': 'array', 'items': any_of(port, WORDS)})

    def object(self, kind):
        op = self.ops.get(kind + '-new') or self.ops[kind + '-set']
        props = {}
        for name in op['do']['request']['attributes']:
            if name == 'txn' or name.endswith('-none') or name in UNSAVED:
                continue
            if name in HALVES:
                if HALVES[name]:
                    props[HALVES[name]] = dict(WORDS)
                continue
            props[name.replace('-', '_')] = self.value(
                kind, self.sets[kind][name])
        return {'type': 'object', 'additionalProperties': False,
                'required': KEYS[kind] + NEEDED[kind], 'properties': props}

    def limits(self):
        attrs = self.sets['fabric']
        names = self.ops['fabric-set']['do']['request']['attributes']
        return {'type': 'object', 'additionalProperties': False,
                'properties': {n.replace('-', '_'): self.integer(attrs[n])
                               for n in names}}

    def service(self):
        name = {'type': 'string',
                'maxLength': self.number('name-max')}
        words = any_of(WORDS, {'type': 'array', 'items': WORDS})
        number = {'type': 'integer', 'minimum': 1, 'maximum': 255}
        proto = any_of(number, WORDS)
        return {'type': 'object', 'additionalProperties': False,
                'required': ['name', 'class'],
                'properties': {
                    'name': name,
                    'vni': self.integer(self.sets['rule']['vni']),
                    'src': words, 'dst': words,
                    'proto': any_of(number, WORDS,
                                    {'type': 'array', 'items': proto}),
                    'ports': self.ports(), 'class': name}}

    def schema(self):
        props = {'limits': self.limits()}
        for key, kind in SECTIONS.items():
            one = self.object(kind)
            props[key] = one if key == 'node' else {'type': 'array',
                                                    'items': one}
        props['services'] = {'type': 'array', 'items': self.service()}
        return {
            '$schema': 'http://json-schema.org/draft-07/schema#',
            'title': 'Configuration of sdwan, as sdwanctl apply reads it',
            'type': 'object', 'additionalProperties': False,
            'properties': props}


def load(name):
    with open(name, encoding='utf-8') as f:
        return yaml.safe_load(f)


def main(args):
    if args[0] == '--validate':
        import jsonschema
        with open(args[1], encoding='utf-8') as f:
            schema = json.load(f)
        jsonschema.Draft7Validator.check_schema(schema)
        jsonschema.validate(load(args[2]), schema)
        return 0
    schema = Maker(load(args[0])).schema()
    if len(args) == 1:
        print(json.dumps(schema, indent=1))
        return 0
    with open(args[1], encoding='utf-8') as f:
        return json.load(f) != schema


sys.exit(main(sys.argv[1:]))
