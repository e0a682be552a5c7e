"""Processes that do not outlive the benchmark, and what they used."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

_USAGE = str(Path(__file__).with_name("usage.py"))
_PATIENCE_SECONDS = 10.0


class Failed(Exception):
    """A command that the benchmark needs did not do what it should; the message holds what it said."""


@dataclass(frozen=True)
class Usage:
    """What a command took: seconds from start to end, processor seconds, megabytes at its peak, and what it said.

    `silent_seconds` passed before its first line.
    """

    seconds: float
    silent_seconds: float
    cpu_seconds: float
    peak_mb: float
    output: str


@contextmanager
def running(
    command: Sequence[str],
    env: Mapping[str, str] | None = None,
    stdout: int | None = None,
    stderr: int | None = None,
) -> Iterator[subprocess.Popen[str]]:
    """A process, and all that it starts, for as long as the block lasts; Ctrl-C reaches it only through us."""
    process = subprocess.Popen(
        command, env=env, stdout=stdout, stderr=stderr, text=True, start_new_session=True
    )
    try:
        yield process
    finally:
        _end(process)


def _end(process: subprocess.Popen[str]) -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with suppress(subprocess.TimeoutExpired):
            process.wait(_PATIENCE_SECONDS)
            return


def measured(command: Sequence[str], env: Mapping[str, str] | None = None) -> Usage:
    """Run a command to its end; Failed if that is not a good one."""
    launcher = [sys.executable, "-I", "-S", _USAGE, *command]
    with running(launcher, env, stdout=subprocess.PIPE) as process:
        told, _ = process.communicate()
    if not told:
        raise Failed(f"{command[0]} was ended")
    figures = json.loads(told)
    if figures.pop("status"):
        raise Failed(f"{' '.join(command)}: {figures['output']}")
    return Usage(**figures)


def free_port() -> int:
    """A port on 127.0.0.1 that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for_greeting(port: int) -> None:
    """Wait until an SMTP server greets on `port`; Failed if it does not in time."""
    latest = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < latest:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1) as client:
            if client.recv(3) == b"220":
                client.sendall(b"QUIT\r\n")
                client.recv(100)
                return
        time.sleep(0.1)
    raise Failed(f"no SMTP server came up on port {port}")
