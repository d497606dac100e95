#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
#
# Known flows from the WAN go past the outer IP stack where LANs are direct; what
# is wrong, odd or unknown does not, and is counted as ever.
# Kernels: all um um-debug
# Check: um
# Timeout: 300

import os
import socket
import struct
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lab import *  # noqa: E402,F403

GRE, UDP = socket.IPPROTO_GRE, socket.IPPROTO_UDP
GENEVE, GPE = 6081, 4790
LOCAL = {4: '192.168.10.1', 6: 'fd10::1'}
REMOTE = {4: '192.168.20.1', 6: 'fd10::2'}
ETHERTYPE = {4: 0x0800, 6: 0x86dd}
ECT0, CE = 2, 3


def inner(family=4, sport=40000, tos=0, src=None, **kw):
    """A datagram to the host; its source port tells flows apart."""
    udp = struct.pack('!HHHH', sport, PORT, 13, 0) + b'hello'
    if family == 4:
        return ipv4(udp, src or INNER_SRC, tos=tos, **kw)
    src = src or INNER6_SRC
    pseudo = ip6(src) + ip6(INNER6_DST) + struct.pack('!II', len(udp), UDP)
    udp = udp[:6] + struct.pack('!H', csum(pseudo + udp)) + udp[8:]
    return ipv6(udp, src, tclass=tos)


def gpe(packet, vni=100, flags=0x0c):
    nxt = 1 if packet[0] >> 4 == 4 else 2
    return struct.pack('!BHBI', flags, 0, nxt, vni << 8) + packet


def gre(packet, key=100):
    return struct.pack('!HHI', 0x2000, ETHERTYPE[packet[0] >> 4], key) + packet


def gen(packet, **kw):
    return geneve(packet, proto=ETHERTYPE[packet[0] >> 4], **kw)


def udp(payload, family=4, dport=GENEVE, check=True, bad=0, length=None,
        src=None, dst=None):
    """A whole UDP datagram; the checksum is right unless BAD."""
    head = struct.pack('!HHHH', 50000, dport, length or 8 + len(payload), 0)
    if not check:
        return head + payload
    pack = ip4 if family == 4 else ip6
    pseudo = pack(src or REMOTE[family]) + pack(dst or LOCAL[family])
    pseudo += struct.pack('!II', 8 + len(payload), UDP)
    total = csum(pseudo + head + payload) or 0xffff
    return head[:6] + struct.pack('!H', total ^ bad) + payload


