#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
#
# Hostile netlink gets an error with a message and changes nothing, alone and
# in a transaction.
# Kernels: all um um-debug
# Check: um um-debug 6.1
# Timeout: 300
#
# The requests are derived from the specification: every attribute of every
# request missing, twice, of every wrong length, out of range, huge; unknown
# ones; what belongs to other requests.

import os
import struct
import sys
from errno import (E2BIG, EADDRNOTAVAIL, EAFNOSUPPORT, EBUSY, EEXIST, EINVAL,
                   ENODEV, ENOENT, ENOKEY, ENOSPC, EOPNOTSUPP, EPERM, ERANGE, EXDEV)

import yaml

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import *  # noqa: E402,F403

with open(os.path.join(TREE, 'Documentation/netlink/specs/sdwan.yaml')) as f:
    SPEC = yaml.load(f, Loader=getattr(yaml, 'CSafeLoader', yaml.SafeLoader))
SETS = {s['name']: s for s in SPEC['attribute-sets']}
CONSTS = {d['name']: d['value'] for d in SPEC['definitions']
          if d['type'] == 'const'}
ENUMS = {d['name']: d for d in SPEC['definitions'] if d['type'] == 'enum'}
OPS = {op['name']: op for op in SPEC['operations']['list']}
BAD = (EINVAL, ERANGE)
LENGTHS = {'u8': 1, 'u16': 2, 'u32': 4, 'u64': 8, 'flag': 0}


def aid(set_name, name):
    return UAPI['SDWAN_A_%s_%s' % (set_name.upper(),
                                   name.upper().replace('-', '_'))]


def limit(v):
    return CONSTS[v] if isinstance(v, str) else v


def overlay(addr, vni=None):
    data = address(A['SDWAN_A_OVERLAY_ADDR'], addr)
    if vni is not None:
        data += u32(A['SDWAN_A_OVERLAY_VNI'], vni)
    return attr(A['SDWAN_A_PEER_OVERLAY'] | NLA_F_NESTED, data)


# A valid request of every kind that changes something, as lists of
# (attribute, encoded): what is hostile is made from these.
def valid():
    def req(set_name, **kw):
        out = []
        for key, v in kw.items():
            key = key.replace('_', '-')
            kind = aid(set_name, key)
            spec = [a for a in SETS[set_name]['attributes']
                    if a['name'] == key][0]
            if key == 'overlay':
                out.append((key, overlay(v, 100)))
            elif spec['type'] == 'binary':
                out.append((key, address(kind, v)))
            elif spec['type'] == 'string':
                out.append((key, text(kind, v)))
            elif spec['type'] == 'flag':
                out.append((key, attr(kind, b'')))
            else:
                out.append((key, {'u8': u8, 'u16': u16, 'u32': u32,
                                  'u64': u64}[spec['type']](kind, v)))
        return out
    return {
        'fabric-set': req('fabric', max_underlays=100, max_peers=100,
                          max_paths=100, max_prefixes=100, max_segments=100),
        'node-set': req('node', name='other'),
        'underlay-new': req('underlay', name='u9', dev='wan0',
                            local='192.168.10.1', port=6099, encap=1,
                            cost=5, rate=1000),
        'underlay-set': req('underlay', name='u0', dev='wan0',
                            local='192.168.10.1', port=6081, encap=1,
                            cost=5, rate=1000),
        'underlay-del': req('underlay', name='u0'),
        'peer-new': req('peer', name='p9', site=9, gateway=1,
                        overlay='100.64.0.9', source_check=1, stock=0),
        'peer-set': req('peer', name='p2', site=2, gateway=1,
                        overlay='100.64.0.7', source_check=0, stock=1),
        'peer-del': req('peer', name='p2'),
        'path-new': req('path', name='x9', peer='p2', underlay='u0',
                        remote='192.168.20.9', dstport=6082, encap=1,
                        preference=1, admin=1, kind=0, on_demand=0, dscp=46,
                        ttl=9, df=2, udp_csum=1, fwmark=7, mtu_clamp=1400,
                        mss_clamp=1),
        'path-set': req('path', name='p2:u0', peer='p2', underlay='u0',
                        remote='192.168.20.8', dstport=6082, encap=1,
                        preference=1, admin=0, kind=0, on_demand=0, dscp=64,
                        ttl=0, df=0, udp_csum=2, fwmark=0, mtu_clamp=0,
                        mss_clamp=0),
        'path-del': req('path', name='p2:u0'),
        'prefix-new': req('prefix', addr='10.9.0.0', plen=16, vni=100,
                          dev='sdwan0', site=9, gateway=1, origin=1,
                          expires=100000, negative=0),
        'prefix-set': req('prefix', addr='10.2.0.0', plen=16, vni=100,
                          dev='sdwan0', site=3, gateway=1, origin=1,
                          expires=100000, negative=0),
        'prefix-del': req('prefix', addr='10.2.0.0', plen=16, vni=100,
                          dev='sdwan0'),
    }


