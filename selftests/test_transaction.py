#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
#
# Transactions are all or nothing; dumps list every stable object exactly
# once; listeners are told what changed.
# Kernels: all um um-debug
# Check: um um-debug
# Timeout: 300

import os
import struct
import sys
import threading
from errno import EBUSY, EEXIST, EINVAL, ENOENT, EPERM, ESTALE

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import *  # noqa: E402,F403

TXN = {k: A['SDWAN_A_%s_TXN' % k.upper()]
       for k in ('node', 'underlay', 'peer', 'path', 'prefix')}


def edge(*names):
    for name in names or ('e1',):
        setup_ns(name)
        ip(name, 'link', 'add', 'wan0', 'type', 'dummy')
        ip(name, 'link', 'set', 'wan0', 'up')
        ip(name, 'addr', 'add', '192.168.10.1/24', 'dev', 'wan0')
        ctl(name, 'node', 'set', 'site', '1')
        ctl(name, 'underlay', 'add', 'u0', 'dev', 'wan0', 'probe', 'off')
    return Netlink(names[0] if names else 'e1')


def begin(nl, *parts):
    got = nl.get('txn-begin', b''.join(parts))
    return num(got[A['SDWAN_A_TXN_ID']]), num(got[A['SDWAN_A_TXN_GENERATION']])


def commit(nl, txn, gen):
    return nl.get('txn-commit', u32(A['SDWAN_A_TXN_ID'], txn) +
                  u32(A['SDWAN_A_TXN_GENERATION'], gen))


def abort(nl, txn):
    nl.do('txn-abort', u32(A['SDWAN_A_TXN_ID'], txn))


def peer(name, site, txn=None):
    return (u32(TXN['peer'], txn) if txn else b'') + text(
        A['SDWAN_A_PEER_NAME'], name) + u32(A['SDWAN_A_PEER_SITE'], site)


def path(name, to, remote, txn=None):
    return (u32(TXN['path'], txn) if txn else b'') + text(
        A['SDWAN_A_PATH_NAME'], name) + text(
        A['SDWAN_A_PATH_PEER'], to) + text(
        A['SDWAN_A_PATH_UNDERLAY'], 'u0') + address(
        A['SDWAN_A_PATH_REMOTE'], remote)


def named(kind, name, txn=None):
    return (u32(TXN[kind], txn) if txn else b'') + text(
        A['SDWAN_A_%s_NAME' % kind.upper()], name)


def names(nl, kind='peer'):
    a = A['SDWAN_A_%s_NAME' % kind.upper()]
    return [dict(o)[a].rstrip(b'\0').decode() for o in nl.dump(kind + '-get')]


def test_commit():
    """Nothing is seen before, everything after."""
    nl = edge()
    reader = Netlink('e1')
    before = state(reader)
    txn, gen = begin(nl)
    nl.do('peer-new', peer('a', 2, txn))
    nl.do('peer-new', peer('b', 3, txn))
    nl.do('path-new', path('ab', 'a', '192.168.10.2', txn))
    nl.do('peer-set', named('peer', 'a', txn) +
          u8(A['SDWAN_A_PEER_STOCK'], 1))
    # the writer sees it, the reader does not
    got = nl.get('peer-get', named('peer', 'a', txn))
    equal(num(got[A['SDWAN_A_PEER_STOCK']]), 1, 'stock as staged')
    refused(ENOENT, nl, 'peer-get', named('peer', 'a'))
    refused(ENOENT, reader, 'path-get', named('path', 'ab'))
    refused(EPERM, reader, 'peer-get', named('peer', 'a', txn))
    now = state(reader)
    for kind in ('node', 'underlay', 'peer', 'path', 'prefix'):
        equal(now[kind], before[kind], kind + ' before the commit')
    got = commit(nl, txn, gen)
    equal(num(got[A['SDWAN_A_TXN_OPERATIONS']]), 4, 'operations')
    true(num(got[A['SDWAN_A_TXN_GENERATION']]) != gen, 'same generation')
    equal(num(got[A['SDWAN_A_TXN_GENERATION']]), generation(reader),
          'generation told')
    equal(names(reader), ['a', 'b'], 'peers')
    equal(names(reader, 'path'), ['ab'], 'paths')
    # it is over
    refused(ENOENT, nl, 'peer-new', peer('c', 4, txn))
    refused(ENOENT, nl, 'txn-commit', u32(A['SDWAN_A_TXN_ID'], txn) +
            u32(A['SDWAN_A_TXN_GENERATION'], gen))


