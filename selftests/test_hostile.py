#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
#
# Hostile packets are drops, counted under the name of what is wrong, and the
# edge goes on working.
# Kernels: all um um-debug
# Check: um
# Timeout: 400
#
# The packets are put on the wire by a packet socket at the other end of e1's
# WAN, as whoever can spoof the address of a peer could.

import os
import socket
import struct
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import *  # noqa: E402,F403

INNER_SRC, INNER_DST = '10.2.0.2', '10.1.0.2'
INNER6_SRC, INNER6_DST = 'fd02::2', 'fd01::2'
PORT = 5555


def ip4(a):
    return socket.inet_pton(socket.AF_INET, a)


def ip6(a):
    return socket.inet_pton(socket.AF_INET6, a)


def csum(data):
    if len(data) & 1:
        data += b'\0'
    s = sum(struct.unpack('!%dH' % (len(data) // 2), data))
    while s >> 16:
        s = (s & 0xffff) + (s >> 16)
    return ~s & 0xffff


def udp_inner(payload=b'hello'):
    return struct.pack('!HHHH', 40000, PORT, 8 + len(payload), 0) + payload


def udp6_inner(src, dst, payload=b'hello'):
    head = struct.pack('!HHHH', 40000, PORT, 8 + len(payload), 0)
    pseudo = ip6(src) + ip6(dst) + struct.pack('!II', 8 + len(payload), 17)
    return head[:6] + struct.pack('!H', csum(pseudo + head + payload)) + payload


def ipv4(payload, src=INNER_SRC, dst=INNER_DST, proto=17, ihl=None,
         version=4, tot=None, options=b'', frag=0, ttl=64, tos=0, bad_sum=0):
    hl = 20 + len(options)
    head = struct.pack('!BBHHHBBH4s4s',
                       version << 4 | (hl // 4 if ihl is None else ihl), tos,
                       hl + len(payload) if tot is None else tot, 7, frag,
                       ttl, proto, 0, ip4(src), ip4(dst)) + options
    return head[:10] + struct.pack('!H', csum(head) ^ bad_sum) + head[12:] + \
        payload


def ipv6(payload, src=INNER6_SRC, dst=INNER6_DST, nxt=17, version=6,
         plen=None, tclass=0):
    return struct.pack('!IHBB16s16s', version << 28 | tclass << 20,
                       len(payload) if plen is None else plen, nxt, 64,
                       ip6(src), ip6(dst)) + payload


def geneve(inner, vni=100, proto=0x0800, options=b'', version=0, optlen=None,
           flags=0, reserved=0):
    words = len(options) // 4 if optlen is None else optlen
    return struct.pack('!BBHI', version << 6 | words, flags, proto,
                       vni << 8 | reserved) + options + inner


def option(kind=1, data=b'', length=None, cls=0xff00):
    return struct.pack('!HBB', cls, kind,
                       len(data) // 4 if length is None else length) + data


def good4(**kw):
    return geneve(ipv4(udp_inner()), **kw)


def good6(**kw):
    return geneve(ipv6(udp6_inner(INNER6_SRC, INNER6_DST)), proto=0x86dd,
                  **kw)


class Lab:
    """e1 with a segment, LAN host h1, and w0 at the other end of its WAN."""

    def __init__(self):
        setup_ns('h1', 'e1', 'w0')
        run('sysctl', '-q', '-w', 'net.ipv4.ip_forward=1',
            'net.ipv6.conf.all.forwarding=1', ns='e1')
        run('ip', 'link', 'add', 'eth0', 'netns', 'h1', 'type', 'veth',
            'peer', 'name', 'lan0', 'netns', 'e1')
        run('ip', 'link', 'add', 'wan0', 'netns', 'e1', 'type', 'veth',
            'peer', 'name', 'a', 'netns', 'w0')
        batch = {
            'h1': '''addr add 10.1.0.2/24 dev eth0
                addr add fd01::2/64 dev eth0 nodad
                link set eth0 up
                route add default via 10.1.0.1
                -6 route add default via fd01::1''',
            'e1': '''link set lan0 up
                link set wan0 up
                addr add 10.1.0.1/24 dev lan0
                addr add fd01::1/64 dev lan0 nodad
                addr add 192.168.10.1/16 dev wan0
                addr add fd10::1/64 dev wan0 nodad
                link add sdwan0 type sdwan vni 100
                addr add 100.64.0.1/24 dev sdwan0
                link set sdwan0 up
                link add down0 type sdwan vni 300
                route add 10.2.0.0/16 dev sdwan0
                -6 route add fd02::/64 dev sdwan0''',
            'w0': '''link set dev a up
                addr add 192.168.20.1/16 dev a
                addr add fd10::2/64 dev a nodad''',
        }
        for name, lines in batch.items():
            for line in lines.splitlines():
                ip(name, *line.split())
        run('sdwanctl', '-batch', '-', ns='e1', stdin='''
            node set site 1
            peer add p2 site 2 overlay 100.64.0.2
            underlay add u0 dev wan0
            path add peer p2 underlay u0 remote 192.168.20.1
            path add p2v6 peer p2 underlay u0 remote fd10::2 preference 200
            prefix add 10.2.0.0/16 vni 100 site 2
            prefix add fd02::/64 vni 100 site 2
            '''.replace('            ', ''))

        def mac(ns, dev):
            with InNs(ns):
                s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
                s.bind((dev, 0))
                return s, s.getsockname()[4]
        self.sock, src = mac('w0', 'a')
        _, dst = mac('e1', 'wan0')
        self.eth = dst + src
        with InNs('h1'):
            self.host = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
            self.host.bind(('::', PORT))
            self.host.settimeout(5 * SLOW)
        with InNs('e1'):
            self.nl = Netlink()
        self.send_good()

    def send_good(self):
        self.host.settimeout(0.5 * SLOW)
        for _ in range(20):
            self.outer4(good4())
            try:
                self.host.recvfrom(4096)
                break
            except OSError:
                pass
        else:
            raise Fail('a good packet does not arrive')
        self.host.settimeout(5 * SLOW)

    def frame4(self, packet):
        self.sock.send(self.eth + b'\x08\x00' + packet)

    def frame6(self, packet):
        self.sock.send(self.eth + b'\x86\xdd' + packet)

    def outer4(self, payload, src='192.168.20.1', dport=6081, tos=0, **kw):
        udp = struct.pack('!HHHH', 50000, dport, 8 + len(payload), 0)
        self.frame4(ipv4(udp + payload, src, '192.168.10.1', tos=tos, **kw))

    def outer6(self, payload, src='fd10::2', check=True):
        head = struct.pack('!HHHH', 50000, 6081, 8 + len(payload), 0)
        if check:
            pseudo = ip6(src) + ip6('fd10::1') + struct.pack(
                '!II', 8 + len(payload), 17)
            head = head[:6] + struct.pack(
                '!H', csum(pseudo + head + payload) or 0xffff)
        self.frame6(ipv6(head + payload, src, 'fd10::1'))

    def counters(self):
        """What is dropped, on devices and on the fabric, by name."""
        out = {}
        fabric = self.nl.do('fabric-get')
        for kind, data in fabric:
            if kind == A['SDWAN_A_FABRIC_COUNTER']:
                c = dict(attrs(data))
                out[c[A['SDWAN_A_COUNTER_NAME']].rstrip(b'\0').decode()] = num(
                    c[A['SDWAN_A_COUNTER_VALUE']])
        for dev in ('sdwan0', 'down0'):
            with InNs('e1'):
                text = run('ethtool', '-S', dev)
            for line in text.splitlines():
                name, _, value = line.strip().partition(': ')
                if '_drop_' in name:
                    out[name] = out.get(name, 0) + int(value)
        for kind, name in (('TX_PACKETS', 'tx'), ('RX_PACKETS', 'rx'),
                           ('RX_ERRORS', 'rx_errors')):
            out[name] = sum(num(dict(p)[A['SDWAN_A_PATH_' + kind]])
                            for p in self.nl.dump('path-get'))
        return {k: v for k, v in out.items() if v}

    def changes(self, before):
        after = self.counters()
        return {k: after.get(k, 0) - before.get(k, 0)
                for k in set(before) | set(after)
                if after.get(k, 0) != before.get(k, 0)}

    def settle(self, before, total):
        """Wait until so many packets have been counted, return the changes."""
        end = time.monotonic() + 10 * SLOW
        while True:
            got = self.changes(before)
            seen = sum(v for k, v in got.items()
                       if k not in ('rx_errors', 'tx'))
            if seen >= total or time.monotonic() > end:
                return got
            time.sleep(0.05)

    def expect(self, want, *sends, errors=None):
        """Send, and compare what was counted with what was to be."""
        before = self.counters()
        for send in sends:
            send()
        got = self.settle(before, sum(want.values()))
        rx_errors = got.pop('rx_errors', 0)
        # answers to what came
        if 'tx' not in want:
            got.pop('tx', 0)
        equal(got, want, 'counted')
        if errors is None:
            errors = sum(v for k, v in want.items() if k.startswith('rx_drop'))
        equal(rx_errors, errors, 'rx_errors of the path')

    def alive(self):
        """A good packet of each kind still arrives at the host."""
        self.host.setblocking(False)
        try:
            while True:
                self.host.recvfrom(4096)
        except OSError:
            pass
        self.host.setblocking(True)
        self.host.settimeout(10 * SLOW)
        for send in (lambda: self.outer4(good4()), lambda: self.outer4(good6()),
                     lambda: self.outer6(good4()),
                     lambda: self.outer6(good6())):
            send()
            data, addr = self.host.recvfrom(4096)
            equal(data, b'hello', 'what arrives')


def o4(lab, *args, **kw):
    return lambda: lab.outer4(*args, **kw)


def o6(lab, *args, **kw):
    return lambda: lab.outer6(*args, **kw)


def both(lab, payloads):
    """The packets over IPv4 and over IPv6."""
    return [f(lab, p) for p in payloads for f in (o4, o6)]


def test_header():
    """Everything that can be wrong with a GENEVE header."""
    lab = Lab()
    good = good4()
    lab.expect({'rx_drop_truncated': 16},
               *both(lab, [good[:n] for n in range(8)]))
    lab.expect({'rx_drop_version': 6},
               *both(lab, [good4(version=v) for v in (1, 2, 3)]))
    lab.expect({'rx_drop_critical_option': 2}, *both(lab, [
        good4(options=option(0x81, b'1234'))]))
    # behind others, longest options, the flag alone
    lab.expect({'rx_drop_critical_option': 6}, *both(lab, [
        good4(options=option(1, b'1234') + option(2) +
              option(0x80, b'x' * 124)),
        good4(flags=0x40),
        good4(flags=0x40, options=option(1))]))
    # options past the end of the packet, of the options
    lab.expect({'rx_drop_bad_option': 2 * 63}, *both(lab, [
        geneve(b'', optlen=n) for n in range(1, 64)]))
    lab.expect({'rx_drop_bad_option': 8}, *both(lab, [
        good4(options=option(1, b'1234', length=2)),
        good4(options=option(1, b'1234', length=31)),
        good4(options=option(1) + option(1, length=1)),
        geneve(b'', options=option(1, b'12345678'), optlen=9)]))
    for proto in (0, 0x0806, 0x6558, 0x8100, 0x8847, 0x88b5, 0xffff):
        lab.expect({'rx_drop_protocol': 2}, *both(lab, [good4(proto=proto)]))
    lab.expect({'rx_drop_control': 6}, *both(lab, [
        good4(vni=0), good4(flags=0x80), good4(vni=0, flags=0x80)]))
    lab.expect({'rx_drop_no_segment': 6}, *both(lab, [
        good4(vni=101), good4(vni=1), good4(vni=0xffffff)]))
    lab.expect({'rx_drop_segment_down': 2}, *both(lab, [good4(vni=300)]))
    lab.alive()


def test_header_accepted():
    """What is unusual, and right."""
    lab = Lab()
    lab.expect({'rx': 10}, *both(lab, [
        good4(options=option(1, b'1234')),
        good4(options=option(0x7f, b'x' * 124) + option(3)),
        good4(options=option(1, b'x' * 124) + option(1, b'x' * 120)),
        good4(reserved=0xff), good4(flags=0x3f)]))
    # no checksum over IPv6, as RFC 6935 allows tunnels
    lab.expect({'rx': 1}, o6(lab, good4(), check=False))
    lab.alive()


def test_remote():
    """Packets of nobody, and to other ports."""
    lab = Lab()
    lab.expect({'rx_drop_unknown_path': 3}, o4(lab, good4(),
                                               src='192.168.20.2'),
               o4(lab, good4(), src='192.168.99.1'),
               o6(lab, good4(), src='fd10::3'), errors=0)
    # no socket: not ours to count
    lab.expect({}, o4(lab, good4(), dport=6082), o4(lab, good4(), dport=4789))
    ctl('e1', 'path', 'set', 'p2:u0', 'down')
    lab.expect({'rx_drop_path_down': 1}, o4(lab, good4()))
    ctl('e1', 'path', 'set', 'p2:u0', 'up')
    lab.alive()


def test_inner():
    """Everything that can be wrong with the inner packet."""
    lab = Lab()
    whole4 = ipv4(udp_inner())
    whole6 = ipv6(udp6_inner(INNER6_SRC, INNER6_DST))
    lab.expect({'rx_drop_inner': 2 * len(whole4)}, *both(lab, [
        geneve(whole4[:n]) for n in range(len(whole4))]))
    lab.expect({'rx_drop_inner': 2 * len(whole6)}, *both(lab, [
        geneve(whole6[:n], proto=0x86dd) for n in range(len(whole6))]))
    bad = [ipv4(udp_inner(), version=v) for v in (0, 1, 3, 5, 6, 15)]
    bad += [ipv4(udp_inner(), ihl=n) for n in (0, 1, 4, 15)]
    bad += [ipv4(udp_inner(), tot=n) for n in (0, 1, 19, 34, 1500, 65535)]
    bad += [whole6, b'\xff' * 60, b'\0' * 60]
    lab.expect({'rx_drop_inner': 2 * len(bad)},
               *both(lab, [geneve(p) for p in bad]))
    bad = [ipv6(udp6_inner(INNER6_SRC, INNER6_DST), version=v)
           for v in (0, 4, 5, 7, 15)]
    bad += [ipv6(udp_inner(), plen=n) for n in (14, 1500, 65535)]
    bad += [whole4 + b'\0' * 40, b'\xff' * 60, b'\0' * 60]
    lab.expect({'rx_drop_inner': 2 * len(bad)},
               *both(lab, [geneve(p, proto=0x86dd) for p in bad]))
    lab.alive()


def snmp(ns, *names):
    """Counters of the IP stack."""
    text = run('nstat', '-a', '-s', '-z', *names, ns=ns)
    return {f[0]: int(f[1]) for f in map(str.split, text.splitlines())
            if len(f) > 1 and f[0][0] != '#'}


def test_inner_for_the_stack():
    """What the IP stack judges is left to it, and does no harm."""
    lab = Lab()
    names = ('IpInHdrErrors', 'IpInAddrErrors', 'IpInDiscards',
             'Ip6InHdrErrors', 'IpInTruncatedPkts', 'IpExtInCsumErrors')
    before = snmp('e1', *names)
    odd = [
        ipv4(udp_inner(), bad_sum=0x5555),
        # source routes, bad options, options past the end
        ipv4(udp_inner(), options=b'\x83\x07\x04' + ip4('10.1.0.9') + b'\0'),
        ipv4(udp_inner(), options=b'\x89\x07\x04' + ip4('10.1.0.9') + b'\0'),
        ipv4(udp_inner(), options=b'\x83\xff\x04\0'),
        ipv4(udp_inner(), options=b'\x07\x03\x00\x00'),
        ipv4(udp_inner(), options=b'\x44\x04\x01\xff'),
        ipv4(udp_inner(), options=b'\xff' * 40),
        ipv4(udp_inner(), ttl=0),
        ipv4(udp_inner(), ttl=1),
        ipv4(udp_inner(), dst='0.0.0.0'),
        ipv4(udp_inner(), dst='255.255.255.255'),
        ipv4(udp_inner(), dst='224.0.0.1'),
        ipv4(udp_inner(), dst='127.0.0.1'),
        # fragments that never become whole, overlap, are too long
        ipv4(b'x' * 64, frag=0x2000),
        ipv4(b'x' * 64, frag=0x2004),
        ipv4(b'x' * 64, frag=0x1fff),
    ]
    lab.expect({'rx': 2 * len(odd)}, *both(lab, [geneve(p) for p in odd]))
    hop = bytes([17, 0, 1, 4, 0, 0, 0, 0])
    odd6 = [
        ipv6(hop[:4], nxt=0), ipv6(hop + udp_inner(), nxt=0),
        ipv6(bytes([17, 255]) + b'\0' * 6, nxt=0),
        ipv6(bytes([17, 0, 0xc2, 4, 0, 1, 0, 0]), nxt=0),
        ipv6(bytes([17, 2, 0, 1] + [0] * 20), nxt=43),
        ipv6(bytes([17, 0, 0, 1, 0, 0, 0, 7]) + b'x' * 64, nxt=44),
        ipv6(bytes([17, 0, 0xff, 0xf9, 0, 0, 0, 7]) + b'x' * 64, nxt=44),
        ipv6(b'', nxt=59), ipv6(udp_inner(), dst='ff02::1'),
        ipv6(udp_inner(), dst='::1'),
    ]
    lab.expect({'rx': 2 * len(odd6)},
               *both(lab, [geneve(p, proto=0x86dd) for p in odd6]))
    after = snmp('e1', *names)
    diff = {k: after[k] - before.get(k, 0) for k in after
            if after[k] != before.get(k, 0)}
    log('counted by the IP stack:', diff)
    true(diff.get('IpInHdrErrors', 0) >= 8, 'errors of inner headers')
    # padding behind the inner packet is cut off
    lab.expect({'rx': 2}, *both(lab, [geneve(ipv4(udp_inner()) +
                                             b'\xee' * 30)]))
    lab.alive()


def test_source():
    """Inner sources that are none of the peer's."""
    lab = Lab()
    bad = ['10.1.0.2', '10.1.0.1', '10.3.0.1', '192.168.10.1', '127.0.0.1',
           '0.0.0.0', '255.255.255.255', '224.0.0.1', '169.254.1.1',
           '100.64.0.1', '8.8.8.8']
    lab.expect({'rx_drop_source': 2 * len(bad)}, *both(lab, [
        geneve(ipv4(udp_inner(), src=a)) for a in bad]))
    bad = ['fd01::2', '::', '::1', 'fe80::1', 'ff02::1', '2001:db8::1',
           '::ffff:127.0.0.1', 'fd10::2']
    lab.expect({'rx_drop_source': 2 * len(bad)}, *both(lab, [
        geneve(ipv6(udp_inner(), src=a), proto=0x86dd) for a in bad]))
    # a mapped address is no IPv4 source in disguise
    lab.expect({'rx_drop_source': 2}, *both(lab, [
        geneve(ipv6(udp_inner(), src='::ffff:10.2.0.2'), proto=0x86dd)]))
    lab.expect({'rx': 2}, *both(lab, [
        geneve(ipv4(udp_inner(), src='100.64.0.2'))]))
    lab.alive()


def test_outer():
    """Outer packets that the stack does not even show us, or puts together."""
    lab = Lab()
    udp = struct.pack('!HHHH', 50000, 6081, 8 + len(good4()), 0) + good4()

    def outer(payload, **kw):
        return lambda: lab.frame4(ipv4(payload, '192.168.20.1',
                                       '192.168.10.1', **kw))
    lying = [struct.pack('!HHHH', 50000, 6081, n, 0) + good4()
             for n in (0, 1, 7, 9 + len(good4()), 65535)]
    lab.expect({}, *[outer(p) for p in lying], outer(udp, bad_sum=1),
               outer(udp, tot=10), outer(udp, tot=2000), outer(udp, ihl=4),
               outer(udp[:6]), outer(b''),
               outer(udp[:6] + b'\x12\x34' + udp[8:]))
    # shorter than the IP packet: the rest is padding
    short = struct.pack('!HHHH', 50000, 6081, 12, 0) + good4()
    lab.expect({'rx_drop_truncated': 1}, outer(short))
    # fragments: whole ones are put together, others are not; both packets of
    # the wire are counted
    lab.expect({'rx': 2}, outer(udp[:32], frag=0x2000),
               outer(udp[32:], frag=4))
    lab.expect({}, outer(udp[:24], frag=0x2000), outer(udp[:24], frag=0x2001),
               outer(b'x' * 24, frag=0x3fff), outer(b'x' * 100, frag=0x1ffe))
    # options of the outer header
    lab.expect({'rx': 1}, outer(udp, options=b'\x01\x01\x01\0'))
    lab.expect({'rx_drop_ecn': 1}, o4(lab, good4(), tos=3))
    lab.alive()


def test_noise():
    """Random bytes, repeatable, behind a header that is right."""
    lab = Lab()
    seed = 7
    before = lab.counters()
    n = 3000 if LONG else 400
    for i in range(n):
        data = bytearray()
        for _ in range(i % 120):
            seed = (seed * 1103515245 + 12345) & 0x7fffffff
            data.append(seed >> 16 & 255)
        if i % 4 == 1 and len(data) >= 8:
            data[0] &= 0x3f
            data[1] = 0
            data[2:4] = b'\x08\x00' if i % 8 == 1 else b'\x86\xdd'
            data[4:7] = b'\0\0\x64'
        (lab.outer4 if i & 1 else lab.outer6)(bytes(data))
        if i % 100 == 99:
            lab.settle(before, i)
    got = lab.settle(before, n)
    log('counted:', got)
    got.pop('rx_errors', 0)
    got.pop('tx', 0)
    equal(sum(got.values()), n, 'packets counted')
    lab.alive()


def packet_socket(ns, dev, vnet=False):
    with InNs(ns):
        s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
        if vnet:
            s.setsockopt(263, 15, 1)     # SOL_PACKET, PACKET_VNET_HDR
        s.bind((dev, 0x0800))
        return s


def test_transmit():
    """What packet sockets put into the device."""
    lab = Lab()
    with InNs('e1'):
        s = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, 0)

    def put(proto, data):
        try:
            s.sendto(data, ('sdwan0', proto))
        except OSError as e:
            log('%x %d bytes: %s' % (proto, len(data), e))

    def tx(proto, data):
        return lambda: put(proto, data)
    whole4 = ipv4(udp_inner(), src='10.1.0.2', dst='10.2.0.2')
    whole6 = ipv6(udp_inner(), src='fd01::2', dst='fd02::2')
    lab.expect({'tx_drop_not_ip': 4}, *[tx(p, whole4) for p in (
        0x0806, 0x8100, 0x88b5, 0x6558)])
    bad = [whole4[:n] for n in range(1, 20)]
    bad += [ipv4(udp_inner(), version=5), ipv4(udp_inner(), ihl=15),
            ipv4(udp_inner(), ihl=4), ipv4(udp_inner(), tot=1400)]
    lab.expect({'tx_drop_malformed': len(bad)}, *[tx(0x0800, p) for p in bad])
    bad = [whole6[:n] for n in range(1, 40)]
    bad += [ipv6(udp_inner(), version=4), ipv6(udp_inner(), plen=1400)]
    lab.expect({'tx_drop_malformed': len(bad)}, *[tx(0x86dd, p) for p in bad])
    lab.expect({'tx_drop_no_site': 1}, tx(0x0800, ipv4(
        udp_inner(), src='10.1.0.2', dst='10.99.0.1')))
    before = lab.counters()
    put(0x0800, whole4)
    put(0x86dd, whole6)
    equal(lab.changes(before), {'tx': 2}, 'good ones')
    lab.alive()


def test_gso():
    """GSO packets as a packet socket or a guest's card would make them."""
    lab = Lab()
    s = packet_socket('e1', 'sdwan0', vnet=True)
    with InNs('e1'):
        run('ip', 'link', 'set', 'sdwan0', 'mtu', '65000')
    tcp = struct.pack('!HHIIBBHHH', 1000, 2000, 1, 1, 0x50, 0x10, 1000, 0, 0)
    done = {'sent': 0, 'refused': 0}

    def put(flags, gso, hdr_len, size, start, off, data):
        head = struct.pack('=BBHHHH', flags, gso, hdr_len, size, start, off)
        try:
            s.send(head + data)
            done['sent'] += 1
        except OSError:
            done['refused'] += 1
    for total in (0, 1, 100, 1400, 5000, 30000, 64000):
        p = ipv4(tcp + b'x' * total, src='10.1.0.2', dst='10.2.0.2', proto=6)
        p6 = ipv6(tcp + b'x' * total, src='fd01::2', dst='fd02::2', nxt=6)
        u = ipv4(udp_inner(b'x' * total), src='10.1.0.2', dst='10.2.0.2')
        for size in (1, 8, 100, 536, 1300, 1444, 1500, 5000, 65535):
            if total / size > 3000:
                continue
            for gso in (1, 0x81):
                put(1, gso, 40, size, 20, 16, p)
                put(0, gso, 40, size, 0, 0, p)
            put(1, 4, 60, size, 40, 16, p6)
            put(1, 5, 28, size, 20, 6, u)
            put(1, 3, 28, size, 20, 6, u)
            # the wrong family, headers past the end
            put(1, 4, 40, size, 20, 16, p)
            put(1, 1, 60000, size, 20, 16, p)
            put(1, 1, 40, size, 60000, 16, p)
    log(done, lab.counters())
    true(done['sent'] > 0, 'nothing could be sent')
    lab.alive()


run_tests(test_header, test_header_accepted, test_remote, test_inner,
          test_inner_for_the_stack, test_source, test_outer, test_noise,
          test_transmit, test_gso)
