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
MARK = b'sdwan key'


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
    """Its probes are what RFC 8762, section 4.2.2, and RFC 8972 say."""
    lab, far = setup_key(*FAST)
    seqs, said = [], set()
    for sport, probe in far.asked(1.5 * SLOW):
        equal(len(probe), 200, 'length')
        equal(mac(OLD, probe[:96]), probe[96:112], 'HMAC of a probe')
        true(trailer_ok(OLD, probe), 'HMAC of what follows')
        seq, sec, frac, error, ssid = struct.unpack('!I12xIIHH', probe[:28])
        seqs.append(seq)
        equal((error, ssid), (0x2001, 1), 'error estimate and session')
        equal(probe[4:16] + probe[28:96], bytes(80), 'what must be zero')
        equal([probe[at] for at in (112, 128, 180)], [0x80] * 3, 'flags')
        equal(data_counts(probe)[1:], (0, 0), 'counters of the reflector')
        said.add(identity(probe))
        if abs(sec - EPOCH + frac / 2**32 - time.time()) > 1:
            raise Fail('the timestamp is not of now')
    true(len(seqs) >= 10, f'{len(seqs)} probes')
    equal(seqs, list(range(seqs[0], seqs[0] + len(seqs))), 'numbers')
    equal(len(said), 1, 'identities')
    sites, number, mark, counted, nonce, echo = said.pop()
    equal((sites, mark, counted, echo), ((1, 1, 2, 1), mac(OLD, MARK)[:4], 0, 0),
          'identity')
    true(nonce, 'nonce')
    equal(number, path()['id'], 'number of the path')
    lab.alive()


def reflected(far, key=OLD):
    """The next answer, and what is said in it."""
    port, data, _ = next(far.answers(5 * SLOW))
    equal((port, len(data)), (50000, 200), 'port and length')
    equal(mac(key, data[:96]), data[96:112], 'HMAC of the answer')
    true(trailer_ok(key, data), 'HMAC of what follows')
    equal([data[at] for at in (112, 128, 180)], [0] * 3, 'flags')
    return data, identity(data)


def test_reflector():
    """What is asked is answered, byte for byte, by the same key."""
    lab, far = setup_key()
    echo = 0
    for n, want in enumerate((1000, 0, 1)):
        ask = far.ask(OLD, 1000 + n, echo, data=(7, 8, 9))
        data, said = reflected(far)
        equal(struct.unpack('!I', data[:4])[0], want, 'number of the answer')
        equal(data[24:28], b'\x20\x01' + ask[26:28], 'error and session')
        equal(data[48:52], ask[:4], "sender's number")
        equal(data[64:74], ask[16:26], "sender's time and error")
        equal(data[80], 255, "sender's TTL")
        equal(data[4:16] + data[28:32] + data[40:48] + data[52:64] +
              data[74:80] + data[81:96], bytes(12 + 4 + 8 + 12 + 6 + 15),
              'what is zero')
        sent, got = (sum(v / 2**(32 * i) for i, v in enumerate(
            struct.unpack('!II', data[at:at + 8]))) for at in (16, 32))
        true(got <= sent and abs(got - EPOCH - time.time()) < 10, 'times')
        equal(said[0], (1, 1, 2, 1), 'who says it to whom')
        equal(said[3:4] + said[5:], (int(n > 0), far.nonce), 'counted, echo')
        equal(data_counts(data)[0], 7, 'what was told of data')
        echo = said[4]
    equal(path()['probes_reflected'], 3, 'reflected')


def test_answers():
    """Answers are taken in: the path is up, nothing is lost, they are echoed."""
    lab, far = setup_key(*FAST)
    _, probe = far.auth_answer(3 * SLOW, OLD)
    p = path()
    log({k: v for k, v in p.items() if 'rtt' in k or 'prob' in k})
    equal(p['state'], 'up')
    true(p['probes_answered'] >= 20, 'answered')
    equal((p['probes_lost_tx'], p['probes_lost_rx']), (0, 0), 'lost')
    equal(identity(probe)[5], far.nonce, 'echo')