# What a request cannot do without
MANDATORY = {
    'underlay-new': ['name', 'dev'], 'underlay-set': ['name'],
    'underlay-del': ['name'], 'peer-new': ['name', 'site'],
    'peer-set': ['name'], 'peer-del': ['name'],
    'path-new': ['peer', 'underlay', 'remote'], 'path-set': [],
    'path-del': ['name'], 'prefix-new': ['addr', 'plen', 'site'],
    'prefix-set': ['addr', 'plen'], 'prefix-del': ['addr', 'plen'],
}


def edge():
    bare_edge()
    ctl('e1', 'node', 'set', 'site', '1', 'gateway', '1', 'name', 'one')
    ctl('e1', 'underlay', 'add', 'u0', 'dev', 'wan0', 'local', '192.168.10.1',
        'probe', 'off')
    ctl('e1', 'peer', 'add', 'p2', 'site', '2', 'overlay', '100.64.0.2', 'vni',
        '100')
    ctl('e1', 'path', 'add', 'peer', 'p2', 'underlay', 'u0', 'remote',
        '192.168.20.1')
    ctl('e1', 'prefix', 'add', '10.2.0.0/16', 'vni', '100', 'site', '2')
    return Netlink('e1')


def join(request):
    return b''.join(data for _, data in request)


def wrong_values(op, name):
    """Encodings of an attribute that are to be refused."""
    set_name = OPS[op]['attribute-set']
    spec = [a for a in SETS[set_name]['attributes'] if a['name'] == name][0]
    kind = aid(set_name, name)
    checks = spec.get('checks', {})
    if spec['type'] in LENGTHS:
        good = LENGTHS[spec['type']]
        for n in (0, 1, 2, 3, 4, 5, 7, 8, 9, 16, 300, 60000):
            if n != good:
                yield 'length %d' % n, attr(kind, b'\1' * n)
        if spec['type'] == 'flag':
            return
        pack = {1: u8, 2: u16, 4: u32, 8: u64}[good]
        if 'min' in checks:
            yield 'below', pack(kind, limit(checks['min']) - 1)
        if 'max' in checks:
            yield 'above', pack(kind, limit(checks['max']) + 1)
        if 'enum' in spec:
            entries = ENUMS[spec['enum']]
            first = entries.get('value-start', 0)
            if first:
                yield 'below', pack(kind, first - 1)
            yield 'above', pack(kind, first + len(entries['entries']))
            yield 'far above', pack(kind, 0xffffffff)
        if name == 'plen':
            yield 'IPv4 above', pack(kind, 33)
    elif spec['type'] == 'string':
        most = limit(checks['max-len'])
        yield 'empty', attr(kind, b'')
        yield 'without end', attr(kind, b'u0')
        yield 'too long', text(kind, 'x' * (most + 1))
        yield 'huge', text(kind, 'x' * 60000)
        if name != 'dev' and (op, name) != ('node-set', 'name'):
            yield 'nothing', text(kind, '')
        yield 'blank', text(kind, 'a b')
        yield 'slash', text(kind, 'a/b')
        yield 'control', text(kind, 'a\nb')
    elif spec['type'] == 'binary':
        for n in (0, 4, 15, 17, 32, 60000):
            yield 'length %d' % n, attr(kind, b'\2' * n)
    elif spec['type'] == 'nest':
        def nest(data, flag=NLA_F_NESTED):
            return attr(kind | flag, data)
        good = address(A['SDWAN_A_OVERLAY_ADDR'], '100.64.0.9')
        vni = A['SDWAN_A_OVERLAY_VNI']
        yield 'not nested', nest(good, 0)
        yield 'empty', nest(b'')
        yield 'without address', nest(u32(vni, 100))
        yield 'short address', nest(attr(1, b'\1' * 15))
        yield 'long address', nest(attr(1, b'\1' * 17))
        yield 'vni 0', nest(good + u32(vni, 0))
        yield 'vni above', nest(good + u32(vni, 1 << 24))
        yield 'short vni', nest(good + u16(vni, 1))
        yield 'unknown', nest(good + u32(3, 1))
        yield 'address twice', nest(good + good)
        yield 'vni twice', nest(good + u32(vni, 1) + u32(vni, 2))
        yield 'garbage', nest(b'\xff' * 20)
        yield 'inner length', nest(struct.pack('=HH', 3, 1) + good)
        yield 'multicast', nest(address(1, '224.0.0.1'))
        yield 'none', nest(address(1, '::'))