class Direct(Lab):
    """A lab whose LAN is direct, with paths of all encapsulations."""

    def __init__(self):
        super().__init__()
        for family in 4, 6:
            remote = ('remote', REMOTE[family])
            ctl('e1', 'path', 'add', 'gpe-%d' % family, 'peer', 'p2',
                'underlay', 'u0', *remote, 'encap', 'vxlan-gpe',
                'preference', '300')
            ctl('e1', 'underlay', 'add', 'g%d' % family, 'dev', 'wan0',
                'local', LOCAL[family], 'encap', 'gre', 'probe', 'off')
            ctl('e1', 'path', 'add', 'gre-%d' % family, 'peer', 'p2',
                'underlay', 'g%d' % family, *remote, 'encap', 'gre',
                'preference', '400')
        ctl('e1', 'lan', 'add', 'lan0', 'mode', 'direct', 'vni', '100')
        run('nft', '-f', '-', ns='e1', stdin='''table inet t {
            counter outer { }
            chain in {
                type filter hook input priority 0;
                iifname "wan0" meta l4proto { udp, gre } counter name outer
            }
        }''')
        with InNs('h1'):
            self.tap = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM,
                                     socket.htons(3))
            self.tap.bind(('eth0', 3))
            self.tap.settimeout(5 * SLOW)
        # the neighbours of the LAN are known
        self.outer6(good6())
        self.outer4(good4())
        time.sleep(0.3 * SLOW)

    def packet(self, payload, family=4, proto=UDP, src=None, dst=None, **kw):
        src, dst = src or REMOTE[family], dst or LOCAL[family]
        if family == 4:
            self.frame4(ipv4(payload, src, dst, proto=proto, **kw))
        else:
            self.frame6(ipv6(payload, src, dst, nxt=proto, **kw))

    def datagram(self, payload, family=4, src=None, dst=None, ip=None, **kw):
        """Sends PAYLOAD in a datagram; IP: of the outer header."""
        return lambda: self.packet(
            udp(payload, family, src=src, dst=dst, **kw), family, src=src,
            dst=dst, **(ip or {}))

    def gre(self, packet, family=4, **kw):
        return lambda: self.packet(gre(packet, **kw), family, GRE)

    def counters(self):
        """Flows that come and move are another matter."""
        return {k: v for k, v in super().counters().items()
                if not k.startswith('flow_')}

    def seen(self):
        """Outer packets that the firewall has seen, and fast ones."""
        out = run('nft', 'list', 'counter', 'inet', 't', 'outer', ns='e1')
        stats = run('ethtool', '-S', 'sdwan0', ns='e1')
        return (int(re.search(r'packets (\d+)', out).group(1)),
                int(re.search(r'rx_direct: (\d+)', stats).group(1)))

    def ways(self, want, firewall, fast, *sends, **kw):
        """As expect(), and so many are seen by the firewall, so many are
        fast."""
        before = self.seen()
        self.expect(want, *sends, **kw)
        after = self.seen()
        equal((after[0] - before[0], after[1] - before[1]), (firewall, fast),
              'packets in the firewall, fast packets')

    def learn(self, *sends):
        """The next packets of these flows are fast for some seconds."""
        # what was learned a while ago would end meanwhile
        run('sdwanctl', 'flow', 'flush', 'all', ns='e1')
        for send in sends:
            send()
        # from the next tick on
        time.sleep(0.1 * SLOW)
        self.drain()

    def drain(self):
        self.tap.setblocking(False)
        try:
            while True:
                self.tap.recvfrom(4096)
        except OSError:
            pass
        self.tap.setblocking(True)
        self.tap.settimeout(5 * SLOW)

    def came(self):
        """The next datagram of ours that the host gets: TTL, class."""
        while True:
            data, addr = self.tap.recvfrom(4096)
            if addr[2] == socket.PACKET_OUTGOING or b'hello' not in data:
                continue
            if data[0] >> 4 == 4:
                equal(csum(data[:20]), 0, 'sum of the header')
                return data[8], data[1]
            return data[7], (data[0] << 4 | data[1] >> 4) & 0xff


def snmp(ns, name):
    """A counter of UDP, of both families."""
    total = 0
    for line in run('nstat', '-asz', 'Udp' + name, 'Udp6' + name,
                    ns=ns).splitlines():
        if line.startswith('Udp'):
            total += int(line.split()[1])
    return total


def test_taken():
    """All encapsulations over both families, with both families inside."""
    lab = Direct()
    sends, sport = [], 41000
    for outer in 4, 6:
        for family in 4, 6:
            for make in (
                    lambda p, f: lab.datagram(gen(p), f),
                    lambda p, f: lab.datagram(gen(p), f, check=False),
                    lambda p, f: lab.datagram(gpe(p), f, dport=GPE),
                    lab.gre):
                sends.append(make(inner(family, sport), outer))
                sport += 1
    n = len(sends)
    lab.learn(*sends)
    lab.ways({'rx': n}, 0, n, *sends)
    for _ in range(n):
        equal(lab.came(), (63, 0), 'TTL and class')
    # by another path: the first one is shown to everybody
    lab.learn(sends[0])
    other = lab.gre(inner(4, 41000))
    lab.ways({'rx': 1}, 1, 1, other)
    lab.ways({'rx': 1}, 0, 1, other)


def test_wrong():
    """What must not pass is counted as without the hook."""
    lab = Direct()
    for outer in 4, 6:
        for family in 4, 6:
            good = lab.datagram(gen(inner(family)), outer)
            p = inner(family)
            far = '10.9.0.2' if family == 4 else 'fd09::2'
            nobody = '192.168.20.9' if outer == 4 else 'fd10::9'
            for want, sent in (
                    ('no_segment', lab.datagram(gen(p, vni=101), outer)),
                    ('control', lab.datagram(gen(p, flags=0x80), outer)),
                    ('critical_option',
                     lab.datagram(gen(p, flags=0x40), outer)),
                    ('version', lab.datagram(gen(p, version=1), outer)),
                    ('inner', lab.datagram(gen(p[:-1]), outer))):
                lab.learn(good)
                lab.ways({'rx_drop_' + want: 1}, 1, 0, sent)
            lab.learn(good)
            lab.ways({'rx_drop_source': 1}, 1, 0, lab.datagram(
                gen(inner(family, src=far)), outer))
            lab.ways({'rx_drop_unknown_path': 1}, 1, 0, lab.datagram(
                gen(p), outer, src=nobody), errors=0)
        lab.learn(lab.gre(inner(), outer))
        lab.ways({'rx_gre_other_key': 1}, 1, 0, lab.gre(inner(), outer,
                                                        key=101), errors=0)


