#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
#
# Rules that name parts of frames: what they match, what becomes of the packets,
# and what is refused of them.
# Kernels: all um um-debug
# Check: um
# Timeout: 300

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from errno import EBUSY, EINVAL, EOPNOTSUPP  # noqa: E402
from steering import *  # noqa: E402,F403

MASK = 0x3ff0000
HOST, OTHER, EDGE = ('02:00:00:00:0a:0%d' % i for i in range(1, 4))
ALL = 'ff:ff:ff:ff:ff:ff'
IP, ARP, IP6, MPLS, MPLS_MC, QTAG, STAG = (0x800, 0x806, 0x86dd, 0x8847, 0x8848,
                                           0x8100, 0x88a8)


def mac(text):
    return bytes.fromhex(text.replace(':', ''))


def udp4(src='10.1.0.2', dst='10.2.128.1', dscp=0, dport=5000):
    udp = struct.pack('!HHHH', 4000, dport, 16, 0) + b'x' * 8
    head = struct.pack('!BBHHHBBH', 0x45, dscp << 2, 20 + len(udp), 0, 0, 64,
                       17, 0) + socket.inet_aton(src) + socket.inet_aton(dst)
    return head[:10] + struct.pack('!H', csum(head)) + head[12:] + udp


def udp6(src='fd01::2', dst='fd02:0:0:1::1'):
    udp = struct.pack('!HHHH', 4000, 5000, 16, 0) + b'x' * 8
    return (struct.pack('!IHBB', 6 << 28, len(udp), 17, 64) +
            socket.inet_pton(socket.AF_INET6, src) +
            socket.inet_pton(socket.AF_INET6, dst) + udp)


def arp():
    return struct.pack('!HHBBH', 1, IP, 6, 4, 1) + mac(HOST) + \
        socket.inet_aton('10.1.0.2') + mac(ALL) + socket.inet_aton('10.1.0.77')


def labels(*values):
    """A stack of labels; what follows is nobody's"""
    return b''.join(struct.pack('!I', v << 12 | (v == values[-1]) << 8 | 64)
                    for v in values) + b'\x45' + b'\0' * 40


def f(kind=IP, data=None, tags=(), smac=HOST, dmac=EDGE):
    """A frame; tags are (VLAN, priority[, type of tag]) from the outside"""
    data = udp4() if data is None else data
    out = mac(dmac) + mac(smac)
    for vlan, pcp, *tpid in tags:
        out += struct.pack('!HH', *(tpid or [QTAG]), pcp << 13 | vlan)
    return out + struct.pack('!H', kind) + data


def frames(*what):
    with InNs('h1'):
        s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    s.bind(('eth0', 0))
    for one in what:
        s.send(one.ljust(60, b'\0'))
    s.close()


def lab(wans=2):
    sites = Sites(wans=wans, host=True, rules=False)
    # nobody but frames() has anything to say to lan0
    run('sysctl', '-q', '-w', 'net.ipv6.conf.eth0.disable_ipv6=1', ns='h1')
    sites.batch('e1', ['link set dev lan0 address ' + EDGE] +
                ['neigh replace %s lladdr %s dev lan0 nud permanent' % (a, HOST)
                 for a in ('10.1.0.2', 'fd01::2')])
    e1 = sites.e1
    e1.do('fabric-set', mark_mask=MASK)
    e1.do('class-new', name='there', mode='pin', member=[{'underlay': 'u1'}])
    e1.do('lan-new', name='lan0', mode='direct', vni=100)
    return sites, e1


