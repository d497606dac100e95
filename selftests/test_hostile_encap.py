#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
#
# Hostile packets of VXLAN-GPE and GRE are counted drops as those of GENEVE are,
# or left to others who receive GRE.
# Kernels: all um um-debug
# Check: um
# Timeout: 300

import os
import socket
import struct
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lab import *  # noqa: E402,F403

GRE = socket.IPPROTO_GRE
INNER4 = ipv4(udp_inner())
INNER6 = ipv6(udp6_inner(INNER6_SRC, INNER6_DST))


def vxlan(inner=INNER4, vni=100, flags=0x0c, nxt=1, res1=0, res2=0):
    return struct.pack('!BHBI', flags, res1, nxt, vni << 8 | res2) + inner


def gre(inner=INNER4, key=100, proto=0x0800, flags=0x2000, seq=0, bad=0):
    """A header as FLAGS say; the checksum is right unless BAD."""
    head = b''
    if flags & 0x8000:
        head += b'\0\0\0\0'
    if flags & 0x2000:
        head += struct.pack('!I', key)
    if flags & 0x1000:
        head += struct.pack('!I', seq)
    head = struct.pack('!HH', flags, proto) + head
    if flags & 0x8000:
        head = head[:4] + struct.pack('!H', csum(head + inner) ^ bad) + \
            head[6:]
    return head + inner


class All(Lab):
    """Paths of all encapsulations to one remote."""

    def __init__(self):
        super().__init__()
        for n, encap in enumerate(('vxlan-gpe', 'gre')):
            for family, remote in ((4, '192.168.20.1'), (6, 'fd10::2')):
                ctl('e1', 'path', 'add', '%s-%d' % (encap, family), 'peer',
                    'p2', 'underlay', 'u0', 'remote', remote, 'encap', encap,
                    'preference', str(300 + n))
        # one encapsulation only
        ctl('e1', 'path', 'add', 'only-gre', 'peer', 'p2', 'underlay', 'u0',
            'remote', '192.168.20.5', 'encap', 'gre', 'preference', '400')
        ctl('e1', 'path', 'add', 'only-geneve', 'peer', 'p2', 'underlay', 'u0',
            'remote', '192.168.20.6', 'preference', '401')

    def gre4(self, payload, src='192.168.20.1', **kw):
        return lambda: self.frame4(ipv4(payload, src, '192.168.10.1',
                                        proto=GRE, **kw))

    def gre6(self, payload, src='fd10::2'):
        return lambda: self.frame6(ipv6(payload, src, 'fd10::1', nxt=GRE))

    def gre(self, payloads):
        return [f(p) for p in payloads for f in (self.gre4, self.gre6)]

    def vx(self, payloads):
        out = []
        for p in payloads:
            out.append(lambda p=p: self.outer4(p, dport=4790))
            out.append(lambda p=p: self.outer6(p, dport=4790))
        return out

    def good(self):
        """A good packet of each kind still arrives at the host."""
        self.alive()
        self.expect({'rx': 8}, *self.vx([vxlan(), vxlan(INNER6, nxt=2)]),
                    *self.gre([gre(), gre(INNER6, proto=0x86dd)]))
        for _ in range(8):
            data, _ = self.host.recvfrom(4096)
            equal(data, b'hello', 'what arrives')


def test_vxlan_header():
    lab = All()
    lab.expect({'rx_drop_truncated': 16},
               *lab.vx([vxlan()[:n] for n in range(8)]))
    lab.expect({'rx_drop_version': 6},
               *lab.vx([vxlan(flags=0x0c | v) for v in (0x10, 0x20, 0x30)]))
    # the number of the segment has to be there
    lab.expect({'rx_drop_flags': 6},
               *lab.vx([vxlan(flags=f) for f in (0x04, 0, 0xc4)]))
    # plain VXLAN: an Ethernet frame
    lab.expect({'rx_drop_protocol': 4},
               *lab.vx([vxlan(flags=0x08), vxlan(flags=0x08, nxt=0)]))
    for nxt in (0, 3, 4, 5, 255):
        lab.expect({'rx_drop_protocol': 2}, *lab.vx([vxlan(nxt=nxt)]))
    lab.expect({'rx_drop_control': 4},
               *lab.vx([vxlan(flags=0x0d), vxlan(vni=0)]))
    lab.expect({'rx_drop_no_segment': 4},
               *lab.vx([vxlan(vni=101), vxlan(vni=0xffffff)]))
    lab.expect({'rx_drop_segment_down': 2}, *lab.vx([vxlan(vni=300)]))
    # what is reserved is ignored
    lab.expect({'rx': 6}, *lab.vx([vxlan(flags=0xcc), vxlan(flags=0x0e),
                                   vxlan(res1=0xffff, res2=0xff)]))
    # the protocol lies about what follows
    lab.expect({'rx_drop_inner': 4}, *lab.vx([vxlan(INNER6), vxlan(
        INNER4, nxt=2)]))
    lab.good()


