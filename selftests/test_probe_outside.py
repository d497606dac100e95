#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
#
# Probes of the remote address itself, outside of the tunnel, against an independent
# reflector and an independent sender.
# Kernels: all um um-debug
# Check: um
# Timeout: 300

import os
import select
import socket
import struct
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lab import *  # noqa: E402,F403
from probefar import *  # noqa: E402,F403

OUTSIDE = ('probe', 'underlay', 'probe-interval', '50ms',
           'probe-idle-interval', '50ms', 'probe-hold', '200ms',
           'probe-mult', '20')
IP_RECVTTL = 12
ENDS = {'192.168.20.1': (PATH, '192.168.10.1'), 'fd10::2': ('p2v6', 'fd10::1')}


def udp(addr, port):
    six = ':' in addr
    with InNs('w0'):
        s = socket.socket(socket.AF_INET6 if six else socket.AF_INET,
                          socket.SOCK_DGRAM)
        if six:
            s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVHOPLIMIT, 1)
        else:
            s.setsockopt(socket.IPPROTO_IP, IP_RECVTTL, 1)
        s.bind((addr, port))
    return s


def receive(s, seconds):
    """(data, TTL, (address, port)) of each packet, for a time"""
    end = time.monotonic() + seconds
    while True:
        left = end - time.monotonic()
        if left <= 0 or not select.select([s], [], [], left)[0]:
            return
        data, control, _, addr = s.recvmsg(4096, 128)
        yield data, struct.unpack('i', control[0][2])[0], addr[:2]


def reflect(s, seconds, first=0, think=0.0):
    """Answer as RFC 8762 says; the probes."""
    got = []
    for data, ttl, addr in receive(s, seconds):
        now = time.time() + CLOCK
        time.sleep(think)
        s.sendto(reply(data, first + len(got), now, time.time() + CLOCK,
                       ttl=ttl), addr)
        got.append((data, ttl, addr))
    return got


def path_of(name):
    return next(p for p in json_of('path', 'show') if p['name'] == name)


def test_sender():
    """It asks port 862 of the remote, and believes what that answers."""
    lab = Lab()
    far = Far(lab)
    for addr, (name, local) in ENDS.items():
        s = udp(addr, 862)
        ctl('e1', 'path', 'set', name, *OUTSIDE)
        got = reflect(s, 2 * SLOW, think=0.005)
        true(len(got) >= 20, f'{len(got)} probes')
        seqs = []
        for data, ttl, src in got:
            equal(len(data), 44, 'length')
            equal(ttl, 255, 'TTL')
            equal(src[0], local, 'source')
            seq, sec, frac, error, ssid = struct.unpack('!IIIHH', data[:16])
            equal((error, ssid, data[16:]), (0x2001, 0, bytes(28)), 'fields')
            true(abs(sec - EPOCH + frac / 2**32 - time.time()) < 60, 'time')
            seqs.append(seq)
        equal(seqs, list(range(seqs[0], seqs[0] + len(seqs))), 'numbers')
        equal(len({src[1] for _, _, src in got}), 1, 'source ports')
        true(got[0][2][1] != 862, 'source port')
        p = path_of(name)
        equal((p['state'], p['probe_active']), ('up', 'underlay'), 'state')
        true(p['probes_answered'] >= 20, 'answered')
        equal((p['probes_lost_tx'], p['probes_lost_rx']), (0, 0), 'lost')
        # the far end's 5 ms are not the path's
        true(p['rtt_min'] < 3000, f"round-trip time {p['rtt_min']}")
        s.close()
    equal([d for _, d, _, _ in far.packets(0.5) if d == 862], [],
          'probes within the tunnel')
    lab.alive()


def test_silent():
    """Nobody answers, and then somebody does."""
    lab = Lab()
    ctl('e1', 'path', 'set', PATH, *OUTSIDE)
    s = udp('192.168.20.1', 862)
    reflect(s, 1 * SLOW)
    equal(path()['state'], 'up', 'state')
    end = time.monotonic() + 10 * SLOW
    while path()['state'] == 'up' and time.monotonic() < end:
        time.sleep(0.1)
    equal((path()['state'], path()['state_reason']), ('down', 'silent'))
    for _ in receive(s, 0.3):
        pass
    reflect(s, 3 * SLOW)
    equal(path()['state'], 'up', 'state when it answers again')
    # what is of the tunnel is no answer to what is not, nor the other way round
    lab.alive()


