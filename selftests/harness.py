# SPDX-License-Identifier: GPL-2.0
"""What the tests in Python share: KTAP, namespaces, a raw netlink client.

The client encodes messages by itself and lets tests send anything.
"""
import ctypes
import errno
import ipaddress
import os
import re
import socket
import struct
import subprocess
import sys
import traceback

TREE = os.environ.get('SDWAN_TREE') or os.path.dirname(
    os.path.dirname(os.path.abspath(__file__)))
SLOW = {'debug': 4, 'um-debug': 3}.get(os.environ.get('SDWAN_GUEST', ''), 1)
LONG = bool(os.environ.get('SDWAN_LONG'))

if not os.environ.get('SDWAN_GUEST'):
    sys.exit('this test belongs into a guest: selftests/vm/run -- %s' %
             sys.argv[0])

libc = ctypes.CDLL(None, use_errno=True)
CLONE_NEWUSER = 0x10000000
CLONE_NEWNET = 0x40000000


# ---- KTAP -----------------------------------------------------------------

class Fail(Exception):
    pass


class Skip(Exception):
    """Ends a case, skipped; must be listed in selftests/SKIPS"""


def log(*words):
    print('#', *words, flush=True)


def equal(got, want, what='value'):
    if got != want:
        if isinstance(got, dict) and isinstance(want, dict):
            keys = [k for k in set(got) | set(want)
                    if got.get(k) != want.get(k)]
            got = {k: got.get(k) for k in keys}
            want = {k: want.get(k) for k in keys}
        raise Fail('%s: got %r, wanted %r' % (what, got, want))


def true(cond, what):
    if not cond:
        raise Fail(what)


_cleanup = []


def at_cleanup(fn, *args):
    _cleanup.append((fn, args))


def dmesg_clean():
    out = subprocess.run(['dmesg'], capture_output=True).stdout
    path = '/tmp/sdwan-dmesg.%d' % os.getpid()
    with open(path, 'wb') as f:
        f.write(out)
    r = subprocess.run([os.path.join(TREE, 'selftests/vm/splat'), path],
                       capture_output=True, text=True)
    os.unlink(path)
    if r.returncode:
        print(re.sub('^', '# dmesg: ', r.stdout, flags=re.M), flush=True)
    return r.returncode == 0


def run_tests(*cases):
    """Run the cases, print KTAP, exit."""
    want = os.environ.get('SDWAN_T')
    if want:
        cases = [c for c in cases if c.__name__ in (want, 'test_' + want)]
    print('KTAP version 1\n1..%d' % len(cases), flush=True)
    failed = skipped = 0
    for n, case in enumerate(cases, 1):
        log('case', case.__name__)
        ok = True
        skip = ''
        try:
            case()
        except Skip as e:
            skip = ' # SKIP %s' % e
        except (Exception, subprocess.SubprocessError) as e:
            ok = False
            if not isinstance(e, Fail):
                for line in traceback.format_exc().splitlines():
                    log(line)
            else:
                tb = traceback.extract_tb(e.__traceback__)
                log('at', ' '.join('%s:%d' % (f.name, f.lineno) for f in tb))
            log('FAIL:', e)
        while _cleanup:
            fn, args = _cleanup.pop()
            try:
                fn(*args)
            except Exception as e:
                log('cleanup:', e)
        if ok and not dmesg_clean():
            ok = False
        failed += not ok
        skipped += ok and bool(skip)
        print('%s %d %s%s' % ('ok' if ok else 'not ok', n,
                              case.__name__[5:], skip if ok else ''),
              flush=True)
    print('# %d passed, %d failed, %d skipped' %
          (len(cases) - failed - skipped, failed, skipped), flush=True)
    if failed or not cases:
        sys.exit(1)
    sys.exit(4 if skipped == len(cases) else 0)


# ---- Processes and namespaces ---------------------------------------------

def run(*argv, check=True, ns=None, stdin=None):
    """Run a command, return its output."""
    if ns:
        argv = ('ip', 'netns', 'exec', ns) + argv
    r = subprocess.run(argv, capture_output=True, text=True, input=stdin,
                       timeout=300)
    if check and r.returncode:
        raise Fail('status %d: %s: %s%s' % (r.returncode, ' '.join(argv),
                                            r.stdout, r.stderr))
    return r if not check else r.stdout


def ip(ns, *argv):
    return run('ip', '-n', ns, *argv)


def ctl(ns, *argv):
    return run('sdwanctl', *argv, ns=ns)


