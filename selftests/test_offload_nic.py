#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
#
# Offloads of virtio network cards off one by one: data arrives, and what is on
# the wire has right checksums and is what the paths have counted.
# Kernels: 6.12 6.1 debug
# Check: 6.12
# Timeout: 150
# Guest: nic
#
#	h1 card -- card e1 card -- card e2 veth -- veth h2
#	                         |
#	                        wire
#
# A card without any offload sees what the others send: for it, the host
# computes the checksums and cuts what they have left to do.

import ctypes
import errno
import fcntl
import json
import os
import select
import socket
import struct
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
sys.dont_write_bytecode = True
import pcapcheck  # noqa: E402
from harness import *  # noqa: E402,F403

MAC = '52:54:00:5d:00:0%d'
CARDS = {('e1', 'wan0'): 1, ('e2', 'wan0'): 2, ('wire', 'wire'): 3,
         ('h1', 'eth0'): 4, ('e1', 'lan0'): 5}
# Whose offloads are switched
DEVICES = [('h1', 'eth0'), ('e1', 'lan0'), ('e1', 'wan0'), ('e2', 'wan0'),
           ('e1', 'sdwan0'), ('e2', 'sdwan0')]
SIOCETHTOOL = 0x8946
# ETHTOOL_S*, what is asked of a device by it
SWITCHES = {'tx': 0x17, 'sg': 0x19, 'tso': 0x1f, 'gso': 0x24, 'gro': 0x2c}
ETH_P_ALL = 3
SOL_PACKET, PACKET_ADD_MEMBERSHIP, PACKET_AUXDATA = 263, 1, 8
PACKET_MR_PROMISC, PACKET_OUTGOING = 1, 4
TP_STATUS_CSUMNOTREADY = 8
SOL_UDP, UDP_SEGMENT = 17, 103
ETH_FRAME = 1514
HOSTS = {'h1': ('10.1.0.2', 'fd01::2'), 'h2': ('10.2.0.2', 'fd02::2')}
PORT = 5555
TOTAL = 48 * 1024
MARK = b'is it summed?' * 9


# ---- The cards ------------------------------------------------------------

def take_cards():
    """Put every card to its place"""
    links = {link.get('address'): link['ifname']
             for link in json.loads(run('ip', '-j', 'link'))}
    for (ns, name), number in CARDS.items():
        dev = links.get(MAC % number)
        if not dev:
            raise Skip('the guest has no network cards')
        run('ip', 'link', 'set', 'dev', dev, 'down')
        run('ip', 'link', 'set', 'dev', dev, 'name', name, 'netns', ns)
        ip(ns, 'link', 'set', 'dev', name, 'up')


class Switch:
    """Turns offloads of a device on and off"""

    def __init__(self, ns, dev):
        self.ns, self.dev = ns, dev
        with InNs(ns):
            self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)

    def set(self, what, on):
        value = bytearray(struct.pack('=II', SWITCHES[what], on))
        addr = (ctypes.c_char * len(value)).from_buffer(value)
        req = struct.pack('16sP16x', self.dev.encode(),
                          ctypes.addressof(addr))
        fcntl.ioctl(self.sock, SIOCETHTOOL, req)


class Tap:
    """What a device of a namespace receives"""

    def __init__(self, ns, dev):
        with InNs(ns):
            self.sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW,
                                      socket.htons(ETH_P_ALL))
            self.sock.bind((dev, ETH_P_ALL))
            self.sock.setsockopt(
                SOL_PACKET, PACKET_ADD_MEMBERSHIP,
                struct.pack('=iHH8s', socket.if_nametoindex(dev),
                            PACKET_MR_PROMISC, 0, b''))
        # SO_RCVBUFFORCE
        self.sock.setsockopt(socket.SOL_SOCKET, 33, 16 << 20)
        self.sock.setsockopt(SOL_PACKET, PACKET_AUXDATA, 1)
        self.sock.setblocking(False)
        at_cleanup(self.sock.close)

    def read(self):
        """Frames that have come in, and whether they have a checksum to be
        computed yet"""
        out = []
        while True:
            try:
                data, anc, _, addr = self.sock.recvmsg(1 << 17, 64)
            except BlockingIOError:
                return out
            if addr[2] != PACKET_OUTGOING:
                status = struct.unpack_from('=I', anc[0][2])[0]
                out.append((data, bool(status & TP_STATUS_CSUMNOTREADY)))