def test_gre_header():
    lab = All()
    # whoever else receives GRE may know what to do with these
    lab.expect({'rx_gre_other_key': 4 * 2},
               *lab.gre([gre()[:n] for n in (4, 5, 6, 7)]), errors=0)
    lab.expect({'rx_gre_other_key': 4 * 2},
               *lab.gre([gre()[:n] for n in range(4)]), errors=0)
    other = [gre(flags=0), gre(key=101), gre(key=0), gre(key=100 << 8),
             gre(key=0x01000064), gre(key=0xffffffff)]
    # versions, routing
    other += [gre(flags=0x2000 | v) for v in range(1, 8)]
    other += [gre(flags=0x6000), gre(flags=0x4000)]
    # fields past the end
    other += [gre(b'', flags=0xb000)[:n] for n in range(4, 16)]
    lab.expect({'rx_gre_other_key': 2 * len(other)}, *lab.gre(other), errors=0)
    for proto in (0, 0x0806, 0x6558, 0x880b, 0x88be, 0xffff):
        lab.expect({'rx_drop_protocol': 2}, *lab.gre([gre(proto=proto)]))
    lab.expect({'rx_drop_segment_down': 2}, *lab.gre([gre(key=300)]))
    lab.expect({'rx_drop_checksum': 4}, *lab.gre([
        gre(flags=0xa000, bad=1), gre(flags=0xb000, bad=0x8000)]))
    lab.expect({'rx': 10}, *lab.gre([
        gre(flags=0xa000), gre(flags=0x3000, seq=7), gre(flags=0x3000, seq=3),
        gre(flags=0xb000, seq=1), gre(flags=0x2ff8)]))
    lab.expect({'rx_drop_inner': 4}, *lab.gre([gre(INNER6), gre(b'')]))
    lab.good()


def test_remote():
    """Packets of nobody, and of somebody in another encapsulation."""
    lab = All()
    lab.expect({'rx_drop_unknown_path': 2},
               lambda: lab.outer4(vxlan(), src='192.168.20.9', dport=4790),
               lambda: lab.outer6(vxlan(), src='fd10::9', dport=4790),
               errors=0)
    lab.expect({'rx_drop_encapsulation': 3},
               lambda: lab.outer4(good4(), src='192.168.20.5'),
               lambda: lab.outer4(vxlan(), src='192.168.20.5', dport=4790),
               lambda: lab.outer4(vxlan(), src='192.168.20.6', dport=4790),
               errors=0)
    # GRE of others is theirs, with any key
    lab.expect({}, lab.gre4(gre(), src='192.168.20.9'),
               lab.gre6(gre(), src='fd10::9'),
               lab.gre4(gre(), src='192.168.20.6'))
    lab.expect({'rx': 1}, lab.gre4(gre(), src='192.168.20.5'))
    lab.host.recvfrom(4096)
    # GENEVE to the port of VXLAN and the other way round
    lab.expect({'rx_drop_flags': 1}, lambda: lab.outer4(good4(), dport=4790))
    lab.expect({'rx_drop_bad_option': 1}, lambda: lab.outer4(
        vxlan(), dport=6081))
    # the path is down, the encapsulation is known
    ctl('e1', 'path', 'set', 'gre-4', 'down')
    lab.expect({'rx_drop_path_down': 1}, lab.gre4(gre()))
    ctl('e1', 'path', 'set', 'gre-4', 'up')
    # gone
    ctl('e1', 'path', 'del', 'gre-4')
    lab.expect({}, lab.gre4(gre()))
    ctl('e1', 'path', 'del', 'vxlan-gpe-4')
    lab.expect({'rx_drop_encapsulation': 1}, lambda: lab.outer4(
        vxlan(), dport=4790), errors=0)
    # with the last one, port and hooks
    ctl('e1', 'path', 'del', 'vxlan-gpe-6')
    lab.expect({}, lambda: lab.outer4(vxlan(), dport=4790))
    lab.alive()


def fragments(lab, payload, size, ident):
    """PAYLOAD of GRE in fragments over IPv6."""
    out = []
    for at in range(0, len(payload), size):
        part = payload[at:at + size]
        more = at + size < len(payload)
        head = struct.pack('!BBHI', GRE, 0, at | more, ident)
        out.append(lambda p=head + part: lab.frame6(ipv6(
            p, 'fd10::2', 'fd10::1', nxt=44)))
    return out


