# SPDX-License-Identifier: GPL-2.0
"""The far end of a path that is probed: a packet socket with its own clock, an hour
ahead.  It shares nothing with the module."""
import hashlib
import hmac
import json
import os
import select
import socket
import struct
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lab import *  # noqa: E402,F403

EPOCH = 2208988800
PATH = 'p2:u0'
CLOCK = 3600.0


def stamp(when):
    return struct.pack('!II', (int(when) + EPOCH) & 0xffffffff,
                       int(when % 1 * 2**32))


def request(seq=0, when=0, ssid=0, error=0x8001, pad=bytes(28), more=b''):
    return struct.pack('!I8sHH', seq, stamp(when), error, ssid) + pad + more


def reply(probe, seq, reached, returned, error=0x8001, ttl=255):
    """The answer to the bytes of a probe (RFC 8762, section 4.3.1)."""
    return struct.pack('!I8sH2s8s', seq, stamp(returned), error, probe[14:16],
                       stamp(reached)) + probe[0:14] + \
        struct.pack('!HB3x', 0, ttl) + probe[44:]


def mac(key, text):
    return hmac.new(key, text, hashlib.sha256).digest()[:16]


def signed(key, text):
    return text + mac(key, text)


def auth_request(key, seq=0, when=0, ssid=0, error=0x8001, more=b''):
    return signed(key, struct.pack('!I12x8sHH68x', seq, stamp(when), error,
                                   ssid)) + more


def auth_reply(key, probe, seq, reached, returned, error=0x8001, ttl=255):
    """The answer to the bytes of a probe (RFC 8762, section 4.3.2)."""
    return signed(key, struct.pack('!I12x8sH2s4x8s8x', seq, stamp(returned),
                                   error, probe[26:28], stamp(reached)) +
                  probe[:4] + bytes(12) + probe[16:26] +
                  struct.pack('!6xB15x', ttl)) + probe[112:]


def tlv(kind, data, flags=0x80):
    return struct.pack('!BBH', flags, kind, len(data)) + data


def told(key, seq, nonce, echo, path=77, sites=(2, 1, 1, 1), newest=None,
         data=(0, 0, 0), flags=0x80, counted=0, version=1, magic=b'SDWN',
         seen=None, more=b''):
    """What follows a packet of ours: data, identity, more, HMAC."""
    mark = mac(newest or key, b'sdwan key')[:4]
    says = counted if seen is None else counted | 2
    tlvs = tlv(5, struct.pack('!III', *data), flags) + tlv(254, magic + struct.pack(
        '!BBHIIIII4sQQ', version, says, (seen or 0) & 0xffff, *sites, path, mark,
        nonce, echo), flags) + more
    return tlvs + tlv(8, mac(key, struct.pack('!I', seq) + tlvs), flags)


def statistics(has, wants, fields, room=0, flags=0x80, version=1, magic=b'SDWN'):
    """The TLV of statistics."""
    return tlv(252, magic + struct.pack('!BBBB', version, has, wants, 0) +
               b''.join(struct.pack('!I', f) for f in fields) + bytes(4 * room),
               flags)


def identity(packet):
    """What a packet says: (sites, path, mark, counted, nonce, echo)."""
    flags, kind, n, magic, version, says, _ = struct.unpack(
        '!BBH4sBBH', packet[128:140])
    equal((kind, n, magic, version), (254, 48, b'SDWN', 1), 'identity')
    sites = struct.unpack('!IIII', packet[140:156])
    path, mark, nonce, echo = struct.unpack('!I4sQQ', packet[156:180])
    return sites, path, mark, says & 1, nonce, echo


def seen(packet):
    """Which of ours it says has come, None for nothing."""
    says, number = struct.unpack('!BH', packet[137:140])
    return number if says & 2 else None


