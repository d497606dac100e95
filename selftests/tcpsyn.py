#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""TCP segments with options of one's own choice.

usage: tcpsyn.py send SOURCE DESTINATION FLAGS OPTIONS...
       tcpsyn.py recv 4|6 COUNT

FLAGS is a number (2 is SYN, 18 SYN and ACK), OPTIONS are hexadecimal, each for a
segment of its own.  The receiver prints, for each, the MSS (or "none"), the
options, and whether the checksum is right.
"""
import socket
import struct
import sys

from checksum import csum

PORT = 7


def pseudo(src, dst, n):
    if len(src) == 4:
        return src + dst + struct.pack('!BBH', 0, 6, n)
    return src + dst + struct.pack('!II', n, 6)


def send(src, dst, flags, *options):
    family = socket.AF_INET6 if ':' in src else socket.AF_INET
    s = socket.socket(family, socket.SOCK_RAW, socket.IPPROTO_TCP)
    s.bind((src, 0))
    a, b = socket.inet_pton(family, src), socket.inet_pton(family, dst)
    for n, text in enumerate(options):
        opt = bytes.fromhex(text)
        opt += b'\0' * (-len(opt) % 4)
        seg = struct.pack('!HHIIBBHHH', 4000 + n, PORT, n, 0,
                          (20 + len(opt)) << 2, int(flags), 8192, 0, 0) + opt
        seg = seg[:16] + struct.pack('!H', csum(
            pseudo(a, b, len(seg)) + seg)) + seg[18:]
        s.sendto(seg, (dst, 0))


def mss(opt):
    while opt and opt[0]:
        if opt[0] == 1:
            opt = opt[1:]
            continue
        if len(opt) < 2 or opt[1] < 2 or opt[1] > len(opt):
            return 'none'
        if opt[0] == 2 and opt[1] == 4:
            return str(struct.unpack_from('!H', opt, 2)[0])
        opt = opt[opt[1]:]
    return 'none'


def recv(family, count):
    v6 = family == '6'
    s = socket.socket(socket.AF_INET6 if v6 else socket.AF_INET,
                      socket.SOCK_RAW, socket.IPPROTO_TCP)
    s.settimeout(30)
    if v6:
        s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVPKTINFO, 1)
    print('listening', flush=True)
    left = int(count)
    while left:
        data, aux, _, addr = s.recvmsg(4096, 256)
        if v6:
            src = socket.inet_pton(socket.AF_INET6, addr[0])
            dst = aux[0][2][:16]
        else:
            src, dst = data[12:16], data[16:20]
            data = data[(data[0] & 15) * 4:]
        if struct.unpack_from('!H', data, 2)[0] != PORT or data[13] & 4:
            continue
        opt = data[20:(data[12] >> 4) * 4]
        good = csum(pseudo(src, dst, len(data)) + data) == 0
        print(mss(opt), opt.hex(), 'good' if good else 'bad', flush=True)
        left -= 1


if sys.argv[1] == 'send':
    send(*sys.argv[2:])
else:
    recv(*sys.argv[2:])
