#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
#
# Rules that ask BPF programs: where they are asked, what they see, and how long
# they live.
# Kernels: all um um-debug
# Check: um
# Timeout: 300

import ctypes
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from errno import EBADF, EINVAL, ENOENT  # noqa: E402
from steering import *  # noqa: E402,F403

EVEN, ODD = '10.2.128.2', '10.2.128.1'
SOCKET_FILTER, SCHED_CLS = 1, 3

libc = ctypes.CDLL(None, use_errno=True)


def bpf(cmd, fmt, *values):
    """The system call; memory is passed as bytes"""
    kept = [ctypes.create_string_buffer(v) if isinstance(v, bytes) else v
            for v in values]
    body = struct.pack(fmt, *(ctypes.addressof(v) if isinstance(
        v, ctypes.Array) else v for v in kept)).ljust(120, b'\0')
    buf = ctypes.create_string_buffer(body, 120)
    ret = libc.syscall(321, cmd, buf, 120)
    if ret < 0:
        raise OSError(ctypes.get_errno(), 'bpf')
    return ret


def load(insns, kind=SOCKET_FILTER):
    code = b''.join(struct.pack('<BBhi', *i) for i in insns)
    return bpf(5, '=IIQQ', kind, len(insns), code, b'GPL')


def odd(kind=SOCKET_FILTER):
    """Is the last byte of an IPv4 destination odd? Of IPv6 no"""
    return load([(0xbf, 0x16, 0, 0),        # r6 = context
                 (0x30, 0, 0, 0),           # r0 = first byte
                 (0x77, 0, 0, 4),           # >> 4
                 (0x55, 0, 3, 4),           # != 4: out with 0
                 (0x30, 0, 0, 19),          # r0 = last byte of the destination
                 (0x57, 0, 0, 1),           # & 1
                 (0x95, 0, 0, 0),
                 (0xb7, 0, 0, 0),
                 (0x95, 0, 0, 0)], kind)


def scribble():
    """All of the control block written, and yes"""
    return load([(0xb7, 0, 0, -1)] +
                [(0x63, 0x01, 48 + 4 * i, 0) for i in range(5)] +
                [(0xb7, 0, 0, 1), (0x95, 0, 0, 0)])


def exists(prog_id):
    try:
        os.close(bpf(13, '=I', prog_id))
    except OSError as e:
        equal(e.errno, ENOENT, 'error')
        return False
    return True


def lab(mode=None):
    sites = Sites(wans=2, host=True, rules=False)
    e1 = sites.e1
    e1.do('class-new', name='there', mode='pin', member=[{'underlay': 'u1'}])
    if mode:
        e1.do('fabric-set', mark_mask=0x3ff0000)
        e1.do('lan-new', name='lan0', mode=mode, vni=100)
    return e1


def add(e1, fd, pref=10, **kw):
    e1.do('rule-new', pref=pref, action='class', class_='there', bpf_fd=fd,
          **kw)
    os.close(fd)


def goes(e1, src_ns, dst, path, **kw):
    src = {'e1': '10.1.128.1', 'h1': '10.1.0.2'}[src_ns]
    if ':' in dst:
        src = {'e1': 'fd01:0:0:1::1', 'h1': 'fd01::2'}[src_ns]
    e1.do('flow-flush')
    took = e1.took(lambda: send(src_ns, src, dst, sport=4000, dport=5000,
                                **kw))
    equal(list(took), [path], 'path from %s to %s' % (src_ns, dst))


def everywhere(e1, *ends):
    for end in ends:
        goes(e1, end, ODD, U1)
        goes(e1, end, EVEN, U0)
        goes(e1, end, 'fd02:0:0:1::1', U0)


def test_segment():
    """Of what this host and its hosts send into the segment"""
    e1 = lab()
    add(e1, odd())
    everywhere(e1, 'e1', 'h1')
    # beside something else that must match
    e1.do('rule-set', pref=10, to=ODD, to_plen=32)
    goes(e1, 'e1', ODD, U1)
    goes(e1, 'e1', '10.2.128.3', U0)
    # no program before a rule that matches, none behind it
    e1.do('rule-new', pref=5, action='pass')
    goes(e1, 'e1', ODD, U0)