def hostile(op, request):
    """(what, payload, errors) of requests made from a valid one"""
    set_name = OPS[op]['attribute-set']
    names = [n for n, _ in request]
    multi = [a['name'] for a in SETS[set_name]['attributes']
             if a.get('multi-attr')]
    most = max(v for k, v in UAPI.items()
               if k.startswith('SDWAN_A_%s_' % set_name.upper()) and
               not k.endswith('_MAX'))
    for name in MANDATORY.get(op, []):
        rest = [r for r in request if r[0] != name]
        if op == 'path-new' and name in ('peer', 'underlay'):
            pass
        yield 'without ' + name, join(rest), (EINVAL,)
    yield 'without all', b'', (EINVAL,) if op in MANDATORY else None
    for name in names:
        rest = [r for r in request if r[0] != name]
        for what, data in wrong_values(op, name):
            # both sides: what precedes is read before, what follows after
            yield name + ' ' + what, join(rest) + data, None
        if name not in multi:
            same = dict(request)[name]
            yield name + ' twice', join(request) + same, (EINVAL,)
    for kind in (0, most + 1, 200, 0x3fff):
        yield 'unknown %d' % kind, join(request) + u32(kind, 1), (EINVAL,)
    allowed = OPS[op]['do']['request']['attributes']
    for spec in SETS[set_name]['attributes']:
        if spec['name'] in allowed or spec['type'] == 'pad':
            continue
        kind = aid(set_name, spec['name'])
        data = attr(kind, b'\1\0\0\0\0\0\0\0'[:LENGTHS.get(spec['type'], 8)])
        yield 'not its ' + spec['name'], join(request) + data, (EINVAL,)
    yield 'short attribute', join(request) + struct.pack('=HH', 3, 1), None
    yield 'long attribute', join(request) + struct.pack('=HH', 400, 1), None
    yield 'trailing bytes', join(request) + b'\1\2', None


def every_request(nl, check, prefix=b''):
    n = 0
    for op, request in valid().items():
        for what, payload, codes in hostile(op, request):
            if what == 'without all' and op in ('fabric-set', 'node-set'):
                continue
            if prefix and op == 'fabric-set':
                continue
            try:
                nl.do(op, prefix + payload)
            except NlError as e:
                if codes and e.code not in codes:
                    raise Fail('%s %s: %s' % (op, what, e))
                if not e.msg:
                    raise Fail('%s %s: %s without a message' % (op, what, e))
                if what.startswith('without ') and what != 'without all':
                    if e.missing is None:
                        raise Fail('%s %s: %s does not name the attribute' %
                                   (op, what, e))
            else:
                raise Fail('%s %s was accepted' % (op, what))
            n += 1
        check(op)
    log(n, 'requests refused')


def test_every_attribute():
    nl = edge()
    before = state(nl)

    def check(op):
        equal(state(nl), before, 'state after ' + op)
    every_request(nl, check)
    # and what they were made from is accepted
    for op, request in valid().items():
        if op.endswith('-del') or op == 'fabric-set':
            continue
        nl.do(op, join(request))
    for op in ('prefix-del', 'path-del', 'peer-del', 'underlay-del'):
        nl.do(op, join(valid()[op]))


def test_in_transaction():
    nl = edge()
    before = state(nl)
    txn = num(nl.get('txn-begin')[A['SDWAN_A_TXN_ID']])
    # something staged stays staged whatever follows
    nl.do('peer-new', u32(A['SDWAN_A_PEER_TXN'], txn) +
          text(A['SDWAN_A_PEER_NAME'], 'staged') +
          u32(A['SDWAN_A_PEER_SITE'], 5))
    mark = u32(A['SDWAN_A_PEER_TXN'], txn)
    ids = {s: A['SDWAN_A_%s_TXN' % s.upper()]
           for s in ('node', 'underlay', 'peer', 'path', 'prefix')}

    def check(op):
        nl.get('peer-get', mark + text(A['SDWAN_A_PEER_NAME'], 'staged'))
        equal(state(nl), before, 'state after ' + op)
    for set_name, kind in ids.items():
        ops = {op: r for op, r in valid().items()
               if OPS[op]['attribute-set'] == set_name}
        for op, request in ops.items():
            for what, payload, _ in hostile(op, request):
                if what == 'without all' and op == 'node-set':
                    continue
                e = refused((), nl, op, u32(kind, txn) + payload)
                true(e.code != 0, what)
            check(op)
    done = nl.get('txn-commit', u32(A['SDWAN_A_TXN_ID'], txn) +
                  u32(A['SDWAN_A_TXN_GENERATION'], num(
                      before['fabric'][A['SDWAN_A_FABRIC_GENERATION']])))
    equal(num(done[A['SDWAN_A_TXN_OPERATIONS']]), 1, 'operations')
    nl.get('peer-get', text(A['SDWAN_A_PEER_NAME'], 'staged'))


