"""The commands `newsletter items ...`."""

import json
from collections.abc import Sequence
from typing import TextIO

import click
from flask.cli import AppGroup

from newsletter_service.editorial.likeness.comparing import Reason, compare, shared
from newsletter_service.editorial.likeness.prints import Print, as_told
from newsletter_service.editorial.likeness.words import words_for

item_commands = AppGroup("items", help="Items of the queue, and how much they look alike.")
_MOST_WORDS = 6
_WHY = {
    Reason.SAME_LINK: "they link to the same page",
    Reason.SAME_WORDS: "they say the same in the same words",
    Reason.ANOTHER_DAY: "they are events on different days",
    Reason.ANOTHER_PLACE: "they are events in different places",
    Reason.ANOTHER_TIME: "their titles name different days or periods",
    Reason.ALIKE: "they say much of the same",
    Reason.UNLIKE: "they say too little of the same",
}


@item_commands.command("compare", with_appcontext=False)
@click.argument("file", type=click.File(encoding="utf-8"))
def compare_items(file: TextIO) -> None:
    """Say of each pair of items in FILE (- for standard input) whether they tell the same news.

    FILE holds JSON lines {"a": ITEM, "b": ITEM}; an ITEM has title, lead, body, link, starts (ISO 8601) and place, of
    which any may be left out. For each line there is one of {"alike", "score", "why"}; the score is between 0 and 1.
    """
    for number, line in enumerate(file, 1):
        if line.strip():
            click.echo(_answer(number, line))


def _answer(number: int, line: str) -> str:
    try:
        row = json.loads(line)
        a, b = as_told(1, row["a"]), as_told(2, row["b"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        message = f'line {number} is no {{"a": ITEM, "b": ITEM}}: {error!r}'
        raise click.ClickException(message) from error
    first, second = Print.of(a), Print.of(b)
    found, both = compare(first, second), shared(first, second)
    words = words_for(f"{a.title} {a.lead}", both)[:_MOST_WORDS]
    said = {"alike": found.alike, "score": round(found.score, 3), "why": _why(found.reason, words)}
    return json.dumps(said, ensure_ascii=False)


def _why(reason: Reason, words: Sequence[str]) -> str:
    return f"{_WHY[reason]}; both speak of {', '.join(words)}" if words else _WHY[reason]
