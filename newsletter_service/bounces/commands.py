"""The commands `newsletter bounces ...`."""

import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import click
from flask.cli import AppGroup

from newsletter_service.bounces.files import Message, messages_in, messages_of
from newsletter_service.bounces.reading import Reading, read
from newsletter_service.bounces.rules import Effect, Verdict
from newsletter_service.bounces.service import take_in
from newsletter_service.bounces.summary import summary
from newsletter_service.db import unit_of_work
from newsletter_service.services import services

bounce_commands = AppGroup("bounces", help="What comes back of letters that were sent.")


@bounce_commands.command("read")
@click.argument("path", type=click.Path(exists=True, allow_dash=True, path_type=Path))
@click.option("--explain", is_flag=True, help="Say what each message means, as JSON; change nothing.")
def read_path(path: Path, explain: bool) -> None:
    """Read the bounces, complaints and requests in PATH: a Maildir, an mbox, a file, or - for standard input."""
    messages = _messages(path)
    if explain:
        for message in messages:
            click.echo(_explained(message.file, read(message.raw)))
    else:
        click.echo(_taken_in(read(message.raw) for message in messages))


def _messages(path: Path) -> Iterator[Message]:
    if str(path) == "-":
        yield from (Message("-", raw) for raw in messages_of(sys.stdin.buffer))
    else:
        yield from messages_in(path)


def _explained(file: str, reading: Reading) -> str:
    """One message as one line of JSON; a request to unsubscribe is an ordinary mail to whoever asks of bounces."""
    verdict = Verdict.NONE if reading.verdict is Verdict.UNSUBSCRIBE else reading.verdict
    return json.dumps(
        {
            "file": file,
            "verdict": verdict,
            "status": reading.status,
            "recipient": reading.recipient,
            "reason": reading.reason,
        },
        ensure_ascii=False,
    )


def _taken_in(readings: Iterable[Reading]) -> str:
    """Take each message in by a transaction of its own, and say what they came to."""
    now, wired = services().clock(), services()
    verdicts: Counter[Verdict] = Counter()
    effects: Counter[Effect] = Counter()
    for reading in readings:
        with unit_of_work() as session:
            effects[take_in(session, wired, reading, now)] += 1
        verdicts[reading.verdict] += 1
    return summary(verdicts, effects)
