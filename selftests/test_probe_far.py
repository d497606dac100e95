#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
#
# Probes and answers against an independent end, in both roles; and what is
# forged, repeated, reflected or cut short.
# Kernels: all um um-debug
# Check: um
# Timeout: 300
#
# The far end is that of probefar.py.

import os
import random
import select
import socket
import struct
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lab import *  # noqa: E402,F403
from probefar import *  # noqa: E402,F403


def test_sender():
    """Its probes are what RFC 8762 says, their numbers without a gap."""
    lab, far = setup(*FAST)
    seqs, ports = [], set()
    for sport, probe in far.probes(1.5 * SLOW):
        seq, sec, frac, error, ssid = struct.unpack('!IIIHH', probe[:16])
        seqs.append(seq)
        ports.add(sport)
        equal(error, 0x2001, 'error estimate')
        equal(ssid, 0, 'session')
        equal(probe[16:44], bytes(28), 'what must be zero')
        if abs(sec - EPOCH + frac / 2**32 - time.time()) > 1:
            raise Fail('the timestamp is not of now')
    true(len(seqs) >= 10, f'{len(seqs)} probes')
    equal(seqs, list(range(seqs[0], seqs[0] + len(seqs))), 'numbers')
    equal(len(ports), 1, 'source ports')
    lab.alive()


def test_answers():
    """Answers of a clock of its own: the time, and no loss."""
    lab, far = setup(*FAST)
    far.answer(4 * SLOW, drift=0.0002, think=0.02)
    p = path()
    log({k: v for k, v in p.items() if 'rtt' in k or 'prob' in k or
         'var' in k})
    equal(p['state'], 'up')
    true(p['probes_answered'] >= 40, 'answered')
    # the far end's 20 ms of thought are not the path's
    true(p['rtt_min'] < 5000, f"round-trip time {p['rtt_min']}")
    equal((p['probes_lost_tx'], p['probes_lost_rx']), (0, 0), 'lost')
    true(p['heard_age'] < 1000 * SLOW, 'heard')


def test_loss():
    """Which were lost on which way."""
    lab, far = setup(*FAST)
    skip = {5: 'there', 9: 'back', 10: 'back', 12: 'there', 20: 'back'}
    far.answer(2.5 * SLOW, skip=skip)
    p = path()
    equal((p['probes_lost_tx'], p['probes_lost_rx']), (2, 3),
          'lost there and back')