def path_values(no, W):
    """Encapsulations and what they do not have."""
    good = W('192.168.20.9', name='x')

    def P(name, value, pack=u32):
        return pack(A['SDWAN_A_PATH_' + name], value)
    no(EOPNOTSUPP, 'path-new', good, P('ENCAP', 2))
    # GRE has no ports, nor a checksum of UDP
    no(EINVAL, 'path-new', good, P('ENCAP', 4), P('DSTPORT', 6081, u16))
    for csum in (0, 1, 2):
        no(EINVAL, 'path-new', good, P('ENCAP', 4), P('UDP_CSUM', csum))
    no(EINVAL, 'underlay-new', text(A['SDWAN_A_UNDERLAY_NAME'], 'u9'),
       text(A['SDWAN_A_UNDERLAY_DEV'], 'wan0'),
       u32(A['SDWAN_A_UNDERLAY_ENCAP'], 4),
       u16(A['SDWAN_A_UNDERLAY_PORT'], 4000))
    # one segment, without outer headers, is encapsulation dev only, and that
    # not on a device with link-layer addresses or with other paths
    no(EINVAL, 'path-new', good, P('VNI', 100))
    no(EINVAL, 'path-new', good, P('ENCAP', 4), P('VNI', 100))
    no((EINVAL, EBUSY), 'path-new', good, P('ENCAP', 5), P('VNI', 100))
    no((EINVAL, EBUSY), 'path-new', good, P('ENCAP', 5))
    no(EINVAL, 'underlay-new', text(A['SDWAN_A_UNDERLAY_NAME'], 'u9'),
       text(A['SDWAN_A_UNDERLAY_DEV'], 'wan0'),
       u32(A['SDWAN_A_UNDERLAY_ENCAP'], 5))
    for mtu in (1, 68, 575):
        no(ERANGE, 'path-new', good, P('MTU_CLAMP', mtu))
    no((EINVAL, ERANGE), 'path-new', good, P('DSCP', 65, u8))
    no((EINVAL, ERANGE), 'path-new', good, P('DF', 3))
    no((EINVAL, ERANGE), 'path-new', good, P('UDP_CSUM', 3))
    no((EINVAL, ERANGE), 'path-new', good, P('MSS_CLAMP', 2, u8))
    no((EINVAL, ERANGE), 'path-new', good, P('NAT', 2, u8))
    no(ENOKEY, 'path-new', good, P('NAT', 1, u8))
    # what is fixed
    for name, value in (('ENCAP', 4), ('VNI', 100)):
        no(EOPNOTSUPP, 'path-set', text(A['SDWAN_A_PATH_NAME'], 'p2:u0'),
           P(name, value))