# ---- The sites ------------------------------------------------------------

# Encapsulation, family of the WAN, outer UDP checksum
PATHS = [('geneve', 4, 'off'), ('geneve', 4, 'on'), ('geneve', 6, 'on'),
         ('vxlan-gpe', 4, 'off'), ('vxlan-gpe', 6, 'off'),
         ('vxlan-gpe', 6, 'on'), ('gre', 4, ''), ('gre', 6, '')]


def site(s):
    o = 3 - s
    return f'''
        node set site {s} gateway 1
        peer add other site {o} overlay 100.64.0.{o} overlay fd64::{o}
        underlay add u0 dev wan0 probe off
        prefix add 10.{o}.0.0/16 vni 100 site {o}
        prefix add fd0{o}::/64 vni 100 site {o}
        '''.replace('        ', '')


class Sites:
    def __init__(self):
        setup_ns('h1', 'e1', 'e2', 'h2', 'wire')
        # nothing on the wire that is not asked for
        run('sysctl', '-q', '-w', 'net.ipv6.conf.all.disable_ipv6=1',
            'net.ipv6.conf.default.disable_ipv6=1', ns='wire')
        take_cards()
        run('ip', 'link', 'add', 'eth0', 'netns', 'h2', 'type', 'veth', 'peer',
            'name', 'lan0', 'netns', 'e2')
        for s in (1, 2):
            self.site(s)
        self.nl = {e: Netlink(e) for e in ('e1', 'e2')}
        # a witness merges nothing
        Switch('wire', 'wire').set('gro', 0)
        self.switches = [Switch(ns, dev) for ns, dev in DEVICES]
        self.taps = {key: Tap(*key) for key in
                     (('wire', 'wire'), ('e1', 'lan0'), ('e2', 'wan0'))}
        self.data = os.urandom(TOTAL)
        self.tcp, self.udp = [], []
        at_cleanup(self.close)

    @staticmethod
    def site(s):
        h, e, o = f'h{s}', f'e{s}', 3 - s
        run('sysctl', '-q', '-w', 'net.ipv4.ip_forward=1',
            'net.ipv6.conf.all.forwarding=1', ns=e)
        run('ip', '-n', h, '-batch', '-', stdin=f'''
            link set eth0 up
            addr add 10.{s}.0.2/24 dev eth0
            addr add fd0{s}::2/64 dev eth0 nodad
            route add default via 10.{s}.0.1
            route add ::/0 via fd0{s}::1
            ''')
        run('ip', '-n', e, '-batch', '-', stdin=f'''
            link set lan0 up
            addr add 10.{s}.0.1/24 dev lan0
            addr add fd0{s}::1/64 dev lan0 nodad
            addr add 192.168.10.{s}/24 dev wan0
            addr add fd10::{s}/64 dev wan0 nodad
            link add sdwan0 type sdwan vni 100
            addr add 100.64.0.{s}/24 dev sdwan0
            link set sdwan0 up
            route add 10.{o}.0.0/16 dev sdwan0
            route add fd0{o}::/64 dev sdwan0
            ''')
        run('sdwanctl', '-batch', '-', ns=e, stdin=site(s))

    def use(self, path):
        """One path between the sites, and connections between the hosts"""
        self.close()
        self.settle()
        encap, family, csum = path
        for s in (1, 2):
            remote = ('192.168.10.%d', 'fd10::%d')[family == 6] % (3 - s)
            run('sdwanctl', '-batch', '-', ns=f'e{s}', stdin=f'path flush\n'
                f'path add peer other underlay u0 encap {encap} '
                f'remote {remote}' + (f' csum {csum}\n' if csum else '\n'))
        for n, inner in enumerate((socket.AF_INET, socket.AF_INET6)):
            self.connect(inner, HOSTS['h1'][n], HOSTS['h2'][n])

    def close(self):
        for pair in self.tcp + self.udp:
            for s in pair:
                s.close()
        self.tcp, self.udp = [], []

    def settle(self):
        """Wait until nothing is under way"""
        old = None
        while True:
            new = [self.counted(edge) for edge in self.nl]
            for tap in self.taps.values():
                tap.read()
            if new == old:
                return
            old = new
            time.sleep(0.1 * SLOW)

    def connect(self, family, from_addr, to_addr):
        with InNs('h2'):
            listener = socket.create_server((to_addr, PORT), family=family)
            b = socket.socket(family, socket.SOCK_DGRAM)
            b.bind((to_addr, PORT))
        with InNs('h1'):
            one = socket.create_connection((to_addr, PORT), 20 * SLOW)
            a = socket.socket(family, socket.SOCK_DGRAM)
            a.bind((from_addr, PORT))
        two, _ = listener.accept()
        listener.close()
        a.connect((to_addr, PORT))
        b.connect((from_addr, PORT))
        for s in (one, two, a, b):
            s.settimeout(20 * SLOW)
        self.tcp.append((one, two))
        self.udp.append((a, b))

    def counted(self, edge):
        """Packets and bytes that its path has sent"""
        return [num(dict(path)[A['SDWAN_A_PATH_TX_' + k]])
                for path in self.nl[edge].dump('path-get')
                for k in ('PACKETS', 'BYTES')]

    def exchange(self):
        """Data between the hosts, TCP and UDP, both directions"""
        for a, b in self.tcp:
            transfer(a, b, self.data)
            transfer(b, a, self.data)
        for n, pair in enumerate(self.udp):
            for a, b in (pair, pair[::-1]):
                segments(a, b, self.data[n:n + 12000], 1200)
        a, b = self.udp[0]
        a.send(MARK)
        equal(b.recv(2000), MARK, 'a datagram')