def test_counts():
    """Without a key, data is counted behind probes of a path in use, and what the far
    end says of it is believed if it knows what it was asked."""
    lab, far = setup(*FAST[:-2], 'probe-mult', '100')
    sent = []

    def count(n):
        # a tenth of ours does not get there, and of what it sends itself nothing here
        sent.append(n)
        return sent[0] + (n - sent[0]) * 9 // 10, 30 * (n - sent[0])

    def load(n):
        run('ping', '-q', '-c', n, '-i', '0.01', '-W', '0.1', '10.2.0.2', ns='h1',
            check=False)
    for said in None, count:
        load('1')
        far.drain()
        _, (_, probe, _) = far.answer(1 * SLOW, count=said)
        equal(len(probe), 60, 'length of a probe')
        equal(plain_counts(probe)[0::2], (0x80, 0), 'flags and the far end')
        equal('data_lost_tx' in path(), bool(said), 'known')
    load('40')
    far.drain()
    far.answer(1.5 * SLOW, count=count)
    p = path()
    log({k: v for k, v in p.items() if 'data' in k})
    n = sent[-1] - sent[0]
    true(n >= 40, f'{n} counted')
    equal((p['data_lost_tx'], p['data_lost_rx']), (n - n * 9 // 10, 30 * n),
          'lost there and back')
    # of an idle path there is nothing to count
    far.drain()
    true(any(len(probe) == 44 for _, probe in far.probes(10 * SLOW)),
         'shorter again')
    # what is asked is answered, with counts of its own
    ask = request(1, more=tlv(5, struct.pack('!III', 77, 1, 2)))
    far.send(ask, 50000, 862)
    _, data, _ = next(far.answers(5 * SLOW))
    p = path()
    equal(plain_counts(data), (0, 77, p['rx_packets'], p['tx_packets']),
          'counts of the answer')


def test_reflector():
    """What is asked is answered, byte for byte, on the same path."""
    lab, far = setup()
    for n, ssid in enumerate((0, 0xabcd, 0xffff)):
        ask = request(1000 + n, time.time() + CLOCK, ssid, error=0x9234)
        before = time.time()
        far.send(ask, 50000, 862, ttl=200 + n)
        port, data, _ = next(far.answers(5 * SLOW))
        equal(port, 50000, 'port')
        equal(len(data), 44, 'length')
        seq, sec, frac, error = struct.unpack('!IIIH', data[:14])
        rsec, rfrac = struct.unpack('!II', data[16:24])
        equal(seq, n, 'number of the answer')
        equal(error, 0x2001, 'error estimate')
        equal(data[14:16], ask[14:16], 'session')
        equal(data[24:38], ask[:14], "sender's number, time, error estimate")
        equal(data[38:40], b'\0\0', 'zero')
        equal(data[40], 200 + n, "sender's TTL")
        equal(data[41:], b'\0\0\0', 'zero')
        sent, got = sec + frac / 2**32, rsec + rfrac / 2**32
        true(before + EPOCH - 1 <= got <= sent <= time.time() + EPOCH + 1,
             'the order of times')
    equal(path()['probes_reflected'], 3, 'reflected')


def test_tlvs():
    """Longer requests: never a longer answer, and what is not known is said."""
    lab, far = setup()
    pad = struct.pack('!BBH', 0x80, 1, 10) + bytes(10)
    location = struct.pack('!BBH', 0x80, 2, 4) + b'abcd'
    bad = struct.pack('!BBH', 0x80, 1, 99) + b'xx'
    for more, want in ((pad + location, b'\0' + pad[1:] + location),
                       (pad + bad, b'\0' + pad[1:] + b'\xc0' + bad[1:]),
                       (bytes(37), bytes(36) + b'\x40')):
        far.send(request(more=more), 50000, 862)
        _, data, _ = next(far.answers(5 * SLOW))
        equal(data[44:], want, 'answer to what follows')
    far.send(request(more=bytes(1200)), 50000, 862)
    _, data, _ = next(far.answers(5 * SLOW))
    equal(len(data), 512, 'length of the answer to 1244 bytes')


def test_refused():
    """What is wrong is counted by its cause, and never answered."""
    lab, far = setup()
    ask = request(1)

    def send(*args, **kw):
        return lambda: lab.outer4(control(*args, **kw))
    lab.expect({'rx_drop_probe_truncated': 5}, *[
        send(ask[:n], 50000, 862) for n in (0, 1, 16, 40, 43)])
    lab.expect({'rx_drop_probe_malformed': 6},
               send(ask, 50000, 862, bad=1),
               send(ask, 50000, 862, bad_sum=1),
               send(ask, 50000, 862, length=51),
               send(ask, 50000, 862, length=2000),
               send(ask, 50000, 862, tot=2000),
               send(ask, 50000, 862, frag=0x2000))
    # neither to nor from anybody's prober
    lab.expect({'rx_drop_control': 5},
               send(ask, 50000, 863),
               send(ask, 50000, 862, dst='127.0.0.2'),
               send(ask, 50000, 862, src='10.2.0.2'),
               send(ask, 50000, 862, vni=100),
               send(ask, 50000, 862, proto=6))
    # from port 862: an answer to nobody, be it to that port or another
    lab.expect({'rx_drop_probe_unexpected': 3},
               send(ask, 862, 862), send(ask, 862, 50000),
               send(reply(ask, 0, 0, 0), 862, 50000))
    lab.expect({'rx_drop_unknown_path': 1}, lambda: lab.outer4(
        control(ask, 50000, 862), src='192.168.20.9'), errors=0)
    lab.expect({'rx_drop_path_down': 1}, lambda: (
        ctl('e1', 'path', 'set', PATH, 'down'),
        far.send(ask, 50000, 862)))
    ctl('e1', 'path', 'set', PATH, 'up')
    equal(list(far.answers(0.5)), [], 'answers')
    equal(path()['probes_reflected'], 0, 'reflected')
    # without the O bit it is a probe all the same, as GRE has none
    far.send(ask, 50000, 862, flags=0)
    next(far.answers(5 * SLOW))
    lab.alive()


def test_rate():
    """A flood is answered as often as a bucket allows."""
    lab, far = setup()
    before = lab.counters()
    n, began = 2000, time.monotonic()
    for i in range(n):
        far.send(request(i), 50000, 862)
    took = time.monotonic() - began
    sent = sum(1 for _ in far.answers(1.5))
    dropped = lab.changes(before).get('rx_drop_probe_rate', 0)
    log(f'{n} in {took:.2f} s: {sent} answered, {dropped} dropped')
    equal(sent + dropped, n, 'answered and counted')
    true(64 <= sent <= 64 + 256 * (took + 0.5), 'answers')
    lab.alive()


def test_forged():
    """Nothing false is believed: repeated, made up, late, from elsewhere."""
    lab, far = setup(*FAST)
    n, last = far.answer(1 * SLOW)
    true(last, 'no probe was answered')
    sport, probe, rseq = last
    ctl('e1', 'path', 'set', PATH, 'probe-interval', '10s',
        'probe-idle-interval', '10s')
    sport, probe = list(far.probes(1))[-1]
    seq = struct.unpack('!I', probe[:4])[0]
    known = path()
    now = time.time() + CLOCK
    good = reply(probe, rseq + 1, now, now)
    before = lab.counters()
    wrong = [
        reply(probe[:4] + stamp(now) + probe[12:], 9, now, now),
        reply(struct.pack('!I', seq + 1) + probe[4:], 9, now, now),
        reply(struct.pack('!I', seq - 1) + probe[4:], 9, now, now),
        reply(struct.pack('!I', seq + 128) + probe[4:], 9, now, now),
        reply(struct.pack('!I', (seq - 128) & 0xffffffff) + probe[4:], 9, now, now),
    ]
    for data in wrong:
        far.send(data, 862, sport)
    far.send(good, 862, sport ^ 1)
    lab.settle(before, 6)
    equal(lab.changes(before).get('rx_drop_probe_unexpected', 0), 6, 'counted')
    equal(path()['probes_answered'], known['probes_answered'], 'answered')
    # once only
    for _ in range(3):
        far.send(good, 862, sport)
    lab.settle(before, 8)
    equal(lab.changes(before).get('rx_drop_probe_unexpected', 0), 8, 'counted')
    equal(path()['probes_answered'], known['probes_answered'] + 1, 'answered')
    random.seed(1)
    for _ in range(500):
        far.send(random.randbytes(random.randrange(120)), 862, sport)
        far.send(random.randbytes(random.randrange(120)), 50000, 862)
    equal(path()['probes_answered'], known['probes_answered'] + 1, 'answered')
    lab.alive()


def test_silent():
    """An end that is silent, comes back, and one that has never answered."""
    lab, far = setup('probe', 'tunnel', 'probe-interval', '50ms', 'probe-mult',
                     '20', 'probe-hold', '3s', 'probe-mtu', 'off')
    # it worked before it was probed, until that is known to be wrong
    equal(path()['state'], 'up')
    list(far.probes(2.5))
    # a host that is busy elsewhere grants more time
    end = time.monotonic() + 5 * SLOW
    while path()['state'] == 'up' and time.monotonic() < end:
        list(far.probes(0.1))
    p = path()
    equal((p['state'], p['state_reason']), ('down', 'silent'), 'state')
    far.answer(1.5)
    equal(path()['state'], 'probing', 'state when it answers again')
    far.answer(4 * SLOW)
    equal((path()['state'], path()['state_reason']), ('up', 'none'), 'state')


def outer(far, seconds):
    """The outer packets of probes, whole"""
    end = time.monotonic() + seconds
    while select.select([far.sock], [], [],
                        max(0, end - time.monotonic()))[0]:
        data, addr = far.sock.recvfrom(4096)
        if addr[2] != socket.PACKET_OUTGOING and Far.parse(data[14:]):
            yield data[14:]


def complain(lab, quoted, kind=3, code=1):
    """A router on the way says that this did not get through."""
    head = struct.pack('!BBHI', kind, code, 0, 0)
    head = head[:2] + struct.pack('!H', csum(head + quoted)) + head[4:]
    lab.frame4(ipv4(head + quoted, '192.168.77.7', '192.168.10.1', proto=1))


def test_unreachable():
    """ICMP is believed where it quotes a probe that waits, and makes a probe be sent
    else, not more often than usual."""
    lab, far = setup('probe', 'tunnel', 'probe-interval', '4s',
                     'probe-idle-interval', '4s', 'probe-mult', '10',
                     'probe-hold', '100ms', 'probe-mtu', 'off')
    old = next(outer(far, 10))
    far.answer(6 * SLOW)
    equal(path()['state'], 'up', 'state')
    far.drain()
    before = lab.counters()
    # one after the other: each of them is of no use
    wrong = [old, old[:28]]
    while len(wrong) < 40:
        wrong.append(old[:64] + struct.pack('!I', len(wrong)) + old[68:])
    for quoted in wrong:
        complain(lab, quoted)
    probe = next(outer(far, 2 * SLOW))
    # its number, its time, its port, its protocol
    for at in (65, 71, 75, 57, 45):
        complain(lab, probe[:at] + bytes([probe[at] ^ 1]) + probe[at + 1:])
    complain(lab, probe[:75])
    complain(lab, probe, code=4)
    complain(lab, probe, kind=12)
    equal(len(list(outer(far, 1))), 0, 'more probes')
    equal(path()['state'], 'up', 'state')
    equal(lab.changes(before).get('rx_icmp_unreachable'), len(wrong) + 6,
          'counted')
    complain(lab, probe)
    end = time.monotonic() + 2 * SLOW
    while path()['state'] == 'up' and time.monotonic() < end:
        time.sleep(0.05)
    equal((path()['state'], path()['state_reason']), ('down', 'unreachable'),
          'state')
    far.answer(8 * SLOW)
    equal(path()['state'], 'up', 'state')
    lab.alive()


run_tests(test_sender, test_answers, test_loss, test_counts, test_reflector,
          test_tlvs, test_refused, test_rate, test_forged, test_silent,
          test_unreachable)
