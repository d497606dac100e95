#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
#
# What leaves is what the kernel's own device would have sent, byte by byte but
# for identification, source port and checksums: what the benchmarks compare
# does the same work.
# Kernels: all um um-debug
# Check: um 6.1
# Timeout: 200
#
# Addresses, VNI and destination port are the same on both sides here, so that
# they are compared, too.

import os
import socket
import struct
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
sys.path.insert(0, os.path.join(HERE, 'bench'))
sys.dont_write_bytecode = True
import inject  # noqa: E402
import scenarios  # noqa: E402
from harness import *  # noqa: E402,F403

ETH_P_ALL = 3
IPPROTO_UDP, IPPROTO_GRE = 17, 47
GENEVE, GPE = 6081, 4790
# Not ECT, ECT(1), ECT(0), expedited forwarding.  CE is another matter: the
# kernel's devices send it as ECT(0), we keep it.
CLASSES = 0x00, 0x01, 0x02, 0xb8
SIZES = 64, 333, 1400


def inner4(size, tos, df):
    payload = bytes(i & 0xff for i in range(size - 28))
    return struct.pack('!BBHHHBBH4s4s', 0x45, tos, size, 7, 0x4000 * df, 63,
                       IPPROTO_UDP, 0, socket.inet_aton('10.1.0.2'),
                       socket.inet_aton('10.2.0.2')) + \
        struct.pack('!HHHH', 5000, 5001, size - 20, 0) + payload


def inner6(size, tos):
    payload = bytes(i & 0xff for i in range(size - 48))
    return struct.pack('!IHBB16s16s', 6 << 28 | tos << 20, size - 40,
                       IPPROTO_UDP, 63,
                       socket.inet_pton(socket.AF_INET6, 'fd01::2'),
                       socket.inet_pton(socket.AF_INET6, 'fd02::2')) + \
        struct.pack('!HHHH', 5000, 5001, size - 40, 0xabcd) + payload


class Edge:
    """The first site of a contender; `inherit' is how its device is told to
    copy the traffic class"""

    def __init__(self, name, family, inherit=''):
        contender = scenarios.BY_NAME[name]
        self.ns, self.family = contender.name + '.1', family
        commands = []
        site = scenarios.Site(self.ns, 1, family, commands)
        scenarios.base(site)
        contender.setup(site)
        for c in commands:
            if c.tool == 'ip' and c.args.startswith('link add') and \
               'tun0' in c.args:
                c.args += ' ' + inherit
        # the same for IPv6 inside
        route = next(c.args for c in commands
                     if c.args.startswith('route add 10.2.'))
        if contender.ours:
            site.do('sdwanctl', f'prefix add fd02::/64 vni {scenarios.VNI} '
                    'site 2')
        site.ip(route.replace('10.2.0.0/16', 'fd02::/64'))
        setup_ns(self.ns)
        try:
            inject.execute(commands)
        except inject.Refused as e:
            if contender.ours and 'not supported' in str(e):
                raise Skip('the module does not have it') from e
            raise Fail(str(e)) from e
        with InNs(self.ns):
            self.tap = socket.socket(socket.AF_PACKET, socket.SOCK_RAW,
                                     socket.htons(ETH_P_ALL))
            self.tap.bind(('wan0', ETH_P_ALL))
            self.tap.settimeout(5)
            self.raw = {
                4: socket.socket(socket.AF_INET, socket.SOCK_RAW,
                                 socket.IPPROTO_RAW),
                6: socket.socket(socket.AF_INET6, socket.SOCK_RAW,
                                 socket.IPPROTO_RAW)}
        at_cleanup(self.close)

    def close(self):
        self.tap.close()
        for s in self.raw.values():
            s.close()

    def send(self, packet):
        """Send an inner packet; returns the outer one, from its IP header"""
        if packet[0] >> 4 == 4:
            self.raw[4].sendto(packet, ('10.2.0.2', 0))
        else:
            self.raw[6].sendto(packet, ('fd02::2', 0))
        while True:
            try:
                frame = self.tap.recv(65536)
            except socket.timeout:
                raise Fail(f'{self.ns} sent nothing') from None
            kind = {4: 0x0800, 6: 0x86dd}[self.family]
            if frame[12:14] != struct.pack('!H', kind):
                continue
            outer = frame[14:]
            # not what the device itself has to say to its link
            if outer[9 if self.family == 4 else 6] in (IPPROTO_UDP,
                                                       IPPROTO_GRE):
                return outer


def normal(outer, no_df):
    """Without what may differ; and whether there are a UDP checksum and a
    flow label"""
    data = bytearray(outer)
    if data[0] >> 4 == 4:
        start, proto = 20, data[9]
        data[4:6] = data[10:12] = b'\0\0'
        if no_df:
            data[6] &= ~0x40
        label = False
    else:
        start, proto = 40, data[6]
        # the entropy of the inner flow, as a source port is
        label = bool(data[1] & 0x0f or data[2] or data[3])
        data[1] &= 0xf0
        data[2:4] = b'\0\0'
    summed = False
    if proto == IPPROTO_UDP:
        summed = data[start + 6:start + 8] != b'\0\0'
        data[start:start + 2] = data[start + 6:start + 8] = b'\0\0'
    return bytes(data), (summed, label)


def compare(ours, stock, packet, what, no_df):
    got, got_has = normal(ours.send(packet), no_df)
    want, want_has = normal(stock.send(packet), no_df)
    log(what, len(got), 'bytes')
    equal(len(got), len(want), f'{what}: length')
    for n, (a, b) in enumerate(zip(got, want)):
        if a != b:
            log('ours ', got[:96].hex(' '))
            log('stock', want[:96].hex(' '))
            raise Fail(f'{what}: byte {n} is {a:#x}, of the stock device '
                       f'{b:#x}')
    equal(got_has, want_has, f'{what}: a UDP checksum, a flow label')
    # it was the packet of the caller that we looked at
    true(got.endswith(packet[40:]), f'{what}: not what was sent')


def same(ours, stock, family, inherit, classes=CLASSES, no_df=False):
    """The same inner packets through both"""
    a = Edge(ours, family)
    b = Edge(stock, family, inherit)
    for size in SIZES:
        for tos in classes:
            for df in 0, 1:
                compare(a, b, inner4(size, tos, df),
                        f'IPv4, {size} bytes, class {tos:#x}, DF {df}', no_df)
            compare(a, b, inner6(size, tos),
                    f'IPv6, {size} bytes, class {tos:#x}', no_df)


def test_geneve_over_ipv4():
    same('sdwan-geneve', 'geneve-l3', 4, 'tos inherit')


def test_geneve_over_ipv6():
    same('sdwan-geneve', 'geneve-l3', 6, 'tos inherit')


def test_gre_over_ipv4():
    same('sdwan-gre', 'gre', 4, 'tos inherit')


def test_gre_over_ipv6():
    same('sdwan-gre', 'gre', 6, 'tclass inherit')


# The kernel's device takes class and DF from the route, where `ip' cannot say
# that they are to be copied, nor set DF.
def test_vxlan_gpe_over_ipv4():
    same('sdwan-gpe', 'vxlan-gpe', 4, '', (0x00, 0x01, 0x02), no_df=True)


def test_vxlan_gpe_over_ipv6():
    same('sdwan-gpe', 'vxlan-gpe', 6, '', (0x00, 0x01, 0x02))


run_tests(test_geneve_over_ipv4, test_geneve_over_ipv6, test_gre_over_ipv4,
          test_gre_over_ipv6, test_vxlan_gpe_over_ipv4,
          test_vxlan_gpe_over_ipv6)