def test_mark():
    """Where a LAN marks"""
    e1 = lab('mark')
    add(e1, odd(), iif='lan0')
    everywhere(e1, 'h1')
    add(e1, scribble(), pref=9, proto=UDP, dport=ports(7))
    everywhere(e1, 'h1')


def test_direct():
    """Where a LAN goes past"""
    e1 = lab('direct')
    add(e1, odd(), iif='lan0')
    everywhere(e1, 'h1')


def test_drop():
    """Dropped by a program, behind one that reads marks"""
    e1 = lab('mark')
    fd = odd()
    e1.do('rule-new', pref=10, iif='lan0', action='drop', bpf_fd=fd)
    os.close(fd)
    before = e1.rule(10)['packets']
    equal(e1.took(lambda: send('h1', '10.1.0.2', ODD, sport=1, dport=2)), {},
          'paths')
    goes(e1, 'h1', EVEN, U0)
    equal(e1.rule(10)['packets'] - before, 1, 'packets')


def test_first():
    """The first packet of a flow decides on it, and a change of rules does"""
    e1 = lab()
    # a long one does match: byte 2 is the higher one of the length
    fd = load([(0xbf, 0x16, 0, 0), (0x30, 0, 0, 2), (0x95, 0, 0, 0)])
    add(e1, fd)
    kw = {'sport': 4000, 'dport': 5000}
    equal(list(e1.took(lambda: send(size=600, **kw))), [U1], 'long')
    equal(list(e1.took(lambda: send(size=8, **kw))), [U1], 'then short')
    e1.do('flow-flush')
    equal(list(e1.took(lambda: send(size=8, **kw))), [U0], 'short')
    equal(list(e1.took(lambda: send(size=600, **kw))), [U0], 'then long')


def test_scribble():
    """A program that uses all of the control block spoils nothing"""
    e1 = lab('mark')
    add(e1, scribble())
    for end in ('e1', 'h1'):
        for dst in (ODD, 'fd02:0:0:1::1'):
            goes(e1, end, dst, U1)
            goes(e1, end, dst, U1, options=':' in dst)


def test_foretold():
    """A packet that is asked about is none: programs are passed over"""
    e1 = lab()
    add(e1, odd())
    e1.do('rule-new', pref=20, action='pass')
    asked = {'vni': 100, 'src': '10.1.128.1', 'dst': ODD, 'proto': UDP,
             'sport': 4000, 'dport': 5000}
    equal(e1.explain(**asked)['rule'], 20, 'rule')
    # what is known of a flow is told
    send(dst=ODD, sport=4000, dport=5000)
    equal(e1.explain(**asked)['rule'], 10, 'rule of the flow')


def test_life():
    """A rule keeps its program, its changes keep it, and it goes with the last"""
    e1 = lab()
    fd = odd()
    e1.do('rule-new', pref=1, action='pass', bpf_fd=fd, bpf_name='/a/b.o')
    os.close(fd)
    rule = e1.rule(1)
    first = rule['bpf_id']
    equal(rule['bpf_name'], '/a/b.o', 'name')
    true(exists(first), 'the program is gone')
    e1.do('rule-set', pref=1, set_priority=3)
    equal((e1.rule(1)['bpf_id'], e1.rule(1)['bpf_name']), (first, '/a/b.o'),
          'program of a rule that was changed')
    fd = odd()
    t = e1.begin()
    t.do('rule-set', pref=1, bpf_fd=fd)
    t.abort()
    equal(e1.rule(1)['bpf_id'], first, 'program after an abort')
    e1.do('rule-set', pref=1, bpf_fd=fd)
    os.close(fd)
    second = e1.rule(1)['bpf_id']
    true('bpf_name' not in e1.rule(1), 'the name of another program')
    wait_for(lambda: not exists(first), 'the first program is freed')
    e1.do('rule-new', NLM_F_REPLACE, pref=1, action='pass')
    true('bpf_id' not in e1.rule(1), 'a program after a replacement')
    wait_for(lambda: not exists(second), 'the second program is freed')
    # with a namespace
    fd = odd()
    e1.do('rule-new', pref=2, action='drop', bpf_fd=fd)
    os.close(fd)
    third = e1.rule(2)['bpf_id']
    e1.nl.sock.close()
    del_ns('e1')
    wait_for(lambda: not exists(third), 'the third program is freed')


