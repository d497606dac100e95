# SPDX-License-Identifier: GPL-2.0
"""What the tests of steering share: attributes by the specification, two edges
with several WANs, packets of all kinds."""
import shutil
import socket
import struct
import time

import yaml

from checksum import csum
from harness import *  # noqa: F403

with open(os.path.join(TREE, 'Documentation/netlink/specs/sdwan.yaml')) as f:
    SPEC = yaml.load(f, Loader=getattr(yaml, 'CSafeLoader', yaml.SafeLoader))
SETS = {s['name']: {a['name']: a for a in s['attributes']}
        for s in SPEC['attribute-sets']}
OPS = {o['name']: o['attribute-set'] for o in SPEC['operations']['list']
       if 'attribute-set' in o}
ENUMS = {d['name']: d for d in SPEC['definitions'] if d['type'] == 'enum'}
PACK = {'u8': u8, 'u16': u16, 'u32': u32, 'u64': u64}


# ---- Attributes -----------------------------------------------------------

def aid(set_name, name):
    return UAPI['SDWAN_A_%s_%s' % (set_name.replace('-', '_').upper(),
                                   name.upper().replace('-', '_'))]


def enum_value(name, entry):
    d = ENUMS[name]
    names = [e['name'] if isinstance(e, dict) else e for e in d['entries']]
    return d.get('value-start', 0) + names.index(entry)


def enum_name(name, value):
    d = ENUMS[name]
    e = d['entries'][value - d.get('value-start', 0)]
    return e['name'] if isinstance(e, dict) else e


def ports(*ranges):
    """The attribute's format: ranges or single ports"""
    return b''.join(struct.pack('=HH', *(r if isinstance(r, tuple) else
                                         (r, r))) for r in ranges)


def one(set_name, name, value):
    spec, kind = SETS[set_name][name], aid(set_name, name)
    if spec['type'] == 'nest':
        return attr(kind | NLA_F_NESTED, enc(spec['nested-attributes'],
                                             **value))
    if isinstance(value, bytes):
        return attr(kind, value)
    if spec.get('display-hint') == 'mac':
        return attr(kind, bytes.fromhex(value.replace(':', '')))
    if spec['type'] == 'binary':
        return address(kind, value)
    if spec['type'] == 'string':
        return text(kind, value)
    if spec['type'] == 'flag':
        return attr(kind, b'')
    if isinstance(value, str):
        value = enum_value(spec['enum'], value)
    return PACK[spec['type']](kind, value)


def enc(set_name, **kw):
    """A request: attributes in the order in which they are named, '_' for '-'.
    Enumerated values by name, addresses as text, bytes as they are; what is
    None is left out.  `from_' is from, which is a word of Python."""
    out = b''
    for key, value in kw.items():
        key = key.rstrip('_').replace('_', '-')
        if value is None:
            continue
        if SETS[set_name][key].get('multi-attr') and isinstance(value, list):
            out += b''.join(one(set_name, key, v) for v in value)
        else:
            out += one(set_name, key, value)
    return out


def untext(data):
    a = ipaddress.IPv6Address(data)
    return str(a.ipv4_mapped or a)


def dec(set_name, got):
    """The reverse, of a list of attributes"""
    names = {aid(set_name, n): n for n in SETS[set_name]}
    out = {}
    for kind, data in got:
        name = names[kind]
        spec, key = SETS[set_name][name], name.replace('-', '_')
        if spec['type'] == 'pad':
            continue
        if spec['type'] == 'nest':
            value = dec(spec['nested-attributes'], attrs(data))
        elif spec['type'] == 'string':
            value = data.rstrip(b'\0').decode()
        elif spec.get('display-hint') == 'mac':
            value = data.hex(':')
        elif spec['type'] == 'binary' and 'exact-len' in spec.get('checks', {}):
            value = untext(data)
        elif spec['type'] == 'binary':
            value = list(struct.iter_unpack('=HH', data))
        else:
            value = num(data)
            if 'enum' in spec:
                value = enum_name(spec['enum'], value)
        if spec.get('multi-attr'):
            out.setdefault(key, []).append(value)
        else:
            out[key] = value
    return out


