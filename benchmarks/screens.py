"""Every page of staff among 100,000 readers and 200 editions on SQLite, at rest and while a million letters go out.

What is counted a second are pages. The machine may have other things to do, so processor time stands beside what a
clock says.
"""

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from subprocess import DEVNULL
from tempfile import TemporaryDirectory

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, bindparam, select, text

from benchmarks.compare import MANNER
from benchmarks.growth import add_readers, compose
from benchmarks.ledgers import NEWSLETTER, Store, application, environment, opened, sqlite_store
from benchmarks.letters import short_letter
from benchmarks.processes import running
from benchmarks.report import Row, print_note
from benchmarks.servers import smtp_sink
from newsletter_service.app import create_app
from newsletter_service.db import UtcDateTime, db, unit_of_work
from newsletter_service.demo.load import PASSWORD, STAFF
from newsletter_service.editions.models import Edition
from newsletter_service.editions.readers import count_kinds, keep_kinds
from newsletter_service.editions.rules import EditionState
from newsletter_service.editions.service import keep_statement
from newsletter_service.settings import Settings
from tests.staff_browser import TOKEN

READERS, EDITIONS, LETTERS = 100_000, 200, 1_000_000
ENTRIES = 100_000
"""What the audit trail holds."""
ROUNDS = 3
LIMIT_MS, BUSY_LIMIT_MS = 150, 300
_WITH_ROWS = 7
"""Editions of the last ninety days: of those from before, no delivery is kept."""
_DAYS_BETWEEN = 14
_FIRST, _GOES_OUT = 1001, 2001
"""Numbers of the editions that went out, and of the one that just does."""
_DEMO = {"DEMO": "1", "BASE_URL": "http://127.0.0.1:8000"}
_NOW = bindparam("now", type_=UtcDateTime())

_ITEMS = """
    INSERT INTO item (id, organisation_id, joint, kind, state, title, lead, body, link_url, link_label, image_id,
        image_alt, restricted, priority, queued_at, place, passed_over, created_at, updated_at, version)
    SELECT :first + row_number() OVER (ORDER BY id), organisation_id, joint, 'news', 'sent', title || ' ' || :number,
        lead, body, link_url, link_label, image_id, image_alt, restricted, priority, queued_at, place, 0, created_at,
        updated_at, 1
    FROM item WHERE state = 'queued' AND id < 1000 ORDER BY id LIMIT 8
"""
_SEGMENTS = """
    INSERT INTO item_segment (item_id, segment_id)
    SELECT id, 1 + id % 5 FROM item WHERE id > :first AND id <= :first + 8 AND id % 3 = 0
"""
_PLACEMENTS = """
    INSERT INTO placement (edition_id, item_id, position, reason, detail)
    SELECT :edition, id, id - :first - 1, (SELECT reason FROM placement WHERE position IS NOT NULL LIMIT 1), '{}'
    FROM item WHERE id > :first AND id <= :first + 8
"""
_EDITION = text(
    """
    INSERT INTO edition (id, number, state, closes_at, sends_at, zone, text_limit, subject, preheader, introduction,
        composed_at, released_at, sent_at, hold_words, mailing_id, intended, version)
    VALUES (:edition, :edition, :state, :now, :now, 'Europe/Amsterdam', 900, :subject, '', '', :now, :now, :sent,
        '', :edition, :readers, 1)
    """
).bindparams(_NOW, bindparam("sent", type_=UtcDateTime()))
_MAILING = text("INSERT INTO mailing (id, created_at, pause_reason) VALUES (:edition, :now, '')").bindparams(
    _NOW
)
_LETTER = text(
    """
    INSERT INTO letter (id, mailing_id, language, subject, skeleton, created_at)
    VALUES (:edition, :edition, 'nl', :subject, :skeleton, :now)
    """
).bindparams(_NOW)
_SENT = text(
    """
    INSERT INTO delivery (mailing_id, letter_id, subscriber_id, subscriber_key, address, domain, name, state, attempts,
        ambiguous_attempts, created_at, next_attempt_at, give_up_at, settled_at, reply_code, reply_status, reply_text)
    SELECT :edition, :edition, id, link_key, address, domain, name,
        CASE WHEN id % 500 = 0 THEN 'failed' WHEN id % 700 = 0 THEN 'uncertain' ELSE 'sent' END, 1, id % 700 = 0,
        :now, :now, :now, :now, 250, '2.0.0', 'queued'
    FROM subscriber ORDER BY id LIMIT :readers
    """
).bindparams(_NOW)
_OPEN = text(
    """
    WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < :letters)
    INSERT INTO delivery (mailing_id, letter_id, subscriber_id, subscriber_key, address, domain, name, state, attempts,
        ambiguous_attempts, created_at, next_attempt_at, give_up_at, reply_status, reply_text)
    SELECT :edition, :edition, 1000000 + n, 'AAAAAAAAAAAA', 'lezer' || n || '@gemeente' || (n % 90) || '.example',
        'gemeente' || (n % 90) || '.example', 'Lezer', 'ready', 0, 0, :now, :now, :later, '', ''
    FROM numbers
    """
).bindparams(_NOW, bindparam("later", type_=UtcDateTime()))
_TRAIL = text(
    """
    INSERT INTO bounce (delivery_id, subscriber_id, verdict, status, reason, source, at, headers)
    SELECT id, subscriber_id, 'soft', '4.2.2', '', 'message', :now, '' FROM delivery
    WHERE mailing_id = :edition AND subscriber_id % 50 = 0
    """
).bindparams(_NOW)
_DONE = text(
    """
    WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < :entries)
    INSERT INTO audit_entry (at, actor_id, action, subject_type, subject_id, subject_key, detail)
    SELECT datetime(:now, '-' || (:entries - n) || ' minutes') || '.000000', 1 + n % 3,
        CASE n % 3 WHEN 0 THEN 'account.sign_in' WHEN 1 THEN 'item.saved' ELSE 'claim.verified' END,
        CASE n % 3 WHEN 0 THEN 'account' WHEN 1 THEN 'item' ELSE 'claim' END, 1 + n % 5, '', '{}'
    FROM numbers
    """
).bindparams(_NOW)
_ASKED = text(
    """
    WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 50)
    INSERT INTO act_request (act, what, hash, state, asked_by_id, asked_at)
    SELECT 'export', '{"who": 1}', 'x' || n, CASE WHEN n > 40 THEN 'open' ELSE 'withdrawn' END, 1, :now FROM numbers
    """
).bindparams(_NOW)