def test_refused():
    """Other keys, none, and what was changed: counted, without an answer."""
    lab, far = setup_key(*FAST)
    more = told(OLD, 7, far.nonce, 0)
    good = auth_request(OLD, 7, time.time(), more=more)
    wrong = [auth_request(NEW, 7, time.time(), more=told(NEW, 7, far.nonce, 0)),
             request(7), request(7, pad=bytes(184)), good[:111], good[:96]]
    for at in (0, 3, 5, 16, 27, 28, 95, 96, 111):
        wrong.append(flip(good, at))

    def send(data, sport=50000, dport=862):
        return lambda: lab.outer4(control(data, sport, dport))
    lab.expect({'rx_drop_probe_key': len(wrong)}, *[send(p) for p in wrong])
    lab.expect({'rx_drop_probe_truncated': 1}, send(good[:43]))
    # made by the key, but not by the peer for us
    wrong = []
    for sites in ((1, 1, 2, 1), (3, 1, 1, 1), (2, 2, 1, 1), (2, 1, 1, 2), (2, 1, 2, 1)):
        wrong.append(auth_request(OLD, 7, 0, more=told(OLD, 7, far.nonce, 0,
                                                       sites=sites)))
    wrong.append(auth_request(OLD, 7, 0, more=told(OLD, 7, 0, 0)))
    sport, probe = next(far.asked(5 * SLOW))
    # our own ones that come back, whole and with other TLVs
    wrong += [probe, probe[:112], probe[:112] + tlv(1, bytes(8)), probe[:199],
              probe[:112] + told(OLD, struct.unpack('!I', probe[:4])[0],
                                 far.nonce, 0)]
    lab.expect({'rx_drop_probe_identity': len(wrong)}, *[send(p) for p in wrong])
    before = path()['probes_answered']
    now = time.time()
    plain = reply(bytes(4) + stamp(0) + bytes(32), 0, now, now)
    base = auth_reply(OLD, probe[:112], 0, now, now)
    nonce = identity(probe)[4]
    lab.expect({'rx_drop_probe_key': 2, 'rx_drop_probe_identity': 6,
                'rx_drop_probe_unexpected': 2},
               send(auth_reply(NEW, probe[:112], 0, now, now), 862, sport),
               send(plain, 862, sport),
               send(base, 862, sport),
               send(base + probe[112:], 862, sport),
               send(base + tlv(1, bytes(20)), 862, sport),
               send(base + told(OLD, 0, far.nonce, nonce, flags=0x20)[:-1] +
                    b'!', 862, sport),
               send(base + told(NEW, 0, far.nonce, nonce), 862, sport),
               send(base + told(OLD, 1, far.nonce, nonce), 862, sport),
               send(base + told(OLD, 0, far.nonce, nonce ^ 1), 862, sport),
               send(base + told(OLD, 0, far.nonce, 0), 862, sport))
    equal(path()['probes_answered'], before, 'answered')
    equal(path()['probes_reflected'], 0, 'reflected')
    far.send(good, 50000, 862)
    next(far.answers(5 * SLOW))
    # a peer without a key does not know them
    ctl('e1', 'peer', 'set', 'p2', 'key', 'none')
    equal(keys(), 0, 'keys')
    far.drain()
    far.send(request(9), 50000, 862)
    equal(len(next(far.answers(5 * SLOW))[1]), 44, 'length of an answer')
    lab.alive()


def flip(data, at):
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1:]


def walk(tlvs):
    """(flags, type) of TLVs, up to one that is none"""
    while tlvs:
        n = 4 + struct.unpack('!H', tlvs[2:4])[0] if len(tlvs) >= 4 else 1 << 16
        yield tlvs[0], tlvs[1:2], n <= len(tlvs)
        tlvs = tlvs[n:]


def without_flags(tlvs):
    rest = bytearray(tlvs)
    at = 0
    while at < len(rest):
        rest[at] = 0
        at += 4 + struct.unpack('!H', tlvs[at + 2:at + 4])[0] \
            if len(rest) - at >= 4 else 4
    return bytes(rest)


