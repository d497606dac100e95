#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Compare what tshark finds in probes and answers with RFC 8762.

usage: probefields.py CAPTURE ADDRESS    captured at the edge of that address

The dissector is that of TWAMP-Test (RFC 5357), whose unauthenticated packets
STAMP shares.
"""
import datetime
import subprocess
import sys

FIELDS = ['frame.time_epoch', 'ip.src', 'ip.dst', 'ip.ttl', 'udp.srcport',
          'udp.dstport', 'udp.length', 'geneve.vni', 'geneve.flags',
          'twamp.test.seq_number', 'twamp.test.timestamp',
          'twamp.test.error_estimate', 'twamp.test.receive_timestamp',
          'twamp.test.sender_seq_number', 'twamp.test.sender_timestamp',
          'twamp.test.sender_error_estimate', 'twamp.test.sender_ttl']


def fail(text):
    print('# ' + text)
    sys.exit(1)


def expect(got, want, what):
    if got != want:
        fail(f'{what} is {got}, not {want}')


def seconds(text):
    """A point in time as tshark prints it."""
    text = text.replace(' UTC', '').strip()
    date, _, frac = text.rpartition('.')
    when = datetime.datetime.strptime(date, '%b %d, %Y %H:%M:%S')
    return when.replace(tzinfo=datetime.timezone.utc).timestamp() + \
        float('0.' + frac)


def packets(capture):
    cmd = ['tshark', '-n', '-r', capture, '-d', 'udp.port==862,twamp.test',
           '-Y', 'twamp.test', '-T', 'fields', '-E', 'separator=|']
    for field in FIELDS:
        cmd += ['-e', field]
    out = subprocess.run(cmd, capture_output=True, text=True, timeout=60,
                         check=True, env={'TZ': 'UTC', 'HOME': '/tmp',
                                          'PATH': '/usr/bin:/bin'}).stdout
    for line in out.splitlines():
        yield dict(zip(FIELDS, line.split('|')))


def check_frame(p):
    src, inner = p['ip.src'].split(',')
    expect(inner, '127.0.0.1', 'inner source')
    expect(p['ip.dst'].split(',')[1], '127.0.0.1', 'inner destination')
    expect(p['ip.ttl'].split(',')[1], '255', 'inner TTL')
    expect(p['udp.length'].split(',')[1], '52', 'inner length')
    expect(int(p['geneve.vni'], 0), 0, 'VNI')
    expect(int(p['geneve.flags'], 0) & 0x80, 0x80, 'O bit')
    return src


def near(stamp, when, limit, what):
    if abs(stamp - when) > limit:
        fail(f'{what}: {stamp} at {when}')


def main():
    capture, local = sys.argv[1:3]
    asked, answered, times = {}, 0, []
    for p in packets(capture):
        src = check_frame(p)
        sport, dport = (int(p['udp.' + k].split(',')[1])
                        for k in ('srcport', 'dstport'))
        now = float(p['frame.time_epoch'])
        seq = int(p['twamp.test.seq_number'])
        expect(int(p['twamp.test.error_estimate'], 0), 0x2001,
               'error estimate')
        stamp = seconds(p['twamp.test.timestamp'])
        if dport == 862:
            if sport < 49152:
                fail(f'source port {sport}')
            key = src, seq
            if key in asked:
                fail(f'number {seq} twice')
            if asked and src == local and (src, seq - 1) not in asked and \
                    any(k[0] == src for k in asked):
                fail(f'number {seq} without the one before')
            asked[key] = now, p['twamp.test.timestamp'], sport
            if src == local:
                near(stamp, now, 0.1, 'timestamp of a probe')
            continue
        expect(sport, 862, 'port of an answer')
        if src == local:
            near(stamp, now, 0.1, 'timestamp of an answer')
            continue
        key = local, int(p['twamp.test.sender_seq_number'])
        if key not in asked:
            continue    # asked before the capture
        when, text, port = asked[key]
        expect(dport, port, 'port of the sender')
        expect(p['twamp.test.sender_timestamp'], text, "sender's timestamp")
        expect(int(p['twamp.test.sender_error_estimate'], 0), 0x2001,
               "sender's error estimate")
        expect(int(p['twamp.test.sender_ttl']), 255, "sender's TTL")
        received = seconds(p['twamp.test.receive_timestamp'])
        if not when <= received + 0.01 or not received <= stamp <= now + 0.01:
            fail(f'sent {when}, received {received}, answered {stamp}, '
                 f'here {now}')
        times.append(now - when - (stamp - received))
        answered += 1
    print(f'# {len(asked)} probes, {answered} answers, round trip '
          f'{min(times, default=0) * 1e3:.2f} ms at least')
    if answered < 20:
        fail('too few')
    near(min(times), 0.010, 0.002, 'shortest round trip')


main()