def setup_ns(*names):
    for name in names:
        subprocess.run(['ip', 'netns', 'del', name], capture_output=True)
        run('ip', 'netns', 'add', name)
        at_cleanup(del_ns, name)
        ip(name, 'link', 'set', 'lo', 'up')
        run('sysctl', '-q', '-w', 'net.ipv6.conf.default.accept_dad=0',
            'net.ipv4.conf.all.rp_filter=0',
            'net.ipv4.conf.default.rp_filter=0', ns=name)


def del_ns(name):
    subprocess.run(['ip', 'netns', 'del', name], capture_output=True)


def bare_edge():
    """e1 with a WAN that takes all and answers nothing, and a segment"""
    setup_ns('e1')
    ip('e1', 'link', 'add', 'wan0', 'type', 'dummy')
    ip('e1', 'addr', 'add', '192.168.10.1/24', 'dev', 'wan0')
    ip('e1', 'link', 'set', 'wan0', 'up')
    ip('e1', 'link', 'add', 'sdwan0', 'type', 'sdwan', 'vni', '100')


class InNs:
    """with InNs('e1'): ... in that namespace"""

    def __init__(self, name):
        self.name = name

    def __enter__(self):
        self.old = os.open('/proc/self/ns/net', os.O_RDONLY)
        fd = os.open('/run/netns/' + self.name, os.O_RDONLY)
        setns(fd)
        os.close(fd)

    def __exit__(self, *exc):
        setns(self.old)
        os.close(self.old)


def setns(fd):
    if libc.setns(fd, CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), 'setns')


def unshare(flags):
    if libc.unshare(flags):
        raise OSError(ctypes.get_errno(), 'unshare')


def in_child(fn, *args):
    """Run fn in a child process; its exceptions fail the case."""
    r, w = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(r)
        try:
            fn(*args)
            os.write(w, b'ok')
        except BaseException:
            os.write(w, traceback.format_exc()[-3000:].encode())
        os._exit(0)
    os.close(w)
    out = b''
    while True:
        part = os.read(r, 4096)
        if not part:
            break
        out += part
    os.close(r)
    os.waitpid(pid, 0)
    if out != b'ok':
        raise Fail('in the child: ' + out.decode())


def become_nobody(ns):
    """In a child: nobody in particular, in that namespace, for good"""
    os.setgroups([])
    fd = os.open('/run/netns/' + ns, os.O_RDONLY)
    setns(fd)
    os.setresgid(65534, 65534, 65534)
    os.setresuid(65534, 65534, 65534)


def in_user_namespace(fn, *args):
    """Run fn as root of a new user and network namespace."""
    def child():
        uid, gid = os.getuid(), os.getgid()
        unshare(CLONE_NEWUSER | CLONE_NEWNET)
        for name, text in (('setgroups', 'deny'), ('uid_map', '0 %d 1' % uid),
                           ('gid_map', '0 %d 1' % gid)):
            with open('/proc/self/' + name, 'w') as f:
                f.write(text)
        fn(*args)
    in_child(child)


# ---- Netlink --------------------------------------------------------------

NETLINK_ROUTE = 0
NETLINK_GENERIC = 16
SOL_NETLINK = 270
NETLINK_ADD_MEMBERSHIP, NETLINK_CAP_ACK, NETLINK_EXT_ACK = 1, 10, 11
NETLINK_GET_STRICT_CHK = 12
NLM_F_REQUEST, NLM_F_MULTI, NLM_F_ACK = 1, 2, 4
NLM_F_DUMP_INTR = 0x10
NLM_F_DUMP = 0x300
NLM_F_REPLACE, NLM_F_EXCL, NLM_F_CREATE = 0x100, 0x200, 0x400
NLM_F_CAPPED, NLM_F_ACK_TLVS = 0x100, 0x200
NLMSG_ERROR, NLMSG_DONE = 2, 3
GENL_ID_CTRL = 16
NLA_F_NESTED = 0x8000

# enums of the UAPI header, in the order of its lines
UAPI = {}


def _read_uapi():
    with open(os.path.join(TREE, 'include/uapi/linux/sdwan.h')) as f:
        text = f.read()
    text = re.sub(r'/\*.*?\*/', '', text, flags=re.S)
    for body in re.findall(r'enum[^{]*{(.*?)}', text, re.S):
        value = -1
        for item in body.split(','):
            item = item.strip()
            if not item:
                continue
            name, _, expr = item.partition('=')
            name = name.strip()
            if expr:
                expr = expr.strip()
                try:
                    value = int(expr, 0)
                except ValueError:
                    continue
            else:
                value += 1
            if not name.startswith('__'):
                UAPI[name] = value


