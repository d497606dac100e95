# SPDX-License-Identifier: GPL-2.0
"""What is compared with what: the commands that set up either side.

Each contender is set up in two network namespaces, one for each site.  A site
has a LAN and a WAN, both of them dummy devices: they count what they are given
and free it.

    lan0  10.S.0.1/16                     its host 10.S.0.2
    wan0  192.0.2.S/24, 2001:db8::S/64    the other site's is a neighbour
"""

import inject

VNI = 100
MTU = 1444
MARK = '1'
TABLE = '100'


class Command:
    """One command line, in a namespace"""

    def __init__(self, netns, tool, args):
        self.netns, self.tool, self.args = netns, tool, args

    def __str__(self):
        if self.tool == 'ip':
            return f'ip -n {self.netns} {self.args}'
        return f'ip netns exec {self.netns} {self.tool} {self.args}'


class Site:
    """The view of one site: S is this one, O is the other"""

    def __init__(self, netns, site, family, commands):
        self.netns, self.s, self.o, self.family = netns, site, 3 - site, family
        self.commands = commands

    def do(self, tool, args):
        self.commands.append(Command(self.netns, tool, args))

    def ip(self, *lines):
        for line in lines:
            self.do('ip', line)

    def sysctl(self, setting):
        self.do('sysctl', '-qw ' + setting)

    def wan(self, site):
        return f'192.0.2.{site}' if self.family == 4 else f'2001:db8::{site}'

    @property
    def local(self):
        return self.wan(self.s)

    @property
    def remote(self):
        return self.wan(self.o)

    @property
    def prefix(self):
        return f'10.{self.o}.0.0/16'


def mac(device, site):
    """lan0, wan0 and tun0 have addresses of their own"""
    number = ['lan0', 'wan0', 'tun0'].index(device)
    return f'02:00:00:00:{number:02x}:{site:02x}'


def base(site):
    s, o = site.s, site.o
    site.sysctl('net.ipv4.ip_forward=1')
    for dev in 'lan0', 'wan0':
        site.ip(f'link add {dev} address {mac(dev, s)} type dummy',
                f'link set {dev} arp on up')
    site.ip(f'addr add 10.{s}.0.1/16 dev lan0',
            f'neigh add 10.{s}.0.2 lladdr 02:00:00:00:ff:{s:02x} dev lan0'
            ' nud permanent',
            f'addr add 192.0.2.{s}/24 dev wan0',
            f'addr add 2001:db8::{s}/64 dev wan0 nodad')
    for addr in f'192.0.2.{o}', f'2001:db8::{o}':
        site.ip(f'neigh add {addr} lladdr {mac("wan0", o)} dev wan0'
                ' nud permanent')


def lone(netns):
    """A site of IPv4 in a new namespace, with nobody at the other end"""
    inject.call(['ip', 'netns', 'add', netns])
    site = Site(netns, 1, 4, [])
    base(site)
    return site


# ---- ours

def fabric(site, encap, extra=''):
    """Node, underlay and the other site; ENCAP '' is the default"""
    how = f' encap {encap}' if encap else ''
    site.do('sdwanctl', f'node set site {site.s} gateway 1')
    site.do('sdwanctl', f'underlay add u0 dev wan0 local {site.local} '
            f'probe off{how}')
    site.do('sdwanctl', f'peer add edge{site.o} site {site.o} gateway 1')
    site.do('sdwanctl', f'path add peer edge{site.o} underlay u0 '
            f'remote {site.remote}{how}{extra}')


def sdwan(encap):
    def setup(site):
        fabric(site, encap)
        site.do('sdwanctl',
                f'prefix add {site.prefix} vni {VNI} site {site.o}')
        site.ip(f'link add tun0 mtu {MTU} type sdwan vni {VNI}',
                'link set tun0 up',
                f'route add {site.prefix} dev tun0')
    return setup


def direct(encap):
    """The same, past routing and firewall of both sites"""
    def setup(site):
        sdwan(encap)(site)
        site.do('sdwanctl', f'lan add lan0 mode direct vni {VNI}')
    return setup


# ---- the stock devices

def by_family(site, four, six):
    return four if site.family == 4 else six


def gre_options(site):
    return (f'local {site.local} remote {site.remote} key {VNI} ' +
            by_family(site, 'ttl 64',
                      'hoplimit 64 encaplimit none'))


DEVICES = {
    'gre': lambda site: by_family(site, 'gre ', 'ip6gre ') + gre_options(site),
    'gretap': lambda site: by_family(site, 'gretap ', 'ip6gretap ') +
    gre_options(site),
    'vxlan': lambda site: f'vxlan id {VNI} local {site.local} '
    f'remote {site.remote} dstport 4789 nolearning df set',
    'geneve': lambda site: f'geneve id {VNI} remote {site.remote} '
    'df set',
    'geneve-l3': lambda site: f'geneve id {VNI} remote {site.remote} '
    'df set innerprotoinherit',
}
ETHERNET = {'gretap', 'vxlan', 'geneve'}


def device(site, kind, master=''):
    """A tunnel; returns what follows `route add PREFIX'"""
    l2 = kind in ETHERNET
    address = f'address {mac("tun0", site.s)} ' if l2 else ''
    site.ip(f'link add tun0 mtu {MTU} {address}type {DEVICES[kind](site)}')
    if master:
        site.ip(f'link set tun0 master {master}')
    site.ip('link set tun0 up')
    if not l2:
        return 'dev tun0'
    site.ip(f'addr add 10.255.0.{site.s}/24 dev tun0',
            f'neigh add 10.255.0.{site.o} lladdr {mac("tun0", site.o)} '
            'dev tun0 nud permanent')
    return f'via 10.255.0.{site.o} dev tun0'