def test_values():
    """What is well-formed and still wrong."""
    nl = edge()
    before = state(nl)

    def no(codes, op, *parts):
        refused(codes, nl, op, b''.join(parts))
        equal(generation(nl), num(before['fabric'][
            A['SDWAN_A_FABRIC_GENERATION']]), 'generation after ' + op)

    def U(name, dev='wan0'):
        return text(A['SDWAN_A_UNDERLAY_NAME'], name) + text(
            A['SDWAN_A_UNDERLAY_DEV'], dev)

    def P(name, site=9):
        return text(A['SDWAN_A_PEER_NAME'], name) + u32(
            A['SDWAN_A_PEER_SITE'], site)

    def W(remote, peer='p2', under='u0', name=None):
        return (text(A['SDWAN_A_PATH_NAME'], name) if name else b'') + text(
            A['SDWAN_A_PATH_PEER'], peer) + text(
            A['SDWAN_A_PATH_UNDERLAY'], under) + address(
            A['SDWAN_A_PATH_REMOTE'], remote)

    def X(addr, plen, vni=100, site=2):
        return address(A['SDWAN_A_PREFIX_ADDR'], addr) + u8(
            A['SDWAN_A_PREFIX_PLEN'], plen) + u32(
            A['SDWAN_A_PREFIX_VNI'], vni) + (
            u32(A['SDWAN_A_PREFIX_SITE'], site) if site else b'')

    no(EBUSY, 'node-set', u32(A['SDWAN_A_NODE_SITE'], 7))
    no(EBUSY, 'node-set', u32(A['SDWAN_A_NODE_GATEWAY'], 7))
    no(EEXIST, 'underlay-new', U('u0'))
    no(ENODEV, 'underlay-new', U('u9', 'nothere'))
    no((EINVAL, ENODEV), 'underlay-new', U('u9', ''))
    for local in ('224.0.0.1', '255.255.255.255', 'ff02::1'):
        no((EINVAL, EADDRNOTAVAIL), 'underlay-new', U('u9'),
           address(A['SDWAN_A_UNDERLAY_LOCAL'], local))
    path_values(no, W)
    e = refused(EOPNOTSUPP, nl, 'underlay-new', U('u9') +
                u32(A['SDWAN_A_UNDERLAY_ENCAP'], 2))
    true('Ethernet' in e.msg, 'why plain VXLAN is refused: ' + e.msg)
    no(ENOENT, 'underlay-set', text(A['SDWAN_A_UNDERLAY_NAME'], 'nobody'))
    no(ENOENT, 'underlay-del', text(A['SDWAN_A_UNDERLAY_NAME'], 'nobody'))
    no((EINVAL, EOPNOTSUPP, EBUSY), 'underlay-set',
       text(A['SDWAN_A_UNDERLAY_NAME'], 'u0'),
       u16(A['SDWAN_A_UNDERLAY_PORT'], 7000))
    no(EEXIST, 'peer-new', P('p2'))
    no(EEXIST, 'peer-new', P('p9', 2))
    no((EEXIST, EINVAL), 'peer-new', P('p9', 1))
    no((EINVAL, EOPNOTSUPP), 'peer-set', P('p2', 3))
    no(EEXIST, 'peer-new', P('p9'), overlay('100.64.0.2', 100))
    no(EEXIST, 'peer-new', P('p9'), overlay('100.64.0.8'),
       overlay('100.64.0.8'))
    no((EINVAL, E2BIG), 'peer-new', P('p9'), *[overlay('100.64.1.%d' % i)
                                           for i in range(65)])
    no(EINVAL, 'peer-set', text(A['SDWAN_A_PEER_NAME'], 'p2'),
       overlay('100.64.0.8'), attr(A['SDWAN_A_PEER_OVERLAY_NONE'], b''))
    no(ENOENT, 'peer-del', text(A['SDWAN_A_PEER_NAME'], 'nobody'))
    no(EEXIST, 'path-new', W('192.168.20.9'))
    no(EEXIST, 'path-new', W('192.168.20.1', name='x'))
    no(ENOENT, 'path-new', W('192.168.20.9', peer='nobody'))
    no(ENOENT, 'path-new', W('192.168.20.9', under='nobody'))
    for remote in ('224.0.0.1', '255.255.255.255', '0.0.0.0', '::', 'ff02::1',
                   '2001:db8::1'):
        no((EINVAL, EAFNOSUPPORT), 'path-new', W(remote, name='x'))
    for kind in (1, 2):
        no(EOPNOTSUPP, 'path-new', W('192.168.20.9', name='x'),
           u32(A['SDWAN_A_PATH_KIND'], kind))
    no(EOPNOTSUPP, 'path-new', W('192.168.20.9', name='x'),
       u8(A['SDWAN_A_PATH_ON_DEMAND'], 1))
    no(EOPNOTSUPP, 'path-new', W('192.168.20.9', name='x'),
       u32(A['SDWAN_A_PATH_IDLE_TIMEOUT'], 1000))
    no(EEXIST, 'prefix-new', X('10.2.0.0', 16))
    no(EINVAL, 'prefix-new', X('10.2.0.1', 16))
    no(EINVAL, 'prefix-new', X('10.0.0.0', 33))
    no(EINVAL, 'prefix-new', X('2001:db8::1', 64))
    no(EINVAL, 'prefix-new', X('10.3.0.0', 16, site=None))
    no(EINVAL, 'prefix-new', X('10.3.0.0', 16, site=1))
    no((EINVAL, E2BIG), 'prefix-new', X('10.3.0.0', 16),
       *[u32(A['SDWAN_A_PREFIX_GATEWAY'], i + 1) for i in range(17)])
    no(ENOENT, 'prefix-del', X('10.3.0.0', 16, site=None))
    no((EINVAL, ENODEV), 'prefix-new', address(
        A['SDWAN_A_PREFIX_ADDR'], '10.3.0.0') + u8(
        A['SDWAN_A_PREFIX_PLEN'], 16) + text(
        A['SDWAN_A_PREFIX_DEV'], 'wan0') + u32(A['SDWAN_A_PREFIX_SITE'], 2))
    no(ENODEV, 'prefix-new', X('10.3.0.0', 16),
       text(A['SDWAN_A_PREFIX_DEV'], 'nothere'))
    no(EINVAL, 'prefix-new', X('10.3.0.0', 16, vni=101),
       text(A['SDWAN_A_PREFIX_DEV'], 'sdwan0'))
    for op in ('underlay', 'peer', 'path'):
        no(ENOENT, op + '-get', text(A['SDWAN_A_%s_NAME' % op.upper()], 'no'))
    no(ENOENT, 'prefix-get', X('10.3.0.0', 16, site=None))
    equal(state(nl), before, 'state')