_read_uapi()


def C(name):
    """The number of a command."""
    return UAPI['SDWAN_CMD_' + name.upper().replace('-', '_')]


def attr(kind, data):
    """An attribute."""
    raw = struct.pack('=HH', 4 + len(data), kind) + data
    return raw + b'\0' * (-len(raw) % 4)


def u8(kind, v):
    return attr(kind, struct.pack('=B', v))


def u16(kind, v):
    return attr(kind, struct.pack('=H', v))


def u32(kind, v):
    return attr(kind, struct.pack('=I', v))


def u64(kind, v):
    return attr(kind, struct.pack('=Q', v))


def text(kind, v):
    return attr(kind, v.encode() + b'\0')


def address(kind, v):
    return attr(kind, addr16(v))


def addr16(v):
    a = ipaddress.ip_address(v)
    return a.packed if a.version == 6 else b'\0' * 10 + b'\xff\xff' + a.packed


def attrs(data):
    """A list of (type without flags, payload)."""
    out = []
    while len(data) >= 4:
        length, kind = struct.unpack_from('=HH', data)
        if length < 4 or length > len(data):
            raise Fail('the kernel sent a bad attribute')
        out.append((kind & 0x3fff, data[4:length]))
        data = data[(length + 3) & ~3:]
    return out


class NlError(Exception):
    def __init__(self, code, msg, offset, missing):
        super().__init__('%s (%s)' % (errno.errorcode.get(code, code), msg))
        self.code = code
        self.msg = msg
        self.offset = offset
        self.missing = missing


class Netlink:
    """A socket of the sdwan family (or another protocol)."""

    def __init__(self, ns=None, proto=NETLINK_GENERIC, family='sdwan'):
        def make():
            s = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, proto)
            s.setsockopt(SOL_NETLINK, NETLINK_EXT_ACK, 1)
            s.setsockopt(SOL_NETLINK, NETLINK_CAP_ACK, 1)
            s.setsockopt(SOL_NETLINK, NETLINK_GET_STRICT_CHK, 1)
            s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
            s.bind((0, 0))
            s.settimeout(60 * SLOW)
            return s
        if ns:
            with InNs(ns):
                self.sock = make()
        else:
            self.sock = make()
        self.seq = 0
        self.interrupted = False
        self.buffer = []
        self.groups = {}
        self.id = None
        if proto == NETLINK_GENERIC:
            self.resolve(family)

    def close(self):
        self.sock.close()

    def resolve(self, family):
        got = dict()
        for kind, data in attrs(self.raw(GENL_ID_CTRL, struct.pack(
                '=BBH', 3, 1, 0) + text(2, family))[0][4:]):
            got[kind] = data
        self.id = struct.unpack('=H', got[1])[0]
        for _, group in attrs(got.get(7, b'')):
            g = dict(attrs(group))
            self.groups[g[1].rstrip(b'\0').decode()] = struct.unpack(
                '=I', g[2])[0]

    def join(self, group):
        self.sock.setsockopt(SOL_NETLINK, NETLINK_ADD_MEMBERSHIP,
                             self.groups[group])

    def send(self, kind, payload, flags=0, length=None):
        self.seq += 1
        if length is None:
            length = 16 + len(payload)
        self.sock.send(struct.pack('=IHHII', length, kind,
                                   NLM_F_REQUEST | flags, self.seq, 0) +
                       payload)
        return self.seq

    def messages(self):
        """Messages of the next datagram: (type, flags, seq, payload)."""
        if not self.buffer:
            data = self.sock.recv(1 << 20)
            while len(data) >= 16:
                length, kind, flags, seq, _ = struct.unpack_from('=IHHII',
                                                                 data)
                if length < 16 or length > len(data):
                    raise Fail('the kernel sent a bad message')
                self.buffer.append((kind, flags, seq, data[16:length]))
                data = data[(length + 3) & ~3:]
        out, self.buffer = self.buffer, []
        return out

    def raw(self, kind, payload, flags=0, length=None):
        """Send a message, return the payloads of the answer."""
        dump = flags & NLM_F_DUMP == NLM_F_DUMP
        seq = self.send(kind, payload, flags | (0 if dump else NLM_F_ACK),
                        length)
        out = []
        self.interrupted = False
        while True:
            for mtype, mflags, mseq, data in self.messages():
                if mseq != seq:
                    continue
                if mflags & NLM_F_DUMP_INTR:
                    self.interrupted = True
                if mtype == NLMSG_DONE:
                    code = -struct.unpack_from('=i', data)[0]
                    if code > 0:
                        self.error(code, data[4:])
                    return out
                if mtype == NLMSG_ERROR:
                    code = -struct.unpack_from('=i', data)[0]
                    if code == 0:
                        return out
                    self.error(code, data[20:] if mflags & NLM_F_CAPPED
                               else data[20 + struct.unpack_from(
                                   '=I', data, 4)[0] - 16:])
                out.append(data)

    @staticmethod
    def error(code, tlvs):
        msg, offset, missing = '', None, None
        for kind, data in attrs(tlvs):
            if kind == 1:
                msg = data.rstrip(b'\0').decode()
            elif kind == 2:
                offset = struct.unpack('=I', data)[0]
            elif kind == 5:
                missing = struct.unpack('=I', data)[0]
        raise NlError(code, msg, offset, missing)

    def do(self, command, payload=b'', flags=0):
        """A request; returns the attributes of the answer, or None."""
        if isinstance(command, str):
            command = C(command)
        got = self.raw(self.id, struct.pack('=BBH', command, 1, 0) + payload,
                       flags)
        return attrs(got[0][4:]) if got else None

    def dump(self, command, payload=b''):
        if isinstance(command, str):
            command = C(command)
        return [attrs(data[4:]) for data in self.raw(
            self.id, struct.pack('=BBH', command, 1, 0) + payload,
            NLM_F_DUMP)]

    def get(self, command, payload=b''):
        """A request; returns {type: payload}."""
        return dict(self.do(command, payload))