def test_refused():
    """What is no program of this type"""
    e1 = lab()
    no = {'pref': 1, 'action': 'pass'}
    e1.refused(EBADF, 'rule-new', 'bpf-fd', bpf_fd=999, **no)
    with open('/dev/null', encoding='ascii') as f:
        e1.refused(EINVAL, 'rule-new', 'bpf-fd', bpf_fd=f.fileno(), **no)
    fd = odd(SCHED_CLS)
    e1.refused(EINVAL, 'rule-new', 'bpf-fd', bpf_fd=fd, **no)
    os.close(fd)
    e1.refused(EINVAL, 'rule-new', 'bpf-name', bpf_name='x', **no)
    equal(e1.rules(), {}, 'rules')


SOURCE = '''
#include <linux/bpf.h>
static long (*load)(const void *, __u32, void *, __u32) = (void *)26;
__attribute__((section("socket"), used))
int odd(struct __sk_buff *skb)
{
	__u8 last = 0;

	load(skb, 19, &last, 1);
	return last & 1;
}
char gpl[] __attribute__((section("license"), used)) = "GPL";
'''


def test_tool():
    """sdwanctl loads an object file, or takes what is pinned; save and apply"""
    e1 = lab()
    obj = bpf_object('odd', SOURCE)
    base = os.path.dirname(obj)
    run('sdwanctl', 'rule', 'add', 'pref', '10', 'bpf', obj, 'class', 'there',
        ns='e1')
    everywhere(e1, 'e1')
    equal(run('sdwanctl', 'rule', 'show', ns='e1').strip(),
          '10: bpf %s action class there' % obj, 'rule show')
    # a second time nothing happens
    saved = base + '/saved.json'
    run('sdwanctl', '-j', 'save', saved, ns='e1')
    first = e1.rule(10)['bpf_id']
    run('sdwanctl', 'apply', '-f', saved, ns='e1')
    equal(e1.rule(10)['bpf_id'], first, 'program after an apply')
    e1.do('rule-del', pref=10)
    run('sdwanctl', 'apply', '-f', saved, ns='e1')
    everywhere(e1, 'e1')
    # pinned
    os.mkdir(base + '/fs')
    if libc.mount(b'bpf', (base + '/fs').encode(), b'bpf', 0, None):
        raise OSError(ctypes.get_errno(), 'mount')
    at_cleanup(libc.umount2, (base + '/fs').encode(), 2)
    fd = odd()
    bpf(6, '=QI', (base + '/fs/odd').encode(), fd)
    os.close(fd)
    run('sdwanctl', 'rule', 'replace', 'pref', '10', 'bpf', base + '/fs/odd',
        'class', 'there', ns='e1')
    everywhere(e1, 'e1')
    # what is no program
    for path, why in ((base + '/none.o', 'No such file'),
                      (saved, 'no BPF object'), (base + '/fs/none', 'No such')):
        r = run('sdwanctl', 'rule', 'add', 'pref', '11', 'bpf', path,
                'action', 'pass', ns='e1', check=False)
        equal(r.returncode, 2, 'status of ' + path)
        true(why in r.stderr, '%s in %s' % (why, r.stderr))


if __name__ == '__main__':
    run_tests(test_segment, test_mark, test_direct, test_drop, test_first,
              test_scribble, test_foretold, test_life, test_refused, test_tool)
