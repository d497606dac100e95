#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
#
# Authenticated probes and answers against an independent end, in both roles; what
# is made by another key or by none; and a change of the key.
# Kernels: all um um-debug
# Check: um
# Timeout: 300
#
# The far end is that of probefar.py; HMACs are Python's.

import errno
import os
import struct
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lab import *  # noqa: E402,F403
from probefar import *  # noqa: E402,F403

OLD, NEW = bytes(range(32)), bytes(range(100, 164))


def keyfile(key, mode=0o600):
    name = f'/tmp/sdwan-{os.getpid()}-{key[0]}.key'
    with open(name, 'w', encoding='ascii') as f:
        f.write(key.hex() + '\n')
    os.chmod(name, mode)
    at_cleanup(lambda: os.path.exists(name) and os.unlink(name))
    return name


def setup_key(*what, key=OLD):
    lab, far = setup()
    ctl('e1', 'peer', 'set', 'p2', 'key', keyfile(key))
    if what:
        ctl('e1', 'path', 'set', PATH, *what)
    return lab, far


def keys():
    return json_of('peer', 'show', 'p2')[0]['keys']


def test_sender():
    """Its probes are what RFC 8762, section 4.2.2 says."""
    lab, far = setup_key(*FAST)
    seqs = []
    for sport, probe in far.asked(1.5 * SLOW):
        equal(mac(OLD, probe[:96]), probe[96:112], 'HMAC of a probe')
        seq, sec, frac, error, ssid = struct.unpack('!I12xIIHH', probe[:28])
        seqs.append(seq)
        equal((error, ssid), (0x2001, 0), 'error estimate and session')
        equal(probe[4:16] + probe[28:96], bytes(80), 'what must be zero')
        if abs(sec - EPOCH + frac / 2**32 - time.time()) > 1:
            raise Fail('the timestamp is not of now')
    true(len(seqs) >= 10, f'{len(seqs)} probes')
    equal(seqs, list(range(seqs[0], seqs[0] + len(seqs))), 'numbers')
    lab.alive()


def test_reflector():
    """What is asked is answered, byte for byte, by the same key."""
    lab, far = setup_key()
    for n, ssid in enumerate((0, 0xabcd)):
        ask = auth_request(OLD, 1000 + n, time.time() + CLOCK, ssid)
        far.send(ask, 50000, 862, ttl=200 + n)
        port, data, _ = next(far.answers(5 * SLOW))
        equal(port, 50000, 'port')
        equal(len(data), 112, 'length')
        equal(mac(OLD, data[:96]), data[96:], 'HMAC of the answer')
        equal(data[24:28], b'\x20\x01' + ask[26:28], 'error and session')
        equal(data[48:52], ask[:4], "sender's number")
        equal(data[64:74], ask[16:26], "sender's time and error")
        equal(data[80], 200 + n, "sender's TTL")
        equal(data[4:16] + data[28:32] + data[40:48] + data[52:64] +
              data[74:80] + data[81:96], bytes(12 + 4 + 8 + 12 + 6 + 15),
              'what is zero')
        sent, got = (sum(v / 2**(32 * i) for i, v in enumerate(
            struct.unpack('!II', data[at:at + 8]))) for at in (16, 32))
        true(got <= sent and abs(got - EPOCH - time.time()) < 10, 'times')
    equal(path()['probes_reflected'], 2, 'reflected')


def test_answers():
    """Answers are taken in: the path is up, nothing is lost."""
    lab, far = setup_key(*FAST)
    far.auth_answer(3 * SLOW, OLD)
    p = path()
    log({k: v for k, v in p.items() if 'rtt' in k or 'prob' in k})
    equal(p['state'], 'up')
    true(p['probes_answered'] >= 20, 'answered')
    equal((p['probes_lost_tx'], p['probes_lost_rx']), (0, 0), 'lost')


def test_refused():
    """Other keys, none, and what was changed: counted, without an answer."""
    lab, far = setup_key(*FAST)
    good = auth_request(OLD, 7, time.time())
    wrong = [auth_request(NEW, 7, time.time()), request(7), request(7, pad=bytes(96)),
             good[:111], good[:96]]
    for at in (0, 3, 5, 16, 27, 28, 95, 96, 111):
        bad = bytearray(good)
        bad[at] ^= 1
        wrong.append(bytes(bad))

    def send(data, *ports):
        return lambda: lab.outer4(control(data, *ports))
    lab.expect({'rx_drop_probe_key': len(wrong)},
               *[send(data, 50000, 862) for data in wrong])
    lab.expect({'rx_drop_probe_truncated': 1}, send(good[:43], 50000, 862))
    sport, probe = next(far.asked(5 * SLOW))
    before = path()['probes_answered']
    now = time.time()
    plain = reply(bytes(4) + stamp(0) + bytes(32), 0, now, now)
    lab.expect({'rx_drop_probe_key': 2},
               send(auth_reply(NEW, probe, 0, now, now), 862, sport),
               send(plain, 862, sport))
    equal(path()['probes_answered'], before, 'answered')
    equal(path()['probes_reflected'], 0, 'reflected')
    far.send(good, 50000, 862)
    next(far.answers(5 * SLOW))
    # a peer without a key does not know them
    ctl('e1', 'peer', 'set', 'p2', 'key', 'none')
    equal(keys(), 0, 'keys')
    far.send(request(9), 50000, 862)
    equal(len(next(far.answers(5 * SLOW))[1]), 44, 'length of an answer')
    lab.alive()


