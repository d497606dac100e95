# SPDX-License-Identifier: GPL-2.0
"""Probes that nobody believes: what a flood of them costs, beside the same packets
with data in them."""
import os
import struct
import sys

import inject
import scenarios
from inject import packets, say

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                '..'))
import probefar  # noqa: E402

PARTS = ['probes']
PACKET = '/sys/kernel/debug/sdwan_bench/packet'
SITES = 'probes.1', 'probes.2'
KEYS = '/run/probes-old', '/run/probes-new'
OTHER = b'not the key of either'


def prepare():
    for netns in SITES:
        inject.call(['ip', 'netns', 'add', netns])
    commands = []
    for s in 1, 2:
        site = scenarios.Site(SITES[s - 1], s, 4, commands)
        scenarios.base(site)
        scenarios.sdwan('geneve')(site)
    inject.execute(commands)
    for path in KEYS:
        inject.call(['sdwanctl', 'genkey', path])
    tell('underlay set u0 probe tunnel', f'peer set edge1 key {KEYS[0]}')


def tell(*lines):
    with inject.Namespace(SITES[1]):
        inject.batch(SITES[1], 'sdwanctl', list(lines))


def frame(payload, sport, dport):
    """As the first site's edge would send it"""
    data = probefar.control(payload, sport, dport)
    udp = struct.pack('!HHHH', 50000, 6081, 8 + len(data), 0) + data
    return bytes.fromhex(
        (scenarios.mac('wan0', 2) + scenarios.mac('wan0', 1)).replace(':', '')
    ) + b'\x08\0' + probefar.ipv4(udp, '192.0.2.1', '192.0.2.2')


def key():
    with open(KEYS[0]) as f:
        return bytes.fromhex(f.read())


def probe(secret):
    return probefar.auth_request(secret, 7, ssid=1, more=probefar.told(
        secret, 7, 1, 2))


def answer(secret):
    return probefar.auth_reply(secret, probe(secret), 7, 0, 0)


def load(payload, sport, dport):
    with open(PACKET, 'wb', buffering=0) as f:
        f.write(frame(payload, sport, dport))


def data(how):
    """A packet for a host behind the second site, as long as a probe"""
    packets(SITES[0], op='receive', dev='lan0', sink='wan0', capture=1,
            len=28 + len(probe(OTHER)))
    return packets(SITES[1], op='replay', dev='wan0', sink='lan0', **how)


def flood(payload, sport, dport, how):
    load(payload, sport, dport)
    return packets(SITES[1], op='replay', dev='wan0', sink='lan0', segments=0,
                   **how)


# The last ones are tried while two keys count
CASES = [
    ('data', data),
    ('forged probe', lambda how: flood(probe(OTHER), 40000, 862, how)),
    ('forged answer', lambda how: flood(answer(OTHER), 862, 40000, how)),
    ('old probe', lambda how: flood(probe(key()), 40000, 862, how)),
    ('old answer', lambda how: flood(answer(key()), 862, 40000, how)),
]
TWO_KEYS = ['data', 'forged probe']


def main(options):
    if not set(PARTS) & set(options.parts):
        return
    inject.note('probes that are not genuine')
    prepare()
    how = {'batches': options.batches}
    if options.cycles:
        how['clock'] = 'cycles'
    for n in range(options.samples):
        for who, run in CASES if n % 2 == 0 else CASES[::-1]:
            say('probes', who=who, **run(how))
    tell(f'peer set edge1 key {KEYS[1]}')
    for n in range(options.samples):
        for who, run in CASES if n % 2 == 0 else CASES[::-1]:
            if who in TWO_KEYS:
                say('probes', who=who if who == 'data' else who + ', two keys',
                    **run(how))
    for netns in SITES:
        inject.call(['ip', 'netns', 'del', netns])
