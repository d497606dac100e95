#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
#
# The kernel's own Python netlink client drives the family by the
# specification: requests, dumps, notifications, errors.
# Kernels: 6.12 6.1 debug
# Check: 6.12
# Timeout: 180
#
# It comes with linux-source-6.12 (tools/net/ynl), which selftests/vm/kernel -s
# unpacks.

import glob
import json
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import *  # noqa: E402,F403

SPEC = os.path.join(TREE, 'Documentation/netlink/specs/sdwan.yaml')
CACHE = os.environ.get('SDWAN_CACHE', os.path.expanduser('~/.cache/sdwan'))
SOURCES = [d for d in [os.environ.get('SDWAN_X_SOURCE', '')] + sorted(
    glob.glob(CACHE + '/source/linux-source-*'))
    if os.path.exists(os.path.join(d, 'tools/net/ynl/lib/ynl.py'))]
if not SOURCES:
    print('KTAP version 1\n1..1\nnot ok 1 pyynl\n'
          '# no kernel source: run selftests/vm/kernel -s on the host')
    sys.exit(1)
YNL = os.path.join(SOURCES[0], 'tools/net/ynl')
SCHEMA = os.path.join(SOURCES[0], 'Documentation/netlink/genetlink-legacy.yaml')
sys.path.insert(0, YNL)


def family(ns):
    """A client whose socket is in the namespace; the specification, checked
    against the kernel's schema, takes a while to load."""
    from lib import YnlFamily
    with InNs(ns):
        return YnlFamily(SPEC, SCHEMA)


def a16(text):
    return addr16(text).hex()


def shown(text):
    """An address as the client shows it."""
    import ipaddress
    return format(ipaddress.ip_address(addr16(text)))


def edge():
    bare_edge()
    return family('e1')


def fails(code, y, op, vals, flags=None):
    from lib import NlError
    try:
        y.do(op, vals, flags)
    except NlError as e:
        equal(abs(e.error), code, op + ' error')
        true(e.nl_msg.extack and e.nl_msg.extack.get('msg'),
             op + ': no message')
        return e.nl_msg.extack
    raise Fail(op + ' was accepted')