class Fabric:
    """Requests of one namespace, by name"""

    def __init__(self, ns=None):
        self.ns = ns
        self.nl = Netlink(ns)

    def do(self, op, flags=0, /, **kw):
        set_name = OPS[op]
        got = self.nl.do(op, enc(set_name, **kw), flags)
        return dec(set_name, got) if got else None

    def dump(self, op, **kw):
        set_name = OPS[op]
        return [dec(set_name, o) for o in self.nl.dump(op, enc(set_name,
                                                               **kw))]

    def refused(self, codes, op, blame=None, flags=0, /, **kw):
        """Must fail; `blame' is the attribute that must be named: the offset
        is that of the attribute, or it is missing"""
        set_name = OPS[op]
        payload = enc(set_name, **kw)
        e = refused(codes, self.nl, op, payload, flags)
        if blame is None:
            return e
        kind = aid(set_name, blame)
        if e.missing is not None:
            equal(e.missing, kind, '%s: missing attribute' % op)
            return e
        true(e.offset is not None, '%s: %s names no attribute' % (op, e))
        # behind the headers of netlink (16) and generic netlink (4)
        at = e.offset - 20
        true(0 <= at < len(payload), '%s: offset %d' % (op, e.offset))
        got = struct.unpack_from('=HH', payload, at)[1] & 0x3fff
        equal(got, kind, '%s: attribute named (%s)' % (op, e))
        return e

    def begin(self):
        got = self.nl.get('txn-begin')
        return Txn(self, num(got[A['SDWAN_A_TXN_ID']]),
                   num(got[A['SDWAN_A_TXN_GENERATION']]))

    def fabric(self):
        out = dec('fabric', self.nl.do('fabric-get'))
        out['counter'] = {c['name']: c['value']
                          for c in out.get('counter', [])}
        return out

    def rules(self):
        return {r['pref']: r for r in self.dump('rule-get')}

    def rule(self, pref):
        return self.do('rule-get', pref=pref)

    def flush_rules(self):
        """All rules and classes are gone, and the flows with them"""
        self.replace([])
        for c in self.dump('class-get'):
            self.do('class-del', name=c['name'])
        self.do('flow-flush')

    def replace(self, rules):
        """The rules that there are, (pref, attributes) each, in one go"""
        with self.begin() as t:
            for pref in self.rules():
                t.do('rule-del', pref=pref)
            for pref, kw in rules:
                t.do('rule-new', pref=pref, **kw)

    def flows(self, **kw):
        return self.dump('flow-get', **kw)

    def explain(self, **kw):
        return self.do('flow-explain', **kw)

    def sent(self):
        """Packets that have been sent, by path"""
        return {p['name']: p['tx_packets'] for p in self.dump('path-get')}

    def took(self, fn, *args):
        """The paths that packets take while fn runs"""
        before = self.sent()
        fn(*args)
        after = self.sent()
        return {k: v - before.get(k, 0) for k, v in after.items()
                if v != before.get(k, 0)}

    def counters(self, dev='sdwan0'):
        """Those that the driver has of a segment"""
        out = run('ethtool', '-S', dev, ns=self.ns)
        lines = [line.strip().split(': ') for line in out.splitlines()[1:]]
        return {key: int(value) for key, value in lines}

    def dropped(self, name, dev='sdwan0'):
        return self.counters(dev)[name]


