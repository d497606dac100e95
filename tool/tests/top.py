#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""sdwanctl top on a terminal: keys, another size, and how it ends

usage: top.py SDWANCTL
"""
import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios
import time

SDWANCTL = sys.argv[1]
PATIENCE = 10


class Terminal:
    """A program on a terminal of so many lines"""

    def __init__(self, lines, *words):
        self.seen = b''
        self.pid, self.fd = pty.fork()
        if not self.pid:
            os.environ['TERM'] = 'xterm'
            self.resize_fd(0, lines)
            os.execv(SDWANCTL, [SDWANCTL, *words])

    @staticmethod
    def resize_fd(fd, lines):
        fcntl.ioctl(fd, termios.TIOCSWINSZ,
                    struct.pack('HHHH', lines, 120, 0, 0))

    def resize(self, lines):
        self.resize_fd(self.fd, lines)

    def read(self, seconds):
        """Whether something came, or it ended"""
        if not select.select([self.fd], [], [], seconds)[0]:
            return False
        try:
            got = os.read(self.fd, 65536)
        except OSError:
            got = b''
        self.seen += got
        return bool(got)

    def want(self, text, what):
        end = time.monotonic() + PATIENCE
        while text not in self.seen and time.monotonic() < end:
            self.read(0.1)
        if text not in self.seen:
            sys.exit(f'{what}: no {text!r} in {self.seen!r}')
        self.seen = b''

    def type(self, keys):
        os.write(self.fd, keys)

    def end(self, what):
        end = time.monotonic() + PATIENCE
        while self.read(0.1) or time.monotonic() < end:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                break
        else:
            os.kill(self.pid, signal.SIGKILL)
            sys.exit(f'{what}: it goes on')
        if os.waitstatus_to_exitcode(status):
            sys.exit(f'{what}: status {status:#x}, {self.seen!r}')
        # the screen is what it was before
        while self.read(0.1):
            pass


def main():
    t = Terminal(30, 'top', 'interval', '100ms')
    t.want(b'berlin:fibre', 'the paths')
    t.type(b'ss')
    t.want(b'RTT*', 'sorted by another column')
    t.type(b'r')
    t.want(b'^', 'the other way round')
    t.resize(4)
    t.want(b'3 paths', 'a small terminal')
    t.type(b'\033OB')
    t.want(b'berlin', 'scrolled')
    t.type(b'q')
    t.end('q')

    t = Terminal(30, 'top')
    t.want(b'rome:fibre', 'the paths')
    os.kill(t.pid, signal.SIGTERM)
    t.end('SIGTERM')

    t = Terminal(30, 'top', 'count', '2', 'interval', '100ms')
    t.end('so many rounds')
    print('ok')


main()
