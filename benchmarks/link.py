"""A long link to a server of this machine: the kernel's own (netem) where it has one, else a process that delays."""

import ctypes
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

from benchmarks.processes import free_port, running, wait_for_greeting
from benchmarks.report import print_note

ONE_WAY_MILLISECONDS = 20
FarAway = Callable[[int], AbstractContextManager[int]]
"""A port behind which the server on another port is a long way off."""
_CLONE_NEWNET = 0x40000000
_LONG_LOOPBACK = (
    "ip link set lo up",
    f"tc qdisc add dev lo root netem delay {ONE_WAY_MILLISECONDS}ms limit 100000",
)


@contextmanager
def long_link() -> Iterator[FarAway]:
    """How servers that are started within the block come to lie far away from what is started there."""
    with _network_of_our_own() as ours:
        if ours and all(_works(command) for command in _LONG_LOOPBACK):
            print_note("the long link is the kernel's (netem)")
            yield nullcontext
            return
    print_note("the long link is a delaying process, for this kernel or user has no netem")
    yield behind_a_process


@contextmanager
def _network_of_our_own() -> Iterator[bool]:
    """Be in a network namespace of our own, with all processes started meanwhile; False if that is not allowed."""
    libc = ctypes.CDLL(None)
    before = os.open("/proc/self/ns/net", os.O_RDONLY)
    try:
        moved = libc.unshare(_CLONE_NEWNET) == 0
        try:
            yield moved
        finally:
            if moved:
                libc.setns(before, _CLONE_NEWNET)
    finally:
        os.close(before)


def _works(command: str) -> bool:
    return subprocess.run(command.split(), capture_output=True, check=False).returncode == 0


@contextmanager
def behind_a_process(target: int) -> Iterator[int]:
    """A port behind which the server on port `target` is a long way off, and nothing else is."""
    port = free_port()
    command = [sys.executable, "-m", "benchmarks.delay", str(port), str(target), str(ONE_WAY_MILLISECONDS)]
    with running(command):
        wait_for_greeting(port)
        yield port
