"""Verifying an audit trail of a million entries, on both databases. What is counted a second are entries."""

import json
import resource
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from benchmarks.readers import databases
from benchmarks.report import Row, print_note
from newsletter_service.staff.models import AuditEntry
from newsletter_service.staff.trail.models import AuditSeal
from newsletter_service.staff.trail.rules import BEGINNING, Entry, moment_text, sealed
from newsletter_service.staff.trail.service import verify
from tests.conftest import NOW
from tests.tables import create_tables

ENTRIES = 1_000_000
_AT_ONCE = 10_000


def trail(number: int = ENTRIES) -> Iterator[Row]:
    """A row for each database."""
    for mark, engine in databases():
        create_tables(engine)
        with Session(engine) as session:
            _fill(session, number)
            began, worked = time.perf_counter(), time.process_time()
            found = verify(session)
            took, used = time.perf_counter() - began, time.process_time() - worked
            assert (found.fault, found.entries) == (None, number)
        print_note(f"audit-verify{mark}: {number:,} entries in {took:.1f} s")
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        yield Row(f"audit-verify{mark}", None, number / took, 1e6 * used / number, peak)


def _fill(session: Session, number: int) -> None:
    before, seals, rows = BEGINNING, list[dict[str, Any]](), list[dict[str, Any]]()
    for one in range(1, number + 1):
        detail = {"changed": ["title", "body"], "reason": f"reden {one}", "count": one}
        at = NOW + timedelta(seconds=one)
        told = (None, "", "item.edit", "item", one % 5000, "")
        hashed = sealed(one, before, Entry(one, moment_text(at), *told, json.dumps(detail)))
        rows.append(dict(zip(Entry._fields, (one, at, *told, detail), strict=True)))
        seals.append({"number": one, "entry_id": one, "before": before, "hash": hashed})
        before = hashed
        if len(rows) == _AT_ONCE or one == number:
            session.execute(insert(AuditEntry), rows)
            session.execute(insert(AuditSeal), seals)
            session.commit()
            rows.clear()
            seals.clear()
