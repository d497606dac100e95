# SPDX-License-Identifier: GPL-2.0
"""The checksum of the Internet protocols."""
import struct


def csum(data):
    """As it is put into a header; of what has a right one it is 0"""
    if len(data) & 1:
        data += b'\0'
    s = sum(struct.unpack('!%dH' % (len(data) // 2), data))
    while s >> 16:
        s = (s & 0xffff) + (s >> 16)
    return ~s & 0xffff