@dataclass(frozen=True)
class Took:
    """One page: what answering took at best, by the clock and of the processor."""

    address: str
    seconds: float
    cpu_seconds: float


def screens(
    readers: int = READERS, editions: int = EDITIONS, letters: int = LETTERS, rounds: int = ROUNDS
) -> Iterator[Row]:
    """A row for the slowest address of each page at rest, and again while `letters` go out."""
    with sqlite_store() as store, smtp_sink() as port:
        compose(store)
        with store.copy() as url:
            fill(store, url, readers, editions)
            yield from _measured(url, "", rounds, LIMIT_MS)
            with _going_out(url, port, letters):
                yield from _measured(url, "-busy", rounds, BUSY_LIMIT_MS)


def fill(store: Store, url: str, readers: int, editions: int) -> None:
    """Bring in readers, and editions that went out, the latest with what became of each letter."""
    add_readers(url, readers)
    now = datetime.now(UTC)
    with opened(url) as engine, engine.begin() as connection:
        connection.execute(text("UPDATE subscriber SET search = lower(name || ' ' || address)"))
        for back in range(editions, 0, -1):
            edition, at = _FIRST + editions - back, now - timedelta(days=_DAYS_BETWEEN * back)
            _edition(connection, edition, at, readers, "sent")
            if back <= _WITH_ROWS:
                connection.execute(_SENT, {"edition": edition, "now": at, "readers": readers})
                connection.execute(_TRAIL, {"edition": edition, "now": at})
        connection.execute(_DONE, {"now": now, "entries": ENTRIES})
        connection.execute(_ASKED, {"now": now})
    _look_around(url)
    with application(url), unit_of_work() as session:
        keep_kinds(session, count_kinds(session), now)  # as the scheduler does
        for one in session.scalars(select(Edition).where(Edition.state == EditionState.SENT)):
            keep_statement(session, one)
    print_note(f"{store.bytes_used(url) / 1e6:,.0f} MB: {readers:,} readers, {editions} editions")


def _edition(connection: Connection, edition: int, at: datetime, readers: int, state: str) -> None:
    told = {"edition": edition, "now": at, "readers": readers, "subject": f"Editie {edition}", "state": state}
    connection.execute(_MAILING, told)
    connection.execute(_LETTER, told | {"skeleton": short_letter().skeleton})
    connection.execute(_EDITION, told | {"sent": at if state == "sent" else None})
    first = edition * 100
    for statement in (_ITEMS, _SEGMENTS, _PLACEMENTS):
        names = {"first": first, "number": edition, "edition": edition}
        connection.execute(text(statement), {n: v for n, v in names.items() if f":{n}" in statement})


def _look_around(url: str) -> None:
    """Let the database know how many rows there are, as it does by itself once in a while."""
    with (
        opened(url) as engine,
        engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection,
    ):
        connection.exec_driver_sql("ANALYZE")


@contextmanager
def _going_out(url: str, port: int, letters: int) -> Iterator[None]:
    """A worker that sends so many letters."""
    now = datetime.now(UTC)
    with opened(url) as engine, engine.begin() as connection:
        _edition(connection, _GOES_OUT, now, letters, "sending")
        told = {"edition": _GOES_OUT, "now": now, "later": now + timedelta(days=2), "letters": letters}
        connection.execute(_OPEN, told)
    with TemporaryDirectory(prefix="newsletter-instance-") as folder:
        told_worker = environment(url, folder, port, MANNER)
        with running([NEWSLETTER, "send"], told_worker, stdout=DEVNULL, stderr=DEVNULL) as worker:
            _wait_for_the_first(url)
            yield
            print_note("letters still went out" if worker.poll() is None else "the worker had ended by then")