# What a rule says, frames that it matches, frames that it does not
TABLE = [
    ({'smac': HOST}, [f(), f(IP6, udp6()), f(ARP, arp(), dmac=ALL),
                      f(tags=[(20, 5)]), f(MPLS, labels(16))],
     [f(smac=OTHER), f(ARP, arp(), smac=OTHER, dmac=ALL)]),
    ({'dmac': ALL}, [f(ARP, arp(), dmac=ALL)], [f(), f(ARP, arp())]),
    ({'dmac': EDGE, 'smac': OTHER}, [f(smac=OTHER)], [f(), f(
        ARP, arp(), smac=OTHER, dmac=ALL)]),
    ({'vlan': 20}, [f(tags=[(20, 0)]), f(tags=[(20, 7)]),
                    f(ARP, arp(), [(20, 0)], dmac=ALL),
                    f(tags=[(20, 0, STAG), (30, 0)])],
     [f(), f(tags=[(21, 0)]), f(tags=[(0, 2)]),
      f(tags=[(30, 0, STAG), (20, 0)])]),
    ({'vlan': 0}, [f(tags=[(0, 2)])], [f(), f(tags=[(20, 0)])]),
    ({'vlan': 4094}, [f(tags=[(4094, 1)])], [f(tags=[(4093, 1)])]),
    ({'pcp': 5}, [f(tags=[(0, 5)]), f(tags=[(20, 5)])],
     [f(), f(tags=[(0, 4)]), f(tags=[(20, 0)])]),
    ({'pcp': 0}, [f(tags=[(20, 0)])], [f(), f(tags=[(20, 1)])]),
    ({'vlan': 20, 'pcp': 3, 'smac': HOST}, [f(tags=[(20, 3)])],
     [f(tags=[(20, 3)], smac=OTHER), f(tags=[(20, 2)]), f(tags=[(2, 3)])]),
    ({'ethertype': ARP}, [f(ARP, arp(), dmac=ALL),
                          f(ARP, arp(), [(20, 0)], dmac=ALL)],
     [f(), f(IP6, udp6())]),
    ({'ethertype': 0x9000}, [f(0x9000, b'loop'), f(0x9000, b'loop', [
        (7, 1, STAG), (8, 1)])], [f(), f(0x9001, b'loop'), f(46, b'llc')]),
    ({'mpls': 16}, [f(MPLS, labels(16)), f(MPLS_MC, labels(16, 17)),
                    f(MPLS, labels(16), [(20, 0)])],
     [f(MPLS, labels(17, 16)), f(), f(0x9000, labels(16))]),
    ({'mpls': 0xfffff, 'ethertype': MPLS}, [f(MPLS, labels(0xfffff))],
     [f(MPLS_MC, labels(0xfffff)), f(MPLS, b'')]),
    # with something of IP
    ({'smac': HOST, 'proto': UDP, 'dport': ports(5000)}, [
        f(), f(IP6, udp6()), f(tags=[(20, 5)])],
     [f(IP, udp4(dport=5001)), f(ARP, arp(), dmac=ALL), f(smac=OTHER),
      f(MPLS, labels(16))]),
    ({'vlan': 20, 'to': '10.2.0.0', 'to_plen': 16}, [f(tags=[(20, 0)])],
     [f(), f(IP6, udp6(), [(20, 0)]), f(IP, udp4(dst='10.3.0.1'), [(20, 0)]),
      f(tags=[(20, 0, STAG), (30, 0)])]),
    ({'smac': HOST, 'ethertype': IP6}, [f(IP6, udp6())],
     [f(), f(ARP, arp(), dmac=ALL)]),
    ({'smac': HOST, 'dscp': 0}, [f()], [
        f(IP, udp4(dscp=46)), f(ARP, arp(), dmac=ALL)]),
    ({'smac': HOST, 'to': '::', 'to_plen': 0}, [f(IP6, udp6())],
     [f(), f(ARP, arp(), dmac=ALL), f(MPLS, labels(16))]),
    # the ethertype of IP, anywhere; and what names no part of a frame
    ({'ethertype': IP}, [f(), f(tags=[(0, 3)])],
     [f(IP6, udp6()), f(tags=[(20, 0)]), f(ARP, arp(), dmac=ALL)]),
    ({}, [f(), f(IP6, udp6()), f(tags=[(0, 0)])],
     [f(ARP, arp(), dmac=ALL), f(tags=[(20, 0)]), f(MPLS, labels(16)),
      f(46, b'llc')]),
]


def test_kinds():
    """Each part of a frame, alone and beside others, by the counter of a rule
    that drops"""
    _, e1 = lab(1)
    n = 0
    for match, good, bad in TABLE:
        # the second rule has frames looked at, whatever the first one is
        e1.replace([(10, dict(match, iif='lan0', action='drop')),
                    (20, {'iif': 'lan0', 'vlan': 99, 'action': 'drop'})])
        for packets, want in ((good, 1), (bad, 0)):
            for one in packets:
                before = e1.rule(10)['packets']
                frames(one)
                equal(e1.rule(10)['packets'] - before, want,
                      'packets of %s, %s' % (match, one[:40].hex()))
                n += 1
        e1.do('flow-flush')
    log(n, 'frames')


def test_other_lan():
    """Only the LAN that is named is asked, and no other place"""
    sites, e1 = lab()
    sites.batch('e1', ['link add lan1 type veth peer name far',
                       'link set dev lan1 up'])
    e1.do('lan-new', name='lan1', mode='direct', vni=100)
    e1.replace([(10, {'iif': 'lan1', 'smac': HOST, 'action': 'drop'}),
                (20, {'iif': 'lan0', 'smac': HOST, 'action': 'class',
                      'class_': 'there'})])
    equal(list(e1.took(lambda: frames(f()))), [U1], 'path of a packet')
    equal((e1.rule(10)['packets'], e1.rule(20)['packets']), (0, 1), 'packets')
    # what this host sends has no frame
    equal(list(e1.took(lambda: send(sport=1, dport=2))), [U0],
          'path of what the edge sends')
    equal(e1.rule(20)['packets'], 1, 'packets')


