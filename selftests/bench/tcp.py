# SPDX-License-Identifier: GPL-2.0
"""iperf3 over the overlay, segmentation offload on and off."""
import json
import subprocess

import inject
import scenarios
from inject import Refused, note, say

PARTS = ['tcp']
CONTENDERS = 'sdwan-geneve', 'sdwan-gre', 'geneve', 'geneve-l3', 'gre'
SAMPLES = 15
# Enough for the window to be open; where instructions are counted, all runs
# are alike
LENGTH = ['-t', '1']
LENGTH_COUNTED = ['-n', '24M']


def base(site):
    """As for packets, but the WAN is a cable, and the far end answers"""
    s, o = site.s, site.o
    if s == 1:
        site.ip(f'link add wan0 type veth peer wan0 netns {site.netns[:-1]}2')
    site.ip('link add lan0 type dummy',
            'link set lan0 up', 'link set wan0 up',
            f'addr add 10.{s}.0.1/16 dev lan0',
            f'addr add 192.0.2.{s}/24 dev wan0',
            f'addr add 2001:db8::{s}/64 dev wan0 nodad')


def commands(name):
    found = []
    sites = [scenarios.Site(f'tcp-{name}.{s}', s, 4, found) for s in (1, 2)]
    for step in base, scenarios.BY_NAME[name].setup:
        for site in sites:
            step(site)
    return found


def make(name):
    for s in 1, 2:
        inject.call(['ip', 'netns', 'add', f'tcp-{name}.{s}'])
    inject.execute(commands(name))
    with inject.Namespace(f'tcp-{name}.2'):
        # pylint: disable-next=consider-using-with
        return subprocess.Popen(['iperf3', '-s'], stdout=subprocess.DEVNULL)


def offloads(name, state):
    for s in 1, 2:
        with inject.Namespace(f'tcp-{name}.{s}'):
            for dev in 'tun0', 'wan0':
                inject.call(['ethtool', '-K', dev, 'tso', state, 'gso', state])


def transfer(name, length):
    """On a busy machine the two ends of iperf3 can miss each other"""
    for _ in range(3):
        with inject.Namespace(f'tcp-{name}.1'):
            out = json.loads(inject.call(
                ['iperf3', '-J', '-B', '10.1.0.1', '-c', '10.2.0.1'] + length))
        got = out['end'].get('sum_received')
        if got:
            return got['bits_per_second'] / 1e6
    raise inject.Lost(f'tcp, {name}: {out.get("error")}')


def main(options):
    length = LENGTH_COUNTED if options.cycles else LENGTH
    servers = {}
    for name in CONTENDERS:
        try:
            servers[name] = make(name)
        except Refused as e:
            say('missing', who=name, family=4, why=str(e))
    for state in 'on', 'off':
        note(f'tcp: TSO and GSO {state}')
        for name in servers:
            offloads(name, state)
        for n in range(min(SAMPLES, options.samples)):
            names = list(servers)
            for name in names if n % 2 == 0 else names[::-1]:
                say('tcp', who=name, gso=state,
                    mbits=transfer(name, length))
    for server in servers.values():
        server.kill()
        server.wait()
    for name in CONTENDERS:
        for s in 1, 2:
            inject.call(['ip', 'netns', 'del', f'tcp-{name}.{s}'])