def test_largest():
    """The largest object that there may be is told whole."""
    nl = edge()
    name = 'x' * 31
    many = b''.join(overlay('fd64::%x' % i, 100) for i in range(64))
    nl.do('peer-new', text(A['SDWAN_A_PEER_NAME'], name) + u32(
        A['SDWAN_A_PEER_SITE'], 9) + many)
    key = A['SDWAN_A_PEER_OVERLAY']
    got = nl.do('peer-get', text(A['SDWAN_A_PEER_NAME'], name))
    equal(len([k for k, _ in got if k == key]), 64, 'overlay addresses')
    got = nl.dump('peer-get')
    equal(len(got), 2, 'peers listed')
    equal(len([k for o in got for k, _ in o if k == key]), 65,
          'overlay addresses listed')
    nl.do('prefix-new', address(A['SDWAN_A_PREFIX_ADDR'], '10.9.0.0') + u8(
        A['SDWAN_A_PREFIX_PLEN'], 16) + u32(A['SDWAN_A_PREFIX_VNI'], 100) +
        u32(A['SDWAN_A_PREFIX_SITE'], 2) + b''.join(
            u32(A['SDWAN_A_PREFIX_GATEWAY'], i + 1) for i in range(16)))
    got = nl.dump('prefix-get')
    equal(len([k for o in got for k, _ in o
               if k == A['SDWAN_A_PREFIX_GATEWAY']]), 16, 'gateways listed')


def test_messages():
    """Messages that are none."""
    nl = edge()
    before = state(nl)
    head = struct.pack('=BBH', C('peer-new'), 1, 0)
    good = text(A['SDWAN_A_PEER_NAME'], 'p9') + u32(A['SDWAN_A_PEER_SITE'], 9)
    for command in (0, max(UAPI[k] for k in UAPI if k.startswith(
            'SDWAN_CMD_')) + 1, 255) + tuple(
            C(n) for n in OPS if n.endswith('-ntf')):
        e = refused((EOPNOTSUPP,), nl, command, message=False)
        log('command', command, e)
    # a dump of what has none, a do of a dump's
    for op in ('peer-new', 'txn-begin', 'fabric-get', 'peer-del'):
        try:
            nl.dump(op, good)
        except NlError as e:
            true(e.code in (EOPNOTSUPP, EINVAL), 'dump of %s: %s' % (op, e))
        else:
            raise Fail('a dump of ' + op)
    for op in ('peer', 'path', 'underlay', 'prefix'):
        try:
            nl.dump(op + '-get', u32(200, 1))
        except NlError as e:
            true(e.code == EINVAL and e.msg, 'dump with an attribute: %s' % e)
        else:
            raise Fail('a dump with an unknown attribute')
    # headers cut short are answered, or dropped by the kernel's own code
    for cut in range(0, len(head) + 1):
        try:
            nl.raw(nl.id, head[:cut])
        except NlError as e:
            true(e.code in (EINVAL, EOPNOTSUPP), '%d bytes: %s' % (cut, e))
        else:
            raise Fail('%d bytes were accepted' % cut)
    for cut in range(1, len(good)):
        if cut == len(text(A['SDWAN_A_PEER_NAME'], 'p9')):
            continue
        try:
            nl.raw(nl.id, head + good[:cut])
        except NlError as e:
            true(e.msg, '%d bytes of attributes: %s' % (cut, e))
        else:
            raise Fail('%d bytes of attributes were accepted' % cut)
    # reserved field of the header, version to come
    try:
        nl.raw(nl.id, struct.pack('=BBH', C('peer-new'), 1, 0xffff) + good)
    except NlError as e:
        equal(e.code, EINVAL, 'reserved field')
    else:
        raise Fail('the reserved field was not looked at')
    # random bytes, repeatable
    seed = 1
    for i in range(2000 if LONG else 300):
        data = bytearray()
        for _ in range(8 + i % 90):
            seed = (seed * 1103515245 + 12345) & 0x7fffffff
            data.append(seed >> 16 & 255)
        command = 1 + i % (len(OPS) + 1)
        if i % 2:
            # plausible attribute headers
            data[0:4] = struct.pack('=HH', 4 + i % 20, 1 + i % 9)
        try:
            nl.do(command, bytes(data))
        except NlError:
            pass
        else:
            raise Fail('random bytes were accepted')
    equal(state(nl), before, 'state')


def test_no_privilege():
    """Nobody in particular reads, and changes nothing."""
    nl = edge()
    before = state(nl)

    def child():
        become_nobody('e1')
        me = Netlink()
        for op, request in valid().items():
            refused(EPERM, me, op, join(request), message=False)
        for op in ('txn-begin', 'txn-commit', 'txn-abort'):
            refused(EPERM, me, op, message=False)
        try:
            me.join('events')
        except PermissionError:
            pass
        else:
            raise Fail('it listens to events')
        # reading is free
        true(state(me) == before, 'what it reads')
    in_child(child)
    equal(state(nl), before, 'state')