def test_verdicts():
    """What is decided on a frame holds in the segment, where it is not seen"""
    sites, e1 = lab()
    sites.batch('e1', ['link add lan0.20 link lan0 type vlan id 20',
                       'link set dev lan0.20 up'])
    one = {'iif': 'lan0', 'smac': HOST}
    # rules of packets behind it, which would match in the segment
    late = (50, {'to': '10.2.0.0', 'to_plen': 16, 'action': 'drop'})

    def goes(rules, path, frame, what):
        e1.replace(rules + [late])
        e1.do('flow-flush')
        equal(list(e1.took(lambda: frames(frame))), [path] if path else [],
              'path: ' + what)
    there = {'action': 'class', 'class_': 'there'}
    goes([], None, f(), 'no rule of frames')
    goes([(10, dict(one, **there))], U1, f(), 'a class')
    goes([(10, dict(one, action='pass'))], U0, f(), 'pass')
    goes([(10, dict(one, action='steer'))], U0, f(), 'steer')
    goes([(10, dict(one, action='drop'))], None, f(), 'drop')
    goes([(10, dict(one, action='pass')), (20, dict(one, **there))], U0, f(),
         'pass before a class')
    goes([(10, dict(one, smac=OTHER, action='drop')),
          (20, dict(one, **there))], U1, f(), 'behind one of another source')
    goes([(5, dict(there, dscp=46)), (10, dict(one, action='drop'))], U1,
         f(IP, udp4(dscp=46)), 'behind a rule of packets')
    # the same of what is for a VLAN device, which is no LAN
    tagged = f(tags=[(20, 5)])
    vlan = {'iif': 'lan0', 'vlan': 20}
    goes([(10, dict(vlan, **there))], U1, tagged, 'the class of a VLAN')
    goes([(10, dict(vlan, action='pass'))], U0, tagged, 'pass of a VLAN')
    goes([(10, dict(vlan, pcp=5, set_dscp=10, **there))], U1, tagged,
         'with another DSCP')
    goes([(10, dict(vlan, pcp=4, **there))], None, tagged, 'of another one')


def test_arp():
    """Who drops all packets is not without ARP, who drops it is"""
    _, e1 = lab(1)
    ip('e1', 'neigh', 'del', '10.1.0.2', 'dev', 'lan0')
    ping = ['ping', '-c', '1', '-W', '1', '10.1.0.1']
    e1.replace([(10, {'iif': 'lan0', 'vlan': 99, 'action': 'drop'}),
                (20, {'iif': 'lan0', 'proto': ICMP, 'action': 'pass'}),
                (30, {'iif': 'lan0', 'action': 'drop'})])
    run(*ping, ns='h1')
    e1.do('rule-new', pref=5, iif='lan0', ethertype=ARP, action='drop')
    ip('h1', 'neigh', 'flush', 'dev', 'eth0')
    r = run(*ping, ns='h1', check=False)
    true(r.returncode, 'an answer without ARP')
    true(e1.rule(5)['packets'] > 0, 'nothing was dropped')