def test_abort():
    nl = edge()
    nl.do('peer-new', peer('a', 2))
    nl.do('path-new', path('ab', 'a', '192.168.10.2'))
    before = state(nl)
    txn, gen = begin(nl)
    nl.do('peer-new', peer('b', 3, txn))
    nl.do('path-new', path('x', 'b', '192.168.10.3', txn))
    nl.do('peer-set', named('peer', 'a', txn) +
          u8(A['SDWAN_A_PEER_SOURCE_CHECK'], 0))
    nl.do('path-del', named('path', 'ab', txn))
    nl.do('underlay-del', named('underlay', 'u0', txn))
    refused(ENOENT, nl, 'underlay-get', named('underlay', 'u0', txn))
    # what went with the underlay
    refused(ENOENT, nl, 'path-get', named('path', 'x', txn))
    nl.get('path-get', named('path', 'ab'))
    abort(nl, txn)
    equal(state(nl), before, 'state after the abort')
    refused(ENOENT, nl, 'txn-abort', u32(A['SDWAN_A_TXN_ID'], txn))
    # and the names are free
    nl.do('peer-new', peer('b', 3))
    nl.do('path-new', path('x', 'b', '192.168.10.3'))


def test_close_aborts():
    nl = edge()
    nl.do('peer-new', peer('a', 2))
    before = state(nl)
    other = Netlink('e1')
    txn, gen = begin(other)
    other.do('peer-new', peer('b', 3, txn))
    other.do('peer-del', named('peer', 'a', txn))
    e = refused(EBUSY, nl, 'txn-begin')
    true('transaction' in e.msg, e.msg)
    fabric = nl.get('fabric-get')
    equal(num(fabric[A['SDWAN_A_FABRIC_TXN']]), txn, 'open transaction')
    other.close()
    true(A['SDWAN_A_FABRIC_TXN'] not in nl.get('fabric-get'),
         'the transaction is still open')
    equal(state(nl), before, 'state after the close')
    txn2, gen = begin(nl)
    true(txn2 != txn, 'the same number')
    abort(nl, txn2)

    # a process that dies
    def child():
        dying = Netlink('e1')
        txn, gen = begin(dying)
        dying.do('peer-del', named('peer', 'a', txn))
    in_child(child)
    equal(state(nl), before, 'state after the death')
    txn, gen = begin(nl)
    abort(nl, txn)


def test_not_mine():
    nl = edge('e1', 'e2')
    before = state(nl)
    other = Netlink('e1')
    elsewhere = Netlink('e2')
    txn, gen = begin(nl)
    for op, data in (('peer-new', peer('b', 3, txn)),
                     ('txn-commit', u32(A['SDWAN_A_TXN_ID'], txn) +
                      u32(A['SDWAN_A_TXN_GENERATION'], gen)),
                     ('txn-abort', u32(A['SDWAN_A_TXN_ID'], txn))):
        refused(EPERM, other, op, data)
        refused(ENOENT, elsewhere, op, data)
        refused(ENOENT, nl, op, data.replace(struct.pack('=I', txn),
                                             struct.pack('=I', txn + 1)))
    # one for each namespace
    refused(EBUSY, other, 'txn-begin')
    t2, g2 = begin(elsewhere)
    abort(elsewhere, t2)
    abort(nl, txn)
    equal(state(nl), before, 'state')