def test_others():
    """Who has the key and is no edge: answered as RFC 8762 and 8972 say, no more."""
    lab, far = setup_key(*FAST)
    direct, padding = tlv(5, struct.pack('!III', 7, 8, 9)), tlv(1, b'padding')
    total = 0

    def ask(more, seq=9, ssid=0xabcd):
        nonlocal total
        time.sleep(0.01)        # 256 a second, 64 at once
        far.drain()
        packet = auth_request(OLD, seq, time.time() + CLOCK, ssid, more=more)
        far.send(packet, 50000, 862)
        _, data, _ = next(far.answers(5 * SLOW))
        total += 1
        equal(len(data), len(packet), 'length of an answer')
        equal(mac(OLD, data[:96]), data[96:112], 'HMAC of an answer')
        equal(data[:4], packet[:4], 'number, that of a stateless reflector')
        equal(data[26:28] + data[48:52] + data[64:74],
              packet[26:28] + packet[:4] + packet[16:26], 'what is repeated')
        return data[112:]

    def sign(tlvs, seq=9, key=OLD):
        return tlvs + tlv(8, mac(key, struct.pack('!I', seq) + tlvs))
    before, known = lab.counters(), path()
    # no TLVs, or such as need no HMAC (RFC 8972, section 4.8)
    equal(ask(b''), b'', 'nothing')
    for more in (padding, bytes(32)):
        equal(ask(more), bytes(1) + more[1:], 'padding')
    # others, behind an HMAC: those we know, those we do not, and padding after it
    for other in (tlv(2, b'where'), tlv(254, b'whatever'),
                  told(OLD, 9, 1, 0, magic=b'SDWM')[16:68],
                  told(OLD, 9, 1, 0, version=2)[16:68]):
        got = ask(sign(direct + other) + padding)
        n = 16 + len(other)
        equal(got[:8], bytes([0]) + direct[1:8], 'Direct Measurement')
        equal(struct.unpack('!II', got[8:16]),
              (known['rx_packets'], known['tx_packets']), 'counters')
        equal(got[16:n], other, 'what is not known')
        equal(got[n:n + 4], b'\0\x08\0\x10', 'HMAC TLV')
        equal(got[n + 4:n + 20], mac(OLD, struct.pack('!I', 9) + got[:n]), 'its HMAC')
        equal(got[n + 20:], bytes([0]) + padding[1:], 'padding')
    # a wrong length is the matter of that one alone
    got = ask(sign(tlv(5, b'short')))
    equal([f for f, _, _ in walk(got)], [0x40, 0], 'flags')
    # without an HMAC, a wrong one, one that is not the last: the I flag, and no more
    good = told(OLD, 9, far.nonce, 0)
    wrong = [direct, good[:68], good[:-1], good + direct, good + good[-20:],
             sign(direct, 8), sign(direct, 9, NEW), sign(direct) + tlv(2, b'x'),
             direct + good, tlv(8, mac(OLD, struct.pack('!I', 9))[:8])]
    wrong += [flip(good, at) for at in range(88) if at != 68]
    for more in wrong:
        got = ask(more)
        equal(without_flags(got), without_flags(more), 'TLVs')
        for flags, _, whole in walk(got):
            true(flags & 0x20 and (whole or flags & 0x40), 'I flag, M flag')
    equal(lab.changes(before), {'rx_probe_anonymous': total}, 'counted')
    p = path()
    equal((p['probes_answered'], p['probes_reflected']), (0, total), 'probes')
    true('heard_age' not in p, 'that the peer was heard')
    lab.alive()


