# SPDX-License-Identifier: GPL-2.0
"""An edge whose WAN ends at a packet socket, and the packets to send it."""
import re
import socket
import struct
import time

from checksum import csum
from harness import *  # noqa: F403

INNER_SRC, INNER_DST = '10.2.0.2', '10.1.0.2'
INNER6_SRC, INNER6_DST = 'fd02::2', 'fd01::2'
PORT = 5555


def ip4(a):
    return socket.inet_pton(socket.AF_INET, a)


def ip6(a):
    return socket.inet_pton(socket.AF_INET6, a)


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
        # its kernel knows nothing of what the tests send and receive there
        run('nft', '-f', '-', ns='w0', stdin='''table inet quiet {
            chain out {
                type filter hook output priority 0;
                icmp type destination-unreachable drop
                icmpv6 type destination-unreachable drop
            }
        }''')
        run('sdwanctl', '-batch', '-', ns='e1', stdin='''
            node set site 1
            peer add p2 site 2 overlay 100.64.0.2
            underlay add u0 dev wan0 probe off
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

    def outer4(self, payload, src='192.168.20.1', dport=6081, tos=0,
               sport=50000, **kw):
        udp = struct.pack('!HHHH', sport, dport, 8 + len(payload), 0)
        self.frame4(ipv4(udp + payload, src, '192.168.10.1', tos=tos, **kw))

    def outer6(self, payload, src='fd10::2', check=True, dport=6081):
        head = struct.pack('!HHHH', 50000, dport, 8 + len(payload), 0)
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
                if re.search('_drop_|rx_gre|_duplicate_', name):
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

    def noise(self, seed, longest, put):
        """Random bytes, repeatable, all of which are counted somewhere:
        put(i, data) sends them"""
        before = self.counters()
        n = 3000 if LONG else 400
        for i in range(n):
            data = bytearray()
            for _ in range(i % longest):
                seed = (seed * 1103515245 + 12345) & 0x7fffffff
                data.append(seed >> 16 & 255)
            put(i, data)
            if i % 100 == 99:
                self.settle(before, i)
        got = self.settle(before, n)
        log('counted:', got)
        got.pop('rx_errors', 0)
        got.pop('tx', 0)
        equal(sum(got.values()), n, 'packets counted')

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
