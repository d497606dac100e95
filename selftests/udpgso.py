#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""UDP with segmentation offload.

usage: udpgso.py recv PORT		until two streams have come
       udpgso.py send ADDRESS PORT	60,000 bytes in two transmissions
       udpgso.py burst ADDRESS PORT	64 datagrams in one transmission
"""
import socket
import sys

SOL_UDP, UDP_SEGMENT = 17, 103
SIZE, TOTAL = 1000, 60000


def recv(port):
    s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
    s.bind(('::', port))
    print('listening', flush=True)
    s.settimeout(60)
    got = {}
    while sum(len(v) for v in got.values()) < 2 * TOTAL // SIZE:
        data, addr = s.recvfrom(65536)
        if len(data) != SIZE or data != data[:1] * SIZE:
            print('damaged: %d bytes' % len(data), flush=True)
            return 1
        got.setdefault(addr[0], []).append(data[0])
    print('done', 2 * TOTAL, sum(len(v) * SIZE for v in got.values()),
          flush=True)
    return 0


def connect(host, port, size):
    family = socket.AF_INET6 if ':' in host else socket.AF_INET
    s = socket.socket(family, socket.SOCK_DGRAM)
    s.connect((host, port))
    s.setsockopt(SOL_UDP, UDP_SEGMENT, size)
    return s


def burst(host, port):
    # as many as all kernels take
    connect(host, port, 100).send(bytes(64 * 100))
    return 0


def send(host, port):
    s = connect(host, port, SIZE)
    n = TOTAL // SIZE // 2
    for start in (0, n):
        s.send(b''.join(bytes([start + i]) * SIZE for i in range(n)))
    return 0


if sys.argv[1] == 'recv':
    sys.exit(recv(int(sys.argv[2])))
if sys.argv[1] == 'burst':
    sys.exit(burst(sys.argv[2], int(sys.argv[3])))
sys.exit(send(sys.argv[2], int(sys.argv[3])))