def test_stale():
    """A change from outside makes a transaction stale, never half done."""
    nl = edge()
    other = Netlink('e1')
    txn, gen = begin(nl)
    nl.do('peer-new', peer('b', 3, txn))
    other.do('peer-new', peer('b', 4))
    after = state(other)
    for op, data in (('peer-new', peer('c', 5, txn)),
                     ('peer-get', named('peer', 'b', txn)),
                     ('peer-del', named('peer', 'b', txn)),
                     ('fabric-get', u32(A['SDWAN_A_FABRIC_TXN'], txn))):
        refused(ESTALE, nl, op, data)
    refused(EBUSY, other, 'txn-begin')
    refused(ESTALE, nl, 'txn-commit', u32(A['SDWAN_A_TXN_ID'], txn) +
            u32(A['SDWAN_A_TXN_GENERATION'], gen))
    equal(state(other), after, 'state')
    # closed by the commit that failed
    txn, gen = begin(other)
    abort(other, txn)
    # stale, then aborted
    txn, gen = begin(nl)
    nl.do('peer-del', named('peer', 'b', txn))
    other.do('peer-new', peer('d', 6))
    abort(nl, txn)
    equal(names(nl), ['b', 'd'], 'peers')
    # a generation that is not the one
    refused(ESTALE, nl, 'txn-begin',
            u32(A['SDWAN_A_TXN_GENERATION'], generation(nl) - 1))
    txn, gen = begin(nl, u32(A['SDWAN_A_TXN_GENERATION'], generation(nl)))
    nl.do('peer-del', named('peer', 'b', txn))
    refused(ESTALE, nl, 'txn-commit', u32(A['SDWAN_A_TXN_ID'], txn) +
            u32(A['SDWAN_A_TXN_GENERATION'], gen + 1))
    equal(names(nl), ['b', 'd'], 'peers')
    refused(ENOENT, nl, 'txn-abort', u32(A['SDWAN_A_TXN_ID'], txn))


def test_refused_inside():
    """A refused operation leaves what is staged as it was."""
    nl = edge()
    txn, gen = begin(nl)
    nl.do('peer-new', peer('a', 2, txn))
    refused(EEXIST, nl, 'peer-new', peer('a', 3, txn))
    refused(EEXIST, nl, 'peer-new', peer('b', 2, txn))
    refused(EINVAL, nl, 'peer-new', u32(TXN['peer'], txn) +
            u32(A['SDWAN_A_PEER_SITE'], 4))
    refused(ENOENT, nl, 'path-new', path('x', 'nobody', '192.168.10.2', txn))
    nl.do('path-new', path('x', 'a', '192.168.10.2', txn))
    refused(EEXIST, nl, 'path-new', path('y', 'a', '192.168.10.2', txn))
    commit(nl, txn, gen)
    equal(names(nl), ['a'], 'peers')
    equal(names(nl, 'path'), ['x'], 'paths')


