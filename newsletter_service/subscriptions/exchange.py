"""Readers in and out as CSV: a table that was kept elsewhere, and one to take along."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.audience.models import Segment, Topic
from newsletter_service.delivery.service import is_suppressed
from newsletter_service.subscriptions.addresses import Address, BadAddress, parse_address
from newsletter_service.subscriptions.models import Consent, Membership, Subscriber
from newsletter_service.subscriptions.rules import BadName, Source, Status, Step, clean_name

COLUMNS = ("address", "name", "language", "segments", "topics")
EXPORT_COLUMNS = (*COLUMNS, "status", "confirmed_at")
LANGUAGES = ("nl", "en")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Row:
    """One reader of a table, every value checked; `line` is where it stands."""

    line: int
    address: Address
    name: str
    language: str
    segments: frozenset[str]
    topics: frozenset[str]


@dataclass(frozen=True)
class Imported:
    """How many readers came in, and how many were passed over because they are known or want no mail."""

    added: int
    known: int
    suppressed: int


class BadTable(ValueError):
    """The table cannot be taken in; `problems` holds one line each, and nothing was changed."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def read_table(session: Session, lines: Iterable[str]) -> list[Row]:
    """The rows of a CSV with a header line; segments and topics are slugs with semicolons between. Or BadTable."""
    reader = csv.DictReader(lines)
    if missing := [name for name in COLUMNS[:1] if name not in (reader.fieldnames or ())]:
        raise BadTable([f"line 1: the column {name} is missing" for name in missing])
    known = {
        "segments": frozenset(session.scalars(select(Segment.slug))),
        "topics": frozenset(session.scalars(select(Topic.slug))),
    }
    rows, problems, seen = [], [], set()
    for line, values in enumerate(reader, 2):
        try:
            row = _row(line, values, known)
        except ValueError as error:
            problems.append(f"line {line}: {error}")
            continue
        if row.address in seen:
            problems.append(f"line {line}: this address stands in the table before")
        seen.add(row.address)
        rows.append(row)
    if problems:
        raise BadTable(problems)
    return rows


def _row(line: int, values: dict[str, str], known: dict[str, frozenset[str]]) -> Row:
    try:
        address = parse_address(values.get("address") or "")
        name = clean_name(values.get("name") or "")
    except BadAddress as error:
        raise ValueError(f"the address is {error.problem}") from error
    except BadName as error:
        raise ValueError(f"the name cannot be used: {error.problem}") from error
    language = (values.get("language") or "nl").strip()
    if language not in LANGUAGES:
        raise ValueError(f"the language is {language!r}: give nl or en")
    chosen = {column: _slugs(values.get(column) or "") for column in known}
    for column, slugs in chosen.items():
        if unknown := sorted(slugs - known[column]):
            raise ValueError(f"unknown {column}: {', '.join(unknown)}")
    return Row(line, address, name, language, chosen["segments"], chosen["topics"])


def _slugs(cell: str) -> frozenset[str]:
    return frozenset(part.strip() for part in cell.split(";") if part.strip())


def take_in(session: Session, rows: Iterable[Row], consent: str, secret_key: str, now: datetime) -> Imported:
    """Make readers of `rows`; `consent` says where and when they gave it, and is kept as its proof.

    Addresses that are known, in whatever state, stay as they are; suppressed ones stay out.
    """
    segments = {segment.slug: segment for segment in session.scalars(select(Segment))}
    topics = {topic.slug: topic for topic in session.scalars(select(Topic))}
    added = known = suppressed = 0
    for row in rows:
        if is_suppressed(session, row.address.text, secret_key):
            suppressed += 1
        elif session.scalars(select(Subscriber.id).where(Subscriber.address == row.address.text)).first():
            known += 1
        else:
            _add(session, row, segments, topics, consent, now)
            added += 1
    return Imported(added, known, suppressed)


def _add(
    session: Session,
    row: Row,
    segments: dict[str, Segment],
    topics: dict[str, Topic],
    consent: str,
    now: datetime,
) -> None:
    reader = Subscriber(
        address=row.address.text,
        domain=row.address.domain,
        name=row.name,
        language=row.language,
        status=Status.ACTIVE,
        generation=1,
        asked_at=now,
        confirmed_at=now,
        memberships=[Membership(segment=segments[slug]) for slug in sorted(row.segments)],
        topics=[topics[slug] for slug in sorted(row.topics)],
    )
    session.add(reader)
    session.flush()
    session.add(
        Consent(subscriber_id=reader.id, step=Step.CONFIRMED, source=Source.IMPORT, wording=consent, at=now)
    )


def table_of(session: Session) -> Iterator[tuple[str, ...]]:
    """All readers as rows of text, the names of the columns first; no cell can be taken for a formula."""
    yield EXPORT_COLUMNS
    for reader in session.scalars(select(Subscriber).order_by(Subscriber.id)).yield_per(500):
        cells = (
            reader.address,
            reader.name,
            reader.language,
            ";".join(sorted(membership.segment.slug for membership in reader.memberships)),
            ";".join(sorted(topic.slug for topic in reader.topics)),
            reader.status,
            reader.confirmed_at.isoformat() if reader.confirmed_at else "",
        )
        yield tuple(f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in cells)
