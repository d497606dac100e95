# SPDX-License-Identifier: GPL-2.0
"""Commands in namespaces, and packets by way of the module sdwan_bench."""
import ctypes
import json
import os
import subprocess
import sys

CLONE_NEWNET = 0x40000000
RUN = '/sys/kernel/debug/sdwan_bench/run'
libc = ctypes.CDLL(None, use_errno=True)


class Refused(Exception):
    """A command did not succeed"""


class Lost(Exception):
    """Packets did not arrive"""


class Namespace:
    """with Namespace(name): this process is in it"""

    home = None

    def __init__(self, name):
        self.name = name

    def __enter__(self):
        if Namespace.home is None:
            Namespace.home = os.open('/proc/self/ns/net', os.O_RDONLY)
        fd = os.open(f'/run/netns/{self.name}', os.O_RDONLY)
        enter(fd)
        os.close(fd)

    def __exit__(self, *exc):
        enter(Namespace.home)


def enter(fd):
    if libc.setns(fd, CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), 'setns')


def call(words, text=None):
    done = subprocess.run(words, input=text, capture_output=True, text=True)
    if done.returncode:
        raise Refused(f'{" ".join(words)}: status {done.returncode}: ' +
                      (done.stderr or done.stdout).strip())
    return done.stdout


def pieces(lines, size=10000):
    """As text.  User Mode Linux maps each page of a process by itself, and the
    host limits how many"""
    for i in range(0, len(lines), size):
        yield '\n'.join(lines[i:i + size]) + '\n'


# Tools that read all of what they are to do at once
SCRIPTS = {
    'nft': ['nft', '-f', '-'],
    'tc': ['tc', '-batch', '-'],
    'iptables-restore': ['iptables-restore'],
    'iptables-legacy-restore': ['iptables-legacy-restore'],
}


def batch(netns, tool, lines):
    """Starting a process is slow in an emulated guest: many lines at once"""
    if tool == 'ip':
        for text in pieces(lines):
            call(['ip', '-n', netns, '-batch', '-'], text)
    elif tool == 'sysctl':
        for line in lines:
            name, value = line.split()[1].split('=')
            with open('/proc/sys/' + name.replace('.', '/'), 'w') as f:
                f.write(value)
    elif tool == 'sdwanctl':
        for text in pieces(lines):
            call(['sdwanctl', '-batch', '-'], text)
    elif tool in SCRIPTS:
        call(SCRIPTS[tool], '\n'.join(lines) + '\n')
    else:
        for line in lines:
            call([tool] + line.split())


def execute(commands):
    """Run them in their order, those that belong together in one go"""
    groups = []
    for c in commands:
        key = (c.netns, c.tool)
        if not groups or groups[-1][0] != key:
            groups.append((key, []))
        groups[-1][1].append(c.args)
    for (netns, tool), lines in groups:
        with Namespace(netns):
            batch(netns, tool, lines)


def packets(netns, **request):
    """A request to the module, in a namespace: see kmod/sdwan_bench.c"""
    text = ' '.join(f'{k}={v}' for k, v in request.items())
    with Namespace(netns):
        try:
            fd = os.open(RUN, os.O_WRONLY)
            try:
                os.write(fd, text.encode())
            finally:
                os.close(fd)
        except OSError as e:
            with open(RUN) as f:
                said = f.read().strip()
            raise Lost(f'{netns}: {text}: {e.strerror} {said}') from e
        with open(RUN) as f:
            return json.loads(f.read())


def say(kind, **what):
    """One line of the result"""
    print(json.dumps({'kind': kind, **what}), flush=True)


def note(text):
    print(text, file=sys.stderr, flush=True)