def test_gre_fragments():
    """Ours are put together, theirs too, what is left over does no harm."""
    lab = All()
    lab.expect({'rx': 2}, *fragments(lab, gre(), 32, 1))
    lab.expect({'rx': 2}, *fragments(lab, gre(), 32, 2)[::-1])
    with InNs('e1'):
        raw = socket.socket(socket.AF_INET6, socket.SOCK_RAW, GRE)
        raw.settimeout(5 * SLOW)
    theirs = gre(b'x' * 200, key=7)
    lab.expect({'rx_gre_other_key': 1}, *fragments(lab, theirs, 64, 3),
               errors=0)
    equal(raw.recv(4096), theirs, 'GRE of another key')
    # of others altogether
    theirs = gre(b'y' * 200, key=100)
    lab.frame6(ipv6(struct.pack('!BBHI', GRE, 0, 1, 4) + theirs[:64],
                    'fd10::9', 'fd10::1', nxt=44))
    lab.frame6(ipv6(struct.pack('!BBHI', GRE, 0, 64, 4) + theirs[64:],
                    'fd10::9', 'fd10::1', nxt=44))
    equal(raw.recv(4096), theirs, 'GRE of another remote')
    raw.close()
    # never whole, overlapping, too long, not a multiple of 8
    whole = fragments(lab, gre(), 32, 5)
    whole[0]()
    whole[0]()
    for at, more, n in ((0, 1, 31), (8, 0, 64), (0xfff8, 1, 64), (0, 1, 0)):
        lab.frame6(ipv6(struct.pack('!BBHI', GRE, 0, at | more, 6) + b'z' * n,
                        'fd10::2', 'fd10::1', nxt=44))
    # IPv4 fragments by the stack
    p = gre()
    lab.expect({'rx': 2}, lab.gre4(p[:32], frag=0x2000),
               lab.gre4(p[32:], frag=4))
    lab.good()


def test_icmp():
    """ICMP that claims to be about our packets."""
    lab = All()

    def mtu(name):
        for p in lab.nl.dump('path-get'):
            d = dict(p)
            if d[A['SDWAN_A_PATH_NAME']].rstrip(b'\0').decode() == name:
                return num(d[A['SDWAN_A_PATH_MTU']])

    def icmp4(quoted, kind=3, code=4, size=1300, bad=0):
        head = struct.pack('!BBHHH', kind, code, 0, 0, size)
        body = head + quoted
        body = body[:2] + struct.pack('!H', csum(body) ^ bad) + body[4:]
        lab.frame4(ipv4(body, '192.168.20.77', '192.168.10.1', proto=1))

    def icmp6(quoted, kind=2, size=1300, bad=0):
        head = struct.pack('!BBHI', kind, 0, 0, size)
        pseudo = ip6('fd10::77') + ip6('fd10::1') + struct.pack(
            '!II', len(head + quoted), 58)
        s = csum(pseudo + head + quoted) ^ bad
        lab.frame6(ipv6(head[:2] + struct.pack('!H', s) + head[4:] + quoted,
                        'fd10::77', 'fd10::1', nxt=58))

    def sent4(dst='192.168.20.1', proto=GRE, src='192.168.10.1', cut=28):
        return ipv4(gre(), src, dst, proto=proto)[:cut]

    def sent6(dst='fd10::2', nxt=GRE, src='fd10::1', cut=80):
        return ipv6(gre(), src, dst, nxt=nxt)[:cut]
    equal(mtu('gre-4'), 1472, 'MTU')
    equal(mtu('gre-6'), 1452, 'MTU')
    for kw in ({'bad': 1}, {'code': 3}, {'kind': 11}):
        icmp4(sent4(), **kw)
    for kw in ({'bad': 1}, {'kind': 1}):
        icmp6(sent6(), **kw)
    for quoted in (sent4('192.168.20.9'), sent4(proto=6),
                   sent4(src='192.168.10.9'), sent4(cut=19), b''):
        icmp4(quoted)
    for quoted in (sent6('fd10::9'), sent6(nxt=6), sent6(src='fd10::8'),
                   sent6(cut=39), b''):
        icmp6(quoted)
    lab.good()
    equal(mtu('gre-4'), 1472, 'MTU after what is not so')
    equal(mtu('gre-6'), 1452, 'MTU after what is not so')
    icmp4(sent4())
    icmp6(sent6())
    lab.good()
    equal(mtu('gre-4'), 1300 - 28, 'MTU told')
    equal(mtu('gre-6'), 1300 - 48, 'MTU told')


def test_noise():
    """Random bytes, repeatable, behind a header that is right."""
    lab = All()

    def put(i, data):
        if i % 4 < 2:
            data = bytearray(vxlan(bytes(data), nxt=1 + i % 2) if i & 8 else
                             gre(bytes(data)))
        if i & 8:
            (lab.outer4 if i & 1 else lab.outer6)(bytes(data), dport=4790)
        else:
            (lab.gre4 if i & 1 else lab.gre6)(bytes(data))()
    lab.noise(11, 100, put)
    lab.good()


run_tests(test_vxlan_header, test_gre_header, test_remote, test_gre_fragments,
          test_icmp, test_noise)