def transfer(a, b, data):
    a.setblocking(False)
    b.setblocking(False)
    sent, got = 0, bytearray()
    while len(got) < len(data):
        r, w, _ = select.select([b], [a] if sent < len(data) else [], [],
                                20 * SLOW)
        true(r or w, f'TCP stops after {len(got)} bytes')
        if w:
            sent += a.send(data[sent:])
        if r:
            got += b.recv(1 << 20)
    true(got == data, 'TCP data is not what was sent')


def segments(a, b, data, size):
    """A super-packet of UDP"""
    try:
        a.sendmsg([data], [(SOL_UDP, UDP_SEGMENT, struct.pack('=H', size))])
    except OSError as e:
        # 6.1 has none without offloads
        equal(e.errno, errno.EIO, 'error')
        for n in range(0, len(data), size):
            a.send(data[n:n + size])
    want = [data[n:n + size] for n in range(0, len(data), size)]
    got = []
    try:
        for _ in want:
            got.append(b.recv(2 * size))
    except socket.timeout:
        raise Fail(f'{len(want) - len(got)} datagrams do not arrive') from None
    true(sorted(got) == sorted(want), 'a datagram is not what was sent')


def checksum_errors(ns):
    """Counters of wrong checksums that are not zero"""
    out = {}
    with InNs(ns):
        with open('/proc/thread-self/net/snmp') as f:
            lines = f.read().splitlines()
        with open('/proc/thread-self/net/snmp6') as f:
            pairs = [line.split() for line in f]
    for names, values in zip(lines[::2], lines[1::2]):
        names, values = names.split(), values.split()
        pairs += [(names[0] + n, v) for n, v in zip(names[1:], values[1:])]
    for name, value in pairs:
        if 'Csum' in name and int(value):
            out[f'{ns} {name}'] = int(value)
    return out