class Txn:
    """with fabric.begin() as t: t.do(...), and it is committed"""

    def __init__(self, fabric, txn, gen):
        self.fabric, self.id, self.gen = fabric, txn, gen

    def do(self, op, flags=0, /, **kw):
        return self.fabric.do(op, flags, txn=self.id, **kw)

    def many(self, op, payloads, flags=0):
        """The same request many times, a hundred to a datagram and without
        answers: the commit tells how many were staged"""
        nl, mark = self.fabric.nl, enc(OPS[op], txn=self.id)
        head = struct.pack('=BBH', C(op), 1, 0) + mark
        for i in range(0, len(payloads), 100):
            nl.sock.send(b''.join(struct.pack(
                '=IHHII', 16 + len(head) + len(p), nl.id,
                NLM_F_REQUEST | flags, 0, 0) + head + p
                for p in payloads[i:i + 100]))

    def refused(self, codes, op, blame=None, /, **kw):
        return self.fabric.refused(codes, op, blame, 0, txn=self.id, **kw)

    def commit(self):
        return dec('txn', self.fabric.nl.do(
            'txn-commit', enc('txn', id=self.id, generation=self.gen)))

    def abort(self):
        self.fabric.nl.do('txn-abort', enc('txn', id=self.id))

    def __enter__(self):
        return self

    def __exit__(self, kind, *exc):
        if kind is None:
            self.commit()
        else:
            self.abort()


# ---- Two edges ------------------------------------------------------------

# The addresses that are the edges', and their paths, those of e1 first
S4, D4 = '10.1.128.1', '10.2.128.1'
S6, D6 = 'fd01:0:0:1::1', 'fd02:0:0:1::1'
U0, U1, U2 = ('edge2:u%d' % i for i in range(3))
B0, B1, B2 = ('edge1:u%d' % i for i in range(3))


class Sites:
    """e1 and e2 with cables between them as WANs

    wanN is 192.168.1N.S, underlay uN, path edgeO:uN (preference 100 + N).
    sdwan0 is 100.64.0.S/24 and fd64::S/64, segment 100.  All of 10.S.128.0/17
    and fd0S:0:0:1::/64 is the edge itself; h1 is a host behind e1 at
    10.1.0.2 and fd01::2, by way of lan0.
    """

    def __init__(self, wans=3, host=False, rules=True):
        self.wans = wans
        setup_ns('e1', 'e2', *(['h1'] if host else []))
        lines = ['link add wan%d netns e1 type veth peer name wan%d netns e2' %
                 (i, i) for i in range(wans)]
        if host:
            lines.append('link add eth0 netns h1 type veth peer name lan0 '
                         'netns e1')
        self.batch(None, lines)
        for s in (1, 2):
            self.batch('e%d' % s, self.edge(s, wans))
        if host:
            self.host()
        for s in (1, 2):
            run('sdwanctl', '-batch', '-', ns='e%d' % s,
                stdin='\n'.join(self.overlay(s, wans)) + '\n')
        self.e1, self.e2 = Fabric('e1'), Fabric('e2')
        for f in (self.e1, self.e2):
            wait_for(lambda f=f: all(p['state'] == 'up'
                                     for p in f.dump('path-get')),
                     'all paths are up')
            if rules:
                f.do('rule-new', pref=2 ** 31 - 1, action='pass')

    @staticmethod
    def batch(ns, lines):
        run('ip', *(['-n', ns] if ns else []), '-batch', '-',
            stdin='\n'.join(lines) + '\n')

    @staticmethod
    def edge(s, wans):
        for i in range(wans):
            yield 'link set dev wan%d up' % i
            yield 'addr add 192.168.1%d.%d/24 dev wan%d' % (i, s, i)
        yield 'link add sdwan0 type sdwan vni 100'
        yield 'addr add 100.64.0.%d/24 dev sdwan0' % s
        yield 'addr add fd64::%d/64 dev sdwan0 nodad' % s
        yield 'link set dev sdwan0 up'
        yield 'route add local 10.%d.128.0/17 dev lo table local' % s
        yield 'route add local fd0%d:0:0:1::/64 dev lo table local' % s
        yield 'route add 10.%d.0.0/16 dev sdwan0' % (3 - s)
        yield 'route add fd0%d::/48 dev sdwan0' % (3 - s)

    @staticmethod
    def overlay(s, wans, vni=100):
        o = 3 - s
        yield 'node set site %d' % s
        yield 'peer add edge%d site %d overlay 100.64.0.%d vni %d ' \
            'overlay fd64::%d vni %d' % (o, o, o, vni, o, vni)
        for i in range(wans):
            yield 'underlay add u%d dev wan%d local 192.168.1%d.%d probe off' % (
                i, i, i, s)
            yield 'path add peer edge%d underlay u%d remote 192.168.1%d.%d ' \
                'preference %d' % (o, i, i, o, 100 + i)
        yield 'prefix add 10.%d.0.0/16 vni %d site %d' % (o, vni, o)
        yield 'prefix add fd0%d::/48 vni %d site %d' % (o, vni, o)

    def host(self):
        run('sysctl', '-q', '-w', 'net.ipv4.ip_forward=1',
            'net.ipv6.conf.all.forwarding=1', ns='e1')
        self.batch('h1', ['link set dev eth0 up',
                          'addr add 10.1.0.2/24 dev eth0',
                          'addr add fd01::2/64 dev eth0 nodad',
                          'route add default via 10.1.0.1',
                          'route add ::/0 via fd01::1'])
        self.batch('e1', ['link set dev lan0 up',
                          'addr add 10.1.0.1/24 dev lan0',
                          'addr add fd01::1/64 dev lan0 nodad'])