def test_reflector():
    """Remotes are answered where that is configured, others are not."""
    lab = Lab()
    ip('w0', 'addr', 'add', '192.168.20.9/16', 'dev', 'a')
    far, other = udp('192.168.20.1', 0), udp('192.168.20.9', 0)
    ask = request(7, time.time() + CLOCK, 0xabcd, error=0x9234)
    to = ('192.168.10.1', 862)

    def answers(s):
        return list(receive(s, 0.5 * SLOW))

    far.sendto(ask, to)
    equal(answers(far), [], 'answers before it is configured')
    ctl('e1', 'path', 'set', PATH, 'probe', 'underlay', 'probe-interval', '10s',
        'probe-idle-interval', '10s')
    for n in range(3):
        far.sendto(ask + bytes(100 * n), to)
        (data, ttl, src), = answers(far)
        equal((ttl, src), (255, to), 'TTL and source')
        equal(len(data), 44 + 100 * n, 'length')
        equal(data[:4], struct.pack('!I', n), 'number')
        equal(data[14:16], ask[14:16], 'session')
        equal(data[24:38], ask[:14], "sender's number, time, error estimate")
        equal(data[40], 64, "sender's TTL")
    far.sendto(ask + bytes(1200), to)
    (data, _, _), = answers(far)
    equal(len(data), 512, 'longest answer')
    # another remote, another path's family, from the port of reflectors, too short
    lab.expect({'rx_drop_unknown_path': 1}, lambda: other.sendto(ask, to),
               errors=0)
    equal(answers(other), [], 'answers to others')
    lab.expect({'rx_drop_probe_unexpected': 1}, lambda: udp(
        '192.168.20.1', 862).sendto(ask, to), errors=0)
    lab.expect({'rx_drop_probe_truncated': 1}, lambda: far.sendto(ask[:43], to),
               errors=0)
    equal(answers(far), [], 'answers to what is wrong')
    six = udp('fd10::2', 0)
    lab.expect({'rx_drop_unknown_path': 1},
               lambda: six.sendto(ask, ('fd10::1', 862)), errors=0)
    equal(path()['probes_reflected'], 4, 'reflected')
    ctl('e1', 'path', 'set', PATH, 'probe', 'tunnel')
    far.sendto(ask, to)
    equal(answers(far), [], 'answers when it is not any more')
    lab.alive()


def test_forged():
    """An answer that is none to a probe of this path, and those of the tunnel."""
    lab = Lab()
    tunnel = Far(lab)
    ctl('e1', 'path', 'set', PATH, *OUTSIDE)
    s = udp('192.168.20.1', 862)
    reflect(s, 0.5 * SLOW)
    ctl('e1', 'path', 'set', PATH, 'probe-interval', '10s',
        'probe-idle-interval', '10s')
    data, ttl, addr = list(receive(s, 0.5 * SLOW))[-1]
    seq, = struct.unpack('!I', data[:4])
    now = time.time() + CLOCK
    answered = path()['probes_answered']
    for bad in (struct.pack('!I', seq + 1) + data[4:],
                data[:4] + stamp(now) + data[12:]):
        lab.expect({'rx_drop_probe_unexpected': 1},
                   lambda bad=bad: s.sendto(reply(bad, 9, now, now), addr),
                   errors=0)
    # the right answer by the wrong way
    lab.expect({'rx_drop_probe_unexpected': 1},
               lambda: tunnel.send(reply(data, 9, now, now), 862, addr[1]))
    # from who is no reflector
    lab.expect({'rx_drop_probe_unexpected': 1},
               lambda: udp('192.168.20.1', 8620).sendto(
                   reply(data, 9, now, now), addr), errors=0)
    equal(path()['probes_answered'], answered, 'answered')
    s.sendto(reply(data, 9, now, now), addr)
    time.sleep(0.3 * SLOW)
    equal(path()['probes_answered'], answered + 1, 'answered')
    lab.alive()