def drops(ns):
    """Our counters of drops that are not zero"""
    out = {}
    for line in run('ethtool', '-S', 'sdwan0', ns=ns).splitlines():
        name, _, value = line.strip().partition(': ')
        if '_drop_' in name and value != '0':
            out[name] = int(value)
    for kind, data in Netlink(ns).do('fabric-get'):
        if kind == A['SDWAN_A_FABRIC_COUNTER']:
            c = dict(attrs(data))
            name = c[A['SDWAN_A_COUNTER_NAME']].rstrip(b'\0').decode()
            if '_drop_' in name and num(c[A['SDWAN_A_COUNTER_VALUE']]):
                out[name] = num(c[A['SDWAN_A_COUNTER_VALUE']])
    return out


# ---- The wire -------------------------------------------------------------

class Wire:
    """What is there since the path between the sites was made"""

    def __init__(self, sites, path):
        self.sites = sites
        self.checker = pcapcheck.Checker(True, False, [path[0]])
        self.addr = ('192.168.10.%d', 'fd10::%d')[path[1] == 6]
        self.at = {}

    def look(self):
        """Every packet of the wire is right, and they are those that the paths
        have counted"""
        end = time.monotonic() + 10 * SLOW
        while True:
            want = {self.addr % n: self.sites.counted(edge)
                    for n, edge in enumerate(self.sites.nl, 1)}
            for frame, _ in self.sites.taps['wire', 'wire'].read():
                try:
                    self.checker.frame(frame)
                except pcapcheck.Wrong as e:
                    raise Fail(f'on the wire: {e}: {frame[:128].hex(" ")}') \
                        from None
            got = {a: [self.checker.packets[a], self.checker.bytes[a]]
                   for a in want}
            if got == want or time.monotonic() > end:
                break
            time.sleep(0.02)
        equal(got, want, 'packets and bytes on the wire')
        true(self.checker.longest <= 1500, 'too long for the wire')
        self.at = {key: self.sites.taps[key].read()
                   for key in (('e1', 'lan0'), ('e2', 'wan0'))}

    def whole(self, *key):
        """Has the device received super-packets?"""
        return any(len(frame) > ETH_FRAME for frame, _ in self.at[key])

    def unsummed(self):
        """Did a packet come in that the card was to sum?  Those of tunnels
        are summed before."""
        return any(frame.endswith(MARK) and todo
                   for frame, todo in self.at['e1', 'lan0'])


def round_of(sites, wire, what):
    """An exchange with these offloads off"""
    for s in sites.switches:
        for w in what:
            s.set(w, 0)
    try:
        sites.exchange()
        wire.look()
        # are offloads what we think they are?
        if 'tx' in what:
            true(not wire.unsummed(), 'the card has left a checksum to do')
        else:
            true(wire.unsummed(), 'the card was not asked for a checksum')
        if 'gro' in what:
            true(not wire.whole('e2', 'wan0'), 'GRO is not off')
        elif not what:
            true(wire.whole('e2', 'wan0'), 'GRO has merged nothing')
        # without GRO, what comes whole was sent whole
        if what == ('gro',):
            true(wire.whole('e1', 'lan0'), 'TSO has left nothing whole')
    except Fail as e:
        raise Fail(f'off: {" ".join(what) or "-"}: {e}') from e
    finally:
        for s in sites.switches:
            for w in reversed(what):
                s.set(w, 1)


ALL = ('tx', 'tso', 'gso', 'gro', 'sg')


def offloads(encap):
    sites = Sites()
    for path in PATHS:
        if path[0] != encap:
            continue
        sites.use(path)
        log('path', *path)
        wire = Wire(sites, path)
        for what in ((),) + tuple((w,) for w in ALL[:4]) + (ALL,):
            round_of(sites, wire, what)
    for ns in ('h1', 'h2', 'e1', 'e2'):
        equal(checksum_errors(ns), {}, 'wrong checksums')
    for ns in ('e1', 'e2'):
        equal(drops(ns), {}, 'drops')


def test_geneve():
    offloads('geneve')


def test_vxlan_gpe():
    offloads('vxlan-gpe')


def test_gre():
    offloads('gre')


run_tests(test_geneve, test_vxlan_gpe, test_gre)