def test_session():
    """Repeated ones, those of an earlier boot, and a peer that has booted."""
    lab, far = setup_key(*FAST)
    _, probe = far.auth_answer(1 * SLOW, OLD)
    here = identity(probe)[4]

    def count(seq, want, echo=here, **kw):
        far.drain()
        packet = far.ask(OLD, seq, echo, **kw)
        data, said = reflected(far)
        equal(said[3], want, f'whether {seq} counts')
        if not want:
            equal(data[:4], packet[:4], 'number of an answer that does not count')
        return packet
    first = count(100, 1)
    lab.expect({'rx_drop_probe_repeated': 2},
               lambda: far.send(first, 50000, 862),
               lambda: far.ask(OLD, 36, here))
    count(37, 1)
    count(99, 1)
    lab.expect({'rx_drop_probe_repeated': 2},
               lambda: far.ask(OLD, 37, here), lambda: far.ask(OLD, 99, here))
    before = lab.counters()
    count(101, 0, here ^ 1)
    count(101, 0, nonce=far.nonce + 1)
    count(101, 0, path=78)
    count(101, 0, 0)
    equal(lab.changes(before).get('rx_probe_stale', 0), 3, 'counted as stale')
    count(101, 1)
    # it boots: its numbers begin anew, and it asks without knowing us
    old, far.nonce = far.nonce, 0x99
    count(0, 0, 0)
    far.rseq = 0
    known = path()
    far.auth_answer(0.5 * SLOW, OLD)
    count(1, 1)
    count(102, 0, nonce=old)
    p = path()
    true(p['probes_answered'] > known['probes_answered'], 'answered')
    equal((p['probes_lost_tx'], p['probes_lost_rx']),
          (known['probes_lost_tx'], known['probes_lost_rx']), 'lost by booting')
    lab.alive()


def used(far, seconds=1):
    """The keys by which probes are made, in the order of their use."""
    seen = []
    far.drain()
    for _, probe in far.asked(seconds * SLOW):
        for key in (OLD, NEW):
            if mac(key, probe[:96]) == probe[96:112] and seen[-1:] != [key]:
                true(trailer_ok(key, probe), 'key of what follows')
                seen.append(key)
    return seen


def test_change():
    """A new key: both are valid; it is used when the peer has it, or it is said."""
    lab, far = setup_key(*FAST)
    _, probe = far.auth_answer(1 * SLOW, OLD)
    here = identity(probe)[4]
    seq = iter(range(1, 100))
    equal(used(far), [OLD], 'keys used at first')
    ctl('e1', 'peer', 'set', 'p2', 'key', keyfile(NEW))
    equal(keys(), 2, 'keys')
    _, probe = far.auth_answer(0.5 * SLOW, OLD)
    equal(identity(probe)[2], mac(NEW, MARK)[:4], 'the mark of the new one')
    equal(used(far), [OLD], 'keys used before the peer has the new one')
    for key, want in ((OLD, OLD), (NEW, NEW), (OLD, NEW)):
        far.drain()
        far.ask(key, next(seq), here)
        reflected(far, key)
        equal(used(far), [want], 'keys used')
    # what does not concern keys leaves them alone, as does the same one again
    ctl('e1', 'peer', 'set', 'p2', 'source-check', 'off')
    ctl('e1', 'peer', 'set', 'p2', 'key', keyfile(NEW))
    equal((keys(), used(far)), (2, [NEW]), 'keys')
    ctl('e1', 'peer', 'set', 'p2', 'key-retire')
    equal((keys(), used(far)), (1, [NEW]), 'keys')
    lab.expect({'rx_drop_probe_key': 1}, lambda: far.ask(OLD, 50, here))
    # the peer tells that it has it, by the former one
    ctl('e1', 'peer', 'set', 'p2', 'key', keyfile(OLD))
    equal(used(far), [NEW], 'keys used before it is told')
    far.drain()
    far.ask(NEW, next(seq), here, newest=OLD)
    reflected(far, NEW)
    equal(used(far), [OLD], 'keys used when it was told')
    # this end says it
    ctl('e1', 'peer', 'set', 'p2', 'key', keyfile(NEW))
    equal(used(far), [OLD], 'keys used before it is said')
    ctl('e1', 'peer', 'set', 'p2', 'key-retire')
    equal(used(far), [NEW], 'keys used when it was said')
    # a replace says all there is
    ctl('e1', 'peer', 'replace', 'p2', 'site', '2', 'overlay', '100.64.0.2')
    equal(keys(), 0, 'keys of a peer that was replaced')
    lab.alive()