def found_out(packet):
    """What it tells of statistics, (has, wants, fields); None for nothing."""
    if packet[181] != 252:
        return None
    n, magic, version, has, wants, zero = struct.unpack('!H4sBBBB',
                                                        packet[182:192])
    equal((magic, version, zero), (b'SDWN', 1, 0), 'statistics')
    return has, wants, struct.unpack('!%dI' % ((n - 8) // 4),
                                     packet[192:184 + n])


def data_counts(packet):
    equal(struct.unpack('!BH', packet[113:116]), (5, 12), 'Direct Measurement')
    return struct.unpack('!III', packet[116:128])


def trailer_ok(key, packet):
    """Is the HMAC of what follows a packet right?"""
    return packet[-19:-16] == b'\x08\0\x10' and \
        mac(key, packet[:4] + packet[112:-20]) == packet[-16:]


def inner(payload, sport, dport, src='127.0.0.1', dst='127.0.0.1', ttl=255,
          bad=0, length=None, **kw):
    n = 8 + len(payload) if length is None else length
    head = struct.pack('!HHHH', sport, dport, n, 0)
    pseudo = ip4(src) + ip4(dst) + struct.pack('!BBH', 0, 17, n)
    check = (csum(pseudo + head + payload) or 0xffff) ^ bad
    return ipv4(head[:6] + struct.pack('!H', check) + payload, src, dst,
                ttl=ttl, **kw)


def control(*args, vni=0, flags=0x80, **kw):
    return geneve(inner(*args, **kw), vni=vni, flags=flags)


class Far:
    """The other end of path p2:u0."""

    def __init__(self, lab):
        self.lab = lab
        self.nonce = 0x1122334455667788
        self.rseq = 0
        with InNs('w0'):
            self.sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW,
                                      socket.htons(0x0800))
            self.sock.bind(('a', 0x0800))

    def send(self, payload, sport, dport, **kw):
        self.lab.outer4(control(payload, sport, dport, **kw))

    def packets(self, seconds):
        """(source port, destination port, payload, outer length), for a time"""
        end = time.monotonic() + seconds
        while True:
            left = end - time.monotonic()
            if left <= 0:
                return
            if not select.select([self.sock], [], [], left)[0]:
                return
            data, addr = self.sock.recvfrom(4096)
            if addr[2] == socket.PACKET_OUTGOING:
                continue
            got = self.parse(data[14:])
            if got:
                yield got

    @staticmethod
    def parse(p):
        if p[9] != 17 or p[16:20] != ip4('192.168.20.1') or \
                struct.unpack('!H', p[22:24])[0] != 6081:
            return None
        total = struct.unpack('!H', p[2:4])[0]
        head, flags, proto, vni = struct.unpack('!BBHI', p[28:36])
        if vni or flags != 0x80 or proto != 0x0800 or head:
            return None
        i = p[36:total]
        equal(i[0], 0x45, 'inner version and length')
        equal(csum(i[:20]), 0, 'checksum of the inner IP header')
        equal(i[8], 255, 'inner TTL')
        equal(i[12:20], ip4('127.0.0.1') * 2, 'inner addresses')
        u = i[20:]
        equal(csum(i[12:20] + struct.pack('!BBH', 0, 17, len(u)) + u), 0,
              'checksum of the inner UDP packet')
        sport, dport, n = struct.unpack('!HHH', u[:6])
        equal(n, len(u), 'inner UDP length')
        return sport, dport, u[8:], total

    def probes(self, seconds):
        for sport, dport, data, _ in self.packets(seconds):
            if dport == 862:
                equal(len(data), 44, 'length of a probe')
                true(sport >= 49152, 'source port of a probe')
                yield sport, data

    def asked(self, seconds):
        """Those with a key."""
        for sport, dport, data, _ in self.packets(seconds):
            if dport == 862:
                true(len(data) >= 112, 'length of a probe')
                yield sport, data

    def drain(self):
        while select.select([self.sock], [], [], 0)[0]:
            self.sock.recv(4096)

    def auth_reflect(self, key, sport, probe, seq, data=(0, 0), nonce=None,
                     **kw):
        """The answer to a probe; kw changes what it tells."""
        now = time.time() + CLOCK
        if packet_statistics := found_out(probe):
            kw.setdefault('more', statistics(0, 0, (),
                                             len(packet_statistics[2]), 0))
        kw.setdefault('echo', identity(probe)[4])
        kw.setdefault('counted', 1)
        more = told(key, seq, nonce or self.nonce, flags=0,
                    data=(data_counts(probe)[0], *data), **kw)
        base = auth_reply(key, probe[:112], seq, now, now)
        self.send(base + more, 862, sport)
        return base + more

    def auth_answer(self, seconds, key, **kw):
        """Reflect for a time what was made by a key; the last probe."""
        last = None
        for sport, probe in self.asked(seconds):
            equal(mac(key, probe[:96]), probe[96:112], 'HMAC of a probe')
            self.auth_reflect(key, sport, probe, self.rseq, **kw)
            self.rseq += 1
            last = sport, probe
        return last

    def ask(self, key, seq, echo, more=None, **kw):
        """Send a probe; kw changes what it tells."""
        packet = auth_request(key, seq, time.time() + CLOCK) + \
            (told(key, seq, kw.pop('nonce', self.nonce), echo, **kw)
             if more is None else more)
        self.send(packet, 50000, 862)
        return packet

    def answers(self, seconds):
        for sport, dport, data, total in self.packets(seconds):
            if sport == 862:
                yield dport, data, total

    def answer(self, seconds, drift=0.0, skip=(), think=0.0):
        """Reflect for a time; numbers in skip are lost, there or back."""
        rseq = n = 0
        last = None
        for sport, probe in self.probes(seconds):
            now = time.time() * (1 + drift) + CLOCK
            n += 1
            if n in skip and skip[n] == 'there':
                continue
            if think:
                time.sleep(think)
            if not (n in skip and skip[n] == 'back'):
                self.send(reply(probe, rseq, now, time.time() * (1 + drift) +
                                CLOCK), 862, sport)
                last = sport, probe, rseq
            rseq += 1
        return n, last


def setup(*what):
    lab = Lab()
    if what:
        ctl('e1', 'path', 'set', PATH, *what)
    return lab, Far(lab)


FAST = ('probe', 'tunnel', 'probe-interval', '50ms', 'probe-idle-interval',
        '50ms', 'probe-mtu', 'off', 'probe-mult', '20')


def path():
    return next(p for p in json_of('path', 'show') if p['name'] == PATH)


def json_of(*argv):
    return json.loads(run('sdwanctl', '-j', '-s', *argv, ns='e1'))
