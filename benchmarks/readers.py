"""Staff at work among 100,000 readers: finding some, and the claims screen. What is counted a second are pages."""

import random
import resource
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Engine, insert
from sqlalchemy.orm import Session

from benchmarks.report import Row, print_note
from newsletter_service.audience.models import Segment, Topic
from newsletter_service.bounces.models import Bounce
from newsletter_service.bounces.rules import Source, Verdict
from newsletter_service.db import open_engine
from newsletter_service.delivery.models import Suppression
from newsletter_service.delivery.rules import BOUNCED, Suppressed
from newsletter_service.registry.service import Wanted, find
from newsletter_service.subscriptions.claims.service import Narrowing, colleagues, number_waiting, waiting
from newsletter_service.subscriptions.models import Membership, Subscriber, subscriber_topic
from newsletter_service.subscriptions.rules import Status, searched
from newsletter_service.subscriptions.verification.rules import ClaimState
from tests.conftest import NOW
from tests.postgresql import running_cluster
from tests.tables import create_tables

READERS = 100_000
ROUNDS = 9
_SEGMENTS, _TOPICS = 5, 8
_PARTS = tuple(consonant + vowel for consonant in "bklmrstv" for vowel in "aeio")
_NOBODY = "smidje"
"""What nobody bears: all there is has to be looked at."""
SEARCHES: Mapping[str, Wanted] = {
    "a": Wanted(words="a"),
    "mibako": Wanted(words="mibako"),
    "mara-reko": Wanted(words="mara reko"),
    "nobody": Wanted(words=_NOBODY),
    "nobody-segment": Wanted(words=_NOBODY, segment_id=1),
    "nobody-waiting": Wanted(words=_NOBODY, claim=ClaimState.WAITING),
    "nobody-topic": Wanted(words=_NOBODY, topic_id=1),
    "nobody-left": Wanted(words=_NOBODY, status=Status.LEFT),
    "nobody-english": Wanted(words=_NOBODY, language="en"),
    "nobody-bounced": Wanted(words=_NOBODY, bounced=True),
    "nobody-came-back": Wanted(words=_NOBODY, came_back=Verdict.SOFT),
    "nobody-domain": Wanted(words=_NOBODY, domain="groot.example"),
    "verified": Wanted(claim=ClaimState.VERIFIED),
    "english": Wanted(language="en"),
    "left": Wanted(status=Status.LEFT),
}


def readers(rounds: int = ROUNDS, number: int = READERS) -> Iterator[Row]:
    """A row for each search and for the claims screen, on both databases."""
    for mark, engine in databases():
        create_tables(engine)
        with Session(engine) as session:
            fill(session, number)
            for name, wanted in SEARCHES.items():
                yield _row(f"search-{name}{mark}", session, partial(find, session, wanted, "", 51), rounds)
            yield _row(f"claims-screen{mark}", session, partial(_claims_screen, session), rounds)


def databases() -> Iterator[tuple[str, Engine]]:
    """An empty database of each kind, and what rows on it are marked with."""
    with TemporaryDirectory() as folder:
        engine = open_engine(f"sqlite:///{Path(folder) / 'readers.sqlite3'}")
        yield "", engine
        engine.dispose()
    with running_cluster() as cluster, cluster.engine("readers") as engine:
        yield "-postgresql", engine


def _claims_screen(session: Session) -> None:
    """What the screen asks: the claims of a page, their number, and what speaks for the first."""
    claims = waiting(session, Narrowing(), None).claims
    number_waiting(session, Narrowing())
    colleagues(session, claims[0])


def _row(name: str, session: Session, do: Callable[[], object], rounds: int) -> Row:
    """The median of some rounds; the slowest is noted where it is far from that."""
    took, used = [], []
    for _round in range(rounds):
        session.rollback()
        session.expunge_all()
        began, worked = time.perf_counter(), time.process_time()
        do()
        took.append(time.perf_counter() - began)
        used.append(time.process_time() - worked)
    print_note(f"{name}: {1000 * median(took):.1f} ms, at most {1000 * max(took):.1f} ms")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Row(name, None, 1 / median(took), 1e6 * median(used), peak)


def fill(session: Session, number: int) -> None:
    """Readers with names, organisations, segments, topics, and some of whom mail came back: the same each time."""
    session.execute(
        insert(Segment), [{"id": n, "slug": f"s{n}", "name_nl": "S", "name_en": "S"} for n in _ids(_SEGMENTS)]
    )
    session.execute(
        insert(Topic), [{"id": n, "slug": f"t{n}", "name_nl": "T", "name_en": "T"} for n in _ids(_TOPICS)]
    )
    for some in _some(_ids(number)):
        session.execute(insert(Subscriber), [_reader(one) for one in some])
        session.execute(insert(Membership), [_claim(one) for one in some])
        session.execute(insert(subscriber_topic), [_topic(one) for one in some if one % 3])
        session.execute(insert(Bounce), [_bounce(one) for one in some if one % 50 == 0])
        session.execute(insert(Suppression), [_suppression(one) for one in some if one % 100 == 0])
    session.commit()
    engine = session.get_bind().engine
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE" if engine.dialect.name == "sqlite" else "VACUUM ANALYZE")


def _ids(number: int) -> range:
    return range(1, number + 1)


def _some(numbers: range) -> Iterator[Sequence[int]]:
    for start in range(0, len(numbers), 5_000):
        yield numbers[start : start + 5_000]


def _reader(number: int) -> dict[str, Any]:
    pick = random.Random(number)
    name = f"{invented_word(pick, 2)} {invented_word(pick, 3)}".title()
    organisation = f"Gemeente {invented_word(pick, 2)}".title()
    domain = "groot.example" if number % 5 < 2 else f"{invented_word(pick, 3)}.example"
    address = f"{invented_word(pick, 4)}{number}@{domain}"
    return {
        "id": number,
        "address": address,
        "address_hmac": f"{number:064}",
        "domain": domain,
        "name": name,
        "organisation": organisation,
        "language": "en" if number % 40 == 0 else "nl",
        "status": Status.LEFT if number % 20 == 0 else Status.ACTIVE,
        "link_key": f"{number:012}",
        "asked_at": NOW,
        "search": searched(name, organisation, address),
    }


def _claim(number: int) -> dict[str, Any]:
    waits = number % 10 == 0
    return {
        "subscriber_id": number,
        "segment_id": 1 + number % _SEGMENTS,
        "claimed_at": NOW,
        "state": ClaimState.WAITING if waits else ClaimState.VERIFIED,
    }


def _topic(number: int) -> dict[str, Any]:
    return {"subscriber_id": number, "topic_id": 1 + number % _TOPICS}


def _bounce(number: int) -> dict[str, Any]:
    given = {"status": "4.2.2", "reason": "", "source": Source.MESSAGE, "at": NOW, "headers": ""}
    return {"delivery_id": number, "subscriber_id": number, "verdict": Verdict.SOFT, **given}


def _suppression(number: int) -> dict[str, Any]:
    return {"address_hmac": f"{number:064}", "scope": Suppressed.ALL_MAIL, "reason": BOUNCED, "at": NOW}


def invented_word(pick: random.Random, length: int) -> str:
    """A word of so many syllables; the same for the same `pick`."""
    return "".join(pick.choice(_PARTS) for _part in range(length))