def test_foreign_user_namespace():
    """Root of a user namespace is nobody in a namespace of ours."""
    nl = edge()
    before = state(nl)
    fd = os.open('/run/netns/e1', os.O_RDONLY)

    def child():
        # a socket of e1, made before the privilege was lost
        with InNs('e1'):
            me = Netlink()
        unshare(CLONE_NEWUSER)
        for op, request in valid().items():
            refused(EPERM, me, op, join(request), message=False)
        true(state(me) == before, 'what it reads')
    in_child(child)
    os.close(fd)
    equal(state(nl), before, 'state')


def test_user_namespace_limits():
    """Limits hold in a user namespace, and are not raised there."""
    def child():
        run('ip', 'link', 'add', 'wan0', 'type', 'dummy')
        run('ip', 'link', 'set', 'wan0', 'up')
        nl = Netlink()
        fabric = nl.get('fabric-get')
        most = {k: num(fabric[A['SDWAN_A_FABRIC_MAX_' + k]]) for k in (
            'UNDERLAYS', 'PEERS', 'PATHS', 'PREFIXES', 'SEGMENTS')}
        nl.do('node-set', u32(A['SDWAN_A_NODE_SITE'], 1))
        for kind, value in most.items():
            a = A['SDWAN_A_FABRIC_MAX_' + kind]
            e = refused(EPERM, nl, 'fabric-set', u32(a, value + 1))
            true(e.offset is not None, 'the attribute is not named')
            refused(EPERM, nl, 'fabric-set', u32(a, 0xffffffff))

        def peer(i):
            return text(A['SDWAN_A_PEER_NAME'], 'p%d' % i) + u32(
                A['SDWAN_A_PEER_SITE'], i + 2)

        def underlay(i):
            return text(A['SDWAN_A_UNDERLAY_NAME'], 'u%d' % i) + text(
                A['SDWAN_A_UNDERLAY_DEV'], 'wan0') + u16(
                A['SDWAN_A_UNDERLAY_PORT'], 7000 + i)

        def prefix(i):
            return address(A['SDWAN_A_PREFIX_ADDR'], '10.%d.%d.0' % (
                i >> 8, i & 255)) + u8(A['SDWAN_A_PREFIX_PLEN'], 24) + u32(
                A['SDWAN_A_PREFIX_VNI'], 100) + u32(
                A['SDWAN_A_PREFIX_SITE'], 2)

        def path(i):
            return text(A['SDWAN_A_PATH_NAME'], 'x%d' % i) + text(
                A['SDWAN_A_PATH_PEER'], 'p0') + text(
                A['SDWAN_A_PATH_UNDERLAY'], 'u0') + address(
                A['SDWAN_A_PATH_REMOTE'], '10.1.%d.%d' % (i >> 8, i & 255))
        for op, kind, make in (('peer-new', 'PEERS', peer),
                               ('underlay-new', 'UNDERLAYS', underlay),
                               ('prefix-new', 'PREFIXES', prefix),
                               ('path-new', 'PATHS', path)):
            n = min(most[kind], 40)
            nl.do('fabric-set', u32(A['SDWAN_A_FABRIC_MAX_' + kind], n))
            for i in range(1 if op != 'path-new' else 1, n + 1):
                nl.do(op, make(i - 1))
            before = state(nl)
            refused(ENOSPC, nl, op, make(n))
            # in a transaction, too, and what was staged counts
            txn = num(nl.get('txn-begin')[A['SDWAN_A_TXN_ID']])
            t = u32(A['SDWAN_A_%s_TXN' % op.split('-')[0].upper()], txn)
            refused(ENOSPC, nl, op, t + make(n))
            nl.do('txn-abort', u32(A['SDWAN_A_TXN_ID'], txn))
            equal(state(nl), before, 'state over the limit')
            # it was lowered and cannot be raised again
            refused(EPERM, nl, 'fabric-set',
                    u32(A['SDWAN_A_FABRIC_MAX_' + kind], n + 1))
        nl.do('fabric-set', u32(A['SDWAN_A_FABRIC_MAX_SEGMENTS'], 2))
        for i in (1, 2):
            run('ip', 'link', 'add', 's%d' % i, 'type', 'sdwan', 'vni',
                str(i))
        r = run('ip', 'link', 'add', 's3', 'type', 'sdwan', 'vni', '3',
                check=False)
        true(r.returncode and 'Error' in r.stderr,
             'a third segment: ' + r.stderr)
        run('ip', 'link', 'del', 's1')
        run('ip', 'link', 'add', 's3', 'type', 'sdwan', 'vni', '3')
        log('limits in a user namespace:', most)
    in_user_namespace(child)