def test_checksum():
    """A wrong checksum is found, and nothing arrives."""
    lab = Direct()
    for family in 4, 6:
        for dport, wrap in (GENEVE, gen), (GPE, gpe):
            good = lab.datagram(wrap(inner()), family, dport=dport)
            lab.learn(good)
            before = snmp('e1', 'InCsumErrors')
            lab.ways({}, 1, 0, lab.datagram(wrap(inner()), family, dport=dport,
                                            bad=1))
            equal(snmp('e1', 'InCsumErrors') - before, 1, 'UDP InCsumErrors')
            lab.ways({'rx': 1}, 0, 1, good)
            # a length that is not that of the packet
            lab.ways({}, 1, 0, lab.datagram(wrap(inner()), family,
                                            dport=dport, length=2000))
    # of the outer IPv4 header
    lab.ways({}, 0, 0, lab.datagram(gen(inner()), ip={'bad_sum': 1}))


def test_ecn():
    """RFC 6040: congestion outside is told inside, or the packet dropped."""
    lab = Direct()
    # over IPv4, as the lab sends no other outer classes
    for family in 4, 6:
        ect, plain = inner(family, tos=ECT0), inner(family)
        lab.learn(lab.datagram(gen(plain)))
        lab.ways({'rx_drop_ecn': 1}, 1, 0, lab.datagram(gen(plain),
                                                        ip={'tos': CE}))
        lab.learn(lab.datagram(gen(ect)))
        lab.ways({'rx': 3}, 0, 3, lab.datagram(gen(ect), ip={'tos': CE}),
                 lab.datagram(gen(ect), ip={'tos': ECT0}),
                 lab.datagram(gen(ect)))
        equal([lab.came()[1] for _ in range(3)], [CE, ECT0, ECT0],
              'classes of inner packets')


def test_odd():
    """What is odd outside goes the normal way, and arrives."""
    lab = Direct()
    whole = udp(gen(inner()))
    good = lab.datagram(gen(inner()))
    lab.learn(good)
    # both packets of the wire are counted
    lab.ways({'rx': 2}, 1, 1,
             lambda: lab.packet(whole[:32], frag=0x2000),
             lambda: lab.packet(whole[32:], frag=4))
    lab.learn(good)
    lab.ways({'rx': 1}, 1, 1, lab.datagram(gen(inner()),
                                           ip={'options': b'\1\1\1\0'}))
    lab.learn(good)
    lab.ways({'rx': 1}, 1, 1, lab.datagram(gen(inner(), options=option())))
    lab.learn(good)
    lab.ways({'rx': 1}, 0, 1, lab.datagram(gen(inner(), reserved=0xff)))
    # inside: the last hop, options, a fragment
    lab.learn(good)
    lab.ways({'rx': 1}, 1, 0, lab.datagram(gen(inner(ttl=1))))
    lab.ways({'rx': 1}, 1, 0, lab.datagram(gen(inner(options=b'\1\1\1\0'))))
    lab.ways({'rx': 1}, 1, 0, lab.datagram(gen(inner(frag=0x2000))))