def test_refused():
    """What cannot be seen where it would be asked is refused, and a LAN stays as
    long as a rule needs it"""
    _, e1 = lab(1)
    no = e1.refused
    drop = {'pref': 1, 'action': 'drop'}
    parts = {'vlan': 1, 'pcp': 1, 'smac': HOST, 'dmac': HOST, 'mpls': 1,
             'ethertype': ARP}
    e1.do('lan-new', name='lan5', mode='mark')
    for key, value in parts.items():
        kw = dict(drop, **{key: value})
        no(EINVAL, 'rule-new', key, **kw)
        no(EINVAL, 'rule-new', key, iif='lan5', **kw)
        no(EINVAL, 'rule-new', key, iif='lan9', **kw)
        no(EINVAL, 'rule-new', 'vni', iif='lan0', vni=100, **kw)
    lan = dict(drop, iif='lan0')
    for tpid in (QTAG, STAG):
        no(EINVAL, 'rule-new', 'ethertype', ethertype=tpid, **lan)
    no(EINVAL, 'rule-new', 'mpls', mpls=1, ethertype=ARP, **lan)
    no(EINVAL, 'rule-new', 'mpls', mpls=1, ethertype=IP, **lan)
    for kw in ({'proto': UDP}, {'dscp': 0}, {'to': '10.0.0.0', 'to_plen': 8}):
        no(EINVAL, 'rule-new', 'mpls', mpls=1, **lan, **kw)
        no(EINVAL, 'rule-new', 'ethertype', ethertype=ARP, **lan, **kw)
    for kw in ({'from_': '10.0.0.0', 'from_plen': 8}, {'to': '0.0.0.0',
                                                       'to_plen': 0}):
        no(EINVAL, 'rule-new', 'ethertype', ethertype=IP6, **drop, **kw)
    for key, value, most in (('vlan', 4095, 4094), ('pcp', 8, 7),
                             ('mpls', 1 << 20, 0xfffff)):
        e1.refused((EINVAL, 34), 'rule-new', key, **lan, **{key: value})
        e1.do('rule-new', **lan, **{key: most})
        equal(e1.rule(1)[key], most, key)
        e1.do('rule-del', pref=1)
    e1.refused((EINVAL, 34), 'rule-new', 'ethertype', ethertype=0x5ff, **lan)
    # frames that cannot be steered or get a DSCP, and those that can
    for kw in ({'vlan': 20}, {'mpls': 3}, {'ethertype': ARP}):
        no(EINVAL, 'rule-new', list(kw)[0], pref=1, iif='lan0', action='steer',
           **kw)
    for kw in ({'mpls': 3}, {'ethertype': ARP}):
        no(EINVAL, 'rule-new', list(kw)[0], pref=1, iif='lan0', action='pass',
           set_dscp=1, **kw)
    e1.do('rule-new', pref=1, iif='lan0', action='steer', vlan=0, set_dscp=1)
    # the segment that a packet has not yet
    no(EINVAL, 'rule-new', 'vni', pref=2, action='steer', vni=100)
    no(EOPNOTSUPP, 'rule-new', 'set-vlan', pref=2, action='pass', set_vlan=5)
    e1.do('rule-new', pref=2, action='pass', vni=100)
    no(EINVAL, 'rule-set', 'action', pref=2, action='steer')
    # the mask is needed
    no(EBUSY, 'fabric-set', 'mark-mask', mark_mask=0)
    e1.do('rule-del', pref=1)
    e1.do('fabric-set', mark_mask=0)
    no(EINVAL, 'rule-new', 'smac', pref=1, iif='lan0', smac=HOST,
       action='pass')
    e1.do('rule-new', pref=1, iif='lan0', smac=HOST, action='drop')
    # and so is the LAN
    no(EBUSY, 'lan-del', 'name', name='lan0')
    no(EBUSY, 'lan-set', 'mode', name='lan0', mode='mark')
    no(EINVAL, 'rule-set', 'iif', pref=1, iif='lan5')
    e1.do('lan-set', name='lan0', mode='direct', vni=7)
    e1.do('rule-set', pref=1, pcp=3)
    equal({k: e1.rule(1)[k] for k in ('iif', 'smac', 'pcp')},
          {'iif': 'lan0', 'smac': HOST, 'pcp': 3}, 'rule')
    no(EBUSY, 'lan-del', 'name', name='lan0')


def test_transaction():
    """Rule and LAN come and go together, in the order in which they depend"""
    _, e1 = lab(1)
    rule = {'pref': 1, 'iif': 'lan7', 'smac': HOST, 'action': 'drop'}
    with e1.begin() as t:
        t.refused(EINVAL, 'rule-new', 'smac', **rule)
        t.do('lan-new', name='lan7', mode='direct', vni=100)
        t.do('rule-new', **rule)
        t.refused(EBUSY, 'lan-del', 'name', name='lan7')
        t.refused(EBUSY, 'lan-set', 'mode', name='lan7', mode='mark')
    # given up: all is as before
    t = e1.begin()
    t.do('rule-del', pref=1)
    t.do('lan-del', name='lan7')
    t.refused(EINVAL, 'rule-new', 'smac', **dict(rule, pref=2))
    t.abort()
    e1.refused(EBUSY, 'lan-del', 'name', name='lan7')
    t = e1.begin()
    t.do('lan-new', name='lan8', mode='direct', vni=100)
    t.do('rule-new', pref=2, iif='lan8', vlan=3, action='drop')
    t.abort()
    # a rule that needs it no more, in either way
    with e1.begin() as t:
        t.do('rule-new', NLM_F_REPLACE, pref=1, action='drop', iif='lan7')
        t.do('lan-set', name='lan7', mode='mark')
        t.do('lan-set', name='lan7', mode='direct')
        t.do('rule-new', **dict(rule, pref=3))
    with e1.begin() as t:
        t.do('rule-del', pref=3)
        t.do('lan-del', name='lan7')
    e1.do('rule-del', pref=1)


if __name__ == '__main__':
    run_tests(test_kinds, test_other_lan, test_verdicts, test_arp,
              test_refused, test_transaction)
