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

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lab import *  # noqa: E402,F403


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

    def put(i, data):
        if i % 4 == 1 and len(data) >= 8:
            data[0] &= 0x3f
            data[1] = 0
            data[2:4] = b'\x08\x00' if i % 8 == 1 else b'\x86\xdd'
            data[4:7] = b'\0\0\x64'
        (lab.outer4 if i & 1 else lab.outer6)(bytes(data))
    lab.noise(7, 120, put)
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