def test_back():
    """Back on the normal way at once."""
    lab = Direct()
    good = lab.datagram(gen(inner()))
    lab.learn(good)
    ctl('e1', 'path', 'set', 'p2:u0', 'down')
    lab.ways({'rx_drop_path_down': 1}, 1, 0, good)
    ctl('e1', 'path', 'set', 'p2:u0', 'up')
    lab.learn(good)
    ip('e1', 'link', 'set', 'sdwan0', 'down')
    lab.ways({'rx_drop_segment_down': 1}, 1, 0, good)
    ip('e1', 'link', 'set', 'sdwan0', 'up')
    ip('e1', 'route', 'add', '10.2.0.0/16', 'dev', 'sdwan0')
    lab.learn(good)
    # the address is gone, or another's
    ip('e1', 'addr', 'add', '192.168.10.2/16', 'dev', 'wan0')
    lab.learn(good)
    lab.ways({'rx': 1}, 0, 1, good)
    ip('e1', 'addr', 'del', '192.168.10.1/16', 'dev', 'wan0')
    lab.ways({}, 0, 0, good)
    ip('e1', 'addr', 'flush', 'dev', 'wan0', 'scope', 'global')
    ip('e1', 'addr', 'add', '192.168.10.1/16', 'dev', 'wan0')
    lab.learn(good)
    lab.ways({'rx': 1}, 0, 1, good)
    lab.ways({}, 0, 0, lab.datagram(gen(inner()), dst='192.168.10.9'))
    # a policy of IPsec; a mark that somebody gave
    r = run('ip', '-n', 'e1', 'xfrm', 'policy', 'add', 'dir', 'in', 'src',
            '10.77.0.0/16', 'dst', '10.78.0.0/16', 'tmpl', 'proto', 'esp',
            'mode', 'tunnel', check=False)
    if not r.returncode:
        lab.ways({'rx': 1}, 1, 0, good)
        ip('e1', 'xfrm', 'policy', 'flush')
    lab.learn(good)
    run('nft', '-f', '-', ns='e1', stdin='''table netdev m {
        chain in {
            type filter hook ingress device wan0 priority 0;
            meta mark set 7
        }
    }''')
    lab.ways({'rx': 1}, 1, 0, good)
    run('nft', 'delete table netdev m', ns='e1')
    lab.learn(good)
    ctl('e1', 'lan', 'set', 'lan0', 'mode', 'mark')
    lab.ways({'rx': 1}, 1, 0, good)


def test_firewall():
    """The firewall of the host sees each flow every five seconds, and its word
    counts from then on."""
    lab = Direct()
    good = lab.datagram(gen(inner()))
    lab.learn(good)
    lab.ways({'rx': 1}, 0, 1, good)
    run('nft', 'insert rule inet t in iifname wan0 udp dport 6081 drop', ns='e1')
    lab.ways({'rx': 1}, 0, 1, good)
    end = time.monotonic() + 5.5
    while time.monotonic() < end:
        good()
        time.sleep(0.1)
    lab.ways({}, 0, 0, good, good, good)


def test_gone():
    """Underlays, devices, segments and the namespace go under traffic."""
    lab = Direct()
    stop = threading.Event()
    sends = [lab.datagram(gen(inner(f, 42000 + n)), o)
             for n, (f, o) in enumerate(((4, 4), (6, 4), (4, 6), (6, 6)))]
    sends += [lab.gre(inner(4, 42010)), lab.gre(inner(6, 42011), 6)]

    def flood():
        while not stop.is_set():
            for send in sends:
                try:
                    send()
                except OSError:
                    pass
            time.sleep(0.001)
    thread = threading.Thread(target=flood)
    thread.start()

    def flows():
        """Fast packets go on."""
        start = lab.seen()[1]
        end = time.monotonic() + 10 * SLOW
        while lab.seen()[1] < start + 100:
            true(time.monotonic() < end, 'no fast packets any more')
            time.sleep(0.05)
    try:
        flows()
        for _ in range(3):
            ctl('e1', 'lan', 'del', 'lan0')
            ctl('e1', 'lan', 'add', 'lan0', 'mode', 'direct', 'vni', '100')
            ctl('e1', 'underlay', 'del', 'g4')
            ctl('e1', 'underlay', 'add', 'g4', 'dev', 'wan0', 'local',
                LOCAL[4], 'encap', 'gre', 'probe', 'off')
        flows()
        ip('e1', 'link', 'set', 'wan0', 'down')
        ip('e1', 'link', 'set', 'wan0', 'name', 'later0')
        ip('e1', 'link', 'set', 'later0', 'netns', 'w0')
        ip('w0', 'link', 'set', 'later0', 'netns', 'e1')
        for line in ('link set later0 up', 'addr add 192.168.10.1/16 dev later0',
                     'addr add fd10::1/64 dev later0 nodad'):
            ip('e1', *line.split())
        flows()
        ip('e1', 'link', 'del', 'sdwan0')
        for line in ('link add sdwan0 type sdwan vni 100',
                     'link set sdwan0 up',
                     'route add 10.2.0.0/16 dev sdwan0',
                     '-6 route add fd02::/64 dev sdwan0'):
            ip('e1', *line.split())
        flows()
        lab.nl.sock.close()
        del_ns('e1')
        time.sleep(0.3)
    finally:
        stop.set()
        thread.join()


run_tests(test_taken, test_wrong, test_checksum, test_ecn, test_odd, test_back,
          test_firewall, test_gone)