def used(far, seconds=2):
    """The keys by which probes are made, in the order of their use."""
    seen = []
    far.drain()
    for _, probe in far.asked(seconds * SLOW):
        for key in (OLD, NEW):
            if mac(key, probe[:96]) == probe[96:112] and seen[-1:] != [key]:
                seen.append(key)
    return seen


def test_change():
    """A new key: both are valid; it is used when the peer does, or it is said."""
    lab, far = setup_key(*FAST)
    equal(used(far), [OLD], 'keys used at first')
    ctl('e1', 'peer', 'set', 'p2', 'key', keyfile(NEW))
    equal(keys(), 2, 'keys')
    equal(used(far), [OLD], 'keys used before the peer has the new one')
    for key, want in ((OLD, OLD), (NEW, NEW), (OLD, NEW)):
        far.send(auth_request(key, 1, time.time()), 50000, 862)
        _, data, _ = next(far.answers(5 * SLOW))
        equal(mac(key, data[:96]), data[96:], 'key of an answer')
        equal(used(far), [want], 'keys used')
    # what does not concern keys leaves them alone, as does the same one again
    ctl('e1', 'peer', 'set', 'p2', 'source-check', 'off')
    ctl('e1', 'peer', 'set', 'p2', 'key', keyfile(NEW))
    equal((keys(), used(far)), (2, [NEW]), 'keys')
    ctl('e1', 'peer', 'set', 'p2', 'key-retire')
    equal((keys(), used(far)), (1, [NEW]), 'keys')
    lab.expect({'rx_drop_probe_key': 1}, lambda: far.send(
        auth_request(OLD, 1, time.time()), 50000, 862))
    # the other way round: this end says it
    ctl('e1', 'peer', 'set', 'p2', 'key', keyfile(OLD))
    equal(used(far), [NEW], 'keys used before it is said')
    ctl('e1', 'peer', 'set', 'p2', 'key-retire')
    equal(used(far), [OLD], 'keys used when it was said')
    # a replace says all there is
    ctl('e1', 'peer', 'replace', 'p2', 'site', '2', 'overlay', '100.64.0.2')
    equal(keys(), 0, 'keys of a peer that was replaced')
    lab.alive()


def test_secret():
    """Nobody is told a key; what is no key is refused, and changes nothing."""
    lab, far = setup_key()
    with InNs('e1'):
        nl = Netlink()
    seen = subprocess.run(['sdwanctl', '-n', 'e1', '-d', '-j', 'peer', 'show'],
                          capture_output=True, text=True, check=True).stdout
    seen += run('sdwanctl', '-d', '-s', 'peer', 'show', ns='e1')
    seen += run('sdwanctl', 'save', ns='e1')
    for text in (OLD.hex(), OLD[:16].hex(), 'key '):
        true(text not in seen, 'a key is told')
    monitor = subprocess.Popen(['sdwanctl', '-n', 'e1', '-j', 'monitor', 'peer'],
                               stdout=subprocess.PIPE, text=True)
    at_cleanup(monitor.kill)
    time.sleep(0.5 * SLOW)
    ctl('e1', 'peer', 'set', 'p2', 'key', keyfile(NEW))
    line = monitor.stdout.readline()
    true('"keys":2' in line and NEW[:8].hex() not in line, 'event')
    name = keyfile(NEW, 0o644)
    p = subprocess.run(['sdwanctl', '-n', 'e1', 'peer', 'set', 'p2', 'key', name],
                       capture_output=True, text=True, check=False)
    true(p.returncode == 2 and '0600' in p.stderr, 'a file that all may read')
    for n in (0, 1, 15, 65, 200):
        refused((errno.ERANGE,), nl, 'peer-set',
                text(A['SDWAN_A_PEER_NAME'], 'p2') +
                attr(A['SDWAN_A_PEER_KEY'], bytes(n)))
    equal(keys(), 2, 'keys')
    lab.alive()


run_tests(test_sender, test_reflector, test_answers, test_refused, test_change,
          test_secret)
