#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Look at every packet of a capture taken on a WAN.

usage: pcapcheck.py [--no-checksums] [--icmp] [--encap NAME]... FILE

There may be GENEVE packets (or those of the encapsulations that are named:
geneve, vxlan-gpe, gre) of addresses that are no inner ones, ARP and neighbour
discovery; with --icmp also ICMP errors of the WAN.  Every outer packet must be
well-formed down to the end of the inner packet, its checksums right.  Prints
JSON: packets and bytes (from the outer IP header on) by outer source; source
ports, VNIs, encapsulations, values of the traffic class, TTL, DF, whether there
is an outer checksum; fragments outside and inside; and what was wrong.
"""
import array
import collections
import ipaddress
import json
import struct
import sys

INNER = [ipaddress.ip_network(n) for n in (
    '10.0.0.0/8', '100.64.0.0/10', 'fd01::/32', 'fd02::/32', 'fd64::/32',
    'fd09::/32')]
PORTS = {6081: 'geneve', 4790: 'vxlan-gpe'}


class Wrong(Exception):
    pass


def need(cond, text):
    if not cond:
        raise Wrong(text)


def csum(*parts):
    data = b''.join(parts)
    if len(data) & 1:
        data += b'\0'
    total = sum(array.array('H', data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return total


class Checker:
    def __init__(self, checksums, icmp, encaps):
        self.checksums = checksums
        self.icmp = icmp
        self.encaps = encaps
        self.encap = collections.Counter()
        self.ttl = collections.Counter()
        self.df = collections.Counter()
        self.csum = collections.Counter()
        self.cut = collections.Counter()
        self.longest_inner = 0
        self.packets = collections.Counter()
        self.bytes = collections.Counter()
        self.ports = collections.Counter()
        self.vnis = collections.Counter()
        self.tos = collections.Counter()
        self.inner = collections.Counter()
        self.other = collections.Counter()
        self.longest = 0
        self.fragments = {}
        self.is_inner = {}

    def outer_only(self, addr):
        if addr not in self.is_inner:
            ip = ipaddress.ip_address(addr)
            self.is_inner[addr] = any(
                ip.version == n.version and ip in n for n in INNER)
        need(not self.is_inner[addr],
             'inner address %s in the clear' % ipaddress.ip_address(addr))

    def frame(self, data):
        need(len(data) >= 14, 'short frame')
        proto = struct.unpack_from('!H', data, 12)[0]
        if proto == 0x0806:
            self.other['arp'] += 1
        elif proto == 0x0800:
            self.ipv4(data[14:])
        elif proto == 0x86dd:
            self.ipv6(data[14:])
        else:
            raise Wrong('ethertype 0x%04x' % proto)

    def account(self, src, length, tos):
        name = str(ipaddress.ip_address(src))
        self.packets[name] += 1
        self.bytes[name] += length
        self.tos[tos] += 1
        self.longest = max(self.longest, length)

    def ipv4(self, data):
        need(len(data) >= 20, 'short IPv4 header')
        hlen = (data[0] & 15) * 4
        length, ident, frag = struct.unpack_from('!HHH', data, 2)
        src, dst = data[12:16], data[16:20]
        need(data[0] >> 4 == 4 and hlen >= 20, 'IPv4 header')
        need(length <= len(data), 'IPv4 length')
        need(csum(data[:hlen]) == 0xffff, 'IPv4 header checksum')
        self.outer_only(src)
        self.outer_only(dst)
        body = data[hlen:length]
        if data[9] in (17, 47):
            self.ttl[data[8]] += 1
            self.df[frag >> 14 & 1] += 1
        self.layer4(4, data[9], src, dst, body, length, data[1],
                    (ident, (frag & 0x1fff) * 8, frag & 0x2000))

    def ipv6(self, data):
        need(len(data) >= 40, 'short IPv6 header')
        word, plen, nxt, ttl = struct.unpack_from('!IHBB', data, 0)
        src, dst = data[8:24], data[24:40]
        need(word >> 28 == 6, 'IPv6 header')
        need(plen + 40 <= len(data), 'IPv6 length')
        self.outer_only(src)
        self.outer_only(dst)
        body = data[40:40 + plen]
        frag = (0, 0, 0)
        if nxt == 0:
            need(len(body) >= 8, 'hop-by-hop options')
            nxt, body = body[0], body[8 + body[1] * 8:]
        if nxt in (17, 44, 47, 60):
            self.ttl[ttl] += 1
        if nxt == 44:
            need(len(body) >= 8, 'fragment header')
            nxt, _, off, ident = struct.unpack_from('!BBHI', body, 0)
            frag = (ident, off & 0xfff8, off & 1)
            body = body[8:]
        # the encapsulation limit of RFC 2473, which stock ip6gre sends
        if nxt == 60:
            need(len(body) >= 8, 'destination options')
            nxt, body = body[0], body[8 + body[1] * 8:]
        self.layer4(6, nxt, src, dst, body, plen + 40, word >> 20 & 0xff, frag)

    def layer4(self, version, proto, src, dst, body, length, tos, frag):
        if proto in (17, 47):
            self.account(src, length, tos)
            ident, offset, more = frag
            if offset or more:
                self.cut['outer'] += 1
                key = (src, dst, ident)
                parts = self.fragments.setdefault(key, {})
                parts[offset] = (body, more)
                body = self.reassemble(parts)
                if body is None:
                    return
                del self.fragments[key]
            if proto == 17:
                self.udp(src, dst, body)
            else:
                self.gre(body)
        elif proto == 58 and version == 6:
            need(body, 'short ICMPv6')
            if 130 <= body[0] <= 143:
                self.other['nd'] += 1
            else:
                need(self.icmp and body[0] < 128, 'ICMPv6 type %d' % body[0])
                self.other['icmp6'] += 1
        elif proto == 1 and version == 4:
            need(body, 'short ICMP')
            need(self.icmp and body[0] in (3, 11), 'ICMP type %d' % body[0])
            self.other['icmp'] += 1
        else:
            raise Wrong('protocol %d' % proto)

    @staticmethod
    def reassemble(parts):
        out, at = b'', 0
        while at in parts:
            body, more = parts[at]
            out += body
            at += len(body)
            if not more:
                return out
        return None

    def transport_sum(self, src, dst, proto, body):
        if len(src) == 4:
            pseudo = src + dst + struct.pack('!BBH', 0, proto, len(body))
        else:
            pseudo = src + dst + struct.pack('!II', len(body), proto)
        return csum(pseudo, body)

    def udp(self, src, dst, body):
        need(len(body) >= 8, 'short UDP')
        sport, dport, length, check = struct.unpack_from('!HHHH', body, 0)
        need(dport in PORTS, 'UDP port %d' % dport)
        need(length == len(body), 'UDP length %d of %d' % (length, len(body)))
        if self.checksums and check:
            need(self.transport_sum(src, dst, 17, body) == 0xffff,
                 'outer UDP checksum')
        self.ports[sport] += 1
        self.csum[int(check != 0)] += 1
        self.speaks(PORTS[dport])
        if dport == 6081:
            self.geneve(body[8:])
        else:
            self.vxlan(body[8:])

    def speaks(self, encap):
        need(encap in self.encaps, 'encapsulation ' + encap)
        self.encap[encap] += 1

    def gre(self, data):
        need(len(data) >= 8, 'short GRE')
        self.speaks('gre')
        flags, proto = struct.unpack_from('!HH', data, 0)
        need(flags & 0x4fff == 0, 'GRE flags 0x%04x' % flags)
        need(flags & 0x2000, 'GRE without a key')
        at = 4
        self.csum[flags >> 15] += 1
        if flags & 0x8000:
            if self.checksums:
                need(csum(data) == 0xffff, 'GRE checksum')
            at += 4
        self.vnis[struct.unpack_from('!I', data, at)[0]] += 1
        at += 4
        if flags & 0x1000:
            at += 4
        self.inside(proto, data[at:])

    def vxlan(self, data):
        need(len(data) >= 8, 'short VXLAN')
        flags, res, nxt, vni = struct.unpack_from('!BHBI', data, 0)
        need(flags == 0x0c, 'VXLAN flags 0x%02x' % flags)
        need(res == 0 and vni & 0xff == 0, 'VXLAN reserved bits')
        need(nxt in (1, 2), 'VXLAN next protocol %d' % nxt)
        self.vnis[vni >> 8] += 1
        self.inside({1: 0x0800, 2: 0x86dd}[nxt], data[8:])

    def geneve(self, data):
        need(len(data) >= 8, 'short GENEVE')
        need(data[0] >> 6 == 0, 'GENEVE version')
        need(data[0] & 0x3f == 0, 'GENEVE options')
        need(data[1] == 0, 'GENEVE flags 0x%02x' % data[1])
        proto, vni = struct.unpack_from('!HI', data, 2)
        need(vni & 0xff == 0, 'GENEVE reserved byte')
        self.vnis[vni >> 8] += 1
        self.inside(proto, data[8:])

    def inside(self, proto, inner):
        need(inner, 'nothing inside')
        self.longest_inner = max(self.longest_inner, len(inner))
        if proto == 0x0800:
            need(inner[0] >> 4 == 4, 'inner version')
            self.inner4(inner)
        elif proto == 0x86dd:
            need(inner[0] >> 4 == 6, 'inner version')
            self.inner6(inner)
        else:
            raise Wrong('inner protocol 0x%04x' % proto)

    def inner4(self, data):
        need(len(data) >= 20, 'short inner IPv4')
        hlen = (data[0] & 15) * 4
        length, _, frag = struct.unpack_from('!HHH', data, 2)
        need(length == len(data), 'inner IPv4 length')
        need(csum(data[:hlen]) == 0xffff, 'inner IPv4 header checksum')
        self.inner['4'] += 1
        if frag & 0x3fff:
            self.cut['inner'] += 1
        else:
            self.inner_l4(data[9], data[12:16], data[16:20], data[hlen:])

    def inner6(self, data):
        need(len(data) >= 40, 'short inner IPv6')
        plen, nxt = struct.unpack_from('!HB', data, 4)
        need(plen + 40 == len(data), 'inner IPv6 length')
        self.inner['6'] += 1
        self.inner_l4(nxt, data[8:24], data[24:40], data[40:])

    def inner_l4(self, proto, src, dst, body):
        if not self.checksums or proto not in (6, 17, 58):
            return
        need(self.transport_sum(src, dst, proto, body) == 0xffff,
             'inner checksum of protocol %d' % proto)


def packets(path):
    with open(path, 'rb') as f:
        head = f.read(24)
        if len(head) < 24:
            return
        order = '<' if head[:4] in (b'\xd4\xc3\xb2\xa1',
                                    b'\x4d\x3c\xb2\xa1') else '>'
        while True:
            rec = f.read(16)
            if len(rec) < 16:
                return
            _, _, caplen, length = struct.unpack(order + 'IIII', rec)
            data = f.read(caplen)
            yield data, length


def main():
    args = sys.argv[1:]
    checksums = '--no-checksums' not in args
    icmp = '--icmp' in args
    encaps = [b for a, b in zip(args, args[1:]) if a == '--encap']
    checker = Checker(checksums, icmp, encaps or ['geneve'])
    wrong = collections.Counter()
    total = 0
    for data, length in packets(args[-1]):
        total += 1
        try:
            need(len(data) == length, 'packet cut by the capture')
            checker.frame(data)
        except Wrong as e:
            wrong[str(e)] += 1
    if checker.fragments:
        wrong['fragments without the rest'] = len(checker.fragments)
    print(json.dumps({
        'total': total, 'packets': checker.packets, 'bytes': checker.bytes,
        'sports': len(checker.ports), 'vnis': list(checker.vnis),
        'tos': checker.tos, 'inner': checker.inner, 'other': checker.other,
        'longest': checker.longest, 'longest_inner': checker.longest_inner,
        'encaps': checker.encap, 'ttl': checker.ttl, 'df': checker.df,
        'csum': checker.csum, 'cut': checker.cut, 'wrong': wrong}))
    return 1 if wrong else 0


if __name__ == '__main__':
    sys.exit(main())