class Ear(Netlink):
    """Listens to what is told of changes"""

    def __init__(self, ns):
        super().__init__(ns)
        self.join('events')
        self.sock.settimeout(10 * SLOW)

    def told(self, command):
        """The attributes of each message of that kind, as they come"""
        while True:
            for kind, _, _, data in self.messages():
                if kind == self.id and data[0] == C(command):
                    yield attrs(data[4:])

    def pending(self):
        """What is told without anything being changed meanwhile"""
        self.sock.settimeout(0.3)
        try:
            return self.messages()
        except socket.timeout:
            return []
        finally:
            self.sock.settimeout(10 * SLOW)


def num(data):
    return int.from_bytes(data, sys.byteorder)


def refused(codes, nl, command, payload=b'', flags=0, message=True):
    """The request must fail with one of the errors and say why."""
    if isinstance(codes, int):
        codes = (codes,)
    try:
        nl.do(command, payload, flags)
    except NlError as e:
        if codes and e.code not in codes:
            raise Fail('%s: %s, wanted %s' % (command, e, '/'.join(
                errno.errorcode[c] for c in codes)))
        if message and not e.msg:
            raise Fail('%s: %s without a message' % (command, e))
        return e
    raise Fail('%s was accepted: %s' % (command, payload.hex()))


A = UAPI
STABLE = {
    'underlay': {A['SDWAN_A_UNDERLAY_STATE'],
                 A['SDWAN_A_UNDERLAY_STATE_REASON']},
    'peer': set(),
    'path': {A['SDWAN_A_PATH_' + k] for k in (
        'STATE', 'STATE_REASON', 'STATE_AGE', 'LOCAL', 'MTU', 'TX_PACKETS',
        'TX_BYTES', 'RX_PACKETS', 'RX_BYTES', 'TX_ERRORS', 'RX_ERRORS',
        'PAD')},
    'prefix': {A['SDWAN_A_PREFIX_EXPIRES']},
    'class': set(),
    'lan': set(),
    'rule': {A['SDWAN_A_RULE_' + k] for k in ('PACKETS', 'BYTES', 'LAST_USED',
                                             'PAD')},
}


def state(nl):
    """All that is configured, without what changes by itself."""
    out = {}
    fabric = nl.get('fabric-get')
    out['fabric'] = {k: v for k, v in fabric.items() if k not in (
        A['SDWAN_A_FABRIC_PATHS_UP'], A['SDWAN_A_FABRIC_COUNTER'],
        A['SDWAN_A_FABRIC_TXN'], A['SDWAN_A_FABRIC_FLOWS'])}
    try:
        out['node'] = nl.do('node-get')
    except NlError as e:
        out['node'] = e.code
    for name, skip in STABLE.items():
        out[name] = sorted([(k, v) for k, v in obj if k not in skip]
                           for obj in nl.dump(name + '-get'))
    return out


def generation(nl):
    return num(nl.get('fabric-get')[A['SDWAN_A_FABRIC_GENERATION']])