def test_user_namespaces_off():
    """With userns=0 there are no fabrics in user namespaces."""
    run('rmmod', 'sdwan')
    run('modprobe', 'sdwan', 'userns=0')

    def again():
        run('rmmod', 'sdwan')
        run('modprobe', 'sdwan')
    at_cleanup(again)

    def child():
        nl = Netlink()
        refused(EPERM, nl, 'node-set', u32(A['SDWAN_A_NODE_SITE'], 1))
        refused(EPERM, nl, 'fabric-get')
        r = run('ip', 'link', 'add', 's1', 'type', 'sdwan', 'vni', '1',
                check=False)
        true(r.returncode and 'user namespace' in r.stderr,
             'a segment: ' + r.stderr)
    in_user_namespace(child)
    nl = edge()
    nl.do('node-set', text(A['SDWAN_A_NODE_NAME'], 'two'))


def test_wrong_namespace():
    nl = edge()
    before = state(nl)
    setup_ns('other')
    other = Netlink('other')
    empty = state(other)
    refused(ENODEV, other, 'underlay-new', join(valid()['underlay-new']))
    refused(ENOENT, other, 'peer-del', join(valid()['peer-del']))
    refused(ENOENT, other, 'path-set', join(valid()['path-set']))
    refused((ENODEV, ENOENT), other, 'prefix-del',
            join(valid()['prefix-del']))
    # a segment of another fabric in this namespace
    ip('other', 'link', 'add', 'foreign', 'type', 'sdwan', 'vni', '7')
    ip('other', 'link', 'set', 'foreign', 'netns', 'e1')
    refused(EXDEV, nl, 'prefix-new', address(
        A['SDWAN_A_PREFIX_ADDR'], '10.3.0.0') + u8(
        A['SDWAN_A_PREFIX_PLEN'], 16) + text(
        A['SDWAN_A_PREFIX_DEV'], 'foreign') + u32(A['SDWAN_A_PREFIX_SITE'], 2))
    # another namespace's transaction
    txn = num(nl.get('txn-begin')[A['SDWAN_A_TXN_ID']])
    refused(ENOENT, other, 'peer-new', u32(A['SDWAN_A_PEER_TXN'], txn) +
            join(valid()['peer-new']))
    refused(ENOENT, other, 'txn-abort', u32(A['SDWAN_A_TXN_ID'], txn))
    nl.do('txn-abort', u32(A['SDWAN_A_TXN_ID'], txn))
    equal(state(nl), before, 'state')
    del empty[('fabric')]
    now = state(other)
    del now['fabric']
    equal(now, empty, 'state of the other namespace')


def test_link_attributes():
    """The same for IFLA_INFO_DATA."""
    nl = edge()
    before = state(nl)
    rt = Netlink('e1', proto=NETLINK_ROUTE)
    n = 0

    def new(data, nested=0x8000, kind=b'sdwan\0'):
        info = attr(1, kind) + attr(2 | nested, data)
        return struct.pack('=BxHiII', 0, 0, 0, 0, 0) + text(
            3, 'hostile0') + attr(18 | 0x8000, info)
    vni = A['IFLA_SDWAN_VNI']
    mode = A['IFLA_SDWAN_MODE']
    bad = [b'', u32(mode, 1), u32(vni, 0), u32(vni, 1 << 24),
           u32(vni, 0xffffffff), u32(vni, 100), u32(vni, 7) + u32(mode, 0),
           u32(vni, 7) + u32(mode, 2), u32(vni, 7) + u32(mode, 3),
           u32(vni, 7) + u32(mode, 0xffffffff), b'\xff' * 12,
           attr(vni, b''), u8(vni, 7), u16(vni, 7),
           u32(vni, 7) + u8(mode, 1), struct.pack('=HH', 3, 1),
           u32(vni, 7) + u32(3, 1), u32(vni, 7) + u32(0x3fff, 1)]
    for data in bad:
        try:
            rt.raw(16, new(data), NLM_F_CREATE | NLM_F_EXCL)
        except NlError as e:
            true(e.msg, 'link attributes %s: %s' % (data.hex(), e))
        else:
            raise Fail('link attributes %s were accepted' % data.hex())
        n += 1
    # what exists does not change
    index = int(run('cat', '/sys/class/net/sdwan0/ifindex', ns='e1'))

    def change(data):
        info = attr(1, b'sdwan\0') + attr(2 | 0x8000, data)
        return struct.pack('=BxHiII', 0, 0, index, 0, 0) + attr(
            18 | 0x8000, info)
    for data in (u32(vni, 101), u32(vni, 0), u32(mode, 2)):
        try:
            rt.raw(16, change(data))
        except NlError as e:
            true(e.msg, 'change of link attributes: %s' % e)
        else:
            raise Fail('link attributes were changed')
    rt.raw(16, change(u32(vni, 100)))
    rt.raw(16, change(u32(vni, 100) + u32(mode, 1)))
    equal(state(nl), before, 'state')


run_tests(test_every_attribute, test_in_transaction, test_values,
          test_largest, test_messages, test_no_privilege, test_foreign_user_namespace,
          test_user_namespace_limits, test_user_namespaces_off,
          test_wrong_namespace, test_link_attributes)