def test_all_operations():
    """Each operation of the specification, by its own names."""
    from errno import EBUSY, EEXIST, ENOENT
    y = edge()
    ear = family('e1')
    ear.ntf_subscribe('events')
    fails(ENOENT, y, 'node-get', {})
    y.do('node-set', {'site': 1, 'gateway': 1, 'name': 'paris'})
    equal(y.do('node-get', {}), {'site': 1, 'gateway': 1, 'name': 'paris'},
          'node')
    y.do('underlay-new', {'name': 'fibre', 'dev': 'wan0', 'local': a16(
        '192.168.10.1'), 'encap': 'geneve', 'cost': 7, 'rate': 10 ** 8,
        'probe': 'off'})
    u = y.do('underlay-get', {'name': 'fibre'})
    equal((u['dev'], u['local'], u['port'], u['encap'], u['cost'], u['rate'],
           u['state']), ('wan0', shown('192.168.10.1'), 6081, 'geneve', 7,
                         10 ** 8, 'up'), 'underlay')
    y.do('underlay-set', {'name': 'fibre', 'cost': 8})
    y.do('peer-new', {'name': 'berlin', 'site': 2, 'overlay': [
        {'addr': a16('100.64.0.2'), 'vni': 100}, {'addr': a16('fd64::2')}]})
    p = y.do('peer-get', {'name': 'berlin'})
    equal((p['site'], p['gateway'], p['source-check'], p['stock']),
          (2, 1, 1, 0), 'peer')
    equal(p['overlay'], [{'addr': shown('100.64.0.2'), 'vni': 100},
                         {'addr': 'fd64::2'}], 'overlay addresses')
    y.do('peer-set', {'name': 'berlin', 'stock': 1})
    y.do('path-new', {'peer': 'berlin', 'underlay': 'fibre',
                      'remote': a16('192.168.10.2')})
    w = y.do('path-get', {'name': 'berlin:fibre'})
    equal((w['peer'], w['underlay'], w['remote'], w['dstport'], w['encap'],
           w['preference'], w['admin'], w['kind'], w['tx-packets']),
          ('berlin', 'fibre', shown('192.168.10.2'), 6081, 'geneve', 100, 1,
           'direct', 0), 'path')
    y.do('path-set', {'name': 'berlin:fibre', 'preference': 5})
    y.do('prefix-new', {'addr': a16('10.2.0.0'), 'plen': 16, 'vni': 100,
                        'site': 2, 'gateway': [1, 2]})
    equal(y.do('prefix-get', {'addr': a16('10.2.0.0'), 'plen': 16,
                              'dev': 'sdwan0'}),
          {'addr': shown('10.2.0.0'), 'plen': 16, 'vni': 100, 'site': 2,
           'gateway': [1, 2], 'origin': 'static', 'negative': 0,
           'expires': 0}, 'prefix')
    y.do('prefix-set', {'addr': a16('10.2.0.0'), 'plen': 16, 'vni': 100,
                        'origin': 'learned'})
    # dumps
    for op, names in (('underlay-get', ['fibre']), ('peer-get', ['berlin']),
                      ('path-get', ['berlin:fibre'])):
        equal([o['name'] for o in y.dump(op, {})], names, 'dump of ' + op)
    equal([o['origin'] for o in y.dump('prefix-get', {})], ['learned'],
          'dump of prefixes')
    # errors
    x = fails(EEXIST, y, 'peer-new', {'name': 'berlin', 'site': 9})
    log('the answer:', x)
    x = fails(ENOENT, y, 'path-new', {'peer': 'nobody', 'underlay': 'fibre',
                                      'remote': a16('192.168.10.3')})
    true('peer' in str(x.get('bad-attr', '')), 'the attribute: %s' % x)
    # a transaction, several requests in one message
    t = y.do('txn-begin', {})
    refused(EBUSY, Netlink('e1'), 'txn-begin')
    y.do('peer-new', {'txn': t['id'], 'name': 'rome', 'site': 3})
    y.do('prefix-new', {'txn': t['id'], 'addr': a16('fd03::'), 'plen': 64,
                        'vni': 100, 'site': 3})
    equal(len(y.dump('peer-get', {})), 1, 'peers before the commit')
    done = y.do('txn-commit', {'id': t['id'], 'generation': t['generation']})
    equal(done['operations'], 2, 'operations')
    t = y.do('txn-begin', {})
    y.do('peer-del', {'txn': t['id'], 'name': 'rome'})
    y.do('txn-abort', {'id': t['id']})
    equal(len(y.dump('peer-get', {})), 2, 'peers')
    f = y.do('fabric-get', {})
    equal((f['underlays'], f['peers'], f['paths'], f['prefixes'],
           f['segments']), (1, 2, 1, 2, 1), 'what is counted')
    true(any(c['name'] == 'rx_drop_version' and c['value'] == 0
             for c in f['counter']), 'counters by name')
    y.do('fabric-set', {'max-peers': 2})
    from lib import Netlink as N
    fails(28, y, 'peer-new', {'name': 'oslo', 'site': 4})
    y.do('fabric-set', {'max-peers': f['max-peers']})
    y.do('peer-new', {'name': 'rome', 'site': 3, 'stock': 1},
         [N.NLM_F_REPLACE])
    y.do('metric-new', {'name': 'rtt', 'expr': 'rtt_us', 'prog': bytes.fromhex(
        '20000000280000001600000000000000')})
    equal({k: v for k, v in y.do('metric-get', {'name': 'rtt'}).items()
           if k != 'id'}, {'name': 'rtt', 'expr': 'rtt_us', 'insns': 2},
          'metric')
    equal(y.do('metric-test', {'metric': 'rtt', 'field': [
        {'offset': 40, 'value': 12345}]}), {'cost': 12345}, 'cost')
    equal([m['name'] for m in y.dump('metric-get', {})], ['rtt'],
          'dump of metrics')
    y.do('metric-del', {'name': 'rtt'})
    # deletion
    y.do('prefix-del', {'addr': a16('10.2.0.0'), 'plen': 16, 'vni': 100})
    y.do('path-del', {'name': 'berlin:fibre'})
    y.do('peer-del', {'name': 'berlin'})
    y.do('underlay-del', {'name': 'fibre'})
    # and all of it was told
    ear.check_ntf()
    told = [m['name'] for m in ear.async_msg_queue]
    log('told:', ' '.join(told))
    for name in ('node-ntf', 'underlay-ntf', 'peer-ntf', 'path-ntf',
                 'prefix-ntf', 'prefix-del-ntf', 'path-del-ntf',
                 'peer-del-ntf', 'underlay-del-ntf'):
        true(name in told, name + ' was not told')
    first = [m['msg'] for m in ear.async_msg_queue
             if m['name'] == 'peer-ntf'][0]
    equal((first['name'], first['site']), ('berlin', 2), 'first peer told')


def test_cli():
    """The command line of the client."""
    edge()
    ctl('e1', 'node', 'set', 'site', '1')

    def cli(*argv):
        return run('/usr/bin/python3', os.path.join(YNL, 'cli.py'), '--spec',
                   SPEC, '--no-schema', '--output-json', *argv, ns='e1')
    cli('--do', 'peer-new', '--json', '{"name": "berlin", "site": 2}')
    got = json.loads(cli('--dump', 'peer-get'))
    equal([(p['name'], p['site']) for p in got], [('berlin', 2)], 'peers')
    equal(json.loads(run('sdwanctl', '-j', 'peer', 'show', ns='e1'))[0]['site'],
          2, 'what sdwanctl shows')


run_tests(test_all_operations, test_cli)
