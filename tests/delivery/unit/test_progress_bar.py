"""The bar of `newsletter send`, drawn in a terminal of 80 columns."""

import fcntl
import os
import re
import struct
import subprocess
import sys
import termios

import click

DRAWING = """
from collections import Counter
from newsletter_service.delivery.rules import Verdict
from newsletter_service.delivery.cli.progress_bar import progress
with progress() as told:
    told.open = 12_345
    told.ended(Counter({Verdict.SENT: 2800, Verdict.FAIL: 20, Verdict.DEFER: 7}), "the SMTP server")
"""


def drawn(columns: int) -> str:
    """What the terminal was sent."""
    here, there = os.openpty()
    fcntl.ioctl(there, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    named = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}
    try:
        subprocess.run([sys.executable, "-c", DRAWING], stdin=there, stdout=there, env=named, check=True)
        return os.read(here, 65_536).decode()
    finally:
        os.close(here)
        os.close(there)


def test_the_bar_leaves_room_for_the_words_so_that_it_is_drawn_over_and_does_not_pile_up() -> None:
    lines = [click.unstyle(line) for line in re.split(r"[\r\n]+", drawn(80))]
    assert any("sent 2,800, deferred 7, failed 20, waiting: the SMTP server" in line for line in lines), lines
    assert max(len(line.rstrip()) for line in lines) <= 80