def test_same_key():
    """Delete and add of one key in one transaction, both ways round."""
    nl = edge()
    nl.do('peer-new', peer('a', 2))
    nl.do('path-new', path('x', 'a', '192.168.10.2'))
    first = num(nl.get('peer-get', named('peer', 'a'))[A['SDWAN_A_PEER_ID']])
    txn, gen = begin(nl)
    nl.do('peer-del', named('peer', 'a', txn))
    nl.do('peer-new', peer('a', 7, txn))
    nl.do('path-new', path('x', 'a', '192.168.10.2', txn))
    commit(nl, txn, gen)
    got = nl.get('peer-get', named('peer', 'a'))
    equal(num(got[A['SDWAN_A_PEER_SITE']]), 7, 'site')
    true(num(got[A['SDWAN_A_PEER_ID']]) != first, 'the number was reused')
    equal(names(nl), ['a'], 'peers')
    equal(names(nl, 'path'), ['x'], 'paths')
    before = state(nl)
    txn, gen = begin(nl)
    nl.do('peer-new', peer('b', 8, txn))
    nl.do('peer-del', named('peer', 'b', txn))
    nl.do('peer-del', named('peer', 'a', txn))
    nl.do('peer-new', peer('a', 9, txn))
    nl.do('peer-del', named('peer', 'a', txn))
    nl.do('peer-new', peer('a', 7, txn))
    abort(nl, txn)
    equal(state(nl), before, 'state')
    # the socket of an underlay that goes and comes is never free
    txn, gen = begin(nl)
    nl.do('underlay-del', named('underlay', 'u0', txn))
    nl.do('underlay-new', named('underlay', 'u0', txn) +
          text(A['SDWAN_A_UNDERLAY_DEV'], 'wan0'))
    commit(nl, txn, gen)
    equal(names(nl, 'underlay'), ['u0'], 'underlays')
    equal(names(nl, 'path'), [], 'paths')


def test_large():
    """Thousands of operations, committed together."""
    nl = edge()
    n = 3000 if LONG else 800
    txn, gen = begin(nl)
    for i in range(n):
        nl.do('peer-new', peer('p%d' % i, i + 2, txn))
    equal(names(nl), [], 'peers before')
    got = commit(nl, txn, gen)
    equal(num(got[A['SDWAN_A_TXN_OPERATIONS']]), n, 'operations')
    equal(names(nl), ['p%d' % i for i in range(n)], 'peers')
    txn, gen = begin(nl)
    for i in range(n):
        nl.do('peer-del', named('peer', 'p%d' % i, txn))
    abort(nl, txn)
    equal(len(names(nl)), n, 'peers')


def test_dump_while_changing():
    """Stable objects exactly once each, a change is told."""
    nl = edge()
    stable = 300
    for i in range(stable):
        nl.do('peer-new', peer('s%d' % i, i + 2))
        if i % 3 == 0:
            nl.do('peer-new', peer('v%d' % i, i + 10000))
    stop = threading.Event()
    trouble = []

    def churn():
        try:
            me = Netlink('e1')
            # one that is made anew while it is listed may be in the list
            # twice, as the two objects that it is
            i = 0
            while not stop.is_set():
                k = i % stable // 3 * 3
                for op, data in (
                        ('peer-del', named('peer', 'v%d' % k)),
                        ('peer-new', peer('v%d' % k, k + 10000)),
                        ('peer-new', peer('w%d' % i, 20000 + i)),
                        ('peer-del', named('peer', 'w%d' % i))):
                    me.do(op, data)
                i += 1
        except BaseException as e:
            trouble.append(e)
    pid = os.fork()
    if pid == 0:
        import signal
        signal.signal(signal.SIGTERM, lambda *a: stop.set())
        churn()
        os._exit(1 if trouble else 0)
    interrupted = 0
    try:
        for _ in range(40 if LONG else 12):
            got = names(nl)
            interrupted += nl.interrupted
            mine = [n for n in got if n[0] == 's']
            equal(len(mine), stable, 'stable peers listed')
            equal(len(set(mine)), stable, 'different stable peers')
    finally:
        os.kill(pid, 15)
        _, status = os.waitpid(pid, 0)
    equal(status, 0, 'status of who changed them')
    log('%d dumps marked as interrupted' % interrupted)
    got = names(nl)
    true(not nl.interrupted, 'a dump in peace was marked as interrupted')
    equal(len(got), stable + 100, 'peers')


