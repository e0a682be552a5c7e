"""Machines that are none: network namespaces on one bridge, each with a wire of its own that can be cut.

Servers live in a namespace too, so that no address or route of this machine is touched. A file system is
shared by all of them.
"""

import os
import secrets
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.required import missing

DATABASE_ADDRESS = "10.77.0.1"
MAIL_ADDRESS = "10.77.0.2"
_BRIDGE = "bridge"


@dataclass(frozen=True)
class Machine:
    """A network namespace; commands that begin with `within` run in it."""

    namespace: str

    @property
    def within(self) -> tuple[str, ...]:
        """What to put before a command; it keeps the process id."""
        return ("ip", "netns", "exec", self.namespace)

    def lose(self, address: str) -> None:
        """From now on whatever goes to an address is lost on the way, silently."""
        _ip("-n", self.namespace, "route", "add", "blackhole", f"{address}/32")

    def find(self, address: str) -> None:
        """Mend that."""
        _ip("-n", self.namespace, "route", "del", "blackhole", f"{address}/32")


@contextmanager
def machines(count: int) -> Iterator[tuple[Machine, list[Machine]]]:
    """A machine with both servers' addresses, and `count` others that reach it; gone at the end.

    Where namespaces cannot be made the test is skipped; in CI, which runs as root, it fails.
    """
    ours = f"newsletter-{secrets.token_hex(3)}"
    hub, *hosts = [Machine(f"{ours}-{number}") for number in range(count + 1)]
    made: list[Machine] = []
    try:
        for machine in (hub, *hosts):
            _make(machine)
            made.append(machine)
        _wire(hub, hosts)
        yield hub, hosts
    finally:
        for machine in made:
            _ip("netns", "del", machine.namespace)


def _make(machine: Machine) -> None:
    if os.geteuid() != 0:
        missing("only root makes network namespaces")
    try:
        _ip("netns", "add", machine.namespace)
    except (OSError, subprocess.CalledProcessError) as error:
        missing(f"no network namespaces here (Debian's package iproute2): {error}")
    _ip("-n", machine.namespace, "link", "set", "lo", "up")


def _wire(hub: Machine, hosts: list[Machine]) -> None:
    _ip("-n", hub.namespace, "link", "add", _BRIDGE, "type", "bridge")
    for address in (DATABASE_ADDRESS, MAIL_ADDRESS):
        _ip("-n", hub.namespace, "address", "add", f"{address}/24", "dev", _BRIDGE)
    _ip("-n", hub.namespace, "link", "set", _BRIDGE, "up")
    for number, host in enumerate(hosts, 1):
        port = f"port{number}"
        ends = ("wire", "netns", host.namespace, "type", "veth", "peer", "name", port, "netns", hub.namespace)
        _ip("link", "add", *ends)
        _ip("-n", hub.namespace, "link", "set", port, "master", _BRIDGE, "up")
        _ip("-n", host.namespace, "address", "add", f"10.77.0.{10 + number}/24", "dev", "wire")
        _ip("-n", host.namespace, "link", "set", "wire", "up")


def _ip(*arguments: str) -> None:
    subprocess.run(("ip", *arguments), check=True, capture_output=True)
