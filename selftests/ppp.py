#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""A PPP line between two namespaces, without negotiation.

usage: ppp.py NAMESPACE NAMESPACE

Makes a device ppp0 in each and carries what they say to the other, until it is
killed: two pseudo terminals with the kernel's line discipline, and the work of
pppd when all is agreed upon.
"""
import ctypes
import fcntl
import os
import pty
import select
import struct
import sys
import tty

TIOCSETD, N_PPP = 0x5423, 3
PPPIOCGCHAN, PPPIOCATTCHAN = 0x80047437, 0x40047438
PPPIOCNEWUNIT, PPPIOCCONNECT = 0xc004743e, 0x4004743a
PPPIOCSNPMODE, PPP_IP, PPP_IPV6, NPMODE_PASS = 0x4008744b, 0x21, 0x57, 0


def number(fd, request, value):
    data = bytearray(struct.pack('=i', value))
    fcntl.ioctl(fd, request, data)
    return struct.unpack('=i', data)[0]


def end(ns):
    """Make ppp0; returns the other side of its terminal, and what keeps it"""
    fd = os.open('/run/netns/' + ns, os.O_RDONLY)
    if ctypes.CDLL(None).setns(fd, 0x40000000):
        sys.exit('there is no namespace ' + ns)
    os.close(fd)
    master, slave = pty.openpty()
    tty.setraw(slave)
    number(slave, TIOCSETD, N_PPP)
    channel = os.open('/dev/ppp', os.O_RDWR)
    number(channel, PPPIOCATTCHAN, number(slave, PPPIOCGCHAN, 0))
    unit = os.open('/dev/ppp', os.O_RDWR)
    number(channel, PPPIOCCONNECT, number(unit, PPPIOCNEWUNIT, -1))
    for protocol in PPP_IP, PPP_IPV6:
        fcntl.ioctl(unit, PPPIOCSNPMODE,
                    struct.pack('=iI', protocol, NPMODE_PASS))
    return master


def main():
    a, b = (end(ns) for ns in sys.argv[1:])
    other = {a: b, b: a}
    while True:
        for fd in select.select([a, b], [], [])[0]:
            data = os.read(fd, 1 << 16)
            while data:
                data = data[os.write(other[fd], data):]


if __name__ == '__main__':
    main()