def test_encaps():
    """Paths that differ by their encapsulation alone are sessions of their own."""
    lab = Lab()
    ctl('e1', 'path', 'add', 'p2gre', 'peer', 'p2', 'underlay', 'u0', 'remote',
        '192.168.20.1', 'encap', 'gre')
    slow = ('probe', 'underlay', 'probe-interval', '10s', 'probe-idle-interval',
            '10s')
    far = udp('192.168.20.1', 0)
    ctl('e1', 'path', 'set', PATH, *slow)
    ctl('e1', 'path', 'set', 'p2gre', *slow)

    def ask(ssid):
        far.sendto(request(7, time.time() + CLOCK, ssid), ('192.168.10.1', 862))
        (data, _, _), = list(receive(far, 0.5 * SLOW))
        equal(data[14:16], struct.pack('!H', ssid), 'session')
        return struct.unpack('!I', data[:4])[0]

    # each counts its own: 0 GENEVE, 0x0300 GRE, others as the first
    equal([ask(n) for n in (0, 0, 0x0300, 0, 0x0300, 0x4200, 0x0300)],
          [0, 1, 0, 2, 1, 3, 2], 'numbers')
    equal([path_of(n)['probes_reflected'] for n in (PATH, 'p2gre')], [4, 3])
    s = udp('192.168.20.1', 862)
    for name in (PATH, 'p2gre'):
        ctl('e1', 'path', 'set', name, *OUTSIDE)
    got = reflect(s, 1 * SLOW)
    sessions = {d[14:16] for d, _, _ in got}
    equal(sessions, {b'\0\0', b'\x03\0'}, 'sessions')
    for name in (PATH, 'p2gre'):
        true(path_of(name)['probes_answered'] >= 10, f'{name}: answered')
    lab.alive()


def test_capture():
    """tshark finds in what is sent what the path says."""
    lab = Lab()
    s = udp('192.168.20.1', 862)
    with tempfile.TemporaryDirectory() as tmp:
        file = os.path.join(tmp, 'pcap')
        with InNs('w0'):
            dump = subprocess.Popen(
                ['tcpdump', '--immediate-mode', '-Z', 'root', '-U', '-n', '-i',
                 'a', '-w', file, 'udp', 'port', '862'],
                stderr=subprocess.PIPE, text=True)
        dump.stderr.readline()
        ctl('e1', 'path', 'set', PATH, *OUTSIDE)
        got = reflect(s, 1 * SLOW)
        time.sleep(0.3 * SLOW)
        dump.terminate()
        dump.wait()
        names = ('ip.ttl', 'ip.src', 'udp.dstport', 'udp.length',
                 'twamp.test.seq_number', 'twamp.test.error_estimate')
        out = subprocess.run(
            ['tshark', '-n', '-r', file, '-d', 'udp.port==862,twamp.test',
             '-Y', 'udp.dstport == 862', '-T', 'fields', '-E', 'separator=,'] +
            [a for n in names for a in ('-e', n)], capture_output=True,
            text=True, check=True).stdout
    rows = [r.split(',') for r in out.splitlines()]
    true(len(rows) >= 10, f'{len(rows)} probes in the capture')
    equal([int(r[4]) for r in rows[:len(got)]],
          [struct.unpack('!I', d[:4])[0] for d, _, _ in got][:len(rows)],
          'numbers')
    for r in rows:
        equal(r[:4], ['255', '192.168.10.1', '862', '52'], 'headers')
        equal(int(r[5], 0), 0x2001, 'error estimate')
    lab.alive()


def test_inherit():
    """The underlay may say it; the port that others have is refused."""
    lab = Lab()
    ctl('e1', 'underlay', 'set', 'u0', 'probe', 'underlay')
    equal(path()['probe_active'], 'underlay')
    ctl('e1', 'path', 'set', PATH, 'probe', 'off')
    equal(path()['probe_active'], 'off')
    ctl('e1', 'underlay', 'set', 'u0', 'probe', 'off')
    with InNs('e1'):
        s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        s.bind(('192.168.10.1', 862))
    # it is free again, or else this would have failed
    s.close()
    with InNs('e1'):
        taken = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b'wan0')
        taken.bind(('0.0.0.0', 862))
    try:
        ctl('e1', 'path', 'set', PATH, 'probe', 'underlay')
    except Fail as e:
        true('another socket has the UDP port' in str(e), str(e))
    else:
        raise Fail('a port that is taken was not refused')
    equal((path()['probe'], path()['probe_active']), ('off', 'off'))
    taken.close()
    # deleted, with packets on their way
    for _ in range(10):
        ctl('e1', 'path', 'set', PATH, *OUTSIDE)
        far = udp('192.168.20.1', 0)
        for n in range(50):
            far.sendto(request(n), ('192.168.10.1', 862))
        ctl('e1', 'path', 'set', PATH, 'probe', 'off')
    ctl('e1', 'path', 'set', PATH, *OUTSIDE)
    ip('e1', 'link', 'del', 'wan0')
    time.sleep(0.3)
    ctl('e1', 'underlay', 'del', 'u0')


run_tests(test_sender, test_silent, test_reflector, test_forged, test_encaps,
          test_capture, test_inherit)
