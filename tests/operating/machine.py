"""A bare Debian to follow the document on: a root of debootstrap's, with a network of its own."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.operating.document import Block

ROOT = Path(__file__).parents[2]
_STAND_IN = Path(__file__).with_name("systemctl.sh")
_MOUNTS = (("proc", "proc", "proc"), ("tmpfs", "tmpfs", "dev/shm"), ("tmpfs", "tmpfs", "run"))
_PATIENCE_SECONDS = 300.0
_DEVICES = ("null", "zero", "full", "random", "urandom", "tty")


class Failed(Exception):
    """Something that the document says did not go as it says."""


@dataclass(frozen=True)
class Machine:
    """The root, and the name of its network."""

    root: Path
    network: str

    def follow(self, block: Block) -> None:
        """Do what a block says; Failed where one of its commands does."""
        if block.file:
            path = self.root / block.file.lstrip("/")
            path.write_text(block.text, "utf-8")
        else:
            self.run(block.text, outside=block.asks_others)

    def run(self, script: str, *, outside: bool = False) -> str:
        """What a shell in it says; `outside` with the network of the machine around it."""
        within = () if outside else ("ip", "netns", "exec", self.network)
        passed = {name: value for name, value in os.environ.items() if name.lower().endswith("_proxy")}
        told = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root"}
        command = [*within, "chroot", str(self.root), "sh", "-euc", script]
        # Into a file: what is started there keeps a pipe open for as long as it lives.
        with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as said:
            ended = subprocess.run(
                command,
                env=told | passed | {"LC_ALL": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive"},
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                check=False,
            ).returncode
            said.seek(0)
            words = said.read()
        if ended:
            raise Failed(f"{script}\n{words[-6000:]}")
        return words


def made_bare(home: Path, suite: str = "bookworm") -> Path:
    """The root of a fresh Debian, or the one in BARE_ROOT."""
    made = os.environ.get("BARE_ROOT")
    if made is None:
        _call("debootstrap", "--variant=minbase", suite, str(home / "bare"))
    return Path(made) if made else home / "bare"


@contextmanager
def bare_machine(home: Path, bare: Path) -> Iterator[Machine]:
    """A copy of a bare one, gone at the end with all that runs in it."""
    root, network = home / "root", f"newsletter-{os.getpid()}"
    with ExitStack() as undo:
        undo.callback(shutil.rmtree, root, ignore_errors=True)
        _call("cp", "-a", str(bare), str(root))
        for kind, what, where in _MOUNTS:
            (root / where).mkdir(parents=True, exist_ok=True)
            _call("mount", "-t", kind, what, str(root / where))
            undo.callback(_call, "umount", "--lazy", str(root / where))
        for name in _DEVICES:
            (root / "dev" / name).touch()
            _call("mount", "--bind", f"/dev/{name}", str(root / "dev" / name))
            undo.callback(_call, "umount", "--lazy", str(root / "dev" / name))
        _call("ip", "netns", "add", network)
        undo.callback(_call, "ip", "netns", "delete", network)
        _call("ip", "-n", network, "link", "set", "lo", "up")
        undo.callback(_end_all_in, root)
        _furnish(root)
        yield Machine(root, network)


def _furnish(root: Path) -> None:
    """What the machine around it knows of names and certificates; no service starts by being installed."""
    shutil.copy("/etc/resolv.conf", root / "etc/resolv.conf")
    (root / "etc/hosts").write_text("127.0.0.1 localhost mail.nieuwsbrief.example nieuwsbrief.example\n")
    policy = root / "usr/sbin/policy-rc.d"
    policy.write_text("#!/bin/sh\nexit 101\n")
    stand_in = root / "usr/local/sbin/systemctl"
    shutil.copy(_STAND_IN, stand_in)
    for program in (policy, stand_in):
        program.chmod(0o755)


def trust(machine: Machine) -> None:
    """Let it trust whom the machine around it trusts, once its own certificates are installed."""
    shutil.copy("/etc/ssl/certs/ca-certificates.crt", machine.root / "etc/ssl/certs/ca-certificates.crt")
    (machine.root / "etc/pip.conf").write_text("[global]\ncert = /etc/ssl/certs/ca-certificates.crt\n")


def bring(machine: Machine, version: Path) -> None:
    """Put there what the document expects in /root/newsletter, of the version that lies in this folder."""
    folder = machine.root / "root/newsletter"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (wheel,) = (version / "dist").glob("*.whl")
    shutil.copy(wheel, folder)
    shutil.copy(version / "requirements.lock", folder)
    shutil.copytree(ROOT / "deploy", folder / "deploy")


def until(look: Callable[[], object]) -> None:
    """Wait until something is so; Failed if it never is."""
    latest = time.monotonic() + _PATIENCE_SECONDS
    while not look():
        if time.monotonic() > latest:
            raise Failed("what should have come did not come")
        time.sleep(0.5)


def _end_all_in(root: Path) -> None:
    """End what still runs in the root, by its number."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            inside = (process / "root").readlink() == root.resolve()
        except OSError:
            continue
        if inside:
            subprocess.run(["kill", "-KILL", process.name], check=False)


def _call(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Failed(f"{' '.join(command)}: {done.stdout[-1000:]}{done.stderr[-1000:]}")
