"""From a thousand readers to a million: releasing and sending an edition, in time, memory and disk."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import bindparam, text
from sqlalchemy.orm import Session

from benchmarks.compare import MANNER
from benchmarks.ledgers import (
    Manner,
    Sent,
    Store,
    application,
    newsletter,
    opened,
    postgresql_store,
    seconds_between,
    send,
    sqlite_store,
)
from benchmarks.letters import short_letter
from benchmarks.line import Line, fitted
from benchmarks.report import Row, middle, print_note
from benchmarks.servers import smtp_sink
from newsletter_service.db import UtcDateTime, unit_of_work
from newsletter_service.demo.load import load_demo
from newsletter_service.editions.composing.service import compose_edition
from newsletter_service.editions.service import edition_numbered
from newsletter_service.services import services

SIZES = {1_000: 5, 10_000: 5, 100_000: 3, 1_000_000: 1}
"""Numbers of readers, and how often each is measured: what takes long varies less."""
_FEWEST_FOR_A_LINE = 3
_SendAll = Callable[[str, int], Sent]
"""Sends all of so many letters of the database with that URL."""

_NOW = bindparam("now", type_=UtcDateTime())
_READERS = text(
    """
    WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < :readers)
    INSERT INTO subscriber (address, address_hmac, domain, name, language, status, link_key, asked_at, confirmed_at)
    SELECT 'lezer' || n || '@gemeente' || (n % 90) || '.example',
           substr(:zeros, 1, 64 - length(n || '')) || n, 'gemeente' || (n % 90) || '.example',
           'Noëlle van ''t Hof ' || n, CASE WHEN n % 10 = 0 THEN 'en' ELSE 'nl' END, 'active',
           substr('000000000000', 1, 12 - length(n || '')) || n, :now, :now
    FROM numbers
    """
).bindparams(_NOW)
_CHOICES = (
    """
    INSERT INTO membership (subscriber_id, segment_id, claimed_at, state)
    SELECT subscriber.id, segment.id, subscriber.asked_at, 'waiting'
    FROM subscriber JOIN segment ON segment.position = subscriber.id % 6
    WHERE subscriber.address LIKE 'lezer%@gemeente%'
    """,
    """
    INSERT INTO subscriber_topic (subscriber_id, topic_id)
    SELECT subscriber.id, topic.id FROM subscriber JOIN topic ON topic.position = subscriber.id % 20
    WHERE subscriber.address LIKE 'lezer%@gemeente%'
    """,
)


def growth(sizes: Mapping[int, int], manner: Manner = MANNER) -> Iterator[Row]:
    """Releasing and sending to ever more readers on both databases; `sizes` as SIZES."""
    with smtp_sink() as port:
        for opening, mark in ((sqlite_store(), ""), (postgresql_store(), "-postgresql")):
            with opening as store:
                yield from _on(store, mark, sizes, lambda url, letters: send(url, port, letters, manner))


def releasing(readers: int) -> Iterator[Row]:
    """Releasing an edition to so many readers on both databases."""
    for opening, mark in ((sqlite_store(), ""), (postgresql_store(), "-postgresql")):
        with opening as store:
            compose(store)
            with store.copy() as url:
                yield _release(store, url, readers, f"release-{readers}{mark}", noted=True).row


def _on(store: Store, mark: str, sizes: Mapping[int, int], send_all: _SendAll) -> Iterator[Row]:
    compose(store)
    lines: dict[str, list[tuple[float, float]]] = {"releasing": [], "sending": []}
    for size, times in sizes.items():
        pairs = [
            _release_and_send(store, size, mark, send_all, last=size == max(sizes)) for _ in range(times)
        ]
        for line, rounds in zip(lines.values(), zip(*pairs, strict=True), strict=True):
            row = middle([took.row for took in rounds])
            line.append((rounds[0].letters, rounds[0].letters / row.letters_per_second))
            yield row
    for what, line in lines.items():
        if len(line) >= _FEWEST_FOR_A_LINE:
            _note_line(f"{what}{mark}", fitted(line))


def _note_line(what: str, line: Line) -> None:
    print_note(
        f"{what}: {line.start:.2f} s and {1e6 * line.each:.1f} µs for each letter, "
        f"at any size within {100 * line.departure:.0f} % of that"
    )


def compose(store: Store) -> None:
    """Put the invented region into the template, with an edition of its items that is ready to be released."""
    now = datetime.now(UTC)
    with application(store.template), unit_of_work() as session:
        load_demo(session, now, suppression_key=services().suppression_key, demo=True)
        compose_edition(session, services(), edition_numbered(session, 1), None, now)


@dataclass(frozen=True)
class _Took:
    """What one measurement came to, and over how many letters."""

    letters: int
    row: Row


def _release_and_send(
    store: Store, readers: int, mark: str, send_all: _SendAll, *, last: bool
) -> tuple[_Took, _Took]:
    with store.copy() as url:
        released = _release(store, url, readers, f"release-{readers}{mark}", noted=last)
        _shorten_letters(url)
        name, sent = f"send-{readers}{mark}", send_all(url, released.letters)
        if last:
            _note_pace(url, name, sent)
        row = Row(name, None, sent.letters_per_second, sent.cpu_us_per_letter, sent.peak_mb)
    return released, _Took(sent.letters, row)


def _release(store: Store, url: str, readers: int, name: str, *, noted: bool) -> _Took:
    add_readers(url, readers)
    before = store.bytes_used(url)
    used = newsletter(url, "editions", "release", "1")
    rows = _deliveries(url)
    if noted:
        taken = (store.bytes_used(url) - before) / rows
        print_note(f"{name}: {used.seconds:.1f} s, {taken:.0f} bytes of {store.name} for each delivery")
    return _Took(rows, Row(name, None, rows / used.seconds, 1e6 * used.cpu_seconds / rows, used.peak_mb))


def add_readers(url: str, readers: int) -> None:
    """Bring in invented readers, until there are so many."""
    with opened(url) as engine, Session(engine) as session:
        have = session.execute(text("SELECT count(*) FROM subscriber")).scalar_one()
        session.execute(_READERS, {"readers": readers - have, "zeros": "0" * 64, "now": datetime.now(UTC)})
        for choice in _CHOICES:
            session.execute(text(choice))
        session.commit()


def _deliveries(url: str) -> int:
    with opened(url) as engine, engine.connect() as connection:
        query = text("SELECT count(*) FROM delivery WHERE mailing_id IS NOT NULL")
        return int(connection.execute(query).scalar_one())


def _shorten_letters(url: str) -> None:
    """Make the letters short, so that the ledger is measured and not the wire."""
    with opened(url) as engine, engine.begin() as connection:
        connection.execute(
            text("UPDATE letter SET skeleton = :skeleton WHERE mailing_id IS NOT NULL"),
            {"skeleton": short_letter().skeleton},
        )


def _note_pace(url: str, name: str, sent: Sent) -> None:
    """Say how fast the first and the last tenth of the letters went."""
    tenth, end = sent.letters // 10, sent.letters - 1
    first, last = seconds_between(url, 0, tenth), seconds_between(url, end - tenth, end)
    if first and last:  # else they are so few that one commit settled them all
        print_note(f"{name}: first tenth {tenth / first:,.0f}/s, last tenth {tenth / last:,.0f}/s")