def stock(kind):
    def setup(site):
        via = device(site, kind)
        site.ip(f'route add {site.prefix} {via}')
    return setup


def marked(kind, iptables='iptables'):
    """Policy routing by mark, as a router without us does it"""
    def setup(site):
        via = device(site, kind)
        site.do(iptables, '-t mangle -A PREROUTING -i lan0 '
                f'-j MARK --set-mark {MARK}')
        site.ip(f'rule add fwmark {MARK} lookup {TABLE}',
                f'route add {site.prefix} {via} table {TABLE}')
    return setup


def vrf(kind):
    def setup(site):
        site.ip(f'link add vrf0 type vrf table {TABLE}',
                'link set vrf0 up',
                'link set lan0 master vrf0',
                # addresses and neighbours went with the old table
                f'neigh replace 10.{site.s}.0.2 lladdr '
                f'02:00:00:00:ff:{site.s:02x} dev lan0 nud permanent')
        via = device(site, kind, 'vrf0')
        site.ip(f'route add {site.prefix} {via} table {TABLE}')
    return setup


def plain(site):
    """No tunnel: what forwarding itself costs, and a device"""
    site.ip(f'route add {site.prefix} via 192.0.2.{site.o} dev wan0')


def vxlan_gpe(site):
    """The kernel has it with metadata from the route only"""
    site.ip(f'link add tun0 mtu {MTU} type vxlan external gpe dstport 4790',
            'link set tun0 up',
            f'route add {site.prefix} encap ' +
            by_family(site, f'ip id {VNI} src {site.local} dst {site.remote} '
                      'ttl 64',
                      f'ip6 id {VNI} src {site.local} dst {site.remote} '
                      'hoplimit 64 csum') + ' dev tun0')


# The private keys are no secret: nothing but these guests uses them
KEYS = {1: 'yAnz5TF+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBmk=',
        2: '2Fe7jbtlNs3HQ2BFBTYmkTd8pHPmzGZAEtIqvKJVYF4='}
PUBLIC = {}


def wireguard(site):
    """Handshakes need an answer: over a cable that is taken away then"""
    s, o = site.s, site.o
    if s == 1:
        other = site.netns[:-1] + '2'
        site.ip(f'link add hs0 type veth peer hs0 netns {other}')
    site.ip('link set hs0 up',
            f'addr add {site.local}/{by_family(site, 32, 128)} dev hs0' +
            by_family(site, '', ' nodad'),
            f'route add {site.remote} dev hs0 src {site.local}',
            'link add tun0 mtu 1420 type wireguard')
    site.do('wg', f'set tun0 listen-port 51820 private-key '
            f'/run/wg-private.{s} peer {PUBLIC[o]} '
            f'allowed-ips 10.{o}.0.0/16,10.255.0.{o}/32 '
            f'endpoint {by_family(site, "%s", "[%s]") % site.remote}:51820')
    site.ip('link set tun0 up',
            f'addr add 10.255.0.{s}/24 dev tun0',
            f'route add {site.prefix} dev tun0')


def wireguard_after(site):
    if site.s == 1:
        site.do('ping', '-q -c 1 -W 5 10.255.0.2')
        site.ip('link del hs0')


class Contender:
    def __init__(self, name, what, setup, ops='tx fwd rx', ethernet=False,
                 ours=False, after=None, sizes=None):
        self.name, self.what, self.setup = name, what, setup
        self.ops, self.ethernet, self.ours = ops.split(), ethernet, ours
        self.after, self.sizes = after, sizes

    def commands(self, family):
        """What makes both namespaces, in its order"""
        commands = []
        sites = [Site(f'{self.name}.{s}', s, family, commands)
                 for s in (1, 2)]
        for step in base, self.setup, self.after:
            for site in sites:
                if step:
                    step(site)
        return commands


CONTENDERS = [
    Contender('sdwan-geneve', 'sdwan, GENEVE', sdwan(''), ours=True),
    Contender('sdwan-gpe', 'sdwan, VXLAN-GPE', sdwan('vxlan-gpe'), ours=True),
    Contender('sdwan-gre', 'sdwan, GRE', sdwan('gre'), ours=True),
    Contender('sdwan-direct', 'sdwan, GENEVE, mode direct', direct(''),
              'fwd rx', ours=True),
    Contender('plain', 'no tunnel', plain),
    Contender('gre', 'gre', stock('gre')),
    Contender('gretap', 'gretap', stock('gretap'), ethernet=True),
    Contender('vxlan', 'vxlan', stock('vxlan'), ethernet=True),
    Contender('vxlan-gpe', 'vxlan gpe, by routes', vxlan_gpe, 'fwd rx'),
    Contender('geneve', 'geneve', stock('geneve'), ethernet=True),
    Contender('geneve-l3', 'geneve innerprotoinherit', stock('geneve-l3')),
    # what was sent once is a replay the second time
    Contender('wireguard', 'wireguard', wireguard, 'tx fwd',
              after=wireguard_after, sizes=['64', '1400']),
    Contender('mark-vxlan', 'MARK, ip rule, table, vxlan', marked('vxlan'),
              'fwd rx'),
    Contender('legacy-vxlan', 'the same, iptables-legacy',
              marked('vxlan', 'iptables-legacy'), 'fwd'),
    Contender('mark-gre', 'MARK, ip rule, table, gre', marked('gre'), 'fwd rx'),
    Contender('vrf-vxlan', 'vrf, vxlan', vrf('vxlan'), 'fwd rx'),
]
BY_NAME = {c.name: c for c in CONTENDERS}