# Packets of many flows, see tools/flowflood.c
FLOOD = os.path.join(TREE, 'build/selftests/flowflood')


def slab():
    """Bytes that the kernel has for objects"""
    with open('/proc/meminfo', encoding='ascii') as f:
        for line in f:
            if line.startswith('Slab:'):
                return int(line.split()[1]) * 1024
    raise Fail('no Slab in /proc/meminfo')


def wait_for(cond, what, seconds=10):
    end = time.monotonic() + seconds * int(os.environ.get(
        'SDWAN_WAIT', 2 * SLOW))
    while not cond():
        if time.monotonic() > end:
            raise Fail('not within %d s: %s' % (seconds, what))
        time.sleep(0.05)


def prefer(*underlays):
    return {'mode': 'prefer', 'member': [{'underlay': u} for u in underlays]}


def steer(fabric, pref=10, name='voice', match=None, **kw):
    """A class, and a rule that gives it traffic"""
    fabric.do('class-new', NLM_F_REPLACE, name=name, **kw)
    fabric.do('rule-new', NLM_F_REPLACE, pref=pref, action='class',
              class_=name, **(match or {}))


def admin(fabric, path, up):
    fabric.do('path-set', name=path, admin=int(up))
    wait_for(lambda: (fabric.do('path-get', name=path)['state'] == 'up') ==
             bool(up), path + (' up' if up else ' down'))


def bpf_object(name, source):
    """What clang makes of a program, in a directory of its own"""
    if not shutil.which('clang'):
        raise Skip('no clang')
    base = os.path.join(os.environ.get('TMPDIR', '/tmp'),
                        'sdwan-%s.%d' % (name, os.getpid()))
    at_cleanup(shutil.rmtree, base, True)
    os.mkdir(base)
    obj = os.path.join(base, name + '.o')
    run('clang', '-O2', '-target', 'bpf', '-I/usr/include/x86_64-linux-gnu',
        '-I' + TREE + '/include/uapi', '-c', '-x', 'c', '-', '-o', obj,
        stdin=source)
    return obj


# ---- Packets --------------------------------------------------------------

SO_MARK = 36
IP_TOS = 1
IPV6_TCLASS, IPV6_DSTOPTS, IPV6_FREEBIND = 67, 59, 78
UDP, TCP, ICMP, ICMP6, SCTP, UDPLITE = 17, 6, 1, 58, 132, 136


def open_socket(ns, kind, proto, src, sport, dscp=0, mark=0):
    v6 = ':' in src
    with InNs(ns):
        s = socket.socket(socket.AF_INET6 if v6 else socket.AF_INET, kind,
                          proto)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    # addresses of a local route are no addresses of a device
    if v6:
        s.setsockopt(socket.IPPROTO_IPV6, IPV6_FREEBIND, 1)
    if mark:
        s.setsockopt(socket.SOL_SOCKET, SO_MARK, mark)
    if dscp and v6:
        s.setsockopt(socket.IPPROTO_IPV6, IPV6_TCLASS, dscp << 2)
    elif dscp:
        s.setsockopt(socket.IPPROTO_IP, IP_TOS, dscp << 2)
    s.bind((src, sport))
    return s