def _wait_for_the_first(url: str) -> None:
    query = text("SELECT count(*) FROM delivery WHERE mailing_id = :edition AND state = 'sent'")
    with opened(url) as engine:
        while True:
            with engine.connect().execution_options(sqlite_read_only=True) as connection:
                if connection.scalar(query, {"edition": _GOES_OUT}):
                    return
            time.sleep(0.2)


def _measured(url: str, mark: str, rounds: int, limit: int) -> Iterator[Row]:
    with _application(url) as app:
        client = _signed_in(app)
        for rule, addresses in _addresses(app):
            took = [one for address in addresses if (one := _took(client, address, rounds))]
            if not took:
                print_note(f"{rule}{mark}: nothing to show")
                continue
            slowest = max(took, key=lambda one: one.cpu_seconds)
            over = "  <-- over the limit" if 1000 * slowest.cpu_seconds > limit else ""
            print_note(f"{slowest.address}: {1000 * slowest.seconds:.0f} ms by the clock{over}")
            yield Row(
                f"{rule.removeprefix('/redactie')}{mark}",
                None,
                1 / slowest.seconds,
                1e6 * slowest.cpu_seconds,
                0,
            )


def _took(client: FlaskClient, address: str, rounds: int) -> Took | None:
    """The best of some rounds; None where there is nothing to see."""
    best, used = [], []
    for _round in range(rounds):
        began, worked = time.perf_counter(), time.process_time()
        status = client.get(address).status_code
        best.append(time.perf_counter() - began)
        used.append(time.process_time() - worked)
        if status != 200:
            return None
    return Took(address, min(best), min(used))


@contextmanager
def _application(url: str) -> Iterator[Flask]:
    with TemporaryDirectory(prefix="newsletter-instance-") as folder:
        app = create_app(Settings.from_env(environment(url, folder, 9, MANNER) | _DEMO))
        yield app
        with app.app_context():
            db.engine.dispose()


def _signed_in(app: Flask) -> FlaskClient:
    client = app.test_client()
    page = client.get("/redactie/inloggen").text
    found = TOKEN.search(page)
    fields = {"csrf_token": found[1] if found else "", "email": STAFF[-1].email, "password": PASSWORD}
    answer = client.post("/redactie/inloggen", data=fields)
    assert answer.status_code == 302, answer.status_code
    return client


_NUMBERS = (1, 2, _GOES_OUT)
_VALUES = {"<act>": "pauze", "<int:item_id>": "1"}
_NAMED = {
    "/redactie/beheer/e-mails": ("welkom", "besluit"),
    "/redactie/beheer": ("organisaties", "doelgroepen", "themas"),
    "/redactie/teksten": ("privacy",),
}
"""What stands for `<name>`, by where an address begins."""
_NUMBERED = {"/redactie/edities": (), "/redactie/lezers": (5_000,)}
"""What stands for `<int:number>`; where nothing is said, that is 1."""
_BESIDE = {
    "/redactie/logboek": ("?soort=instellingen", "?door=1", "?bericht=1", "?lezer=7", "?tot=2026-01-01"),
    "/redactie/lezers/": ("?zoek=van+lezer777", "?zoek=smidje", "?toestand=left", "?terug=soft"),
    "/redactie/edities/<int:number>/verzending": (
        "?toestand=open",
        "?toestand=failed",
        "?toestand=sent",
        "?toestand=sent&zoek=lezer77777",
    ),
}


def _addresses(app: Flask) -> Iterator[tuple[str, Sequence[str]]]:
    """Each page of staff that a GET shows, with addresses of it."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda one: one.rule):
        staff = rule.rule.startswith("/redactie") and not rule.endpoint.startswith("style")
        if staff and "GET" in (rule.methods or set()) and rule.endpoint != "door.sign_in":
            yield rule.rule, [*_filled(rule.rule)]


def _filled(rule: str) -> Iterator[str]:
    newest = _FIRST + int(os.environ.get("BENCH_EDITIONS", EDITIONS)) - 1
    beginning = next((one for one in _NUMBERED if rule.startswith(one)), "")
    numbers = _NUMBERED.get(beginning, (1,)) or (*_NUMBERS, newest, _FIRST)
    names = next((found for one, found in _NAMED.items() if rule.startswith(one)), ("",))
    address = rule
    for part, value in _VALUES.items():
        address = address.replace(part, value)
    both = (
        address.replace("<name>", name).replace("<int:number>", str(number))
        for name in names
        for number in numbers
    )
    for one in dict.fromkeys(both):
        yield one
        yield from (one + more for more in _BESIDE.get(rule, ()))