def test_dump_interrupted():
    """A change between two parts of a list is told, and nothing is listed
    twice or missed for it."""
    nl = edge()
    other = Netlink('e1')
    n = 600
    for i in range(n):
        nl.do('peer-new', peer('s%d' % i, i + 2))
    a = A['SDWAN_A_PEER_NAME']
    for change in (None, ('peer-new', peer('new', 5000)),
                   ('peer-del', named('peer', 'new')),
                   ('peer-del', named('peer', 's0')),
                   ('peer-new', peer('s0', 2))):
        seq = nl.send(nl.id, struct.pack('=BBH', C('peer-get'), 1, 0),
                      NLM_F_DUMP)
        got, interrupted, parts, more = [], False, 0, True
        while more:
            for kind, flags, mseq, data in nl.messages():
                equal(mseq, seq, 'sequence')
                interrupted |= bool(flags & NLM_F_DUMP_INTR)
                if kind == NLMSG_DONE:
                    more = False
                    break
                got.append(dict(attrs(data[4:]))[a].rstrip(b'\0').decode())
            parts += 1
            true(len(got) < 2 * n, 'the list does not end')
            if parts == 1 and change:
                other.do(*change)
        true(parts > 2, 'the list came in one piece')
        mine = [x for x in got if x not in ('s0', 'new')]
        equal(mine, ['s%d' % i for i in range(1, n)], 'peers that stayed')
        equal(interrupted, change is not None, 'marked as interrupted')



def test_dump_and_close():
    """A dump that nobody reads to its end."""
    nl = edge()
    for i in range(200):
        nl.do('peer-new', peer('s%d' % i, i + 2))
    for _ in range(20):
        me = Netlink('e1')
        me.send(me.id, struct.pack('=BBH', C('peer-get'), 1, 0), NLM_F_DUMP)
        me.sock.recv(4096)
        me.close()
    equal(len(names(nl)), 200, 'peers')


def test_events():
    nl = edge()
    ear = Ear('e1')

    def heard(command, **want):
        got = dict(next(ear.told(command)))
        for key, v in want.items():
            set_name = command.split('-')[0]
            a = A['SDWAN_A_%s_%s' % (set_name.upper(), key.upper())]
            equal(got.get(a, b'').rstrip(b'\0').decode(), v, key)
        return got
    nl.do('node-set', text(A['SDWAN_A_NODE_NAME'], 'two'))
    heard('node-ntf', name='two')
    nl.do('peer-new', peer('a', 2))
    heard('peer-ntf', name='a')
    nl.do('path-new', path('x', 'a', '192.168.10.2'))
    heard('path-ntf', name='x')
    # a transaction is told when it is committed, in its order
    txn, gen = begin(nl)
    nl.do('peer-new', peer('b', 3, txn))
    nl.do('path-del', named('path', 'x', txn))
    nl.do('peer-new', peer('gone', 4, txn))
    nl.do('peer-del', named('peer', 'gone', txn))
    got = [m for m in ear.pending() if m[3][0] != C('path-ntf')]
    equal(got, [], 'messages before the commit')
    commit(nl, txn, gen)
    heard('peer-ntf', name='b')
    heard('path-del-ntf', name='x')
    nl.do('underlay-del', named('underlay', 'u0'))
    heard('underlay-del-ntf', name='u0')
    nl.do('peer-del', named('peer', 'a'))
    heard('peer-del-ntf', name='a')
    # the device of an underlay goes down and away
    nl.do('underlay-new', named('underlay', 'u0') +
          text(A['SDWAN_A_UNDERLAY_DEV'], 'wan0'))
    heard('underlay-ntf', name='u0')
    ip('e1', 'link', 'set', 'wan0', 'down')
    while True:
        got = heard('underlay-ntf', name='u0')
        if num(got[A['SDWAN_A_UNDERLAY_STATE']]) == 0:
            break
    equal(num(got[A['SDWAN_A_UNDERLAY_STATE_REASON']]),
          A['SDWAN_STATE_REASON_DEVICE_DOWN'], 'reason')


run_tests(test_commit, test_abort, test_close_aborts, test_not_mine,
          test_stale, test_refused_inside, test_same_key, test_large,
          test_dump_while_changing, test_dump_interrupted,
          test_dump_and_close, test_events)