def send(ns='e1', src=S4, dst=D4, proto=UDP, sport=0, dport=0, dscp=0, mark=0,
         size=8, options=False):
    """One packet; of TCP a SYN, of ICMP an echo request (sport is its
    identifier), of others their ports and nothing else"""
    v6 = ':' in src
    if proto == TCP:
        s = open_socket(ns, socket.SOCK_STREAM, 0, src, sport, dscp, mark)
        s.setblocking(False)
        try:
            s.connect((dst, dport))
        except (BlockingIOError, ConnectionRefusedError):
            pass
        s.close()
        return
    if proto == UDP:
        s = open_socket(ns, socket.SOCK_DGRAM, 0, src, sport, dscp, mark)
        if options:
            s.setsockopt(socket.IPPROTO_IPV6, IPV6_DSTOPTS, b'\0\0\1\4' +
                         b'\0' * 4)
        s.sendto(b'x' * size, (dst, dport))
        s.close()
        return
    s = open_socket(ns, socket.SOCK_RAW, proto, src, 0, dscp, mark)
    if proto in (ICMP, ICMP6):
        data = struct.pack('!BBHHH', 8 if proto == ICMP else 128, 0, 0, sport,
                           1) + b'x' * size
        if proto == ICMP:
            data = data[:2] + struct.pack('!H', csum(data)) + data[4:]
    else:
        data = struct.pack('!HH', sport, dport) + b'\0' * 8
    s.sendto(data, (dst, 0))
    s.close()


def out_of_order(ns):
    """Segments of TCP that came too early"""
    with InNs(ns):
        with open('/proc/net/netstat', encoding='ascii') as f:
            lines = f.read().splitlines()
    got = {}
    for names, values in zip(lines[::2], lines[1::2]):
        got.update(zip(names.split(), values.split()))
    return int(got['TCPOFOQueue'])


class Talk:
    """UDP of one flow, both ways: .say() there, .answer() back"""

    def __init__(self, sport, dport, src=S4, dst=D4, here='e1', there='e2',
                 **kw):
        self.dst = (dst, dport)
        self.src = (src, sport)
        self.a = open_socket(here, socket.SOCK_DGRAM, 0, src, sport, **kw)
        self.b = open_socket(there, socket.SOCK_DGRAM, 0, dst, dport)
        for s in (self.a, self.b):
            s.settimeout(10 * SLOW)
            at_cleanup(s.close)

    def say(self, data=b'hello'):
        self.a.sendto(data, self.dst)
        return self.heard(self.b, data)

    def answer(self, data=b'yes'):
        self.b.sendto(data, self.src)
        return self.heard(self.a, data)

    @staticmethod
    def heard(sock, data):
        while True:
            got = sock.recv(2048)
            if got == data:
                return got

    def both(self):
        self.say()
        self.answer()

    def key(self):
        """As flows of this end have it"""
        return {'src': self.src[0], 'dst': self.dst[0], 'proto': UDP,
                'sport': self.src[1], 'dport': self.dst[1]}

    def back(self):
        return {'src': self.dst[0], 'dst': self.src[0], 'proto': UDP,
                'sport': self.dst[1], 'dport': self.src[1]}


class Listener:
    """TCP at the other edge"""

    def __init__(self, dport):
        self.dst = (D4, dport)
        with InNs('e2'):
            self.sock = socket.create_server(self.dst)
        at_cleanup(self.sock.close)

    def connect(self, sport):
        """Both ends of a connection from e1"""
        a = open_socket('e1', socket.SOCK_STREAM, 0, S4, sport)
        at_cleanup(a.close)
        a.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        a.connect(self.dst)
        b, _ = self.sock.accept()
        at_cleanup(b.close)
        b.settimeout(30 * SLOW)
        return a, b


def path_of(fabric, **key):
    return fabric.do('flow-get', **key)['path']
