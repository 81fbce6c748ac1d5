"""Runs a command and says what it cost; waits until the kernel has let go of what was removed."""

import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import time

BUILD = pathlib.Path(os.environ.get('TOPOC_BUILD', pathlib.Path(__file__).parent / '../../.build')).resolve()
LAUNCHER = str(BUILD / 'bench-cost')
NAMESPACES = '/proc/sys/user/max_net_namespaces'


class Cost:
    """Of one run: seconds of wall and processor time (user and system), peak memory in KiB."""

    def __init__(self, wall, user, system, memory):
        self.wall, self.user, self.system, self.memory = wall, user, system, memory
        self.processor = user + system


class Failed(Exception):
    pass


def run(command, directory, limit=None):
    """One run's Cost, its children's included; Failed with what it said, or None when over the limit."""
    cost = directory / 'cost'
    process = subprocess.Popen([LAUNCHER, str(cost), *command], cwd=directory, stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True)
    try:
        _, said = process.communicate(timeout=limit)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        return None
    if process.returncode:
        raise Failed(f"{' '.join(command)}: {said.decode(errors='replace')[-2000:]}")
    return Cost(*(float(word) for word in cost.read_text().split()))


class Ceiling:
    """
    How many network namespaces the kernel holds for this user namespace cannot be read, but tried: with a
    limit of one more than at first, a new one is refused for as long as old ones are not yet gone.
    """

    def __init__(self):
        with open(NAMESPACES) as file:
            self.usual = file.read()
        self.least = 0
        while not self.allows(self.least + 1):
            self.least += 1

    def allows(self, limit):
        self.write(str(limit))
        good = not subprocess.run(['unshare', '-n', 'true'], stderr=subprocess.DEVNULL).returncode
        self.write(self.usual)
        return good

    @staticmethod
    def write(text):
        with open(NAMESPACES, 'w') as file:
            file.write(text)

    def wait(self, seconds=120):
        """
        Until all that were made since are gone; how long that took. Then as long again and more, in which the
        kernel tidies up what is not for the next one to pay.
        """
        start = time.perf_counter()
        while not self.allows(self.least + 1):
            if time.perf_counter() - start > seconds:
                raise Failed('namespaces that were removed are still there')
            time.sleep(0.002)
        gone = time.perf_counter() - start
        time.sleep(2 * gone)
        return gone


def count_calls(command, directory):
    """System calls and netlink messages of a run, or None without strace(1)."""
    if not shutil.which('strace'):
        return None
    with tempfile.NamedTemporaryFile('r', errors='replace') as trace:
        run(['strace', '-f', '-qq', '-v', '-s', '0', '-o', trace.name, *command], directory)
        calls = messages = 0
        for line in trace:
            if re.match(r'\d+ +\w+\(', line):
                calls += 1
                if ' send' in line:
                    messages += line.count('nlmsg_len=')
        return calls, messages