def test_data():
    """Loss of data, from counters that the far end makes up."""
    lab, far = setup_key(*FAST[:-1], '100')
    _, probe = far.auth_answer(0.5 * SLOW, OLD, data=(1000, 2**32 - 20))
    begin = data_counts(probe)[0]
    for _ in range(30):
        lab.host.sendto(b'data', ('::ffff:10.2.0.2', 9))
        lab.outer4(good4())
    lab.outer4(geneve(udp_inner(), vni=99))     # came, whatever becomes of it
    time.sleep(0.3 * SLOW)
    far.drain()
    sport, probe = next(far.asked(5 * SLOW))
    equal(data_counts(probe)[0] - begin, 30, 'data sent')
    # 30 sent, 23 arrived; 41 sent, 31 of these arrived
    far.auth_reflect(OLD, sport, probe, 501, data=(1023, 21))
    time.sleep(0.3 * SLOW)
    p = path()
    equal((p['data_lost_tx'], p['data_lost_rx']), (7, 10), 'lost data')
    far.drain()
    far.ask(OLD, 600, identity(probe)[4])
    data, _ = reflected(far)
    equal(data_counts(data)[1:], (p['rx_packets'] + 1, p['tx_packets']),
          'what the reflector tells')
    lab.alive()


def test_flood():
    """A flood that shows nothing is not looked at; who knows us, and who has just
    booted, get through."""
    lab, far = setup_key()
    far.ask(OLD, 1, 0)
    here = reflected(far)[1][4]
    before = lab.counters()
    n, began, known = 3000, time.monotonic(), 0
    wrong = control(auth_request(NEW, 7, more=told(NEW, 7, 1, 2)), 50000, 862)
    for i in range(n):
        lab.outer4(wrong)
        if i % 100 == 0:
            far.ask(OLD, 2 + known, here)
            known += 1
    # made by the key, but in another session, the bucket being empty: the flood
    # goes on meanwhile
    old = auth_request(OLD, 9, more=told(OLD, 9, 1, 2))
    back, sent = [], 320
    for _ in range(sent):
        for _ in range(20):
            lab.outer4(wrong)
        n += 20
        far.send(old, 50000, 862)
        back += [identity(data) for _, data, _ in far.answers(0.001)]
    took = time.monotonic() - began
    back += [identity(data) for _, data, _ in far.answers(0.5)]
    got = lab.changes(before)
    looked, passed = got.get('rx_drop_probe_key', 0), got['rx_drop_probe_rate']
    log(f'{n} in {took:.2f} s: {looked} looked at, {passed} not; '
        f'{len(back)} answered, after {sent} that are unknown')
    unknown = [said for said in back if not said[3]]
    equal(len(back) - len(unknown), known, 'answers to who knows us')
    true(len(unknown) >= sent / 32 * 0.6, 'answers to who does not')
    equal(looked + passed + len(unknown), n + sent, 'counted or answered')
    true(64 <= looked <= 64 + n / 32 + 256 * (took + 0.5), 'looked at')
    # what has come is told by its number
    lab.expect({'rx_drop_probe_repeated': 1}, lambda: far.ask(OLD, 2, here))
    lab.alive()


def test_secret():
    """Nobody is told a key; what is no key is refused, and changes nothing."""
    lab, far = setup_key()
    with InNs('e1'):
        nl = Netlink()
    seen = subprocess.run(['sdwanctl', '-n', 'e1', '-d', '-j', 'peer', 'show'],
                          capture_output=True, text=True, check=True).stdout
    seen += run('sdwanctl', '-d', '-s', 'peer', 'show', ns='e1')
    true('key ' not in seen, 'a key is told')
    saved = run('sdwanctl', 'save', ns='e1')
    true('key /etc/sdwan/p2.key\n' in saved, 'its file is not named')
    for word in (OLD.hex(), OLD[:16].hex()):
        true(word not in seen + saved, 'a key is told')
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


run_tests(test_sender, test_reflector, test_answers, test_refused, test_others,
          test_session, test_change, test_data, test_flood,
          test_secret)
